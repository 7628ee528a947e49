package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// Two report the same. Merged, both hear the officer's words on their own number, both rate; what the one adds reaches the officer, and neither
// sees the
// other. Taken apart, the case goes its own way again.
func TestMergedCases(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	s.SetNotices(store.Notices{
		Citizen: func(_ *hotline.Regency, c hotline.Case, e hotline.Event) (hotline.Out, bool) {
			return hotline.Out{Person: c.Reporter, Case: c.ID, Reply: hotline.Say("told."+string(e.Kind), "case", c.ID)}, e.By != c.Reporter
		},
		Staff: func(_ *hotline.Regency, _, after hotline.Case, e hotline.Event) []hotline.Out {
			a, ok := after.Lead()
			if !ok || a.Officer == 0 {
				return nil
			}
			return []hotline.Out{{Person: a.Officer, Case: after.ID, Assign: a.ID, Reply: hotline.Say("staff."+string(e.Kind), "text", e.Content)}}
		},
	})
	d := newDesk(t, s)
	budi := staffAt(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")
	siti, joko := person(t, s, "siti"), person(t, s, "joko")
	parent, child := fileAs(t, s, siti, monday, nil), fileAs(t, s, joko, monday.Add(time.Hour), func(f *hotline.Filing) { f.Story.Text = "jalan rusak parah" })
	assign(t, s, parent, "dpupr.jalan", hotline.Lead)
	assign(t, s, child, "dpupr.jalan", hotline.Lead)
	act := func(fn func(*store.Tx, context.Context) (hotline.Case, error)) (hotline.Case, error) {
		t.Helper()
		var c hotline.Case
		err := s.Do(t.Context(), monday, func(tx *store.Tx) (err error) { c, err = fn(tx, t.Context()); return err })
		isSum(t, s, parent)
		return c, err
	}
	must := func(fn func(*store.Tx, context.Context) (hotline.Case, error)) hotline.Case {
		t.Helper()
		c, err := act(fn)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	read := func(id hotline.CaseID) (c hotline.Case) {
		t.Helper()
		do(t, s, monday, func(tx *store.Tx) (err error) { c, err = tx.Case(t.Context(), id); return err })
		return c
	}
	lead, _ := read(parent).Lead()
	record(t, s, monday, parent, hotline.Event{Kind: hotline.EvTaken, Assignment: lead.ID, By: budi.Person}, hotline.Content{})

	do(t, s, monday, func(tx *store.Tx) error {
		found, err := tx.Duplicates(t.Context(), d.v, child)
		if len(found) != 1 || found[0].Case.ID != parent || found[0].Gist != "jalan rusak" {
			t.Errorf("proposed: %+v", found)
		}
		return err
	})
	if _, err := act(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Merge(ctx, budi, child, parent)
	}); !errors.Is(err, hotline.ErrForbidden) && !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("an officer merges: %v", err)
	}
	c := must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Merge(ctx, d.v, child, parent)
	})
	if c.Status != hotline.Merged || c.Parent != parent || slices.ContainsFunc(c.Assignments, hotline.Assignment.On) {
		t.Fatalf("merged: %+v", c)
	}
	for key, n := range map[string]int{"notice.merged": 1, "staff.absorbed": 1} {
		if got := said(t, s, key); got != n {
			t.Errorf("%s is said %d times", key, got)
		}
	}
	if _, err := act(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Merge(ctx, d.v, parent, child)
	}); !errors.Is(err, hotline.ErrRefused) {
		t.Errorf("a ring of cases: %v", err)
	}

	// The officer sees both; the reporters each their own.
	r := testbed.Jepara()
	if got := r.Sees(budi, read(child)); !got.Content || got.Act {
		t.Errorf("the officer sees of the merged case %+v", got)
	}
	for _, x := range []struct {
		who hotline.Conversation
		of  hotline.CaseID
	}{{siti, child}, {joko, parent}} {
		if got := r.Sees(hotline.Viewer{Person: x.who.Person.ID}, read(x.of)); got != (hotline.Sight{}) {
			t.Errorf("the other's reporter sees %+v", got)
		}
	}

	record(t, s, monday, child, hotline.Event{Kind: hotline.EvRemarked, By: joko.Person.ID}, hotline.Content{Text: "sudah ada yang jatuh"})
	if got := said(t, s, "staff.remarked"); got != 1 {
		t.Errorf("the officer hears %d times of what was added", got)
	}

	must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AnswerReporter(ctx, d.v, parent, "Besok ditambal.")
	})
	if got := said(t, s, "told.answered"); got != 2 {
		t.Errorf("%d hear the answer", got)
	}
	resolve := func() {
		t.Helper()
		record(t, s, monday, parent, hotline.Event{Kind: hotline.EvResolved, Assignment: lead.ID, By: budi.Person}, hotline.Content{Text: "Sudah ditambal."})
	}
	resolve()
	c = isSum(t, s, child)
	if c.Status != hotline.Ended || c.Outcome != hotline.EvResolved {
		t.Fatalf("with its parent it is %+v", c)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		_, words, err := tx.History(t.Context(), child)
		texts := []string{}
		for _, w := range words {
			texts = append(texts, w.Text)
		}
		slices.Sort(texts)
		if want := []string{"Besok ditambal.", "Sudah ditambal.", "jalan rusak parah", "sudah ada yang jatuh"}; !slices.Equal(texts, want) {
			t.Errorf("the merged case says %q", texts)
		}
		_, words, err2 := tx.History(t.Context(), parent)
		for _, w := range words {
			if w.Text == "sudah ada yang jatuh" || w.Text == "jalan rusak parah" {
				t.Errorf("the parent says %q", w.Text)
			}
		}
		return errors.Join(err, err2)
	})
	// The officer takes the outcome back, and gives it again.
	record(t, s, monday, parent, hotline.Event{Kind: hotline.EvReopened, Assignment: lead.ID, By: budi.Person, Facts: hotline.Facts{Due: monday.AddDate(0, 0, 9)}}, hotline.Content{})
	if c := isSum(t, s, child); c.Status != hotline.Merged {
		t.Errorf("opened again with its parent: %+v", c)
	}
	record(t, s, monday, parent, hotline.Event{Kind: hotline.EvTaken, Assignment: lead.ID, By: budi.Person}, hotline.Content{})
	resolve()
	if c := record(t, s, monday, child, hotline.Event{Kind: hotline.EvRated, By: joko.Person.ID, Facts: hotline.Facts{Value: 4}}, hotline.Content{}); c.Rating != 4 || c.Status != hotline.Closed {
		t.Errorf("rated: %+v", c)
	}
	if p := read(parent); p.Rating != 0 || p.Status != hotline.Ended {
		t.Errorf("the parent after the other's rating: %+v", p)
	}
}

// Nothing is merged across what hides it; what turns out to be another matter, and what is left behind, is its own again.
func TestMergingIsRefusedAndUndone(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	siti, joko := person(t, s, "siti"), person(t, s, "joko")
	made := func(by hotline.Conversation, change func(*hotline.Filing)) hotline.CaseID {
		id := fileAs(t, s, by, monday, change)
		assign(t, s, id, "dpupr.jalan", hotline.Lead)
		return id
	}
	merge := func(child, parent hotline.CaseID) error {
		return s.Do(t.Context(), monday, func(tx *store.Tx) error { _, err := tx.Merge(t.Context(), d.v, child, parent); return err })
	}
	parent := made(siti, nil)
	secret := made(joko, func(f *hotline.Filing) { f.Privacy = hotline.Secret })
	accuses := made(joko, func(f *hotline.Filing) { f.About = "pln" })
	for _, id := range []hotline.CaseID{secret, accuses} {
		if err := merge(id, parent); !errors.Is(err, hotline.ErrSight) {
			t.Errorf("merged across what hides it: %v", err)
		}
		if err := merge(parent, id); !errors.Is(err, hotline.ErrSight) {
			t.Errorf("merged across what hides it: %v", err)
		}
		if c := isSum(t, s, id); c.Status != hotline.Assigned {
			t.Errorf("refused, and now %+v", c)
		}
	}
	one, two, three := made(joko, nil), made(joko, nil), made(joko, nil)
	for _, id := range []hotline.CaseID{one, two, three} {
		if err := merge(id, parent); err != nil {
			t.Fatal(err)
		}
	}
	if err := merge(parent, made(joko, nil)); !errors.Is(err, hotline.ErrRefused) {
		t.Errorf("a parent is merged: %v", err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.TakeApart(t.Context(), d.v, one)
		if err == nil && (c.Status != hotline.Assigned || c.Parent != 0) {
			t.Errorf("taken apart: %+v", c)
		}
		return err
	})
	if c := record(t, s, monday, two, hotline.Event{Kind: hotline.EvUrgent, By: joko.Person.ID}, hotline.Content{}); c.Status != hotline.Triage || c.Parent != 0 {
		t.Errorf("an emergency: %+v", c)
	}
	record(t, s, monday, parent, hotline.Event{Kind: hotline.EvWithdrawn, By: siti.Person.ID}, hotline.Content{})
	if c := isSum(t, s, three); c.Status != hotline.Triage || c.Parent != 0 {
		t.Errorf("the parent was withdrawn: %+v", c)
	}
	if got := said(t, s, "notice.rerouted"); got != 1 {
		t.Errorf("its reporter hears it %d times", got)
	}
	for _, id := range []hotline.CaseID{parent, one, two} {
		isSum(t, s, id)
	}
	if c := isSum(t, s, parent); c.Children != 0 {
		t.Errorf("nobody is merged into it any more, and it counts %d", c.Children)
	}
}

// What happens to a parent and to those merged into it at once happens one after another: nobody waits in a ring, nothing fails but what the cases refuse, and
// the parent counts right, however a case left it.
func TestParentsAndChildrenAtOnce(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	siti, joko := person(t, s, "siti"), person(t, s, "joko")
	file := func(by hotline.Conversation) hotline.CaseID {
		id := fileAs(t, s, by, monday, nil)
		assign(t, s, id, "dpupr.jalan", hotline.Lead)
		return id
	}
	before, parent := file(joko), file(siti) // one is filed before its parent, the others after it
	children := []hotline.CaseID{before, file(joko), file(joko), file(joko)}
	at := func(fn func(*store.Tx) error) {
		if err := s.Do(t.Context(), monday, fn); err != nil && !errors.Is(err, hotline.ErrRefused) && !errors.Is(err, hotline.ErrSight) {
			t.Error(err)
		}
	}
	const rounds = 12
	var all sync.WaitGroup
	hammer := func(fn func(n int)) {
		all.Go(func() {
			for n := range rounds {
				fn(n)
			}
		})
	}
	for _, child := range children {
		hammer(func(int) { // the coordinator merges it, again and again
			at(func(tx *store.Tx) error { _, err := tx.Merge(t.Context(), d.v, child, parent); return err })
		})
		hammer(func(n int) { // its reporter adds to it, and now and then it is another matter
			at(func(tx *store.Tx) error {
				c, err := tx.Case(t.Context(), child)
				if err == nil {
					c, err = tx.Record(c, hotline.Event{Kind: hotline.EvRemarked, By: joko.Person.ID}, hotline.Content{Text: "masih"})
				}
				if err == nil && n%3 == 2 {
					_, err = tx.Record(c, hotline.Event{Kind: hotline.EvRecategory, By: joko.Person.ID, Facts: hotline.Facts{Category: "sampah"}}, hotline.Content{})
				}
				return err
			})
		})
		hammer(func(n int) {
			if n%4 == 3 {
				at(func(tx *store.Tx) error { _, err := tx.TakeApart(t.Context(), d.v, child); return err })
			}
		})
	}
	for range 2 {
		hammer(func(int) { // what the parent's reporter is told, all are told
			at(func(tx *store.Tx) error {
				_, err := tx.AnswerReporter(t.Context(), d.v, parent, "Besok ditambal.")
				return err
			})
		})
	}
	all.Wait()
	merged := 0
	for _, child := range children {
		if c := isSum(t, s, child); c.Parent == parent {
			merged++
		}
	}
	if c := isSum(t, s, parent); c.Children != merged {
		t.Errorf("%d are merged into it, and it counts %d", merged, c.Children)
	}
	var rings int
	if err := s.Pool().QueryRow(t.Context(), `select deadlocks from pg_stat_database where datname = current_database()`).Scan(&rings); err != nil || rings != 0 {
		t.Errorf("%d times they waited in a ring, %v", rings, err)
	}
}
