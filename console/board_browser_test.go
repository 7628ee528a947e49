package console_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/simulator/telegram"
	"tanggap/store"
	"tanggap/testbed/browser"
)

const boardToken = "7000112:token-for-the-board"

// citizens is a site with people who write to it on a simulated Telegram.
type citizens struct {
	*browser.Site
	sim  *telegram.Server
	last map[*telegram.Person]int64
}

func withCitizens(t *testing.T, change ...func(*house.Options)) *citizens {
	t.Helper()
	c := &citizens{last: map[*telegram.Person]int64{}}
	c.Site = browser.Start(t, append(change, func(o *house.Options) {
		c.sim = telegram.New(telegram.Options{Now: o.Clock.Now})
		c.sim.AddBot(boardToken, "tanggap_bot")
		if err := c.sim.Listen(""); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.sim.Close() })
		o.Telegram = &house.TelegramOptions{Token: boardToken, API: c.sim.URL()}
	})...)
	return c
}

func (c *citizens) person(id int64, name string) *telegram.Person {
	return c.sim.Person(telegram.PersonOptions{ID: id, Name: name, Language: "id"})
}

// hears waits until somebody is told something that says text.
func (c *citizens) hears(t *testing.T, p *telegram.Person, text string) telegram.Message {
	t.Helper()
	until := time.Now().Add(browser.Patience)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		got, err := p.WaitFor(ctx, c.last[p], func(ch telegram.Change) bool { return ch.Message != nil && strings.Contains(ch.Message.Text, text) })
		cancel()
		if err == nil {
			c.last[p] = got.Seq
			return *got.Message
		}
		if time.Now().After(until) {
			t.Fatalf("waiting for %q: %v; last heard: %+v", text, err, p.Messages())
		}
		c.Wait(3 * time.Second) // what is gathered, or paced, waits for service time
	}
}

// report files a case by chat, and gives its number.
func (c *citizens) report(t *testing.T, p *telegram.Person, story string) string {
	t.Helper()
	if _, err := p.Send(story); err != nil {
		t.Fatal(err)
	}
	m := c.hears(t, p, "Kirim?")
	if _, err := p.Press(m.ID, "Ya, kirim"); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(c.hears(t, p, "Nomor laporan: ").Text, "Nomor laporan: ")
	return strings.Fields(after)[0]
}

// caseID finds a case by its number.
func (c *citizens) caseID(t *testing.T, number string) hotline.CaseID {
	t.Helper()
	n, ok := hotline.ParseNumber("JPR", number)
	if !ok {
		t.Fatalf("%q is no number", number)
	}
	var id hotline.CaseID
	c.Do(t, func(tx *store.Tx) error {
		found, err := tx.CaseByNumber(t.Context(), n)
		id = found.ID
		return err
	})
	return id
}

// A citizen files a case by chat; it appears in triage while the coordinator looks; one key gives it to a unit, another undoes that; the reporter hears of
// each. It is found by its words, its number and its reporter's words in another form, answered, put away with a reason, and taken out again.
func TestTriageOfACaseFromChat(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	rina := c.User(t, "rina", hotline.RoleCoordinator)
	tab := c.Tab(t, rina)
	tab.Go("/board/triage")
	tab.Sees("Tidak ada yang menunggu keputusan Anda.")
	tab.Accessible()
	tab.Live()

	siti := c.person(8_100_000_001, "Siti")
	number := c.report(t, siti, "Listrik padam sejak kemarin di desa Tegalsambi")
	tab.Until(fmt.Sprintf(`document.querySelector("#rows") && document.querySelector("#rows").innerText.includes(%q)`, number))
	tab.Click("#rows tbody a")
	tab.Sees("Listrik padam sejak kemarin")
	tab.Sees("Desa Tegalsambi")
	tab.Accessible()
	tab.Shot("board-triage")
	tab.Press("1")
	tab.Sees(number + " sudah diserahkan.")
	c.hears(t, siti, "diteruskan ke Kecamatan Tahunan")
	tab.Shot("board-triage-done")
	tab.Press("u")
	tab.Sees(number + " sudah ditarik dari unit.")
	c.hears(t, siti, "sedang dicarikan bagian yang tepat")

	tab.Go("/board")
	tab.Sees("menunggu keputusan")
	tab.Accessible()
	tab.Shot("board")
	tab.Go("/board/search")
	tab.Type("#f-q", "padam tegalsambi")
	tab.Press("Enter")
	tab.Until(`document.querySelector("#found")`)
	tab.Sees(number)
	tab.Accessible()
	tab.Shot("board-search")
	tab.Type("#f-q", "sampah")
	tab.Press("Enter")
	tab.Until(`document.querySelector("#none")`)
	tab.Type("#f-q", strings.ToLower(number))
	tab.Press("Enter")
	tab.Arrives(fmt.Sprintf("/board/cases/%d", c.caseID(t, number)))
	tab.Sees("Riwayat dan percakapan")
	tab.Accessible()
	tab.Shot("board-case")

	tab.Click("section[aria-labelledby=h-answer] button") // nothing was typed
	tab.Sees("Wajib diisi.")
	tab.Type("#answer", "PLN sudah kami hubungi.")
	tab.Click("section[aria-labelledby=h-answer] button")
	tab.Sees("sudah dikirim ke pelapor")
	tab.Sees("PLN sudah kami hubungi.")
	c.hears(t, siti, "PLN sudah kami hubungi.")

	// What happens meanwhile appears by itself.
	tab.Live()
	if _, err := siti.Send("tambah " + number + " sekarang lampu jalan juga mati"); err != nil {
		t.Fatal(err)
	}
	tab.Sees("lampu jalan juga mati")

	tab.Value(`document.querySelector("#reason").value = "not_regency", true`, new(bool))
	tab.Click("section[aria-labelledby=h-archive] button")
	tab.Sees(number + " sudah diarsipkan.")
	c.hears(t, siti, "bukan urusan pemerintah kabupaten")
	tab.Click("section[aria-labelledby=h-restore] button")
	tab.Sees(number + " sudah dibuka lagi.")
	c.hears(t, siti, "kami buka lagi")
	tab.Telephone()
	var wide bool
	tab.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone a case's page is wider than the screen")
	}
	tab.Shot("board-case-telephone")
}

// News that comes while earlier news is still being read is read after it, not lost with the part of the page that the first reading replaced.
func TestNewsDuringNews(t *testing.T) {
	t.Parallel()
	c := browser.Start(t)
	rina := c.User(t, "rina", hotline.RoleCoordinator)
	tab := c.Tab(t, rina)
	tab.Go(fmt.Sprintf("/board/cases/%d", fileCase(t, c, "").ID))
	tab.Live()
	var before int
	const reads = `performance.getEntriesByType("resource").filter(function (r) { return r.name.endsWith("/history"); }).length`
	tab.Value(`(function () {
		var seen = `+reads+`, open = document.querySelector("[data-case]");
		document.body.dispatchEvent(new CustomEvent("live-case", { detail: { id: Number(open.dataset.case) } }));
		document.body.dispatchEvent(new CustomEvent("live-case", { detail: { id: Number(open.dataset.case) } }));
		return seen;
	})()`, &before)
	tab.Until(fmt.Sprintf("%s >= %d", reads, before+2))
}

// A voice note is played through us and written down; what was written is heard by the reporter. Every playing is kept.
func TestTheHumansInboxOnTheBoard(t *testing.T) {
	t.Parallel()
	c := withCitizens(t)
	rina := c.User(t, "rina", hotline.RoleCoordinator)
	siti := c.person(8_100_000_002, "Siti")
	var id hotline.CaseID
	var said hotline.ContentID
	var media hotline.MediaID
	if _, err := siti.Send("halo"); err != nil {
		t.Fatal(err)
	}
	c.hears(t, siti, "")
	c.Do(t, func(tx *store.Tx) error {
		person, address := reporterOf(t, c.Store)
		filed := tx.File(hotline.Filing{Kind: hotline.Complaint, Privacy: hotline.Open, Source: hotline.SourceChat, Reporter: person, From: address, Area: "33.20.01.2001",
			Story: hotline.Content{Point: &hotline.Point{Lat: -6.6, Lng: 110.67}}})
		id, said = filed.ID, filed.Story
		return nil
	})
	media = voiceNote(t, c.Store, id, said)
	tab := c.Tab(t, rina)
	tab.Go("/board")
	tab.Sees("suara belum ditulis")
	tab.Press("v")
	tab.Arrives("/board/inbox")
	tab.Until(`document.querySelector("audio")`)
	tab.Accessible()
	tab.Shot("board-inbox")
	got := c.SignIn(t, rina).Get(fmt.Sprintf("/board/media/%d", media))
	if got.Status != 200 || got.Header.Get("Content-Type") != "audio/ogg" || got.Body != "OggS suara" {
		t.Errorf("the voice note: %d, %s, %q", got.Status, got.Header.Get("Content-Type"), got.Body)
	}
	tab.Type("textarea", "jalan berlubang di depan pasar")
	tab.Click("section.card button")
	tab.Sees("sudah ditulis.")
	tab.Sees("Semua suara sudah ditulis.")
	c.hears(t, siti, "sudah ditulis petugas")
	heard := 0
	c.Do(t, func(tx *store.Tx) error {
		rows, err := tx.Audits(t.Context(), hotline.AuditQuery{Act: hotline.ActHeard, Case: id, Limit: 10})
		heard = len(rows)
		return err
	})
	if heard == 0 {
		t.Error("nobody knows that the voice note was played")
	}
	tab.Go("/board/map")
	tab.Until(`document.querySelector("[data-map]").dataset.count === "1"`)
	tab.Accessible()
	tab.Shot("board-map")
	tab.Go("/board/officers")
	tab.Sees("Nama rina")
	tab.Accessible()
	tab.Go("/board/late")
	tab.Sees("terlambat")
	tab.Accessible()
}

// reporterOf gives the only citizen there is.
func reporterOf(t *testing.T, s *store.Store) (p hotline.PersonID, a hotline.AddressID) {
	t.Helper()
	err := s.Pool().QueryRow(t.Context(), `select person_id, id from addresses where person_id is not null order by id limit 1`).Scan(&p, &a)
	if err != nil {
		t.Fatal(err)
	}
	return p, a
}

// voiceNote makes what was said a voice note that has been fetched.
func voiceNote(t *testing.T, s *store.Store, id hotline.CaseID, said hotline.ContentID) hotline.MediaID {
	t.Helper()
	const media = 77_000_001
	_, err := s.Pool().Exec(t.Context(), `
		insert into media (id, content_id, case_id, kind, channel, account, mime, size, made)
		values ($1, $2, $3, 'voice', 'telegram', '7000112', 'audio/ogg', 10, $4)`, media, said, id, browser.Monday)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SaveMedia(t.Context(), media, "audio/ogg", []byte("OggS suara"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pool().Exec(t.Context(), `update contents set author = (select reporter from cases where id = $1) where id = $2`, id, said); err != nil {
		t.Fatal(err)
	}
	return media
}

// A search can be taken out as a file, which is kept on record; who reported is not in it, and nothing in it is run by a spreadsheet.
func TestExportOfASearch(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rina := site.User(t, "rina", hotline.RoleCoordinator)
	v := site.SignIn(t, rina)
	for _, text := range []string{"=1+1 sampah menumpuk", "sampah, \"di kali\""} {
		site.Do(t, func(tx *store.Tx) error {
			tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "sampah", Privacy: hotline.Open, Source: hotline.SourceDesk, Area: "33.20.01",
				Story: hotline.Content{Text: text}})
			return nil
		})
	}
	got := v.Get("/board/search.csv?q=sampah")
	lines := strings.Split(strings.TrimSpace(got.Body), "\n")
	if got.Status != 200 || len(lines) != 3 || !strings.HasPrefix(lines[0], "Nomor,Masuk") || !strings.Contains(got.Body, "'=1+1") ||
		!strings.Contains(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d, %v:\n%s", got.Status, got.Header, got.Body)
	}
	if bare := v.Get("/board/search.csv"); bare.Status != 400 {
		t.Errorf("everything at once: %d", bare.Status)
	}
	kept := 0
	site.Do(t, func(tx *store.Tx) error {
		rows, err := tx.Audits(t.Context(), hotline.AuditQuery{Act: hotline.ActExported, Limit: 10})
		kept = len(rows)
		return err
	})
	if kept != 1 {
		t.Errorf("%d exports are on record", kept)
	}
}

// Whoever is not the coordinator decides nothing, and sees of a case what the predicate says: nothing, mostly.
func TestTheBoardForOthers(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	var id hotline.CaseID
	site.Do(t, func(tx *store.Tx) error {
		id = tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "sampah", Privacy: hotline.Open, Source: hotline.SourceDesk, Area: "33.20.01",
			Story: hotline.Content{Text: "sampah menumpuk"}}).ID
		return nil
	})
	page := fmt.Sprintf("/board/cases/%d", id)
	acts := []string{"assign", "return", "back", "answer", "note", "category", "archive", "restore", "transcribe"}
	for _, role := range []hotline.RoleName{hotline.RoleOfficer, hotline.RoleHead, hotline.RoleOperator, hotline.RoleDesk, hotline.RoleViewer, hotline.RoleSupervisor} {
		v := site.SignIn(t, site.User(t, "x."+string(role), role))
		for _, a := range acts {
			if got := v.Post(page+"/"+a, "unit", "dlh", "answer", "x", "note", "x", "reason", "unclear"); got.Status != 403 {
				t.Errorf("%s as %s: %d", a, role, got.Status)
			}
		}
		want := 403
		if role == hotline.RoleOfficer || role == hotline.RoleHead {
			want = 404 // they may look at cases, and this is none of theirs
			if got := v.Get("/board/search?q=sampah"); got.Status != 200 || strings.Contains(got.Body, "sampah menumpuk") {
				t.Errorf("a search as %s: %d", role, got.Status)
			}
		}
		if got := v.Get(page); got.Status != want {
			t.Errorf("a case as %s: %d, want %d", role, got.Status, want)
		}
	}
}
