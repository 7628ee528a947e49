//go:build soak

package house_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"tanggap/hotline"
	"tanggap/simulator/telegram"
)

// A telegramCrowd talks with our bot.
type telegramCrowd struct {
	sim *telegram.Server
	bot *telegram.Bot
}

// botAccount is the bot's account at the network: the number before the colon of its token.
const botAccount = "7000001"

func (c telegramCrowd) account() (hotline.Channel, string) { return hotline.Telegram, botAccount }
func (c telegramCrowd) unconfirmed() int                   { return c.bot.Pending() }
func (c telegramCrowd) String() string                     { return fmt.Sprintf("%d updates unconfirmed", c.bot.Pending()) }

func (c telegramCrowd) violations() (list []string) {
	for _, v := range c.sim.Violations() {
		list = append(list, v.String())
	}
	return list
}

func (c telegramCrowd) voice(n int) voice {
	name := "Tamu"
	if n >= 0 {
		name = fmt.Sprint("Warga ", n)
	}
	return &telegramVoice{Person: c.sim.Person(telegram.PersonOptions{Name: name, Language: "id"})}
}

// A telegramVoice is somebody in a chat with our bot, who presses its buttons.
type telegramVoice struct {
	*telegram.Person
	said int // how much; read when nobody talks any more
}

func (v *telegramVoice) come(context.Context) error { return nil }
func (v *telegramVoice) peer() string               { return strconv.FormatInt(v.ID(), 10) }
func (v *telegramVoice) place() int64               { return v.Seq() }
func (v *telegramVoice) exact() bool                { return true }

func (v *telegramVoice) say(text string) error {
	v.said++
	_, err := v.Send(text)
	return err
}

func (v *telegramVoice) hear(ctx context.Context, after int64, is func(heard) bool) (heard, error) {
	of := func(c telegram.Change) heard {
		h := heard{place: c.Seq, text: c.Message.Text, choices: map[string]choice{}}
		for _, row := range c.Message.Buttons {
			for _, b := range row {
				h.choices[b.Text] = choice{key: b.Data, take: func() error {
					v.said++
					_, err := v.Press(c.Message.ID, b.Data)
					return err
				}}
			}
		}
		return h
	}
	c, err := v.WaitFor(ctx, after, func(c telegram.Change) bool { return c.Kind == telegram.Sent && is(of(c)) })
	if err != nil {
		return heard{}, err
	}
	return of(c), nil
}

func (v *telegramVoice) end() string {
	if m, ok := v.Last(); ok {
		return fmt.Sprintf("  last heard: %q\n", m.Text)
	}
	return ""
}

// gaveAll counts: nobody on Telegram knows the ids of the updates that they cause.
func (v *telegramVoice) gaveAll(t testing.TB, who string, took []string) {
	t.Helper()
	if len(took) != v.said {
		t.Errorf("%s: %d things were taken in, %d were said", who, len(took), v.said)
	}
}

func (v *telegramVoice) gotAll(t testing.TB, who string, rows []said, f *found) []string {
	t.Helper()
	return heardOnTelegram(t, who, v.Person, rows, f)
}

// heardOnTelegram holds that somebody heard everything that was to be said, in order. A message that no row of the outbox knows was sent by a
// program that died before it could note it. Then it was sent once more (a repeat); or the person was quick to answer, and the answer to that
// took its place in the outbox. It counts the repeats, and gives the replies as they were heard, without repeats, notices, and what differs from
// person to person.
func heardOnTelegram(t testing.TB, who string, p *telegram.Person, rows []said, f *found) (replies []string) {
	t.Helper()
	chat := map[string]*telegram.Message{}
	for _, m := range p.History() {
		if m.FromBot {
			chat[strconv.Itoa(m.ID)] = m
			f.messages++
		}
	}
	last := map[int]int{}         // lane → id of the message last seen there
	notices := map[string]bool{}  // what was said unasked
	wanted := map[string]string{} // the network's id → what it said
	for _, s := range rows {
		if s.State != "sent" {
			t.Errorf("%s: %d is still to be said (%s)", who, s.ID, s.State)
			continue
		}
		m := chat[s.Ref]
		switch {
		case s.Verb == "edit" && m != nil:
			wanted[s.Ref] = first(m) // it may have been said anew, for lack of what it was to change
			continue
		case s.Verb != "send":
			continue
		case m == nil:
			t.Errorf("%s: what was to be said (%d) is not in the chat", who, s.ID)
			continue
		case m.ID <= last[s.Lane]:
			t.Errorf("%s: replies came out of order: %q", who, first(m))
		}
		last[s.Lane] = m.ID
		wanted[s.Ref] = first(m)
		if s.Lane > replyLane {
			notices[first(m)] = true
		}
	}
	before := ""
	for _, m := range p.History() {
		if !m.FromBot {
			before = "" // who says something once more is answered once more
			continue
		}
		text := first(m)
		_, known := wanted[strconv.Itoa(m.ID)]
		switch {
		case notices[text]:
			if !known {
				f.repeats++
			}
		case text == before:
			f.repeats++
		default:
			replies = append(replies, common(text))
			before = text
		}
	}
	return replies
}

// nothingElse holds that whatever was said to an officer was to be said: a message that no row knows has a twin that one does.
func nothingElse(t testing.TB, who string, p *telegram.Person, rows []said) {
	t.Helper()
	refs, texts := map[int]bool{}, map[string]bool{}
	for _, s := range rows {
		id, _ := strconv.Atoi(s.Ref) // none, for what is no message
		refs[id] = true
	}
	for _, m := range p.History() {
		if refs[m.ID] {
			texts[first(m)] = true
		}
	}
	for _, m := range p.History() {
		if m.FromBot && !texts[first(m)] {
			t.Errorf("%s: heard what nobody wanted to say: %q", who, first(m))
		}
	}
}

// first is what a message said before it was ever edited.
func first(m *telegram.Message) string {
	if len(m.Revisions) > 0 {
		return m.Revisions[0].Text
	}
	return m.Text
}

// buttonOf gives the data of a message's button.
func buttonOf(m *telegram.Message, label string) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.Text == label {
				return b.Data
			}
		}
	}
	return ""
}
