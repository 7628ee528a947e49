package store

import (
	"cmp"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// The waiting list of a counter is its bookings that wait, in the order of their numbers, which is the order in which they held the counter's lock. A place is free for everybody
// only while nobody waits: give and whatever else frees places offers them to the list first.

// WaitForPlace puts somebody on the waiting list of a service at a visit; who says who it is for, as for ConfirmPlace. It gives their place in it, from 1. Where a place is free after all
// nobody is put there: hotline.ErrRefused, hold one instead. Errors are those of HoldPlace and ConfirmPlace.
func (t *Tx) WaitForPlace(ctx context.Context, v hotline.Viewer, w Wish, first bool, who hotline.BookedPerson) (hotline.Booking, int, error) {
	visit, c, s, err := t.wanted(ctx, w)
	if err == nil && !t.regency.Bookable(visit, t.now) {
		err = hotline.ErrNotBookable
	}
	if err == nil {
		err = t.mayBook(ctx, v, visit.Date, 1)
	}
	if err == nil {
		err = t.lockCounters(ctx, c.ID)
	}
	if err == nil {
		err = t.nothingFree(ctx, c.ID, visit.Date)
	}
	whose := cmp.Or(w.For, hotline.ForSelf)
	if err == nil {
		who, err = t.checkWho(c.Service, whose, who)
	}
	if err == nil {
		err = t.twice(ctx, v, c.ID, 0, whose, who)
	}
	if err != nil {
		return hotline.Booking{}, 0, err
	}
	s.ID, s.Window = 0, visit.Hours
	b, err := t.newBooking(ctx, visit, w.Address, t.begin(visit, c, s, hotline.BookingEvent{Kind: hotline.BkWaited, By: v.Person, BookingFacts: hotline.BookingFacts{
		For: whose, Booker: v.Person, First: first}}), t.whoKey(v.Person, whose, who), 0)
	if err == nil {
		b, err = t.setWho(ctx, b, who)
	}
	if err != nil {
		return b, 0, err
	}
	place, err := scalars[int](ctx, t, "count who waits", `update counters set waiting = waiting + 1 where id = @id returning waiting`, pgx.StrictNamedArgs{"id": c.ID})
	if err != nil {
		return b, 0, err
	}
	t.Signal(topicVisit, int64(visit.ID))
	return b.Without(hotline.BookingSight{Facts: true, Who: true, Own: true}), place[0], nil
}

// nothingFree refuses to have somebody wait while a place is free at a counter, or where the visit is not on that day any more.
func (t *Tx) nothingFree(ctx context.Context, c hotline.CounterID, date string) error {
	type row struct{ Free, Stands bool }
	r, err := one[row](ctx, t, "look for a free place", `
		select exists (select 1 from slots where counter_id = @counter and greatest(begins, ends - @free::int) > @minute and taken + reserve + blocked < quota) as free,
			exists (select 1 from slots where counter_id = @counter`+stands+`) as stands`,
		pgx.StrictNamedArgs{"counter": c, "date": date, "minute": t.regency.Minute(date, t.now), "free": int(t.regency.BookingLimits().Free.Minutes())})
	switch {
	case err != nil:
		return err
	case !r.Stands:
		return hotline.ErrNotBookable
	case r.Free:
		return fmt.Errorf("wait while a place is free: %w", hotline.ErrRefused)
	}
	return nil
}

// WaitPlace gives somebody's place in the waiting list, from 1; 0: they do not wait.
func (t *Tx) WaitPlace(ctx context.Context, v hotline.Viewer, id hotline.BookingID) (int, error) {
	b, err := t.oneBooking(ctx, `where b.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return 0, err
	}
	if !t.regency.SeesBooking(v, b, b.Visited, t.regency.Today(t.now)).Facts {
		return 0, hotline.ErrNotFound
	}
	return t.waitPlace(ctx, b)
}

func (t *Tx) waitPlace(ctx context.Context, b hotline.Booking) (int, error) {
	if b.State != hotline.BookingWaiting {
		return 0, nil
	}
	n, err := scalars[int](ctx, t, "count who waits before somebody", `select count(*)::int from bookings where counter_id = @counter and state = 'waiting' and seq <= @seq`,
		pgx.StrictNamedArgs{"counter": b.Counter, "seq": int64(b.Number)})
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// offer offers a place that is taken of a slot to the first who waits, where its window is still to begin; no news: nobody was offered it. The counter is locked.
func (t *Tx) offer(ctx context.Context, counter hotline.CounterID, slot hotline.SlotID) ([]hotline.BookingNews, error) {
	type row struct {
		ID           hotline.BookingID
		Date         string
		Begins, Ends int
	}
	found, err := read[row](ctx, t, "find who waits longest", `
		select b.id, v.date, s.begins, s.ends from slots s join counters c on c.id = s.counter_id and not c.closed join visits v on v.id = c.visit_id and v.state in ('open', 'running')
		join lateral (select w.id from bookings w where w.counter_id = c.id and w.state = 'waiting' order by w.seq limit 1) b on true
		where s.id = @slot and c.id = @counter`, pgx.StrictNamedArgs{"slot": slot, "counter": counter})
	if err != nil || len(found) == 0 || t.regency.Minute(found[0].Date, t.now) >= t.regency.BookingLimits().LastMinute(hotline.Window{From: found[0].Begins, Until: found[0].Ends}) {
		return nil, err
	}
	b, err := t.oneBooking(ctx, `where b.id = @id`, pgx.StrictNamedArgs{"id": found[0].ID})
	if err != nil {
		return nil, err
	}
	b, err = t.bookingEvent(b, hotline.BookingEvent{Kind: hotline.BkOffered, BookingFacts: hotline.BookingFacts{Slot: slot,
		Window: hotline.Window{From: found[0].Begins, Until: found[0].Ends}, Until: t.now.Add(t.regency.BookingLimits().Offer)}})
	if err != nil {
		return nil, err
	}
	return []hotline.BookingNews{bookingNews(hotline.NewsOffered, b)}, nil
}

// bookingNews makes one of a booking, without who it is for.
func bookingNews(kind hotline.BookingNewsKind, b hotline.Booking) hotline.BookingNews {
	b.Who, b.Same = hotline.BookedPerson{Erased: b.Who.Erased}, ""
	return hotline.BookingNews{Kind: kind, Booking: b}
}

// offerFree offers whatever is free at a counter to those who wait, until one of both runs out. The counter is locked.
func (t *Tx) offerFree(ctx context.Context, counter hotline.CounterID) (all []hotline.BookingNews, err error) {
	slots, err := scalars[hotline.SlotID](ctx, t, "list free places", `
		select s.id from slots s where s.counter_id = @counter and s.taken + s.reserve + s.blocked < s.quota
			and exists (select 1 from bookings b where b.counter_id = @counter and b.state = 'waiting') order by s.begins`, pgx.StrictNamedArgs{"counter": counter})
	if err != nil {
		return nil, err
	}
	for _, s := range slots {
		for {
			got, err := scalars[hotline.SlotID](ctx, t, "take a free place",
				`update slots set taken = taken + 1 where id = @id and taken + reserve + blocked < quota returning id`, pgx.StrictNamedArgs{"id": s})
			if err != nil {
				return all, err
			}
			if len(got) == 0 {
				break
			}
			n, err := t.give(ctx, counter, s)
			if err != nil {
				return all, err
			}
			if len(n) == 0 { // nobody waits, or the window has begun
				break
			}
			all = append(all, n...)
		}
	}
	return all, nil
}

// DeclinePlace says no to an offered place, which goes to the next.
func (t *Tx) DeclinePlace(ctx context.Context, v hotline.Viewer, id hotline.BookingID) (hotline.Booking, []hotline.BookingNews, error) {
	b, err := t.ownBooking(ctx, v, id)
	if err != nil {
		return b, nil, err
	}
	return t.cancel(ctx, b, hotline.BookingEvent{Kind: hotline.BkPassed, By: v.Person})
}
