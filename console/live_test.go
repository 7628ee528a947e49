package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
	"tanggap/testbed"
	"tanggap/testbed/browser"
)

// said is one server-sent event.
type said struct {
	event, id string
	change    struct {
		Topic, Number, Kind string
		ID                  int64
	}
}

// listen hears what a page would, from after on, until the test or leave ends it.
func listen(t *testing.T, site *browser.Site, v *browser.Visitor, after string) (events <-chan said, leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, site.URL+"/console/live?after="+after, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *v.Client
	client.Timeout = 0
	resp, err := client.Do(req) //nolint:bodyclose // by the goroutine below
	if err != nil {
		t.Fatal(err)
	}
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("live: %d, %s", resp.StatusCode, kind)
	}
	c := make(chan said, 10_000)
	go func() {
		defer close(c)
		defer resp.Body.Close() //nolint:errcheck // it was read
		var s said
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				s.event = value
			case "id":
				s.id = value
			case "data":
				if json.Unmarshal([]byte(value), &s.change) != nil {
					s.event = "broken"
				}
			case "":
				c <- s
				s = said{}
			}
		}
	}()
	return c, cancel
}

// next gives the next event that is no beat.
func next(t *testing.T, events <-chan said) said {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), browser.Patience)
	defer cancel()
	for {
		select {
		case s, ok := <-events:
			if !ok {
				t.Fatal("the stream has ended")
			}
			if s.event != "beat" {
				return s
			}
		case <-ctx.Done():
			t.Fatal("nothing was told")
		}
	}
}

// begin is where a page that is opened now stands.
func begin(t *testing.T, events <-chan said) string {
	t.Helper()
	select {
	case s := <-events:
		return s.id
	case <-t.Context().Done():
		return ""
	}
}

func fileCase(t *testing.T, site *browser.Site, about string) (c hotline.Case) {
	t.Helper()
	site.Do(t, func(tx *store.Tx) error {
		c = tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan", Privacy: hotline.Open, Source: hotline.SourceDesk, Area: "33.20.05", About: about,
			Story: hotline.Content{Text: "jalan berlubang"}})
		return nil
	})
	return c
}

// A page is told of what its viewer may see, and of nothing else.
func TestLiveTellsWhatOneMaySee(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rini := site.SignIn(t, site.User(t, "rini", hotline.RoleCoordinator))
	vera := site.SignIn(t, site.User(t, "vera", hotline.RoleViewer))
	hers, _ := listen(t, site, rini, "0-0")
	nothing, _ := listen(t, site, vera, "0-0")
	first := fileCase(t, site, "")
	fileCase(t, site, site.Unit()) // about the coordinator's own agency: she does not see it
	third := fileCase(t, site, "")
	seen := map[int64]bool{}
	for len(seen) < 2 {
		s := next(t, hers)
		if s.event != "change" || s.change.Topic != "case" || !strings.HasPrefix(s.change.Number, "JPR-") {
			t.Fatalf("told %+v", s)
		}
		seen[s.change.ID] = true
	}
	if !seen[int64(first.ID)] || !seen[int64(third.ID)] {
		t.Errorf("told of %v, want %d and %d", seen, first.ID, third.ID)
	}
	select {
	case s := <-nothing:
		if s.event != "beat" {
			t.Errorf("who sees figures only was told %+v", s)
		}
	default:
	}
}

// Whoever comes back after a break hears what was missed, in order and once; whoever comes from a place that is not known loads anew.
func TestLiveGoesOnAfterABreak(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	v := site.SignIn(t, site.User(t, "rini", hotline.RoleCoordinator))
	events, leave := listen(t, site, v, "0-0")
	c := fileCase(t, site, "")
	last := next(t, events)
	for last.change.ID != int64(c.ID) {
		last = next(t, events)
	}
	leave()
	const missed = 20
	for range missed {
		fileCase(t, site, "")
	}
	again, _ := listen(t, site, v, last.id)
	filed, place := 0, last.id
	for filed < missed {
		s := next(t, again)
		if s.event != "change" {
			t.Fatalf("after the break: %+v", s)
		}
		if s.id <= place && len(s.id) <= len(place) {
			t.Errorf("%s was told after %s", s.id, place)
		}
		place = s.id
		if s.change.Kind == string(hotline.EvFiled) && s.change.ID > int64(c.ID) {
			filed++
		}
	}
	from, _ := listen(t, site, v, "99999999999999-0")
	if s := next(t, from); s.event != "reset" {
		t.Errorf("from a place that is none: %+v", s)
	}
}

// While Redis is away a page knows that it hears nothing, and afterwards loads anew and hears again.
func TestLiveWithoutRedis(t *testing.T) {
	t.Parallel()
	redis := testbed.PrivateRedis(t)
	site := browser.Start(t, func(o *house.Options) { o.RedisURL = redis.URL })
	v := site.SignIn(t, site.User(t, "rini", hotline.RoleCoordinator))
	events, _ := listen(t, site, v, "0-0")
	fileCase(t, site, "")
	if s := next(t, events); s.event != "change" {
		t.Fatalf("at first: %+v", s)
	}
	redis.Kill()
	for s := next(t, events); s.event != "deaf"; s = next(t, events) {
		if s.event != "change" {
			t.Fatalf("without Redis: %+v", s)
		}
	}
	redis.Start()
	for s := next(t, events); s.event != "reset"; s = next(t, events) {
		if s.event != "deaf" {
			t.Fatalf("with Redis again: %+v", s)
		}
	}
	c := fileCase(t, site, "")
	for s := next(t, events); s.change.ID != int64(c.ID); s = next(t, events) {
		if s.event != "change" && s.event != "reset" {
			t.Fatalf("afterwards: %+v", s)
		}
	}
}

// A session that ends elsewhere ends the stream at once.
func TestLiveEndsWithTheSession(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	events, _ := listen(t, site, site.SignIn(t, ani), "0-0")
	begin(t, events)
	site.Do(t, func(tx *store.Tx) error { tx.SetDisabled(ani.Person, true); return nil })
	if s := next(t, events); s.event != "over" {
		t.Errorf("told %+v", s)
	}
}
