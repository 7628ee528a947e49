package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed"
)

// The proposal of a shipped regency is for people or for the import; mistakes are told in one line.
func TestProgrammePlan(t *testing.T) {
	t.Parallel()
	env := elsewhereUsers(t)
	out, errs, code := do(t, env, "programme", "plan", "--from", "2025-04-15")
	if code != 0 || !regexp.MustCompile(`(?m)^Bupati Ngantor di Desa: 16 visits proposed\n`).MatchString(out) ||
		!regexp.MustCompile(`(?m)^Tue 2025-04-15  33\.20\.\d\d\.\d{4}  .* \(.*\) +0 open, 0 late: no\. 1; `+
			`nothing is open in any of \d+ villages`).MatchString(out) {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	out, errs, code = do(t, env, "programme", "plan", "--programme", "ngantor-di-desa", "--from", "2025-04-15", "--csv")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || lines[0] != strings.Join(hotline.VisitFileColumns, ",") || len(lines) != 17 {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	for _, l := range testbed.Jepara().ReadVisitFile(out, "2025-04-15") {
		if !l.OK() {
			t.Errorf("line %d: %+v", l.Line, l.Problems)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"programme", "plan", "--programme", "x"}, 1, `there is no programme "x"; there is ngantor-di-desa`},
		{[]string{"programme", "plan", "--from", "besok"}, 2, `is no date`},
		{[]string{"programme", "plan", "--from", "2025-07-30"}, 1, `ended on 2025-07-29`},
	} {
		if _, errs, code := do(t, env, c.args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v: %d, %s", c.args, code, errs)
		}
	}
	if time.Now().Format(time.DateOnly) > "2025-07-29" {
		if _, errs, code := do(t, env, "programme", "plan"); code != 1 || !strings.Contains(errs, "--from 2025-04-15") {
			t.Errorf("today: %d, %s", code, errs)
		}
	}
}
