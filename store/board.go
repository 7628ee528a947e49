package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// This file reads what the coordinator's board shows: lists, and how much there is. Nothing is locked here: a list may be a moment old. Every list and
// every count takes the viewer and gives what the viewer may see.

// boardRow is one case of a list.
type boardRow struct {
	caseRow
	Gist *string
}

// look reads cases by their ids without locking them, each as the viewer may see it; those they may not see are left out. Without
// content the place is the kecamatan.
func (t *Tx) look(ctx context.Context, v hotline.Viewer, ids []hotline.CaseID) (map[hotline.CaseID]hotline.BoardCase, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := peek[boardRow](ctx, t, "read cases", `
		select `+caseColumns+`, (select left(s.text, 1000) from contents s where s.id = c.story) as gist from cases c where c.id = any (@ids)`,
		pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return nil, err
	}
	with := slices.Clone(ids)
	for _, r := range rows {
		if r.Parent != nil {
			with = append(with, *r.Parent)
		}
	}
	assignments, err := t.assignmentsOf(ctx, with)
	if err != nil {
		return nil, err
	}
	out := make(map[hotline.CaseID]hotline.BoardCase, len(rows))
	for _, r := range rows {
		c := r.value(t.regency.Letters)
		c.Assignments, c.With = assignments[c.ID], assignments[c.Parent]
		b := hotline.BoardCase{Case: c, Sight: t.regency.Sees(v, c)}
		if !b.Sight.Facts {
			continue
		}
		if b.Sight.Content {
			b.Gist = hotline.Gist(or0(r.Gist))
		} else {
			b.Case = factsOf(t.regency, b.Case)
		}
		if !b.Sight.Reporter {
			b.Case.Reporter, b.Case.From = 0, 0
		}
		out[c.ID] = b
	}
	return out, nil
}

// lookAt looks at the cases that the rows of a list name, in the list's order; to makes of a row and its case what the list gives, unless it is not for
// the viewer.
func lookAt[R, B any](ctx context.Context, t *Tx, v hotline.Viewer, rows []R, id func(R) hotline.CaseID, to func(R, hotline.BoardCase) (B, bool)) ([]B, error) {
	ids := make([]hotline.CaseID, len(rows))
	for i, r := range rows {
		ids[i] = id(r)
	}
	cases, err := t.look(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	var out []B
	for _, r := range rows {
		if b, ok := cases[id(r)]; ok {
			if x, is := to(r, b); is {
				out = append(out, x)
			}
		}
	}
	return out, nil
}

// factsOf gives a case without what only those may know who see its content.
func factsOf(r *hotline.Regency, c hotline.Case) hotline.Case {
	c.Story = 0
	if k, ok := r.Kecamatan(c.Area); ok {
		c.Area = k.Code
	} else if c.Area != r.Code {
		c.Area = ""
	}
	return c
}

// Loads gives how much each unit has to do of what the viewer may see, units without anything left out. now is the service time that is late or not.
func (t *Tx) Loads(ctx context.Context, v hotline.Viewer) ([]hotline.UnitLoad, error) {
	args := pgx.StrictNamedArgs{"now": t.now}
	return read[hotline.UnitLoad](ctx, t, "count what units have to do", `
		select w.unit, count(*) filter (where w.state = 'waiting')::int as waiting, count(*) filter (where w.state = 'taken')::int as taken,
			count(*) filter (where w.due < @now and c.status not in ('asking', 'scheduled'))::int as late,
			count(*) filter (where c.urgent)::int as urgent
		from assignments w join cases c on c.id = w.case_id
		where w.state in ('waiting', 'taken') and `+t.sightSQL(v, seesFacts, args)+`
		group by w.unit order by w.unit`, args)
}

// Statuses counts the cases in each status that is not over, of those the viewer may see.
func (t *Tx) Statuses(ctx context.Context, v hotline.Viewer) (map[hotline.Status]int, error) {
	type row struct {
		Status hotline.Status
		N      int
	}
	args := pgx.StrictNamedArgs{}
	rows, err := read[row](ctx, t, "count open cases", `
		select c.status, count(*)::int as n from cases c
		where c.status not in ('ended', 'closed', 'withdrawn', 'archived') and `+t.sightSQL(v, seesFacts, args)+` group by c.status`, args)
	out := make(map[hotline.Status]int, len(rows))
	for _, r := range rows {
		out[r.Status] = r.N
	}
	return out, err
}

// part is a part of a case as a list finds it.
type part struct {
	ID     hotline.AssignmentID
	CaseID hotline.CaseID
}

// items reads the parts of cases that a list found, in its order.
func (t *Tx) items(ctx context.Context, v hotline.Viewer, parts []part) ([]hotline.WorkItem, error) {
	if len(parts) == 0 {
		return nil, nil
	}
	there, err := t.onDuty(ctx)
	if err != nil {
		return nil, err
	}
	return lookAt(ctx, t, v, parts, func(p part) hotline.CaseID { return p.CaseID }, func(p part, b hotline.BoardCase) (hotline.WorkItem, bool) {
		a, has := b.Case.Assignment(p.ID)
		why, _ := hotline.Late(b.Case, a, t.now, there)
		return hotline.WorkItem{BoardCase: b, Assignment: a, Why: why}, has
	})
}

// onDuty gives who can tell whether somebody is on duty in a unit or above it.
func (t *Tx) onDuty(ctx context.Context) (func(unit string) bool, error) {
	units, err := scalars[string](ctx, t, "ask where somebody is on duty", `
		select distinct unit from roles where on_duty and name in ('officer', 'head', 'responder') and starts <= @now and (ends is null or ends > @now)`,
		pgx.StrictNamedArgs{"now": t.now})
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(units))
	for _, u := range units {
		there[u] = true
	}
	return func(unit string) bool {
		if there[unit] {
			return true
		}
		for _, up := range t.regency.Ancestors(unit) {
			if there[up] {
				return true
			}
		}
		return false
	}, nil
}

// Worklist lists the parts of cases that a unit and those below it have, waiting or taken: emergencies first, then by due time. The zero Bookmark
// begins; WorkItem.Bookmark of the last row goes on.
func (t *Tx) Worklist(ctx context.Context, v hotline.Viewer, unit string, after hotline.Bookmark, limit int) ([]hotline.WorkItem, error) {
	args := pgx.StrictNamedArgs{"units": t.regency.UnitsBelow(unit), "begin": after == hotline.Bookmark{}, "calm": after.Calm, "at": after.Time.UTC(),
		"id": after.ID, "never": hotline.NoDue, "limit": limit}
	parts, err := read[part](ctx, t, "read a worklist", `
		select w.id, w.case_id from assignments w join cases c on c.id = w.case_id
		where w.state in ('waiting', 'taken') and w.unit = any (@units)
			and (@begin::boolean or (not c.urgent, coalesce(w.due, @never), w.id) > (@calm::boolean, @at::timestamptz, @id::bigint))
			and `+t.sightSQL(v, seesFacts, args)+`
		order by not c.urgent, coalesce(w.due, @never), w.id limit @limit`, args)
	if err != nil {
		return nil, err
	}
	return t.items(ctx, v, parts)
}

// LateItems lists what is late now and why, the latest first.
func (t *Tx) LateItems(ctx context.Context, v hotline.Viewer, after hotline.Bookmark, limit int) ([]hotline.WorkItem, error) {
	args := pgx.StrictNamedArgs{"now": t.now, "begin": after == hotline.Bookmark{}, "at": after.Time.UTC(), "id": after.ID, "limit": limit}
	parts, err := read[part](ctx, t, "read what is late", `
		select w.id, w.case_id from assignments w join cases c on c.id = w.case_id
		where w.state in ('waiting', 'taken') and w.due < @now and c.status not in ('asking', 'scheduled')
			and (@begin::boolean or (w.due, w.id) > (@at::timestamptz, @id::bigint)) and `+t.sightSQL(v, seesFacts, args)+`
		order by w.due, w.id limit @limit`, args)
	if err != nil {
		return nil, err
	}
	return t.items(ctx, v, parts)
}

// TriageList lists the cases that wait for the coordinator: emergencies first, then the oldest.
func (t *Tx) TriageList(ctx context.Context, v hotline.Viewer, after hotline.Bookmark, limit int) ([]hotline.BoardCase, error) {
	args := pgx.StrictNamedArgs{"begin": after == hotline.Bookmark{}, "calm": after.Calm, "at": after.Time.UTC(), "id": after.ID, "limit": limit}
	return t.list(ctx, v, "read triage", `
		c.status = 'triage' and (@begin::boolean or (not c.urgent, c.filed, c.id) > (@calm::boolean, @at::timestamptz, @id::bigint)) and `+
		t.sightSQL(v, seesFacts, args)+` order by not c.urgent, c.filed, c.id limit @limit`, args)
}

// list reads cases by any condition on c.
func (t *Tx) list(ctx context.Context, v hotline.Viewer, what, tail string, args pgx.StrictNamedArgs) ([]hotline.BoardCase, error) {
	ids, err := scalars[hotline.CaseID](ctx, t, what, `select c.id from cases c where `+tail, args)
	if err != nil {
		return nil, err
	}
	cases, err := t.look(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	var out []hotline.BoardCase
	for _, id := range ids {
		if b, ok := cases[id]; ok {
			out = append(out, b)
		}
	}
	return out, nil
}

// SpokenList is the humans' inbox: voice notes of open cases that nobody has written down, the oldest first, emergencies before all. Only who may hear
// the voice of an anonymous reporter too, the coordinator, has it.
func (t *Tx) SpokenList(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Spoken, error) {
	if !v.Has(hotline.RoleCoordinator) {
		return nil, nil
	}
	type row struct {
		CaseID  hotline.CaseID
		Content hotline.ContentID
		Media   []hotline.MediaID
		At      time.Time
	}
	args := pgx.StrictNamedArgs{"limit": limit}
	// Chat does not say which voice note it wrote down: there whatever was spoken before it counts as written.
	rows, err := read[row](ctx, t, "read what was spoken", `
		select c.id as case_id, s.id as content, s.at, array(select m.id from media m where m.content_id = s.id and m.kind = 'voice' order by m.id) as media
		from cases c join contents s on s.case_id = c.id
		where c.status not in ('ended', 'closed', 'withdrawn', 'archived') and s.text is null and s.erased_at is null
			and exists (select 1 from media m where m.case_id = c.id and m.content_id = s.id and m.kind = 'voice' and m.state in ('pending', 'stored'))
			and s.author is not distinct from c.reporter
			and not exists (
				select 1 from events e where e.case_id = c.id and e.kind = 'transcribed'
					and case when e.facts ? 'of' then (e.facts->>'of')::bigint = s.id else e.content_id > s.id end)
			and `+t.sightSQL(v, seesContent, args)+`
		order by not c.urgent, s.id limit @limit`, args)
	if err != nil {
		return nil, err
	}
	return lookAt(ctx, t, v, rows, func(r row) hotline.CaseID { return r.CaseID }, func(r row, b hotline.BoardCase) (hotline.Spoken, bool) {
		return hotline.Spoken{BoardCase: b, Content: r.Content, Media: r.Media, At: r.At}, b.Sight.Voice
	})
}

// OpenPoints gives the open cases whose place was sent, the newest first, of those whose content the viewer may see: where each was last said to be.
func (t *Tx) OpenPoints(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.CasePoint, error) {
	type row struct {
		CaseID   hotline.CaseID
		Lat, Lng float64
	}
	args := pgx.StrictNamedArgs{"limit": limit}
	rows, err := read[row](ctx, t, "read the places of cases", `
		select c.id as case_id, p.lat, p.lng from cases c cross join lateral (
			select s.lat, s.lng from events e join contents s on s.id = e.content_id
			where e.case_id = c.id and e.kind in ('filed', 'placed') and s.lat is not null and s.lng is not null order by e.id desc limit 1) p
		where c.status not in ('ended', 'closed', 'withdrawn', 'archived') and `+t.sightSQL(v, seesContent, args)+`
		order by c.filed desc, c.id desc limit @limit`, args)
	if err != nil {
		return nil, err
	}
	return lookAt(ctx, t, v, rows, func(r row) hotline.CaseID { return r.CaseID }, func(r row, b hotline.BoardCase) (hotline.CasePoint, bool) {
		return hotline.CasePoint{BoardCase: b, Point: hotline.Point{Lat: r.Lat, Lng: r.Lng}}, b.Sight.Content
	})
}

// SpokenCount tells how many voice notes wait to be written down, at most most.
func (t *Tx) SpokenCount(ctx context.Context, v hotline.Viewer, most int) (int, error) {
	list, err := t.SpokenList(ctx, v, most)
	return len(list), err
}

// LateCount tells how many parts of cases are late that the viewer may see.
func (t *Tx) LateCount(ctx context.Context, v hotline.Viewer) (int, error) {
	args := pgx.StrictNamedArgs{"now": t.now}
	n, err := scalars[int](ctx, t, "count what is late", `
		select count(*)::int from assignments w join cases c on c.id = w.case_id
		where w.state in ('waiting', 'taken') and w.due < @now and c.status not in ('asking', 'scheduled') and `+t.sightSQL(v, seesFacts, args), args)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// Names gives what people are called, as far as it is kept.
func (t *Tx) Names(ctx context.Context, people ...hotline.PersonID) (map[hotline.PersonID]string, error) {
	type row struct {
		PersonID hotline.PersonID
		Name     []byte
	}
	out := make(map[hotline.PersonID]string, len(people))
	if len(people) == 0 {
		return out, nil
	}
	rows, err := read[row](ctx, t, "read names",
		`select person_id, name from person_details where person_id = any (@people) and name is not null`, pgx.StrictNamedArgs{"people": people})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		name, err := open(t.store.keys.person, r.Name, bindPerson(r.PersonID))
		if err != nil {
			return nil, fmt.Errorf("open a name: %w", err)
		}
		out[r.PersonID] = string(name)
	}
	return out, nil
}

// Colleagues lists who has which role: the coordinator sees all, a head those of the own unit and below. Those on duty come first within each unit.
func (t *Tx) Colleagues(ctx context.Context, v hotline.Viewer) ([]hotline.Colleague, error) {
	roles, err := t.People(ctx, nil, hotline.RoleOfficer, hotline.RoleHead, hotline.RoleResponder, hotline.RoleCoordinator, hotline.RoleOperator,
		hotline.RoleSupervisor, hotline.RoleDesk)
	if err != nil {
		return nil, err
	}
	type row struct {
		PersonID hotline.PersonID
		Unit     string
		Has      int
		Late     int
	}
	rows, err := read[row](ctx, t, "count what people have", `
		select coalesce(p.joined, p.id) as person_id, w.unit, count(*)::int as has,
			count(*) filter (where w.due < @now and c.status not in ('asking', 'scheduled'))::int as late
		from assignments w join cases c on c.id = w.case_id join persons p on p.id = w.officer
		where w.state = 'taken' group by 1, 2`, pgx.StrictNamedArgs{"now": t.now})
	if err != nil {
		return nil, err
	}
	var out []hotline.Colleague
	var people []hotline.PersonID
	for _, r := range roles {
		if !t.oversees(v, r.Unit) {
			continue
		}
		g := hotline.Colleague{Role: r}
		for _, h := range rows {
			if h.PersonID == r.Person && t.regency.Within(h.Unit, r.Unit) {
				g.Has, g.Late = g.Has+h.Has, g.Late+h.Late
			}
		}
		out, people = append(out, g), append(people, r.Person)
	}
	names, err := t.Names(ctx, people...)
	for i := range out {
		out[i].Name = names[out[i].Role.Person]
	}
	return out, err
}

// oversees tells whether somebody may see who works in a unit.
func (t *Tx) oversees(v hotline.Viewer, unit string) bool {
	for _, r := range v.Roles {
		if r.Name == hotline.RoleCoordinator || r.Name == hotline.RoleHead && t.regency.Within(unit, r.Unit) {
			return true
		}
	}
	return false
}

// CaseFile reads all of a case that the viewer may see. hotline.ErrNotFound where they may not know of it.
func (t *Tx) CaseFile(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (hotline.CaseFile, error) {
	if err := t.flush(ctx); err != nil {
		return hotline.CaseFile{}, err
	}
	cases, err := t.look(ctx, v, []hotline.CaseID{id})
	if err != nil {
		return hotline.CaseFile{}, err
	}
	b, ok := cases[id]
	if !ok {
		return hotline.CaseFile{}, fmt.Errorf("read a case: %w", hotline.ErrNotFound)
	}
	f := hotline.CaseFile{Case: b.Case, Sight: b.Sight, Said: map[hotline.ContentID]hotline.Content{}, Media: map[hotline.MediaID]hotline.MediaFact{}}
	people := []hotline.PersonID{}
	for _, a := range f.Case.Assignments {
		people = append(people, a.Officer)
	}
	if f.Sight.Content {
		if people, err = t.fillFile(ctx, v, &f, people); err != nil {
			return f, err
		}
	}
	if f.Names, err = t.Names(ctx, people...); err != nil {
		return f, err
	}
	if f.Sight.Reporter && f.Case.Reporter != 0 {
		if f.Reporter, err = t.Person(ctx, f.Case.Reporter); err != nil {
			return f, err
		}
	}
	if f.Case.Status == hotline.Triage && f.Sight.Act {
		f.Units = hotline.Proposals(t.regency, hotline.RoutingOf(f.Case))
	}
	return f, nil
}

// fillFile reads what was said of a case, and gives who else is to be named.
func (t *Tx) fillFile(ctx context.Context, v hotline.Viewer, f *hotline.CaseFile, people []hotline.PersonID) ([]hotline.PersonID, error) {
	var err error
	if f.Events, f.Said, err = t.History(ctx, f.Case.ID); err != nil {
		return nil, err
	}
	reporter, err := scalars[int64](ctx, t, "ask who reported", `select x from cases c cross join lateral same_person(c.reporter) x where c.id = @id`,
		pgx.StrictNamedArgs{"id": f.Case.ID})
	if err != nil {
		return nil, err
	}
	told := make(map[hotline.PersonID]bool, len(reporter))
	for _, p := range reporter {
		told[hotline.PersonID(p)] = true
	}
	for i, e := range f.Events {
		if told[e.By] && !v.Is(e.By) && !f.Sight.Reporter {
			f.Events[i].By, f.Events[i].Reporter = 0, 0
		}
		if !f.Sight.Reporter {
			f.Events[i].Reporter = 0
		}
		if !told[e.By] && e.By != 0 {
			people = append(people, e.By)
		}
		if said := f.Said[e.Content]; said.Point != nil && (e.Kind == hotline.EvFiled || e.Kind == hotline.EvPlaced) {
			f.Point = said.Point
		}
	}
	for id, s := range f.Said {
		if told[s.Author] && !f.Sight.Reporter {
			s.Author = 0
			f.Said[id] = s
		}
	}
	facts, err := t.mediaOf(ctx, f.Case.ID)
	for _, m := range facts {
		m.Shown = m.State == "stored" && showable(f.Sight, m.Kind)
		f.Media[m.ID] = m
	}
	return people, err
}

// showable tells whether somebody of that sight may see or hear a medium of that kind: of an anonymous reporter pictures alone.
func showable(s hotline.Sight, kind hotline.MediaKind) bool {
	return s.Content && (kind == hotline.Photo || s.Voice)
}

func (t *Tx) mediaOf(ctx context.Context, id hotline.CaseID) ([]hotline.MediaFact, error) {
	type row struct {
		ID      hotline.MediaID
		Content hotline.ContentID
		Kind    hotline.MediaKind
		Mime    string
		Size    int64
		State   string
	}
	rows, err := read[row](ctx, t, "list the media of a case", `
		select m.id, m.content_id as content, m.kind, m.mime, m.size, m.state from contents s join media m on m.content_id = s.id
		where s.case_id = @case and m.state <> 'erased' order by m.id`, pgx.StrictNamedArgs{"case": id})
	out := make([]hotline.MediaFact, len(rows))
	for i, r := range rows {
		out[i] = hotline.MediaFact{ID: r.ID, Content: r.Content, Kind: r.Kind, Mime: r.Mime, Size: r.Size, State: r.State}
	}
	return out, err
}

// MediumFor reads a medium for a viewer, with the case it belongs to: of a picture the clean copy, of a voice note, film or document the original
// where there is no clean one. hotline.ErrNotFound: there is none, or it is not for them.
func (t *Tx) MediumFor(ctx context.Context, v hotline.Viewer, id hotline.MediaID) (hotline.Attachment, hotline.CaseID, error) {
	type row struct {
		CaseID hotline.CaseID
		Kind   hotline.MediaKind
		Mime   string
		Hash   []byte
	}
	none := fmt.Errorf("read a medium: %w", hotline.ErrNotFound)
	r, err := one[row](ctx, t, "read a medium", `
		select s.case_id, m.kind, m.mime, coalesce(m.clean, case when m.kind <> 'photo' then m.original end) as hash
		from media m join contents s on s.id = m.content_id where m.id = @id and m.state = 'stored'`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return hotline.Attachment{}, 0, err
	}
	cases, err := t.look(ctx, v, []hotline.CaseID{r.CaseID})
	if err != nil {
		return hotline.Attachment{}, 0, err
	}
	if b, ok := cases[r.CaseID]; !ok || !showable(b.Sight, r.Kind) || r.Hash == nil {
		return hotline.Attachment{}, 0, none
	}
	type piece struct {
		N    int
		Data []byte
	}
	pieces, err := read[piece](ctx, t, "read a medium", `select n, data from blob_chunks where hash = @hash order by n`, pgx.StrictNamedArgs{"hash": r.Hash})
	if err != nil {
		return hotline.Attachment{}, 0, err
	}
	a := hotline.Attachment{Kind: r.Kind, Mime: r.Mime, Name: plainName(r.Kind, r.Mime)}
	for _, p := range pieces {
		part, err := open(t.store.keys.blob, p.Data, bindChunk(r.Hash, p.N))
		if err != nil {
			return hotline.Attachment{}, 0, errors.Join(errors.New("open a medium"), err)
		}
		a.Data = append(a.Data, part...)
	}
	return a, r.CaseID, nil
}
