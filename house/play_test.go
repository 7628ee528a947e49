package house_test

import (
	"cmp"
	"context"
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

	gocmp "github.com/google/go-cmp/cmp"

	"tanggap/bot"
	"tanggap/config"
	"tanggap/hotline"
	"tanggap/house"
	"tanggap/phrase"
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
	nets    map[string]network // by name, as far as somebody is on it
	people  map[string]phone
	options house.Options
	house   *house.House
	stop    func()
	away    time.Time // the program is not there until then

	lastVisit hotline.VisitID

	mu    sync.Mutex
	heard map[string][]heardLine // peer → what was said since the last look
	code  string                 // the one-time code that was told last
}

// heardLine is something that somebody was told.
type heardLine struct {
	text string // drawn
	lane hotline.Lane
}

// hearing adds what was just said to what was heard. An emergency stands before all else of the same moment: whether something was on its
// way already when the emergency was committed is chance.
func hearing(heard []heardLine, s heardLine) []heardLine {
	at := len(heard)
	for s.lane == hotline.LaneEmergency && at > 0 && heard[at-1].lane != hotline.LaneEmergency {
		at--
	}
	return slices.Insert(heard, at, s)
}

// patience bounds one wait for quiet, in machine time.
const patience = 2 * time.Minute

func newStage(t testing.TB, s *script) *stage {
	t.Helper()
	g := &stage{t: t, script: s, clock: house.NewMoved(s.clock), nets: map[string]network{}, people: map[string]phone{}, heard: map[string][]heardLine{}}
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
	g.options = house.Options{
		Regency: g.regency, DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), Key: testbed.Key,
		RedisPrefix: fmt.Sprintf("play%d:", time.Now().UnixNano()), ConsoleOptions: house.ConsoleOptions{URL: s.console},
		Clock: g.clock, NoRates: true, Watch: g.delivered, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	for _, a := range s.cast {
		on := cmp.Or(a.network, s.network)
		if g.nets[on] == nil {
			g.nets[on] = newNetwork(g, on)
		}
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
	for _, n := range g.nets {
		n.ready()
	}
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
	n := len(g.people) + 1
	p := g.nets[cmp.Or(a.network, g.script.network)].join(n, a)
	g.people[a.name] = p
	if a.role == "citizen" || a.role == "group" {
		return
	}
	if _, ok := g.regency.Unit(a.unit); !ok {
		g.t.Fatalf("there is no unit %s", a.unit)
	}
	code, err := g.house.Store().NewInvite(context.Background(), g.clock.Now(), hotline.Invite{Role: hotline.RoleName(a.role), Unit: a.unit,
		Name: a.called(), Expires: g.clock.Now().Add(time.Hour)})
	if err != nil {
		g.t.Fatal(err)
	}
	g.must(p.act(step{act: "say", said: "/daftar " + code}))
	g.settle()
	if !a.on {
		g.must(p.act(step{act: "say", said: "/pulang"}))
		g.settle()
	}
	g.hear() // nobody reads what was said before the curtain
}

func (g *stage) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

// delivered notes what was said, as its meaning in words.
func (g *stage) delivered(d bot.Delivery) {
	if d.Trouble != "" {
		g.mu.Lock()
		g.heard[d.Parcel.Address.Peer] = hearing(g.heard[d.Parcel.Address.Peer], heardLine{"(not sent: " + string(d.Trouble) + ")", d.Parcel.Out.Lane})
		g.mu.Unlock()
		return
	}
	p := d.Parcel
	text, buttons, ask := g.book.Reply(p.Language, p.Out.Reply, phrase.FactsOf(p))
	text = g.hideCode(p.Out.Reply, text)
	var lines []string
	if n := len(p.Out.Reply.Media); n > 0 {
		lines = append(lines, fmt.Sprintf("(%d media)", n))
	}
	if p.Out.Reply.QR != "" {
		lines = append(lines, "(QR "+p.Out.Reply.QR+")")
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
	g.heard[p.Address.Peer] = hearing(g.heard[p.Address.Peer], heardLine{mark + strings.Join(lines, "\n    | "), p.Out.Lane})
}

// hideCode puts KODE in the place of a one-time code, which is another in every play, and remembers it.
func (g *stage) hideCode(r hotline.Reply, text string) string {
	for _, l := range r.Lines {
		if l.Key != "join.code" && l.Key != "group.code.how" && l.Key != "link.here" {
			continue
		}
		_, link, _ := strings.Cut(l.Args["url"].V, hotline.LinkPath)
		f := strings.Fields(cmp.Or(l.Args["code"].V, l.Args["command"].V, link))
		g.mu.Lock()
		g.code = f[len(f)-1]
		text = strings.ReplaceAll(text, g.code, "KODE")
		g.mu.Unlock()
	}
	return text
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
		peer := g.people[a.name].peer()
		for _, said := range g.heard[peer] {
			out = append(out, a.name+said.text)
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
	drained := func() {
		for _, n := range g.nets {
			if err := n.drained(ctx); err != nil {
				g.t.Fatalf("what was sent does not arrive: %v", err)
			}
		}
	}
	drained()
	for calm := false; ; {
		p, err := g.house.Store().Pending(ctx, g.clock.Now())
		switch {
		case err != nil:
			g.t.Fatalf("never quiet: %v", err)
		case p.Quiet() && !g.house.BookingsDone(g.clock.Now()): // it rings when they are
		case p.Quiet() && calm:
			return
		case p.Quiet(): // all is said: and now it has arrived, too
			drained()
			calm = true
			continue
		}
		calm = false
		select {
		case <-g.house.Store().Bells.Any.C():
		case <-ctx.Done():
			g.t.Fatalf("never quiet: %+v left to do at %s", p, g.clock.Now())
		}
	}
}

// nextDue tells when something is to be said next, on any of the networks.
func (g *stage) nextDue() (first time.Time, some bool) {
	g.t.Helper()
	for _, n := range g.nets {
		channel, account := n.account()
		at, ok, err := g.house.Store().NextDue(context.Background(), channel, account)
		if err != nil {
			g.t.Fatal(err)
		}
		if ok && (!some || at.Before(first)) {
			first, some = at, true
		}
	}
	return first, some
}

// settle waits for quiet, and lets what is said in a moment be said.
func (g *stage) settle() {
	g.t.Helper()
	if !g.away.IsZero() {
		return
	}
	g.quiet()
	for range 20 {
		at, ok := g.nextDue()
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
		booked, err := g.house.Store().NextBooking(context.Background())
		if err != nil {
			g.t.Fatal(err)
		}
		if !booked.IsZero() && booked.Before(next) {
			next = booked
		}
		due, ok := g.nextDue()
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
		g.clock.Move(g.clock.Now().Add(time.Millisecond)) // nobody answers in the very moment
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
			g.mu.Lock()
			st.said = strings.ReplaceAll(st.said, "KODE", g.code)
			g.mu.Unlock()
			if err := g.people[st.who].act(st); err != nil {
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
			for _, n := range g.nets {
				n.again()
			}
			g.settle()
			out = append(out, g.hear()...)
		case "restart":
			g.stop()
			g.start()
			g.settle()
			out = append(out, g.hear()...)
		case "away":
			until, err := g.until(st.arg)
			if err != nil {
				g.t.Fatalf("%s:%d: %v", g.script.name, st.line, err)
			}
			g.stop()
			g.away = until
		case "back":
			g.clock.Move(g.away)
			g.away = time.Time{}
			g.start()
			g.settle()
			out = append(out, g.hear()...)
		case "visit":
			if err := g.visit(st.arg); err != nil {
				g.t.Fatalf("%s:%d: %q: %v", g.script.name, st.line, st.text, err)
			}
			g.settle()
			out = append(out, g.hear()...)
		case "siaga":
			if err := g.siaga(st.arg); err != nil {
				g.t.Fatalf("%s:%d: %q: %v", g.script.name, st.line, st.text, err)
			}
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
	for name, n := range g.nets {
		for _, v := range n.violations() {
			g.t.Errorf("%s objects: %s", name, v)
		}
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
			if diff := gocmp.Diff(sum, c, gocmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
				return fmt.Errorf("case %s is not the sum of its events (-sum +row):\n%s", c.Number, diff)
			}
		}
		return nil
	})
}
