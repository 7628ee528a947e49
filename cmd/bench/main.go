// Command bench measures how fast the program is, each figure beside the machine's own limit measured in the same run: a ratio says something on
// any machine, a number only on this one. "make bench" runs it; BENCH=full takes longer and is steadier.
// BENCH_ONLY="limit rush" measures only these parts, BENCH_PROFILE=FILE (BENCH_PROFILE_INNER=FILE) writes where the program under test spent its time;
// BENCH_STATEMENTS=1 lists after each part what cost Postgres most. What an answer cost in processor time stands after each part anyway.
//
// The program under test is this very binary started again as a process of its own, wired by package house like the real one, with gathering and
// the networks' sending limits off. The networks in front of it, and their citizens, are the simulator's, in this process. Both share the machine,
// so the program could do more than is said here. On WhatsApp the citizens encrypt as much as the program does: what each of them costs is said apart.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"tanggap/servers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var err error
	if os.Getenv(programVariable) != "" {
		err = program(ctx)
	} else {
		err = bench(ctx, os.Getenv("BENCH") == "full")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// lengths are how long each part is measured.
type lengths struct {
	limit, rush, half, calm, flood, cases time.Duration
	floods                                int // rounds
	people                                int
	whatsapp                              time.Duration
	sessions                              int // people whose Signal sessions the program keeps
}

func bench(ctx context.Context, full bool) (err error) {
	l := lengths{limit: 6 * time.Second, rush: 10 * time.Second, half: 8 * time.Second, calm: 8 * time.Second, flood: 8 * time.Second, floods: 1,
		cases: 10 * time.Second, people: 2000, whatsapp: 6 * time.Second, sessions: 500}
	if full {
		l = lengths{limit: 20 * time.Second, rush: 60 * time.Second, half: 30 * time.Second, calm: 60 * time.Second, flood: 10 * time.Second,
			floods: 3, cases: 30 * time.Second, people: 2000, whatsapp: 20 * time.Second, sessions: 5000}
	}
	dir, err := os.MkdirTemp("", "tanggap-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)                      //nolint:errcheck // in the temporary folder
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the servers' user must get in
		return err
	}
	settings := map[string]string{"track_commit_timestamp": "on"} // by which the commit of an offer is known
	if os.Getenv("BENCH_STATEMENTS") != "" {
		settings["shared_preload_libraries"] = "pg_stat_statements"
		settings["pg_stat_statements.track_planning"] = "on"
	}
	srv, err := servers.Start(ctx, servers.Options{Dir: filepath.Join(dir, "data"), Postgres: true, Redis: true, EndWithProcess: true,
		PostgresSettings: settings})
	if err != nil {
		return err
	}
	defer func() {
		if stopErr := srv.Stop(context.WithoutCancel(ctx)); err == nil {
			err = stopErr
		}
	}()
	t := &table{w: tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)}
	b := &bencher{ctx: ctx, servers: srv, lengths: l, table: t}
	fmt.Println("measuring; this machine's own limits first")
	only := os.Getenv("BENCH_ONLY")
	for _, part := range []struct {
		name string
		run  func() error
	}{{"limit", b.limits}, {"rush", b.rush}, {"inner", b.inner}, {"half", b.half}, {"calm", b.calm}, {"flood", b.flood}, {"cases", b.cases},
		{"calls", b.calls},
		{"whatsapp", b.whatsapp}} {
		if only != "" && !strings.Contains(only, part.name) {
			continue
		}
		if err := part.run(); err != nil {
			return err
		}
	}
	return t.print()
}

// A table gathers the figures.
type table struct {
	w    *tabwriter.Writer
	rows []row
}

type row struct{ what, figure, ratio, goal string }

func (t *table) add(what, figure, ratio, goal string) {
	t.rows = append(t.rows, row{what, figure, ratio, goal})
	fmt.Fprintf(os.Stderr, "  %s: %s %s\n", what, figure, ratio)
}

func (t *table) print() error {
	fmt.Fprintln(t.w, "\nwhat\tmeasured\tratio\tgoal")
	for _, r := range t.rows {
		fmt.Fprintf(t.w, "%s\t%s\t%s\t%s\n", r.what, r.figure, r.ratio, r.goal)
	}
	return t.w.Flush()
}
