// Package store keeps everything in Postgres: one file per noun, the SQL beside the function that runs it.
//
// Two queues stand between us and the networks. What arrived waits in the inbox until it is handled; what is to be said waits in the outbox until
// it is sent. A turn is the handling of one message: it comes off the inbox, whatever it makes happen is written, the answer goes into the outbox,
// and the conversation's state is kept, all in one commit or not at all.
//
// Three ways in. Put commits what arrived to the inbox (inbox.go). Turns takes the oldest message of up to 32 addresses, lets each be handled,
// and commits all they did at once (turn.go). Do is a unit of work for everybody else: the dispatcher, the console, a command (tx.go). Whatever
// is written goes through a Tx, which gathers it and sends it in one pipelined batch; so a turn costs the same few round trips whether it
// says one thing or files a case. What is due goes out through Due and Settle (outbox.go).
//
// Names, telephone numbers and media are sealed before Postgres sees them, and looked up by keyed hashes (key.go). What a person may read of
// themselves, and have erased, is in privacy.go.
package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tanggap/hotline"
)

// Options say which database and how.
type Options struct {
	URL     string           // postgres://…
	Key     []byte           // 32 bytes
	OldKeys [][]byte         // former keys, for what they still seal while the database is moved to Key
	Rekey   bool             // where one of OldKeys is in force, put Key into force; otherwise that is refused
	Regency *hotline.Regency // its letters begin case numbers, its zone begins a day, its limits wake cases
	Conns   int32            // at most so many connections; 0: 16
}

// A Store is one regency's database. It is safe for concurrent use.
type Store struct {
	Bells Bells

	pool    *pgxpool.Pool
	keys    *keys
	ids     *ids
	regency atomic.Pointer[hotline.Regency]
	known   addressBook
	notices atomic.Pointer[Notices]
	jobs    Jobs
	siagaMemory

	mu       sync.Mutex
	inflight map[hotline.OutID]hotline.AddressID
}

// Open connects, migrates, and checks that the key is the one this database was begun with.
func Open(ctx context.Context, o Options) (*Store, error) {
	k, err := newKeys(o.Key)
	if err != nil {
		return nil, err
	}
	pool, err := Connect(ctx, o.URL, o.Conns)
	if err != nil {
		return nil, err
	}
	s := &Store{Bells: newBells(), pool: pool, keys: k, ids: &ids{pool: pool}, inflight: map[hotline.OutID]hotline.AddressID{}}
	s.known.m = map[addressKey]hotline.AddressID{}
	s.regency.Store(o.Regency)
	if err := Migrate(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	if err := s.beginKey(ctx, o); err != nil {
		pool.Close()
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// Connect opens a pool and reaches the server once. Its errors name the server but never the password.
func Connect(ctx context.Context, dsn string, conns int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("TANGGAP_DATABASE_URL is not a Postgres address such as postgres://user:password@host:5432/name: %s", redact(err, dsn))
	}
	if conns == 0 {
		conns = 16
	}
	cfg.MaxConns = conns
	cfg.MinIdleConns = 1
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	cfg.ConnConfig.RuntimeParams["application_name"] = "tanggap"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// An instance that stands still or is cut off in the middle of a transaction must not keep what it has locked from the others. No
	// transaction here is idle for longer than it takes to ask Redis something.
	cfg.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "5s"
	// Our statements are made for their indexes and their plans are kept. One that was planned while a table was small must not go on reading the
	// whole of it when it has grown.
	cfg.ConnConfig.RuntimeParams["enable_seqscan"] = "off"
	cfg.ConnConfig.RuntimeParams["enable_hashjoin"] = "off"
	cfg.ConnConfig.RuntimeParams["enable_mergejoin"] = "off"
	cfg.ConnConfig.RuntimeParams["jit"] = "off"
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan" // else some are planned anew each time, which costs more than running them
	cfg.ConnConfig.StatementCacheCapacity = 256
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open Postgres: %s", redact(err, dsn))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach Postgres at %s: %s", where(cfg.ConnConfig), redact(err, dsn))
	}
	return pool, nil
}

func where(c *pgx.ConnConfig) string {
	return fmt.Sprintf("%s, database %s, as %s", c.Host, c.Database, c.User)
}

// redact says an error on one line without the password that a DSN may hold.
func redact(err error, dsn string) string {
	msg := strings.ReplaceAll(err.Error(), "\n", " ")
	msg = strings.ReplaceAll(msg, dsn, "the address given")
	if u, perr := url.Parse(dsn); perr == nil && u.User != nil {
		if p, ok := u.User.Password(); ok && p != "" {
			msg = strings.ReplaceAll(msg, p, "***")
		}
	}
	return msg
}

// begin remembers, at the very first start, whose database this is; later it refuses another regency.
func (s *Store) begin(ctx context.Context) error {
	r := s.regency.Load()
	for _, want := range []struct{ name, value, mend string }{
		{"letters", r.Letters, "the regency's letters are not those this database was begun with: every number given out would change"},
		{"regency", r.ID, "this database belongs to another regency than TANGGAP_REGENCY says: there is one database per regency"},
	} {
		var have string
		err := s.pool.QueryRow(ctx, `
			with put as (insert into settings (name, value) values (@name, @value) on conflict do nothing returning value)
			select value from put union all select value from settings where name = @name limit 1`,
			pgx.StrictNamedArgs{"name": want.name, "value": want.value}).Scan(&have)
		if errors.Is(err, pgx.ErrNoRows) { // another instance is just writing it
			err = s.pool.QueryRow(ctx, `select value from settings where name = @name`, pgx.StrictNamedArgs{"name": want.name}).Scan(&have)
		}
		if err != nil {
			return fmt.Errorf("read the database's settings: %w", err)
		}
		if have != want.value {
			return errors.New(want.mend)
		}
	}
	return nil
}

// Regency gives the regency in force.
func (s *Store) Regency() *hotline.Regency { return s.regency.Load() }

// SetRegency puts another description of the same regency in force, from the next unit of work on.
func (s *Store) SetRegency(r *hotline.Regency) { s.regency.Store(r) }

// Pool gives the connections, for those who keep tables of their own beside ours (whatsmeow, river).
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Ping tells whether Postgres answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// Close lets the connections go.
func (s *Store) Close() { s.pool.Close() }

// passing tells whether an error may well not come again: the connection broke, or two transactions stood in each other's way.
func passing(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300":
			return true
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	var conn *pgconn.ConnectError
	return errors.As(err, &conn) || pgconn.SafeToRetry(err)
}

// contended tells whether an error says only that two units of work stood in each other's way.
func contended(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "55P03") || errors.Is(err, errAlone)
}

// errAlone says that a turn must not share its commit with others: it is run again alone.
var errAlone = errors.New("this turn shares its commit with nobody")

// zeroTime is the service time of a unit of work that decides nothing by it.
var zeroTime time.Time

// nz gives nil for a zero time or number, as the database keeps what is not there.
func nz[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// or0 is nz the other way round.
func or0[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// Stage says that this database is a stage: the people in it are played, all of them by these accounts ("telegram/8112000112"), and no other number of ours
// is linked there. Only a database that was empty can become one; false: real people may be in it.
func (s *Store) Stage(ctx context.Context, accounts ...string) (bool, error) {
	var is bool
	err := s.pool.QueryRow(ctx, `
		with strange as (
			select 1 from whatsapp_numbers where 'whatsapp/' || split_part(split_part(jid, '@', 1), ':', 1) <> all (@accounts)),
		put as (
			insert into settings (name, value) select 'stage', 'yes'
			where not exists (select 1 from persons) and not exists (select 1 from invites) and not exists (select 1 from strange)
			on conflict do nothing returning name)
		select (exists (select 1 from put) or exists (select 1 from settings where name = 'stage')) and not exists (select 1 from strange)
			and not exists (select 1 from addresses where channel || '/' || account <> all (@accounts))`,
		pgx.StrictNamedArgs{"accounts": accounts}).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("ask whether the database is a stage: %w", err)
	}
	return is, nil
}

// Peers gives the person behind every peer of an account; zero: nobody.
func (s *Store) Peers(ctx context.Context, channel hotline.Channel, account string) (map[string]hotline.PersonID, error) {
	rows, err := s.pool.Query(ctx, `select peer, coalesce(person_id, 0) from addresses where channel = @channel and account = @account`,
		pgx.StrictNamedArgs{"channel": channel, "account": account})
	if err != nil {
		return nil, fmt.Errorf("list the peers of an account: %w", err)
	}
	peers := map[string]hotline.PersonID{}
	var peer string
	var person hotline.PersonID
	if _, err := pgx.ForEachRow(rows, []any{&peer, &person}, func() error { peers[peer] = person; return nil }); err != nil {
		return nil, fmt.Errorf("list the peers of an account: %w", err)
	}
	return peers, nil
}
