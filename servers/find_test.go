package servers

import (
	"strings"
	"testing"
)

func TestChoosePostgres(t *testing.T) {
	t.Parallel()
	installed := []postgresInstall{{"/a", 13}, {"/b", 17}, {"/c", 15}}
	for _, c := range []struct {
		name    string
		found   []postgresInstall
		major   int
		want    string
		problem string
	}{
		{"the newest for new data", installed, 0, "/b", ""},
		{"the one that made the data", installed, 15, "/c", ""},
		{"that one is not installed", installed, 14, "", "made by Postgres 14, but only Postgres 17 is installed"},
		{"none at all", nil, 0, "", "postgres is not installed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := choosePostgres(c.found, c.major)
			if got.bin != c.want {
				t.Errorf("chose %q, want %q", got.bin, c.want)
			}
			if (err == nil) != (c.problem == "") || err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Errorf("error %v, want %q", err, c.problem)
			}
		})
	}
}

func TestParsePostgresMajor(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"postgres (PostgreSQL) 15.19 (Debian 15.19-0+deb12u1)\n": 15,
		"postgres (PostgreSQL) 18beta1":                          18,
		"postgres (PostgreSQL) 9.6.24":                           9,
		"postgres: unknown":                                      0,
		"":                                                       0,
	} {
		if got := parsePostgresMajor(line); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
}

func TestIsPostmaster(t *testing.T) {
	t.Parallel()
	const data = "/srv/.tanggap/postgres"
	for _, c := range []struct {
		words []string
		want  bool
	}{
		{[]string{"/usr/lib/postgresql/15/bin/postgres", "-D", data, "-c", "jit=off"}, true},
		{[]string{"/usr/lib/postgresql/15/bin/postgres", "-D", "/srv/other/postgres"}, false},
		{[]string{"postgres: checkpointer "}, false},
		{[]string{"vi", "-D", data}, false},
		{[]string{"postgres", "-D"}, false},
		{nil, false},
	} {
		if got := isPostmaster(c.words, data); got != c.want {
			t.Errorf("%q: %v", c.words, got)
		}
	}
}
