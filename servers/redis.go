package servers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func (s *Servers) redisSocket() string { return filepath.Join(s.place.sockets, "redis.sock") }

// startRedis adopts the Redis that listens at our socket, or starts one. Redis keeps nothing on disk: everything in it can be
// made again from Postgres, and is.
func (s *Servers) startRedis(ctx context.Context) (*process, error) {
	socket := s.redisSocket()
	old, err := listening(ctx, "redis", socket, s.place.account)
	if err != nil {
		return nil, err
	}
	if old != nil {
		asking, cancel := context.WithTimeout(ctx, answerTime)
		err := old.retry(asking, func(ctx context.Context) error { return pingRedis(ctx, socket) })
		cancel()
		if err == nil {
			s.log.Debug("found Redis running", "pid", old.pid)
			return old, nil
		}
		s.log.Warn("found a Redis that does not answer; starting another", "pid", old.pid, "error", err)
		if err := old.stop(time.Second, syscall.SIGTERM); err != nil {
			return nil, err
		}
	}
	path, err := findRedis()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(s.place.dir, "redis")
	if err := makeOwned(dir, s.place.account); err != nil {
		return nil, err
	}
	log, err := s.logFile("redis.log")
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the child writes to it
	from := size(log)
	args := []string{
		"--port", "0",
		"--unixsocket", socket,
		"--unixsocketperm", "700",
		"--dir", dir,
		"--daemonize", "no",
		"--save", "",
		"--appendonly", "no",
		"--maxmemory-policy", "noeviction",
	}
	cmd := command{path: path, args: append(args, s.opts.RedisArgs...), dir: dir, account: s.place.account, log: log}
	if s.opts.EndWithProcess {
		cmd.bound = syscall.SIGTERM
	}
	p, err := cmd.start("redis")
	if err != nil {
		return nil, err
	}
	err = p.retry(ctx, func(ctx context.Context) error { return pingRedis(ctx, socket) })
	if errors.Is(err, errEnded) {
		return nil, fmt.Errorf("redis ended at once: %s", lastLines(log.Name(), from, 3))
	}
	if err != nil {
		return nil, errors.Join(err, p.stop(5*time.Second, syscall.SIGTERM))
	}
	s.log.Debug("started Redis", "pid", p.pid)
	return p, nil
}

// pingRedis asks Redis whether it is ready.
func pingRedis(ctx context.Context, socket string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // the answer was read
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(line, "+PONG") {
		return fmt.Errorf("redis answers %q", strings.TrimSpace(line))
	}
	return nil
}

func (s *Servers) stopRedis(ctx context.Context) error {
	p := s.redis
	if p == nil || !p.running() {
		var err error
		if p, err = listening(ctx, "redis", s.redisSocket(), s.place.account); err != nil || p == nil {
			return err
		}
	}
	err := p.stop(5*time.Second, syscall.SIGTERM)
	_ = os.Remove(s.redisSocket()) // a killed one leaves it behind
	return err
}

// size is how long a file is now; what a server says from here on is what matters if it does not start.
func size(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}
