package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A restored backup knows nothing of the erasures that were carried out after it was made: what was erased is there again. So erasures are recorded outside
// of the database too (tanggap serve does that), and carried out again.

// An Erased is an erasure that was carried out. It names nobody: a person is a number, and the moment at which they were first seen, so that the same
// number given anew after a restore is not taken for them.
type Erased struct {
	Request hotline.ErasureID `json:"request"`
	Asked   time.Time         `json:"asked"`
	Due     time.Time         `json:"due"`
	Decided time.Time         `json:"decided"`
	By      hotline.PersonID  `json:"by"`
	People  []ErasedPerson    `json:"people"` // whoever asked, and all who were joined with them
}

// An ErasedPerson is somebody whose data were erased.
type ErasedPerson struct {
	ID    hotline.PersonID `json:"id"`
	Since time.Time        `json:"since"`
}

// Erased gives the erasures that were carried out at a moment or after it, the oldest first.
func (t *Tx) Erased(ctx context.Context, since time.Time) ([]Erased, error) {
	type row struct {
		Request  hotline.ErasureID
		At       time.Time
		Due      time.Time
		Decided  time.Time
		By       hotline.PersonID
		PersonID hotline.PersonID
		Created  time.Time
	}
	rows, err := read[row](ctx, t, "list erasures that were carried out", `
		select e.id as request, e.at, e.due, e.decided, coalesce(e.by, 0) as by, p.id as person_id, p.created
		from erasures e cross join lateral (select e.person_id as id union select q.id from persons q where q.erased_at = e.decided) w join persons p on p.id = w.id
		where e.decided >= @since and e.refused = '' order by e.decided, e.id, p.id`, pgx.StrictNamedArgs{"since": since})
	if err != nil {
		return nil, err
	}
	var out []Erased
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Request != r.Request {
			out = append(out, Erased{Request: r.Request, Asked: r.At.UTC(), Due: r.Due.UTC(), Decided: r.Decided.UTC(), By: r.By})
		}
		e := &out[len(out)-1]
		e.People = append(e.People, ErasedPerson{ID: r.PersonID, Since: r.Created.UTC()})
	}
	return out, nil
}

// Undone gives those of an erasure's people who are in this database as if it had never been carried out.
func (t *Tx) Undone(ctx context.Context, e Erased) ([]hotline.PersonID, error) {
	var ids []hotline.PersonID
	var since []time.Time
	for _, p := range e.People {
		ids, since = append(ids, p.ID), append(since, p.Since)
	}
	return scalars[hotline.PersonID](ctx, t, "look for people who were erased", `
		select p.id from persons p join unnest(@ids::bigint[], @since::timestamptz[]) w (id, created) on w.id = p.id and w.created = p.created
		where p.erased_at is null or p.erased_at < @decided order by p.id`,
		pgx.StrictNamedArgs{"ids": ids, "since": since, "decided": e.Decided})
}

// EraseAgain carries an erasure out once more where this database does not know of it, and tells for how many people. Whoever decided it then may not be
// here; it stands in the history as the program's own.
func (t *Tx) EraseAgain(ctx context.Context, e Erased) (int, error) {
	people, err := t.Undone(ctx, e)
	if err != nil {
		return 0, err
	}
	for _, p := range people {
		if t.erased[p] { // with somebody they are joined with
			continue
		}
		q, err := t.AskErasure(ctx, hotline.ErasureRequest{Person: p, Due: e.Due})
		if err != nil {
			return 0, err
		}
		before := t.forget
		if err := t.DecideErasure(ctx, q.ID, 0, ""); err != nil {
			return 0, fmt.Errorf("carry out an erasure again: %w", err)
		}
		t.forget = append(before, t.forget...)
	}
	return len(people), nil
}

// Receives tells whether a running program receives messages, or did so until a moment ago.
func (s *Store) Receives(ctx context.Context) (bool, error) {
	var held bool
	if err := s.pool.QueryRow(ctx, `select exists (select from leases where until > clock_timestamp())`).Scan(&held); err != nil {
		return false, fmt.Errorf("ask whether a program receives: %w", err)
	}
	return held, nil
}
