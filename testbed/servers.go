// Package testbed gives tests what they stand on: a real Postgres, a real Redis, and what else they share. Only tests import it.
//
// The servers are started by the first test that needs them, shared by all processes of "go test ./...", and end some time after
// the last (see package keeper). Everything of them stands in .tanggap/test of the checkout. With TANGGAP_TEST_DATABASE_URL or
// TANGGAP_DATABASE_URL set, tests use that Postgres instead, and with TANGGAP_TEST_REDIS_URL or TANGGAP_REDIS_URL that Redis.
//
// Somebody who works may have set those to servers that others rely on. So tests touch nothing there that is not theirs: they make and drop only
// databases whose name begins with tanggap_test_, and of Redis's numbered databases they take only empty ones, never the one the URL names, and empty
// only what they hold a claim on. Claims are keys in database 0 that begin with tanggap:test: and go by themselves.
package testbed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"tanggap/servers"
	"tanggap/testbed/keeper"
)

// Postgres returns the connection string of the tests' Postgres, for a role that may create databases. Its own database is
// shared by all tests: leave it alone, and make one of your own.
func Postgres(tb testing.TB) string {
	tb.Helper()
	if url := external("TANGGAP_TEST_DATABASE_URL", "TANGGAP_DATABASE_URL"); url != "" {
		return url
	}
	return sharedServers(tb).DatabaseURL
}

// Redis returns the URL of the tests' Redis, database 0, which all tests share. A test that stores anything uses RedisDB, one
// that says FLUSHALL or stops the server uses PrivateRedis.
func Redis(tb testing.TB) string {
	tb.Helper()
	if url := external("TANGGAP_TEST_REDIS_URL", "TANGGAP_REDIS_URL"); url != "" {
		return url
	}
	return sharedServers(tb).RedisURL
}

// external is the first of these variables that is set.
func external(names ...string) string {
	for _, name := range names {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}

var shared = sync.OnceValues(func() (keeper.Addresses, error) {
	dir, err := keeper.Folder()
	if err != nil {
		return keeper.Addresses{}, err
	}
	return keeper.Use(dir)
})

func sharedServers(tb testing.TB) keeper.Addresses {
	tb.Helper()
	a, err := shared()
	if err != nil {
		tb.Fatalf("the tests' Postgres and Redis: %v", err)
	}
	return a
}

// RedisDB returns the URL of an empty Redis database that is this test's alone until it ends. Mind that channels of PUBLISH and
// SUBSCRIBE know no databases: all tests hear each other's, so name them after something unique.
func RedisDB(tb testing.TB) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	raw := Redis(tb)
	ours := external("TANGGAP_TEST_REDIS_URL", "TANGGAP_REDIS_URL") == ""
	desk, err := redisOn(raw, 0)
	if err != nil {
		tb.Fatalf("redis: %v", err)
	}
	defer desk.Close() //nolint:errcheck // nothing is pending
	claimed, err := claimRedis(ctx, desk, raw, ours)
	if err != nil {
		tb.Fatalf("a Redis database for this test: %v", err)
	}
	tb.Cleanup(func() {
		if err := claimed.giveBack(context.Background()); err != nil {
			tb.Errorf("giving Redis database %d back: %v", claimed.n, err)
		}
	})
	numbered, err := withRedisDB(raw, claimed.n)
	if err != nil {
		tb.Fatalf("redis: %v", err)
	}
	return numbered
}

// A claim is one test's hold on a numbered database.
type claim struct {
	raw   string // the server
	n     int
	token string // what stands in the claim's key while it is ours
}

// claimLasts is how long a claim is good. No test takes as long; one that was killed lets go by then.
const claimLasts = time.Hour

// claimRedis finds a database that no other test has. Numbers go round; a claim, kept in database 0, expires by itself after a
// test that was killed. On somebody else's server only empty databases are taken, and not the one that the URL names: it is in use, empty or not.
func claimRedis(ctx context.Context, desk *redis.Client, raw string, ours bool) (claim, error) {
	none := claim{}
	said, err := desk.ConfigGet(ctx, "databases").Result()
	if err != nil {
		return none, err
	}
	total, err := strconv.Atoi(said["databases"])
	if err != nil || total < 2 {
		return none, fmt.Errorf("this Redis has %q databases; tests need at least 2", said["databases"])
	}
	opt, err := redis.ParseURL(raw)
	if err != nil {
		return none, err
	}
	c := claim{raw: raw, token: rand.Text()}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for try := 0; ; try++ {
		next, err := desk.Incr(ctx, redisPrefix+"next").Result()
		if err == nil {
			err = desk.Expire(ctx, redisPrefix+"next", claimLasts).Err()
		}
		if err != nil {
			return none, err
		}
		c.n = 1 + int(next%int64(total-1))
		if ours || c.n != opt.DB {
			won, err := desk.SetNX(ctx, claimKey(c.n), c.token, claimLasts).Result()
			if err != nil {
				return none, err
			}
			if won {
				free, err := emptyRedis(ctx, raw, c.n, ours)
				if err != nil || free {
					return c, err
				}
				if err := desk.Del(ctx, claimKey(c.n)).Err(); err != nil {
					return none, err
				}
			}
		}
		if try%total == total-1 { // all were taken: wait for one to come back
			select {
			case <-ctx.Done():
				return none, fmt.Errorf("all %d databases are taken by other tests or hold something", total-1)
			case <-tick.C:
			}
		}
	}
}

// emptyRedis makes sure that a database is empty; somebody else's is not made so.
func emptyRedis(ctx context.Context, raw string, n int, ours bool) (bool, error) {
	c, err := redisOn(raw, n)
	if err != nil {
		return false, err
	}
	defer c.Close() //nolint:errcheck // nothing is pending
	if ours {
		return true, c.FlushDB(ctx).Err()
	}
	keys, err := c.DBSize(ctx).Result()
	return keys == 0, err
}

var errClaimLost = errors.New("the claim on it was lost meanwhile: it is left as it is")

// giveBack empties the database and lets others have it. What is no longer ours is left alone.
func (c claim) giveBack(ctx context.Context) error {
	desk, err := redisOn(c.raw, 0)
	if err != nil {
		return err
	}
	defer desk.Close() //nolint:errcheck // nothing is pending
	switch holder, err := desk.Get(ctx, claimKey(c.n)).Result(); {
	case errors.Is(err, redis.Nil), err == nil && holder != c.token:
		return errClaimLost
	case err != nil:
		return err
	}
	own, err := redisOn(c.raw, c.n)
	if err != nil {
		return err
	}
	if err := errors.Join(own.FlushDB(ctx).Err(), own.Close()); err != nil {
		return err
	}
	return desk.Del(ctx, claimKey(c.n)).Err()
}

// redisPrefix begins what the testbed itself keeps in database 0.
const redisPrefix = "tanggap:test:"

func claimKey(n int) string { return redisPrefix + "claimed:" + strconv.Itoa(n) }

func redisOn(raw string, db int) (*redis.Client, error) {
	opt, err := redis.ParseURL(raw)
	if err != nil {
		return nil, err
	}
	opt.DB = db
	return redis.NewClient(opt), nil
}

// withRedisDB puts a database number into a Redis URL: a parameter for a socket, the path otherwise.
func withRedisDB(raw string, n int) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", err
	}
	q := u.Query()
	if u.Scheme == "unix" {
		q.Set("db", strconv.Itoa(n))
	} else {
		q.Del("db")
		u.Path = "/" + strconv.Itoa(n)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// A Private server is one test's own, which that test may stop, kill and start again. It ends with the test, and with the test's
// process if that is killed.
type Private struct {
	// URL stays the same through every stop and start.
	URL string

	tb   testing.TB
	opts servers.Options
	srv  *servers.Servers // nil while stopped
}

// PrivateRedis starts a Redis for this test alone.
func PrivateRedis(tb testing.TB) *Private {
	tb.Helper()
	p := newPrivate(tb, servers.Options{Redis: true})
	p.URL = p.srv.RedisURL()
	return p
}

// PrivatePostgres starts a Postgres for this test alone, with an empty database "tanggap".
func PrivatePostgres(tb testing.TB) *Private {
	tb.Helper()
	p := newPrivate(tb, servers.Options{Postgres: true})
	p.URL = p.srv.DatabaseURL()
	return p
}

func newPrivate(tb testing.TB, opts servers.Options) *Private {
	tb.Helper()
	dir, err := os.MkdirTemp("", "tanggap-private-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		tb.Fatal(err)
	}
	opts.Dir, opts.Volatile, opts.EndWithProcess, opts.Log = dir, true, true, slog.New(slog.DiscardHandler)
	p := &Private{tb: tb, opts: opts}
	tb.Cleanup(p.Stop)
	p.Start()
	return p
}

// Start starts the server again after Stop or Kill.
func (p *Private) Start() {
	p.tb.Helper()
	if p.srv != nil {
		return
	}
	srv, err := servers.Start(context.Background(), p.opts)
	if err != nil {
		p.tb.Fatalf("a private server: %v", err)
	}
	p.srv = srv
}

// Stop stops the server in good order; its data stay.
func (p *Private) Stop() {
	p.tb.Helper()
	if p.srv == nil {
		return
	}
	srv := p.srv
	p.srv = nil
	if err := srv.Stop(context.Background()); err != nil {
		p.tb.Errorf("a private server: %v", err)
	}
}

// Kill ends the server at once (kill -9).
func (p *Private) Kill() {
	p.tb.Helper()
	if p.srv == nil {
		return
	}
	for _, pid := range []int{p.srv.PostgresPID(), p.srv.RedisPID()} {
		if pid == 0 {
			continue
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			p.tb.Errorf("a private server: %v", err)
		}
	}
	p.Stop()
}
