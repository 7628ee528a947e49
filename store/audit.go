package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Audit adds a row to the record of who looked at what. Its time is the unit of work's.
func (t *Tx) Audit(a hotline.Audit) {
	t.queue(`insert into audit (at, by, act, case_id, person_id, detail) values (@now, @by, @act, @case, @person, @detail)`,
		pgx.StrictNamedArgs{"now": t.now, "by": nz(a.By), "act": a.Act, "case": nz(a.Case), "person": nz(a.Person), "detail": a.Detail})
}

// Audits reads the record, the newest first, at most q.Limit rows.
func (t *Tx) Audits(ctx context.Context, q hotline.AuditQuery) ([]hotline.Audit, error) {
	type row struct {
		ID       int64
		At       time.Time
		By       *hotline.PersonID
		Act      hotline.Act
		CaseID   *hotline.CaseID
		PersonID *hotline.PersonID
		Detail   string
		Login    *string
		Day      *string
		Seq      *int
	}
	where, args := `true`, pgx.StrictNamedArgs{"limit": q.Limit}
	for _, c := range []struct {
		asked     bool
		sql, name string
		value     any
	}{{q.By != 0, `a.by = @by`, "by", q.By}, {q.Case != 0, `a.case_id = @case`, "case", q.Case}, {q.Person != 0, `a.person_id = @person`, "person", q.Person},
		{q.Act != "", `a.act = @act`, "act", q.Act}, {q.Before != 0, `a.id < @before`, "before", q.Before}} {
		if c.asked {
			where += ` and ` + c.sql
			args[c.name] = c.value
		}
	}
	rows, err := read[row](ctx, t, "read the record of access", `
		select a.id, a.at, a.by, a.act, a.case_id, a.person_id, a.detail, u.login, c.day, c.seq
		from audit a left join users u on u.person_id = a.by left join cases c on c.id = a.case_id
		where `+where+` order by a.id desc limit @limit`, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Audit, len(rows))
	for i, r := range rows {
		out[i] = hotline.Audit{ID: r.ID, At: r.At, By: or0(r.By), Act: r.Act, Case: or0(r.CaseID), Person: or0(r.PersonID), Detail: r.Detail, Login: or0(r.Login)}
		if r.Seq != nil {
			out[i].Number = hotline.Number{Letters: t.regency.Letters, Day: or0(r.Day), Seq: *r.Seq}
		}
	}
	return out, nil
}
