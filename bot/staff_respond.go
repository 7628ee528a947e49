package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file is the way of those who are called to an emergency: Terima, Berangkat, Tiba, Selesai. Each step is an event, so that whoever waits for them
// sees it at once. Any may be left out: who is in a hurry presses one button, or types a word while walking.

// wayButtons are the buttons of somebody who goes to an emergency and has come so far.
func wayButtons(reply hotline.Reply, c hotline.Case, a hotline.Assignment, stage hotline.ResponderStage) hotline.Reply {
	switch stage {
	case hotline.ResponderArrived:
	case hotline.ResponderDeparted:
		reply = reply.With(pickAct(actArrive, c, a))
	default:
		reply = reply.With(pickAct(actDepart, c, a), pickAct(actArrive, c, a))
	}
	over := actResolve
	if a.Part != hotline.Lead {
		over = actFinish
	}
	return reply.
		With(hotline.Pick(staffValue(over, c, a), "staff.button.resolve"), pickAct(actAnswer, c, a)).
		With(pickAct(actMore, c, a))
}

// moreOnTheWay are acts that an ordinary case has on its card, and an emergency among the rarer ones.
func moreOnTheWay(r hotline.Reply, c hotline.Case, a hotline.Assignment) hotline.Reply {
	if a.Part == hotline.Lead {
		return r.With(pickAct(actAsk, c, a), pickAct(actSchedule, c, a))
	}
	return r.With(pickAct(actNote, c, a))
}

// tellWay adds when they left and when they arrived, and tells how far they have come.
func tellWay(reply hotline.Reply, a hotline.Assignment, events []hotline.Event) (hotline.Reply, hotline.ResponderStage) {
	stage := hotline.ResponderTaken
	taken := 0
	for i, e := range events {
		if e.Assignment == a.ID && e.Kind == hotline.EvTaken {
			taken = i
		}
	}
	for _, e := range events[min(taken, len(events)):] {
		if e.Assignment != a.ID {
			continue
		}
		switch e.Kind {
		case hotline.EvDeparted:
			stage = hotline.ResponderDeparted
			reply = reply.And("staff.card.departed", "at", e.At)
		case hotline.EvArrived:
			stage = hotline.ResponderArrived
			reply = reply.And("staff.card.arrived", "at", e.At)
		}
	}
	return reply, stage
}

// mineButtons adds the acts of whoever has the part, as far as they have come.
func (k *talk) mineButtons(ctx context.Context, r hotline.Reply, c hotline.Case, a hotline.Assignment) (hotline.Reply, error) {
	if !c.Urgent {
		return actButtons(r, c, a), nil
	}
	events, _, err := k.History(ctx, c.ID)
	if err != nil {
		return r, fmt.Errorf("read the history: %w", err)
	}
	_, stage := tellWay(hotline.Reply{}, a, events)
	return wayButtons(r, c, a, stage), nil
}

// onTheWay notes that somebody left for an emergency, or arrived. Who has not taken it yet takes it with the same press. Said twice it is noted once.
func (k *talk) onTheWay(ctx context.Context, c hotline.Case, a hotline.Assignment, what act) error {
	k.st.Staff.Pending = nil
	fresh := a.State == hotline.Waiting && c.Urgent && c.Status.Live() && k.mayWork(c, a)
	if fresh {
		taken, err := k.record(c, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
			Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
		if err != nil {
			return k.refusedOr(err, c, a)
		}
		c = taken
		a, _ = c.Assignment(a.ID)
		if err := k.changeCards(ctx, c, a, "staff.offer.takenby"); err != nil {
			return err
		}
	}
	if !k.isMine(c, a) || !c.Urgent {
		return k.lost(c, a)
	}
	events, _, err := k.History(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	_, stage := tellWay(hotline.Reply{}, a, events)
	kind, reached := hotline.EvDeparted, stage == hotline.ResponderDeparted || stage == hotline.ResponderArrived
	if what == actArrive {
		kind, reached = hotline.EvArrived, stage == hotline.ResponderArrived
	}
	if reached {
		k.onCase(c.ID, a.ID, hotline.Say("staff.did."+string(what), "case", c.ID))
		return nil
	}
	if c, err = k.record(c, hotline.Event{Kind: kind, Assignment: a.ID}, hotline.Content{}); err != nil {
		return k.refusedOr(err, c, a)
	}
	if fresh {
		return k.ownCard(ctx, c, a, "staff.card.taken")
	}
	if k.msg.Kind != hotline.MsgChoice || k.msg.Group { // on a card that was pressed they see it
		k.onCase(c.ID, a.ID, hotline.Say("staff.did."+string(what), "case", c.ID))
	}
	card, err := k.ownCardOf(ctx, c, a, "staff.card.taken")
	if err != nil {
		return err
	}
	card.Shows = nil // the photos stand with the card
	k.out(hotline.Out{Lane: hotline.LaneReply, Verb: hotline.VerbEdit, Edits: OwnCardName(a.ID), Card: OwnCardName(a.ID), Reply: card, Case: c.ID, Assign: a.ID})
	return nil
}

// acceptWords say yes to whatever emergency one is called to, without naming it.
var acceptWords = []string{"terima", "saya terima", "tampi", "kula tampi", "accept"}

// toEmergency understands "terima", "berangkat" and "sampai" said alone: of the one emergency that the person goes to, or is called to. What is
// no word of an emergency then is a word like any other.
func (k *talk) toEmergency(ctx context.Context, o *order, mine []hotline.Held) (bool, error) {
	accepts := o.Act == actTake && slices.Contains(acceptWords, strings.ToLower(strings.TrimRight(o.Whole, ".! ")))
	way := o.Act == actDepart || o.Act == actArrive
	if !accepts && !way {
		return false, nil
	}
	if !o.named() && o.Text == "" {
		there := slices.DeleteFunc(slices.Clone(mine), func(h hotline.Held) bool { return !h.Case.Urgent })
		if accepts || len(there) == 0 {
			called, err := k.calledTo(ctx)
			if err != nil {
				return false, err
			}
			if there = called; accepts && len(called) > 1 {
				return true, k.list(ctx, wishQueue, 0)
			}
		}
		if len(there) == 1 {
			return true, k.act(ctx, o.Act, there[0].Case.ID, there[0].Assignment.ID)
		}
		if len(there) > 1 {
			return false, nil // which one is asked
		}
	}
	if way || o.Text != "" {
		o.Act, o.Text = "", o.Whole
	}
	return false, nil
}

// calledTo lists the emergencies that wait for somebody like the person.
func (k *talk) calledTo(ctx context.Context) ([]hotline.Held, error) {
	units := k.units()
	if len(units) == 0 {
		return nil, nil
	}
	held, err := k.Waiting(ctx, units, mostCounted)
	if err != nil {
		return nil, fmt.Errorf("list the emergencies that wait: %w", err)
	}
	return slices.DeleteFunc(held, func(h hotline.Held) bool { return !h.Case.Urgent || !k.mayWork(h.Case, h.Assignment) }), nil
}
