package config

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// A base is the shipped regency that another one stands on: "based_on: jepara". What is the same everywhere (kinds of matters with their keywords,
// dangers, incidents, services, hours, holidays, most agencies) is taken from there, and the regency writes only what differs:
//
//   - An entry with the id of one of the base's changes the keys it names and keeps the others.
//   - An agency or unit with instead_of takes the place of others wherever the base names them: regencies merge their agencies differently.
//   - without, in regency.yaml, leaves entries out.
//
// Its files are read beside the regency's own and named with the base's name before them: "jepara/dangers.yaml". The zero base is no base.
type base struct {
	name     string
	fsys     fs.FS
	without  map[string]map[string]node // by list ("agencies"), by id: what is left out, until it was found in the base
	left     map[kind]map[string]bool   // what was left out
	replaced map[kind]map[string]string // what takes the place of a thing of the base
}

func (b base) here() bool { return b.name != "" }

// file names a file of the base.
func (b base) file(name string) string { return path.Join(b.name, name) }

// holds tells whether a file is one of the base's.
func (b base) holds(file string) bool { return b.here() && strings.HasPrefix(file, b.name+"/") }

// instead gives the id that a value of the base stands for in this regency. What the regency writes itself stands for itself.
func (b base) instead(n node, k kind, id string) string {
	if !b.holds(n.file) {
		return id
	}
	if by, ok := b.replaced[k][id]; ok {
		return by
	}
	return id
}

// isLeftOut tells whether a value of the base names something that this regency is without.
func (b base) isLeftOut(n node, k kind, id string) bool { return b.holds(n.file) && b.left[k][id] }

// The lists that without may name, and what stands in them.
var leavable = map[string][]kind{
	"agencies": {agencyKind, unitKind}, "categories": {categoryKind}, "dangers": {dangerKind}, "incidents": {incidentKind}, "services": {serviceKind}, "packages": {packageKind},
}

// where gives the file system that a file stands in, and its name there.
func (r *reader) where(name string) (fs.FS, string) {
	if r.base.holds(name) {
		return r.base.fsys, strings.TrimPrefix(name, r.base.name+"/")
	}
	return r.fsys, name
}

// readBase reads which shipped regency this one stands on, and what of it is left out.
func (r *reader) readBase(on, without node) {
	lists := slices.Sorted(maps.Keys(leavable))
	switch name := on.str(); {
	case name == "":
		if without.here() {
			without.wrong("leaves something out of nothing", "add based_on, or remove without")
		}
		return
	case !slices.Contains(Shipped(), name):
		on.wrong("there is no shipped regency "+quote(name)+" to stand on", suggest(name, Shipped(), "name one of "+strings.Join(Shipped(), ", ")))
		return
	default:
		sub, err := fs.Sub(shipped, path.Join("regencies", name))
		if err != nil {
			on.wrong("cannot be read: "+reason(err), "")
			return
		}
		r.base = base{name: name, fsys: sub, without: map[string]map[string]node{}, left: map[kind]map[string]bool{},
			replaced: map[kind]map[string]string{agencyKind: {}, unitKind: {}}}
	}
	if below := r.document(r.base.file("regency.yaml")).value("based_on"); below.here() {
		on.wrong(r.base.name+" stands on another itself", "name "+below.y.Value)
		r.base = base{}
		return
	}
	if !without.here() {
		return
	}
	m := without.mapping(lists...)
	for _, list := range lists {
		ids, at := m.opt(list).strs()
		r.base.without[list] = map[string]node{}
		for i, id := range ids {
			r.base.without[list][id] = at[i]
		}
	}
}

// missBase refuses instead_of in a regency that stands on no other.
func (r *reader) missBase(insteadOf node) {
	if insteadOf.here() && !r.base.here() {
		insteadOf.wrong("instead_of says nothing without based_on in regency.yaml", "remove it")
	}
}

// value gives the value of a key without judging the mapping it is in.
func (n node) value(key string) node {
	if !n.here() {
		return node{}
	}
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		if n.y.Content[i].Value == key {
			return n.child(n.y.Content[i+1])
		}
	}
	return node{}
}

// name gives the value of a key where it is a single one.
func (n node) name(key string) string {
	if v := n.value(key); v.here() && len(v.y.Content) == 0 {
		return v.y.Value
	}
	return ""
}

// inherit takes keys that are not here from the base's mapping.
func (m mapping) inherit(from node, keys ...string) {
	for _, key := range keys {
		if _, own := m.keys[key]; own {
			continue
		}
		if v := from.value(key); v.here() {
			m.values[key] = v
		}
	}
}

// onBase puts a regency's own entries of a list over those of the base, in the base's order and then its own. Entries are known by the value of key.
func (r *reader) onBase(list, key string, own, below []node) []node {
	if list == "agencies" {
		r.readInstead(own, below)
	}
	changed := map[string]int{}
	for i, item := range own {
		if id := item.name(key); id != "" {
			if _, twice := changed[id]; !twice { // one that is there twice is named later
				changed[id] = i
			}
		}
	}
	var items []node
	var known []string
	taken := map[int]bool{}
	for _, item := range below {
		id := item.name(key)
		known = append(known, id)
		i, isChanged := changed[id]
		switch {
		case r.leaveOut(list, id, item):
			if isChanged {
				own[i].wrong(id+" is left out by without in regency.yaml", "remove it here or there")
				taken[i] = true
			}
		case isChanged:
			under := item
			own[i].under = &under
			items = append(items, own[i])
			taken[i] = true
		case list != "agencies" || r.base.replaced[agencyKind][id] == "":
			items = append(items, item)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.base.without[list])) {
		r.base.without[list][id].wrong(fmt.Sprintf("%s has no %s among its %s", r.base.name, quote(id), list), suggest(id, known, "remove it"))
	}
	for i, item := range own {
		if !taken[i] {
			items = append(items, item)
		}
	}
	return items
}

// leaveOut tells whether an entry of the base is left out, and notes it: what the base names beside others is then passed over.
func (r *reader) leaveOut(list, id string, item node) bool {
	if _, out := r.base.without[list][id]; !out {
		return false
	}
	delete(r.base.without[list], id)
	for _, k := range leavable[list] {
		if r.base.left[k] == nil {
			r.base.left[k] = map[string]bool{}
		}
		r.base.left[k][id] = true
	}
	if list == "agencies" {
		for _, unit := range unitNames(item) {
			r.base.left[unitKind][unit] = true
		}
	}
	return true
}

// readInstead reads which agencies and units of the base are other ones here. A unit of a replaced agency that nobody names is the new agency's root.
func (r *reader) readInstead(own, below []node) {
	units := map[string][]string{} // of the base, by agency
	var agencies, all []string
	for _, item := range below {
		id := item.name("id")
		units[id] = append(unitNames(item), id)
		agencies, all = append(agencies, id), append(all, units[id]...)
	}
	for _, item := range own {
		by := item.name("id")
		for _, id := range r.replacing(item, agencyKind, agencies, by) {
			for _, unit := range units[id] {
				r.base.replaced[unitKind][unit] = by
			}
		}
	}
	for _, item := range own {
		for _, unit := range unitNodes(item) {
			r.replacing(unit, unitKind, all, unit.name("id"))
		}
	}
}

// replacing reads instead_of of one entry.
func (r *reader) replacing(item node, k kind, known []string, by string) []string {
	ids, at := item.value("instead_of").strs()
	for i, id := range ids {
		switch before := r.base.replaced[k][id]; {
		case !slices.Contains(known, id):
			at[i].wrong(fmt.Sprintf("%s has no %s %s", r.base.name, k, quote(id)), suggest(id, known, "remove it"))
		case k == agencyKind && before != "":
			at[i].wrong(fmt.Sprintf("%s %s is replaced by %s already", k, id, before), "leave it with one of them")
		default:
			r.base.replaced[k][id] = by
		}
	}
	return ids
}

// unitNodes gives the units of an agency as they are written, also those below others.
func unitNodes(item node) []node {
	var units []node
	list := item.value("units")
	if !list.here() {
		return nil
	}
	for _, y := range list.y.Content {
		unit := list.child(y)
		units = append(append(units, unit), unitNodes(unit)...)
	}
	return units
}

func unitNames(item node) []string {
	var names []string
	for _, unit := range unitNodes(item) {
		if id := unit.name("id"); id != "" {
			names = append(names, id)
		}
	}
	return names
}

// onBaseDocument gives a file of the regency over the one of the base, or that one where the regency has none.
func (r *reader) onBaseDocument(name string) node {
	if !r.base.here() {
		return r.document(name)
	}
	below := r.document(r.base.file(name))
	if _, err := fs.Stat(r.fsys, name); err != nil {
		return below
	}
	own := r.document(name)
	own.under = &below
	return own
}

// onBaseList gives the entries of a list in such a file.
func (r *reader) onBaseList(doc node, list, key string, value node) []node {
	items := value.list()
	if doc.under == nil {
		if r.base.holds(doc.file) {
			return r.onBase(list, key, nil, items)
		}
		return items
	}
	if r.base.holds(value.file) {
		return r.onBase(list, key, nil, items)
	}
	return r.onBase(list, key, items, doc.under.value(list).list())
}
