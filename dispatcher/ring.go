package dispatcher

import (
	"context"
	"fmt"
	"time"

	"tanggap/hotline"
)

// An emergency from a chat rings at the operators of the 112 line first, where one is there, and goes on by itself after hotline.RingFor. The time stands
// in Postgres, so that it passes though every instance of the program ends meanwhile; and the case stays filed, so that no instance routes it before.

// RingTx is what ringing needs. Unrouted gives no case that still rings.
type RingTx interface {
	// Rings gives those of the cases that rang.
	Rings(context.Context, []hotline.CaseID) (map[hotline.CaseID]hotline.Ring, error)
	// OperatorThere tells whether an operator of the line is signed in and on shift.
	OperatorThere(context.Context) (bool, error)
	// StartRing rings for a case until a moment. PassRing says that nobody decided.
	StartRing(c hotline.CaseID, until time.Time)
	PassRing(c hotline.CaseID)
	// RungOut takes cases that rang undecided to the end and were with somebody already: ordinary ones that had grown worse.
	RungOut(ctx context.Context, limit int) ([]hotline.Case, error)
}

// rings reads the rings of cases that may have one.
func (j *job) rings(ctx context.Context, cases []hotline.Case) (map[hotline.CaseID]hotline.Ring, error) {
	var ids []hotline.CaseID
	for _, c := range cases {
		if c.Source == hotline.SourceChat && (c.Urgent || c.Events > 1) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rings, err := j.tx.Rings(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read what rings at the line: %w", err)
	}
	return rings, nil
}

// ringFirst tells whether a case waits for an operator, and begins to ring for it where it should.
func (j *job) ringFirst(ctx context.Context, f filing) (bool, error) {
	switch {
	case !j.r.RingsFirst(f.Case, j.now) && f.ring.Case == 0:
		return false, nil
	case f.ring.Rings(j.now):
		return true, nil
	case f.ring.Case != 0:
		if f.ring.Decided.IsZero() {
			j.tx.PassRing(f.ID)
		}
		return false, nil
	}
	there, err := j.tx.OperatorThere(ctx)
	if err != nil || !there {
		return false, err
	}
	j.tx.StartRing(f.ID, j.now.Add(hotline.RingFor))
	return true, nil
}

// rangOut calls those who are sent to an emergency that was an ordinary case with a unit, since nobody at the line decided about it.
func (j *job) rangOut(c hotline.Case) error {
	j.tx.PassRing(c.ID)
	for _, p := range j.r.ToCall(c) {
		next, err := j.record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: j.tx.NewAssignment(), Facts: hotline.Facts{
			Unit: p.Unit, Part: p.Part, Level: p.Level, Due: hotline.DueOnAssign(j.r, c, p.Unit, j.now)}})
		if err != nil {
			return err
		}
		c = next
	}
	return nil
}
