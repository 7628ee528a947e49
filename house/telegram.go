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
		return c.State().Reason
	}})
	return nil
}

// webhookPath is where Telegram calls, below TANGGAP_TELEGRAM_WEBHOOK's host.
const webhookPath = "/telegram"

func (h *House) receiveTelegram(ctx context.Context) error {
	if h.Telegram.Webhook == "" {
		return h.telegram.Run(ctx)
	}
	address := strings.TrimRight(h.Telegram.Webhook, "/")
	if !strings.HasSuffix(address, webhookPath) {
		address += webhookPath
	}
	return h.telegram.RunWebhook(ctx, address)
}

func (h *House) telegramWebhook() http.Handler {
	if h.telegram == nil || h.Telegram.Webhook == "" {
		return http.NotFoundHandler()
	}
	return h.telegram.Webhook()
}
