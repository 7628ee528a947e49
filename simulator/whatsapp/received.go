package whatsapp

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"
)

// Kind says what was received.
type Kind string

// What a person receives.
const (
	Text     Kind = "text"
	Photo    Kind = "photo"
	Video    Kind = "video"
	Voice    Kind = "voice" // a voice note
	Audio    Kind = "audio"
	Document Kind = "document"
	Sticker  Kind = "sticker"
	Place    Kind = "place" // a location
	Contact  Kind = "contact"
	Poll     Kind = "poll"
	Vote     Kind = "vote" // sealed: see Refers
	Reaction Kind = "reaction"
	Edit     Kind = "edit"
	Deletion Kind = "deletion"
	Other    Kind = "other" // a message of a kind that this package has no word for

	Delivered   Kind = "delivered"
	Read        Kind = "read"
	Typing      Kind = "typing"
	NewIdentity Kind = "identity" // whom the person talks to has new keys
)

// Received is something that a person received: a message, or what became of one of the
// person's own.
type Received struct {
	Seq   int64 // counts what a person received, from 1
	Kind  Kind
	ID    string // of the message; of Delivered and Read, the person's own message
	Chat  string // the other's LID or the group, as an address
	From  string // who sent it, as an address without a device
	Name  string // as the sender calls itself
	Group bool
	At    time.Time // by the server

	Text     string // of a text or an edit, the caption of media, the emoji of a reaction, the question of a poll
	Quotes   string // the id of the message that it answers, ""
	Refers   string // the id of the message that is edited, deleted, reacted to or voted on
	FileName string
	MIME     string
	Size     int64
	Lat, Lng float64
	Place    string   // what a location is called
	VCard    string   // of a contact
	Options  []string // of a poll
	Most     int      // how many options of a poll may be chosen, 0 for any number
	Forward  bool
	// Mine says that the person did it: only History and Follow show these.
	Mine bool

	message *waE2E.Message
}

// Message says whether it is a message rather than what became of one.
func (r Received) Message() bool {
	switch r.Kind {
	case Delivered, Read, Typing, NewIdentity:
		return false
	}
	return true
}

// receivedMessage puts a message into this package's words.
func receivedMessage(e *events.Message) Received {
	m := e.Message
	r := Received{
		Kind: Other, ID: e.Info.ID, Chat: e.Info.Chat.String(), From: e.Info.Sender.ToNonAD().String(), Name: e.Info.PushName,
		Group: e.Info.IsGroup, At: e.Info.Timestamp, message: m,
	}
	r.read(m)
	return r
}

func (r *Received) read(m *waE2E.Message) {
	var about *waE2E.ContextInfo
	if inner := m.GetDocumentWithCaptionMessage().GetMessage(); inner != nil {
		m = inner
	}
	if inner := m.GetEditedMessage().GetMessage(); inner != nil { // as a person's own edit goes out
		m = inner
	}
	switch {
	case m.GetProtocolMessage() != nil:
		r.protocol(m.GetProtocolMessage())
	case m.Conversation != nil:
		r.Kind, r.Text = Text, m.GetConversation()
	case m.ExtendedTextMessage != nil:
		r.Kind, r.Text, about = Text, m.ExtendedTextMessage.GetText(), m.ExtendedTextMessage.GetContextInfo()
	case m.LocationMessage != nil:
		l := m.LocationMessage
		r.Kind, r.Lat, r.Lng, r.Place, about = Place, l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetName(), l.GetContextInfo()
	case m.ContactMessage != nil:
		c := m.ContactMessage
		r.Kind, r.Text, r.VCard, about = Contact, c.GetDisplayName(), c.GetVcard(), c.GetContextInfo()
	case m.ReactionMessage != nil:
		r.Kind, r.Text, r.Refers = Reaction, m.ReactionMessage.GetText(), m.ReactionMessage.GetKey().GetID()
	case m.PollUpdateMessage != nil:
		r.Kind, r.Refers = Vote, m.PollUpdateMessage.GetPollCreationMessageKey().GetID()
	case pollOf(m) != nil:
		about = r.poll(pollOf(m))
	default:
		about = r.media(m)
	}
	r.Quotes, r.Forward = about.GetStanzaID(), about.GetIsForwarded()
}

func (r *Received) protocol(p *waE2E.ProtocolMessage) {
	r.Refers = p.GetKey().GetID()
	switch p.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		r.Kind = Deletion
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		inner := Received{}
		inner.read(p.GetEditedMessage())
		r.Kind, r.Text = Edit, inner.Text
	}
}

func pollOf(m *waE2E.Message) *waE2E.PollCreationMessage {
	for _, p := range []*waE2E.PollCreationMessage{m.GetPollCreationMessage(), m.GetPollCreationMessageV2(), m.GetPollCreationMessageV3()} {
		if p != nil {
			return p
		}
	}
	return nil
}

func (r *Received) poll(p *waE2E.PollCreationMessage) *waE2E.ContextInfo {
	r.Kind, r.Text, r.Most = Poll, p.GetName(), int(p.GetSelectableOptionsCount())
	for _, o := range p.GetOptions() {
		r.Options = append(r.Options, o.GetOptionName())
	}
	return p.GetContextInfo()
}

func (r *Received) media(m *waE2E.Message) *waE2E.ContextInfo {
	switch {
	case m.ImageMessage != nil:
		i := m.ImageMessage
		r.Kind, r.Text, r.MIME, r.Size = Photo, i.GetCaption(), i.GetMimetype(), int64(i.GetFileLength())
		return i.GetContextInfo()
	case m.VideoMessage != nil:
		v := m.VideoMessage
		r.Kind, r.Text, r.MIME, r.Size = Video, v.GetCaption(), v.GetMimetype(), int64(v.GetFileLength())
		return v.GetContextInfo()
	case m.AudioMessage != nil:
		a := m.AudioMessage
		r.Kind, r.MIME, r.Size = Audio, a.GetMimetype(), int64(a.GetFileLength())
		if a.GetPTT() {
			r.Kind = Voice
		}
		return a.GetContextInfo()
	case m.DocumentMessage != nil:
		d := m.DocumentMessage
		r.Kind, r.Text, r.MIME, r.Size, r.FileName = Document, d.GetCaption(), d.GetMimetype(), int64(d.GetFileLength()), d.GetFileName()
		return d.GetContextInfo()
	case m.StickerMessage != nil:
		t := m.StickerMessage
		r.Kind, r.MIME, r.Size = Sticker, t.GetMimetype(), int64(t.GetFileLength())
		return t.GetContextInfo()
	}
	return nil
}

// downloadable gives the part of a message that is fetched, or nil.
func (r *Received) downloadable() whatsmeow.DownloadableMessage {
	switch m := r.message; {
	case m.GetImageMessage() != nil:
		return m.GetImageMessage()
	case m.GetVideoMessage() != nil:
		return m.GetVideoMessage()
	case m.GetAudioMessage() != nil:
		return m.GetAudioMessage()
	case m.GetDocumentMessage() != nil:
		return m.GetDocumentMessage()
	case m.GetStickerMessage() != nil:
		return m.GetStickerMessage()
	}
	return nil
}

// inbox is what a person received, and who waits for more.
type inbox struct {
	box    sync.Mutex
	most   int
	seq    int64
	read   int64 // what Next has given
	list   []Received
	raw    map[string]*events.Message // by id, of those kept
	mine   map[string]bool            // ids of the person's own messages
	there  bool                       // on the network
	closed bool
	news   chan struct{} // closed at the next change; nil while nobody waits
}

func (b *inbox) init(most int) {
	b.most, b.raw, b.mine = most, map[string]*events.Message{}, map[string]bool{}
}

// wake tells who waits. The caller holds the lock.
func (b *inbox) wake() {
	if b.news != nil {
		close(b.news)
		b.news = nil
	}
}

func (b *inbox) setOnline(there bool) {
	b.box.Lock()
	defer b.box.Unlock()
	b.there = there
	b.wake()
}

func (b *inbox) shut() {
	b.box.Lock()
	defer b.box.Unlock()
	b.closed, b.there = true, false
	b.wake()
}

// wait waits until ready says yes; ready is called under the lock.
func (b *inbox) wait(ctx context.Context, ready func() bool) error {
	for {
		b.box.Lock()
		if ready() {
			b.box.Unlock()
			return nil
		}
		if b.closed {
			b.box.Unlock()
			return ErrClosed
		}
		if b.news == nil {
			b.news = make(chan struct{})
		}
		news := b.news
		b.box.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *inbox) online(ctx context.Context) error {
	return b.wait(ctx, func() bool { return b.there })
}

// took keeps what was received, wakes who waits, and gives its number.
func (p *Person) took(r Received, e *events.Message) int64 {
	b := &p.inbox
	b.box.Lock()
	b.seq++
	r.Seq = b.seq
	b.list = append(b.list, r)
	switch {
	case e != nil:
		b.raw[r.ID] = e
	case r.Mine:
		b.mine[r.ID] = true
	}
	if len(b.list) > 2*b.most {
		for _, old := range b.list[:len(b.list)-b.most] {
			delete(b.raw, old.ID)
			delete(b.mine, old.ID)
		}
		b.list = slices.Clone(b.list[len(b.list)-b.most:])
	}
	b.wake()
	b.box.Unlock()
	if p.opts.Watch != nil && !r.Mine {
		p.opts.Watch(p, r)
	}
	return r.Seq
}

// untake forgets what did not happen after all; its number stays taken.
func (b *inbox) untake(seq int64) {
	b.box.Lock()
	defer b.box.Unlock()
	if i, ok := slices.BinarySearchFunc(b.list, seq, func(r Received, seq int64) int { return int(r.Seq - seq) }); ok {
		b.list = slices.Delete(b.list, i, i+1)
	}
}

// after gives what is kept with a higher number. The caller holds the lock.
func (b *inbox) after(seq int64) []Received {
	i, _ := slices.BinarySearchFunc(b.list, seq+1, func(r Received, seq int64) int { return int(r.Seq - seq) })
	return b.list[i:]
}

// Seq is the number of the newest thing received, to wait after.
func (p *Person) Seq() int64 {
	p.box.Lock()
	defer p.box.Unlock()
	return p.seq
}

// Received gives everything after that number, oldest first; 0 is from the beginning.
func (p *Person) Received(after int64) []Received {
	p.box.Lock()
	defer p.box.Unlock()
	return slices.DeleteFunc(slices.Clone(p.after(after)), func(r Received) bool { return r.Mine })
}

// History gives both sides' messages, oldest first: what was edited or deleted stands there as
// it was, and the edit or deletion after it.
func (p *Person) History() []Received {
	p.box.Lock()
	defer p.box.Unlock()
	return slices.DeleteFunc(slices.Clone(p.list), func(r Received) bool { return !r.Message() })
}

// Follow waits until there is something after that number, and gives all of it, with the
// person's own acts, for somebody who shows the whole chat.
func (p *Person) Follow(ctx context.Context, after int64) (out []Received, err error) {
	err = p.wait(ctx, func() bool {
		out = slices.Clone(p.after(after))
		return len(out) > 0
	})
	return out, err
}

// Messages gives the messages the person received, oldest first.
func (p *Person) Messages() []Received {
	var out []Received
	for _, r := range p.Received(0) {
		if r.Message() {
			out = append(out, r)
		}
	}
	return out
}

// Next waits for the next message that Next has not given before.
func (p *Person) Next(ctx context.Context) (out Received, err error) {
	err = p.wait(ctx, func() bool {
		for _, r := range p.after(p.read) {
			p.read = r.Seq
			if r.Message() && !r.Mine {
				out = r
				return true
			}
		}
		return false
	})
	return out, err
}

// Wait waits for something that match says yes to, among what was received already too.
func (p *Person) Wait(ctx context.Context, match func(Received) bool) (Received, error) {
	return p.WaitAfter(ctx, 0, match)
}

// WaitAfter is Wait for what comes after that number.
func (p *Person) WaitAfter(ctx context.Context, after int64, match func(Received) bool) (out Received, err error) {
	err = p.inbox.wait(ctx, func() bool {
		for _, r := range p.after(after) {
			after = r.Seq
			if !r.Mine && match(r) {
				out = r
				return true
			}
		}
		return false
	})
	return out, err
}
