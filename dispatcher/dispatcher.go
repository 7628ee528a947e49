// Package dispatcher carries a case from "filed" to somebody's hands, and watches the clock until it is over.
//
// Five loops, each of which can run in any number of instances of the program at once, since Postgres hands a row to one of them at a time:
//
//	route   filed cases get their assignments, or the coordinator is asked             (route.go)
//	list    assignments that changed are told to the units' worklists in Redis         (list.go, worklist.go)
//	offer   waiting assignments are offered to the officers on duty                    (offer.go)
//	clock   what is late climbs the ladder; scheduled days, unanswered questions, ends (clock.go)
//	watch   the worklists are built anew at start, every minute, and when Redis lost something (list.go)
//
// Everything a loop does to a case, with all the cards and notices that follow from it, is one transaction (queue.go). Postgres remembers what is
// still to be done; Redis only reminds. While Redis is away, cases are routed and emergencies offered as always; ordinary offers wait
// until the worklists know of them, and State says so. What the dispatcher needs of others stands in needs.go.
package dispatcher

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"tanggap/hotline"
)

// A Config is what a Dispatcher is made of.
type Config struct {
	Store   Store
	Regency func() *hotline.Regency // the one in force; asked anew for every unit of work
	Redis   redis.UniversalClient   // see Connect
	Prefix  string                  // of every key in Redis; see NewWorklists
	Cards   Cards
	Notice  Notice
	Clock   Clock
	Log     *slog.Logger
}

// A Dispatcher runs the loops of one instance of the program.
type Dispatcher struct {
	Config

	lists *Worklists

	routing, listing, offering, ticking, watching bell

	mu      sync.Mutex
	trouble string    // what is wrong with Redis; empty while nothing is
	known   string    // the mark of the lists last built here
	built   time.Time // machine time

	// Of the clock's loop alone.
	alarmAt time.Time       // service time at which something falls due next; zero: nothing does
	alarm   <-chan struct{} // closed when it comes
}

// notYet is the trouble before Redis was asked.
const notYet = "redis: not reached yet"

// New makes a dispatcher. It does nothing before Run.
func New(c Config) *Dispatcher {
	return &Dispatcher{
		Config: c, lists: NewWorklists(c.Redis, c.Prefix), trouble: notYet,
		routing: newBell(), listing: newBell(), offering: newBell(), ticking: newBell(), watching: newBell(),
	}
}

// Worklists gives the units' worklists.
func (d *Dispatcher) Worklists() *Worklists { return d.lists }

// Wake tells that something about cases was committed. It never waits. Without it everything is found within a second all the same.
func (d *Dispatcher) Wake() {
	for _, b := range []bell{d.routing, d.listing, d.offering, d.ticking} {
		b.ring()
	}
}

// State tells what is degraded, for /readyz: "" when nothing is, else "redis: …".
func (d *Dispatcher) State() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.trouble
}

// Run runs the loops until ctx ends; then each finishes or undoes the transaction it is in, and Run gives nil.
func (d *Dispatcher) Run(ctx context.Context) error {
	route, offer, awake := d.routes(), d.offers(), d.awakes()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		return d.loop(ctx, loop{name: "route", bell: d.routing, breath: breath, pass: route.pass})
	})
	group.Go(func() error { return d.loop(ctx, loop{name: "list", bell: d.listing, breath: breath, pass: d.list}) })
	group.Go(func() error {
		return d.loop(ctx, loop{name: "offer", bell: d.offering, breath: breath, pass: offer.pass})
	})
	group.Go(func() error {
		return d.loop(ctx, loop{name: "clock", bell: d.ticking, breath: 100 * time.Millisecond, pass: d.tick(awake), alarm: &d.alarm})
	})
	group.Go(func() error { return d.watch(ctx) })
	return group.Wait()
}

const (
	// breath is the least time from the end of a pass that found all there was to the next: under a rush what comes meanwhile is one batch.
	breath = 5 * time.Millisecond
	// rest is how long a loop that nobody wakes sleeps at most.
	rest = time.Second
)

// A loop is one kind of work that is done in passes.
type loop struct {
	name   string
	bell   bell
	breath time.Duration
	pass   func(context.Context) (more bool, err error)
	alarm  *<-chan struct{} // when to look besides; may be nil
}

// loop runs passes until ctx ends: at once while there is more, and else when the bell rings. After an error it tries again by itself, ever
// more slowly.
func (d *Dispatcher) loop(ctx context.Context, l loop) error {
	failed := 0
	for !ended(ctx) {
		more, err := l.pass(ctx)
		if ended(ctx) {
			break
		}
		switch {
		case err != nil:
			if failed++; failed == 1 {
				d.Log.Warn("dispatch stands still and is tried again", "loop", l.name, "err", err)
			}
			pause(ctx, min(50*time.Millisecond<<min(failed, 10), 5*time.Second))
			continue
		case failed > 0:
			d.Log.Info("dispatch goes on", "loop", l.name, "failures", failed)
			failed = 0
		}
		if more {
			continue
		}
		pause(ctx, l.breath)
		var alarm <-chan struct{}
		if l.alarm != nil {
			alarm = *l.alarm
		}
		select {
		case <-ctx.Done():
		case <-l.bell:
		case <-alarm:
		case <-time.After(rest):
		}
	}
	return nil
}

func ended(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

func pause(ctx context.Context, t time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(t):
	}
}

// A bell wakes a loop. Rung twice before it is heard, it is heard once.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}
