package console

import (
	"context"
	"errors"
	"strconv"
	"time"

	"tanggap/hotline"
)

// A CallRingTx is emergencies from chats, which ring at the operators before the responders are called.
type CallRingTx interface {
	// RingList lists those that rang since a moment, those that still ring first. Reading what was said is noted in the record of access.
	RingList(ctx context.Context, v hotline.Viewer, since time.Time) ([]hotline.Ringing, error)
	// SendRing sends the responders at once; CalmRing says that it is no emergency, and the coordinator decides. hotline.ErrRefused: it rings no more.
	SendRing(context.Context, hotline.Viewer, hotline.CaseID) error
	CalmRing(context.Context, hotline.Viewer, hotline.CaseID) error
}

// ringsFor is how long what rang is shown: a shift.
const ringsFor = 12 * time.Hour

func ringRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/calls/rings", May: lineRoles, Nav: "ring.nav", Key: "e", Do: (*Request).rings},
		{Method: "GET", Path: "/calls/rings/now", May: writerRoles, Quiet: true, Do: (*Request).ringsNow},
		{Method: "GET", Path: "/calls/rings/list", May: lineRoles, Quiet: true, Do: (*Request).ringList},
		{Method: "POST", Path: "/calls/rings/{id}/send", May: writerRoles, Do: (*Request).sendRing},
		{Method: "POST", Path: "/calls/rings/{id}/none", May: writerRoles, Do: (*Request).calmRing},
	}
}

// ringPage is what rings, and what rang.
type ringPage struct {
	Rows []ringRow
	Late bool // what was just decided was decided before
}

// ringRow is one emergency from a chat. Left is how many seconds it rings yet; zero: no more. The first that rings has the keys.
type ringRow struct {
	hotline.Ringing
	Left  int
	First bool
	May   bool
}

func (q *Request) readRings(t Tx, all bool) ([]ringRow, error) {
	list, err := t.RingList(q.Context(), q.Viewer, q.Now.Add(-ringsFor))
	if err != nil {
		return nil, err
	}
	var rows []ringRow
	for _, g := range list {
		r := ringRow{Ringing: g, May: q.Viewer.Has(writerRoles...)}
		if g.Rings(q.Now) && g.Of.Urgent && g.Of.Status.Live() {
			r.Left, r.First = int((g.Until.Sub(q.Now)+time.Second-1)/time.Second), len(rows) == 0
		}
		if all || r.Left > 0 {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (q *Request) ringPage(all bool) (page ringPage, err error) {
	err = q.Do(func(t Tx) (err error) { page.Rows, err = q.readRings(t, all); return err })
	if err != nil {
		err = callWrong(err)
	}
	return page, err
}

// rings is the page of what rang during the last hours, with how far the responders have come.
func (q *Request) rings() error {
	page, err := q.ringPage(true)
	if err != nil {
		return err
	}
	return q.Page("ring", page)
}

func (q *Request) ringList() error {
	page, err := q.ringPage(true)
	if err != nil {
		return err
	}
	return q.Fragment("ring", "ringlist", page)
}

// ringsNow is what rings at this moment, for the top of whatever page an operator is on.
func (q *Request) ringsNow() error {
	page, err := q.ringPage(false)
	if err != nil {
		return err
	}
	return q.Fragment("ring", "ringsnow", page)
}

func (q *Request) sendRing() error {
	return q.decideRing(func(t Tx, id hotline.CaseID) error { return t.SendRing(q.Context(), q.Viewer, id) })
}

func (q *Request) calmRing() error {
	return q.decideRing(func(t Tx, id hotline.CaseID) error { return t.CalmRing(q.Context(), q.Viewer, id) })
}

// decideRing decides, and answers with what rings still: whoever writes down a call meanwhile stays where they are.
func (q *Request) decideRing(decide func(Tx, hotline.CaseID) error) error {
	id, err := strconv.ParseInt(q.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return hotline.ErrNotFound
	}
	err = q.Do(func(t Tx) error { return decide(t, hotline.CaseID(id)) })
	late := errors.Is(err, hotline.ErrRefused)
	if err != nil && !late {
		return callWrong(err)
	}
	if !q.HTMX() {
		if late {
			if err := q.Do(func(t Tx) error { q.FlashBad(t, "ring.late"); return nil }); err != nil {
				return err
			}
		}
		return q.Redirect("/calls/rings")
	}
	page, err := q.ringPage(false)
	if err != nil {
		return err
	}
	page.Late = late
	return q.Fragment("ring", "ringsnow", page)
}
