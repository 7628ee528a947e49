package telegram

import (
	"errors"
	"strconv"
	"strings"
)

// GroupOptions say what a group is.
type GroupOptions struct {
	// ID is the chat's id, below zero; 0 makes one. The id of a group that is there already gives that group.
	ID    int64
	Title string
	// Bot is the user name of the bot that may be taken in; "" is the first one.
	Bot string
}

// Group is a chat of many. Anybody may write in it; the bot is in it from AddBot to
// RemoveBot, and hears what a bot in privacy mode hears: commands that name it (others
// once it was the one who spoke last), replies to its messages, and the network's notes.
type Group struct {
	chat *Person // the chat: what a private chat keeps, a group keeps as well

	// Guarded by the chat's lock.
	in      bool
	spoke   bool  // the bot spoke last
	movedTo int64 // the id as a supergroup
}

// ErrOutside is what people get who do with the bot what needs it in the group.
var ErrOutside = errors.New("simulator: the bot is not in the group")

// Group makes a group known to a bot, or finds the one with that id.
func (s *Server) Group(o GroupOptions) *Group {
	b := s.Bot()
	for _, other := range s.Bots() {
		if o.Bot != "" && other.username == o.Bot {
			b = other
		}
	}
	if o.Title == "" {
		o.Title = "Grup"
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if o.ID == 0 {
		o.ID = -s.userIDs.Add(1)
	}
	if g, ok := b.groups[o.ID]; ok {
		return g
	}
	kind := "group"
	if o.ID < -1_000_000_000_000 {
		kind = "supergroup"
	}
	p := &Person{s: s, bot: b, id: o.ID, opts: PersonOptions{ID: o.ID, Name: o.Title}, started: true}
	p.chat = strconv.AppendInt([]byte(`{"id":`), o.ID, 10)
	p.chat = append(appendField(appendField(p.chat, "title", o.Title), "type", kind), '}')
	g := &Group{chat: p}
	p.group = g
	b.groups[o.ID] = g
	return g
}

// ID is the chat's id, below zero.
func (g *Group) ID() int64 { return g.chat.id }

// reachable says why the bot cannot write; the caller holds the chat's lock.
func (g *Group) reachable() error {
	switch {
	case g.movedTo != 0:
		e := bad("group chat was upgraded to a supergroup chat")
		e.movedTo = g.movedTo
		return e
	case !g.in:
		return forbidden("bot was kicked from the group chat")
	}
	return nil
}

// AddBot takes the bot in, and RemoveBot puts it out; it learns of both.
func (g *Group) AddBot(by *Person) error { return g.membership(by, true) }

// RemoveBot puts the bot out.
func (g *Group) RemoveBot(by *Person) error { return g.membership(by, false) }

func (g *Group) membership(by *Person, in bool) error {
	p := g.chat
	p.mu.Lock()
	defer p.mu.Unlock()
	if g.in == in {
		return nil
	}
	status := map[bool]string{true: `,"status":"member"}`, false: `,"status":"kicked","until_date":0}`}
	before := `,"status":"left"}`
	if g.in {
		before = status[true]
	}
	err := p.emit("my_chat_member", func(b []byte) []byte {
		b = append(append(b, `{"chat":`...), p.chat...)
		b = append(appendKey(b, "from"), by.user...)
		b = appendInt(b, "date", p.s.now().Unix())
		b = append(append(append(appendKey(b, "old_chat_member"), `{"user":`...), p.bot.user...), before...)
		b = append(append(append(appendKey(b, "new_chat_member"), `{"user":`...), p.bot.user...), status[in]...)
		return append(b, '}')
	})
	if err != nil {
		return err
	}
	g.in = in
	if !in {
		return nil
	}
	return g.note(by, func(b []byte) []byte {
		return append(append(append(appendKey(b, "new_chat_members"), '['), p.bot.user...), ']')
	})
}

// note is a message of the network's own, which every bot in the group gets.
func (g *Group) note(by *Person, what func([]byte) []byte) error {
	p := g.chat
	m := &Message{ID: int(p.bot.messageIDs.Add(1)), Date: p.s.now(), Kind: "note", By: by}
	return p.emit("message", func(b []byte) []byte {
		b = m.append(b, p, false)
		return append(what(b[:len(b)-1]), '}')
	})
}

// Send has somebody write a text in the group.
func (g *Group) Send(by *Person, text string) (messageID int, err error) { return g.say(by, text, 0) }

// Reply has somebody answer a message of the group.
func (g *Group) Reply(by *Person, toMessageID int, text string) (messageID int, err error) {
	if toMessageID == 0 {
		return 0, ErrNoMessage
	}
	return g.say(by, text, toMessageID)
}

func (g *Group) say(by *Person, text string, replyTo int) (int, error) {
	parts, err := split(text)
	if err != nil {
		return 0, err
	}
	if len(parts) != 1 {
		return 0, errors.New("simulator: too long for one message")
	}
	p := g.chat
	p.mu.Lock()
	defer p.mu.Unlock()
	m := &Message{Kind: KindText, Text: parts[0], Entities: findEntities(parts[0], nil), ReplyTo: replyTo, By: by, Date: p.s.now()}
	if replyTo != 0 {
		answered := p.find(replyTo)
		if answered == nil || answered.Deleted {
			return 0, ErrNoMessage
		}
		m.answered = answered.alone()
	}
	m.ID = int(p.bot.messageIDs.Add(1))
	if g.hears(m) {
		if err := p.emit("message", func(b []byte) []byte { return m.append(b, p, false) }); err != nil {
			return 0, err
		}
	}
	g.spoke = false
	p.keep(m)
	p.changed(Change{Kind: Said, Message: m})
	return m.ID, nil
}

// hears says whether the bot is shown a message: privacy mode.
func (g *Group) hears(m *Message) bool {
	if !g.in || g.movedTo != 0 {
		return false
	}
	if m.answered != nil && m.answered.FromBot {
		return true
	}
	if len(m.Entities) == 0 || m.Entities[0].Type != "bot_command" || m.Entities[0].Offset != 0 {
		return false
	}
	command, _, _ := strings.Cut(m.Text, " ")
	if _, name, named := strings.Cut(command, "@"); named {
		return strings.EqualFold(name, g.chat.bot.username)
	}
	return g.spoke
}

// Upgrade makes a supergroup of the group: it has another id from now on, and the bot
// stays in it. The old chat is closed.
func (g *Group) Upgrade(by *Person) (*Group, error) {
	p := g.chat
	p.mu.Lock()
	if !g.in || g.movedTo != 0 {
		p.mu.Unlock()
		return nil, ErrOutside
	}
	p.mu.Unlock()
	to := p.s.Group(GroupOptions{ID: -1_000_000_000_000 + g.ID(), Title: p.opts.Name, Bot: p.bot.username})
	to.chat.mu.Lock()
	to.in = true
	to.chat.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := g.note(by, func(b []byte) []byte { return appendInt(b, "migrate_to_chat_id", to.ID()) }); err != nil {
		return nil, err
	}
	g.movedTo = to.ID()
	to.chat.mu.Lock()
	defer to.chat.mu.Unlock()
	return to, to.note(by, func(b []byte) []byte { return appendInt(b, "migrate_from_chat_id", g.ID()) })
}

// Messages gives what the bot has sent to the group, oldest first, as Person.Messages does.
func (g *Group) Messages() []Message { return g.chat.Messages() }

// History gives the whole chat, as Person.History does.
func (g *Group) History() []*Message { return g.chat.History() }
