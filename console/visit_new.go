package console

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// visitForm is the page on which a visit is made.
type visitForm struct {
	Form       *Form
	Programmes []hotline.Programme // those that the viewer runs
	Chosen     hotline.Programme
	Places     []visitPlaces
	Services   []visitChoice
	Opens      string
	Closes     string
}

// visitPlaces are the places of one kecamatan.
type visitPlaces struct {
	Name  string
	Areas []hotline.Area
}

// Has tells whether a service was chosen; before anything was, all are.
func (p visitForm) Has(service string) bool {
	if p.Form.Values == nil {
		return true
	}
	return slices.Contains(p.Form.Values["service"], service)
}

func (q *Request) visitForm(f *Form, show func(string, any) error) error {
	page := visitForm{Form: f, Programmes: q.runs()}
	if len(page.Programmes) == 0 {
		return show("visit_new", page)
	}
	id := q.URL.Query().Get("programme")
	if f.Values != nil {
		id = f.Get("programme")
	}
	at := max(0, slices.IndexFunc(page.Programmes, func(g hotline.Programme) bool { return g.ID == id }))
	page.Chosen = page.Programmes[at]
	page.Opens, page.Closes, _ = strings.Cut(page.Chosen.Hours.String(), "-")
	r := q.Regency()
	for _, a := range r.Areas {
		if !r.Reaches(page.Chosen, a) {
			continue
		}
		name := ""
		if k, ok := r.Kecamatan(a.Code); ok && k.Code != a.Code {
			name = k.Name
		}
		i := slices.IndexFunc(page.Places, func(p visitPlaces) bool { return p.Name == name })
		if i < 0 {
			i = len(page.Places)
			page.Places = append(page.Places, visitPlaces{Name: name})
		}
		page.Places[i].Areas = append(page.Places[i].Areas, a)
	}
	for _, s := range page.Chosen.Services {
		page.Services = append(page.Services, visitChoice{s.Service, q.serviceName(s.Service)})
	}
	return show("visit_new", page)
}

func (q *Request) newVisit() error {
	return q.visitForm(&Form{Errors: map[string]string{}}, q.Page)
}

func (q *Request) makeVisit() error {
	f, r := q.Form(), q.Regency()
	g, ok := r.ProgrammeByID(f.Get("programme"))
	if !ok {
		return &Wrong{What: "programme"}
	}
	date, area, venue := f.Get("date"), f.Get("area"), f.Text("venue", hotline.MaxVenue)
	if _, err := time.Parse(time.DateOnly, date); err != nil || date < r.Today(q.Now) {
		f.Wrong("date", "visit.wrong.date")
	} else if date < g.From || g.Until != "" && date > g.Until {
		f.Wrong("date", "visit.wrong.period")
	}
	if a, ok := r.Area(area); !ok || !r.Reaches(g, a) {
		f.Wrong("area", "wrong.empty")
	}
	if venue == "" {
		f.Wrong("venue", "wrong.empty")
	}
	opens, ok1 := hotline.ParseMinute(f.Get("opens"))
	closes, ok2 := hotline.ParseMinute(f.Get("closes"))
	if !ok1 || !ok2 || opens >= closes {
		f.Wrong("closes", "visit.wrong.time")
	}
	services := f.Values["service"]
	if len(services) == 0 {
		f.Wrong("service", "wrong.empty")
	}
	if !f.OK() {
		return q.visitForm(f, q.Again)
	}
	visit := r.VisitWith(g, date, area, venue, hotline.Window{From: opens, Until: closes}, services)
	err := q.Do(func(t Tx) error {
		there, err := t.VisitThere(q.Context(), []hotline.Visit{visit})
		if err != nil {
			return err
		}
		if len(there) > 0 {
			f.Wrong("date", "visit.wrong.twice")
			return nil
		}
		if visit, _, err = t.PutVisit(q.Context(), q.Viewer, visit); err != nil {
			return err
		}
		q.Flash(t, "visit.said.made")
		return nil
	})
	if err != nil {
		return visitWrong(err)
	}
	if !f.OK() {
		return q.visitForm(f, q.Again)
	}
	return q.Redirect(visitPath(visit.ID))
}

// visitImportPage shows what a file of visits would do, before it does anything.
type visitImportPage struct {
	Form       *Form
	Programmes []hotline.Programme
	Columns    string
	Text       string // what was read; empty: nothing yet
	Lines      []visitLine
	Good       int
	Bad        int
	Changes    int // visits that are there already, whose venue and hours change
}

// visitLine is a line as the preview shows it.
type visitLine struct {
	hotline.VisitLine
	Said  []string
	There bool
}

func (q *Request) importPage() visitImportPage {
	return visitImportPage{Form: &Form{Errors: map[string]string{}}, Programmes: q.runs(), Columns: strings.Join(hotline.VisitFileColumns, ",")}
}

func (q *Request) visitImport() error { return q.Page("visit_import", q.importPage()) }

// previewVisits reads a file that was chosen, or lines that were pasted, and shows every line with what is wrong with it.
func (q *Request) previewVisits() error {
	f := q.Form()
	text := f.Values.Get("text")
	if q.MultipartForm != nil {
		for _, h := range q.MultipartForm.File["file"] {
			if h.Size == 0 {
				continue
			}
			file, err := h.Open()
			if err != nil {
				return err
			}
			data, err := io.ReadAll(io.LimitReader(file, hotline.MaxVisitFile+1))
			_ = file.Close() // only read from
			if err != nil {
				return err
			}
			text = string(data)
		}
	}
	page := q.importPage()
	switch {
	case strings.TrimSpace(text) == "":
		f.Wrong("file", "visit.import.nothing")
	case len(text) > hotline.MaxVisitFile:
		f.Wrong("file", "problem.large")
	}
	if !f.OK() {
		page.Form = f
		return q.Again("visit_import", page)
	}
	if err := q.readVisitFile(&page, text); err != nil {
		return err
	}
	return q.Page("visit_import", page)
}

func (q *Request) readVisitFile(page *visitImportPage, text string) error {
	r := q.Regency()
	page.Text = text
	lines := r.ReadVisitFile(text, r.Today(q.Now))
	var visits []hotline.Visit
	for _, l := range lines {
		visits = append(visits, l.Visit)
	}
	var there map[string]hotline.VisitThere
	err := q.Do(func(t Tx) (err error) {
		there, err = t.VisitThere(q.Context(), visits)
		return err
	})
	if err != nil {
		return err
	}
	for _, l := range lines {
		x := visitLine{VisitLine: l}
		for _, p := range l.Problems {
			x.Said = append(x.Said, q.say("visit.line."+string(p.Wrong), "value", p.Value))
		}
		ok := l.OK()
		if ok && !r.Runs(q.Viewer, l.Visit) {
			x.Said = append(x.Said, q.say("problem.forbidden"))
			ok = false
		}
		var old hotline.VisitThere
		old, x.There = there[l.Visit.Programme+" "+l.Visit.Date+" "+l.Visit.Area]
		if ok && old.Booked && (old.Venue != l.Visit.Venue || old.Begins != l.Visit.Hours.From || old.Ends != l.Visit.Hours.Until) {
			x.Said = append(x.Said, q.say("visit.line.booked"))
			ok = false
		}
		if ok && x.There {
			page.Changes++
		}
		if ok {
			page.Good++
		} else {
			page.Bad++
		}
		page.Lines = append(page.Lines, x)
	}
	return nil
}

// importVisits takes a file that was shown before, whole or not at all.
func (q *Request) importVisits() error {
	text := q.Form().Values.Get("text")
	page := q.importPage()
	if err := q.readVisitFile(&page, text); err != nil {
		return err
	}
	if page.Bad > 0 || page.Good == 0 {
		return q.Again("visit_import", page)
	}
	var visits []hotline.Visit
	for _, l := range page.Lines {
		visits = append(visits, l.Visit)
	}
	return q.putVisits(visits, "/visits")
}

// putVisits makes visits, or changes those that are there, all of them or none, and goes to a page.
func (q *Request) putVisits(visits []hotline.Visit, to string) error {
	fresh := 0
	err := q.Do(func(t Tx) error {
		fresh = 0
		for _, v := range visits {
			_, made, err := t.PutVisit(q.Context(), q.Viewer, v)
			if err != nil {
				return err
			}
			if made {
				fresh++
			}
		}
		q.Flash(t, "visit.said.imported", "new", strconv.Itoa(fresh), "changed", strconv.Itoa(len(visits)-fresh))
		return nil
	})
	if err != nil {
		return visitWrong(err)
	}
	return q.Redirect(to)
}

// visitTemplate is a file to begin with: the columns, and what belongs into them, in remarks.
func (q *Request) visitTemplate() error {
	r := q.Regency()
	var out bytes.Buffer
	out.WriteString(strings.Join(hotline.VisitFileColumns, ",") + "\n")
	remark := func(s string) { out.WriteString("# " + strings.ReplaceAll(s, "\n", " ") + "\n") }
	remark(q.say("visit.template.about"))
	for _, g := range q.runs() {
		for _, a := range r.Areas {
			if !r.Reaches(g, a) {
				continue
			}
			remark(g.ID + "," + max(g.From, r.Today(q.Now)) + "," + a.Code + "," + hotline.VenueFor(a) + "," + strings.ReplaceAll(g.Hours.String(),
				"-", ",") + ",")
			break
		}
		var services []string
		for _, s := range g.Services {
			services = append(services, s.Service)
		}
		remark(g.ID + ": " + strings.Join(services, "|"))
	}
	return q.download("visits.csv", out.Bytes())
}

// download answers with a file for a spreadsheet.
func (q *Request) download(name string, data []byte) error {
	q.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	q.W.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = q.W.Write(data) // whoever went away does not hear it
	return nil
}
