package house

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tanggap/bot/telegram"
	"tanggap/hotline"
	"tanggap/store"
)

// How messages are handled: so many batches at once, so many people a batch. One batch commits while the others think.
const (
	turnWorkers = 3
	turnBatch   = 32
	turnPoll    = time.Second // the net beneath the bell
	turnPause   = time.Second // after Postgres failed
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
			bell.Ring() // there may be more, for us or for our brothers
			continue
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
	if errors.Is(err, telegram.ErrIgnored) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrMalformed, err)
	}
	msg.ID, msg.Address = t.Inbox, conv.Address
	switch {
	case msg.Kind == hotline.MsgBlocked:
		t.Hold()
		return nil
	case t.Held:
		t.Release()
	}
	state, err := h.rooms.Load().bot.Handle(ctx, t, t.Now(), conv, msg)
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
	}
	return hotline.Message{}, fmt.Errorf("no channel %q here", c)
}

// apologise says sorry to a person whose message was set aside, and shows them the way to a human.
func (h *House) apologise(_ context.Context, t *store.Turn) error {
	h.log.Error("a message was set aside", "inbox", t.Inbox)
	t.Say(hotline.Out{To: t.Conversation.Address.ID, Lane: hotline.LaneReply, Asked: true,
		Reply: hotline.Say("sorry.broken", "emergency", t.Regency().Emergency)})
	return nil
}
