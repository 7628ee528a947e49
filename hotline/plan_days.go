package hotline

import (
	"slices"
	"time"
)

// A planDay is a day on which a programme can come somewhere.
type planDay struct {
	Date    string
	Holiday string // the holiday that stood where the rhythm would have had it
}

// planDays finds days for n places at a programme's rhythm. Weeks are counted from its first day, so that it keeps the weekday it began on;
// months are those of the year. In each period it comes to as many places as the rhythm says, those counted that are visited already; the days
// are spread evenly over what is left of the period. Where the programme allows only some weekdays, and all of them are holidays, another
// working day of the period takes their place: the rhythm counts for more.
func (r *Regency) planDays(ask PlanAsk, n int) []planDay {
	days := r.daysOf(ask, n, true)
	if len(days) < n { // a period that is half over has its whole number of places after all
		if more := r.daysOf(ask, n, false); len(more) > len(days) {
			return more
		}
	}
	return days
}

// daysOf finds the days. sparing: in a period of which only a part is left, only that part of its places.
func (r *Regency) daysOf(ask PlanAsk, n int, sparing bool) (out []planDay) {
	g := ask.Programme
	begin, err := time.Parse(time.DateOnly, g.From)
	if err != nil || g.Rhythm.Every < 1 || g.Rhythm.Places < 1 {
		return nil
	}
	taken := map[string]bool{}
	for _, v := range ask.Visits {
		taken[v.Date] = true
	}
	for k := 0; len(out) < n; k++ {
		from, next := period(begin, g.Rhythm, k)
		if dayNumber(from)-dayNumber(begin) > maxDays || ask.Until != "" && from.Format(time.DateOnly) > ask.Until {
			return out
		}
		if next.Format(time.DateOnly) <= ask.From {
			continue
		}
		had, joint := 0, ""
		for _, v := range ask.Visits {
			if v.Date >= from.Format(time.DateOnly) && v.Date < next.Format(time.DateOnly) {
				had++
				joint = v.Date
			}
		}
		whole, left := r.workDays(g.Rhythm, from, next, "", "", nil), r.workDays(g.Rhythm, from, next, ask.From, ask.Until, taken)
		want := g.Rhythm.Places - had
		switch {
		case g.Rhythm.AtOnce && joint != "" && joint >= ask.From: // the others of that day
			for range want {
				out = append(out, planDay{Date: joint})
			}
			continue
		case g.Rhythm.AtOnce && joint != "" || want <= 0 || len(left) == 0:
			continue
		case g.Rhythm.AtOnce:
			for range want {
				out = append(out, left[0])
			}
			continue
		case sparing && len(left) < len(whole):
			want = min(want, (g.Rhythm.Places*len(left)+len(whole)-1)/len(whole))
		}
		want = min(want, len(left))
		for i := range want {
			out = append(out, left[i*len(left)/want])
		}
	}
	return out[:min(n, len(out))]
}

// period gives the k-th period of a rhythm, from 0: its first day, and the first after it.
func period(begin time.Time, rhythm Rhythm, k int) (from, next time.Time) {
	if rhythm.Unit == RhythmMonth {
		month := func(i int) time.Time {
			return time.Date(begin.Year(), begin.Month()+time.Month(i*rhythm.Every), 1, 0, 0, 0, 0, time.UTC)
		}
		return month(k), month(k + 1)
	}
	return begin.AddDate(0, 0, 7*rhythm.Every*k), begin.AddDate(0, 0, 7*rhythm.Every*(k+1))
}

// workDays lists the working days of a period that the rhythm allows, between two dates (inclusive; empty: no bound) and not among those
// taken. Where a holiday came just before one, that one tells of it.
func (r *Regency) workDays(rhythm Rhythm, from, next time.Time, first, last string, taken map[string]bool) []planDay {
	c := r.Calendars[""]
	find := func(weekdays []time.Weekday) (out []planDay) {
		holiday := ""
		for day := from; day.Before(next); day = day.AddDate(0, 0, 1) {
			date := day.Format(time.DateOnly)
			noon := minuteOf(date, 12*60, c.zone())
			allowed := len(weekdays) == 0 || slices.Contains(weekdays, day.Weekday())
			if date < first || last != "" && date > last || taken[date] {
				continue
			}
			if !c.WorkDay(noon) || c.Always && (day.Weekday() == time.Saturday || day.Weekday() == time.Sunday) {
				if h, ok := c.Holidays[date]; ok && allowed && len(c.Week[day.Weekday()]) > 0 {
					holiday = h.Name
				}
				continue
			}
			if allowed {
				out = append(out, planDay{date, holiday})
				holiday = ""
			}
		}
		return out
	}
	days := find(rhythm.Weekdays)
	if len(days) == 0 && len(rhythm.Weekdays) > 0 {
		days = find(nil)
	}
	return days
}
