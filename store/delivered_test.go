package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

// second gives a person another address, at an account of another network.
func second(t *testing.T, s *store.Store, of hotline.Conversation, peer string) hotline.AddressID {
	t.Helper()
	if err := s.Put(t.Context(), []hotline.Raw{{Channel: hotline.WhatsAppCloud, Account: "77", Peer: peer, Delivery: "first", Body: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	var id hotline.AddressID
	if _, err := s.Turns(t.Context(), at(monday), 1, func(_ context.Context, turn *store.Turn) error {
		id = turn.Conversation.Address.ID
		return nil
	}, nil); err != nil || id == 0 {
		t.Fatal(id, err)
	}
	if _, err := s.Pool().Exec(t.Context(), `update addresses set person_id = @p where id = @id`,
		pgx.StrictNamedArgs{"p": of.Person.ID, "id": id}); err != nil {
		t.Fatal(err)
	}
	return id
}

func cloud(t *testing.T, s *store.Store) []hotline.Parcel {
	t.Helper()
	p, err := s.Due(t.Context(), hotline.WhatsAppCloud, "77", monday, 100)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatCannotGoFreelyGoesAnotherWayOrWaits(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti, joko := person(t, s, "siti"), person(t, s, "joko")
	two, alone := second(t, s, siti, "628111"), second(t, s, joko, "628222")
	if _, err := s.Pool().Exec(t.Context(), `update addresses set held_since = clock_timestamp() where id = @id`,
		pgx.StrictNamedArgs{"id": joko.Address.ID}); err != nil {
		t.Fatal(err)
	}
	say(t, s, hotline.Out{To: two, Reply: hotline.Say("news")}, hotline.Out{To: alone, Reply: hotline.Say("other")})
	parcels := cloud(t, s)
	if got := keys(parcels); got != "628111:news 628222:other" {
		t.Fatal(got)
	}
	wait := func(p hotline.Parcel) hotline.Failure {
		return hotline.Failure{ID: p.ID, Reason: hotline.TroubleWindow, Wait: true}
	}
	settle(t, s, nil, wait(parcels[0]), wait(parcels[1]))
	if got := keys(due(t, s, monday)); got != "siti:news" {
		t.Fatalf("by the other address: %q", got)
	}
	if got := keys(cloud(t, s)); got != "" {
		t.Fatalf("outside its time: %q", got)
	}
	// Joko writes again: now it may be said.
	if err := s.Put(t.Context(), []hotline.Raw{{Channel: hotline.WhatsAppCloud, Account: "77", Peer: "628222", Delivery: "second", Body: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Turns(t.Context(), at(monday), 1, func(_ context.Context, turn *store.Turn) error { turn.Release(); return nil }, nil); err != nil {
		t.Fatal(err)
	}
	if got := keys(cloud(t, s)); got != "628222:other" {
		t.Fatal(got)
	}
}

func TestWhatANetworkGivesBackLater(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	two := second(t, s, siti, "628111")
	tell := func(n ...hotline.Delivered) {
		t.Helper()
		for range 2 { // told twice is told once
			if err := s.Delivered(t.Context(), hotline.WhatsAppCloud, "77", n); err != nil {
				t.Fatal(err)
			}
		}
	}
	said := func(key string) hotline.Parcel {
		t.Helper()
		say(t, s, hotline.Out{To: two, Reply: hotline.Say(key)})
		p := cloud(t, s)
		if len(p) != 1 {
			t.Fatal(keys(p))
		}
		return p[0]
	}
	sent := func(p hotline.Parcel, ref string) {
		t.Helper()
		if err := s.Settle(t.Context(), []hotline.Sent{{ID: p.ID, Ref: ref, Later: true}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	state := func(id hotline.OutID) (state string, body bool, delivered, read bool) {
		t.Helper()
		if err := s.Pool().QueryRow(t.Context(), `select state, body is not null, delivered_at is not null, read_at is not null from outbox where id = @id`,
			pgx.StrictNamedArgs{"id": id}).Scan(&state, &body, &delivered, &read); err != nil {
			t.Fatal(err)
		}
		return
	}
	is := func(id hotline.OutID, wantState string, wantBody, wantDelivered, wantRead bool) {
		t.Helper()
		if st, b, d, r := state(id); st != wantState || b != wantBody || d != wantDelivered || r != wantRead {
			t.Fatalf("state %s, body %v, delivered %v, read %v", st, b, d, r)
		}
	}
	now := time.Now()

	one := said("one")
	sent(one, "wamid.1")
	is(one.ID, "sent", true, false, false)
	tell(hotline.Delivered{Ref: "wamid.1", State: "sent", At: now})
	is(one.ID, "sent", true, false, false)
	tell(hotline.Delivered{Ref: "wamid.1", State: "delivered", At: now}, hotline.Delivered{Ref: "wamid.1", State: "read", At: now})
	is(one.ID, "sent", false, true, true)
	tell(hotline.Delivered{Ref: "wamid.1", State: "failed", Reason: hotline.TroubleRefused, At: now}) // too late to be true
	is(one.ID, "sent", false, true, true)

	// The program died while sending; the network tells by our own id that it had arrived.
	lost := said("lost")
	s.Abandon(lost.ID)
	tell(hotline.Delivered{ID: lost.ID, Ref: "wamid.2", State: "delivered", At: now})
	is(lost.ID, "sent", false, true, false)

	// Told before the courier has written down that it was sent.
	early := said("early")
	tell(hotline.Delivered{ID: early.ID, Ref: "wamid.3", State: "delivered", At: now})
	sent(early, "wamid.3")
	is(early.ID, "sent", false, true, false)

	// Given back before the courier has written down that it was sent.
	quick := said("quick")
	tell(hotline.Delivered{ID: quick.ID, Ref: "wamid.6", State: "failed", Reason: hotline.TroubleWindow, At: now})
	sent(quick, "wamid.6")
	is(quick.ID, "due", true, false, false)
	if back := cloud(t, s); len(back) != 1 || !back[0].Closed {
		t.Fatalf("%+v", back)
	}
	settle(t, s, nil, hotline.Failure{ID: quick.ID, Reason: hotline.TroubleRefused})

	bad := said("bad")
	sent(bad, "wamid.4")
	tell(hotline.Delivered{Ref: "wamid.4", State: "failed", Reason: hotline.TroubleRefused, At: now})
	is(bad.ID, "aside", true, false, false)

	window := said("window")
	sent(window, "wamid.5")
	tell(hotline.Delivered{Ref: "wamid.5", State: "failed", Reason: hotline.TroubleWindow, At: now})
	back := cloud(t, s)
	if got := keys(back); got != "628111:window" || !back[0].Closed {
		t.Fatalf("tried again, as a closed one: %q", got)
	}
	settle(t, s, nil, hotline.Failure{ID: back[0].ID, Reason: hotline.TroubleWindow, Wait: true})
	if got := keys(due(t, s, monday)); got != "siti:window" {
		t.Fatalf("given back and sent by the other address: %q", got)
	}
}

func TestDivert(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	two := second(t, s, siti, "628111")
	say(t, s,
		hotline.Out{To: two, Lane: hotline.LaneNotice, Reply: hotline.Say("news")},
		hotline.Out{To: two, Lane: hotline.LaneNotice, Reply: hotline.Say("more")},
		hotline.Out{To: two, Lane: hotline.LaneReply, Asked: true, Reply: hotline.Say("answer")},
		hotline.Out{To: two, Lane: hotline.LaneBroadcast, Reply: hotline.Say("fair")})
	n, err := s.Divert(t.Context(), hotline.WhatsAppCloud, "77", monday, hotline.LaneNotice)
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	one := due(t, s, monday)
	if got := keys(one); got != "siti:news" {
		t.Fatal(got)
	}
	settle(t, s, one)
	if got := keys(due(t, s, monday)); got != "siti:more" {
		t.Fatal(got)
	}
	if got := keys(cloud(t, s)); got != "628111:answer" {
		t.Fatalf("an answer stays where it was asked: %q", got)
	}
	if n, err := s.Divert(t.Context(), hotline.WhatsAppCloud, "77", monday, hotline.LaneEmergency); err != nil || n != 0 {
		t.Fatal(n, err)
	}
}

func TestAnAlertAvoidsTheAccountThatIsWrong(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	second(t, s, siti, "628111")
	say(t, s, hotline.Out{Person: siti.Person.ID, Reply: hotline.Say("last")}, hotline.Out{Person: siti.Person.ID, Avoid: "telegram/42", Reply: hotline.Say("avoids")})
	if got := keys(due(t, s, monday)) + "|" + keys(cloud(t, s)); got != "siti:last|628111:avoids" && got != "|628111:last" {
		t.Fatal(got)
	}
}

func TestMenusAreKeptAsTheyWereDrawn(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	siti := person(t, s, "siti")
	say(t, s, hotline.Out{To: siti.Address.ID, Asked: true, Reply: hotline.Say("one")})
	first := due(t, s, monday)[0]
	menu := []hotline.Button{{Label: "Ya, kirim", Value: "d1.yes"}, {Label: "Ubah", Value: "d1.change"}}
	if err := s.Settle(t.Context(), []hotline.Sent{{ID: first.ID, Ref: "r1", Menu: menu}}, nil); err != nil {
		t.Fatal(err)
	}
	say(t, s, hotline.Out{To: siti.Address.ID, Reply: hotline.Say("none")})
	settle(t, s, due(t, s, monday))
	do(t, s, monday, func(tx *store.Tx) error {
		for ref, want := range map[string]int{"": 1, "r1": 1, "r2": 0} {
			got, err := tx.Menus(t.Context(), siti.Address.ID, ref)
			if err != nil || len(got) != want {
				t.Errorf("%q: %v, %v", ref, got, err)
			}
			if want == 1 && (got[0].Ref != "r1" || !got[0].Asked || len(got[0].Choices) != 2 || got[0].Choices[1] != menu[1]) {
				t.Errorf("%+v", got[0])
			}
		}
		return nil
	})
}

func TestWhatNobodyAskedForCanBeHeldBack(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	of := func(peer string) hotline.AddressID { return second(t, s, person(t, s, peer), "628"+peer) }
	a, b, c := of("1"), of("2"), of("3")
	say(t, s,
		hotline.Out{To: a, Lane: hotline.LaneNotice, Reply: hotline.Say("news")},
		hotline.Out{To: a, Lane: hotline.LaneReply, Asked: true, Reply: hotline.Say("answer")},
		hotline.Out{To: b, Lane: hotline.LaneEmergency, Reply: hotline.Say("danger")},
		hotline.Out{To: c, Lane: hotline.LaneBroadcast, Reply: hotline.Say("fair")})
	asked, err := s.DueAsked(t.Context(), hotline.WhatsAppCloud, "77", monday, 100)
	if err != nil {
		t.Fatal(err)
	}
	if got := keys(asked); got != "6282:danger 6281:answer" {
		t.Fatal(got)
	}
	settle(t, s, asked)
	rest := cloud(t, s)
	if got := keys(rest); got != "6281:news 6283:fair" {
		t.Fatal(got)
	}
	settle(t, s, rest)
	for since, want := range map[time.Time]int{time.Now().Add(-time.Hour): 2, time.Now().Add(time.Hour): 0} {
		if said, err := s.Unasked(t.Context(), hotline.WhatsAppCloud, "77", since); err != nil || len(said) != want || want > 0 && (said[a] != 1 || said[c] != 1) {
			t.Errorf("said %v unasked since %s, want to %d readers: %v", said, since, want, err)
		}
	}
}
