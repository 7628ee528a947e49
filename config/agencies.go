package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"tanggap/hotline"
)

// A perUnit is one line that stands for a unit in every kecamatan, or in every village.
type perUnit struct {
	node       node
	agency     string
	per        string
	name       string
	parent     string
	calendar   string
	categories []string
	called     map[hotline.AreaLevel]string // what {level} becomes
}

// readAgencies reads the agencies and, within each, its units. The agency's own root unit needs no line: its calendar and categories stand with
// the agency.
func (r *reader) readAgencies() {
	aliases := map[string]string{}
	var hotlineAgency, inspector node
	last := node{}
	for _, item := range r.entries("agencies", agencyKind, unitKind) {
		last = item
		of := item.mapping("id", "name", "short", "kind", "aliases", "inspector", "hotline", "desk", "contact", "calendar", "categories", "units", "instead_of")
		idNode := of.need("id")
		a := hotline.Agency{
			ID:   idNode.id(agencyKind, hotline.ValidID, idForm),
			Name: of.need("name").str(), Short: of.need("short").str(),
			Kind:      oneOf(of.need("kind"), "kind", hotline.AgencyKinds()),
			Inspector: of.opt("inspector").flag(), Hotline: of.opt("hotline").flag(),
		}
		if contact := of.opt("contact"); contact.here() {
			a.Contact = contact.str()
		}
		a.Desk = a.Kind == hotline.AgencyOPD || a.Kind == hotline.AgencyEmergency || a.Kind == hotline.AgencyOwned
		if desk := of.opt("desk"); desk.here() {
			a.Desk = desk.flag()
		}
		a.Aliases = r.readAliases(of.opt("aliases"), a.ID, aliases)
		one(a.Hotline, of.opt("hotline"), &hotlineAgency, "runs the hotline")
		one(a.Inspector, of.opt("inspector"), &inspector, "is the inspector")
		if a.Hotline && !a.Desk {
			item.wrong("the agency that runs the hotline needs a desk", "remove desk: false")
		}
		if !a.Desk && a.Contact == "" {
			r.problem(item.at(), Warning, fmt.Sprintf("%s has neither a desk nor a contact", a.ID), "add contact: what a citizen may call")
		}
		root := hotline.Unit{ID: a.ID, Agency: a.ID, Name: a.Name,
			Calendar: of.opt("calendar").ref(calendarKind), Categories: of.opt("categories").refs(categoryKind)}
		if a.ID != "" && r.declare(unitKind, a.ID, idNode.at()) {
			r.out.Agencies = append(r.out.Agencies, a)
			r.out.Units = append(r.out.Units, root)
		}
		r.readUnits(of.opt("units"), a.ID, a.ID)
		r.missBase(of.opt("instead_of"))
	}
	r.inspector = inspector.here()
	if !hotlineAgency.here() {
		r.unanswered = last
	}
}

// one notes which agency has a mark that only one may have.
func one(has bool, at node, first *node, what string) {
	switch {
	case !has:
	case first.here():
		at.wrong(fmt.Sprintf("another agency %s already, at %s", what, first.at()), "leave it with one of them")
	default:
		*first = at
	}
}

func (r *reader) readAliases(n node, agency string, taken map[string]string) []string {
	values, at := n.strs()
	for i, alias := range values {
		plain := strings.Join(hotline.Words(alias), " ")
		if plain == "" {
			at[i].wrong("alias "+quote(alias)+" holds no word", "remove it")
		} else if other, ok := taken[plain]; ok && other != agency {
			r.problem(at[i].at(), Warning, fmt.Sprintf("alias %s is one of %s too", quote(alias), other), "leave it with one of them")
		} else {
			taken[plain] = agency
		}
	}
	return values
}

// readUnits reads the units of an agency, and those below them.
func (r *reader) readUnits(n node, agency, parent string) {
	for _, item := range n.list() {
		m := item.mapping("id", "per", "called", "name", "parent", "calendar", "categories", "territory", "units", "instead_of")
		r.missBase(m.opt("instead_of"))
		name := m.need("name").str()
		calendar, categories := m.opt("calendar").ref(calendarKind), m.opt("categories").refs(categoryKind)
		above, aboveNode := parent, item
		if p := m.opt("parent"); p.here() {
			above, aboveNode = p.str(), p
		}
		if per := m.opt("per"); per.here() {
			r.readPer(m, per, perUnit{node: aboveNode, agency: agency, name: name, parent: above, calendar: calendar, categories: categories})
			continue
		}
		if called := m.opt("called"); called.here() {
			called.wrong("called says nothing without per", "remove it")
		}
		idNode := m.need("id")
		id := idNode.id(unitKind, hotline.ValidUnitID, unitIDForm)
		if id != "" && agency != "" && !strings.HasPrefix(id, agency+".") {
			idNode.wrong(fmt.Sprintf("unit %s does not belong to %s by its id", id, agency), "begin it with "+agency+".")
		}
		territory := m.opt("territory").refs(areaKind)
		if id != "" && agency != "" {
			r.addUnit(hotline.Unit{ID: id, Agency: agency, Parent: above, Name: name, Categories: categories, Territory: territory, Calendar: calendar}, aboveNode)
		}
		if units := m.opt("units"); units.here() {
			r.readUnits(units, agency, id)
		}
	}
}

func (r *reader) readPer(m mapping, per node, u perUnit) {
	u.per = oneOf(per, "per", []string{"kecamatan", "desa"})
	u.called = readCalled(m.opt("called"))
	for _, key := range []string{"id", "territory", "units", "instead_of"} {
		if n := m.opt(key); n.here() {
			n.wrong(key+" says nothing beside per", "remove it")
		}
	}
	if u.name != "" && !strings.Contains(u.name, "{name}") {
		m.need("name").wrong("a name for every place must hold {name}", `write it as "Kecamatan {name}"`)
	}
	if u.per != "" && u.agency != "" {
		r.perUnits = append(r.perUnits, u)
	}
}

// readCalled reads what the levels of places are called here where it is otherwise: a desa of Lampung is a kampung.
func readCalled(n node) map[hotline.AreaLevel]string {
	called := maps.Clone(levelNames)
	if !n.here() {
		return called
	}
	levels := make([]string, 0, len(levelNames))
	for level := range levelNames {
		levels = append(levels, string(level))
	}
	slices.Sort(levels)
	m := n.mapping(levels...)
	for _, level := range levels {
		if v := m.opt(level); v.here() {
			called[hotline.AreaLevel(level)] = v.str()
		}
	}
	return called
}

func (r *reader) addUnit(u hotline.Unit, parent node) {
	if len(r.out.Units) >= maxUnits {
		parent.wrong(fmt.Sprintf("there are more than %d units", maxUnits), "see whether a per: line is there twice")
		return
	}
	r.out.Units = append(r.out.Units, u)
	r.parents[u.ID] = parent
	if u.Parent != "" {
		r.refer(unitKind, u.Parent, parent.at())
	}
}

var levelNames = map[hotline.AreaLevel]string{
	hotline.LevelKecamatan: "Kecamatan", hotline.LevelDesa: "Desa", hotline.LevelKelurahan: "Kelurahan",
}

// expandUnits makes the units of the "per" lines: "kecamatan.33.20.08", "desa.33.20.08.2005".
func (r *reader) expandUnits() {
	if len(r.perUnits) > 0 && r.unread[areaKind] {
		r.lost(unitKind)
	}
	for _, u := range r.perUnits {
		for _, a := range r.out.Areas {
			village := a.Level == hotline.LevelDesa || a.Level == hotline.LevelKelurahan
			if (u.per == "kecamatan") != (a.Level == hotline.LevelKecamatan) || u.per == "desa" && !village {
				continue
			}
			if len(r.out.Units) >= maxUnits || len(r.problems) > maxProblems {
				return
			}
			id := u.agency + "." + a.Code
			if !hotline.ValidUnitID(id) {
				u.node.wrong(quote(id)+" cannot be the id of a unit", "mend the code of the area in "+areasFile)
				continue
			}
			if !r.declare(unitKind, id, u.node.at()) {
				continue
			}
			kecamatan := a.Code
			if village {
				kecamatan = a.Parent
			}
			r.addUnit(hotline.Unit{
				ID: id, Agency: u.agency, Parent: strings.ReplaceAll(u.parent, "{kecamatan}", kecamatan),
				Name:       strings.NewReplacer("{name}", a.Name, "{level}", u.called[a.Level]).Replace(u.name),
				Categories: u.categories, Territory: []string{a.Code}, Calendar: u.calendar,
			}, u.node)
		}
	}
}

// checkUnits names units that are above themselves.
func (r *reader) checkUnits() {
	parent := make(map[string]string, len(r.out.Units))
	for _, u := range r.out.Units {
		parent[u.ID] = u.Parent
	}
	ends := map[string]bool{} // units known to lead up to a root, or said already
	for _, u := range r.out.Units {
		onWay := map[string]bool{}
		id := u.ID
		for id != "" && !ends[id] && !onWay[id] {
			onWay[id] = true
			id = parent[id]
		}
		if onWay[id] {
			r.parents[id].wrong("unit "+id+" is above itself", "name another parent for it or for one above it")
		}
		for id := range onWay {
			ends[id] = true
		}
	}
}
