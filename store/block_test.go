package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// block blocks the reporter of a case for thirty days.
func (d desk) block(id hotline.CaseID, b hotline.Block) (made hotline.Block, err error) {
	d.t.Helper()
	if b.Reason == "" {
		b.Reason = hotline.BlockAbuse
	}
	if b.Until.IsZero() {
		b.Until = hotline.BlockUntil(monday, hotline.BlockDays)
	}
	err = d.s.Do(d.t.Context(), monday, func(tx *store.Tx) (err error) {
		made, err = tx.BlockReporter(d.t.Context(), d.v, id, b)
		return err
	})
	return made, err
}

func (d desk) lift(id hotline.BlockID, at time.Time) error {
	d.t.Helper()
	return d.s.Do(d.t.Context(), at, func(tx *store.Tx) error {
		_, err := tx.LiftBlock(d.t.Context(), d.v, id, hotline.LiftEnough)
		return err
	})
}

// blocked lists who is blocked, as a coordinator sees it at a time.
func (d desk) blocked(at time.Time) (list []hotline.BlockedPerson) {
	d.t.Helper()
	do(d.t, d.s, at, func(tx *store.Tx) (err error) {
		list, err = tx.BlockedPeople(d.t.Context(), d.v, 100)
		return err
	})
	return list
}

func (d desk) audits(act hotline.Act) (rows []hotline.Audit) {
	d.t.Helper()
	do(d.t, d.s, monday, func(tx *store.Tx) (err error) {
		rows, err = tx.Audits(d.t.Context(), hotline.AuditQuery{Act: act, Limit: 10})
		return err
	})
	return rows
}

// A block reaches whoever is joined with the person, on their next message, and those who are parted again no more; it is told, kept in the record with who
// and why, listed, and lifted.
func TestABlockIsThePersonsOnEveryNetwork(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	siti, wa := again(t, s, hotline.Telegram, "siti"), again(t, s, hotline.WhatsApp, "99@lid")
	do(t, s, monday, func(tx *store.Tx) error { tx.SetName(siti.Person.ID, "Siti"); return nil })
	c := file(t, s, siti)
	joined(t, s, siti, wa)
	b, err := d.block(c.ID, hotline.Block{Words: "Tolong yang sopan."})
	if err != nil {
		t.Fatal(err)
	}
	for _, peer := range []hotline.Address{{Channel: hotline.Telegram, Peer: "siti"}, {Channel: hotline.WhatsApp, Peer: "99@lid"}} {
		got := again(t, s, peer.Channel, peer.Peer).Block
		if got == nil || got.ID != b.ID || got.Person != siti.Person.ID || got.Words != "Tolong yang sopan." || got.Reason != hotline.BlockAbuse || !got.Until.Equal(b.Until) {
			t.Errorf("%s writes and is blocked by %+v", peer.Peer, got)
		}
	}
	if n := said(t, s, "block.is"); n != 1 {
		t.Errorf("told %d times", n)
	}
	if rows := d.audits(hotline.ActBlocked); len(rows) != 1 || rows[0].By != d.v.Person || rows[0].Person != siti.Person.ID || rows[0].Case != c.ID ||
		rows[0].Detail != "abuse until 2026-12-23" {
		t.Errorf("the record has %+v", rows)
	}
	if list := d.blocked(monday); len(list) != 1 || list[0].Name != "Siti" || list[0].By != "Nama koordinator" || !list[0].Block.Holds(monday) {
		t.Errorf("the list has %+v", list)
	}
	if _, err := d.block(c.ID, hotline.Block{}); !errors.Is(err, hotline.ErrBlockTwice) {
		t.Errorf("blocked twice: %v", err)
	}
	if err := part(t, s, wa.Person.ID); err != nil {
		t.Fatal(err)
	}
	if got := again(t, s, hotline.WhatsApp, "99@lid").Block; got != nil {
		t.Errorf("who was parted is blocked by %+v", got)
	}
	if err := d.lift(b.ID, monday.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := d.lift(b.ID, monday.Add(time.Hour)); !errors.Is(err, hotline.ErrBlockOver) {
		t.Errorf("lifted twice: %v", err)
	}
	if got := again(t, s, hotline.Telegram, "siti").Block; got != nil {
		t.Errorf("a lifted block holds: %+v", got)
	}
	if rows := d.audits(hotline.ActUnblocked); len(rows) != 1 || rows[0].Detail != "enough" || said(t, s, "block.lifted") != 1 {
		t.Errorf("lifted: %+v", rows)
	}
}

// It ends by itself, and then the person can be blocked again; nobody but a coordinator may, nor for more than a year, nor without a reason.
func TestABlockEndsByItself(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	siti := person(t, s, "siti")
	id := fileAs(t, s, siti, monday, nil)
	for _, tt := range []struct {
		b    hotline.Block
		want error
	}{
		{hotline.Block{Reason: "rude"}, hotline.ErrBlockReason},
		{hotline.Block{Reason: hotline.BlockOther}, hotline.ErrBlockWords},
		{hotline.Block{Until: monday.AddDate(1, 0, 1)}, hotline.ErrBlockUntil},
	} {
		if _, err := d.block(id, tt.b); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v", tt.b, err)
		}
	}
	budi := desk{t, s, staffAt(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")}
	assign(t, s, id, "dpupr.jalan", hotline.Lead)
	if _, err := budi.block(id, hotline.Block{}); !errors.Is(err, hotline.ErrForbidden) {
		t.Errorf("an officer blocks: %v", err)
	}
	b, err := d.block(id, hotline.Block{Until: monday.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Do(t.Context(), monday.Add(time.Hour), func(tx *store.Tx) error {
		_, err := tx.BlockOn(t.Context(), d.v, id)
		return err
	})
	if !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("it holds at its end: %v", err)
	}
	if err := d.lift(b.ID, monday.Add(time.Hour)); !errors.Is(err, hotline.ErrBlockOver) {
		t.Errorf("lifted after its end: %v", err)
	}
	if list := d.blocked(monday.Add(2 * time.Hour)); len(list) != 1 || list[0].Block.Holds(monday.Add(2*time.Hour)) {
		t.Errorf("after its end the list has %+v", list)
	}
	if list := d.blocked(monday.AddDate(0, 2, 0)); len(list) != 0 {
		t.Errorf("two months later the list has %+v", list)
	}
}

// Whoever works for the service is not blocked. Of a case without a name that is not said: the block is kept, has no effect and tells nobody anything; and
// whose it is stays unknown, on every other page too.
func TestABlockTellsNobodyWhoReported(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	nameless := func(f *hotline.Filing) { f.Privacy = hotline.Anonymous }
	officer, siti := person(t, s, "officer"), person(t, s, "siti")
	do(t, s, monday, func(tx *store.Tx) error { tx.SetName(siti.Person.ID, "Siti"); return nil })
	grant(t, s, officer.Person.ID, hotline.RoleOfficer, "dpupr.jalan")
	if _, err := d.block(fileAs(t, s, officer, monday, nil), hotline.Block{}); !errors.Is(err, hotline.ErrBlockStaff) {
		t.Errorf("an officer is blocked: %v", err)
	}
	if _, err := d.block(fileAs(t, s, officer, monday, nameless), hotline.Block{}); err != nil {
		t.Errorf("an officer without a name: %v", err)
	}
	if n := said(t, s, "block.is"); n != 0 {
		t.Errorf("told %d times", n)
	}
	if b := again(t, s, hotline.Telegram, "officer"); b.Block == nil || b.Block.Bars(b.Viewer, monday.Add(time.Hour)) {
		t.Errorf("an officer is kept from filing: %+v", b.Block)
	}

	first, second, named := fileAs(t, s, siti, monday, nameless), fileAs(t, s, siti, monday, nameless), fileAs(t, s, siti, monday, nil)
	hidden, err := d.block(first, hotline.Block{})
	if err != nil {
		t.Fatal(err)
	}
	on := func(id hotline.CaseID) (b hotline.Block, err error) {
		err = s.Do(t.Context(), monday, func(tx *store.Tx) (err error) { b, err = tx.BlockOn(t.Context(), d.v, id); return err })
		return b, err
	}
	if b, err := on(first); err != nil || b.ID != hidden.ID {
		t.Errorf("of its own case: %+v, %v", b, err)
	}
	for _, other := range []hotline.CaseID{second, named} {
		if b, err := on(other); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("another case of theirs tells of the block: %+v, %v", b, err)
		}
		if _, err := d.block(other, hotline.Block{}); err != nil {
			t.Errorf("blocking through another case tells that they are one: %v", err)
		}
	}
	for _, p := range d.blocked(monday) {
		if known := p.Case.ID == named; (p.Name == "Siti") != known || (p.Block.Person != 0) != known {
			t.Errorf("the list says %q (%d) of %v", p.Name, p.Block.Person, p.Case.Number)
		}
	}
	for _, a := range d.audits(hotline.ActBlocked) {
		if (a.Person != 0) != (a.Case == named) {
			t.Errorf("the record names %d of case %d", a.Person, a.Case)
		}
	}
	err = s.Do(t.Context(), monday, func(tx *store.Tx) error {
		tx.KeepBlocked(hidden, siti.Person.ID, hotline.Content{Text: "rumah saya di ujung gang"})
		_, _, err := tx.BlockedSaid(t.Context(), d.v, hidden.ID, 10)
		return err
	})
	if !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("what somebody without a name wrote is shown: %v", err)
	}
	// Lifted, they still may not file by the others: so nothing says that they may.
	if err := d.lift(hidden.ID, monday); err != nil || said(t, s, "block.lifted") != 0 {
		t.Errorf("told that it is over while another holds: %v", err)
	}
}

// What a blocked person wrote is kept, theirs to see, and goes with an erasure; the bare block stays until its end, with no word.
func TestAnErasureLeavesTheBareBlock(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	siti := again(t, s, hotline.Telegram, "siti")
	b, err := d.block(file(t, s, siti).ID, hotline.Block{Words: "Anda memaki Bu Dewi."})
	if err != nil {
		t.Fatal(err)
	}
	do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error {
		tx.KeepBlocked(b, siti.Person.ID, hotline.Content{Text: "lampu mati di gang kami", Point: &hotline.Point{Lat: -6.6, Lng: 110.7}, Media: []hotline.MediaID{7}})
		return nil
	})
	do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error {
		data, err := tx.DataOf(t.Context(), siti.Person.ID)
		if err != nil {
			return err
		}
		if len(data.Blocks) != 1 || len(data.Barred) != 1 || data.Barred[0].Text != "lampu mati di gang kami" || data.Barred[0].Point == nil || len(data.Barred[0].Media) != 1 {
			t.Errorf("their data: %+v, %+v", data.Blocks, data.Barred)
		}
		who, kept, err := tx.BlockedSaid(t.Context(), d.v, b.ID, 10)
		if err == nil && (len(kept) != 1 || who.Block.ID != b.ID) {
			t.Errorf("kept: %+v of %+v", kept, who)
		}
		return err
	})
	do(t, s, monday.Add(2*time.Hour), func(tx *store.Tx) error {
		q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: siti.Person.ID, From: siti.Address.ID, Due: monday})
		if err != nil {
			return err
		}
		return tx.DecideErasure(t.Context(), q.ID, d.v.Person, "")
	})
	got := again(t, s, hotline.Telegram, "siti").Block
	if got == nil || got.ID != b.ID || got.Words != "" {
		t.Errorf("after an erasure the block is %+v", got)
	}
	var rows string
	if err := s.Pool().QueryRow(t.Context(), `
		select coalesce((select string_agg(x::text, ' ') from person_block_said x), '') || coalesce((select string_agg(b::text, ' ') from person_blocks b), '')`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(rows, "lampu") || strings.Contains(rows, "Dewi") {
		t.Errorf("what is left: %s", rows)
	}
}

// What was written while blocked goes a month after the block is over, and with it the block of somebody who was erased meanwhile; what holds stays.
func TestWhatWasWrittenWhileBlockedIsPruned(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	long, erased, now := person(t, s, "long"), person(t, s, "erased"), person(t, s, "now")
	for _, p := range []hotline.Conversation{long, erased, now} {
		b, err := d.block(file(t, s, p).ID, hotline.Block{})
		if err != nil {
			t.Fatal(err)
		}
		do(t, s, monday, func(tx *store.Tx) error {
			tx.KeepBlocked(b, p.Person.ID, hotline.Content{Text: "tulisan"})
			return nil
		})
	}
	if _, err := s.Pool().Exec(t.Context(), `
		update person_blocks set until = case when person_id = $1 then clock_timestamp() + interval '1 day' else clock_timestamp() - interval '31 days' end`,
		now.Person.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(t.Context(), `update persons set erased_at = clock_timestamp() where id = $1`, erased.Person.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	var blocks, texts int
	if err := s.Pool().QueryRow(t.Context(), `select (select count(*) from person_blocks), (select count(*) from person_block_said)`).Scan(&blocks, &texts); err != nil {
		t.Fatal(err)
	}
	if blocks != 2 || texts != 1 {
		t.Errorf("left: %d blocks, %d messages", blocks, texts)
	}
}
