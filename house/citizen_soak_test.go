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

	"tanggap/hotline"
)

// A crowd is the people of one network, and our account there: what a story needs to be told of either network.
type crowd interface {
	account() (hotline.Channel, string) // ours
	voice(n int) voice                  // somebody who is not there yet: citizen n, or a guest where n is below zero
	unconfirmed() int                   // how much of what people said the network does not know that we have
	violations() []string
	String() string // where things stand, for a test that failed
}

// A voice is somebody on a network.
type voice interface {
	come(context.Context) error
	peer() string // how the network calls them
	place() int64 // of the last that came, among all that came
	say(text string) error
	hear(ctx context.Context, after int64, is func(heard) bool) (heard, error) // what came after that place
	exact() bool                                                               // what they choose is always understood
	end() string                                                               // of the chat, for a test that failed

	// gaveAll holds what the inbox took from them against what they said: all of it, and nothing twice.
	gaveAll(t testing.TB, who string, took []string)
	// gotAll holds that they got everything that was to be said, in order, and counts what is no fault. It gives the replies as they were heard,
	// without repeats, notices, and what differs from person to person.
	gotAll(t testing.TB, who string, rows []said, f *found) (replies []string)
}

// heard is a message of ours, as somebody got it.
type heard struct {
	place   int64
	text    string
	choices map[string]choice // label →
}

// A choice is something that a message offers.
type choice struct {
	key  string // the same wherever the same question came twice
	take func() error
}

// question gives what a citizen chooses: yes, and to skip every question after it. last: there is nothing more to choose.
func (h heard) question() (label string, last bool) {
	for _, label := range []string{"Ya, kirim", "Lewati"} {
		if _, ok := h.choices[label]; ok {
			return label, false
		}
	}
	return "", strings.Contains(h.text, "sudah lengkap") || strings.Contains(h.text, "Nomor laporan")
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
	voice
	w      *world
	n      int // below zero: a guest, who only says hello
	what   string
	before func() error // done before the first answer; nil: nothing

	mu    sync.Mutex
	there bool // on the network
	at    string
	took  time.Duration // from the complaint to the number, in machine time
}

func (z *citizen) name() string {
	if z.n < 0 {
		return fmt.Sprint("guest ", -z.n)
	}
	return fmt.Sprint("citizen ", z.n)
}

func (z *citizen) state() string { z.mu.Lock(); defer z.mu.Unlock(); return z.at }
func (z *citizen) now(at string) { z.mu.Lock(); defer z.mu.Unlock(); z.at = at }
func (z *citizen) isThere() bool { z.mu.Lock(); defer z.mu.Unlock(); return z.there }

// come brings somebody onto the network, who may be there already.
func (z *citizen) come(ctx context.Context) error {
	if z.isThere() {
		return nil
	}
	if err := z.voice.come(ctx); err != nil {
		return fmt.Errorf("%s: %w", z.name(), err)
	}
	z.mu.Lock()
	z.there = true
	z.mu.Unlock()
	return nil
}

// citizen makes one, who has not begun.
func (w *world) citizen() *citizen {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.citizens)
	z := &citizen{voice: w.crowd.voice(n), w: w, n: n, what: complaints[n%len(complaints)], at: "has not begun"}
	w.citizens = append(w.citizens, z)
	return z
}

// guest makes somebody who never complains.
func (w *world) guest() *citizen {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := -1 - len(w.guests)
	z := &citizen{voice: w.crowd.voice(n), w: w, n: n}
	w.guests = append(w.guests, z)
	return z
}

// everybody gives all who were ever on the network.
func (w *world) everybody() []*citizen {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Concat(w.citizens, w.guests)
}

// complain has n more citizens complain, beginning now.
func (w *world) complain(n int) {
	for range n {
		w.begin(w.citizen())
	}
}

// begin has a citizen complain.
func (w *world) begin(z *citizen) {
	w.talks.Go(func() error { return z.complain(context.Background()) })
}

// goOn has a citizen, who complained already, answer what comes after that place.
func (w *world) goOn(z *citizen, after int64) {
	w.talks.Go(func() error { return z.goOn(context.Background(), after) })
}

// satisfied waits until every citizen has been through.
func (w *world) satisfied(within time.Duration) {
	w.t.Helper()
	w.eventually(within, "every citizen has been answered to the end", func(context.Context) (bool, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.done == len(w.citizens), nil
	})
	if err := w.talks.Wait(); err != nil {
		w.t.Fatal(err)
	}
}

// The network's patience is the test's; this only keeps goroutines from outliving it.
const citizenPatience = 15 * time.Minute

func (z *citizen) complain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, citizenPatience)
	defer cancel()
	if err := z.come(ctx); err != nil {
		return err
	}
	place := z.place()
	z.now("waits to be asked for a yes")
	if err := z.say(z.what); err != nil {
		return fmt.Errorf("%s: %w", z.name(), err)
	}
	return z.goOn(ctx, place)
}

// goOn answers whatever is asked after that place, until nothing more is.
func (z *citizen) goOn(ctx context.Context, after int64) error {
	ctx, cancel := context.WithTimeout(ctx, citizenPatience)
	defer cancel()
	began := time.Now()
	answered := map[string]bool{}
	for {
		m, err := z.hear(ctx, after, func(h heard) bool {
			label, last := h.question()
			return last || label != "" && !answered[h.choices[label].key]
		})
		if err != nil {
			return fmt.Errorf("%s %s: %w", z.name(), z.state(), err)
		}
		after = m.place
		if len(answered) == 1 {
			z.mu.Lock()
			z.took = time.Since(began)
			z.mu.Unlock()
		}
		label, last := m.question()
		if last {
			break
		}
		if len(answered) == 0 && z.before != nil {
			if err := z.before(); err != nil {
				return fmt.Errorf("%s: %w", z.name(), err)
			}
		}
		answered[m.choices[label].key] = true
		if err := m.choices[label].take(); err != nil {
			return fmt.Errorf("%s answers %q: %w", z.name(), label, err)
		}
		z.now(fmt.Sprintf("waits after %d answers", len(answered)))
	}
	z.now("done")
	z.w.mu.Lock()
	z.w.done++
	z.w.mu.Unlock()
	return nil
}

// probe has somebody new say hello, and tells how long the answer took: until it was heard, without what the bot waits on purpose.
func (w *world) probe(when string, within time.Duration) time.Duration {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	z := w.guest()
	if err := z.come(ctx); err != nil {
		w.t.Fatal(err)
	}
	began := time.Now()
	if err := z.say("menu"); err != nil {
		w.t.Fatal(err)
	}
	late, cancelLate := context.WithTimeout(context.Background(), within)
	defer cancelLate()
	if _, err := z.hear(late, 0, func(heard) bool { return true }); err != nil {
		w.t.Fatalf("%s nobody answers within %s\n%s", when, within, w.picture())
	}
	return time.Since(began)
}

// waits gives how long everybody waited for the number, of those from one citizen to another, the shortest first.
func (w *world) waits(from, to int) []time.Duration {
	var all []time.Duration
	for _, z := range w.citizens[from:to] {
		z.mu.Lock()
		all = append(all, z.took)
		z.mu.Unlock()
	}
	slices.Sort(all)
	return all
}

// middle gives how long the one in the middle waited for the number.
func (w *world) middle(from, to int) time.Duration { return w.waits(from, to)[(to-from)/2] }

// slowest gives the longest that somebody waited for the number, of those who began after the first so many.
func (w *world) slowest(from int) time.Duration {
	all := w.waits(from, len(w.citizens))
	return all[len(all)-1]
}
