package bot

import (
	"slices"
	"strings"

	"tanggap/hotline"
)

// mostUnits is how many units are offered when a name fits several.
const mostUnits = 6

// How well a name fits a unit.
const (
	fitNot   = iota
	fitTypo  // one letter is wrong
	fitPart  // all words of the name occur among the unit's
	fitWhole // it is the unit's name
)

// findUnits gives the units that somebody may mean by a name: "dlh", "Dinas Lingkungan Hidup", "bina marga", "kecamatan tahunan". One
// that is named exactly leaves out those that only resemble it; with equals, all are given, at most mostUnits, those higher up first.
func findUnits(r *hotline.Regency, name string) []string {
	words := unitWords(name)
	if len(words) == 0 || len(words) > 12 {
		return nil
	}
	best, found := fitTypo, []string(nil)
	for _, u := range r.Units {
		fit := fitNot
		for _, n := range unitNames(r, u) {
			fit = max(fit, fits(words, unitWords(n)))
		}
		if fit < best || fit == fitNot {
			continue
		}
		if fit > best {
			best, found = fit, found[:0]
		}
		found = append(found, u.ID)
	}
	slices.SortStableFunc(found, func(a, b string) int { return len(r.Ancestors(a)) - len(r.Ancestors(b)) })
	if best == fitPart && len(found) > 1 {
		found = withoutBelow(r, found)
	}
	return found[:min(len(found), mostUnits)]
}

// withoutBelow leaves out units whose superior is there too: who says "PU" means the agency and not each of its units.
func withoutBelow(r *hotline.Regency, units []string) []string {
	return slices.DeleteFunc(slices.Clone(units), func(u string) bool {
		return slices.ContainsFunc(r.Ancestors(u), func(up string) bool {
			return slices.Contains(units, up) && r.AgencyOf(up) == r.AgencyOf(u)
		})
	})
}

// unitNames gives what a unit is called by: an agency's root by the agency's names, any other by its own, with and without the agency's
// short name.
func unitNames(r *hotline.Regency, u hotline.Unit) []string {
	g, _ := r.Agency(u.Agency)
	if u.ID == u.Agency {
		return append([]string{u.ID, u.Name, g.Name, g.Short}, g.Aliases...)
	}
	names := []string{u.ID, u.Name, u.Name + " " + g.Short, g.Short + " " + u.Name}
	if len(u.Territory) == 1 {
		if a, ok := r.Area(u.Territory[0]); ok && u.Name != string(a.Level)+" "+a.Name {
			names = append(names, string(a.Level)+" "+a.Name)
		}
	}
	return names
}

// unitWords gives the normalised words of a name without those that say nothing.
func unitWords(s string) []string {
	return slices.DeleteFunc(hotline.Words(s), func(w string) bool {
		return w == "dinas" || w == "badan" || w == "kantor" || w == "bidang" || w == "dan" || w == "the"
	})
}

func fits(asked, name []string) int {
	switch {
	case len(name) == 0:
		return fitNot
	case slices.Equal(asked, name) || strings.Join(asked, "") == strings.Join(name, ""):
		return fitWhole
	}
	all := true
	for _, w := range asked {
		all = all && slices.Contains(name, w)
	}
	if all {
		return fitPart
	}
	if a, n := strings.Join(asked, ""), strings.Join(name, ""); len(a) >= 5 && oneEdit(a, n) {
		return fitTypo
	}
	return fitNot
}

// oneEdit tells whether one letter more, less, other, or two swapped make the same word.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return false // the same word
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// mentionedAgency gives the agency whose short name or alias occurs in a text as words of its own, the longest name first: "ini jalan provinsi,
// punya DPUBMCK". Names of fewer than three letters don't count.
func mentionedAgency(r *hotline.Regency, text string) (string, bool) {
	words := " " + strings.Join(hotline.Words(text), " ") + " "
	best, length := "", 0
	for _, g := range r.Agencies {
		for _, name := range append([]string{g.ID, g.Short, g.Name}, g.Aliases...) {
			n := strings.Join(hotline.Words(name), " ")
			if len(n) >= 3 && len(n) > length && strings.Contains(words, " "+n+" ") {
				best, length = g.ID, len(n)
			}
		}
	}
	return best, best != ""
}

// narrow gives which unit of an agency is meant where somebody named the agency: the one that works the case's category there, or covers its place. Where
// that leaves a choice it gives the units to ask about, the agency's own root last. A unit that has none below it is meant itself.
func (k *talk) narrow(c hotline.Case, unit string) (one string, which []string) {
	agency := k.reg.AgencyOf(unit)
	if unit != agency || len(k.reg.UnitsBelow(unit)) == 0 {
		return unit, nil
	}
	if at, ok := hotline.UnitFor(k.reg, agency, hotline.RoutingOf(c)); ok && at != unit {
		return at, nil
	}
	for _, u := range k.reg.Units {
		if u.Agency == agency && len(k.reg.Ancestors(u.ID)) == 1 && len(which) < mostUnits-1 {
			which = append(which, u.ID)
		}
	}
	if len(which) == 0 { // nothing to choose
		return unit, nil
	}
	return "", append(which, unit)
}
