package console_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tanggap/console/words"
)

var (
	saidInTemplate = regexp.MustCompile(`\bt "([^"]+)"|\(field \S+ "[^"]*" "([^"]+)"`)
	begunInSource  = regexp.MustCompile(`\(print "([^"]+)"`)
	placeholder    = regexp.MustCompile(`\{[^}]*\}`)
)

// Every sentence that a page says is in the catalogue, in both languages with the same placeholders, and every one in the catalogue is said somewhere.
func TestWords(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	var begins []string
	files, err := filepath.Glob("templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("templates: %v, %v", files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range saidInTemplate.FindAllStringSubmatch(string(text), -1) {
			key := m[1] + m[2]
			said[key] = true
			if !words.Has(key) {
				t.Errorf("%s says %q, which is not in the catalogue", name, key)
			}
		}
		for _, m := range begunInSource.FindAllStringSubmatch(string(text), -1) {
			begins = append(begins, m[1])
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					said[s] = true
					if strings.HasSuffix(s, ".") && len(s) > 2 {
						begins = append(begins, s) // a key is made of it and a value
					}
				}
			}
			return true
		})
	}
	for key, w := range words.All() {
		if w.ID == "" || w.EN == "" {
			t.Errorf("%s lacks a language", key)
		}
		id, en := placeholder.FindAllString(w.ID, -1), placeholder.FindAllString(w.EN, -1)
		slices.Sort(id)
		slices.Sort(en)
		if !slices.Equal(id, en) {
			t.Errorf("%s: placeholders %v and %v", key, id, en)
		}
		if !said[key] && !slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(key, b) }) {
			t.Errorf("%s is never said", key)
		}
	}
}
