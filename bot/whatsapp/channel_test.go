package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"go.uber.org/goleak"

	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
	"tanggap/testbed"
)

func TestMain(m *testing.M) {
	// A client of the library's that is disconnected at the moment when a frame arrives leaves the goroutine behind that wanted to hand it on.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("go.mau.fi/whatsmeow/socket.(*FrameSocket).frameComplete"),
		goleak.IgnoreAnyFunction("go.mau.fi/whatsmeow.(*Client).handleFrame.func1"),
		goleak.IgnoreAnyFunction("tanggap/testbed/keeper.startKeeper.func1")) // outlives whoever starts the servers first
}

const ownPhone = "6281100000112"

// A world is a simulated WhatsApp with our number and one person on it, a database, and the channel.
type world struct {
	*sim.Server
	db      *sql.DB
	device  types.JID
	siti    *sim.Person
	channel *Channel
	inbox   *inbox
	log     *logbook
	alerts  chan Trouble
	options Options
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	w := &world{Server: sim.New(sim.Options{}), inbox: newInbox(), log: &logbook{}, alerts: make(chan Trouble, 100)}
	if err := w.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range w.Violations() {
			t.Errorf("the network did not expect: %s", v)
		}
		_ = w.Close()
		if t.Failed() {
			t.Logf("the log:\n%s", w.log)
		}
		for _, secret := range []string{ownPhone, "6281234567890", "rahasia", w.LID("6281234567890")} {
			if secret != "" && strings.Contains(w.log.String(), secret) {
				t.Errorf("%q stands in the log:\n%s", secret, w.log)
			}
		}
	})
	w.Account(ownPhone)
	w.Name(ownPhone, "Kabupaten")
	w.db = database(t, testbed.Database(t))
	w.device = w.paired(t, w.db)
	w.siti = w.person(t, sim.PersonOptions{Name: "Siti Aminah", Phone: "6281234567890"})
	w.options = Options{Name: "warga", Device: w.device, DB: w.db, Inbox: w.inbox, Pace: &Pace{}, Transport: w.Transport(), Root: root(),
		Log:   slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Alert: func(t Trouble) { w.alerts <- t }}
	for _, f := range change {
		f(&w.options)
	}
	w.channel = w.another(t)
	return w
}

func root() *[32]byte { r := sim.Root(); return &r }

// another makes a channel of the same device: the program after a restart, or another instance of it.
func (w *world) another(t *testing.T) *Channel {
	t.Helper()
	c, err := New(t.Context(), w.options)
	if err != nil {
		t.Fatal(err)
	}
	// How long the pauses are is seen in TestPauses; nobody waits for them here.
	c.rest = func(ctx context.Context, d time.Duration) { sleep(ctx, min(d, pauseLeast)) }
	c.courteous = time.Minute // a busy machine is no reason to leave a courtesy out
	return c
}

func database(t *testing.T, url string) *sql.DB {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDBFromPool(pool)
	t.Cleanup(func() { _ = db.Close(); pool.Close() })
	return db
}

// paired makes a device of ours as if it had been paired.
func (w *world) paired(t *testing.T, db *sql.DB) types.JID {
	t.Helper()
	devices := sqlstore.NewWithDB(db, "postgres", nil)
	if err := devices.Upgrade(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := devices.NewDevice()
	w.Adopt(ownPhone, d)
	if err := d.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	return *d.ID
}

func (w *world) person(t *testing.T, o sim.PersonOptions) *sim.Person {
	t.Helper()
	p, err := w.Person(soon(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// run runs a channel until the test ends or stop is called, which gives what Run ended with.
func run(t *testing.T, c *Channel) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	end := sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(time.Minute):
			return errors.New("Run does not end")
		}
	})
	t.Cleanup(func() {
		if err := end(); err != nil && !errors.Is(err, ErrReplaced) && !errors.Is(err, ErrLoggedOut) {
			t.Errorf("Run: %v", err)
		}
	})
	for !c.connected() {
		select {
		case err := <-done:
			done <- err
			return end
		case <-soon(t).Done():
			t.Fatalf("not connected: %+v", c.State())
		case <-time.After(5 * time.Millisecond):
		}
	}
	return end
}

// ended waits until Run has ended by itself.
func ended(t *testing.T, c *Channel) {
	t.Helper()
	for c.isRunning() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-soon(t).Done():
			t.Fatal("Run goes on")
		}
	}
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// An inbox keeps what it is given in memory, each delivery once, or refuses.
type inbox struct {
	mu    sync.Mutex
	fail  func(hotline.Raw) error // asked before anything is kept; it may panic
	rows  []hotline.Raw
	have  map[string]bool
	twice int
	news  chan struct{}
	read  int
}

func newInbox() *inbox { return &inbox{have: map[string]bool{}, news: make(chan struct{}, 1)} }

func (b *inbox) Put(_ context.Context, raws []hotline.Raw) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range raws {
		if b.fail != nil {
			if err := b.fail(r); err != nil {
				return err
			}
		}
	}
	for _, r := range raws {
		key := r.Account + " " + r.Peer + " " + r.Delivery
		if b.have[key] {
			b.twice++
			continue
		}
		b.have[key] = true
		b.rows = append(b.rows, r)
	}
	select {
	case b.news <- struct{}{}:
	default:
	}
	return nil
}

func (b *inbox) failing(f func(hotline.Raw) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = f
}

// next gives the next message that was committed, in order.
func (b *inbox) next(t *testing.T) hotline.Message {
	t.Helper()
	raw := b.nextRaw(t)
	m, err := Parse(raw.Body)
	if err != nil {
		t.Fatalf("the next message cannot be read: %v", err)
	}
	if m.Address.Peer != raw.Peer || raw.Account != ownPhone || raw.Channel != hotline.WhatsApp {
		t.Errorf("row %q %q of %q", raw.Account, raw.Peer, m.Address.Peer)
	}
	return m
}

func (b *inbox) nextRaw(t *testing.T) hotline.Raw {
	t.Helper()
	late := soon(t)
	for {
		b.mu.Lock()
		if b.read < len(b.rows) {
			r := b.rows[b.read]
			b.read++
			b.mu.Unlock()
			return r
		}
		b.mu.Unlock()
		select {
		case <-b.news:
		case <-late.Done():
			t.Fatal("nothing came")
		}
	}
}

func (b *inbox) count() (rows, twice int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.rows), b.twice
}

type logbook struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (w *world) alert(t *testing.T, kind TroubleKind) Trouble {
	t.Helper()
	select {
	case a := <-w.alerts:
		if a.Kind != kind {
			t.Fatalf("told of %q, want %q", a.Kind, kind)
		}
		return a
	case <-soon(t).Done():
		t.Fatalf("nobody is told: %+v", w.channel.State())
	}
	return Trouble{}
}

func (w *world) noAlert(t *testing.T) {
	t.Helper()
	select {
	case a := <-w.alerts:
		t.Errorf("told of %v", a)
	default:
	}
}
