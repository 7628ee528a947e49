package hotline

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// This file is a person who is kept from filing ordinary reports in chat for a time. It is a hard thing to do to a citizen, so it is narrow: danger passes as
// ever, cases that are there go on, the rights over one's own data stay, and the walk-in desk and the 112 line stay open. It ends by itself, and whoever is
// blocked reads why, until when, and where to object.

// BlockID names a block of a person.
type BlockID int64

// A Block keeps a person, and whoever is joined with them, from filing ordinary reports in chat. It is made through one of their cases: that case decides
// who may know whom it is about.
type Block struct {
	ID       BlockID
	Person   PersonID
	Case     CaseID
	Reason   BlockReason
	Words    string // what the coordinator wrote to the person about it; may be empty
	From     time.Time
	Until    time.Time // when it ends by itself
	By       PersonID
	Lifted   time.Time // ended by a human before that; zero: not
	LiftedBy PersonID
	LiftedAs LiftReason
}

// A BlockReason is why somebody is blocked.
type BlockReason string

// The reasons.
const (
	BlockSpam  BlockReason = "spam"  // the same, or advertising, over and over
	BlockAbuse BlockReason = "abuse" // insults, threats
	BlockFalse BlockReason = "false" // reports that are untrue on purpose
	BlockHate  BlockReason = "hate"  // against a people, a faith, a race or a group
	BlockOther BlockReason = "other" // as the words say, which must be there
)

var blockReasons = []BlockReason{BlockSpam, BlockAbuse, BlockFalse, BlockHate, BlockOther}

// BlockReasons lists them in the order in which they are shown.
func BlockReasons() []BlockReason { return slices.Clone(blockReasons) }

// Known tells whether it is one of the reasons.
func (r BlockReason) Known() bool { return slices.Contains(blockReasons, r) }

// A LiftReason is why a human ends a block before its time.
type LiftReason string

// The reasons.
const (
	LiftObjection LiftReason = "objection" // they objected, and are right
	LiftMistake   LiftReason = "mistake"   // they should not have been blocked
	LiftEnough    LiftReason = "enough"    // it has lasted long enough
)

var liftReasons = []LiftReason{LiftObjection, LiftMistake, LiftEnough}

// LiftReasons lists them in the order in which they are shown.
func LiftReasons() []LiftReason { return slices.Clone(liftReasons) }

// Known tells whether it is one of the reasons.
func (r LiftReason) Known() bool { return slices.Contains(liftReasons, r) }

// How long a block lasts, in days.
const (
	BlockDays     = 30 // unless it is said otherwise
	MostBlockDays = 365
)

// MaxBlockWords bounds what is written to the person, in letters.
const MaxBlockWords = 300

// BlockAgain is how long whoever is blocked is not told so again.
const BlockAgain = 24 * time.Hour

// BlockUntil gives the end of a block of so many days from now on.
func BlockUntil(now time.Time, days int) time.Time { return now.AddDate(0, 0, days) }

// What is wrong with a block. ErrBlockOver (see CallBlock) says that it has ended already.
var (
	ErrBlockReason = errors.New("not one of the reasons for a block")
	ErrBlockWords  = errors.New("the block wants a sentence for the person, and not a long one")
	ErrBlockUntil  = errors.New("the block does not end within a year from now")
	ErrBlockTwice  = errors.New("the person is blocked already")
	ErrBlockStaff  = errors.New("whoever works for the service is not blocked")
	ErrBlockNobody = errors.New("the case has no reporter who is known")
)

// Check tells what is wrong with a block that is to begin at now.
func (b Block) Check(now time.Time) error {
	words := strings.TrimSpace(b.Words)
	switch {
	case !b.Reason.Known():
		return ErrBlockReason
	case words == "" && b.Reason == BlockOther, utf8.RuneCountInString(words) > MaxBlockWords:
		return ErrBlockWords
	case !b.Until.After(now) || b.Until.After(BlockUntil(now, MostBlockDays)):
		return ErrBlockUntil
	}
	return nil
}

// Holds tells whether it is in force at now: From inclusive, Until exclusive, unless it was lifted.
func (b Block) Holds(now time.Time) bool {
	return b.ID != 0 && b.Lifted.IsZero() && !now.Before(b.From) && now.Before(b.Until)
}

// Bars tells whether it keeps somebody, on whichever of their networks, from filing now. Of whoever works for the service it does not.
func (b Block) Bars(v Viewer, now time.Time) bool { return b.Holds(now) && !v.Staff() }

// Lift ends a block before its time.
func (b Block) Lift(by PersonID, as LiftReason, now time.Time) (Block, error) {
	switch {
	case !as.Known():
		return b, ErrNoReason
	case !b.Holds(now):
		return b, ErrBlockOver
	}
	b.Lifted, b.LiftedBy, b.LiftedAs = now, by, as
	return b, nil
}

// Over gives when it stopped, or is to stop, being in force.
func (b Block) Over() time.Time {
	if !b.Lifted.IsZero() {
		return b.Lifted
	}
	return b.Until
}

// BlockAnswer is what a blocked person reads: why, until when, what stays, and where to object.
func (r *Regency) BlockAnswer(b Block, l Lang) Reply {
	reply := Say("block.is", "until", b.Until, "reason", PhraseArg("block.reason."+string(b.Reason)))
	if b.Words != "" {
		reply = reply.And("block.words", "text", b.Words)
	}
	return reply.And("block.cases").And("block.danger", "number", r.Emergency).And("block.object", "text", r.Outside.In(l))
}

// BlockLifted is what they read when a human has ended it.
func (r *Regency) BlockLifted(b Block) Reply {
	reply := Say("block.lifted")
	if b.LiftedAs == LiftMistake {
		reply = Say("block.sorry").And("block.lifted")
	}
	return reply.And("block.again")
}

// A BlockedPerson is a block as a coordinator's list shows it.
type BlockedPerson struct {
	BoardCase // through which it was made
	Block     Block
	Name      string // of the person; empty where it is unknown, or not for the viewer: see Sight.Reporter
	By        string // the name of whoever blocked
	LiftedBy  string
	Kept      int // how many messages came meanwhile that became no report
}
