package whatsapp

import (
	"crypto/sha1" //nolint:gosec // SHA-1 is what the protocol has
	"slices"

	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

const (
	fewKeys = 5    // with fewer one-time keys than this a device is told so
	maxKeys = 2000 // of one device
)

// keyNode is a prekey as it stands in a stanza: "key" a one-time one, "skey" the signed one.
func keyNode(tag string, k *keys.PreKey) node {
	parts := []node{{Tag: "id", Content: number4(k.KeyID)[1:]}, {Tag: "value", Content: k.Pub[:]}}
	if tag == "skey" {
		parts = append(parts, node{Tag: "signature", Content: k.Signature[:]})
	}
	return node{Tag: tag, Content: parts}
}

// encrypt answers the questions about keys.
func (c *socket) encrypt(n, what node) {
	d := c.device
	switch typ := text(n.Attrs["type"]); {
	case typ == "get" && what.Tag == "count":
		c.result(n, node{Tag: "count", Attrs: attrs{"value": len(d.keys)}})
	case typ == "get" && what.Tag == "digest":
		c.digest(n)
	case typ == "get" && what.Tag == "key":
		var users []node
		for _, u := range children(what) {
			users = append(users, c.s.bundle(address(u.Attrs["jid"])))
		}
		c.result(n, node{Tag: "list", Content: users})
	case typ == "set" && what.Tag == "rotate":
		if signed, ok := child(what, "skey"); ok {
			d.signed = signed
		}
		c.result(n)
	case typ == "set":
		c.uploadKeys(n)
	default:
		c.unknown(n)
	}
}

// uploadKeys keeps what a device uploads: who it is, its signed key, and one-time keys.
func (c *socket) uploadKeys(n node) {
	d := c.device
	registration, _ := child(n, "registration")
	identity, _ := child(n, "identity")
	signed, ok := child(n, "skey")
	list, _ := child(n, "list")
	if len(raw(registration)) != 4 || len(raw(identity)) != 32 || !ok {
		c.s.violation("iq encrypt", "an upload of keys without registration, identity or signed key")
		c.fail(n, 406, "not-acceptable")
		return
	}
	d.registration, d.identity, d.signed = raw(registration), raw(identity), signed
	for _, k := range children(list) {
		if len(d.keys) < maxKeys && !slices.ContainsFunc(d.keys, func(have node) bool { return keyID(have) == keyID(k) }) {
			d.keys = append(d.keys, k)
		}
	}
	c.result(n)
}

func keyID(k node) string {
	id, _ := child(k, "id")
	return string(raw(id))
}

// digest is a summary by which a client checks that the server has its keys.
func (c *socket) digest(n node) {
	d := c.device
	if d.signed.Tag == "" {
		c.fail(n, 404, "item-not-found")
		return
	}
	sum := sha1.New() //nolint:gosec // as above
	sum.Write(d.identity)
	ids := make([]node, 0, len(d.keys))
	for _, part := range children(d.signed)[1:] {
		sum.Write(raw(part))
	}
	for _, k := range d.keys {
		ids = append(ids, node{Tag: "id", Content: []byte(keyID(k))})
		value, _ := child(k, "value")
		sum.Write(raw(value))
	}
	c.result(n, node{Tag: "digest", Content: []node{
		{Tag: "registration", Content: d.registration}, {Tag: "type", Content: []byte{5}}, {Tag: "identity", Content: d.identity},
		d.signed, {Tag: "list", Content: ids}, {Tag: "hash", Content: sum.Sum(nil)},
	}})
}

// bundle is what one needs to begin a session with a device. It takes one of its one-time keys,
// and goes without when there are none left.
func (s *Server) bundle(j types.JID) node {
	u := node{Tag: "user", Attrs: attrs{"jid": j}}
	var d *device
	if a := s.find(j); a != nil {
		d = a.devices[j.Device]
	}
	if d == nil || d.signed.Tag == "" {
		u.Content = []node{{Tag: "error", Attrs: attrs{"code": 404, "text": "item-not-found"}}}
		return u
	}
	u.Attrs["t"] = s.now().Unix()
	parts := []node{
		{Tag: "registration", Content: d.registration}, {Tag: "type", Content: []byte{5}}, {Tag: "identity", Content: d.identity}, d.signed,
	}
	if len(d.keys) > 0 {
		parts = append(parts, d.keys[0])
		d.keys = d.keys[1:]
		if len(d.keys) < fewKeys {
			s.deliver(d, node{Tag: "notification", Attrs: attrs{"from": serverJID, "type": "encrypt", "id": s.stanzaID(), "t": s.now().Unix()},
				Content: []node{{Tag: "count", Attrs: attrs{"value": len(d.keys)}}}})
		}
	}
	u.Content = parts
	return u
}

// Keys is how many one-time keys the devices of an account that are held by somebody have left.
func (s *Server) Keys(account string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, d := range s.must(account).devices {
		n += len(d.keys)
	}
	return n
}

// UseUpKeys throws away one-time keys of an account's devices until each has so many left, as
// if others had taken them, and without telling the devices.
func (s *Server) UseUpKeys(account string, left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.must(account).devices {
		if len(d.keys) > left {
			d.keys = slices.Clone(d.keys[len(d.keys)-left:])
		}
	}
}
