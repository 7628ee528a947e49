package house

import (
	"context"
	"fmt"
	"time"

	"tanggap/bot"
	"tanggap/hotline"
	"tanggap/store"
)

// servicesOf makes the finder of a regency's services; nil where it has none.
func servicesOf(r *hotline.Regency) *hotline.ServiceFinder {
	if len(r.Services) == 0 {
		return nil
	}
	return hotline.NewServiceFinder(r)
}

// turn is a turn as package bot sees it: places at counters are asked for in its own words.
type turn struct{ *store.Turn }

// HoldPlace keeps a place.
func (t turn) HoldPlace(ctx context.Context, v hotline.Viewer, w bot.PlaceWish) (hotline.Booking, []hotline.BookingNews, error) {
	return t.Tx.HoldPlace(ctx, v, store.Wish(w))
}

// WaitForPlace puts somebody on the waiting list.
func (t turn) WaitForPlace(ctx context.Context, v hotline.Viewer, w bot.PlaceWish, first bool, who hotline.BookedPerson) (hotline.Booking, int, error) {
	return t.Tx.WaitForPlace(ctx, v, store.Wish(w), first, who)
}

// ChangeBooking moves a booking.
func (t turn) ChangeBooking(ctx context.Context, v hotline.Viewer, id hotline.BookingID, w bot.PlaceWish) (hotline.Booking, []hotline.BookingNews, error) {
	return t.Tx.ChangeBooking(ctx, v, id, store.Wish(w))
}

// Coming lists visits of programmes that are still to be.
func (t turn) Coming(ctx context.Context, programme string, limit int) ([]hotline.Visit, error) {
	return t.Visits(ctx, store.VisitQuery{From: t.Regency().Today(t.Now()), Programme: programme, Live: true, Programmes: true, Limit: limit})
}

// BookPeople books for people of a village.
func (t turn) BookPeople(ctx context.Context, v hotline.Viewer, w bot.PlaceWish, people []bot.Villager) ([]bot.VillagerBooked, error) {
	all := make([]store.Villager, len(people))
	for i, p := range people {
		all[i] = store.Villager(p)
	}
	done, err := t.BookVillagers(ctx, v, store.Wish(w), all)
	out := make([]bot.VillagerBooked, len(done))
	for i, d := range done {
		out[i] = bot.VillagerBooked(d)
	}
	return out, err
}

// The clock of bookings: how many are done in one commit, and how long it waits after Postgres failed.
const (
	bookingBatch  = 100
	bookingPause  = 2 * time.Second
	bookingForget = time.Hour // how often is looked for what is kept no longer: its time is a matter of days
)

// BookingsDone tells whether all is done of what happens to bookings by itself until a service time.
func (h *House) BookingsDone(now time.Time) bool {
	next := h.bookingNext.Load()
	return next != nil && next.After(now)
}

// bookings does what happens to bookings by itself: what is kept too long is freed, who waits is offered it, and everybody is reminded. What is told is committed
// with what happened. Two instances do nothing twice: each row is locked.
func (h *House) bookings(ctx context.Context) error {
	var forget time.Time
	for ctx.Err() == nil {
		looked := h.Clock.Now()
		more, err := h.bookingsDue(ctx, looked)
		if err == nil && !more && !looked.Before(forget) {
			if more, err = h.forgetBookings(ctx, looked); err == nil && !more {
				forget = looked.Add(bookingForget)
			}
		}
		if err != nil && ctx.Err() == nil {
			h.log.Warn("bookings not looked after; trying again", "error", err)
			wait(ctx, bookingPause)
			continue
		}
		if more {
			continue
		}
		next := looked.Add(bookingLook)
		if at, err := h.store.NextBooking(ctx); err == nil && !at.IsZero() && at.Before(next) {
			next = at
		}
		if !next.After(looked) { // another instance is at it
			wait(ctx, bookingPause)
			continue
		}
		h.bookingNext.Store(&next)
		h.store.Bells.Any.Ring()
		select {
		case <-h.Clock.Until(next):
		case <-ctx.Done():
		}
	}
	return nil
}

// bookingLook is how long nobody looks at most: what is left of a day's reserve has no time of its own.
const bookingLook = time.Minute

// forgetBookings removes who some bookings were for that are kept no longer; true: there may be more.
func (h *House) forgetBookings(ctx context.Context, now time.Time) (more bool, err error) {
	err = h.store.Do(ctx, now, func(tx *store.Tx) error {
		n, err := tx.ForgetBookings(ctx, bookingBatch)
		if err != nil {
			return fmt.Errorf("forget bookings: %w", err)
		}
		more = n == bookingBatch
		return nil
	})
	return more, err
}

// bookingsDue does a little of what is due; true: there may be more.
func (h *House) bookingsDue(ctx context.Context, now time.Time) (more bool, err error) {
	err = h.store.Do(ctx, now, func(tx *store.Tx) error {
		more = false
		n, all, err := tx.ExpireHolds(ctx, bookingBatch)
		if err != nil {
			return fmt.Errorf("free what was kept too long: %w", err)
		}
		reminders, err := tx.RemindersDue(ctx, bookingBatch)
		if err != nil {
			return fmt.Errorf("remind of bookings: %w", err)
		}
		done, left, err := tx.FreeLeftover(ctx)
		if err != nil {
			return fmt.Errorf("free what is left: %w", err)
		}
		all = append(append(all, reminders...), left...)
		for _, o := range bot.BookingNotices(tx.Regency(), all) {
			tx.Say(o)
		}
		more = n > 0 || len(reminders) > 0 || done
		return nil
	})
	return more, err
}
