package dispatcher

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"tanggap/hotline"
)

// wordUnanswered marks the note that the clock makes when a question to the reporter was left unanswered for its time.
const wordUnanswered = "unanswered"

// awakes is the queue of cases about which something falls due by itself. Two clocks cannot do the same twice: the case is locked, and an
// escalation that has happened does not fit a second time (Case.After).
func (d *Dispatcher) awakes() *queue[hotline.Case] {
	return &queue[hotline.Case]{
		name: "clock", d: d, aside: make(map[int64]time.Time), then: []bell{d.listing, d.offering},
		take: func(ctx context.Context, j *job) ([]hotline.Case, error) { return j.tx.Awake(ctx, j.now, atOnce) },
		id:   func(c hotline.Case) int64 { return int64(c.ID) },
		each: func(ctx context.Context, j *job, c hotline.Case) error { return j.awake(ctx, c) },
	}
}

// tick does what is due and then asks when something will be.
func (d *Dispatcher) tick(awake *queue[hotline.Case]) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		more, err := awake.pass(ctx)
		if more || err != nil {
			return more, err
		}
		next, err := d.Store.NextWake(ctx)
		if err != nil {
			return false, fmt.Errorf("ask when something is due: %w", err)
		}
		if !next.IsZero() && !next.After(d.Clock.Now()) {
			d.offering.ring() // an offer to be repeated, or a case another instance is at
			d.routing.ring()  // or a ring that is over
			next = time.Time{}
		}
		if d.alarmAt.Equal(next) {
			return false, nil
		}
		d.alarmAt, d.alarm = next, nil // the same alarm is set once only: who waits for a time until it comes costs the clock something
		if !next.IsZero() {
			d.alarm = d.Clock.Until(next)
		}
		return false, nil
	}
}

// awake does whatever has come due in a case, and says when to look again.
func (j *job) awake(ctx context.Context, c hotline.Case) error {
	var err error
	for _, a := range c.Assignments {
		if c, err = j.escalate(ctx, c, a.ID); err != nil {
			return err
		}
	}
	if c, err = j.callNext(ctx, c); err != nil {
		return err
	}
	switch {
	case c.Status == hotline.Scheduled && j.reached(j.dayOf(c)):
		c, err = j.remind(c)
	case c.Status == hotline.Asking && j.reached(c.AskDue) && c.Changed.Before(c.AskDue):
		c, err = j.unanswered(c)
	case c.Status == hotline.Ended && j.reached(j.closing(c)):
		c, err = j.record(c, hotline.Event{Kind: hotline.EvClosed})
	}
	if err != nil {
		return err
	}
	j.tx.Sleep(c.ID, j.look(c))
	return nil
}

func (j *job) reached(t time.Time) bool { return !t.IsZero() && !j.now.Before(t) }

// dayOf gives when people come to work on the day a case was scheduled for.
func (j *job) dayOf(c hotline.Case) time.Time {
	calendar := j.r.Calendar("")
	day, err := time.ParseInLocation(time.DateOnly, c.Date, j.r.Zone)
	if err != nil {
		return c.Changed // no day at all: ask the officer at once
	}
	return calendar.NextOpen(day)
}

// closing gives when an ended case closes by itself.
func (j *job) closing(c hotline.Case) time.Time {
	return j.r.Calendar("").Add(c.EndedAt, j.r.Limits.CloseAfter)
}

// escalate takes the steps of the ladder that have come due for an assignment, and tells those who stand there.
func (j *job) escalate(ctx context.Context, c hotline.Case, id hotline.AssignmentID) (hotline.Case, error) {
	for range j.r.Ladder {
		a, _ := c.Assignment(id)
		step, late := hotline.Next(j.r, c, a, j.now)
		if !late {
			break
		}
		told := slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.Level > 0 })
		next, err := j.record(c, hotline.Event{Kind: hotline.EvEscalated, Assignment: id, Facts: hotline.Facts{Level: step.Level, Due: step.Due}})
		if refused(err) {
			break // somebody took the step already
		}
		if err != nil {
			return c, err
		}
		c = next
		a, _ = c.Assignment(id)
		to, err := j.seated(ctx, c, step)
		if err != nil {
			return c, err
		}
		again := false
		if len(to) == 0 {
			again = c.Urgent && told
			if to, err = j.coordinators(ctx, c); err != nil {
				return c, err
			}
			a.Level = len(j.r.Ladder) // on no step: a card with what a coordinator can do
		}
		if err := j.callUp(ctx, c, a, to); err != nil {
			return c, err
		}
		card := j.Cards.Escalation(j.r, c, a)
		if again {
			card = changed(card)
		}
		j.tell(card, to)
	}
	return c, nil
}

// callUp counts those who hear of an emergency that nobody has acknowledged among those it was offered to, so that their card changes with all
// the others' when somebody is on it. An earlier copy of theirs loses its buttons to this one.
func (j *job) callUp(ctx context.Context, c hotline.Case, a hotline.Assignment, to []hotline.PersonID) error {
	if !c.Urgent || a.State != hotline.Waiting || a.Level >= len(j.r.Ladder) || len(to) == 0 {
		return nil
	}
	had, err := j.tx.Offered(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("ask whom assignment %d was offered: %w", a.ID, err)
	}
	if _, err := j.note(ctx, a.ID, 0, to); err != nil {
		return err
	}
	j.older(c, a, had, to)
	return nil
}

// seated gives who hears of a step: whoever holds its role in its unit, on duty or not; nobody being there, in the units above. It may
// be nobody at all.
func (j *job) seated(ctx context.Context, c hotline.Case, step hotline.Step) ([]hotline.PersonID, error) {
	places := [][]string{nil}
	if step.Unit != "" {
		places = [][]string{{step.Unit}}
		for _, up := range j.r.Ancestors(step.Unit) {
			places = append(places, []string{up})
		}
	}
	for _, units := range places {
		who, err := j.holders(ctx, units, step.Role)
		if err != nil {
			return nil, err
		}
		if who, err = j.allowed(ctx, c, who); err != nil {
			return nil, err
		}
		if len(who) > 0 {
			return persons(who), nil
		}
	}
	return nil, nil
}

// remind tells the officer that the day has come.
func (j *job) remind(c hotline.Case) (hotline.Case, error) {
	c, err := j.record(c, hotline.Event{Kind: hotline.EvReminded, Facts: hotline.Facts{Date: c.Date}})
	if err != nil {
		return c, err
	}
	if lead, ok := c.Lead(); ok && lead.Officer != 0 {
		j.tell(j.Cards.Reminder(j.r, c, lead), []hotline.PersonID{lead.Officer})
	}
	return c, nil
}

// unanswered notes that the reporter left a question unanswered for its time, and tells the officer, who decides what to make of it. It happens
// once for a question: the note itself is a change after AskDue.
func (j *job) unanswered(c hotline.Case) (hotline.Case, error) {
	c, err := j.record(c, hotline.Event{Kind: hotline.EvNoted, Facts: hotline.Facts{Word: wordUnanswered}})
	if err != nil {
		return c, err
	}
	if lead, ok := c.Lead(); ok && lead.Officer != 0 {
		j.tell(j.Cards.Unanswered(j.r, c, lead), []hotline.PersonID{lead.Officer})
	}
	return c, nil
}

// look gives when something about a case comes due next; zero: never, as it stands. Regency.Wake may say too early, so where it names a moment
// that has passed, hotline.Next itself is asked from when on it would say yes.
func (j *job) look(c hotline.Case) time.Time {
	wake := j.r.Wake(c)
	if wake.IsZero() || wake.After(j.now) {
		return wake
	}
	var soonest time.Time
	for _, a := range c.Assignments {
		if t, ok := j.climbs(c, a); ok && (soonest.IsZero() || t.Before(soonest)) {
			soonest = t
		}
	}
	var t time.Time
	switch c.Status {
	case hotline.Scheduled:
		t = j.dayOf(c)
	case hotline.Asking:
		t = c.AskDue
	case hotline.Ended:
		t = j.closing(c)
	}
	if t.After(j.now) && (soonest.IsZero() || t.Before(soonest)) {
		soonest = t
	}
	return soonest
}

// climbs gives the first second from which an assignment is late, as things stand.
func (j *job) climbs(c hotline.Case, a hotline.Assignment) (time.Time, bool) {
	const horizon = 11 * 366 * 24 * 60 * 60 // seconds; no time limit is longer
	in := func(s int) time.Time { return j.now.Add(time.Duration(s+1) * time.Second) }
	late := func(s int) bool {
		_, ok := hotline.Next(j.r, c, a, in(s))
		return ok
	}
	if !late(horizon) {
		return time.Time{}, false
	}
	return in(sort.Search(horizon, late)), true
}
