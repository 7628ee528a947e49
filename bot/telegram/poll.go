package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"

	"tanggap/hotline"
)

// allowed are the kinds of updates we ask for.
var allowed = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// The pauses after what went wrong: doubled from least up to the most that fits what it was.
const (
	pauseLeast   = 200 * time.Millisecond
	pauseInbox   = 2 * time.Second  // Postgres is ours and comes back soon
	pauseNetwork = 15 * time.Second // others'
	pauseAccount = time.Minute      // nothing changes until a human acts
)

// staleAfter is how long an offset is believed in without an update. After a week without any, the network may go on with smaller ids.
const staleAfter = 24 * time.Hour

var errNoInbox = errors.New("telegram: no inbox to put updates into")

// Run polls until ctx ends, and then returns nil. Only one may run for one token at a time: whoever calls it holds the lease. It never gives up:
// what is wrong meanwhile is in State and in the log.
//
// The order is the promise: ask, commit to the inbox, and only then ask with an offset above what was committed, which confirms it. While the
// inbox takes nothing nothing is confirmed, and the updates wait at the network.
func (c *Channel) Run(ctx context.Context) error {
	if c.inbox == nil {
		return errNoInbox
	}
	var p pauses
	for ctx.Err() == nil {
		err := c.prepare(ctx)
		if err == nil {
			c.well() // the first answer may be long in coming, when nobody writes
			break
		}
		c.pause(ctx, &p, err)
	}
	var offset int64
	var broken int // answers in a row that were no JSON
	last := time.Now()
	for ctx.Err() == nil {
		answer, err := c.ask(ctx, offset)
		if err != nil {
			c.pause(ctx, &p, err)
			continue
		}
		list, sound := updates(answer)
		if !sound {
			// Once may be the way here; twice the same is what the network has for us.
			if broken++; broken < 2 || len(list) == 0 {
				c.pause(ctx, &p, errAnswer)
				continue
			}
		}
		broken = 0
		if len(list) > 0 {
			raws := make([]hotline.Raw, len(list))
			for i, raw := range list {
				raws[i] = c.take(raw)
			}
			if !c.put(ctx, raws) {
				continue // ctx is over
			}
			next := after(raws, offset)
			if next == offset {
				c.pause(ctx, &p, errors.New("updates without an id cannot be confirmed"))
				continue
			}
			offset, last = next, time.Now()
			if len(list) < updatesMost/2 {
				breathe(ctx)
			}
		} else if time.Since(last) > staleAfter {
			offset, last = 0, time.Now() // all that was below has been confirmed: nothing comes twice
		}
		p = pauses{}
		c.well()
	}
	c.unwell("stopped")
	return nil
}

// updatesMost is how many updates the network hands over at once.
const updatesMost = 100

// breath is how long the updates of a rush gather at the network, so that one commit takes in several.
const breath = 10 * time.Millisecond

func breathe(ctx context.Context) {
	t := time.NewTimer(breath)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// prepare makes sure that polling can work: the network refuses it to a bot with a webhook.
func (c *Channel) prepare(ctx context.Context) error {
	if c.Username() == "" {
		if err := c.Check(ctx); err != nil {
			return err
		}
	}
	return c.DeleteWebhook(ctx)
}

func (c *Channel) ask(ctx context.Context, offset int64) ([]byte, error) {
	q := struct {
		Offset  int64    `json:"offset,omitempty"`
		Limit   int      `json:"limit"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}{offset, updatesMost, int(c.poll / time.Second), allowed}
	body, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("ask for updates: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.poll+15*time.Second)
	defer cancel()
	return c.wire.call(ctx, c.base+"/bot"+c.token+"/getUpdates", body)
}

// put commits a list to the inbox, however long that takes. It gives false when ctx ended before.
func (c *Channel) put(ctx context.Context, raws []hotline.Raw) bool {
	var p pauses
	for {
		err := c.inbox.Put(ctx, raws)
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		c.ill("the inbox takes nothing; updates wait at the network", err)
		p.wait(ctx, pauseInbox)
	}
}

// pause says what is wrong and waits as long as fits it.
func (c *Channel) pause(ctx context.Context, p *pauses, err error) {
	if ctx.Err() != nil {
		return
	}
	c.ill(reason(err), err)
	var api *apiError
	errors.As(err, &api)
	switch {
	case badToken(err):
		p.wait(ctx, pauseAccount)
	case api != nil && api.Code == http.StatusConflict:
		if strings.Contains(api.Description, "webhook") {
			if err := c.DeleteWebhook(ctx); err != nil {
				c.log.Warn("telegram: the webhook in our way could not be deleted", "error", err)
			}
		}
		p.wait(ctx, pauseNetwork)
	case api != nil && api.Code == http.StatusTooManyRequests:
		sleep(ctx, max(api.RetryAfter, time.Second))
	default:
		p.wait(ctx, pauseNetwork)
	}
}

// reason says in a few words what an error means, for whoever looks at /readyz. It is the same from one try to the next.
func reason(err error) string {
	var api *apiError
	var dns *net.DNSError
	var syscall *os.SyscallError
	var late net.Error
	switch errors.As(err, &api); {
	case badToken(err):
		return "the network does not know our token"
	case api != nil && api.Code == http.StatusConflict:
		return "somebody else polls with our token"
	case api != nil && api.Code == http.StatusTooManyRequests:
		return "the network asks us to wait"
	case api != nil && api.Code >= 400 && api.Code < 500 && api.Code != http.StatusRequestTimeout:
		return "the network refuses what we ask"
	case api != nil:
		return fmt.Sprintf("the network is in trouble: it answers %d", api.Code)
	case errors.Is(err, errAnswer):
		return "the network's answer cannot be read"
	case errors.As(err, &dns):
		return "the network does not answer: its name is not found"
	case errors.As(err, &syscall):
		return "the network does not answer: " + syscall.Err.Error()
	case errors.As(err, &late) && late.Timeout():
		return "the network does not answer in time"
	}
	return "the network does not answer"
}

func badToken(err error) bool {
	var api *apiError
	return errors.Is(err, ErrToken) || errors.As(err, &api) && (api.Code == http.StatusUnauthorized || api.Code == http.StatusNotFound)
}

// pauses grow from one failure to the next.
type pauses struct{ n int }

func (p *pauses) wait(ctx context.Context, most time.Duration) {
	d := min(pauseLeast<<min(p.n, 20), most)
	p.n++
	sleep(ctx, d/2+rand.N(d/2+1))
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// RunWebhook tells the network to call address instead of being polled, as often as it takes, and then waits until ctx ends; it returns nil. What is
// wrong meanwhile is in State and in the log. The calls themselves come to Webhook, of whatever instance.
func (c *Channel) RunWebhook(ctx context.Context, address string) error {
	var p pauses
	for ctx.Err() == nil {
		var err error
		if c.Username() == "" {
			err = c.Check(ctx)
		}
		if err == nil {
			err = c.SetWebhook(ctx, address)
		}
		if err == nil {
			c.well()
			break
		}
		c.pause(ctx, &p, err)
	}
	<-ctx.Done()
	c.unwell("stopped")
	return nil
}

// SetWebhook tells the network to call address, an https URL, instead of being polled.
func (c *Channel) SetWebhook(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if _, err := c.api.SetWebhook(ctx, &tg.SetWebhookParams{URL: address, AllowedUpdates: allowed, SecretToken: c.WebhookSecret(), MaxConnections: 40}); err != nil {
		return fmt.Errorf("set telegram's webhook: %w", trouble(c.wire.scrub(err)).Err)
	}
	return nil
}

// DeleteWebhook tells the network that it will be polled. What waits there stays.
func (c *Channel) DeleteWebhook(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if _, err := c.api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{}); err != nil {
		return fmt.Errorf("delete telegram's webhook: %w", trouble(c.wire.scrub(err)).Err)
	}
	return nil
}
