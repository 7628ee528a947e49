package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/whatsmeow/types"
)

// socket is one connection, from the end of its handshake on. The server's lock guards it, but
// for what the writer alone touches.
type socket struct {
	s       *Server
	wire    *wire
	ctx     context.Context
	cancel  context.CancelFunc
	record  *SocketRecord // in the account's journal
	device  *device       // nil until it has logged in
	pairing *pairing      // while it pairs

	out     []outgoing
	writing bool // a goroutine is writing what is in out

	left     chan struct{} // closed once it is off the books
	active   bool          // the client asked for its stanzas
	inflight int           // stanzas given and not acknowledged
	thrown   bool          // told to go: nothing more is delivered
	backlog  int           // how many of what waited when it became active are not yet given
	waited   int           // how many waited then
}

// outgoing is a stanza on its way out.
type outgoing struct {
	node  node
	due   time.Time // not before
	close bool      // the socket's last: it closes after the grace
}

// Bound of what waits to be written to one socket.
const maxOutgoing = 20_000

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()

	// The client says that it is a page of WhatsApp's, which this host is not.
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		s.violation("http", "a request for the socket that is none")
		return
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(maxFrame + 4096)
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()

	c := &socket{s: s, wire: &wire{ws: ws}, ctx: ctx, cancel: cancel, left: make(chan struct{})}
	if err := c.shake(); err != nil {
		s.gone("handshake", err)
		return
	}
	if !pause(ctx, s.opts.FirstStanza) {
		return
	}
	c.awaitEnding()
	s.mu.Lock()
	s.sockets[c] = struct{}{}
	c.begin()
	s.mu.Unlock()
	defer c.leave()
	for {
		n, err := c.wire.readNode(ctx)
		if err != nil {
			s.gone("stanza", err)
			return
		}
		s.log.Debug("whatsapp server: stanza", "stanza", n.Tag)
		s.mu.Lock()
		c.handle(n)
		s.mu.Unlock()
	}
}

// shake performs the handshake within twenty seconds.
func (c *socket) shake() error {
	ctx, cancel := context.WithTimeout(c.ctx, 20*time.Second)
	defer cancel()
	return c.wire.shake(ctx, theAuthority())
}

// gone says why a socket ended, and writes it down unless it simply closed.
func (s *Server) gone(where string, err error) {
	s.log.Debug("whatsapp server: socket ended", "where", where, "error", err)
	if websocket.CloseStatus(err) != -1 || s.ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || isReset(err) {
		return
	}
	s.violation(where, err.Error())
}

// isReset says whether the other side broke the connection off.
func isReset(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

// pause waits, and says whether the context still stands.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// endingTime is how long a login waits for the device's last socket to be seen ending.
const endingTime = 500 * time.Millisecond

// awaitEnding gives the socket that the device had before, if it is still on the books, a moment: its client may have hung up, or
// be dead, and what it sent before that is still being read. Else one that is gone would count as taken over.
func (c *socket) awaitEnding() {
	p := c.wire.payload
	c.s.mu.Lock()
	var old *socket
	if a := c.s.byPhone[strconv.FormatUint(p.GetUsername(), 10)]; p.Username != nil && a != nil {
		if d := a.devices[uint16(p.GetDevice())]; d != nil {
			old = d.socket
		}
	}
	c.s.mu.Unlock()
	if old == nil {
		return
	}
	t := time.NewTimer(endingTime)
	defer t.Stop()
	select {
	case <-t.C:
	case <-old.left:
	case <-c.ctx.Done():
	}
}

// leave takes an ended socket off the books. What it did not acknowledge waits for the next.
func (c *socket) leave() {
	c.cancel()
	defer close(c.left)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	delete(c.s.sockets, c)
	if d := c.device; d != nil {
		d.account.journal.left(c, c.s.now())
		if d.socket == c {
			d.socket = nil
		}
	}
}

// send puts a stanza on its way. The caller holds the lock.
func (c *socket) send(n node) { c.push(outgoing{node: n}) }

func (c *socket) push(o outgoing) {
	if c.ctx.Err() != nil || c.s.closed {
		return
	}
	if len(c.out) >= maxOutgoing {
		c.cancel() // a client that does not read
		return
	}
	c.out = append(c.out, o)
	if !c.writing {
		c.writing = true
		c.s.running.Go(c.write)
	}
}

// write writes what is on its way, and ends when there is nothing more: an idle socket costs no
// goroutine for writing.
func (c *socket) write() {
	for {
		c.s.mu.Lock()
		batch := c.out
		c.out = nil
		if len(batch) == 0 {
			c.writing = false
			c.s.mu.Unlock()
			return
		}
		c.s.mu.Unlock()
		for _, o := range batch {
			if !o.due.IsZero() && !pause(c.ctx, time.Until(o.due)) {
				return
			}
			if o.close {
				// Time for the client to act on the last stanza: it drops what is queued on close.
				if pause(c.ctx, c.s.opts.CloseGrace) {
					_ = c.wire.ws.Close(websocket.StatusNormalClosure, "")
				}
				c.cancel()
				return
			}
			if err := c.wire.writeNode(c.ctx, o.node); err != nil {
				c.cancel()
				return
			}
		}
	}
}

// end sends a last stanza and closes. The caller holds the lock.
func (c *socket) end(n node) {
	c.thrown = true
	c.send(n)
	c.push(outgoing{close: true})
	// A client that has stopped reading may keep the writer from ever getting there.
	time.AfterFunc(c.s.opts.CloseGrace+5*time.Second, c.cancel)
}

// begin decides what the client came for: pairing, or logging in.
func (c *socket) begin() {
	p := c.wire.payload
	if p.Username == nil {
		c.startPairing()
		return
	}
	a := c.s.byPhone[strconv.FormatUint(p.GetUsername(), 10)]
	if a == nil {
		c.refuse(refusal{reason: 401})
		return
	}
	if r, ok := a.faults.refusal(c.s.now()); ok {
		c.refuse(r)
		return
	}
	d := a.devices[uint16(p.GetDevice())]
	if d == nil && c.s.opts.KnownBefore {
		d = &device{account: a, id: uint16(p.GetDevice()), noise: c.wire.noiseKey}
		a.next = max(a.next, d.id+1)
		c.s.addDevice(d)
	}
	if d == nil || d.phantom || !bytes.Equal(d.noise, c.wire.noiseKey) {
		c.refuse(refusal{reason: 401})
		return
	}
	if old := d.socket; old != nil {
		old.end(conflict("", "replaced"))
	}
	c.device, d.socket = d, c
	a.journal.joined(c, c.s.number(), c.s.now())
	for _, p := range d.queue {
		p.given = false
	}
	c.send(node{Tag: "success", Attrs: attrs{
		"t": c.s.now().Unix(), "creation": c.s.now().Unix(), "lid": of(a.lidJID(), d.id), "display_name": a.name,
		"props": 0, "companion_enc_static": "", "location": "lla",
	}})
}

// refuse ends a login before it began.
func (c *socket) refuse(r refusal) {
	at := attrs{"reason": r.reason, "location": "lla"}
	if r.code != 0 {
		at["code"] = r.code
	}
	if r.expire > 0 {
		at["expire"] = int(r.expire / time.Second)
	}
	c.end(node{Tag: "failure", Attrs: at})
}

// conflict is the stream error that ends a socket: why may be "replaced" or "device_removed".
func conflict(code, why string) node {
	n := node{Tag: "stream:error", Attrs: attrs{}}
	if code != "" {
		n.Attrs["code"] = code
	}
	if why != "" {
		n.Content = []node{{Tag: "conflict", Attrs: attrs{"type": why}}}
	}
	return n
}

// handle does what a stanza asks. The caller holds the lock.
func (c *socket) handle(n node) {
	c.check(n)
	if c.thrown { // replaced, logged out or never let in: nobody listens to it any more
		if c.record != nil {
			c.record.Late++
		}
		return
	}
	if c.device == nil && n.Tag != "iq" && n.Tag != "ack" && n.Tag != "ib" && n.Tag != "presence" {
		c.s.violation(n.Tag, "before the login")
		return
	}
	switch n.Tag {
	case "iq":
		c.query(n)
	case "message":
		c.message(n)
	case "receipt":
		c.receipt(n)
	case "ack":
		c.acked(n)
	case "presence":
		c.presence(n)
	case "chatstate":
		c.typing(n)
	}
}

// presence: the client says that it is there, and how it calls itself; or asks about somebody.
func (c *socket) presence(n node) {
	if c.device == nil {
		return
	}
	if name := text(n.Attrs["name"]); name != "" {
		c.device.account.name = name
	}
	if text(n.Attrs["type"]) != "subscribe" {
		return
	}
	if who := c.s.find(address(n.Attrs["to"])); who != nil {
		at := attrs{"from": address(n.Attrs["to"]).ToNonAD()}
		if !who.online() {
			at["type"], at["last"] = "unavailable", "deny"
		}
		c.send(node{Tag: "presence", Attrs: at})
	}
}

func (a *account) online() bool {
	for _, d := range a.devices {
		if d.phantom || d.socket != nil && d.socket.active {
			return true
		}
	}
	return false
}

// typing is handed on to whoever is there, and to nobody later.
func (c *socket) typing(n node) {
	to := address(n.Attrs["to"])
	me := c.device.as(byLID)
	if to.Server == byGroup {
		g := c.s.groups[to.User]
		if g == nil || !g.has(c.device.account) {
			return
		}
		for _, a := range g.members {
			if a != c.device.account {
				a.tell(node{Tag: "chatstate", Attrs: attrs{"from": to, "participant": me.ToNonAD()}, Content: n.Content})
			}
		}
		return
	}
	if a := c.s.find(to); a != nil {
		a.tell(node{Tag: "chatstate", Attrs: attrs{"from": c.seenBy(a).ToNonAD()}, Content: n.Content})
	}
}

// seenBy is this device's address as an account sees it.
func (c *socket) seenBy(*account) types.JID {
	if c.device.account.oldStyle {
		return c.device.as(byNumber)
	}
	return c.device.as(byLID)
}

// tell sends something to the devices that are there now.
func (a *account) tell(n node) {
	for _, d := range a.devices {
		if d.socket != nil && d.socket.active && !d.socket.thrown {
			d.socket.send(n)
		}
	}
}
