package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/term"

	"tanggap/demo"
)

type demoCmd struct {
	Once   bool   `help:"End after the story."`
	Again  bool   `help:"Play the story anew, also where an earlier run has played it."`
	Listen string `placeholder:"HOST:PORT" help:"Where the web page is (default: TANGGAP_LISTEN, or 127.0.0.1:8112, or any free port where that is in use)."`
}

// Run plays, and serves until it is asked to stop.
func (c *demoCmd) Run(p *program) error {
	if p.level.Level() == slog.LevelInfo { // what is going on is seen on the screen
		p.level.Set(slog.LevelWarn)
	}
	if c.Listen != "" {
		getenv := p.getenv
		p.getenv = func(name string) string {
			if name == "TANGGAP_LISTEN" {
				return c.Listen
			}
			return getenv(name)
		}
	}
	own := p.getenv("TANGGAP_DATABASE_URL") == ""
	if own {
		fmt.Fprintln(p.out, "Starting Postgres and Redis …")
	}
	d, err := p.open(needs{redis: true, makeKey: true})
	if err != nil {
		return err
	}
	return errors.Join(p.orderly(func(ctx context.Context) error {
		alone, err := onlyOne(d.Data)
		if err != nil {
			return err
		}
		defer alone.Close() //nolint:errcheck // the lock goes with the file
		o := demo.Options{
			Regency: d.regency, DatabaseURL: d.DatabaseURL, RedisURL: d.RedisURL, Key: d.Key,
			Program: os.Args[0], Listen: d.Listen, AnyPort: p.getenv("TANGGAP_LISTEN") == "", Once: c.Once, Again: c.Again,
			Chats: filepath.Join(d.Data, "chats.json"), Out: p.out, Log: p.log,
		}
		if own {
			o.Data = d.Data
		}
		if isTerminal(os.Stdout) {
			o.Colour = p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
			if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
				o.Width = width
			}
		}
		return demo.Run(ctx, o)
	}), d.close())
}

// onlyOne sees to it that one demo at a time plays with the data in a folder: two would talk to the same people.
func onlyOne(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "demo"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another demo plays with the data in %s: stop it, or set TANGGAP_DATA to another folder", dir)
	}
	return f, nil
}
