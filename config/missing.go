package config

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// A folder is where things of some kinds stand, in one file or in several.
type folder struct {
	name    string // "agencies": agencies.yaml, and agencies/*.yaml
	kinds   []kind
	several bool   // it is a folder indeed
	skipped []spot // what lies there and is not read
}

// manyUnknown is how many things that no other file knows look like a file that is gone, rather than like so many mistakes.
const manyUnknown = 3

// resolve names every reference to something that does not exist. Where a whole file seems to be gone, moved or renamed, that one cause is named in their
// place.
func (r *reader) resolve() {
	known := map[kind][]string{}
	for k, ids := range r.declared {
		known[k] = slices.Sorted(maps.Keys(ids))
	}
	var unknown []reference
	said := map[reference]bool{}
	for _, ref := range r.references {
		key := ref
		if r.base.holds(ref.at.file) { // however often the base names it, the regency lacks it once
			key.at = spot{}
		}
		if _, ok := r.declared[ref.kind][ref.id]; !ok && !said[key] && !r.unread[ref.kind] {
			said[key] = true
			unknown = append(unknown, ref)
		}
	}
	for _, f := range r.folders {
		r.resolveFolder(f, unknown, known)
	}
	for _, ref := range unknown {
		if !r.unread[ref.kind] && len(r.problems) <= maxProblems {
			r.wrong(ref.at, fmt.Sprintf("there is no %s %s", ref.kind, quote(ref.id)), suggest(ref.id, known[ref.kind], r.mendUnknown(ref)))
		}
	}
}

// mendUnknown says what to do about something that is not known and resembles nothing.
func (r *reader) mendUnknown(ref reference) string {
	if r.base.holds(ref.at.file) {
		return "add it, or put what does its work here in its place with instead_of"
	}
	return "name one that exists, or add it"
}

// resolveFolder looks whether what is not known stood in a file of a folder that is not read, or not there any more.
func (r *reader) resolveFolder(f folder, unknown []reference, known map[kind][]string) {
	ids := map[string]bool{}
	var first reference
	for _, ref := range unknown {
		// What is spelt nearly like something that is there is a mistake of its own.
		if !slices.Contains(f.kinds, ref.kind) || ids[ref.id] || nearest(ref.id, known[ref.kind]) != "" {
			continue
		}
		if len(ids) == 0 {
			first = ref
		}
		ids[ref.id] = true
	}
	if len(ids) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(ids))
	what := fmt.Sprintf("%s not known (%s), first at %s", counted(len(names), f.name), strings.Join(clipped(names), ", "), first.at)
	switch {
	case len(f.skipped) > 0:
		for _, at := range f.skipped {
			r.problems = slices.DeleteFunc(r.problems, func(p Problem) bool { return p.File == at.file && p.Severity == Warning })
			r.wrong(at, "is not read, and "+what, "give the file that holds them a name that ends in .yaml")
		}
	case f.several && len(names) > manyUnknown:
		r.wrong(spot{file: f.name}, what, "a file seems to be missing from this folder: put it back")
	default:
		return
	}
	r.lost(f.kinds...)
}

// counted says how many things of a folder are meant: "57 agencies are".
func counted(n int, folder string) string {
	if n == 1 {
		return "one of the " + folder + " that are named elsewhere is"
	}
	return fmt.Sprintf("%d %s that are named elsewhere are", n, folder)
}

// clipped gives the first few of many names.
func clipped(names []string) []string {
	const most = 3
	if len(names) <= most {
		return names
	}
	return append(slices.Clone(names[:most]), "…")
}

// dataFiles are the ends of names that a description may be thought to be read from.
var dataFiles = []string{".yaml", ".yml", ".csv", ".geojson", ".json"}

// checkNames warns of files that look like a part of the description and are not read: one that is misspelt would be passed over in silence.
func (r *reader) checkNames() {
	names := []string{"regency.yaml", "calendar.yaml", areasFile, boundariesFile, "agencies.yaml", "categories.yaml", "dangers.yaml", "whatsapp.yaml", lineFile,
		"services.yaml", "offices.yaml", "programmes.yaml", "packages.yaml", visitsFile}
	entries, err := fs.ReadDir(r.fsys, ".")
	if err != nil {
		return // said already, file by file
	}
	var missing []string
	for _, name := range names {
		if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name }) {
			missing = append(missing, name)
		}
	}
	for _, e := range entries {
		ext := strings.ToLower(path.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || slices.Contains(names, e.Name()) || !slices.Contains(dataFiles, ext) {
			continue
		}
		mend := "move it away"
		if near := nearest(strings.ToLower(e.Name()), missing); near != "" {
			mend = "did you mean " + near + "?"
		} else if i := slices.IndexFunc(missing, func(m string) bool { return path.Ext(m) == ext }); i >= 0 && ext == ".geojson" {
			mend = "did you mean " + missing[i] + "?"
		}
		r.problem(spot{file: e.Name()}, Warning, "is not read", mend)
	}
}
