package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// trackedCase is a case that this unit of work read or made, as it stands now.
type trackedCase struct {
	c     hotline.Case
	turn  int  // in which it was read or made
	fresh bool // not yet in the database
	dirty bool
	mine  bool // its row is locked by this unit, or made by it
	was   int  // how many events it had when it was read: until its row is locked, another unit may add one (see claimCases)
	// assignments whose rows must be written, and those of them that have none yet
	changed, made map[hotline.AssignmentID]bool
}

func (t *Tx) track(c hotline.Case) *trackedCase {
	if t.cases == nil {
		t.cases = map[hotline.CaseID]*trackedCase{}
	}
	k := &trackedCase{c: c, turn: t.turn, was: c.Events, changed: map[hotline.AssignmentID]bool{}, made: map[hotline.AssignmentID]bool{}}
	t.cases[c.ID] = k
	t.order = append(t.order, c.ID)
	return k
}

// File makes a new case and its first event. It has its id at once and its number when this unit commits.
func (t *Tx) File(f hotline.Filing) hotline.Case {
	id := hotline.CaseID(t.store.ids.take())
	f.Story.Case, f.Story.Author, f.Story.At = id, f.Reporter, t.now
	story := t.say(f.Story)
	c, err := hotline.Case{}.After(hotline.Event{
		Case: id, Kind: hotline.EvFiled, At: t.now, By: f.Reporter, Content: story, Facts: fileFacts(f),
	})
	if err != nil {
		panic(err) // a first event always fits
	}
	c.From = f.From
	k := t.track(c)
	k.fresh, k.dirty, k.mine = true, true, true
	t.rings.dispatch = true
	t.event(hotline.Event{Case: id, Kind: hotline.EvFiled, At: t.now, By: f.Reporter, Content: story, Facts: fileFacts(f)})
	return c
}

func fileFacts(f hotline.Filing) hotline.Facts {
	return hotline.Facts{
		CaseKind: f.Kind, Category: f.Category, Privacy: f.Privacy, Urgent: f.Urgent, Source: f.Source, Area: f.Area, About: f.About,
		Due: f.Due, Reporter: f.Reporter,
	}
}

// Record makes an event happen to a case that was read or filed in this unit of work: the row becomes c.After(e). What was said with it
// becomes a content row of its own. The error is hotline.ErrRefused where the event does not fit.
func (t *Tx) Record(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error) {
	k, ok := t.cases[c.ID]
	if !ok {
		return c, fmt.Errorf("record %s: %w", e.Kind, errForeign)
	}
	e.Case, e.At = c.ID, t.now
	if _, err := k.c.After(e); err != nil {
		return k.c, err
	}
	if !said.Empty() {
		said.Case, said.At = c.ID, t.now
		if said.Author == 0 {
			said.Author = e.By
		}
		e.Content = t.say(said)
	}
	next, err := k.c.After(e)
	if err != nil {
		return k.c, err
	}
	next.From, next.Number = k.c.From, k.c.Number
	for _, a := range next.Assignments {
		if old, ok := k.c.Assignment(a.ID); !ok || old != a || a.State == hotline.Waiting && next.Urgent != k.c.Urgent {
			k.changed[a.ID] = true
			k.made[a.ID] = k.made[a.ID] || !ok
			t.rings.dispatch = true
		}
	}
	t.kin(k.c, next, e, said)
	if (e.Kind == hotline.EvAssigned || e.Kind == hotline.EvReleased || e.Kind == hotline.EvReopened) && !next.Urgent {
		t.fresh = append(t.fresh, c.ID)
	}
	k.c, k.dirty = next, true
	t.event(e)
	if next.Urgent && e.Kind.TellsMore() {
		t.callAgain(next)
	}
	if (next.Urgent || e.Kind == hotline.EvCalmed) && next.Source == hotline.SourceChat {
		t.Signal(topicRing, int64(c.ID)) // operators do not hear of the events of chats' cases
	}
	return next, nil
}

// NewAssignment gives an id for an EvAssigned.
func (t *Tx) NewAssignment() hotline.AssignmentID { return hotline.AssignmentID(t.store.ids.take()) }

func (t *Tx) event(e hotline.Event) {
	t.rings.live = true
	t.events = append(t.events, eventJSON{Case: e.Case, Kind: e.Kind, At: e.At, By: nz(e.By), Assignment: nz(e.Assignment), Content: nz(e.Content),
		Facts: e.Facts})
}

// say gathers a content row and gives its id; nothing said gives zero.
func (t *Tx) say(c hotline.Content) hotline.ContentID {
	if c.Empty() {
		return 0
	}
	c.ID = hotline.ContentID(t.store.ids.take())
	var lat, lng *float64
	if c.Point != nil {
		lat, lng = &c.Point.Lat, &c.Point.Lng
	}
	t.said = append(t.said, contentJSON{ID: c.ID, Case: c.Case, Author: nz(c.Author), Text: nz(c.Text), Lat: lat, Lng: lng, At: c.At,
		Words: normal(c.Text)})
	if len(c.Media) > 0 {
		t.later(func() {
			t.queue(`update media set content_id = @content, case_id = @case where id = any (@ids) and content_id is null`,
				pgx.StrictNamedArgs{"content": c.ID, "case": c.Case, "ids": c.Media})
		})
	}
	return c.ID
}

// later gathers what must come after the rows of the cases themselves.
func (t *Tx) later(fn func()) { t.after = append(t.after, fn) }

// caseRow is a case's row as it is read.
type caseRow struct {
	ID          hotline.CaseID
	Day         string
	Seq         int
	Kind        hotline.Kind
	Category    string
	Privacy     hotline.Privacy
	Urgent      bool
	Source      hotline.Source
	Reporter    *hotline.PersonID
	FromAddress *hotline.AddressID
	Area        string
	About       string
	Status      hotline.Status
	Outcome     hotline.EventKind
	Date        string
	AskDue      *time.Time
	Filed       time.Time
	Due         *time.Time
	Changed     time.Time
	EndedAt     *time.Time
	Rating      int
	Reopened    int
	Events      int
	Story       *hotline.ContentID
	Parent      *hotline.CaseID
	Children    int
}

const caseColumns = `c.id, c.day, c.seq, c.kind, c.category, c.privacy, c.urgent, c.source, c.reporter, c.from_address, c.area, c.about,
	c.status, c.outcome, c.date, c.ask_due, c.filed, c.due, c.changed, c.ended_at, c.rating, c.reopened, c.events, c.story, c.parent, c.children`

func (r caseRow) value(letters string) hotline.Case {
	return hotline.Case{
		ID: r.ID, Number: hotline.Number{Letters: letters, Day: r.Day, Seq: r.Seq}, Kind: r.Kind, Category: r.Category, Privacy: r.Privacy,
		Urgent: r.Urgent, Source: r.Source, Reporter: or0(r.Reporter), From: or0(r.FromAddress), Area: r.Area, About: r.About,
		Status: r.Status, Outcome: r.Outcome, Date: r.Date, AskDue: or0(r.AskDue), Filed: r.Filed, Due: or0(r.Due), Changed: r.Changed,
		EndedAt: or0(r.EndedAt), Rating: r.Rating, Reopened: r.Reopened, Events: r.Events, Story: or0(r.Story),
		Parent: or0(r.Parent), Children: r.Children,
	}
}

// casesWhere reads cases by any condition on c and tracks them, locked where the condition ends so. Those already tracked are given as they stand here.
func (t *Tx) casesWhere(ctx context.Context, what, tail string, args pgx.StrictNamedArgs) ([]hotline.Case, error) {
	if err := t.flush(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return t.peekCases(ctx, what, tail, args)
}

// peekCases is casesWhere for a condition that nothing gathered here can have changed.
func (t *Tx) peekCases(ctx context.Context, what, tail string, args pgx.StrictNamedArgs) ([]hotline.Case, error) {
	rows, err := peek[caseRow](ctx, t, what, `select `+caseColumns+` from cases c `+tail, args)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]hotline.CaseID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	assignments, err := t.assignmentsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Case, len(rows))
	for i, r := range rows {
		out[i] = t.met(r, assignments[r.ID], strings.Contains(tail, "for update"))
	}
	return out, t.withParents(ctx, out)
}

// met tracks a case that was read. One that is tracked already is given as it stands here.
func (t *Tx) met(r caseRow, assignments []hotline.Assignment, locked bool) hotline.Case {
	c := r.value(t.regency.Letters)
	if k, ok := t.cases[c.ID]; ok {
		k.c.Number = c.Number
		return k.c
	}
	c.Assignments = assignments
	t.track(c).mine = locked
	return c
}

// Case reads a case and locks it until this unit ends, unless it is a turn of somebody who has no business with it: whoever only learns its status
// word keeps nobody waiting. hotline.ErrNotFound where there is none.
func (t *Tx) Case(ctx context.Context, id hotline.CaseID) (hotline.Case, error) {
	k, ok := t.cases[id]
	if ok && k.c.Number.Seq != 0 {
		return k.c, nil
	}
	if ok { // made here: its number comes with its row
		if err := t.sendGathered(ctx, true); err != nil {
			return hotline.Case{}, err
		}
	}
	if t.viewer == nil || t.viewer.Staff() {
		return t.oneCase(ctx, `where c.id = @x::bigint for update`, id, nil)
	}
	c, err := t.oneCase(ctx, `where c.id = @x::bigint and c.reporter = any (@mine) for update`, id, append([]hotline.PersonID{t.viewer.Person}, t.viewer.Also...))
	if errors.Is(err, hotline.ErrNotFound) {
		return t.oneCase(ctx, `where c.id = @x::bigint`, id, nil)
	}
	return c, err
}

// oneCase reads a case and its assignments in one round trip: a turn that looks at a case holds up the turns that share its commit.
func (t *Tx) oneCase(ctx context.Context, tail string, id hotline.CaseID, mine []hotline.PersonID) (hotline.Case, error) {
	var rows []caseRow
	var theirs []assignmentRow
	args := pgx.NamedArgs{"x": id, "mine": mine}
	b := &pgx.Batch{}
	b.Queue(`select `+caseColumns+` from cases c `+tail, args).Query(func(r pgx.Rows) (err error) {
		rows, err = pgx.CollectRows(r, pgx.RowToStructByName[caseRow])
		return err
	})
	b.Queue(`select `+assignmentColumns+` from assignments a where a.case_id = @x order by a.n`, args).Query(func(r pgx.Rows) (err error) {
		theirs, err = pgx.CollectRows(r, pgx.RowToStructByName[assignmentRow])
		return err
	})
	if err := t.send(ctx, b); err != nil {
		return hotline.Case{}, fmt.Errorf("read a case: %w", err)
	}
	if len(rows) == 0 {
		return hotline.Case{}, fmt.Errorf("read a case: %w", hotline.ErrNotFound)
	}
	assignments := make([]hotline.Assignment, len(theirs))
	for i, r := range theirs {
		assignments[i] = r.value()
	}
	met := []hotline.Case{t.met(rows[0], assignments, strings.HasSuffix(tail, "for update"))}
	return met[0], t.withParents(ctx, met)
}

// CaseByNumber reads a case by what people call it. Anybody may type a number, and most only learn its status word: it is locked when something is
// written about it, no sooner.
func (t *Tx) CaseByNumber(ctx context.Context, n hotline.Number) (hotline.Case, error) {
	cs, err := t.peekCases(ctx, "read a case", `where c.day = @day and c.seq = @seq`, pgx.StrictNamedArgs{"day": n.Day, "seq": n.Seq})
	if err != nil {
		return hotline.Case{}, err
	}
	if len(cs) == 0 {
		return hotline.Case{}, fmt.Errorf("read a case: %w", hotline.ErrNotFound)
	}
	return cs[0], nil
}

// CasesOf lists a reporter's own cases, whichever network they were filed on, newest first.
func (t *Tx) CasesOf(ctx context.Context, p hotline.PersonID, limit int) ([]hotline.Case, error) {
	for _, k := range t.cases {
		if k.fresh && k.turn == t.turn && k.c.Reporter != 0 {
			if err := t.flush(ctx); err != nil {
				return nil, err
			}
			break
		}
	}
	return t.peekCases(ctx, "list a person's cases", `where c.reporter = `+samePerson+` order by c.filed desc, c.id desc limit @limit`,
		pgx.StrictNamedArgs{"p": p, "limit": limit})
}

// Triage lists the cases that wait for the coordinator, oldest first.
func (t *Tx) Triage(ctx context.Context, limit int) ([]hotline.Case, error) {
	return t.casesWhere(ctx, "list triage", `where c.status = 'triage' order by c.filed, c.id limit @limit`,
		pgx.StrictNamedArgs{"limit": limit})
}

// Unrouted takes cases that are filed and not yet routed, oldest first; those another instance is routing are passed over. (Ordered by their ids,
// Postgres might look through all cases there ever were for the few that are filed.) What rings at the operators of the line waits for them.
func (t *Tx) Unrouted(ctx context.Context, limit int) ([]hotline.Case, error) {
	return t.casesWhere(ctx, "take unrouted cases", `where c.status = 'filed' and not exists (
			select 1 from rings g where g.case_id = c.id and g.decided is null and g.until > @now)
		order by c.filed, c.id limit @limit for update skip locked`, pgx.StrictNamedArgs{"limit": limit, "now": t.now})
}

// RungOut takes cases that rang at the operators of the line, undecided to the end, though somebody has them already; those another instance has are passed
// over.
func (t *Tx) RungOut(ctx context.Context, limit int) ([]hotline.Case, error) {
	return t.casesWhere(ctx, "take cases that rang", `where c.status <> 'filed' and c.id = any (array(
			select g.case_id from rings g where g.decided is null and g.until <= @now))
		order by c.id limit @limit for update skip locked`, pgx.StrictNamedArgs{"limit": limit, "now": t.now})
}

// ManyBefore tells of which cases the reporter, on any network, filed most others or more since a moment, before that one.
func (t *Tx) ManyBefore(ctx context.Context, cases []hotline.CaseID, since time.Time, most int) (map[hotline.CaseID]bool, error) {
	ids, err := scalars[hotline.CaseID](ctx, t, "count what a person has filed", `
		select c.id from cases c where c.id = any (@ids) and (
			select count(*) from (
				select 1 from cases o where o.reporter = any (array(select s from same_person(c.reporter) s)) and o.id <> c.id
					and o.filed >= @since and (o.filed, o.id) < (c.filed, c.id) limit @most) o) >= @most`,
		pgx.StrictNamedArgs{"ids": cases, "since": since, "most": most})
	many := make(map[hotline.CaseID]bool, len(ids))
	for _, id := range ids {
		many[id] = true
	}
	return many, err
}

// Awake takes cases for which the clock has something to do by now.
func (t *Tx) Awake(ctx context.Context, now time.Time, limit int) ([]hotline.Case, error) {
	return t.casesWhere(ctx, "take cases that are due", `where c.wake <= @now order by c.wake limit @limit for update skip locked`,
		pgx.StrictNamedArgs{"now": now, "limit": limit})
}

// Sleep sets when the clock next looks at a case, once this unit's events are written; zero: not until its next event.
func (t *Tx) Sleep(c hotline.CaseID, until time.Time) {
	t.later(func() {
		t.queue(`update cases set wake = @wake where id = @id`, pgx.StrictNamedArgs{"id": c, "wake": nz(until)})
	})
}

// NextWake gives the earliest service time at which Awake or Unoffered has something, or a ring is over; zero: never, as things stand.
func (s *Store) NextWake(ctx context.Context) (time.Time, error) {
	var at *time.Time
	err := s.pool.QueryRow(ctx, `
		select least((select min(wake) from cases), (select min(next) from offerings), (
			select min(g.until) from rings g where g.decided is null))`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask when the clock has something to do: %w", err)
	}
	return or0(at), nil
}

// Rewake counts the clock's moments of every open case anew, after the calendar or the limits changed. It gives how many changed.
func (s *Store) Rewake(ctx context.Context, now time.Time) (int, error) {
	changed, last := 0, hotline.CaseID(0)
	for {
		n := 0
		err := s.Do(ctx, now, func(t *Tx) error {
			cs, err := t.casesWhere(ctx, "read open cases", `where c.wake is not null and c.id > @last order by c.id limit 500 for update`,
				pgx.StrictNamedArgs{"last": last})
			if err != nil {
				return err
			}
			for _, c := range cs {
				t.queue(`update cases set wake = @wake where id = @id and wake is distinct from @wake`,
					pgx.StrictNamedArgs{"id": c.ID, "wake": nz(t.regency.Wake(c))})
				last = c.ID
			}
			n = len(cs)
			return nil
		})
		if err != nil {
			return changed, fmt.Errorf("count the clock anew: %w", err)
		}
		if changed += n; n == 0 {
			s.Bells.Dispatch.Ring()
			return changed, nil
		}
	}
}

// History reads a case's events, oldest first, and what was said and is still kept.
func (t *Tx) History(ctx context.Context, id hotline.CaseID) ([]hotline.Event, map[hotline.ContentID]hotline.Content, error) {
	type row struct {
		ID           hotline.EventID
		Kind         hotline.EventKind
		At           time.Time
		By           *hotline.PersonID
		AssignmentID *hotline.AssignmentID
		ContentID    *hotline.ContentID
		Facts        hotline.Facts
	}
	if len(t.events)+len(t.after) > 0 { // events may be among what was gathered
		if err := t.flush(ctx); err != nil {
			return nil, nil, err
		}
	}
	rows, err := peek[row](ctx, t, "read a case's events",
		`select id, kind, at, by, assignment_id, content_id, facts from events where case_id = @case order by id`, pgx.StrictNamedArgs{"case": id})
	if err != nil {
		return nil, nil, err
	}
	events := make([]hotline.Event, len(rows))
	for i, r := range rows {
		events[i] = hotline.Event{ID: r.ID, Case: id, Kind: r.Kind, At: r.At, By: or0(r.By), Assignment: or0(r.AssignmentID),
			Content: or0(r.ContentID), Facts: r.Facts}
	}
	said, err := t.contents(ctx, `where c.case_id = @case`, pgx.StrictNamedArgs{"case": id})
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[hotline.ContentID]hotline.Content, len(said))
	for _, c := range said {
		byID[c.ID] = c
	}
	return events, byID, nil
}

// Said reads what was said, as far as it is kept.
func (t *Tx) Said(ctx context.Context, ids ...hotline.ContentID) (map[hotline.ContentID]hotline.Content, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	said, err := t.contents(ctx, `where c.id = any (@ids)`, pgx.StrictNamedArgs{"ids": ids})
	out := make(map[hotline.ContentID]hotline.Content, len(said))
	for _, c := range said {
		out[c.ID] = c
	}
	return out, err
}

type contentRow struct {
	ID       hotline.ContentID
	CaseID   hotline.CaseID
	Author   *hotline.PersonID
	Text     *string
	Lat, Lng *float64
	At       time.Time
	ErasedAt *time.Time
	Media    []hotline.MediaID
}

const contentColumns = `c.id, c.case_id, c.author, c.text, c.lat, c.lng, c.at, c.erased_at,
	array(select m.id from media m where m.content_id = c.id and m.state <> 'erased' order by m.id) as media`

func (r contentRow) value() hotline.Content {
	c := hotline.Content{ID: r.ID, Case: r.CaseID, Author: or0(r.Author), Text: or0(r.Text), At: r.At, Erased: r.ErasedAt != nil, Media: r.Media}
	if r.Lat != nil && r.Lng != nil {
		c.Point = &hotline.Point{Lat: *r.Lat, Lng: *r.Lng}
	}
	return c
}

func (t *Tx) contents(ctx context.Context, tail string, args pgx.StrictNamedArgs) ([]hotline.Content, error) {
	rows, err := peek[contentRow](ctx, t, "read what was said", `select `+contentColumns+` from contents c `+tail+` order by c.id`, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Content, len(rows))
	for i, r := range rows {
		out[i] = r.value()
	}
	return out, nil
}

// AllCases reads every case, oldest first, locked: for the report of the demo, and for tests.
func (t *Tx) AllCases(ctx context.Context) ([]hotline.Case, error) {
	return t.casesWhere(ctx, "read all cases", `order by c.id for update`, pgx.StrictNamedArgs{})
}
