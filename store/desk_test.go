package store_test

import (
	"bytes"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// clerk makes somebody with a role in the unit that runs the hotline.
func clerk(t *testing.T, s *store.Store, login string, role hotline.RoleName) hotline.Viewer {
	t.Helper()
	hot, _ := testbed.Jepara().HotlineAgency()
	var p hotline.PersonID
	do(t, s, monday, func(tx *store.Tx) (err error) {
		p, _, err = tx.AddUser(t.Context(), store.NewUser{Login: login, Name: login, Until: monday.AddDate(0, 0, 3)})
		tx.GiveRole(p, role, hot.ID)
		return err
	})
	return hotline.Viewer{Person: p, Roles: []hotline.Role{{Person: p, Name: role, Unit: hot.ID}}}
}

// written saves a ticket's fields and gives it.
func written(t *testing.T, s *store.Store, v hotline.Viewer, key string, fields map[hotline.TicketField]string) hotline.Ticket {
	t.Helper()
	var saved hotline.TicketSaved
	do(t, s, monday, func(tx *store.Tx) (err error) {
		saved, err = tx.SaveTicket(t.Context(), v, hotline.TicketSave{Key: key, Writer: "tab", Fields: fields})
		return err
	})
	return saved.Ticket
}

func fileTicket(t *testing.T, s *store.Store, v hotline.Viewer, k hotline.Ticket) hotline.Ticket {
	t.Helper()
	sense := hotline.NewReader(testbed.Jepara()).SenseTicket(k)
	do(t, s, monday, func(tx *store.Tx) (err error) {
		k, err = tx.FileTicket(t.Context(), v, k.ID, sense, k.Text)
		return err
	})
	return k
}

// What is written at the desk comes back as it was, sealed meanwhile; nobody else may touch it; it is filed once and becomes a case with who reported it.
func TestATicketFromFirstKeyToCase(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	dewi, budi := clerk(t, s, "dewi", hotline.RoleDesk), clerk(t, s, "budi", hotline.RoleDesk)
	k := written(t, s, dewi, "k1", map[hotline.TicketField]string{hotline.TicketFieldName: "Sutrisno", hotline.TicketFieldNumber: "0812 3456 7890",
		hotline.TicketFieldDocument: "ktp", hotline.TicketFieldText: "lampu jalan mati", hotline.TicketFieldCategory: "lampu-jalan"})
	if k.Number != "+6281234567890" || k.Name != "Sutrisno" || k.Document != hotline.IdentityKTP || k.Version != 1 {
		t.Fatalf("%+v", k)
	}
	err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, err := tx.SaveTicket(t.Context(), budi, hotline.TicketSave{Key: "k1", Writer: "b", Fields: map[hotline.TicketField]string{hotline.TicketFieldText: "lain"}})
		return err
	})
	if !errors.Is(err, hotline.ErrTicketUnseen) {
		t.Errorf("another's ticket: %v", err)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		if _, _, err := tx.Ticket(t.Context(), budi, k.ID); !errors.Is(err, hotline.ErrNotFound) {
			t.Errorf("another reads it: %v", err)
		}
		return nil
	})
	k = fileTicket(t, s, dewi, k)
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), k.Case)
		if err != nil {
			return err
		}
		who, err := tx.Person(t.Context(), c.Reporter)
		if c.Source != hotline.SourceDesk || c.Privacy != hotline.Open || who.Name != "Sutrisno" || who.Phone != "+6281234567890" || c.From != 0 {
			t.Errorf("%+v %+v", c, who)
		}
		return err
	})
	unnamed := fileTicket(t, s, dewi, written(t, s, dewi, "k0", map[hotline.TicketField]string{hotline.TicketFieldName: "Sutrisno", hotline.TicketFieldBearer: "Ani",
		hotline.TicketFieldNumber: "081234567890", hotline.TicketFieldText: "lampu mati", hotline.TicketFieldPrivacy: "anonymous"}))
	boss := clerk(t, s, "rini", hotline.RoleCoordinator)
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), unnamed.Case)
		if err != nil {
			return err
		}
		kept, sight, err := tx.Ticket(t.Context(), boss, unnamed.ID)
		if c.Reporter != 0 || kept.Name+kept.Bearer+kept.Number != "" || sight.Who {
			t.Errorf("without a name: %+v %+v", c, kept)
		}
		return err
	})
	err = s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, err := tx.FileTicket(t.Context(), dewi, k.ID, hotline.TicketSense{}, "")
		return err
	})
	if !errors.Is(err, hotline.ErrTicketFiled) {
		t.Errorf("filed twice: %v", err)
	}
	// Withdrawn in time, by whoever wrote it, with a reason.
	for _, try := range []struct {
		who    hotline.Viewer
		at     time.Time
		reason string
		want   error
	}{
		{budi, monday, "x", hotline.ErrNotFound}, {dewi, monday.Add(hotline.TicketUndo), "x", hotline.ErrTicketLate}, {dewi, monday, " ", hotline.ErrNoReason},
		{dewi, monday.Add(time.Minute), "salah orang", nil}, {dewi, monday.Add(time.Minute), "lagi", hotline.ErrRefused},
	} {
		err := s.Do(t.Context(), try.at, func(tx *store.Tx) error {
			_, err := tx.WithdrawTicket(t.Context(), try.who, k.ID, try.reason)
			return err
		})
		if !errors.Is(err, try.want) {
			t.Errorf("withdrawn with %q at %s: %v, want %v", try.reason, try.at, err, try.want)
		}
	}
}

// The lists and counts say what the predicate says.
func TestTheListsOfTheDesk(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	dewi, budi := clerk(t, s, "dewi", hotline.RoleDesk), clerk(t, s, "budi", hotline.RoleDesk)
	sri, ani := clerk(t, s, "sri", hotline.RoleSupervisor), clerk(t, s, "ani", hotline.RoleOperator)
	open := written(t, s, dewi, "k1", map[hotline.TicketField]string{hotline.TicketFieldName: "Siti", hotline.TicketFieldText: "belum jadi"})
	filed := fileTicket(t, s, budi, written(t, s, budi, "k2", map[hotline.TicketField]string{hotline.TicketFieldName: "Joko",
		hotline.TicketFieldText: "rahasia sekali", hotline.TicketFieldPrivacy: "secret"}))
	do(t, s, monday, func(tx *store.Tx) error {
		for _, want := range []struct {
			who         hotline.Viewer
			open, filed int
		}{{dewi, 1, 0}, {budi, 0, 1}, {sri, 1, 1}, {ani, 0, 0}} {
			o, err := tx.OpenTickets(t.Context(), want.who, 10)
			if err != nil {
				return err
			}
			f, err := tx.TicketsBetween(t.Context(), want.who, monday.Add(-time.Hour), monday.Add(time.Hour), 10)
			if err != nil {
				return err
			}
			if len(o) != want.open || len(f) != want.filed {
				t.Errorf("%v sees %d and %d", want.who.Roles, len(o), len(f))
			}
			for _, k := range append(o, f...) {
				if want.who.Person != dewi.Person && (k.Name != "" || k.Text != "") {
					t.Errorf("%v reads %+v", want.who.Roles, k)
				}
			}
		}
		return nil
	})
	do(t, s, monday, func(tx *store.Tx) error { return tx.DropTicket(t.Context(), dewi, open.ID) })
	err := s.Do(t.Context(), monday, func(tx *store.Tx) error { return tx.DropTicket(t.Context(), budi, filed.ID) })
	if !errors.Is(err, hotline.ErrTicketFiled) {
		t.Errorf("a filed one is thrown away: %v", err)
	}
}

// A photo sent twice is kept once; there is a most; it goes with the case.
func TestPhotosOfTickets(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	dewi := clerk(t, s, "dewi", hotline.RoleDesk)
	add := func(name string) (k hotline.Ticket, err error) {
		err = s.Do(t.Context(), monday, func(tx *store.Tx) (err error) {
			k, err = tx.AddTicketPhoto(t.Context(), dewi, "k1", name, hotline.Media{Kind: hotline.Photo, Mime: "image/png"}, []byte("original "+name), []byte("clean "+name))
			return err
		})
		return k, err
	}
	for _, name := range []string{"a", "b", "a"} {
		if _, err := add(name); err != nil {
			t.Fatal(err)
		}
	}
	k, err := add("b")
	if err != nil || len(k.Photos) != 2 {
		t.Fatalf("%+v, %v", k.Photos, err)
	}
	do(t, s, monday, func(tx *store.Tx) (err error) {
		k, err = tx.RemoveTicketPhoto(t.Context(), dewi, "k1", "b")
		return err
	})
	if len(k.Photos) != 1 {
		t.Errorf("%+v", k.Photos)
	}
	do(t, s, monday, func(tx *store.Tx) error {
		a, err := tx.TicketPhoto(t.Context(), dewi, k.ID, k.Photos[0].Media)
		if string(a.Data) != "clean a" {
			t.Errorf("%q", a.Data)
		}
		return err
	})
	k = written(t, s, dewi, "k1", map[hotline.TicketField]string{hotline.TicketFieldText: "jalan rusak"})
	filed := fileTicket(t, s, dewi, k)
	do(t, s, monday, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), filed.Case)
		if err != nil {
			return err
		}
		said, err := tx.Said(t.Context(), c.Story)
		if len(said[c.Story].Media) != 1 {
			t.Errorf("%+v", said)
		}
		return err
	})
	if _, err := add("c"); !errors.Is(err, hotline.ErrTicketFiled) {
		t.Errorf("a photo after filing: %v", err)
	}
	for i := range hotline.MaxTicketPhotos {
		err := s.Do(t.Context(), monday, func(tx *store.Tx) error {
			_, err := tx.AddTicketPhoto(t.Context(), dewi, "k2", strings.Repeat("x", i+1), hotline.Media{Kind: hotline.Photo, Mime: "image/png"}, []byte("p"), []byte("p"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	err = s.Do(t.Context(), monday, func(tx *store.Tx) error {
		_, err := tx.AddTicketPhoto(t.Context(), dewi, "k2", "one-more", hotline.Media{Kind: hotline.Photo, Mime: "image/png"}, []byte("p"), []byte("p"))
		return err
	})
	if !errors.Is(err, hotline.ErrTicketPhotos) {
		t.Errorf("one too many: %v", err)
	}
}

// Whoever's number a network vouches for, and who agrees, is the reporter and hears the number there. What was noted at the desk, with that number, is told with
// their data and erased with it: also what was noted without their agreement.
func TestWhoWasAtTheDeskIsToldAndErased(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	dewi := clerk(t, s, "dewi", hotline.RoleDesk)
	siti := person(t, s, "siti")
	who, from := siti.Person.ID, siti.Address.ID
	do(t, s, monday, func(tx *store.Tx) error { tx.Vouch(who, "+6281234567890"); return nil })
	fields := map[hotline.TicketField]string{hotline.TicketFieldName: "Sutrisno", hotline.TicketFieldNumber: "081234567890", hotline.TicketFieldText: "lampu jalan mati"}
	alone := fileTicket(t, s, dewi, written(t, s, dewi, "k1", fields))
	fields[hotline.TicketFieldAgrees] = "1"
	told := fileTicket(t, s, dewi, written(t, s, dewi, "k2", fields))
	do(t, s, monday, func(tx *store.Tx) error {
		known, err := tx.KnownNumber(t.Context(), dewi, "0812-3456-7890")
		if err != nil {
			return err
		}
		if known.Person.ID != who || known.Reach != from || known.Open != 1 {
			t.Errorf("%+v", known)
		}
		cs, err := tx.TicketCases(t.Context(), alone, told)
		if a, b := cs[alone.Case], cs[told.Case]; a.Reporter == who || a.Reporter == 0 || a.From != 0 || b.Reporter != who || b.From != from {
			t.Errorf("%+v\n%+v", a, b)
		}
		if err != nil {
			return err
		}
		d, err := tx.DataOf(t.Context(), who)
		if len(d.Tickets) != 2 || len(d.Cases) != 1 {
			t.Errorf("%+v", d)
		}
		return err
	})
	do(t, s, monday, func(tx *store.Tx) error {
		q, err := tx.AskErasure(t.Context(), hotline.ErasureRequest{Person: who, From: from, Due: monday})
		if err != nil {
			return err
		}
		return tx.DecideErasure(t.Context(), q.ID, dewi.Person, "")
	})
	do(t, s, monday, func(tx *store.Tx) error {
		ks, err := tx.TicketsBetween(t.Context(), dewi, monday.Add(-time.Hour), monday.Add(time.Hour), 10)
		if err != nil {
			return err
		}
		if len(ks) != 2 {
			t.Errorf("%+v", ks)
		}
		cs, err := tx.TicketCases(t.Context(), ks...)
		if err != nil {
			return err
		}
		for _, k := range ks {
			if !k.Erased || k.Name != "" || k.Text != "" || k.Number != "" {
				t.Errorf("kept: %+v", k)
			}
			said, err := tx.Said(t.Context(), cs[k.Case].Story)
			if err != nil {
				return err
			}
			if !said[cs[k.Case].Story].Erased {
				t.Errorf("kept: %+v", said)
			}
			if p, err := tx.Person(t.Context(), cs[k.Case].Reporter); err != nil || p.Name != "" || p.Phone != "" {
				t.Errorf("kept: %+v, %v", p, err)
			}
		}
		return nil
	})
}

// With a new key who was at the desk is sealed anew, and found by the number as before.
func TestTicketsAreSealedAnew(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	old := testbed.StoreAt(t, dsn)
	dewi := clerk(t, old, "dewi", hotline.RoleDesk)
	k := written(t, old, dewi, "k1", map[hotline.TicketField]string{hotline.TicketFieldName: "Siti", hotline.TicketFieldBearer: "Ani",
		hotline.TicketFieldNumber: "081234567890", hotline.TicketFieldText: "lampu jalan mati", hotline.TicketFieldCategory: "lampu-jalan"})
	fileTicket(t, old, dewi, k)
	old.Close()
	s, err := store.Open(t.Context(), store.Options{URL: dsn, Key: bytes.Repeat([]byte{9}, 32), OldKeys: [][]byte{testbed.Key}, Rekey: true, Regency: testbed.Jepara(), Conns: 4})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Rekey(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	siti := person(t, s, "siti")
	do(t, s, monday, func(tx *store.Tx) error {
		tx.Vouch(siti.Person.ID, "+6281234567890")
		got, _, err := tx.Ticket(t.Context(), dewi, k.ID)
		if got.Name != "Siti" || got.Bearer != "Ani" || got.Number != "+6281234567890" {
			t.Errorf("%+v", got)
		}
		if err != nil {
			return err
		}
		d, err := tx.DataOf(t.Context(), siti.Person.ID)
		if len(d.Tickets) != 1 {
			t.Errorf("%+v", d.Tickets)
		}
		return err
	})
}

// A household shares a telephone: a secret ticket, one brought for somebody else and one not filed yet are told to nobody by the number alone.
func TestANumberAtTheDeskOpensNoSecret(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	dewi := clerk(t, s, "dewi", hotline.RoleDesk)
	with := func(key string, more map[hotline.TicketField]string) hotline.Ticket {
		fields := map[hotline.TicketField]string{hotline.TicketFieldName: "Istri", hotline.TicketFieldNumber: "081234567890",
			hotline.TicketFieldText: "lampu jalan mati", hotline.TicketFieldCategory: "lampu-jalan"}
		maps.Copy(fields, more)
		return written(t, s, dewi, key, fields)
	}
	fileTicket(t, s, dewi, with("secret", map[hotline.TicketField]string{hotline.TicketFieldPrivacy: string(hotline.Secret)}))
	fileTicket(t, s, dewi, with("behalf", map[hotline.TicketField]string{hotline.TicketFieldBehalf: "1", hotline.TicketFieldConsent: "1", hotline.TicketFieldBearer: "Ani"}))
	with("unfiled", nil)
	open := fileTicket(t, s, dewi, with("open", nil))
	husband := person(t, s, "suami")
	do(t, s, monday, func(tx *store.Tx) error {
		tx.Vouch(husband.Person.ID, "+6281234567890")
		d, err := tx.DataOf(t.Context(), husband.Person.ID)
		if len(d.Tickets) != 1 || d.Tickets[0].ID != open.ID {
			t.Errorf("told: %+v", d.Tickets)
		}
		return err
	})
}
