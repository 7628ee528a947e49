// Package servers runs a Postgres and a Redis of our own, as child processes, for a machine where nobody has set any up: the
// demo, a developer's checkout, the tests. Where TANGGAP_DATABASE_URL and TANGGAP_REDIS_URL name real servers this package is not
// used at all.
//
// Everything stands in one folder (".tanggap" by default):
//
//	lock, users      flock files: who is starting or stopping the servers, and who is using them
//	postgres/        Postgres's data folder             postgres.log   what it said
//	redis/           Redis's working folder, empty      redis.log      what it said
//	run/             the two Unix sockets; in /tmp when the folder's path is too long for one
//	elsewhere        only where the servers' user cannot enter the folder: says where the data stands instead
//
// Both servers listen on Unix sockets alone, in a folder that only their user (and root) may enter: no port that another user of
// the machine could connect to, no password to keep, and who is at the other end is told by the kernel. That last point also
// makes adoption safe: the process that listens at our socket is ours, whatever a stale pid file says.
//
// Several programs may use one folder at the same time ("tanggap officer invite" beside "tanggap serve"). The first starts the
// servers, the others share them, and the last one to leave stops them. A program that was killed leaves its servers running; the
// next Start adopts them.
package servers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options says which servers to run, and how. The zero value of each field is the safe choice.
type Options struct {
	// Dir is the folder for data, sockets and logs; it is made when missing.
	Dir string

	// Postgres and Redis choose which of the two are needed.
	Postgres, Redis bool

	// PostgresSettings are given to Postgres on top of this package's own ("max_connections": "500"). They take effect when Postgres
	// is started, not when a running one is adopted.
	PostgresSettings map[string]string

	// RedisArgs are added to Redis's command line ("--databases", "4096"), likewise.
	RedisArgs []string

	// Volatile gives up Postgres's promise to keep what was committed if the machine loses power, for speed. For tests only.
	Volatile bool

	// EndWithProcess has the kernel end the servers when this process dies, even by kill -9 (Linux only). It is for tests: programs
	// that share the servers with others must not take them down.
	EndWithProcess bool

	// Log receives what happens to the servers; nil means slog.Default().
	Log *slog.Logger
}

// Servers are a running Postgres and Redis, as asked for in Options.
type Servers struct {
	opts  Options
	log   *slog.Logger
	place place
	users *lockFile

	mu       sync.Mutex
	postgres *process
	redis    *process
	stopped  bool
}

// Longest waits, where the caller's context sets none. Starting includes Postgres's recovery after a crash.
const (
	startLimit = 2 * time.Minute
	stopLimit  = 30 * time.Second
	answerTime = 10 * time.Second // for a server that runs already, before it is taken for broken: a busy machine is no reason to stop one in use
)

// Start makes the servers run: it adopts those that already do, starts those that don't, and waits until they answer. The
// context bounds only the start; the servers run until Stop. An error says what is wrong and how to mend it, and nothing that
// Start itself began is left running.
func Start(ctx context.Context, opts Options) (*Servers, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if opts.Dir == "" {
		return nil, errors.New("servers: no folder for their data was given")
	}
	s := &Servers{opts: opts, log: opts.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	if s.place, err = settle(opts.Dir, elsewhereRoot); err != nil {
		return nil, fmt.Errorf("servers: %w", err)
	}
	lock, err := takeLock(ctx, filepath.Join(s.place.dir, "lock"), exclusive)
	if err != nil {
		return nil, fmt.Errorf("servers: another program is starting or stopping those in %s: %w", s.place.dir, err)
	}
	defer lock.release()
	if s.users, err = takeLock(ctx, filepath.Join(s.place.dir, "users"), shared); err != nil {
		return nil, fmt.Errorf("servers: %w", err)
	}
	if err := s.start(ctx); err != nil {
		err = fmt.Errorf("servers: %w", err)
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer cancel()
		return nil, errors.Join(err, s.leave(stopping))
	}
	return s, nil
}

func (s *Servers) start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Redis is up in milliseconds: start it while Postgres takes its time.
	var wg sync.WaitGroup
	var redisErr error
	if s.opts.Redis {
		wg.Go(func() { s.redis, redisErr = s.startRedis(ctx) })
	}
	var postgresErr error
	if s.opts.Postgres {
		s.postgres, postgresErr = s.startPostgres(ctx)
	}
	wg.Wait()
	return errors.Join(postgresErr, redisErr)
}

// DatabaseURL is the connection string of the database "tanggap" for pgx and psql alike. Empty if Postgres was not asked for.
func (s *Servers) DatabaseURL() string {
	if !s.opts.Postgres {
		return ""
	}
	return databaseURL(s.place.sockets, databaseName)
}

// RedisURL is Redis's address for redis.ParseURL: unix:///…/redis.sock?db=0. Empty if Redis was not asked for.
func (s *Servers) RedisURL() string {
	if !s.opts.Redis {
		return ""
	}
	u := url.URL{Scheme: "unix", Path: s.redisSocket(), RawQuery: "db=0"}
	return u.String()
}

// Dir is the folder where the data really stands: Options.Dir made absolute, or one under /var/lib/tanggap where the servers' user
// cannot enter that.
func (s *Servers) Dir() string { return s.place.dir }

// PostgresPID and RedisPID are the servers' process ids, 0 if not asked for. For tests that kill them.
func (s *Servers) PostgresPID() int { return s.pid(&s.postgres) }

// RedisPID is described at PostgresPID.
func (s *Servers) RedisPID() int { return s.pid(&s.redis) }

func (s *Servers) pid(p **process) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *p == nil {
		return 0
	}
	return (*p).pid
}

// Stop leaves the servers, and ends them in an orderly way if no other program uses them. When it returns nil without others
// about, no process of ours is left. Calling it again does nothing.
func (s *Servers) Stop(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	lock, err := takeLock(ctx, filepath.Join(s.place.dir, "lock"), exclusive)
	if err != nil {
		return fmt.Errorf("servers: another program is starting or stopping those in %s: %w", s.place.dir, err)
	}
	defer lock.release()
	s.stopped = true
	if err := s.leave(ctx); err != nil {
		return fmt.Errorf("servers: stop: %w", err)
	}
	return nil
}

// leave gives up our share and, if it was the last one, stops whatever runs: also a server that some other program started. The
// caller holds the file "lock", so that nobody can come in between.
func (s *Servers) leave(ctx context.Context) error {
	defer s.users.release()
	last, err := s.users.upgrade()
	if err != nil {
		return err
	}
	if !last {
		s.log.Debug("servers go on: another program uses them", "dir", s.place.dir)
		return nil
	}
	var wg sync.WaitGroup
	var redisErr error
	wg.Go(func() { redisErr = s.stopRedis(ctx) })
	postgresErr := s.stopPostgres(ctx)
	wg.Wait()
	s.place.forget()
	return errors.Join(postgresErr, redisErr)
}

// logFile opens a server's log for appending; one that has grown large is put aside first, replacing the one put aside before.
func (s *Servers) logFile(name string) (*os.File, error) {
	const large = 16 << 20
	path := filepath.Join(s.place.dir, name)
	if info, err := os.Stat(path); err == nil && info.Size() > large {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}
