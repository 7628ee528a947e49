package store

import (
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// This file turns what a unit of work gathered about cases into few statements, one a table however many rows: each statement costs Postgres more
// than a row does. Rows travel as JSON under the names of the columns.

// caseJSON is a case's row as it is written.
type caseJSON struct {
	ID       hotline.CaseID     `json:"id"`
	Kind     hotline.Kind       `json:"kind"`
	Category string             `json:"category"`
	Privacy  hotline.Privacy    `json:"privacy"`
	Urgent   bool               `json:"urgent"`
	Source   hotline.Source     `json:"source"`
	Reporter *hotline.PersonID  `json:"reporter"`
	From     *hotline.AddressID `json:"from_address"`
	Area     string             `json:"area"`
	About    string             `json:"about"`
	Status   hotline.Status     `json:"status"`
	Outcome  hotline.EventKind  `json:"outcome"`
	Date     string             `json:"date"`
	AskDue   *time.Time         `json:"ask_due"`
	Filed    time.Time          `json:"filed"`
	Due      *time.Time         `json:"due"`
	Changed  time.Time          `json:"changed"`
	EndedAt  *time.Time         `json:"ended_at"`
	Rating   int                `json:"rating"`
	Reopened int                `json:"reopened"`
	Events   int                `json:"events"`
	Story    *hotline.ContentID `json:"story"`
	Parent   *hotline.CaseID    `json:"parent"`
	Children int                `json:"children"`
	Wake     *time.Time         `json:"wake"`
}

func (t *Tx) caseJSON(c hotline.Case) caseJSON {
	return caseJSON{
		ID: c.ID, Kind: c.Kind, Category: c.Category, Privacy: c.Privacy, Urgent: c.Urgent, Source: c.Source, Reporter: nz(c.Reporter), From: nz(c.From),
		Area: c.Area, About: c.About, Status: c.Status, Outcome: c.Outcome, Date: c.Date, AskDue: nz(c.AskDue), Filed: c.Filed, Due: nz(c.Due),
		Changed: c.Changed, EndedAt: nz(c.EndedAt), Rating: c.Rating, Reopened: c.Reopened, Events: c.Events, Story: nz(c.Story), Parent: nz(c.Parent), Children: c.Children,
		Wake: nz(t.regency.Wake(c)),
	}
}

type eventJSON struct {
	Case       hotline.CaseID        `json:"case_id"`
	Kind       hotline.EventKind     `json:"kind"`
	At         time.Time             `json:"at"`
	By         *hotline.PersonID     `json:"by"`
	Assignment *hotline.AssignmentID `json:"assignment_id"`
	Content    *hotline.ContentID    `json:"content_id"`
	Facts      hotline.Facts         `json:"facts"`
}

type contentJSON struct {
	ID     hotline.ContentID `json:"id"`
	Case   hotline.CaseID    `json:"case_id"`
	Author *hotline.PersonID `json:"author"`
	Text   *string           `json:"text"`
	Lat    *float64          `json:"lat"`
	Lng    *float64          `json:"lng"`
	At     time.Time         `json:"at"`
	Words  string            `json:"normal"` // the text as searching compares it
}

type assignmentJSON struct {
	ID    hotline.AssignmentID    `json:"id"`
	Case  hotline.CaseID          `json:"case_id"`
	N     int                     `json:"n"`
	Unit  string                  `json:"unit"`
	Part  hotline.Part            `json:"part"`
	State hotline.AssignmentState `json:"state"`
	Level int                     `json:"level"`
	Due   *time.Time              `json:"due"`
	Since time.Time               `json:"since"`
	Acked bool                    `json:"acked"`
	// Of its offering.
	Urgent bool `json:"urgent"`
}

// rowsOf writes rows for a statement; what is no plain value is a mistake of the program.
func rowsOf[T any](rows []T) []byte {
	b, err := json.Marshal(rows)
	if err != nil {
		panic(err)
	}
	return b
}

// gatherCases turns what happened to the cases into statements: rows that change, assignments, what was said, the events, and last the new cases.
// Unless it is for the commit, new cases of earlier turns wait: whoever reads something in the middle of a batch must not have the lock of the day's
// number held while the turns of others go on.
func (t *Tx) gatherCases(last bool) {
	var fresh, changed []caseJSON
	var begun []assignmentJSON
	waits := func(k *trackedCase) bool { return k.fresh && k.turn != t.turn && !last }
	for _, id := range t.order {
		k := t.cases[id]
		if !k.dirty || waits(k) {
			continue
		}
		if k.fresh {
			fresh = append(fresh, t.caseJSON(k.c))
		} else {
			changed = append(changed, t.caseJSON(k.c))
		}
		k.fresh, k.dirty, k.mine = false, false, true
	}
	t.updateCases(changed)
	for _, id := range t.order {
		k := t.cases[id]
		if waits(k) {
			continue
		}
		for n, a := range k.c.Assignments {
			is, made := k.changed[a.ID], k.made[a.ID]
			switch {
			case made && a.State == hotline.Waiting && !(k.c.Urgent && a.Acked):
				begun = append(begun, assignmentJSON{ID: a.ID, Case: a.Case, N: n, Unit: a.Unit, Part: a.Part, State: a.State, Level: a.Level,
					Due: nz(a.Due), Since: a.Since, Acked: a.Acked, Urgent: k.c.Urgent})
			case is:
				t.putAssignment(k.c, n, a)
			}
		}
		clear(k.changed)
		clear(k.made)
	}
	t.beginAssignments(begun)
	t.putSaid()
	for _, fn := range t.after {
		fn()
	}
	t.after = t.after[:0]
	t.insertCases(fresh) // the lock of the day's number is held from here to the commit
}

// claimCases locks, in the order of their ids, the rows of cases that something happened to and that were read without a lock, and makes the unit fail
// where another one was quicker: what was decided here was decided about a case that is no longer so. It is sent ahead of everything else, so that
// nobody who holds a case waits for what is written after it. Such a failure is passing: the unit is run again.
func (t *Tx) claimCases() *pgx.Batch {
	var ids []int64
	var events []int32
	for _, id := range t.order {
		if k := t.cases[id]; k.dirty && !k.mine {
			ids, events = append(ids, int64(id)), append(events, int32(k.was)) //nolint:gosec // a case has few events
		}
	}
	b := &pgx.Batch{}
	if len(ids) > 0 {
		b.Queue(`
			select case when c.events <> x.events then another_was_quicker() end
			from unnest(@ids::bigint[], @events::int[]) x (id, events) join cases c on c.id = x.id order by c.id for update of c`,
			pgx.StrictNamedArgs{"ids": ids, "events": events})
	}
	return b
}

// insertCases gives new cases the day's next numbers, under the lock of the day's row. All of a unit of work are filed at one moment, on one day.
func (t *Tx) insertCases(rows []caseJSON) {
	if len(rows) == 0 {
		return
	}
	t.queue(`
		with x as (
			select x.*, row_number() over () as nth from json_populate_recordset(null::cases, @rows) x),
		n as (
			insert into case_days (day, last) values (@day, @many)
			on conflict (day) do update set last = case_days.last + @many returning last - @many as before)
		insert into cases (id, day, seq, kind, category, privacy, urgent, source, reporter, from_address, area, about, status, outcome, date,
			ask_due, filed, due, changed, ended_at, rating, reopened, events, story, parent, children, wake)
		select id, @day, n.before + x.nth, kind, category, privacy, urgent, source, reporter, from_address, area, about, status, outcome, date,
			ask_due, filed, due, changed, ended_at, rating, reopened, events, story, parent, children, wake
		from x, n order by x.nth`,
		pgx.StrictNamedArgs{"rows": rowsOf(rows), "day": hotline.DayOf(t.now, t.regency.Zone), "many": len(rows)})
}

func (t *Tx) updateCases(rows []caseJSON) {
	if len(rows) == 0 {
		return
	}
	t.queue(`
		update cases c set kind = x.kind, category = x.category, privacy = x.privacy, urgent = x.urgent, source = x.source, reporter = x.reporter,
			area = x.area, about = x.about, status = x.status, outcome = x.outcome, date = x.date,
			ask_due = x.ask_due, filed = x.filed, due = x.due, changed = x.changed, ended_at = x.ended_at, rating = x.rating,
			reopened = x.reopened, events = x.events, story = x.story, parent = x.parent,
			children = x.children, wake = x.wake
		from json_populate_recordset(null::cases, @rows) x where c.id = x.id`, pgx.StrictNamedArgs{"rows": rowsOf(rows)})
}

// beginAssignments writes assignments that begin to wait, each to be listed and offered for the first time.
func (t *Tx) beginAssignments(rows []assignmentJSON) {
	if len(rows) == 0 {
		return
	}
	args := pgx.StrictNamedArgs{"rows": rowsOf(rows)}
	t.queue(`
		insert into assignments (id, case_id, n, unit, part, state, level, due, since, acked)
		select id, case_id, n, unit, part, state, level, due, since, acked from json_populate_recordset(null::assignments, @rows)`, args)
	ids, urgent := make([]int64, len(rows)), make([]bool, len(rows))
	for i, r := range rows {
		ids[i], urgent[i] = int64(r.ID), r.Urgent
	}
	t.queue(`insert into relistings (assignment_id) select unnest(@ids::bigint[])`, pgx.StrictNamedArgs{"ids": ids})
	t.queue(`insert into offerings (assignment_id, round, next, urgent)
		select id, 1, @now, urgent from unnest(@ids::bigint[], @urgent::boolean[]) x (id, urgent)`,
		pgx.StrictNamedArgs{"ids": ids, "urgent": urgent, "now": t.now})
}

// putSaid writes what was said, and the events, in the order in which they happened.
func (t *Tx) putSaid() {
	if len(t.said) > 0 {
		t.queue(`
			insert into contents (id, case_id, author, text, lat, lng, at, words)
			select id, case_id, author, text, lat, lng, at, case when text is not null then to_tsvector('simple', normal) end
			from json_to_recordset(@rows) as x (id bigint, case_id bigint, author bigint, text text, lat double precision, lng double precision,
				at timestamptz, normal text)`,
			pgx.StrictNamedArgs{"rows": rowsOf(t.said)})
		t.said = t.said[:0]
	}
	if len(t.events) > 0 {
		t.queue(`
			insert into events (case_id, kind, at, by, assignment_id, content_id, facts)
			select case_id, kind, at, by, assignment_id, content_id, facts from json_populate_recordset(null::events, @rows)`,
			pgx.StrictNamedArgs{"rows": rowsOf(t.events)})
		t.events = t.events[:0]
	}
}
