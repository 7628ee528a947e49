//go:build soak

package house_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tanggap/simulator/telegram"
	"tanggap/testbed"
)

// One citizen sends a thousand messages in a burst. All of them are taken in and are part of the complaint; the others are answered as if
// nothing were; only the one who floods is answered late, and once.
func TestSoakFlood(t *testing.T) {
	const burst, others = 1000, 60
	w := newWorld(t, testbed.Database(t), testbed.RedisDB(t))
	p := w.start()
	w.held(p, soon)
	w.enrol()
	w.complain(others)
	w.satisfied(3 * time.Minute)
	calm := w.middle(0, others)
	w.quiet(3 * time.Minute)

	flooder := w.sim.Person(telegram.PersonOptions{Name: "Banjir", Language: "id"})
	if _, err := flooder.Send("jalan rusak di desa Bawu bagian 1"); err != nil {
		t.Fatal(err)
	}
	w.complain(others / 2)
	for i := 2; i <= burst; i++ {
		if _, err := flooder.Send(fmt.Sprintf("jalan rusak di desa Bawu bagian %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	sent := time.Now()
	w.complain(others / 2)
	peer := strconv.FormatInt(flooder.ID(), 10)
	took := w.eventually(5*time.Minute, "all messages of the flood are handled", func(ctx context.Context) (bool, error) {
		var left, came int
		err := w.pool.QueryRow(ctx, `select (select count(*) from inbox i where i.address_id = a.id), (select count(*) from deliveries d where d.address_id = a.id)
			from addresses a where a.peer = $1`, peer).Scan(&left, &came)
		return left == 0 && came == burst, err
	})
	handled := time.Now()
	w.satisfied(3 * time.Minute)
	loud := w.middle(others, 2*others)
	t.Logf("a flood of %d was handled in %s (%.0f a second); the others waited %s for the number, %s at the most; in calm %s", burst, ms(took),
		burst/took.Seconds(), ms(loud), ms(w.slowest(others)), ms(calm))
	if loud > 2*calm+5*time.Second {
		t.Errorf("the others waited %s beside the flood, %s without it", loud, calm)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	c, err := flooder.WaitFor(ctx, 0, func(c telegram.Change) bool { return c.Kind == telegram.Sent && buttonOf(c.Message, "Ya, kirim") != "" })
	if err != nil {
		t.Fatalf("the flooder is never answered: %v\n%s", err, w.picture())
	}
	t.Logf("the flooder was answered %s after the last message, %s after it was handled, and heard %d messages", ms(time.Since(sent)),
		ms(time.Since(handled)), len(flooder.Messages()))
	if late := time.Since(sent); late < 20*time.Second {
		t.Errorf("the flooder was answered %s after the last message: not slowed", late)
	}
	if n := len(flooder.Messages()); n > 3 {
		t.Errorf("the flooder heard %d messages: one flood, one answer", n)
	}
	if _, err := flooder.Press(c.Message.ID, buttonOf(c.Message, "Ya, kirim")); err != nil {
		t.Fatal(err)
	}
	if _, err := flooder.WaitFor(ctx, c.Seq, func(c telegram.Change) bool {
		return c.Kind == telegram.Sent && strings.Contains(c.Message.Text, "Nomor laporan")
	}); err != nil {
		t.Fatalf("the flooder gets no number: %v\n%s", err, w.picture())
	}
	w.quiet(3 * time.Minute)
	w.complete(peer, burst)
	p.stop()
}

// complete holds that a person's only case tells of every part of what was sent.
func (w *world) complete(peer string, parts int) {
	w.t.Helper()
	var story string
	err := w.pool.QueryRow(context.Background(), `
		select string_agg(t.text, e'\n' order by t.id) from contents t join cases c on c.id = t.case_id
		join addresses a on a.id = c.from_address where a.peer = $1`, peer).Scan(&story)
	if err != nil {
		w.t.Fatal(err)
	}
	lines := map[string]bool{}
	for line := range strings.Lines(story) {
		lines[strings.TrimSpace(line)] = true
	}
	lost := 0
	for i := 1; i <= parts; i++ {
		if !lines[fmt.Sprintf("jalan rusak di desa Bawu bagian %d", i)] {
			lost++
		}
	}
	if lost > 0 {
		w.t.Errorf("%d of %d messages are not part of the case", lost, parts)
	}
}
