//go:build soak

package house_test

import (
	"math/rand/v2"
	"testing"
	"time"
)

// The program is killed at 30 random moments while 100 people complain on WhatsApp, and started again each time. At the end everybody has one case
// and has heard everything in order; nothing is left at the network.
func TestSoakWhatsAppCrashes(t *testing.T) {
	const people, kills = 100, 30
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 30)) //nolint:gosec // moments, not secrets
	w := newWhatsappWorld(t, durablePostgres(t), nil)

	// A few have their conversation before anything happens: it is what everybody's should be like.
	calm := w.start()
	w.held(calm, soon)
	w.enrol()
	w.complain(2 * len(complaints))
	w.satisfied(2 * soon)
	calm.kill()

	began := time.Now()
	begun := len(w.callers)
	for kill := range kills {
		p := w.start()
		more := (people-begun)/(kills-kill) + 1
		for range min(more, people-begun) {
			begun++
			w.complain(1)
		}
		pass(100*time.Millisecond + time.Duration(random.Int64N(int64(2*time.Second)))) // the connection comes a moment after the program
		p.kill()
		if kill%10 == 9 { // and one killed before it was ready
			p := w.launch()
			pass(time.Duration(random.Int64N(int64(time.Second))))
			p.kill()
		}
	}
	w.book.Lock()
	done := w.through
	w.book.Unlock()
	connections := len(w.net.SocketLog(ourNumber))
	t.Logf("%d kills in %s, %d connections; %d of %d callers were through by then", kills+kills/10, time.Since(began).Round(time.Second), connections,
		done, people)
	if connections < kills/3 {
		t.Errorf("most programs were killed before they were connected: the kills prove little")
	}

	p := w.start()
	w.satisfied(4 * time.Minute)
	w.quiet(3 * time.Minute)
	f := w.verify()
	t.Logf("%s; %d messages were given to more than one program; what could not be decrypted was asked for again %d times", f, w.givenAgain(),
		w.net.Retries(ourNumber))
	if most := 64 * (kills + 1); f.repeats+f.unnoted > most {
		t.Errorf("%d repeats are more than can have been under way at %d kills", f.repeats+f.unnoted, kills)
	}
	w.neverTwo(0)
	w.holds(p)
	p.stop()
}
