package store

import (
	"context"

	"tanggap/hotline"
)

// Chances gives where a service can be had, for somebody of an area (empty: not known): visits of programmes that can be booked, and of every office that does it the
// first day with a free place. hotline.Regency.Fastest chooses of them. Nothing is made for a day on which nobody has booked yet.
func (t *Tx) Chances(ctx context.Context, service, area string) ([]hotline.Chance, error) {
	today := t.regency.Today(t.now)
	visits, err := t.Visits(ctx, VisitQuery{From: today, Service: service, Live: true, Limit: 1000})
	if err != nil {
		return nil, err
	}
	var out []hotline.Chance
	type day struct{ office, date string }
	made := map[day]hotline.Visit{}
	for _, v := range visits {
		if v.Office != "" {
			made[day{v.Office, v.Date}] = v
			continue
		}
		if c, ok := t.regency.Chance(v, service, area, t.now); ok {
			out = append(out, c)
		}
	}
	for _, o := range t.regency.Offices {
		for _, date := range t.regency.OfficeDays(o, t.now) {
			v, ok := made[day{o.ID, date}]
			if !ok {
				if v, ok = t.regency.OfficeDay(o, date, service); !ok {
					continue
				}
			}
			if c, ok := t.regency.Chance(v, service, area, t.now); ok {
				out = append(out, c)
				break
			}
		}
	}
	t.regency.SortChances(out)
	return out, nil
}

// OfficeSlots gives an office's day with the counter of one service, as it stands: its places, those of days that nobody booked yet among them. hotline.ErrNotBookable
// where it is closed that day, or does not do it.
func (t *Tx) OfficeSlots(ctx context.Context, office, date, service string) (hotline.Visit, error) {
	o, _ := t.regency.OfficeByID(office)
	day, open := t.regency.OfficeDay(o, date, service)
	if !open {
		return day, hotline.ErrNotBookable
	}
	found, err := t.Visits(ctx, VisitQuery{From: date, Until: date, Office: office, Service: service, Limit: 1})
	if err != nil || len(found) == 0 {
		return day, err
	}
	return found[0], nil
}
