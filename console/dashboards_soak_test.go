//go:build soak

package console_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
	"tanggap/testbed/browser"
)

// What the dashboards are put through.
const (
	dashboards      = 200
	dashboardRate   = 50          // events a second, as long as the machine keeps up
	dashboardFor    = time.Minute // so long
	dashboardMB     = 200         // the program may hold at most
	dashboardAtOnce = 16          // so many calls are being saved at most
	dashboardBehind = 400         // so many events the slowest page may be behind before the next waits: a slow machine makes it longer, not wrong
)

// Two hundred pages are open while calls are saved, fifty a second: every page hears of every call, and the program stays small. The program is the real one, in
// a process of its own, built without the race detector, whose memory would be measured else.
func TestSoakDashboards(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	p := serveProgram(ctx, t)
	operator := p.signIn(t, "soak")
	heard := make([]*page, dashboards)
	var ready, over sync.WaitGroup
	listen, leave := context.WithCancel(ctx)
	defer leave()
	for i := range heard {
		heard[i] = &page{ids: map[int64]int{}}
		ready.Add(1)
		over.Go(func() { heard[i].open(listen, t, p.url, operator, ready.Done) })
	}
	ready.Wait()

	slowest := func() int64 {
		least := heard[0].n.Load()
		for _, h := range heard {
			least = min(least, h.n.Load())
		}
		return least
	}
	most := 0.0
	var saved []int64
	tick := time.NewTicker(time.Second / dashboardRate)
	defer tick.Stop()
	began := time.Now()
	var mu sync.Mutex
	var saving sync.WaitGroup
	room := make(chan struct{}, dashboardAtOnce)
	for n := int64(0); time.Since(began) < dashboardFor || n < 500; n++ {
		<-tick.C
		for n-slowest() > dashboardBehind {
			<-tick.C
			if ctx.Err() != nil {
				t.Fatalf("the slowest page has heard %d of %d", slowest(), n)
			}
		}
		room <- struct{}{}
		saving.Go(func() {
			defer func() { <-room }()
			if id, err := p.save(ctx, operator, fmt.Sprint("soak-", n)); err != nil {
				t.Errorf("save call %d: %v", n, err)
			} else {
				mu.Lock()
				saved = append(saved, id)
				mu.Unlock()
			}
		})
		if n%dashboardRate == 0 {
			most = max(most, p.memory(t))
		}
	}
	saving.Wait()
	took := time.Since(began)
	for slowest() < int64(len(saved)) {
		<-tick.C
		if ctx.Err() != nil {
			t.Fatalf("the slowest page has heard %d of %d", slowest(), len(saved))
		}
	}
	most = max(most, p.memory(t))
	leave()
	over.Wait()
	for i, h := range heard {
		for _, id := range saved {
			if h.ids[id] != 1 {
				t.Errorf("page %d heard of call %d %d times", i, id, h.ids[id])
			}
		}
		if h.resets > 0 {
			t.Errorf("page %d was told %d times to load anew", i, h.resets)
		}
	}
	t.Logf("%d pages, %d calls in %v (%.0f a second): the program held at most %.0f MB", dashboards, len(saved), took.Round(time.Second), float64(len(saved))/took.Seconds(), most)
	if most >= dashboardMB {
		t.Errorf("the program held %.0f MB, not less than %d", most, dashboardMB)
	}
}

// A page is one that is open: which calls it heard of, and how often each.
type page struct {
	ids    map[int64]int
	n      atomic.Int64 // different ones
	resets int
}

// open listens until ctx ends, and says once when it hears.
func (h *page) open(ctx context.Context, t *testing.T, site string, who *http.Client, ready func()) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, site+"/console/live?after=", nil)
	if err != nil {
		t.Error(err)
		ready()
		return
	}
	resp, err := who.Do(req)
	if err != nil {
		t.Errorf("open a page: %v", err)
		ready()
		return
	}
	defer resp.Body.Close() //nolint:errcheck // it ends with the test
	lines := bufio.NewScanner(resp.Body)
	event, told, first := "", false, true
	for lines.Scan() {
		line := lines.Text()
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			event = name
			continue
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		switch event {
		case "reset": // without a place where it stood a page begins with one
			if !first {
				h.resets++
			}
			first = false
			if !told {
				told = true
				ready()
			}
		case "change":
			var c struct {
				Topic string
				ID    int64
			}
			if err := json.Unmarshal([]byte(data), &c); err != nil {
				t.Errorf("%q: %v", data, err)
			}
			if c.Topic == "call" {
				if h.ids[c.ID]++; h.ids[c.ID] == 1 {
					h.n.Add(1)
				}
			}
		}
	}
	if ctx.Err() == nil {
		t.Errorf("a page was cut off: %v", lines.Err())
	}
	if !told {
		ready()
	}
}

// served is the program that serves.
type served struct {
	url   string
	pid   int
	store *store.Store
}

// serveProgram builds and starts the program on a database of the test's own, with the memory limit that deploy/ sets.
func serveProgram(ctx context.Context, t *testing.T) *served {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "tanggap")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "tanggap/cmd/tanggap").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	database := testbed.Database(t)
	s, err := store.Open(ctx, store.Options{URL: database, Key: testbed.Key, Regency: testbed.Jepara()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	cmd := exec.CommandContext(ctx, binary, "serve")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=140MiB", "TANGGAP_REGENCY=jepara", "TANGGAP_DATABASE_URL="+database, "TANGGAP_REDIS_URL="+testbed.RedisDB(t), "TANGGAP_LISTEN=127.0.0.1:0",
		"TANGGAP_KEY="+base64.StdEncoding.EncodeToString(testbed.Key))
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = browser.Patience
	out, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // asked to end
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var said struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &said) == nil && said.Msg == "serving" {
			go func() { _, _ = io.Copy(io.Discard, out) }() // whatever else it says
			return &served{url: "http://" + said.Address, pid: cmd.Process.Pid, store: s}
		}
	}
	t.Fatal("the program did not start")
	return nil
}

// signIn makes an operator and signs them in.
func (p *served) signIn(t *testing.T, login string) *http.Client {
	t.Helper()
	hot, _ := testbed.Jepara().HotlineAgency()
	var code string
	err := p.store.Do(t.Context(), time.Now(), func(tx *store.Tx) (err error) {
		_, code, err = tx.AddUser(t.Context(), store.NewUser{Login: login, Name: login, Role: hotline.RoleOperator, Unit: hot.ID, Until: time.Now().AddDate(0, 0, 1)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(transport.CloseIdleConnections)
	c := &http.Client{Jar: jar, Transport: transport}
	resp, err := c.PostForm(p.url+"/console/begin", url.Values{"code": {code}, "password": {browser.Password}, "again": {browser.Password}}) //nolint:noctx // bounded by the test
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() //nolint:errcheck,gosec // only where it led is looked at
	if resp.Request.URL.Path != "/console/" {
		t.Fatalf("signed in and came to %s (%d)", resp.Request.URL.Path, resp.StatusCode)
	}
	return c
}

// save begins a call as its page does, and gives its id.
func (p *served) save(ctx context.Context, who *http.Client, key string) (int64, error) {
	form := url.Values{"key": {key}, "writer": {"soak"}, "base": {"0"}, "text": {"pohon tumbang di depan pasar"}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/console/calls/save", strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("HX-Request", "true")
	resp, err := who.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	var state struct{ ID int64 }
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil || resp.StatusCode != http.StatusOK || state.ID == 0 {
		return 0, fmt.Errorf("answered %s: %w", resp.Status, err)
	}
	return state.ID, nil
}

// memory gives what the program holds, in MB.
func (p *served) memory(t *testing.T) float64 {
	t.Helper()
	b, err := os.ReadFile("/proc/" + strconv.Itoa(p.pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(f[1], 64) // a number, as the kernel writes it
			return kb / 1024
		}
	}
	t.Fatal("the kernel says nothing of the program's memory")
	return 0
}
