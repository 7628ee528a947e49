package telegram

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A Bot API request carries JSON inside form fields and an answer is JSON, at
// thousands a second in a benchmark. This file holds the two halves that the
// hot path needs: a parser into a plain tree, without reflection, and
// functions that append JSON to a buffer.

type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindString
	kindArray
	kindObject
)

// node is one JSON value. text is a string decoded, a number as written, or
// "true" and "false"; keys are an object's, beside items.
type node struct {
	kind  kind
	text  string
	raw   []byte
	keys  []string
	items []node
}

// get gives the value of an object's key; the first one, if it is there twice.
func (n *node) get(key string) (*node, bool) {
	for i, k := range n.keys {
		if k == key {
			return &n.items[i], true
		}
	}
	return nil, false
}

// str gives the text of a string value, "" for anything else.
func (n *node) str(key string) string {
	if v, ok := n.get(key); ok && v.kind == kindString {
		return v.text
	}
	return ""
}

// flag gives a boolean value, false for anything else.
func (n *node) flag(key string) bool {
	v, ok := n.get(key)
	return ok && v.kind == kindBool && v.text == "true"
}

// integer gives a whole number, also one written as a string, as the Bot API takes it.
func (n *node) integer(key string) (int64, bool) {
	v, ok := n.get(key)
	if !ok || (v.kind != kindNumber && v.kind != kindString) {
		return 0, false
	}
	i, err := strconv.ParseInt(v.text, 10, 64)
	return i, err == nil
}

var (
	errJSON      = errors.New("not JSON")
	errJSONDepth = errors.New("JSON nested too deeply")
	errJSONUTF8  = errors.New("JSON string is not UTF-8")
)

const maxJSONDepth = 64

type jsonParser struct {
	src []byte
	pos int
}

// parseJSON reads exactly one JSON value. It is as strict as RFC 8259, and
// stricter in one thing: a string must be valid Unicode.
func parseJSON(src []byte) (node, error) {
	p := jsonParser{src: src}
	n, err := p.value(0)
	if err != nil {
		return node{}, err
	}
	p.space()
	if p.pos != len(src) {
		return node{}, errJSON
	}
	return n, nil
}

func (p *jsonParser) space() {
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *jsonParser) value(depth int) (node, error) {
	if depth > maxJSONDepth {
		return node{}, errJSONDepth
	}
	p.space()
	if p.pos >= len(p.src) {
		return node{}, errJSON
	}
	start := p.pos
	var n node
	var err error
	switch c := p.src[p.pos]; {
	case c == '{':
		n, err = p.object(depth)
	case c == '[':
		n, err = p.array(depth)
	case c == '"':
		n.kind = kindString
		n.text, err = p.str()
	case c == '-' || c >= '0' && c <= '9':
		n.kind = kindNumber
		n.text, err = p.number()
	case p.word("true"):
		n = node{kind: kindBool, text: "true"}
	case p.word("false"):
		n = node{kind: kindBool, text: "false"}
	case p.word("null"):
	default:
		err = errJSON
	}
	n.raw = p.src[start:p.pos]
	return n, err
}

func (p *jsonParser) word(w string) bool {
	if len(p.src)-p.pos < len(w) || string(p.src[p.pos:p.pos+len(w)]) != w {
		return false
	}
	p.pos += len(w)
	return true
}

func (p *jsonParser) object(depth int) (node, error) {
	n := node{kind: kindObject}
	p.pos++
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == '}' {
		p.pos++
		return n, nil
	}
	for {
		p.space()
		if p.pos >= len(p.src) || p.src[p.pos] != '"' {
			return n, errJSON
		}
		key, err := p.str()
		if err != nil {
			return n, err
		}
		p.space()
		if p.pos >= len(p.src) || p.src[p.pos] != ':' {
			return n, errJSON
		}
		p.pos++
		v, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.keys, n.items = append(n.keys, key), append(n.items, v)
		p.space()
		if p.pos >= len(p.src) {
			return n, errJSON
		}
		c := p.src[p.pos]
		p.pos++
		if c == '}' {
			return n, nil
		}
		if c != ',' {
			return n, errJSON
		}
	}
}

func (p *jsonParser) array(depth int) (node, error) {
	n := node{kind: kindArray}
	p.pos++
	p.space()
	if p.pos < len(p.src) && p.src[p.pos] == ']' {
		p.pos++
		return n, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.items = append(n.items, v)
		p.space()
		if p.pos >= len(p.src) {
			return n, errJSON
		}
		c := p.src[p.pos]
		p.pos++
		if c == ']' {
			return n, nil
		}
		if c != ',' {
			return n, errJSON
		}
	}
}

func (p *jsonParser) number() (string, error) {
	start := p.pos
	digits := func() bool {
		from := p.pos
		for p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' {
			p.pos++
		}
		return p.pos > from
	}
	if p.src[p.pos] == '-' {
		p.pos++
	}
	if p.pos < len(p.src) && p.src[p.pos] == '0' {
		p.pos++
	} else if !digits() {
		return "", errJSON
	}
	if p.pos < len(p.src) && p.src[p.pos] == '.' {
		p.pos++
		if !digits() {
			return "", errJSON
		}
	}
	if p.pos < len(p.src) && (p.src[p.pos] == 'e' || p.src[p.pos] == 'E') {
		p.pos++
		if p.pos < len(p.src) && (p.src[p.pos] == '+' || p.src[p.pos] == '-') {
			p.pos++
		}
		if !digits() {
			return "", errJSON
		}
	}
	return string(p.src[start:p.pos]), nil
}

func (p *jsonParser) str() (string, error) {
	p.pos++
	start := p.pos
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == '"':
			s := p.src[start:p.pos]
			p.pos++
			if !utf8.Valid(s) {
				return "", errJSONUTF8
			}
			return string(s), nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", errJSON
		}
		p.pos++
	}
	return "", errJSON
}

// escaped goes on where str met the first backslash.
func (p *jsonParser) escaped(start int) (string, error) {
	out := append([]byte(nil), p.src[start:p.pos]...)
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		p.pos++
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				return "", errJSONUTF8
			}
			return string(out), nil
		case c < 0x20:
			return "", errJSON
		case c != '\\':
			out = append(out, c)
			continue
		}
		if p.pos >= len(p.src) {
			return "", errJSON
		}
		c = p.src[p.pos]
		p.pos++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := p.hex4()
			if !ok {
				return "", errJSON
			}
			if utf16.IsSurrogate(r) {
				if p.pos+1 >= len(p.src) || p.src[p.pos] != '\\' || p.src[p.pos+1] != 'u' {
					return "", errJSONUTF8
				}
				p.pos += 2
				low, ok := p.hex4()
				if !ok {
					return "", errJSON
				}
				if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
					return "", errJSONUTF8
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", errJSON
		}
	}
	return "", errJSON
}

func (p *jsonParser) hex4() (rune, bool) {
	if len(p.src)-p.pos < 4 {
		return 0, false
	}
	var r rune
	for _, c := range p.src[p.pos : p.pos+4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	p.pos += 4
	return r, true
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. As Telegram does, everything beyond
// ASCII goes out as \u escapes: a client that cannot read those fails here, not
// in the field.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		if c < utf8.RuneSelf {
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = appendUnicode(b, rune(c))
			}
			i++
		} else {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r > 0xffff {
				high, low := utf16.EncodeRune(r)
				b = appendUnicode(appendUnicode(b, high), low)
			} else {
				b = appendUnicode(b, r)
			}
			i += size
		}
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendUnicode(b []byte, r rune) []byte {
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// The field functions write a comma, the key and the value; key is a constant
// of this package and needs no escaping.

func appendKey(b []byte, key string) []byte {
	b = append(b, ',', '"')
	b = append(b, key...)
	return append(b, '"', ':')
}

func appendField(b []byte, key, value string) []byte {
	return appendString(appendKey(b, key), value)
}

func appendOptional(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	return appendField(b, key, value)
}

func appendInt(b []byte, key string, value int64) []byte {
	return strconv.AppendInt(appendKey(b, key), value, 10)
}

func appendTrue(b []byte, key string, value bool) []byte {
	if !value {
		return b
	}
	return append(appendKey(b, key), "true"...)
}
