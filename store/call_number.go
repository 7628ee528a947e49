package store

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// fewestDigits of what is taken for a number: what is shorter is still being typed.
const fewestDigits = 5

// callNumber gives a caller's number as numbers are kept: E.164 where it is a whole one ("0812 3456 7890", "0291591113"), else the digits typed so far. What
// holds none is no number: some exchanges say "anonymous".
func callNumber(typed string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, typed)
	if digits == "" {
		return ""
	}
	if n, err := phonenumbers.Parse(typed, "ID"); err == nil && phonenumbers.IsValidNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	if strings.HasPrefix(strings.TrimSpace(typed), "+") {
		return "+" + digits
	}
	return digits
}

// callHash is what a caller's number is looked up by, the same as a person's; nil for one too short to be anybody's.
func (s *Store) callHash(number string) []byte {
	if len(strings.TrimPrefix(number, "+")) < fewestDigits {
		return nil
	}
	return mac(s.keys.lookup, []byte(number))
}
