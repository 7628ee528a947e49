package hotline_test

import (
	"slices"
	"testing"
	"time"

	"tanggap/hotline"
)

// Nobody answers: one after the other is called, each a minute after the one before, and never one twice; an answer ends it.
func TestTheNextResponderIsCalledUntilSomebodyAnswers(t *testing.T) {
	t.Parallel()
	r, _ := jepara()
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	id := hotline.AssignmentID(1)
	assign := func(c hotline.Case, unit string, p hotline.Part) hotline.Case {
		t.Helper()
		after, err := c.After(hotline.Event{Kind: hotline.EvAssigned, At: at, Assignment: id, Facts: hotline.Facts{Unit: unit, Part: p}})
		if err != nil {
			t.Fatal(err)
		}
		id++
		return after
	}
	c, err := hotline.Case{}.After(hotline.Event{Kind: hotline.EvFiled, At: at, Case: 1, Facts: hotline.Facts{CaseKind: hotline.Complaint, Category: "kebakaran", Urgent: true, Source: hotline.SourceChat}})
	if err != nil {
		t.Fatal(err)
	}
	if next, _ := r.NextResponders(c); len(next) > 0 {
		t.Error("one is next before anybody was called")
	}
	c = assign(c, "satpolpp.damkar", hotline.Lead)
	var called []string
	for range 10 {
		next, when := r.NextResponders(c)
		if len(next) == 0 {
			break
		}
		unit := next[0]
		if want := at.Add(hotline.ResponderPatience); !when.Equal(want) {
			t.Fatalf("%s is called at %s, want %s", unit, when, want)
		}
		if wake := r.Wake(c); wake.IsZero() || wake.After(when) {
			t.Errorf("the clock wakes at %s, too late for %s", wake, when)
		}
		at = when
		called = append(called, unit)
		c = assign(c, unit, hotline.Responding)
	}
	if want := []string{"bpbd.pusdalops", "dinkes.psc"}; !slices.Equal(called, want) {
		t.Errorf("called %v, want %v", called, want)
	}

	first := c
	first.Assignments = slices.Clone(c.Assignments[:1])
	for _, e := range []hotline.Event{{Kind: hotline.EvAcknowledged, By: 7, Assignment: 1}, {Kind: hotline.EvTaken, By: 7, Assignment: 1}} {
		after, err := first.After(e)
		if err != nil {
			t.Fatal(err)
		}
		if next, _ := r.NextResponders(after); len(next) > 0 {
			t.Errorf("%s is called although it is %s", next, e.Kind)
		}
	}
	declined, err := first.After(hotline.Event{Kind: hotline.EvDeclined, By: 7, Assignment: 1})
	if err != nil {
		t.Fatal(err)
	}
	if next, _ := r.NextResponders(declined); len(next) > 0 {
		t.Error("nobody waits, and yet one is next: the coordinator decides")
	}
	accused := first
	accused.About = "bpbd"
	if next, _ := r.NextResponders(accused); !slices.Equal(next, []string{"dinkes.psc"}) {
		t.Errorf("an emergency that accuses bpbd calls %q next", next)
	}
	calm := first
	calm.Urgent = false
	if next, _ := r.NextResponders(calm); len(next) > 0 {
		t.Error("an ordinary case calls the next")
	}
}
