package page

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tanggap/simulator/telegram"
)

// visit is a browser in front of the page of a server with one bot.
type visit struct {
	t      *testing.T
	server *telegram.Server
	base   string
}

func open(t *testing.T) *visit {
	t.Helper()
	s := telegram.New(telegram.Options{})
	s.AddBot("1:a", "tanggap_bot")
	web := httptest.NewServer(New(Telegram(s)))
	t.Cleanup(web.Close)
	t.Cleanup(func() { _ = s.Close() })
	return &visit{t: t, server: s, base: web.URL}
}

func (v *visit) do(r *http.Request) (int, string, http.Header) {
	v.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header
}

func (v *visit) request(method, path string, body io.Reader) *http.Request {
	v.t.Helper()
	r, err := http.NewRequest(method, v.base+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v *visit) get(path string) string {
	v.t.Helper()
	code, body, _ := v.do(v.request(http.MethodGet, path, nil))
	if code != http.StatusOK {
		v.t.Fatalf("%s: %d %s", path, code, body)
	}
	return body
}

// act posts the form and the files as the page's script does.
func (v *visit) act(p *telegram.Person, what string, fields map[string]string, files ...[]byte) (int, string) {
	v.t.Helper()
	return v.actAs(strconv.FormatInt(p.ID(), 10), what, fields, files...)
}

func (v *visit) actAs(id, what string, fields map[string]string, files ...[]byte) (int, string) {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	write := func(err error) {
		if err != nil {
			v.t.Fatal(err)
		}
	}
	write(w.WriteField("id", id))
	write(w.WriteField("do", what))
	for k, s := range fields {
		write(w.WriteField(k, s))
	}
	for i, data := range files {
		part, err := w.CreateFormFile("file", "berkas-"+strconv.Itoa(i)+".bin")
		write(err)
		_, err = part.Write(data)
		write(err)
	}
	write(w.Close())
	r := v.request(http.MethodPost, "/act", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	code, body, _ := v.do(r)
	return code, strings.TrimSpace(body)
}

// api calls the bot's side.
func (v *visit) api(method string, fields url.Values) json.RawMessage {
	v.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/bot1:a/"+method, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	v.server.ServeHTTP(w, r)
	var a struct {
		OK     bool            `json:"ok"`
		Result json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || !a.OK {
		v.t.Fatalf("%s: %s", method, w.Body)
	}
	return a.Result
}

func TestVisitorBecomesSomebody(t *testing.T) {
	t.Parallel()
	v := open(t)
	r := v.request(http.MethodPost, "/people", strings.NewReader(url.Values{"name": {" Siti   Aminah "}, "language": {"jv"}, "phone": {"+62 812-0000"}, "start": {"a&b"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	code, _, header := v.do(r)
	people := v.server.Bot().People()
	if code != http.StatusSeeOther || len(people) != 1 {
		t.Fatalf("%d, %d people", code, len(people))
	}
	o := people[0].Options()
	if o.Name != "Siti Aminah" || o.Language != "jv" || o.Phone != "628120000" {
		t.Errorf("%+v", o)
	}
	to := header.Get("Location")
	if to != "chat?id="+strconv.FormatInt(o.ID, 10)+"&start=a%26b" {
		t.Errorf("sent to %q", to)
	}
	if body := v.get("/" + to); !strings.Contains(body, `data-payload="a&amp;b"`) || !strings.Contains(body, "Tulis pesan") {
		t.Error("the chat does not offer to start with the payload")
	}
	if body := v.get("/"); !strings.Contains(body, "Siti Aminah") {
		t.Error("the first page does not list her")
	}
	r = v.request(http.MethodPost, "/people", strings.NewReader("name=+"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if code, body, _ := v.do(r); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Isi nama dulu") {
		t.Errorf("without a name: %d", code)
	}
}

func TestActs(t *testing.T) {
	t.Parallel()
	v := open(t)
	p := v.server.Person(telegram.PersonOptions{Name: "Siti", Phone: "62812"})
	chat := strconv.FormatInt(p.ID(), 10)
	last := func() *telegram.Message {
		h := p.History()
		return h[len(h)-1]
	}
	ok := func(what string, fields map[string]string, files ...[]byte) {
		t.Helper()
		if code, body := v.act(p, what, fields, files...); code != http.StatusNoContent {
			t.Fatalf("%s: %d %s", what, code, body)
		}
	}
	ok("start", map[string]string{"text": "KODE"})
	if m := last(); m.Text != "/start KODE" {
		t.Errorf("start: %+v", m)
	}
	ok("send", map[string]string{"text": "jalan rusak"})
	id := last().ID
	ok("edit", map[string]string{"text": "jalan rusak parah", "message": strconv.Itoa(id)})
	if m, _ := p.Message(id); m.Text != "jalan rusak parah" || m.EditDate.IsZero() {
		t.Errorf("edit: %+v", m)
	}
	ok("send", map[string]string{"text": "itu", "message": strconv.Itoa(id)})
	if m := last(); m.ReplyTo != id {
		t.Errorf("reply: %+v", m)
	}
	ok("pin", map[string]string{"text": "-6.58, 110.66"})
	if m := last(); m.Location == nil || m.Location.Latitude != -6.58 {
		t.Errorf("pin: %+v", m)
	}
	ok("contact", nil)
	ok("upload", map[string]string{"as": "photo", "text": "foto"}, telegram.SamplePhoto(1, false))
	if m := last(); m.Kind != telegram.KindPhoto || m.Text != "foto" {
		t.Errorf("photo: %+v", m)
	}
	ok("upload", map[string]string{"as": "photo"}, telegram.SamplePhoto(1, false), telegram.SamplePhoto(2, false))
	if m := last(); m.Album == "" {
		t.Errorf("album: %+v", m)
	}
	ok("upload", map[string]string{"as": "photo"}, telegram.SampleVideo(1))
	if m := last(); m.Kind != telegram.KindVideo {
		t.Errorf("video: %+v", m)
	}
	ok("upload", map[string]string{"as": "voice"}, telegram.SampleVoice(1))
	if m := last(); m.Kind != telegram.KindVoice || m.Media.Duration != 1 {
		t.Errorf("voice: %+v", m)
	}
	ok("upload", map[string]string{"as": "document"}, []byte("<script>alert(1)</script>"))
	document := last()
	if document.Kind != telegram.KindDocument || document.Media.Name != "berkas-0.bin" {
		t.Errorf("document: %+v", document)
	}
	ok("sample-photo", nil)
	ok("sample-voice", nil)

	v.api("sendMessage", url.Values{"chat_id": {chat}, "text": {"?"}, "reply_markup": {`{"inline_keyboard":[[{"text":"Ya","callback_data":"y"}]]}`}})
	ok("press", map[string]string{"message": strconv.Itoa(last().ID), "button": "y"})
	v.api("sendMessage", url.Values{"chat_id": {chat}, "text": {"?"}, "reply_markup": {`{"keyboard":[[{"text":"Nomor","request_contact":true}]]}`}})
	ok("tap", map[string]string{"text": "Nomor"})
	if m := last(); m.Contact == nil {
		t.Errorf("tap: %+v", m)
	}
	for _, c := range []struct {
		what   string
		fields map[string]string
		want   string
	}{
		{"send", map[string]string{"text": "  "}, "Tidak ada yang dikirim."},
		{"send", map[string]string{"text": "x", "message": "1"}, "Pesan itu sudah tidak ada."},
		{"press", map[string]string{"message": strconv.Itoa(id), "button": "y"}, "Tombol itu sudah tidak ada."},
		{"pin", map[string]string{"text": "91,0"}, "Tulis lintang dan bujur, misalnya -6.589, 110.668."},
		{"pin", map[string]string{"text": "NaN,0"}, "Tulis lintang dan bujur, misalnya -6.589, 110.668."},
		{"upload", map[string]string{"as": "photo"}, "Tidak ada yang dikirim."},
		{"fly", nil, "Permintaan tidak dikenal."},
	} {
		if code, body := v.act(p, c.what, c.fields); code != http.StatusUnprocessableEntity || body != c.want {
			t.Errorf("%s %v: %d %q, want %q", c.what, c.fields, code, body, c.want)
		}
	}
	ok("block", nil)
	if code, body := v.act(p, "send", map[string]string{"text": "x"}); code != http.StatusUnprocessableEntity || !strings.Contains(body, "memblokir") {
		t.Errorf("blocked: %d %s", code, body)
	}
	ok("unblock", nil)

	// Files open only if they are harmless.
	_, body, header := v.do(v.request(http.MethodGet, "/file?id="+document.Media.FileID, nil))
	if header.Get("Content-Disposition") != "attachment" || header.Get("Content-Type") != "application/octet-stream" || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(body, "script") {
		t.Errorf("a file of script: %v", header)
	}
	for _, m := range p.History() {
		if m.Kind == telegram.KindPhoto {
			if _, _, header := v.do(v.request(http.MethodGet, "/file?id="+m.Media.FileID, nil)); header.Get("Content-Type") != "image/jpeg" {
				t.Errorf("a photo: %v", header)
			}
		}
	}
	if list := v.server.Violations(); len(list) > 0 {
		t.Errorf("%v", list)
	}
}

func TestNothingBecomesMarkup(t *testing.T) {
	t.Parallel()
	v := open(t)
	const evil = `<script>alert(1)</script><img src=x onerror=alert(2)>"'`
	p := v.server.Person(telegram.PersonOptions{Name: evil, Username: "x"})
	chat := strconv.FormatInt(p.ID(), 10)
	for _, err := range []error{
		func() error { _, err := p.Start(""); return err }(),
		func() error { _, err := p.Send(evil); return err }(),
		func() error { _, err := p.Document(evil+".html", []byte(evil), evil); return err }(),
		func() error { _, err := p.SendContact(telegram.Contact{Phone: evil, FirstName: evil}); return err }(),
		func() error { _, err := p.Poll(evil, evil); return err }(),
		func() error { _, err := p.Forward(evil, evil); return err }(),
		func() error { _, err := p.Sticker(evil); return err }(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	quoted, err := json.Marshal(evil)
	if err != nil {
		t.Fatal(err)
	}
	v.api("sendMessage", url.Values{"chat_id": {chat}, "text": {`<a href="https://x.id/&quot;onmouseover=&quot;alert(1)">` + html.EscapeString(evil) + `</a>`}, "parse_mode": {"HTML"},
		"reply_markup": {`{"inline_keyboard":[[{"text":` + string(quoted) + `,"callback_data":` + string(quoted) + `}]]}`}})
	v.api("sendMessage", url.Values{"chat_id": {chat}, "text": {"x"}, "reply_markup": {`{"keyboard":[[` + string(quoted) + `]],"input_field_placeholder":` + string(quoted) + `}`}})
	for _, path := range []string{"/", "/chat?id=" + chat, "/chat?id=" + chat + "&start=" + url.QueryEscape(evil), "/?start=" + url.QueryEscape(evil)} {
		body := v.get(path)
		if strings.Contains(body, "<script>") || strings.Contains(body, "<img src=x") || strings.Contains(body, `"onmouseover`) {
			t.Errorf("%s lets markup through", path)
		}
		if !strings.Contains(body, "&lt;script&gt;") {
			t.Errorf("%s does not show the text", path)
		}
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

// Whatever the text and the entities: taking away the markup and the escapes gives the
// text back, and only known elements are written.
func TestBodyIsTheText(t *testing.T) {
	t.Parallel()
	v := open(t)
	person := v.server.Person(telegram.PersonOptions{Name: "P"})
	known := regexp.MustCompile(`^</?(b|i|u|s|code|pre|blockquote|span( class="(mention|spoiler)"( tabindex="0")?)?|a( href="[^"<>]*"( target="_blank" rel="noopener noreferrer"| class="command")?)?)>$`)
	kinds := rapid.SampledFrom([]string{"bold", "italic", "underline", "strikethrough", "code", "pre", "blockquote", "text_link", "url", "email", "phone_number", "spoiler", "bot_command", "mention", "custom_emoji"})
	links := rapid.SampledFrom([]string{"https://x.id/?a=\"b\"&c=<d>", "javascript:alert(1)", "data:text/html,x", "tg://user?id=1", "https://t.me/tanggap_bot?start=a\"b", "//x.id", "\x00", "HTTPS://X.ID"})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab<>&\"' \n🕳é"))).Draw(t, "text")
		var entities []telegram.Entity
		for range rapid.IntRange(0, 5).Draw(t, "entities") {
			entities = append(entities, telegram.Entity{Type: kinds.Draw(t, "kind"), Offset: rapid.IntRange(0, 12).Draw(t, "offset"), Length: rapid.IntRange(0, 8).Draw(t, "length"), URL: links.Draw(t, "url")})
		}
		out := string(body(person, text, entities))
		depth := 0
		for _, s := range tag.FindAllString(out, -1) {
			if !known.MatchString(s) || strings.Contains(strings.ToLower(s), "javascript:") || strings.Contains(s, "data:") {
				t.Fatalf("%q has %s", out, s)
			}
			if strings.HasPrefix(s, "</") {
				depth--
			} else {
				depth++
			}
		}
		// An entity that cuts an emoji in two leaves a mark of it; such ones Telegram does not have.
		if got := html.UnescapeString(tag.ReplaceAllString(out, "")); got != text && !strings.Contains(got, "\ufffd") || depth != 0 {
			t.Fatalf("%q became %q, depth %d", text, out, depth)
		}
	})
}

func TestChangesAreStreamed(t *testing.T) {
	t.Parallel()
	v := open(t)
	p := v.server.Person(telegram.PersonOptions{Name: "Siti"})
	chat := strconv.FormatInt(p.ID(), 10)
	if _, err := p.Start(""); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r := v.request(http.MethodGet, "/events?id="+chat+"&after=0", nil).WithContext(ctx)
	r.Header.Set("Last-Event-ID", "1") // what a browser that comes back saw
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func() (e event) {
		t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					t.Fatal(err)
				}
				return e
			}
		}
		t.Fatal("the stream ended")
		return e
	}
	v.api("sendMessage", url.Values{"chat_id": {chat}, "text": {"Halo <b>"}, "reply_markup": {`{"inline_keyboard":[[{"text":"Ya","callback_data":"y"}]]}`}})
	e := next()
	if e.Kind != "sent" || !strings.Contains(string(e.HTML), "Halo &lt;b&gt;") || !strings.Contains(string(e.HTML), `data-press="y"`) {
		t.Errorf("sent: %+v", e)
	}
	callback, err := p.Press(int(e.ID), "y")
	if err != nil {
		t.Fatal(err)
	}
	v.api("answerCallbackQuery", url.Values{"callback_query_id": {callback}, "text": {"Baik"}, "show_alert": {"true"}})
	if a := next(); a.Kind != "answered" || a.Text != "Baik" || !a.Alert {
		t.Errorf("answered: %+v", a)
	}
	v.api("editMessageText", url.Values{"chat_id": {chat}, "message_id": {strconv.FormatInt(e.ID, 10)}, "text": {"Selesai"}})
	if c := next(); c.Kind != "edited" || c.ID != e.ID || !strings.Contains(string(c.HTML), "Selesai") || strings.Contains(string(c.HTML), "data-press") {
		t.Errorf("edited: %+v", c)
	}
	if _, err := p.Send("dari tab lain"); err != nil {
		t.Fatal(err)
	}
	if c := next(); c.Kind != "said" || !strings.Contains(string(c.HTML), "dari tab lain") {
		t.Errorf("said: %+v", c)
	}
	v.api("deleteMessage", url.Values{"chat_id": {chat}, "message_id": {strconv.FormatInt(e.ID, 10)}})
	if c := next(); c.Kind != "deleted" || c.ID != e.ID || c.HTML != "" {
		t.Errorf("deleted: %+v", c)
	}
}

func TestOnlyThisMachinesBrowsers(t *testing.T) {
	t.Parallel()
	v := open(t)
	for name, change := range map[string]func(*http.Request){
		"another name":      func(r *http.Request) { r.Host = "evil.example:80" },
		"another machine":   func(r *http.Request) { r.RemoteAddr = "192.0.2.1:1000" },
		"a name like ours":  func(r *http.Request) { r.Host = "127.0.0.1.evil.example" },
		"another site":      func(r *http.Request) { r.Method = http.MethodPost; r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another's address": func(r *http.Request) { r.Method = http.MethodPost; r.Header.Set("Origin", "https://evil.example") },
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:1000"
		change(r)
		w := httptest.NewRecorder()
		New(Telegram(v.server)).ServeHTTP(w, r)
		if w.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	_, _, header := v.do(v.request(http.MethodGet, "/", nil))
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
	for _, name := range []string{"/page.js", "/page.css"} {
		if body := v.get(name); strings.Contains(body, "://") {
			t.Errorf("%s refers to somewhere else", name)
		}
	}
}
