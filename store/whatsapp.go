package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"tanggap/hotline"
)

// A Number is one of our own at WhatsApp that is linked as a device of a telephone.
type Number struct {
	Name      string    // ours: "utama"
	Use       string    // whom it serves: "citizens", "officers", a programme's id
	JID       string    // the device, as the network names it; empty until it is paired
	Made      time.Time // machine time, as all here
	Paired    time.Time
	Telephone time.Time // when the telephone itself was last seen; zero: unknown
	Trouble   string    // why it cannot be used; empty: it can
}

const numberColumns = `name, use, coalesce(jid, '') as jid, made, paired_at as paired, telephone_at as telephone, coalesce(trouble, '') as trouble`

type numberRow struct {
	Name, Use, JID    string
	Made              time.Time
	Paired, Telephone *time.Time
	Trouble           string
}

// Numbers lists them by name.
func (s *Store) Numbers(ctx context.Context) ([]Number, error) {
	rows, err := s.pool.Query(ctx, `select `+numberColumns+` from whatsapp_numbers order by name`)
	if err != nil {
		return nil, fmt.Errorf("list WhatsApp numbers: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Number, error) {
		r, err := pgx.RowToStructByName[numberRow](row)
		return Number{Name: r.Name, Use: r.Use, JID: r.JID, Made: r.Made, Paired: or0(r.Paired), Telephone: or0(r.Telephone), Trouble: r.Trouble}, err
	})
	if err != nil {
		return nil, fmt.Errorf("list WhatsApp numbers: %w", err)
	}
	return list, nil
}

// Number reads one by its name; hotline.ErrNotFound: there is none.
func (s *Store) Number(ctx context.Context, name string) (Number, error) {
	all, err := s.Numbers(ctx)
	if err != nil {
		return Number{}, err
	}
	for _, n := range all {
		if n.Name == name {
			return n, nil
		}
	}
	return Number{}, fmt.Errorf("read the WhatsApp number %s: %w", name, hotline.ErrNotFound)
}

// LinkNumber keeps the device that a number was paired as, new or anew. What was wrong with it before is over. It gives the device that had the name
// before, if there was another.
func (s *Store) LinkNumber(ctx context.Context, name, use, jid string) (before string, err error) {
	err = s.pool.QueryRow(ctx, `
		with old as (select jid from whatsapp_numbers where name = @name)
		insert into whatsapp_numbers (name, use, jid, made, paired_at) values (@name, @use, @jid, clock_timestamp(), clock_timestamp())
		on conflict (name) do update set use = @use, jid = @jid, paired_at = clock_timestamp(), telephone_at = null, trouble = null
		returning coalesce((select jid from old), '')`,
		pgx.StrictNamedArgs{"name": name, "use": use, "jid": jid}).Scan(&before)
	if err != nil {
		return "", fmt.Errorf("keep the WhatsApp number %s: %w", name, err)
	}
	if before == jid {
		before = ""
	}
	return before, nil
}

// UnlinkNumber forgets a number by its name; hotline.ErrNotFound: there is none. Addresses that wrote to it stay.
func (s *Store) UnlinkNumber(ctx context.Context, name string) error {
	tag, err := s.pool.Exec(ctx, `delete from whatsapp_numbers where name = @name`, pgx.StrictNamedArgs{"name": name})
	if err != nil {
		return fmt.Errorf("forget the WhatsApp number %s: %w", name, err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("forget the WhatsApp number %s: %w", name, hotline.ErrNotFound)
	}
	return nil
}

// NumberSeen notes that a number's telephone was there.
func (s *Store) NumberSeen(ctx context.Context, name string, at time.Time) error {
	if _, err := s.pool.Exec(ctx, `update whatsapp_numbers set telephone_at = greatest(telephone_at, @at) where name = @name`,
		pgx.StrictNamedArgs{"name": name, "at": at}); err != nil {
		return fmt.Errorf("note that a WhatsApp telephone was there: %w", err)
	}
	return nil
}

const noteTrouble = `
	update whatsapp_numbers set trouble = nullif(@trouble, '') where name = @name and coalesce(trouble, '') <> @trouble returning true`

// NumberTrouble notes what is wrong with a number; empty: nothing any more. It tells whether that is news.
func (s *Store) NumberTrouble(ctx context.Context, name, trouble string) (news bool, err error) {
	err = s.pool.QueryRow(ctx, noteTrouble, pgx.StrictNamedArgs{"name": name, "trouble": trouble}).Scan(&news)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, fmt.Errorf("note what is wrong with a WhatsApp number: %w", err)
	}
	return news, nil
}

// NumberTrouble is Store.NumberTrouble in one piece with what is said of it: of two who note the same at once one has news.
func (t *Tx) NumberTrouble(ctx context.Context, name, trouble string) (news bool, err error) {
	list, err := scalars[bool](ctx, t, "note what is wrong with a WhatsApp number", noteTrouble, pgx.StrictNamedArgs{"name": name, "trouble": trouble})
	return len(list) > 0, err
}

// SQL opens the same pool for a library that speaks database/sql. Close it before the store.
func (s *Store) SQL() *sql.DB { return stdlib.OpenDBFromPool(s.pool) }
