package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// AnswerSKM keeps somebody's answers to the nine questions about a serving of theirs, once. They stand apart from the booking and say only of which visit and service they are, and the
// day: whose they were cannot be seen. hotline.ErrRefused where they were not served, or have answered.
func (t *Tx) AnswerSKM(ctx context.Context, v hotline.Viewer, id hotline.BookingID, answers hotline.SKMAnswers) error {
	if !answers.Valid() {
		return fmt.Errorf("an answer is not 1 to 4: %w", hotline.ErrRefused)
	}
	b, err := t.ownBooking(ctx, v, id)
	if err != nil {
		return err
	}
	got, err := scalars[hotline.BookingID](ctx, t, "note that somebody answered", `update bookings set rated = true where id = @id and not rated returning id`,
		pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return err
	}
	if len(got) == 0 {
		return fmt.Errorf("answered before: %w", hotline.ErrRefused)
	}
	if _, err := t.bookingEvent(b, hotline.BookingEvent{Kind: hotline.BkRated, By: v.Person}); err != nil {
		return err
	}
	t.queue(`insert into skm_answers (day, visit_id, service, agency, answers) values (@day, @visit, @service, @agency, @answers)`,
		pgx.StrictNamedArgs{"day": t.regency.Today(t.now), "visit": b.Visit, "service": b.Service, "agency": b.Visited.Counters[0].Agency, "answers": answers[:]})
	return nil
}

// An SKMQuery says whose satisfaction: zero fields say nothing.
type SKMQuery struct {
	From, Until string // days, both inclusive
	Programme   string
	Office      string
	Visit       hotline.VisitID
	Agency      string
	Service     string
}

// SKM adds up the answers by service: what stands under "" is all of them. It names nobody.
func (t *Tx) SKM(ctx context.Context, q SKMQuery) (map[string]hotline.SKMSums, error) {
	type row struct {
		Service string
		People  int
		Sums    []int
	}
	until := q.Until
	if until == "" {
		until = "9999"
	}
	rows, err := read[row](ctx, t, "add up what people answered", `
		select x.service, max(x.people)::int as people, array_agg(x.sum order by x.n) as sums from (
			select k.service, u.n, count(*)::int as people, sum(u.answer)::int as sum
			from skm_answers k join visits v on v.id = k.visit_id cross join lateral unnest(k.answers) with ordinality u (answer, n)
			where k.day >= @from and k.day <= @until and (@programme = '' or v.programme = @programme) and (@office = '' or v.office = @office)
				and (@visit = 0 or k.visit_id = @visit) and (@agency = '' or k.agency = @agency) and (@service = '' or k.service = @service)
			group by k.service, u.n) x
		group by x.service`,
		pgx.StrictNamedArgs{"from": q.From, "until": until, "programme": q.Programme, "office": q.Office, "visit": int64(q.Visit), "agency": q.Agency, "service": q.Service})
	if err != nil {
		return nil, err
	}
	out := map[string]hotline.SKMSums{}
	for _, r := range rows {
		s := hotline.SKMSums{People: r.People}
		copy(s.Sums[:], r.Sums)
		out[r.Service] = s
		out[""] = out[""].Plus(s)
	}
	return out, nil
}

// A BookingCount says how the bookings of one service at a visit stand, in figures: these outlive the people.
type BookingCount struct {
	Visit     hotline.VisitID
	Service   string
	Quota     int
	States    map[hotline.BookingState]int
	WalkIns   int // of those who were served or are in line
	Waited    int // minutes from check-in to being served, of all who were served …
	WaitedFor int // … so many
}

// BookingCounts counts the bookings of visits, service by service.
func (t *Tx) BookingCounts(ctx context.Context, visits ...hotline.VisitID) ([]BookingCount, error) {
	type row struct {
		VisitID   hotline.VisitID
		Service   string
		Quota     int
		State     *hotline.BookingState
		N         int
		WalkIns   int
		Waited    int
		WaitedFor int
	}
	rows, err := read[row](ctx, t, "count bookings", `
		select c.visit_id, c.service, (select coalesce(sum(s.quota), 0)::int from slots s where s.counter_id = c.id) as quota, b.state, count(b.id)::int as n,
			(count(b.id) filter (where b.beneficiary = 'walk_in'))::int as walk_ins,
			coalesce(sum(extract(epoch from b.begun - b.arrived) / 60) filter (where b.begun is not null and b.arrived is not null), 0)::int as waited,
			(count(b.id) filter (where b.begun is not null and b.arrived is not null))::int as waited_for
		from counters c left join bookings b on b.counter_id = c.id
		where c.visit_id = any (@visits) group by c.visit_id, c.id, c.service, c.n, b.state order by c.visit_id, c.n, c.id, b.state`, pgx.StrictNamedArgs{"visits": visits})
	if err != nil {
		return nil, err
	}
	var out []BookingCount
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].Visit != r.VisitID || out[n-1].Service != r.Service {
			out = append(out, BookingCount{Visit: r.VisitID, Service: r.Service, Quota: r.Quota, States: map[hotline.BookingState]int{}})
		}
		k := &out[len(out)-1]
		if r.State != nil {
			k.States[*r.State] += r.N
		}
		k.WalkIns, k.Waited, k.WaitedFor = k.WalkIns+r.WalkIns, k.Waited+r.Waited, k.WaitedFor+r.WaitedFor
	}
	return out, nil
}
