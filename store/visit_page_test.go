package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// Who runs a programme sees how many would be told and where bookings stand; who serves sees names and masked NIK, once on record; the
// coordinator sees neither.
func TestVisitForThoseWhoRunIt(t *testing.T) {
	t.Parallel()
	s, r := testbed.Store(t), testbed.Jepara()
	now := time.Date(2025, 5, 5, 2, 0, 0, 0, time.UTC) // the day before
	hot, _ := r.HotlineAgency()
	siti := person(t, s, "siti").Person.ID
	rina := hotline.Viewer{Person: person(t, s, "rina").Person.ID, Roles: []hotline.Role{{Name: hotline.RoleCoordinator, Unit: hot.ID}}}
	g := r.Programmes[0]
	plan := r.VisitWith(g, "2025-05-06", "33.20.11.2010", "Balai Desa Tegalsambi", hotline.Window{}, []string{"ktp-rekam"})
	var v hotline.Visit
	do(t, s, now, func(tx *store.Tx) (err error) {
		if v, _, err = tx.PutVisit(t.Context(), rina, plan); err != nil {
			return err
		}
		_, err = tx.SetVisitState(t.Context(), rina, v.ID, hotline.VisitOpen)
		return err
	})
	who := hotline.Viewer{Person: siti, Roles: []hotline.Role{{Name: hotline.RoleCitizen}}}
	do(t, s, now, func(tx *store.Tx) error {
		b, _, err := tx.HoldPlace(t.Context(), who, store.Wish{Slot: v.Counters[0].Slots[0].ID})
		if err != nil {
			return err
		}
		_, err = tx.ConfirmPlace(t.Context(), who, b.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: "Siti Aminah", NIK: "3320015508900001"})
		return err
	})
	serves := hotline.Viewer{Person: person(t, s, "budi").Person.ID, Roles: []hotline.Role{{Name: hotline.RoleOfficer, Unit: v.Counters[0].Agency}}}
	elsewhere := hotline.Viewer{Person: person(t, s, "joko").Person.ID, Roles: []hotline.Role{{Name: hotline.RoleOfficer, Unit: "dpupr"}}}
	do(t, s, now, func(tx *store.Tx) error {
		reach, err := tx.VisitReach(t.Context(), v.ID)
		if err != nil || reach != (hotline.VisitReach{Bookings: 1, Silent: 1}) {
			t.Errorf("%+v, %v", reach, err)
		}
		taken, err := tx.VisitTaken(t.Context(), v.ID)
		if err != nil || len(taken) != 1 || taken[hotline.BookingBooked] != 1 {
			t.Errorf("%v, %v", taken, err)
		}
		there, err := tx.VisitThere(t.Context(), []hotline.Visit{plan, r.VisitWith(g, "2025-05-07", plan.Area, "x", hotline.Window{}, nil)})
		if err != nil || len(there) != 1 || there["ngantor-di-desa 2025-05-06 33.20.11.2010"].ID != v.ID || !there["ngantor-di-desa 2025-05-06 33.20.11.2010"].Booked {
			t.Errorf("%v, %v", there, err)
		}
		moved := v // where people have booked, an import moves nobody in silence
		moved.ID, moved.Venue, moved.Counters, moved.Agencies = 0, "Balai Desa Lain", nil, nil
		if _, _, err := tx.PutVisit(t.Context(), rina, moved); !errors.Is(err, hotline.ErrRefused) {
			t.Errorf("moved without a word: %v", err)
		}
		moved.Venue = v.Venue
		if _, fresh, err := tx.PutVisit(t.Context(), rina, moved); err != nil || fresh {
			t.Errorf("put as it is: %t, %v", fresh, err)
		}
		for _, c := range []struct {
			who       hotline.Viewer
			rows      int
			name, nik string
		}{{rina, 1, "", ""}, {serves, 1, "Siti Aminah", "3320********0001"}, {elsewhere, 0, "", ""}} {
			all, err := tx.VisitBookings(t.Context(), c.who, v.ID, "", 10)
			if err != nil || len(all) != c.rows || c.rows > 0 && (all[0].Who.Name != c.name || all[0].Who.NIK != c.nik || all[0].Booker != 0) {
				t.Errorf("%d: %+v, %v", c.who.Person, all, err)
			}
		}
		list, err := tx.VisitList(t.Context(), hotline.VisitAsk{From: "2025-05-01", Until: "2025-05-31", Programme: g.ID, State: hotline.VisitOpen})
		if err != nil || len(list) != 1 || list[0].Counters[0].Slots[0].Taken != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		if list, err = tx.VisitList(t.Context(), hotline.VisitAsk{Offices: true}); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		return nil
	})
	do(t, s, now, func(tx *store.Tx) error {
		rows, err := tx.Audits(t.Context(), hotline.AuditQuery{Act: hotline.ActSawPerson, Limit: 10})
		if err != nil || len(rows) != 1 || rows[0].By != serves.Person || !strings.Contains(rows[0].Detail, "1 names") {
			t.Errorf("%+v, %v", rows, err)
		}
		return nil
	})
}

// Open cases are counted where they are, and those somebody is late with; what is over is not.
func TestAreaLoads(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	file := func(at time.Time, area string, assigned bool) {
		do(t, s, at, func(tx *store.Tx) error {
			c := tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Secret, Source: hotline.SourceDesk, Area: area,
				Due: at.Add(240 * time.Hour), Story: hotline.Content{Text: "jalan rusak"}})
			if !assigned {
				return nil
			}
			_, err := tx.Record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: tx.NewAssignment(), Facts: hotline.Facts{Unit: "dpupr.jalan",
				Part: hotline.Lead,
				Due:  at.Add(time.Hour)}}, hotline.Content{})
			return err
		})
	}
	file(monday, "33.20.11.2010", true)
	file(monday, "33.20.11.2010", false)
	file(monday, "33.20.11", true)
	for after, want := range map[time.Duration]map[string]hotline.AreaLoad{
		0:             {"33.20.11.2010": {Open: 2}, "33.20.11": {Open: 1}},
		2 * time.Hour: {"33.20.11.2010": {Open: 2, Late: 1}, "33.20.11": {Open: 1, Late: 1}},
	} {
		do(t, s, monday.Add(after), func(tx *store.Tx) error {
			got, err := tx.AreaLoads(t.Context())
			if err != nil || len(got) != len(want) || got["33.20.11.2010"] != want["33.20.11.2010"] || got["33.20.11"] != want["33.20.11"] {
				t.Errorf("after %s: %v, %v", after, got, err)
			}
			return nil
		})
	}
}
