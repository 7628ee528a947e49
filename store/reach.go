package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// reachSetting begins the names of the settings that say under which name a network knows us.
const reachSetting = "reach "

// SetReach remembers under which public name or number people reach us on a network, so that a link to us can be made where the network's token is not at
// hand. An empty name: not at all any more.
func (s *Store) SetReach(ctx context.Context, c hotline.Channel, name string) error {
	_, err := s.pool.Exec(ctx, `
		with gone as (delete from settings where name = @setting and @name = '')
		insert into settings (name, value) select @setting, @name where @name <> ''
		on conflict (name) do update set value = excluded.value where settings.value <> excluded.value`,
		pgx.StrictNamedArgs{"setting": reachSetting + string(c), "name": name})
	if err != nil {
		return fmt.Errorf("remember our name at a network: %w", err)
	}
	return nil
}

// Reach gives the name remembered for a network; empty: there is none.
func (s *Store) Reach(ctx context.Context, c hotline.Channel) (string, error) {
	var name string
	err := s.pool.QueryRow(ctx, `select coalesce(max(value), '') from settings where name = @setting`,
		pgx.StrictNamedArgs{"setting": reachSetting + string(c)}).Scan(&name)
	if err != nil {
		return "", fmt.Errorf("look up our name at a network: %w", err)
	}
	return name, nil
}
