package hotline

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// planned is a regency of so many kecamatan in a row, each of which borders on the next, with villages. Holidays are those given.
func planned(tb testing.TB, kecamatan, villages int, holidays ...string) *Regency {
	tb.Helper()
	r := tiny(tb)
	c := r.Calendars[""]
	c.Holidays = map[string]Holiday{}
	for _, h := range holidays {
		c.Holidays[h] = Holiday{Date: h, Name: "Libur " + h, Kind: PublicHoliday}
	}
	r.Calendars[""] = c
	for k := range kecamatan {
		code := fmt.Sprintf("99.01.%02d", 10+k)
		west := 111 + float64(k)*0.1
		r.Areas = append(r.Areas, Area{Code: code, Name: "Kec " + code, Level: LevelKecamatan, Parent: "99.01", Center: Point{-6.95, west + 0.05},
			Boundary: [][]Point{{{-7, west}, {-7, west + 0.1}, {-6.9, west + 0.1}, {-6.9, west}, {-7, west}}}})
		for v := range villages {
			r.Areas = append(r.Areas, Area{Code: fmt.Sprintf("%s.%d", code, 2001+v), Name: fmt.Sprintf("Desa %d", v), Level: LevelDesa, Parent: code,
				Center: Point{-6.99 + float64(v)*0.01, west + 0.05}})
		}
	}
	if err := r.Build(); err != nil {
		tb.Fatal(err)
	}
	return r
}

func codes(all []Proposed) (out []string) {
	for _, p := range all {
		out = append(out, p.Area)
	}
	return out
}

func inRow(first, n int) (out []string) {
	for k := range n {
		out = append(out, fmt.Sprintf("99.01.%02d", first+k))
	}
	return out
}

// As Jepara did in 2025: every week from a Tuesday in April; a holiday moves one to the Wednesday after it.
func TestPlanKeepsTheWeekday(t *testing.T) {
	t.Parallel()
	r := planned(t, 16, 3, "2025-05-13")
	g := Programme{ID: "g", From: "2025-04-15", Until: "2025-07-29", Level: LevelDesa, OneEach: true, Rhythm: Rhythm{Every: 1,
		Unit: RhythmWeek, Places: 1}}
	for k := range 16 {
		g.Places = append(g.Places, fmt.Sprintf("99.01.%02d.2001", 10+k), fmt.Sprintf("99.01.%02d.2002", 10+k))
	}
	got := r.Plan(PlanAsk{Programme: g, Loads: map[string]AreaLoad{"99.01.20.2002": {Open: 5, Late: 1}, "99.01.12.2001": {Open: 3, Late: 3},
		"99.01.13.2001": {Open: 4}}})
	if len(got.Visits) != 16 || len(got.Left) != 0 {
		t.Fatalf("%d visits, %d left", len(got.Visits), len(got.Left))
	}
	for i, p := range got.Visits {
		want := time.Date(2025, 4, 15+7*i, 0, 0, 0, 0, time.UTC)
		holiday := ""
		if i == 4 {
			want, holiday = want.AddDate(0, 0, 1), "Libur 2025-05-13"
		}
		if p.Date != want.Format(time.DateOnly) || p.Holiday != holiday {
			t.Errorf("visit %d: %s %q, want %s %q", i, p.Date, p.Holiday, want.Format(time.DateOnly), holiday)
		}
	}
	// 20 and 12 wait for six each; 20 has fewer that are late. 13 borders on 12.
	first := got.Visits[:4]
	if got := codes(first); !slices.Equal(got, []string{"99.01.12.2001", "99.01.20.2002", "99.01.13.2001", "99.01.10.2001"}) {
		t.Errorf("first: %v", got)
	}
	if p := first[0]; p.Rank != 1 || p.Among != 2 || p.Load != (AreaLoad{3, 3}) || p.Villages != 1 {
		t.Errorf("%+v", p)
	}
	for _, p := range got.Visits {
		if p.Beside != "" {
			t.Errorf("%s comes after its neighbour %s", p.Area, p.Beside)
		}
	}
}

// Probolinggo: three a month, the one that is named first, then the hardest by village.
func TestPlanThreeAMonth(t *testing.T) {
	t.Parallel()
	r := planned(t, 24, 2)
	g := Programme{ID: "g", From: "2025-04-16", Until: "2025-12-31", Level: LevelKecamatan, Places: inRow(10, 24), First: []string{"99.01.15"},
		Rhythm: Rhythm{Every: 1, Unit: RhythmMonth, Places: 3}}
	got := r.Plan(PlanAsk{Programme: g, Loads: map[string]AreaLoad{"99.01.30.2001": {Open: 9}, "99.01.29": {Open: 8}, "99.01.16.2002": {Open: 2}}})
	if len(got.Visits) != 24 || len(got.Left) != 0 {
		t.Fatalf("%d visits, %d left", len(got.Visits), len(got.Left))
	}
	months := map[string]int{}
	for _, p := range got.Visits {
		months[p.Date[:7]]++
	}
	if months["2025-04"] != 2 || months["2025-05"] != 3 || len(months) != 9 {
		t.Errorf("by month: %v", months)
	}
	p := got.Visits
	if got := codes(p[:4]); !slices.Equal(got, []string{"99.01.15", "99.01.30", "99.01.16", "99.01.29"}) || !p[0].First || p[3].Apart != "99.01.30" {
		t.Errorf("first %v, %+v", got, p[3])
	}
	if p[0].Date != "2025-04-16" || p[1].Date != "2025-04-23" || p[2].Date != "2025-05-01" {
		t.Errorf("days %s, %s, %s", p[0].Date, p[1].Date, p[2].Date)
	}
}

// Jombang: two at once every two months, and what is there already counts: another joins the day that one has.
func TestPlanTwoAtOnce(t *testing.T) {
	t.Parallel()
	r := planned(t, 5, 1)
	g := Programme{ID: "g", From: "2025-02-01", Level: LevelKecamatan, Places: inRow(10, 5), Rhythm: Rhythm{Every: 2, Unit: RhythmMonth,
		Places: 2, AtOnce: true}}
	have := []Visit{
		{Programme: "g", Date: "2025-04-10", Area: "99.01.10", State: VisitPlanned}, {Programme: "other", Date: "2025-04-11", Area: "99.01.11"},
		{Programme: "g", Date: "2025-02-12", Area: "99.01.14", State: VisitCancelled},
	}
	got := r.Plan(PlanAsk{Programme: g, From: "2025-03-01", Visits: have})
	if got := codes(got.Visits); !slices.Equal(got, []string{"99.01.12", "99.01.14", "99.01.11", "99.01.13"}) {
		t.Errorf("%v", got)
	}
	var days []string
	for _, p := range got.Visits {
		days = append(days, p.Date)
	}
	if !slices.Equal(days, []string{"2025-03-03", "2025-03-03", "2025-04-10", "2025-06-02"}) && !slices.Equal(days, []string{"2025-04-10",
		"2025-06-02", "2025-06-02", "2025-08-01"}) {
		t.Errorf("%v", days)
	}
	if got.Visits[2].Apart == "" {
		t.Errorf("11 borders on what was visited last: %+v", got.Visits[2])
	}
}

// Whatever is asked: every place once, only working days, the rhythm kept, those first that are to be, nothing outside the time, no day twice
// unless at once.
func TestPlanProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(rt, "kecamatan")
		begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 200).Draw(rt, "begin"))
		day := func(i int) string { return begin.AddDate(0, 0, i).Format(time.DateOnly) }
		var holidays []string
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, 300), 0, 40).Draw(rt, "holidays") {
			holidays = append(holidays, day(i))
		}
		r := planned(t, n, 2, holidays...)
		g := Programme{ID: "g", From: day(0), Level: rapid.SampledFrom([]AreaLevel{LevelDesa, LevelKecamatan}).Draw(rt, "level")}
		g.OneEach = g.Level == LevelDesa && rapid.Bool().Draw(rt, "one each")
		if rapid.Bool().Draw(rt, "ends") {
			g.Until = day(rapid.IntRange(0, 250).Draw(rt, "until"))
		}
		g.Rhythm = Rhythm{Every: rapid.IntRange(1, 3).Draw(rt, "every"), Unit: rapid.SampledFrom([]RhythmUnit{RhythmWeek, RhythmMonth}).Draw(rt, "unit"),
			Places: rapid.IntRange(1, 4).Draw(rt, "places"), AtOnce: rapid.Bool().Draw(rt, "at once")}
		for _, d := range rapid.SliceOfNDistinct(rapid.IntRange(1, 5), 0, 3, rapid.ID[int]).Draw(rt, "weekdays") {
			g.Rhythm.Weekdays = append(g.Rhythm.Weekdays, time.Weekday(d))
		}
		want := map[string]bool{} // keys of places
		loads := map[string]AreaLoad{}
		var all []string
		for _, a := range r.Areas {
			if r.Reaches(g, a) {
				want[r.planKey(g, a.Code)] = true
				all = append(all, a.Code)
				open := rapid.IntRange(0, 5).Draw(rt, "open")
				loads[a.Code] = AreaLoad{Open: open, Late: rapid.IntRange(0, open).Draw(rt, "late")}
			}
		}
		keyed := map[string]bool{}
		for _, a := range rapid.SliceOfNDistinct(rapid.SampledFrom(all), 0, min(3, len(all)), rapid.ID[string]).Draw(rt, "first") {
			if !keyed[r.planKey(g, a)] {
				keyed[r.planKey(g, a)] = true
				g.First = append(g.First, a)
			}
		}
		ask := PlanAsk{Programme: g, Loads: loads, From: day(rapid.IntRange(0, 40).Draw(rt, "from"))}
		got := r.Plan(ask)

		seen := map[string]bool{}
		for _, p := range slices.Concat(got.Visits, got.Left) {
			key := r.planKey(g, p.Area)
			if seen[key] || !want[key] {
				rt.Fatalf("%s is there twice, or does not belong there", p.Area)
			}
			seen[key] = true
		}
		if len(seen) != len(want) {
			rt.Fatalf("%d of %d places", len(seen), len(want))
		}
		if g.Until == "" && len(got.Left) > 0 {
			rt.Fatalf("%d left of a programme without an end", len(got.Left))
		}
		if firsts := codes(slices.Concat(got.Visits, got.Left))[:len(g.First)]; !slices.Equal(firsts, g.First) {
			rt.Fatalf("first came %v, want %v", firsts, g.First)
		}
		last, dates, periods := "", map[string]int{}, map[int]int{}
		for _, p := range got.Visits {
			noon := minuteOf(p.Date, 12*60, wib)
			switch {
			case !r.Calendars[""].WorkDay(noon):
				rt.Fatalf("%s is no working day", p.Date)
			case p.Date < last || p.Date < ask.From || g.Until != "" && p.Date > g.Until:
				rt.Fatalf("%s after %s, from %s until %s", p.Date, last, ask.From, g.Until)
			}
			last = p.Date
			dates[p.Date]++
			on, _ := time.Parse(time.DateOnly, p.Date)
			k := dayNumber(on) - dayNumber(begin)
			if k /= 7 * g.Rhythm.Every; g.Rhythm.Unit == RhythmMonth {
				k = ((on.Year()-begin.Year())*12 + int(on.Month()) - int(begin.Month())) / g.Rhythm.Every
			}
			periods[k]++
			if wd := g.Rhythm.Weekdays; len(wd) > 0 && !slices.Contains(wd, on.Weekday()) && periods[k] > g.Rhythm.Places {
				rt.Fatalf("%s is a %s", p.Date, on.Weekday())
			}
		}
		for k, n := range periods {
			if n > g.Rhythm.Places {
				rt.Fatalf("%d places in period %d", n, k)
			}
		}
		for date, n := range dates {
			if n > 1 && !g.Rhythm.AtOnce {
				rt.Fatalf("%d places on %s", n, date)
			}
		}
	})
}

// Of few places an order without neighbours in a row is found whenever there is one, and else one with as few as can be; what is wished for
// first comes first where nothing stands against it.
func TestOrderApartIsTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "places")
		firsts := rapid.IntRange(0, n).Draw(rt, "firsts")
		before := -1
		near := make([][]bool, n+1)
		for i := range near {
			near[i] = make([]bool, n+1)
			for j := range i {
				near[i][j] = rapid.Bool().Draw(rt, "near")
				near[j][i] = near[i][j]
			}
		}
		if rapid.Bool().Draw(rt, "before") {
			before = n
		}
		cost := func(order []int) (sum int) {
			last := lastOf(firsts, before)
			for _, at := range order[firsts:] {
				if last >= 0 && near[last][at] {
					sum++
				}
				last = at
			}
			return sum
		}
		best := n + 1
		var try func(order, left []int)
		try = func(order, left []int) {
			if len(left) == 0 {
				best = min(best, cost(order))
			}
			for i := range left {
				try(append(slices.Clone(order), left[i]), slices.Delete(slices.Clone(left), i, i+1))
			}
		}
		var fixed, left []int
		for i := range n {
			if i < firsts {
				fixed = append(fixed, i)
			} else {
				left = append(left, i)
			}
		}
		try(fixed, left)
		order, _ := orderApart(n, firsts, before, near)
		if !slices.Equal(order[:firsts], fixed) || len(order) != n || len(slices.Compact(slices.Sorted(slices.Values(order)))) != n {
			rt.Fatalf("%v of %d places, %d first", order, n, firsts)
		}
		if got := cost(order); got != best {
			rt.Fatalf("%v has %d neighbours in a row; there is an order with %d", order, got, best)
		}
	})
}

// Many places in a row, of which the hardest lie together: still no neighbours follow each other, and it does not take long.
func TestOrderApartOfMany(t *testing.T) {
	t.Parallel()
	const n = 300
	near := make([][]bool, n)
	for i := range near {
		near[i] = make([]bool, n)
		for j := range near[i] {
			near[i][j] = i != j && max(i-j, j-i) <= 20 && i >= 250 == (j >= 250)
		}
	}
	order, apart := orderApart(n, 0, -1, near)
	sum := 0
	for i := 1; i < n; i++ {
		if near[order[i-1]][order[i]] {
			sum++
		}
	}
	if sum > 0 || order[0] != 0 || apart[1] != 0 {
		t.Errorf("%d neighbours in a row: %v", sum, order)
	}
}
