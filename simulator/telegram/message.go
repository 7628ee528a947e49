package telegram

import (
	"strconv"
	"time"
)

// Kind says what a message is.
type Kind string

// The kinds of messages that the simulator makes itself.
const (
	KindText     Kind = "text"
	KindPhoto    Kind = "photo"
	KindVideo    Kind = "video"
	KindVoice    Kind = "voice"
	KindAudio    Kind = "audio"
	KindDocument Kind = "document"
	KindSticker  Kind = "sticker"
	KindLocation Kind = "location"
	KindVenue    Kind = "venue"
	KindContact  Kind = "contact"
	KindPoll     Kind = "poll"
)

// Message is one message of a chat as it stands. A Message is never changed after it
// was published: an edit makes a new one. Treat it and everything it points to as
// read-only.
type Message struct {
	ID       int
	FromBot  bool
	By       *Person // who wrote it, in a group; nil for the bot, and in a private chat
	Date     time.Time
	EditDate time.Time // zero when never edited
	Kind     Kind
	Text     string // the text, or the caption
	Entities []Entity
	Media    *Media
	Location *Location
	Contact  *Contact
	Poll     *Poll
	ReplyTo  int    // the id of the message it answers, or 0
	Album    string // the media group, or ""
	Forward  *Forward

	Buttons         [][]Button // the inline keyboard
	Keyboard        *Keyboard  // the reply keyboard that it brought
	KeyboardRemoved bool       // it took the reply keyboard away

	Deleted   bool
	Revisions []Revision // what it was before each edit, oldest first

	answered    *Message // the message that it answers
	preview     []byte   // link_preview_options, as JSON
	captionTop  bool
	spoiler     bool
	protected   bool
	effect      string
	fixedMarkup bool // it brought something other than an inline keyboard, so nobody can edit it
}

// Revision is a former state of a message.
type Revision struct {
	Until    time.Time // when it was edited away
	Text     string
	Entities []Entity
	Buttons  [][]Button
}

// Entity marks a part of a text. Offset and Length count UTF-16 units.
type Entity struct {
	Type     string
	Offset   int
	Length   int
	URL      string // of a text_link
	Language string // of a pre
	EmojiID  string // of a custom_emoji
	UserID   int64  // of a text_mention
}

// Location is a point in degrees.
type Location struct {
	Latitude, Longitude float64
	// Title and Address are a venue's.
	Title, Address string
}

// Contact is a telephone number with a name.
type Contact struct {
	Phone, FirstName, LastName string
	UserID                     int64 // 0 for somebody without Telegram
}

// Poll is a question with options.
type Poll struct {
	ID       string
	Question string
	Options  []string
}

// Forward says where a forwarded message came from.
type Forward struct {
	Name   string  // of somebody who hides the account
	Person *Person // or the person
	Date   time.Time
}

// Button is one button below a message.
type Button struct {
	Text string
	Data string // what the bot gets when it is pressed
	URL  string // or the page that it opens
	Copy string // or the text that it copies
	// Other names any other kind of button, such as "switch_inline_query".
	Other string
	Style string
}

// Keyboard is a reply keyboard: what the person sees in place of the letters.
type Keyboard struct {
	Rows        [][]Key
	OneTime     bool
	Persistent  bool
	Resize      bool
	Placeholder string
	// ForceReply is set, with no rows, when the bot asked for a reply to its message.
	ForceReply bool
}

// Key is one key of a reply keyboard. A plain one sends its text.
type Key struct {
	Text            string
	RequestContact  bool
	RequestLocation bool
}

// alone is the message without the one that it answers in its turn: so a long
// conversation of replies does not hold all of itself in memory.
func (m *Message) alone() *Message {
	if m.answered == nil && m.Revisions == nil {
		return m
	}
	c := *m
	c.answered, c.Revisions = nil, nil
	return &c
}

// append writes the Message object. The message that it answers is nested once only,
// as Telegram does.
func (m *Message) append(b []byte, p *Person, nested bool) []byte {
	b = append(b, `{"message_id":`...)
	b = strconv.AppendInt(b, int64(m.ID), 10)
	b = append(b, `,"from":`...)
	switch {
	case m.FromBot:
		b = append(b, p.bot.user...)
	case m.By != nil:
		b = append(b, m.By.user...)
	default:
		b = append(b, p.user...)
	}
	b = append(b, `,"chat":`...)
	b = append(b, p.chat...)
	b = appendInt(b, "date", m.Date.Unix())
	if !m.EditDate.IsZero() {
		b = appendInt(b, "edit_date", m.EditDate.Unix())
	}
	if m.Forward != nil {
		b = m.Forward.append(b)
	}
	if m.answered != nil && !nested {
		b = m.answered.append(appendKey(b, "reply_to_message"), p, true)
	}
	b = appendTrue(b, "has_protected_content", m.protected)
	b = appendOptional(b, "media_group_id", m.Album)
	b = m.appendContent(b)
	b = appendOptional(b, "effect_id", m.effect)
	if len(m.Buttons) > 0 {
		b = appendButtons(appendKey(b, "reply_markup"), m.Buttons)
	}
	return append(b, '}')
}

func (m *Message) appendContent(b []byte) []byte {
	switch m.Kind {
	case KindText:
		b = appendField(b, "text", m.Text)
		b = appendEntities(b, "entities", m.Entities)
		if m.preview != nil {
			b = append(appendKey(b, "link_preview_options"), m.preview...)
		}
		return b
	case KindLocation:
		return m.Location.append(appendKey(b, "location"))
	case KindVenue:
		b = append(appendKey(b, "venue"), `{"location":`...)
		b = m.Location.append(b)
		b = appendField(b, "title", m.Location.Title)
		b = append(appendField(b, "address", m.Location.Address), '}')
		return m.Location.append(appendKey(b, "location"))
	case KindContact:
		b = append(appendKey(b, "contact"), `{"phone_number":`...)
		b = appendString(b, m.Contact.Phone)
		b = appendField(b, "first_name", m.Contact.FirstName)
		b = appendOptional(b, "last_name", m.Contact.LastName)
		if m.Contact.UserID != 0 {
			b = appendInt(b, "user_id", m.Contact.UserID)
		}
		return append(b, '}')
	case KindPoll:
		b = append(appendKey(b, "poll"), `{"id":`...)
		b = appendString(b, m.Poll.ID)
		b = appendField(b, "question", m.Poll.Question)
		b = append(appendKey(b, "options"), '[')
		for i, o := range m.Poll.Options {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"text":`...)
			b = append(appendInt(appendString(b, o), "voter_count", 0), '}')
		}
		return append(b, `],"total_voter_count":0,"is_closed":false,"is_anonymous":true,"type":"regular","allows_multiple_answers":false}`...)
	}
	if m.Media != nil {
		b = m.Media.append(b)
		b = appendOptional(b, "caption", m.Text)
		b = appendEntities(b, "caption_entities", m.Entities)
		b = appendTrue(b, "show_caption_above_media", m.captionTop)
		b = appendTrue(b, "has_media_spoiler", m.spoiler)
	}
	return b
}

func (l *Location) append(b []byte) []byte {
	b = append(b, `{"latitude":`...)
	b = strconv.AppendFloat(b, l.Latitude, 'f', 6, 64)
	b = append(b, `,"longitude":`...)
	b = strconv.AppendFloat(b, l.Longitude, 'f', 6, 64)
	return append(b, '}')
}

func (f *Forward) append(b []byte) []byte {
	b = append(b, `,"forward_origin":{"type":`...)
	if f.Person != nil {
		b = append(b, `"user","sender_user":`...)
		b = append(b, f.Person.user...)
	} else {
		b = append(b, `"hidden_user","sender_user_name":`...)
		b = appendString(b, f.Name)
	}
	return append(appendInt(b, "date", f.Date.Unix()), '}')
}

func appendEntities(b []byte, key string, list []Entity) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(appendKey(b, key), '[')
	for i := range list {
		e := &list[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"offset":`...)
		b = strconv.AppendInt(b, int64(e.Offset), 10)
		b = appendInt(b, "length", int64(e.Length))
		b = appendField(b, "type", e.Type)
		b = appendOptional(b, "url", e.URL)
		b = appendOptional(b, "language", e.Language)
		b = appendOptional(b, "custom_emoji_id", e.EmojiID)
		if e.UserID != 0 {
			b = append(appendKey(b, "user"), `{"id":`...)
			b = strconv.AppendInt(b, e.UserID, 10)
			b = append(b, `,"is_bot":false,"first_name":""}`...)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendButtons(b []byte, rows [][]Button) []byte {
	b = append(b, `{"inline_keyboard":[`...)
	for i, row := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for j := range row {
			k := &row[j]
			if j > 0 {
				b = append(b, ',')
			}
			b = append(b, `{"text":`...)
			b = appendString(b, k.Text)
			switch {
			case k.Other == "web_app" || k.Other == "login_url":
				b = append(appendKey(b, k.Other), `{"url":`...)
				b = append(appendString(b, k.URL), '}')
			case k.Other == "pay":
				b = appendTrue(b, "pay", true)
			case k.Other != "":
				b = appendField(b, k.Other, k.Data)
			case k.URL != "":
				b = appendField(b, "url", k.URL)
			case k.Copy != "":
				b = append(appendKey(b, "copy_text"), `{"text":`...)
				b = append(appendString(b, k.Copy), '}')
			default:
				b = appendField(b, "callback_data", k.Data)
			}
			b = append(appendOptional(b, "style", k.Style), '}')
		}
		b = append(b, ']')
	}
	return append(b, `]}`...)
}

func sameButtons(a, b [][]Button) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			if a[i][j] != b[i][j] {
				return false
			}
		}
	}
	return true
}

func sameEntities(a, b []Entity) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
