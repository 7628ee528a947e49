package hotline

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// This file is who is called next, who may book, and when somebody is reminded.

// InLine puts those who are at the venue and wait for one counter into the order in which they are called. Elderly and disabled people come first; then those
// whose window has begun, by when it began, and those who came after their window by when they came; those whose window is still to begin come last. Among equals the
// lower queue number.
func InLine(queue []Booking, now time.Time, zone *time.Location) []Booking {
	var line []Booking
	for _, b := range queue {
		if b.State == BookingArrived {
			line = append(line, b)
		}
	}
	turn := func(b Booking) time.Time {
		if b.Arrived.After(b.Ends(zone)) {
			return b.Arrived
		}
		return b.Begins(zone)
	}
	slices.SortStableFunc(line, func(a, b Booking) int {
		early := func(b Booking) bool { return b.Begins(zone).After(now) && !b.First }
		return cmp.Or(compareBool(b.First, a.First), compareBool(early(a), early(b)), turn(a).Compare(turn(b)), cmp.Compare(a.Queue, b.Queue),
			cmp.Compare(a.ID, b.ID))
	})
	return line
}

// NextInLine gives who is called next at a counter: the first in line who is not at another counter just now, and has nothing to do before that is not done yet
// (Service.After). day are all bookings of the visit, theirs among them. Where everybody has, the first who is not elsewhere; false: nobody can be called.
func (r *Regency) NextInLine(queue, day []Booking, now time.Time) (Booking, bool) {
	var second *Booking
	for _, b := range InLine(queue, now, r.zone()) {
		elsewhere, before := false, false
		service, _ := r.ServiceByID(b.Service)
		for _, o := range day {
			if o.ID == b.ID || o.Same == "" || o.Same != b.Same {
				continue
			}
			elsewhere = elsewhere || o.State == BookingCalled || o.State == BookingServing
			before = before || o.State == BookingArrived && slices.Contains(service.After, o.Service)
		}
		switch {
		case elsewhere:
		case !before:
			return b, true
		case second == nil:
			second = &b
		}
	}
	if second != nil {
		return *second, true
	}
	return Booking{}, false
}

// Wait says how long somebody in line waits by and large: those before them, at so many counters, each so long. minutes is Service.Serving.
func Wait(before, counters, minutes int) time.Duration {
	return time.Duration((before+max(1, counters)-1)/max(1, counters)*minutes) * time.Minute
}

// BarredUntil tells until which date, exclusive, somebody with no-shows on these dates can only have numbers of the same day; "" where they can have any. Every
// no-show that is one too many within the time bars anew.
func BarredUntil(missed []string, l BookingLimits) string {
	missed = slices.Clone(missed)
	slices.Sort(missed)
	until := ""
	for i := l.NoShows - 1; i < len(missed); i++ {
		if daysBetween(missed[i-l.NoShows+1], missed[i]) <= l.Within {
			until = max(until, addDays(missed[i], l.Barred))
		}
	}
	return until
}

func daysBetween(a, b string) int {
	from, err1 := time.Parse(time.DateOnly, a)
	to, err2 := time.Parse(time.DateOnly, b)
	if err1 != nil || err2 != nil {
		return maxDays
	}
	return dayNumber(to) - dayNumber(from)
}

func addDays(date string, n int) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, n).Format(time.DateOnly)
}

// Reminder is one of the two reminders of a booking.
type Reminder string

// The reminders.
const (
	RemindDay   Reminder = "day"   // in the afternoon before
	RemindHours Reminder = "hours" // two hours before
)

// Reminders gives when a booking is reminded of that was confirmed, changed or moved now; zero: not, since that moment is over: whoever chooses their place after it needs no
// reminder, and had one, if any, of the place before.
func Reminders(b Booking, now time.Time, l BookingLimits, zone *time.Location) (day, hours time.Time) {
	day = minuteOf(addDays(b.Date, -1), l.Evening, zone)
	hours = b.Begins(zone).Add(-l.Remind)
	if !now.Before(day) {
		day = time.Time{}
	}
	if !now.Before(hours) {
		hours = time.Time{}
	}
	return day, hours
}

// Why a place cannot be had.
var (
	ErrFull        = errors.New("no place is free")
	ErrNotBookable = errors.New("places of this visit cannot be had now")
	ErrTwice       = errors.New("they have a place for this service at this visit")
	ErrTooMany     = errors.New("they have as many places as one person can have")
	ErrBarred      = errors.New("after two no-shows only numbers of the same day can be had")
	ErrLapsed      = errors.New("the place was not kept any longer")
	ErrUnseen      = errors.New("this is not theirs to see or do")
	ErrBookingWho  = errors.New("who it is for is missing or cannot be")
	ErrQuota       = errors.New("there are more places taken than that")
)

// BookingNews is something somebody is to be told of a booking of theirs.
type BookingNews struct {
	Kind    BookingNewsKind
	Booking Booking // without who it is for
	Before  Visit   // NewsMoved, NewsCancelled: the visit as it was
}

// A BookingNewsKind says what there is to tell.
type BookingNewsKind string

// The news.
const (
	NewsOffered   BookingNewsKind = "offered"   // a place came free: Booking.Until
	NewsExpired   BookingNewsKind = "expired"   // the place was kept and not confirmed
	NewsPassed    BookingNewsKind = "passed"    // the offer ran out, or the wait came to nothing
	NewsMoved     BookingNewsKind = "moved"     // the visit is on another day, or elsewhere
	NewsCancelled BookingNewsKind = "cancelled" // the visit will not be
	NewsDay       BookingNewsKind = "day"       // reminders
	NewsHours     BookingNewsKind = "hours"
	NewsCalled    BookingNewsKind = "called" // their number was called
	NewsSoon      BookingNewsKind = "soon"   // they are one of the next three
	NewsMissed    BookingNewsKind = "missed" // they did not come
	NewsSurvey    BookingNewsKind = "survey" // they were served and may answer the nine questions
)
