package console

import (
	"errors"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// closedCall is a record that was put away, with the case it became.
type closedCall struct {
	hotline.Call
	Row      callRow
	Story    string
	Notes    []hotline.CallNote
	Progress *callProgress
	May      bool // write
	Again    bool // may be taken out again
}

// callProgress is the case a call became, and how far those called to it have come. Who waits for them sees it live.
type callProgress struct {
	ID         hotline.CallID
	Case       hotline.Case
	Now        time.Time
	Responders []hotline.Responder
	Late       bool
	Live       bool
	May        bool
	More       []namedUnit // who may be called besides
}

func (q *Request) closed(t Tx, c hotline.Call) (*closedCall, error) {
	out := &closedCall{Call: c, Row: q.row(c), Story: q.story(c), May: q.Viewer.Has(writerRoles...)}
	out.Again = out.May && c.Case == 0 && !c.Erased
	var err error
	if out.Notes, err = t.CallNotes(q.Context(), q.Viewer, c.ID); err != nil {
		return nil, err
	}
	if c.Case != 0 {
		out.Progress, err = q.progress(t, c)
	}
	return out, err
}

func (q *Request) progress(t Tx, c hotline.Call) (*callProgress, error) {
	k, events, err := t.CallCase(q.Context(), q.Viewer, c)
	if err != nil {
		return nil, err
	}
	p := &callProgress{ID: c.ID, Case: k, Now: q.Now, Responders: hotline.Responders(k, events, q.Now), Live: k.Status.Live(), May: q.Viewer.Has(writerRoles...)}
	on := map[string]bool{}
	for _, r := range p.Responders {
		p.Late = p.Late || r.Late
		on[r.Assignment.Unit] = on[r.Assignment.Unit] || r.Assignment.On()
	}
	if p.Live && p.May {
		p.More = q.named(slices.DeleteFunc(q.Regency().RespondersOf(k.Area), func(u string) bool { return on[u] }))
	}
	return p, nil
}

// callCase answers with how the case of a call stands, alone.
func (q *Request) callCase() error {
	id, err := q.callID()
	if err != nil {
		return err
	}
	var p *callProgress
	err = q.Do(func(t Tx) error {
		c, err := t.Call(q.Context(), q.Viewer, id)
		if err != nil {
			return err
		}
		p, err = q.progress(t, c)
		return err
	})
	if err != nil {
		return callWrong(err)
	}
	return q.Fragment("call", "progress", p)
}

// act does something with a call and goes back to it.
func (q *Request) act(fn func(t Tx, id hotline.CallID) error) error {
	id, err := q.callID()
	if err != nil {
		return err
	}
	if err := q.Do(func(t Tx) error { return fn(t, id) }); err != nil {
		return callWrong(err)
	}
	return q.Redirect("/calls/" + q.PathValue("id"))
}

func (q *Request) reopenCall() error {
	return q.act(func(t Tx, id hotline.CallID) error { _, err := t.ReopenCall(q.Context(), q.Viewer, id); return err })
}

func (q *Request) holdCall() error {
	return q.act(func(t Tx, id hotline.CallID) error { _, err := t.HoldCall(q.Context(), q.Viewer, id); return err })
}

// sendMore calls further units.
func (q *Request) sendMore() error {
	units := q.Form().Values["unit"]
	if len(units) == 0 || len(units) > len(q.Regency().Units) {
		return &Wrong{"nobody to send"}
	}
	return q.act(func(t Tx, id hotline.CallID) error {
		err := t.SendMore(q.Context(), q.Viewer, id, units...)
		if errors.Is(err, hotline.ErrNotFound) {
			return &Wrong{"a unit that is none"}
		}
		return err
	})
}

// addToCall tells those who were called what was learnt later.
func (q *Request) addToCall() error {
	text := q.Form().Long("text", hotline.MaxCallText/4)
	if strings.TrimSpace(text) == "" {
		return q.act(func(Tx, hotline.CallID) error { return nil })
	}
	return q.act(func(t Tx, id hotline.CallID) error { return t.AddToCall(q.Context(), q.Viewer, id, text, "") })
}

func (q *Request) noteCall() error {
	text := q.Form().Long("text", hotline.MaxCallText/4)
	if strings.TrimSpace(text) == "" {
		return q.act(func(Tx, hotline.CallID) error { return nil })
	}
	return q.act(func(t Tx, id hotline.CallID) error { return t.NoteCall(q.Context(), q.Viewer, id, text) })
}
