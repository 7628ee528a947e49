package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// An Outbox is where what is to be said waits.
type Outbox interface {
	// Due hands out what is due at now (service time), at most limit parcels and at most one of an address: the oldest unsent thing of the most
	// urgent lane there. Emergencies come first. What was handed out is held for the asker, for minutes of machine time, until it is settled.
	Due(ctx context.Context, now time.Time, limit int) ([]hotline.Parcel, error)
	// NextDue tells when the next thing comes due that waits for its time; false: nothing waits.
	NextDue(context.Context) (time.Time, bool, error)
	// Settle writes down what became of parcels.
	Settle(context.Context, []hotline.Sent, []hotline.Failure) error
	// Attachment reads a medium to send along, stripped of what it betrays. hotline.ErrNotFound: it has been erased or never came.
	Attachment(context.Context, hotline.MediaID) (hotline.Attachment, error)
}

// A Sender hands things to a network. Its errors are *hotline.SendError.
type Sender interface {
	Send(context.Context, hotline.Outgoing) (hotline.Receipt, error)
}

// A Drawer puts replies into words: text, buttons, and the label of the ask's button.
type Drawer interface {
	Reply(hotline.Lang, hotline.Reply, phrase.Facts) (string, [][]hotline.Button, string)
	// Args draws the arguments of one line, each by itself.
	Args(hotline.Lang, hotline.Line, phrase.Facts) map[string]string
}

// A ServiceClock tells service time, which a test moves.
type ServiceClock interface {
	Now() time.Time
	// Until gives a channel that is closed, or sent to, once the time has come.
	Until(time.Time) <-chan struct{}
}

// A Courier carries what was committed to the networks: several instances may, each its own parcels.
//
// One goroutine (Run) keeps all its books: what it holds, what may go, what became of it. Around it work one fetcher and one settler, so that
// the database is asked for more while the networks are still being spoken to, and the workers that draw and send. When little happens each step
// follows at once; when much happens, parcels are fetched and settled by the hundred.
type Courier struct {
	Outbox   Outbox
	Channels map[hotline.Channel]Sender
	Drawer   Drawer
	Clock    ServiceClock
	Wake     <-chan struct{} // something was committed to the outbox; may be nil
	Limiter  *Limiter        // nil: no limits
	Log      *slog.Logger    // nil: slog.Default()
	Workers  int             // how many send at once; 0: 64
	Hold     int             // how many parcels are held at once; 0: 1024, with a limiter 128
	Watch    func(Delivery)  // told of every try, from many goroutines; may be nil

	every    time.Duration // test: pollOutbox
	drainFor time.Duration // test: drainTime

	mu      sync.Mutex
	trouble map[string]string // account -> what is wrong
	outbox  string            // what is wrong with the outbox
}

// A Delivery is one try, for whoever counts.
type Delivery struct {
	Parcel  hotline.Parcel
	Trouble hotline.Trouble // empty: the network took it
	Took    time.Duration   // machine time, drawing included
}

// A CourierState tells how the outgoing side does.
type CourierState struct {
	Healthy  bool
	Outbox   string            // what is wrong with the outbox; empty: nothing
	Accounts map[string]string // "telegram/123" -> what is wrong
}

// State tells how the outgoing side does.
func (c *Courier) State() CourierState {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := CourierState{Healthy: c.outbox == "" && len(c.trouble) == 0, Outbox: c.outbox, Accounts: map[string]string{}}
	for a, what := range c.trouble {
		s.Accounts[a] = what
	}
	return s
}

// How the courier paces itself, in machine time.
const (
	pollOutbox   = time.Second            // the net beneath all wakes
	fetchApart   = 12 * time.Millisecond  // from the end of one fetch to the next: what comes meanwhile costs little more than one parcel
	settleApart  = 15 * time.Millisecond  // from the end of one settle to the next, likewise
	settleMost   = 256                    // results settled at once, and without waiting
	admitMost    = 16                     // asked leave for at once: few, so that what is urgent is soon in front
	drainTime    = 10 * time.Second       // what is under way may finish when the program ends
	spareWorkers = 8                      // one in this many serves emergencies and replies alone
	shortPause   = 2 * time.Second        // parcels of an account that pauses longer go back to the outbox
	accountPause = time.Minute            // while an account is wrong
	toldApart    = 2 * time.Second        // peers told to wait within this, and nothing taken between
	toldMost     = 3                      // so many of them: it is the account
	retryLeast   = 200 * time.Millisecond // after a failure of the outbox
	retryMost    = 5 * time.Second
)

// Run carries until ctx ends; then it finishes what is under way, gives back what was not begun, and returns nil.
func (c *Courier) Run(ctx context.Context) error {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	r := newRounds(c)
	defer r.close()
	r.want = true
	poll := time.NewTicker(cmp.Or(c.every, pollOutbox))
	defer poll.Stop()
	for ctx.Err() == nil {
		now := time.Now()
		r.admit(ctx, now)
		r.fetch(ctx, now)
		r.settle(now)
		urgent, urgentTo := offer(r.toAny, &r.cleared[hotline.LaneEmergency], &r.cleared[hotline.LaneReply])
		other, otherTo := offer(r.toMost, &r.cleared[hotline.LaneNotice], &r.cleared[hotline.LaneBroadcast])
		select {
		case urgentTo <- urgent.front():
			urgent.pop()
			r.sending++
		case otherTo <- other.front():
			other.pop()
			r.sending++
		case res := <-r.done:
			r.finished(res)
		case f := <-r.fetched:
			r.received(f)
		case err := <-r.settled:
			r.wrote(err)
		case <-c.Wake:
			r.want = true
		case <-poll.C:
			r.want = true
		case <-r.nextDue:
			r.forget()
			r.want = true
		case <-r.alarm(now):
		case <-ctx.Done():
		}
	}
	r.drain()
	return nil
}

// rounds are one Run's books. Only Run's goroutine touches them.
type rounds struct {
	*Courier
	hold    int
	toAny   chan *hotline.Parcel // emergencies and replies: every worker listens
	toMost  chan *hotline.Parcel // the rest: all but the spare workers listen
	done    chan result
	fetched chan fetch
	settled chan error
	workers sync.WaitGroup
	sendCtx context.Context
	stop    context.CancelFunc

	lanes   [4]fifo              // held, not yet cleared to go
	later   []waiter             // held, waiting for their peer's or account's turn; earliest first
	cleared [4]fifo              // may go as soon as a worker is free
	sending int                  // with a worker
	held    int                  // all of these, and what is not yet settled
	full    map[string]time.Time // accounts at their limit, until when
	pauses  map[string]*pause    // accounts that were told to wait

	want      bool // there may be something to fetch
	fetching  bool
	fetchedAt time.Time // when the last fetch ended
	fetchFrom time.Time // not before, after a failure
	fetchFail int

	nextDue   <-chan struct{}
	nextDueAt time.Time
	clocks    map[int64]<-chan struct{} // Until's channels by time, so that asking again and again for one time costs one timer

	sent       []hotline.Sent
	failed     []hotline.Failure
	settledAt  time.Time // when the last settle ended
	settling   batch
	settles    bool
	settleFrom time.Time
	settleFail int

	timer *time.Timer
}

type result struct {
	parcel  *hotline.Parcel
	sent    hotline.Sent
	failure *hotline.Failure
	after   time.Duration // with TroubleLater
}

type fetch struct {
	parcels []hotline.Parcel
	limit   int
	next    time.Time
	waits   bool
	err     error
}

type batch struct {
	sent   []hotline.Sent
	failed []hotline.Failure
}

func newRounds(c *Courier) *rounds {
	r := &rounds{Courier: c, hold: c.Hold, full: map[string]time.Time{}, pauses: map[string]*pause{}, clocks: map[int64]<-chan struct{}{}, timer: time.NewTimer(time.Hour)}
	workers := c.Workers
	if workers <= 0 {
		workers = 64
	}
	if r.hold <= 0 {
		if r.hold = 1024; c.Limiter != nil {
			r.hold = 128
		}
	}
	r.toAny, r.toMost = make(chan *hotline.Parcel), make(chan *hotline.Parcel)
	r.done = make(chan result, r.hold)
	r.fetched, r.settled = make(chan fetch, 1), make(chan error, 1)
	// What is under way outlives ctx for as long as drain allows.
	r.sendCtx, r.stop = context.WithCancel(context.Background())
	spare := 0
	if workers > 1 {
		spare = max(workers/spareWorkers, 1)
	}
	for i := range workers {
		r.workers.Go(func() { r.work(i >= spare) })
	}
	return r
}

func (r *rounds) close() {
	r.stop()
	close(r.toAny)
	r.workers.Wait()
	r.timer.Stop()
}

// work sends parcels until toAny is closed.
func (r *rounds) work(most bool) {
	var toMost <-chan *hotline.Parcel
	if most {
		toMost = r.toMost
	}
	for {
		var p *hotline.Parcel
		select {
		case p = <-r.toAny:
		case p = <-toMost:
		}
		if p == nil {
			return
		}
		r.done <- r.deliver(r.sendCtx, p)
	}
}

// received takes in what a fetch brought.
func (r *rounds) received(f fetch) {
	r.fetching, r.fetchedAt = false, time.Now()
	if f.err != nil {
		r.want = true
		r.fetchFrom = time.Now().Add(retry(r.fetchFail))
		r.fetchFail++
		r.outboxTrouble("cannot be read", f.err)
		return
	}
	r.fetchFail = 0
	r.outboxTrouble("", nil)
	r.held += len(f.parcels)
	for i := range f.parcels {
		p := &f.parcels[i]
		r.lanes[lane(p)].push(p)
	}
	if len(f.parcels) >= f.limit {
		r.want = true
	}
	if len(f.parcels) == 0 {
		r.expect(f.next, f.waits)
	}
}

// expect sets the alarm for the next due time.
func (r *rounds) expect(t time.Time, waits bool) {
	if !waits {
		r.nextDue = nil
		return
	}
	if r.nextDue != nil && r.nextDueAt.Equal(t) {
		return
	}
	key := t.UnixNano()
	ch, ok := r.clocks[key]
	if !ok {
		if len(r.clocks) >= 256 {
			clear(r.clocks)
		}
		ch = r.Clock.Until(t)
		r.clocks[key] = ch
	}
	r.nextDue, r.nextDueAt = ch, t
}

func (r *rounds) forget() {
	delete(r.clocks, r.nextDueAt.UnixNano())
	r.nextDue = nil
}

// fetch asks the outbox for more, when there may be more and room for it.
func (r *rounds) fetch(ctx context.Context, now time.Time) {
	free := r.hold - r.held
	if !r.want || r.fetching || free <= 0 || now.Before(r.fetchFrom) || now.Sub(r.fetchedAt) < fetchApart {
		return
	}
	r.want, r.fetching = false, true
	limit := min(free, settleMost)
	go func() {
		f := fetch{limit: limit}
		if f.parcels, f.err = r.Outbox.Due(ctx, r.Clock.Now(), limit); f.err == nil && len(f.parcels) == 0 {
			f.next, f.waits, f.err = r.Outbox.NextDue(ctx)
		}
		r.fetched <- f
	}()
}

// finished takes in one worker's result.
func (r *rounds) finished(res result) {
	r.sending--
	a := accountOf(res.parcel)
	switch {
	case res.failure == nil:
		r.note(&res.sent, nil)
		r.accountTrouble(a, "")
		if p := r.pauses[a]; p != nil {
			p.peers = nil
		}
		return
	case res.failure.Reason == hotline.TroubleLater:
		r.slow(a, res)
	case res.failure.Reason == hotline.TroubleAccount:
		r.pauseUntil(a, time.Now().Add(accountPause))
		r.accountTrouble(a, res.failure.Detail)
	}
	r.note(nil, res.failure)
}

// note puts a result with those to settle.
func (r *rounds) note(sent *hotline.Sent, failed *hotline.Failure) {
	if sent != nil {
		r.sent = append(r.sent, *sent)
	} else {
		r.failed = append(r.failed, *failed)
	}
}

// settle writes results down: at once while little happens, else many together.
func (r *rounds) settle(now time.Time) {
	n := len(r.sent) + len(r.failed)
	if r.settles || now.Before(r.settleFrom) {
		return
	}
	if len(r.settling.sent)+len(r.settling.failed) == 0 {
		if n == 0 || n < settleMost && now.Sub(r.settledAt) < settleApart {
			return
		}
		r.settling, r.sent, r.failed = batch{r.sent, r.failed}, nil, nil
	}
	r.settles = true
	b := r.settling
	go func() { r.settled <- r.Outbox.Settle(r.sendCtx, b.sent, b.failed) }()
}

// wrote takes in what became of a settle. One that failed is tried again, as it was, until it succeeds: no more is fetched than can be held.
func (r *rounds) wrote(err error) {
	r.settles, r.settledAt = false, time.Now()
	if err != nil {
		r.settleFrom = time.Now().Add(retry(r.settleFail))
		r.settleFail++
		r.outboxTrouble("cannot be written", err)
		return
	}
	r.settleFail = 0
	r.outboxTrouble("", nil)
	r.held -= len(r.settling.sent) + len(r.settling.failed)
	r.settling = batch{}
	r.want = true // an address may have something behind what was settled
}

func retry(n int) time.Duration { return min(retryLeast<<min(n, 10), retryMost) }

// alarm gives a channel for the earliest moment at which something is to be done again; nil for none.
func (r *rounds) alarm(now time.Time) <-chan time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	if len(r.later) > 0 {
		sooner(r.later[0].at)
	}
	if r.want && !r.fetching && r.hold > r.held {
		switch {
		case now.Before(r.fetchFrom):
			sooner(r.fetchFrom)
		default:
			sooner(r.fetchedAt.Add(fetchApart))
		}
	}
	if !r.settles {
		switch {
		case now.Before(r.settleFrom):
			sooner(r.settleFrom)
		case len(r.sent)+len(r.failed) > 0:
			sooner(r.settledAt.Add(settleApart))
		}
	}
	if at.IsZero() {
		return nil
	}
	r.timer.Reset(max(at.Sub(now), 50*time.Microsecond))
	return r.timer.C
}

// drain ends the rounds in good order, within drainTime.
func (r *rounds) drain() {
	limit := cmp.Or(r.drainFor, drainTime)
	over := time.NewTimer(limit)
	defer over.Stop()
	back := func(p *hotline.Parcel) {
		r.note(nil, &hotline.Failure{ID: p.ID, Reason: hotline.TroubleLater, Detail: "the program stopped before it went", Again: time.Now()})
	}
	for i := range r.lanes {
		for p := range r.cleared[i].drain() {
			back(p)
		}
		for p := range r.lanes[i].drain() {
			back(p)
		}
	}
	for _, w := range r.later {
		back(w.p)
	}
	r.later = nil
	late := false
	for r.sending > 0 || r.fetching || r.settles || r.unsettled() {
		r.settle(time.Now())
		select {
		case res := <-r.done:
			r.finished(res)
		case f := <-r.fetched:
			// Its context is over; what it may have brought all the same goes back.
			r.fetching = false
			r.held += len(f.parcels)
			for i := range f.parcels {
				back(&f.parcels[i])
			}
		case err := <-r.settled:
			r.wrote(err)
		case <-r.alarm(time.Now()):
		case <-over.C:
			if late {
				r.Log.Warn("courier: stopped with results unsettled; what they are about may be sent again", "parcels", r.held)
				_ = r.Outbox.Settle(r.sendCtx, r.sent, r.failed) // it hardly succeeds; but an outbox that outlives us can remember
				return
			}
			// First the sends are broken off, then there is a moment to write down that they were.
			late = true
			r.sendsOver(limit)
			over.Reset(limit / 5)
		}
	}
}

// sendsOver breaks off the sends under way, and gives the settling a context of its own.
func (r *rounds) sendsOver(limit time.Duration) {
	r.stop()
	ctx, cancel := context.WithTimeout(context.Background(), limit/5)
	r.sendCtx, r.stop = ctx, cancel
}

func (r *rounds) unsettled() bool {
	return len(r.sent)+len(r.failed)+len(r.settling.sent)+len(r.settling.failed) > 0
}

func (c *Courier) outboxTrouble(what string, err error) {
	c.mu.Lock()
	was := c.outbox
	c.outbox = what
	c.mu.Unlock()
	switch {
	case errors.Is(err, context.Canceled):
	case what != "" && was != what:
		c.Log.Warn("courier: the outbox "+what, "error", err)
	case what == "" && was != "":
		c.Log.Info("courier: the outbox answers again")
	}
}

func (c *Courier) accountTrouble(account, what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.trouble[account]
	if was == what {
		return
	}
	if what == "" {
		delete(c.trouble, account)
		c.Log.Info("courier: an account can send again", "account", account)
		return
	}
	if c.trouble == nil {
		c.trouble = make(map[string]string)
	}
	c.trouble[account] = what
	if was == "" {
		c.Log.Error("courier: the network does not know our account", "account", account, "error", what)
	}
}
