// Package demo plays a complaint from its first word to the rating, in a terminal, through everything that is real: the Telegram channel, Postgres,
// Redis, the dispatcher, on the machine's own clock. Only the network is simulated (simulator/telegram), and with it the people. Afterwards
// anybody can be one of these people on a web page.
//
// People keep their user ids from run to run, so whoever wrote in an earlier run is found again with all their cases, although the simulated
// network forgets what was in its chats when it ends.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"syscall"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/simulator/page"
	"tanggap/simulator/telegram"
)

// Options are what a demonstration needs.
type Options struct {
	Regency     *hotline.Regency
	DatabaseURL string
	RedisURL    string
	Key         []byte

	Listen  string // host:port of the web page
	AnyPort bool   // where that is taken, any free port of 127.0.0.1 will do
	Once    bool   // end after the story
	Data    string // the data's folder, to be named in what is said; empty: servers of somebody else
	Program string // how the program was called, for commands to be copied; empty: bin/tanggap

	Out    io.Writer
	Colour bool
	Width  int // of the terminal, in columns
	Log    *slog.Logger
}

// The bot that the simulated network knows. Its number is the account under which Postgres keeps everybody's address.
const (
	botToken = "8112000112:demo-of-tanggap-no-secret"
	botName  = "tanggap_demo_bot"
	account  = "8112000112"
)

// A stage is the network, the house in front of it, and what is shown of both.
type stage struct {
	Options
	sim    *telegram.Server
	house  *house.House
	screen *screen
	zone   *time.Location

	waiting map[string]int // how many cases wait in a unit, when the story was over
}

// Run plays the story and then serves until ctx ends. It gives an error when the story did not come out as it should.
func Run(ctx context.Context, o Options) error {
	if _, ok := o.Regency.Unit(roads); !ok {
		return fmt.Errorf("the demo's story plays in Jepara and %s has no unit %s: leave TANGGAP_REGENCY empty", o.Regency.Name, roads)
	}
	s := &stage{Options: o, screen: newScreen(o.Out, o.Colour, o.Width), zone: o.Regency.Zone, waiting: map[string]int{}}
	s.sim = telegram.New(telegram.Options{Watch: s.screen.watch, CallbackTTL: 15 * time.Minute})
	s.sim.AddBot(botToken, botName)
	if err := s.sim.Listen(""); err != nil {
		return fmt.Errorf("start the simulated Telegram: %w", err)
	}
	defer s.sim.Close() //nolint:errcheck // everything in it is thrown away

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.screen.lost = func(err error) { cancel(fmt.Errorf("nobody looks any more: %w", err)) }
	if err := s.open(ctx); err != nil {
		return err
	}
	defer s.house.Close()
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		err := s.house.Run(running)
		cancel(errHouse)
		done <- err
	}()
	err := s.play(ctx)
	stop()
	return errors.Join(<-done, err)
}

// open opens the house, on another port where the usual one is taken and any will do.
func (s *stage) open(ctx context.Context) error {
	o := house.Options{
		Regency: s.Regency, DatabaseURL: s.DatabaseURL, RedisURL: s.RedisURL, Key: s.Key,
		Telegram: &house.TelegramOptions{Token: botToken, API: s.sim.URL()},
		Listen:   s.Listen, Pages: guest(ctx, page.New(s.sim)), Log: s.Log,
	}
	var err error
	s.house, err = house.Open(ctx, o)
	if s.AnyPort && errors.Is(err, syscall.EADDRINUSE) {
		s.screen.note("Port %s is in use; taking another one.", s.Listen)
		o.Listen = "127.0.0.1:0"
		s.house, err = house.Open(ctx, o)
	}
	return err
}

// errHouse ends the play when the house has ended.
var errHouse = errors.New("the house has ended")

// play does everything that is seen.
func (s *stage) play(ctx context.Context) error {
	if err := s.guard(ctx); err != nil {
		return err
	}
	story, err := s.enter(ctx)
	if err == nil {
		err = story.play(ctx)
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errHouse):
		return nil // Run tells why
	case cause != nil && !errors.Is(cause, context.Canceled):
		return cause
	case cause != nil && !s.Once:
		return nil // somebody had enough
	case cause != nil:
		return errors.New("the story was interrupted")
	case err != nil:
		return fmt.Errorf("the story did not come out as it should: %w", err)
	}
	if err := s.report(ctx, story); err != nil {
		return err
	}
	if s.Once {
		return nil
	}
	s.serving(story)
	<-ctx.Done()
	s.screen.note("\nStopping …")
	return nil
}

// serving says what can be done now.
func (s *stage) serving(st *story) {
	url := s.url()
	s.screen.head("Be anybody yourself: %s", url)
	for _, a := range st.cast {
		todo := ""
		if n := s.waiting[a.Unit]; n > 0 {
			todo = ": " + count(n, "case waits", "cases wait")
		}
		s.screen.line("  %-15s %schat?id=%d  %s%s", a.Name, url, a.ID, a.what(s.Regency), todo)
	}
	s.screen.line("  or somebody new. Every tab of the browser can be one person.")
	s.screen.line("")
	if s.Data != "" {
		s.screen.line("  Another officer:  TANGGAP_DATA=%s %s officer invite --agency dlh --name Wati", s.Data, s.program())
		s.screen.line("                    and say /daftar CODE to the bot as somebody new")
	}
	s.screen.line("  How it does:      %sreadyz  %smetrics", url, url)
	s.screen.line("  Ctrl-C ends it.   %s", s.where())
}

func (s *stage) url() string { return "http://" + s.house.Address() + "/" }

func (s *stage) where() string {
	if s.Data == "" {
		return "The data stay in the database."
	}
	return "The data stay in " + s.Data + "."
}

// program is how the program is called.
func (o *Options) program() string { return cmp.Or(o.Program, "bin/tanggap") }

// guest serves pages until ctx ends: then streams end too, so that a browser that looks on does not hold up the end. A stream may last longer than
// the web door gives others for their request.
func guest(ctx context.Context, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mine, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		if r.Method == http.MethodGet {
			_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // where it can't be set there is none
		}
		pages.ServeHTTP(w, r.WithContext(mine))
	})
}
