package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// This file merges cases that are about the same, and lets those that were merged hear what happens to each other: see hotline/merge.go. The acts
// are for
// the board and the chat alike. What follows an event of a parent or child happens at the end of the unit of work that made it, and commits with it.

// Merge merges a case into another, which alone is worked from now on. The reporter is told, and so is whoever works the other. TakeApart undoes it.
// hotline.ErrSight: not both may be seen by the same people, or one accuses somebody.
func (t *Tx) Merge(ctx context.Context, v hotline.Viewer, child, parent hotline.CaseID) (hotline.Case, error) {
	if child == parent {
		return hotline.Case{}, fmt.Errorf("merge a case with itself: %w", hotline.ErrRefused)
	}
	t.queue(`select pg_advisory_xact_lock(@lock)`, pgx.StrictNamedArgs{"lock": mergeLock}) // of two who merge each into the other one waits
	_, into, err := t.acting(ctx, v, parent)
	if err != nil {
		return hotline.Case{}, err
	}
	k, c, err := t.acting(ctx, v, child)
	if err != nil {
		return hotline.Case{}, err
	}
	merged := hotline.Event{Kind: hotline.EvMerged, Facts: hotline.Facts{With: parent}}
	if _, err := c.After(merged); err != nil {
		return c, err
	}
	if !k.regency.MayMerge(c, into) {
		return c, hotline.ErrSight
	}
	absorbed, err := k.quietly(into, hotline.Event{Kind: hotline.EvAbsorbed, Facts: hotline.Facts{With: child}}, hotline.Content{})
	if err != nil {
		return c, err
	}
	free, err := k.withhold(ctx, c, func(hotline.Assignment) bool { return true })
	if err != nil {
		return c, err
	}
	after, err := k.quietly(free, merged, hotline.Content{})
	if err != nil {
		return c, err
	}
	k.sayTo(after, hotline.Say("notice.merged", "case", child))
	lead, led := absorbed.Lead()
	if led {
		if err := k.settleTriage(ctx, after, lead.Unit); err != nil {
			return c, err
		}
	}
	for _, a := range absorbed.Assignments {
		if a.State == hotline.Taken {
			k.Say(hotline.Out{Person: a.Officer, Lane: hotline.LaneNotice, Case: parent, Assign: a.ID,
				Reply: hotline.Say("staff.absorbed", "case", parent, "other", child)})
		}
	}
	return after, nil
}

// mergeLock is the advisory lock of whoever merges: what is a child to one of them may be a parent to another, and parents are locked first.
const mergeLock = 0x7461_0014

// TakeApart takes a merged case out again: it goes where its category goes, as if it were new.
func (t *Tx) TakeApart(ctx context.Context, v hotline.Viewer, child hotline.CaseID) (hotline.Case, error) {
	parents, err := scalars[hotline.CaseID](ctx, t, "find the case it was merged into", `
		select p.id from cases c join cases p on p.id = c.parent where c.id = @child for update of p`, pgx.StrictNamedArgs{"child": child})
	if err != nil {
		return hotline.Case{}, err
	}
	k, c, err := t.acting(ctx, v, child)
	if err != nil {
		return c, err
	}
	if c.Parent == 0 || !slices.Contains(parents, c.Parent) {
		return c, fmt.Errorf("take a case apart: %w", hotline.ErrRefused)
	}
	after, err := k.quietly(c, hotline.Event{Kind: hotline.EvParted, Facts: hotline.Facts{With: c.Parent}}, hotline.Content{})
	if err != nil {
		return c, err
	}
	return k.reroute(ctx, after)
}

// A parent is locked before those that were merged into it: what happens to it happens to them. Who holds one of these, and finds only then that the parent
// must change too, does not wait for it, for its holder may be waiting here; the unit of work is done again from the start, with the parent locked first.

// A busyParentError says that a parent is held by somebody else.
type busyParentError struct {
	id  hotline.CaseID
	err error
}

func (b *busyParentError) Error() string { return fmt.Sprintf("case %d is held: %v", b.id, b.err) }
func (b *busyParentError) Unwrap() error { return b.err }

// firstLocked is the key of what a context says is to be locked before anything else.
type firstLocked struct{}

// parentFirst gives a context whose units of work lock the parent first for which this error could not wait.
func parentFirst(ctx context.Context, err error) context.Context {
	var b *busyParentError
	if !errors.As(err, &b) {
		return ctx
	}
	return context.WithValue(ctx, firstLocked{}, b.id)
}

// lockParent locks what this unit of work could not wait for when it was tried before.
func (t *Tx) lockParent(ctx context.Context) error {
	first, ok := ctx.Value(firstLocked{}).(hotline.CaseID)
	if !ok {
		return nil
	}
	_, err := scalars[hotline.CaseID](ctx, t, "lock a parent first", `select id from cases where id = @id for update`, pgx.StrictNamedArgs{"id": first})
	return err
}

// yield says of a parent that a case is on its own again.
func (t *Tx) yield(ctx context.Context, parent, child hotline.CaseID, by hotline.PersonID) error {
	if _, err := scalars[hotline.CaseID](ctx, t, "lock a case that others were merged into", `select id from cases where id = @id for update nowait`,
		pgx.StrictNamedArgs{"id": parent}); err != nil {
		return &busyParentError{parent, err}
	}
	p, err := t.Case(ctx, parent)
	if err != nil {
		return err
	}
	if p.Children == 0 {
		return nil
	}
	_, err = t.Record(p, hotline.Event{Kind: hotline.EvYielded, By: by, Facts: hotline.Facts{With: child}}, hotline.Content{})
	return err
}

// sayTo tells a case's reporter something; of a secret case only that there is news.
func (t *Tx) sayTo(c hotline.Case, r hotline.Reply) {
	if c.From == 0 {
		return
	}
	o := hotline.Out{Person: c.Reporter, Lane: hotline.LaneNotice, Case: c.ID, Reply: r}
	if o.Person == 0 {
		o.To = c.From
	}
	if c.Privacy.IsSecret() {
		o.Reply = hotline.Say("notice.secret", "case", c.ID)
	}
	t.Say(o)
}

// kinNews is an event of which those hear whose cases were merged with the one that it happened to.
type kinNews struct {
	before, after hotline.Case
	event         hotline.Event
	said          hotline.Content
}

// kin remembers an event for the cases it concerns beside its own.
func (t *Tx) kin(before, after hotline.Case, e hotline.Event, said hotline.Content) {
	n := kinNews{before, after, e, said}
	if n.left() || after.Children > 0 && e.Kind.Shared() || after.Status == hotline.Merged && e.Kind.TellsMore() {
		t.kinship = append(t.kinship, n)
	}
}

// left tells whether the case is one of its own again, whoever or whatever took it out.
func (n kinNews) left() bool { return n.before.Parent != 0 && n.after.Parent != n.before.Parent }

// tellKin lets what happened here to parents happen to those merged into them, and tells the officers of parents what was added to those.
func (t *Tx) tellKin(ctx context.Context) error {
	for len(t.kinship) > 0 {
		all := t.kinship
		t.kinship = nil
		for _, n := range all {
			if n.left() {
				if err := t.yield(ctx, n.before.Parent, n.after.ID, n.event.By); err != nil {
					return fmt.Errorf("say that a merged case is on its own: %w", err)
				}
				continue
			}
			if n.after.Children > 0 {
				if err := t.tellChildren(ctx, n); err != nil {
					return fmt.Errorf("tell those whose cases were merged: %w", err)
				}
				continue
			}
			if err := t.tellParent(ctx, n); err != nil {
				return fmt.Errorf("tell who works the case it was merged into: %w", err)
			}
		}
	}
	return nil
}

func (t *Tx) tellChildren(ctx context.Context, n kinNews) error {
	children, err := t.casesWhere(ctx, "read merged cases", `where c.parent = @parent and c.status in ('merged', 'ended') order by c.id for update`,
		pgx.StrictNamedArgs{"parent": n.after.ID})
	if err != nil {
		return err
	}
	parent := t.cases[n.after.ID].c
	k := actor{t, hotline.Viewer{Person: n.event.By}}
	for _, c := range children {
		e := hotline.Event{Kind: n.event.Kind, Facts: hotline.Facts{Date: n.event.Date, Due: n.event.Due}}
		switch gone := n.event.Kind == hotline.EvWithdrawn || n.event.Kind == hotline.EvArchived; {
		case c.Status == hotline.Merged && (gone || !t.regency.MayMerge(c, parent)):
			if _, err := t.Record(c, hotline.Event{Kind: hotline.EvParted, Facts: hotline.Facts{With: parent.ID}}, hotline.Content{}); err != nil {
				return err
			}
			t.sayTo(c, hotline.Say("notice.rerouted", "case", c.ID))
		case e.Kind == hotline.EvReopened && c.Status == hotline.Ended:
			if _, err := t.Record(c, e, hotline.Content{}); err != nil {
				return err
			}
			t.sayTo(c, hotline.Say("notice.reopened", "case", c.ID))
		case c.Status == hotline.Merged && news(e.Kind):
			after, err := k.quietly(c, e, hotline.Content{Author: n.event.By, Text: n.said.Text})
			if err != nil {
				return err
			}
			k.tellReporter(after, e)
		}
	}
	return nil
}

// news tells whether a reporter hears of it in words.
func news(kind hotline.EventKind) bool {
	switch kind {
	case hotline.EvAnswered, hotline.EvScheduled, hotline.EvResolved, hotline.EvPassedOn, hotline.EvNotPossible:
		return true
	}
	return false
}

// tellParent tells the officers of a parent what was added to a case that was merged into it.
func (t *Tx) tellParent(ctx context.Context, n kinNews) error {
	parents, err := t.Glance(ctx, n.after.Parent) // not locked: it does not change, and its holder may be waiting for this one
	if err != nil || len(parents) == 0 {
		return err
	}
	parent := parents[0]
	notices := t.store.notices.Load()
	if notices == nil || notices.Staff == nil || !t.regency.MayMerge(n.after, parent) {
		return nil
	}
	before, after := n.before, n.after
	before.Assignments, after.Assignments = parent.Assignments, parent.Assignments
	e := n.event
	e.Case, e.At, e.Content = after.ID, t.now, after.Said
	for _, out := range notices.Staff(t.regency, before, after, e) {
		t.Say(out)
	}
	return nil
}

// withParents gives merged cases the assignments of those they were merged into: whoever works those sees these.
func (t *Tx) withParents(ctx context.Context, cs []hotline.Case) error {
	var parents []hotline.CaseID
	for _, c := range cs {
		if c.Parent != 0 {
			parents = append(parents, c.Parent)
		}
	}
	if len(parents) == 0 {
		return nil
	}
	theirs, err := t.assignmentsOf(ctx, parents)
	if err != nil {
		return err
	}
	for i := range cs {
		if cs[i].Parent == 0 {
			continue
		}
		cs[i].With = theirs[cs[i].Parent]
		if k, ok := t.cases[cs[i].ID]; ok {
			k.c.With = cs[i].With
		}
	}
	return nil
}

// Merged lists the cases merged into one, oldest first, as far as a viewer may see them.
func (t *Tx) Merged(ctx context.Context, v hotline.Viewer, parent hotline.CaseID) ([]hotline.BoardCase, error) {
	cs, err := t.casesWhere(ctx, "list merged cases", `where c.parent = @parent order by c.id`, pgx.StrictNamedArgs{"parent": parent})
	if err != nil {
		return nil, err
	}
	found, err := t.describe(ctx, v, cs)
	out := make([]hotline.BoardCase, 0, len(found))
	for _, d := range found {
		out = append(out, t.boardCase(v, d))
	}
	return out, err
}

// Duplicates proposes cases that a case may be merged with, the likeliest first, as far as the viewer may see what was said of them.
func (t *Tx) Duplicates(ctx context.Context, v hotline.Viewer, id hotline.CaseID) ([]hotline.BoardCase, error) {
	c, err := t.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	const window = 21 * 24 * time.Hour
	cs, err := t.casesWhere(ctx, "look for duplicates", `
		where c.filed between @from and @until and c.category = @category and c.status in ('filed', 'triage', 'assigned', 'working', 'asking', 'scheduled')
		order by c.filed desc, c.id desc limit 200`,
		pgx.StrictNamedArgs{"category": c.Category, "from": c.Filed.Add(-window), "until": c.Filed.Add(window)})
	if err != nil {
		return nil, err
	}
	all, err := t.describe(ctx, v, append(cs, c))
	if err != nil || len(all) == 0 || all[len(all)-1].Case.ID != id {
		return nil, err
	}
	var out []hotline.BoardCase
	for _, d := range t.regency.Duplicates(all[len(all)-1], all[:len(all)-1], duplicatesMost) {
		out = append(out, t.boardCase(v, d))
	}
	return out, nil
}

// duplicatesMost is how many are proposed.
const duplicatesMost = 5

// describe reads what was said first of cases, and where they are, of those of which the viewer may see it.
func (t *Tx) describe(ctx context.Context, v hotline.Viewer, cs []hotline.Case) ([]hotline.Described, error) {
	var ids []hotline.ContentID
	var out []hotline.Described
	for _, c := range cs {
		if t.regency.Sees(v, c).Content {
			ids = append(ids, c.Story)
			out = append(out, hotline.Described{Case: c})
		}
	}
	said, err := t.Said(ctx, ids...)
	for i, d := range out {
		out[i].Text, out[i].Point = said[d.Case.Story].Text, said[d.Case.Story].Point
	}
	return out, err
}

func (t *Tx) boardCase(v hotline.Viewer, d hotline.Described) hotline.BoardCase {
	return hotline.BoardCase{Case: d.Case, Sight: t.regency.Sees(v, d.Case), Gist: hotline.Gist(d.Text)}
}
