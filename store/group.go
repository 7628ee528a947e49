package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Groups lists the chats of many that belong to units now. There are a few dozen at most.
func (t *Tx) Groups(ctx context.Context) ([]hotline.Group, error) {
	return t.groups(ctx, `order by g.since, g.address_id`, pgx.StrictNamedArgs{})
}

// GroupAt gives the unit's group at an address. hotline.ErrNotFound: it is nobody's, or no longer.
func (t *Tx) GroupAt(ctx context.Context, at hotline.AddressID) (hotline.Group, error) {
	gs, err := t.groups(ctx, `and g.address_id = @at`, pgx.StrictNamedArgs{"at": at})
	if err != nil {
		return hotline.Group{}, err
	}
	if len(gs) == 0 {
		return hotline.Group{}, fmt.Errorf("read a group: %w", hotline.ErrNotFound)
	}
	return gs[0], nil
}

// GroupsWith lists the groups at which a card of that name stands.
func (t *Tx) GroupsWith(ctx context.Context, card string) ([]hotline.Group, error) {
	return t.groups(ctx, `and exists (select 1 from outbox o where o.address_id = g.address_id and o.card = @card) order by g.address_id`,
		pgx.StrictNamedArgs{"card": card})
}

func (t *Tx) groups(ctx context.Context, tail string, args pgx.StrictNamedArgs) ([]hotline.Group, error) {
	type row struct {
		AddressID hotline.AddressID
		Channel   hotline.Channel
		Account   string
		Peer      string
		Unit      string
		By        *hotline.PersonID
		Since     time.Time
	}
	rows, err := read[row](ctx, t, "list groups", `
		select g.address_id, a.channel, a.account, a.peer, g.unit, g.by, g.since
		from groups g join addresses a on a.id = g.address_id where g.until is null `+tail, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Group, len(rows))
	for i, r := range rows {
		out[i] = hotline.Group{Unit: r.Unit, By: or0(r.By), Since: r.Since,
			Address: hotline.Address{ID: r.AddressID, Channel: r.Channel, Account: r.Account, Peer: r.Peer}}
	}
	return out, nil
}

// GroupCode looks a group's code up: for which unit it is, and who asked for it; what is wrong with it as Enrol says. A wrong one counts against by.
// The code stays good until UseGroupCode.
func (t *Tx) GroupCode(ctx context.Context, code string, by hotline.PersonID) (hotline.Invite, error) {
	if err := t.mayTry(ctx, by); err != nil {
		return hotline.Invite{}, err
	}
	type row struct {
		Unit    string
		By      *hotline.PersonID
		Expires time.Time
	}
	hash := t.store.codeHash(code)
	r, err := one[row](ctx, t, "look up a group's code", `
		select unit, by, expires from invites where code_hash = @hash and role = 'group' and used_at is null and expires > @now for update`,
		pgx.StrictNamedArgs{"hash": hash, "now": t.now})
	if errors.Is(err, hotline.ErrNotFound) {
		return hotline.Invite{}, t.wrongCode(ctx, by, `select used_at is not null from invites where code_hash = @hash and role = 'group'`, hash)
	}
	return hotline.Invite{Role: hotline.RoleGroup, Unit: r.Unit, By: or0(r.By), Expires: r.Expires}, err
}

// AskedForGroups lists the heads whose codes for a group are still open.
func (t *Tx) AskedForGroups(ctx context.Context) ([]hotline.PersonID, error) {
	return scalars[hotline.PersonID](ctx, t, "list who asked for a group's code", `
		select distinct by from invites where role = 'group' and by is not null and used_at is null and expires > @now order by by`,
		pgx.StrictNamedArgs{"now": t.now})
}

// Register uses a group's code up and binds the group at an address to its unit; one that was another unit's is no longer.
func (t *Tx) Register(code string, in hotline.Invite, at hotline.AddressID) {
	t.queue(`update invites set used_at = @now where code_hash = @hash`, pgx.StrictNamedArgs{"now": t.now, "hash": t.store.codeHash(code)})
	t.queue(`
		insert into groups (address_id, unit, by, since) values (@at, @unit, @by, @now)
		on conflict (address_id) do update set unit = @unit, by = @by, since = @now, until = null`,
		pgx.StrictNamedArgs{"at": at, "unit": in.Unit, "by": nz(in.By), "now": t.now})
}

// Leave ends that a group belongs to a unit. What still waits to be said there is not said.
func (t *Tx) Leave(at hotline.AddressID) {
	t.queue(`update groups set until = @now where address_id = @at and until is null`, pgx.StrictNamedArgs{"at": at, "now": t.now})
	t.queue(`update outbox set state = 'aside', body = null, reason = 'left' where address_id = @at and state in ('due', 'held')`,
		pgx.StrictNamedArgs{"at": at})
}

// endGroups ends the groups, and voids the codes for groups, of people who are gone, and of people who no longer head the unit that they were for: a group
// that a thief registered in a head's name must not outlive the theft.
func (t *Tx) endGroups(people, gone []hotline.PersonID) {
	t.queueEndGroups(`any (@people::bigint[])`, pgx.StrictNamedArgs{"people": people, "gone": gone})
}

func (t *Tx) queueEndGroups(people string, args pgx.StrictNamedArgs) {
	args["now"] = t.now
	args["from"], args["to"] = t.reach()
	const heads = `exists (
		select 1 from roles r join unnest(@from::text[], @to::text[]) x (above, below) on x.above = r.unit
		where r.person_id in (select s from same_person(g.by) s) and r.name = 'head' and r.starts <= @now and (r.ends is null or r.ends > @now)
			and x.below = g.unit)`
	t.queue(`
		with over as (
			update groups g set until = @now where g.until is null and g.by = `+people+` and (g.by = any (@gone::bigint[]) or not `+heads+`)
			returning address_id)
		update outbox o set state = 'aside', body = null, reason = 'left' from over where o.address_id = over.address_id and o.state in ('due', 'held')`, args)
	t.queue(`
		delete from invites g where g.role = 'group' and g.used_at is null and g.by = `+people+` and (g.by = any (@gone::bigint[]) or not `+heads+`)`, args)
}

// Moved says that the network gave a group another name: what it was at the old address it is at the new one.
func (t *Tx) Moved(ctx context.Context, from hotline.Address, peer string) error {
	g, err := t.GroupAt(ctx, from.ID)
	if errors.Is(err, hotline.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := scalars[hotline.AddressID](ctx, t, "meet a group under its new name", `
		with p as (
			insert into persons (created) select @now
			where not exists (select 1 from addresses where (channel, account, peer) = (@channel, @account, @peer)) returning id),
		put as (
			insert into addresses (channel, account, peer, person_id, created) select @channel, @account, @peer, id, @now from p
			on conflict do nothing returning id),
		talk as (
			insert into conversations (address_id) select id from put)
		select id from put union all select id from addresses where (channel, account, peer) = (@channel, @account, @peer)`,
		pgx.StrictNamedArgs{"channel": from.Channel, "account": from.Account, "peer": peer, "now": t.now})
	if err != nil {
		return err
	}
	if len(to) == 0 {
		return fmt.Errorf("meet a group under its new name: %w", hotline.ErrNotFound)
	}
	t.Leave(from.ID)
	t.queue(`
		insert into groups (address_id, unit, by, since) values (@at, @unit, @by, @now)
		on conflict (address_id) do update set unit = @unit, by = @by, since = @now, until = null`,
		pgx.StrictNamedArgs{"at": to[0], "unit": g.Unit, "by": nz(g.By), "now": t.now})
	return nil
}

// Member gives who writes in a group: whoever has the peer as their own chat on the same account. hotline.ErrNotFound: nobody who ever wrote to us.
func (t *Tx) Member(ctx context.Context, group hotline.Address, peer string) (hotline.Viewer, error) {
	type row struct {
		Home *hotline.PersonID
		Same []hotline.PersonID
	}
	r, err := one[row](ctx, t, "see who writes in a group", `
		select coalesce(a.home, a.person_id) as home, array(select s from same_person(a.person_id) s order by s) as same
		from addresses a where (a.channel, a.account, a.peer) = (@channel, @account, @peer)`,
		pgx.StrictNamedArgs{"channel": group.Channel, "account": group.Account, "peer": peer})
	if err != nil {
		return hotline.Viewer{}, err
	}
	v := hotline.Viewer{Person: or0(r.Home), Also: others(or0(r.Home), r.Same)}
	type roleRow struct {
		ID     hotline.RoleID
		Name   hotline.RoleName
		Unit   string
		Starts time.Time
		Ends   *time.Time
		OnDuty bool
	}
	roles, err := read[roleRow](ctx, t, "read roles", `
		select id, name, unit, starts, ends, on_duty from roles
		where person_id = any (@same) and starts <= @now and (ends is null or ends > @now) order by id`, pgx.StrictNamedArgs{"same": r.Same, "now": t.now})
	if err != nil {
		return hotline.Viewer{}, err
	}
	for _, x := range roles {
		if !t.counts(x.Unit) {
			continue
		}
		v.Roles = append(v.Roles, hotline.Role{ID: x.ID, Person: v.Person, Name: x.Name, Unit: x.Unit, From: x.Starts, Until: or0(x.Ends), OnDuty: x.OnDuty,
			Also: v.Also})
	}
	return v, nil
}

// IsGroup tells whether a peer is a unit's group now. Postgres away: it may be.
func (s *Store) IsGroup(ctx context.Context, channel hotline.Channel, account, peer string) bool {
	var is bool
	err := s.pool.QueryRow(ctx, `select exists (select 1 from groups g join addresses a on a.id = g.address_id
		where (a.channel, a.account, a.peer) = (@channel, @account, @peer) and g.until is null)`,
		pgx.StrictNamedArgs{"channel": channel, "account": account, "peer": peer}).Scan(&is)
	return is || err != nil
}
