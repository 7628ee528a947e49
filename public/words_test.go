package public

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every sentence has its languages, with the same gaps in each, and is said somewhere; whatever a page says is there.
func TestWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("templates: %v, %v", files, err)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said, begun := map[string]bool{}, []string{}
	for _, name := range append(files, sources...) {
		if strings.HasSuffix(name, "_test.go") || name == "words.go" {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\bt "([^"]+)"|"([a-z]+\.[a-z_]+)"`).FindAllStringSubmatch(string(text), -1) {
			said[m[1]+m[2]] = true
			if _, ok := catalogue[m[1]]; m[1] != "" && !ok {
				t.Errorf("%s says %q, which is not there", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`\(print "([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			begun = append(begun, m[1])
		}
	}
	gap := regexp.MustCompile(`\{[^}]*\}`)
	for key, w := range catalogue {
		gaps := func(s string) []string {
			all := gap.FindAllString(s, -1)
			slices.Sort(all)
			return all
		}
		if w.ID == "" || w.JV == "" || w.EN == "" || !slices.Equal(gaps(w.ID), gaps(w.JV)) || !slices.Equal(gaps(w.ID), gaps(w.EN)) {
			t.Errorf("%s: %+v", key, w)
		}
		if !said[key] && !slices.ContainsFunc(begun, func(b string) bool { return strings.HasPrefix(key, b) }) {
			t.Errorf("%s is never said", key)
		}
	}
	for _, kind := range []string{"answered", "scheduled", "resolved", "passed_on", "not_possible"} {
		if _, ok := catalogue["answer."+kind]; !ok {
			t.Errorf("there is no word for an answer that is %s", kind)
		}
	}
}
