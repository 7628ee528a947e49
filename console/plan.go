package console

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"time"

	"tanggap/hotline"
)

// A PlanTx reads what a proposal is made of.
type PlanTx interface {
	// AreaLoads counts open and late cases by area: figures, nobody's case.
	AreaLoads(context.Context) (map[string]hotline.AreaLoad, error)
}

func planRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/plan", May: runRoles, Do: (*Request).plan},
		{Method: "GET", Path: "/plan.csv", May: runRoles, Do: (*Request).planFile},
		{Method: "POST", Path: "/plan/edit", May: runRoles, Body: 2 * hotline.MaxVisitFile, Do: (*Request).editPlan},
		{Method: "POST", Path: "/plan/save", May: runRoles, Body: 2 * hotline.MaxVisitFile, Do: (*Request).savePlan},
	}
}

// planPage is a proposal of places and days, which whoever runs the programme changes before it is saved.
type planPage struct {
	Form       *Form
	Programmes []hotline.Programme
	Chosen     hotline.Programme
	From       string
	Over       bool // the programme has ended: nothing can be planned in its time
	Rows       []planRow
	Left       []planRow
	Moved      int // the row that was just moved, from 1: where the focus goes on
}

// planRow is one place. What was proposed for it goes along with it when it is moved.
type planRow struct {
	hotline.Proposed
	Venue   string
	Out     bool   // not to be saved
	Wrong   string // a key of words
	Late    bool   // its day comes before that of a place above it
	Holiday string // kept apart: the day may have been changed
}

// N gives the number of a row as people count.
func (p planPage) N(i int) int { return i + 1 }

// Last tells whether a row is the last.
func (p planPage) Last(i int) bool { return i == len(p.Rows)-1 }

func (q *Request) planPage(id, from string) (page planPage, err error) {
	r := q.Regency()
	page = planPage{Form: &Form{Errors: map[string]string{}}, Programmes: q.runs(), From: from}
	if len(page.Programmes) == 0 {
		return page, nil
	}
	if id == "" {
		if g, ok := r.ProgrammeOn(r.Today(q.Now)); ok {
			id = g.ID
		}
	}
	page.Chosen = page.Programmes[max(0, slices.IndexFunc(page.Programmes, func(g hotline.Programme) bool { return g.ID == id }))]
	if page.From == "" {
		page.From = max(page.Chosen.From, q.Now.In(r.Zone).AddDate(0, 0, 1).Format(time.DateOnly))
	}
	if _, err := time.Parse(time.DateOnly, page.From); err != nil {
		return page, &Wrong{What: "from"}
	}
	page.Over = page.Chosen.Until != "" && page.Chosen.Until < page.From
	return page, nil
}

// propose fills a page with a proposal.
func (q *Request) propose(page *planPage) (hotline.Proposal, error) {
	var out hotline.Proposal
	if page.Chosen.ID == "" {
		return out, nil
	}
	ask := hotline.PlanAsk{Programme: page.Chosen, From: page.From}
	err := q.Do(func(t Tx) (err error) {
		if ask.Loads, err = t.AreaLoads(q.Context()); err != nil {
			return err
		}
		ask.Visits, err = t.VisitList(q.Context(), hotline.VisitAsk{Programme: page.Chosen.ID, Limit: 5000})
		return err
	})
	if err != nil {
		return out, err
	}
	return q.Regency().Plan(ask), nil
}

func (q *Request) planRow(p hotline.Proposed) planRow {
	a, _ := q.Regency().Area(p.Area)
	return planRow{Proposed: p, Venue: hotline.VenueFor(a), Holiday: p.Holiday}
}

func (q *Request) plan() error {
	ask := q.URL.Query()
	page, err := q.planPage(ask.Get("programme"), ask.Get("from"))
	if err != nil {
		return err
	}
	proposal, err := q.propose(&page)
	if err != nil {
		return err
	}
	for _, p := range proposal.Visits {
		page.Rows = append(page.Rows, q.planRow(p))
	}
	for _, p := range proposal.Left {
		page.Left = append(page.Left, q.planRow(p))
	}
	return q.Page("plan", page)
}

// planFile gives the proposal as a file that the import takes.
func (q *Request) planFile() error {
	ask := q.URL.Query()
	page, err := q.planPage(ask.Get("programme"), ask.Get("from"))
	if err != nil {
		return err
	}
	proposal, err := q.propose(&page)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := q.Regency().WriteVisitFile(&out, q.Regency().ProposedVisits(page.Chosen, proposal)); err != nil {
		return err
	}
	return q.download("plan-"+page.Chosen.ID+".csv", out.Bytes())
}

// readPlan reads the rows of the page as they were sent. What was said of each when it was proposed is worked out anew.
func (q *Request) readPlan() (planPage, *Form, error) {
	f, r := q.Form(), q.Regency()
	page, err := q.planPage(f.Get("programme"), f.Get("from"))
	if err != nil {
		return page, f, err
	}
	proposal, err := q.propose(&page)
	if err != nil {
		return page, f, err
	}
	was := map[string]hotline.Proposed{}
	for _, p := range slices.Concat(proposal.Visits, proposal.Left) {
		was[p.Area] = p
	}
	areas, dates, venues := f.Values["area"], f.Values["date"], f.Values["venue"]
	if len(areas) != len(dates) || len(areas) != len(venues) || len(areas) > hotline.MaxVisitLines {
		return page, f, &Wrong{What: "rows"}
	}
	for i, code := range areas {
		a, ok := r.Area(code)
		if !ok || !r.Reaches(page.Chosen, a) {
			return page, f, &Wrong{What: "area"}
		}
		p := was[code]
		row := q.planRow(hotline.Proposed{Area: code, Date: dates[i], Load: p.Load, Villages: max(1, p.Villages), Rank: p.Rank, First: p.First,
			Among: p.Among})
		row.Venue = clean(venues[i], false)
		row.Out = slices.Contains(f.Values["out"], code)
		if dates[i] == p.Date {
			row.Holiday = p.Holiday
		}
		page.Rows = append(page.Rows, row)
	}
	return page, f, nil
}

// editPlan moves a place up or down in the order: the two places change their days. Nothing is saved.
func (q *Request) editPlan() error {
	page, f, err := q.readPlan()
	if err != nil {
		return err
	}
	for name, by := range map[string]int{"up": -1, "down": 1} {
		i, err := strconv.Atoi(f.Get(name))
		j := i + by
		if err != nil || i < 0 || i >= len(page.Rows) || j < 0 || j >= len(page.Rows) {
			continue
		}
		rows := page.Rows
		rows[i].Date, rows[j].Date = rows[j].Date, rows[i].Date
		rows[i].Holiday, rows[j].Holiday = rows[j].Holiday, rows[i].Holiday
		rows[i], rows[j] = rows[j], rows[i]
		page.Moved = j + 1
	}
	q.checkPlan(&page)
	for i := range page.Rows {
		page.Rows[i].Wrong = "" // said when it is saved
	}
	return q.Page("plan", page)
}

// checkPlan notes what is wrong with each row, and which follow a neighbour. It tells whether all can be saved.
func (q *Request) checkPlan(page *planPage) bool {
	r, g, ok := q.Regency(), page.Chosen, true
	var areas []string
	for _, row := range page.Rows {
		areas = append(areas, row.Area)
	}
	beside := r.PlanBeside(g, areas)
	last := ""
	seen := map[string]bool{}
	for i := range page.Rows {
		row := &page.Rows[i]
		row.Beside = ""
		if beside[i] {
			row.Beside = areas[i-1]
		}
		if row.Out {
			continue
		}
		switch _, err := time.Parse(time.DateOnly, row.Date); {
		case err != nil || row.Date < r.Today(q.Now):
			row.Wrong = "visit.wrong.date"
		case row.Date < g.From || g.Until != "" && row.Date > g.Until:
			row.Wrong = "visit.wrong.period"
		case row.Venue == "" || len([]rune(row.Venue)) > hotline.MaxVenue:
			row.Wrong = "plan.wrong.venue"
		case seen[row.Area+row.Date]:
			row.Wrong = "visit.wrong.twice"
		}
		seen[row.Area+row.Date] = true
		ok = ok && row.Wrong == ""
		row.Late = row.Date < last
		last = max(last, row.Date)
	}
	return ok
}

// savePlan makes the visits of all rows that are not left out.
func (q *Request) savePlan() error {
	page, f, err := q.readPlan()
	if err != nil {
		return err
	}
	if !q.checkPlan(&page) {
		f.Wrong("", "plan.wrong")
		page.Form = f
		return q.Again("plan", page)
	}
	var visits []hotline.Visit
	for _, row := range page.Rows {
		if !row.Out {
			visits = append(visits, q.Regency().VisitWith(page.Chosen, row.Date, row.Area, row.Venue, hotline.Window{}, nil))
		}
	}
	if len(visits) == 0 {
		f.Wrong("", "plan.wrong")
		page.Form = f
		return q.Again("plan", page)
	}
	return q.putVisits(visits, "/visits?programme="+escape(page.Chosen.ID)+"&month="+visits[0].Date[:7])
}
