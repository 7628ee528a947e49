package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// This file is the day and the hour, and the place that is kept meanwhile.

// pickSpot takes the place.
func (k *talk) pickSpot(ctx context.Context, t Booker, v string) error {
	s := &k.st.Citizen.Book
	switch v {
	case "home":
		s.Home, s.Nowhere, s.Tries = "", false, 0
		k.askHome(atOnce, hotline.Reply{})
		return nil
	case "no":
		if done, err := k.dropBooking(ctx); done || err != nil {
			return err
		}
		k.say(k.menu())
		return nil
	}
	i := slices.IndexFunc(s.Spots, func(p spot) bool { return p.value() == v })
	if i < 0 {
		k.note("book.old")
		return k.showService(ctx, t, atOnce)
	}
	if err := k.giveBack(ctx, t); err != nil {
		return err
	}
	s.Spot, s.Wait = s.Spots[i], s.Spots[i].Full
	if s.Wait {
		return k.askWait(ctx, t)
	}
	return k.askSlot(ctx, t)
}

// spotVisit reads the visit chosen, with the counter of the service.
func (k *talk) spotVisit(ctx context.Context, t Booker) (hotline.Visit, error) {
	s := &k.st.Citizen.Book
	if s.Spot.Office != "" {
		return t.OfficeSlots(ctx, s.Spot.Office, s.Spot.Date, s.Service)
	}
	return t.Visit(ctx, s.Spot.Visit)
}

// freeSlots gives the windows of a visit in which there are places.
func (k *talk) freeSlots(v hotline.Visit) (free []hotline.Slot) {
	c, _ := v.Counter(k.st.Citizen.Book.Service)
	minute, limits := k.reg.Minute(v.Date, k.now), k.reg.BookingLimits()
	for _, s := range c.Slots {
		if s.Free() > 0 && minute < limits.LastMinute(s.Window) && !c.Closed {
			free = append(free, s)
		}
	}
	return free
}

// mostSlots is how many windows of a day are shown.
const mostSlots = 9

// askSlot asks for the window; where there is one alone, it is taken.
func (k *talk) askSlot(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	v, err := k.spotVisit(ctx, t)
	if errors.Is(err, hotline.ErrNotFound) || errors.Is(err, hotline.ErrNotBookable) {
		k.note("book.closed")
		return k.showService(ctx, t, atOnce)
	}
	if err != nil {
		return fmt.Errorf("read the places of a visit: %w", err)
	}
	free := k.freeSlots(v)
	if len(free) == 0 {
		if s.Spot.Office != "" {
			k.note("book.dayfull")
			return k.askBookDay(ctx, t)
		}
		k.note("book.full")
		return k.showService(ctx, t, atOnce)
	}
	if len(free) == 1 && s.Spot.Office == "" && s.Step != stepSlot && s.Step != stepFor {
		return k.pickSlot(ctx, t, strconv.Itoa(free[0].Window.From))
	}
	r := hotline.Say("book.slot", "place", s.Spot.Name, "day", hotline.DateArg(v.Date))
	var rows []hotline.Choice
	for _, f := range free[:min(len(free), mostSlots)] {
		rows = append(rows, hotline.Pick(s.value(stepSlot, strconv.Itoa(f.Window.From)), "button.slot", "time", clock(f.Window.From)))
	}
	r = inRows(r, 3, rows)
	last := []hotline.Choice{hotline.Pick(s.value(stepSlot, "place"), "button.book.place")}
	if s.Spot.Office != "" {
		last = append([]hotline.Choice{hotline.Pick(s.value(stepSlot, "day"), "button.book.day")}, last...)
	}
	k.openStep(stepSlot, atOnce, r.With(last...))
	return nil
}

// mostDays is how many days of an office are shown.
const mostDays = 6

// askBookDay asks for another day of an office.
func (k *talk) askBookDay(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	o, ok := k.reg.OfficeByID(s.Spot.Office)
	if !ok {
		return k.askSlot(ctx, t)
	}
	r := hotline.Say("book.day", "place", o.Name)
	n := 0
	for _, date := range k.reg.OfficeDays(o, k.now) {
		if !k.inTime(date) || n == mostDays {
			continue
		}
		v, err := t.OfficeSlots(ctx, o.ID, date, s.Service)
		if errors.Is(err, hotline.ErrNotBookable) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read an office's day: %w", err)
		}
		if len(k.freeSlots(v)) == 0 {
			continue
		}
		n++
		r = r.With(hotline.Pick(s.value(stepDay, date), "button.day", "day", hotline.DateArg(date)))
	}
	if n == 0 {
		k.note("book.full")
		return k.showService(ctx, t, atOnce)
	}
	k.openStep(stepDay, atOnce, r.With(hotline.Pick(s.value(stepDay, "place"), "button.book.place")))
	return nil
}

// pickBookDay takes the day.
func (k *talk) pickBookDay(ctx context.Context, t Booker, v string) error {
	s := &k.st.Citizen.Book
	if v == "place" {
		return k.showService(ctx, t, atOnce)
	}
	o, ok := k.reg.OfficeByID(s.Spot.Office)
	if !ok || !slices.Contains(k.reg.OfficeDays(o, k.now), v) {
		k.note("book.closed")
		return k.showService(ctx, t, atOnce)
	}
	s.Spot.Date = v
	return k.askSlot(ctx, t)
}

// readTime reads a typed hour or day: "jam 9", "09.30", "jam 1 siang", "besok".
func (k *talk) readTime(typed string) (string, bool) {
	s := &k.st.Citizen.Book
	if among(list("hari lain, dinten sanes, dina liya, another day, other day"), typed) {
		return "day", s.Step == stepSlot && s.Spot.Office != ""
	}
	if among(list("tempat lain, panggenan sanes, another place"), typed) {
		return "place", true
	}
	if s.Spot.Office != "" {
		if day, rest, err := readDay(k.reg.Calendar(""), k.now, k.msg.Text); err == nil && strings.TrimSpace(rest) == "" && !isNumber(typed) {
			if s.Step == stepDay {
				return day.Format("2006-01-02"), true
			}
			s.Step, s.Spot.Date = stepDay, day.Format("2006-01-02")
			return s.Spot.Date, true
		}
	}
	if s.Step == stepDay {
		return "", false
	}
	minute, ok := readClock(typed)
	return strconv.Itoa(minute), ok
}

// readClock reads a typed time of day as a minute: "9", "jam 9 pagi", "09.30", "pukul 1 siang", "setengah 10".
func readClock(typed string) (int, bool) {
	fields := strings.FieldsFunc(typed, func(r rune) bool { return r == ' ' || r == '.' || r == ':' })
	hour, minute, some, half, late := 0, 0, 0, false, false
	for _, f := range fields {
		n, err := strconv.Atoi(f)
		switch {
		case err == nil && some == 0:
			hour, some = n, 1
		case err == nil && some == 1:
			minute, some = n, 2
		case err == nil:
			return 0, false
		case f == "setengah" || f == "stengah":
			half = true
		case slices.Contains([]string{"siang", "sore", "awan", "sonten", "pm"}, f):
			late = true
		case !slices.Contains([]string{"jam", "pukul", "pkl", "jm", "pagi", "esuk", "enjing", "isuk", "am", "wib", "saja", "aja", "wae", "mawon", "ya", "yang", "sing", "at"}, f):
			return 0, false
		}
	}
	if some == 0 || hour > 23 || minute > 59 {
		return 0, false
	}
	if hour < 6 || late && hour < 12 && hour < 7 {
		hour += 12
	}
	if half {
		hour, minute = hour-1, 30
	}
	return hour*60 + minute, true
}

// pickSlot takes the window: the place is kept while the rest is asked, or a booking moves there.
func (k *talk) pickSlot(ctx context.Context, t Booker, v string) error {
	s := &k.st.Citizen.Book
	switch v {
	case "day":
		return k.askBookDay(ctx, t)
	case "place":
		return k.showService(ctx, t, atOnce)
	}
	from, err := strconv.Atoi(v)
	if err != nil {
		return k.askSlot(ctx, t)
	}
	visit, err := k.spotVisit(ctx, t)
	if err != nil && !errors.Is(err, hotline.ErrNotFound) && !errors.Is(err, hotline.ErrNotBookable) {
		return fmt.Errorf("read the places of a visit: %w", err)
	}
	free := k.freeSlots(visit)
	i := slices.IndexFunc(free, func(f hotline.Slot) bool { return f.Window.From <= from && from < f.Window.Until })
	if i < 0 {
		k.note("book.taken")
		s.Step = stepSlot
		return k.askSlot(ctx, t)
	}
	s.From, s.Slot = free[i].Window.From, free[i].ID
	if s.Moving != 0 {
		return k.moveTo(ctx, t)
	}
	return k.hold(ctx, t)
}

// bookWish is the place chosen.
func (k *talk) bookWish() PlaceWish {
	s := &k.st.Citizen.Book
	w := PlaceWish{Slot: s.Slot, Service: s.Service, For: s.For, Address: k.conv.Address.ID}
	if w.Slot == 0 {
		w.Office, w.Date, w.From = s.Spot.Office, s.Spot.Date, s.From
	}
	return w
}

// hold keeps the place chosen.
func (k *talk) hold(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	b, news, err := t.HoldPlace(ctx, k.conv.Viewer, k.bookWish())
	if err != nil {
		return k.refusedPlace(ctx, t, err)
	}
	k.bookNews(news)
	s.Held, s.Until, s.Spot.Visit = b.ID, b.Until, b.Visit
	if s.Package != "" && s.For != "" && s.Name != "" { // of the steps of a package, asked before
		return k.afterName(ctx, t)
	}
	k.askFor()
	return nil
}

// refusedPlace says why a place cannot be had, and shows what can.
func (k *talk) refusedPlace(ctx context.Context, t Booker, err error) error {
	s := &k.st.Citizen.Book
	l := k.reg.BookingLimits()
	switch {
	case errors.Is(err, hotline.ErrFull):
		k.note("book.taken")
		s.Step = stepSlot
		return k.askSlot(ctx, t)
	case errors.Is(err, hotline.ErrNotBookable), errors.Is(err, hotline.ErrNotFound):
		k.note("book.closed")
		return k.showService(ctx, t, atOnce)
	case errors.Is(err, hotline.ErrTooMany):
		s.end()
		k.say(hotline.Say("book.toomany", "n", l.Live).With(pickBookings(), pickMenu()))
		return nil
	case errors.Is(err, hotline.ErrBarred):
		k.say(hotline.Say("book.barred", "n", l.NoShows, "days", l.Barred).With(pickServices(), pickMenu()))
		return nil
	case errors.Is(err, hotline.ErrTwice):
		s.end()
		k.say(hotline.Say("book.twice").With(pickBookings(), pickMenu()))
		return nil
	case errors.Is(err, hotline.ErrLapsed):
		s.Held = 0
		k.note("book.lapsed")
		s.Step = stepSlot
		return k.askSlot(ctx, t)
	}
	return fmt.Errorf("take a place: %w", err)
}
