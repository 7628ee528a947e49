package console_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// someDays fills three weeks with cases: filed, answered, ended and rated.
func someDays(t *testing.T, site *browser.Site, by hotline.PersonID) {
	t.Helper()
	now := site.Clock.Now()
	for back := 21; back >= 0; back-- {
		at := now.AddDate(0, 0, -back).Add(-time.Hour)
		for n := range 1 + (back*7)%5 {
			var id hotline.CaseID
			var part hotline.AssignmentID
			err := site.Store.Do(t.Context(), at, func(tx *store.Tx) error {
				source := []hotline.Source{hotline.SourceChat, hotline.SourceChat, hotline.SourceCall, hotline.SourceDesk}[(back+n)%4]
				unit := []string{"dpupr.jalan", "dlh.sampah", "dishub.pju"}[(back+n)%3]
				c := tx.File(hotline.Filing{Kind: hotline.Complaint, Category: "jalan-rusak", Privacy: hotline.Open, Source: source, Area: "33.20.11",
					Due: at.AddDate(0, 0, 14), Story: hotline.Content{Text: "jalan rusak"}})
				a := tx.NewAssignment()
				id, part = c.ID, a
				_, err := tx.Record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: a, Facts: hotline.Facts{Unit: unit, Part: hotline.Lead,
					Due: at.AddDate(0, 0, 5)}}, hotline.Content{})
				return err
			})
			if err == nil && back > 0 && (back+n)%2 == 0 {
				err = site.Store.Do(t.Context(), at.Add(time.Duration(2+back%5+3*n)*time.Hour), func(tx *store.Tx) error {
					c, err := tx.Case(t.Context(), id)
					for _, e := range []hotline.Event{{Kind: hotline.EvTaken, Assignment: part, By: by, Facts: hotline.Facts{Due: at.AddDate(0, 0, 9)}},
						{Kind: hotline.EvResolved, Assignment: part, By: by}, {Kind: hotline.EvRated, Facts: hotline.Facts{Value: 2 + (back+2*n)%4}}} {
						if err == nil {
							c, err = tx.Record(c, e, hotline.Content{Text: "sudah"})
						}
					}
					return err
				})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The charts are empty at first and say so; then the figures are drawn as curves, stand in tables too, and are the same in both; in both languages, on a
// telephone, and in less than 150 KB.
func TestCharts(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rina := site.User(t, "rina", hotline.RoleCoordinator)
	tab := site.Tab(t, rina)
	tab.Go("/board/charts")
	tab.Sees("Belum ada kasus dalam 30 hari ini.")
	tab.Accessible()
	someDays(t, site, rina.Person)
	tab.Go("/board/charts")
	tab.Until(`document.querySelectorAll(".chart[data-drawn='30'] canvas").length === 2`)
	tab.Accessible()
	tab.Shot("board-charts")
	var size int
	tab.Value(`performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation")).reduce(function (n, e) { return n + e.encodedBodySize; }, 0)`, &size)
	if size == 0 || size > 150<<10 {
		t.Errorf("the page takes %d bytes", size)
	}
	tab.Click("details summary")
	tab.Until(`document.querySelector("details").open`)

	var figures struct {
		Days         []string
		Filed, Ended []int
		First        []*float64
		Agencies     []struct{ Agency string }
	}
	v := site.SignIn(t, rina)
	if err := json.Unmarshal([]byte(v.Get("/board/charts.json").Body), &figures); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for i, day := range figures.Days {
		var row string
		tab.Value(fmt.Sprintf(`Array.from(document.querySelectorAll("details tbody tr")[%d].cells, function (c) { return c.textContent.trim(); }).join(" ")`, i), &row)
		cells := strings.Fields(row)
		if len(cells) < 3 || cells[0] != day || cells[1] != fmt.Sprint(figures.Filed[i]) || cells[2] != fmt.Sprint(figures.Ended[i]) {
			t.Errorf("the table says %q of %s, the figures %d and %d", row, day, figures.Filed[i], figures.Ended[i])
		}
		rows += figures.Filed[i]
	}
	if len(figures.Days) != hotline.ChartDays || rows == 0 || len(figures.Agencies) != 3 {
		t.Errorf("figures: %+v", figures)
	}
	tab.Telephone()
	tab.Go("/board/charts")
	tab.Until(`document.querySelectorAll(".chart[data-drawn='30'] canvas").length === 2`)
	tab.Until(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
	tab.Accessible()
	tab.Shot("board-charts-telephone")
	tab.Click(".language button")
	tab.Sees("The last 30 days")
	tab.Until(`document.querySelectorAll(".chart[data-drawn='30'] canvas").length === 2`)
	tab.Accessible()
}

// An officer of another unit sees no figure of what they may not see.
func TestChartsOfOthers(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	setda := site.User(t, "setda", hotline.RoleSetda)
	someDays(t, site, site.User(t, "rina", hotline.RoleCoordinator).Person)
	v := site.SignIn(t, setda)
	if got := v.Get("/board/charts"); !strings.Contains(got.Body, "Belum ada kasus") {
		t.Errorf("the secretary sees figures of what has not climbed: %d", got.Status)
	}
}
