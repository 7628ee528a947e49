package whatsappcloud

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// PersonOptions say who somebody is.
type PersonOptions struct {
	Name     string // the profile's name
	Phone    string // with or without the +; "" makes one
	UserID   string // business-scoped, "ID.123…"; "" makes one
	Username string // without the @; may be empty
	// HideNumber is for somebody with a user name whose number the network tells nobody: what they send carries the user id alone.
	HideNumber bool
	// NoUserID is for a network of before 2026: what they send carries the number alone.
	NoUserID bool
	// Heard is for somebody who wrote before this server began: the program may write freely.
	Heard bool
	// Absent is for a number without WhatsApp: what is sent there fails later.
	Absent bool
	// Number is the id of the number that the chat is with; "" is the first one.
	Number string
}

// Person is somebody in a chat with one of the business's numbers. All methods may be called from several goroutines; what one of them does is told to
// the program in the order of the calls.
type Person struct {
	s      *Server
	number *Number
	bucket bucket

	mu       sync.Mutex
	opts     PersonOptions
	blocked  bool
	heard    time.Time // when the person last wrote
	messages []*Message
	seq      int64
	changes  []Change
	news     chan struct{} // closed at the next change; nil while nobody waits
}

// Person makes somebody known to a number, or finds who has that telephone number there. It panics while there is no number.
func (s *Server) Person(o PersonOptions) *Person {
	n := s.number(o.Number)
	if n == nil {
		panic("simulator/whatsappcloud: a server needs a number before it has people: call AddNumber")
	}
	if o.Name == "" {
		o.Name = "Tanpa Nama"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.Number = n.id
	o.Phone = onlyDigits(o.Phone)
	if o.Phone == "" {
		o.Phone = strconv.FormatInt(6281_300_000_000+int64(len(s.people)), 10)
	}
	if p := s.byPhone[n.id+"/"+o.Phone]; p != nil {
		return p
	}
	if o.UserID == "" {
		o.UserID = "ID." + strconv.FormatInt(13_491_208_655_302_741+int64(len(s.people))*7919, 10)
	}
	p := &Person{s: s, number: n, opts: o}
	if o.Heard {
		p.heard = s.now()
	}
	s.people = append(s.people, p)
	s.byPhone[n.id+"/"+o.Phone] = p
	s.byUser[n.id+"/"+o.UserID] = p
	return p
}

// People gives everybody in the order they came.
func (s *Server) People() []*Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Person(nil), s.people...)
}

func (s *Server) byNumber(phone string, n *Number) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byPhone[n.id+"/"+phone]
}

func (s *Server) byUserID(id string, n *Number) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byUser[n.id+"/"+id]
}

// writer gives who wrote a message to a number.
func (s *Server) writer(n *Number, id string) *Person {
	v, ok := s.wrote.Load(id)
	if p, _ := v.(*Person); ok && p.number == n {
		return p
	}
	return nil
}

// Name is the profile's name.
func (p *Person) Name() string { return p.Options().Name }

// Options are who the person is, with what was made up.
func (p *Person) Options() PersonOptions {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opts
}

// Number is the number that the chat is with.
func (p *Person) Number() *Number { return p.number }

// Errors of people's acts, for errors.Is.
var (
	ErrBlocked   = errors.New("simulator: the person has blocked the business")
	ErrNoMessage = errors.New("simulator: no such message in the chat")
	ErrNoButton  = errors.New("simulator: the message has no such button")
	ErrNotOwn    = errors.New("simulator: not a message of the person's own")
	ErrEmpty     = errors.New("simulator: nothing to send")
	ErrTooLate   = errors.New("simulator: too late for that")
)

// open says whether the program may write freely.
func (p *Person) open() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.heard.IsZero() && p.s.now().Sub(p.heard) < window
}

// knows says whether a message is in the chat.
func (p *Person) knows(id string) bool {
	_, ok := p.Message(id)
	return ok
}

// find gives a message's place, or -1; the caller holds the lock. What is looked for is mostly new.
func (p *Person) find(id string) int {
	for i := len(p.messages) - 1; i >= 0; i-- {
		if p.messages[i].ID == id {
			return i
		}
	}
	return -1
}

// keep adds a message to the history and cuts it at the front.
func (p *Person) keep(m *Message) {
	p.messages = append(p.messages, m)
	if most := p.s.opts.History; len(p.messages) >= 2*most {
		for _, old := range p.messages[:len(p.messages)-most] {
			p.s.wrote.Delete(old.ID)
		}
		n := copy(p.messages, p.messages[len(p.messages)-most:])
		clear(p.messages[n:])
		p.messages = p.messages[:n]
	}
}

// receive puts a message of the program's into the chat, and has its statuses told.
func (p *Person) receive(m *Message, byUserID bool) {
	p.mu.Lock()
	m.Date = p.s.now()
	states := []string{"sent", "delivered"}
	if p.blocked {
		states = states[:1] // that is all one learns of it
	} else {
		m.State = Delivered
		p.keep(m)
	}
	p.tell(m, byUserID, states...)
	c := Change{}
	if !p.blocked {
		c = p.changed(Change{Kind: Sent, Message: m})
	}
	p.mu.Unlock()
	if c.Seq != 0 {
		p.watch(c)
	}
}

// tell queues statuses of a message; the caller holds the lock. A full queue drops them.
func (p *Person) tell(m *Message, byUserID bool, states ...string) {
	if p.s.opts.NoStatuses {
		return
	}
	for _, state := range states {
		st := map[string]any{"id": m.ID, "status": state, "timestamp": strconv.FormatInt(p.s.now().Unix(), 10),
			"pricing": map[string]any{"billable": m.Template != "", "pricing_model": "PMP", "category": category(m), "type": "regular"}}
		if byUserID {
			st["recipient_user_id"] = p.opts.UserID
		} else {
			st["recipient_id"] = p.opts.Phone
		}
		if m.Tag != "" {
			st["biz_opaque_callback_data"] = m.Tag
		}
		_ = p.s.hook.push(item{number: p.number, contact: p.contact(!byUserID), status: st})
	}
}

func category(m *Message) string {
	if m.Template != "" {
		return "utility"
	}
	return "service"
}

// failed tells that a message was taken and did not arrive. p may be nil: nobody has that number.
func (s *Server) failed(n *Number, p *Person, to, user string, m *Message, why *graphError) {
	m.State, m.Date = Failed, s.now()
	st := map[string]any{"id": m.ID, "status": "failed", "timestamp": strconv.FormatInt(s.now().Unix(), 10), "errors": []any{why.asStatus()}}
	if to != "" {
		st["recipient_id"] = onlyDigits(to)
	} else {
		st["recipient_user_id"] = user
	}
	if m.Tag != "" {
		st["biz_opaque_callback_data"] = m.Tag
	}
	if !s.opts.NoStatuses {
		_ = s.hook.push(item{number: n, status: st})
	}
	if p != nil {
		p.mu.Lock()
		c := p.changed(Change{Kind: Refused, Message: m})
		p.mu.Unlock()
		p.watch(c)
	}
}

// marked notes that the program showed a message of the person's as read.
func (p *Person) marked(id string, typing bool) {
	p.mu.Lock()
	var list []Change
	if i := p.find(id); i >= 0 {
		if old := p.messages[i]; old.State != Read {
			m := *old
			m.State = Read
			p.messages[i] = &m
			list = append(list, p.changed(Change{Kind: Marked, Message: &m}))
		}
		if typing {
			list = append(list, p.changed(Change{Kind: Typing, Message: p.messages[i]}))
		}
	}
	p.mu.Unlock()
	for _, c := range list {
		p.watch(c)
	}
}

// contact is what a call says of the person; the caller holds the lock. With number it is told although the person hides it, as in statuses of what was
// sent to the number.
func (p *Person) contact(number bool) map[string]any {
	profile := map[string]any{"name": p.opts.Name}
	if p.opts.Username != "" {
		profile["username"] = p.opts.Username
	}
	c := map[string]any{"profile": profile}
	if !p.opts.NoUserID {
		c["user_id"] = p.opts.UserID
	}
	if number || !p.opts.HideNumber {
		c["wa_id"] = p.opts.Phone
	}
	return c
}

// Messages gives what the program has sent, oldest first.
func (p *Person) Messages() []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Message
	for _, m := range p.messages {
		if m.FromBusiness {
			out = append(out, *m)
		}
	}
	return out
}

// History gives the whole chat, oldest first, with both sides' messages as they are now.
func (p *Person) History() []*Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*Message(nil), p.messages...)
}

// Message gives one message of the chat as it is now.
func (p *Person) Message(id string) (Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.find(id); i >= 0 {
		return *p.messages[i], true
	}
	return Message{}, false
}

// Last gives the newest message of the program.
func (p *Person) Last() (Message, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.messages) - 1; i >= 0; i-- {
		if p.messages[i].FromBusiness {
			return *p.messages[i], true
		}
	}
	return Message{}, false
}

// Block blocks the business: it learns nothing of that but that nothing is delivered any more.
func (p *Person) Block() { p.setBlocked(true) }

// Unblock lets the business write again.
func (p *Person) Unblock() { p.setBlocked(false) }

func (p *Person) setBlocked(b bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blocked = b
}

// HideNumber has the telephone number told to nobody from now on, or told again.
func (p *Person) HideNumber(hide bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opts.HideNumber = hide
}

// ChangeNumber moves the person to another telephone number. The network gives them another user id with it, and says so; somebody's who hides the
// number it says of the id alone.
func (p *Person) ChangeNumber(phone string) error {
	phone = onlyDigits(phone)
	if phone == "" {
		return ErrEmpty
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.s.byPhone[p.number.id+"/"+phone] != nil {
		return errors.New("simulator: somebody has that number")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.opts
	p.opts.Phone = phone
	p.opts.UserID = before.UserID[:3] + strconv.FormatInt(p.s.ids.Add(1), 10)
	sys := map[string]any{"type": "user_changed_number", "body": fmt.Sprintf("User %s changed from %s to %s", before.Name, before.Phone, phone), "wa_id": phone}
	m := map[string]any{"id": p.s.messageID(), "timestamp": strconv.FormatInt(p.s.now().Unix(), 10), "type": "system", "system": sys}
	if !before.NoUserID {
		sys["user_id"], sys["previous_user_id"] = p.opts.UserID, before.UserID
		m["from_user_id"] = p.opts.UserID
	}
	if before.HideNumber {
		sys["type"], sys["body"] = "user_changed_user_id", "User changed"
		delete(sys, "wa_id")
	} else {
		m["from"] = before.Phone
	}
	delete(p.s.byPhone, p.number.id+"/"+before.Phone)
	delete(p.s.byUser, p.number.id+"/"+before.UserID)
	p.s.byPhone[p.number.id+"/"+phone] = p
	p.s.byUser[p.number.id+"/"+p.opts.UserID] = p
	return p.s.hook.push(item{number: p.number, message: m})
}

// Read reads what the program sent, and lets it know.
func (p *Person) Read() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, old := range p.messages {
		if old.FromBusiness && old.State == Delivered {
			m := *old
			m.State = Read
			p.messages[i] = &m
			p.tell(&m, p.opts.HideNumber, "read")
		}
	}
}

func (p *Person) names() string { return strings.TrimSpace(p.opts.Name) }
