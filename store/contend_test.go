package store_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// Anybody may type a number or press a forged button: whoever has no business with the case keeps nobody waiting who has.
func TestWhoOnlyLooksACaseUpLocksNothing(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c := file(t, s, person(t, s, "siti"))
	person(t, s, "stranger")
	put(t, s, raw("stranger", "n", c.Number.String()))
	drain(t, s, func(ctx context.Context, turn *store.Turn) error {
		if _, err := turn.CaseByNumber(ctx, c.Number); err != nil {
			return err
		}
		if _, err := turn.Case(ctx, c.ID); err != nil {
			return err
		}
		if mine, err := turn.CasesOf(ctx, c.Reporter, 9); err != nil || len(mine) != 1 {
			t.Errorf("%v, %v", mine, err)
		}
		return s.Do(ctx, monday, func(tx *store.Tx) error { // would wait for ever for a lock
			found, err := tx.Case(ctx, c.ID)
			if err == nil {
				_, err = tx.Record(found, hotline.Event{Kind: hotline.EvNoted}, hotline.Content{Text: "looked at"})
			}
			return err
		})
	})
}

// What was read without a lock may be another's by the time something is written: then it is read and decided anew, and counts as no mistake.
func TestWhoeverWasSlowerDecidesAnew(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c := file(t, s, person(t, s, "siti"))
	add := func(tx *store.Tx, text string) (int, error) {
		found, err := tx.CaseByNumber(t.Context(), c.Number)
		if err != nil {
			return 0, err
		}
		_, err = tx.Record(found, hotline.Event{Kind: hotline.EvRemarked, By: c.Reporter}, hotline.Content{Text: text})
		return found.Events, err
	}
	put(t, s, raw("siti", "n", "one more thing"))
	var seen, attempts []int
	drain(t, s, func(ctx context.Context, turn *store.Turn) error {
		n, err := add(turn.Tx, "mine")
		if err != nil {
			return err
		}
		seen, attempts = append(seen, n), append(attempts, turn.Attempt)
		if len(seen) > 1 {
			return nil
		}
		return s.Do(ctx, monday, func(tx *store.Tx) error { _, err := add(tx, "quicker"); return err })
	})
	if len(seen) != 2 || seen[1] != seen[0]+1 || attempts[1] != 1 {
		t.Fatalf("saw %v events, at the attempts %v", seen, attempts)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		events, said, err := tx.History(t.Context(), c.ID)
		if err != nil || len(events) != 3 || said[events[1].Content].Text != "quicker" || said[events[2].Content].Text != "mine" {
			t.Errorf("%+v, %+v, %v", events, said, err)
		}
		return nil
	})
}

// Turns of two commits take the same cases in opposite order. None of them is set aside for that, nor counted as failed.
func TestTurnsThatStandInEachOthersWayAllSucceed(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	one, two := file(t, s, siti), file(t, s, siti)
	want := map[string]hotline.CaseID{"a": one.ID, "b": two.ID, "c": two.ID, "d": one.ID}
	for peer := range want {
		grant(t, s, person(t, s, peer).Person.ID, hotline.RoleOfficer, "dlh")
	}
	var aside atomic.Int32
	var retried atomic.Bool
	inFirst, inSecond := make(chan struct{}), make(chan struct{})
	meet := map[string]func(){ // each batch has one case when it wants the other
		"a": func() { close(inFirst); <-inSecond },
		"c": func() { close(inSecond); <-inFirst },
	}
	handled := map[string]*atomic.Int32{"a": {}, "b": {}, "c": {}, "d": {}}
	handle := func(ctx context.Context, turn *store.Turn) error {
		peer := turn.Conversation.Address.Peer
		if turn.Attempt > 1 {
			retried.Store(true)
		}
		k, err := turn.Case(ctx, want[peer])
		if err != nil {
			return err
		}
		if handled[peer].Add(1) == 1 && meet[peer] != nil {
			meet[peer]()
		}
		_, err = turn.Record(k, hotline.Event{Kind: hotline.EvNoted, By: turn.Conversation.Person.ID}, hotline.Content{Text: peer})
		return err
	}
	sorry := func(context.Context, *store.Turn) error { aside.Add(1); return nil }
	var g errgroup.Group
	for _, pair := range [][]string{{"a", "b"}, {"c", "d"}} {
		for _, peer := range pair {
			put(t, s, raw(peer, "press", "press"))
		}
		took := make(chan struct{})
		first := meet[pair[0]]
		meet[pair[0]] = func() { close(took); first() }
		g.Go(func() error { _, err := s.Turns(t.Context(), at(monday), 2, handle, sorry); return err })
		<-took
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	drain(t, s, handle)
	do(t, s, monday, func(tx *store.Tx) error {
		for _, c := range []hotline.CaseID{one.ID, two.ID} {
			if k, err := tx.Case(t.Context(), c); err != nil || k.Events != 3 {
				t.Errorf("%d events, %v", k.Events, err)
			}
		}
		return nil
	})
	if aside.Load() != 0 || retried.Load() {
		t.Errorf("%d set aside, counted as failed: %v", aside.Load(), retried.Load())
	}
}

// A person's turn is under way, their report is being written, when an erasure is decided: what it writes goes too.
func TestAnErasureWaitsForThePersonsTurn(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, rina := person(t, s, "siti"), person(t, s, "rina")
	var q hotline.ErasureRequest
	do(t, s, monday, func(tx *store.Tx) (err error) {
		q, err = tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: siti.Person.ID, From: siti.Address.ID, Due: monday.Add(72 * time.Hour)})
		return err
	})
	put(t, s, raw("siti", "yes", "ya, kirim"))
	var c hotline.CaseID
	erased := make(chan error, 1)
	drain(t, s, func(ctx context.Context, turn *store.Turn) error {
		turn.SetName(siti.Person.ID, "Siti Rahayu")
		c = turn.File(filing(siti)).ID
		go func() {
			erased <- s.Do(context.WithoutCancel(ctx), monday, func(tx *store.Tx) error { return tx.DecideErasure(ctx, q.ID, rina.Person.ID, "") })
		}()
		return waitsForLock(ctx, s)
	})
	if err := <-erased; err != nil {
		t.Fatal(err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		_, said, err := tx.History(t.Context(), c)
		if err != nil {
			return err
		}
		for _, x := range said {
			if !x.Erased || x.Text != "" {
				t.Errorf("still kept: %q", x.Text)
			}
		}
		if p, err := tx.Person(t.Context(), siti.Person.ID); err != nil || p.Name != "" {
			t.Errorf("still called %q, %v", p.Name, err)
		}
		return nil
	})
}

// waitsForLock returns as soon as somebody at the database waits for a lock.
func waitsForLock(ctx context.Context, s *store.Store) error {
	for waits := false; !waits; {
		err := s.Pool().QueryRow(ctx, `select exists (
			select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') from pg_sleep(0.01)`).Scan(&waits)
		if err != nil {
			return err
		}
	}
	return nil
}

// One and the same photo comes from two people. While it is being kept for the second, nothing of the first one's is left, and what nobody needs is
// deleted: the second one's stays.
func TestBytesThatAreBeingSavedAgainStay(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	var ids []hotline.MediaID
	for _, peer := range []string{"a", "b"} {
		put(t, s, raw(peer, "photo", "photo"))
	}
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		ids = append(ids, turn.Attach(hotline.Media{Kind: hotline.Photo, Ref: "f", Mime: "image/jpeg"}))
		return nil
	})
	picture := []byte("the same picture")
	if err := s.SaveMedia(t.Context(), ids[0], "image/jpeg", picture, picture); err != nil {
		t.Fatal(err)
	}
	db := s.Pool()
	exec := func(sql string) {
		t.Helper()
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	// The saving of the second stands still before its end.
	exec(`create function stand_still() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(4711); return new; end $$;
		create trigger stand_still before update on media for each row when (new.state = 'stored') execute function stand_still()`)
	gate, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gate.Exec(t.Context(), `select pg_advisory_xact_lock(4711)`); err != nil {
		t.Fatal(err)
	}
	exec(`delete from media where id = (select min(id) from media)`)
	saved, pruned := make(chan error, 1), make(chan error, 1)
	go func() { saved <- s.SaveMedia(t.Context(), ids[1], "image/jpeg", picture, picture) }()
	if err := waitsForLock(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	go func() { _, err := s.Prune(t.Context()); pruned <- err }()
	for waiting := 0; waiting < 2 && len(pruned) == 0; { // for the gate, and for the saving
		if err := db.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := gate.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, done := range []chan error{saved, pruned} {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if a, err := s.Attachment(t.Context(), ids[1]); err != nil || string(a.Data) != string(picture) {
		t.Fatalf("%q, %v", a.Data, err)
	}
	exec(`delete from blob_chunks`)
	if a, err := s.Attachment(t.Context(), ids[1]); err == nil {
		t.Errorf("without its bytes it is %q", a.Data)
	}
}
