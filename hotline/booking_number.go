package hotline

import (
	"fmt"
	"strconv"
	"strings"
)

// A BookingNumber is what people call a booking by: seven digits and a letter that betrays a mistyped one, "4829-137K". It says nothing of the person,
// nor how many booked before: the digits are the running number, shuffled. Zero: none.
type BookingNumber int64

// A running number of up to seven digits gives one of seven digits; beyond that there are more.
const (
	bookingDigits = 7
	bookingMost   = 999_999_999_999
)

// String writes the number as people read it; empty for zero.
func (n BookingNumber) String() string {
	if n <= 0 || n > bookingMost {
		return ""
	}
	digits := n.digits()
	return digits[:4] + "-" + digits[4:] + string(bookingCheck(digits))
}

func (n BookingNumber) digits() string {
	width := bookingDigits
	for limit := int64(10_000_000); int64(n) >= limit; limit *= 10 {
		width++
	}
	return fmt.Sprintf("%0*d", width, shuffled(int64(n), width, false))
}

func bookingCheck(digits string) byte {
	sum := 7 // so that a booking's letter is seldom that of a case
	for i := range len(digits) {
		sum += int(digits[i]-'0') * (i + 2)
	}
	return checkLetters[sum%len(checkLetters)]
}

// ParseBookingNumber reads a number as people type it: any case, with or without dashes and spaces, and as a QR picture carries it.
func ParseBookingNumber(s string) (BookingNumber, bool) {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '–' || r == '.' || r == '#' {
			return -1
		}
		return r
	}, s))
	s = strings.TrimPrefix(s, "TANGGAP:")
	if len(s) < bookingDigits+1 || len(s) > 13 {
		return 0, false
	}
	digits := s[:len(s)-1]
	if strings.Trim(digits, "0123456789") != "" || bookingCheck(digits) != s[len(s)-1] {
		return 0, false
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	n := BookingNumber(shuffled(v, len(digits), true))
	if n == 0 || len(n.digits()) != len(digits) {
		return 0, false
	}
	return n, true
}

// QR is what the number's picture carries.
func (n BookingNumber) QR() string {
	if n <= 0 || n > bookingMost {
		return ""
	}
	return "TANGGAP:" + strings.ReplaceAll(n.String(), "-", "")
}

// shuffled gives another number of the same width, each for one: a ladder of rounds in which one half of the digits moves the other, which can be gone
// back. It hides nothing from who wants to know; it only keeps a number from telling how many came before, and from looking like its neighbour's.
func shuffled(v int64, width int, back bool) int64 {
	low := int64(1)
	for range width / 2 {
		low *= 10
	}
	high := low
	if width%2 == 1 {
		high *= 10
	}
	a, b := v/low, v%low // a < high, b < low
	const rounds = 6
	mix := func(x int64, round int) int64 {
		h := uint64(x)*0x9E3779B97F4A7C15 + uint64(round+1)*0xD1B54A32D192ED03 //nolint:gosec // G115: never negative
		h ^= h >> 29
		h *= 0xBF58476D1CE4E5B9
		h ^= h >> 32
		return int64(h >> 2) //nolint:gosec // G115: two bits less
	}
	for i := range rounds {
		round := i
		if back {
			round = rounds - 1 - i
		}
		switch {
		case round%2 == 0 && !back:
			a = (a + mix(b, round)%high) % high
		case round%2 == 0:
			a = (a + high - mix(b, round)%high) % high
		case !back:
			b = (b + mix(a, round)%low) % low
		default:
			b = (b + low - mix(a, round)%low) % low
		}
	}
	return a*low + b
}

// ticketOf writes a queue number: "A-012".
func ticketOf(letter string, queue int) string {
	if queue <= 0 {
		return ""
	}
	return fmt.Sprintf("%s-%03d", letter, queue)
}
