package store

import (
	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// MovedPerson says that the network knows the person at an address by another name from now on: whoever writes under it is that person, and what waits
// to be said is said there. Somebody who wrote under it before this was known turns out to be the same.
func (t *Tx) MovedPerson(from hotline.Address, peer string) {
	if peer == "" || peer == from.Peer || from.Person == 0 {
		return
	}
	args := func() pgx.StrictNamedArgs {
		return pgx.StrictNamedArgs{"channel": from.Channel, "account": from.Account, "peer": peer, "person": from.Person, "now": t.now}
	}
	t.queue(`
		with other as (
			select person_id from addresses where (channel, account, peer) = (@channel, @account, @peer) and person_id <> @person)
		update persons set joined = @person where joined is null and id in (select person_id from other) and @now::timestamptz is not null`, args())
	t.queue(`
		with put as (
			insert into addresses (channel, account, peer, person_id, created) values (@channel, @account, @peer, @person, @now)
			on conflict (channel, account, peer) do update set person_id = @person, home = coalesce(addresses.home, addresses.person_id)
			returning id)
		insert into conversations (address_id) select id from put on conflict do nothing`, args())
	t.queue(`
		update outbox set address_id = a.id from addresses a
		where outbox.address_id = @from and outbox.state in ('due', 'held') and (a.channel, a.account, a.peer) = (@channel, @account, @peer)`,
		pgx.StrictNamedArgs{"from": from.ID, "channel": from.Channel, "account": from.Account, "peer": peer})
}
