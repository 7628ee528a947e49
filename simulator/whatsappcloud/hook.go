package whatsappcloud

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// ErrFull is what people get who act while too much waits for the webhook.
var ErrFull = errors.New("simulator: too much waits for the webhook")

// item is one thing that the program is to be told: a message with its sender's contact, or a status.
type item struct {
	number  *Number
	field   string // "messages" or another
	contact map[string]any
	message map[string]any
	status  map[string]any
	value   map[string]any // of another field, or any: as it is
}

// queue holds what the webhook has not answered 200 for. It is called in order, with one call after another.
type queue struct {
	s      *Server
	client *http.Client
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex
	url     string
	items   []item
	sent    []item // the last ones, to be told again
	working bool
	held    bool
	batch   int
	lose    int           // so many answers of 200 are lost
	empty   chan struct{} // closed when nothing waits; nil while nobody waits for that
	answers []int         // the last statuses that calls were answered with
	news    chan struct{} // closed at the next answer; nil while nobody waits
}

const (
	rememberSent    = 1000
	rememberAnswers = 1000
)

func (q *queue) init(s *Server) {
	q.s, q.batch = s, s.opts.Batch
	q.ctx, q.cancel = context.WithCancel(context.Background())
	q.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 4},
		Timeout:       time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// SetWebhook enters the program's webhook: it is asked whether it knows the token, and is called from then on, with what already waits first. Only a
// loopback address is taken.
func (s *Server) SetWebhook(ctx context.Context, address, verifyToken string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !isLoopback(u.Hostname()) {
		return errors.New("simulator: the webhook must be a URL on loopback")
	}
	var b [6]byte
	_, _ = rand.Read(b[:]) // it never fails
	challenge := fmt.Sprint(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]))
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.verify_token", verifyToken)
	q.Set("hub.challenge", challenge)
	ask := *u
	ask.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ask.String(), nil)
	if err != nil {
		return err
	}
	resp, err := s.hook.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || string(body) != challenge {
		return fmt.Errorf("simulator: the callback URL or verify token couldn't be validated (answered %d)", resp.StatusCode)
	}
	s.hook.mu.Lock()
	defer s.hook.mu.Unlock()
	s.hook.url = address
	s.hook.work()
	return nil
}

// push queues something. The caller may hold a person's lock.
func (q *queue) push(it ...item) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items)+len(it) > q.s.opts.MaxPending {
		return ErrFull
	}
	q.items = append(q.items, it...)
	q.work()
	return nil
}

// work begins calling, if there is something to call about; the caller holds the lock.
func (q *queue) work() {
	if q.working || q.held || q.url == "" || len(q.items) == 0 || q.ctx.Err() != nil {
		return
	}
	q.working = true
	q.done.Go(q.run)
}

func (q *queue) run() {
	pause := q.s.opts.WebhookRetry
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) > 0 && !q.held && q.ctx.Err() == nil {
		n := min(len(q.items), q.batch)
		now := append([]item(nil), q.items[:n]...)
		address := q.url
		q.mu.Unlock()
		status := q.call(address, body(now))
		q.mu.Lock()
		q.answered(status)
		if status == http.StatusOK && q.lose > 0 {
			q.lose--
			status = 0
		}
		if status != http.StatusOK {
			q.mu.Unlock()
			q.rest(pause)
			pause = min(2*pause, 100*q.s.opts.WebhookRetry)
			q.mu.Lock()
			continue
		}
		pause = q.s.opts.WebhookRetry
		clear(q.items[:n])
		q.items = q.items[n:]
		q.sent = append(q.sent, now...)
		if over := len(q.sent) - rememberSent; over > 0 {
			q.sent = append([]item(nil), q.sent[over:]...)
		}
		if len(q.items) == 0 && q.empty != nil {
			close(q.empty)
			q.empty = nil
		}
	}
	q.working = false
}

func (q *queue) rest(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-q.ctx.Done():
	}
}

func (q *queue) answered(status int) {
	q.answers = append(q.answers, status)
	if over := len(q.answers) - rememberAnswers; over > 0 {
		q.answers = append([]int(nil), q.answers[over:]...)
	}
	if q.news != nil {
		close(q.news)
		q.news = nil
	}
}

// call makes one signed call and gives its status; 0 for none.
func (q *queue) call(address string, body []byte) int {
	status, err := q.s.post(q.ctx, address, body, Sign(q.s.opts.AppSecret, body))
	if err != nil {
		return 0
	}
	return status
}

func (s *Server) post(ctx context.Context, address string, body []byte, signature string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	if signature != "" {
		req.Header.Set("X-Hub-Signature-256", signature)
	}
	resp, err := s.hook.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	_, err = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, err
}

// Sign is the signature that goes with a body: "sha256=…".
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Call calls the webhook once, beside the queue, with any body and signature: "" leaves the header out. It gives HTTP's status.
func (s *Server) Call(ctx context.Context, body []byte, signature string) (int, error) {
	s.hook.mu.Lock()
	address := s.hook.url
	s.hook.mu.Unlock()
	if address == "" {
		return 0, errors.New("simulator: there is no webhook")
	}
	return s.post(ctx, address, body, signature)
}

// Forge calls the webhook as somebody who does not know the app's secret would, with a good body about the last thing that was told, or any.
func (s *Server) Forge(ctx context.Context) (int, error) {
	s.hook.mu.Lock()
	last := append([]item(nil), s.hook.sent...)
	s.hook.mu.Unlock()
	b := []byte(`{"object":"whatsapp_business_account","entry":[]}`)
	if len(last) > 0 {
		b = body(last[len(last)-1:])
	}
	return s.Call(ctx, b, Sign("not the secret", b))
}

// Hold keeps what happens from being told, until Release.
func (s *Server) Hold() {
	s.hook.mu.Lock()
	defer s.hook.mu.Unlock()
	s.hook.held = true
}

// Release tells what was held back, in order, with up to batch things in one call; 0 leaves that as it is.
func (s *Server) Release(batch int) {
	s.hook.mu.Lock()
	defer s.hook.mu.Unlock()
	s.hook.held = false
	if batch > 0 {
		s.hook.batch = batch
	}
	s.hook.work()
}

// Redeliver tells the last n things once more, in order, after what waits. It says how many there were: a thousand are remembered.
func (s *Server) Redeliver(n int) int {
	q := &s.hook
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.sent))
	q.items = append(q.items, q.sent[len(q.sent)-n:]...)
	q.work()
	return n
}

// LoseAnswers has the next n answers of 200 lost on their way: what they were about is told again.
func (s *Server) LoseAnswers(n int) {
	s.hook.mu.Lock()
	defer s.hook.mu.Unlock()
	s.hook.lose = n
}

// Pending is how much the webhook has not answered 200 for.
func (s *Server) Pending() int {
	s.hook.mu.Lock()
	defer s.hook.mu.Unlock()
	return len(s.hook.items)
}

// Drained waits until the webhook has answered 200 for everything.
func (s *Server) Drained(ctx context.Context) error {
	q := &s.hook
	q.mu.Lock()
	if len(q.items) == 0 {
		q.mu.Unlock()
		return nil
	}
	if q.empty == nil {
		q.empty = make(chan struct{})
	}
	empty := q.empty
	q.mu.Unlock()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closed:
		return errClosed
	}
}

// Answered waits until a call of the queue was answered with that status, 0 for no answer at all; also one before.
func (s *Server) Answered(ctx context.Context, status int) error {
	q := &s.hook
	for {
		q.mu.Lock()
		for _, a := range q.answers {
			if a == status {
				q.mu.Unlock()
				return nil
			}
		}
		if q.news == nil {
			q.news = make(chan struct{})
		}
		news := q.news
		q.mu.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.closed:
			return errClosed
		}
	}
}

// Tell queues news of another kind than messages, such as field "account_update".
func (n *Number) Tell(field string, value map[string]any) error {
	return n.s.hook.push(item{number: n, field: field, value: value})
}

func (q *queue) stop() {
	q.cancel()
	q.done.Wait()
	q.client.CloseIdleConnections()
}

// body is the call about some things. Messages that follow each other to one number share a value, with all their senders.
func body(items []item) []byte {
	var changes []any
	var open map[string]any
	var last *Number
	for _, it := range items {
		if it.value != nil {
			changes = append(changes, map[string]any{"field": it.field, "value": it.value})
			open = nil
			continue
		}
		key, thing := "messages", it.message
		if it.status != nil {
			key, thing = "statuses", it.status
		}
		if open == nil || last != it.number || open[key] == nil {
			open = map[string]any{"messaging_product": "whatsapp",
				"metadata": map[string]any{"display_phone_number": it.number.dial, "phone_number_id": it.number.id}, key: []any{}}
			last = it.number
			changes = append(changes, map[string]any{"field": "messages", "value": open})
		}
		list, _ := open[key].([]any)
		open[key] = append(list, thing)
		if it.contact != nil {
			contacts, _ := open["contacts"].([]any)
			known := false
			for _, c := range contacts {
				m, _ := c.(map[string]any)
				known = known || m["user_id"] == it.contact["user_id"]
			}
			if !known {
				open["contacts"] = append(contacts, it.contact)
			}
		}
	}
	b, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{"id": "102290129340398", "changes": changes}}})
	if err != nil {
		panic(err) // maps of strings and numbers
	}
	return b
}
