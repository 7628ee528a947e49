package whatsapp

// query answers a question or an order; an answer of the client's own ends a question of ours.
func (c *socket) query(n node) {
	switch text(n.Attrs["type"]) {
	case "result", "error":
		c.answered(n)
		return
	case "get", "set":
	default:
		c.s.violation("iq", "type "+clip(text(n.Attrs["type"])))
		return
	}
	if text(n.Attrs["id"]) == "" {
		c.s.violation("iq", "without an id")
		return
	}
	space, what := text(n.Attrs["xmlns"]), first(n)
	switch {
	case space == "w:p":
		if c.device == nil || !c.device.account.faults.deaf {
			c.result(n)
		}
	case space == "md" && what.Tag == "link_code_companion_reg":
		c.linkCode(n, what)
	case c.device == nil:
		c.s.violation("iq "+clip(space), "before the login")
		c.fail(n, 401, "not-authorized")
	default:
		c.loggedIn(n, space, what)
	}
}

// loggedIn answers what only a device of an account may ask.
func (c *socket) loggedIn(n node, space string, what node) {
	switch space {
	case "passive":
		c.result(n)
		if what.Tag == "active" {
			c.activate()
		} else {
			c.active = false
		}
	case "encrypt":
		c.encrypt(n, what)
	case "usync":
		c.usync(n, what)
	case "w:m":
		c.result(n, mediaConnection())
	case "privacy":
		c.privacy(n, what)
	case "w:g2":
		c.groupQuery(n, what)
	case "md":
		c.unlink(n, what)
	case "w:profile:picture":
		c.fail(n, 404, "item-not-found")
	case "w:sync:app:state":
		c.appState(n, what)
	case "blocklist":
		c.result(n, node{Tag: "list", Attrs: attrs{"dhash": "none"}})
	case "abt", "w":
		c.result(n, node{Tag: "props", Attrs: attrs{"protocol": "1", "refresh": 86400}})
	case "status", "urn:xmpp:whatsapp:push", "urn:xmpp:whatsapp:dirty", "disappearing_mode", "tos", "w:stats":
		c.result(n)
	default:
		c.unknown(n)
	}
}

// result answers with what was asked for.
func (c *socket) result(n node, parts ...node) {
	r := node{Tag: "iq", Attrs: attrs{"id": n.Attrs["id"], "type": "result", "from": serverJID}}
	if to := address(n.Attrs["to"]); !to.IsEmpty() {
		r.Attrs["from"] = to
	}
	if len(parts) > 0 {
		r.Content = parts
	}
	c.send(r)
}

// fail answers no.
func (c *socket) fail(n node, code int, why string) {
	c.send(node{Tag: "iq", Attrs: attrs{"id": n.Attrs["id"], "type": "error", "from": serverJID},
		Content: []node{{Tag: "error", Attrs: attrs{"code": code, "text": why}}}})
}

// unknown answers what this server does not know, and writes it down.
func (c *socket) unknown(n node) {
	c.s.violation("iq", "unknown: "+text(n.Attrs["type"])+" "+clip(text(n.Attrs["xmlns"]))+" <"+clip(first(n).Tag)+">")
	c.fail(n, 501, "feature-not-implemented")
}

// The privacy settings an account has, and their values here.
var privacyCategories = []string{"readreceipts", "last", "online", "profile", "status", "groupadd", "calladd"}

// privacy gives the settings, and hands on the tokens by which people show that they are
// wanted.
func (c *socket) privacy(n, what node) {
	switch {
	case what.Tag == "privacy" && text(n.Attrs["type"]) == "get":
		var list []node
		for _, name := range privacyCategories {
			list = append(list, node{Tag: "category", Attrs: attrs{"name": name, "value": "all"}})
		}
		c.result(n, node{Tag: "privacy", Content: list})
	case what.Tag == "privacy":
		c.result(n, what)
	case what.Tag == "tokens":
		for _, t := range children(what) {
			if a := c.s.find(address(t.Attrs["jid"])); a != nil {
				c.giveToken(a, t)
			}
		}
		c.result(n)
	default:
		c.unknown(n)
	}
}

func (c *socket) giveToken(a *account, t node) {
	for _, d := range a.sorted() {
		c.s.deliver(d, node{Tag: "notification", Attrs: attrs{
			"from": c.seenBy(a).ToNonAD(), "type": "privacy_token", "id": c.s.stanzaID(), "t": c.s.now().Unix(),
			"sender_lid": c.device.account.lidJID(),
		}, Content: []node{{Tag: "tokens", Content: []node{{
			Tag: "token", Attrs: attrs{"jid": a.lidJID(), "t": t.Attrs["t"], "type": "trusted_contact"},
			Content: []byte("token " + c.device.account.lid + " " + a.lid),
		}}}}})
	}
}

// unlink is a companion that leaves.
func (c *socket) unlink(n, what node) {
	if what.Tag != "remove-companion-device" {
		c.unknown(n)
		return
	}
	c.result(n)
	if d := c.device.account.devices[address(what.Attrs["jid"]).Device]; d != nil && d.id > 0 {
		c.s.removeDevice(d)
	}
}

// appState answers that nothing was ever synchronised: contacts, mutes and the like live on the
// phone, and the phones here have none.
func (c *socket) appState(n, what node) {
	var list []node
	for _, col := range children(what) {
		list = append(list, node{Tag: "collection", Attrs: attrs{"name": col.Attrs["name"], "version": "0", "type": "result"}})
	}
	c.result(n, node{Tag: "sync", Content: list})
}
