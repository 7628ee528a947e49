package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// choose chooses from a list.
func choose(tab *browser.Tab, selector, value string) {
	tab.Until(fmt.Sprintf(`(function () { var e = document.querySelector(%q); if (!e) { return false; } e.value = %q; return e.value === %q; })()`, selector, value, value))
}

// The coordinator blocks whoever sent an insult, from the case's page: the person is told why and until when, writes on and is told again, what they wrote is
// kept for the coordinator to read, and the block is lifted. Both are in the record.
func TestBlockingAPersonFromTheBoard(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	rina := c.User(t, "rina", hotline.RoleCoordinator)
	agus := c.person(8_100_000_021, "Agus")
	number := c.report(t, agus, "Listrik padam sejak kemarin di desa Tegalsambi, kalian semua goblok")
	tab := c.Tab(t, rina)
	tab.Go("/board/blocked")
	tab.Sees("Tidak ada yang diblokir.")
	tab.Accessible()
	tab.Go(fmt.Sprintf("/board/cases/%d", c.caseID(t, number)))
	tab.Click("section[aria-labelledby=h-block] summary")
	tab.Sees("laporannya yang ada tetap dijawab")
	choose(tab, "#why", "other")
	tab.Click("section[aria-labelledby=h-block] button")
	tab.Sees("tulis satu kalimat yang akan dibaca orangnya")
	tab.Accessible()
	tab.Type("#words", "Tolong melapor tanpa makian.")
	choose(tab, "#why", "abuse")
	tab.Shot("board-block")
	tab.Click("section[aria-labelledby=h-block] button")
	tab.Sees("Pelapor " + number + " diblokir dan sudah diberi tahu.")
	tab.Sees("Pelapor diblokir sampai")
	tab.Accessible()
	tab.Shot("board-block-done")
	if m := c.hears(t, agus, "laporan baru dari Anda tidak kami terima"); !strings.Contains(m.Text, "Tolong melapor tanpa makian.") || !strings.Contains(m.Text, "Ombudsman") {
		t.Errorf("told: %s", m.Text)
	}
	if _, err := agus.Send("sampah numpuk di pasar Bawu"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, agus, "laporan baru dari Anda tidak kami terima")

	tab.Go("/board/blocked")
	tab.Sees("Agus")
	tab.Sees("kasar atau mengancam")
	tab.Accessible()
	tab.Shot("board-blocked")
	tab.Click(`tbody a[href*="/board/blocked/"]`)
	tab.Sees("sampah numpuk di pasar Bawu")
	tab.Accessible()
	tab.Shot("board-blocked-said")
	tab.Telephone()
	tab.Go("/board/blocked")
	tab.Shot("board-blocked-telephone")
	tab.Click("tbody form button")
	tab.Sees("Blokir sudah dibuka, dan orangnya diberi tahu.")
	tab.Sees("Berakhir 30 hari terakhir")
	tab.Accessible()
	c.hears(t, agus, "Anda bisa membuat laporan lagi.")
	tab.Go("/audit")
	tab.Sees("membuka blokir")
	tab.Sees("memblokir")
}

// Who reported without a name is blocked without becoming known; whoever works for the service is not; an officer may do none of it.
func TestBlockingWithoutSeeing(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	v := c.SignIn(t, c.User(t, "rina", hotline.RoleCoordinator))
	budi := c.User(t, "budi", hotline.RoleOfficer)
	agus := c.person(8_100_000_022, "Agus")
	if _, err := agus.Send("Listrik padam sejak kemarin di desa Tegalsambi"); err != nil {
		t.Fatal(err)
	}
	m := c.hears(t, agus, "Kirim?")
	if _, err := agus.Press(m.ID, "Kirim tanpa nama"); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(c.hears(t, agus, "Nomor laporan: ").Text, "Nomor laporan: ")
	nameless := c.caseID(t, strings.Fields(after)[0])
	var own hotline.CaseID
	c.Do(t, func(tx *store.Tx) error {
		own = tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Open, Source: hotline.SourceChat, Area: "33.20.11",
			Reporter: budi.Person, Due: c.Clock.Now().AddDate(0, 0, 14), Story: hotline.Content{Text: "jalan rusak"}}).ID
		return nil
	})
	post := func(id hotline.CaseID) browser.Answer {
		return v.Post(fmt.Sprintf("/board/cases/%d/block", id), "why", "spam", "days", "7")
	}
	if got := post(own); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "bertugas di layanan ini") {
		t.Errorf("an officer is blocked: %d", got.Status)
	}
	if got := post(nameless); got.Path != fmt.Sprintf("/board/cases/%d", nameless) || !strings.Contains(got.Body, "diblokir dan sudah diberi tahu") {
		t.Errorf("without a name: %d %s", got.Status, got.Path)
	}
	if got := post(nameless); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "sudah diblokir") {
		t.Errorf("twice: %d", got.Status)
	}
	list := v.Get("/board/blocked")
	if !strings.Contains(list.Body, "tanpa nama") || strings.Contains(list.Body, "Agus") {
		t.Error("the list says who it is")
	}
	for _, wrong := range []string{"0", "366", "x", ""} {
		if got := v.Post(fmt.Sprintf("/board/cases/%d/block", own), "why", "spam", "days", wrong); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("%q days: %d", wrong, got.Status)
		}
	}
	if got := v.Get("/board/blocked/999"); got.Status != http.StatusNotFound {
		t.Errorf("a block that is none: %d", got.Status)
	}
}
