package whatsapp

import "go.mau.fi/whatsmeow/types"

// receipt: the client says what became of messages that it was given. Any kind of it also
// acknowledges them, whoever has read a message has it; except that one who asks for a message
// again acknowledges the copy it could not read by itself, perhaps only after the next has come.
func (c *socket) receipt(n node) {
	to, kind := address(n.Attrs["to"]), text(n.Attrs["type"])
	ids := []string{text(n.Attrs["id"])}
	if list, ok := child(n, "list"); ok {
		for _, item := range children(list) {
			ids = append(ids, text(item.Attrs["id"]))
		}
	}
	ack := attrs{"class": "receipt", "id": ids[0], "from": to, "t": c.s.now().Unix()}
	if kind != "" {
		ack["type"] = kind
	}
	if p, ok := n.Attrs["participant"]; ok {
		ack["participant"] = p
	}
	c.send(node{Tag: "ack", Attrs: ack})
	if kind == "server-error" {
		c.askPhone(n)
		return
	}
	switch kind {
	case "sender", "peer_msg", "hist_sync", "read-self", "played-self": // between the devices of one account
	default:
		c.passOn(n, to, kind)
	}
	if again(kind) {
		return
	}
	for _, id := range ids {
		for c.settle("message", id, to) {
		}
	}
}

// again says whether a kind of receipt asks for a message again.
func again(kind string) bool { return kind == "retry" || kind == "enc_rekey_retry" }

// passOn hands a receipt to whom it is about: a retry to the very device that has to send
// again, anything else to all that the sender has.
func (c *socket) passOn(n node, to types.JID, kind string) {
	me := c.device
	at := attrs{"id": n.Attrs["id"], "t": c.s.now().Unix()}
	if kind != "" {
		at["type"] = kind
	}
	target := to
	var a *account
	if to.Server == byGroup {
		g := c.s.groups[to.User]
		if g == nil || !g.has(me.account) {
			return
		}
		target = address(n.Attrs["participant"])
		if a = c.s.find(target); a == nil || !g.has(a) {
			return
		}
		at["from"] = to
		me.account.introduce(at, me, "participant", "participant")
	} else {
		if a = c.s.find(to); a == nil {
			return
		}
		at["from"] = c.seenBy(a)
		if r, ok := n.Attrs["recipient"]; ok && a == me.account {
			at["recipient"] = r
		}
	}
	for _, d := range a.sorted() {
		if d == me || again(kind) && d.id != target.Device {
			continue
		}
		p := c.s.deliver(d, node{Tag: "receipt", Attrs: at, Content: n.Content})
		if p != nil && again(kind) {
			me.account.journal.retried++
			me.account.unacked++
			p.owed = me.account
		}
	}
}
