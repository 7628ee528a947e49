package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// The test binary is also the program that starts servers and is killed: with this variable set it runs them on the folder named
// there, says so, and waits for its standard input to end.
const victimVariable = "TANGGAP_TEST_SERVERS_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimVariable); dir != "" {
		if err := beVictim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func beVictim(dir string) error {
	s, err := Start(context.Background(), Options{
		Dir: dir, Postgres: true, Redis: true, Volatile: true, EndWithProcess: os.Getenv(victimVariable+"_BOUND") != "",
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d %d\n", s.PostgresPID(), s.RedisPID())
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return s.Stop(context.Background())
}

// victim starts the program above and returns it with the pids of its servers.
func victim(t *testing.T, dir string, env ...string) (cmd *exec.Cmd, postgres, redis int) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), victimVariable+"="+dir), env...)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close() })
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the program did not start its servers: %v", err)
	}
	if _, err := fmt.Sscan(line, &postgres, &redis); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return cmd, postgres, redis
}

func killHard(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("wait: %v", err)
	}
}

// folder is a test's own folder, removed at the end. Unlike t.TempDir's, the servers' user may enter it.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tanggap-servers-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func start(t *testing.T, opts Options) *Servers {
	t.Helper()
	opts.Volatile = true
	opts.EndWithProcess = true // also when the test run is interrupted
	opts.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Servers) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func ask(t *testing.T, url, sql string) string {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(context.Background()) //nolint:errcheck // only asked
	var answer string
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn := connect(t, url)
	defer conn.Close(context.Background()) //nolint:errcheck // errors show at Exec
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func redisClient(t *testing.T, url string) *redis.Client {
	t.Helper()
	opt, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(opt)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// alive says whether a process is there and not merely unburied.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil && !isZombie(pid) }

func mustEnd(t *testing.T, pids ...int) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for _, pid := range pids {
		for alive(pid) {
			select {
			case <-deadline:
				t.Fatalf("process %d is still there", pid)
			case <-tick.C:
			}
		}
	}
}

func TestStartServeStopAndFindTheDataAgain(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, Options{Dir: dir, Postgres: true, Redis: true, PostgresSettings: map[string]string{"max_connections": "37"}, RedisArgs: []string{"--databases", "99"}})
	execute(t, s.DatabaseURL(), "create sequence kept")
	for sql, want := range map[string]string{
		"select current_user":                        "tanggap",
		"select current_database()":                  "tanggap",
		"show server_encoding":                       "UTF8",
		"show listen_addresses":                      "",
		"show max_connections":                       "37",
		"show shared_buffers":                        "128MB",
		"show timezone":                              "UTC",
		"select datcollate from pg_database limit 1": "C.UTF-8",
	} {
		if got := ask(t, s.DatabaseURL(), sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	ask(t, s.DatabaseURL(), "select setval('kept', 4711)::text")
	rdb := redisClient(t, s.RedisURL())
	if got := rdb.ConfigGet(t.Context(), "databases").Val()["databases"]; got != "99" {
		t.Errorf("Redis has %s databases, want 99", got)
	}
	if got := rdb.ConfigGet(t.Context(), "port").Val()["port"]; got != "0" {
		t.Errorf("Redis listens on TCP port %s", got)
	}
	postgres, redis := s.PostgresPID(), s.RedisPID()
	stop(t, s)
	mustEnd(t, postgres, redis)

	again := start(t, Options{Dir: dir, Postgres: true})
	if got := ask(t, again.DatabaseURL(), "select last_value::text from kept"); got != "4711" {
		t.Errorf("after a restart the sequence stands at %q", got)
	}
	if again.RedisURL() != "" || again.RedisPID() != 0 {
		t.Error("Redis was not asked for")
	}
}

func TestServersOfAKilledProgramAreAdopted(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cmd, postgres, redis := victim(t, dir)
	killHard(t, cmd)
	if !alive(postgres) || !alive(redis) {
		t.Fatal("the servers should have outlived the program")
	}
	s := start(t, Options{Dir: dir, Postgres: true, Redis: true})
	if s.PostgresPID() != postgres || s.RedisPID() != redis {
		t.Errorf("started others (%d, %d) instead of adopting %d and %d", s.PostgresPID(), s.RedisPID(), postgres, redis)
	}
	if got := ask(t, s.DatabaseURL(), "select 'answers'"); got != "answers" {
		t.Error(got)
	}
	stop(t, s)
	mustEnd(t, postgres, redis)
}

func TestBoundServersEndWithAKilledProgram(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cmd, postgres, redis := victim(t, dir, victimVariable+"_BOUND=yes")
	killHard(t, cmd)
	mustEnd(t, postgres, redis)
	s := start(t, Options{Dir: dir, Postgres: true, Redis: true})
	if s.PostgresPID() == postgres || s.RedisPID() == redis {
		t.Error("adopted what had ended")
	}
}

func TestTwoProgramsShareTheServersAndTheLastStopsThem(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir, Postgres: true, Redis: true})
	second := start(t, Options{Dir: dir, Postgres: true, Redis: true})
	postgres, redis := first.PostgresPID(), first.RedisPID()
	if second.PostgresPID() != postgres || second.RedisPID() != redis {
		t.Fatal("the second started servers of its own")
	}
	stop(t, first)
	stop(t, first) // twice is harmless
	if got := ask(t, second.DatabaseURL(), "select 'still here'"); got != "still here" {
		t.Error(got)
	}
	if err := redisClient(t, second.RedisURL()).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
	stop(t, second)
	mustEnd(t, postgres, redis)
}

// The last one out also stops a server it never asked for.
func TestTheLastOneStopsEverything(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cmd, postgres, redis := victim(t, dir)
	killHard(t, cmd)
	s := start(t, Options{Dir: dir, Redis: true})
	stop(t, s)
	mustEnd(t, postgres, redis)
}

func TestAPidUsedAgainIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, Options{Dir: dir, Postgres: true})
	postgres := s.PostgresPID()
	if err := syscall.Kill(postgres, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	mustEnd(t, postgres)

	// Somebody else's process, of the same user as Postgres, gets the pid that the dead Postgres left in its file.
	stranger := exec.Command("sleep", "600")
	stranger.Dir = "/"
	stranger.SysProcAttr = &syscall.SysProcAttr{Credential: s.place.account.credential()}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stranger.Process.Kill(); _ = stranger.Wait() })
	path := filepath.Join(s.postgresData(), "postmaster.pid")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(strings.Replace(string(data), strconv.Itoa(postgres), strconv.Itoa(stranger.Process.Pid), 1))
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	stop(t, s)

	again := start(t, Options{Dir: dir, Postgres: true})
	if got := ask(t, again.DatabaseURL(), "select 'recovered'"); got != "recovered" {
		t.Error(got)
	}
	if !alive(stranger.Process.Pid) {
		t.Error("a stranger's process was killed")
	}
}

func TestAPostgresWithoutItsSocketIsReplaced(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	cmd, postgres, redis := victim(t, dir)
	killHard(t, cmd)
	p, err := settle(dir, elsewhereRoot)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(p.sockets, postgresSocketName)); err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Dir: dir, Postgres: true, Redis: true})
	mustEnd(t, postgres)
	if s.RedisPID() != redis {
		t.Error("Redis was not adopted")
	}
	if got := ask(t, s.DatabaseURL(), "select 'reachable'"); got != "reachable" {
		t.Error(got)
	}
}

func TestARedisThatHangsIsReplaced(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := start(t, Options{Dir: dir, Redis: true})
	hung := first.RedisPID()
	if err := syscall.Kill(hung, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(hung, syscall.SIGCONT) })
	second := start(t, Options{Dir: dir, Redis: true})
	if second.RedisPID() == hung {
		t.Fatal("adopted a Redis that does not answer")
	}
	mustEnd(t, hung)
	if err := redisClient(t, second.RedisURL()).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}

func TestALongPathWithASpace(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("panjang sekali ", 12), ".tanggap")
	s := start(t, Options{Dir: dir, Postgres: true, Redis: true})
	if got := ask(t, s.DatabaseURL(), "select 'reachable'"); got != "reachable" {
		t.Error(got)
	}
	if err := redisClient(t, s.RedisURL()).Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
	stop(t, s)
	if _, err := os.Stat(s.place.sockets); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder %s is left behind: %v", s.place.sockets, err)
	}
}

func TestInterruptedInitLeavesNothingHalfMade(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond) // initdb takes longer
	defer cancel()
	if s, err := Start(ctx, Options{Dir: dir, Postgres: true, Redis: true}); err == nil {
		stop(t, s)
		t.Fatal("started although interrupted")
	}
	s := start(t, Options{Dir: dir, Postgres: true})
	if got := ask(t, s.DatabaseURL(), "select 'whole'"); got != "whole" {
		t.Error(got)
	}
}

func TestDataOfAnotherMajorAreRefused(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, Options{Dir: dir, Postgres: true})
	stop(t, s)
	if err := os.WriteFile(filepath.Join(s.postgresData(), "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir, Postgres: true, Redis: true})
	if err == nil || !strings.Contains(err.Error(), "made by Postgres 9") {
		t.Errorf("error %v", err)
	}
	if p, err := listening(t.Context(), "redis", s.redisSocket(), s.place.account); p != nil || err != nil {
		t.Errorf("Redis was left running: %v, %v", p, err)
	}
}

func TestASettingPostgresDoesNotKnow(t *testing.T) {
	t.Parallel()
	_, err := Start(t.Context(), Options{Dir: folder(t), Postgres: true, Volatile: true, PostgresSettings: map[string]string{"shared_bufers": "1GB"}})
	if err == nil || !strings.Contains(err.Error(), "shared_bufers") {
		t.Errorf("the error should quote Postgres: %v", err)
	}
}

// What citizens wrote must not get into Postgres's log by way of a statement that fails.
func TestFailedStatementsAreNotLogged(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: folder(t), Postgres: true})
	execute(t, s.DatabaseURL(), "create table people (phone text primary key); insert into people values ('62811rahasia')")
	conn := connect(t, s.DatabaseURL())
	defer conn.Close(context.Background()) //nolint:errcheck // only asked
	if _, err := conn.Exec(t.Context(), "insert into people values ('62811rahasia')"); err == nil {
		t.Fatal("should have failed")
	}
	log, err := os.ReadFile(filepath.Join(s.Dir(), "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "duplicate key") {
		t.Error("the error itself should be in the log")
	}
	if strings.Contains(string(log), "rahasia") {
		t.Errorf("the log tells what people said:\n%s", log)
	}
}
