package telegram

import (
	"context"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// update is one entry of a bot's queue. body is the update's object without its id,
// or the raw bytes to send.
type update struct {
	id   int64
	chat int64 // whose order it keeps in webhook mode
	body []byte
	raw  bool
}

func (u *update) append(b []byte) []byte {
	if u.raw {
		return append(b, u.body...)
	}
	b = append(b, `{"update_id":`...)
	b = strconv.AppendInt(b, u.id, 10)
	b = append(b, ',')
	return append(b, u.body[1:]...)
}

// queue holds what the bot has not confirmed. It is read by one poller at a time,
// or emptied by a webhook.
type queue struct {
	bot *Bot

	hooking sync.Mutex // one change of the webhook at a time; taken before mu
	mu      sync.Mutex
	items   []update // confirmed ones are cut off the front
	head    int
	again   []update // to be delivered once more, whatever the offset
	done    []update // the last confirmed ones, a ring
	doneAt  int
	lastID  int64
	poller  *poller
	hook    *webhook
	empty   chan struct{} // closed when nothing is pending; nil while nobody waits
	allowed map[string]bool
}

// poller is a getUpdates call that waits.
type poller struct {
	wake       chan struct{}
	terminated chan struct{}
}

const rememberDone = 1000

func (q *queue) init(b *Bot) {
	q.bot = b
	// One a microsecond: no burst makes the ids overtake the clock, so that a server
	// started again begins above all that were used. It fits a JavaScript number.
	q.lastID = time.Since(epoch).Microseconds()
}

// notByDefault are the kinds of updates that a bot gets only when it asks for them.
var notByDefault = setOf("chat_member", "message_reaction", "message_reaction_count")

// wants says whether updates of a kind are kept for the bot.
func (q *queue) wants(kind string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.allowed == nil {
		return !notByDefault[kind]
	}
	return q.allowed[kind]
}

func (q *queue) push(u update) (int64, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.pendingLocked() >= q.bot.s.opts.MaxPending {
		return 0, ErrFull
	}
	q.lastID++
	u.id = q.lastID
	if u.raw {
		u.body = []byte(strings.ReplaceAll(string(u.body), UpdateIDMark, strconv.FormatInt(u.id, 10)))
	}
	if q.hook != nil {
		q.hook.add(u)
		return u.id, nil
	}
	q.items = append(q.items, u)
	q.wake()
	return u.id, nil
}

func (q *queue) wake() {
	if q.poller != nil {
		select {
		case q.poller.wake <- struct{}{}:
		default:
		}
	}
}

func (q *queue) last() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.lastID
}

func (q *queue) pending() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pendingLocked()
}

func (q *queue) pendingLocked() int {
	n := len(q.items) - q.head + len(q.again)
	if q.hook != nil {
		n += q.hook.waiting
	}
	return n
}

// settle tells those who wait for an empty queue, if it is.
func (q *queue) settle() {
	if q.empty != nil && q.pendingLocked() == 0 {
		close(q.empty)
		q.empty = nil
	}
}

func (q *queue) drained(ctx context.Context) error {
	for {
		q.mu.Lock()
		if q.pendingLocked() == 0 {
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
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// remember keeps a confirmed update for redelivery.
func (q *queue) remember(u update) {
	if len(q.done) < rememberDone {
		q.done = append(q.done, u)
		return
	}
	q.done[q.doneAt] = u
	q.doneAt = (q.doneAt + 1) % rememberDone
}

func (q *queue) redeliver(n int) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = max(0, min(n, len(q.done)))
	for i := len(q.done) - n; i < len(q.done); i++ {
		u := q.done[(q.doneAt+i)%len(q.done)]
		if q.hook != nil {
			q.hook.add(u)
		} else {
			q.again = append(q.again, u)
		}
	}
	q.wake()
	return n
}

func (q *queue) discard(id int64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer q.settle()
	for i := q.head; i < len(q.items); i++ {
		if q.items[i].id == id {
			q.items = append(q.items[:i], q.items[i+1:]...)
			return true
		}
	}
	return q.hook != nil && q.hook.discard(id)
}

// confirm forgets what lies before the offset. A negative offset counts from the end
// and forgets everything before.
func (q *queue) confirm(offset int64) {
	n := len(q.items) - q.head
	drop := 0
	switch {
	case offset > 0:
		drop = sort.Search(n, func(i int) bool { return q.items[q.head+i].id >= offset })
	case offset < 0:
		drop = int(max(int64(n)+offset, 0))
	}
	if drop > 0 {
		for i := q.head; i < q.head+drop; i++ {
			q.remember(q.items[i])
			q.items[i] = update{}
		}
		q.head += drop
		// Moving the rest down once half is gone costs each update one move.
		if q.head > 256 && q.head*2 > len(q.items) {
			n := copy(q.items, q.items[q.head:])
			clear(q.items[n:])
			q.items, q.head = q.items[:n], 0
		} else if q.head == len(q.items) {
			q.items, q.head = q.items[:0], 0
		}
	}
	q.settle()
}

// take appends up to limit updates to the answer and says how many.
func (q *queue) take(out []byte, limit int) ([]byte, int) {
	n := 0
	for n < limit && n < len(q.again) {
		if n > 0 {
			out = append(out, ',')
		}
		out = q.again[n].append(out)
		n++
	}
	if n > 0 {
		q.again = append(q.again[:0], q.again[n:]...)
		q.settle()
	}
	for i := q.head; i < len(q.items) && n < limit; i++ {
		if n > 0 {
			out = append(out, ',')
		}
		out = q.items[i].append(out)
		n++
	}
	return out, n
}

var (
	errTwoPollers = &apiError{code: 409, description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
	errHookIsSet  = &apiError{code: 409, description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
	errHookCame   = &apiError{code: 409, description: "Conflict: terminated by setWebhook request"}
)

// updateKinds are the names that allowed_updates may hold.
var updateKinds = setOf("message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
	"business_message", "edited_business_message", "deleted_business_messages", "message_reaction",
	"message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
	"pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
	"chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot", "guest_message")

// allow reads allowed_updates, which holds until it is given again. It does not change
// what was queued before.
func (c *call) allow() {
	raw, ok := c.req.lookup("allowed_updates")
	if !ok {
		return
	}
	list, err := parseJSON(raw)
	if err != nil || list.kind != kindArray {
		c.violation("allowed_updates", "not an array")
		return
	}
	var allowed map[string]bool
	for _, n := range list.items {
		if n.kind != kindString || !updateKinds[n.text] {
			c.violation("allowed_updates", "unknown kind of update")
			continue
		}
		if allowed == nil {
			allowed = make(map[string]bool)
		}
		allowed[n.text] = true
	}
	q := &c.bot.queue
	q.mu.Lock()
	q.allowed = allowed
	q.mu.Unlock()
}

// The longest that getUpdates waits, whatever was asked for.
const maxPollTimeout = 50 * time.Second

func getUpdates(c *call) error {
	limit := c.integer("limit", 100)
	timeout := c.integer("timeout", 0)
	offset := c.integer("offset", 0)
	if limit < 1 || limit > 100 {
		c.violation("limit", "not between 1 and 100")
		limit = min(max(limit, 1), 100)
	}
	if timeout < 0 {
		c.violation("timeout", "negative")
	}
	wait := min(max(time.Duration(timeout)*time.Second, 0), maxPollTimeout)

	q := &c.bot.queue
	q.mu.Lock()
	hooked := q.hook != nil
	q.mu.Unlock()
	if hooked {
		return errHookIsSet
	}
	c.allow()

	me := &poller{wake: make(chan struct{}, 1), terminated: make(chan struct{})}
	q.mu.Lock()
	if q.hook != nil {
		q.mu.Unlock()
		return errHookIsSet
	}
	if q.poller != nil {
		close(q.poller.terminated)
	}
	q.poller = me
	q.confirm(offset)
	c.out = append(c.out, '[')
	var n int
	c.out, n = q.take(c.out, int(limit))
	if n > 0 || wait == 0 {
		q.poller = nil
		q.mu.Unlock()
		c.out = append(c.out, ']')
		return nil
	}
	q.mu.Unlock()

	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		var err error
		over := false
		select {
		case <-me.wake:
		case <-timer.C:
			over = true
		case <-me.terminated:
			q.mu.Lock()
			hooked := q.hook != nil
			q.mu.Unlock()
			if hooked {
				return errHookCame
			}
			return errTwoPollers
		case <-c.ctx.Done():
			over, err = true, errGone
		case <-c.s.closed:
			over, err = true, errGone
		}
		q.mu.Lock()
		if q.poller != me {
			// Somebody else came between the signal and the lock; take nothing.
			q.mu.Unlock()
			continue
		}
		if err == nil {
			c.out, n = q.take(c.out, int(limit))
		}
		if n > 0 || over {
			q.poller = nil
			q.mu.Unlock()
			c.out = append(c.out, ']')
			return err
		}
		q.mu.Unlock()
	}
}
