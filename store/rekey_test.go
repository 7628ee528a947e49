package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// A database moves to another key while it is read and written: nothing is lost, the move may be broken off at any point, nobody who has the wrong keys
// is let in meanwhile, and at the end the former key opens nothing.
func TestRekey(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	newKey := bytes.Repeat([]byte{9}, 32)
	open := func(key []byte, old [][]byte, rekey bool) (*store.Store, error) {
		return store.Open(t.Context(), store.Options{URL: dsn, Key: key, OldKeys: old, Rekey: rekey, Regency: testbed.Jepara(), Conns: 4})
	}
	must := func(s *store.Store, err error) *store.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	refused := func(what, says string, key []byte, old [][]byte, rekey bool) {
		t.Helper()
		s, err := open(key, old, rekey)
		if err == nil {
			s.Close()
			t.Errorf("%s: let in", what)
		} else if !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	former := [][]byte{bytes.Repeat([]byte{3}, 32), testbed.Key}

	s := must(open(testbed.Key, nil, false))
	const people = 450 // several batches
	var first hotline.Conversation
	for i := range people {
		c := person(t, s, fmt.Sprint("p", i))
		if i == 0 {
			first = c
		}
		do(t, s, monday, func(tx *store.Tx) error { tx.SetName(c.Person.ID, fmt.Sprint("name ", i)); return nil })
		if i%3 == 0 {
			do(t, s, monday, func(tx *store.Tx) error { tx.SetPhone(c.Person.ID, fmt.Sprintf("+6281%07d", i)); return nil })
		}
	}
	large := bytes.Repeat([]byte("a large picture "), 40_000) // several chunks
	var media []hotline.MediaID
	put(t, s, raw("p0", "photo 1", "x"), raw("p0", "photo 2", "x"), raw("p1", "photo 3", "x"))
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		media = append(media, turn.Attach(hotline.Media{Kind: hotline.Photo, Ref: "ref", Name: "rumah saya.jpg"}))
		return nil
	})
	for i, data := range [][]byte{large, large, []byte("a small one")} { // the first two are the same
		if err := s.SaveMedia(t.Context(), media[i], "image/jpeg", append([]byte("EXIF "), data...), data); err != nil {
			t.Fatal(err)
		}
	}
	code, err := s.NewInvite(t.Context(), monday, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dlh", Name: "Wati", Expires: monday.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Lease(t.Context(), "telegram/42", "an instance", time.Minute, nil); err != nil || !got {
		t.Fatal(got, err)
	}

	refused("another key", "TANGGAP_KEY is not the key", newKey, nil, false)
	refused("other former keys", "TANGGAP_KEY is not the key", newKey, former[:1], true)
	refused("a new key, unasked", "tanggap rekey", newKey, former, false)
	refused("while an instance runs", "stop every instance", newKey, former, true)
	if err := s.Unlease(t.Context(), "telegram/42", "an instance"); err != nil {
		t.Fatal(err)
	}
	s.Close()

	s = must(open(newKey, former, true))
	ctx, stop := context.WithCancel(t.Context())
	done, err := s.Rekey(ctx, func(store.Rekeyed) { stop() })
	if err == nil || done.People == 0 || done.People >= people {
		t.Fatalf("broken off: %+v, %v", done, err)
	}
	refused("the former key", "TANGGAP_KEY is not the key", testbed.Key, nil, false)
	refused("the new one alone, half way", "TANGGAP_KEY_OLD", newKey, nil, false)
	read := func(s *store.Store) {
		t.Helper()
		do(t, s, monday, func(tx *store.Tx) error {
			for i, id := range []hotline.PersonID{first.Person.ID, first.Person.ID + people - 1} {
				p, err := tx.Person(t.Context(), id)
				if err != nil {
					return err
				}
				if !strings.HasPrefix(p.Name, "name ") && p.Name != "renamed" || i == 0 && p.Phone != "+62810000000" {
					t.Errorf("person %d: %+v", id, p)
				}
			}
			return nil
		})
		for i, want := range [][]byte{large, large, []byte("a small one")} {
			if a, err := s.Attachment(t.Context(), media[i]); err != nil || !bytes.Equal(a.Data, want) {
				t.Errorf("medium %d: %d bytes, %v", i, len(a.Data), err)
			}
		}
	}
	// In between it is an ordinary store.
	other := must(open(newKey, former, false))
	read(other)
	do(t, other, monday, func(tx *store.Tx) error { tx.SetName(first.Person.ID+people-1, "renamed"); return nil })
	var wrong error
	do(t, other, monday, func(tx *store.Tx) error { _, wrong = tx.Enrol(t.Context(), code, first.Person.ID); return nil })
	if !errors.Is(wrong, hotline.ErrCode) {
		t.Errorf("a code hashed with the former key gives %v", wrong)
	}

	rest, err := s.Rekey(t.Context(), nil)
	if err != nil || done.People+rest.People < people-1 || rest.Media != 3 {
		t.Errorf("the rest: %+v after %+v, %v", rest, done, err)
	}
	read(other)
	other.Close()
	s.Close()

	s = must(open(newKey, nil, false))
	read(s)
	for what, sql := range map[string]string{
		"names":       `select count(*) from person_details where get_byte(name, 0) <> 2`,
		"phones":      `select count(*) from person_details where get_byte(phone, 0) <> 2`,
		"media names": `select count(*) from media where get_byte(name, 0) <> 2`,
		"chunks":      `select count(*) from blob_chunks where get_byte(data, 0) <> 2`,
		"invitations": `select count(*) from invites where name is not null or expires > created`,
		"blobs":       `select count(*) - 4 from blobs`,
		"former keys": `select count(*) from settings where name ~ '^key [0-9]'`,
	} {
		var n int
		if err := s.Pool().QueryRow(t.Context(), sql).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s left: %d, %v", what, n, err)
		}
	}
	if again, err := s.Rekey(t.Context(), nil); err != nil || again != (store.Rekeyed{}) {
		t.Errorf("nothing to do: %+v, %v", again, err)
	}
	s.Close()
	refused("the former key, afterwards", "TANGGAP_KEY is not the key", testbed.Key, nil, false)
	// And once more, back: numbers only grow.
	s = must(open(testbed.Key, [][]byte{newKey}, true))
	if back, err := s.Rekey(t.Context(), nil); err != nil || back.People != people {
		t.Errorf("back: %+v, %v", back, err)
	}
	read(s)
	s.Close()
}
