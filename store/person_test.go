package store_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

func enrol(t *testing.T, s *store.Store, now time.Time, code string, p hotline.PersonID) (hotline.Role, error) {
	t.Helper()
	var role hotline.Role
	var outcome error
	do(t, s, now, func(tx *store.Tx) error {
		role, outcome = tx.Enrol(t.Context(), code, p)
		return nil
	})
	return role, outcome
}

func TestACodeEnrolsOnce(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	budi, agus := person(t, s, "budi"), person(t, s, "agus")
	code, err := s.NewInvite(t.Context(), monday, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dpupr.jalan", Name: "Budi", Expires: monday.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	role, err := enrol(t, s, monday, " "+code[:4]+"-"+code[4:], budi.Person.ID)
	if err != nil || role.Unit != "dpupr.jalan" || role.Name != hotline.RoleOfficer || !role.OnDuty {
		t.Fatalf("%+v, %v", role, err)
	}
	if _, err := enrol(t, s, monday, code, agus.Person.ID); !errors.Is(err, hotline.ErrCode) {
		t.Fatalf("the code worked twice: %v", err)
	}
	late, err := s.NewInvite(t.Context(), monday, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dlh", Expires: monday.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enrol(t, s, monday.Add(time.Hour), late, agus.Person.ID); !errors.Is(err, hotline.ErrCode) {
		t.Fatalf("an expired code worked: %v", err)
	}
	put(t, s, raw("budi", "next", "x"))
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		if v := turn.Conversation; v.Person.Name != "Budi" || len(v.Viewer.Roles) != 1 || v.Viewer.Roles[0].Unit != "dpupr.jalan" {
			t.Errorf("the next turn sees %+v", v)
		}
		return nil
	})
}

func TestFiveWrongCodesLockForAnHour(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	p := person(t, s, "x").Person.ID
	code, err := s.NewInvite(t.Context(), monday, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dlh", Expires: monday.Add(24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := enrol(t, s, monday, "WRONGONE", p); !errors.Is(err, hotline.ErrCode) {
			t.Fatal(err)
		}
	}
	if _, err := enrol(t, s, monday.Add(59*time.Minute), code, p); !errors.Is(err, hotline.ErrLocked) {
		t.Fatalf("the sixth try: %v", err)
	}
	if _, err := enrol(t, s, monday.Add(61*time.Minute), code, p); err != nil {
		t.Fatalf("after an hour: %v", err)
	}
}

func TestARoleEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	budi := person(t, s, "budi").Person.ID
	code, err := s.NewInvite(t.Context(), monday, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dlh", Expires: monday.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := enrol(t, s, monday, code, budi); err != nil {
		t.Fatal(err)
	}
	people := func() (n int) {
		do(t, s, monday.Add(time.Minute), func(tx *store.Tx) error {
			all, err := tx.People(t.Context(), []string{"dlh"}, hotline.RoleOfficer, hotline.RoleHead)
			n = len(all)
			return err
		})
		return n
	}
	if people() != 1 {
		t.Fatal("not there")
	}
	do(t, s, monday.Add(time.Minute), func(tx *store.Tx) error { tx.EndRole(budi, hotline.RoleOfficer, "dlh"); return nil })
	if people() != 0 {
		t.Fatal("still there")
	}
}

func TestNothingOfAPersonStandsOpenInTheDatabase(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti").Person.ID
	do(t, s, monday, func(tx *store.Tx) error {
		tx.SetName(siti, "Siti Aminah")
		tx.SetPhone(siti, "+6281234567890")
		tx.SetLanguage(siti, hotline.Javanese)
		return nil
	})
	var name, phone, hash []byte
	if err := s.Pool().QueryRow(t.Context(), `select name, phone, phone_hash from person_details where person_id = $1`, siti).Scan(&name, &phone, &hash); err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{name, phone, hash} {
		if len(b) == 0 || bytes.Contains(b, []byte("Siti")) || bytes.Contains(b, []byte("81234567890")) {
			t.Fatalf("kept as %q", b)
		}
	}
	do(t, s, monday, func(tx *store.Tx) error {
		p, err := tx.Person(t.Context(), siti)
		want := hotline.Person{ID: siti, Language: hotline.Javanese, Name: "Siti Aminah", Phone: "+6281234567890"}
		if diff := cmp.Diff(want, p); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

func TestErasureRemovesTheContentAndLeavesTheFact(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, budi, rina := person(t, s, "siti"), person(t, s, "budi"), person(t, s, "rina")
	var photo hotline.MediaID
	put(t, s, raw("siti", "photo", "x"))
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		photo = turn.Attach(hotline.Media{Kind: hotline.Photo, Ref: "file", Name: "siti.jpg"})
		f := filing(siti)
		f.Story.Media = []hotline.MediaID{photo}
		turn.File(f)
		turn.SetName(siti.Person.ID, "Siti")
		return nil
	})
	if err := s.SaveMedia(t.Context(), photo, "image/jpeg", []byte("the whole picture"), []byte("the clean picture")); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Attachment(t.Context(), photo); err != nil || string(a.Data) != "the clean picture" || a.Name != "photo.jpg" {
		t.Fatalf("%+v, %v", a, err)
	}
	var c hotline.Case
	do(t, s, monday, func(tx *store.Tx) error {
		cs, err := tx.CasesOf(t.Context(), siti.Person.ID, 1)
		if err != nil {
			return err
		}
		c, err = tx.Record(cs[0], hotline.Event{Kind: hotline.EvNoted, By: budi.Person.ID}, hotline.Content{Text: "catatan petugas"})
		return err
	})
	var q hotline.ErasureRequest
	do(t, s, monday, func(tx *store.Tx) error {
		d, err := tx.DataOf(t.Context(), siti.Person.ID)
		if err != nil {
			return err
		}
		if d.Person.Name != "Siti" || len(d.Cases) != 1 || len(d.Said) != 1 || d.Media != 1 || len(d.Addresses) != 1 {
			t.Errorf("kept: %+v", d)
		}
		q, err = tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: siti.Person.ID, From: siti.Address.ID, Due: monday.Add(72 * time.Hour)})
		if err != nil {
			return err
		}
		again, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: siti.Person.ID, From: siti.Address.ID, Due: monday.Add(99 * time.Hour)})
		if again.ID != q.ID || !again.Due.Equal(q.Due) {
			t.Errorf("asked twice: %+v, %+v", q, again)
		}
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error { return tx.DecideErasure(t.Context(), q.ID, rina.Person.ID, "") })
	do(t, s, monday, func(tx *store.Tx) error {
		d, err := tx.DataOf(t.Context(), siti.Person.ID)
		if err != nil {
			return err
		}
		if d.Person.Name != "" || len(d.Said) != 0 || len(d.Cases) != 1 {
			t.Errorf("still kept: %+v", d)
		}
		events, said, err := tx.History(t.Context(), c.ID)
		if err != nil {
			return err
		}
		if len(events) != 3 || events[2].Kind != hotline.EvErased || !said[c.Story].Erased || said[c.Story].Text != "" || said[c.Story].Point != nil {
			t.Errorf("history: %+v, story %+v", events, said[c.Story])
		}
		if said[events[1].Content].Text != "catatan petugas" {
			t.Error("what the officer wrote went with it")
		}
		if err := tx.DecideErasure(t.Context(), q.ID, rina.Person.ID, ""); !errors.Is(err, store.ErrDecided) {
			t.Errorf("decided twice: %v", err)
		}
		return nil
	})
	if _, err := s.Attachment(t.Context(), photo); !errors.Is(err, hotline.ErrNotFound) {
		t.Fatalf("the photo is still there: %v", err)
	}
	// One that was under way when the erasure was decided leaves nothing behind when it comes.
	if err := s.SaveMedia(t.Context(), photo, "image/jpeg", []byte("the late picture"), []byte("the late picture")); err != nil {
		t.Fatal(err)
	}
	// What an officer said in office is the office's, whatever they ask for themselves.
	do(t, s, monday, func(tx *store.Tx) error {
		q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: budi.Person.ID, From: budi.Address.ID, Due: monday})
		if err != nil {
			return err
		}
		return tx.DecideErasure(t.Context(), q.ID, rina.Person.ID, "")
	})
	do(t, s, monday, func(tx *store.Tx) error {
		events, said, err := tx.History(t.Context(), c.ID)
		if err == nil && said[events[1].Content].Text != "catatan petugas" {
			t.Error("an officer's erasure took what was said in office")
		}
		return err
	})
	var chunks int
	if err := s.Pool().QueryRow(t.Context(), `select count(*) from blob_chunks`).Scan(&chunks); err != nil || chunks != 0 {
		t.Fatalf("%d chunks left, %v", chunks, err)
	}
}

func TestALeaseHasOneHolder(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	take := func(who string, length time.Duration, alive func(string) bool) bool {
		t.Helper()
		got, err := s.Lease(t.Context(), "telegram/42", who, length, alive)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	lives := func(string) bool { return true }
	if !take("a", time.Hour, lives) || take("b", time.Hour, lives) || !take("a", time.Hour, lives) {
		t.Fatal("two holders, or none")
	}
	if !take("b", time.Hour, func(holder string) bool { return holder != "a" }) {
		t.Fatal("what a dead holder left is not taken")
	}
	if take("a", time.Hour, nil) {
		t.Fatal("the deposed holder got it back")
	}
	if err := s.Unlease(t.Context(), "telegram/42", "b"); err != nil {
		t.Fatal(err)
	}
	if !take("c", -time.Second, lives) || !take("d", time.Hour, lives) {
		t.Fatal("a lease that ran out, or was let go, is not taken")
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	testbed.StoreAt(t, dsn)
	other := bytes.Repeat([]byte{7}, 32)
	if _, err := store.Open(t.Context(), store.Options{URL: dsn, Key: other, Regency: testbed.Jepara()}); err == nil {
		t.Fatal("opened with another key")
	}
	if _, err := store.Open(t.Context(), store.Options{URL: dsn, Key: other[:31], Regency: testbed.Jepara()}); err == nil {
		t.Fatal("opened with a short key")
	}
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	s := testbed.StoreAt(t, dsn)
	if _, err := s.Pool().Exec(t.Context(), `insert into goose_db_version (version_id, is_applied) values (99999, true)`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Options{URL: dsn, Key: testbed.Key, Regency: testbed.Jepara()}); !errors.Is(err, store.ErrNewer) {
		t.Fatalf("a newer database: %v", err)
	}
}
