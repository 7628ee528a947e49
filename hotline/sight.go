package hotline

import "slices"

// Sight is how much of a case somebody may see. Each field is a wider one; Reporter and Voice are only ever set together with Content.
type Sight struct {
	Facts    bool // number, category, kecamatan, status, time limits
	Content  bool // what was said, the exact place, the media
	Place    bool // the exact place, though not what was said; see Where
	Reporter bool // who reported: name, number
	Voice    bool // voice notes in the original
	Act      bool // may work it
}

// Where tells whether the exact place may be seen: with what was said, or without.
func (s Sight) Where() bool { return s.Content || s.Place }

// Sees is the one predicate that decides for (viewer, case). Whatever shows a case, in a list or alone, asks it first; what is counted or searched in
// SQL one day must say the same and be held against it.
//
// Who is joined with others on other networks is one person with them: their cases are the own ones, and what hides a case from one of them hides it
// from all.
//
//   - The reporter sees the own case whole.
//   - Nobody of the agency complained about sees anything of it, whatever else they are. Rude or slow service is the exception: there the heads
//     of the agency see it, who are to answer for it, and only they.
//   - The coordinator sees every other case; of an anonymous one not who reported it, though the voice must be written down by somebody.
//   - An officer, head or responder sees a case of the own unit (or of a unit below it) while an assignment there is on, and afterwards only if
//     it was theirs to the end. A secret case shows them facts; its content only to the officer who took it.
//     Of a secret emergency they see where it is as well: who is asked whether they go must know how far it is, and seconds count.
//   - A case that was merged into another is seen by those who work that one, as far as its own privacy lets them; they work it there.
//   - The operators of the emergency line and their supervisors see what came in by it, as they wrote it down; of a secret case the facts.
//   - The regency's secretary sees what has been escalated that far, without the reporter.
func (r *Regency) Sees(v Viewer, c Case) Sight {
	if v.Is(c.Reporter) {
		return Sight{Facts: true, Content: true, Reporter: true, Voice: true}
	}
	if c.About != "" {
		accused := func(role Role) bool { return r.AgencyOf(role.Unit) == c.About }
		answers := func(role Role) bool { return accused(role) && role.Name == RoleHead && !r.HiddenFrom(c, c.About) }
		if slices.ContainsFunc(v.Roles, accused) && !slices.ContainsFunc(v.Roles, answers) {
			return Sight{}
		}
	}
	var s Sight
	for _, role := range v.Roles {
		s = s.or(r.sees(v, role, c))
	}
	if c.Privacy.IsAnonymous() {
		s.Reporter = false
		if !v.Has(RoleCoordinator) {
			s.Voice = false
		}
	}
	return s
}

func (r *Regency) sees(v Viewer, role Role, c Case) Sight {
	all := Sight{Facts: true, Content: true, Reporter: true, Voice: true, Act: true}
	switch role.Name {
	case RoleCoordinator:
		return all
	case RoleOperator, RoleSupervisor:
		if c.Source == SourceCall {
			return Sight{Facts: true, Content: !c.Privacy.IsSecret(), Reporter: !c.Privacy.IsSecret()}
		}
	case RoleSetda:
		for _, a := range slices.Concat(c.Assignments, c.With) {
			if a.On() && a.Level >= 2 {
				return Sight{Facts: true, Content: !c.Privacy.IsSecret()}
			}
		}
	case RoleOfficer, RoleHead, RoleResponder:
		var s Sight
		for _, a := range slices.Concat(c.Assignments, c.With) {
			if a.State == Cancelled || !r.Within(a.Unit, role.Unit) {
				continue
			}
			mine := v.Is(a.Officer)
			switch {
			case mine && (a.On() || a.State == Done):
				s = s.or(Sight{Facts: true, Content: true, Reporter: true, Voice: true, Act: a.On()})
			case a.On() && c.Privacy.IsSecret():
				s = s.or(Sight{Facts: true, Place: c.Urgent, Act: a.State == Waiting})
			case a.On():
				s = s.or(Sight{Facts: true, Content: true, Reporter: true, Voice: true, Act: a.State == Waiting || role.Name == RoleHead})
			}
		}
		s.Act = s.Act && c.Status != Merged // it is worked in the case that it was merged into
		return s
	}
	return Sight{}
}

func (s Sight) or(o Sight) Sight {
	return Sight{s.Facts || o.Facts, s.Content || o.Content, s.Place || o.Place, s.Reporter || o.Reporter, s.Voice || o.Voice, s.Act || o.Act}
}
