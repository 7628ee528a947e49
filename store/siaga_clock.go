package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A clock that stands still is a due time that is later. What it was before is kept, so that the count can be made anew from there when the siaga ends at
// another time than was planned.

type pauseRow struct {
	CaseID       hotline.CaseID
	AssignmentID hotline.AssignmentID // zero: the promise to the reporter
	Since        time.Time            // from when on it stood still
	Was, Due     time.Time
}

type pauseKey struct {
	c hotline.CaseID
	a hotline.AssignmentID
}

// stopClocks has the clocks of a siaga's units stand still from its beginning until a time, whatever was counted before: parts of cases that are worked there,
// and what was promised of those they lead. Emergencies know no calendar and no pause. That they stand still is an event of each case.
func (t *Tx) stopClocks(ctx context.Context, v hotline.Viewer, s hotline.Siaga, until time.Time) error {
	if len(s.Units) == 0 {
		return nil
	}
	rows, err := read[pauseRow](ctx, t, "read how a siaga moved due times", `select case_id, assignment_id, since, was, due from siaga_pauses where siaga_id = @id`,
		pgx.StrictNamedArgs{"id": s.ID})
	if err != nil {
		return err
	}
	moved := make(map[pauseKey]pauseRow, len(rows))
	for _, r := range rows {
		moved[pauseKey{r.CaseID, r.AssignmentID}] = r
	}
	// What another siaga that goes on has moved is left to that one: no clock stands still twice.
	ids, err := scalars[hotline.CaseID](ctx, t, "list whose clocks stand still", `
		select distinct c.id from cases c join assignments a on a.case_id = c.id
		where not c.urgent and c.status not in ('ended', 'closed', 'withdrawn', 'archived') and a.unit = any (@units) and a.state in ('waiting', 'taken')
			and not exists (select 1 from siaga_pauses p join siagas o on o.id = p.siaga_id where p.case_id = c.id and o.id <> @id and o.ended is null)
		order by c.id`, pgx.StrictNamedArgs{"units": s.Units, "id": s.ID})
	if err != nil {
		return err
	}
	n := 0
	for _, id := range ids {
		c, err := t.Case(ctx, id)
		if err != nil {
			return err
		}
		k := clockStop{t: t, by: v.Person, s: s, until: until, moved: moved, since: c.Changed}
		if err := k.stop(c); err != nil {
			return fmt.Errorf("stop the clock of case %d: %w", id, err)
		}
		n += k.n
	}
	if n > 0 {
		t.siagaStep(v, s.ID, hotline.SiagaPaused, fmt.Sprint(n), "")
	}
	return nil
}

// pauseFresh has the clocks of what was given to units in this unit of work stand still too, where those of the unit do.
func (t *Tx) pauseFresh(ctx context.Context) error {
	all, err := t.Siagas(ctx)
	all = slices.DeleteFunc(slices.Clone(all), func(s hotline.Siaga) bool { return len(s.Units) == 0 || !s.Holds(t.now) })
	ids := t.fresh
	t.fresh = nil
	if err != nil || len(all) == 0 {
		return err
	}
	slices.Sort(ids)
	type row struct {
		pauseRow
		SiagaID hotline.SiagaID
	}
	rows, err := read[row](ctx, t, "read how due times were moved", `
		select p.case_id, p.assignment_id, p.since, p.was, p.due, p.siaga_id from siaga_pauses p join siagas s on s.id = p.siaga_id
		where p.case_id = any (@ids) and s.ended is null`, pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return err
	}
	for _, id := range slices.Compact(ids) {
		c := t.cases[id].c
		if c.Urgent || c.Status.Over() {
			continue
		}
		for _, s := range all {
			moved, another := map[pauseKey]pauseRow{}, false
			for _, r := range rows {
				if r.CaseID == id && r.SiagaID == s.ID {
					moved[pauseKey{id, r.AssignmentID}] = r.pauseRow
				}
				another = another || r.CaseID == id && r.SiagaID != s.ID // no clock stands still twice
			}
			if another || !slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.On() && slices.Contains(s.Units, a.Unit) }) {
				continue
			}
			k := clockStop{t: t, s: s, until: s.Until, moved: moved, since: c.Changed}
			if err := k.stop(c); err != nil {
				return fmt.Errorf("stop the clock of case %d: %w", id, err)
			}
			break
		}
	}
	return nil
}

// clockStop moves the due times of one case.
type clockStop struct {
	t     *Tx
	by    hotline.PersonID
	s     hotline.Siaga
	until time.Time
	moved map[pauseKey]pauseRow
	since time.Time // the case's last event
	n     int
}

func (k *clockStop) stop(c hotline.Case) (err error) {
	leads := false
	for _, a := range c.Assignments {
		if !a.On() || !slices.Contains(k.s.Units, a.Unit) {
			continue
		}
		leads = leads || a.Part == hotline.Lead
		if c, err = k.move(c, a.ID, k.t.regency.Calendar(a.Unit), a.Due, a.Since); err != nil {
			return err
		}
	}
	if leads {
		_, err = k.move(c, 0, k.t.regency.Calendar(""), c.Due, c.Filed)
	}
	return err
}

// move counts one due time anew, from where it stood before this siaga touched it. One that was set meanwhile stood still only from then on.
func (k *clockStop) move(c hotline.Case, a hotline.AssignmentID, calendar hotline.Calendar, due, began time.Time) (hotline.Case, error) {
	was, from := due, k.s.From
	p, had := k.moved[pauseKey{c.ID, a}]
	switch {
	case had && p.Due.Equal(due):
		was, from = p.Was, p.Since
	case had:
		from = latest(from, k.since)
	default:
		from = latest(from, began)
	}
	next := calendar.Paused(was, from, k.until)
	if next.IsZero() || next.Equal(due) && !had {
		return c, nil
	}
	k.t.later(func() {
		k.t.queue(`insert into siaga_pauses (siaga_id, case_id, assignment_id, since, was, due) values (@id, @case, @a, @since, @was, @due)
			on conflict (siaga_id, case_id, assignment_id) do update set since = @since, was = @was, due = @due`,
			pgx.StrictNamedArgs{"id": k.s.ID, "case": c.ID, "a": a, "since": from, "was": was, "due": next})
	})
	if next.Equal(due) {
		return c, nil
	}
	k.n++
	return k.t.Record(c, hotline.Event{Kind: hotline.EvPaused, By: k.by, Assignment: a, Facts: hotline.Facts{Due: next, Word: k.s.Decree}}, hotline.Content{})
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
