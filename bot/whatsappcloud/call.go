package whatsappcloud

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"

	"tanggap/hotline"
)

// A call is what one call of the webhook holds, taken apart: what people did, in the network's order, and what became of what we sent.
type call struct {
	raws     []hotline.Raw
	statuses []hotline.Delivered
	tags     []tag    // of the statuses
	fields   []string // what else we were told about, by its name: the account, templates, quality
	errors   []string // what the network says is wrong with the account as a whole
	foreign  int      // messages to numbers that are not served
}

// The network's shape, as far as it is needed to take it apart. Everything else stays as it came.
type (
	envelope struct {
		Object string  `json:"object"`
		Entry  []entry `json:"entry"`
	}
	entry struct {
		Changes []change `json:"changes"`
	}
	change struct {
		Field string          `json:"field"`
		Value json.RawMessage `json:"value"`
	}
	value struct {
		Metadata json.RawMessage   `json:"metadata"`
		Contacts []json.RawMessage `json:"contacts"`
		Messages []json.RawMessage `json:"messages"`
		Statuses []json.RawMessage `json:"statuses"`
		Errors   []graphError      `json:"errors"`
	}
	metadata struct {
		ID string `json:"phone_number_id"`
	}
	who struct { // one of a value's contacts
		WaID   string `json:"wa_id"`
		UserID string `json:"user_id"`
	}
	from struct { // the sender, of a message
		ID     string     `json:"id"`
		Phone  string     `json:"from"`
		UserID string     `json:"from_user_id"`
		System fromSystem `json:"system"`
	}
	fromSystem struct {
		Before string `json:"previous_user_id"`
	}
)

// single is how a message lies in the inbox: the message as it came, with the number it came to and what was said of its sender.
type single struct {
	Metadata json.RawMessage   `json:"metadata,omitempty"`
	Contacts []json.RawMessage `json:"contacts,omitempty"`
	Message  json.RawMessage   `json:"message"`
}

// takeApart reads a call's body. It never fails: a body that is none goes to the inbox whole, without a peer, to be set aside there for a human, as
// does a message of which not even the sender can be read. serves tells which numbers are taken messages for; account is who gets what belongs to none.
func takeApart(body []byte, account string, serves func(string) bool) call {
	var c call
	var env envelope
	if json.Unmarshal(body, &env) != nil || env.Object != "whatsapp_business_account" {
		c.raws = []hotline.Raw{aside(account, body)}
		return c
	}
	for _, e := range env.Entry {
		for _, ch := range e.Changes {
			if ch.Field != "messages" {
				c.fields = append(c.fields, bounded(line(ch.Field), 64))
				continue
			}
			c.take(ch.Value, account, serves)
		}
	}
	return c
}

func (c *call) take(raw json.RawMessage, account string, serves func(string) bool) {
	if len(raw) == 0 {
		return // said nothing
	}
	var v value
	var m metadata
	if json.Unmarshal(raw, &v) != nil || json.Unmarshal(v.Metadata, &m) != nil || len(v.Metadata) > maxAbout || !idShape.MatchString(m.ID) {
		c.raws = append(c.raws, aside(account, raw))
		return
	}
	if !serves(m.ID) {
		c.foreign += len(v.Messages)
		return
	}
	for _, message := range v.Messages {
		c.raws = append(c.raws, one(m.ID, v, message))
	}
	for _, raw := range v.Statuses {
		var s statusUpdate
		if json.Unmarshal(raw, &s) != nil {
			continue // of no message of ours that could be named
		}
		if d, t, ok := s.read(); ok {
			c.statuses, c.tags = append(c.statuses, d), append(c.tags, t)
		}
	}
	for _, e := range v.Errors {
		c.errors = append(c.errors, (&apiError{Status: 200, Code: e.Code, Said: e.said()}).Error())
	}
}

// one makes the inbox's row of a message.
func one(account string, v value, message json.RawMessage) hotline.Raw {
	var f from
	if json.Unmarshal(message, &f) != nil {
		return aside(account, message)
	}
	contacts := ofSender(v.Contacts, f)
	peer := f.peer(contacts)
	if _, err := recipientOf(peer); err != nil || ref(f.ID) == "" {
		return aside(account, message)
	}
	body, err := json.Marshal(single{Metadata: v.Metadata, Contacts: contacts, Message: message})
	if err != nil { // raw JSON that was just read
		return aside(account, message)
	}
	return hotline.Raw{Channel: hotline.WhatsAppCloud, Account: account, Peer: peer, Delivery: f.ID, Body: body}
}

// peer is whose a message is. Some name the user id beside the contact only. Whom the network knows by another id from now on is known to us by the
// one before.
func (f *from) peer(contacts []json.RawMessage) string {
	if f.System.Before != "" {
		return peerOf(f.System.Before, "")
	}
	var w who
	if len(contacts) == 1 && json.Unmarshal(contacts[0], &w) != nil {
		w = who{}
	}
	return peerOf(cmp.Or(f.UserID, w.UserID), cmp.Or(f.Phone, w.WaID))
}

// maxRef bounds the network's ids in bytes; real ones have some 70.
const maxRef = 256

// maxAbout bounds what stands in every row of a call beside the message, in bytes: real numbers and contacts have some 200.
const maxAbout = 8 << 10

// ofSender leaves of a value's contacts those that say something of a message's sender: one value may hold messages of several people, and what one
// of them is called is nothing for another's row. A single contact is the sender's, also where the two do not name each other.
func ofSender(contacts []json.RawMessage, f from) []json.RawMessage {
	contacts = slices.DeleteFunc(slices.Clone(contacts), func(c json.RawMessage) bool { return len(c) > maxAbout })
	if len(contacts) < 2 {
		return contacts
	}
	for _, raw := range contacts {
		var w who
		if json.Unmarshal(raw, &w) == nil && (w.UserID != "" && w.UserID == f.UserID || w.WaID != "" && w.WaID == f.Phone) {
			return []json.RawMessage{raw}
		}
	}
	return nil
}

// aside makes the row of something that cannot be read. The same bytes are the same thing when they come twice.
func aside(account string, body []byte) hotline.Raw {
	return hotline.Raw{Channel: hotline.WhatsAppCloud, Account: account, Delivery: hash(body), Body: body}
}

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

var errNoInbox = errors.New("whatsapp cloud: no inbox to put messages into")
