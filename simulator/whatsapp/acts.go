package whatsapp

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// sendTimeout is how long an act waits for the server.
const sendTimeout = 75 * time.Second

// send sends a message to a chat and waits until the server has it.
func (p *Person) send(chat types.JID, m *waE2E.Message, extra ...whatsmeow.SendRequestExtra) (id string, err error) {
	client := p.Client()
	if client == nil {
		return "", ErrClosed
	}
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	if len(extra) == 0 {
		extra = []whatsmeow.SendRequestExtra{{ID: client.GenerateMessageID()}}
	}
	id = extra[0].ID
	mine := Received{
		Kind: Other, ID: id, Chat: chat.String(), From: p.lid.String(), Name: p.opts.Name, Group: chat.Server == byGroup, At: p.s.now(),
		Mine: true, message: m,
	}
	mine.read(m)
	seq := p.took(mine, nil) // before any answer to it
	if _, err := client.SendMessage(ctx, chat, m, extra[0]); err != nil {
		p.untake(seq)
		return "", fmt.Errorf("simulator/whatsapp: %s: %w", p.opts.Phone, err)
	}
	return id, nil
}

// say sends to whom the person talks to.
func (p *Person) say(m *waE2E.Message) (string, error) {
	to, err := p.to()
	if err != nil {
		return "", err
	}
	return p.send(to, m)
}

// Say writes a text.
func (p *Person) Say(text string) (messageID string, err error) {
	if text == "" {
		return "", ErrEmpty
	}
	return p.say(&waE2E.Message{Conversation: proto.String(text)})
}

// Send is Say.
func (p *Person) Send(text string) (messageID string, err error) { return p.Say(text) }

// SayTo writes a text to somebody else, by telephone number or LID.
func (p *Person) SayTo(account, text string) (messageID string, err error) {
	p.s.mu.Lock()
	a := p.s.named(account)
	p.s.mu.Unlock()
	if a == nil {
		return "", fmt.Errorf("%w: %s", ErrNobody, account)
	}
	return p.send(a.pn(), &waE2E.Message{Conversation: proto.String(text)})
}

// SayAgain sends a text under an id that was used before, as a client does that never learnt
// whether it had arrived.
func (p *Person) SayAgain(messageID, text string) error {
	to, err := p.to()
	if err != nil {
		return err
	}
	_, err = p.send(to, &waE2E.Message{Conversation: proto.String(text)}, whatsmeow.SendRequestExtra{ID: messageID})
	return err
}

// SayInGroup writes a text into a group.
func (p *Person) SayInGroup(group, text string) (messageID string, err error) {
	return p.InGroup(group, &waE2E.Message{Conversation: proto.String(text)})
}

// InGroup sends any message into a group.
func (p *Person) InGroup(group string, m *waE2E.Message) (messageID string, err error) {
	return p.send(address(group), m)
}

// ReplyInGroup answers a message of a group with a text.
func (p *Person) ReplyInGroup(group, messageID, text string) (newID string, err error) {
	about, err := p.quote(messageID)
	if err != nil {
		return "", err
	}
	return p.InGroup(group, &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(text), ContextInfo: about}})
}

// Act sends any message to whom the person talks to, for what has no method here.
func (p *Person) Act(m *waE2E.Message) (messageID string, err error) { return p.say(m) }

// Reply answers a message of the chat with a text.
func (p *Person) Reply(messageID, text string) (newID string, err error) {
	about, err := p.quote(messageID)
	if err != nil {
		return "", err
	}
	return p.say(&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(text), ContextInfo: about}})
}

// quote is how a message is quoted: its id, who sent it, and what it was.
func (p *Person) quote(messageID string) (*waE2E.ContextInfo, error) {
	p.box.Lock()
	e, mine := p.raw[messageID], p.mine[messageID]
	p.box.Unlock()
	switch {
	case e != nil:
		return &waE2E.ContextInfo{
			StanzaID: proto.String(messageID), Participant: proto.String(e.Info.Sender.ToNonAD().String()), QuotedMessage: e.Message,
		}, nil
	case mine:
		return &waE2E.ContextInfo{
			StanzaID: proto.String(messageID), Participant: proto.String(p.lid.String()), QuotedMessage: &waE2E.Message{Conversation: proto.String("")},
		}, nil
	}
	return nil, ErrNoMessage
}

// Forward passes on a text that somebody else wrote.
func (p *Person) Forward(text string) (messageID string, err error) {
	if text == "" {
		return "", ErrEmpty
	}
	return p.say(&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String(text), ContextInfo: &waE2E.ContextInfo{IsForwarded: proto.Bool(true), ForwardingScore: proto.Uint32(1)},
	}})
}

// Pin sends a place, in degrees.
func (p *Person) Pin(lat, lng float64) (messageID string, err error) {
	if !(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) {
		return "", fmt.Errorf("simulator/whatsapp: no such place on earth")
	}
	return p.say(&waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &lat, DegreesLongitude: &lng}})
}

// ContactCard sends somebody's name and number.
func (p *Person) ContactCard(name, phone string) (messageID string, err error) {
	card := strings.Join([]string{
		"BEGIN:VCARD", "VERSION:3.0", "N:;" + name + ";;;", "FN:" + name,
		"TEL;type=CELL;waid=" + digits(phone) + ":+" + digits(phone), "END:VCARD",
	}, "\n")
	return p.say(&waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String(name), Vcard: proto.String(card)}})
}

// React reacts to a message of the chat with an emoji; "" takes the reaction back.
func (p *Person) React(messageID, emoji string) (newID string, err error) {
	chat, sender, err := p.where(messageID)
	if err != nil {
		return "", err
	}
	return p.send(chat, p.builder().BuildReaction(chat, sender, messageID, emoji))
}

// where gives the chat and the sender of a message.
func (p *Person) where(messageID string) (chat, sender types.JID, err error) {
	p.box.Lock()
	e, mine := p.raw[messageID], p.mine[messageID]
	p.box.Unlock()
	if e != nil {
		return e.Info.Chat, e.Info.Sender.ToNonAD(), nil
	}
	if !mine {
		return types.JID{}, types.JID{}, ErrNoMessage
	}
	chat, err = p.to()
	return chat, p.lid, err
}

// builder is the client for what it builds; building needs no connection.
func (p *Person) builder() *whatsmeow.Client {
	if c := p.Client(); c != nil {
		return c
	}
	return &whatsmeow.Client{}
}

// Edit changes the text of a message of the person's own.
func (p *Person) Edit(messageID, text string) (newID string, err error) {
	chat, err := p.own(messageID)
	if err != nil {
		return "", err
	}
	return p.send(chat, p.builder().BuildEdit(chat, messageID, &waE2E.Message{Conversation: proto.String(text)}))
}

// Delete deletes a message of the person's own for everybody.
func (p *Person) Delete(messageID string) (newID string, err error) {
	chat, err := p.own(messageID)
	if err != nil {
		return "", err
	}
	return p.send(chat, p.builder().BuildRevoke(chat, types.EmptyJID, messageID))
}

// own gives the chat of a message of the person's own.
func (p *Person) own(messageID string) (types.JID, error) {
	p.box.Lock()
	mine := p.mine[messageID]
	p.box.Unlock()
	if !mine {
		return types.JID{}, ErrNoMessage
	}
	return p.to()
}

// Vote chooses options of a poll that was received; none takes the vote back. Each vote
// replaces the one before.
func (p *Person) Vote(pollID string, options ...string) (newID string, err error) {
	p.box.Lock()
	e := p.raw[pollID]
	p.box.Unlock()
	if e == nil {
		return "", ErrNoMessage
	}
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	vote, err := p.builder().BuildPollVote(ctx, &e.Info, options)
	if err != nil {
		return "", fmt.Errorf("simulator/whatsapp: %w", err)
	}
	return p.send(e.Info.Chat, vote)
}

// Type shows that the person is typing.
func (p *Person) Type() error {
	client, to, err := p.both()
	if err != nil {
		return err
	}
	return client.SendChatPresence(context.Background(), to, types.ChatPresenceComposing, types.ChatPresenceMediaText)
}

// Look brings WhatsApp to the front, or puts it away: only then is the person seen to be there.
func (p *Person) Look(there bool) error {
	client := p.Client()
	if client == nil {
		return ErrClosed
	}
	state := types.PresenceAvailable
	if !there {
		state = types.PresenceUnavailable
	}
	return client.SendPresence(context.Background(), state)
}

// Read marks messages that were received as read.
func (p *Person) Read(messageIDs ...string) error {
	client := p.Client()
	if client == nil {
		return ErrClosed
	}
	for _, id := range messageIDs {
		chat, sender, err := p.where(id)
		if err != nil {
			return err
		}
		if err := client.MarkRead(context.Background(), []types.MessageID{id}, time.Now(), chat, sender); err != nil {
			return fmt.Errorf("simulator/whatsapp: %w", err)
		}
	}
	return nil
}

func (p *Person) both() (*whatsmeow.Client, types.JID, error) {
	to, err := p.to()
	if err != nil {
		return nil, to, err
	}
	client := p.Client()
	if client == nil {
		return nil, to, ErrClosed
	}
	if lid := p.s.LID(to.User); lid != "" {
		to = address(lid)
	}
	return client, to, nil
}
