package hotline

import "time"

// EventID numbers events in the order they were written.
type EventID int64

// ContentID names a content row.
type ContentID int64

// Content is what somebody said about a case: words, a point, media. It is erasable; the event that refers to it stays.
type Content struct {
	ID     ContentID
	Case   CaseID
	Author PersonID
	Text   string
	Point  *Point
	Media  []MediaID
	At     time.Time
	Erased bool // the content is gone, the fact remains
}

// Empty tells whether nothing was said.
func (c Content) Empty() bool { return c.Text == "" && c.Point == nil && len(c.Media) == 0 }

// An EventKind is something that can happen to a case.
type EventKind string

// The kinds of events. The comment names what an event of that kind carries beside Case, At and By.
const (
	EvFiled        EventKind = "filed"        // Facts of the filing; Content: the story
	EvAssigned     EventKind = "assigned"     // Assignment, Unit, Part, Level, Due
	EvTriaged      EventKind = "triaged"      // no unit was found: the coordinator must choose
	EvTaken        EventKind = "taken"        // Assignment, Due: By works it from now on
	EvAcknowledged EventKind = "acknowledged" // Assignment: By has seen the emergency
	EvReleased     EventKind = "released"     // Assignment, Due: back to the unit's worklist
	EvDeclined     EventKind = "declined"     // Assignment, Unit (proposed, may be empty), Content: the reason
	EvWithheld     EventKind = "withheld"     // Assignment: taken from the unit, by the coordinator or a new filing rule
	EvAsked        EventKind = "asked"        // Assignment, Content: the question to the reporter, Due: until when
	EvTold         EventKind = "told"         // Content: the reporter's answer to a question
	EvRemarked     EventKind = "remarked"     // Content: the reporter added something; Area, Category: what they put right, for whoever works it to judge
	EvAnswered     EventKind = "answered"     // Assignment, Content: news from the officer, no outcome yet; without Assignment from the coordinator
	EvNoted        EventKind = "noted"        // Assignment, Content: internal note, never shown to the reporter
	EvScheduled    EventKind = "scheduled"    // Assignment, Date, Content: will be done on that day
	EvReminded     EventKind = "reminded"     // the scheduled day has come
	EvResolved     EventKind = "resolved"     // Assignment, Content: what was done
	EvPassedOn     EventKind = "passed_on"    // Assignment, Content: to which body outside
	EvNotPossible  EventKind = "not_possible" // Assignment, Content: why
	EvDeparted     EventKind = "departed"     // Assignment: whoever was called to the emergency is on the way
	EvArrived      EventKind = "arrived"      // Assignment: and is there
	EvFinished     EventKind = "finished"     // Assignment: a supporting or responder part is done; Content: note
	EvRated        EventKind = "rated"        // Value 1…5, Content: a word
	EvReopened     EventKind = "reopened"     // Due, Content: what is still wrong
	EvWithdrawn    EventKind = "withdrawn"    // Content: why, may be empty
	EvClosed       EventKind = "closed"       // by itself after the limit
	EvArchived     EventKind = "archived"     // Value: none; Word: one of the official reasons
	EvRestored     EventKind = "restored"     // taken out of the archive again
	EvEscalated    EventKind = "escalated"    // Assignment, Level, Due
	EvPaused       EventKind = "paused"       // Due, Word: the decree: the clock stands still; Assignment, or none for what the reporter was promised
	EvRecategory   EventKind = "recategory"   // Category, Privacy where the new category asks for more, About where it turns out to accuse an agency
	EvRestricted   EventKind = "restricted"   // Privacy: the reporter wants more of it kept from others; it is never less than before
	EvDetailed     EventKind = "detailed"     // Word: question/option, or Content: an answer to a category's extra question
	EvUrgent       EventKind = "urgent"       // made urgent: words of danger came later
	EvCalmed       EventKind = "calmed"       // an operator of the line judged that it is no emergency
	EvEdited       EventKind = "edited"       // Content: the reporter changed a message
	EvPlaced       EventKind = "placed"       // Area, Content: the reporter said where it is, or said so better
	EvTranscribed  EventKind = "transcribed"  // Content: a voice note written down by a human; Of: the content that was the voice, where it was said which
	EvErased       EventKind = "erased"       // content was lawfully erased
	EvMerged       EventKind = "merged"       // With: into that case, which is about the same; see merge.go
	EvParted       EventKind = "parted"       // With: and on its own again
	EvAbsorbed     EventKind = "absorbed"     // With: that case was merged into this one
	EvYielded      EventKind = "yielded"      // With: and is on its own again
)

// TellsMore tells whether with such an event more is known of the matter than before: whoever is called to an emergency hears of it.
func (k EventKind) TellsMore() bool {
	switch k {
	case EvTold, EvRemarked, EvPlaced, EvEdited, EvDetailed, EvTranscribed, EvReopened:
		return true
	}
	return false
}

// An Event is a fact about a case. It carries ids and facts, never what people said.
type Event struct {
	ID         EventID
	Case       CaseID
	Kind       EventKind
	At         time.Time
	By         PersonID // zero: the service itself
	Assignment AssignmentID
	Content    ContentID
	Facts
}

// Facts are what an event may say beside who, when and which. Unused ones are zero.
type Facts struct {
	Unit     string    `json:"unit,omitempty"`
	Part     Part      `json:"part,omitempty"`
	Level    int       `json:"level,omitempty"`
	Due      time.Time `json:"due,omitzero"`
	Date     string    `json:"date,omitempty"` // YYYY-MM-DD
	Category string    `json:"category,omitempty"`
	Area     string    `json:"area,omitempty"`
	CaseKind Kind      `json:"kind,omitempty"`
	Privacy  Privacy   `json:"privacy,omitempty"`
	Urgent   bool      `json:"urgent,omitempty"`
	Source   Source    `json:"source,omitempty"`
	About    string    `json:"about,omitempty"`
	Reporter PersonID  `json:"reporter,omitempty"`
	Value    int       `json:"value,omitempty"`
	Word     string    `json:"word,omitempty"`
	Of       ContentID `json:"of,omitempty"`
	With     CaseID    `json:"with,omitempty"`
}
