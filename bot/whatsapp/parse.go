package whatsapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"tanggap/hotline"
)

// ErrIgnored says that a message is whole but nothing to answer: a setting, a note of the network's own. It is taken off the inbox without a word.
var ErrIgnored = hotline.ErrIgnored

// How deep a message may be nested, in its bytes and in its wrappers. A person's own is never near.
const (
	maxDepth    = 64
	maxWrappers = 8
)

// Parse reads one envelope. Error ErrIgnored: nothing to do; any other: it is not what this package put there. The message's Address has channel and
// peer only. A vote comes as the chosen option's words, in reply to the poll.
func Parse(raw []byte) (hotline.Message, error) {
	var e envelope
	if err := json.Unmarshal(raw, &e); err != nil {
		return hotline.Message{}, errors.New("read a whatsapp message: no envelope")
	}
	switch {
	case e.Version != envelopeVersion:
		return hotline.Message{}, fmt.Errorf("read a whatsapp message: an envelope of version %d", e.Version)
	case e.ID == "" || e.Chat == "" || e.From == "":
		return hotline.Message{}, errors.New("read a whatsapp message: it does not say whose it is")
	}
	m := hotline.Message{
		Address: hotline.Address{Channel: hotline.WhatsApp, Peer: words(e.Chat)}, At: e.time(), Ref: e.ref(e.ID), Name: words(e.Name), Group: e.Group,
	}
	if e.Phone != "" {
		m.Phone = "+" + digits(e.Phone)
	}
	if e.Group {
		m.From = words(e.From)
	}
	if e.Out && e.Group {
		m.Kind, m.From = hotline.MsgBlocked, ""
		return m, nil
	}
	if e.Garbled {
		m.Kind = hotline.MsgGarbled
		return m, nil
	}
	var body waE2E.Message
	if err := (proto.UnmarshalOptions{RecursionLimit: maxDepth, DiscardUnknown: true, AllowPartial: true}).Unmarshal(e.Body, &body); err != nil {
		return hotline.Message{}, errors.New("read a whatsapp message: its body is no message")
	}
	return read(e, m, &body)
}

// ref names a message of the sender's. In a group an id alone does not tell whose it is, which a quote of it needs.
func (e envelope) ref(id string) string {
	if e.Group && id != "" {
		return words(id + "/" + e.From)
	}
	return words(id)
}

// unwrap takes a message out of its wrappers. edited: one of them said that it changes an earlier one.
func unwrap(m *waE2E.Message) (inner *waE2E.Message, edited bool) {
	for range maxWrappers {
		next := m.GetDeviceSentMessage().GetMessage()
		if next == nil {
			next = wrapped(m)
		}
		if next == nil {
			return m, edited
		}
		edited = edited || m.GetEditedMessage() != nil
		m = next
	}
	return m, edited
}

// wrapped finds what stands in one of the many wrappers, also those that are yet to be invented.
func wrapped(m *waE2E.Message) (inner *waE2E.Message) {
	if m == nil {
		return nil
	}
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.Message() == nil || f.IsList() || f.IsMap() || f.Message().Name() != "FutureProofMessage" {
			return true
		}
		if w, ok := v.Message().Interface().(*waE2E.FutureProofMessage); ok && w.GetMessage() != nil {
			inner = w.GetMessage()
		}
		return inner == nil
	})
	return inner
}

// A context is what most messages carry beside their content.
type inContext interface {
	GetContextInfo() *waE2E.ContextInfo
}

func read(e envelope, m hotline.Message, body *waE2E.Message) (hotline.Message, error) {
	body, edited := unwrap(body)
	if p := body.GetProtocolMessage(); p != nil {
		return readProtocol(e, m, p)
	}
	if edited {
		return m, ErrIgnored // an edit that does not say of what
	}
	if err := content(e, &m, body); err != nil {
		return m, err
	}
	return m, nil
}

// readProtocol reads a message about a message: it was changed, or taken back.
func readProtocol(e envelope, m hotline.Message, p *waE2E.ProtocolMessage) (hotline.Message, error) {
	id := identifier(p.GetKey().GetID())
	switch p.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		if id == "" || p.Type == nil {
			return m, ErrIgnored
		}
		if author := identifier(p.GetKey().GetParticipant()); e.Group && strings.HasSuffix(author, "@lid") {
			e.From = author // whoever leads a group may take back what others wrote
		}
		m.Kind, m.Ref = hotline.MsgDeleted, e.ref(id)
		return m, nil
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		changed, _ := unwrap(p.GetEditedMessage())
		if id == "" || changed == nil {
			return m, ErrIgnored
		}
		inner := m
		if err := content(e, &inner, changed); err != nil || inner.Text == "" && inner.Media == nil {
			return m, ErrIgnored // a live location that moved, an emptied caption
		}
		inner.Kind, inner.Ref, inner.Pin, inner.Contact = hotline.MsgEdit, e.ref(id), nil, nil
		return inner, nil
	}
	return m, ErrIgnored
}

// content reads what a message says.
func content(e envelope, m *hotline.Message, b *waE2E.Message) error {
	var with inContext
	switch {
	case b.GetConversation() != "":
		m.Kind, m.Text = hotline.MsgText, said(b.GetConversation())
	case b.GetExtendedTextMessage() != nil:
		t := b.GetExtendedTextMessage()
		m.Kind, m.Text, with = hotline.MsgText, said(t.GetText()), t
	case medium(b) != nil:
		c := medium(b)
		m.Kind, m.Media, m.Text, with = hotline.MsgMedia, c.media(e), said(c.caption), c.with
		if m.Media == nil {
			m.Kind = hotline.MsgOther // to be seen once, on the telephone alone
		}
	case b.GetLocationMessage() != nil:
		l := b.GetLocationMessage()
		m.Kind, m.Pin, with = hotline.MsgPin, point(l.GetDegreesLatitude(), l.GetDegreesLongitude()), l
		m.Text = said(strings.Trim(tidy(l.GetName())+", "+tidy(l.GetAddress()), ", "))
		if c := said(l.GetComment()); c != "" {
			m.Text = said(strings.TrimSpace(m.Text + "\n" + c))
		}
	case b.GetLiveLocationMessage() != nil:
		l := b.GetLiveLocationMessage()
		m.Kind, m.Pin, m.Text, with = hotline.MsgPin, point(l.GetDegreesLatitude(), l.GetDegreesLongitude()), said(l.GetCaption()), l
	case b.GetContactMessage() != nil:
		c := b.GetContactMessage()
		m.Kind, m.Contact, with = hotline.MsgContact, card(e, c), c
	case b.GetContactsArrayMessage() != nil:
		list := b.GetContactsArrayMessage()
		m.Kind, with = hotline.MsgContact, list
		m.Contact = &hotline.Contact{Name: bounded(tidy(list.GetDisplayName()), maxName)}
		for _, c := range list.GetContacts() {
			if found := card(e, c); found.Phone != "" {
				m.Contact = found
				break
			}
		}
	case b.GetStickerMessage() != nil:
		m.Kind, with = hotline.MsgSticker, b.GetStickerMessage()
	case b.GetStickerPackMessage() != nil:
		m.Kind = hotline.MsgSticker
	case b.GetReactionMessage() != nil:
		r := b.GetReactionMessage()
		m.Kind, m.Text, m.On = hotline.MsgReaction, bounded(words(r.GetText()), maxID), about(e, r.GetKey().GetID())
	case b.GetPollUpdateMessage() != nil:
		if len(e.Vote) == 0 {
			return ErrIgnored // of a poll that is none of ours, or taken back
		}
		m.Kind, m.Text, m.ReplyTo = hotline.MsgText, said(e.Vote[0]), about(e, b.GetPollUpdateMessage().GetPollCreationMessageKey().GetID())
		if m.Text == "" {
			m.Kind = hotline.MsgPoll // of ours, but what its options were is forgotten
		}
	case isPollMessage(b):
		m.Kind = hotline.MsgPoll
	case choice(b) != "":
		m.Kind, m.Text = hotline.MsgText, said(choice(b))
		with = firstContext(b)
	case nothing(b):
		return ErrIgnored
	default:
		m.Kind = hotline.MsgOther
	}
	if m.Kind == hotline.MsgText && strings.TrimSpace(m.Text) == "" {
		return ErrIgnored
	}
	if m.Kind == hotline.MsgPin && m.Pin == nil {
		m.Kind = hotline.MsgOther // a place that is none
	}
	if with != nil {
		c := with.GetContextInfo()
		m.Forwarded = c.GetIsForwarded() || c.GetForwardingScore() > 0
		if id := c.GetStanzaID(); id != "" {
			m.ReplyTo = about(e, id)
		}
	}
	return nil
}

// about names the message of ours that another is about.
func about(e envelope, id string) string {
	if e.About != "" {
		return words(e.About)
	}
	return identifier(id)
}

func said(s string) string { return bounded(words(s), hotline.MaxText) }

// point reads a place; nil for one that is not on this earth, and for the null island that a telephone without a fix names.
func point(lat, lng float64) *hotline.Point {
	if math.IsNaN(lat) || math.IsNaN(lng) || math.Abs(lat) > 90 || math.Abs(lng) > 180 || lat == 0 && lng == 0 {
		return nil
	}
	return &hotline.Point{Lat: lat, Lng: lng}
}

func isPollMessage(b *waE2E.Message) bool {
	return b.GetPollCreationMessage() != nil || b.GetPollCreationMessageV2() != nil || b.GetPollCreationMessageV3() != nil ||
		b.GetPollCreationMessageV5() != nil || b.GetPollCreationMessageV6() != nil
}

// choice reads a pressed button or a picked line. We draw none, but a message may have been made elsewhere.
func choice(b *waE2E.Message) string {
	for _, s := range []string{b.GetButtonsResponseMessage().GetSelectedDisplayText(), b.GetTemplateButtonReplyMessage().GetSelectedDisplayText(),
		b.GetListResponseMessage().GetTitle(), b.GetInteractiveResponseMessage().GetBody().GetText()} {
		if s != "" {
			return s
		}
	}
	return ""
}

func firstContext(b *waE2E.Message) inContext {
	switch {
	case b.GetButtonsResponseMessage() != nil:
		return b.GetButtonsResponseMessage()
	case b.GetTemplateButtonReplyMessage() != nil:
		return b.GetTemplateButtonReplyMessage()
	case b.GetListResponseMessage() != nil:
		return b.GetListResponseMessage()
	}
	return b.GetInteractiveResponseMessage()
}

// nothing tells whether a message is only the network's or the app's own business: keys, an announcement of photos that follow, something pinned.
func nothing(b *waE2E.Message) bool {
	only := true
	b.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		switch f.Name() {
		case "conversation", "senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage", "messageContextInfo", "albumMessage",
			"pinInChatMessage", "keepInChatMessage", "encReactionMessage", "encCommentMessage", "encEventResponseMessage", "secretEncryptedMessage",
			"messageHistoryBundle", "messageHistoryNotice", "placeholderMessage", "stickerSyncRmrMessage", "chat", "call", "callLogMesssage",
			"groupRootKeyShare", "rootSecretDistributeMessage", "pollResultSnapshotMessage", "pollResultSnapshotMessageV3":
			return true
		}
		only = false
		return false
	})
	return only
}
