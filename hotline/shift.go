package hotline

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// A Shift is somebody's time at a desk of the 112 line. At one desk sits one person, and one person at one desk.
type Shift struct {
	ID     int64
	Person PersonID
	Desk   string // its number or name, as ShiftDesk gives it
	From   time.Time
	Until  time.Time // zero: still there
	By     PersonID  // who took the desk over; the person's own, where nobody did
}

// A ShiftNote is a word for whoever sits at the desk next.
type ShiftNote struct {
	ID      int64
	At      time.Time
	By      PersonID
	Desk    string
	Text    string // empty once it is too old: see ShiftNotesKept
	Taken   time.Time
	TakenBy PersonID // who has it in hand now; zero: nobody
}

// ShiftNotesKept is how long the words of a note are kept: names and numbers stand in them.
const ShiftNotesKept = 30 * 24 * time.Hour

// MaxShiftNote bounds a note, in letters.
const MaxShiftNote = 1000

// maxDesk bounds the name of a desk, in letters.
const maxDesk = 12

// ErrNoShift says that the viewer sits at no desk.
var ErrNoShift = errors.New("at no desk")

// usualDesks are shown whether anybody ever sat there or not.
var usualDesks = []string{"1", "2", "3"}

// ShiftDesk gives a desk's name as it is kept: one line of at most twelve letters. It is false where nothing is left.
func ShiftDesk(typed string) (string, bool) {
	name := strings.Join(strings.Fields(printable(typed)), " ")
	return name, name != "" && len([]rune(name)) <= maxDesk
}

// A ShiftBoard is all that one shift hands to the next.
type ShiftBoard struct {
	Shifts  []Shift     // of the day asked for, and those still there, oldest first
	Notes   []ShiftNote // of that day, and those nobody has taken, oldest first
	Open    []Call      // records still being written, oldest first
	Running []Case      // emergencies that calls became, not over yet, oldest first
	Names   map[PersonID]string
}

// Desks lists the desks, those with a number first.
func (b ShiftBoard) Desks() []string {
	all := slices.Clone(usualDesks)
	for _, s := range b.Shifts {
		if !slices.Contains(all, s.Desk) {
			all = append(all, s.Desk)
		}
	}
	slices.Sort(all)
	return all
}

// At gives who sits at a desk now.
func (b ShiftBoard) At(desk string) (Shift, bool) {
	return first(b.Shifts, func(s Shift) bool { return s.Desk == desk && s.Until.IsZero() })
}

// Of gives where somebody sits now.
func (b ShiftBoard) Of(p PersonID) (Shift, bool) {
	return first(b.Shifts, func(s Shift) bool { return p != 0 && s.Person == p && s.Until.IsZero() })
}

// Nobodys tells whether an open call is in nobody's hands: nobody began it, or who has it sits at no desk any more.
func (b ShiftBoard) Nobodys(c Call) bool {
	_, there := b.Of(c.Holder)
	return c.IsOpen() && !there
}

// Unanswered tells whether nobody who was called to an emergency has answered yet.
func (c Case) Unanswered() bool {
	return c.Urgent && c.Status.Live() && !slices.ContainsFunc(c.Assignments, func(a Assignment) bool { return a.Acked || a.State == Taken || a.State == Done })
}
