package store_test

import (
	"errors"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// A code that was sent to the wrong telephone can be found without the code and taken back; the others stay good.
func TestInvitationsAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	budi := person(t, s, "budi").Person.ID
	var codes []string
	for i, in := range []hotline.Invite{
		{Role: hotline.RoleOfficer, Unit: "dpupr.jalan", Name: "Budi Santoso", Expires: monday.Add(48 * time.Hour)},
		{Role: hotline.RoleHead, Unit: "dlh", Name: "Wati", Expires: monday.Add(24 * time.Hour)},
		{Role: hotline.RoleOfficer, Unit: "dlh", Name: "Long Ago", Expires: monday.Add(time.Minute)},
	} {
		code, err := s.NewInvite(t.Context(), monday.Add(time.Duration(i)*time.Second), in)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, code)
	}
	list := func(now time.Time) (out []store.Invitation) {
		t.Helper()
		if err := s.Do(t.Context(), now, func(tx *store.Tx) (err error) {
			out, err = tx.Invites(t.Context())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	later := monday.Add(time.Hour)
	open := list(later)
	if len(open) != 2 || open[0].Name != "Budi Santoso" || open[1].Unit != "dlh" || open[1].Role != hotline.RoleHead ||
		!open[0].Expires.Equal(monday.Add(48*time.Hour)) || len(open[0].Ref) != 8 || open[0].Ref == open[1].Ref {
		t.Fatalf("open: %+v", open)
	}
	revoke := func(ref string) (in store.Invitation, err error) {
		err = s.Do(t.Context(), later, func(tx *store.Tx) (err error) {
			in, err = tx.RevokeInvite(t.Context(), ref)
			return err
		})
		return in, err
	}
	for _, ref := range []string{"", "0", "%", "________", "ffffffff0", open[0].Ref[:7]} {
		if in, err := revoke(ref); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("%q revoked %+v, %v", ref, in, err)
		}
	}
	if in, err := revoke(open[0].Ref); err != nil || in.Name != "Budi Santoso" {
		t.Fatalf("revoked %+v, %v", in, err)
	}
	if left := list(later); len(left) != 1 || left[0].Name != "Wati" {
		t.Errorf("left: %+v", left)
	}
	enrol := func(code string) error {
		return s.Do(t.Context(), later.Add(time.Second), func(tx *store.Tx) error {
			_, err := tx.Enrol(t.Context(), code, budi)
			return err
		})
	}
	if err := enrol(codes[0]); !errors.Is(err, hotline.ErrCodeExpired) {
		t.Errorf("the revoked code gives %v", err)
	}
	if err := enrol(codes[1]); err != nil {
		t.Errorf("another code gives %v", err)
	}
	if left := list(later.Add(time.Minute)); len(left) != 0 {
		t.Errorf("used, and still open: %+v", left)
	}
}

func TestErasuresAreListedUntilDecided(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti").Person.ID
	wati := person(t, s, "wati").Person.ID
	var ids []hotline.ErasureID
	var open []hotline.ErasureRequest
	do := func(now time.Time, fn func(*store.Tx) error) {
		t.Helper()
		if err := s.Do(t.Context(), now, fn); err != nil {
			t.Fatal(err)
		}
	}
	do(monday, func(tx *store.Tx) error {
		for i, p := range []hotline.PersonID{siti, wati} {
			q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: p, Due: monday.Add(time.Duration(72-i) * time.Hour)})
			if err != nil {
				return err
			}
			ids = append(ids, q.ID)
		}
		return nil
	})
	list := func(tx *store.Tx) (err error) {
		open, err = tx.Erasures(t.Context())
		return err
	}
	do(monday, list)
	if len(open) != 2 || open[0].Person != wati || open[1].Person != siti || !open[0].Due.Equal(monday.Add(71*time.Hour)) {
		t.Fatalf("open: %+v", open)
	}
	do(monday, func(tx *store.Tx) error { return tx.DecideErasure(t.Context(), ids[1], siti, "an open legal matter") })
	do(monday, list)
	if len(open) != 1 || open[0].ID != ids[0] {
		t.Errorf("left: %+v", open)
	}
}
