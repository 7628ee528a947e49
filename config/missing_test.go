package config

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

// jeparasFiles gives the files of the regency that ships, to be moved about.
func jeparasFiles(tb testing.TB) fstest.MapFS {
	tb.Helper()
	files := fstest.MapFS{}
	dir := os.DirFS("regencies/jepara")
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(dir, path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// A file that is gone or renamed is one error, however much of other files names what stood in it.
func TestOneFileThatIsGoneIsOneError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ from, to, want string }{
		{"agencies/opd.yaml", "", "agencies: 32 agencies that are named elsewhere are not known (bkd, bpbd, bpbd.pusdalops, …), first at categories/bencana.yaml:5; a file seems"},
		{"agencies/lain.yaml", "", "agencies: 19 agencies that are named elsewhere are not known"},
		{"agencies/lain.yaml", "agencies/lain.yml", "agencies/lain.yml: is not read, and 19 agencies that are named elsewhere are not known"},
		{"categories/bencana.yaml", "", "categories: 5 categories that are named elsewhere are not known"},
		{"categories/sosial.yaml", "categories/sosial.yaml.old", "categories/sosial.yaml.old: is not read, and "},
		{"areas.csv", "area.csv", "areas.csv: the file is missing"},
		{"calendar.yaml", "kalender.yaml", "calendar.yaml: the file is missing"},
	} {
		files := jeparasFiles(t)
		moved := files[tt.from]
		delete(files, tt.from)
		if tt.to != "" {
			files[tt.to] = moved
		}
		r, report := Load(files, now)
		if r != nil || report.Errors() != 1 || !strings.Contains(report.String(), tt.want) {
			t.Errorf("%s is now %q: want %s\ngot:\n%s", tt.from, tt.to, tt.want, report)
		}
	}
}

// Few mistakes are named one by one, also beside a file that is not read and has nothing to do with them.
func TestFewMistakesAreNamedEach(t *testing.T) {
	t.Parallel()
	files := jeparasFiles(t)
	files["agencies/catatan.txt"] = &fstest.MapFile{Data: []byte("x")}
	roads := files["categories/jalan.yaml"]
	files["categories/jalan.yaml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(roads.Data), "agency: dpupr", "agency: dpupe"))}
	_, report := Load(files, now)
	wrong := strings.Count(report.String(), `there is no agency "dpupe"; did you mean dpupr?`)
	if wrong < 2 || wrong != report.Errors() {
		t.Errorf("%d of %d errors name the misspelt agency:\n%s", wrong, report.Errors(), report)
	}
}

// A file that looks like a part of the description and is none is warned of: what stands in it does not count.
func TestAFileUnderAnotherNameIsWarnedOf(t *testing.T) {
	t.Parallel()
	for from, to := range map[string]string{boundariesFile: "bounds.geojson", "whatsapp.yaml": "whatsap.yaml", lineFile: "line112.yml"} {
		files := jeparasFiles(t)
		files[to] = files[from]
		delete(files, from)
		r, report := Load(files, now)
		if want := fmt.Sprintf("%s: warning: is not read; did you mean %s?", to, from); r == nil || !strings.Contains(report.String(), want) {
			t.Errorf("want %s\ngot:\n%s", want, report)
		}
	}
	files := jeparasFiles(t)
	for _, name := range []string{"README.md", ".hidden.yaml", path.Join("notes", "old.yaml")} {
		files[name] = &fstest.MapFile{Data: []byte("x")}
	}
	if r, report := Load(files, now); r == nil || strings.Contains(report.String(), "is not read") {
		t.Errorf("what is no part of it:\n%s", report)
	}
}
