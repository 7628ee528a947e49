package telegram

import (
	"errors"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// A group belongs to its people. Of what is said there only commands and replies to a bot's messages are passed on (a bot in its usual privacy mode
// is shown little else), and that we were taken in, put out, or that the group got another id. Everything else is as if it had not been said.

func (c chat) ofMany() bool { return c.Type == "group" || c.Type == "supergroup" }

// readInGroup reads a message in a group. From is the sender, as the peer of their own chat with us.
func (m *message) readInGroup() (hotline.Message, error) {
	if m.Chat.ID == 0 {
		return hotline.Message{}, errors.New("read a telegram update: it has no chat")
	}
	out := begin(m.Chat, nil, m.Date)
	out.Group, out.Ref = true, strconv.FormatInt(m.ID, 10)
	if m.MovedTo != 0 {
		out.Kind, out.Moved = hotline.MsgMoved, strconv.FormatInt(m.MovedTo, 10)
		return out, nil
	}
	// An administrator may write as the group itself, which the network shows as a bot: then nobody can tell who it is.
	if m.From == nil || m.From.Bot || m.Text == "" {
		return hotline.Message{}, ErrIgnored
	}
	out.Kind, out.From, out.Name = hotline.MsgText, strconv.FormatInt(m.From.ID, 10), m.From.name()
	out.Text = bounded(words(m.Text), hotline.MaxText)
	out.Forwarded = m.Forward != nil || m.ForwardDate != 0
	if m.ReplyTo != nil && m.ReplyTo.ID != 0 && m.ReplyTo.From != nil && m.ReplyTo.From.Bot {
		out.ReplyTo = strconv.FormatInt(m.ReplyTo.ID, 10)
	}
	if out.ReplyTo == "" && !strings.HasPrefix(out.Text, "/") {
		return hotline.Message{}, ErrIgnored
	}
	return out, nil
}

// readInGroup reads what became of us in a group.
func (m *memberUpdate) readInGroup() (hotline.Message, error) {
	if m.Chat.ID == 0 {
		return hotline.Message{}, errors.New("read a telegram update: it has no chat")
	}
	out := begin(m.Chat, nil, m.Date)
	out.Group = true
	switch m.New.Status {
	case "kicked", "left":
		out.Kind = hotline.MsgBlocked
	case "member", "administrator":
		out.Kind = hotline.MsgReturned
	default:
		return hotline.Message{}, ErrIgnored
	}
	return out, nil
}
