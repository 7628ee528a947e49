package hotline

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A clock that stood still has afterwards as many working days left as before, never fewer hours, and two pauses one after the other are one.
func TestAPausedClockLosesNothing(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := r.Calendar("")
		begin := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
		from := begin.Add(time.Duration(rapid.IntRange(0, 60*24*60).Draw(rt, "from")) * time.Minute)
		until := from.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(rt, "long")) * time.Minute)
		due := c.Add(from, Span{WorkDays: rapid.IntRange(1, 30).Draw(rt, "limit")})
		got := c.Paused(due, from, until)
		if left, was := c.WorkDaysBetween(until, got), c.WorkDaysBetween(from, due); left != was {
			rt.Fatalf("paused %v to %v: due %v became %v, %d working days left of %d", from, until, due, got, left, was)
		}
		if got.Before(due) || !c.Paused(due, until, from).Equal(due) && until.After(from) || !c.Paused(time.Time{}, from, until).IsZero() {
			rt.Fatalf("due %v became %v", due, got)
		}
		if !got.Equal(c.closing(got.In(c.Zone))) {
			rt.Fatalf("due %v, the close of work, became %v", due, got)
		}
		middle := from.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(from))).Draw(rt, "middle")))
		if twice := c.Paused(c.Paused(due, from, middle), middle, until); !twice.Equal(got) {
			rt.Fatalf("in two parts, until %v and until %v: %v, at once %v", middle, until, twice, got)
		}
		// It is due no later than the same limit counted from when the clock went on again.
		if again := c.Add(until, Span{WorkDays: c.WorkDaysBetween(from, due)}); got.After(again) {
			rt.Fatalf("due %v is later than a limit that begins at the end, %v", got, again)
		}
	})
}

func TestWhatIsWrongWithASiaga(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	good := Siaga{ID: 1, Decree: "360/1/2026", Category: r.Categories[0].ID, Kecamatan: []string{r.Kecamatans()[0].Code}, Text: "Air naik.", Units: []string{r.Units[0].ID},
		Unit: r.Units[0].ID, From: now, Until: now.Add(24 * time.Hour)}
	if err := good.Check(r, now); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[error]func(*Siaga){
		ErrSiagaDecree: func(s *Siaga) { s.Decree = " " }, ErrSiagaMatter: func(s *Siaga) { s.Category = "no" }, ErrSiagaPlace: func(s *Siaga) { s.Kecamatan = nil },
		ErrSiagaText: func(s *Siaga) { s.Text = "" }, ErrSiagaUntil: func(s *Siaga) { s.Until = now }, ErrSiagaUnit: func(s *Siaga) { s.Units = []string{"no"} },
	} {
		s := good
		spoil(&s)
		if err := s.Check(r, now); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	for _, c := range r.Categories {
		s := good
		if s.Category = c.ID; c.Oversight || c.Rudeness {
			if err := s.Check(r, now); !errors.Is(err, ErrSiagaMatter) {
				t.Errorf("a siaga about %s: %v", c.ID, err)
			}
		}
	}
	village := r.Villages()[0]
	for _, c := range []struct {
		area, category string
		at             time.Time
		want           bool
	}{
		{village.Parent, "", now, village.Parent == good.Kecamatan[0]}, {good.Kecamatan[0], good.Category, now, true}, {good.Kecamatan[0], "other", now, false},
		{good.Kecamatan[0], "", good.Until, false}, {good.Kecamatan[0], "", now.Add(-time.Second), false}, {"", "", now, false},
	} {
		if _, ok := SiagaAt(r, []Siaga{good}, c.area, c.category, c.at); ok != c.want {
			t.Errorf("%+v: %v", c, ok)
		}
	}
	early := good
	if early.Ended = now.Add(time.Hour); !early.Over().Equal(early.Ended) || early.Holds(now) {
		t.Errorf("ended early: %v", early.Over())
	}
	if early.Ended = good.Until.Add(time.Hour); !early.Over().Equal(good.Until) {
		t.Errorf("ended late: %v", early.Over())
	}
}

func TestSiagaPlaces(t *testing.T) {
	t.Parallel()
	got := SiagaPlaces([]SiagaReport{
		{Case: Case{Area: "a", Status: Assigned}, People: 3, Need: NeedFood}, {Case: Case{Area: "b", Status: Assigned}, People: 1, Need: NeedRescue},
		{Case: Case{Area: "a", Status: Closed}, People: 9, Need: NeedRescue},
	})
	if len(got) != 2 || got[0] != (SiagaPlace{"b", 1, 1, 1, 1}) || got[1] != (SiagaPlace{"a", 2, 1, 12, 0}) {
		t.Errorf("%+v", got)
	}
}
