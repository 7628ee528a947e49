package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

type addressKey struct {
	channel hotline.Channel
	account string
	peer    string
}

// addressBook remembers the ids of addresses, which never change, so that a known peer costs no look-up.
type addressBook struct {
	mu sync.RWMutex
	m  map[addressKey]hotline.AddressID
}

// maxKnown bounds the address book; past it, it begins anew.
const maxKnown = 100_000

func (b *addressBook) get(k addressKey) (hotline.AddressID, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	id, ok := b.m[k]
	return id, ok
}

func (b *addressBook) put(k addressKey, id hotline.AddressID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.m) >= maxKnown {
		clear(b.m)
	}
	b.m[k] = id
}

// Put commits what came from a network, in one commit, each thing once however often it comes. When it returns nil, the network may be told
// "received". What has no peer is set aside with its bytes.
func (s *Store) Put(ctx context.Context, came []hotline.Raw) error {
	var err error
	for try := 0; try < 4; try++ {
		if err = s.put(ctx, came); err == nil || !passing(err) || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("put into the inbox: %w", err)
	}
	s.Bells.Inbox.Ring()
	s.Bells.Abroad.Ring()
	s.Bells.Any.Ring()
	return nil
}

func (s *Store) put(ctx context.Context, came []hotline.Raw) error {
	if err := s.meet(ctx, came); err != nil {
		return err
	}
	n := len(came)
	ids, deliveries, bodies := make([]int64, 0, n), make([]string, 0, n), make([][]byte, 0, n)
	b := &pgx.Batch{}
	seen := make(map[string]bool, n)
	for _, r := range came {
		if r.Peer == "" {
			putAside(b, r)
			continue
		}
		id, ok := s.known.get(addressKey{r.Channel, r.Account, r.Peer})
		if !ok {
			return fmt.Errorf("the address book lost an address that was just met")
		}
		k := fmt.Sprint(id, " ", r.Delivery)
		if seen[k] {
			continue
		}
		seen[k] = true
		ids, deliveries, bodies = append(ids, int64(id)), append(deliveries, r.Delivery), append(bodies, r.Body)
	}
	if len(ids) > 0 {
		// The conversation's row is always written, so that a turn that holds it and a Put wait for each other: a message is never left behind by
		// a turn that did not see it.
		b.Queue(`
			with came as (
				select * from unnest(@ids::bigint[], @deliveries::text[], @bodies::bytea[]) with ordinality c (address_id, delivery, body, n)),
			fresh as (
				insert into deliveries (address_id, delivery, received) select address_id, delivery, current_date from came order by address_id, n
				on conflict do nothing returning address_id, delivery),
			put as (
				insert into inbox (address_id, delivery, body, received)
				select c.address_id, c.delivery, c.body, clock_timestamp() from came c join fresh using (address_id, delivery) order by c.n)
			update conversations c set ready_at = coalesce(ready_at, clock_timestamp())
			from (select distinct address_id from fresh) f where c.address_id = f.address_id`,
			pgx.StrictNamedArgs{"ids": ids, "deliveries": deliveries, "bodies": bodies})
	}
	return s.pool.SendBatch(ctx, b).Close()
}

// putAside keeps what nobody can be read of, once: the network may bring it again. It is rare, so that those who do it wait for each other.
func putAside(b *pgx.Batch, r hotline.Raw) {
	b.Queue(`select pg_advisory_xact_lock(@lock)`, pgx.StrictNamedArgs{"lock": asideLock})
	b.Queue(`
		insert into inbox (channel, account, delivery, body, received, set_aside_at, error)
		select @channel::text, @account::text, @delivery::text, @body::bytea, clock_timestamp(), clock_timestamp(), 'nobody it came from can be read'
		where not exists (
			select 1 from inbox where address_id is null and set_aside_at is not null and (channel, account, delivery) = (@channel, @account, @delivery))`,
		pgx.StrictNamedArgs{"channel": r.Channel, "account": r.Account, "delivery": r.Delivery, "body": r.Body})
}

// asideLock is the advisory lock of whoever puts aside what has no address.
const asideLock = 0x7461_0004

// meet makes sure that every peer has an address, a person and a conversation, and that their ids are known. Most are.
func (s *Store) meet(ctx context.Context, came []hotline.Raw) error {
	var strangers []addressKey
	for _, r := range came {
		k := addressKey{r.Channel, r.Account, r.Peer}
		if r.Peer == "" {
			continue
		}
		if _, ok := s.known.get(k); !ok && !slices.Contains(strangers, k) {
			strangers = append(strangers, k)
		}
	}
	if len(strangers) == 0 {
		return nil
	}
	var channels, accounts, peers []string
	for _, k := range strangers {
		channels, accounts, peers = append(channels, string(k.channel)), append(accounts, k.account), append(peers, k.peer)
	}
	args := pgx.StrictNamedArgs{"channels": channels, "accounts": accounts, "peers": peers}
	const known = `select a.channel, a.account, a.peer, a.id from addresses a
		join unnest(@channels::text[], @accounts::text[], @peers::text[]) k (channel, account, peer) using (channel, account, peer)`
	missing, err := s.look(ctx, known, args, strangers)
	if err != nil || missing == 0 {
		return err
	}
	// A stranger who comes in through two instances at once may leave behind a person without an address, which harms nobody.
	_, err = s.pool.Exec(ctx, `
		with k as (
			select *, row_number() over (order by channel, account, peer) as n
			from unnest(@channels::text[], @accounts::text[], @peers::text[]) k (channel, account, peer)
			where not exists (select 1 from addresses a where (a.channel, a.account, a.peer) = (k.channel, k.account, k.peer))),
		p as (
			insert into persons (created) select clock_timestamp() from k returning id),
		numbered as (
			select id, row_number() over (order by id) as n from p),
		a as (
			insert into addresses (channel, account, peer, person_id, created)
			select k.channel, k.account, k.peer, numbered.id, clock_timestamp() from k join numbered using (n) order by k.n
			on conflict do nothing returning id)
		insert into conversations (address_id) select id from a`, args)
	if err != nil {
		return err
	}
	if missing, err = s.look(ctx, known, args, strangers); err == nil && missing > 0 {
		err = fmt.Errorf("%d new addresses cannot be read back", missing)
	}
	return err
}

// look reads the ids of addresses into the address book and tells how many are missing.
func (s *Store) look(ctx context.Context, sql string, args pgx.StrictNamedArgs, want []addressKey) (int, error) {
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return 0, err
	}
	var k addressKey
	var id hotline.AddressID
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&k.channel, &k.account, &k.peer, &id}, func() error {
		s.known.put(k, id)
		n++
		return nil
	})
	return len(want) - n, err
}

// An Aside is something that was set aside, for a human to see.
type Aside struct {
	ID      hotline.InboxID
	Address hotline.AddressID // zero where nobody it came from could be read
	Body    []byte
	Error   string
	At      time.Time
}

// SetAside lists what was set aside, newest first.
func (s *Store) SetAside(ctx context.Context, limit int) ([]Aside, error) {
	rows, err := s.pool.Query(ctx, `select id, coalesce(address_id, 0) as address, body, coalesce(error, '') as error, set_aside_at as at
		from inbox where set_aside_at is not null order by id desc limit @limit`, pgx.StrictNamedArgs{"limit": limit})
	if err != nil {
		return nil, fmt.Errorf("list what was set aside: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Aside])
	if err != nil {
		return nil, fmt.Errorf("list what was set aside: %w", err)
	}
	return out, nil
}
