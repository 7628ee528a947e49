package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/simulator/page"
	"tanggap/simulator/telegram"
	"tanggap/testbed"
)

// A visitor is somebody's tab in a browser on the demo's page: what it shows, kept up by the stream of events as the page's script does.
type visitor struct {
	t    *testing.T
	base string
	id   string
	role string

	leave func() // closes the tab

	mu      sync.Mutex
	shown   map[int][]key // the buttons under each message
	texts   string        // everything the bot has said
	answers int           // presses that were answered
	alerts  []string
	news    chan struct{} // closed and made anew at every event
}

// A key is a button as it stands on the page.
type key struct {
	message      int
	label, press string
}

var (
	keyOnPage = regexp.MustCompile(`<button type="button" class="key[^"]*" data-press="([^"]*)">([^<]*)</button>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

// visit opens the page as a new person on a network.
func visit(t *testing.T, base, network, name, role string) *visitor {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(base+"people", map[string][]string{"network": {network}, "name": {name}, "language": {"id"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	_, id, ok := strings.Cut(resp.Header.Get("Location"), "chat?id=")
	if !ok {
		t.Fatalf("a new person: %s, %v", resp.Status, resp.Header)
	}
	return lookAs(t, base, id, role)
}

// lookAs opens the page as somebody who is there.
func lookAs(t *testing.T, base, id, role string) *visitor {
	t.Helper()
	resp, err := http.Get(base + "chat?id=" + id)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.HasSuffix(resp.Request.URL.Path, "/chat") {
		t.Fatalf("the chat of %s: %s", id, resp.Status)
	}
	v := &visitor{t: t, base: base, id: id, role: role, shown: map[int][]key{}, news: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"events?after=0&id="+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := http.DefaultClient.Do(req) //nolint:bodyclose // closed below, where it is read
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer stream.Body.Close() //nolint:errcheck // only read
		lines := bufio.NewScanner(stream.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				v.see([]byte(data))
			}
		}
	}()
	v.leave = func() { cancel(); <-done }
	t.Cleanup(v.leave)
	return v
}

// see takes one event in.
func (v *visitor) see(data []byte) {
	var e struct {
		Kind  string
		ID    int
		HTML  string
		Text  string
		Alert bool
	}
	if err := json.Unmarshal(data, &e); err != nil {
		v.t.Errorf("an event: %v", err)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e.Kind {
	case "sent", "edited":
		var keys []key
		for _, m := range keyOnPage.FindAllStringSubmatch(e.HTML, -1) {
			keys = append(keys, key{e.ID, html.UnescapeString(m[2]), html.UnescapeString(m[1])})
		}
		v.shown[e.ID] = keys
		v.texts += html.UnescapeString(tags.ReplaceAllString(e.HTML, " ")) + "\n"
	case "deleted":
		delete(v.shown, e.ID)
	case "answered":
		v.answers++
		if e.Alert {
			v.alerts = append(v.alerts, e.Text)
		}
	}
	close(v.news)
	v.news = make(chan struct{})
}

// until waits until something is so on the page.
func (v *visitor) until(what string, is func() bool) {
	v.t.Helper()
	limit := time.After(2 * time.Minute)
	for {
		v.mu.Lock()
		ok, news := is(), v.news
		v.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-news:
		case <-limit:
			v.mu.Lock()
			texts := v.texts
			v.mu.Unlock()
			v.t.Fatalf("%s waits in vain for %s; the bot has said:\n%s", v.role, what, texts)
		}
	}
}

func (v *visitor) heard(text string) {
	v.t.Helper()
	v.until(text, func() bool { return strings.Contains(v.texts, text) })
}

// act does what the page's script does with a form. False: the button was taken away in that very moment, as the page says too.
func (v *visitor) act(what string, fields map[string]string) bool {
	v.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	fields["id"], fields["do"] = v.id, what
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			v.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	resp, err := http.Post(v.base+"act", form.FormDataContentType(), &b)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	if resp.StatusCode != http.StatusNoContent {
		var said bytes.Buffer
		_, _ = said.ReadFrom(resp.Body)
		if what == "press" && resp.StatusCode == http.StatusUnprocessableEntity {
			return false
		}
		v.t.Fatalf("%s, %s %v: %s %s", v.role, what, fields, resp.Status, said.String())
	}
	return true
}

func (v *visitor) say(text string) { v.t.Helper(); v.act("send", map[string]string{"text": text}) }

// press presses a button and waits until the bot has answered it, unless the button is gone.
func (v *visitor) press(k key) {
	v.t.Helper()
	v.mu.Lock()
	before := v.answers
	v.mu.Unlock()
	if !v.act("press", map[string]string{"message": fmt.Sprint(k.message), "button": k.press}) {
		return
	}
	v.until("an answer to ["+k.label+"]", func() bool { return v.answers > before })
}

// find waits for a button.
func (v *visitor) find(label string) (found key) {
	v.t.Helper()
	v.until("the button ["+label+"]", func() bool {
		for _, id := range slices.Backward(slices.Sorted(maps.Keys(v.shown))) {
			for _, k := range v.shown[id] {
				if k.label == label {
					found = k
					return true
				}
			}
		}
		return false
	})
	return found
}

// untried gives a button that has not been pressed yet, by label: the latest message's first.
func (v *visitor) untried(tried map[string]bool) (key, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(v.shown))) {
		for _, k := range v.shown[id] {
			if !tried[k.label] {
				return k, true
			}
		}
	}
	return key{}, false
}

// On the demo's page anybody can be anybody. Every button that any role is shown there can be pressed and is answered, whatever was pressed before, and
// nothing of it breaks a conversation.
func TestEveryRolesButtonsOnThePage(t *testing.T) {
	t.Parallel()
	sim := telegram.New(telegram.Options{})
	sim.AddBot(botToken, botName)
	if err := sim.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	h, err := house.Open(t.Context(), house.Options{
		Regency: testbed.Jepara(), DatabaseURL: testbed.Database(t), RedisURL: testbed.RedisDB(t), RedisPrefix: fmt.Sprintf("page%d:", time.Now().UnixNano()),
		Key: testbed.Key, Telegram: &house.TelegramOptions{Token: botToken, API: sim.URL()}, Listen: "127.0.0.1:0", Pages: page.New(page.Telegram(sim)),
		Gather: -1, NoRates: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		h.Close()
	}()
	base := "http://" + h.Address() + "/"
	staff := map[hotline.RoleName]*visitor{}
	for role, unit := range map[hotline.RoleName]string{
		hotline.RoleOfficer: roads, hotline.RoleHead: "dpupr", hotline.RoleCoordinator: "diskominfo", hotline.RoleResponder: "satpolpp.damkar", hotline.RoleSetda: "setda",
	} {
		v := visit(t, base, "Telegram", "Orang "+string(role), string(role))
		code, err := h.Store().NewInvite(ctx, time.Now(), hotline.Invite{Role: role, Unit: unit, Name: "Orang " + string(role), Expires: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		v.act("start", map[string]string{"text": "daftar-" + code})
		v.heard("Anda terdaftar")
		staff[role] = v
	}

	siti := visit(t, base, "Telegram", "Siti", "citizen")
	siti.say("jalan berlubang di Mulyoharjo")
	siti.press(siti.find("Ya, kirim"))
	siti.heard("Nomor laporan")
	joko := visit(t, base, "Telegram", "Joko", "citizen in danger")
	joko.say("kebakaran rumah di Mulyoharjo")
	joko.heard("112")
	tini := visit(t, base, "Telegram", "Tini", "citizen with something unheard of")
	tini.say("ada yang aneh sekali di Mulyoharjo, mohon dilihat")
	tini.until("a button", func() bool { return len(tini.shown) > 0 })

	staff[hotline.RoleOfficer].press(staff[hotline.RoleOfficer].find("Lihat"))
	staff[hotline.RoleOfficer].press(staff[hotline.RoleOfficer].find("Ambil"))
	staff[hotline.RoleResponder].press(staff[hotline.RoleResponder].find("Terima"))
	for role, v := range staff {
		tried := map[string]bool{}
		for _, word := range []string{"/menu", "antrian", "kasusku"} {
			v.mu.Lock()
			before := len(v.texts)
			v.mu.Unlock()
			v.say(word)
			v.until("an answer to "+word, func() bool { return len(v.texts) > before })
			for range 60 {
				k, ok := v.untried(tried)
				if !ok {
					break
				}
				tried[k.label] = true
				v.press(k)
			}
		}
		t.Logf("%s pressed %s", role, slices.Sorted(maps.Keys(tried)))
		if len(tried) == 0 {
			t.Errorf("%s was shown no button", role)
		}
		v.mu.Lock()
		texts, alerts := v.texts, slices.Clone(v.alerts)
		v.mu.Unlock()
		if strings.Contains(texts, "gagal saya baca") {
			t.Errorf("something broke for %s:\n%s", role, texts)
		}
		if len(alerts) > 0 {
			t.Logf("%s was shown: %q", role, alerts)
		}
	}
	asides, err := h.Store().SetAside(ctx, 10)
	if err != nil || len(asides) > 0 {
		t.Errorf("set aside: %+v, %v", asides, err)
	}
	if v := sim.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}
