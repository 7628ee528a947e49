package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file is a village's staff who book for people of the village: up to thirty for a visit, a name (and where it is needed a NIK) on a line of its own. The store
// writes down that they were booked by somebody else.

// A CrowdBooker books for people of a village. hotline.ErrUnseen for whoever is no staff of one, hotline.ErrTooMany.
type CrowdBooker interface {
	BookPeople(ctx context.Context, v hotline.Viewer, w PlaceWish, people []Villager) ([]VillagerBooked, error)
}

// A Villager is somebody whom the village's staff books for.
type Villager struct {
	Who   hotline.BookedPerson
	First bool
}

// A VillagerBooked is what came of one of them.
type VillagerBooked struct {
	Booking hotline.Booking // where Err is nil
	Err     error           // hotline.ErrFull, ErrTwice or ErrBookingWho
}

// villageStaff tells whether they may.
func (k *talk) villageStaff() bool {
	_, can := k.Turn.(CrowdBooker)
	_, ok := k.reg.Village(k.conv.Viewer)
	return ok && can
}

// askCrowd asks for the names.
func (k *talk) askCrowd() {
	s := &k.st.Citizen.Book
	r := hotline.Say("crowd.ask", "place", s.Spot.Name, "day", hotline.DateArg(s.Spot.Date), "time", clock(s.From), "n", k.reg.BookingLimits().Staff)
	if service, _ := k.reg.ServiceByID(s.Service); service.NIK {
		r = r.And("crowd.nik", "why", strings.TrimRight(service.Why.In(k.lang()), ".")).And("book.nik.kept", "days", k.keepDays())
	}
	k.openStep(stepCrowd, atOnce, r)
}

// readVillager reads a line: a name, and a NIK anywhere on it.
func readVillager(line string) (Villager, bool) {
	line = strings.TrimLeft(strings.TrimSpace(line), "0123456789.)-• ")
	first := strings.IndexFunc(line, func(r rune) bool { return r >= '0' && r <= '9' })
	nik := nikIn(line)
	name := line
	if first >= 0 {
		name = line[:first]
	}
	name, ok := readName(strings.Trim(name, " ,;:-/"))
	ok = ok && !chatter(name)
	return Villager{Who: hotline.BookedPerson{Name: name, NIK: nik}}, ok
}

// hasNIKs tells whether there is a NIK on every line.
func hasNIKs(text string) bool {
	n := 0
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		p, ok := readVillager(line)
		if _, is := hotline.ParseNIK(p.Who.NIK); !ok || !is {
			return false
		}
		n++
	}
	return n > 0
}

// moreVillagers tells whether a message after some were booked is more of them, without the button: names with their NIKs, or what was on its way when the others
// were answered. All else is what it would be ever.
func (k *talk) moreVillagers() bool {
	if k.msg.Kind != hotline.MsgText || !k.villageStaff() {
		return false
	}
	if hasNIKs(k.msg.Text) {
		return true
	}
	if _, command := wanted(plain(k.msg.Text)); command || k.msg.At.IsZero() || k.msg.At.After(k.st.Citizen.Book.Shown) {
		return false
	}
	for line := range strings.Lines(k.msg.Text) {
		if _, ok := readVillager(line); !ok && strings.TrimSpace(line) != "" {
			return false
		}
	}
	return !k.read(k.msg.Text).Tells
}

// crowded takes the names, and says what came of each.
func (k *talk) crowded(ctx context.Context, t Booker) (bool, error) {
	s := &k.st.Citizen.Book
	c, ok := k.Turn.(CrowdBooker)
	if !ok || !k.villageStaff() {
		s.end()
		return false, nil
	}
	var people []Villager
	var lines []string
	for line := range strings.Lines(k.msg.Text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	for _, line := range lines {
		p, ok := readVillager(line)
		if !ok {
			k.say(hotline.Say("crowd.unread", "n", slices.Index(lines, line)+1))
			return true, nil
		}
		people = append(people, p)
	}
	most := k.reg.BookingLimits().Staff
	if len(people) > most {
		k.say(hotline.Say("crowd.many", "n", most))
		return true, nil
	}
	w := k.bookWish()
	w.For = hotline.ForVillager
	done, err := c.BookPeople(ctx, k.conv.Viewer, w, people)
	switch {
	case errors.Is(err, hotline.ErrTooMany):
		k.say(hotline.Say("crowd.many", "n", most))
		return true, nil
	case errors.Is(err, hotline.ErrUnseen):
		s.end()
		k.say(hotline.Say("book.old").With(pickServices(), pickMenu()))
		return true, nil
	case err != nil:
		return true, k.refusedPlace(ctx, t, err)
	}
	place := s.Spot
	n := booked(done)
	r := hotline.Say("crowd.none")
	if n > 0 {
		r = hotline.Say("crowd.done", "n", n, "service", hotline.ServiceArg(s.Service), "place", place.Name, "day", hotline.DateArg(place.Date), "time", clock(s.From))
	}
	for i, d := range done {
		name := people[i].Who.Name
		switch {
		case d.Err == nil:
			r = r.And("crowd.line", "name", name, "number", d.Booking.Number.String(), "ticket", d.Booking.Ticket())
		case errors.Is(d.Err, hotline.ErrFull):
			r = r.And("crowd.full", "name", name)
		case errors.Is(d.Err, hotline.ErrTwice):
			r = r.And("crowd.twice", "name", name)
		case errors.Is(d.Err, hotline.ErrBookingWho):
			r = r.And("crowd.who", "name", name)
		default:
			return true, fmt.Errorf("book for a village: %w", d.Err)
		}
	}
	if s.Shown = k.now; n > 0 {
		s.Step = stepMore // what is written next is no name
		r = r.And("crowd.tell").With(hotline.Pick(s.value(stepCrowd, "more"), "button.crowd.more"))
	}
	k.tell(0, r.With(pickBookings(), pickMenu()))
	return true, nil
}

func booked(all []VillagerBooked) (n int) {
	for _, b := range all {
		if b.Err == nil {
			n++
		}
	}
	return n
}
