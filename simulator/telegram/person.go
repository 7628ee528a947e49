package telegram

import (
	"errors"
	"strconv"
	"strings"
	"sync"
)

// PersonOptions say who somebody is.
type PersonOptions struct {
	// ID is the user id, which is also the id of the private chat; 0 makes one. The id of
	// somebody who is there already gives that person, whatever else is said.
	ID int64
	// Name is the whole name: the first word is the first name.
	Name     string
	Username string // without the @; may be empty
	Language string // an IETF tag such as "id"; may be empty, as it may on Telegram
	Phone    string // what ShareContact gives, with or without the +
	// Started is for somebody who wrote to the bot before this server began: the bot may
	// write first.
	Started bool
	// Bot is the user name of the bot that the chat is with; "" is the first one.
	Bot string
}

// Person is somebody in a private chat with a bot. All methods may be called from
// several goroutines; what one of them does is seen by the bot in the order of the calls.
type Person struct {
	s     *Server
	bot   *Bot
	opts  PersonOptions
	id    int64
	user  []byte // the User object
	group *Group // the chat of many that this is; nil for a person
	chat  []byte // the Chat object

	bucket bucket

	mu       sync.Mutex
	started  bool
	blocked  bool
	messages []*Message // ascending ids, cut at the front
	keyboard *Keyboard
	queries  []query
	seq      int64
	changes  []Change
	news     chan struct{} // closed at the next change; nil while nobody waits
}

// Person makes somebody known to a bot, or finds who has that id.
func (s *Server) Person(o PersonOptions) *Person {
	b := s.Bot()
	for _, other := range s.Bots() {
		if o.Bot != "" && other.username == o.Bot {
			b = other
		}
	}
	if o.Name == "" {
		o.Name = "Tanpa Nama"
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if o.ID == 0 {
		o.ID = s.userIDs.Add(1)
	}
	if p, ok := b.people[o.ID]; ok {
		return p
	}
	p := &Person{s: s, bot: b, opts: o, id: o.ID, started: o.Started}
	p.encode()
	b.people[p.id] = p
	b.arrivals = append(b.arrivals, p)
	return p
}

func (p *Person) encode() {
	first, last := p.names()
	p.user = append(strconv.AppendInt([]byte(`{"id":`), p.id, 10), `,"is_bot":false`...)
	p.user = appendField(p.user, "first_name", first)
	p.user = appendOptional(p.user, "last_name", last)
	p.user = appendOptional(p.user, "username", p.opts.Username)
	p.user = append(appendOptional(p.user, "language_code", p.opts.Language), '}')
	p.chat = strconv.AppendInt([]byte(`{"id":`), p.id, 10)
	p.chat = appendField(p.chat, "first_name", first)
	p.chat = appendOptional(p.chat, "last_name", last)
	p.chat = appendOptional(p.chat, "username", p.opts.Username)
	p.chat = append(p.chat, `,"type":"private"}`...)
}

func (p *Person) names() (first, last string) {
	first, last, _ = strings.Cut(strings.TrimSpace(p.opts.Name), " ")
	return first, strings.TrimSpace(last)
}

// ID is the user's id and that of the chat.
func (p *Person) ID() int64 { return p.id }

// Name is the whole name.
func (p *Person) Name() string { return p.opts.Name }

// Options are who the person is, the id among them.
func (p *Person) Options() PersonOptions { return p.opts }

// Bot is the bot that the chat is with.
func (p *Person) Bot() *Bot { return p.bot }

// Errors of people's acts, for errors.Is.
var (
	ErrBlocked   = errors.New("simulator: the person has blocked the bot")
	ErrNoMessage = errors.New("simulator: no such message in the chat")
	ErrNoButton  = errors.New("simulator: the message has no such button")
	ErrNotOwn    = errors.New("simulator: not a message of the person's own")
	ErrEmpty     = errors.New("simulator: nothing to send")
)

// reachable says why the bot cannot write; the caller holds the lock.
func (p *Person) reachable() error {
	if p.group != nil {
		return p.group.reachable()
	}
	if p.blocked {
		return forbidden("bot was blocked by the user")
	}
	if !p.started {
		return forbidden("bot can't initiate conversation with a user")
	}
	return nil
}

func (p *Person) checkReachable() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reachable()
}

// find gives a message by its id, or nil; the caller holds the lock.
func (p *Person) find(id int) *Message {
	if i := p.index(id); i >= 0 {
		return p.messages[i]
	}
	return nil
}

func (p *Person) index(id int) int {
	low, high := 0, len(p.messages)
	for low < high {
		mid := (low + high) / 2
		if p.messages[mid].ID < id {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(p.messages) && p.messages[low].ID == id {
		return low
	}
	return -1
}

func (p *Person) replace(m *Message) {
	if i := p.index(m.ID); i >= 0 {
		p.messages[i] = m
	}
}

// keep adds a message to the history and cuts it at the front.
func (p *Person) keep(m *Message) {
	p.messages = append(p.messages, m)
	if most := p.s.opts.History; len(p.messages) >= 2*most {
		n := copy(p.messages, p.messages[len(p.messages)-most:])
		clear(p.messages[n:])
		p.messages = p.messages[:n]
	}
}

// receive puts a bot's message into the chat; the caller holds the lock.
func (p *Person) receive(m *Message) Change {
	if p.group != nil {
		p.group.spoke = true
	}
	m.ID = int(p.bot.messageIDs.Add(1))
	m.Date = p.s.now()
	p.keep(m)
	if m.Keyboard != nil {
		p.keyboard = m.Keyboard
	} else if m.KeyboardRemoved {
		p.keyboard = nil
	}
	return p.changed(Change{Kind: Sent, Message: m})
}

// Messages gives what the bot has sent, oldest first, with edits applied and without
// what it deleted.
func (p *Person) Messages() []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Message
	for _, m := range p.messages {
		if m.FromBot && !m.Deleted {
			out = append(out, *m)
		}
	}
	return out
}

// History gives the whole chat, oldest first, with both sides' messages as they are now,
// those that were deleted too.
func (p *Person) History() []*Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Message(nil), p.messages...)
}

// Message gives one message of the chat as it is now.
func (p *Person) Message(id int) (Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m := p.find(id); m != nil {
		return *m, true
	}
	return Message{}, false
}

// Last gives the newest message of the bot that is not deleted.
func (p *Person) Last() (Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.messages) - 1; i >= 0; i-- {
		if m := p.messages[i]; m.FromBot && !m.Deleted {
			return *m, true
		}
	}
	return Message{}, false
}
