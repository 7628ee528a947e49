package store_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// A second step outlives a change of the key; links and recovery codes, which are hashed, do not.
func TestRekeyUsers(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	key := bytes.Repeat([]byte{5}, 32)
	open := func(o store.Options) *store.Store {
		t.Helper()
		o.URL, o.Regency, o.Conns = dsn, testbed.Jepara(), 4
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	s := open(store.Options{Key: testbed.Key})
	var p hotline.PersonID
	var code, recovery string
	do(t, s, monday, func(tx *store.Tx) (err error) {
		p, code, err = tx.AddUser(t.Context(), store.NewUser{Login: "Rini", Name: "Rini Astuti", Role: hotline.RoleCoordinator, Unit: "diskominfo", Until: monday.Add(time.Hour)})
		tx.BeginTOTP(p, "SECRET")
		recovery = tx.ConfirmTOTP(p, 7)[0]
		tx.BeginTOTP(p, "FRESH")
		return err
	})
	moved := open(store.Options{Key: key, OldKeys: [][]byte{testbed.Key}, Rekey: true})
	if _, err := moved.Rekey(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	only := open(store.Options{Key: key})
	do(t, only, monday, func(tx *store.Tx) error {
		u, secrets, err := tx.UserByLogin(t.Context(), "RINI")
		if err != nil {
			return err
		}
		if u.Name != "Rini Astuti" || !u.TwoStep || u.Recovery != 0 || secrets.TOTP != "SECRET" || secrets.NewTOTP != "FRESH" || secrets.Step != 7 {
			t.Errorf("%+v, step %d", u, secrets.Step)
		}
		if _, err := tx.UserByCode(t.Context(), code); !errors.Is(err, hotline.ErrCode) {
			t.Errorf("the link of before: %v", err)
		}
		if used, err := tx.UseRecovery(t.Context(), p, recovery); used || err != nil {
			t.Errorf("a recovery code of before: %v, %v", used, err)
		}
		return nil
	})
}

// The record of access gives what is asked for, the newest first, page by page; what a session is to say is said once, in order.
func TestAuditsAndFlash(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	var p hotline.PersonID
	token := []byte("a hash")
	do(t, s, monday, func(tx *store.Tx) (err error) {
		p, _, err = tx.AddUser(t.Context(), store.NewUser{Login: "ani", Role: hotline.RoleOperator, Unit: "diskominfo", Until: monday.Add(time.Hour)})
		for i := range 5 {
			tx.Audit(hotline.Audit{By: p, Act: hotline.ActSawPerson, Person: hotline.PersonID(100 + i)})
		}
		tx.NewSession(token, p, hotline.StageIn)
		tx.Flash(token, hotline.Flash{Key: "one"})
		tx.Flash(token, hotline.Flash{Key: "two", Args: []string{"n", "2"}, Bad: true})
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error {
		first, err := tx.Audits(t.Context(), hotline.AuditQuery{By: p, Act: hotline.ActSawPerson, Limit: 3})
		if err != nil {
			return err
		}
		if len(first) != 3 || first[0].Person != 104 || first[0].Login != "ani" || !first[0].At.Equal(monday) {
			t.Errorf("the first page: %+v", first)
		}
		rest, err := tx.Audits(t.Context(), hotline.AuditQuery{By: p, Before: first[2].ID, Limit: 3})
		if err != nil {
			return err
		}
		if len(rest) != 2 || rest[1].Person != 100 {
			t.Errorf("the second page: %+v", rest)
		}
		about, err := tx.Audits(t.Context(), hotline.AuditQuery{Person: p, Limit: 9})
		if err != nil {
			return err
		}
		if len(about) != 2 || about[0].Act != hotline.ActGaveRole || about[1].Act != hotline.ActAddedUser {
			t.Errorf("about the user: %+v", about)
		}
		session, err := tx.Session(t.Context(), token)
		if err != nil {
			return err
		}
		if len(session.Flash) != 2 || session.Flash[0].Key != "one" || !session.Flash[1].Bad || session.User.Roles[0].Name != hotline.RoleOperator {
			t.Errorf("the session: %+v", session)
		}
		tx.ClearFlash(token, 1)
		if session, err = tx.Session(t.Context(), token); err == nil && (len(session.Flash) != 1 || session.Flash[0].Key != "two") {
			t.Errorf("afterwards it says %+v", session.Flash)
		}
		return err
	})
}
