package hotline

import (
	"unicode"
	"unicode/utf8"
)

// How much of a text is read, and how much of one word. Nobody writes a longer word; what is longer is a key held down or an attack.
const (
	maxWords = 1024 // words of one text
	maxWord  = 48   // bytes of one word
)

// Words cuts what somebody typed into normalised words: the form in which keywords, danger words and place names are compared:
//
//   - lower case; accents and fancy letters folded to plain ones (è → e, 𝗧 → t, Ｔ → t); every other script as it is;
//   - punctuation and emoji separate words; an apostrophe inside a word just goes ("jum'at" → "jumat");
//   - a letter held down counts once: three or more of the same in a row ("tolooong" → "tolong"). Digits are kept as they are;
//   - a doubled word written with a 2 is written out ("lubang2" → "lubang lubang");
//   - frequent abbreviations and chat spellings become the full word ("jln" → "jalan", "yg" → "yang", "gak" → "tidak", "ra" → "ora"). A
//     negation stays a word of its own, in its own language.
//
// At most 1,024 words of at most 48 bytes come out. Words of words are the same words. Endings are left on: a Reader tries "dalane" as "dalan"
// too, when it knows only the latter.
func Words(s string) []string {
	raw := split(nil, s)
	words := make([]string, 0, len(raw)+4)
	for _, w := range raw {
		words = expand(words, w)
	}
	return words[:min(len(words), maxWords)]
}

// expand appends the word to words: in full where it is an abbreviation, which may be several words ("rs" → "rumah sakit").
func expand(words []string, w string) []string {
	if len(w) <= longestAbbreviation {
		if full, ok := abbreviations[w]; ok {
			return append(words, full...)
		}
	}
	return append(words, w)
}

// split appends the folded words of s to words, with abbreviations as they were typed. It makes one string, of which the words are parts.
func split(words []string, s string) []string {
	const room = 512
	var small [room]byte
	buf := small[:0]
	if len(s) > room-utf8.UTFMax {
		buf = make([]byte, 0, len(s)+utf8.UTFMax)
	}
	var spans [128][2]int32
	ends := spans[:0]
	from, run, full := 0, 0, false
	last := rune(-1)
	end := func() {
		if len(buf) > from {
			ends = append(ends, [2]int32{int32(from), int32(len(buf))})
		}
		from, run, last, full = len(buf), 0, -1, false
	}
	for _, r := range s {
		switch r = fold(r); {
		case r == gone:
			continue
		case r == apart:
			end()
			if len(ends) >= maxWords {
				return cut(words, string(buf), ends)
			}
			continue
		case r == last && !isDigit(r):
			run++
		default:
			run, last = 1, r
		}
		switch {
		case full:
		case run == 1 || run == 2:
			if full = len(buf)-from+utf8.RuneLen(r) > maxWord; !full {
				buf = utf8.AppendRune(buf, r)
			}
		case run == 3:
			buf = buf[:len(buf)-utf8.RuneLen(r)]
		}
	}
	end()
	return cut(words, string(buf), ends)
}

func cut(words []string, s string, ends [][2]int32) []string {
	for _, e := range ends {
		if len(words) >= maxWords {
			break
		}
		w := s[e[0]:e[1]]
		words = append(words, w)
		if base, ok := doubled(w); ok {
			words[len(words)-1] = base
			if len(words) < maxWords {
				words = append(words, base)
			}
		}
	}
	return words
}

// doubled takes "lubang2" apart. Short ones are something else: "rt2", "smp2".
func doubled(w string) (string, bool) {
	if len(w) < 5 || w[len(w)-1] != '2' {
		return "", false
	}
	base := w[:len(w)-1]
	for i := range len(base) {
		if base[i] < 'a' || base[i] > 'z' {
			return "", false
		}
	}
	return base, true
}

// What fold gives for a rune that is no part of a word.
const (
	gone  rune = -2 // as if it were not there: an apostrophe, an accent of its own, a joiner
	apart rune = -3 // it separates words
)

// fold gives the plain lower-case letter or digit of a rune, or gone or apart.
func fold(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z' || isDigit(r):
		return r
	case 'A' <= r && r <= 'Z':
		return r + ('a' - 'A')
	case r == '\'' || r == '`':
		return gone
	case r < 0x80 || r == utf8.RuneError:
		return apart
	case r == '’' || r == '‘' || r == '´' || r == '\u00AD' || r == '\u200B' || r == '\u200C' || r == '\u200D' || r == '\u2060' || r == '\uFEFF':
		return gone
	case 0xFF10 <= r && r <= 0xFF19: // full width
		return r - 0xFF10 + '0'
	case 0xFF21 <= r && r <= 0xFF3A:
		return r - 0xFF21 + 'a'
	case 0xFF41 <= r && r <= 0xFF5A:
		return r - 0xFF41 + 'a'
	case 0x1D400 <= r && r <= 0x1D6A3: // mathematical alphabets, 26 capitals and 26 small letters each
		return 'a' + (r-0x1D400)%26
	case 0x1D7CE <= r && r <= 0x1D7FF:
		return '0' + (r-0x1D7CE)%10
	case 0x00C0 <= r && r <= 0x017F:
		return plainLatin(r)
	case unicode.Is(unicode.Mn, r):
		return gone
	case unicode.IsLetter(r) || unicode.IsDigit(r):
		r = unicode.ToLower(r)
		if r < 0x180 { // the Kelvin sign becomes a k
			return plainLatin(r)
		}
		return r
	}
	return apart
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// latin gives the plain letter for the letters from À (U+00C0) to ſ (U+017F); a space separates.
const latin = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty" +
	"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll" +
	"lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"

func plainLatin(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r < 0xC0: // ª º µ
		return apart
	}
	if c := latin[r-0xC0]; c != ' ' {
		return rune(c)
	}
	return apart
}
