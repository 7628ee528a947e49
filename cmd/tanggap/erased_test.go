package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// erase has somebody of whom nothing is known come, and erases them.
func erase(t *testing.T, s *store.Store, peer string, at time.Time) {
	t.Helper()
	if err := s.Put(t.Context(), []hotline.Raw{{Channel: hotline.Telegram, Account: "42", Peer: peer, Delivery: peer, Body: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Do(t.Context(), at, func(tx *store.Tx) error {
		var person hotline.PersonID
		if err := s.Pool().QueryRow(t.Context(), `insert into persons (created) values ($1) returning id`, at.Add(-time.Hour)).Scan(&person); err != nil {
			return err
		}
		q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: person, Due: at.Add(time.Hour)})
		if err != nil {
			return err
		}
		return tx.DecideErasure(t.Context(), q.ID, person, "")
	}); err != nil {
		t.Fatal(err)
	}
}

// What was erased is added to the file once, whoever writes it, also after a crash in the middle of a line.
func TestErasuresAreRecordedOutsideOfTheDatabase(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	path := filepath.Join(t.TempDir(), "backup", "erasures.jsonl")
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	record := func() *erasureRecord { return &erasureRecord{path: path, log: slog.New(slog.DiscardHandler)} }
	names := func(want int) {
		t.Helper()
		list, err := record().read()
		if err != nil || len(list) != want {
			t.Errorf("the file names %d erasures, not %d: %v", len(list), want, err)
		}
	}
	names(0)
	first, second := record(), record()
	if err := first.update(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file without an erasure")
	}
	erase(t, s, "siti", monday)
	for _, r := range []*erasureRecord{first, first, record()} {
		if err := r.update(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	names(1)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"request":2,"asked":"2026-`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	names(1)
	erase(t, s, "budi", monday.Add(30*time.Minute))
	erase(t, s, "rina", monday.Add(48*time.Hour))
	for _, r := range []*erasureRecord{first, second} {
		if err := r.update(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	// The other instance has a file of its own in life; where they share one, what stands twice does no harm.
	list, err := record().read()
	if err != nil || len(list) < 3 || strings.Contains(list[1].Decided.String(), "2026-11-25") {
		t.Errorf("recorded: %+v, %v", list, err)
	}
	// A program that starts anew goes on from the last that stands there, and does not read all that were ever carried out: what somebody took out stays out.
	if err := os.WriteFile(path, []byte(lastLine(contents(t, path))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := record()
	if err := again.update(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	names(1)
	unwritable := &erasureRecord{path: filepath.Join(path, "below-a-file"), log: slog.New(slog.DiscardHandler)}
	if err := unwritable.update(t.Context(), s); err == nil {
		t.Error("a file that cannot be is written without a word")
	}
}

func TestSince(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2026-11-22", "2026-11-22 03:00", "2026-11-22T03:00", "2026-11-22T03:00:00+07:00"} {
		if got, err := (&erasuresCmd{Since: text}).moment(); err != nil || got.Year() != 2026 {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	if _, err := (&erasuresCmd{Since: "kemarin"}).moment(); err == nil || !strings.Contains(err.Error(), "2026-11-22") {
		t.Errorf("no moment: %v", err)
	}
}

// The command lists what the record names and what of it this database does not know of, and carries that out.
func TestErasuresAfterARestore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "erasures.jsonl")
	env := with(elsewhere(t), "TANGGAP_ERASURES="+path)
	if out, errs, code := do(t, env, "erasures", "--since", "2024-11-01"); code != 0 || !strings.Contains(out, "names no erasure") {
		t.Errorf("without a record: exit %d, %q, %q", code, out, errs)
	}
	change(t, env, `insert into persons (id, created) overriding system value values (7, '2024-11-20T08:00:00Z'), (8, '2024-11-20T08:00:00Z')`)
	change(t, env, `insert into person_details (person_id, name) values (7, 'x'), (8, 'x')`)
	lines := `{"request":3,"asked":"2024-11-21T08:00:00Z","due":"2024-11-24T08:00:00Z","decided":"2024-11-22T08:00:00Z","by":1,"people":[{"id":7,"since":"2024-11-20T08:00:00Z"}]}` + "\n" +
		`{"request":4,"asked":"2024-11-21T08:00:00Z","due":"2024-11-24T08:00:00Z","decided":"2024-11-22T09:00:00Z","by":1,"people":[{"id":8,"since":"2024-11-21T08:00:00Z"}]}` + "\n"
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, code := do(t, env, "erasures", "--since", "2024-11-01"); code != 0 || strings.Count(out, "NOT ERASED") != 1 || strings.Count(out, "never there") != 1 {
		t.Errorf("listed: exit %d, %q, %q", code, out, errs)
	}
	change(t, env, `insert into leases (name, holder, until) values ('telegram/42', 'somebody', now() + interval '1 hour')`)
	if _, errs, code := do(t, env, "erasures", "--apply"); code != 1 || !strings.Contains(errs, "stop it") {
		t.Errorf("while a program receives: exit %d, %q", code, errs)
	}
	change(t, env, `delete from leases`)
	for _, want := range []string{"carried out again: 1;", "carried out again: 0;"} {
		if out, errs, code := do(t, env, "erasures", "--apply"); code != 0 || !strings.Contains(out, want) {
			t.Errorf("applied: exit %d, %q, %q; want %q", code, out, errs, want)
		}
	}
	change(t, env, `do $$ begin
		if (select array_agg(person_id) from person_details) <> array[8::bigint] then raise exception 'who is kept: %', (select array_agg(person_id) from person_details); end if;
	end $$`)
}

func contents(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
