package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// AreaLoads counts, by area, the cases that are not over, and of those the ones somebody is late with. They are figures only: every case
// counts, also one that hardly anybody may see.
func (t *Tx) AreaLoads(ctx context.Context) (map[string]hotline.AreaLoad, error) {
	type row struct {
		Area       string
		Open, Late int
	}
	rows, err := read[row](ctx, t, "count open and late cases by area", `
		select c.area, count(*)::int as open, (count(*) filter (where c.status not in ('asking', 'scheduled') and exists (
			select 1 from assignments w where w.case_id = c.id and w.state in ('waiting', 'taken') and w.due < @now)))::int as late
		from cases c where c.status not in ('ended', 'closed', 'withdrawn', 'archived', 'merged') group by c.area`, pgx.StrictNamedArgs{"now": t.now})
	out := make(map[string]hotline.AreaLoad, len(rows))
	for _, r := range rows {
		out[r.Area] = hotline.AreaLoad{Open: r.Open, Late: r.Late}
	}
	return out, err
}
