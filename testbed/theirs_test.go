package testbed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Whoever runs the tests with the address of a Postgres that others rely on finds it afterwards as it was.
func TestTestsLeaveSomebodysPostgresAlone(t *testing.T) {
	t.Parallel()
	server := PrivatePostgres(t)
	conn, err := pgx.Connect(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // done with it
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	all := func() []string {
		t.Helper()
		rows, err := conn.Query(t.Context(), `select datname from pg_database order by datname`)
		if err != nil {
			t.Fatal(err)
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	now := time.Now()
	left := func(age time.Duration) string {
		return fmt.Sprintf("%s%d_1_1", databasePrefix, now.Add(-age).UnixNano())
	}
	old, young := left(leftFor+time.Minute), left(leftFor-time.Hour)
	exec(`create table cases (n int)`)
	exec(`insert into cases values (1)`)
	for _, name := range []string{"production", "template_of_theirs", "t1_2_3", "tanggap_testimony", old, young} {
		exec(`create database ` + pgx.Identifier{name}.Sanitize())
	}
	before := all()

	t.Run("a test", func(t *testing.T) {
		own := databaseOn(t, server.URL, false)
		theirs, err := pgx.Connect(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		defer theirs.Close(context.Background()) //nolint:errcheck // done with it
		var name string
		if err := theirs.QueryRow(t.Context(), `select current_database() from settings having count(*) = 0`).Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, databasePrefix) {
			t.Errorf("the test got the database %s", name)
		}
	})

	after := slices.DeleteFunc(all(), func(name string) bool { return strings.HasPrefix(name, databasePrefix+"template_") })
	want := slices.DeleteFunc(before, func(name string) bool { return name == old })
	if !slices.Equal(after, want) {
		t.Errorf("afterwards there are %q, want %q", after, want)
	}
	var kept int
	if err := conn.QueryRow(t.Context(), `select count(*) from cases`).Scan(&kept); err != nil || kept != 1 {
		t.Errorf("their table: %d, %v", kept, err)
	}
	for _, name := range []string{"production", "t1_2_3", "tanggap_testimony", "TANGGAP_TEST_X", ""} {
		if err := drop(t.Context(), conn, name, "with (force)"); err == nil {
			t.Errorf("%q was dropped", name)
		}
	}
}

// The same with a Redis: only empty databases are taken, never the one that the URL names, and what is no longer the test's own is not emptied.
func TestTestsLeaveSomebodysRedisAlone(t *testing.T) {
	t.Parallel()
	server := PrivateRedis(t)
	const named = 5 // in use by them, and empty just now
	raw, err := withRedisDB(server.URL, named)
	if err != nil {
		t.Fatal(err)
	}
	on := func(n int) string {
		url, err := withRedisDB(server.URL, n)
		if err != nil {
			t.Fatal(err)
		}
		return url
	}
	theirs := []int{0, 1, 3}
	for _, n := range theirs {
		if err := client(t, on(n)).Set(t.Context(), "theirs", n, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	desk := client(t, on(0))
	total := 0
	said, err := desk.ConfigGet(t.Context(), "databases").Result()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(said["databases"], &total); err != nil {
		t.Fatal(err)
	}
	var held []claim
	for range total - len(theirs) - 1 { // every one there is to take
		c, err := claimRedis(t.Context(), desk, raw, false)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Contains(theirs, c.n) || c.n == named {
			t.Fatalf("took database %d", c.n)
		}
		if err := client(t, on(c.n)).Set(t.Context(), "a test's", c.n, 0).Err(); err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if c, err := claimRedis(short, desk, raw, false); err == nil {
		t.Errorf("took %d, and there was none left", c.n)
	}
	lost := held[0]
	if err := desk.Set(t.Context(), claimKey(lost.n), "another's", 0).Err(); err != nil {
		t.Fatal(err)
	}
	for i, c := range held {
		err := c.giveBack(t.Context())
		keys := client(t, on(c.n)).DBSize(t.Context()).Val()
		if i == 0 && (!errors.Is(err, errClaimLost) || keys != 1) {
			t.Errorf("what is another's by now: %v, %d keys", err, keys)
		}
		if i > 0 && (err != nil || keys != 0) {
			t.Errorf("database %d: %v, %d keys", c.n, err, keys)
		}
	}
	for _, n := range theirs {
		if got := client(t, on(n)).Get(t.Context(), "theirs").Val(); got != fmt.Sprint(n) {
			t.Errorf("database %d: their key holds %q", n, got)
		}
	}
	for _, key := range desk.Keys(t.Context(), "*").Val() {
		if key != "theirs" && !strings.HasPrefix(key, redisPrefix) {
			t.Errorf("database 0 holds %q", key)
		}
		if ttl := desk.TTL(t.Context(), key).Val(); strings.HasPrefix(key, redisPrefix) && key != claimKey(lost.n) && ttl <= 0 {
			t.Errorf("%s stays for ever", key)
		}
	}
}
