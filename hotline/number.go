package hotline

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Number is what people call a case by: the regency's letters, the local day it was filed, a running number of that day and a letter that
// betrays a mistyped one: JPR-261121-0007K.
type Number struct {
	Letters string // "JPR"
	Day     string // "261121": year, month, day, local
	Seq     int    // from 1
}

// checkLetters has no I, O or Q, which look like digits; 23 of them, a prime, so that a changed or swapped digit changes the letter.
const checkLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// DayOf gives the day part of a number for a moment in the regency's zone.
func DayOf(t time.Time, zone *time.Location) string { return t.In(zone).Format("060102") }

// String writes the number as people read it; empty for the zero Number.
func (n Number) String() string {
	if n.Seq == 0 {
		return ""
	}
	return fmt.Sprintf("%s-%s-%04d%c", n.Letters, n.Day, n.Seq, n.check())
}

func (n Number) check() byte {
	sum := 0
	for i, d := range n.Day + fmt.Sprintf("%04d", n.Seq) {
		sum += int(d-'0') * (i + 2)
	}
	return checkLetters[sum%len(checkLetters)]
}

// ParseNumber reads a number as people type it: any case, with or without dashes and spaces. It tells whether it is one of the letters given
// with a right check letter.
func ParseNumber(letters, s string) (Number, bool) {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '–' || r == '.' || r == '#' {
			return -1
		}
		return r
	}, s))
	rest, ok := strings.CutPrefix(s, letters)
	if !ok || len(rest) < 6+4+1 || len(rest) > 6+9+1 {
		return Number{}, false
	}
	for i := 0; i < len(rest)-1; i++ {
		if rest[i] < '0' || rest[i] > '9' {
			return Number{}, false
		}
	}
	seq, err := strconv.Atoi(rest[6 : len(rest)-1])
	if err != nil || seq == 0 {
		return Number{}, false
	}
	n := Number{Letters: letters, Day: rest[:6], Seq: seq}
	if n.String() != n.Letters+"-"+rest[:6]+"-"+rest[6:] {
		return Number{}, false
	}
	return n, true
}
