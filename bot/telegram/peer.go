package telegram

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"

	"tanggap/hotline"
)

// Peer reads of an update only whose it is and what makes it the same when it comes twice. It gives what it can also with an error: an update
// that is no JSON still has an id that can be seen, and is set aside under it. A delivery is never empty: bytes without any id go by their hash.
func Peer(raw []byte) (peer, delivery string, err error) {
	var u struct {
		ID      int64     `json:"update_id"`
		Message *inChat   `json:"message"`
		Edited  *inChat   `json:"edited_message"`
		Member  *inChat   `json:"my_chat_member"`
		Pressed *inButton `json:"callback_query"`
	}
	if json.Unmarshal(raw, &u) != nil || u.ID <= 0 || u.ID > maxID {
		if id := visibleID(raw); id > 0 {
			return "", strconv.FormatInt(id, 10), errors.New("an update that is no update but has an id")
		}
		sum := sha256.Sum256(raw)
		return "", hex.EncodeToString(sum[:16]), errors.New("an update without an id")
	}
	delivery = strconv.FormatInt(u.ID, 10)
	id := int64(0)
	switch {
	case u.Message != nil:
		id = u.Message.Chat.ID
	case u.Edited != nil:
		id = u.Edited.Chat.ID
	case u.Member != nil:
		id = u.Member.Chat.ID
	case u.Pressed != nil && u.Pressed.Held != nil:
		id = u.Pressed.Held.Chat.ID
	case u.Pressed != nil:
		id = u.Pressed.From.ID
	}
	if id == 0 {
		return "", delivery, errors.New("an update without a chat")
	}
	return strconv.FormatInt(id, 10), delivery, nil
}

type inChat struct {
	Chat struct {
		ID int64 `json:"id"`
	} `json:"chat"`
}

type inButton struct {
	From struct {
		ID int64 `json:"id"`
	} `json:"from"`
	Held *inChat `json:"message"`
}

// An update's id as it stands in the bytes. In a person's text the quotes would be escaped, so the first match is the update's own.
var idInBytes = regexp.MustCompile(`"update_id"\s*:\s*([0-9]{1,18})\b`)

func visibleID(raw []byte) int64 {
	m := idInBytes.FindSubmatch(raw)
	if m == nil {
		return 0
	}
	id, _ := strconv.ParseInt(string(m[1]), 10, 64) // at most 18 digits
	return id
}

// take makes the inbox's row of an update.
func (c *Channel) take(raw []byte) hotline.Raw {
	peer, delivery, err := Peer(raw)
	if err != nil {
		c.log.Warn("telegram: an update goes to the inbox to be set aside", "delivery", delivery, "bytes", len(raw), "error", err)
	}
	return hotline.Raw{Channel: hotline.Telegram, Account: c.account, Peer: peer, Delivery: delivery, Body: raw}
}

// updates takes an answer to getUpdates apart. sound is false where the answer is no JSON; then the updates are what could be saved of it, cut
// where the next one visibly begins, the broken ones among them as they are.
func updates(answer []byte) (list []json.RawMessage, sound bool) {
	var whole struct {
		Result []json.RawMessage `json:"result"`
	}
	if json.Unmarshal(answer, &whole) == nil {
		return whole.Result, true
	}
	_, rest, ok := bytes.Cut(answer, []byte(`"result":[`))
	if !ok {
		return nil, false
	}
	rest = bytes.TrimSuffix(bytes.TrimSpace(rest), []byte("]}"))
	keep := func(piece []byte) {
		if piece = bytes.Trim(piece, ", \t\r\n"); len(piece) > 0 {
			list = append(list, piece)
		}
	}
	for len(rest) > 0 {
		end := len(rest)
		if next := idAtStart.FindIndex(rest[1:]); next != nil {
			end = next[0] + 1
		}
		piece := rest[:end]
		rest = rest[end:]
		// Behind a good one may stand what is none.
		dec := json.NewDecoder(bytes.NewReader(piece))
		var one json.RawMessage
		if idAtStart.Match(piece) && dec.Decode(&one) == nil {
			keep(one)
			piece = piece[dec.InputOffset():]
		}
		keep(piece)
	}
	return list, false
}

var idAtStart = regexp.MustCompile(`\{\s*"update_id"\s*:`)

// after gives the offset that confirms a list, seen with the offset given: one above the highest id. Updates at the end of the list without a
// readable id count one each, which never confirms one that was not seen, as ids only grow.
func after(list []hotline.Raw, offset int64) int64 {
	for _, raw := range list {
		id, err := strconv.ParseInt(raw.Delivery, 10, 64)
		switch {
		case len(raw.Delivery) > maxIDDigits, err != nil: // a hash
			if offset > 0 {
				offset++
			}
		case id >= offset:
			offset = id + 1
		}
	}
	return offset
}

// maxID is the largest update id believed in.
const maxID = 999_999_999_999_999_999

// maxIDDigits is how long an update's id may be; a hash in its place is longer.
const maxIDDigits = 18
