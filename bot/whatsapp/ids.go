package whatsapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"tanggap/hotline"
)

// A namer gives what we send its id at the network, the same one whenever the same thing is sent again: whoever has it already ignores the second.
// The names hang on the device's own key, so that a database that begins anew, whose numbers begin anew too, does not repeat them.
//
// A thing may take several messages. One of them stands for the whole, and the ids of the others tell which that is: so a reply to any of them is a
// reply to the whole.
type namer struct{ key []byte }

func newNamer(identity []byte) namer {
	mac := hmac.New(sha256.New, identity)
	mac.Write([]byte("tanggap: whatsapp message ids"))
	return namer{mac.Sum(nil)}
}

const (
	idPrefix = "3EB0"             // of all that is sent from a linked device
	idLength = len(idPrefix) + 18 // hexadecimal: eight bytes for the thing, one for the part
	maxParts = 255
)

// id names one message of a thing; part zero is the one that stands for the whole.
func (n namer) id(out hotline.OutID, part int) string {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(out))
	thing := n.mac('t', number[:])[:8]
	return idPrefix + strings.ToUpper(hex.EncodeToString(append(thing, n.mac('p', thing)[0]^byte(part))))
}

// whole gives the id of the message that stands for the thing that a message belongs to. An id that is none of ours may come back as another, which
// means nothing to anybody either.
func (n namer) whole(id string) string {
	if len(id) != idLength || !strings.HasPrefix(id, idPrefix) || strings.ToUpper(id) != id {
		return id
	}
	raw, err := hex.DecodeString(id[len(idPrefix):])
	if err != nil {
		return id
	}
	thing := raw[:8]
	return idPrefix + strings.ToUpper(hex.EncodeToString(append(thing, n.mac('p', thing)[0])))
}

func (n namer) mac(use byte, of []byte) []byte {
	mac := hmac.New(sha256.New, n.key)
	mac.Write([]byte{use})
	mac.Write(of)
	return mac.Sum(nil)
}
