package hotline

import (
	"errors"
	"testing"
	"time"
)

func TestHowFarRespondersHaveCome(t *testing.T) {
	t.Parallel()
	at := callTime
	var c Case
	var events []Event
	happen := func(e Event) error {
		e.Case, e.At = 1, at
		next, err := c.After(e)
		if err == nil {
			c, events = next, append(events, e)
			at = at.Add(time.Second)
		}
		return err
	}
	must := func(e Event) {
		t.Helper()
		if err := happen(e); err != nil {
			t.Fatal(err)
		}
	}
	must(Event{Kind: EvFiled, Facts: Facts{Urgent: true}})
	for i, u := range []string{"a", "b", "c"} {
		must(Event{Kind: EvAssigned, Assignment: AssignmentID(i + 1), Facts: Facts{Unit: u, Part: Responding}})
	}
	stages := func(now time.Time) (got [3]ResponderStage, late [3]bool) {
		for i, r := range Responders(c, events, now) {
			got[i], late[i] = r.Stage, r.Late
		}
		return got, late
	}
	if err := happen(Event{Kind: EvDeparted, Assignment: 1, By: 7}); !errors.Is(err, ErrRefused) {
		t.Errorf("left before anybody took it: %v", err)
	}
	if got, late := stages(at.Add(50 * time.Second)); got != [3]ResponderStage{ResponderCalled, ResponderCalled, ResponderCalled} || late != [3]bool{} {
		t.Errorf("%v %v", got, late)
	}
	must(Event{Kind: EvAcknowledged, Assignment: 2, By: 8})
	must(Event{Kind: EvTaken, Assignment: 1, By: 7})
	if got, late := stages(at.Add(ResponderPatience)); got != [3]ResponderStage{ResponderTaken, ResponderHeard, ResponderCalled} || late != [3]bool{false, false, true} {
		t.Errorf("%v %v", got, late)
	}
	must(Event{Kind: EvDeparted, Assignment: 1, By: 7})
	must(Event{Kind: EvDeclined, Assignment: 2, By: 8})
	must(Event{Kind: EvArrived, Assignment: 1, By: 7})
	if got, _ := stages(at); got != [3]ResponderStage{ResponderArrived, ResponderGone, ResponderCalled} {
		t.Errorf("%v", got)
	}
	must(Event{Kind: EvFinished, Assignment: 1, By: 7})
	must(Event{Kind: EvWithdrawn})
	if got, late := stages(at.Add(time.Hour)); got != [3]ResponderStage{ResponderDone, ResponderGone, ResponderGone} || late != [3]bool{} {
		t.Errorf("%v %v", got, late)
	}
	if err := happen(Event{Kind: EvArrived, Assignment: 1, By: 7}); !errors.Is(err, ErrRefused) {
		t.Errorf("arrived when it is over: %v", err)
	}
}
