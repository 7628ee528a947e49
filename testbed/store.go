package testbed

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/config"
	"tanggap/hotline"
	"tanggap/store"
)

// Key is the secret key of every database a test makes.
var Key = sha256Bytes("a key for tests")

func sha256Bytes(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

// Jepara reads the shipped regency once for all tests of a process; it is never changed.
var Jepara = sync.OnceValue(func() *hotline.Regency {
	r, report := config.Regency("jepara", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if r == nil {
		panic(fmt.Sprint("the shipped regency does not load: ", report))
	}
	return r
})

// templateLock is the advisory lock under which test processes agree on who makes the template.
const templateLock = 0x7461_0002

// template makes, once for all test processes, a migrated database that every test's own is copied from. Its name tells the migrations it was
// made with, so that a changed migration makes another.
func template(adminURL string) (string, error) {
	templateOnce.Do(func() { templateName, errTemplate = makeTemplate(adminURL) })
	return templateName, errTemplate
}

var (
	templateOnce sync.Once
	templateName string
	errTemplate  error
)

func makeTemplate(adminURL string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	name := "template_" + store.MigrationsHash()[:16]
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, templateLock); err != nil {
		return "", err
	}
	var have bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1 and datistemplate)`, name).Scan(&have); err != nil || have {
		return name, err
	}
	for _, sql := range []string{`drop database if exists ` + name, `create database ` + name} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", err
		}
	}
	pool, err := store.Connect(ctx, onDatabase(adminURL, name), 2)
	if err != nil {
		return "", err
	}
	err = store.Migrate(ctx, pool)
	pool.Close()
	if err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, `alter database `+name+` is_template true`)
	return name, err
}

var pid = os.Getpid()

var databases atomic.Int64

// Database gives the URL of a fresh, migrated database that is the test's own and goes with it.
func Database(tb testing.TB) string {
	tb.Helper()
	adminURL := Postgres(tb)
	n := databases.Add(1)
	from, err := template(adminURL)
	if err != nil {
		tb.Fatalf("make the database that tests copy: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		tb.Fatalf("reach the tests' Postgres: %v", err)
	}
	defer conn.Close(ctx)
	name := fmt.Sprintf("t%d_%d_%d", time.Now().UnixNano(), pid, n)
	if _, err := conn.Exec(ctx, `create database `+name+` template `+from); err != nil {
		tb.Fatalf("make a database: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		conn, err := pgx.Connect(ctx, adminURL)
		if err != nil {
			tb.Errorf("reach the tests' Postgres: %v", err)
			return
		}
		defer conn.Close(ctx)
		if _, err := conn.Exec(ctx, `drop database `+name+` with (force)`); err != nil {
			tb.Errorf("drop a database: %v", err)
		}
	})
	return onDatabase(adminURL, name)
}

// Store opens a store of the shipped regency on a database of the test's own.
func Store(tb testing.TB) *store.Store {
	tb.Helper()
	return StoreAt(tb, Database(tb))
}

// StoreAt opens one more store on a database: another instance of the program.
func StoreAt(tb testing.TB, dsn string) *store.Store {
	tb.Helper()
	s, err := store.Open(context.Background(), store.Options{URL: dsn, Key: Key, Regency: Jepara(), Conns: 8})
	if err != nil {
		tb.Fatalf("open the store: %v", err)
	}
	tb.Cleanup(s.Close)
	return s
}

// onDatabase gives a connection string for another database on the same server.
func onDatabase(dsn, name string) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		u.Path = "/" + name
		return u.String()
	}
	return strings.TrimSpace(dsn) + " dbname=" + name
}
