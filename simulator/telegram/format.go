package telegram

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file turns what a bot wrote into a text and its entities: parse_mode's three
// languages with their errors, explicit entities, and what Telegram finds by itself
// (commands, links). The rules and the words of the errors are those of Telegram's
// own parser.

// formatted reads a text with its parse mode or entities. field is "text" or
// "caption", modeField and entitiesField the fields beside it.
func (c *call) formatted(field, modeField, entitiesField string) (string, []Entity, error) {
	raw, _ := c.req.lookup(field)
	var entities []node
	if v, ok := c.req.lookup(entitiesField); ok {
		if n, err := parseJSON(v); err == nil && n.kind == kindArray {
			entities = n.items
		} else {
			return "", nil, bad("can't parse MessageEntity: array expected")
		}
	}
	return c.format(string(raw), c.req.text(modeField), entities, field)
}

func (c *call) format(raw, mode string, explicit []node, field string) (string, []Entity, error) {
	if !utf8.ValidString(raw) {
		return "", nil, bad("strings must be encoded in UTF-8")
	}
	text := clean(raw)
	var entities []Entity
	var problem string
	switch strings.ToLower(mode) {
	case "", "none":
		var err error
		if entities, err = c.explicit(explicit, text, field); err != nil {
			return "", nil, err
		}
	case "html":
		text, entities, problem = parseHTML(text)
	case "markdownv2":
		text, entities, problem = parseMarkdownV2(text)
	case "markdown":
		text, entities, problem = parseMarkdown(text)
	default:
		return "", nil, bad("unsupported parse_mode")
	}
	if mode != "" && len(explicit) > 0 {
		c.violation(field, "parse_mode and entities together")
	}
	if problem != "" {
		c.violation(field, "markup that cannot be parsed")
		return "", nil, bad("can't parse entities: %s", problem)
	}
	text, entities = trim(text, entities)
	return text, findEntities(text, entities), nil
}

// clean replaces the control characters that no message may hold.
func clean(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return -1
		case r < ' ' && r != '\n' && r != '\t':
			return ' '
		}
		return r
	}, s)
}

// trim cuts white space at both ends, and the entities with it.
func trim(text string, entities []Entity) (string, []Entity) {
	left := strings.TrimLeftFunc(text, unicode.IsSpace)
	cut := utf16Len(text) - utf16Len(left)
	trimmed := strings.TrimRightFunc(left, unicode.IsSpace)
	if trimmed == text || len(entities) == 0 {
		return trimmed, entities
	}
	length := utf16Len(trimmed)
	out := entities[:0]
	for _, e := range entities {
		end := min(e.Offset+e.Length-cut, length)
		e.Offset = max(e.Offset-cut, 0)
		if e.Length = end - e.Offset; e.Length > 0 {
			out = append(out, e)
		}
	}
	return trimmed, out
}

var (
	entityKeys  = setOf("type", "offset", "length", "url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format")
	entityTypes = setOf("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic",
		"underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link",
		"text_mention", "custom_emoji", "date_time")
	// Those that Telegram finds by itself and does not take from a bot.
	foundTypes = setOf("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number")
)

func (c *call) explicit(list []node, text, field string) ([]Entity, error) {
	if len(list) == 0 {
		return nil, nil
	}
	length := utf16Len(text)
	var out []Entity
	for i := range list {
		n := &list[i]
		path := at(field+" entities", i)
		if n.kind != kindObject {
			return nil, bad("can't parse MessageEntity: an Object expected as MessageEntity")
		}
		c.keys(n, path, entityKeys)
		e := Entity{Type: n.str("type"), URL: n.str("url"), Language: n.str("language"), EmojiID: n.str("custom_emoji_id")}
		offset, ok1 := n.integer("offset")
		size, ok2 := n.integer("length")
		if !ok1 || !ok2 {
			return nil, bad(`can't parse MessageEntity: Can't find field "offset" or "length"`)
		}
		if u, ok := n.get("user"); ok {
			e.UserID, _ = u.integer("id")
		}
		switch {
		case !entityTypes[e.Type]:
			c.violation(path, "unknown type of entity")
			continue
		case offset < 0 || size <= 0 || offset > int64(length) || size > int64(length)-offset:
			c.violation(path, "entity outside of the text")
			continue
		case foundTypes[e.Type]:
			continue
		}
		e.Offset, e.Length = int(offset), int(size)
		out = append(out, e)
	}
	sortEntities(out)
	return out, nil
}

func sortEntities(list []Entity) {
	slices.SortStableFunc(list, func(a, b Entity) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
}

// open is a tag or mark that waits for its end.
type open struct {
	kind     string // the tag's name, or the entity's type
	argument string
	offset   int // in UTF-16 units of the result
	start    int // in bytes of the result
	at       int // in bytes of the source
}

// writer collects the result and counts its UTF-16 units.
type writer struct {
	text     []byte
	units    int
	entities []Entity
}

func (w *writer) byte(c byte) {
	// A character counts at its first byte; one of four bytes takes two units.
	if c&0xC0 != 0x80 {
		w.units++
		if c >= 0xF0 {
			w.units++
		}
	}
	w.text = append(w.text, c)
}

func (w *writer) rune(r rune) {
	for _, c := range utf8.AppendRune(nil, r) {
		w.byte(c)
	}
}

func (w *writer) entity(o open, e Entity) {
	e.Offset, e.Length = o.offset, w.units-o.offset
	if e.Length > 0 {
		w.entities = append(w.entities, e)
	}
}

func (w *writer) done() (string, []Entity, string) {
	sortEntities(w.entities)
	for i := range w.entities {
		if w.entities[i].Type == "code" {
			// Only a block has a language; it was kept for a <pre> around the <code>.
			w.entities[i].Language = ""
		}
	}
	return string(w.text), w.entities, ""
}

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

// checkedURL gives the link as Telegram stores it, "" for what is none: then the
// text stays and the link goes.
func checkedURL(s string) string {
	s = strings.TrimSpace(s)
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		if m, ok := strings.CutPrefix(s, "mailto:"); ok && strings.Contains(m, "@") {
			return s
		}
		if t, ok := strings.CutPrefix(s, "tel:"); ok && t != "" {
			return s
		}
		scheme, rest, s = "http", s, "http://"+s
	}
	if rest == "" || strings.ContainsAny(rest, " \n\t<>\"") {
		return ""
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "tg", "ton":
		return s
	case "http", "https", "ftp":
	default:
		return ""
	}
	host, _, hasPath := strings.Cut(rest, "/")
	name := host
	if i := strings.IndexAny(host, ":?#"); i >= 0 {
		name = host[:i]
	}
	if !strings.Contains(strings.Trim(name, "."), ".") {
		return ""
	}
	if !hasPath && !strings.ContainsAny(rest, "?#") {
		s += "/"
	}
	return s
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

// markNames are what errors call the marks of MarkdownV2.
var markNames = map[string]string{
	"bold": "Bold", "italic": "Italic", "underline": "Underline", "strikethrough": "Strikethrough", "spoiler": "Spoiler",
	"code": "Code", "pre": "Pre", "text_link": "TextUrl", "custom_emoji": "CustomEmoji", "blockquote": "BlockQuote",
}

// parseMarkdownV2 gives the text, its entities and, if the markup is broken, what is wrong.
func parseMarkdownV2(s string) (string, []Entity, string) {
	const reserved = "_*[]()~`>#+-=|{}.!\n"
	var w writer
	var stack []open
	has := func(i int, what string) bool { return i <= len(s) && strings.HasPrefix(s[i:], what) }
	must := func(c byte) string {
		return "Character '" + string(c) + `' is reserved and must be escaped with the preceding '\'`
	}
	quote := -1 // where in the stack the block quotation stands
	lineStart := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) && s[i+1] > 0 && s[i+1] <= 126 {
			i++
			w.byte(s[i])
			lineStart = false
			continue
		}
		special := reserved
		var top open
		if len(stack) > 0 {
			if top = stack[len(stack)-1]; top.kind == "code" || top.kind == "pre" {
				special = "`"
			}
		}
		if strings.IndexByte(special, c) < 0 {
			w.byte(c)
			lineStart = false
			continue
		}
		if c == '\n' {
			if quote >= 0 && !has(i+1, ">") {
				if quote != len(stack)-1 {
					return "", nil, "Can't find end of " + markNames[top.kind] + " entity at byte offset " + strconv.Itoa(top.at)
				}
				w.entity(top, Entity{Type: quoteType(top)})
				stack, quote = stack[:quote], -1
			}
			w.byte(c)
			lineStart = true
			continue
		}
		if len(stack) > 0 && endsMark(top.kind, s, i) {
			stack = stack[:len(stack)-1]
			e := Entity{Type: top.kind, Language: top.argument}
			switch top.kind {
			case "underline":
				i++
			case "spoiler":
				i++
			case "pre":
				i += 2
			case "text_link", "custom_emoji":
				link := string(w.text[top.start:])
				if has(i+1, "(") {
					from := i + 2
					var b []byte
					for i = from; i < len(s) && s[i] != ')'; i++ {
						if s[i] == '\\' && i+1 < len(s) && s[i+1] > 0 && s[i+1] <= 126 {
							i++
						}
						b = append(b, s[i])
					}
					if i >= len(s) {
						return "", nil, "Can't find end of a URL at byte offset " + strconv.Itoa(from)
					}
					link = string(b)
				} else if top.kind == "custom_emoji" {
					return "", nil, "Custom emoji entity must contain a tg://emoji URL"
				}
				if !linkEntity(&e, link) {
					if top.kind == "custom_emoji" {
						return "", nil, "Custom emoji URL must have scheme tg"
					}
					lineStart = false
					continue
				}
			}
			w.entity(top, e)
			lineStart = false
			continue
		}
		o := open{offset: w.units, start: len(w.text), at: i}
		switch c {
		case '_':
			o.kind = "italic"
			if has(i, "__") {
				o.kind = "underline"
				i++
			}
		case '*':
			if has(i, "**>") && lineStart && quote < 0 {
				// "**" before a quotation separates it from the one above.
				i++
				continue
			}
			o.kind = "bold"
		case '~':
			o.kind = "strikethrough"
		case '|':
			if !has(i, "||") {
				return "", nil, must(c)
			}
			o.kind = "spoiler"
			// "||" at the very end of a quotation makes it expandable.
			if quote >= 0 && quote == len(stack)-1 && (i+2 == len(s) || has(i+2, "\n")) {
				stack[quote].argument = "expandable"
				i++
				continue
			}
			i++
		case '[':
			o.kind = "text_link"
		case '!':
			if !has(i, "![") {
				return "", nil, must(c)
			}
			o.kind = "custom_emoji"
			i++
		case '`':
			o.kind = "code"
			if has(i, "```") {
				o.kind = "pre"
				i += 2
				end := i + 1
				for end < len(s) && !isHTMLSpace(s[end]) && s[end] != '`' {
					end++
				}
				if end != i+1 && end < len(s) && s[end] != '`' {
					o.argument = s[i+1 : end]
					i = end - 1
				}
				if has(i+1, "\n") {
					i++
				} else if has(i+1, "\r\n") {
					i += 2
				}
			}
		case '>':
			if !lineStart {
				return "", nil, must(c)
			}
			lineStart = false
			if quote >= 0 {
				continue
			}
			o.kind = "blockquote"
			quote = len(stack)
		default:
			return "", nil, must(c)
		}
		if c != '>' {
			lineStart = false
		}
		stack = append(stack, o)
	}
	if quote >= 0 && quote == len(stack)-1 {
		w.entity(stack[quote], Entity{Type: quoteType(stack[quote])})
		stack = stack[:quote]
	}
	if len(stack) > 0 {
		top := stack[len(stack)-1]
		return "", nil, "Can't find end of " + markNames[top.kind] + " entity at byte offset " + strconv.Itoa(top.at)
	}
	return w.done()
}

func quoteType(o open) string {
	if o.argument != "" {
		return "expandable_blockquote"
	}
	return "blockquote"
}

// linkEntity makes a link, a mention or an emoji of an entity; false for a link that is none.
func linkEntity(e *Entity, link string) bool {
	if e.Type == "custom_emoji" {
		id, ok := strings.CutPrefix(link, "tg://emoji?id=")
		e.EmojiID = id
		return ok && id != ""
	}
	if id, ok := strings.CutPrefix(link, "tg://user?id="); ok {
		n, err := strconv.ParseInt(id, 10, 64)
		*e = Entity{Type: "text_mention", UserID: n}
		return err == nil
	}
	e.URL = checkedURL(link)
	return e.URL != ""
}

func endsMark(kind, s string, i int) bool {
	has := func(what string) bool { return strings.HasPrefix(s[i:], what) }
	switch kind {
	case "bold":
		return s[i] == '*'
	case "italic":
		return s[i] == '_' && !has("__")
	case "underline":
		return has("__")
	case "strikethrough":
		return s[i] == '~'
	case "spoiler":
		return has("||")
	case "code":
		return s[i] == '`'
	case "pre":
		return has("```")
	case "text_link", "custom_emoji":
		return s[i] == ']'
	}
	return false
}

// parseMarkdown is the legacy mode: no nesting, four marks.
func parseMarkdown(s string) (string, []Entity, string) {
	var w writer
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) && strings.IndexByte("_*`[", s[i+1]) >= 0 {
			i++
			w.byte(s[i])
			continue
		}
		if strings.IndexByte("_*`[", c) < 0 {
			w.byte(c)
			continue
		}
		o := open{offset: w.units, start: len(w.text), at: i}
		end, e := string(c), Entity{Type: "italic"}
		switch c {
		case '*':
			e.Type = "bold"
		case '[':
			end, e.Type = "]", "text_link"
		case '`':
			e.Type = "code"
			if strings.HasPrefix(s[i:], "```") {
				end, e.Type = "```", "pre"
				i += 2
				stop := i + 1
				for stop < len(s) && !isHTMLSpace(s[stop]) && s[stop] != '`' {
					stop++
				}
				if stop != i+1 && stop < len(s) && s[stop] != '`' {
					e.Language = s[i+1 : stop]
					i = stop - 1
				}
				if strings.HasPrefix(s[i+1:], "\n") {
					i++
				}
			}
		}
		for i++; i < len(s) && !strings.HasPrefix(s[i:], end); i++ {
			w.byte(s[i])
		}
		if i >= len(s) {
			return "", nil, "Can't find end of the entity starting at byte offset " + strconv.Itoa(o.at)
		}
		i += len(end) - 1
		if e.Type == "text_link" {
			link := string(w.text[o.start:])
			if strings.HasPrefix(s[i+1:], "(") {
				stop := strings.IndexByte(s[i:], ')')
				if stop < 0 {
					continue
				}
				link = s[i+2 : i+stop]
				i += stop
			}
			if !linkEntity(&e, link) {
				continue
			}
		}
		w.entity(o, e)
	}
	return w.done()
}
