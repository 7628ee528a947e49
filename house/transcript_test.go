package house_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the transcripts as they come out")

// Every transcript is played through the simulator against the program's own wiring, real Postgres and real Redis, and must come out as written.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		s, err := readScript(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := newStage(t, s).play()
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // a file of the repository
					t.Fatal(err)
				}
				return
			}
			compare(t, path, got)
		})
		for _, on := range s.also {
			elsewhere := *s
			elsewhere.network = on
			t.Run(name+"@"+on, func(t *testing.T) {
				t.Parallel()
				if *update {
					return // written as it comes out on the first network
				}
				compare(t, path, newStage(t, &elsewhere).play())
			})
		}
	}
}

func compare(t *testing.T, path, got string) {
	t.Helper()
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("it came out otherwise (-written +played); go test ./house -run Transcripts -update writes it anew:\n%s", diff)
	}
}
