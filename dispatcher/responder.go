package dispatcher

import (
	"context"

	"tanggap/hotline"
)

// callNext calls the next responder to an emergency that nobody has answered, the first of whom there is anybody. The moment follows from the case, which is
// locked: two clocks never call two, and what a program that ended has left undone the next one finds. Who was called before stays called.
func (j *job) callNext(ctx context.Context, c hotline.Case) (hotline.Case, error) {
	units, at := j.r.NextResponders(c)
	if len(units) == 0 || j.now.Before(at) {
		return c, nil
	}
	for _, unit := range units {
		there, err := j.holders(ctx, append([]string{unit}, j.r.Ancestors(unit)...), standing...)
		if err != nil {
			return c, err
		}
		if len(there) == 0 {
			continue
		}
		next, err := j.record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: j.tx.NewAssignment(), Facts: hotline.Facts{
			Unit: unit, Part: hotline.Responding, Due: hotline.DueOnAssign(j.r, c, unit, j.now)}})
		if refused(err) {
			return c, nil
		}
		return next, err
	}
	return c, nil
}
