package whatsapp

import (
	"crypto/sha256"

	"go.mau.fi/libsignal/state/record"

	"go.mau.fi/whatsmeow/store"
)

// What stands in the table of a conversation's keys is ahead of what is in use: its next keys for sending are already gone there. Whatever is then sent
// under them has nothing more to write and waits for no disk, and a program that comes back, or another, begins behind them and uses none twice. The
// person's app takes a key that was never used for a message that is still to come, as it does when messages overtake each other.
//
// An answer thereby costs no commit of its own: what it is an answer to was committed, and with it the keys for answering.

// keysAhead is how many keys for sending are set aside at once.
const keysAhead = 16

// A kept session is one that is remembered, and what stands in the table of it.
type keptSession struct {
	session []byte            // in use
	stored  [sha256.Size]byte // the hash of what stands there
	chain   string            // under which ratchet key we send; empty: we cannot yet
	index   uint32            // the next key of that chain
	until   uint32            // the first that is not set aside
	at      uint64            // when it was written, by the ledger's count; see durable
}

// cost is what one takes in memory, roughly.
func (k keptSession) cost() int { return len(k.session) + 300 }

// readSession makes of a session that stands in the table one that is remembered: no key of it is set aside.
func readSession(session []byte) keptSession {
	k := keptSession{session: session, stored: sha256.Sum256(session)}
	if r := recordOf(session); r != nil {
		k.chain, k.index = sendingChain(r)
		k.until = k.index
	}
	return k
}

// ahead gives what is to stand in the table for a session that is in use from now on, after what is remembered of it, if anything is.
func ahead(session []byte, before keptSession) (next keptSession, store []byte) {
	next = keptSession{session: session}
	store = session
	if r := recordOf(session); r != nil {
		if next.chain, next.index = sendingChain(r); next.chain != "" {
			next.until = next.index + keysAhead
			if before.chain == next.chain && next.index <= before.until {
				next.until = before.until
			}
			store = turnedTo(r, next.until)
		}
	}
	next.stored = sha256.Sum256(store)
	return next, store
}

// recordOf reads a session; nil: it is none.
func recordOf(session []byte) *record.Session {
	r, err := record.NewSessionFromBytes(session, store.SignalProtobufSerializer.Session, store.SignalProtobufSerializer.State)
	if err != nil || r.SessionState() == nil {
		return nil
	}
	return r
}

// sendingChain gives the ratchet key under which we send, and which key of its chain is next; empty: there is none yet.
func sendingChain(r *record.Session) (chain string, next uint32) {
	s := r.SessionState()
	if !s.HasSenderChain() {
		return "", 0
	}
	return string(s.SenderRatchetKey().Serialize()), s.SenderChainKey().Index()
}

// turnedTo turns a session's keys for sending on and gives the session.
func turnedTo(r *record.Session, until uint32) []byte {
	s := r.SessionState()
	for k := s.SenderChainKey(); k.Index() < until; k = s.SenderChainKey() {
		s.SetSenderChainKey(k.NextKey())
	}
	return r.Serialize()
}
