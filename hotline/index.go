package hotline

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"
)

// index finds the parts of a Regency by id. Build makes it; a Regency without one finds nothing.
type index struct {
	agencies   map[string]int
	units      map[string]int
	categories map[string]int
	areas      map[string]int
	dangers    map[string]int
	services   map[string]int
	packages   map[string]int
	offices    map[string]int
	programmes map[string]int
	below      map[string][]string // a unit and all units below it
	villages   []Area
	kecamatan  []Area
}

// Build checks that the regency hangs together and makes its index. Every agency without a unit of its own id gets one: its root. The error
// joins everything found wrong; the regency must not be used then. Package config names file and line for the same mistakes; here they
// keep a hand-made regency honest.
func (r *Regency) Build() error {
	r.addRoots()
	r.addOffices()
	var p problems
	r.index = index{
		agencies:   unique(&p, "agency", r.Agencies, func(a Agency) string { return a.ID }),
		units:      unique(&p, "unit", r.Units, func(u Unit) string { return u.ID }),
		categories: unique(&p, "category", r.Categories, func(c Category) string { return c.ID }),
		areas:      unique(&p, "area", r.Areas, func(a Area) string { return a.Code }),
		dangers:    unique(&p, "danger", r.Dangers, func(d Danger) string { return d.ID }),
		services:   unique(&p, "service", r.Services, func(s Service) string { return s.ID }),
		packages:   unique(&p, "package", r.Packages, func(k Package) string { return k.ID }),
		offices:    unique(&p, "office", r.Offices, func(o Office) string { return o.ID }),
		programmes: unique(&p, "programme", r.Programmes, func(g Programme) string { return g.ID }),
	}
	r.checkSelf(&p)
	r.checkTimes(&p)
	r.checkAreas(&p)
	r.checkAgencies(&p)
	r.checkUnits(&p)
	r.checkCategories(&p)
	r.checkDangers(&p)
	r.checkLine(&p)
	r.checkServices(&p)
	r.checkOffices(&p)
	r.checkProgrammes(&p)
	if err := errors.Join(p...); err != nil {
		return err
	}
	r.index.below = make(map[string][]string, len(r.Units))
	for _, u := range r.Units {
		r.index.below[u.ID] = append([]string{u.ID}, r.index.below[u.ID]...)
		for _, up := range r.Ancestors(u.ID) {
			r.index.below[up] = append(r.index.below[up], u.ID)
		}
	}
	for _, a := range r.Areas {
		switch a.Level {
		case LevelDesa, LevelKelurahan:
			r.index.villages = append(r.index.villages, a)
		case LevelKecamatan:
			r.index.kecamatan = append(r.index.kecamatan, a)
		}
	}
	return nil
}

// Agency finds an agency by its id.
func (r *Regency) Agency(id string) (Agency, bool) { return find(r.Agencies, r.index.agencies, id) }

// Unit finds a unit by its id.
func (r *Regency) Unit(id string) (Unit, bool) { return find(r.Units, r.index.units, id) }

// Category finds a category by its id.
func (r *Regency) Category(id string) (Category, bool) {
	return find(r.Categories, r.index.categories, id)
}

// Area finds an area by its code.
func (r *Regency) Area(code string) (Area, bool) { return find(r.Areas, r.index.areas, code) }

// Danger finds a danger by its id.
func (r *Regency) Danger(id string) (Danger, bool) { return find(r.Dangers, r.index.dangers, id) }

// AgencyOf gives the id of the agency a unit belongs to; empty for a unit that is not known.
func (r *Regency) AgencyOf(unit string) string {
	u, _ := r.Unit(unit)
	return u.Agency
}

// Within tells whether the unit is the ancestor itself or below it.
func (r *Regency) Within(unit, ancestor string) bool {
	_, known := r.Unit(unit)
	return known && (unit == ancestor || slices.Contains(r.Ancestors(unit), ancestor))
}

// Ancestors gives the units above the unit, the next one up first; a root has none. A village's unit has its kecamatan's above it, although
// that belongs to another agency.
func (r *Regency) Ancestors(unit string) []string {
	var up []string
	u, ok := r.Unit(unit)
	for ok && u.Parent != "" && len(up) < len(r.Units) {
		up = append(up, u.Parent)
		u, ok = r.Unit(u.Parent)
	}
	return up
}

// UnitsBelow gives the unit itself, first, and every unit below it. The slice is shared: don't change it.
func (r *Regency) UnitsBelow(unit string) []string { return r.index.below[unit] }

// Kecamatan gives the kecamatan of a village, or the area itself where it is one. The regency is in none.
func (r *Regency) Kecamatan(code string) (Area, bool) {
	a, ok := r.Area(code)
	if ok && a.Level != LevelKecamatan {
		a, ok = r.Area(a.Parent)
	}
	if !ok || a.Level != LevelKecamatan {
		return Area{}, false
	}
	return a, true
}

// Villages gives all desa and kelurahan, in the order of Areas. The slice is shared: don't change it.
func (r *Regency) Villages() []Area { return r.index.villages }

// Kecamatans gives all kecamatan, in the order of Areas. The slice is shared: don't change it.
func (r *Regency) Kecamatans() []Area { return r.index.kecamatan }

// Calendar gives the calendar a unit works by: its own, or else the regency's.
func (r *Regency) Calendar(unit string) Calendar {
	u, _ := r.Unit(unit)
	if c, ok := r.Calendars[u.Calendar]; ok {
		return c
	}
	return r.Calendars[""]
}

// HotlineAgency gives the agency that runs the hotline.
func (r *Regency) HotlineAgency() (Agency, bool) {
	return first(r.Agencies, func(a Agency) bool { return a.Hotline })
}

// InspectorAgency gives the agency that complaints about abuse of office go to.
func (r *Regency) InspectorAgency() (Agency, bool) {
	return first(r.Agencies, func(a Agency) bool { return a.Inspector })
}

// Today gives the local date at now: "2026-11-21".
func (r *Regency) Today(now time.Time) string { return now.In(r.zone()).Format(time.DateOnly) }

// DayOf gives the day part of a case number at now: "261121".
func (r *Regency) DayOf(now time.Time) string { return DayOf(now, r.zone()) }

func (r *Regency) zone() *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

func find[T any](all []T, places map[string]int, id string) (T, bool) {
	if i, ok := places[id]; ok && i < len(all) {
		return all[i], true
	}
	var zero T
	return zero, false
}

func first[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var zero T
	return zero, false
}

func (r *Regency) addRoots() {
	have := make(map[string]bool, len(r.Units))
	for _, u := range r.Units {
		have[u.ID] = true
	}
	for _, a := range r.Agencies {
		if !have[a.ID] {
			r.Units = append(r.Units, Unit{ID: a.ID, Agency: a.ID, Name: a.Name})
		}
	}
}

// problems gathers what Build finds wrong.
type problems []error

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Errorf(format, args...)) }

// require adds a problem unless ok.
func (p *problems) require(ok bool, format string, args ...any) {
	if !ok {
		p.add(format, args...)
	}
}

func unique[T any](p *problems, what string, all []T, id func(T) string) map[string]int {
	places := make(map[string]int, len(all))
	for i, v := range all {
		key := id(v)
		p.require(key != "", "%s %d has no id", what, i+1)
		if _, twice := places[key]; twice {
			p.add("%s %s is there twice", what, key)
		}
		places[key] = i
	}
	return places
}

// Ids travel in buttons, which carry 64 bytes, and in the command line.
var (
	idForm      = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)
	shortIDForm = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,11}$`)
	unitIDForm  = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}(\.[a-z0-9_-]{1,32})*$`)
	lettersForm = regexp.MustCompile(`^[A-Z]{2,4}$`)
)

// ValidID tells whether an id of an agency, category or danger is well formed: lower-case letters, digits and dashes, at most 32.
func ValidID(id string) bool { return idForm.MatchString(id) }

// ValidShortID tells whether an id of a question or option is well formed: as ValidID, at most 12.
func ValidShortID(id string) bool { return shortIDForm.MatchString(id) }

// ValidUnitID tells whether an id of a unit is well formed: parts joined by points, as "dpupr.jalan" or "kecamatan.33.20.08", at most 40 bytes.
func ValidUnitID(id string) bool { return len(id) <= 40 && unitIDForm.MatchString(id) }

// ValidLetters tells whether the letters can begin case numbers: two to four capitals.
func ValidLetters(s string) bool { return lettersForm.MatchString(s) }

// KnownLanguages are the languages a regency may choose from.
func KnownLanguages() []Lang { return []Lang{Indonesian, Javanese, English} }

func (r *Regency) checkSelf(p *problems) {
	p.require(r.ID != "", "the regency has no id")
	p.require(r.Name != "", "the regency has no name")
	p.require(ValidLetters(r.Letters), "letters %q: must be two to four capitals", r.Letters)
	p.require(r.Zone != nil, "the regency has no time zone")
	p.require(r.Emergency != "", "the regency has no emergency number")
	p.require(len(r.Languages) > 0, "the regency has no language")
	for i, l := range r.Languages {
		p.require(slices.Contains(KnownLanguages(), l), "language %q is not known", l)
		p.require(!slices.Contains(r.Languages[:i], l), "language %q is there twice", l)
	}
	r.checkText(p, "outside", r.Outside)
}

func (r *Regency) checkText(p *problems, where string, t Text) {
	for _, l := range r.Languages {
		p.require(t[l] != "", "%s: lacks language %s", where, l)
	}
	for l := range t {
		p.require(slices.Contains(r.Languages, l), "%s: language %s is none of the regency's", where, l)
	}
}

func (r *Regency) checkTimes(p *problems) {
	_, ok := r.Calendars[""]
	p.require(ok, "there is no calendar for the regency itself")
	for _, name := range slices.Sorted(maps.Keys(r.Calendars)) {
		if err := r.Calendars[name].Check(); err != nil {
			p.add("calendar %q: %w", name, err)
		}
	}
	limit := func(what string, s Span) {
		if err := s.check(); err != nil {
			p.add("limit %s: %w", what, err)
		}
		p.require(!s.IsZero(), "limit %s is missing", what)
	}
	limit("verify", r.Limits.Verify)
	limit("first response", r.Limits.FirstResponse)
	for _, k := range []Kind{Complaint, Aspiration, Inquiry} {
		limit("resolve "+string(k), r.Limits.Resolve[k])
	}
	limit("oversight", r.Limits.Oversight)
	limit("close after", r.Limits.CloseAfter)
	limit("reopen within", r.Limits.ReopenWithin)
	limit("complete", r.Limits.Complete)
	limit("erasure", r.Limits.Erasure)
	p.require(r.Limits.UrgentRepeat >= 10*time.Second && r.Limits.UrgentRepeat <= 24*time.Hour, "limit urgent repeat: must be between 10 seconds and a day")
	r.checkLadder(p)
}

// LadderRoles are the roles that may stand on the escalation ladder.
func LadderRoles() []RoleName { return []RoleName{RoleOfficer, RoleHead, RoleCoordinator, RoleSetda} }

func (r *Regency) checkLadder(p *problems) {
	if len(r.Ladder) == 0 {
		p.add("the ladder is empty: a late case would reach nobody")
		return
	}
	unique(p, "level", r.Ladder, func(l Level) string { return l.ID })
	for i, l := range r.Ladder {
		p.require(slices.Contains(LadderRoles(), l.Role), "level %s: role %q cannot be on the ladder", l.ID, l.Role)
		p.require((i == 0) == l.After.IsZero(), "level %s: the first step comes at once, every other after some time", l.ID)
		if err := l.After.check(); err != nil {
			p.add("level %s: %w", l.ID, err)
		}
	}
	p.require(r.Ladder[len(r.Ladder)-1].Role == RoleSetda, "the ladder ends before the regency's secretary (role setda)")
}

func (r *Regency) checkAreas(p *problems) {
	self, ok := r.Area(r.Code)
	p.require(ok && self.Level == LevelRegency, "there is no area for the regency itself (code %q)", r.Code)
	for _, a := range r.Areas {
		p.require(a.Name != "", "area %s has no name", a.Code)
		p.require(a.Center.Valid(), "area %s: its centre is no place on earth", a.Code)
		parent, ok := r.Area(a.Parent)
		switch a.Level {
		case LevelRegency:
			p.require(a.Code == r.Code, "area %s is another regency", a.Code)
		case LevelKecamatan:
			p.require(ok && parent.Level == LevelRegency, "kecamatan %s: its parent %q is not the regency", a.Code, a.Parent)
		case LevelDesa, LevelKelurahan:
			p.require(ok && parent.Level == LevelKecamatan, "village %s: its parent %q is no kecamatan", a.Code, a.Parent)
		default:
			p.add("area %s: level %q is not known", a.Code, a.Level)
		}
		for _, ring := range a.Boundary {
			p.require(ClosedRing(ring), "area %s: its boundary is not closed", a.Code)
		}
	}
}

// Valid tells whether the point is a place on earth, other than the 0,0 of a field nobody filled in.
func (p Point) Valid() bool {
	return p != Point{} && p.Lat >= -90 && p.Lat <= 90 && p.Lng >= -180 && p.Lng <= 180
}

// ClosedRing tells whether the ring can bound an area: at least three corners, and the first point again at the end.
func ClosedRing(ring []Point) bool { return len(ring) >= 4 && ring[0] == ring[len(ring)-1] }

func (r *Regency) checkAgencies(p *problems) {
	var hotlines, inspectors int
	for _, a := range r.Agencies {
		p.require(ValidID(a.ID), "agency %q: an id is lower-case letters, digits and dashes", a.ID)
		p.require(a.Name != "" && a.Short != "", "agency %s lacks a name", a.ID)
		p.require(slices.Contains(AgencyKinds(), a.Kind), "agency %s: kind %q is not known", a.ID, a.Kind)
		p.require(a.Desk || !a.Hotline, "agency %s runs the hotline and so needs a desk", a.ID)
		root, _ := r.Unit(a.ID)
		p.require(root.Agency == a.ID && root.Parent == "", "agency %s: the unit of its own id must be its root", a.ID)
		if a.Hotline {
			hotlines++
		}
		if a.Inspector {
			inspectors++
		}
	}
	p.require(hotlines == 1, "%d agencies run the hotline; it must be one", hotlines)
	p.require(inspectors <= 1, "%d agencies inspect; it must be one", inspectors)
	_, oversight := first(r.Categories, func(c Category) bool { return c.Oversight })
	p.require(inspectors == 1 || !oversight, "a category is about abuse of office, and no agency is the inspector")
}

// AgencyKinds are all kinds of agencies.
func AgencyKinds() []AgencyKind {
	return []AgencyKind{AgencyOPD, AgencyEmergency, AgencyOwned, AgencyVertical, AgencyProvince, AgencyNational}
}

func (r *Regency) checkUnits(p *problems) {
	for _, u := range r.Units {
		p.require(ValidUnitID(u.ID), "unit %q: an id is lower-case letters, digits, dashes and points, at most 40", u.ID)
		p.require(u.Name != "", "unit %s has no name", u.ID)
		p.require(has(r.index.agencies, u.Agency), "unit %s: there is no agency %q", u.ID, u.Agency)
		p.require(u.Parent == "" && u.ID == u.Agency || has(r.index.units, u.Parent), "unit %s: there is no unit %q above it", u.ID, u.Parent)
		p.require(!slices.Contains(r.Ancestors(u.ID), u.ID), "unit %s is above itself", u.ID)
		_, ok := r.Calendars[u.Calendar]
		p.require(ok, "unit %s: there is no calendar %q", u.ID, u.Calendar)
		for _, c := range u.Categories {
			p.require(has(r.index.categories, c), "unit %s: there is no category %q", u.ID, c)
		}
		for _, a := range u.Territory {
			p.require(has(r.index.areas, a), "unit %s: there is no area %q", u.ID, a)
		}
	}
}

func (r *Regency) checkCategories(p *problems) {
	for _, c := range r.Categories {
		where := "category " + c.ID
		p.require(ValidID(c.ID), "category %q: an id is lower-case letters, digits and dashes, at most 32", c.ID)
		r.checkText(p, where, c.Name)
		for _, a := range append([]string{c.Agency}, slices.Concat(c.Alternates, c.Supporting)...) {
			p.require(has(r.index.agencies, a), "%s: there is no agency %q", where, a)
		}
		for _, u := range c.Responders {
			p.require(has(r.index.units, u), "%s: there is no unit %q", where, u)
		}
		p.require(c.Priority >= 1 && c.Priority <= 4, "%s: priority %d is not 1 to 4", where, c.Priority)
		unique(p, where+": keyword", c.Keywords, func(k Keyword) string { return k.Text })
		for _, k := range c.Keywords {
			p.require(k.Weight >= 1 && k.Weight <= 10, "%s: keyword %q: weight %d is not 1 to 10", where, k.Text, k.Weight)
		}
		unique(p, where+": question", c.Questions, func(q Question) string { return q.ID })
		for _, q := range c.Questions {
			p.require(ValidShortID(q.ID), "%s: question %q: an id is lower-case letters, digits and dashes, at most 12", where, q.ID)
			r.checkText(p, where+": question "+q.ID, q.Ask)
			unique(p, where+": option", q.Options, func(o Option) string { return o.ID })
			for _, o := range q.Options {
				p.require(ValidShortID(o.ID), "%s: option %q: an id is lower-case letters, digits and dashes, at most 12", where, o.ID)
				r.checkText(p, where+": option "+o.ID, o.Text)
			}
		}
	}
}

func (r *Regency) checkDangers(p *problems) {
	for _, d := range r.Dangers {
		p.require(has(r.index.categories, d.Category), "danger %s: there is no category %q", d.ID, d.Category)
		words := 0
		for l, list := range d.Words {
			p.require(slices.Contains(r.Languages, l), "danger %s: language %s is none of the regency's", d.ID, l)
			words += len(list)
		}
		p.require(words > 0, "danger %s has no words", d.ID)
	}
}

func has(places map[string]int, id string) bool {
	_, ok := places[id]
	return ok
}
