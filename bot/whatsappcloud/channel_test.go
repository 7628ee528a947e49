package whatsappcloud

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsappcloud"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testToken  = "EAAtest-token-never-to-be-seen"
	testSecret = "app-secret-never-to-be-seen-00000"
	testVerify = "verify-token-never-to-be-seen"
	testNumber = "106540352242922"
)

// A world is a simulated network with one number and one person, and the channel that speaks to it.
type world struct {
	*sim.Server
	number  *sim.Number
	siti    *sim.Person
	channel *Channel
	inbox   *inbox
	told    *told
	log     *logbook
}

func newWorld(t *testing.T, simulated sim.Options, change ...func(*Options)) *world {
	t.Helper()
	simulated.Token, simulated.AppSecret = testToken, testSecret
	if simulated.WebhookRetry == 0 {
		simulated.WebhookRetry = time.Millisecond
	}
	w := &world{Server: sim.New(simulated), inbox: &inbox{news: make(chan struct{}, 1)}, told: &told{news: make(chan struct{}, 1)}, log: &logbook{}}
	w.number = w.AddNumber(testNumber, "+62 811-2711-112", "Pemkab Jepara")
	if err := w.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	w.siti = w.Person(sim.PersonOptions{Name: "Siti Aminah", Phone: "6281234567890", UserID: "ID.13491208655302741918", Heard: true})
	o := Options{PhoneNumberID: testNumber, Number: "+62 811-2711-112", Token: testToken, AppSecret: testSecret, VerifyToken: testVerify, API: w.API(),
		Inbox: w.inbox, Statuses: w.told.take, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range change {
		f(&o)
	}
	var err error
	if w.channel, err = New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.channel.wire.client.CloseIdleConnections()
		if s := w.log.String(); strings.Contains(s, "never-to-be-seen") {
			t.Errorf("a secret stands in the log:\n%s", s)
		}
		if s := w.log.String(); strings.Contains(s, "81234567890") || strings.Contains(s, "Siti") || strings.Contains(s, "ID.1349") {
			t.Errorf("a person stands in the log:\n%s", s)
		}
	})
	return w
}

// hook enters the channel's webhook at the network.
func (w *world) hook(t *testing.T) *world {
	t.Helper()
	srv := httptest.NewServer(w.channel.Webhook())
	t.Cleanup(srv.Close)
	if err := w.SetWebhook(soon(t), srv.URL, testVerify); err != nil {
		t.Fatal(err)
	}
	return w
}

// clean says that the program broke no rule.
func (w *world) clean(t *testing.T) {
	t.Helper()
	for _, v := range w.Violations() {
		t.Errorf("violation: %s", v)
	}
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

const sitiPeer = "bsuid:ID.13491208655302741918"

// An inbox keeps what it is given in memory, each thing once, or refuses.
type inbox struct {
	mu      sync.Mutex
	refuse  error
	calls   int
	batches [][]hotline.Raw
	seen    map[string]bool
	again   int
	news    chan struct{}
}

func (i *inbox) Put(_ context.Context, raws []hotline.Raw) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls++
	defer signal(i.news)
	if i.refuse != nil {
		return i.refuse
	}
	var batch []hotline.Raw
	for _, r := range raws {
		key := string(r.Channel) + "/" + r.Account + "/" + r.Peer + "/" + r.Delivery
		if i.seen[key] {
			i.again++
			continue
		}
		if i.seen == nil {
			i.seen = map[string]bool{}
		}
		i.seen[key] = true
		batch = append(batch, r)
	}
	i.batches = append(i.batches, batch)
	return nil
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (i *inbox) setRefuse(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.refuse = err
}

func (i *inbox) all() []hotline.Raw {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []hotline.Raw
	for _, b := range i.batches {
		all = append(all, b...)
	}
	return all
}

// waitFor waits until n things have come.
func (i *inbox) waitFor(t *testing.T, n int) []hotline.Raw {
	t.Helper()
	ctx := soon(t)
	for {
		if all := i.all(); len(all) >= n {
			return all
		}
		select {
		case <-i.news:
		case <-ctx.Done():
			t.Fatalf("%d of %d messages came", len(i.all()), n)
		}
	}
}

// A told is who is told what became of messages, or refuses to hear it.
type told struct {
	mu     sync.Mutex
	refuse error
	list   []hotline.Delivered
	news   chan struct{}
}

func (d *told) take(_ context.Context, list []hotline.Delivered) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer signal(d.news)
	if d.refuse != nil {
		return d.refuse
	}
	d.list = append(d.list, list...)
	return nil
}

func (d *told) setRefuse(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = err
}

// waitFor waits until something was told of which match says yes.
func (d *told) waitFor(t *testing.T, match func(hotline.Delivered) bool) hotline.Delivered {
	t.Helper()
	ctx := soon(t)
	for {
		d.mu.Lock()
		for _, one := range d.list {
			if match(one) {
				d.mu.Unlock()
				return one
			}
		}
		n := len(d.list)
		d.mu.Unlock()
		select {
		case <-d.news:
		case <-ctx.Done():
			t.Fatalf("not among the %d statuses told", n)
		}
	}
}

func (d *told) all() []hotline.Delivered {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]hotline.Delivered(nil), d.list...)
}

// A logbook is a log to look into.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	good := Options{PhoneNumberID: testNumber, Number: "+628112711112", Token: testToken, AppSecret: testSecret, VerifyToken: testVerify}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(*Options){
		"no id":                  func(o *Options) { o.PhoneNumberID = "" },
		"the number for the id":  func(o *Options) { o.PhoneNumberID = "+628112711112" },
		"no number":              func(o *Options) { o.Number = "halo" },
		"no token":               func(o *Options) { o.Token = "" },
		"a token with a blank":   func(o *Options) { o.Token = "EAA never-to-be-seen" },
		"no secret":              func(o *Options) { o.AppSecret = "" },
		"no verify token":        func(o *Options) { o.VerifyToken = "x" },
		"an API without scheme":  func(o *Options) { o.API = "localhost:8081" },
		"an API with a password": func(o *Options) { o.API = "http://a:b@localhost" },
		"another id":             func(o *Options) { o.Also = []string{"x"} },
		"a template's name":      func(o *Options) { o.Templates = map[string]Template{"case.news": {Name: "Case News", Language: "id"}} },
		"a template's language": func(o *Options) {
			o.Templates = map[string]Template{"case.news": {Name: "case_news", Language: "Indonesian"}}
		},
		"a template that says nothing": func(o *Options) {
			o.Templates = map[string]Template{AnyPhrase: {Name: "news", Language: "id"}}
		},
	} {
		o := good
		f(&o)
		if _, err := New(o); err == nil || strings.Contains(err.Error(), "never-to-be-seen") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for api, want := range map[string]string{"": PublicAPI, "http://127.0.0.1:1/": "http://127.0.0.1:1/v25.0", "http://127.0.0.1:1/v30.0": "http://127.0.0.1:1/v30.0"} {
		o := good
		o.API = api
		if c, err := New(o); err != nil || c.base != want {
			t.Errorf("%s became %v, %v", api, c, err)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	if got := w.channel.Link(""); got != "https://wa.me/628112711112" {
		t.Error(got)
	}
	if got := w.channel.Link("/daftar AB 12&x"); got != "https://wa.me/628112711112?text=%2Fdaftar%20AB%2012%26x" {
		t.Error(got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	if err := w.channel.Check(soon(t)); err != nil {
		t.Fatal(err)
	}
	w.SetHealth("BLOCKED")
	if err := w.channel.Check(soon(t)); !errors.Is(err, errBlocked) {
		t.Error(err)
	}
	w.SetHealth("AVAILABLE")
	for _, f := range []sim.Fault{{What: sim.CallNumber, Code: 190}, {What: sim.CallNumber, Code: 200}, {What: sim.CallNumber, Code: 0, Status: 401}} {
		w.Fail(f)
		if err := w.channel.Check(soon(t)); !errors.Is(err, ErrToken) {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for _, f := range []sim.Fault{{What: sim.CallNumber, Code: 2}, {What: sim.CallNumber, Status: 502}, {What: sim.CallNumber, Drop: sim.DropBefore, Times: 3}} {
		w.Fail(f)
		if err := w.channel.Check(soon(t)); err == nil || errors.Is(err, ErrToken) {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for name, f := range map[string]func(*Options){"wrong token": func(o *Options) { o.Token = "EAAanother" }, "wrong id": func(o *Options) { o.PhoneNumberID = "1" }} {
		w := newWorld(t, sim.Options{}, f)
		if err := w.channel.Check(soon(t)); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.clean(t)
}

func TestRunWatchesTheAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	w.hook(t)
	if s := w.channel.State(); s.Healthy || s.Reason != "not started" {
		t.Errorf("%+v before the start", s)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.channel.Run(ctx) }()
	w.becomes(t, "")
	w.SetHealth("BLOCKED")
	if err := w.number.Tell("account_update", map[string]any{"event": "DISABLED_UPDATE"}); err != nil { // which has the health asked for at once
		t.Fatal(err)
	}
	w.becomes(t, errBlocked.Error())
	w.SetHealth("AVAILABLE")
	if err := w.number.Tell("phone_number_quality_update", map[string]any{}); err != nil {
		t.Fatal(err)
	}
	w.becomes(t, "")
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !strings.Contains(w.log.String(), "fields=account_update") {
		t.Errorf("the log:\n%s", w.log.String())
	}
}

// becomes waits until the state has a reason, asking again at each look of Run.
func (w *world) becomes(t *testing.T, reason string) {
	t.Helper()
	ctx := soon(t)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		s := w.channel.State()
		if s.Reason == reason && s.Healthy == (reason == "") {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the state is %+v, want %q", s, reason)
		}
	}
}
