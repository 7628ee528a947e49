// Package keeper holds the Postgres and the Redis that all test processes of a checkout share.
//
// "go test ./..." runs each package in a process of its own, several at once. The first that needs a server starts the keeper, and
// the others find it. Since no test process knows whether it is the last, the servers belong to the keeper: a copy of the first
// test program that does nothing but hold them, and stops them when no test has run for a while, or when Stop tells it to.
package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tanggap/servers"
)

// keeperVariable, set to the folder, makes a program that imports this package the keeper instead of whatever else it is.
const keeperVariable = "TANGGAP_TESTBED_KEEPER"

// idleLimit is how long the keeper waits for another test before it stops the servers: longer than compiling a package takes.
const idleLimit = 90 * time.Second

// Files in the keeper's folder.
const (
	keeperFile    = "keeper"    // locked by the keeper while it lives; holds its pid
	testsFile     = "tests"     // shared lock: held by each test process while it lives
	startingFile  = "starting"  // locked by the test process that is starting the keeper
	addressesFile = "addresses" // where the servers are, JSON; there while they may be used
)

// RedisDatabases is how many numbered databases the shared Redis has.
const RedisDatabases = 4096

// Addresses are where the shared servers are; what the keeper tells when it is ready, or why it is not.
type Addresses struct {
	DatabaseURL string
	RedisURL    string
	Problem     string `json:",omitempty"`
}

func init() {
	dir := os.Getenv(keeperVariable)
	if dir == "" {
		return
	}
	if err := keep(dir); err != nil {
		fmt.Fprintln(os.Stderr, "keeper:", err) // into the file keeper.log
		os.Exit(1)
	}
	os.Exit(0)
}

// Folder is .tanggap/test in the checkout that this process works in.
func Folder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".tanggap", "test"), nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no go.mod above the working directory: run the tests with go test")
		}
		dir = filepath.Dir(dir)
	}
}

// Use returns where the shared servers are that stand in a folder, after starting a keeper if there is none. From here on the
// process counts as one that uses them, until it ends; call it once.
func Use(dir string) (Addresses, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Addresses{}, err
	}
	tests, err := openLocked(filepath.Join(dir, testsFile), syscall.LOCK_SH)
	if err != nil {
		return Addresses{}, err
	}
	now := time.Now()
	if err := os.Chtimes(tests.Name(), now, now); err != nil {
		return Addresses{}, err
	}
	inUse = tests
	if a, err := readAddresses(dir); err == nil && keeperLives(dir) {
		return a, nil
	}
	starting, err := openLocked(filepath.Join(dir, startingFile), syscall.LOCK_EX)
	if err != nil {
		return Addresses{}, err
	}
	defer starting.Close() //nolint:errcheck // only a lock
	if a, err := readAddresses(dir); err == nil && keeperLives(dir) {
		return a, nil
	}
	// None, or one that is just stopping: wait for its end.
	if err := waitForKeeper(dir); err != nil {
		return Addresses{}, err
	}
	return startKeeper(dir)
}

// inUse keeps the lock on the file "tests" for as long as this process lives.
var inUse *os.File //nolint:unused // holding it is its use

// startKeeper starts this very program again as the keeper, in a session of its own so that Ctrl-C does not reach it, and waits for
// what it has to tell.
func startKeeper(dir string) (Addresses, error) {
	self, err := os.Executable()
	if err != nil {
		return Addresses{}, err
	}
	tell, told, err := os.Pipe()
	if err != nil {
		return Addresses{}, err
	}
	defer tell.Close() //nolint:errcheck // read to its end
	log, err := os.OpenFile(filepath.Join(dir, "keeper.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return Addresses{}, errors.Join(err, told.Close())
	}
	defer log.Close() //nolint:errcheck // the keeper writes to it
	cmd := exec.Command(self)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), keeperVariable+"="+dir)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{told}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := errors.Join(cmd.Start(), told.Close()); err != nil {
		return Addresses{}, err
	}
	go func() { _ = cmd.Wait() }() // it tells what matters through the pipe
	data, err := io.ReadAll(tell)
	if err != nil {
		return Addresses{}, err
	}
	var a Addresses
	if err := json.Unmarshal(data, &a); err != nil {
		return Addresses{}, fmt.Errorf("they did not start; see %s", log.Name())
	}
	if a.Problem != "" {
		return Addresses{}, errors.New(a.Problem)
	}
	return a, nil
}

// keep is the keeper's whole life.
func keep(dir string) error {
	if err := os.Unsetenv(keeperVariable); err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	ready := os.NewFile(3, "ready")
	syscall.CloseOnExec(3) // the servers must not inherit it: its reader waits until nobody can write any more
	mine, err := openLocked(filepath.Join(dir, keeperFile), syscall.LOCK_EX)
	if err != nil {
		return err
	}
	defer mine.Close() //nolint:errcheck // only a lock; closed here, and not when the garbage collector finds it unused
	if err := errors.Join(mine.Truncate(0), writeString(mine, strconv.Itoa(os.Getpid()))); err != nil {
		return err
	}
	srv, err := servers.Start(context.Background(), servers.Options{
		Dir: dir, Postgres: true, Redis: true, Volatile: true, EndWithProcess: true,
		PostgresSettings: map[string]string{"max_connections": "500", "shared_buffers": "256MB"},
		RedisArgs:        []string{"--databases", strconv.Itoa(RedisDatabases)},
		Log:              slog.Default(),
	})
	var a Addresses
	if err != nil {
		a.Problem = err.Error()
	} else {
		a.DatabaseURL, a.RedisURL = srv.DatabaseURL(), srv.RedisURL()
	}
	data, encodeErr := json.Marshal(a)
	if encodeErr != nil {
		return encodeErr
	}
	if err == nil {
		err = writeWhole(filepath.Join(dir, addressesFile), data)
	}
	// Who started us may be gone already (Ctrl-C): then this fails, and we wait for others, or for nobody.
	_ = errors.Join(writeString(ready, string(data)), ready.Close())
	if err != nil {
		return err
	}
	tests, err := waitUntilIdle(dir, stop, 2*time.Second, idleLimit)
	if err != nil {
		slog.Error("stopping", "error", err)
	}
	defer tests.Close() //nolint:errcheck // only a lock; holds up tests that begin now until the servers are gone
	return errors.Join(os.Remove(filepath.Join(dir, addressesFile)), srv.Stop(context.Background()))
}

// waitUntilIdle returns when told to stop, or when no test process has lived for the limit; then with the tests' lock, so that none
// begins. It looks every so often.
func waitUntilIdle(dir string, stop <-chan os.Signal, every, limit time.Duration) (*os.File, error) {
	path := filepath.Join(dir, testsFile)
	tick := time.NewTicker(every)
	defer tick.Stop()
	var idleSince time.Time // zero: not idle
	var last time.Time      // when a test process last began
	for {
		select {
		case <-stop:
			return nil, nil //nolint:nilnil // no lock: a nil file may be closed
		case <-tick.C:
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("the folder was removed: %w", err)
		}
		tests, err := openLocked(path, syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EWOULDBLOCK):
			idleSince = time.Time{}
		case err != nil:
			return nil, err
		case idleSince.IsZero() || !info.ModTime().Equal(last):
			idleSince, last = time.Now(), info.ModTime()
		case time.Since(idleSince) >= limit:
			return tests, nil
		}
		_ = tests.Close()
	}
}

// Stop ends the keeper of a folder and its servers, if they run, and returns when they are gone.
func Stop(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) || err == nil && !keeperLives(dir) {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(dir, keeperFile))
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, keeperFile), err)
	}
	// The lock is held, so the keeper lives and the pid is its own.
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return err
	}
	return waitForKeeper(dir)
}

// keeperLives says whether some keeper holds its lock.
func keeperLives(dir string) bool {
	f, err := openLocked(filepath.Join(dir, keeperFile), syscall.LOCK_SH|syscall.LOCK_NB) // shared: two who ask don't meet
	_ = f.Close()
	return errors.Is(err, syscall.EWOULDBLOCK)
}

// waitForKeeper returns when no keeper lives.
func waitForKeeper(dir string) error {
	limit := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for keeperLives(dir) {
		select {
		case <-limit:
			return errors.New("the keeper of the tests' servers does not end; its pid is in " + filepath.Join(dir, keeperFile))
		case <-tick.C:
		}
	}
	return nil
}

func readAddresses(dir string) (Addresses, error) {
	var a Addresses
	data, err := os.ReadFile(filepath.Join(dir, addressesFile))
	if err == nil {
		err = json.Unmarshal(data, &a)
	}
	return a, err
}

// openLocked opens a file, made if missing, and takes a flock on it. Without the lock it returns no file; closing nil is harmless.
func openLocked(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

// writeWhole writes a file so that no reader ever sees half of it.
func writeWhole(path string, data []byte) error {
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func writeString(f *os.File, s string) error {
	_, err := f.WriteString(s)
	return err
}
