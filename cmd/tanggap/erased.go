package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"tanggap/house"
	"tanggap/store"
)

// Erasures that were carried out are recorded in a file outside of the database, a line each, which is only ever added to: a backup that is restored undoes
// those that came after it, and the file says which. It holds numbers and moments, nobody's name.

// An erasureRecord is that file.
type erasureRecord struct {
	path string
	log  *slog.Logger

	known map[string]bool // what stands in it
	last  time.Time       // when the newest of it was decided
	ill   bool            // it could not be written, and that has been said
}

const (
	recordEvery    = time.Minute
	recordPatience = 10 * time.Second // with a Postgres that does not answer
	// Looked back this far: what was decided a moment earlier may be committed a moment later.
	recordOverlap = time.Hour
)

func recordKey(e store.Erased) string {
	return fmt.Sprintf("%d %s", e.Request, e.Decided.UTC().Format(time.RFC3339Nano))
}

// read gives what stands in the file; nothing where there is none. A line that was not written to its end is passed over: it will be written again.
func (r *erasureRecord) read() ([]store.Erased, error) {
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the record of erasures: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	var out []store.Erased
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e store.Erased
		if json.Unmarshal(lines.Bytes(), &e) == nil && !e.Decided.IsZero() && len(e.People) > 0 {
			out = append(out, e)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the record of erasures %s: %w", r.path, err)
	}
	return out, nil
}

// update adds what was carried out and does not stand in the file yet.
func (r *erasureRecord) update(ctx context.Context, s *store.Store) error {
	if r.known == nil {
		before, err := r.read()
		if err != nil {
			return err
		}
		r.known = map[string]bool{}
		for _, e := range before {
			r.known[recordKey(e)] = true
			if e.Decided.After(r.last) { // what was decided before it stands in the file: they are written in their order
				r.last = e.Decided
			}
		}
	}
	var found []store.Erased
	err := s.Do(ctx, time.Now(), func(tx *store.Tx) (err error) {
		found, err = tx.Erased(ctx, r.last.Add(-recordOverlap))
		return err
	})
	if err != nil {
		return err
	}
	var lines []byte
	var added []store.Erased
	for _, e := range found {
		if !r.known[recordKey(e)] {
			line, err := json.Marshal(e)
			if err != nil {
				return fmt.Errorf("record an erasure: %w", err)
			}
			lines, added = append(append(lines, line...), '\n'), append(added, e)
		}
	}
	if len(added) > 0 {
		if err := r.add(lines); err != nil {
			return fmt.Errorf("record an erasure: %w", err)
		}
	}
	for _, e := range added {
		r.known[recordKey(e)] = true
	}
	if len(found) > 0 {
		r.last = found[len(found)-1].Decided
	}
	return nil
}

// add writes lines at the end of the file, down to the disk.
func (r *erasureRecord) add(lines []byte) error {
	if err := os.MkdirAll(filepath.Dir(r.path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	// What a crash left without an end must not swallow the next line.
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			lines = append([]byte{'\n'}, lines...)
		}
	}
	_, err = f.Write(lines)
	return errors.Join(err, f.Sync(), f.Close())
}

// keep updates the file until ctx ends, and once more then.
func (r *erasureRecord) keep(ctx context.Context, s *store.Store) {
	for {
		once, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordPatience)
		err := r.update(once, s)
		cancel()
		if err != nil && !r.ill && ctx.Err() == nil {
			r.log.Error("erasures are not recorded outside of the database: a restored backup would undo them", "error", err)
		}
		r.ill = err != nil
		if ctx.Err() != nil {
			return
		}
		select {
		case <-time.After(recordEvery):
		case <-ctx.Done():
		}
	}
}

// recorded lists the erasures of the record that were decided since a moment, and with apply carries out again those that the database does not know of.
func (c *erasuresCmd) recorded(p *program) error {
	since, err := c.moment()
	if err != nil {
		return err
	}
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	work := func() error {
		all, err := (&erasureRecord{path: d.Erasures}).read()
		if err != nil {
			return err
		}
		list := all[:0]
		for _, e := range all {
			if !e.Decided.Before(since) {
				list = append(list, e)
			}
		}
		if len(list) == 0 {
			_, err := fmt.Fprintf(p.out, "%s names no erasure since then.\n", d.Erasures)
			return err
		}
		s, err := d.store(p.ctx)
		if err != nil {
			return err
		}
		defer s.Close()
		if c.Apply {
			return c.again(p, s, list)
		}
		return c.tell(p, d, s, list)
	}
	return errors.Join(work(), d.close())
}

// moment reads --since: a day, or a day and a time, of this machine's clock.
func (c *erasuresCmd) moment() (time.Time, error) {
	if c.Since == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(form, c.Since, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, wrongUse("--since %q is no moment; write it as 2026-11-22 or 2026-11-22T03:00", c.Since)
}

func (c *erasuresCmd) tell(p *program, d *data, s *store.Store, list []store.Erased) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REQUEST\tASKED\tDECIDED\tIN THIS DATABASE")
	for _, e := range list {
		var undone int
		err := s.Do(p.ctx, time.Now(), func(tx *store.Tx) error {
			people, err := tx.Undone(p.ctx, e)
			undone = len(people)
			return err
		})
		if err != nil {
			return err
		}
		state := "erased, or never there"
		if undone > 0 {
			state = "NOT ERASED"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", e.Request, e.Asked.In(d.regency.Zone).Format(dayAndTime), e.Decided.In(d.regency.Zone).Format(dayAndTime), state)
	}
	return w.Flush()
}

func (c *erasuresCmd) again(p *program, s *store.Store, list []store.Erased) error {
	switch busy, err := s.Receives(p.ctx); {
	case err != nil:
		return err
	case busy:
		return errors.New("a running tanggap receives messages, and what people wrote since the restore would be erased too: stop it, wait ten seconds, then start it after this")
	}
	done, err := house.EraseAgain(p.ctx, s, time.Now(), list)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "carried out again: %d; the others of %d were erased, or never there\n", done, len(list))
	return err
}
