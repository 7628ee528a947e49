package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// say sends a message of the person's: makes it, queues its update, keeps it.
func (p *Person) say(m *Message) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sayLocked(m)
}

func (p *Person) sayLocked(m *Message) (int, error) {
	if p.blocked {
		return 0, ErrBlocked
	}
	if m.ReplyTo != 0 {
		answered := p.find(m.ReplyTo)
		if answered == nil || answered.Deleted {
			return 0, ErrNoMessage
		}
		m.answered = answered.alone()
	}
	m.Date = p.s.now()
	m.ID = int(p.bot.messageIDs.Add(1))
	if err := p.emit("message", func(b []byte) []byte { return m.append(b, p, false) }); err != nil {
		return 0, err
	}
	p.started = true
	p.keep(m)
	p.changed(Change{Kind: Said, Message: m})
	return m.ID, nil
}

// emit queues an update of one kind, unless the bot does not want it. The caller holds
// the lock, so that a person's updates have the order of the acts.
func (p *Person) emit(kind string, object func([]byte) []byte) error {
	if !p.bot.queue.wants(kind) {
		return nil
	}
	b := make([]byte, 0, 512)
	b = append(b, '{', '"')
	b = append(b, kind...)
	b = append(b, '"', ':')
	b = append(object(b), '}')
	_, err := p.bot.queue.push(update{chat: p.id, body: b})
	return err
}

// Send writes a text. A text longer than a message may be goes out in several, as
// clients do it; the id is the last one's.
func (p *Person) Send(text string) (messageID int, err error) { return p.text(text, 0) }

// Reply answers a message of the chat with a text.
func (p *Person) Reply(toMessageID int, text string) (messageID int, err error) {
	if toMessageID == 0 {
		return 0, ErrNoMessage
	}
	return p.text(text, toMessageID)
}

func (p *Person) text(text string, replyTo int) (id int, err error) {
	parts, err := split(text)
	if err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, part := range parts {
		if id, err = p.sayLocked(&Message{Kind: KindText, Text: part, Entities: findEntities(part, nil), ReplyTo: replyTo}); err != nil {
			return 0, err
		}
		replyTo = 0
	}
	return id, nil
}

// split cuts a text into messages.
func split(text string) ([]string, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("simulator: a text must be UTF-8")
	}
	text = strings.TrimSpace(clean(text))
	if text == "" {
		return nil, ErrEmpty
	}
	var parts []string
	for utf16Len(text) > maxText {
		units, end, space := 0, 0, 0
		for i, r := range text {
			n := 1
			if r > 0xffff {
				n = 2
			}
			if units+n > maxText {
				end = i
				break
			}
			units += n
			if r == ' ' || r == '\n' {
				space = i
			}
		}
		if space > 0 {
			end = space
		}
		parts = append(parts, strings.TrimSpace(text[:end]))
		text = strings.TrimSpace(text[end:])
	}
	return append(parts, text), nil
}

// Start presses START, with a payload as a link of the form t.me/bot?start=payload
// does, "" without. It unblocks the bot first, as Telegram does.
func (p *Person) Start(payload string) (messageID int, err error) {
	if err := p.Unblock(); err != nil {
		return 0, err
	}
	return p.Send(strings.TrimSpace("/start " + payload))
}

// Photo sends a picture. The bytes are best a real one (see [SamplePhoto]); others are
// sent as they are, in one size.
func (p *Person) Photo(name string, data []byte, caption string) (messageID int, err error) {
	return p.media(KindPhoto, name, data, caption, 0)
}

// Video sends a film.
func (p *Person) Video(name string, data []byte, caption string) (messageID int, err error) {
	return p.media(KindVideo, name, data, caption, 10*time.Second)
}

// Document sends a file.
func (p *Person) Document(name string, data []byte, caption string) (messageID int, err error) {
	return p.media(KindDocument, name, data, caption, 0)
}

// Audio sends music.
func (p *Person) Audio(name string, data []byte, caption string) (messageID int, err error) {
	return p.media(KindAudio, name, data, caption, 3*time.Minute)
}

// Voice sends a voice note of that length.
func (p *Person) Voice(data []byte, length time.Duration) (messageID int, err error) {
	return p.media(KindVoice, "", data, "", length)
}

// Sticker sends a sticker that stands for an emoji.
func (p *Person) Sticker(emoji string) (messageID int, err error) {
	m := mediaOf(KindSticker, "", nil)
	m.Emoji = emoji
	return p.say(&Message{Kind: KindSticker, Media: p.s.files.save(m, []byte("RIFF\x00\x00\x00\x00WEBP"+emoji))})
}

func (p *Person) media(kind Kind, name string, data []byte, caption string, length time.Duration) (int, error) {
	m, err := p.file(kind, name, data, caption, length)
	if err != nil {
		return 0, err
	}
	return p.say(m)
}

func (p *Person) file(kind Kind, name string, data []byte, caption string, length time.Duration) (*Message, error) {
	if len(data) == 0 {
		return nil, ErrEmpty
	}
	if !utf8.ValidString(caption) || !utf8.ValidString(name) {
		return nil, errors.New("simulator: a text must be UTF-8")
	}
	caption = strings.TrimSpace(clean(caption))
	if utf16Len(caption) > maxCaption {
		return nil, fmt.Errorf("simulator: a caption has at most %d characters", maxCaption)
	}
	m := mediaOf(kind, name, data)
	m.Duration = int(length / time.Second)
	return &Message{Kind: kind, Text: caption, Entities: findEntities(caption, nil), Media: p.s.files.save(m, data)}, nil
}

// Upload is one item of an album.
type Upload struct {
	Kind Kind // KindPhoto, KindVideo or KindDocument; "" is a photo
	Name string
	Data []byte
}

// Album sends 2 to 10 pictures and films as one; the caption is the first one's. On
// Telegram an album is several messages with one media_group_id.
func (p *Person) Album(items []Upload, caption string) (messageIDs []int, err error) {
	if len(items) < 2 || len(items) > 10 {
		return nil, errors.New("simulator: an album has 2 to 10 items")
	}
	group := p.s.albumID()
	list := make([]*Message, len(items))
	for i, item := range items {
		if item.Kind == "" {
			item.Kind = KindPhoto
		}
		if list[i], err = p.file(item.Kind, item.Name, item.Data, caption, 0); err != nil {
			return nil, err
		}
		list[i].Album = group
		caption = ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range list {
		id, err := p.sayLocked(m)
		if err != nil {
			return nil, err
		}
		messageIDs = append(messageIDs, id)
	}
	return messageIDs, nil
}

// Pin sends a place, in degrees.
func (p *Person) Pin(lat, lng float64) (messageID int, err error) {
	if !(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) {
		return 0, errors.New("simulator: no such place on earth")
	}
	p.dismissOnce()
	return p.say(&Message{Kind: KindLocation, Location: &Location{Latitude: lat, Longitude: lng}})
}

// ShareContact sends the person's own number, as the button of a reply keyboard does.
func (p *Person) ShareContact() (messageID int, err error) {
	if p.opts.Phone == "" {
		return 0, errors.New("simulator: the person has no telephone number")
	}
	first, last := p.names()
	p.dismissOnce()
	return p.say(&Message{Kind: KindContact, Contact: &Contact{Phone: p.opts.Phone, FirstName: first, LastName: last, UserID: p.id}})
}

// SendContact sends somebody else's number; UserID 0 is somebody without Telegram.
func (p *Person) SendContact(c Contact) (messageID int, err error) {
	if c.Phone == "" || c.FirstName == "" {
		return 0, ErrEmpty
	}
	return p.say(&Message{Kind: KindContact, Contact: &c})
}

// Poll sends a poll.
func (p *Person) Poll(question string, options ...string) (messageID int, err error) {
	if question == "" || len(options) == 0 {
		return 0, ErrEmpty
	}
	return p.say(&Message{Kind: KindPoll, Poll: &Poll{ID: strconv.FormatInt(p.s.callbacks.Add(1), 10), Question: question, Options: options}})
}

// Forward forwards a text that somebody wrote who hides the account.
func (p *Person) Forward(text, from string) (messageID int, err error) {
	return p.forward(text, &Forward{Name: from})
}

// ForwardFrom forwards a text that a person wrote.
func (p *Person) ForwardFrom(text string, from *Person) (messageID int, err error) {
	return p.forward(text, &Forward{Name: from.opts.Name, Person: from})
}

func (p *Person) forward(text string, f *Forward) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf16Len(text) > maxText || !utf8.ValidString(text) {
		return 0, ErrEmpty
	}
	f.Date = p.s.now().Add(-time.Hour)
	return p.say(&Message{Kind: KindText, Text: text, Entities: findEntities(text, nil), Forward: f})
}

// Edit changes the text or caption of a message of the person's own.
func (p *Person) Edit(messageID int, newText string) (sameID int, err error) {
	parts, err := split(newText)
	if err != nil {
		return 0, err
	}
	if len(parts) != 1 {
		return 0, errors.New("simulator: too long for one message")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blocked {
		return 0, ErrBlocked
	}
	old := p.find(messageID)
	if old == nil || old.Deleted {
		return 0, ErrNoMessage
	}
	if old.FromBot || old.Forward != nil {
		return 0, ErrNotOwn
	}
	m := *old
	m.Text, m.Entities, m.EditDate = parts[0], findEntities(parts[0], nil), p.s.now()
	if err := p.emit("edited_message", func(b []byte) []byte { return m.append(b, p, false) }); err != nil {
		return 0, err
	}
	p.replace(&m)
	p.changed(Change{Kind: Said, Message: &m})
	return m.ID, nil
}

// Block blocks the bot; the bot learns of it by a my_chat_member update.
func (p *Person) Block() error { return p.membership(true) }

// Unblock lets the bot write again.
func (p *Person) Unblock() error { return p.membership(false) }

// Blocked says whether the person has blocked the bot.
func (p *Person) Blocked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.blocked
}

func (p *Person) membership(block bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blocked == block {
		return nil
	}
	status := func(b []byte, key string, kicked bool) []byte {
		b = append(appendKey(b, key), `{"user":`...)
		b = append(b, p.bot.user...)
		if kicked {
			return append(b, `,"status":"kicked","until_date":0}`...)
		}
		return append(b, `,"status":"member"}`...)
	}
	err := p.emit("my_chat_member", func(b []byte) []byte {
		b = append(append(b, `{"chat":`...), p.chat...)
		b = append(appendKey(b, "from"), p.user...)
		b = appendInt(b, "date", p.s.now().Unix())
		b = status(b, "old_chat_member", !block)
		return append(status(b, "new_chat_member", block), '}')
	})
	if err == nil {
		p.blocked = block
	}
	return err
}

// Update queues an update of any shape in the place that this person's acts have in the
// order: payload is encoded as a JSON object such as {"message": {...}} and gets an
// update_id. Nothing of it is kept in the chat, but the bot may write from then on.
func (p *Person) Update(payload any) (updateID int64, err error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return 0, fmt.Errorf("simulator: update: %w", err)
	}
	if len(raw) < 3 || raw[0] != '{' {
		return 0, errors.New("simulator: update: an update is an object with something in it")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.started = true
	return p.bot.queue.push(update{chat: p.id, body: raw})
}

// Chat gives the Chat object as the Bot API has it, for Update.
func (p *Person) Chat() json.RawMessage { return append([]byte(nil), p.chat...) }

// User gives the User object, for Update.
func (p *Person) User() json.RawMessage { return append([]byte(nil), p.user...) }

// NextMessageID takes a message id, for Update.
func (p *Person) NextMessageID() int { return int(p.bot.messageIDs.Add(1)) }
