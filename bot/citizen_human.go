package bot

import (
	"context"
	"fmt"

	"tanggap/hotline"
)

// human brings the person to a human: the coordinator, who reads and answers here. Where the person has a live case, that is what it is about; and
// else what they have said so far becomes a case of its own, for the coordinator to read. What they write next is added to it.
func (k *talk) human(ctx context.Context) error {
	s := &k.st.Citizen
	if d := s.Draft; d != nil && !d.empty() {
		c := k.commit(d, hotline.Filing{Kind: hotline.Inquiry, Privacy: k.sense(d).privacy, Area: k.sense(d).area})
		k.handOver(c)
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

// summon tells the coordinators:  those on duty, or all of them where nobody is. A case that was just filed needs no call: it reaches them for triage.
func (k *talk) summon(ctx context.Context, c hotline.Case) error {
	people, err := k.People(ctx, nil, hotline.RoleCoordinator)
	if err != nil {
		return fmt.Errorf("find the coordinators: %w", err)
	}
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
