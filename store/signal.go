package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// What happens is told to pages live: the events of cases, and signals of what else changed. Both are rows with ids that were given in one order and
// committed in another. Whoever relays them (News) remembers which ids it has not seen below the highest it has, and asks for those again until they
// come, or whoever had them must have given up.

// Signal tells, once this is committed, that something changed which is no case: topic says what kind of thing, ref which.
func (t *Tx) Signal(topic string, ref int64) {
	t.queue(`insert into signals (topic, ref, at) values (@topic, @ref, @now)`, pgx.StrictNamedArgs{"topic": topic, "ref": ref, "now": t.now})
	t.rings.live = true
}

// A Happening is one row of News.
type Happening struct {
	Source string // "e": an event of a case, "s": a signal
	ID     int64
	Topic  string // "case", or a signal's
	Ref    int64  // which case, or the signal's
	Kind   string // an event's
}

// Seen says which rows of one source have been relayed: all up to High but those in Missing.
type Seen struct {
	High    int64
	Missing map[int64]time.Time // id → machine time when it was first missed
}

// newsLimit is how many rows one look gives of each source.
const newsLimit = 1000

// missedFor is how long, in machine time, a missing row is waited for: no transaction of ours stays idle for more than a few seconds, nor takes as long.
const missedFor = 2 * time.Minute

// Miss notes the ids between what was seen and one that came, and that this one is here.
func (s *Seen) Miss(id int64, now time.Time) {
	if s.Missing == nil {
		s.Missing = map[int64]time.Time{}
	}
	delete(s.Missing, id)
	for gap := max(s.High+1, id-10*newsLimit); gap < id; gap++ { // a sequence that jumped (a crash) leaves no millions behind
		s.Missing[gap] = now
	}
	s.High = max(s.High, id)
	for gap, since := range s.Missing {
		if now.Sub(since) > missedFor {
			delete(s.Missing, gap)
		}
	}
}

func (s Seen) missing() []int64 {
	ids := make([]int64, 0, len(s.Missing))
	for id := range s.Missing {
		ids = append(ids, id)
	}
	return ids
}

// Newest gives where the rows of each source end now: what comes is told from there.
func (s *Store) Newest(ctx context.Context) (events, signals int64, err error) {
	err = s.pool.QueryRow(ctx, `select coalesce((select max(id) from events), 0), coalesce((select max(id) from signals), 0)`).Scan(&events, &signals)
	if err != nil {
		return 0, 0, fmt.Errorf("see where the news end: %w", err)
	}
	return events, signals, nil
}

// News gives what happened and was not seen yet, and notes in both that it is seen now. What is committed after this call began is given by the next.
func (s *Store) News(ctx context.Context, events, signals *Seen) ([]Happening, error) {
	type row struct {
		ID    int64
		Topic string
		Ref   int64
		Kind  string
	}
	now := time.Now() // machine time: how long transactions take
	var out []Happening
	b := &pgx.Batch{}
	collect := func(source string, seen *Seen) func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			news, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
			for _, r := range news {
				out = append(out, Happening{source, r.ID, r.Topic, r.Ref, r.Kind})
				seen.Miss(r.ID, now)
			}
			return err
		}
	}
	b.Queue(`
		select id, 'case' as topic, case_id as ref, kind from (
			(select id, case_id, kind from events where id > @high order by id limit @limit)
			union all select id, case_id, kind from events where id = any (@missing)) x order by id`,
		pgx.StrictNamedArgs{"high": events.High, "missing": events.missing(), "limit": newsLimit}).Query(collect("e", events))
	b.Queue(`
		select id, topic, ref, '' as kind from (
			(select id, topic, ref from signals where id > @high order by id limit @limit)
			union all select id, topic, ref from signals where id = any (@missing)) x order by id`,
		pgx.StrictNamedArgs{"high": signals.High, "missing": signals.missing(), "limit": newsLimit}).Query(collect("s", signals))
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return nil, fmt.Errorf("read the news: %w", err)
	}
	return out, nil
}

// Glance reads cases without locking them, for those who only look. Those that are none are left out.
func (t *Tx) Glance(ctx context.Context, ids ...hotline.CaseID) ([]hotline.Case, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return t.casesWhere(ctx, "look at "+strconv.Itoa(len(ids))+" cases", `where c.id = any (@ids) order by c.id`, pgx.StrictNamedArgs{"ids": ids})
}
