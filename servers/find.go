package servers

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// postgresFolders are where systems keep Postgres's programs when not on the PATH.
var postgresFolders = []string{
	"/usr/lib/postgresql/*/bin",             // Debian, Ubuntu
	"/usr/pgsql-*/bin",                      // packages of the Postgres project for Red Hat
	"/opt/homebrew/opt/postgresql*/bin",     // Homebrew
	"/usr/local/opt/postgresql*/bin",        // Homebrew on Intel
	"/usr/libexec/postgresql*",              // Alpine
	"/Applications/Postgres.app/*/*/*/bin/", // Postgres.app
}

// A postgresInstall is a folder with postgres and initdb of one major version.
type postgresInstall struct {
	bin   string
	major int
}

// findPostgres returns the installed Postgres of the given major version, or with major 0 the newest.
func findPostgres(ctx context.Context, major int) (postgresInstall, error) {
	var found []postgresInstall
	for _, bin := range postgresCandidates() {
		out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
		if err != nil {
			continue
		}
		if v := parsePostgresMajor(string(out)); v != 0 {
			found = append(found, postgresInstall{bin: bin, major: v})
		}
	}
	return choosePostgres(found, major)
}

func choosePostgres(found []postgresInstall, major int) (postgresInstall, error) {
	if len(found) == 0 {
		return postgresInstall{}, fmt.Errorf("postgres is not installed: %s", installHint())
	}
	newest := found[0]
	for _, f := range found {
		if f.major == major {
			return f, nil
		}
		if f.major > newest.major {
			newest = f
		}
	}
	if major != 0 {
		return postgresInstall{}, fmt.Errorf("the data were made by Postgres %d, but only Postgres %d is installed (%s): install version %d, or dump the data with it and move the folder away",
			major, newest.major, newest.bin, major)
	}
	return newest, nil
}

func postgresCandidates() []string {
	var patterns []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.IsAbs(dir) {
			patterns = append(patterns, dir)
		}
	}
	var bins []string
	for _, pattern := range append(patterns, postgresFolders...) {
		matches, err := filepath.Glob(filepath.Join(pattern, "initdb"))
		if err != nil {
			continue // a PATH with a bracket in it
		}
		for _, m := range matches {
			bins = append(bins, filepath.Dir(m))
		}
	}
	return bins
}

var postgresVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func parsePostgresMajor(line string) int {
	m := postgresVersion.FindStringSubmatch(line)
	if m == nil {
		return 0
	}
	v, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return v
}

// findRedis returns the path of redis-server, or of valkey-server, which speaks the same.
func findRedis() (string, error) {
	places := []string{"redis-server", "valkey-server", "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"}
	for _, name := range places {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("redis is not installed: %s", installHint())
}

// installHint is the command that installs both servers here.
func installHint() string {
	sudo := "sudo "
	if os.Geteuid() == 0 {
		sudo = ""
	}
	_, err := exec.LookPath("apt-get")
	switch {
	case err == nil:
		return "run scripts/setup, or: " + sudo + "apt-get install -y postgresql redis-server"
	case runtime.GOOS == "darwin":
		return "run: brew install postgresql redis"
	default:
		return "install PostgreSQL (14 or newer, with initdb) and Redis (6 or newer), then try again"
	}
}

// lastLines returns the last few lines of a log file, in one line, for an error message.
func lastLines(path string, from int64, n int) string {
	data, err := os.ReadFile(path)
	if err != nil || int64(len(data)) < from {
		return "(nothing in " + path + ")"
	}
	lines := strings.Split(strings.TrimSpace(string(data[from:])), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, " | ") + " (" + path + ")"
}
