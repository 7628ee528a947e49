package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// vouched is whom a network says a number to belong to, and where that person can be told things. A number that somebody only typed of themselves is
// nobody's here: else anyone could claim the calls of another.
type vouched struct {
	person hotline.PersonID
	reach  hotline.AddressID
}

// vouched finds the person of a number; the zero value where nobody is known.
func (t *Tx) vouched(ctx context.Context, number string) (vouched, error) {
	hash := t.store.callHash(number)
	if hash == nil {
		return vouched{}, nil
	}
	type row struct {
		Person hotline.PersonID
		Reach  *hotline.AddressID
	}
	rows, err := read[row](ctx, t, "see whose number calls", `
		select coalesce(p.joined, p.id) as person, (
			select a.id from addresses a left join conversations k on k.address_id = a.id
			where a.person_id in (p.id, coalesce(p.joined, p.id)) and a.held_since is null
				and not exists (select 1 from groups g where g.address_id = a.id)
			order by k.touched desc nulls last, a.id limit 1) as reach
		from person_details d join persons p on p.id = d.person_id
		where d.phone_hash = @hash and d.vouched_at is not null and p.erased_at is null
		order by d.vouched_at desc, p.id limit 1`, pgx.StrictNamedArgs{"hash": hash})
	if err != nil || len(rows) == 0 {
		return vouched{}, err
	}
	return vouched{rows[0].Person, or0(rows[0].Reach)}, nil
}

// mostEarlier is how many earlier calls of a number are shown, and mostCases how many open cases.
const (
	mostEarlier = 8
	mostCases   = 20
)

// CallerOf tells who a number is and what is known of its calls, for whoever has it on the line: not (zero: none) is the call itself. A number that
// nobody can have gives an empty Caller.
func (t *Tx) CallerOf(ctx context.Context, v hotline.Viewer, number string, not hotline.CallID) (hotline.Caller, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return hotline.Caller{}, err
	}
	out := hotline.Caller{Number: callNumber(number)}
	hash := t.store.callHash(out.Number)
	if hash == nil {
		return out, nil
	}
	known, err := t.vouched(ctx, out.Number)
	if err != nil {
		return out, err
	}
	if known.person != 0 {
		if out.Person, err = t.Person(ctx, known.person); err != nil {
			return out, err
		}
		out.Reach = known.reach
		cases, err := t.casesWhere(ctx, "list a caller's cases", `where c.reporter = `+samePerson+` and c.status not in ('closed', 'withdrawn', 'archived')
			order by c.filed desc, c.id desc limit @limit`, pgx.StrictNamedArgs{"p": known.person, "limit": mostCases})
		if err != nil {
			return out, err
		}
		for _, c := range cases {
			if t.regency.Sees(v, c).Facts {
				out.Cases = append(out.Cases, c)
			} else {
				out.Hidden++
			}
		}
	}
	out.Calls, err = t.calls(ctx, "list a caller's calls", `where x.number_hash = @hash and c.id <> @not order by c.at desc, c.id desc limit @limit`,
		pgx.StrictNamedArgs{"hash": hash, "not": not, "limit": mostEarlier})
	if err != nil {
		return out, err
	}
	if out.Pranks, err = t.pranks(ctx, hash, t.regency.Line.Since(t.now), zeroTime); err != nil {
		return out, err
	}
	b, err := t.blockOf(ctx, hash)
	if err != nil || b == nil {
		return out, err
	}
	if b.Waits() || b.Holds(t.now) {
		out.Block, out.Blocked = b, b.Holds(t.now)
	}
	return out, nil
}
