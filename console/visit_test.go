package console_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
	"tanggap/testbed"
	"tanggap/testbed/browser"
)

// ngantor is Jepara with its programme of 2025 in the time of the tests.
var ngantor = sync.OnceValue(func() *hotline.Regency {
	r := *testbed.Jepara()
	r.Programmes = slices.Clone(r.Programmes)
	r.Programmes[0].From, r.Programmes[0].Until = "2026-11-03", "2027-06-30"
	return &r
})

// withProgramme is the program at work while the programme goes on.
func withProgramme(t *testing.T, change ...func(*house.Options)) *browser.Site {
	t.Helper()
	return browser.Start(t, append(change, func(o *house.Options) { o.Regency = ngantor() })...)
}

// A coordinator makes a visit, opens it, changes a quota, closes a counter, notes agencies, moves it and calls it off; every page by keys, on
// a telephone, and in both languages.
func TestAVisitFromPlanToCancellation(t *testing.T) {
	t.Parallel()
	site := withProgramme(t)
	rina := site.User(t, "rina", hotline.RoleCoordinator)
	tab := site.Tab(t, rina)
	tab.Go("/visits")
	tab.Sees("Belum ada kunjungan di sini")
	tab.Accessible()
	tab.Press("n")
	tab.Arrives("/visits/new")
	tab.Accessible()
	tab.Value(`(document.getElementById("f-date").value = "2027-01-06", document.getElementById("v-area").value = "33.20.11.2010",
		document.querySelectorAll("[name=service]").forEach(function (x) { x.checked = x.value === "ktp-rekam" || x.value === "kia"; }), true)`, new(bool))
	tab.Type("#f-venue", "Balai Desa Tegalsambi")
	tab.Value(`(document.getElementById("f-opens").value = "14:00", true)`, new(bool))
	tab.Click("form.card button")
	tab.Sees("Jamnya tidak bisa")
	tab.Value(`(document.getElementById("f-opens").value = "08:00", true)`, new(bool))
	tab.Click("form.card button")
	tab.Sees("Kunjungan dibuat.")
	tab.Live()
	tab.Sees("rencana")
	tab.Accessible()
	tab.Click("button[name=state][value=open]")
	tab.Sees("Pemesanan dibuka.")

	// The quota of the first window: 20 places of which 5 are kept.
	tab.Type("table.counters tbody tr:first-child input[name=quota]", "7")
	tab.Type("table.counters tbody tr:first-child input[name=reserve]", "9")
	tab.Press("Enter")
	tab.Sees("Angkanya tidak bisa.")
	tab.Type("table.counters tbody tr:first-child input[name=quota]", "7")
	tab.Type("table.counters tbody tr:first-child input[name=reserve]", "2")
	tab.Press("Enter")
	tab.Sees("Kuota disimpan.")
	tab.Until(`document.querySelector("table.counters tbody tr:first-child td:nth-child(3)").textContent === "7"`)

	// Another looks at the same page, and sees it as it happens.
	other := site.Tab(t, site.User(t, "sari", hotline.RoleCoordinator))
	other.Go(tab.Path())
	other.Live()
	tab.Click("button[name=closed]")
	tab.Sees("Loket ditutup.")
	other.Sees("ditutup")

	// A service more, in two windows; and what an agency said.
	tab.Value(`(document.getElementById("v-service").value = "kk", true)`, new(bool))
	tab.Type("#v-quota", "10")
	tab.Type("#v-windows", "08.00-09:00 10:00-11:00")
	tab.Click("form[action$=service] button")
	tab.Sees("Layanan ditambahkan.")
	tab.Sees("10:00-11:00")
	tab.Value(`(document.querySelector("table.agencies tbody tr:first-child select").value = "yes", true)`, new(bool))
	tab.Type("table.agencies tbody tr:first-child input[name=people]", "3")
	tab.Press("Enter")
	tab.Sees("Catatan instansi disimpan.")
	tab.Sees("3 orang")
	other.Sees("3 orang")
	tab.Click("form[action$=ask] button")
	tab.Sees("0 instansi ditanya lewat chat.") // nobody of them is on Tanggap
	tab.Shot("visit")

	// To another day: first it says how many hear of it.
	tab.Value(`(document.getElementById("v-date").value = "2027-01-08", true)`, new(bool))
	tab.Type("#v-why", "Jalan longsor")
	tab.Click("form[action$=move] button")
	tab.Sees("Pindahkan kunjungan ini?")
	tab.Sees("tidak ada yang diberi tahu")
	tab.Accessible()
	tab.Shot("visit-move")
	tab.Click("button[name=sure]")
	tab.Sees("semula 2027-01-06")
	other.Sees("Jalan longsor")
	tab.Click(".language button")
	tab.Sees("first 2027-01-06")
	tab.Telephone()
	tab.Accessible()
	tab.Shot("visit-telephone")
	narrow(t, tab)
	tab.Type("#v-because", "Banjir")
	tab.Click("form[action$=cancel] button")
	tab.Sees("This cannot be undone.")
	narrow(t, tab)
	tab.Click("button[name=sure]")
	tab.Sees("The visit is cancelled.")
	tab.Go("/visits?month=2027-01")
	tab.Sees("cancelled")
	narrow(t, tab)
	tab.Accessible()
}

// narrow fails where a page is wider than a telephone's screen.
func narrow(t *testing.T, tab *browser.Tab) {
	t.Helper()
	var wide bool
	tab.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the page is wider than the screen")
	}
}

// A file is shown with every line's mistake before anything is written; then it is taken whole, and taken again it changes what is there.
func TestImportOfVisits(t *testing.T) {
	t.Parallel()
	site := withProgramme(t)
	rina := site.User(t, "rina", hotline.RoleCoordinator)
	v := site.SignIn(t, rina)
	template := v.Get("/visits/template.csv")
	if !strings.HasPrefix(template.Body, "programme,date,area,venue,opens,closes,services\n# ") || !strings.Contains(template.Body,
		"# ngantor-di-desa,2026-11-23,33.20.") {
		t.Errorf("the template: %s", template.Body)
	}
	tab := site.Tab(t, rina)
	tab.Go("/visits/import")
	tab.Accessible()
	put := func(text string) {
		t.Helper()
		tab.Run(chromedp.SetValue("#v-text", text, chromedp.ByQuery))
		tab.Click("form[enctype] button")
	}
	put("programme;date;area;venue\nngantor-di-desa;6/1/2027;33.20.11.2010;Balai Desa Tegalsambi\n" +
		"ngantor-di-desa;7 Mei;33.20.08;\n<b>;2025-04-01;Troso;Balai\n")
	tab.Sees("2 baris salah")
	for _, said := range []string{"Bukan tanggal: 7 Mei.", "Program ini tidak ke", "Tempat acara kosong", "Tidak ada program <b>.",
		"Tanggal 2025-04-01 sudah lewat."} {
		tab.Sees(said)
	}
	tab.Accessible()
	tab.Shot("visit-import")
	if got := v.Post("/visits/import/do", "text", "programme,date,area,venue\nngantor-di-desa,x,y,z\n"); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("a file with a mistake: %d", got.Status)
	}
	good := "programme;date;area;venue;opens;closes;services\nngantor-di-desa;6/1/2027;33.20.11.2010;Balai Desa Tegalsambi;;;\n" +
		"ngantor-di-desa;13/01/2027;33.20.02.2003;PKD Gerdu;09.00;11:00;kia|kk\n"
	put(good)
	tab.Sees("2 baris baik.")
	tab.SeesNot("salah")
	tab.Click("form[action$=do] button")
	tab.Sees("2 kunjungan baru, 0 diganti.")
	tab.Sees("Balai Desa Tegalsambi")
	tab.Go("/visits/import")
	put(strings.Replace(good, "Balai Desa Tegalsambi", "Aula", 1))
	tab.Sees("2 sudah ada")
	tab.Telephone()
	narrow(t, tab)
	tab.Click("form[action$=do] button")
	tab.Sees("0 kunjungan baru, 2 diganti.")
	tab.Sees("Aula")
}

// The proposal is shown with its reasons, put into another order, and saved as visits that can be opened.
func TestPlanOnThePage(t *testing.T) {
	t.Parallel()
	site := withProgramme(t)
	rina := site.User(t, "rina", hotline.RoleCoordinator)
	site.Do(t, func(tx *store.Tx) error {
		for range 3 {
			tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Open, Source: hotline.SourceDesk, Area: "33.20.13.2001",
				Due: site.Clock.Now().Add(24 * time.Hour), Story: hotline.Content{Text: "jalan rusak"}})
		}
		return nil
	})
	tab := site.Tab(t, rina)
	tab.Go("/plan")
	tab.Until(`document.querySelectorAll("table.plan tbody tr").length > 10`)
	var first, second string
	tab.Value(`document.querySelector("table.plan tbody tr td:nth-child(3) input").value`, &first)
	if first != "Balai Desa Batukali" {
		t.Errorf("the hardest is %q", first)
	}
	tab.Sees("3 belum selesai, 0 terlambat: urutan 1")
	tab.Accessible()
	tab.Shot("plan")
	tab.Value(`document.querySelectorAll("table.plan tbody tr")[1].querySelector("td:nth-child(3) input").value`, &second)
	tab.Click("button[name=down]")
	tab.Until(`document.querySelector("table.plan tbody tr td:nth-child(3) input").value === ` + fmt.Sprintf("%q", second))
	tab.Value(`document.activeElement.name`, &first)
	if first != "up" {
		t.Errorf("after a move the focus is on %q", first)
	}
	csv := site.SignIn(t, rina).Get("/plan.csv?programme=ngantor-di-desa")
	if !strings.Contains(csv.Body, "ngantor-di-desa,2026-11-24,33.20.13.2001,Balai Desa Batukali,,,") {
		t.Errorf("the file: %s", csv.Body)
	}
	tab.Value(`(document.querySelector("table.plan tbody tr:last-child [name=out]").checked = true,
		document.querySelector("table.plan [name=date]").value = "2024-01-01", true)`, new(bool))
	tab.Click("form[action$=save] p button")
	tab.Sees("Tanggal itu tidak bisa")
	tab.Accessible()
	tab.Value(`(document.querySelector("table.plan [name=date]").value = "2026-11-26", true)`, new(bool))
	tab.Click("form[action$=save] p button")
	tab.Arrives("/visits")
	tab.Sees("kunjungan baru, 0 diganti.")
	tab.Sees("2026-11-26")
	tab.Go("/plan")
	tab.Until(`document.querySelectorAll("table.plan tbody tr").length <= 1`)
	tab.Telephone()
	tab.Click(".language button")
	tab.Sees("Proposed schedule")
	narrow(t, tab)
	tab.Accessible()
}
