package testbed

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"os"
	"strconv"
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

// databasePrefix begins the name of every database that tests make. No other is ever dropped.
const databasePrefix = "tanggap_test_"

// templates remembers, for each server, the database that tests copy.
var templates sync.Map // admin URL → func() (string, error)

// template makes, once for all test processes, a migrated database that every test's own is copied from. Its name tells the migrations it was
// made with, so that a changed migration makes another.
func template(adminURL string) (string, error) {
	made, _ := templates.LoadOrStore(adminURL, sync.OnceValues(func() (string, error) { return makeTemplate(adminURL) }))
	return made.(func() (string, error))() //nolint:forcetypeassert // nothing else is put there
}

func makeTemplate(adminURL string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	name := databasePrefix + "template_" + store.MigrationsHash()[:16]
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
	if err := sweep(ctx, conn, time.Now()); err != nil {
		return "", err
	}
	if err := drop(ctx, conn, name, ""); err != nil {
		return "", err
	}
	if _, err := conn.Exec(ctx, `create database `+name); err != nil {
		return "", fmt.Errorf("%w; tests make databases of their own on this server: let the role do so, or name another in TANGGAP_TEST_DATABASE_URL", err)
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

// drop drops a database of the tests' own. how: "" or "with (force)".
func drop(ctx context.Context, conn *pgx.Conn, name, how string) error {
	if !strings.HasPrefix(name, databasePrefix) {
		return fmt.Errorf("the database %q is none of the tests' own: it is not dropped", name)
	}
	_, err := conn.Exec(ctx, `drop database if exists `+pgx.Identifier{name}.Sanitize()+` `+how)
	return err
}

// leftFor is how old a test's database must be to be taken for one that a killed test left behind.
const leftFor = 24 * time.Hour

// sweep drops what killed tests left behind: databases of the tests' own that are a day old and that nobody is connected to.
func sweep(ctx context.Context, conn *pgx.Conn, now time.Time) error {
	rows, err := conn.Query(ctx, `select datname from pg_database d where not datistemplate and starts_with(datname, $1)
		and not exists (select from pg_stat_activity a where a.datname = d.datname)`, databasePrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		made, _, _ := strings.Cut(strings.TrimPrefix(name, databasePrefix), "_")
		if ns, err := strconv.ParseInt(made, 10, 64); err != nil || now.Sub(time.Unix(0, ns)) < leftFor {
			continue
		}
		if err := drop(ctx, conn, name, ""); err != nil {
			return err
		}
	}
	return nil
}

var pid = os.Getpid()

var databases atomic.Int64

// Database gives the URL of a fresh, migrated database that is the test's own and goes with it.
func Database(tb testing.TB) string {
	tb.Helper()
	ours := external("TANGGAP_TEST_DATABASE_URL", "TANGGAP_DATABASE_URL") == ""
	return databaseOn(tb, Postgres(tb), ours)
}

// databaseOn makes a test's database on a server. On ours it is copied file by file, which takes Postgres less than half the
// work of copying it through its log; but it takes two checkpoints, which somebody else's server is spared.
func databaseOn(tb testing.TB, adminURL string, ours bool) string {
	tb.Helper()
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
	name := fmt.Sprintf("%s%d_%d_%d", databasePrefix, time.Now().UnixNano(), pid, n)
	how := ""
	if ours && major(conn) >= 15 { // older ones know no other way
		how = ` strategy file_copy`
	}
	if _, err := conn.Exec(ctx, `create database `+name+` template `+from+how); err != nil {
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
		if err := drop(ctx, conn, name, "with (force)"); err != nil {
			tb.Errorf("drop a database: %v", err)
		}
	})
	return onDatabase(adminURL, name)
}

// major is a server's major version.
func major(conn *pgx.Conn) (n int) {
	_, _ = fmt.Sscan(conn.PgConn().ParameterStatus("server_version"), &n) // "15.18 (Debian 15.18-0+deb12u1)"
	return n
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
