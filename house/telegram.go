package house

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"tanggap/bot"
	"tanggap/bot/telegram"
	"tanggap/hotline"
	"tanggap/phrase"
)

// openTelegram makes the channel and asks the network who we are: a wrong token ends the start, a network that is away does not.
func (h *House) openTelegram(ctx context.Context) error {
	o := h.Telegram
	if o == nil {
		return nil
	}
	c, err := telegram.New(telegram.Options{Token: o.Token, API: o.API, Inbox: h.store, Log: h.log})
	if err != nil {
		return fmt.Errorf("TANGGAP_TELEGRAM_TOKEN or TANGGAP_TELEGRAM_API: %w", err)
	}
	check, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	switch err := c.Check(check); {
	case errors.Is(err, telegram.ErrToken):
		return fmt.Errorf("TANGGAP_TELEGRAM_TOKEN: %w", err)
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		h.log.Warn("telegram cannot be reached; going on without it until it can", "error", err)
	}
	h.telegram = c
	return nil
}

// webhookPath is where Telegram calls, below TANGGAP_TELEGRAM_WEBHOOK's host.
const webhookPath = "/telegram"

// runTelegram receives and sends for the account, while this instance holds its lease. A webhook receives on every instance.
func (h *House) runTelegram(ctx context.Context) error {
	name := h.telegramLease()
	return h.holding(ctx, name, func(held bool) { h.note(name, held) }, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return h.receiveTelegram(ctx) })
		group.Go(func() error {
			defer h.outbox.over()
			return h.courier.Run(ctx)
		})
		return group.Wait()
	})
}

// telegramLease names the lease of the account.
func (h *House) telegramLease() string { return "telegram/" + h.telegram.Account() }

func (h *House) receiveTelegram(ctx context.Context) error {
	if h.Telegram.Webhook == "" {
		for ctx.Err() == nil {
			err := h.telegram.DeleteWebhook(ctx)
			if err == nil || errors.Is(err, telegram.ErrToken) {
				break // Run says what is wrong with the token
			}
			if ctx.Err() == nil {
				h.log.Warn("telegram is not yet told that we poll", "error", err)
			}
			wait(ctx, 5*time.Second)
		}
		return h.telegram.Run(ctx)
	}
	address := strings.TrimRight(h.Telegram.Webhook, "/")
	if !strings.HasSuffix(address, webhookPath) {
		address += webhookPath
	}
	for ctx.Err() == nil {
		err := h.telegram.SetWebhook(ctx, address)
		if err == nil {
			break
		}
		if ctx.Err() == nil {
			h.log.Warn("telegram is not yet told where to call", "error", err)
		}
		wait(ctx, 5*time.Second)
	}
	<-ctx.Done()
	return nil
}

func (h *House) note(lease string, held bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holds[lease] = held
}

func (h *House) has(lease string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.holds[lease]
}

// newCourier makes the courier of the accounts this instance may hold.
func (h *House) newCourier() *bot.Courier {
	c := &bot.Courier{
		Channels: map[hotline.Channel]bot.Sender{}, Drawer: drawer{h}, Clock: h.Clock,
		Wake: h.store.Bells.Outbox.C(), Log: h.log, Watch: h.delivered,
	}
	if h.telegram != nil {
		h.outbox = newOutbox(h, h.telegramLease())
		c.Outbox = h.outbox
		c.Channels[hotline.Telegram] = fenced{h, h.telegramLease(), h.telegram}
	}
	if !h.NoRates {
		c.Limiter = bot.NewLimiter(h.redis, bot.TelegramRates, h.log)
	}
	return c
}

func (h *House) delivered(d bot.Delivery) {
	h.metrics.delivered(d)
	if h.Watch != nil {
		h.Watch(d)
	}
}

// drawer puts replies into the words of the regency in force.
type drawer struct{ h *House }

func (d drawer) Reply(l hotline.Lang, r hotline.Reply, f phrase.Facts) (string, [][]hotline.Button, string) {
	return d.h.rooms.Load().book.Reply(l, r, f)
}

func (h *House) telegramWebhook() http.Handler {
	if h.telegram == nil || h.Telegram.Webhook == "" {
		return http.NotFoundHandler()
	}
	return h.telegram.Webhook()
}
