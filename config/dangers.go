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
	for _, item := range r.entries("dangers", dangerKind) {
		of := item.mapping("id", "category", "words", "not")
		d := hotline.Danger{
			ID:       of.need("id").id(dangerKind, hotline.ValidID, idForm),
			Category: of.need("category").ref(categoryKind),
			Words:    map[hotline.Lang][]string{},
		}
		words := of.need("words")
		if words.here() {
			r.readDangerWords(words, words.mapping(known...), &d)
		}
		seen := map[string]node{}
		for _, n := range of.opt("not").list() {
			if w, ok := n.words(seen, "phrase"); ok {
				d.Not = append(d.Not, w)
			}
		}
		if d.ID != "" {
			r.out.Dangers = append(r.out.Dangers, d)
		}
	}
}

func (r *reader) readDangerWords(at node, m mapping, d *hotline.Danger) {
	total := 0
	for _, l := range hotline.KnownLanguages() {
		list := m.opt(string(l))
		if !list.here() {
			continue
		}
		if len(r.out.Languages) > 0 && !slices.Contains(r.out.Languages, l) {
			list.wrong(fmt.Sprintf("language %s is none of the regency's", l), "remove it, or add it to languages in regency.yaml")
		}
		seen := map[string]node{}
		for _, n := range list.list() {
			if w, ok := n.words(seen, "word"); ok {
				d.Words[l] = append(d.Words[l], w)
				total++
			}
		}
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
