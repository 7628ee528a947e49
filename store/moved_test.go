package store_test

import (
	"context"
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
	for range 2 { // told twice is told once
		do(t, s, monday, func(tx *store.Tx) error { tx.MovedPerson(siti.Address, "new"); return nil })
	}
	if got := keys(due(t, s, monday)); got != "new:news" {
		t.Fatalf("what waited: %q", got)
	}
	put(t, s, raw("new", "hello again", "hello"))
	var conv hotline.Conversation
	drain(t, s, func(_ context.Context, turn *store.Turn) error { conv = turn.Conversation; return nil })
	if conv.Person.ID != siti.Person.ID || conv.Address.Peer != "new" {
		t.Fatalf("%+v", conv)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		mine, err := tx.CasesOf(t.Context(), conv.Person.ID, 10)
		if err != nil || len(mine) != 1 || mine[0].ID != c.ID {
			t.Fatalf("cases: %v, %v", mine, err)
		}
		return nil
	})
}

// A number passes from hand to hand: who has written under it before stays who they are.
func TestMovingToANameThatSomebodyHasJoinsNobody(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, other := person(t, s, "old"), person(t, s, "other")
	file(t, s, siti)
	say(t, s, hotline.Out{To: siti.Address.ID, Reply: hotline.Say("news")})
	do(t, s, monday, func(tx *store.Tx) error { tx.MovedPerson(siti.Address, "other"); return nil })
	if got := keys(due(t, s, monday)); got != "old:news" {
		t.Fatalf("what waited: %q", got)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		theirs, err := tx.CasesOf(t.Context(), other.Person.ID, 10)
		if err != nil || len(theirs) != 0 {
			t.Fatalf("the other sees %v, %v", theirs, err)
		}
		return nil
	})
}
