package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// Turns of many people share a commit. One of them files a case, and those after it ask the database things. The lock of the day's number, which all
// who file share, must not be held while they do.
func TestNobodyWaitsForTheDaysNumberWhileOthersTurnsGoOn(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	people := []hotline.Conversation{person(t, s, "a"), person(t, s, "b"), person(t, s, "c")}
	file(t, s, people[2]) // the day's row is there
	put(t, s, raw("a", "file", "file"), raw("b", "look", "look"), raw("b", "look more", "look"))
	var filed, looked int
	drain(t, s, func(ctx context.Context, turn *store.Turn) error {
		if string(turn.Body) == "file" {
			turn.File(filing(turn.Conversation))
			filed++
			return nil
		}
		if _, err := turn.People(ctx, nil, hotline.RoleCoordinator); err != nil { // sends what was gathered ahead
			return err
		}
		if filed == 0 {
			return fmt.Errorf("the filing did not come first")
		}
		looked++
		// Somebody else can file meanwhile: the lock is free. They give up soon, so that a mistake is no deadlock.
		soon, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		return s.Do(soon, monday, func(tx *store.Tx) error { tx.File(filing(people[2])); return nil })
	})
	if filed != 1 || looked != 2 {
		t.Fatalf("filed %d times and looked %d times", filed, looked)
	}
	numbers := map[int]bool{}
	do(t, s, monday, func(tx *store.Tx) error {
		cases, err := tx.AllCases(t.Context())
		for _, c := range cases {
			numbers[c.Number.Seq] = true
		}
		return err
	})
	for n := 1; n <= 4; n++ {
		if !numbers[n] {
			t.Errorf("the numbers are %v: not 1 to 4 without a gap", numbers)
		}
	}
}

// A turn sees what it did itself, also when it asks in the middle; several cases of one unit of work get numbers in their order.
func TestAUnitOfWorkSeesItsOwnCases(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c := person(t, s, "a")
	put(t, s, raw("a", "file", "file"))
	drain(t, s, func(ctx context.Context, turn *store.Turn) error {
		first, second := turn.File(filing(c)), turn.File(filing(c))
		mine, err := turn.CasesOf(ctx, c.Person.ID, 5)
		if err != nil {
			return err
		}
		if len(mine) != 2 || mine[0].ID != second.ID || mine[1].ID != first.ID || mine[1].Number.Seq+1 != mine[0].Number.Seq {
			return fmt.Errorf("listed %v", mine)
		}
		_, said, err := turn.History(ctx, first.ID)
		if err != nil {
			return err
		}
		if len(said) != 1 {
			return fmt.Errorf("said: %v", said)
		}
		return nil
	})
	do(t, s, monday, func(tx *store.Tx) error {
		mine, err := tx.CasesOf(t.Context(), c.Person.ID, 5)
		if len(mine) != 2 {
			t.Errorf("kept %d cases: a turn failed", len(mine))
		}
		return err
	})
}
