package hotline

import (
	"cmp"
	"slices"
	"time"
)

// An Incident is a kind of emergency as operators of the line know it: the key that chooses it, the few questions of its protocol, and who is sent.
type Incident struct {
	ID         string // "kebakaran"
	Key        string // one letter, pressed once the call is known to be an emergency
	Name       Text   // a few words: "Kebakaran"
	Category   string // Category.ID of the case it becomes
	Questions  []IncidentQuestion
	Responders []string // unit ids; an agency with one unit a place stands for the unit of the place
}

// An IncidentQuestion is one question of a protocol, asked while the caller speaks. Every one may be left unanswered: help goes first.
type IncidentQuestion struct {
	ID      string
	Ask     Text
	Options []IncidentOption // empty: free text
}

// An IncidentOption is one answer, chosen by the digit of its place.
type IncidentOption struct {
	ID         string
	Text       Text
	Responders []string // units that such an answer sends too: the ambulance where somebody is hurt
}

// A CallLine is the emergency line: when it is answered, and what the regency does about those who play with it.
type CallLine struct {
	Calendar string        // key of Regency.Calendars: when operators sit there
	Others   []OtherNumber // said outside those hours
	Pranks   int           // so many pranks of one number within Within propose a block
	Within   time.Duration // how far back pranks count
	Block    time.Duration // how long a block lasts
}

// An OtherNumber is a number to call instead: "PSC 119".
type OtherNumber struct {
	Name   string
	Number string
}

// The line of a regency that says nothing of it.
const (
	DefaultPranks      = 3
	DefaultPrankWithin = 30 * 24 * time.Hour
	DefaultBlock       = 24 * time.Hour
)

// Incident finds a kind of emergency by its id.
func (r *Regency) Incident(id string) (Incident, bool) {
	return first(r.Incidents, func(i Incident) bool { return id != "" && i.ID == id })
}

// IncidentByKey finds a kind of emergency by the letter that chooses it.
func (r *Regency) IncidentByKey(key string) (Incident, bool) {
	return first(r.Incidents, func(i Incident) bool { return key != "" && i.Key == key })
}

// Question finds a question of the protocol.
func (i Incident) Question(id string) (IncidentQuestion, bool) {
	return first(i.Questions, func(q IncidentQuestion) bool { return q.ID == id })
}

// Option finds an answer of the question.
func (q IncidentQuestion) Option(id string) (IncidentOption, bool) {
	return first(q.Options, func(o IncidentOption) bool { return id != "" && o.ID == id })
}

// LineOpen tells whether operators sit at the line at now; where they do not, until is when they next do. A regency whose line names no calendar
// answers around the clock.
func (r *Regency) LineOpen(now time.Time) (open bool, until time.Time) {
	c, ok := r.Calendars[r.Line.Calendar]
	if r.Line.Calendar == "" || !ok || c.Open(now) {
		return true, time.Time{}
	}
	return false, c.NextOpen(now)
}

// Respond gives the units that an incident calls to a place, the surest first: those of its kind, then those whom the answers ask for. A place that is
// not known calls nobody of an agency with one unit a place. Every unit has a desk, and none is there twice.
func Respond(r *Regency, incident string, answers map[string]string, area string) []string {
	kind, ok := r.Incident(incident)
	if !ok {
		return nil
	}
	var units []string
	call := func(names []string) {
		for _, name := range names {
			unit, ok := r.responder(kind.Category, name, area)
			if ok && !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
	}
	call(kind.Responders)
	for _, q := range kind.Questions {
		if o, ok := q.Option(answers[q.ID]); ok {
			call(o.Responders)
		}
	}
	return units
}

// responder gives the unit that a name of a responder means at a place.
func (r *Regency) responder(category, name, area string) (string, bool) {
	u, ok := r.Unit(name)
	switch {
	case !ok || !r.hasDesk(u.Agency):
		return "", false
	case u.ID == u.Agency && r.perPlace(u.Agency):
		return r.unitFor(u.Agency, Routing{Category: category, Area: area})
	}
	return u.ID, true
}

// RespondersOf lists whom an operator may send beside those proposed: every unit that some incident or category calls, in the order of Units.
func (r *Regency) RespondersOf(area string) []string {
	called := map[string]bool{}
	note := func(category string, names []string) {
		for _, name := range names {
			if unit, ok := r.responder(category, name, area); ok {
				called[unit] = true
			}
		}
	}
	for _, i := range r.Incidents {
		note(i.Category, i.Responders)
		for _, q := range i.Questions {
			for _, o := range q.Options {
				note(i.Category, o.Responders)
			}
		}
	}
	for _, c := range r.Categories {
		note(c.ID, c.Responders)
	}
	var units []string
	for _, u := range r.Units {
		if called[u.ID] {
			units = append(units, u.ID)
		}
	}
	return units
}

// checkLine checks what the line and its incidents refer to.
func (r *Regency) checkLine(p *problems) {
	_, ok := r.Calendars[r.Line.Calendar]
	p.require(ok || r.Line.Calendar == "", "the line: there is no calendar %q", r.Line.Calendar)
	p.require(r.Line.Pranks >= 0 && r.Line.Within >= 0 && r.Line.Block >= 0, "the line: a limit is negative")
	keys := map[string]string{}
	unique(p, "incident", r.Incidents, func(i Incident) string { return i.ID })
	for _, i := range r.Incidents {
		p.require(ValidIncidentKey(i.Key), "incident %s: %q is no single letter from a to z", i.ID, i.Key)
		p.require(keys[i.Key] == "", "incident %s: the key %s is that of %s too", i.ID, i.Key, keys[i.Key])
		keys[i.Key] = cmp.Or(i.ID, "?")
		p.require(has(r.index.categories, i.Category), "incident %s: there is no category %q", i.ID, i.Category)
		r.checkText(p, "incident "+i.ID, i.Name)
		r.checkResponders(p, i.ID, i.Responders)
		unique(p, "incident "+i.ID+": question", i.Questions, func(q IncidentQuestion) string { return q.ID })
		for _, q := range i.Questions {
			r.checkText(p, "incident "+i.ID+": question "+q.ID, q.Ask)
			p.require(len(q.Options) <= MostOptions, "incident %s: question %s has more than %d options", i.ID, q.ID, MostOptions)
			unique(p, "incident "+i.ID+": option", q.Options, func(o IncidentOption) string { return o.ID })
			for _, o := range q.Options {
				r.checkText(p, "incident "+i.ID+": option "+o.ID, o.Text)
				r.checkResponders(p, i.ID, o.Responders)
			}
		}
	}
}

func (r *Regency) checkResponders(p *problems, incident string, units []string) {
	for _, u := range units {
		p.require(has(r.index.units, u), "incident %s: there is no unit %q", incident, u)
	}
}

// MostOptions is how many answers a question may have: each is chosen by one digit.
const MostOptions = 9

// ValidIncidentKey tells whether a key is a single letter from a to z.
func ValidIncidentKey(key string) bool { return len(key) == 1 && key[0] >= 'a' && key[0] <= 'z' }
