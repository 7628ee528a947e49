package hotline

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A NIK (nomor induk kependudukan) is a resident's number: six digits of where it was first given out (province, regency, kecamatan), six of the date of
// birth (with 40 added to the day of a woman's), and four that run. It stays the same when people move, and mistakes made at the beginning stay too: so what its
// digits say may differ from what is true, and is a reason to look again and never one to refuse.
type NIK string

// nikDigits is how long a NIK is.
const nikDigits = 16

// ParseNIK reads a NIK as people type it, with spaces, points or dashes between. It tells whether it has sixteen digits, which is all that can be wrong with one.
func ParseNIK(s string) (NIK, bool) {
	digits := strings.Map(func(r rune) rune {
		switch {
		case isDigit(r):
			return r
		case r == ' ' || r == '.' || r == '-' || r == '\u00A0':
			return -1
		}
		return 'x'
	}, strings.TrimSpace(s))
	if len(digits) != nikDigits || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return NIK(digits), true
}

// Masked gives the NIK as it may be shown: "3320********0001".
func (n NIK) Masked() string { return MaskNIK(string(n)) }

// MaskNIK hides all but the first and the last four digits of a NIK. What is no NIK is hidden whole.
func MaskNIK(s string) string {
	if len(s) != nikDigits {
		return strings.Repeat("*", min(len(s), nikDigits))
	}
	return s[:4] + "********" + s[12:]
}

// HideNIKs masks every NIK in a text, so that one that somebody put into a story or a name is not carried on: every sixteen digits in one piece, and
// every sixteen in several pieces that could be one (a province's code, a day, a month), with up to three spaces, points or the like between the pieces.
func HideNIKs(text string) string {
	var digits []nikDigit
	for at, r := range text {
		if d, ok := digitOf(r); ok {
			digits = append(digits, nikDigit{value: d, at: at, end: at + utf8.RuneLen(r)})
		}
	}
	var out strings.Builder
	copied := 0
	hide := func(from, until int) {
		n := make([]byte, 0, nikDigits)
		for _, d := range digits[from:until] {
			n = append(n, d.value)
		}
		out.WriteString(text[copied:digits[from].at])
		out.WriteString(MaskNIK(string(n)))
		copied = digits[until-1].end
	}
	for i := 0; i+nikDigits <= len(digits); {
		switch end := i + nikDigits; {
		case joinedDigits(digits, i-1, i) || joinedDigits(digits, end-1, end): // inside a longer piece
			i++
		case onePiece(digits, i, end) || fewPieces(text, digits, i, end):
			hide(i, end)
			i = end
		default:
			i++
		}
	}
	out.WriteString(text[copied:])
	return out.String()
}

// A nikDigit is a digit of a text, and where it stands there.
type nikDigit struct {
	value   byte
	at, end int
}

// digitOf reads a digit, also one of the wide ones that some keyboards write.
func digitOf(r rune) (byte, bool) {
	if r >= '\uFF10' && r <= '\uFF19' {
		r = r - '\uFF10' + '0'
	}
	return byte(r), r >= '0' && r <= '9'
}

// joinedDigits tells whether two digits stand side by side.
func joinedDigits(digits []nikDigit, a, b int) bool {
	return a >= 0 && b < len(digits) && digits[a].end == digits[b].at
}

func onePiece(digits []nikDigit, from, until int) bool {
	return digits[until-1].end-digits[from].at == lengthOf(digits[from:until])
}

func lengthOf(digits []nikDigit) (n int) {
	for _, d := range digits {
		n += d.end - d.at
	}
	return n
}

// fewPieces tells whether sixteen digits in pieces could be a NIK.
func fewPieces(text string, digits []nikDigit, from, until int) bool {
	const between = " .-/_\u00A0\t\n\r"
	for i := from; i+1 < until; i++ {
		gap := text[digits[i].end:digits[i+1].at]
		if utf8.RuneCountInString(gap) > 3 || strings.Trim(gap, between) != "" {
			return false
		}
	}
	two := func(i int) int { return int(digits[from+i].value-'0')*10 + int(digits[from+i+1].value-'0') }
	day := two(6) % 40
	return two(0) >= 11 && two(6) <= 71 && day >= 1 && day <= 31 && two(8) >= 1 && two(8) <= 12
}

// Female tells whether the NIK was given to a woman.
func (n NIK) Female() bool { return n.part(6, 8) > 40 }

// Born gives the date of birth that the NIK says; false where it says none. Of two centuries it is the one in which nobody is born after now.
func (n NIK) Born(now time.Time) (time.Time, bool) {
	if len(n) != nikDigits {
		return time.Time{}, false
	}
	day, month, year := n.part(6, 8), n.part(8, 10), n.part(10, 12)
	if day > 40 {
		day -= 40
	}
	year += now.Year() / 100 * 100
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, now.Location())
	if at.After(now) {
		year -= 100
		at = time.Date(year, time.Month(month), day, 0, 0, 0, 0, now.Location())
	}
	if at.Day() != day || int(at.Month()) != month || at.Year() != year {
		return time.Time{}, false
	}
	return at, true
}

func (n NIK) part(from, until int) int {
	if len(n) != nikDigits {
		return 0
	}
	v, _ := strconv.Atoi(string(n[from:until]))
	return v
}

// A NIKWarning is something odd about a NIK: a reason to ask whether it was typed right.
type NIKWarning string

// The warnings.
const (
	NIKRegion NIKWarning = "region" // it was not given out in this regency: they moved here, or it is mistyped
	NIKBirth  NIKWarning = "birth"  // its digits are no date of birth
	NIKSerial NIKWarning = "serial" // its last four digits are 0000, which is never given
	NIKAge    NIKWarning = "age"    // it belongs to a grown-up where it is for a child, or the other way round
)

// grownUp is the age from which somebody has a KTP.
const grownUp = 17

// CheckNIK gives what is odd about a NIK for somebody of the regency. It never refuses one.
func (r *Regency) CheckNIK(n NIK, whose Beneficiary, now time.Time) (odd []NIKWarning) {
	if code := strings.ReplaceAll(r.Code, ".", ""); !strings.HasPrefix(string(n), code) {
		odd = append(odd, NIKRegion)
	}
	born, ok := n.Born(now.In(r.zone()))
	if !ok {
		odd = append(odd, NIKBirth)
	}
	if n.part(12, 16) == 0 {
		odd = append(odd, NIKSerial)
	}
	grown := ok && !born.AddDate(grownUp, 0, 0).After(now)
	if ok && (whose == ForChild && grown || whose == ForElder && !grown) {
		odd = append(odd, NIKAge)
	}
	return odd
}
