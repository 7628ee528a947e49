package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// What happens to bookings by itself, when their time comes. Each of these does a little, of what is due; the caller does it again while something was done, and says the news
// in the same unit of work.

// NextBooking gives the earliest service time at which ExpireHolds or RemindersDue has something; zero: never, as things stand.
func (s *Store) NextBooking(ctx context.Context) (time.Time, error) {
	var at *time.Time
	err := s.pool.QueryRow(ctx, `select least((select min(until) from bookings where until is not null), (select min(remind_day) from bookings where remind_day is not null),
		(select min(remind_hours) from bookings where remind_hours is not null))`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask when a booking is due: %w", err)
	}
	return or0(at), nil
}

// ExpireHolds ends up to limit holds and offers whose time has run out by now; the places go to who waits, or to everybody. It gives how many it ended, and whom to tell what.
// Those that another instance has in hand are passed over.
func (t *Tx) ExpireHolds(ctx context.Context, limit int) (int, []hotline.BookingNews, error) {
	ids, counters, err := t.dueBookings(ctx, `b.until <= @now`, pgx.StrictNamedArgs{"now": t.now, "limit": limit})
	if err != nil || len(ids) == 0 {
		return 0, nil, err
	}
	if err := t.lockCounters(ctx, counters...); err != nil {
		return 0, nil, err
	}
	due, err := t.bookings(ctx, "read what has run out", `where b.id = any (@ids) and b.counter_id = any (@counters) and b.until <= @now order by b.until, b.seq`,
		pgx.StrictNamedArgs{"ids": ids, "counters": counters, "now": t.now})
	if err != nil {
		return 0, nil, err
	}
	var all []hotline.BookingNews
	for _, b := range due {
		e := hotline.BookingEvent{Kind: hotline.BkLapsed}
		if b.State != hotline.BookingHeld && b.State != hotline.BookingOffered { // of somebody who was erased
			e.Kind = hotline.BkCancelled
		}
		ended, news, err := t.cancel(ctx, b, e)
		if err != nil {
			return 0, nil, err
		}
		switch ended.State {
		case hotline.BookingExpired:
			all = append(all, bookingNews(hotline.NewsExpired, ended))
		case hotline.BookingPassed:
			all = append(all, bookingNews(hotline.NewsPassed, ended))
		}
		all = append(all, news...)
	}
	return len(due), all, nil
}

// dueBookings finds bookings for which a condition on b holds, with their counters, each once.
func (t *Tx) dueBookings(ctx context.Context, where string, args pgx.StrictNamedArgs) (ids []hotline.BookingID, counters []hotline.CounterID, err error) {
	type row struct {
		ID        hotline.BookingID
		CounterID hotline.CounterID
	}
	rows, err := read[row](ctx, t, "find bookings that are due", `select b.id, b.counter_id from bookings b where `+where+` order by b.id limit @limit`, args)
	seen := map[hotline.CounterID]bool{}
	for _, r := range rows {
		ids = append(ids, r.ID)
		if !seen[r.CounterID] {
			seen[r.CounterID] = true
			counters = append(counters, r.CounterID)
		}
	}
	return ids, counters, err
}

// RemindersDue gives up to limit bookings whose reminder is due by now, each once. One that comes too late, after the window began, is left out.
func (t *Tx) RemindersDue(ctx context.Context, limit int) ([]hotline.BookingNews, error) {
	ids, counters, err := t.dueBookings(ctx, `(b.remind_day <= @now or b.remind_hours <= @now)`, pgx.StrictNamedArgs{"now": t.now, "limit": limit})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	if err := t.lockCounters(ctx, counters...); err != nil {
		return nil, err
	}
	due, err := t.bookings(ctx, "read whom to remind", `where b.id = any (@ids) and b.counter_id = any (@counters) and (b.remind_day <= @now or b.remind_hours <= @now) order by b.seq`,
		pgx.StrictNamedArgs{"ids": ids, "counters": counters, "now": t.now})
	if err != nil {
		return nil, err
	}
	hours, err := scalars[hotline.BookingID](ctx, t, "mark who is reminded", `
		with was as (select id, remind_hours <= @now as hours from bookings where id = any (@ids)),
		done as (update bookings set remind_day = case when remind_day > @now then remind_day end, remind_hours = case when remind_hours > @now then remind_hours end
			where id = any (@ids))
		select id from was where hours`, pgx.StrictNamedArgs{"ids": ids, "now": t.now})
	if err != nil {
		return nil, err
	}
	last := make(map[hotline.BookingID]bool, len(hours))
	for _, id := range hours {
		last[id] = true
	}
	var all []hotline.BookingNews
	for _, b := range due {
		kind, word := hotline.NewsDay, hotline.RemindDay
		if last[b.ID] {
			kind, word = hotline.NewsHours, hotline.RemindHours
		}
		if b.State != hotline.BookingBooked || !t.now.Before(b.Begins(t.regency.Zone)) {
			continue
		}
		t.putBookingEvent(b.Booker, hotline.BookingEvent{Booking: b.ID, Kind: hotline.BkReminded, At: t.now, BookingFacts: hotline.BookingFacts{Word: string(word)}})
		t.queue(`update bookings set events = events + 1, changed = @now where id = @id`, pgx.StrictNamedArgs{"id": b.ID, "now": t.now})
		all = append(all, bookingNews(kind, b))
	}
	return all, nil
}

// lookBack is for how many past days something is still looked for that nobody ended, so that looking stays cheap however old the hotline gets.
const lookBack = 30

// FreeLeftover frees what is left of the reserve of today's windows whose time for that has come (BookingLimits.FreeMinute), and ends what nobody ended of the days before: who booked
// and did not come has missed it, who waits waits no more; who came and was not served is called off a day later still, since a venue without a connection may have to tell that
// they were. Nobody is missed on the day itself: they may be there, at a venue that cannot say so. It gives whom to tell what; nothing was due where that is empty and done is false.
func (t *Tx) FreeLeftover(ctx context.Context) (done bool, all []hotline.BookingNews, err error) {
	today := t.regency.Today(t.now)
	l := t.regency.BookingLimits()
	minute := t.regency.Minute(today, t.now)
	type row struct {
		ID        hotline.SlotID
		CounterID hotline.CounterID
	}
	slots, err := read[row](ctx, t, "find windows that end soon", `
		select s.id, s.counter_id from visits v join counters c on c.visit_id = v.id join slots s on s.counter_id = c.id
		where v.date = @today and v.state in ('open', 'running') and not s.freed and greatest(s.begins, s.ends - @free::int) <= @minute order by c.id, s.id limit 200`,
		pgx.StrictNamedArgs{"today": today, "minute": minute, "free": 2 * int(l.Free.Minutes())})
	if err != nil {
		return false, nil, err
	}
	const left = `b.date < @today and (b.state in ('waiting', 'offered', 'booked') or b.state in ('arrived', 'called') and b.date < @yesterday)`
	yesterday, since := t.regency.Today(t.now.AddDate(0, 0, -1)), t.regency.Today(t.now.AddDate(0, 0, -lookBack))
	ids, counters, err := t.dueBookings(ctx, `b.visit_id in (select v.id from visits v where v.date >= @since and v.date < @today) and `+left,
		pgx.StrictNamedArgs{"today": today, "yesterday": yesterday, "since": since, "limit": 200})
	if err != nil || len(slots)+len(ids) == 0 {
		return false, nil, err
	}
	for _, s := range slots {
		counters = append(counters, s.CounterID)
	}
	if err := t.lockCounters(ctx, counters...); err != nil {
		return false, nil, err
	}
	for _, s := range slots {
		t.queue(`update slots set freed = true, reserve = 0 where id = @id`, pgx.StrictNamedArgs{"id": s.ID})
		news, err := t.offerFree(ctx, s.CounterID)
		if err != nil {
			return false, nil, err
		}
		all = append(all, news...)
	}
	late, err := t.bookings(ctx, "read what nobody ended", `where b.id = any (@ids) and `+left+` order by b.id`,
		pgx.StrictNamedArgs{"ids": ids, "today": today, "yesterday": yesterday})
	if err != nil {
		return false, nil, err
	}
	for _, b := range late {
		kind, say := hotline.BkMissed, hotline.NewsMissed
		switch {
		case b.State == hotline.BookingWaiting || b.State == hotline.BookingOffered:
			kind, say = hotline.BkPassed, hotline.NewsPassed
		case b.State != hotline.BookingBooked || b.Visited.State == hotline.VisitPlanned: // not served any more, or the visit was never opened again
			kind, say = hotline.BkCalledOff, hotline.NewsCancelled
		}
		ended, news, err := t.cancel(ctx, b, hotline.BookingEvent{Kind: kind})
		if err != nil {
			return false, nil, err
		}
		ended.Visited.Reason = "" // why it was moved, if it was, is not why it ended
		all = append(append(all, bookingNews(say, ended)), news...)
	}
	return true, all, nil
}
