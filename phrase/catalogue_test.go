package phrase

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// speakers are the packages that say things by key.
var speakers = []string{"../bot", "../bot/telegram", "../bot/whatsapp", "../dispatcher", "../house", "../console", "../store"}

// What a reader on a small telephone takes in at a glance.
const (
	maxSentence = 160 // runes
	maxLines    = 7
	maxLabel    = 40 // runes on a button
)

func TestEveryEntryIsWholeShortAndAgrees(t *testing.T) {
	t.Parallel()
	for key, e := range Catalogue() {
		if !keyForm.MatchString(key) {
			t.Errorf("%s: a key is lower-case words joined by points", key)
		}
		var want []string
		for i, text := range []string{e.ID, e.JV, e.EN} {
			lang := []string{"id", "jv", "en"}[i]
			if text == "" {
				t.Errorf("%s lacks %s", key, lang)
				continue
			}
			tmpl, err := parse(text)
			if err != nil {
				t.Errorf("%s in %s: %v", key, lang, err)
				continue
			}
			if i == 0 {
				want = tmpl.names()
			} else if got := tmpl.names(); !slices.Equal(got, want) {
				t.Errorf("%s in %s has placeholders %v, Indonesian has %v", key, lang, got, want)
			}
			for _, s := range sentences(text) {
				if n := len([]rune(s)); n > maxSentence {
					t.Errorf("%s in %s: a sentence of %d letters: %s", key, lang, n, s)
				}
			}
			if n := strings.Count(text, "\n") + 1; n > maxLines {
				t.Errorf("%s in %s: %d lines", key, lang, n)
			}
			if strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
				t.Errorf("%s in %s: stray blanks: %q", key, lang, text)
			}
		}
	}
}

var (
	keyForm     = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_-]+)+$`)
	sentenceEnd = regexp.MustCompile(`[.!?]\s+|\n`)
)

func sentences(s string) []string { return sentenceEnd.Split(s, -1) }

// A use is one place in the sources where a key is said.
type use struct {
	at    string
	key   string
	args  []string
	known bool // all arguments are literal
	label bool // on a button
}

// TestSourcesAndCatalogueAgree reads the packages that say things: every key said exists, with the arguments it needs and no others; every key
// of the catalogue is said somewhere. A key put together as "prefix."+x uses all keys with the prefix.
func TestSourcesAndCatalogueAgree(t *testing.T) {
	t.Parallel()
	all := Catalogue()
	space := map[string]bool{}
	for key := range all {
		space[strings.SplitN(key, ".", 2)[0]] = true
	}
	used := map[string]bool{}
	prefixes := map[string]bool{}
	found := 0
	for _, dir := range append(slices.Clone(speakers), ".") {
		files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || dir == "." && holdsEntries(file) {
				continue
			}
			uses, literals, pre := read(t, file)
			for _, u := range uses {
				found++
				e, ok := all[u.key]
				if !ok {
					t.Errorf("%s says %q, which is not in the catalogue", u.at, u.key)
					continue
				}
				used[u.key] = true
				tmpl, err := parse(e.ID)
				if err != nil {
					continue // the other test tells
				}
				if want := tmpl.names(); u.known && !slices.Equal(want, u.args) {
					t.Errorf("%s says %s with %v; it needs %v", u.at, u.key, u.args, want)
				}
				if u.label {
					for _, text := range []string{e.ID, e.JV, e.EN} {
						if len([]rune(text)) > maxLabel {
							t.Errorf("%s: a button of %d letters: %s", u.key, len([]rune(text)), text)
						}
					}
				}
			}
			for _, s := range literals {
				if _, ok := all[s]; ok {
					used[s] = true
				}
			}
			maps.Copy(prefixes, pre)
		}
	}
	if found < 50 {
		t.Fatalf("only %d phrases are said: the test does not find the sources", found)
	}
	for p := range prefixes {
		n := 0
		for key := range all {
			if strings.HasPrefix(key, p) {
				used[key] = true
				n++
			}
		}
		if n == 0 && space[strings.TrimSuffix(p, ".")] {
			t.Errorf("no key begins with %q", p)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !used[key] {
			t.Errorf("nothing says %s", key)
		}
	}
}

func holdsEntries(file string) bool {
	return slices.Contains([]string{"common.go", "citizen.go", "staff.go", "network.go", "join.go", "group.go", "call.go", "merge.go", "desk.go", "responder.go", "siaga.go", "booking.go"}, file)
}

// read finds what a source file says: calls with literal keys, other literals that look like keys, and prefixes of keys put together.
func read(t *testing.T, file string) (uses []use, literals []string, prefixes map[string]bool) {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v", err)
	}
	prefixes = map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if u, ok := said(n); ok {
				pos := fset.Position(n.Pos())
				u.at = fmt.Sprintf("%s:%d", filepath.Base(pos.Filename), pos.Line)
				uses = append(uses, u)
			}
		case *ast.BinaryExpr:
			if s, ok := literal(n.X); ok && n.Op == token.ADD && strings.HasSuffix(s, ".") {
				prefixes[s] = true
			}
		case *ast.BasicLit:
			if s, ok := literal(n); ok && keyForm.MatchString(s) {
				literals = append(literals, s)
			}
		}
		return true
	})
	return uses, literals, prefixes
}

// said reads hotline.Say(key, …), hotline.Phrase(key, …), hotline.Pick(value, key, …), x.And(key, …) and hotline.PhraseArg(key).
func said(call *ast.CallExpr) (use, bool) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return use{}, false
	}
	at := 0
	switch sel.Sel.Name {
	case "Say", "Phrase", "And", "PhraseArg":
	case "Pick":
		at = 1
	default:
		return use{}, false
	}
	if len(call.Args) <= at {
		return use{}, false
	}
	key, ok := literal(call.Args[at])
	if !ok {
		return use{}, false
	}
	u := use{key: key, known: !call.Ellipsis.IsValid(), label: at == 1}
	for i := at + 1; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		u.known = u.known && ok
		u.args = append(u.args, name)
	}
	slices.Sort(u.args)
	return u, true
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
