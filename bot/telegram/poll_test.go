package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tanggap/hotline"
	sim "tanggap/simulator/telegram"
)

func texts(t *testing.T, raws []hotline.Raw) []string {
	t.Helper()
	var out []string
	for _, raw := range raws {
		m, err := Parse(raw.Body)
		if err != nil {
			out = append(out, "error")
			continue
		}
		out = append(out, m.Text)
	}
	return out
}

func TestRunTakesEverythingInOrderAHundredAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want []string
	for i := range 250 {
		want = append(want, strconv.Itoa(i))
		if _, err := w.siti.Send(want[i]); err != nil {
			t.Fatal(err)
		}
	}
	w.run(t)
	all := w.inbox.waitFor(t, 250)
	if err := w.bot.Drained(soon(t)); err != nil {
		t.Fatalf("%d updates were not confirmed: %v", w.bot.Pending(), err)
	}
	if got := texts(t, all); !slices.Equal(got, want) {
		t.Errorf("came as %v", got)
	}
	if len(w.inbox.batches) != 3 {
		t.Errorf("took %d commits, want 3", len(w.inbox.batches))
	}
	for _, raw := range all {
		if raw.Channel != hotline.Telegram || raw.Account != "7112112" || raw.Peer != strconv.FormatInt(w.siti.ID(), 10) || raw.Delivery == "" {
			t.Fatalf("a row %+v", raw)
		}
	}
	if s := w.channel.State(); !s.Healthy || s.Last.IsZero() {
		t.Errorf("state %+v", s)
	}
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestNothingIsConfirmedWhileTheInboxRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inbox.setRefuse(errors.New("postgres is away"))
	for i := range 3 {
		if _, err := w.siti.Send(strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	w.run(t)
	for range 3 {
		select {
		case <-w.inbox.failed:
		case <-soon(t).Done():
			t.Fatal("the inbox was not asked")
		}
		if n := w.bot.Pending(); n != 3 {
			t.Fatalf("%d of 3 updates wait at the network", n)
		}
	}
	if s := w.channel.State(); s.Healthy || !strings.Contains(s.Reason, "inbox") {
		t.Errorf("state %+v", s)
	}
	w.inbox.setRefuse(nil)
	if got := texts(t, w.inbox.waitFor(t, 3)); !slices.Equal(got, []string{"0", "1", "2"}) {
		t.Errorf("came as %v", got)
	}
	if err := w.bot.Drained(soon(t)); err != nil {
		t.Fatal(err)
	}
}

func TestMalformedUpdatesBlockNobody(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]string{
		"a string without end": `{"update_id":UPDATE_ID,"message":{"text":"abc}`,
		"no object":            `null`,
		"a wrong type":         `{"update_id":UPDATE_ID,"message":"hello"}`,
		"no id":                `{"message":{"chat":{"id":5,"type":"private"}}}`,
		"no JSON at all":       `<html>`,
		"two strings off":      `{"update_id":UPDATE_ID,"message":{"text":"a" "}}`,
	} {
		for _, last := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", last: ", last), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				if _, err := w.siti.Send("before"); err != nil {
					t.Fatal(err)
				}
				id, err := w.bot.InjectRaw([]byte(broken))
				if err != nil {
					t.Fatal(err)
				}
				want := []string{"before", "error"}
				if !last {
					if _, err := w.siti.Send("after"); err != nil {
						t.Fatal(err)
					}
					want = append(want, "after")
				}
				w.run(t)
				all := w.inbox.waitFor(t, len(want))
				if err := w.bot.Drained(soon(t)); err != nil {
					t.Fatalf("%d updates stay unconfirmed", w.bot.Pending())
				}
				if got := texts(t, all[:len(want)]); !slices.Equal(got, want) {
					t.Errorf("came as %q", got)
				}
				set := all[1]
				if got, want := string(set.Body), strings.ReplaceAll(broken, "UPDATE_ID", strconv.FormatInt(id, 10)); got != want {
					t.Errorf("its bytes are %q, want %q", got, want)
				}
				if strings.Contains(broken, "UPDATE_ID") && set.Delivery != strconv.FormatInt(id, 10) || set.Delivery == "" {
					t.Errorf("set aside under %q", set.Delivery)
				}
				if set.Peer != "" && set.Peer != "5" {
					t.Errorf("set aside for peer %q", set.Peer)
				}
			})
		}
	}
}

func TestRunSurvivesTheNetwork(t *testing.T) {
	t.Parallel()
	for _, f := range []sim.Fault{
		{Code: 401},
		{Code: 404},
		{Code: 409},
		{Code: 409, Description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"},
		{Code: 429, RetryAfter: 1},
		{Code: 500},
		{Code: 502, Times: 3},
		{Drop: sim.DropBefore},
		{Drop: sim.DropAfter},
		{Delay: 100 * time.Millisecond},
	} {
		for _, method := range []string{"getUpdates", "getMe", "deleteWebhook"} {
			t.Run(fmt.Sprintf("%s %d drop %d", method, f.Code, f.Drop), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				f := f
				f.Method = method
				h := w.Fail(f)
				if _, err := w.siti.Send("halo"); err != nil {
					t.Fatal(err)
				}
				w.run(t)
				if got := texts(t, w.inbox.waitFor(t, 1)); got[0] != "halo" {
					t.Errorf("came as %q", got)
				}
				if err := w.bot.Drained(soon(t)); err != nil {
					t.Fatal(err)
				}
				if h.Hits() < max(f.Times, 1) {
					t.Errorf("the fault hit %d times", h.Hits())
				}
				if f.Code != 0 && !strings.Contains(w.log.String(), "not receiving") {
					t.Error("nothing was logged")
				}
			})
		}
	}
}

func TestRunTakesTheBotBackFromAWebhook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.channel.SetWebhook(soon(t), "https://127.0.0.1:1/hook"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.siti.Send("halo"); err != nil {
		t.Fatal(err)
	}
	w.run(t)
	w.inbox.waitFor(t, 1)
}

func TestRedeliveredUpdatesHaveTheSameDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.run(t)
	if _, err := w.siti.Send("halo"); err != nil {
		t.Fatal(err)
	}
	w.inbox.waitFor(t, 1)
	if err := w.bot.Drained(soon(t)); err != nil {
		t.Fatal(err)
	}
	if w.bot.Redeliver(1) != 1 {
		t.Fatal("nothing to redeliver")
	}
	all := w.inbox.waitFor(t, 2)
	if all[0].Delivery != all[1].Delivery {
		t.Errorf("deliveries %q and %q", all[0].Delivery, all[1].Delivery)
	}
	if _, err := w.siti.Send("lagi"); err != nil {
		t.Fatal(err)
	}
	if got := texts(t, w.inbox.waitFor(t, 3)); got[2] != "lagi" {
		t.Errorf("then came %q", got[2])
	}
}

func TestRunEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.channel.Run(ctx) }()
	if _, err := w.siti.Send("halo"); err != nil {
		t.Fatal(err)
	}
	w.inbox.waitFor(t, 1)
	if err := w.bot.Drained(soon(t)); err != nil { // the next poll is under way, and would wait 50 s
		t.Fatal(err)
	}
	stop()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("Run did not end")
	}
	if w.channel.State().Healthy {
		t.Error("stopped and still healthy")
	}
}

func TestRunNeedsAnInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Inbox = nil })
	if err := w.channel.Run(soon(t)); err == nil {
		t.Error("it ran")
	}
}

// A network that is away at the start is told as what it is, and not as a channel that was not started; so is one that is there and silent.
func TestStateTellsWhatIsWrongFromTheStart(t *testing.T) {
	t.Parallel()
	nobody, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := "http://" + nobody.Addr().String()
	if err := nobody.Close(); err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(*Channel, context.Context) error{
		"polling": (*Channel).Run,
		"webhook": func(c *Channel, ctx context.Context) error { return c.RunWebhook(ctx, "https://127.0.0.1:1/telegram") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *Options) { o.API = gone })
			if err := w.channel.Check(soon(t)); err == nil {
				t.Fatal("it was reached")
			}
			if s := w.channel.State(); s.Healthy || s.Reason != "the network does not answer: connection refused" {
				t.Errorf("after Check: %+v", s)
			}
			ctx, stop := context.WithCancel(soon(t))
			done := make(chan error, 1)
			go func() { done <- run(w.channel, ctx) }()
			w.log.waitFor(t, "not receiving")
			if s := w.channel.State(); s.Healthy || s.Reason != "the network does not answer: connection refused" {
				t.Errorf("while it runs: %+v", s)
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if n := strings.Count(w.log.String(), "not receiving"); n != 1 {
				t.Errorf("it was logged %d times", n)
			}
		})
		t.Run(name+", reached", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			ctx, stop := context.WithCancel(soon(t))
			done := make(chan error, 1)
			go func() { done <- run(w.channel, ctx) }()
			w.log.waitFor(t, "telegram: receiving")
			if s := w.channel.State(); !s.Healthy || s.Reason != "" || w.channel.Username() == "" {
				t.Errorf("nobody has written yet: %+v", s)
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"the network does not know our token":                fmt.Errorf("ask: %w", &apiError{Code: 401}),
		"somebody else polls with our token":                 &apiError{Code: 409},
		"the network asks us to wait":                        &apiError{Code: 429},
		"the network refuses what we ask":                    &apiError{Code: 400},
		"the network is in trouble: it answers 502":          &apiError{Code: 502},
		"the network's answer cannot be read":                fmt.Errorf("ask: %w", errAnswer),
		"the network does not answer: its name is not found": &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "api.telegram.org"}},
		"the network does not answer: no route to host":      &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)},
		"the network does not answer in time":                fmt.Errorf("ask: %w", context.DeadlineExceeded),
		"the network does not answer":                        errors.New("something"),
	} {
		if got := reason(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

// What a network says goes into logs and the outbox without what it quotes of a person's words.
func TestNetworksWordsAreHarmless(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"Bad Request: chat not found":       "Bad Request: chat not found",
		"Too Many Requests: retry after 12": "Too Many Requests: retry after 12",
		"Bad Request: can't parse entities: Unsupported start tag \"bu ani\" at byte offset 123": "Bad Request: can't parse entities: Unsupported start tag … at byte offset 123",
		"Bad Request: button URL 'jalan rusak di Kedung' is invalid":                             "Bad Request: button URL … is invalid",
		"no \"end":                                "no …",
		"Forbidden: 6281234567890 is blocked":     "Forbidden: … is blocked",
		"call +62 812-3456-7890 now":              "call +… now",
		"two\nlines\x00\x1b[31m and \u202eturned": "two lines [31m and turned",
		"dados do usuário":                        "dados do usu?rio",
		strings.Repeat("long ", 100):              strings.Repeat("long ", 24),
	} {
		if got := harmless(said); got != strings.TrimSpace(want) && got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
		if got := (&apiError{Code: 400, Description: said}).Error(); !strings.HasPrefix(got, "telegram answered 400: ") || strings.Contains(got, "\x00") {
			t.Errorf("%q", got)
		}
	}
	inner := errors.New(`malformed HTTP response "Siti: jalan rusak\n"`)
	if err := told(fmt.Errorf("read: %w", inner)); strings.Contains(err.Error(), "Siti") || !errors.Is(err, inner) {
		t.Errorf("told gives %v", err)
	}
	if err := told(io.EOF); err != io.EOF { //nolint:errorlint // the very same
		t.Errorf("told gives %v", err)
	}
}
