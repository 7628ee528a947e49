package servers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	roleName           = "tanggap" // owner of everything, superuser of this private server
	databaseName       = "tanggap"
	postgresSocketName = ".s.PGSQL.5432"
)

// postgresSettings are what we ask of every Postgres that we run.
//
// Its log must not hold what citizens said: a failing statement is not logged with its text, nor an error with its detail (which
// would quote the row).
var postgresSettings = map[string]string{
	"listen_addresses":        "",
	"unix_socket_permissions": "0700",
	"max_connections":         "200",
	"shared_buffers":          "128MB",
	"checkpoint_timeout":      "15min",
	"max_wal_size":            "2GB",
	"wal_compression":         "on",
	"random_page_cost":        "1.1",
	"jit":                     "off",
	"timezone":                "UTC",
	"log_timezone":            "UTC",
	"logging_collector":       "off",
	"log_destination":         "stderr",
	"log_line_prefix":         "%m [%p] ",
	"log_min_error_statement": "panic",
	"log_error_verbosity":     "terse",
	"log_checkpoints":         "off",
}

// volatileSettings are for tests: nothing waits for the disk. Commits are still written to the system before they are reported, so
// that killing Postgres loses none; only the machine's own end would.
var volatileSettings = map[string]string{
	"fsync":            "off",
	"full_page_writes": "off",
	"wal_level":        "minimal",
	"max_wal_senders":  "0",
}

func databaseURL(sockets, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(roleName), Path: "/" + database}
	u.RawQuery = url.Values{"host": {sockets}}.Encode()
	return u.String()
}

func (s *Servers) postgresData() string { return filepath.Join(s.place.dir, "postgres") }

func (s *Servers) postgresSocket() string {
	return filepath.Join(s.place.sockets, postgresSocketName)
}

// startPostgres adopts the Postgres that runs on our data, or starts one, and sees to it that the database exists.
func (s *Servers) startPostgres(ctx context.Context) (*process, error) {
	p, err := s.adoptPostgres(ctx)
	if err != nil {
		return nil, err
	}
	if p == nil {
		if p, err = s.launchPostgres(ctx); err != nil {
			return nil, err
		}
	}
	if err := createDatabase(ctx, s.place.sockets, databaseName); err != nil {
		return p, err
	}
	return p, nil
}

// adoptPostgres returns the Postgres that already runs on our data, if it answers. One that is on its way down is waited for; one
// that runs but cannot be reached is stopped: two on the same data must never be.
func (s *Servers) adoptPostgres(ctx context.Context) (*process, error) {
	for {
		p, err := listening(ctx, "postgres", s.postgresSocket(), s.place.account)
		if err != nil {
			return nil, err
		}
		if p != nil {
			err := p.retry(ctx, func(ctx context.Context) error { return pingPostgres(ctx, s.place.sockets) })
			switch {
			case err == nil:
				s.log.Debug("found Postgres running", "pid", p.pid)
				return p, nil
			case errors.Is(err, errEnded):
				continue
			default:
				return nil, err
			}
		}
		hidden, err := s.hiddenPostgres()
		if err != nil || hidden == nil {
			return nil, err
		}
		// It runs, but nobody listens at the socket: just starting, or the socket was deleted.
		waiting, cancel := context.WithTimeout(ctx, answerTime)
		err = hidden.retry(waiting, func(ctx context.Context) error { return pingPostgres(ctx, s.place.sockets) })
		cancel()
		if err == nil || errors.Is(err, errEnded) {
			continue
		}
		s.log.Warn("found a Postgres that cannot be reached; stopping it", "pid", hidden.pid)
		if err := hidden.stop(5*time.Second, syscall.SIGINT, syscall.SIGQUIT); err != nil {
			return nil, err
		}
	}
}

// hiddenPostgres returns the Postgres that postmaster.pid names, if that process really is one on our data; nil otherwise. When
// the pid has meanwhile become somebody else's, the file is mended: Postgres would believe it and refuse to start.
func (s *Servers) hiddenPostgres() (*process, error) {
	path := filepath.Join(s.postgresData(), "postmaster.pid")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	handle := processNamed(string(line))
	if handle == nil {
		return nil, nil // gone, or a half written file: Postgres itself knows what to do about those
	}
	pid := handle.Pid
	if isPostmaster(commandLine(pid), s.postgresData()) {
		return &process{name: "postgres", pid: pid, handle: handle}, nil
	}
	_ = handle.Release()
	s.log.Info("postmaster.pid names a process that is not ours; leaving that process alone", "pid", pid)
	// Only the pid is made one that cannot be. The rest stays: by it Postgres makes sure that no child of the dead one is still
	// writing to the data.
	const nobody = "2147483646"
	return nil, os.WriteFile(path, append([]byte(nobody+"\n"), rest...), 0o600)
}

// processNamed returns the process with a pid, nil if there is none.
func processNamed(pid string) *os.Process {
	n, err := strconv.Atoi(pid)
	if err != nil || n <= 0 || isZombie(n) {
		return nil
	}
	handle, err := os.FindProcess(n)
	if err != nil || errors.Is(handle.Signal(syscall.Signal(0)), os.ErrProcessDone) {
		return nil
	}
	return handle
}

// isPostmaster says whether a command line is that of the Postgres we start on this folder. Its children give themselves other
// command lines.
func isPostmaster(words []string, data string) bool {
	if len(words) == 0 || filepath.Base(words[0]) != "postgres" {
		return false
	}
	i := slices.Index(words, "-D")
	return i > 0 && i+1 < len(words) && words[i+1] == data
}

// launchPostgres starts Postgres on our data, which it makes first if there are none.
func (s *Servers) launchPostgres(ctx context.Context) (*process, error) {
	major, err := s.dataMajor()
	if err != nil {
		return nil, err
	}
	install, err := findPostgres(ctx, major)
	if err != nil {
		return nil, err
	}
	if major == 0 {
		if err := s.initPostgres(ctx, install); err != nil {
			return nil, err
		}
	}
	if err := s.writeAccessRules(); err != nil {
		return nil, err
	}
	log, err := s.logFile("postgres.log")
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the child writes to it
	cmd := command{
		path:    filepath.Join(install.bin, "postgres"),
		args:    append([]string{"-D", s.postgresData()}, s.postgresArgs()...),
		dir:     s.postgresData(),
		account: s.place.account,
		log:     log,
	}
	if s.opts.EndWithProcess {
		cmd.bound = syscall.SIGQUIT
	}
	for {
		from := size(log)
		p, err := cmd.start("postgres")
		if err != nil {
			return nil, err
		}
		err = p.retry(ctx, func(ctx context.Context) error { return pingPostgres(ctx, s.place.sockets) })
		if err == nil {
			s.log.Debug("started Postgres", "pid", p.pid, "major", install.major)
			return p, nil
		}
		if !errors.Is(err, errEnded) {
			return nil, errors.Join(err, p.stop(15*time.Second, syscall.SIGINT, syscall.SIGQUIT))
		}
		said := lastLines(log.Name(), from, 4)
		// After a kill -9 its children need a moment to notice and leave the data alone.
		if !strings.Contains(said, "shared memory block") || ctx.Err() != nil {
			return nil, fmt.Errorf("postgres ended at once: %s", said)
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (s *Servers) postgresArgs() []string {
	settings := map[string]string{"unix_socket_directories": s.place.sockets}
	add := func(more map[string]string) {
		for k, v := range more {
			settings[k] = v
		}
	}
	add(postgresSettings)
	if s.opts.Volatile {
		add(volatileSettings)
	}
	add(s.opts.PostgresSettings)
	var args []string
	for _, k := range sortedKeys(settings) {
		args = append(args, "-c", k+"="+settings[k])
	}
	return args
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// dataMajor is the major version that made the data, 0 if there are none.
func (s *Servers) dataMajor() (int, error) {
	path := filepath.Join(s.postgresData(), "PG_VERSION")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0, fmt.Errorf("%s does not name a version of Postgres: %w", path, err)
	}
	return major, nil
}

// initPostgres makes the data folder, under another name first: a start that is killed in the middle leaves no half-made one.
func (s *Servers) initPostgres(ctx context.Context, install postgresInstall) error {
	if _, err := os.Stat(s.postgresData()); err == nil {
		return fmt.Errorf("%s holds something other than Postgres's data: move it away", s.postgresData())
	}
	half := s.postgresData() + ".new"
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	if err := makeOwned(half, s.place.account); err != nil {
		return err
	}
	locale := "C.UTF-8"
	if runtime.GOOS != "linux" {
		locale = "C"
	}
	args := []string{"-D", half, "-U", roleName, "--encoding", "UTF8", "--locale", locale, "--auth-local", "peer", "--auth-host", "reject"}
	if s.opts.Volatile {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(install.bin, "initdb"), args...)
	cmd.Dir = half
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.place.account.credential()}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // its children too
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	// Bound to us: left alone by a kill -9 it would write into the folder that the next start makes.
	err := startBound(cmd, syscall.SIGKILL)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.Join(strings.Fields(said.String()), " "))
	}
	return os.Rename(half, s.postgresData())
}

// writeAccessRules lets root and the servers' user, whom the kernel names at the socket, be the one role there is; nobody else,
// and nothing over the network.
func (s *Servers) writeAccessRules() error {
	rules := "# Written at every start.\nlocal all all peer map=tanggap\n"
	names := fmt.Sprintf("# Written at every start.\ntanggap root %[2]s\ntanggap %[1]q %[2]s\n", s.place.account.name, roleName)
	for file, text := range map[string]string{"pg_hba.conf": rules, "pg_ident.conf": names} {
		path := filepath.Join(s.postgresData(), file)
		// initdb made both for the servers' user; written in place they stay so.
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// pingPostgres asks Postgres whether it is ready.
func pingPostgres(ctx context.Context, sockets string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, databaseURL(sockets, "postgres"))
	if err != nil {
		var pg *pgconn.PgError
		if errors.As(err, &pg) && strings.HasPrefix(pg.Code, "28") { // invalid authorization
			return permanentError{fmt.Errorf("postgres refuses us: %w", err)}
		}
		return err
	}
	return conn.Close(ctx)
}

func createDatabase(ctx context.Context, sockets, name string) error {
	conn, err := pgx.Connect(ctx, databaseURL(sockets, "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // what was done is done
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42P04" { // exists already
		return nil
	}
	return err
}

// stopPostgres ends the Postgres on our data: first by cutting its connections off in good order, then as a power failure would,
// which it recovers from at the next start.
func (s *Servers) stopPostgres(ctx context.Context) error {
	p := s.postgres
	if p == nil || !p.running() {
		var err error
		if p, err = listening(ctx, "postgres", s.postgresSocket(), s.place.account); err != nil || p == nil {
			return err
		}
	}
	return p.stop(15*time.Second, syscall.SIGINT, syscall.SIGQUIT)
}
