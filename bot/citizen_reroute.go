package bot

import (
	"context"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// This file puts a case right that nobody has begun: its category or its place was corrected by whoever filed it. The units that it was not meant for lose
// it, their officers' cards say so, and it is offered to those it is meant for. Where the unit stays the same, the cards that were sent show what is true
// now. A unit that a human chose keeps the case.

// begun tells whether somebody has begun to work a case, or has at least seen an emergency. Before that a correction is simply true.
func begun(c hotline.Case) bool {
	return slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.On() && (a.Officer != 0 || a.Acked) })
}

// putRight makes the category, the place or both of a case what its reporter says they are, and gives the answer.
func (k *talk) putRight(ctx context.Context, c hotline.Case, f hotline.Facts, said hotline.Content) (hotline.Reply, error) {
	s := &k.st.Citizen
	was := c
	words := hotline.Event{Kind: hotline.EvRemarked}
	if f.Area != "" {
		words = hotline.Event{Kind: hotline.EvPlaced, Facts: hotline.Facts{Area: f.Area}}
	}
	if f.Area != "" || !said.Empty() {
		if err := k.happen(c, words, said); err != nil {
			return hotline.Reply{}, err
		}
	}
	r := hotline.Say("corrected.done", "case", c.ID)
	if f.Category != "" {
		facts := hotline.Facts{Category: f.Category}
		if cat, _ := k.reg.Category(f.Category); cat.Secret && !c.Privacy.IsSecret() {
			facts.Privacy = c.Privacy.Secretly()
		}
		if err := k.happen(c, hotline.Event{Kind: hotline.EvRecategory, Facts: facts}, hotline.Content{}); err != nil {
			return r, err
		}
		r = r.And("case.matter", "category", hotline.CategoryArg(f.Category))
		if facts.Privacy != "" {
			r = r.And("file.secret")
		}
	}
	if f.Area != "" {
		r = r.And("send.place", "area", hotline.AreaArg(f.Area))
	}
	to, err := k.reroute(ctx, was)
	if err != nil {
		return r, err
	}
	r.Lines = append(r.Lines, to...)
	now, err := k.Case(ctx, c.ID)
	if err != nil {
		return r, fmt.Errorf("read a case that was put right: %w", err)
	}
	if s.Last.Case == c.ID {
		s.Last.Category, s.Last.Area = now.Category, now.Area
	}
	if f.Category == "" {
		return k.quizAgain(now, r), nil
	}
	if z := s.Quiz; z != nil && z.Case == c.ID { // other questions belong to another matter
		if r, err = k.quizAfter(now, said.Text, r); err != nil {
			return r, err
		}
	}
	if was.Category != "" && !k.accusing(was.Category) {
		r = r.With(hotline.Pick(value("matter", id(c.ID), was.Category), "button.also", "category", hotline.CategoryArg(was.Category)))
	}
	return r, nil
}

// matterAgain takes the button that says which category it was after all.
func (k *talk) matterAgain(ctx context.Context, c hotline.Case, category string) error {
	switch _, ok := k.reg.Category(category); {
	case !ok, k.accusing(category), c.Category == category:
		return k.oldButton()
	case !c.Status.Live():
		return k.afterEnd(c)
	case begun(c):
		if err := k.happen(c, hotline.Event{Kind: hotline.EvRemarked, Facts: hotline.Facts{Category: category}}, hotline.Content{}); err != nil {
			return err
		}
		k.tell(c.ID, hotline.Say("added.correction", "case", c.ID))
		return nil
	}
	k.st.Citizen.Quiz = nil
	r, err := k.putRight(ctx, c, hotline.Facts{Category: category}, hotline.Content{})
	if err != nil {
		return err
	}
	k.tell(c.ID, r)
	return nil
}

// reroute sends a case that was otherwise before this turn where it goes as it stands now, and gives what its reporter is told of that. Who works it
// already keeps it. One that nobody has routed yet needs nothing: whoever routes it reads it as it stands.
func (k *talk) reroute(ctx context.Context, was hotline.Case) ([]hotline.Line, error) {
	c, err := k.Case(ctx, was.ID)
	if err != nil {
		return nil, fmt.Errorf("read a case to send on: %w", err)
	}
	before, now := hotline.Route(k.reg, hotline.RoutingOf(was)), hotline.Route(k.reg, hotline.RoutingOf(c))
	if !c.Status.Live() || c.Status == hotline.Filed || begun(c) || now.Outside {
		return nil, nil
	}
	lead, led := c.Lead()
	chosen := led && !slices.ContainsFunc(before.Assign, func(p hotline.Placing) bool { return p.Unit == lead.Unit && p.Part == hotline.Lead })
	if chosen || !led && !k.mayLeaveTriage(was) {
		return nil, k.refreshOffers(ctx, c)
	}
	on := func(c hotline.Case, p hotline.Placing) bool {
		return slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.On() && a.Unit == p.Unit && a.Part == p.Part })
	}
	if c, err = k.takeFromOthers(ctx, was, c, now.Assign); err != nil {
		return nil, err
	}
	var told []hotline.Line
	for _, p := range now.Assign {
		if on(c, p) {
			continue
		}
		c, err = k.Record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: k.NewAssignment(),
			Facts: hotline.Facts{Unit: p.Unit, Part: p.Part, Level: p.Level, Due: hotline.DueOnAssign(k.reg, c, p.Unit, k.now)}}, hotline.Content{})
		if err != nil {
			return nil, fmt.Errorf("send a corrected case on: %w", err)
		}
		if p.Part == hotline.Lead && !c.Privacy.IsSecret() {
			told = append(told, hotline.Phrase("notice.assigned", "case", c.ID, "unit", hotline.UnitArg(p.Unit)))
		}
	}
	leads, found := c.Lead()
	if found && !led { // it lay on the coordinators' desk
		err := k.toCoordinators(ctx, c, func() hotline.Out {
			return hotline.Out{Verb: hotline.VerbEdit, Edits: TriageName(c.ID), Card: TriageName(c.ID), Lane: hotline.LaneNotice, Case: c.ID,
				Reply: hotline.Say("staff.triage.routed", "case", c.ID, "category", hotline.CategoryArg(c.Category), "unit", hotline.UnitArg(leads.Unit))}
		})
		if err != nil {
			return nil, err
		}
	}
	if !found && was.Status != hotline.Triage { // nobody's by the rules: the coordinator chooses
		told = append(told, hotline.Phrase("notice.rerouted", "case", c.ID))
		if _, err := k.callCoordinators(ctx, c, triageTop(k.reg, c, ""), hotline.Phrase("staff.triage.why."+whyKey(now.Why))); err != nil {
			return nil, err
		}
	}
	return told, k.refreshOffers(ctx, c)
}

// mayLeaveTriage tells whether a case waits for the coordinator only because the rules knew too little of it. What a unit has sent back is for a human, and
// so is a voice that somebody must write down first.
func (k *talk) mayLeaveTriage(c hotline.Case) bool {
	had := slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.Part == hotline.Lead })
	return !had && !c.Privacy.IsAnonymous() && hotline.Route(k.reg, hotline.RoutingOf(c)).Triage
}

// takeFromOthers takes a case from the units that are not among those it goes to now. Their officers' cards say so, under the name they know the case by.
func (k *talk) takeFromOthers(ctx context.Context, was, c hotline.Case, to []hotline.Placing) (hotline.Case, error) {
	for _, a := range c.Assignments {
		if !a.On() || slices.ContainsFunc(to, func(p hotline.Placing) bool { return p.Unit == a.Unit && p.Part == a.Part }) {
			continue
		}
		after, err := k.Record(c, hotline.Event{Kind: hotline.EvWithheld, Assignment: a.ID}, hotline.Content{})
		if err != nil {
			return c, fmt.Errorf("take a corrected case back: %w", err)
		}
		c = after
		offers, err := k.Offered(ctx, a.ID)
		if err != nil {
			return c, fmt.Errorf("list who was offered the case: %w", err)
		}
		for _, o := range eachOnce(offers) {
			k.changeCard(o.Person, hotline.Say("staff.offer.corrected", "case", c.ID, "category", hotline.CategoryArg(was.Category)), c, a)
		}
		groups, err := k.GroupsWith(ctx, GroupCardName(a.ID))
		if err != nil {
			return c, fmt.Errorf("list the groups that got a card: %w", err)
		}
		for _, g := range groups {
			k.Say(hotline.Out{To: g.Address.ID, Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID, Reply: hotline.Say("group.corrected", "case", c.ID)})
		}
	}
	return c, nil
}

// refreshOffers makes the cards of a case that wait for an officer show what is true of it now. An emergency's card comes anew by itself.
func (k *talk) refreshOffers(ctx context.Context, c hotline.Case) error {
	if c.Urgent {
		return nil
	}
	for _, a := range c.Assignments {
		if a.State != hotline.Waiting {
			continue
		}
		offers, err := k.Offered(ctx, a.ID)
		if err != nil {
			return fmt.Errorf("list who was offered the case: %w", err)
		}
		if len(offers) == 0 {
			continue
		}
		events, said, err := k.History(ctx, c.ID)
		if err != nil {
			return fmt.Errorf("read the history of a corrected case: %w", err)
		}
		for _, o := range eachOnce(offers) {
			card := OfferCard(k.reg, c, a, o.Round, events, said)
			card.Person, card.Verb, card.Edits = o.Person, hotline.VerbEdit, OfferName(a.ID)
			card.Reply.Shows = nil // they have the photos
			k.Say(card)
		}
	}
	return nil
}
