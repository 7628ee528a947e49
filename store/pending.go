package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pending counts what is still to be done by a service time, so that a test can wait for quiet and /metrics can show it.
type Pending struct {
	Inbox    int // messages not yet handled
	Outbox   int // things due and not yet said
	Unrouted int // cases not yet routed
	Unlisted int // changes of which Redis has not been told
	Offers   int // assignments to be offered
	Clock    int // cases the clock must look at
	Media    int // media not yet fetched
}

// Quiet tells whether nothing is left to do.
func (p Pending) Quiet() bool { return p == Pending{} }

// Pending counts what is to be done by now.
func (s *Store) Pending(ctx context.Context, now time.Time) (Pending, error) {
	rows, err := s.pool.Query(ctx, `
		select (select count(*) from inbox where set_aside_at is null) as inbox,
			(select count(*) from outbox where state = 'due' and due <= @now) as outbox,
			(select count(*) from cases c where status = 'filed' and not exists (
				select 1 from rings g where g.case_id = c.id and g.decided is null and g.until > @now))
				+ (select count(*) from rings where decided is null and until <= @now) as unrouted,
			(select count(*) from relistings) as unlisted,
			(select count(*) from offerings where next <= @now) as offers,
			(select count(*) from cases where wake <= @now) as clock,
			(select count(*) from media where state = 'pending') as media`, pgx.StrictNamedArgs{"now": now})
	if err != nil {
		return Pending{}, fmt.Errorf("count what is to be done: %w", err)
	}
	p, err := pgx.CollectOneRow(rows, pgx.RowToStructByName[Pending])
	if err != nil {
		return Pending{}, fmt.Errorf("count what is to be done: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p.Outbox = max(p.Outbox, len(s.inflight)) // a network may tell that something arrived before we have its answer to our sending it
	return p, nil
}
