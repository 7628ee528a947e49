package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

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
	conn    *pgxpool.Conn
	tx      pgx.Tx
	over    bool // committed or undone
	now     time.Time
	regency *hotline.Regency

	cases    map[hotline.CaseID]*trackedCase // read or made here, as they stand now
	order    []hotline.CaseID                // in the order they were first touched
	turn     int                             // of the turns that share this unit of work, the one being handled
	viewer   *hotline.Viewer                 // whose turn that is; nil: this is no turn
	shared   bool                            // by the turns of several people
	said     []contentJSON                   // gathered
	events   []eventJSON                     // gathered
	after    []func()                        // gathered, to follow what has happened to the cases
	batch    *pgx.Batch                      // gathered, not yet sent
	outs     []hotline.Out                   // gathered
	marks    []mark                          // gathered
	relisted []int64                         // rows that Unlisted gave
	fetch    []hotline.MediaID               // promised here
	forget   []hotline.AddressID             // of erased persons
	erased   map[hotline.PersonID]bool       // in this unit
	counters map[hotline.CounterID]bool      // locked here; see lockCounters
	kinship  []kinNews                       // for the cases that were merged with those it happened to
	fresh    []hotline.CaseID                // given to a unit here; see pauseFresh
	rings    struct{ inbox, outbox, dispatch, media, paced, live, siaga bool }
}

// Now is the service time of this unit of work.
func (t *Tx) Now() time.Time { return t.now }

// Regency is the regency in force for this unit of work.
func (t *Tx) Regency() *hotline.Regency { return t.regency }

// Do runs fn as one unit of work. When two units stand in each other's way, fn is run again from the start, at most four times.
func (s *Store) Do(ctx context.Context, now time.Time, fn func(*Tx) error) error {
	var err error
	for try := 0; try < 4; try++ {
		if err = s.do(parentFirst(ctx, err), now, fn); err == nil || !passing(err) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) do(ctx context.Context, now time.Time, fn func(*Tx) error) (err error) {
	if err := s.ids.ready(ctx); err != nil {
		return err
	}
	t, err := s.work(ctx, now)
	if err != nil {
		return err
	}
	defer t.undo(ctx)
	if err := t.lockParent(ctx); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	return t.commit(ctx)
}

// work begins a unit of work. Postgres is told with the first thing that is asked or written.
func (s *Store) work(ctx context.Context, now time.Time) (*Tx, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	// Postgres keeps microseconds: what is written and read again must be the same moment.
	return &Tx{store: s, conn: conn, now: now.UTC().Truncate(time.Microsecond), regency: s.regency.Load(), batch: &pgx.Batch{}}, nil
}

// send sends statements in one round trip, with the beginning of the transaction where that has not been sent yet.
func (t *Tx) send(ctx context.Context, b *pgx.Batch) error {
	if t.tx != nil {
		return t.tx.SendBatch(ctx, b).Close()
	}
	all := &pgx.Batch{}
	all.BeginTx(pgx.TxOptions{})
	all.QueuedQueries = append(all.QueuedQueries, b.QueuedQueries...)
	results := t.conn.SendBatch(ctx, all)
	err := results.Close()
	t.tx = results.(interface{ Tx() pgx.Tx }).Tx() //nolint:forcetypeassert // so BeginTx promises
	return err
}

// undo rolls back what was not committed, and gives the connection back; after a commit it does nothing.
func (t *Tx) undo(ctx context.Context) {
	if t.over {
		return
	}
	t.over = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if t.tx != nil {
		_ = t.tx.Rollback(ctx)
	}
	t.conn.Release() // the connection is thrown away where the rollback failed
}

// flush sends what was gathered, in one round trip.
func (t *Tx) flush(ctx context.Context) error {
	return t.sendGathered(ctx, false)
}

// sendGathered sends what was gathered, with the new cases of earlier turns too where all is true.
func (t *Tx) sendGathered(ctx context.Context, all bool) error {
	b := t.gather(all)
	if b.Len() == 0 {
		return nil
	}
	if err := t.send(ctx, b); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// gather gives what was gathered as one batch, and begins to gather anew.
func (t *Tx) gather(all bool) *pgx.Batch {
	b := t.claimCases()
	t.gatherMarks()
	t.gatherOuts()
	t.gatherCases(all) // last: a new case holds the lock of the day's number from here to the commit
	b.QueuedQueries = append(b.QueuedQueries, t.batch.QueuedQueries...)
	t.batch = &pgx.Batch{}
	return b
}

// commit sends what was gathered together with the commit, in one round trip, so that the locks that many want are held for no longer than Postgres
// itself takes. When a statement fails, Postgres passes over the rest, the commit too.
func (t *Tx) commit(ctx context.Context) error {
	if len(t.kinship) > 0 {
		if err := t.tellKin(ctx); err != nil {
			return err
		}
	}
	if len(t.fresh) > 0 {
		if err := t.pauseFresh(ctx); err != nil {
			return err
		}
	}
	if len(t.forget)+len(t.fetch) > 0 && t.store.jobs != nil {
		if err := t.orderJobs(ctx); err != nil {
			return err
		}
	}
	all := t.gather(true)
	all.Queue(`commit`).Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" { // an earlier statement had failed
			return pgx.ErrTxCommitRollback
		}
		return nil
	})
	if t.tx != nil || all.Len() > 1 {
		if err := t.send(ctx, all); err != nil {
			return fmt.Errorf("write and commit: %w", err)
		}
	}
	t.over = true
	t.conn.Release()
	if t.rings.siaga { // read meanwhile, they were not these
		t.store.siagaMemory.last.Store(nil)
	}
	b := &t.store.Bells
	if t.rings.inbox {
		b.Inbox.Ring()
	}
	if t.rings.outbox {
		b.Outbox.Ring()
	}
	if t.rings.dispatch {
		b.Dispatch.Ring()
	}
	if t.rings.media {
		b.Media.Ring()
	}
	if t.rings.outbox || t.rings.dispatch || t.rings.live {
		b.Abroad.Ring()
		b.Live.Ring()
	}
	if t.rings.paced {
		time.AfterFunc(pace, b.Inbox.Ring)
	}
	b.Any.Ring()
	return nil
}

// orderJobs has jobs made for what is to be done after the commit.
func (t *Tx) orderJobs(ctx context.Context) error {
	if err := t.send(ctx, t.gather(false)); err != nil { // even where nothing was gathered: a job needs a transaction that has begun
		return fmt.Errorf("write: %w", err)
	}
	if len(t.forget) > 0 {
		if err := t.store.jobs.ForgetPeers(ctx, t.tx, t.forget); err != nil {
			return fmt.Errorf("order people to be forgotten: %w", err)
		}
	}
	if len(t.fetch) > 0 {
		if err := t.store.jobs.FetchMedia(ctx, t.tx, t.fetch); err != nil {
			return fmt.Errorf("order media to be fetched: %w", err)
		}
	}
	return nil
}

// queue gathers one statement.
func (t *Tx) queue(sql string, args pgx.StrictNamedArgs) *pgx.QueuedQuery {
	return t.batch.Queue(sql, args)
}

// read sends what was gathered and collects rows into structs by the names of their columns.
func read[T any](ctx context.Context, t *Tx, what, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	if err := t.flush(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return peek[T](ctx, t, what, sql, args)
}

// peek reads what nothing gathered here can have changed.
func peek[T any](ctx context.Context, t *Tx, what, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	return collect(ctx, t, what, sql, args, pgx.RowToStructByName[T])
}

func collect[T any](ctx context.Context, t *Tx, what, sql string, args pgx.StrictNamedArgs, to pgx.RowToFunc[T]) (out []T, err error) {
	b := &pgx.Batch{}
	b.Queue(sql, args).Query(func(rows pgx.Rows) (err error) {
		out, err = pgx.CollectRows(rows, to)
		return err
	})
	if err := t.send(ctx, b); err != nil {
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
	return collect(ctx, t, what, sql, args, pgx.RowTo[T])
}

var errForeign = errors.New("the case was not read in this unit of work")
