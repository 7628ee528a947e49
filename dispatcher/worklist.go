package dispatcher

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"tanggap/hotline"
)

// Worklists are the units' worklists in Redis: one sorted set a unit, its members the waiting assignments.
//
// Keys, each after the prefix:
//
//	{UNIT}:work       sorted set; member: AssignmentID in decimal, with zeros in front to twelve digits; score: see score
//	worklists:units   set of the units that have, or had, a worklist
//	worklists:epoch   string, drawn anew whenever the lists are built from nothing: without it they cannot be trusted
//
// Every command and script touches the keys of one hash tag, so it runs on Redis Cluster as it is. Redis must not evict keys (its default).
//
// Redis only reminds. Who has an assignment is decided by the event in Postgres.
type Worklists struct {
	redis  redis.UniversalClient
	prefix string
}

// NewWorklists makes the worklists of one regency. The prefix, "jepara:" say, keeps regencies that share one Redis apart; it has no braces.
func NewWorklists(client redis.UniversalClient, prefix string) *Worklists {
	return &Worklists{redis: client, prefix: prefix}
}

// The library's own log is silenced: whatever it would write there comes back as an error too, and is logged once by whoever asked.
func init() { redis.SetLogger(silent{}) }

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// Connect makes a client of a redis://, rediss:// or unix:// URL as the dispatcher likes it: it gives up on a silent server after half a second, and
// repeats nothing by itself. It does not connect yet. The error is about the URL and never shows it, since there may be a password in it.
func Connect(url string) (*redis.Client, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("malformed Redis URL: it looks like redis://HOST:6379/0 or unix:///PATH?db=0")
	}
	const patience = 500 * time.Millisecond
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = patience, patience, patience
	options.PoolTimeout = 2 * patience
	options.ContextTimeoutEnabled = true
	options.MaxRetries, options.DialerRetries = -1, 1
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(options), nil
}

// The key of a unit's worklist.
func (w *Worklists) list(unit string) string { return w.prefix + "{" + unit + "}:work" }
func (w *Worklists) units() string           { return w.prefix + "worklists:units" }
func (w *Worklists) epoch() string           { return w.prefix + "worklists:epoch" }

// latest is the largest due time that keeps its place, in microseconds after 1970: the year 2112.
const latest = 1<<52 - 1

// score puts an assignment in line: its due time in microseconds after 1970, from 0 to 2⁵²-1; an urgent one 2⁵² less. So every urgent one is
// negative and stands before every ordinary one, which is not, and within each the earlier due stands before the later. All of these
// are whole numbers of at most 53 bits, which a float64 holds exactly. Without a due time it stands last; a due time before 1970 counts as 1970.
// Where two are due at the same moment, as many are at the close of work, the lower member comes first: who was assigned earlier.
func score(l hotline.Listing) float64 {
	due := int64(latest)
	if !l.Due.IsZero() {
		due = min(max(l.Due.UnixMicro(), 0), latest)
	}
	if l.Urgent {
		due -= 1 << 52
	}
	return float64(due)
}

func unscore(s float64) (urgent bool, due time.Time) {
	n := int64(s)
	if urgent = n < 0; urgent {
		n += 1 << 52
	}
	if n < latest {
		due = time.UnixMicro(n).UTC()
	}
	return urgent, due
}

func member(a hotline.AssignmentID) string { return fmt.Sprintf("%012d", a) }

func unmember(s string) (hotline.AssignmentID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("worklist member %q is no assignment", s)
	}
	return hotline.AssignmentID(n), nil
}

// Next gives the first n assignments in a unit's line, without taking them.
func (w *Worklists) Next(ctx context.Context, unit string, n int) ([]hotline.Listing, error) {
	if n <= 0 {
		return nil, nil
	}
	entries, err := w.redis.ZRangeWithScores(ctx, w.list(unit), 0, int64(n-1)).Result()
	if err != nil {
		return nil, fmt.Errorf("read worklist of %s: %w", unit, err)
	}
	line := make([]hotline.Listing, 0, len(entries))
	for _, e := range entries {
		text, _ := e.Member.(string)
		id, err := unmember(text)
		if err != nil {
			return nil, err
		}
		urgent, due := unscore(e.Score)
		line = append(line, hotline.Listing{Assignment: id, Unit: unit, Urgent: urgent, Due: due, Waiting: true})
	}
	return line, nil
}

// Claim takes an assignment out of a unit's line. Of all who claim it at once exactly one is told true; that one goes on to record the taking
// in Postgres. If it never does, the next rebuild puts the assignment back. Nobody claims today: where many officers have one card, the event decides.
func (w *Worklists) Claim(ctx context.Context, unit string, a hotline.AssignmentID) (bool, error) {
	n, err := w.redis.ZRem(ctx, w.list(unit), member(a)).Result()
	if err != nil {
		return false, fmt.Errorf("claim assignment %d: %w", a, err)
	}
	return n == 1, nil
}

// Sync tells Redis how these assignments stand, in one round trip (one a node in a cluster). Told the same twice, it changes nothing. After
// an error some of it may have been done: tell it again.
func (w *Worklists) Sync(ctx context.Context, changes []hotline.Listing) error {
	in := make(map[string][]redis.Z)
	out := make(map[string][]any)
	for _, l := range changes {
		if l.Waiting {
			in[l.Unit] = append(in[l.Unit], redis.Z{Score: score(l), Member: member(l.Assignment)})
		} else {
			out[l.Unit] = append(out[l.Unit], member(l.Assignment))
		}
	}
	pipe := w.redis.Pipeline()
	if len(in) > 0 {
		pipe.SAdd(ctx, w.units(), anys(slices.Sorted(maps.Keys(in)))...)
	}
	for _, unit := range slices.Sorted(maps.Keys(in)) {
		pipe.ZAdd(ctx, w.list(unit), in[unit]...)
	}
	for _, unit := range slices.Sorted(maps.Keys(out)) {
		pipe.ZRem(ctx, w.list(unit), out[unit]...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("write worklists: %w", err)
	}
	return nil
}

// A Difference is what a rebuild had to put right.
type Difference struct {
	Added    int // waiting, and not in line
	Removed  int // in line, and not waiting
	Rescored int // in the wrong place
}

// Any tells whether there was anything to put right.
func (d Difference) Any() bool { return d != Difference{} }

// rebuild makes one worklist what it should be.
//
//	KEYS    1: the worklist
//	ARGV    score, member, score, member … of everything that should be in it
//	result  {added, removed, rescored}
//
// Whatever else lies under the key is thrown away.
var rebuild = redis.NewScript(`
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
local want = {}
for i = 1, #ARGV, 2 do want[ARGV[i + 1]] = ARGV[i] end
local added, removed, rescored = 0, 0, 0
local have = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #have, 2 do
  local member, score = have[i], want[have[i]]
  if not score then
    removed = removed + redis.call('ZREM', KEYS[1], member)
  elseif tonumber(score) ~= tonumber(have[i + 1]) then
    redis.call('ZADD', KEYS[1], score, member)
    rescored = rescored + 1
  end
  want[member] = nil
end
for member, score in pairs(want) do added = added + redis.call('ZADD', KEYS[1], score, member) end
return {added, removed, rescored}
`)

// rebuildAtOnce is how many worklists are rebuilt in one round trip.
const rebuildAtOnce = 64

// Rebuild makes every worklist hold exactly what waits, and tells what had to change. Nobody may Sync meanwhile (see Lists.Exclusive). Looked at
// are the units given, those with something waiting, and those that Redis remembers.
func (w *Worklists) Rebuild(ctx context.Context, waiting []hotline.Listing, units []string) (Difference, error) {
	var d Difference
	known, err := w.redis.SMembers(ctx, w.units()).Result()
	if redis.HasErrorPrefix(err, "WRONGTYPE") {
		known, err = nil, w.redis.Del(ctx, w.units()).Err()
	}
	if err != nil {
		return d, fmt.Errorf("read known worklists: %w", err)
	}
	want := make(map[string][]any)
	for _, l := range waiting {
		want[l.Unit] = append(want[l.Unit], strconv.FormatFloat(score(l), 'f', 0, 64), member(l.Assignment))
	}
	if len(want) > 0 {
		if err := w.redis.SAdd(ctx, w.units(), anys(slices.Sorted(maps.Keys(want)))...).Err(); err != nil {
			return d, fmt.Errorf("write known worklists: %w", err)
		}
	}
	all := slices.AppendSeq(slices.Concat(known, units), maps.Keys(want))
	slices.Sort(all)
	for some := range slices.Chunk(slices.Compact(all), rebuildAtOnce) {
		if err := w.rebuild(ctx, some, want, &d); err != nil {
			return d, fmt.Errorf("rebuild worklists: %w", err)
		}
	}
	return d, nil
}

func (w *Worklists) rebuild(ctx context.Context, units []string, want map[string][]any, d *Difference) error {
	pipe := w.redis.Pipeline()
	results := make([]*redis.Cmd, len(units))
	for i, unit := range units {
		results[i] = rebuild.Eval(ctx, pipe, []string{w.list(unit)}, want[unit]...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	for _, result := range results {
		n, err := result.Int64Slice()
		if err != nil || len(n) != 3 {
			return fmt.Errorf("unexpected answer %v: %w", result.Val(), err)
		}
		d.Added, d.Removed, d.Rescored = d.Added+int(n[0]), d.Removed+int(n[1]), d.Rescored+int(n[2])
	}
	return nil
}

// mark tells by what the lists are known: the epoch, and which run of the server holds it, so that a server that came back with an old copy
// of its memory is seen too. It is empty where the epoch is missing. (A cluster has many runs; there the epoch alone must do.)
func (w *Worklists) mark(ctx context.Context) (string, error) {
	epoch, err := w.redis.Get(ctx, w.epoch()).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return "", nil
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
		return "", w.redis.Del(ctx, w.epoch()).Err()
	case err != nil:
		return "", fmt.Errorf("read the epoch: %w", err)
	}
	if _, cluster := w.redis.(*redis.ClusterClient); cluster {
		return epoch, nil
	}
	info, err := w.redis.Info(ctx, "server").Result()
	switch {
	case redis.HasErrorPrefix(err, "NOPERM"):
		return epoch, nil
	case err != nil:
		return "", fmt.Errorf("ask the server who it is: %w", err)
	}
	for line := range strings.Lines(info) {
		if run, ok := strings.CutPrefix(line, "run_id:"); ok {
			return epoch + " " + strings.TrimSpace(run), nil
		}
	}
	return epoch, nil
}

// begin draws an epoch if there is none and gives the mark. It comes before the lists are written: should Redis be emptied meanwhile, the epoch is
// gone with them.
func (w *Worklists) begin(ctx context.Context) (string, error) {
	if err := w.redis.SetNX(ctx, w.epoch(), rand.Text(), 0).Err(); err != nil {
		return "", fmt.Errorf("write the epoch: %w", err)
	}
	return w.mark(ctx)
}

func anys(all []string) []any {
	list := make([]any, len(all))
	for i, s := range all {
		list[i] = s
	}
	return list
}
