package house

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tanggap/bot/telegram"
	"tanggap/bot/whatsapp"
	"tanggap/bot/whatsappcloud"
	"tanggap/hotline"
	"tanggap/store"
)

// How messages are handled: so many batches at once, so many people a batch. One batch commits while the others think.
const (
	turnWorkers = 3
	turnBatch   = 32
	turnBreath  = 10 * time.Millisecond // after a small batch: what comes meanwhile is one batch, which costs little more than one turn
	turnPoll    = time.Second           // the net beneath the bell
	turnPause   = time.Second           // after Postgres failed
)

// turns handles what waits in the inbox until ctx ends.
func (h *House) turns(ctx context.Context) error {
	poll := time.NewTicker(turnPoll)
	defer poll.Stop()
	bell := h.store.Bells.Inbox
	for ctx.Err() == nil {
		began := time.Now()
		n, err := h.store.Turns(ctx, h.Clock.Now, turnBatch, h.handle, h.apologise)
		switch {
		case err != nil && ctx.Err() == nil:
			h.log.Warn("turns failed; they are tried again", "error", err)
			wait(ctx, turnPause)
			continue
		case n > 0:
			h.metrics.turn(n, time.Since(began))
			switch {
			case n == turnBatch:
				bell.Ring() // there may be more, for us or for our brothers; where one person has more waiting, the store rings itself
			case n < turnBatch/2:
				wait(ctx, turnBreath)
			}
		}
		select {
		case <-bell.C():
		case <-poll.C:
		case <-ctx.Done():
		}
	}
	return nil
}

// handle is one turn: what came is read by its channel, answered by the bot, and the conversation kept.
func (h *House) handle(ctx context.Context, t *store.Turn) error {
	conv := t.Conversation
	msg, err := h.parse(conv.Address.Channel, t.Body)
	if errors.Is(err, hotline.ErrIgnored) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrMalformed, err)
	}
	msg.ID, msg.Address = t.Inbox, conv.Address
	switch {
	case msg.Kind == hotline.MsgBlocked && !msg.Group:
		t.Hold()
		return nil
	case msg.Kind == hotline.MsgMoved && !msg.Group:
		t.MovedPerson(conv.Address, msg.Moved)
		t.Keep(nil) // what was begun here went along; whoever writes from here next is a stranger
		t.Pass()
		return nil
	case t.Held || conv.Address.Channel == hotline.WhatsAppCloud: // there single things wait for the person to write
		t.Release()
	}
	if msg.Kind == hotline.MsgReaction {
		t.Pass() // needs no answer
		return nil
	}
	msg, unclear, err := h.pick(ctx, t, msg)
	if err != nil {
		return err
	}
	if unclear {
		t.Pass() // the same number once more is as unclear as before
		t.Say(hotline.Out{To: conv.Address.ID, Lane: hotline.LaneReply, Asked: true, Reply: hotline.Say("pick.which")})
		return nil
	}
	state, err := h.rooms.Load().bot.Handle(ctx, turn{t}, t.Now(), conv, msg)
	if err != nil {
		return err
	}
	t.Keep(state)
	return nil
}

func (h *House) parse(c hotline.Channel, body []byte) (hotline.Message, error) {
	switch c {
	case hotline.Telegram:
		return telegram.Parse(body)
	case hotline.WhatsApp:
		return whatsapp.Parse(body)
	case hotline.WhatsAppCloud:
		return whatsappcloud.Parse(body)
	}
	return hotline.Message{}, fmt.Errorf("no channel %q here", c)
}

// ofMany tells whether an address is a chat of many, by the form of its peer.
func ofMany(a hotline.Address) bool {
	return a.Channel == hotline.Telegram && strings.HasPrefix(a.Peer, "-") || strings.HasSuffix(a.Peer, "@g.us")
}

// apologise says sorry to a person whose message was set aside, and shows them the way to a human.
func (h *House) apologise(_ context.Context, t *store.Turn) error {
	h.log.Error("a message was set aside", "inbox", t.Inbox)
	if ofMany(t.Conversation.Address) {
		return nil // in a group nothing is answered
	}
	t.Say(hotline.Out{To: t.Conversation.Address.ID, Lane: hotline.LaneReply, Asked: true,
		Reply: hotline.Say("sorry.broken", "emergency", t.Regency().Emergency)})
	return nil
}
