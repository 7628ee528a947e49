package whatsapp

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"tanggap/hotline"
	"tanggap/phrase"
)

// The bounds of what we draw, in runes. The network takes more of most; a person reads no more.
const (
	maxText     = 4000
	maxCaption  = 1000
	maxLabel    = 100 // of a poll's option: the network's own
	maxPoll     = 12  // options: the network's own
	maxQuestion = 255 // of a poll: the network's own
)

// A step is one message to send. An outgoing thing is one step nearly always; long texts and several media need more.
type step struct {
	text    string // the message, or the caption of the medium
	medium  *hotline.Attachment
	pin     *hotline.Point
	options []string // a poll's; text is its question
	main    bool     // the one that stands for the whole: its id is the receipt's
}

// steps draws an outgoing thing: media first, a place, then the text in as many parts as it needs. WhatsApp has no buttons for us: choices are numbered
// lines at the end, in the order of the rows; links and asks are lines too.
func steps(out hotline.Outgoing, polls bool) []step {
	text := clean(out.Text)
	numbered, links := choices(out.Choices)
	var list []step
	if polls && pollable(numbered, links) {
		list = asPoll(out, text, numbered)
	} else {
		list = inWords(out, text, numbered, links)
	}
	if len(list) > maxParts {
		list = list[:maxParts]
	}
	if len(list) > 0 {
		list[len(list)-1].main = true
	}
	return list
}

// inWords draws everything as text.
func inWords(out hotline.Outgoing, text string, numbered, links []hotline.Button) []step {
	tail := blocks(menu(out.Lang, numbered), linked(links), ask(out))
	list := before(out)
	whole := blocks(text, tail)
	if n := len(list); n == 1 && list[0].medium != nil && list[0].medium.Kind != hotline.Voice && utf8.RuneCountInString(whole) <= maxCaption {
		list[0].text = whole
		return list
	}
	if utf8.RuneCountInString(whole) <= maxText {
		if whole != "" {
			list = append(list, step{text: whole})
		}
		return list
	}
	// Where it can be, the list stays in one piece, with the end of the text before it.
	parts := split(text)
	if n := len(parts); n > 0 && tail != "" && utf8.RuneCountInString(blocks(parts[n-1], tail)) <= maxText {
		parts[n-1] = blocks(parts[n-1], tail)
	} else {
		parts = append(parts, split(tail)...)
	}
	for _, p := range parts {
		list = append(list, step{text: p})
	}
	return list
}

// asPoll draws a short menu as a poll.
func asPoll(out hotline.Outgoing, text string, numbered []hotline.Button) []step {
	list := before(out)
	text = blocks(text, ask(out))
	question := text
	if text == "" || utf8.RuneCountInString(text) > maxQuestion || strings.Count(text, "\n") > 3 {
		for _, p := range split(text) {
			list = append(list, step{text: p})
		}
		question = "👇"
	}
	poll := step{text: question}
	for _, b := range numbered {
		poll.options = append(poll.options, tidy(b.Label))
	}
	return append(list, poll)
}

// pollable tells whether choices can be a poll: few, short, all different, and no links.
func pollable(numbered, links []hotline.Button) bool {
	if len(numbered) < 2 || len(numbered) > maxPoll || len(links) > 0 {
		return false
	}
	seen := map[string]bool{}
	for _, b := range numbered {
		l := tidy(b.Label)
		if l == "" || utf8.RuneCountInString(l) > maxLabel || seen[l] {
			return false
		}
		seen[l] = true
	}
	return true
}

// before are what goes before the words.
func before(out hotline.Outgoing) (list []step) {
	for i := range out.Media {
		list = append(list, step{medium: &out.Media[i]})
	}
	if out.Pin != nil {
		list = append(list, step{pin: out.Pin})
	}
	return list
}

// choices parts what can be picked, in the order that their numbers have, from what is a link.
func choices(rows [][]hotline.Button) (numbered, links []hotline.Button) {
	for _, row := range rows {
		for _, b := range row {
			switch {
			case b.Value != "":
				numbered = append(numbered, b)
			case linkable(b.URL):
				links = append(links, b)
			}
		}
	}
	return numbered, links
}

func linkable(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// menu draws a numbered list under a line that says how to answer it. A single choice has no number: one that is typed may answer the question.
func menu(l hotline.Lang, numbered []hotline.Button) string {
	if len(numbered) == 0 {
		return ""
	}
	list := make([]hotline.Button, len(numbered))
	for i, c := range numbered {
		if list[i] = c; tidy(c.Label) != "" {
			list[i].Label = tidy(c.Label)
		} else {
			list[i].Label = "•"
		}
	}
	if hotline.Numbers(list)[0] == 0 {
		return say(l, "list.single") + " " + list[0].Label
	}
	return say(l, "list.choose") + "\n" + strings.Join(hotline.Numbered(list), "\n")
}

func linked(links []hotline.Button) string {
	var lines []string
	for _, b := range links {
		if label := tidy(b.Label); label != "" {
			lines = append(lines, label+": "+b.URL)
		} else {
			lines = append(lines, b.URL)
		}
	}
	return strings.Join(lines, "\n")
}

// ask tells in one line what a button does elsewhere.
func ask(out hotline.Outgoing) string {
	label := tidy(out.AskText)
	switch out.Ask {
	case hotline.AskPlace:
		return strings.TrimSpace("📍 "+label) + ": " + say(out.Lang, "ask.place.how")
	case hotline.AskContact:
		return strings.TrimSpace("☎ "+label) + ": " + say(out.Lang, "ask.contact.how")
	}
	return ""
}

var catalogue = phrase.Catalogue()

// say gives the few words that are the channel's own.
func say(l hotline.Lang, key string) string { return catalogue[key].In(l) }

// anew draws an edit, which has to be a new message: of the text only the lines that were not said before. unchanged: there are none.
func anew(out hotline.Outgoing, before string) (_ hotline.Outgoing, unchanged bool) {
	said := map[string]bool{}
	for line := range strings.Lines(before) {
		said[strings.TrimSpace(line)] = true
	}
	numbered, links := choices(out.Choices)
	for line := range strings.Lines(blocks(menu(out.Lang, numbered), linked(links))) {
		if line = strings.TrimSpace(line); line != "" && !said[line] {
			return out, false // other choices need the words they belong to
		}
	}
	var fresh []string
	for line := range strings.Lines(clean(out.Text)) {
		if line = strings.TrimSpace(line); line != "" && !said[line] {
			fresh = append(fresh, line)
		}
	}
	if len(fresh) == 0 {
		return out, true
	}
	out.Text = strings.Join(fresh, "\n")
	return out, false
}

// blocks puts texts below each other with an empty line between, leaving out what is empty.
func blocks(texts ...string) string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return strings.Join(some, "\n\n")
}

// clean makes text that the network takes: UTF-8 without NUL, no blanks around it.
func clean(s string) string { return strings.TrimSpace(words(s)) }

// split cuts text into parts of at most maxText runes: between paragraphs where that leaves at least half a part, else between lines, sentences,
// words, and within a word only when it must. Blanks around a cut are dropped.
func split(text string) (parts []string) {
	text = strings.TrimSpace(text)
	for text != "" {
		end := fitting(text, maxText)
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

// fitting gives how many bytes of s are at most limit runes.
func fitting(s string, limit int) int {
	n := 0
	for i := range s {
		if n++; n > limit {
			return i
		}
	}
	return len(s)
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

// clip shortens to at most limit runes, with an ellipsis where something was cut.
func clip(s string, limit int) string {
	if fitting(s, limit) == len(s) {
		return s
	}
	return strings.TrimRightFunc(s[:fitting(s, limit-1)], unicode.IsSpace) + "…"
}

// fileName gives a name under which a document is shown.
func fileName(a hotline.Attachment) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`"\/:*?<>|`, r) {
			return -1
		}
		return r
	}, clean(path.Base(strings.ReplaceAll(a.Name, `\`, "/"))))
	if name = strings.Trim(name, ". "); name == "" {
		return "dokumen"
	}
	if len(name) > 64 {
		ext := path.Ext(name)
		if len(ext) > 8 {
			ext = ""
		}
		name = bounded(name, 64-len(ext)) + ext
	}
	return name
}
