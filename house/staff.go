package house

import (
	"context"
	"fmt"
	"slices"

	"tanggap/bot"
	"tanggap/hotline"
	"tanggap/store"
)

// EndRoles takes roles in a unit away from a person (no roles named: all of them there), in one unit of work. What the person had taken and may
// no longer work goes back to the worklist it came from. It gives the roles that ended and the cases that went back; hotline.ErrNotFound
// where the person holds no such role.
func EndRoles(ctx context.Context, t *store.Tx, p hotline.PersonID, unit string, names ...hotline.RoleName) ([]hotline.Role, []hotline.Case, error) {
	if len(names) == 0 {
		names = hotline.StaffRoles
	}
	others := func(r hotline.Role) bool { return !r.Is(p) }
	there, err := t.People(ctx, []string{unit}, names...)
	if err != nil {
		return nil, nil, err
	}
	ended := slices.DeleteFunc(there, others)
	if len(ended) == 0 {
		return nil, nil, hotline.ErrNotFound
	}
	for _, r := range ended {
		t.EndRole(p, r.Name, r.Unit)
	}
	left, err := t.People(ctx, nil, hotline.RoleOfficer, hotline.RoleHead, hotline.RoleResponder, hotline.RoleCoordinator)
	if err != nil {
		return nil, nil, err
	}
	left = slices.DeleteFunc(left, others)
	held, err := t.Mine(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	var back []hotline.Case
	for _, h := range held {
		a := h.Assignment
		if slices.ContainsFunc(left, func(r hotline.Role) bool { return t.Regency().Within(a.Unit, r.Unit) }) {
			continue
		}
		c, err := handBack(ctx, t, h.Case.ID, a)
		if err != nil {
			return nil, nil, fmt.Errorf("give case %s back: %w", h.Case.Number, err)
		}
		back = append(back, c)
	}
	return ended, back, nil
}

// handBack puts a taken part of a case onto its unit's worklist again, and takes the buttons off the former officer's card.
func handBack(ctx context.Context, t *store.Tx, id hotline.CaseID, a hotline.Assignment) (hotline.Case, error) {
	c, err := t.Case(ctx, id)
	if err != nil {
		return c, err
	}
	after, err := t.Record(c, hotline.Event{Kind: hotline.EvReleased, Case: c.ID, At: t.Now(), Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnAssign(t.Regency(), c, a.Unit, t.Now())}}, hotline.Content{})
	if err != nil {
		return c, err
	}
	t.Say(hotline.Out{Person: a.Officer, Verb: hotline.VerbEdit, Edits: bot.OwnCardName(a.ID), Card: bot.OwnCardName(a.ID),
		Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID, Reply: hotline.Say("staff.card.settled", "case", c.ID,
			"category", hotline.CategoryArg(c.Category), "status", hotline.PhraseArg("status."+string(after.Status)))})
	return after, nil
}
