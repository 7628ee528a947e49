package house_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"tanggap/bot/whatsapp"
	"tanggap/hotline"
	"tanggap/house"
	sims "tanggap/simulator/telegram"
	sim "tanggap/simulator/whatsapp"
)

// ourNumber is the hotline's own at WhatsApp.
const ourNumber = "6281200001120"

// whatsappNet is WhatsApp with our number linked as a telephone's device.
type whatsappNet struct {
	g      *stage
	sim    *sim.Server
	phones []string // ours first
	people map[string]*whatsappPhone
}

func newWhatsappNet(g *stage, polls bool) *whatsappNet {
	s := sim.New(sim.Options{Now: g.clock.Now})
	if err := s.Listen(""); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = s.Close() })
	s.Account(ourNumber)
	root := sim.Root()
	g.options.WhatsApp = &house.WhatsAppOptions{Pace: &whatsapp.Pace{}, Transport: s.Transport(), Root: &root, Polls: polls, Look: 20 * time.Millisecond}
	return &whatsappNet{g, s, []string{ourNumber}, map[string]*whatsappPhone{}}
}

// paired links our number, in the database the house will find, before the house is there.
func (n *whatsappNet) ready() {
	t := n.g.t
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	known, err := n.g.house.Store().Numbers(ctx)
	if err != nil || len(known) > 0 {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	db := n.g.house.Store().SQL()
	defer db.Close() //nolint:errcheck // the pool beneath it stays
	jid, err := whatsapp.Pair(ctx, whatsapp.PairOptions{DB: db, Transport: n.g.options.WhatsApp.Transport, Root: n.g.options.WhatsApp.Root,
		Show: func(code string, _ time.Time) {
			if err := n.sim.ScanQR(ourNumber, code); err != nil {
				t.Errorf("scan: %v", err)
			}
		}})
	if err != nil {
		t.Fatalf("pair: %v", err)
	}
	if _, err := n.g.house.Store().LinkNumber(ctx, "utama", "citizens", jid.String()); err != nil {
		t.Fatal(err)
	}
}

func (n *whatsappNet) account() (hotline.Channel, string) { return hotline.WhatsApp, ourNumber }

func (n *whatsappNet) drained(ctx context.Context) error {
	for _, phone := range n.phones {
		select {
		case <-n.sim.Quiet(phone):
		case <-ctx.Done():
			return fmt.Errorf("%d messages not acknowledged", n.sim.Unacked(phone))
		}
	}
	return nil
}

func (n *whatsappNet) again()               { n.sim.RedeliverAll(ourNumber) }
func (n *whatsappNet) violations() []string { return n.sim.Violations() }

func (n *whatsappNet) join(i int, a actor) phone {
	t := n.g.t
	t.Helper()
	if a.role == "group" { // made by the first person, with everybody who is there
		group, err := n.sim.Group(a.called(), n.phones[1:]...)
		if err != nil {
			t.Fatal(err)
		}
		return &whatsappGroup{group, n.people}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p, err := n.sim.Person(ctx, sim.PersonOptions{Name: a.called(), Phone: a.number(i), To: ourNumber, HidePhone: a.hidden,
		Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	p.Client().SynchronousAck = true // so that what is acknowledged was seen
	if err := p.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	n.phones = append(n.phones, p.Phone())
	n.people[a.name] = &whatsappPhone{Person: p, sim: n.sim}
	return n.people[a.name]
}

// A whatsappGroup is a chat of many. Whoever writes in it is on the same network, and a member from the beginning.
type whatsappGroup struct {
	*sim.Group
	people map[string]*whatsappPhone
}

func (g *whatsappGroup) peer() string { return g.ID() }

func (g *whatsappGroup) act(st step) (err error) {
	by := g.people[st.by]
	if by == nil {
		return fmt.Errorf("%q is not on this network", st.by)
	}
	// The library reads who is in a group without its lock while it sends. People write when their telephone has seen who came and went.
	<-by.sim.Quiet(by.Phone())
	switch st.act {
	case "say":
		_, err = by.SayInGroup(g.ID(), st.said)
	case "reply":
		// WhatsApp has no list of a group's messages but what each member got: counted are ours.
		n, nerr := strconv.Atoi(cmp.Or(st.arg, "1"))
		messages := slices.DeleteFunc(by.Messages(), func(m sim.Received) bool { return m.Chat != g.ID() || !strings.HasPrefix(m.From, ourLID(by)) })
		if nerr != nil || n < 1 || n > len(messages) {
			return errors.New("there is no such message to reply to")
		}
		_, err = by.ReplyInGroup(g.ID(), messages[len(messages)-n].ID, st.said)
	case "add":
		g.Add(ourNumber)
	case "remove":
		g.Remove(ourNumber)
	default:
		err = errors.New("nobody can do that in a group here")
	}
	return err
}

func ourLID(p *whatsappPhone) string { return p.sim.LID(ourNumber) }

type whatsappPhone struct {
	*sim.Person
	sim  *sim.Server
	sent []string // the ids of what was sent, but for choices
	read int      // how many messages there were when something was sent last
}

// own gives the n-th last message sent; 1 is the last.
func (p *whatsappPhone) own(arg string) (string, error) {
	n, err := strconv.Atoi(cmp.Or(arg, "1"))
	if err != nil || n < 1 || n > len(p.sent) {
		return "", errors.New("there is no such message of their own")
	}
	return p.sent[len(p.sent)-n], nil
}

func (p *whatsappPhone) peer() string { return p.LID() }

func (p *whatsappPhone) act(st step) (err error) {
	defer func() { p.read = len(p.Messages()) }()
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
		id, err = p.Voice(sims.SampleVoice(seed), 7*time.Second)
	case "document":
		id, err = p.Document(st.arg, sims.SamplePDF(seed), st.said)
	case "pin":
		lat, lng, perr := place(st.arg)
		if perr != nil {
			return perr
		}
		id, err = p.Pin(lat, lng)
	case "contact":
		name, phone := "Orang", st.arg
		if st.arg == "own" || st.arg == "" {
			name, phone = p.Name(), "+"+p.Phone()
		}
		id, err = p.ContactCard(name, phone)
	case "sticker":
		id, err = p.Sticker(sims.SamplePhoto(seed, false))
	case "edit":
		if id, err = p.own(""); err == nil {
			_, err = p.Edit(id, st.said)
		}
		return err
	case "delete":
		if id, err = p.own(st.arg); err == nil {
			_, err = p.Delete(id)
		}
		return err
	case "react":
		messages := p.Messages()
		if len(messages) == 0 {
			return errors.New("there is no message to react to")
		}
		_, err = p.React(messages[len(messages)-1].ID, st.arg)
		return err
	case "long":
		n, nerr := strconv.Atoi(st.arg)
		if nerr != nil {
			return nerr
		}
		id, err = p.Say((st.said + strings.Repeat(" dan seterusnya", n/15+1))[:n])
	case "garble":
		p.sim.Garble(ourNumber, 1)
		id, err = p.Say(st.said)
	case "once":
		id, err = p.Act(seenOnce(st.said))
	case "live":
		lat, lng, perr := place(st.arg)
		if perr != nil {
			return perr
		}
		id, err = p.Act(&waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{DegreesLatitude: &lat, DegreesLongitude: &lng,
			Caption: proto.String(st.said), SequenceNumber: proto.Int64(1)}})
	case "vote":
		return p.vote(st.arg)
	case "forward":
		id, err = p.Forward(st.said)
	case "reply":
		id, err = p.reply(st)
	case "press":
		return p.press(st.arg)
	default:
		return fmt.Errorf("nobody can %s on WhatsApp", st.act)
	}
	if err == nil {
		p.sent = append(p.sent, id)
	}
	return err
}

// vote chooses an option of the newest poll that has it.
func (p *whatsappPhone) vote(option string) error {
	for _, m := range slices.Backward(p.Messages()) {
		if m.Kind == sim.Poll && slices.Contains(m.Options, option) {
			_, err := p.Vote(m.ID, option)
			return err
		}
	}
	return fmt.Errorf("no poll has %q", option)
}

// seenOnce is what a linked device gets of a photo that may be looked at once: that there was one.
func seenOnce(caption string) *waE2E.Message {
	return &waE2E.Message{ViewOnceMessageV2: &waE2E.FutureProofMessage{Message: &waE2E.Message{
		ImageMessage: &waE2E.ImageMessage{ViewOnce: proto.Bool(true), Mimetype: proto.String("image/jpeg"), Caption: proto.String(caption)},
	}}}
}

func place(arg string) (lat, lng float64, err error) {
	a, b, _ := strings.Cut(arg, ",")
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lng, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	return lat, lng, errors.Join(err1, err2)
}

func (p *whatsappPhone) reply(st step) (string, error) {
	n, err := strconv.Atoi(strings.Fields(st.arg + " 1")[0])
	messages := p.Messages()
	if err != nil || n < 1 || n > len(messages) {
		return "", errors.New("there is no such message to reply to")
	}
	return p.Reply(messages[len(messages)-n].ID, st.said)
}

var (
	choiceLine = regexp.MustCompile(`(?m)^([0-9]{1,2})\. (.+)$`)
	bareLine   = regexp.MustCompile(`(?m)^[0-9]{1,2}(, [0-9]{1,2})*$`)
	singleLine = regexp.MustCompile(`(?m)^(?:Atau tulis|Utawi serat|Or write): (.+)$`)
)

// written gives what to type for a choice, by its label, of those that a text holds; false where it is none of them. some: it holds choices.
func written(text, label string) (typed string, some, ok bool) {
	for _, line := range choiceLine.FindAllStringSubmatch(text, -1) {
		if line[2] == label || line[1]+" · "+line[2] == label {
			return line[1], true, true
		}
		some = true
	}
	for _, line := range bareLine.FindAllString(text, -1) {
		if slices.Contains(strings.Split(line, ", "), label) {
			return label, true, true
		}
		some = true
	}
	if line := singleLine.FindStringSubmatch(text); line != nil {
		return line[1], true, line[1] == label
	}
	return "", some, false
}

// press types the number of a choice, or its label where it stands alone: plainly where only one message with choices came since the person last wrote,
// else as a reply to it.
func (p *whatsappPhone) press(arg string) error {
	n, label := nth(arg)
	messages := p.Messages()
	menus := 0
	for _, m := range messages[min(p.read, len(messages)):] {
		if _, some, _ := written(m.Text, ""); some {
			menus++
		}
	}
	slices.Reverse(messages)
	var seen []string
	for i, m := range messages {
		if n > 0 && i+1 != n {
			continue
		}
		typed, _, ok := written(m.Text, label)
		if !ok {
			seen = append(seen, m.Text)
			continue
		}
		var err error
		if i == 0 && menus == 1 {
			_, err = p.Say(typed)
		} else {
			_, err = p.Reply(m.ID, typed)
		}
		return err
	}
	return fmt.Errorf("no choice %q; there are %q", label, seen)
}
