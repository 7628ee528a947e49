//go:build soak

package house_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/testbed"
)

// Two instances of the program share a database, a Redis and a bot. One of them polls; whatever becomes of it, the other goes on, and nothing is
// done twice.
func TestSoakTwoInstances(t *testing.T) {
	w := newWorld(t, durablePostgres(t), testbed.RedisDB(t))
	two := newInstances(w, 20)
	two.holderDies()
	two.joined(w.start())
	two.holderDiesElsewhere()
	two.joined(w.start())
	two.holderStandsStill(20*time.Second, w.stuck()) // with locks in its hands: the other may not wait for it
	two.bothDie()

	w.satisfied(5 * time.Minute)
	w.quiet(3 * time.Minute)
	f := w.verify()
	calls := w.bot.Calls()
	conflicts := calls["getUpdates 409"]
	t.Logf("%s; polls answered 409: %d of %d; messages answered 429: %d", f, conflicts, conflicts+calls["getUpdates 200"], calls["sendMessage 429"])
	// The poll of one that stood still is answered 409 when another begins, and so may be one that it began in the moment before it knew.
	if conflicts > 3 {
		t.Errorf("two polled at once: the network answered %d polls with 409", conflicts)
	}
	two.holder.stop()
}

// Two instances share a database and a WhatsApp number. One of them is connected; it dies here and elsewhere, stands still, is cut off from Postgres and
// from the network. Never are two connections spoken on at once, nothing is lost, nothing is done twice, and no human is called.
func TestSoakWhatsAppTwoInstances(t *testing.T) {
	w := newWhatsappWorld(t, durablePostgres(t), nil)
	two := newInstances(w.world, 6)
	two.holderDies()
	two.joined(w.start())
	two.holderDiesElsewhere()
	cuttable, wires := w.startCuttable()
	two.joined(cuttable)
	two.holderStandsStill(40*time.Second, func() {})
	w.untroubled("after one that stood still for 40 s woke up")

	// The one whose wires can be cut holds the number now.
	two.holderIsWithoutPostgres(wires.postgres)
	two.holderDies() // so that it holds the number again
	two.joined(w.start())
	w.holderIsWithoutWhatsApp(two, wires.whatsapp)
	w.connectionIsBroken(two)
	w.networkIsSilent(two)
	w.untroubled("after all this")

	w.satisfied(3 * time.Minute)
	w.quiet(2 * time.Minute)
	f := w.verify()
	t.Logf("%s; %d connections", f, len(w.net.SocketLog(ourNumber)))
	w.neverTwo(1)
	two.holder.stop()
	two.other.stop()
}

// instances are two of the program: the one that holds the account, and the one that would follow.
type instances struct {
	*world
	holder, other *running
	rush          int // how many people complain while something becomes of the holder
}

// followed is the longest that nobody may hold the account.
const followed = 15 * time.Second

// newInstances starts the two, and lets them be for a while.
func newInstances(w *world, rush int) *instances {
	w.t.Helper()
	a := w.start()
	w.held(a, soon)
	w.enrol()
	w.complain(2 * len(complaints))
	w.satisfied(2 * soon)
	two := &instances{world: w, holder: a, rush: rush}
	two.joined(w.start())
	return two
}

// joined makes a program that was just started the other. The holder stays what it is.
func (two *instances) joined(p *running) {
	two.t.Helper()
	two.other = p
	two.complain(two.rush)
	two.probe("with a second one, "+p.name, soon)
	two.holds(two.holder)
}

// follows waits until the other holds the account and answers; then it is the holder, and the former holder the other. It tells how long ago since was
// when it had the account.
func (two *instances) follows(since time.Time, when string) time.Duration {
	two.t.Helper()
	two.held(two.other, followed)
	took := time.Since(since)
	heard := two.probe(when, followed+5*time.Second)
	two.t.Logf("%s: the other held the account after %s, and had answered a message %s later", when, ms(took), ms(heard))
	two.holder, two.other = two.other, two.holder
	return took
}

// holderDies: the other, on the same host, sees at once that the holder is no more.
func (two *instances) holderDies() {
	two.t.Helper()
	two.complain(two.rush)
	two.holder.kill()
	if took := two.follows(time.Now(), "after a kill -9"); took > 5*time.Second {
		two.t.Errorf("it took over from one that is dead on its own host after %s, not at once", ms(took))
	}
}

// holderDiesElsewhere: the holder dies as one dies on another host. The lease is in the name of a process that nobody here can look for. Its row is held
// meanwhile, so that nobody looks at it between the two.
func (two *instances) holderDiesElsewhere() {
	two.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	two.complain(two.rush)
	two.holds(two.holder)
	tx, err := two.pool.Begin(ctx)
	if err != nil {
		two.t.Fatal(err)
	}
	defer tx.Rollback(ctx) //nolint:errcheck // committed by then
	var name string
	if err := tx.QueryRow(ctx, `select holder from leases where name = $1 for update`, two.lease()).Scan(&name); err != nil {
		two.t.Fatal(err)
	}
	died := time.Now()
	two.holder.kill()
	_, process, _ := strings.Cut(name, "/")
	if _, err := tx.Exec(ctx, `update leases set holder = $2 where name = $1`, two.lease(), "host-lain/"+process); err != nil {
		two.t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		two.t.Fatal(err)
	}
	if took := two.follows(died, "after a kill -9 on another host"); took > followed {
		two.t.Errorf("it took over after %s", took)
	}
}

// holderStandsStill: the holder does nothing for a while, as a machine does that is moved, and wakes up deposed. frozen is called as soon as it stands.
func (two *instances) holderStandsStill(long time.Duration, frozen func()) {
	two.t.Helper()
	two.complain(two.rush)
	still := two.holder
	still.freeze()
	since := time.Now()
	frozen()
	two.complain(two.rush)
	two.follows(since, "while the holder stands still")
	pass(time.Until(since.Add(long)))
	still.thaw()
	pass(5 * time.Second) // long enough to do harm
	two.holds(two.holder)
	two.probe("after SIGCONT", soon)
	two.satisfied(3 * time.Minute)
}

// bothDie: one comes back and takes the lease of the dead at once.
func (two *instances) bothDie() {
	two.t.Helper()
	two.holder.kill()
	two.other.kill()
	two.complain(5)
	two.holder = two.start()
	took := two.held(two.holder, followed)
	heard := two.probe("after both were killed", soon)
	two.t.Logf("both killed, one started again: it held the account %s after it was ready, and had answered a message %s later", ms(took), ms(heard))
	if took > 5*time.Second {
		two.t.Errorf("it should have taken the lease of the dead at once")
	}
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

// holderIsWithoutPostgres: the holder, whose wire this is, lets go before the other may take over.
func (two *instances) holderIsWithoutPostgres(postgres *wire) {
	two.t.Helper()
	without := two.holder
	two.complain(two.rush)
	pass(time.Second)
	postgres.cut()
	two.follows(time.Now(), "while the holder is without Postgres")
	postgres.mend()
	two.complain(two.rush)
	two.eventually(soon, "the one without Postgres has it again", func(context.Context) (bool, error) {
		status, _, err := without.readiness()
		return status == http.StatusOK, err
	})
	two.holds(two.holder)
}

// holderIsWithoutWhatsApp: the holder, whose wire this is, keeps the number meanwhile. Nobody else could do better.
func (w *whatsappWorld) holderIsWithoutWhatsApp(two *instances, network *wire) {
	w.t.Helper()
	w.complain(two.rush)
	pass(time.Second)
	network.cut()
	w.eventually(soon, "/readyz says that WhatsApp cannot be reached", func(context.Context) (bool, error) {
		status, r, err := two.holder.readiness()
		return status == http.StatusOK && r.State == "degraded" && strings.Contains(r.Degraded["whatsapp"], "cannot be reached"), err
	})
	pass(30 * time.Second)
	w.holds(two.holder)
	network.mend()
	heard := w.probe("after WhatsApp could be reached again", soon)
	w.t.Logf("WhatsApp cut off from the holder for 30 s: a message was answered %s after that", ms(heard))
	w.eventually(soon, "/readyz says that WhatsApp is well again", func(context.Context) (bool, error) {
		_, r, err := two.holder.readiness()
		return r.Degraded["whatsapp"] == "", err
	})
}

// connectionIsBroken: the network breaks the connection off, again and again.
func (w *whatsappWorld) connectionIsBroken(two *instances) {
	w.t.Helper()
	w.complain(two.rush)
	for range 5 {
		pass(1500 * time.Millisecond)
		w.net.Cut(ourNumber)
	}
	heard := w.probe("after the network broke off the connection", soon)
	w.t.Logf("five connections broken off by the network: a message was answered %s after that", ms(heard))
}

// networkIsSilent: the network no longer answers, and does not say so.
func (w *whatsappWorld) networkIsSilent(two *instances) {
	w.t.Helper()
	before := len(w.net.SocketLog(ourNumber))
	w.net.Deaf(ourNumber, true)
	deaf := time.Now()
	w.complain(two.rush)
	w.eventually(4*time.Minute, "the holder notices that nobody answers", func(context.Context) (bool, error) {
		return len(w.net.SocketLog(ourNumber)) > before, nil
	})
	w.t.Logf("keep-alives without an answer: another connection after %s", time.Since(deaf).Round(time.Second))
	w.net.Deaf(ourNumber, false)
	w.holds(two.holder)
}
