package whatsapp

import "sync"

// The first violations are kept, the rest only counted: the first is the telling one.
const maxViolations = 1000

type violations struct {
	mu    sync.Mutex
	list  []string
	count int
}

// Violations gives what clients sent that the server does not know or that broke a rule, the
// first thousand in order. It never holds what was said.
func (s *Server) Violations() []string {
	s.violations.mu.Lock()
	defer s.violations.mu.Unlock()
	return append([]string(nil), s.violations.list...)
}

func (s *Server) violation(where, problem string) {
	s.log.Warn("whatsapp server: violation", "where", where, "problem", problem)
	s.violations.mu.Lock()
	defer s.violations.mu.Unlock()
	s.violations.count++
	if len(s.violations.list) < maxViolations {
		s.violations.list = append(s.violations.list, where+": "+problem)
	}
}

// shape says which attributes and elements something may have.
type shape struct{ attrs, parts map[string]bool }

// setOf makes the lookup form of a list of names.
func setOf(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// shapes are the stanzas a client may send. The insides of questions are checked where they are
// answered.
var shapes = map[string]shape{
	"iq": {attrs: setOf("id", "to", "from", "type", "xmlns", "smax_id", "target", "t")},
	"message": {
		attrs: setOf("id", "to", "type", "t", "phash", "addressing_mode", "participant", "recipient", "device_fanout", "edit", "category",
			"push_priority", "privacy_sensitive", "peer_recipient_pn", "peer_recipient_lid", "recipient_pn", "verified_name"),
		parts: setOf("participants", "enc", "device-identity", "meta", "biz", "multicast", "url_number", "url_text", "bot", "franking",
			"tctoken", "cstoken", "reporting"),
	},
	"receipt": {
		attrs: setOf("id", "to", "type", "t", "participant", "recipient", "category", "error"),
		parts: setOf("list", "retry", "registration", "keys", "encrypt", "rmr"),
	},
	"ack":       {attrs: setOf("id", "to", "from", "class", "type", "participant", "recipient", "error", "t")},
	"presence":  {attrs: setOf("type", "name", "to", "last"), parts: setOf("tctoken")},
	"chatstate": {attrs: setOf("to", "from"), parts: setOf("composing", "paused")},
	"ib":        {attrs: setOf("id", "to"), parts: setOf("unified_session", "offline_batch")},
}

// encShape is a ciphertext.
var encShape = setOf("v", "type", "mediatype", "decrypt-fail", "count", "native_flow_name", "sttype")

// check writes down what the server does not know of a stanza.
func (c *socket) check(n node) {
	sh, ok := shapes[n.Tag]
	if !ok {
		c.s.violation("stanza", "<"+clip(n.Tag)+">")
		return
	}
	for name := range n.Attrs {
		if !sh.attrs[name] {
			c.s.violation(n.Tag, "attribute "+clip(name))
		}
	}
	if sh.parts == nil {
		return
	}
	for _, part := range children(n) {
		if !sh.parts[part.Tag] {
			c.s.violation(n.Tag, "<"+clip(part.Tag)+">")
		}
		if n.Tag == "message" {
			c.checkEnc(part)
		}
	}
}

func (c *socket) checkEnc(part node) {
	list := []node{part}
	if part.Tag == "participants" {
		list = nil
		for _, to := range children(part) {
			if address(to.Attrs["jid"]).IsEmpty() || to.Tag != "to" {
				c.s.violation("message", "a participant without an address")
			}
			list = append(list, children(to)...)
		}
	}
	for _, enc := range list {
		if enc.Tag != "enc" {
			continue
		}
		for name := range enc.Attrs {
			if !encShape[name] {
				c.s.violation("message enc", "attribute "+clip(name))
			}
		}
		switch text(enc.Attrs["type"]) {
		case "msg", "pkmsg", "skmsg":
		default:
			c.s.violation("message enc", "type "+clip(text(enc.Attrs["type"])))
		}
		if len(raw(enc)) == 0 {
			c.s.violation("message enc", "nothing in it")
		}
	}
}
