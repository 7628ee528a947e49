package whatsapp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/binary"
)

// faults are what goes wrong for one account. The server's lock guards them.
type faults struct {
	drop     int           // so many of the next messages to it are kept back
	garble   int           // so many of the next ciphertexts to it are damaged
	delay    time.Duration // of what it is given
	trickle  time.Duration // between two stanzas
	lastDue  time.Time     // when the newest delayed stanza goes out
	lose     int           // so many of the next messages from it are lost
	loseAck  int           // so many of the next messages from it are handed on and never acknowledged
	answers  []int         // the codes that the next messages from it get
	deaf     bool          // keep-alives get no answer
	refusals []refusal     // of the next logins, one each
	banned   time.Time     // until then
	outdated bool
	locked   time.Time // may not write to strangers until then

	phoneAway bool
	phoneSeen time.Time // when the phone was last there
	owed      []node    // what a phone that is away would have answered
}

// refusal is a login that fails.
type refusal struct {
	reason, code int
	expire       time.Duration
}

// How long a phone may be away before its companions are logged out.
const phoneAbsence = 14 * 24 * time.Hour

// refusal says whether the next login fails.
func (f *faults) refusal(now time.Time) (refusal, bool) {
	switch {
	case f.phoneAway && now.Sub(f.phoneSeen) > phoneAbsence:
		return refusal{reason: 401}, true
	case now.Before(f.banned):
		return refusal{reason: 402, code: 104, expire: f.banned.Sub(now)}, true
	case f.outdated:
		return refusal{reason: 405}, true
	case len(f.refusals) > 0:
		r := f.refusals[0]
		f.refusals = f.refusals[1:]
		return r, true
	}
	return refusal{}, false
}

// spoil does to a stanza that is about to be delivered what was asked for.
func (f *faults) spoil(p *pending) {
	if p.node.Tag != "message" {
		return
	}
	if f.drop > 0 {
		f.drop--
		p.held = true
	}
	if f.garble > 0 {
		f.garble--
		p.node = garbled(p.node)
	}
}

// garbled damages one bit of the first ciphertext, in the part that is authenticated.
func garbled(n node) node {
	parts := append([]node(nil), children(n)...)
	for i, part := range parts {
		b := raw(part)
		if part.Tag != "enc" || len(b) < 16 {
			continue
		}
		b = bytes.Clone(b)
		b[len(b)-12] ^= 1
		parts[i].Content = b
		break
	}
	n.Content = parts
	return n
}

// delayed says when a stanza that is given now goes out: after the delay, and not before those
// that were given earlier.
func (s *Server) delayed(a *account, d time.Duration) time.Time {
	due := time.Now().Add(d)
	if apart := a.faults.lastDue.Add(a.faults.trickle); due.Before(apart) {
		due = apart
	}
	a.faults.lastDue = due
	return due
}

func (f *faults) answer() int {
	if len(f.answers) == 0 {
		return 0
	}
	code := f.answers[0]
	f.answers = f.answers[1:]
	return code
}

func (f *faults) timelocked(now time.Time) bool { return now.Before(f.locked) }

func (f *faults) swallow() bool {
	if f.lose == 0 {
		return false
	}
	f.lose--
	return true
}

func (f *faults) forgetAck() bool {
	if f.loseAck == 0 {
		return false
	}
	f.loseAck--
	return true
}

// with does something to an account under the lock.
func (s *Server) with(who string, do func(a *account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do(s.must(who))
}

// each does something to every logged-in socket of an account.
func (a *account) each(do func(c *socket)) {
	for _, d := range a.sorted() {
		if d.socket != nil {
			do(d.socket)
		}
	}
}

// DropNext keeps back the next n messages to an account, as if they had been lost on the way to
// it: they are delivered when it connects again.
func (s *Server) DropNext(who string, n int) {
	s.with(who, func(a *account) { a.faults.drop = n })
}

// Delay makes everything that is delivered to an account come so much later; 0 ends it.
func (s *Server) Delay(who string, d time.Duration) {
	s.with(who, func(a *account) { a.faults.delay = d })
}

// Trickle gives an account's devices one stanza after the other, each so long after the one before; 0 is at once again.
func (s *Server) Trickle(who string, d time.Duration) {
	s.with(who, func(a *account) { a.faults.trickle = d })
}

// Garble damages the next n ciphertexts to an account, so that they do not decrypt and have to
// be asked for again.
func (s *Server) Garble(who string, n int) {
	s.with(who, func(a *account) { a.faults.garble = n })
}

// RedeliverAll gives an account again every message that it was ever given (the newest ten
// thousand for each device), in order, acknowledged or not. It gives how many.
func (s *Server) RedeliverAll(who string) (n int) {
	s.with(who, func(a *account) {
		for _, d := range a.sorted() {
			again := append([]*pending(nil), d.past...)
			for _, p := range again {
				s.deliver(d, p.node)
			}
			d.past = again
			n += len(again)
		}
	})
	return n
}

// Deliver gives an account a stanza of any shape, as if somebody had sent it; without an id it
// gets one. For a message that decrypts to nonsense, a Person can Act with one whose unknown
// fields hold it.
func (s *Server) Deliver(who string, stanza binary.Node) {
	s.with(who, func(a *account) {
		stanza.Attrs = copyAttrs(stanza.Attrs)
		if stanza.Attrs["id"] == nil {
			stanza.Attrs["id"] = s.stanzaID()
		}
		for _, d := range a.sorted() {
			s.deliver(d, stanza)
		}
	})
}

// Answer refuses the next n messages that an account sends with an error code: 405 what is not
// allowed, 463 strangers, 479 what is malformed, 503 later.
func (s *Server) Answer(who string, code, n int) {
	s.with(who, func(a *account) {
		for range n {
			a.faults.answers = append(a.faults.answers, code)
		}
	})
}

// Lose loses the next n messages that an account sends, without an answer.
func (s *Server) Lose(who string, n int) {
	s.with(who, func(a *account) { a.faults.lose = n })
}

// LoseAck hands on the next n messages that an account sends, but the sender never learns of it.
func (s *Server) LoseAck(who string, n int) {
	s.with(who, func(a *account) { a.faults.loseAck = n })
}

// Deaf sets whether an account's keep-alives stay without an answer.
func (s *Server) Deaf(who string, deaf bool) {
	s.with(who, func(a *account) { a.faults.deaf = deaf })
}

// Cut breaks an account's connections off without a word.
func (s *Server) Cut(who string) {
	s.with(who, func(a *account) { a.each(func(c *socket) { c.cancel() }) })
}

// StreamError ends an account's connections with an error such as 503, after which clients come
// back by themselves.
func (s *Server) StreamError(who string, code int) {
	s.with(who, func(a *account) { a.each(func(c *socket) { c.end(conflict(fmt.Sprint(code), "")) }) })
}

// ReplaceStream tells an account's connections that somebody else has logged in with their
// keys.
func (s *Server) ReplaceStream(who string) {
	s.with(who, func(a *account) { a.each(func(c *socket) { c.end(conflict("", "replaced")) }) })
}

// FailLogin makes the account's next login fail with a reason such as 500 or 503. Called
// several times, the logins after it fail too.
func (s *Server) FailLogin(who string, reason int) {
	s.with(who, func(a *account) { a.faults.refusals = append(a.faults.refusals, refusal{reason: reason}) })
}

// Logout unlinks an account's companions, as somebody does on the phone: they are told so if
// they are there, and when they log in if they are not.
func (s *Server) Logout(who string) {
	s.with(who, func(a *account) {
		for _, d := range a.sorted() {
			if d.id == 0 {
				continue
			}
			if d.socket != nil {
				d.socket.end(conflict("401", "device_removed"))
			}
			s.removeDevice(d)
		}
	})
}

// TempBan throws an account out and lets it back in after d, by the server's clock; 0 lets it
// in at once.
func (s *Server) TempBan(who string, d time.Duration) {
	s.with(who, func(a *account) {
		a.faults.banned = s.now().Add(d)
		if d > 0 {
			a.each(func(c *socket) { c.end(conflict("503", "")) })
		}
	})
}

// Outdated makes an account's logins fail because its client is too old; and throws it out if
// it is there. Outdated(account, false) accepts it again.
func (s *Server) Outdated(who string, outdated bool) {
	s.with(who, func(a *account) {
		a.faults.outdated = outdated
		if outdated {
			a.each(func(c *socket) { c.end(conflict("503", "")) })
		}
	})
}

// ReachoutTimelock restricts an account for d: a message to somebody who never wrote to it is
// refused with 463. The account is told so, also when it ends it by 0.
func (s *Server) ReachoutTimelock(who string, d time.Duration) {
	s.with(who, func(a *account) {
		a.faults.locked = s.now().Add(d)
		news, _ := json.Marshal(map[string]any{"data": map[string]any{"xwa2_notify_account_reachout_timelock": map[string]any{
			"is_active": d > 0, "enforcement_type": "RESTRICT_ALL_COMPANIONS",
			"time_enforcement_ends": fmt.Sprint(a.faults.locked.Unix()),
		}}})
		for _, dev := range a.sorted() {
			s.deliver(dev, node{Tag: "notification", Attrs: attrs{
				"from": serverJID, "type": "mex", "id": s.stanzaID(), "t": s.now().Unix(),
			}, Content: []node{{Tag: "update", Attrs: attrs{"op_name": "NotificationUserReachoutTimelockUpdate"}, Content: news}}})
		}
	})
}
