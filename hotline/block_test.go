package hotline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is asked for, a block that passes ends by itself within a year, holds from its beginning to its end and not a moment longer, and never holds once
// it was lifted.
func TestABlockEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(rt *rapid.T) {
		days := rapid.IntRange(-10, 500).Draw(rt, "days")
		b := Block{ID: 1, Reason: rapid.SampledFrom(BlockReasons()).Draw(rt, "reason"), From: now, Until: BlockUntil(now, days),
			Words: rapid.SampledFrom([]string{"", "  ", "Tolong yang sopan.", strings.Repeat("x", MaxBlockWords+1)}).Draw(rt, "words")}
		err := b.Check(now)
		if ok := days >= 1 && days <= MostBlockDays; !ok && err == nil {
			rt.Fatalf("%d days pass", days)
		}
		if strings.TrimSpace(b.Words) == "" && b.Reason == BlockOther && err == nil {
			rt.Fatal("another reason without a word passes")
		}
		if err != nil {
			return
		}
		at := now.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(400*24*time.Hour)).Draw(rt, "at")))
		if b.Holds(at) != (!at.Before(now) && at.Before(b.Until)) {
			rt.Fatalf("from %v to %v it holds at %v: %v", b.From, b.Until, at, b.Holds(at))
		}
		lifted, err := b.Lift(7, LiftMistake, at)
		if (err == nil) != b.Holds(at) {
			rt.Fatalf("lifted at %v: %v", at, err)
		}
		if err == nil && (lifted.Holds(at) || lifted.Holds(b.Until.Add(-1)) || !lifted.Over().Equal(at)) {
			rt.Fatal("it holds after it was lifted")
		}
	})
}

// Staff are not barred, whoever else is on any of their networks.
func TestWhoIsBarred(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	b := Block{ID: 1, Person: 3, Reason: BlockSpam, From: now, Until: BlockUntil(now, BlockDays)}
	for _, tt := range []struct {
		v    Viewer
		want bool
	}{
		{Viewer{Person: 3}, true},
		{Viewer{Person: 4, Also: []PersonID{3}}, true},
		{Viewer{Person: 3, Roles: []Role{{Name: RoleCitizen}}}, true},
		{Viewer{Person: 3, Roles: []Role{{Name: RoleResponder}}}, false},
	} {
		if got := b.Bars(tt.v, now); got != tt.want {
			t.Errorf("%+v: %v", tt.v, got)
		}
	}
	if (Block{}).Bars(Viewer{}, now) {
		t.Error("no block bars somebody")
	}
}

// The answer says all that whoever is blocked must know, and whose words it quotes.
func TestTheBlockedReadWhy(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	b := Block{ID: 1, Reason: BlockAbuse, Words: "Tolong yang sopan."}
	got := map[string]bool{}
	for _, l := range r.BlockAnswer(b, Indonesian).Lines {
		got[l.Key] = true
	}
	for _, key := range []string{"block.is", "block.words", "block.cases", "block.danger", "block.object"} {
		if !got[key] {
			t.Errorf("the answer lacks %s", key)
		}
	}
	if _, err := b.Lift(1, "because", time.Now()); !errors.Is(err, ErrNoReason) {
		t.Errorf("lifted for no reason: %v", err)
	}
	if r := r.BlockLifted(Block{LiftedAs: LiftMistake}); r.Lines[0].Key != "block.sorry" {
		t.Errorf("a mistake is answered with %v", r.Lines)
	}
}
