package whatsapp

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"

	sim "tanggap/simulator/whatsapp"
	"tanggap/testbed"
)

// A new device is linked by a scanned code or a typed one, works at once and after a restart, and can be unlinked.
func TestPairing(t *testing.T) {
	t.Parallel()
	for name, phone := range map[string]string{"QR": "", "typed": "+62 811-0000-0112"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sim.New(sim.Options{})
			if err := s.Listen(""); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				for _, v := range s.Violations() {
					t.Errorf("the network did not expect: %s", v)
				}
				_ = s.Close()
			})
			s.Account(ownPhone)
			db := database(t, testbed.Database(t))
			shown := 0
			device, err := Pair(soon(t), PairOptions{DB: db, Phone: phone, Transport: s.Transport(), Root: root(), Show: func(code string, until time.Time) {
				shown++
				if time.Until(until) < 10*time.Second {
					t.Errorf("shown until %v", until)
				}
				use := s.ScanQR
				if phone != "" {
					use = s.EnterCode
				}
				if err := use(ownPhone, code); err != nil {
					t.Error(err)
				}
			}})
			if err != nil || shown != 1 {
				t.Fatalf("%d codes shown: %v", shown, err)
			}
			w := &world{Server: s, db: db, device: device, inbox: newInbox(), log: &logbook{}, alerts: make(chan Trouble, 9)}
			w.options = Options{Name: "warga", Device: device, DB: db, Inbox: w.inbox, Pace: &Pace{}, Transport: s.Transport(), Root: root()}
			w.siti = w.person(t, sim.PersonOptions{Name: "Siti", Phone: "6281234567890"})
			w.channel = w.another(t)
			stop := run(t, w.channel)
			if w.channel.Account() != ownPhone {
				t.Error(w.channel.Account())
			}
			must[string](t)(w.siti.Say("halo"))
			w.inbox.next(t)
			<-s.Quiet(ownPhone)
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			o := UnpairOptions{DB: db, Device: device, Transport: s.Transport(), Root: root()}
			if err := Unpair(soon(t), o); err != nil {
				t.Fatal(err)
			}
			if err := Unpair(soon(t), o); !errors.Is(err, ErrUnpaired) {
				t.Errorf("unlinked twice: %v", err)
			}
			if _, err := New(t.Context(), w.options); !errors.Is(err, ErrUnpaired) {
				t.Errorf("New: %v", err)
			}
		})
	}
}

// Nobody scans: it ends when it is told to.
func TestPairingThatNobodyWants(t *testing.T) {
	t.Parallel()
	s := sim.New(sim.Options{})
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	db := database(t, testbed.Database(t))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Pair(ctx, PairOptions{DB: db, Transport: s.Transport(), Root: root(), Show: func(string, time.Time) { cancel() }})
	if !errors.Is(err, context.Canceled) && !errors.Is(err, ErrNotPaired) {
		t.Error(err)
	}
	var n int
	if err := db.QueryRowContext(t.Context(), `select count(*) from whatsmeow_device`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d devices: %v", n, err)
	}
}

// A number that WhatsApp cannot be told of any more can be forgotten all the same.
func TestUnpairingWithoutTheNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	o := UnpairOptions{DB: w.db, Device: w.device, Transport: w.Transport(), Root: root()}
	if err := Unpair(soon(t), o); err == nil {
		t.Error("unlinked without anybody hearing of it")
	}
	o.Forget = true
	if err := Unpair(soon(t), o); err != nil {
		t.Error(err)
	}
	if err := Unpair(soon(t), o); !errors.Is(err, ErrUnpaired) {
		t.Error(err)
	}
}

// What the library keeps of a person is gone after an erasure, in every table; who writes again is heard again.
func TestForget(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.channel)
	peer, _ := w.met(t)
	w.channel.Send(soon(t), outgoing(peer, "rahasia")) //nolint:errcheck // what is kept of it is looked for below
	<-w.Quiet(ownPhone)
	// What was handled is cleared in a moment, whoever it was from.
	for late := soon(t); w.column(t, `select count(*) from whatsmeow_event_buffer where plaintext is not null`) != "0"; {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-late.Done():
			t.Fatal("what was handled is not cleared")
		}
	}
	kept := func() (n int) {
		user, _ := types.ParseJID(peer)
		for _, q := range []string{
			`select count(*) from whatsmeow_retry_buffer where encode(plaintext, 'escape') like '%rahasia%' or chat_jid like $1||'%'`,
			`select count(*) from whatsmeow_contacts where their_jid like $1||'%' or push_name = 'Siti Aminah'`,
			`select count(*) from whatsmeow_lid_map where lid = $1`,
			`select count(*) from whatsmeow_event_buffer where plaintext is not null and $1 <> ''`,
		} {
			var one int
			if err := w.db.QueryRowContext(t.Context(), q, user.User).Scan(&one); err != nil {
				t.Fatal(err)
			}
			n += one
		}
		return n
	}
	for late := soon(t); kept() < 3; { // the library writes a name down by the way
		select {
		case <-time.After(5 * time.Millisecond):
		case <-late.Done():
			t.Fatal("there is nothing to forget: the test is blind")
		}
	}
	if err := Forget(soon(t), w.db, peer); err != nil {
		t.Fatal(err)
	}
	if n := kept(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	must[string](t)(w.siti.Say("saya lagi"))
	if m := w.inbox.next(t); m.Text != "saya lagi" {
		t.Errorf("%+v", m)
	}
	if err := Forget(soon(t), w.db, "120363@g.us"); err == nil {
		t.Error("a group was forgotten as a person")
	}
}
