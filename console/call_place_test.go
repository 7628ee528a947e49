package console_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/testbed"
	"tanggap/testbed/browser"
)

// clickMap clicks on a map where a part of its width and height is.
func (d *desk) clickMap(selector string, x, y float64) {
	d.t.Helper()
	var at struct{ X, Y float64 }
	d.Value(fmt.Sprintf(`(function () { var m = document.querySelector(%q); m.scrollIntoView({block: "center"}); var r = m.getBoundingClientRect();
		return {X: r.left + %f * r.width, Y: r.top + %f * r.height}; })()`, selector, x, y), &at)
	d.Run(chromedp.MouseEvent(input.MouseMoved, at.X, at.Y), chromedp.MouseClickXY(at.X, at.Y))
}

// tiles is a server of map tiles that counts what it is asked for.
func tiles(t *testing.T) (string, *atomic.Int64) {
	t.Helper()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		_, _ = w.Write(drawn.Bytes())
	}))
	t.Cleanup(s.Close)
	return s.URL + "/{z}/{x}/{y}.png", &asked
}

// A place is pointed at on the map: the nearest village is taken, as of a location in chat; a point at sea is said to be outside and changes nothing.
func TestAPlaceIsPointedAtOnTheMap(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	d := sit(t, site, "ani", hotline.RoleOperator)
	d.Go("/calls")
	d.press("n", "a")
	d.Press("lampu jalan mati")
	d.saved()
	d.Click("#call-map summary")
	d.Until(`document.getElementById("c-map").dataset.ready === "yes"`)
	d.clickMap("#c-map", 0.5, 0.5) // between the main land and Karimunjawa
	d.Sees("Titik itu di luar Kabupaten Jepara")
	if c := d.today()[0]; c.Point != nil || c.Area != "" {
		t.Errorf("a point outside was taken: %+v", c)
	}
	d.Shot("call-map-outside")
	d.Type("#c-landmark", "depan masjid bawu") // the map goes there
	d.Press("Enter")
	d.clickMap("#c-map", 0.55, 0.45)
	d.Sees("Titik di dekat")
	d.Until(`document.getElementById("call-area").textContent.includes("Titik di peta")`)
	d.saved()
	c := d.today()[0]
	if c.Point == nil || c.Area == "" {
		t.Fatalf("nothing was chosen: %+v", c)
	}
	want := hotline.NewReader(testbed.Jepara()).ByPoint(*c.Point)
	if want.Outside || c.Area != want.Village.Code {
		t.Errorf("the point %v is in %s, but the call is in %s", *c.Point, want.Village.Name, c.Area)
	}
	d.Accessible()
	d.Shot("call-map")
	// Typing another village takes the point away; the keys alone choose one on the map.
	d.Type("#c-landmark", "karimunjawa")
	d.Press("Enter")
	d.saved()
	if again := d.today()[0]; again.Point != nil || again.Area == c.Area {
		t.Errorf("the point stayed: %+v", again)
	}
	d.Value(`document.getElementById("c-map").focus()`, nil)
	d.Press("Enter")
	d.Until(`document.getElementById("call-area").textContent.includes("Titik di peta")`)
	d.saved()
	if again := d.today()[0]; again.Point == nil {
		t.Error("Enter chose nothing")
	}
	d.Press("Escape")
	d.Until(`!document.getElementById("call-map").open && document.activeElement.id === "c-landmark"`)
	// After the record was put away the map shows where it was; on a telephone it fits.
	d.send()
	d.Sees("JPR-261123-0001G")
	d.Until(`document.querySelector("article .map[data-mark]")`)
	d.Telephone()
	d.Shot("call-map-telephone")
	var wide bool
	d.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the page is wider than the screen")
	}
	d.Accessible()
}

// Without a setting no tile is asked for; with one the maps of calls and of cases have them.
func TestTilesComeFromWhereTheyAreSet(t *testing.T) {
	t.Parallel()
	address, asked := tiles(t)
	site := browser.Start(t, func(o *house.Options) { o.ConsoleOptions.Tiles = address })
	d := sit(t, site, "ani", hotline.RoleOperator)
	d.Go("/calls")
	d.press("n", "a")
	d.Press("lampu jalan mati")
	d.Click("#call-map summary")
	d.Until(`document.getElementById("c-map").dataset.ready === "yes" && document.querySelector("#c-map .leaflet-tile-loaded")`)
	d.Type("#c-landmark", "bawu")
	d.Press("Enter")
	d.clickMap("#c-map", 0.5, 0.5)
	d.Until(`document.getElementById("call-area").textContent.includes("Titik di peta")`)
	d.saved()
	if asked.Load() == 0 {
		t.Error("no tile was asked for")
	}
	d.send()
	d.Sees("JPR-261123-0001G")
	d.Until(`document.querySelector("article .map .leaflet-tile-loaded")`)
	tab := site.Tab(t, site.User(t, "rini", hotline.RoleCoordinator))
	tab.Go(fmt.Sprint("/board/cases/", d.today()[0].Case))
	tab.Until(`document.querySelector("#case .map .leaflet-tile-loaded")`)
}

// What a point is, asked for without a page.
func TestWhereAPointIs(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	v := site.SignIn(t, site.User(t, "ani", hotline.RoleOperator))
	ask := func(query string) (status int, p struct {
		Area    string
		Outside bool
		Said    string
	}) {
		got := v.Get("/place?" + query)
		if got.Status == http.StatusOK {
			if err := json.Unmarshal([]byte(got.Body), &p); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		return got.Status, p
	}
	if _, p := ask("lat=-6.6&lng=110.66"); p.Area == "" || p.Outside || !strings.Contains(p.Said, "Kec.") {
		t.Errorf("inside: %+v", p)
	}
	if _, p := ask("lat=-7.8&lng=110.36"); p.Area != "" || !p.Outside || !strings.Contains(p.Said, "di luar Kabupaten Jepara") {
		t.Errorf("outside: %+v", p)
	}
	for _, wrong := range []string{"", "lat=x&lng=110", "lat=91&lng=110", "lat=NaN&lng=110", "lat=-6.6&lng=Inf"} {
		if status, _ := ask(wrong); status != http.StatusBadRequest {
			t.Errorf("%q: %d", wrong, status)
		}
	}
}

// The page on which calls are logged, with all it loads, is small.
func TestTheCallsPageIsSmall(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	v := site.SignIn(t, site.User(t, "ani", hotline.RoleOperator))
	get := func(path string) browser.Answer {
		req := getRequest(t, site, path)
		req.Header.Set("Accept-Encoding", "gzip")
		return v.Ask(req)
	}
	page := v.Get("/calls")
	total := len(page.Body)
	for _, m := range regexp.MustCompile(`(?:src|href)="/console(/assets/[^"]+)"`).FindAllStringSubmatch(page.Body, -1) {
		total += len(get(m[1]).Body)
	}
	if total > 150<<10 {
		t.Errorf("the first load is %d bytes", total)
	}
	t.Logf("%d bytes, %d of them the page", total, len(page.Body))
}
