package bot

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// People retype a one-time code from a paper or another screen: in small letters, with blanks and dashes, with an O for a Q, one letter short. What was plainly
// meant as a code is answered as one, and never taken for something new that is told.

// How many letters and digits the codes have: those that join networks, and those of officers and groups.
const (
	joinCodeSize  = 6
	enrolCodeSize = 8
)

// codeLetters and codeDigits are all that a code is made of, some of each: none that is taken for another.
const (
	codeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	codeDigits  = "23456789"
)

// codeWords may stand before a code, or be all that stands around it.
var codeWords = list("kode, kodenya, kodene, kodeku, saya, kula, ini, itu, niki, niku, yaitu, adalah, inggih, code, the, my, is, it's")

// A typedCode is what was typed where a code was asked for.
type typedCode struct {
	text  string // in capitals, without blanks and dashes
	whole bool   // it has the form of a code
}

// readCode reads a text that was meant as a code of so many letters and digits; false: it was meant otherwise.
func readCode(text string, size int) (typedCode, bool) {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n:*_\"'`()[].,!?", r) })
	all := len(words)
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(codeWords, strings.ToLower(w)) })
	said := len(words) < all && len(words) > 0
	code := typedCode{text: bareCode(strings.Join(words, ""))}
	n := utf8.RuneCountInString(code.text)
	code.whole = ofCode(code.text, size)
	letter, digit := strings.ContainsAny(code.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), strings.ContainsAny(code.text, "0123456789")
	switch {
	case n < size-2 || n > size+4, strings.Trim(code.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "":
		return typedCode{}, false
	case len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { return len(w) > 4 }): // written in groups
		return code, code.whole || digit && letter && strings.ToUpper(text) == text
	case len(words) != 1:
		return typedCode{}, false
	}
	return code, digit || said && letter && strings.ToUpper(words[0]) == words[0] || !strings.ContainsAny(code.text, "AEIOUY")
}

// ofCode tells whether a text has the form of a code of so many letters and digits, some of each. So no word is one.
func ofCode(s string, size int) bool {
	return len(s) == size && strings.Trim(s, codeLetters+codeDigits) == "" && strings.ContainsAny(s, codeLetters) && strings.ContainsAny(s, codeDigits)
}

// bareCode is a code without the blanks and dashes that people put in.
func bareCode(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "–", "").Replace(strings.TrimSpace(s)))
}

// isJoinCode tells whether a text has the form of a code that joins networks.
func isJoinCode(s string) bool { return ofCode(bareCode(s), joinCodeSize) }

// isEnrolCode tells whether a text has the form of a code that enrols.
func isEnrolCode(s string) bool { return ofCode(bareCode(s), enrolCodeSize) }

// almostCode tells of one word in capitals and digits as long as a code, with nothing asked before it.
func almostCode(s string) bool {
	s = strings.TrimSpace(s)
	code, meant := readCode(s, joinCodeSize)
	return meant && (len(code.text) == joinCodeSize || len(code.text) == enrolCodeSize) && strings.ToUpper(s) == s && !strings.ContainsAny(s, " \n") &&
		strings.ContainsAny(s, "0123456789") && strings.Trim(code.text, "0123456789") != ""
}
