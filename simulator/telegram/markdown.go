package telegram

import (
	"strconv"
	"strings"
)

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
