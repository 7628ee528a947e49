package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

var equalTimes = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })

// person makes somebody with an address, as a first message does.
func person(t *testing.T, s *store.Store, peer string) hotline.Conversation {
	t.Helper()
	put(t, s, raw(peer, "hello "+peer, "hello"))
	var conv hotline.Conversation
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		if turn.Conversation.Address.Peer == peer {
			conv = turn.Conversation
		}
		return nil
	})
	if conv.Person.ID == 0 {
		t.Fatal("nobody there")
	}
	return conv
}

func do(t *testing.T, s *store.Store, now time.Time, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Do(t.Context(), now, fn); err != nil {
		t.Fatal(err)
	}
}

func filing(c hotline.Conversation) hotline.Filing {
	return hotline.Filing{Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Open, Source: hotline.SourceChat,
		Reporter: c.Person.ID, From: c.Address.ID, Area: "33.20.11", Due: monday.AddDate(0, 0, 14),
		Story: hotline.Content{Text: "jalan rusak", Point: &hotline.Point{Lat: -6.6, Lng: 110.7}}}
}

func file(t *testing.T, s *store.Store, c hotline.Conversation) hotline.Case {
	t.Helper()
	var filed hotline.Case
	do(t, s, monday, func(tx *store.Tx) error { filed = tx.File(filing(c)); return nil })
	do(t, s, monday, func(tx *store.Tx) error {
		var err error
		filed, err = tx.Case(t.Context(), filed.ID)
		return err
	})
	return filed
}

// assign gives a case to a unit and gives the assignment.
func assign(t *testing.T, s *store.Store, id hotline.CaseID, unit string, part hotline.Part) hotline.AssignmentID {
	t.Helper()
	var a hotline.AssignmentID
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), id)
		if err != nil {
			return err
		}
		a = tx.NewAssignment()
		_, err = tx.Record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: a,
			Facts: hotline.Facts{Unit: unit, Part: part, Due: monday.AddDate(0, 0, 3)}}, hotline.Content{})
		return err
	})
	return a
}

func TestACaseIsTheSumOfItsEvents(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, budi := person(t, s, "siti"), person(t, s, "budi")
	c := file(t, s, siti)
	if got := c.Number.String(); got != "JPR-261123-0001G" {
		t.Fatalf("number %s", got)
	}
	a := assign(t, s, c.ID, "dpupr.jalan", hotline.Lead)
	steps := []struct {
		e    hotline.Event
		said string
	}{
		{hotline.Event{Kind: hotline.EvTaken, Assignment: a, By: budi.Person.ID, Facts: hotline.Facts{Due: monday.AddDate(0, 0, 9)}}, ""},
		{hotline.Event{Kind: hotline.EvAsked, Assignment: a, By: budi.Person.ID, Facts: hotline.Facts{Due: monday.AddDate(0, 0, 30)}}, "sebelah mana?"},
		{hotline.Event{Kind: hotline.EvTold, By: siti.Person.ID}, "dekat masjid"},
		{hotline.Event{Kind: hotline.EvScheduled, Assignment: a, By: budi.Person.ID, Facts: hotline.Facts{Date: "2026-11-27"}}, "ditambal"},
		{hotline.Event{Kind: hotline.EvResolved, Assignment: a, By: budi.Person.ID}, "sudah ditambal"},
		{hotline.Event{Kind: hotline.EvRated, By: siti.Person.ID, Facts: hotline.Facts{Value: 5}}, "terima kasih"},
	}
	for _, st := range steps {
		do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error {
			c, err := tx.Case(t.Context(), c.ID)
			if err != nil {
				return err
			}
			_, err = tx.Record(c, st.e, hotline.Content{Text: st.said})
			return err
		})
	}
	do(t, s, monday, func(tx *store.Tx) error {
		row, err := tx.Case(t.Context(), c.ID)
		if err != nil {
			return err
		}
		events, said, err := tx.History(t.Context(), c.ID)
		if err != nil {
			return err
		}
		sum, err := hotline.Sum(events)
		if err != nil {
			return err
		}
		sum.Number, sum.From = row.Number, row.From
		if diff := cmp.Diff(sum, row, equalTimes); diff != "" {
			t.Errorf("the row is not the sum of its events (-sum +row):\n%s", diff)
		}
		if row.Status != hotline.Closed || row.Rating != 5 || len(said) != 6 {
			t.Errorf("%+v, %d said", row, len(said))
		}
		if p := said[row.Story].Point; p == nil || p.Lat != -6.6 {
			t.Errorf("the place was %v", p)
		}
		return nil
	})
}

func TestARefusedEventChangesNothing(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c := file(t, s, person(t, s, "siti"))
	err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), c.ID)
		if err != nil {
			return err
		}
		_, err = tx.Record(c, hotline.Event{Kind: hotline.EvRated, Facts: hotline.Facts{Value: 5}}, hotline.Content{Text: "x"})
		if !errors.Is(err, hotline.ErrRefused) {
			t.Errorf("rated while filed: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		events, said, err := tx.History(t.Context(), c.ID)
		if len(events) != 1 || len(said) != 1 {
			t.Errorf("%d events, %d said", len(events), len(said))
		}
		return err
	})
}

// Numbers have no gap and no twin, however many file at once and however many of them fail.
func TestNumbersOfADayAreWithoutGaps(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	stores := []*store.Store{testbed.StoreAt(t, dsn), testbed.StoreAt(t, dsn)}
	siti := person(t, stores[0], "siti")
	failed := errors.New("undone")
	var group sync.WaitGroup
	for w := range 8 {
		s := stores[w%2]
		group.Go(func() {
			for i := range 10 {
				err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
					tx.File(filing(siti))
					if i%3 == 2 {
						return failed
					}
					return nil
				})
				if err != nil && !errors.Is(err, failed) {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	do(t, stores[0], monday, func(tx *store.Tx) error {
		cs, err := tx.AllCases(t.Context())
		seen := map[int]bool{}
		for _, c := range cs {
			seen[c.Number.Seq] = true
		}
		for n := 1; n <= 56; n++ {
			if !seen[n] {
				t.Errorf("number %d is missing", n)
			}
		}
		if len(cs) != 56 {
			t.Errorf("%d cases", len(cs))
		}
		return err
	})
}

func TestNumbersBeginAnewEachLocalDay(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	late := time.Date(2026, 11, 23, 16, 59, 0, 0, time.UTC) // 23.59 in Jepara
	for _, now := range []time.Time{late, late.Add(2 * time.Minute), late.Add(3 * time.Minute)} {
		do(t, s, now, func(tx *store.Tx) error { tx.File(filing(siti)); return nil })
	}
	do(t, s, monday, func(tx *store.Tx) error {
		cs, err := tx.AllCases(t.Context())
		var got []string
		for _, c := range cs {
			got = append(got, c.Number.String()[:15])
		}
		if s := fmt.Sprint(got); s != "[JPR-261123-0001 JPR-261124-0001 JPR-261124-0002]" {
			t.Errorf("%s", s)
		}
		return err
	})
}

func TestOneOfSixtyFourClaimsWins(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c := file(t, s, person(t, s, "siti"))
	a := assign(t, s, c.ID, "dpupr.jalan", hotline.Lead)
	budi := person(t, s, "budi")
	var won, lost atomic.Int32
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
				c, err := tx.Case(t.Context(), c.ID)
				if err != nil {
					return err
				}
				_, err = tx.Record(c, hotline.Event{Kind: hotline.EvTaken, Assignment: a, By: budi.Person.ID}, hotline.Content{})
				return err
			})
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, hotline.ErrRefused):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 || lost.Load() != 63 {
		t.Fatalf("%d won, %d lost", won.Load(), lost.Load())
	}
}

func TestHandlesAreShortAndUsedAgain(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, budi := person(t, s, "siti"), person(t, s, "budi")
	var assignments []hotline.AssignmentID
	var cases []hotline.CaseID
	for range 3 {
		c := file(t, s, siti)
		cases = append(cases, c.ID)
		assignments = append(assignments, assign(t, s, c.ID, "dpupr.jalan", hotline.Lead))
	}
	record := func(i int, e hotline.Event) {
		e.Assignment, e.By = assignments[i], budi.Person.ID
		do(t, s, monday, func(tx *store.Tx) error {
			c, err := tx.Case(t.Context(), cases[i])
			if err != nil {
				return err
			}
			_, err = tx.Record(c, e, hotline.Content{})
			return err
		})
	}
	mine := func() string {
		var out []string
		do(t, s, monday, func(tx *store.Tx) error {
			held, err := tx.Mine(t.Context(), budi.Person.ID)
			for _, h := range held {
				out = append(out, fmt.Sprintf("%d=%d", h.Handle, h.Case.Number.Seq))
			}
			return err
		})
		return strings.Join(out, " ")
	}
	record(0, hotline.Event{Kind: hotline.EvTaken})
	record(1, hotline.Event{Kind: hotline.EvTaken})
	if got := mine(); got != "1=1 2=2" {
		t.Fatal(got)
	}
	record(0, hotline.Event{Kind: hotline.EvReleased})
	record(2, hotline.Event{Kind: hotline.EvTaken})
	if got := mine(); got != "1=3 2=2" {
		t.Fatal(got)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		waiting, err := tx.Waiting(t.Context(), []string{"dpupr"}, 10)
		if len(waiting) != 1 || waiting[0].Case.ID != cases[0] {
			t.Errorf("waiting: %+v", waiting)
		}
		return err
	})
}

// What a unit of work did, it sees, although nothing was sent yet.
func TestAUnitOfWorkSeesWhatItDid(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	do(t, s, monday, func(tx *store.Tx) error {
		c := tx.File(filing(siti))
		again, err := tx.Case(t.Context(), c.ID)
		if err != nil {
			return err
		}
		if again.Number.Seq != 1 {
			t.Errorf("number %s inside its own unit of work", again.Number)
		}
		own, err := tx.CasesOf(t.Context(), siti.Person.ID, 10)
		if err != nil {
			return err
		}
		if len(own) != 1 || own[0].ID != c.ID {
			t.Errorf("own cases: %+v", own)
		}
		_, err = tx.CaseByNumber(t.Context(), again.Number)
		return err
	})
	if err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, err := tx.CaseByNumber(t.Context(), hotline.Number{Letters: "JPR", Day: "261123", Seq: 99})
		return err
	}); !errors.Is(err, hotline.ErrNotFound) {
		t.Fatalf("a case that is not there: %v", err)
	}
}

func TestTheClockFindsWhatIsDue(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	c := file(t, s, person(t, s, "siti"))
	if at, err := s.NextWake(t.Context()); err != nil || !at.IsZero() {
		t.Fatalf("a filed case wakes at %s, %v", at, err)
	}
	assign(t, s, c.ID, "dpupr.jalan", hotline.Lead)
	var due time.Time
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), c.ID)
		due = testbed.Jepara().Wake(c)
		return err
	})
	if !due.After(monday) {
		t.Fatalf("an assigned case wakes at %s", due)
	}
	awake := func(now time.Time) (n int) {
		do(t, s, now, func(tx *store.Tx) error {
			cs, err := tx.Awake(t.Context(), now, 10)
			n = len(cs)
			return err
		})
		return n
	}
	if awake(due.Add(-time.Second)) != 0 || awake(due) != 1 {
		t.Fatal("the case wakes at another time than it is due")
	}
	do(t, s, due, func(tx *store.Tx) error { tx.Sleep(c.ID, due.Add(time.Hour)); return nil })
	if awake(due) != 0 || awake(due.Add(time.Hour)) != 1 {
		t.Fatal("a case put to sleep wakes at another time")
	}
	if n, err := s.Rewake(t.Context(), due); err != nil || n != 1 || awake(due) != 1 {
		t.Fatalf("counted anew: %d, %v", n, err)
	}
}

func TestWhoHasFiledManyIsKnown(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, joko := person(t, s, "siti"), person(t, s, "joko")
	var ids []hotline.CaseID
	for i := range 4 {
		do(t, s, monday.Add(time.Duration(i)*time.Minute), func(tx *store.Tx) error { ids = append(ids, tx.File(filing(siti)).ID); return nil })
	}
	do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error { ids = append(ids, tx.File(filing(joko)).ID); return nil })
	do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error {
		for since, want := range map[time.Time][]bool{monday: {false, false, true, true, false}, monday.Add(2 * time.Minute): {false, false, false, false, false}} {
			many, err := tx.ManyBefore(t.Context(), ids, since, 2)
			if err != nil {
				return err
			}
			for i, id := range ids {
				if many[id] != want[i] {
					t.Errorf("the case %d of the day since %s: %v", i, since, many[id])
				}
			}
		}
		return nil
	})
}
