package store_test

import (
	"context"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// A restored backup holds again what was erased after it was made. The record of erasures finds that, and carries it out once more: once, and for nobody
// who only has the same number.
func TestAnErasureThatARestoreUndidIsCarriedOutAgain(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, rina, budi := person(t, s, "siti"), person(t, s, "rina"), person(t, s, "budi")
	put(t, s, raw("siti", "1", "x"), raw("budi", "2", "x"))
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		who := siti
		if turn.Conversation.Address.Peer == "budi" {
			who = budi
		}
		turn.File(filing(who))
		turn.SetName(who.Person.ID, "Siti")
		return nil
	})
	var recorded []store.Erased
	erased := monday.Add(time.Hour)
	do(t, s, erased, func(tx *store.Tx) error {
		q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: siti.Person.ID, From: siti.Address.ID, Due: monday.Add(72 * time.Hour)})
		if err != nil {
			return err
		}
		return tx.DecideErasure(t.Context(), q.ID, rina.Person.ID, "")
	})
	do(t, s, erased, func(tx *store.Tx) (err error) {
		if later, err := tx.Erased(t.Context(), erased.Add(time.Second)); err != nil || len(later) > 0 {
			t.Errorf("since then: %+v, %v", later, err)
		}
		recorded, err = tx.Erased(t.Context(), monday)
		return err
	})
	if len(recorded) != 1 || len(recorded[0].People) != 1 || recorded[0].People[0].ID != siti.Person.ID || recorded[0].By != rina.Person.ID || !recorded[0].Decided.Equal(erased) {
		t.Fatalf("recorded: %+v", recorded)
	}
	undone := func() []hotline.PersonID {
		t.Helper()
		var found []hotline.PersonID
		do(t, s, erased, func(tx *store.Tx) (err error) {
			found, err = tx.Undone(t.Context(), recorded[0])
			return err
		})
		return found
	}
	if got := undone(); len(got) > 0 {
		t.Errorf("undone although it was carried out: %v", got)
	}
	// As the backup has it: nothing was asked, nothing erased.
	for _, sql := range []string{
		`delete from erasures`, `update persons set erased_at = null`,
		`update contents set text = 'jalan rusak', erased_at = null where erased_at is not null`,
	} {
		if _, err := s.Pool().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if got := undone(); len(got) != 1 || got[0] != siti.Person.ID {
		t.Errorf("undone: %v", got)
	}
	stranger := recorded[0]
	stranger.People = []store.ErasedPerson{{ID: budi.Person.ID, Since: recorded[0].People[0].Since.Add(-time.Second)}}
	for i, c := range []struct {
		e    store.Erased
		want int
	}{{stranger, 0}, {recorded[0], 1}, {recorded[0], 0}} {
		do(t, s, erased.Add(time.Duration(i+1)*time.Hour), func(tx *store.Tx) error {
			n, err := tx.EraseAgain(t.Context(), c.e)
			if n != c.want {
				t.Errorf("step %d: erased %d people, not %d", i, n, c.want)
			}
			return err
		})
	}
	do(t, s, erased.Add(4*time.Hour), func(tx *store.Tx) error {
		gone, err := tx.DataOf(t.Context(), siti.Person.ID)
		if err != nil || gone.Person.Name != "" || len(gone.Said) != 0 || len(gone.Cases) != 1 {
			t.Errorf("still kept: %+v, %v", gone, err)
		}
		there, err := tx.DataOf(t.Context(), budi.Person.ID)
		if err != nil || there.Person.Name == "" || len(there.Said) != 1 {
			t.Errorf("somebody else's are gone too: %+v, %v", there, err)
		}
		open, err := tx.Erasures(t.Context())
		if err != nil || len(open) != 0 {
			t.Errorf("left open: %+v, %v", open, err)
		}
		return nil
	})
}

// Our names at the networks are remembered, changed and forgotten.
func TestHowWeAreReached(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	for _, name := range []string{"", "tanggap_bot", "tanggap_bot", "lain_bot", ""} {
		if err := s.SetReach(t.Context(), hotline.Telegram, name); err != nil {
			t.Fatal(err)
		}
		got, err := s.Reach(t.Context(), hotline.Telegram)
		if err != nil || got != name {
			t.Errorf("%q is remembered as %q, %v", name, got, err)
		}
		if other, err := s.Reach(t.Context(), hotline.WhatsAppCloud); err != nil || other != "" {
			t.Errorf("another network: %q, %v", other, err)
		}
	}
}
