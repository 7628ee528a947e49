package hotline

import (
	"cmp"
	"fmt"
	"time"
)

// A BookingEventKind is something that can happen to a booking.
type BookingEventKind string

// The kinds of events of bookings. The comment names what one carries beside Booking, At and By.
const (
	BkHeld      BookingEventKind = "held"       // Visit, Counter, Slot, Service, For, Booker, First, Letter, Date, Window, Until: a place is kept
	BkWaited    BookingEventKind = "waited"     // the same without Slot and Window: on the waiting list
	BkOffered   BookingEventKind = "offered"    // Slot, Window, Until: a place came free
	BkConfirmed BookingEventKind = "confirmed"  // Queue, For, First: the place is theirs
	BkLapsed    BookingEventKind = "lapsed"     // the time to confirm ran out
	BkPassed    BookingEventKind = "passed"     // an offer was declined, or the waiting came to nothing
	BkCancelled BookingEventKind = "cancelled"  // by whoever booked
	BkCalledOff BookingEventKind = "called_off" // the visit will not be
	BkMoved     BookingEventKind = "moved"      // Date: the visit is on another day
	BkChanged   BookingEventKind = "changed"    // as BkHeld, with Queue: another place instead of this one
	BkReminded  BookingEventKind = "reminded"   // Word: "day" or "hours"
	BkArrived   BookingEventKind = "arrived"    // First: checked in; Slot: of somebody who was counted as missing, their place again
	BkCalled    BookingEventKind = "called"     // the number was called, or called again
	BkReturned  BookingEventKind = "returned"   // called and not there, or by mistake: back into the queue
	BkServing   BookingEventKind = "serving"    // sits at the counter
	BkFinished  BookingEventKind = "finished"   // Outcome, Fetch: what came of it
	BkUndone    BookingEventKind = "undone"     // the outcome was a mistake, see UndoFor
	BkMissed    BookingEventKind = "missed"     // did not come
	BkRated     BookingEventKind = "rated"      // answered the survey; what was answered is not written here
	BkErased    BookingEventKind = "erased"     // who it was for was removed
)

// A BookingEvent is a fact about a booking. It carries ids and facts, never who somebody is.
type BookingEvent struct {
	ID      int64
	Booking BookingID
	Kind    BookingEventKind
	At      time.Time
	By      PersonID // zero: the service itself, or whoever booked, which the kind tells
	Key     string   // what the page that did it calls the act, so that it happens once however often it is sent; may be empty
	BookingFacts
}

// BookingFacts are what an event may say beside who, when and which. Unused ones are zero.
type BookingFacts struct {
	Visit   VisitID      `json:"visit,omitempty"`
	Counter CounterID    `json:"counter,omitempty"`
	Slot    SlotID       `json:"slot,omitempty"`
	Service string       `json:"service,omitempty"`
	For     Beneficiary  `json:"for,omitempty"`
	Booker  PersonID     `json:"-"` // not written: the row says it, for as long as it is kept
	First   bool         `json:"first,omitempty"`
	Queue   int          `json:"queue,omitempty"`
	Letter  string       `json:"letter,omitempty"`
	Date    string       `json:"date,omitempty"`
	Window  Window       `json:"window,omitzero"`
	Until   time.Time    `json:"until,omitzero"`
	Outcome BookingState `json:"outcome,omitempty"`
	Fetch   string       `json:"fetch,omitempty"`
	Word    string       `json:"word,omitempty"`
	Block   string       `json:"block,omitempty"`
}

// After gives the booking as it stands once e has happened. The receiver is left as it was. An event that does not fit gives ErrRefused; SumBooking of all
// accepted events from the empty booking gives the row again, but for its number, its address, who booked and who it is for.
func (b Booking) After(e BookingEvent) (Booking, error) {
	before := b
	if (b.Events == 0) != (e.Kind == BkHeld || e.Kind == BkWaited) {
		return before, refusedBooking(before, e)
	}
	from := func(states ...BookingState) bool {
		for _, s := range states {
			if b.State == s {
				return true
			}
		}
		return false
	}
	var ok bool
	switch e.Kind {
	case BkHeld:
		if ok = e.Slot != 0 && !e.Until.IsZero(); ok {
			b.begin(e)
			b.State, b.Until = BookingHeld, e.Until
		}
	case BkWaited:
		if ok = e.Slot == 0; ok {
			b.begin(e)
			b.State = BookingWaiting
		}
	case BkOffered:
		if ok = from(BookingWaiting) && e.Slot != 0 && !e.Until.IsZero(); ok {
			b.State, b.Slot, b.Window, b.Until = BookingOffered, e.Slot, e.Window, e.Until
		}
	case BkConfirmed:
		if ok = from(BookingHeld, BookingOffered) && e.Queue > 0; ok {
			b.State, b.Queue, b.For, b.First = BookingBooked, e.Queue, cmp.Or(e.For, b.For), b.First || e.First
		}
	case BkLapsed:
		if ok = from(BookingHeld, BookingOffered); ok {
			b.State = BookingExpired
			if before.State == BookingOffered {
				b.State = BookingPassed
			}
		}
	case BkPassed:
		if ok = from(BookingWaiting, BookingOffered); ok {
			b.State = BookingPassed
		}
	case BkCancelled:
		if ok = from(BookingHeld, BookingWaiting, BookingOffered, BookingBooked, BookingArrived, BookingCalled); ok {
			b.State = BookingCancelled
		}
	case BkCalledOff:
		if ok = b.State.Live() && b.State != BookingServing; ok {
			b.State = BookingCancelled
		}
	case BkMoved:
		if ok = from(BookingHeld, BookingWaiting, BookingOffered, BookingBooked) && e.Date != ""; ok {
			b.Date = e.Date
		}
	case BkChanged:
		if ok = from(BookingBooked) && e.Slot != 0 && e.Queue > 0; ok {
			b.place(e)
			b.Queue = e.Queue
		}
	case BkReminded, BkRated, BkErased:
		ok = e.Kind == BkErased || e.Kind == BkReminded && from(BookingBooked) || e.Kind == BkRated && b.State.Served()
		b.Who.Erased = b.Who.Erased || e.Kind == BkErased
	default:
		ok = b.atVenue(e)
	}
	if !ok {
		return before, refusedBooking(before, e)
	}
	if !from(BookingHeld, BookingOffered) {
		b.Until = time.Time{}
	}
	if !b.State.Takes() {
		b.Slot = 0
	}
	b.Events++
	b.Changed = e.At
	return b, nil
}

// atVenue is After for what happens where the visit is.
func (b *Booking) atVenue(e BookingEvent) bool {
	switch is := b.State; e.Kind {
	case BkArrived:
		if is != BookingBooked && (is != BookingNoShow || e.Slot == 0) { // a venue without a connection tells late of who came
			return false
		}
		if is == BookingNoShow {
			b.Slot = e.Slot
		}
		b.State, b.Arrived, b.First = BookingArrived, e.At, b.First || e.First
	case BkCalled:
		if is != BookingArrived && is != BookingCalled {
			return false
		}
		b.State, b.Called = BookingCalled, e.At
		b.Calls++
	case BkReturned:
		if is != BookingCalled && is != BookingServing {
			return false
		}
		b.State, b.Begun = BookingArrived, time.Time{}
	case BkServing:
		if is != BookingArrived && is != BookingCalled {
			return false
		}
		b.State, b.Begun = BookingServing, e.At
	case BkFinished:
		if !e.Outcome.Served() || is != BookingArrived && is != BookingCalled && is != BookingServing {
			return false
		}
		if b.Begun.IsZero() {
			b.Begun = e.At
		}
		b.State, b.Ended, b.Fetch = e.Outcome, e.At, e.Fetch
	case BkUndone:
		if !is.Served() || e.At.After(b.Ended.Add(UndoFor)) {
			return false
		}
		b.State, b.Ended, b.Fetch = BookingServing, time.Time{}, ""
	case BkMissed:
		if is != BookingBooked && is != BookingArrived && is != BookingCalled {
			return false
		}
		b.State = BookingNoShow
	default:
		return false
	}
	return true
}

func (b *Booking) begin(e BookingEvent) {
	b.ID, b.Made, b.For, b.Booker, b.First, b.Block = e.Booking, e.At, e.For, e.Booker, e.First, e.Block
	b.place(e)
}

func (b *Booking) place(e BookingEvent) {
	b.Visit, b.Counter, b.Slot, b.Service, b.Letter, b.Date, b.Window = e.Visit, e.Counter, e.Slot, e.Service, e.Letter, e.Date, e.Window
}

func refusedBooking(b Booking, e BookingEvent) error {
	return fmt.Errorf("%s while %s: %w", e.Kind, cmp.Or(b.State, "not there"), ErrRefused)
}

// SumBooking plays a booking's events from the beginning.
func SumBooking(events []BookingEvent) (Booking, error) {
	var b Booking
	for _, e := range events {
		var err error
		if b, err = b.After(e); err != nil {
			return b, fmt.Errorf("event %d: %w", e.ID, err)
		}
	}
	return b, nil
}
