package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"

	"go.mau.fi/libsignal/logger"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// The library beneath the library prints on standard output unless it is told not to. What it has to say comes back as errors too.
func init() { logger.Logger = silent{} }

type silent struct{}

func (silent) Debug(string, string)   {}
func (silent) Info(string, string)    {}
func (silent) Warning(string, string) {}
func (silent) Error(string, string)   {}
func (silent) Configure(string)       {}

// library is the library's log in ours. The library puts telephone numbers and whole messages into its lines, so that only their fixed words are
// taken over, and of what they tell only errors, without what may name somebody.
type library struct {
	log *slog.Logger
	mod string
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

func (l library) say(level slog.Level, msg string, args []any) {
	said := []any{"part", strings.TrimPrefix(l.mod, "/")}
	for _, a := range args {
		if err, ok := a.(error); ok {
			if errors.Is(err, context.Canceled) {
				level = slog.LevelDebug // a connection is ending
			}
			said = append(said, "error", harmless(err))
			break
		}
	}
	l.log.Log(context.Background(), level, "whatsapp library: "+verb.ReplaceAllString(msg, "…"), said...)
}

// Errorf is a warning here: the library goes on by itself.
func (l library) Errorf(msg string, args ...any) { l.say(slog.LevelWarn, msg, args) }

// Warnf is for whoever looks closely.
func (l library) Warnf(msg string, args ...any) { l.say(slog.LevelDebug, msg, args) }

// Infof is for whoever looks closely.
func (l library) Infof(msg string, args ...any) { l.say(slog.LevelDebug, msg, args) }

// Debugf is left out: whole stanzas.
func (l library) Debugf(string, ...any) {}

// Sub names a part of the library.
func (l library) Sub(module string) waLog.Logger { return library{l.log, l.mod + "/" + module} }

// What may name somebody in an error: addresses, numbers, quotes, links with keys in them.
var personal = regexp.MustCompile(`[0-9a-zA-Z_.:+-]*@(lid|s\.whatsapp\.net|g\.us|c\.us|hosted|hosted\.lid|broadcast|newsletter|bot)\b|[0-9]{5,}|"[^"]*"?|https?://\S+|<[^>]*>?`)

// harmless gives an error that is fit for a log and for the outbox. What it means to errors.Is and errors.As stays.
func harmless(err error) error {
	if err == nil {
		return nil
	}
	var done harmlessError
	if errors.As(err, &done) {
		return err
	}
	said := bounded(tidy(personal.ReplaceAllString(bounded(err.Error(), 2000), "…")), 200)
	return harmlessError{err, said}
}

type harmlessError struct {
	error
	said string
}

func (e harmlessError) Error() string { return e.said }
func (e harmlessError) Unwrap() error { return e.error }

// panicked makes an error of what a handler broke with: where, never with what.
func panicked(r any) error { return fmt.Errorf("the program broke (%T)", r) }
