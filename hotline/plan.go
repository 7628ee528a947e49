package hotline

import (
	"cmp"
	"slices"
)

// This file proposes where a programme goes, and when. It proposes only: whoever runs the programme changes what they like, and nothing is a
// visit before they say so. plan_days.go finds the days, plan_order.go the order, plan_near.go who are neighbours.

// An AreaLoad is what people of one area wait for.
type AreaLoad struct {
	Open int // cases that are not over
	Late int // of those, how many have a time limit that has passed
}

func (l AreaLoad) plus(o AreaLoad) AreaLoad { return AreaLoad{l.Open + o.Open, l.Late + o.Late} }

// weight is how hard it is: a late case counts as two.
func (l AreaLoad) weight() int { return l.Open + l.Late }

// A PlanAsk says what is to be planned.
type PlanAsk struct {
	Programme Programme
	From      string              // not before this date; empty: the programme's first day
	Until     string              // not after this one; empty: the programme's last day, or whenever all have been reached
	Loads     map[string]AreaLoad // by Area.Code of villages and, for what is only known so far, of kecamatan
	Visits    []Visit             // of the programme that are there already, in any order: what they reach is not planned again
}

// A Proposal is a programme's places in an order, each with its day.
type Proposal struct {
	Visits []Proposed
	Left   []Proposed // those for which no day is left until the end, in the order in which they would come; without a Date
}

// A Proposed is one place of a proposal, and why it comes there and then.
type Proposed struct {
	Area     string // Area.Code
	Date     string
	Load     AreaLoad // of the place: of a kecamatan all of its villages together
	Villages int      // how many share the load: by that the hardest are found, since nobody told us how many people live there. 1 for a village
	Rank     int      // among all that are planned, by how hard it is, from 1; of equals the one that stands first in the list of areas
	First    bool     // the programme says that it comes first
	Among    int      // of so many villages of its kecamatan it was chosen; 0: there was nothing to choose
	Apart    string   // the place it borders on: so another came between; empty: nothing stood in its way
	Beside   string   // the place before it that it borders on although, since it could not be avoided
	Holiday  string   // the name of the holiday that came just before its day; empty: none
}

// Plan proposes the order and days of all places that a programme has not reached yet: at its rhythm, on working days, those first that the
// programme names, then the hardest first, and no two neighbours in a row where that can be avoided.
func (r *Regency) Plan(ask PlanAsk) Proposal {
	g := ask.Programme
	ask.From = max(ask.From, g.From)
	if ask.Until == "" || g.Until != "" && ask.Until > g.Until {
		ask.Until = g.Until
	}
	visits := slices.DeleteFunc(slices.Clone(ask.Visits), func(v Visit) bool { return v.Programme != g.ID || v.State == VisitCancelled })
	slices.SortStableFunc(visits, func(a, b Visit) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID)) })
	ask.Visits = visits

	places := r.planPlaces(ask)
	firsts := 0
	for _, p := range places {
		if p.First {
			firsts++
		}
	}
	near := r.planNear(g, places)
	before := -1 // the last place that is visited already stands before all, as a place that is placed
	if n := len(visits); n > 0 {
		before = len(places)
		near = r.withBefore(g, places, visits[n-1].Area, near)
	}
	order, apart := orderApart(len(places), firsts, before, near)

	days := r.planDays(ask, len(places))
	var out Proposal
	last := before
	for i, at := range order {
		p := places[at]
		name := func(j int) string {
			if j == before {
				return visits[len(visits)-1].Area
			}
			return places[j].Area
		}
		if apart[at] >= 0 {
			p.Apart = name(apart[at])
		}
		if last >= 0 && near[last][at] {
			p.Beside = name(last)
		}
		last = at
		if i < len(days) {
			p.Date, p.Holiday = days[i].Date, days[i].Holiday
			out.Visits = append(out.Visits, p)
		} else {
			out.Left = append(out.Left, p)
		}
	}
	return out
}

// planPlaces gives the places that are to be reached yet: those that come first, and then the hardest first.
func (r *Regency) planPlaces(ask PlanAsk) []Proposed {
	g := ask.Programme
	reached := map[string]bool{}
	for _, v := range ask.Visits {
		reached[r.planKey(g, v.Area)] = true
	}
	var all []Proposed
	at := map[string]int{} // planKey → its place in all
	for _, a := range r.Areas {
		key := r.planKey(g, a.Code)
		if !r.Reaches(g, a) || reached[key] {
			continue
		}
		p := Proposed{Area: a.Code, Villages: 1, Load: ask.Loads[a.Code], First: slices.Contains(g.First, a.Code)}
		if a.Level == LevelKecamatan {
			p.Villages = 0
			for _, v := range r.Villages() {
				if v.Parent == a.Code {
					p.Load = p.Load.plus(ask.Loads[v.Code])
					p.Villages++
				}
			}
			p.Villages = max(1, p.Villages)
		}
		i, have := at[key]
		switch {
		case !have:
			p.Among = 1
			at[key] = len(all)
			all = append(all, p)
		case compareBool(all[i].First, p.First) < 0 || all[i].First == p.First && harder(p, all[i]) < 0:
			p.Among = all[i].Among + 1
			all[i] = p
		default:
			all[i].Among++
		}
	}
	byHardness := slices.Clone(all)
	slices.SortStableFunc(byHardness, harder)
	for i := range byHardness {
		byHardness[i].Rank = i + 1
		if byHardness[i].Among == 1 {
			byHardness[i].Among = 0
		}
	}
	// Those that come first stand in the order in which the programme names them.
	slices.SortStableFunc(byHardness, func(a, b Proposed) int {
		if a.First && b.First {
			return cmp.Compare(slices.Index(g.First, a.Area), slices.Index(g.First, b.Area))
		}
		return compareBool(b.First, a.First)
	})
	return byHardness
}

// planKey is the same of two areas of which a programme comes to one only: villages of one kecamatan, where there is one in each.
func (r *Regency) planKey(g Programme, area string) string {
	if k, ok := r.Kecamatan(area); ok && g.OneEach {
		return k.Code
	}
	return area
}

// Reaches tells whether a programme comes to an area at all.
func (r *Regency) Reaches(g Programme, a Area) bool {
	village := a.Level == LevelDesa || a.Level == LevelKelurahan
	if g.Level == LevelDesa && !village || g.Level == LevelKecamatan && a.Level != LevelKecamatan {
		return false
	}
	return len(g.Places) == 0 || slices.Contains(g.Places, a.Code)
}

// harder compares two places: negative where more waits in the first, by village.
func harder(a, b Proposed) int {
	return cmp.Or(cmp.Compare(b.Load.weight()*a.Villages, a.Load.weight()*b.Villages), cmp.Compare(b.Load.Late*a.Villages, a.Load.Late*b.Villages))
}
