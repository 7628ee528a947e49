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
		take:  func(ctx context.Context, j *job) ([]hotline.Held, error) { return j.tx.Unoffered(ctx, j.now, atOnce) },
		id:    func(h hotline.Held) int64 { return int64(h.Assignment.ID) },
		ahead: func(ctx context.Context, j *job, held []hotline.Held) error { return j.offersAhead(ctx, held) },
		each:  func(ctx context.Context, j *job, h hotline.Held) error { return j.offer(ctx, h) },
	}
}

// standing are those to whom an assignment may be offered.
var standing = []hotline.RoleName{hotline.RoleOfficer, hotline.RoleResponder, hotline.RoleHead}

// offersAhead asks in two round trips what the offers would ask one after the other: who stands in all the units, and to whom the offers are new.
// Emergencies, which are few, ask for themselves.
func (j *job) offersAhead(ctx context.Context, held []hotline.Held) error {
	var units []string
	for _, h := range held {
		for _, unit := range append([]string{h.Assignment.Unit}, j.r.Ancestors(h.Assignment.Unit)...) {
			if !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
	}
	if err := j.holdersAhead(ctx, units, standing...); err != nil {
		return err
	}
	var offers []hotline.Offer
	noted := make(map[hotline.AssignmentID][]hotline.PersonID, len(held))
	for _, h := range held {
		if h.Case.Urgent {
			continue
		}
		to, _, err := j.audience(ctx, h.Case, h.Assignment)
		if err != nil {
			return err
		}
		noted[h.Assignment.ID] = nil
		for _, p := range to {
			offers = append(offers, hotline.Offer{Assignment: h.Assignment.ID, Person: p, Round: max(h.Round, 1)})
		}
	}
	fresh, err := j.tx.Offer(ctx, offers...)
	if err != nil {
		return fmt.Errorf("note offers: %w", err)
	}
	for _, o := range fresh {
		noted[o.Assignment] = append(noted[o.Assignment], o.Person)
	}
	j.noted = noted
	return nil
}

// note notes that an assignment goes to these people in this round, and gives those to whom that is new, in the order given.
func (j *job) note(ctx context.Context, a hotline.AssignmentID, round int, to []hotline.PersonID) ([]hotline.PersonID, error) {
	fresh, ahead := j.noted[a]
	if !ahead {
		offers := make([]hotline.Offer, len(to))
		for i, p := range to {
			offers[i] = hotline.Offer{Assignment: a, Person: p, Round: round}
		}
		noted, err := j.tx.Offer(ctx, offers...)
		if err != nil {
			return nil, fmt.Errorf("note an offer of assignment %d: %w", a, err)
		}
		for _, o := range noted {
			fresh = append(fresh, o.Person)
		}
	}
	return slices.DeleteFunc(slices.Clone(to), func(p hotline.PersonID) bool { return !slices.Contains(fresh, p) }), nil
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
	var had []hotline.Offer
	if c.Urgent && round > 1 {
		if had, err = j.tx.Offered(ctx, a.ID); err != nil {
			return fmt.Errorf("ask whom assignment %d was offered: %w", a.ID, err)
		}
	}
	fresh := to
	if len(to) > 0 {
		if fresh, err = j.note(ctx, a.ID, round, to); err != nil {
			return err
		}
	}
	if urgent { // whoever stands behind several parts of one emergency hears of it once
		fresh = slices.DeleteFunc(slices.Clone(fresh), func(p hotline.PersonID) bool { return !j.once(c.ID, p) })
	}
	var events []hotline.Event
	var said map[hotline.ContentID]hotline.Content
	if len(fresh) > 0 && (c.Urgent || c.Events > 1+len(c.Assignments)) {
		if events, said, err = j.tx.History(ctx, c.ID); err != nil {
			return fmt.Errorf("read the history of a case to offer: %w", err)
		}
	}
	if !c.Urgent { // whoever let go of it was told so, and can take it again there
		was := releasedBy(events, a.ID)
		fresh = slices.DeleteFunc(slices.Clone(fresh), func(p hotline.PersonID) bool { return p == was && round > 1 })
	}
	var groups []hotline.Group
	if began.IsZero() { // once a round
		if groups, err = j.groupsOf(ctx, a.Unit); err != nil {
			return err
		}
	}
	var card hotline.Out
	switch {
	case len(fresh) == 0:
	case urgent, c.Urgent && !nobody:
		card = j.Cards.Urgent(j.r, c, a, round, events, said)
		if !h.Offered.IsZero() && round > h.Round {
			card.Reply.Shows = nil // nothing new: they have the photos
		}
	case nobody:
		card = j.Cards.Nobody(j.r, c, a)
	default:
		card = j.Cards.Offer(j.r, c, a, round, events, said)
	}
	loud, quietly, err := j.bundle(ctx, c, a, had, fresh, round)
	if err != nil {
		return err
	}
	if !h.Offered.IsZero() && round > h.Round { // nothing new
		quietly = nil
	}
	j.later(func() {
		j.older(c, a, had, loud)
		j.tell(card, loud)
		j.tell(changed(card), quietly)
		j.tellGroups(groups, c, a, round)
		j.tx.MarkOffered(a.ID, round, again)
	})
	return nil
}

// releasedBy gives who let go of an assignment with the last thing that happened to it; zero: nobody did.
func releasedBy(events []hotline.Event, a hotline.AssignmentID) hotline.PersonID {
	for _, e := range slices.Backward(events) {
		switch {
		case e.Assignment == a && e.Kind == hotline.EvReleased:
			return e.By
		case e.Assignment == a && (e.Kind == hotline.EvTaken || e.Kind == hotline.EvReopened):
			return 0
		}
	}
	return 0
}

// older changes the copies of an emergency's card that those who get the next one already have: it must be heard, so it comes as a new message, but
// only the newest has buttons.
func (j *job) older(c hotline.Case, a hotline.Assignment, had []hotline.Offer, to []hotline.PersonID) {
	for _, o := range had {
		if slices.Contains(to, o.Person) {
			j.tell(j.Cards.Older(c, a), []hotline.PersonID{o.Person})
		}
	}
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
	to, urgent, err := j.responders(ctx, c, a)
	if err != nil {
		return nil, false, err
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

// responders gives those of them who stand in the unit or above it, and whether they are called as to an emergency.
func (j *job) responders(ctx context.Context, c hotline.Case, a hotline.Assignment) (to []hotline.PersonID, urgent bool, err error) {
	urgent = c.Urgent && !a.Acked
	category, _ := j.r.Category(c.Category)
	headsOnly := (category.Rudeness || declinedBelow(c, a)) && a.Level > 0 && !urgent
	for _, unit := range append([]string{a.Unit}, j.r.Ancestors(a.Unit)...) {
		who, err := j.holders(ctx, []string{unit}, standing...)
		if err != nil {
			return nil, urgent, err
		}
		if who, err = j.allowed(ctx, c, who); err != nil {
			return nil, urgent, err
		}
		who = slices.DeleteFunc(who, func(role hotline.Role) bool { return c.Reporter != 0 && role.Is(c.Reporter) })
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
	return to, urgent, nil
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
