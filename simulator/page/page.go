// Package page is a web page on which anybody can be one of the simulated people: a
// citizen who complains, or an officer who works on cases. It is a small Telegram and a
// small WhatsApp: the visitor picks or makes a person on either and chats as them with the
// bot, with photos, voice notes and places; with buttons where the network has some, and
// with typed numbers where it has none. Several persons may be open in several tabs.
//
//   - page.go: the pages, the stream of what happens, what a visitor does
//   - network.go: what a network is to the page, and somebody in a chat on it
//   - telegram.go, whatsapp.go: the two networks
//   - render.go: how things look
//
// The page is a guest of the simulated networks and keeps next to nothing of its own.
// Everything that is shown is drawn on the server by html/template and pushed over SSE:
// what the bot or a person wrote never becomes markup or script. It answers on loopback
// only, for whoever opens it can be anybody.
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
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/simulator/telegram"
	"tanggap/simulator/whatsapp"
)

//go:embed assets
var assets embed.FS

// The largest file that a visitor can send: larger than a bot can fetch, so that this
// can be tried.
const maxUpload = 25 << 20

type page struct {
	networks []Network
	version  string // of the assets, so that a browser does not keep old ones
	tmpl     *template.Template
}

// New makes the page for the people of networks. Mount it at any path with
// http.StripPrefix: all its links are relative.
func New(networks ...Network) http.Handler {
	p := &page{networks: networks}
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
		"initial": initial,
		"clock":   clock,
		"size":    size,
		"degrees": func(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) },
	}).ParseFS(assets, "assets/*.html"))

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.index)
	mux.HandleFunc("POST /people", p.create)
	mux.HandleFunc("POST /link", p.link)
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
	ID      string
	Name    string
	Label   string // of the network, where there are several
	Colour  int64  // one of eight
	Preview string
	Blocked bool
}

func (p *page) guest(n Network, x somebody) guest {
	g := x.guest()
	if g.Label == "" && len(p.networks) > 1 {
		g.Label = n.name()
	}
	return g
}

// mostGuests bounds the list of people.
const mostGuests = 500

func (p *page) guests() []guest {
	var out []guest
	for _, n := range p.networks {
		for _, x := range n.people() {
			out = append(out, p.guest(n, x))
			if len(out) == mostGuests {
				return out
			}
		}
	}
	return out
}

// indexView is what the first page shows.
type indexView struct {
	Title     string
	People    []guest
	Networks  []string
	Bots      []string
	Start     string // the payload of a link that was followed, for whoever is picked
	Error     string
	Telephone string // devices can be linked to it
	Linked    string // to which one was linked just now
}

func (p *page) indexView(r *http.Request) indexView {
	v := indexView{People: p.guests(), Start: r.FormValue("start")}
	for _, n := range p.networks {
		v.Networks = append(v.Networks, n.name())
		switch t := n.(type) {
		case *telegramNetwork:
			v.Bots = t.bots()
		case *WhatsAppNetwork:
			v.Telephone = Telephone
		}
	}
	v.Title = strings.Join(v.Networks, " dan ") + " tiruan"
	return v
}

func (p *page) index(w http.ResponseWriter, r *http.Request) {
	p.render(w, "index.html", p.indexView(r))
}

func (p *page) create(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	name := strings.Join(strings.Fields(r.FormValue("name")), " ")
	refuse := func(why string) {
		v := p.indexView(r)
		v.Error = why
		w.WriteHeader(http.StatusUnprocessableEntity)
		p.render(w, "index.html", v)
	}
	if name == "" || len(name) > 100 {
		refuse("Isi nama dulu, paling panjang 100 huruf.")
		return
	}
	i := max(slices.IndexFunc(p.networks, func(n Network) bool { return n.name() == r.FormValue("network") }), 0)
	x, err := p.networks[i].join(r.Context(), newcomer{
		name: strings.ToValidUTF8(name, ""), language: clip(r.FormValue("language"), 10), phone: digits(r.FormValue("phone")), bot: r.FormValue("bot"),
	})
	if err != nil {
		refuse(sentence(err))
		return
	}
	to := "chat?id=" + x.guest().ID
	if start := r.FormValue("start"); start != "" {
		to += "&start=" + template.URLQueryEscaper(start)
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// link has a device linked to a telephone.
func (p *page) link(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	i := slices.IndexFunc(p.networks, func(n Network) bool { _, ok := n.(*WhatsAppNetwork); return ok })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	phone := digits(r.FormValue("telephone"))
	err := p.networks[i].(*WhatsAppNetwork).link(phone, clip(r.FormValue("code"), 1000))
	v := p.indexView(r)
	if err != nil {
		v.Error = sentence(err)
		w.WriteHeader(http.StatusUnprocessableEntity)
	} else {
		v.Linked = phone
	}
	p.render(w, "index.html", v)
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

// person finds whose chat the request is about, and on which network.
func (p *page) person(r *http.Request) (Network, somebody) {
	for _, n := range p.networks {
		if x := n.find(r.FormValue("id")); x != nil {
			return n, x
		}
	}
	return nil, nil
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
	Network  string // in small letters, for the looks
	Us       string // how we are called there
	Status   string // what stands below that
	Seq      int64
	Bubbles  []template.HTML
	Keyboard template.HTML
	People   []guest
	Places   []place
	Starts   bool // there is a button to begin with
	Start    string
	Draft    string // what stands ready to be sent
	Fresh    bool   // nothing was said yet
	Contact  bool   // the person has a number to share
	NewPhone bool   // the person can get a new phone
}

func (p *page) chat(w http.ResponseWriter, r *http.Request) {
	n, x := p.person(r)
	if x == nil {
		w.Header().Set("Location", "./")
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	if err := x.enter(r.Context()); err != nil {
		http.Error(w, sentence(err), http.StatusServiceUnavailable)
		return
	}
	room := x.room()
	v := chatView{
		Me: p.guest(n, x), Network: strings.ToLower(n.name()), Us: room.us, Status: room.status, Seq: room.seq, People: p.guests(), Places: places,
		Starts: room.starts, Contact: room.contact, NewPhone: room.newPhone, Fresh: len(room.bubbles) == 0, Keyboard: p.keyboard(x),
	}
	if start := r.FormValue("start"); room.starts {
		v.Start = start
	} else {
		v.Draft = start
	}
	for _, b := range room.bubbles {
		v.Bubbles = append(v.Bubbles, p.bubble(b))
	}
	p.render(w, "chat.html", v)
}

// event is one change on its way to a browser.
type event struct {
	Kind     string        `json:"kind"`
	ID       int64         `json:"id,omitempty"`
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
	_, person := p.person(r)
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
		changes, err := person.follow(ctx, after)
		cancel()
		switch {
		case r.Context().Err() != nil:
			return
		case errors.Is(err, context.DeadlineExceeded):
			_, err = io.WriteString(w, ": masih di sini\n\n")
		case err == nil:
			for _, c := range changes {
				after = c.seq
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

func (p *page) write(w io.Writer, person somebody, c change) error {
	e := event{Kind: c.kind, ID: c.id, Keyboard: p.keyboard(person), Text: c.text, Alert: c.alert}
	if c.bubble != nil {
		e.HTML = p.bubble(c.bubble)
	}
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %d\ndata: %s\n\n", c.seq, b)
	return err
}

// file serves a file of a chat. Only pictures, sounds and films open in the page; what
// else somebody sent is for saving.
func (p *page) file(w http.ResponseWriter, r *http.Request) {
	var data []byte
	var kind string
	for _, n := range p.networks {
		var ok bool
		if data, kind, ok = n.file(r.Context(), r.FormValue("id")); ok {
			break
		}
	}
	if data == nil {
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
	_, person := p.person(r)
	if person == nil {
		http.Error(w, "Orang ini tidak ada lagi. Muat ulang halaman.", http.StatusNotFound)
		return
	}
	a, err := readAct(r)
	if err == nil {
		err = person.do(r.Context(), a)
	}
	if err != nil {
		http.Error(w, sentence(err), http.StatusUnprocessableEntity)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

var errForm = errors.New("the form does not make sense")

// readAct reads a form.
func readAct(r *http.Request) (act, error) {
	a := act{what: r.FormValue("do"), text: strings.ToValidUTF8(r.FormValue("text"), ""), button: r.FormValue("button"), option: r.FormValue("option"), as: r.FormValue("as")}
	a.message, _ = strconv.ParseInt(r.FormValue("message"), 10, 64)
	switch a.what {
	case "pin":
		var err error
		a.lat, a.lng, err = degrees(a.text)
		return a, err
	case "upload":
		return a, a.read(r)
	}
	return a, nil
}

// read reads the files of a form.
func (a *act) read(r *http.Request) error {
	if r.MultipartForm == nil {
		return errForm
	}
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
		a.files = append(a.files, upload{clip(f.Filename, 200), data})
	}
	if len(a.files) == 0 {
		return errNothing
	}
	return nil
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

var errNothing = errors.New("nothing to send")

// sentence says in the visitor's language what went wrong.
func sentence(err error) string {
	for _, s := range []struct {
		err  error
		text string
	}{
		{telegram.ErrBlocked, "Anda memblokir bot ini. Buka blokir dulu."},
		{telegram.ErrNoButton, "Tombol itu sudah tidak ada."},
		{telegram.ErrNoMessage, "Pesan itu sudah tidak ada."},
		{whatsapp.ErrNoMessage, "Pesan itu sudah tidak ada."},
		{telegram.ErrNotOwn, "Hanya pesan sendiri yang bisa diubah."},
		{telegram.ErrEmpty, "Tidak ada yang dikirim."},
		{whatsapp.ErrEmpty, "Tidak ada yang dikirim."},
		{errNothing, "Tidak ada yang dikirim."},
		{telegram.ErrFull, "Bot belum mengambil pesan-pesan sebelumnya. Coba lagi nanti."},
		{errTaken, "Nomor itu sudah dipakai orang lain di sini."},
		{errCode, "Kode itu tidak cocok, atau sudah tidak berlaku."},
		{errPlace, "Tulis lintang dan bujur, misalnya -6.589, 110.668."},
		{errForm, "Permintaan tidak dikenal."},
	} {
		if errors.Is(err, s.err) {
			return s.text
		}
	}
	return "Tidak bisa dikirim: " + strings.TrimPrefix(strings.TrimPrefix(err.Error(), "simulator: "), "simulator/whatsapp: ")
}
