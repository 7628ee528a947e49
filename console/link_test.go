package console_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// consoleURL is the public address that the bot's links begin with in these tests; their pages stand elsewhere.
const consoleURL = "http://konsol.example"

// enrolled gives somebody who has a role and is known from a chat alone.
func enrolled(t *testing.T, site *browser.Site, peer string, role hotline.RoleName, unit string) hotline.PersonID {
	t.Helper()
	code, err := site.Store.NewInvite(t.Context(), site.Clock.Now(), hotline.Invite{Role: role, Unit: unit, Name: "Pak " + peer, Expires: site.Clock.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	var p hotline.PersonID
	if err := site.Store.Pool().QueryRow(t.Context(), `insert into persons (created) values ($1) returning id`, site.Clock.Now()).Scan(&p); err != nil {
		t.Fatal(err)
	}
	site.Do(t, func(tx *store.Tx) error { _, err := tx.Enrol(t.Context(), code, p); return err })
	return p
}

// linkFor makes a link's code, as the bot does.
func linkFor(t *testing.T, site *browser.Site, p hotline.PersonID) (code string) {
	t.Helper()
	site.Do(t, func(tx *store.Tx) (err error) { code, _, err = tx.NewConsoleLink(t.Context(), p); return err })
	return code
}

// An officer writes "konsol" to the bot, opens the link on a telephone, presses the button, and sees the worklist of the own unit, what of it is late, and
// the case, but not another unit's. What looks at the link before uses nothing up. When the role ends, so does all of that.
func TestAnOfficerComesByALinkFromTheBot(t *testing.T) {
	t.Parallel()
	c := withCitizens(t, func(o *house.Options) { o.ConsoleOptions.URL = consoleURL })
	siti, budi := c.person(31, "Siti"), c.person(32, "Budi")
	code, err := c.Store.NewInvite(t.Context(), c.Clock.Now(), hotline.Invite{Role: hotline.RoleOfficer, Unit: "dpupr.jalan", Name: "Budi", Expires: c.Clock.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	send := func(text string) {
		t.Helper()
		if _, err := budi.Send(text); err != nil {
			t.Fatal(err)
		}
	}
	send("/daftar " + code)
	c.hears(t, budi, "terdaftar")
	number := c.report(t, siti, "jalan berlubang besar di desa bawu, sudah seminggu")
	id := c.caseID(t, number)
	until(t, c.Site, id, given)
	foreign := fileCase(t, c.Site, "")

	send("konsol")
	text := c.hears(t, budi, "Buka tautan ini").Text
	_, link, ok := strings.Cut(text, consoleURL+"/console")
	if !ok {
		t.Fatalf("no link in %q", text)
	}
	link = strings.Fields(link)[0]
	crawler := c.Visitor(t)
	for range 3 {
		if got := crawler.Get(link); got.Status != http.StatusOK || got.Header.Get("X-Robots-Tag") == "" || strings.Contains(got.Body, "Budi") {
			t.Errorf("a network looks at the link: %d", got.Status)
		}
	}

	tab := c.Tab(t)
	tab.Telephone()
	tab.Go(link)
	tab.Sees("Masuk ke konsol")
	tab.Accessible()
	tab.Shot("link")
	tab.Press("Enter") // the button has the focus
	tab.Arrives("/board")
	tab.Sees("Budi")
	tab.Accessible()
	tab.Shot("link-board")
	tab.Go("/board/unit/dpupr.jalan")
	tab.Sees(number)
	tab.Shot("link-worklist")
	tab.Go("/board/late")
	tab.SeesNot(number)
	tab.Go("/board/search?q=berlubang")
	tab.Sees(number)
	tab.Go("/")
	tab.Sees("Petugas")
	tab.Shot("link-home")
	tab.Go("/account")
	tab.Sees("tanpa kata sandi")
	tab.Shot("link-account")
	c.Clock.Move(c.Clock.Now().Add(10 * time.Minute))

	v := c.Visitor(t)
	if got := v.Post("/link", "code", strings.TrimPrefix(link, "/link?code=")); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "sudah dipakai") {
		t.Errorf("the link works twice: %d at %s", got.Status, got.Path)
	}
	var who hotline.PersonID
	if err := c.Store.Pool().QueryRow(t.Context(), `select person_id from roles where name = 'officer'`).Scan(&who); err != nil {
		t.Fatal(err)
	}
	v.Post("/link", "code", linkFor(t, c.Site, who))
	path := "/board/cases/"
	if got := v.Get(fmt.Sprint(path, id)); got.Status != http.StatusOK || !strings.Contains(got.Body, "berlubang besar") || strings.Contains(got.Body, `name="unit"`) {
		t.Errorf("the own unit's case: %d", got.Status)
	}
	if got := v.Get(fmt.Sprint(path, foreign.ID)); got.Status != http.StatusNotFound {
		t.Errorf("another unit's case: %d", got.Status)
	}
	for _, path := range []string{"/board/triage", "/audit", "/calls", "/desk", "/siaga"} {
		if got := v.Get(path); got.Status != http.StatusForbidden {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
	acts := audits(t, c.Site, hotline.AuditQuery{By: who, Act: hotline.ActLink, Limit: 10})
	if len(acts) != 4 || acts[0].Detail != "used" || acts[3].Detail != "" {
		t.Errorf("in the record of access: %+v", acts)
	}
	c.Do(t, func(tx *store.Tx) error { tx.EndRole(who, hotline.RoleOfficer, "dpupr.jalan"); return nil })
	if got := v.Get("/board"); got.Path != "/login" {
		t.Errorf("when the role has ended: %s", got.Path)
	}
	send("konsol")
	c.hears(t, budi, "Ceritakan saja") // as a citizen
}

// A link is good once and for five minutes, and the newest alone; so many an hour; not for whoever is disabled; and nobody guesses.
func TestLinksFromTheBotAreShort(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	budi := enrolled(t, site, "Budi", hotline.RoleOfficer, "dlh")
	refused := func(what, code string) {
		t.Helper()
		if got := site.Visitor(t).Post("/link", "code", code); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d at %s", what, got.Status, got.Path)
		}
	}
	older := linkFor(t, site, budi)
	newer := linkFor(t, site, budi)
	refused("an older one", older)
	v := site.Visitor(t)
	if got := v.Post("/link", "code", newer); got.Path != "/board" {
		t.Fatalf("the newest: %d at %s", got.Status, got.Path)
	}
	refused("the second time", newer)
	late := linkFor(t, site, budi)
	site.Wait(hotline.LinkFor)
	refused("after five minutes", late)
	linkFor(t, site, budi)
	last := linkFor(t, site, budi)
	err := site.Store.Do(t.Context(), site.Clock.Now(), func(tx *store.Tx) error {
		_, again, err := tx.NewConsoleLink(t.Context(), budi)
		if want := browser.Monday.Add(hotline.LinksPer); !again.Equal(want) {
			t.Errorf("the next one at %v, want %v", again, want)
		}
		return err
	})
	if !errors.Is(err, hotline.ErrLocked) {
		t.Errorf("the sixth within an hour: %v", err)
	}
	if got := v.Post("/account/everywhere"); got.Path != "/login" || !strings.Contains(got.Body, "keluar") {
		t.Errorf("sign out everywhere: %d at %s", got.Status, got.Path)
	}
	req := postForm(t, site, "/link", "code="+last)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := v.Ask(req); got.Status != http.StatusForbidden {
		t.Errorf("another site's page: %d", got.Status)
	}
	if got := v.Post("/link", "code", last); got.Path != "/board" {
		t.Errorf("it was used by another site's page: %d at %s", got.Status, got.Path)
	}
	site.Wait(time.Hour)
	out := linkFor(t, site, budi)
	site.Do(t, func(tx *store.Tx) error { tx.SetDisabled(budi, true); return nil })
	refused("a disabled user's", out)
	if err := site.Store.Do(t.Context(), site.Clock.Now(), func(tx *store.Tx) error { _, _, err := tx.NewConsoleLink(t.Context(), budi); return err }); !errors.Is(err, hotline.ErrForbidden) {
		t.Errorf("a link for who is disabled: %v", err)
	}
	site.Wait(time.Hour)
	for range 5 {
		refused("a guess", "AAAAAAAAAA2222222222")
	}
	if got := site.Visitor(t).Post("/link", "code", "AAAAAAAAAA2222222222"); got.Status != http.StatusTooManyRequests {
		t.Errorf("after many guesses: %d", got.Status)
	}
}

// The second step is asked of whoever has one or must have one; who has a user already comes in as that one, and who had none yet may get a name later.
func TestTheSecondStepAfterALink(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rina := site.User(t, "rina", hotline.RoleCoordinator)
	v := site.Visitor(t)
	if got := v.Post("/link", "code", linkFor(t, site, rina.Person)); got.Path != "/second" {
		t.Fatalf("a coordinator's link leads to %s", got.Path)
	}
	if got := v.Get("/board"); got.Path != "/second" {
		t.Errorf("before the second step: %s", got.Path)
	}
	if got := v.Post("/second", "code", site.Recovery(t, rina), "back", "/board"); got.Path != "/board" || !strings.Contains(got.Body, "Nama rina") {
		t.Errorf("after it: %d at %s", got.Status, got.Path)
	}
	yani := enrolled(t, site, "Yani", hotline.RoleCoordinator, site.Unit())
	v = site.Visitor(t)
	if got := v.Post("/link", "code", linkFor(t, site, yani)); got.Path != "/setup" {
		t.Fatalf("who must set it up comes to %s", got.Path)
	}
	u := browser.User{Person: yani}
	if got := v.Post("/setup", "code", site.Number(t, u, true)); !strings.Contains(got.Body, `class="codes"`) {
		t.Fatalf("set up: %d at %s", got.Status, got.Path)
	}
	if got := v.Post("/account/recovery", "old", "000000"); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("new recovery codes for a wrong number: %d", got.Status)
	}
	site.Wait(time.Minute)
	if got := v.Post("/account/recovery", "old", site.Number(t, u, false)); !strings.Contains(got.Body, `class="codes"`) {
		t.Errorf("new recovery codes without a password: %d", got.Status)
	}
	var code string
	site.Do(t, func(tx *store.Tx) (err error) {
		_, code, err = tx.AddUser(t.Context(), store.NewUser{Login: "yani", Person: yani, Until: site.Clock.Now().Add(time.Hour)})
		return err
	})
	if got := site.Visitor(t).Get("/begin?code=" + code); !strings.Contains(got.Body, "yani") {
		t.Errorf("a name of one's own: %d", got.Status)
	}
	if err := site.Store.Do(t.Context(), site.Clock.Now(), func(tx *store.Tx) error {
		_, _, err := tx.AddUser(t.Context(), store.NewUser{Login: "yani2", Person: yani, Until: site.Clock.Now().Add(time.Hour)})
		return err
	}); !errors.Is(err, hotline.ErrTaken) {
		t.Errorf("a second name: %v", err)
	}
}

// Whoever has many pages finds them in groups, so that the head of a page stays low; keys lead to those in a closed group too.
func TestTheMenuOfACoordinatorStaysLow(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	tab := site.Tab(t, site.User(t, "rina", hotline.RoleCoordinator))
	tab.Go("/board")
	var height int
	tab.Value(`Math.round(document.querySelector("header.top").getBoundingClientRect().height)`, &height)
	if height > 110 {
		t.Errorf("the head of the page is %d px high", height)
	}
	tab.Shot("menu")
	tab.Press("m") // the map, which stands in a group
	tab.Arrives("/board/map")
	tab.Click(".top nav summary")
	tab.Until(`document.querySelector(".top nav details").open`)
	tab.Accessible()
	tab.Shot("menu-open")
	tab.Press("Escape")
	tab.Until(`!document.querySelector(".top nav details").open`)
	tab.Telephone()
	tab.Shot("menu-telephone")
}
