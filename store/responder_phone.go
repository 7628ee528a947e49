package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Whoever goes to an emergency may have to call whoever reported it. The number is in no message, no event and no history: a message says only where it
// belongs (hotline.ArgPhone), and it is read at the moment the message is given out, when Regency.SeesPhone is asked once more with the roles and parts
// that hold then. Each time is a row of the record of access.

// phonesIn lists the cases whose reporters' numbers a parcel is to show.
func phonesIn(p hotline.Parcel) (cases []hotline.CaseID) {
	p.Out.Reply.Each(func(a hotline.Arg) {
		if id := hotline.CaseID(idIn(a)); a.Is == hotline.ArgPhone && id != 0 && !slices.Contains(cases, id) {
			cases = append(cases, id)
		}
	})
	return cases
}

// callable gives parcels the numbers that their readers may see now; held are those that are not said at all.
func (s *Store) callable(ctx context.Context, g sights, doubts, parcels []hotline.Parcel, held []hotline.OutID, now time.Time) error {
	for _, d := range doubts {
		for _, id := range phonesIn(d) {
			reader, c := g.readers[d.Address.ID], g.cases[id]
			if slices.Contains(held, d.ID) || reader.group || !g.regency.SeesPhone(reader.Viewer, c) {
				continue
			}
			phone, err := s.phoneOf(ctx, c)
			if err != nil {
				return err
			}
			if phone == "" {
				continue
			}
			i := slices.IndexFunc(parcels, func(p hotline.Parcel) bool { return p.ID == d.ID })
			if parcels[i].Phones == nil {
				parcels[i].Phones = map[hotline.CaseID]string{}
			}
			parcels[i].Phones[id] = phone
			_, err = s.pool.Exec(ctx, `insert into audit (at, by, act, case_id, person_id, detail) values (@now, @by, @act, @case, @person, 'telephone')`,
				pgx.StrictNamedArgs{"now": now, "by": reader.Person, "act": hotline.ActSawPerson, "case": id, "person": nz(c.Reporter)})
			if err != nil {
				return fmt.Errorf("note that a number is read: %w", err)
			}
		}
	}
	return nil
}

// phoneOf reads the number to call about a case: that of the call it came by, or else what its reporter is known by.
func (s *Store) phoneOf(ctx context.Context, c hotline.Case) (string, error) {
	type row struct {
		Call   *hotline.CallID
		Person *hotline.PersonID
		Number []byte
	}
	rows, err := s.pool.Query(ctx, `
		(select k.id as call, null::bigint as person, x.number from calls k join call_contents x on x.call_id = k.id
			where k.case_id = @case and x.number is not null order by k.id limit 1)
		union all
		(select null, d.person_id, d.phone from person_details d
			where d.person_id = any (array(select s from same_person(@who) s)) and d.phone is not null
			order by d.vouched_at desc nulls last, d.person_id limit 1)`, pgx.StrictNamedArgs{"case": c.ID, "who": nz(c.Reporter)})
	if err != nil {
		return "", fmt.Errorf("read whom to call: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return "", fmt.Errorf("read whom to call: %w", err)
	}
	for _, r := range found {
		bind := bindPerson(or0(r.Person))
		if r.Call != nil {
			bind = bindCall(*r.Call)
		}
		number, err := open(s.keys.person, r.Number, bind)
		if err != nil {
			return "", fmt.Errorf("open whom to call: %w", err)
		}
		if len(number) > 0 {
			return string(number), nil
		}
	}
	return "", nil
}
