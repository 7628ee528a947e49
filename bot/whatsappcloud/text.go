package whatsappcloud

import (
	"strings"
	"unicode"
)

// clean makes text that the network takes: UTF-8 without NUL, no blanks around it.
func clean(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
}

// line makes one line of a label.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// units counts UTF-16 units: the network says "characters" and not which, and there are never fewer of these.
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

// tail cuts text into parts of at most limit units of which the last has at most end: what stands beside buttons may be shorter than a text.
func tail(text string, limit, end int) []string {
	parts := split(text, limit)
	if len(parts) == 0 {
		return nil
	}
	last := parts[len(parts)-1]
	if units(last) <= end {
		return parts
	}
	small := split(last, end)
	short := small[len(small)-1]
	head := strings.TrimSpace(strings.TrimSuffix(last, short))
	return append(parts[:len(parts)-1:len(parts)-1], head, short)
}
