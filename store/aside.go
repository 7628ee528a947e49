package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// What could not be handled, and what could not be said, is set aside with its reason (SetAside lists the former). An operator sees it, and has it tried
// again once the cause is mended.

// AsideInbox lists the messages that were set aside as SetAside does, without what was said in them, and with where they came in.
func (t *Tx) AsideInbox(ctx context.Context, limit int) ([]AsideMessage, error) {
	return read[AsideMessage](ctx, t, "list messages that were set aside", `
		select i.id, coalesce(a.channel, i.channel, '') as channel, coalesce(a.account, i.account, '') as account, i.received, i.set_aside_at as at,
			length(i.body) as size, coalesce(i.error, '') as error, i.address_id is not null as again
		from inbox i left join addresses a on a.id = i.address_id where i.set_aside_at is not null order by i.id desc limit @limit`,
		pgx.StrictNamedArgs{"limit": limit})
}

// An AsideMessage is a message that could not be handled.
type AsideMessage struct {
	ID       hotline.InboxID
	Channel  hotline.Channel
	Account  string
	Received time.Time
	At       time.Time // when it was set aside
	Size     int       // bytes, as they came
	Error    string    // may quote what was said
	Again    bool      // it can be tried again: it is known whom it came from
}

// An AsideReply is something that could not be said.
type AsideReply struct {
	ID      hotline.OutID
	Account string    // channel/account
	Made    time.Time // service time
	Phrase  string    // the key of what it says first; empty where it was forgotten
	Reason  string    // hotline.Trouble
	Detail  string    // the network's; nothing of a person in it
	Again   bool      // it can be tried again: what it says is still known
}

// AsideOutbox lists what could not be said and was set aside, the newest first.
func (t *Tx) AsideOutbox(ctx context.Context, limit int) ([]AsideReply, error) {
	return read[AsideReply](ctx, t, "list replies that were set aside", `
		select id, account, made, coalesce(body::jsonb #>> '{l,0,k}', '') as phrase, coalesce(reason, '') as reason, coalesce(detail, '') as detail,
			body is not null as again
		from outbox where state = 'aside' order by id desc limit @limit`, pgx.StrictNamedArgs{"limit": limit})
}

// TryMessage has a message that was set aside handled again, before what its sender wrote after it. hotline.ErrNotFound: there is none that can be.
func (t *Tx) TryMessage(ctx context.Context, id hotline.InboxID) error {
	return t.tryAgain(ctx, "take in again", int64(id), `
		update inbox set set_aside_at = null, attempts = 0, error = null where id = @id and set_aside_at is not null and address_id is not null returning id`)
}

// TryReply has something that could not be said said again; what has expired meanwhile is set aside anew. hotline.ErrNotFound: there is none that can be.
func (t *Tx) TryReply(ctx context.Context, id hotline.OutID) error {
	return t.tryAgain(ctx, "say again", int64(id), `
		update outbox set state = 'due', attempts = 0, again = null, reason = null, detail = null, written = clock_timestamp()
		where id = @id and state = 'aside' and body is not null returning id`)
}

func (t *Tx) tryAgain(ctx context.Context, what string, id int64, sql string) error {
	done, err := scalars[int64](ctx, t, what, sql, pgx.StrictNamedArgs{"id": id})
	if err == nil && len(done) == 0 {
		err = fmt.Errorf("%s: %w", what, hotline.ErrNotFound)
	}
	return err
}
