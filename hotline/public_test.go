package hotline

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// aMonth draws the cases of a month, few enough that much of it is small.
func aMonth(t *rapid.T) []PublicCase {
	var cs []PublicCase
	groups, places := rapid.IntRange(1, 4).Draw(t, "groups"), rapid.IntRange(1, 4).Draw(t, "places")
	most := rapid.SampledFrom([]int{3, 7, 12, 40}).Draw(t, "most")
	for range rapid.IntRange(0, groups*most).Draw(t, "cases") {
		c := PublicCase{Month: "2026-10", Hushed: rapid.IntRange(0, 11).Draw(t, "hushed") == 0, Answered: -1}
		if g := rapid.IntRange(0, groups).Draw(t, "group"); g > 0 {
			c.Group = fmt.Sprint("g", g)
		}
		if p := rapid.IntRange(0, places).Draw(t, "place"); p > 0 {
			c.Place = fmt.Sprint("p", p)
		}
		c.State = rapid.SampledFrom([]PublicState{PublicResolved, PublicResolved, PublicOpen, publicOther}).Draw(t, "state")
		if rapid.Bool().Draw(t, "answered") {
			c.Answered = time.Duration(rapid.IntRange(0, 500).Draw(t, "hours")) * time.Hour
		}
		cs = append(cs, c)
	}
	return cs
}

// What a reader of a month could compute: every sum of untold cells that the told figures fix. It is found by linear algebra, in another way than
// the
// figures were protected: a sum is fixed exactly where it is a combination of the sums that are told.
func TestNothingSmallCanBeComputedFromPublicFigures(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cs := aMonth(t)
		f := MakePublic("2026-11-22", cs)
		if len(cs) < PublicLeast {
			if len(f.Months) > 0 {
				t.Fatalf("%d cases are told as %+v", len(cs), f.Months)
			}
			return
		}
		m := f.Months[0]
		if m.Received != len(cs) {
			t.Fatalf("%d cases are told as %d", len(cs), m.Received)
		}
		told := func(where string, n int) {
			if n != Untold && n < PublicLeast {
				t.Fatalf("%s tells %d: %+v", where, n, m)
			}
		}
		for where, n := range map[string]int{"received": m.Received, "resolved": m.Resolved, "open": m.Open} {
			told(where, n)
		}
		computable(t, m.PublicCount, m.Groups, cs, func(c PublicCase) string { return c.Group })
		computable(t, m.PublicCount, m.Places, cs, func(c PublicCase) string { return c.Place })
		for _, r := range append(slices.Clone(m.Groups.Rows), m.Places.Rows...) {
			told(r.Name, r.Received)
			told(r.Name, r.Resolved)
			told(r.Name, r.Open)
		}
	})
}

// computable fails where the sum of some untold cells of a table is fixed by what is told, and small.
func computable(t *rapid.T, all PublicCount, table PublicTable, cs []PublicCase, name func(PublicCase) string) {
	// The true cells: rows that are told, and the rest.
	truth := make([][3]int, len(table.Rows)+1)
	hushed := 0
	for _, c := range cs {
		i := slices.IndexFunc(table.Rows, func(r PublicRow) bool { return !c.Hushed && r.Name == name(c) })
		if i < 0 {
			i = len(table.Rows)
		}
		truth[i][c.State]++
		if c.Hushed {
			hushed++
		}
	}
	sum := func(cells [3]int) int { return cells[0] + cells[1] + cells[2] }
	for i, r := range table.Rows {
		if r.Received != sum(truth[i]) || r.Resolved != Untold && r.Resolved != truth[i][0] || r.Open != Untold && r.Open != truth[i][1] {
			t.Fatalf("%s is told as %+v, and is %v", r.Name, r, truth[i])
		}
	}
	rest := sum(truth[len(table.Rows)])
	if len(table.Rows) > 0 && (table.Rest != rest || small(rest) || hushed > 0 && rest == hushed) {
		t.Fatalf("the rest is told as %d, and is %d, with %d that are secret", table.Rest, rest, hushed)
	}
	type cell struct{ row, state int }
	var untold []cell
	for i := range truth {
		for s := range 3 {
			if i == len(table.Rows) || s == 2 || s == 0 && table.Rows[i].Resolved == Untold || s == 1 && table.Rows[i].Open == Untold {
				untold = append(untold, cell{i, s})
			}
		}
	}
	// Each told sum is an equation between untold cells.
	var known [][]int64
	equation := func(in func(cell) bool) {
		e := make([]int64, len(untold))
		for i, c := range untold {
			if in(c) {
				e[i] = 1
			}
		}
		known = append(known, e)
	}
	for i := range truth {
		equation(func(c cell) bool { return c.row == i })
	}
	for s, n := range []int{all.Resolved, all.Open} {
		if n != Untold {
			equation(func(c cell) bool { return c.state == s })
		}
	}
	basis := echelon(known)
	for set := 1; set < 1<<len(untold); set++ {
		v, n := make([]int64, len(untold)), 0
		for i, c := range untold {
			if set&(1<<i) != 0 {
				v[i] = 1
				n += truth[c.row][c.state]
			}
		}
		if small(n) && within(basis, v) {
			t.Fatalf("a reader computes %d: the cells %b of %v, in %+v with rows %+v", n, set, untold, truth, table.Rows)
		}
	}
}

// prime is what echelon and within reckon modulo: the equations are of zeros and ones, so nothing is lost.
const prime = 1_000_003

func echelon(rows [][]int64) (basis [][]int64) {
	for _, r := range rows {
		r = reduce(basis, slices.Clone(r))
		if lead := slices.IndexFunc(r, func(x int64) bool { return x != 0 }); lead >= 0 {
			inverse := power(r[lead], prime-2)
			for i := range r {
				r[i] = r[i] * inverse % prime
			}
			basis = append(basis, r)
		}
	}
	return basis
}

func reduce(basis [][]int64, v []int64) []int64 {
	for _, b := range basis {
		lead := slices.IndexFunc(b, func(x int64) bool { return x != 0 })
		if f := v[lead]; f != 0 {
			for i := range v {
				v[i] = ((v[i]-f*b[i])%prime + prime) % prime
			}
		}
	}
	return v
}

func within(basis [][]int64, v []int64) bool {
	return !slices.ContainsFunc(reduce(basis, v), func(x int64) bool { return x != 0 })
}

func power(x, n int64) int64 {
	out := int64(1)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = out * x % prime
		}
		x = x * x % prime
	}
	return out
}

// Whoever keeps the figures of two days can compare them: no month that was told is ever told otherwise, whatever became of its cases meanwhile. A month is told
// two weeks after its end, and not at all where it had too few cases then.
func TestPublicFiguresOfTwoDaysTellNoMoreThanOne(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, rapid.IntRange(1, 30).Draw(t, "day"), 9, 0, 0, 0, r.Zone)
		months := []string{"2026-08", "2026-09", "2026-10", "2026-11"}
		var cs []PublicCase
		for _, c := range append(aMonth(t), aMonth(t)...) {
			c.Month = rapid.SampledFrom(months).Draw(t, "month")
			cs = append(cs, c)
		}
		first, made := r.PublicNext(PublicFigures{}, now, cs)
		if !made {
			t.Fatal("nothing was decided")
		}
		for _, m := range first.Months {
			if end, _ := time.ParseInLocation("2006-01", m.Month, r.Zone); now.Before(end.AddDate(0, 1, publicAfter)) {
				t.Fatalf("%s is told on %s", m.Month, now.Format(time.DateOnly))
			}
		}
		for i := range cs { // they move on, become secret, are given to others; some come later
			if rapid.Bool().Draw(t, "moved") {
				cs[i].State, cs[i].Hushed = PublicResolved, !cs[i].Hushed
			}
		}
		cs = append(cs, slices.Repeat([]PublicCase{{Month: "2026-09", Group: "g1", Answered: -1}}, 6)...)
		later := now.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "later"))
		second, made := r.PublicNext(first, later, cs)
		told := map[string]PublicMonth{}
		for _, m := range second.Months {
			told[m.Month] = m
		}
		for _, m := range first.Months {
			if got := told[m.Month]; !reflect.DeepEqual(got, m) {
				t.Fatalf("%s was told as %+v, and later as %+v", m.Month, m, got)
			}
			delete(told, m.Month)
		}
		for month := range told {
			if month <= first.Last {
				t.Fatalf("%s had too few cases, and is told later", month)
			}
		}
		if made != (second.Last > first.Last) {
			t.Fatalf("decided up to %s and then %s: %t", first.Last, second.Last, made)
		}
	})
}

// A month's smallest row goes with the secret cases. That two cases of a month ended in another way must not be computed, so what is open is not
// told;
// and were it told how many of "dinkes" are resolved, it could be computed that two of the rest are not.
func TestPublicFiguresTellWhatTheyMay(t *testing.T) {
	t.Parallel()
	var cs []PublicCase
	add := func(n int, group, place string, state PublicState, hushed bool) {
		for i := range n {
			cs = append(cs, PublicCase{Month: "2026-10", Group: group, Place: place, State: state, Hushed: hushed, Answered: time.Duration(i%3+1) * 24 * time.Hour})
		}
	}
	add(30, "pu", "99.01.01", PublicResolved, false)
	add(12, "pu", "99.01.02", PublicOpen, false)
	add(9, "dinkes", "99.01.01", PublicResolved, false)
	add(6, "dinkes", "99.01.01", PublicOpen, false)
	add(2, "dinkes", "99.01.01", publicOther, false)
	add(6, "dlh", "99.01.02", PublicResolved, false)
	add(2, "itda", "99.01.01", PublicOpen, true)
	m := MakePublic("2026-11-22", cs).Months[0]
	if m.PublicCount != (PublicCount{67, 45, Untold}) || m.Median != 2 {
		t.Errorf("the month is told as %+v, median %v", m.PublicCount, m.Median)
	}
	want := []PublicRow{{"pu", PublicCount{42, 30, Untold}}, {"dinkes", PublicCount{17, Untold, Untold}}}
	if !slices.Equal(m.Groups.Rows, want) || m.Groups.Rest != 8 {
		t.Errorf("by field: %+v, and %d", m.Groups.Rows, m.Groups.Rest)
	}
}

// Track tells the reporter's own words to nobody, nor a village, and of a hushed case nothing but how it stands.
func TestTrackTellsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		c, events := aLife(t)
		c.Number = Number{Letters: "KCL", Day: "261123", Seq: 7}
		c.Area = rapid.SampledFrom([]string{"", "99.01", "99.01.01", "99.01.01.2001", "99.01.02.2002"}).Draw(t, "area")
		c.About = rapid.SampledFrom([]string{"", "", "pu"}).Draw(t, "about")
		c.Privacy = rapid.SampledFrom([]Privacy{Open, Anonymous, Secret, Sealed}).Draw(t, "privacy")
		c.Category = rapid.SampledFrom([]string{"", "jalan-rusak", "pungli", "pelayanan"}).Draw(t, "category")
		said := map[ContentID]Content{}
		for _, e := range events {
			if e.Content != 0 {
				said[e.Content] = Content{ID: e.Content, Text: string(e.Kind)}
			}
		}
		got := r.Track(c, events, said)
		if c.Privacy.IsSecret() || c.About != "" || c.Category == "pungli" || c.Category == "pelayanan" {
			if got.Number != c.Number || got.Status != c.Status || !got.Bare || got.Answers != nil || got.Category+got.Kecamatan+got.Unit+got.Date != "" ||
				!got.Filed.IsZero() || !got.Due.IsZero() || !got.AskDue.IsZero() {
				t.Fatalf("of a hushed case is told %+v", got)
			}
			return
		}
		if a, ok := r.Area(got.Kecamatan); got.Kecamatan != "" && (!ok || a.Level != LevelKecamatan) {
			t.Fatalf("the place is told as %q", got.Kecamatan)
		}
		for _, a := range got.Answers {
			if a.Text != "" && a.Text != string(a.Kind) || slices.Contains([]EventKind{EvFiled, EvTold, EvRemarked, EvEdited, EvPlaced, EvNoted, EvAsked, EvRated, EvReopened}, a.Kind) {
				t.Fatalf("%s is told as %q", a.Kind, a.Text)
			}
		}
	})
}

// aLife draws a case and what happened to it.
func aLife(t *rapid.T) (Case, []Event) {
	var c Case
	var history []Event
	for n := range rapid.IntRange(1, 25).Draw(t, "length") {
		e := anEvent(c, n+1).Draw(t, "event")
		if n == 0 {
			e.Kind = EvFiled
		}
		e.Content = ContentID(n + 1)
		if after, err := c.After(e); err == nil {
			c, history = after, append(history, e)
		}
	}
	return c, history
}
