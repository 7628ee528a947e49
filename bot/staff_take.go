package bot

import (
	"context"
	"errors"
	"fmt"

	"tanggap/hotline"
)

// This file is how a part of a case passes from hand to hand: taken, released, taken over, and taken back after an outcome.

// take gives a waiting part to whoever pressed first. Of an emergency it also tells everybody that somebody is on it.
func (k *talk) take(ctx context.Context, id hotline.CaseID, assign hotline.AssignmentID) error {
	c, err := k.Case(ctx, id)
	if errors.Is(err, hotline.ErrNotFound) {
		k.reply(hotline.Say("staff.gone"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the case to take: %w", err)
	}
	a, ok := c.Assignment(assign)
	switch {
	case ok && k.isMine(c, a):
		return k.ownCard(ctx, c, a, "staff.card.yours")
	case !ok || a.State != hotline.Waiting || !c.Status.Live():
		return k.lost(c, a)
	case !k.mayWork(c, a):
		if c.Urgent && k.reg.Sees(k.conv.Viewer, c).Act {
			return k.acknowledge(ctx, c, a)
		}
		return k.lost(c, a)
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	a, _ = after.Assignment(assign)
	if err := k.ownCard(ctx, after, a, "staff.card.taken"); err != nil {
		return err
	}
	return k.changeCards(ctx, after, a, "staff.offer.takenby")
}

// held finds the person's handle of a part.
func (k *talk) held(ctx context.Context, c hotline.Case, a hotline.Assignment) (hotline.Held, error) {
	mine, err := k.Mine(ctx, k.me())
	if err != nil {
		return hotline.Held{}, fmt.Errorf("list an officer's cases: %w", err)
	}
	for _, h := range mine {
		if h.Assignment.ID == a.ID {
			return h, nil
		}
	}
	return hotline.Held{Assignment: a, Case: c}, nil
}

// acknowledge notes that the coordinator has seen an emergency, and tells all who were called.
func (k *talk) acknowledge(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	if a.Acked {
		k.onCase(c.ID, a.ID, hotline.Say("staff.acked", "case", c.ID).With(pickAct(actSee, c, a)))
		return nil
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvAcknowledged, Assignment: a.ID}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.onCase(after.ID, a.ID, hotline.Say("staff.youacked", "case", c.ID).With(pickAct(actSee, c, a)))
	offers, err := k.Offered(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list who was offered the case: %w", err)
	}
	events, said, err := k.History(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	a, _ = after.Assignment(a.ID)
	for _, o := range eachOnce(offers) {
		out := UrgentCard(k.reg, after, a, o.Round, events, said)
		out.Reply = out.Reply.And("staff.offer.ackedby", "who", k.me())
		out.Reply.Shows = nil
		k.changeCard(o.Person, out.Reply, after, a)
	}
	return nil
}

// changeCards changes the cards of everybody who was offered a part: it is no longer to be had. The key takes the case and who.
func (k *talk) changeCards(ctx context.Context, c hotline.Case, a hotline.Assignment, key string) error {
	offers, err := k.Offered(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list who was offered the case: %w", err)
	}
	for _, o := range eachOnce(offers) {
		r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key, "case", c.ID, "category", hotline.CategoryArg(c.Category), "who", k.me())}}
		if k.is(o.Person) {
			r = hotline.Say("staff.offer.yours", "case", c.ID, "category", hotline.CategoryArg(c.Category))
			if key != "staff.offer.takenby" {
				r = hotline.Say("staff.offer.settled", "case", c.ID, "category", hotline.CategoryArg(c.Category))
			}
		}
		k.changeCard(o.Person, r, c, a)
	}
	if key == "staff.offer.takenby" {
		return k.tellGroups(ctx, c, a)
	}
	return nil
}

func (k *talk) changeCard(p hotline.PersonID, r hotline.Reply, c hotline.Case, a hotline.Assignment) {
	k.Say(hotline.Out{Person: p, Verb: hotline.VerbEdit, Edits: OfferName(a.ID), Card: OfferName(a.ID), Lane: hotline.LaneNotice, Reply: r, Case: c.ID, Assign: a.ID})
}

// eachOnce leaves one offer a person: the card of the last round is the one that can be changed.
func eachOnce(offers []hotline.Offer) []hotline.Offer {
	at := map[hotline.PersonID]int{}
	var once []hotline.Offer
	for _, o := range offers {
		if i, seen := at[o.Person]; seen {
			once[i].Round = max(once[i].Round, o.Round)
			continue
		}
		at[o.Person] = len(once)
		once = append(once, o)
	}
	return once
}

// release gives a part back to the unit's worklist.
func (k *talk) release(c hotline.Case, a hotline.Assignment) error {
	k.st.Staff.Pending = nil
	if !k.isMine(c, a) {
		return k.lost(c, a)
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvReleased, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnAssign(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	a, _ = after.Assignment(a.ID)
	// This is their offer: they get no other one this round, and it is changed when somebody takes it.
	k.out(hotline.Out{Lane: hotline.LaneReply, Case: c.ID, Assign: a.ID, Card: OfferName(a.ID),
		Reply: hotline.Say("staff.released", "case", c.ID, "unit", hotline.UnitArg(a.Unit)).With(pickAct(actTake, c, a))})
	k.settleOwnCard(after, a)
	return nil
}

// settleOwnCard takes the buttons off the person's own card of a part that is no longer theirs.
func (k *talk) settleOwnCard(c hotline.Case, a hotline.Assignment) { k.settleCardOf(k.me(), c, a) }

// settleCardOf does so for another officer.
func (k *talk) settleCardOf(p hotline.PersonID, c hotline.Case, a hotline.Assignment) {
	o := hotline.Out{Person: p, Verb: hotline.VerbEdit, Edits: OwnCardName(a.ID), Card: OwnCardName(a.ID), Lane: hotline.LaneNotice,
		Case: c.ID, Assign: a.ID, Reply: hotline.Say("staff.card.settled", "case", c.ID, "category", hotline.CategoryArg(c.Category),
			"status", hotline.PhraseArg("status."+string(c.Status)))}
	if p == k.me() && !k.joined() { // else it may be on another network
		o.Person, o.To = 0, k.conv.Address.ID
	}
	k.Say(o)
}

// takeOver gives a part from an officer to the head of the unit, who does it.
func (k *talk) takeOver(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	k.st.Staff.Pending = nil
	if a.State == hotline.Waiting {
		return k.take(ctx, c.ID, a.ID)
	}
	if a.State != hotline.Taken || !c.Status.Live() || k.is(a.Officer) || !k.mayWork(c, a) || !k.ofUnit(a.Unit, hotline.RoleHead) {
		return k.lost(c, a)
	}
	was := a.Officer
	released, err := k.recordQuietly(c, hotline.Event{Kind: hotline.EvReleased, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnAssign(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.Say(hotline.Out{Person: was, Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID,
		Reply: hotline.Say("staff.takenover", "case", c.ID, "who", k.me())})
	k.settleCardOf(was, c, a)
	after, err := k.recordQuietly(released, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, released, a)
	}
	a, _ = after.Assignment(a.ID)
	return k.ownCard(ctx, after, a, "staff.card.taken")
}

// wordUndo marks a reopening by the officer who ended the case a moment ago.
const wordUndo = "undo"

// undo takes an outcome back, shortly after it was given: the officer has the case again as before.
func (k *talk) undo(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	k.st.Staff.Pending = nil
	var mine bool
	for _, x := range c.Assignments {
		mine = mine || x.ID == a.ID && x.State == hotline.Done && k.is(x.Officer) && x.Part == hotline.Lead
	}
	if !mine || !k.ofUnit(a.Unit, workers...) {
		return k.lost(c, a)
	}
	if c.Status != hotline.Ended || k.now.Sub(c.EndedAt) > undoFor {
		k.onCase(c.ID, a.ID, hotline.Say("staff.undo.late", "case", c.ID, "status", hotline.PhraseArg("status."+string(c.Status))))
		return nil
	}
	open, err := k.record(c, hotline.Event{Kind: hotline.EvReopened, Assignment: a.ID, Facts: hotline.Facts{Due: c.Due, Word: wordUndo}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	after, err := k.recordQuietly(open, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, open, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, open, a)
	}
	a, _ = after.Assignment(a.ID)
	return k.ownCard(ctx, after, a, "staff.card.undone")
}
