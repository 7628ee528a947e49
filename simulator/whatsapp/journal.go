package whatsapp

import (
	"slices"
	"time"
)

// journal is what is remembered of an account's sockets. The server's lock guards it.
type journal struct {
	now, most int
	sockets   []*SocketRecord
	nacks     []string
	retried   int
}

// SocketRecord is one logged-in socket of an account.
type SocketRecord struct {
	Number uint64 // counts all sockets of the server, in the order they logged in
	Device int
	Opened time.Time
	Ended  time.Time // zero: it is open
	// Replaced is when another socket of the same device logged in while this one was open; zero: none did.
	Replaced time.Time
	Received []string // the ids of the messages it was given, in order
	Sent     []string // the ids of the messages it sent
	// Late counts the stanzas that came from it after it had been replaced or logged out; the
	// server does not act on them.
	Late int
}

const (
	maxSockets  = 1_000  // records of one account
	maxRecorded = 20_000 // ids in each list of a record
)

func (j *journal) joined(c *socket, number uint64, now time.Time) {
	for _, r := range j.sockets {
		if r.Ended.IsZero() && r.Replaced.IsZero() && r.Device == int(c.device.id) {
			r.Replaced = now
		}
	}
	c.record = &SocketRecord{Number: number, Device: int(c.device.id), Opened: now}
	if len(j.sockets) >= maxSockets {
		j.sockets = slices.Delete(j.sockets, 0, 1)
	}
	j.sockets = append(j.sockets, c.record)
	j.now++
	j.most = max(j.most, j.now)
}

func (j *journal) left(c *socket, now time.Time) {
	c.record.Ended = now
	j.now--
}

func (j *journal) told(c *socket, p *pending) {
	if p.node.Tag == "message" && len(c.record.Received) < maxRecorded {
		c.record.Received = append(c.record.Received, p.id)
	}
}

func (j *journal) said(c *socket, id string) {
	if len(c.record.Sent) < maxRecorded {
		c.record.Sent = append(c.record.Sent, id)
	}
}

func (j *journal) nack(id, code string) {
	if len(j.nacks) < maxRecorded {
		j.nacks = append(j.nacks, id+" "+code)
	}
}

// Sockets is how many sockets of an account are open now, and the most that ever were at once:
// one that is replaced stays open a moment (see Options.CloseGrace), and counts until it closes.
func (s *Server) Sockets(account string) (now, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := &s.must(account).journal
	return j.now, j.most
}

// SocketLog gives an account's logged-in sockets in order, the newest thousand of them: which
// got which message, which sent which.
func (s *Server) SocketLog(account string) []SocketRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []SocketRecord
	for _, r := range s.must(account).journal.sockets {
		c := *r
		c.Received, c.Sent = slices.Clone(r.Received), slices.Clone(r.Sent)
		out = append(out, c)
	}
	return out
}

// Refused gives what an account's clients acknowledged with an error, as "id code".
func (s *Server) Refused(account string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.must(account).journal.nacks)
}

// Retries is how often an account's clients asked for a message again, because they could not
// decrypt it.
func (s *Server) Retries(account string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.must(account).journal.retried
}
