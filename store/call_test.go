package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

func at112(p hotline.PersonID, name hotline.RoleName) hotline.Viewer {
	return hotline.Viewer{Person: p, Roles: []hotline.Role{{Person: p, Name: name, Unit: "diskominfo"}}}
}

// line is an operator, a supervisor and whatever is typed.
type line struct {
	t          *testing.T
	s          *store.Store
	op, sup    hotline.Viewer
	now        time.Time
	operatorID hotline.PersonID
}

func newLine(t *testing.T) *line {
	t.Helper()
	s := testbed.Store(t)
	op, sup := person(t, s, "operator"), person(t, s, "supervisor")
	return &line{t: t, s: s, op: at112(op.Person.ID, hotline.RoleOperator), sup: at112(sup.Person.ID, hotline.RoleSupervisor), now: monday, operatorID: op.Person.ID}
}

type typed = map[hotline.CallField]string

func (l *line) save(key, writer string, base int, fields typed) hotline.Saved {
	l.t.Helper()
	var saved hotline.Saved
	do(l.t, l.s, l.now, func(tx *store.Tx) (err error) {
		saved, err = tx.SaveCall(l.t.Context(), l.op, hotline.CallSave{Key: key, Writer: writer, Base: base, Fields: fields})
		return err
	})
	return saved
}

func (l *line) close(id hotline.CallID, story string) hotline.Call {
	l.t.Helper()
	var c hotline.Call
	do(l.t, l.s, l.now, func(tx *store.Tx) (err error) {
		c, err = tx.CloseCall(l.t.Context(), l.op, id, story)
		return err
	})
	return c
}

func (l *line) call(id hotline.CallID) (c hotline.Call) {
	l.t.Helper()
	do(l.t, l.s, l.now, func(tx *store.Tx) (err error) { c, err = tx.Call(l.t.Context(), l.op, id); return err })
	return c
}

func (l *line) caller(number string) (c hotline.Caller) {
	l.t.Helper()
	do(l.t, l.s, l.now, func(tx *store.Tx) (err error) {
		c, err = tx.CallerOf(l.t.Context(), l.op, number, 0)
		return err
	})
	return c
}

func (l *line) prank(key, number string) hotline.Call {
	l.t.Helper()
	return l.close(l.save(key, "w", 0, typed{hotline.CallFieldNumber: number, hotline.CallFieldClass: "prank"}).Call.ID, "")
}

func (l *line) blocks(all bool) (bs []hotline.CallBlock) {
	l.t.Helper()
	do(l.t, l.s, l.now, func(tx *store.Tx) (err error) { bs, err = tx.CallBlocks(l.t.Context(), l.op, all, 50); return err })
	return bs
}

func TestACallIsSavedWhileItIsTyped(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	all := typed{
		hotline.CallFieldNumber: "0812 3456 7890", hotline.CallFieldClass: "emergency", hotline.CallFieldIncident: "kebakaran", hotline.CallFieldArea: "33.20.08",
		hotline.CallFieldPoint: "-6.58,110.66", hotline.CallFieldLandmark: "depan masjid", hotline.CallFieldVictims: "0", hotline.CallFieldText: "rumah\nkayu 'lama'; <b>",
		hotline.CallAnswer("luka"): "ada", hotline.CallAnswer("apa"): "rumah", hotline.CallFieldUnits: "satpolpp.damkar,dinkes.psc", hotline.CallFieldAgrees: "1",
		hotline.CallFieldCategory: "kebakaran", hotline.CallFieldPrivacy: "secret", hotline.CallFieldRang: "2026-11-23T01:00:00Z", hotline.CallFieldAnswered: "2026-11-23T01:00:09Z",
		hotline.CallFieldEnded: "2026-11-23T01:05:00Z", hotline.CallFieldPaper: "1",
	}
	first := l.save("k1", "tab", 0, all)
	if len(first.Changed) != len(all) || first.Call.Version != 1 || first.Call.Number != "+6281234567890" || len(first.Invalid)+len(first.Conflicts) > 0 {
		t.Fatalf("%+v", first)
	}
	read := l.call(first.Call.ID)
	for f := range all {
		if got, want := read.Value(f), first.Call.Value(f); got != want || got == "" {
			t.Errorf("%s reads %q, was saved as %q", f, got, want)
		}
	}
	if read.Operator != l.operatorID || read.Holder != l.operatorID || read.Line != "112" || !read.IsOpen() || read.Version != 1 {
		t.Errorf("%+v", read)
	}
	// The answer was lost: the same once more is the same.
	if again := l.save("k1", "tab", 0, all); len(again.Changed) > 0 || again.Call.Version != 1 {
		t.Errorf("saved again: %+v", again)
	}
	empty := typed{}
	for f := range all {
		empty[f] = ""
	}
	l.save("k1", "tab", 1, empty)
	read = l.call(first.Call.ID)
	for f := range all {
		if got := read.Value(f); got != "" {
			t.Errorf("%s was emptied and reads %q", f, got)
		}
	}
	if got := l.save("k1", "tab", 2, typed{hotline.CallFieldVictims: "many", hotline.CallFieldText: "x"}); len(got.Invalid) != 1 || got.Call.Text != "x" {
		t.Errorf("half typed: %+v", got)
	}
}

func TestTwoTabsTellOfTheirConflict(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	id := l.save("k", "a", 0, typed{hotline.CallFieldText: "satu"}).Call.ID
	l.save("k", "b", 1, typed{hotline.CallFieldLandmark: "pasar"})
	if got := l.save("k", "a", 1, typed{hotline.CallFieldText: "satu dua"}); len(got.Conflicts) > 0 || got.Call.Text != "satu dua" || got.Call.Landmark != "pasar" {
		t.Fatalf("different fields: %+v", got)
	}
	got := l.save("k", "b", 2, typed{hotline.CallFieldText: "tiga", hotline.CallFieldVictims: "2"})
	if len(got.Conflicts) != 1 || got.Conflicts[0] != (hotline.CallConflict{Field: hotline.CallFieldText, Own: "tiga", Theirs: "satu dua"}) {
		t.Fatalf("one field: %+v", got.Conflicts)
	}
	if c := l.call(id); c.Text != "satu dua" || c.Value(hotline.CallFieldVictims) != "2" {
		t.Errorf("%+v", c)
	}
}

// However many tabs and presses begin a call and write it at once, it is one call, and every field has a value that somebody wrote.
func TestManyTabsBeginOneCall(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	var group sync.WaitGroup
	ids := make([]hotline.CallID, 16)
	for i := range ids {
		group.Go(func() {
			err := l.s.Do(t.Context(), monday, func(tx *store.Tx) error {
				saved, err := tx.SaveCall(t.Context(), l.op, hotline.CallSave{Key: "once", Writer: fmt.Sprint(i), Fields: typed{hotline.CallAnswer(fmt.Sprintf("q%d", i)): "ya"}})
				ids[i] = saved.Call.ID
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if slices.Sort(ids); ids[0] != ids[15] || ids[0] == 0 {
		t.Fatalf("calls %v", ids)
	}
	if c := l.call(ids[0]); len(c.Answers) != 16 || c.Version != 16 {
		t.Errorf("%d answers, version %d", len(c.Answers), c.Version)
	}
}

func TestWhoMayNotSeeCallsGetsNone(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	c := l.prank("k", "081234567890")
	for _, v := range []hotline.Viewer{{}, {Person: 9}, at112(9, hotline.RoleOfficer), at112(9, hotline.RoleHead), at112(9, hotline.RoleViewer), at112(9, hotline.RoleDesk)} {
		do(t, l.s, monday, func(tx *store.Tx) error {
			ctx := t.Context()
			_, saved := tx.SaveCall(ctx, v, hotline.CallSave{Key: "k2"})
			_, closed := tx.CloseCall(ctx, v, c.ID, "")
			_, held := tx.HoldCall(ctx, v, c.ID)
			_, again := tx.ReopenCall(ctx, v, c.ID)
			_, one := tx.Call(ctx, v, c.ID)
			_, keyed := tx.CallByKey(ctx, v, "k")
			_, cased := tx.CallOfCase(ctx, v, 1)
			_, openCalls := tx.OpenCalls(ctx, v, 9)
			_, between := tx.CallsBetween(ctx, v, monday, monday.AddDate(0, 0, 1), "", 9)
			_, notes := tx.CallNotes(ctx, v, c.ID)
			_, caller := tx.CallerOf(ctx, v, "081234567890", 0)
			_, blocks := tx.CallBlocks(ctx, v, true, 9)
			_, confirm := tx.ConfirmBlock(ctx, v, 1)
			_, undo := tx.UndoBlock(ctx, v, 1)
			_, _, progress := tx.CallCase(ctx, v, c)
			for i, err := range []error{saved, closed, held, again, one, keyed, cased, openCalls, between, notes, caller, blocks, confirm, undo, progress,
				tx.NoteCall(ctx, v, c.ID, "x"), tx.SendMore(ctx, v, c.ID, "satpolpp.damkar"), tx.AddToCall(ctx, v, c.ID, "x", "")} {
				if !errors.Is(err, hotline.ErrCallUnseen) {
					t.Errorf("%v may do %d: %v", v.Roles, i, err)
				}
			}
			_, counts := tx.CallCounts(ctx, v, monday, monday.AddDate(0, 0, 1))
			if may := v.Has(hotline.RoleViewer); errors.Is(counts, hotline.ErrCallUnseen) == may {
				t.Errorf("%v counts: %v", v.Roles, counts)
			}
			return nil
		})
	}
	do(t, l.s, monday, func(tx *store.Tx) error {
		coordinator := at112(9, hotline.RoleCoordinator)
		if _, err := tx.Call(t.Context(), coordinator, c.ID); err != nil {
			t.Errorf("a coordinator reads: %v", err)
		}
		if _, err := tx.SaveCall(t.Context(), coordinator, hotline.CallSave{Key: "k3"}); !errors.Is(err, hotline.ErrCallUnseen) {
			t.Errorf("a coordinator writes: %v", err)
		}
		return nil
	})
}

func TestAnEmergencyCallIsWithItsUnitsAtOnce(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	saved := l.save("k", "w", 0, typed{hotline.CallFieldClass: "emergency", hotline.CallFieldIncident: "kebakaran"})
	err := l.s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, err := tx.CloseCall(t.Context(), l.op, saved.Call.ID, "")
		return err
	})
	if !errors.Is(err, hotline.ErrCallIncomplete) {
		t.Fatalf("without a place: %v", err)
	}
	l.save("k", "w", 1, typed{hotline.CallFieldArea: "33.20.08", hotline.CallAnswer("luka"): "ada", hotline.CallFieldPoint: "-6.5,110.7"})
	c := l.close(saved.Call.ID, "Kebakaran. Rumah kayu.")
	if c.Case == 0 || c.IsOpen() || c.Caller != 0 {
		t.Fatalf("%+v", c)
	}
	do(t, l.s, monday, func(tx *store.Tx) error {
		k, events, err := tx.CallCase(t.Context(), l.op, c)
		if err != nil {
			return err
		}
		if k.Source != hotline.SourceCall || !k.Urgent || k.Category != "kebakaran" || k.Area != "33.20.08" || k.Status != hotline.Assigned || k.Number.Seq == 0 || k.Reporter != 0 {
			t.Errorf("%+v", k)
		}
		var got []string
		for _, a := range k.Assignments {
			got = append(got, string(a.Part)+" "+a.Unit)
		}
		if want := []string{"lead satpolpp.damkar", "responder dinkes.psc"}; !slices.Equal(got, want) {
			t.Errorf("%v, not %v", got, want)
		}
		sum, err := hotline.Sum(events)
		if err != nil || len(sum.Assignments) != 2 {
			t.Errorf("the events make %+v, %v", sum, err)
		}
		said, err := tx.Said(t.Context(), k.Story)
		if s := said[k.Story]; err != nil || s.Text != "Kebakaran. Rumah kayu." || s.Point == nil {
			t.Errorf("%+v, %v", s, err)
		}
		offers, err := tx.Unoffered(t.Context(), monday, 10)
		if err != nil || len(offers) != 2 {
			t.Errorf("%d wait to be offered, %v", len(offers), err)
		}
		if left, err := tx.Unrouted(t.Context(), 10); err != nil || len(left) > 0 {
			t.Errorf("%d wait to be routed, %v", len(left), err)
		}
		if back, err := tx.CallOfCase(t.Context(), l.op, k.ID); err != nil || back.ID != c.ID {
			t.Errorf("the call of the case: %v", err)
		}
		return nil
	})
	err = l.s.Do(t.Context(), monday, func(tx *store.Tx) error { _, err := tx.CloseCall(t.Context(), l.op, c.ID, ""); return err })
	if !errors.Is(err, hotline.ErrCallClosed) {
		t.Errorf("closed twice: %v", err)
	}
	err = l.s.Do(t.Context(), monday, func(tx *store.Tx) error { _, err := tx.ReopenCall(t.Context(), l.op, c.ID); return err })
	if !errors.Is(err, hotline.ErrCallFiled) {
		t.Errorf("taken out again: %v", err)
	}
	// More is learnt, and more are sent; whoever is there stays.
	do(t, l.s, monday.Add(time.Minute), func(tx *store.Tx) error {
		return errors.Join(tx.SendMore(t.Context(), l.op, c.ID, "bpbd.pusdalops", "dinkes.psc"), tx.AddToCall(t.Context(), l.op, c.ID, "sudah merembet", "33.20.08.2005"))
	})
	do(t, l.s, monday.Add(time.Minute), func(tx *store.Tx) error {
		k, _, err := tx.CallCase(t.Context(), l.op, c)
		if err != nil || len(k.Assignments) != 3 || k.Area != "33.20.08.2005" {
			t.Errorf("%+v, %v", k, err)
		}
		return nil
	})
}

// A matter of a body without a desk: the coordinator is asked who leads, while those the operator sends go at once and once.
func TestWhoIsSentGoesAlsoWhenNobodyLeadsYet(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	id := l.save("k", "w", 0, typed{hotline.CallFieldClass: "emergency", hotline.CallFieldIncident: "kebakaran", hotline.CallFieldLandmark: "entah", hotline.CallFieldUnits: "-"}).Call.ID
	c := l.close(id, "api")
	do(t, l.s, monday, func(tx *store.Tx) error {
		k, _, err := tx.CallCase(t.Context(), l.op, c)
		if err != nil || len(k.Assignments) != 1 || k.Assignments[0].Part != hotline.Lead {
			t.Errorf("nobody was chosen, the lead goes all the same: %+v, %v", k.Assignments, err)
		}
		return nil
	})
}

func TestAComplaintByTelephoneIsRoutedAsAny(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	id := l.save("k", "w", 0, typed{hotline.CallFieldClass: "complaint", hotline.CallFieldText: "lampu mati", hotline.CallFieldCategory: "lampu-jalan", hotline.CallFieldArea: "33.20.08"}).Call.ID
	c := l.close(id, "lampu mati")
	do(t, l.s, monday, func(tx *store.Tx) error {
		left, err := tx.Unrouted(t.Context(), 10)
		if err != nil || len(left) != 1 || left[0].ID != c.Case || left[0].Urgent || left[0].Due.IsZero() {
			t.Errorf("%+v, %v", left, err)
		}
		return nil
	})
	question := l.close(l.save("q", "w", 0, typed{hotline.CallFieldClass: "question", hotline.CallFieldText: "jam buka mpp? jam 8"}).Call.ID, "")
	if question.Case != 0 || question.Ended.IsZero() {
		t.Errorf("a question: %+v", question)
	}
}

func TestACallerWhoAgreesIsToldInChat(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	siti, joko := person(t, l.s, "siti"), person(t, l.s, "joko")
	do(t, l.s, monday, func(tx *store.Tx) error {
		tx.Vouch(siti.Person.ID, "+6281234567890")
		tx.SetName(siti.Person.ID, "Siti")
		tx.SetPhone(joko.Person.ID, "+6281234567891") // only he says so
		return nil
	})
	open := file(t, l.s, siti)
	who := l.caller("0812-3456-7890")
	if who.Person.ID != siti.Person.ID || who.Person.Name != "Siti" || who.Reach != siti.Address.ID || who.Hidden != 1 || len(who.Cases) != 0 {
		t.Errorf("%+v", who)
	}
	do(t, l.s, monday, func(tx *store.Tx) error {
		seen, err := tx.CallerOf(t.Context(), at112(l.op.Person, hotline.RoleCoordinator), "081234567890", 0)
		if err != nil || len(seen.Cases) != 1 || seen.Cases[0].ID != open.ID || seen.Hidden != 0 {
			t.Errorf("the coordinator sees %+v, %v", seen, err)
		}
		return nil
	})
	if who := l.caller("081234567891"); who.Person.ID != 0 {
		t.Errorf("a number that was only typed is somebody's: %+v", who)
	}
	silent := l.close(l.save("a", "w", 0, typed{hotline.CallFieldNumber: "081234567890", hotline.CallFieldClass: "complaint", hotline.CallFieldText: "x"}).Call.ID, "x")
	agreed := l.close(l.save("b", "w", 0, typed{hotline.CallFieldNumber: "081234567890", hotline.CallFieldClass: "complaint", hotline.CallFieldText: "y", hotline.CallFieldAgrees: "1"}).Call.ID, "y")
	do(t, l.s, monday, func(tx *store.Tx) error {
		for _, c := range []hotline.Call{silent, agreed} {
			k, err := tx.Case(t.Context(), c.Case)
			if err != nil {
				return err
			}
			want, told := hotline.PersonID(0), hotline.AddressID(0)
			if c.Agrees {
				want, told = siti.Person.ID, siti.Address.ID
			}
			if k.Reporter != want || k.From != told || c.Caller != siti.Person.ID {
				t.Errorf("agreed %v: reporter %d, news to %d, caller %d", c.Agrees, k.Reporter, k.From, c.Caller)
			}
		}
		return nil
	})
	parcels, err := l.s.Due(t.Context(), siti.Address.Channel, siti.Address.Account, monday, 10)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, p := range parcels {
		if len(p.Out.Reply.Lines) > 0 && p.Out.Reply.Lines[0].Key == "call.filed" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times: %+v", told, parcels)
	}
	if who := l.caller("081234567890"); len(who.Calls) != 2 || who.Calls[0].ID != agreed.ID || who.Pranks != 0 {
		t.Errorf("earlier calls: %+v", who.Calls)
	}
}

func TestPranksProposeABlockThatASupervisorDecides(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	limit := testbed.Jepara().Line.Pranks
	const number = "081299998888"
	for i := range limit {
		if bs := l.blocks(false); len(bs) != 0 {
			t.Fatalf("after %d pranks: %+v", i, bs)
		}
		l.now = l.now.Add(time.Hour)
		l.prank(fmt.Sprint("p", i), number)
		l.prank(fmt.Sprint("none", i), "") // 112 works without a SIM: nobody to block
	}
	bs := l.blocks(false)
	if len(bs) != 1 || !bs[0].Waits() || bs[0].Number != "+6281299998888" || bs[0].Pranks != limit {
		t.Fatalf("%+v", bs)
	}
	l.prank("one more", number)
	if bs := l.blocks(true); len(bs) != 1 {
		t.Errorf("proposed twice: %+v", bs)
	}
	if who := l.caller(number); who.Pranks != limit+1 || who.Block == nil || who.Blocked {
		t.Errorf("%+v", who)
	}
	var confirmed hotline.CallBlock
	do(t, l.s, l.now, func(tx *store.Tx) (err error) {
		if _, err := tx.ConfirmBlock(t.Context(), l.op, bs[0].ID); !errors.Is(err, hotline.ErrCallUnseen) {
			t.Errorf("an operator confirmed: %v", err)
		}
		confirmed, err = tx.ConfirmBlock(t.Context(), l.sup, bs[0].ID)
		return err
	})
	if !confirmed.Until.Equal(l.now.Add(24*time.Hour)) || confirmed.By != l.sup.Person {
		t.Errorf("%+v", confirmed)
	}
	// The number comes through all the same: logged, and said so.
	c := l.save("through", "w", 0, typed{hotline.CallFieldNumber: number}).Call
	if !c.Blocked || !l.call(c.ID).Blocked {
		t.Errorf("%+v", c)
	}
	if who := l.caller(number); !who.Blocked || who.Block.ID != confirmed.ID {
		t.Errorf("%+v", who)
	}
	l.close(l.save("through", "w", 1, typed{hotline.CallFieldClass: "prank"}).Call.ID, "")
	do(t, l.s, l.now, func(tx *store.Tx) error {
		if _, err := tx.UndoBlock(t.Context(), l.op, confirmed.ID); !errors.Is(err, hotline.ErrCallUnseen) {
			t.Errorf("an operator undid: %v", err)
		}
		_, err := tx.UndoBlock(t.Context(), l.sup, confirmed.ID)
		return err
	})
	if bs := l.blocks(false); len(bs) != 0 {
		t.Errorf("undone and still there: %+v", bs)
	}
	// Pardoned: the next prank counts from one again.
	l.now = l.now.Add(time.Hour)
	l.prank("after", number)
	if bs := l.blocks(false); len(bs) != 0 {
		t.Errorf("proposed again at once: %+v", bs)
	}
	for i := range limit - 1 {
		l.prank(fmt.Sprint("again", i), number)
	}
	if bs := l.blocks(true); len(bs) != 2 || !bs[0].Waits() || bs[0].Pranks != limit {
		t.Errorf("%+v", bs)
	}
	do(t, l.s, l.now, func(tx *store.Tx) error {
		audits, err := tx.Audits(t.Context(), hotline.AuditQuery{By: l.sup.Person, Limit: 9})
		if err != nil || len(audits) != 2 || audits[0].Act != hotline.ActUnblocked || audits[1].Act != hotline.ActBlocked {
			t.Errorf("%+v, %v", audits, err)
		}
		_, err = tx.ConfirmBlock(t.Context(), l.sup, 99999)
		if !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("no such block: %v", err)
		}
		return nil
	})
}

// Pranks of one number closed at once by many propose one block.
func TestManyPranksAtOnceProposeOneBlock(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			err := l.s.Do(t.Context(), monday, func(tx *store.Tx) error {
				saved, err := tx.SaveCall(t.Context(), l.op, hotline.CallSave{Key: fmt.Sprint("p", i), Writer: "w", Fields: typed{hotline.CallFieldNumber: "081299998888", hotline.CallFieldClass: "prank"}})
				if err != nil {
					return err
				}
				_, err = tx.CloseCall(t.Context(), l.op, saved.Call.ID, "")
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if bs := l.blocks(true); len(bs) != 1 || bs[0].Pranks != testbed.Jepara().Line.Pranks {
		t.Errorf("%+v", bs)
	}
}

func TestARecordIsTakenOutAgainHeldAndRemarked(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	c := l.prank("k", "081299998888")
	do(t, l.s, monday, func(tx *store.Tx) error {
		ctx := t.Context()
		if _, err := tx.HoldCall(ctx, l.sup, c.ID); !errors.Is(err, hotline.ErrCallClosed) {
			t.Errorf("a closed one held: %v", err)
		}
		if _, err := tx.ReopenCall(ctx, l.op, c.ID); err != nil {
			return err
		}
		if _, err := tx.ReopenCall(ctx, l.op, c.ID); !errors.Is(err, hotline.ErrCallOpen) {
			t.Errorf("an open one taken out: %v", err)
		}
		held, err := tx.HoldCall(ctx, l.sup, c.ID)
		if err != nil || held.Holder != l.sup.Person || held.Operator != l.op.Person {
			t.Errorf("%+v, %v", held, err)
		}
		if err := errors.Join(tx.NoteCall(ctx, l.op, c.ID, "anak kecil"), tx.NoteCall(ctx, l.sup, c.ID, "sudah diingatkan")); err != nil {
			return err
		}
		notes, err := tx.CallNotes(ctx, l.op, c.ID)
		if err != nil || len(notes) != 2 || notes[0].Text != "anak kecil" || notes[1].By != l.sup.Person {
			t.Errorf("%+v, %v", notes, err)
		}
		return nil
	})
	if who := l.caller("081299998888"); who.Pranks != 0 {
		t.Errorf("an open one counts: %+v", who)
	}
}

func TestCallsAreListedByWhenTheyTrulyWere(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	l.prank("a", "")
	l.now = monday.Add(time.Minute)
	l.close(l.save("q", "w", 0, typed{hotline.CallFieldClass: "question", hotline.CallFieldText: "x"}).Call.ID, "")
	l.now = monday.Add(2 * time.Minute)
	running := l.save("open", "w", 0, typed{hotline.CallFieldText: "sebentar"}).Call
	yesterday := monday.AddDate(0, 0, -1)
	paper := l.close(l.save("paper", "w", 0, typed{hotline.CallFieldPaper: "1", hotline.CallFieldAnswered: yesterday.UTC().Format(time.RFC3339), hotline.CallFieldClass: "silent"}).Call.ID, "")
	do(t, l.s, l.now, func(tx *store.Tx) error {
		ctx := t.Context()
		today, err := tx.CallsBetween(ctx, l.op, monday, monday.AddDate(0, 0, 1), "", 50)
		if err != nil || len(today) != 3 || today[0].ID != running.ID {
			t.Errorf("today: %+v, %v", today, err)
		}
		pranks, err := tx.CallsBetween(ctx, l.op, monday, monday.AddDate(0, 0, 1), hotline.CallPrank, 50)
		if err != nil || len(pranks) != 1 || pranks[0].Class != hotline.CallPrank {
			t.Errorf("pranks: %+v, %v", pranks, err)
		}
		before, err := tx.CallsBetween(ctx, l.op, yesterday, monday, "", 50)
		if err != nil || len(before) != 1 || before[0].ID != paper.ID || !before[0].Ended.IsZero() {
			t.Errorf("yesterday: %+v, %v", before, err)
		}
		openCalls, err := tx.OpenCalls(ctx, l.op, 50)
		if err != nil || len(openCalls) != 1 || openCalls[0].ID != running.ID {
			t.Errorf("open: %+v, %v", openCalls, err)
		}
		counts, err := tx.CallCounts(ctx, l.op, monday, monday.AddDate(0, 0, 1))
		got := map[hotline.CallClass]int{}
		for _, c := range counts {
			got[c.Class] = c.N
		}
		if err != nil || got[hotline.CallPrank] != 1 || got[hotline.CallQuestion] != 1 || got[""] != 1 || got[hotline.CallSilent] != 0 || len(counts) != 9 {
			t.Errorf("counts: %+v, %v", counts, err)
		}
		if _, err := tx.Call(ctx, l.op, 1<<40); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("no such call: %v", err)
		}
		if c, err := tx.CallByKey(ctx, l.op, "open"); err != nil || c.ID != running.ID {
			t.Errorf("by key: %v", err)
		}
		return nil
	})
}

func TestTheExchangeReportsACallOnceHoweverOftenItSaysSo(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	report := func(state hotline.ExchangeState, after time.Duration) (c hotline.Call, changed bool) {
		do(t, l.s, monday, func(tx *store.Tx) (err error) {
			c, changed, err = tx.ReportCall(t.Context(), hotline.ExchangeReport{Call: "trunk-7/42", State: state, At: monday.Add(after), Number: "0812-9999-8888"})
			return err
		})
		return c, changed
	}
	c, changed := report(hotline.ExchangeRinging, 0)
	if !changed || c.Number != "+6281299998888" || c.Operator != 0 || !c.Rang.Equal(monday) {
		t.Fatalf("%+v", c)
	}
	if again, changed := report(hotline.ExchangeRinging, 0); changed || again.ID != c.ID {
		t.Error("the same report changed something")
	}
	// An operator answers it: it is theirs from the first key.
	saved := l.save(c.Key, "w", 0, typed{hotline.CallFieldClass: "prank"})
	if saved.Call.ID != c.ID || saved.Call.Operator != l.op.Person {
		t.Errorf("%+v", saved.Call)
	}
	report(hotline.ExchangeAnswered, 4*time.Second)
	closed := l.close(c.ID, "")
	late, changed := report(hotline.ExchangeEnded, time.Minute)
	if !changed || !late.Ended.Equal(monday.Add(time.Minute)) || closed.Number != "+6281299998888" {
		t.Errorf("the end came after the record was closed: %+v", late)
	}
	if read := l.call(c.ID); !read.Answered.Equal(monday.Add(4*time.Second)) || !read.Ended.Equal(monday.Add(time.Minute)) || read.Exchange != "trunk-7/42" {
		t.Errorf("%+v", read)
	}
	err := l.s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, _, err := tx.ReportCall(t.Context(), hotline.ExchangeReport{Call: "x", State: "busy", At: monday})
		return err
	})
	if !errors.Is(err, hotline.ErrCallValue) {
		t.Errorf("a state that is none: %v", err)
	}
}

func TestSomebodysCallsAreTheirDataAndGoWithIt(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	siti, joko := person(t, l.s, "siti"), person(t, l.s, "joko")
	do(t, l.s, monday, func(tx *store.Tx) error {
		tx.Vouch(siti.Person.ID, "+6281234567890")
		tx.SetPhone(joko.Person.ID, "+6281234567890") // he claims her number: her calls are none of his
		return nil
	})
	c := l.close(l.save("k", "w", 0, typed{hotline.CallFieldNumber: "081234567890", hotline.CallFieldClass: "complaint", hotline.CallFieldText: "rahasia siti",
		hotline.CallFieldLandmark: "rumah siti", hotline.CallAnswer("apa"): "x", hotline.CallFieldPoint: "-6.5,110.6"}).Call.ID, "rahasia siti di rumah siti")
	other := l.close(l.save("o", "w", 0, typed{hotline.CallFieldNumber: "081200000001", hotline.CallFieldClass: "question", hotline.CallFieldText: "orang lain"}).Call.ID, "")
	do(t, l.s, monday, func(tx *store.Tx) error { return tx.NoteCall(t.Context(), l.op, c.ID, "suaranya gemetar") })
	for i := range 3 {
		l.prank(fmt.Sprint("p", i), "081234567890")
	}
	do(t, l.s, monday, func(tx *store.Tx) error {
		d, err := tx.DataOf(t.Context(), siti.Person.ID)
		if err != nil || len(d.Calls) != 4 || d.Calls[0].Text != "rahasia siti" {
			t.Errorf("her data: %+v, %v", d.Calls, err)
		}
		if d, err := tx.DataOf(t.Context(), joko.Person.ID); err != nil || len(d.Calls) != 0 {
			t.Errorf("his data: %+v, %v", d.Calls, err)
		}
		return nil
	})
	erase := func(p hotline.Conversation) {
		do(t, l.s, monday, func(tx *store.Tx) error {
			q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: p.Person.ID, From: p.Address.ID, Due: monday.AddDate(0, 0, 3)})
			if err != nil {
				return err
			}
			return tx.DecideErasure(t.Context(), q.ID, l.sup.Person, "")
		})
	}
	erase(joko)
	if l.call(c.ID).Erased {
		t.Fatal("who claims a number erases its calls")
	}
	erase(siti)
	read := l.call(c.ID)
	if !read.Erased || read.Text+read.Number+read.Landmark != "" || read.Point != nil || len(read.Answers) > 0 || read.Class != hotline.CallComplaint || read.Case != c.Case {
		t.Errorf("%+v", read)
	}
	if still := l.call(other.ID); still.Text != "orang lain" {
		t.Errorf("somebody else's: %+v", still)
	}
	do(t, l.s, monday, func(tx *store.Tx) error {
		k, events, err := tx.CallCase(t.Context(), l.op, read)
		if err != nil {
			return err
		}
		said, err := tx.Said(t.Context(), k.Story)
		if err != nil || !said[k.Story].Erased || said[k.Story].Text != "" || events[len(events)-1].Kind != hotline.EvErased {
			t.Errorf("%+v, %v, %v", said, events[len(events)-1], err)
		}
		notes, err := tx.CallNotes(t.Context(), l.op, c.ID)
		if err != nil || len(notes) != 1 || notes[0].Text != "" {
			t.Errorf("%+v, %v", notes, err)
		}
		if err := tx.NoteCall(t.Context(), l.op, c.ID, "x"); !errors.Is(err, hotline.ErrCallClosed) {
			t.Errorf("a note on what was erased: %v", err)
		}
		return nil
	})
	if bs := l.blocks(true); len(bs) != 0 {
		t.Errorf("a proposal outlives the erasure: %+v", bs)
	}
	if who := l.caller("081234567890"); who.Person.ID != 0 || len(who.Calls) != 0 || who.Pranks != 0 {
		t.Errorf("%+v", who)
	}
	// A call of that number afterwards is a new one, and is kept.
	if again := l.prank("later", "081234567890"); l.call(again.ID).Number == "" {
		t.Error("a new call is not kept")
	}
}

func TestCallersNumbersAreSealedAnew(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	old := testbed.StoreAt(t, dsn)
	l := &line{t: t, s: old, now: monday, op: at112(person(t, old, "operator").Person.ID, hotline.RoleOperator)}
	for i := range 3 {
		l.prank(fmt.Sprint(i), "081299998888")
	}
	var raw int
	if err := old.Pool().QueryRow(t.Context(), `select count(*)::int from call_contents where position('81299998888'::bytea in number) > 0`).Scan(&raw); err != nil || raw != 0 {
		t.Errorf("%d numbers stand there unsealed, %v", raw, err)
	}
	old.Close()
	key := slices.Repeat([]byte{7}, 32)
	s, err := store.Open(t.Context(), store.Options{URL: dsn, Key: key, OldKeys: [][]byte{testbed.Key}, Rekey: true, Regency: testbed.Jepara(), Conns: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Rekey(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s, err = store.Open(t.Context(), store.Options{URL: dsn, Key: key, Regency: testbed.Jepara(), Conns: 4}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	l.s = s
	if who := l.caller("081299998888"); who.Pranks != 3 || len(who.Calls) != 3 || who.Calls[0].Number != "+6281299998888" || who.Block == nil || who.Block.Number != "+6281299998888" {
		t.Errorf("%+v", who)
	}
}
