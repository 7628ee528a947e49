package house

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tanggap/bot"
	"tanggap/bot/whatsappcloud"
	"tanggap/hotline"
	"tanggap/store"
)

// typed tells whether choices are typed on a channel, because it has no buttons, or not for everything. Elsewhere words are for the bot to read.
func typed(c hotline.Channel) bool { return c == hotline.WhatsApp || c == hotline.WhatsAppCloud }

// numbered tells whether a channel drew choices as numbered lines. Where they are buttons, numbers mean nothing.
func numbered(c hotline.Channel, choices []hotline.Button) bool {
	return c == hotline.WhatsApp || c == hotline.WhatsAppCloud && whatsappcloud.Numbered(choices)
}

// pick turns a typed number or label into the press of the choice it means, so that no flow needs to know that there are networks without
// buttons. What is typed as a reply to a message means that message's choices; else the last ones shown.
//
// Cards come unasked. Where several messages with choices came since the person last wrote, a bare number or label may mean more than one of them:
// then it is left as it is, and unclear tells so.
func (h *House) pick(ctx context.Context, t *store.Turn, msg hotline.Message) (_ hotline.Message, unclear bool, err error) {
	if msg.Kind != hotline.MsgText || msg.Media != nil || msg.Forwarded || msg.Group ||
		!typed(msg.Address.Channel) || !bot.Pickable(msg.Text) {
		return msg, false, nil
	}
	showing := h.showing(msg.Address) // first: what is written down meanwhile is then in both
	menus, err := t.Menus(ctx, msg.Address.ID, msg.ReplyTo)
	if err != nil {
		return msg, false, err
	}
	if msg.ReplyTo == "" {
		menus = open(seen(newest(menus, showing), msg.At), t)
	}
	if len(menus) == 0 {
		return msg, false, nil
	}
	n := bot.PickNumber(msg.Text)
	for i, m := range menus {
		b, ok := bot.Pick(msg.Text, m.Choices, numbered(msg.Address.Channel, m.Choices))
		switch {
		case !ok && n > 0 && m.Asked:
			return msg, false, nil // a number is the answer to what was asked there, or a mistake, and never an older card's
		case !ok:
			continue
		case n > 0 && several(msg, menus[i:]), n == 0 && another(menus[i+1:], msg.Text, b.Value):
			return msg, true, nil
		}
		msg.Kind, msg.Choice, msg.On = hotline.MsgChoice, b.Value, m.Ref
		return msg, false, nil
	}
	return msg, false, nil
}

// showing gives the choices that go to an address at this moment, as far as this instance sends them.
func (h *House) showing(a hotline.Address) []store.Menu {
	account := h.of(a.Channel, a.Account)
	if account == nil {
		return nil
	}
	return account.outbox.shown(a.ID)
}

// newest puts menus that are written down and such as are just being shown in order, the newest first.
func newest(written, showing []store.Menu) []store.Menu {
	for _, m := range showing {
		if !slices.ContainsFunc(written, func(w store.Menu) bool { return w.ID == m.ID }) {
			written = append(written, m)
		}
	}
	slices.SortFunc(written, func(a, b store.Menu) int { return cmp.Compare(b.ID, a.ID) })
	return written
}

// clocksDiffer is by how much the network's clock and ours may.
const clocksDiffer = 30 * time.Second

// seen are the menus that whoever wrote a message at a time can have seen then. What waited at the network, or here, answers nothing that was said since.
func seen(menus []store.Menu, at time.Time) []store.Menu {
	if at.IsZero() {
		return menus
	}
	return slices.DeleteFunc(menus, func(m store.Menu) bool { return m.Made.After(at.Add(clocksDiffer)) })
}

// open are the menus that a bare answer may mean: those that came since the person last wrote, or else the newest, where it is a card that waits for
// somebody. What was asked and answered another way is over: a word of it typed now is a word.
func open(menus []store.Menu, t *store.Turn) []store.Menu {
	n := 0
	for n < len(menus) && !menus[n].Made.Before(t.Touched) {
		n++
	}
	if n == 0 && len(menus) > 0 && !menus[0].Asked {
		n = 1
	}
	return menus[:n]
}

// soon is how long after a card came by itself a number may still be the answer to the question before it.
const soon = 20 * time.Second

// several tells whether a number that fits the first could mean another of them too. The newest counts, unless it is a card that came by itself and
// another one could be meant: a card like it, or the question before it where the card came only just now and may not have been seen.
func several(msg hotline.Message, menus []store.Menu) bool {
	if menus[0].Asked {
		return false
	}
	for _, m := range menus[1:] {
		_, fits := bot.Pick(msg.Text, m.Choices, numbered(msg.Address.Channel, m.Choices))
		told := m.Asked && len(m.Choices) == 1 // a question that a number may answer
		if (fits || told) && (!m.Asked || msg.At.Sub(menus[0].Made) < soon) {
			return true
		}
	}
	return false
}

// another tells whether the text also means a choice with another value in one of the menus.
func another(menus []store.Menu, text, value string) bool {
	for _, m := range menus {
		if b, ok := bot.Pick(text, m.Choices, true); ok && b.Value != value && !m.Asked {
			return true
		}
	}
	return false
}
