package telegram

import (
	"strings"
	"unicode/utf8"
)

// findEntities adds what Telegram finds by itself in a text: commands, mentions,
// hashtags, links, mail addresses and international telephone numbers. Inside of code
// and links nothing is looked for.
func findEntities(text string, entities []Entity) []Entity {
	if !strings.ContainsAny(text, "/@#+.") {
		return entities
	}
	given := entities
	units := 0
	previous := byte(' ') // the byte before, for "starts a word"
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			units++
			if r > 0xffff {
				units++
			}
			previous = 'x'
			i += size
			continue
		}
		kind, size := "", 0
		if !isWord(previous) {
			kind, size = entityAt(text[i:], previous)
		}
		if size == 0 || covered(given, units, size) {
			previous = c
			units++
			i++
			continue
		}
		length := utf16Len(text[i : i+size])
		entities = append(entities, Entity{Type: kind, Offset: units, Length: length})
		units += length
		i += size
		previous = text[i-1]
	}
	if len(entities) != len(given) && len(given) > 0 {
		sortEntities(entities)
	}
	return entities
}

// covered says whether the place lies within an entity in which nothing is looked for.
func covered(given []Entity, offset, size int) bool {
	for i := range given {
		e := &given[i]
		switch e.Type {
		case "code", "pre", "text_link", "text_mention":
			if offset < e.Offset+e.Length && offset+size > e.Offset {
				return true
			}
		}
	}
	return false
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

func wordLen(s string) int {
	n := 0
	for n < len(s) && isWord(s[n]) {
		n++
	}
	return n
}

// entityAt says what begins at the start of s, which is the start of a word.
func entityAt(s string, previous byte) (kind string, size int) {
	switch c := s[0]; {
	case c == '/':
		return commandAt(s, previous)
	case c == '@':
		n := asciiWordLen(s[1:])
		if n >= 3 && n <= 32 && previous != '/' {
			return "mention", n + 1
		}
	case c == '#':
		n := wordLen(s[1:])
		if n > 0 && strings.Trim(s[1:n+1], "0123456789") != "" {
			return "hashtag", n + 1
		}
	case c == '+':
		n, digits := 1, 0
		for n < len(s) && (s[n] >= '0' && s[n] <= '9' || digits > 0 && (s[n] == '-' || s[n] == ' ')) {
			if s[n] >= '0' && s[n] <= '9' {
				digits++
			}
			n++
		}
		for n > 1 && (s[n-1] == '-' || s[n-1] == ' ') {
			n--
		}
		if digits >= 8 && digits <= 15 {
			return "phone_number", n
		}
	case isWord(c) && c < utf8.RuneSelf:
		return linkAt(s)
	}
	return "", 0
}

func asciiWordLen(s string) int {
	n := 0
	for n < len(s) && isWord(s[n]) && s[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// commandAt finds /command and /command@bot, up to 64 letters, not inside a path.
func commandAt(s string, previous byte) (string, int) {
	if previous == '/' || previous == '<' || previous == '>' {
		return "", 0
	}
	n := asciiWordLen(s[1:]) + 1
	if n == 1 || n > 65 {
		return "", 0
	}
	if n < len(s) && s[n] == '@' {
		if m := asciiWordLen(s[n+1:]); m >= 3 && m <= 32 {
			n += m + 1
		}
	}
	if n < len(s) && (s[n] == '/' || s[n] == '<' || s[n] == '>') {
		return "", 0
	}
	return "bot_command", n
}

// A few of the top level domains under which a bare name counts as a link.
var bareDomains = setOf("com", "org", "net", "id", "io", "me", "info", "gov", "edu", "co", "app", "dev")

// linkAt finds links with and without their scheme, and mail addresses.
func linkAt(s string) (string, int) {
	end := strings.IndexAny(s, " \n\t\"<>")
	if end < 0 {
		end = len(s)
	}
	word := strings.TrimRight(s[:end], ".,:;!?)]}'*_~`")
	if len(word) < 4 {
		return "", 0
	}
	if scheme, rest, ok := strings.Cut(word, "://"); ok {
		switch strings.ToLower(scheme) {
		case "http", "https", "ftp", "tg":
			if len(rest) > 0 && (strings.Contains(rest, ".") || scheme == "tg") {
				return "url", len(word)
			}
		}
		return "", 0
	}
	if name, host, ok := strings.Cut(word, "@"); ok {
		if name != "" && bareDomain(host) && len(host) == domainLen(host) {
			return "email", len(word)
		}
		return "", 0
	}
	host := word[:domainLen(word)]
	if !bareDomain(host) {
		return "", 0
	}
	if rest := word[len(host):]; rest == "" || strings.IndexByte("/?#:", rest[0]) >= 0 {
		return "url", len(word)
	}
	return "", 0
}

func domainLen(s string) int {
	n := 0
	for n < len(s) && (s[n] == '.' || s[n] == '-' || isWord(s[n]) && s[n] < utf8.RuneSelf && s[n] != '_') {
		n++
	}
	return n
}

func bareDomain(host string) bool {
	i := strings.LastIndexByte(host, '.')
	return i > 0 && bareDomains[strings.ToLower(host[i+1:])] && !strings.Contains(host, "..")
}
