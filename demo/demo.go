// Package demo plays a complaint from its first word to the rating, in a terminal, through everything that is real: the channels, Postgres, Redis, the
// dispatcher, on the machine's own clock. Only the networks are simulated (simulator/telegram, simulator/whatsapp), and with them the people. Afterwards
// anybody can be one of these people on a web page.
//
// People keep their user ids and telephone numbers from run to run, so whoever wrote in an earlier run is found again with all their cases, and with
// their chats, which are kept in a file. On WhatsApp they come back with new keys, as somebody does who bought a new phone.
//
//   - demo.go: what is opened, played and served
//   - number.go: our own number at the simulated WhatsApp
//   - people.go: who plays
//   - chats.go: what was said in earlier runs
//   - story.go, joko.go: what they do
//   - screen.go, report.go: what is seen of it
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"syscall"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/simulator/page"
	"tanggap/simulator/telegram"
	"tanggap/simulator/whatsapp"
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
	Again   bool   // play the story also where it was played before
	Chats   string // the file that keeps what was said; empty: none does
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

// A stage is the networks, the house in front of them, and what is shown of both.
type stage struct {
	Options
	sim    *telegram.Server
	wa     *whatsapp.Server
	onPage *page.WhatsAppNetwork // who is shown of those on wa
	house  *house.House
	screen *screen
	zone   *time.Location

	story   *story         // who plays; nil: nobody is there yet
	kept    int64          // how much was said when the chats were last kept
	waiting map[string]int // how many cases wait in a unit, when the story was over
}

// Run plays the story and then serves until ctx ends. It gives an error when the story did not come out as it should.
func Run(ctx context.Context, o Options) error {
	if _, ok := o.Regency.Unit(roads); !ok {
		return fmt.Errorf("the demo's story plays in Jepara and %s has no unit %s: leave TANGGAP_REGENCY empty", o.Regency.Name, roads)
	}
	s := newStage(o)
	defer s.close()
	if err := s.networks(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.screen.lost = func(err error) { cancel(fmt.Errorf("nobody looks any more: %w", err)) }
	if err := s.open(ctx); err != nil {
		return err
	}
	// Before the house speaks for any number: one of a real telephone must not be tried on a network that does not know it.
	if err := s.guard(ctx); err != nil {
		return err
	}
	if err := s.link(ctx); err != nil {
		return s.over(ctx, err)
	}
	// And nothing may be said to people who are not back yet: the network would not know them.
	if err := s.gather(ctx); err != nil {
		return s.over(ctx, err)
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() {
		err := s.house.Run(running)
		cancel(errHouse)
		done <- err
	}()
	kept := make(chan struct{})
	go func() {
		s.keeping(running)
		close(kept)
	}()
	err := s.play(ctx)
	stop()
	<-kept
	return errors.Join(<-done, err, s.keep())
}

func newStage(o Options) *stage {
	return &stage{Options: o, screen: newScreen(o.Out, o.Colour, o.Width), zone: o.Regency.Zone, waiting: map[string]int{}}
}

// networks starts the simulated networks.
func (s *stage) networks() error {
	s.sim = telegram.New(telegram.Options{Watch: s.screen.watch, CallbackTTL: 15 * time.Minute})
	s.sim.AddBot(botToken, botName)
	if err := s.sim.Listen(""); err != nil {
		return fmt.Errorf("start the simulated Telegram: %w", err)
	}
	s.wa = whatsapp.New(whatsapp.Options{KnownBefore: true})
	if err := s.wa.Listen(""); err != nil {
		return fmt.Errorf("start the simulated WhatsApp: %w", err)
	}
	s.wa.Account(ourNumber)
	s.onPage = page.WhatsApp(s.wa, ourNumber)
	return nil
}

// close lets go of what was opened.
func (s *stage) close() {
	if s.house != nil {
		s.house.Close()
	}
	if s.wa != nil {
		_ = s.wa.Close() // everything in it is thrown away
	}
	if s.sim != nil {
		_ = s.sim.Close() // likewise
	}
}

// open opens the house, on another port where the usual one is taken and any will do.
func (s *stage) open(ctx context.Context) error {
	o := house.Options{
		Regency: s.Regency, DatabaseURL: s.DatabaseURL, RedisURL: s.RedisURL, Key: s.Key,
		Telegram: &house.TelegramOptions{Token: botToken, API: s.sim.URL()}, WhatsApp: s.linked(),
		Listen: s.Listen, Pages: guest(ctx, page.New(page.Telegram(s.sim), s.onPage)), Log: s.Log,
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
	story, err := s.enter(ctx)
	if err == nil && !s.Once && !s.Again {
		story.number = story.before(ctx)
	}
	switch {
	case err != nil:
	case story.number.Seq != 0:
		s.screen.note("The story was played before: %s. To see it again: %s demo --again", story.number, s.program())
	default:
		err = story.play(ctx)
	}
	if err != nil || context.Cause(ctx) != nil {
		return s.over(ctx, err)
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

// over says what to make of a story that ended early with err, or was interrupted.
func (s *stage) over(ctx context.Context, err error) error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errHouse):
		return nil // Run tells why
	case cause != nil && !errors.Is(cause, context.Canceled):
		return cause
	case cause != nil && !s.Once:
		return nil // somebody had enough
	case cause != nil:
		return errors.New("the story was interrupted")
	}
	return fmt.Errorf("the story did not come out as it should: %w", err)
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
		s.screen.line("  %-15s %schat?id=%s  %s%s", a.Name, url, a.link(), a.what(s.Regency), todo)
	}
	s.screen.line("  or somebody new, on Telegram or WhatsApp. Every tab of the browser can be one person.")
	s.screen.line("")
	if s.Data != "" {
		s.screen.line("  Another officer:  TANGGAP_DATA=%s %s officer invite --agency dlh --name Wati", s.Data, s.program())
		s.screen.line("                    and say /daftar CODE to the bot as somebody new")
	}
	s.screen.line("  Pair a number:    TANGGAP_DATA=%s TANGGAP_WHATSAPP=on TANGGAP_WHATSAPP_SIMULATOR=%s %s whatsapp pair", s.trialData(), s.wa.URL(), s.program())
	s.screen.line("                    and give what it shows to the telephone on the page; with --phone +%s it shows letters to type there", page.Telephone)
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

// trialData is a folder for whoever tries to pair a number: this database has its own already, and is a stage for nobody else.
func (s *stage) trialData() string {
	if s.Data == "" {
		return ".tanggap/pair"
	}
	return filepath.Join(s.Data, "pair")
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
