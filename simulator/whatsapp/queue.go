package whatsapp

import (
	"go.mau.fi/whatsmeow/types"
)

// pending is a stanza that a device has to acknowledge. It waits through any number of sockets
// until then.
type pending struct {
	node  node
	id    string
	from  types.JID
	given bool // to the device's present socket
	held  bool // a fault keeps it back until the next socket
	done  bool
	// owed is the account that waits for what this stanza asks its receiver to send again.
	owed *account
}

// How many stanzas of the past a device keeps for RedeliverAll.
const maxPast = 10_000

// deliver puts a stanza into a device's queue, and gives it; nil if nobody holds the device. The
// caller holds the lock.
func (s *Server) deliver(d *device, n node) *pending {
	if d.phantom || d.account.devices[d.id] != d {
		return nil
	}
	p := &pending{node: n, id: text(n.Attrs["id"]), from: address(n.Attrs["from"])}
	d.account.faults.spoil(p)
	if counts(n) {
		d.account.unacked++
		if len(d.past) >= 2*maxPast {
			d.past = append(d.past[:0:0], d.past[len(d.past)-maxPast:]...)
		}
		d.past = append(d.past, p)
	}
	d.queue = append(d.queue, p)
	if d.socket != nil {
		d.socket.pump()
	}
	return p
}

// counts tells whether a stanza is one whose loss somebody would notice: a message, or what became of a group.
func counts(n node) bool {
	return n.Tag == "message" || n.Tag == "notification" && text(n.Attrs["type"]) == "w:gp2"
}

// full says whether no more fits into the queue of one of the account's devices.
func (a *account) full(most int) bool {
	for _, d := range a.devices {
		if len(d.queue) >= most {
			return true
		}
	}
	return false
}

// pump gives the socket what waits, in order, as long as the client keeps up: a client that is
// given thousands of stanzas at once may lose their order. The caller holds the lock.
func (c *socket) pump() {
	if !c.active || c.thrown || c.device.socket != c {
		return
	}
	d := c.device
	for i := 0; i < len(d.queue) && c.inflight < c.s.opts.Window; i++ {
		p := d.queue[i]
		if p.given || p.held {
			continue
		}
		p.given = true
		c.inflight++
		n := p.node
		if c.backlog > 0 {
			n.Attrs = copyAttrs(n.Attrs)
			n.Attrs["offline"] = c.waited - c.backlog
		}
		d.account.journal.told(c, p)
		o := outgoing{node: n}
		if delay := d.account.faults.delay; delay+d.account.faults.trickle > 0 {
			o.due = c.s.delayed(d.account, delay)
		}
		c.push(o)
		c.passed()
	}
}

// passed counts one of the stanzas that waited when the socket became active, and says when
// they have all been given.
func (c *socket) passed() {
	if c.backlog == 0 {
		return
	}
	if c.backlog--; c.backlog == 0 {
		c.offline()
	}
}

func (c *socket) offline() {
	c.send(node{Tag: "ib", Attrs: attrs{"from": serverJID}, Content: []node{{Tag: "offline", Attrs: attrs{"count": c.waited}}}})
}

// activate gives the client what waited for it and, after that, what comes.
func (c *socket) activate() {
	if c.active {
		return
	}
	c.active = true
	counts := map[string]int{}
	for _, p := range c.device.queue {
		p.given, p.held = false, false
		counts[p.node.Tag]++
	}
	c.waited = len(c.device.queue)
	c.backlog = c.waited
	if c.waited == 0 {
		c.offline()
		return
	}
	c.send(node{Tag: "ib", Attrs: attrs{"from": serverJID}, Content: []node{{Tag: "offline_preview", Attrs: attrs{
		"count": c.waited, "message": counts["message"], "receipt": counts["receipt"],
		"notification": counts["notification"], "appdata": 0, "call": 0, "status": 0,
	}}}})
	c.pump()
}

// settle takes an acknowledged stanza out of the queue: the first of that kind and id from
// whom it came. One that is acknowledged twice, or by a socket that is no longer the
// device's, changes nothing and is false.
func (c *socket) settle(kind, id string, from types.JID) bool {
	d := c.device
	for i, p := range d.queue {
		if p.node.Tag != kind || p.id != id || p.from.User != from.User || !p.given {
			continue
		}
		d.queue = append(d.queue[:i], d.queue[i+1:]...)
		c.inflight--
		c.s.forget(d.account, p)
		c.pump()
		return true
	}
	return false
}

// forget counts a message that waits no longer.
func (s *Server) forget(a *account, p *pending) {
	if p.done {
		return
	}
	p.done = true
	if p.owed != nil {
		p.owed.unacked--
		p.owed.hush()
	}
	if counts(p.node) {
		a.unacked--
		a.hush()
	}
}

// hush tells those who wait for it that everything is acknowledged.
func (a *account) hush() {
	if a.unacked > 0 {
		return
	}
	for _, q := range a.quiet {
		close(q)
	}
	a.quiet = nil
}

// Unacked is how many messages to an account, and news of its groups, its devices have not yet acknowledged, with those
// that they could not decrypt and that are being sent again.
func (s *Server) Unacked(account string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.must(account).unacked
}

// Quiet is closed as soon as every message to an account, and all news of its groups, is acknowledged; it may be so already.
// A client that acknowledges after its work has then done it.
func (s *Server) Quiet(account string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.must(account)
	q := make(chan struct{})
	a.quiet = append(a.quiet, q)
	a.hush()
	return q
}

// acked: the client has a stanza.
func (c *socket) acked(n node) {
	if c.device == nil {
		return
	}
	if code := text(n.Attrs["error"]); code != "" && code != "0" {
		c.device.account.journal.nack(text(n.Attrs["id"]), code)
	}
	c.settle(text(n.Attrs["class"]), text(n.Attrs["id"]), address(n.Attrs["to"]))
}
