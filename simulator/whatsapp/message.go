package whatsapp

import (
	"strings"

	"go.mau.fi/whatsmeow/types"
)

// copyFor is what a message holds for one device: its ciphertexts.
type copyFor struct {
	to  types.JID
	enc []node
}

// message hands a message on: an envelope for each device, with the ciphertext that was made
// for it. Nothing of the contents is seen here.
func (c *socket) message(n node) {
	to, id := address(n.Attrs["to"]), text(n.Attrs["id"])
	if id == "" || to.IsEmpty() {
		c.s.violation("message", "without an id or a recipient")
		return
	}
	a := c.device.account
	a.journal.said(c, id)
	ack := attrs{"class": "message", "id": id, "from": to, "t": c.s.now().Unix()}
	if p, ok := n.Attrs["participant"]; ok {
		ack["participant"] = p
	}
	if code := c.s.refusesMessage(a, to); code != 0 {
		ack["error"] = code
		c.send(node{Tag: "ack", Attrs: ack})
		return
	}
	if a.faults.swallow() {
		return // lost on the way: no answer ever comes
	}
	copies, rest := c.unpack(n)
	if to.Server == byGroup {
		if code := c.groupMessage(n, copies, rest, ack); code != 0 {
			ack["error"] = code
		}
	} else {
		c.directMessage(n, copies, rest, ack)
	}
	if !a.faults.forgetAck() {
		c.send(node{Tag: "ack", Attrs: ack})
	}
}

// refusesMessage says with which error a message is refused, 0 if it is not.
func (s *Server) refusesMessage(from *account, to types.JID) int {
	if code := from.faults.answer(); code != 0 {
		return code
	}
	if to.Server == byGroup {
		return 0
	}
	peer := s.find(to)
	switch {
	case peer == nil:
		return 400
	case from.faults.timelocked(s.now()) && peer != from && !from.peers[peer]:
		return 463 // first to write to a stranger, and locked out of that
	case peer.full(s.opts.MaxQueue):
		return 503
	}
	return 0
}

// unpack parts a message into what is for one device each, and what goes to all.
func (c *socket) unpack(n node) (copies []copyFor, rest []node) {
	to := address(n.Attrs["to"])
	for _, part := range children(n) {
		switch part.Tag {
		case "participants":
			for _, t := range children(part) {
				copies = append(copies, copyFor{to: address(t.Attrs["jid"]), enc: children(t)})
			}
		case "enc":
			if to.Server == byGroup && text(part.Attrs["type"]) == "skmsg" {
				rest = append(rest, part)
				continue
			}
			// Sent again to one device, or to one's own phone.
			target := to
			if p := address(n.Attrs["participant"]); !p.IsEmpty() {
				target = p
			}
			copies = append(copies, copyFor{to: target, enc: []node{part}})
		case "device-identity", "meta", "biz", "multicast", "url_number", "url_text", "bot", "franking":
			rest = append(rest, part)
		}
	}
	return copies, rest
}

// directMessage hands on a message of a chat of two.
func (c *socket) directMessage(n node, copies []copyFor, rest []node, ack attrs) {
	me, to := c.device.account, address(n.Attrs["to"])
	peer := c.s.find(to)
	c.s.met(me, peer)
	fanout := false
	reached := []types.JID{of(c.device.as(to.Server), c.device.id)}
	for _, part := range children(n) {
		fanout = fanout || part.Tag == "participants"
	}
	for _, one := range copies {
		a := c.s.find(one.to)
		if a == nil || a != me && a != peer {
			c.s.violation("message", "a ciphertext for somebody who is not in the chat")
			continue
		}
		d := a.devices[one.to.Device]
		if d == nil {
			continue // gone in the meantime
		}
		reached = append(reached, d.as(to.Server))
		at := c.envelope(n)
		if a == me {
			at["from"], at["recipient"] = c.device.as(to.Server), to.ToNonAD()
			if to.Server == byLID && !peer.hidden {
				at["peer_recipient_pn"] = peer.pn()
			} else if to.Server == byNumber {
				at["peer_recipient_lid"] = peer.lidJID()
			}
		} else {
			me.introduce(at, c.device, "from", "sender")
		}
		if d.phantom {
			c.s.swallowed(d, one, n)
			continue
		}
		c.s.deliver(d, node{Tag: "message", Attrs: at, Content: appendNodes(one.enc, rest)})
	}
	if !fanout {
		return
	}
	var all []types.JID
	for _, a := range []*account{me, peer} {
		for _, d := range a.devices {
			all = append(all, d.as(to.Server))
		}
		if me == peer {
			break
		}
	}
	if hash := listHash(all); hash != listHash(reached) {
		ack["phash"] = hash // not all devices were served: the sender's list is old
	}
}

// envelope holds the attributes that every copy of a message has.
func (c *socket) envelope(n node) attrs {
	at := attrs{"id": n.Attrs["id"], "t": c.s.now().Unix(), "type": n.Attrs["type"], "notify": c.device.account.name}
	for _, keep := range []string{"edit", "category", "push_priority"} {
		if v, ok := n.Attrs[keep]; ok {
			at[keep] = v
		}
	}
	return at
}

// introduce writes who a message is from, as the account is seen by others: field is "from" or
// "participant", and the other address goes by the prefix.
func (a *account) introduce(at attrs, d *device, field, prefix string) {
	if a.oldStyle {
		at[field], at[prefix+"_lid"], at["addressing_mode"] = d.as(byNumber), a.lidJID(), "pn"
		return
	}
	at[field], at["addressing_mode"] = d.as(byLID), "lid"
	if !a.hidden {
		at[prefix+"_pn"] = a.pn()
	}
}

// met remembers who wrote to whom.
func (s *Server) met(from, to *account) {
	if from == to {
		return
	}
	to.peers[from] = true
	if _, ok := from.peers[to]; !ok {
		from.peers[to] = false
	}
}

func appendNodes(a, b []node) []node {
	out := make([]node, 0, len(a)+len(b))
	return append(append(out, a...), b...)
}

// clip keeps a foreign word short and on one line.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
