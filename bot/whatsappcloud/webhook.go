package whatsappcloud

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"tanggap/hotline"
)

// The bounds of a call. The network promises at most three megabytes; nearly all calls are some kilobytes. Whoever can name the path can make us read
// that much before the signature is known to be wrong, so only a few large ones are read at once.
const (
	maxCall   = 3 << 20
	largeCall = 64 << 10
	mostLarge = 8
)

// putTime is how long a call waits for its commit. The network gives up after some seconds and calls again, for up to a week.
const putTime = 10 * time.Second

// Webhook is the door that the network calls: GET once, to see that it is ours, and POST with what happened. 200 only once all of it is committed, so
// that the network comes again with whatever was not; 401 for a call that the network did not sign.
func (c *Channel) Webhook() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		switch r.Method {
		case http.MethodGet:
			c.handshake(w, r)
		case http.MethodPost:
			c.called(w, r)
		default:
			w.Header().Set("Allow", "GET, POST")
			http.Error(w, "GET or POST", http.StatusMethodNotAllowed)
		}
	})
}

// handshake answers the network's question whether the address knows the word that was entered with it.
func (c *Channel) handshake(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	right := subtle.ConstantTimeCompare(sum([]byte(q.Get("hub.verify_token"))), sum([]byte(c.verify))) == 1
	challenge := q.Get("hub.challenge")
	if q.Get("hub.mode") != "subscribe" || !right || challenge == "" || len(challenge) > 256 {
		http.Error(w, "not whatsapp", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, challenge) //nolint:gosec // G705: plain text, never sniffed, and only for who knows the token
}

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

// readTime is how long a call may take to come in whole.
const readTime = 4 * time.Second

func (c *Channel) called(w http.ResponseWriter, r *http.Request) {
	signature, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256="))
	if err != nil || len(signature) != sha256.Size {
		http.Error(w, "not whatsapp", http.StatusUnauthorized) // without reading a byte
		return
	}
	if r.ContentLength > maxCall {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	// The network sends at once; whoever dawdles holds up others.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTime)) // where it cannot be set, the server's own holds
	if r.ContentLength < 0 || r.ContentLength > largeCall {
		select {
		case c.room <- struct{}{}:
			defer func() { <-c.room }()
		default:
			http.Error(w, "come again", http.StatusServiceUnavailable)
			return
		}
	}
	body, err := readBody(w, r)
	if err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		http.Error(w, "cannot read", http.StatusBadRequest)
		return
	}
	mac := hmac.New(sha256.New, c.secret)
	mac.Write(body)
	if !hmac.Equal(signature, mac.Sum(nil)) {
		http.Error(w, "not whatsapp", http.StatusUnauthorized)
		return
	}
	if len(body) == 0 {
		http.Error(w, "empty", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), putTime)
	defer cancel()
	if !c.keep(ctx, takeApart(body, c.account, c.serves)) {
		http.Error(w, "come again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	if r.ContentLength > 0 {
		b.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, maxCall))
	return b.Bytes(), err
}

// keep commits what a call holds, and tells whether all of it was. What people did comes first; both parts may come again and change nothing then.
func (c *Channel) keep(ctx context.Context, in call) bool {
	for i, d := range in.statuses {
		t := in.tags[i]
		if d.State != "failed" {
			c.parts.cleared(t, d.Ref)
		} else if t.out != 0 && !t.main {
			c.log.Warn("whatsapp cloud: a part of what was said did not arrive", "out", int64(t.out), "step", t.step, "trouble", d.Reason, "error", d.Detail)
		}
		if d.Reason == hotline.TroubleAccount {
			c.look()
		}
	}
	for _, e := range in.errors {
		c.log.Warn("whatsapp cloud: the network reports trouble", "error", e)
		c.look()
	}
	if len(in.fields) > 0 {
		c.log.Info("whatsapp cloud: news of the account", "fields", strings.Join(in.fields, ","))
		c.look()
	}
	if len(in.raws) > 0 {
		for _, r := range in.raws {
			if r.Peer == "" {
				c.log.Warn("whatsapp cloud: something goes to the inbox to be set aside", "delivery", r.Delivery, "bytes", len(r.Body))
			}
		}
		if err := c.put(ctx, in.raws); err != nil {
			if !errors.Is(err, context.Canceled) {
				c.ill(partInbox, "the inbox takes nothing; messages wait at the network", err)
			}
			return false
		}
		c.well(partInbox)
	}
	if len(in.statuses) > 0 && c.statuses != nil {
		if err := c.statuses(ctx, in.statuses); err != nil {
			if !errors.Is(err, context.Canceled) {
				c.ill(partStatuses, "what became of messages cannot be written down; the network tells it again", err)
			}
			return false
		}
		c.well(partStatuses)
	}
	return true
}

func (c *Channel) put(ctx context.Context, raws []hotline.Raw) error {
	if c.inbox == nil {
		return errNoInbox
	}
	return c.inbox.Put(ctx, raws)
}
