package store_test

import (
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

// A play has no business among real people: only an empty database becomes a stage, and stays one.
func TestOnlyAnEmptyDatabaseBecomesAStage(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	for _, who := range []string{"siti", "joko"} {
		if is, err := s.Stage(t.Context(), "telegram/42", "whatsapp/62811"); err != nil || !is {
			t.Fatalf("%v, %v", is, err)
		}
		person(t, s, who)
	}
	used := testbed.Store(t)
	if _, err := used.NewInvite(t.Context(), monday, hotline.Invite{Role: hotline.RoleOfficer, Unit: "dlh", Expires: monday.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if is, err := used.Stage(t.Context(), "telegram/42"); err != nil || is {
		t.Fatalf("%v, %v", is, err)
	}
	if is, err := s.Stage(t.Context(), "telegram/43", "whatsapp/62811"); err != nil || is {
		t.Fatalf("another account's stage: %v, %v", is, err)
	}
	if peers, err := s.Peers(t.Context(), hotline.Telegram, "42"); err != nil || len(peers) != 2 || peers["siti"] == 0 {
		t.Fatalf("%v, %v", peers, err)
	}
	if _, err := s.LinkNumber(t.Context(), "utama", "citizens", "62811:7@s.whatsapp.net"); err != nil {
		t.Fatal(err)
	}
	if is, err := s.Stage(t.Context(), "telegram/42", "whatsapp/62811"); err != nil || !is {
		t.Fatalf("with a number of the play: %v, %v", is, err)
	}
	if is, err := s.Stage(t.Context(), "telegram/42", "whatsapp/62812"); err != nil || is {
		t.Fatalf("with a number that is none of the play: %v, %v", is, err)
	}
	linked := testbed.Store(t)
	if _, err := linked.LinkNumber(t.Context(), "utama", "citizens", "62813:1@s.whatsapp.net"); err != nil {
		t.Fatal(err)
	}
	if is, err := linked.Stage(t.Context(), "telegram/42", "whatsapp/62811"); err != nil || is {
		t.Fatalf("where a real number is linked: %v, %v", is, err)
	}
}
