package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tanggap/hotline"
)

// A Stream is what happens, in the order of its commits, kept for a while.
type Stream interface {
	// Tail gives the newest entries, at most limit, oldest first.
	Tail(ctx context.Context, limit int) ([]Entry, error)
	// Read gives what came after a place, oldest first, at most limit; it waits at most so long for the first.
	Read(ctx context.Context, after string, limit int, wait time.Duration) ([]Entry, error)
}

// An Entry is one thing that happened.
type Entry struct {
	Seq   string // its place in the stream: "milliseconds-number"
	Topic string // TopicCase, or a signal's
	Ref   int64  // which case, or the signal's
	Kind  string // of a case's event
}

// TopicCase is the topic of what happens to cases.
const TopicCase = "case"

// A LookTx reads cases without locking them.
type LookTx interface {
	// Glance reads cases; those that are none are left out.
	Glance(ctx context.Context, ids ...hotline.CaseID) ([]hotline.Case, error)
}

func liveRoutes() []Route {
	return []Route{{Method: "GET", Path: "/live", Quiet: true, Do: (*Request).live}}
}

// How a page is kept live, in machine time.
const (
	beatEvery  = 15 * time.Second // something is said, so that both ends know of each other, and who listens is looked at again
	writeLimit = 10 * time.Second // whoever takes nothing for so long is let go: the browser comes again
)

// A change is what a page is told.
type change struct {
	Topic  string `json:"topic"`
	ID     int64  `json:"id"`
	Number string `json:"number,omitempty"` // of a case
	Kind   string `json:"kind,omitempty"`   // of a case's event
}

// live tells a page of what the viewer may see, as it happens, as server-sent events:
//
//	beat    we are here
//	change  something the viewer may see
//	reset   too much was missed to tell: load anew what is shown
//	deaf    we are here but hear nothing ourselves; a reset follows when we do
//	over    the session has ended
//
// Each carries its place in the stream as its id. A browser that comes back says the last one (Last-Event-ID, or ?after=) and goes on from there.
func (q *Request) live() error {
	after := q.Header.Get("Last-Event-ID")
	if after == "" {
		after = q.URL.Query().Get("after")
	}
	out := http.NewResponseController(q.W)
	if err := out.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("keep a page live: %w", err)
	}
	l := q.console.hub.listen(after)
	defer l.leave()
	h := q.W.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy passes on at once
	q.W.WriteHeader(http.StatusOK)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	place, deaf := after, false
	say := func(event, data string) bool {
		if err := out.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return false
		}
		_, err := fmt.Fprintf(q.W, "event: %s\nid: %s\ndata: %s\n\n", event, place, data)
		return err == nil && out.Flush() == nil
	}
	if !say("beat", "{}") {
		return nil
	}
	for {
		look := false // at who listens: whether they still may
		select {
		case <-q.Context().Done():
			return nil
		case <-q.console.hub.over:
			return nil
		case <-beat.C:
			look = true
		case <-l.bell:
		}
		news := l.take()
		for _, e := range news.entries {
			look = look || e.Topic == hotline.TopicSession && q.Viewer.Is(hotline.PersonID(e.Ref))
		}
		if look && !q.stillIn() {
			say("over", "{}")
			return nil
		}
		if news.place != "" {
			place = news.place
		}
		ok := true
		switch {
		case news.deaf, deaf && !news.reset:
			deaf = true
			ok = say("deaf", "{}")
		case news.reset:
			deaf = false
			ok = say("reset", "{}")
		default:
			for _, e := range news.entries {
				if c, may := q.hears(e); may && ok {
					place = e.Seq
					ok = say("change", c)
				}
			}
			if ok && look {
				ok = say("beat", "{}")
			}
		}
		if !ok {
			return nil
		}
	}
}

// stillIn looks again at who listens; roles that ended meanwhile see nothing from now on. Trouble with the database is no reason to end.
func (q *Request) stillIn() bool {
	q.Now = q.console.Now()
	before := *q
	if err := q.identify(); err != nil {
		q.session, q.token, q.User, q.Viewer = before.session, before.token, before.User, before.Viewer
		return true
	}
	return q.session != nil && q.session.Stage == hotline.StageIn
}

// hears gives what the viewer is told of an entry; false: nothing.
func (q *Request) hears(e *heard) (string, bool) {
	c := change{Topic: e.Topic, ID: e.Ref, Kind: e.Kind}
	switch {
	case e.Topic == TopicCase:
		if e.Case.ID == 0 || !q.Sees(e.Case).Facts {
			return "", false
		}
		c.Number = e.Case.Number.String()
	case !q.Viewer.Has(topicMay(e.Topic)...):
		return "", false
	}
	b, err := json.Marshal(c)
	return string(b), err == nil
}

// topicMay gives the roles that hear of a topic.
func topicMay(topic string) []hotline.RoleName {
	if may, ok := callTopics[topic]; ok {
		return may
	}
	if may, ok := deskTopics[topic]; ok {
		return may
	}
	if may, ok := venueTopics[topic]; ok {
		return may
	}
	return boardTopics[topic]
}

// later tells whether a place in the stream is after another.
func later(a, b string) bool {
	am, an := parsePlace(a)
	bm, bn := parsePlace(b)
	return am > bm || am == bm && an > bn
}

func parsePlace(s string) (ms, n uint64) {
	for i := range len(s) {
		if s[i] == '-' {
			ms, _ = strconv.ParseUint(s[:i], 10, 64) // what is none is before all
			n, _ = strconv.ParseUint(s[i+1:], 10, 64)
			return ms, n
		}
	}
	return 0, 0
}
