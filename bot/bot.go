// Package bot holds the conversations. A message comes in as a turn: the bot reads where the conversation stands, understands the answer, does
// the work, says the next thing, and keeps the new state. It knows no network and no SQL: what a turn can do is in turn.go, what is said is a
// key of package phrase, and the channels (bot/telegram and its sisters) draw it.
//
// The conversations are in three groups of files: citizen_*.go for whoever writes, staff_*.go for officers and coordinators in the same chat,
// private_*.go for a person's right over their own data and for being one person on several networks, and beside them group_*.go for a unit's chat
// of many. What a reporter hears of what others did is in notice.go. courier*.go carries what was
// committed to the networks, as fast as limiter.go allows.
package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tanggap/hotline"
)

// A Bot answers people for one regency. It keeps nothing between two turns: all memory is in the conversation's state.
type Bot struct {
	Regency *hotline.Regency
	Reader  *hotline.Reader // understands free text; made of the Regency
	Gather  time.Duration   // how long free text is gathered before it is answered; 4 s unless a test or benchmark says otherwise
	Links   func(payload string) string

	Services *hotline.ServiceFinder // finds services by words; nil: nothing can be booked
	Console  string                 // the console's public address, https://…; empty: not set, and the bot gives no links to it
}

// state is what a conversation remembers between two messages, as JSON. Fields may be added; a field that is gone is ignored, so that
// conversations under way survive a new version.
type state struct {
	Citizen citizenState `json:"c,omitzero"`
	Join    joining      `json:"j,omitzero"`
	Staff   staffState   `json:"s,omitzero"`
}

// talk is one message in its conversation.
type talk struct {
	Turn
	bot   *Bot
	reg   *hotline.Regency
	now   time.Time
	conv  hotline.Conversation
	msg   hotline.Message
	st    *state
	heard bool           // the callback, if any, has been answered
	slow  time.Duration  // how much later than usual a flood is answered
	notes []hotline.Line // to be said before whatever is said next
	news  []news         // what officers hear of when the turn ends

	readings []reading      // what was understood in this turn
	met      []hotline.Case // the person's own cases, as they were read in it
}

// Handle answers one message. It returns the conversation's new state. A returned error undoes the whole turn; it is tried again.
func (b *Bot) Handle(ctx context.Context, t Turn, now time.Time, conv hotline.Conversation, msg hotline.Message) ([]byte, error) {
	var st state
	if len(conv.State) > 0 {
		if err := json.Unmarshal(conv.State, &st); err != nil {
			return nil, fmt.Errorf("read the conversation's state: %w", err)
		}
	}
	k := &talk{Turn: t, bot: b, reg: b.Regency, now: now, conv: conv, msg: msg, st: &st}
	if err := k.handle(ctx); err != nil {
		return nil, err
	}
	if err := k.tellOfficers(ctx); err != nil {
		return nil, err
	}
	k.answerCallback()
	out, err := json.Marshal(&st)
	if err != nil {
		return nil, fmt.Errorf("write the conversation's state: %w", err)
	}
	return out, nil
}

// handle gives the message to whoever understands it: staff first (their own buttons, commands, and answers to their cards), then the citizen's
// side, which has an answer for everything.
func (k *talk) handle(ctx context.Context) error {
	if k.msg.Kind == hotline.MsgReaction {
		return nil // needs no answer
	}
	if k.msg.Group {
		return k.group(ctx)
	}
	if k.msg.Kind == hotline.MsgBlocked || k.msg.Kind == hotline.MsgReturned {
		return nil
	}
	k.meet()
	if k.msg.Kind == hotline.MsgDeleted {
		return k.takenBack(ctx)
	}
	if done, err := k.private(ctx); done || err != nil {
		return err
	}
	if done, err := k.join(ctx); done || err != nil {
		return err
	}
	if done, err := k.groupWish(ctx); done || err != nil {
		return err
	}
	if done, err := k.staff(ctx); done || err != nil {
		return err
	}
	return k.citizen(ctx)
}

// reply says something to the address that wrote, at once.
func (k *talk) reply(r hotline.Reply) { k.out(hotline.Out{Lane: hotline.LaneReply, Reply: r}) }

// out says something to the address that wrote, filling in what every answer has.
func (k *talk) out(o hotline.Out) {
	o.To, o.Asked = k.conv.Address.ID, true
	if k.msg.Group { // whoever acts in a group is answered in their own chat
		o.To, o.Person = 0, k.me()
	}
	if k.msg.Callback != "" && !k.heard && o.Due.IsZero() {
		o.Answers, k.heard = k.msg.Callback, true
	}
	k.Say(o)
}

// answerCallback answers a pressed button that nothing else has answered, so that the button stops turning.
func (k *talk) answerCallback() {
	if k.msg.Callback != "" && !k.heard && !k.msg.Group {
		k.heard = true
		k.Say(hotline.Out{To: k.conv.Address.ID, Verb: hotline.VerbAnswer, Lane: hotline.LaneReply, Asked: true,
			Answers: k.msg.Callback, Expires: k.now.Add(time.Minute)})
	}
}
