package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// desk is a coordinator at the board of a store.
type desk struct {
	t *testing.T
	s *store.Store
	v hotline.Viewer
}

func newDesk(t *testing.T, s *store.Store) desk {
	t.Helper()
	return desk{t, s, staffAt(t, s, "koordinator", hotline.RoleCoordinator, "diskominfo")}
}

// staffAt enrols somebody and gives them as a viewer.
func staffAt(t *testing.T, s *store.Store, peer string, role hotline.RoleName, unit string) hotline.Viewer {
	t.Helper()
	p := person(t, s, peer)
	code, err := s.NewInvite(t.Context(), monday, hotline.Invite{Role: role, Unit: unit, Name: "Nama " + peer, Expires: monday.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := enrol(t, s, monday, code, p.Person.ID)
	if err != nil {
		t.Fatal(err)
	}
	return hotline.Viewer{Person: p.Person.ID, Roles: []hotline.Role{r}}
}

// fileAs files a case that is as change makes it.
func fileAs(t *testing.T, s *store.Store, by hotline.Conversation, at time.Time, change func(*hotline.Filing)) hotline.CaseID {
	t.Helper()
	var id hotline.CaseID
	do(t, s, at, func(tx *store.Tx) error {
		f := filing(by)
		if change != nil {
			change(&f)
		}
		id = tx.File(f).ID
		return nil
	})
	return id
}

// record makes an event happen to a case.
func record(t *testing.T, s *store.Store, at time.Time, id hotline.CaseID, e hotline.Event, said hotline.Content) hotline.Case {
	t.Helper()
	var after hotline.Case
	do(t, s, at, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), id)
		if err == nil {
			after, err = tx.Record(c, e, said)
		}
		return err
	})
	return after
}

// isSum fails unless the row is the sum of its events.
func isSum(t interface {
	Helper()
	Errorf(format string, args ...any)
	Context() context.Context
}, s *store.Store, id hotline.CaseID) hotline.Case {
	t.Helper()
	var row hotline.Case
	err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
		var err error
		if row, err = tx.Case(t.Context(), id); err != nil {
			return err
		}
		events, _, err := tx.History(t.Context(), id)
		if err != nil {
			return err
		}
		sum, err := hotline.Sum(events)
		if err != nil {
			return err
		}
		sum.Number, sum.From, sum.With = row.Number, row.From, row.With
		if diff := cmp.Diff(sum, row, equalTimes, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the row is not the sum of its events (-sum +row):\n%s", diff)
		}
		return nil
	})
	if err != nil {
		t.Errorf("%v", err)
	}
	return row
}

// The lists' condition in SQL and the predicate say the same, of every viewer and every case.
func TestTheListsSeeWhatThePredicateSees(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	r := testbed.Jepara()
	people := []hotline.Conversation{person(t, s, "p1"), person(t, s, "p2"), person(t, s, "p3"), person(t, s, "p4")}
	units := []string{"dpupr", "dpupr.jalan", "satpolpp.damkar", "inspektorat", "diskominfo"}
	for _, u := range units {
		if _, ok := r.Unit(u); !ok {
			t.Fatalf("the regency has no unit %s", u)
		}
	}
	rude, abuse := "", ""
	for _, c := range r.Categories {
		if c.Rudeness {
			rude = c.ID
		}
		if c.Oversight {
			abuse = c.ID
		}
	}
	// A few hundred cases at random, made once; then viewers at random.
	cases := map[hotline.CaseID]hotline.Case{}
	gen := rapid.Custom(func(g *rapid.T) hotline.Case {
		c := hotline.Case{
			Privacy:  rapid.SampledFrom([]hotline.Privacy{hotline.Open, hotline.Anonymous, hotline.Secret, hotline.Sealed}).Draw(g, "privacy"),
			Category: rapid.SampledFrom([]string{"", "jalan-rusak", rude, abuse}).Draw(g, "category"),
			About:    rapid.SampledFrom([]string{"", "", "dpupr", "diskominfo", "inspektorat"}).Draw(g, "about"),
			Reporter: rapid.SampledFrom(people).Draw(g, "reporter").Person.ID,
		}
		for i := range rapid.IntRange(0, 3).Draw(g, "assignments") {
			a := hotline.Assignment{ID: hotline.AssignmentID(i), Unit: rapid.SampledFrom(units).Draw(g, "unit"), Part: hotline.Supporting,
				Level: rapid.IntRange(0, 2).Draw(g, "level"),
				State: rapid.SampledFrom([]hotline.AssignmentState{hotline.Waiting, hotline.Taken, hotline.Done, hotline.Cancelled}).Draw(g, "state")}
			if a.State == hotline.Taken || a.State == hotline.Done {
				a.Officer = rapid.SampledFrom(people).Draw(g, "officer").Person.ID
			}
			c.Assignments = append(c.Assignments, a)
		}
		return c
	})
	var last hotline.CaseID
	for i := range 200 {
		c := gen.Example(i)
		id := fileAs(t, s, people[0], monday, func(f *hotline.Filing) {
			f.Privacy, f.Category, f.About, f.Reporter = c.Privacy, c.Category, c.About, c.Reporter
			f.Story.Text = "jembatan roboh"
		})
		// States that no single event leads to are written as they are: the condition reads rows.
		for n, a := range c.Assignments {
			if _, err := s.Pool().Exec(t.Context(), `
				insert into assignments (id, case_id, n, unit, part, state, officer, level, since, acked)
				values ($1, $2, $3, $4, 'supporting', $5, nullif($6, 0), $7, $8, false)`,
				10_000_000+i*10+n, id, n, a.Unit, a.State, int64(a.Officer), a.Level, monday); err != nil {
				t.Fatal(err)
			}
		}
		if i%3 == 2 { // merged into the one before it, whose people see it too
			if _, err := s.Pool().Exec(t.Context(), `update cases set status = 'merged', parent = $1 where id = $2`, last, id); err != nil {
				t.Fatal(err)
			}
		}
		last = id
		do(t, s, monday, func(tx *store.Tx) (err error) { cases[id], err = tx.Case(t.Context(), id); return err })
	}
	if _, err := s.Pool().Exec(t.Context(), `update person_details set phone_hash = null`); err != nil {
		t.Fatal(err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		for _, p := range people {
			tx.SetPhone(p.Person.ID, "+628111")
		}
		return nil
	})
	seen := 0
	rapid.Check(t, func(g *rapid.T) {
		v := hotline.Viewer{Person: rapid.SampledFrom(people).Draw(g, "person").Person.ID}
		if rapid.Bool().Draw(g, "joined") {
			v.Also = []hotline.PersonID{rapid.SampledFrom(people).Draw(g, "also").Person.ID}
		}
		for range rapid.IntRange(0, 2).Draw(g, "roles") {
			v.Roles = append(v.Roles, hotline.Role{
				Name: rapid.SampledFrom([]hotline.RoleName{hotline.RoleOfficer, hotline.RoleHead, hotline.RoleResponder, hotline.RoleCoordinator, hotline.RoleSetda,
					hotline.RoleSupervisor, hotline.RoleViewer, hotline.RoleOperator}).Draw(g, "role"),
				Unit: rapid.SampledFrom(append(units, "nowhere")).Draw(g, "unit"),
			})
		}
		got := map[string]map[hotline.CaseID]bool{}
		err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
			for name, q := range map[string]hotline.Search{
				"facts": {From: monday.Add(-time.Hour)}, "content": {Words: "jembatan"}, "reporter": {Phone: "+628111"},
			} {
				q.Limit = 1000
				list, err := tx.Search(t.Context(), v, q)
				if err != nil {
					return err
				}
				got[name] = map[hotline.CaseID]bool{}
				for _, b := range list {
					got[name][b.Case.ID] = true
				}
			}
			return nil
		})
		if err != nil {
			g.Fatal(err)
		}
		facts := 0
		for id, c := range cases {
			want := r.Sees(v, c)
			if want.Facts {
				facts++
			}
			if got["facts"][id] != want.Facts || got["content"][id] != want.Content || got["reporter"][id] != want.Reporter {
				g.Fatalf("of %+v\n%+v sees %+v, the lists say facts %t content %t reporter %t", c, v, want,
					got["facts"][id], got["content"][id], got["reporter"][id])
			}
		}
		seen += facts
	})
	if seen == 0 {
		t.Fatal("nobody saw anything: the test proves nothing")
	}
}

func TestTheBoardListsWhatIsToBeDone(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	budi := staffAt(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")
	siti := person(t, s, "siti")
	waiting, taken, triage := fileAs(t, s, siti, monday, nil), fileAs(t, s, siti, monday, nil), fileAs(t, s, siti, monday, nil)
	urgent := fileAs(t, s, siti, monday, func(f *hotline.Filing) { f.Urgent = true })
	assign(t, s, waiting, "dpupr.jalan", hotline.Lead)
	a := assign(t, s, taken, "dpupr.jalan", hotline.Lead)
	assign(t, s, urgent, "satpolpp.damkar", hotline.Lead)
	record(t, s, monday, taken, hotline.Event{Kind: hotline.EvTaken, Assignment: a, By: budi.Person, Facts: hotline.Facts{Due: monday.Add(time.Hour)}}, hotline.Content{})
	record(t, s, monday, triage, hotline.Event{Kind: hotline.EvTriaged}, hotline.Content{})
	later := monday.AddDate(0, 0, 5)
	do(t, s, later, func(tx *store.Tx) error {
		ctx := t.Context()
		loads, err := tx.Loads(ctx, d.v)
		if err != nil {
			return err
		}
		if diff := cmp.Diff([]hotline.UnitLoad{{Unit: "dpupr.jalan", Waiting: 1, Taken: 1, Late: 2}, {Unit: "satpolpp.damkar", Waiting: 1, Late: 1, Urgent: 1}}, loads); diff != "" {
			t.Errorf("loads (-want +got):\n%s", diff)
		}
		if own, err := tx.Loads(ctx, budi); err != nil || len(own) != 1 || own[0].Unit != "dpupr.jalan" {
			t.Errorf("an officer's: %+v, %v", own, err)
		}
		late, err := tx.LateItems(ctx, d.v, hotline.Bookmark{}, 10)
		if err != nil {
			return err
		}
		var why []string
		for _, i := range late {
			why = append(why, fmt.Sprintf("%t %s", i.Case.ID == urgent, i.Why))
		}
		slices.Sort(why)
		if got := strings.Join(why, ", "); got != "false unfinished, false untaken, true unseen" {
			t.Errorf("late: %s", got)
		}
		n, err := tx.LateCount(ctx, d.v)
		if n != 3 || err != nil {
			t.Errorf("%d late, %v", n, err)
		}
		list, err := tx.TriageList(ctx, d.v, hotline.Bookmark{}, 10)
		if err != nil || len(list) != 1 || list[0].Case.ID != triage || list[0].Gist != "jalan rusak" {
			t.Errorf("triage: %+v, %v", list, err)
		}
		if list, err := tx.TriageList(ctx, budi, hotline.Bookmark{}, 10); err != nil || len(list) != 0 {
			t.Errorf("an officer's triage: %+v, %v", list, err)
		}
		counts, err := tx.Statuses(ctx, d.v)
		if err != nil || counts[hotline.Triage] != 1 || counts[hotline.Assigned] != 2 || counts[hotline.Working] != 1 {
			t.Errorf("statuses: %v, %v", counts, err)
		}
		first, err := tx.Worklist(ctx, d.v, "dpupr", hotline.Bookmark{}, 1)
		if err != nil || len(first) != 1 || first[0].Case.ID != taken {
			t.Fatalf("worklist: %+v, %v", first, err)
		}
		second, err := tx.Worklist(ctx, d.v, "dpupr", first[0].Bookmark(), 5)
		if err != nil || len(second) != 1 || second[0].Case.ID != waiting || second[0].Why != hotline.LateUntaken {
			t.Errorf("worklist goes on: %+v, %v", second, err)
		}
		people, err := tx.Colleagues(ctx, d.v)
		if err != nil || len(people) != 2 {
			t.Fatalf("colleagues: %+v, %v", people, err)
		}
		for _, p := range people {
			if p.Role.Person == budi.Person && (p.Name != "Nama budi" || p.Has != 1 || p.Late != 1) {
				t.Errorf("%+v", p)
			}
		}
		if none, err := tx.Colleagues(ctx, budi); err != nil || len(none) != 0 {
			t.Errorf("an officer sees colleagues: %+v, %v", none, err)
		}
		return nil
	})
	// Nobody on duty: that is why.
	do(t, s, later, func(tx *store.Tx) error { tx.SetDuty(budi.Person, false); return nil })
	do(t, s, later, func(tx *store.Tx) error {
		list, err := tx.Worklist(t.Context(), d.v, "dpupr", hotline.Bookmark{}, 5)
		if err != nil || len(list) != 2 || list[1].Why != hotline.LateNobody {
			t.Errorf("%+v, %v", list, err)
		}
		return nil
	})
}

func TestSearchFindsByWhatIsKnown(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	siti, joko := person(t, s, "siti"), person(t, s, "joko")
	say := func(text string) func(*hotline.Filing) { return func(f *hotline.Filing) { f.Story.Text = text } }
	bridge := fileAs(t, s, siti, monday, say("Jln ke pasar: jembatannya ambrol, gak bisa lewat!"))
	lamp := fileAs(t, s, joko, monday.AddDate(0, 0, -40), func(f *hotline.Filing) {
		f.Story.Text, f.Category, f.Area, f.Source = "lampu mati di depan SD", "lampu-jalan", "33.20.01.2001", hotline.SourceCall
	})
	nameless := fileAs(t, s, siti, monday.Add(time.Hour), func(f *hotline.Filing) { f.Privacy, f.Story.Text = hotline.Anonymous, "sampah di kali" })
	assign(t, s, bridge, "dpupr.jalan", hotline.Lead)
	record(t, s, monday, bridge, hotline.Event{Kind: hotline.EvRemarked, By: siti.Person.ID}, hotline.Content{Text: "sudah ada korban"})
	var number hotline.Number
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), bridge)
		number = c.Number
		tx.SetPhone(siti.Person.ID, "+6281234567890")
		return err
	})
	find := func(q hotline.Search) []hotline.CaseID {
		t.Helper()
		if q.Limit == 0 {
			q.Limit = 10
		}
		var ids []hotline.CaseID
		do(t, s, monday, func(tx *store.Tx) error {
			list, err := tx.Search(t.Context(), d.v, q)
			ids = nil
			for _, b := range list {
				ids = append(ids, b.Case.ID)
			}
			return err
		})
		return ids
	}
	for name, c := range map[string]struct {
		q    hotline.Search
		want []hotline.CaseID
	}{
		"a number":                                       {hotline.Search{Number: number}, []hotline.CaseID{bridge}},
		"a word in another form":                         {hotline.Search{Words: "jembatan"}, []hotline.CaseID{bridge}},
		"a word written short":                           {hotline.Search{Words: "JALAN"}, []hotline.CaseID{bridge}},
		"a slang word":                                   {hotline.Search{Words: "tidak bisa"}, []hotline.CaseID{bridge}},
		"words of two messages":                          {hotline.Search{Words: "ambrol korban"}, []hotline.CaseID{bridge}},
		"words of two cases":                             {hotline.Search{Words: "ambrol sampah"}, nil},
		"what means something to Postgres":               {hotline.Search{Words: `ambrol & !'x':* \ |`}, nil},
		"a telephone number, but not of who is nameless": {hotline.Search{Phone: "+6281234567890"}, []hotline.CaseID{bridge}},
		"a category":                                     {hotline.Search{Category: "lampu-jalan"}, []hotline.CaseID{lamp}},
		"a kecamatan with its villages":                  {hotline.Search{Area: "33.20.01"}, []hotline.CaseID{lamp}},
		"a village":                                      {hotline.Search{Area: "33.20.01.2001"}, []hotline.CaseID{lamp}},
		"no other village":                               {hotline.Search{Area: "33.20.01.200"}, nil},
		"a unit above":                                   {hotline.Search{Unit: "dpupr"}, []hotline.CaseID{bridge}},
		"a status":                                       {hotline.Search{Statuses: []hotline.Status{hotline.Assigned}}, []hotline.CaseID{bridge}},
		"a source":                                       {hotline.Search{Source: hotline.SourceCall}, []hotline.CaseID{lamp}},
		"days":                                           {hotline.Search{From: monday.AddDate(0, 0, -41), Until: monday}, []hotline.CaseID{lamp}},
		"everything, the newest first":                   {hotline.Search{}, []hotline.CaseID{nameless, bridge, lamp}},
		"a page":                                         {hotline.Search{Limit: 2}, []hotline.CaseID{nameless, bridge}},
		"the page after it":                              {hotline.Search{After: hotline.Bookmark{Time: monday, ID: int64(bridge)}}, []hotline.CaseID{lamp}},
	} {
		if got := find(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %v, want %v", name, got, c.want)
		}
	}
	// What was erased is found no more.
	do(t, s, monday, func(tx *store.Tx) error {
		q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: siti.Person.ID, From: siti.Address.ID, Due: monday})
		if err != nil {
			return err
		}
		return tx.DecideErasure(t.Context(), q.ID, d.v.Person, "")
	})
	if got := find(hotline.Search{Words: "jembatan"}); got != nil {
		t.Errorf("erased words are found: %v", got)
	}
}

func TestActsOfTheBoardAreEventsWithNotices(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	s.SetNotices(store.Notices{Citizen: func(_ *hotline.Regency, c hotline.Case, e hotline.Event) (hotline.Out, bool) {
		return hotline.Out{Person: c.Reporter, Case: c.ID, Reply: hotline.Say("told." + string(e.Kind))}, e.By != c.Reporter
	}})
	d := newDesk(t, s)
	budi := staffAt(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")
	siti := person(t, s, "siti")
	id := fileAs(t, s, siti, monday, nil)
	act := func(fn func(*store.Tx, context.Context) (hotline.Case, error)) (hotline.Case, error) {
		var c hotline.Case
		err := s.Do(t.Context(), monday, func(tx *store.Tx) (err error) { c, err = fn(tx, t.Context()); return err })
		isSum(t, s, id)
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
	refuses := func(want error, fn func(*store.Tx, context.Context) (hotline.Case, error)) {
		t.Helper()
		if _, err := act(fn); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	refuses(hotline.ErrNotFound, func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AssignTo(ctx, budi, id, "dpupr.jalan", hotline.Lead)
	})
	refuses(hotline.ErrForbidden, func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AssignTo(ctx, hotline.Viewer{Person: siti.Person.ID}, id, "dpupr.jalan", hotline.Lead)
	})
	refuses(hotline.ErrNoUnit, func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AssignTo(ctx, d.v, id, "nirwana", hotline.Lead)
	})
	must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AssignTo(ctx, d.v, id, "satpolpp.damkar", hotline.Lead)
	})
	refuses(hotline.ErrRefused, func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AssignTo(ctx, d.v, id, "satpolpp.damkar", hotline.Lead)
	})
	c := must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AssignTo(ctx, d.v, id, "dpupr.jalan", hotline.Lead)
	})
	lead, _ := c.Lead()
	if lead.Unit != "dpupr.jalan" || c.Status != hotline.Assigned || lead.Due.IsZero() {
		t.Fatalf("%+v", c)
	}
	refuses(hotline.ErrForbidden, func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Archive(ctx, budi, id, hotline.ArchiveUnclear)
	})
	record(t, s, monday, id, hotline.Event{Kind: hotline.EvTaken, Assignment: lead.ID, By: budi.Person}, hotline.Content{})
	c = must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.ReturnToQueue(ctx, d.v, id, lead.ID)
	})
	if c.Status != hotline.Assigned || said(t, s, "staff.returned") != 1 || said(t, s, "staff.card.settled") != 1 {
		t.Errorf("returned: %s", c.Status)
	}
	must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AnswerReporter(ctx, d.v, id, "petugas segera datang")
	})
	must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Note(ctx, d.v, id, "sudah ditelepon")
	})
	// Another category goes where it belongs while nobody took it, and stays once somebody has.
	c = must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Recategorise(ctx, d.v, id, "sampah", "")
	})
	lead, _ = c.Lead()
	if c.Category != "sampah" || testbed.Jepara().AgencyOf(lead.Unit) != "dlh" {
		t.Errorf("re-routed to %+v", lead)
	}
	record(t, s, monday, id, hotline.Event{Kind: hotline.EvTaken, Assignment: lead.ID, By: budi.Person}, hotline.Content{})
	c = must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Recategorise(ctx, d.v, id, "jalan-rusak", "")
	})
	if now, _ := c.Lead(); now.ID != lead.ID {
		t.Errorf("taken from who has it: %+v", now)
	}
	refuses(hotline.ErrNoReason, func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Archive(ctx, d.v, id, "boring")
	})
	c = must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.Archive(ctx, d.v, id, hotline.ArchiveNoEvidence)
	})
	if c.Status != hotline.Archived || said(t, s, "staff.over") != 1 {
		t.Errorf("%s", c.Status)
	}
	c = must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) { return tx.Restore(ctx, d.v, id) })
	if c.Status != hotline.Triage {
		t.Errorf("restored: %s", c.Status)
	}
	c = must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.AssignTo(ctx, d.v, id, "dpupr.jalan", hotline.Lead)
	})
	lead, _ = c.Lead()
	c = must(func(tx *store.Tx, ctx context.Context) (hotline.Case, error) {
		return tx.TakeBack(ctx, d.v, id, lead.ID)
	})
	if c.Status != hotline.Triage {
		t.Errorf("taken back: %s", c.Status)
	}
	for kind, n := range map[hotline.EventKind]int{hotline.EvAssigned: 4, hotline.EvAnswered: 1, hotline.EvArchived: 1, hotline.EvRestored: 1, hotline.EvWithheld: 1,
		hotline.EvNoted: 0, hotline.EvReleased: 0} {
		if got := said(t, s, "told."+string(kind)); got != n {
			t.Errorf("the reporter heard %d times of %s, not %d", got, kind, n)
		}
	}
}

// said counts what stands in the outbox with a phrase.
func said(t *testing.T, s *store.Store, key string) (n int) {
	t.Helper()
	if err := s.Pool().QueryRow(t.Context(), `select count(*) from outbox where body::text like '%"' || $1 || '"%'`, key).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A case that turns out to accuse an agency is taken from it and goes to the inspector.
func TestAnAccusationLeavesTheAccused(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	r := testbed.Jepara()
	d := newDesk(t, s)
	id := fileAs(t, s, person(t, s, "siti"), monday, nil)
	assign(t, s, id, "dpupr.jalan", hotline.Lead)
	abuse := r.Categories[slices.IndexFunc(r.Categories, func(c hotline.Category) bool { return c.Oversight })].ID
	err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, err := tx.Recategorise(t.Context(), d.v, id, abuse, "")
		return err
	})
	if !errors.Is(err, hotline.ErrWhom) {
		t.Fatalf("without saying whom: %v", err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		_, err := tx.Recategorise(t.Context(), d.v, id, abuse, "dpupr")
		return err
	})
	c := isSum(t, s, id)
	lead, _ := c.Lead()
	inspector, _ := r.InspectorAgency()
	if c.About != "dpupr" || r.AgencyOf(lead.Unit) != inspector.ID {
		t.Fatalf("%+v", c)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		if _, err := tx.AssignTo(t.Context(), d.v, id, "dpupr.jalan", hotline.Lead); !errors.Is(err, hotline.ErrAccused) {
			t.Errorf("given to the accused: %v", err)
		}
		return nil
	})
}

// The humans' inbox has a voice note until it is written down, and only the coordinator has it.
func TestTheHumansInbox(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	budi := staffAt(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")
	put(t, s, raw("siti", "voice", "voice"))
	var id hotline.CaseID
	var media hotline.MediaID
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		f := filing(turn.Conversation)
		media = turn.Attach(hotline.Media{Kind: hotline.Voice, Ref: "r", Mime: "audio/ogg", Name: "siti.ogg"})
		f.Story, f.Privacy = hotline.Content{Media: []hotline.MediaID{media}}, hotline.Anonymous
		id = turn.File(f).ID
		return nil
	})
	if err := s.SaveMedia(t.Context(), media, "audio/ogg", []byte("OggS suara"), nil); err != nil {
		t.Fatal(err)
	}
	assign(t, s, id, "dpupr.jalan", hotline.Lead)
	list := func(v hotline.Viewer) (out []hotline.Spoken) {
		do(t, s, monday, func(tx *store.Tx) (err error) { out, err = tx.SpokenList(t.Context(), v, 10); return err })
		return out
	}
	got := list(d.v)
	if len(got) != 1 || got[0].Case.ID != id || !slices.Equal(got[0].Media, []hotline.MediaID{media}) {
		t.Fatalf("%+v", got)
	}
	if len(list(budi)) != 0 {
		t.Error("an officer has the humans' inbox")
	}
	do(t, s, monday, func(tx *store.Tx) error {
		a, of, err := tx.MediumFor(t.Context(), d.v, media)
		if err != nil || string(a.Data) != "OggS suara" || of != id || strings.Contains(a.Name, "siti") {
			t.Errorf("%q of %d, %s, %v", a.Data, of, a.Name, err)
		}
		if _, _, err := tx.MediumFor(t.Context(), budi, media); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("an officer hears an anonymous voice: %v", err)
		}
		return nil
	})
	err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, err := tx.Transcribe(t.Context(), d.v, id, got[0].Content+999, "x", hotline.Reading{})
		return err
	})
	if !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("what nobody said is written down: %v", err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		_, err := tx.Transcribe(t.Context(), d.v, id, got[0].Content, "jalan berlubang", hotline.Reading{})
		return err
	})
	isSum(t, s, id)
	if left := list(d.v); len(left) != 0 {
		t.Errorf("written down, and still there: %+v", left)
	}
	// What was written down is found by its words, and read with the case; who reported is not.
	do(t, s, monday, func(tx *store.Tx) error {
		found, err := tx.Search(t.Context(), d.v, hotline.Search{Words: "berlubang", Limit: 5})
		if err != nil || len(found) != 1 {
			t.Errorf("%+v, %v", found, err)
		}
		f, err := tx.CaseFile(t.Context(), d.v, id)
		if err != nil {
			return err
		}
		if f.Reporter.ID != 0 || f.Case.Reporter != 0 || !f.Media[media].Shown || len(f.Said) != 2 || f.Names[d.v.Person] != "Nama koordinator" {
			t.Errorf("%+v", f)
		}
		for _, e := range f.Events {
			if e.Kind == hotline.EvFiled && (e.By != 0 || e.Reporter != 0) {
				t.Errorf("an anonymous reporter: %+v", e)
			}
		}
		own, err := tx.CaseFile(t.Context(), budi, id)
		if err != nil || own.Media[media].Shown {
			t.Errorf("%+v, %v", own.Media, err)
		}
		_, err = tx.CaseFile(t.Context(), hotline.Viewer{Person: 1 << 40}, id)
		if !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("a stranger: %v", err)
		}
		return nil
	})
}

// Whatever the coordinator does, in whatever order: the row stays the sum of its events.
func TestWhateverTheBoardDoesACaseIsTheSumOfItsEvents(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	budi := staffAt(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")
	siti := person(t, s, "siti")
	categories := []string{"jalan-rusak", "sampah", "lampu-jalan", testbed.Jepara().Categories[0].ID}
	done := map[string]int{}
	rapid.Check(t, func(g *rapid.T) {
		id := fileAs(t, s, siti, monday, nil)
		var acts []string
		for range rapid.IntRange(3, 12).Draw(g, "acts") {
			what := rapid.SampledFrom([]string{"assign", "assign", "support", "take", "take", "take", "return", "back", "answer", "note", "category", "archive",
				"archive", "restore", "resolve", "reopen"}).Draw(g, "act")
			if acts = append(acts, what); what == "archive" && rapid.Bool().Draw(g, "at once restored") { // else hardly ever
				acts = append(acts, "restore")
			}
		}
		for _, what := range acts {
			unit := rapid.SampledFrom([]string{"dpupr.jalan", "dlh", "satpolpp.damkar"}).Draw(g, "unit")
			category := rapid.SampledFrom(categories).Draw(g, "category")
			reason := rapid.SampledFrom(hotline.ArchiveReasons()).Draw(g, "reason")
			err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
				ctx := t.Context()
				c, err := tx.Case(ctx, id)
				if err != nil {
					return err
				}
				var part hotline.AssignmentID
				if lead, ok := c.Lead(); ok {
					part = lead.ID
				}
				switch what {
				case "assign":
					_, err = tx.AssignTo(ctx, d.v, id, unit, hotline.Lead)
				case "support":
					_, err = tx.AssignTo(ctx, d.v, id, unit, hotline.Supporting)
				case "take":
					_, err = tx.Record(c, hotline.Event{Kind: hotline.EvTaken, Assignment: part, By: budi.Person}, hotline.Content{})
				case "return":
					_, err = tx.ReturnToQueue(ctx, d.v, id, part)
				case "back":
					_, err = tx.TakeBack(ctx, d.v, id, part)
				case "answer":
					_, err = tx.AnswerReporter(ctx, d.v, id, "kabar")
				case "note":
					_, err = tx.Note(ctx, d.v, id, "catatan")
				case "category":
					_, err = tx.Recategorise(ctx, d.v, id, category, hotline.AboutNobody)
				case "archive":
					_, err = tx.Archive(ctx, d.v, id, reason)
				case "restore":
					_, err = tx.Restore(ctx, d.v, id)
				case "resolve":
					_, err = tx.Record(c, hotline.Event{Kind: hotline.EvResolved, Assignment: part, By: budi.Person}, hotline.Content{Text: "beres"})
				case "reopen":
					_, err = tx.Record(c, hotline.Event{Kind: hotline.EvReopened, By: siti.Person.ID}, hotline.Content{})
				}
				return err
			})
			switch {
			case err == nil:
				done[what]++
			case !errors.Is(err, hotline.ErrRefused) && !errors.Is(err, hotline.ErrNotFound) && !errors.Is(err, hotline.ErrForbidden):
				g.Fatalf("%s: %v", what, err)
			}
		}
		isSum(t, s, id)
		if t.Failed() {
			g.FailNow()
		}
	})
	for _, what := range []string{"assign", "support", "take", "return", "back", "answer", "note", "category", "archive", "restore"} {
		if done[what] == 0 {
			t.Errorf("nothing was ever done by %s", what)
		}
	}
}
