package telegram

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// webhook delivers a bot's updates to a URL. As Telegram does, it keeps the order of one
// chat and lets different chats overtake each other: each chat has a line, and up to
// max_connections workers take the heads of the lines. A head that failed waits, doubling
// its pause, and its line with it.
type webhook struct {
	q           *queue
	url, secret string
	certificate bool
	max         int
	client      *http.Client
	ctx         context.Context
	cancel      context.CancelFunc
	done        sync.WaitGroup

	// Below here the queue's lock holds.
	lines     map[int64]*line
	ready     []*line
	workers   int
	waiting   int // undelivered updates in all lines
	stopped   bool
	lastError string
	lastAt    time.Time
}

type line struct {
	chat  int64
	items []update
	pause time.Duration
}

// add puts an update into its chat's line; the caller holds the queue's lock.
func (h *webhook) add(u update) {
	h.waiting++
	l := h.lines[u.chat]
	if l == nil {
		l = &line{chat: u.chat}
		h.lines[u.chat] = l
		h.makeReady(l)
	}
	l.items = append(l.items, u)
}

func (h *webhook) makeReady(l *line) {
	if h.stopped {
		return
	}
	h.ready = append(h.ready, l)
	if h.workers < h.max {
		h.workers++
		h.done.Add(1)
		go h.work()
	}
}

// discard takes an update out of its line, unless it is being delivered.
func (h *webhook) discard(id int64) bool {
	for _, l := range h.lines {
		for i := 1; i < len(l.items); i++ {
			if l.items[i].id == id {
				l.items = slices.Delete(l.items, i, i+1)
				h.waiting--
				return true
			}
		}
	}
	return false
}

// work delivers the heads of ready lines until there are none.
func (h *webhook) work() {
	defer h.done.Done()
	q := h.q
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(h.ready) > 0 && !h.stopped {
		l := h.ready[0]
		h.ready = h.ready[1:]
		u := l.items[0]
		q.mu.Unlock()
		err := h.deliver(&u)
		q.mu.Lock()
		if h.stopped && err != nil {
			break
		}
		if err != nil {
			h.lastError, h.lastAt = err.Error(), q.bot.s.now()
			first := q.bot.s.opts.WebhookRetry
			l.pause = min(max(2*l.pause, first), 100*first)
			time.AfterFunc(l.pause, func() {
				q.mu.Lock()
				defer q.mu.Unlock()
				h.makeReady(l)
			})
			continue
		}
		l.pause = 0
		l.items[0] = update{}
		l.items = l.items[1:]
		h.waiting--
		q.remember(u)
		if len(l.items) > 0 {
			h.ready = append(h.ready, l)
		} else {
			delete(h.lines, l.chat)
		}
		q.settle()
	}
	h.workers--
}

// deliver posts one update; anything but a 2xx is an error.
func (h *webhook) deliver(u *update) error {
	r, err := http.NewRequestWithContext(h.ctx, http.MethodPost, h.url, bytes.NewReader(u.append(nil)))
	if err != nil {
		return err
	}
	r.Header["Content-Type"] = jsonType
	if h.secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	resp, err := h.client.Do(r)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return errors.New("Wrong response from the webhook: " + resp.Status) //nolint:staticcheck // Telegram's own words
	}
	h.call(resp.Header.Get("Content-Type"), body)
	return nil
}

// call performs the method that a webhook's answer may name, as Telegram does; nobody
// learns its result.
func (h *webhook) call(contentType string, body []byte) {
	c := &call{ctx: h.ctx, s: h.q.bot.s, bot: h.q.bot}
	if len(bytes.TrimSpace(body)) == 0 || c.req.parse(contentType, body) != nil {
		return
	}
	for i, f := range c.req.fields {
		if f.name != "method" {
			continue
		}
		c.req.fields = slices.Delete(c.req.fields, i, i+1)
		c.method = lookupMethod(string(f.value))
		if c.method == nil || c.method.name == "getUpdates" || c.method.name == "setWebhook" || c.method.name == "deleteWebhook" {
			c.violation("", "a webhook's answer named a method that cannot be called so")
			return
		}
		var refusal *apiError
		errors.As(c.perform(), &refusal)
		c.bot.count(c.method, refusal)
		return
	}
}

// setHook changes how updates go out: to a webhook, or with nil to getUpdates. What is
// pending moves over, in order.
func (q *queue) setHook(h *webhook, drop bool) {
	q.hooking.Lock()
	defer q.hooking.Unlock()
	pending := q.unhook()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items, q.head = append(pending, q.items[q.head:]...), 0
	slices.SortStableFunc(q.items, func(a, b update) int { return int(min(max(a.id-b.id, -1), 1)) })
	if drop {
		q.items, q.again = nil, nil
	}
	if h != nil {
		if q.poller != nil {
			close(q.poller.terminated)
			q.poller = nil
		}
		q.hook = h
		for _, u := range append(q.again, q.items...) {
			h.add(u)
		}
		q.items, q.again = nil, nil
	}
	q.settle()
	q.wake()
}

// unhook stops the webhook, waits for what it is delivering, and gives what is left.
func (q *queue) unhook() []update {
	q.mu.Lock()
	h := q.hook
	q.hook = nil
	if h == nil {
		q.mu.Unlock()
		return nil
	}
	h.stopped = true
	q.mu.Unlock()
	h.cancel()
	h.done.Wait()
	h.client.CloseIdleConnections()
	q.mu.Lock()
	defer q.mu.Unlock()
	var left []update
	for _, l := range h.lines {
		left = append(left, l.items...)
	}
	return left
}

// stopWebhook ends deliveries for good, when the server closes.
func (q *queue) stopWebhook() {
	q.hooking.Lock()
	defer q.hooking.Unlock()
	left := q.unhook()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, left...)
}

func setWebhook(c *call) error {
	target := c.req.text("url")
	if target == "" {
		return deleteWebhook(c)
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return bad("bad webhook: Failed to resolve host: Name or service not known")
	}
	// Like Telegram's own server in its local mode: http is allowed, and this box has no
	// outside to deliver to.
	if u.Scheme != "https" && u.Scheme != "http" {
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if !isLoopback(u.Hostname()) {
		return bad("bad webhook: IP address %s is reserved", u.Hostname())
	}
	secret := c.req.text("secret_token")
	if len(secret) > 256 {
		return bad("secret token is too long")
	}
	for _, r := range secret {
		if !(r == '_' || r == '-' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') || r > 127 {
			return bad("secret token contains unallowed characters")
		}
	}
	most := c.integer("max_connections", 40)
	if most < 1 || most > 100 {
		c.violation("max_connections", "not between 1 and 100")
		most = min(max(most, 1), 100)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: int(most)}
	certificate := c.req.file("certificate")
	if certificate != nil {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(certificate.data) {
			return bad("bad webhook: Can't parse the certificate")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	c.allow()
	// Not the call's context: the webhook lives on.
	ctx, cancel := context.WithCancel(context.Background())
	q := &c.bot.queue
	h := &webhook{
		q: q, url: target, secret: secret, max: int(most), certificate: certificate != nil, ctx: ctx, cancel: cancel,
		client: &http.Client{
			Transport:     transport,
			Timeout:       time.Minute,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		lines: make(map[int64]*line),
	}
	q.mu.Lock()
	same := q.hook != nil && q.hook.url == target && q.hook.secret == secret && q.hook.max == h.max
	q.mu.Unlock()
	drop := c.boolean("drop_pending_updates")
	if same && !drop {
		cancel()
		c.note = "Webhook is already set"
		return yes(c)
	}
	if c.s.isClosed() {
		cancel()
		return errGone
	}
	q.setHook(h, drop)
	c.note = "Webhook was set"
	return yes(c)
}

func deleteWebhook(c *call) error {
	q := &c.bot.queue
	q.mu.Lock()
	had := q.hook != nil
	q.mu.Unlock()
	q.setHook(nil, c.boolean("drop_pending_updates"))
	c.note = "Webhook is already deleted"
	if had {
		c.note = "Webhook was deleted"
	}
	return yes(c)
}

func getWebhookInfo(c *call) error {
	q := &c.bot.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	var h webhook
	if q.hook != nil {
		h.url, h.certificate, h.max, h.lastError, h.lastAt = q.hook.url, q.hook.certificate, q.hook.max, q.hook.lastError, q.hook.lastAt
	}
	c.out = appendString(append(c.out, `{"url":`...), h.url)
	c.out = strconv.AppendBool(appendKey(c.out, "has_custom_certificate"), h.certificate)
	c.out = appendInt(c.out, "pending_update_count", int64(q.pendingLocked()))
	if h.url != "" {
		c.out = appendInt(c.out, "max_connections", int64(h.max))
		c.out = appendField(c.out, "ip_address", "127.0.0.1")
	}
	if h.lastError != "" {
		c.out = appendInt(c.out, "last_error_date", h.lastAt.Unix())
		c.out = appendField(c.out, "last_error_message", h.lastError)
	}
	if q.allowed != nil {
		c.out = append(appendKey(c.out, "allowed_updates"), '[')
		for i, k := range sortedKeys(q.allowed) {
			if i > 0 {
				c.out = append(c.out, ',')
			}
			c.out = appendString(c.out, k)
		}
		c.out = append(c.out, ']')
	}
	c.out = append(c.out, '}')
	return nil
}
