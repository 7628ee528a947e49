package page

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"tanggap/simulator/telegram"
)

// Telegram is a simulated Telegram on the page.
func Telegram(server *telegram.Server) Network { return &telegramNetwork{server} }

type telegramNetwork struct{ server *telegram.Server }

func (*telegramNetwork) name() string { return "Telegram" }

func (n *telegramNetwork) bots() (names []string) {
	for _, b := range n.server.Bots() {
		names = append(names, b.Username())
	}
	return names
}

func (n *telegramNetwork) people() []somebody {
	var out []somebody
	for _, b := range n.server.Bots() {
		for _, p := range b.People() {
			out = append(out, telegramPerson{p, n})
		}
	}
	return out
}

func (n *telegramNetwork) find(id string) somebody {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	for _, b := range n.server.Bots() {
		if p := b.Find(number); p != nil {
			return telegramPerson{p, n}
		}
	}
	return nil
}

func (n *telegramNetwork) join(_ context.Context, x newcomer) (somebody, error) {
	if len(n.server.Bots()) == 0 {
		return nil, errForm
	}
	return telegramPerson{n.server.Person(telegram.PersonOptions{Name: x.name, Language: x.language, Phone: x.phone, Bot: x.bot}), n}, nil
}

func (n *telegramNetwork) file(_ context.Context, id string) ([]byte, string, bool) {
	return n.server.File(id)
}

type telegramPerson struct {
	*telegram.Person
	network *telegramNetwork
}

func (p telegramPerson) guest() guest {
	g := guest{ID: strconv.FormatInt(p.ID(), 10), Name: p.Name(), Colour: p.ID() & 7, Blocked: p.Blocked()}
	if len(p.network.server.Bots()) > 1 {
		g.Label = "@" + p.Bot().Username()
	}
	if m, ok := p.Last(); ok {
		g.Preview = snippet(string(m.Kind), m.Text)
	}
	return g
}

func (telegramPerson) enter(context.Context) error { return nil }

func (p telegramPerson) room() room {
	// The number first: a change in between is in both, and drawn in the same place twice.
	r := room{seq: p.Seq(), us: "@" + p.Bot().Username(), status: "bot", starts: true, contact: p.Options().Phone != ""}
	for _, m := range p.History() {
		if !m.Deleted {
			r.bubbles = append(r.bubbles, p.bubble(m))
		}
	}
	return r
}

func (p telegramPerson) follow(ctx context.Context, after int64) ([]change, error) {
	changes, err := p.Follow(ctx, after)
	out := make([]change, 0, len(changes))
	for _, c := range changes {
		x := change{seq: c.Seq, kind: c.Kind.String()}
		if c.Message != nil {
			x.id = int64(c.Message.ID)
			if c.Kind != telegram.Deleted {
				x.bubble = p.bubble(c.Message)
			}
		} else if c.Answer != nil {
			x.text, x.alert = c.Answer.Text, c.Answer.Alert
		}
		out = append(out, x)
	}
	return out, err
}

func (p telegramPerson) bubble(m *telegram.Message) *bubble {
	b := &bubble{
		ID: int64(m.ID), Ours: m.FromBot, Kind: string(m.Kind), At: m.Date, Edited: !m.EditDate.IsZero(), Text: m.Text,
		Body: body(p.Person, m.Text, m.Entities), ReplyTo: int64(m.ReplyTo), Tools: []string{"reply"},
		BigEmoji: m.Kind == telegram.KindText && emojiOnly(m.Text),
	}
	if m.Forward != nil {
		b.From = m.Forward.Name
	}
	if m.ReplyTo != 0 {
		b.Quote = "…"
		if q, ok := p.Message(m.ReplyTo); ok {
			b.Quote = snippet(string(q.Kind), q.Text)
		}
	}
	if !m.FromBot && m.Forward == nil && (m.Kind == telegram.KindText || m.Media != nil && m.Kind != telegram.KindSticker) {
		b.Tools = append(b.Tools, "edit")
	}
	if f := m.Media; f != nil {
		b.Media = &medium{Kind: string(f.Kind), File: f.FileID, Name: f.Name, Emoji: f.Emoji, Width: f.Width, Height: f.Height, Duration: f.Duration, Size: f.Size}
	}
	if l := m.Location; l != nil {
		b.Location = &location{l.Title, l.Address, l.Latitude, l.Longitude}
	}
	if c := m.Contact; c != nil {
		b.Contact = &contact{c.FirstName + " " + c.LastName, c.Phone}
	}
	if q := m.Poll; q != nil {
		b.Poll = &poll{Question: q.Question, Options: q.Options}
	}
	for _, row := range m.Buttons {
		var out []buttonView
		for _, k := range row {
			v := buttonView{Text: k.Text, Style: k.Style, Copy: k.Copy, Value: k.Data}
			if k.URL != "" {
				v.Link = telegramLink(p.Person, k.URL)
			}
			out = append(out, v)
		}
		b.Rows = append(b.Rows, out)
	}
	return b
}

func (p telegramPerson) keyboard() *keyboard {
	k := p.Keyboard()
	if k == nil {
		return nil
	}
	out := &keyboard{ForceReply: k.ForceReply, Placeholder: k.Placeholder}
	for _, row := range k.Rows {
		var keys []keyView
		for _, x := range row {
			keys = append(keys, keyView{x.Text, x.RequestContact, x.RequestLocation})
		}
		out.Rows = append(out.Rows, keys)
	}
	return out
}

func (p telegramPerson) do(_ context.Context, a act) (err error) {
	message := int(a.message)
	switch a.what {
	case "send":
		if message != 0 {
			_, err = p.Reply(message, a.text)
		} else {
			_, err = p.Send(a.text)
		}
	case "edit":
		_, err = p.Edit(message, a.text)
	case "press":
		_, err = p.Press(message, a.button)
	case "tap":
		_, err = p.Tap(a.text)
	case "start":
		_, err = p.Start(a.text)
	case "contact":
		_, err = p.ShareContact()
	case "block":
		err = p.Block()
	case "unblock":
		err = p.Unblock()
	case "pin":
		_, err = p.Pin(a.lat, a.lng)
	case "sample-photo":
		_, err = p.Photo("contoh.jpg", telegram.SamplePhoto(int(time.Now().UnixMilli()), false), a.text)
	case "sample-voice":
		_, err = p.Voice(telegram.SampleVoice(int(time.Now().UnixMilli())), 5*time.Second)
	case "upload":
		err = p.upload(a)
	default:
		err = errForm
	}
	return err
}

// upload sends files: several pictures as an album.
func (p telegramPerson) upload(a act) (err error) {
	one := a.files[0]
	switch a.as {
	case "photo":
		switch {
		case len(a.files) > 1:
			var items []telegram.Upload
			for _, f := range a.files {
				items = append(items, telegram.Upload{Name: f.name, Data: f.data})
			}
			_, err = p.Album(items, a.text)
		case film(one.data):
			_, err = p.Video(one.name, one.data, a.text)
		default:
			_, err = p.Photo(one.name, one.data, a.text)
		}
	case "voice":
		_, err = p.Voice(one.data, lasts(one.data))
	default:
		for _, f := range a.files {
			if _, err = p.Document(f.name, f.data, a.text); err != nil {
				break
			}
		}
	}
	return err
}

func film(data []byte) bool { return strings.HasPrefix(http.DetectContentType(data), "video/") }

// lasts guesses how long a voice note is. Nobody measures it; 16 kbit/s is what one has.
func lasts(data []byte) time.Duration {
	return max(time.Duration(len(data)/2000)*time.Second, time.Second)
}

// telegramLink gives where a link may lead, "" for nowhere. A link to the bot itself leads
// to this page, with its payload.
func telegramLink(person *telegram.Person, s string) string {
	u := safeLink(s)
	if u == nil {
		return ""
	}
	if u.Host == "t.me" && strings.EqualFold(strings.Trim(u.Path, "/"), person.Bot().Username()) {
		return fmt.Sprintf("chat?id=%d&start=%s", person.ID(), url.QueryEscape(u.Query().Get("start")))
	}
	return u.String()
}

// tags are the elements that entities become.
var tags = map[string]string{
	"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "pre",
	"blockquote": "blockquote", "expandable_blockquote": "blockquote",
}

// body draws a text with its entities. The text is escaped piece by piece; the only markup
// in the result is what is written here. Entities are those of Telegram: nested or apart,
// the outer one first; one that crosses the end of another is cut off there.
func body(person *telegram.Person, text string, entities []telegram.Entity) template.HTML {
	units := utf16.Encode([]rune(text))
	var b strings.Builder
	var open []struct {
		end int
		tag string
	}
	at := 0
	plain := func(to int) {
		b.WriteString(template.HTMLEscapeString(string(utf16.Decode(units[at:to]))))
		at = to
	}
	closeUntil := func(pos int) {
		for len(open) > 0 && open[len(open)-1].end <= pos {
			top := open[len(open)-1]
			open = open[:len(open)-1]
			plain(max(top.end, at))
			b.WriteString("</" + top.tag + ">")
		}
	}
	for _, e := range entities {
		start, end := e.Offset, e.Offset+e.Length
		if start < at || e.Length <= 0 || end > len(units) {
			continue
		}
		closeUntil(start)
		if len(open) > 0 {
			end = min(end, open[len(open)-1].end)
		}
		plain(start)
		covered := string(utf16.Decode(units[start:end]))
		tag, attributes := tags[e.Type], ""
		switch e.Type {
		case "text_link":
			tag, attributes = anchor(telegramLink(person, e.URL))
		case "url":
			tag, attributes = anchor(telegramLink(person, covered))
		case "email":
			tag, attributes = anchor(telegramLink(person, "mailto:"+covered))
		case "phone_number":
			tag, attributes = anchor(telegramLink(person, "tel:"+strings.NewReplacer(" ", "", "-", "").Replace(covered)))
		case "spoiler":
			tag, attributes = "span", ` class="spoiler" tabindex="0"`
		case "bot_command":
			tag, attributes = "a", ` href="#" class="command"`
		case "mention", "hashtag", "cashtag", "text_mention":
			tag, attributes = "span", ` class="mention"`
		}
		if tag == "" {
			continue
		}
		b.WriteString("<" + tag + attributes + ">")
		open = append(open, struct {
			end int
			tag string
		}{end, tag})
	}
	closeUntil(len(units))
	plain(len(units))
	return template.HTML(b.String()) //nolint:gosec // every text in it went through HTMLEscapeString
}
