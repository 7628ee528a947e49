package hotline

import (
	"errors"
	"time"
)

// CallBlockID names a block of a number.
type CallBlockID int64

// A CallBlock keeps a number that plays with the line from ringing for a time. The service only counts and proposes; a supervisor confirms, and the line's
// provider, who gets the list, does it. A call that comes through all the same is logged like any.
type CallBlock struct {
	ID       CallBlockID
	Number   string
	Pranks   int // how many there were when it was proposed
	Proposed time.Time
	From     time.Time // when it was confirmed; zero: it is a proposal
	Until    time.Time // when it ends by itself
	By       PersonID  // who confirmed it
	Undone   time.Time // taken back, or the proposal declined
	UndoneBy PersonID
}

// ErrBlockOver says that a block was undone or has ended: it cannot change any more.
var ErrBlockOver = errors.New("the block is over")

// Waits tells whether it is a proposal that nobody has decided.
func (b CallBlock) Waits() bool { return b.From.IsZero() && b.Undone.IsZero() }

// Holds tells whether the number is blocked at now: From inclusive, Until exclusive.
func (b CallBlock) Holds(now time.Time) bool {
	return !b.From.IsZero() && b.Undone.IsZero() && !now.Before(b.From) && now.Before(b.Until)
}

// Confirm puts a proposal into force for as long as the line has it.
func (b CallBlock) Confirm(l CallLine, by PersonID, now time.Time) (CallBlock, error) {
	switch {
	case !b.Undone.IsZero() || !b.From.IsZero():
		return b, ErrBlockOver
	case by == 0:
		return b, ErrCallUnseen
	}
	b.From, b.By, b.Until = now, by, now.Add(l.block())
	return b, nil
}

// Undo takes a block back, or declines a proposal.
func (b CallBlock) Undo(by PersonID, now time.Time) (CallBlock, error) {
	switch {
	case !b.Waits() && !b.Holds(now):
		return b, ErrBlockOver
	case by == 0:
		return b, ErrCallUnseen
	}
	b.Undone, b.UndoneBy = now, by
	return b, nil
}

// Since gives from when on pranks count at now.
func (l CallLine) Since(now time.Time) time.Time {
	within := l.Within
	if within <= 0 {
		within = DefaultPrankWithin
	}
	return now.Add(-within)
}

func (l CallLine) block() time.Duration {
	if l.Block <= 0 {
		return DefaultBlock
	}
	return l.Block
}

// Proposes tells whether so many pranks of a number propose its block. counted are those since the last block of the number was decided, so that who
// was pardoned is not proposed again with the next prank; waiting: a proposal stands, or a block holds.
func (l CallLine) Proposes(counted int, waiting bool) bool {
	limit := l.Pranks
	if limit <= 0 {
		limit = DefaultPranks
	}
	return !waiting && counted >= limit
}
