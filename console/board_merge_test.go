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

// Two citizens report the same hole by chat. The coordinator merges one into the other from what is proposed; both hear one answer, each on their
// own
// number; taken apart, the case is its own again. On a secret case it is refused.
func TestMergingOnTheBoard(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	rina := c.User(t, "rina", hotline.RoleCoordinator)
	siti, joko := c.person(8_100_000_011, "Siti"), c.person(8_100_000_012, "Joko")
	first := c.report(t, siti, "Jalan berlubang besar depan pasar di desa Tegalsambi")
	second := c.report(t, joko, "Jalan berlubang di depan pasar desa Tegalsambi, bahaya untuk motor")
	tab := c.Tab(t, rina)
	tab.Go(fmt.Sprintf("/board/cases/%d", c.caseID(t, second)))
	tab.Sees("Laporan yang sama: gabungkan atau pisahkan")
	tab.Click(`a[href$="/merge"]`)
	tab.Sees("Mungkin tentang hal yang sama")
	tab.Sees(first)
	tab.Accessible()
	tab.Shot("board-merge")
	tab.Type("#into", "JPR-1")
	tab.Press("Enter")
	tab.Sees("Nomor itu tidak ada.")
	tab.Click(`section[aria-labelledby=h-likely] li button`)
	tab.Sees(second + " sudah digabung.")
	tab.Sees("Digabung ke")
	tab.Accessible()
	tab.Shot("board-merged")
	c.hears(t, joko, "digabung dengan laporan lain")

	tab.Go(fmt.Sprintf("/board/cases/%d", c.caseID(t, first)))
	tab.Sees("laporan lain digabung ke sini")
	tab.Type("#answer", "Regu kami datang besok.")
	tab.Click("section[aria-labelledby=h-answer] button")
	tab.Sees("sudah dikirim ke pelapor")
	for _, who := range []struct {
		of     string
		others string
	}{{first, second}, {second, first}} {
		person := siti
		if who.of == second {
			person = joko
		}
		m := c.hears(t, person, "Regu kami datang besok.")
		if !strings.Contains(m.Text, who.of) || strings.Contains(m.Text, who.others) {
			t.Errorf("heard on the wrong number: %s", m.Text)
		}
	}
	tab.Telephone()
	tab.Go(fmt.Sprintf("/board/cases/%d/merge", c.caseID(t, first)))
	tab.Sees("Digabung ke sini")
	tab.Accessible()
	tab.Shot("board-merge-parent-telephone")
	tab.Go(fmt.Sprintf("/board/cases/%d/merge", c.caseID(t, second)))
	tab.Click(`form[action$="/apart"] button`)
	tab.Sees(second + " sudah dipisahkan.")
	var parent hotline.CaseID
	c.Do(t, func(tx *store.Tx) error {
		found, err := tx.Case(t.Context(), c.caseID(t, second))
		parent = found.Parent
		return err
	})
	if parent != 0 {
		t.Error("it is still merged")
	}
}

// The check word is shown to whoever may see who reported, and that it was shown is kept; of an anonymous case nobody is shown it.
func TestCheckWordOnTheBoard(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rina := site.User(t, "rina", hotline.RoleCoordinator)
	open := fileCase(t, site, "")
	word := site.Store.CheckWord(numberOf(t, site, open.ID))
	v := site.SignIn(t, rina)
	got := v.Post(fmt.Sprintf("/board/cases/%d/word", open.ID))
	if got.Status != http.StatusOK || !strings.Contains(got.Body, word) {
		t.Errorf("the word is answered with %d\n%s", got.Status, got.Body)
	}
	var rows []hotline.Audit
	var hidden hotline.CaseID
	site.Do(t, func(tx *store.Tx) (err error) {
		hidden = tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Anonymous, Source: hotline.SourceChat,
			Due: site.Clock.Now().AddDate(0, 0, 14), Story: hotline.Content{Text: "Lubang"}}).ID
		rows, err = tx.Audits(t.Context(), hotline.AuditQuery{Act: hotline.ActSawPerson, Limit: 10})
		return err
	})
	if len(rows) != 1 || rows[0].Detail != "check word" || rows[0].Case != open.ID {
		t.Errorf("kept: %+v", rows)
	}
	if got := v.Post(fmt.Sprintf("/board/cases/%d/word", hidden)); got.Status != http.StatusForbidden {
		t.Errorf("of an anonymous case: %d", got.Status)
	}
	tab := site.Tab(t, rina)
	tab.Go(fmt.Sprintf("/board/cases/%d", open.ID))
	tab.Click(`form[action$="/word"] button`)
	tab.Sees(word)
	tab.Accessible()
	tab.Shot("board-checkword")
}

func numberOf(t *testing.T, site *browser.Site, id hotline.CaseID) (n hotline.Number) {
	t.Helper()
	site.Do(t, func(tx *store.Tx) error {
		c, err := tx.Case(t.Context(), id)
		n = c.Number
		return err
	})
	return n
}
