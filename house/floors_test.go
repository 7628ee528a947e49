package house_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors say what each package of the program may import of ours. Arrows point down: the ground imports nothing, what stands on it imports only
// the ground, and only what is above brings them together. Tests may look upwards.
var floors = map[string][]string{
	"hotline": {},
	"phrase":  {"hotline"},
	"config":  {"hotline"}, "store": {"hotline"}, "media": {"hotline"}, "servers": {},
	"bot":          {"hotline", "phrase"},
	"bot/telegram": {"hotline", "phrase"}, "bot/whatsapp": {"hotline", "phrase"}, "bot/whatsappcloud": {"hotline", "phrase"},
	"dispatcher": {"hotline"}, "console": {"hotline", "phrase", "console/words"}, "console/words": {},
	"public":    {"hotline", "phrase"},
	"simulator": {}, "simulator/telegram": {}, "simulator/whatsapp": {}, "simulator/whatsappcloud": {}, "simulator/page": {"simulator/telegram", "simulator/whatsapp"},
	"house":   {"hotline", "phrase", "config", "store", "media", "bot", "bot/telegram", "bot/whatsapp", "bot/whatsappcloud", "dispatcher", "console", "public"},
	"testbed": {"hotline", "config", "store", "servers", "testbed/keeper"}, "testbed/keeper": {"servers"}, "testbed/stop": {"testbed", "testbed/keeper"},
	"testbed/browser": {"hotline", "store", "house", "testbed", "testbed/keeper"},
}

// above may import everything.
var above = []string{"cmd/tanggap", "cmd/bench", "demo"}

// The ground stands on the standard library alone.
var ground = []string{"hotline", "phrase"}

func TestArrowsPointDown(t *testing.T) {
	t.Parallel()
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name != ".." && strings.HasPrefix(name, ".") || name == "testdata" || name == "tools" || name == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		if slices.Contains(above, pkg) {
			return nil
		}
		may, ok := floors[pkg]
		if !ok {
			t.Errorf("package %s has no floor: say in this test what it may import", pkg)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			ours, is := strings.CutPrefix(name, "tanggap/")
			switch {
			case is && !slices.Contains(may, ours):
				t.Errorf("%s imports %s: that arrow points up or sideways", path, name)
			case !is && slices.Contains(ground, pkg) && strings.Contains(strings.Split(name, "/")[0], "."):
				t.Errorf("%s imports %s: the ground stands on the standard library alone", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
