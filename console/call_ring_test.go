package console_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/simulator/telegram"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// danger files an emergency as a chat does.
func danger(t *testing.T, site *browser.Site, text string) (id hotline.CaseID) {
	t.Helper()
	site.Do(t, func(tx *store.Tx) error {
		id = tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "kebakaran", Privacy: hotline.Open, Urgent: true, Source: hotline.SourceChat,
			Story: hotline.Content{Text: text}}).ID
		return nil
	})
	return id
}

// onShift seats somebody at a desk of the line.
func (d *desk) onShift(name string) {
	d.t.Helper()
	if _, err := d.site.Store.Pool().Exec(d.t.Context(), `insert into shifts (person_id, desk, began) values ($1, $2, $3)`,
		d.who.Person, name, d.site.Clock.Now()); err != nil {
		d.t.Fatal(err)
	}
}

func look(t *testing.T, site *browser.Site, id hotline.CaseID) (c hotline.Case) {
	t.Helper()
	site.Do(t, func(tx *store.Tx) (err error) { c, err = tx.Case(t.Context(), id); return err })
	return c
}

// until waits until a case is as it should be.
func until(t *testing.T, site *browser.Site, id hotline.CaseID, holds func(hotline.Case) bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(browser.Patience)
	for !holds(look(t, site, id)) {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("case %d is still %+v", id, look(t, site, id))
		}
	}
}

func given(c hotline.Case) bool { return len(c.Assignments) > 0 }

// Whatever page the operator is on, a word of danger from a chat rings there first. Sent by a key it goes at once; judged to be none it is the
// coordinator's; unanswered it goes by itself after half a minute, though the program ends meanwhile; and where nobody sits it goes at once.
func TestADangerFromAChatRingsAtTheOperatorFirst(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := sit(t, site, "ani", hotline.RoleOperator)
	d.Go("/calls/rings")
	d.Live()
	verdict := func(id hotline.CaseID, v hotline.RingVerdict) {
		t.Helper()
		d.Until(fmt.Sprintf(`Array.from(document.querySelectorAll("[data-verdict=%s] h2")).some(h => h.textContent.includes(%q))`, v, look(t, site, id).Number))
	}

	rings := func(id hotline.CaseID) {
		t.Helper()
		d.Until(fmt.Sprintf(`document.querySelector("#rings [data-ring='%d'] [data-none]") !== null`, id))
	}

	early := danger(t, site, "api besar di pasar, belum ada yang jaga")
	until(t, site, early, given) // signed in, but on no shift

	d.onShift("1")
	sent := danger(t, site, "rumah tetangga terbakar")
	rings(sent)
	if c := look(t, site, sent); c.Status != hotline.Filed || len(c.Assignments) != 0 {
		t.Errorf("while it rings it is %s with %d units", c.Status, len(c.Assignments))
	}
	d.Accessible()
	d.Shot("call-ring")
	d.Press("K")
	verdict(sent, hotline.RingSent)
	d.Until(`document.querySelector("[data-verdict=sent] [data-stage=called]") !== null && document.querySelector("[data-ring]") === null`)
	c := look(t, site, sent)
	if len(c.Assignments) == 0 || c.Assignments[0].Unit != "satpolpp.damkar" {
		t.Errorf("sent to %+v", c.Assignments)
	}
	site.Do(t, func(tx *store.Tx) error { // what the responder does is seen on the page
		c, err := tx.Case(t.Context(), sent)
		if err == nil {
			_, err = tx.Record(c, hotline.Event{Kind: hotline.EvTaken, Assignment: c.Assignments[0].ID, By: 1}, hotline.Content{})
		}
		return err
	})
	d.Until(`document.querySelector("[data-verdict=sent] [data-stage=taken]") !== null`)

	none := danger(t, site, "api besar semangat warga gotong royong")
	rings(none)
	d.Click("#rings [data-none]")
	verdict(none, hotline.RingNone)
	until(t, site, none, func(c hotline.Case) bool { return c.Status == hotline.Triage })
	if c := look(t, site, none); c.Urgent || slices.ContainsFunc(c.Assignments, hotline.Assignment.On) {
		t.Errorf("judged to be none, and yet %+v", c)
	}

	alone := danger(t, site, "kebakaran dekat sekolah")
	rings(alone)
	site.Again()
	site.Clock.Move(site.Clock.Now().Add(hotline.RingFor))
	until(t, site, alone, given)
	d.Go("/calls/rings")
	verdict(alone, hotline.RingPassed)
	if err := site.Store.Do(t.Context(), site.Clock.Now(), func(tx *store.Tx) error { return tx.SendRing(t.Context(), d.who, alone) }); err == nil {
		t.Error("sent after it went by itself")
	}
	var looks int
	if err := site.Store.Pool().QueryRow(t.Context(), `select count(*) from audit where act = 'saw_case' and detail = 'ring' and by = $1`, d.who.Person).
		Scan(&looks); err != nil || looks != 3 {
		t.Errorf("%d looks in the record of access, %v; want one for each that rang", looks, err)
	}
}

// An ordinary report that went to a unit and grows worse rings at the operator too: sent by a key those who are sent to such emergencies are called; judged to
// be none it stays where it is; unanswered they are called after half a minute, though the program ends meanwhile. It rings once.
func TestAReportThatGrowsWorseRingsAtTheOperator(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	d := sit(t, c.Site, "ani", hotline.RoleOperator)
	d.onShift("1")
	d.Go("/calls/rings")
	d.Live()
	responders := func(of hotline.Case) bool {
		return slices.ContainsFunc(of.Assignments, func(a hotline.Assignment) bool { return a.Part == hotline.Responding && a.On() })
	}
	grown := func(person int64, name string) (hotline.CaseID, *telegram.Person) {
		t.Helper()
		p := c.person(person, name)
		if _, err := p.Send("ODGJ terlantar di desa " + name + ", tidur di depan toko"); err != nil {
			t.Fatal(err)
		}
		m := c.hears(t, p, "Kirim?")
		if _, err := p.Press(m.ID, "Kirim biasa"); err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(c.hears(t, p, "Nomor laporan: ").Text, "Nomor laporan: ")
		id := c.caseID(t, strings.Fields(after)[0])
		until(t, c.Site, id, given)
		if _, err := p.Send("tolong ODGJ mengamuk bawa parang!"); err != nil {
			t.Fatal(err)
		}
		d.Until(fmt.Sprintf(`document.querySelector("#rings [data-ring='%d'] [data-none]") !== null`, id))
		if responders(look(t, c.Site, id)) {
			t.Error("responders are called while it rings")
		}
		return id, p
	}
	sent, _ := grown(41, "Bawu")
	d.Press("K")
	until(t, c.Site, sent, responders)
	none, p := grown(42, "Mindahan")
	d.Click("#rings [data-none]")
	c.hears(t, p, "bukan keadaan darurat")
	if of := look(t, c.Site, none); of.Urgent || responders(of) || !given(of) {
		t.Errorf("judged to be none, and yet %+v", of)
	}
	alone, _ := grown(43, "Raguklampitan")
	c.Again()
	c.Clock.Move(c.Clock.Now().Add(hotline.RingFor))
	until(t, c.Site, alone, responders)
	d.Go("/calls/rings")
	d.Until(`document.querySelectorAll("[data-verdict=passed]").length === 1 && document.querySelectorAll("[data-verdict=none]").length === 1`)
}
