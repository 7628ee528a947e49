package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/simulator/telegram"
	"tanggap/testbed"
)

// binary is the program as people get it, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tanggap-binary-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "tanggap")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Stderr = os.Stderr
	code := 1
	if err := build.Run(); err == nil {
		code = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// A process is the program while it runs.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	mu     sync.Mutex
	out    bytes.Buffer // both
	errs   bytes.Buffer
	stdout bytes.Buffer
	news   chan struct{} // closed at the next output
	done   chan struct{}
	err    error
}

// start runs the program with nothing in its environment but what is given.
func start(t testing.TB, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, news: make(chan struct{}), done: make(chan struct{})}
	p.cmd = exec.Command(binary, args...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stdout, p.cmd.Stderr = p.writer(&p.stdout), p.writer(&p.errs)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		select {
		case <-p.done:
		default:
			_ = p.cmd.Process.Signal(syscall.SIGTERM)
			select {
			case <-p.done:
			case <-time.After(time.Minute):
				_ = p.cmd.Process.Kill()
				<-p.done
			}
		}
		if t.Failed() {
			t.Logf("%s %v said:\n%s", binary, args, p.all())
		}
	})
	return p
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func (p *process) writer(to *bytes.Buffer) io.Writer {
	return writerFunc(func(b []byte) (int, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		to.Write(b)
		p.out.Write(b)
		close(p.news)
		p.news = make(chan struct{})
		return len(b), nil
	})
}

func (p *process) all() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// saw waits until the program has said what fits, and gives the match.
func (p *process) saw(what string, limit time.Duration) []string {
	p.t.Helper()
	re := regexp.MustCompile(what)
	timeout := time.After(limit)
	for {
		p.mu.Lock()
		m, news := re.FindStringSubmatch(p.out.String()), p.news
		p.mu.Unlock()
		if m != nil {
			return m
		}
		select {
		case <-news:
		case <-p.done:
			if m := re.FindStringSubmatch(p.all()); m != nil {
				return m
			}
			p.t.Fatalf("the program ended (%v) and never said %q", p.err, what)
		case <-timeout:
			p.t.Fatalf("the program did not say %q within %s", what, limit)
		}
	}
}

// end waits for the end and gives the exit code.
func (p *process) end(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(limit):
		p.t.Fatalf("the program did not end within %s", limit)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// do runs the program to its end.
func do(t testing.TB, env []string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	p := start(t, env, args...)
	code = p.end(2 * time.Minute)
	return p.stdout.String(), p.errs.String(), code
}

// folder is for data of servers of our own: their user must be able to enter it, which a test's own folder does not allow.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tanggap-data-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if left := mentioning(t, dir); len(left) > 0 {
			t.Errorf("processes were left behind: %q", left)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// mentioning gives the command lines of all processes that name a folder.
func mentioning(t testing.TB, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, path := range paths {
		line, err := os.ReadFile(path)
		if err == nil && bytes.Contains(line, []byte(dir)) {
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte(" "))))
		}
	}
	return found
}

// elsewhere is an environment with the tests' own Postgres and Redis as somebody else's servers.
func elsewhere(t testing.TB) []string {
	t.Helper()
	return []string{
		"TANGGAP_DATABASE_URL=" + testbed.Database(t), "TANGGAP_REDIS_URL=" + testbed.RedisDB(t), "TANGGAP_LISTEN=127.0.0.1:0",
		"TANGGAP_KEY=" + base64.StdEncoding.EncodeToString(testbed.Key),
	}
}

func with(env []string, more ...string) []string { return append(append([]string{}, env...), more...) }

// A mistake is told in one line, which says what is wrong and how to mend it; no secret is in it, and nothing was half started.
func TestMistakes(t *testing.T) {
	t.Parallel()
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() })
	sim := telegram.New(telegram.Options{})
	sim.AddBot("7000001:the-only-token-it-knows", "known_bot")
	if err := sim.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	env := elsewhere(t)
	key := "TANGGAP_KEY=" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	plainFile := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(plainFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	kembar, err := filepath.Abs("../../config/testdata/kembar")
	if err != nil {
		t.Fatal(err)
	}
	newer := elsewhere(t)
	change(t, newer, `insert into goose_db_version (version_id, is_applied) values (99999, true)`)
	begun := elsewhere(t)
	if _, errs, code := do(t, begun, "officer", "list"); code != 0 {
		t.Fatal(errs)
	}
	other := elsewhere(t)
	change(t, other, `insert into settings (name, value) values ('regency', 'elsewhere')`)

	people := elsewhere(t)
	change(t, people, `insert into addresses (channel, account, peer, created) values ('telegram', '123456', '1', '2026-11-21')`)

	for name, c := range map[string]struct {
		env  []string
		args string // default: serve
		code int    // default: 1
		says []string
	}{
		"Postgres away":             {env: with(env, "TANGGAP_DATABASE_URL=postgres://siapa:sandi-rahasia@127.0.0.1:1/x"), says: []string{"127.0.0.1 port 1", "siapa", "connection refused", "TANGGAP_DATABASE_URL"}},
		"Postgres malformed":        {env: with(env, "TANGGAP_DATABASE_URL=postgres://u:sandi-rahasia@127.0.0.1:99999/x"), says: []string{"TANGGAP_DATABASE_URL", "postgres://user:password@host"}},
		"Postgres something else":   {env: with(env, "TANGGAP_DATABASE_URL=mysql://u:sandi-rahasia@h/x"), says: []string{"TANGGAP_DATABASE_URL", "postgres://user"}},
		"Redis malformed":           {env: with(env, "TANGGAP_REDIS_URL=http://:sandi-rahasia@h"), says: []string{"TANGGAP_REDIS_URL", "redis://"}},
		"setting misspelt":          {env: with(env, "TANGGAP_REDIS_ULR=redis://:sandi-rahasia@h"), says: []string{"TANGGAP_REDIS_ULR is no setting", "did you mean TANGGAP_REDIS_URL?"}},
		"key too short":             {env: with(env, "TANGGAP_KEY="+base64.StdEncoding.EncodeToString([]byte("sandi-rahasia"))), says: []string{"TANGGAP_KEY holds 13 bytes, not 32", "openssl rand"}},
		"key missing":               {env: with(env, "TANGGAP_KEY="), says: []string{"TANGGAP_KEY is missing", "openssl rand"}},
		"another key":               {env: with(begun, key), says: []string{"TANGGAP_KEY is not the key", "backups"}},
		"old key missing":           {env: begun, args: "rekey", says: []string{"TANGGAP_KEY_OLD is missing"}},
		"old key too short":         {env: with(begun, "TANGGAP_KEY_OLD=c2FuZGktcmFoYXNpYQ=="), says: []string{"TANGGAP_KEY_OLD holds 13 bytes, not 32", "what TANGGAP_KEY was"}},
		"new key, not yet in force": {env: with(begun, key, "TANGGAP_KEY_OLD="+base64.StdEncoding.EncodeToString(testbed.Key)), says: []string{"tanggap rekey"}},
		"another regency":           {env: other, says: []string{"another regency", "TANGGAP_REGENCY"}},
		"newer database":            {env: newer, says: []string{"newer version", "run that version"}},
		"newer database, migrate":   {env: newer, args: "migrate", says: []string{"newer version", "run that version"}},
		"token malformed":           {env: with(env, "TANGGAP_TELEGRAM_TOKEN=sandi-rahasia"), says: []string{"TANGGAP_TELEGRAM_TOKEN", "@BotFather"}},
		"token unknown":             {env: with(env, "TANGGAP_TELEGRAM_API="+sim.URL(), "TANGGAP_TELEGRAM_TOKEN=7000002:sandi-rahasia-of-a-bot"), says: []string{"TANGGAP_TELEGRAM_TOKEN", "@BotFather"}},
		"port in use":               {env: with(env, "TANGGAP_LISTEN="+busy.Addr().String()), says: []string{busy.Addr().String(), "in use", "TANGGAP_LISTEN"}},
		"port in use, demo":         {env: with(env, "TANGGAP_LISTEN="+busy.Addr().String()), args: "demo --once", says: []string{busy.Addr().String(), "in use", "TANGGAP_LISTEN"}},
		"port malformed":            {env: with(env, "TANGGAP_LISTEN=sini"), says: []string{"TANGGAP_LISTEN", "host:port"}},
		"regency unknown":           {env: with(env, "TANGGAP_REGENCY=jeparra"), says: []string{"jeparra", "did you mean jepara?"}},
		"regency no folder":         {env: with(env, "TANGGAP_REGENCY="+plainFile), says: []string{"is a file", "regency.yaml"}},
		"regency empty":             {env: with(env, "TANGGAP_REGENCY="+t.TempDir()), says: []string{"the file is missing", "tanggap check"}},
		"check, unknown":            {args: "check nowhere", says: []string{"nowhere: 1 error"}},
		"agency unknown":            {env: env, args: "officer invite --agency dpurp --name Budi", says: []string{`"dpurp"`, "did you mean dpupr?", "tanggap regency"}},
		"unit unknown":              {env: env, args: "officer invite --agency dpupr --unit jaln --name Budi", says: []string{`"jaln"`, "did you mean dpupr.jalan?"}},
		"unit of another":           {env: env, args: "officer invite --agency dlh --unit dpupr.jalan --name Budi", says: []string{"belongs to another", "--agency dpupr"}},
		"coordinator elsewhere":     {env: env, args: "officer invite --agency dpupr --role coordinator --name Budi", says: []string{"Diskominfo", "--agency diskominfo"}},
		"no such invitation":        {env: env, args: "officer revoke 0a1b2c3d", says: []string{`"0a1b2c3d"`, "tanggap officer invites"}},
		"nobody there to end":       {env: env, args: "officer end --person 7 --unit dpupr.jalan", says: []string{"person 7", "tanggap officer list"}},
		"demo with real people":     {env: people, args: "demo --once", says: []string{"people who are not played", "TANGGAP_DATA"}},
		"demo of another regency":   {env: with(env, "TANGGAP_REGENCY="+kembar), args: "demo --once", says: []string{"plays in Jepara", "TANGGAP_REGENCY"}},
		"no command":                {args: " ", code: 2, says: []string{"serve", "--help"}},
		"unknown command":           {args: "serv", code: 2, says: []string{"serv", "--help"}},
		"flag missing":              {args: "officer invite --agency dpupr", code: 2, says: []string{"--name", "--help"}},
		"role unknown":              {args: "officer invite --agency dpupr --name Budi --role raja", code: 2, says: []string{"--role", "raja", "officer"}},
		"days beyond all reason":    {env: env, args: "officer invite --agency dpupr --name Budi --days 1000", code: 2, says: []string{"--days 1000", "1 to 90"}},
		"data in a file, no folder": {env: []string{"TANGGAP_DATA=" + plainFile, "TANGGAP_LISTEN=127.0.0.1:0"}, says: []string{plainFile, "a folder is needed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := c.args
			if args == "" {
				args = "serve"
			}
			if c.code == 0 {
				c.code = 1
			}
			_, errs, code := do(t, c.env, strings.Fields(args)...)
			if code != c.code {
				t.Errorf("exit %d, want %d", code, c.code)
			}
			last := lastLine(errs)
			if !strings.HasPrefix(last, "tanggap: ") {
				t.Errorf("the last line is no complaint: %q", last)
			}
			if n := strings.Count("\n"+errs, "\ntanggap: "); n != 1 {
				t.Errorf("%d lines complain", n)
			}
			for _, s := range c.says {
				if !strings.Contains(last, s) {
					t.Errorf("%q does not say %q", last, s)
				}
			}
			if strings.Contains(errs, "sandi-rahasia") {
				t.Errorf("a secret is told: %q", errs)
			}
		})
	}
}

// Where the port is in use, no private Postgres is begun first: that takes its time, and is left in the way.
func TestPortInUseStartsNothing(t *testing.T) {
	t.Parallel()
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = busy.Close() })
	dir := filepath.Join(t.TempDir(), "data")
	_, errs, code := do(t, []string{"TANGGAP_DATA=" + dir, "TANGGAP_LISTEN=" + busy.Addr().String()}, "serve")
	if code != 1 || !strings.Contains(lastLine(errs), "in use") {
		t.Errorf("exit %d: %q", code, errs)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was begun in %s: %v", dir, err)
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	return lines[len(lines)-1]
}

// change does something to the database of an environment.
func change(t testing.TB, env []string, sql string) {
	t.Helper()
	for _, e := range env {
		if url, ok := strings.CutPrefix(e, "TANGGAP_DATABASE_URL="); ok {
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background()) //nolint:errcheck // done with it
			if _, err := conn.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"", "serve", "demo", "check", "regency", "officer", "officer invite", "officer invites", "officer revoke", "officer list", "officer end", "erasures", "rekey", "migrate", "version"} {
		out, errs, code := do(t, nil, append(strings.Fields(command), "--help")...)
		if code != 0 || errs != "" || !strings.Contains(out, "Usage: tanggap") {
			t.Errorf("%s --help: exit %d, %q, %q", command, code, out, errs)
		}
	}
}

func TestCheckTellsWhatIsThere(t *testing.T) {
	t.Parallel()
	out, errs, code := do(t, nil, "check")
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if !regexp.MustCompile(`^jepara: ok, \d+ agencies, \d+ units, \d+ categories, 16 kecamatan, 195 villages`).MatchString(lastLine(out)) {
		t.Errorf("it says %q", out)
	}
	for l := range strings.Lines(out[:strings.LastIndex(strings.TrimSpace(out), "\n")+1]) {
		if !regexp.MustCompile(`^jepara/[a-z/.-]+:\d+:\d+: warning: `).MatchString(l) {
			t.Errorf("no warning: %q", l)
		}
	}
	broken := broken(t)
	out, errs, code = do(t, nil, "check", broken)
	if code != 1 || !regexp.MustCompile(regexp.QuoteMeta(broken)+`/regency.yaml:\d+:\d+: `).MatchString(out) || strings.Count(errs, "\n") != 1 {
		t.Errorf("a broken one: exit %d, %q, %q", code, out, errs)
	}
}

// A misspelt setting keeps the service from starting (TestMistakes); other commands say so and go on.
func TestMisspeltSettingIsToldByEveryCommand(t *testing.T) {
	t.Parallel()
	_, errs, code := do(t, []string{"TANGGAP_REDIS_ULR=redis://:sandi-rahasia@h"}, "version")
	if code != 0 || !strings.Contains(errs, "TANGGAP_REDIS_ULR is no setting; did you mean TANGGAP_REDIS_URL?") || strings.Contains(errs, "rahasia") {
		t.Errorf("exit %d: %q", code, errs)
	}
}

// broken gives a copy of the shipped regency with a mistake in it.
func broken(t testing.TB) string {
	t.Helper()
	dir := copied(t)
	spoil(t, dir)
	return dir
}

func copied(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "jepara")
	if err := os.CopyFS(dir, os.DirFS("../../config/regencies/jepara")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func spoil(t testing.TB, dir string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "regency.yaml"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString("\nwarna: merah\n")
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// Invitations can be seen and taken back by whoever operates the program; requests for erasure can be seen.
func TestInvitesAndErasures(t *testing.T) {
	t.Parallel()
	env := elsewhere(t)
	run := func(args ...string) string {
		t.Helper()
		out, errs, code := do(t, env, args...)
		if code != 0 {
			t.Fatalf("%v: exit %d, %s", args, code, errs)
		}
		return out
	}
	if out := run("officer", "invites"); !strings.Contains(out, "No invitation is open") {
		t.Errorf("at first: %q", out)
	}
	code := strings.Split(run("officer", "invite", "--agency", "dlh", "--name", "Wati\x1b[31m", "--role", "head"), "\n")[0]
	run("officer", "invite", "--agency", "dpupr", "--unit", "jalan", "--name", "Budi Santoso")
	out := run("officer", "invites")
	m := regexp.MustCompile(`(?m)^([0-9a-f]{8}) +Wati\[31m +head +dlh +[0-9-]{10} [0-9:]{5} +[0-9-]{10} [0-9:]{5}$`).FindStringSubmatch(out)
	if m == nil || !strings.Contains(out, "Budi Santoso") || strings.Contains(out, code) {
		t.Fatalf("two open: %q", out)
	}
	if out := run("officer", "revoke", m[1]); !strings.Contains(out, "Wati") || !strings.Contains(out, "can no longer be used") {
		t.Errorf("revoked: %q", out)
	}
	if out := run("officer", "invites"); strings.Contains(out, "Wati") || !strings.Contains(out, "Budi Santoso") {
		t.Errorf("afterwards: %q", out)
	}
	if _, errs, code := do(t, env, "officer", "revoke", m[1]); code != 1 || !strings.Contains(errs, "no open invitation") {
		t.Errorf("twice: exit %d, %q", code, errs)
	}

	if out := run("erasures"); !strings.Contains(out, "No request for erasure is open") {
		t.Errorf("erasures at first: %q", out)
	}
	change(t, env, `insert into persons (created) values (now()); insert into persons (created) values (now())`)
	change(t, env, `insert into erasures (person_id, at, due) values (2, now(), now() + interval '3 days'), (1, now() - interval '4 days', now() - interval '1 day')`)
	if out := run("erasures"); !regexp.MustCompile(`(?m)^2 +1 +\S+ \S+ +\S+ \S+ +late$\n^1 +2 +\S+ \S+ +\S+ \S+ *$`).MatchString(out) {
		t.Errorf("two open: %q", out)
	}
}

// The key is changed as docs/running.md says.
func TestRekey(t *testing.T) {
	t.Parallel()
	env := elsewhere(t)
	if _, errs, code := do(t, env, "officer", "invite", "--agency", "dlh", "--name", "Wati"); code != 0 {
		t.Fatal(errs)
	}
	change(t, env, `insert into persons (created) values (now())`)
	fresh := "TANGGAP_KEY=" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{8}, 32))
	both := with(env, fresh, "TANGGAP_KEY_OLD="+base64.StdEncoding.EncodeToString(testbed.Key))
	out, errs, code := do(t, both, "rekey")
	if code != 0 || !strings.Contains(out, "unset TANGGAP_KEY_OLD") {
		t.Fatalf("exit %d, %q, %q", code, out, errs)
	}
	if out, errs, code := do(t, with(env, fresh), "officer", "invites"); code != 0 || !strings.Contains(out, "No invitation is open") {
		t.Errorf("with the new key: exit %d, %q, %q", code, out, errs)
	}
	if _, errs, code := do(t, env, "officer", "list"); code != 1 || !strings.Contains(errs, "TANGGAP_KEY is not the key") {
		t.Errorf("with the old key: exit %d, %q", code, errs)
	}
	if out, errs, code := do(t, both, "rekey"); code != 0 {
		t.Errorf("once more: exit %d, %q, %q", code, out, errs)
	}
}

// A day of an operator: serve, invite an officer, who enrols, takes a case and leaves; reload the regency; stop.
func TestServe(t *testing.T) {
	t.Parallel()
	const token = "7000003:a-token-for-the-test-of-serve"
	sim := telegram.New(telegram.Options{})
	sim.AddBot(token, "jepara_test_bot")
	if err := sim.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	dir := copied(t)
	env := with(elsewhere(t), "TANGGAP_TELEGRAM_API="+sim.URL(), "TANGGAP_TELEGRAM_TOKEN="+token, "TANGGAP_REGENCY="+dir)
	p := start(t, env, "serve")
	address := p.saw(`"msg":"serving".*"address":"([^"]+)"`, time.Minute)[1]
	if body := get(t, "http://"+address+"/healthz", http.StatusOK); body != "ok\n" {
		t.Errorf("/healthz: %q", body)
	}
	if body := get(t, "http://"+address+"/readyz", http.StatusOK); !strings.Contains(body, `"ready":true`) {
		t.Errorf("/readyz: %s", body)
	}

	out, errs, code := do(t, env, "officer", "invite", "--agency", "PUPR", "--unit", "jalan", "--name", "Budi Santoso")
	lines := strings.Split(out, "\n")
	if code != 0 || len(lines) < 3 || !regexp.MustCompile(`^[A-Z2-9]{8}$`).MatchString(lines[0]) {
		t.Fatalf("invite: exit %d, %q, %q", code, out, errs)
	}
	if want := "https://t.me/jepara_test_bot?start=daftar-" + lines[0]; lines[1] != want {
		t.Errorf("the link is %q, not %q", lines[1], want)
	}
	budi := sim.Person(telegram.PersonOptions{Name: "Budi", Language: "id"})
	siti := sim.Person(telegram.PersonOptions{Name: "Siti", Language: "id"})
	talk(t, budi, func() (int, error) { return budi.Start("daftar-" + lines[0]) }, "Bina Marga")
	m := talk(t, siti, func() (int, error) { return siti.Send("Jalan di desa Tegalsambi rusak parah, banyak lubang") }, "Ya, kirim")
	atBudi := budi.Seq()
	talk(t, siti, func() (int, error) { return pressed(siti, m, "Ya, kirim") }, "JPR-")
	m = wait(t, budi, atBudi, "Ambil")
	talk(t, budi, func() (int, error) { return pressed(budi, m, "Ambil") }, "Selesai")

	out, _, code = do(t, env, "officer", "list")
	who := regexp.MustCompile(`(?m)^(\d+) +Budi Santoso +officer +dpupr\.jalan +on +1 `).FindStringSubmatch(out)
	if code != 0 || who == nil {
		t.Fatalf("list: exit %d, %q", code, out)
	}
	out, errs, code = do(t, env, "officer", "end", "--person", who[1], "--unit", "dpupr.jalan")
	if code != 0 || !strings.Contains(out, "no longer officer of dpupr.jalan") || !regexp.MustCompile(`JPR-\S+ is back on the worklist`).MatchString(out) {
		t.Fatalf("end: exit %d, %q, %q", code, out, errs)
	}
	if _, _, code := do(t, env, "officer", "end", "--person", who[1], "--unit", "dpupr.jalan"); code != 1 {
		t.Errorf("ending what has ended: exit %d", code)
	}

	p.signal(syscall.SIGHUP)
	p.saw(`"msg":"regency reloaded"`, time.Minute)
	spoil(t, dir)
	p.signal(syscall.SIGHUP)
	p.saw(`"msg":"regency not reloaded, the old description goes on","error":".*warna`, time.Minute)
	talk(t, siti, func() (int, error) { return siti.Send("cek") }, "JPR-")

	p.signal(syscall.SIGTERM)
	if code := p.end(time.Minute); code != 0 {
		t.Errorf("stopped with exit %d", code)
	}
	for _, secret := range []string{"Budi", "Siti", "Tegalsambi", token} {
		if strings.Contains(p.all(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
	for _, v := range sim.Violations() {
		t.Errorf("the network objects: %s", v)
	}
}

// talk does something as a person and waits for an answer that holds a text, in its words or on a button.
func talk(t testing.TB, p *telegram.Person, act func() (int, error), holds string) *telegram.Message {
	t.Helper()
	after := p.Seq()
	if _, err := act(); err != nil {
		t.Fatal(err)
	}
	return wait(t, p, after, holds)
}

func wait(t testing.TB, p *telegram.Person, after int64, holds string) *telegram.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, err := p.WaitFor(ctx, after, func(c telegram.Change) bool {
		if c.Message == nil {
			return false
		}
		for _, row := range c.Message.Buttons {
			for _, b := range row {
				if b.Text == holds {
					return true
				}
			}
		}
		return strings.Contains(c.Message.Text, holds)
	})
	if err != nil {
		last, _ := p.Last()
		t.Fatalf("%s never got %q, but: %q", p.Name(), holds, last.Text)
	}
	return c.Message
}

func pressed(p *telegram.Person, m *telegram.Message, label string) (int, error) {
	_, err := p.Press(m.ID, label)
	return 0, err
}

func get(t testing.TB, url string, status int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return string(body)
}

// The demo comes out with servers of its own, leaves nothing running, and its data and key are found by the next command.
func TestDemoOnce(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	env := []string{"TANGGAP_DATA=" + dir, "TANGGAP_LISTEN=127.0.0.1:0"}
	out, errs, code := do(t, env, "demo", "--once")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	number := told(t, out)
	if left := mentioning(t, dir); len(left) > 0 {
		t.Errorf("left running: %q", left)
	}
	info, err := os.Stat(filepath.Join(dir, "key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info, err)
	}
	if strings.Contains(errs, "Siti") || strings.Contains(errs, number) {
		t.Errorf("the log tells of people: %s", errs)
	}
	out, errs, code = do(t, env, "officer", "list")
	for _, want := range []string{"Budi Santoso", "Dewi Lestari", "Agus Setiawan", "Rina Wulandari"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("officer list: exit %d, %q, %q", code, out, errs)
		}
	}
}

// told looks whether everything of the story is on the screen, and gives the case's number.
func told(t testing.TB, out string) string {
	t.Helper()
	number := regexp.MustCompile(`What Postgres keeps of (JPR-\d{6}-\d{4,}[A-Z])\n`).FindStringSubmatch(out)
	if number == nil {
		t.Fatalf("no case in the end:\n%s", out)
	}
	for _, want := range []string{
		`Siti  ▸ Jalan depan balai desa`, `Siti  ▸ \[foto jalan.jpg\]`, `Siti  ▸ \[lokasi`, `Siti  ▸ \[Ya, kirim\]`, `Budi  ▸ \[Ambil\]`,
		`Tanggap → Siti, Telegram  +\d+\.\d s\n +│ Petugas bertanya`, `Tanggap → Budi, Telegram .*\n(?: +│ .*\n)+ +│ “Sesudah gapura`, `Siti  ▸ \[5\]`,
		`Siti Aminah filed a complaint`, `Tanggap assigned it to Bidang Bina Marga, DPUPR`, `Budi Santoso took it`, `Siti Aminah rated it 5 of 5`,
		`\(dlh\.sampah\): \d+ waiting\n    JPR-`,
		`Joko  ▸ Wonten sampah`, `Tanggap → Joko, WhatsApp  .*\n(?: +│ .*\n)* +│ 1\. `, `Joko  ▸ \d+\n`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%q is nowhere on the screen", want)
		}
	}
	if strings.Contains(out, "\x1b[") {
		t.Error("there are colours although nobody looks at a terminal")
	}
	if t.Failed() {
		t.Log(out)
	}
	return number[1]
}

func TestUnitsAreFoundByWhatPeopleCallThem(t *testing.T) {
	t.Parallel()
	r := testbed.Jepara()
	for _, c := range []struct{ agency, unit, want string }{
		{"dpupr", "", "dpupr"}, {"DPUPR", "jalan", "dpupr.jalan"}, {"bina marga", "DPUPR.Jalan", "dpupr.jalan"}, {"dlh", "sampah", "dlh.sampah"},
	} {
		got, err := findUnit(r, c.agency, c.unit)
		if got != c.want || err != nil {
			t.Errorf("%s %s: %s, %v", c.agency, c.unit, got, err)
		}
	}
	for _, c := range []struct{ a, b string }{{"", ""}, {"", "abc"}, {"abc", "abd"}, {"dpurp", "dpupr"}, {"sampah", "sampan"}} {
		if d := distance(c.a, c.b); d != distance(c.b, c.a) || (d == 0) != (c.a == c.b) || d > max(len(c.a), len(c.b)) {
			t.Errorf("from %q to %q: %d", c.a, c.b, d)
		}
	}
	if s := didYouMean("zzzzzzzz", []string{"dpupr", "dlh"}); s != "" {
		t.Errorf("nothing is near, and yet: %s", s)
	}
}

func TestAKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	keys := make([]string, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			key, err := keptKey(dir)
			if err != nil {
				t.Error(err)
			}
			keys[i] = string(key)
		})
	}
	all.Wait()
	for i, key := range keys {
		if key != keys[0] || len(key) != 32 {
			t.Errorf("program %s got another key", strconv.Itoa(i))
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("in the folder: %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keptKey(dir); err == nil || !strings.Contains(err.Error(), "put the right one back") {
		t.Errorf("a broken key: %v", err)
	}
}
