package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// What becomes of a thing after it was handed over: some networks tell later that it arrived or was read, or that it never will be; and what cannot
// go by one address may go by another of the same person.

// otherAddress finds for outbox rows the address the person last wrote from at another account of ours, where there is one that can be reached.
const otherAddress = `
	with other as materialized (
		select o.id as out, x.id, x.channel || '/' || x.account as account
		from outbox o
		join addresses a on a.id = o.address_id
		cross join lateral (
			select p.id, p.channel, p.account from addresses p left join conversations c on c.address_id = p.id
			where p.person_id = a.person_id and (p.channel, p.account) <> (a.channel, a.account) and p.held_since is null
			order by c.touched desc nulls last, p.id desc limit 1) x
		where o.id = any (@ids) and not o.here and not o.asked)`

// Divert sends what came unasked and waits at an account that is out of order by way of the persons' other addresses, where they have one; the rest
// waits. It gives how many things went another way. What is just being sent stays.
func (s *Store) Divert(ctx context.Context, channel hotline.Channel, account string, now time.Time, least hotline.Lane) (int64, error) {
	s.mu.Lock()
	busy := make([]hotline.OutID, 0, len(s.inflight))
	for id := range s.inflight {
		busy = append(busy, id)
	}
	s.mu.Unlock()
	rows, err := s.pool.Query(ctx, `select id from outbox where account = @account and state = 'due' and not asked and lane <= @least and due <= @now
		and id <> all (@busy::bigint[]) order by id limit 1000`,
		pgx.StrictNamedArgs{"account": string(channel) + "/" + account, "least": least, "now": now, "busy": busy})
	if err != nil {
		return 0, fmt.Errorf("look for what can go another way: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[hotline.OutID])
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	tag, err := s.pool.Exec(ctx, otherAddress+`
		update outbox o set address_id = other.id, account = other.account, attempts = 0, again = null, reason = 'diverted'
		from other where o.id = other.out and o.state = 'due'`, pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return 0, fmt.Errorf("send by another way: %w", err)
	}
	if tag.RowsAffected() > 0 {
		s.Bells.Outbox.Ring()
		s.Bells.Abroad.Ring()
	}
	return tag.RowsAffected(), nil
}

// givenBack marks a thing that was given back before its being sent was written down.
const givenBack = "given back"

// queueWait sends things by another address of the persons', or lets them wait until the person writes again.
func queueWait(b *pgx.Batch, ids []hotline.OutID, reason hotline.Trouble, detail string) {
	b.Queue(otherAddress+`, moved as (
			update outbox o set state = 'due', address_id = other.id, account = other.account, attempts = 0, again = null, ref = null, reason = 'diverted',
				detail = @detail
			from other where o.id = other.out and o.state = 'due' returning o.id)
		update outbox set state = 'held', attempts = attempts + 1, ref = null, reason = @reason, detail = @detail
		where id = any (@ids) and state = 'due' and id not in (select id from moved)`,
		pgx.StrictNamedArgs{"ids": ids, "reason": reason, "detail": detail})
}

// Delivered notes what a network tells later of what it took. Told twice, or in another order, it is the same. What failed is set aside with its
// reason; what only came too late for free words goes another way, or waits until the person writes.
func (s *Store) Delivered(ctx context.Context, channel hotline.Channel, account string, news []hotline.Delivered) error {
	if len(news) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	for _, n := range news {
		which := pgx.StrictNamedArgs{"account": string(channel) + "/" + account, "id": n.ID, "ref": n.Ref}
		with := func(more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
			for k, v := range which {
				more[k] = v
			}
			return more
		}
		const same = ` where account = @account and (id = @id or @id = 0 and ref = @ref)`
		switch n.State {
		case "sent", "delivered", "read":
			// One that was being sent when the program died, and had arrived, is settled by this.
			b.Queue(`update outbox set state = 'sent', sent_at = coalesce(sent_at, clock_timestamp()), ref = coalesce(ref, nullif(@ref, '')),
					delivered_at = case when @state = 'sent' then delivered_at else coalesce(delivered_at, @at) end,
					read_at = case when @state = 'read' then coalesce(read_at, @at) else read_at end,
					body = case when @state = 'sent' then body end`+same+` and state in ('due', 'sent')`,
				with(pgx.StrictNamedArgs{"state": n.State, "at": n.At}))
		case "failed":
			if n.Reason == hotline.TroubleWindow {
				// Tried again at once, as a closed one: a template may fit it; else it goes another way (queueWait).
				b.Queue(`update outbox set state = 'due', sent_at = null, ref = null, again = null, reason = @reason,
						detail = case when state = 'due' then @early end`+same+
					` and state in ('due', 'sent') and delivered_at is null and body is not null`,
					with(pgx.StrictNamedArgs{"reason": n.Reason, "early": givenBack}))
				continue
			}
			b.Queue(`update outbox set state = 'aside', reason = @reason, detail = @detail`+same+` and state in ('due', 'sent') and delivered_at is null`,
				with(pgx.StrictNamedArgs{"reason": n.Reason, "detail": n.Detail}))
		}
	}
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("note what became of what was sent: %w", err)
	}
	s.Bells.Outbox.Ring()
	s.Bells.Abroad.Ring()
	s.Bells.Any.Ring()
	return nil
}

// Unsaid counts what of a case waits for its reporter to write again.
func (t *Tx) Unsaid(ctx context.Context, c hotline.CaseID, reporter hotline.PersonID) (int, error) {
	if reporter == 0 {
		return 0, nil
	}
	n, err := scalars[int](ctx, t, "count what the reporter has not got", `
		select count(*)::int from outbox o join addresses a on a.id = o.address_id
		where o.case_id = @case and o.state = 'held' and a.person_id in (select s from same_person(@p) s)`,
		pgx.StrictNamedArgs{"case": c, "p": reporter})
	if err != nil {
		return 0, err
	}
	return n[0], nil
}
