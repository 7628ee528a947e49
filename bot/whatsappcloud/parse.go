package whatsappcloud

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// ErrIgnored says that a message is whole but not for us: written in a group, or a note of the network's own. It is taken off the inbox without an
// answer.
var ErrIgnored = hotline.ErrIgnored

// The bounds of what is kept of names and the like, in bytes. The raw row keeps the rest.
const (
	maxName     = 256
	maxFileName = 256
)

// Parse reads one message as Webhook put it into the inbox. Error ErrIgnored: nothing to do; any other: it is not what the network promises. The
// message's Address has channel and peer only. Callback is the message's own id, whatever its kind: what is answered so is shown as read.
func Parse(raw []byte) (hotline.Message, error) {
	var s struct {
		Contacts []profile `json:"contacts"`
		Message  *message  `json:"message"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return hotline.Message{}, fmt.Errorf("read a whatsapp message: %w", plain(err))
	}
	if s.Message == nil || ref(s.Message.ID) == "" {
		return hotline.Message{}, errors.New("read a whatsapp message: it has no id")
	}
	var p profile
	if len(s.Contacts) == 1 {
		p = s.Contacts[0]
	}
	return s.Message.read(p)
}

// plain drops what a JSON error quotes of the text.
func plain(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("%s is no %s", kind.Field, kind.Type)
	}
	return errors.New("not JSON")
}

// The parts of the network's objects that mean something to us.
type (
	profile struct {
		WaID    string `json:"wa_id"`
		UserID  string `json:"user_id"`
		Profile struct {
			Name     string `json:"name"`
			Username string `json:"username"`
		} `json:"profile"`
	}
	message struct {
		ID      string   `json:"id"`
		From    string   `json:"from"`
		UserID  string   `json:"from_user_id"`
		Group   string   `json:"group_id"`
		Time    flexible `json:"timestamp"`
		Type    string   `json:"type"`
		Context struct {
			ID         string `json:"id"`
			Forwarded  bool   `json:"forwarded"`
			Frequently bool   `json:"frequently_forwarded"`
		} `json:"context"`
		content

		Button *struct {
			Text    string `json:"text"`
			Payload string `json:"payload"`
		} `json:"button"`
		Interactive *struct {
			Button *picked `json:"button_reply"`
			List   *picked `json:"list_reply"`
		} `json:"interactive"`
		Location *struct {
			Lat     flexible `json:"latitude"`
			Lng     flexible `json:"longitude"`
			Name    string   `json:"name"`
			Address string   `json:"address"`
		} `json:"location"`
		Contacts []card `json:"contacts"`
		Origin   string `json:"origin"`
		Reaction *struct {
			On    string `json:"message_id"`
			Emoji string `json:"emoji"`
		} `json:"reaction"`
		Order *struct {
			Text string `json:"text"`
		} `json:"order"`
		Edit *struct {
			Of  string `json:"original_message_id"`
			New struct {
				content
			} `json:"message"`
		} `json:"edit"`
		Revoke *struct {
			Of string `json:"original_message_id"`
		} `json:"revoke"`
		System *struct {
			Type   string `json:"type"`
			WaID   string `json:"wa_id"`
			NewID  string `json:"new_wa_id"`
			UserID string `json:"user_id"`
			Before string `json:"previous_user_id"`
		} `json:"system"`
		Unsupported struct {
			Type string `json:"type"`
		} `json:"unsupported"`
	}
	content struct { // what an edit may change, too
		Text *struct {
			Body string `json:"body"`
		} `json:"text"`
		Image    *file `json:"image"`
		Video    *file `json:"video"`
		Audio    *file `json:"audio"`
		Document *file `json:"document"`
		Sticker  *file `json:"sticker"`
	}
	file struct {
		ID      string   `json:"id"`
		Mime    string   `json:"mime_type"`
		Name    string   `json:"filename"`
		Caption string   `json:"caption"`
		Size    flexible `json:"file_size"`
	}
	picked struct {
		ID string `json:"id"`
	}
	card struct {
		Origin string `json:"origin"`
		Name   struct {
			Whole string `json:"formatted_name"`
			First string `json:"first_name"`
			Last  string `json:"last_name"`
		} `json:"name"`
		Phones []struct {
			Phone string `json:"phone"`
			WaID  string `json:"wa_id"`
		} `json:"phones"`
	}
)

// A flexible number is written as one or as a string: the network does both, for one and the same field.
type flexible string

// UnmarshalJSON takes a number or a string of one; anything else is no number, which is no reason to lose the message.
func (f *flexible) UnmarshalJSON(b []byte) error {
	*f = flexible(strings.Trim(string(b), `" `))
	return nil
}

// number gives the number; 0 for none.
func (f flexible) number() float64 {
	n, err := strconv.ParseFloat(string(f), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0
	}
	return n
}

func (f flexible) given() bool {
	n, err := strconv.ParseFloat(string(f), 64)
	return err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

func (m *message) read(p profile) (hotline.Message, error) {
	out := hotline.Message{
		Address:  hotline.Address{Channel: hotline.WhatsAppCloud, Peer: peerOf(cmp.Or(m.UserID, p.UserID), cmp.Or(m.From, p.WaID))},
		Ref:      m.ID,
		Callback: m.ID,
		ReplyTo:  ref(m.Context.ID), Forwarded: m.Context.Forwarded || m.Context.Frequently,
		Name:  bounded(tidy(cmp.Or(p.Profile.Name, p.Profile.Username)), maxName),
		Phone: phone(cmp.Or(m.From, p.WaID)),
	}
	if seconds := m.Time.number(); seconds > 0 && seconds < 1<<40 {
		out.At = time.Unix(int64(seconds), 0).UTC()
	}
	if m.Type == "system" {
		return m.moved(out)
	}
	if _, err := recipientOf(out.Address.Peer); err != nil {
		return out, errors.New("read a whatsapp message: it has no sender")
	}
	if m.Group != "" || m.Type == "request_welcome" {
		return out, ErrIgnored
	}
	return out, m.fill(&out)
}

func (m *message) fill(out *hotline.Message) error {
	switch {
	case m.Type == "text" && m.Text != nil:
		out.Kind, out.Text = hotline.MsgText, written(m.Text.Body)
	case m.Type == "interactive" && m.Interactive != nil && (m.Interactive.Button != nil || m.Interactive.List != nil):
		pick := m.Interactive.Button
		if pick == nil {
			pick = m.Interactive.List
		}
		choose(out, pick.ID)
	case m.Type == "button" && m.Button != nil && m.Button.Payload != "" && m.Button.Payload != m.Button.Text:
		choose(out, m.Button.Payload)
	case m.Type == "button" && m.Button != nil: // a template's button that means what it says
		out.Kind, out.Text = hotline.MsgText, written(m.Button.Text)
	case m.Type == "location" && m.Location != nil && m.Location.Lat.given() && m.Location.Lng.given():
		out.Kind, out.Pin = hotline.MsgPin, &hotline.Point{Lat: m.Location.Lat.number(), Lng: m.Location.Lng.number()}
		out.Text = written(strings.Trim(m.Location.Name+", "+m.Location.Address, ", "))
	case m.Type == "contacts" && len(m.Contacts) > 0:
		out.Kind, out.Contact = hotline.MsgContact, m.contact()
	case m.Type == "sticker":
		out.Kind = hotline.MsgSticker
	case m.Type == "reaction" && m.Reaction != nil:
		out.Kind, out.Text, out.On, out.Callback = hotline.MsgReaction, bounded(words(m.Reaction.Emoji), 64), ref(m.Reaction.On), ""
	case m.Type == "edit" && m.Edit != nil && ref(m.Edit.Of) != "":
		return m.edited(out)
	case m.Type == "revoke" && m.Revoke != nil && ref(m.Revoke.Of) != "":
		out.Kind, out.Ref, out.Callback = hotline.MsgDeleted, ref(m.Revoke.Of), ""
	case m.Type == "unsupported" && (strings.Contains(m.Unsupported.Type, "poll") || m.Unsupported.Type == "pool"): // thus the network spells it
		out.Kind = hotline.MsgPoll
	default:
		if out.Media, out.Text = m.medium(); out.Media != nil {
			out.Kind = hotline.MsgMedia
			return nil
		}
		out.Kind = hotline.MsgOther
		if m.Order != nil {
			out.Text = written(m.Order.Text)
		}
	}
	return nil
}

// choose makes out a pressed button.
func choose(out *hotline.Message, value string) {
	out.Kind, out.Choice = hotline.MsgChoice, bounded(words(value), maxRef)
	out.On, out.ReplyTo = out.ReplyTo, "" // a press is no answer in words
}

func (m *message) edited(out *hotline.Message) error {
	out.Kind, out.Ref, out.Callback = hotline.MsgEdit, ref(m.Edit.Of), ""
	out.Media, out.Text = m.Edit.New.medium()
	if t := m.Edit.New.Text; t != nil {
		out.Text = written(t.Body)
	}
	if out.Text == "" && out.Media == nil {
		return ErrIgnored
	}
	return nil
}

// moved reads that the network knows a person by another number or id from now on.
func (m *message) moved(out hotline.Message) (hotline.Message, error) {
	s := m.System
	if s == nil {
		return out, ErrIgnored
	}
	switch s.Type {
	case "user_changed_number", "customer_changed_number", "user_changed_user_id":
	default: // such as another telephone with the same number
		return out, ErrIgnored
	}
	out.Address.Peer = (&from{Phone: m.From, UserID: m.UserID, System: fromSystem{Before: s.Before}}).peer(nil)
	number := cmp.Or(s.WaID, s.NewID)
	to := peerOf(s.UserID, number)
	if to == out.Address.Peer {
		return out, ErrIgnored
	}
	if _, err := recipientOf(out.Address.Peer); err != nil {
		return out, errors.New("read a whatsapp message: it has no sender")
	}
	if _, err := recipientOf(to); err != nil {
		return out, ErrIgnored
	}
	out.Kind, out.Moved, out.Phone, out.Callback = hotline.MsgMoved, to, phone(number), ""
	return out, nil
}

// medium gives the medium that a message carries and its caption; nil for none. Sound is a voice whatever its name: an anonymous person's must not get
// about because it was sent as a file.
func (c *content) medium() (*hotline.Media, string) {
	switch {
	case c.Image != nil:
		return c.Image.as(hotline.Photo)
	case c.Video != nil:
		return c.Video.as(hotline.Video)
	case c.Audio != nil:
		return c.Audio.as(hotline.Voice)
	case c.Document != nil && strings.HasPrefix(strings.ToLower(c.Document.Mime), "audio/"):
		return c.Document.as(hotline.Voice)
	case c.Document != nil:
		return c.Document.as(hotline.Document)
	}
	return nil, ""
}

func (f *file) as(kind hotline.MediaKind) (*hotline.Media, string) {
	caption := written(f.Caption)
	if !mediaShape(f.ID) {
		return nil, caption
	}
	mime, _, _ := strings.Cut(f.Mime, ";")
	return &hotline.Media{Kind: kind, Ref: f.ID, Mime: bounded(tidy(mime), maxName), Name: bounded(tidy(f.Name), maxFileName),
		Size: int64(min(max(f.Size.number(), 0), 1<<40))}, caption
}

// mediaShape tells whether a medium's id can stand in a path.
func mediaShape(id string) bool {
	return id != "" && len(id) <= 128 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '_' && r != '-'
	})
}

// contact reads the first card with a number. It is the sender's own where it answers our request for it, or names the number that the network has for
// the sender.
func (m *message) contact() *hotline.Contact {
	best := m.Contacts[0]
	for _, c := range m.Contacts {
		if len(c.Phones) > 0 {
			best = c
			break
		}
	}
	out := &hotline.Contact{Name: bounded(tidy(cmp.Or(best.Name.Whole, best.Name.First+" "+best.Name.Last)), maxName)}
	if len(best.Phones) == 0 {
		return out
	}
	p := best.Phones[0]
	out.Phone = cmp.Or(phone(p.WaID), bounded(tidy(p.Phone), maxName))
	out.Own = cmp.Or(best.Origin, m.Origin) == "contact_request" || p.WaID != "" && p.WaID == m.From
	if out.Own && out.Phone != "" && out.Phone[0] != '+' && phone(digits(out.Phone)) != "" {
		out.Phone = phone(digits(out.Phone))
	}
	return out
}

// ref keeps an id of the network's that may be one; empty for anything else.
func ref(id string) string {
	if len(id) > maxRef || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return id
}

// tidy makes one line of a name.
func tidy(s string) string { return strings.Join(strings.Fields(words(s)), " ") }

// words drops the one character that neither Postgres nor a person wants.
func words(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func written(s string) string { return bounded(words(s), hotline.MaxText) }
