package house_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
	"tanggap/house"
	sims "tanggap/simulator/telegram"
	sim "tanggap/simulator/whatsappcloud"
)

const (
	cloudNumberID = "106540352242922"
	cloudVerify   = "a word of our own"
)

// cloudNet is WhatsApp with our number on a business account, through the Cloud API.
type cloudNet struct {
	g   *stage
	sim *sim.Server
}

func newCloudNet(g *stage) *cloudNet {
	s := sim.New(sim.Options{Now: g.clock.Now})
	if err := s.Listen(""); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = s.Close() })
	s.AddNumber(cloudNumberID, "+"+ourNumber, "Tanggap Jepara")
	g.options.Listen = "127.0.0.1:0"
	g.options.Cloud = &house.CloudOptions{NumberID: cloudNumberID, Number: "+" + ourNumber, Token: s.Token(), AppSecret: s.AppSecret(), Verify: cloudVerify, API: s.API()}
	for _, t := range g.regency.WhatsApp.Template { // all that may be said a day after somebody wrote
		var body strings.Builder
		for i := range t.Parameters {
			fmt.Fprintf(&body, "{{%d}} ", i+1)
		}
		s.AddTemplate(sim.Template{Name: t.Name, Language: t.Language, Body: body.String() + "Balas pesan ini untuk bertanya."})
	}
	return &cloudNet{g, s}
}

// ready enters our webhook at the network, where the house listens this time.
func (n *cloudNet) ready() {
	n.g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := n.sim.SetWebhook(ctx, "http://"+n.g.house.Address()+"/whatsapp", cloudVerify); err != nil {
		n.g.t.Fatal(err)
	}
}

func (n *cloudNet) account() (hotline.Channel, string) { return hotline.WhatsAppCloud, cloudNumberID }
func (n *cloudNet) drained(ctx context.Context) error  { return n.sim.Drained(ctx) }
func (n *cloudNet) again()                             { n.sim.Redeliver(1) }

func (n *cloudNet) violations() (list []string) {
	for _, v := range n.sim.Violations() {
		list = append(list, v.String())
	}
	return list
}

func (n *cloudNet) join(i int, a actor) phone {
	return &cloudPhone{Person: n.sim.Person(sim.PersonOptions{Name: a.called(), Phone: a.number(i)})}
}

type cloudPhone struct {
	*sim.Person
	last string // the last message sent
}

func (p *cloudPhone) peer() string { return "bsuid:" + p.Options().UserID }

func (p *cloudPhone) act(st step) (err error) {
	seed := len(st.arg) + st.line
	var id string
	switch st.act {
	case "say":
		id, err = p.Say(st.said)
	case "start":
		id, err = p.Say("/daftar " + st.arg)
	case "photo":
		id, err = p.Photo(sims.SamplePhoto(seed, false), st.said)
	case "video":
		id, err = p.Video(sims.SampleVideo(seed), st.said)
	case "voice":
		id, err = p.Voice(sims.SampleVoice(seed))
	case "document":
		id, err = p.Document(st.arg, "application/pdf", sims.SamplePDF(seed), st.said)
	case "pin":
		lat, lng, perr := place(st.arg)
		if perr != nil {
			return perr
		}
		id, err = p.Pin(lat, lng)
	case "contact":
		if st.arg == "own" || st.arg == "" {
			id, err = p.ShareContact()
		} else {
			id, err = p.SendContact(sim.Contact{Phone: st.arg, Name: "Orang"})
		}
	case "sticker":
		id, err = p.Sticker()
	case "poll":
		id, err = p.Unsupported("poll")
	case "edit":
		err = p.Edit(p.last, st.said)
	case "delete":
		err = p.Delete(p.last)
	case "react":
		messages := p.Messages()
		if len(messages) == 0 {
			return errors.New("there is no message to react to")
		}
		_, err = p.React(messages[len(messages)-1].ID, st.arg)
		return err
	case "forward":
		id, err = p.Forward(st.said)
	case "block":
		p.Block()
	case "unblock":
		p.Unblock()
	case "reply":
		id, err = p.reply(st)
	case "press":
		return p.press(st.arg)
	default:
		return fmt.Errorf("nobody can %s on WhatsApp", st.act)
	}
	if err == nil && id != "" {
		p.last = id
	}
	return err
}

func (p *cloudPhone) reply(st step) (string, error) {
	n, err := strconv.Atoi(strings.Fields(st.arg + " 1")[0])
	messages := p.Messages()
	if err != nil || n < 1 || n > len(messages) {
		return "", errors.New("there is no such message to reply to")
	}
	return p.Reply(messages[len(messages)-n].ID, st.said)
}

// press presses the button or picks the row of that label; where the choices are numbered lines, it types the number.
func (p *cloudPhone) press(arg string) error {
	n, label := nth(arg)
	messages := p.Messages()
	slices.Reverse(messages)
	for i, m := range messages {
		if n > 0 && i+1 != n {
			continue
		}
		if _, err := p.Press(m.ID, label); !errors.Is(err, sim.ErrNoButton) {
			return err
		}
		if typed, _, ok := written(m.Text, label); ok {
			_, err := p.Reply(m.ID, typed)
			return err
		}
	}
	return fmt.Errorf("no choice %q", label)
}
