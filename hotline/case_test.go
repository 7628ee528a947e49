package hotline

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, wib) // a Monday

// story plays events given in short, an hour apart, and fails where the last but not the others is refused, or none is though it should be.
func story(t *testing.T, events ...Event) Case {
	t.Helper()
	c, err := tell(events...)
	if err != nil {
		t.Fatalf("the story breaks off: %v", err)
	}
	return c
}

func tell(events ...Event) (Case, error) {
	for i := range events {
		events[i].ID, events[i].Case, events[i].At = EventID(i+1), 7, noon.Add(time.Duration(i)*time.Hour)
	}
	return Sum(events)
}

func filed() Event {
	return Event{Kind: EvFiled, Content: 3, Facts: Facts{CaseKind: Complaint, Category: "jalan-rusak", Privacy: Open, Source: SourceChat, Reporter: 1, Area: "99.01.01", Due: noon.AddDate(0, 0, 20)}}
}

func assigned(id AssignmentID, unit string, part Part) Event {
	return Event{Kind: EvAssigned, Assignment: id, Facts: Facts{Unit: unit, Part: part, Due: noon.AddDate(0, 0, 7)}}
}

func by(p PersonID, kind EventKind, id AssignmentID) Event {
	return Event{Kind: kind, Assignment: id, By: p}
}

func TestCaseFromFilingToRating(t *testing.T) {
	t.Parallel()
	scheduled := by(2, EvScheduled, 1)
	scheduled.Date = "2026-12-01"
	asked := by(2, EvAsked, 1)
	asked.Due = noon.AddDate(0, 0, 30)
	rated := by(1, EvRated, 0)
	rated.Value = 4
	events := []Event{
		filed(), assigned(1, "pu.jalan", Lead), by(2, EvTaken, 1), asked, {Kind: EvTold, By: 1}, scheduled, {Kind: EvReminded}, by(2, EvResolved, 1), rated,
	}
	want := []Status{Filed, Assigned, Working, Asking, Working, Scheduled, Working, Ended, Closed}
	for i := range events {
		if c := story(t, slices.Clone(events[:i+1])...); c.Status != want[i] {
			t.Errorf("after %s the case is %s, want %s", events[i].Kind, c.Status, want[i])
		}
	}
	c := story(t, events...)
	if c.Outcome != EvResolved || c.Rating != 4 || c.Events != len(events) || !c.AskDue.IsZero() || c.Date != "" {
		t.Errorf("at the end: %+v", c)
	}
}

func TestReopenedGoesBackToWhoEndedIt(t *testing.T) {
	t.Parallel()
	reopened := Event{Kind: EvReopened, By: 1, Facts: Facts{Due: noon.AddDate(0, 1, 0)}}
	c := story(t, filed(), assigned(1, "pu.jalan", Lead), assigned(2, "kecamatan.99.01.01", Supporting), by(2, EvTaken, 1), by(2, EvResolved, 1), reopened)
	lead, ok := c.Lead()
	if !ok || c.Status != Assigned || lead.ID != 1 || lead.State != Waiting || lead.Officer != 0 || lead.Acked || !lead.Due.Equal(reopened.Due) {
		t.Errorf("reopened: %s, lead %+v", c.Status, lead)
	}
	if support, _ := c.Assignment(2); support.State != Cancelled {
		t.Errorf("the supporting part is %s", support.State)
	}
	if c.Reopened != 1 || c.Outcome != "" || !c.EndedAt.IsZero() {
		t.Errorf("reopened: %+v", c)
	}
}

func TestReleasedEmergencyIsUnacknowledgedAgain(t *testing.T) {
	t.Parallel()
	c := story(t, filed(), assigned(1, "damkar", Lead), Event{Kind: EvUrgent}, by(2, EvTaken, 1), by(2, EvReleased, 1))
	if a, _ := c.Assignment(1); a.Acked || a.Officer != 0 || a.State != Waiting {
		t.Errorf("nobody has it, and still: %+v", a)
	}
}

// What must not happen, and where the story stood.
func TestRefused(t *testing.T) {
	t.Parallel()
	working := []Event{filed(), assigned(1, "pu.jalan", Lead), by(2, EvTaken, 1)}
	ended := append(slices.Clone(working), by(2, EvResolved, 1))
	restricted := append(slices.Clone(working), Event{Kind: EvRestricted, Facts: Facts{Privacy: Secret}})
	rating := func(n int) Event { e := by(1, EvRated, 0); e.Value = n; return e }
	for name, c := range map[string]struct {
		before []Event
		event  Event
	}{
		"anything before filing":             {nil, by(1, EvRemarked, 0)},
		"filing twice":                       {[]Event{filed()}, filed()},
		"a second lead":                      {working, assigned(2, "damkar", Lead)},
		"a unit twice":                       {working, assigned(2, "pu.jalan", Supporting)},
		"an assignment twice":                {working, assigned(1, "damkar", Supporting)},
		"an assignment without unit":         {working, assigned(2, "", Supporting)},
		"an assignment without part":         {working, assigned(2, "damkar", "")},
		"taking what is taken":               {working, by(3, EvTaken, 1)},
		"taking by nobody":                   {working[:2], by(0, EvTaken, 1)},
		"taking what is not there":           {working, by(3, EvTaken, 9)},
		"a note about what is not there":     {working, by(2, EvNoted, 9)},
		"triage while somebody works":        {working, Event{Kind: EvTriaged}},
		"triage when over":                   {ended, Event{Kind: EvTriaged}},
		"resolving before taking":            {working[:2], by(2, EvResolved, 1)},
		"an answer nobody asked for":         {working, by(1, EvTold, 0)},
		"a day without a date":               {working, by(2, EvScheduled, 1)},
		"finishing the lead like a part":     {working, by(2, EvFinished, 1)},
		"rating before the end":              {working, rating(5)},
		"rating 0":                           {ended, rating(0)},
		"rating 6":                           {ended, rating(6)},
		"reopening what goes on":             {working, by(1, EvReopened, 0)},
		"withdrawing what has ended":         {ended, by(1, EvWithdrawn, 0)},
		"archiving without a reason":         {working, by(4, EvArchived, 0)},
		"closing what goes on":               {working, Event{Kind: EvClosed}},
		"skipping a level":                   {working, Event{Kind: EvEscalated, Assignment: 1, Facts: Facts{Level: 2}}},
		"escalating when over":               {ended, Event{Kind: EvEscalated, Assignment: 1, Facts: Facts{Level: 1}}},
		"an event that is none":              {working, Event{Kind: "surprised"}},
		"less private than it was":           {restricted, Event{Kind: EvRestricted, Facts: Facts{Privacy: Anonymous}}},
		"as private as it was":               {restricted, Event{Kind: EvRestricted, Facts: Facts{Privacy: Secret}}},
		"a new category after the end":       {ended, Event{Kind: EvRecategory, Facts: Facts{Category: "listrik"}}},
		"assigning after the end":            {ended, assigned(2, "damkar", Supporting)},
		"a reminder when nothing is planned": {working, Event{Kind: EvReminded}},
	} {
		before := story(t, slices.Clone(c.before)...)
		c.event.At = noon.AddDate(0, 0, 3)
		after, err := before.After(c.event)
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%s: got %v, want ErrRefused", name, err)
		}
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("%s: the case changed (-before +after):\n%s", name, d)
		}
		if err != nil && before.Status != "" && !strings.Contains(err.Error(), string(before.Status)) {
			t.Errorf("%s: the error doesn't say where the case stands (%s): %v", name, before.Status, err)
		}
	}
}

var allEvents = []EventKind{
	EvFiled, EvAssigned, EvTriaged, EvTaken, EvAcknowledged, EvReleased, EvDeclined, EvWithheld, EvAsked, EvTold, EvRemarked, EvAnswered, EvNoted,
	EvScheduled, EvReminded, EvResolved, EvPassedOn, EvNotPossible, EvFinished, EvRated, EvReopened, EvWithdrawn, EvClosed, EvArchived, EvRestored, EvEscalated,
	EvMerged, EvParted, EvAbsorbed, EvYielded,
	EvRecategory, EvRestricted, EvDetailed, EvUrgent, EvEdited, EvErased, EvTranscribed, EvDeparted, EvArrived, EvCalmed,
}

// anEvent draws an event for the case: mostly one that fits, for else no story gets far, and often any at all.
func anEvent(c Case, n int) *rapid.Generator[Event] {
	return rapid.Custom(func(t *rapid.T) Event {
		e := Event{
			ID: EventID(n), Case: 7, At: noon.Add(time.Duration(n) * time.Hour),
			By: PersonID(rapid.IntRange(0, 3).Draw(t, "by")), Assignment: AssignmentID(rapid.IntRange(0, len(c.Assignments)+1).Draw(t, "assignment")),
			Facts: Facts{
				Unit: rapid.SampledFrom([]string{"pu.jalan", "damkar", "pln", ""}).Draw(t, "unit"),
				Part: rapid.SampledFrom([]Part{Lead, Lead, Supporting, Responding, ""}).Draw(t, "part"), Level: rapid.IntRange(0, 2).Draw(t, "level"),
				Date: rapid.SampledFrom([]string{"", "2026-12-01"}).Draw(t, "date"), Value: rapid.IntRange(0, 6).Draw(t, "value"),
				Category: rapid.SampledFrom([]string{"", "listrik"}).Draw(t, "category"), Word: rapid.SampledFrom([]string{"", "spam"}).Draw(t, "word"),
				Due: noon.AddDate(0, 0, n), CaseKind: Complaint, Privacy: rapid.SampledFrom([]Privacy{Open, Anonymous, Secret, Sealed, ""}).Draw(t, "privacy"), Source: SourceChat, Reporter: 1,
			},
		}
		e.Kind = rapid.SampledFrom(allEvents).Draw(t, "kind")
		e.With = CaseID(rapid.IntRange(0, 8).Draw(t, "with")) // 7 is the case itself
		if rapid.IntRange(0, 9).Draw(t, "any") == 9 {
			return e
		}
		var kinds []EventKind
		fits := map[EventKind][]Event{}
		for _, kind := range allEvents {
			for id := range AssignmentID(len(c.Assignments) + 2) {
				f := e
				f.Kind, f.Assignment, f.By, f.Date, f.Word, f.Value = kind, id, max(e.By, 1), "2026-12-01", "spam", max(1, min(5, e.Value))
				if _, err := c.After(f); err != nil || (kind == EvWithdrawn || kind == EvArchived) && n%8 != 0 {
					continue
				}
				if len(fits[kind]) == 0 {
					kinds = append(kinds, kind)
				}
				fits[kind] = append(fits[kind], f)
			}
		}
		if len(kinds) > 0 {
			e = rapid.SampledFrom(fits[rapid.SampledFrom(kinds).Draw(t, "fitting kind")]).Draw(t, "fitting")
		}
		return e
	})
}

// Whatever happens to a case, in whatever order: what does not fit changes nothing, and what fits leaves it in one of the states that mean something.
func TestCaseStates(t *testing.T) {
	t.Parallel()
	seen := map[Status]bool{}
	property := func(t *rapid.T) {
		var c Case
		var history []Event
		for n := range 40 {
			e := anEvent(c, n+1).Draw(t, "event")
			if n == 0 {
				e.Kind = EvFiled
			}
			before := copied(c)
			after, err := c.After(e)
			if d := cmp.Diff(before, c); d != "" {
				t.Fatalf("%s changed the case it was asked about:\n%s", e.Kind, d)
			}
			if err != nil {
				if d := cmp.Diff(before, after); d != "" || !errors.Is(err, ErrRefused) {
					t.Fatalf("%s was refused (%v) and changed the case:\n%s", e.Kind, err, d)
				}
				continue
			}
			if after.Events != c.Events+1 || !after.Changed.Equal(e.At) {
				t.Fatalf("%s is not counted: %+v", e.Kind, after)
			}
			history = append(history, e)
			c = after
			seen[c.Status] = true
			if wrong := nonsense(c); wrong != "" {
				t.Fatalf("after %s: %s\n%+v", e.Kind, wrong, c)
			}
		}
		sum, err := Sum(history)
		if err != nil {
			t.Fatalf("the history cannot be played: %v", err)
		}
		if d := cmp.Diff(c, sum); d != "" {
			t.Fatalf("the sum of the events is another case:\n%s", d)
		}
	}
	states := []Status{Filed, Triage, Assigned, Working, Asking, Scheduled, Ended, Closed, Withdrawn, Archived, Merged}
	missing := func(s Status) bool { return !seen[s] }
	for range 20 { // chance may leave one out at first
		if rapid.Check(t, property); !slices.ContainsFunc(states, missing) {
			break
		}
	}
	for _, s := range states {
		if missing(s) {
			t.Errorf("no random story reached %s: the test proves less than it says", s)
		}
	}
}

func copied(c Case) Case {
	c.Assignments = slices.Clone(c.Assignments)
	return c
}

// nonsense says what about a case cannot be.
func nonsense(c Case) string {
	leads, units := 0, map[string]bool{}
	for _, a := range c.Assignments {
		switch {
		case !a.On():
			continue
		case !c.Status.Live():
			return "somebody still has to work a case that is over"
		case units[a.Unit]:
			return "a unit has it twice"
		case (a.State == Taken) != (a.Officer != 0):
			return "taken by nobody, or waiting at somebody"
		}
		units[a.Unit] = true
		if a.Part == Lead {
			leads++
		}
	}
	lead, _ := c.Lead()
	with := map[Status]AssignmentState{Assigned: Waiting, Working: Taken, Asking: Taken, Scheduled: Taken}[c.Status]
	switch {
	case leads > 1:
		return "two lead"
	case leads == 1 && with == "" || lead.State != with:
		return "the status and the lead don't go together"
	case !c.AskDue.IsZero() && c.Status != Asking:
		return "an answer is awaited to no question"
	case c.Status == Merged && (c.Parent == 0 || c.Urgent):
		return "merged into nothing, or an emergency"
	case c.Parent != 0 && c.Status.Live() && c.Status != Merged:
		return "merged, and worked by itself"
	case c.Date != "" && c.Status != Scheduled && c.Status != Asking && c.Status != Merged:
		return "a day is named and nothing planned"
	case (c.Outcome != "") != (!c.EndedAt.IsZero()):
		return "an outcome without its moment"
	case c.Outcome != "" && c.Status.Live():
		return "an outcome, and it goes on"
	case c.Outcome == "" && (c.Status == Ended || c.Status == Closed):
		return "ended without an outcome"
	case c.Rating != 0 && c.Status != Closed:
		return "rated and not closed"
	}
	return ""
}

// A slip of the finger is put right by the next number; the word that follows keeps it.
func TestRatingPutRight(t *testing.T) {
	t.Parallel()
	rating := func(n int) Event { e := by(1, EvRated, 0); e.Value = n; return e }
	var c Case
	for i, e := range []Event{filed(), assigned(1, "pu.jalan", Lead), by(2, EvTaken, 1), by(2, EvResolved, 1), rating(2), rating(5), rating(5)} {
		after, err := c.After(e)
		if err != nil {
			t.Fatalf("event %d, %s: %v", i, e.Kind, err)
		}
		c = after
	}
	if c.Rating != 5 || c.Status != Closed {
		t.Errorf("rated 2 and then 5: %d, %s", c.Rating, c.Status)
	}
}

func FuzzCaseAfter(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 0, 3, 1, 2, 15, 1, 2})
	f.Add([]byte{0, 0, 0, 1, 1, 0, 3, 1, 2, 8, 1, 2, 9, 0, 1, 13, 1, 2, 20, 0, 1})
	f.Fuzz(func(t *testing.T, program []byte) {
		var c Case
		for n := 0; n+2 < len(program) && n < 300; n += 3 {
			kind, id, person := program[n], program[n+1], program[n+2]
			e := Event{Kind: allEvents[int(kind)%len(allEvents)], At: noon.Add(time.Duration(n) * time.Minute), By: PersonID(person % 4), Assignment: AssignmentID(id % 6)}
			e.Unit, e.Part = []string{"a", "b", "c", ""}[person>>2&3], []Part{Lead, Supporting, Responding, ""}[person>>4&3]
			e.Level, e.Value, e.Date, e.Word, e.Category = int(id>>4&3), int(id>>3&7), []string{"", "2026-12-01"}[person>>6&1], []string{"", "spam"}[person>>7], "x"
			e.Due, e.With = e.At.Add(time.Hour), CaseID(person>>6)
			before := copied(c)
			after, err := c.After(e)
			if err != nil && !cmp.Equal(before, after) {
				t.Fatalf("%s was refused and changed the case", e.Kind)
			}
			if err == nil {
				if wrong := nonsense(after); wrong != "" {
					t.Fatalf("after %s: %s", e.Kind, wrong)
				}
				c = after
			}
		}
	})
}

// Whom a case complains about may be found out only later, and stays known.
func TestAboutIsKnownLater(t *testing.T) {
	t.Parallel()
	filed, err := Case{}.After(Event{Case: 1, Kind: EvFiled, Facts: Facts{CaseKind: Complaint}})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []EventKind{EvRecategory, EvTranscribed} {
		told, err := filed.After(Event{Case: 1, Kind: kind, Facts: Facts{Category: "pungli", About: "pu"}})
		if err != nil || told.About != "pu" {
			t.Errorf("%s: about %q, %v", kind, told.About, err)
		}
		if again, err := told.After(Event{Case: 1, Kind: kind, Facts: Facts{Category: "pungli"}}); err != nil || again.About != "pu" {
			t.Errorf("%s again: about %q, %v", kind, again.About, err)
		}
	}
}
