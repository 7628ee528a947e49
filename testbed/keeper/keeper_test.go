package keeper

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// With this variable set the test binary plays a test process: it uses the servers of the folder named there, says where they
// are, and lives until its standard input ends.
const userVariable = "TANGGAP_KEEPER_TEST_USER"

func TestMain(m *testing.M) {
	dir := os.Getenv(userVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	a, err := Use(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(a.DatabaseURL, a.RedisURL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// A user is a process that uses the shared servers.
type user struct {
	cmd   *exec.Cmd
	stdin io.Closer
	said  *bufio.Reader
}

func startUser(t *testing.T, dir string) user {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), userVariable+"="+dir)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stdin.Close() })
	return user{cmd: cmd, stdin: stdin, said: bufio.NewReader(stdout)}
}

// addresses waits until the process has its servers.
func (u user) addresses(t *testing.T) string {
	t.Helper()
	line, err := u.said.ReadString('\n')
	if err != nil {
		t.Fatalf("the process got no servers: %v", err)
	}
	return line
}

func (u user) end(t *testing.T) {
	t.Helper()
	if err := u.stdin.Close(); err != nil {
		t.Error(err)
	}
	if err := u.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tanggap-keeper-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Stop(dir); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func keeperPID(t *testing.T, dir string) string {
	t.Helper()
	pid, err := os.ReadFile(filepath.Join(dir, keeperFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(pid)
}

// postmaster is the first line of Postgres's pid file, "" when it does not run.
func postmaster(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	if os.IsNotExist(err) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	pid, _, _ := strings.Cut(string(data), "\n")
	return pid
}

func TestProcessesThatBeginTogetherShareOneKeeper(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	users := make([]user, 6)
	for i := range users {
		users[i] = startUser(t, dir)
	}
	first := users[0].addresses(t)
	for _, u := range users[1:] {
		if got := u.addresses(t); got != first {
			t.Errorf("%q, not %q", got, first)
		}
	}
	pid := keeperPID(t, dir)
	for _, u := range users {
		u.end(t)
	}
	// One that comes when the others have gone still finds them.
	late := startUser(t, dir)
	if got := late.addresses(t); got != first || keeperPID(t, dir) != pid {
		t.Errorf("a late one got %q from keeper %s; the first %q from %s", got, keeperPID(t, dir), first, pid)
	}
	late.end(t)
	if postmaster(t, dir) == "" {
		t.Fatal("Postgres should still run")
	}
	if err := Stop(dir); err != nil {
		t.Fatal(err)
	}
	if left := postmaster(t, dir); left != "" {
		t.Errorf("Postgres %s was left running", left)
	}
}

func TestAKilledKeeperIsReplaced(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	u := startUser(t, dir)
	u.addresses(t)
	u.end(t)
	var pid int
	if _, err := fmt.Sscan(keeperPID(t, dir), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := waitForKeeper(dir); err != nil {
		t.Fatal(err)
	}
	next := startUser(t, dir)
	next.addresses(t)
	next.end(t)
}

func TestTheKeeperWaitsForTheLastTestAndThenSomeTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, testsFile)
	inUse, err := openLocked(path, syscall.LOCK_SH)
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		lock *os.File
		err  error
	}
	const every = 5 * time.Millisecond
	done := make(chan result, 1)
	go func() {
		lock, err := waitUntilIdle(dir, make(chan os.Signal), every, 10*every)
		done <- result{lock, err}
	}()
	select {
	case r := <-done:
		t.Fatalf("did not wait for the test that runs: %v", r.err)
	case <-time.After(40 * every):
	}
	ended := time.Now()
	if err := inUse.Close(); err != nil {
		t.Fatal(err)
	}
	r := <-done
	if r.err != nil {
		t.Fatal(r.err)
	}
	if waited := time.Since(ended); waited < 10*every {
		t.Errorf("waited only %s after the last test", waited)
	}
	if _, err := openLocked(path, syscall.LOCK_SH|syscall.LOCK_NB); err == nil {
		t.Error("a test could begin while the servers are being stopped")
	}
	_ = r.lock.Close()
}

func TestStopWhereNothingRuns(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "missing")} {
		if err := Stop(dir); err != nil {
			t.Error(err)
		}
	}
}
