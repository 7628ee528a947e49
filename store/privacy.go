package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// DataOf gathers everything kept about a person, for the person.
func (t *Tx) DataOf(ctx context.Context, p hotline.PersonID) (hotline.Dossier, error) {
	var d hotline.Dossier
	var err error
	if d.Person, err = t.Person(ctx, p); err != nil {
		return d, err
	}
	type addressRow struct {
		ID      hotline.AddressID
		Channel hotline.Channel
		Account string
		Peer    string
		Begun   time.Time
	}
	addresses, err := read[addressRow](ctx, t, "list addresses",
		`select a.id, a.channel, a.account, a.peer, coalesce(c.begun, @now) as begun
		from addresses a left join conversations c on c.address_id = a.id where a.person_id = @p order by a.id`, pgx.StrictNamedArgs{"p": p, "now": t.now})
	if err != nil {
		return d, err
	}
	for _, a := range addresses {
		d.Addresses = append(d.Addresses, hotline.Address{ID: a.ID, Channel: a.Channel, Account: a.Account, Peer: a.Peer, Person: p})
		if d.Since.IsZero() || a.Begun.Before(d.Since) {
			d.Since = a.Begun
		}
	}
	type roleRow struct {
		ID     hotline.RoleID
		Name   hotline.RoleName
		Unit   string
		Starts time.Time
		Ends   *time.Time
		OnDuty bool
	}
	roles, err := read[roleRow](ctx, t, "list roles",
		`select id, name, unit, starts, ends, on_duty from roles where person_id = @p order by id`, pgx.StrictNamedArgs{"p": p})
	if err != nil {
		return d, err
	}
	for _, r := range roles {
		d.Roles = append(d.Roles, hotline.Role{ID: r.ID, Person: p, Name: r.Name, Unit: r.Unit, From: r.Starts, Until: or0(r.Ends), OnDuty: r.OnDuty})
	}
	if d.Cases, err = t.CasesOf(ctx, p, 1000); err != nil {
		return d, err
	}
	if err := t.flush(ctx); err != nil {
		return d, err
	}
	if d.Said, err = t.contents(ctx, `where c.author = @p and c.erased_at is null`, pgx.StrictNamedArgs{"p": p}); err != nil {
		return d, err
	}
	media, err := scalars[int](ctx, t, "count media", `select count(*)::int from media where person_id = @p and state <> 'erased'`,
		pgx.StrictNamedArgs{"p": p})
	if err != nil {
		return d, err
	}
	d.Media = media[0]
	return d, nil
}

type erasureRow struct {
	ID          hotline.ErasureID
	PersonID    hotline.PersonID
	FromAddress *hotline.AddressID
	At          time.Time
	Due         time.Time
	Decided     *time.Time
	By          *hotline.PersonID
	Refused     string
}

func (r erasureRow) value() hotline.ErasureRequest {
	return hotline.ErasureRequest{ID: r.ID, Person: r.PersonID, From: or0(r.FromAddress), At: r.At, Due: r.Due, Decided: or0(r.Decided),
		By: or0(r.By), Refused: r.Refused}
}

const erasureColumns = `id, person_id, from_address, at, due, decided, by, refused`

// AskErasure opens a request to have what is kept about a person removed; the open one is given where there is one already.
func (t *Tx) AskErasure(ctx context.Context, q hotline.ErasureRequest) (hotline.ErasureRequest, error) {
	r, err := one[erasureRow](ctx, t, "open a request for erasure", `
		with put as (
			insert into erasures (person_id, from_address, at, due) values (@p, @from, @now, @due)
			on conflict (person_id) where decided is null do nothing returning `+erasureColumns+`)
		select * from put union all select `+erasureColumns+` from erasures where person_id = @p and decided is null limit 1`,
		pgx.StrictNamedArgs{"p": q.Person, "from": nz(q.From), "now": t.now, "due": q.Due})
	return r.value(), err
}

// Erasure reads a request and locks it.
func (t *Tx) Erasure(ctx context.Context, id hotline.ErasureID) (hotline.ErasureRequest, error) {
	r, err := one[erasureRow](ctx, t, "read a request for erasure",
		`select `+erasureColumns+` from erasures where id = @id for update`, pgx.StrictNamedArgs{"id": id})
	return r.value(), err
}

// ErrDecided says that a request was decided before.
var ErrDecided = errors.New("the request was decided before")

// DecideErasure carries a request out, or refuses it with a reason. Carried out: the person's name, number, words, places and media go; the
// cases, their events and the fact that somebody said something stay. Media that others sent too stay theirs.
func (t *Tx) DecideErasure(ctx context.Context, id hotline.ErasureID, by hotline.PersonID, refused string) error {
	q, err := t.Erasure(ctx, id)
	if err != nil {
		return err
	}
	if !q.Decided.IsZero() {
		return fmt.Errorf("decide a request for erasure: %w", ErrDecided)
	}
	t.queue(`update erasures set decided = @now, by = @by, refused = @refused where id = @id`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "by": by, "refused": refused})
	if refused != "" {
		return nil
	}
	// What they said as a reporter, and what a human wrote down of their voice. What somebody said in office is the office's.
	args := pgx.StrictNamedArgs{"p": q.Person}
	cases, err := scalars[hotline.CaseID](ctx, t, "find what a person said",
		`select distinct c.case_id from contents c join cases k on k.id = c.case_id
		where k.reporter = @p and c.author = @p and c.erased_at is null order by c.case_id`, args)
	if err != nil {
		return err
	}
	for _, c := range cases {
		found, err := t.Case(ctx, c)
		if err != nil {
			return err
		}
		if _, err := t.Record(found, hotline.Event{Kind: hotline.EvErased, By: by}, hotline.Content{}); err != nil {
			return err
		}
	}
	dated := pgx.StrictNamedArgs{"p": q.Person, "now": t.now}
	t.queue(`delete from person_details where person_id = @p`, args)
	t.queue(`update persons set erased_at = @now where id = @p`, dated)
	t.queue(`
		update media m set state = 'erased', original = null, clean = null, name = null, ref = null
		where m.person_id = @p and not exists (select 1 from cases k where k.id = m.case_id and k.reporter is distinct from @p)`, args)
	t.queue(`
		delete from blobs b where not exists (select 1 from media m where m.original = b.hash or m.clean = b.hash)`, pgx.StrictNamedArgs{})
	t.queue(`
		update contents c set text = null, lat = null, lng = null, erased_at = @now
		from cases k where k.id = c.case_id and k.reporter = @p and c.erased_at is null and (
			c.author = @p or exists (select 1 from events e where e.case_id = k.id and e.content_id = c.id and e.kind = 'transcribed'))`, dated)
	t.queue(`delete from inbox where set_aside_at is not null and address_id in (select id from addresses where person_id = @p)`, args)
	t.queue(`update outbox set body = null, state = 'aside' where state in ('aside', 'held') and address_id in (
		select id from addresses where person_id = @p)`, args)
	t.queue(`update conversations set state = null where address_id in (select id from addresses where person_id = @p)`, args)
	if t.erased == nil {
		t.erased = map[hotline.PersonID]bool{}
	}
	t.erased[q.Person] = true // a turn of theirs in this very batch must not write its draft back
	return nil
}
