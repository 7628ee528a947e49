// Package page is a web page on which anybody can be one of the simulated people: a
// citizen who complains, or an officer who works on cases. It is a small Telegram: the
// visitor picks or makes a person and chats as them with the bot, with buttons, photos,
// voice notes and places. Several persons may be open in several tabs.
//
// The page is a guest of a [telegram.Server] and keeps nothing of its own. Everything
// that is shown is drawn on the server by html/template and pushed over SSE: what the bot
// or a person wrote never becomes markup or script. It answers on loopback only, for
// whoever opens it can be anybody.
package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tanggap/simulator/telegram"
)

//go:embed assets
var assets embed.FS

// The largest file that a visitor can send: larger than a bot can fetch, so that this
// can be tried.
const maxUpload = 25 << 20

type page struct {
	server  *telegram.Server
	version string // of the assets, so that a browser does not keep old ones
	tmpl    *template.Template
}

// New makes the page for the people of a server. Mount it at any path with
// http.StripPrefix: all its links are relative.
func New(server *telegram.Server) http.Handler {
	p := &page{server: server}
	hash := sha256.New()
	for _, name := range []string{"assets/page.js", "assets/page.css"} {
		b, err := assets.ReadFile(name)
		if err != nil {
			panic(err) // embedded: it is there or the program does not build
		}
		hash.Write(b)
	}
	p.version = hex.EncodeToString(hash.Sum(nil))[:12]
	p.tmpl = template.Must(template.New("").Funcs(template.FuncMap{
		"version": func() string { return p.version },
		"colour":  colour,
		"initial": initial,
		"clock":   clock,
		"size":    size,
		"degrees": func(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) },
	}).ParseFS(assets, "assets/*.html"))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.index)
	mux.HandleFunc("POST /people", p.create)
	mux.HandleFunc("GET /chat", p.chat)
	mux.HandleFunc("GET /events", p.events)
	mux.HandleFunc("GET /file", p.file)
	mux.HandleFunc("POST /act", p.act)
	for _, name := range []string{"page.js", "page.css"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=31536000, immutable")
			http.ServeFileFS(w, r, assets, "assets/"+name)
		})
	}
	return guard(http.NewCrossOriginProtection().Handler(mux))
}

// guard lets in only this machine's own browsers, and only under a loopback name, so that
// no web page elsewhere can reach in through a name of its own.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.RemoteAddr) || !loopback(r.Host) {
			http.Error(w, "Halaman ini hanya untuk komputer ini sendiri.", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// render writes a whole page.
func (p *page) render(w http.ResponseWriter, name string, data any) {
	var b strings.Builder
	if err := p.tmpl.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, b.String())
}

// guest is somebody in the list of people.
type guest struct {
	ID      int64
	Name    string
	Bot     string
	Preview string
	Blocked bool
}

func (p *page) guests() []guest {
	var out []guest
	bots := p.server.Bots()
	for _, b := range bots {
		for _, person := range b.People() {
			g := guest{ID: person.ID(), Name: person.Name(), Blocked: person.Blocked()}
			if len(bots) > 1 {
				g.Bot = b.Username()
			}
			if m, ok := person.Last(); ok {
				g.Preview = snippet(&m)
			}
			out = append(out, g)
			if len(out) == 500 {
				return out
			}
		}
	}
	return out
}

// indexView is what the first page shows.
type indexView struct {
	People []guest
	Bots   []string
	Bot    string
	Start  string // the payload of a link that was followed, for whoever is picked
	Error  string
}

func (p *page) indexView(r *http.Request) indexView {
	v := indexView{People: p.guests(), Start: r.FormValue("start")}
	for _, b := range p.server.Bots() {
		v.Bots = append(v.Bots, b.Username())
	}
	if len(v.Bots) > 0 {
		v.Bot = v.Bots[0]
	}
	return v
}

func (p *page) index(w http.ResponseWriter, r *http.Request) {
	p.render(w, "index.html", p.indexView(r))
}

func (p *page) create(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	name := strings.Join(strings.Fields(r.FormValue("name")), " ")
	if name == "" || len(name) > 100 || len(p.server.Bots()) == 0 {
		v := p.indexView(r)
		v.Error = "Isi nama dulu, paling panjang 100 huruf."
		w.WriteHeader(http.StatusUnprocessableEntity)
		p.render(w, "index.html", v)
		return
	}
	person := p.server.Person(telegram.PersonOptions{
		Name: strings.ToValidUTF8(name, ""), Language: clip(r.FormValue("language"), 10), Phone: digits(r.FormValue("phone")), Bot: r.FormValue("bot"),
	})
	to := "chat?id=" + strconv.FormatInt(person.ID(), 10)
	if start := r.FormValue("start"); start != "" {
		to += "&start=" + template.URLQueryEscaper(start)
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

func digits(s string) string {
	return clip(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s), 15)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return strings.ToValidUTF8(s, "")
	}
	return strings.ToValidUTF8(s[:n], "")
}

// person finds whose chat the request is about.
func (p *page) person(r *http.Request) *telegram.Person {
	id, err := strconv.ParseInt(r.FormValue("id"), 10, 64)
	if err != nil {
		return nil
	}
	for _, b := range p.server.Bots() {
		if person := b.Find(id); person != nil {
			return person
		}
	}
	return nil
}

// place is somewhere to send a pin from without leaving the chair.
type place struct {
	Name     string
	Lat, Lng float64
}

// places lie in and around Jepara, one of them outside of the regency.
var places = []place{
	{"Alun-alun Jepara", -6.5890, 110.6683},
	{"Tegalsambi, Tahunan", -6.6181, 110.6539},
	{"Pecangaan Kulon", -6.6946, 110.7025},
	{"Welahan", -6.7823, 110.7239},
	{"Mayong Lor", -6.7588, 110.7536},
	{"Bangsri", -6.5211, 110.7525},
	{"Pakis Aji", -6.5825, 110.7576},
	{"Kelet, Keling", -6.4957, 110.9027},
	{"Karimunjawa", -5.8529, 110.4567},
	{"Simpang Lima, Semarang (luar Jepara)", -6.9903, 110.4229},
}

// chatView is what the chat page shows.
type chatView struct {
	Me       guest
	Bot      string
	Seq      int64
	Bubbles  []template.HTML
	Keyboard template.HTML
	People   []guest
	Places   []place
	Start    string
	Fresh    bool // nothing was said yet
	Phone    string
}

func (p *page) chat(w http.ResponseWriter, r *http.Request) {
	person := p.person(r)
	if person == nil {
		w.Header().Set("Location", "./")
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	// The number first: a change in between is in both, and drawn in the same place twice.
	v := chatView{
		Seq: person.Seq(), Bot: person.Bot().Username(), People: p.guests(), Places: places, Start: r.FormValue("start"),
		Me: guest{ID: person.ID(), Name: person.Name(), Blocked: person.Blocked()}, Phone: person.Options().Phone,
	}
	for _, m := range person.History() {
		v.Fresh = false
		if !m.Deleted {
			v.Bubbles = append(v.Bubbles, p.bubble(person, m))
		}
	}
	v.Fresh = len(v.Bubbles) == 0
	v.Keyboard = p.keyboard(person)
	p.render(w, "chat.html", v)
}

// event is one change on its way to a browser.
type event struct {
	Kind     string        `json:"kind"`
	ID       int           `json:"id,omitempty"`
	HTML     template.HTML `json:"html,omitempty"`
	Keyboard template.HTML `json:"keyboard"`
	Text     string        `json:"text,omitempty"`
	Alert    bool          `json:"alert,omitempty"`
}

// How long a stream without news waits before it shows that it is alive.
const heartbeat = 20 * time.Second

// events streams what happens in a chat, from the change after the one that the browser
// saw last.
func (p *page) events(w http.ResponseWriter, r *http.Request) {
	person := p.person(r)
	if person == nil {
		http.NotFound(w, r)
		return
	}
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.FormValue("after")
	}
	after, _ := strconv.ParseInt(last, 10, 64)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w).Flush
	if _, err := io.WriteString(w, "retry: 1000\n\n"); err != nil || flush() != nil {
		return
	}
	for {
		ctx, cancel := context.WithTimeout(r.Context(), heartbeat)
		changes, err := person.Follow(ctx, after)
		cancel()
		switch {
		case r.Context().Err() != nil:
			return
		case errors.Is(err, context.DeadlineExceeded):
			_, err = io.WriteString(w, ": masih di sini\n\n")
		case err == nil:
			for _, c := range changes {
				after = c.Seq
				if err = p.write(w, person, c); err != nil {
					break
				}
			}
		}
		if err != nil || flush() != nil {
			return
		}
	}
}

func (p *page) write(w io.Writer, person *telegram.Person, c telegram.Change) error {
	e := event{Kind: c.Kind.String(), Keyboard: p.keyboard(person)}
	switch {
	case c.Message != nil:
		e.ID = c.Message.ID
		if c.Kind != telegram.Deleted {
			e.HTML = p.bubble(person, c.Message)
		}
	case c.Answer != nil:
		e.Text, e.Alert = c.Answer.Text, c.Answer.Alert
	}
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %d\ndata: %s\n\n", c.Seq, b)
	return err
}

// file serves a file of a chat. Only pictures, sounds and films open in the page; what
// else somebody sent is for saving.
func (p *page) file(w http.ResponseWriter, r *http.Request) {
	data, kind, ok := p.server.File(r.FormValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/wave", "video/mp4", "video/webm":
		h.Set("Content-Type", kind)
	default:
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// act does what the visitor did, as the person. Its answer is empty, or one sentence of
// what is wrong.
func (p *page) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+1<<20)
	// What does not fit into a megabyte of memory waits in a temporary file.
	if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		http.Error(w, "Berkas terlalu besar, paling besar 25 MB.", http.StatusRequestEntityTooLarge)
		return
	}
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	person := p.person(r)
	if person == nil {
		http.Error(w, "Orang ini tidak ada lagi. Muat ulang halaman.", http.StatusNotFound)
		return
	}
	if err := do(person, r); err != nil {
		http.Error(w, sentence(err), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

var errForm = errors.New("the form does not make sense")

func do(person *telegram.Person, r *http.Request) error {
	message, _ := strconv.Atoi(r.FormValue("message"))
	text := strings.ToValidUTF8(r.FormValue("text"), "")
	var err error
	switch r.FormValue("do") {
	case "send":
		if message != 0 {
			_, err = person.Reply(message, text)
		} else {
			_, err = person.Send(text)
		}
	case "edit":
		_, err = person.Edit(message, text)
	case "press":
		_, err = person.Press(message, r.FormValue("button"))
	case "tap":
		_, err = person.Tap(text)
	case "start":
		_, err = person.Start(text)
	case "contact":
		_, err = person.ShareContact()
	case "block":
		err = person.Block()
	case "unblock":
		err = person.Unblock()
	case "pin":
		var lat, lng float64
		if lat, lng, err = degrees(text); err == nil {
			_, err = person.Pin(lat, lng)
		}
	case "sample-photo":
		_, err = person.Photo("contoh.jpg", telegram.SamplePhoto(int(time.Now().UnixMilli()), false), text)
	case "sample-voice":
		_, err = person.Voice(telegram.SampleVoice(int(time.Now().UnixMilli())), 5*time.Second)
	case "upload":
		err = send(person, r, text)
	default:
		err = errForm
	}
	return err
}

// send sends the files of a form: several pictures as an album.
func send(person *telegram.Person, r *http.Request, caption string) error {
	if r.MultipartForm == nil {
		return errForm
	}
	var items []telegram.Upload
	for _, f := range r.MultipartForm.File["file"] {
		src, err := f.Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(src)
		_ = src.Close()
		if err != nil {
			return err
		}
		items = append(items, telegram.Upload{Name: clip(f.Filename, 200), Data: data})
	}
	if len(items) == 0 {
		return telegram.ErrEmpty
	}
	one := items[0]
	var err error
	switch r.FormValue("as") {
	case "photo":
		if len(items) > 1 {
			_, err = person.Album(items, caption)
		} else if strings.HasPrefix(http.DetectContentType(one.Data), "video/") {
			_, err = person.Video(one.Name, one.Data, caption)
		} else {
			_, err = person.Photo(one.Name, one.Data, caption)
		}
	case "voice":
		// Nobody measures it; 16 kbit/s is what a voice note has.
		_, err = person.Voice(one.Data, max(time.Duration(len(one.Data)/2000)*time.Second, time.Second))
	default:
		for _, item := range items {
			if _, err = person.Document(item.Name, item.Data, caption); err != nil {
				break
			}
		}
	}
	return err
}

var errPlace = errors.New("not a place")

// degrees reads "-6.58, 110.66".
func degrees(s string) (lat, lng float64, err error) {
	a, b, ok := strings.Cut(s, ",")
	if !ok {
		return 0, 0, errPlace
	}
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lng, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) {
		return 0, 0, errPlace
	}
	return lat, lng, nil
}

// sentence says in the visitor's language what went wrong.
func sentence(err error) string {
	for _, s := range []struct {
		err  error
		text string
	}{
		{telegram.ErrBlocked, "Anda memblokir bot ini. Buka blokir dulu."},
		{telegram.ErrNoButton, "Tombol itu sudah tidak ada."},
		{telegram.ErrNoMessage, "Pesan itu sudah tidak ada."},
		{telegram.ErrNotOwn, "Hanya pesan sendiri yang bisa diubah."},
		{telegram.ErrEmpty, "Tidak ada yang dikirim."},
		{telegram.ErrFull, "Bot belum mengambil pesan-pesan sebelumnya. Coba lagi nanti."},
		{errPlace, "Tulis lintang dan bujur, misalnya -6.589, 110.668."},
		{errForm, "Permintaan tidak dikenal."},
	} {
		if errors.Is(err, s.err) {
			return s.text
		}
	}
	return "Tidak bisa dikirim: " + strings.TrimPrefix(err.Error(), "simulator: ")
}
