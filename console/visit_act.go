package console

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// visitAct does something about a visit and shows it again, with what was said: a key of words. A figure that cannot be is told on the page.
func (q *Request) visitAct(said string, fn func(t Tx, id hotline.VisitID) error) error {
	id, err := q.visitID()
	if err != nil {
		return err
	}
	err = q.Do(func(t Tx) error {
		if err := fn(t, id); err != nil {
			return err
		}
		if said != "" {
			q.Flash(t, said)
		}
		return nil
	})
	for of, key := range map[error]string{hotline.ErrQuota: "visit.wrong.quota", hotline.ErrNoReason: "visit.wrong.reason",
		errVisitFigure: "visit.wrong.figure", errVisitTime: "visit.wrong.time",
		errVisitDate: "visit.wrong.date"} {
		if errors.Is(err, of) {
			err = q.Do(func(t Tx) error { q.FlashBad(t, key); return nil })
			break
		}
	}
	if err != nil {
		return visitWrong(err)
	}
	return q.Redirect(visitPath(id))
}

// What was typed wrongly on a visit's page.
var (
	errVisitFigure = errors.New("no such number")
	errVisitTime   = errors.New("no such time")
	errVisitDate   = errors.New("no such date")
)

func (q *Request) visitState() error {
	state := hotline.VisitState(q.Form().Get("state"))
	return q.visitAct("visit.said."+string(state), func(t Tx, id hotline.VisitID) error {
		switch state {
		case hotline.VisitOver:
			news, err := t.EndVisit(q.Context(), q.Viewer, id)
			if err == nil {
				q.tellBooked(t, news)
			}
			return err
		case hotline.VisitPlanned, hotline.VisitOpen, hotline.VisitRunning:
			_, err := t.SetVisitState(q.Context(), q.Viewer, id, state)
			return err
		case hotline.VisitCancelled: // has a page of its own
		}
		return &Wrong{What: "state"}
	})
}

// editVisit changes the venue and the hours of a visit that nobody has booked for. Afterwards that is a move, of which people are told.
func (q *Request) editVisit() error {
	f := q.Form()
	venue := f.Text("venue", hotline.MaxVenue)
	opens, ok1 := hotline.ParseMinute(f.Get("opens"))
	closes, ok2 := hotline.ParseMinute(f.Get("closes"))
	return q.visitAct("visit.said.changed", func(t Tx, id hotline.VisitID) error {
		if !ok1 || !ok2 || opens >= closes || venue == "" {
			return errVisitTime
		}
		reach, err := t.VisitReach(q.Context(), id)
		if err != nil {
			return err
		}
		visit, err := t.Visit(q.Context(), id)
		switch {
		case err != nil:
			return err
		case !visit.Live() || visit.Programme == "" || reach.Bookings > 0:
			return hotline.ErrRefused
		}
		visit.Venue, visit.Hours = venue, hotline.Window{From: opens, Until: closes}
		visit.Agencies, visit.Counters = nil, nil // they stay
		_, _, err = t.PutVisit(q.Context(), q.Viewer, visit)
		return err
	})
}

func (q *Request) visitQuota() error {
	f := q.Form()
	slot, err := strconv.ParseInt(f.Get("slot"), 10, 64)
	quota, ok1 := f.whole("quota", hotline.MaxQuota)
	reserve, ok2 := f.whole("reserve", hotline.MaxQuota)
	return q.visitAct("visit.said.quota", func(t Tx, id hotline.VisitID) error {
		visit, missing := t.Visit(q.Context(), id)
		switch {
		case missing != nil:
			return missing
		case err != nil || !ok1 || !ok2 || reserve > quota:
			return errVisitFigure
		case !hasSlot(visit, hotline.SlotID(slot)):
			return hotline.ErrNotFound
		}
		news, err := t.SetQuota(q.Context(), q.Viewer, hotline.SlotID(slot), quota, reserve)
		if err == nil {
			q.tellBooked(t, news)
		}
		return err
	})
}

func hasSlot(v hotline.Visit, id hotline.SlotID) bool {
	for _, c := range v.Counters {
		for _, s := range c.Slots {
			if s.ID == id {
				return true
			}
		}
	}
	return false
}

// visitService puts one more service on a visit, in one time window or in several: "08:00-10:00 10:00-12:00".
func (q *Request) visitService() error {
	f := q.Form()
	s := hotline.ProgrammeService{Service: f.Get("service")}
	quota, ok1 := f.whole("quota", hotline.MaxQuota)
	reserve, ok2 := f.whole("reserve", hotline.MaxQuota)
	s.Quota, s.Reserve = quota, reserve
	windows, ok3 := readWindows(f.Get("windows"))
	s.Windows = windows
	return q.visitAct("visit.said.service", func(t Tx, id hotline.VisitID) error {
		switch {
		case !ok1 || !ok2 || quota == 0 || reserve > quota || len(windows) > quota:
			return errVisitFigure
		case !ok3:
			return errVisitTime
		}
		_, err := t.AddService(q.Context(), q.Viewer, id, s)
		return err
	})
}

// readWindows reads time windows as they are typed; none is right too.
func readWindows(text string) (out []hotline.Window, ok bool) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		from, until, cut := strings.Cut(part, "-")
		a, ok1 := hotline.ParseMinute(from)
		b, ok2 := hotline.ParseMinute(until)
		if !cut || !ok1 || !ok2 || a >= b || len(out) > 0 && a < out[len(out)-1].Until || len(out) == 24 {
			return nil, false
		}
		out = append(out, hotline.Window{From: a, Until: b})
	}
	return out, true
}

func (q *Request) visitCounter() error {
	f := q.Form()
	service, closed := f.Get("service"), f.Get("closed") != ""
	said := "visit.said.reopened"
	if closed {
		said = "visit.said.closed"
	}
	return q.visitAct(said, func(t Tx, id hotline.VisitID) error {
		news, err := t.CloseCounter(q.Context(), q.Viewer, id, service, closed)
		if err == nil {
			q.tellBooked(t, news)
		}
		return err
	})
}

// visitAgency keeps what an agency answered, by whoever runs the visit, or by the agency itself.
func (q *Request) visitAgency() error {
	f := q.Form()
	people, ok := f.whole("people", 500)
	if f.Get("people") == "" {
		ok = true
	}
	answer := hotline.Answer(f.Get("answer"))
	if answer != hotline.AnswerYes && answer != hotline.AnswerNo && answer != hotline.AnswerNone {
		return &Wrong{What: "answer"}
	}
	if answer != hotline.AnswerYes {
		people = 0
	}
	return q.visitAct("visit.said.agency", func(t Tx, id hotline.VisitID) error {
		if !ok {
			return errVisitFigure
		}
		return t.AnswerVisit(q.Context(), q.Viewer, id, f.Get("agency"), answer, people)
	})
}

func (q *Request) visitCame() error {
	f := q.Form()
	return q.visitAct("visit.said.agency", func(t Tx, id hotline.VisitID) error {
		return t.CheckAgency(q.Context(), q.Viewer, id, f.Get("agency"), f.Get("came") != "")
	})
}

// visitSure asks once more before people are told: how many it will be.
type visitSure struct {
	visitRow
	Cancel bool
	Date   string // where it is moved to
	Venue  string
	Why    string
	Reach  hotline.VisitReach
	Act    string // where the yes goes
}

// moveVisit moves a visit to another day or venue. The first time it says how many hear of that; with "sure" it is done.
func (q *Request) moveVisit() error {
	f := q.Form()
	date, venue, why := f.Get("date"), f.Text("venue", hotline.MaxVenue), f.Text("reason", 300)
	if _, err := time.Parse(time.DateOnly, date); err != nil || date < q.Regency().Today(q.Now) {
		return q.visitAct("", func(Tx, hotline.VisitID) error { return errVisitDate })
	}
	if f.Get("sure") == "" {
		return q.askSure(visitSure{Date: date, Venue: venue, Why: why, Act: "move"})
	}
	return q.visitAct("visit.said.moved", func(t Tx, id hotline.VisitID) error {
		news, err := t.MoveVisit(q.Context(), q.Viewer, id, date, venue, why)
		if err == nil {
			q.tellBooked(t, news)
		}
		return err
	})
}

// cancelVisit calls a visit off, in two steps as moveVisit.
func (q *Request) cancelVisit() error {
	f := q.Form()
	why := f.Text("reason", 300)
	if f.Get("sure") == "" {
		return q.askSure(visitSure{Cancel: true, Why: why, Act: "cancel"})
	}
	return q.visitAct("visit.said.cancelled", func(t Tx, id hotline.VisitID) error {
		news, err := t.CancelVisit(q.Context(), q.Viewer, id, why)
		if err == nil {
			q.tellBooked(t, news)
		}
		return err
	})
}

func (q *Request) askSure(page visitSure) error {
	if page.Why == "" {
		return q.visitAct("", func(Tx, hotline.VisitID) error { return hotline.ErrNoReason })
	}
	id, err := q.visitID()
	if err != nil {
		return err
	}
	var visit hotline.Visit
	err = q.Do(func(t Tx) (err error) {
		if visit, err = t.Visit(q.Context(), id); err != nil {
			return err
		}
		page.Reach, err = t.VisitReach(q.Context(), id)
		return err
	})
	switch {
	case err != nil:
		return err
	case !q.Regency().Runs(q.Viewer, visit):
		return ErrForbidden
	case !visit.Live():
		return hotline.ErrRefused
	}
	page.visitRow = q.visitRow(visit)
	return q.Page("visit_sure", page)
}

// askAgencies asks, in chat, the agencies that have not answered whether they come; asked again, it reminds them.
func (q *Request) askAgencies() error {
	return q.visitAct("", func(t Tx, id hotline.VisitID) error {
		visit, people, err := t.AskAgencies(q.Context(), q.Viewer, id)
		if err != nil {
			return err
		}
		asked := 0
		for _, a := range visit.Agencies {
			if len(people[a.Agency]) > 0 && q.console.VisitAsk != nil {
				asked++
				for _, p := range people[a.Agency] {
					t.Say(hotline.Out{Person: p, Lane: hotline.LaneNotice, Reply: q.console.VisitAsk(visit, a), Expires: visit.Begins(q.Regency().Zone)})
				}
			}
		}
		q.Flash(t, "visit.asked", "n", strconv.Itoa(asked))
		return nil
	})
}
