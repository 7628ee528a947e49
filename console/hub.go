package console

import (
	"context"
	"slices"
	"sync"
	"time"

	"tanggap/hotline"
)

// A hub hears the stream once for all pages of this instance, reads each case that something happened to once, and passes on. It remembers the last
// entries, so that a browser that comes back after a break goes on without asking anybody.
type hub struct {
	console *Console
	over    chan struct{} // closed when the hub ends

	mu        sync.Mutex
	past      []*heard // the newest entries, oldest first
	from, at  string   // past holds all after from, up to at; empty: nothing was heard yet
	deaf      bool
	listeners map[*listener]struct{}
}

// heard is an entry with the case as it was soon after.
type heard struct {
	Entry
	Case hotline.Case
}

// How much is kept.
const (
	hubPast     = 4000            // entries for those who come back
	hubTail     = 2000            // entries read at the start
	hubRead     = 500             // entries read at once
	hubWait     = 5 * time.Second // for the next entry
	hubAgain    = time.Second     // after the stream could not be read
	listenerMax = 1000            // entries that wait for one page; more, and it is told to load anew
)

func newHub(c *Console) *hub {
	return &hub{console: c, over: make(chan struct{}), listeners: map[*listener]struct{}{}, deaf: c.Stream == nil}
}

// place is where a page that is made now stands; empty: pages hear nothing. It is asked before what the page shows is read, so that nothing falls
// between: a change that comes meanwhile is told twice at worst, by the page and live.
func (h *hub) place() string {
	if h.console.Stream == nil {
		return ""
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at == "" {
		return "0-0"
	}
	return h.at
}

// run hears the stream until ctx ends, and then lets go of all pages.
func (h *hub) run(ctx context.Context) error {
	defer close(h.over)
	if h.console.Stream == nil {
		<-ctx.Done()
		return nil
	}
	begun := false
	for ctx.Err() == nil {
		var err error
		if !begun {
			if err = h.begin(ctx); err == nil {
				begun = true
			}
		}
		if err == nil {
			err = h.hear(ctx)
		}
		if err != nil && ctx.Err() == nil {
			h.console.Log.Warn("console: the stream cannot be read; pages say so and wait", "error", err)
			h.setDeaf()
			begun = false // what was missed meanwhile is not known
			select {
			case <-ctx.Done():
			case <-time.After(hubAgain):
			}
		}
	}
	return nil
}

// begin reads where the stream stands. Pages that were deaf load anew.
func (h *hub) begin(ctx context.Context) error {
	tail, err := h.console.Stream.Tail(ctx, hubTail)
	if err != nil {
		return err
	}
	news, err := h.look(ctx, tail)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.past, h.from, h.at = news, "0-0", "0-0"
	if len(news) > 0 {
		h.at = news[len(news)-1].Seq
		if h.from = news[0].Seq; len(news) < hubTail {
			h.from = "0-0"
		}
	}
	wasDeaf := h.deaf
	h.deaf = false
	for l := range h.listeners {
		if wasDeaf || l.at == "" || later(l.at, h.at) {
			l.lose(h.at)
		}
	}
	return nil
}

// hear passes on what comes, until that fails.
func (h *hub) hear(ctx context.Context) error {
	for {
		h.mu.Lock()
		at := h.at
		h.mu.Unlock()
		entries, err := h.console.Stream.Read(ctx, at, hubRead, hubWait)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			continue
		}
		news, err := h.look(ctx, entries)
		if err != nil {
			return err
		}
		h.mu.Lock()
		h.past = append(h.past, news...)
		if over := len(h.past) - hubPast; over > hubPast/4 {
			h.from = h.past[over-1].Seq
			h.past = slices.Clone(h.past[over:])
		}
		h.at = news[len(news)-1].Seq
		for l := range h.listeners {
			l.hear(news, h.at)
		}
		h.mu.Unlock()
	}
}

// look reads the cases that something happened to, all at once.
func (h *hub) look(ctx context.Context, entries []Entry) ([]*heard, error) {
	var ids []hotline.CaseID
	for _, e := range entries {
		if e.Topic == TopicCase && !slices.Contains(ids, hotline.CaseID(e.Ref)) {
			ids = append(ids, hotline.CaseID(e.Ref))
		}
	}
	cases := map[hotline.CaseID]hotline.Case{}
	if len(ids) > 0 {
		err := h.console.Store.Do(ctx, h.console.Now(), func(t Tx) error {
			got, err := t.Glance(ctx, ids...)
			for _, c := range got {
				cases[c.ID] = c
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	news := make([]*heard, len(entries))
	for i, e := range entries {
		news[i] = &heard{Entry: e}
		if e.Topic == TopicCase {
			news[i].Case = cases[hotline.CaseID(e.Ref)]
		}
	}
	return news, nil
}

func (h *hub) setDeaf() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.deaf = true
	for l := range h.listeners {
		l.deafen()
	}
}

// A listener is one page that is open.
type listener struct {
	hub  *hub
	bell chan struct{} // rings when there is something to take

	news news // guarded by hub.mu
	at   string
}

// news are what waits for a page.
type news struct {
	entries     []*heard
	reset, deaf bool
	place       string // where the page stands once it was told all this; empty: where it stood
}

// listen begins to hear for a page that stands at a place.
func (h *hub) listen(after string) *listener {
	l := &listener{hub: h, bell: make(chan struct{}, 1), at: after}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listeners[l] = struct{}{}
	switch {
	case h.deaf:
		l.deafen()
	case h.at == "": // it begins in a moment, and then says reset
	case after == "" || later(h.from, after) || later(after, h.at):
		l.lose(h.at)
	default:
		i, _ := slices.BinarySearchFunc(h.past, after, func(e *heard, after string) int {
			if later(e.Seq, after) {
				return 1
			}
			return -1
		})
		if i < len(h.past) {
			l.hear(h.past[i:], h.at)
		}
	}
	return l
}

func (l *listener) leave() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	delete(l.hub.listeners, l)
}

// take gives what waits, and waits anew.
func (l *listener) take() news {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	n := l.news
	l.news = news{}
	return n
}

// hear adds entries; too many, and the page loads anew instead. The hub's lock is held.
func (l *listener) hear(entries []*heard, at string) {
	if l.news.reset || len(l.news.entries)+len(entries) > listenerMax {
		l.lose(at)
		return
	}
	l.at, l.news.place = at, at
	l.news.entries = append(l.news.entries, entries...)
	l.ring()
}

func (l *listener) lose(at string) {
	l.at = at
	l.news = news{reset: true, place: at}
	l.ring()
}

func (l *listener) deafen() {
	l.news = news{deaf: true}
	l.ring()
}

func (l *listener) ring() {
	select {
	case l.bell <- struct{}{}:
	default:
	}
}
