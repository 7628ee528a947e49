package bot

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestDaysAsOfficersNameThem(t *testing.T) {
	t.Parallel()
	cal := deskRegency(t).Calendar("")
	for _, c := range []struct {
		typed, day, rest string
	}{
		{"hari ini", "2026-11-23", ""},
		{"dinten niki", "2026-11-23", ""},
		{"today", "2026-11-23", ""},
		{"besok", "2026-11-24", ""},
		{"Besok, tambal aspal", "2026-11-24", "tambal aspal"},
		{"sesuk", "2026-11-24", ""},
		{"tomorrow", "2026-11-24", ""},
		{"lusa", "2026-11-25", ""},
		{"besok senin", "2026-11-30", ""},
		{"senin", "2026-11-30", ""}, // today is Monday: the next one
		{"rabu", "2026-11-25", ""},
		{"hari Rabu jam 9", "2026-11-25", "jam 9"},
		{"rabu depan", "2026-12-02", ""},
		{"senin depan tambal", "2026-11-30", "tambal"},
		{"jum'at", "2026-11-27", ""},
		{"Jemuwah", "2026-11-27", ""},
		{"minggu", "2026-11-29", ""},
		{"minggu depan", "2026-11-30", ""},
		{"next week", "2026-11-30", ""},
		{"next wednesday", "2026-12-02", ""},
		{"3 hari lagi", "2026-11-26", ""},
		{"tiga hari lagi ya", "2026-11-26", "ya"},
		{"dalam 3 hari", "2026-11-26", ""},
		{"in 3 days", "2026-11-26", ""},
		{"5 hari kerja", "2026-11-30", ""},
		{"2 minggu lagi", "2026-12-07", ""},
		{"seminggu lagi", "2026-11-30", ""},
		{"sebulan lagi", "2026-12-23", ""},
		{"25/11", "2026-11-25", ""},
		{"25-11-2026 pagi", "2026-11-25", "pagi"},
		{"25.11.26", "2026-11-25", ""},
		{"2026-11-25", "2026-11-25", ""},
		{"25 November", "2026-11-25", ""},
		{"25 nopember 2026", "2026-11-25", ""},
		{"tanggal 25", "2026-11-25", ""},
		{"tgl 5", "2026-12-05", ""},
		{"tgl 5 desember", "2026-12-05", ""},
		{"5/1", "2027-01-05", ""},
		{"2 januari", "2027-01-02", ""},
		{"2 januari tahun depan, tambal", "2027-01-02", "tambal"},
		{"2 jan '27", "2027-01-02", ""},
		{"2 jan 27 pagi", "2027-01-02", "pagi"},
		{"2 jan 30 truk", "2027-01-02", "30 truk"},
		{"2 januari 2026", "2027-01-02", ""}, // a slip: this year's is long past
		{"02/01/2026", "2027-01-02", ""},
		{"january 2nd", "2027-01-02", ""},
		{"2nd of january", "2027-01-02", ""},
		{"sabtu 2 januari tambal", "2027-01-02", "tambal"},
		{"rabu tgl 25", "2026-11-25", ""},
		{"hari jumat tanggal 1 januari", "2027-01-01", ""},
		{"tgl 2 bulan depan", "2026-12-02", ""},
		{"tgl 2 bulan 1", "2027-01-02", ""},
		{"tgl 27 bulan ini", "2026-11-27", ""},
		{"tgl 31", "2026-12-31", ""},
		{"minggu depan kamis", "2026-12-03", ""},
		{"kamis minggu depan", "2026-12-03", ""},
	} {
		day, rest, err := readDay(cal, deskMonday, c.typed)
		if got := day.Format(time.DateOnly); err != nil || got != c.day || rest != c.rest {
			t.Errorf("%q: got %s, %q, %v; want %s, %q", c.typed, got, rest, err, c.day, c.rest)
		}
	}
}

func TestDaysThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	cal := deskRegency(t).Calendar("")
	for typed, want := range map[string]error{
		"22/11": errPast, "2026-11-22": errPast, "1 november": errPast, "2025-12-01": errPast,
		"2028-01-01": errFar, "400 hari lagi": errFar, "20 bulan lagi": errFar,
		"": errNoDay, "kapan-kapan": errNoDay, "3": errNoDay, "31/4": errNoDay, "99/99": errNoDay, "25/11/2026/1": errNoDay, "segera": errNoDay,
		"3 truk": errNoDay, "30 februari": errNoDay, "tambal besok": errNoDay, "-1 hari lagi": errNoDay, "hari": errNoDay, "tanggal": errNoDay,
	} {
		if day, _, err := readDay(cal, deskMonday, typed); !errors.Is(err, want) {
			t.Errorf("%q: got %s, %v; want %v", typed, day.Format(time.DateOnly), err, want)
		}
	}
}

// What is not plainly one day is shown in full first.
func TestDaysThatAreAskedAbout(t *testing.T) {
	t.Parallel()
	cal := deskRegency(t).Calendar("")
	for typed, want := range map[string]bool{
		"2 januari": true, "2 januari 2026": true, "jumat 2 januari 2027": true, "sabtu 2 januari 2027": false, "kamis tgl 25": true, "rabu tgl 25": false, "2027-01-02": false,
		"2 februari 2027": true,
	} {
		if day, _, doubt, err := readDayDoubting(cal, deskMonday, typed); err != nil || doubt != want {
			t.Errorf("%q: %s, doubtful %t, %v", typed, day.Format(time.DateOnly), doubt, err)
		}
	}
}

// The day is the regency's, not the server's.
func TestTodayIsLocal(t *testing.T) {
	t.Parallel()
	cal := deskRegency(t).Calendar("")
	late := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC) // already Tuesday there
	if day, _, err := readDay(cal, late, "hari ini"); err != nil || day.Format(time.DateOnly) != "2026-11-24" {
		t.Errorf("today is %s, %v", day, err)
	}
}

func FuzzDay(f *testing.F) {
	for _, s := range []string{"besok", "senin depan", "3 hari lagi", "25/11", "tgl 31", "next week", "hari hari hari", "in", "dalam", "999 bulan lagi", "\xff 1/1"} {
		f.Add(s)
	}
	cal := deskRegency(f).Calendar("")
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, wib)
	f.Fuzz(func(t *testing.T, s string) {
		day, rest, err := readDay(cal, deskMonday, s)
		if !strings.HasSuffix(s, rest) {
			t.Fatalf("%q is not the end of %q", rest, s)
		}
		if err == nil && (day.Before(today) || day.After(today.AddDate(1, 0, 0))) {
			t.Fatalf("%q gave %s", s, day)
		}
		if err == nil && (day.Hour() != 0 || day.Location() != wib) {
			t.Fatalf("%q gave no midnight: %s", s, day)
		}
		if namesDay(s) != !errors.Is(err, errNoDay) && !strings.Contains(s, "kerja") {
			t.Fatalf("%q: namesDay disagrees with %v", s, err)
		}
	})
}
