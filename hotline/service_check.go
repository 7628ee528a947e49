package hotline

import (
	"slices"
	"strings"
	"time"
)

// This file is what Build refuses of services, packages, offices, programmes and the rules for places.

func (r *Regency) checkServices(p *problems) {
	for _, s := range r.Services {
		where := "service " + s.ID
		p.require(ValidID(s.ID), "service %q: an id is lower-case letters, digits and dashes, at most 32", s.ID)
		r.checkText(p, where, s.Name)
		for _, a := range append([]string{s.Agency}, s.With...) {
			p.require(has(r.index.agencies, a), "%s: there is no agency %q", where, a)
		}
		r.checkKeywords(p, where, s.Keywords)
		for _, t := range s.Bring {
			r.checkText(p, where+": what to bring", t)
		}
		r.checkMaybe(p, where+": fee", s.Fee)
		r.checkMaybe(p, where+": note", s.Note)
		r.checkMaybe(p, where+": why", s.Why)
		p.require(slices.Contains(Finishes(), s.Finish), "%s: finish %q is not known", where, s.Finish)
		p.require(s.Finish != FinishIf || len(s.Note) > 0, "%s: it is done the same day if something holds, and no note says what", where)
		p.require(!s.NIK || len(s.Why) > 0, "%s: it asks for the NIK and does not say why", where)
		p.require(s.Minutes >= 0 && s.Minutes <= 8*60, "%s: one serving takes %d minutes", where, s.Minutes)
		p.require(s.Link == "" || strings.HasPrefix(s.Link, "https://"), "%s: link %q does not begin with https://", where, s.Link)
		for _, a := range s.After {
			p.require(has(r.index.services, a), "%s: there is no service %q to come after", where, a)
		}
		p.require(!r.circles(s.ID), "%s comes after itself", where)
	}
	for _, k := range r.Packages {
		r.checkPackage(p, k)
	}
}

// circles tells whether a service comes after itself, by way of others.
func (r *Regency) circles(id string) bool {
	seen := map[string]bool{}
	var leads func(string) bool
	leads = func(at string) bool {
		s, _ := r.ServiceByID(at)
		for _, b := range s.After {
			if b == id {
				return true
			}
			if !seen[b] {
				seen[b] = true
				if leads(b) {
					return true
				}
			}
		}
		return false
	}
	return leads(id)
}

func (r *Regency) checkKeywords(p *problems, where string, words []Keyword) {
	unique(p, where+": keyword", words, func(k Keyword) string { return k.Text })
	for _, k := range words {
		p.require(k.Weight >= 1 && k.Weight <= 10, "%s: keyword %q: weight %d is not 1 to 10", where, k.Text, k.Weight)
	}
}

// checkMaybe checks a text that may be left out whole.
func (r *Regency) checkMaybe(p *problems, where string, t Text) {
	if len(t) > 0 {
		r.checkText(p, where, t)
	}
}

func (r *Regency) checkPackage(p *problems, k Package) {
	where := "package " + k.ID
	p.require(ValidID(k.ID), "package %q: an id is lower-case letters, digits and dashes, at most 32", k.ID)
	p.require(!has(r.index.services, k.ID), "%s: a service has the same id", where)
	r.checkText(p, where, k.Name)
	r.checkMaybe(p, where+": occasion", k.Occasion)
	r.checkKeywords(p, where, k.Keywords)
	questions := unique(p, where+": question", k.Questions, func(q PackageQuestion) string { return q.ID })
	conditions := func(where string, all []Condition, before int) {
		for _, c := range all {
			i, ok := questions[c.Question]
			p.require(ok && i < before, "%s: there is no question %q before it", where, c.Question)
			if ok {
				_, known := first(k.Questions[i].Options, func(o Option) bool { return o.ID == c.Option })
				p.require(known, "%s: question %s has no option %q", where, c.Question, c.Option)
			}
		}
	}
	for i, q := range k.Questions {
		at := where + ": question " + q.ID
		p.require(ValidShortID(q.ID), "%s: an id is lower-case letters, digits and dashes, at most 12", at)
		r.checkText(p, at, q.Ask)
		p.require(len(q.Options) > 1, "%s: it needs two options at least", at)
		unique(p, at+": option", q.Options, func(o Option) string { return o.ID })
		for _, o := range q.Options {
			p.require(ValidShortID(o.ID), "%s: option %q: an id is lower-case letters, digits and dashes, at most 12", at, o.ID)
			r.checkText(p, at+": option "+o.ID, o.Text)
		}
		conditions(at, q.When, i)
	}
	steps := unique(p, where+": step", k.Steps, func(s PackageStep) string { return s.ID })
	p.require(len(k.Steps) > 0, "%s has no steps", where)
	for _, s := range k.Steps {
		at := where + ": step " + s.ID
		p.require(ValidShortID(s.ID), "%s: an id is lower-case letters, digits and dashes, at most 12", at)
		p.require(s.Service != "" || len(s.Say) > 0, "%s: it has neither a service nor a sentence", at)
		p.require(s.Service == "" || has(r.index.services, s.Service), "%s: there is no service %q", at, s.Service)
		r.checkMaybe(p, at, s.Say)
		conditions(at, s.When, len(k.Questions))
		if err := s.Before.check(); err != nil {
			p.add("%s: %w", at, err)
		}
		p.require(s.Before.IsZero() || len(k.Occasion) > 0 && !s.Follows, "%s: it must be done before the occasion, of which nothing is asked, or which it follows", at)
		for _, a := range s.After {
			p.require(has(steps, a) && a != s.ID, "%s: there is no other step %q to come after", at, a)
		}
	}
}

func (r *Regency) checkOffices(p *problems) {
	for _, o := range r.Offices {
		where := "office " + o.ID
		p.require(ValidUnitID(o.ID), "office %q: an id is lower-case letters, digits, dashes and points, at most 40", o.ID)
		p.require(o.Per == "", "%s: per %q is not known; it can only be one in every kecamatan", where, o.Per)
		p.require(slices.Contains(OfficeKinds(), o.Kind), "%s: kind %q is not known", where, o.Kind)
		p.require(o.Name != "" && !strings.Contains(o.Name, "{area}"), "%s has no name of its own", where)
		p.require(has(r.index.units, o.Unit), "%s: there is no unit %q", where, o.Unit)
		p.require(has(r.index.areas, o.Area), "%s: there is no area %q", where, o.Area)
		p.require(o.Point == nil || o.Point.Valid(), "%s: its point is no place on earth", where)
		_, ok := r.Calendars[o.Calendar]
		p.require(ok, "%s: there is no calendar %q", where, o.Calendar)
		p.require(o.Slot >= 5 && o.Slot <= 24*60, "%s: a time window of %d minutes", where, o.Slot)
		p.require(o.Ahead >= 0 && o.Ahead <= 90, "%s: places can be had %d days ahead; at most 90", where, o.Ahead)
		p.require(len(o.Services) > 0, "%s does nothing", where)
		unique(p, where+": service", o.Services, func(s OfficeService) string { return s.Service })
		for _, s := range o.Services {
			p.require(has(r.index.services, s.Service), "%s: there is no service %q", where, s.Service)
			checkQuota(p, where+": service "+s.Service, s.Places, s.Reserve)
			if err := checkWindows(s.Hours); err != nil {
				p.add("%s: service %s: %w", where, s.Service, err)
			}
		}
	}
}

// maxQuota is the most places that one service of a visit can have.
const maxQuota = 5000

func checkQuota(p *problems, where string, quota, reserve int) {
	p.require(quota >= 1 && quota <= maxQuota, "%s: %d places; it must be between 1 and %d", where, quota, maxQuota)
	p.require(reserve >= 0 && reserve <= quota, "%s: %d of %d places are kept for who comes without a booking", where, reserve, quota)
}

func (r *Regency) checkProgrammes(p *problems) {
	for _, g := range r.Programmes {
		where := "programme " + g.ID
		p.require(ValidID(g.ID), "programme %q: an id is lower-case letters, digits and dashes, at most 32", g.ID)
		p.require(g.Name != "", "%s has no name", where)
		r.checkMaybe(p, where, g.About)
		from, err := time.Parse(time.DateOnly, g.From)
		p.require(err == nil, "%s: its first day %q is no date", where, g.From)
		if g.Until != "" {
			until, err := time.Parse(time.DateOnly, g.Until)
			p.require(err == nil && !until.Before(from), "%s: its last day %q is no date after the first", where, g.Until)
		}
		p.require(g.Level == LevelDesa || g.Level == LevelKecamatan, "%s: level %q; it comes to villages (desa) or kecamatan", where, g.Level)
		p.require(!g.OneEach || g.Level == LevelDesa, "%s: only of villages there is one in each kecamatan", where)
		for _, a := range slices.Concat(g.Places, g.First) {
			p.require(has(r.index.areas, a), "%s: there is no area %q", where, a)
		}
		p.require(g.Rhythm.Every >= 1 && g.Rhythm.Places >= 1 && (g.Rhythm.Unit == RhythmWeek || g.Rhythm.Unit == RhythmMonth),
			"%s: its rhythm is so many places in every so many weeks or months", where)
		if err := checkWindows([]Window{g.Hours}); err != nil {
			p.add("%s: %w", where, err)
		}
		p.require(g.Ahead >= 0 && g.Ahead <= 90, "%s: places can be had %d days ahead; at most 90", where, g.Ahead)
		for _, a := range append([]string{g.Agency}, slices.Concat(g.Agencies, g.Invited)...) {
			p.require(has(r.index.agencies, a), "%s: there is no agency %q", where, a)
		}
		for _, a := range g.Invited {
			p.require(!slices.Contains(g.Agencies, a), "%s: agency %s is invited and must take part", where, a)
		}
		for _, t := range g.Stops {
			r.checkText(p, where+": stop", t)
		}
		unique(p, where+": service", g.Services, func(s ProgrammeService) string { return s.Service })
		for _, s := range g.Services {
			at := where + ": service " + s.Service
			p.require(has(r.index.services, s.Service), "%s: there is no such service", at)
			checkQuota(p, at, s.Quota, s.Reserve)
			if err := checkWindows(s.Windows); err != nil {
				p.add("%s: %w", at, err)
			}
			p.require(s.Quota >= len(s.Windows), "%s: %d places for %d windows", at, s.Quota, len(s.Windows))
		}
	}
	r.checkBooking(p)
}

func (r *Regency) checkBooking(p *problems) {
	l := r.BookingLimits()
	p.require(l.Hold >= time.Minute && l.Hold <= 24*time.Hour, "booking: a place is held for %s; between a minute and a day", l.Hold)
	p.require(l.Offer >= time.Minute && l.Offer <= 48*time.Hour, "booking: a freed place is offered for %s; between a minute and two days", l.Offer)
	p.require(l.Live > 0 && l.Staff > 0 && l.NoShows > 0 && l.Within > 0 && l.Barred > 0, "booking: a figure is negative")
	p.require(l.Free > 0 && l.Remind > 0 && l.Free < 24*time.Hour && l.Remind < 24*time.Hour, "booking: what is free, and the last reminder, come within the day")
	p.require(l.Evening >= 0 && l.Evening < 24*60, "booking: the first reminder goes at no time of the day")
	if err := l.Keep.check(); err != nil {
		p.add("booking: kept for: %w", err)
	}
}
