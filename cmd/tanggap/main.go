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

	"tanggap/config"
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
		Invite  inviteCmd  `cmd:"" help:"Make a one-time code with which somebody enrols."`
		Invites invitesCmd `cmd:"" help:"List the invitations that can still be used."`
		Revoke  revokeCmd  `cmd:"" help:"Take an invitation back."`
		List    listCmd    `cmd:"" help:"List who works for the service."`
		End     endCmd     `cmd:"" help:"Take a role away. What the person had taken goes back to the worklist."`
	} `cmd:"" help:"People who work cases."`
	User struct {
		Add     userAddCmd     `cmd:"" help:"Let somebody sign in to the console: prints a one-time link."`
		List    userListCmd    `cmd:"" help:"List who may sign in."`
		Role    userRoleCmd    `cmd:"" help:"Give somebody one role more, or end one."`
		Reset   userResetCmd   `cmd:"" help:"Make a new one-time link; the old password, the second step and all sessions are over."`
		Disable userDisableCmd `cmd:"" help:"Keep somebody from signing in, and sign them out."`
		Enable  userEnableCmd  `cmd:"" help:"Let somebody sign in again."`
	} `cmd:"" help:"People who work at the console: the 112 line, the walk-in desk, the coordinator."`
	Programme struct {
		Plan planCmd `cmd:"" help:"Propose where a programme goes and when: the hardest places first, at its rhythm. Writes nothing."`
	} `cmd:"" help:"Programmes that bring services to the villages."`
	WhatsApp struct {
		Pair   pairCmd    `cmd:"" help:"Link a number as a device of its telephone: shows a QR, or with --phone a code to type there."`
		Status numbersCmd `cmd:"" help:"List the linked numbers and how they do."`
		Unpair unpairCmd  `cmd:"" help:"Unlink a number and delete its keys."`
		Resume resumeCmd  `cmd:"" help:"Let a number go on that another connection had taken over."`
	} `cmd:"" name:"whatsapp" help:"Our own numbers at WhatsApp (TANGGAP_WHATSAPP=on)."`
	Aside struct {
		List  asideListCmd  `cmd:"" default:"1" help:"List what was set aside."`
		Retry asideRetryCmd `cmd:"" help:"Have it tried again, once the cause is mended."`
	} `cmd:"" help:"Messages that could not be handled, and replies that could not be sent."`
	Erasures erasuresCmd `cmd:"" help:"List the requests for erasure that wait to be decided; with --since or --apply, those that a restored backup may have undone."`
	Rekey    rekeyCmd    `cmd:"" help:"Move the database from a former key (TANGGAP_KEY_OLD) to TANGGAP_KEY. It may be stopped and begun again."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database to this version, and do nothing else."`
	Version  versionCmd  `cmd:"" help:"Tell the version."`
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
		of := "tanggap"
		var wrong *kong.ParseError
		if errors.As(err, &wrong) && wrong.Context.Selected() != nil {
			of = wrong.Context.Selected().FullPath()
		}
		p.complain(fmt.Errorf("%w; see: %s --help", err, of))
		return exitUsage
	}
	if c.Verbose {
		p.level.Set(slog.LevelDebug)
	}
	var release func()
	p.ctx, p.atOnce, release = stopping()
	defer release()
	if err = p.strangers(os.Environ(), command.Command() == "serve"); err == nil {
		err = command.Run(p)
	}
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

// strangers tells of variables that look like settings and are none. A service is not started with one: what was meant to be set is not. Any other
// command says so and goes on.
func (p *program) strangers(environ []string, serve bool) error {
	unknown := config.Unknown(environ)
	switch {
	case len(unknown) == 0:
		return nil
	case serve:
		return errors.New(strings.Join(unknown, "; "))
	}
	p.log.Warn("environment", "problem", strings.Join(unknown, "; "))
	return nil
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
