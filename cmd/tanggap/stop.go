package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// stopping gives two contexts: the first ends when the program is asked to stop (Ctrl-C, SIGTERM), the second when it is asked once more. Asked
// a third time it just ends; servers of its own that it leaves behind are found by the next start.
func stopping() (orderly, atOnce context.Context, release func()) {
	asked := make(chan os.Signal, 4)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	// A reader that went away ("tanggap demo | head") must not end the program before it has stopped its servers.
	signal.Ignore(syscall.SIGPIPE)
	orderly, first := context.WithCancel(context.Background())
	atOnce, second := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		for _, stop := range []func(){first, second, func() { os.Exit(exitFailed) }} {
			select {
			case <-asked:
				stop()
			case <-done:
				return
			}
		}
	}()
	return orderly, atOnce, func() {
		signal.Stop(asked)
		close(done)
		first()
		second()
	}
}

var errAtOnce = errors.New("stopped at once, before everything under way was finished")

// orderly runs fn until it has finished by itself after p.ctx ended, or p.atOnce ends.
func (p *program) orderly(fn func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- fn(p.ctx) }()
	select {
	case err := <-done:
		return err
	case <-p.atOnce.Done():
		return errAtOnce
	}
}
