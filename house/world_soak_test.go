//go:build soak

package house_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"tanggap/dispatcher"
	"tanggap/hotline"
	"tanggap/servers"
	"tanggap/simulator/telegram"
	"tanggap/store"
	"tanggap/testbed"
)

// A world is what stands around the program: the network with its people, Postgres, Redis, and a look into both from outside.
type world struct {
	t       testing.TB
	made    made
	sim     *telegram.Server
	bot     *telegram.Bot
	store   *store.Store
	pool    *pgxpool.Pool
	lists   *dispatcher.Worklists
	logs    string
	started int
	running []*running

	crowd    errgroup.Group
	mu       sync.Mutex
	citizens []*citizen
	officers []*telegram.Person
	done     int
}

// botAccount is the bot's account at the network: the number before the colon of its token.
const botAccount = "7000001"

// newWorld makes a world around a database that the program's own migrations have made.
func newWorld(t testing.TB, dsn, redisURL string) *world {
	t.Helper()
	w := &world{t: t, logs: t.TempDir()}
	limits := telegram.TelegramLimits
	limits.ChatBurst = 6 // the real one lets a few go at once
	w.sim = telegram.New(telegram.Options{History: 10_000, Limits: limits})
	w.bot = w.sim.AddBot(simToken, "tanggap_bot")
	if err := w.sim.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.sim.Close() })
	w.made = made{Database: dsn, Redis: redisURL, Telegram: w.sim.URL()}
	w.store = testbed.StoreAt(t, dsn)
	w.pool = w.store.Pool()
	client, err := dispatcher.Connect(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	w.lists = dispatcher.NewWorklists(client, "tanggap:jepara:")
	t.Cleanup(w.endAll)
	return w
}

// durablePostgres is a Postgres of this test's own that waits for the disk, as one in life does.
func durablePostgres(t testing.TB) string {
	t.Helper()
	s, err := servers.Start(context.Background(), servers.Options{Dir: serversFolder(t), Postgres: true, EndWithProcess: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s.DatabaseURL()
}

// soon is a bound on what is done at once, on a machine that is busy with other things.
const soon = time.Minute

// eventually waits until a thing is true, looking often, and tells how long it took.
func (w *world) eventually(within time.Duration, what string, is func(context.Context) (bool, error)) time.Duration {
	w.t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		yes, err := is(ctx)
		if err == nil && yes {
			return time.Since(began)
		}
		if err != nil {
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			w.t.Fatalf("not within %s: %s (last error: %v)\n%s", within, what, last, w.picture())
		}
	}
}

// pass lets machine time pass.
func pass(d time.Duration) { <-time.After(d) }

// picture tells where things stand, for a test that failed.
func (w *world) picture() string {
	var b strings.Builder
	w.mu.Lock()
	fmt.Fprintf(&b, "%d of %d citizens have done; %d updates unconfirmed; calls %v\n", w.done, len(w.citizens), w.bot.Pending(), w.bot.Calls())
	stuck := 0
	for _, z := range w.citizens {
		if at := z.state(); at != "done" && at != "" && stuck < 5 {
			stuck++
			said := "nothing"
			if m, ok := z.p.Last(); ok {
				said = m.Text
			}
			fmt.Fprintf(&b, "citizen %d %s; last heard: %q\n", z.n, at, said)
		}
	}
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	p, err := w.store.Pending(ctx, time.Now())
	fmt.Fprintf(&b, "to do: %+v %v\n", p, err)
	for _, p := range w.running {
		if !p.over() && !p.frozen {
			_, r, err := p.readiness()
			fmt.Fprintf(&b, "%s (pid %d): %+v %v\n%s\n", p.name, p.cmd.Process.Pid, r, err, p.tail())
		}
	}
	return b.String()
}

// complaints are what people write: the matter and the village, so that the next thing is a yes. Each is for another agency.
var complaints = []string{
	"Jalan depan balai desa Tegalsambi rusak parah, banyak lubang",
	"Sampah di desa Bawu menumpuk sudah seminggu, bau",
	"Lampu jalan di desa Mulyoharjo mati semua",
	"Air PDAM di desa Senenan mati dari kemarin",
	"Saluran air di desa Kecapi mampet, jalan jadi banjir kalau hujan",
}

// A citizen complains once: writes what is wrong, says yes, skips every question. What a citizen reads, a citizen reacts to; nothing is ever
// sent a second time by itself.
type citizen struct {
	w    *world
	p    *telegram.Person
	n    int
	what string

	mu   sync.Mutex
	at   string
	took time.Duration // from the complaint to the number, in machine time
}

func (z *citizen) state() string { z.mu.Lock(); defer z.mu.Unlock(); return z.at }
func (z *citizen) now(at string) { z.mu.Lock(); defer z.mu.Unlock(); z.at = at }

// citizen makes one, who has not begun.
func (w *world) citizen() *citizen {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.citizens)
	z := &citizen{w: w, n: n, what: complaints[n%len(complaints)]}
	z.p = w.sim.Person(telegram.PersonOptions{Name: fmt.Sprint("Warga ", n), Language: "id"})
	w.citizens = append(w.citizens, z)
	return z
}

// complain has n more citizens complain, beginning now.
func (w *world) complain(n int) {
	for range n {
		z := w.citizen()
		w.crowd.Go(func() error { return z.complain(context.Background()) })
	}
}

// satisfied waits until every citizen has been through.
func (w *world) satisfied(within time.Duration) {
	w.t.Helper()
	w.eventually(within, "every citizen has been answered to the end", func(context.Context) (bool, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.done == len(w.citizens), nil
	})
	if err := w.crowd.Wait(); err != nil {
		w.t.Fatal(err)
	}
}

// The network's patience is the test's; this only keeps goroutines from outliving it.
const citizenPatience = 15 * time.Minute

func (z *citizen) complain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, citizenPatience)
	defer cancel()
	seq := z.p.Seq()
	began := time.Now()
	if _, err := z.p.Send(z.what); err != nil {
		return fmt.Errorf("citizen %d: %w", z.n, err)
	}
	z.now("waits to be asked for a yes")
	heard := func(is func(*telegram.Message) bool) (*telegram.Message, error) {
		c, err := z.p.WaitFor(ctx, seq, func(c telegram.Change) bool { return c.Kind == telegram.Sent && is(c.Message) })
		if err != nil {
			return nil, fmt.Errorf("citizen %d %s: %w", z.n, z.state(), err)
		}
		seq = c.Seq
		return c.Message, nil
	}
	m, err := heard(func(m *telegram.Message) bool { return buttonOf(m, "Ya, kirim") != "" })
	if err != nil {
		return err
	}
	if _, err := z.p.Press(m.ID, buttonOf(m, "Ya, kirim")); err != nil {
		return fmt.Errorf("citizen %d says yes: %w", z.n, err)
	}
	z.now("waits for the number")
	pressed := map[string]bool{}
	for {
		m, err := heard(func(m *telegram.Message) bool {
			skip := buttonOf(m, "Lewati")
			return strings.Contains(m.Text, "sudah lengkap") || strings.Contains(m.Text, "Nomor laporan") && skip == "" || skip != "" && !pressed[skip]
		})
		if err != nil {
			return err
		}
		if len(pressed) == 0 {
			z.mu.Lock()
			z.took = time.Since(began)
			z.mu.Unlock()
		}
		skip := buttonOf(m, "Lewati")
		if skip == "" {
			break
		}
		pressed[skip] = true
		if _, err := z.p.Press(m.ID, skip); err != nil {
			return fmt.Errorf("citizen %d skips a question: %w", z.n, err)
		}
		z.now(fmt.Sprintf("waits after %d questions", len(pressed)))
	}
	z.now("done")
	z.w.mu.Lock()
	z.w.done++
	z.w.mu.Unlock()
	return nil
}

// buttonOf gives the data of a message's button.
func buttonOf(m *telegram.Message, label string) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Text == label {
				return b.Data
			}
		}
	}
	return ""
}

// officer enrols somebody and keeps them on duty. One in takes of the cards they get they take; with 0, none.
func (w *world) officer(role hotline.RoleName, unit string, takes int) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	p := w.sim.Person(telegram.PersonOptions{Name: fmt.Sprint("Petugas ", len(w.officers)), Language: "id"})
	code, err := w.store.NewInvite(ctx, time.Now(), hotline.Invite{Role: role, Unit: unit, Name: p.Name(), Expires: time.Now().Add(time.Hour)})
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := p.Send("/daftar " + code); err != nil {
		w.t.Fatal(err)
	}
	c, err := p.WaitFor(ctx, 0, func(c telegram.Change) bool { return c.Kind == telegram.Sent })
	if err != nil {
		w.t.Fatalf("an officer's enrolment is not answered: %v\n%s", err, w.picture())
	}
	w.mu.Lock()
	w.officers = append(w.officers, p)
	w.mu.Unlock()
	if takes > 0 {
		ctx, cancel := context.WithCancel(context.Background())
		w.t.Cleanup(cancel)
		go w.work(ctx, p, c.Seq, takes)
	}
}

// work takes one in so many of the cards that come, until ctx ends.
func (w *world) work(ctx context.Context, p *telegram.Person, seq int64, takes int) {
	seen := map[string]bool{}
	for {
		c, err := p.WaitFor(ctx, seq, func(c telegram.Change) bool {
			return c.Kind == telegram.Sent && buttonOf(c.Message, "Ambil") != "" && !seen[buttonOf(c.Message, "Ambil")]
		})
		if err != nil {
			return
		}
		seq = c.Seq
		take := buttonOf(c.Message, "Ambil")
		seen[take] = true
		if len(seen)%takes == 0 {
			_, _ = p.Press(c.Message.ID, take) // a colleague may have been quicker, and the button gone
		}
	}
}

// enrol enrols a few people of the agencies that the complaints go to.
func (w *world) enrol() {
	w.t.Helper()
	w.officer(hotline.RoleOfficer, "dpupr.jalan", 4)
	w.officer(hotline.RoleOfficer, "dpupr.jalan", 4)
	w.officer(hotline.RoleOfficer, "dpupr", 4) // for the drains, whose own people are away
	w.officer(hotline.RoleOfficer, "dlh.sampah", 4)
	w.officer(hotline.RoleOfficer, "dishub.pju", 0)
	w.officer(hotline.RoleCoordinator, "diskominfo", 0) // hears of the waterworks, where nobody is
}

// holder gives the running program that holds the bot's lease; nil when none does.
func (w *world) holder(ctx context.Context) (*running, error) {
	var holder string
	err := w.pool.QueryRow(ctx, `select coalesce((select holder from leases where name = $1 and until > clock_timestamp()), '')`,
		"telegram/"+botAccount).Scan(&holder)
	if err != nil || holder == "" {
		return nil, err
	}
	part := strings.Split(holder, "/")
	i := slices.IndexFunc(w.running, func(p *running) bool { return len(part) == 4 && fmt.Sprint(p.cmd.Process.Pid) == part[1] && !p.over() })
	if i < 0 {
		return nil, nil
	}
	return w.running[i], nil
}

// held waits until a program holds the lease.
func (w *world) held(p *running, within time.Duration) time.Duration {
	w.t.Helper()
	return w.eventually(within, p.name+" holds the lease", func(ctx context.Context) (bool, error) {
		h, err := w.holder(ctx)
		return h == p, err
	})
}
