package hotline

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// This file is what follows from the description of services, offices and programmes: looking them up, finding them by words, the steps of a package, and the
// order of several services.

// ServiceByID finds a service by its id.
func (r *Regency) ServiceByID(id string) (Service, bool) {
	return find(r.Services, r.index.services, id)
}

// PackageByID finds a package by its id.
func (r *Regency) PackageByID(id string) (Package, bool) {
	return find(r.Packages, r.index.packages, id)
}

// OfficeByID finds an office by its id.
func (r *Regency) OfficeByID(id string) (Office, bool) { return find(r.Offices, r.index.offices, id) }

// ProgrammeByID finds a programme by its id.
func (r *Regency) ProgrammeByID(id string) (Programme, bool) {
	return find(r.Programmes, r.index.programmes, id)
}

// BookingLimits gives the regency's rules for places, with what holds everywhere where it says nothing.
func (r *Regency) BookingLimits() BookingLimits {
	l, d := r.Booking, DefaultBookingLimits()
	return BookingLimits{
		Hold: cmp.Or(l.Hold, d.Hold), Offer: cmp.Or(l.Offer, d.Offer), Live: cmp.Or(l.Live, d.Live), Staff: cmp.Or(l.Staff, d.Staff),
		NoShows: cmp.Or(l.NoShows, d.NoShows), Within: cmp.Or(l.Within, d.Within), Barred: cmp.Or(l.Barred, d.Barred), Free: cmp.Or(l.Free, d.Free),
		Remind: cmp.Or(l.Remind, d.Remind), Evening: cmp.Or(l.Evening, d.Evening), Keep: cmp.Or(l.Keep, d.Keep),
	}
}

// addOffices puts one office for every kecamatan in the place of one that stands for many.
func (r *Regency) addOffices() {
	var all []Office
	for _, o := range r.Offices {
		if o.Per != LevelKecamatan {
			all = append(all, o)
			continue
		}
		for _, a := range r.Areas {
			if a.Level != LevelKecamatan {
				continue
			}
			one := o
			one.Per, one.ID, one.Area = "", o.ID+"."+a.Code, a.Code
			one.Name = strings.ReplaceAll(o.Name, "{area}", a.Name)
			one.Address = strings.ReplaceAll(o.Address, "{area}", a.Name)
			if o.Unit != "" {
				one.Unit = o.Unit + "." + a.Code
			}
			all = append(all, one)
		}
	}
	r.Offices = all
}

// OfficePoint gives where the office's door is.
func (r *Regency) OfficePoint(o Office) Point {
	if o.Point != nil {
		return *o.Point
	}
	a, _ := r.Area(o.Area)
	return a.Center
}

// A ServiceGuess is a service or a package that fits what somebody wrote.
type ServiceGuess struct {
	ID      string // Service.ID or Package.ID
	Package bool
	Score   int  // as Guess.Score
	Sure    bool // fits well, and clearly better than all others
}

// A ServiceFinder finds services by everyday words, with the same reading of words as a Reader: endings, typing mistakes, words that stand apart. It is made once
// of a built regency and never changes.
type ServiceFinder struct {
	reader   *Reader
	packages map[string]bool
}

// NewServiceFinder makes the finder of a regency's services and packages. Their names are keywords too.
func NewServiceFinder(r *Regency) *ServiceFinder {
	// Services in the place of categories; places are known, so that a village that is called as a service is none.
	as := &Regency{Code: r.Code, Name: r.Name, Languages: r.Languages, Areas: r.Areas}
	as.index.areas = r.index.areas
	as.index.categories = map[string]int{}
	f := &ServiceFinder{packages: map[string]bool{}}
	add := func(id string, name Text, words []Keyword) {
		as.index.categories[id] = len(as.Categories)
		as.Categories = append(as.Categories, Category{ID: id, Name: name, Keywords: words})
	}
	for _, p := range r.Packages {
		f.packages[p.ID] = true
		add(p.ID, p.Name, p.Keywords)
	}
	for _, s := range r.Services {
		add(s.ID, s.Name, s.Keywords)
	}
	f.reader = NewReader(as)
	return f
}

// Find gives the services and packages that fit a text, the best first, at most eight.
func (f *ServiceFinder) Find(text string) []ServiceGuess {
	var out []ServiceGuess
	for _, g := range f.reader.Read(text).Categories {
		out = append(out, ServiceGuess{ID: g.Category, Package: f.packages[g.Category], Score: g.Score, Sure: g.Sure})
	}
	return out
}

// OrderServices puts services of one person into an order that works on one day: what must come before another does; else as they were given.
func (r *Regency) OrderServices(ids []string) []string {
	return orderBy(ids, func(id string) []string {
		s, _ := r.ServiceByID(id)
		return s.After
	})
}

// orderBy puts ids so that each comes after those that after names, as far as these are among them and do not run in a circle; else as they were given, each once.
func orderBy(ids []string, after func(string) []string) []string {
	var out []string
	visiting := map[string]bool{}
	var put func(string)
	put = func(id string) {
		if visiting[id] {
			return
		}
		visiting[id] = true
		for _, b := range after(id) {
			if slices.Contains(ids, b) {
				put(b)
			}
		}
		out = append(out, id)
	}
	for _, id := range ids {
		put(id)
	}
	return out
}

// Holds tells whether the condition holds with these answers (question id → option id). A question that was not answered makes no condition hold.
func (c Condition) Holds(answers map[string]string) bool {
	got, ok := answers[c.Question]
	return ok && (got == c.Option) != c.Not
}

func hold(all []Condition, answers map[string]string) bool {
	return !slices.ContainsFunc(all, func(c Condition) bool { return !c.Holds(answers) })
}

// Next gives the first question of the package that is still to be asked; false where all is known.
func (p Package) Next(answers map[string]string) (PackageQuestion, bool) {
	return first(p.Questions, func(q PackageQuestion) bool {
		_, ok := answers[q.ID]
		return !ok && hold(q.When, answers)
	})
}

// Needed gives the steps that somebody with these answers must do, in an order that works.
func (p Package) Needed(answers map[string]string) []PackageStep {
	steps := map[string]PackageStep{}
	var ids []string
	for _, s := range p.Steps {
		if hold(s.When, answers) {
			steps[s.ID] = s
			ids = append(ids, s.ID)
		}
	}
	// What follows the occasion comes last.
	slices.SortStableFunc(ids, func(a, b string) int { return compareBool(steps[a].Follows, steps[b].Follows) })
	var out []PackageStep
	for _, id := range orderBy(ids, func(id string) []string { return steps[id].After }) {
		out = append(out, steps[id])
	}
	return out
}

// LastDay gives the last day on which the step is in time for an occasion on a date, in a calendar; "" where there is no limit. Working days are
// counted back from the occasion, whose own day is not one of them.
func (s PackageStep) LastDay(c Calendar, occasion string) string {
	on := minuteOf(occasion, 12*60, c.zone())
	if on.IsZero() || s.Before.IsZero() {
		return ""
	}
	if s.Before.WorkDays == 0 {
		return on.AddDate(0, 0, -s.Before.Days).Add(-s.Before.Time).Format(time.DateOnly)
	}
	day, left := on, s.Before.WorkDays
	for i := 0; left > 0 && i < maxDays; i++ {
		if day = day.AddDate(0, 0, -1); c.WorkDay(day) {
			left--
		}
	}
	return day.Format(time.DateOnly)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
