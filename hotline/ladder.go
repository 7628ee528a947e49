package hotline

import "time"

// A Step is one step up the ladder for a late assignment.
type Step struct {
	Level int       // index into Regency.Ladder: what the assignment's level becomes
	Role  RoleName  // who hears of it now
	Unit  string    // where that role is looked for: there and, nobody being there, in the units above
	Due   time.Time // what the assignment's due time becomes: when the step after this one is taken; unchanged on the last step
}

// Next tells whether the assignment has waited too long at now, and which step comes. It is false while there is time, when nobody need act
// any more (the part is done, the case over, the reporter was asked, a day was named), and at the top of the ladder.
//
// At level 0 Due is the promise that was broken, and the first step comes Ladder[1].After later. At a higher level Due already is the moment
// the next step comes: the step before, or DueOnTake, has said so. An emergency climbs a step with every Due that passes unacknowledged, and
// not any more once acknowledged within its time limit.
func Next(r *Regency, c Case, a Assignment, now time.Time) (Step, bool) {
	at := r.climbs(c, a)
	if at.IsZero() || now.Before(at) {
		return Step{}, false
	}
	next := a.Level + 1
	s := Step{Level: next, Role: r.Ladder[next].Role, Unit: r.seat(r.Ladder[next].Role, a.Unit), Due: a.Due}
	if next+1 < len(r.Ladder) {
		s.Due = r.after(c, a.Unit, now, r.Ladder[next+1].After)
		if c.loud(a) {
			s.Due = now.Add(r.Limits.UrgentRepeat)
		}
	}
	return s, true
}

// climbs tells when the assignment's next step up the ladder comes, if nothing happens until then; zero: never.
func (r *Regency) climbs(c Case, a Assignment) time.Time {
	next := a.Level + 1
	if !a.On() || !c.Status.Live() || a.Due.IsZero() || next >= len(r.Ladder) || next < 1 {
		return time.Time{}
	}
	if a.Part == Lead && (c.Status == Asking || c.Status == Scheduled) {
		return time.Time{}
	}
	if a.Level == 0 && !c.loud(a) {
		return r.after(c, a.Unit, a.Due, r.Ladder[next].After)
	}
	return a.Due
}

// loud: an emergency that nobody has acknowledged.
func (c Case) loud(a Assignment) bool { return c.Urgent && !a.Acked }

// DueOnAssign gives the time by which somebody of the unit should have taken the case: the limit for a first response in the unit's calendar, but
// never later than the outcome is promised. An emergency is to be acknowledged within Limits.UrgentRepeat, whatever the calendar.
func DueOnAssign(r *Regency, c Case, unit string, now time.Time) time.Time {
	if c.Urgent {
		return now.Add(r.Limits.UrgentRepeat)
	}
	due := r.Calendar(unit).Add(now, r.Limits.FirstResponse)
	if c.Due.After(now) && c.Due.Before(due) {
		return c.Due
	}
	return due
}

// DueOnTake gives the time by which the officer who takes the case at now should have an outcome: the one promised to the reporter, or, where it
// has passed already, another first response's time from now, so that taking a late case doesn't at once count as late again.
func DueOnTake(r *Regency, c Case, unit string, now time.Time) time.Time {
	due := c.Due
	if due.IsZero() {
		due = r.Calendar(unit).Add(c.Filed, r.resolve(c.Category, c.Kind))
	}
	if !due.After(now) {
		due = r.after(c, unit, now, r.Limits.FirstResponse)
	}
	return due
}

// ResolveDue gives the time by which an outcome is promised to whoever files at filed, in the regency's own calendar.
func ResolveDue(r *Regency, category string, kind Kind, filed time.Time) time.Time {
	return r.Calendar("").Add(filed, r.resolve(category, kind))
}

// resolve gives the limit for an outcome: abuse of office has its own, a kind without one has the complaint's.
func (r *Regency) resolve(category string, kind Kind) Span {
	if cat, _ := r.Category(category); cat.Oversight {
		return r.Limits.Oversight
	}
	if s, ok := r.Limits.Resolve[kind]; ok {
		return s
	}
	return r.Limits.Resolve[Complaint]
}

// after adds a span in the unit's calendar. An emergency knows no calendar: its working days are days.
func (r *Regency) after(c Case, unit string, t time.Time, s Span) time.Time {
	if c.Urgent {
		return t.Add(s.Time + time.Duration(s.Days+s.WorkDays)*24*time.Hour)
	}
	return r.Calendar(unit).Add(t, s)
}

// seat gives the unit in which a role of the ladder is looked for.
func (r *Regency) seat(role RoleName, unit string) string {
	switch role {
	case RoleCoordinator:
		return rootOf(r.HotlineAgency())
	case RoleSetda:
		if _, ok := r.Agency(AgencySetda); ok {
			return AgencySetda
		}
		return "" // wherever in the regency
	}
	return unit
}
