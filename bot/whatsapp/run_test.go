package whatsapp

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"tanggap/hotline"
)

// healthy waits until the channel is, or is not.
func (w *world) healthy(t *testing.T, is bool) State {
	t.Helper()
	late := soon(t)
	for {
		if s := w.channel.State(); s.Healthy == is {
			return s
		}
		select {
		case <-time.After(2 * time.Millisecond):
		case <-late.Done():
			t.Fatalf("%+v", w.channel.State())
		}
	}
}

// hold keeps a channel in each pause between two connections until the test takes it from pauses, which also tells how long it was to be: so what
// holds meanwhile can be looked at, however slow the machine is.
func (w *world) hold() (pauses chan time.Duration) {
	pauses = make(chan time.Duration)
	w.channel.rest = func(ctx context.Context, d time.Duration) {
		select {
		case pauses <- d:
		case <-ctx.Done():
		}
	}
	return pauses
}

// back lets a channel that is held go on until it is connected again.
func (w *world) back(t *testing.T, pauses <-chan time.Duration) {
	t.Helper()
	late := soon(t)
	for !w.channel.State().Healthy {
		select {
		case <-pauses:
		case <-time.After(2 * time.Millisecond):
		case <-late.Done():
			t.Fatalf("%+v", w.channel.State())
		}
	}
}

// A connection that is lost, whatever way, is made again, and what waited comes.
func TestReconnecting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pauses := w.hold()
	run(t, w.channel)
	for name, lose := range map[string]func(){
		"cut off":                func() { w.Cut(ownPhone) },
		"the network restarts":   func() { w.StreamError(ownPhone, 503) },
		"an unknown error":       func() { w.StreamError(ownPhone, 999) },
		"it fails to let us in":  func() { w.FailLogin(ownPhone, 503); w.FailLogin(ownPhone, 500); w.Cut(ownPhone) },
		"keep-alives unanswered": func() { w.channel.handle(&events.KeepAliveTimeout{ErrorCount: pingsMissed}) },
	} {
		lose()
		if s := w.healthy(t, false); s.Reason == "" {
			t.Errorf("%s: no reason", name)
		}
		must[string](t)(w.siti.Say(name))
		w.back(t, pauses)
		if m := w.inbox.next(t); m.Text != name {
			t.Errorf("%q came after %s", m.Text, name)
		}
	}
	w.noAlert(t)
}

// A line that was cut for a while: it is tried again until somebody answers, and then all is as before.
func TestALineThatWasCutForAWhile(t *testing.T) {
	t.Parallel()
	line := &cuttable{}
	w := newWorld(t, func(o *Options) { line.to, o.Transport = o.Transport, line })
	pauses := w.hold()
	run(t, w.channel)
	w.healthy(t, true)
	line.refuse.Store(4)
	w.Cut(ownPhone)
	if s := w.healthy(t, false); s.Reason == "" {
		t.Error("no reason")
	}
	must[string](t)(w.siti.Say("masih di situ?"))
	w.back(t, pauses)
	if m := w.inbox.next(t); m.Text != "masih di situ?" || line.refuse.Load() > 0 {
		t.Errorf("%+v with %d refusals to come", m, line.refuse.Load())
	}
	w.noAlert(t)
}

// A cuttable line refuses the next few who want to connect.
type cuttable struct {
	to     http.RoundTripper
	refuse atomic.Int32
}

func (c *cuttable) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.refuse.Add(-1) >= 0 {
		return nil, errors.New("no line")
	}
	return c.to.RoundTrip(r)
}

// However long a line was cut, up to five minutes, it is tried again within five seconds of its return; after that within half a minute. What WhatsApp
// itself refuses is tried ever more seldom.
func TestPauses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		why   word
		until time.Duration // of trying, for which the first figure holds
		first time.Duration // the longest pause meanwhile
		later time.Duration // and after that
		least time.Duration // the shortest pause after an hour
	}{
		{word{kind: unreached}, 3 * time.Minute, 5 * time.Second, 30 * time.Second, 15 * time.Second},
		{word{kind: dropped}, time.Hour, 30 * time.Second, 30 * time.Second, 15 * time.Second},
		{word{kind: reset}, time.Hour, 5 * time.Second, 5 * time.Second, 2500 * time.Millisecond},
		{word{kind: refused}, time.Hour, 15 * time.Minute, 15 * time.Minute, 7 * time.Minute},
		{word{kind: banned}, time.Hour, time.Hour, time.Hour, 4 * time.Minute},
	} {
		passed := time.Duration(0)
		for tries := 0; passed < 2*time.Hour; tries++ {
			pause := w.channel.explain(c.why, tries)
			most := c.later
			if passed < c.until {
				most = c.first
			}
			if pause > most || passed > time.Hour && pause < c.least {
				t.Fatalf("%v after %s: a pause of %s", c.why.kind, passed, pause)
			}
			passed += pause
		}
	}
}

// Nobody answers at all: it goes on trying, and says so.
func TestNetworkAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.channel.Run(ctx) }()
	late := soon(t)
	for w.channel.State().Reason != "WhatsApp cannot be reached" {
		select {
		case <-time.After(2 * time.Millisecond):
		case <-late.Done():
			t.Fatalf("%+v", w.channel.State())
		}
	}
	if _, err := w.channel.Send(late, hotline.Outgoing{ID: 1, Peer: "1@lid", Text: "x"}); troubleOf(t, err) != hotline.TroubleUnavailable {
		t.Error(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Whoever connects later has the number. The first lets go, says so, and does not come back by itself.
func TestTwoConnectionsAreNoWar(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := run(t, w.channel)
	second := w.another(t)
	run(t, second)
	ended(t, w.channel)
	if err := first(); !errors.Is(err, ErrReplaced) {
		t.Errorf("Run: %v", err)
	}
	w.noAlert(t) // whoever runs them knows whether both are ours
	if s := w.channel.State(); s.Healthy || s.Reason == "" {
		t.Errorf("%+v", s)
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: w.siti.LID(), Text: "x"}); troubleOf(t, err) != hotline.TroubleAccount {
		t.Error(err)
	}
	must[string](t)(w.siti.Say("siapa?"))
	w.inbox.next(t)
	if !second.connected() {
		t.Error("the second was thrown out")
	}
	if now, most := w.Sockets(ownPhone); now != 1 || most > 2 {
		t.Errorf("%d connections, once %d", now, most)
	}
}

// A ban is waited for, without knocking; then the number works again. What is due meanwhile waits too.
func TestTemporaryBan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pauses := w.hold()
	hold := w.channel.rest
	w.channel.rest = func(ctx context.Context, d time.Duration) {
		if d > time.Minute { // else it was thrown out, and comes back to hear why
			hold(ctx, d)
		}
	}
	run(t, w.channel)
	peer, _ := w.met(t)
	w.TempBan(ownPhone, time.Hour)
	a := w.alert(t, TroubleBanned)
	if left := time.Until(a.Until); left > time.Hour+time.Second || left < 50*time.Minute {
		t.Errorf("%+v", a)
	}
	if s := w.channel.State(); s.Healthy || !s.Until.Equal(a.Until) {
		t.Errorf("%+v", s)
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: peer, Text: "x"}); troubleOf(t, err) != hotline.TroubleAccount {
		t.Error(err)
	}
	w.TempBan(ownPhone, 0)
	left := time.Until(a.Until)
	select {
	case pause := <-pauses:
		if pause < left {
			t.Errorf("it knocks again after %v, and is banned for %v", pause, left)
		}
	case <-soon(t).Done():
		t.Fatal("it does not wait for the ban to end")
	}
	w.healthy(t, true)
	w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "x"})
	w.noAlert(t)
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	w.Outdated(ownPhone, true)
	w.alert(t, TroubleOutdated)
	if s := w.channel.State(); s.Healthy || s.Reason == "" {
		t.Errorf("%+v", s)
	}
}

// Unlinked on the telephone, while connected or not: only pairing helps, and a human is told.
func TestLoggedOut(t *testing.T) {
	t.Parallel()
	for _, away := range []bool{false, true} {
		w := newWorld(t)
		if away {
			w.Logout(ownPhone)
			go func() { _ = w.channel.Run(context.Background()) }()
		} else {
			end := run(t, w.channel)
			w.Logout(ownPhone)
			ended(t, w.channel)
			if err := end(); !errors.Is(err, ErrLoggedOut) {
				t.Errorf("Run: %v", err)
			}
		}
		w.alert(t, TroubleLoggedOut)
		for w.channel.isRunning() {
			select {
			case <-time.After(5 * time.Millisecond):
			case <-soon(t).Done():
				t.Fatal("Run goes on")
			}
		}
		if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: w.siti.LID(), Text: "x"}); troubleOf(t, err) != hotline.TroubleAccount {
			t.Error(err)
		}
		if _, err := New(t.Context(), w.options); !errors.Is(err, ErrUnpaired) {
			t.Errorf("New: %v", err)
		}
	}
}

func TestConnectFailureForAnUnknownReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	w.FailLogin(ownPhone, 418)
	w.Cut(ownPhone)
	w.alert(t, TroubleConnection)
	w.healthy(t, true)
}

// The telephone's own signs of life are seen; when there are none for ten days, a human is told once.
func TestTelephoneAway(t *testing.T) {
	t.Parallel()
	seen := make(chan time.Time, 10)
	w := newWorld(t, func(o *Options) { o.Seen = func(at time.Time) { seen <- at } })
	run(t, w.channel)
	peer, _ := w.met(t)
	w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "x"}) // the telephone gets a copy, and says so
	select {
	case at := <-seen:
		if time.Since(at) > time.Minute {
			t.Error(at)
		}
	case <-soon(t).Done():
		t.Fatal("the telephone was not seen")
	}
	w.send(t, hotline.Outgoing{ID: 2, Peer: peer, Text: "y"})
	w.met(t) // what the telephone says of it came before this
	if len(seen) != 0 {
		t.Error("told of the telephone twice within an hour")
	}
	w.channel.mu.Lock()
	w.channel.seen = time.Now().Add(-telephoneAway - time.Hour)
	w.channel.mu.Unlock()
	w.channel.checkTelephone()
	w.channel.checkTelephone()
	w.alert(t, TroubleTelephone)
	w.noAlert(t)
	if s := w.channel.State(); !s.Healthy || s.Reason == "" {
		t.Errorf("%+v", s)
	}
	w.send(t, hotline.Outgoing{ID: 3, Peer: peer, Text: "z"})
	for w.channel.State().Reason != "" {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-soon(t).Done():
			t.Fatalf("the telephone is back: %+v", w.channel.State())
		}
	}
}

// What became of what was sent is passed on.
func TestDelivered(t *testing.T) {
	t.Parallel()
	told := make(chan hotline.Delivered, 100)
	w := newWorld(t, func(o *Options) {
		o.Delivered = func(list []hotline.Delivered) {
			for _, d := range list {
				told <- d
			}
		}
	})
	run(t, w.channel)
	peer, _ := w.met(t)
	r := w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "x"})
	w.got(t, byID(r.Ref))
	if err := w.siti.Read(r.Ref); err != nil {
		t.Fatal(err)
	}
	states := map[string]bool{}
	for len(states) < 2 { // in whatever order the telephone says so
		select {
		case d := <-told:
			if d.Ref != r.Ref || d.At.IsZero() {
				t.Errorf("%+v", d)
			}
			states[d.State] = true
		case <-soon(t).Done():
			t.Fatal("nobody is told")
		}
	}
	if !states["delivered"] || !states["read"] {
		t.Error(states)
	}
}

func TestPace_keepsMessagesApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Pace = &Pace{Gap: 400 * time.Millisecond, Same: 400 * time.Millisecond} })
	run(t, w.channel)
	peer, _ := w.met(t)
	start := time.Now()
	w.send(t, hotline.Outgoing{ID: 1, Peer: peer, Text: "1"})
	w.send(t, hotline.Outgoing{ID: 2, Peer: peer, Text: "2"})
	if paced := time.Since(start); paced < 400*time.Millisecond {
		t.Errorf("two ordinary ones took %v", paced)
	}
	// An ordinary one would wait for an hour now; what is urgent does not.
	w.channel.pacer = newPacer(Pace{Gap: time.Hour, Same: time.Hour})
	w.send(t, hotline.Outgoing{ID: 3, Peer: peer, Text: "3"})
	w.send(t, hotline.Outgoing{ID: 4, Peer: peer, Text: "darurat", Urgent: true})
}

func TestLink(t *testing.T) {
	t.Parallel()
	c := &Channel{number: "628112"}
	if got := c.Link("/daftar AB12"); got != "https://wa.me/628112?text=%2Fdaftar%20AB12" {
		t.Error(got)
	}
	if got := c.Link(""); got != "https://wa.me/628112" {
		t.Error(got)
	}
}
