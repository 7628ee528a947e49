package whatsapp

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow/types"
)

// usync answers questions about people: which devices they have, which LID, whether a number
// is on WhatsApp at all.
func (c *socket) usync(n, question node) {
	query, _ := child(question, "query")
	list, _ := child(question, "list")
	var users []node
	for _, u := range children(list) {
		users = append(users, c.about(u, children(query)))
	}
	var results []node
	for _, q := range children(query) {
		results = append(results, node{Tag: q.Tag})
	}
	c.result(n, node{Tag: "usync", Attrs: attrs{
		"sid": question.Attrs["sid"], "mode": question.Attrs["mode"], "context": question.Attrs["context"], "index": "0", "last": "true",
	}, Content: []node{{Tag: "result", Content: results}, {Tag: "list", Content: users}}})
}

// about answers the questions about one of the people.
func (c *socket) about(u node, questions []node) node {
	j := address(u.Attrs["jid"])
	asked := ""
	if contact, ok := child(u, "contact"); ok && len(raw(contact)) > 0 {
		asked = string(raw(contact))
		number, _, _ := strings.Cut(asked, "@")
		j = types.NewJID(digits(number), byNumber)
	}
	if lid, ok := child(u, "lid"); ok && j.IsEmpty() {
		j = address(lid.Attrs["jid"])
	}
	a := c.s.find(j)
	out := node{Tag: "user", Attrs: attrs{"jid": j.ToNonAD()}}
	var parts []node
	for _, q := range questions {
		switch q.Tag {
		case "devices":
			parts = append(parts, node{Tag: "devices", Content: a.deviceList()})
		case "lid":
			if a != nil {
				parts = append(parts, node{Tag: "lid", Attrs: attrs{"val": a.lidJID()}})
			}
		case "contact":
			in := "out"
			if a != nil {
				in = "in"
				if text(q.Attrs["addressing_mode"]) == "lid" {
					out.Attrs["jid"], out.Attrs["pn_jid"] = a.lidJID(), a.pn()
				}
			}
			parts = append(parts, node{Tag: "contact", Attrs: attrs{"type": in}, Content: []byte(asked)})
		case "business", "status", "picture", "disappearing_mode", "username", "sidelist", "bot":
			// Nobody here has any of these.
		default:
			c.s.violation("iq usync", "a question about "+clip(q.Tag))
		}
	}
	out.Content = parts
	return out
}

// deviceList lists an account's devices; a companion comes with its place in the phone's list.
func (a *account) deviceList() []node {
	if a == nil {
		return nil
	}
	var list []node
	for _, d := range a.sorted() {
		at := attrs{"id": int(d.id)}
		if d.id > 0 {
			at["key-index"] = int(d.id)
		}
		list = append(list, node{Tag: "device", Attrs: at})
	}
	return []node{{Tag: "device-list", Attrs: attrs{"hash": a.deviceHash(byLID)}, Content: list}, {Tag: "key-index-list", Attrs: attrs{"ts": 1}}}
}

// deviceHash is the short summary of an account's devices as one kind of address.
func (a *account) deviceHash(server string) string {
	var list []types.JID
	for _, d := range a.devices {
		list = append(list, d.as(server))
	}
	return listHash(list)
}

// listHash is the summary that both sides make of a list of devices, to notice that their lists
// differ.
func listHash(devices []types.JID) string {
	names := make([]string, len(devices))
	for i, j := range devices {
		names[i] = j.ADString()
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "")))
	return "2:" + base64.RawStdEncoding.EncodeToString(sum[:6])
}

// tellDevices tells an account's own companions, and those who ever exchanged a message with
// it, that a device came or went.
func (s *Server) tellDevices(a *account, d *device, what string) {
	change := node{Tag: what, Attrs: attrs{"device_hash": a.deviceHash(byLID)}, Content: []node{
		{Tag: "device", Attrs: attrs{"jid": d.as(byLID), "key-index": int(d.id)}},
		{Tag: "key-index-list", Attrs: attrs{"ts": s.now().Unix()}},
	}}
	for peer := range a.peers {
		for _, other := range peer.sorted() {
			s.deliver(other, node{Tag: "notification", Attrs: attrs{
				"from": a.lidJID(), "type": "devices", "id": s.stanzaID(), "t": s.now().Unix(),
			}, Content: []node{change}})
		}
	}
	var own []node
	for _, mine := range a.sorted() {
		own = append(own, node{Tag: "device", Attrs: attrs{"jid": mine.as(byNumber)}})
	}
	for _, mine := range a.sorted() {
		if mine == d {
			continue
		}
		s.deliver(mine, node{Tag: "notification", Attrs: attrs{
			"from": a.pn(), "type": "account_sync", "id": s.stanzaID(), "t": s.now().Unix(),
		}, Content: []node{{Tag: "devices", Attrs: attrs{"dhash": a.deviceHash(byNumber)}, Content: own}}})
	}
}
