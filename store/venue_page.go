package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// What the page at a venue asks for: all acts by one door, and lists without anybody's name.

// VenueDo does one act. An act whose key was seen before changes nothing and gives what it gave. Errors: hotline.ErrRefused where it does not fit any more, ErrFull, ErrTwice,
// ErrBookingWho, ErrNotBookable, and ErrNotFound where it is not the viewer's to do.
func (t *Tx) VenueDo(ctx context.Context, v hotline.Viewer, act hotline.VenueAct) (done hotline.VenueDone, err error) {
	if act.Key == "" {
		return done, fmt.Errorf("an act without a name: %w", hotline.ErrRefused)
	}
	a := VenueAct{Key: act.Key, At: act.At}
	if act.Booking == 0 && act.Of != "" {
		made, ok, err := t.repeated(ctx, act.Of)
		if err != nil {
			return done, err
		}
		if !ok || made.Visit != act.Visit {
			return done, fmt.Errorf("an act on somebody who was never taken up: %w", hotline.ErrNotFound)
		}
		act.Booking = made.ID
	}
	b := &done.Booking
	switch act.Kind {
	case hotline.VenueArrive:
		*b, err = t.CheckIn(ctx, v, act.Booking, act.First, a)
	case hotline.VenueNext:
		var c Called
		c, err = t.CallNext(ctx, v, act.Visit, act.Service, a)
		*b, done.News = c.Booking, c.News
	case hotline.VenueCall:
		done, err = t.callThis(ctx, v, act.Booking, a)
	case hotline.VenueAgain:
		*b, done.News, err = t.CallAgain(ctx, v, act.Booking, a)
	case hotline.VenueBack:
		*b, err = t.BackInLine(ctx, v, act.Booking, a)
	case hotline.VenueServe:
		*b, err = t.Serve(ctx, v, act.Booking, a)
	case hotline.VenueFinish:
		*b, done.News, err = t.Finish(ctx, v, act.Booking, Outcome{act.Outcome, act.Fetch, act.Note}, a)
	case hotline.VenueUndo:
		*b, err = t.UndoFinish(ctx, v, act.Booking, a)
	case hotline.VenueMiss:
		*b, done.News, err = t.Miss(ctx, v, act.Booking, a)
	case hotline.VenueWalkIn:
		*b, err = t.WalkIn(ctx, v, WalkIn{Visit: act.Visit, Service: act.Service, Who: hotline.BookedPerson{Name: act.Name}, First: act.First, Block: act.Block, Queue: act.Queue}, a)
	default:
		err = fmt.Errorf("an act of the kind %q: %w", act.Kind, hotline.ErrRefused)
	}
	if b.ID != 0 && err != nil && !t.regency.SeesBooking(v, *b, b.Visited, t.regency.Today(t.now)).Serve {
		*b = hotline.Booking{}
	}
	*b = b.Without(hotline.BookingSight{Facts: true, Serve: true})
	return done, err
}

// callThis calls somebody whom a desk chose by itself while it had no connection. It may have asked for whoever is next just before, and lost the answer: whom that called is told
// too. Who was called by another desk meanwhile is not called again: hotline.ErrRefused.
func (t *Tx) callThis(ctx context.Context, v hotline.Viewer, id hotline.BookingID, a VenueAct) (done hotline.VenueDone, err error) {
	waits := func(b hotline.Booking) error {
		if b.State != hotline.BookingArrived {
			return fmt.Errorf("call somebody who is %s: %w", b.State, hotline.ErrRefused)
		}
		return nil
	}
	e := hotline.BookingEvent{Kind: hotline.BkCalled}
	b, happened, err := t.atVenue(ctx, v, id, a, e, waits)
	if errors.Is(err, hotline.ErrRefused) {
		other, ok, err2 := t.repeated(ctx, a.Key)
		if err2 != nil {
			return done, err2
		}
		if ok && other.ID != id {
			done.Also = other.Without(hotline.BookingSight{Facts: true, Serve: true})
			a.Key += "+"
			b, happened, err = t.atVenue(ctx, v, id, a, e, waits)
		}
	}
	done.Booking = b
	if err == nil && happened {
		done.News = []hotline.BookingNews{bookingNews(hotline.NewsCalled, b)}
	}
	return done, err
}

// VenueList gives the bookings of a visit for who works at it, without anybody's name: who is expected, who is there, who was served. Of the counters at which the viewer does not serve
// it gives what they may see.
func (t *Tx) VenueList(ctx context.Context, v hotline.Viewer, visit hotline.Visit) ([]hotline.Booking, error) {
	all, err := t.bookings(ctx, "list a visit's bookings", `where b.visit_id = @visit and b.queue > 0 and b.state not in ('cancelled', 'expired', 'passed') order by c.n, b.queue limit 5000`,
		pgx.StrictNamedArgs{"visit": visit.ID})
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, b := range all {
		s := t.regency.SeesBooking(v, b, visit, t.regency.Today(t.now))
		if !s.Facts || !s.Serve && !t.regency.Runs(v, visit) && !v.Has(hotline.RoleVenue) {
			continue
		}
		s.Who = false
		out = append(out, b.Without(s))
	}
	return out, nil
}

// FindAtVenue finds who of a visit is called so: all the words, or how they begin, in any order. That they were found is written down for each.
func (t *Tx) FindAtVenue(ctx context.Context, v hotline.Viewer, visit hotline.Visit, name string, limit int) ([]hotline.Booking, error) {
	wanted := hotline.Words(name)
	if len(strings.Join(wanted, "")) < 3 {
		return nil, nil
	}
	all, err := t.bookings(ctx, "look for somebody at a visit", `where b.visit_id = @visit and b.queue > 0 and b.state not in ('cancelled', 'expired', 'passed') order by c.n, b.queue limit 5000`,
		pgx.StrictNamedArgs{"visit": visit.ID})
	if err != nil {
		return nil, err
	}
	var out []hotline.Booking
	for _, b := range all {
		if len(out) == limit {
			break
		}
		s := t.regency.SeesBooking(v, b, visit, t.regency.Today(t.now))
		if !s.Serve || !s.Who || !beginAll(hotline.Words(b.Who.Name), wanted) {
			continue
		}
		t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActSawPerson, Person: b.Booker, Detail: "booking " + b.Number.String() + ", found by name"})
		out = append(out, b.Without(s))
	}
	return out, nil
}

// beginAll tells whether each of the wanted is how one of the words begins.
func beginAll(words, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool {
		return !slices.ContainsFunc(words, func(have string) bool { return strings.HasPrefix(have, w) })
	})
}

// VenueVisits lists today's visits at which the viewer serves, or which they run, and the offices of theirs that are open today and at which nobody has booked yet.
func (t *Tx) VenueVisits(ctx context.Context, v hotline.Viewer) (visits []hotline.Visit, offices []hotline.Office, err error) {
	today := t.regency.Today(t.now)
	all, err := t.Visits(ctx, VisitQuery{From: today, Until: today, Limit: 1000})
	if err != nil {
		return nil, nil, err
	}
	made := map[string]bool{}
	for _, visit := range all {
		made[visit.Office] = true
		if visit.State != hotline.VisitCancelled && (t.regency.WorksWith(v, visit, today) || t.regency.Runs(v, visit)) {
			visits = append(visits, visit)
		}
	}
	for _, o := range t.regency.Offices {
		if made[o.ID] {
			continue
		}
		if day, ok := t.regency.OfficeDay(o, today, ""); ok && t.regency.WorksWith(v, day, today) {
			offices = append(offices, o)
		}
	}
	return visits, offices, nil
}

// OpenOffice makes an office's day of today, so that who comes without a booking can be taken up. hotline.ErrNotFound where it is not theirs, ErrNotBookable where it is closed.
func (t *Tx) OpenOffice(ctx context.Context, v hotline.Viewer, office string) (hotline.VisitID, error) {
	o, ok := t.regency.OfficeByID(office)
	today := t.regency.Today(t.now)
	day, open := t.regency.OfficeDay(o, today, "")
	switch {
	case ok && !open:
		return 0, hotline.ErrNotBookable
	case !ok || !t.regency.WorksWith(v, day, today):
		return 0, fmt.Errorf("open an office: %w", hotline.ErrNotFound)
	}
	id, fresh, err := t.putVisit(ctx, day)
	if err == nil && fresh {
		t.auditVisit(v, id, "opened at the office")
	}
	return id, err
}

func venueBlock(k NumberBlock) hotline.VenueBlock {
	return hotline.VenueBlock{ID: k.ID, Service: k.Service, Letter: k.Letter, Window: k.Window, Queue: k.Queue, Numbers: k.Numbers, Used: k.Used}
}

// VenueBlock sets numbers aside for a desk: see TakeNumbers.
func (t *Tx) VenueBlock(ctx context.Context, v hotline.Viewer, visit hotline.VisitID, service, desk string, n int, key string) (hotline.VenueBlock, error) {
	k, err := t.TakeNumbers(ctx, v, visit, service, desk, n, VenueAct{Key: key})
	return venueBlock(k), err
}

// VenueBlocks gives the blocks that a desk of the viewer's has at a visit.
func (t *Tx) VenueBlocks(ctx context.Context, v hotline.Viewer, visit hotline.VisitID, desk string) ([]hotline.VenueBlock, error) {
	rows, err := t.numberBlocks(ctx, `where c.visit_id = @visit and k.desk = @desk and k.person_id = any (@me) and k.returned is null order by k.id`,
		pgx.StrictNamedArgs{"visit": visit, "desk": desk, "me": append([]hotline.PersonID{v.Person}, v.Also...)})
	out := make([]hotline.VenueBlock, len(rows))
	for i, r := range rows {
		out[i] = venueBlock(r.value())
	}
	return out, err
}

// VenueDisplay gives what everybody at a visit may read.
func (t *Tx) VenueDisplay(ctx context.Context, visit hotline.VisitID) ([]hotline.VenueShowing, error) {
	all, err := t.Display(ctx, visit)
	out := make([]hotline.VenueShowing, len(all))
	for i, s := range all {
		out[i] = hotline.VenueShowing(s)
	}
	return out, err
}
