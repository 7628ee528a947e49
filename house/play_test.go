package house_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tanggap/bot"
	"tanggap/config"
	"tanggap/hotline"
	"tanggap/house"
	"tanggap/phrase"
	"tanggap/simulator/telegram"
	"tanggap/store"
	"tanggap/testbed"
)

// A stage is a whole program with the simulated network in front of it, on a clock that the script moves.
type stage struct {
	t       testing.TB
	script  *script
	regency *hotline.Regency
	book    *phrase.Book
	clock   *house.Moved
	sim     *telegram.Server
	people  map[string]*telegram.Person
	last    map[string]int // the last message each person sent
	options house.Options
	house   *house.House
	stop    func()

	mu    sync.Mutex
	heard map[string][]string // peer → what was said since the last look, drawn
}

const simToken = "7000001:simulator-token-for-transcripts"

// patience bounds one wait for quiet, in machine time.
const patience = 45 * time.Second

func newStage(t testing.TB, s *script) *stage {
	t.Helper()
	g := &stage{t: t, script: s, clock: house.NewMoved(s.clock), people: map[string]*telegram.Person{}, last: map[string]int{}, heard: map[string][]string{}}
	if s.regency == "jepara" {
		g.regency = testbed.Jepara()
	} else {
		r, report := config.Load(os.DirFS(filepath.Join("../config/testdata", s.regency)), s.clock)
		if r == nil {
			t.Fatalf("%s: %v", s.regency, report)
		}
		g.regency = r
	}
	g.book = phrase.New(g.regency)
	g.sim = telegram.New(telegram.Options{Now: g.clock.Now, CallbackTTL: 365 * 24 * time.Hour})
	g.sim.AddBot(simToken, "tanggap_bot")
	if err := g.sim.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.sim.Close() })
	g.options = house.Options{
		Regency: g.regency, DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), Key: testbed.Key,
		RedisPrefix: fmt.Sprintf("play%d:", time.Now().UnixNano()),
		Telegram:    &house.TelegramOptions{Token: simToken, API: g.sim.URL()},
		Clock:       g.clock, NoRates: true, Watch: g.delivered, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	g.start()
	t.Cleanup(func() { g.stop() })
	for _, a := range s.cast {
		g.enter(a)
	}
	return g
}

// start opens the house and runs it.
func (g *stage) start() {
	g.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h, err := house.Open(ctx, g.options)
	if err != nil {
		cancel()
		g.t.Fatalf("open the house: %v", err)
	}
	g.house = h
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	g.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			g.t.Errorf("the house ended with: %v", err)
		}
		h.Close()
	})
}

// enter brings somebody onto the stage; staff enrol as they do in life.
func (g *stage) enter(a actor) {
	g.t.Helper()
	n := int64(len(g.people) + 1)
	p := g.sim.Person(telegram.PersonOptions{ID: 8_100_000_000 + n, Name: strings.ToUpper(a.name[:1]) + a.name[1:], Language: a.language,
		Phone: fmt.Sprintf("+62812340000%02d", n)})
	g.people[a.name] = p
	if a.role == "citizen" {
		return
	}
	if _, ok := g.regency.Unit(a.unit); !ok {
		g.t.Fatalf("there is no unit %s", a.unit)
	}
	code, err := g.house.Store().NewInvite(context.Background(), g.clock.Now(), hotline.Invite{Role: hotline.RoleName(a.role), Unit: a.unit,
		Name: p.Name(), Expires: g.clock.Now().Add(time.Hour)})
	if err != nil {
		g.t.Fatal(err)
	}
	g.must(p.Send("/daftar " + code))
	g.settle()
	if !a.on {
		g.must(p.Send("/pulang"))
		g.settle()
	}
	g.hear() // nobody reads what was said before the curtain
}

func (g *stage) must(id int, err error) int {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
	return id
}

// delivered notes what was said, as its meaning in words.
func (g *stage) delivered(d bot.Delivery) {
	if d.Trouble != "" {
		g.mu.Lock()
		g.heard[d.Parcel.Address.Peer] = append(g.heard[d.Parcel.Address.Peer], "(not sent: "+string(d.Trouble)+")")
		g.mu.Unlock()
		return
	}
	p := d.Parcel
	text, buttons, ask := g.book.Reply(p.Language, p.Out.Reply, phrase.Facts{Numbers: p.Numbers, Said: p.Said, Names: p.Names})
	var lines []string
	if n := len(p.Out.Reply.Media); n > 0 {
		lines = append(lines, fmt.Sprintf("(%d media)", n))
	}
	if text != "" {
		lines = append(lines, strings.Split(text, "\n")...)
	}
	for _, row := range buttons {
		var labels []string
		for _, b := range row {
			if b.URL != "" {
				labels = append(labels, "["+b.Label+" → "+b.URL+"]")
			} else {
				labels = append(labels, "["+b.Label+"]")
			}
		}
		lines = append(lines, strings.Join(labels, " "))
	}
	if ask != "" {
		lines = append(lines, "("+ask+")")
	}
	mark := "< "
	switch p.Out.Verb {
	case hotline.VerbEdit:
		mark = "<~ "
	case hotline.VerbAnswer:
		if len(lines) == 0 {
			return // only stops the button's turning
		}
		mark = "<! "
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard[p.Address.Peer] = append(g.heard[p.Address.Peer], mark+strings.Join(lines, "\n    | "))
}

// hear gives what was said since the last look, person by person in the order of the cast.
func (g *stage) hear() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []string
	for _, a := range g.script.cast {
		if g.people[a.name] == nil {
			continue // not yet on the stage
		}
		peer := strconv.FormatInt(g.people[a.name].ID(), 10)
		for _, said := range g.heard[peer] {
			out = append(out, a.name+said)
		}
		delete(g.heard, peer)
	}
	return out
}

// quiet waits until nothing is left to do at this moment of the service's clock.
func (g *stage) quiet() {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := g.sim.Bot().Drained(ctx); err != nil {
		g.t.Fatalf("the program does not take what people sent: %v", err)
	}
	for {
		p, err := g.house.Store().Pending(ctx, g.clock.Now())
		if err != nil {
			g.t.Fatalf("never quiet: %v", err)
		}
		if p.Quiet() {
			return
		}
		select {
		case <-g.house.Store().Bells.Any.C():
		case <-ctx.Done():
			g.t.Fatalf("never quiet: %+v left to do at %s", p, g.clock.Now())
		}
	}
}

// settle waits for quiet, and lets what is said in a moment be said.
func (g *stage) settle() {
	g.t.Helper()
	g.quiet()
	for range 20 {
		at, ok, err := g.house.Store().NextDue(context.Background(), hotline.Telegram, "7000001")
		if err != nil {
			g.t.Fatal(err)
		}
		if !ok || at.After(g.clock.Now().Add(time.Minute)) {
			return
		}
		g.clock.Move(at)
		g.quiet()
	}
	g.t.Fatal("the program never stops talking")
}

// pass lets time pass, stopping at every moment when something is due.
func (g *stage) pass(until time.Time) []string {
	g.t.Helper()
	var out []string
	for range 1000 {
		next := until
		wake, err := g.house.Store().NextWake(context.Background())
		if err != nil {
			g.t.Fatal(err)
		}
		if !wake.IsZero() && wake.Before(next) {
			next = wake
		}
		due, ok, err := g.house.Store().NextDue(context.Background(), hotline.Telegram, "7000001")
		if err != nil {
			g.t.Fatal(err)
		}
		if ok && due.Before(next) {
			next = due
		}
		g.clock.Move(next)
		g.settle()
		if said := g.hear(); said != nil {
			out = append(out, "-- "+g.clock.Now().In(jakarta).Format("2006-01-02 15:04"))
			out = append(out, said...)
		}
		if !g.clock.Now().Before(until) {
			return out
		}
	}
	g.t.Fatal("time never passes")
	return nil
}

// play does a script and gives the transcript as it came out.
func (g *stage) play() string {
	g.t.Helper()
	out := slices.Clone(g.script.head)
	talking := ""
	flush := func() {
		if talking == "" {
			return
		}
		talking = ""
		g.settle()
		out = append(out, g.hear()...)
	}
	for _, st := range g.script.steps {
		switch {
		case st.act == "comment" || st.act == "pause":
			flush()
			if st.act == "comment" {
				out = append(out, st.text)
			}
			continue
		case st.who == "" || talking != "" && talking != st.who || st.act == "press" || st.act == "reply":
			flush()
		}
		out = append(out, st.text)
		if st.who != "" {
			if err := g.act(st); err != nil {
				g.t.Fatalf("%s:%d: %q: %v\n%s", g.script.name, st.line, st.text, err, strings.Join(out, "\n"))
			}
			talking = st.who
			continue
		}
		switch st.act {
		case "wait":
			until, err := g.until(st.arg)
			if err != nil {
				g.t.Fatalf("%s:%d: %v", g.script.name, st.line, err)
			}
			out = append(out, g.pass(until)...)
		case "again":
			g.sim.Bot().Redeliver(1)
			g.settle()
			out = append(out, g.hear()...)
		case "restart":
			g.stop()
			g.start()
			g.settle()
			out = append(out, g.hear()...)
		case "end":
			g.end(st.arg)
			g.settle()
			out = append(out, g.hear()...)
		}
	}
	flush()
	g.check()
	return strings.Join(out, "\n") + "\n"
}

func (g *stage) act(st step) (err error) {
	p := g.people[st.who]
	seed := len(st.arg) + st.line
	var id int
	switch st.act {
	case "say":
		id, err = p.Send(st.said)
	case "photo":
		id, err = p.Photo(st.arg, telegram.SamplePhoto(seed, false), st.said)
	case "video":
		id, err = p.Video(st.arg, telegram.SampleVideo(seed), st.said)
	case "voice":
		id, err = p.Voice(telegram.SampleVoice(seed), 7*time.Second)
	case "document":
		id, err = p.Document(st.arg, telegram.SamplePDF(seed), st.said)
	case "pin":
		lat, lng, _ := strings.Cut(st.arg, ",")
		a, aerr := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		b, berr := strconv.ParseFloat(strings.TrimSpace(lng), 64)
		if err := errors.Join(aerr, berr); err != nil {
			return err
		}
		id, err = p.Pin(a, b)
	case "contact":
		if st.arg == "own" || st.arg == "" {
			id, err = p.ShareContact()
		} else {
			id, err = p.SendContact(telegram.Contact{Phone: st.arg, FirstName: "Orang"})
		}
	case "sticker":
		id, err = p.Sticker("👍")
	case "poll":
		id, err = p.Poll("Setuju?", "Ya", "Tidak")
	case "edit":
		id, err = p.Edit(g.last[st.who], st.said)
	case "forward":
		id, err = p.Forward(st.said, "Grup RT 03")
	case "block":
		return p.Block()
	case "unblock":
		return p.Unblock()
	case "start":
		id, err = p.Start(st.arg)
	case "reply":
		id, err = g.reply(p, st)
	case "press":
		return g.press(p, st.arg)
	}
	if err == nil {
		g.last[st.who] = id
	}
	return err
}

func (g *stage) reply(p *telegram.Person, st step) (int, error) {
	n, err := strconv.Atoi(strings.Fields(st.arg + " 1")[0])
	messages := p.Messages()
	if err != nil || n < 1 || n > len(messages) {
		return 0, fmt.Errorf("there is no such message to reply to")
	}
	return p.Reply(messages[len(messages)-n].ID, st.said)
}

func (g *stage) press(p *telegram.Person, arg string) error {
	n, label := nth(arg)
	messages := p.Messages()
	slices.Reverse(messages)
	var seen []string
	for i, m := range messages {
		if n > 0 && i+1 != n {
			continue
		}
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text == label {
					_, err := p.Press(m.ID, b.Data)
					return err
				}
				seen = append(seen, b.Text)
			}
		}
	}
	return fmt.Errorf("no button %q; there are %q", label, seen)
}

// until reads how long a script waits.
func (g *stage) until(s string) (time.Time, error) {
	now := g.clock.Now()
	if at, ok := strings.CutPrefix(s, "until "); ok {
		return time.ParseInLocation("2006-01-02 15:04", at, jakarta)
	}
	number, unit, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return now, err
	}
	switch strings.TrimSuffix(unit, "s") {
	case "second":
		return now.Add(time.Duration(n) * time.Second), nil
	case "minute":
		return now.Add(time.Duration(n) * time.Minute), nil
	case "hour":
		return now.Add(time.Duration(n) * time.Hour), nil
	case "day":
		return now.AddDate(0, 0, n), nil
	case "working day":
		return g.regency.Calendar("").Add(now, hotline.Span{WorkDays: n}), nil
	}
	return now, fmt.Errorf("no time %q", s)
}

// end ends somebody's role: "budi officer dpupr.jalan".
func (g *stage) end(arg string) {
	f := strings.Fields(arg)
	if len(f) != 3 {
		g.t.Fatalf("end: %q", arg)
	}
	err := g.house.Store().Do(context.Background(), g.clock.Now(), func(tx *store.Tx) error {
		people, err := tx.People(context.Background(), []string{f[2]}, hotline.RoleName(f[1]))
		if err != nil || len(people) == 0 {
			return fmt.Errorf("nobody is %s there: %w", f[1], err)
		}
		for _, r := range people {
			tx.EndRole(r.Person, r.Name, r.Unit)
		}
		return nil
	})
	if err != nil {
		g.t.Fatal(err)
	}
}

// check holds what must be true at the end of every story: each case is the sum of its events, the network found nothing wrong, nothing was set
// aside.
func (g *stage) check() {
	g.t.Helper()
	for _, v := range g.sim.Violations() {
		g.t.Errorf("the network objects: %s", v)
	}
	asides, err := g.house.Store().SetAside(context.Background(), 10)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, a := range asides {
		g.t.Errorf("set aside: %s", a.Error)
	}
	if err := sums(g.house.Store(), g.clock.Now()); err != nil {
		g.t.Error(err)
	}
}

// sums tells whether every case is the sum of its events.
func sums(s *store.Store, now time.Time) error {
	return s.Do(context.Background(), now, func(tx *store.Tx) error {
		all, err := tx.AllCases(context.Background())
		if err != nil {
			return err
		}
		for _, c := range all {
			events, _, err := tx.History(context.Background(), c.ID)
			if err != nil {
				return err
			}
			sum, err := hotline.Sum(events)
			if err != nil {
				return fmt.Errorf("case %s: %w", c.Number, err)
			}
			sum.Number, sum.From = c.Number, c.From
			if diff := cmp.Diff(sum, c, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
				return fmt.Errorf("case %s is not the sum of its events (-sum +row):\n%s", c.Number, diff)
			}
		}
		return nil
	})
}
