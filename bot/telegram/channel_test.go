package telegram

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tanggap/hotline"
	sim "tanggap/simulator/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testToken = "7112112:AAH-test_token-never-to-be-seen"

// A world is a simulated Telegram with one bot and one person, and the channel that speaks to it.
type world struct {
	*sim.Server
	bot     *sim.Bot
	siti    *sim.Person
	channel *Channel
	inbox   *inbox
	log     *logbook
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{Server: sim.New(sim.Options{}), inbox: &inbox{news: make(chan struct{}, 1), failed: make(chan struct{}, 1)}, log: &logbook{}}
	w.bot = w.AddBot(testToken, "tanggap_bot")
	if err := w.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	w.siti = w.Person(sim.PersonOptions{Name: "Siti Aminah", Language: "id", Phone: "6281234567890", Started: true})
	o := Options{Token: testToken, API: w.URL(), Inbox: w.inbox, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range change {
		f(&o)
	}
	var err error
	if w.channel, err = New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.channel.wire.client.CloseIdleConnections()
		if s := w.log.String(); strings.Contains(s, testToken) || strings.Contains(s, "AAH-test") {
			t.Errorf("the token stands in the log:\n%s", s)
		}
	})
	return w
}

// run runs the poller until the test ends.
func (w *world) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.channel.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// An inbox keeps what it is given in memory, or refuses.
type inbox struct {
	mu      sync.Mutex
	refuse  error
	batches [][]hotline.Raw
	news    chan struct{}
	failed  chan struct{}
}

func (i *inbox) Put(_ context.Context, raws []hotline.Raw) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.refuse != nil {
		signal(i.failed)
		return i.refuse
	}
	i.batches = append(i.batches, raws)
	signal(i.news)
	return nil
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (i *inbox) setRefuse(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.refuse = err
}

func (i *inbox) all() []hotline.Raw {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []hotline.Raw
	for _, b := range i.batches {
		all = append(all, b...)
	}
	return all
}

// waitFor waits until n things have come.
func (i *inbox) waitFor(t *testing.T, n int) []hotline.Raw {
	t.Helper()
	ctx := soon(t)
	for {
		if all := i.all(); len(all) >= n {
			return all
		}
		select {
		case <-i.news:
		case <-ctx.Done():
			t.Fatalf("%d of %d updates came", len(i.all()), n)
		}
	}
}

// A logbook is a log to look into.
type logbook struct {
	mu   sync.Mutex
	b    bytes.Buffer
	news chan struct{} // closed and made anew at every line
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.news != nil {
		close(l.news)
		l.news = nil
	}
	return l.b.Write(p)
}

// waitFor waits until something was logged.
func (l *logbook) waitFor(t *testing.T, what string) {
	t.Helper()
	ctx := soon(t)
	for {
		l.mu.Lock()
		if strings.Contains(l.b.String(), what) {
			l.mu.Unlock()
			return
		}
		if l.news == nil {
			l.news = make(chan struct{})
		}
		news := l.news
		l.mu.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
			t.Fatalf("never logged %q:\n%s", what, l.String())
		}
	}
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{Token: ""},
		{Token: "secret"},
		{Token: "123:with space"},
		{Token: testToken, API: "localhost:8081"},
		{Token: testToken, API: "ftp://example.org"},
		{Token: testToken, API: "http://%zz"},
	} {
		_, err := New(o)
		if err == nil {
			t.Errorf("New(%+v) took it", o)
			continue
		}
		if o.Token != "" && strings.Contains(err.Error(), o.Token) {
			t.Errorf("the token stands in %q", err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if w.channel.Link("x") != "" {
		t.Error("a link before the name is known")
	}
	if err := w.channel.Check(soon(t)); err != nil {
		t.Fatal(err)
	}
	if w.channel.Account() != "7112112" || w.channel.Username() != "tanggap_bot" {
		t.Errorf("account %q, user name %q", w.channel.Account(), w.channel.Username())
	}
	if got, want := w.channel.Link("daftar_AB12"), "https://t.me/tanggap_bot?start=daftar_AB12"; got != want {
		t.Errorf("Link gives %q, want %q", got, want)
	}

	stranger, err := New(Options{Token: "99:unknown", API: w.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.wire.client.CloseIdleConnections()
	if err := stranger.Check(soon(t)); !errors.Is(err, ErrToken) || strings.Contains(err.Error(), "99:unknown") {
		t.Errorf("an unknown token gives %v", err)
	}

	w.Fail(sim.Fault{Method: "getMe", Code: 502, Times: -1})
	if err := w.channel.Check(soon(t)); err == nil || errors.Is(err, ErrToken) {
		t.Errorf("a network that is down gives %v", err)
	}
	_ = w.Close()
	if err := w.channel.Check(soon(t)); err == nil || errors.Is(err, ErrToken) || strings.Contains(err.Error(), "bot7112112") {
		t.Errorf("a network that is gone gives %v", err)
	}
}
