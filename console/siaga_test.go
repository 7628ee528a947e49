package console_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"tanggap/bot"
	"tanggap/hotline"
	"tanggap/simulator/telegram"
	"tanggap/store"
	"tanggap/testbed"
	"tanggap/testbed/browser"
)

var _ bot.Alerter = (*store.Turn)(nil)

// The night of a flood, from the decree to the summary: whoever writes from there is told, who reports is asked three things, who must be taken out is an
// emergency, volunteers come by a code, all are answered at once, the ordinary clocks stand still and go on.
func TestASiagaForTheNightOfAFlood(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	rina := c.User(t, "rina", hotline.RoleCoordinator)
	ani := c.User(t, "ani", hotline.RoleOperator)
	siti, budi, joko := c.person(8_200_000_001, "Siti"), c.person(8_200_000_002, "Budi"), c.person(8_200_000_003, "Joko")

	// An ordinary case, whose clock is to stand still.
	before := c.report(t, siti, "jalan rusak parah di desa Troso")
	c.hears(t, siti, "diteruskan")
	ordinary := c.caseID(t, before)
	due := func() (k hotline.Case) {
		c.Do(t, func(tx *store.Tx) (err error) { k, err = tx.Case(t.Context(), ordinary); return err })
		return k
	}
	was := due()
	lead, ok := was.Lead()
	if !ok {
		t.Fatalf("nobody leads %s", before)
	}
	agency := testAgency(t, lead.Unit)

	tab := c.Tab(t, rina)
	tab.Go("/siaga")
	tab.Accessible()
	tab.Type("#f-decree", "360/112/2026")
	tab.Value(`(document.getElementById("g-category").value = "bencana", document.querySelector("[name=kecamatan][value='33.20.02']").checked = true,
		document.getElementById("g-unit").value = "bpbd.pusdalops", document.querySelector("[name=agency][value='`+agency+`']").checked = true,
		document.getElementById("f-until").value = "2026-11-22T20:00", true)`, new(bool))
	tab.Type("#f-text", "Air sungai naik. Naiklah ke tempat tinggi.")
	tab.Click("button.danger")
	tab.Sees("Akhirnya harus sesudah sekarang")
	tab.Accessible()
	tab.Value(`(document.getElementById("f-until").value = "2026-11-24T20:00", true)`, new(bool))
	tab.Shot("siaga-declare")
	tab.Click("button.danger")
	tab.Sees("Siaga berlaku mulai sekarang.")
	tab.Live()
	paused := due()
	if part, _ := paused.Lead(); !part.Due.After(lead.Due) || !paused.Due.After(was.Due) {
		t.Errorf("the clock goes on: due %v, before %v; promised %v, before %v", part.Due, lead.Due, paused.Due, was.Due)
	}

	// Siti, who is known to be from there, writes of something else: she is told once.
	if _, err := siti.Send("lampu jalan di desa Troso mati"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, siti, "SIAGA: ")
	c.hears(t, siti, "Kirim?")

	// Budi reports water: three questions.
	if _, err := budi.Send("banjir di kampung kami, jalan terendam"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, budi, "Air sungai naik.")
	c.hears(t, budi, "Di mana?")
	if _, err := budi.Send("desa Karangrandu"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, budi, "Ada berapa orang")
	if _, err := budi.Send("12 orang, 3 anak kecil"); err != nil {
		t.Fatal(err)
	}
	m := c.hears(t, budi, "Apa yang paling dibutuhkan?")
	if _, err := budi.Press(m.ID, "Makanan, air minum"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, budi, "sudah dicatat di laporan")
	tab.Sees("1 kasus, 1 belum selesai, 12 orang")

	// Joko must be taken out: that is an emergency.
	if _, err := joko.Send("banjir di desa Gerdu, jalan putus"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, joko, "Ada berapa orang")
	if _, err := joko.Send("5"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, joko, "Apa yang paling dibutuhkan?")
	if _, err := joko.Send("tolong kirim perahu, kami terkepung"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, joko, "sudah dicatat di laporan")
	tab.Sees("2 kasus, 2 belum selesai, 17 orang")
	tab.Until(`document.getElementById("siaga-map").dataset.count === "2" && document.querySelector("tr.nobodys")`)
	tab.Accessible()
	tab.Shot("siaga")
	urgent := 0
	c.Do(t, func(tx *store.Tx) error {
		_, reports, _, err := tx.SiagaFile(t.Context(), viewerOf(rina, hotline.RoleCoordinator, c.Unit()), 1)
		for _, r := range reports {
			if r.Case.Urgent {
				urgent++
				if r.People != 5 || r.Need != hotline.NeedRescue {
					t.Errorf("%+v", r)
				}
			}
		}
		return err
	})
	if urgent != 1 {
		t.Errorf("%d emergencies", urgent)
	}

	// A volunteer comes by a code.
	tab.Type("#g-name", "Wahyu relawan")
	tab.Click("form[action$=volunteers] button")
	tab.Until(`document.querySelector(".code")`)
	tab.Shot("siaga-volunteer")
	code := tab.Text(".code")
	wahyu := c.person(8_200_000_004, "Wahyu")
	if _, err := wahyu.Send("/daftar " + code); err != nil {
		t.Fatal(err)
	}
	c.hears(t, wahyu, "petugas darurat")

	// One answer to all.
	tab.Type("#g-answer", "Perahu BPBD berangkat. Dapur umum di balai desa Pecangaan Kulon.")
	tab.Click("form[action$=answer] button")
	tab.Sees("Disampaikan kepada pelapor 2 kasus.")
	c.hears(t, budi, "Dapur umum di balai desa")
	c.hears(t, joko, "Dapur umum di balai desa")

	tab.Type("#g-answer", "Perahu BPBD berangkat. Dapur umum di balai desa Pecangaan Kulon.")
	tab.Click("form[action$=answer] button")
	tab.Sees("Tidak ada pelapor yang perlu diberi tahu")
	var told int
	if err := c.Store.Pool().QueryRow(t.Context(), `select count(*) from events where kind = 'answered'`).Scan(&told); err != nil || told != 2 {
		t.Errorf("told %d times, %v", told, err)
	}

	// An operator sees it and decides nothing; the first day is enough, and the clock has lost what passed.
	v := c.SignIn(t, ani)
	if got := v.Get("/siaga/1"); got.Status != http.StatusOK || strings.Contains(got.Body, "g-summary") {
		t.Errorf("an operator: %d", got.Status)
	}
	if got := v.Post("/siaga/1/end", "summary", "x"); got.Status != http.StatusForbidden {
		t.Errorf("an operator ends it: %d", got.Status)
	}
	c.Wait(10 * time.Minute)
	tab.Type("#g-summary", "Air surut pukul sepuluh. Tidak ada korban.")
	tab.Click("button.danger")
	tab.Sees("Siaga selesai.")
	tab.Sees("Tidak ada korban.")
	after := due()
	if part, _ := after.Lead(); !part.Due.Equal(lead.Due) || !after.Due.Equal(was.Due) {
		t.Errorf("ended within its first working day, due %v became %v, promised %v became %v", lead.Due, part.Due, was.Due, after.Due)
	}
	c.Do(t, func(tx *store.Tx) error {
		people, err := tx.People(t.Context(), []string{"bpbd.pusdalops"}, hotline.RoleResponder)
		if len(people) != 0 {
			t.Errorf("still responders: %+v", people)
		}
		return err
	})
	if got := c.SignIn(t, rina).Post("/siaga/1/end", "summary", "x"); got.Status != http.StatusConflict {
		t.Errorf("ended twice: %d", got.Status)
	}
	tab.Click(".language button")
	tab.Sees("one answer to all")
	tab.Telephone()
	tab.Shot("siaga-telephone")
	var wide bool
	tab.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the page is wider than the screen")
	}
	tab.Accessible()
	if path := tab.Path(); !regexp.MustCompile(`^/siaga/\d+$`).MatchString(path) {
		t.Error(fmt.Sprint("at ", path))
	}
}

// The questions of a siaga never stand before danger, nor before a wish not to be named.
func TestDangerDuringTheQuestionsOfASiaga(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	rina := viewerOf(c.User(t, "rina", hotline.RoleCoordinator), hotline.RoleCoordinator, c.Unit())
	c.Do(t, func(tx *store.Tx) error {
		_, err := tx.DeclareSiaga(t.Context(), rina, hotline.Siaga{Decree: "360/7/2026", Kecamatan: []string{"33.20.02"}, Category: "bencana",
			Text: "Air sungai naik.", Until: c.Clock.Now().Add(30 * time.Hour)})
		return err
	})
	say := func(p *telegram.Person, text, hears string) {
		t.Helper()
		if _, err := p.Send(text); err != nil {
			t.Fatal(err)
		}
		c.hears(t, p, hears)
	}
	siti, budi, joko := c.person(8_200_000_011, "Siti"), c.person(8_200_000_012, "Budi"), c.person(8_200_000_013, "Joko")
	say(siti, "banjir di kampung kami, jalan terendam", "Di mana?")
	say(siti, "kami terjebak banjir di atap rumah, tolong", "112")
	say(budi, "banjir di desa Karangrandu, jalan putus", "Ada berapa orang")
	say(budi, "tolong cepat, air naik terus, kami terjebak banjir di atap", "112")
	say(joko, "banjir di desa Gerdu, jalan putus, jangan sebut nama saya", "Ada berapa orang")
	c.Do(t, func(tx *store.Tx) error {
		all, err := tx.AllCases(t.Context())
		if err != nil {
			return err
		}
		last := all[len(all)-1]
		if last.Privacy != hotline.Anonymous {
			t.Errorf("whoever is not to be named: %+v", last)
		}
		return nil
	})
}

func viewerOf(u browser.User, role hotline.RoleName, unit string) hotline.Viewer {
	return hotline.Viewer{Person: u.Person, Roles: []hotline.Role{{Person: u.Person, Name: role, Unit: unit}}}
}

func testAgency(t *testing.T, unit string) string {
	t.Helper()
	u, ok := testbed.Jepara().Unit(unit)
	if !ok {
		t.Fatalf("no unit %s", unit)
	}
	return u.Agency
}
