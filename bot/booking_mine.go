package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"tanggap/hotline"
)

// This file is the places somebody has: seen, changed, given back, waited for.

// mostBookings is how many are shown.
const mostBookings = 8

// showBookings lists what somebody has; where there is one alone, or one to be cancelled, it is shown itself.
func (k *talk) showBookings(ctx context.Context, t Booker, cancel bool) error {
	all, err := t.BookingsOf(ctx, k.conv.Viewer, mostBookings+1)
	if err != nil {
		return fmt.Errorf("list somebody's bookings: %w", err)
	}
	var live []hotline.Booking
	for _, b := range all {
		if b.State.Live() && b.State != hotline.BookingHeld {
			live = append(live, b)
		}
	}
	switch {
	case len(live) == 0:
		k.say(hotline.Say("mine.none").With(pickServices(), pickSchedule(), pickMenu()))
		return nil
	case len(live) == 1 && cancel:
		return k.askCancel(ctx, t, live[0])
	case len(live) == 1:
		return k.showBooking(ctx, t, live[0])
	}
	r := hotline.Say("mine.list", "n", min(len(live), mostBookings))
	if cancel {
		r = hotline.Say("mine.which")
	}
	verb := "show"
	if cancel {
		verb = "cancel"
	}
	for i, b := range live[:min(len(live), mostBookings)] {
		r = r.And("mine.line", "n", i+1, "service", hotline.ServiceArg(b.Service), "name", b.Who.Name, "day", hotline.DateArg(b.Date), "place", k.venueName(b.Visited))
		r = r.With(hotline.Pick(value("bb", bookingID(b.ID), verb), "button.mine", "n", i+1, "name", b.Who.Name))
	}
	k.say(r.With(pickServices(), pickMenu()))
	return nil
}

// bookingByNumber shows a booking whose number was typed.
func (k *talk) bookingByNumber(ctx context.Context, t Booker, n hotline.BookingNumber) (bool, error) {
	b, sight, err := t.BookingByNumber(ctx, k.conv.Viewer, n)
	if errors.Is(err, hotline.ErrNotFound) || err == nil && !sight.Own {
		k.say(hotline.Say("mine.unknown").With(pickBookings(), pickMenu()))
		return true, nil
	}
	if err != nil {
		return true, fmt.Errorf("read a booking: %w", err)
	}
	return true, k.showBooking(ctx, t, b)
}

// showBooking shows where a booking stands, and what can be done.
func (k *talk) showBooking(ctx context.Context, t Booker, b hotline.Booking) error {
	place := k.venueName(b.Visited)
	what := func(r hotline.Reply) hotline.Reply {
		r = r.And("book.done.what", "service", hotline.ServiceArg(b.Service))
		if b.Who.Name != "" {
			r = r.And("book.done.who", "name", b.Who.Name)
		}
		return r
	}
	switch b.State {
	case hotline.BookingWaiting:
		n, err := t.WaitPlace(ctx, k.conv.Viewer, b.ID)
		if err != nil {
			return fmt.Errorf("see somebody's place in the waiting list: %w", err)
		}
		k.say(what(hotline.Say("wait.place", "place", place, "day", hotline.DateArg(b.Date), "n", n)).And("wait.means", "n", k.offerMinutes()).
			With(pickCancel(b.ID)).With(pickServices(), pickMenu()))
		return nil
	case hotline.BookingOffered:
		k.say(offeredPlace(k.reg, b))
		return nil
	case hotline.BookingBooked, hotline.BookingArrived, hotline.BookingCalled, hotline.BookingServing:
		r := what(hotline.Say("mine.booked", "number", b.Number.String(), "ticket", b.Ticket())).
			And("book.done.where", "place", place, "day", hotline.DateArg(b.Date), "time", windowText(b.Window))
		if b.Who.NIK != "" {
			r = r.And("book.done.nik", "nik", hotline.MaskNIK(b.Who.NIK))
		}
		if service, _ := k.reg.ServiceByID(b.Service); len(service.Bring) > 0 {
			r = r.And("book.done.bring", "things", hotline.BringArg(b.Service))
		}
		r.QR = b.Number.QR()
		if b.State == hotline.BookingBooked {
			r = r.With(pickMove(b.ID), pickCancel(b.ID))
		}
		k.say(r.With(pickServices(), pickMenu()))
		return nil
	}
	r := what(hotline.Say("mine.over", "number", b.Number.String())).And("mine.state." + string(b.State))
	if b.State == hotline.BookingFollow && b.Fetch != "" {
		r = r.And("mine.fetch", "day", hotline.DateArg(b.Fetch))
	}
	k.say(r.With(pickServices(), pickMenu()))
	return nil
}

func (k *talk) offerMinutes() int { return int(k.reg.BookingLimits().Offer.Minutes()) }

// placePressed answers a button of a place that somebody has.
func (k *talk) placePressed(ctx context.Context, t Booker, p pressed) error {
	n, err := strconv.ParseInt(p.arg(0), 10, 64)
	if err != nil {
		return k.oldButton()
	}
	b, sight, err := t.Booking(ctx, k.conv.Viewer, hotline.BookingID(n))
	if errors.Is(err, hotline.ErrNotFound) || err == nil && !sight.Own {
		return k.oldButton()
	}
	if err != nil {
		return fmt.Errorf("read a booking: %w", err)
	}
	switch p.arg(1) {
	case "show":
		if k.st.Citizen.Book.Step == stepCancel {
			k.st.Citizen.Book.end()
		}
		return k.showBooking(ctx, t, b)
	case "cancel":
		return k.askCancel(ctx, t, b)
	case "cancelyes":
		return k.cancelBooking(ctx, t, b)
	case "move":
		return k.moveBooking(ctx, t, b)
	case "take":
		return k.takeOffer(ctx, t, b)
	case "decline":
		return k.declineOffer(ctx, t, b)
	case "again":
		if err := k.giveBack(ctx, t); err != nil {
			return err
		}
		s := &k.st.Citizen.Book
		s.begin(k.now)
		s.Service = b.Service
		return k.showService(ctx, t, atOnce)
	case "survey":
		return k.beginSurvey(b)
	}
	return k.oldButton()
}

// askCancel asks whether a place is really given back: somebody else gets it.
func (k *talk) askCancel(ctx context.Context, t Booker, b hotline.Booking) error {
	if !b.State.Live() || b.State == hotline.BookingServing {
		return k.showBooking(ctx, t, b)
	}
	r := hotline.Say("cancel.place", "service", hotline.ServiceArg(b.Service), "name", b.Who.Name, "day", hotline.DateArg(b.Date), "place", k.venueName(b.Visited)).And("cancel.goes")
	if b.State == hotline.BookingWaiting {
		r = hotline.Say("cancel.wait", "service", hotline.ServiceArg(b.Service), "day", hotline.DateArg(b.Date), "place", k.venueName(b.Visited))
	}
	s := &k.st.Citizen.Book
	if s.Step != stepCancel {
		if err := k.giveBack(ctx, t); err != nil {
			return err
		}
		s.begin(k.now)
	}
	s.Moving = b.ID
	k.openStep(stepCancel, atOnce, r.With(hotline.Pick(value("bb", bookingID(b.ID), "cancelyes"), "button.cancel.yes"), hotline.Pick(value("bb", bookingID(b.ID), "show"), "button.cancel.no")))
	return nil
}

// cancelBooking gives a place back.
func (k *talk) cancelBooking(ctx context.Context, t Booker, b hotline.Booking) error {
	if !b.State.Live() {
		return k.showBooking(ctx, t, b)
	}
	_, news, err := t.CancelBooking(ctx, k.conv.Viewer, b.ID)
	if errors.Is(err, hotline.ErrRefused) {
		return k.showBooking(ctx, t, b)
	}
	if err != nil {
		return fmt.Errorf("cancel a booking: %w", err)
	}
	k.bookNews(news)
	k.st.Citizen.Book.end()
	k.tell(0, hotline.Say("cancel.placed", "service", hotline.ServiceArg(b.Service), "day", hotline.DateArg(b.Date)).
		With(hotline.Pick(value("bb", bookingID(b.ID), "again"), "button.book.again"), pickMenu()))
	return nil
}

// moveBooking looks for another place for a booking.
func (k *talk) moveBooking(ctx context.Context, t Booker, b hotline.Booking) error {
	if b.State != hotline.BookingBooked {
		return k.showBooking(ctx, t, b)
	}
	if err := k.giveBack(ctx, t); err != nil {
		return err
	}
	s := &k.st.Citizen.Book
	s.begin(k.now)
	s.Service, s.Moving, s.For = b.Service, b.ID, b.For
	k.note("book.move")
	return k.showService(ctx, t, atOnce)
}

// moveTo moves the booking to the place chosen. Where that cannot be had, it stays where it is.
func (k *talk) moveTo(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	b, news, err := t.ChangeBooking(ctx, k.conv.Viewer, s.Moving, k.bookWish())
	switch {
	case errors.Is(err, hotline.ErrRefused):
		s.end()
		k.say(hotline.Say("book.old").With(pickBookings(), pickMenu()))
		return nil
	case err != nil:
		return k.refusedPlace(ctx, t, err)
	}
	k.bookNews(news)
	s.end()
	r := hotline.Say("book.moved", "number", b.Number.String(), "ticket", b.Ticket()).And("book.done.what", "service", hotline.ServiceArg(b.Service)).
		And("book.done.where", "place", k.venueName(b.Visited), "day", hotline.DateArg(b.Date), "time", windowText(b.Window))
	r.QR = b.Number.QR()
	k.tell(0, r.With(pickBookings(), pickMenu()))
	return nil
}

// askWait says what the waiting list means, and goes on with whom it is for.
func (k *talk) askWait(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	v, err := t.Visit(ctx, s.Spot.Visit)
	if err != nil {
		k.note("book.closed")
		return k.showService(ctx, t, atOnce)
	}
	c, ok := v.Counter(s.Service)
	if !ok || len(c.Slots) == 0 {
		k.note("book.closed")
		return k.showService(ctx, t, atOnce)
	}
	s.Slot, s.From = c.Slots[0].ID, c.Slots[0].Window.From
	k.askFor()
	return nil
}

// waitFor puts them on the waiting list.
func (k *talk) waitFor(ctx context.Context, t Booker, first bool, who hotline.BookedPerson) error {
	s := &k.st.Citizen.Book
	b, n, err := t.WaitForPlace(ctx, k.conv.Viewer, k.bookWish(), first, who)
	switch {
	case errors.Is(err, hotline.ErrRefused): // a place is free after all
		s.Wait = false
		k.note("book.freed")
		s.Step = stepPlace
		return k.askSlot(ctx, t)
	case errors.Is(err, hotline.ErrBookingWho):
		k.openStep(stepNIK, atOnce, hotline.Say("book.nik.none"))
		return nil
	case err != nil:
		return k.refusedPlace(ctx, t, err)
	}
	s.end()
	k.tell(0, hotline.Say("wait.done", "place", k.venueName(b.Visited), "day", hotline.DateArg(b.Date), "n", n).And("wait.means", "n", k.offerMinutes()).
		With(hotline.Pick(value("bb", bookingID(b.ID), "again"), "button.book.elsewhere"), pickCancel(b.ID)).With(pickBookings(), pickMenu()))
	return nil
}

// takeOffer says yes to a place that came free.
func (k *talk) takeOffer(ctx context.Context, t Booker, b hotline.Booking) error {
	if b.State != hotline.BookingOffered {
		return k.showBooking(ctx, t, b)
	}
	b, err := t.ConfirmPlace(ctx, k.conv.Viewer, b.ID, b.For, b.First, hotline.BookedPerson{})
	if errors.Is(err, hotline.ErrLapsed) {
		k.say(hotline.Say("offer.late").With(pickServices(), pickMenu()))
		return nil
	}
	if err != nil {
		return fmt.Errorf("take an offered place: %w", err)
	}
	k.confirmed(b)
	return nil
}

// declineOffer says no to it: the next is offered it.
func (k *talk) declineOffer(ctx context.Context, t Booker, b hotline.Booking) error {
	if b.State != hotline.BookingOffered {
		return k.showBooking(ctx, t, b)
	}
	_, news, err := t.DeclinePlace(ctx, k.conv.Viewer, b.ID)
	if err != nil && !errors.Is(err, hotline.ErrRefused) {
		return fmt.Errorf("decline an offered place: %w", err)
	}
	k.bookNews(news)
	k.say(hotline.Say("offer.declined").With(pickServices(), pickMenu()))
	return nil
}
