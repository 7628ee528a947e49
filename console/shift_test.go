package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed/browser"
)

// Ani goes home with a call open and a note for the next; Budi takes her desk over with one key, and with it the call and the note.
func TestOneShiftHandsToTheNext(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani, budi := sit(t, site, "ani", hotline.RoleOperator), sit(t, site, "budi", hotline.RoleOperator)
	ani.Go("/calls")
	ani.Press("n", "a")
	ani.Press("pohon tumbang di jalan")
	ani.saved()
	budi.Go("/")
	budi.Press("j")
	budi.Arrives("/shift")
	budi.Live()
	budi.Until(`document.querySelector("li.nobodys .tag.urgent")`) // Ani sits at no desk
	ani.Go("/shift")
	ani.Press("2")
	ani.Sees("Anda mulai jaga.")
	budi.Until(`document.querySelector("[data-desk='2'] td").textContent.includes("Nama ani") && !document.querySelector("li.nobodys")`)
	ani.Sees("1 panggilan Anda masih terbuka")
	ani.Type("#s-note", "Bu Sri menelepon lagi jam 10: tanyakan airnya.")
	ani.Click(".stack button")
	ani.Sees("Bu Sri menelepon lagi")
	budi.Sees("Bu Sri menelepon lagi")
	ani.Accessible()
	ani.Shot("shift-before")
	site.Wait(10 * time.Minute) // less than a session lasts untouched
	ani.Click("form[action$=leave] button")
	ani.Sees("Jaga Anda selesai.")
	budi.Until(`document.querySelectorAll("li.nobodys").length === 2`) // the call and the note
	budi.Shot("shift-nobodys")
	budi.Press("2")
	budi.Sees("Anda mulai jaga.")
	budi.Sees("dipegang Nama budi")
	if c := budi.today()[0]; c.Holder == budi.who.Person {
		t.Error("who went had left the desk: the call goes with a key of its own")
	}
	budi.Until(`document.querySelectorAll("li.nobodys").length === 1`)
	budi.Click("li.nobodys button")
	budi.Until(`!document.querySelector("li.nobodys")`)
	if c := budi.today()[0]; c.Holder != budi.who.Person {
		t.Errorf("the call is still with %d", c.Holder)
	}
	// Whoever is relieved at the desk hands over the open calls with it, by the same one key.
	ani.Go("/shift")
	ani.Press("2")
	ani.Sees("Anda mulai jaga.")
	if c := ani.today()[0]; c.Holder != ani.who.Person {
		t.Errorf("the call stayed with %d", c.Holder)
	}
	ani.Sees("diganti Nama ani")
	ani.Click(".language button")
	ani.Sees("relieved by Nama ani")
	ani.Telephone()
	ani.Shot("shift-telephone")
	var wide bool
	ani.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the page is wider than the screen")
	}
	ani.Accessible()

	// The day as a file, for those who may; what was typed is no formula there.
	v := site.SignIn(t, site.User(t, "sri", hotline.RoleSupervisor))
	v.Post("/shift/desk", "desk", "=meja")
	csv := v.Get("/shift.csv?day=2026-11-23")
	for _, want := range []string{"shift,2,Nama ani,2026-11-23 09:00,2026-11-23 09:10,Nama ani,", "note,2,Nama ani,2026-11-23 09:00,2026-11-23 09:10,Nama budi,Bu Sri", "shift,'=meja,Nama sri,"} {
		if !strings.Contains(csv.Body, want) {
			t.Errorf("the export lacks %q:\n%s", want, csv.Body)
		}
	}
	if got := v.Get("/shift.csv?day=2026-11-22"); strings.Contains(got.Body, "09:10,Nama budi") {
		t.Errorf("another day: %s", got.Body)
	}
	if got := v.Post("/shift/desk", "desk", strings.Repeat("x", 30)); got.Status != http.StatusBadRequest {
		t.Errorf("a desk of thirty letters: %d", got.Status)
	}
	if got := v.Post("/shift/notes/1"); got.Status != http.StatusConflict {
		t.Errorf("a note that is taken: %d", got.Status)
	}
}
