package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"tanggap/hotline"
)

// warnBefore is how long before a holiday table ends somebody should be told: the decree for the next year comes out in autumn.
const warnBefore = 60 * 24 * time.Hour

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// readCalendar reads calendar.yaml: the regency's working hours, other calendars that units may name, and the holidays they share.
func (r *reader) readCalendar() {
	doc := r.onBaseDocument("calendar.yaml")
	if !doc.here() {
		r.lost(calendarKind)
	}
	m := doc.mapping("hours", "calendars", "holidays")
	holidays := r.readHolidays(m.need("holidays"), r.onBaseList(doc, "holidays", "date", m.opt("holidays")))
	if hours := m.need("hours"); hours.here() {
		r.addCalendar("", hotline.Calendar{Week: readWeek(hours)}, holidays, hours)
		r.missWorkdays(hours, 0)
	}
	for _, item := range r.onBaseList(doc, "calendars", "id", m.opt("calendars")) {
		of := item.mapping("id", "hours", "always")
		id := of.need("id").id(calendarKind, hotline.ValidID, idForm)
		c := hotline.Calendar{Always: of.opt("always").flag()}
		hours := of.opt("hours")
		switch {
		case c.Always && hours.here():
			hours.wrong("hours say nothing in a calendar that is always open", "remove hours, or always")
		case !c.Always:
			c.Week = readWeek(of.need("hours"))
			r.missWorkdays(hours, 3)
		}
		if id != "" && (c.Always || hours.here()) {
			r.addCalendar(id, c, holidays, item)
		}
	}
}

// addCalendar adds a calendar after checking it as a whole. What its hours got wrong by themselves has been said already.
func (r *reader) addCalendar(id string, c hotline.Calendar, holidays map[string]hotline.Holiday, at node) {
	before := len(r.problems)
	c.Zone = r.out.Zone
	if !c.Always {
		c.Holidays = maps.Clone(holidays)
	}
	r.out.Calendars[id] = c
	if c.Zone == nil {
		c.Zone = time.UTC // the zone is wrong, and that has been said
	}
	if err := c.Check(); err != nil && before == len(r.problems) {
		what := strings.ReplaceAll(err.Error(), "\n", "; ")
		at.wrong("the calendar "+what, "see to its hours and to the holidays")
	}
}

// readWeek reads the hours of each day. A day that is not named is off.
func readWeek(n node) (week [7][]hotline.Window) {
	if !n.here() {
		return week
	}
	m := n.mapping(weekdays...)
	for day, name := range weekdays {
		week[day] = m.opt(name).windows()
	}
	return week
}

// windows gives the hours of a day.
func (n node) windows() []hotline.Window {
	var windows []hotline.Window
	last := 0
	for _, item := range n.list() {
		w, ok := item.window()
		if !ok {
			continue
		}
		if w.From < last {
			item.wrong(fmt.Sprintf("hours %s begin before the ones before end", w), "write the hours of a day in order")
			continue
		}
		last = w.Until
		windows = append(windows, w)
	}
	return windows
}

// missWorkdays warns of days from Monday to Friday that are off only because nobody named them: time limits would pass them over in silence. Hours
// that name fewer than enough of the five are taken for those of a crew that works on single days.
func (r *reader) missWorkdays(hours node, enough int) {
	if !hours.here() || hours.y.Kind != yaml.MappingNode {
		return
	}
	named := map[string]bool{}
	for i := 0; i+1 < len(hours.y.Content); i += 2 {
		if !slices.Contains(weekdays, hours.y.Content[i].Value) {
			return // a misspelt day has been said
		}
		named[hours.y.Content[i].Value] = true
	}
	var missing, off []string
	for _, day := range weekdays[time.Monday : time.Friday+1] {
		if !named[day] {
			missing, off = append(missing, day), append(off, day+": []")
		}
	}
	if len(missing) == 0 || 5-len(missing) < enough {
		return
	}
	r.problem(hours.at(), Warning, "the hours do not name "+strings.Join(missing, ", ")+": nobody works then",
		"name the hours; or write "+strings.Join(off, ", ")+" if it is so")
}

func (r *reader) readHolidays(n node, items []node) map[string]hotline.Holiday {
	if !n.here() {
		return nil
	}
	r.holidays = n.at()
	holidays := map[string]hotline.Holiday{}
	last := ""
	for _, item := range items {
		m := item.mapping("date", "name", "kind")
		date := m.need("date")
		h := hotline.Holiday{
			Date: date.str(), Name: m.need("name").str(),
			Kind: oneOf(m.need("kind"), "kind", []string{hotline.PublicHoliday, hotline.SharedLeave, hotline.LocalHoliday}),
		}
		if h.Date == "" || h.Kind == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, h.Date); err != nil {
			date.wrong(quote(h.Date)+" is no date", "write year-month-day: 2026-08-17")
			continue
		}
		if _, twice := holidays[h.Date]; twice {
			date.wrong("holiday "+h.Date+" is there twice", "remove one of them")
			continue
		}
		holidays[h.Date] = h
		if h.Date > last {
			last, r.holidays = h.Date, date.at()
		}
	}
	if len(holidays) > 2000 {
		n.wrong("more than 2000 holidays", "remove the old ones")
		return nil
	}
	return holidays
}

// checkHolidays warns of a holiday table that ends soon: time limits beyond its end would be promised too short.
func (r *reader) checkHolidays() {
	own, ok := r.out.Calendars[""]
	if !ok || r.now.IsZero() || r.holidays.file == "" {
		return
	}
	last := own.LastHoliday()
	end := time.Date(last.Year(), time.December, 31, 0, 0, 0, 0, last.Location())
	if last.IsZero() {
		r.problem(r.holidays, Warning, "there are no holidays", "add libur nasional and cuti bersama from the joint decree (SKB)")
	} else if end.Before(r.now.Add(warnBefore)) {
		r.problem(r.holidays, Warning, "the holidays end with "+last.Format(time.DateOnly), fmt.Sprintf("add those of %d from the joint decree (SKB)", last.Year()+1))
	}
}
