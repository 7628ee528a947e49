package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A VenueAct is what an act at a venue has besides what it does. A page that works through an outage sends it later, perhaps more than once.
type VenueAct struct {
	Key string    // what the page calls the act: it happens once. Empty: it cannot come again
	At  time.Time // when it was done; zero: now. At most a week ago
}

// maxVenueKey is how long the name of an act may be, venueLate how late it may come.
const (
	maxVenueKey = 64
	venueLate   = 7 * 24 * time.Hour
)

// when gives the moment of an act.
func (t *Tx) when(a VenueAct) (time.Time, error) {
	switch {
	case len(a.Key) > maxVenueKey:
		return t.now, fmt.Errorf("the name of an act: %w", hotline.ErrRefused)
	case a.At.IsZero() || a.At.After(t.now):
		return t.now, nil
	case a.At.Before(t.now.Add(-venueLate)):
		return t.now, fmt.Errorf("an act of more than a week ago: %w", hotline.ErrRefused)
	}
	return a.At.UTC().Truncate(time.Microsecond), nil
}

// repeated gives the booking of an act that has happened already. What it did is locked, so no two can do the same at once.
func (t *Tx) repeated(ctx context.Context, key string) (hotline.Booking, bool, error) {
	if key == "" {
		return hotline.Booking{}, false, nil
	}
	found, err := t.bookings(ctx, "look for an act that was sent before", `where b.id = (select e.booking_id from booking_events e where e.key = @key)`,
		pgx.StrictNamedArgs{"key": key})
	if err != nil || len(found) == 0 {
		return hotline.Booking{}, false, err
	}
	return found[0], true, nil
}

// venueSight is how a booking is seen by who serves it.
var venueSight = hotline.BookingSight{Facts: true, Who: true, Serve: true}

// atVenue has an event happen to a booking by whoever serves there. before, unless nil, may refuse it or change the event.
func (t *Tx) atVenue(ctx context.Context, v hotline.Viewer, id hotline.BookingID, a VenueAct, e hotline.BookingEvent, before func(hotline.Booking) error) (hotline.Booking, bool, error) {
	at, err := t.when(a)
	if err != nil {
		return hotline.Booking{}, false, err
	}
	b, err := t.lockBooking(ctx, id)
	if err != nil {
		return b, false, err
	}
	if !t.regency.SeesBooking(v, b, b.Visited, t.regency.Today(at)).Serve {
		return hotline.Booking{}, false, fmt.Errorf("read a booking: %w", hotline.ErrNotFound)
	}
	if done, ok, err := t.repeated(ctx, a.Key); err != nil || ok {
		if err == nil && done.ID != id {
			err = fmt.Errorf("an act's name was used for another: %w", hotline.ErrRefused)
		}
		return done.Without(venueSight), false, err
	}
	if before != nil {
		if err := before(b); err != nil {
			return b.Without(venueSight), false, err
		}
	}
	e.By, e.Key, e.At = v.Person, a.Key, at
	next, err := t.bookingEvent(b, e)
	if err != nil {
		return b.Without(venueSight), false, err
	}
	t.Signal(topicVisit, int64(b.Visit))
	return next.Without(venueSight), true, nil
}

// CheckIn notes that somebody who booked is there; first: they are elderly, disabled or pregnant. hotline.ErrRefused on another day, or where they are there already.
func (t *Tx) CheckIn(ctx context.Context, v hotline.Viewer, id hotline.BookingID, first bool, a VenueAct) (hotline.Booking, error) {
	at, err := t.when(a)
	if err != nil {
		return hotline.Booking{}, err
	}
	b, _, err := t.atVenue(ctx, v, id, a, hotline.BookingEvent{Kind: hotline.BkArrived, BookingFacts: hotline.BookingFacts{First: first}}, func(b hotline.Booking) error {
		if b.Date != t.regency.Today(at) {
			return fmt.Errorf("check in on another day: %w", hotline.ErrRefused)
		}
		return nil
	})
	if b.ID != 0 && err == nil {
		t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActSawPerson, Person: b.Booker, Detail: "booking " + b.Number.String()})
	}
	return b, err
}

// Called is what calling the next one gave.
type Called struct {
	Booking hotline.Booking       // zero: nobody can be called
	News    []hotline.BookingNews // who is called, and who of the next three has not heard yet that they are soon
}

// soonest is how many are told that they are soon.
const soonest = 3

// CallNext calls who is next at a counter: see hotline.Regency.NextInLine.
func (t *Tx) CallNext(ctx context.Context, v hotline.Viewer, visit hotline.VisitID, service string, a VenueAct) (Called, error) {
	at, err := t.when(a)
	if err != nil {
		return Called{}, err
	}
	place, err := t.Visit(ctx, visit)
	if err != nil {
		return Called{}, err
	}
	c, ok := place.Counter(service)
	if !ok || !t.regency.SeesBooking(v, hotline.Booking{Counter: c.ID}, place, t.regency.Today(at)).Serve {
		return Called{}, hotline.ErrNotFound
	}
	if _, err := t.lockVisit(ctx, place); err != nil { // nobody is called to two counters at once
		return Called{}, err
	}
	if done, ok, err := t.repeated(ctx, a.Key); err != nil || ok {
		return Called{Booking: done.Without(venueSight)}, err
	}
	day, err := t.bookings(ctx, "read who is at the venue", `where b.visit_id = @visit and b.state in ('arrived', 'called', 'serving') order by b.seq`,
		pgx.StrictNamedArgs{"visit": visit})
	if err != nil {
		return Called{}, err
	}
	queue := slices.DeleteFunc(slices.Clone(day), func(b hotline.Booking) bool { return b.Counter != c.ID })
	next, ok := t.regency.NextInLine(queue, day, at)
	if !ok {
		return Called{}, nil
	}
	b, err := t.bookingEvent(next, hotline.BookingEvent{Kind: hotline.BkCalled, By: v.Person, Key: a.Key, At: at})
	if err != nil {
		return Called{}, err
	}
	out := Called{Booking: b.Without(venueSight), News: []hotline.BookingNews{bookingNews(hotline.NewsCalled, b)}}
	line := slices.DeleteFunc(hotline.InLine(queue, at, t.regency.Zone), func(o hotline.Booking) bool { return o.ID == b.ID })
	line = line[:min(len(line), soonest)]
	ids := make([]hotline.BookingID, len(line))
	for i, o := range line {
		ids[i] = o.ID
	}
	fresh, err := scalars[hotline.BookingID](ctx, t, "note who was told to be soon", `update bookings set soon = true where id = any (@ids) and not soon returning id`,
		pgx.StrictNamedArgs{"ids": ids})
	for _, o := range line {
		if slices.Contains(fresh, o.ID) {
			out.News = append(out.News, bookingNews(hotline.NewsSoon, o))
		}
	}
	t.Signal(topicVisit, int64(visit))
	return out, err
}

// CallAgain calls a number once more, or one out of turn.
func (t *Tx) CallAgain(ctx context.Context, v hotline.Viewer, id hotline.BookingID, a VenueAct) (hotline.Booking, []hotline.BookingNews, error) {
	b, done, err := t.atVenue(ctx, v, id, a, hotline.BookingEvent{Kind: hotline.BkCalled}, nil)
	if err != nil || !done {
		return b, nil, err
	}
	return b, []hotline.BookingNews{bookingNews(hotline.NewsCalled, b)}, nil
}

// BackInLine puts somebody who was called and is not there, or was called by mistake, back into the line.
func (t *Tx) BackInLine(ctx context.Context, v hotline.Viewer, id hotline.BookingID, a VenueAct) (hotline.Booking, error) {
	b, _, err := t.atVenue(ctx, v, id, a, hotline.BookingEvent{Kind: hotline.BkReturned}, nil)
	return b, err
}

// Serve begins a serving.
func (t *Tx) Serve(ctx context.Context, v hotline.Viewer, id hotline.BookingID, a VenueAct) (hotline.Booking, error) {
	b, _, err := t.atVenue(ctx, v, id, a, hotline.BookingEvent{Kind: hotline.BkServing}, nil)
	return b, err
}

// An Outcome is what came of a serving.
type Outcome struct {
	State hotline.BookingState // one of hotline.Outcomes
	Fetch string               // BookingFollow: the date from which it can be fetched; may be empty
	Note  string               // what is missing, where it is fetched, where they were sent: as they are told
}

// Finish ends a serving. Who can be asked for their opinion stands in the news.
func (t *Tx) Finish(ctx context.Context, v hotline.Viewer, id hotline.BookingID, o Outcome, a VenueAct) (hotline.Booking, []hotline.BookingNews, error) {
	const longest = 500
	o.Note = hotline.HideNIKs(strings.TrimSpace(o.Note))
	if _, err := time.Parse(time.DateOnly, o.Fetch); o.Fetch != "" && err != nil || len(o.Note) > longest || o.State != hotline.BookingDone && o.Note == "" {
		return hotline.Booking{}, nil, fmt.Errorf("an outcome without its note or date: %w", hotline.ErrRefused)
	}
	b, done, err := t.atVenue(ctx, v, id, a, hotline.BookingEvent{Kind: hotline.BkFinished, BookingFacts: hotline.BookingFacts{Outcome: o.State, Fetch: o.Fetch}}, nil)
	if err != nil || !done {
		return b, nil, err
	}
	t.queue(`update booking_details set note = @note where booking_id = @id and erased_at is null`,
		pgx.StrictNamedArgs{"id": id, "note": seal(t.store.keys.person, []byte(o.Note), bindBooking(id))})
	b.Who.Note = o.Note
	var news []hotline.BookingNews
	if g, ok := t.regency.ProgrammeByID(b.Visited.Programme); b.From != 0 && (!ok || g.SKM) {
		news = append(news, bookingNews(hotline.NewsSurvey, b))
	}
	return b, news, nil
}

// UndoFinish takes an outcome back within hotline.UndoFor.
func (t *Tx) UndoFinish(ctx context.Context, v hotline.Viewer, id hotline.BookingID, a VenueAct) (hotline.Booking, error) {
	b, done, err := t.atVenue(ctx, v, id, a, hotline.BookingEvent{Kind: hotline.BkUndone}, nil)
	if done {
		t.queue(`update booking_details set note = null where booking_id = @id`, pgx.StrictNamedArgs{"id": id})
		b.Who.Note = ""
	}
	return b, err
}

// Miss counts somebody as not having come. The place goes to who waits, or to everybody.
func (t *Tx) Miss(ctx context.Context, v hotline.Viewer, id hotline.BookingID, a VenueAct) (hotline.Booking, []hotline.BookingNews, error) {
	var counter hotline.CounterID
	var slot hotline.SlotID
	b, done, err := t.atVenue(ctx, v, id, a, hotline.BookingEvent{Kind: hotline.BkMissed}, func(b hotline.Booking) error {
		if b.State == hotline.BookingBooked && t.now.Before(b.Begins(t.regency.Zone)) {
			return fmt.Errorf("missed before it began: %w", hotline.ErrRefused)
		}
		counter, slot = b.Counter, b.Slot
		return nil
	})
	if err != nil || !done {
		return b, nil, err
	}
	news, err := t.give(ctx, counter, slot)
	return b, append(news, bookingNews(hotline.NewsMissed, b)), err
}

// A WalkIn is somebody who is there without a booking.
type WalkIn struct {
	Visit   hotline.VisitID
	Service string
	Who     hotline.BookedPerson // the name; a NIK where it is at hand
	First   bool
	Block   int64 // the block of numbers it is of; 0: none
	Queue   int   // the number of the block
}

// WalkIn takes up somebody who is there without a booking: of the places kept for them, and else of those that are free, in the window that runs or the next one. With a block it
// takes the number that the desk gave them. They are in line at once. hotline.ErrFull, hotline.ErrTwice, hotline.ErrBookingWho.
func (t *Tx) WalkIn(ctx context.Context, v hotline.Viewer, w WalkIn, a VenueAct) (hotline.Booking, error) {
	at, err := t.when(a)
	if err != nil {
		return hotline.Booking{}, err
	}
	visit, err := t.Visit(ctx, w.Visit)
	if err != nil {
		return hotline.Booking{}, err
	}
	c, ok := visit.Counter(w.Service)
	if !ok || !t.regency.SeesBooking(v, hotline.Booking{Counter: c.ID}, visit, t.regency.Today(at)).Serve {
		return hotline.Booking{}, hotline.ErrNotFound
	}
	if err := t.lockCounters(ctx, c.ID); err != nil {
		return hotline.Booking{}, err
	}
	if done, ok, err := t.repeated(ctx, a.Key); err != nil || ok {
		return done.Without(venueSight), err
	}
	if t.regency.Today(at) != visit.Date {
		return hotline.Booking{}, fmt.Errorf("walk in on another day: %w", hotline.ErrNotBookable)
	}
	e := hotline.BookingEvent{Kind: hotline.BkHeld, At: at, By: v.Person, BookingFacts: hotline.BookingFacts{For: hotline.ForWalkIn, First: w.First, Until: at}}
	b, err := t.walkIn(ctx, visit, c, w, e)
	if err != nil {
		return b, err
	}
	b, err = t.bookingEvent(b, hotline.BookingEvent{Kind: hotline.BkArrived, At: at, By: v.Person, Key: a.Key})
	t.Signal(topicVisit, int64(visit.ID))
	return b.Without(venueSight), err
}

func (t *Tx) walkIn(ctx context.Context, visit hotline.Visit, c hotline.Counter, w WalkIn, e hotline.BookingEvent) (hotline.Booking, error) {
	if w.Block != 0 {
		k, err := t.useBlock(ctx, c.ID, w.Block, w.Queue)
		if err != nil {
			return hotline.Booking{}, err
		}
		s, ok := findSlot(c, k.SlotID)
		if !ok {
			return hotline.Booking{}, hotline.ErrNotFound
		}
		e.Block = k.Desk
		return t.bookAtOnce(ctx, visit, c, s, 0, e, w.Who, k.take, w.Queue, k.seq)
	}
	minute := t.regency.Minute(visit.Date, e.At)
	for _, s := range c.Slots {
		if s.Window.Until <= minute {
			continue
		}
		b, err := t.bookAtOnce(ctx, visit, c, s, 0, e, w.Who, t.takeReserved, 0, 0)
		if !errors.Is(err, hotline.ErrFull) {
			return b, err
		}
	}
	return hotline.Booking{}, hotline.ErrFull
}

func findSlot(c hotline.Counter, id hotline.SlotID) (hotline.Slot, bool) {
	if i := slices.IndexFunc(c.Slots, func(s hotline.Slot) bool { return s.ID == id }); i >= 0 {
		return c.Slots[i], true
	}
	return hotline.Slot{}, false
}

// Queue lists the bookings of a visit for who works at it, those of one service or, where that is empty, all: who is expected, who is there, who was served, by their queue numbers. Names
// are left out of what is not the viewer's; that they were seen is written down once.
func (t *Tx) Queue(ctx context.Context, v hotline.Viewer, visit hotline.VisitID, service string) ([]hotline.Booking, error) {
	place, err := t.Visit(ctx, visit)
	if err != nil {
		return nil, err
	}
	all, err := t.bookings(ctx, "list a visit's bookings", `where b.visit_id = @visit and (@service = '' or b.service = @service) and b.queue > 0
		and b.state not in ('cancelled', 'expired', 'passed') order by c.n, b.queue limit 5000`, pgx.StrictNamedArgs{"visit": visit, "service": service})
	if err != nil {
		return nil, err
	}
	out, names := all[:0], 0
	for _, b := range all {
		s := t.regency.SeesBooking(v, b, place, t.regency.Today(t.now))
		s.Facts = s.Facts && (s.Serve || t.regency.Runs(v, place) || v.Has(hotline.RoleVenue, hotline.RoleOfficer, hotline.RoleHead))
		if !s.Facts || s.Own && !s.Serve {
			continue
		}
		if s.Who {
			names++
		}
		out = append(out, b.Without(s))
	}
	if names > 0 {
		t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActSawPerson, Detail: fmt.Sprintf("visit %d: %d bookings", visit, names)})
	}
	return out, nil
}

// A Showing is what a display at a venue says of one counter: numbers only.
type Showing struct {
	Service string
	Letter  string
	Now     []string // tickets that were called or are served, the last one first
	Next    []string // the next in line
	Waiting int      // in line
}

// Display gives what everybody at the venue may read.
func (t *Tx) Display(ctx context.Context, visit hotline.VisitID) ([]Showing, error) {
	place, err := t.Visit(ctx, visit)
	if err != nil {
		return nil, err
	}
	day, err := t.bookings(ctx, "read who is at the venue", `where b.visit_id = @visit and b.state in ('arrived', 'called', 'serving') order by b.called desc nulls last, b.seq`,
		pgx.StrictNamedArgs{"visit": visit})
	if err != nil {
		return nil, err
	}
	out := make([]Showing, 0, len(place.Counters))
	for _, c := range place.Counters {
		s := Showing{Service: c.Service, Letter: c.Letter}
		queue := slices.DeleteFunc(slices.Clone(day), func(b hotline.Booking) bool { return b.Counter != c.ID })
		for _, b := range queue {
			if b.State != hotline.BookingArrived {
				s.Now = append(s.Now, b.Ticket())
			}
		}
		line := hotline.InLine(queue, t.now, t.regency.Zone)
		s.Waiting = len(line)
		for _, b := range line[:min(len(line), soonest)] {
			s.Next = append(s.Next, b.Ticket())
		}
		out = append(out, s)
	}
	return out, nil
}
