package hotline

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// This file is what the coordinator's board shows and asks: lists of cases, what is late and why, searches, figures of days.

// Errors of acts about a case. ErrNotFound and ErrRefused are among them too: whoever may not know of a case is told that there is none.
var (
	ErrForbidden = errors.New("not theirs to do")
	ErrAccused   = errors.New("the agency is complained about in this very case")
	ErrNoDesk    = errors.New("the agency has no desk here: the case is passed on to it in another way")
	ErrNoUnit    = errors.New("no such unit")
	ErrNoMatter  = errors.New("no such category")
	ErrWhom      = errors.New("such a category wants to know which agency is complained about, or that none is named")
	ErrNoReason  = errors.New("not one of the official reasons")
)

// AboutNobody says, where an accusing category wants an agency, that none is named.
const AboutNobody = "-"

// A BoardCase is a case as a list shows it to a viewer.
type BoardCase struct {
	Case  Case
	Sight Sight
	Gist  string // how what was said first begins; empty without Sight.Content
}

// GistLength is how many letters of what was said a list shows.
const GistLength = 120

// Gist cuts what was said to one short line.
func Gist(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= GistLength {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:GistLength])) + "…"
}

// A UnitLoad is how much a unit has to do.
type UnitLoad struct {
	Unit    string
	Waiting int // nobody has taken
	Taken   int
	Late    int // of both, past their due time
	Urgent  int // of both
}

// A WorkItem is a part of a case on a worklist.
type WorkItem struct {
	BoardCase
	Assignment Assignment
	Why        Lateness // empty: not late
}

// A Bookmark is where a list goes on: after the row it names. The zero Bookmark is the beginning.
type Bookmark struct {
	Calm bool // the row's case was no emergency
	Time time.Time
	ID   int64
}

// A Lateness is why something is late: what would have to happen next, and did not.
type Lateness string

// The kinds of lateness.
const (
	LateUnseen     Lateness = "unseen"     // an emergency that nobody acknowledged
	LateNobody     Lateness = "nobody"     // nobody is on duty there, nor above
	LateUntaken    Lateness = "untaken"    // nobody took it
	LateUnfinished Lateness = "unfinished" // an officer has it, and there is no outcome
)

// Late tells whether a part is late at now, and why. Nothing is late that waits for the reporter or for a day that was named. onDuty tells whether
// somebody is on duty in a unit or above it.
func Late(c Case, a Assignment, now time.Time, onDuty func(unit string) bool) (Lateness, bool) {
	if !a.On() || a.Due.IsZero() || !now.After(a.Due) || c.Status == Asking || c.Status == Scheduled {
		return "", false
	}
	switch {
	case c.loud(a):
		return LateUnseen, true
	case a.State == Waiting && !onDuty(a.Unit):
		return LateNobody, true
	case a.State == Waiting:
		return LateUntaken, true
	}
	return LateUnfinished, true
}

// A Search says which cases to find: zero fields say nothing.
type Search struct {
	Number   Number
	Words    string // all of them must have been said, in any form of theirs that begins so
	Phone    string // E.164, of the reporter
	Category string
	Unit     string // that has or had a part, or one below it
	Area     string // a kecamatan with all its villages, or a village
	Statuses []Status
	Source   Source
	From     time.Time // filed from then on
	Until    time.Time // filed before then
	After    Bookmark
	Limit    int
}

// Empty tells whether the search says nothing.
func (s Search) Empty() bool {
	return s.Number.Seq == 0 && len(Words(s.Words)) == 0 && s.Phone == "" && s.Category == "" && s.Unit == "" && s.Area == "" && len(s.Statuses) == 0 &&
		s.Source == "" && s.From.IsZero() && s.Until.IsZero()
}

// A Spoken is a voice note that nobody has written down yet.
type Spoken struct {
	BoardCase
	Content ContentID
	Media   []MediaID
	At      time.Time
}

// A MediaFact is what is known of a medium beside its bytes.
type MediaFact struct {
	ID      MediaID
	Content ContentID
	Kind    MediaKind
	Mime    string
	Size    int64
	State   string // pending, stored, refused, lost
	Shown   bool   // it can be shown to the viewer
}

// A CaseFile is all of a case that a viewer may see.
type CaseFile struct {
	Case     Case // without the village where Sight lacks Content
	Sight    Sight
	Events   []Event
	Said     map[ContentID]Content
	Media    map[MediaID]MediaFact
	Names    map[PersonID]string // of those who worked it
	Reporter Person              // zero without Sight.Reporter
	Point    *Point              // the last place that was sent; nil: none
	Units    []string            // proposed for it, the likeliest first; of a case that waits for the coordinator
}

// A Colleague is somebody with a role, as the list of officers shows them.
type Colleague struct {
	Role Role
	Name string
	Has  int // parts of cases they have taken
	Late int // of those, past their due time
}

// PublicLeast is the smallest number that anything public says: a smaller one may point at somebody.
const PublicLeast = 5

// A CasePoint is a case on the map.
type CasePoint struct {
	BoardCase
	Point Point
}

// Bookmark gives where a worklist goes on after an item.
func (i WorkItem) Bookmark() Bookmark {
	at := i.Assignment.Due
	if at.IsZero() {
		at = NoDue
	}
	return Bookmark{Calm: !i.Case.Urgent, Time: at, ID: int64(i.Assignment.ID)}
}

// NoDue stands for a due time that is none, where lists are put in order.
var NoDue = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
