package hotline

import (
	"strings"
	"testing"
	"time"
)

func TestShiftDesk(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"1": "1", "  meja \n depan ": "meja depan", "": "", " \x00 ": "", strings.Repeat("x", 13): "", strings.Repeat("é", 12): strings.Repeat("é", 12)} {
		if got, ok := ShiftDesk(typed); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", typed, got, ok)
		}
	}
}

// What is open and held by nobody who sits at a desk is nobody's.
func TestWhatIsNobodys(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	b := ShiftBoard{Shifts: []Shift{{Person: 1, Desk: "1", From: now}, {Person: 2, Desk: "pojok", From: now, Until: now.Add(time.Hour), By: 1}}}
	for _, c := range []struct {
		call Call
		want bool
	}{
		{Call{}, true}, {Call{Holder: 1}, false}, {Call{Holder: 2}, true}, {Call{Holder: 3}, true}, {Call{Holder: 3, Closed: now}, false},
	} {
		if got := b.Nobodys(c.call); got != c.want {
			t.Errorf("%+v: %v", c.call, got)
		}
	}
	if got := strings.Join(b.Desks(), " "); got != "1 2 3 pojok" {
		t.Errorf("desks: %s", got)
	}
	if _, ok := b.At("pojok"); ok {
		t.Error("somebody sits where somebody went")
	}
	urgent := Case{Urgent: true, Status: Assigned, Assignments: []Assignment{{State: Waiting}}}
	if !urgent.Unanswered() {
		t.Error("an emergency that only waits is answered")
	}
	urgent.Assignments[0].Acked = true
	if urgent.Unanswered() {
		t.Error("an emergency that was seen is not answered")
	}
}
