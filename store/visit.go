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

// topicVisit is the topic of the signals that tell pages that something changed at a visit: Ref is the visit.
const topicVisit = "visit"

type visitRow struct {
	ID        hotline.VisitID
	Programme string
	Office    string
	Date      string
	Area      string
	Venue     string
	Lat, Lng  *float64
	Begins    int
	Ends      int
	State     hotline.VisitState
	Reason    string
	MovedFrom string
	Version   int
}

const visitColumns = `v.id, v.programme, v.office, v.date, v.area, v.venue, v.lat, v.lng, v.begins, v.ends, v.state, v.reason, v.moved_from, v.version`

func (r visitRow) value() hotline.Visit {
	v := hotline.Visit{ID: r.ID, Programme: r.Programme, Office: r.Office, Date: r.Date, Area: r.Area, Venue: r.Venue, Hours: hotline.Window{From: r.Begins, Until: r.Ends},
		State: r.State, Reason: r.Reason, From: r.MovedFrom, Version: r.Version}
	if r.Lat != nil && r.Lng != nil {
		v.Point = &hotline.Point{Lat: *r.Lat, Lng: *r.Lng}
	}
	return v
}

// visits reads visits by any condition on v, with who takes part and all their counters; service, unless empty, leaves the other counters out.
func (t *Tx) visits(ctx context.Context, what, tail, service string, args pgx.StrictNamedArgs) ([]hotline.Visit, error) {
	rows, err := read[visitRow](ctx, t, what, `select `+visitColumns+` from visits v `+tail, args)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids, at := make([]hotline.VisitID, len(rows)), make(map[hotline.VisitID]int, len(rows))
	out := make([]hotline.Visit, len(rows))
	for i, r := range rows {
		out[i], ids[i], at[r.ID] = r.value(), r.ID, i
	}
	type agencyRow struct {
		VisitID   hotline.VisitID
		Agency    string
		Must      bool
		Answer    hotline.Answer
		Answered  *time.Time
		By        *hotline.PersonID
		People    int
		Came      *time.Time
		CheckedBy *hotline.PersonID
	}
	agencies, err := peek[agencyRow](ctx, t, what, `
		select visit_id, agency, must, answer, answered, by, people, came, checked_by from visit_agencies where visit_id = any (@ids) order by visit_id, n`,
		pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return nil, err
	}
	for _, a := range agencies {
		v := &out[at[a.VisitID]]
		v.Agencies = append(v.Agencies, hotline.Taking{Agency: a.Agency, Must: a.Must, Answer: a.Answer, Answered: or0(a.Answered), By: or0(a.By), People: a.People,
			Came: or0(a.Came), CheckedBy: or0(a.CheckedBy)})
	}
	type slotRow struct {
		VisitID                        hotline.VisitID
		ID                             hotline.CounterID
		Service                        string
		Agency                         string
		Letter                         string
		Closed                         bool
		Waiting                        int
		Slot                           *hotline.SlotID
		Begins, Ends                   *int
		Quota, Reserve, Blocked, Taken *int
	}
	slots, err := peek[slotRow](ctx, t, what, `
		select c.visit_id, c.id, c.service, c.agency, c.letter, c.closed, c.waiting,
			s.id as slot, s.begins, s.ends, s.quota, s.reserve, s.blocked, s.taken
		from counters c left join slots s on s.counter_id = c.id
		where c.visit_id = any (@ids) and (@service = '' or c.service = @service) order by c.visit_id, c.n, c.id, s.begins`,
		pgx.StrictNamedArgs{"ids": ids, "service": service})
	if err != nil {
		return nil, err
	}
	for _, s := range slots {
		v := &out[at[s.VisitID]]
		if n := len(v.Counters); n == 0 || v.Counters[n-1].ID != s.ID {
			v.Counters = append(v.Counters, hotline.Counter{ID: s.ID, Visit: s.VisitID, Service: s.Service, Agency: s.Agency, Letter: s.Letter, Closed: s.Closed,
				Waiting: s.Waiting})
		}
		if s.Slot != nil {
			c := &v.Counters[len(v.Counters)-1]
			c.Slots = append(c.Slots, hotline.Slot{ID: *s.Slot, Counter: s.ID, Window: hotline.Window{From: or0(s.Begins), Until: or0(s.Ends)}, Quota: or0(s.Quota),
				Reserve: or0(s.Reserve), Blocked: or0(s.Blocked), Taken: or0(s.Taken)})
		}
	}
	return out, nil
}

// Visit reads a visit with all its counters. hotline.ErrNotFound where there is none. Who goes where is no secret.
func (t *Tx) Visit(ctx context.Context, id hotline.VisitID) (hotline.Visit, error) {
	return t.oneVisit(ctx, `where v.id = @id`, id)
}

func (t *Tx) oneVisit(ctx context.Context, tail string, id hotline.VisitID) (hotline.Visit, error) {
	found, err := t.visits(ctx, "read a visit", tail, "", pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return hotline.Visit{}, err
	}
	if len(found) == 0 {
		return hotline.Visit{}, fmt.Errorf("read a visit: %w", hotline.ErrNotFound)
	}
	return found[0], nil
}

// A VisitQuery says which visits to read: zero fields say nothing.
type VisitQuery struct {
	From, Until string // dates, both inclusive
	Programme   string
	Office      string
	Areas       []string // Area.Codes
	Service     string   // those that do it; of the others of their counters nothing is read
	Live        bool     // those that are still to be
	Programmes  bool     // not the days of offices
	Limit       int      // 0: 100
}

// Visits lists visits in the order of their dates.
func (t *Tx) Visits(ctx context.Context, q VisitQuery) ([]hotline.Visit, error) {
	until, limit := q.Until, q.Limit
	if until == "" {
		until = "9999"
	}
	if limit == 0 {
		limit = 100
	}
	areas := q.Areas
	if areas == nil {
		areas = []string{}
	}
	return t.visits(ctx, "list visits", `
		where v.date >= @from and v.date <= @until and (@programme = '' or v.programme = @programme) and (@office = '' or v.office = @office)
			and (cardinality(@areas::text[]) = 0 or v.area = any (@areas)) and (not @live or v.state in ('planned', 'open', 'running'))
			and (not @programmes or v.programme <> '')
			and (@service = '' or exists (select 1 from counters c where c.visit_id = v.id and c.service = @service))
		order by v.date, v.begins, v.id limit @limit`, q.Service,
		pgx.StrictNamedArgs{"from": q.From, "until": until, "programme": q.Programme, "office": q.Office, "areas": areas, "live": q.Live, "programmes": q.Programmes,
			"service": q.Service, "limit": limit})
}

// PutVisit makes a visit of a programme, or changes what is said of one that is there: of the same programme, day and area, or with the same id. Counters that are new are
// made; the places of those that are there stay as they are (SetQuota changes them). It tells whether the visit is new. hotline.ErrUnseen where the viewer does not run the
// programme, hotline.ErrRefused where people have booked and would come to another place or at another hour.
func (t *Tx) PutVisit(ctx context.Context, v hotline.Viewer, visit hotline.Visit) (hotline.Visit, bool, error) {
	if visit.ID != 0 {
		have, err := t.Visit(ctx, visit.ID)
		if err != nil {
			return visit, false, err
		}
		visit.Programme, visit.Office = have.Programme, have.Office
	}
	if visit.Programme == "" || !t.regency.Runs(v, visit) {
		return visit, false, fmt.Errorf("put a visit: %w", hotline.ErrUnseen)
	}
	id, fresh, err := t.putVisit(ctx, visit)
	if err != nil {
		return visit, false, err
	}
	what := "changed"
	if fresh {
		what = "new"
	}
	t.auditVisit(v, id, what)
	visit, err = t.Visit(ctx, id)
	return visit, fresh, err
}

func (t *Tx) auditVisit(v hotline.Viewer, id hotline.VisitID, what string) {
	t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActChanged, Detail: fmt.Sprintf("visit %d: %s", id, what)})
	t.Signal(topicVisit, int64(id))
}

// unbooked holds for a visit whose venue and hours stay as they are, or which nobody has booked yet: else people are told, which MoveVisit does.
const unbooked = `((visits.venue, visits.begins, visits.ends) = (@venue, @begins, @ends) or not exists
	(select from bookings b where b.visit_id = visits.id and b.state in ('held', 'waiting', 'offered', 'booked')))`

func (t *Tx) putVisit(ctx context.Context, visit hotline.Visit) (hotline.VisitID, bool, error) {
	var lat, lng *float64
	if visit.Point != nil {
		lat, lng = &visit.Point.Lat, &visit.Point.Lng
	}
	args := pgx.StrictNamedArgs{"programme": visit.Programme, "office": visit.Office, "date": visit.Date, "area": visit.Area, "venue": visit.Venue, "lat": lat, "lng": lng,
		"begins": visit.Hours.From, "ends": visit.Hours.Until, "state": visit.State}
	type row struct {
		ID    hotline.VisitID
		Fresh bool
	}
	var r row
	var err error
	switch {
	case visit.ID != 0:
		args["id"] = visit.ID
		delete(args, "programme")
		delete(args, "office")
		delete(args, "date")
		delete(args, "state")
		r, err = one[row](ctx, t, "change a visit", `
			update visits set area = @area, venue = @venue, lat = @lat, lng = @lng, begins = @begins, ends = @ends, version = version + 1
			where id = @id and state in ('planned', 'open', 'running') and `+unbooked+` returning id, false as fresh`, args)
	case visit.Office != "":
		r, err = one[row](ctx, t, "make a day of an office", `
			insert into visits (programme, office, date, area, venue, lat, lng, begins, ends, state)
			values (@programme, @office, @date, @area, @venue, @lat, @lng, @begins, @ends, @state)
			on conflict (office, date) where office <> '' do update set venue = visits.venue returning id, xmax = 0 as fresh`, args)
	default:
		r, err = one[row](ctx, t, "make a visit", `
			insert into visits (programme, office, date, area, venue, lat, lng, begins, ends, state)
			values (@programme, @office, @date, @area, @venue, @lat, @lng, @begins, @ends, @state)
			on conflict (programme, date, area) where programme <> '' and state <> 'cancelled'
			do update set venue = @venue, lat = @lat, lng = @lng, begins = @begins, ends = @ends, version = visits.version + 1
			where `+unbooked+` returning id, xmax = 0 as fresh`, args)
	}
	if errors.Is(err, hotline.ErrNotFound) && visit.Office == "" {
		return 0, false, fmt.Errorf("change a visit: %w", hotline.ErrRefused)
	}
	if err != nil {
		return 0, false, err
	}
	for i, a := range visit.Agencies {
		t.queue(`insert into visit_agencies (visit_id, agency, n, must) values (@id, @agency, @n, @must)
			on conflict (visit_id, agency) do update set n = @n, must = @must`,
			pgx.StrictNamedArgs{"id": r.ID, "agency": a.Agency, "n": i, "must": a.Must})
	}
	for i, c := range visit.Counters {
		t.putCounter(r.ID, c, i)
	}
	return r.ID, r.Fresh, nil
}

// putCounter makes a counter with its slots where there is none yet. The letter may be another's already: then it is the next that is free.
func (t *Tx) putCounter(visit hotline.VisitID, c hotline.Counter, n int) {
	t.queue(`insert into counters (visit_id, service, agency, letter, n) values (@visit, @service, @agency, @letter, @n) on conflict (visit_id, service) do nothing`,
		pgx.StrictNamedArgs{"visit": visit, "service": c.Service, "agency": c.Agency, "letter": c.Letter, "n": n})
	for _, s := range c.Slots {
		t.queue(`
			insert into slots (counter_id, begins, ends, quota, reserve)
			select id, @begins, @ends, @quota, @reserve from counters where visit_id = @visit and service = @service
			on conflict (counter_id, begins) do nothing`,
			pgx.StrictNamedArgs{"visit": visit, "service": c.Service, "begins": s.Window.From, "ends": s.Window.Until, "quota": s.Quota, "reserve": s.Reserve})
	}
}

// A VisitImport says what an import of visits did.
type VisitImport struct {
	New, Changed int
}

// ImportVisits puts many visits at once, as PutVisit does each: all of them or, where one fails, none.
func (t *Tx) ImportVisits(ctx context.Context, v hotline.Viewer, visits []hotline.Visit) (VisitImport, error) {
	var done VisitImport
	for _, visit := range visits {
		if visit.Programme == "" || !t.regency.Runs(v, visit) {
			return done, fmt.Errorf("import visits: %w", hotline.ErrUnseen)
		}
		id, fresh, err := t.putVisit(ctx, visit)
		if err != nil {
			return done, fmt.Errorf("import the visit of %s to %s: %w", visit.Date, visit.Area, err)
		}
		if fresh {
			done.New++
		} else {
			done.Changed++
		}
		t.Signal(topicVisit, int64(id))
	}
	t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActChanged, Detail: fmt.Sprintf("imported visits: %d new, %d changed", done.New, done.Changed)})
	return done, nil
}

// officeCounter gives the counter of a service on an office's day, with the visit; it makes both where nobody has booked there that day.
func (t *Tx) officeCounter(ctx context.Context, office, date, service string) (hotline.Visit, error) {
	o, ok := t.regency.OfficeByID(office)
	if !ok {
		return hotline.Visit{}, fmt.Errorf("read a day of an office: %w", hotline.ErrNotFound)
	}
	day, open := t.regency.OfficeDay(o, date, service)
	if !open || !slices.Contains(t.regency.OfficeDays(o, t.now), date) {
		return hotline.Visit{}, fmt.Errorf("read a day of an office: %w", hotline.ErrNotBookable)
	}
	found, err := t.visits(ctx, "read a day of an office", `where v.office = @office and v.date = @date`, service, pgx.StrictNamedArgs{"office": office, "date": date})
	if err != nil {
		return day, err
	}
	if len(found) == 0 || len(found[0].Counters) == 0 {
		day.Counters[0].Letter = hotline.CounterLetter(slices.IndexFunc(o.Services, func(s hotline.OfficeService) bool { return s.Service == service }))
		id, _, err := t.putVisit(ctx, day)
		if err != nil {
			return day, err
		}
		if found, err = t.visits(ctx, "read a day of an office", `where v.id = @id`, service, pgx.StrictNamedArgs{"id": id}); err != nil {
			return day, err
		}
	}
	return found[0], nil
}
