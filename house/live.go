package house

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"tanggap/console"
	"tanggap/store"
)

// What happens goes to the pages through one stream in Redis. Ids of rows are given in one order and committed in another, so one instance, elected by a
// lease, reads what is new as it is committed and gives it its place: the stream's own id. An entry carries the row's id too, so that the next relay
// knows what was told. All instances read the stream and tell their own pages.

const (
	liveLease  = "live"
	liveStream = "live"      // the key, after the prefix
	liveKept   = 20_000      // entries, about
	liveTail   = 3000        // entries a new relay looks at, to know what was told
	liveSlack  = 200         // rows before those, which may have been committed late
	liveLook   = time.Second // the longest between two looks: a bell that was missed
	liveWait   = 2 * time.Second
)

// tellLive relays while this instance is the one elected.
func (h *House) tellLive(ctx context.Context) error {
	return h.holding(ctx, liveLease, func(bool) {}, func(ctx context.Context) error {
		for ctx.Err() == nil {
			err := h.relayLive(ctx)
			if ctx.Err() == nil {
				h.log.Warn("pages are not told what happens; it goes on when it can", "error", err)
				wait(ctx, time.Second)
			}
		}
		return nil
	})
}

// relayLive finds out what was told already, and tells the rest as it comes, until that fails.
func (h *House) relayLive(ctx context.Context) error {
	events, signals, err := h.toldLive(ctx)
	if err != nil {
		return err
	}
	for {
		news, err := h.store.News(ctx, events, signals)
		if err != nil {
			return err
		}
		if len(news) > 0 {
			if err := h.putLive(ctx, news); err != nil {
				return err // what was not put is found again: it is not in the stream
			}
			continue
		}
		select {
		case <-h.store.Bells.Live.C():
		case <-time.After(liveLook):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// toldLive reads from the end of the stream what was told. With an empty one, what is new from now on is told.
func (h *House) toldLive(ctx context.Context) (events, signals *store.Seen, err error) {
	tail, err := h.redis.XRevRangeN(ctx, h.RedisPrefix+liveStream, "+", "-", liveTail).Result()
	if err != nil {
		return nil, nil, fmt.Errorf("read the end of the stream: %w", err)
	}
	ids := map[string][]int64{}
	for _, m := range tail {
		from, id, ok := rowOf(m)
		if ok {
			ids[from] = append(ids[from], id)
		}
	}
	newestEvent, newestSignal, err := h.store.Newest(ctx)
	if err != nil {
		return nil, nil, err
	}
	seen := func(told []int64, newest int64) *store.Seen {
		s := &store.Seen{High: newest - liveSlack}
		if len(told) == 0 {
			s.High = newest
			return s
		}
		low, high := told[0], told[0]
		is := make(map[int64]bool, len(told))
		for _, id := range told {
			low, high, is[id] = min(low, id), max(high, id), true
		}
		s.High = high
		s.Missing = map[int64]time.Time{}
		for id := max(low-liveSlack, 1); id < high; id++ {
			if !is[id] {
				s.Missing[id] = time.Now() // machine time
			}
		}
		return s
	}
	return seen(ids["e"], newestEvent), seen(ids["s"], newestSignal), nil
}

// putLive puts news into the stream, in their order, in one round trip.
func (h *House) putLive(ctx context.Context, news []store.Happening) error {
	ctx, cancel := context.WithTimeout(ctx, liveWait)
	defer cancel()
	_, err := h.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, n := range news {
			p.XAdd(ctx, &redis.XAddArgs{Stream: h.RedisPrefix + liveStream, MaxLen: liveKept, Approx: true,
				Values: []string{"row", n.Source + strconv.FormatInt(n.ID, 10), "topic", n.Topic, "ref", strconv.FormatInt(n.Ref, 10), "kind", n.Kind}})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("put news into the stream: %w", err)
	}
	return nil
}

// rowOf tells which row an entry tells of.
func rowOf(m redis.XMessage) (source string, id int64, ok bool) {
	row, _ := m.Values["row"].(string)
	if len(row) < 2 {
		return "", 0, false
	}
	id, err := strconv.ParseInt(row[1:], 10, 64)
	return row[:1], id, err == nil
}

// liveReader is the stream as the console's pages read it.
type liveReader struct {
	redis *redis.Client
	key   string
}

// Tail gives the newest entries, oldest first.
func (r liveReader) Tail(ctx context.Context, limit int) ([]console.Entry, error) {
	found, err := r.redis.XRevRangeN(ctx, r.key, "+", "-", int64(limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("read the end of the stream: %w", err)
	}
	entries := make([]console.Entry, len(found))
	for i, m := range found {
		entries[len(found)-1-i] = entryOf(m)
	}
	return entries, nil
}

// Read gives what came after a place.
func (r liveReader) Read(ctx context.Context, after string, limit int, wait time.Duration) ([]console.Entry, error) {
	found, err := r.redis.XRead(ctx, &redis.XReadArgs{Streams: []string{r.key, after}, Count: int64(limit), Block: wait}).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the stream: %w", err)
	}
	var entries []console.Entry
	for _, s := range found {
		for _, m := range s.Messages {
			entries = append(entries, entryOf(m))
		}
	}
	return entries, nil
}

func entryOf(m redis.XMessage) console.Entry {
	text := func(name string) string { s, _ := m.Values[name].(string); return s }
	ref, _ := strconv.ParseInt(text("ref"), 10, 64) // what is none is nobody's
	return console.Entry{Seq: m.ID, Topic: text("topic"), Ref: ref, Kind: text("kind")}
}
