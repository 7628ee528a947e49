package hotline

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func aNumber() *rapid.Generator[Number] {
	return rapid.Custom(func(t *rapid.T) Number {
		day := noon.AddDate(0, 0, rapid.IntRange(-3000, 20000).Draw(t, "day"))
		seq := rapid.OneOf(rapid.IntRange(1, 9999), rapid.IntRange(10000, 999_999_999)).Draw(t, "seq")
		return Number{Letters: rapid.SampledFrom([]string{"JPR", "KL", "PROB"}).Draw(t, "letters"), Day: DayOf(day, wib), Seq: seq}
	})
}

func TestNumberAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	n := Number{Letters: "JPR", Day: "261121", Seq: 7}
	s := n.String()
	if !strings.HasPrefix(s, "JPR-261121-0007") || len(s) != len("JPR-261121-0007K") {
		t.Fatalf("the number is written %q", s)
	}
	bare := strings.ReplaceAll(s, "-", "")
	for _, typed := range []string{s, strings.ToLower(s), bare, strings.ReplaceAll(s, "-", " "), " " + s + " ", "#" + s, strings.ReplaceAll(s, "-", "–"), strings.ReplaceAll(s, "-", ".")} {
		if got, ok := ParseNumber("JPR", typed); !ok || got != n {
			t.Errorf("ParseNumber(%q) = %v, %v", typed, got, ok)
		}
	}
	for _, wrong := range []string{"", "JPR", s[:len(s)-1], s + "A", "KDS" + s[3:], strings.Replace(s, "0007", "00007", 1), strings.Replace(s, "0007", "0000", 1), "JPR-261121-000K", strings.Replace(s, "0", "O", 1)} {
		if got, ok := ParseNumber("JPR", wrong); ok {
			t.Errorf("ParseNumber(%q) = %v", wrong, got)
		}
	}
	if empty := (Number{}).String(); empty != "" {
		t.Errorf("the zero number is written %q", empty)
	}
}

func TestDayOfIsLocal(t *testing.T) {
	t.Parallel()
	if day := DayOf(time.Date(2026, 11, 20, 17, 0, 0, 0, time.UTC), wib); day != "261121" {
		t.Errorf("five in the afternoon in Greenwich is the next day in Jepara, not %s", day)
	}
}

func TestNumberRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := aNumber().Draw(t, "number")
		if got, ok := ParseNumber(n.Letters, n.String()); !ok || got != n {
			t.Fatalf("%s is read as %v, %v", n, got, ok)
		}
	})
}

// A wrong digit is noticed, always: its place has a weight below 23 and so has the difference, 23 is prime, so the sum changes modulo 23. All digits
// of all lengths of number are gone through, for the sums of several numbers.
func TestNumberWithOneWrongDigitIsNoticed(t *testing.T) {
	t.Parallel()
	for _, seq := range []int{1, 7, 42, 999, 1234, 9999, 10000, 98765, 999_999_999} {
		for day := range 40 {
			s := Number{Letters: "JPR", Day: DayOf(noon.AddDate(0, 0, day*31), wib), Seq: seq}.String()
			for i := 3; i < len(s)-1; i++ {
				for d := byte('0'); d <= '9'; d++ {
					if s[i] == '-' || s[i] == d {
						continue
					}
					if wrong := s[:i] + string(d) + s[i+1:]; parses(wrong) {
						t.Fatalf("%s passes for %s", wrong, s)
					}
				}
			}
		}
	}
}

// Two neighbours swapped are noticed, always, for their weights differ by one. So are two that are swapped across the dash, and a wrong letter.
func TestNumberWithNeighboursSwappedIsNoticed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := aNumber().Draw(t, "number")
		n.Letters = "JPR"
		s := strings.ReplaceAll(n.String(), "-", "")
		for i := 3; i+1 < len(s); i++ {
			if s[i] == s[i+1] {
				continue
			}
			if wrong := s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]; parses(wrong) {
				t.Fatalf("%s passes for %s", wrong, s)
			}
		}
		for _, letter := range checkLetters {
			if wrong := s[:len(s)-1] + string(letter); wrong != s && parses(wrong) {
				t.Fatalf("%s passes for %s", wrong, s)
			}
		}
	})
}

func parses(s string) bool {
	_, ok := ParseNumber("JPR", s)
	return ok
}

func FuzzParseNumber(f *testing.F) {
	f.Add("JPR", "JPR-261121-0007K")
	f.Add("", "261121-0007K")
	f.Add("JPR", "jpr 261121 0007 é")
	f.Fuzz(func(t *testing.T, letters, s string) {
		n, ok := ParseNumber(letters, s)
		if ok && (n.Letters != letters || n.Seq < 1 || len(n.Day) != 6) {
			t.Fatalf("ParseNumber(%q, %q) = %+v", letters, s, n)
		}
		if again, ok2 := ParseNumber(letters, n.String()); ok && ok2 && again != n {
			t.Fatalf("%q is read as %v and then as %v", s, n, again)
		}
	})
}
