package config

import (
	"time"

	"tanggap/hotline"
)

// readBooking reads the rules for places, which may be missing: what it does not say is as everywhere (hotline.DefaultBookingLimits).
func (r *reader) readBooking(n node) {
	if !n.here() {
		return
	}
	l := &r.out.Booking
	m := n.mapping("hold", "offer", "live", "staff", "no_shows", "within", "barred", "free", "remind", "evening", "keep")
	for key, to := range map[string]*time.Duration{"hold": &l.Hold, "offer": &l.Offer, "free": &l.Free, "remind": &l.Remind} {
		if v := m.opt(key); v.here() {
			*to = v.clock(time.Minute, 23*time.Hour)
		}
	}
	for key, to := range map[string]*int{"live": &l.Live, "staff": &l.Staff, "no_shows": &l.NoShows, "within": &l.Within, "barred": &l.Barred} {
		if v := m.opt(key); v.here() {
			*to = v.number(1, 1000)
		}
	}
	if v := m.opt("evening"); v.here() {
		minute, ok := parseClock(v.str())
		if !ok || minute == 0 || minute >= 24*60 {
			v.wrong(quote(v.y.Value)+" is no time of day", "write it from 00:01 to 23:59")
			return
		}
		l.Evening = minute
	}
	if v := m.opt("keep"); v.here() {
		l.Keep = v.span()
	}
}

// clock gives a time by the clock within bounds.
func (n node) clock(least, most time.Duration) time.Duration {
	s := n.span()
	d := s.Time + time.Duration(s.Days)*24*time.Hour
	if s == (hotline.Span{}) {
		return 0 // that has been said
	}
	if s.WorkDays != 0 || d < least || d > most {
		n.wrong("must be from "+least.String()+" to "+most.String()+" by the clock", "write it as 10 minutes or 2 hours")
		return 0
	}
	return d
}
