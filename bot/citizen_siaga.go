package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// This file is what a state of alert (siaga) changes for whoever writes from there: they are told so once, and who tells of it is asked three things and no
// more: where, how many people, what is needed. As soon as the place is known it is a case; the other answers go into it.

// An Alerter knows the states of alert, and which cases belong to one. A Turn that is none knows of none.
type Alerter interface {
	// Siagas gives those that nobody has ended.
	Siagas(context.Context) ([]hotline.Siaga, error)
	// JoinSiaga makes a case one of a siaga, with what its reporter said; said again, that counts.
	JoinSiaga(id hotline.SiagaID, c hotline.CaseID, people int, need hotline.SiagaNeed)
}

// siagaState is what a conversation remembers of states of alert.
type siagaState struct {
	Told    hotline.SiagaID   `json:"t,omitempty"` // the notice that was shown last
	Siaga   hotline.SiagaID   `json:"s,omitempty"` // whose questions are asked; zero: none
	Asked   string            `json:"q,omitempty"` // one of the questions below
	Case    hotline.CaseID    `json:"c,omitempty"` // once the place is known
	People  int               `json:"n,omitempty"`
	Need    hotline.SiagaNeed `json:"m,omitempty"`
	Again   bool              `json:"a,omitempty"` // the number was asked for twice
	Bubbles []bubble          `json:"b,omitempty"` // until the place is known
	At      time.Time         `json:"i,omitzero"`
}

// The three questions.
const (
	siagaWhere  = "where"
	siagaPeople = "people"
	siagaNeed   = "need"
)

// siagaWithin is how long the questions wait for an answer.
const siagaWithin = 6 * time.Hour

// siagaWords tell by a word what is needed.
var siagaWords = []struct {
	need  hotline.SiagaNeed
	words []string
}{
	{hotline.NeedRescue, list("evakuasi, perahu, jemput, terjebak, terkepung, selamatkan, prau, rescue, boat, trapped, evacuate")},
	{hotline.NeedHealth, list("obat, sakit, dokter, bidan, melahirkan, luka, medis, gerah, lara, medicine, doctor, ill, hurt")},
	{hotline.NeedFood, list("makan, makanan, minum, nasi, sembako, air bersih, susu, popok, maem, dhahar, food, water, hungry")},
	{hotline.NeedShelter, list("selimut, tenda, pengungsian, mengungsi, ngungsi, tikar, baju, kemul, blanket, shelter, tent, clothes")},
}

// siaga says that a state of alert is in force, and asks its questions. It is false where the conversation goes on as ever.
func (k *talk) siaga(ctx context.Context) (bool, error) {
	t, ok := k.Turn.(Alerter)
	if !ok || k.msg.Kind == hotline.MsgEdit {
		return false, nil
	}
	all, err := t.Siagas(ctx)
	if err != nil {
		return false, fmt.Errorf("ask for states of alert: %w", err)
	}
	s := &k.st.Citizen.Siaga
	if s.Siaga != 0 {
		if done, err := k.siagaAnswer(ctx, t, all); done || err != nil || k.read(k.msg.Text).Danger != nil {
			return done, err
		}
	}
	if len(all) == 0 || s.Siaga != 0 || k.msg.Kind == hotline.MsgChoice {
		return false, nil
	}
	return k.siagaBegins(ctx, t, all)
}

// siagaOff are words with which somebody who is asked the questions says that there is nothing, or that they want no report.
var siagaOff = list("salah lapor, salah kirim, salah ketik, salah pencet, salah alamat, ternyata tidak, ternyata tidak banjir, ternyata bukan banjir, bukan banjir, tidak banjir, tidak ada banjir, " +
	"tidak ada apa-apa, nggak ada apa-apa, gak ada apa-apa, cuma bercanda, hanya bercanda, bercanda, cuma tes, hanya tes, cuma coba, coba-coba, cuma coba-coba, bohong, bohongan, hoaks, hoax, " +
	"tidak perlu dilaporkan, jangan dilaporkan, mboten banjir, sanes banjir, boten enten napa-napa, ora ono opo-opo, guyon, namung guyon, mung guyon, salah kintun, " +
	"false alarm, no flood, it was a mistake, by mistake, wrong chat, just a test, just testing, just kidding")

// siagaCalledOff tells whether a message takes the report back: then it is no remark on it.
func siagaCalledOff(text string) bool {
	typed := plain(text)
	w, _ := wanted(typed)
	return w == wantDrop || w == wantWithdraw || withdraws(typed) || among(siagaOff, typed) || among(siagaOff, leaner(typed))
}

// siagaStops takes back what was told: a report that was filed once more is asked about, as ever.
func (k *talk) siagaStops(ctx context.Context) error {
	s := &k.st.Citizen.Siaga
	about := s.Case
	*s = siagaState{Told: s.Told}
	if about == 0 {
		k.say(hotline.Say("draft.dropped"))
		return nil
	}
	return k.withdraw(ctx, about)
}

// siagaOwn gives the person's own report of a siaga that is live and from there, if they have one: what they tell next of the same is added to it.
func (k *talk) siagaOwn(ctx context.Context, one hotline.Siaga, area string) (hotline.CaseID, error) {
	if len(k.st.Citizen.Sent) == 0 && !k.joined() {
		return 0, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(cases, func(c hotline.Case) bool {
		return c.Source == hotline.SourceChat && c.Category == one.Category && c.Status.Live() && !c.Filed.Before(one.From) && one.Covers(k.reg, c.Area) &&
			(area == "" || k.samePlace(c.Area, area))
	})
	if i < 0 {
		return 0, nil
	}
	return cases[i].ID, nil
}

// samePlace tells whether two areas are one, or one of them the other's kecamatan.
func (k *talk) samePlace(a, b string) bool {
	within := func(in, of string) bool { x, ok := k.reg.Area(in); return ok && x.Parent == of }
	return a == b || within(a, b) || within(b, a)
}

// siagaAdds adds what is told to the report that the person has already.
func (k *talk) siagaAdds(ctx context.Context, t Alerter, one hotline.Siaga, into hotline.CaseID, area string, urgent bool) error {
	c, err := k.ownCase(ctx, into)
	if err != nil {
		return err
	}
	if _, err := k.hushed(ctx, c); err != nil {
		return err
	}
	said := hotline.Event{Kind: hotline.EvRemarked}
	if x, ok := k.reg.Area(area); ok && (x.Parent == c.Area || k.msg.Pin != nil) {
		said.Kind, said.Area = hotline.EvPlaced, area
	}
	if err := k.happen(c, said, k.content()); err != nil {
		return fmt.Errorf("add to a report of a siaga: %w", err)
	}
	k.st.Citizen.keepRef(k.msg.Ref, c.ID)
	if !urgent {
		k.tell(c.ID, hotline.Say("siaga.added", "case", c.ID).And("siaga.call", "number", k.reg.Emergency))
		return nil
	}
	if !c.Urgent {
		if err := k.happen(c, hotline.Event{Kind: hotline.EvUrgent}, hotline.Content{}); err != nil {
			return err
		}
		if err := k.callResponders(ctx, c); err != nil {
			return err
		}
	}
	t.JoinSiaga(one.ID, c.ID, 0, hotline.NeedRescue)
	k.urgently(c)
	return nil
}

// siagaBegins takes in what tells of a siaga from its area, and shows everybody else there its notice once.
func (k *talk) siagaBegins(ctx context.Context, t Alerter, all []hotline.Siaga) (bool, error) {
	s := &k.st.Citizen.Siaga
	rd := k.read(k.msg.Text)
	area := k.siagaArea(rd)
	about := func(category string) bool {
		return slices.ContainsFunc(rd.Categories, func(g hotline.Guess) bool { return g.Category == category && g.Score >= rd.Categories[0].Score }) ||
			rd.Danger != nil && rd.Danger.Category == category
	}
	near := area
	if near == "" {
		near = k.st.Citizen.Last.Area
	}
	told, in := hotline.SiagaAt(k.reg, all, near, "", k.now)
	free := k.st.Citizen.Draft == nil && k.st.Citizen.waiting(k.now) != waitHuman && k.msg.ReplyTo == ""
	if free && k.msg.Kind != hotline.MsgContact && rd.Tells && rd.Number == (hotline.Number{}) {
		for _, one := range all {
			if rd.Danger != nil && !rd.Danger.Sure { // whether it is one is asked first of all, as ever
				continue
			}
			if !one.Holds(k.now) || !about(one.Category) || rd.Danger != nil && rd.Danger.Category != one.Category {
				continue
			}
			if area == "" || one.Covers(k.reg, area) {
				into, err := k.siagaOwn(ctx, one, area)
				if err != nil {
					return false, err
				}
				if into != 0 {
					k.siagaTell(one)
					return true, k.siagaAdds(ctx, t, one, into, area, rd.Danger != nil)
				}
			}
			switch {
			case area != "" && one.Covers(k.reg, area):
				k.siagaTell(one)
				return true, k.siagaFile(t, one, area, []bubble{k.bubble()}, rd.Danger != nil && rd.Danger.Sure)
			case area == "" && rd.Danger == nil: // who is in danger is not asked first
				if k.st.Citizen.Last.Area == "" || in {
					*s = siagaState{Told: s.Told, Siaga: one.ID, Asked: siagaWhere, Bubbles: []bubble{k.bubble()}, At: k.now}
					k.siagaTell(one)
					k.siagaAsk()
					return true, nil
				}
			}
		}
	}
	if in && s.Told != told.ID {
		k.siagaTell(told)
	}
	return false, nil
}

// siagaArea gives where a message says that something is, if it says so for certain.
func (k *talk) siagaArea(rd hotline.Reading) string {
	if k.msg.Pin != nil {
		g := k.bot.Reader.ByPoint(*k.msg.Pin)
		switch {
		case g.Outside:
			return ""
		case g.Village.Code != "":
			return g.Village.Code
		}
		return g.Kecamatan.Code
	}
	if len(rd.Places) > 0 && rd.Places[0].Score >= hotline.PlaceScore && !rd.Places[0].Ambiguous {
		return rd.Places[0].Area.Code
	}
	return ""
}

// siagaTell shows the notice in a message of its own, once: nothing takes its place.
func (k *talk) siagaTell(s hotline.Siaga) {
	if k.st.Citizen.Siaga.Told == s.ID {
		return
	}
	k.st.Citizen.Siaga.Told = s.ID
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: hotline.Say("siaga.notice", "category", hotline.CategoryArg(s.Category), "text", s.Text, "until", s.Until).
		And("siaga.call", "number", k.reg.Emergency)})
}

// siagaFile makes a case of what was told, and asks how many people there are.
func (k *talk) siagaFile(t Alerter, one hotline.Siaga, area string, bubbles []bubble, urgent bool) error {
	d := k.newDraft()
	for _, b := range bubbles {
		d.add(b, k.now)
	}
	privacy := hotline.Open
	for _, b := range bubbles {
		privacy = stricter(privacy, wished(b.Text))
	}
	c := k.commit(d, hotline.Filing{Kind: hotline.Complaint, Category: one.Category, Privacy: privacy, Urgent: urgent, Area: area,
		About: k.reg.Accused(k.read(d.text(0)), one.Category)})
	k.accusedToo(c, *d)
	s := &k.st.Citizen.Siaga
	*s = siagaState{Told: s.Told, Siaga: one.ID, Asked: siagaPeople, Case: c.ID, At: k.now}
	if urgent {
		s.Need = hotline.NeedRescue
	}
	t.JoinSiaga(one.ID, c.ID, 0, s.Need)
	r := hotline.Say("siaga.filed", "case", c.ID, "area", hotline.AreaArg(area))
	if urgent {
		r = r.And("siaga.call", "number", k.reg.Emergency)
	}
	k.tell(c.ID, r.And("siaga.people"))
	return nil
}

// siagaAsk puts the question that is open.
func (k *talk) siagaAsk() {
	s := &k.st.Citizen.Siaga
	switch s.Asked {
	case siagaWhere:
		r := hotline.Say("siaga.where")
		r.Ask = hotline.AskPlace
		k.say(r)
	case siagaPeople:
		k.tell(s.Case, hotline.Say("siaga.people"))
	case siagaNeed:
		r := hotline.Say("siaga.need")
		for _, n := range hotline.SiagaNeeds() {
			r = r.With(hotline.Pick(value("siaga", id(s.Case), string(n)), "siaga.need."+string(n)))
		}
		k.tell(s.Case, r)
	}
}

// siagaAnswer takes a message as the answer to the question that is open. A command, another danger, another report's button leave the questions where they
// are; whoever says nothing for hours has answered enough.
func (k *talk) siagaAnswer(ctx context.Context, t Alerter, all []hotline.Siaga) (bool, error) {
	s := &k.st.Citizen.Siaga
	if k.now.Sub(s.At) > siagaWithin {
		return false, k.siagaRest()
	}
	typed := plain(k.msg.Text)
	switch k.msg.Kind {
	case hotline.MsgChoice:
		p, ok := parsePressed(k.msg.Choice)
		if !ok || p.verb != "siaga" || p.caseID() != s.Case || !hotline.SiagaNeed(p.arg(1)).Known() {
			return false, nil
		}
		return true, k.siagaNeeds(ctx, t, hotline.SiagaNeed(p.arg(1)))
	case hotline.MsgText, hotline.MsgMedia, hotline.MsgPin:
		if k.msg.Kind == hotline.MsgText && k.msg.ReplyTo == "" && siagaCalledOff(k.msg.Text) {
			return true, k.siagaStops(ctx)
		}
		if _, command := wanted(typed); command || k.nothingSaid() || k.msg.ReplyTo != "" {
			return false, nil
		}
	default:
		return false, nil
	}
	rd := k.read(k.msg.Text)
	one, _ := hotline.SiagaOf(all, s.Siaga)
	if rd.Danger != nil { // it is answered first of all, as ever: the questions end
		if s.Case != 0 && rd.Danger.Sure && rd.Danger.Category == one.Category {
			t.JoinSiaga(s.Siaga, s.Case, s.People, hotline.NeedRescue)
		}
		return false, k.siagaRest()
	}
	s.At = k.now
	if s.Asked == siagaWhere {
		return true, k.siagaPlaced(t, one, rd)
	}
	c, err := k.ownCase(ctx, s.Case)
	if errors.Is(err, hotline.ErrNotFound) || err == nil && c.Status.Over() {
		return false, k.siagaRest()
	}
	if err != nil {
		return false, err
	}
	if _, err := k.hushed(ctx, c); err != nil {
		return false, err
	}
	said, area := hotline.Event{Kind: hotline.EvRemarked}, k.siagaArea(rd)
	if k.msg.Pin != nil && area != "" && area != c.Area {
		said.Kind, said.Area = hotline.EvPlaced, area
	}
	if err := k.happen(c, said, k.content()); err != nil {
		return false, err
	}
	k.st.Citizen.keepRef(k.msg.Ref, c.ID)
	switch s.Asked {
	case siagaPeople:
		n, ok := firstNumber(k.msg.Text)
		if !ok && !s.Again {
			s.Again = true
			k.siagaAsk()
			return true, nil
		}
		s.People, s.Asked = n, siagaNeed
		t.JoinSiaga(s.Siaga, c.ID, s.People, s.Need)
		k.siagaAsk()
		return true, nil
	default:
		if k.msg.Kind != hotline.MsgText {
			k.siagaAsk()
			return true, nil
		}
		return true, k.siagaNeeds(ctx, t, needIn(k.msg.Text))
	}
}

// siagaPlaced files once the place is known. One outside of the siaga is a report like any.
func (k *talk) siagaPlaced(t Alerter, one hotline.Siaga, rd hotline.Reading) error {
	s := &k.st.Citizen.Siaga
	area := k.siagaArea(rd)
	if area == "" && k.msg.Text != "" {
		if found := k.bot.Reader.ByName(k.msg.Text); len(found) > 0 && found[0].Score >= hotline.PlaceScore && !found[0].Ambiguous {
			area = found[0].Area.Code
		}
	}
	s.Bubbles = append(s.Bubbles, k.bubble())
	if one.ID != 0 && one.Covers(k.reg, area) {
		return k.siagaFile(t, one, area, s.Bubbles, rd.Danger != nil && rd.Danger.Sure)
	}
	if area == "" && !s.Again {
		s.Again = true
		k.siagaAsk()
		return nil
	}
	d := k.newDraft()
	for _, b := range s.Bubbles {
		d.add(b, k.now)
	}
	*s = siagaState{Told: s.Told}
	return k.proceed(atOnce)
}

// siagaNeeds takes the last answer. Who must be taken out of there is an emergency.
func (k *talk) siagaNeeds(ctx context.Context, t Alerter, need hotline.SiagaNeed) error {
	s := &k.st.Citizen.Siaga
	c, err := k.ownCase(ctx, s.Case)
	if err != nil {
		return err
	}
	t.JoinSiaga(s.Siaga, c.ID, s.People, need)
	if need == hotline.NeedRescue && !c.Urgent && c.Status.Live() {
		if err := k.happen(c, hotline.Event{Kind: hotline.EvUrgent}, hotline.Content{}); err != nil {
			return err
		}
		if err := k.callResponders(ctx, c); err != nil {
			return err
		}
	}
	k.tell(c.ID, hotline.Say("siaga.done", "case", c.ID).And("siaga.call", "number", k.reg.Emergency))
	return k.siagaRest()
}

func (k *talk) siagaRest() error {
	if s := k.st.Citizen.Siaga; s.Asked == siagaWhere && len(s.Bubbles) > 0 && k.st.Citizen.Draft == nil { // what was told is not lost
		d := k.newDraft()
		for _, b := range s.Bubbles {
			d.add(b, k.now)
		}
	}
	k.st.Citizen.Siaga = siagaState{Told: k.st.Citizen.Siaga.Told}
	return nil
}

// firstNumber reads the first number in what was typed; false where there is none.
func firstNumber(text string) (int, bool) {
	digits := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 || len(digits[0]) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(digits[0])
	return min(n, hotline.MaxSiagaPeople), err == nil
}

// needIn tells what is needed by the words of an answer.
func needIn(text string) hotline.SiagaNeed {
	said := " " + strings.Join(hotline.Words(text), " ") + " "
	for _, n := range siagaWords {
		for _, w := range n.words {
			if strings.Contains(said, " "+strings.Join(hotline.Words(w), " ")+" ") {
				return n.need
			}
		}
	}
	return hotline.NeedOther
}
