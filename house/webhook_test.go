package house_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/bot/telegram"
	"tanggap/house"
	sim "tanggap/simulator/telegram"
	"tanggap/testbed"
)

// A hooked world is a network that calls the program through a proxy, as it does in life: the address it was told stays the same, and the proxy passes
// a call on to whichever instance it likes.
type hookedWorld struct {
	t        *testing.T
	sim      *sim.Server
	bot      *sim.Bot
	secret   string
	postgres *testbed.Private
	front    *httptest.Server
	target   atomic.Pointer[url.URL]
	passed   atomic.Int64 // calls that an instance answered with 200
	options  house.Options
}

const hookToken = "7000009:a-token-for-the-test-of-webhooks"

func newHookedWorld(t *testing.T) *hookedWorld {
	t.Helper()
	w := &hookedWorld{t: t, sim: sim.New(sim.Options{WebhookRetry: 50 * time.Millisecond}), postgres: testbed.PrivatePostgres(t)}
	w.bot = w.sim.AddBot(hookToken, "hooked_bot")
	if err := w.sim.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.sim.Close() })
	w.front = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(w.target.Load()) },
		ModifyResponse: func(r *http.Response) error { w.passed.Add(int64(200 / r.StatusCode)); return nil },
		ErrorLog:       slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo),
	})
	t.Cleanup(w.front.Close)
	channel, err := telegram.New(telegram.Options{Token: hookToken, API: w.sim.URL()})
	if err != nil {
		t.Fatal(err)
	}
	w.secret = channel.WebhookSecret()
	w.options = house.Options{
		Regency: testbed.Jepara(), DatabaseURL: w.postgres.URL, RedisURL: testbed.RedisDB(t), RedisPrefix: fmt.Sprintf("hook%d:", time.Now().UnixNano()),
		Key: testbed.Key, Telegram: &house.TelegramOptions{Token: hookToken, API: w.sim.URL(), Webhook: w.front.URL},
		Listen: "127.0.0.1:0", Gather: -1, NoRates: true, Log: slog.New(slog.DiscardHandler),
	}
	return w
}

// instance starts an instance of the program and gives where it listens.
func (w *hookedWorld) instance() (address *url.URL, stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h, err := house.Open(ctx, w.options)
	if err != nil {
		cancel()
		w.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Errorf("the house ended with: %v", err)
		}
		h.Close()
	})
	w.t.Cleanup(stop)
	return &url.URL{Scheme: "http", Host: h.Address()}, stop
}

// call is somebody calling the webhook of an instance.
func (w *hookedWorld) call(to *url.URL, secret, body string) int {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, to.String()+"/telegram", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func (w *hookedWorld) ready(of *url.URL) (code int, r house.Readiness) {
	w.t.Helper()
	resp, err := http.Get(of.String() + "/readyz")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, r
}

// asked sends something and waits until it was answered and every update was taken.
func (w *hookedWorld) asked(p *sim.Person, said, answer string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	seq := p.Seq()
	if _, err := p.Send(said); err != nil {
		w.t.Fatal(err)
	}
	if _, err := p.WaitFor(ctx, seq, func(c sim.Change) bool { return c.Kind == sim.Sent && strings.Contains(c.Message.Text, answer) }); err != nil {
		w.t.Fatalf("%q was not answered with %q: %v", said, answer, err)
	}
	if err := w.bot.Drained(ctx); err != nil {
		w.t.Fatalf("%d updates were not taken: %v", w.bot.Pending(), err)
	}
}

// hooked waits until the network has been told where to call.
func (w *hookedWorld) hooked(p *sim.Person) {
	w.t.Helper()
	w.asked(p, "menu", "")
}

// The program in webhook mode, from the network's call to the answer: only the network is let in, "received" is said after the commit, what could not
// be committed is brought again, and any instance can be called.
func TestWebhookThroughTheWebDoor(t *testing.T) {
	t.Parallel()
	w := newHookedWorld(t)
	first, stopFirst := w.instance()
	w.target.Store(first)
	siti := w.sim.Person(sim.PersonOptions{Name: "Siti", Language: "id", Started: true})
	w.hooked(siti)
	w.asked(siti, "jalan berlubang di Mulyoharjo", "Mulyoharjo")
	until(t, "/readyz has nothing against the network", func(context.Context) bool {
		code, r := w.ready(first)
		return code == http.StatusOK && r.Degraded["telegram"] == ""
	})

	// Who calls must know the secret.
	update := func(id int) string {
		return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1795000000,"chat":{"id":%d,"type":"private"},"from":{"id":%[3]d},"text":"menu"}}`,
			id, id, siti.ID())
	}
	const forged = 900_000_001
	for _, secret := range []string{"", "wrong", strings.Repeat("0", len(w.secret)), w.secret + "0"} {
		if code := w.call(first, secret, update(forged)); code != http.StatusUnauthorized {
			t.Errorf("secret %q: %d", secret, code)
		}
	}
	if n := w.deliveries(forged); n != 0 {
		t.Error("what a stranger sent came in")
	}
	for range 2 { // the second time it is the network that did not hear our answer
		if code := w.call(first, w.secret, update(forged)); code != http.StatusOK {
			t.Errorf("the right secret: %d", code)
		}
		if n := w.deliveries(forged); n != 1 { // committed before it was answered
			t.Errorf("it came in %d times", n)
		}
	}

	// Without Postgres nothing is taken, and nothing is lost.
	w.postgres.Stop()
	if code := w.call(first, w.secret, update(forged+1)); code != http.StatusServiceUnavailable {
		t.Errorf("Postgres away: %d", code)
	}
	before := w.passed.Load()
	seq := siti.Seq()
	if _, err := siti.Send("cek"); err != nil {
		t.Fatal(err)
	}
	if code, r := w.ready(first); code != http.StatusServiceUnavailable || r.Ready || r.State != "down" {
		t.Errorf("/readyz without Postgres: %d, %+v", code, r)
	}
	if n := w.bot.Pending(); n != 1 || w.passed.Load() != before {
		t.Errorf("%d updates wait at the network, %d were taken", n, w.passed.Load()-before)
	}
	w.postgres.Start()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := w.bot.Drained(ctx); err != nil {
		t.Fatalf("Postgres is back, and %d updates wait: %v", w.bot.Pending(), err)
	}
	if _, err := siti.WaitFor(ctx, seq, func(c sim.Change) bool { return c.Kind == sim.Sent }); err != nil {
		t.Fatalf("no answer after Postgres came back: %v", err)
	}

	// An instance that does not hold the account is called: it takes the message in, and whoever holds the account answers.
	second, _ := w.instance()
	w.target.Store(second)
	w.asked(siti, "menu", "")
	if code := w.call(second, "wrong", update(forged+2)); code != http.StatusUnauthorized {
		t.Errorf("the second instance, wrong secret: %d", code)
	}
	// The holder goes; the other one follows, and nobody notices.
	stopFirst()
	w.asked(siti, "menu", "")
	w.asked(w.sim.Person(sim.PersonOptions{Name: "Joko", Language: "id", Started: true}), "jalan rusak di Tegalsambi", "Tegalsambi")
	if v := w.sim.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

// deliveries counts how often an update is known, asked of Postgres beside the program.
func (w *hookedWorld) deliveries(id int) (n int) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.postgres.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close(context.Background()) //nolint:errcheck // done with it
	if err := conn.QueryRow(w.t.Context(), `select count(*) from deliveries where delivery = $1::text`, fmt.Sprint(id)).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// A network that is away when the program starts is told by /readyz as what it is.
func TestReadinessNamesANetworkThatIsAway(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	api := gone.URL
	gone.Close()
	for mode, webhook := range map[string]string{"polling": "", "webhook": "https://tanggap.example"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			w := &hookedWorld{t: t}
			w.options = house.Options{Regency: testbed.Jepara(), DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), Key: testbed.Key,
				RedisPrefix: fmt.Sprintf("away%d:", time.Now().UnixNano()), Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
				Telegram: &house.TelegramOptions{Token: hookToken, API: api, Webhook: webhook}}
			address, _ := w.instance()
			until(t, "/readyz says what is wrong", func(context.Context) bool {
				code, r := w.ready(address)
				said := r.Degraded["telegram"] // empty until the lease is ours
				if said != "" && said != "the network does not answer: connection refused" {
					t.Fatalf("it says %q", said)
				}
				return said != "" && code == http.StatusOK && r.State == "degraded"
			})
		})
	}
}
