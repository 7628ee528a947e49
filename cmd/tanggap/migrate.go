package main

import (
	"errors"
	"fmt"
	"runtime/debug"

	"tanggap/store"
)

type migrateCmd struct{}

// Run migrates. It needs no key: nothing that is sealed is looked at.
func (c *migrateCmd) Run(p *program) error {
	d, err := p.open(needs{noKey: true})
	if err != nil {
		return err
	}
	return errors.Join(migrate(p, d), d.close())
}

func migrate(p *program, d *data) error {
	pool, err := store.Connect(p.ctx, d.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := store.Migrate(p.ctx, pool); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.out, "the database is at this program's version")
	return err
}

type versionCmd struct{}

// Run tells the version.
func (c *versionCmd) Run(p *program) error {
	_, err := fmt.Fprintln(p.out, "tanggap "+version())
	return err
}

// release is set by whoever builds a release: -ldflags "-X main.release=1.2.3".
var release string

// version tells what was built: the release, or the commit it was built from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changes"
		}
	}
	if commit == "" {
		return "development, " + info.GoVersion
	}
	return commit + changed + ", " + info.GoVersion
}
