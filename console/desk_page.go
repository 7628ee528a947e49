package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// deskPage is the page of the walk-in desk: beside the form of one ticket stand those that are still written, and those of a day.
type deskPage struct {
	Form  deskForm
	Rows  deskRows
	Filed *filedTicket // a ticket that was filed
}

// deskForm is what the form is made of, and what its script reads.
type deskForm struct {
	May        bool             `json:"-"` // write tickets
	Begin      bool             // a new ticket at once
	User       hotline.PersonID // whose browser keeps what
	State      *deskState       // the ticket it shows first; nil: a new one
	Areas      []callArea
	Categories []callChoice
	Identities []hotline.Identity `json:"-"`
	MaxPhoto   int
}

// deskRows are the lists beside the form.
type deskRows struct {
	Day     string // whose tickets are shown, as 2026-11-23
	Today   bool
	Before  string // the day before
	After   string // the day after; empty: today is the last
	Open    []deskRow
	Filed   []deskRow
	Writers []deskWriter // who wrote how many; for whoever watches the desk
	Watch   bool         // the viewer sees what all have written
	Writes  bool
}

type deskRow struct {
	hotline.Ticket
	Number string // of its case
	Status hotline.Status
	By     string
	Mine   bool
	Gist   string
}

type deskWriter struct {
	Name string
	N    int
}

// filedTicket is a ticket as its own page shows it once it is filed.
type filedTicket struct {
	hotline.Ticket
	Number string // of its case
	Phone  string // theirs
	Word   string
	Status hotline.Status
	Due    time.Time
	Sight  hotline.TicketSight
	By     string
	Story  string
	Shown  []deskPhoto
	Urgent bool
	May    bool      // withdraw it
	Until  time.Time // … until then
	Form   *Form
	Told   bool // the news go to their chat
	Fresh  bool // filed a moment ago: the focus goes to the receipt
}

// How many tickets the lists show.
const (
	mostDrafts  = 30
	mostTickets = 300
)

func (q *Request) newTicket() error { return q.deskPage(nil, true) }

func (q *Request) desk() error { return q.deskPage(nil, false) }

func (q *Request) ticketID() (hotline.TicketID, error) {
	id, err := strconv.ParseInt(q.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, hotline.ErrNotFound
	}
	return hotline.TicketID(id), nil
}

// oneTicket shows a ticket: in the form while it is written, and else as it was filed.
func (q *Request) oneTicket() error { return q.ticketWith(nil) }

// ticketWith shows a ticket, with a form of its page that was just posted and in which something is wrong.
func (q *Request) ticketWith(f *Form) error {
	id, err := q.ticketID()
	if err != nil {
		return err
	}
	var k hotline.Ticket
	var s hotline.TicketSight
	err = q.Do(func(t Tx) (err error) {
		if k, s, err = t.Ticket(q.Context(), q.Viewer, id); err != nil || k.IsOpen() {
			return err
		}
		detail := "ticket"
		if s.Who {
			detail = "ticket, with who it is"
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActSawCase, Case: k.Case, Detail: detail})
		return nil
	})
	if err != nil {
		return deskWrong(err)
	}
	if k.IsOpen() && !s.Act {
		return hotline.ErrNotFound // that somebody writes one is all there is to know
	}
	if f != nil {
		return q.ticketAgain(k, s, f)
	}
	return q.deskPage(&shownTicket{k, s}, false)
}

type shownTicket struct {
	hotline.Ticket
	Sight hotline.TicketSight
}

func (q *Request) deskPage(k *shownTicket, begin bool) error {
	page, err := q.readDesk(k, begin, nil)
	if err != nil {
		return err
	}
	return q.Page("desk", page)
}

func (q *Request) ticketAgain(k hotline.Ticket, s hotline.TicketSight, f *Form) error {
	page, err := q.readDesk(&shownTicket{k, s}, false, f)
	if err != nil {
		return err
	}
	return q.Again("desk", page)
}

func (q *Request) readDesk(k *shownTicket, begin bool, f *Form) (deskPage, error) {
	page := deskPage{Form: q.deskForm()}
	page.Form.Begin = begin && page.Form.May
	err := q.Do(func(t Tx) (err error) {
		if page.Rows, err = q.deskRows(t); err != nil || k == nil || k.IsOpen() {
			return err
		}
		page.Filed, err = q.filed(t, k.Ticket, k.Sight)
		return err
	})
	if err != nil {
		return page, deskWrong(err)
	}
	if k != nil && k.IsOpen() {
		state := q.deskState(k.Ticket)
		page.Form.State = &state
	}
	if page.Filed != nil && f != nil {
		page.Filed.Form = f
	}
	return page, nil
}

func (q *Request) deskForm() deskForm {
	r := q.Regency()
	f := deskForm{May: q.Viewer.Has(deskRoles...), User: q.Viewer.Person, Identities: hotline.Identities(), MaxPhoto: hotline.MaxMedia}
	if !f.May {
		return f
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

// ticketRows answers with the lists alone.
func (q *Request) ticketRows() error {
	var rows deskRows
	err := q.Do(func(t Tx) (err error) { rows, err = q.deskRows(t); return err })
	if err != nil {
		return deskWrong(err)
	}
	return q.Fragment("desk", "rows", rows)
}

// deskDay is the day that is asked for, from its beginning; today where none is.
func (q *Request) deskDay() (from time.Time, today bool) {
	midnight := q.midnight()
	if day, err := time.ParseInLocation(time.DateOnly, q.URL.Query().Get("day"), q.Regency().Zone); err == nil && day.Before(midnight) {
		return day, false
	}
	return midnight, true
}

func (q *Request) deskRows(t Tx) (deskRows, error) {
	from, today := q.deskDay()
	until := from.AddDate(0, 0, 1)
	rows := deskRows{Day: from.Format(time.DateOnly), Today: today, Before: from.AddDate(0, 0, -1).Format(time.DateOnly),
		Watch: q.Viewer.Has(hotline.RoleSupervisor, hotline.RoleCoordinator), Writes: q.Viewer.Has(deskRoles...)}
	if !today {
		rows.After = until.Format(time.DateOnly)
	}
	drafts, err := t.OpenTickets(q.Context(), q.Viewer, mostDrafts)
	if err != nil {
		return rows, err
	}
	filed, err := t.TicketsBetween(q.Context(), q.Viewer, from, until, mostTickets)
	if err != nil {
		return rows, err
	}
	cases, err := t.TicketCases(q.Context(), filed...)
	if err != nil {
		return rows, err
	}
	var people []hotline.PersonID
	for _, k := range slices.Concat(drafts, filed) {
		if !slices.Contains(people, k.Writer) {
			people = append(people, k.Writer)
		}
	}
	names, err := t.Names(q.Context(), people...)
	if err != nil {
		return rows, err
	}
	count := map[hotline.PersonID]int{}
	for _, k := range drafts {
		rows.Open = append(rows.Open, q.deskRow(k, hotline.Case{}, names))
	}
	for _, k := range filed {
		rows.Filed = append(rows.Filed, q.deskRow(k, cases[k.Case], names))
		count[k.Writer]++
	}
	for _, p := range people {
		if count[p] > 0 {
			rows.Writers = append(rows.Writers, deskWriter{names[p], count[p]})
		}
	}
	return rows, nil
}

func (q *Request) deskRow(k hotline.Ticket, c hotline.Case, names map[hotline.PersonID]string) deskRow {
	r := deskRow{Ticket: k, Status: c.Status, By: names[k.Writer], Mine: q.Viewer.Is(k.Writer)}
	if k.Case != 0 {
		r.Number = c.Number.String()
	} else if r.Mine {
		r.Gist = strings.TrimSpace(k.Name)
		if r.Gist == "" {
			r.Gist = hotline.Gist(k.Text)
		}
	}
	return r
}

// filed gives a ticket that was filed, as its page shows it.
func (q *Request) filed(t Tx, k hotline.Ticket, s hotline.TicketSight) (*filedTicket, error) {
	cases, err := t.TicketCases(q.Context(), k)
	if err != nil {
		return nil, err
	}
	c, ok := cases[k.Case]
	if !ok {
		return nil, hotline.ErrNotFound
	}
	names, err := t.Names(q.Context(), k.Writer)
	if err != nil {
		return nil, err
	}
	f := &filedTicket{Ticket: k, Number: c.Number.String(), Phone: k.Number, Word: t.CheckWord(c.Number), Status: c.Status, Due: c.Due, Sight: s, By: names[k.Writer], Urgent: c.Urgent,
		Form: &Form{Errors: map[string]string{}}, Told: c.From != 0, Fresh: q.Now.Sub(k.Filed) < time.Minute}
	f.Until, f.May = k.Withdrawable(q.Viewer, q.Now)
	f.May = f.May && c.Status.Live()
	if s.Content {
		f.Story = k.Text
		f.Shown = q.deskState(k).Photos
	}
	return f, nil
}

// ticketNow answers with what of a filed ticket's page changes by itself.
func (q *Request) ticketNow() error {
	id, err := q.ticketID()
	if err != nil {
		return err
	}
	var f *filedTicket
	err = q.Do(func(t Tx) error {
		k, s, err := t.Ticket(q.Context(), q.Viewer, id)
		if err != nil {
			return err
		}
		if k.IsOpen() {
			return hotline.ErrNotFound
		}
		f, err = q.filed(t, k, s)
		return err
	})
	if err != nil {
		return deskWrong(err)
	}
	return q.Fragment("desk", "stands", f)
}

// withdrawTicket takes back a ticket that was filed by mistake.
func (q *Request) withdrawTicket() error {
	id, err := q.ticketID()
	if err != nil {
		return err
	}
	f := q.Form()
	reason := f.Long("reason", 500)
	if reason == "" {
		f.Wrong("reason", "wrong.empty")
	}
	if !f.OK() {
		return q.ticketWith(f)
	}
	err = q.Do(func(t Tx) error {
		c, err := t.WithdrawTicket(q.Context(), q.Viewer, id, reason)
		if err != nil {
			return err
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActChanged, Case: c.ID, Detail: "ticket withdrawn"})
		q.Flash(t, "desk.withdrawn", "number", c.Number.String())
		return nil
	})
	if err != nil {
		return deskWrong(err)
	}
	return q.Redirect("/desk/" + strconv.FormatInt(int64(id), 10))
}

// dropTicket throws away what was begun: whoever was there went away again.
func (q *Request) dropTicket() error {
	id, err := q.ticketID()
	if err != nil {
		return err
	}
	err = q.Do(func(t Tx) error {
		if err := t.DropTicket(q.Context(), q.Viewer, id); err != nil {
			return err
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActChanged, Detail: "ticket dropped"})
		q.Flash(t, "desk.dropped")
		return nil
	})
	if err != nil {
		return deskWrong(err)
	}
	return q.Redirect("/desk")
}
