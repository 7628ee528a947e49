package config

import (
	"fmt"
	"slices"

	"tanggap/hotline"
)

// readDangers reads the words that betray an emergency.
func (r *reader) readDangers() {
	known := make([]string, 0, 4)
	for _, l := range hotline.KnownLanguages() {
		known = append(known, string(l))
	}
	known = append(known, otherWords)
	for _, item := range r.entries("dangers", dangerKind) {
		of := item.mapping("id", "category", "words", "more_words", "not", "more_not")
		d := hotline.Danger{
			ID:       of.need("id").id(dangerKind, hotline.ValidID, idForm),
			Category: of.need("category").ref(categoryKind),
			Words:    map[hotline.Lang][]string{},
		}
		seen := map[hotline.Lang]map[string]node{}
		words := of.need("words")
		if words.here() {
			r.readDangerWords(words.mapping(known...), seen, &d)
			r.readDangerWords(of.opt("more_words").mapping(known...), seen, &d)
			r.missDangerWords(words, d)
		}
		not := map[string]node{}
		for _, n := range slices.Concat(of.opt("not").list(), of.opt("more_not").list()) {
			if w, ok := n.words(not, "phrase"); ok {
				d.Not = append(d.Not, w)
			}
		}
		if d.ID != "" {
			r.out.Dangers = append(r.out.Dangers, d)
		}
	}
}

// otherWords are those of a language in which the program does not speak: they are understood all the same, and stand with the regency's first one.
const otherWords = "other"

func (r *reader) readDangerWords(m mapping, seen map[hotline.Lang]map[string]node, d *hotline.Danger) {
	for _, l := range append(hotline.KnownLanguages(), otherWords) {
		list := m.opt(string(l))
		if !list.here() {
			continue
		}
		if l == otherWords {
			if len(r.out.Languages) == 0 {
				continue // that has been said
			}
			l = r.out.Languages[0]
		}
		if len(r.out.Languages) > 0 && !slices.Contains(r.out.Languages, l) {
			if r.base.holds(list.file) {
				continue
			}
			list.wrong(fmt.Sprintf("language %s is none of the regency's", l), "remove it, or add it to languages in regency.yaml")
		}
		if seen[l] == nil {
			seen[l] = map[string]node{}
		}
		for _, n := range list.list() {
			if w, ok := n.words(seen[l], "word"); ok {
				d.Words[l] = append(d.Words[l], w)
			}
		}
	}
}

// missDangerWords names the languages in which nothing betrays the danger.
func (r *reader) missDangerWords(at node, d hotline.Danger) {
	total := 0
	for _, words := range d.Words {
		total += len(words)
	}
	if total == 0 {
		at.wrong("the danger has no words", "name the words that betray it, by language")
	}
	for _, l := range r.out.Languages {
		if total > 0 && len(d.Words[l]) == 0 {
			at.wrong(fmt.Sprintf("the danger has no words in %s", l), fmt.Sprintf("add %s: […]", l))
		}
	}
}
