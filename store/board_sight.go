package store

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Regency.Sees decides who may see what, of one case. Lists, counts and searches ask the same of many, in SQL: sightSQL says it there, and
// TestTheListsSeeWhatThePredicateSees holds the two against each other. What a list gives has passed through Sees as well.

// sightLevel is which of the fields of hotline.Sight is asked for.
type sightLevel int

const (
	seesFacts sightLevel = iota
	seesContent
	seesReporter
)

// sightSQL gives the condition on a case c, and puts what it asks of the viewer into args, under names that begin with "v_".
func (t *Tx) sightSQL(v hotline.Viewer, level sightLevel, args pgx.StrictNamedArgs) string {
	maps.Copy(args, t.viewerArgs(v))
	const mine = `a.officer = any (@v_me) and a.state in ('waiting', 'taken', 'done')`
	on, setda := `a.state in ('waiting', 'taken')`, `@v_setda`
	if level != seesFacts {
		on += ` and c.privacy not in ('secret', 'sealed')`
		setda += ` and c.privacy not in ('secret', 'sealed')`
	}
	if level == seesReporter {
		setda = `@v_setda and false`
	}
	more := ``
	if level == seesReporter {
		more = ` and c.privacy not in ('anonymous', 'sealed')`
	}
	return `(c.reporter = any (@v_me)
		or not (c.about <> '' and c.about = any (@v_of) and not (c.about = any (@v_heads) and c.category = any (@v_rude)))` + more + ` and (
			@v_all::boolean
			or exists (select 1 from assignments a where a.case_id in (c.id, c.parent) and a.unit = any (@v_units) and (` + on + ` or ` + mine + `))
			or ` + setda + ` and exists (
				select 1 from assignments a where a.case_id in (c.id, c.parent) and a.state in ('waiting', 'taken') and a.level >= 2)))`
}

// viewerArgs is what sightSQL asks of a viewer: who they are, which agencies and units they are of.
func (t *Tx) viewerArgs(v hotline.Viewer) pgx.StrictNamedArgs {
	r := t.regency
	me := []int64{}
	for _, p := range append([]hotline.PersonID{v.Person}, v.Also...) {
		if p != 0 {
			me = append(me, int64(p))
		}
	}
	rude := []string{}
	for _, c := range r.Categories {
		if c.Rudeness {
			rude = append(rude, c.ID)
		}
	}
	of, heads, units := []string{}, []string{}, []string{}
	for _, role := range v.Roles {
		if agency := r.AgencyOf(role.Unit); agency != "" {
			of = append(of, agency)
			if role.Name == hotline.RoleHead && len(rude) > 0 && !r.HiddenFrom(hotline.Case{About: agency, Category: rude[0]}, agency) {
				heads = append(heads, agency)
			}
		}
		switch role.Name {
		case hotline.RoleOfficer, hotline.RoleHead, hotline.RoleResponder:
			units = append(units, r.UnitsBelow(role.Unit)...)
		}
	}
	slices.Sort(units)
	return pgx.StrictNamedArgs{"v_me": me, "v_of": of, "v_heads": heads, "v_rude": rude, "v_units": slices.Compact(units),
		"v_all": v.Has(hotline.RoleCoordinator), "v_setda": v.Has(hotline.RoleSetda)}
}
