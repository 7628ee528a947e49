//go:build soak

package house_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tanggap/bot/whatsapp"
	"tanggap/hotline"
	sim "tanggap/simulator/whatsapp"
	"tanggap/testbed"
)

// A whatsappWorld is a world whose citizens are on WhatsApp, each a client with keys of its own.
type whatsappWorld struct {
	*world
	net    *sim.Server
	device string // ours, as the network names it
}

// numberName is what our number is called in the house.
const numberName = "utama"

// newWhatsappWorld makes a world with a number that is paired, before any program runs. now is the network's clock; nil is the machine's.
func newWhatsappWorld(t testing.TB, dsn string, now func() time.Time) *whatsappWorld {
	t.Helper()
	net := sim.New(sim.Options{Now: now})
	if err := net.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = net.Close() }) // after the programs, which end with the world
	net.Account(ourNumber)
	w := &whatsappWorld{world: newWorld(t, dsn, testbed.RedisDB(t)), net: net}
	w.crowd, w.made.WhatsApp = whatsappCrowd{net}, net.URL()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	db := w.store.SQL()
	defer db.Close() //nolint:errcheck // the pool beneath it stays
	root := sim.Root()
	jid, err := whatsapp.Pair(ctx, whatsapp.PairOptions{DB: db, Transport: net.Transport(), Root: &root, Show: func(code string, _ time.Time) {
		if err := net.ScanQR(ourNumber, code); err != nil {
			t.Errorf("scan: %v", err)
		}
	}})
	if err != nil {
		t.Fatalf("pair: %v", err)
	}
	w.device = jid.String()
	if _, err := w.store.LinkNumber(ctx, numberName, "citizens", w.device); err != nil {
		t.Fatal(err)
	}
	return w
}

// A whatsappCrowd talks with our number.
type whatsappCrowd struct{ net *sim.Server }

func (c whatsappCrowd) account() (hotline.Channel, string) { return hotline.WhatsApp, ourNumber }
func (c whatsappCrowd) unconfirmed() int                   { return c.net.Unacked(ourNumber) }
func (c whatsappCrowd) violations() []string               { return c.net.Violations() }

func (c whatsappCrowd) String() string {
	now, most := c.net.Sockets(ourNumber)
	return fmt.Sprintf("%d messages not acknowledged by WhatsApp's number; %d connections, once %d", c.unconfirmed(), now, most)
}

func (c whatsappCrowd) voice(n int) voice {
	v := &whatsappVoice{net: c.net, words: n%2 == 0}
	v.opts = sim.PersonOptions{Name: fmt.Sprint("Warga ", n), Phone: fmt.Sprint(6285700100000 + n), To: ourNumber}
	if n < 0 {
		v.opts.Name, v.opts.Phone = "Tamu", fmt.Sprint(6285799900000-n)
	}
	return v
}

// A whatsappVoice is somebody with an app of their own. Every second one answers in words, the others type the number of their choice as a reply. An
// id that comes twice is one message to their app, as it is to everybody's.
type whatsappVoice struct {
	*sim.Person // once on the network
	net         *sim.Server
	opts        sim.PersonOptions
	words       bool // answers in words
	once        bool // does so the next time
}

// whatsapp gives a citizen's voice, for what only people on WhatsApp do.
func (z *citizen) whatsapp() *whatsappVoice {
	return z.voice.(*whatsappVoice) //nolint:forcetypeassert // asked in worlds that have no other
}

func (v *whatsappVoice) come(ctx context.Context) (err error) {
	v.Person, err = v.net.Person(ctx, v.opts)
	return err
}

func (v *whatsappVoice) peer() string { return v.LID() }
func (v *whatsappVoice) place() int64 { return v.Seq() }
func (v *whatsappVoice) exact() bool  { return v.words }

func (v *whatsappVoice) say(text string) error {
	_, err := v.Say(text)
	return err
}

func (v *whatsappVoice) hear(ctx context.Context, after int64, is func(heard) bool) (heard, error) {
	of := func(m sim.Received) heard {
		h := heard{place: m.Seq, text: m.Text, choices: map[string]choice{}}
		for _, line := range choiceLine.FindAllStringSubmatch(m.Text, -1) {
			number, label := line[1], line[2]
			h.choices[label] = choice{key: m.ID, take: func() error { return v.answer(m.ID, number, label) }}
		}
		return h
	}
	m, err := v.WaitAfter(ctx, after, func(m sim.Received) bool { return m.Kind == sim.Text && is(of(m)) })
	if err != nil {
		return heard{}, err
	}
	return of(m), nil
}

// answer chooses something that a message offered.
func (v *whatsappVoice) answer(id, number, label string) (err error) {
	if v.words || v.once {
		v.once = false
		return v.say(label)
	}
	_, err = v.Reply(id, number)
	return err
}

func (v *whatsappVoice) end() string {
	var b strings.Builder
	chat := v.History()
	for _, m := range chat[max(0, len(chat)-15):] {
		fmt.Fprintf(&b, "  %s mine=%v %s %q\n", m.ID, m.Mine, m.Kind, m.Text)
	}
	return b.String()
}

func (v *whatsappVoice) gaveAll(t testing.TB, who string, took []string) {
	t.Helper()
	sent := map[string]bool{}
	for _, m := range v.History() {
		if m.Mine {
			sent[m.ID] = true
		}
	}
	for _, id := range took {
		id = strings.TrimSuffix(id, "/garbled")
		if !sent[id] {
			t.Errorf("%s: %s was taken in twice, or never sent", who, id)
		}
		delete(sent, id)
	}
	if len(sent) > 0 {
		t.Errorf("%s: %d messages were lost", who, len(sent))
	}
}

// gotAll counts as a repeat an id that came twice: a program that sends once more what the one before it sent does so under the same id.
func (v *whatsappVoice) gotAll(t testing.TB, who string, rows []said, f *found) (replies []string) {
	t.Helper()
	var chat []sim.Received
	place := map[string]int{}
	for _, m := range v.History() {
		if m.Mine {
			continue
		}
		if _, again := place[m.ID]; again {
			f.repeats++
			continue
		}
		place[m.ID] = len(chat)
		chat = append(chat, m)
	}
	f.messages += len(chat)
	lanes := map[string]int{} // the network's id → lane
	last := map[int]int{}     // lane → the place last seen there
	for _, s := range rows {
		at, came := place[s.Ref]
		switch {
		case s.State != "sent":
			t.Errorf("%s: %d is still to be said (%s)", who, s.ID, s.State)
			continue
		case s.Ref == "":
			continue // nothing that could be said here
		case !came:
			t.Errorf("%s: what was to be said (%d, %s) is not in the chat", who, s.ID, s.Verb)
			continue
		case s.Verb == "send" && at < last[s.Lane]:
			t.Errorf("%s: replies came out of order: %q", who, chat[at].Text)
		}
		if s.Verb == "send" {
			last[s.Lane] = at
		}
		if _, known := lanes[s.Ref]; !known {
			lanes[s.Ref] = s.Lane
		}
	}
	for _, m := range chat {
		lane, noted := lanes[m.ID]
		if !noted {
			f.unnoted++
		}
		if lane <= replyLane {
			replies = append(replies, common(m.Text))
		}
	}
	return replies
}

// trouble tells what is noted to be wrong with the number.
func (w *whatsappWorld) trouble(ctx context.Context) (string, error) {
	n, err := w.store.Number(ctx, numberName)
	return n.Trouble, err
}

// untroubled holds that nothing is noted to be wrong with the number, and that no /readyz says so.
func (w *whatsappWorld) untroubled(when string) {
	w.t.Helper()
	if trouble, err := w.trouble(context.Background()); err != nil || trouble != "" {
		w.t.Errorf("%s the number is said to be %q: %v", when, trouble, err)
	}
	for _, p := range w.running {
		if p.frozen || p.over() {
			continue
		}
		if _, r, err := p.readiness(); err != nil || strings.Contains(r.Degraded["whatsapp"], numberName+": ") {
			w.t.Errorf("%s /readyz of %s says %+v: %v", when, p.name, r, err)
		}
	}
}

// givenAgain counts the messages that the network gave to more than one connection, because the first did not acknowledge them.
func (w *whatsappWorld) givenAgain() (n int) {
	given := map[string]int{}
	for _, s := range w.net.SocketLog(ourNumber) {
		for _, id := range s.Received {
			if given[id]++; given[id] == 2 {
				n++
			}
		}
	}
	return n
}

// neverTwo holds that of the number's connections no two ever spoke at once. Of those that stood still when another took over, there were so many.
func (w *whatsappWorld) neverTwo(stoodStill int) {
	w.t.Helper()
	replaced := 0
	clock := func(at time.Time) string { return at.Format("15:04:05.000") }
	for _, s := range w.net.SocketLog(ourNumber) {
		if s.Late > 0 {
			w.t.Errorf("connection %d said %d things after another had taken over", s.Number, s.Late)
		}
		if !s.Replaced.IsZero() {
			replaced++
			w.t.Logf("connection %d, of %s, was taken over while it was open at %s, and ended at %s", s.Number, clock(s.Opened), clock(s.Replaced), clock(s.Ended))
		}
	}
	if replaced > stoodStill {
		w.t.Errorf("%d connections were taken over while they were open, %d stood still", replaced, stoodStill)
	}
}
