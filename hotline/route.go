package hotline

import (
	"cmp"
	"slices"
)

// A Routing is what the way of a case depends on.
type Routing struct {
	Category string   // Category.ID; empty: unknown
	Area     string   // Area.Code; empty or the regency's own: somewhere
	Kind     Kind     // kept for rules to come: today every kind goes the same way
	Privacy  Privacy  // as Kind
	About    string   // Agency.ID of the accused, as Accused gave it at filing
	Urgent   bool     // the category's responders are called too
	Guesses  []string // the categories thought of at reading, best first: proposals when the coordinator must choose. May be nil.
}

// RoutingOf gives the routing of a filed case.
func RoutingOf(c Case) Routing {
	return Routing{Category: c.Category, Area: c.Area, Kind: c.Kind, Privacy: c.Privacy, About: c.About, Urgent: c.Urgent}
}

// A Placing gives a part of a case to a unit.
type Placing struct {
	Unit  string
	Part  Part
	Level int // index into Regency.Ladder that the assignment begins at: the head's for a complaint about rude service
}

// A Decision is where a case goes. Assign begins with the lead, unless Triage: then the coordinator chooses who leads, while the others
// (responders of an emergency) begin at once. No unit occurs twice.
type Decision struct {
	Assign  []Placing
	Triage  bool
	Top     []string // for triage: up to three units, the likeliest first
	Outside bool     // the reporter is told the way outside the regency too
	Why     string   // one of the Why… codes
}

// Why a case went where it went.
const (
	WhyRouted     = "routed"      // category, agency, unit
	WhyOversight  = "oversight"   // abuse of office: the inspector
	WhyHead       = "head"        // rude or slow service: the head of the agency complained about
	WhyOutside    = "outside"     // about the inspector, the hotline, the regency's secretary or the Bupati
	WhyNoCategory = "no-category" // nobody knows what it is
	WhyNoPlace    = "no-place"    // every village or kecamatan has its own unit, and the place is not known
	WhyNoDesk     = "no-desk"     // the body responsible is not on Tanggap: the coordinator passes it on
	WhyNoAgency   = "no-agency"   // rude service, and nobody knows whose; or there is no inspector
	WhyAccused    = "accused"     // the agency responsible is the one complained about
	WhyMany       = "many"        // the reporter has sent many reports today: somebody looks at the next ones first
)

// Agencies that every regency has, by these ids, above all others. A complaint about them is told the outside way.
const (
	AgencySetda  = "setda"
	AgencyBupati = "bupati"
)

// topMost is how many units are proposed to the coordinator.
const topMost = 3

// Accused gives the agency complained about, for Filing.About: the one named in the text, when the matter is abuse of office or rude service,
// or when nobody knows what the matter is and the text plainly accuses. It is empty otherwise: "the road crew of DPUPR left a hole" is DPUPR's
// own matter.
func (r *Regency) Accused(rd Reading, category string) string {
	c, known := r.Category(category)
	if len(rd.About) == 0 || known && !c.Oversight && !c.Rudeness || !known && !rd.Accuses {
		return ""
	}
	return rd.About[0]
}

// HiddenFrom tells whether nobody of the agency may see the case: it is complained about. Rude or slow service is the exception, for there the
// agency's own head answers (see Sees).
func (r *Regency) HiddenFrom(c Case, agency string) bool {
	if c.About == "" || c.About != agency {
		return false
	}
	cat, _ := r.Category(c.Category)
	return !cat.Rudeness || r.untouchable(agency)
}

// untouchable tells whether a complaint about the agency is told the outside way.
func (r *Regency) untouchable(agency string) bool {
	a, ok := r.Agency(agency)
	return ok && (a.Inspector || a.Hotline || a.ID == AgencySetda || a.ID == AgencyBupati)
}

// Route decides where a case goes. It is pure: the same regency and routing give the same decision.
//
//   - About the inspector, the hotline, the secretary or the Bupati: told the outside way, and kept from those named.
//   - Abuse of office: the inspector's root unit.
//   - Rude or slow service: the agency complained about, at its head's level.
//   - Everything else: category, agency, and there the most specific unit that works the category and covers the place. Supporting agencies get
//     their part likewise, responders theirs when it is urgent.
//   - Whenever that leads nowhere, the coordinator triages, with proposals.
func Route(r *Regency, c Routing) Decision {
	cat, known := r.Category(c.Category)
	d := Decision{}
	switch {
	case r.untouchable(c.About):
		d = r.outside(c)
	case !known:
		d = Decision{Triage: true, Why: WhyNoCategory}
	case cat.Oversight:
		d = r.lead(WhyOversight, c, rootOf(r.InspectorAgency()), 0)
	case cat.Rudeness:
		d = r.lead(WhyHead, c, c.About, r.headLevel())
	default:
		d = r.lead(WhyRouted, c, cat.Agency, 0)
	}
	hidden := func(unit string) bool {
		return r.HiddenFrom(Case{About: c.About, Category: c.Category}, r.AgencyOf(unit))
	}
	if !d.Outside {
		for _, agency := range cat.Supporting {
			if unit, ok := r.unitFor(agency, c); ok && r.hasDesk(agency) {
				d.add(Placing{Unit: unit, Part: Supporting}, hidden)
			}
		}
	}
	if c.Urgent {
		for _, unit := range cat.Responders {
			d.add(Placing{Unit: unit, Part: Responding}, hidden)
		}
	}
	if d.Triage {
		d.Top = Proposals(r, c)
	}
	return d
}

func (d *Decision) add(p Placing, hidden func(unit string) bool) {
	if !hidden(p.Unit) && !slices.ContainsFunc(d.Assign, func(q Placing) bool { return q.Unit == p.Unit }) {
		d.Assign = append(d.Assign, p)
	}
}

// outside: the coordinator finds somebody not named; where the hotline itself is named, that is the inspector.
func (r *Regency) outside(c Routing) Decision {
	d := Decision{Triage: true, Outside: true, Why: WhyOutside}
	about, _ := r.Agency(c.About)
	if inspector, ok := r.InspectorAgency(); about.Hotline && ok && inspector.ID != about.ID && inspector.Desk {
		d.Triage, d.Assign = false, []Placing{{Unit: inspector.ID, Part: Lead}}
	}
	return d
}

// lead gives the case to the agency, or to triage with the reason why not.
func (r *Regency) lead(why string, c Routing, agency string, level int) Decision {
	if _, ok := r.Agency(agency); !ok {
		return Decision{Triage: true, Why: WhyNoAgency}
	}
	if agency == c.About && why != WhyHead {
		return Decision{Triage: true, Why: WhyAccused}
	}
	if !r.hasDesk(agency) {
		return Decision{Triage: true, Why: WhyNoDesk}
	}
	unit, ok := agency, true
	if why == WhyRouted || r.perPlace(agency) {
		unit, ok = r.unitFor(agency, c)
	}
	if !ok {
		return Decision{Triage: true, Why: WhyNoPlace}
	}
	return Decision{Assign: []Placing{{Unit: unit, Part: Lead, Level: level}}, Why: why}
}

// Proposals gives up to three units that may be right for a case, the likeliest first: for triage, and when an officer says "not ours". Nobody
// who cannot take it on Tanggap is among them, nor the accused.
func Proposals(r *Regency, c Routing) []string {
	var top []string
	propose := func(agency, category string) {
		as := c
		as.Category = category
		unit, ok := r.unitFor(agency, as)
		if ok && len(top) < topMost && r.hasDesk(agency) && agency != c.About && !slices.Contains(top, unit) {
			top = append(top, unit)
		}
	}
	for i, id := range append([]string{c.Category}, c.Guesses...) {
		cat, ok := r.Category(id)
		if !ok {
			continue
		}
		switch {
		case cat.Oversight:
			propose(rootOf(r.InspectorAgency()), id)
		case !cat.Rudeness:
			propose(cat.Agency, id)
		}
		if i == 0 {
			for _, agency := range cat.Alternates {
				propose(agency, id)
			}
		}
	}
	for _, a := range r.Agencies { // and whoever is near
		if r.perPlace(a.ID) {
			propose(a.ID, c.Category)
		}
	}
	return top
}

// UnitFor gives the unit of an agency that a case of that routing goes to, when somebody chose the agency: the most specific one that works the
// category and covers the place. False where the agency has one unit a place and the place is not known.
func UnitFor(r *Regency, agency string, c Routing) (unit string, ok bool) {
	return r.unitFor(agency, c)
}

// unitFor gives the most specific unit of the agency that works the category and covers the area. Working the category by name counts more than
// covering the area, and that more than standing lower in the agency. The root takes what nobody below it takes, unless the agency has one unit
// a place and the place is not known.
func (r *Regency) unitFor(agency string, c Routing) (string, bool) {
	best, bestRank := "", [3]int{-1}
	for _, u := range r.Units {
		if u.Agency != agency {
			continue
		}
		named := slices.Contains(u.Categories, c.Category)
		if !named && len(u.Categories) > 0 {
			continue
		}
		near := 0
		if len(u.Territory) > 0 {
			if near = r.covers(u.Territory, c.Area); near == 0 {
				continue
			}
		}
		if !named && near == 0 && u.ID != agency {
			continue // it works whatever is given to it, and attracts nothing by itself
		}
		rank := [3]int{0, near, len(r.Ancestors(u.ID))}
		if named {
			rank[0] = 1
		}
		if slices.Compare(rank[:], bestRank[:]) > 0 {
			best, bestRank = u.ID, rank
		}
	}
	if best == "" || best == agency && r.perPlace(agency) {
		return "", false
	}
	return best, true
}

// covers tells how closely the territory covers the area: 0 not at all, else the more the smaller the area of the territory is.
func (r *Regency) covers(territory []string, area string) int {
	for closeness := 3; area != "" && closeness > 0; closeness-- {
		a, ok := r.Area(area)
		if !ok {
			return 0
		}
		if slices.Contains(territory, area) {
			return closeness
		}
		area = a.Parent
	}
	return 0
}

// perPlace tells whether the agency is many: one unit a kecamatan or village, each for whatever happens there.
func (r *Regency) perPlace(agency string) bool {
	places := 0
	for _, u := range r.Units {
		if u.Agency != agency || u.ID == agency {
			continue
		}
		if len(u.Territory) == 0 || len(u.Categories) > 0 {
			return false
		}
		places++
	}
	return places > 0
}

func (r *Regency) hasDesk(agency string) bool {
	a, _ := r.Agency(agency)
	return a.Desk
}

// headLevel gives the step of the ladder at which an agency's head hears of a case.
func (r *Regency) headLevel() int {
	level := slices.IndexFunc(r.Ladder, func(l Level) bool { return l.Role == RoleHead })
	return cmp.Or(max(level, 0), min(1, max(len(r.Ladder)-1, 0)))
}

func rootOf(a Agency, ok bool) string {
	if !ok {
		return ""
	}
	return a.ID
}
