package whatsapp

import (
	"fmt"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
)

// A Saved is what somebody received and did, as it can be kept in a file while no server runs, and taken up again with another one: on a phone with new keys.
// Media are gone with the server that held them.
type Saved struct {
	Phone string
	Name  string
	Seq   int64
	List  []Kept
}

// Kept is one thing of a chat.
type Kept struct {
	Received
	Content []byte // of a message, as the network carries it
	Sender  string
}

// Save gives the chat to be kept.
func (p *Person) Save() (Saved, error) {
	p.box.Lock()
	defer p.box.Unlock()
	c := Saved{Phone: p.opts.Phone, Name: p.opts.Name, Seq: p.seq}
	for _, r := range p.list {
		if r.Kind == Typing {
			continue
		}
		k := Kept{Received: r}
		if e := p.raw[r.ID]; e != nil {
			var err error
			if k.Content, err = proto.Marshal(e.Message); err != nil {
				return c, fmt.Errorf("simulator/whatsapp: keep a message: %w", err)
			}
			k.Sender = e.Info.Sender.String()
		}
		c.List = append(c.List, k)
	}
	return c, nil
}

// Resume takes a chat up again. Somebody who has received something already is left alone.
func (p *Person) Resume(c Saved) error {
	p.box.Lock()
	defer p.box.Unlock()
	if p.seq > 0 {
		return nil
	}
	for _, k := range c.List {
		r := k.Received
		r.Size = 0 // the media are gone
		switch {
		case r.Mine:
			p.mine[r.ID] = true
		case len(k.Content) > 0:
			e := &events.Message{Message: &waE2E.Message{}}
			if err := proto.Unmarshal(k.Content, e.Message); err != nil {
				return fmt.Errorf("simulator/whatsapp: take up a message: %w", err)
			}
			var err error
			if e.Info.Sender, err = types.ParseJID(k.Sender); err == nil {
				e.Info.Chat, err = types.ParseJID(r.Chat)
			}
			if err != nil {
				return fmt.Errorf("simulator/whatsapp: take up a message: %w", err)
			}
			e.Info.ID, e.Info.Timestamp, e.Info.PushName = r.ID, r.At, r.Name
			p.raw[r.ID], r.message = e, e.Message
		}
		p.list = append(p.list, r)
	}
	p.seq, p.read = c.Seq, c.Seq
	return nil
}
