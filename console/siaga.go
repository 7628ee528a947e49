package console

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// A SiagaTx declares states of alert and acts on all that they bring at once. Deciding is the coordinator's and the supervisor's.
type SiagaTx interface {
	// DeclareSiaga puts one into force. Errors: those of hotline.Siaga.Check, hotline.ErrSiagaTwice.
	DeclareSiaga(context.Context, hotline.Viewer, hotline.Siaga) (hotline.Siaga, error)
	// ProlongSiaga changes when it is to end. hotline.ErrSiagaUntil, ErrSiagaOver.
	ProlongSiaga(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, until time.Time) error
	EndSiaga(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, summary string) error
	// InviteVolunteer makes a one-time code, good until a time.
	InviteVolunteer(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, name string) (string, time.Time, error)
	// AnswerSiaga tells all reporters the same, and gives how many cases that were; nobody is told the same twice at once.
	AnswerSiaga(ctx context.Context, v hotline.Viewer, id hotline.SiagaID, text string) (int, error)
	SiagaList(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Siaga, error)
	// Names gives what people are called.
	Names(context.Context, ...hotline.PersonID) (map[hotline.PersonID]string, error)
	SiagaFile(context.Context, hotline.Viewer, hotline.SiagaID) (hotline.Siaga, []hotline.SiagaReport, []hotline.SiagaStep, error)
}

// siagaRoles decide about states of alert.
var siagaRoles = roles(hotline.RoleCoordinator, hotline.RoleSupervisor)

func siagaRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/siaga", May: lineRoles, Nav: "siaga.title", Do: (*Request).siagas},
		{Method: "POST", Path: "/siaga", May: siagaRoles, Do: (*Request).declareSiaga},
		{Method: "GET", Path: "/siaga/{id}", May: lineRoles, Do: (*Request).siaga},
		{Method: "GET", Path: "/siaga/{id}/now", May: lineRoles, Quiet: true, Do: (*Request).siagaNow},
		{Method: "GET", Path: "/siaga/{id}/map.json", May: lineRoles, Quiet: true, Do: (*Request).siagaMap},
		{Method: "POST", Path: "/siaga/{id}/until", May: siagaRoles, Do: (*Request).prolongSiaga},
		{Method: "POST", Path: "/siaga/{id}/answer", May: siagaRoles, Do: (*Request).answerSiaga},
		{Method: "POST", Path: "/siaga/{id}/volunteers", May: siagaRoles, Do: (*Request).inviteVolunteer},
		{Method: "POST", Path: "/siaga/{id}/end", May: siagaRoles, Do: (*Request).endSiaga},
	}
}

// siagaForm is the page on which states of alert are listed and declared.
type siagaForm struct {
	Form     *Form
	List     []hotline.Siaga
	May      bool
	Matters  []hotline.Category
	Places   []hotline.Area
	Agencies []hotline.Agency
	Units    []namedUnit
	Now      time.Time
}

const mostSiagas = 50

func (q *Request) siagas() error { return q.siagaForm(&Form{Errors: map[string]string{}}, q.Page) }

func (q *Request) siagaForm(f *Form, show func(string, any) error) error {
	r := q.Regency()
	page := siagaForm{Form: f, May: q.Viewer.Has(siagaRoles...), Places: r.Kecamatans(), Units: q.named(r.RespondersOf("")), Now: q.Now}
	for _, a := range r.Agencies {
		if a.Desk {
			page.Agencies = append(page.Agencies, a)
		}
	}
	for _, c := range r.Categories { // those that somebody is sent to
		if len(c.Responders) > 0 && !c.Secret && !c.Oversight && !c.Rudeness {
			page.Matters = append(page.Matters, c)
		}
	}
	err := q.Do(func(t Tx) (err error) { page.List, err = t.SiagaList(q.Context(), q.Viewer, mostSiagas); return err })
	if err != nil {
		return callWrong(err)
	}
	return show("siagas", page)
}

// Has tells whether a value of a field with several was chosen.
func (p siagaForm) Has(field, value string) bool { return slices.Contains(p.Form.Values[field], value) }

func (q *Request) declareSiaga() error {
	f, r := q.Form(), q.Regency()
	s := hotline.Siaga{Decree: f.Text("decree", hotline.MaxSiagaDecree), Category: f.Get("category"), Kecamatan: f.Values["kecamatan"],
		Text: f.Text("text", hotline.MaxSiagaText), Unit: f.Get("unit")}
	s.Until, _ = time.ParseInLocation(wallClock, f.Get("until"), r.Zone) // a wrong one is no time, which is told
	agencies := f.Values["agency"]
	for _, u := range r.Units {
		if slices.Contains(agencies, u.Agency) {
			s.Units = append(s.Units, u.ID)
		}
	}
	if f.OK() {
		f.siagaWrong(s.Check(r, q.Now))
	}
	if !f.OK() {
		return q.siagaForm(f, q.Again)
	}
	err := q.Do(func(t Tx) (err error) {
		if s, err = t.DeclareSiaga(q.Context(), q.Viewer, s); err == nil {
			q.Flash(t, "siaga.declared")
		}
		return err
	})
	if f.siagaWrong(err) {
		return q.siagaForm(f, q.Again)
	}
	if err != nil {
		return callWrong(err)
	}
	return q.Redirect("/siaga/" + strconv.FormatInt(int64(s.ID), 10))
}

// siagaWrong notes what is wrong beside the field where it is; false: it is nothing of the form's.
func (f *Form) siagaWrong(err error) bool {
	for of, said := range map[error][2]string{
		hotline.ErrSiagaDecree: {"decree", "wrong.empty"}, hotline.ErrSiagaMatter: {"category", "wrong.empty"}, hotline.ErrSiagaPlace: {"kecamatan", "wrong.empty"},
		hotline.ErrSiagaText: {"text", "wrong.empty"}, hotline.ErrSiagaUntil: {"until", "siaga.wrong.until"}, hotline.ErrSiagaUnit: {"unit", "siaga.wrong.unit"},
		hotline.ErrSiagaTwice: {"kecamatan", "siaga.wrong.twice"},
	} {
		if errors.Is(err, of) {
			f.Wrong(said[0], said[1])
			return true
		}
	}
	return false
}

// siagaPage is one state of alert: what it brought, by village, and what can be done for all at once.
type siagaPage struct {
	hotline.Siaga
	Now        time.Time
	May, Holds bool
	Opens      bool // the cases' pages
	Places     []hotline.SiagaPlace
	Needs      []siagaCount
	Cases      []hotline.SiagaReport // those the viewer may see
	Steps      []hotline.SiagaStep
	Names      map[hotline.PersonID]string
	All, Live  int
	People     int
	Until      string // as typed
	Code       string // of a volunteer, shown once
	CodeUntil  time.Time
	Form       *Form
}

type siagaCount struct {
	Need hotline.SiagaNeed
	N    int
}

func (q *Request) siagaID() (hotline.SiagaID, error) {
	id, err := q.callID()
	return hotline.SiagaID(id), err
}

func (q *Request) siagaPage() (siagaPage, error) {
	page := siagaPage{Now: q.Now, May: q.Viewer.Has(siagaRoles...), Opens: q.Viewer.Has(chiefRoles...), Form: &Form{Errors: map[string]string{}}}
	id, err := q.siagaID()
	if err != nil {
		return page, err
	}
	var reports []hotline.SiagaReport
	err = q.Do(func(t Tx) (err error) {
		if page.Siaga, reports, page.Steps, err = t.SiagaFile(q.Context(), q.Viewer, id); err != nil {
			return err
		}
		people := []hotline.PersonID{page.By, page.EndedBy}
		for _, s := range page.Steps {
			people = append(people, s.By)
		}
		page.Names, err = t.Names(q.Context(), people...)
		return err
	})
	if err != nil {
		return page, callWrong(err)
	}
	page.Holds, page.Until = page.Siaga.Holds(q.Now), page.Siaga.Until.In(q.Regency().Zone).Format(wallClock)
	page.Places = hotline.SiagaPlaces(reports)
	page.Cases = nil
	needs := map[hotline.SiagaNeed]int{}
	for _, r := range reports {
		page.All++
		page.People += r.People
		if r.Case.Status.Live() {
			page.Live++
			needs[r.Need]++
		}
		if q.Regency().SeesSiaga(q.Viewer, r.Case).Facts {
			page.Cases = append(page.Cases, r)
		}
	}
	for _, n := range hotline.SiagaNeeds() {
		if needs[n] > 0 {
			page.Needs = append(page.Needs, siagaCount{n, needs[n]})
		}
	}
	return page, nil
}

func (q *Request) siaga() error {
	page, err := q.siagaPage()
	if err != nil {
		return err
	}
	return q.Page("siaga", page)
}

func (q *Request) siagaNow() error {
	page, err := q.siagaPage()
	if err != nil {
		return err
	}
	return q.Fragment("siaga", "now", page)
}

// siagaMap gives the villages with their counts.
func (q *Request) siagaMap() error {
	type spot struct {
		At    [2]float64 `json:"at"`
		Name  string     `json:"name"`
		Label string     `json:"label"`
		N     int        `json:"n"`
		Loud  bool       `json:"loud"`
	}
	page, err := q.siagaPage()
	if err != nil {
		return err
	}
	spots := []spot{}
	for _, p := range page.Places {
		if a, ok := q.Regency().Area(p.Area); ok {
			spots = append(spots, spot{middle(a), a.Name, q.say("siaga.spot", "place", a.Name, "live", strconv.Itoa(p.Live), "people", strconv.Itoa(p.People)), p.Live, p.Rescue > 0})
		}
	}
	return q.json(spots)
}

// siagaAct does something about a siaga and shows it again.
func (q *Request) siagaAct(fn func(t Tx, id hotline.SiagaID) error) error {
	id, err := q.siagaID()
	if err != nil {
		return err
	}
	err = q.Do(func(t Tx) error { return fn(t, id) })
	switch {
	case errors.Is(err, hotline.ErrSiagaOver):
		err = errors.Join(hotline.ErrRefused, err)
	case errors.Is(err, hotline.ErrSiagaUntil):
		err = q.Do(func(t Tx) error { q.FlashBad(t, "siaga.wrong.until"); return nil })
	}
	if err != nil {
		return callWrong(err)
	}
	return q.Redirect("/siaga/" + q.PathValue("id"))
}

func (q *Request) prolongSiaga() error {
	until, _ := time.ParseInLocation(wallClock, q.Form().Get("until"), q.Regency().Zone) // a wrong one is no time, which is told
	return q.siagaAct(func(t Tx, id hotline.SiagaID) error {
		if err := t.ProlongSiaga(q.Context(), q.Viewer, id, until); err != nil {
			return err
		}
		q.Flash(t, "siaga.prolonged")
		return nil
	})
}

func (q *Request) answerSiaga() error {
	text := q.Form().Long("text", hotline.MaxCallText/4)
	if strings.TrimSpace(text) == "" {
		return q.siagaAct(func(Tx, hotline.SiagaID) error { return nil })
	}
	return q.siagaAct(func(t Tx, id hotline.SiagaID) error {
		n, err := t.AnswerSiaga(q.Context(), q.Viewer, id, text)
		switch {
		case err != nil:
		case n == 0:
			q.Flash(t, "siaga.answered.none")
		default:
			q.Flash(t, "siaga.answered", "n", strconv.Itoa(n))
		}
		return err
	})
}

func (q *Request) endSiaga() error {
	summary := q.Form().Long("summary", hotline.MaxCallText/4)
	return q.siagaAct(func(t Tx, id hotline.SiagaID) error {
		if err := t.EndSiaga(q.Context(), q.Viewer, id, summary); err != nil {
			return err
		}
		q.Flash(t, "siaga.ended")
		return nil
	})
}

// inviteVolunteer shows a code once: it is kept nowhere.
func (q *Request) inviteVolunteer() error {
	name := q.Form().Text("name", 100)
	id, err := q.siagaID()
	if err != nil {
		return err
	}
	var code string
	var until time.Time
	err = q.Do(func(t Tx) (err error) {
		code, until, err = t.InviteVolunteer(q.Context(), q.Viewer, id, name)
		return err
	})
	if errors.Is(err, hotline.ErrSiagaOver) {
		err = errors.Join(hotline.ErrRefused, err)
	}
	if err != nil {
		return callWrong(err)
	}
	page, err := q.siagaPage()
	if err != nil {
		return err
	}
	page.Code, page.CodeUntil = code, until
	return q.Page("siaga", page)
}
