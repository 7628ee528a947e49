package house_test

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
	"time"

	"github.com/google/go-cmp/cmp"

	"tanggap/hotline"
)

// docs/case.md draws how a case and its parts move. Here every way that Case.After allows is walked, and the page must draw just these: none more,
// none less.
func TestThePageAboutCasesIsTrue(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/case.md")
	if err != nil {
		t.Fatal(err)
	}
	drawn := diagrams(t, string(page))
	if len(drawn) != 2 {
		t.Fatalf("docs/case.md has %d diagrams, not one of the case and one of its parts", len(drawn))
	}
	w := walk(t, eventKinds(t))
	for i, ways := range []map[string]bool{w.ofCases, w.ofParts} {
		what := []string{"case", "part"}[i]
		for _, way := range slices.Sorted(maps.Keys(ways)) {
			if !drawn[i][way] {
				t.Errorf("docs/case.md does not draw that a %s may go %s", what, way)
			}
		}
		for _, way := range slices.Sorted(maps.Keys(drawn[i])) {
			if !ways[way] {
				t.Errorf("docs/case.md draws that a %s may go %s; hotline/case.go does not allow it", what, way)
			}
		}
	}
	if diff := cmp.Diff(w.fits, table(t, string(page))); diff != "" {
		t.Errorf("docs/case.md says other events fit than hotline/case.go lets happen (-allowed +said):\n%s", diff)
	}
}

// ways are what can happen to a case: status changes as "from --> to : event", the same of assignments, and while which statuses an event fits.
type ways struct {
	ofCases, ofParts map[string]bool
	fits             map[string][]string
}

// outside is how a diagram writes that there was nothing before.
const outside = "[*]"

// walk goes every way there is for a case with at most two assignments, which is enough for each rule to show: one that leads, and one that does
// not or that led before.
func walk(t *testing.T, kinds []hotline.EventKind) ways {
	t.Helper()
	w := ways{map[string]bool{}, map[string]bool{}, map[string][]string{}}
	seen := map[string]bool{}
	next := []hotline.Case{{}}
	for len(next) > 0 {
		c := next[len(next)-1]
		next = next[:len(next)-1]
		for _, kind := range kinds {
			for _, e := range events(c, kind) {
				after, err := c.After(e)
				if err != nil {
					continue
				}
				w.note(c, after, kind)
				if key := alike(&after); !seen[key] {
					seen[key] = true
					next = append(next, after)
				}
			}
		}
	}
	if len(seen) < 100 {
		t.Fatalf("only %d cases were walked through: the test proves nothing", len(seen))
	}
	for _, statuses := range w.fits {
		slices.Sort(statuses)
	}
	return w
}

func (w ways) note(before, after hotline.Case, kind hotline.EventKind) {
	from := string(before.Status)
	if from == "" {
		from = outside
	}
	if !slices.Contains(w.fits[string(kind)], from) {
		w.fits[string(kind)] = append(w.fits[string(kind)], from)
	}
	if before.Status != after.Status {
		w.ofCases[way(from, string(after.Status), string(kind))] = true
	}
	for _, a := range after.Assignments {
		was := outside
		if b, ok := before.Assignment(a.ID); ok {
			was = string(b.State)
		}
		if was != string(a.State) {
			w.ofParts[way(was, string(a.State), string(kind))] = true
		}
	}
}

func way(from, to, event string) string { return from + " --> " + to + " : " + event }

// events are all events of a kind that might fit the case: for every assignment it has, for none, and for a new one in every part.
func events(c hotline.Case, kind hotline.EventKind) []hotline.Event {
	due := time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC)
	e := hotline.Event{Kind: kind, Case: 7, By: 2, Content: 3, Facts: hotline.Facts{Due: due, Date: "2026-12-01", Category: "x", Area: "x", Word: "x",
		Value: 3, Level: 1, With: 8, CaseKind: hotline.Complaint, Privacy: hotline.Open, Source: hotline.SourceChat, Reporter: 1}}
	if kind == hotline.EvAssigned {
		if len(c.Assignments) == 2 {
			return nil
		}
		e.Assignment, e.Unit = hotline.AssignmentID(len(c.Assignments)+1), string(rune('a'+len(c.Assignments)))
		var all []hotline.Event
		for _, part := range []hotline.Part{hotline.Lead, hotline.Supporting, hotline.Responding} {
			e.Part = part
			all = append(all, e)
		}
		return all
	}
	if kind == hotline.EvRestricted {
		e.Privacy = hotline.Secret // more than the case was filed with
	}
	all := []hotline.Event{e}
	for _, a := range c.Assignments {
		e.Assignment = a.ID
		all = append(all, e)
	}
	return all
}

// alike drops from a case what no later event looks at, and gives what is left as a key.
func alike(c *hotline.Case) string {
	c.Events, c.Reopened, c.Children = 1, 0, min(c.Children, 1)
	for i := range c.Assignments {
		c.Assignments[i].Level, c.Assignments[i].Acked = 0, false
	}
	return fmt.Sprint(*c)
}

// eventKinds reads the kinds from the source, so that a new one is not forgotten here.
func eventKinds(t *testing.T) []hotline.EventKind {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../hotline/event.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []hotline.EventKind
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "EventKind" {
			if lit, ok := v.Values[0].(*ast.BasicLit); ok {
				kind, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, hotline.EventKind(kind))
			}
		}
		return true
	})
	if len(kinds) < 20 {
		t.Fatalf("found %d kinds of events: the test does not read hotline/event.go", len(kinds))
	}
	return kinds
}

// pages are all pages of the repository, by their paths from its root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md"} {
		paths, err := filepath.Glob(filepath.Join("..", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no pages %s: %v", pattern, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.ToSlash(strings.TrimPrefix(path, "../"))] = string(text)
		}
	}
	return all
}

var (
	link    = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	source  = regexp.MustCompile(`[a-z]\w*(?:/\w+)*/\w+\.go\b`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	quoted  = regexp.MustCompile(`(?m)^\| (?:\*\*\w+\*\*|→ \w+) \| (.*?) \|`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// Links lead somewhere, to a heading too, and source files that are named are there.
func TestPagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := pages(t)
	slugs := map[string]bool{}
	for path, text := range all {
		for _, m := range heading.FindAllStringSubmatch(text, -1) {
			slugs[path+"#"+strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
		}
	}
	for path, text := range all {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			to := path
			if m[1] != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(path), m[1]))
			}
			if _, err := os.Stat(filepath.Join("..", to)); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", path, m[1])
			} else if m[2] != "" && !slugs[to+"#"+m[2]] {
				t.Errorf("%s: %s has no heading #%s", path, to, m[2])
			}
		}
		for _, name := range source.FindAllString(text, -1) {
			if _, err := os.Stat(filepath.Join("..", name)); err != nil {
				t.Errorf("%s names %s, which is not there", path, name)
			}
		}
	}
}

// The README shows a conversation as it is in a transcript.
func TestTheReadmeQuotesATranscript(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("testdata/transcripts/24-asked-back.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, m := range quoted.FindAllStringSubmatch(pages(t)["README.md"], -1) {
		for part := range strings.SplitSeq(m[1], "<br>") {
			for line := range strings.SplitSeq(part, " … ") {
				if line = strings.Trim(line, "`"); !strings.Contains(string(script), line) {
					t.Errorf("README.md quotes %q, which nobody says in transcript 24", line)
				}
				lines++
			}
		}
	}
	if lines < 20 {
		t.Fatalf("only %d lines of a conversation found in README.md", lines)
	}
}

var (
	mermaid   = regexp.MustCompile("(?s)```mermaid\nstateDiagram-v2\n(.*?)```")
	composite = regexp.MustCompile(`^state (\w+) \{$`)
	arrow     = regexp.MustCompile(`^(\S+) --> (\S+) : (.+)$`)
	row       = regexp.MustCompile("(?m)^\\| `(\\w+)` \\|.*\\| ([^|]*) \\|$")
)

// diagrams reads the ways that a page draws. A way from a state that holds others is a way from each of these.
func diagrams(t *testing.T, page string) []map[string]bool {
	t.Helper()
	var all []map[string]bool
	for _, block := range mermaid.FindAllStringSubmatch(page, -1) {
		type edge struct{ from, to, events string }
		var edges []edge
		var within []string // the states that hold the present line, outermost first
		members := map[string][]string{}
		enter := func(state string) {
			for _, outer := range within {
				if !slices.Contains(members[outer], state) {
					members[outer] = append(members[outer], state)
				}
			}
		}
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSpace(line)
			if m := composite.FindStringSubmatch(line); m != nil {
				within = append(within, m[1])
				members[m[1]] = nil
				continue
			}
			if line == "}" {
				within = within[:len(within)-1]
				continue
			}
			if m := arrow.FindStringSubmatch(line); m != nil {
				edges = append(edges, edge{m[1], m[2], m[3]})
				enter(m[1])
				enter(m[2])
				continue
			}
			if line != "" && !strings.HasPrefix(line, "direction ") && !strings.HasPrefix(line, "%%") {
				t.Errorf("docs/case.md: a line of a diagram that the test cannot read: %s", line)
			}
		}
		drawn := map[string]bool{}
		for _, e := range edges {
			froms, holds := members[e.from]
			if !holds {
				froms = []string{e.from}
			}
			for _, from := range froms {
				if _, holds := members[from]; holds {
					continue // its members are there themselves
				}
				for event := range strings.SplitSeq(e.events, ", ") {
					drawn[way(from, e.to, event)] = true
				}
			}
		}
		all = append(all, drawn)
	}
	return all
}

// table reads while which statuses each event fits, from the last column of the table of events. "live", "open" and "any" stand for several.
func table(t *testing.T, page string) map[string][]string {
	t.Helper()
	every := []hotline.Status{hotline.Filed, hotline.Triage, hotline.Assigned, hotline.Working, hotline.Asking, hotline.Scheduled, hotline.Ended,
		hotline.Closed, hotline.Withdrawn, hotline.Archived, hotline.Merged}
	several := map[string]func(hotline.Status) bool{
		"live": func(s hotline.Status) bool { return s.Live() && s != hotline.Merged },
		"open": func(s hotline.Status) bool { return !s.Over() },
		"any":  func(hotline.Status) bool { return true },
	}
	said := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		var statuses []string
		for word := range strings.SplitSeq(m[2], ", ") {
			if word == "nothing yet" {
				word = outside
			}
			fits, ok := several[word]
			if !ok {
				statuses = append(statuses, word)
				continue
			}
			for _, s := range every {
				if fits(s) {
					statuses = append(statuses, string(s))
				}
			}
		}
		slices.Sort(statuses)
		said[m[1]] = slices.Compact(statuses)
	}
	return said
}
