package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// ErrIgnored says that an update is whole but not for us: said in a group and neither a command nor a reply (see group.go), from another bot, or a
// note of the network's own. It is taken off the inbox without an answer.
var ErrIgnored = hotline.ErrIgnored

// The bounds of what is kept of names and the like, in bytes. The raw update keeps the rest.
const (
	maxName     = 256
	maxFileName = 256
)

// Parse reads one update. Error ErrIgnored: nothing to do; any other: it is not what the Bot API promises. The message's Address has channel and
// peer only. A pressed button has no time of its own: At is zero.
//
// The types it reads into are ours and small on purpose: the library's refuse a whole update for one new kind of chat member or forward.
func Parse(raw []byte) (hotline.Message, error) {
	m, err := parse(raw)
	if err == nil && (strings.ContainsRune(m.Callback, 0) || m.Media != nil && strings.ContainsRune(m.Media.Ref, 0)) {
		// What goes back to the network cannot be mended as a text can, and Postgres takes no NUL.
		return hotline.Message{}, errors.New("read a telegram update: an identifier holds a NUL")
	}
	return m, err
}

func parse(raw []byte) (hotline.Message, error) {
	var u update
	if err := json.Unmarshal(raw, &u); err != nil {
		return hotline.Message{}, fmt.Errorf("read a telegram update: %w", plain(err))
	}
	switch {
	case u.ID <= 0:
		return hotline.Message{}, errors.New("read a telegram update: it has no id")
	case u.Message != nil && u.Message.Chat.ofMany():
		return u.Message.readInGroup()
	case u.Message != nil:
		return u.Message.read()
	case u.Edited != nil:
		return u.Edited.readEdit()
	case u.Pressed != nil:
		return u.Pressed.read()
	case u.Member != nil && u.Member.Chat.ofMany():
		return u.Member.readInGroup()
	case u.Member != nil:
		return u.Member.read()
	}
	return hotline.Message{}, ErrIgnored
}

// plain drops what a JSON error quotes of the text.
func plain(err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Errorf("%s is no %s", kind.Field, kind.Type)
	}
	return errors.New("not JSON")
}

// The parts of the Bot API's objects that mean something to us.
type (
	update struct {
		ID      int64          `json:"update_id"`
		Message *message       `json:"message"`
		Edited  *message       `json:"edited_message"`
		Pressed *callbackQuery `json:"callback_query"`
		Member  *memberUpdate  `json:"my_chat_member"`
	}
	user struct {
		ID       int64  `json:"id"`
		Bot      bool   `json:"is_bot"`
		First    string `json:"first_name"`
		Last     string `json:"last_name"`
		Language string `json:"language_code"`
	}
	chat struct {
		ID   int64  `json:"id"`
		Type string `json:"type"`
	}
	present struct{} // an object that need only be there
	message struct {
		ID          int64     `json:"message_id"`
		Date        int64     `json:"date"`
		EditDate    int64     `json:"edit_date"`
		From        *user     `json:"from"`
		Chat        chat      `json:"chat"`
		Text        string    `json:"text"`
		Caption     string    `json:"caption"`
		Forward     *present  `json:"forward_origin"`
		ForwardDate int64     `json:"forward_date"` // how it was said before Bot API 7
		ReplyTo     *replied  `json:"reply_to_message"`
		Photo       []file    `json:"photo"`
		Video       *file     `json:"video"`
		VideoNote   *file     `json:"video_note"`
		Animation   *file     `json:"animation"`
		Voice       *file     `json:"voice"`
		Audio       *file     `json:"audio"`
		Document    *file     `json:"document"`
		Location    *location `json:"location"`
		Venue       *venue    `json:"venue"`
		Contact     *contact  `json:"contact"`
		Sticker     *present  `json:"sticker"`
		Dice        *present  `json:"dice"`
		Poll        *present  `json:"poll"`

		// Notes of the network's own.
		Pinned     *present `json:"pinned_message"`
		AutoDelete *present `json:"message_auto_delete_timer_changed"`
		Background *present `json:"chat_background_set"`
		Allowed    *present `json:"write_access_allowed"`
		MovedTo    int64    `json:"migrate_to_chat_id"` // a group became a supergroup
		Website    string   `json:"connected_website"`
		Proximity  *present `json:"proximity_alert_triggered"`
	}
	replied struct {
		ID   int64 `json:"message_id"`
		From *user `json:"from"`
	}
	file struct {
		ID     string `json:"file_id"`
		Size   int64  `json:"file_size"`
		Width  int64  `json:"width"`
		Height int64  `json:"height"`
		Mime   string `json:"mime_type"`
		Name   string `json:"file_name"`
	}
	location struct {
		Lat float64 `json:"latitude"`
		Lng float64 `json:"longitude"`
	}
	venue struct {
		Location location `json:"location"`
		Title    string   `json:"title"`
		Address  string   `json:"address"`
	}
	contact struct {
		Phone string `json:"phone_number"`
		First string `json:"first_name"`
		Last  string `json:"last_name"`
		User  int64  `json:"user_id"`
	}
	callbackQuery struct {
		ID     string   `json:"id"`
		From   *user    `json:"from"`
		Held   *message `json:"message"`
		Inline string   `json:"inline_message_id"`
		Data   string   `json:"data"`
	}
	memberUpdate struct {
		Date int64  `json:"date"`
		Chat chat   `json:"chat"`
		From *user  `json:"from"`
		New  member `json:"new_chat_member"`
	}
	member struct {
		Status string `json:"status"`
	}
)

const private = "private"

// ours tells whether we speak in this chat and with this sender at all.
func ours(c chat, from *user) error {
	switch {
	case c.ID == 0 || c.Type == "":
		return errors.New("read a telegram update: it has no chat")
	case c.Type != private || from != nil && from.Bot:
		return ErrIgnored
	}
	return nil
}

func begin(c chat, from *user, at int64) hotline.Message {
	m := hotline.Message{Address: hotline.Address{Channel: hotline.Telegram, Peer: strconv.FormatInt(c.ID, 10)}}
	if at > 0 {
		m.At = time.Unix(at, 0).UTC()
	}
	if from != nil {
		m.Name = from.name()
		m.Language = language(from.Language)
	}
	return m
}

func (u *user) name() string { return bounded(tidy(u.First+" "+u.Last), maxName) }

// language reads an IETF tag of the person's app: a guess and no more.
func language(tag string) hotline.Lang {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	switch tag {
	case "id", "in":
		return hotline.Indonesian
	case "jv", "jw":
		return hotline.Javanese
	case "en":
		return hotline.English
	}
	return ""
}

// tidy makes one line of a name.
func tidy(s string) string { return strings.Join(strings.Fields(words(s)), " ") }

// words drops the one character that neither Postgres nor a person wants.
func words(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func (m *message) read() (hotline.Message, error) {
	out, err := m.common(m.Date)
	if err != nil {
		return out, err
	}
	switch {
	case m.Text != "":
		out.Kind = hotline.MsgText
	case m.media() != nil:
		out.Kind, out.Media, out.Text = hotline.MsgMedia, m.media(), bounded(words(m.Caption), hotline.MaxText)
	case m.Venue != nil:
		out.Kind, out.Pin = hotline.MsgPin, m.Venue.Location.point()
		out.Text = bounded(words(strings.Trim(m.Venue.Title+", "+m.Venue.Address, ", ")), hotline.MaxText)
	case m.Location != nil:
		out.Kind, out.Pin = hotline.MsgPin, m.Location.point()
	case m.Contact != nil:
		out.Kind, out.Contact = hotline.MsgContact, m.Contact.read(m.From)
	case m.Sticker != nil, m.Dice != nil:
		out.Kind = hotline.MsgSticker
	case m.Poll != nil:
		out.Kind = hotline.MsgPoll
	case m.Pinned != nil, m.AutoDelete != nil, m.Background != nil, m.Allowed != nil, m.Website != "", m.Proximity != nil:
		return out, ErrIgnored
	default:
		out.Kind = hotline.MsgOther
		out.Text = bounded(words(m.Caption), hotline.MaxText)
	}
	return out, nil
}

// readEdit reads a changed message. A live location changes every few seconds and says nothing new: ignored.
func (m *message) readEdit() (hotline.Message, error) {
	at := m.EditDate
	if at == 0 {
		at = m.Date
	}
	out, err := m.common(at)
	if err != nil {
		return out, err
	}
	out.Kind, out.Media = hotline.MsgEdit, m.media()
	if m.Text == "" {
		out.Text = bounded(words(m.Caption), hotline.MaxText)
	}
	if out.Text == "" && out.Media == nil {
		return out, ErrIgnored
	}
	return out, nil
}

func (m *message) common(at int64) (hotline.Message, error) {
	if err := ours(m.Chat, m.From); err != nil {
		return hotline.Message{}, err
	}
	out := begin(m.Chat, m.From, at)
	out.Ref = strconv.FormatInt(m.ID, 10)
	out.Text = bounded(words(m.Text), hotline.MaxText)
	out.Forwarded = m.Forward != nil || m.ForwardDate != 0
	if m.ReplyTo != nil && m.ReplyTo.ID != 0 {
		out.ReplyTo = strconv.FormatInt(m.ReplyTo.ID, 10)
	}
	return out, nil
}

// media gives the medium a message carries; nil for none. Of a photo's sizes it is the largest that may be fetched. Sound is a voice whatever
// its name: an anonymous person's must not get about because it was sent as a file.
func (m *message) media() *hotline.Media {
	switch {
	case len(m.Photo) > 0:
		best := m.Photo[0]
		for _, p := range m.Photo[1:] {
			if p.Size <= hotline.MaxMedia && p.Width*p.Height >= best.Width*best.Height {
				best = p
			}
		}
		best.Mime = "image/jpeg"
		return best.as(hotline.Photo)
	case m.Video != nil:
		return m.Video.as(hotline.Video)
	case m.VideoNote != nil:
		return m.VideoNote.as(hotline.Video)
	case m.Animation != nil: // also has a document, for older clients
		return m.Animation.as(hotline.Video)
	case m.Voice != nil:
		return m.Voice.as(hotline.Voice)
	case m.Audio != nil:
		return m.Audio.as(hotline.Voice)
	case m.Document != nil && strings.HasPrefix(m.Document.Mime, "audio/"):
		return m.Document.as(hotline.Voice)
	case m.Document != nil:
		return m.Document.as(hotline.Document)
	}
	return nil
}

func (f *file) as(kind hotline.MediaKind) *hotline.Media {
	if f.ID == "" {
		return nil
	}
	return &hotline.Media{Kind: kind, Ref: f.ID, Mime: bounded(tidy(f.Mime), maxName), Name: bounded(tidy(f.Name), maxFileName), Size: max(f.Size, 0)}
}

func (l location) point() *hotline.Point { return &hotline.Point{Lat: l.Lat, Lng: l.Lng} }

// read reads a shared number. The person's own comes in international form, sometimes without its plus.
func (c *contact) read(from *user) *hotline.Contact {
	out := &hotline.Contact{Phone: bounded(tidy(c.Phone), maxName), Name: bounded(tidy(c.First+" "+c.Last), maxName), Own: from != nil && c.User != 0 && c.User == from.ID}
	if out.Own && out.Phone != "" && out.Phone[0] != '+' {
		out.Phone = "+" + out.Phone
	}
	return out
}

func (q *callbackQuery) read() (hotline.Message, error) {
	if q.ID == "" || q.From == nil {
		return hotline.Message{}, errors.New("read a telegram update: a pressed button without id or sender")
	}
	if q.Inline != "" || q.Data == "" {
		return hotline.Message{}, ErrIgnored
	}
	at := chat{ID: q.From.ID, Type: private}
	if q.Held != nil {
		at = q.Held.Chat
	}
	if err := ours(at, q.From); err != nil {
		return hotline.Message{}, err
	}
	out := begin(at, q.From, 0)
	out.Kind, out.Choice, out.Callback = hotline.MsgChoice, words(q.Data), q.ID
	if q.Held != nil && q.Held.ID != 0 {
		out.On = strconv.FormatInt(q.Held.ID, 10)
	}
	return out, nil
}

func (m *memberUpdate) read() (hotline.Message, error) {
	if err := ours(m.Chat, m.From); err != nil {
		return hotline.Message{}, err
	}
	out := begin(m.Chat, m.From, m.Date)
	switch m.New.Status {
	case "kicked":
		out.Kind = hotline.MsgBlocked
	case "member":
		out.Kind = hotline.MsgReturned
	default:
		return out, ErrIgnored
	}
	return out, nil
}
