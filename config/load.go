package config

import (
	"embed"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	_ "time/tzdata" // zones also where the machine has no table of them

	"tanggap/hotline"
)

//go:embed regencies
var shipped embed.FS

// Regency reads a regency by name: one that ships with the program ("jepara"), or else a folder on disk. now is only used to warn of a holiday
// table that ends soon. The regency is nil when the report holds an error.
func Regency(name string, now time.Time) (*hotline.Regency, Report) {
	if slices.Contains(Shipped(), name) {
		sub, err := fs.Sub(shipped, path.Join("regencies", name))
		if err == nil {
			r, report := Load(sub, now)
			return r, report.in(name)
		}
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		r, report := Load(os.DirFS(name), now)
		return r, report.in(strings.TrimRight(name, "/"))
	case err == nil:
		return nil, Report{[]Problem{{File: name, Severity: Error, What: "is a file, not a regency's folder",
			Mend: "name the folder that holds regency.yaml"}}}
	}
	mend := "name one that ships with the program (" + strings.Join(Shipped(), ", ") + ") or a folder"
	if near := nearest(name, Shipped()); near != "" {
		mend = "did you mean " + near + "? Otherwise name a folder"
	}
	what := "there is no such regency or folder"
	if !errors.Is(err, fs.ErrNotExist) {
		what = "cannot be read: " + reason(err)
	}
	return nil, Report{[]Problem{{File: name, Severity: Error, What: what, Mend: mend}}}
}

// Shipped names the regencies that ship with the program.
func Shipped() []string {
	entries, err := shipped.ReadDir("regencies")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// Load reads the regency in a folder. now is only used to warn of a holiday table that ends soon. The regency is nil when the report holds an
// error, and ready for use otherwise: Build has been called.
func Load(fsys fs.FS, now time.Time) (*hotline.Regency, Report) {
	r := newReader(fsys, now)
	r.readRegency()
	r.readCalendar()
	r.readAreas()
	r.readBoundaries()
	r.readAgencies()
	r.readCategories()
	r.readDangers()
	r.readWhatsApp()
	r.readLine()
	r.expandUnits()
	r.readServices()
	r.readPackages()
	r.readOffices()
	r.readProgrammes()
	r.resolve()
	r.checkWhole()
	r.checkNames()
	report := Report{r.problems}
	report.sort()
	if !report.OK() {
		return nil, report
	}
	if err := r.out.Build(); err != nil {
		// The checks above are as strict as Build, with lines and columns. Should one be missing there, this still refuses.
		report.Problems = append(report.Problems, Problem{File: "regency.yaml", Severity: Error, What: unlocated + err.Error()})
		return nil, report
	}
	return r.out, report
}

// unlocated begins a problem that only Build found. A test holds that this does not happen.
const unlocated = "the regency does not hang together: "

// reason gives the cause of an error of the file system, without the operation and path that fs.PathError puts before it.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
