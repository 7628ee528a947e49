package house

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/types"
	"golang.org/x/sync/errgroup"

	"tanggap/bot/whatsapp"
	"tanggap/hotline"
	"tanggap/store"
)

// WhatsAppOptions are what the linked telephones' channel is made of. Which numbers there are stands in Postgres: `tanggap whatsapp pair` puts one
// there, and the running program takes it up.
type WhatsAppOptions struct {
	Pace      *whatsapp.Pace    // nil: careful
	Transport http.RoundTripper // nil: the real network; else a simulated one
	Root      *[32]byte         // with Transport: whom to believe that it is WhatsApp
	Polls     bool              // short menus are drawn as polls, also where the regency does not say so
	Look      time.Duration     // how often it is seen whether numbers came or went; 0: 2 s
}

// numbers are the WhatsApp numbers this instance knows, each with its account.
type numbers struct {
	h  *House
	db *sql.DB

	mu  sync.Mutex
	has map[string]*number // by name
}

type number struct {
	store.Number
	account *account
	channel *whatsapp.Channel
	manner  manner
	notes   chan func(context.Context) // what its connection told, to be noted
	stop    context.CancelFunc
	done    chan struct{}

	mu     sync.Mutex
	untold []whatsapp.Trouble // what the coordinators are yet to be told: it could not be committed so far
}

// A manner is how a number speaks, as the regency has it.
type manner struct {
	pace  whatsapp.Pace
	polls bool
}

func (h *House) manner() manner {
	use := h.rooms.Load().regency.WhatsApp
	m := manner{whatsapp.Pace{Gap: use.Apart, Same: whatsapp.DefaultPace.Same, Jitter: use.Jitter}, use.Polls || h.WhatsApp.Polls}
	if h.WhatsApp.Pace != nil {
		m.pace = *h.WhatsApp.Pace
	}
	return m
}

func newNumbers(h *House) *numbers {
	return &numbers{h: h, db: h.store.SQL(), has: map[string]*number{}}
}

// run takes numbers up as they are paired, and lets them go when they are unlinked or can no longer be used, until ctx ends.
func (n *numbers) run(ctx context.Context) error {
	every := n.h.WhatsApp.Look
	if every <= 0 {
		every = 2 * time.Second
	}
	group, ctx := errgroup.WithContext(ctx)
	defer n.stopAll()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := n.look(ctx, group); err != nil && ctx.Err() == nil {
			n.h.log.Warn("WhatsApp numbers not read; trying again", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return group.Wait()
		}
	}
}

// look compares the numbers there should be with those there are.
func (n *numbers) look(ctx context.Context, group *errgroup.Group) error {
	list, err := n.h.store.Numbers(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]store.Number{}
	for _, x := range list {
		if x.JID != "" {
			wanted[x.Name] = x
		}
	}
	n.mu.Lock()
	var gone []*number
	for name, x := range n.has {
		if w, ok := wanted[name]; !ok || w.JID != x.JID || fatal(w.Trouble) || x.manner != n.h.manner() {
			gone = append(gone, x)
			delete(n.has, name)
		}
	}
	n.mu.Unlock()
	for _, x := range gone {
		n.drop(x)
	}
	for name, w := range wanted {
		n.mu.Lock()
		x, known := n.has[name]
		n.mu.Unlock()
		switch {
		case known:
			n.tell(ctx, x)
			n.better(ctx, x, w)
		case fatal(w.Trouble):
			// Nobody speaks for it. What was to be said there goes another way where there is one.
			if jid, err := types.ParseJID(w.JID); err == nil {
				n.h.divert(ctx, hotline.WhatsApp, jid.User, hotline.LaneNotice)
			}
		default:
			if err := n.take(ctx, group, w); err != nil && ctx.Err() == nil {
				n.h.log.Error("a WhatsApp number cannot be taken up", "number", name, "error", err)
			}
		}
	}
	return nil
}

// fatal tells whether a number can only be used again after a human paired it or let it go on.
func fatal(trouble string) bool {
	return trouble == string(whatsapp.TroubleLoggedOut) || trouble == string(whatsapp.TroubleReplaced)
}

// better forgets a trouble that has passed.
func (n *numbers) better(ctx context.Context, x *number, w store.Number) {
	if s := x.channel.State(); w.Trouble != "" && !x.owes() && s.Healthy && s.Reason == "" && n.h.has(x.account.name()) {
		if _, err := n.h.store.NumberTrouble(ctx, w.Name, ""); err != nil && ctx.Err() == nil {
			n.h.log.Warn("not noted that a WhatsApp number is well again", "number", w.Name, "error", err)
		}
	}
}

// take begins to speak for a number.
func (n *numbers) take(ctx context.Context, group *errgroup.Group, w store.Number) error {
	h := n.h
	jid, err := types.ParseJID(w.JID)
	if err != nil {
		return fmt.Errorf("read the device's name: %w", err)
	}
	x := &number{Number: w, manner: h.manner(), notes: make(chan func(context.Context), 64), done: make(chan struct{})}
	x.channel, err = n.open(ctx, x, jid)
	if errors.Is(err, whatsapp.ErrUnpaired) {
		_, err = h.store.NumberTrouble(ctx, w.Name, string(whatsapp.TroubleLoggedOut))
		return errors.Join(whatsapp.ErrUnpaired, err)
	}
	if err != nil {
		return err
	}
	x.account = &account{channel: hotline.WhatsApp, network: x.channel, alone: true,
		unasked: func() int { return h.rooms.Load().regency.WhatsApp.Unasked },
		receive: func(ctx context.Context) error { return n.receive(ctx, x) }, behind: x.channel.Behind,
		ill: func() string {
			if s := x.channel.State(); !s.Healthy {
				return s.Reason
			}
			return ""
		}}
	h.keep(x.account)
	own, stop := context.WithCancel(ctx)
	x.stop = stop
	n.mu.Lock()
	n.has[w.Name] = x
	n.mu.Unlock()
	group.Go(func() error {
		defer close(x.done)
		over, noted := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(noted)
			note(own, x.notes, over)
		}()
		err := x.account.run(own)
		close(over)
		<-noted
		return err
	})
	h.log.Info("speaking for a WhatsApp number", "number", w.Name, "use", w.Use)
	return nil
}

// open makes a number's channel, and has what it tells noted.
func (n *numbers) open(ctx context.Context, x *number, jid types.JID) (*whatsapp.Channel, error) {
	h := n.h
	var news arrivals
	return whatsapp.New(ctx, whatsapp.Options{
		Name: x.Name, Device: jid, DB: n.db, Inbox: h.store, Pace: &x.manner.pace, Transport: h.WhatsApp.Transport, Root: h.WhatsApp.Root, Log: h.log,
		Polls:    x.manner.polls,
		CaughtUp: func() { x.account.wake.Ring() },
		LastSeen: x.Telephone,
		Hears:    func(group string) bool { return h.store.IsGroup(ctx, hotline.WhatsApp, jid.User, group) },
		Alert: func(t whatsapp.Trouble) {
			x.owe(t)
			n.later(x, func(ctx context.Context) { n.tell(ctx, x) }) // else look does
		},
		Seen: func(at time.Time) {
			n.later(x, func(ctx context.Context) {
				if err := h.store.NumberSeen(ctx, x.Name, at); err != nil {
					h.log.Warn("not noted that a telephone was there", "number", x.Name, "error", err)
				}
			})
		},
		Delivered: func(came []hotline.Delivered) {
			if !news.add(came) {
				return // they go along with those before
			}
			if !n.later(x, func(ctx context.Context) {
				if err := h.store.Delivered(ctx, hotline.WhatsApp, jid.User, news.take()); err != nil {
					h.log.Warn("not noted what arrived", "number", x.Name, "error", err)
				}
			}) {
				news.missed()
			}
		},
	})
}

// later has something noted that a number's connection tells: outside of the connection, which must not wait for Postgres. False: it cannot be.
func (n *numbers) later(x *number, note func(context.Context)) bool {
	select {
	case x.notes <- note:
		return true
	default:
		n.h.log.Warn("WhatsApp tells more than can be noted", "number", x.Name)
		return false
	}
}

// arrivals gathers what a network tells of what arrived, so that many are noted at once.
type arrivals struct {
	mu      sync.Mutex
	list    []hotline.Delivered
	ordered bool // to be noted
}

const mostArrivals = 10_000

// add gathers more; true: somebody must be told to note it.
func (a *arrivals) add(came []hotline.Delivered) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) < mostArrivals {
		a.list = append(a.list, came...)
	}
	was := a.ordered
	a.ordered = true
	return !was
}

// take gives all that was gathered.
func (a *arrivals) take() []hotline.Delivered {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.list
	a.list, a.ordered = nil, false
	return list
}

// missed says that nobody could be told: the next to come tries again.
func (a *arrivals) missed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ordered = false
}

// noteRest is how long after its end a number may still note what was told.
const noteRest = 2 * time.Second

// note notes what was told until it is over, and then the rest, for which it has a moment; so it has when ctx ends.
func note(ctx context.Context, told <-chan func(context.Context), over <-chan struct{}) {
	noting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(noteRest, cancel) })()
	for {
		select {
		case fn := <-told:
			fn(noting)
			continue
		case <-over:
			time.AfterFunc(noteRest, cancel)
		}
		for {
			select {
			case fn := <-told:
				fn(noting)
			default:
				return
			}
		}
	}
}

// receive keeps the number's connection while this instance holds its lease.
func (n *numbers) receive(ctx context.Context, x *number) error {
	for {
		for n.letBe(ctx, x) { // until look stops it, or a human has mended it before look could see
			if !wait(ctx, time.Second) {
				return nil
			}
		}
		n.speak(ctx, x)
		if !wait(ctx, time.Second) {
			return nil
		}
	}
}

// letBe tells whether a number must not be spoken for, although this instance may. Another one that has just let it go notes why before it lets its
// lease go; whoever has the lease next may not have looked since, and would fight for what was let go on purpose.
func (n *numbers) letBe(ctx context.Context, x *number) bool {
	for {
		w, err := n.h.store.Number(ctx, x.Name)
		switch {
		case x.owes(whatsapp.TroubleLoggedOut, whatsapp.TroubleReplaced):
			return true // the others do not know yet
		case err == nil:
			return w.JID != x.JID || fatal(w.Trouble)
		case errors.Is(err, hotline.ErrNotFound):
			return true
		case !wait(ctx, time.Second):
			return true
		}
	}
}

// speak is connected until ctx ends, or the number cannot be used any more. Where another connection takes it over although the lease is ours, it is
// none of ours: it is let be, and a human hears of it. An unlinked number waits for its human too.
func (n *numbers) speak(ctx context.Context, x *number) {
	err := x.channel.Run(ctx)
	if ctx.Err() != nil {
		return
	}
	trouble := whatsapp.TroubleConnection
	switch {
	case errors.Is(err, whatsapp.ErrLoggedOut), errors.Is(err, whatsapp.ErrUnpaired):
		trouble = whatsapp.TroubleLoggedOut
	case errors.Is(err, whatsapp.ErrReplaced):
		if held, err := n.h.renew(ctx, x.account.name()); err != nil || !held {
			<-ctx.Done() // deposed: another instance of ours has it
			return
		}
		trouble = whatsapp.TroubleReplaced
	}
	n.h.log.Error("a WhatsApp number is let go", "number", x.Name, "error", err)
	x.owe(whatsapp.Trouble{Kind: trouble})
	n.tell(ctx, x)
}

// owe keeps a trouble until the coordinators have been told of it. Of one kind the latest counts.
func (x *number) owe(t whatsapp.Trouble) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.untold = append(slices.DeleteFunc(x.untold, func(o whatsapp.Trouble) bool { return o.Kind == t.Kind }), t)
}

// owes tells whether there is a trouble, of one of these kinds or of any, of which the coordinators are yet to be told.
func (x *number) owes(kinds ...whatsapp.TroubleKind) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.ContainsFunc(x.untold, func(t whatsapp.Trouble) bool { return len(kinds) == 0 || slices.Contains(kinds, t.Kind) })
}

// tell tells the coordinators what they are yet to be told. What cannot be committed is tried again at the next look.
func (n *numbers) tell(ctx context.Context, x *number) {
	x.mu.Lock()
	list := slices.Clone(x.untold)
	x.mu.Unlock()
	for _, t := range list {
		if err := n.alert(ctx, x, t); err != nil {
			if ctx.Err() == nil {
				n.h.log.Warn("nobody is told of a WhatsApp number's trouble yet", "number", x.Name, "error", err)
			}
			return
		}
		x.mu.Lock()
		x.untold = slices.DeleteFunc(x.untold, func(o whatsapp.Trouble) bool { return o == t })
		x.mu.Unlock()
	}
}

// alert notes a trouble and tells the coordinators by another way: both or nothing, and each trouble once.
func (n *numbers) alert(ctx context.Context, x *number, t whatsapp.Trouble) error {
	say := hotline.Say("number."+numberPhrase(t.Kind), "name", x.Name)
	if !t.Until.IsZero() {
		say = say.And("number.until", "until", t.Until)
	}
	return n.h.store.Do(ctx, n.h.Clock.Now(), func(tx *store.Tx) error {
		news, err := tx.NumberTrouble(ctx, x.Name, string(t.Kind))
		if err != nil || !news {
			return err
		}
		people, err := tx.People(ctx, nil, hotline.RoleCoordinator)
		if err != nil {
			return fmt.Errorf("find the coordinators: %w", err)
		}
		told := map[hotline.PersonID]bool{}
		for _, r := range people {
			if told[r.Person] {
				continue
			}
			told[r.Person] = true
			tx.Say(hotline.Out{Person: r.Person, Lane: hotline.LaneNotice, Avoid: x.account.name(), Reply: say})
		}
		return nil
	})
}

// numberPhrase names the phrase that says a trouble.
func numberPhrase(k whatsapp.TroubleKind) string {
	return map[whatsapp.TroubleKind]string{
		whatsapp.TroubleLoggedOut: "loggedout", whatsapp.TroubleBanned: "banned", whatsapp.TroubleOutdated: "outdated",
		whatsapp.TroubleReplaced: "replaced", whatsapp.TroubleRestricted: "restricted", whatsapp.TroubleTelephone: "telephone",
		whatsapp.TroubleConnection: "connection",
	}[k]
}

// drop stops speaking for a number and waits until it is silent.
func (n *numbers) drop(x *number) {
	x.stop()
	<-x.done
	n.h.forget(x.account.name())
	n.h.log.Info("no longer speaking for a WhatsApp number", "number", x.Name)
}

func (n *numbers) stopAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, x := range n.has {
		x.stop()
	}
}
