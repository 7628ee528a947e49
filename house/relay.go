package house

import (
	"context"
	"time"

	"tanggap/store"
)

// Instances wake each other through Redis, so that what one commits another does at once: a case filed here may be offered there, and the account
// that answers may be held by a third. It is only a reminder: whoever misses it finds the work when it next looks, within a second.

// relayApart bounds how often one instance wakes the others.
const relayApart = 10 * time.Millisecond

// relay carries bells: the store's to the dispatcher, ours to the other instances, theirs to us.
func (h *House) relay(ctx context.Context) error {
	channel := h.RedisPrefix + "wake"
	go h.hear(ctx, channel)
	var tell <-chan time.Time
	for {
		select {
		case <-h.store.Bells.Dispatch.C():
			h.dispatcher.Wake()
		case <-h.store.Bells.Abroad.C():
			if tell == nil {
				tell = time.After(relayApart)
			}
		case <-tell:
			tell = nil
			say, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
			_ = h.redis.Publish(say, channel, h.holder).Err() // a reminder that does not arrive does no harm
			cancel()
		case <-ctx.Done():
			return nil
		}
	}
}

// ring wakes the couriers of all accounts: what is to be said may be any one's.
func (h *House) ring(ctx context.Context) error {
	for {
		select {
		case <-h.store.Bells.Outbox.C():
			h.each(func(a *account) { a.wake.Ring() })
		case <-ctx.Done():
			return nil
		}
	}
}

// hear rings our bells when another instance committed something.
func (h *House) hear(ctx context.Context, channel string) {
	for ctx.Err() == nil {
		sub := h.redis.Subscribe(ctx, channel)
		for {
			m, err := sub.ReceiveMessage(ctx)
			if err != nil {
				break
			}
			if m.Payload == h.holder {
				continue
			}
			for _, b := range []*store.Bell{h.store.Bells.Inbox, h.store.Bells.Outbox, h.store.Bells.Dispatch, h.store.Bells.Live} {
				b.Ring()
			}
		}
		_ = sub.Close() // it is made anew
		wait(ctx, time.Second)
	}
}
