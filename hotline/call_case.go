package hotline

import "time"

// A ResponderStage is how far somebody who was called to an emergency has come.
type ResponderStage string

// The stages, in their order. Any may be left out: who is in a hurry presses one button.
const (
	ResponderCalled   ResponderStage = "called"   // offered, nobody has answered
	ResponderHeard    ResponderStage = "heard"    // acknowledged
	ResponderTaken    ResponderStage = "taken"    // somebody goes (Terima)
	ResponderDeparted ResponderStage = "departed" // Berangkat
	ResponderArrived  ResponderStage = "arrived"  // Tiba
	ResponderDone     ResponderStage = "done"     // Selesai
	ResponderGone     ResponderStage = "gone"     // declined, withheld, or the case went away
)

// A Responder is one unit that was called to an emergency, as whoever waits for it sees it.
type Responder struct {
	Assignment Assignment
	Stage      ResponderStage
	Since      time.Time // when that stage began
	Late       bool      // nobody has answered for so long that it must ring
}

// ResponderPatience is how long a call to responders may stay unanswered before it rings where it came from.
const ResponderPatience = 60 * time.Second

// Responders tells how far those called to a case have come, by its events, in the order in which they were called.
func Responders(c Case, events []Event, now time.Time) []Responder {
	out := make([]Responder, len(c.Assignments))
	at := make(map[AssignmentID]*Responder, len(c.Assignments))
	for i, a := range c.Assignments {
		out[i] = Responder{Assignment: a, Stage: ResponderCalled, Since: a.Since}
		at[a.ID] = &out[i]
	}
	for _, e := range events {
		r := at[e.Assignment]
		if r == nil {
			continue
		}
		switch e.Kind {
		case EvAssigned, EvReleased, EvReopened:
			r.reach(ResponderCalled, e.At)
		case EvAcknowledged:
			r.reach(ResponderHeard, e.At)
		case EvTaken:
			r.reach(ResponderTaken, e.At)
		case EvDeparted:
			r.reach(ResponderDeparted, e.At)
		case EvArrived:
			r.reach(ResponderArrived, e.At)
		case EvFinished, EvResolved, EvPassedOn, EvNotPossible:
			r.reach(ResponderDone, e.At)
		case EvDeclined, EvWithheld:
			r.reach(ResponderGone, e.At)
		}
	}
	for i := range out {
		switch r := &out[i]; r.Assignment.State {
		case Cancelled:
			r.Stage = ResponderGone
		case Done:
			r.Stage = ResponderDone
		default:
			r.Late = c.Urgent && r.Stage == ResponderCalled && c.Status.Live() && !now.Before(r.Since.Add(ResponderPatience))
		}
	}
	return out
}

func (r *Responder) reach(s ResponderStage, at time.Time) { r.Stage, r.Since = s, at }
