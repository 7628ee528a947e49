package dispatcher

import (
	"context"
	"time"

	"tanggap/hotline"
)

// This file says what the dispatcher needs of the rest of the house, split by who uses it. Package store offers it; house passes it in.

// A Work does a unit of work: what fn reads and writes through the Tx commits together, at the service time now, or not at all. fn may be
// called again when two units stood in each other's way, so it keeps nothing of an earlier call.
type Work interface {
	Do(ctx context.Context, now time.Time, fn func(Tx) error) error
}

// A Tx is one unit of work. What needs an answer takes a context; the rest is gathered and costs no round trip.
//
// Queues (Unrouted, Unlisted, Unoffered, Awake) lock the rows they give until the unit ends and pass over rows that another instance has
// locked, so that two dispatchers share the work and never do the same twice. Case rows given by Unrouted, Unoffered and Awake are locked as
// Case does, with all their assignments, so that Record may follow.
type Tx interface {
	Recorder
	RouteTx
	ListTx
	OfferTx
	ClockTx
	RingTx
}

// A Recorder makes events happen.
type Recorder interface {
	// Record makes an event happen to a case read in this unit: c.After(e), with e.Case and e.At filled in. hotline.ErrRefused: it does not fit,
	// and nothing was gathered.
	Record(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error)
	// Say puts something into the outbox.
	Say(hotline.Out)
	// Case reads a case and locks it until the unit ends.
	Case(context.Context, hotline.CaseID) (hotline.Case, error)
	// People lists who holds one of the roles at the unit's time in one of the units themselves (no units: anywhere), those on duty first; one
	// Role each, with Role.OnDuty. The same as bot's Staff.People.
	People(ctx context.Context, units []string, roles ...hotline.RoleName) ([]hotline.Role, error)
}

// RouteTx is what routing needs.
type RouteTx interface {
	// Unrouted gives cases with status filed, oldest first.
	Unrouted(ctx context.Context, limit int) ([]hotline.Case, error)
	// Said reads what was said, as far as it is kept, in one round trip.
	Said(ctx context.Context, ids ...hotline.ContentID) (map[hotline.ContentID]hotline.Content, error)
	// ManyBefore tells of which cases the reporter filed most others or more since a moment, before that one.
	ManyBefore(ctx context.Context, cases []hotline.CaseID, since time.Time, most int) (map[hotline.CaseID]bool, error)
	// Orphaned gives cases that have a part waiting or taken in a unit that is none of these.
	Orphaned(ctx context.Context, units []string, limit int) ([]hotline.Case, error)
	// NewAssignment gives a fresh id for an EvAssigned.
	NewAssignment() hotline.AssignmentID
}

// ListTx is what the worklists need.
type ListTx interface {
	// Unlisted gives assignments that changed (unit, state, due, or their case became urgent) since Redis was last told, as they stand now, and
	// takes the barrier of Lists.Exclusive, waiting for it. So one instance at a time tells Redis, and an older state never overtakes a newer one.
	// Listing.Waiting is State == Waiting.
	//
	// The lock should not be on a row that a turn updates: Redis is spoken to while it is held, at worst for a second. (A table of changes, added
	// to with every change, of which Listed deletes what Unlisted saw, does it.)
	Unlisted(ctx context.Context, limit int) ([]hotline.Listing, error)
	// Listed says that Redis has been told, of rows that Unlisted gave in this unit.
	Listed(ids ...hotline.AssignmentID)
}

// OfferTx is what offering needs. Of every assignment store keeps Round, Offered (see hotline.Held) and the next time it is to be offered:
//
//   - when it begins to wait (EvAssigned, EvReleased, EvReopened) or its case becomes urgent (EvUrgent): Round+1 with Offered zero, to be offered
//     at once (a new assignment: Round 1);
//   - when somebody comes on duty (SetDuty), those waiting in the units of their roles and in units below: to be offered at once, Round and Offered
//     as they are, so that only who has not had it in this round gets it;
//   - when more is told of an emergency: Round+1 with Offered zero, to be offered at once, or a few seconds after it last was;
//   - when it is acknowledged or waits no more: never by itself.
type OfferTx interface {
	// Unoffered gives waiting assignments whose time to be offered has come, urgent first, then by that time. An ordinary one only once
	// Redis has been told of it (Listed); an urgent one does not wait for that.
	Unoffered(ctx context.Context, now time.Time, limit int) ([]hotline.Held, error)
	// Offer notes that assignments go to people in a round, at most once for each (assignment, person, round): it gives those that are new. One round
	// trip for all of them; none for none.
	Offer(ctx context.Context, offers ...hotline.Offer) (fresh []hotline.Offer, err error)
	// Offered gives whom an assignment was offered in any round, each person once.
	Offered(ctx context.Context, a hotline.AssignmentID) ([]hotline.Offer, error)
	// History gives a case's events, oldest first: an emergency's card tells the latest of what is known.
	History(context.Context, hotline.CaseID) ([]hotline.Event, map[hotline.ContentID]hotline.Content, error)
	// Groups gives the chats of many that belong to units.
	Groups(context.Context) ([]hotline.Group, error)
	// MarkOffered sets Round, and Offered to now where the round is a new one or was not yet offered, and when it is to be offered again by itself
	// (zero: not by itself).
	MarkOffered(a hotline.AssignmentID, round int, again time.Time)
}

// ClockTx is what the clock needs. Of every case store keeps a wake time: never later than the moment something is due of itself (an
// assignment's Due, the midnight before Date, AskDue, EndedAt and so on), made new with every event. It may be too early: the clock looks, finds
// nothing to do, and says with Sleep when to look again.
type ClockTx interface {
	// Awake gives cases whose wake time has come, the longest awake first.
	Awake(ctx context.Context, now time.Time, limit int) ([]hotline.Case, error)
	// Sleep sets the wake time of a case, after the events recorded in this unit; zero: nothing is due until its next event.
	Sleep(c hotline.CaseID, until time.Time)
}

// Lists is what rebuilding the worklists needs, outside a unit of work.
type Lists interface {
	// Waiting gives every waiting assignment.
	Waiting(context.Context) ([]hotline.Listing, error)
	// Exclusive runs fn while no unit of work anywhere holds what Unlisted gave (an advisory lock of the session, which Unlisted takes for its
	// transaction).
	Exclusive(ctx context.Context, fn func(context.Context) error) error
}

// Alarm tells when to look again although nothing was committed.
type Alarm interface {
	// NextWake gives the earliest service time at which Awake or Unoffered has something, or a ring is over (see RingTx); zero: never, as things stand.
	NextWake(context.Context) (time.Time, error)
}

// A Store is all of it.
type Store interface {
	Work
	Lists
	Alarm
}

// Using makes a Store of one whose Do hands out a transaction type of its own: dispatcher.Using(store).
func Using[T Tx](s interface {
	Do(context.Context, time.Time, func(T) error) error
	Lists
	Alarm
}) Store {
	return using[T]{s, s, s}
}

type using[T Tx] struct {
	work interface {
		Do(context.Context, time.Time, func(T) error) error
	}
	Lists
	Alarm
}

func (u using[T]) Do(ctx context.Context, now time.Time, fn func(Tx) error) error {
	return u.work.Do(ctx, now, func(t T) error { return fn(t) })
}

// A Clock is the service's clock.
type Clock interface {
	Now() time.Time
	// Until gives a channel that is closed once Now is at t or later.
	Until(t time.Time) <-chan struct{}
}

// Cards make what staff read. The dispatcher fills in Person; the rest is the maker's: lane, slot, card name, Case and Assign.
type Cards struct {
	// take it, not ours, look; with the whole history, or none where nothing happened since the case was filed and given to units
	Offer func(r *hotline.Regency, c hotline.Case, a hotline.Assignment, round int, events []hotline.Event, said map[hotline.ContentID]hotline.Content) hotline.Out
	Group func(r *hotline.Regency, c hotline.Case, a hotline.Assignment, round int) (hotline.Out, bool) // to the unit's group; false: nothing for it. To is filled in
	// acknowledge, take it; with the whole history, of which it shows the latest
	Urgent func(r *hotline.Regency, c hotline.Case, a hotline.Assignment, round int, events []hotline.Event, said map[hotline.ContentID]hotline.Content) hotline.Out
	Older  func(c hotline.Case, a hotline.Assignment) hotline.Out // changes the copy of an emergency's card that somebody has, just before they get the next one
	// Gone changes the card of a part that was taken from a unit that is no more: own is the card of the officer who had taken it.
	Gone       func(c hotline.Case, a hotline.Assignment, own bool) hotline.Out
	Nobody     func(r *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out // to the coordinator: nobody is on duty in the unit
	Triage     func(r *hotline.Regency, c hotline.Case, d hotline.Decision) hotline.Out   // to the coordinator: choose, with the top three
	Transcribe func(r *hotline.Regency, c hotline.Case) hotline.Out                       // to the coordinator: write the voice note down
	Escalation func(r *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out // it is late; a.Level is the step now reached, or past the last one: to the coordinators, where nobody stands on the step
	Reminder   func(r *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out // to the officer: the scheduled day has come
	Unanswered func(r *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out // to the officer: the reporter left a question unanswered for its time
}

// A Notice says what the reporter hears of an event that was just recorded, if anything. c is the case after it.
type Notice func(r *hotline.Regency, c hotline.Case, e hotline.Event) (hotline.Out, bool)
