package whatsapp

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"tanggap/hotline"
)

// An envelope is what goes into the inbox: the message as it was decrypted, and what only the connection knew of it.
type envelope struct {
	Version int      `json:"v"`
	ID      string   `json:"id"`
	Chat    string   `json:"chat"` // the peer: a LID, or a group
	From    string   `json:"from"` // who wrote, by LID
	Phone   string   `json:"phone,omitempty"`
	Name    string   `json:"name,omitempty"`
	At      int64    `json:"at"` // Unix seconds
	Group   bool     `json:"group,omitempty"`
	About   string   `json:"about,omitempty"`   // the message of ours that a quote, reaction or vote is about, whole (see namer)
	Vote    []string `json:"vote,omitempty"`    // of our poll, the options chosen now
	Out     bool     `json:"out,omitempty"`     // no message: the group put us out. No Body
	Garbled bool     `json:"garbled,omitempty"` // it could not be decrypted, or broke us: no Body
	Body    []byte   `json:"body,omitempty"`    // a waE2E.Message
}

const envelopeVersion = 1

// maxBody bounds a message in the inbox, in bytes. Of a larger one only its words are kept: nobody types a megabyte.
const maxBody = 1 << 20

// The bounds of names and the like, in bytes.
const (
	maxName = 256
	maxID   = 128
)

// sealed makes an envelope of a message and what the network says of it. peer and from are LIDs (or what there is instead), phone may be empty.
func sealed(info *types.MessageInfo, peer, from, phone types.JID, body *waE2E.Message) (envelope, error) {
	e := envelope{Version: envelopeVersion, ID: identifier(info.ID), Chat: identifier(peer.ToNonAD().String()), From: identifier(from.ToNonAD().String()),
		Name: bounded(tidy(info.PushName), maxName), At: info.Timestamp.Unix(), Group: peer.Server == types.GroupServer}
	if e.ID == "" {
		return envelope{}, fmt.Errorf("a message without an id")
	}
	if phone.Server == types.DefaultUserServer && digits(phone.User) == phone.User {
		e.Phone = bounded(phone.User, 20)
	}
	if info.Timestamp.IsZero() || info.Timestamp.Unix() < 0 {
		e.At = 0
	}
	if body == nil {
		e.Garbled = true
		return e, nil
	}
	raw, err := proto.Marshal(body)
	if err == nil && len(raw) > maxBody {
		raw, err = proto.Marshal(wordsOf(body))
	}
	if err != nil {
		return envelope{}, fmt.Errorf("keep a message: it cannot be written down again")
	}
	e.Body = raw
	return e, nil
}

// wordsOf keeps the words of a message that is too large to be kept.
func wordsOf(m *waE2E.Message) *waE2E.Message {
	m, _ = unwrap(m)
	text := m.GetConversation()
	for _, t := range []string{m.GetExtendedTextMessage().GetText(), m.GetImageMessage().GetCaption(), m.GetVideoMessage().GetCaption(),
		m.GetDocumentMessage().GetCaption()} {
		if text == "" {
			text = t
		}
	}
	return &waE2E.Message{Conversation: proto.String(bounded(strings.ToValidUTF8(text, "\uFFFD"), 4*hotline.MaxText))}
}

// raw makes the inbox's row. The same message has the same delivery however often it comes.
func (e envelope) raw(account string) (hotline.Raw, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return hotline.Raw{}, fmt.Errorf("keep a message: %w", err)
	}
	delivery := e.ID
	if e.Group {
		delivery += "/" + e.From // two people may use one id
	}
	if e.Garbled {
		delivery += "/garbled" // it may still come in a shape that can be read
	}
	return hotline.Raw{Channel: hotline.WhatsApp, Account: account, Peer: e.Chat, Delivery: delivery, Body: body}, nil
}

// time gives when it was sent, as the network says.
func (e envelope) time() time.Time {
	if e.At <= 0 {
		return time.Time{}
	}
	return time.Unix(e.At, 0).UTC()
}

// identifier makes something that can stand in a key: valid, without NUL, bounded.
func identifier(s string) string {
	return bounded(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""), maxID)
}

// tidy makes one line of a name.
func tidy(s string) string { return strings.Join(strings.Fields(words(s)), " ") }

// words drops what neither Postgres nor a person wants.
func words(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// bounded shortens to at most limit bytes, on the boundary of a rune.
func bounded(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
