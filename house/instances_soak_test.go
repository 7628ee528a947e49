//go:build soak

package house_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/simulator/telegram"
	"tanggap/testbed"
)

// Two instances of the program share a database, a Redis and a bot. One of them polls; whatever becomes of it, the other goes on, and nothing is
// done twice.
func TestSoakTwoInstances(t *testing.T) {
	const followed = 15 * time.Second // the longest that nobody may poll
	w := newWorld(t, durablePostgres(t), testbed.RedisDB(t))
	a := w.start()
	w.held(a, soon)
	w.enrol()
	w.complain(len(complaints))
	w.satisfied(2 * soon)

	b := w.start()
	w.complain(20)
	w.probe("with two instances", soon)
	w.holds(a)

	// The one that polls dies. The other, on the same host, sees that it is no more.
	w.complain(20)
	a.kill()
	took := w.held(b, followed)
	heard := w.probe("after a kill -9", followed)
	t.Logf("kill -9 of the holder: the other held the lease after %s, and had answered a message %s later", ms(took), ms(heard))
	c := w.start()
	w.complain(20)
	w.probe("with a new second one", soon)
	w.holds(b)

	// The one that polls stands still for 20 s, as a machine does that is moved; and it stands in the middle of a transaction, with locks in its
	// hands. The other may not wait for it.
	release := w.stuck()
	b.freeze()
	frozen := time.Now()
	release()
	w.complain(20)
	took = w.held(c, followed)
	heard = w.probe("while the holder stands still", followed+5*time.Second)
	t.Logf("SIGSTOP of the holder: the other held the lease after %s, and had answered a message %s later", ms(took), ms(heard))
	pass(time.Until(frozen.Add(20 * time.Second)))
	b.thaw()
	pass(3 * time.Second) // long enough to do harm
	w.holds(c)
	w.probe("after SIGCONT", soon)
	w.complain(15)
	w.satisfied(3 * time.Minute)

	// Both die; one comes back and goes on at once.
	b.kill()
	c.kill()
	w.complain(5)
	d := w.start()
	took = w.held(d, followed)
	heard = w.probe("after both were killed", soon)
	t.Logf("both killed, one started again: it held the lease %s after it was ready, and had answered a message %s later", ms(took), ms(heard))
	if most := 5 * time.Second; took > most {
		t.Errorf("it should have taken the lease of the dead at once")
	}

	w.satisfied(5 * time.Minute)
	w.quiet(3 * time.Minute)
	repeats := w.verify()
	calls := w.bot.Calls()
	conflicts := calls["getUpdates 409"]
	t.Logf("%d repeats among %d messages sent; polls answered 409: %d of %d; messages answered 429: %d", repeats, calls["sendMessage 200"], conflicts,
		conflicts+calls["getUpdates 200"], calls["sendMessage 429"])
	// The poll of one that stood still is answered 409 when another begins, and so may be one that it began in the moment before it knew.
	if conflicts > 3 {
		t.Errorf("two polled at once: the network answered %d polls with 409", conflicts)
	}
	d.stop()
}

func ms(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

// holds tells that a program still holds the lease.
func (w *world) holds(p *running) {
	w.t.Helper()
	h, err := w.holder(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if h != p {
		name := "nobody"
		if h != nil {
			name = h.name
		}
		w.t.Errorf("%s holds the lease, it was %s's", name, p.name)
	}
}

// probe has somebody new say hello, and tells how long the answer took: until it was heard, without what the bot waits on purpose.
func (w *world) probe(when string, within time.Duration) time.Duration {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	p := w.sim.Person(telegram.PersonOptions{Name: "Tamu", Language: "id"})
	began := time.Now()
	if _, err := p.Send("menu"); err != nil {
		w.t.Fatal(err)
	}
	if _, err := p.WaitFor(ctx, 0, func(c telegram.Change) bool { return c.Kind == telegram.Sent }); err != nil {
		w.t.Fatalf("%s nobody answers within %s\n%s", when, within, w.picture())
	}
	return time.Since(began)
}

// stuck brings every turn worker of both programs into the middle of a transaction, waiting for a row that the test holds: today's running
// number. What it gives lets go of the row.
func (w *world) stuck() (release func()) {
	w.t.Helper()
	const workers = 2 * 3
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, w.made.Database)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, `begin; select 1 from case_days for update`); err != nil {
		w.t.Fatal(err)
	}
	w.complain(2 * workers)
	w.eventually(soon, "all turns wait for the running number", func(ctx context.Context) (bool, error) {
		var n int
		err := w.pool.QueryRow(ctx, `select count(*) from pg_stat_activity where application_name = 'tanggap' and datname = current_database()
			and wait_event_type = 'Lock' and query like '%case_days%'`).Scan(&n)
		return n >= workers, err
	})
	return func() {
		if err := conn.Close(ctx); err != nil {
			w.t.Error(err)
		}
	}
}
