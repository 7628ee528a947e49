package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// DataOf gathers everything kept about a person, for the person: of all who are joined as one.
func (t *Tx) DataOf(ctx context.Context, p hotline.PersonID) (hotline.Dossier, error) {
	var d hotline.Dossier
	var err error
	if d.Person, err = t.Person(ctx, p); err != nil {
		return d, err
	}
	same, err := t.samePerson(ctx, p)
	if err != nil {
		return d, err
	}
	for _, also := range others(p, same) {
		known, err := t.Person(ctx, also)
		if err != nil {
			return d, err
		}
		d.Also = append(d.Also, known)
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
		from addresses a left join conversations c on c.address_id = a.id where a.person_id = any (@same) order by a.id`, pgx.StrictNamedArgs{"same": same, "now": t.now})
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
		`select id, name, unit, starts, ends, on_duty from roles where person_id = any (@same) order by id`, pgx.StrictNamedArgs{"same": same})
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
	if d.Said, err = t.contents(ctx, `where c.author = any (@same) and c.erased_at is null`, pgx.StrictNamedArgs{"same": same}); err != nil {
		return d, err
	}
	if d.Calls, err = t.callsOf(ctx, same); err != nil {
		return d, err
	}
	if d.Tickets, err = t.ticketsOf(ctx, same); err != nil {
		return d, err
	}
	if d.Blocks, d.Barred, err = t.blocksOf(ctx, same); err != nil {
		return d, err
	}
	if d.Bookings, err = t.bookingsOf(ctx, same); err != nil {
		return d, err
	}
	media, err := scalars[int](ctx, t, "count media", `select count(*)::int from media where person_id = any (@same) and state <> 'erased'`,
		pgx.StrictNamedArgs{"same": same})
	if err != nil {
		return d, err
	}
	d.Media = media[0]
	return d, nil
}

// LastData gives when a person was last sent messages of a name, at any of their addresses, and whether one of them still waits; zero: never.
func (t *Tx) LastData(ctx context.Context, p hotline.PersonID, card string) (at time.Time, waits bool, err error) {
	type row struct {
		Made  *time.Time
		Waits bool
	}
	r, err := one[row](ctx, t, "see when a person was sent something", `
		select max(o.made) as made, coalesce(bool_or(o.state in ('due', 'held')), false) as waits
		from addresses a join outbox o on o.address_id = a.id and o.card = @card where a.person_id = `+samePerson,
		pgx.StrictNamedArgs{"p": p, "card": card})
	return or0(r.Made), r.Waits, err
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

// AskErasure opens a request to have what is kept about a person removed; the open one is given where there is one already, of any who are joined
// with them.
func (t *Tx) AskErasure(ctx context.Context, q hotline.ErasureRequest) (hotline.ErasureRequest, error) {
	if err := t.lockJoins(ctx); err != nil { // nobody is joined while one is open, see Join
		return hotline.ErasureRequest{}, err
	}
	r, err := one[erasureRow](ctx, t, "open a request for erasure", `
		with put as (
			insert into erasures (person_id, from_address, at, due)
			select @p, @from::bigint, @now, @due
			where not exists (select 1 from erasures where person_id = `+samePerson+` and decided is null)
			on conflict (person_id) where decided is null do nothing returning `+erasureColumns+`)
		select * from put union all select `+erasureColumns+` from erasures where person_id = `+samePerson+` and decided is null limit 1`,
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
// cases, their events and the fact that somebody said something stay. Media that others sent too stay theirs. It covers all who are joined with the
// person at this moment, and leaves nobody joined.
func (t *Tx) DecideErasure(ctx context.Context, id hotline.ErasureID, by hotline.PersonID, refused string) error {
	if refused == "" {
		if err := t.stillConversations(ctx, id); err != nil {
			return err
		}
	}
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
	same, err := t.samePerson(ctx, q.Person)
	if err != nil {
		return err
	}
	// What they said as a reporter, and what a human wrote down of their voice. What somebody said in office is the office's.
	args := pgx.StrictNamedArgs{"same": same}
	cases, err := scalars[hotline.CaseID](ctx, t, "find what a person said",
		`select distinct c.case_id from contents c join cases k on k.id = c.case_id
		where k.reporter = any (@same) and c.author = any (@same) and c.erased_at is null order by c.case_id`, args)
	if err != nil {
		return err
	}
	called, err := t.callCases(ctx, same)
	if err != nil {
		return err
	}
	desk, err := t.ticketCases(ctx, same)
	if err != nil {
		return err
	}
	cases = append(append(cases, called...), desk...)
	slices.Sort(cases)
	for _, c := range slices.Compact(cases) {
		found, err := t.Case(ctx, c)
		if err != nil {
			return err
		}
		if _, err := t.Record(found, hotline.Event{Kind: hotline.EvErased, By: by}, hotline.Content{}); err != nil {
			return err
		}
	}
	if err := t.eraseCalls(ctx, same); err != nil { // their numbers tell which, so before those go
		return err
	}
	if err := t.eraseTickets(ctx, same); err != nil {
		return err
	}
	if err := t.eraseBookings(ctx, same); err != nil {
		return err
	}
	t.eraseBlocks(same)
	dated := pgx.StrictNamedArgs{"same": same, "now": t.now}
	t.queue(`delete from person_details where person_id = any (@same)`, args)
	t.queue(`update persons set erased_at = @now where id = any (@same)`, dated)
	t.queue(`
		update media m set state = 'erased', original = null, clean = null, name = null, ref = null
		where m.person_id = any (@same) and not exists (select 1 from cases k where k.id = m.case_id and (k.reporter = any (@same)) is not true)`, args)
	t.queue(dropBlobs, pgx.StrictNamedArgs{})
	t.queue(`
		update contents c set text = null, lat = null, lng = null, erased_at = @now
		from cases k where k.id = c.case_id and k.reporter = any (@same) and c.erased_at is null and (
			c.author = any (@same) or exists (select 1 from events e where e.case_id = k.id and e.content_id = c.id and e.kind = 'transcribed'))`, dated)
	t.queue(`delete from inbox where set_aside_at is not null and address_id in (select id from addresses where person_id = any (@same))`, args)
	t.queue(`update outbox set body = null, state = 'aside' where state in ('aside', 'held') and address_id in (
		select id from addresses where person_id = any (@same))`, args)
	t.queue(`update outbox set body = null, menu = null where state = 'sent' and (body is not null or menu is not null) and address_id in (
		select id from addresses where person_id = any (@same))`, args)
	t.queue(`update conversations set state = null where address_id in (select id from addresses where person_id = any (@same))`, args)
	if t.forget, err = scalars[hotline.AddressID](ctx, t, "list a person's addresses",
		`select id from addresses where person_id = any (@same) order by id`, args); err != nil {
		return err
	}
	if t.erased == nil {
		t.erased = map[hotline.PersonID]bool{}
	}
	for _, p := range same {
		t.erased[p] = true // a turn of theirs in this very batch must not write its draft back
	}
	t.partAll(same)
	return nil
}

// stillConversations locks the conversations of whoever asked for an erasure, and of all who are joined with them, before anything of theirs is read: a
// turn of theirs under way is waited for, so that what it writes goes too. A turn that decides this shares its commit with nobody, for their turn may be
// in the same one.
func (t *Tx) stillConversations(ctx context.Context, id hotline.ErasureID) error {
	if t.shared {
		return errAlone
	}
	if err := t.lockJoins(ctx); err != nil {
		return err
	}
	_, err := scalars[hotline.AddressID](ctx, t, "wait for a person's turns", `
		select c.address_id from erasures e cross join lateral (select s from same_person(e.person_id) s) p
		join addresses a on a.person_id = p.s join conversations c on c.address_id = a.id
		where e.id = @id order by c.address_id for update of c`, pgx.StrictNamedArgs{"id": id})
	return err
}
