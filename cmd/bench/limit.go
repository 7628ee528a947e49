package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/servers"
)

type bencher struct {
	ctx     context.Context
	servers *servers.Servers
	lengths lengths
	table   *table
	limit   float64 // turns a second that pgbench does, one turn a transaction
	rate    float64 // turns a second end to end, once measured
}

// limits measures what Postgres does on this machine when pgbench runs a turn's own statements, one turn a transaction, 16 clients, fsync on.
func (b *bencher) limits() error {
	dsn, err := b.database("limit")
	if err != nil {
		return err
	}
	if err := prepareLimit(b.ctx, dsn, b.lengths.people); err != nil {
		return err
	}
	tool, err := pgbench()
	if err != nil {
		return err
	}
	script := filepath.Join(b.servers.Dir(), "turn.sql")
	if err := os.WriteFile(script, fmt.Appendf(nil, turnScript, b.lengths.people), 0o600); err != nil {
		return err
	}
	seconds := strconv.Itoa(int(b.lengths.limit.Seconds()))
	out, err := exec.CommandContext(b.ctx, tool, "-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", seconds, "-f", script, dsn).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pgbench: %w: %s", err, out)
	}
	m := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("pgbench says no tps: %s", out)
	}
	if b.limit, err = strconv.ParseFloat(string(m[1]), 64); err != nil {
		return err
	}
	b.table.add("the machine: pgbench, a turn's statements, one a transaction, 16 clients", perSecond(b.limit), "1.00", "")
	return nil
}

// turnScript is a turn as pgbench runs it: lock the conversation, read what a turn reads, take the message off the inbox, keep the conversation,
// say one thing. The message it takes off is one that it puts there itself a moment before, in the same transaction, for there must be one.
const turnScript = `\set a random(1, %d)
begin;
select address_id from conversations where address_id = :a for update;
select c.state, c.touched, a.channel, a.account, a.peer, a.person_id, p.language, d.name, i.id, i.body, i.delivery, i.attempts
from conversations c join addresses a on a.id = c.address_id left join persons p on p.id = a.person_id
left join person_details d on d.person_id = a.person_id
left join lateral (select json_agg(r.name) from roles r where r.person_id = a.person_id) r on true
left join lateral (select id, body, delivery, attempts from inbox where address_id = c.address_id and set_aside_at is null order by id limit 1) i on true
where c.address_id = :a;
delete from inbox where id = (select id from inbox where address_id = :a and set_aside_at is null order by id limit 1);
update conversations set state = '{"c":{"draft":{"text":"jalan depan balai desa rusak parah","category":"jalan-rusak","area":"33.20.11.2005"}}}',
	touched = now(), ready_at = null where address_id = :a;
insert into outbox (address_id, account, verb, lane, body, due, asked, made)
values (:a, 'telegram/1', 'send', 1, '{"l":[{"k":"draft.understood","a":{"category":{"t":"category","v":"jalan-rusak"}}}],"c":[[{"k":"yes","v":"c-1-yes"}]]}', now(), true, now());
commit;
`

// prepareLimit makes a database with people in it and a message waiting for each, as the program would have it.
func prepareLimit(ctx context.Context, dsn string, people int) error {
	if err := migrate(ctx, dsn); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // only read from
	for _, sql := range []string{
		`insert into persons (created) select now() from generate_series(1, $1::int)`,
		`insert into addresses (channel, account, peer, person_id, created) select 'telegram', '1', n::text, n, now() from generate_series(1, $1::int) n`,
		`insert into conversations (address_id, state, ready_at) select n, '{}', now() from generate_series(1, $1::int) n`,
		`insert into inbox (address_id, delivery, body, received) select 1 + (n - 1) % $1::int, n::text, convert_to(repeat('x', 400), 'UTF8'), now()
			from generate_series(1, 100 * $1::int) n`,
	} {
		if _, err := conn.Exec(ctx, sql, people); err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
	}
	_, err = conn.Exec(ctx, `analyze`)
	return err
}

// database makes an empty database beside the servers' own.
func (b *bencher) database(name string) (string, error) {
	conn, err := pgx.Connect(b.ctx, b.servers.DatabaseURL())
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(b.ctx)) //nolint:errcheck // nothing left in it
	name = fmt.Sprintf("bench_%s_%d", name, time.Now().UnixNano())
	if _, err := conn.Exec(b.ctx, `create database `+name); err != nil {
		return "", err
	}
	return onDatabase(b.servers.DatabaseURL(), name)
}

// pgbench finds the tool beside the server or on the path.
func pgbench() (string, error) {
	if found, err := exec.LookPath("pgbench"); err == nil {
		return found, nil
	}
	all, err := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if err != nil || len(all) == 0 {
		return "", errors.New("there is no pgbench: it comes with Debian's package postgresql")
	}
	slices.Sort(all)
	return all[len(all)-1], nil
}

func perSecond(n float64) string { return fmt.Sprintf("%.0f/s", n) }
