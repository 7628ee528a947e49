package hotline

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var bookingKinds = []BookingEventKind{BkHeld, BkWaited, BkOffered, BkConfirmed, BkLapsed, BkPassed, BkCancelled, BkCalledOff, BkMoved, BkChanged, BkReminded, BkArrived, BkCalled, BkReturned,
	BkServing, BkFinished, BkUndone, BkMissed, BkRated, BkErased}

// Whatever happens in whatever order: a booking has a place exactly while its state takes one, what is over stays over, a refused event changes nothing, and the row is the sum of what was accepted.
func TestBookingStates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var b Booking
		var accepted []BookingEvent
		now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 10).Draw(rt, "minutes")) * time.Minute)
			e := BookingEvent{Booking: 7, At: now, Kind: rapid.SampledFrom(bookingKinds).Draw(rt, "kind"), BookingFacts: BookingFacts{
				Slot: SlotID(rapid.IntRange(0, 2).Draw(rt, "slot")), Queue: rapid.IntRange(0, 2).Draw(rt, "queue"), Date: rapid.SampledFrom([]string{"", "2026-11-26"}).Draw(rt, "date"),
				Outcome: rapid.SampledFrom(append(Outcomes(), "", BookingBooked)).Draw(rt, "outcome"), First: rapid.Bool().Draw(rt, "first")}}
			if rapid.Bool().Draw(rt, "until") {
				e.Until = now.Add(time.Minute)
			}
			next, err := b.After(e)
			if err != nil {
				if !errors.Is(err, ErrRefused) || fmt.Sprint(next) != fmt.Sprint(b) {
					rt.Fatalf("%v changed %+v into %+v", err, b, next)
				}
				continue
			}
			accepted = append(accepted, e)
			if b.Events > 0 && !b.State.Live() && next.State != b.State && e.Kind != BkUndone && (e.Kind != BkArrived || b.State != BookingNoShow) {
				rt.Fatalf("%s woke a booking that was %s", e.Kind, b.State)
			}
			b = next
			switch {
			case b.State.Takes() != (b.Slot != 0):
				rt.Fatalf("%s with slot %d", b.State, b.Slot)
			case (b.State == BookingHeld || b.State == BookingOffered) == b.Until.IsZero():
				rt.Fatalf("%s until %s", b.State, b.Until)
			case b.State == BookingBooked && b.Queue == 0:
				rt.Fatal("booked without a number")
			}
		}
		sum, err := SumBooking(accepted)
		if err != nil || fmt.Sprint(sum) != fmt.Sprint(b) {
			rt.Fatalf("the sum is %+v, the booking %+v, %v", sum, b, err)
		}
	})
}

// A number is read back as it was written, however people type it; one wrong digit, or two changed places, are noticed; and neighbours do not look alike.
func TestBookingNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := BookingNumber(rapid.Int64Range(1, 99_999_999).Draw(rt, "number"))
		s := n.String()
		for _, typed := range []string{s, strings.ToLower(s), strings.ReplaceAll(s, "-", ""), strings.ReplaceAll(s, "-", " "), n.QR()} {
			if got, ok := ParseBookingNumber(typed); !ok || got != n {
				rt.Fatalf("%q is %d, not %d", typed, got, n)
			}
		}
		plain := []byte(strings.ReplaceAll(s, "-", ""))
		i := rapid.IntRange(0, len(plain)-2).Draw(rt, "digit")
		wrong := slices.Clone(plain)
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(rt, "by")))%10
		if _, ok := ParseBookingNumber(string(wrong)); ok {
			rt.Fatalf("%s passes for %s", wrong, plain)
		}
		if swapped := slices.Clone(plain); i+1 < len(plain)-1 && swapped[i] != swapped[i+1] {
			swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
			if _, ok := ParseBookingNumber(string(swapped)); ok {
				rt.Fatalf("%s passes for %s", swapped, plain)
			}
		}
	})
	seen := map[string]bool{}
	for n := BookingNumber(1); n <= 20_000; n++ {
		seen[n.String()] = true
	}
	if len(seen) != 20_000 || BookingNumber(1).String()[:3] == BookingNumber(2).String()[:3] {
		t.Errorf("%d numbers, the first %s and %s", len(seen), BookingNumber(1), BookingNumber(2))
	}
	for _, s := range []string{"", "0000000", "JPR-261121-0007K", "123", "4829137", "TANGGAP:", strings.Repeat("9", 40)} {
		if n, ok := ParseBookingNumber(s); ok {
			t.Errorf("%q is %d", s, n)
		}
	}
}

func TestNIK(t *testing.T) {
	t.Parallel()
	r := tiny(t) // region 9901
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		typed string
		whose Beneficiary
		want  []NIKWarning
	}{
		{"9901014507900001", ForSelf, nil},
		{"9901 0145 0790 0001", ForSelf, nil},
		{"3320014507900001", ForSelf, []NIKWarning{NIKRegion}},
		{"9901013113900001", ForSelf, []NIKWarning{NIKBirth}},
		{"9901010101900000", ForSelf, []NIKWarning{NIKSerial}},
		{"9901010101900001", ForChild, []NIKWarning{NIKAge}},
		{"9901010101200001", ForChild, nil},
		{"9901010101200001", ForElder, []NIKWarning{NIKAge}},
		{"0000000000000000", ForSelf, []NIKWarning{NIKRegion, NIKBirth, NIKSerial}},
	} {
		n, ok := ParseNIK(c.typed)
		if got := r.CheckNIK(n, c.whose, now); !ok || !slices.Equal(got, c.want) {
			t.Errorf("%s for %s: %v, want %v", c.typed, c.whose, got, c.want)
		}
	}
	n, _ := ParseNIK("9901014507900001")
	born, _ := n.Born(now)
	if !n.Female() || born.Format(time.DateOnly) != "1990-07-05" || n.Masked() != "9901********0001" {
		t.Errorf("%v %s %s", n.Female(), born, n.Masked())
	}
	for _, s := range []string{"", "123", "99010145079000012", "9901o14507900001", "９９０１０１４５０７９００００１"} {
		if n, ok := ParseNIK(s); ok {
			t.Errorf("%q is %s", s, n)
		}
	}
	for in, want := range map[string]string{
		"NIK saya 3320014507900001, tolong": "NIK saya 3320********0001, tolong", "3320 0145 0790 0001.": "3320********0001.", "08123456789": "08123456789",
		"33200145079000012": "33200145079000012", "no. 3320-0145-0790-0001 dan 3320010101900002": "no. 3320********0001 dan 3320********0002",
		"RT 02 3320014507900001": "RT 02 3320********0001", "NIK 3320014507900001 081234567890": "NIK 3320********0001 081234567890",
		"3320014507900001-2": "3320********0001-2", "3320014507900001 01-02-1990": "3320********0001 01-02-1990", "332001/450790/0001": "3320********0001",
		"332001  450790\u00a00001": "3320********0001", "３３２００１４５０７９００００１": "3320********0001", "3320014507900001 3320014507900001": "3320********0001 3320********0001",
		"0812 3456 7890 1234": "0812 3456 7890 1234", "tgl 12/11/2026 jam 10.00-12.00 no 7": "tgl 12/11/2026 jam 10.00-12.00 no 7",
	} {
		if got := HideNIKs(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) { // no NIK survives, whatever stands around it
		secret := rapid.StringMatching(`[0-9]{16}`).Draw(rt, "nik")
		text := rapid.StringMatching(`[a-z ,.]{0,10}[a-z]`).Draw(rt, "before") + secret + rapid.StringMatching(`[a-z][a-z0-9 ,.]{0,10}`).Draw(rt, "after")
		if got := HideNIKs(text); strings.Contains(got, secret) && MaskNIK(secret) != secret {
			rt.Fatalf("%q became %q", text, got)
		}
	})
}

func TestSKM(t *testing.T) {
	t.Parallel()
	for index, want := range map[float64]SKMClass{100: "A", 88.31: "A", 88.30: "B", 76.61: "B", 76.60: "C", 65: "C", 64.99: "D", 25: "D", 0: ""} {
		if got := ClassOf(index); got != want {
			t.Errorf("%.2f is %q, want %q", index, got, want)
		}
	}
	s := SKMSums{}.Add(SKMAnswers{4, 4, 4, 4, 4, 4, 4, 4, 4}).Add(SKMAnswers{3, 3, 3, 1, 3, 3, 3, 3, 3}).Add(SKMAnswers{4, 4})
	if weak, _ := s.Weakest(); s.People != 2 || s.Index() != 84.72 || s.Class() != SKMClassB || weak != "fee" || s.Element(3) != 2.5 {
		t.Errorf("%+v: %.2f %s, weakest %s", s, s.Index(), s.Class(), weak)
	}
	rapid.Check(t, func(rt *rapid.T) {
		var all, a, b SKMSums
		for i := range rapid.IntRange(1, 20).Draw(rt, "people") {
			var one SKMAnswers
			for k := range one {
				one[k] = rapid.IntRange(1, 4).Draw(rt, "answer")
			}
			all = all.Add(one)
			if i%2 == 0 {
				a = a.Add(one)
			} else {
				b = b.Add(one)
			}
		}
		if i := all.Index(); i < 25 || i > 100 || all.Class() == "" || a.Plus(b) != all {
			rt.Fatalf("%+v: %.2f", all, i)
		}
	})
}

func TestBarredAfterNoShows(t *testing.T) {
	t.Parallel()
	l := DefaultBookingLimits()
	for _, c := range []struct {
		missed []string
		want   string
	}{
		{nil, ""}, {[]string{"2026-11-01"}, ""}, {[]string{"2026-11-20", "2026-10-01"}, "2026-12-20"}, {[]string{"2026-01-01", "2026-03-03"}, ""},
		{[]string{"2026-01-01", "2026-03-02"}, "2026-04-01"}, {[]string{"2026-01-01", "2026-03-02", "2026-03-10"}, "2026-04-09"}, {[]string{"2026-01-01", "2026-01-01"}, "2026-01-31"},
	} {
		if got := BarredUntil(c.missed, l); got != c.want {
			t.Errorf("missed %v: barred until %q, want %q", c.missed, got, c.want)
		}
	}
}

func TestRemindersComeBefore(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, wib)
	b := Booking{Date: "2026-11-26", Window: Window{8 * 60, 9 * 60}, Made: monday}
	evening, early := time.Date(2026, 11, 25, 16, 0, 0, 0, wib), time.Date(2026, 11, 26, 6, 0, 0, 0, wib)
	for _, c := range []struct {
		now, day, hours time.Time
	}{
		{monday, evening, early},
		{evening, time.Time{}, early}, // booked days before, and changed once everybody was reminded
		{early.Add(-time.Minute), time.Time{}, early},
		{early.Add(30 * time.Minute), time.Time{}, time.Time{}}, // an offer taken 90 minutes before
	} {
		if day, hours := Reminders(b, c.now, DefaultBookingLimits(), wib); !day.Equal(c.day) || !hours.Equal(c.hours) {
			t.Errorf("at %s: %s and %s, want %s and %s", c.now, day, hours, c.day, c.hours)
		}
	}
}

// Whoever is called is in line; elderly and disabled people come first; among others nobody is called before somebody of an earlier window who came in time.
func TestTheLine(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 10, 0, 0, 0, wib)
	rapid.Check(t, func(rt *rapid.T) {
		var queue []Booking
		for i := range rapid.IntRange(0, 12).Draw(rt, "people") {
			from := rapid.IntRange(8, 12).Draw(rt, "hour") * 60
			queue = append(queue, Booking{ID: BookingID(i + 1), Queue: i + 1, Date: "2026-11-26", Window: Window{from, from + 60}, First: rapid.IntRange(0, 4).Draw(rt, "first") == 0,
				State:   rapid.SampledFrom([]BookingState{BookingArrived, BookingArrived, BookingBooked, BookingCalled, BookingDone}).Draw(rt, "state"),
				Arrived: time.Date(2026, 11, 26, 7, rapid.IntRange(0, 179).Draw(rt, "arrived"), 0, 0, wib)})
		}
		line := InLine(queue, now, wib)
		n := 0
		for _, b := range queue {
			if b.State == BookingArrived {
				n++
			}
		}
		if len(line) != n {
			rt.Fatalf("%d in line, %d have arrived", len(line), n)
		}
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			inTime := func(b Booking) bool { return !b.Arrived.After(b.Ends(wib)) && !b.Begins(wib).After(now) }
			if b.First && !a.First || a.First == b.First && inTime(a) && inTime(b) && b.Window.From < a.Window.From {
				rt.Fatalf("%+v before %+v", a, b)
			}
		}
	})
}

// Nobody is called to two counters, and to the second service before the first while somebody else can be called.
func TestNextInLineMindsTheOthers(t *testing.T) {
	t.Parallel()
	r := serving(t)
	now := time.Date(2026, 11, 26, 10, 0, 0, 0, wib)
	one := func(id int, service, who string, state BookingState) Booking {
		return Booking{ID: BookingID(id), Queue: id, Service: service, Same: who, State: state, Date: "2026-11-26", Window: Window{8 * 60, 12 * 60}, Arrived: now}
	}
	day := []Booking{one(1, "cetak", "siti", BookingArrived), one(2, "cetak", "joko", BookingArrived), one(3, "rekam", "siti", BookingArrived)}
	if b, ok := r.NextInLine(day[:2], day, now); !ok || b.ID != 2 {
		t.Errorf("before recording: %+v", b)
	}
	if b, ok := r.NextInLine(day[:1], day, now); !ok || b.ID != 1 {
		t.Errorf("alone in line she may as well: %+v", b)
	}
	day[2].State = BookingServing
	if b, ok := r.NextInLine(day[:1], day, now); ok {
		t.Errorf("called while she is served elsewhere: %+v", b)
	}
	day[2].State = BookingDone
	if b, ok := r.NextInLine(day[:2], day, now); !ok || b.ID != 1 {
		t.Errorf("after recording: %+v", b)
	}
	if got := Wait(5, 2, 10); got != 30*time.Minute {
		t.Errorf("five before two counters wait %s", got)
	}
}

func TestWhoSeesABooking(t *testing.T) {
	t.Parallel()
	r := serving(t)
	visit := Visit{ID: 1, Programme: "ngantor", Date: "2026-11-26", Area: "99.01.01.2001", Agencies: []Taking{{Agency: "pu"}}, Counters: []Counter{{ID: 5, Service: "rekam", Agency: "pu"}}}
	b := Booking{ID: 9, Visit: 1, Counter: 5, Service: "rekam", Booker: 3, State: BookingBooked, Who: BookedPerson{Name: "Siti", NIK: "9901014507900001"}}
	as := func(p PersonID, name RoleName, unit string) Viewer {
		return Viewer{Person: p, Roles: []Role{{Person: p, Name: name, Unit: unit}}}
	}
	for _, c := range []struct {
		name  string
		v     Viewer
		today string
		want  BookingSight
	}{
		{"the booker", Viewer{Person: 3}, "2026-01-01", BookingSight{Facts: true, Who: true, Own: true}},
		{"anybody", Viewer{Person: 4}, visit.Date, BookingSight{}},
		{"the venue, long before", as(4, RoleVenue, "pu"), "2026-11-20", BookingSight{Facts: true}},
		{"the venue, on the day", as(4, RoleVenue, "kominfo"), visit.Date, BookingSight{Facts: true, Who: true, Serve: true}},
		{"another agency's venue", as(4, RoleVenue, "pln"), visit.Date, BookingSight{}},
		{"who serves", as(4, RoleOfficer, "pu.jalan"), visit.Date, BookingSight{Facts: true, Who: true, NIK: true, Serve: true}},
		{"who serves, long after", as(4, RoleOfficer, "pu"), "2026-12-20", BookingSight{Facts: true}},
		{"another agency's officer", as(4, RoleOfficer, "damkar"), visit.Date, BookingSight{}},
		{"the coordinator", as(4, RoleCoordinator, "kominfo"), visit.Date, BookingSight{Facts: true}},
		{"who sees figures only", as(4, RoleViewer, "kominfo"), visit.Date, BookingSight{}},
	} {
		got := r.SeesBooking(c.v, b, visit, c.today)
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		shown := b.Without(got)
		if strings.Contains(fmt.Sprintf("%+v", shown), "4507") || (shown.Who.Name != "") != c.want.Who {
			t.Errorf("%s is shown %+v", c.name, shown)
		}
	}
	if a, ok := r.Village(as(4, RoleVillageHead, "desa.99.01.02.2002")); !ok || a.Name != "Tegalsambi" {
		t.Errorf("%+v", a)
	}
	if _, ok := r.Village(as(4, RoleOfficer, "kecamatan.99.01.01")); ok {
		t.Error("a kecamatan is a village")
	}
	if !r.Runs(as(4, RoleOfficer, "kominfo"), visit) || r.Runs(as(4, RoleOfficer, "pu"), visit) {
		t.Error("who runs the visit")
	}
}
