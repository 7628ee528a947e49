package bot

import (
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file spares people an extra question whose answer they have given already: who writes "jalan kabupaten di desa Bawu rusak" isn't asked whose road it
// is. It is careful: a question too many is a tap, a wrong answer noted in somebody's name is not.

var (
	// eitherWord stands between two names of one option ("Jalan desa atau gang"), and between what somebody can't decide.
	eitherWord = list("atau, utawi, utawa, or")
	// unsure stands before words that are not meant as a fact: denied, or asked.
	unsure = list("bukan, sanes, dudu, bukannya, tidak, mboten, ora, nggak, gak, belum, dereng, durung, not, no, isn't, apakah, apa, punapa, napa, mungkin, mbok, entah")
	// placeWord is the last word of a name that means something else with a place's name behind it: "jalan desa Bawu" is a road in Bawu.
	placeWord = list("desa, dhusun, dusun, kelurahan, kecamatan, village")
	// plainWord says nothing by itself: a name made of such words only ("Sudah ada", "Tidak tahu", "Siang") may stand in any story.
	plainWord = list("ya, yes, no, tidak, tahu, mboten, mangertos, sudah, sampun, pun, ada, wonten, belum, dereng, masih, taksih, bisa, saged, memang, pancen, " +
		"pernah, nate, never, it, is, lebih, langkung, kurang, kirang, lain, lainnya, sanesipun, another, one, siang, malam, dalu, terus, semua, sedaya, today, " +
		"i, don't, know, satu, dua, tiga, setunggal, kalih, two, three, cetak, ganti, gantos, some, all, the, state's, regency's, province's, village's")
)

// alreadySaid gives the option of an extra question that a text names, where it plainly names one: a name of it in full, of which not every word is an
// everyday one, neither denied nor asked, or what the regency says a story tells then; and none of another option. placed tells of a word that begins a
// place's name.
func alreadySaid(q hotline.Question, text string, placed func(word string) bool) (option string, ok bool) {
	words := hotline.Words(text)
	for _, o := range q.Options {
		if !slices.ContainsFunc(namesOf(o), func(name []string) bool { return states(words, name, placed) }) && !tells(text, o.Said) {
			continue
		}
		if ok {
			return "", false // two of them
		}
		option, ok = o.ID, true
	}
	return option, ok
}

// namesOf gives what an option is called, in every language, each name of "Jalan desa atau gang" by itself.
func namesOf(o hotline.Option) [][]string {
	var names [][]string
	for _, text := range o.Text {
		var name []string
		for _, w := range append(hotline.Words(text), eitherWord[0]) {
			if !slices.Contains(eitherWord, w) {
				name = append(name, w)
				continue
			}
			if slices.ContainsFunc(name, func(w string) bool { return !slices.Contains(plainWord, w) }) {
				names = append(names, name)
			}
			name = nil
		}
	}
	return names
}

// states tells whether the words have the name among them, meant as a fact.
func states(words, name []string, placed func(word string) bool) bool {
	said := false
	for i := 0; i+len(name) <= len(words); i++ {
		if !slices.Equal(words[i:i+len(name)], name) {
			continue
		}
		if i > 0 && (slices.Contains(unsure, words[i-1]) || slices.Contains(eitherWord, words[i-1])) {
			return false
		}
		if next := i + len(name); next < len(words) {
			if slices.Contains(eitherWord, words[next]) || slices.Contains(placeWord, name[len(name)-1]) && placed(words[next]) {
				return false
			}
		}
		said = true
	}
	return said
}

var (
	// notYet stands a little before what has not happened: feared, denied, possible, or to come.
	notYet = list("bukan, belum, tidak, tak, gak, ga, nggak, ndak, jangan, jgn, takut, takutnya, khawatir, kuatir, was, sebelum, biar, supaya, agar, nanti, bisa, dapat, mungkin, hampir, nyaris, rawan, " +
		"kalau, kalo, kl, bila, jika, apabila, misal, misalnya, potensi, berpotensi, apakah, apa, besok, harus, nunggu, menunggu, tunggu, bahaya, ora, durung, dereng, mboten, aja, ojo, ampun, wedi, ajrih, " +
		"mengko, mangke, iso, isa, saged, meh, yen, nek, menawi, ngenteni, bakal, if, might, could, may, can, will, before, almost, nearly, afraid, not, no, never, until, dont, don't, should")
	// notYetAfter stands behind it.
	notYetAfter = list("nanti, mengko, mangke, lho, gimana, piye, pripun")
)

// How far from the words such a one may stand.
const (
	notYetBefore = 7
	notYetBehind = 2
)

// tells tells whether a text says one of the phrases as something that has happened.
func tells(text string, phrases []string) bool {
	for len(phrases) > 0 && text != "" {
		end := strings.IndexAny(text, ".!?;\n")
		if end < 0 {
			end = len(text) - 1
		}
		words, asked := hotline.Words(text[:end+1]), text[end] == '?'
		text = text[end+1:]
		if !asked && slices.ContainsFunc(phrases, func(p string) bool { return happened(words, hotline.Words(p)) }) {
			return true
		}
	}
	return false
}

// happened tells whether the words have the phrase among them, with nothing around it that takes it back.
func happened(words, phrase []string) bool {
	for i := 0; len(phrase) > 0 && i+len(phrase) <= len(words); i++ {
		if !slices.Equal(words[i:i+len(phrase)], phrase) {
			continue
		}
		end := i + len(phrase)
		doubted := slices.ContainsFunc(words[max(0, i-notYetBefore):i], func(w string) bool { return slices.Contains(notYet, w) }) ||
			slices.ContainsFunc(words[end:min(len(words), end+notYetBehind)], func(w string) bool { return slices.Contains(notYetAfter, w) })
		if !doubted {
			return true
		}
	}
	return false
}

// beginsPlace tells whether a word is the first of the name of a village or kecamatan.
func (k *talk) beginsPlace(word string) bool {
	return slices.ContainsFunc(k.reg.Areas, func(a hotline.Area) bool {
		first, _, _ := strings.Cut(strings.Join(hotline.Words(a.Name), " "), " ")
		return first == word
	})
}

// already notes the answers to the category's extra questions that a text gives, and gives the ids of those questions.
func (k *talk) already(c hotline.Case, text string, done []string) ([]string, error) {
	cat, ok := k.reg.Category(c.Category)
	if !ok || c.Kind != hotline.Complaint || text == "" {
		return done, nil
	}
	for _, q := range cat.Questions {
		if slices.Contains(done, q.ID) {
			continue
		}
		option, said := alreadySaid(q, text, k.beginsPlace)
		if !said {
			continue
		}
		if err := k.happen(c, hotline.Event{Kind: hotline.EvDetailed, Facts: hotline.Facts{Word: q.ID + "/" + option}}, hotline.Content{}); err != nil {
			return done, err
		}
		done = append(done, q.ID)
	}
	return done, nil
}
