package store_test

import (
	"testing"

	"tanggap/store"
	"tanggap/testbed"
)

// News are told once each, in the order of their commits, also those whose ids were given earlier than others that were committed first.
func TestNewsInTheOrderOfCommits(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	var events, signals store.Seen
	told := func() (refs []int64) {
		t.Helper()
		news, err := s.News(t.Context(), &events, &signals)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range news {
			refs = append(refs, n.Ref)
		}
		return refs
	}
	signal := func(ref int64) {
		t.Helper()
		do(t, s, monday, func(tx *store.Tx) error { tx.Signal("test", ref); return nil })
	}
	same := func(what string, got []int64, want ...int64) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s: %v, want %v", what, got, want)
			}
		}
	}
	signal(1)
	same("the first", told(), 1)
	same("nothing new", told())

	written, commit, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Do(t.Context(), monday, func(tx *store.Tx) error {
			tx.Signal("test", 2)
			if _, err := tx.Sessions(t.Context(), 1); err != nil { // what was gathered is sent ahead: it has its id now
				return err
			}
			close(written)
			<-commit
			return nil
		})
	}()
	<-written
	signal(3)
	same("while an earlier one is not committed", told(), 3)
	signal(4)
	same("and again", told(), 4)
	close(commit)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	same("the earlier one", told(), 2)
	same("nothing is told twice", told())
}
