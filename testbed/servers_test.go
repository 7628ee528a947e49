package testbed

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

func client(t *testing.T, raw string) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	opt.MaxRetries = -1
	c := redis.NewClient(opt)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestPostgresMayCreateDatabases(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // only asked
	var may bool
	if err := conn.QueryRow(t.Context(), "select rolcreatedb or rolsuper from pg_roles where rolname = current_user").Scan(&may); err != nil {
		t.Fatal(err)
	}
	if !may {
		t.Error("this role may not create databases")
	}
}

func TestEachTestHasARedisDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	const tests = 40
	var mu sync.Mutex
	var urls []string
	t.Run("all at once", func(t *testing.T) {
		for range tests {
			t.Run("one", func(t *testing.T) {
				t.Parallel()
				url := RedisDB(t)
				c := client(t, url)
				if n := c.DBSize(t.Context()).Val(); n != 0 {
					t.Errorf("%s already holds %d keys", url, n)
				}
				if err := c.Set(t.Context(), "mine", url, 0).Err(); err != nil {
					t.Fatal(err)
				}
				mu.Lock()
				defer mu.Unlock()
				urls = append(urls, url)
			})
		}
	})
	if len(urls) != tests {
		t.Fatalf("%d of %d tests got one", len(urls), tests)
	}
	for _, url := range urls {
		if keys := client(t, url).DBSize(t.Context()).Val(); keys != 0 {
			t.Errorf("%s still holds %d keys after its test", url, keys)
		}
	}
	if slices.Contains(urls, Redis(t)) {
		t.Error("a test got database 0, where the claims are kept")
	}
}

func TestWithRedisDB(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"unix:///run/redis.sock?db=0":       "unix:///run/redis.sock?db=7",
		"redis://:pw@localhost:6379":        "redis://:pw@localhost:6379/7",
		"rediss://u:p@h:1/3?read_timeout=1": "rediss://u:p@h:1/7?read_timeout=1",
	} {
		got, err := withRedisDB(raw, 7)
		if err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", raw, got, err, want)
		}
		opt, err := redis.ParseURL(got)
		if err != nil || opt.DB != 7 {
			t.Errorf("%s: %+v, %v", got, opt, err)
		}
	}
}

func TestPrivateRedisComesBackEmptyAtTheSamePlace(t *testing.T) {
	t.Parallel()
	p := PrivateRedis(t)
	c := client(t, p.URL)
	for _, end := range []func(){p.Stop, p.Kill} {
		if err := c.Set(t.Context(), "key", "value", 0).Err(); err != nil {
			t.Fatal(err)
		}
		end()
		if err := c.Ping(t.Context()).Err(); err == nil {
			t.Error("still there after its end")
		}
		p.Start()
		if n, err := c.DBSize(t.Context()).Result(); n != 0 || err != nil {
			t.Errorf("after a restart: %d keys, %v", n, err)
		}
	}
}

func TestPrivatePostgresKeepsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	p := PrivatePostgres(t)
	do := func(sql string) error {
		conn, err := pgx.Connect(t.Context(), p.URL)
		if err != nil {
			return err
		}
		defer conn.Close(context.Background()) //nolint:errcheck // errors show at Exec
		_, err = conn.Exec(t.Context(), sql)
		return err
	}
	for _, c := range []struct {
		end         func()
		before, and string
	}{
		{p.Kill, "create table kept (n int)", "insert into kept values (1)"},
		{p.Stop, "insert into kept values (2)", "insert into kept select 1 / (count(*) - 1) from kept"},
	} {
		if err := do(c.before); err != nil {
			t.Fatal(err)
		}
		c.end()
		if do("select 1") == nil {
			t.Error("still there after its end")
		}
		p.Start()
		if err := do(c.and); err != nil {
			t.Fatal(err)
		}
	}
}
