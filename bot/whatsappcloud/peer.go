package whatsappcloud

import (
	"errors"
	"strings"
)

// A peer is how an address knows a person: the business-scoped user id with a mark before it, or, where the network did not tell one, the telephone
// number's digits (the "wa_id").
//
// The user id comes first although a number is at hand nearly always: since 2026 a person may hide it, from one message to the next, and would then be
// somebody new. The id stays; it changes only with the number itself, and the network says so (see MsgMoved).
const scopedMark = "bsuid:"

// peerOf makes the peer of what the network told of a person; empty when that is nothing.
func peerOf(userID, waID string) string {
	switch {
	case userID != "":
		return scopedMark + userID
	case waID != "":
		return strings.TrimPrefix(waID, "+")
	}
	return ""
}

// recipient is how a message is addressed. The two fields are not the same: an id written into "to" is answered like a success, and the message is
// dropped in silence.
type recipient struct {
	To        string `json:"to,omitempty"`
	Recipient string `json:"recipient,omitempty"`
}

var errPeer = errors.New("the peer is neither a telephone number nor a user id")

func recipientOf(peer string) (recipient, error) {
	if id, ok := strings.CutPrefix(peer, scopedMark); ok {
		if id == "" || len(id) > 160 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return recipient{}, errPeer
		}
		return recipient{Recipient: id}, nil
	}
	if len(peer) < 5 || len(peer) > 20 || digits(peer) != peer {
		return recipient{}, errPeer
	}
	return recipient{To: peer}, nil
}

// digits leaves of a number only its digits.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// phone makes a number in international form of a wa_id; empty for anything else.
func phone(waID string) string {
	d := strings.TrimPrefix(strings.TrimSpace(waID), "+")
	if len(d) < 7 || len(d) > 15 || digits(d) != d || d[0] == '0' {
		return ""
	}
	return "+" + d
}
