package telegram

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlTypes are the entities that tags make.
var htmlTypes = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler", "tg-spoiler": "spoiler",
	"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}

func isHTMLSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}

// parseHTML gives the text, its entities and, if the markup is broken, what is wrong.
func parseHTML(s string) (string, []Entity, string) {
	var w writer
	var stack []open
	at := func(i int) string { return " at byte offset " + strconv.Itoa(i) }
	for i := 0; i < len(s); {
		c := s[i]
		if c == '&' {
			if r, size := htmlEntity(s[i:]); size > 0 {
				w.rune(r)
				i += size
				continue
			}
		}
		if c != '<' {
			w.byte(c)
			i++
			continue
		}
		begin := i
		i++
		if i < len(s) && s[i] == '/' {
			if len(stack) == 0 {
				return "", nil, "Unexpected end tag" + at(begin)
			}
			from := i + 1
			for i < len(s) && !isHTMLSpace(s[i]) && s[i] != '>' {
				i++
			}
			name := strings.ToLower(s[from:i])
			for i < len(s) && isHTMLSpace(s[i]) {
				i++
			}
			if i >= len(s) || s[i] != '>' {
				return "", nil, "Unclosed end tag" + at(begin)
			}
			i++
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if name != "" && name != top.kind {
				return "", nil, "Unmatched end tag" + at(begin) + `, expected "</` + top.kind + `>", found "</` + name + `>"`
			}
			w.closeHTML(top)
			continue
		}
		from := i
		for i < len(s) && !isHTMLSpace(s[i]) && s[i] != '>' {
			i++
		}
		if i >= len(s) {
			return "", nil, "Unclosed start tag" + at(begin)
		}
		o := open{kind: strings.ToLower(s[from:i]), offset: w.units, start: len(w.text), at: begin}
		if htmlTypes[o.kind] == "" {
			return "", nil, `Unsupported start tag "` + o.kind + `"` + at(begin)
		}
		for s[i] != '>' {
			name, value, next, problem := htmlAttribute(s, i, o.kind, begin)
			if problem != "" {
				return "", nil, problem
			}
			switch {
			case o.kind == "a" && name == "href",
				o.kind == "tg-emoji" && name == "emoji-id":
				o.argument = value
			case o.kind == "code" && name == "class" && strings.HasPrefix(value, "language-"):
				o.argument = value[len("language-"):]
			case o.kind == "span" && name == "class" && strings.HasPrefix(value, "tg-"):
				o.argument = value[len("tg-"):]
			case o.kind == "blockquote" && name == "expandable":
				o.argument = "expandable"
			}
			if i = next; i >= len(s) {
				return "", nil, "Unclosed start tag" + at(begin)
			}
		}
		i++
		if o.kind == "span" && o.argument != "spoiler" {
			return "", nil, `Tag "span" must have class "tg-spoiler"` + at(begin)
		}
		stack = append(stack, o)
	}
	if len(stack) > 0 {
		return "", nil, `Can't find end tag corresponding to start tag "` + stack[len(stack)-1].kind + `"`
	}
	return w.done()
}

// htmlAttribute reads one attribute from position i inside a tag; with none left it
// gives an empty name and the position of the '>'.
func htmlAttribute(s string, i int, tag string, begin int) (name, value string, next int, problem string) {
	unclosed := "Unclosed start tag at byte offset " + strconv.Itoa(begin)
	skip := func() {
		for i < len(s) && isHTMLSpace(s[i]) {
			i++
		}
	}
	skip()
	if i >= len(s) {
		return "", "", i, unclosed
	}
	if s[i] == '>' {
		return "", "", i, ""
	}
	from := i
	for i < len(s) && !isHTMLSpace(s[i]) && s[i] != '=' && s[i] != '>' {
		i++
	}
	name = strings.ToLower(s[from:i])
	if name == "" {
		return "", "", i, `Empty attribute name in the tag "` + tag + `" at byte offset ` + strconv.Itoa(begin)
	}
	skip()
	if i >= len(s) {
		return "", "", i, unclosed
	}
	if s[i] != '=' {
		return name, "", i, ""
	}
	i++
	skip()
	if i >= len(s) {
		return "", "", i, unclosed
	}
	if quote := s[i]; quote == '"' || quote == '\'' {
		i++
		var b []byte
		for i < len(s) && s[i] != quote {
			if r, size := htmlEntity(s[i:]); size > 0 {
				b = utf8.AppendRune(b, r)
				i += size
				continue
			}
			b = append(b, s[i])
			i++
		}
		if i >= len(s) {
			return "", "", i, unclosed
		}
		return name, string(b), i + 1, ""
	}
	from = i
	for i < len(s) && (s[i] == '.' || s[i] == '-' || s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z') {
		i++
	}
	if i < len(s) && !isHTMLSpace(s[i]) && s[i] != '>' {
		return "", "", i, "Unexpected end of name token at byte offset " + strconv.Itoa(from)
	}
	return name, strings.ToLower(s[from:i]), i, ""
}

func (w *writer) closeHTML(o open) {
	e := Entity{Type: htmlTypes[o.kind]}
	switch o.kind {
	case "a":
		if e.URL = o.argument; e.URL == "" {
			e.URL = string(w.text[o.start:])
		}
		if id, ok := strings.CutPrefix(e.URL, "tg://user?id="); ok {
			n, err := strconv.ParseInt(id, 10, 64)
			if err != nil {
				return
			}
			e = Entity{Type: "text_mention", UserID: n}
			break
		}
		if e.URL = checkedURL(e.URL); e.URL == "" {
			return
		}
	case "tg-emoji":
		e.EmojiID = o.argument
	case "blockquote":
		if o.argument != "" {
			e.Type = "expandable_blockquote"
		}
	case "pre", "code":
		// <pre><code class="language-x"> is one block with a language.
		if n := len(w.entities); n > 0 {
			last := &w.entities[n-1]
			if (last.Type == "code" && o.kind == "pre" || last.Type == "pre" && o.kind == "code") &&
				last.Offset == o.offset && last.Length == w.units-o.offset {
				if last.Language == "" {
					last.Language = o.argument
				}
				last.Type = "pre"
				return
			}
		}
		e.Language = o.argument
	}
	w.entity(o, e)
}

// htmlEntity decodes the entity at the start of s: the four named ones and numbers.
// Anything else is plain text, size 0.
func htmlEntity(s string) (r rune, size int) {
	if s[0] != '&' {
		return 0, 0
	}
	for _, e := range [...]struct {
		name string
		r    rune
	}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}} {
		if strings.HasPrefix(s, e.name) {
			return e.r, len(e.name)
		}
	}
	if !strings.HasPrefix(s, "&#") {
		return 0, 0
	}
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 0 {
		return 0, 0
	}
	digits, base := s[2:end], 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0, 0
	}
	return rune(n), end + 1
}
