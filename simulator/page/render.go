package page

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// wib is the clock on the page: West Indonesian Time.
var wib = time.FixedZone("WIB", 7*60*60)

func clock(t time.Time) string { return t.In(wib).Format("15.04") }

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

// kinds are what stands for a message that has no words.
var kinds = map[string]string{
	"photo": "Foto", "video": "Video", "voice": "Pesan suara", "audio": "Audio", "document": "Berkas", "sticker": "Stiker", "location": "Lokasi",
	"venue": "Lokasi", "contact": "Kontak", "poll": "Polling",
}

// snippet is a message in a few words.
func snippet(kind, text string) string {
	if text == "" {
		text = kinds[kind]
	}
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return text
}

// emojiOnly tells whether a text is an emoji or two, which are drawn large.
func emojiOnly(text string) bool {
	return text != "" && utf8.RuneCountInString(text) <= 2 && !strings.ContainsFunc(text, func(r rune) bool { return r < 0x2190 })
}

// bubble draws one message. A template that fails leaves a hole, not a page that fails.
func (p *page) bubble(b *bubble) template.HTML {
	var out strings.Builder
	if err := p.tmpl.ExecuteTemplate(&out, "bubble", b); err != nil {
		return "<!-- tidak bisa digambar -->"
	}
	return template.HTML(out.String()) //nolint:gosec // made by html/template
}

func (p *page) keyboard(x somebody) template.HTML {
	k := x.keyboard()
	if k == nil {
		return ""
	}
	var b strings.Builder
	if err := p.tmpl.ExecuteTemplate(&b, "keyboard", k); err != nil {
		return ""
	}
	return template.HTML(b.String()) //nolint:gosec // made by html/template
}

// safeLink gives where a link may lead, nil for nowhere.
func safeLink(s string) *url.URL {
	if strings.HasPrefix(s, "www.") || !strings.Contains(s, ":") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil
	}
	switch u.Scheme {
	case "http", "https", "mailto", "tel":
		return u
	}
	return nil
}

// anchor is what a link becomes. One that stays on this page opens in the same tab.
func anchor(link string) (tag, attributes string) {
	if link == "" {
		return "", ""
	}
	where := ""
	if !strings.HasPrefix(link, "chat?") {
		where = ` target="_blank" rel="noopener noreferrer"`
	}
	return "a", ` href="` + template.HTMLEscapeString(link) + `"` + where
}
