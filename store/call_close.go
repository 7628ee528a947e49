package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// CloseCall puts the record of a call away; story is the call in words, for the case it becomes. An emergency and a complaint become cases, filed, given to
// whoever is to be sent and offered at once by the dispatcher, all in this unit of work; a caller who agrees, and whose number a network vouches for, is
// the reporter and is told the case's number there. A prank is counted, and the number's block proposed when there were enough. hotline.ErrCallIncomplete where
// the record lacks something (hotline.Call.Missing), hotline.ErrCallClosed where it is closed already.
func (t *Tx) CloseCall(ctx context.Context, v hotline.Viewer, id hotline.CallID, story string) (hotline.Call, error) {
	if err := t.mayCall(v, mayAct); err != nil {
		return hotline.Call{}, err
	}
	c, err := t.lockedCall(ctx, `where c.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return c, err
	}
	if c.Operator == 0 {
		c.Operator, c.Holder = v.Person, v.Person
		t.callStep(c.ID, v.Person, hotline.CallBegun, "")
	}
	closed, err := c.Close(t.regency, t.now)
	if err != nil {
		return c, fmt.Errorf("close a call: %w", err)
	}
	c = closed
	known, err := t.vouched(ctx, c.Number)
	if err != nil {
		return c, err
	}
	c.Caller = known.person
	if c.Class.Files() && c.Case == 0 {
		if c.Case, err = t.fileCall(c, known, story); err != nil {
			return c, err
		}
	}
	t.callStep(c.ID, v.Person, hotline.CallClosed, string(c.Class))
	t.putCall(c)
	if c.Class == hotline.CallPrank {
		if err := t.countPrank(ctx, c.Number); err != nil {
			return c, err
		}
	}
	return c, nil
}

// fileCall files the case of a call and gives it to its units.
func (t *Tx) fileCall(c hotline.Call, known vouched, story string) (hotline.CaseID, error) {
	f := c.Filing(t.regency, t.now, story)
	if c.Agrees && known.person != 0 {
		f.Reporter, f.From = known.person, known.reach
	}
	filed := t.File(f)
	if err := t.sendUnits(filed, c.Sending(t.regency)); err != nil {
		return 0, err
	}
	if f.From != 0 {
		t.Say(hotline.Out{To: f.From, Lane: hotline.LaneNotice, Case: filed.ID, Reply: hotline.Say("call.filed", "case", filed.ID).And("call.more")})
	}
	return filed.ID, nil
}

// sendUnits gives an emergency's case at once to whom the operator sends, so that nobody waits for it to be routed. Who leads is decided by hotline.Route as
// for any case; where that needs the coordinator, the dispatcher asks. A complaint, which sends nobody, is left to the dispatcher altogether.
func (t *Tx) sendUnits(c hotline.Case, units []string) error {
	if !c.Urgent {
		return nil
	}
	var parts []hotline.Placing
	if d := hotline.Route(t.regency, hotline.RoutingOf(c)); !d.Triage {
		parts = slices.DeleteFunc(d.Assign, func(p hotline.Placing) bool { return p.Part == hotline.Responding })
	}
	for _, u := range units {
		hidden := t.regency.HiddenFrom(c, t.regency.AgencyOf(u))
		if !hidden && !slices.ContainsFunc(parts, func(p hotline.Placing) bool { return p.Unit == u }) {
			parts = append(parts, hotline.Placing{Unit: u, Part: hotline.Responding})
		}
	}
	for _, p := range parts {
		next, err := t.Record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: t.NewAssignment(), Facts: hotline.Facts{
			Unit: p.Unit, Part: p.Part, Level: p.Level, Due: hotline.DueOnAssign(t.regency, c, p.Unit, t.now)}}, hotline.Content{})
		if err != nil {
			return fmt.Errorf("send %s: %w", p.Unit, err)
		}
		c = next
	}
	return nil
}

// SendMore calls further units to the emergency that a call became, as the operator learns more. Units that are there already stay as they are.
func (t *Tx) SendMore(ctx context.Context, v hotline.Viewer, id hotline.CallID, units ...string) error {
	if err := t.mayCall(v, mayAct); err != nil {
		return err
	}
	call, err := t.lockedCall(ctx, `where c.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return err
	}
	if call.Case == 0 {
		return fmt.Errorf("a call that is no case: %w", hotline.ErrRefused)
	}
	c, err := t.Case(ctx, call.Case)
	if err != nil {
		return err
	}
	for _, u := range units {
		if _, ok := t.regency.Unit(u); !ok {
			return fmt.Errorf("unit %q: %w", u, hotline.ErrNotFound)
		}
		if t.regency.HiddenFrom(c, t.regency.AgencyOf(u)) ||
			slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.On() && a.Unit == u }) {
			continue
		}
		if c, err = t.Record(c, hotline.Event{Kind: hotline.EvAssigned, By: v.Person, Assignment: t.NewAssignment(), Facts: hotline.Facts{
			Unit: u, Part: hotline.Responding, Due: hotline.DueOnAssign(t.regency, c, u, t.now)}}, hotline.Content{}); err != nil {
			return fmt.Errorf("send %s: %w", u, err)
		}
	}
	t.Signal(topicCall, int64(id))
	return nil
}

// AddToCall adds to the case a call became what was learnt after it was filed, and where it is, if that is known better now.
func (t *Tx) AddToCall(ctx context.Context, v hotline.Viewer, id hotline.CallID, text, area string) error {
	if err := t.mayCall(v, mayAct); err != nil {
		return err
	}
	call, err := t.lockedCall(ctx, `where c.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return err
	}
	if call.Case == 0 {
		return fmt.Errorf("a call that is no case: %w", hotline.ErrRefused)
	}
	c, err := t.Case(ctx, call.Case)
	if err != nil {
		return err
	}
	e := hotline.Event{Kind: hotline.EvRemarked, By: v.Person}
	if area != "" && area != c.Area {
		e.Kind, e.Area = hotline.EvPlaced, area
	}
	if _, err := t.Record(c, e, hotline.Content{Text: text}); err != nil {
		return fmt.Errorf("add to the case of a call: %w", err)
	}
	t.Signal(topicCall, int64(id))
	return nil
}

// CallCase reads the case a call became, with all that happened, for whoever sees the call. hotline.ErrNotFound where it is no case.
func (t *Tx) CallCase(ctx context.Context, v hotline.Viewer, c hotline.Call) (hotline.Case, []hotline.Event, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return hotline.Case{}, nil, err
	}
	if c.Case == 0 {
		return hotline.Case{}, nil, fmt.Errorf("a call that is no case: %w", hotline.ErrNotFound)
	}
	cs, err := t.casesWhere(ctx, "read the case of a call", `where c.id = @id`, pgx.StrictNamedArgs{"id": c.Case})
	if err != nil {
		return hotline.Case{}, nil, err
	}
	if len(cs) == 0 {
		return hotline.Case{}, nil, fmt.Errorf("read the case of a call: %w", hotline.ErrNotFound)
	}
	events, _, err := t.History(ctx, c.Case)
	return cs[0], events, err
}
