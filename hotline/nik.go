package hotline

import (
	"strconv"
	"strings"
	"time"
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

// HideNIKs masks every NIK in a text, written together or in groups, so that one that somebody put into a story or a name is not carried on.
func HideNIKs(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if !isDigit(rune(text[i])) || i > 0 && isDigit(rune(text[i-1])) {
			out.WriteByte(text[i])
			i++
			continue
		}
		digits, end := 0, i // end: behind the last digit
		for j := i; j < len(text); j++ {
			if isDigit(rune(text[j])) {
				digits, end = digits+1, j+1
			} else if c := text[j]; c != ' ' && c != '.' && c != '-' || j+1 >= len(text) || !isDigit(rune(text[j+1])) {
				break
			}
		}
		if n, ok := ParseNIK(text[i:end]); ok && digits == nikDigits {
			out.WriteString(n.Masked())
		} else {
			out.WriteString(text[i:end])
		}
		i = end
	}
	return out.String()
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
