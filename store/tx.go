package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A Tx is a unit of work: everything done through it is committed together, or nothing is. Writes are gathered and cost no round trip. Before
// anything is read that they could have changed, what was gathered is sent ahead, so that a unit of work sees what it did; a case that was read or
// made here is known as it stands and needs no sending. So most turns send everything once, with the commit, and the locks that all who
// file a case share (the day's number) are held for no longer than that.
//
// A Tx belongs to one goroutine.
type Tx struct {
	store   *Store
	tx      pgx.Tx
	now     time.Time
	regency *hotline.Regency

	cases    map[hotline.CaseID]*trackedCase // read or made here, as they stand now
	order    []hotline.CaseID                // in the order they were first touched
	after    []func()                        // gathered, to follow the rows of the cases
	batch    *pgx.Batch                      // gathered, not yet sent
	outs     []hotline.Out                   // gathered
	relisted []int64                         // rows that Unlisted gave
	fetch    []hotline.MediaID               // promised here
	erased   map[hotline.PersonID]bool       // in this unit
	rings    struct{ outbox, dispatch, media, paced bool }
}

// Now is the service time of this unit of work.
func (t *Tx) Now() time.Time { return t.now }

// Regency is the regency in force for this unit of work.
func (t *Tx) Regency() *hotline.Regency { return t.regency }

// Do runs fn as one unit of work. When two units stand in each other's way, fn is run again from the start, at most four times.
func (s *Store) Do(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	var err error
	for try := 0; try < 4; try++ {
		if err = s.do(ctx, now, fn); err == nil || !passing(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) do(ctx context.Context, now time.Time, fn func(*Tx) error) (err error) {
	if err := s.ids.ready(ctx); err != nil {
		return err
	}
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t := s.work(tx, now)
	defer t.undo(ctx)
	if err := fn(t); err != nil {
		return err
	}
	return t.commit(ctx)
}

func (s *Store) work(tx pgx.Tx, now time.Time) *Tx {
	// Postgres keeps microseconds: what is written and read again must be the same moment.
	return &Tx{store: s, tx: tx, now: now.UTC().Truncate(time.Microsecond), regency: s.regency.Load(), batch: &pgx.Batch{}}
}

// undo rolls back what was not committed; after a commit it does nothing.
func (t *Tx) undo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = t.tx.Rollback(ctx) // the connection is thrown away where even this fails
}

// flush sends what was gathered, in one round trip.
func (t *Tx) flush(ctx context.Context) error {
	t.gatherOuts()
	t.gatherCases() // last: a new case holds the lock of the day's number from here to the commit
	if t.batch.Len() == 0 {
		return nil
	}
	b := t.batch
	t.batch = &pgx.Batch{}
	if err := t.tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

func (t *Tx) commit(ctx context.Context) error {
	if err := t.flush(ctx); err != nil {
		return err
	}
	if len(t.fetch) > 0 && t.store.jobs != nil {
		if err := t.store.jobs.FetchMedia(ctx, t.tx, t.fetch); err != nil {
			return fmt.Errorf("order media to be fetched: %w", err)
		}
	}
	if err := t.tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	b := &t.store.Bells
	if t.rings.outbox {
		b.Outbox.Ring()
	}
	if t.rings.dispatch {
		b.Dispatch.Ring()
	}
	if t.rings.media {
		b.Media.Ring()
	}
	if t.rings.outbox || t.rings.dispatch {
		b.Abroad.Ring()
	}
	if t.rings.paced {
		time.AfterFunc(pace, b.Inbox.Ring)
	}
	b.Any.Ring()
	return nil
}

// queue gathers one statement.
func (t *Tx) queue(sql string, args pgx.StrictNamedArgs) { t.batch.Queue(sql, args) }

// read sends what was gathered and collects rows into structs by the names of their columns.
func read[T any](ctx context.Context, t *Tx, what, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	if err := t.flush(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return peek[T](ctx, t, what, sql, args)
}

// peek reads what nothing gathered here can have changed.
func peek[T any](ctx context.Context, t *Tx, what, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	rows, err := t.tx.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

// one reads a single row; none gives hotline.ErrNotFound.
func one[T any](ctx context.Context, t *Tx, what, sql string, args pgx.StrictNamedArgs) (T, error) {
	rows, err := read[T](ctx, t, what, sql, args)
	if err != nil {
		var zero T
		return zero, err
	}
	if len(rows) == 0 {
		var zero T
		return zero, fmt.Errorf("%s: %w", what, hotline.ErrNotFound)
	}
	return rows[0], nil
}

// scalars reads one column.
func scalars[T any](ctx context.Context, t *Tx, what, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	if err := t.flush(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	rows, err := t.tx.Query(ctx, sql, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}

var errForeign = errors.New("the case was not read in this unit of work")
