package hotline

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func office(tb testing.TB) Calendar {
	tb.Helper()
	return tiny(tb).Calendars[""]
}

func moment(tb testing.TB, s string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, wib)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestCalendarAdd(t *testing.T) {
	t.Parallel()
	c := office(t)
	for _, tt := range []struct {
		name, from string
		span       Span
		want       string
	}{
		{"in hours, next day", "2026-11-23 10:00:00", Span{WorkDays: 1}, "2026-11-24 15:30:00"},
		{"in the break", "2026-11-23 12:30:00", Span{WorkDays: 1}, "2026-11-24 15:30:00"},
		{"before work, same day counts", "2026-11-23 05:00:00", Span{WorkDays: 1}, "2026-11-24 15:30:00"},
		{"at closing, same day counts", "2026-11-23 15:30:00", Span{WorkDays: 1}, "2026-11-24 15:30:00"},
		{"after work, next day counts", "2026-11-23 15:30:01", Span{WorkDays: 1}, "2026-11-25 15:30:00"},
		{"thursday to friday's early closing", "2026-11-26 10:00:00", Span{WorkDays: 1}, "2026-11-27 14:30:00"},
		{"friday night counts as monday", "2026-11-27 20:00:00", Span{WorkDays: 1}, "2026-12-01 15:30:00"},
		{"saturday counts as monday", "2026-11-28 09:00:00", Span{WorkDays: 1}, "2026-12-01 15:30:00"},
		{"over christmas", "2026-12-23 10:00:00", Span{WorkDays: 1}, "2026-12-28 15:30:00"},
		{"on a holiday", "2026-12-24 10:00:00", Span{WorkDays: 1}, "2026-12-29 15:30:00"},
		{"fourteen", "2026-11-23 10:00:00", Span{WorkDays: 14}, "2026-12-11 14:30:00"},
		{"calendar days", "2026-11-23 10:00:00", Span{Days: 30}, "2026-12-23 23:59:59"},
		{"machine hours", "2026-12-24 22:00:00", Span{Time: 72 * time.Hour}, "2026-12-27 22:00:00"},
		{"nothing", "2026-12-24 22:00:00", Span{}, "2026-12-24 22:00:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := c.Add(moment(t, tt.from), tt.span); !got.Equal(moment(t, tt.want)) {
				t.Errorf("%s + %v = %s, want %s", tt.from, tt.span, got, tt.want)
			}
		})
	}
}

func TestCalendarOpen(t *testing.T) {
	t.Parallel()
	c := office(t)
	for _, tt := range []struct{ at, next string }{
		{"2026-11-23 07:00:00", "2026-11-23 07:00:00"},
		{"2026-11-23 11:59:59", "2026-11-23 11:59:59"},
		{"2026-11-23 12:00:00", "2026-11-23 13:00:00"},
		{"2026-11-23 15:30:00", "2026-11-24 07:00:00"},
		{"2026-11-23 06:59:59", "2026-11-23 07:00:00"},
		{"2026-11-27 14:30:00", "2026-11-30 07:00:00"},
		{"2026-12-23 18:00:00", "2026-12-28 07:00:00"},
	} {
		at, next := moment(t, tt.at), moment(t, tt.next)
		if got := c.NextOpen(at); !got.Equal(next) {
			t.Errorf("NextOpen(%s) = %s, want %s", tt.at, got, tt.next)
		}
		if c.Open(at) != at.Equal(next) {
			t.Errorf("Open(%s) = %v", tt.at, c.Open(at))
		}
	}
	always := Calendar{Zone: wib, Always: true}
	christmas := moment(t, "2026-12-25 03:00:00")
	if !always.Open(christmas) || !always.WorkDay(christmas) || !always.NextOpen(christmas).Equal(christmas) {
		t.Error("around the clock is closed at Christmas")
	}
	if got := always.Add(christmas, Span{WorkDays: 2}); !got.Equal(moment(t, "2026-12-27 23:59:59")) {
		t.Errorf("around the clock, two working days: %s", got)
	}
}

func TestCalendarCountsInItsOwnZone(t *testing.T) {
	t.Parallel()
	c := office(t)
	utc := time.Date(2026, 11, 23, 0, 30, 0, 0, time.UTC) // 07:30 on Java
	if !c.Open(utc) {
		t.Error("closed at 07:30 local")
	}
	if got := c.Add(time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC), Span{WorkDays: 1}); !got.Equal(moment(t, "2026-11-25 15:30:00")) {
		t.Errorf("from 03:00 on Tuesday, local: %s", got)
	}
}

func TestCalendarThatNeverOpensEnds(t *testing.T) {
	t.Parallel()
	now := moment(t, "2026-11-23 10:00:00")
	for name, c := range map[string]Calendar{
		"zero":      {},
		"no window": {Zone: wib},
		"all off":   allOff(office(t)),
	} {
		if got := c.Add(now, Span{WorkDays: 3}); !got.After(now) {
			t.Errorf("%s: Add gives %s", name, got)
		}
		if got := c.NextOpen(now); !got.Equal(now) {
			t.Errorf("%s: NextOpen gives %s", name, got)
		}
		if got := c.WorkDaysBetween(now, now.AddDate(1, 0, 0)); got != 0 {
			t.Errorf("%s: %d working days", name, got)
		}
		if c.Check() == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

func allOff(c Calendar) Calendar {
	c.Holidays = map[string]Holiday{}
	for d := time.Date(2026, 1, 1, 0, 0, 0, 0, wib); d.Year() < 2029; d = d.AddDate(0, 0, 1) {
		date := d.Format(time.DateOnly)
		c.Holidays[date] = Holiday{date, "libur", LocalHoliday}
	}
	return c
}

func TestCalendarCheck(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*Calendar){
		"no time zone":   func(c *Calendar) { c.Zone = nil },
		"no working day": func(c *Calendar) { c.Week = [7][]Window{} },
		"after it begins": func(c *Calendar) {
			c.Week[1] = []Window{{900, 800}}
		},
		"Tuesday":   func(c *Calendar) { c.Week[2] = []Window{{420, 720}, {700, 800}} },
		"Wednesday": func(c *Calendar) { c.Week[3] = []Window{{420, 1441}} },
		"is no date": func(c *Calendar) {
			c.Holidays = map[string]Holiday{"2026-02-30": {Date: "2026-02-30", Kind: LocalHoliday}}
		},
		"kind": func(c *Calendar) { c.Holidays = map[string]Holiday{"2026-02-03": {Date: "2026-02-03", Kind: "x"}} },
	} {
		c := office(t)
		spoil(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestLastHoliday(t *testing.T) {
	t.Parallel()
	if got := office(t).LastHoliday(); !got.Equal(moment(t, "2026-12-25 00:00:00")) {
		t.Errorf("last holiday %s", got)
	}
	if got := (Calendar{}).LastHoliday(); !got.IsZero() {
		t.Errorf("last holiday of none: %s", got)
	}
}

func TestSpanString(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]Span{
		"0": {}, "1 working day": {WorkDays: 1}, "14 working days": {WorkDays: 14}, "30 days": {Days: 30}, "72h0m0s": {Time: 72 * time.Hour},
	} {
		if s.String() != want || s.check() != nil {
			t.Errorf("%q: %v, %v", want, s, s.check())
		}
	}
	for _, bad := range []Span{{WorkDays: 1, Days: 1}, {Days: -1}, {WorkDays: 1 << 40}, {Time: 1 << 62}} {
		if bad.check() == nil {
			t.Errorf("%v is not refused", bad)
		}
	}
}

// drawCalendar gives a random calendar that check accepts.
func drawCalendar(t *rapid.T) Calendar {
	c := Calendar{Zone: wib, Holidays: map[string]Holiday{}}
	for day := range c.Week {
		minute := rapid.IntRange(0, 600).Draw(t, "from")
		for range rapid.IntRange(0, 3).Draw(t, "windows") {
			until := minute + rapid.IntRange(1, 280).Draw(t, "length")
			c.Week[day] = append(c.Week[day], Window{minute, until})
			minute = until + rapid.IntRange(0, 50).Draw(t, "break")
		}
	}
	for range rapid.IntRange(0, 30).Draw(t, "holidays") {
		date := time.Date(2026, 1, 1+rapid.IntRange(0, 400).Draw(t, "holiday"), 0, 0, 0, 0, wib).Format(time.DateOnly)
		c.Holidays[date] = Holiday{date, "libur", LocalHoliday}
	}
	c.Always = rapid.IntRange(0, 9).Draw(t, "always") == 0
	if c.Check() != nil { // never at work, or not for months
		c.Week[1], c.Holidays = []Window{{420, 930}}, nil
	}
	return c
}

func drawMoment(t *rapid.T, label string) time.Time {
	return time.Date(2026, 1, 1, 0, 0, rapid.IntRange(0, 400*24*60*60).Draw(t, label), 0, wib)
}

func TestCalendarProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		a, b := drawMoment(t, "a"), drawMoment(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		n, m := rapid.IntRange(1, 40).Draw(t, "n"), rapid.IntRange(1, 40).Draw(t, "m")
		due := c.Add(a, Span{WorkDays: n})
		switch {
		case due.Before(a):
			t.Fatalf("due %s before %s", due, a)
		case !c.WorkDay(due):
			t.Fatalf("due %s on a day off", due)
		case c.Add(b, Span{WorkDays: n}).Before(due):
			t.Fatalf("what came later is due earlier")
		case !c.Add(due, Span{WorkDays: m}).Equal(c.Add(a, Span{WorkDays: n + m})):
			t.Fatalf("%d and %d are not %d working days", n, m, n+m)
		case c.WorkDaysBetween(a, due) != n:
			t.Fatalf("between %s and %s: %d working days, want %d", a, due, c.WorkDaysBetween(a, due), n)
		case !c.Add(a, Span{WorkDays: n + 1}).After(due):
			t.Fatalf("one day more is not later")
		case !c.Add(c.NextOpen(a), Span{WorkDays: n}).Equal(due) && !a.Equal(c.closing(a.In(wib))):
			t.Fatalf("what waits for the opening is due at another moment")
		}
		open := c.NextOpen(a)
		if !c.Open(open) || open.Before(a) || open.After(a) && c.Open(a) {
			t.Fatalf("next opening after %s: %s", a, open)
		}
		if mid := a.Add(open.Sub(a) / 2); mid.Before(open) && c.Open(mid) {
			t.Fatalf("open at %s, before the next opening %s", mid, open)
		}
		if got, want := c.WorkDaysBetween(a, b), naiveWorkDays(c, a, b); got != want {
			t.Fatalf("between %s and %s: %d, counted one by one %d", a, b, got, want)
		}
		days := c.Add(a, Span{Days: n})
		if !c.Add(days, Span{Days: m}).Equal(c.Add(a, Span{Days: n + m})) {
			t.Fatal("days do not add up")
		}
		if c.WorkDaysBetween(b, a) != 0 && b.After(a.AddDate(0, 0, 1)) {
			t.Fatal("working days backwards")
		}
	})
}

func naiveWorkDays(c Calendar, a, b time.Time) int {
	day, _ := c.countsFrom(a)
	n := 0
	for {
		day, _ = c.nextWorkDay(day)
		if dayNumber(day) > dayNumber(b.In(c.zone())) {
			return n
		}
		n++
	}
}

// FuzzCalendar feeds calendars that nobody checked: whatever they say, counting ends and never runs backwards.
func FuzzCalendar(f *testing.F) {
	f.Add(int64(1_795_000_000), 3, 0, []byte{1, 2, 3, 4, 5}, true)
	f.Add(int64(0), -1, 1<<40, []byte{}, false)
	f.Fuzz(func(t *testing.T, unix int64, work, days int, week []byte, off bool) {
		unix %= 1 << 36
		c := Calendar{Zone: wib, Holidays: map[string]Holiday{}}
		for i := 0; i+1 < len(week) && i < 28; i += 2 {
			c.Week[i/2%7] = append(c.Week[i/2%7], Window{int(week[i]) * 6, int(week[i+1]) * 6})
		}
		now := time.Unix(unix, 0)
		if off {
			for i := range 500 {
				date := now.AddDate(0, 0, i).In(wib).Format(time.DateOnly)
				c.Holidays[date] = Holiday{date, "", LocalHoliday}
			}
		}
		for _, s := range []Span{{WorkDays: work}, {Days: days}} {
			if got := c.Add(now, s); got.Before(now) && c.Check() == nil {
				t.Fatalf("%v after %s is %s", s, now, got)
			}
		}
		if n := c.WorkDaysBetween(now, now.AddDate(0, 0, days%10000)); n < 0 && c.Check() == nil {
			t.Fatalf("%d working days", n)
		}
		if got := c.NextOpen(now); got.Before(now) {
			t.Fatalf("next opening %s before %s", got, now)
		}
	})
}
