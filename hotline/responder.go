package hotline

import (
	"slices"
	"time"
)

// NextResponders gives who may be called next to an emergency that nobody has answered, the first first, and when: ResponderPatience after those before
// were called. None: somebody has answered, or nobody is left. The order is the regency's: the units of the incidents of that category and of their answers, then the category's own.
// It needs nothing but the case, so that asked twice at one moment it gives the same, and once the next is called it gives a later moment.
func (r *Regency) NextResponders(c Case) (units []string, at time.Time) {
	if !c.Urgent || !c.Status.Live() || c.answered() {
		return nil, time.Time{}
	}
	for _, a := range c.Assignments {
		if a.called() && a.Since.After(at) {
			at = a.Since
		}
	}
	if at.IsZero() { // nobody is called at all: somebody must choose
		return nil, time.Time{}
	}
	for _, u := range r.respondersTo(c) {
		if !r.HiddenFrom(c, r.AgencyOf(u)) && !slices.ContainsFunc(c.Assignments, func(a Assignment) bool { return a.Unit == u }) {
			units = append(units, u)
		}
	}
	return units, at.Add(ResponderPatience)
}

// called: somebody is asked to go.
func (a Assignment) called() bool {
	return a.State == Waiting && (a.Part == Lead || a.Part == Responding)
}

// answered tells whether anybody has as much as seen the emergency.
func (c Case) answered() bool {
	return slices.ContainsFunc(c.Assignments, func(a Assignment) bool {
		return a.State == Taken || a.State == Done || a.State == Waiting && a.Acked
	})
}

// respondersTo lists the units that may be called to such an emergency at its place, in the order in which they are.
func (r *Regency) respondersTo(c Case) []string {
	var units []string
	call := func(names []string) {
		for _, name := range names {
			if unit, ok := r.responder(c.Category, name, c.Area); ok && !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
	}
	for _, i := range r.Incidents {
		if i.Category == c.Category {
			call(i.Responders)
		}
	}
	for _, i := range r.Incidents {
		if i.Category != c.Category {
			continue
		}
		for _, q := range i.Questions {
			for _, o := range q.Options {
				call(o.Responders)
			}
		}
	}
	if cat, ok := r.Category(c.Category); ok {
		call(cat.Responders)
	}
	return units
}

// SeesPhone tells whether somebody may read the telephone number of whoever reported an emergency, to find the place: only who has taken it, as long as they
// go there. Somebody who wants no name stays without one. Of a secret case it is so only where the matter itself is secret, since somebody suffers: that is the
// one they look for; who asked for secrecy is not called.
func (r *Regency) SeesPhone(v Viewer, c Case) bool {
	if !c.Urgent || !c.Status.Live() || c.Privacy.IsAnonymous() || v.Is(c.Reporter) {
		return false
	}
	if cat, ok := r.Category(c.Category); c.Privacy.IsSecret() && !(ok && cat.Secret) {
		return false
	}
	s := r.Sees(v, c)
	return s.Content && s.Reporter && s.Act && slices.ContainsFunc(c.Assignments, func(a Assignment) bool {
		return a.State == Taken && v.Is(a.Officer) && slices.ContainsFunc(v.Roles, func(role Role) bool { return r.Within(a.Unit, role.Unit) })
	})
}
