package house

import (
	"context"

	"tanggap/hotline"
)

// reached remembers under which names people reach us, for whoever makes a link to us elsewhere and knows no token (tanggap officer invite). A network
// that could not be asked keeps the name that it had.
func (h *House) reached(ctx context.Context) error {
	if h.telegram == nil || h.telegram.Username() != "" {
		name := ""
		if h.telegram != nil {
			name = h.telegram.Username()
		}
		if err := h.store.SetReach(ctx, hotline.Telegram, name); err != nil {
			return err
		}
	}
	number := ""
	if h.Cloud != nil {
		number = h.Cloud.Number
	}
	return h.store.SetReach(ctx, hotline.WhatsAppCloud, number)
}
