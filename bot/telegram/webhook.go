package telegram

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"time"

	"tanggap/hotline"
)

// maxUpdate bounds one webhook call. The largest updates are some hundred kilobytes.
const maxUpdate = 4 << 20

// putTime is how long a webhook call waits for its commit; the network gives up after a minute and comes again.
const putTime = 20 * time.Second

// Webhook is the door for a network that calls instead of being polled. It says 200 only once the update is committed, so that the network
// comes again with whatever was not.
func (c *Channel) Webhook() http.Handler {
	secret := []byte(c.WebhookSecret())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "POST only", http.StatusMethodNotAllowed)
			return
		}
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")), secret) != 1 {
			http.Error(w, "not telegram", http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
		if err != nil {
			var big *http.MaxBytesError
			if errors.As(err, &big) {
				http.Error(w, "too large", http.StatusRequestEntityTooLarge)
				return
			}
			http.Error(w, "cannot read", http.StatusBadRequest)
			return
		}
		if len(body) == 0 {
			http.Error(w, "empty", http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), putTime)
		defer cancel()
		if err := c.putOne(ctx, body); err != nil {
			if r.Context().Err() == nil {
				c.ill("the inbox takes nothing; updates wait at the network", err)
			}
			http.Error(w, "come again", http.StatusServiceUnavailable)
			return
		}
		c.well()
		w.WriteHeader(http.StatusOK)
	})
}

func (c *Channel) putOne(ctx context.Context, body []byte) error {
	if c.inbox == nil {
		return errNoInbox
	}
	return c.inbox.Put(ctx, []hotline.Raw{c.take(body)})
}
