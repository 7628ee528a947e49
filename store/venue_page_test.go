package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
)

// acting does one act at a venue, and says what came of it.
func acting(t *testing.T, s *store.Store, now time.Time, v hotline.Viewer, a hotline.VenueAct) (done hotline.VenueDone, err error) {
	t.Helper()
	err = s.Do(t.Context(), now, func(tx *store.Tx) (err error) { done, err = tx.VenueDo(t.Context(), v, a); return err })
	return done, err
}

// A day at a counter, each act sent twice: what is sent again changes nothing, and nobody's name goes along.
func TestActsAtAVenueHappenOnce(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	venue := clerk(t, s, "venue", hotline.RoleVenue)
	siti, at := citizen(t, s, "siti")
	b := booked(t, s, monday, siti, at, slotOf(t, v, "periksa", 0).ID, "Siti Aminah", "")
	for i, step := range []struct {
		act  hotline.VenueAct
		want hotline.BookingState
	}{
		{hotline.VenueAct{Kind: hotline.VenueArrive, Booking: b.ID}, hotline.BookingArrived},
		{hotline.VenueAct{Kind: hotline.VenueNext, Service: "periksa"}, hotline.BookingCalled},
		{hotline.VenueAct{Kind: hotline.VenueAgain, Booking: b.ID}, hotline.BookingCalled},
		{hotline.VenueAct{Kind: hotline.VenueBack, Booking: b.ID}, hotline.BookingArrived},
		{hotline.VenueAct{Kind: hotline.VenueCall, Booking: b.ID}, hotline.BookingCalled},
		{hotline.VenueAct{Kind: hotline.VenueServe, Booking: b.ID}, hotline.BookingServing},
		{hotline.VenueAct{Kind: hotline.VenueFinish, Booking: b.ID, Outcome: hotline.BookingFollow, Fetch: "2026-12-01", Note: "Kantor kecamatan"}, hotline.BookingFollow},
		{hotline.VenueAct{Kind: hotline.VenueUndo, Booking: b.ID}, hotline.BookingServing},
		{hotline.VenueAct{Kind: hotline.VenueFinish, Booking: b.ID, Outcome: hotline.BookingDone}, hotline.BookingDone},
	} {
		step.act.Key, step.act.Visit, step.act.At = fmt.Sprint("act-", i), v.ID, visitMorning.Add(time.Duration(i)*time.Minute)
		var events int
		for try := range 2 {
			done, err := acting(t, s, visitNoon, venue, step.act)
			if err != nil || done.Booking.ID != b.ID || done.Booking.State != step.want || done.Booking.Who.Name != "" {
				t.Fatalf("%s: %+v, %v", step.act.Kind, done.Booking, err)
			}
			if try == 1 && (done.Booking.Events != events || len(done.News) > 0) {
				t.Errorf("%s, sent again: %+v", step.act.Kind, done)
			}
			events = done.Booking.Events
		}
	}
	if _, err := acting(t, s, visitNoon, venue, hotline.VenueAct{Key: "late", Kind: hotline.VenueMiss, Booking: b.ID}); !errors.Is(err, hotline.ErrRefused) {
		t.Errorf("missed after it was done: %v", err)
	}
	if _, err := acting(t, s, visitNoon, venue, hotline.VenueAct{Kind: hotline.VenueAgain, Booking: b.ID}); !errors.Is(err, hotline.ErrRefused) {
		t.Errorf("an act without a name: %v", err)
	}
	if _, err := acting(t, s, visitNoon, siti, hotline.VenueAct{Key: "hers", Kind: hotline.VenueUndo, Booking: b.ID}); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("by who booked: %v", err)
	}
	sums(t, s, v.ID)
}

// A desk that asked for whoever is next and lost the answer calls by its own reckoning under the same name: whom the lost answer called is told. Whom another desk has called is not
// called again. What it does with somebody whom it took up itself finds them by the name of that act.
func TestADeskThatLostTheAnswer(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	venue := clerk(t, s, "venue", hotline.RoleVenue)
	var all []hotline.Booking
	for i := range 3 {
		done, err := acting(t, s, visitMorning, venue, hotline.VenueAct{Key: fmt.Sprint("walk-", i), Kind: hotline.VenueWalkIn, Visit: v.ID, Service: "periksa", Name: "Sri Wahyuni"})
		if err != nil || done.Booking.State != hotline.BookingArrived {
			t.Fatalf("%+v, %v", done, err)
		}
		all = append(all, done.Booking)
	}
	if _, err := acting(t, s, visitMorning, venue, hotline.VenueAct{Key: "lost", Kind: hotline.VenueNext, Visit: v.ID, Service: "periksa"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		done, err := acting(t, s, visitNoon, venue, hotline.VenueAct{Key: "lost", Kind: hotline.VenueCall, Visit: v.ID, Of: "walk-1", At: visitMorning})
		if err != nil || done.Booking.ID != all[1].ID || done.Booking.State != hotline.BookingCalled || done.Also.ID != all[0].ID {
			t.Errorf("%+v, %v", done, err)
		}
	}
	done, err := acting(t, s, visitNoon, venue, hotline.VenueAct{Key: "second", Kind: hotline.VenueCall, Visit: v.ID, Booking: all[0].ID})
	if !errors.Is(err, hotline.ErrRefused) || done.Booking.State != hotline.BookingCalled {
		t.Errorf("called by two desks: %+v, %v", done, err)
	}
	if _, err := acting(t, s, visitNoon, venue, hotline.VenueAct{Key: "none", Kind: hotline.VenueServe, Visit: v.ID, Of: "walk-9"}); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("on somebody who was never taken up: %v", err)
	}
	sums(t, s, v.ID)
}

// However many desks call at once, nobody is called twice.
func TestManyDesksCallNext(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, _ := visiting(t, s)
	venue := clerk(t, s, "venue", hotline.RoleVenue)
	const people, desks = 6, 10
	for i := range people {
		if _, err := acting(t, s, visitMorning, venue, hotline.VenueAct{Key: fmt.Sprint("walk-", i), Kind: hotline.VenueWalkIn, Visit: v.ID, Service: "periksa", Name: fmt.Sprint("Tamu ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	called := make([]hotline.BookingID, desks)
	var all sync.WaitGroup
	for i := range desks {
		all.Go(func() {
			done, err := acting(t, s, visitMorning, venue, hotline.VenueAct{Key: fmt.Sprint("next-", i), Kind: hotline.VenueNext, Visit: v.ID, Service: "periksa"})
			if err != nil {
				t.Error(err)
			}
			called[i] = done.Booking.ID
		})
	}
	all.Wait()
	seen, nobody := map[hotline.BookingID]bool{}, 0
	for _, id := range called {
		switch {
		case id == 0:
			nobody++
		case seen[id]:
			t.Errorf("%d was called twice", id)
		}
		seen[id] = true
	}
	if nobody != desks-people {
		t.Errorf("%d desks called nobody, with %d people", nobody, people)
	}
	sums(t, s, v.ID)
}

// Lists carry no names; a name is found by how its words begin, which is written down; nobody else finds anything. An office is opened by who works there.
func TestWhatTheVenuePageReads(t *testing.T) {
	t.Parallel()
	s := travelling(t)
	v, boss := visiting(t, s)
	venue, desk := clerk(t, s, "venue", hotline.RoleVenue), clerk(t, s, "operator", hotline.RoleOperator)
	siti, at := citizen(t, s, "siti")
	b := booked(t, s, monday, siti, at, slotOf(t, v, "ktp", 0).ID, "Siti Aminah binti Karso", nik(1))
	do(t, s, visitMorning, func(tx *store.Tx) error {
		for _, who := range []hotline.Viewer{venue, boss} {
			list, err := tx.VenueList(t.Context(), who, v)
			if err != nil || len(list) != 1 || list[0].ID != b.ID || list[0].Who.Name != "" || list[0].Who.NIK != "" {
				t.Errorf("%+v, %v", list, err)
			}
		}
		if list, err := tx.VenueList(t.Context(), desk, v); err != nil || len(list) != 0 {
			t.Errorf("an operator sees %+v, %v", list, err)
		}
		for name, want := range map[string]int{"siti": 1, "karso sit": 1, "ami": 1, "minah": 0, "si": 0, "siti karto": 0} {
			found, err := tx.FindAtVenue(t.Context(), venue, v, name, 5)
			if err != nil || len(found) != want {
				t.Errorf("%q finds %+v, %v", name, found, err)
			}
			if len(found) == 1 && (found[0].Who.Name == "" || found[0].Who.NIK != hotline.MaskNIK(nik(1))) {
				t.Errorf("%+v", found[0].Who)
			}
		}
		if found, err := tx.FindAtVenue(t.Context(), boss, v, "siti", 5); err != nil || len(found) != 0 {
			t.Errorf("the coordinator finds %+v, %v", found, err)
		}
		return nil
	})
	do(t, s, visitMorning, func(tx *store.Tx) error {
		audits, err := tx.Audits(t.Context(), hotline.AuditQuery{Act: hotline.ActSawPerson, Limit: 10})
		if len(audits) != 3 {
			t.Errorf("%d looks are written down", len(audits))
		}
		return err
	})
	do(t, s, visitMorning, func(tx *store.Tx) error {
		visits, offices, err := tx.VenueVisits(t.Context(), venue)
		if err != nil || len(visits) != 1 || visits[0].ID != v.ID || len(offices) != 1 || offices[0].ID != "mpp" {
			t.Errorf("%+v, %+v, %v", visits, offices, err)
		}
		if visits, offices, err := tx.VenueVisits(t.Context(), desk); err != nil || len(visits)+len(offices) != 0 {
			t.Errorf("an operator: %+v, %+v, %v", visits, offices, err)
		}
		if _, err := tx.OpenOffice(t.Context(), desk, "mpp"); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("an operator opens an office: %v", err)
		}
		id, err := tx.OpenOffice(t.Context(), venue, "mpp")
		if err != nil {
			return err
		}
		visits, offices, err = tx.VenueVisits(t.Context(), venue)
		if len(visits) != 2 || len(offices) != 0 {
			t.Errorf("%+v, %+v", visits, offices)
		}
		_, err2 := tx.VenueDisplay(t.Context(), id)
		return errors.Join(err, err2)
	})
	do(t, s, visitMorning, func(tx *store.Tx) error {
		k, err := tx.VenueBlock(t.Context(), venue, v.ID, "periksa", "meja-1", 3, "block")
		if err != nil || len(k.Queue) != 3 || len(k.Numbers) != 3 {
			t.Errorf("%+v, %v", k, err)
		}
		mine, err := tx.VenueBlocks(t.Context(), venue, v.ID, "meja-1")
		if err != nil || len(mine) != 1 || mine[0].ID != k.ID {
			t.Errorf("%+v, %v", mine, err)
		}
		other, err := tx.VenueBlocks(t.Context(), boss, v.ID, "meja-1")
		if len(other) != 0 {
			t.Errorf("somebody else's: %+v", other)
		}
		return err
	})
}
