package store

import (
	"maps"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// movedFrom is, in SQL, the address somebody left (f) and the one they have now (n), unless we have been told so before. The latter is theirs (same) or
// was somebody else's (other).
const movedFrom = `
	with n as materialized (
		select id, person_id, coalesce(home, person_id) as home from addresses where (channel, account, peer) = (@channel, @account, @peer)),
	f as materialized (
		select id, person_id, coalesce(home, person_id) as home from addresses
		where id = @from and person_id is not null and moved_to is distinct from (select id from n)),
	same as materialized (select n.id from n, f where n.person_id = f.person_id),
	other as materialized (select n.id, n.home from n, f where n.person_id is distinct from f.person_id)`

// MovedPerson says that the network knows whoever wrote from an address by another name from now on: whoever writes under that is they, and what waits
// to be said is said there.
//
// Names are telephone numbers, which pass from hand to hand. So nobody is known by the old one any more: who writes from it next is a stranger. And
// where somebody else wrote under the new one before, whoever has it now is a stranger too: the one who moved must not become the one who had it, nor the
// other way round, and what waits at either is not said. That both are one, only a person can say (see Join).
func (t *Tx) MovedPerson(from hotline.Address, peer string) {
	if peer == "" || peer == from.Peer || from.Person == 0 {
		return
	}
	args := func(more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
		all := pgx.StrictNamedArgs{"channel": from.Channel, "account": from.Account, "peer": peer, "from": from.ID}
		maps.Copy(all, more)
		return all
	}
	now := pgx.StrictNamedArgs{"now": t.now}
	t.queue(`
		with put as (
			insert into addresses (channel, account, peer, person_id, home, created)
			select @channel, @account, @peer, person_id, home, @now from addresses where id = @from
			on conflict (channel, account, peer) do nothing returning id)
		insert into conversations (address_id, state, begun, touched)
		select put.id, c.state, c.begun, c.touched from put, conversations c where c.address_id = @from`, args(now))
	t.queue(movedFrom+`
		update outbox o set address_id = same.id from f, same where o.address_id = f.id and o.state in ('due', 'held')`, args(nil))
	t.queue(movedFrom+`
		update cases k set from_address = same.id from f, same where k.from_address = f.id`, args(nil))
	t.queue(movedFrom+`
		update outbox o set state = 'aside', body = null, reason = 'moved' from other, f where o.address_id in (f.id, other.id) and o.state in ('due', 'held')`,
		args(nil))
	t.queue(movedFrom+`
		delete from join_codes j using f where j.used_at is null and (
			j.address_id in (select f.id union all select id from other) or j.for_address in (select f.id union all select id from other))`, args(nil))
	t.queue(movedFrom+`
		update person_details d set vouched_at = null from f
		where d.person_id in (select f.home union all select home from other)`, args(nil))
	t.queue(movedFrom+`
		update conversations c set state = null, begun = null, touched = null from f
		where c.address_id in (select f.id union all select id from other)`, args(nil))
	// A stranger each, at last: what is above goes by who had them.
	t.queue(movedFrom+`,
		stranger as (insert into persons (created) select @now from other, f returning id)
		update addresses a set person_id = stranger.id, home = null from stranger, other where a.id = other.id`, args(now))
	t.queue(movedFrom+`,
		stranger as (insert into persons (created) select @now from f returning id)
		update addresses a set person_id = stranger.id, home = null, held_since = null, moved_to = n.id from stranger, n where a.id = @from`, args(now))
}
