package store_test

import (
	"errors"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// siagaOf is one for a flood, with road people's clocks standing still.
func siagaOf(until time.Time) hotline.Siaga {
	return hotline.Siaga{Decree: "360/112/2026", Category: "bencana", Kecamatan: []string{"33.20.02"}, Text: "Air naik.", Units: []string{"dpupr.jalan"},
		Unit: "bpbd.pusdalops", Until: until}
}

// assigned files a case that the road people lead, due in so many working days.
func (l *line) assigned(days int) hotline.CaseID {
	l.t.Helper()
	calendar := testbed.Jepara().Calendar("dpupr.jalan")
	var id hotline.CaseID
	do(l.t, l.s, l.now, func(tx *store.Tx) error {
		c := tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Open, Source: hotline.SourceDesk, Area: "33.20.11",
			Due: calendar.Add(l.now, hotline.Span{WorkDays: days + 9}), Story: hotline.Content{Text: "jalan rusak"}})
		id = c.ID
		_, err := tx.Record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: tx.NewAssignment(), Facts: hotline.Facts{Unit: "dpupr.jalan", Part: hotline.Lead,
			Due: calendar.Add(l.now, hotline.Span{WorkDays: days})}}, hotline.Content{})
		return err
	})
	return id
}

func (l *line) read(id hotline.CaseID) (c hotline.Case) {
	l.t.Helper()
	do(l.t, l.s, l.now, func(tx *store.Tx) (err error) { c, err = tx.Case(l.t.Context(), id); return err })
	return c
}

// However often its end is changed, a clock has in the end stood still for just as long as the siaga was in force; what came meanwhile from then on; and the
// row is the sum of its events.
func TestClocksStandStillForASiaga(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	calendar, began := testbed.Jepara().Calendar("dpupr.jalan"), l.now
	old := l.assigned(3)
	was := l.read(old)
	var id hotline.SiagaID
	act := func(fn func(tx *store.Tx) error) {
		t.Helper()
		do(t, l.s, l.now, fn)
	}
	act(func(tx *store.Tx) error {
		s, err := tx.DeclareSiaga(t.Context(), l.sup, siagaOf(began.Add(30*time.Hour)))
		id = s.ID
		return err
	})
	see := func(what string, c hotline.CaseID, before hotline.Case, from, until time.Time) {
		t.Helper()
		now, want := l.read(c), calendar.Paused(before.Assignments[0].Due, from, until)
		if got := now.Assignments[0].Due; !got.Equal(want) {
			t.Errorf("%s: due %v, want %v (before %v)", what, got, want, before.Assignments[0].Due)
		}
		if want := testbed.Jepara().Calendar("").Paused(before.Due, from, until); !now.Due.Equal(want) {
			t.Errorf("%s: promised %v, want %v", what, now.Due, want)
		}
	}
	see("declared", old, was, began, began.Add(30*time.Hour))

	l.now = began.Add(26 * time.Hour)
	fresh := l.assigned(3)
	came, arrived := l.read(fresh), l.now
	act(func(tx *store.Tx) error { return tx.ProlongSiaga(t.Context(), l.sup, id, began.Add(100*time.Hour)) })
	see("prolonged", old, was, began, began.Add(100*time.Hour))
	see("what came meanwhile", fresh, came, arrived, began.Add(100*time.Hour))

	l.now = began.Add(50 * time.Hour)
	act(func(tx *store.Tx) error { return tx.ProlongSiaga(t.Context(), l.sup, id, began.Add(200*time.Hour)) })
	l.now = began.Add(75 * time.Hour)
	act(func(tx *store.Tx) error { return tx.EndSiaga(t.Context(), l.sup, id, "Air surut.") })
	see("ended early", old, was, began, l.now)
	see("what came meanwhile, ended early", fresh, came, arrived, l.now)
	do(t, l.s, l.now, func(tx *store.Tx) error {
		events, _, err := tx.History(t.Context(), old)
		if err != nil {
			return err
		}
		sum, err := hotline.Sum(events)
		if row := l.read(old); err != nil || !sum.Due.Equal(row.Due) || !sum.Assignments[0].Due.Equal(row.Assignments[0].Due) {
			t.Errorf("the sum of its events is due %v, the row %v (%v)", sum.Assignments, row.Assignments, err)
		}
		_, _, steps, err := tx.SiagaFile(t.Context(), l.op, id)
		var acts string
		for _, s := range steps {
			acts += string(s.Act) + " "
			if s.By != l.sup.Person || s.At.IsZero() {
				t.Errorf("nobody did %+v", s)
			}
		}
		if acts != "declared paused prolonged paused prolonged paused ended paused " {
			t.Errorf("its history: %s", acts)
		}
		return err
	})
}

func TestWhoMayDeclareASiaga(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	try := func(v hotline.Viewer, s hotline.Siaga) error {
		return l.s.Do(t.Context(), l.now, func(tx *store.Tx) error { _, err := tx.DeclareSiaga(t.Context(), v, s); return err })
	}
	good := siagaOf(l.now.Add(time.Hour))
	if err := try(l.op, good); !errors.Is(err, hotline.ErrCallUnseen) {
		t.Errorf("an operator: %v", err)
	}
	if err := try(hotline.Viewer{Person: 1, Roles: []hotline.Role{{Name: hotline.RoleViewer}}}, good); !errors.Is(err, hotline.ErrCallUnseen) {
		t.Errorf("who sees figures: %v", err)
	}
	bad := good
	bad.Decree = ""
	if err := try(l.sup, bad); !errors.Is(err, hotline.ErrSiagaDecree) {
		t.Errorf("without a decree: %v", err)
	}
	if err := try(l.sup, good); err != nil {
		t.Fatal(err)
	}
	if err := try(l.sup, good); !errors.Is(err, hotline.ErrSiagaTwice) {
		t.Errorf("twice: %v", err)
	}
	other := good
	other.Kecamatan = []string{"33.20.03"}
	if err := try(l.sup, other); err != nil {
		t.Errorf("elsewhere: %v", err)
	}
	do(t, l.s, l.now, func(tx *store.Tx) error {
		list, err := tx.Siagas(t.Context())
		if len(list) != 2 {
			t.Errorf("conversations know of %d", len(list))
		}
		if err == nil {
			err = tx.EndSiaga(t.Context(), l.sup, list[0].ID, "x")
		}
		return err
	})
	err := l.s.Do(t.Context(), l.now, func(tx *store.Tx) error { return tx.EndSiaga(t.Context(), l.sup, 1, "x") })
	if !errors.Is(err, hotline.ErrSiagaOver) {
		t.Errorf("ended twice: %v", err)
	}
}

// The newer of two who sit down at one desk has it, with the open calls and notes of the other; whoever sits down elsewhere leaves their own.
func TestOneDeskOnePerson(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	call := l.save("a", "w", 0, typed{hotline.CallFieldText: "x"}).Call.ID
	sit := func(v hotline.Viewer, desk string) (s hotline.Shift) {
		t.Helper()
		l.now = l.now.Add(time.Minute)
		do(t, l.s, l.now, func(tx *store.Tx) (err error) { s, err = tx.TakeDesk(t.Context(), v, desk); return err })
		return s
	}
	first := sit(l.op, "1")
	if again := sit(l.op, " 1 "); again.ID != first.ID {
		t.Errorf("sat down twice: %+v", again)
	}
	do(t, l.s, l.now, func(tx *store.Tx) error { return tx.NoteForShift(t.Context(), l.op, "jangan lupa") })
	sit(l.sup, "1")
	if c := l.call(call); c.Holder != l.sup.Person {
		t.Errorf("the call stayed with %d", c.Holder)
	}
	board := func() (b hotline.ShiftBoard) {
		do(t, l.s, l.now, func(tx *store.Tx) (err error) {
			b, err = tx.Shifts(t.Context(), l.op, l.now.Add(-time.Hour), l.now.Add(time.Hour))
			return err
		})
		return b
	}
	b := board()
	if len(b.Shifts) != 2 || b.Shifts[0].By != l.sup.Person || b.Shifts[0].Until.IsZero() || len(b.Notes) != 1 || b.Notes[0].TakenBy != l.sup.Person || b.Nobodys(b.Open[0]) {
		t.Errorf("%+v", b)
	}
	sit(l.sup, "2")
	if b = board(); len(b.Shifts) != 3 || len(b.Desks()) != 3 {
		t.Errorf("%+v", b.Shifts)
	}
	if _, there := b.At("1"); there {
		t.Error("somebody sits at two desks")
	}
	do(t, l.s, l.now, func(tx *store.Tx) error { return tx.LeaveDesk(t.Context(), l.sup) })
	if b = board(); !b.Nobodys(b.Open[0]) {
		t.Error("what is held by who went is somebody's")
	}
	err := l.s.Do(t.Context(), l.now, func(tx *store.Tx) error { return tx.NoteForShift(t.Context(), l.op, "x") })
	if !errors.Is(err, hotline.ErrNoShift) {
		t.Errorf("a note from no desk: %v", err)
	}
	// The words of an old note go when the next is written.
	l.now = l.now.Add(hotline.ShiftNotesKept + time.Hour)
	sit(l.op, "1")
	do(t, l.s, l.now, func(tx *store.Tx) error { return tx.NoteForShift(t.Context(), l.op, "baru") })
	var left int
	if err := l.s.Pool().QueryRow(t.Context(), `select count(*) from shift_notes where text is not null`).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d notes with words, %v", left, err)
	}
}
