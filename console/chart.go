package console

import (
	"context"
	"math"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// This file is the charts of the last thirty days. The page holds every figure in tables; a script draws two of them as curves, from the same figures as
// JSON. Whoever has no script, or does not see, has the tables.

// A ChartTx counts.
type ChartTx interface {
	// Charts gives the figures of the last days, of the cases that the viewer may see.
	Charts(context.Context, hotline.Viewer) (hotline.Charts, error)
}

// chartRoutes are the pages of the charts.
func chartRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/board/charts", May: watchRoles, Nav: "chart.nav", Key: "y", Do: (*Request).charts},
		{Method: "GET", Path: "/board/charts.json", May: watchRoles, Do: (*Request).chartFigures},
	}
}

// A chartPage is the figures with what their bars are drawn against.
type chartPage struct {
	hotline.Charts
	Figures                                string // where the script reads them
	Lang                                   hotline.Lang
	MostSources, MostRatings, MostAgencies int
}

func (q *Request) readCharts() (c hotline.Charts, err error) {
	err = q.Do(func(t Tx) (err error) {
		c, err = t.Charts(q.Context(), q.Viewer)
		return err
	})
	return c, err
}

func (q *Request) charts() error {
	c, err := q.readCharts()
	if err != nil {
		return err
	}
	page := chartPage{Charts: c, Figures: Base + "/board/charts.json", Lang: q.Lang}
	page.MostSources, page.MostRatings, page.MostAgencies = c.Most()
	return q.Page("charts", page)
}

// Hours puts a number of hours as the page shows it: minutes below one, days from two days on; a dash for none.
func (p chartPage) Hours(h float64) chartTime {
	switch {
	case h < 0:
		return chartTime{}
	case h < 1:
		return chartTime{strconv.Itoa(int(math.Round(h * 60))), "chart.minutes"}
	case h < 48:
		return chartTime{p.digit(h), "chart.hours"}
	}
	return chartTime{p.digit(h / 24), "chart.days"}
}

// digit writes a number with one digit behind the point, or the comma.
func (p chartPage) digit(x float64) string {
	s := strconv.FormatFloat(x, 'f', 1, 64)
	if p.Lang == hotline.Indonesian {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// A chartTime is a number and the key of what it counts; no number: there is none.
type chartTime struct{ N, Key string }

// Stars gives the mean of the ratings with one digit behind the point.
func (p chartPage) Stars() string { return p.digit(p.Charts.Stars()) }

// Rate gives the ratings from the best to the worst.
func (p chartPage) Rate() []chartRating {
	var out []chartRating
	for i := len(p.Ratings) - 1; i >= 0; i-- {
		out = append(out, chartRating{i + 1, p.Ratings[i]})
	}
	return out
}

type chartRating struct{ Stars, N int }

// chartJSON is the figures as the script reads them: of every day one entry in each list.
type chartJSON struct {
	Days     []string          `json:"days"`   // YYYY-MM-DD, local
	Labels   []string          `json:"labels"` // short
	Filed    []int             `json:"filed"`
	Ended    []int             `json:"ended"`
	First    []*float64        `json:"first"`  // hours; null: no first answer on that day
	Median   *float64          `json:"median"` // hours
	Sources  []chartSourceJSON `json:"sources"`
	Ratings  [5]int            `json:"ratings"` // of 1 … 5
	Agencies []chartAgencyJSON `json:"agencies"`
}

type chartSourceJSON struct {
	Source string `json:"source"`
	N      int    `json:"n"`
}

type chartAgencyJSON struct {
	Agency string `json:"agency"` // Agency.ID
	Open   int    `json:"open"`
	Late   int    `json:"late"`
}

func (q *Request) chartFigures() error {
	c, err := q.readCharts()
	if err != nil {
		return err
	}
	out := chartJSON{Ratings: c.Ratings, Median: answered(c.Median), Sources: []chartSourceJSON{}, Agencies: []chartAgencyJSON{}}
	for _, d := range c.Days {
		out.Days = append(out.Days, d.Day.Format("2006-01-02"))
		out.Labels = append(out.Labels, d.Day.Format("02/01"))
		out.Filed, out.Ended, out.First = append(out.Filed, d.Filed), append(out.Ended, d.Ended), append(out.First, answered(d.First))
	}
	for _, s := range c.Sources {
		out.Sources = append(out.Sources, chartSourceJSON{string(s.Source), s.N})
	}
	for _, a := range c.Agencies {
		out.Agencies = append(out.Agencies, chartAgencyJSON{a.Agency, a.Open, a.Late})
	}
	return q.json(out)
}

// answered gives a median, or nothing where there is none.
func answered(hours float64) *float64 {
	if hours < 0 {
		return nil
	}
	hours = math.Round(hours*100) / 100
	return &hours
}
