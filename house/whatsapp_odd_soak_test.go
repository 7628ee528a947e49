//go:build soak

package house_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	sim "tanggap/simulator/whatsapp"
	"tanggap/testbed"
)

// What is odd at WhatsApp, through the whole house: numbers that are hidden, people with a new phone in the middle of a conversation, messages that
// arrive damaged, and one-time keys that run out. Everybody has one case all the same, and heard what everybody hears.
func TestSoakWhatsAppOddities(t *testing.T) {
	w := newWhatsappWorld(t, testbed.Database(t), nil)
	p := w.start()
	w.held(p, soon)
	w.enrol()
	w.complain(2 * len(complaints))

	// Who hides the number, and who is named by it as in former times.
	for i := range 10 {
		z := w.citizen()
		v := z.whatsapp()
		v.opts.HidePhone, v.opts.OldStyle = i%2 == 0, i%2 == 1
		w.begin(z)
	}
	w.satisfied(2 * soon)

	// A new phone when a question was just read: the answer comes from it.
	for range 6 {
		z := w.citizen()
		v := z.whatsapp()
		z.before = func() error {
			ctx, cancel := context.WithTimeout(context.Background(), soon)
			defer cancel()
			v.once = true // the new phone has no message to reply to
			return v.NewPhone(ctx)
		}
		w.begin(z)
	}
	w.satisfied(2 * soon)

	// A new phone before the answer came: what was sealed for the old one is asked for again.
	again := 0
	for range 4 {
		z := w.citizen()
		again += w.changesPhone(z)
	}
	w.satisfied(2 * soon)
	t.Logf("4 people had a new phone before the answer came: they asked %d times for it again", again)
	if again < 4 {
		t.Errorf("what was sealed for an old phone was read on the new one")
	}

	// Messages damaged on the way to us, and on the way back.
	retries := w.net.Retries(ourNumber)
	for range 6 {
		z := w.citizen()
		w.onTheNet(z)
		w.net.Garble(ourNumber, 1)
		w.net.Garble(z.whatsapp().opts.Phone, 1)
		w.begin(z)
		w.eventually(soon, "the damaged message is read in the end", func(context.Context) (bool, error) {
			return z.state() != "has not begun" && len(z.whatsapp().Messages()) > 0, nil
		})
	}
	w.satisfied(2 * soon)
	t.Logf("6 messages damaged on the way to us: asked for again %d times", w.net.Retries(ourNumber)-retries)

	// One that stays damaged: its sender hears that it could not be read, and writes once more.
	z := w.citizen()
	w.onTheNet(z)
	w.net.Garble(ourNumber, 1000)
	garbled := time.Now()
	if err := z.say(z.what); err != nil {
		t.Fatal(err)
	}
	w.eventually(3*time.Minute, "the sender of what cannot be read hears so", func(context.Context) (bool, error) { return len(z.whatsapp().Messages()) > 0, nil })
	w.net.Garble(ourNumber, 0)
	t.Logf("what could not be read in the end was answered after %s: %q", time.Since(garbled).Round(time.Second), z.whatsapp().Messages()[0].Text)
	z.what += " sekali"
	w.begin(z)
	w.satisfied(2 * soon)

	// One-time keys run out, while we are there and while we are not. Who begins a conversation then does without, and there are more soon.
	w.net.UseUpKeys(ourNumber, 2)
	w.complain(6)
	w.satisfied(2 * soon)
	w.moreKeys()
	p.stop()
	w.net.UseUpKeys(ourNumber, 0)
	w.complain(6)
	pass(3 * time.Second)
	p = w.start()
	w.satisfied(2 * soon)
	w.moreKeys()

	w.quiet(2 * soon)
	f := w.verify()
	t.Logf("%s", f)
	w.neverTwo(0)
	w.untroubled("after all this")
	p.stop()
}

// onTheNet brings somebody onto the network who has not begun.
func (w *whatsappWorld) onTheNet(z *citizen) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	if err := z.come(ctx); err != nil {
		w.t.Fatal(err)
	}
}

// changesPhone has somebody write, and get a new phone before the answer is there. It gives how often that phone asked for what it could not read.
func (w *whatsappWorld) changesPhone(z *citizen) (again int) {
	w.t.Helper()
	w.onTheNet(z)
	v := z.whatsapp()
	if err := v.say(z.what); err != nil {
		w.t.Fatal(err)
	}
	v.Disconnect()
	w.eventually(soon, "the answer waits for the phone", func(context.Context) (bool, error) { return w.net.Unacked(v.opts.Phone) > 0, nil })
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	place := v.place()
	if err := v.NewPhone(ctx); err != nil {
		w.t.Fatal(err)
	}
	if _, err := v.WaitAfter(ctx, place, sim.Received.Message); err != nil {
		w.t.Fatalf("the new phone never gets the answer: %v\n%s", err, w.picture())
	}
	w.goOn(z, place)
	return w.net.Retries(v.opts.Phone)
}

// moreKeys waits until we have one-time keys again.
func (w *whatsappWorld) moreKeys() {
	w.t.Helper()
	took := w.eventually(soon, "there are one-time keys again", func(context.Context) (bool, error) { return w.net.Keys(ourNumber) >= 5, nil })
	w.t.Logf("one-time keys: %d again after %s", w.net.Keys(ourNumber), ms(took))
}

// While the program was away for an hour, 50 people wrote 5,000 messages. It takes them all, each person's in order, and answers each person once.
func TestSoakWhatsAppBacklog(t *testing.T) {
	const people, each, away = 50, 100, time.Hour
	clock := &lateClock{late: away + 10*time.Second} // who writes more than 30 s before a question does not answer it
	w := newWhatsappWorld(t, testbed.Database(t), clock.now)
	p := w.start()
	w.held(p, soon)
	w.enrol()
	w.probe("before the hour", soon)
	w.quiet(soon)
	p.stop()

	began := time.Now()
	for range people {
		z := w.citizen()
		z.what = fmt.Sprint("what ", z.name(), " says") // how often they are asked meanwhile is not the same for all
		w.onTheNet(z)
	}
	for i := range each {
		clock.passes(away / each)
		for _, z := range w.citizens {
			w.talks.Go(func() error { return z.say(part(i)) })
		}
		if err := w.talks.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	waiting := w.net.Unacked(ourNumber)
	t.Logf("%d messages of %d people wait, written within an hour of theirs and %s of ours", waiting, people, time.Since(began).Round(time.Second))
	if waiting != people*each {
		t.Errorf("%d messages wait, %d were written", waiting, people*each)
	}

	p = w.start()
	took := w.eventually(5*time.Minute, "everything is acknowledged", func(context.Context) (bool, error) { return w.net.Unacked(ourNumber) == 0, nil })
	handled := w.eventually(3*time.Minute, "everything is handled", func(ctx context.Context) (bool, error) {
		p, err := w.store.Pending(ctx, time.Now())
		return p.Inbox == 0, err
	})
	w.quiet(3 * time.Minute) // who floods is answered late

	// They read what they were answered, and answer the last of it.
	back, most := time.Now(), 0
	for _, z := range w.citizens {
		last, asked := z.whatsapp().asked()
		most = max(most, asked)
		w.goOn(z, last-1)
	}
	w.satisfied(3 * time.Minute)
	t.Logf("%d messages were taken in within %s (%.0f a second) and handled %s later; nobody was asked more than %d times meanwhile; everybody was through %s after they "+
		"answered", waiting, ms(took), float64(waiting)/took.Seconds(), ms(handled), most, ms(time.Since(back)))
	w.quiet(2 * soon)
	f := w.verify()
	t.Logf("%s", f)
	if f.twice() > 0 {
		t.Errorf("%d messages were said twice, and no program died", f.twice())
	}
	for _, z := range w.citizens {
		w.inOrder(z, each)
	}
	p.stop()
}

// asked tells how often somebody was asked for a yes, and when last.
func (v *whatsappVoice) asked() (last int64, times int) {
	for _, m := range v.Messages() {
		if _, _, offers := written(m.Text, "Ya, kirim"); offers {
			last = m.Seq
			times++
		}
	}
	return last, times
}

func part(i int) string { return fmt.Sprintf("jalan rusak di desa Bawu bagian %d", i+1) }

// inOrder holds that a person's only case tells every part of what they wrote, once and in order.
func (w *whatsappWorld) inOrder(z *citizen, parts int) {
	w.t.Helper()
	var story string
	err := w.pool.QueryRow(context.Background(), `
		select string_agg(t.text, e'\n' order by t.id) from contents t join cases c on c.id = t.case_id
		join addresses a on a.id = c.from_address where a.peer = $1`, z.peer()).Scan(&story)
	if err != nil {
		w.t.Fatal(err)
	}
	next := 0
	for line := range strings.Lines(story) {
		if line = strings.TrimSpace(line); next < parts && line == part(next) {
			next++
		} else if strings.Contains(line, "bagian") {
			w.t.Errorf("%s: %q comes where %q should", z.name(), line, part(next))
			return
		}
	}
	if next != parts {
		w.t.Errorf("%s: %d of %d messages are part of the case", z.name(), next, parts)
	}
}

// A lateClock is the machine's, some time ago.
type lateClock struct {
	mu   sync.Mutex
	late time.Duration
}

func (c *lateClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(-c.late)
}

func (c *lateClock) passes(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late -= d
}
