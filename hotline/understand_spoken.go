package hotline

import "strings"

// This file reads verbs the way people say them. The lists are written in the written language: "menimpa", "memukuli", "terbakar". Who is in a
// hurry writes as they speak: "nimpa", "mukulin", "kebakar". Rather than every list having every form twice, a word is tried as the written
// ones that it may be a spoken form of.

// leastSpoken is how many letters a word needs to be tried: shorter ones are too often something else.
const leastSpoken = 5

// spoken gives the id of the known word that w is said for, or 0.
func (rd *Reader) spoken(w string) int32 {
	if len(w) < leastSpoken || rd.words[w].sense&senseCommon != 0 {
		return 0
	}
	var small [24]string
	for _, written := range writtenFor(small[:0], w) {
		if l := rd.words[written]; l.id != 0 && l.means {
			return l.id
		}
	}
	return 0
}

// writtenFor appends the written words that w may be said for, the likeliest first:
//
//   - ke- for ter-, or its -an left off: "kejepit" → "terjepit", "kebakar" → "kebakaran";
//   - the me- of a verb left off: "nimpa" → "menimpa", "mukul" → "memukul", "nyetrum" → "menyetrum";
//   - nge- for me-: "ngebakar" → "membakar", "bakar", "ngrampok" → "merampok", "rampok";
//   - -in for -i or -kan: "mukulin" → "memukuli", "dipukulin" → "dipukuli", "nutupin" → "menutup";
//   - e for the a of the last syllable: "kelindes" → "terlindas".
func writtenFor(words []string, w string) []string {
	words = unprefixed(words, w)
	if base, ok := strings.CutSuffix(w, "in"); ok && len(base) >= 4 {
		for _, e := range [...]string{"i", "kan", ""} {
			words = append(unprefixed(words, base+e), base+e)
		}
	}
	if n := len(w); n > leastSpoken && w[n-2] == 'e' && !vowel(w[n-1]) {
		broad := w[:n-2] + "a" + w[n-1:]
		words = unprefixed(append(words, broad), broad)
	}
	return words
}

func unprefixed(words []string, w string) []string {
	switch {
	case strings.HasPrefix(w, "ke"):
		words = append(words, w+"an", "ter"+w[2:])
	case strings.HasPrefix(w, "nge"):
		words = append(words, "mem"+w[3:], "me"+w[3:], "men"+w[3:], w[3:])
	case strings.HasPrefix(w, "ngr"), strings.HasPrefix(w, "ngl"):
		words = append(words, "me"+w[2:], "menge"+w[2:], w[2:])
	case strings.HasPrefix(w, "n"), strings.HasPrefix(w, "m") && !strings.HasPrefix(w, "me"):
		words = append(words, "me"+w)
	}
	return words
}

func vowel(c byte) bool { return strings.IndexByte("aiueo", c) >= 0 }
