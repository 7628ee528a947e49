package console_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// A fair is a visit of today with three services, and people who booked: Siti for two of them, Karto and Joko for the examination.
type fair struct {
	*browser.Site
	t     *testing.T
	visit hotline.Visit
	boss  browser.User
	by    map[string]hotline.Booking // "siti rekam", "siti cetak", "karto", "joko"
}

// fairDay is the local date of browser.Monday.
const fairDay = "2026-11-23"

func newFair(t *testing.T) *fair {
	t.Helper()
	f := &fair{Site: browser.Start(t), t: t, by: map[string]hotline.Booking{}}
	f.boss, _ = f.Invited(t, "bos", hotline.RoleCoordinator)
	r := f.Store.Regency()
	g, ok := r.ProgrammeByID("ngantor-di-desa")
	if !ok {
		t.Fatal("the programme is gone")
	}
	g.Services = []hotline.ProgrammeService{{Service: "cek-kesehatan", Quota: 40, Reserve: 10}, {Service: "ktp-rekam", Quota: 20, Reserve: 8}, {Service: "ktp-cetak", Quota: 20, Reserve: 8}}
	v := r.NewVisit(g, fairDay, r.Villages()[0].Code)
	v.Venue, v.State = "Balai Desa Tegalsambi", hotline.VisitOpen
	boss := hotline.Viewer{Person: f.boss.Person, Roles: []hotline.Role{{Person: f.boss.Person, Name: hotline.RoleCoordinator, Unit: f.Unit()}}}
	f.Do(t, func(tx *store.Tx) (err error) { f.visit, _, err = tx.PutVisit(t.Context(), boss, v); return err })
	f.book("siti rekam", "Siti Aminah", "ktp-rekam", "3320060101900001")
	f.book("siti cetak", "Siti Aminah", "ktp-cetak", "3320060101900001")
	f.book("karto", "Karto Wiryo", "cek-kesehatan", "3320060101500002")
	f.book("joko", "Joko Susilo", "cek-kesehatan", "3320060101800003")
	return f
}

// book books a place in the window that runs, for somebody who has a chat.
func (f *fair) book(key, name, service, nik string) {
	f.t.Helper()
	login := strings.ToLower(strings.Fields(name)[0])
	var who hotline.PersonID
	var at hotline.AddressID
	pool := f.Store.Pool()
	if err := pool.QueryRow(f.t.Context(), `select person_id, id from addresses where peer = $1`, login).Scan(&who, &at); err != nil {
		if err := pool.QueryRow(f.t.Context(), `with p as (insert into persons (created) values (now()) returning id)
			insert into addresses (channel, account, peer, person_id, created) select 'telegram', 'bot', $1, id, now() from p returning person_id, id`, login).Scan(&who, &at); err != nil {
			f.t.Fatal(err)
		}
	}
	c, _ := f.visit.Counter(service)
	f.Do(f.t, func(tx *store.Tx) error {
		v := hotline.Viewer{Person: who}
		b, _, err := tx.HoldPlace(f.t.Context(), v, store.Wish{Slot: c.Slots[0].ID, Address: at})
		if err != nil {
			return err
		}
		f.by[key], err = tx.ConfirmPlace(f.t.Context(), v, b.ID, hotline.ForSelf, false, hotline.BookedPerson{Name: name, NIK: nik})
		return err
	})
}

// A tablet is a browser whose connection can be cut for all that runs in it, the worker that keeps the page too.
type tablet struct {
	*browser.Tab
	wire *wire
}

// outage cuts the connection, or brings it back.
func (b *tablet) outage(is bool) {
	b.wire.cut(is)
	b.Cut(is) // and the browser notices
}

// A wire carries connections on to the server until it is cut.
type wire struct {
	to string

	mu    sync.Mutex
	off   bool
	conns map[net.Conn]struct{}
}

func newWire(t *testing.T, to string) (w *wire, address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it ends with the test
	if err != nil {
		t.Fatal(err)
	}
	w = &wire{to: to, conns: map[net.Conn]struct{}{}}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { w.carry(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		w.cut(true)
		all.Wait()
	})
	return w, l.Addr().String()
}

// hold keeps a connection until it ends or the wire is cut; false: it is cut.
func (w *wire) hold(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.off {
		w.conns[c] = struct{}{}
	}
	return !w.off
}

func (w *wire) end(c net.Conn) {
	_ = c.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
}

func (w *wire) carry(c net.Conn) {
	defer w.end(c)
	if !w.hold(c) {
		return
	}
	s, err := net.Dial("tcp", w.to) //nolint:noctx // it ends with the wire
	if err != nil {
		return
	}
	defer w.end(s)
	if !w.hold(s) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(c, s)
		_ = c.Close()
	})
	_, _ = io.Copy(s, c)
	_ = s.Close()
	back.Wait()
}

func (w *wire) cut(is bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off = is
	for c := range w.conns {
		if is {
			_ = c.Close()
		}
	}
}

// table opens the page at the visit on a tablet, with counters chosen.
func (f *fair) table(who browser.User, counters ...string) *tablet {
	f.t.Helper()
	there := *f.Site
	w, address := newWire(f.t, strings.TrimPrefix(f.URL, "http://"))
	there.URL = "http://" + address
	tab := &tablet{there.Tab(f.t, who), w}
	tab.Run(chromedp.EmulateViewport(1024, 768))
	tab.Go(f.path())
	tab.Until(`document.querySelector("#venue").dataset.ready`)
	for _, s := range counters {
		tab.Click(fmt.Sprintf(`#venue-counters [data-key=%q]`, s))
		tab.Until(fmt.Sprintf(`document.querySelector('#venue-desks [data-key=%q]')`, s))
	}
	return tab
}

func (f *fair) path() string { return fmt.Sprintf("/venue/%d", f.visit.ID) }

// booking reads one as the store has it.
func (f *fair) booking(key string) (b hotline.Booking) {
	f.t.Helper()
	f.Do(f.t, func(tx *store.Tx) (err error) {
		b, _, err = tx.Booking(f.t.Context(), hotline.Viewer{Person: f.by[key].Booker}, f.by[key].ID)
		return err
	})
	return b
}

// kinds lists what happened to a booking.
func (f *fair) kinds(id hotline.BookingID) (out []string) {
	f.t.Helper()
	f.Do(f.t, func(tx *store.Tx) error {
		out = nil
		events, err := tx.BookingHistory(f.t.Context(), id)
		for _, e := range events {
			out = append(out, string(e.Kind))
		}
		return err
	})
	return out
}

// at is a selector within the panel of one service.
func at(service, inner string) string {
	return fmt.Sprintf(`#venue-desks [data-key=%q] %s`, service, inner)
}

// A screen is a tab, or a tablet's.
type screen interface {
	Until(expression string)
	Value(expression string, v any)
	Sees(text string)
	Press(pressed ...string)
}

// press clicks a button within an element by what it says.
func press(tab screen, where, label string) {
	find := fmt.Sprintf(`Array.from(document.querySelectorAll(%q)).find(b => b.offsetParent && !b.disabled && b.textContent.trim().startsWith(%q))`, where+" button", label)
	tab.Until(find)
	tab.Value(find+`.click()`, new(any))
}

func sent(tab screen) {
	tab.Until(`document.querySelector("#venue").dataset.unsent === "0"`)
}

func unsent(tab screen, n int) {
	tab.Until(fmt.Sprintf(`document.querySelector("#venue").dataset.unsent === "%d"`, n))
	tab.Sees(fmt.Sprintf("Belum terkirim %d", n))
}

// keptHere gives all that the browser keeps, as text.
func keptHere(tab screen) (all string) {
	tab.Value(`new Promise(done => { const ask = indexedDB.open("tanggap.venue"); ask.onsuccess = () => { const db = ask.result, out = [], t = db.transaction(["states", "acts", "trouble"]);
		["states", "acts", "trouble"].forEach(n => { const g = t.objectStore(n).getAll(); g.onsuccess = () => out.push(JSON.stringify(g.result)); });
		t.oncomplete = () => { db.close(); done(out.join() + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)); }; }; })`, &all)
	return all
}

// scan types as a scanner does, wherever the focus is.
func scan(tab screen, code string) {
	tab.Value(`document.activeElement.blur()`, new(any))
	for _, c := range code {
		tab.Press(string(c))
	}
	tab.Press("Enter")
}

// A day at a table: somebody is checked in by what a scanner types, for all they have; called, served, the outcome taken back and given anew; an elder walks in and goes first. A
// television shows numbers; who is called hears it in chat; what was seen is written down.
func TestVenueDay(t *testing.T) {
	t.Parallel()
	f := newFair(t)
	wulan := f.User(t, "wulan", hotline.RoleVenue)
	tab := f.Tab(t, wulan)
	tab.Run(chromedp.EmulateViewport(1024, 768))
	tab.Go("/venue")
	tab.Sees("Balai Desa Tegalsambi")
	tab.Accessible()
	tab.Shot("venue-choose")
	tab.Click(".venue-visits a")
	tab.Until(`document.querySelector("#venue") && document.querySelector("#venue").dataset.ready`)
	tab.Click(`#venue-counters [data-key="ktp-rekam"]`)
	tab.Click(`#venue-counters [data-key="cek-kesehatan"]`)
	tab.Until(`document.querySelectorAll(".venue-desk").length === 2`)
	tab.Sees("Tersambung")

	scan(tab, f.by["siti rekam"].Number.QR())
	tab.Until(`document.querySelectorAll("#venue-arrived p").length === 2`) // both of hers
	sent(tab)
	tab.Until(`document.querySelector("#venue-arrived").innerText.includes("Siti Aminah")`)
	if got := tab.Text("#venue-arrived p"); !strings.Contains(got, f.by["siti rekam"].Ticket()) {
		t.Errorf("what comes first is %q", got)
	}
	tab.Type("#v-number", f.by["karto"].Ticket())
	tab.Press("Enter")
	sent(tab)
	tab.Sees("Karto Wiryo")

	press(tab, at("ktp-rekam", ""), "Panggil berikutnya")
	tab.Until(fmt.Sprintf(`document.querySelector('%s')?.innerText.includes("Siti Aminah")`, at("ktp-rekam", ".venue-person")))
	tab.Sees("Urutannya: 1. " + f.by["siti rekam"].Ticket())
	tab.Accessible()
	tab.Shot("venue-called")
	press(tab, at("ktp-rekam", ".venue-person"), "Mulai layani")
	press(tab, at("ktp-rekam", ".venue-person"), "Selesai")
	sent(tab)
	press(tab, at("ktp-rekam", ".venue-undo"), "Batalkan")
	press(tab, at("ktp-rekam", ".venue-person"), "Dokumen menyusul")
	press(tab, at("ktp-rekam", ".venue-panel"), "3 hari lagi")
	tab.Accessible()
	tab.Shot("venue-outcome")
	press(tab, at("ktp-rekam", ".venue-panel"), "Simpan")
	tab.Until(fmt.Sprintf(`!document.querySelector('%s')`, at("ktp-rekam", ".venue-person")))
	sent(tab)
	if b := f.booking("siti rekam"); b.State != hotline.BookingFollow || b.Fetch != "2026-11-26" || b.Who.Note == "" {
		t.Errorf("%+v", b)
	}

	tab.Type("#v-name", "Mbah Sarinah")
	tab.Click(`#venue-what [data-key="cek-kesehatan"] input`)
	tab.Click("#v-walkfirst")
	press(tab, "#venue-walkin", "Beri nomor")
	tab.Until(`document.querySelector("#venue-given strong")?.textContent.startsWith("Nomor ")`)
	sent(tab)
	given := strings.TrimPrefix(tab.Text("#venue-given strong"), "Nomor ")
	press(tab, at("cek-kesehatan", ""), "Panggil berikutnya")
	tab.Until(fmt.Sprintf(`document.querySelector('%s')?.innerText.includes(%q)`, at("cek-kesehatan", ".venue-person"), given)) // before Karto, who came earlier
	tab.Until(fmt.Sprintf(`document.querySelector('%s')?.innerText.includes("Mbah Sarinah")`, at("cek-kesehatan", ".venue-person")))
	press(tab, at("cek-kesehatan", ".venue-person"), "Tidak datang")
	press(tab, at("cek-kesehatan", ""), "Panggil berikutnya")
	tab.Until(fmt.Sprintf(`document.querySelector('%s')?.innerText.includes("Karto Wiryo")`, at("cek-kesehatan", ".venue-person")))
	press(tab, at("cek-kesehatan", ".venue-person"), "Mulai layani")
	press(tab, at("cek-kesehatan", ".venue-person"), "Belum lengkap")
	press(tab, at("cek-kesehatan", ".venue-panel"), "KTP")
	press(tab, at("cek-kesehatan", ".venue-panel"), "Simpan")
	sent(tab)
	if b := f.booking("karto"); b.State != hotline.BookingRejected || !strings.Contains(b.Who.Note, "KTP") {
		t.Errorf("%+v", b)
	}

	tab.Click("#venue-find summary")
	tab.Type("#v-find", "joko")
	tab.Press("Enter")
	tab.Until(`document.querySelector("#venue-find ul").innerText.includes("Joko Susilo")`)
	press(tab, "#venue-find ul", "menunggu")
	sent(tab)
	press(tab, at("cek-kesehatan", ""), "Panggil berikutnya")
	tab.Until(fmt.Sprintf(`document.querySelector('%s')?.innerText.includes("Joko Susilo")`, at("cek-kesehatan", ".venue-person")))
	tab.Shot("venue-day")

	tv := f.Tab(t)
	tv.Go(f.path() + "/display")
	tv.Sees(f.by["joko"].Ticket())
	tv.Accessible()
	tv.Shot("venue-display")
	if page := f.Visitor(t).Get(f.path() + "/display"); strings.Contains(page.Body, "Joko") || strings.Contains(page.Body, "Siti") {
		t.Error("the display says a name")
	}
	press(tab, at("cek-kesehatan", ".venue-person"), "Kembali ke antrean")
	tv.Sees("menunggu 1")

	var called int
	if err := f.Store.Pool().QueryRow(t.Context(), `select count(*) from outbox where body::text like '%venue.called%' and body::text not like '%Joko%'`).Scan(&called); err != nil || called < 3 {
		t.Errorf("%d were told that they are called: %v", called, err)
	}
	if kept := keptHere(tab); strings.Contains(kept, "Siti") || strings.Contains(kept, "Sarinah") || strings.Contains(kept, "3320060101900001") {
		t.Errorf("the browser keeps who somebody is: %s", kept)
	}
	f.Do(t, func(tx *store.Tx) error {
		audits, err := tx.Audits(t.Context(), hotline.AuditQuery{By: wulan.Person, Act: hotline.ActSawPerson, Limit: 50})
		if !slices.ContainsFunc(audits, func(a hotline.Audit) bool { return a.Detail == "booking "+f.by["karto"].Number.String() }) {
			t.Errorf("that Karto was seen is not written down: %+v", audits)
		}
		return err
	})

	tab.Click(".language button")
	tab.Until(`document.querySelector("#venue") && document.querySelector("#venue").dataset.ready`)
	tab.Sees("Call next")
	tab.Telephone()
	tab.Accessible()
	tab.Shot("venue-telephone")
	var wide bool
	tab.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the page is wider than the screen")
	}
}

// The network is cut, then the server is gone as well, and the page is loaded anew: people are checked in, taken up with numbers of the desk's own block, called and served all the
// same. What needs a connection is noted as registered. When the server is back everything is sent once, in order, and the names are gone from the browser.
func TestVenueWithoutConnection(t *testing.T) {
	t.Parallel()
	f := newFair(t)
	wulan := f.User(t, "wulan", hotline.RoleVenue)
	tab := f.table(wulan, "ktp-rekam", "cek-kesehatan")
	tab.Until(`document.querySelector("#venue").dataset.kept === "yes" && navigator.serviceWorker.controller`)
	tab.Until(`Number(document.querySelector("#venue").dataset.numbers) === 10`)

	tab.outage(true)
	tab.Sees("Tanpa sambungan")
	tab.Type("#v-number", f.by["siti rekam"].Number.String())
	tab.Press("Enter")
	unsent(tab, 2)
	tab.Type("#v-name", "Bu Rahma Offline")
	tab.Click(`#venue-what [data-key="cek-kesehatan"] input`)
	press(tab, "#venue-walkin", "Beri nomor")
	tab.Until(`document.querySelector("#venue-given strong")?.textContent.startsWith("Nomor ")`)
	given := strings.TrimPrefix(tab.Text("#venue-given strong"), "Nomor ")
	unsent(tab, 3)
	press(tab, at("cek-kesehatan", ""), "Panggil berikutnya")
	tab.Until(fmt.Sprintf(`document.querySelector('%s')?.innerText.includes(%q)`, at("cek-kesehatan", ".venue-person"), given))
	press(tab, at("cek-kesehatan", ".venue-person"), "Mulai layani")
	press(tab, at("cek-kesehatan", ".venue-person"), "Selesai")
	unsent(tab, 6)
	tab.Accessible()
	tab.Shot("venue-offline")

	f.Stop() // and the server as well; the page is loaded anew
	tab.Run(chromedp.Reload())
	tab.Until(`document.querySelector("#venue") && document.querySelector("#venue").dataset.ready`)
	unsent(tab, 6)
	press(tab, at("ktp-rekam", ""), "Panggil berikutnya")
	tab.Until(fmt.Sprintf(`document.querySelector('%s')?.innerText.includes(%q)`, at("ktp-rekam", ".venue-person"), f.by["siti rekam"].Ticket()))
	press(tab, at("ktp-rekam", ".venue-person"), "Mulai layani")
	tab.Sees("Perlu sambungan: daftarkan dulu, hasilnya diambil nanti.")
	press(tab, at("ktp-rekam", ".venue-person"), "Terdaftar, ambil nanti")
	press(tab, at("ktp-rekam", ".venue-panel"), "Simpan")
	unsent(tab, 9)
	tab.Shot("venue-offline-again")
	if kept := keptHere(tab); strings.Contains(kept, "Siti") || !strings.Contains(kept, "Bu Rahma Offline") {
		t.Errorf("kept while nothing is sent: %s", kept)
	}

	f.Again()
	tab.outage(false)
	sent(tab)
	tab.Sees("Semua terkirim")
	if kept := keptHere(tab); strings.Contains(kept, "Rahma") {
		t.Errorf("a name is kept after it was sent: %s", kept)
	}
	want := []string{"held", "confirmed", "arrived", "called", "serving", "finished"}
	if b := f.booking("siti rekam"); b.State != hotline.BookingFollow || !slices.Equal(f.kinds(b.ID), want) {
		t.Errorf("%+v: %v", b, f.kinds(b.ID))
	}
	if b := f.booking("siti cetak"); b.State != hotline.BookingArrived {
		t.Errorf("%+v", b)
	}
	var id hotline.BookingID
	var ticket int
	if err := f.Store.Pool().QueryRow(t.Context(), `select id, queue from bookings where beneficiary = 'walk_in'`).Scan(&id, &ticket); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(f.kinds(id), want) || !strings.HasSuffix(given, fmt.Sprintf("%03d", ticket)) {
		t.Errorf("the walk-in got %s and is %d: %v", given, ticket, f.kinds(id))
	}
	tab.Until(`document.querySelector("#venue-trouble").hidden`)
	press(tab, ".top .out", "")
	tab.Arrives("/login")
	if kept := keptHere(tab); strings.Contains(kept, `"list"`) {
		t.Errorf("kept after signing out: %s", kept)
	}
}

// Two tables call next at once, and call different people. One that has no connection calls somebody whom the other calls meanwhile: when it is back it is told in plain words, and
// nothing else is lost.
func TestVenueTwoTables(t *testing.T) {
	t.Parallel()
	f := newFair(t)
	one, two := f.table(f.User(t, "wulan", hotline.RoleVenue), "cek-kesehatan"), f.table(f.User(t, "tono", hotline.RoleVenue), "cek-kesehatan")
	for _, key := range []string{"karto", "joko"} {
		one.Type("#v-number", f.by[key].Number.String())
		one.Press("Enter")
		sent(one)
	}
	for _, tab := range []*tablet{one, two} {
		tab.Until(fmt.Sprintf(`document.querySelector('%s').innerText.includes("2 menunggu")`, at("cek-kesehatan", ".venue-counts")))
	}
	press(one, at("cek-kesehatan", ""), "Panggil berikutnya")
	press(two, at("cek-kesehatan", ""), "Panggil berikutnya")
	sent(one)
	sent(two)
	for _, key := range []string{"karto", "joko"} {
		if b := f.booking(key); b.State != hotline.BookingCalled || b.Calls != 1 {
			t.Errorf("%s: %+v", key, b)
		}
	}
	for _, tab := range []*tablet{one, two} {
		tab.Until(fmt.Sprintf(`document.querySelectorAll('%s').length === 2`, at("cek-kesehatan", ".venue-person")))
		tab.Until(fmt.Sprintf(`document.querySelectorAll('%s').length === 1`, at("cek-kesehatan", ".venue-person.theirs")))
	}

	one.outage(true)
	one.Sees("Tanpa sambungan")
	press(one, at("cek-kesehatan", ".venue-person:not(.theirs)"), "Kembali ke antrean")
	unsent(one, 1)
	press(one, at("cek-kesehatan", ""), "Panggil berikutnya")
	unsent(one, 2)
	press(two, at("cek-kesehatan", ".venue-person:not(.theirs)"), "Kembali ke antrean")
	sent(two)
	press(two, at("cek-kesehatan", ".venue-person.theirs"), "Tidak datang") // whom the other table has before it
	sent(two)
	one.outage(false)
	sent(one)
	one.Until(`!document.querySelector("#venue-trouble").hidden && document.querySelector("#venue-trouble").innerText.includes("sudah dicatat tidak datang")`)
	one.Accessible()
	one.Shot("venue-trouble")
	one.Run(chromedp.Reload())
	one.Until(`document.querySelector("#venue-trouble") && !document.querySelector("#venue-trouble").hidden`)
	press(one, "#venue-trouble li:last-child", "Sudah dilihat")
	press(one, "#venue-trouble li:last-child", "Sudah dilihat")
	one.Until(`document.querySelector("#venue-trouble").hidden`)
}

// The session ends while the table has no connection. What was done stays; somebody else is told whose it is; once its owner is back it is sent.
func TestVenueSignedOutMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFair(t)
	wulan := f.User(t, "wulan", hotline.RoleVenue)
	f.User(t, "tono", hotline.RoleVenue)
	tab := f.table(wulan, "cek-kesehatan")
	tab.outage(true)
	tab.Sees("Tanpa sambungan")
	tab.Type("#v-number", f.by["karto"].Number.String())
	tab.Press("Enter")
	unsent(tab, 1)
	press(tab, ".top .out", "") // nobody signs out with something unsent
	tab.Sees("Masih ada 1 belum terkirim")
	f.SignIn(t, wulan).Post("/account/everywhere")
	tab.outage(false)
	tab.Sees("Sesi berakhir")
	tab.Click("#venue-link a")
	tab.Arrives("/login")
	signIn := func(login string) {
		tab.Type("#f-login", login)
		tab.Type("#f-password", browser.Password)
		tab.Press("Enter")
		tab.Until(`document.querySelector("#venue") && document.querySelector("#venue").dataset.ready`)
	}
	signIn("tono")
	tab.Sees("Belum terkirim 1 milik Nama wulan.")
	if b := f.booking("karto"); b.State != hotline.BookingBooked {
		t.Errorf("%+v", b)
	}
	press(tab, ".top .out", "")
	tab.Arrives("/login")
	tab.Go(f.path())
	signIn("wulan")
	sent(tab)
	if b := f.booking("karto"); b.State != hotline.BookingArrived {
		t.Errorf("%+v", b)
	}
}

// Who has nothing to do at a visit does not find it; the coordinator sees numbers and does nothing; what no page of ours sends is refused.
func TestVenueIsForWhoWorksThere(t *testing.T) {
	t.Parallel()
	f := newFair(t)
	boss := f.SignIn(t, f.User(t, "koordinator", hotline.RoleCoordinator))
	if got := boss.Get(f.path() + "/state"); got.Status != 200 || strings.Contains(got.Body, "Siti") || !strings.Contains(got.Body, `"serves":false`) {
		t.Errorf("the coordinator: %d, %s", got.Status, got.Body)
	}
	if got := boss.Post(f.path()+"/who", "booking", fmt.Sprint(f.by["karto"].ID)); strings.Contains(got.Body, "Karto") {
		t.Errorf("the coordinator sees %s", got.Body)
	}
	act := fmt.Sprintf(`{"acts":[{"key":"a-key-of-mine","kind":"arrive","booking":%d}]}`, f.by["karto"].ID)
	post := func(v *browser.Visitor, body string) browser.Answer {
		req := postForm(t, f.Site, f.path()+"/acts", body)
		req.Header.Set("Content-Type", "application/json")
		return v.Ask(req)
	}
	if got := post(boss, act); got.Status != 200 || !strings.Contains(got.Body, `"ok":false`) || f.booking("karto").State != hotline.BookingBooked {
		t.Errorf("the coordinator checks somebody in: %d, %s", got.Status, got.Body)
	}
	venue := f.SignIn(t, f.User(t, "wulan", hotline.RoleVenue))
	for body, want := range map[string]int{`nothing`: 400, `{"acts":[{"key":"x","kind":"arrive"}]}`: 400, `{"acts":[{"key":"some-key","kind":"dance"}]}`: 200} {
		if got := post(venue, body); got.Status != want {
			t.Errorf("%s: %d", body, got.Status)
		}
	}
	for range 2 {
		if got := post(venue, act); !strings.Contains(got.Body, `"ok":true`) || f.booking("karto").Events != 3 {
			t.Errorf("%s, %d events", got.Body, f.booking("karto").Events)
		}
	}
	if got := f.SignIn(t, f.User(t, "ani", hotline.RoleOperator)).Get(f.path()); got.Status != 403 {
		t.Errorf("an operator: %d", got.Status)
	}
	f.Wait(24 * 3600e9)
	if got := f.Visitor(t).Get(f.path() + "/display"); got.Status != 404 {
		t.Errorf("the display of yesterday: %d", got.Status)
	}
}

// The page puts a line into the same order as the service, and calls the same person: else a desk without a connection would call others than one that has one.
func TestVenueLineIsTheService(t *testing.T) {
	t.Parallel()
	f := newFair(t)
	tab := f.table(f.User(t, "wulan", hotline.RoleVenue))
	r := f.Store.Regency()
	now := browser.Monday
	services := []string{"cek-kesehatan", "ktp-rekam", "ktp-cetak"}
	states := []hotline.BookingState{hotline.BookingBooked, hotline.BookingArrived, hotline.BookingArrived, hotline.BookingArrived, hotline.BookingCalled, hotline.BookingServing, hotline.BookingDone}
	seed := rand.New(rand.NewPCG(1, 2))
	type row struct {
		ID int64                `json:"id"`
		Q  int                  `json:"q"`
		S  string               `json:"s"`
		St hotline.BookingState `json:"st"`
		F  bool                 `json:"f"`
		B  int                  `json:"b"`
		E  int                  `json:"e"`
		A  int64                `json:"a"`
		M  string               `json:"m"`
	}
	var days [][]row
	var want []string
	for range 300 {
		var day []hotline.Booking
		var rows []row
		for i := range 1 + seed.IntN(10) {
			from := 7*60 + 60*seed.IntN(5)
			b := hotline.Booking{ID: hotline.BookingID(i + 1), Queue: 1 + seed.IntN(20), Service: services[seed.IntN(3)], State: states[seed.IntN(len(states))], First: seed.IntN(4) == 0,
				Date: fairDay, Window: hotline.Window{From: from, Until: from + 60}, Arrived: now.Add(-time.Duration(seed.IntN(120)) * time.Minute), Same: []string{"", "x", "y"}[seed.IntN(3)]}
			day = append(day, b)
			rows = append(rows, row{int64(b.ID), b.Queue, b.Service, b.State, b.First, from, from + 60, b.Arrived.UnixMilli(), b.Same})
		}
		days = append(days, rows)
		for _, s := range services {
			queue := slices.DeleteFunc(slices.Clone(day), func(b hotline.Booking) bool { return b.Service != s })
			said := ""
			for _, b := range hotline.InLine(queue, now, r.Zone) {
				said += fmt.Sprint(b.ID, " ")
			}
			next, _ := r.NextInLine(queue, day, now)
			want = append(want, said+fmt.Sprint("> ", next.ID))
		}
	}
	state := map[string]any{"now": now.UnixMilli(), "minute": r.Minute(fairDay, now), "services": []map[string]any{}}
	for _, s := range services {
		service, _ := r.ServiceByID(s)
		state["services"] = append(state["services"].([]map[string]any), map[string]any{"id": s, "after": append([]string{}, service.After...)}) //nolint:forcetypeassert // made above
	}
	input, err := json.Marshal(map[string]any{"days": days, "state": state, "services": services})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	tab.Value(`(x => x.days.flatMap(day => x.services.map(s => venueLine.inLine(day, s, x.state, x.state.now).map(b => b.id + " ").join("") + "> " +
		((venueLine.next(day, s, x.state, x.state.now) || {}).id || 0))))(`+string(input)+`)`, &got)
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("line %d: the page says %q, the service %q", i, got[i], want[i])
		}
	}
}
