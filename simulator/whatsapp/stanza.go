package whatsapp

import (
	"strconv"
	"strings"

	"go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// A stanza is one element of WhatsApp's binary XML.
type (
	node  = binary.Node
	attrs = binary.Attrs
)

// The servers that stand behind the @ of an address.
const (
	byNumber = types.DefaultUserServer // "s.whatsapp.net": a telephone number
	byLID    = types.HiddenUserServer  // "lid": an account's number that says nothing
	byGroup  = types.GroupServer       // "g.us"
	byWeb    = types.LegacyUserServer  // "c.us": a telephone number in a question about contacts
)

var serverJID = types.ServerJID

// text gives a value as text: values arrive as strings, as bytes or as addresses,
// however the client chose to pack them.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case types.JID:
		return v.String()
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

// raw gives an element's content as bytes, nil when it has none.
func raw(n node) []byte {
	switch v := n.Content.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return nil
}

// address reads an address, packed or spelt out; the empty one when it is none.
func address(v any) types.JID {
	switch v := v.(type) {
	case types.JID:
		return v
	case string:
		if j, err := types.ParseJID(v); err == nil {
			return j
		}
	}
	return types.JID{}
}

// children gives the elements within, none when the content is bytes.
func children(n node) []node { return n.GetChildren() }

// child gives the first element with the name, and whether there is one.
func child(n node, names ...string) (node, bool) { return n.GetOptionalChildByTag(names...) }

// first gives the first element within, or an empty one.
func first(n node) node {
	if list := children(n); len(list) > 0 {
		return list[0]
	}
	return node{}
}

// of gives an address the number of a device.
func of(j types.JID, device uint16) types.JID {
	j.Device = device
	return j
}

// digits keeps the digits of a telephone number.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

// copyAttrs gives attributes that can be changed without changing the others.
func copyAttrs(a attrs) attrs {
	out := make(attrs, len(a)+1)
	for k, v := range a {
		out[k] = v
	}
	return out
}
