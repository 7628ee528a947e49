package hotline

import (
	"slices"
	"time"
)

// A Ring is an emergency from a chat as it rings at the operators of the line, before the responders are called. An operator sends it at once, or says that
// it is none; undecided, it goes by itself.
type Ring struct {
	Case    CaseID
	At      time.Time
	Until   time.Time // then it goes by itself
	Decided time.Time // zero: it rings, or has just run out
	By      PersonID  // zero: nobody decided
	Verdict RingVerdict
}

// A RingVerdict is what became of a ring.
type RingVerdict string

// The verdicts.
const (
	RingSent   RingVerdict = "sent"   // an operator sent the responders at once
	RingNone   RingVerdict = "none"   // an operator says it is no emergency: the coordinator looks at it
	RingPassed RingVerdict = "passed" // nobody decided: it went by itself
)

// RingFor is how long an emergency from a chat waits for an operator.
const RingFor = 30 * time.Second

// WhyCalmed says why a case waits in triage: an operator of the line judged that it is no emergency.
const WhyCalmed = "calmed"

// Rings tells whether it rings at now.
func (g Ring) Rings(now time.Time) bool { return g.Decided.IsZero() && now.Before(g.Until) }

// RingsFirst tells whether an emergency is one that operators may hear of first: it came by chat, the line is open, and it does not accuse those who sit
// there. It has just been filed, or was an ordinary report until now: then the unit that has it hears at once how it stands, and those who are sent to such
// emergencies wait for the operators.
func (r *Regency) RingsFirst(c Case, now time.Time) bool {
	own, _ := r.HotlineAgency()
	open, _ := r.LineOpen(now)
	return open && c.Urgent && c.Source == SourceChat && c.Status.Live() && !r.HiddenFrom(c, own.ID)
}

// ToCall gives the parts of those who are sent to an emergency of its kind and have none of it yet.
func (r *Regency) ToCall(c Case) []Placing {
	if !c.Urgent || !c.Status.Live() {
		return nil
	}
	return slices.DeleteFunc(Route(r, RoutingOf(c)).Assign, func(p Placing) bool {
		return p.Part != Responding || slices.ContainsFunc(c.Assignments, func(a Assignment) bool { return a.On() && a.Unit == p.Unit })
	})
}

// SeesRing decides what somebody sees of an emergency from a chat because it rings at the line, beside what Sees lets them see. Of a secret one operators
// see what and where it is, and not what was said. Who reported they never see: that is for whoever goes there.
func (r *Regency) SeesRing(v Viewer, c Case) Sight {
	if !v.Has(RoleOperator, RoleSupervisor) || c.Source != SourceChat || v.Is(c.Reporter) {
		return r.Sees(v, c)
	}
	for _, role := range v.Roles {
		if r.HiddenFrom(c, r.AgencyOf(role.Unit)) {
			return Sight{}
		}
	}
	return r.Sees(v, c).or(Sight{Facts: true, Place: true, Content: !c.Privacy.IsSecret()})
}

// A Ringing is a ring with its case, as the operators see it.
type Ringing struct {
	Ring
	Of         Case
	Sight      Sight
	Said       []Content // the story and what was told since, as far as the viewer may read it
	Responders []Responder
}
