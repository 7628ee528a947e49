package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"tanggap/hotline"
)

// mostListed is how many cases a list shows at once: what a small phone holds.
const mostListed = 8

// mostCounted is up to how many of a list are counted; where there are more, just that is said.
const mostCounted = 200

// list answers "antrian", "kasusku", "triase", "telat", and the buttons that show the next page; the first page is 0.
func (k *talk) list(ctx context.Context, what act, page int) error {
	switch what {
	case wishMine:
		return k.listMine(ctx, page)
	case wishTriage:
		return k.listTriage(ctx, page)
	case wishLate:
		return k.listLate(ctx, page)
	case wishErasures:
		return k.listErasures(ctx)
	case wishInvites:
		return k.listInvites(ctx)
	}
	return k.listQueue(ctx, page)
}

// A sheet is one page of a list of so many.
type sheet struct {
	wish        act
	page, total int
	from, until int
}

// sheetOf gives the page asked for, or the last one there is: what was listed may have been taken meanwhile.
func sheetOf(wish act, total, page int) sheet {
	page = max(0, min(page, (total-1)/mostListed))
	return sheet{wish, page, total, page * mostListed, min(total, (page+1)*mostListed)}
}

// head begins a list: how many there are, and which of them these are where they are not all.
func (s sheet) head(key string) hotline.Reply {
	n := strconv.Itoa(s.total)
	if s.total > mostCounted {
		n = strconv.Itoa(mostCounted) + "+"
	}
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key, "n", n)}}
	if s.total > mostListed {
		r = r.And("staff.list.page", "from", s.from+1, "until", s.until)
	}
	return r
}

// turn adds the buttons to the pages before and after.
func (s sheet) turn(r hotline.Reply) hotline.Reply {
	to := func(page int, key string) hotline.Choice {
		return hotline.Pick(staffPrefix+"list:"+string(s.wish)+":"+strconv.Itoa(page), key)
	}
	var row []hotline.Choice
	if s.page > 0 {
		row = append(row, to(s.page-1, "staff.button.before"))
	}
	if s.until < s.total {
		row = append(row, to(s.page+1, "staff.button.next"))
	}
	if len(row) > 0 {
		r = r.With(row...)
	}
	return r
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

func (k *talk) listQueue(ctx context.Context, page int) error {
	units := k.units()
	if len(units) == 0 {
		k.reply(hotline.Say("staff.list.nounit"))
		return nil
	}
	held, err := visible(mostCounted+1, func(limit int) ([]hotline.Held, error) { return k.Waiting(ctx, units, limit) },
		func(h hotline.Held) bool { return k.mayWork(h.Case, h.Assignment) })
	if err != nil {
		return fmt.Errorf("list what waits: %w", err)
	}
	r := hotline.Say("staff.list.empty")
	if len(held) > 0 {
		r = k.listHeld("staff.list.queue", sheetOf(wishQueue, len(held), page), held, func(h hotline.Held) hotline.Choice {
			return hotline.Pick(staffValue(actTake, h.Case, h.Assignment), "staff.button.takethis",
				"category", hotline.CategoryArg(h.Case.Category), "place", k.placeOf(h.Case), "case", h.Case.ID)
		})
	}
	if r, err = k.mentionTriage(ctx, r); err != nil {
		return err
	}
	k.reply(r)
	return nil
}

// mentionTriage tells a coordinator how many cases wait for a unit: they stand in no unit's queue.
func (k *talk) mentionTriage(ctx context.Context, r hotline.Reply) (hotline.Reply, error) {
	if !k.conv.Viewer.Has(hotline.RoleCoordinator) {
		return r, nil
	}
	cases, err := k.inTriage(ctx)
	if err != nil || len(cases) == 0 {
		return r, err
	}
	return r.And("staff.list.intriage", "n", min(len(cases), mostCounted)).With(pickList(wishTriage)), nil
}

func (k *talk) listMine(ctx context.Context, page int) error {
	held, err := k.mine(ctx)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		k.reply(hotline.Say("staff.nothing").With(pickList(wishQueue)))
		return nil
	}
	k.reply(k.listHeld("staff.list.mine", sheetOf(wishMine, len(held), page), held, func(h hotline.Held) hotline.Choice {
		return k.pickHeld(staffValue(actSee, h.Case, h.Assignment), h)
	}))
	return nil
}

// listLate lists what is late: the person's own and what waits in their units; for the coordinator, anywhere.
func (k *talk) listLate(ctx context.Context, page int) error {
	held, err := visible(mostCounted+1, func(limit int) ([]hotline.Held, error) {
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
	k.reply(k.listHeld("staff.list.late", sheetOf(wishLate, len(held), page), held, func(h hotline.Held) hotline.Choice {
		value := staffValue(actSee, h.Case, h.Assignment)
		if k.conv.Viewer.Has(hotline.RoleCoordinator) {
			value = caseValue(actCase, h.Case.ID, "")
		}
		return k.pickSeen(value, h.Case)
	}))
	return nil
}

// pickSeen is a button that shows a case.
func (k *talk) pickSeen(value string, c hotline.Case) hotline.Choice {
	return hotline.Pick(value, "staff.button.seethis", "category", hotline.CategoryArg(c.Category), "place", k.placeOf(c), "case", c.ID)
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

// listHeld shows a page of cases, one line each, with a button for each. Of a secret case that is not theirs a line tells the kecamatan only.
func (k *talk) listHeld(head string, page sheet, held []hotline.Held, button func(hotline.Held) hotline.Choice) hotline.Reply {
	r := page.head(head)
	for _, h := range held[page.from:page.until] {
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
		if h.Case.Urgent { // an emergency is for now, whatever the calendar says
			line = hotline.Phrase(key, "case", h.Case.ID, "category", hotline.CategoryArg(h.Case.Category), "place", k.placeOf(h.Case))
		}
		if h.Handle > 0 {
			r = r.And("staff.list.handle", "handle", h.Handle, "status", hotline.PhraseArg("status."+string(h.Case.Status)))
		}
		r.Lines = append(r.Lines, line)
		r = r.With(button(h))
	}
	return page.turn(r)
}

// inTriage gives what waits for a unit and the coordinator may see, up to one more than is counted.
func (k *talk) inTriage(ctx context.Context) ([]hotline.Case, error) {
	cases, err := visible(mostCounted+1, func(limit int) ([]hotline.Case, error) { return k.Triage(ctx, limit) }, k.coordinates)
	if err != nil {
		return nil, fmt.Errorf("list the triage: %w", err)
	}
	return cases, nil
}

func (k *talk) listTriage(ctx context.Context, at int) error {
	cases, err := k.inTriage(ctx)
	if err != nil {
		return err
	}
	if len(cases) == 0 {
		k.reply(hotline.Say("staff.list.notriage"))
		return nil
	}
	page := sheetOf(wishTriage, len(cases), at)
	r := page.head("staff.list.triage")
	for _, c := range cases[page.from:page.until] {
		r = r.And("staff.list.since", "case", c.ID, "category", hotline.CategoryArg(c.Category), "place", k.placeOf(c), "since", c.Filed).
			With(k.pickSeen(caseValue(actCase, c.ID, ""), c))
	}
	k.reply(page.turn(r))
	return nil
}
