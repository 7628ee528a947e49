package main

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"tanggap/testbed"
)

// People of the console are added, listed, given a link anew, shut out and let in; mistakes are told in one line.
func TestUsers(t *testing.T) {
	t.Parallel()
	env := elsewhereUsers(t)
	out, _, code := do(t, env, "user", "add", "Rini.A", "--role", "coordinator", "--name", "Rini Astuti", "--email", "rini@example.go.id")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != 3 || !regexp.MustCompile(`^[A-Z2-9]{14}$`).MatchString(lines[0]) ||
		lines[1] != "https://tanggap.example.go.id/console/begin?code="+lines[0] {
		t.Fatalf("add: %d\n%s", code, out)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"user", "list"}, 0, `rini\.a +\d+ +Rini Astuti +coordinator diskominfo +link sent +no +never`},
		{[]string{"user", "add", "rini.a", "--role", "operator"}, 1, `there is a user rini\.a already`},
		{[]string{"user", "add", "other", "--role", "operator", "--email", "RINI@example.go.id"}, 1, `the e-mail address is another user's`},
		{[]string{"user", "add", "r", "--role", "operator"}, 2, `is no login name`},
		{[]string{"user", "add", "ani", "--role", "bupati"}, 2, `--role`},
		{[]string{"user", "add", "ani", "--role", "operator", "--person", "4711"}, 1, `there is no person 4711`},
		{[]string{"user", "add", "ani", "--role", "coordinator", "--agency", "dpupr"}, 1, `a coordinator belongs to`},
		{[]string{"user", "add", "ani", "--role", "operator", "--days", "99"}, 2, `1 to 30 days`},
		{[]string{"user", "role", "rini.a", "--role", "supervisor"}, 0, `rini\.a is supervisor of diskominfo`},
		{[]string{"user", "role", "rini.a", "--role", "supervisor", "--end"}, 0, `rini\.a is no longer supervisor of diskominfo`},
		{[]string{"user", "role", "rini.a", "--role", "supervisor", "--end"}, 1, `rini\.a is not supervisor of diskominfo`},
		{[]string{"user", "reset", "rini.a"}, 0, `begin\?code=[A-Z2-9]{14}\n`},
		{[]string{"user", "disable", "rini.a"}, 0, `rini\.a cannot sign in any more`},
		{[]string{"user", "list"}, 0, `disabled`},
		{[]string{"user", "enable", "rini.a"}, 0, `rini\.a may sign in again`},
		{[]string{"user", "disable", "nobody"}, 1, `there is no user "nobody"`},
	} {
		stdout, stderr, code := do(t, env, c.args...)
		if code != c.code || !regexp.MustCompile(c.says).MatchString(stdout+stderr) {
			t.Errorf("%v: %d, want %d and %q\n%s%s", c.args, code, c.code, c.says, stdout, stderr)
		}
	}
}

// elsewhereUsers is an environment with a database of the test's own.
func elsewhereUsers(t *testing.T) []string {
	t.Helper()
	return []string{"TANGGAP_DATABASE_URL=" + testbed.Database(t), "TANGGAP_KEY=" + base64.StdEncoding.EncodeToString(testbed.Key),
		"TANGGAP_CONSOLE_URL=https://tanggap.example.go.id/"}
}
