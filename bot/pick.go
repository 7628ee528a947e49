package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tanggap/hotline"
)

// Not every network has buttons, and not everybody presses them. A choice may be typed: by its number where the choices were shown as numbered lines,
// by its label, or by something close to it.

// maxPick is the longest text, in bytes, that can be a typed choice.
const maxPick = 64

// Pickable tells whether a text could be a typed choice at all, before anyone looks for what was shown.
func Pickable(text string) bool {
	text = strings.TrimSpace(text)
	return text != "" && len(text) <= maxPick && !strings.HasPrefix(text, "/") && strings.Count(text, " ") < 6 && !strings.Contains(text, "\n")
}

// PickNumber reads a typed number: "2", "2.", "no 2", "nomor 2", "pilih 2", "(2)". Zero: it is none.
func PickNumber(text string) int {
	typed := plain(text)
	for _, before := range []string{"nomor ", "nomer ", "no. ", "no ", "pilihan ", "pilih ", "number "} {
		typed = strings.TrimPrefix(typed, before)
	}
	if n := len(typed); n == 0 || n > 2 || !isNumber(typed) {
		return 0
	}
	n := 0
	for _, r := range typed {
		n = n*10 + int(r-'0')
	}
	return n
}

// Pick finds the choice that a text means; false: none of them, or not one alone. A number counts only where the choices were shown numbered (see
// hotline.Numbers); a choice that stands alone never is.
func Pick(text string, choices []hotline.Button, numbered bool) (hotline.Button, bool) {
	if n := PickNumber(text); n > 0 {
		i := slices.Index(hotline.Numbers(choices), n)
		if numbered && i >= 0 {
			return choices[i], true
		}
		return hotline.Button{}, false
	}
	typed := bare(text)
	if typed == "" {
		return hotline.Button{}, false
	}
	for _, near := range []func(typed, label string) bool{
		func(typed, label string) bool { return typed == label },
		func(typed, label string) bool {
			return letters(typed) >= 5 && wordy(typed) && wordy(label) && misspelt(typed, label)
		},
	} {
		found, many := hotline.Button{}, false
		for _, c := range choices {
			if near(typed, bare(c.Label)) {
				many = found.Value != "" && found.Value != c.Value
				found = c
			}
			if many {
				return hotline.Button{}, false
			}
		}
		if found.Value != "" {
			return found, true
		}
	}
	return hotline.Button{}, false
}

// bare is a text for comparing: lower case, single blanks, letters and digits alone.
func bare(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// wordy tells whether a text has no digits: of a number, every digit counts.
func wordy(s string) bool { return !strings.ContainsFunc(s, unicode.IsDigit) }

func letters(s string) int { return utf8.RuneCountInString(s) }

// misspelt tells whether two texts differ by one letter left out, added, changed or swapped with its neighbour; by two where they are long.
func misspelt(a, b string) bool {
	most := 1
	if letters(a) >= 9 {
		most = 2
	}
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return false
	}
	before, row := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		last := before
		before, row = row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(before[j]+1, row[j-1]+1, before[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], last[j-2]+1)
			}
		}
	}
	return row[len(y)] <= most
}
