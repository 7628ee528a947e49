package public

import (
	"cmp"
	"encoding/csv"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tanggap/hotline"
)

// A figuresPage is the figures of a day, and one month of them told apart.
type figuresPage struct {
	hotline.PublicFigures
	Month  string // YYYY-MM; empty: there is none
	Chosen hotline.PublicMonth
	Sum    hotline.PublicCount // of what is shown, and of nothing else
}

func (p *Pages) figures(w http.ResponseWriter, r *http.Request) {
	f, err := p.readFigures(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	page := figuresPage{PublicFigures: f}
	for i, m := range f.Months {
		if i == 0 || m.Month == r.URL.Query().Get("bulan") {
			page.Chosen, page.Month = m, m.Month
		}
		page.Sum.Received += m.Received
		page.Sum.Resolved += max(0, m.Resolved)
		page.Sum.Open += max(0, m.Open)
	}
	for _, sum := range []*int{&page.Sum.Resolved, &page.Sum.Open} {
		if *sum == 0 {
			*sum = hotline.Untold // nothing is shown of it
		}
	}
	if err := p.show(w, r, http.StatusOK, "figures", page); err != nil {
		p.fail(w, r, err)
	}
}

// readFigures reads the figures made last; the zero figures where none were made yet.
func (p *Pages) readFigures(r *http.Request) (f hotline.PublicFigures, err error) {
	err = p.do(r, func(t Tx) (err error) {
		f, err = t.PublicFigures(r.Context())
		return err
	})
	if errors.Is(err, hotline.ErrNotFound) {
		return hotline.PublicFigures{}, nil
	}
	return f, err
}

// table answers with all figures as CSV: one row a month, and one for each field and place of it. What is not told is empty.
func (p *Pages) table(w http.ResponseWriter, r *http.Request) {
	f, err := p.readFigures(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	lang := language(r)
	told := func(n int) string {
		if n == hotline.Untold {
			return ""
		}
		return strconv.Itoa(n)
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="angka-`+cmp.Or(f.Day, "0000-00-00")+`.csv"`)
	out := csv.NewWriter(w)
	rows := [][]string{{"made", "month", "by", "name", "received", "resolved", "open", "median_days"}}
	for _, m := range f.Months {
		median := ""
		if m.Median != hotline.Untold {
			median = strconv.FormatFloat(m.Median, 'f', 1, 64)
		}
		made := cmp.Or(m.Made, f.Day)
		rows = append(rows, []string{made, m.Month, "all", "", told(m.Received), told(m.Resolved), told(m.Open), median})
		for _, by := range []struct {
			name  string
			table hotline.PublicTable
			draw  func(string) string
		}{{"field", m.Groups, func(id string) string { return p.group(lang, id) }}, {"kecamatan", m.Places, p.area}} {
			for _, row := range by.table.Rows {
				rows = append(rows, []string{made, m.Month, by.name, by.draw(row.Name), told(row.Received), told(row.Resolved), told(row.Open), ""})
			}
			if by.table.Rest > 0 {
				rows = append(rows, []string{made, m.Month, by.name, "*", told(by.table.Rest), "", "", ""})
			}
		}
	}
	_ = out.WriteAll(rows) // whoever asked has gone, at worst
}

// group names a field: the agency that is responsible, by its own name.
func (p *Pages) group(_ hotline.Lang, id string) string {
	if a, ok := p.Regency().Agency(id); ok {
		return a.Name
	}
	return id
}

func (p *Pages) area(code string) string {
	if a, ok := p.Regency().Area(code); ok {
		return a.Name
	}
	return code
}

// month names a month: "Oktober 2026".
func month(lang hotline.Lang, m string) string {
	t, err := time.Parse("2006-01", m)
	if err != nil {
		return m
	}
	names, ok := months[lang]
	if !ok {
		names = months[hotline.Indonesian]
	}
	return names[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Others are the months that are not shown apart, the latest first.
func (p figuresPage) Others() []string {
	var out []string
	for _, m := range p.Months {
		if m.Month != p.Month {
			out = append(out, m.Month)
		}
	}
	return slices.Clip(out)
}
