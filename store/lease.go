package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Lease takes or renews the lease called name for a holder, for so long from now on the database's clock. It tells whether the holder has it.
// A lease that has run out can be taken by anyone; one that has not, only by its holder, or when alive says of the present holder that it
// is no more: so a program that was killed and started again on the same host takes at once what the dead one left behind.
func (s *Store) Lease(ctx context.Context, name, holder string, length time.Duration, alive func(holder string) bool) (bool, error) {
	got, err := s.lease(ctx, name, holder, "", length)
	if err != nil || got {
		return got, err
	}
	var other string
	if err := s.pool.QueryRow(ctx, `select coalesce((select holder from leases where name = @name), '')`,
		pgx.StrictNamedArgs{"name": name}).Scan(&other); err != nil {
		return false, fmt.Errorf("ask who holds the lease %s: %w", name, err)
	}
	if other == "" || alive == nil || alive(other) {
		return false, nil
	}
	return s.lease(ctx, name, holder, other, length)
}

func (s *Store) lease(ctx context.Context, name, holder, dead string, length time.Duration) (bool, error) {
	tag, err := s.pool.Exec(ctx, `
		insert into leases (name, holder, until) values (@name, @holder, clock_timestamp() + @length::interval)
		on conflict (name) do update set holder = @holder, until = clock_timestamp() + @length::interval
		where leases.holder in (@holder, @dead) or leases.until < clock_timestamp()`,
		pgx.StrictNamedArgs{"name": name, "holder": holder, "dead": dead, "length": length})
	if err != nil {
		return false, fmt.Errorf("take the lease %s: %w", name, err)
	}
	return tag.RowsAffected() == 1, nil
}

// Unlease lets a lease go, so that another need not wait for its end.
func (s *Store) Unlease(ctx context.Context, name, holder string) error {
	_, err := s.pool.Exec(ctx, `delete from leases where name = @name and holder = @holder`, pgx.StrictNamedArgs{"name": name, "holder": holder})
	if err != nil {
		return fmt.Errorf("let the lease %s go: %w", name, err)
	}
	return nil
}
