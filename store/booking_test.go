package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// The day of the visit that these tests are about, and moments around it.
const visitDay = "2026-11-26"

var (
	visitMorning = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC) // 8 o'clock in Jepara
	visitNoon    = visitMorning.Add(4 * time.Hour)
)

// travelling gives a store of a regency with a programme, two services and an office: "ktp" needs a NIK, "periksa" does not and comes before it.
func travelling(t *testing.T) *store.Store {
	t.Helper()
	s := testbed.Store(t)
	s.SetRegency(travellingRegency(t))
	return s
}

func travellingRegency(t *testing.T) *hotline.Regency {
	t.Helper()
	r := *testbed.Jepara()
	say := func(s string) hotline.Text {
		all := hotline.Text{}
		for _, l := range r.Languages {
			all[l] = s
		}
		return all
	}
	hot, _ := r.HotlineAgency()
	r.Services = []hotline.Service{
		{ID: "ktp", Name: say("Rekam KTP"), Agency: hot.ID, Finish: hotline.FinishSameDay, NIK: true, Why: say("satu orang satu tempat"), After: []string{"periksa"}, Newborn: true},
		{ID: "periksa", Name: say("Periksa kesehatan"), Agency: hot.ID, Finish: hotline.FinishSameDay},
	}
	r.Packages = nil
	r.Programmes = []hotline.Programme{{ID: "ngantor", Name: "Ngantor", Agency: hot.ID, From: "2026-01-01", Level: hotline.LevelDesa, SKM: true, Ahead: 30,
		Rhythm: hotline.Rhythm{Every: 1, Unit: hotline.RhythmWeek, Places: 1}, Hours: hotline.Window{From: 8 * 60, Until: 14 * 60}, Agencies: []string{hot.ID},
		Services: []hotline.ProgrammeService{{Service: "ktp", Quota: 4, Reserve: 1}, {Service: "periksa", Quota: 10, Reserve: 2,
			Windows: []hotline.Window{{From: 8 * 60, Until: 11 * 60}, {From: 11 * 60, Until: 14 * 60}}}}}}
	r.Offices = []hotline.Office{{ID: "mpp", Kind: hotline.OfficeMPP, Name: "MPP", Unit: hot.ID, Area: r.Code, Slot: 60, Ahead: 7,
		Services: []hotline.OfficeService{{Service: "periksa", Places: 2}}}}
	if err := r.Build(); err != nil {
		t.Fatal(err)
	}
	return &r
}

// visiting makes a visit that can be booked.
func visiting(t *testing.T, s *store.Store) (hotline.Visit, hotline.Viewer) {
	t.Helper()
	boss := clerk(t, s, "boss", hotline.RoleCoordinator)
	g, _ := s.Regency().ProgrammeByID("ngantor")
	v := s.Regency().NewVisit(g, visitDay, s.Regency().Villages()[0].Code)
	v.Venue = "Balai Desa"
	do(t, s, monday, func(tx *store.Tx) (err error) {
		if v, _, err = tx.PutVisit(t.Context(), boss, v); err != nil {
			return err
		}
		if _, err = tx.SetVisitState(t.Context(), boss, v.ID, hotline.VisitOpen); err != nil {
			return err
		}
		v, err = tx.Visit(t.Context(), v.ID)
		return err
	})
	return v, boss
}

func slotOf(t *testing.T, v hotline.Visit, service string, n int) hotline.Slot {
	t.Helper()
	c, ok := v.Counter(service)
	if !ok || len(c.Slots) <= n {
		t.Fatalf("no slot %d of %s in %+v", n, service, v)
	}
	return c.Slots[n]
}

// citizen makes somebody whom a network knows, as who asks.
func citizen(t *testing.T, s *store.Store, peer string) (hotline.Viewer, hotline.AddressID) {
	t.Helper()
	c := person(t, s, peer)
	return hotline.Viewer{Person: c.Person.ID}, c.Address.ID
}

// try runs a unit of work that may fail.
func try(t *testing.T, s *store.Store, now time.Time, want error, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Do(t.Context(), now, fn); !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func nik(n int) string { return fmt.Sprintf("332006010190%04d", n) }

// booked holds and confirms a place.
func booked(t *testing.T, s *store.Store, now time.Time, v hotline.Viewer, at hotline.AddressID, slot hotline.SlotID, name, nik string) hotline.Booking {
	t.Helper()
	var b hotline.Booking
	do(t, s, now, func(tx *store.Tx) (err error) {
		if b, _, err = tx.HoldPlace(t.Context(), v, store.Wish{Slot: slot, Address: at}); err != nil {
			return err
		}
		b, err = tx.ConfirmPlace(t.Context(), v, b.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: name, NIK: nik})
		return err
	})
	return b
}

// sums checks that every booking of a visit is the sum of its events, and that every slot's places are those of its bookings.
func sums(t *testing.T, s *store.Store, id hotline.VisitID) {
	t.Helper()
	rows, err := s.Pool().Query(t.Context(), `select id, state, coalesce(slot_id, 0), queue from bookings where visit_id = $1 order by id`, id)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		id    hotline.BookingID
		state hotline.BookingState
		slot  hotline.SlotID
		queue int
	}
	var all []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.state, &r.slot, &r.queue); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	taken := map[hotline.SlotID]int{}
	do(t, s, visitNoon, func(tx *store.Tx) error {
		for _, r := range all {
			events, err := tx.BookingHistory(t.Context(), r.id)
			if err != nil {
				return err
			}
			sum, err := hotline.SumBooking(events)
			if err != nil || sum.State != r.state || sum.Slot != r.slot || sum.Queue != r.queue {
				t.Errorf("booking %d: %s in %d, number %d; its events say %s in %d, number %d (%v)", r.id, r.state, r.slot, r.queue, sum.State, sum.Slot, sum.Queue, err)
			}
			if r.slot != 0 {
				taken[r.slot]++
			}
		}
		v, err := tx.Visit(t.Context(), id)
		for _, c := range v.Counters {
			for _, k := range c.Slots {
				if k.Taken != taken[k.ID] || k.Taken+k.Reserve+k.Blocked > k.Quota {
					t.Errorf("slot %d of %s: %+v, and %d bookings", k.ID, c.Service, k, taken[k.ID])
				}
			}
		}
		return err
	})
}

// From the first wish to the document in hand, with what is told on the way.
func TestABookingFromHoldToDone(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, boss := visiting(t, s)
	siti, at := citizen(t, s, "siti")
	slot := slotOf(t, v, "ktp", 0)
	var b hotline.Booking
	do(t, s, monday, func(tx *store.Tx) (err error) {
		b, _, err = tx.HoldPlace(t.Context(), siti, store.Wish{Slot: slot.ID, Address: at})
		if err != nil || b.State != hotline.BookingHeld || !b.Until.Equal(monday.Add(10*time.Minute)) {
			t.Errorf("%+v, %v", b, err)
		}
		again, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Slot: slot.ID, Address: at})
		if err != nil || again.ID != b.ID {
			t.Errorf("held twice: %+v, %v", again, err)
		}
		return err
	})
	for _, bad := range []hotline.BookedPerson{{Name: "Siti"}, {Name: "Siti", NIK: "123"}, {NIK: nik(1)}, {Name: "!!", NIK: nik(1)}} {
		try(t, s, monday, hotline.ErrBookingWho, func(tx *store.Tx) error {
			_, err := tx.ConfirmPlace(t.Context(), siti, b.ID, hotline.ForSelf, false, bad)
			return err
		})
	}
	other, _ := citizen(t, s, "joko")
	try(t, s, monday, hotline.ErrNotFound, func(tx *store.Tx) error {
		_, err := tx.ConfirmPlace(t.Context(), other, b.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: "Joko", NIK: nik(1)})
		return err
	})
	do(t, s, monday, func(tx *store.Tx) (err error) {
		b, err = tx.ConfirmPlace(t.Context(), siti, b.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: "Siti", NIK: "3320 0601 0190 0001"})
		if err != nil || b.State != hotline.BookingBooked || b.Ticket() != "A-001" || b.Who.NIK != "3320********0001" || b.Number.String() == "" {
			t.Errorf("%+v, %v", b, err)
		}
		return err
	})
	var sealed []byte
	if err := s.Pool().QueryRow(t.Context(), `select nik from booking_details where booking_id = $1`, b.ID).Scan(&sealed); err != nil || strings.Contains(string(sealed), nik(1)) {
		t.Errorf("the NIK is not sealed: %v", err)
	}
	// Reminders, each once.
	for _, want := range []struct {
		at   time.Time
		kind []hotline.BookingNewsKind
	}{{monday, nil}, {time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), []hotline.BookingNewsKind{hotline.NewsDay}}, {visitMorning.Add(-2 * time.Hour), []hotline.BookingNewsKind{hotline.NewsHours}},
		{visitMorning.Add(-time.Hour), nil}} {
		do(t, s, want.at, func(tx *store.Tx) error {
			news, err := tx.RemindersDue(t.Context(), 10)
			var got []hotline.BookingNewsKind
			for _, n := range news {
				got = append(got, n.Kind)
				if n.Booking.Who.Name != "" {
					t.Error("news name somebody")
				}
			}
			if !slices.Equal(got, want.kind) {
				t.Errorf("at %s: %v, want %v", want.at, got, want.kind)
			}
			return err
		})
	}
	// At the venue.
	venue := clerk(t, s, "venue", hotline.RoleVenue)
	do(t, s, monday, func(tx *store.Tx) error {
		if seen, sight, err := tx.BookingByNumber(t.Context(), venue, b.Number); err != nil || sight.Who || seen.Who.Name != "" {
			t.Errorf("days before, the venue reads %+v, %v", seen, err)
		}
		if _, err := tx.CheckIn(t.Context(), venue, b.ID, false, store.VenueAct{}); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("checked in days before: %v", err)
		}
		return nil
	})
	for range 2 { // sent again, it happens once
		do(t, s, visitMorning, func(tx *store.Tx) error {
			got, err := tx.CheckIn(t.Context(), venue, b.ID, false, store.VenueAct{Key: "tab-1"})
			if err != nil || got.State != hotline.BookingArrived || got.Who.Name != "Siti" || got.Who.NIK != "3320********0001" {
				t.Errorf("%+v, %v", got, err)
			}
			return err
		})
	}
	do(t, s, visitMorning, func(tx *store.Tx) error {
		called, err := tx.CallNext(t.Context(), venue, v.ID, "ktp", store.VenueAct{Key: "tab-2"})
		if err != nil || called.Booking.ID != b.ID || len(called.News) != 1 || called.News[0].Kind != hotline.NewsCalled {
			t.Errorf("%+v, %v", called, err)
		}
		show, err := tx.Display(t.Context(), v.ID)
		if err != nil || len(show) != 2 || !slices.Equal(show[0].Now, []string{"A-001"}) {
			t.Errorf("%+v, %v", show, err)
		}
		queue, err := tx.Queue(t.Context(), venue, v.ID, "ktp")
		if err != nil || len(queue) != 1 || queue[0].Who.Name != "Siti" {
			t.Errorf("%+v, %v", queue, err)
		}
		if _, err := tx.BookingNIK(t.Context(), venue, b.ID); !errors.Is(err, hotline.ErrUnseen) {
			t.Errorf("the venue reads a NIK: %v", err)
		}
		if _, err := tx.BackInLine(t.Context(), venue, b.ID, store.VenueAct{}); err != nil {
			return err
		}
		if _, news, err := tx.CallAgain(t.Context(), venue, b.ID, store.VenueAct{}); err != nil || len(news) != 1 {
			t.Errorf("%v, %v", news, err)
		}
		_, err = tx.Serve(t.Context(), venue, b.ID, store.VenueAct{})
		return err
	})
	officer := clerk(t, s, "officer", hotline.RoleOfficer)
	do(t, s, visitMorning, func(tx *store.Tx) error {
		n, err := tx.BookingNIK(t.Context(), officer, b.ID)
		if string(n) != nik(1) {
			t.Errorf("%q, %v", n, err)
		}
		return err
	})
	try(t, s, visitMorning, hotline.ErrRefused, func(tx *store.Tx) error {
		_, _, err := tx.Finish(t.Context(), venue, b.ID, store.Outcome{State: hotline.BookingFollow, Fetch: "kapan-kapan", Note: "di kecamatan"}, store.VenueAct{})
		return err
	})
	do(t, s, visitMorning.Add(time.Hour), func(tx *store.Tx) error {
		_, _, err := tx.Finish(t.Context(), venue, b.ID, store.Outcome{State: hotline.BookingRejected, Note: "KK"}, store.VenueAct{})
		if err == nil {
			_, err = tx.UndoFinish(t.Context(), venue, b.ID, store.VenueAct{})
		}
		if err != nil {
			return err
		}
		got, news, err := tx.Finish(t.Context(), venue, b.ID, store.Outcome{State: hotline.BookingFollow, Fetch: "2026-12-01", Note: "di kecamatan, NIK " + nik(1)}, store.VenueAct{At: visitMorning.Add(30 * time.Minute)})
		if err != nil || got.Fetch != "2026-12-01" || strings.Contains(got.Who.Note, nik(1)) || len(news) != 1 || news[0].Kind != hotline.NewsSurvey {
			t.Errorf("%+v, %v, %v", got, news, err)
		}
		return err
	})
	// The survey, once.
	for i, want := range []error{nil, hotline.ErrRefused} {
		try(t, s, visitNoon, want, func(tx *store.Tx) error {
			return tx.AnswerSKM(t.Context(), siti, b.ID, hotline.SKMAnswers{4, 4, 4, 4, 4, 4, 4, 4, 3 - i})
		})
	}
	do(t, s, visitNoon, func(tx *store.Tx) error {
		all, err := tx.SKM(t.Context(), store.SKMQuery{Programme: "ngantor"})
		if err != nil || all["ktp"].People != 1 || all[""].Index() != 97.22 || all["ktp"].Class() != hotline.SKMClassA {
			t.Errorf("%+v, %v", all, err)
		}
		counts, err := tx.BookingCounts(t.Context(), v.ID)
		if err != nil || len(counts) != 2 || counts[0].States[hotline.BookingFollow] != 1 || counts[0].Quota != 4 || counts[0].WaitedFor != 1 {
			t.Errorf("%+v, %v", counts, err)
		}
		mine, err := tx.BookingsOf(t.Context(), siti, 10)
		if err != nil || len(mine) != 1 || mine[0].Who.Name != "Siti" || mine[0].Visited.Venue != "Balai Desa" {
			t.Errorf("%+v, %v", mine, err)
		}
		audits, err := tx.Audits(t.Context(), hotline.AuditQuery{By: officer.Person, Limit: 10})
		if err != nil || len(audits) != 1 || audits[0].Act != hotline.ActIdentified || strings.Contains(audits[0].Detail, nik(1)) {
			t.Errorf("%+v, %v", audits, err)
		}
		return err
	})
	sums(t, s, v.ID)
	do(t, s, visitNoon, func(tx *store.Tx) error { _, err := tx.EndVisit(t.Context(), boss, v.ID); return err })
	sums(t, s, v.ID)
}

// The quota is full, somebody waits, and a freed place is theirs for half an hour, then the next one's.
func TestTheWaitingListInOrder(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, boss := visiting(t, s)
	slot := slotOf(t, v, "ktp", 0)
	var first hotline.Booking
	var holder hotline.Viewer
	for i := range 3 {
		who, at := citizen(t, s, fmt.Sprint("p", i))
		b := booked(t, s, monday, who, at, slot.ID, "Orang", nik(i+1))
		if i == 0 {
			first, holder = b, who
		}
	}
	var waiting []hotline.Booking
	var people []hotline.Viewer
	for i := range 3 {
		who, at := citizen(t, s, fmt.Sprint("w", i))
		people = append(people, who)
		try(t, s, monday, hotline.ErrFull, func(tx *store.Tx) error {
			_, _, err := tx.HoldPlace(t.Context(), who, store.Wish{Slot: slot.ID, Address: at})
			return err
		})
		do(t, s, monday, func(tx *store.Tx) error {
			b, place, err := tx.WaitForPlace(t.Context(), who, store.Wish{Slot: slot.ID, Address: at}, false, hotline.BookedPerson{Name: "Antre", NIK: nik(100 + i)})
			if err != nil || place != i+1 || b.State != hotline.BookingWaiting {
				t.Errorf("%+v in place %d, %v", b, place, err)
			}
			waiting = append(waiting, b)
			return err
		})
		try(t, s, monday, hotline.ErrTwice, func(tx *store.Tx) error {
			_, _, err := tx.WaitForPlace(t.Context(), who, store.Wish{Slot: slot.ID, Address: at}, false, hotline.BookedPerson{Name: "Antre", NIK: nik(100 + i)})
			return err
		})
	}
	do(t, s, monday, func(tx *store.Tx) error {
		_, news, err := tx.CancelBooking(t.Context(), holder, first.ID)
		if err != nil || len(news) != 1 || news[0].Kind != hotline.NewsOffered || news[0].Booking.ID != waiting[0].ID {
			t.Errorf("%+v, %v", news, err)
		}
		place, err := tx.WaitPlace(t.Context(), people[1], waiting[1].ID)
		if place != 1 {
			t.Errorf("the second is in place %d", place)
		}
		return err
	})
	at, err := s.NextBooking(t.Context())
	if err != nil || !at.Equal(monday.Add(30*time.Minute)) {
		t.Errorf("the clock waits until %s, %v", at, err)
	}
	do(t, s, monday.Add(30*time.Minute), func(tx *store.Tx) error {
		n, news, err := tx.ExpireHolds(t.Context(), 10)
		if err != nil || n != 1 || len(news) != 2 || news[0].Kind != hotline.NewsPassed || news[1].Booking.ID != waiting[1].ID {
			t.Errorf("%d, %+v, %v", n, news, err)
		}
		return err
	})
	try(t, s, monday.Add(31*time.Minute), hotline.ErrLapsed, func(tx *store.Tx) error {
		_, err := tx.ConfirmPlace(t.Context(), people[0], waiting[0].ID, "", false, hotline.BookedPerson{})
		return err
	})
	do(t, s, monday.Add(31*time.Minute), func(tx *store.Tx) error {
		b, err := tx.ConfirmPlace(t.Context(), people[1], waiting[1].ID, "", false, hotline.BookedPerson{})
		if err != nil || b.State != hotline.BookingBooked || b.Who.Name != "Antre" || b.Queue != 4 {
			t.Errorf("%+v, %v", b, err)
		}
		return err
	})
	// More places: the last of the list hears of it. He declines.
	do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error {
		news, err := tx.SetQuota(t.Context(), boss, slot.ID, 5, 1)
		if err != nil || len(news) != 1 || news[0].Booking.ID != waiting[2].ID {
			t.Errorf("%+v, %v", news, err)
		}
		_, news, err = tx.DeclinePlace(t.Context(), people[2], waiting[2].ID)
		if len(news) != 0 {
			t.Errorf("%+v", news)
		}
		return err
	})
	try(t, s, monday, hotline.ErrQuota, func(tx *store.Tx) error { _, err := tx.SetQuota(t.Context(), boss, slot.ID, 2, 0); return err })
	try(t, s, monday, hotline.ErrRefused, func(tx *store.Tx) error { // a place is free
		_, _, err := tx.WaitForPlace(t.Context(), people[0], store.Wish{Slot: slot.ID}, false, hotline.BookedPerson{Name: "Antre", NIK: nik(100)})
		return err
	})
	sums(t, s, v.ID)
}

// Each person has one place for a service at a visit, by NIK whoever books; and only so many altogether.
func TestOnePlaceAPerson(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	slot, other := slotOf(t, v, "ktp", 0), slotOf(t, v, "periksa", 0)
	siti, at := citizen(t, s, "siti")
	b := booked(t, s, monday, siti, at, slot.ID, "Siti", nik(1))
	joko, _ := citizen(t, s, "joko")
	try(t, s, monday, hotline.ErrTwice, func(tx *store.Tx) error {
		held, _, err := tx.HoldPlace(t.Context(), joko, store.Wish{Slot: slot.ID})
		if err != nil {
			return err
		}
		_, err = tx.ConfirmPlace(t.Context(), joko, held.ID, hotline.ForRelative, false, hotline.BookedPerson{Name: "Siti", NIK: nik(1)})
		return err
	})
	health := booked(t, s, monday, siti, at, other.ID, "Siti", nik(1))
	if health.Who.NIK != "" {
		t.Error("a NIK was kept that nobody needs")
	}
	try(t, s, monday, hotline.ErrTwice, func(tx *store.Tx) error { // another window of the same
		held, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Slot: slotOf(t, v, "periksa", 1).ID})
		if err != nil {
			return err
		}
		_, err = tx.ConfirmPlace(t.Context(), siti, held.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: "Siti binti Ali"})
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error { // a newborn has no NIK
		held, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Slot: slot.ID})
		if err != nil {
			return err
		}
		_, err = tx.ConfirmPlace(t.Context(), siti, held.ID, hotline.ForChild, false, hotline.BookedPerson{Name: "Bayi Siti"})
		return err
	})
	// A change takes the new place first; a window she has nobody else in.
	do(t, s, monday, func(tx *store.Tx) error {
		moved, _, err := tx.ChangeBooking(t.Context(), siti, health.ID, store.Wish{Slot: slotOf(t, v, "periksa", 1).ID})
		if err != nil || moved.Number != health.Number || moved.Window.From != 11*60 {
			t.Errorf("%+v, %v", moved, err)
		}
		return err
	})
	try(t, s, monday, hotline.ErrRefused, func(tx *store.Tx) error {
		_, _, err := tx.ChangeBooking(t.Context(), siti, b.ID, store.Wish{Slot: other.ID})
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error { // the office, on days nobody booked before
		for i, day := range []string{"2026-11-24", "2026-11-25", "2026-11-27"} {
			held, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Office: "mpp", Date: day, From: 8 * 60, Service: "periksa", Address: at})
			if err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
			if _, err := tx.ConfirmPlace(t.Context(), siti, held.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: "Siti"}); err != nil {
				return err
			}
		}
		return nil
	})
	try(t, s, monday, hotline.ErrTooMany, func(tx *store.Tx) error {
		_, _, err := tx.HoldPlace(t.Context(), siti, store.Wish{Office: "mpp", Date: "2026-11-30", From: 8 * 60, Service: "periksa"})
		return err
	})
	try(t, s, monday, hotline.ErrNotBookable, func(tx *store.Tx) error { // a Sunday
		_, _, err := tx.HoldPlace(t.Context(), joko, store.Wish{Office: "mpp", Date: "2026-11-29", From: 8 * 60, Service: "periksa"})
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error {
		chances, err := tx.Chances(t.Context(), "periksa", v.Area)
		if err != nil || len(chances) != 2 || chances[0].Office.ID != "mpp" || chances[0].Visit.Date != "2026-11-23" || chances[1].Visit.ID != v.ID || !chances[1].Near {
			t.Errorf("%+v, %v", chances, err)
		}
		day, err := tx.OfficeSlots(t.Context(), "mpp", "2026-11-24", "periksa")
		if err != nil || day.ID == 0 || day.Counters[0].Slots[0].Free()+day.Counters[0].Slots[1].Free() != 3 {
			t.Errorf("%+v, %v", day, err)
		}
		return err
	})
	sums(t, s, v.ID)
}

// Many want few places, cancel, wait and change their minds at once: never more than the quota, each person one place at most, the waiting list in order, and nobody stands in anybody's way
// for ever.
func TestARushNeverTakesMoreThanTheQuota(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, boss := visiting(t, s)
	const people, goroutines = 40, 8
	slots := []hotline.SlotID{slotOf(t, v, "ktp", 0).ID, slotOf(t, v, "periksa", 0).ID, slotOf(t, v, "periksa", 1).ID}
	var who [people]hotline.Viewer
	var at [people]hotline.AddressID
	for i := range people {
		who[i], at[i] = citizen(t, s, fmt.Sprint("r", i))
	}
	var group sync.WaitGroup
	for g := range goroutines {
		group.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 1)) //nolint:gosec // G404: a test's chance
			for step := range 30 {
				i := g*(people/goroutines) + random.IntN(people/goroutines) // a person's turns come one after the other
				now := monday.Add(time.Duration(step) * time.Minute)
				slot := slots[random.IntN(len(slots))]
				err := s.Do(t.Context(), now, func(tx *store.Tx) error { return oneWish(t, tx, random, who[i], at[i], slot, i) })
				if err != nil && !errors.Is(err, hotline.ErrFull) && !errors.Is(err, hotline.ErrTwice) && !errors.Is(err, hotline.ErrTooMany) && !errors.Is(err, hotline.ErrRefused) &&
					!errors.Is(err, hotline.ErrLapsed) {
					t.Errorf("person %d: %v", i, err)
				}
				if g == 0 && step%5 == 0 {
					if err := s.Do(t.Context(), now, func(tx *store.Tx) error { _, _, err := tx.ExpireHolds(t.Context(), 20); return err }); err != nil {
						t.Errorf("the clock: %v", err)
					}
				}
			}
		})
	}
	group.Wait()
	sums(t, s, v.ID)
	var overtaken, twice int
	if err := s.Pool().QueryRow(t.Context(), `
		select (select count(*) from bookings w join bookings o on o.counter_id = w.counter_id and o.seq > w.seq
			join booking_events e on e.booking_id = o.id and e.kind = 'offered' where w.state = 'waiting'),
			(select count(*) from (select 1 from bookings where who is not null and state not in ('cancelled', 'expired', 'passed', 'no_show') group by counter_id, who having count(*) > 1) x)`).
		Scan(&overtaken, &twice); err != nil || overtaken != 0 || twice != 0 {
		t.Errorf("%d were overtaken, %d have two places, %v", overtaken, twice, err)
	}
	var idle int // places free while somebody waits
	if err := s.Pool().QueryRow(t.Context(), `select count(*) from slots s where taken + reserve + blocked < quota
		and exists (select 1 from bookings b where b.counter_id = s.counter_id and b.state = 'waiting')`).Scan(&idle); err != nil || idle != 0 {
		t.Errorf("%d slots are free while somebody waits, %v", idle, err)
	}
	do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error {
		news, err := tx.CancelVisit(t.Context(), boss, v.ID, "banjir")
		if len(news) == 0 {
			t.Error("nobody hears that the visit is cancelled")
		}
		return err
	})
	sums(t, s, v.ID)
}

// oneWish does one thing that somebody in a rush may do.
func oneWish(t *testing.T, tx *store.Tx, random *rand.Rand, who hotline.Viewer, at hotline.AddressID, slot hotline.SlotID, i int) error {
	t.Helper()
	mine, err := tx.BookingsOf(t.Context(), who, 20)
	if err != nil {
		return err
	}
	me := hotline.BookedPerson{Name: fmt.Sprint("Orang ", i), NIK: nik(i + 1)}
	var b *hotline.Booking
	if live := slices.DeleteFunc(mine, func(b hotline.Booking) bool { return !b.State.Live() }); len(live) > 0 {
		b = &live[random.IntN(len(live))]
	}
	switch pick := random.IntN(10); {
	case b != nil && b.State == hotline.BookingOffered && pick < 7, b != nil && b.State == hotline.BookingHeld && pick < 7:
		_, err = tx.ConfirmPlace(t.Context(), who, b.ID, hotline.ForSelf, false, me)
	case b != nil && b.State == hotline.BookingOffered:
		_, _, err = tx.DeclinePlace(t.Context(), who, b.ID)
	case b != nil && pick < 4:
		_, _, err = tx.CancelBooking(t.Context(), who, b.ID)
	case b != nil && b.State == hotline.BookingBooked && pick < 6:
		_, _, err = tx.ChangeBooking(t.Context(), who, b.ID, store.Wish{Slot: slot})
	default:
		_, _, err = tx.HoldPlace(t.Context(), who, store.Wish{Slot: slot, Address: at})
		if errors.Is(err, hotline.ErrFull) {
			_, _, err = tx.WaitForPlace(t.Context(), who, store.Wish{Slot: slot, Address: at}, false, me)
		}
	}
	return err
}

// The same by turns that share their commits, of two instances, each wanting places of two counters in either order: whoever stands in another's way is run again alone, and nobody waits in a circle.
func TestTurnsThatShareACommitBook(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	stores := []*store.Store{testbed.StoreAt(t, dsn), testbed.StoreAt(t, dsn)}
	for _, s := range stores {
		s.SetRegency(travellingRegency(t))
	}
	v, _ := visiting(t, stores[0])
	slots := []hotline.SlotID{slotOf(t, v, "ktp", 0).ID, slotOf(t, v, "periksa", 0).ID}
	const people = 40
	for i := range people {
		put(t, stores[0], raw(fmt.Sprint("q", i), "book", "x"))
	}
	var group sync.WaitGroup
	for _, s := range stores {
		group.Go(func() {
			for {
				n, err := s.Turns(t.Context(), func() time.Time { return monday }, 8, func(ctx context.Context, turn *store.Turn) error {
					p := int(turn.Conversation.Person.ID)
					for k := range slots {
						slot := slots[(p+k)%len(slots)]
						b, _, err := turn.HoldPlace(ctx, turn.Conversation.Viewer, store.Wish{Slot: slot, Address: turn.Conversation.Address.ID})
						if err == nil {
							_, err = turn.ConfirmPlace(ctx, turn.Conversation.Viewer, b.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: "Orang", NIK: nik(p)})
						}
						if err != nil && !errors.Is(err, hotline.ErrFull) && !errors.Is(err, hotline.ErrTwice) {
							return err
						}
					}
					return nil
				}, nil)
				if err != nil {
					t.Errorf("turns: %v", err)
					return
				}
				if left, _, err := s.WaitingSince(t.Context()); n == 0 && (err != nil || left == 0) {
					return
				}
			}
		})
	}
	group.Wait()
	sums(t, stores[0], v.ID)
	var booked, left, circles int
	if err := stores[0].Pool().QueryRow(t.Context(), `select (select count(*) from bookings where state = 'booked'), (select count(*) from inbox),
		(select deadlocks from pg_stat_database where datname = current_database())`).Scan(&booked, &left, &circles); err != nil || booked != 3+4 || left != 0 || circles != 0 {
		t.Errorf("%d are booked, %d messages are left, %d waited in a circle, %v", booked, left, circles, err)
	}
}
