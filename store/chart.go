package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Charts gives the figures of the last thirty days, of the cases that the viewer may see. All of them are made at once, from what stands there now: nothing
// is counted ahead.
func (t *Tx) Charts(ctx context.Context, v hotline.Viewer) (hotline.Charts, error) {
	starts := t.regency.ChartStarts(t.now)
	c := hotline.Charts{Days: make([]hotline.ChartDay, len(starts)), Median: hotline.NoAnswer}
	utc := make([]time.Time, len(starts))
	for i, d := range starts {
		c.Days[i], utc[i] = hotline.ChartDay{Day: d, First: hotline.NoAnswer}, d.UTC()
	}
	args := pgx.StrictNamedArgs{"days": utc, "from": utc[0]}
	sight := t.sightSQL(v, seesFacts, args)

	type filed struct {
		Day    int
		Source hotline.Source
		N      int
	}
	came, err := read[filed](ctx, t, "count what was filed", `
		select width_bucket(c.filed, @days::timestamptz[]) as day, c.source, count(*)::int as n from cases c
		where c.filed >= @from and `+sight+` group by 1, 2 order by 1, 2`, args)
	if err != nil {
		return c, err
	}
	by := map[hotline.Source]int{}
	for _, r := range came {
		c.Days[r.Day-1].Filed += r.N
		by[r.Source] += r.N
	}
	for _, s := range []hotline.Source{hotline.SourceChat, hotline.SourceCall, hotline.SourceDesk} {
		c.Sources = append(c.Sources, hotline.ChartSource{Source: s, N: by[s]})
	}

	type ended struct {
		Day    int
		Rating int
		N      int
	}
	over, err := read[ended](ctx, t, "count what ended", `
		select width_bucket(c.ended_at, @days::timestamptz[]) as day, c.rating, count(*)::int as n from cases c
		where c.ended_at >= @from and c.status in ('ended', 'closed') and `+sight+` group by 1, 2 order by 1, 2`, args)
	if err != nil {
		return c, err
	}
	for _, r := range over {
		c.Days[r.Day-1].Ended += r.N
		if r.Rating >= 1 && r.Rating <= len(c.Ratings) {
			c.Ratings[r.Rating-1] += r.N
		}
	}

	type answered struct {
		Day   *int // nil: of all days together
		Hours float64
	}
	// A case that had its first answer within these days was changed within them.
	first, err := read[answered](ctx, t, "see how long the first answer took", `
		select width_bucket(e.at, @days::timestamptz[]) as day,
			percentile_cont(0.5) within group (order by greatest(extract(epoch from e.at - c.filed), 0) / 3600) as hours
		from cases c cross join lateral (
			select min(e.at) as at from events e
			where e.case_id = c.id and e.kind in ('answered', 'scheduled', 'resolved', 'passed_on', 'not_possible')) e
		where c.changed >= @from and e.at >= @from and `+sight+`
		group by grouping sets ((1), ()) having count(*) > 0`, args)
	if err != nil {
		return c, err
	}
	for _, r := range first {
		if r.Day == nil {
			c.Median = r.Hours
		} else {
			c.Days[*r.Day-1].First = r.Hours
		}
	}

	loads, err := t.Loads(ctx, v)
	if err != nil {
		return c, err
	}
	at := map[string]int{}
	for _, l := range loads {
		agency := t.regency.AgencyOf(l.Unit)
		i, ok := at[agency]
		if !ok {
			i, at[agency] = len(c.Agencies), len(c.Agencies)
			c.Agencies = append(c.Agencies, hotline.ChartAgency{Agency: agency})
		}
		c.Agencies[i].Open += l.Waiting + l.Taken
		c.Agencies[i].Late += l.Late
	}
	slices.SortStableFunc(c.Agencies, func(a, b hotline.ChartAgency) int {
		return cmp.Or(cmp.Compare(b.Late, a.Late), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Agency, b.Agency))
	})
	return c, nil
}
