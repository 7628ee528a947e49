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
	filing  float64 // the same when every third turn files a case
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
	turn, err := b.script("turn", turnScript)
	if err != nil {
		return err
	}
	file, err := b.script("file", fileScript)
	if err != nil {
		return err
	}
	seconds := strconv.Itoa(int(b.lengths.limit.Seconds()))
	run := func(scripts ...string) (float64, error) {
		args := []string{"-n", "-M", "prepared", "-c", "16", "-j", "2", "-T", seconds}
		for _, s := range scripts {
			args = append(args, "-f", s)
		}
		out, err := exec.CommandContext(b.ctx, tool, append(args, dsn)...).CombinedOutput() //nolint:gosec // our own arguments
		if err != nil {
			return 0, fmt.Errorf("pgbench: %w: %.2000s", err, out)
		}
		m := regexp.MustCompile(`tps = ([0-9.]+)`).FindSubmatch(out)
		if m == nil {
			return 0, fmt.Errorf("pgbench says no tps: %.2000s", out)
		}
		return strconv.ParseFloat(string(m[1]), 64)
	}
	if b.limit, err = run(turn); err != nil {
		return err
	}
	b.table.add("the machine: pgbench, a turn's statements, one a transaction, 16 clients", perSecond(b.limit), "1.00", "")
	if b.filing, err = run(turn+"@2", file+"@1"); err != nil {
		return err
	}
	b.table.add("the machine: the same, every third files a case", perSecond(b.filing), "", "")
	return nil
}

// script writes a script of pgbench.
func (b *bencher) script(name, text string) (string, error) {
	path := filepath.Join(b.servers.Dir(), name+".sql")
	return path, os.WriteFile(path, fmt.Appendf(nil, text, b.lengths.people), 0o600)
}

// takeTurn begins every turn as pgbench runs it: lock the conversation, read what a turn reads, take a message off the inbox, which prepareLimit
// has filled.
const takeTurn = `select address_id from conversations where address_id = :a for update;
select c.state, c.touched, a.channel, a.account, a.peer, a.person_id, p.language, d.name, i.id, i.body, i.delivery, i.attempts
from conversations c join addresses a on a.id = c.address_id left join persons p on p.id = a.person_id
left join person_details d on d.person_id = a.person_id
left join lateral (select json_agg(r.name) from roles r where r.person_id = a.person_id) r on true
left join lateral (select id, body, delivery, attempts from inbox where address_id = c.address_id and set_aside_at is null order by id limit 1) i on true
where c.address_id = :a;
delete from inbox where id = (select id from inbox where address_id = :a and set_aside_at is null order by id limit 1);
`

// turnScript is a turn that keeps the conversation and says one thing.
const turnScript = `\set a random(1, %d)
begin;
` + takeTurn + `update conversations set state = '{"c":{"draft":{"text":"jalan depan balai desa rusak parah","category":"jalan-rusak","area":"33.20.11.2005"}}}',
	touched = now(), ready_at = null where address_id = :a;
insert into outbox (address_id, account, verb, lane, body, due, asked, made)
values (:a, 'telegram/1', 'send', 1, '{"l":[{"k":"draft.understood","a":{"category":{"t":"category","v":"jalan-rusak"}}}],"c":[[{"k":"yes","v":"c-1-yes"}]]}', now(), true, now());
commit;
`

// fileScript is a turn that files a case, and what the dispatcher then does for it.
const fileScript = `\set a random(1, %d)
\set c random(1, 9000000000000000)
begin;
` + takeTurn + `update conversations set state = '{"c":{"last":{"case":1}}}', touched = now(), ready_at = null where address_id = :a;
insert into outbox (address_id, account, verb, lane, body, due, asked, made)
values (:a, 'telegram/1', 'send', 1, '{"l":[{"k":"file.done","a":{"case":{"t":"case","v":"1"}}}],"c":[[{"k":"skip","v":"c-1-skip"}]]}', now(), true, now());
with n as (insert into case_days (day, last) values ('261121', 1) on conflict (day) do update set last = case_days.last + 1 returning last)
insert into cases (id, day, seq, kind, category, privacy, urgent, source, reporter, from_address, area, about, status, outcome, date, filed,
	changed, rating, reopened, events, story)
select :c, '261121', n.last, 'complaint', 'jalan-rusak', 'open', false, 'chat', :a, :a, '33.20.11.2005', '', 'filed', '', '', now(), now(), 0, 0, 1, :c from n;
insert into contents (id, case_id, author, text, at) values (:c, :c, :a, 'jalan depan balai desa rusak parah', now());
insert into events (case_id, kind, at, by, content_id, facts) values (:c, 'filed', now(), :a, :c, '{"kind":"complaint","category":"jalan-rusak"}');
commit;
begin;
select id from cases where id = :c for update;
update cases set status = 'assigned', changed = now(), events = 2, wake = now() where id = :c;
insert into assignments (id, case_id, n, unit, part, state, level, due, since, acked) values (:c, :c, 0, 'dpupr.jalan', 'lead', 'waiting', 0, now(), now(), false);
insert into relistings (assignment_id) values (:c);
insert into offerings (assignment_id, round, next, urgent) values (:c, 1, now(), false);
insert into events (case_id, kind, at, assignment_id, facts) values (:c, 'assigned', now(), :c, '{"unit":"dpupr.jalan","part":"lead"}');
insert into outbox (address_id, account, verb, lane, body, due, asked, made)
values (:a, 'telegram/1', 'send', 2, '{"l":[{"k":"notice.assigned","a":{"case":{"t":"case","v":"1"}}}]}', now(), false, now());
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
