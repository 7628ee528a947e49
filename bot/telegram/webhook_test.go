package telegram

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWebhook(t *testing.T) {
	t.Parallel()
	good := `{"update_id":5,"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"halo"}}`
	for _, c := range []struct {
		name, method, secret, body string
		refuse                     error
		want, rows                 int
	}{
		{"good", "POST", "right", good, nil, 200, 1},
		{"malformed is set aside", "POST", "right", `{"update_id":6,`, nil, 200, 1},
		{"inbox refuses", "POST", "right", good, errors.New("postgres is away"), 503, 0},
		{"wrong secret", "POST", "wrong", good, nil, 401, 0},
		{"no secret", "POST", "", good, nil, 401, 0},
		{"get", "GET", "right", "", nil, 405, 0},
		{"empty", "POST", "right", "", nil, 400, 0},
		{"too large", "POST", "right", strings.Repeat(" ", maxUpdate+1), nil, 413, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.inbox.setRefuse(c.refuse)
			r := httptest.NewRequest(c.method, "/hook", strings.NewReader(c.body))
			switch c.secret {
			case "right":
				r.Header.Set("X-Telegram-Bot-Api-Secret-Token", w.channel.WebhookSecret())
			case "wrong":
				r.Header.Set("X-Telegram-Bot-Api-Secret-Token", strings.Repeat("0", 64))
			}
			rec := httptest.NewRecorder()
			w.channel.Webhook().ServeHTTP(rec, r)
			if rec.Code != c.want || len(w.inbox.all()) != c.rows {
				t.Errorf("answered %d with %d rows, want %d with %d", rec.Code, len(w.inbox.all()), c.want, c.rows)
			}
		})
	}
}

func TestWebhookAgainstTheNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := httptest.NewServer(w.channel.Webhook())
	defer srv.Close()
	if err := w.channel.SetWebhook(soon(t), srv.URL); err != nil {
		t.Fatal(err)
	}
	w.inbox.setRefuse(errors.New("postgres is away"))
	if _, err := w.siti.Send("halo"); err != nil {
		t.Fatal(err)
	}
	<-w.inbox.failed
	if n := w.bot.Pending(); n != 1 {
		t.Errorf("%d updates wait at the network, want 1", n)
	}
	w.inbox.setRefuse(nil)
	if got := texts(t, w.inbox.waitFor(t, 1)); got[0] != "halo" {
		t.Errorf("came as %q", got)
	}
	if err := w.bot.Drained(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := w.channel.DeleteWebhook(soon(t)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(srv.URL, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusUnauthorized || strings.Contains(string(body), w.channel.WebhookSecret()) {
		t.Errorf("a stranger gets %d %q", resp.StatusCode, body)
	}
}
