package dispatcher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tanggap/hotline"
)

const (
	// probe is how often Redis is asked whether the lists are still there: what it lost is put right in less than two of these.
	probe = 500 * time.Millisecond
	// slowest is how rarely Redis is asked while it does not answer.
	slowest = 2 * time.Second
	// refresh is how often the lists are compared with Postgres although nothing seems wrong.
	refresh = time.Minute
	// patience is how long Redis may take to be told of a batch, while a transaction waits.
	patience = time.Second
)

// A redisError is trouble with Redis, as opposed to trouble with Postgres.
type redisError struct{ error }

func (e redisError) Unwrap() error { return e.error }

// list tells Redis of the assignments that changed. Redis is told first and Postgres remembers that it was second: a crash between the two
// tells Redis the same again, which changes nothing.
func (d *Dispatcher) list(ctx context.Context) (more bool, err error) {
	if d.State() != "" {
		return false, nil // watch rings when Redis is back
	}
	told := 0
	err = d.Store.Do(ctx, d.Clock.Now(), func(tx Tx) error {
		told = 0
		changes, err := tx.Unlisted(ctx, atOnce)
		if err != nil || len(changes) == 0 {
			return err
		}
		short, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := d.lists.Sync(short, changes); err != nil {
			return redisError{err}
		}
		ids := make([]hotline.AssignmentID, len(changes))
		for i, l := range changes {
			ids[i] = l.Assignment
		}
		tx.Listed(ids...)
		told = len(changes)
		return nil
	})
	if trouble := (redisError{}); errors.As(err, &trouble) {
		d.lost(ctx, trouble)
		return false, nil
	}
	if told > 0 {
		d.offering.ring()
	}
	return told > 0 && err == nil, err
}

// watch keeps the worklists true: it builds them at start, every minute, and whenever Redis has lost them or is another Redis than before.
func (d *Dispatcher) watch(ctx context.Context) error {
	wait, failed := probe, false
	for !ended(ctx) {
		err := d.check(ctx)
		if ended(ctx) {
			break
		}
		trouble := redisError{}
		switch {
		case errors.As(err, &trouble):
			d.lost(ctx, trouble)
			wait = min(2*wait, slowest)
		case err != nil:
			if !failed {
				d.Log.Warn("the worklists cannot be compared with Postgres", "err", err)
			}
			failed, wait = true, min(2*wait, slowest)
		default:
			failed, wait = false, probe
		}
		select {
		case <-ctx.Done():
		case <-d.watching:
		case <-time.After(wait):
		}
	}
	return nil
}

// check looks whether Redis still holds what it was told, and builds the worklists anew where that is in doubt.
func (d *Dispatcher) check(ctx context.Context) error {
	mark, err := d.lists.mark(ctx)
	if err != nil {
		return redisError{err}
	}
	d.mu.Lock()
	fine := mark != "" && mark == d.known && d.trouble == "" && time.Since(d.built) < refresh
	d.mu.Unlock()
	if fine {
		return nil
	}
	return d.rebuild(ctx)
}

// rebuild makes the worklists hold exactly what waits in Postgres.
func (d *Dispatcher) rebuild(ctx context.Context) error {
	var mark string
	var difference Difference
	err := d.Store.Exclusive(ctx, func(ctx context.Context) error {
		var err error
		if mark, err = d.lists.begin(ctx); err != nil {
			return redisError{err}
		}
		waiting, err := d.Store.Waiting(ctx)
		if err != nil {
			return fmt.Errorf("read what waits: %w", err)
		}
		r := d.Regency()
		units := make([]string, len(r.Units))
		for i, u := range r.Units {
			units[i] = u.ID
		}
		if difference, err = d.lists.Rebuild(ctx, waiting, units); err != nil {
			return redisError{err}
		}
		return nil
	})
	if err != nil {
		return err
	}
	d.mu.Lock()
	again := d.known != ""
	lost := d.trouble != ""
	d.known, d.built, d.trouble = mark, time.Now(), ""
	d.mu.Unlock()
	if !again || lost || difference.Any() {
		d.Log.Info("worklists are as Postgres has them", "added", difference.Added, "removed", difference.Removed, "rescored", difference.Rescored)
	}
	d.listing.ring()
	d.offering.ring()
	return nil
}

// lost says that Redis does not answer; watch finds out when it does again.
func (d *Dispatcher) lost(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	d.mu.Lock()
	before := d.trouble
	d.trouble = "redis: " + err.Error()
	d.mu.Unlock()
	if before == "" || before == notYet {
		d.Log.Warn("Redis does not answer: worklists and ordinary offers wait", "err", err)
		d.watching.ring()
	}
}
