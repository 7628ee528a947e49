package bot

import (
	"context"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// human brings the person to a human: the coordinator, who reads and answers here. They are asked what it is about first; only somebody who has just
// told of an emergency is not held up.
func (k *talk) human(ctx context.Context) error {
	s := &k.st.Citizen
	if s.waiting(k.now) == waitUrgent {
		if k.msg.Kind != hotline.MsgText {
			k.msg.Text = wordHuman
		}
		return k.toHuman(ctx)
	}
	if only, err := k.blockedFrom(ctx); only || err != nil {
		return err
	}
	s.Quiz = nil
	s.await(waitHuman, 0, k.now.Add(quizWithin))
	r := hotline.Say("human.ask")
	if s.Draft != nil && !s.Draft.empty() {
		r = hotline.Say("human.ask").And("human.draft").With(hotline.Pick(value("humannow"), "button.human.now"))
	}
	k.say(r.With(hotline.Pick(value("quit"), "button.no")))
	return nil
}

// wordHuman stands for the wish for a human where nothing was said.
const wordHuman = "petugas"

// hearHuman takes what a human should read. A greeting says nothing yet.
func (k *talk) hearHuman(ctx context.Context) (bool, error) {
	if d := k.st.Citizen.Draft; d != nil && d.Danger != "" && !d.Safe {
		return false, nil // whether there is danger comes first
	}
	if rd := k.read(k.msg.Text); k.msg.Kind == hotline.MsgText && rd.Greeting && !rd.Tells {
		return true, k.human(ctx)
	}
	return true, k.toHuman(ctx)
}

// toHuman gives a human what was said. An unsent draft goes along; else, where the person has a live case, that is what it is about; and else it becomes a
// case of its own, for the coordinator to read. What they write next is added to it.
func (k *talk) toHuman(ctx context.Context) error {
	s := &k.st.Citizen
	if d := s.Draft; d != nil && !d.empty() {
		k.addMessage(d)
		if k.blockedDraft() {
			return nil
		}
		k.handOver(k.commit(d, k.forHuman(d)))
		return nil
	}
	s.Draft = nil
	cases, err := k.ownCases(ctx)
	if err != nil {
		return err
	}
	for _, listed := range cases {
		if !listed.Status.Live() {
			continue
		}
		c, err := k.ownCase(ctx, listed.ID)
		if err != nil {
			return err
		}
		if k.accuses(c) || k.unrelated(c) {
			continue // about something else
		}
		if err := k.happen(c, hotline.Event{Kind: hotline.EvNoted}, k.content()); err != nil {
			return err
		}
		if err := k.summon(ctx, c); err != nil {
			return err
		}
		s.keepRef(k.msg.Ref, c.ID)
		k.handOver(c)
		return nil
	}
	d := k.newDraft()
	k.addMessage(d)
	if k.blockedDraft() {
		return nil
	}
	k.handOver(k.commit(d, k.forHuman(d)))
	return nil
}

// unrelated tells whether what a human should read is about something else than the case: the words speak of another matter.
func (k *talk) unrelated(c hotline.Case) bool {
	if _, bare := wanted(plain(k.msg.Text)); bare {
		return false // "petugas" alone
	}
	rd := k.read(k.msg.Text)
	return k.isNew(rd, lastCase{Category: c.Category, Area: c.Area}) || c.Category != "" && understood(rd) && rd.Top() != c.Category
}

// humanNow gives a human the draft as it stands.
func (k *talk) humanNow(ctx context.Context) error {
	d := k.st.Citizen.Draft
	if d == nil || d.empty() {
		return k.human(ctx)
	}
	if k.blockedDraft() {
		return nil
	}
	k.handOver(k.commit(d, k.forHuman(d)))
	return nil
}

// forHuman gives what a draft is filed as for the coordinator to read: a question without a matter. A complaint about people in office stays one, so
// that those complained about don't see it.
func (k *talk) forHuman(d *draft) hotline.Filing {
	sn := k.sense(d)
	f := hotline.Filing{Kind: hotline.Inquiry, Privacy: sn.privacy, Area: sn.area}
	category := sn.category
	if category == "" && sn.reading.Accuses && len(sn.guesses) > 0 {
		category = sn.guesses[0]
	}
	cat, _ := k.reg.Category(category)
	if !cat.Oversight && !cat.Rudeness {
		f.About = k.reg.Accused(sn.reading, "")
		return f
	}
	f.Kind, f.Category, f.About = sn.kind, category, k.reg.Accused(sn.reading, category)
	if d.Privacy == "" && cat.Secret {
		f.Privacy = hotline.Secret
	}
	return f
}

// summon tells the coordinators who may see the case: those on duty, or all of them where nobody is. A case that was just filed needs no call: it reaches them for triage.
func (k *talk) summon(ctx context.Context, c hotline.Case) error {
	people, err := k.People(ctx, nil, hotline.RoleCoordinator)
	if err != nil {
		return fmt.Errorf("find the coordinators: %w", err)
	}
	accused, err := k.accused(ctx, c)
	if err != nil {
		return err
	}
	all := slices.Clone(people)
	acts := func(p hotline.Role) bool { return k.reg.Sees(viewer(p.Person, all, accused), c).Act }
	if !slices.ContainsFunc(people, acts) { // they are complained about themselves: then whoever works it, or is above
		if people, err = k.People(ctx, nil, hotline.RoleOfficer, hotline.RoleHead, hotline.RoleSetda); err != nil {
			return fmt.Errorf("find who is above the coordinators: %w", err)
		}
		all = append(all, people...)
		people = slices.DeleteFunc(people, func(p hotline.Role) bool { return !k.reg.Sees(viewer(p.Person, all, accused), c).Facts })
		told := map[hotline.PersonID]bool{}
		for _, p := range people {
			if told[p.Person] || k.is(p.Person) {
				continue
			}
			told[p.Person] = true
			k.Say(hotline.Out{Person: p.Person, Lane: hotline.LaneNotice, Case: c.ID, Reply: hotline.Say("human.news", "case", c.ID)})
		}
		return nil
	}
	people = slices.DeleteFunc(people, func(p hotline.Role) bool { return !acts(p) })
	for _, p := range people {
		if k.is(p.Person) || !p.OnDuty && people[0].OnDuty {
			continue
		}
		k.Say(hotline.Out{Person: p.Person, Lane: hotline.LaneNotice, Case: c.ID,
			Reply: hotline.Say("human.news", "case", c.ID).With(pickCaseAct(actCase, c.ID), pickCaseAct(actOwn, c.ID))})
	}
	return nil
}

// handOver tells the person when a human will read it, and takes what they write next as theirs to read.
func (k *talk) handOver(c hotline.Case) {
	k.st.Citizen.await(waitTold, c.ID, k.now.Add(quizWithin))
	r := hotline.Say("human.reads", "case", c.ID)
	if cal := k.reg.Calendar(""); cal.Open(k.now) {
		r = r.And("human.open")
	} else {
		r = r.And("human.closed", "when", cal.NextOpen(k.now))
	}
	k.tell(c.ID, r.And("human.write").And("danger.else", "number", k.reg.Emergency))
}
