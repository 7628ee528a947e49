package store_test

import (
	"errors"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
)

// A venue that was offline all day bars nobody: what it tells later undoes the miss, in the place that was theirs.
func TestBookingsOfAVenueThatWasOffline(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]time.Time{"the visit was ended": visitMorning.Add(7 * time.Hour), "the day is over": visitMorning.Add(20 * time.Hour)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := travelling(t)
			v, boss := visiting(t, s)
			venue := clerk(t, s, "venue", hotline.RoleVenue)
			siti, at := citizen(t, s, "siti")
			came := []hotline.Booking{booked(t, s, monday, siti, at, slotOf(t, v, "ktp", 0).ID, "Siti", nik(1)), booked(t, s, monday, siti, at, slotOf(t, v, "periksa", 0).ID, "Siti", "")}
			do(t, s, visitNoon, func(tx *store.Tx) error { // the window of one of them was over at 11
				_, news, err := tx.FreeLeftover(t.Context())
				if err != nil || len(news) != 0 {
					t.Errorf("missed on the day: %+v, %v", news, err)
				}
				return err
			})
			do(t, s, end, func(tx *store.Tx) error {
				var news []hotline.BookingNews
				var err error
				if name == "the day is over" {
					_, news, err = tx.FreeLeftover(t.Context())
				} else {
					news, err = tx.EndVisit(t.Context(), boss, v.ID)
				}
				if err != nil || len(news) != 2 || news[0].Kind != hotline.NewsMissed {
					t.Errorf("%+v, %v", news, err)
				}
				return err
			})
			sums(t, s, v.ID)
			later := end.Add(time.Hour)
			ahead := func(want error) {
				try(t, s, later, want, func(tx *store.Tx) error {
					_, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Office: "mpp", Date: "2026-11-30", From: 8 * 60, Service: "periksa"})
					return err
				})
			}
			ahead(hotline.ErrBarred)
			try(t, s, later, hotline.ErrRefused, func(tx *store.Tx) error { // after all was over nobody comes
				_, err := tx.CheckIn(t.Context(), venue, came[0].ID, false, store.VenueAct{Key: "late", At: end})
				return err
			})
			for range 2 { // sent twice
				do(t, s, later, func(tx *store.Tx) error {
					for i, b := range came {
						got, err := tx.CheckIn(t.Context(), venue, b.ID, false, store.VenueAct{Key: string(rune('a' + i)), At: visitMorning.Add(time.Hour)})
						if err != nil || got.State != hotline.BookingArrived || got.Slot != b.Slot {
							t.Errorf("%+v, %v", got, err)
						}
					}
					return nil
				})
			}
			do(t, s, later, func(tx *store.Tx) error {
				_, _, err := tx.Finish(t.Context(), venue, came[0].ID, store.Outcome{State: hotline.BookingDone}, store.VenueAct{Key: "done", At: visitMorning.Add(2 * time.Hour)})
				return err
			})
			sums(t, s, v.ID)
			ahead(nil)
		})
	}
}

// Where a missed place is somebody else's by now, nobody gets it back, and the quota holds.
func TestBookingsMissedAndGivenOn(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	venue := clerk(t, s, "venue", hotline.RoleVenue)
	siti, at := citizen(t, s, "siti")
	b := booked(t, s, monday, siti, at, slotOf(t, v, "ktp", 0).ID, "Siti", nik(1))
	now := visitMorning.Add(time.Hour)
	do(t, s, now, func(tx *store.Tx) error {
		if _, _, err := tx.Miss(t.Context(), venue, b.ID, store.VenueAct{}); err != nil {
			return err
		}
		for i := range 4 {
			if _, err := tx.WalkIn(t.Context(), venue, store.WalkIn{Visit: v.ID, Service: "ktp", Who: hotline.BookedPerson{Name: "Orang", NIK: nik(10 + i)}}, store.VenueAct{}); err != nil {
				return err
			}
		}
		return nil
	})
	try(t, s, now.Add(time.Minute), hotline.ErrRefused, func(tx *store.Tx) error {
		_, err := tx.CheckIn(t.Context(), venue, b.ID, false, store.VenueAct{})
		return err
	})
	sums(t, s, v.ID)
}

// Who came is no no-show, whether somebody ends the visit or nobody does; and who waits does not wait for ever.
func TestBookingsThatWereLeftOpen(t *testing.T) {
	t.Parallel()
	for name, ended := range map[string]bool{"ended": true, "nobody ended it": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := travelling(t)
			v, boss := visiting(t, s)
			venue := clerk(t, s, "venue", hotline.RoleVenue)
			siti, at := citizen(t, s, "siti")
			slot := slotOf(t, v, "ktp", 0).ID
			a := booked(t, s, monday, siti, at, slot, "Siti", nik(1))
			b := booked(t, s, monday, siti, at, slot, "Budi", nik(2))
			c := booked(t, s, monday, siti, at, slot, "Cici", nik(3))
			var w hotline.Booking
			do(t, s, monday, func(tx *store.Tx) (err error) {
				w, _, err = tx.WaitForPlace(t.Context(), siti, store.Wish{Slot: slot, Address: at}, false, hotline.BookedPerson{Name: "Dodi", NIK: nik(4)})
				return err
			})
			do(t, s, visitMorning, func(tx *store.Tx) error {
				for _, id := range []hotline.BookingID{a.ID, b.ID} {
					if _, err := tx.CheckIn(t.Context(), venue, id, false, store.VenueAct{}); err != nil {
						return err
					}
				}
				_, _, err := tx.CallAgain(t.Context(), venue, b.ID, store.VenueAct{})
				return err
			})
			got := map[hotline.BookingID]hotline.BookingNewsKind{}
			clock := func(at time.Time, want int) {
				t.Helper()
				do(t, s, at, func(tx *store.Tx) error {
					var news []hotline.BookingNews
					var err error
					if ended {
						news, err = tx.EndVisit(t.Context(), boss, v.ID)
					} else {
						_, news, err = tx.FreeLeftover(t.Context())
					}
					if len(news) != want {
						t.Errorf("%+v, %v, want %d", news, err, want)
					}
					for _, n := range news {
						got[n.Booking.ID] = n.Kind
					}
					return err
				})
			}
			if ended {
				clock(visitMorning.Add(7*time.Hour), 4)
			} else {
				clock(visitMorning.Add(7*time.Hour), 0)
				clock(visitMorning.Add(24*time.Hour), 2) // who came may have been served, at a venue that cannot say so yet
				clock(visitMorning.Add(48*time.Hour), 2)
				clock(visitMorning.Add(48*time.Hour), 0)
			}
			if got[a.ID] != hotline.NewsCancelled || got[b.ID] != hotline.NewsCancelled || got[c.ID] != hotline.NewsMissed || got[w.ID] != hotline.NewsPassed {
				t.Errorf("%v", got)
			}
			var missed, live int
			if err := s.Pool().QueryRow(t.Context(), `select count(*) filter (where state = 'no_show'), count(*) filter (where state in ('waiting', 'arrived', 'called'))
				from bookings where visit_id = $1`, v.ID).Scan(&missed, &live); err != nil || missed != 1 || live != 0 {
				t.Errorf("%d missed, %d live, %v", missed, live, err)
			}
			sums(t, s, v.ID)
		})
	}
}

// What is of a past visit does not count towards how many places one may have, even before the clock has come to it.
func TestBookingsOfThePastDoNotCount(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	siti, at := citizen(t, s, "siti")
	b := booked(t, s, monday, siti, at, slotOf(t, v, "periksa", 0).ID, "Siti", "")
	if _, err := s.Pool().Exec(t.Context(), `insert into bookings (id, seq, visit_id, counter_id, service, state, beneficiary, booker, first, queue, letter, date, begins, ends, made, changed, calls,
		ready_on, block, events) select -n, -n, visit_id, counter_id, service, 'waiting', 'child', booker, false, 0, letter, '2026-11-01', begins, ends, made, made, 0, '', '', 1
		from bookings, generate_series(1, 6) n where id = $1`, b.ID); err != nil {
		t.Fatal(err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		_, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Office: "mpp", Date: "2026-11-27", From: 8 * 60, Service: "periksa"})
		return err
	})
}

// Whatever was forgotten to be ended, who it was for is forgotten too.
func TestBookingsNobodyEndedAreForgotten(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	siti, at := citizen(t, s, "siti")
	booked(t, s, monday, siti, at, slotOf(t, v, "ktp", 0).ID, "Siti", nik(1))
	for _, want := range []struct{ days, n int }{{89, 0}, {92, 1}, {93, 0}} {
		do(t, s, visitMorning.AddDate(0, 0, want.days), func(tx *store.Tx) error {
			n, err := tx.ForgetBookings(t.Context(), 100)
			if n != want.n {
				t.Errorf("after %d days %d are forgotten, want %d", want.days, n, want.n)
			}
			return err
		})
	}
}

// One person has one place at a counter where no NIK says who they are: whoever they say they are to the booker, and on whichever network they write.
func TestBookingsOfWhoIsTwice(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	siti, at := citizen(t, s, "siti")
	away, awayAt := citizen(t, s, "siti2")
	away.Also, siti.Also = []hotline.PersonID{siti.Person}, []hotline.PersonID{away.Person}
	slot, other := slotOf(t, v, "periksa", 0).ID, slotOf(t, v, "periksa", 1).ID
	booked(t, s, monday, siti, at, slot, "Siti", "")
	for _, c := range []struct {
		name string
		v    hotline.Viewer
		at   hotline.AddressID
		whom hotline.Beneficiary
		who  string
		want error
	}{
		{"herself as her child", siti, at, hotline.ForChild, "siti", hotline.ErrTwice},
		{"herself by another name", siti, at, hotline.ForSelf, "Siti Aminah", hotline.ErrTwice},
		{"herself elsewhere", away, awayAt, hotline.ForSelf, "Aminah", hotline.ErrTwice},
		{"herself as a relative elsewhere", away, awayAt, hotline.ForRelative, "SITI", hotline.ErrTwice},
		{"her child, elsewhere", away, awayAt, hotline.ForChild, "Budi", nil},
		{"the same child here", siti, at, hotline.ForElder, "Budi", hotline.ErrTwice},
	} {
		try(t, s, monday, c.want, func(tx *store.Tx) error {
			b, _, err := tx.HoldPlace(t.Context(), c.v, store.Wish{Slot: other, Address: c.at})
			if err != nil {
				return err
			}
			_, err = tx.ConfirmPlace(t.Context(), c.v, b.ID, c.whom, false, hotline.BookedPerson{Name: c.who})
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
			return err
		})
	}
	do(t, s, monday, func(tx *store.Tx) error { // a window, not a second place
		all, err := tx.BookingsOf(t.Context(), away, 10)
		if err != nil {
			return err
		}
		for _, b := range all {
			if b.For == hotline.ForSelf {
				_, _, err = tx.ChangeBooking(t.Context(), away, b.ID, store.Wish{Slot: other})
			}
		}
		return err
	})
	sums(t, s, v.ID)
}

// Nobody is reminded of what they were reminded of, nor of what they chose a moment ago.
func TestBookingsAreRemindedOnce(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	siti, at := citizen(t, s, "siti")
	b := booked(t, s, monday, siti, at, slotOf(t, v, "periksa", 0).ID, "Siti", "")
	evening := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	reminded := func(at time.Time, want ...hotline.BookingNewsKind) {
		t.Helper()
		do(t, s, at, func(tx *store.Tx) error {
			news, err := tx.RemindersDue(t.Context(), 10)
			if len(news) != len(want) || len(want) > 0 && news[0].Kind != want[0] {
				t.Errorf("%+v, %v, want %v", news, err, want)
			}
			return err
		})
	}
	reminded(evening, hotline.NewsDay)
	do(t, s, evening.Add(time.Hour), func(tx *store.Tx) error {
		_, _, err := tx.ChangeBooking(t.Context(), siti, b.ID, store.Wish{Slot: slotOf(t, v, "periksa", 1).ID})
		return err
	})
	reminded(evening.Add(time.Hour))
	eleven := visitMorning.Add(3 * time.Hour)
	reminded(eleven.Add(-2*time.Hour), hotline.NewsHours)
	do(t, s, eleven.Add(-90*time.Minute), func(tx *store.Tx) error { // 90 minutes before it begins a window is chosen
		_, _, err := tx.ChangeBooking(t.Context(), siti, b.ID, store.Wish{Slot: slotOf(t, v, "periksa", 0).ID})
		if err != nil {
			return err
		}
		_, _, err = tx.ChangeBooking(t.Context(), siti, b.ID, store.Wish{Slot: slotOf(t, v, "periksa", 1).ID})
		return err
	})
	reminded(eleven.Add(-90 * time.Minute))

	joko, jokoAt := citizen(t, s, "joko") // waits since days, is offered a place 90 minutes before
	ktp := slotOf(t, v, "ktp", 0).ID
	var first hotline.Booking
	for i := range 3 {
		first = booked(t, s, monday, siti, at, ktp, "Orang", nik(i+1))
	}
	var w hotline.Booking
	do(t, s, monday, func(tx *store.Tx) (err error) {
		w, _, err = tx.WaitForPlace(t.Context(), joko, store.Wish{Slot: ktp, Address: jokoAt}, false, hotline.BookedPerson{Name: "Joko", NIK: nik(9)})
		return err
	})
	reminded(visitMorning.Add(-2*time.Hour), hotline.NewsHours, hotline.NewsHours, hotline.NewsHours)
	soon := visitMorning.Add(-90 * time.Minute)
	do(t, s, soon, func(tx *store.Tx) error {
		if _, _, err := tx.CancelBooking(t.Context(), siti, first.ID); err != nil {
			return err
		}
		_, err := tx.ConfirmPlace(t.Context(), joko, w.ID, hotline.ForSelf, false, hotline.BookedPerson{})
		return err
	})
	reminded(soon)
}

// From the moment a window begins a cancel is a no-show, and so would be a move to another day.
func TestBookingsCancelledTooLateAreNoShows(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	siti, at := citizen(t, s, "siti")
	early := booked(t, s, monday, siti, at, slotOf(t, v, "ktp", 0).ID, "Siti", nik(1))
	late := booked(t, s, monday, siti, at, slotOf(t, v, "periksa", 0).ID, "Siti", "")
	cancel := func(now time.Time, b hotline.Booking, want hotline.BookingState) {
		t.Helper()
		do(t, s, now, func(tx *store.Tx) error {
			got, _, err := tx.CancelBooking(t.Context(), siti, b.ID)
			if got.State != want {
				t.Errorf("%s, want %s", got.State, want)
			}
			return err
		})
	}
	cancel(visitMorning.Add(-time.Minute), early, hotline.BookingCancelled)
	try(t, s, visitMorning, hotline.ErrRefused, func(tx *store.Tx) error {
		_, _, err := tx.ChangeBooking(t.Context(), siti, late.ID, store.Wish{Office: "mpp", Date: "2026-11-27", From: 8 * 60, Service: "periksa"})
		return err
	})
	cancel(visitMorning, late, hotline.BookingNoShow)
	sums(t, s, v.ID)
}
