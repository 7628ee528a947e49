package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// spent gives the processor time, in seconds, that the program and all of Postgres have used so far. It differs less from run to run than what the clock
// on the wall says, above all beside other work.
func (b *bencher) spent(p *running) (program, postgres float64, err error) {
	conn, err := pgx.Connect(b.ctx, b.servers.DatabaseURL())
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close(context.WithoutCancel(b.ctx)) //nolint:errcheck // only asked for its number
	var backend int
	if err := conn.QueryRow(b.ctx, `select pg_backend_pid()`).Scan(&backend); err != nil {
		return 0, 0, err
	}
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, 0, err
	}
	type process struct {
		parent int
		used   float64
	}
	seen := map[int]process{}
	for _, path := range all {
		text, err := os.ReadFile(path) //nolint:gosec // the kernel's
		if err != nil {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		parent, _ := strconv.Atoi(f[1])
		seen[pid] = process{parent, (ticks(f[11]) + ticks(f[12])) / 100}
	}
	postmaster := seen[backend].parent
	for pid, x := range seen {
		switch {
		case pid == p.cmd.Process.Pid:
			program += x.used
		case pid == postmaster, x.parent == postmaster:
			postgres += x.used
		}
	}
	return program, postgres, nil
}

func ticks(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(fmt.Sprintf("not a number of ticks: %q", s)) // the kernel's own format
	}
	return n
}
