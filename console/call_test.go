package console_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// desk is an operator at a browser whose keys are counted; what is said in words is not.
type desk struct {
	*browser.Tab
	t    *testing.T
	site *browser.Site
	who  hotline.Viewer
	keys int
}

func sit(t *testing.T, site *browser.Site, login string, role hotline.RoleName) *desk {
	t.Helper()
	u := site.User(t, login, role)
	return &desk{Tab: site.Tab(t, u), t: t, site: site, who: hotline.Viewer{Person: u.Person, Roles: []hotline.Role{{Person: u.Person, Name: role, Unit: site.Unit()}}}}
}

// onCalls begins a site, with an operator on its page of calls.
func onCalls(t *testing.T) *desk {
	t.Helper()
	d := sit(t, browser.Start(t), "ani", hotline.RoleOperator)
	d.Go("/calls")
	return d
}

func (d *desk) press(keys ...string) {
	d.t.Helper()
	d.keys += len(keys)
	d.Press(keys...)
}

func (d *desk) pressedAtMost(n int) {
	d.t.Helper()
	if d.keys > n {
		d.t.Errorf("%d keys, at most %d were to be pressed", d.keys, n)
	}
}

// send presses Ctrl+Enter, which is one key of the form's.
func (d *desk) send() {
	d.t.Helper()
	d.keys++
	d.Value(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true})) || true`, new(bool))
}

func (d *desk) saved() {
	d.t.Helper()
	d.Until(`document.getElementById("call-saved").textContent === "Tersimpan"`)
}

func (d *desk) today() (cs []hotline.Call) {
	d.t.Helper()
	d.site.Do(d.t, func(tx *store.Tx) (err error) {
		now := d.site.Clock.Now()
		cs, err = tx.CallsBetween(d.t.Context(), d.who, now.Add(-24*time.Hour), now.Add(24*time.Hour), "", 50)
		return err
	})
	return cs
}

func TestAPrankTakesTwoKeys(t *testing.T) {
	t.Parallel()
	d := onCalls(t)
	d.Live()
	d.press("n", "i")
	d.Sees("Tercatat: Iseng")
	d.Until(`document.querySelector("[data-count=prank] b").textContent === "1"`)
	d.pressedAtMost(2)
	cs := d.today()
	if len(cs) != 1 || cs[0].Class != hotline.CallPrank || cs[0].IsOpen() {
		t.Fatalf("%+v", cs)
	}
	// A wrong key: the record is opened again by one more.
	d.Click("#flash a")
	d.Arrives("/calls/" + fmt.Sprint(cs[0].ID))
	d.Press("z")
	d.Until(`!document.getElementById("call-form").hidden`)
	if cs := d.today(); !cs[0].IsOpen() {
		t.Error("it is still closed")
	}
	// From anywhere else the same key begins a call.
	d.Go("/")
	d.Press("n")
	d.Arrives("/calls/new")
	d.Until(`document.activeElement.id === "c-number"`)
}

func TestAQuestionTakesAtMostSixKeysBesideItsText(t *testing.T) {
	t.Parallel()
	d := onCalls(t)
	d.press("n", "t")
	d.Press("jam berapa MPP buka? Dijawab: jam 8.")
	d.send()
	d.Sees("Tercatat: Tanya")
	d.pressedAtMost(6)
	if cs := d.today(); len(cs) != 1 || cs[0].Class != hotline.CallQuestion || cs[0].IsOpen() || cs[0].Text != "jam berapa MPP buka? Dijawab: jam 8." || cs[0].Case != 0 {
		t.Errorf("%+v", cs)
	}
}

func TestAComplaintTakesAtMostSixKeysBesideItsText(t *testing.T) {
	t.Parallel()
	d := onCalls(t)
	d.press("n", "a")
	d.Press("lampu jalan mati sudah seminggu")
	d.saved()
	d.Until(`document.getElementById("c-category").value === "lampu-jalan"`) // guessed, and shown
	d.Value(`document.getElementById("c-landmark").focus()`, nil)
	d.keys++ // Shift+Tab, or a click
	d.Press("depan balai desa bawu")
	d.press("Enter")
	d.saved()
	d.send()
	d.Sees("JPR-261123-0001G")
	d.pressedAtMost(6)
	cs := d.today()
	if len(cs) != 1 || cs[0].Case == 0 || cs[0].Area == "" || cs[0].Landmark != "depan balai" || cs[0].Category != "lampu-jalan" {
		t.Errorf("%+v", cs)
	}
	d.Accessible()
	d.Shot("call-complaint")
}

// A fire, by keys alone: who is sent is proposed by the answers, goes with one key, and what they do is seen on the page.
func TestAnEmergencyIsSentByKeysAndSeenLive(t *testing.T) {
	t.Parallel()
	d := onCalls(t)
	d.Live()
	d.press("n")
	d.Press("081234567890")
	d.press("d", "k", "1", "2", "1")
	d.Until(`document.activeElement.id === "c-landmark"`)
	d.Press("depan masjid bawu")
	d.Sees("Bawu, Kec. Batealit")
	d.press("Enter")
	d.saved()
	d.Sees("PSC 119")
	d.Accessible()
	d.Shot("call-emergency")
	d.send()
	d.Sees("JPR-261123-0001G")
	d.Sees("dipanggil")
	d.pressedAtMost(9)
	cs := d.today()
	c := cs[0]
	if len(cs) != 1 || c.Incident != "kebakaran" || c.Answers["dalam"] != "tidak" || c.Answers["luka"] != "ada" || c.Landmark != "depan masjid" || c.Number != "+6281234567890" {
		t.Fatalf("%+v", c)
	}
	officer := d.site.User(t, "damkar", hotline.RoleResponder)
	step := func(kind hotline.EventKind) {
		d.site.Do(t, func(tx *store.Tx) error {
			k, _, err := tx.CallCase(t.Context(), d.who, c)
			if err != nil {
				return err
			}
			if k, err = tx.Case(t.Context(), k.ID); err != nil {
				return err
			}
			_, err = tx.Record(k, hotline.Event{Kind: kind, By: officer.Person, Assignment: k.Assignments[0].ID}, hotline.Content{})
			return err
		})
	}
	for _, s := range []struct {
		kind hotline.EventKind
		said string
	}{{hotline.EvTaken, "terima"}, {hotline.EvDeparted, "berangkat"}, {hotline.EvArrived, "tiba"}} {
		step(s.kind)
		d.Sees(s.said)
	}
	// The other has not answered for a minute: it rings.
	d.site.Wait(hotline.ResponderPatience + time.Second)
	d.Sees("Belum ada yang menjawab lebih dari 60 detik")
	d.Accessible()
	d.Shot("call-responders")
}

// The server is killed in the middle of a call and the browser reloaded: nothing that was typed is lost.
func TestNothingIsLostWhenTheServerDiesMidCall(t *testing.T) {
	t.Parallel()
	d := onCalls(t)
	d.Press("n", "a")
	d.Press("pohon tumbang")
	d.saved()
	d.site.Stop()
	d.Press(" menutup jalan di depan pasar")
	d.Until(`document.getElementById("call-saved").textContent.startsWith("Belum tersimpan")`)
	d.site.Again()
	d.saved()
	if cs := d.today(); len(cs) != 1 || cs[0].Text != "pohon tumbang menutup jalan di depan pasar" {
		t.Fatalf("%+v", cs)
	}
	// Once more, and the browser is gone too before the server is back.
	d.site.Stop()
	d.Press(", dua mobil")
	d.Until(`document.getElementById("call-saved").textContent.startsWith("Belum tersimpan") && JSON.stringify(localStorage).includes("dua mobil")`)
	d.Run(chromedp.Navigate("about:blank"))
	d.site.Again()
	d.Go("/calls")
	d.Until(`document.getElementById("c-text").value === "pohon tumbang menutup jalan di depan pasar, dua mobil"`)
	d.saved()
	if cs := d.today(); len(cs) != 1 || cs[0].Text != "pohon tumbang menutup jalan di depan pasar, dua mobil" {
		t.Errorf("%+v", cs)
	}
	var kept string
	d.Value(`JSON.stringify(Object.keys(localStorage))`, &kept)
	var names []string
	if err := json.Unmarshal([]byte(kept), &names); err != nil || strings.Contains(kept, "tanggap.call.") {
		t.Errorf("the browser keeps %s, %v", kept, err)
	}
}

// Two operators have one call open: what one writes the other sees, and of one field nobody overwrites the other in silence.
func TestTwoScreensOnOneCall(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani, budi := sit(t, site, "ani", hotline.RoleOperator), sit(t, site, "budi", hotline.RoleOperator)
	ani.Go("/calls")
	ani.Press("n", "a")
	ani.Press("satu")
	ani.saved()
	id := ani.today()[0].ID
	budi.Go(fmt.Sprint("/calls/", id))
	budi.Live()
	budi.Until(`document.getElementById("c-text").value === "satu"`)
	ani.Value(`document.getElementById("c-landmark").focus()`, nil)
	ani.Press("pasar lama")
	ani.saved()
	budi.Until(`document.getElementById("c-landmark").value === "pasar lama"`)
	// Budi's network is cut, so both write the same field.
	budi.Value(`(window.wire = window.fetch, window.fetch = function () { return Promise.reject(new TypeError("cut")); }, true)`, new(bool))
	budi.Type("#c-text", "punya budi")
	budi.Until(`document.getElementById("call-saved").textContent.startsWith("Belum tersimpan")`)
	ani.Type("#c-text", "punya ani")
	ani.saved()
	budi.Value(`(window.fetch = window.wire, true)`, new(bool))
	budi.Sees("Diubah juga di layar lain: punya ani")
	if c := ani.today()[0]; c.Text != "punya ani" {
		t.Errorf("overwritten: %q", c.Text)
	}
	budi.Accessible()
	budi.Shot("call-conflict")
	budi.Click("#call-conflict button")
	ani.Until(`document.getElementById("c-text").value === "punya budi"`)
}

// A supervisor sees the number that plays with the line, blocks it, hands out the list, and lets it go.
func TestASupervisorBlocksANumber(t *testing.T) {
	t.Parallel()
	d := onCalls(t)
	for i := range 3 {
		d.Press("n")
		d.Press("081299998888", "i")
		d.Until(fmt.Sprintf(`document.querySelector("[data-count=prank] b").textContent === "%d"`, i+1))
	}
	d.Sees("1 usulan blokir")
	sup := d.site.User(t, "sri", hotline.RoleSupervisor)
	tab := d.site.Tab(t, sup)
	tab.Go("/blocks")
	tab.Sees("+6281299998888")
	tab.Accessible()
	tab.Click("table form button:not(.quiet)")
	tab.Sees("Nomor diblokir.")
	tab.Shot("call-blocks")
	v := d.site.SignIn(t, sup)
	if csv := v.Get("/blocks.csv"); !strings.Contains(csv.Body, "+6281299998888,2026-11-23T09:00:00+07:00,2026-11-24T09:00:00+07:00,3") {
		t.Errorf("the export: %s", csv.Body)
	}
	d.Press("n")
	d.Press("081299998888")
	d.Sees("nomor diblokir")
	d.Sees("iseng 3 kali")
	tab.Click("table form button")
	tab.Sees("Nomor tidak diblokir.")
}

// What was noted on paper is entered with its true times, and alarms nobody.
func TestACallFromPaper(t *testing.T) {
	t.Parallel()
	d := onCalls(t)
	d.Press("n")
	d.Click("[name=paper]")
	d.Value(`(function () { var x = document.getElementById("c-answered"); x.value = "2026-11-22T23:10"; x.dispatchEvent(new Event("input", {bubbles: true})); })()`, nil)
	d.saved()
	d.Click("[data-class=silent]")
	d.Sees("Tercatat: Senyap")
	cs := d.today()
	if want := time.Date(2026, 11, 22, 16, 10, 0, 0, time.UTC); len(cs) != 1 || !cs[0].Paper || !cs[0].Answered.Equal(want) || !cs[0].Ended.IsZero() {
		t.Errorf("%+v", cs)
	}
}
