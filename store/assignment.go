package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

type assignmentRow struct {
	ID      hotline.AssignmentID
	CaseID  hotline.CaseID
	Unit    string
	Part    hotline.Part
	State   hotline.AssignmentState
	Officer *hotline.PersonID
	Level   int
	Due     *time.Time
	Since   time.Time
	Acked   bool
}

const assignmentColumns = `a.id, a.case_id, a.unit, a.part, a.state, a.officer, a.level, a.due, a.since, a.acked`

func (r assignmentRow) value() hotline.Assignment {
	return hotline.Assignment{ID: r.ID, Case: r.CaseID, Unit: r.Unit, Part: r.Part, State: r.State, Officer: or0(r.Officer), Level: r.Level,
		Due: or0(r.Due), Since: r.Since, Acked: r.Acked}
}

// assignmentsOf reads the assignments of cases, in the order they were made.
func (t *Tx) assignmentsOf(ctx context.Context, cases []hotline.CaseID) (map[hotline.CaseID][]hotline.Assignment, error) {
	rows, err := peek[assignmentRow](ctx, t, "read assignments",
		`select `+assignmentColumns+` from assignments a where a.case_id = any (@cases) order by a.case_id, a.n`, pgx.StrictNamedArgs{"cases": cases})
	if err != nil {
		return nil, err
	}
	out := make(map[hotline.CaseID][]hotline.Assignment, len(cases))
	for _, r := range rows {
		out[r.CaseID] = append(out[r.CaseID], r.value())
	}
	return out, nil
}

// freeHandle gives the smallest short handle that an officer (@officer, who is @p) has no use for. The one of a case they ended a moment ago is kept
// for as long as they may take that back, so that the case comes back under the number they know.
const freeHandle = `(
	select min(h) from generate_series(1, 99) h where not exists (
		select 1 from assignments o join cases oc on oc.id = o.case_id
		where o.officer = ` + samePerson + ` and o.handle = h and o.id <> @id
			and (o.state = 'taken' or o.state = 'done' and oc.status = 'ended' and oc.ended_at >= @now::timestamptz - @undo::interval)))`

// putAssignment writes an assignment as it stands. An officer who takes one gets the smallest short handle that is free; one who already holds
// 99 gets none. Who takes an outcome back gets the handle that the case had, while nothing else has it. The worklist in Redis and the offering follow
// from the same row: an assignment is listed and offered while it waits.
func (t *Tx) putAssignment(c hotline.Case, n int, a hotline.Assignment) {
	t.queue(`
		with old as (select officer, handle from assignments where id = @id)
		insert into assignments (id, case_id, n, unit, part, state, officer, level, due, since, acked, handle)
		values (@id, @case, @n, @unit, @part, @state, @officer, @level, @due, @since, @acked, case when @state = 'taken' then `+freeHandle+` end)
		on conflict (id) do update set unit = @unit, part = @part, state = @state, officer = @officer, level = @level, due = @due,
			since = @since, acked = @acked,
			handle = case
				when @state = 'done' then (select handle from old)
				when @state <> 'taken' then null
				when (select officer from old) = @officer and (select handle from old) is not null and not exists (
					select 1 from assignments o where o.officer = `+samePerson+` and o.state = 'taken' and o.handle = (select handle from old) and o.id <> @id)
				then (select handle from old)
				else `+freeHandle+`
			end`,
		pgx.StrictNamedArgs{"id": a.ID, "case": a.Case, "n": n, "unit": a.Unit, "part": string(a.Part), "state": string(a.State), "officer": nz(a.Officer), "p": nz(a.Officer),
			"level": a.Level, "due": nz(a.Due), "since": a.Since, "acked": a.Acked, "now": t.now, "undo": hotline.UndoFor})
	t.queue(`insert into relistings (assignment_id) values (@id)`, pgx.StrictNamedArgs{"id": a.ID})
	if a.State == hotline.Waiting && !(c.Urgent && a.Acked) {
		// A new round when it begins to wait again or becomes urgent; anything else (a higher level, another due time) leaves the round.
		t.queue(`
			insert into offerings (assignment_id, round, next, urgent) values (@id, 1, @now, @urgent)
			on conflict (assignment_id) do update set
				round = case when offerings.next is null and offerings.offered_at is null or offerings.urgent <> @urgent
					then offerings.round + 1 else offerings.round end,
				offered_at = case when offerings.urgent <> @urgent then null else offerings.offered_at end,
				next = case when offerings.next is null and offerings.offered_at is null or offerings.urgent <> @urgent
					then @now else offerings.next end,
				urgent = @urgent`,
			pgx.StrictNamedArgs{"id": a.ID, "now": t.now, "urgent": c.Urgent})
		return
	}
	t.queue(`update offerings set next = null, offered_at = null where assignment_id = @id`, pgx.StrictNamedArgs{"id": a.ID})
}

// callPace is how soon those who are called to an emergency are called again because more was told: what a frightened person writes in five
// messages rings once or twice, not five times.
const callPace = 15 * time.Second

// callAgain has those who are called to an emergency hear of it again, since more was told: at once, or callPace after they last did. What
// is about to be offered anyway needs no second call.
func (t *Tx) callAgain(c hotline.Case) {
	for _, a := range c.Assignments {
		if a.State != hotline.Waiting {
			continue
		}
		t.later(func() {
			t.queue(`
				update offerings set round = round + 1, offered_at = null, next = greatest(@now, offered_at + @pace::interval)
				where assignment_id = @id and (offered_at is not null or next is null)`,
				pgx.StrictNamedArgs{"id": a.ID, "now": t.now, "pace": callPace})
		})
		t.rings.dispatch = true
	}
}

// worklistLock is the advisory lock of whoever speaks to Redis about the worklists: telling it of changes, or rebuilding it. One at a time
// among all instances, so that an older state never overtakes a newer one.
const worklistLock = 0x7461_0001

// Unlisted takes assignments that changed since Redis was last told of them, as they stand now.
func (t *Tx) Unlisted(ctx context.Context, limit int) ([]hotline.Listing, error) {
	var changed []hotline.AssignmentID
	t.queue(`select pg_advisory_xact_lock(@lock)`, pgx.StrictNamedArgs{"lock": worklistLock})
	t.queue(`select id, assignment_id from relistings order by id limit @limit`, pgx.StrictNamedArgs{"limit": limit}).Query(func(rows pgx.Rows) error {
		t.relisted = t.relisted[:0]
		var id int64
		var a hotline.AssignmentID
		_, err := pgx.ForEachRow(rows, []any{&id, &a}, func() error {
			t.relisted, changed = append(t.relisted, id), append(changed, a)
			return nil
		})
		return err
	})
	if err := t.flush(ctx); err != nil || len(changed) == 0 {
		return nil, err
	}
	return listings(ctx, t, `where a.id = any (@ids)`, pgx.StrictNamedArgs{"ids": changed})
}

func listings(ctx context.Context, t *Tx, tail string, args pgx.StrictNamedArgs) ([]hotline.Listing, error) {
	type row struct {
		ID     hotline.AssignmentID
		Unit   string
		Urgent bool
		Due    *time.Time
		State  hotline.AssignmentState
	}
	rows, err := read[row](ctx, t, "list assignments",
		`select a.id, a.unit, c.urgent, a.due, a.state from assignments a join cases c on c.id = a.case_id `+tail, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Listing, len(rows))
	for i, r := range rows {
		out[i] = hotline.Listing{Assignment: r.ID, Unit: r.Unit, Urgent: r.Urgent, Due: or0(r.Due), Waiting: r.State == hotline.Waiting}
	}
	return out, nil
}

// Listed says that Redis has been told of assignments that Unlisted gave in this unit. An ordinary one may be offered from now on.
func (t *Tx) Listed(ids ...hotline.AssignmentID) {
	if len(ids) > 0 {
		t.queue(`delete from relistings where assignment_id = any (@ids) and id = any (@taken)`,
			pgx.StrictNamedArgs{"ids": ids, "taken": t.relisted})
		t.rings.dispatch = true
	}
}

// Waiting gives every waiting assignment of the regency, for the rebuilding of the worklists.
func (s *Store) Waiting(ctx context.Context) ([]hotline.Listing, error) {
	var out []hotline.Listing
	err := s.Do(ctx, time.Time{}, func(t *Tx) error {
		var err error
		out, err = listings(ctx, t, `where a.state = 'waiting'`, pgx.StrictNamedArgs{})
		return err
	})
	return out, err
}

// Exclusive runs fn while no unit of work anywhere holds what Unlisted gave. The lock is a transaction's, so that Postgres takes it from an instance
// that stands still with it (see Connect); what fn did after that is not told as done.
func (s *Store) Exclusive(ctx context.Context, fn func(context.Context) error) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("take the worklists: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = tx.Rollback(ctx) // after a commit it does nothing; else the lock goes with the session
	}()
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, worklistLock); err != nil {
		return fmt.Errorf("take the worklists: %w", err)
	}
	if err := fn(ctx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("let the worklists go: %w", err)
	}
	return nil
}

// Unoffered takes waiting assignments whose time to be offered has come, urgent first. An ordinary one only once Redis has been told of it.
func (t *Tx) Unoffered(ctx context.Context, now time.Time, limit int) ([]hotline.Held, error) {
	type row struct {
		AssignmentID hotline.AssignmentID
		CaseID       hotline.CaseID
		Round        int
		OfferedAt    *time.Time
	}
	// The case is locked first, as every turn does, and then the offering: a turn and the dispatcher never wait for each other in a circle.
	rows, err := read[row](ctx, t, "take what is to be offered", `
		with o as materialized (
			select * from offerings o
			where o.next <= @now and (o.urgent or not exists (select 1 from relistings r where r.assignment_id = o.assignment_id))
			order by o.urgent desc, o.next, o.assignment_id limit @limit)
		select o.assignment_id, a.case_id, o.round, o.offered_at
		from o join assignments a on a.id = o.assignment_id join cases c on c.id = a.case_id
		order by o.urgent desc, o.next, o.assignment_id for update of c skip locked`, pgx.StrictNamedArgs{"now": now, "limit": limit})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]hotline.CaseID, len(rows))
	for i, r := range rows {
		ids[i] = r.CaseID
	}
	if _, err := t.casesWhere(ctx, "read cases to offer", `where c.id = any (@ids)`, pgx.StrictNamedArgs{"ids": ids}); err != nil {
		return nil, err
	}
	// What was read before the lock may have changed until it was had: read again, by its key alone, not through an index of what is to be offered.
	fresh, err := read[row](ctx, t, "take what is to be offered", `
		with o as materialized (select * from offerings where assignment_id = any (@ids))
		select o.assignment_id, a.case_id, o.round, o.offered_at from o join assignments a on a.id = o.assignment_id
		where o.next <= @now order by o.urgent desc, o.next, o.assignment_id`,
		pgx.StrictNamedArgs{"ids": assignmentIDs(rows, func(r row) hotline.AssignmentID { return r.AssignmentID }), "now": now})
	if err != nil {
		return nil, err
	}
	var out []hotline.Held
	for _, r := range fresh {
		c := t.cases[r.CaseID].c
		if a, ok := c.Assignment(r.AssignmentID); ok && a.State == hotline.Waiting {
			out = append(out, hotline.Held{Assignment: a, Case: c, Round: r.Round, Offered: or0(r.OfferedAt)})
		}
	}
	return out, nil
}

func assignmentIDs[T any](rows []T, id func(T) hotline.AssignmentID) []hotline.AssignmentID {
	out := make([]hotline.AssignmentID, len(rows))
	for i, r := range rows {
		out[i] = id(r)
	}
	return out
}

// Offer notes that assignments go to people in a round, at most once for each: it gives those that are new.
func (t *Tx) Offer(ctx context.Context, offers ...hotline.Offer) ([]hotline.Offer, error) {
	if len(offers) == 0 {
		return nil, nil
	}
	n := len(offers)
	assignments, people, rounds := make([]int64, n), make([]int64, n), make([]int32, n)
	for i, o := range offers {
		assignments[i], people[i], rounds[i] = int64(o.Assignment), int64(o.Person), int32(o.Round) //nolint:gosec // small
	}
	type row struct {
		AssignmentID hotline.AssignmentID
		PersonID     hotline.PersonID
		Round        int
	}
	rows, err := read[row](ctx, t, "note offers", `
		insert into offers (assignment_id, person_id, round, at)
		select a, p, r, @now from unnest(@assignments::bigint[], @people::bigint[], @rounds::int[]) x (a, p, r)
		on conflict do nothing returning assignment_id, person_id, round`,
		pgx.StrictNamedArgs{"assignments": assignments, "people": people, "rounds": rounds, "now": t.now})
	if err != nil {
		return nil, err
	}
	fresh := make([]hotline.Offer, len(rows))
	for i, r := range rows {
		fresh[i] = hotline.Offer{Assignment: r.AssignmentID, Person: r.PersonID, Round: r.Round}
	}
	return fresh, nil
}

// MarkOffered says that an assignment was offered in a round, and when it is to be offered again by itself (zero: not by itself).
func (t *Tx) MarkOffered(a hotline.AssignmentID, round int, again time.Time) {
	t.marks = append(t.marks, mark{a, round, nz(again)})
}

// A mark is what MarkOffered is to say.
type mark struct {
	assignment hotline.AssignmentID
	round      int
	again      *time.Time
}

// gatherMarks turns what was marked into one statement.
func (t *Tx) gatherMarks() {
	n := len(t.marks)
	if n == 0 {
		return
	}
	ids, rounds, again := make([]int64, n), make([]int32, n), make([]*time.Time, n)
	for i, m := range t.marks {
		ids[i], rounds[i], again[i] = int64(m.assignment), int32(m.round), m.again //nolint:gosec // a round is small
	}
	t.marks = t.marks[:0]
	t.queue(`
		update offerings o set next = x.again, round = x.round,
			offered_at = case when o.round <> x.round or o.offered_at is null then @now else o.offered_at end
		from unnest(@ids::bigint[], @rounds::int[], @again::timestamptz[]) x (id, round, again) where o.assignment_id = x.id`,
		pgx.StrictNamedArgs{"ids": ids, "rounds": rounds, "again": again, "now": t.now})
}

// Offered lists to whom an assignment's card went, each once.
func (t *Tx) Offered(ctx context.Context, a hotline.AssignmentID) ([]hotline.Offer, error) {
	type row struct {
		PersonID hotline.PersonID
		Round    int
	}
	rows, err := read[row](ctx, t, "list offers",
		`select coalesce(p.joined, p.id) as person_id, max(o.round) as round from offers o join persons p on p.id = o.person_id
		where o.assignment_id = @a group by 1 order by 1`,
		pgx.StrictNamedArgs{"a": a})
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Offer, len(rows))
	for i, r := range rows {
		out[i] = hotline.Offer{Assignment: a, Person: r.PersonID, Round: r.Round}
	}
	return out, nil
}

// Mine lists the open assignments an officer has, whichever network they were taken on, by their short handles.
func (t *Tx) Mine(ctx context.Context, officer hotline.PersonID) ([]hotline.Held, error) {
	return t.held(ctx, `where a.officer = `+samePerson+` and a.state = 'taken' order by a.handle nulls last, a.id`,
		pgx.StrictNamedArgs{"p": officer})
}

// Waiting lists assignments on the worklists of the units given and of those below them, urgent first, then by due time.
func (t *Tx) Waiting(ctx context.Context, units []string, limit int) ([]hotline.Held, error) {
	all := append([]string(nil), units...)
	for _, u := range units {
		all = append(all, t.regency.UnitsBelow(u)...)
	}
	return t.held(ctx, `where a.state = 'waiting' and a.unit = any (@units) order by c.urgent desc, a.due nulls last, a.id limit @limit`,
		pgx.StrictNamedArgs{"units": all, "limit": limit})
}

// Late lists assignments that are on and whose due time has passed, the latest first.
func (t *Tx) Late(ctx context.Context, now time.Time, limit int) ([]hotline.Held, error) {
	return t.held(ctx, `where a.state in ('waiting', 'taken') and a.due < @now and c.status not in ('asking', 'scheduled') order by a.due, a.id limit @limit`,
		pgx.StrictNamedArgs{"now": now, "limit": limit})
}

func (t *Tx) held(ctx context.Context, tail string, args pgx.StrictNamedArgs) ([]hotline.Held, error) {
	type row struct {
		ID     hotline.AssignmentID
		CaseID hotline.CaseID
		Handle *int
	}
	rows, err := read[row](ctx, t, "list assignments",
		`select a.id, a.case_id, a.handle from assignments a join cases c on c.id = a.case_id `+tail, args)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]hotline.CaseID, len(rows))
	for i, r := range rows {
		ids[i] = r.CaseID
	}
	if _, err := t.casesWhere(ctx, "read cases of assignments", `where c.id = any (@ids) order by c.id`,
		pgx.StrictNamedArgs{"ids": ids}); err != nil {
		return nil, err
	}
	var out []hotline.Held
	for _, r := range rows {
		c := t.cases[r.CaseID].c
		if a, ok := c.Assignment(r.ID); ok {
			out = append(out, hotline.Held{Assignment: a, Case: c, Handle: or0(r.Handle)})
		}
	}
	return out, nil
}

// Orphaned gives cases, locked, that have a part waiting or taken in a unit that is none of these.
func (t *Tx) Orphaned(ctx context.Context, units []string, limit int) ([]hotline.Case, error) {
	return t.casesWhere(ctx, "look for units that are gone", `
		where c.id in (select a.case_id from assignments a where a.state in ('waiting', 'taken') and a.unit <> all (@units))
		order by c.id limit @limit for update`, pgx.StrictNamedArgs{"units": units, "limit": limit})
}
