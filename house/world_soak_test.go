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

// A world is what stands around the program: Postgres, Redis, a look into both from outside, and the networks with their people. Officers are on
// Telegram; citizens are there too, or on WhatsApp: the crowd tells.
type world struct {
	t        testing.TB
	made     made
	sim      *telegram.Server
	bot      *telegram.Bot
	crowd    crowd
	store    *store.Store
	pool     *pgxpool.Pool
	lists    *dispatcher.Worklists
	logs     string
	started  int
	running  []*running
	expected []string

	talks    errgroup.Group
	mu       sync.Mutex
	citizens []*citizen
	guests   []*citizen
	officers []*telegram.Person
	done     int // how many of the citizens have been through
}

// newWorld makes a world around a database that the program's own migrations have made. Its citizens are on Telegram.
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
	w.crowd = telegramCrowd{w.sim, w.bot}
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

// quiet waits until nothing is left to do on any network.
func (w *world) quiet(within time.Duration) {
	w.t.Helper()
	w.eventually(within, "nothing is left to do", func(ctx context.Context) (bool, error) {
		p, err := w.store.Pending(ctx, time.Now())
		return p.Quiet() && w.bot.Pending() == 0 && w.crowd.unconfirmed() == 0, err
	})
}

// picture tells where things stand, for a test that failed.
func (w *world) picture() string {
	var b strings.Builder
	w.mu.Lock()
	fmt.Fprintf(&b, "%d of %d citizens have done; %s\nTelegram's calls %v\n", w.done, len(w.citizens), w.crowd, w.bot.Calls())
	stuck := 0
	for _, z := range w.citizens {
		if at := z.state(); at != "done" && stuck < 5 {
			stuck++
			fmt.Fprintf(&b, "%s %s\n", z.name(), at)
			if z.isThere() {
				b.WriteString(z.end())
			}
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

// coordinator gives the one of those enrolled.
func (w *world) coordinator() *telegram.Person { return w.officers[len(w.officers)-1] }

// lease names what only the program holds that serves the crowd's account.
func (w *world) lease() string {
	channel, account := w.crowd.account()
	return string(channel) + "/" + account
}

// leaseholder tells who holds a lease; empty: nobody.
func (w *world) leaseholder(ctx context.Context, lease string) (name string, err error) {
	err = w.pool.QueryRow(ctx, `select coalesce((select holder from leases where name = $1 and until > clock_timestamp()), '')`, lease).Scan(&name)
	return name, err
}

// holder gives the running program that holds a lease; nil when none does.
func (w *world) holder(ctx context.Context, lease string) (*running, error) {
	name, err := w.leaseholder(ctx, lease)
	part := strings.Split(name, "/")
	if err != nil || len(part) != 4 {
		return nil, err
	}
	i := slices.IndexFunc(w.running, func(p *running) bool { return fmt.Sprint(p.cmd.Process.Pid) == part[1] && !p.over() })
	if i < 0 {
		return nil, nil
	}
	return w.running[i], nil
}

// held waits until a program holds the crowd's account.
func (w *world) held(p *running, within time.Duration) time.Duration {
	w.t.Helper()
	return w.heldLease(w.lease(), p, within)
}

func (w *world) heldLease(lease string, p *running, within time.Duration) time.Duration {
	w.t.Helper()
	return w.eventually(within, p.name+" holds "+lease, func(ctx context.Context) (bool, error) {
		h, err := w.holder(ctx, lease)
		return h == p, err
	})
}

// holds tells that a program still holds the crowd's account.
func (w *world) holds(p *running) {
	w.t.Helper()
	h, err := w.holder(context.Background(), w.lease())
	if err != nil {
		w.t.Fatal(err)
	}
	if h != p {
		name := "nobody"
		if h != nil {
			name = h.name
		}
		w.t.Errorf("%s holds %s, it was %s's", name, w.lease(), p.name)
	}
}

func ms(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
