package hotline

import (
	"errors"
	"slices"
	"time"
)

// CallID names a call in one regency's database.
type CallID int64

// A CallClass is what a call to the line turned out to be. Most are none of its business, and cost an operator two keys.
type CallClass string

// The classes of calls.
const (
	CallEmergency   CallClass = "emergency"
	CallComplaint   CallClass = "complaint"
	CallQuestion    CallClass = "question"
	CallPrank       CallClass = "prank"
	CallSilent      CallClass = "silent"       // nobody speaks
	CallDropped     CallClass = "dropped"      // it broke off before anything was said
	CallTest        CallClass = "test"         // somebody tries whether the line works
	CallWrongRegion CallClass = "wrong_region" // it belongs to another regency's line
)

var callClasses = []CallClass{CallEmergency, CallComplaint, CallQuestion, CallPrank, CallSilent, CallDropped, CallTest, CallWrongRegion}

// Each class has the letter its Indonesian name begins with, in every language: darurat, aduan, tanya, iseng, senyap, putus, uji, wilayah lain.
var callKeys = map[CallClass]string{
	CallEmergency: "d", CallComplaint: "a", CallQuestion: "t", CallPrank: "i", CallSilent: "s", CallDropped: "p", CallTest: "u", CallWrongRegion: "w",
}

// CallClasses lists the classes in the order in which they are shown.
func CallClasses() []CallClass { return slices.Clone(callClasses) }

// Key gives the letter that chooses the class.
func (c CallClass) Key() string { return callKeys[c] }

// CallClassByKey gives the class that a letter chooses.
func CallClassByKey(key string) (CallClass, bool) {
	return first(callClasses, func(c CallClass) bool { return key != "" && c.Key() == key })
}

// Known tells whether it is one of the classes.
func (c CallClass) Known() bool { return slices.Contains(callClasses, c) }

// Files tells whether a call of that class becomes a case.
func (c CallClass) Files() bool { return c == CallEmergency || c == CallComplaint }

// AtOnce tells whether the class says all there is to say: choosing it closes the call.
func (c CallClass) AtOnce() bool {
	switch c {
	case CallPrank, CallSilent, CallDropped, CallTest, CallWrongRegion:
		return true
	}
	return false
}

// A Call is one call to the line, from the first ring to the record put away. It is saved while it is typed (see Save), so it may lack anything. What
// was said and who said it is content, and erasable; class, times and the case it became stay.
type Call struct {
	ID       CallID
	Key      string   // what the page that began it calls it, so that begun twice is begun once
	Line     string   // the number that was called: "112"
	Exchange string   // the telephone exchange's name for the call; empty where nobody reports it
	Operator PersonID // who began the record; zero: nobody has yet, it only rings
	Holder   PersonID // who has it now

	Number string   // the caller's, E.164 where it can be read so, else its digits; empty: none (112 works without a SIM)
	Caller PersonID // who that was known to be when the record was closed
	Agrees bool     // the caller wants the number and the news in chat

	Rang, Answered, Ended time.Time // on the telephone
	Paper                 bool      // noted on paper and entered later, with its true times
	Blocked               bool      // the number was blocked when it called: it is logged all the same

	Class    CallClass
	Incident string            // Incident.ID, of an emergency
	Answers  map[string]string // to the protocol's questions: an option's id, or words
	Category string            // Category.ID, of a complaint
	Privacy  Privacy           // empty: as the category has it
	Area     string            // Area.Code
	Point    *Point
	Landmark string   // what the caller says it is near
	Victims  *int     // nil: not known
	Units    []string // who is to be sent, where the operator chose otherwise than proposed
	Chosen   bool     // Units was chosen, be it empty
	Text     string   // what was said, and for a question what was answered

	Case   CaseID    // what it became; zero: nothing
	Opened time.Time // the record
	Closed time.Time // zero: it is still open

	Version int                     // counts what was saved
	Stamps  map[CallField]CallStamp // who last changed what
	Erased  bool                    // the content is gone, the fact remains
}

// IsOpen tells whether the record is still being written.
func (c Call) IsOpen() bool { return c.Closed.IsZero() }

// A CallNote is a word beside a call, for whoever looks at it later: it may be added when the record is closed.
type CallNote struct {
	At   time.Time
	By   PersonID
	Text string
}

// A CallStep is something that happened to the record of a call.
type CallStep string

// The steps.
const (
	CallBegun    CallStep = "begun"
	CallClassed  CallStep = "classed" // Word: the class
	CallHeld     CallStep = "held"    // somebody else has it now
	CallClosed   CallStep = "closed"  // Word: the class
	CallReopened CallStep = "reopened"
	CallErased   CallStep = "erased"
	CallReported CallStep = "reported" // by the exchange; Word: ringing, answered, ended
)

// Errors of calls.
var (
	ErrCallClosed     = errors.New("the call's record is closed")
	ErrCallOpen       = errors.New("the call's record is open")
	ErrCallFiled      = errors.New("the call became a case already")
	ErrCallIncomplete = errors.New("the call's record lacks something")
	ErrCallUnseen     = errors.New("not for this viewer")
)

// Missing gives what the record lacks before it can be closed: nothing for a prank; for an emergency what has happened and where, so that somebody can
// be sent. Protocol questions never hold it up.
func (c Call) Missing(r *Regency) []CallField {
	var lacks []CallField
	need := func(ok bool, f CallField) {
		if !ok {
			lacks = append(lacks, f)
		}
	}
	need(c.Class.Known(), CallFieldClass)
	switch c.Class {
	case CallEmergency:
		_, known := r.Incident(c.Incident)
		need(known, CallFieldIncident)
		need(c.Area != "" || c.Point != nil || blank(c.Landmark) != "", CallFieldArea)
	case CallComplaint, CallQuestion:
		need(blank(c.Text) != "", CallFieldText)
	}
	need(!c.Paper || !c.Answered.IsZero() || !c.Rang.IsZero(), CallFieldAnswered)
	return lacks
}

// Close puts the record away. What the exchange did not say of the times and nobody typed is as the keys were pressed: begun and closed.
func (c Call) Close(r *Regency, now time.Time) (Call, error) {
	switch {
	case !c.IsOpen():
		return c, ErrCallClosed
	case len(c.Missing(r)) > 0:
		return c, ErrCallIncomplete
	}
	c.Closed = now
	if c.Rang.IsZero() && c.Answered.IsZero() {
		c.Answered = c.Opened
	}
	if c.Ended.IsZero() && !c.Paper {
		c.Ended = now
	}
	return c, nil
}

// Reopen takes a record out again, as after a wrong key. One that became a case stays as it is: the case goes on by its own events.
func (c Call) Reopen() (Call, error) {
	switch {
	case c.IsOpen():
		return c, ErrCallOpen
	case c.Case != 0:
		return c, ErrCallFiled
	case c.Erased:
		return c, ErrCallClosed
	}
	c.Closed = time.Time{}
	return c, nil
}

// Sending gives the units that the call sends somebody from: those the operator chose, or else those proposed.
func (c Call) Sending(r *Regency) []string {
	if c.Class != CallEmergency {
		return nil
	}
	if c.Chosen {
		return c.Units
	}
	return Respond(r, c.Incident, c.Answers, c.Area)
}

// Filing gives the case that a call becomes; story is the call in words, which only whoever speaks the language can write. Reporter and From are left to
// whoever knows the caller. An emergency that was noted on paper is over: it is filed like any complaint and alarms nobody.
func (c Call) Filing(r *Regency, now time.Time, story string) Filing {
	f := Filing{
		Kind: Complaint, Category: c.Category, Privacy: c.Privacy, Source: SourceCall, Area: c.Area, Story: Content{Text: story, Point: c.Point},
	}
	if kind, ok := r.Incident(c.Incident); ok && c.Class == CallEmergency {
		f.Category, f.Urgent = kind.Category, !c.Paper
	}
	if f.Privacy == "" {
		f.Privacy = Open
		if cat, ok := r.Category(f.Category); ok && cat.Secret {
			f.Privacy = Secret
		}
	}
	f.Due = ResolveDue(r, f.Category, f.Kind, now)
	return f
}

// CallSight is how much of a call somebody may see.
type CallSight struct {
	Facts   bool // class, times, place, the case it became
	Content bool // what was said, the caller's number
	Act     bool // may write it
	Decide  bool // may confirm and undo blocks
}

// SeesCall decides for (viewer, call), as Sees does for cases. The line belongs to all who work at it: a call that one began another may have to end.
// Coordinators read; whoever may only see figures sees no single call.
func (r *Regency) SeesCall(v Viewer, _ Call) CallSight {
	switch {
	case v.Has(RoleSupervisor):
		return CallSight{Facts: true, Content: true, Act: true, Decide: true}
	case v.Has(RoleOperator):
		return CallSight{Facts: true, Content: true, Act: true}
	case v.Has(RoleCoordinator):
		return CallSight{Facts: true, Content: true}
	}
	return CallSight{}
}

// SeesCallFigures tells whether the viewer may see how many calls of which class there were.
func (r *Regency) SeesCallFigures(v Viewer) bool {
	return v.Has(RoleOperator, RoleSupervisor, RoleCoordinator, RoleViewer, RoleSetda, RoleBupati)
}

// A Caller is who a number is known to be, and what is known of its calls.
type Caller struct {
	Number  string
	Person  Person     // whom a network vouches the number to; zero: nobody known
	Reach   AddressID  // where that person can be told the news; zero: nowhere
	Cases   []Case     // open ones that the viewer may see
	Hidden  int        // open ones that the viewer may not
	Calls   []Call     // earlier ones, newest first
	Pranks  int        // of late, as CallLine.Within has it
	Block   *CallBlock // in force or proposed; nil: none
	Blocked bool       // in force now
}

// A CallCount is how many calls of a class there were. Class is empty for those not classed yet.
type CallCount struct {
	Class CallClass
	N     int
}
