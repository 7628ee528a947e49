package console

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tanggap/hotline"
)

// The pages of visits are for those who run a programme: what is planned and open, how many places each counter has and has given, which
// agencies come, and who is told when a visit is moved or cancelled. docs/visits.md tells the whole.

// A VisitTx reads and changes visits. Who may is asked for each (hotline.Regency.Runs): the error is hotline.ErrUnseen.
type VisitTx interface {
	VisitReadTx
	VisitActTx
	PlanTx
	// Say puts something into the outbox.
	Say(hotline.Out)
}

// A VisitReadTx reads visits.
type VisitReadTx interface {
	Visit(context.Context, hotline.VisitID) (hotline.Visit, error)
	// VisitList lists visits by their dates.
	VisitList(context.Context, hotline.VisitAsk) ([]hotline.Visit, error)
	// VisitReach tells how many would hear that a visit is moved or cancelled.
	VisitReach(context.Context, hotline.VisitID) (hotline.VisitReach, error)
	// VisitTaken counts bookings by where they stand.
	VisitTaken(context.Context, hotline.VisitID) (map[hotline.BookingState]int, error)
	// VisitBookings lists who booked, as far as the viewer may see, which is written down. service: only of one; empty: of all.
	VisitBookings(ctx context.Context, v hotline.Viewer, id hotline.VisitID, service string, limit int) ([]hotline.Booking, error)
	// VisitThere tells which visits are there already, by "programme date area".
	VisitThere(context.Context, []hotline.Visit) (map[string]hotline.VisitThere, error)
}

// A VisitActTx changes visits. News are whom to tell what.
type VisitActTx interface {
	// PutVisit makes a visit, or changes the venue and the hours of one that is there.
	PutVisit(context.Context, hotline.Viewer, hotline.Visit) (hotline.Visit, bool, error)
	SetVisitState(context.Context, hotline.Viewer, hotline.VisitID, hotline.VisitState) (hotline.Visit, error)
	EndVisit(context.Context, hotline.Viewer, hotline.VisitID) ([]hotline.BookingNews, error)
	// MoveVisit moves one to another day, or another venue. hotline.ErrNoReason, ErrRefused.
	MoveVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID, date, venue, reason string) ([]hotline.BookingNews, error)
	CancelVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID, reason string) ([]hotline.BookingNews, error)
	// SetQuota changes the places of a time window. hotline.ErrQuota: more are given already.
	SetQuota(ctx context.Context, v hotline.Viewer, slot hotline.SlotID, quota, reserve int) ([]hotline.BookingNews, error)
	AddService(context.Context, hotline.Viewer, hotline.VisitID, hotline.ProgrammeService) (hotline.Visit, error)
	CloseCounter(ctx context.Context, v hotline.Viewer, id hotline.VisitID, service string, closed bool) ([]hotline.BookingNews, error)
	// AnswerVisit keeps what an agency said, CheckAgency whether it is there.
	AnswerVisit(ctx context.Context, v hotline.Viewer, id hotline.VisitID, agency string, answer hotline.Answer, people int) error
	CheckAgency(ctx context.Context, v hotline.Viewer, id hotline.VisitID, agency string, came bool) error
	// AskAgencies gives those who answer for the agencies of a visit that have not answered, by agency.
	AskAgencies(context.Context, hotline.Viewer, hotline.VisitID) (hotline.Visit, map[string][]hotline.PersonID, error)
}

var (
	// visitRoles look at visits; all of them hear live what changes (venueTopics).
	visitRoles = roles(hotline.RoleCoordinator, hotline.RoleHead, hotline.RoleOfficer, hotline.RoleVenue)
	// runRoles may run some: which, is asked for each.
	runRoles = roles(hotline.RoleCoordinator, hotline.RoleHead, hotline.RoleOfficer)
)

func visitRoutes() []Route {
	get := func(path string, do func(*Request) error) Route {
		return Route{Method: "GET", Path: path, May: visitRoles, Do: do}
	}
	run := func(method, path string, do func(*Request) error) Route {
		return Route{Method: method, Path: path, May: runRoles, Do: do}
	}
	file := func(path string, do func(*Request) error) Route {
		return Route{Method: "POST", Path: path, May: runRoles, Body: 2 * hotline.MaxVisitFile, Do: do}
	}
	list := get("/visits", (*Request).visits)
	list.Nav = "visit.title"
	rows := get("/visits/rows", (*Request).visitRows)
	now := get("/visits/{id}/now", (*Request).visitNow)
	rows.Quiet, now.Quiet = true, true
	return []Route{
		list, rows,
		run("GET", "/visits/new", (*Request).newVisit),
		run("POST", "/visits/new", (*Request).makeVisit),
		run("GET", "/visits/import", (*Request).visitImport),
		file("/visits/import", (*Request).previewVisits),
		file("/visits/import/do", (*Request).importVisits),
		run("GET", "/visits/template.csv", (*Request).visitTemplate),
		get("/visits/{id}", (*Request).visit), now,
		get("/visits/{id}/people", (*Request).visitPeople),
		run("POST", "/visits/{id}/state", (*Request).visitState),
		run("POST", "/visits/{id}/edit", (*Request).editVisit),
		run("POST", "/visits/{id}/quota", (*Request).visitQuota),
		run("POST", "/visits/{id}/service", (*Request).visitService),
		run("POST", "/visits/{id}/counter", (*Request).visitCounter),
		run("POST", "/visits/{id}/agency", (*Request).visitAgency),
		run("POST", "/visits/{id}/ask", (*Request).askAgencies),
		{Method: "POST", Path: "/visits/{id}/came", May: visitRoles, Do: (*Request).visitCame},
		run("POST", "/visits/{id}/move", (*Request).moveVisit),
		run("POST", "/visits/{id}/cancel", (*Request).cancelVisit),
	}
}

// visitsMost is how many rows a list has.
const visitsMost = 200

// visitStates are the states in the order of a visit's life.
var visitStates = []hotline.VisitState{hotline.VisitPlanned, hotline.VisitOpen, hotline.VisitRunning, hotline.VisitOver, hotline.VisitCancelled}

// visitRow is a visit as a list shows it.
type visitRow struct {
	hotline.Visit
	Name     string // of the programme, or of the office
	Places   int
	Reserve  int
	Taken    int
	Waiting  int
	Yes, All int // agencies
	Came     int
	Mine     bool // the viewer runs it
}

func (q *Request) visitRow(v hotline.Visit) visitRow {
	r := q.Regency()
	row := visitRow{Visit: v, Mine: r.Runs(q.Viewer, v)}
	if g, ok := r.ProgrammeByID(v.Programme); ok {
		row.Name = g.Name
	}
	if o, ok := r.OfficeByID(v.Office); ok {
		row.Name = o.Name
	}
	for _, c := range v.Counters {
		row.Waiting += c.Waiting
		for _, s := range c.Slots {
			row.Places += s.Quota
			row.Reserve += s.Reserve
			row.Taken += s.Taken + s.Blocked
		}
	}
	for _, a := range v.Agencies {
		row.All++
		if a.Answer == hotline.AnswerYes {
			row.Yes++
		}
		if !a.Came.IsZero() {
			row.Came++
		}
	}
	return row
}

// visitsPage is the list of visits.
type visitsPage struct {
	Rows       []visitRow
	Programmes []hotline.Programme
	States     []hotline.VisitState
	Programme  string
	Month      string // "2026-11"; empty: from today on
	State      string
	Offices    bool
	Asked      string // the same as an address says it
	May        bool   // make some
	Full       bool   // there are more
}

func (q *Request) readVisits() (visitsPage, error) {
	ask := q.URL.Query()
	page := visitsPage{Programmes: q.Regency().Programmes, States: visitStates, Programme: ask.Get("programme"), Month: ask.Get("month"),
		State:   ask.Get("state"),
		Offices: ask.Get("offices") != "", Asked: ask.Encode(), May: q.runsAny()}
	list := hotline.VisitAsk{From: q.Regency().Today(q.Now), Programme: page.Programme, State: hotline.VisitState(page.State),
		Offices: page.Offices, Limit: visitsMost + 1}
	if list.Offices {
		list.Programme = ""
	}
	if page.Month != "" {
		month, err := time.Parse("2006-01", page.Month)
		if err != nil {
			return page, &Wrong{What: "month"}
		}
		list.From, list.Until = month.Format(time.DateOnly), month.AddDate(0, 1, -1).Format(time.DateOnly)
	}
	if page.State != "" && !slices.Contains(visitStates, list.State) {
		return page, &Wrong{What: "state"}
	}
	err := q.Do(func(t Tx) error {
		page.Rows = nil
		all, err := t.VisitList(q.Context(), list)
		for _, v := range all {
			page.Rows = append(page.Rows, q.visitRow(v))
		}
		return err
	})
	if len(page.Rows) > visitsMost {
		page.Rows, page.Full = page.Rows[:visitsMost], true
	}
	return page, err
}

// runsAny tells whether the viewer runs the visits of any programme.
func (q *Request) runsAny() bool { return len(q.runs()) > 0 }

// runs gives the programmes whose visits the viewer runs.
func (q *Request) runs() (out []hotline.Programme) {
	r := q.Regency()
	for _, g := range r.Programmes {
		if r.Runs(q.Viewer, hotline.Visit{Programme: g.ID}) {
			out = append(out, g)
		}
	}
	return out
}

func (q *Request) visits() error {
	page, err := q.readVisits()
	if err != nil {
		return err
	}
	return q.Page("visits", page)
}

func (q *Request) visitRows() error {
	page, err := q.readVisits()
	if err != nil {
		return err
	}
	return q.Fragment("visits", "rows", page)
}

// visitPath is the page of a visit.
func visitPath(id hotline.VisitID) string { return "/visits/" + strconv.FormatInt(int64(id), 10) }

// tellBooked says news of bookings in chat.
func (q *Request) tellBooked(t Tx, news []hotline.BookingNews) {
	if q.console.BookingNotice == nil {
		return
	}
	for _, n := range news {
		if o, ok := q.console.BookingNotice(n); ok {
			t.Say(o)
		}
	}
}

// visitWrong makes answers of what is refused.
func visitWrong(err error) error {
	switch {
	case errors.Is(err, hotline.ErrUnseen):
		return ErrForbidden
	case errors.Is(err, hotline.ErrQuota), errors.Is(err, hotline.ErrNoReason):
		return fmt.Errorf("%w: %w", hotline.ErrRefused, err)
	}
	return err
}
