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

// The same in English: what is proposed, what is refused and why, and what was done.
func TestMergingInEnglish(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	v := site.SignIn(t, site.User(t, "rina", hotline.RoleCoordinator))
	v.Post("/language", "lang", "en", "back", "/")
	one, two, secret := fileCase(t, site, ""), fileCase(t, site, ""), hotline.Case{}
	site.Do(t, func(tx *store.Tx) error {
		secret = tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan", Privacy: hotline.Secret, Source: hotline.SourceDesk, Area: "33.20.05",
			Story: hotline.Content{Text: "jalan berlubang"}})
		return nil
	})
	page := fmt.Sprintf("/board/cases/%d", two.ID)
	into := func(c hotline.Case) string { return numberOf(t, site, c.ID).String() }
	for _, step := range []struct {
		do    func() browser.Answer
		wants []string
	}{
		{func() browser.Answer { return v.Get(page) }, []string{"Like reports: merge or take apart"}},
		{func() browser.Answer { return v.Get(page + "/merge") }, []string{"Perhaps about the same matter", "Merge into " + into(one), "Each reporter keeps the number"}},
		{func() browser.Answer { return v.Post(page+"/merge", "into", "JPR-1") }, []string{"There is no such number."}},
		{func() browser.Answer { return v.Post(page+"/merge", "into", into(secret)) }, []string{"one is secret or accuses an official"}},
		{func() browser.Answer { return v.Post(page+"/merge", "into", into(one)) }, []string{"was merged.", "Merged into", "Take apart again"}},
		{func() browser.Answer { return v.Post(page+"/merge", "into", into(one)) }, []string{"They cannot be merged now."}},
		{func() browser.Answer { return v.Get(page + "/history") }, []string{"merged with a like report"}},
		{func() browser.Answer { return v.Get(fmt.Sprintf("/board/cases/%d/merge", one.ID)) }, []string{"Merged into this one", "This report cannot be merged into another"}},
		{func() browser.Answer { return v.Post(page + "/apart") }, []string{"was taken apart."}},
	} {
		got := step.do()
		for _, want := range step.wants {
			if !strings.Contains(got.Body, want) {
				t.Errorf("%d at %s does not say %q:\n%s", got.Status, got.Path, want, got.Body)
			}
		}
	}
}
