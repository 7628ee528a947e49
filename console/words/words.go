// Package words is every sentence of the console's pages, in both of their languages. Each part of the console has a file of its own here; a sentence
// is a key with what it says in Indonesian and in English. {name} stands for a value.
//
// The sentences for people in chat are in package phrase.
package words

import (
	"maps"
	"strings"
)

// A Word is one sentence in both languages.
type Word struct{ ID, EN string }

var all = join(shell, login, people, call, desk, place, shift, siaga, board, ring, merge, link, blocked, chart, venue, visit)

func join(parts ...map[string]Word) map[string]Word {
	out := map[string]Word{}
	for _, part := range parts {
		for key, w := range part {
			if _, twice := out[key]; twice {
				panic("words: key defined twice: " + key)
			}
			out[key] = w
		}
	}
	return out
}

// All gives a copy of the catalogue by key.
func All() map[string]Word { return maps.Clone(all) }

// Has tells whether there is such a key.
func Has(key string) bool { _, ok := all[key]; return ok }

// Say gives a sentence in a language ("en", anything else is Indonesian). args are names and values in turn. A key that is none gives itself in
// brackets.
func Say(lang, key string, args ...string) string {
	w, ok := all[key]
	if !ok {
		return "[" + key + "]"
	}
	s := w.ID
	if lang == "en" {
		s = w.EN
	}
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i]+"}", args[i+1])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}
