package hotline

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// CaseID names a case in one regency's database. People use its Number.
type CaseID int64

// A Kind is what the reporter wants.
type Kind string

// The kinds of cases, as the official classification has them.
const (
	Complaint  Kind = "complaint"  // pengaduan
	Aspiration Kind = "aspiration" // aspirasi
	Inquiry    Kind = "inquiry"    // permintaan informasi
)

// Privacy is who may know what of a case.
type Privacy string

// The privacies.
const (
	Open      Privacy = "open"
	Anonymous Privacy = "anonymous" // the reporter's name, number and voice never leave the hotline
	Secret    Privacy = "secret"    // content only for the officer who took it and the coordinator
	Sealed    Privacy = "sealed"    // both: secret, and without the reporter's name
)

// IsSecret tells whether the content is only for the officer who took it and the coordinator.
func (p Privacy) IsSecret() bool { return p == Secret || p == Sealed }

// IsAnonymous tells whether the reporter's name, number and voice stay in the hotline.
func (p Privacy) IsAnonymous() bool { return p == Anonymous || p == Sealed }

// Secretly gives the privacy with secrecy added to it.
func (p Privacy) Secretly() Privacy {
	if p.IsAnonymous() {
		return Sealed
	}
	return Secret
}

// Stricter tells whether the privacy keeps more from others than another, and nothing less.
func (p Privacy) Stricter(than Privacy) bool {
	known := p == Open || p == Anonymous || p == Secret || p == Sealed
	return known && p != than && (p.IsSecret() || !than.IsSecret()) && (p.IsAnonymous() || !than.IsAnonymous()) && p != Open
}

// A Source is where a case came in.
type Source string

// The sources.
const (
	SourceChat  Source = "chat"
	SourceCall  Source = "112"
	SourceDesk  Source = "desk"
	SourceVisit Source = "visit"
)

// A Status is where a case stands. docs/case.md draws the ways between them.
type Status string

// The statuses.
const (
	Filed     Status = "filed"     // committed, not yet with a unit
	Triage    Status = "triage"    // the coordinator must choose a unit
	Assigned  Status = "assigned"  // on a unit's worklist, nobody has taken it
	Working   Status = "working"   // an officer has taken it
	Asking    Status = "asking"    // the reporter was asked something
	Scheduled Status = "scheduled" // will be done on a day
	Ended     Status = "ended"     // there is an outcome; it can be rated and reopened
	Closed    Status = "closed"    // rated well or left alone for the limit
	Withdrawn Status = "withdrawn" // by the reporter
	Archived  Status = "archived"  // put away by the coordinator, with an official reason
	Merged    Status = "merged"    // worked as a part of another case; see merge.go
)

// Over tells whether nobody need do anything any more.
func (s Status) Over() bool { return s == Closed || s == Withdrawn || s == Archived }

// Live tells whether the case still waits for an outcome.
func (s Status) Live() bool { return !s.Over() && s != Ended }

// A Part is what a unit does in a case.
type Part string

// The parts. Exactly one assignment of a live case may lead.
const (
	Lead       Part = "lead"
	Supporting Part = "supporting"
	Responding Part = "responder"
)

// AssignmentID names an assignment. Worklists and claims are about assignments, never about cases.
type AssignmentID int64

// An AssignmentState is where an assignment stands.
type AssignmentState string

// The states of an assignment.
const (
	Waiting   AssignmentState = "waiting"   // on the unit's worklist
	Taken     AssignmentState = "taken"     // an officer has it
	Done      AssignmentState = "done"      // its part is done
	Cancelled AssignmentState = "cancelled" // declined, withheld, or the case went away
)

// An Assignment gives a case to a unit: to lead, to support, or to respond to an emergency.
type Assignment struct {
	ID      AssignmentID
	Case    CaseID
	Unit    string
	Part    Part
	State   AssignmentState
	Officer PersonID // who has it; zero while it waits
	Level   int      // index into Regency.Ladder of the last step taken
	Due     time.Time
	Since   time.Time // when it came to the unit
	Acked   bool      // an emergency somebody has acknowledged
}

// On tells whether the assignment is still to be worked.
func (a Assignment) On() bool { return a.State == Waiting || a.State == Taken }

// A Case is one matter, from the first message to its end. It changes only through After: the row is the sum of its events.
type Case struct {
	ID          CaseID
	Number      Number
	Kind        Kind
	Category    string // Category.ID; empty: unknown
	Privacy     Privacy
	Urgent      bool
	Source      Source
	Reporter    PersonID  // zero: none
	From        AddressID // where news of it go; zero: nowhere
	Area        string    // Area.Code; empty: unknown
	About       string    // Agency.ID of the agency complained about, which must not see it
	Status      Status
	Outcome     EventKind // once ended: resolved, passed_on, not_possible
	Date        string    // while scheduled
	AskDue      time.Time // while asking: until when an answer is awaited
	Filed       time.Time
	Due         time.Time // an outcome is promised by then
	Changed     time.Time // the last event
	EndedAt     time.Time // the last outcome
	Rating      int       // 1…5; 0: not rated
	Reopened    int       // how often
	Events      int       // how many made it
	Story       ContentID // what was said first
	Said        ContentID // what was said with the event just made to happen; not kept in the row, and none in a Sum
	Parent      CaseID    // into which it was merged; zero: none
	Children    int       // how often another was merged into it, less those taken apart
	Assignments []Assignment
	With        []Assignment // those of Parent, where it was read with them: whoever works that sees this; none in a Sum
}

// A Filing is what a new case is made of.
type Filing struct {
	Kind     Kind
	Category string
	Privacy  Privacy
	Urgent   bool
	Source   Source
	Reporter PersonID
	From     AddressID
	Area     string
	About    string
	Due      time.Time
	Story    Content
}

// UndoFor is how long whoever ended a case may take the outcome back. Its short number is kept for them as long.
const UndoFor = 5 * time.Minute

// ErrRefused says that an event does not fit where the case stands. The case is unchanged.
var ErrRefused = errors.New("the case does not allow this now")

func refused(c Case, e Event) error {
	return fmt.Errorf("%s while %s: %w", e.Kind, c.Status, ErrRefused)
}

// Lead gives the assignment that leads, while one does.
func (c Case) Lead() (Assignment, bool) {
	for _, a := range c.Assignments {
		if a.Part == Lead && a.On() {
			return a, true
		}
	}
	return Assignment{}, false
}

// Assignment finds an assignment of the case.
func (c Case) Assignment(id AssignmentID) (Assignment, bool) {
	for _, a := range c.Assignments {
		if a.ID == id {
			return a, true
		}
	}
	return Assignment{}, false
}

// After gives the case as it stands once e has happened. The receiver is left as it was. An event that does not fit gives ErrRefused; Sum of
// all accepted events from the empty case gives the row again.
func (c Case) After(e Event) (Case, error) {
	if (c.Events == 0) != (e.Kind == EvFiled) {
		return c, refused(c, e)
	}
	before := c
	c.Assignments = slices.Clone(c.Assignments)
	a := c.find(e.Assignment)
	var ok bool
	switch e.Kind {
	case EvFiled:
		ok = c.file(e)
	case EvTriaged:
		ok = c.Status == Filed || c.Status == Assigned && !c.leads()
		c.Status = Triage
	case EvAssigned:
		ok = c.assign(e)
	case EvTaken:
		if ok = a != nil && a.State == Waiting && c.Status.Live() && e.By != 0; ok {
			a.State, a.Officer, a.Due, a.Acked = Taken, e.By, e.Due, true
			if a.Part == Lead {
				c.Status = Working
			}
		}
	case EvAcknowledged:
		if ok = a != nil && a.On() && c.Status.Live() && e.By != 0; ok {
			a.Acked = true
		}
	case EvReleased:
		if ok = a != nil && a.State == Taken && c.Status.Live(); ok {
			a.State, a.Officer, a.Due, a.Level, a.Acked = Waiting, 0, e.Due, 0, false
			c.back(a)
		}
	case EvDeclined, EvWithheld:
		if ok = a != nil && a.On() && c.Status.Live(); ok {
			a.State, a.Officer = Cancelled, 0
			if a.Part == Lead {
				c.Status, c.Date = Triage, ""
			}
		}
	case EvAsked:
		if ok = c.leading(a) && (c.Status == Working || c.Status == Asking || c.Status == Scheduled); ok {
			c.Status, c.AskDue = Asking, e.Due
		}
	case EvTold:
		if ok = c.Status == Asking; ok {
			c.Status = Working
			if c.Date != "" {
				c.Status = Scheduled
			}
		}
	case EvRemarked, EvEdited:
		ok = !c.Status.Over()
	case EvDetailed:
		ok = !c.Status.Over()
	case EvTranscribed:
		if ok = !c.Status.Over(); ok && e.About != "" {
			c.About = e.About // only now anybody knows whom it complains about
			c.leave()
		}
	case EvPlaced:
		if ok = !c.Status.Over() && e.Area != ""; ok {
			c.Area = e.Area
		}
	case EvAnswered, EvNoted:
		ok = a != nil && a.State == Taken && c.Status.Live() || e.Assignment == 0 && (e.Kind == EvNoted || c.Status.Live())
	case EvScheduled:
		if c.follows(e) {
			ok, c.Date = e.Date != "", e.Date
		} else if ok = c.leading(a) && c.Status != Triage && e.Date != ""; ok {
			c.Status, c.Date = Scheduled, e.Date
		}
	case EvReminded:
		if ok = c.Status == Scheduled; ok {
			c.Status, c.Date = Working, ""
		}
	case EvResolved, EvPassedOn, EvNotPossible:
		if ok = c.leading(a) || c.follows(e); ok {
			c.end(e)
		}
	case EvDeparted, EvArrived:
		ok = a != nil && a.State == Taken && c.Status.Live()
	case EvFinished:
		if ok = a != nil && a.Part != Lead && a.On(); ok {
			a.State = Done
		}
	case EvRated:
		// A word may follow the number, which then stays as it was; and another number puts a slip of the finger right.
		if ok = (c.Status == Ended || c.Status == Closed) && e.Value >= 1 && e.Value <= 5; ok {
			c.Rating, c.Status = e.Value, Closed
		}
	case EvReopened:
		if ok = c.Status == Ended || c.Status == Closed; ok {
			c.reopen(e)
		}
	case EvMerged:
		ok = c.merge(e)
	case EvParted:
		if ok = c.Parent != 0 && (c.Status == Merged || c.Status == Ended); ok {
			c.part()
		}
	case EvAbsorbed:
		if ok = c.mayAbsorb(e); ok {
			c.Children++
		}
	case EvYielded:
		if ok = c.Children > 0 && e.With != 0; ok {
			c.Children--
		}
	case EvWithdrawn:
		if ok = c.Status.Live(); ok {
			c.Status = Withdrawn
			c.cancelAll()
		}
	case EvArchived:
		if ok = !c.Status.Over() && e.Word != ""; ok {
			c.Status = Archived
			c.cancelAll()
		}
	case EvRestored:
		if ok = c.Status == Archived; ok {
			c.restore()
		}
	case EvClosed:
		if ok = c.Status == Ended; ok {
			c.Status = Closed
		}
	case EvEscalated:
		if ok = a != nil && a.On() && c.Status.Live() && e.Level == a.Level+1; ok {
			a.Level, a.Due = e.Level, e.Due
		}
	case EvPaused:
		ok = c.Status.Live() && !c.Urgent && !e.Due.IsZero()
		switch {
		case !ok:
		case e.Assignment == 0:
			c.Due = e.Due
		case a == nil || !a.On():
			ok = false
		default:
			a.Due = e.Due
		}
	case EvRecategory:
		if ok = c.Status.Live() && (e.Category != "" || e.About != ""); ok {
			c.Category, c.About = cmp.Or(e.Category, c.Category), cmp.Or(e.About, c.About)
			c.Privacy = cmp.Or(e.Privacy, c.Privacy)
			c.leave()
		}
	case EvRestricted:
		if ok = !c.Status.Over() && e.Privacy.Stricter(c.Privacy); ok {
			if e.Privacy.IsSecret() && !c.Privacy.IsSecret() {
				c.leave()
			}
			c.Privacy = e.Privacy
		}
	case EvUrgent:
		if ok = c.Status.Live(); ok {
			c.Urgent = true
			c.leave()
		}
	case EvCalmed:
		if ok = c.Status.Live() && c.Urgent; ok {
			c.Urgent = false
		}
	case EvErased:
		ok = true
	}
	if !ok {
		return before, refused(before, e)
	}
	if c.Status != Asking {
		c.AskDue = time.Time{}
	}
	c.Events++
	c.Changed, c.Said = e.At, e.Content
	return c, nil
}

// Sum plays events from the beginning.
func Sum(events []Event) (Case, error) {
	var c Case
	for _, e := range events {
		var err error
		if c, err = c.After(e); err != nil {
			return c, fmt.Errorf("event %d: %w", e.ID, err)
		}
	}
	c.Said = 0
	return c, nil
}

func (c *Case) find(id AssignmentID) *Assignment {
	for i := range c.Assignments {
		if id != 0 && c.Assignments[i].ID == id {
			return &c.Assignments[i]
		}
	}
	return nil
}

func (c *Case) leads() bool { _, ok := c.Lead(); return ok }

// leading: the assignment leads, an officer has it, and the case waits for an outcome.
func (c *Case) leading(a *Assignment) bool {
	return a != nil && a.Part == Lead && a.State == Taken && c.Status.Live()
}

func (c *Case) file(e Event) bool {
	c.ID, c.Filed, c.Story = e.Case, e.At, e.Content
	c.Kind, c.Category, c.Privacy, c.Urgent = e.CaseKind, e.Category, e.Privacy, e.Urgent
	c.Source, c.Area, c.About, c.Due, c.Reporter = e.Source, e.Area, e.About, e.Due, e.Reporter
	c.Status = Filed
	return true
}

func (c *Case) assign(e Event) bool {
	if !c.Status.Live() || c.Status == Merged || e.Unit == "" || !slices.Contains([]Part{Lead, Supporting, Responding}, e.Part) || e.Assignment == 0 || c.find(e.Assignment) != nil {
		return false
	}
	for _, a := range c.Assignments {
		if a.On() && (a.Unit == e.Unit || a.Part == Lead && e.Part == Lead) {
			return false
		}
	}
	c.Assignments = append(c.Assignments, Assignment{
		ID: e.Assignment, Case: c.ID, Unit: e.Unit, Part: e.Part, State: Waiting, Level: e.Level, Due: e.Due, Since: e.At,
	})
	if e.Part == Lead {
		c.Status = Assigned
	}
	return true
}

func (c *Case) back(a *Assignment) {
	if a.Part == Lead {
		c.Status, c.Date = Assigned, ""
	}
}

func (c *Case) end(e Event) {
	c.Status, c.Outcome, c.EndedAt, c.Date = Ended, e.Kind, e.At, ""
	for i := range c.Assignments {
		if a := &c.Assignments[i]; a.Part == Lead && a.On() {
			a.State = Done
		} else if a.On() {
			a.State = Cancelled
		}
	}
}

// reopen gives the case back to the unit that ended it, onto its worklist, with the officer who had it remembered in the events.
func (c *Case) reopen(e Event) {
	if c.Parent != 0 && e.By == 0 { // with the case it was merged into
		c.Status, c.Outcome, c.Rating, c.EndedAt, c.Due = Merged, "", 0, time.Time{}, e.Due
		c.Reopened++
		return
	}
	c.Parent = 0
	c.Status, c.Outcome, c.Rating, c.EndedAt = Triage, "", 0, time.Time{}
	c.Reopened++
	c.Due = e.Due
	for i := len(c.Assignments) - 1; i >= 0; i-- {
		if a := &c.Assignments[i]; a.Part == Lead && a.State == Done {
			a.State, a.Officer, a.Due, a.Level, a.Since, a.Acked = Waiting, 0, e.Due, 0, e.At, false
			c.Status = Assigned
			return
		}
	}
}

// restore takes a case out of the archive: one that had an outcome has it again, any other waits for the coordinator.
func (c *Case) restore() {
	c.Status = Triage
	if c.Outcome == "" {
		c.Parent = 0
	}
	if c.Outcome != "" {
		c.Status = Ended
	}
}

func (c *Case) cancelAll() {
	c.Date = ""
	for i := range c.Assignments {
		if c.Assignments[i].On() {
			c.Assignments[i].State = Cancelled
		}
	}
}
