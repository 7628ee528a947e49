package dispatcher

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"tanggap/hotline"
	"tanggap/testbed"
)

// A transaction is what a test does with the store directly, as bot and console would.
type transaction interface {
	Tx
	File(hotline.Filing) hotline.Case
	Enrol(ctx context.Context, code string, p hotline.PersonID) (hotline.Role, error)
	SetDuty(p hotline.PersonID, on bool)
	History(context.Context, hotline.CaseID) ([]hotline.Event, map[hotline.ContentID]hotline.Content, error)
}

// A town is a regency with real servers under it: people, cases, and as many dispatchers as a test starts.
type town struct {
	testing.TB
	Store
	r     *hotline.Regency
	clock *clock
	redis string // URL
	do    func(fn func(transaction) error)
	enrol func(code string) hotline.PersonID // a new person sends the code

	invite  func(hotline.Invite) string
	due     func() []hotline.Parcel
	settle  func([]hotline.Sent)
	sql     func(into any, query string, args ...any)
	pending func() string              // what is still to be done by the service's time; empty: nothing
	bells   func(*Dispatcher) func()   // wakes a dispatcher after commits, until called
	spoil   func(hotline.Case, string) // called by the card makers and the notices; may panic

	heard []heard // everything said
}

// heard is one thing somebody was told.
type heard struct {
	to   hotline.PersonID
	key  string
	c    hotline.CaseID
	a    hotline.AssignmentID
	args string
}

// newTown makes a town on a database of its own.
func newTown(tb testing.TB, redisURL string) *town {
	tb.Helper()
	r := tiny(tb)
	st := testbed.Store(tb)
	st.SetRegency(r)
	t := &town{TB: tb, Store: Using(st), r: r, clock: newClock(monday), redis: redisURL, spoil: func(hotline.Case, string) {}}
	t.do = func(fn func(transaction) error) {
		tb.Helper()
		if err := t.Do(tb.Context(), t.clock.Now(), func(tx Tx) error { return fn(tx.(transaction)) }); err != nil {
			tb.Fatal(err)
		}
	}
	t.invite = func(in hotline.Invite) string {
		code, err := st.NewInvite(tb.Context(), t.clock.Now(), in)
		if err != nil {
			tb.Fatal(err)
		}
		return code
	}
	people := 0
	t.enrol = func(code string) (p hotline.PersonID) {
		tb.Helper()
		people++
		err := st.Put(tb.Context(), []hotline.Raw{{Channel: hotline.Telegram, Account: "1", Peer: fmt.Sprint(people), Delivery: "1", Body: []byte("{}")}})
		if err != nil {
			tb.Fatal(err)
		}
		t.sql(&p, `select person_id from addresses where peer = $1`, fmt.Sprint(people))
		if code != "" {
			t.do(func(tx transaction) error {
				_, err := tx.Enrol(tb.Context(), code, p)
				return err
			})
		}
		return p
	}
	t.sql = func(into any, query string, args ...any) {
		tb.Helper()
		if err := st.Pool().QueryRow(tb.Context(), query, args...).Scan(into); err != nil {
			tb.Fatal(err)
		}
	}
	t.due = func() []hotline.Parcel {
		parcels, err := st.Due(tb.Context(), hotline.Telegram, "1", t.clock.Now(), 1000)
		if err != nil {
			tb.Fatal(err)
		}
		return parcels
	}
	t.settle = func(sent []hotline.Sent) {
		if err := st.Settle(tb.Context(), sent, nil); err != nil {
			tb.Fatal(err)
		}
	}
	t.pending = func() string {
		p, err := st.Pending(tb.Context(), t.clock.Now())
		if err != nil {
			tb.Fatal(err)
		}
		p.Outbox, p.Media, p.Inbox = 0, 0, 0
		if p.Quiet() {
			return ""
		}
		return fmt.Sprintf("%+v", p)
	}
	t.bells = func(d *Dispatcher) func() {
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-st.Bells.Dispatch.C():
					d.Wake()
				}
			}
		}()
		return cancel
	}
	return t
}

// officer gives a new person a role in a unit, on duty or not.
func (t *town) officer(role hotline.RoleName, unit string, duty bool) hotline.PersonID {
	t.Helper()
	p := t.enrol(t.invite(hotline.Invite{Role: role, Unit: unit, Expires: t.clock.Now().Add(time.Hour)}))
	if !duty {
		t.do(func(tx transaction) error { tx.SetDuty(p, false); return nil })
	}
	return p
}

// file files a complaint; f says what is not usual about it.
func (t *town) file(f hotline.Filing) hotline.CaseID {
	t.Helper()
	f.Kind, f.Source = hotline.Complaint, hotline.SourceChat
	if f.Privacy == "" {
		f.Privacy = hotline.Open
	}
	if f.Story.Empty() {
		f.Story.Text = "jalan depan pasar berlubang"
	}
	f.Due = hotline.ResolveDue(t.r, f.Category, f.Kind, t.clock.Now())
	var id hotline.CaseID
	t.do(func(tx transaction) error { id = tx.File(f).ID; return nil })
	return id
}

// look reads a case.
func (t *town) look(id hotline.CaseID) (c hotline.Case) {
	t.Helper()
	t.do(func(tx transaction) (err error) { c, err = tx.Case(t.Context(), id); return err })
	return c
}

// events gives the kinds of a case's events.
func (t *town) events(id hotline.CaseID) (kinds []hotline.EventKind) {
	t.Helper()
	t.do(func(tx transaction) error {
		events, _, err := tx.History(t.Context(), id)
		for _, e := range events {
			kinds = append(kinds, e.Kind)
		}
		return err
	})
	return kinds
}

// record makes an event happen.
func (t *town) record(id hotline.CaseID, e hotline.Event) {
	t.Helper()
	t.do(func(tx transaction) error {
		c, err := tx.Case(t.Context(), id)
		if err == nil {
			_, err = tx.Record(c, e, hotline.Content{})
		}
		return err
	})
}

// dispatcher starts an instance; it ends with the test, or when stop is called.
func (t *town) dispatcher() (d *Dispatcher, stop func()) {
	t.Helper()
	out := func(key string, c hotline.Case, a hotline.AssignmentID, args ...any) hotline.Out {
		t.spoil(c, key)
		return hotline.Out{Lane: hotline.LaneNotice, Reply: hotline.Say(key, args...), Case: c.ID, Assign: a}
	}
	d = New(Config{
		Store: t.Store, Regency: func() *hotline.Regency { return t.r }, Redis: connect(t, t.redis), Prefix: "tiny:", Clock: t.clock,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
		Cards: Cards{
			Offer: func(_ *hotline.Regency, c hotline.Case, a hotline.Assignment, round int, _ []hotline.Event, _ map[hotline.ContentID]hotline.Content) hotline.Out {
				return out("offer", c, a.ID, "round", round)
			},
			Urgent: func(_ *hotline.Regency, c hotline.Case, a hotline.Assignment, round int, _ []hotline.Event, _ map[hotline.ContentID]hotline.Content) hotline.Out {
				return out("urgent", c, a.ID, "round", round)
			},
			Gone: func(c hotline.Case, a hotline.Assignment, own bool) hotline.Out {
				if own {
					return out("gone.own", c, a.ID)
				}
				return out("gone", c, a.ID)
			},
			Older: func(c hotline.Case, a hotline.Assignment) hotline.Out { return out("older", c, a.ID) },
			Nobody: func(_ *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
				return out("nobody", c, a.ID)
			},
			Triage: func(_ *hotline.Regency, c hotline.Case, d hotline.Decision) hotline.Out {
				return out("triage", c, 0, "top", strings.Join(d.Top, " "), "why", d.Why)
			},
			Transcribe: func(_ *hotline.Regency, c hotline.Case) hotline.Out { return out("transcribe", c, 0) },
			Escalation: func(_ *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
				return out("escalation", c, a.ID, "level", a.Level)
			},
			Reminder: func(_ *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
				return out("reminder", c, a.ID)
			},
			Unanswered: func(_ *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
				return out("unanswered", c, a.ID)
			},
		},
		Notice: func(_ *hotline.Regency, c hotline.Case, e hotline.Event) (hotline.Out, bool) {
			t.spoil(c, "notice")
			o := hotline.Out{Person: c.Reporter, Lane: hotline.LaneNotice, Reply: hotline.Say("news." + string(e.Kind)), Case: c.ID}
			return o, c.Reporter != 0
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	quit := t.bells(d)
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		quit()
		if err := <-done; err != nil {
			t.Errorf("the dispatcher ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return d, stop
}

// longest is how long a test waits for what must come. How soon things come on a machine that does nothing else is measured by the long tests.
const longest = time.Minute

// until waits until the condition holds.
func (t *town) until(what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(longest)
	for !holds() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("after %v still not: %s (%s)", longest, what, t.pending())
		}
	}
}

// quiet waits until the dispatchers have nothing left to do at the service's time.
func (t *town) quiet() {
	t.Helper()
	t.until("quiet", func() bool { return t.pending() == "" })
}

// said takes what was said since the last time, as "person key" or "person key argument …", with the names given, sorted. Persons without a
// name count too, by number.
func (t *town) said(names map[hotline.PersonID]string) []string {
	t.Helper()
	var all []string
	for {
		parcels := t.due()
		if len(parcels) == 0 {
			slices.Sort(all)
			return all
		}
		var sent []hotline.Sent
		for _, p := range parcels {
			line := p.Out.Reply.Lines[0]
			name, ok := names[p.Address.Person]
			if !ok {
				name = fmt.Sprint(p.Address.Person)
			}
			text := name + " " + line.Key
			args := ""
			for _, arg := range []string{"round", "why", "top", "level"} {
				if v, ok := line.Args[arg]; ok && v.V != "" {
					args += " " + v.V
				}
			}
			all = append(all, text+args)
			t.heard = append(t.heard, heard{p.Address.Person, line.Key, p.Out.Case, p.Out.Assign, args})
			sent = append(sent, hotline.Sent{ID: p.ID, Ref: fmt.Sprint(p.ID)})
		}
		t.settle(sent)
	}
}

// expect compares what was said with what should have been.
func (t *town) expect(names map[hotline.PersonID]string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := t.said(names); !slices.Equal(got, want) {
		t.Errorf("said:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// lists checks that the worklists hold exactly what waits.
func (t *town) lists(d *Dispatcher) {
	t.Helper()
	waiting, err := t.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]int)
	for _, l := range waiting {
		want[fmt.Sprintf("%d %s %v %v", l.Assignment, l.Unit, l.Urgent, l.Due.UTC())]++
	}
	n := 0
	for _, u := range t.r.Units {
		line, err := d.Worklists().Next(t.Context(), u.ID, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		n += len(line)
		for _, l := range line {
			if want[fmt.Sprintf("%d %s %v %v", l.Assignment, l.Unit, l.Urgent, l.Due.UTC())] != 1 {
				t.Errorf("in line, and not waiting like that: %+v", l)
			}
		}
	}
	if n != len(waiting) {
		t.Errorf("%d in line, %d waiting", n, len(waiting))
	}
}

// A clock is the service's, moved by the test.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	wait map[chan struct{}]time.Time
}

func newClock(t time.Time) *clock { return &clock{now: t, wait: make(map[chan struct{}]time.Time)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Until(t time.Time) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	done := make(chan struct{})
	c.wait[done] = t
	c.release()
	return done
}

// to moves the clock.
func (c *clock) to(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
	c.release()
}

func (c *clock) release() {
	for done, t := range c.wait {
		if !t.After(c.now) {
			close(done)
			delete(c.wait, done)
		}
	}
}

// flush empties Redis.
func flush(tb testing.TB, client *redis.Client) {
	tb.Helper()
	if err := client.FlushAll(tb.Context()).Err(); err != nil {
		tb.Fatal(err)
	}
}
