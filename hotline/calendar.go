package hotline

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Span is a time limit: working days of the calendar, calendar days, or machine hours. Exactly one of them is not zero, or the Span is zero
// and means "at once" or "none".
type Span struct {
	WorkDays int           // "3 working days"
	Days     int           // "30 days", weekends and holidays included
	Time     time.Duration // "72 hours", by the clock
}

// maxDays bounds every count of days, and so every loop here: ten years.
const maxDays = 3660

// IsZero tells whether the span is empty.
func (s Span) IsZero() bool { return s == Span{} }

// String writes the span for logs and developers: "3 working days", "30 days", "72h0m0s", "0".
func (s Span) String() string {
	switch {
	case s.WorkDays != 0:
		return plural(s.WorkDays, "working day")
	case s.Days != 0:
		return plural(s.Days, "day")
	case s.Time != 0:
		return s.Time.String()
	}
	return "0"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// check refuses a span that says two things, runs backwards, or is longer than ten years.
func (s Span) check() error {
	said := 0
	for _, is := range []bool{s.WorkDays != 0, s.Days != 0, s.Time != 0} {
		if is {
			said++
		}
	}
	switch {
	case said > 1:
		return errors.New("a time limit is working days, days or hours, not several of them")
	case s.WorkDays < 0 || s.Days < 0 || s.Time < 0:
		return errors.New("a time limit cannot be negative")
	case s.WorkDays > maxDays || s.Days > maxDays || s.Time > maxDays*24*time.Hour:
		return errors.New("a time limit of more than ten years")
	}
	return nil
}

// A Window is a stretch of a day in which people work, in minutes after midnight: From inclusive, Until exclusive, at most 24*60.
type Window struct {
	From, Until int
}

// String writes the window as "07:00-15:30".
func (w Window) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", w.From/60, w.From%60, w.Until/60, w.Until%60)
}

// The kinds of holidays.
const (
	PublicHoliday = "libur_nasional" // by the joint decree of three ministers (SKB)
	SharedLeave   = "cuti_bersama"   // leave taken by everyone, same decree
	LocalHoliday  = "local"          // the regency's own, as on election days
)

// A Holiday is a day on which nobody works.
type Holiday struct {
	Date string // "2026-03-21", local
	Name string
	Kind string // PublicHoliday, SharedLeave or LocalHoliday
}

// A Calendar says when people work. Its zero value never opens; Build refuses such a one.
type Calendar struct {
	Zone     *time.Location
	Week     [7][]Window        // by time.Weekday, in order, not overlapping
	Holidays map[string]Holiday // by date
	Always   bool               // around the clock, holidays too; Week and Holidays then say nothing
}

// Open tells whether people are at work at t.
func (c Calendar) Open(t time.Time) bool {
	if c.Always {
		return true
	}
	t = t.In(c.zone())
	if !c.WorkDay(t) {
		return false
	}
	minute := t.Hour()*60 + t.Minute()
	for _, w := range c.Week[t.Weekday()] {
		if w.From <= minute && minute < w.Until {
			return true
		}
	}
	return false
}

// WorkDay tells whether the day of t is a working day: it has hours in the week and is no holiday.
func (c Calendar) WorkDay(t time.Time) bool {
	if c.Always {
		return true
	}
	t = t.In(c.zone())
	if len(c.Week[t.Weekday()]) == 0 {
		return false
	}
	if len(c.Holidays) == 0 {
		return true
	}
	_, holiday := c.Holidays[t.Format(time.DateOnly)]
	return !holiday
}

// NextOpen gives t itself while people are at work, and else the next moment they begin. A calendar that does not open within a year and more
// (Build refuses such) gives t.
func (c Calendar) NextOpen(t time.Time) time.Time {
	if c.Open(t) {
		return t
	}
	day := t.In(c.zone())
	if c.WorkDay(day) {
		for _, w := range c.Week[day.Weekday()] {
			if from := at(day, w.From); !from.Before(t) {
				return from
			}
		}
	}
	if next, ok := c.nextWorkDay(day); ok {
		return at(next, c.Week[next.Weekday()][0].From)
	}
	return t
}

// Add gives the moment a limit that begins at t runs out.
//
// Working days: the close of work on the n-th working day after the day of t. What comes after work or on a day off counts as come at the next
// opening; so a message of Friday night and one of Monday morning are due at the same moment. Days: the last second of the n-th day after.
// Time: t and so much, whatever the calendar. A zero span gives t.
func (c Calendar) Add(t time.Time, s Span) time.Time {
	switch {
	case s.WorkDays > 0:
		return c.addWorkDays(t, min(s.WorkDays, maxDays))
	case s.Days > 0:
		return at(t.In(c.zone()).AddDate(0, 0, min(s.Days, maxDays)), 24*60)
	case s.Time > 0:
		return t.Add(s.Time)
	}
	return t
}

func (c Calendar) addWorkDays(t time.Time, n int) time.Time {
	day, ok := c.countsFrom(t)
	for range n {
		if !ok {
			break
		}
		day, ok = c.nextWorkDay(day)
	}
	if !ok { // nobody ever works: better a due time by calendar days than none
		return at(t.In(c.zone()).AddDate(0, 0, n), 24*60)
	}
	return c.closing(day)
}

// countsFrom gives the working day that something of t counts as come on. The moment of closing still belongs to the day, so that limits add up:
// two days and then three are five.
func (c Calendar) countsFrom(t time.Time) (time.Time, bool) {
	day := t.In(c.zone())
	if c.WorkDay(day) && !t.After(c.closing(day)) {
		return day, true
	}
	return c.nextWorkDay(day)
}

// WorkDaysBetween counts the working days after the day a counts as come on, up to the day of b; never less than zero. It is the inverse of Add:
// between t and Add(t, n working days) there are n.
func (c Calendar) WorkDaysBetween(a, b time.Time) int {
	from, ok := c.countsFrom(a)
	if !ok {
		return 0
	}
	first, last := dayNumber(from)+1, dayNumber(b.In(c.zone()))
	if last < first {
		return 0
	}
	days := last - first + 1
	if c.Always {
		return days
	}
	perWeek := 0
	for _, windows := range c.Week {
		if len(windows) > 0 {
			perWeek++
		}
	}
	n := days / 7 * perWeek
	for d := last - days%7 + 1; d <= last; d++ {
		if len(c.Week[weekday(d)]) > 0 {
			n++
		}
	}
	for date := range c.Holidays {
		t, err := time.Parse(time.DateOnly, date)
		if err != nil {
			continue
		}
		if d := dayNumber(t); first <= d && d <= last && len(c.Week[weekday(d)]) > 0 {
			n--
		}
	}
	return n
}

// LastHoliday gives the midnight that begins the last holiday known; zero where none is.
func (c Calendar) LastHoliday() time.Time {
	last := ""
	for date := range c.Holidays {
		last = max(last, date)
	}
	t, err := time.ParseInLocation(time.DateOnly, last, c.zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// nextWorkDay gives noon of the first working day after the day given, or false where there is none within a year and more.
func (c Calendar) nextWorkDay(day time.Time) (time.Time, bool) {
	y, m, d := day.In(c.zone()).Date()
	const farthest = 400
	for i := 1; i <= farthest; i++ {
		if next := time.Date(y, m, d+i, 12, 0, 0, 0, c.zone()); c.WorkDay(next) {
			return next, true
		}
	}
	return time.Time{}, false
}

func (c Calendar) closing(day time.Time) time.Time {
	if c.Always {
		return at(day, 24*60)
	}
	windows := c.Week[day.Weekday()]
	return at(day, windows[len(windows)-1].Until)
}

func (c Calendar) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// Check refuses a calendar in which a limit could not be counted.
func (c Calendar) Check() error {
	var errs []error
	if c.Zone == nil {
		errs = append(errs, errors.New("has no time zone"))
	}
	for date, h := range c.Holidays {
		if _, err := time.Parse(time.DateOnly, date); err != nil || h.Date != date {
			errs = append(errs, fmt.Errorf("holiday %q is no date", date))
		}
		if !slices.Contains([]string{PublicHoliday, SharedLeave, LocalHoliday}, h.Kind) {
			errs = append(errs, fmt.Errorf("holiday %s: kind %q is not known", date, h.Kind))
		}
	}
	if c.Always || len(errs) > 0 {
		return errors.Join(errs...)
	}
	works := false
	for day, windows := range c.Week {
		if err := checkWindows(windows); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", time.Weekday(day), err))
		}
		works = works || len(windows) > 0
	}
	if !works {
		errs = append(errs, errors.New("has no working day"))
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, c.checkRuns())...)
}

// checkRuns refuses more than 60 days without work in a row, surely a mistake in the holidays.
func (c Calendar) checkRuns() error {
	for date := range c.Holidays {
		day, _ := time.ParseInLocation(time.DateOnly, date, c.Zone)
		next, ok := c.nextWorkDay(day)
		if !ok || dayNumber(next)-dayNumber(day) > 60 {
			return fmt.Errorf("has no working day for 60 days after %s", date)
		}
	}
	return nil
}

func checkWindows(windows []Window) error {
	last := 0
	for _, w := range windows {
		if w.From < last || w.Until <= w.From || w.Until > 24*60 {
			return fmt.Errorf("hours %s: each must end after it begins, and begin after the one before", hours(windows))
		}
		last = w.Until
	}
	return nil
}

func hours(windows []Window) string {
	var parts []string
	for _, w := range windows {
		parts = append(parts, w.String())
	}
	return strings.Join(parts, ", ")
}

// at gives a minute of the day. The end of the day is its last second, so that what is due then is due on that day.
func at(day time.Time, minute int) time.Time {
	y, m, d := day.Date()
	if minute >= 24*60 {
		return time.Date(y, m, d, 23, 59, 59, 0, day.Location())
	}
	return time.Date(y, m, d, minute/60, minute%60, 0, 0, day.Location())
}

// dayNumber counts days from 1 January 1970 by the date t shows, whatever its zone.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// weekday gives the day of the week of a day number; 1 January 1970 was a Thursday.
func weekday(day int) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }
