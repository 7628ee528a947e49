package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// runVisit reads a visit and locks it and all its counters, for whoever runs it.
func (t *Tx) runVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID) (hotline.Visit, error) {
	visit, err := t.Visit(ctx, id)
	if err != nil {
		return visit, err
	}
	if !t.regency.Runs(v, visit) {
		return visit, hotline.ErrUnseen
	}
	return t.lockVisit(ctx, visit)
}

// lockVisit locks the counters of a visit and then its row, and reads it as it stands.
func (t *Tx) lockVisit(ctx context.Context, visit hotline.Visit) (hotline.Visit, error) {
	var ids []hotline.CounterID
	for _, c := range visit.Counters {
		ids = append(ids, c.ID)
	}
	if err := t.lockCounters(ctx, ids...); err != nil {
		return visit, err
	}
	return t.oneVisit(ctx, `where v.id = @id for no key update of v`, visit.ID)
}

// SetVisitState opens a visit for booking, begins it, or puts it back: planned, open and running. EndVisit and CancelVisit are for the rest. Where it is opened, nobody waits yet.
func (t *Tx) SetVisitState(ctx context.Context, v hotline.Viewer, id hotline.VisitID, state hotline.VisitState) (hotline.Visit, error) {
	visit, err := t.runVisit(ctx, v, id)
	switch {
	case err != nil:
		return visit, err
	case !visit.Live() || state != hotline.VisitPlanned && state != hotline.VisitOpen && state != hotline.VisitRunning:
		return visit, fmt.Errorf("a visit that is %s cannot be %s: %w", visit.State, state, hotline.ErrRefused)
	case visit.State == state:
		return visit, nil
	}
	visit.State = state
	visit.Version++
	t.queue(`update visits set state = @state, version = version + 1 where id = @id`, pgx.StrictNamedArgs{"id": id, "state": state})
	t.auditVisit(v, id, string(state))
	return visit, nil
}

// MoveVisit moves a visit to another day, or to another venue on the same one (empty: the same). Everybody who has a place or waits keeps it there; the news are for each of them, who
// may rather change or cancel. The reason is what they are told.
func (t *Tx) MoveVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID, date, venue, reason string) ([]hotline.BookingNews, error) {
	before, err := t.runVisit(ctx, v, id)
	switch {
	case err != nil:
		return nil, err
	case strings.TrimSpace(reason) == "":
		return nil, hotline.ErrNoReason
	case !before.Live() || before.Programme == "" || date < t.regency.Today(t.now):
		return nil, fmt.Errorf("move a visit: %w", hotline.ErrRefused)
	}
	twice, err := scalars[bool](ctx, t, "look for another visit", `select exists (select 1 from visits where programme = @programme and date = @date and area = @area
		and state <> 'cancelled' and id <> @id)`, pgx.StrictNamedArgs{"programme": before.Programme, "date": date, "area": before.Area, "id": id})
	if err != nil {
		return nil, err
	}
	if twice[0] {
		return nil, fmt.Errorf("move a visit to a day on which there is one: %w", hotline.ErrRefused)
	}
	after := before
	after.Date, after.Reason = date, reason
	if venue != "" {
		after.Venue = venue
	}
	if date != before.Date {
		after.From = before.Date
	}
	t.queue(`update visits set date = @date, venue = @venue, reason = @reason, moved_from = @from, version = version + 1 where id = @id`,
		pgx.StrictNamedArgs{"id": id, "date": after.Date, "venue": after.Venue, "reason": reason, "from": after.From})
	t.auditVisit(v, id, "moved from "+before.Date+" to "+date)
	return t.eachBooked(ctx, before, after, func(b hotline.Booking) (hotline.Booking, error) {
		return t.bookingEvent(b, hotline.BookingEvent{Kind: hotline.BkMoved, By: v.Person, BookingFacts: hotline.BookingFacts{Date: date}})
	}, hotline.NewsMoved)
}

// CancelVisit calls a visit off, and every place and wait of it with it. The news are for each of them; hotline.Regency.Fastest says where else they can go.
func (t *Tx) CancelVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID, reason string) ([]hotline.BookingNews, error) {
	before, err := t.runVisit(ctx, v, id)
	switch {
	case err != nil:
		return nil, err
	case strings.TrimSpace(reason) == "":
		return nil, hotline.ErrNoReason
	case !before.Live():
		return nil, fmt.Errorf("cancel a visit: %w", hotline.ErrRefused)
	}
	after := before
	after.State, after.Reason = hotline.VisitCancelled, reason
	t.queue(`update visits set state = 'cancelled', reason = @reason, version = version + 1 where id = @id`, pgx.StrictNamedArgs{"id": id, "reason": reason})
	t.auditVisit(v, id, "cancelled")
	return t.eachBooked(ctx, before, after, func(b hotline.Booking) (hotline.Booking, error) {
		next, err := t.bookingEvent(b, hotline.BookingEvent{Kind: hotline.BkCalledOff, By: v.Person})
		if err == nil && b.State.Takes() {
			t.queue(`update slots set taken = taken - 1 where id = @id`, pgx.StrictNamedArgs{"id": b.Slot})
		}
		return next, err
	}, hotline.NewsCancelled)
}

// eachBooked does something to every booking of a visit that has not come to the venue yet, and gives the news of it.
func (t *Tx) eachBooked(ctx context.Context, before, after hotline.Visit, do func(hotline.Booking) (hotline.Booking, error), kind hotline.BookingNewsKind) ([]hotline.BookingNews, error) {
	all, err := t.bookings(ctx, "list who booked", `where b.visit_id = @visit and b.state in ('held', 'waiting', 'offered', 'booked') order by b.seq`,
		pgx.StrictNamedArgs{"visit": before.ID})
	if err != nil {
		return nil, err
	}
	before.Counters, after.Counters = nil, nil
	out := make([]hotline.BookingNews, 0, len(all))
	for _, b := range all {
		next, err := do(b)
		if err != nil {
			return nil, err
		}
		next.Visited = after
		n := bookingNews(kind, next)
		n.Before = before
		out = append(out, n)
	}
	return out, nil
}

// SetQuota changes the places of a slot and how many of them are kept for who comes without a booking. What comes free is offered to who waits. hotline.ErrQuota where more are given than
// that already.
func (t *Tx) SetQuota(ctx context.Context, v hotline.Viewer, slot hotline.SlotID, quota, reserve int) ([]hotline.BookingNews, error) {
	visit, c, _, err := t.wanted(ctx, Wish{Slot: slot})
	switch {
	case err != nil:
		return nil, err
	case !t.regency.Runs(v, visit):
		return nil, hotline.ErrUnseen
	case quota < 0 || reserve < 0:
		return nil, hotline.ErrQuota
	}
	if err := t.lockCounters(ctx, c.ID); err != nil {
		return nil, err
	}
	got, err := scalars[hotline.SlotID](ctx, t, "change a quota", `
		update slots set quota = @quota, reserve = @reserve where id = @id and taken + blocked + @reserve <= @quota returning id`,
		pgx.StrictNamedArgs{"id": slot, "quota": quota, "reserve": reserve})
	if err != nil {
		return nil, err
	}
	if len(got) == 0 {
		return nil, hotline.ErrQuota
	}
	t.auditVisit(v, visit.ID, fmt.Sprintf("slot %d: %d places, %d kept", slot, quota, reserve))
	return t.offerFree(ctx, c.ID)
}

// AddService puts one more service on a visit, or gives one that is there more windows; what is there stays.
func (t *Tx) AddService(ctx context.Context, v hotline.Viewer, id hotline.VisitID, s hotline.ProgrammeService) (hotline.Visit, error) {
	visit, err := t.runVisit(ctx, v, id)
	if err != nil {
		return visit, err
	}
	if _, ok := t.regency.ServiceByID(s.Service); !ok || !visit.Live() {
		return visit, fmt.Errorf("add a service: %w", hotline.ErrRefused)
	}
	t.putCounter(id, t.regency.NewCounter(s, len(visit.Counters), visit.Hours), len(visit.Counters))
	t.auditVisit(v, id, "service "+s.Service)
	return t.Visit(ctx, id)
}

// CloseCounter stops a counter from giving numbers, or has it give them again. Who has one keeps it.
func (t *Tx) CloseCounter(ctx context.Context, v hotline.Viewer, id hotline.VisitID, service string, closed bool) ([]hotline.BookingNews, error) {
	visit, err := t.Visit(ctx, id)
	if err != nil {
		return nil, err
	}
	c, ok := visit.Counter(service)
	if !ok {
		return nil, hotline.ErrNotFound
	}
	if !t.regency.Runs(v, visit) && !t.regency.SeesBooking(v, hotline.Booking{Counter: c.ID}, visit, t.regency.Today(t.now)).Serve {
		return nil, hotline.ErrUnseen
	}
	if err := t.lockCounters(ctx, c.ID); err != nil {
		return nil, err
	}
	t.queue(`update counters set closed = @closed where id = @id`, pgx.StrictNamedArgs{"id": c.ID, "closed": closed})
	t.auditVisit(v, id, fmt.Sprintf("counter %s closed: %t", service, closed))
	if closed {
		return nil, nil
	}
	return t.offerFree(ctx, c.ID)
}

// AnswerVisit keeps what an agency says when asked to take part, by one of its own, or by whoever runs the visit.
func (t *Tx) AnswerVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID, agency string, answer hotline.Answer, people int) error {
	own := false
	for _, r := range v.Roles {
		own = own || t.regency.AgencyOf(r.Unit) == agency && (r.Name == hotline.RoleHead || r.Name == hotline.RoleOfficer || r.Name == hotline.RoleVenue)
	}
	visit, err := t.Visit(ctx, id)
	if err != nil {
		return err
	}
	if !own && !t.regency.Runs(v, visit) {
		return hotline.ErrUnseen
	}
	return t.taking(ctx, v, id, `update visit_agencies set answer = @answer, answered = @now, by = @by, people = @people where visit_id = @id and agency = @agency returning agency`,
		pgx.StrictNamedArgs{"id": id, "agency": agency, "answer": answer, "now": t.now, "by": v.Person, "people": max(0, people)}, agency+" answered "+string(answer))
}

// CheckAgency keeps whether an agency is there on the day, as whoever is at the venue or runs the visit sees it.
func (t *Tx) CheckAgency(ctx context.Context, v hotline.Viewer, id hotline.VisitID, agency string, came bool) error {
	visit, err := t.Visit(ctx, id)
	if err != nil {
		return err
	}
	there := false
	for _, r := range v.Roles {
		there = there || r.Name == hotline.RoleVenue && t.regency.WorksAt(r, visit)
	}
	if !there && !t.regency.Runs(v, visit) {
		return hotline.ErrUnseen
	}
	at := &t.now
	if !came {
		at = nil
	}
	return t.taking(ctx, v, id, `update visit_agencies set came = @came, checked_by = @by where visit_id = @id and agency = @agency returning agency`,
		pgx.StrictNamedArgs{"id": id, "agency": agency, "came": at, "by": v.Person}, fmt.Sprintf("%s there: %t", agency, came))
}

func (t *Tx) taking(ctx context.Context, v hotline.Viewer, id hotline.VisitID, sql string, args pgx.StrictNamedArgs, what string) error {
	got, err := scalars[string](ctx, t, "keep who takes part", sql, args)
	if err != nil {
		return err
	}
	if len(got) == 0 {
		return hotline.ErrNotFound
	}
	t.auditVisit(v, id, what)
	return nil
}

// EndVisit ends a visit: who booked and did not come has missed it, who came and was not served any more is told that it is off, who waits waits no more, numbers set aside for desks are
// nobody's. What a desk still has to send of the time before can be sent afterwards too (Block acts, and that somebody came). The news are for all of them.
func (t *Tx) EndVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID) ([]hotline.BookingNews, error) {
	visit, err := t.runVisit(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if visit.State != hotline.VisitOpen && visit.State != hotline.VisitRunning || t.now.Before(visit.Begins(t.regency.Zone)) {
		return nil, fmt.Errorf("end a visit: %w", hotline.ErrRefused)
	}
	all, err := t.bookings(ctx, "list who was not served", `
		where b.visit_id = @visit and b.state in ('held', 'waiting', 'offered', 'booked', 'arrived', 'called') order by b.seq`, pgx.StrictNamedArgs{"visit": id})
	if err != nil {
		return nil, err
	}
	var out []hotline.BookingNews
	for _, b := range all {
		kind, say := hotline.BkMissed, hotline.NewsMissed
		switch b.State {
		case hotline.BookingHeld:
			kind, say = hotline.BkLapsed, hotline.NewsExpired
		case hotline.BookingWaiting, hotline.BookingOffered:
			kind, say = hotline.BkPassed, hotline.NewsPassed
		case hotline.BookingArrived, hotline.BookingCalled: // they came: that it was not their turn any more is no fault of theirs
			kind, say = hotline.BkCalledOff, hotline.NewsCancelled
		}
		next, err := t.bookingEvent(b, hotline.BookingEvent{Kind: kind, By: v.Person})
		if err != nil {
			return nil, err
		}
		if b.State.Takes() {
			t.queue(`update slots set taken = taken - 1 where id = @id`, pgx.StrictNamedArgs{"id": b.Slot})
		}
		next.Visited.Reason = "" // why it was moved, if it was, is not why it ended
		out = append(out, bookingNews(say, next))
	}
	t.queue(`update visits set state = 'over', version = version + 1 where id = @id`, pgx.StrictNamedArgs{"id": id})
	t.auditVisit(v, id, "over")
	return out, nil
}
