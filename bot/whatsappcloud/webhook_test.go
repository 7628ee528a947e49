package whatsappcloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tanggap/hotline"
	sim "tanggap/simulator/whatsappcloud"
)

const goodCall = `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
"metadata":{"display_phone_number":"628112711112","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Siti"},"wa_id":"6281234567890"}],
"messages":[{"from":"6281234567890","id":"wamid.A","timestamp":"1763700000","type":"text","text":{"body":"halo"}}]}}]}]}`

func TestWebhook(t *testing.T) {
	t.Parallel()
	away := errors.New("postgres is away")
	statuses := `{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"106540352242922"},
		"statuses":[{"id":"wamid.B","status":"read","timestamp":1763700000,"biz_opaque_callback_data":"o7.0m"}]}}]}]}`
	for _, c := range []struct {
		name, method, sign, body string
		refuse, deaf             error
		want, rows, told         int
	}{
		{"good", "POST", "right", goodCall, nil, nil, 200, 1, 0},
		{"statuses", "POST", "right", statuses, nil, nil, 200, 0, 1},
		{"statuses that cannot be written down", "POST", "right", statuses, nil, away, 503, 0, 0},
		{"no JSON is set aside", "POST", "right", `{"object":`, nil, nil, 200, 1, 0},
		{"another object is set aside", "POST", "right", `{"object":"page","entry":[]}`, nil, nil, 200, 1, 0},
		{"nothing in it", "POST", "right", `{"object":"whatsapp_business_account"}`, nil, nil, 200, 0, 0},
		{"inbox refuses", "POST", "right", goodCall, away, nil, 503, 0, 0},
		{"signed with another secret", "POST", "wrong", goodCall, nil, nil, 401, 0, 0},
		{"signed for another body", "POST", "other", goodCall, nil, nil, 401, 0, 0},
		{"no signature", "POST", "", goodCall, nil, nil, 401, 0, 0},
		{"half a signature", "POST", "sha256=00ff", goodCall, nil, nil, 401, 0, 0},
		{"the old signature", "POST", "sha1=" + strings.Repeat("0", 40), goodCall, nil, nil, 401, 0, 0},
		{"put", "PUT", "right", goodCall, nil, nil, 405, 0, 0},
		{"empty", "POST", "right", "", nil, nil, 400, 0, 0},
		{"too large", "POST", "right", strings.Repeat(" ", maxCall+1), nil, nil, 413, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sim.Options{})
			w.inbox.setRefuse(c.refuse)
			w.told.setRefuse(c.deaf)
			r := httptest.NewRequest(c.method, "/hook", strings.NewReader(c.body))
			switch c.sign {
			case "right":
				r.Header.Set("X-Hub-Signature-256", sim.Sign(testSecret, []byte(c.body)))
			case "wrong":
				r.Header.Set("X-Hub-Signature-256", sim.Sign(testVerify, []byte(c.body)))
			case "other":
				r.Header.Set("X-Hub-Signature-256", sim.Sign(testSecret, []byte(c.body+" ")))
			case "":
			default:
				r.Header.Set("X-Hub-Signature-256", c.sign)
			}
			rec := httptest.NewRecorder()
			w.channel.Webhook().ServeHTTP(rec, r)
			if rec.Code != c.want || len(w.inbox.all()) != c.rows || len(w.told.all()) != c.told {
				t.Errorf("answered %d with %d rows and %d told, want %d with %d and %d", rec.Code, len(w.inbox.all()), len(w.told.all()), c.want, c.rows, c.told)
			}
		})
	}
}

// unread fails a test that reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestWebhookReadsNothingOfWhatIsNotSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for _, sign := range []string{"", "sha256=zz"} {
		r := httptest.NewRequest(http.MethodPost, "/hook", unread{t})
		r.Header.Set("X-Hub-Signature-256", sign)
		rec := httptest.NewRecorder()
		w.channel.Webhook().ServeHTTP(rec, r)
		if rec.Code != 401 {
			t.Errorf("answered %d", rec.Code)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/hook", unread{t})
	r.Header.Set("X-Hub-Signature-256", sim.Sign(testSecret, nil))
	r.ContentLength = maxCall + 1
	rec := httptest.NewRecorder()
	w.channel.Webhook().ServeHTTP(rec, r)
	if rec.Code != 413 {
		t.Errorf("answered %d for what says it is too large", rec.Code)
	}
}

// A flood of large bodies, signed or not, holds only a few of them in memory at once; small calls pass beside it.
func TestWebhookFlood(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	hook := w.channel.Webhook()
	type pipe struct {
		w    *io.PipeWriter
		done chan int
	}
	var open []pipe
	for range mostLarge {
		pr, pw := io.Pipe()
		p := pipe{pw, make(chan int, 1)}
		go func() {
			r := httptest.NewRequest(http.MethodPost, "/hook", pr)
			r.ContentLength = maxCall
			r.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("00", 32))
			rec := httptest.NewRecorder()
			hook.ServeHTTP(rec, r)
			p.done <- rec.Code
		}()
		if _, err := pw.Write([]byte("{")); err != nil { // it is being read: it has its place
			t.Fatal(err)
		}
		open = append(open, p)
	}
	call := func(body string) int {
		r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
		r.Header.Set("X-Hub-Signature-256", sim.Sign(testSecret, []byte(body)))
		rec := httptest.NewRecorder()
		hook.ServeHTTP(rec, r)
		return rec.Code
	}
	if got := call(strings.Repeat(" ", 1<<20)); got != 503 {
		t.Errorf("one large call too many was answered %d", got)
	}
	if got := call(goodCall); got != 200 {
		t.Errorf("a small call beside the flood was answered %d", got)
	}
	for _, p := range open {
		_ = p.w.Close()
		if got := <-p.done; got != 401 {
			t.Errorf("the forger was answered %d", got)
		}
	}
	if got := call(goodCall + strings.Repeat(" ", 1<<20)); got != 200 {
		t.Errorf("a large call after the flood was answered %d", got)
	}
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	for _, c := range []struct {
		name, mode, token, challenge string
		want                         int
	}{
		{"right", "subscribe", testVerify, "1158201444", 200},
		{"wrong token", "subscribe", "x", "1158201444", 403},
		{"no token", "subscribe", "", "1158201444", 403},
		{"another mode", "unsubscribe", testVerify, "1158201444", 403},
		{"no challenge", "subscribe", testVerify, "", 403},
		{"a challenge that is a book", "subscribe", testVerify, strings.Repeat("x", 300), 403},
	} {
		q := url.Values{"hub.mode": {c.mode}, "hub.verify_token": {c.token}, "hub.challenge": {c.challenge}}
		rec := httptest.NewRecorder()
		w.channel.Webhook().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/hook?"+q.Encode(), nil))
		if rec.Code != c.want || (rec.Code == 200) != (rec.Body.String() == c.challenge && c.challenge != "") {
			t.Errorf("%s: answered %d %q", c.name, rec.Code, rec.Body)
		}
	}
	if err := w.hook(t).SetWebhook(soon(t), "http://127.0.0.1:1", testVerify); err == nil {
		t.Error("the network took a webhook that does not answer")
	}
}

func TestWebhookAgainstTheNetwork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}).hook(t)
	w.inbox.setRefuse(errors.New("postgres is away"))
	if _, err := w.siti.Send("halo"); err != nil {
		t.Fatal(err)
	}
	if err := w.Answered(soon(t), 503); err != nil {
		t.Fatal(err)
	}
	w.becomes(t, "the inbox takes nothing; messages wait at the network")
	w.inbox.setRefuse(nil)
	raws := w.inbox.waitFor(t, 1)
	if err := w.Drained(soon(t)); err != nil {
		t.Fatal(err)
	}
	m, err := Parse(raws[0].Body)
	if err != nil || m.Text != "halo" || m.Name != "Siti Aminah" || m.Phone != "+6281234567890" || raws[0].Peer != sitiPeer || raws[0].Account != testNumber ||
		raws[0].Delivery != m.Ref || m.Address.Peer != sitiPeer {
		t.Errorf("%+v, %+v, %v", raws[0], m, err)
	}

	// What the network tells twice, for an answer was lost or for no reason, is the same thing.
	w.LoseAnswers(2)
	for i := range 3 {
		if _, err := w.siti.Send(fmt.Sprint("lagi ", i)); err != nil {
			t.Fatal(err)
		}
	}
	w.inbox.waitFor(t, 4)
	if err := w.Drained(soon(t)); err != nil {
		t.Fatal(err)
	}
	w.Redeliver(4)
	if err := w.Drained(soon(t)); err != nil {
		t.Fatal(err)
	}
	if n := len(w.inbox.all()); n != 4 || w.inbox.again < 5 {
		t.Errorf("%d rows, %d seen again", n, w.inbox.again)
	}
	if status, err := w.Forge(soon(t)); err != nil || status != 401 {
		t.Errorf("a forger was answered %d, %v", status, err)
	}
	if n := len(w.inbox.all()); n != 4 {
		t.Errorf("a forger wrote: %d rows", n)
	}
	w.clean(t)
}

// One call may hold messages of several people to several numbers, and statuses: one commit, in order, and nobody's name in another's row.
func TestWebhookTakesACallApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}, func(o *Options) { o.Also = []string{"200"} }).hook(t)
	second, foreign := w.AddNumber("200", "+62812", "RSUD"), w.AddNumber("300", "+62813", "Lain")
	budi := w.Person(sim.PersonOptions{Name: "Budi", HideNumber: true, Username: "budi", Heard: true})
	ani := w.Person(sim.PersonOptions{Name: "Ani", Number: second.ID(), NoUserID: true, Phone: "62851112222"})
	cut := w.Person(sim.PersonOptions{Name: "Cut", Number: foreign.ID()})
	w.Hold()
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 12, Peer: sitiPeer, Text: "halo"}); err != nil {
		t.Fatal(err)
	}
	for i, p := range []*sim.Person{w.siti, budi, w.siti, ani, cut, budi} {
		if _, err := p.Send(fmt.Sprint("pesan ", i)); err != nil {
			t.Fatal(err)
		}
	}
	w.Release(100)
	raws := w.inbox.waitFor(t, 5)
	if err := w.Drained(soon(t)); err != nil {
		t.Fatal(err)
	}
	if w.inbox.calls != 1 || len(raws) != 5 {
		t.Errorf("%d commits of %d rows", w.inbox.calls, len(raws))
	}
	var got []string
	for _, r := range raws {
		m, err := Parse(r.Body)
		if err != nil || r.Peer != m.Address.Peer {
			t.Fatal(err, r.Peer, m.Address.Peer)
		}
		got = append(got, fmt.Sprintf("%s %s %s %s %q", r.Account, r.Peer[:5], m.Name, m.Text, m.Phone))
		var s single
		if err := json.Unmarshal(r.Body, &s); err != nil || len(s.Contacts) != 1 {
			t.Errorf("%d contacts in %s, %v", len(s.Contacts), r.Body, err)
		}
	}
	want := []string{
		testNumber + ` bsuid Siti Aminah pesan 0 "+6281234567890"`,
		testNumber + ` bsuid Budi pesan 1 ""`,
		testNumber + ` bsuid Siti Aminah pesan 2 "+6281234567890"`,
		`200 62851 Ani pesan 3 "+62851112222"`,
		testNumber + ` bsuid Budi pesan 5 ""`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if all := w.told.all(); len(all) != 2 || all[0].ID != 12 || all[0].State != "sent" || all[1].State != "delivered" {
		t.Errorf("told %+v", all)
	}
	if n := strings.Count(w.log.String(), "not served here"); n != 1 {
		t.Errorf("told of the foreign number %d times", n)
	}
}

func TestWebhookWithoutAnInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{}, func(o *Options) { o.Inbox, o.Statuses = nil, nil }).hook(t)
	if status, err := w.Call(soon(t), []byte(goodCall), sim.Sign(testSecret, []byte(goodCall))); err != nil || status != 503 {
		t.Errorf("answered %d, %v", status, err)
	}
	if _, err := w.channel.Send(soon(t), hotline.Outgoing{ID: 1, Peer: sitiPeer, Text: "halo"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Drained(soon(t)); err != nil { // statuses that nobody wants are taken
		t.Fatal(err)
	}
}

// FuzzWebhook gives the door bodies of any kind under a good signature: each is committed, nothing breaks, and what is told of a message names it.
func FuzzWebhook(f *testing.F) {
	f.Add([]byte(goodCall))
	for _, s := range samples {
		f.Add([]byte(envelop(s.message)))
	}
	f.Add([]byte(`{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.B","status":"failed","timestamp":"x","errors":[{"code":131047}]},null,5]}}]}]}`))
	f.Add([]byte(`{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":[]}]}]}`))
	box := &inbox{news: make(chan struct{}, 1)}
	c, err := New(Options{PhoneNumberID: testNumber, Token: testToken, AppSecret: testSecret, VerifyToken: testVerify, Inbox: box, Log: quiet,
		Statuses: func(_ context.Context, list []hotline.Delivered) error {
			for _, d := range list {
				if d.Ref == "" || d.State == "" || d.State == "failed" && d.Reason == "" {
					f.Errorf("told %+v", d)
				}
			}
			return nil
		}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages"}]}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) == 0 {
			return // refused, see TestWebhook
		}
		r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(string(body)))
		r.Header.Set("X-Hub-Signature-256", sim.Sign(testSecret, body))
		rec := httptest.NewRecorder()
		c.Webhook().ServeHTTP(rec, r)
		if rec.Code != 200 {
			t.Errorf("answered %d", rec.Code)
		}
		for _, raw := range takeApart(body, testNumber, func(string) bool { return true }).raws {
			if raw.Delivery == "" || raw.Account == "" || raw.Channel != hotline.WhatsAppCloud || len(raw.Body) == 0 {
				t.Errorf("a row %+v", raw)
			}
			m, err := Parse(raw.Body)
			if raw.Peer == "" {
				continue // set aside before anyone parses it
			}
			if _, bad := recipientOf(raw.Peer); bad != nil {
				t.Errorf("peer %q cannot be answered", raw.Peer)
			}
			if err == nil && m.Address.Peer != raw.Peer {
				t.Errorf("peer %q in the row, %q in the message", raw.Peer, m.Address.Peer)
			}
		}
	})
}
