package telegram

import (
	"slices"
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
		n, err := parseJSON(v)
		if err != nil || n.kind != kindArray {
			return "", nil, bad("can't parse MessageEntity: array expected")
		}
		entities = n.items
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
