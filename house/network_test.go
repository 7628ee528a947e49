package house_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/simulator/telegram"
)

// A network is one simulated network with our account on it, as the player needs it.
type network interface {
	account() (hotline.Channel, string)
	ready()                        // the house has started, again perhaps
	join(n int, a actor) phone     // somebody comes onto the network, the n-th person of the play
	drained(context.Context) error // waits until all that people sent, and all that we said, has arrived
	again()                        // delivers the last thing once more
	violations() []string
}

// A phone is what somebody holds in the hand.
type phone interface {
	peer() string
	act(step) error
}

// newNetwork sets a network up and has the house use it.
func newNetwork(g *stage, name string) network {
	g.t.Helper()
	switch name {
	case "telegram":
		return newTelegramNet(g)
	case "whatsapp":
		return newWhatsappNet(g, false)
	case "polls":
		return newWhatsappNet(g, true)
	case "cloud":
		return newCloudNet(g)
	}
	g.t.Fatalf("there is no network %q", name)
	return nil
}

const simToken = "7000001:simulator-token-for-transcripts"

type telegramNet struct {
	sim    *telegram.Server
	people map[string]*telegramPhone
}

func newTelegramNet(g *stage) *telegramNet {
	sim := telegram.New(telegram.Options{Now: g.clock.Now, CallbackTTL: 365 * 24 * time.Hour})
	sim.AddBot(simToken, "tanggap_bot")
	if err := sim.Listen(""); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = sim.Close() })
	g.options.Telegram = &house.TelegramOptions{Token: simToken, API: sim.URL()}
	return &telegramNet{sim, map[string]*telegramPhone{}}
}

func (n *telegramNet) account() (hotline.Channel, string) { return hotline.Telegram, "7000001" }
func (n *telegramNet) drained(ctx context.Context) error  { return n.sim.Bot().Drained(ctx) }
func (n *telegramNet) ready()                             {}
func (n *telegramNet) again()                             { n.sim.Bot().Redeliver(1) }
func (n *telegramNet) violations() (list []string) {
	for _, v := range n.sim.Violations() {
		list = append(list, v.String())
	}
	return list
}

func (n *telegramNet) join(i int, a actor) phone {
	if a.role == "group" {
		return &telegramGroup{Group: n.sim.Group(telegram.GroupOptions{ID: -4_100_000_000 - int64(i), Title: a.called()}), people: n.people}
	}
	n.people[a.name] = &telegramPhone{Person: n.sim.Person(telegram.PersonOptions{ID: 8_100_000_000 + int64(i), Name: a.called(), Language: a.language,
		Phone: a.number(i)})}
	return n.people[a.name]
}

// A telegramGroup is a chat of many. Whoever writes in it is on the same network.
type telegramGroup struct {
	*telegram.Group
	people map[string]*telegramPhone
}

func (g *telegramGroup) peer() string { return strconv.FormatInt(g.ID(), 10) }

func (g *telegramGroup) act(st step) (err error) {
	by := g.people[st.by]
	if by == nil {
		return fmt.Errorf("%q is not on this network", st.by)
	}
	switch st.act {
	case "say":
		_, err = g.Send(by.Person, st.said)
	case "reply":
		messages := g.Messages()
		n, nerr := strconv.Atoi(cmp.Or(st.arg, "1"))
		if nerr != nil || n < 1 || n > len(messages) {
			return fmt.Errorf("there is no such message to reply to")
		}
		_, err = g.Reply(by.Person, messages[len(messages)-n].ID, st.said)
	case "add":
		err = g.AddBot(by.Person)
	case "remove":
		err = g.RemoveBot(by.Person)
	case "upgrade":
		g.Group, err = g.Upgrade(by.Person)
	default:
		err = fmt.Errorf("nobody can do that in a group here")
	}
	return err
}

type telegramPhone struct {
	*telegram.Person
	last int // the last message sent
}

func (p *telegramPhone) peer() string { return strconv.FormatInt(p.ID(), 10) }

func (p *telegramPhone) act(st step) (err error) {
	seed := len(st.arg) + st.line
	var id int
	switch st.act {
	case "say":
		id, err = p.Send(st.said)
	case "photo":
		id, err = p.Photo(st.arg, telegram.SamplePhoto(seed, false), st.said)
	case "video":
		id, err = p.Video(st.arg, telegram.SampleVideo(seed), st.said)
	case "voice":
		id, err = p.Voice(telegram.SampleVoice(seed), 7*time.Second)
	case "document":
		id, err = p.Document(st.arg, telegram.SamplePDF(seed), st.said)
	case "pin":
		lat, lng, _ := strings.Cut(st.arg, ",")
		a, aerr := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		b, berr := strconv.ParseFloat(strings.TrimSpace(lng), 64)
		if err := errors.Join(aerr, berr); err != nil {
			return err
		}
		id, err = p.Pin(a, b)
	case "contact":
		if st.arg == "own" || st.arg == "" {
			id, err = p.ShareContact()
		} else {
			id, err = p.SendContact(telegram.Contact{Phone: st.arg, FirstName: "Orang"})
		}
	case "sticker":
		id, err = p.Sticker("👍")
	case "poll":
		id, err = p.Poll("Setuju?", "Ya", "Tidak")
	case "edit":
		id, err = p.Edit(p.last, st.said)
	case "forward":
		id, err = p.Forward(st.said, "Grup RT 03")
	case "block":
		return p.Block()
	case "unblock":
		return p.Unblock()
	case "start":
		id, err = p.Start(st.arg)
	case "reply":
		id, err = p.reply(st)
	case "press":
		return p.press(st.arg)
	default:
		return fmt.Errorf("nobody can %s on Telegram", st.act)
	}
	if err == nil {
		p.last = id
	}
	return err
}

func (p *telegramPhone) reply(st step) (int, error) {
	n, err := strconv.Atoi(strings.Fields(st.arg + " 1")[0])
	messages := p.Messages()
	if err != nil || n < 1 || n > len(messages) {
		return 0, fmt.Errorf("there is no such message to reply to")
	}
	return p.Reply(messages[len(messages)-n].ID, st.said)
}

func (p *telegramPhone) press(arg string) error {
	n, label := nth(arg)
	messages := p.Messages()
	slices.Reverse(messages)
	var seen []string
	for i, m := range messages {
		if n > 0 && i+1 != n {
			continue
		}
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text == label {
					_, err := p.Press(m.ID, b.Data)
					return err
				}
				seen = append(seen, b.Text)
			}
		}
	}
	return fmt.Errorf("no button %q; there are %q", label, seen)
}
