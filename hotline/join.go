package hotline

import (
	"errors"
	"strings"
)

// One person on several networks is several persons until they prove that they are one: by a code shown on one network and typed on another, or
// by a telephone number that both networks vouch for. Joining is a pointer that can be taken back. The one known longest is the chief, and the
// addresses of all point at the chief; each address remembers its home, the person it came with. Whatever somebody does is done by the home
// of the address they did it at. So after parting everybody has what was theirs: what they filed, took, and were given.

// ErrSame says that two who are to be joined are one already.
var ErrSame = errors.New("they are joined already")

// ErrErasing says that two cannot be joined while a request for erasure of either is undecided: it covers those who were joined when it was asked.
var ErrErasing = errors.New("a request for erasure is undecided")

// A Join is the other side of a joining that somebody has begun: found by a code or by a number.
type Join struct {
	Ticket string // redeems the code; empty where a number found it
	With   Known  // the address on the other side
}

// A Known is an address as its owner recognises it.
type Known struct {
	Address
	Tail string // the last four digits of its telephone number, where one is kept, else of what the network calls it
}

// Tail gives the last four digits of a number or a peer, to be recognised by and no more.
func Tail(s string) string {
	s, _, _ = strings.Cut(s, "@")
	s, _, _ = strings.Cut(s, ":") // a device of WhatsApp's
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	return digits[max(0, len(digits)-4):]
}

// Label is what people call the network.
func (c Channel) Label() string {
	switch c {
	case Telegram:
		return "Telegram"
	case WhatsApp, WhatsAppCloud:
		return "WhatsApp"
	}
	return string(c)
}
