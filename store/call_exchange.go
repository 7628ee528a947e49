package store

import (
	"context"
	"fmt"

	"tanggap/hotline"
)

// exchangeKey begins the name of a call that the exchange reported before anybody began it.
const exchangeKey = "exchange:"

// ReportCall takes a report of the telephone exchange. The first of a call begins it; the same once more changes nothing, and they may come in any order. It
// tells whether anything changed.
func (t *Tx) ReportCall(ctx context.Context, e hotline.ExchangeReport) (hotline.Call, bool, error) {
	if !e.Valid() {
		return hotline.Call{}, false, fmt.Errorf("report a call: %w", hotline.ErrCallValue)
	}
	c, fresh, err := t.begunCall(ctx, exchangeKey+e.Call, e.Call, 0)
	if err != nil {
		return hotline.Call{}, false, err
	}
	had := c.Number
	e.Number = callNumber(e.Number)
	next, changed := c.Report(e)
	if !changed && !fresh {
		return c, false, nil
	}
	if next.Number != had {
		if next.Blocked, err = t.isBlocked(ctx, next.Number); err != nil {
			return c, false, err
		}
	}
	t.callStep(next.ID, 0, hotline.CallReported, string(e.State))
	t.putCall(next)
	return next, true, nil
}
