package house

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tanggap/bot"
	"tanggap/bot/whatsappcloud"
	"tanggap/hotline"
	"tanggap/phrase"
)

// CloudOptions are what WhatsApp's business account is made of.
type CloudOptions struct {
	NumberID  string // the number's id at the network
	Number    string // the number as people dial it
	Token     string
	AppSecret string
	Verify    string // what the network says once when the webhook is entered there
	API       string // empty: the public one
}

// cloudPath is where the Cloud API calls us.
const cloudPath = "/whatsapp"

// openCloud makes the channel and asks the network whether we may use the number: a wrong token ends the start, a network that is away does not.
func (h *House) openCloud(ctx context.Context) error {
	o := h.Cloud
	if o == nil {
		return nil
	}
	c, err := whatsappcloud.New(whatsappcloud.Options{
		PhoneNumberID: o.NumberID, Number: o.Number, Token: o.Token, AppSecret: o.AppSecret, VerifyToken: o.Verify, API: o.API, Log: h.log,
		Inbox: h.store, Templates: templates(h.Regency),
		Statuses: func(ctx context.Context, news []hotline.Delivered) error {
			return h.store.Delivered(ctx, hotline.WhatsAppCloud, o.NumberID, news)
		},
		Pick: func(l hotline.Lang) string {
			return h.rooms.Load().book.Line(l, hotline.Phrase("pick.open"), phrase.Facts{})
		},
	})
	if err != nil {
		return fmt.Errorf("TANGGAP_WHATSAPP_…: %w", err)
	}
	check, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	switch err := c.Check(check); {
	case errors.Is(err, whatsappcloud.ErrToken):
		return fmt.Errorf("TANGGAP_WHATSAPP_TOKEN: %w", err)
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		h.log.Warn("the WhatsApp Cloud API cannot be used yet; going on without it until it can", "error", err)
	}
	h.cloud = c
	h.keep(&account{channel: hotline.WhatsAppCloud, network: c, rates: &bot.CloudRates, receive: c.Run, ill: func() string {
		if s := c.State(); !s.Healthy {
			return s.Reason
		}
		return ""
	}})
	return nil
}

// cloudWebhook answers the network's calls, on every instance.
func (h *House) cloudWebhook() http.Handler {
	if h.cloud == nil {
		return http.NotFoundHandler()
	}
	return h.cloud.Webhook()
}

// templates are what the regency had approved at the network.
func templates(r *hotline.Regency) map[string]whatsappcloud.Template {
	all := make(map[string]whatsappcloud.Template, len(r.WhatsApp.Template))
	for key, t := range r.WhatsApp.Template {
		all[key] = whatsappcloud.Template{Name: t.Name, Language: t.Language, Parameters: t.Parameters, Buttons: t.Buttons}
	}
	return all
}
