// Tanggap is the complaint hotline and service desk of a regency. This is its command line: each command stands in a file of its own, and does no
// more than read what it was told, open what it needs, and close it again. Settings come from the environment (TANGGAP_…, see package config).
//
// Every command ends with 0, with 1 when it failed or was refused, or with 2 when it was used wrongly; then one line on standard error says
// what is wrong and how to mend it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// How commands end.
const (
	exitFailed = 1
	exitUsage  = 2
)

type cli struct {
	Verbose bool `short:"v" help:"Log more."`

	Serve   serveCmd   `cmd:"" help:"Run the service: take in, answer, dispatch, until interrupted. SIGHUP reloads the regency."`
	Demo    demoCmd    `cmd:"" help:"Play a complaint through the real channels, then let anybody join in on a web page."`
	Check   checkCmd   `cmd:"" help:"Check a regency's description and name every mistake."`
	Regency regencyCmd `cmd:"" help:"List the agencies and units of the regency."`
	Officer struct {
		Invite inviteCmd `cmd:"" help:"Make a one-time code with which somebody enrols."`
		List   listCmd   `cmd:"" help:"List who works for the service."`
		End    endCmd    `cmd:"" help:"Take a role away. What the person had taken goes back to the worklist."`
	} `cmd:"" help:"People who work cases."`
	Migrate migrateCmd `cmd:"" help:"Bring the database to this version, and do nothing else."`
	Version versionCmd `cmd:"" help:"Tell the version."`
}

// A program is what every command works with.
type program struct {
	ctx    context.Context // ends when the program is asked to stop
	atOnce context.Context // ends when it is asked again
	getenv func(string) string
	out    io.Writer
	err    *os.File
	log    *slog.Logger
	level  *slog.LevelVar
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	p := &program{getenv: os.Getenv, out: os.Stdout, err: os.Stderr, level: new(slog.LevelVar)}
	p.log = newLog(os.Stderr, p.level)
	slog.SetDefault(p.log)
	var c cli
	parser, err := kong.New(&c, kong.Name("tanggap"), kong.Description("The complaint hotline and service desk of a regency."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}), kong.Exit(os.Exit))
	if err != nil {
		return p.complain(err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		p.complain(fmt.Errorf("%w; see: tanggap --help", err))
		return exitUsage
	}
	if c.Verbose {
		p.level.Set(slog.LevelDebug)
	}
	var release func()
	p.ctx, p.atOnce, release = stopping()
	defer release()
	err = command.Run(p)
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		p.complain(err)
		return exitUsage
	}
	return p.complain(err)
}

// complain says on one line what is wrong.
func (p *program) complain(err error) int {
	fmt.Fprintln(p.err, "tanggap: "+oneLine(err.Error()))
	return exitFailed
}

// oneLine joins the lines of a message.
func oneLine(s string) string {
	var lines []string
	for l := range strings.Lines(s) {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "; ")
}

// A usageError says that the command was used wrongly.
type usageError struct{ error }

func wrongUse(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// newLog logs as text on a terminal, and as JSON elsewhere.
func newLog(f *os.File, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if isTerminal(f) {
		return slog.New(slog.NewTextHandler(f, options))
	}
	return slog.New(slog.NewJSONHandler(f, options))
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
