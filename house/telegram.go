package house

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tanggap/bot"
	"tanggap/bot/telegram"
	"tanggap/hotline"
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
	h.keep(&account{channel: hotline.Telegram, network: c, rates: &bot.TelegramRates, receive: h.receiveTelegram, ill: func() string {
		if s := c.State(); o.Webhook == "" && !s.Healthy {
			return s.Reason
		}
		return ""
	}})
	return nil
}

// webhookPath is where Telegram calls, below TANGGAP_TELEGRAM_WEBHOOK's host.
const webhookPath = "/telegram"

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

func (h *House) telegramWebhook() http.Handler {
	if h.telegram == nil || h.Telegram.Webhook == "" {
		return http.NotFoundHandler()
	}
	return h.telegram.Webhook()
}
