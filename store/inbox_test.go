package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) // 9 in the morning in Jepara

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func raw(peer, delivery, body string) hotline.Raw {
	return hotline.Raw{Channel: hotline.Telegram, Account: "42", Peer: peer, Delivery: delivery, Body: []byte(body)}
}

func put(t *testing.T, s *store.Store, came ...hotline.Raw) {
	t.Helper()
	if err := s.Put(t.Context(), came); err != nil {
		t.Fatal(err)
	}
}

// drain handles everything that waits and gives what was handled, in order.
func drain(t *testing.T, s *store.Store, handle store.Handler) []string {
	t.Helper()
	var got []string
	for {
		n, err := s.Turns(t.Context(), at(monday), 32, func(ctx context.Context, turn *store.Turn) error {
			got = append(got, turn.Conversation.Address.Peer+":"+string(turn.Body))
			if handle != nil {
				return handle(ctx, turn)
			}
			return nil
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return got
		}
	}
}

func TestAMessageThatComesTwiceIsHandledOnce(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	put(t, s, raw("a", "1", "x"), raw("a", "1", "x"))
	put(t, s, raw("a", "1", "x"), raw("a", "2", "y"))
	if got := fmt.Sprint(drain(t, s, nil)); got != "[a:x a:y]" {
		t.Fatalf("handled %s", got)
	}
	put(t, s, raw("a", "2", "y"))
	if got := drain(t, s, nil); got != nil {
		t.Fatalf("handled again: %v", got)
	}
}

func TestOneBatchHoldsOneMessageOfEachPerson(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	put(t, s, raw("a", "1", "1"), raw("a", "2", "2"), raw("b", "3", "1"), raw("a", "4", "3"), raw("b", "5", "2"))
	if got := fmt.Sprint(drain(t, s, nil)); got != "[a:1 b:1 a:2 b:2 a:3]" {
		t.Fatalf("handled %s", got)
	}
}

func TestTheConversationIsKept(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	put(t, s, raw("a", "1", "x"), raw("a", "2", "y"))
	var seen []string
	drain(t, s, func(_ context.Context, turn *store.Turn) error {
		seen = append(seen, fmt.Sprint(turn.Conversation.New, string(turn.Conversation.State)))
		turn.Keep(json.RawMessage(`{"n":1}`))
		return nil
	})
	if got := fmt.Sprint(seen); got != `[true false{"n":1}]` {
		t.Fatalf("conversations were %s", got)
	}
}

// One broken message holds up nobody: its batch is undone, the others are handled, and it is set aside at the third failure.
func TestABrokenTurnTakesNoneDownWithIt(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	put(t, s, raw("a", "1", "fine"), raw("b", "2", "broken"), raw("c", "3", "fine"), raw("b", "4", "behind"))
	handled := map[string]int{}
	handle := func(_ context.Context, turn *store.Turn) error {
		switch string(turn.Body) {
		case "broken":
			if turn.Attempt == 2 {
				panic("broken")
			}
			return errors.New("broken")
		}
		handled[turn.Conversation.Address.Peer+string(turn.Body)]++
		turn.Say(hotline.Out{To: turn.Conversation.Address.ID, Lane: hotline.LaneReply, Reply: hotline.Say("test")})
		return nil
	}
	apologies := 0
	aside := func(_ context.Context, turn *store.Turn) error {
		apologies++
		turn.Say(hotline.Out{To: turn.Conversation.Address.ID, Lane: hotline.LaneReply, Reply: hotline.Say("sorry")})
		return nil
	}
	deadline, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for handled["bbehind"] == 0 {
		if deadline.Err() != nil {
			t.Fatal("the row behind the broken one was never handled")
		}
		if _, err := s.Turns(deadline, at(monday), 32, handle, aside); err != nil {
			t.Fatal(err)
		}
	}
	if apologies != 1 {
		t.Fatalf("%d apologies", apologies)
	}
	p, err := s.Pending(t.Context(), monday)
	if err != nil {
		t.Fatal(err)
	}
	if p.Inbox != 0 || p.Outbox != 4 {
		t.Fatalf("left: %+v", p)
	}
	asides, err := s.SetAside(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(asides) != 1 || string(asides[0].Body) != "broken" || asides[0].Error != "broken" {
		t.Fatalf("set aside: %+v", asides)
	}
}

func TestWhatNobodySentIsSetAsideWithItsBytes(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	put(t, s, hotline.Raw{Channel: hotline.Telegram, Account: "42", Delivery: "7", Body: []byte("{garbled")})
	asides, err := s.SetAside(t.Context(), 10)
	if err != nil || len(asides) != 1 || string(asides[0].Body) != "{garbled" {
		t.Fatalf("%+v, %v", asides, err)
	}
}

// A network that was not told "received" brings it again, perhaps to several instances at once.
func TestWhatNobodySentIsSetAsideOnce(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	var wg sync.WaitGroup
	for range 2 {
		s := testbed.StoreAt(t, dsn)
		for range 8 {
			wg.Go(func() {
				garbled := hotline.Raw{Channel: hotline.Telegram, Account: "42", Delivery: "7", Body: []byte("{garbled")}
				if err := s.Put(t.Context(), []hotline.Raw{garbled, raw("a", "1", "x"), garbled}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	s := testbed.StoreAt(t, dsn)
	put(t, s, hotline.Raw{Channel: hotline.Telegram, Account: "42", Delivery: "8", Body: []byte("{garbled")},
		hotline.Raw{Channel: hotline.Telegram, Account: "43", Delivery: "7", Body: []byte("{garbled")})
	asides, err := s.SetAside(t.Context(), 50)
	if err != nil || len(asides) != 3 {
		t.Errorf("%d set aside, want 3: %+v, %v", len(asides), asides, err)
	}
	if got := fmt.Sprint(drain(t, s, nil)); got != "[a:x]" {
		t.Errorf("handled %s", got)
	}
}

// Several instances and a flood of deliveries at once: each person's messages are handled once and in order. The conversation itself counts:
// its state is the number of the message that must come next.
func TestOrderHoldsAcrossInstances(t *testing.T) {
	t.Parallel()
	dsn := testbed.Database(t)
	const people, each = 20, 30
	var stores []*store.Store
	for range 3 {
		stores = append(stores, testbed.StoreAt(t, dsn))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var handled atomic.Int64
	handle := func(_ context.Context, turn *store.Turn) error {
		next := 0
		if s := turn.Conversation.State; s != nil {
			if err := json.Unmarshal(s, &next); err != nil {
				return err
			}
		}
		if got := string(turn.Body); got != strconv.Itoa(next) {
			t.Errorf("message %s came where %d was next", got, next)
		}
		turn.Keep([]byte(strconv.Itoa(next + 1)))
		return nil
	}
	var group sync.WaitGroup
	for _, s := range stores {
		for range 2 {
			group.Go(func() {
				for handled.Load() < people*each && ctx.Err() == nil {
					n, err := s.Turns(ctx, at(monday), 8, handle, nil)
					if err != nil {
						t.Error(err)
					}
					handled.Add(int64(n))
					if n == 0 {
						select {
						case <-s.Bells.Inbox.C():
						case <-time.After(20 * time.Millisecond):
						}
					}
				}
			})
		}
	}
	for i := range each {
		s := stores[i%len(stores)]
		var batch []hotline.Raw
		for p := range people {
			batch = append(batch, raw(fmt.Sprint("p", p), fmt.Sprint(i), fmt.Sprint(i)))
		}
		put(t, s, batch...)
	}
	group.Wait()
	states := drain(t, stores[0], nil)
	if n := handled.Load(); n < people*each || len(states) != 0 {
		t.Fatalf("handled %d of %d, left %d", n, people*each, len(states))
	}
}
