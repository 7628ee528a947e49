package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// A visit is imported, opened, taken part in, moved and ended; everybody booked hears of it, and nobody but whoever runs it may do that.
func TestAVisitFromImportToItsEnd(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	boss, nobody := clerk(t, s, "boss", hotline.RoleCoordinator), clerk(t, s, "nobody", hotline.RoleViewer)
	r := s.Regency()
	g, _ := r.ProgrammeByID("ngantor")
	hot, _ := r.HotlineAgency()
	one, two := r.NewVisit(g, visitDay, r.Villages()[0].Code), r.NewVisit(g, "2026-12-03", r.Villages()[1].Code)
	try(t, s, monday, hotline.ErrUnseen, func(tx *store.Tx) error {
		_, err := tx.ImportVisits(t.Context(), nobody, []hotline.Visit{one})
		return err
	})
	var v hotline.Visit
	for _, want := range []store.VisitImport{{New: 2}, {Changed: 2}} {
		do(t, s, monday, func(tx *store.Tx) error {
			got, err := tx.ImportVisits(t.Context(), boss, []hotline.Visit{one, two})
			if got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			return err
		})
		one.Venue = "Balai Desa"
	}
	do(t, s, monday, func(tx *store.Tx) error {
		all, err := tx.Visits(t.Context(), store.VisitQuery{From: visitDay, Programme: "ngantor", Areas: []string{one.Area}, Live: true, Programmes: true, Service: "ktp"})
		if err != nil || len(all) != 1 || all[0].Venue != "Balai Desa" || len(all[0].Counters) != 1 || all[0].Counters[0].Slots[0].Quota != 4 {
			t.Fatalf("%+v, %v", all, err)
		}
		v = all[0]
		return nil
	})
	for _, act := range map[string]func(*store.Tx) error{
		"state": func(tx *store.Tx) error {
			_, err := tx.SetVisitState(t.Context(), nobody, v.ID, hotline.VisitOpen)
			return err
		},
		"move": func(tx *store.Tx) error {
			_, err := tx.MoveVisit(t.Context(), nobody, v.ID, "2026-11-27", "", "hujan")
			return err
		},
		"cancel": func(tx *store.Tx) error { _, err := tx.CancelVisit(t.Context(), nobody, v.ID, "hujan"); return err },
		"quota": func(tx *store.Tx) error {
			_, err := tx.SetQuota(t.Context(), nobody, v.Counters[0].Slots[0].ID, 9, 0)
			return err
		},
		"close": func(tx *store.Tx) error {
			_, err := tx.CloseCounter(t.Context(), nobody, v.ID, "ktp", true)
			return err
		},
		"answer": func(tx *store.Tx) error {
			return tx.AnswerVisit(t.Context(), nobody, v.ID, hot.ID, hotline.AnswerYes, 3)
		},
		"check": func(tx *store.Tx) error { return tx.CheckAgency(t.Context(), nobody, v.ID, hot.ID, true) },
		"end":   func(tx *store.Tx) error { _, err := tx.EndVisit(t.Context(), nobody, v.ID); return err },
		"put":   func(tx *store.Tx) error { _, _, err := tx.PutVisit(t.Context(), nobody, v); return err },
	} {
		try(t, s, monday, hotline.ErrUnseen, act)
	}
	siti, at := citizen(t, s, "siti")
	slot := v.Counters[0].Slots[0].ID
	try(t, s, monday, hotline.ErrNotBookable, func(tx *store.Tx) error { // only planned
		_, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Slot: slot, Address: at})
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error {
		if _, err := tx.SetVisitState(t.Context(), boss, v.ID, hotline.VisitOpen); err != nil {
			return err
		}
		if err := tx.AnswerVisit(t.Context(), boss, v.ID, hot.ID, hotline.AnswerYes, 3); err != nil {
			return err
		}
		if err := tx.AnswerVisit(t.Context(), boss, v.ID, "lain", hotline.AnswerYes, 3); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("an agency that was not asked: %v", err)
		}
		return tx.CheckAgency(t.Context(), boss, v.ID, hot.ID, true)
	})
	b := booked(t, s, monday, siti, at, slot, "Siti", nik(1))
	try(t, s, monday, hotline.ErrNoReason, func(tx *store.Tx) error {
		_, err := tx.MoveVisit(t.Context(), boss, v.ID, "2026-11-27", "", " ")
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error {
		news, err := tx.MoveVisit(t.Context(), boss, v.ID, "2026-11-27", "Lapangan", "hujan")
		if err != nil || len(news) != 1 || news[0].Kind != hotline.NewsMoved || news[0].Booking.Date != "2026-11-27" || news[0].Before.Date != visitDay || news[0].Booking.Visited.Venue != "Lapangan" {
			t.Errorf("%+v, %v", news, err)
		}
		moved, err := tx.Visit(t.Context(), v.ID)
		if moved.From != visitDay || moved.Agencies[0].Answer != hotline.AnswerYes || moved.Agencies[0].People != 3 || moved.Agencies[0].Came.IsZero() {
			t.Errorf("%+v", moved)
		}
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error {
		more, err := tx.AddService(t.Context(), boss, v.ID, hotline.ProgrammeService{Service: "ktp", Quota: 5, Windows: []hotline.Window{{From: 14 * 60, Until: 16 * 60}}})
		if c, _ := more.Counter("ktp"); err != nil || len(c.Slots) != 2 {
			t.Errorf("%+v, %v", c, err)
		}
		if _, err := tx.CloseCounter(t.Context(), boss, v.ID, "ktp", true); err != nil {
			return err
		}
		joko, _ := citizen(t, s, "joko")
		if _, _, err := tx.HoldPlace(t.Context(), joko, store.Wish{Slot: slot}); !errors.Is(err, hotline.ErrNotBookable) {
			t.Errorf("a closed counter gives places: %v", err)
		}
		_, err = tx.CloseCounter(t.Context(), boss, v.ID, "ktp", false)
		return err
	})
	try(t, s, monday, hotline.ErrRefused, func(tx *store.Tx) error { _, err := tx.EndVisit(t.Context(), boss, v.ID); return err }) // before it began
	after := visitMorning.AddDate(0, 0, 1).Add(8 * time.Hour)
	do(t, s, after, func(tx *store.Tx) error {
		news, err := tx.EndVisit(t.Context(), boss, v.ID)
		if err != nil || len(news) != 1 || news[0].Kind != hotline.NewsMissed || news[0].Booking.ID != b.ID {
			t.Errorf("%+v, %v", news, err)
		}
		return err
	})
	sums(t, s, v.ID)
}

// Whoever did not come twice has only numbers of the same day for a month.
func TestTwoNoShowsBar(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	venue := clerk(t, s, "venue", hotline.RoleVenue)
	siti, at := citizen(t, s, "siti")
	a := booked(t, s, monday, siti, at, slotOf(t, v, "ktp", 0).ID, "Siti", nik(1))
	b := booked(t, s, monday, siti, at, slotOf(t, v, "periksa", 0).ID, "Siti", "")
	try(t, s, visitMorning.Add(-time.Hour), hotline.ErrRefused, func(tx *store.Tx) error { _, _, err := tx.Miss(t.Context(), venue, a.ID, store.VenueAct{}); return err })
	do(t, s, visitNoon, func(tx *store.Tx) error {
		_, news, err := tx.Miss(t.Context(), venue, a.ID, store.VenueAct{})
		if err != nil || len(news) != 1 || news[0].Kind != hotline.NewsMissed {
			t.Errorf("%+v, %v", news, err)
		}
		return err
	})
	do(t, s, visitNoon, func(tx *store.Tx) error { // the other window was over at 11, but the venue may only have no connection; what is left of the reserve is free
		done, news, err := tx.FreeLeftover(t.Context())
		if err != nil || !done || len(news) != 0 {
			t.Errorf("%v, %+v, %v", done, news, err)
		}
		if done, _, err := tx.FreeLeftover(t.Context()); done || err != nil {
			t.Errorf("again: %v, %v", done, err)
		}
		now, err := tx.Visit(t.Context(), v.ID)
		if slotOf(t, now, "periksa", 0).Reserve != 0 || slotOf(t, now, "ktp", 0).Reserve != 0 {
			t.Errorf("%+v", now.Counters)
		}
		return err
	})
	next := visitMorning.AddDate(0, 0, 1).Add(-time.Hour)
	do(t, s, next, func(tx *store.Tx) error {
		done, news, err := tx.FreeLeftover(t.Context())
		if err != nil || !done || len(news) != 1 || news[0].Booking.ID != b.ID || news[0].Kind != hotline.NewsMissed {
			t.Errorf("%v, %+v, %v", done, news, err)
		}
		return err
	})
	try(t, s, next, hotline.ErrBarred, func(tx *store.Tx) error {
		_, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Office: "mpp", Date: "2026-11-30", From: 8 * 60, Service: "periksa"})
		return err
	})
	do(t, s, next, func(tx *store.Tx) error { // of the same day
		_, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Office: "mpp", Date: "2026-11-27", From: 8 * 60, Service: "periksa"})
		return err
	})
	sums(t, s, v.ID)
}

// A desk without a connection gives numbers out of its block; what it sends later, more than once, happens once. Who walks in otherwise takes of the reserve, and nobody more than there are.
func TestWalkInsAndABlockOfNumbers(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	venue := clerk(t, s, "venue", hotline.RoleVenue)
	var block store.NumberBlock
	for range 2 {
		do(t, s, visitMorning, func(tx *store.Tx) (err error) {
			block, err = tx.TakeNumbers(t.Context(), venue, v.ID, "ktp", "Meja 1", 2, store.VenueAct{Key: "block-1"})
			if err != nil || !slices.Equal(block.Queue, []int{1, 2}) || len(block.Numbers) != 2 || block.Letter != "A" {
				t.Errorf("%+v, %v", block, err)
			}
			return err
		})
	}
	var last hotline.Booking
	for range 2 {
		do(t, s, visitNoon, func(tx *store.Tx) (err error) {
			last, err = tx.WalkIn(t.Context(), venue, store.WalkIn{Visit: v.ID, Service: "ktp", Who: hotline.BookedPerson{Name: "Mbah Karto"}, First: true, Block: block.ID, Queue: 2},
				store.VenueAct{Key: "offline-1", At: visitMorning.Add(time.Hour)})
			if err != nil || last.Queue != 2 || last.Number != block.Numbers[1] || last.State != hotline.BookingArrived || !last.Arrived.Equal(visitMorning.Add(time.Hour)) || last.Block != "Meja 1" {
				t.Errorf("%+v, %v", last, err)
			}
			return err
		})
	}
	try(t, s, visitNoon, hotline.ErrRefused, func(tx *store.Tx) error { // the number is given out
		_, err := tx.WalkIn(t.Context(), venue, store.WalkIn{Visit: v.ID, Service: "ktp", Who: hotline.BookedPerson{Name: "Lain"}, Block: block.ID, Queue: 2}, store.VenueAct{Key: "offline-2"})
		return err
	})
	for i, want := range []error{nil, nil, hotline.ErrFull} { // four places, two of them in the block
		try(t, s, visitNoon, want, func(tx *store.Tx) error {
			_, err := tx.WalkIn(t.Context(), venue, store.WalkIn{Visit: v.ID, Service: "ktp", Who: hotline.BookedPerson{Name: "Slamet"}}, store.VenueAct{Key: fmt.Sprint("walk-", i)})
			return err
		})
	}
	for range 2 {
		do(t, s, visitNoon, func(tx *store.Tx) error { _, err := tx.ReturnNumbers(t.Context(), venue, block.ID); return err })
	}
	do(t, s, visitNoon, func(tx *store.Tx) error { // what was left of it is free; the number itself, sent late, is still the block's
		late, err := tx.WalkIn(t.Context(), venue, store.WalkIn{Visit: v.ID, Service: "ktp", Who: hotline.BookedPerson{Name: "Terlambat"}, Block: block.ID, Queue: 1}, store.VenueAct{Key: "offline-3"})
		if late.Number != block.Numbers[0] {
			t.Errorf("%+v, %v", late, err)
		}
		return err
	})
	try(t, s, visitNoon, hotline.ErrFull, func(tx *store.Tx) error {
		_, err := tx.TakeNumbers(t.Context(), venue, v.ID, "ktp", "Meja 1", 1, store.VenueAct{Key: "block-2"})
		return err
	})
	do(t, s, visitNoon, func(tx *store.Tx) error { // the eldest first; the three after him hear that they are soon, once, where they can hear
		called, err := tx.CallNext(t.Context(), venue, v.ID, "ktp", store.VenueAct{Key: "call-1"})
		if err != nil || called.Booking.ID != last.ID || len(called.News) != 4 {
			t.Errorf("%+v, %v", called, err)
		}
		called, err = tx.CallNext(t.Context(), venue, v.ID, "ktp", store.VenueAct{Key: "call-2"})
		if err != nil || len(called.News) != 1 {
			t.Errorf("%+v, %v", called, err)
		}
		return err
	})
	sums(t, s, v.ID)
}

// The village's staff books for its people, thirty at most, and it is written down.
func TestTheVillageBooksForItsPeople(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	head := clerk(t, s, "kades", hotline.RoleVillageHead)
	head.Roles[0].Unit = "desa." + s.Regency().Villages()[0].Code
	if _, ok := s.Regency().Village(head); !ok {
		t.Fatalf("%s is no village's unit", head.Roles[0].Unit)
	}
	slot := slotOf(t, v, "periksa", 0)
	people := []store.Villager{{Who: hotline.BookedPerson{Name: "Slamet"}}, {Who: hotline.BookedPerson{Name: "Karto"}, First: true}, {Who: hotline.BookedPerson{Name: "slamet"}}, {}}
	for i := range 4 {
		people = append(people, store.Villager{Who: hotline.BookedPerson{Name: fmt.Sprint("Warga ", 'a'+i)}})
	}
	do(t, s, monday, func(tx *store.Tx) error {
		got, err := tx.BookVillagers(t.Context(), head, store.Wish{Slot: slot.ID}, people)
		if err != nil {
			return err
		}
		want := []error{nil, nil, hotline.ErrTwice, hotline.ErrBookingWho, nil, nil, hotline.ErrFull, hotline.ErrFull} // five places, one kept
		for i, g := range got {
			if !errors.Is(g.Err, want[i]) || want[i] == nil && (g.Booking.State != hotline.BookingBooked || g.Booking.For != hotline.ForVillager) {
				t.Errorf("%d: %+v", i, g)
			}
		}
		audits, err := tx.Audits(t.Context(), hotline.AuditQuery{By: head.Person, Limit: 10})
		if len(audits) != 1 || !strings.Contains(audits[0].Detail, "booked 4 people") {
			t.Errorf("%+v", audits)
		}
		return err
	})
	try(t, s, monday, hotline.ErrTooMany, func(tx *store.Tx) error {
		_, err := tx.BookVillagers(t.Context(), head, store.Wish{Slot: slot.ID}, make([]store.Villager, 27))
		return err
	})
	try(t, s, monday, hotline.ErrUnseen, func(tx *store.Tx) error {
		_, err := tx.BookVillagers(t.Context(), hotline.Viewer{Person: 1}, store.Wish{Slot: slot.ID}, people)
		return err
	})
	sums(t, s, v.ID)
}

// What is kept of bookings is told to whom it is about, erased when they ask and when its time is over, and moves to a new key; figures stay.
func TestWhoBookedIsForgotten(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	s := testbed.StoreAt(t, dsn)
	s.SetRegency(travellingRegency(t))
	v, boss := visiting(t, s)
	slot := slotOf(t, v, "ktp", 0)
	siti, at := citizen(t, s, "siti")
	joko, jokoAt := citizen(t, s, "joko")
	b := booked(t, s, monday, siti, at, slot.ID, "Siti", nik(1))
	booked(t, s, monday, joko, jokoAt, slot.ID, "Joko", nik(2))
	do(t, s, monday, func(tx *store.Tx) error {
		d, err := tx.DataOf(t.Context(), siti.Person)
		if err != nil || len(d.Bookings) != 1 || d.Bookings[0].Who.Name != "Siti" || d.Bookings[0].Who.NIK != "3320********0001" {
			t.Errorf("%+v, %v", d.Bookings, err)
		}
		return err
	})
	// A new key: everything opens, and one person still has one place.
	fresh, err := store.Open(t.Context(), store.Options{URL: dsn, Key: []byte(strings.Repeat("n", 32)), OldKeys: [][]byte{testbed.Key}, Rekey: true, Regency: travellingRegency(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fresh.Close)
	if _, err := fresh.Rekey(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	try(t, fresh, monday, hotline.ErrTwice, func(tx *store.Tx) error {
		held, _, err := tx.HoldPlace(t.Context(), joko, store.Wish{Slot: slot.ID})
		if err != nil {
			return err
		}
		_, err = tx.ConfirmPlace(t.Context(), joko, held.ID, hotline.ForRelative, false, hotline.BookedPerson{Name: "Siti", NIK: nik(1)})
		return err
	})
	// She asks to be forgotten: the name goes at once, the place a moment later, by the clock.
	do(t, fresh, monday, func(tx *store.Tx) error {
		q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: siti.Person, From: at, Due: monday.AddDate(0, 0, 3)})
		if err != nil {
			return err
		}
		return tx.DecideErasure(t.Context(), q.ID, boss.Person, "")
	})
	do(t, fresh, monday, func(tx *store.Tx) error {
		n, news, err := tx.ExpireHolds(t.Context(), 10)
		if err != nil || n != 1 || len(news) != 0 {
			t.Errorf("%d, %+v, %v", n, news, err)
		}
		gone, _, err := tx.Booking(t.Context(), boss, b.ID)
		if gone.State != hotline.BookingCancelled || !gone.Who.Erased {
			t.Errorf("%+v", gone)
		}
		return err
	})
	// Ninety days after the visit nothing is known of Joko but that somebody came.
	do(t, fresh, visitMorning.Add(20*time.Hour), func(tx *store.Tx) error { _, err := tx.EndVisit(t.Context(), boss, v.ID); return err })
	for _, want := range []struct {
		days, n int
	}{{89, 0}, {92, 1}, {93, 0}} {
		do(t, fresh, visitMorning.AddDate(0, 0, want.days), func(tx *store.Tx) error {
			n, err := tx.ForgetBookings(t.Context(), 100)
			if n != want.n {
				t.Errorf("after %d days %d are forgotten, want %d", want.days, n, want.n)
			}
			return err
		})
	}
	var left int
	if err := fresh.Pool().QueryRow(t.Context(), `select (select count(*) from booking_details where name is not null or nik is not null or note is not null)
		+ (select count(*) from bookings where who is not null) + (select count(*) from bookings where booker = $1 or from_address = $2)
		+ (select count(*) from booking_events where by = $1 or facts::text like '%booker%')`, joko.Person, jokoAt).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d traces of people are left, %v", left, err)
	}
	sums(t, fresh, v.ID)
	do(t, fresh, visitNoon, func(tx *store.Tx) error {
		counts, err := tx.BookingCounts(t.Context(), v.ID)
		if counts[0].States[hotline.BookingNoShow] != 1 || counts[0].States[hotline.BookingCancelled] != 1 {
			t.Errorf("%+v", counts)
		}
		return err
	})
}
