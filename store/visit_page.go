package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// What the pages for those who run a programme ask for. Who goes where is no secret; who booked is, and who sees that is written down.

// VisitList lists visits of programmes, or days of offices, in the order of their dates.
func (t *Tx) VisitList(ctx context.Context, q hotline.VisitAsk) ([]hotline.Visit, error) {
	until, limit := q.Until, q.Limit
	if until == "" {
		until = "9999"
	}
	if limit == 0 {
		limit = 100
	}
	return t.visits(ctx, "list visits", `
		where v.date >= @from and v.date <= @until and (@programme = '' or v.programme = @programme) and (@office = '' or v.office = @office)
			and (@state = '' or v.state = @state) and (v.office <> '') = @offices
		order by v.date, v.begins, v.id limit @limit`, "",
		pgx.StrictNamedArgs{"from": q.From, "until": until, "programme": q.Programme, "office": q.Office, "state": string(q.State),
			"offices": q.Offices, "limit": limit})
}

// VisitReach tells how many people would hear of a visit that is moved or cancelled, and how many bookings and waits that concerns. Who booked
// at the venue, or through nobody's chat, hears nothing: silent.
func (t *Tx) VisitReach(ctx context.Context, id hotline.VisitID) (hotline.VisitReach, error) {
	return one[hotline.VisitReach](ctx, t, "count who would be told", `
		select count(*)::int as bookings, count(distinct booker) filter (where from_address is not null)::int as people,
			(count(*) filter (where from_address is null))::int as silent
		from bookings where visit_id = @id and state in ('held', 'waiting', 'offered', 'booked')`, pgx.StrictNamedArgs{"id": id})
}

// VisitBookings lists who booked at a visit, each as far as the viewer may see; service, unless empty, only of one. That names were seen is
// written down, once for the list.
func (t *Tx) VisitBookings(ctx context.Context, v hotline.Viewer, id hotline.VisitID, service string, limit int) ([]hotline.Booking, error) {
	visit, err := t.Visit(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := t.bookings(ctx, "list who booked", `where b.visit_id = @id and (@service = '' or b.service = @service)
		and b.state not in ('held', 'expired', 'passed', 'cancelled') order by c.n, b.begins, b.queue, b.seq limit @limit`,
		pgx.StrictNamedArgs{"id": id, "service": service, "limit": limit})
	if err != nil {
		return nil, err
	}
	out, named := all[:0], 0
	for _, b := range all {
		sight := t.regency.SeesBooking(v, b, visit, t.regency.Today(t.now))
		if !sight.Facts {
			continue
		}
		if sight.Who && !sight.Own {
			named++
		}
		b = b.Without(sight)
		b.From, b.Booker = 0, 0
		out = append(out, b)
	}
	if named > 0 {
		t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActSawPerson, Detail: fmt.Sprintf("visit %d: who booked, %d names", id, named)})
	}
	return out, nil
}

// VisitTaken counts a visit's bookings by where they stand.
func (t *Tx) VisitTaken(ctx context.Context, id hotline.VisitID) (map[hotline.BookingState]int, error) {
	type row struct {
		State hotline.BookingState
		N     int
	}
	rows, err := read[row](ctx, t, "count a visit's bookings",
		`select state, count(*)::int as n from bookings where visit_id = @id group by state`, pgx.StrictNamedArgs{"id": id})
	out := make(map[hotline.BookingState]int, len(rows))
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, err
}

// VisitThere tells which of some days and places of a programme have a visit already, by their keys.
func (t *Tx) VisitThere(ctx context.Context, all []hotline.Visit) (map[string]hotline.VisitThere, error) {
	keys := make([]string, len(all))
	for i, v := range all {
		keys[i] = v.Programme + " " + v.Date + " " + v.Area
	}
	rows, err := read[hotline.VisitThere](ctx, t, "look for visits", `select id, programme || ' ' || date || ' ' || area as key, venue, begins, ends,
			exists (select from bookings b where b.visit_id = visits.id and b.state in ('held', 'waiting', 'offered', 'booked')) as booked from visits
		where programme <> '' and state <> 'cancelled' and programme || ' ' || date || ' ' || area = any (@keys)`, pgx.StrictNamedArgs{"keys": keys})
	out := make(map[string]hotline.VisitThere, len(rows))
	for _, r := range rows {
		out[r.Key] = r
	}
	return out, err
}

// AskAgencies gives those who answer for the agencies of a visit that have not answered yet: their heads or, where there are none, their
// officers. An agency without people on Tanggap has none. hotline.ErrUnseen where the viewer does not run the visit, hotline.ErrRefused where
// it has been. That they are asked is written down.
func (t *Tx) AskAgencies(ctx context.Context, v hotline.Viewer, id hotline.VisitID) (hotline.Visit, map[string][]hotline.PersonID, error) {
	visit, err := t.Visit(ctx, id)
	switch {
	case err != nil:
		return visit, nil, err
	case !t.regency.Runs(v, visit):
		return visit, nil, hotline.ErrUnseen
	case !visit.Live() || visit.Date < t.regency.Today(t.now):
		return visit, nil, fmt.Errorf("ask agencies: %w", hotline.ErrRefused)
	}
	out := map[string][]hotline.PersonID{}
	for _, a := range visit.Agencies {
		if a.Answer != hotline.AnswerNone {
			continue
		}
		for _, role := range []hotline.RoleName{hotline.RoleHead, hotline.RoleOfficer} {
			people, err := t.People(ctx, []string{a.Agency}, role)
			if err != nil {
				return visit, nil, err
			}
			for _, p := range people {
				if !slices.Contains(out[a.Agency], p.Person) {
					out[a.Agency] = append(out[a.Agency], p.Person)
				}
			}
			if len(people) > 0 {
				break
			}
		}
	}
	t.auditVisit(v, id, fmt.Sprintf("%d agencies asked", len(out)))
	return visit, out, nil
}
