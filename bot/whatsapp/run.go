package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
)

// A word is something that Run is to know of the connection.
type word struct {
	kind  wordKind
	until time.Time // banned
	text  string    // why; the network's own word where it has one
	err   error
}

type wordKind int

const (
	stopped   wordKind = iota
	connected          // logged in, and what had waited for us begins to come
	unreached          // there is no connection to begin with: mostly the network between us
	dropped            // the connection is lost
	reset              // we let go of it ourselves, to be given again what was not taken
	replaced
	loggedOut
	banned
	outdated
	refused // for a reason that the library does not know
)

// tell tells Run a word. Late ones, of a connection that is over, are dropped by the next.
func (c *Channel) tell(w word) {
	select {
	case c.words <- w:
	default: // hundreds wait: whatever this is, the connection is ending
	}
}

// The pauses before another connection, doubled from least up to the most that fits why the last one ended.
const (
	pauseLeast   = 250 * time.Millisecond
	pauseInbox   = 5 * time.Second  // Postgres is ours and comes back soon
	pauseReach   = 5 * time.Second  // a line that was cut is back within a minute or two mostly, and knocking where nobody is bothers nobody
	pauseNetwork = 30 * time.Second // others'
	pauseRefused = 15 * time.Minute // it will hardly think otherwise soon
	pauseOutdate = time.Hour
	pauseBanned  = time.Hour // where the network does not say until when
)

// reachTries is how often pauseReach is the most, some five minutes; then it is pauseNetwork.
const reachTries = 70

const (
	loginTime = 45 * time.Second // until a connection must have logged in
	steady    = 30 * time.Second // a connection that lasted so long begins the pauses anew
	tickEvery = 10 * time.Second

	goodbyeTime = time.Second // for the end of a connection in good order
	saveTime    = 10 * time.Second

	telephoneAway  = 10 * 24 * time.Hour
	telephoneCheck = time.Hour
	pingsMissed    = 3
)

// Run connects and receives until ctx ends, and then returns nil. Only one may run for one device at a time, in all processes: whoever calls it holds
// the lease. What is wrong meanwhile is in State, in the log and told to Alert. It gives up only where going on would do harm or cannot help:
// ErrReplaced when another connection has taken over (never fought for), ErrLoggedOut when the device is linked no more.
func (c *Channel) Run(ctx context.Context) error {
	if c.o.Inbox == nil {
		return errors.New("whatsapp: no inbox to put messages into")
	}
	if err := c.begin(); err != nil {
		return err
	}
	defer c.end()
	var watch sync.WaitGroup
	ctx, stop := context.WithCancel(ctx)
	watch.Go(func() { c.watchTelephone(ctx) })
	defer watch.Wait()
	defer stop()
	tries := 0
	for {
		began := time.Now()
		w, lasted := c.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if lasted && time.Since(began) > steady {
			tries = 0
		}
		switch w.kind {
		case replaced:
			// Whoever called knows whether the other is one of our own, and whether that is news for a human.
			t := Trouble{Kind: TroubleReplaced}
			c.ill(t.String(), time.Time{}, nil)
			c.mu.Lock()
			c.told[t.Kind] = t
			c.mu.Unlock()
			return ErrReplaced
		case loggedOut:
			c.wrong(Trouble{Kind: TroubleLoggedOut, Detail: w.text})
			c.unlink(ctx)
			return ErrLoggedOut
		}
		pause := c.explain(w, tries)
		tries++
		c.rest(ctx, pause)
		if ctx.Err() != nil {
			return nil
		}
	}
}

// explain says why there is no connection, and gives how long to wait before the next.
func (c *Channel) explain(w word, tries int) time.Duration {
	switch w.kind {
	case banned:
		c.wrong(Trouble{Kind: TroubleBanned, Until: w.until, Detail: w.text})
		if w.until.IsZero() {
			return jittered(10*time.Second, tries, pauseBanned)
		}
		left := max(w.until.Sub(c.now()), 0) + time.Second
		return left + chance(min(left/10, 10*time.Minute)) // never in the very second
	case outdated:
		c.wrong(Trouble{Kind: TroubleOutdated})
		return pauseOutdate + chance(pauseOutdate)
	case refused:
		c.wrong(Trouble{Kind: TroubleConnection, Detail: w.text})
		return jittered(8*time.Second, tries, pauseRefused)
	case reset:
		c.ill(w.text, time.Time{}, w.err)
		return jittered(pauseLeast, tries, pauseInbox)
	case unreached:
		c.ill(w.text, time.Time{}, w.err)
		if tries < reachTries {
			return jittered(pauseLeast, tries, pauseReach)
		}
		return jittered(pauseLeast, tries, pauseNetwork)
	}
	c.ill(w.text, time.Time{}, w.err)
	return jittered(pauseLeast, tries, pauseNetwork)
}

// wrong keeps in the state, and tells a human, why the number does not work.
func (c *Channel) wrong(t Trouble) {
	c.ill(t.String(), t.Until, nil)
	c.alert(t)
}

// unlink deletes the keys of a device that is linked no more. The library does so too, unless its connection ends meanwhile.
func (c *Channel) unlink(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if _, err := c.o.DB.ExecContext(ctx, `delete from whatsmeow_device where jid = $1`, c.jid); err != nil {
		c.log.Warn("whatsapp: the keys of a device that is linked no more are not deleted yet", "error", harmless(err))
	}
}

func jittered(least time.Duration, tries int, most time.Duration) time.Duration {
	d := min(least<<min(tries, 20), most)
	return d/2 + chance(d/2+1)
}

func chance(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return rand.N(d)
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (c *Channel) begin() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		return errors.New("whatsapp: this number runs already")
	}
	c.running = true
	delete(c.told, TroubleReplaced) // whoever calls again has the right to
	return nil
}

func (c *Channel) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = false
	if c.state.Healthy {
		c.state = State{Reason: "stopped", Last: c.state.Last}
	}
}

// A session is one connection, from its making to its end. Its context is also that of whatever the library does over it, so that nothing of an old
// connection goes on beside a new one.
type session struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu       sync.Mutex
	over     bool
	live     bool      // logged in
	behind   time.Time // until when what waited for us comes, at the latest
	refusing bool      // something was not taken: nothing behind it may be, or the order would be lost
	at       sync.WaitGroup
}

// enter begins something that the session's end waits for; false: it is over.
func (s *session) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.at.Add(1)
	return true
}

func (s *session) leave() { s.at.Done() }

// takes tells whether messages are taken.
func (s *session) takes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.over && !s.refusing
}

func (s *session) isLive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live && !s.over
}

func (c *Channel) current() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

func (c *Channel) connected() bool {
	s := c.current()
	return s != nil && s.isLive()
}

// refuse lets go of the connection because something could not be taken: it comes again with the next one, and so does all behind it.
func (c *Channel) refuse(why string, err error) {
	s := c.current()
	if s == nil {
		return
	}
	s.mu.Lock()
	first := !s.refusing && !s.over
	s.refusing = true
	s.mu.Unlock()
	if first {
		c.tell(word{kind: reset, text: why, err: err})
	}
}

// connect makes one connection and stays on it until it ends. It gives why it ended, and whether it was logged in at all.
func (c *Channel) connect(ctx context.Context) (why word, lasted bool) {
	s := &session{}
	// Not ended with ctx: a connection ends in good order, and what is being committed over it may finish.
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for len(c.words) > 0 {
		<-c.words
	}
	c.ledger.forget() // another may have had the connection meanwhile
	c.mu.Lock()
	c.session = s
	c.mu.Unlock()
	defer c.disconnect(s)

	login := time.AfterFunc(loginTime, func() {
		if !s.isLive() {
			s.cancel()
			c.tell(word{kind: dropped, text: "WhatsApp does not let us in in time"})
		}
	})
	defer login.Stop()
	giveUp := context.AfterFunc(ctx, s.cancel)
	err := c.client.ConnectContext(s.ctx)
	giveUp()
	if err != nil {
		if errors.Is(err, store.ErrDeviceDeleted) {
			return word{kind: loggedOut}, false
		}
		return word{kind: unreached, text: "WhatsApp cannot be reached", err: err}, false
	}
	tick := time.NewTicker(c.unread.every())
	defer tick.Stop()
	began := time.Now()
	old := time.NewTimer(c.left)
	defer old.Stop()
	for {
		select {
		case <-ctx.Done():
			return word{kind: stopped}, lasted
		case <-tick.C:
			c.giveUp(s)
		case <-old.C:
			c.clearOlder(s, began)
		case w := <-c.words:
			if w.kind != connected {
				return w, lasted
			}
			lasted = true
			c.arrive(s)
		}
	}
}

// clearOlder clears what was decrypted before this connection and is still there in words: a program that was killed had handled it and could not
// clear it. What it had not handled has come again since.
func (c *Channel) clearOlder(s *session, than time.Time) {
	ctx, cancel := context.WithTimeout(s.ctx, clearTime)
	defer cancel()
	if err := c.ledger.clearOlder(ctx, than); err != nil {
		c.log.Warn("whatsapp: old messages are not cleared yet", "error", harmless(err))
	}
}

// disconnect ends a session, and waits for whatever still works on it.
func (c *Channel) disconnect(s *session) {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		hangUp(c.client)
	}()
	goodbye := time.NewTimer(goodbyeTime)
	select {
	case <-gone:
	case <-goodbye.C: // the other end is not there to hear it
	}
	goodbye.Stop()
	s.cancel()
	<-gone
	s.at.Wait()
	c.mu.Lock()
	c.session = nil
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), goodbyeTime)
	defer cancel()
	if err := c.ledger.clearHandled(ctx); err != nil {
		c.log.Debug("whatsapp: what was handled is not cleared yet", "error", harmless(err))
	}
	c.ledger.forget()
}

// arrive makes itself known after a login.
func (c *Channel) arrive(s *session) {
	s.mu.Lock()
	s.live = true
	s.mu.Unlock()
	c.over(TroubleBanned, TroubleOutdated, TroubleReplaced, TroubleConnection, TroubleLoggedOut)
	c.well()
	if !s.enter() {
		return
	}
	go func() {
		defer s.leave()
		if err := c.present(s.ctx); err != nil && s.ctx.Err() == nil {
			c.log.Debug("whatsapp: not shown as present", "error", harmless(err))
		}
	}()
}

// present shows us by name and as online, so that whoever writes sees that it arrived and that an answer is on its way.
func (c *Channel) present(ctx context.Context) error {
	name := c.o.PushName
	if name == "" && c.device.PushName == "" {
		name = "Tanggap"
	}
	if name != "" && name != c.device.PushName {
		c.device.PushName = name
		// Not ended with the connection: Postgres may still do what it was asked when nobody waits any more. Where the device was just unlinked, its keys
		// would be back after they were deleted.
		whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
		defer cancel()
		if err := c.device.Save(whole); err != nil {
			return fmt.Errorf("keep our name: %w", err)
		}
	}
	return c.client.SendPresence(ctx, types.PresenceAvailable)
}

// watchTelephone tells when the telephone has been away for too long.
func (c *Channel) watchTelephone(ctx context.Context) {
	c.mu.Lock()
	if c.seen.IsZero() {
		c.seen = c.now()
	}
	c.mu.Unlock()
	for ctx.Err() == nil {
		c.checkTelephone()
		sleep(ctx, telephoneCheck)
	}
}

func (c *Channel) checkTelephone() {
	c.mu.Lock()
	seen := c.seen
	c.mu.Unlock()
	if c.now().Sub(seen) > telephoneAway {
		c.alert(Trouble{Kind: TroubleTelephone})
	}
}

// sawTelephone notes a sign of life of our own telephone.
func (c *Channel) sawTelephone() {
	c.mu.Lock()
	now := c.now()
	c.seen = now
	tell := c.o.Seen != nil && now.Sub(c.seenTold) > telephoneCheck
	if tell {
		c.seenTold = now
	}
	c.mu.Unlock()
	c.over(TroubleTelephone)
	if tell {
		c.o.Seen(now)
	}
}
