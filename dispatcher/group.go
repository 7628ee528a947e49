package dispatcher

import (
	"context"
	"fmt"

	"tanggap/hotline"
)

// groupsOf gives the groups that hear of what waits in a unit: the unit's own, and where it has none those of the nearest unit above that has.
func (j *job) groupsOf(ctx context.Context, unit string) ([]hotline.Group, error) {
	if j.Cards.Group == nil {
		return nil, nil
	}
	if !j.asked { // a few dozen at most, asked once in a unit of work
		all, err := j.tx.Groups(ctx)
		if err != nil {
			return nil, fmt.Errorf("ask which groups there are: %w", err)
		}
		j.groups, j.asked = all, true
	}
	for _, u := range append([]string{unit}, j.r.Ancestors(unit)...) {
		var theirs []hotline.Group
		for _, g := range j.groups {
			if g.Unit == u {
				theirs = append(theirs, g)
			}
		}
		if len(theirs) > 0 {
			return theirs, nil
		}
	}
	return nil, nil
}

// tellGroups sends a card to groups, as far as it is for groups at all.
func (j *job) tellGroups(groups []hotline.Group, c hotline.Case, a hotline.Assignment, round int) {
	if len(groups) == 0 {
		return
	}
	card, ok := j.Cards.Group(j.r, c, a, round)
	if !ok {
		return
	}
	for _, g := range groups {
		card.To = g.Address.ID
		j.tx.Say(card)
	}
}
