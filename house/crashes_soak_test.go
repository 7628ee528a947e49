//go:build soak

package house_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"tanggap/testbed"
)

// The program is killed at 50 random moments while 300 citizens complain, and started again each time. At the end everybody has one case and has
// heard everything in order. What was just being said at a kill may have been said twice.
func TestSoakCrashes(t *testing.T) {
	w := newWorld(t, durablePostgres(t), testbed.RedisDB(t))
	c := crashes{world: w, people: 300, kills: 50, least: 50 * time.Millisecond, spread: 350 * time.Millisecond}
	c.happen()
	c.areSurvived()
	calls := w.bot.Calls()
	t.Logf("%d messages sent; answered 429: %d, 409: %d", calls["sendMessage 200"], calls["sendMessage 429"], calls["getUpdates 409"])
}

// The same with 30 kills and 100 people on WhatsApp. Nothing is left at the network.
func TestSoakWhatsAppCrashes(t *testing.T) {
	w := newWhatsappWorld(t, durablePostgres(t), nil)
	c := crashes{world: w.world, people: 100, kills: 30, least: 100 * time.Millisecond, spread: 2 * time.Second} // it connects a moment after it starts
	c.happen()
	connections := len(w.net.SocketLog(ourNumber))
	if connections < c.kills/3 {
		t.Errorf("most programs were killed before they were connected: the kills prove little")
	}
	c.areSurvived()
	t.Logf("%d connections by the last kill; %d messages were given to more than one program; what could not be decrypted was asked for again %d times",
		connections, w.givenAgain(), w.net.Retries(ourNumber))
	w.neverTwo(0)
}

// crashes are what happens to a program that is killed so many times while so many people complain.
type crashes struct {
	*world
	people, kills int
	least, spread time.Duration // a program lives for so long: at least, and at most so much longer
}

// happen has the people complain and kills the program. It gives back when all have begun and the last program is dead.
func (c *crashes) happen() {
	c.t.Helper()
	seed := uint64(time.Now().UnixNano())
	c.t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, uint64(c.kills))) //nolint:gosec // moments, not secrets

	// A few have their conversation before anything happens: it is what everybody's should be like.
	calm := c.start()
	c.held(calm, soon)
	c.enrol()
	c.complain(2 * len(complaints))
	c.satisfied(2 * soon)
	calm.kill()

	began := time.Now()
	for kill := range c.kills {
		p := c.start()
		begun := len(c.citizens)
		c.complain(min((c.people-begun)/(c.kills-kill)+1, c.people-begun))
		pass(c.least + time.Duration(random.Int64N(int64(c.spread))))
		p.kill()
		if kill%10 == 9 { // and one killed before it was ready
			p := c.launch(c.made)
			pass(time.Duration(random.Int64N(int64(time.Second))))
			p.kill()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t.Logf("%d kills in %s; %d of %d citizens were through by then", c.kills+c.kills/10, time.Since(began).Round(time.Second), c.done, len(c.citizens))
}

// areSurvived starts the program once more, and holds that all comes to a good end.
func (c *crashes) areSurvived() {
	c.t.Helper()
	p := c.start()
	c.satisfied(8 * time.Minute)
	c.quiet(4 * time.Minute)
	f := c.verify()
	c.t.Logf("%s (%d kills)", f, c.kills)
	if most := 64 * (c.kills + 1); f.twice() > most {
		c.t.Errorf("%d repeats are more than can have been under way at %d kills", f.twice(), c.kills)
	}
	c.holds(p)
	p.stop()
}
