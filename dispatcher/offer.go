package dispatcher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tanggap/hotline"
)

// offers is the queue of waiting assignments that somebody should hear of. Two instances never offer the same twice to the same person: the
// case is locked while it is offered, and Offer notes (assignment, person, round) once.
func (d *Dispatcher) offers() *queue[hotline.Held] {
	return &queue[hotline.Held]{
		name: "offer", d: d, aside: make(map[int64]time.Time),
		take: func(ctx context.Context, j *job) ([]hotline.Held, error) { return j.tx.Unoffered(ctx, j.now, atOnce) },
		id:   func(h hotline.Held) int64 { return int64(h.Assignment.ID) },
		each: func(ctx context.Context, j *job, h hotline.Held) error { return j.offer(ctx, h) },
	}
}

// nobodyAgain is when an assignment for which there is nobody at all, not even a coordinator, is tried again.
const nobodyAgain = 10 * time.Minute

// offer offers an assignment to whom it concerns and has not had it in this round.
func (j *job) offer(ctx context.Context, h hotline.Held) error {
	c, a := h.Case, h.Assignment
	urgent := c.Urgent && !a.Acked
	round, began := max(h.Round, 1), h.Offered
	if repeat := j.r.Limits.UrgentRepeat; urgent && !began.IsZero() && !j.now.Before(began.Add(repeat)) {
		round, began = round+1, time.Time{}
	}
	to, nobody, err := j.audience(ctx, c, a)
	if err != nil {
		return err
	}
	var again time.Time
	switch {
	case urgent && began.IsZero():
		again = j.now.Add(j.r.Limits.UrgentRepeat)
	case urgent:
		again = began.Add(j.r.Limits.UrgentRepeat)
	case len(to) == 0:
		again = j.now.Add(nobodyAgain)
	}
	fresh := to
	if len(to) > 0 {
		if fresh, err = j.tx.Offer(ctx, a.ID, round, to); err != nil {
			return fmt.Errorf("offer assignment %d: %w", a.ID, err)
		}
	}
	if urgent { // whoever stands behind several parts of one emergency hears of it once
		fresh = slices.DeleteFunc(slices.Clone(fresh), func(p hotline.PersonID) bool { return !j.once(c.ID, p) })
	}
	var card hotline.Out
	switch {
	case len(fresh) == 0:
	case urgent:
		card = j.Cards.Urgent(j.r, c, a, round)
	case nobody:
		card = j.Cards.Nobody(j.r, c, a)
	default:
		card = j.Cards.Offer(j.r, c, a, round)
	}
	j.later(func() {
		j.tell(card, fresh)
		j.tx.MarkOffered(a.ID, round, again)
	})
	return nil
}

// audience gives whom an assignment is offered.
//
// An ordinary one: the officers on duty in the unit, and where there are none its head on duty; nobody being on duty there, the same in the unit
// above, and so on up to the agency's root. A complaint about rude service that began at the head's level: heads only. Nobody being on duty
// anywhere above, the coordinators are told just that, and nobody is true.
//
// An emergency: everybody on duty in the unit, or everybody at all when nobody is on duty there; where the unit has no people, those of the
// unit above. And the coordinators, once for all assignments of the case that nobody has acknowledged.
//
// The reporter is never offered the own case.
func (j *job) audience(ctx context.Context, c hotline.Case, a hotline.Assignment) (to []hotline.PersonID, nobody bool, err error) {
	urgent := c.Urgent && !a.Acked
	category, _ := j.r.Category(c.Category)
	headsOnly := (category.Rudeness || declinedBelow(c, a)) && a.Level > 0 && !urgent
	for _, unit := range append([]string{a.Unit}, j.r.Ancestors(a.Unit)...) {
		who, err := j.holders(ctx, []string{unit}, hotline.RoleOfficer, hotline.RoleResponder, hotline.RoleHead)
		if err != nil {
			return nil, false, err
		}
		if who, err = j.allowed(ctx, c, who); err != nil {
			return nil, false, err
		}
		who = slices.DeleteFunc(who, func(role hotline.Role) bool { return c.Reporter != 0 && role.Person == c.Reporter })
		switch {
		case urgent:
			to = dutyOrAll(who)
		case !headsOnly:
			to = onDuty(who, hotline.RoleOfficer, hotline.RoleResponder)
		}
		if len(to) == 0 && !urgent {
			to = onDuty(who, hotline.RoleHead)
		}
		if len(to) > 0 {
			break
		}
	}
	if len(to) > 0 && !(urgent && speaksFor(c, a)) {
		return to, false, nil
	}
	nobody = len(to) == 0
	coordinators, err := j.coordinators(ctx, c)
	if err != nil {
		return nil, false, err
	}
	for _, p := range coordinators {
		if !slices.Contains(to, p) {
			to = append(to, p)
		}
	}
	return to, nobody, nil
}

// declinedBelow tells whether an assignment is the head's to decide: a complaint about an agency that has been declined here before.
func declinedBelow(c hotline.Case, a hotline.Assignment) bool {
	return c.About != "" && a.Part == hotline.Lead && slices.ContainsFunc(c.Assignments, func(other hotline.Assignment) bool {
		return other.ID < a.ID && other.Part == hotline.Lead && other.State == hotline.Cancelled
	})
}

// speaksFor tells whether it is for this assignment that the coordinators hear of an emergency: the first that nobody has acknowledged.
func speaksFor(c hotline.Case, a hotline.Assignment) bool {
	for _, other := range c.Assignments {
		if other.State == hotline.Waiting && !other.Acked {
			return other.ID == a.ID
		}
	}
	return true
}
