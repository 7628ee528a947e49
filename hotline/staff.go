package hotline

import (
	"errors"
	"fmt"
	"time"
)

// Errors that look-ups give.
var (
	ErrNotFound = errors.New("not found")
	ErrCode     = errors.New("no such code, or it was used, or it has expired")
	ErrLocked   = errors.New("too many wrong codes")

	ErrCodeUsed    = fmt.Errorf("used: %w", ErrCode)
	ErrCodeExpired = fmt.Errorf("expired: %w", ErrCode)
)

// A Held is an assignment together with its case, as lists show it.
type Held struct {
	Assignment Assignment
	Case       Case
	Handle     int // 1…99, the officer's short name for it; 0 while nobody has it

	// Round and Offered are filled in only for whoever offers it (package dispatcher).
	Round   int       // the round of offers it is in: 0 before the first; one more whenever everybody is to hear of it again
	Offered time.Time // when this round was first offered; zero: not yet
}

// A Listing is what a unit's worklist says of one assignment: where it stands in line, and whether it is in line at all.
type Listing struct {
	Assignment AssignmentID
	Unit       string
	Urgent     bool
	Due        time.Time
	Waiting    bool // in line; false: it was taken, done or cancelled and is to be struck off
}

// An Offer is a card that went to somebody about an assignment. The card's name in the outbox is Card(Assignment, Person).
type Offer struct {
	Assignment AssignmentID
	Person     PersonID
	Round      int // how often it was offered
}

// An Invite lets somebody enrol: a one-time code for a role in a unit.
type Invite struct {
	Ref     string // names it, and is not its code; only of one that was read
	Role    RoleName
	Unit    string
	Name    string
	By      PersonID // who asked for it, where that matters: the head who registers a group
	Expires time.Time
}

// ErasureID names a request for erasure.
type ErasureID int64

// An ErasureRequest is a person's wish to have what is kept about them removed.
type ErasureRequest struct {
	ID      ErasureID
	Person  PersonID
	From    AddressID
	At      time.Time
	Due     time.Time
	Decided time.Time
	By      PersonID
	Refused string // why not; empty when carried out
}

// A Dossier is everything kept about a person, for the person.
type Dossier struct {
	Person    Person
	Also      []Person // as whom they are known besides, on networks that are joined
	Addresses []Address
	Roles     []Role
	Cases     []Case
	Said      []Content
	Calls     []Call    // to the emergency line, from numbers that are theirs
	Tickets   []Ticket  // of the walk-in desk
	Bookings  []Booking // places for services
	Blocks    []Block
	Barred    []Content // what they wrote while they were blocked, which became no report
	Media     int       // how many photos, voice notes and files
	Since     time.Time
}
