package hotline

import (
	"cmp"
	"slices"
	"time"
)

// This file makes visits out of what a regency says of its programmes and offices.

// NewVisit makes the visit of a programme to an area on a date, with all that the programme offers, and whoever is asked to take part.
func (r *Regency) NewVisit(g Programme, date, area string) Visit {
	v := Visit{Programme: g.ID, Date: date, Area: area, Hours: g.Hours, State: VisitPlanned}
	for _, a := range g.Agencies {
		v.Agencies = append(v.Agencies, Taking{Agency: a, Must: true})
	}
	for _, a := range g.Invited {
		v.Agencies = append(v.Agencies, Taking{Agency: a})
	}
	for i, s := range g.Services {
		v.Counters = append(v.Counters, r.NewCounter(s, i, g.Hours))
	}
	return v
}

// NewCounter makes the counter of a service, the n-th of its visit (from 0), its places shared out evenly among the windows.
func (r *Regency) NewCounter(s ProgrammeService, n int, hours Window) Counter {
	service, _ := r.ServiceByID(s.Service)
	c := Counter{Service: s.Service, Agency: service.Agency, Letter: CounterLetter(n)}
	windows := s.Windows
	if len(windows) == 0 {
		windows = []Window{hours}
	}
	quotas, reserves := share(s.Quota, len(windows)), share(s.Reserve, len(windows))
	for i, w := range windows {
		c.Slots = append(c.Slots, Slot{Window: w, Quota: quotas[i], Reserve: min(reserves[i], quotas[i])})
	}
	return c
}

// share divides a number into parts that differ by one at most, the greater first.
func share(n, parts int) []int {
	out := make([]int, parts)
	for i := range out {
		out[i] = n / parts
		if i < n%parts {
			out[i]++
		}
	}
	return out
}

// CounterLetter gives the letter of the n-th counter of a visit, from 0: A, B, C …, without those that look like digits; after them AA, AB …
func CounterLetter(n int) string {
	letter := func(i int) string { return checkLetters[i : i+1] }
	if n < len(checkLetters) {
		return letter(n)
	}
	n -= len(checkLetters)
	return letter(n/len(checkLetters)%len(checkLetters)) + letter(n%len(checkLetters))
}

// OfficeDay gives an office's day as a visit with the counter of one service, or of all where service is empty; false where it is closed then, or does not do it.
func (r *Regency) OfficeDay(o Office, date, service string) (Visit, bool) {
	c := r.Calendars[o.Calendar]
	day := minuteOf(date, 12*60, c.zone())
	if day.IsZero() || !c.WorkDay(day) {
		return Visit{}, false
	}
	open := c.Week[day.Weekday()]
	if c.Always || len(open) == 0 {
		open = []Window{{0, 24 * 60}}
	}
	v := Visit{Office: o.ID, Date: date, Area: o.Area, Venue: o.Name, Point: o.Point, Hours: Window{open[0].From, open[len(open)-1].Until}, State: VisitOpen}
	for i, s := range o.Services {
		if service != "" && s.Service != service {
			continue
		}
		what, _ := r.ServiceByID(s.Service)
		counter := Counter{Service: s.Service, Agency: what.Agency, Letter: CounterLetter(i)}
		for _, w := range windowsWithin(open, s.Hours, o.Slot) {
			counter.Slots = append(counter.Slots, Slot{Window: w, Quota: s.Places, Reserve: s.Reserve})
		}
		if len(counter.Slots) > 0 {
			v.Counters = append(v.Counters, counter)
		}
	}
	return v, len(v.Counters) > 0
}

// windowsWithin cuts the opening hours into windows of so many minutes, those wholly within the service's own hours. What is too short at the end is left out.
func windowsWithin(open, hours []Window, minutes int) (out []Window) {
	for _, w := range open {
		for from := w.From; from+minutes <= w.Until; from += minutes {
			one := Window{from, from + minutes}
			within := len(hours) == 0 || slices.ContainsFunc(hours, func(h Window) bool { return h.From <= one.From && one.Until <= h.Until })
			if within {
				out = append(out, one)
			}
		}
	}
	return out
}

// OfficeDays lists the dates on which places of an office can be had at now: today and as far ahead as it says, those on which it is open.
func (r *Regency) OfficeDays(o Office, now time.Time) (dates []string) {
	c := r.Calendars[o.Calendar]
	for i := range o.Ahead + 1 {
		if day := now.In(c.zone()).AddDate(0, 0, i); c.WorkDay(day) {
			dates = append(dates, day.Format(time.DateOnly))
		}
	}
	return dates
}

// Bookable tells whether places of a visit can be had at now by whoever is not there: it is open, not yet over, and not too far ahead.
func (r *Regency) Bookable(v Visit, now time.Time) bool {
	if v.State != VisitOpen && v.State != VisitRunning || !now.Before(v.Ends(r.zone())) {
		return false
	}
	if g, ok := r.ProgrammeByID(v.Programme); ok {
		from := now.In(r.zone()).AddDate(0, 0, cmp.Or(g.Ahead, DefaultAhead))
		return v.Date <= from.Format(time.DateOnly)
	}
	return true
}

// Minute gives the minute of a date that it is at now: before 0 for a later date, past any for an earlier one.
func (r *Regency) Minute(date string, now time.Time) int {
	local := now.In(r.zone())
	switch today := local.Format(time.DateOnly); {
	case date > today:
		return -1
	case date < today:
		return 24*60 + 1
	}
	return local.Hour()*60 + local.Minute()
}

// LastMinute gives the minute from which a window cannot be had any more by whoever is not there: when it begins or, of a long one, some time before it ends.
func (l BookingLimits) LastMinute(w Window) int { return max(w.From, w.Until-int(l.Free.Minutes())) }

// FreeMinute gives the minute from which what is left of a window's reserve is free for everybody.
func (l BookingLimits) FreeMinute(w Window) int { return max(w.From, w.Until-2*int(l.Free.Minutes())) }

// A Chance is a place where a service can be had soonest, of its kind: the next visit near somebody, the MPP, the office of their kecamatan.
type Chance struct {
	Office Office  // its ID is empty for a visit of a programme
	Visit  Visit   // of an office that nobody booked at yet on that day: without an ID
	Slot   Slot    // the first window with a free place; its ID may be zero as well
	Free   int     // places free that day
	Km     float64 // from where they are to there; negative: not known
	Near   bool    // in their own village or kecamatan
	Full   bool    // no place is free; one can wait for one. Only of visits
}

// SortChances puts chances into the order in which they are told: with a free place before full ones, the soonest first, and of one moment the nearest.
func (r *Regency) SortChances(all []Chance) {
	zone := r.zone()
	slices.SortStableFunc(all, func(a, b Chance) int {
		return cmp.Or(compareBool(a.Full, b.Full),
			minuteOf(a.Visit.Date, a.Slot.Window.From, zone).Compare(minuteOf(b.Visit.Date, b.Slot.Window.From, zone)),
			compareBool(b.Near, a.Near), cmp.Compare(a.Km, b.Km), cmp.Compare(a.Visit.ID, b.Visit.ID))
	})
}

// Chance makes the chance that a visit is for somebody of an area (empty: not known) at now; false where the visit does not do the service, or has nothing more to give.
func (r *Regency) Chance(v Visit, service, area string, now time.Time) (Chance, bool) {
	c, ok := v.Counter(service)
	if !ok || c.Closed || !r.Bookable(v, now) {
		return Chance{}, false
	}
	out := Chance{Visit: v, Km: -1, Full: true}
	out.Office, _ = r.OfficeByID(v.Office)
	minute, limits := r.Minute(v.Date, now), r.BookingLimits()
	later := false
	for _, s := range c.Slots {
		if minute >= limits.LastMinute(s.Window) {
			continue
		}
		if !later {
			out.Slot, later = s, true
		}
		if free := s.Free(); free > 0 {
			if out.Full {
				out.Slot, out.Full = s, false
			}
			out.Free += free
		}
	}
	if !later || out.Full && v.Office != "" {
		return Chance{}, false
	}
	there, okThere := r.visitPoint(v)
	if here, ok := r.Area(area); ok && okThere && here.Level != LevelRegency {
		out.Km = Kilometres(here.Center, there)
		mine, a := r.Kecamatan(area)
		its, b := r.Kecamatan(v.Area)
		out.Near = area == v.Area || a && b && mine.Code == its.Code
	}
	return out, true
}

func (r *Regency) visitPoint(v Visit) (Point, bool) {
	if v.Point != nil {
		return *v.Point, true
	}
	a, ok := r.Area(v.Area)
	return a.Center, ok
}

// NearKm is how far a visit may be from somebody's village to be called near.
const NearKm = 10

// Fastest chooses of all chances what is told somebody who asks where it is fastest: the soonest visit near them (or, where none is, the soonest of all), the MPP,
// their kecamatan's office, and any other office; one of each, in the order of SortChances.
func (r *Regency) Fastest(all []Chance, area string) []Chance {
	all = slices.Clone(all)
	r.SortChances(all)
	mine, known := r.Kecamatan(area)
	var out []Chance
	var visit *Chance
	seen := map[OfficeKind]bool{}
	for _, c := range all {
		if c.Office.ID == "" {
			near := c.Near || c.Km >= 0 && c.Km <= NearKm
			if visit == nil || near && !visit.Full == !c.Full && !(visit.Near || visit.Km >= 0 && visit.Km <= NearKm) {
				visit = &c
			}
			continue
		}
		if c.Office.Kind == OfficeKecamatan && known && c.Office.Area != mine.Code || seen[c.Office.Kind] {
			continue
		}
		seen[c.Office.Kind] = true
		out = append(out, c)
	}
	if visit != nil {
		out = append(out, *visit)
		r.SortChances(out)
	}
	return out
}
