package page

import (
	"bufio"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"
	"pgregory.net/rapid"

	"tanggap/simulator/telegram"
	"tanggap/simulator/whatsapp"
)

const ours = "6281200001120"

// phones is a browser before a page of both networks. Our own number is in the hand of somebody who plays the bot.
type phones struct {
	*visit
	wa  *whatsapp.Server
	net *WhatsAppNetwork
	bot *whatsapp.Person
}

func openBoth(t *testing.T) *phones {
	t.Helper()
	v := open(t)
	s := whatsapp.New(whatsapp.Options{})
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	bot, err := s.Person(ctx, whatsapp.PersonOptions{Name: "Tanggap", Phone: ours})
	if err != nil {
		t.Fatal(err)
	}
	n := WhatsApp(s, ours)
	web := httptest.NewServer(New(Telegram(v.server), n))
	t.Cleanup(web.Close)
	v.base = web.URL
	return &phones{v, s, n, bot}
}

// join makes somebody on WhatsApp by the page's form and gives the link to the chat.
func (v *phones) join(fields url.Values) (whatsappPerson, string) {
	v.t.Helper()
	fields.Set("network", "WhatsApp")
	r := v.request(http.MethodPost, "/people", strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	code, body, header := v.do(r)
	if code != http.StatusSeeOther {
		v.t.Fatalf("join: %d %s", code, body)
	}
	to := header.Get("Location")
	link, err := url.Parse(to)
	if err != nil {
		v.t.Fatal(err)
	}
	p, ok := v.net.find(link.Query().Get("id")).(whatsappPerson)
	if !ok {
		v.t.Fatalf("nobody behind %q", to)
	}
	return p, to
}

func (v *phones) must(p whatsappPerson, what string, fields map[string]string, files ...[]byte) {
	v.t.Helper()
	if code, body := v.actAs(p.guest().ID, what, fields, files...); code != http.StatusNoContent {
		v.t.Fatalf("%s: %d %s", what, code, body)
	}
}

// heard waits for thing that reaches the bot.
func (v *phones) heard(is func(whatsapp.Received) bool) whatsapp.Received {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := v.bot.Wait(ctx, is)
	if err != nil {
		v.t.Fatalf("the bot did not get it: %v", err)
	}
	return r
}

func TestSomebodyOnWhatsApp(t *testing.T) {
	t.Parallel()
	v := openBoth(t)
	siti, to := v.join(url.Values{"name": {"Siti"}, "phone": {"0857-0000-0001"}, "start": {"/daftar AB&C"}})
	if siti.Phone() != "6285700000001" {
		t.Errorf("her number became %s", siti.Phone())
	}
	body := strings.ReplaceAll(v.get("/"+to), "&#43;", "+")
	for _, want := range []string{`class="room whatsapp"`, "+" + ours, ">/daftar AB&amp;C</textarea>", `id="start" class="start" hidden`, `id="block" class="plain" hidden`, "Ganti HP"} {
		if !strings.Contains(body, want) {
			t.Errorf("the chat lacks %q", want)
		}
	}
	if body := v.get("/"); !strings.Contains(body, "Telegram dan WhatsApp tiruan") || !strings.Contains(body, "<small>WhatsApp</small>") {
		t.Error("the first page does not tell the networks apart")
	}
	r := v.request(http.MethodPost, "/people", strings.NewReader(url.Values{"name": {"Tuti"}, "network": {"WhatsApp"}, "phone": {"+62 857 0000 0001"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if code, body, _ := v.do(r); code != http.StatusUnprocessableEntity || !strings.Contains(body, "sudah dipakai") {
		t.Errorf("the same number twice: %d", code)
	}
	if got := string(siti.body("https://wa.me/" + ours + "?text=cek%20ini")); !strings.HasPrefix(got, `<a href="chat?id=w6285700000001&amp;start=cek+ini">`) {
		t.Errorf("a link to our own chat is %s", got)
	}
	joko, _ := v.join(url.Values{"name": {"Joko"}})
	if joko.Phone() == "" || joko.Phone() == siti.Phone() {
		t.Errorf("who names no number got %q", joko.Phone())
	}

	stream := v.stream(siti)
	v.must(siti, "send", map[string]string{"text": "jalan *rusak*"})
	if e := stream(); e.Kind != "said" || !strings.Contains(string(e.HTML), "jalan <b>rusak</b>") || !strings.Contains(string(e.HTML), "✓") {
		t.Errorf("said: %+v", e)
	}
	first := v.heard(func(r whatsapp.Received) bool { return r.Kind == whatsapp.Text })
	if _, err := v.bot.SayTo(siti.Phone(), "Kirim?\n\nBalas dengan angka:\n1. Ya, kirim <b>\n2. Ubah"); err != nil {
		t.Fatal(err)
	}
	var menu event
	for menu.Kind != "sent" { // after what became of her own
		menu = stream()
	}
	if got := string(menu.HTML); !strings.Contains(got, "1. Ya, kirim &lt;b&gt;\n2. Ubah") || strings.Contains(got, "data-press") || menu.Keyboard != "" {
		t.Errorf("the menu is drawn as %s", got)
	}
	v.must(siti, "send", map[string]string{"text": "1", "message": number(menu.ID)})
	if r := v.heard(func(r whatsapp.Received) bool { return r.Text == "1" }); r.Quotes == "" {
		t.Error("the answer does not quote the menu")
	}
	own := int64(0)
	for _, b := range siti.room().bubbles {
		if b.Text == "jalan *rusak*" {
			own = b.ID
		}
	}
	v.must(siti, "edit", map[string]string{"text": "jalan bagus", "message": number(own)})
	if r := v.heard(func(r whatsapp.Received) bool { return r.Kind == whatsapp.Edit }); r.Text != "jalan bagus" || r.Refers != first.ID {
		t.Errorf("edit: %+v", r)
	}
	if body := v.get("/" + to); !strings.Contains(body, "jalan bagus") || !strings.Contains(body, "diedit") {
		t.Error("what was edited is not drawn so")
	}
	v.must(siti, "delete", map[string]string{"message": number(own)})
	v.heard(func(r whatsapp.Received) bool { return r.Kind == whatsapp.Deletion })
	if body := v.get("/" + to); strings.Contains(body, "jalan bagus") || !strings.Contains(body, "Pesan ini dihapus") {
		t.Error("what was deleted is still drawn")
	}
	if v := v.wa.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

// A poll of the bot's is voted in by pressing an option, and shows what was chosen; another vote takes its place. One's own cannot be voted in.
func TestWhatsAppPoll(t *testing.T) {
	t.Parallel()
	v := openBoth(t)
	siti, to := v.join(url.Values{"name": {"Siti"}})
	stream := v.stream(siti)
	v.must(siti, "send", map[string]string{"text": "halo"})
	v.heard(func(r whatsapp.Received) bool { return r.Text == "halo" })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	her, err := types.ParseJID(siti.LID())
	if err != nil {
		t.Fatal(err)
	}
	asked := v.bot.Client().BuildPollCreation("Kirim?", []string{"Ya, <kirim>", "Ubah"}, 1)
	if _, err := v.bot.Client().SendMessage(ctx, her, asked); err != nil {
		t.Fatal(err)
	}
	var menu event
	for menu.Kind != "sent" {
		menu = stream()
	}
	if got := string(menu.HTML); !strings.Contains(got, `data-vote="Ya, &lt;kirim&gt;">Ya, &lt;kirim&gt;</button>`) || strings.Contains(got, "chosen") {
		t.Errorf("the poll is drawn as %s", got)
	}
	for _, option := range []string{"Ya, <kirim>", "Ubah"} {
		v.must(siti, "vote", map[string]string{"message": number(menu.ID), "option": option})
		if r := v.heard(func(r whatsapp.Received) bool { return r.Kind == whatsapp.Vote }); r.Refers == "" {
			t.Errorf("the vote is about nothing: %+v", r)
		}
		drawn := html.UnescapeString(v.get("/" + to))
		if n := strings.Count(drawn, `class="key chosen" aria-pressed="true"`); n != 1 || !strings.Contains(drawn, `aria-pressed="true" data-vote="`+option+`"`) {
			t.Errorf("after the vote for %q the chat is\n%s", option, drawn)
		}
		for menu.Kind != "edited" || !strings.Contains(html.UnescapeString(string(menu.HTML)), `aria-pressed="true" data-vote="`+option+`"`) {
			menu = stream() // the browser is told too
		}
	}
	for _, fields := range []map[string]string{{"message": number(menu.ID), "option": "Lain"}, {"message": number(menu.ID)}, {"option": "Ubah"}} {
		if code, body := v.actAs(siti.guest().ID, "vote", fields); code != http.StatusUnprocessableEntity || body != "Permintaan tidak dikenal." {
			t.Errorf("a vote %v: %d %q", fields, code, body)
		}
	}
	if v := v.wa.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestWhatsAppMediaAndPhones(t *testing.T) {
	t.Parallel()
	v := openBoth(t)
	p, to := v.join(url.Values{"name": {"Siti"}})
	for _, c := range []struct {
		what   string
		fields map[string]string
		file   []byte
		kind   whatsapp.Kind
	}{
		{"upload", map[string]string{"as": "photo", "text": "foto"}, telegram.SamplePhoto(1, false), whatsapp.Photo},
		{"upload", map[string]string{"as": "photo"}, telegram.SampleVideo(1), whatsapp.Video},
		{"upload", map[string]string{"as": "voice"}, telegram.SampleVoice(1), whatsapp.Voice},
		{"upload", map[string]string{"as": "document"}, []byte("<script>alert(1)</script>"), whatsapp.Document},
		{"pin", map[string]string{"text": "-6.58, 110.66"}, nil, whatsapp.Place},
		{"contact", nil, nil, whatsapp.Contact},
	} {
		fields := c.fields
		if fields == nil {
			fields = map[string]string{}
		}
		var files [][]byte
		if c.file != nil {
			files = append(files, c.file)
		}
		v.must(p, c.what, fields, files...)
		v.heard(func(r whatsapp.Received) bool { return r.Kind == c.kind })
	}
	body := strings.ReplaceAll(v.get("/"+to), "&#43;", "+")
	for _, want := range []string{"<img src=\"file?id=w", "<video", "<audio", "-6.580000, 110.660000", "+" + p.Phone(), "berkas-0.bin"} {
		if !strings.Contains(body, want) {
			t.Errorf("the chat lacks %q", want)
		}
	}
	ids := regexp.MustCompile(`file\?id=(w[0-9]+-[0-9]+)`).FindAllStringSubmatch(body, -1)
	kinds := map[string]bool{}
	for _, id := range ids {
		code, _, header := v.do(v.request(http.MethodGet, "/file?id="+id[1], nil))
		if code != http.StatusOK || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %d, %v", id[1], code, header)
		}
		kinds[header.Get("Content-Type")] = true
	}
	if !kinds["image/jpeg"] || !kinds["application/octet-stream"] {
		t.Errorf("files are served as %v", kinds)
	}
	v.must(p, "new-phone", nil)
	v.must(p, "send", map[string]string{"text": "dari HP baru"})
	v.heard(func(r whatsapp.Received) bool { return r.Text == "dari HP baru" })
	for _, c := range []struct {
		what, want string
		fields     map[string]string
	}{
		{"send", "Tidak ada yang dikirim.", map[string]string{"text": " "}},
		{"send", "Pesan itu sudah tidak ada.", map[string]string{"text": "x", "message": "9999"}},
		{"press", "Permintaan tidak dikenal.", map[string]string{"button": "y"}},
		{"pin", "Tulis lintang dan bujur, misalnya -6.589, 110.668.", map[string]string{"text": "91,0"}},
	} {
		if code, body := v.actAs(p.guest().ID, c.what, c.fields); code != http.StatusUnprocessableEntity || body != c.want {
			t.Errorf("%s %v: %d %q, want %q", c.what, c.fields, code, body, c.want)
		}
	}
}

// Whatever is written: taking away the markup and the escapes gives the text back but for the marks that were drawn, and only known elements are written.
func TestWhatsAppTextIsTheText(t *testing.T) {
	t.Parallel()
	p := whatsappPerson{network: &WhatsAppNetwork{number: ours}}
	known := regexp.MustCompile(`^</?(b|i|s|code|a( href="[^"<>]*"( target="_blank" rel="noopener noreferrer")?)?)>$`)
	bare := strings.NewReplacer("*", "", "_", "", "~", "", "`", "")
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom([]string{
			"a", "b ", "*", "_", "~", "```", "\n", "<b>", "&amp;", `"'`, "1. Ya", "https://x.id/?a=\"b\"", "https://x.id/a_b_c ", "javascript:alert(1)", "🕳",
		})).Draw(t, "text"), "")
		out := string(p.body(text))
		for _, s := range tag.FindAllString(out, -1) {
			if !known.MatchString(s) || strings.Contains(s, "javascript:") {
				t.Fatalf("%q has %s", out, s)
			}
		}
		if got := html.UnescapeString(tag.ReplaceAllString(out, "")); bare.Replace(got) != bare.Replace(text) {
			t.Fatalf("%q became %q", text, out)
		}
	})
	for text, want := range map[string]string{
		"*Tanggap* _ya_ ~tidak~ ```x```": "<b>Tanggap</b> <i>ya</i> <s>tidak</s> <code>x</code>",
		"2 * 3 * 4, a_b_c":               "2 * 3 * 4, a_b_c",
	} {
		if got := string(p.body(text)); got != want {
			t.Errorf("%q is drawn as %q", text, got)
		}
	}
}

// stream follows somebody's chat from now on.
func (v *phones) stream(p whatsappPerson) func() event {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	v.t.Cleanup(cancel)
	r := v.request(http.MethodGet, "/events?after=0&id="+p.guest().ID, nil).WithContext(ctx)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { _ = resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	return func() (e event) {
		v.t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					v.t.Fatal(err)
				}
				return e
			}
		}
		v.t.Fatal("the stream ended")
		return e
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
