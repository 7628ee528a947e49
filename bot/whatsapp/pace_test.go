package whatsapp

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Messages to different people are never closer than the gap, whatever the order and the jitter; urgent ones never wait, and do not make a gap smaller.
func TestPace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pace := Pace{Gap: time.Second, Same: 200 * time.Millisecond, Jitter: 500 * time.Millisecond}
		p := newPacer(pace)
		p.chance = func(d time.Duration) time.Duration {
			return time.Duration(rapid.Int64Range(0, int64(d)-1).Draw(t, "jitter"))
		}
		now := time.Unix(1_000_000, 0)
		var last time.Time
		var to string
		for range rapid.IntRange(1, 60).Draw(t, "messages") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, "later")))
			peer := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "peer")
			urgent := rapid.IntRange(0, 9).Draw(t, "urgent") == 0
			wait := p.next(now, peer, urgent)
			if wait < 0 || urgent && wait != 0 {
				t.Fatalf("waits %v", wait)
			}
			at := now.Add(wait)
			if urgent {
				if at.After(last) {
					last, to = at, peer
				}
				continue
			}
			least := pace.Gap
			if peer == to {
				least = pace.Same
			}
			if !last.IsZero() && at.Sub(last) < least {
				t.Fatalf("%v after the last", at.Sub(last))
			}
			if !last.IsZero() && at.After(now) && at.Sub(last) > pace.Gap+pace.Jitter {
				t.Fatalf("held for no reason: %v after the last", at.Sub(last))
			}
			last, to = at, peer
		}
	})
}

func TestNoPaceIsNone(t *testing.T) {
	t.Parallel()
	p := newPacer(Pace{})
	for range 100 {
		if d := p.next(time.Unix(1, 0), "a", false); d != 0 {
			t.Fatal(d)
		}
	}
}
