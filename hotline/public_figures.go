package hotline

import (
	"cmp"
	"slices"
	"time"
)

// This file is the figures that anybody may read. A small figure may point at somebody, so none from one to four is told, and none can be computed
// from
// what is told. Nor can one be computed from the figures of two days: a month is told once, two weeks after its end, and stays as it was told, whatever
// becomes of its cases. Each whole month stands by itself: no sum over months is told beside them, of which one month could be taken away again. Within a
// month
// there are two tables, by field and by place, each with how many were received and what became of them; both add up to the month. What is not told
// of a
// table is told together as its rest, and the rest is never a small number. Secret cases and those that accuse somebody are in no row but the rest.

// Untold stands for a figure that is not told.
const Untold = -1

// A PublicState is what became of a case.
type PublicState int

// The states, and how many there are.
const (
	PublicResolved PublicState = iota
	PublicOpen
	publicOther // ended in another way; never told
	publicStates
)

// A PublicCase is what is counted of a case.
type PublicCase struct {
	Month    string // YYYY-MM, local, in which it was filed
	Group    string // Agency.ID that is responsible for its category; empty: unknown
	Place    string // Area.Code of its kecamatan; empty: unknown
	Hushed   bool   // see Regency.Hushed: it counts in totals alone
	State    PublicState
	Answered time.Duration // from filing to the first answer; negative: there is none
}

// PublicCaseOf gives what is counted of a case; answered is when the reporter had the first answer, zero: not yet.
func (r *Regency) PublicCaseOf(c Case, answered time.Time) PublicCase {
	p := PublicCase{Month: c.Filed.In(r.zone()).Format("2006-01"), Hushed: r.Hushed(c), State: publicOther, Answered: -1}
	if cat, ok := r.Category(c.Category); ok {
		p.Group = cat.Agency
	}
	if k, ok := r.Kecamatan(c.Area); ok {
		p.Place = k.Code
	}
	switch {
	case c.Status.Live():
		p.State = PublicOpen
	case c.Outcome == EvResolved && (c.Status == Ended || c.Status == Closed):
		p.State = PublicResolved
	}
	if !answered.IsZero() {
		p.Answered = max(0, answered.Sub(c.Filed))
	}
	return p
}

// A PublicCount is how many cases were filed, and what has become of them by now. Each may be Untold.
type PublicCount struct {
	Received int `json:"received"`
	Resolved int `json:"resolved"`
	Open     int `json:"open"`
}

// A PublicRow is the cases of one field or place.
type PublicRow struct {
	Name string `json:"name"` // an Agency.ID or an Area.Code
	PublicCount
}

// A PublicTable is a month's cases by field or by place. No rows: too few to be told apart.
type PublicTable struct {
	Rows []PublicRow `json:"rows,omitempty"` // the largest first
	Rest int         `json:"rest"`           // received in no row: small ones, unknown ones, secret ones. Zero: none
}

// A PublicMonth is the cases filed within a month.
type PublicMonth struct {
	Month string `json:"month"`          // YYYY-MM
	Made  string `json:"made,omitempty"` // YYYY-MM-DD, local, on which it was counted, once and for all
	PublicCount
	Median float64     `json:"median"` // days to the first answer, of those that had one; Untold
	Groups PublicTable `json:"groups"`
	Places PublicTable `json:"places"`
}

// PublicFigures are the figures of one day.
type PublicFigures struct {
	Day    string        `json:"day"`            // YYYY-MM-DD, local, on which they were made
	Last   string        `json:"last,omitempty"` // YYYY-MM: up to this month it is decided what is told, or that a month has too few cases
	Months []PublicMonth `json:"months"`
}

// PublicMonths is how many whole months are told.
const PublicMonths = 12

// publicAfter is how many days after its end a month is counted: by then most of its cases had an answer.
const publicAfter = 14

// PublicFrom gives the moment from which filed cases may be told at now, and the one before which.
func (r *Regency) PublicFrom(now time.Time) (from, until time.Time) {
	local := now.In(r.zone()).AddDate(0, 0, -publicAfter)
	until = time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, r.zone())
	return until.AddDate(0, -PublicMonths, 0), until
}

// PublicNext makes the figures of now from those of an earlier day, and from the cases of the months since; false where there is nothing new to tell yet.
// A month that was decided about stays as it was.
func (r *Regency) PublicNext(before PublicFigures, now time.Time, cases []PublicCase) (PublicFigures, bool) {
	from, until := r.PublicFrom(now)
	oldest, last := from.Format("2006-01"), until.AddDate(0, -1, 0).Format("2006-01")
	decided := before.decided()
	if last <= decided {
		return before, false
	}
	cases = slices.DeleteFunc(slices.Clone(cases), func(c PublicCase) bool { return c.Month <= decided || c.Month > last || c.Month < oldest })
	f := MakePublic(r.Today(now), cases)
	f.Last = last
	for _, m := range before.Months {
		if m.Month >= oldest {
			m.Made = cmp.Or(m.Made, before.Day)
			f.Months = append(f.Months, m)
		}
	}
	return f, true
}

// decided gives the month up to which it is decided what is told; empty: none.
func (f PublicFigures) decided() string {
	if f.Last == "" && len(f.Months) > 0 { // made by a version that counted every month anew each day
		return f.Months[0].Month
	}
	return f.Last
}

// MakePublic makes the figures of a day. The latest month comes first; one with too few cases is left out.
func MakePublic(day string, cases []PublicCase) PublicFigures {
	by := map[string][]PublicCase{}
	for _, c := range cases {
		by[c.Month] = append(by[c.Month], c)
	}
	f := PublicFigures{Day: day}
	for month, cs := range by {
		if len(cs) >= PublicLeast {
			m := publicMonth(month, cs)
			m.Made = day
			f.Months = append(f.Months, m)
		}
	}
	slices.SortFunc(f.Months, func(a, b PublicMonth) int { return cmp.Compare(b.Month, a.Month) })
	return f
}

func publicMonth(month string, cs []PublicCase) PublicMonth {
	var all publicRow
	var waits []time.Duration
	for _, c := range cs {
		all.n[c.State]++
		if c.Answered >= 0 {
			waits = append(waits, c.Answered)
		}
	}
	all.tell([publicStates]bool{PublicResolved: true, PublicOpen: true})
	m := PublicMonth{Month: month, PublicCount: all.count(), Median: Untold}
	if len(waits) >= PublicLeast {
		slices.Sort(waits)
		middle := (waits[(len(waits)-1)/2] + waits[len(waits)/2]) / 2
		m.Median = float64(middle.Round(24*time.Hour/10)) / float64(24*time.Hour)
	}
	m.Groups = publicTable(all, cs, func(c PublicCase) string { return c.Group })
	m.Places = publicTable(all, cs, func(c PublicCase) string { return c.Place })
	return m
}

// A publicRow is the cases of one row by what became of them, and which of that is told. How many there are is always known.
type publicRow struct {
	name string
	n    [publicStates]int
	told [publicStates]bool
}

func (r publicRow) received() int { return r.n[PublicResolved] + r.n[PublicOpen] + r.n[publicOther] }

// small tells whether nobody may learn a number.
func small(n int) bool { return n > 0 && n < PublicLeast }

// tell tells as much of the row as is safe by itself, of what may be told at all.
func (r *publicRow) tell(may [publicStates]bool) {
	for _, told := range [][publicStates]bool{{true, true}, {true}, {false, true}} {
		rest := r.received()
		ok := true
		for s, yes := range told {
			if yes {
				ok = ok && may[s] && r.n[s] >= PublicLeast
				rest -= r.n[s]
			}
		}
		if ok && !small(rest) {
			r.told = told
			return
		}
	}
	r.told = [publicStates]bool{}
}

func (r publicRow) count() PublicCount {
	c := PublicCount{Received: r.received(), Resolved: Untold, Open: Untold}
	if r.told[PublicResolved] {
		c.Resolved = r.n[PublicResolved]
	}
	if r.told[PublicOpen] {
		c.Open = r.n[PublicOpen]
	}
	return c
}

// publicTable tells a month's cases apart, as far as that is safe. all is the month, with what is told of it.
func publicTable(all publicRow, cs []PublicCase, name func(PublicCase) string) PublicTable {
	at := map[string]int{}
	var rows []publicRow
	rest := publicRow{}
	for _, c := range cs {
		key := name(c)
		if c.Hushed || key == "" {
			rest.n[c.State]++
			continue
		}
		i, ok := at[key]
		if !ok {
			i, at[key] = len(rows), len(rows)
			rows = append(rows, publicRow{name: key})
		}
		rows[i].n[c.State]++
	}
	slices.SortFunc(rows, func(a, b publicRow) int {
		return cmp.Or(cmp.Compare(b.received(), a.received()), cmp.Compare(a.name, b.name))
	})
	// What is kept from being told goes to the rest. So does the smallest row that could be told, while the rest is a small number, or nothing but what
	// is kept secret.
	mixed := false
	for len(rows) > 0 {
		last := rows[len(rows)-1]
		if last.received() >= PublicLeast && !small(rest.received()) && (mixed || rest.received() == 0) {
			break
		}
		for s, n := range last.n {
			rest.n[s] += n
		}
		mixed = true
		rows = rows[:len(rows)-1]
	}
	for i := range rows {
		rows[i].tell(all.told)
	}
	for publicLeaks(all, append(rows, rest)) {
		publicHide(rows)
	}
	t := PublicTable{Rest: rest.received()}
	for _, r := range rows {
		t.Rows = append(t.Rows, PublicRow{Name: r.name, PublicCount: r.count()})
	}
	if len(rows) == 0 {
		t.Rest = 0 // it is the month itself
	}
	return t
}

// publicHide hides the smallest of what the rows tell beside how many there are.
func publicHide(rows []publicRow) {
	row, state := -1, 0
	for i, r := range rows {
		for s, told := range r.told {
			if told && (row < 0 || r.n[s] < rows[row].n[state]) {
				row, state = i, s
			}
		}
	}
	rows[row].told[state] = false
}

// publicLeaks tells whether a small number can be computed from a table: the sum of every row is known, and the sums of those states that the month
// tells.
//
// What can be computed beside single rows is this: take the sums of some states away from those of the rows that have something untold in them.
// What is
// left is what those rows keep untold of the other states.
func publicLeaks(all publicRow, rows []publicRow) bool {
	var untold uint // the states whose sums the month does not tell; together they are known all the same
	for s, told := range all.told {
		if !told {
			untold |= 1 << s
		}
	}
	for states := uint(1); states < 1<<publicStates; states++ {
		if both := states & untold; both != 0 && both != untold {
			continue
		}
		left := 0
		for _, r := range rows {
			if r.keeps(states) {
				left += r.kept(^states)
			}
		}
		if small(left) {
			return true
		}
	}
	return false
}

// keeps tells whether something of those states is untold of the row, if only that it is nothing.
func (r publicRow) keeps(states uint) bool {
	for s, told := range r.told {
		if !told && states&(1<<s) != 0 {
			return true
		}
	}
	return false
}

// kept adds up what is untold of those states.
func (r publicRow) kept(states uint) (sum int) {
	for s, told := range r.told {
		if !told && states&(1<<s) != 0 {
			sum += r.n[s]
		}
	}
	return sum
}
