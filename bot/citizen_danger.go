package bot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tanggap/hotline"
)

// danger looks for words of danger, whatever is under way. Danger is answered first of all: the number to call, then a case with what is known,
// filed at once, or told to a case that is known. Where the words leave a doubt, the person is asked, and the number is said all the same.
func (k *talk) danger(ctx context.Context) (bool, error) {
	alarm := k.read(k.msg.Text).Danger
	if alarm == nil {
		return false, nil
	}
	if done, err := k.flaresUp(ctx, *alarm); done || err != nil {
		return done, err
	}
	s := &k.st.Citizen
	if s.waiting(k.now) == waitUrgent {
		if !k.otherEmergency(*alarm) {
			return false, nil // it is already on its way: this is added to it
		}
		near := s.Last.Area // the same place, unless another is named
		s.rest()
		if k.newDraft(); !k.namesPlace() {
			s.Draft.Area = near
		}
	}
	if d := s.Draft; d != nil && !alarm.Sure && d.denied(alarm.Danger) {
		return false, nil // they have said that this is none
	}
	if done, err := k.worse(ctx, *alarm); done || err != nil {
		return done, err
	}
	if s.Draft == nil {
		k.newDraft()
		k.recall()
	}
	if s.Draft.Danger == "" {
		s.Draft.DangerAt = len(s.Draft.Bubbles)
	}
	if k.msg.Kind != hotline.MsgEdit {
		s.Draft.add(k.bubble(), k.now)
	} else if !s.Draft.replace(k.msg.Ref, clean(k.msg.Text)) {
		s.Draft.add(bubble{Ref: k.msg.Ref, Text: clean(k.msg.Text)}, k.now)
	}
	if s.Wait == waitHuman {
		s.rest()
	}
	s.Draft.Near, s.Draft.Change = nil, ""
	again, err := k.goesOn(ctx, *alarm)
	if err != nil {
		return false, err
	}
	if alarm.Sure || again {
		return true, k.fileUrgent(ctx, alarm.Danger)
	}
	d := s.Draft
	d.Danger, d.Safe, d.Shown = alarm.Danger, false, k.now
	k.alarm(0, askDanger(k, d, k.sense(d)))
	return true, nil
}

// goesOn tells whether a doubtful alarm goes on about an emergency of theirs that is live: then there is no doubt.
func (k *talk) goesOn(ctx context.Context, alarm hotline.Alarm) (bool, error) {
	if alarm.Sure {
		return false, nil
	}
	_, _, same, err := k.emergencies(ctx, alarm.Category, "")
	return same != 0 && len(k.st.Citizen.Draft.Bubbles) == 1, err
}

// matterFirst says what was understood before the place is asked for. Where somebody is beaten or ill it is said at once that it stays secret, and the
// number to call: the next blow may come before the report is sent.
func (k *talk) matterFirst(s sense) hotline.Reply {
	if s.category == "" {
		return hotline.Reply{}
	}
	r := hotline.Say("matter.is", "category", hotline.CategoryArg(s.category))
	if k.perilous(s) {
		r = r.And("matter.secret").And("danger.else", "number", k.reg.Emergency)
	}
	return r
}

// perilous tells of a matter that is secret since somebody suffers, and that others are sent to when it is worse.
func (k *talk) perilous(s sense) bool {
	cat, ok := k.reg.Category(s.category)
	return ok && cat.Secret && cat.Priority == 1 && len(cat.Responders) > 0 && s.privacy.IsSecret() && s.kind == hotline.Complaint
}

// denied tells whether the person has said that the danger is none. That silences this doubt and nothing else: not another danger, not plain words.
func (d *draft) denied(danger string) bool {
	return slices.Contains(d.Denied, danger) || d.Safe && len(d.Denied) == 0
}

// otherEmergency: beside the emergency that was just filed there plainly is one of another kind, or at another place. It needs others to come, so it
// is a case of its own.
func (k *talk) otherEmergency(alarm hotline.Alarm) bool {
	last := k.st.Citizen.Last
	if !alarm.Sure || last.Case == 0 || last.Case != k.st.Citizen.About {
		return false
	}
	places := k.read(k.msg.Text).Places
	return alarm.Category != last.Category || k.namesPlace() && last.Area != "" && places[0].Area.Code != last.Area
}

// namesPlace tells whether this message names a place for certain.
func (k *talk) namesPlace() bool {
	places := k.read(k.msg.Text).Places
	return len(places) > 0 && places[0].Score >= hotline.PlaceScore
}

// replace changes what a bubble says.
func (d *draft) replace(ref, text string) bool {
	for i := range d.Bubbles {
		if ref != "" && d.Bubbles[i].Ref == ref {
			d.Bubbles[i].Text = text
			return true
		}
	}
	return false
}

// worse makes a case filed minutes ago urgent, when it is about the very thing that has become a danger.
func (k *talk) worse(ctx context.Context, alarm hotline.Alarm) (bool, error) {
	s := &k.st.Citizen
	if s.Draft != nil || !k.lately() || s.Last.Category != alarm.Category || !alarm.Sure {
		return false, nil
	}
	c, err := k.ownCase(ctx, s.Last.Case)
	if err != nil || !c.Status.Live() || c.Urgent {
		return false, nilOr(err)
	}
	if n, _, _, err := k.emergencies(ctx, "", ""); err != nil || n >= mostEmergencies {
		return false, err // it is filed like the others, and so added to one of them
	}
	if err := k.happen(c, hotline.Event{Kind: hotline.EvRemarked}, k.content()); err != nil {
		return false, err
	}
	if err := k.happen(c, hotline.Event{Kind: hotline.EvUrgent}, hotline.Content{}); err != nil {
		return false, err
	}
	if err := k.callResponders(ctx, c); err != nil {
		return false, err
	}
	s.keepRef(k.msg.Ref, c.ID)
	k.urgently(c)
	return true, nil
}

// A Ringer has emergencies ring at the operators of the line before the responders are called. With a Turn that is none nothing rings.
type Ringer interface {
	// OperatorThere tells whether an operator of the line is signed in and on shift.
	OperatorThere(context.Context) (bool, error)
	// Rings gives those of the cases that rang.
	Rings(context.Context, []hotline.CaseID) (map[hotline.CaseID]hotline.Ring, error)
	// StartRing rings for a case until a moment; undecided then, the dispatcher calls the responders.
	StartRing(c hotline.CaseID, until time.Time)
}

// ringsFirst has an emergency ring at the line, if somebody sits there, and it has not rung before.
func (k *talk) ringsFirst(ctx context.Context, c hotline.Case) (bool, error) {
	t, ok := k.Turn.(Ringer)
	if !ok || !k.reg.RingsFirst(c, k.now) {
		return false, nil
	}
	there, err := t.OperatorThere(ctx)
	if err != nil || !there {
		return false, nilOr(err)
	}
	rang, err := t.Rings(ctx, []hotline.CaseID{c.ID})
	if _, again := rang[c.ID]; err != nil || again {
		return false, nilOr(err)
	}
	t.StartRing(c.ID, k.now.Add(hotline.RingFor))
	return true, nil
}

// callResponders gives a case that was routed as an ordinary one to those who are sent to emergencies of its kind: at once, or after it rang at the line.
func (k *talk) callResponders(ctx context.Context, c hotline.Case) error {
	if c.Status == hotline.Filed {
		return nil // whoever routes it sees that it is urgent
	}
	c.Urgent = true
	if rings, err := k.ringsFirst(ctx, c); rings || err != nil {
		return err
	}
	for _, p := range k.reg.ToCall(c) {
		_, err := k.Record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: k.NewAssignment(),
			Facts: hotline.Facts{Unit: p.Unit, Part: p.Part, Level: p.Level, Due: hotline.DueOnAssign(k.reg, c, p.Unit, k.now)}}, hotline.Content{})
		if err != nil {
			return fmt.Errorf("call responders: %w", err)
		}
	}
	return nil
}

// fileUrgent files what the draft knows as an emergency, and says the number to call.
func (k *talk) fileUrgent(ctx context.Context, danger string) error {
	s := &k.st.Citizen
	category := ""
	for _, g := range k.reg.Dangers {
		if g.ID == danger {
			category = g.Category
		}
	}
	k.apartFrom(category)
	d := s.Draft
	sn := k.sense(d)
	if category == "" {
		category = sn.category
	}
	privacy := d.Privacy
	if cat, ok := k.reg.Category(category); privacy == "" {
		privacy = hotline.Open
		if ok && cat.Secret {
			privacy = hotline.Secret
		}
		privacy = stricter(privacy, wished(d.text(0)))
	}
	area := sn.area
	if may := slices.Concat(sn.which, sn.near); area == "" && len(may) > 0 {
		area = k.around(may)
	}
	if done, err := k.joinEmergency(ctx, d, category, area); done || err != nil {
		return err
	}
	c := k.commit(d, hotline.Filing{
		Kind: hotline.Complaint, Category: category, Privacy: privacy, Urgent: true, Area: area,
		About: k.reg.Accused(sn.reading, category),
	})
	k.urgently(c)
	k.accusedToo(c, *d)
	k.offerAside()
	return nil
}

// urgently says the number to call and that help was told, and asks for what would help most. Whatever is said in the next minutes is added.
func (k *talk) urgently(c hotline.Case) {
	k.st.Citizen.Quiz = nil
	k.st.Citizen.await(waitUrgent, c.ID, k.now.Add(urgentWithin))
	r := hotline.Say("danger.call", "number", k.reg.Emergency).And("danger.filed", "case", c.ID)
	if c.Area == "" {
		r = r.And("danger.where")
		r.Ask = hotline.AskPlace
	} else {
		r = r.And("danger.place", "area", hotline.AreaArg(c.Area)).And("danger.photo")
	}
	k.alarm(c.ID, r.With(hotline.Pick(value("cut", id(c.ID)), "button.danger.false")))
}

// addUrgent adds to an emergency what was said in the minutes after it. A pin or a village named sets the place.
func (k *talk) addUrgent(ctx context.Context, to hotline.CaseID) (bool, error) {
	s := &k.st.Citizen
	c, err := k.ownCase(ctx, to)
	if err != nil || c.Status.Over() {
		s.rest()
		return false, nilOr(err)
	}
	if k.accuses(c) {
		return true, k.accusation()
	}
	if k.countShot(c); k.nothingSaid() {
		k.laterAbout(c.ID, hotline.Say("added.enough", "case", c.ID).And("danger.still", "number", k.reg.Emergency))
		return true, nil
	}
	area := k.placeSaid(c)
	e := hotline.Event{Kind: hotline.EvRemarked}
	if area != "" {
		e = hotline.Event{Kind: hotline.EvPlaced, Facts: hotline.Facts{Area: area}}
	}
	if err := k.happen(c, e, k.content()); err != nil {
		return false, fmt.Errorf("add to an emergency: %w", err)
	}
	s.keepRef(k.msg.Ref, c.ID)
	s.await(waitUrgent, c.ID, k.now.Add(urgentWithin))
	if area != "" {
		if _, err := k.reroute(ctx, c); err != nil {
			return false, err
		}
	}
	r := hotline.Say("danger.added", "case", c.ID)
	switch {
	case area != "":
		r = hotline.Say("danger.placed", "case", c.ID, "area", hotline.AreaArg(area))
	case k.msg.Pin != nil:
		r = r.And("place.outside")
	}
	r = k.withEnough(c, r).And("danger.still", "number", k.reg.Emergency)
	if area == "" && c.Area == "" {
		r = r.And("danger.where")
		r.Ask = hotline.AskPlace
	}
	k.laterAbout(c.ID, r)
	return true, nil
}

// placeSaid gives the area that this message says a case is in: by a pin, or by a name where none was known.
func (k *talk) placeSaid(c hotline.Case) string {
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
	if c.Area != "" {
		return ""
	}
	area, which, near := settle(k.bot.Reader.ByName("di " + k.msg.Text))
	if may := slices.Concat(which, near); area == "" && len(may) > 0 {
		area = k.around(may)
	}
	return area
}

// around gives the kecamatan that all the areas lie in, for when nobody has time to be asked which one: a village named like its kecamatan. It
// is empty for villages of one name in different kecamatan.
func (k *talk) around(areas []string) string {
	kec, ok := k.reg.Kecamatan(areas[0])
	for _, a := range areas[1:] {
		if other, _ := k.reg.Kecamatan(a); !ok || other.Code != kec.Code {
			return ""
		}
	}
	return kec.Code
}
