package console

import (
	"math"
	"strconv"
	"sync"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// callPage is the page on which calls are logged: beside the form of one call stand the open ones, and those of today.
type callPage struct {
	Form    callForm
	Rows    callRows
	Closed  *closedCall // a record that was put away
	Hours   callHours
	Warning string // to read out to whoever plays with the line
}

// callForm is what the form is made of, and what its script reads.
type callForm struct {
	May        bool // write calls
	Begin      bool // a new call at once
	User       hotline.PersonID
	State      *callState // the call it shows first; nil: a new one
	Classes    []callChoice
	Incidents  []callIncident
	Areas      []callArea
	Categories []callChoice
	Units      []namedUnit
	Paper      string // "now" as on the wall, for what is entered later
}

type callChoice struct {
	ID     string `json:"id"`
	Key    string `json:"key"`
	Name   string `json:"name"`
	AtOnce bool   `json:"atOnce"`
}

type callIncident struct {
	callChoice
	Questions []callQuestion `json:"questions"`
}

type callQuestion struct {
	ID      string       `json:"id"`
	Ask     string       `json:"ask"`
	Options []callChoice `json:"options"`
}

type callArea struct {
	Code string     `json:"code"`
	Name string     `json:"name"`
	In   string     `json:"in"` // its kecamatan
	At   [2]float64 `json:"at"` // its middle, latitude and longitude
}

type callHours struct {
	Closed bool
	Said   string
	Others []hotline.OtherNumber
}

// callRows are the lists beside the form.
type callRows struct {
	Open   []callRow
	Today  []callRow
	Counts []callCount
	All    int
	Blocks int // proposals that wait for a supervisor
	Class  hotline.CallClass
}

type callRow struct {
	hotline.Call
	At    time.Time
	What  string // the incident, where there is one
	Mine  bool
	Rings bool
}

type callCount struct {
	Class hotline.CallClass
	N     int
}

// How many calls the lists show.
const (
	mostOpen  = 30
	mostToday = 40
)

func (q *Request) newCall() error { return q.callsPage(nil, true) }

func (q *Request) calls() error { return q.callsPage(nil, false) }

// oneCall shows a call: in the form while it is open, and else as it was put away.
func (q *Request) oneCall() error {
	id, err := q.callID()
	if err != nil {
		return err
	}
	var c hotline.Call
	err = q.Do(func(t Tx) (err error) {
		if c, err = t.Call(q.Context(), q.Viewer, id); err != nil {
			return err
		}
		if c.Caller != 0 {
			q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Person: c.Caller, Case: c.Case, Detail: "call " + strconv.FormatInt(int64(id), 10)})
		}
		return nil
	})
	if err != nil {
		return callWrong(err)
	}
	return q.callsPage(&c, false)
}

func (q *Request) callID() (hotline.CallID, error) {
	id, err := strconv.ParseInt(q.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, hotline.ErrNotFound
	}
	return hotline.CallID(id), nil
}

func (q *Request) callsPage(c *hotline.Call, begin bool) error {
	page := callPage{Form: q.callForm(), Hours: q.hours(), Warning: q.warning()}
	page.Form.Begin = begin && page.Form.May
	err := q.Do(func(t Tx) (err error) {
		if page.Rows, err = q.rows(t); err != nil || c == nil || c.IsOpen() {
			return err
		}
		page.Closed, err = q.closed(t, *c)
		return err
	})
	if err != nil {
		return callWrong(err)
	}
	if c != nil && c.IsOpen() {
		state := q.state(*c)
		page.Form.State = &state
	}
	return q.Page("call", page)
}

// callRows answers with the lists alone.
func (q *Request) callRows() error {
	var rows callRows
	err := q.Do(func(t Tx) (err error) { rows, err = q.rows(t); return err })
	if err != nil {
		return callWrong(err)
	}
	return q.Fragment("call", "rows", rows)
}

func (q *Request) rows(t Tx) (callRows, error) {
	from := q.midnight()
	rows := callRows{}
	if class := hotline.CallClass(q.URL.Query().Get("class")); class.Known() {
		rows.Class = class
	}
	openCalls, err := t.OpenCalls(q.Context(), q.Viewer, mostOpen)
	if err != nil {
		return rows, err
	}
	today, err := t.CallsBetween(q.Context(), q.Viewer, from, from.AddDate(0, 0, 1), rows.Class, mostToday)
	if err != nil {
		return rows, err
	}
	counts, err := t.CallCounts(q.Context(), q.Viewer, from, from.AddDate(0, 0, 1))
	if err != nil {
		return rows, err
	}
	blocks, err := t.CallBlocks(q.Context(), q.Viewer, false, mostToday)
	if err != nil {
		return rows, err
	}
	for _, b := range blocks {
		if b.Waits() {
			rows.Blocks++
		}
	}
	for _, c := range openCalls {
		rows.Open = append(rows.Open, q.row(c))
	}
	for _, c := range today {
		if !c.IsOpen() {
			rows.Today = append(rows.Today, q.row(c))
		}
	}
	for _, n := range counts {
		if rows.All += n.N; n.Class != "" {
			rows.Counts = append(rows.Counts, callCount(n))
		}
	}
	return rows, nil
}

func (q *Request) row(c hotline.Call) callRow {
	r := callRow{Call: c, At: c.Opened, Mine: c.Holder == q.Viewer.Person, Rings: c.IsOpen() && c.Operator == 0 && c.Ended.IsZero()}
	switch {
	case !c.Answered.IsZero():
		r.At = c.Answered
	case !c.Rang.IsZero():
		r.At = c.Rang
	}
	if kind, ok := q.Regency().Incident(c.Incident); ok && c.Class == hotline.CallEmergency {
		r.What = kind.Name.In(q.Lang)
	}
	return r
}

// midnight is when today began where the regency is.
func (q *Request) midnight() time.Time {
	y, m, d := q.Now.In(q.Regency().Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, q.Regency().Zone)
}

func (q *Request) callForm() callForm {
	r := q.Regency()
	f := callForm{May: q.Viewer.Has(writerRoles...), User: q.Viewer.Person, Paper: q.Now.In(r.Zone).Format(wallClock), Units: q.named(r.RespondersOf(""))}
	for _, c := range hotline.CallClasses() {
		f.Classes = append(f.Classes, callChoice{ID: string(c), Key: c.Key(), Name: q.say("call.class." + string(c)), AtOnce: c.AtOnce()})
	}
	for _, i := range r.Incidents {
		kind := callIncident{callChoice: callChoice{ID: i.ID, Key: i.Key, Name: i.Name.In(q.Lang)}}
		for _, ask := range i.Questions {
			one := callQuestion{ID: ask.ID, Ask: ask.Ask.In(q.Lang)}
			for n, o := range ask.Options {
				one.Options = append(one.Options, callChoice{ID: o.ID, Key: strconv.Itoa(n + 1), Name: o.Text.In(q.Lang)})
			}
			kind.Questions = append(kind.Questions, one)
		}
		f.Incidents = append(f.Incidents, kind)
	}
	for _, c := range r.Categories {
		f.Categories = append(f.Categories, callChoice{ID: c.ID, Name: c.Name.In(q.Lang)})
	}
	for _, a := range r.Kecamatans() {
		f.Areas = append(f.Areas, callArea{a.Code, a.Name, "", middle(a)})
	}
	for _, a := range r.Villages() {
		in, _ := r.Area(a.Parent)
		f.Areas = append(f.Areas, callArea{a.Code, a.Name, in.Name, middle(a)})
	}
	return f
}

// middle of an area, to some hundred metres.
func middle(a hotline.Area) [2]float64 {
	short := func(x float64) float64 { return math.Round(x*1000) / 1000 }
	return [2]float64{short(a.Center.Lat), short(a.Center.Lng)}
}

// hours tells whether the line is answered now, and which numbers to say where it is not.
func (q *Request) hours() callHours {
	open, until := q.Regency().LineOpen(q.Now)
	if open {
		return callHours{}
	}
	return callHours{Closed: true, Others: q.Regency().Line.Others, Said: q.console.Book().Line(q.Lang, hotline.Phrase("call.closed", "when", until), phrase.Facts{})}
}

// warning is what an operator reads out to whoever plays with the line.
func (q *Request) warning() string {
	return q.console.Book().Line(q.Lang, hotline.Phrase("call.warning"), phrase.Facts{})
}

// caller answers with who a number is.
func (q *Request) caller() error {
	number := q.URL.Query().Get("number")
	not, _ := strconv.ParseInt(q.URL.Query().Get("not"), 10, 64) // none is 0
	var page struct {
		hotline.Caller
		Warning string
		Earlier []callRow
	}
	if len(number) > hotline.MaxCallNumber {
		number = ""
	}
	err := q.Do(func(t Tx) (err error) {
		page.Caller, err = t.CallerOf(q.Context(), q.Viewer, number, hotline.CallID(not))
		if err == nil && page.Person.ID != 0 {
			q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Person: page.Person.ID, Detail: "called"})
		}
		return err
	})
	if err != nil {
		return callWrong(err)
	}
	for _, c := range page.Calls {
		page.Earlier = append(page.Earlier, q.row(c))
	}
	if page.Pranks > 0 {
		page.Warning = q.warning()
	}
	return q.Fragment("call", "caller", page)
}

// readings understand what was typed: one reader a regency, made when it is first needed.
type readings struct {
	mu     sync.Mutex
	of     *hotline.Regency
	reader *hotline.Reader
}

func (c *Console) reader(r *hotline.Regency) *hotline.Reader {
	c.readings.mu.Lock()
	defer c.readings.mu.Unlock()
	if c.readings.of != r {
		c.readings.of, c.readings.reader = r, hotline.NewReader(r)
	}
	return c.readings.reader
}
