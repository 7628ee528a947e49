package console

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// A ShiftTx seats people at the desks of the 112 line, and hands on from one shift to the next.
type ShiftTx interface {
	// Shifts reads who sits or sat at which desk in a time, and all that is handed on.
	Shifts(ctx context.Context, v hotline.Viewer, from, until time.Time) (hotline.ShiftBoard, error)
	// TakeDesk seats the viewer at a desk; whoever sat there is done, and their open calls and notes are the viewer's.
	TakeDesk(ctx context.Context, v hotline.Viewer, desk string) (hotline.Shift, error)
	// LeaveDesk ends the viewer's shift. hotline.ErrNoShift: there is none.
	LeaveDesk(context.Context, hotline.Viewer) error
	NoteForShift(ctx context.Context, v hotline.Viewer, text string) error
	TakeShiftNote(ctx context.Context, v hotline.Viewer, id int64) error
}

func shiftRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/shift", May: lineRoles, Nav: "shift.title", Key: "j", Do: (*Request).shift},
		{Method: "GET", Path: "/shift/now", May: lineRoles, Quiet: true, Do: (*Request).shiftNow},
		{Method: "POST", Path: "/shift/desk", May: writerRoles, Do: (*Request).takeDesk},
		{Method: "POST", Path: "/shift/leave", May: writerRoles, Do: (*Request).leaveDesk},
		{Method: "POST", Path: "/shift/notes", May: writerRoles, Do: (*Request).noteForShift},
		{Method: "POST", Path: "/shift/notes/{id}", May: writerRoles, Do: (*Request).takeShiftNote},
		{Method: "POST", Path: "/shift/calls/{id}", May: writerRoles, Do: (*Request).takeOpenCall},
		{Method: "GET", Path: "/shift.csv", May: lineRoles, Do: (*Request).exportShifts},
	}
}

// shiftPage is what one shift hands to the next.
type shiftPage struct {
	hotline.ShiftBoard
	Day   string // as typed: 2026-11-23
	Today bool
	May   bool
	Seats []seat
	Lists []handedCall
	Mine  string // the desk where the viewer sits; empty: none
	Left  int    // open calls of the viewer
}

// seat is a desk as it is shown. Key takes it.
type seat struct {
	Desk, Key string
	hotline.Shift
	Taken, Mine bool
}

// handedCall is an open call with who has it.
type handedCall struct {
	callRow
	Nobodys bool
}

func (q *Request) shift() error {
	page, err := q.shiftPage()
	if err != nil {
		return err
	}
	return q.Page("shift", page)
}

// shiftNow answers with what changes by itself.
func (q *Request) shiftNow() error {
	page, err := q.shiftPage()
	if err != nil {
		return err
	}
	return q.Fragment("shift", "now", page)
}

// shiftDay is the day that is asked for, where the regency is; without one today.
func (q *Request) shiftDay() time.Time {
	if day, err := time.ParseInLocation(time.DateOnly, q.URL.Query().Get("day"), q.Regency().Zone); err == nil {
		return day
	}
	return q.midnight()
}

func (q *Request) shiftPage() (shiftPage, error) {
	from := q.shiftDay()
	page := shiftPage{Day: from.Format(time.DateOnly), Today: from.Equal(q.midnight()), May: q.Viewer.Has(writerRoles...)}
	err := q.Do(func(t Tx) (err error) {
		page.ShiftBoard, err = t.Shifts(q.Context(), q.Viewer, from, from.AddDate(0, 0, 1))
		return err
	})
	if err != nil {
		return page, callWrong(err)
	}
	if mine, ok := page.Of(q.Viewer.Person); ok {
		page.Mine = mine.Desk
	}
	for _, desk := range page.Desks() {
		s := seat{Desk: desk}
		if s.Shift, s.Taken = page.At(desk); s.Taken {
			s.Mine = s.Person == q.Viewer.Person
		}
		if len(desk) == 1 && desk[0] >= '0' && desk[0] <= '9' {
			s.Key = desk
		}
		page.Seats = append(page.Seats, s)
	}
	for _, c := range page.Open {
		if c.Holder == q.Viewer.Person {
			page.Left++
		}
		page.Lists = append(page.Lists, handedCall{q.row(c), page.Nobodys(c)})
	}
	return page, nil
}

// shiftAct does something and shows the board again.
func (q *Request) shiftAct(said string, fn func(t Tx) error) error {
	err := q.Do(func(t Tx) error {
		if err := fn(t); err != nil {
			return err
		}
		if said != "" {
			q.Flash(t, said)
		}
		return nil
	})
	switch {
	case errors.Is(err, hotline.ErrNoShift):
		err = q.Do(func(t Tx) error { q.FlashBad(t, "shift.nodesk"); return nil })
	case err != nil:
		return callWrong(err)
	}
	if err != nil {
		return err
	}
	return q.Redirect("/shift")
}

func (q *Request) takeDesk() error {
	desk := q.Form().Get("desk")
	return q.shiftAct("shift.sits", func(t Tx) error { _, err := t.TakeDesk(q.Context(), q.Viewer, desk); return err })
}

func (q *Request) leaveDesk() error {
	return q.shiftAct("shift.left", func(t Tx) error { return t.LeaveDesk(q.Context(), q.Viewer) })
}

func (q *Request) noteForShift() error {
	text := q.Form().Long("text", hotline.MaxShiftNote)
	if strings.TrimSpace(text) == "" {
		return q.Redirect("/shift")
	}
	return q.shiftAct("", func(t Tx) error { return t.NoteForShift(q.Context(), q.Viewer, text) })
}

func (q *Request) takeShiftNote() error {
	id, err := q.callID()
	if err != nil {
		return err
	}
	return q.shiftAct("", func(t Tx) error { return t.TakeShiftNote(q.Context(), q.Viewer, int64(id)) })
}

func (q *Request) takeOpenCall() error {
	id, err := q.callID()
	if err != nil {
		return err
	}
	return q.shiftAct("", func(t Tx) error { _, err := t.HoldCall(q.Context(), q.Viewer, id); return err })
}

// exportShifts gives a day's shifts and notes as a file for a spreadsheet. That it was taken out is kept.
func (q *Request) exportShifts() error {
	page, err := q.shiftPage()
	if err != nil {
		return err
	}
	zone := q.Regency().Zone
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format("2006-01-02 15:04")
	}
	rows := [][]string{{"what", "desk", "who", "from", "until", "taken_by", "text"}}
	for _, s := range page.Shifts {
		rows = append(rows, []string{"shift", s.Desk, page.Names[s.Person], at(s.From), at(s.Until), page.Names[s.By], ""})
	}
	for _, n := range page.Notes {
		rows = append(rows, []string{"note", n.Desk, page.Names[n.By], at(n.At), at(n.Taken), page.Names[n.TakenBy], n.Text})
	}
	for _, c := range page.Lists {
		rows = append(rows, []string{"open call", "", page.Names[c.Holder], at(c.At), "", "", q.openCallWords(c)})
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
		_ = w.Write(row)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	err = q.Do(func(t Tx) error {
		q.Audit(t, hotline.Audit{Act: hotline.ActExported, Detail: "shifts of " + page.Day + ", " + strconv.Itoa(len(rows)-1) + " rows"})
		return nil
	})
	if err != nil {
		return err
	}
	q.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	q.W.Header().Set("Content-Disposition", `attachment; filename="shift-`+page.Day+`.csv"`)
	_, _ = q.W.Write(out.Bytes()) // whoever went away does not get it
	return nil
}

func (q *Request) openCallWords(c handedCall) string {
	what := c.What
	if c.Class != "" && what == "" {
		what = q.say("call.class." + string(c.Class))
	}
	if c.Nobodys {
		what = strings.TrimSpace(what + " (" + q.say("shift.nobodys") + ")")
	}
	return what
}

// harmless keeps a spreadsheet from taking what somebody typed for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
