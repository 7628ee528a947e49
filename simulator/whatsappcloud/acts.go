package whatsappcloud

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// say sends a message of the person's: makes it, queues it, keeps it.
func (p *Person) say(m *Message) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sayLocked(m)
}

func (p *Person) sayLocked(m *Message) (string, error) {
	if p.blocked {
		return "", ErrBlocked
	}
	if m.ReplyTo != "" && p.find(m.ReplyTo) < 0 {
		return "", ErrNoMessage
	}
	m.ID, m.Date = p.s.messageID(), p.s.now()
	if err := p.emit(m.ID, p.content(m)); err != nil {
		return "", err
	}
	p.heard = m.Date
	p.s.wrote.Store(m.ID, p)
	p.keep(m)
	p.changed(Change{Kind: Said, Message: m})
	return m.ID, nil
}

// emit queues a message of the person's, with what the network tells of the sender. The caller holds the lock, so that a person's messages have the
// order of the acts.
func (p *Person) emit(id string, content map[string]any) error {
	content["id"] = id
	content["timestamp"] = strconv.FormatInt(p.s.now().Unix(), 10)
	if !p.opts.NoUserID {
		content["from_user_id"] = p.opts.UserID
	}
	if !p.opts.HideNumber {
		content["from"] = p.opts.Phone
	}
	return p.s.hook.push(item{number: p.number, contact: p.contact(false), message: content})
}

// content is a message as a call shows it.
func (p *Person) content(m *Message) map[string]any {
	out := map[string]any{"type": string(m.Kind)}
	switch m.Kind {
	case KindText:
		out["text"] = map[string]any{"body": m.Text}
	case KindLocation:
		l := map[string]any{"latitude": m.Location.Latitude, "longitude": m.Location.Longitude}
		if m.Location.Name != "" {
			l["name"], l["address"] = m.Location.Name, m.Location.Address
		}
		out["location"] = l
	case KindContact:
		phone := map[string]any{"phone": "+" + onlyDigits(m.Contact.Phone), "type": "CELL"}
		if m.Contact.WaID != "" {
			phone["wa_id"] = m.Contact.WaID
		}
		first, last, _ := strings.Cut(m.Contact.Name, " ")
		card := map[string]any{"name": map[string]any{"formatted_name": m.Contact.Name, "first_name": first, "last_name": last}, "phones": []any{phone}, "origin": "other"}
		if m.Asks != "" {
			card["origin"] = "contact_request"
		}
		out["contacts"] = []any{card}
	case KindInteractive:
		kind, pick := "button_reply", map[string]any{"id": m.Picked, "title": m.Text}
		if m.List != nil {
			kind = "list_reply"
			if d := m.List.Rows[0].Description; d != "" {
				pick["description"] = d
			}
		}
		out["interactive"] = map[string]any{"type": kind, kind: pick}
	case KindButton:
		out["button"] = map[string]any{"text": m.Text, "payload": m.Picked}
	case KindReaction:
		r := map[string]any{"message_id": m.ReplyTo}
		if m.Emoji != "" {
			r["emoji"] = m.Emoji
		}
		out["reaction"] = r
		return out
	case KindOther:
		out["unsupported"] = map[string]any{"type": m.Text}
		out["errors"] = []any{known(131051).with("Message type is currently not supported.").asStatus()}
	default:
		out[string(m.Kind)] = mediaContent(m)
	}
	context := map[string]any{}
	if m.ReplyTo != "" {
		context["from"], context["id"] = p.number.dial, m.ReplyTo
	}
	if m.Forwarded {
		context["forwarded"] = true
	}
	if len(context) > 0 {
		out["context"] = context
	}
	return out
}

func mediaContent(m *Message) map[string]any {
	f := map[string]any{"id": m.Media.ID, "mime_type": m.Media.Mime, "sha256": "c2ltdWxhdGVk"}
	if m.Text != "" {
		f["caption"] = m.Text
	}
	switch m.Kind {
	case KindDocument:
		f["filename"] = m.Media.Name
	case KindAudio:
		f["voice"] = m.Media.Voice
	case KindSticker:
		f["animated"] = false
	}
	return f
}

// Send writes a text. A text longer than a person can write in one message fails.
func (p *Person) Send(text string) (id string, err error) { return p.text(text, "", false) }

// Say is Send.
func (p *Person) Say(text string) (id string, err error) { return p.Send(text) }

// Reply answers a message of the chat with a text.
func (p *Person) Reply(toID, text string) (id string, err error) {
	if toID == "" {
		return "", ErrNoMessage
	}
	return p.text(text, toID, false)
}

// Forward forwards a text that somebody wrote.
func (p *Person) Forward(text string) (id string, err error) { return p.text(text, "", true) }

// maxWritten is how much a person can write in one message.
const maxWritten = 65_536

func (p *Person) text(text, replyTo string, forwarded bool) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text):
		return "", errors.New("simulator: a text must be UTF-8")
	case text == "":
		return "", ErrEmpty
	case utf16Len(text) > maxWritten:
		return "", fmt.Errorf("simulator: a text has at most %d characters", maxWritten)
	}
	return p.say(&Message{Kind: KindText, Text: text, ReplyTo: replyTo, Forwarded: forwarded})
}

// Photo sends a picture.
func (p *Person) Photo(data []byte, caption string) (id string, err error) {
	return p.media(KindPhoto, "image/jpeg", "", data, caption)
}

// Video sends a film.
func (p *Person) Video(data []byte, caption string) (id string, err error) {
	return p.media(KindVideo, "video/mp4", "", data, caption)
}

// Voice sends a voice note.
func (p *Person) Voice(data []byte) (id string, err error) {
	return p.media(KindAudio, "audio/ogg; codecs=opus", "", data, "")
}

// Audio sends music.
func (p *Person) Audio(data []byte) (id string, err error) {
	return p.media(KindAudio, "audio/mpeg", "", data, "")
}

// Document sends a file of a type such as "application/pdf".
func (p *Person) Document(name, kind string, data []byte, caption string) (id string, err error) {
	return p.media(KindDocument, kind, name, data, caption)
}

// Sticker sends a sticker.
func (p *Person) Sticker() (id string, err error) {
	return p.media(KindSticker, "image/webp", "", []byte("RIFF\x00\x00\x00\x00WEBP"), "")
}

func (p *Person) media(kind Kind, mimeType, name string, data []byte, caption string) (string, error) {
	if len(data) == 0 {
		return "", ErrEmpty
	}
	if !utf8.ValidString(caption) || !utf8.ValidString(name) {
		return "", errors.New("simulator: a text must be UTF-8")
	}
	m := p.s.newMedia(p.number, mimeType, name, data)
	m.Voice = kind == KindAudio && strings.HasPrefix(mimeType, "audio/ogg")
	return p.say(&Message{Kind: kind, Text: caption, Media: m})
}

// Pin sends a place, in degrees.
func (p *Person) Pin(lat, lng float64) (id string, err error) {
	return p.Place(Location{Latitude: lat, Longitude: lng})
}

// Place sends a place that may have a name. Where the last message asked for one it answers that.
func (p *Person) Place(l Location) (id string, err error) {
	if !(l.Latitude >= -90 && l.Latitude <= 90 && l.Longitude >= -180 && l.Longitude <= 180) {
		return "", errors.New("simulator: no such place on earth")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sayLocked(&Message{Kind: KindLocation, Location: &l, ReplyTo: p.asked("location_request_message")})
}

// asked gives the id of the program's last message where it asked for something; the caller holds the lock.
func (p *Person) asked(what string) string {
	for i := len(p.messages) - 1; i >= 0; i-- {
		if m := p.messages[i]; m.FromBusiness {
			if m.Asks == what {
				return m.ID
			}
			return ""
		}
	}
	return ""
}

// ShareContact sends the person's own card, as the button of a request for it does; without one it is a card like any other.
func (p *Person) ShareContact() (id string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &Message{Kind: KindContact, Contact: &Contact{Phone: p.opts.Phone, Name: p.names(), WaID: p.opts.Phone}, ReplyTo: p.asked("request_contact_info")}
	if m.ReplyTo != "" {
		m.Asks = "request_contact_info"
	}
	return p.sayLocked(m)
}

// SendContact sends somebody else's number.
func (p *Person) SendContact(c Contact) (id string, err error) {
	if c.Phone == "" || c.Name == "" {
		return "", ErrEmpty
	}
	return p.say(&Message{Kind: KindContact, Contact: &c})
}

// React reacts to a message with an emoji; "" takes the reaction back.
func (p *Person) React(toID, emoji string) (id string, err error) {
	return p.say(&Message{Kind: KindReaction, ReplyTo: toID, Emoji: emoji})
}

// Unsupported sends something that the API does not know, such as "poll".
func (p *Person) Unsupported(what string) (id string, err error) {
	return p.say(&Message{Kind: KindOther, Text: what})
}

// Press presses what has that label: a reply button, a row of a list (by its title or its description), a template's button, or "send_location" and
// "request_contact_info" of a request. messageID "" is the program's newest message that has it.
func (p *Person) Press(messageID, labelled string) (id string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var found *Message
	for i := len(p.messages) - 1; i >= 0 && found == nil; i-- {
		m := p.messages[i]
		if m.FromBusiness && (m.ID == messageID || messageID == "" && m.pick(p, labelled) != nil) {
			found = m
		}
	}
	if found == nil {
		if messageID == "" {
			return "", ErrNoButton
		}
		return "", ErrNoMessage
	}
	pick := found.pick(p, labelled)
	if pick == nil {
		return "", ErrNoButton
	}
	return p.sayLocked(pick)
}

// pick is what pressing a label of a message sends; nil where it has none.
func (m *Message) pick(p *Person, labelled string) *Message {
	for _, b := range m.Buttons {
		if b.Title == labelled || b.ID == labelled {
			if m.Template != "" {
				return &Message{Kind: KindButton, Text: b.Title, Picked: b.ID, ReplyTo: m.ID}
			}
			return &Message{Kind: KindInteractive, Text: b.Title, Picked: b.ID, ReplyTo: m.ID}
		}
	}
	if m.List != nil {
		for _, r := range m.List.Rows {
			if r.Title == labelled || r.ID == labelled || r.Description == labelled && labelled != "" {
				return &Message{Kind: KindInteractive, Text: r.Title, Picked: r.ID, List: &List{Rows: []Row{r}}, ReplyTo: m.ID}
			}
		}
	}
	if m.Asks == "request_contact_info" && labelled == m.Asks {
		return &Message{Kind: KindContact, Contact: &Contact{Phone: p.opts.Phone, Name: p.names(), WaID: p.opts.Phone}, Asks: m.Asks, ReplyTo: m.ID}
	}
	return nil
}

// How long after it was sent a message can be changed and taken back.
const (
	editTime   = 15 * time.Minute
	deleteTime = 48 * time.Hour
)

// Edit changes the text or caption of a message of the person's own. (The network tells of it only for numbers that a telephone uses beside the API.)
func (p *Person) Edit(messageID, newText string) error {
	return p.change(messageID, editTime, func(m *Message) map[string]any {
		m.Text, m.Edited = newText, true
		inner := p.content(m)
		return map[string]any{"type": "edit", "edit": map[string]any{"original_message_id": m.ID, "message": inner}}
	})
}

// Delete takes a message of the person's own back. (See Edit.)
func (p *Person) Delete(messageID string) error {
	return p.change(messageID, deleteTime, func(m *Message) map[string]any {
		m.Deleted = true
		return map[string]any{"type": "revoke", "revoke": map[string]any{"original_message_id": m.ID}}
	})
}

func (p *Person) change(id string, within time.Duration, how func(*Message) map[string]any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(id)
	switch {
	case i < 0:
		return ErrNoMessage
	case p.messages[i].FromBusiness:
		return ErrNotOwn
	case p.s.now().Sub(p.messages[i].Date) > within:
		return ErrTooLate
	}
	m := *p.messages[i]
	if err := p.emit(p.s.messageID(), how(&m)); err != nil {
		return err
	}
	p.messages[i] = &m
	p.changed(Change{Kind: Said, Message: &m})
	return nil
}

// Emit sends a message of any shape: content is what stands beside the sender and the id, such as {"type": "order", "order": {…}}.
func (p *Person) Emit(content map[string]any) (id string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blocked {
		return "", ErrBlocked
	}
	id = p.s.messageID()
	p.heard = p.s.now()
	return id, p.emit(id, content)
}
