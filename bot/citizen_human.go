package bot

import (
	"context"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// human brings the person to a human: the coordinator, who reads and answers here. Where the person has a live case, that is what it is about; and
// else what they have said so far becomes a case of its own, for the coordinator to read. What they write next is added to it.
func (k *talk) human(ctx context.Context) error {
	s := &k.st.Citizen
	if d := s.Draft; d != nil && !d.empty() {
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
		note := hotline.Content{Text: plain(k.msg.Text)}
		if note.Text == "" {
			note.Text = "petugas"
		}
		if err := k.happen(c, hotline.Event{Kind: hotline.EvNoted}, note); err != nil {
			return err
		}
		if err := k.summon(ctx, c); err != nil {
			return err
		}
		k.handOver(c)
		return nil
	}
	d := k.newDraft()
	d.add(bubble{Ref: k.msg.Ref, Text: "petugas"}, k.now)
	k.handOver(k.commit(d, hotline.Filing{Kind: hotline.Inquiry, Privacy: hotline.Open}))
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
	people = slices.DeleteFunc(people, func(p hotline.Role) bool { return !k.reg.Sees(viewer(p.Person, all, accused), c).Act })
	for _, p := range people {
		if p.Person == k.me() || !p.OnDuty && people[0].OnDuty {
			continue
		}
		k.Say(hotline.Out{Person: p.Person, Lane: hotline.LaneNotice, Case: c.ID, Reply: hotline.Say("human.news", "case", c.ID)})
	}
	return nil
}

// handOver tells the person when a human will read it, and takes what they write next as theirs to read.
func (k *talk) handOver(c hotline.Case) {
	k.st.Citizen.await(waitAdd, c.ID, k.now.Add(quizWithin))
	r := hotline.Say("human.reads", "case", c.ID)
	if cal := k.reg.Calendar(""); cal.Open(k.now) {
		r = r.And("human.open")
	} else {
		r = r.And("human.closed", "when", cal.NextOpen(k.now))
	}
	k.tell(c.ID, r.And("human.write").And("danger.else", "number", k.reg.Emergency))
}
