package hotline

import (
	"slices"
	"strings"
)

// This file is what a Reader makes of rough words: those that tell of nothing at all, and those that tell of blows by people in office.

// nothing tells whether nobody could make anything of the words: there are none, they are insults, or keys hit at random.
func nothing(s *scratch) bool {
	return insults(s) || !slices.ContainsFunc(s.tokens, func(t token) bool { return !mashed(t) })
}

// insults tells whether the text is an insult and nothing else. "anjing lu pemerintah goblok semua" is; "anjing liar di pasar" and "jalan rusak goblok" tell
// of something.
func insults(s *scratch) bool {
	const empty = senseInsult | senseBeast | senseAimed | senseFiller | senseLight | senseCourtesy | senseGreeting | senseNegation | senseOfficial
	insulted := len(s.tokens) == 1 && s.tokens[0].senses&senseBeast != 0
	for i, t := range s.tokens {
		named := slices.ContainsFunc(s.agency, func(m mention) bool { return int(m.from) <= i && i < int(m.until) })
		if t.senses&empty == 0 && !named {
			return false
		}
		aims := func(j int) bool { return j >= 0 && j < len(s.tokens) && s.tokens[j].senses&senseAimed != 0 }
		insulted = insulted || t.senses&senseInsult != 0 || t.senses&senseBeast != 0 && (aims(i-1) || aims(i+1))
	}
	return insulted
}

// rows are the keys as they lie side by side, for the words that fingers make of them.
const rows = "qwertyuiop asdfghjkl zxcvbnm poiuytrewq lkjhgfdsa mnbvcxz"

// mashed tells of a word that is keys hit at random: a run along a row, or a heap of consonants.
func mashed(t token) bool {
	w := t.text
	if t.lexeme != (lexeme{}) || t.part != 0 || len(w) < 3 || hasDigit(w) {
		return false
	}
	if strings.Contains(rows, w) {
		return true
	}
	run := 0
	for i := range len(w) {
		if c := w[i]; c >= 0x80 || vowel(c) || c == 'y' {
			run = 0
		} else if run++; run >= 5 {
			return true
		}
		if i >= 3 && strings.Contains(rows, w[i-3:i+1]) && w[i-3:i+1] != "wert" {
			return true
		}
	}
	return false
}

// How far from the blow the one who strikes may be named, in words.
const (
	strikerBefore = 5 // "petugas damkar satpol pp (tadi) mukul"
	strikerAfter  = 3 // "ditampar (oleh oknum) polisi"
)

// somebody else than people in office, who may well be the one that strikes.
var somebody = strings.Fields("suami istri bojo anak bocah bapak bapakne ibu adik kakak orang wong warga tetangga tonggo pacar teman kanca mertua ayah paman siswa murid pelaku maling")

// family of the one who strikes: what happens at home is another matter, whatever his office.
var family = strings.Fields("istri istrinya bojone anaknya anake suaminya keluarganya")

// officialStrikes tells whether people in office beat somebody. That is abuse of office, whoever was beaten; a teacher is left to the categories, which
// know of children at school.
func officialStrikes(s *scratch) bool {
	inOffice := func(i int) bool {
		t := s.tokens[i]
		return t.senses&senseOfficial != 0 && t.text != "guru" && t.text != "sopir" ||
			slices.ContainsFunc(s.agency, func(m mention) bool { return int(m.from) <= i && i < int(m.until) })
	}
	for i, t := range s.tokens {
		if t.senses&senseStrikes != 0 && (i+1 == len(s.tokens) || !slices.Contains(family, s.tokens[i+1].text)) {
			for j := i - 1; j >= max(0, i-strikerBefore) && !slices.Contains(somebody, s.tokens[j].text); j-- {
				if inOffice(j) {
					return true
				}
			}
		}
		if t.senses&senseStruck != 0 {
			for j := i + 1; j < min(len(s.tokens), i+1+strikerAfter) && !slices.Contains(somebody, s.tokens[j].text); j++ {
				if inOffice(j) {
					return true
				}
			}
		}
	}
	return false
}
