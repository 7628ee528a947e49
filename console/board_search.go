package console

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// A searchPage is a search as it was typed, and what it found.
type searchPage struct {
	Form    *Form
	Asked   bool
	Found   []hotline.BoardCase
	More    string // the address that goes on; empty: that is all
	Export  string // the address of the same as a file; empty: not for them
	Chief   bool
	Matters []hotline.Category
	Places  []hotline.Area
	Units   []unitGroup
	Status  []hotline.Status
	Sources []hotline.Source
}

// boardStatuses are those that can be searched for, in the order of a case's way.
var boardStatuses = []hotline.Status{hotline.Filed, hotline.Triage, hotline.Assigned, hotline.Working, hotline.Asking, hotline.Scheduled, hotline.Ended,
	hotline.Closed, hotline.Withdrawn, hotline.Archived}

// readSearch reads a search from the address. How is which fields were used: what an audit row says of it.
func (q *Request) readSearch() (f *Form, s hotline.Search, how []string) {
	f = &Form{Values: q.URL.Query(), Errors: map[string]string{}}
	use := func(name string) string {
		v := f.Text(name, 200)
		if v != "" {
			how = append(how, name)
		}
		return v
	}
	r := q.Regency()
	if text := use("q"); text != "" {
		number, isNumber := hotline.ParseNumber(r.Letters, text)
		phone, isPhone := phoneOf(text)
		switch {
		case isNumber:
			s.Number = number
		case isPhone && q.chief():
			s.Phone = phone
			how[len(how)-1] = "phone"
		case len(hotline.Words(text)) == 0:
			f.Wrong("q", "wrong.words")
		default:
			s.Words = text
		}
	}
	if s.Category = use("category"); s.Category != "" {
		if _, ok := r.Category(s.Category); !ok {
			f.Wrong("category", "wrong.category")
		}
	}
	if s.Unit = use("unit"); s.Unit != "" {
		if _, ok := r.Unit(s.Unit); !ok {
			f.Wrong("unit", "wrong.unit")
		}
	}
	if s.Area = use("area"); s.Area != "" {
		if _, ok := r.Area(s.Area); !ok {
			f.Wrong("area", "wrong.area")
		}
	}
	if status := hotline.Status(use("status")); slices.Contains(boardStatuses, status) {
		s.Statuses = []hotline.Status{status}
	}
	s.Source = hotline.Source(use("source"))
	day := func(name string) time.Time {
		text := use(name)
		if text == "" {
			return time.Time{}
		}
		at, err := time.ParseInLocation(time.DateOnly, text, r.Zone)
		if err != nil {
			f.Wrong(name, "wrong.day")
		}
		return at
	}
	s.From = day("from")
	if until := day("until"); !until.IsZero() {
		s.Until = until.AddDate(0, 0, 1) // that day too
	}
	return f, s, how
}

// phoneOf reads a telephone number as people type it; false: it is none.
func phoneOf(text string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()+", r) {
			return -1
		}
		return r
	}, text)
	if len(digits) < 9 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	if local, ok := strings.CutPrefix(digits, "0"); ok {
		return "+62" + local, true
	}
	return "+" + digits, true
}

func (q *Request) search() error {
	f, s, how := q.readSearch()
	page := searchPage{Form: f, Chief: q.chief(), Matters: q.Regency().Categories, Places: q.Regency().Kecamatans(),
		Units: unitGroups(q.Regency(), hotline.Case{}), Status: boardStatuses,
		Sources: []hotline.Source{hotline.SourceChat, hotline.SourceCall, hotline.SourceDesk, hotline.SourceVisit}}
	if !f.OK() {
		return q.Again("search", page)
	}
	if page.Asked = !s.Empty(); !page.Asked {
		return q.Page("search", page)
	}
	var err error
	if s.After, err = q.bookmark(); err != nil {
		return err
	}
	s.Limit = boardRows + 1
	err = q.Do(func(t Tx) (err error) {
		if page.Found, err = t.Search(q.Context(), q.Viewer, s); err != nil {
			return err
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActSearched, Detail: strings.Join(how, " ")})
		return nil
	})
	if err != nil {
		return err
	}
	if s.Number.Seq != 0 && len(page.Found) == 1 { // the very case was named
		return q.Redirect("/board/cases/" + strconv.FormatInt(int64(page.Found[0].Case.ID), 10))
	}
	query := q.URL.Query()
	query.Del("after")
	if page.Chief {
		page.Export = "/board/search.csv?" + query.Encode()
	}
	if len(page.Found) > boardRows {
		page.Found = page.Found[:boardRows]
		query.Set("after", bookmarkText(foundAt(page.Found[boardRows-1])))
		page.More = "/board/search?" + query.Encode()
	}
	return q.Page("search", page)
}

// foundAt gives where a search goes on after a case.
func foundAt(b hotline.BoardCase) hotline.Bookmark {
	return hotline.Bookmark{Time: b.Case.Filed, ID: int64(b.Case.ID)}
}

// How much one export holds, and how much of it is read at once.
const (
	exportMost = 20_000
	exportOnce = 500
)

// export answers with all that a search finds as a file for a spreadsheet. Who reported is not in it. That it was taken out is kept first.
func (q *Request) export() error {
	f, s, how := q.readSearch()
	if !f.OK() || s.Empty() {
		return &Wrong{What: "search"}
	}
	s.Limit = exportOnce
	var rows []hotline.BoardCase
	read := func(first bool) error {
		return q.Do(func(t Tx) (err error) {
			if first {
				q.Audit(t, hotline.Audit{Act: hotline.ActExported, Detail: strings.Join(how, " ")})
			}
			rows, err = t.Search(q.Context(), q.Viewer, s)
			return err
		})
	}
	if err := read(true); err != nil {
		return err
	}
	h := q.W.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="tanggap-`+q.Regency().DayOf(q.Now)+`.csv"`)
	w := csv.NewWriter(q.W)
	var head []string
	for _, key := range []string{"number", "filed", "status", "category", "unit", "place", "urgent", "source", "privacy", "due", "ended", "rating", "gist"} {
		head = append(head, q.say("column."+key))
	}
	_ = w.Write(head) // whoever went away does not hear it; so below
	for n := 0; len(rows) > 0 && n < exportMost; {
		for _, b := range rows {
			_ = w.Write(q.exportRow(b))
		}
		n += len(rows)
		w.Flush()
		if len(rows) < exportOnce || w.Error() != nil {
			return nil //nolint:nilerr // whoever went away does not hear of it
		}
		s.After = foundAt(rows[len(rows)-1])
		if err := read(false); err != nil { // a file that ends early is all that can be given
			q.console.Log.Error("console: an export broke off", "error", err)
			return nil //nolint:nilerr // said; the answer has begun and cannot become an error
		}
	}
	return nil
}

func (q *Request) exportRow(b hotline.BoardCase) []string {
	c := b.Case
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(q.Regency().Zone).Format("2006-01-02 15:04")
	}
	unit, urgent, rating := "", "", ""
	if lead, ok := c.Lead(); ok {
		unit = q.console.pages.name(q.Lang, hotline.ArgUnit, lead.Unit)
	}
	if c.Urgent {
		urgent = "1"
	}
	if c.Rating > 0 {
		rating = strconv.Itoa(c.Rating)
	}
	row := []string{c.Number.String(), at(c.Filed), q.say("status." + string(c.Status)), q.console.pages.name(q.Lang, hotline.ArgCategory, c.Category), unit,
		q.console.pages.name(q.Lang, hotline.ArgArea, c.Area), urgent, q.say("source." + string(c.Source)), q.say("privacy." + string(c.Privacy)), at(c.Due),
		at(c.EndedAt), rating, b.Gist}
	for i, cell := range row {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			row[i] = "'" + cell // a spreadsheet must not run what somebody said
		}
	}
	return row
}

// Value gives what a search was asked with, for its page.
func (p searchPage) Value(name string) string { return p.Form.Values.Get(name) }

// name gives what something is called in a language: kind is one of hotline.Arg….
func (p *pages) name(lang hotline.Lang, kind, v string) string {
	line := hotline.Line{Args: hotline.Args{"x": {Is: kind, V: v}}}
	return p.console.Book().Args(lang, line, phrase.Facts{})["x"]
}
