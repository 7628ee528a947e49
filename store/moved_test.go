package store_test

import (
	"context"
	"slices"
	"testing"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

func TestSomebodyTheNetworkCallsOtherwiseIsTheSame(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "old")
	c := file(t, s, siti)
	say(t, s, hotline.Out{To: siti.Address.ID, Reply: hotline.Say("news")})
	before := person(t, s, "wrote before")
	for _, peer := range []string{"new", "wrote before"} {
		for range 2 { // told twice is told once
			do(t, s, monday, func(tx *store.Tx) error { tx.MovedPerson(siti.Address, peer); return nil })
		}
		if peer == "new" {
			if got := keys(due(t, s, monday)); got != "new:news" {
				t.Fatalf("what waited: %q", got)
			}
		}
		put(t, s, raw(peer, "hello again "+peer, "hello"))
		var conv hotline.Conversation
		drain(t, s, func(_ context.Context, turn *store.Turn) error { conv = turn.Conversation; return nil })
		if v := conv.Viewer; v.Person != siti.Person.ID && !slices.Contains(v.Also, siti.Person.ID) || conv.Address.Peer != peer {
			t.Fatalf("%s is %+v, not %d", peer, conv.Viewer, siti.Person.ID)
		}
		do(t, s, monday, func(tx *store.Tx) error {
			mine, err := tx.CasesOf(t.Context(), conv.Person.ID, 10)
			if err != nil || len(mine) != 1 || mine[0].ID != c.ID {
				t.Fatalf("cases: %v, %v", mine, err)
			}
			return nil
		})
	}
	if before.Person.ID == siti.Person.ID {
		t.Fatal("they were apart before")
	}
}
