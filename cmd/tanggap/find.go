package main

import (
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// findAgency gives the id of an agency named by its id, short name or alias.
func findAgency(r *hotline.Regency, name string) (string, error) {
	var ids []string
	for _, g := range r.Agencies {
		if strings.EqualFold(name, g.ID) || strings.EqualFold(name, g.Short) {
			return g.ID, nil
		}
		ids = append(ids, g.ID)
	}
	for _, g := range r.Agencies {
		if slices.ContainsFunc(g.Aliases, func(a string) bool { return strings.EqualFold(a, name) }) {
			return g.ID, nil
		}
	}
	return "", fmt.Errorf("there is no agency %q; %slist them with: tanggap regency", name, didYouMean(name, ids))
}

// findUnit gives the id of a unit of an agency; the agency's own without a name. The agency's id before the name may be left out.
func findUnit(r *hotline.Regency, agency, name string) (string, error) {
	agency, err := findAgency(r, agency)
	if err != nil || name == "" {
		return agency, err
	}
	var ids []string
	for _, u := range r.Units {
		if u.Agency != agency {
			continue
		}
		if strings.EqualFold(name, u.ID) || strings.EqualFold(agency+"."+name, u.ID) {
			return u.ID, nil
		}
		ids = append(ids, u.ID)
	}
	if u, ok := r.Unit(name); ok {
		return "", fmt.Errorf("the unit %s belongs to another agency; use --agency %s", u.ID, u.Agency)
	}
	return "", fmt.Errorf("%s has no unit %q; %slist them with: tanggap regency %s", agency, name, didYouMean(name, ids), agency)
}

// didYouMean proposes the id nearest to what was typed, where one is near enough.
func didYouMean(typed string, ids []string) string {
	typed = strings.ToLower(typed)
	best, at := "", len(typed)/2+1
	for _, id := range ids {
		d := distance(typed, id)
		if _, last, ok := strings.Cut(id, "."); ok {
			d = min(d, distance(typed, last))
		}
		if d < at {
			best, at = id, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "? Otherwise "
}

// distance counts the letters to be changed, added or left out to make one word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			d := before
			if a[i-1] != b[j-1] {
				d = 1 + min(before, row[j], row[j-1])
			}
			before, row[j] = row[j], d
		}
	}
	return row[len(b)]
}
