package config

import (
	"fmt"
	"io/fs"
	"time"

	"tanggap/hotline"
)

// lineFile describes the emergency line; a regency without one takes calls all the same, as complaints and questions.
const lineFile = "line112.yaml"

// Bounds on the line.
const (
	maxIncidents = 40
	maxOthers    = 20
)

const incidentKind kind = "incident"

// readLine reads line112.yaml, which may be missing: when the line is answered, what is done about pranks, and the kinds of emergencies with the
// questions of their protocols.
func (r *reader) readLine() {
	l := &r.out.Line
	l.Pranks, l.Within, l.Block = hotline.DefaultPranks, hotline.DefaultPrankWithin, hotline.DefaultBlock
	if _, err := fs.Stat(r.fsys, lineFile); err != nil && !r.base.here() {
		return
	}
	doc := r.onBaseDocument(lineFile)
	m := doc.mapping("calendar", "others", "pranks", "incidents")
	if n := m.opt("calendar"); n.here() {
		l.Calendar = n.ref(calendarKind)
	}
	for i, item := range r.ownOthers(m.opt("others")) {
		if i == maxOthers {
			item.wrong(fmt.Sprintf("more than %d other numbers", maxOthers), "keep the ones to be read out")
			break
		}
		of := item.mapping("name", "number")
		l.Others = append(l.Others, hotline.OtherNumber{Name: of.need("name").str(), Number: of.need("number").str()})
	}
	if n := m.opt("pranks"); n.here() {
		r.readPranks(n)
	}
	keys := map[string]node{}
	for i, item := range r.onBaseList(doc, "incidents", "id", m.opt("incidents")) {
		if i == maxIncidents {
			item.wrong(fmt.Sprintf("more than %d incidents", maxIncidents), "an operator must find one at a glance")
			return
		}
		r.readIncident(item, keys)
	}
}

// ownOthers gives the numbers to call instead, without those of the base: they are of another place.
func (r *reader) ownOthers(n node) []node {
	if r.base.holds(n.file) {
		return nil
	}
	return n.list()
}

func (r *reader) readPranks(n node) {
	l := &r.out.Line
	of := n.mapping("limit", "within", "block")
	if limit := of.opt("limit"); limit.here() {
		l.Pranks = limit.number(1, 1000)
	}
	l.Within = of.opt("within").stretch(l.Within)
	l.Block = of.opt("block").stretch(l.Block)
}

// stretch reads a time by the clock, from an hour to a year.
func (n node) stretch(otherwise time.Duration) time.Duration {
	if !n.here() {
		return otherwise
	}
	s := n.span()
	d := s.Time + time.Duration(s.Days)*24*time.Hour
	if s.WorkDays != 0 || !s.IsZero() && (d < time.Hour || d > 366*24*time.Hour) {
		n.wrong("must be from an hour to a year by the clock", "write it as 24 hours or 30 days")
		return otherwise
	}
	if d == 0 { // it is no span, and that has been said
		return otherwise
	}
	return d
}

func (r *reader) readIncident(item node, keys map[string]node) {
	m := item.mapping("id", "key", "name", "category", "responders", "questions")
	i := hotline.Incident{
		ID:         m.need("id").id(incidentKind, hotline.ValidID, idForm),
		Name:       m.need("name").text("the name"),
		Category:   m.need("category").ref(categoryKind),
		Responders: m.opt("responders").refs(unitKind),
		Questions:  readIncidentQuestions(m.opt("questions")),
	}
	if n := m.need("key"); n.here() {
		i.Key = n.str()
		before, twice := keys[i.Key]
		switch {
		case i.Key == "":
		case !hotline.ValidIncidentKey(i.Key):
			n.wrong("key "+quote(i.Key)+" is not one letter", "write a single letter from a to z")
		case twice:
			n.wrong(fmt.Sprintf("key %s is there twice, first at line %d", i.Key, before.y.Line), "give one of them another letter")
		}
		keys[i.Key] = n
	}
	if i.ID != "" {
		r.out.Incidents = append(r.out.Incidents, i)
	}
}

func readIncidentQuestions(n node) []hotline.IncidentQuestion {
	var questions []hotline.IncidentQuestion
	seen := map[string]bool{}
	for _, item := range n.list() {
		m := item.mapping("id", "ask", "options")
		q := hotline.IncidentQuestion{ID: shortID(m.need("id"), "question", seen), Ask: m.need("ask").text("the question")}
		options := m.opt("options")
		ids := map[string]bool{}
		for _, o := range options.list() {
			of := o.mapping("id", "text", "responders")
			q.Options = append(q.Options, hotline.IncidentOption{ID: shortID(of.need("id"), "option", ids), Text: of.need("text").text("the option"),
				Responders: of.opt("responders").refs(unitKind)})
		}
		switch {
		case options.here() && len(q.Options) == 1:
			options.wrong("one option is no choice", "write two at least, or none to let people write freely")
		case len(q.Options) > hotline.MostOptions:
			options.wrong(fmt.Sprintf("more than %d options: each is chosen by one digit", hotline.MostOptions), "put some together")
		}
		questions = append(questions, q)
	}
	return questions
}
