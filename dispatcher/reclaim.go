package dispatcher

import (
	"context"
	"fmt"

	"tanggap/hotline"
)

// Reclaim takes what stands with units that the regency in force does not know any more, since its description was changed: waiting or taken, it is
// taken from them, and of a case that such a unit led the coordinator chooses who leads it now. It gives how many cases it found.
func (d *Dispatcher) Reclaim(ctx context.Context) (int, error) {
	found := 0
	for {
		n := 0
		err := d.do(ctx, func(j *job) error {
			units := make([]string, len(j.r.Units))
			for i, u := range j.r.Units {
				units[i] = u.ID
			}
			cases, err := j.tx.Orphaned(ctx, units, atOnce)
			if err != nil {
				return fmt.Errorf("look for units that are gone: %w", err)
			}
			for _, c := range cases {
				if err := j.reclaim(ctx, c); err != nil {
					return err
				}
			}
			n = len(cases)
			return nil
		})
		if found += n; err != nil || n < atOnce {
			return found, err
		}
	}
}

func (j *job) reclaim(ctx context.Context, c hotline.Case) error {
	led := false
	for _, a := range c.Assignments {
		if _, known := j.r.Unit(a.Unit); known || !a.On() {
			continue
		}
		had, err := j.tx.Offered(ctx, a.ID)
		if err != nil {
			return fmt.Errorf("ask whom assignment %d was offered: %w", a.ID, err)
		}
		if c, err = j.record(c, hotline.Event{Kind: hotline.EvWithheld, Assignment: a.ID}); err != nil {
			return err
		}
		for _, o := range had {
			j.tell(j.Cards.Gone(c, a, false), []hotline.PersonID{o.Person})
		}
		if a.Officer != 0 {
			j.tell(j.Cards.Gone(c, a, true), []hotline.PersonID{a.Officer})
		}
		led = led || a.Part == hotline.Lead
	}
	if !led || c.Status != hotline.Triage {
		return nil
	}
	to, err := j.coordinators(ctx, c)
	if err != nil {
		return err
	}
	j.tell(j.Cards.Triage(j.r, c, hotline.Decision{Triage: true, Top: hotline.Proposals(j.r, hotline.RoutingOf(c))}), to)
	return nil
}
