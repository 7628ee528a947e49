package whatsappcloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A world is a server with one number and one person, and the webhook of a program, which keeps what it is told.
type world struct {
	*Server
	t      *testing.T
	number *Number
	siti   *Person
	client *http.Client

	mu     sync.Mutex
	status int
	calls  [][]byte
	news   chan struct{}
}

func newWorld(t *testing.T, o Options) *world {
	t.Helper()
	if o.WebhookRetry == 0 {
		o.WebhookRetry = time.Millisecond
	}
	w := &world{Server: New(o), t: t, client: &http.Client{Transport: &http.Transport{}}, status: 200, news: make(chan struct{}, 1)}
	w.number = w.AddNumber("106540352242922", "+62 811-2711-112", "Pemkab Jepara")
	if err := w.Listen(""); err != nil {
		t.Fatal(err)
	}
	w.siti = w.Person(PersonOptions{Name: "Siti Aminah", Phone: "+6281234567890", UserID: "ID.1349", Heard: true})
	hook := httptest.NewServer(w)
	t.Cleanup(func() {
		_ = w.Close()
		hook.Close()
		w.client.CloseIdleConnections()
	})
	if err := w.SetWebhook(t.Context(), hook.URL, "word"); err != nil {
		t.Fatal(err)
	}
	return w
}

// ServeHTTP is the program's webhook.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") == "word" {
			_, _ = io.WriteString(rw, r.URL.Query().Get("hub.challenge"))
		}
		return
	}
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("X-Hub-Signature-256") != Sign(w.AppSecret(), body) {
		rw.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	rw.WriteHeader(w.status)
	if w.status == 200 {
		w.calls = append(w.calls, body)
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
}

func (w *world) answerWith(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}

// told waits for n calls and gives them.
func (w *world) told(n int) []string {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	for {
		w.mu.Lock()
		if len(w.calls) >= n {
			var out []string
			for _, c := range w.calls {
				out = append(out, string(c))
			}
			w.mu.Unlock()
			return out
		}
		w.mu.Unlock()
		select {
		case <-w.news:
		case <-ctx.Done():
			w.t.Fatalf("%d of %d calls", len(w.calls), n)
		}
	}
}

// post sends a JSON body and gives the status, the code of the error and the id of the message.
func (w *world) post(path, body string) (status, code int, id string) {
	w.t.Helper()
	return w.do(http.MethodPost, path, "application/json", "Bearer "+w.Token(), strings.NewReader(body))
}

func (w *world) do(method, path, kind, auth string, body io.Reader) (status, code int, id string) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.API()+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	if auth != "" {
		r.Header.Set("Authorization", auth)
	}
	resp, err := w.client.Do(r)
	if err != nil {
		return 0, 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	var said struct {
		ID       string `json:"id"`
		Messages []struct {
			ID string `json:"id"`
		} `json:"messages"`
		Error struct {
			Code  int    `json:"code"`
			Type  string `json:"type"`
			Trace string `json:"fbtrace_id"`
		} `json:"error"`
	}
	all, _ := io.ReadAll(resp.Body)
	if err := json.Unmarshal(all, &said); err != nil {
		w.t.Fatalf("%s: %v", all, err)
	}
	if resp.StatusCode != http.StatusOK && (said.Error.Trace == "" || said.Error.Type == "") {
		w.t.Errorf("an error in another shape: %s", all)
	}
	id = said.ID
	if len(said.Messages) > 0 {
		id = said.Messages[0].ID
	}
	return resp.StatusCode, said.Error.Code, id
}

const messagesPath = "/106540352242922/messages"

// TO is whom it is for.
var sent = []struct {
	name, body string
	code       int // 0: taken
	field      string
}{
	{"text", `{TO,"type":"text","text":{"body":"halo","preview_url":false}}`, 0, ""},
	{"text with a tag", `{TO,"type":"text","text":{"body":"halo"},"biz_opaque_callback_data":"o1.0"}`, 0, ""},
	{"buttons", `{TO,"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"Ya"}}]}}}`, 0, ""},
	{"list", `{TO,"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"Pilih","sections":[{"rows":[{"id":"1","title":"Ya","description":"x"}]}]}}}`, 0, ""},
	{"link", `{TO,"type":"interactive","interactive":{"type":"cta_url","body":{"text":"?"},"action":{"name":"cta_url","parameters":{"display_text":"x","url":"https://x.id"}}}}`, 0, ""},
	{"place", `{TO,"type":"interactive","interactive":{"type":"location_request_message","body":{"text":"?"},"action":{"name":"send_location"}}}`, 0, ""},
	{"number", `{TO,"type":"interactive","interactive":{"type":"request_contact_info","body":{"text":"?"},"action":{"name":"request_contact_info"}}}`, 0, ""},
	{"template", `{TO,"type":"template","template":{"name":"news","language":{"code":"id"},"components":[{"type":"body","parameters":[{"type":"text","text":"x"}]}]}}`, 0, ""},

	{"no product", `{"to":"6281234567890","type":"text","text":{"body":"halo"}}`, 131008, "messaging_product"},
	{"nobody", `{"messaging_product":"whatsapp","type":"text","text":{"body":"halo"}}`, 131008, "to"},
	{"no number", `{"messaging_product":"whatsapp","to":"siti","type":"text","text":{"body":"halo"}}`, 131009, "to"},
	{"unknown field", `{TO,"type":"text","text":{"body":"halo"},"ttl":5}`, 100, "ttl"},
	{"unknown field within", `{TO,"type":"text","text":{"body":"halo","bold":true}}`, 100, "text.bold"},
	{"another type's part", `{TO,"type":"text","image":{"id":"1"}}`, 131008, "text"},
	{"unknown type", `{TO,"type":"hologram","hologram":{}}`, 131009, "type"},
	{"empty text", `{TO,"type":"text","text":{"body":""}}`, 131009, "text.body"},
	{"text too long", `{TO,"type":"text","text":{"body":"` + strings.Repeat("é", 4097) + `"}}`, 131009, "text.body"},
	{"tag too long", `{TO,"type":"text","text":{"body":"x"},"biz_opaque_callback_data":"` + strings.Repeat("x", 513) + `"}`, 131009, "biz_opaque_callback_data"},
	{"text that is a number", `{TO,"type":"text","text":{"body":5}}`, 131009, "text.body"},
	{"a medium that is none", `{TO,"type":"image","image":{"id":"5"}}`, 131009, "image.id"},
	{"quoting nothing", `{TO,"type":"text","text":{"body":"halo"},"context":{"message_id":"wamid.x"}}`, 131009, ""},
	{"four buttons", `{TO,"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{},{},{},{}]}}}`, 131009, "interactive.action.buttons"},
	{"a button of 21 letters", `{TO,"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"123456789012345678901"}}]}}}`, 131009, "interactive.action.buttons[0].reply.title"},
	{"two buttons of one title", `{TO,"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"Ya"}},{"type":"reply","reply":{"id":"2","title":"Ya"}}]}}}`, 131009, "interactive.action.buttons[1].reply"},
	{"body too long for buttons", `{TO,"type":"interactive","interactive":{"type":"button","body":{"text":"` + strings.Repeat("x", 1025) + `"},"action":{"buttons":[{"type":"reply","reply":{"id":"1","title":"Ya"}}]}}}`, 131009, "interactive.body.text"},
	{"eleven rows", `{TO,"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"x","sections":[{"rows":[{},{},{},{},{},{},{},{},{},{},{}]}]}}}`, 131009, "interactive.action.sections[0].rows"},
	{"a row of 25 letters", `{TO,"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"x","sections":[{"rows":[{"id":"1","title":"1234567890123456789012345"}]}]}}}`, 131009, "interactive.action.sections[0].rows[0].title"},
	{"a row with 73 letters below", `{TO,"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"x","sections":[{"rows":[{"id":"1","title":"x","description":"` + strings.Repeat("x", 73) + `"}]}]}}}`, 131009, "interactive.action.sections[0].rows[0].description"},
	{"two sections without titles", `{TO,"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"x","sections":[{"rows":[{"id":"1","title":"x"}]},{"rows":[{"id":"2","title":"x"}]}]}}}`, 131008, "interactive.action.sections[0].title"},
	{"a link that is none", `{TO,"type":"interactive","interactive":{"type":"cta_url","body":{"text":"?"},"action":{"name":"cta_url","parameters":{"display_text":"x","url":"javascript:1"}}}}`, 131009, "interactive.action.parameters.url"},
	{"no template", `{TO,"type":"template","template":{"name":"other","language":{"code":"id"}}}`, 132001, ""},
	{"a template in another language", `{TO,"type":"template","template":{"name":"news","language":{"code":"en"}}}`, 132001, ""},
	{"a template with a gap left", `{TO,"type":"template","template":{"name":"news","language":{"code":"id"}}}`, 132000, ""},
	{"a gap with a line break", `{TO,"type":"template","template":{"name":"news","language":{"code":"id"},"components":[{"type":"body","parameters":[{"type":"text","text":"x\ny"}]}]}}`, 132012, "template.components"},
	{"reading nothing", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.x"}`, 131009, ""},
	{"reading with an unknown field", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.x","to":"1"}`, 100, "to"},
	{"no JSON", `{`, 100, ""},
	{"two objects", `{}{}`, 100, ""},
	{"an array", `[]`, 100, ""},
}

func TestStrict(t *testing.T) {
	t.Parallel()
	for _, c := range sent {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{NoStatuses: true})
			w.AddTemplate(Template{Name: "news", Language: "id", Body: "Kabar: {{1}}"})
			status, code, id := w.post(messagesPath, strings.Replace(c.body, "TO", `"messaging_product":"whatsapp","to":"6281234567890"`, 1))
			if code != c.code || (c.code == 0) != (status == 200 && id != "") {
				t.Errorf("answered %d, code %d, want %d", status, code, c.code)
			}
			list := w.Violations()
			if c.field == "" && len(list) > 0 && c.code == 0 {
				t.Errorf("a violation %s", list[0])
			}
			if c.field != "" && (len(list) == 0 || list[0].Field != c.field) {
				t.Errorf("violations %v, want one of %s", list, c.field)
			}
			if n := len(w.siti.Messages()); n != 0 && c.code != 0 || n != 1 && c.code == 0 {
				t.Errorf("the person has %d messages", n)
			}
		})
	}
}

func TestDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	good := `{"messaging_product":"whatsapp","to":"6281234567890","type":"text","text":{"body":"halo"}}`
	for _, c := range []struct {
		name, method, path, kind, auth string
		status, code                   int
	}{
		{"good", "POST", messagesPath, "application/json", "Bearer " + w.Token(), 200, 0},
		{"no token", "POST", messagesPath, "application/json", "", 401, 190},
		{"another token", "POST", messagesPath, "application/json", "Bearer x", 401, 190},
		{"another number", "POST", "/1/messages", "application/json", "Bearer " + w.Token(), 400, 100},
		{"no JSON", "POST", messagesPath, "text/plain", "Bearer " + w.Token(), 400, 100},
		{"another verb", "PUT", messagesPath, "application/json", "Bearer " + w.Token(), 400, 100},
		{"another path", "POST", "/a/b/c", "application/json", "Bearer " + w.Token(), 404, 2500},
		{"number", "GET", "/106540352242922?fields=id,health_status", "", "Bearer " + w.Token(), 200, 0},
		{"number's unknown field", "GET", "/106540352242922?fields=shoe_size", "", "Bearer " + w.Token(), 400, 100},
		{"no such medium", "GET", "/5", "", "Bearer " + w.Token(), 400, 100},
	} {
		if status, code, _ := w.do(c.method, c.path, c.kind, c.auth, strings.NewReader(good)); status != c.status || code != c.code {
			t.Errorf("%s: answered %d, code %d", c.name, status, code)
		}
	}
	if n := w.Calls()["messages 401"]; n != 2 {
		t.Errorf("counted %v", w.Calls())
	}
}

// A user id in the wrong field is what the network swallows; here it is written down.
func TestUserIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{NoStatuses: true})
	if status, _, _ := w.post(messagesPath, `{"messaging_product":"whatsapp","recipient":"ID.1349","type":"text","text":{"body":"halo"}}`); status != 200 || len(w.siti.Messages()) != 1 {
		t.Errorf("answered %d, %d messages", status, len(w.siti.Messages()))
	}
	if status, _, id := w.post(messagesPath, `{"messaging_product":"whatsapp","to":"ID.1349","type":"text","text":{"body":"halo"}}`); status != 200 || id == "" || len(w.siti.Messages()) != 1 {
		t.Errorf("answered %d, %d messages", status, len(w.siti.Messages()))
	}
	if v := w.Violations(); len(v) != 1 || v[0].Field != "to" {
		t.Errorf("%v", v)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{NoStatuses: true})
	upload := func(fields map[string]string, name, kind string, data []byte) (int, int, string) {
		var b bytes.Buffer
		form := multipart.NewWriter(&b)
		for k, v := range fields {
			if err := form.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", multipart.FileContentDisposition("file", name))
		h.Set("Content-Type", kind)
		part, err := form.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		return w.do(http.MethodPost, "/106540352242922/media", form.FormDataContentType(), "Bearer "+w.Token(), &b)
	}
	jpeg := []byte("\xff\xd8\xff\xe0x")
	good := map[string]string{"messaging_product": "whatsapp", "type": "image/jpeg"}
	status, _, id := upload(good, "a.jpg", "image/jpeg", jpeg)
	if status != 200 || id == "" {
		t.Fatalf("answered %d", status)
	}
	for name, c := range map[string]struct {
		fields map[string]string
		kind   string
		data   []byte
		code   int
	}{
		"no product":           {map[string]string{"type": "image/jpeg"}, "image/jpeg", jpeg, 100},
		"an unknown field":     {map[string]string{"messaging_product": "whatsapp", "type": "image/jpeg", "x": "y"}, "image/jpeg", jpeg, 100},
		"another type":         {good, "image/png", jpeg, 100},
		"a type nobody takes":  {map[string]string{"messaging_product": "whatsapp", "type": "application/zip"}, "application/zip", jpeg, 100},
		"a picture that is no": {good, "image/jpeg", []byte("halo"), 131053},
		"empty":                {good, "image/jpeg", nil, 131053},
	} {
		if _, code, _ := upload(c.fields, "a.jpg", c.kind, c.data); code != c.code {
			t.Errorf("%s: code %d", name, code)
		}
	}
	send := func(kind string) int {
		_, code, _ := w.post(messagesPath, fmt.Sprintf(`{"messaging_product":"whatsapp","to":"6281234567890","type":"%s","%s":{"id":"%s"}}`, kind, kind, id))
		return code
	}
	if send("image") != 0 || send("document") != 0 || send("video") != 131053 {
		t.Error("a picture goes as a picture or a document")
	}
	w.Forget(id)
	if send("image") != 131009 {
		t.Error("sent what is gone")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{NoStatuses: true})
	good := `{"messaging_product":"whatsapp","to":"6281234567890","type":"text","text":{"body":"halo"}}`
	once := w.Fail(Fault{What: CallMessages, To: "6281234567890", Code: 131056})
	w.Fail(Fault{What: CallMessages, To: "1", Code: 368, Times: -1})
	if _, code, _ := w.post(messagesPath, good); code != 131056 || once.Hits() != 1 {
		t.Errorf("code %d", code)
	}
	<-once.Done()
	if status, _, _ := w.post(messagesPath, good); status != 200 {
		t.Errorf("answered %d", status)
	}
	w.Fail(Fault{What: CallMessages, Drop: DropBefore})
	if status, _, _ := w.post(messagesPath, good); status != 0 || len(w.siti.Messages()) != 1 {
		t.Errorf("answered %d", status)
	}
	w.Fail(Fault{What: CallMessages, Drop: DropAfter})
	if status, _, _ := w.post(messagesPath, good); status != 0 || len(w.siti.Messages()) != 2 {
		t.Errorf("answered %d", status)
	}
	hang := w.Fail(Fault{What: CallMessages, Hang: true})
	done := make(chan int, 1)
	go func() {
		status, _, _ := w.post(messagesPath, good)
		done <- status
	}()
	<-hang.Done()
	hang.Remove()
	if status := <-done; status != 200 {
		t.Errorf("answered %d", status)
	}
	w.SetLimits(Limits{Second: 2, Pair: time.Hour, Burst: 1})
	codes := map[int]int{}
	for range 4 {
		_, code, _ := w.post(messagesPath, good)
		codes[code]++
	}
	if codes[0] != 1 || codes[131056] == 0 || codes[130429] == 0 {
		t.Errorf("codes %v", codes)
	}
}

func TestHook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	if err := w.SetWebhook(t.Context(), w.URL(), "word"); err == nil {
		t.Error("took a webhook that knows no challenge")
	}
	if err := w.SetWebhook(t.Context(), "http://192.0.2.1/", "word"); err == nil {
		t.Error("took a webhook elsewhere")
	}
	w.answerWith(503)
	if _, err := w.siti.Send("satu"); err != nil {
		t.Fatal(err)
	}
	if err := w.Answered(t.Context(), 503); err != nil {
		t.Fatal(err)
	}
	if _, err := w.siti.Send("dua"); err != nil {
		t.Fatal(err)
	}
	w.answerWith(200)
	calls := w.told(2)
	if !strings.Contains(calls[0], "satu") || !strings.Contains(calls[1], "dua") {
		t.Errorf("told %s", calls)
	}
	if err := w.Drained(t.Context()); err != nil {
		t.Fatal(err)
	}

	// An answer that is lost, and a call again for no reason.
	w.LoseAnswers(1)
	if _, err := w.siti.Send("tiga"); err != nil {
		t.Fatal(err)
	}
	calls = w.told(4)
	if err := w.Drained(t.Context()); err != nil {
		t.Fatal(err)
	}
	if calls[2] != calls[3] || w.Redeliver(1) != 1 {
		t.Error("the lost one is told again")
	}
	if calls = w.told(5); calls[4] != calls[3] {
		t.Error("the last one is told again")
	}

	// Held back and told together: several people in one value.
	w.Hold()
	budi := w.Person(PersonOptions{Name: "Budi", HideNumber: true})
	for _, p := range []*Person{w.siti, budi, w.siti} {
		if _, err := p.Send("bersama"); err != nil {
			t.Fatal(err)
		}
	}
	w.Release(10)
	last := w.told(6)[5]
	if strings.Count(last, "bersama") != 3 || strings.Count(last, `"profile"`) != 2 || strings.Count(last, "Budi") != 1 || strings.Contains(last, budi.Options().Phone) {
		t.Errorf("told %s", last)
	}
	if status, err := w.Forge(t.Context()); err != nil || status != 401 {
		t.Errorf("the forger was answered %d, %v", status, err)
	}
	if err := w.Drained(t.Context()); err != nil || w.Pending() != 0 {
		t.Error(err)
	}
}

func TestStatusesAndWindow(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 21, 4, 40, 0, 0, time.UTC)
	var mu sync.Mutex
	now := func() time.Time { mu.Lock(); defer mu.Unlock(); return at }
	w := newWorld(t, Options{Now: now})
	say := `{"messaging_product":"whatsapp","to":"6281234567890","type":"text","text":{"body":"halo"},"biz_opaque_callback_data":"o1.0m"}`
	if status, _, _ := w.post(messagesPath, say); status != 200 {
		t.Fatalf("answered %d", status)
	}
	w.siti.Read()
	calls := w.told(3)
	for i, state := range []string{"sent", "delivered", "read"} {
		if !strings.Contains(calls[i], `"status":"`+state+`"`) || !strings.Contains(calls[i], `"biz_opaque_callback_data":"o1.0m"`) {
			t.Errorf("told %s, want %s", calls[i], state)
		}
	}
	w.siti.Block()
	if status, _, _ := w.post(messagesPath, say); status != 200 {
		t.Fatalf("answered %d", status)
	}
	if calls = w.told(4); !strings.Contains(calls[3], `"status":"sent"`) || len(w.siti.Messages()) != 1 {
		t.Errorf("told %s", calls[3])
	}
	if _, err := w.siti.Send("x"); !errors.Is(err, ErrBlocked) {
		t.Error(err)
	}
	w.siti.Unblock()
	mu.Lock()
	at = at.Add(24 * time.Hour)
	mu.Unlock()
	if _, code, _ := w.post(messagesPath, say); code != 131047 {
		t.Errorf("code %d", code)
	}
	if _, err := w.siti.Send("halo lagi"); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := w.post(messagesPath, say); status != 200 {
		t.Errorf("answered %d", status)
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{NoStatuses: true})
	p := w.siti
	if w.Person(PersonOptions{Phone: "6281234567890"}) != p {
		t.Error("two people with one number")
	}
	id, err := p.Send("halo")
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := p.Message(id); !ok || m.Text != "halo" || m.FromBusiness {
		t.Errorf("%+v", m)
	}
	for name, err := range map[string]error{
		"empty":          second(p.Send(" ")),
		"too long":       second(p.Send(strings.Repeat("x", 70_000))),
		"no UTF-8":       second(p.Send("\xff")),
		"reply to none":  second(p.Reply("wamid.x", "a")),
		"no such place":  second(p.Pin(91, 0)),
		"no button":      second(p.Press("", "Ya")),
		"no message":     second(p.Press("wamid.x", "Ya")),
		"edit of none":   p.Edit("wamid.x", "a"),
		"somebody's":     p.ChangeNumber(w.Person(PersonOptions{Name: "B"}).Options().Phone),
		"a nameless one": second(p.SendContact(Contact{Phone: "1"})),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	seq := p.Seq()
	say := `{"messaging_product":"whatsapp","to":"6281234567890","type":"interactive","interactive":{"type":"location_request_message","body":{"text":"?"},"action":{"name":"send_location"}}}`
	if status, _, _ := w.post(messagesPath, say); status != 200 {
		t.Fatal(status)
	}
	list, err := p.Wait(t.Context(), seq)
	if err != nil || len(list) != 1 || list[0].Kind != Sent || list[0].Message.Asks != "location_request_message" {
		t.Fatalf("%+v, %v", list, err)
	}
	if id, err = p.Pin(-6.5, 110.6); err != nil {
		t.Fatal(err)
	}
	if m, _ := p.Message(id); m.ReplyTo != list[0].Message.ID {
		t.Error("the place does not answer the request")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.WaitFor(ctx, p.Seq(), func(Change) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func second(_ string, err error) error { return err }
