package whatsapp

import (
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"tanggap/hotline"
)

// maxCard bounds what is read of a contact card, in bytes: some carry a photo.
const maxCard = 64 << 10

// card reads a contact card. The number is the first one that WhatsApp knows (waid), else the first at all. It is the sender's own where it is the
// number that the network vouches for.
func card(e envelope, c *waE2E.ContactMessage) *hotline.Contact {
	out := &hotline.Contact{Name: bounded(tidy(c.GetDisplayName()), maxName)}
	known := false
	for line := range strings.Lines(bounded(c.GetVcard(), maxCard)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		params := strings.Split(name, ";")
		what := strings.ToUpper(params[0])
		if i := strings.LastIndexByte(what, '.'); i >= 0 {
			what = what[i+1:] // "item1.TEL"
		}
		switch {
		case what == "FN" && out.Name == "":
			out.Name = bounded(tidy(value), maxName)
		case what == "TEL" && !known:
			number := bounded(tidy(value), 64)
			for _, p := range params[1:] {
				if id, ok := strings.CutPrefix(strings.ToLower(p), "waid="); ok && digits(id) != "" {
					number, known = "+"+bounded(digits(id), 20), true
				}
			}
			if out.Phone == "" || known {
				out.Phone = number
			}
		}
	}
	out.Own = e.Phone != "" && digits(out.Phone) == digits(e.Phone)
	return out
}
