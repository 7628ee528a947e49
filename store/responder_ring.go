package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// This file is emergencies from chats as they ring at the operators of the line (see hotline.Ring). A case that rings is filed and nobody's, or an
// ordinary one that has grown worse; whoever decides about it, and the dispatcher when time is over, lock it first, so that exactly one of them has it.

// topicRing is the topic of the signals that tell pages of rings.
const topicRing = "ring"

type ringRow struct {
	CaseID    hotline.CaseID
	At, Until time.Time
	Decided   *time.Time
	By        *hotline.PersonID
	Verdict   hotline.RingVerdict
	Seen      []hotline.PersonID
}

const ringColumns = `g.case_id, g.at, g.until, g.decided, g.by, g.verdict, g.seen`

func (r ringRow) value() hotline.Ring {
	return hotline.Ring{Case: r.CaseID, At: r.At, Until: r.Until, Decided: or0(r.Decided), By: or0(r.By), Verdict: r.Verdict}
}

// Rings gives those of the cases that rang.
func (t *Tx) Rings(ctx context.Context, cases []hotline.CaseID) (map[hotline.CaseID]hotline.Ring, error) {
	rows, err := read[ringRow](ctx, t, "read rings", `select `+ringColumns+` from rings g where g.case_id = any (@cases)`, pgx.StrictNamedArgs{"cases": cases})
	if err != nil {
		return nil, err
	}
	out := make(map[hotline.CaseID]hotline.Ring, len(rows))
	for _, r := range rows {
		out[r.CaseID] = r.value()
	}
	return out, nil
}

// OperatorThere tells whether somebody who may decide is signed in to the console and sits at a desk of the line.
func (t *Tx) OperatorThere(ctx context.Context) (bool, error) {
	n, err := scalars[int](ctx, t, "look for an operator", `
		select 1 from shifts h join sessions s on s.person_id = h.person_id join users u on u.person_id = h.person_id
			join roles r on r.person_id = h.person_id
		where h.ended is null and u.disabled is null and s.stage = 'in' and s.seen > @idle and s.begun > @whole
			and r.name in ('operator', 'supervisor') and r.starts <= @now and (r.ends is null or r.ends > @now)
		limit 1`,
		pgx.StrictNamedArgs{"now": t.now, "idle": t.now.Add(-hotline.SessionIdle), "whole": t.now.Add(-hotline.SessionWhole)})
	return len(n) > 0, err
}

// StartRing rings for a case until a moment. One that rang already does not ring again.
func (t *Tx) StartRing(c hotline.CaseID, until time.Time) {
	t.queue(`insert into rings (case_id, at, until) values (@case, @now, @until) on conflict do nothing`,
		pgx.StrictNamedArgs{"case": c, "now": t.now, "until": until.UTC()})
	t.Signal(topicRing, int64(c))
}

// PassRing says that nobody decided while it rang.
func (t *Tx) PassRing(c hotline.CaseID) { t.decideRing(c, 0, hotline.RingPassed) }

func (t *Tx) decideRing(c hotline.CaseID, by hotline.PersonID, v hotline.RingVerdict) {
	t.queue(`update rings set decided = @now, by = @by, verdict = @verdict where case_id = @case and decided is null`,
		pgx.StrictNamedArgs{"case": c, "now": t.now, "by": nz(by), "verdict": string(v)})
	t.Signal(topicRing, int64(c))
	t.rings.dispatch = true
}

// mostRings is how many rings are shown, the newest.
const mostRings = 12

// RingList lists the emergencies from chats that rang at the line since a moment, those that still ring first, the oldest of them on top, so that none
// slips under somebody's finger; then the newest. That somebody reads what
// was said is noted in the record of access, once for each.
func (t *Tx) RingList(ctx context.Context, v hotline.Viewer, since time.Time) ([]hotline.Ringing, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return nil, err
	}
	rows, err := read[ringRow](ctx, t, "list rings", `select `+ringColumns+` from rings g where g.at >= @since
		order by (g.decided is null and g.until > @now) desc, case when g.decided is null and g.until > @now then g.at end, g.at desc, g.case_id limit @limit`,
		pgx.StrictNamedArgs{"since": since.UTC(), "now": t.now, "limit": mostRings})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]hotline.CaseID, len(rows))
	for i, r := range rows {
		ids[i] = r.CaseID
	}
	cases, err := t.Glance(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var out []hotline.Ringing
	for _, r := range rows {
		i := slices.IndexFunc(cases, func(c hotline.Case) bool { return c.ID == r.CaseID })
		if i < 0 {
			continue
		}
		c := cases[i]
		s := t.regency.SeesRing(v, c)
		if !s.Facts {
			continue
		}
		events, said, err := t.History(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		ringing := hotline.Ringing{Ring: r.value(), Of: c, Sight: s, Responders: hotline.Responders(c, events, t.now)}
		for _, e := range events {
			if content := said[e.Content]; s.Content && !content.Empty() && (e.Kind == hotline.EvFiled || e.Kind.TellsMore()) {
				ringing.Said = append(ringing.Said, content)
			}
		}
		out = append(out, ringing)
		if s.Content && !slices.Contains(r.Seen, v.Person) {
			first, err := scalars[int](ctx, t, "note who looks at a ring", // two parts of a page ask at once
				`update rings set seen = seen || @who::bigint where case_id = @case and not @who = any (seen) returning 1`,
				pgx.StrictNamedArgs{"case": c.ID, "who": v.Person})
			if err != nil {
				return nil, err
			}
			if len(first) > 0 {
				t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActSawCase, Case: c.ID, Detail: "ring"})
			}
		}
	}
	return out, nil
}

// SendRing sends a ringing emergency to the responders at once. hotline.ErrRefused: it does not ring any more.
func (t *Tx) SendRing(ctx context.Context, v hotline.Viewer, id hotline.CaseID) error {
	c, err := t.ringing(ctx, v, id)
	if err != nil {
		return err
	}
	t.decideRing(id, v.Person, hotline.RingSent)
	if c.Status == hotline.Filed {
		return nil // whoever routes it calls them
	}
	for _, p := range t.regency.ToCall(c) {
		if c, err = (actor{t, v}).quietly(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: t.NewAssignment(), Facts: hotline.Facts{
			Unit: p.Unit, Part: p.Part, Level: p.Level, Due: hotline.DueOnAssign(t.regency, c, p.Unit, t.now)}}, hotline.Content{}); err != nil {
			return fmt.Errorf("call responders: %w", err)
		}
	}
	return nil
}

// CalmRing says that a ringing emergency is none. Its reporter hears so, and with it the number to call; the coordinator decides about the case, as about any
// that waits, and one that somebody has already stays with them. hotline.ErrRefused: it does not ring any more.
func (t *Tx) CalmRing(ctx context.Context, v hotline.Viewer, id hotline.CaseID) error {
	c, err := t.ringing(ctx, v, id)
	if err != nil {
		return err
	}
	if _, err := (actor{t, v}).happen(c, hotline.Event{Kind: hotline.EvCalmed}, hotline.Content{}); err != nil {
		return fmt.Errorf("say that it is no emergency: %w", err)
	}
	t.decideRing(id, v.Person, hotline.RingNone)
	return nil
}

// ringing reads and locks the case of a ring that somebody decides about.
func (t *Tx) ringing(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (hotline.Case, error) {
	if err := t.mayCall(v, mayAct); err != nil {
		return hotline.Case{}, err
	}
	c, err := t.Case(ctx, id)
	if err != nil {
		return c, err
	}
	if !t.regency.SeesRing(v, c).Facts {
		return hotline.Case{}, fmt.Errorf("decide about a ring: %w", hotline.ErrNotFound)
	}
	rings, err := t.Rings(ctx, []hotline.CaseID{id})
	if err != nil {
		return c, err
	}
	g, ok := rings[id]
	switch {
	case !ok:
		return c, fmt.Errorf("decide about a ring: %w", hotline.ErrNotFound)
	case !g.Rings(t.now) || !c.Status.Live() || !c.Urgent:
		return c, fmt.Errorf("decide about a ring: %w", hotline.ErrRefused)
	}
	return c, nil
}
