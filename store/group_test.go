package store_test

import (
	"errors"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

func TestAGroupIsRegisteredByACodeOnceAndEnds(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	head, group, other := again(t, s, hotline.Telegram, "head"), again(t, s, hotline.Telegram, "-77"), again(t, s, hotline.Telegram, "-88")
	var code string
	do(t, s, monday, func(tx *store.Tx) error {
		code = tx.NewInvite(hotline.Invite{Role: hotline.RoleGroup, Unit: "dlh", By: head.Person.ID, Expires: monday.Add(time.Hour)})
		return nil
	})
	if _, err := enrol(t, s, monday, code, other.Person.ID); !errors.Is(err, hotline.ErrCode) {
		t.Errorf("a group's code enrolled somebody: %v", err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		if _, err := tx.GroupAt(t.Context(), group.Address.ID); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("a group that nobody registered: %v", err)
		}
		in, err := tx.GroupCode(t.Context(), code, group.Person.ID)
		if err != nil || in.Unit != "dlh" || in.By != head.Person.ID {
			t.Errorf("%+v, %v", in, err)
		}
		tx.Register(code, in, group.Address.ID)
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error {
		if _, err := tx.GroupCode(t.Context(), code, other.Person.ID); !errors.Is(err, hotline.ErrCodeUsed) {
			t.Errorf("the code once more: %v", err)
		}
		all, err := tx.Groups(t.Context())
		if err != nil || len(all) != 1 || all[0].Unit != "dlh" || all[0].Address.Peer != "-77" || all[0].By != head.Person.ID {
			t.Errorf("%+v, %v", all, err)
		}
		return nil
	})
	say(t, s, hotline.Out{To: group.Address.ID, Reply: hotline.Say("card"), Card: "group:1"}, hotline.Out{To: other.Address.ID, Reply: hotline.Say("card"), Card: "group:1"})
	do(t, s, monday, func(tx *store.Tx) error {
		if with, err := tx.GroupsWith(t.Context(), "group:1"); err != nil || len(with) != 1 || with[0].Address.ID != group.Address.ID {
			t.Errorf("who got the card: %+v, %v", with, err)
		}
		// The network gives the group another name.
		return tx.Moved(t.Context(), group.Address, "-10077")
	})
	do(t, s, monday, func(tx *store.Tx) error {
		all, err := tx.Groups(t.Context())
		if err != nil || len(all) != 1 || all[0].Unit != "dlh" || all[0].Address.Peer != "-10077" {
			t.Errorf("after it moved: %+v, %v", all, err)
		}
		tx.Leave(all[0].Address.ID)
		return nil
	})
	do(t, s, monday, func(tx *store.Tx) error {
		if all, err := tx.Groups(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("after leaving: %+v, %v", all, err)
		}
		return nil
	})
	if got := keys(due(t, s, monday)); got != "-88:card" {
		t.Errorf("said to a group that is none any more: %q", got)
	}
}

func TestWhoWritesInAGroupIsKnownByTheirOwnChat(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	budi, wa, group := again(t, s, hotline.Telegram, "7"), again(t, s, hotline.WhatsApp, "99@lid"), again(t, s, hotline.Telegram, "-77")
	grant(t, s, wa.Person.ID, hotline.RoleOfficer, "dlh")
	member := func(peer string) (v hotline.Viewer, outcome error) {
		do(t, s, monday, func(tx *store.Tx) error { v, outcome = tx.Member(t.Context(), group.Address, peer); return nil })
		return v, outcome
	}
	if v, err := member("7"); err != nil || v.Person != budi.Person.ID || len(v.Roles) != 0 {
		t.Errorf("%+v, %v", v, err)
	}
	joined(t, s, wa, budi)
	if v, err := member("7"); err != nil || !v.Is(wa.Person.ID) || len(v.Roles) != 1 || v.Roles[0].Unit != "dlh" {
		t.Errorf("joined with an officer: %+v, %v", v, err)
	}
	if _, err := member("8"); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("a stranger: %v", err)
	}
}

// A group must not outlive the right of whoever had it registered: not when they are parted from the head whose code they used, nor when the head's role ends.
func TestAGroupEndsWithTheRightToIt(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	hana, thief := again(t, s, hotline.Telegram, "hana"), again(t, s, hotline.WhatsApp, "thief")
	grant(t, s, hana.Person.ID, hotline.RoleHead, "dpupr")
	joined(t, s, hana, thief)
	register := func(by hotline.PersonID, unit, peer string) (open string) {
		at := again(t, s, hotline.Telegram, peer).Address.ID
		do(t, s, monday, func(tx *store.Tx) error {
			code := tx.NewInvite(hotline.Invite{Role: hotline.RoleGroup, Unit: unit, By: by, Expires: monday.Add(time.Hour)})
			open = tx.NewInvite(hotline.Invite{Role: hotline.RoleGroup, Unit: unit, By: by, Expires: monday.Add(time.Hour)})
			in, err := tx.GroupCode(t.Context(), code, by)
			tx.Register(code, in, at)
			return err
		})
		say(t, s, hotline.Out{To: at, Reply: hotline.Say("card")})
		return open
	}
	open := register(thief.Person.ID, "dpupr", "-66")
	register(hana.Person.ID, "dpupr.jalan", "-77")
	groups := func() (all string) {
		do(t, s, monday, func(tx *store.Tx) error {
			gs, err := tx.Groups(t.Context())
			for _, g := range gs {
				all += g.Address.Peer + " "
			}
			return err
		})
		return all
	}
	if got := groups(); got != "-66 -77 " {
		t.Fatal(got)
	}
	if err := part(t, s, thief.Person.ID); err != nil {
		t.Fatal(err)
	}
	if got := groups(); got != "-77 " {
		t.Errorf("after the parting: %s", got)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		if _, err := tx.GroupCode(t.Context(), open, thief.Person.ID); !errors.Is(err, hotline.ErrCode) {
			t.Errorf("the thief's other code: %v", err)
		}
		tx.EndRole(hana.Person.ID, hotline.RoleHead, "dpupr")
		return nil
	})
	if got := groups(); got != "" {
		t.Errorf("after the role ended: %s", got)
	}
	if got := keys(due(t, s, monday)); got != "" {
		t.Errorf("still to be said there: %s", got)
	}
}
