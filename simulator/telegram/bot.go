package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bot is one account that programs use the server through.
type Bot struct {
	s        *Server
	token    string
	id       int64
	username string
	user     []byte // the User object as others see it
	me       []byte // the User object as getMe gives it

	messageIDs atomic.Int64
	queue      queue
	bucket     bucket
	asked      sync.Map // id of an open callback query -> *Person

	mu       sync.RWMutex
	people   map[int64]*Person
	groups   map[int64]*Group
	arrivals []*Person // people in the order they came
	commands map[string][]Command

	callsMu sync.Mutex
	calls   map[string]int // "sendMessage 200" -> how many
}

// Command is one entry of a bot's menu, as set by setMyCommands.
type Command struct {
	Command     string
	Description string
}

func newBot(s *Server, token, username string) *Bot {
	id, _ := strconv.ParseInt(strings.SplitN(token, ":", 2)[0], 10, 64)
	b := &Bot{
		s: s, token: token, id: id, username: username,
		people:   make(map[int64]*Person),
		groups:   make(map[int64]*Group),
		commands: make(map[string][]Command),
		calls:    make(map[string]int),
	}
	b.user = append(b.user, `{"id":`...)
	b.user = strconv.AppendInt(b.user, id, 10)
	b.user = append(b.user, `,"is_bot":true`...)
	b.user = appendField(b.user, "first_name", username)
	b.user = appendField(b.user, "username", username)
	b.me = append(b.me, b.user...)
	b.me = append(b.me, `,"can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,`+
		`"can_connect_to_business":false,"has_main_web_app":false}`...)
	b.user = append(b.user, '}')
	// A message id is 32 bits and unique among all of a bot's private chats, as every
	// account numbers its own messages. It starts from the time for the same reason as
	// update ids do.
	b.messageIDs.Store(int64(time.Since(epoch)/time.Second) * 8)
	b.queue.init(b)
	return b
}

// Username is the bot's name without the @.
func (b *Bot) Username() string { return b.username }

// ID is the bot's user id, the number before the colon of its token.
func (b *Bot) ID() int64 { return b.id }

// Token is the bot's token.
func (b *Bot) Token() string { return b.token }

// Commands gives the menu set by setMyCommands for a language, "" for the default,
// in the default scope.
func (b *Bot) Commands(language string) []Command {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return append([]Command(nil), b.commands[`{"type":"default"}`+language]...)
}

// Pending is the number of updates that the bot has not confirmed.
func (b *Bot) Pending() int { return b.queue.pending() }

// Drained waits until the bot has confirmed every update.
func (b *Bot) Drained(ctx context.Context) error { return b.queue.drained(ctx) }

// LastUpdateID is the id of the newest update, or the number before the first.
func (b *Bot) LastUpdateID() int64 { return b.queue.last() }

// Redeliver gives the last n confirmed updates to the bot once more, with the ids
// they had, in order, before anything newer and whatever offset it asks for. It
// says how many there were: a thousand are remembered.
func (b *Bot) Redeliver(n int) int { return b.queue.redeliver(n) }

// ErrFull is what people get who act while the bot has too many unconfirmed updates.
var ErrFull = errors.New("simulator: the bot's queue of updates is full")

// Inject queues an update of any shape: payload is encoded as a JSON object such as
// {"message": {...}}, and gets an update_id. allowed_updates does not hold it back.
func (b *Bot) Inject(payload any) (updateID int64, err error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return 0, fmt.Errorf("simulator: inject: %w", err)
	}
	if len(raw) < 3 || raw[0] != '{' {
		return 0, errors.New("simulator: inject: an update is an object with something in it")
	}
	return b.queue.push(update{body: raw})
}

// UpdateIDMark stands for the update's number in the bytes given to InjectRaw.
const UpdateIDMark = "UPDATE_ID"

// InjectRaw queues bytes that go out exactly as they are, valid or not, as one element
// of getUpdates' result or as the body of a webhook call; only [UpdateIDMark] is
// replaced by the update's id. The update counts as any other and stays until it is
// confirmed by an offset; bytes that break the whole answer for the client may
// need [Bot.Discard].
func (b *Bot) InjectRaw(raw []byte) (updateID int64, err error) {
	return b.queue.push(update{body: raw, raw: true})
}

// Discard takes an update out of the queue as if it had never been there, and says
// whether it was.
func (b *Bot) Discard(updateID int64) bool { return b.queue.discard(updateID) }

func (b *Bot) count(m *method, refusal *apiError) {
	name, code := "(unknown)", 200
	if m != nil {
		if refusal == nil {
			b.callsMu.Lock()
			b.calls[m.okKey]++
			b.callsMu.Unlock()
			return
		}
		name = m.name
	}
	if refusal != nil {
		code = refusal.code
	}
	b.callsMu.Lock()
	b.calls[name+" "+strconv.Itoa(code)]++
	b.callsMu.Unlock()
}

// Calls gives how often each method was called and how it was answered, by keys
// such as "sendMessage 200" and "sendMessage 429". A call whose answer was never
// written (a dropped connection) is not in it.
func (b *Bot) Calls() map[string]int {
	b.callsMu.Lock()
	defer b.callsMu.Unlock()
	out := make(map[string]int, len(b.calls))
	for k, n := range b.calls {
		out[k] = n
	}
	return out
}

// People gives everybody with a chat with the bot, in the order they came.
func (b *Bot) People() []*Person {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return append([]*Person(nil), b.arrivals...)
}

// Find gives the person with that user id, or nil.
func (b *Bot) Find(id int64) *Person {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.people[id]
}

// chat gives the chat with that id, of a person or of a group, or nil.
func (b *Bot) chat(id int64) *Person {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if g := b.groups[id]; g != nil {
		return g.chat
	}
	return b.people[id]
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
