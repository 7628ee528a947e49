package console_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	printing "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// counter is somebody at the walk-in desk, whose keys are counted; what is typed in words is not.
type counter struct{ *desk }

func atCounter(t *testing.T, site *browser.Site, login string) counter {
	t.Helper()
	return counter{sit(t, site, login, hotline.RoleDesk)}
}

func (d counter) saved() {
	d.t.Helper()
	d.Until(`document.getElementById("desk-saved").textContent === "Tersimpan"`)
}

func (d counter) unsaved() {
	d.t.Helper()
	d.Until(`document.getElementById("desk-saved").textContent.startsWith("Belum tersimpan")`)
}

func (d counter) has(id, value string) {
	d.t.Helper()
	d.Until(fmt.Sprintf(`document.getElementById(%q).value === %q`, id, value))
}

func (d counter) at(id string) {
	d.t.Helper()
	d.Until(fmt.Sprintf(`document.activeElement.id === %q`, id))
}

// filed waits for the page of a ticket that was filed.
func (d counter) filed(number string) {
	d.t.Helper()
	d.Until(fmt.Sprintf(`document.readyState === "complete" && document.getElementById("desk-filed") && document.getElementById("desk-filed").textContent.startsWith(%q)`, number))
}

// tickets gives what was filed today.
func (d counter) tickets() (ts []hotline.Ticket) {
	d.t.Helper()
	d.site.Do(d.t, func(tx *store.Tx) (err error) {
		now := d.site.Clock.Now()
		ts, err = tx.TicketsBetween(d.t.Context(), d.who, now.Add(-24*time.Hour), now.Add(24*time.Hour), 50)
		return err
	})
	return ts
}

func (d counter) drafts() (ts []hotline.Ticket) {
	d.t.Helper()
	d.site.Do(d.t, func(tx *store.Tx) (err error) {
		ts, err = tx.OpenTickets(d.t.Context(), d.who, 50)
		return err
	})
	return ts
}

// Somebody stands at the desk: a name, a document, what they say, where. Less than 25 keys beside the words, and they go home with a paper.
func TestATicketInUnderAMinute(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := atCounter(t, site, "dewi")
	d.Go("/")
	d.Sees("Loket")
	d.press("b")
	d.Arrives("/desk/new")
	d.at("d-number")
	d.press("Enter") // without a telephone
	d.at("d-name")
	d.Press("Sutrisno")
	d.press("Enter")
	d.at("d-document")
	d.press("K") // KTP
	d.press("Enter")
	d.at("d-text")
	d.Press("lampu jalan mati sudah seminggu")
	d.saved()
	d.has("d-category", "Lampu jalan mati") // proposed from the words
	d.press("Tab")
	d.at("d-category")
	d.press("Enter")
	d.at("d-landmark")
	d.Press("depan balai desa bawu")
	d.Sees("Bawu, Kec. Batealit")
	d.press("Enter")
	d.saved()
	d.Accessible()
	d.Shot("desk-form")
	d.send()
	d.filed("JPR-261123-0001G")
	d.Sees("Kata kunci")
	d.Accessible()
	d.Shot("desk-filed")
	if d.keys > 25 {
		t.Errorf("%d keys", d.keys)
	}
	ts := d.tickets()
	if len(ts) != 1 || ts[0].Name != "Sutrisno" || ts[0].Document != hotline.IdentityKTP || ts[0].Category != "lampu-jalan" || ts[0].Landmark != "depan balai" || ts[0].Case == 0 {
		t.Fatalf("%+v", ts)
	}
	// It is a case as any other: with who reported, in a unit, and where the coordinator finds it.
	site.Do(t, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), ts[0].Case)
		if err != nil {
			return err
		}
		who, err := tx.Person(t.Context(), c.Reporter)
		if c.Source != hotline.SourceDesk || who.Name != "Sutrisno" || c.Area == "" {
			t.Errorf("%+v, %+v", c, who)
		}
		return err
	})
	d.Sees("di unit")
	// The papers.
	d.Until(`document.activeElement.dataset.key === "c"`) // the focus is on the receipt
	d.receipts()
}

// receipts prints both papers from a ticket's page and keeps pictures and PDFs of them.
func (d counter) receipts() {
	d.t.Helper()
	for _, paper := range []struct {
		key, name, size string
		points          float64 // how wide, in 1/72 inch
	}{{"c", "receipt-80", "80", 80 / 25.4 * 72}, {"v", "receipt-a5", "a5", 148 / 25.4 * 72}} {
		d.Press(paper.key)
		d.Until(`location.pathname.endsWith("/receipt") && document.readyState === "complete" && document.querySelector(".receipt-` + paper.size + `")`)
		d.Sees("JPR-261123-0001G")
		d.Accessible()
		d.Shot(paper.name)
		var pdf []byte
		d.Run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
			pdf, _, err = printing.PrintToPDF().WithPreferCSSPageSize(true).WithPrintBackground(true).Do(ctx)
			return err
		}))
		if pages := bytes.Count(pdf, []byte("/Type /Page\n")); pages != 1 {
			d.t.Errorf("%s has %d pages", paper.name, pages)
		}
		var wide float64
		box := regexp.MustCompile(`/MediaBox \[0 0 [^]]*`).FindString(string(pdf))
		if _, err := fmt.Sscanf(box, "/MediaBox [0 0 %f", &wide); err != nil || math.Abs(wide-paper.points) > 1 {
			d.t.Errorf("%s is not as wide as its paper: %q, %v", paper.name, box, err)
		}
		d.Run(chromedp.NavigateBack())
		d.Until(`document.getElementById("desk-filed")`)
	}
}

// A reload, the server's restart and a browser that is gone lose nothing of what was typed, nor a photo that was under way.
func TestNothingIsLostAtTheDesk(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := atCounter(t, site, "dewi")
	d.Go("/desk")
	d.Press("b")
	d.at("d-number")
	d.Value(`document.getElementById("d-text").focus()`, nil)
	d.Press("pohon tumbang")
	d.saved()
	d.Run(chromedp.Reload())
	d.has("d-text", "pohon tumbang")
	site.Stop()
	d.Value(`document.getElementById("d-text").focus()`, nil)
	d.Value(`document.getElementById("d-text").setSelectionRange(99, 99)`, nil)
	d.Press(" di depan pasar")
	d.unsaved()
	d.photo("jalan.jpg", picture(t))
	d.Sees("Mengirim 1 foto")
	site.Again()
	d.saved()
	d.Until(`document.querySelectorAll("#desk-shots img").length === 1`)
	// Once more, and the browser is gone too before the server is back.
	site.Stop()
	d.Press(", dua mobil")
	d.photo("mobil.jpg", picture(t))
	d.Until(`JSON.stringify(localStorage).includes("dua mobil")`)
	d.Value(`new Promise(function look(done) {
		var ask = indexedDB.open("tanggap.desk", 1);
		ask.onsuccess = function () {
			var all = ask.result.transaction("photos").objectStore("photos").count();
			all.onsuccess = function () { ask.result.close(); if (all.result === 1) { done(true); } else { setTimeout(look, 50, done); } };
		};
	})`, new(bool))
	d.Run(chromedp.Navigate("about:blank"))
	site.Again()
	d.Go("/desk")
	d.has("d-text", "pohon tumbang di depan pasar, dua mobil")
	d.saved()
	d.Until(`document.querySelectorAll("#desk-shots img").length === 2`)
	if ks := d.drafts(); len(ks) != 1 || ks[0].Text != "pohon tumbang di depan pasar, dua mobil" {
		t.Errorf("%+v", ks)
	}
	var kept string
	d.Value(`JSON.stringify(Object.keys(localStorage))`, &kept)
	if strings.Contains(kept, "tanggap.desk.") {
		t.Errorf("the browser keeps %s", kept)
	}
	// One photo too many is taken away, and the ticket filed by its button.
	d.Click("#desk-shots li:nth-child(2) button")
	d.Until(`document.querySelectorAll("#desk-shots img").length === 1`)
	d.Click("#desk-file")
	d.filed("JPR-261123-0001G")
	d.Until(`document.querySelector(".desk-shots img") && document.querySelector(".desk-shots img").naturalWidth > 0`)
	d.Shot("desk-photo")
}

// picture is a photo as a telephone takes it, with where it was taken.
func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range 64 {
		img.Set(i, i*48/64, color.RGBA{R: 200, A: 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00 GPS secret"
	head := []byte{0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}
	return append(append(append([]byte{}, b.Bytes()[:2]...), append(head, exif...)...), b.Bytes()[2:]...)
}

// photo gives a file to the field for photos.
func (d counter) photo(name string, data []byte) {
	d.t.Helper()
	d.Value(fmt.Sprintf(`(function () {
		var t = new DataTransfer(), x = document.getElementById("d-photo");
		t.items.add(new File([Uint8Array.from(atob(%q), function (c) { return c.charCodeAt(0); })], %q, { type: "image/jpeg" }));
		x.files = t.files;
		x.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, base64.StdEncoding.EncodeToString(data), name), new(bool))
}

// A photo from a file is kept without what the camera wrote into it; what is no photo is refused with a sentence.
func TestPhotosFromFiles(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := atCounter(t, site, "dewi")
	d.Go("/desk/new")
	d.at("d-number")
	dir := t.TempDir()
	files := map[string][]byte{"foto.jpg": picture(t), "pindai.pdf": []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"), "virus.jpg": []byte("<html><script>alert(1)</script>"),
		"telepon.heic": []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x08mdat")}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.Run(chromedp.SetUploadFiles("#d-photo", []string{filepath.Join(dir, "foto.jpg"), filepath.Join(dir, "pindai.pdf")}, chromedp.ByQuery))
	d.Until(`document.querySelectorAll("#desk-shots li").length === 2`)
	d.Sees("tersimpan, tidak ditampilkan")
	d.Run(chromedp.SetUploadFiles("#d-photo", []string{filepath.Join(dir, "telepon.heic")}, chromedp.ByQuery))
	d.Sees("format ini (HEIC, TIFF) tidak bisa ditampilkan")
	d.Shot("desk-photos")
	d.Run(chromedp.SetUploadFiles("#d-photo", []string{filepath.Join(dir, "virus.jpg")}, chromedp.ByQuery))
	d.Sees("Bukan foto dan bukan PDF")
	ks := d.drafts()
	if len(ks) != 1 {
		t.Fatalf("%+v", ks)
	}
	var src string
	d.Value(`document.querySelector("#desk-shots img").src`, &src)
	v := site.SignIn(t, browser.User{Person: d.who.Person, Login: "dewi", Password: browser.Password})
	got := v.Get(strings.TrimPrefix(src, site.URL+"/console"))
	if got.Status != http.StatusOK || got.Header.Get("Content-Type") != "image/jpeg" || strings.Contains(got.Body, "GPS secret") || !strings.HasPrefix(got.Body, "\xff\xd8") {
		t.Errorf("%d %v, %d bytes", got.Status, got.Header, len(got.Body))
	}
	// Somebody else at the desk sees neither the photo nor the ticket.
	other := site.SignIn(t, site.User(t, "budi", hotline.RoleDesk))
	if got := other.Get(strings.TrimPrefix(src, site.URL+"/console")); got.Status != http.StatusNotFound {
		t.Errorf("another's photo: %d", got.Status)
	}
	if got := other.Get(fmt.Sprint("/desk/", ks[0].ID)); got.Status != http.StatusNotFound {
		t.Errorf("another's ticket: %d", got.Status)
	}
}

// Two tabs: each writes its own ticket, and one ticket in both overwrites nothing in silence.
func TestTwoTabsAtTheDesk(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := atCounter(t, site, "dewi")
	d.Go("/desk/new")
	d.at("d-number")
	d.Type("#d-text", "satu")
	d.saved()
	again := browser.User{Person: d.who.Person, Login: "dewi", Password: browser.Password}
	other := counter{&desk{Tab: site.Tab(t, again), t: t, site: site, who: d.who}}
	other.Go(fmt.Sprint("/desk/", d.drafts()[0].ID))
	other.Live()
	other.has("d-text", "satu")
	d.Type("#d-name", "Sutrisno")
	d.saved()
	other.has("d-name", "Sutrisno")
	// The other's network is cut, so both write the same field.
	other.Value(`(window.wire = window.fetch, window.fetch = function () { return Promise.reject(new TypeError("cut")); }, true)`, new(bool))
	other.Type("#d-text", "dari tab dua")
	other.unsaved()
	d.Type("#d-text", "dari tab satu")
	d.saved()
	other.Value(`(window.fetch = window.wire, true)`, new(bool))
	other.Sees("Diubah juga di layar lain: dari tab satu")
	if k := d.drafts()[0]; k.Text != "dari tab satu" {
		t.Errorf("overwritten: %q", k.Text)
	}
	other.Accessible()
	other.Shot("desk-conflict")
	other.Click("#desk-conflict button")
	d.has("d-text", "dari tab dua")
	// Filed in one tab, it is filed in the other, once.
	d.send()
	d.filed("JPR-261123-0001G")
	other.filed("JPR-261123-0001G")
	if ts := d.tickets(); len(ts) != 1 {
		t.Errorf("%+v", ts)
	}
	// A new ticket in each tab is a ticket each.
	d.Go("/desk/new")
	d.at("d-number")
	d.Type("#d-text", "yang ketiga")
	d.saved()
	other.Go("/desk/new")
	other.at("d-number")
	other.has("d-text", "")
	other.Type("#d-text", "yang keempat")
	other.saved()
	if ks := d.drafts(); len(ks) != 2 {
		t.Errorf("%+v", ks)
	}
}

// Somebody comes for another: who they are and that the other agrees must be there. A secret matter is guessed as in chat, and does not stay at the desk.
func TestOnBehalfAndSecret(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := atCounter(t, site, "dewi")
	d.Go("/desk/new")
	d.at("d-number")
	d.Type("#d-text", "tetangga saya dipukuli suaminya setiap malam")
	d.saved()
	d.Until(`document.getElementById("desk-privacy-guess").textContent.includes("rahasia")`)
	d.Click("#d-behalf")
	d.at("d-bearer")
	d.send()
	d.Sees("Masih kurang: Nama pelapor; Nama yang datang; Yang punya masalah setuju dilaporkan")
	d.Accessible()
	d.Shot("desk-missing")
	d.Type("#d-name", "Siti")
	d.Type("#d-bearer", "Aminah")
	d.Click("#d-consent")
	d.send()
	d.filed("JPR-261123-0001G")
	d.Sees("Isi laporan ini dirahasiakan, juga dari loket.")
	d.SeesNot("dipukuli")
	d.SeesNot("Aminah")
	ts := d.tickets()
	if len(ts) != 1 || !ts[0].Behalf || !ts[0].Consent || !ts[0].Privacy.IsSecret() || ts[0].Text != "" || ts[0].Name != "" {
		t.Fatalf("%+v", ts)
	}
	d.Press("c")
	d.Until(`location.pathname.endsWith("/receipt") && document.readyState === "complete" && document.querySelector(".receipt-80")`)
	d.SeesNot("kekerasan")
	d.SeesNot("Siti")
	// The coordinator sees it whole, and prints from the case's page.
	boss := site.Tab(t, site.User(t, "rini", hotline.RoleCoordinator))
	boss.Go(fmt.Sprint("/board/cases/", ts[0].Case))
	boss.Sees("dipukuli")
	boss.Sees("Siti")
	boss.Click("#case a.button")
	boss.Sees("Tanda terima laporan")
	boss.Go(fmt.Sprint("/desk/", ts[0].ID))
	boss.Sees("disampaikan Aminah")
	// The desk's supervisor sees that there was one, and not what it says.
	chief := site.Tab(t, site.User(t, "sri", hotline.RoleSupervisor))
	chief.Go("/desk")
	chief.Sees("JPR-261123-0001G")
	chief.Sees("Nama dewi")
	chief.Accessible()
	chief.Shot("desk-supervisor")
	chief.Click("[data-ticket] a")
	chief.Sees("Isi laporan ini dirahasiakan")
	chief.SeesNot("dipukuli")
}

// Filed by mistake, it is withdrawn with a reason while that is possible; later it is not.
func TestATicketIsWithdrawn(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := atCounter(t, site, "dewi")
	for i := range 2 {
		d.Go("/desk/new")
		d.at("d-number")
		d.Type("#d-text", "got mampet di depan pasar bawu")
		d.saved()
		d.send()
		d.filed(fmt.Sprintf("JPR-261123-000%d", i+1))
	}
	d.Click("details summary")
	d.Type("#f-reason", "orangnya salah loket")
	d.Accessible()
	d.Click("details button.danger")
	d.Sees("sudah dicabut.")
	d.Sees("dicabut")
	ts := d.tickets()
	first := ts[len(ts)-1]
	if ts[0].Withdrawn.IsZero() {
		t.Errorf("%+v", ts[0])
	}
	site.Do(t, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), ts[0].Case)
		if c.Status != hotline.Withdrawn {
			t.Errorf("it is %s", c.Status)
		}
		return err
	})
	d.Press("c")
	d.Sees("Laporan ini sudah dicabut.")
	site.Wait(hotline.TicketUndo)
	d.Go(fmt.Sprint("/desk/", first.ID))
	d.Sees("Kata kunci")
	d.SeesNot("Salah tulis?")
	v := site.SignIn(t, browser.User{Person: d.who.Person, Login: "dewi", Password: browser.Password})
	if got := v.Post(fmt.Sprint("/desk/", first.ID, "/withdraw"), "reason", "terlambat"); got.Status != http.StatusConflict {
		t.Errorf("after the time: %d", got.Status)
	}
}

// On a telephone, in English, and a ticket that is thrown away.
func TestTheDeskOnATelephoneInEnglish(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := atCounter(t, site, "dewi")
	d.Go("/desk")
	d.Click(".language button")
	d.Sees("Walk-in desk")
	d.Telephone()
	d.Go("/desk/new")
	d.at("d-number")
	d.Type("#d-text", "ada kebakaran rumah di bawu")
	d.Sees("This sounds like an emergency.")
	d.Sees("Bawu, Kec. Batealit") // named in the words
	d.Accessible()
	d.Shot("desk-telephone")
	var wide bool
	d.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the page is wider than the screen")
	}
	d.Click("#desk-drop summary")
	d.Click("#desk-drop button")
	d.Sees("The ticket was thrown away.")
	if ks := d.drafts(); len(ks) != 0 {
		t.Errorf("%+v", ks)
	}
}
