package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// What waits to be said may wait for long: somebody blocked us, a network is down. Meanwhile a case may come to accuse its reader's agency or become
// secret, a role may end, an address may go back to another person. So what speaks of a case that is not the reader's own is held against
// Regency.Sees (in groups Regency.ForGroup) once more, with the roles that hold at the moment it is given out, and set aside where it shows more
// than the reader may see now.
//
// An answer just asked for, and the change of a card that its reader has, may name the category all the same: they tell nothing new, and a change is
// what takes a story away. What was said, its place and its media, and who reported, they may never show.

// A reader is who stands at an address at the moment something is given out.
type reader struct {
	hotline.Viewer
	group bool // a unit's group
}

// shown tells how much a parcel shows of each case that it speaks of. Of what was said the case is asked with caseOf, of a person whether they
// reported a case with reported.
func shown(r *hotline.Regency, p hotline.Parcel, caseOf func(hotline.ContentID) hotline.CaseID,
	reported func(hotline.PersonID, hotline.CaseID) bool) map[hotline.CaseID]hotline.Sight {
	need := map[hotline.CaseID]hotline.Sight{}
	mark := func(id hotline.CaseID, s hotline.Sight) {
		if id != 0 {
			was := need[id]
			need[id] = hotline.Sight{Facts: was.Facts || s.Facts, Content: was.Content || s.Content, Place: was.Place || s.Place, Reporter: was.Reporter || s.Reporter}
		}
	}
	content := hotline.Sight{Facts: true, Content: true}
	if len(p.Out.Reply.Media) > 0 {
		mark(p.Out.Case, content)
	}
	for _, id := range p.Out.Reply.Shows {
		mark(caseOf(id), content)
	}
	p.Out.Reply.Each(func(a hotline.Arg) {
		switch a.Is {
		case hotline.ArgContent:
			mark(caseOf(hotline.ContentID(idIn(a))), content)
		case hotline.ArgMap:
			mark(caseOf(hotline.ContentID(idIn(a))), hotline.Sight{Facts: true, Place: true})
		}
	})
	about := []hotline.CaseID{p.Out.Case} // a line without a number goes on about the case of the line before it
	for _, l := range p.Out.Reply.Lines {
		if named := casesIn(l); len(named) > 0 {
			about = named
		}
		for _, a := range l.Args {
			for _, id := range about {
				switch a.Is {
				case hotline.ArgCategory:
					mark(id, hotline.Sight{Facts: true})
				case hotline.ArgArea:
					k, ok := r.Kecamatan(a.V)
					mark(id, hotline.Sight{Facts: true, Place: ok && k.Code != a.V})
				case hotline.ArgOptions:
					mark(id, content)
				case hotline.ArgPerson:
					if reported(hotline.PersonID(idIn(a)), id) {
						mark(id, hotline.Sight{Facts: true, Reporter: true})
					}
				}
			}
		}
	}
	return need
}

func casesIn(l hotline.Line) []hotline.CaseID {
	var ids []hotline.CaseID
	for _, a := range l.Args {
		if a.Is == hotline.ArgCase {
			ids = append(ids, hotline.CaseID(idIn(a)))
		}
	}
	return ids
}

// idIn gives the id that an argument names; zero where it is none.
func idIn(a hotline.Arg) int64 {
	id, err := strconv.ParseInt(a.V, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// known tells whether a parcel's reader knows already that there is the case, and of what category.
func (d reader) known(p hotline.Parcel) bool {
	return p.Out.Asked && !d.group || p.Out.Verb == hotline.VerbEdit && p.EditRef != ""
}

// doubtful tells whether a parcel may show more of a case than its reader may see, before anything is read. Of what is not doubtful nothing is read.
func doubtful(r *hotline.Regency, p hotline.Parcel) bool {
	if len(phonesIn(p)) > 0 {
		return true
	}
	some := func(hotline.ContentID) hotline.CaseID { return -1 }
	for _, s := range shown(r, p, some, func(hotline.PersonID, hotline.CaseID) bool { return true }) {
		if s.Content || s.Place || s.Reporter || s.Facts && !(reader{}).known(p) {
			return true
		}
	}
	return false
}

// sights is what is read to decide who may hear something.
type sights struct {
	regency *hotline.Regency
	cases   map[hotline.CaseID]hotline.Case
	readers map[hotline.AddressID]reader
}

// queue reads the cases that doubtful parcels speak of and who stands at their addresses at the service time now, along with whatever else the batch reads.
func (g *sights) queue(b *pgx.Batch, parcels []hotline.Parcel, now time.Time) {
	g.cases, g.readers = map[hotline.CaseID]hotline.Case{}, map[hotline.AddressID]reader{}
	var at, cases, said []int64
	for _, p := range parcels {
		at = append(at, int64(p.Address.ID))
		if p.Out.Case != 0 {
			cases = append(cases, int64(p.Out.Case))
		}
		for _, l := range p.Out.Reply.Lines {
			for _, id := range casesIn(l) {
				cases = append(cases, int64(id))
			}
		}
		for _, id := range p.Out.Reply.Shows {
			said = append(said, int64(id))
		}
		p.Out.Reply.Each(func(a hotline.Arg) {
			if a.Is == hotline.ArgContent || a.Is == hotline.ArgMap {
				said = append(said, idIn(a))
			}
		})
	}
	args := pgx.StrictNamedArgs{"cases": cases, "said": said}
	const named = `select unnest(@cases::bigint[]) union select x.case_id from contents x where x.id = any (@said::bigint[])`
	const those = `any (array(` + named + ` union select p.parent from cases p where p.id = any (array(` + named + `)) and p.parent is not null))`
	b.Queue(`select `+caseColumns+` from cases c where c.id = `+those, args).Query(func(rows pgx.Rows) error {
		cs, err := pgx.CollectRows(rows, pgx.RowToStructByName[caseRow])
		for _, r := range cs {
			g.cases[r.ID] = r.value(g.regency.Letters)
		}
		return err
	})
	b.Queue(`select `+assignmentColumns+` from assignments a where a.case_id = `+those+` order by a.case_id, a.n`, args).Query(func(rows pgx.Rows) error {
		as, err := pgx.CollectRows(rows, pgx.RowToStructByName[assignmentRow])
		for _, r := range as {
			if c, ok := g.cases[r.CaseID]; ok {
				c.Assignments = append(c.Assignments, r.value())
				g.cases[r.CaseID] = c
			}
		}
		return err
	})
	b.Queue(`
		select a.id, coalesce(a.home, a.person_id, 0), s.same, g.address_id is not null, coalesce(r.names, '{}'), coalesce(r.units, '{}')
		from addresses a
		left join groups g on g.address_id = a.id and g.until is null
		cross join lateral (select array(select s from same_person(a.person_id) s order by s) as same) s
		cross join lateral (
			select array_agg(r.name order by r.id) as names, array_agg(r.unit order by r.id) as units from roles r
			where r.person_id = any (s.same) and r.starts <= @now and (r.ends is null or r.ends > @now)) r
		where a.id = any (@at)`, pgx.StrictNamedArgs{"at": at, "now": now}).Query(func(rows pgx.Rows) error {
		var id hotline.AddressID
		var home hotline.PersonID
		var same []hotline.PersonID
		var group bool
		var names []hotline.RoleName
		var units []string
		_, err := pgx.ForEachRow(rows, []any{&id, &home, &same, &group, &names, &units}, func() error {
			d := reader{Viewer: hotline.Viewer{Person: home, Also: others(home, slices.Clone(same))}, group: group}
			for i, unit := range units {
				if _, known := g.regency.Unit(unit); known || unit == "" { // as Tx.counts
					d.Roles = append(d.Roles, hotline.Role{Person: home, Name: names[i], Unit: unit, Also: d.Also})
				}
			}
			g.readers[id] = d
			return nil
		})
		return err
	})
}

// allow tells whether a parcel's reader may see what it shows.
func (g *sights) allow(p hotline.Parcel, said map[hotline.ContentID]hotline.Content) bool {
	d := g.readers[p.Address.ID]
	need := shown(g.regency, p, func(id hotline.ContentID) hotline.CaseID { return said[id].Case },
		func(who hotline.PersonID, id hotline.CaseID) bool { return who != 0 && who == g.cases[id].Reporter })
	for id, s := range need {
		c, ok := g.cases[id]
		if !ok || c.Reporter == 0 && c.From == p.Address.ID {
			continue
		}
		if c.Parent != 0 {
			c.With = g.cases[c.Parent].Assignments
		}
		may := g.regency.Sees(d.Viewer, ended(c, p.Out.Assign))
		if d.group {
			may = g.regency.ForGroup(c)
		}
		if s.Content && !may.Content || s.Place && !may.Where() || s.Reporter && !may.Reporter || s.Facts && !may.Facts && !d.known(p) {
			return false
		}
	}
	return true
}

// ended gives a case that was taken back or put away as its officer last had it: they hear why, with what was said.
func ended(c hotline.Case, of hotline.AssignmentID) hotline.Case {
	for i, a := range c.Assignments {
		if a.ID == of && a.State == hotline.Cancelled && a.Officer != 0 && !c.Status.Live() {
			c.Assignments = slices.Clone(c.Assignments)
			c.Assignments[i].State = hotline.Done
		}
	}
	return c
}

// reasonSight stands at what was set aside since its reader may not see any more what it shows.
const reasonSight = "sight"

// withhold sets aside what must not be said, and removes its meaning.
func (s *Store) withhold(ctx context.Context, ids []hotline.OutID) error {
	_, err := s.pool.Exec(ctx, `update outbox set state = 'aside', body = null, reason = @reason where id = any (@ids) and state = 'due'`,
		pgx.StrictNamedArgs{"ids": ids, "reason": reasonSight})
	if err != nil {
		return fmt.Errorf("set aside what its reader may not see: %w", err)
	}
	return nil
}
