package page

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"tanggap/simulator/telegram"
)

// wib is the clock on the page: West Indonesian Time.
var wib = time.FixedZone("WIB", 7*60*60)

func clock(t time.Time) string { return t.In(wib).Format("15.04") }

// colour picks one of eight for a person, always the same.
func colour(id int64) int64 { return id & 7 }

func initial(name string) string {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if r == utf8.RuneError {
		return "?"
	}
	return strings.ToUpper(string(r))
}

func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(n)/(1<<20)), ".", ",", 1)
}

// snippet is a message in a few words.
func snippet(m *telegram.Message) string {
	text := m.Text
	if text == "" {
		text = map[telegram.Kind]string{
			telegram.KindPhoto: "Foto", telegram.KindVideo: "Video", telegram.KindVoice: "Pesan suara", telegram.KindAudio: "Audio",
			telegram.KindDocument: "Berkas", telegram.KindSticker: "Stiker", telegram.KindLocation: "Lokasi", telegram.KindVenue: "Lokasi",
			telegram.KindContact: "Kontak", telegram.KindPoll: "Polling",
		}[m.Kind]
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return text
}

// bubbleView is one message for the template.
type bubbleView struct {
	*telegram.Message
	Body     template.HTML
	From     string // who wrote the original of a forwarded message
	Quote    string // the message that it answers
	CanEdit  bool
	Rows     [][]buttonView
	BigEmoji bool
}

// buttonView is one inline button; Link is where it leads, or Value what it presses.
type buttonView struct {
	telegram.Button
	Link  string
	Value string
}

// bubble draws one message. A template that fails leaves a hole, not a page that fails.
func (p *page) bubble(person *telegram.Person, m *telegram.Message) template.HTML {
	v := bubbleView{Message: m, Body: p.body(person, m.Text, m.Entities)}
	if m.Forward != nil {
		v.From = m.Forward.Name
	}
	if m.ReplyTo != 0 {
		v.Quote = "…"
		if q, ok := person.Message(m.ReplyTo); ok {
			v.Quote = snippet(&q)
		}
	}
	v.CanEdit = !m.FromBot && m.Forward == nil && (m.Kind == telegram.KindText || m.Media != nil && m.Kind != telegram.KindSticker)
	v.BigEmoji = m.Kind == telegram.KindText && utf8.RuneCountInString(m.Text) <= 2 && m.Text != "" && !strings.ContainsFunc(m.Text, func(r rune) bool { return r < 0x2190 })
	for _, row := range m.Buttons {
		var out []buttonView
		for _, b := range row {
			bv := buttonView{Button: b, Value: b.Data}
			if b.URL != "" {
				bv.Link = p.link(person, b.URL)
			}
			out = append(out, bv)
		}
		v.Rows = append(v.Rows, out)
	}
	var b strings.Builder
	if err := p.tmpl.ExecuteTemplate(&b, "bubble", v); err != nil {
		return "<!-- tidak bisa digambar -->"
	}
	return template.HTML(b.String()) //nolint:gosec // made by html/template
}

func (p *page) keyboard(person *telegram.Person) template.HTML {
	k := person.Keyboard()
	if k == nil {
		return ""
	}
	var b strings.Builder
	if err := p.tmpl.ExecuteTemplate(&b, "keyboard", k); err != nil {
		return ""
	}
	return template.HTML(b.String()) //nolint:gosec // made by html/template
}

// link gives where a link may lead, "" for nowhere. A link to the bot itself leads to this
// page, with its payload.
func (p *page) link(person *telegram.Person, s string) string {
	if strings.HasPrefix(s, "www.") || !strings.Contains(s, ":") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "t.me" && strings.EqualFold(strings.Trim(u.Path, "/"), person.Bot().Username()) {
			return fmt.Sprintf("chat?id=%d&start=%s", person.ID(), url.QueryEscape(u.Query().Get("start")))
		}
		return u.String()
	case "mailto", "tel":
		return u.String()
	}
	return ""
}

// tags are the elements that entities become.
var tags = map[string]string{
	"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "pre",
	"blockquote": "blockquote", "expandable_blockquote": "blockquote",
}

// body draws a text with its entities. The text is escaped piece by piece; the only markup
// in the result is what is written here. Entities are those of Telegram: nested or apart,
// the outer one first; one that crosses the end of another is cut off there.
func (p *page) body(person *telegram.Person, text string, entities []telegram.Entity) template.HTML {
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
			tag, attributes = p.anchor(person, e.URL)
		case "url":
			tag, attributes = p.anchor(person, covered)
		case "email":
			tag, attributes = p.anchor(person, "mailto:"+covered)
		case "phone_number":
			tag, attributes = p.anchor(person, "tel:"+strings.NewReplacer(" ", "", "-", "").Replace(covered))
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

func (p *page) anchor(person *telegram.Person, target string) (tag, attributes string) {
	link := p.link(person, target)
	if link == "" {
		return "", ""
	}
	where := ""
	if !strings.HasPrefix(link, "chat?") {
		where = ` target="_blank" rel="noopener noreferrer"`
	}
	return "a", ` href="` + template.HTMLEscapeString(link) + `"` + where
}
