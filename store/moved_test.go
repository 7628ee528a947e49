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

// A number passes from hand to hand: whoever writes from the old one next is a stranger, with no case and no office.
func TestTheNumberSomebodyLeftIsAStrangers(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "old")
	c := file(t, s, siti)
	grant(t, s, siti.Person.ID, hotline.RoleOfficer, "dlh")
	do(t, s, monday, func(tx *store.Tx) error { tx.MovedPerson(siti.Address, "new"); return nil })
	now := everybody(t, s, siti.Address, hotline.Address{Channel: hotline.Telegram, Account: "42", Peer: "new"})
	left, kept := now["old"], now["new"]
	if left.Person.ID == siti.Person.ID || left.Person.ID == 0 || len(left.Viewer.Roles) != 0 || len(left.State) != 0 {
		t.Errorf("at the old number: %+v", left)
	}
	if kept.Person.ID != siti.Person.ID || len(kept.Viewer.Roles) != 1 {
		t.Errorf("at the new number: %+v", kept)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		moved, err := tx.Case(t.Context(), c.ID)
		if err != nil || moved.From != kept.Address.ID {
			t.Errorf("answered at %d, %v", moved.From, err)
		}
		return nil
	})
}

// Somebody moves to a number that another has written from: neither becomes the other, and whoever writes from it is a stranger until they say who
// they are.
func TestMovingToANameThatSomebodyHadIsAStranger(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, other := person(t, s, "old"), person(t, s, "other")
	grant(t, s, other.Person.ID, hotline.RoleOfficer, "dlh")
	say(t, s, hotline.Out{To: siti.Address.ID, Reply: hotline.Say("news")}, hotline.Out{To: other.Address.ID, Reply: hotline.Say("card")})
	for range 2 {
		do(t, s, monday, func(tx *store.Tx) error { tx.MovedPerson(siti.Address, "other"); return nil })
	}
	if got := keys(due(t, s, monday)); got != "" {
		t.Errorf("what waited for either is said to a stranger: %q", got)
	}
	now := everybody(t, s, siti.Address, other.Address)
	for peer, conv := range now {
		if p := conv.Person.ID; p == 0 || p == siti.Person.ID || p == other.Person.ID || len(conv.Viewer.Roles) != 0 {
			t.Errorf("at %s: %+v", peer, conv)
		}
	}
	if now["old"].Person.ID == now["other"].Person.ID {
		t.Error("two strangers are one")
	}
}
