package hotline

import "time"

// VisitID names a visit in one regency's database.
type VisitID int64

// CounterID names a counter of a visit.
type CounterID int64

// SlotID names a slot of a counter.
type SlotID int64

// A VisitState is where a visit stands.
type VisitState string

// The states of visits.
const (
	VisitPlanned   VisitState = "planned"   // on the schedule; nothing can be booked yet
	VisitOpen      VisitState = "open"      // places can be booked
	VisitRunning   VisitState = "running"   // it is on: people are checked in
	VisitOver      VisitState = "over"      // it has been
	VisitCancelled VisitState = "cancelled" // it will not be
)

// A Visit is one coming of a programme to a place, or one day of an office: what is offered that day, and by whom. A visit that is moved is the same
// visit on another day.
type Visit struct {
	ID        VisitID
	Programme string // Programme.ID; empty: a day of an office
	Office    string // Office.ID; empty: of a programme
	Date      string // YYYY-MM-DD, local
	Area      string // Area.Code: of a village, or of a kecamatan
	Venue     string // "Balai Desa Tegalsambi"
	Point     *Point
	Hours     Window
	State     VisitState
	Reason    string   // why it was moved or cancelled, as people are told
	From      string   // the date it was moved from last; empty: never
	Agencies  []Taking // who takes part, by the programme's order
	Counters  []Counter
	Version   int // changes with every change of what is said here, not with every booking
}

// Live tells whether the visit is still to be or goes on.
func (v Visit) Live() bool {
	return v.State == VisitPlanned || v.State == VisitOpen || v.State == VisitRunning
}

// Begins gives the moment the visit begins, in the regency's zone.
func (v Visit) Begins(zone *time.Location) time.Time { return minuteOf(v.Date, v.Hours.From, zone) }

// Ends gives the moment the visit ends.
func (v Visit) Ends(zone *time.Location) time.Time { return minuteOf(v.Date, v.Hours.Until, zone) }

// Counter finds the counter of a service.
func (v Visit) Counter(service string) (Counter, bool) {
	return first(v.Counters, func(c Counter) bool { return c.Service == service })
}

// minuteOf gives a minute of a local date; zero where it is no date.
func minuteOf(date string, minute int, zone *time.Location) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, date, zone)
	if err != nil {
		return time.Time{}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, minute, 0, 0, zone)
}

// A Taking is an agency's part in a visit: asked, promised, and there or not.
type Taking struct {
	Agency    string    // Agency.ID
	Must      bool      // it has to take part; else it is invited
	Answer    Answer    // whether it comes
	Answered  time.Time // zero: it has not answered
	By        PersonID
	People    int       // how many it sends, where it said so
	Came      time.Time // zero: not there
	CheckedBy PersonID  // who saw that it came
}

// An Answer is what an agency says when it is asked to take part.
type Answer string

// The answers.
const (
	AnswerNone Answer = ""
	AnswerYes  Answer = "yes"
	AnswerNo   Answer = "no"
)

// A Counter (loket) is one service at one visit: its letter, its queue of numbers, and the windows in which there are places.
type Counter struct {
	ID      CounterID
	Visit   VisitID
	Service string // Service.ID
	Agency  string // Agency.ID of who serves
	Letter  string // begins every queue number here: "A"
	Closed  bool   // gives no more numbers
	Slots   []Slot // in order of time
	Waiting int    // how many are on the waiting list
}

// A Slot is the places of one counter in one time window. There are never more given than Quota says: every place is taken, kept, set aside for a desk,
// or free.
type Slot struct {
	ID      SlotID
	Counter CounterID
	Window  Window
	Quota   int // all places
	Reserve int // kept for who comes without a booking
	Blocked int // set aside for a desk, which gives them out where there is no connection
	Taken   int // held, offered, booked or served
}

// Free tells how many places anybody can have.
func (s Slot) Free() int { return max(0, s.Quota-s.Reserve-s.Blocked-s.Taken) }

// Free tells how many places anybody can have in any of the windows that begin at or after a minute of the day.
func (c Counter) Free(from int) (n int) {
	for _, s := range c.Slots {
		if s.Window.From >= from {
			n += s.Free()
		}
	}
	return n
}
