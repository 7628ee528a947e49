package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// bookingsOf lists the bookings that people who are one person made, for data saya: oldest first, as they may see them.
func (t *Tx) bookingsOf(ctx context.Context, same []hotline.PersonID) ([]hotline.Booking, error) {
	all, err := t.bookings(ctx, "list a person's bookings", `where b.booker = any (@same) order by b.seq limit 1000`, pgx.StrictNamedArgs{"same": same})
	for i, b := range all {
		all[i] = b.Without(hotline.BookingSight{Facts: true, Who: !b.Who.Erased, Own: true})
	}
	return all, err
}

// eraseBookings removes who a person's bookings were for. What is still to be is left to the clock to cancel, at once (ExpireHolds): it gives the places to others and tells them.
func (t *Tx) eraseBookings(ctx context.Context, same []hotline.PersonID) error {
	counters, err := scalars[hotline.CounterID](ctx, t, "find a person's bookings", `
		select distinct counter_id from bookings where booker = any (@same) and state in ('held', 'waiting', 'offered', 'booked') order by counter_id`,
		pgx.StrictNamedArgs{"same": same})
	if err != nil {
		return fmt.Errorf("erase bookings: %w", err)
	}
	if err := t.lockCounters(ctx, counters...); err != nil {
		return fmt.Errorf("erase bookings: %w", err)
	}
	t.queue(`update bookings set until = @now where booker = any (@same) and state in ('held', 'waiting', 'offered', 'booked')`,
		pgx.StrictNamedArgs{"same": same, "now": t.now})
	t.emptyBookings(`b.booker = any (@same)`, pgx.StrictNamedArgs{"same": same, "now": t.now})
	return nil
}

// emptyBookings removes who bookings are for, by a condition on b; the fact that somebody had a place stays, with the event that it was removed.
func (t *Tx) emptyBookings(where string, args pgx.StrictNamedArgs) {
	t.queue(`
		with gone as (
			update booking_details d set name = null, nik = null, note = null, erased_at = @now
			from bookings b where b.id = d.booking_id and d.erased_at is null and `+where+` returning d.booking_id),
		bare as (update bookings set who = null, events = events + 1, changed = greatest(changed, @now::timestamptz) where id in (select booking_id from gone))
		insert into booking_events (booking_id, kind, at, facts) select booking_id, 'erased', @now, '{}' from gone`, args)
}

// ForgetBookings removes who bookings were for that the regency need not know any more (BookingLimits.Keep after the visit), at most limit at once: their names and NIKs, and who
// booked: events say of nobody that they booked. Figures remain. It gives how many there were. How a booking ended, or whether somebody forgot to end it, does not matter. It looks through
// those that are kept, the last few months', so it is asked for now and then rather than at every turn of the clock.
func (t *Tx) ForgetBookings(ctx context.Context, limit int) (int, error) {
	keep := t.regency.BookingLimits().Keep
	type row struct {
		ID   hotline.BookingID
		Date string
	}
	rows, err := read[row](ctx, t, "find bookings that are kept no longer", `
		select b.id, b.date from booking_details d join bookings b on b.id = d.booking_id where d.erased_at is null and b.date < @today
		order by b.date, b.id limit @limit`,
		pgx.StrictNamedArgs{"today": t.regency.Today(t.now), "limit": limit})
	if err != nil {
		return 0, err
	}
	var ids []hotline.BookingID
	for _, r := range rows {
		end := hotline.Visit{Date: r.Date, Hours: hotline.Window{From: 0, Until: 24 * 60}}.Ends(t.regency.Zone)
		if t.now.After(t.regency.Calendar("").Add(end, keep)) {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return 0, nil
	}
	t.emptyBookings(`b.id = any (@ids)`, pgx.StrictNamedArgs{"ids": ids, "now": t.now})
	t.queue(`update bookings set booker = null, from_address = null where id = any (@ids)`, pgx.StrictNamedArgs{"ids": ids})
	return len(ids), nil
}

// bookingsSealedBefore is the condition on booking_details that something is sealed with a former key.
const bookingsSealedBefore = `(substring(name from 1 for 1) <> @number or substring(nik from 1 for 1) <> @number or substring(note from 1 for 1) <> @number)`

// rekeyBookings seals anew who bookings are for, and hashes it anew. Until it has come to a booking nobody sees that somebody has a second place beside it; who got one keeps both.
func (s *Store) rekeyBookings(ctx context.Context, after int64) (n int, last int64, err error) {
	type row struct {
		BookingID       hotline.BookingID
		Name, NIK, Note []byte
		Booker          *hotline.PersonID
		Beneficiary     hotline.Beneficiary
	}
	return reseal(ctx, s, "bookings", `
		select d.booking_id, d.name, d.nik, d.note, b.booker, b.beneficiary from booking_details d join bookings b on b.id = d.booking_id
		where d.booking_id > @after and `+bookingsSealedBefore+` order by d.booking_id limit @limit for update of d`,
		after, rekeyBatch, func(t *Tx, r row) (int64, error) {
			bind := bindBooking(r.BookingID)
			name, sealedName, err := s.again(r.Name, bind)
			if err != nil {
				return 0, fmt.Errorf("open the name of booking %d: %w", r.BookingID, err)
			}
			nik, sealedNIK, err := s.keys.nik.again(r.NIK, bind)
			if err != nil {
				return 0, fmt.Errorf("open the NIK of booking %d: %w", r.BookingID, err)
			}
			_, note, err := s.again(r.Note, bind)
			if err != nil {
				return 0, fmt.Errorf("open the note of booking %d: %w", r.BookingID, err)
			}
			t.queue(`update booking_details set name = @name, nik = @nik, note = @note where booking_id = @id`,
				pgx.StrictNamedArgs{"id": r.BookingID, "name": sealedName, "nik": sealedNIK, "note": note})
			t.queue(`update bookings b set who = case when not exists (select 1 from bookings o where o.counter_id = b.counter_id and o.who = @who and o.id <> b.id
					and o.state not in ('cancelled', 'expired', 'passed', 'no_show')) then @who::bytea end
				where b.id = @id and b.who is not null`, pgx.StrictNamedArgs{"id": r.BookingID,
				"who": t.whoKey(or0(r.Booker), r.Beneficiary, hotline.BookedPerson{Name: string(name), NIK: string(nik)})})
			return int64(r.BookingID), nil
		})
}
