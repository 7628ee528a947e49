package hotline

import "time"

// BookingID names a booking in one regency's database. People use its BookingNumber.
type BookingID int64

// A BookingState is where a booking stands. docs/booking.md draws the ways between them.
type BookingState string

// The states of bookings.
const (
	BookingHeld      BookingState = "held"      // a place is kept for the moment in which the rest is asked
	BookingWaiting   BookingState = "waiting"   // on the waiting list
	BookingOffered   BookingState = "offered"   // a freed place is kept until they say yes, or for half an hour
	BookingBooked    BookingState = "booked"    // the place is theirs
	BookingArrived   BookingState = "arrived"   // they are at the venue, in the queue
	BookingCalled    BookingState = "called"    // their number was called
	BookingServing   BookingState = "serving"   // they sit at the counter
	BookingDone      BookingState = "done"      // they have what they came for
	BookingFollow    BookingState = "follow"    // registered; the document is fetched, or comes, later
	BookingRejected  BookingState = "rejected"  // something was missing
	BookingReferred  BookingState = "referred"  // sent to where it can be done
	BookingCancelled BookingState = "cancelled" // by whoever booked, or with the visit
	BookingNoShow    BookingState = "no_show"   // they did not come
	BookingExpired   BookingState = "expired"   // held, and never confirmed
	BookingPassed    BookingState = "passed"    // offered and not taken, or the visit began without a place for them
)

// Takes tells whether a booking in the state has a place of the slot. One that was not used is given back (see BkMissed), unless the day is over anyway.
func (s BookingState) Takes() bool {
	switch s {
	case BookingHeld, BookingOffered, BookingBooked, BookingArrived, BookingCalled, BookingServing, BookingDone, BookingFollow, BookingRejected, BookingReferred:
		return true
	}
	return false
}

// Live tells whether something is still to happen.
func (s BookingState) Live() bool {
	switch s {
	case BookingHeld, BookingWaiting, BookingOffered, BookingBooked, BookingArrived, BookingCalled, BookingServing:
		return true
	}
	return false
}

// Served tells whether they sat at the counter, whatever came of it.
func (s BookingState) Served() bool {
	switch s {
	case BookingDone, BookingFollow, BookingRejected, BookingReferred:
		return true
	}
	return false
}

// Outcomes are the ends of a serving.
func Outcomes() []BookingState {
	return []BookingState{BookingDone, BookingFollow, BookingRejected, BookingReferred}
}

// A Beneficiary says for whom a place is booked.
type Beneficiary string

// The beneficiaries.
const (
	ForSelf     Beneficiary = "self"
	ForChild    Beneficiary = "child"
	ForElder    Beneficiary = "elder"
	ForRelative Beneficiary = "relative"
	ForVillager Beneficiary = "villager" // by somebody of the village's staff
	ForWalkIn   Beneficiary = "walk_in"  // who came without a booking, by whoever is at the venue
)

// Beneficiaries are those that a citizen may choose.
func Beneficiaries() []Beneficiary {
	return []Beneficiary{ForSelf, ForChild, ForElder, ForRelative}
}

// A Booking is one person's place for one service on one day, or their wait for one. It changes only through After: the row is the sum of its events. Who it is
// for is content, kept apart and erasable.
type Booking struct {
	ID      BookingID
	Number  BookingNumber // zero while it is held
	Visit   VisitID
	Counter CounterID
	Slot    SlotID // zero while waiting
	Service string // Service.ID
	State   BookingState
	For     Beneficiary
	Booker  PersonID  // who made it; zero: a walk-in, made at the venue
	From    AddressID // where news of it go; zero: nowhere
	First   bool      // elderly, disabled, pregnant: called before others
	Queue   int       // its number at the counter; 0: none yet
	Letter  string    // of the counter: "A", so that the queue number is "A-012"
	Date    string    // of the visit
	Window  Window    // of the slot
	Until   time.Time // held or offered until then
	Made    time.Time
	Changed time.Time
	Arrived time.Time
	Called  time.Time // the last time
	Calls   int       // how often
	Begun   time.Time // the serving
	Ended   time.Time // the serving
	Fetch   string    // BookingFollow: the date from which it can be fetched; empty: not said
	Block   string    // the desk whose block the number is of; empty: none
	Events  int
	Same    string       // the same of two bookings of a day: they are of one person; says nothing else
	Who     BookedPerson // as far as whoever asked may see it
	Visited Visit        // the visit, without its counters, where it was read along; else zero
}

// A BookedPerson is who a booking is for, and what was said of it at the counter.
type BookedPerson struct {
	Name   string
	NIK    string // masked (see MaskNIK) for everybody but whom the store gives it to by its own name
	Note   string // what is missing, where it is fetched, where they were sent
	Erased bool   // the content is gone, the fact remains
}

// Ticket gives the queue number as it is called: "A-012"; empty where there is none.
func (b Booking) Ticket() string { return ticketOf(b.Letter, b.Queue) }

// Begins gives the moment its window begins.
func (b Booking) Begins(zone *time.Location) time.Time { return minuteOf(b.Date, b.Window.From, zone) }

// Ends gives the moment its window ends.
func (b Booking) Ends(zone *time.Location) time.Time { return minuteOf(b.Date, b.Window.Until, zone) }
