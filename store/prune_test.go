package store_test

import (
	"testing"

	"tanggap/hotline"
	"tanggap/testbed"
)

func TestWhatHasOutlivedItsUseGoes(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	say(t, s, hotline.Out{To: siti.Address.ID, Reply: hotline.Say("old")}, hotline.Out{To: siti.Address.ID, Reply: hotline.Say("new")})
	settle(t, s, due(t, s, monday))
	settle(t, s, due(t, s, monday))
	put(t, s, raw("siti", "late", "x"))
	for _, sql := range []string{
		`update outbox set sent_at = sent_at - interval '2 years' where id = (select min(id) from outbox)`,
		`update deliveries set received = received - 31 where delivery = 'hello siti'`,
		`insert into inbox (channel, account, delivery, body, received, set_aside_at) values ('telegram', '42', '1', 'x', now(), now() - interval '91 days')`,
	} {
		if _, err := s.Pool().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Prune(t.Context()); err != nil || n != 3 {
		t.Fatalf("%d rows went, %v", n, err)
	}
	var outs, came, waiting int
	if err := s.Pool().QueryRow(t.Context(), `select (select count(*) from outbox), (select count(*) from deliveries), (select count(*) from inbox)`).
		Scan(&outs, &came, &waiting); err != nil || outs != 1 || came != 1 || waiting != 1 {
		t.Fatalf("left: %d outs, %d deliveries, %d waiting, %v", outs, came, waiting, err)
	}
}
