//go:build soak

package house_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"tanggap/testbed"
)

// The program is killed at 50 random moments while 300 citizens complain, and started again each time. At the end everybody has one case and has
// heard everything in order. What was just being said at a kill may have been said twice.
func TestSoakCrashes(t *testing.T) {
	const people, kills = 300, 50
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 50)) //nolint:gosec // moments, not secrets
	w := newWorld(t, durablePostgres(t), testbed.RedisDB(t))

	// A few have their conversation before anything happens: it is what everybody's should be like.
	calm := w.start()
	w.enrol()
	w.complain(len(complaints))
	w.satisfied(2 * soon)
	calm.kill()

	began := time.Now()
	begun := len(complaints)
	for kill := range kills {
		p := w.start()
		more := (people-begun)/(kills-kill) + 1
		for range min(more, people-begun) {
			begun++
			w.complain(1)
		}
		pass(50*time.Millisecond + time.Duration(random.Int64N(int64(350*time.Millisecond))))
		p.kill()
		if kill%10 == 9 { // and one killed before it was ready
			p := w.launch()
			pass(time.Duration(random.Int64N(int64(time.Second))))
			p.kill()
		}
	}
	w.mu.Lock()
	done := w.done
	w.mu.Unlock()
	t.Logf("%d kills in %s; %d of %d citizens were through by then", kills+kills/10, time.Since(began).Round(time.Second), done, people)

	p := w.start()
	w.satisfied(8 * time.Minute)
	w.quiet(4 * time.Minute)
	repeats := w.verify()
	calls := w.bot.Calls()
	t.Logf("%d repeats among %d messages sent (%d kills); answered 429: %d, 409: %d", repeats, calls["sendMessage 200"], kills, calls["sendMessage 429"],
		calls["getUpdates 409"])
	if most := 64 * (kills + 1); repeats > most {
		t.Errorf("%d repeats are more than can have been under way at %d kills", repeats, kills)
	}
	if h, err := w.holder(context.Background()); err != nil || h != p {
		t.Errorf("the last program does not hold the lease: %v", err)
	}
	p.stop()
}
