package hotline

import (
	"errors"
	"testing"
	"time"
)

func with(e Event, other CaseID) Event { e.With = other; return e }

// A merged case has no part at any unit, hears the news of its parent, ends with it, and is rated by its own reporter.
func TestMergedCaseFollowsItsParent(t *testing.T) {
	t.Parallel()
	merged := []Event{filed(), assigned(1, "pu.jalan", Lead), by(2, EvTaken, 1), with(by(4, EvMerged, 0), 8)}
	c := story(t, merged...)
	if a, _ := c.Assignment(1); c.Status != Merged || c.Parent != 8 || a.State != Cancelled || !c.Status.Live() {
		t.Fatalf("merged: %+v", c)
	}
	day := by(2, EvScheduled, 0)
	day.Date = "2026-12-01"
	if c := story(t, append(merged, day)...); c.Status != Merged || c.Date != "2026-12-01" {
		t.Errorf("a day was named for the parent: %+v", c)
	}
	rated := by(1, EvRated, 0)
	rated.Value = 5
	ended := append(merged, day, by(1, EvRemarked, 0), by(2, EvAnswered, 0), by(2, EvResolved, 0))
	if c := story(t, ended...); c.Status != Ended || c.Outcome != EvResolved || c.Date != "" {
		t.Errorf("the parent was resolved: %+v", c)
	}
	if c := story(t, append(ended, rated)...); c.Status != Closed || c.Rating != 5 {
		t.Errorf("rated: %+v", c)
	}
	again := Event{Kind: EvReopened, Facts: Facts{Due: noon.AddDate(0, 1, 0)}}
	if c := story(t, append(ended, again)...); c.Status != Merged || c.Parent != 8 || c.Outcome != "" {
		t.Errorf("the parent was reopened: %+v", c)
	}
	again.By = 1
	if c := story(t, append(ended, again)...); c.Status != Triage || c.Parent != 0 {
		t.Errorf("its own reporter opens it again: %+v", c)
	}
}

// What makes a case another matter takes it out; taking apart by hand undoes a merging.
func TestMergedCaseIsItsOwnAgain(t *testing.T) {
	t.Parallel()
	merged := []Event{filed(), with(by(4, EvMerged, 0), 8)}
	for name, e := range map[string]Event{
		"taken apart":        with(by(4, EvParted, 0), 8),
		"an emergency":       {Kind: EvUrgent},
		"another category":   {Kind: EvRecategory, Facts: Facts{Category: "listrik"}},
		"it accuses":         {Kind: EvTranscribed, Facts: Facts{About: "pu"}},
		"accuses, and known": {Kind: EvRecategory, Facts: Facts{About: "pu"}},
	} {
		c := story(t, append(merged, e)...)
		if c.Status != Triage || c.Parent != 0 {
			t.Errorf("%s: %+v", name, c)
		}
		if c := story(t, append(merged, e, assigned(2, "pu.jalan", Lead))...); c.Status != Assigned {
			t.Errorf("%s: it cannot be given to a unit", name)
		}
	}
	if _, err := tell(append(merged, assigned(2, "pu.jalan", Lead))...); !errors.Is(err, ErrRefused) {
		t.Errorf("a merged case is given to a unit: %v", err)
	}
	for name, before := range map[string][]Event{
		"into itself":      {filed(), with(by(4, EvMerged, 0), 7)},
		"into nothing":     {filed(), by(4, EvMerged, 0)},
		"twice":            append(merged, with(by(4, EvMerged, 0), 9)),
		"with others":      {filed(), with(by(4, EvAbsorbed, 0), 9), with(by(4, EvMerged, 0), 8)},
		"absorbing merged": append(merged, with(by(4, EvAbsorbed, 0), 9)),
		"an emergency":     {filed(), {Kind: EvUrgent}, with(by(4, EvMerged, 0), 8)},
		"yielding nothing": {filed(), with(by(4, EvYielded, 0), 9)},
	} {
		if _, err := tell(before...); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever works the parent sees what was merged into it, as far as its own privacy lets them, and works it nowhere but there; nobody else sees more.
func TestSightOfMergedCases(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	parts := []Assignment{{ID: 1, Unit: "pu.jalan", Part: Lead, State: Taken, Officer: 2}}
	c := Case{ID: 7, Reporter: 1, Category: "jalan-rusak", Status: Merged, Parent: 8, Privacy: Open, With: parts}
	officer := Viewer{Person: 2, Roles: []Role{{Person: 2, Name: RoleOfficer, Unit: "pu.jalan"}}}
	colleague := Viewer{Person: 3, Roles: []Role{{Person: 3, Name: RoleOfficer, Unit: "pu.jalan"}}}
	other := Viewer{Person: 5, Roles: []Role{{Person: 5, Name: RoleOfficer, Unit: "damkar"}}}
	if s := r.Sees(officer, c); !s.Content || s.Act {
		t.Errorf("the parent's officer: %+v", s)
	}
	if s := r.Sees(other, c); s != (Sight{}) {
		t.Errorf("an officer of another unit: %+v", s)
	}
	if s := r.Sees(Viewer{Person: 9}, c); s != (Sight{}) {
		t.Errorf("the parent's reporter: %+v", s)
	}
	c.Privacy = Secret
	if s := r.Sees(colleague, c); s.Content || s.Reporter || !s.Facts {
		t.Errorf("a colleague, of a secret one: %+v", s)
	}
}

func TestMayMerge(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	for _, x := range []struct {
		a, b Case
		may  bool
	}{
		{Case{Privacy: Open}, Case{Privacy: Anonymous}, true},
		{Case{Privacy: Secret}, Case{Privacy: Sealed}, true},
		{Case{Privacy: Secret}, Case{Privacy: Open}, false},
		{Case{Privacy: Anonymous}, Case{Privacy: Sealed}, false},
		{Case{Privacy: Open, About: "pu"}, Case{Privacy: Open, About: "pu"}, false},
		{Case{Privacy: Open, Category: "pelayanan"}, Case{Privacy: Open, Category: "pelayanan"}, false},
		{Case{Privacy: Secret, Category: "pungli"}, Case{Privacy: Secret, Category: "pungli"}, false},
	} {
		if r.MayMerge(x.a, x.b) != x.may || r.MayMerge(x.b, x.a) != x.may {
			t.Errorf("%+v and %+v: want %v", x.a, x.b, x.may)
		}
	}
}

func TestDuplicatesAreNearInKindPlaceTimeAndWords(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	at := func(id CaseID, category, area, text string, days int, p *Point) Described {
		return Described{Case{ID: id, Category: category, Area: area, Privacy: Open, Status: Assigned, Filed: noon.Add(time.Duration(days) * 24 * time.Hour)}, text, p}
	}
	here, near, far := &Point{-6.42, 110.62}, &Point{-6.4205, 110.6203}, &Point{-6.47, 110.67}
	of := at(1, "jalan-rusak", "99.01.01.2001", "jalan berlubang besar depan pasar", 0, here)
	others := []Described{
		of,
		at(2, "jalan-rusak", "99.01.01.2001", "lubang besar di jalan depan pasar Karangrejo", 1, near),
		at(3, "jalan-rusak", "99.01.01.2001", "aspal mengelupas", 2, nil),
		at(4, "listrik", "99.01.01.2001", "jalan berlubang besar depan pasar", 0, here),
		at(5, "jalan-rusak", "99.01.01.2001", "jalan berlubang besar depan pasar", 40, here),
		at(6, "jalan-rusak", "99.01.01.2001", "jalan berlubang besar depan pasar", 0, far),
		at(7, "jalan-rusak", "99.01.02.2001", "jalan berlubang besar depan pasar", 0, nil),
	}
	var got []CaseID
	for _, d := range r.Duplicates(of, others, 5) {
		got = append(got, d.Case.ID)
	}
	if len(got) != 2 || got[0] != 2 || got[1] != 3 {
		t.Errorf("proposed: %v", got)
	}
}
