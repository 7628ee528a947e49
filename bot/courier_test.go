package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// A shelf is an outbox in memory: it keeps the outbox's promises and counts how often it was asked.
type shelf struct {
	mu       sync.Mutex
	rows     map[hotline.AddressID][]*shelved
	byID     map[hotline.OutID]*shelved
	lastID   hotline.OutID
	refuse   error // from Due and Settle
	dues     int
	settles  int
	media    map[hotline.MediaID]hotline.Attachment
	mediaErr error
	wake     chan struct{}
	news     chan struct{} // the shelf was asked for something
}

type shelved struct {
	hotline.Parcel
	leased, sent, aside, held bool
	ref                       string
	failures                  []hotline.Failure
}

func newShelf() *shelf {
	return &shelf{rows: map[hotline.AddressID][]*shelved{}, byID: map[hotline.OutID]*shelved{}, media: map[hotline.MediaID]hotline.Attachment{},
		wake: make(chan struct{}, 1), news: make(chan struct{}, 1)}
}

func pokeShelf(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// put commits things for an address. Its peer is its number.
func (s *shelf) put(to int, outs ...hotline.Out) []hotline.OutID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []hotline.OutID
	for _, o := range outs {
		s.lastID++
		a := hotline.Address{ID: hotline.AddressID(to), Channel: hotline.Telegram, Account: "7", Peer: strconv.Itoa(to)}
		r := &shelved{Parcel: hotline.Parcel{ID: s.lastID, Out: o, Address: a, Language: hotline.Indonesian}}
		if o.Verb == hotline.VerbEdit {
			r.EditRef = o.Edits
		}
		s.rows[a.ID] = append(s.rows[a.ID], r)
		s.byID[r.ID] = r
		ids = append(ids, r.ID)
	}
	pokeShelf(s.wake)
	return ids
}

func (s *shelf) Due(_ context.Context, now time.Time, limit int) ([]hotline.Parcel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dues++
	defer pokeShelf(s.news)
	if s.refuse != nil {
		return nil, s.refuse
	}
	var heads []*shelved
	for _, rows := range s.rows {
		if h := shelfHead(rows, now); h != nil {
			heads = append(heads, h)
		}
	}
	slices.SortFunc(heads, shelfBefore)
	var out []hotline.Parcel
	for _, h := range heads[:min(limit, len(heads))] {
		h.leased = true
		out = append(out, h.Parcel)
	}
	return out, nil
}

func shelfBefore(a, b *shelved) int {
	return cmp.Or(cmp.Compare(a.Out.Lane, b.Out.Lane), cmp.Compare(a.ID, b.ID))
}

func shelfHead(rows []*shelved, now time.Time) *shelved {
	var best *shelved
	for _, r := range rows {
		switch {
		case r.leased, r.held:
			return nil
		case r.sent, r.aside, r.Out.Due.After(now):
		case len(r.failures) > 0 && r.failures[len(r.failures)-1].Again.After(time.Now()):
			return nil
		case best == nil || shelfBefore(r, best) < 0:
			best = r
		}
	}
	return best
}

func (s *shelf) NextDue(context.Context) (time.Time, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next time.Time
	for _, r := range s.byID {
		if !r.sent && !r.aside && !r.leased && !r.Out.Due.IsZero() && (next.IsZero() || r.Out.Due.Before(next)) {
			next = r.Out.Due
		}
	}
	return next, !next.IsZero(), nil
}

func (s *shelf) Settle(_ context.Context, sent []hotline.Sent, failed []hotline.Failure) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settles++
	defer pokeShelf(s.news)
	if s.refuse != nil {
		return s.refuse
	}
	for _, x := range sent {
		r := s.byID[x.ID]
		if r.sent || r.aside || !r.leased {
			panic("settled what was not handed out")
		}
		r.sent, r.leased, r.ref = true, false, x.Ref
		s.tidy(r)
	}
	for _, x := range failed {
		r := s.byID[x.ID]
		if r.sent || r.aside || !r.leased {
			panic("settled what was not handed out")
		}
		r.leased = false
		r.failures = append(r.failures, x)
		r.Attempts++
		r.held = x.Hold
		r.aside = !x.Hold && x.Again.IsZero()
	}
	return nil
}

// tidy keeps rows short, so that the shelf is quick.
func (s *shelf) tidy(r *shelved) {
	rows := s.rows[r.Address.ID]
	if rows[0] == r {
		s.rows[r.Address.ID] = rows[1:]
	}
}

func (s *shelf) Attachment(_ context.Context, id hotline.MediaID) (hotline.Attachment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mediaErr != nil {
		return hotline.Attachment{}, s.mediaErr
	}
	a, ok := s.media[id]
	if !ok {
		return a, hotline.ErrNotFound
	}
	return a, nil
}

func (s *shelf) row(id hotline.OutID) shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.byID[id]
}

func (s *shelf) do(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// until waits until the shelf is as wanted; it looks whenever something was settled.
func (s *shelf) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	over := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		good := ok()
		s.mu.Unlock()
		if good {
			return
		}
		select {
		case <-s.news:
		case <-over:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func (s *shelf) allSent(ids []hotline.OutID) func() bool {
	return func() bool { return !slices.ContainsFunc(ids, func(id hotline.OutID) bool { return !s.byID[id].sent }) }
}

// A fakeNet takes what it is handed, or does what a test says.
type fakeNet struct {
	mu   sync.Mutex
	took []hotline.Outgoing
	do   func(ctx context.Context, out hotline.Outgoing) error // nil: takes everything
}

func (n *fakeNet) Send(ctx context.Context, out hotline.Outgoing) (hotline.Receipt, error) {
	n.mu.Lock()
	do := n.do
	n.mu.Unlock()
	if do != nil {
		if err := do(ctx, out); err != nil {
			return hotline.Receipt{}, err
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.took = append(n.took, out)
	return hotline.Receipt{Ref: "ref" + strconv.Itoa(int(out.ID))}, nil
}

func (n *fakeNet) all() []hotline.Outgoing {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.took)
}

// keyDrawer draws a reply as its first key.
type keyDrawer struct{}

func (keyDrawer) Args(hotline.Lang, hotline.Line, phrase.Facts) map[string]string { return nil }

func (keyDrawer) Reply(_ hotline.Lang, r hotline.Reply, _ phrase.Facts) (string, [][]hotline.Button, string) {
	if len(r.Lines) == 0 {
		return "", nil, ""
	}
	if r.Lines[0].Key == "panic" {
		panic("the words of somebody")
	}
	return r.Lines[0].Key, nil, ""
}

// A handClock moves when told.
type handClock struct {
	mu      sync.Mutex
	now     time.Time
	waiters []handWait
	asked   int
}

type handWait struct {
	at time.Time
	ch chan struct{}
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) Until(t time.Time) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	ch := make(chan struct{})
	if !c.now.Before(t) {
		close(ch)
	} else {
		c.waiters = append(c.waiters, handWait{t, ch})
	}
	return ch
}

func (c *handClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.waiters = slices.DeleteFunc(c.waiters, func(w handWait) bool {
		if c.now.Before(w.at) {
			return false
		}
		close(w.ch)
		return true
	})
}

type courierTest struct {
	*Courier
	shelf *shelf
	net   *fakeNet
	clock *handClock
	log   *strings.Builder
	stop  context.CancelFunc
	ended chan struct{}
}

// startCourier runs a courier that wakes only when it is woken: its poll is an hour.
func startCourier(t *testing.T, change ...func(*courierTest)) *courierTest {
	t.Helper()
	c := &courierTest{shelf: newShelf(), net: &fakeNet{}, clock: &handClock{now: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)}, log: &strings.Builder{}, ended: make(chan struct{})}
	var logMu sync.Mutex
	c.Courier = &Courier{Outbox: c.shelf, Channels: map[hotline.Channel]Sender{hotline.Telegram: c.net}, Drawer: keyDrawer{}, Clock: c.clock, Wake: c.shelf.wake,
		Log: slog.New(slog.NewTextHandler(lockedWriter{&logMu, c.log}, nil)), every: time.Hour}
	for _, f := range change {
		f(c)
	}
	ctx, stop := context.WithCancel(context.Background())
	c.stop = stop
	go func() {
		defer close(c.ended)
		if err := c.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	t.Cleanup(func() {
		stop()
		select {
		case <-c.ended:
		case <-time.After(30 * time.Second):
			t.Error("Run does not end")
		}
	})
	return c
}

type lockedWriter struct {
	mu *sync.Mutex
	w  *strings.Builder
}

func (l lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func outSaying(key string) hotline.Out {
	return hotline.Out{Lane: hotline.LaneReply, Reply: hotline.Say(key)}
}

func outIn(lane hotline.Lane, key string) hotline.Out {
	o := outSaying(key)
	o.Lane = lane
	return o
}

func TestCourierKeepsTheOrderOfEachAddress(t *testing.T) {
	t.Parallel()
	c := startCourier(t)
	const addresses, each = 100, 20
	var ids []hotline.OutID
	for n := range each {
		for a := range addresses {
			ids = append(ids, c.shelf.put(a+1, outSaying(strconv.Itoa(n)))...)
		}
	}
	c.shelf.until(t, "everything sent", c.shelf.allSent(ids))
	next := map[string]int{}
	for _, out := range c.net.all() {
		if out.Text != strconv.Itoa(next[out.Peer]) {
			t.Fatalf("peer %s got %s, want %d", out.Peer, out.Text, next[out.Peer])
		}
		next[out.Peer]++
	}
	if n := len(c.net.all()); n != addresses*each {
		t.Errorf("%d sends of %d", n, addresses*each)
	}
	if r := c.shelf.row(ids[0]); r.ref != "ref1" {
		t.Errorf("settled with %q", r.ref)
	}
}

func TestCourierWaitsForDueTimes(t *testing.T) {
	t.Parallel()
	c := startCourier(t)
	late := outSaying("late")
	late.Due = c.clock.Now().Add(72 * time.Hour)
	soon := outSaying("soon")
	soon.Due = c.clock.Now().Add(4 * time.Second)
	lateID := c.shelf.put(1, late)[0]
	soonID := c.shelf.put(2, soon)[0]
	now := c.shelf.put(1, outSaying("now")) // not behind what is not due
	c.shelf.until(t, "what is due sent", c.shelf.allSent(now))
	c.clock.move(5 * time.Second)
	c.shelf.until(t, "the soon one sent", c.shelf.allSent([]hotline.OutID{soonID}))
	if c.shelf.row(lateID).sent {
		t.Error("sent before its time")
	}
	c.clock.move(72 * time.Hour)
	c.shelf.until(t, "the late one sent", c.shelf.allSent([]hotline.OutID{lateID}))
}

func TestCourierAndTrouble(t *testing.T) {
	t.Parallel()
	soon := func(least, most time.Duration) func(shelved) bool {
		return func(r shelved) bool {
			d := time.Until(r.failures[0].Again)
			return !r.aside && !r.held && d > least-10*time.Second && d <= most
		}
	}
	aside := func(r shelved) bool { return r.aside }
	for _, c := range []struct {
		trouble hotline.Trouble
		after   time.Duration
		lane    hotline.Lane
		tried   int
		want    func(shelved) bool
	}{
		{hotline.TroubleLater, time.Minute, hotline.LaneReply, 0, soon(time.Minute, time.Minute)},
		{hotline.TroubleUnavailable, 0, hotline.LaneReply, 0, soon(0, time.Second)},
		{hotline.TroubleUnavailable, 0, hotline.LaneReply, 7, soon(64*time.Second, 128*time.Second)},
		{hotline.TroubleUnavailable, 0, hotline.LaneReply, 70, soon(150*time.Second, 5*time.Minute)},
		{hotline.TroubleUnavailable, 0, hotline.LaneEmergency, 70, soon(7*time.Second, 15*time.Second)},
		{hotline.TroubleAccount, 0, hotline.LaneReply, 0, soon(time.Minute, time.Minute)},
		{hotline.TroubleBlocked, 0, hotline.LaneReply, 0, func(r shelved) bool { return r.held && !r.aside }},
		{hotline.TroubleGone, 0, hotline.LaneReply, 0, aside},
		{hotline.TroubleRefused, 0, hotline.LaneReply, 0, aside},
		{hotline.TroubleExpired, 0, hotline.LaneReply, 0, func(r shelved) bool { return r.sent }},
		{hotline.TroubleUnchanged, 0, hotline.LaneReply, 0, func(r shelved) bool { return r.sent }},
	} {
		t.Run(fmt.Sprint(c.trouble, c.tried), func(t *testing.T) {
			t.Parallel()
			ct := startCourier(t, func(ct *courierTest) {
				ct.net.do = func(context.Context, hotline.Outgoing) error {
					return &hotline.SendError{Trouble: c.trouble, After: c.after, Err: errors.New("said the network")}
				}
			})
			ct.shelf.do(func() { ct.shelf.refuse = errors.New("not yet") }) // until its attempts are set
			id := ct.shelf.put(1, outIn(c.lane, "x"))[0]
			ct.shelf.do(func() { ct.shelf.byID[id].Attempts, ct.shelf.refuse = c.tried, nil })
			pokeShelf(ct.shelf.wake)
			ct.shelf.until(t, "settled", func() bool { r := ct.shelf.byID[id]; return r.sent || len(r.failures) > 0 })
			r := ct.shelf.row(id)
			if !c.want(r) {
				t.Errorf("became %+v", r)
			}
			if len(r.failures) > 0 && (r.failures[0].Reason != c.trouble || r.failures[0].Detail != "said the network") {
				t.Errorf("failed as %+v", r.failures[0])
			}
		})
	}
}

func TestCourierEdits(t *testing.T) {
	t.Parallel()
	c := startCourier(t, func(c *courierTest) {
		c.shelf.media[5] = hotline.Attachment{Name: "x"}
		c.net.do = func(_ context.Context, out hotline.Outgoing) error {
			if out.Edits == "gone" {
				return &hotline.SendError{Trouble: hotline.TroubleLost, Err: errors.New("no such message")}
			}
			return nil
		}
	})
	edit := func(ref string) hotline.Out {
		return hotline.Out{Verb: hotline.VerbEdit, Edits: ref, Answers: "cb", Reply: hotline.Reply{Lines: outSaying("card").Reply.Lines, Media: []hotline.MediaID{5}}}
	}
	ids := slices.Concat(c.shelf.put(1, edit("12")), c.shelf.put(2, edit("")), c.shelf.put(3, edit("gone")))
	c.shelf.until(t, "sent", c.shelf.allSent(ids))
	for _, out := range c.net.all() {
		switch out.Peer {
		case "1":
			if out.Verb != hotline.VerbEdit || out.Edits != "12" || out.Answers != "cb" || len(out.Media) != 0 {
				t.Errorf("the edit went as %+v", out)
			}
		case "2":
			if out.Verb != hotline.VerbSend || out.Edits != "" || out.Answers != "cb" || len(out.Media) != 1 {
				t.Errorf("the edit of nothing went as %+v", out)
			}
		case "3":
			if out.Verb != hotline.VerbSend || out.Edits != "" || out.Answers != "" || len(out.Media) != 1 {
				t.Errorf("the lost edit went as %+v", out)
			}
		}
	}
}

func TestCourierLeavesOutWhatIsNotWorthSending(t *testing.T) {
	t.Parallel()
	c := startCourier(t)
	old, toast := outSaying("old"), hotline.Out{Verb: hotline.VerbAnswer, Answers: "cb"}
	old.Expires = c.clock.Now().Add(-time.Second)
	toast.Expires = old.Expires
	fresh := outSaying("fresh")
	fresh.Expires = c.clock.Now()
	ids := slices.Concat(c.shelf.put(1, old), c.shelf.put(2, toast), c.shelf.put(3, fresh))
	c.shelf.until(t, "settled", func() bool {
		return c.shelf.byID[ids[0]].aside && c.shelf.byID[ids[1]].sent && c.shelf.byID[ids[2]].sent
	})
	if n := len(c.net.all()); n != 1 {
		t.Errorf("%d sends, want 1", n)
	}
	if f := c.shelf.row(ids[0]).failures[0]; f.Reason != hotline.TroubleExpired {
		t.Errorf("set aside as %+v", f)
	}
}

func TestCourierAndMedia(t *testing.T) {
	t.Parallel()
	c := startCourier(t, func(c *courierTest) { c.shelf.media[5] = hotline.Attachment{Name: "x"} })
	with := func(ids ...hotline.MediaID) hotline.Out {
		return hotline.Out{Reply: hotline.Reply{Lines: outSaying("photo").Reply.Lines, Media: ids}}
	}
	ids := c.shelf.put(1, with(5, 6))
	c.shelf.until(t, "sent", c.shelf.allSent(ids))
	if out := c.net.all()[0]; len(out.Media) != 1 {
		t.Errorf("went with %d media, want the one that is there", len(out.Media))
	}
	c.shelf.do(func() { c.shelf.mediaErr = errors.New("postgres is away") })
	id := c.shelf.put(2, with(5))[0]
	c.shelf.until(t, "failed", func() bool { return len(c.shelf.byID[id].failures) > 0 })
	if f := c.shelf.row(id).failures[0]; f.Reason != hotline.TroubleUnavailable || f.Again.IsZero() {
		t.Errorf("failed as %+v", f)
	}
}

func TestCourierSurvivesAPanic(t *testing.T) {
	t.Parallel()
	c := startCourier(t)
	bad := c.shelf.put(1, outSaying("panic"))[0]
	good := c.shelf.put(1, outSaying("good"))
	c.shelf.until(t, "the one behind it sent", c.shelf.allSent(good))
	if r := c.shelf.row(bad); !r.aside {
		t.Errorf("it became %+v", r)
	}
	c.stop()
	<-c.ended
	if s := c.log.String(); strings.Contains(s, "the words of somebody") || !strings.Contains(s, "panic") {
		t.Errorf("logged:\n%s", s)
	}
}

func TestCourierWithoutTheChannel(t *testing.T) {
	t.Parallel()
	c := startCourier(t, func(c *courierTest) { c.Channels = nil })
	id := c.shelf.put(1, outSaying("x"))[0]
	c.shelf.until(t, "failed", func() bool { return len(c.shelf.byID[id].failures) > 0 })
	if f := c.shelf.row(id).failures[0]; f.Again.IsZero() {
		t.Errorf("set aside: %+v", f)
	}
}

// An emergency goes while a broadcast hangs.
func TestCourierKeepsWorkersForEmergencies(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	c := startCourier(t, func(c *courierTest) {
		c.Workers = 4
		c.net.do = func(_ context.Context, out hotline.Outgoing) error {
			if out.Text == "broadcast" {
				<-hang
			}
			return nil
		}
	})
	var slow []hotline.OutID
	for a := range 50 {
		slow = append(slow, c.shelf.put(a+1, outIn(hotline.LaneBroadcast, "broadcast"))...)
	}
	urgent := c.shelf.put(99, outIn(hotline.LaneEmergency, "emergency"))
	c.shelf.until(t, "the emergency sent", c.shelf.allSent(urgent))
	close(hang)
	c.shelf.until(t, "the broadcast sent", c.shelf.allSent(slow))
}

// At the account's limit an emergency uses the reserve, and a reply goes before what is left of a broadcast.
func TestCourierSendsUrgentThingsFirstAtTheLimit(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 1000)
	c := startCourier(t, func(c *courierTest) {
		c.Limiter = NewLimiter(nil, TelegramRates, nil)
		c.net.do = func(context.Context, hotline.Outgoing) error { started <- struct{}{}; return nil }
	})
	var ids []hotline.OutID
	for a := range 40 {
		ids = append(ids, c.shelf.put(a+1, outIn(hotline.LaneBroadcast, "broadcast"))...)
	}
	<-started
	urgent := slices.Concat(c.shelf.put(98, outSaying("reply")), c.shelf.put(99, outIn(hotline.LaneEmergency, "emergency")))
	toast := c.shelf.put(97, hotline.Out{Lane: hotline.LaneReply, Verb: hotline.VerbAnswer, Answers: "cb"}) // no message: needs no leave
	c.shelf.until(t, "all three sent", c.shelf.allSent(slices.Concat(urgent, toast)))
	left := 0
	c.shelf.do(func() {
		for _, id := range ids {
			if !c.shelf.byID[id].sent {
				left++
			}
		}
	})
	if left == 0 {
		t.Error("the broadcast went first")
	}
	c.shelf.until(t, "all sent", c.shelf.allSent(ids))
}

func TestCourierOutlivesItsOutbox(t *testing.T) {
	t.Parallel()
	c := startCourier(t)
	c.shelf.do(func() { c.shelf.refuse = errors.New("postgres is away") })
	ids := c.shelf.put(1, outSaying("x"))
	c.shelf.until(t, "two tries", func() bool { return c.shelf.dues >= 3 })
	if s := c.State(); s.Healthy || s.Outbox == "" {
		t.Errorf("state %+v", s)
	}
	c.shelf.do(func() { c.shelf.refuse = nil })
	c.shelf.until(t, "sent", c.shelf.allSent(ids))

	// Away between the sending and the settling: it is settled later, and sent once.
	c.net.mu.Lock()
	c.net.do = func(context.Context, hotline.Outgoing) error {
		c.shelf.do(func() { c.shelf.refuse = errors.New("postgres is away") })
		return nil
	}
	c.net.mu.Unlock()
	var settles int
	c.shelf.do(func() { settles = c.shelf.settles })
	ids = c.shelf.put(2, outSaying("y"))
	c.shelf.until(t, "two tries", func() bool { return c.shelf.settles >= settles+2 })
	c.shelf.do(func() { c.shelf.refuse = nil })
	c.shelf.until(t, "settled", c.shelf.allSent(ids))
	if n := len(c.net.all()); n != 2 {
		t.Errorf("%d sends, want 2", n)
	}
	c.shelf.until(t, "well again", func() bool { return c.State().Healthy })
}

func TestCourierStopsInGoodOrder(t *testing.T) {
	t.Parallel()
	started, goOn := make(chan struct{}, 10), make(chan struct{})
	c := startCourier(t, func(c *courierTest) {
		c.Workers = 1
		c.net.do = func(context.Context, hotline.Outgoing) error { started <- struct{}{}; <-goOn; return nil }
	})
	under := c.shelf.put(1, outSaying("under way"))[0]
	<-started
	waiting := c.shelf.put(2, outSaying("not begun"))[0]
	c.shelf.until(t, "handed out", func() bool { return c.shelf.byID[waiting].leased })
	c.stop()
	c.shelf.until(t, "given back", func() bool { return len(c.shelf.byID[waiting].failures) > 0 })
	close(goOn)
	<-c.ended
	if r := c.shelf.row(under); !r.sent {
		t.Errorf("what was under way became %+v", r)
	}
	if r := c.shelf.row(waiting); r.sent || r.aside || r.leased || r.failures[0].Again.After(time.Now()) {
		t.Errorf("what had not begun became %+v", r)
	}
}

func TestCourierBreaksOffWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	started := make(chan struct{}, 1)
	c := startCourier(t, func(c *courierTest) {
		c.drainFor = 200 * time.Millisecond
		c.net.do = func(ctx context.Context, _ hotline.Outgoing) error {
			started <- struct{}{}
			<-ctx.Done()
			return &hotline.SendError{Trouble: hotline.TroubleUnavailable, Err: ctx.Err()}
		}
	})
	id := c.shelf.put(1, outSaying("x"))[0]
	<-started
	c.stop()
	<-c.ended
	if r := c.shelf.row(id); r.leased || len(r.failures) != 1 || r.failures[0].Again.IsZero() {
		t.Errorf("became %+v", r)
	}
}

// Several peers told to wait at the same moment: it is the account that must. One of them alone is itself.
func TestCourierPausesAnAccount(t *testing.T) {
	t.Parallel()
	c := startCourier(t, func(c *courierTest) {
		c.net.do = func(_ context.Context, out hotline.Outgoing) error {
			if out.Text == "good" {
				return nil
			}
			return &hotline.SendError{Trouble: hotline.TroubleLater, After: time.Minute, Err: errors.New("slow down")}
		}
	})
	tell := func(to int, text string) hotline.OutID {
		id := c.shelf.put(to, outSaying(text))[0]
		c.shelf.until(t, "settled", func() bool { return c.shelf.byID[id].sent || len(c.shelf.byID[id].failures) > 0 })
		return id
	}
	for peer := range 10 { // each alone, others are well
		tell(peer+1, "bad")
		if !c.shelf.row(tell(peer+101, "good")).sent {
			t.Fatal("the account pauses for one peer's sake")
		}
	}
	for peer := range toldMost {
		tell(peer+201, "bad")
	}
	id := tell(301, "good")
	if r := c.shelf.row(id); r.sent || time.Until(r.failures[0].Again) < 30*time.Second {
		t.Errorf("while the account pauses it became %+v", r)
	}
}

func TestCourierReportsAnAccount(t *testing.T) {
	t.Parallel()
	c := startCourier(t, func(c *courierTest) {
		c.net.do = func(context.Context, hotline.Outgoing) error {
			return &hotline.SendError{Trouble: hotline.TroubleAccount, Err: errors.New("401")}
		}
	})
	id := c.shelf.put(1, outSaying("x"))[0]
	c.shelf.until(t, "failed", func() bool { return len(c.shelf.byID[id].failures) > 0 })
	if s := c.State(); s.Healthy || s.Accounts["telegram/7"] != "401" {
		t.Errorf("state %+v", s)
	}
}

// Many parcels are fetched and settled by the hundred.
func TestCourierBatches(t *testing.T) {
	t.Parallel()
	c := startCourier(t, func(c *courierTest) {
		c.shelf.refuse = errors.New("not yet")
	})
	var ids []hotline.OutID
	for a := range 4000 {
		ids = append(ids, c.shelf.put(a+1, outSaying("x"))...)
	}
	c.shelf.do(func() { c.shelf.refuse, c.shelf.dues, c.shelf.settles = nil, 0, 0 })
	c.shelf.until(t, "all sent", c.shelf.allSent(ids))
	c.shelf.do(func() {
		if c.shelf.dues > 400 || c.shelf.settles > 400 {
			t.Errorf("%d fetches and %d settles for %d parcels", c.shelf.dues, c.shelf.settles, len(ids))
		}
		t.Logf("%d fetches and %d settles for %d parcels", c.shelf.dues, c.shelf.settles, len(ids))
	})
}

// An endless outbox always has as much as is asked for, each parcel at an address of its own.
type endless struct {
	*shelf
	n, most int
}

func (e *endless) Due(_ context.Context, _ time.Time, limit int) ([]hotline.Parcel, error) {
	e.dues++
	list := make([]hotline.Parcel, 0, limit)
	for ; len(list) < limit && e.n < e.most; e.n++ {
		list = append(list, hotline.Parcel{ID: hotline.OutID(e.n + 1), Out: outSaying("x"), Address: hotline.Address{ID: hotline.AddressID(e.n + 1), Channel: hotline.Telegram, Account: "7", Peer: "9"}})
	}
	return list, nil
}

func (e *endless) Settle(context.Context, []hotline.Sent, []hotline.Failure) error {
	e.settles++
	return nil
}

// What the courier itself costs, without database and network.
func BenchmarkCourier(b *testing.B) {
	box := &endless{shelf: newShelf(), most: b.N}
	done := make(chan struct{})
	sent := 0
	var mu sync.Mutex
	c := &Courier{Outbox: box, Channels: map[hotline.Channel]Sender{hotline.Telegram: &fakeNet{}}, Drawer: keyDrawer{}, Clock: &handClock{}, Log: noLog()}
	c.Watch = func(Delivery) {
		mu.Lock()
		defer mu.Unlock()
		if sent++; sent == b.N {
			close(done)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	b.ReportAllocs()
	b.ResetTimer()
	go func() { ended <- c.Run(ctx) }()
	<-done
	b.StopTimer()
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
	b.ReportMetric(float64(box.dues)/float64(b.N), "fetches/op")
	b.ReportMetric(float64(box.settles)/float64(b.N), "settles/op")
}
