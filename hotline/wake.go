package hotline

import "time"

// Wake tells when the clock next has something to do about a case; zero: never. It is the earliest of: an assignment's next step up the
// ladder (see Next), an emergency that nobody answers calls the next responder, an asked question goes unanswered for too long, the scheduled day comes, an ended case closes by itself.
func (r *Regency) Wake(c Case) time.Time {
	var w time.Time
	soonest := func(t time.Time) {
		if !t.IsZero() && (w.IsZero() || t.Before(w)) {
			w = t
		}
	}
	switch {
	case c.Status == Ended:
		soonest(r.Calendar("").Add(c.EndedAt, r.Limits.CloseAfter))
	case c.Status.Live():
		for _, a := range c.Assignments {
			soonest(r.climbs(c, a))
		}
		if next, at := r.NextResponders(c); len(next) > 0 {
			soonest(at)
		}
		if c.Status == Asking {
			soonest(c.AskDue)
		}
		if c.Status == Scheduled {
			if day, err := time.ParseInLocation(time.DateOnly, c.Date, r.Zone); err == nil {
				soonest(r.Calendar("").NextOpen(day))
			}
		}
	}
	return w
}
