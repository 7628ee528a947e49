package telegram

import (
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/go-telegram/bot/models"

	"tanggap/hotline"
	"tanggap/phrase"
)

// The network's bounds. Text is counted in UTF-16 units, data in bytes.
const (
	maxText    = 4096
	maxCaption = 1024
	maxToast   = 200
	maxData    = 64
	maxLabel   = 64 // ours: longer ones are cut off on a telephone's screen
	maxAlbum   = 10
	maxButtons = 100
)

// A step is one message to send. An outgoing thing is one step nearly always; long texts and several media need more.
type step struct {
	text   string // the message, or the caption where there are media
	media  []hotline.Attachment
	markup models.ReplyMarkup
	main   bool // the one that stands for the whole: its id is the receipt's
}

// steps draws an outgoing thing: media first, then the text in as many parts as it needs, the buttons on the last of them, then the offer to
// share a place or a number where the buttons have taken the message's only keyboard.
func steps(out hotline.Outgoing) []step {
	text := clean(out.Text)
	buttons := inline(out.Choices)
	ask := keyboard(out)
	var list []step

	single := len(out.Media) == 1 && units(text) <= maxCaption
	if single {
		list = append(list, step{text: text, media: out.Media})
	} else {
		for _, group := range albums(out.Media) {
			list = append(list, step{media: group})
		}
		parts := split(text, maxText)
		if len(parts) == 0 && len(list) > 0 && (buttons != nil || ask != nil) && len(list[len(list)-1].media) > 1 {
			parts = []string{"…"} // an album cannot hold buttons
		}
		for _, p := range parts {
			list = append(list, step{text: p})
		}
	}
	if len(list) == 0 {
		return nil
	}
	last := &list[len(list)-1]
	last.main = true
	switch {
	case buttons == nil:
		last.markup = ask // may be nil
		return list
	case ask == nil:
		last.markup = buttons
		return list
	}
	last.markup = buttons
	if out.Ask == hotline.AskDone {
		return clearFirst(list, ask)
	}
	return append(list, step{text: askText(out), markup: ask})
}

// clearFirst takes the old keyboard away with a message before the one that has the buttons, since one message has room for one of the two. A
// text of one line is left alone: the old keyboard hides by itself once used.
func clearFirst(list []step, ask models.ReplyMarkup) []step {
	last := list[len(list)-1]
	if len(list) > 1 && len(list[len(list)-2].media) < 2 {
		list[len(list)-2].markup = ask
		return list
	}
	head, rest, ok := strings.Cut(last.text, "\n")
	head, rest = strings.TrimSpace(head), strings.TrimSpace(rest)
	if !ok || head == "" || rest == "" || len(last.media) > 0 {
		return list
	}
	last.text = rest
	return append(list[:len(list)-1:len(list)-1], step{text: head, markup: ask}, last)
}

// albums groups media as the network can show them: up to ten photos and videos together, everything else alone.
func albums(media []hotline.Attachment) [][]hotline.Attachment {
	var groups [][]hotline.Attachment
	open := false
	for _, m := range media {
		visual := m.Kind == hotline.Photo || m.Kind == hotline.Video
		if visual && open && len(groups[len(groups)-1]) < maxAlbum {
			groups[len(groups)-1] = append(groups[len(groups)-1], m)
			continue
		}
		groups, open = append(groups, []hotline.Attachment{m}), visual
	}
	return groups
}

// The library's own button writes an empty "copy_text" into every one, so these are ours.
type inlineKeyboard struct {
	Rows [][]inlineButton `json:"inline_keyboard"`
}

type inlineButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

// inline draws buttons; nil for none. One that the network would refuse, and the whole message with it, is left out.
func inline(rows [][]hotline.Button) models.ReplyMarkup {
	var k inlineKeyboard
	n := 0
	for _, row := range rows {
		var drawn []inlineButton
		for _, b := range row {
			d := inlineButton{Text: clip(clean(b.Label), maxLabel)}
			switch {
			case n == maxButtons:
				continue
			case b.URL != "" && linkable(b.URL):
				d.URL = b.URL
			case b.URL == "" && b.Value != "" && len(b.Value) <= maxData:
				d.Data = b.Value
			default:
				continue
			}
			if d.Text == "" {
				d.Text = "•"
			}
			drawn = append(drawn, d)
			n++
		}
		if len(drawn) > 0 {
			k.Rows = append(k.Rows, drawn)
		}
	}
	if len(k.Rows) == 0 {
		return nil
	}
	return &k
}

func linkable(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "tg")
}

// withoutLinks gives the keyboard without its links; nil when nothing is left.
func (k *inlineKeyboard) withoutLinks() models.ReplyMarkup {
	var left inlineKeyboard
	for _, row := range k.Rows {
		var r []inlineButton
		for _, b := range row {
			if b.URL == "" {
				r = append(r, b)
			}
		}
		if len(r) > 0 {
			left.Rows = append(left.Rows, r)
		}
	}
	if len(left.Rows) == 0 {
		return nil
	}
	return &left
}

// keyboard draws an ask; nil for none.
func keyboard(out hotline.Outgoing) models.ReplyMarkup {
	b := models.KeyboardButton{Text: askLabel(out)}
	switch out.Ask {
	case hotline.AskPlace:
		b.RequestLocation = true
	case hotline.AskContact:
		b.RequestContact = true
	case hotline.AskDone:
		return &models.ReplyKeyboardRemove{RemoveKeyboard: true}
	default:
		return nil
	}
	return &models.ReplyKeyboardMarkup{Keyboard: [][]models.KeyboardButton{{b}}, ResizeKeyboard: true, OneTimeKeyboard: true}
}

var catalogue = phrase.Catalogue()

// askText is what is said where the keyboard comes in a message of its own: a sentence that makes sense without the one before it.
func askText(out hotline.Outgoing) string {
	if out.Ask == hotline.AskPlace {
		return catalogue["ask.place.here"].In(out.Lang)
	}
	return askLabel(out)
}

func askLabel(out hotline.Outgoing) string {
	if s := clip(clean(out.AskText), maxLabel); s != "" {
		return s
	}
	if out.Ask == hotline.AskContact {
		return "☎"
	}
	return "📍"
}

// clean makes text that the network takes: UTF-8 without NUL, no blanks around it.
func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
}

// units counts UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

func width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// fitting gives how many bytes of s are at most limit units.
func fitting(s string, limit int) int {
	n := 0
	for i, r := range s {
		if n += width(r); n > limit {
			return i
		}
	}
	return len(s)
}

// clip shortens to at most limit units, with an ellipsis where something was cut.
func clip(s string, limit int) string {
	if fitting(s, limit) == len(s) {
		return s
	}
	return strings.TrimRightFunc(s[:fitting(s, limit-1)], unicode.IsSpace) + "…"
}

// bounded shortens to at most limit bytes, on the boundary of a rune.
func bounded(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit]
}

// split cuts text into parts of at most limit units: between paragraphs where that leaves at least half a part, else between lines, sentences,
// words, and within a word only when it must. Blanks around a cut are dropped.
func split(text string, limit int) []string {
	text = strings.TrimSpace(text)
	var parts []string
	for text != "" {
		end := fitting(text, limit)
		if end < len(text) {
			end = cut(text[:end])
		}
		if p := strings.TrimRightFunc(text[:end], unicode.IsSpace); p != "" {
			parts = append(parts, p)
		}
		text = strings.TrimLeftFunc(text[end:], unicode.IsSpace)
	}
	return parts
}

func cut(s string) int {
	for _, mark := range []string{"\n\n", "\n", ". ", "! ", "? ", "; "} {
		if i := strings.LastIndex(s, mark) + len(mark); i > len(s)/2 {
			return i
		}
	}
	if i := strings.LastIndexFunc(s, unicode.IsSpace); i > 0 {
		return i
	}
	return len(s)
}

// fileName gives a name under which a medium can be uploaded.
func fileName(a hotline.Attachment) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`"\/:*?<>|`, r) {
			return -1
		}
		return r
	}, clean(path.Base(strings.ReplaceAll(a.Name, `\`, "/"))))
	name = strings.Trim(name, ". ")
	if len(name) > 64 {
		ext := path.Ext(name)
		if len(ext) > 8 {
			ext = ""
		}
		name = bounded(name, 64-len(ext)) + ext
	}
	if name != "" {
		return name
	}
	switch a.Kind {
	case hotline.Photo:
		return "photo.jpg"
	case hotline.Video:
		return "video.mp4"
	case hotline.Voice:
		return "voice.ogg"
	}
	return "document"
}
