package store_test

import (
	"errors"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

func TestWhatsAppNumbers(t *testing.T) {
	t.Parallel()
	s, ctx := testbed.Store(t), t.Context()
	if list, err := s.Numbers(ctx); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
	if _, err := s.Number(ctx, "utama"); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("a number that nobody linked: %v", err)
	}
	for _, l := range []struct{ name, use, jid, before string }{
		{"utama", "citizens", "62811:1@s.whatsapp.net", ""},
		{"petugas", "officers", "62812:1@s.whatsapp.net", ""},
		{"utama", "citizens", "62811:1@s.whatsapp.net", ""},
		{"utama", "citizens", "62811:2@s.whatsapp.net", "62811:1@s.whatsapp.net"},
	} {
		if before, err := s.LinkNumber(ctx, l.name, l.use, l.jid); err != nil || before != l.before {
			t.Errorf("linking %s as %s: before it was %q, %v", l.name, l.jid, before, err)
		}
	}
	// One device is one number.
	if _, err := s.LinkNumber(ctx, "lain", "citizens", "62811:2@s.whatsapp.net"); err == nil {
		t.Error("two numbers share a device")
	}
	list, err := s.Numbers(ctx)
	if err != nil || len(list) != 2 || list[0].Name != "petugas" || list[1].JID != "62811:2@s.whatsapp.net" || list[1].Use != "citizens" || list[1].Paired.IsZero() {
		t.Fatalf("%+v, %v", list, err)
	}

	// The telephone's last sign of life never goes back in time.
	for _, at := range []time.Time{monday.Add(time.Hour), monday} {
		if err := s.NumberSeen(ctx, "utama", at); err != nil {
			t.Fatal(err)
		}
	}
	// A trouble is news once, and so is its end; linking anew ends it and forgets the telephone.
	for _, n := range []struct {
		trouble string
		news    bool
	}{{"banned", true}, {"banned", false}, {"", true}, {"", false}, {"logged out", true}} {
		if news, err := s.NumberTrouble(ctx, "utama", n.trouble); err != nil || news != n.news {
			t.Errorf("%q: news %v, %v", n.trouble, news, err)
		}
	}
	if n, err := s.Number(ctx, "utama"); err != nil || n.Trouble != "logged out" || !n.Telephone.Equal(monday.Add(time.Hour)) {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := s.LinkNumber(ctx, "utama", "citizens", "62811:3@s.whatsapp.net"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Number(ctx, "utama"); err != nil || n.Trouble != "" || !n.Telephone.IsZero() {
		t.Errorf("%+v, %v", n, err)
	}

	if err := s.UnlinkNumber(ctx, "utama"); err != nil {
		t.Fatal(err)
	}
	if err := s.UnlinkNumber(ctx, "utama"); !errors.Is(err, hotline.ErrNotFound) {
		t.Errorf("unlinked twice: %v", err)
	}
	if n, err := s.Number(ctx, "petugas"); err != nil || n.JID != "62812:1@s.whatsapp.net" {
		t.Errorf("the other one: %+v, %v", n, err)
	}
}
