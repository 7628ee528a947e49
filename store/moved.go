package store

import (
	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// MovedPerson says that the network knows the person at an address by another name from now on: whoever writes under it is that person, and what waits
// to be said is said there. Where somebody has written under that name before, they stay who they are: a telephone number passes from hand to hand,
// and only a person can say that two are one (see Join).
func (t *Tx) MovedPerson(from hotline.Address, peer string) {
	if peer == "" || peer == from.Peer || from.Person == 0 {
		return
	}
	args := pgx.StrictNamedArgs{"channel": from.Channel, "account": from.Account, "peer": peer, "from": from.ID, "now": t.now}
	t.queue(`
		with put as (
			insert into addresses (channel, account, peer, person_id, home, created)
			select @channel, @account, @peer, person_id, home, @now from addresses where id = @from
			on conflict (channel, account, peer) do nothing returning id),
		talk as (
			insert into conversations (address_id) select id from put)
		update outbox set address_id = put.id from put where outbox.address_id = @from and outbox.state in ('due', 'held')`, args)
}
