package bot

import (
	"context"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// mostListed is how many cases a list shows at once.
const mostListed = 10

// list answers "antrian", "kasusku", "triase", "telat".
func (k *talk) list(ctx context.Context, what act) error {
	switch what {
	case wishMine:
		return k.listMine(ctx)
	case wishTriage:
		return k.listTriage(ctx)
	case wishLate:
		return k.listLate(ctx)
	}
	return k.listQueue(ctx)
}

// visible gives the first want of what fetch lists that the person may see, or more: what is kept from them never hides what is not. fetch gives the
// first so many, fewer only where there are no more.
func visible[T any](want int, fetch func(limit int) ([]T, error), sees func(T) bool) ([]T, error) {
	for limit := want; ; limit *= 5 {
		all, err := fetch(limit)
		if err != nil {
			return nil, err
		}
		more := len(all) >= limit
		seen := slices.DeleteFunc(all, func(x T) bool { return !sees(x) })
		if len(seen) >= want || !more {
			return seen, nil
		}
	}
}

// units gives the units whose worklists the person works.
func (k *talk) units() []string {
	var units []string
	for _, r := range k.conv.Viewer.Roles {
		if slices.Contains(workers, r.Name) && !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	return units
}

func (k *talk) listQueue(ctx context.Context) error {
	units := k.units()
	if len(units) == 0 {
		k.reply(hotline.Say("staff.list.nounit"))
		return nil
	}
	held, err := visible(mostListed+1, func(limit int) ([]hotline.Held, error) { return k.Waiting(ctx, units, limit) },
		func(h hotline.Held) bool { return k.mayWork(h.Case, h.Assignment) })
	if err != nil {
		return fmt.Errorf("list what waits: %w", err)
	}
	if len(held) == 0 {
		k.reply(hotline.Say("staff.list.empty"))
		return nil
	}
	k.listHeld("staff.list.queue", held, func(h hotline.Held) hotline.Choice {
		return hotline.Pick(staffValue(actTake, h.Case, h.Assignment), "staff.button.takethis", "category", hotline.CategoryArg(h.Case.Category), "case", h.Case.ID)
	})
	return nil
}

func (k *talk) listMine(ctx context.Context) error {
	held, err := k.mine(ctx)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		k.reply(hotline.Say("staff.nothing").With(pickList(wishQueue)))
		return nil
	}
	k.listHeld("staff.list.mine", held, func(h hotline.Held) hotline.Choice {
		return k.pickHeld(staffValue(actSee, h.Case, h.Assignment), h)
	})
	return nil
}

// listLate lists what is late: the person's own and what waits in their units; for the coordinator, anywhere.
func (k *talk) listLate(ctx context.Context) error {
	held, err := visible(mostListed+1, func(limit int) ([]hotline.Held, error) {
		if k.conv.Viewer.Has(hotline.RoleCoordinator) {
			return k.Late(ctx, k.now, limit)
		}
		return k.lateAround(ctx, limit)
	}, func(h hotline.Held) bool {
		return !h.Assignment.Due.After(k.now) && k.reg.Sees(k.conv.Viewer, h.Case).Facts
	})
	if err != nil {
		return fmt.Errorf("list what is late: %w", err)
	}
	if len(held) == 0 {
		k.reply(hotline.Say("staff.list.nolate"))
		return nil
	}
	k.listHeld("staff.list.late", held, func(h hotline.Held) hotline.Choice {
		value := staffValue(actSee, h.Case, h.Assignment)
		if k.conv.Viewer.Has(hotline.RoleCoordinator) {
			value = caseValue(actCase, h.Case.ID, "")
		}
		return hotline.Pick(value, "staff.button.seethis", "category", hotline.CategoryArg(h.Case.Category), "case", h.Case.ID)
	})
	return nil
}

// lateAround lists the person's own and up to limit of what waits in their units.
func (k *talk) lateAround(ctx context.Context, limit int) ([]hotline.Held, error) {
	units := k.units()
	mine, err := k.mine(ctx)
	if err != nil || len(units) == 0 {
		return mine, err
	}
	waiting, err := k.Waiting(ctx, units, limit)
	if err != nil {
		return nil, err
	}
	return append(mine, waiting...), nil
}

// listHeld shows cases, one line each, with a button for each. Of a secret case that is not theirs a line tells the kecamatan only.
func (k *talk) listHeld(head string, held []hotline.Held, button func(hotline.Held) hotline.Choice) {
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(head)}}
	for _, h := range held[:min(len(held), mostListed)] {
		key := "staff.list.line"
		switch {
		case h.Case.Urgent:
			key = "staff.list.urgent"
		case !h.Assignment.Due.IsZero() && h.Assignment.Due.Before(k.now):
			key = "staff.list.overdue"
		}
		due := h.Assignment.Due
		if due.IsZero() {
			due = h.Case.Due
		}
		line := hotline.Phrase(key, "case", h.Case.ID, "category", hotline.CategoryArg(h.Case.Category), "place", k.placeOf(h.Case), "due", due)
		if h.Handle > 0 {
			r = r.And("staff.list.handle", "handle", h.Handle, "status", hotline.PhraseArg("status."+string(h.Case.Status)))
		}
		r.Lines = append(r.Lines, line)
		r = r.With(button(h))
	}
	if len(held) > mostListed {
		r = r.And("staff.list.more")
	}
	k.reply(r)
}

func (k *talk) listTriage(ctx context.Context) error {
	cases, err := visible(mostListed+1, func(limit int) ([]hotline.Case, error) { return k.Triage(ctx, limit) }, k.coordinates)
	if err != nil {
		return fmt.Errorf("list the triage: %w", err)
	}
	if len(cases) == 0 {
		k.reply(hotline.Say("staff.list.notriage"))
		return nil
	}
	r := hotline.Say("staff.list.triage")
	for _, c := range cases[:min(len(cases), mostListed)] {
		r = r.And("staff.list.since", "case", c.ID, "category", hotline.CategoryArg(c.Category), "place", k.placeOf(c), "since", c.Filed).
			With(hotline.Pick(caseValue(actCase, c.ID, ""), "staff.button.seethis", "category", hotline.CategoryArg(c.Category), "case", c.ID))
	}
	if len(cases) > mostListed {
		r = r.And("staff.list.more")
	}
	k.reply(r)
	return nil
}
