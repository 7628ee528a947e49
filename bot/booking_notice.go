package bot

import (
	"time"

	"tanggap/hotline"
)

// BookingNotice gives what somebody hears of a booking of theirs by itself, on the network they wrote on last; false where they need not hear of it, or nowhere. Who
// it is for is in none of it: telephones are shared.
func BookingNotice(r *hotline.Regency, n hotline.BookingNews) (hotline.Out, bool) {
	b := n.Booking
	if b.Booker == 0 && b.From == 0 {
		return hotline.Out{}, false
	}
	o := hotline.Out{Person: b.Booker, Lane: hotline.LaneNotice}
	if o.Person == 0 {
		o.To = b.From
	}
	place, day, service := venueName(r, b.Visited), hotline.DateArg(b.Date), hotline.ServiceArg(b.Service)
	when := func(key string) hotline.Reply {
		return hotline.Say(key, "service", service, "place", place, "day", day, "time", windowText(b.Window), "ticket", b.Ticket())
	}
	bring := func(x hotline.Reply) hotline.Reply {
		if s, _ := r.ServiceByID(b.Service); len(s.Bring) > 0 {
			x = x.And("book.done.bring", "things", hotline.BringArg(b.Service))
		}
		return x
	}
	other := hotline.Pick(value("b", "go", "service", b.Service), "button.book.elsewhere")
	switch n.Kind {
	case hotline.NewsOffered:
		o.Reply, o.Lane, o.Expires = offeredPlace(r, b), hotline.LaneReply, b.Until
	case hotline.NewsExpired:
		o.Reply = hotline.Say("news.expired", "service", service, "place", place).With(other, pickMenu())
	case hotline.NewsPassed:
		o.Reply = hotline.Say("news.passed", "service", service, "day", day, "place", place).With(other, pickMenu())
	case hotline.NewsMoved:
		o.Reply = hotline.Say("news.moved", "service", service, "before", hotline.DateArg(n.Before.Date), "day", day, "place", place)
		if b.Visited.Reason != "" {
			o.Reply = o.Reply.And("news.reason", "reason", b.Visited.Reason)
		}
		o.Reply = o.Reply.And("news.kept").With(hotline.Pick(value("bb", bookingID(b.ID), "show"), "button.news.good")).
			With(pickMove(b.ID), pickCancel(b.ID))
	case hotline.NewsCancelled:
		o.Reply = hotline.Say("news.cancelled", "service", service, "day", day, "place", place)
		if b.Visited.Reason != "" {
			o.Reply = o.Reply.And("news.reason", "reason", b.Visited.Reason)
		}
		o.Reply = o.Reply.And("news.sorry").With(hotline.Pick(value("bb", bookingID(b.ID), "again"), "button.book.elsewhere"), pickSchedule())
	case hotline.NewsDay:
		o.Reply = bring(when("news.day")).With(hotline.Pick(value("bb", bookingID(b.ID), "show"), "button.news.coming")).With(pickMove(b.ID), pickCancel(b.ID))
		o.Expires = b.Begins(zoneOf(r))
	case hotline.NewsHours:
		o.Reply = bring(when("news.hours")).With(pickCancel(b.ID))
		o.Lane, o.Expires = hotline.LaneReply, b.Begins(zoneOf(r))
	case hotline.NewsSoon:
		o.Reply, o.Lane, o.Expires = hotline.Say("news.soon", "ticket", b.Ticket(), "service", service), hotline.LaneReply, b.Ends(zoneOf(r)).Add(soonFor)
	case hotline.NewsCalled:
		o.Reply, o.Lane, o.Expires = hotline.Say("news.called", "ticket", b.Ticket(), "service", service), hotline.LaneReply, b.Ends(zoneOf(r)).Add(soonFor)
	case hotline.NewsMissed:
		l := r.BookingLimits()
		o.Reply = hotline.Say("news.missed", "service", service, "day", day).And("news.missed.rule", "n", l.NoShows, "days", l.Barred).With(other, pickMenu())
	case hotline.NewsSurvey:
		o.Reply = hotline.Say("survey.offer", "service", service).With(hotline.Pick(value("bb", bookingID(b.ID), "survey"), "button.survey"), hotline.Pick(value("quit"), "button.no"))
	default:
		return hotline.Out{}, false
	}
	return o, true
}

// BookingNotices gives what all of it is as things to say. What concerns many people for whom somebody of a village's staff booked is said once.
func BookingNotices(r *hotline.Regency, all []hotline.BookingNews) (out []hotline.Out) {
	type crowd struct {
		booker hotline.PersonID
		visit  hotline.VisitID
		kind   hotline.BookingNewsKind
	}
	many := map[crowd]int{}
	for _, n := range all {
		if n.Booking.For == hotline.ForVillager {
			many[crowd{n.Booking.Booker, n.Booking.Visit, n.Kind}]++
		}
	}
	for _, n := range all {
		if n.Booking.For != hotline.ForVillager {
			if o, ok := BookingNotice(r, n); ok {
				out = append(out, o)
			}
			continue
		}
		c := crowd{n.Booking.Booker, n.Booking.Visit, n.Kind}
		if count := many[c]; count > 0 {
			delete(many, c)
			if o, ok := crowdNotice(r, n, count); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// crowdNotice is BookingNotice for many.
func crowdNotice(r *hotline.Regency, n hotline.BookingNews, count int) (hotline.Out, bool) {
	b := n.Booking
	o := hotline.Out{Person: b.Booker, Lane: hotline.LaneNotice}
	place, day := venueName(r, b.Visited), hotline.DateArg(b.Date)
	switch n.Kind {
	case hotline.NewsDay:
		o.Reply, o.Expires = hotline.Say("news.crowd.day", "n", count, "place", place, "day", day).With(pickBookings()), b.Begins(zoneOf(r))
	case hotline.NewsMoved:
		o.Reply = hotline.Say("news.crowd.moved", "n", count, "before", hotline.DateArg(n.Before.Date), "day", day, "place", place).With(pickBookings())
	case hotline.NewsCancelled:
		o.Reply = hotline.Say("news.crowd.cancelled", "n", count, "day", day, "place", place).With(pickSchedule())
	default:
		return o, false
	}
	return o, b.Booker != 0
}

// soonFor is how long after its window the news that a number is called is worth sending.
const soonFor = 6 * time.Hour

func zoneOf(r *hotline.Regency) *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// offeredPlace says that a place came free, and until when it is kept.
func offeredPlace(r *hotline.Regency, b hotline.Booking) hotline.Reply {
	return hotline.Say("offer.free", "service", hotline.ServiceArg(b.Service)).
		And("offer.where", "place", venueName(r, b.Visited), "day", hotline.DateArg(b.Date), "time", windowText(b.Window)).And("offer.until", "until", b.Until).
		With(hotline.Pick(value("bb", bookingID(b.ID), "take"), "button.offer.yes"), hotline.Pick(value("bb", bookingID(b.ID), "decline"), "button.offer.no"))
}
