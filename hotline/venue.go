package hotline

import "time"

// This file is what a page at a venue does: one act after the other, each with a name of its own, so that a page that lost its connection may send an act again, and
// later, and it happens once.

// A VenueActKind is something that is done at a venue.
type VenueActKind string

// The kinds of acts. The comment names what one carries beside Key and At.
const (
	VenueArrive VenueActKind = "arrive" // Booking, First: somebody who booked is there
	VenueNext   VenueActKind = "next"   // Visit, Service: whoever is next is called
	VenueCall   VenueActKind = "call"   // Booking: called by the desk's own reckoning, since it had no connection
	VenueAgain  VenueActKind = "again"  // Booking: called once more
	VenueBack   VenueActKind = "back"   // Booking: not there, or called by mistake: back into the line
	VenueServe  VenueActKind = "serve"  // Booking
	VenueFinish VenueActKind = "finish" // Booking, Outcome, Fetch, Note
	VenueUndo   VenueActKind = "undo"   // Booking: the outcome was a mistake
	VenueMiss   VenueActKind = "miss"   // Booking: did not come
	VenueWalkIn VenueActKind = "walkin" // Visit, Service, Name, First, Block, Queue
)

// A VenueAct is one act. It speaks of a booking by its id or, where the desk made the booking itself and does not know its id yet, by the Key of that act.
type VenueAct struct {
	Key     string // what the page calls it; never empty
	Kind    VenueActKind
	At      time.Time // when it was done; zero: now
	Visit   VisitID
	Booking BookingID
	Of      string // the Key of the walk-in it speaks of, where Booking is zero
	Service string
	First   bool // elderly, disabled, pregnant
	Outcome BookingState
	Fetch   string // YYYY-MM-DD
	Note    string
	Name    string // of who walked in
	Block   int64  // the block of numbers the desk gave one of …
	Queue   int    // … and which
}

// A VenueDone is what came of an act: the booking as it stands now, without who it is for, and whom to tell what.
type VenueDone struct {
	Booking Booking // zero: nobody could be called
	News    []BookingNews
	Also    Booking // VenueCall: who was called by the same act before its answer was lost; zero: nobody
}

// A VenueBlock is numbers set aside for a desk.
type VenueBlock struct {
	ID      int64
	Service string
	Letter  string
	Window  Window
	Queue   []int           // queue numbers …
	Numbers []BookingNumber // … each with its booking's number
	Used    []int           // those given out, as far as is known
}

// A VenueShowing is what everybody at a venue may read of one counter: numbers only.
type VenueShowing struct {
	Service string
	Letter  string
	Now     []string // called or served, the last one first
	Next    []string // the next in line
	Waiting int
}

// WorksWith tells whether a visit is one that the viewer serves at: at one counter of it or at all.
func (r *Regency) WorksWith(v Viewer, visit Visit, today string) bool {
	_, ok := first(visit.Counters, func(c Counter) bool { return r.SeesBooking(v, Booking{Counter: c.ID}, visit, today).Serve })
	return ok
}
