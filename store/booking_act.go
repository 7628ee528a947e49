package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A Wish is a place somebody wants: a slot of a visit, or a window of an office's day, of which there may be no row yet.
type Wish struct {
	Slot    hotline.SlotID // of a visit that is there; else Office, Date, From and Service say which
	Office  string
	Date    string
	From    int    // minute at which the window begins
	Service string // Service.ID
	For     hotline.Beneficiary
	Address hotline.AddressID // where news of it go
}

// wanted gives the visit and the counter of a wish, with the slot.
func (t *Tx) wanted(ctx context.Context, w Wish) (v hotline.Visit, c hotline.Counter, s hotline.Slot, err error) {
	if w.Slot == 0 {
		if v, err = t.officeCounter(ctx, w.Office, w.Date, w.Service); err != nil {
			return v, c, s, err
		}
		for _, c = range v.Counters {
			for _, s = range c.Slots {
				if c.Service == w.Service && s.Window.From == w.From {
					return v, c, s, nil
				}
			}
		}
		return v, c, s, fmt.Errorf("find a slot: %w", hotline.ErrNotFound)
	}
	type row struct {
		visitRow
		CounterID                      hotline.CounterID
		Service, Agency, Letter        string
		Closed                         bool
		Waiting                        int
		SlotID                         hotline.SlotID
		SlotBegins, SlotEnds           int
		Quota, Reserve, Blocked, Taken int
	}
	r, err := one[row](ctx, t, "find a slot", `
		select `+visitColumns+`, c.id as counter_id, c.service, c.agency, c.letter, c.closed, c.waiting, s.id as slot_id, s.begins as slot_begins, s.ends as slot_ends,
			s.quota, s.reserve, s.blocked, s.taken
		from slots s join counters c on c.id = s.counter_id join visits v on v.id = c.visit_id where s.id = @slot`, pgx.StrictNamedArgs{"slot": w.Slot})
	if err != nil {
		return v, c, s, err
	}
	s = hotline.Slot{ID: r.SlotID, Counter: r.CounterID, Window: hotline.Window{From: r.SlotBegins, Until: r.SlotEnds}, Quota: r.Quota, Reserve: r.Reserve, Blocked: r.Blocked, Taken: r.Taken}
	c = hotline.Counter{ID: r.CounterID, Visit: r.ID, Service: r.Service, Agency: r.Agency, Letter: r.Letter, Closed: r.Closed, Waiting: r.Waiting, Slots: []hotline.Slot{s}}
	v = r.value()
	v.Counters = []hotline.Counter{c}
	return v, c, s, nil
}

// bookable refuses a place that cannot be had by whoever is not there: of a visit that is not open, a window whose time is over, a counter that is closed.
func (t *Tx) bookable(v hotline.Visit, c hotline.Counter, s hotline.Slot) error {
	if !t.regency.Bookable(v, t.now) || c.Closed || t.regency.Minute(v.Date, t.now) >= t.regency.BookingLimits().LastMinute(s.Window) {
		return hotline.ErrNotBookable
	}
	return nil
}

// mayBook refuses whoever has as many places as one can have, or may only have numbers of the same day.
func (t *Tx) mayBook(ctx context.Context, v hotline.Viewer, date string, more int) error {
	type row struct {
		Live   int
		Missed []string
	}
	l := t.regency.BookingLimits()
	today := t.regency.Today(t.now)
	r, err := one[row](ctx, t, "count a person's bookings", `
		select (count(*) filter (where state in ('waiting', 'offered', 'booked', 'arrived', 'called', 'serving') and date >= @today
				and beneficiary not in ('villager', 'walk_in')))::int as live,
			coalesce(array_agg(date order by date) filter (where state = 'no_show' and beneficiary <> 'villager'), '{}') as missed
		from bookings where booker = any (@me)`, pgx.StrictNamedArgs{"me": append([]hotline.PersonID{v.Person}, v.Also...), "today": today})
	switch {
	case err != nil:
		return err
	case r.Live+more > l.Live:
		return hotline.ErrTooMany
	case date > today && hotline.BarredUntil(r.Missed, l) > today:
		return hotline.ErrBarred
	}
	return nil
}

// HoldPlace keeps a place for the viewer while they are asked for the rest; it lapses by itself (ExpireHolds). Somebody has one held place at a counter at a time: another wish
// there gives the first one back. Errors: hotline.ErrFull, hotline.ErrNotBookable, hotline.ErrTooMany, hotline.ErrBarred, hotline.ErrNotFound. The news are of others.
func (t *Tx) HoldPlace(ctx context.Context, v hotline.Viewer, w Wish) (hotline.Booking, []hotline.BookingNews, error) {
	visit, c, s, err := t.wanted(ctx, w)
	if err == nil {
		err = t.bookable(visit, c, s)
	}
	if err == nil {
		err = t.mayBook(ctx, v, visit.Date, 1)
	}
	if err != nil {
		return hotline.Booking{}, nil, err
	}
	before, err := t.heldAt(ctx, v, c.ID)
	if err == nil && len(before) == 0 && s.Free() == 0 { // in a rush most are told so, and none of them waits for the others
		err = hotline.ErrFull
	}
	if err == nil {
		err = t.lockCounters(ctx, c.ID)
	}
	if err == nil && len(before) > 0 { // the clock may have ended it meanwhile
		before, err = t.heldAt(ctx, v, c.ID)
	}
	if err != nil {
		return hotline.Booking{}, nil, err
	}
	if len(before) > 0 && before[0].Slot == s.ID && before[0].Until.After(t.now) {
		return before[0], nil, nil
	}
	if err := t.take(ctx, s.ID, visit.Date); err != nil {
		return hotline.Booking{}, nil, err
	}
	var news []hotline.BookingNews
	for _, b := range before {
		if _, err := t.bookingEvent(b, hotline.BookingEvent{Kind: hotline.BkCancelled, By: v.Person}); err != nil {
			return hotline.Booking{}, nil, err
		}
		n, err := t.give(ctx, b.Counter, b.Slot)
		if err != nil {
			return hotline.Booking{}, nil, err
		}
		news = append(news, n...)
	}
	b, err := t.newBooking(ctx, visit, w.Address, t.begin(visit, c, s, hotline.BookingEvent{Kind: hotline.BkHeld, By: v.Person, BookingFacts: hotline.BookingFacts{
		For: cmp.Or(w.For, hotline.ForSelf), Booker: v.Person, Until: t.now.Add(t.regency.BookingLimits().Hold)}}), nil, 0)
	t.Signal(topicVisit, int64(visit.ID))
	return b, news, err
}

// heldAt lists the places that somebody holds at a counter.
func (t *Tx) heldAt(ctx context.Context, v hotline.Viewer, c hotline.CounterID) ([]hotline.Booking, error) {
	return t.bookings(ctx, "find a held place", `where b.counter_id = @counter and b.state = 'held' and b.booker = any (@me) order by b.seq`,
		pgx.StrictNamedArgs{"counter": c, "me": append([]hotline.PersonID{v.Person}, v.Also...)})
}

// begin fills in an event that begins a booking, or moves it to another place.
func (t *Tx) begin(v hotline.Visit, c hotline.Counter, s hotline.Slot, e hotline.BookingEvent) hotline.BookingEvent {
	e.Visit, e.Counter, e.Slot, e.Service, e.Letter, e.Date, e.Window = v.ID, c.ID, s.ID, c.Service, c.Letter, v.Date, s.Window
	return e
}

// ConfirmPlace makes a held or offered place theirs; who says who it is for and, where the service needs one, a whole NIK. first: they are elderly, disabled or pregnant. The NIK
// comes back masked. Errors: hotline.ErrLapsed, hotline.ErrTwice, hotline.ErrBookingWho, hotline.ErrNotFound.
func (t *Tx) ConfirmPlace(ctx context.Context, v hotline.Viewer, id hotline.BookingID, whose hotline.Beneficiary, first bool, who hotline.BookedPerson) (hotline.Booking, error) {
	b, err := t.ownBooking(ctx, v, id)
	if err != nil {
		return b, err
	}
	if b.State != hotline.BookingHeld && b.State != hotline.BookingOffered || !b.Until.After(t.now) {
		return b, hotline.ErrLapsed
	}
	if b.State == hotline.BookingHeld {
		b.For = cmp.Or(whose, b.For)
		if who, err = t.checkWho(b.Service, b.For, who); err != nil {
			return b, err
		}
		if err := t.twice(ctx, v, b.Counter, b.ID, b.For, who); err != nil {
			return b, err
		}
		if b, err = t.setWho(ctx, b, who); err != nil {
			return b, err
		}
	}
	return t.confirm(ctx, b, hotline.BookingEvent{Kind: hotline.BkConfirmed, By: v.Person, BookingFacts: hotline.BookingFacts{For: b.For, First: first}})
}

func (t *Tx) confirm(ctx context.Context, b hotline.Booking, e hotline.BookingEvent) (hotline.Booking, error) {
	if e.Queue == 0 {
		n, err := t.nextQueue(ctx, b.Counter)
		if err != nil {
			return b, err
		}
		e.Queue = n
	}
	b, err := t.bookingEvent(b, e)
	t.Signal(topicVisit, int64(b.Visit))
	return b.Without(hotline.BookingSight{Facts: true, Who: true, Own: true}), err
}

// CancelBooking gives back a place, or a place in the waiting list. A freed place goes to the first of the list, whoever cancels: the news say to whom. Once their window has begun it
// counts as not having come, or nobody would ever be barred.
func (t *Tx) CancelBooking(ctx context.Context, v hotline.Viewer, id hotline.BookingID) (hotline.Booking, []hotline.BookingNews, error) {
	b, err := t.ownBooking(ctx, v, id)
	if err != nil {
		return b, nil, err
	}
	kind := hotline.BkCancelled
	if b.State == hotline.BookingBooked && !t.now.Before(b.Begins(t.regency.Zone)) {
		kind = hotline.BkMissed
	}
	return t.cancel(ctx, b, hotline.BookingEvent{Kind: kind, By: v.Person})
}

func (t *Tx) cancel(ctx context.Context, b hotline.Booking, e hotline.BookingEvent) (hotline.Booking, []hotline.BookingNews, error) {
	next, err := t.bookingEvent(b, e)
	if err != nil || !b.State.Takes() {
		return next, nil, err
	}
	news, err := t.give(ctx, b.Counter, b.Slot)
	t.Signal(topicVisit, int64(b.Visit))
	return next, news, err
}

// ChangeBooking moves a booking to another place of the same service: another window, or another day or place. The new place is taken first; where there is none the old one
// stays. The number stays, the queue number is new. Errors are those of HoldPlace, hotline.ErrTwice, hotline.ErrRefused.
func (t *Tx) ChangeBooking(ctx context.Context, v hotline.Viewer, id hotline.BookingID, w Wish) (hotline.Booking, []hotline.BookingNews, error) {
	visit, c, s, err := t.wanted(ctx, w)
	if err == nil {
		err = t.bookable(visit, c, s)
	}
	if err == nil {
		err = t.mayBook(ctx, v, visit.Date, 0)
	}
	if err != nil {
		return hotline.Booking{}, nil, err
	}
	old, err := t.ownBooking(ctx, v, id, c.ID)
	switch {
	case err != nil:
		return old, nil, err
	case old.Service != c.Service || old.State != hotline.BookingBooked:
		return old, nil, fmt.Errorf("change a booking: %w", hotline.ErrRefused)
	case old.Date != visit.Date && !t.now.Before(old.Begins(t.regency.Zone)): // as a cancel then, see CancelBooking; a later window of the same day is for who comes late
		return old, nil, fmt.Errorf("change a booking whose window has begun: %w", hotline.ErrRefused)
	case old.Slot == s.ID:
		return old.Without(hotline.BookingSight{Facts: true, Who: true, Own: true}), nil, nil
	}
	twice, err := scalars[bool](ctx, t, "look for another place", `
		select exists (select 1 from bookings o join bookings b on b.id = @id where o.counter_id = @counter and o.who = b.who and o.id <> b.id
			and o.state not in ('cancelled', 'expired', 'passed', 'no_show'))`, pgx.StrictNamedArgs{"id": id, "counter": c.ID})
	if err == nil && twice[0] {
		err = hotline.ErrTwice
	}
	if err == nil {
		err = t.twice(ctx, v, c.ID, id, old.For, old.Who)
	}
	if err == nil {
		err = t.take(ctx, s.ID, visit.Date)
	}
	if err != nil {
		return old, nil, err
	}
	queue, err := t.nextQueue(ctx, c.ID)
	if err != nil {
		return old, nil, err
	}
	b, err := t.bookingEvent(old, t.begin(visit, c, s, hotline.BookingEvent{Kind: hotline.BkChanged, By: v.Person, BookingFacts: hotline.BookingFacts{Queue: queue}}))
	if err != nil {
		return old, nil, err
	}
	b.Visited = visit
	news, err := t.give(ctx, old.Counter, old.Slot)
	t.Signal(topicVisit, int64(visit.ID))
	t.Signal(topicVisit, int64(old.Visit))
	return b.Without(hotline.BookingSight{Facts: true, Who: true, Own: true}), news, err
}

// A Villager is somebody whom the village's staff books for.
type Villager struct {
	Who   hotline.BookedPerson
	First bool
}

// A VillagerBooked is what came of one of them.
type VillagerBooked struct {
	Booking hotline.Booking // where Err is nil
	Err     error           // hotline.ErrFull, ErrTwice or ErrBookingWho
}

// BookVillagers books places of a visit for people of a village by somebody of its staff, as many as the slot has and the regency allows one of the staff for one visit. What
// came of each stands in the order in which they were given; it is written down that they were booked by somebody else. hotline.ErrUnseen for whoever is no staff of the
// village, hotline.ErrTooMany for more than are allowed.
func (t *Tx) BookVillagers(ctx context.Context, v hotline.Viewer, w Wish, people []Villager) ([]VillagerBooked, error) {
	village, ok := t.regency.Village(v)
	if !ok {
		return nil, hotline.ErrUnseen
	}
	visit, c, s, err := t.wanted(ctx, w)
	if err == nil {
		err = t.bookable(visit, c, s)
	}
	if err == nil {
		err = t.lockCounters(ctx, c.ID)
	}
	if err != nil {
		return nil, err
	}
	had, err := scalars[int](ctx, t, "count who was booked by the village", `
		select count(*)::int from bookings where booker = any (@me) and visit_id = @visit and beneficiary = 'villager' and state not in ('cancelled', 'expired', 'passed')`,
		pgx.StrictNamedArgs{"me": append([]hotline.PersonID{v.Person}, v.Also...), "visit": visit.ID})
	if err != nil {
		return nil, err
	}
	if had[0]+len(people) > t.regency.BookingLimits().Staff {
		return nil, hotline.ErrTooMany
	}
	out := make([]VillagerBooked, len(people))
	booked := 0
	for i, p := range people {
		e := hotline.BookingEvent{Kind: hotline.BkHeld, By: v.Person, BookingFacts: hotline.BookingFacts{For: hotline.ForVillager, Booker: v.Person, First: p.First, Until: t.now}}
		out[i].Booking, out[i].Err = t.bookAtOnce(ctx, visit, c, s, w.Address, e, p.Who, t.take, 0, 0)
		if out[i].Err == nil {
			booked++
		} else if !oneOf(out[i].Err, hotline.ErrFull, hotline.ErrTwice, hotline.ErrBookingWho) {
			return nil, out[i].Err
		}
	}
	if booked > 0 {
		t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActChanged, Detail: fmt.Sprintf("booked %d people of %s at visit %d", booked, village.Code, visit.ID)})
	}
	t.Signal(topicVisit, int64(visit.ID))
	return out, nil
}

// bookAtOnce makes a booking that is held for no moment: whoever makes it knows all. The counter is locked. Nothing is taken where it fails. queue and seq are zero, or
// numbers that were set aside before.
func (t *Tx) bookAtOnce(ctx context.Context, v hotline.Visit, c hotline.Counter, s hotline.Slot, from hotline.AddressID, e hotline.BookingEvent, who hotline.BookedPerson,
	take func(context.Context, hotline.SlotID, string) error, queue int, seq int64,
) (hotline.Booking, error) {
	who, err := t.checkWho(c.Service, e.For, who)
	if err != nil {
		return hotline.Booking{}, err
	}
	key := t.whoKey(e.Booker, e.For, who)
	twice, err := scalars[bool](ctx, t, "look for another place", `select exists (select 1 from bookings where counter_id = @counter and who = @who
		and state not in ('cancelled', 'expired', 'passed', 'no_show'))`, pgx.StrictNamedArgs{"counter": c.ID, "who": key})
	if err == nil && twice[0] {
		err = hotline.ErrTwice
	}
	if err == nil {
		err = take(ctx, s.ID, v.Date)
	}
	if err != nil {
		return hotline.Booking{}, err
	}
	b, err := t.newBooking(ctx, v, from, t.begin(v, c, s, e), key, seq)
	if err == nil {
		b, err = t.setWho(ctx, b, who)
	}
	if err != nil {
		return b, err
	}
	return t.confirm(ctx, b, hotline.BookingEvent{Kind: hotline.BkConfirmed, At: e.At, By: e.By, BookingFacts: hotline.BookingFacts{For: e.For, First: e.First, Queue: queue}})
}

func oneOf(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}
