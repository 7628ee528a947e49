package whatsapp

import (
	"crypto/hkdf"
	"crypto/sha256"
	"time"

	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"google.golang.org/protobuf/proto"
)

// phoneMemory is what phones that are nobody's remember although they cannot read: the keys of
// media, which the people who sent them tell this package.
type phoneMemory struct {
	media map[string]sentMedia // by message id
	order []string
}

type sentMedia struct{ key, sum []byte }

const maxRemembered = 10_000

func (m *phoneMemory) init() { m.media = map[string]sentMedia{} }

func (m *phoneMemory) remember(id string, sent sentMedia) {
	if len(m.order) >= maxRemembered {
		delete(m.media, m.order[0])
		m.order = m.order[1:]
	}
	m.media[id] = sent
	m.order = append(m.order, id)
}

// swallowed is a message that reached nobody's phone. Of what a companion wrote, the phone says
// that it has its copy: that is how a companion notices that the phone is alive.
func (s *Server) swallowed(d *device, one copyFor, n node) {
	a := d.account
	from := address(n.Attrs["to"])
	if s.find(one.to) != a || s.find(from) == a {
		return
	}
	if c := a.companion(); c == nil {
		return
	}
	receipt := node{Tag: "receipt", Attrs: attrs{
		"from": d.as(from.Server), "recipient": from.ToNonAD(), "type": "sender", "id": n.Attrs["id"], "t": s.now().Unix(),
	}}
	if a.faults.phoneAway {
		if len(a.faults.owed) < maxRemembered {
			a.faults.owed = append(a.faults.owed, receipt)
		}
		return
	}
	a.faults.phoneSeen = s.now()
	a.fromPhone(s, receipt)
}

func (a *account) companion() *device {
	for _, d := range a.sorted() {
		if !d.phantom {
			return d
		}
	}
	return nil
}

// fromPhone gives the companions something of their phone's.
func (a *account) fromPhone(s *Server, n node) {
	for _, d := range a.sorted() {
		s.deliver(d, n)
	}
}

// PhoneAway takes an account's phone off the network, since when it is by the server's clock.
// After 14 days its companions are logged out: at their next login, or at once by [Server.CheckPhones].
func (s *Server) PhoneAway(who string, since time.Time) {
	s.with(who, func(a *account) { a.faults.phoneAway, a.faults.phoneSeen = true, since })
}

// PhoneBack brings the phone back: it says that it has the copies of what was sent meanwhile.
func (s *Server) PhoneBack(who string) {
	s.with(who, func(a *account) {
		a.faults.phoneAway, a.faults.phoneSeen = false, s.now()
		owed := a.faults.owed
		a.faults.owed = nil
		for _, n := range owed {
			a.fromPhone(s, n)
		}
	})
}

// CheckPhones logs out the companions whose phones have been away for more than 14 days by the
// server's clock.
func (s *Server) CheckPhones() {
	s.mu.Lock()
	var late []string
	for _, a := range s.order {
		if a.faults.phoneAway && s.now().Sub(a.faults.phoneSeen) > phoneAbsence {
			late = append(late, a.phone)
		}
	}
	s.mu.Unlock()
	for _, phone := range late {
		s.Logout(phone)
	}
}

// askPhone is a companion that could not download something and asks its phone for it. A phone
// that is there and remembers uploads it anew, and tells the companion where.
func (c *socket) askPhone(n node) {
	a := c.device.account
	id := text(n.Attrs["id"])
	rmr, _ := child(n, "rmr")
	answer := node{Tag: "notification", Attrs: attrs{"from": of(c.device.as(byNumber), 0), "type": "mediaretry", "id": id, "t": c.s.now().Unix()}}
	sent, known := c.s.phones.media[id]
	path := ""
	if known && !a.faults.phoneAway && a.devices[0] != nil {
		path = c.s.media.again(sent.sum)
	}
	if path == "" {
		answer.Content = []node{rmr, {Tag: "error", Attrs: attrs{"code": 2}}}
	} else {
		plain := mustEncode(&waMmsRetry.MediaRetryNotification{
			StanzaID: proto.String(id), DirectPath: proto.String(path), Result: waMmsRetry.MediaRetryNotification_SUCCESS.Enum(),
		})
		key, err := hkdf.Key(sha256.New, sent.key, nil, "WhatsApp Media Retry Notification", 32)
		if err != nil {
			return
		}
		iv := randomBytes(12)
		answer.Content = []node{rmr, {Tag: "encrypt", Content: []node{
			{Tag: "enc_p", Content: aesGCM(key).Seal(nil, iv, plain, []byte(id))}, {Tag: "enc_iv", Content: iv},
		}}}
	}
	c.s.deliver(c.device, answer)
}
