package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

func due(t *testing.T, s *store.Store, now time.Time) []hotline.Parcel {
	t.Helper()
	p, err := s.Due(t.Context(), hotline.Telegram, "42", now, 100)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func keys(ps []hotline.Parcel) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Address.Peer+":"+p.Out.Reply.Lines[0].Key)
	}
	return strings.Join(out, " ")
}

func settle(t *testing.T, s *store.Store, sent []hotline.Parcel, failed ...hotline.Failure) {
	t.Helper()
	var all []hotline.Sent
	for _, p := range sent {
		all = append(all, hotline.Sent{ID: p.ID, Ref: fmt.Sprint("ref", p.ID)})
	}
	if err := s.Settle(t.Context(), all, failed); err != nil {
		t.Fatal(err)
	}
}

func say(t *testing.T, s *store.Store, outs ...hotline.Out) {
	t.Helper()
	do(t, s, monday, func(tx *store.Tx) error {
		for _, o := range outs {
			tx.Say(o)
		}
		return nil
	})
}

func TestEachAddressHearsOneThingAfterTheOther(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	a, b := person(t, s, "a").Address.ID, person(t, s, "b").Address.ID
	say(t, s,
		hotline.Out{To: a, Lane: hotline.LaneReply, Reply: hotline.Say("first")},
		hotline.Out{To: a, Lane: hotline.LaneReply, Reply: hotline.Say("second")},
		hotline.Out{To: b, Lane: hotline.LaneBroadcast, Reply: hotline.Say("news")},
		hotline.Out{To: a, Lane: hotline.LaneEmergency, Reply: hotline.Say("danger")})
	one := due(t, s, monday)
	if got := keys(one); got != "a:danger b:news" {
		t.Fatal(got)
	}
	if got := keys(due(t, s, monday)); got != "" {
		t.Fatalf("given twice: %s", got)
	}
	settle(t, s, one)
	two := due(t, s, monday)
	if got := keys(two); got != "a:first" {
		t.Fatal(got)
	}
	// It is tried again later: what stands behind it waits.
	settle(t, s, nil, hotline.Failure{ID: two[0].ID, Reason: hotline.TroubleUnavailable, Again: time.Now().Add(time.Hour)})
	if got := keys(due(t, s, monday)); got != "" {
		t.Fatalf("overtaken by %s", got)
	}
	// It is set aside: what stands behind it goes on.
	settle(t, s, nil, hotline.Failure{ID: two[0].ID, Reason: hotline.TroubleRefused})
	if got := keys(due(t, s, monday)); got != "a:second" {
		t.Fatal(got)
	}
}

func TestAnotherAccountsThingsAreNotOurs(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	say(t, s, hotline.Out{To: person(t, s, "a").Address.ID, Reply: hotline.Say("hello")})
	p, err := s.Due(t.Context(), hotline.Telegram, "43", monday, 10)
	if err != nil || len(p) != 0 {
		t.Fatalf("%v, %v", p, err)
	}
}

func TestASlotHoldsOneUnsentThing(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	a := person(t, s, "a").Address.ID
	later := monday.Add(4 * time.Second)
	say(t, s, hotline.Out{To: a, Lane: hotline.LaneReply, Slot: "gather", Due: later, Reply: hotline.Say("one")})
	say(t, s, hotline.Out{To: a, Lane: hotline.LaneReply, Slot: "gather", Due: later.Add(time.Second), Reply: hotline.Say("two")})
	if at, ok, err := s.NextDue(t.Context(), hotline.Telegram, "42"); err != nil || !ok || !at.Equal(later.Add(time.Second)) {
		t.Fatalf("due at %s, %v, %v", at, ok, err)
	}
	if got := keys(due(t, s, later)); got != "" {
		t.Fatalf("too early: %s", got)
	}
	two := due(t, s, later.Add(time.Second))
	if got := keys(two); got != "a:two" {
		t.Fatal(got)
	}
	// While it is being sent, the next thing for the slot is another one.
	say(t, s, hotline.Out{To: a, Lane: hotline.LaneReply, Slot: "gather", Reply: hotline.Say("three")})
	settle(t, s, two)
	if got := keys(due(t, s, later.Add(time.Second))); got != "a:three" {
		t.Fatal(got)
	}
}

func TestACardCanBeFoundAndChanged(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	budi := person(t, s, "budi")
	c := file(t, s, person(t, s, "siti"))
	grant(t, s, budi.Person.ID, hotline.RoleOfficer, "dlh")
	assign(t, s, c.ID, "dlh", hotline.Lead)
	say(t, s, hotline.Out{Person: budi.Person.ID, Lane: hotline.LaneNotice, Card: "offer:7", Case: c.ID, Assign: 7,
		Reply: hotline.Say("card", "case", c.ID, "story", c.Story, "who", budi.Person.ID)})
	sent := due(t, s, monday)
	if len(sent) != 1 || sent[0].Numbers[c.ID] != c.Number || sent[0].Said[c.Story].Text != "jalan rusak" {
		t.Fatalf("%+v", sent)
	}
	settle(t, s, sent)
	do(t, s, monday, func(tx *store.Tx) error {
		id, a, err := tx.CaseOfMessage(t.Context(), budi.Address.ID, fmt.Sprint("ref", sent[0].ID))
		if id != c.ID || a != 7 {
			t.Errorf("the card is about %d, %d", id, a)
		}
		return err
	})
	say(t, s, hotline.Out{Person: budi.Person.ID, Verb: hotline.VerbEdit, Edits: "offer:7", Lane: hotline.LaneNotice, Reply: hotline.Say("taken")})
	edit := due(t, s, monday)
	if len(edit) != 1 || edit[0].EditRef != fmt.Sprint("ref", sent[0].ID) {
		t.Fatalf("%+v", edit)
	}
}

// Whoever blocked us hears nothing; when they come back, they hear what waited.
func TestWhatIsDueWaitsForWhoBlockedUs(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	a := person(t, s, "a").Address.ID
	say(t, s, hotline.Out{To: a, Lane: hotline.LaneReply, Reply: hotline.Say("one")}, hotline.Out{To: a, Lane: hotline.LaneReply, Reply: hotline.Say("two")})
	first := due(t, s, monday)
	settle(t, s, nil, hotline.Failure{ID: first[0].ID, Reason: hotline.TroubleBlocked, Hold: true})
	if got := keys(due(t, s, monday)); got != "" {
		t.Fatalf("said to somebody who blocked us: %s", got)
	}
	put(t, s, raw("a", "back", "hello again"))
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		if !turn.Held {
			t.Error("the turn does not know that the person had blocked us")
		}
		turn.Release()
		return nil
	})
	if got := keys(due(t, s, monday)); got != "a:one" {
		t.Fatal(got)
	}
}

func TestWhatWasSaidLeavesNoCopyInTheOutbox(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	s := testbed.StoreAt(t, dsn)
	say(t, s, hotline.Out{To: person(t, s, "a").Address.ID, Reply: hotline.Say("echo", "text", "rahasia Siti")})
	settle(t, s, due(t, s, monday))
	var n int
	if err := s.Pool().QueryRow(t.Context(), `select count(*) from outbox where body is not null`).Scan(&n); err != nil || n != 0 {
		t.Fatalf("%d bodies left, %v", n, err)
	}
}

// A clock that ran fast is set right: what was to be said at once is said now, not when the clock has come so far again.
func TestAClockSetBackHoldsNoAnswer(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	a := person(t, s, "a").Address.ID
	do(t, s, monday.Add(time.Hour), func(tx *store.Tx) error {
		tx.Say(hotline.Out{To: a, Lane: hotline.LaneEmergency, Reply: hotline.Say("danger")})
		tx.Say(hotline.Out{To: a, Lane: hotline.LaneReply, Due: monday.Add(time.Hour), Reply: hotline.Say("answer")})
		return nil
	})
	for _, want := range []string{"a:danger", "a:answer"} {
		got := due(t, s, monday)
		if keys(got) != want {
			t.Fatalf("%q, want %q", keys(got), want)
		}
		settle(t, s, got)
	}
}

// Few people are told so much that it fills what is looked at: the others hear theirs all the same, and everybody in order.
func TestThoseWhoAreToldMuchDoNotHideTheOthers(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	a, b, c := person(t, s, "a").Address.ID, person(t, s, "b").Address.ID, person(t, s, "c").Address.ID
	do(t, s, monday, func(tx *store.Tx) error {
		for i := range 900 {
			tx.Say(hotline.Out{To: []hotline.AddressID{a, b}[i%2], Lane: hotline.LaneReply, Reply: hotline.Say(fmt.Sprint("much", i/2))})
		}
		tx.Say(hotline.Out{To: c, Lane: hotline.LaneNotice, Reply: hotline.Say("news")})
		return nil
	})
	got := due(t, s, monday)
	if keys(got) != "a:much0 b:much0 c:news" {
		t.Fatal(keys(got))
	}
	settle(t, s, got)
	if got := keys(due(t, s, monday)); got != "a:much1 b:much1" {
		t.Fatal(got)
	}
}

// What goes to those who work here is not of an account's share of the day, and a reader who has heard enough hears no more of it than answers.
func TestTheDaysShareIsTheReaders(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	of := func(peer string) (hotline.Conversation, hotline.AddressID) {
		p := person(t, s, peer)
		return p, second(t, s, p, "628"+peer)
	}
	budi, office := of("1")
	_, a := of("2")
	_, b := of("3")
	grant(t, s, budi.Person.ID, hotline.RoleOfficer, "dlh")
	say(t, s,
		hotline.Out{To: office, Lane: hotline.LaneNotice, Reply: hotline.Say("card")},
		hotline.Out{To: a, Lane: hotline.LaneNotice, Reply: hotline.Say("news")},
		hotline.Out{To: b, Lane: hotline.LaneNotice, Reply: hotline.Say("news")})
	take := func(parcels []hotline.Parcel, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		settle(t, s, parcels)
		return keys(parcels)
	}
	if got := take(s.DueAsked(t.Context(), hotline.WhatsAppCloud, "77", monday, 100)); got != "6281:card" {
		t.Fatal(got)
	}
	if got := take(s.DueSparing(t.Context(), hotline.WhatsAppCloud, "77", monday, 100, []hotline.AddressID{a})); got != "6283:news" {
		t.Fatal(got)
	}
	said, err := s.Unasked(t.Context(), hotline.WhatsAppCloud, "77", time.Now().Add(-time.Hour))
	if err != nil || len(said) != 1 || said[b] != 1 {
		t.Fatalf("counted %v, %v", said, err)
	}
}
