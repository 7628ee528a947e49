package public_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
	"tanggap/testbed/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// file makes a case that is with an officer who has answered, unless it is none's business.
func file(t *testing.T, site *browser.Site, privacy hotline.Privacy, category string) hotline.Case {
	t.Helper()
	officer, _ := site.Invited(t, fmt.Sprintf("o%d", time.Now().UnixNano()))
	var c hotline.Case
	site.Do(t, func(tx *store.Tx) error {
		c = tx.File(hotline.Filing{Kind: hotline.Complaint, Category: category, Privacy: privacy, Source: hotline.SourceCall, Area: "33.20.08.2005",
			Due: site.Clock.Now().AddDate(0, 0, 14), Story: hotline.Content{Text: "Lubang di depan rumah saya, nama saya Siti"}})
		a := tx.NewAssignment()
		for _, e := range []hotline.Event{
			{Kind: hotline.EvAssigned, Assignment: a, Facts: hotline.Facts{Unit: "dpupr", Part: hotline.Lead, Due: site.Clock.Now().AddDate(0, 0, 5)}},
			{Kind: hotline.EvTaken, Assignment: a, By: officer.Person},
		} {
			var err error
			if c, err = tx.Record(c, e, hotline.Content{}); err != nil {
				return err
			}
		}
		if _, err := tx.Record(c, hotline.Event{Kind: hotline.EvNoted, Assignment: a, By: officer.Person}, hotline.Content{Text: "Catatan dalam"}); err != nil {
			return err
		}
		_, err := tx.Record(c, hotline.Event{Kind: hotline.EvScheduled, Assignment: a, By: officer.Person, Facts: hotline.Facts{Date: "2026-11-27"}},
			hotline.Content{Text: "Ditambal Jumat oleh regu Bina Marga."})
		return err
	})
	site.Do(t, func(tx *store.Tx) (err error) {
		c, err = tx.Case(t.Context(), c.ID)
		return err
	})
	return c
}

// ask posts the form as somebody at an address.
func ask(t *testing.T, site *browser.Site, from, number, word string) browser.Answer {
	t.Helper()
	form := url.Values{"nomor": {number}, "kata": {word}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+"/lacak", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-For", from)
	return site.Visitor(t).Ask(req)
}

func get(t *testing.T, site *browser.Site, path string) browser.Answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return site.Visitor(t).Ask(req)
}

// Somebody without a chat looks at their case on a telephone: first with a wrong word, then with the right one, then in the other languages.
func TestTracking(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	c := file(t, site, hotline.Anonymous, "jalan-rusak")
	word := site.Store.CheckWord(c.Number)
	tab := site.Tab(t)
	tab.Telephone()
	tab.Run(chromedp.Navigate(site.URL + "/lacak?b=id"))
	tab.Sees("Sampai mana laporan Anda?")
	tab.Accessible()
	tab.Shot("public-track")
	tab.Type("#nomor", strings.ToLower(c.Number.String()))
	tab.Type("#kata", "kuda sepatu")
	tab.Press("Enter")
	tab.Sees("Nomor dan kata kunci tidak cocok.")
	tab.Accessible()
	tab.Shot("public-track-wrong")
	tab.Type("#kata", " "+strings.ToUpper(strings.ReplaceAll(word, " ", "-"))+" ")
	tab.Press("Enter")
	tab.Sees("Laporan " + c.Number.String())
	for _, text := range []string{"sudah dijadwalkan", "Kecamatan Bangsri", "Ditambal Jumat oleh regu Bina Marga.", "Jumat 27 Nov 2026", "Dinas Pekerjaan Umum"} {
		tab.Sees(text)
	}
	for _, text := range []string{"Siti", "Lubang", "Tegalsambi", "Catatan"} {
		tab.SeesNot(text)
	}
	tab.Accessible()
	tab.Shot("public-track-found")
	tab.Click(`footer a[lang="jv"]`)
	tab.Sees("Laporan panjenengan dumugi pundi?")
	tab.Until(fmt.Sprintf(`document.querySelector("#nomor").value.toUpperCase() === %q && document.querySelector("#kata").value === ""`, c.Number.String()))
	tab.Type("#kata", word)
	tab.Press("Enter")
	tab.Sees("sampun dijadwal")
	tab.Accessible()
	tab.Shot("public-track-jv")
	tab.Run(chromedp.EmulateViewport(1366, 768), chromedp.Navigate(site.URL+"/lacak?b=en&nomor="+c.Number.String()))
	tab.Type("#kata", word)
	tab.Press("Enter")
	tab.Sees("Handled by")
	tab.Accessible()
	tab.Shot("public-track-en")
}

// A number that nobody has is answered as a wrong word is; a secret case tells its status word, as does one that accuses; one's own mistake in
// the number is told, since its check letter says so to anybody.
func TestTrackingTellsNothingToWhoeverDoesNotKnowTheWord(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	c := file(t, site, hotline.Open, "jalan-rusak")
	nobodys := hotline.Number{Letters: "JPR", Day: c.Number.Day, Seq: 4711}
	wrong, unknown := ask(t, site, "192.0.2.1", c.Number.String(), "kuda sepatu"), ask(t, site, "192.0.2.1", nobodys.String(), "kuda sepatu")
	if wrong.Status != http.StatusUnprocessableEntity || unknown.Status != wrong.Status ||
		strings.ReplaceAll(wrong.Body, c.Number.String(), "N") != strings.ReplaceAll(unknown.Body, nobodys.String(), "N") {
		t.Errorf("a wrong word: %d, a number that is none: %d\n%s\n%s", wrong.Status, unknown.Status, wrong.Body, unknown.Body)
	}
	// The right word for a number that nobody has: guessed, since nobody was told.
	if got := ask(t, site, "192.0.2.1", nobodys.String(), site.Store.CheckWord(nobodys)); got.Body != unknown.Body && got.Status != unknown.Status {
		t.Errorf("a word that fits a number that is none: %d", got.Status)
	}
	mistyped := ask(t, site, "192.0.2.1", c.Number.String()[:len(c.Number.String())-1]+"Q", "kuda sepatu")
	if mistyped.Status != http.StatusUnprocessableEntity || !strings.Contains(mistyped.Body, "salah tulis") {
		t.Errorf("a mistyped number: %d", mistyped.Status)
	}
	for privacy, category := range map[hotline.Privacy]string{hotline.Secret: "jalan-rusak", hotline.Sealed: "jalan-rusak", hotline.Open: "pelayanan-petugas"} {
		if _, ok := site.House.Regency.Category(category); !ok {
			for _, cat := range site.House.Regency.Categories {
				if cat.Rudeness {
					category = cat.ID
				}
			}
		}
		h := file(t, site, privacy, category)
		got := ask(t, site, "192.0.2.2", h.Number.String(), site.Store.CheckWord(h.Number))
		if got.Status != http.StatusOK || !strings.Contains(got.Body, "sudah dijadwalkan") || !strings.Contains(got.Body, "Laporan ini rahasia.") {
			t.Errorf("a hushed case: %d\n%s", got.Status, got.Body)
		}
		for _, text := range []string{"Bangsri", "Ditambal", "27 Nov", "Pekerjaan Umum", "Jalan"} {
			if strings.Contains(got.Body, text) {
				t.Errorf("of a hushed case (%s, %s) is told %q", privacy, category, text)
			}
		}
	}
}

// Guessing ends soon: at one number from one address, at one number from everywhere, and from one address at any number. An hour later it may go on;
// and whoever knows the word is not counted.
func TestTrackingIsLimited(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	c := file(t, site, hotline.Open, "jalan-rusak")
	number, word := c.Number.String(), site.Store.CheckWord(c.Number)
	for range 20 {
		if got := ask(t, site, "192.0.2.9", number, word); got.Status != http.StatusOK {
			t.Fatalf("the right word is answered with %d", got.Status)
		}
	}
	tries := func(from func(i int) string, number func(i int) string) (n int) {
		for n = range 200 {
			switch got := ask(t, site, from(n), number(n), "kuda sepatu"); got.Status {
			case http.StatusUnprocessableEntity:
			case http.StatusTooManyRequests:
				return n
			default:
				t.Fatalf("a wrong word is answered with %d", got.Status)
			}
		}
		return n
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	if n := tries(same("192.0.2.9"), same(number)); n != 6 {
		t.Errorf("%d tries at one number from one address", n)
	}
	if got := ask(t, site, "192.0.2.9", number, word); got.Status != http.StatusTooManyRequests {
		t.Errorf("then the right word is answered with %d: a guess could be found out", got.Status)
	}
	if got := ask(t, site, "192.0.2.10", number, word); got.Status != http.StatusOK {
		t.Errorf("then somebody else is answered with %d", got.Status)
	}
	site.Wait(time.Hour + time.Minute)
	if n := tries(func(i int) string { return "198.51.100." + strconv.Itoa(i) }, same(number)); n != 30 {
		t.Errorf("%d tries at one number from everywhere", n)
	}
	if n := tries(same("203.0.113.7"), func(i int) string { return hotline.Number{Letters: "JPR", Day: "261101", Seq: i + 1}.String() }); n != 60 {
		t.Errorf("%d tries from one address", n)
	}
	site.Wait(time.Hour + time.Minute)
	if got := ask(t, site, "192.0.2.9", number, word); got.Status != http.StatusOK {
		t.Errorf("an hour later the right word is answered with %d", got.Status)
	}
}

// The pages are small, run nothing, come in three languages, and nobody keeps or frames them.
func TestPagesAreSmall(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	for _, path := range []string{"/lacak", "/angka", "/lacak?b=jv", "/angka?b=en"} {
		page := get(t, site, path)
		if page.Status != http.StatusOK || strings.Contains(page.Body, "<script") || strings.Contains(page.Body, "style=") {
			t.Errorf("%s: %d\n%s", path, page.Status, page.Body)
		}
		h := page.Header
		if policy := h.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", path, h)
		}
		total := len(page.Body)
		for _, m := range regexp.MustCompile(`<link rel="stylesheet" href="([^"]+)"`).FindAllStringSubmatch(page.Body, -1) {
			css := get(t, site, m[1])
			if css.Status != http.StatusOK || !strings.Contains(css.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d, %s", m[1], css.Status, css.Header.Get("Cache-Control"))
			}
			total += len(css.Body)
		}
		if total > 50<<10 {
			t.Errorf("%s weighs %d bytes", path, total)
		}
	}
	for lang, text := range map[string]string{"jv-ID,id;q=0.8": "dumugi pundi", "en-GB": "stand?", "fr": "Sampai mana", "": "Sampai mana"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site.URL+"/lacak", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", lang)
		if got := site.Visitor(t).Ask(req); !strings.Contains(got.Body, text) {
			t.Errorf("in %q the page does not say %q", lang, text)
		}
	}
}

// The figures are made once a day, and kept as they were; what the page shows and the table has adds up, and nothing in it is small.
func TestFigures(t *testing.T) {
	t.Parallel()
	var database string
	site := browser.Start(t, func(o *house.Options) { database = o.DatabaseURL })
	if got := get(t, site, "/angka"); got.Status != http.StatusOK {
		t.Fatalf("before anything was counted: %d", got.Status)
	}
	filed := func(day time.Time, n int, category, area string, privacy hotline.Privacy, resolve bool) {
		t.Helper()
		officer, _ := site.Invited(t, fmt.Sprintf("o%d", time.Now().UnixNano()))
		for range n {
			err := site.Store.Do(t.Context(), day, func(tx *store.Tx) error {
				c := tx.File(hotline.Filing{Kind: hotline.Complaint, Category: category, Privacy: privacy, Source: hotline.SourceDesk, Area: area,
					Due: day.AddDate(0, 0, 14), Story: hotline.Content{Text: "Tolong"}})
				a := tx.NewAssignment()
				events := []hotline.Event{
					{Kind: hotline.EvAssigned, Assignment: a, Facts: hotline.Facts{Unit: "dpupr", Part: hotline.Lead, Due: day}},
					{Kind: hotline.EvTaken, Assignment: a, By: officer.Person},
				}
				if resolve {
					events = append(events, hotline.Event{Kind: hotline.EvResolved, Assignment: a, By: officer.Person})
				}
				for _, e := range events {
					var err error
					if c, err = tx.Record(c, e, hotline.Content{}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	october, september := time.Date(2026, 10, 31, 16, 0, 0, 0, time.UTC), time.Date(2026, 8, 31, 17, 30, 0, 0, time.UTC) // 23.00 of October, 00.30 of September there
	filed(october, 30, "jalan-rusak", "33.20.08.2005", hotline.Open, true)
	filed(october, 14, "jalan-rusak", "33.20.01", hotline.Open, false)
	filed(october, 11, "sampah", "33.20.01", hotline.Anonymous, true)
	filed(october, 3, "sampah", "33.20.02", hotline.Open, false)
	filed(october, 4, "jalan-rusak", "33.20.02", hotline.Secret, false)
	filed(september, 9, "sampah", "33.20.01", hotline.Open, true)
	filed(october.AddDate(0, 0, 2), 50, "sampah", "33.20.01", hotline.Open, true) // this month: it is not over
	site.Wait(24 * time.Hour)
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context())) //nolint:errcheck // only asked
	// The program itself counts soon after its start, which may be before anything was filed here; or now, before we do.
	if _, err := conn.Exec(t.Context(), `delete from public_figures`); err != nil {
		t.Fatal(err)
	}
	if _, err := site.Store.MakePublicFigures(t.Context(), site.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if made, err := site.Store.MakePublicFigures(t.Context(), site.Clock.Now()); err != nil || made {
		t.Fatalf("made twice: %t, %v", made, err)
	}
	table := get(t, site, "/angka.csv")
	rows, err := csv.NewReader(strings.NewReader(table.Body)).ReadAll()
	if err != nil || !strings.HasPrefix(table.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("the table: %v, %s", err, table.Header)
	}
	got := map[string]string{}
	for _, r := range rows[1:] {
		if r[0] != "2026-11-24" {
			t.Errorf("a row is of %s", r[0])
		}
		got[r[1]+" "+r[2]+" "+r[3]] = strings.Join(r[4:], " ")
		for _, n := range r[4:7] {
			if v, err := strconv.Atoi(n); n != "" && (err != nil || v < 5) {
				t.Errorf("told: %v", r)
			}
		}
	}
	for key, want := range map[string]string{
		"2026-10 all ": "62 41 21 0.0", "2026-10 kecamatan Bangsri": "30 30  ", "2026-10 kecamatan Kedung": "25 11 14 ", "2026-10 kecamatan *": "7   ",
		"2026-09 all ": "9 9  0.0",
	} {
		if got[key] != want {
			t.Errorf("%s: %q, want %q\nall: %v", key, got[key], want, got)
		}
	}
	for key := range got {
		if strings.HasPrefix(key, "2026-11") {
			t.Errorf("a month that is not over is told: %s", key)
		}
	}
	tab := site.Tab(t)
	tab.Run(chromedp.Navigate(site.URL + "/angka?b=id"))
	tab.Sees("Laporan warga dalam angka")
	tab.Sees("Dihitung Selasa 24 Nov 2026")
	tab.Sees("Oktober 2026")
	tab.Sees("Lainnya, termasuk yang rahasia")
	tab.Accessible()
	tab.Shot("public-figures")
	tab.Click("tbody a")
	tab.Sees("Per bidang, September 2026")
	tab.Telephone()
	tab.Run(chromedp.Navigate(site.URL + "/angka?b=en&bulan=2026-10"))
	tab.Sees("By kecamatan, October 2026")
	tab.Accessible()
	var wide bool
	tab.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the figures are wider than the screen")
	}
	tab.Shot("public-figures-telephone")
	tab.Run(chromedp.Navigate(site.URL + "/angka?b=jv"))
	tab.Sees("Laporan warga ing angka")
	tab.Shot("public-figures-jv")
}
