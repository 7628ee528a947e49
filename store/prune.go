package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// How long what only serves the running of the service is kept, in machine time. Cases, events and what was said are not touched by age: for them
// the regency's archive schedule and a person's own request decide.
const (
	keepDeliveries = "30 days"  // that something came: no network delivers again for so long
	keepSent       = "400 days" // that something was said, without its words: a reply to it still finds its case
	keepMenus      = "30 days"  // the choices of what was said, for typed answers
	keepAside      = "90 days"  // what could not be handled or sent, with its bytes, for a human to look at
	keepDrafts     = "30 days"  // media of what was begun and never sent
	keepCodes      = "90 days"  // used and expired invitations
	keepNotes      = "30 days"  // what one shift of the line wrote down for the next
	keepBlocked    = "30 days"  // what a blocked person wrote, after the block is over
	keepAudit      = "5 years"  // who looked at what
)

// Prune deletes what has outlived its use. It gives how many rows went.
func (s *Store) Prune(ctx context.Context) (int64, error) {
	b := &pgx.Batch{}
	var gone int64
	for _, q := range []struct{ sql, keep string }{
		{`delete from deliveries where received < current_date - @keep::interval`, keepDeliveries},
		{`delete from outbox where state = 'sent' and sent_at < clock_timestamp() - @keep::interval`, keepSent},
		{`delete from outbox where state = 'aside' and written < clock_timestamp() - @keep::interval`, keepAside},
		{`update outbox set menu = null where menu is not null and sent_at < clock_timestamp() - @keep::interval`, keepMenus},
		{`delete from inbox where set_aside_at < clock_timestamp() - @keep::interval`, keepAside},
		{pruneTickets[0], keepTickets},
		{pruneTickets[1], keepTickets},
		{`delete from media where content_id is null and made < clock_timestamp() - @keep::interval`, keepDrafts},
		{dropBlobs + ` and @keep <> ''`, "unused"},
		{`delete from invites where coalesce(used_at, expires) < clock_timestamp() - @keep::interval`, keepCodes},
		{`delete from join_codes where expires < clock_timestamp() - @keep::interval`, "2 days"},
		{`delete from console_links where expires < clock_timestamp() - @keep::interval`, "2 days"},
		{`delete from code_tries where at < clock_timestamp() - @keep::interval`, "2 days"},
		{`delete from sessions where seen < clock_timestamp() - @keep::interval`, "2 days"},
		{`delete from login_tries where at < clock_timestamp() - @keep::interval`, "2 days"},
		{`delete from signals where at < clock_timestamp() - @keep::interval`, "2 days"},
		{`update shift_notes set text = null, taken = coalesce(taken, clock_timestamp()) where text is not null and at < clock_timestamp() - @keep::interval`, keepNotes},
		{pruneBlocked[0], keepBlocked},
		{pruneBlocked[1], keepBlocked},
		{`delete from audit where at < clock_timestamp() - @keep::interval`, keepAudit},
	} {
		b.Queue(q.sql, pgx.StrictNamedArgs{"keep": q.keep}).Exec(func(tag pgconn.CommandTag) error {
			gone += tag.RowsAffected()
			return nil
		})
	}
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return gone, fmt.Errorf("delete what has outlived its use: %w", err)
	}
	return gone, nil
}
