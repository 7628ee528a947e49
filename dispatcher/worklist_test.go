package dispatcher

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"tanggap/hotline"
	"tanggap/testbed"
)

func connect(tb testing.TB, url string) *redis.Client {
	tb.Helper()
	client, err := Connect(url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

func waiting(unit string, id int, urgent bool, due time.Time) hotline.Listing {
	return hotline.Listing{Assignment: hotline.AssignmentID(id), Unit: unit, Urgent: urgent, Due: due, Waiting: true}
}

func ids(line []hotline.Listing) []hotline.AssignmentID {
	out := make([]hotline.AssignmentID, len(line))
	for i, l := range line {
		out[i] = l.Assignment
	}
	return out
}

// runs numbers the runs of a property, so that each has lists of its own.
var runs atomic.Int64

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Urgent before ordinary, earlier due before later, and what is due at the same moment in the order it was assigned.
func TestWorklistOrder(t *testing.T) {
	t.Parallel()
	w := NewWorklists(connect(t, testbed.RedisDB(t)), "order:")
	rapid.Check(t, func(rt *rapid.T) {
		unit := fmt.Sprintf("u%d", runs.Add(1))
		n := rapid.IntRange(1, 30).Draw(rt, "n")
		var all []hotline.Listing
		for i := range n {
			due := noon.Add(time.Duration(rapid.Int64Range(-3, 3).Draw(rt, "due")) * time.Microsecond)
			if rapid.Bool().Draw(rt, "far") {
				due = time.UnixMicro(rapid.Int64Range(0, latest-1).Draw(rt, "any due")).UTC()
			}
			all = append(all, waiting(unit, i+9, rapid.Bool().Draw(rt, "urgent"), due)) // from one digit to two
		}
		if err := w.Sync(t.Context(), all); err != nil {
			rt.Fatal(err)
		}
		slices.SortStableFunc(all, func(a, b hotline.Listing) int {
			if a.Urgent != b.Urgent {
				if a.Urgent {
					return -1
				}
				return 1
			}
			return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Assignment, b.Assignment))
		})
		line, err := w.Next(t.Context(), unit, n+1)
		if err != nil {
			rt.Fatal(err)
		}
		if !slices.Equal(line, all) {
			rt.Fatalf("line  %v\nwant  %v", line, all)
		}
	})
}

// The score is a whole number that a float64 holds exactly, whatever the due time.
func TestScoreIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		l := hotline.Listing{Urgent: rapid.Bool().Draw(rt, "urgent")}
		if rapid.IntRange(0, 9).Draw(rt, "none") > 0 {
			l.Due = time.UnixMicro(rapid.Int64().Draw(rt, "due")).UTC()
		}
		s := score(l)
		if s != math.Trunc(s) || math.Abs(s) > 1<<52 || (s < 0) != l.Urgent {
			rt.Fatalf("score %v of %v", s, l)
		}
		urgent, due := unscore(s)
		in := l.Due.UnixMicro() >= 0 && l.Due.UnixMicro() < latest && !l.Due.IsZero()
		if urgent != l.Urgent || in && !due.Equal(l.Due) {
			rt.Fatalf("%v read back as %v, %v", l, urgent, due)
		}
	})
	if score(hotline.Listing{}) != latest || score(hotline.Listing{Due: time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)}) != 0 {
		t.Error("no due time must come last, and one before 1970 first")
	}
}

func TestOneClaimWinsAmong64(t *testing.T) {
	t.Parallel()
	url := testbed.RedisDB(t)
	first := NewWorklists(connect(t, url), "")
	if err := first.Sync(t.Context(), []hotline.Listing{waiting("dpupr.jalan", 7, false, noon), waiting("dpupr.jalan", 8, false, noon)}); err != nil {
		t.Fatal(err)
	}
	for id := hotline.AssignmentID(7); id <= 8; id++ {
		var won, failed atomic.Int32
		var ready, done sync.WaitGroup
		begin := make(chan struct{})
		for range 64 {
			w := NewWorklists(connect(t, url), "") // a connection each, as 64 instances would have
			if err := w.redis.Ping(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			ready.Add(1)
			done.Go(func() {
				ready.Done()
				<-begin
				switch yes, err := w.Claim(t.Context(), "dpupr.jalan", id); {
				case err != nil:
					failed.Add(1)
				case yes:
					won.Add(1)
				}
			})
		}
		ready.Wait()
		close(begin)
		done.Wait()
		if won.Load() != 1 || failed.Load() != 0 {
			t.Errorf("assignment %d: %d won, %d failed", id, won.Load(), failed.Load())
		}
	}
	if line, err := first.Next(t.Context(), "dpupr.jalan", 10); err != nil || len(line) != 0 {
		t.Errorf("left in line: %v, %v", line, err)
	}
}

// Told in any order, any number of times, the lists end as the last word said; and a rebuild makes them so from whatever they were.
func TestRebuildPutsRight(t *testing.T) {
	t.Parallel()
	client := connect(t, testbed.RedisDB(t))
	rapid.Check(t, func(rt *rapid.T) {
		w := NewWorklists(client, fmt.Sprintf("r%d:", runs.Add(1)))
		units := []string{"a", "a.b", "c"}
		change := rapid.Custom(func(rt *rapid.T) hotline.Listing {
			id := rapid.IntRange(1, 12).Draw(rt, "id")
			l := waiting(units[id%3], id, rapid.Bool().Draw(rt, "urgent"), noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(rt, "due"))*time.Hour))
			l.Waiting = rapid.Bool().Draw(rt, "waiting")
			return l
		})
		inRedis := make(map[hotline.AssignmentID]hotline.Listing)
		for range rapid.IntRange(0, 4).Draw(rt, "batches") {
			batch := rapid.SliceOfNDistinct(change, 0, 8, func(l hotline.Listing) hotline.AssignmentID { return l.Assignment }).Draw(rt, "batch")
			if err := w.Sync(t.Context(), batch); err != nil {
				rt.Fatal(err)
			}
			for _, l := range batch {
				delete(inRedis, l.Assignment)
				if l.Waiting {
					inRedis[l.Assignment] = l
				}
			}
		}
		var want Difference
		var truth []hotline.Listing
		for _, l := range rapid.SliceOfNDistinct(change, 0, 8, func(l hotline.Listing) hotline.AssignmentID { return l.Assignment }).Draw(rt, "truth") {
			if l.Waiting {
				truth = append(truth, l)
				had, ok := inRedis[l.Assignment]
				switch {
				case !ok:
					want.Added++
				case had != l:
					want.Rescored++
				}
			}
		}
		for id := range inRedis {
			if !slices.Contains(ids(truth), id) {
				want.Removed++
			}
		}
		got, err := w.Rebuild(t.Context(), truth, nil)
		if err != nil || got != want {
			rt.Fatalf("rebuild: %+v, %v; want %+v", got, err, want)
		}
		if again, err := w.Rebuild(t.Context(), truth, units); err != nil || again.Any() {
			rt.Fatalf("a second rebuild found %+v, %v", again, err)
		}
		var all []hotline.Listing
		for _, u := range units {
			line, err := w.Next(t.Context(), u, 100)
			if err != nil {
				rt.Fatal(err)
			}
			all = append(all, line...)
		}
		byID := func(a, b hotline.Listing) int { return cmp.Compare(a.Assignment, b.Assignment) }
		slices.SortFunc(all, byID)
		slices.SortFunc(truth, byID)
		if !slices.Equal(all, truth) {
			rt.Fatalf("lists %v\nwant  %v", all, truth)
		}
	})
}

func TestRebuildThrowsAwayWhatIsNoList(t *testing.T) {
	t.Parallel()
	client := connect(t, testbed.RedisDB(t))
	w := NewWorklists(client, "x:")
	for _, key := range []string{w.list("a"), w.units(), w.epoch()} {
		if err := client.HSet(t.Context(), key, "not", "ours").Err(); err != nil {
			t.Fatal(err)
		}
	}
	if mark, err := w.mark(t.Context()); err != nil || mark != "" {
		t.Fatalf("mark %q, %v", mark, err)
	}
	if mark, err := w.begin(t.Context()); err != nil || mark == "" {
		t.Fatalf("begin %q, %v", mark, err)
	}
	d, err := w.Rebuild(t.Context(), []hotline.Listing{waiting("a", 1, false, noon)}, nil)
	if err != nil || d.Added != 1 {
		t.Fatalf("rebuild %+v, %v", d, err)
	}
}

// Regencies that share a Redis do not see each other's lists.
func TestPrefixKeepsRegenciesApart(t *testing.T) {
	t.Parallel()
	client := connect(t, testbed.RedisDB(t))
	jepara, jombang := NewWorklists(client, "jepara:"), NewWorklists(client, "jombang:")
	if err := jepara.Sync(t.Context(), []hotline.Listing{waiting("dpupr", 1, false, noon)}); err != nil {
		t.Fatal(err)
	}
	if _, err := jombang.Rebuild(t.Context(), nil, []string{"dpupr"}); err != nil {
		t.Fatal(err)
	}
	if line, err := jepara.Next(t.Context(), "dpupr", 1); err != nil || len(line) != 1 {
		t.Errorf("jepara's list: %v, %v", line, err)
	}
	if line, err := jombang.Next(t.Context(), "dpupr", 1); err != nil || len(line) != 0 {
		t.Errorf("jombang's list: %v, %v", line, err)
	}
}

// A server that comes back with an old copy of its memory, epoch and all, is another one.
func TestMarkTellsARestart(t *testing.T) {
	t.Parallel()
	server := testbed.PrivateRedis(t)
	client := connect(t, server.URL)
	w := NewWorklists(client, "")
	if mark, err := w.mark(t.Context()); err != nil || mark != "" {
		t.Fatalf("mark %q of an empty Redis, %v", mark, err)
	}
	before, err := w.begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again, err := w.begin(t.Context()); err != nil || again != before {
		t.Fatalf("mark %q, then %q, %v", before, again, err)
	}
	epoch := client.Get(t.Context(), w.epoch()).Val()
	server.Stop()
	if _, err := w.mark(t.Context()); err == nil {
		t.Fatal("a stopped server answers")
	}
	server.Start()
	if err := client.Set(t.Context(), w.epoch(), epoch, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if after, err := w.mark(t.Context()); err != nil || after == before {
		t.Errorf("mark %q, %v; want another than before", after, err)
	}
}

func TestConnectRefusesWhatIsNoURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "localhost:6379", "http://:hush@localhost", "redis://:hush@host:port/0", "redis://localhost/hush"} {
		_, err := Connect(url)
		if err == nil {
			t.Errorf("%q is taken", url)
		} else if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// A server that says nothing is given up on by the client itself, whatever time its caller has.
func TestConnectGivesUpOnASilentServer(t *testing.T) {
	t.Parallel()
	client := connect(t, "redis://"+silence(t)+"/0")
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	if _, err := NewWorklists(client, "").mark(ctx); err == nil || ctx.Err() != nil {
		t.Fatalf("error %v", err)
	}
}
