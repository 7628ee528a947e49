package hotline

import (
	"slices"
	"time"
)

// This file is what anybody who has a case's number and check word may see of it, without being known: where it stands, and what was answered. It
// may be
// somebody who found the slip of paper.

// A Tracked is a case as the tracking page shows it: never who reported, what they said, or a place nearer than the kecamatan.
type Tracked struct {
	Number Number
	Status Status
	Bare   bool // a secret case, or one that accuses somebody: nothing else is told, and every other field is zero

	Filed     time.Time
	Category  string
	Kecamatan string    // Area.Code; empty: unknown, or somewhere in the regency
	Unit      string    // that leads
	Due       time.Time // an outcome is promised by then; zero: there is one, or it is an emergency
	Date      string    // YYYY-MM-DD: will be done on that day
	AskDue    time.Time // the reporter was asked something in the chat, to be answered by then
	Answers   []TrackedAnswer
}

// A TrackedAnswer is what somebody of the service told the reporter.
type TrackedAnswer struct {
	At     time.Time
	Kind   EventKind // answered, scheduled, resolved, passed_on, not_possible
	Date   string    // of a scheduled one
	Text   string
	Erased bool // there was a text
}

// answers are the events whose words are for the reporter.
var answers = []EventKind{EvAnswered, EvScheduled, EvResolved, EvPassedOn, EvNotPossible}

// Track gives what is shown of a case to whoever has its number and check word. said is what was said with the events, as far as it is kept.
func (r *Regency) Track(c Case, events []Event, said map[ContentID]Content) Tracked {
	t := Tracked{Number: c.Number, Status: c.Status}
	if r.Hushed(c) {
		t.Bare = true
		return t
	}
	t.Filed, t.Category, t.Date, t.AskDue = c.Filed, c.Category, c.Date, c.AskDue
	if k, ok := r.Kecamatan(c.Area); ok {
		t.Kecamatan = k.Code
	}
	if lead, ok := c.lastLead(); ok {
		t.Unit = lead.Unit
	}
	if c.Status.Live() && !c.Urgent {
		t.Due = c.Due
	}
	for _, e := range events {
		if !slices.Contains(answers, e.Kind) {
			continue
		}
		words := said[e.Content]
		t.Answers = append(t.Answers, TrackedAnswer{At: e.At, Kind: e.Kind, Date: e.Date, Text: words.Text,
			Erased: e.Content != 0 && (words.Erased || words.ID == 0)})
	}
	return t
}

// Hushed tells whether nothing is told of a case in public but that it is one: it is secret, or accuses somebody.
func (r *Regency) Hushed(c Case) bool {
	cat, _ := r.Category(c.Category)
	return c.Privacy.IsSecret() || c.About != "" || cat.Oversight || cat.Rudeness
}

// lastLead gives the assignment that leads, or that led to the outcome.
func (c Case) lastLead() (Assignment, bool) {
	all := c.Assignments
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Part == Lead && all[i].State != Cancelled {
			return all[i], true
		}
	}
	return Assignment{}, false
}

// A TrackResult is what came of asking for a case by number and check word.
type TrackResult string

// The results. There being no such number is no other than a wrong word.
const (
	TrackFound    TrackResult = "found"
	TrackWrong    TrackResult = "wrong"
	TrackTooOften TrackResult = "too_often"
)
