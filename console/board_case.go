package console

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// A casePage is a case with all that may be done about it.
type casePage struct {
	File     hotline.CaseFile
	Lines    []caseLine
	Form     *Form // what was just typed, and what is wrong with it
	Open     string
	Chief    bool
	Groups   []unitGroup
	Matters  []hotline.Category
	Bodies   []hotline.Agency
	Reasons  []hotline.ArchiveReason
	Units    []proposal // proposed for it
	Blocking blockPart
}

// A proposal is a unit that a key gives the case to.
type proposal struct{ Unit, Key string }

// A caseLine is one line of a case's history.
type caseLine struct {
	At       time.Time
	Kind     hotline.EventKind
	Who      string // a name; empty: see Reporter and Service
	Reporter bool   // by whoever reported
	Service  bool   // by nobody
	Unit     string
	Category string
	Area     string
	Reason   string
	Date     string
	Stars    int
	Text     string
	Erased   bool
	Media    []hotline.MediaFact
}

// A unitGroup is an agency with its units, to choose from.
type unitGroup struct {
	Agency string
	Units  []string
}

func (q *Request) caseShow() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	page, err := q.readCase(hotline.CaseID(id), true)
	if err != nil {
		return err
	}
	return q.Page("case", page)
}

// caseHistory is what of a case's page changes by itself.
func (q *Request) caseHistory() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	page, err := q.readCase(hotline.CaseID(id), false)
	if err != nil {
		return err
	}
	return q.Fragment("case", "now", page)
}

// readCase reads a case for its page. A look at it is kept; that a page shows what is new of what it shows already is none.
func (q *Request) readCase(id hotline.CaseID, look bool) (casePage, error) {
	page := casePage{Chief: q.chief(), Form: &Form{Errors: map[string]string{}}}
	err := q.Do(func(t Tx) (err error) {
		if page.File, err = t.CaseFile(q.Context(), q.Viewer, id); err != nil {
			return err
		}
		if page.Blocking, err = q.readBlocking(t, page.File); err != nil || !look {
			return err
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActSawCase, Case: id})
		if p := page.File.Reporter.ID; p != 0 {
			q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Case: id, Person: p})
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	page.Lines = caseLines(page.File)
	for i, u := range page.File.Units {
		page.Units = append(page.Units, proposal{u, strconv.Itoa(i + 1)})
	}
	if page.Chief {
		page.Groups = unitGroups(q.Regency(), page.File.Case)
		page.Matters, page.Bodies, page.Reasons = q.Regency().Categories, q.Regency().Agencies, hotline.ArchiveReasons()
	}
	return page, nil
}

// caseLines puts a case's history into lines, oldest first.
func caseLines(f hotline.CaseFile) []caseLine {
	lines := make([]caseLine, 0, len(f.Events))
	for _, e := range f.Events {
		said := f.Said[e.Content]
		l := caseLine{At: e.At, Kind: e.Kind, Unit: e.Unit, Area: e.Area, Date: e.Date, Stars: e.Value, Text: said.Text, Erased: said.Erased}
		switch e.Kind {
		case hotline.EvArchived:
			l.Reason = e.Word
		case hotline.EvRecategory, hotline.EvFiled:
			l.Category = e.Category
		}
		if a, ok := f.Case.Assignment(e.Assignment); ok && l.Unit == "" {
			l.Unit = a.Unit
		}
		switch name := f.Names[e.By]; {
		case name != "":
			l.Who = name
		case reporters[e.Kind] || e.By != 0:
			l.Reporter = true
		default:
			l.Service = true
		}
		for _, id := range said.Media {
			if m, ok := f.Media[id]; ok {
				l.Media = append(l.Media, m)
			}
		}
		lines = append(lines, l)
	}
	return lines
}

// reporters are the events that reporters make happen; of an anonymous one it is not said by whom.
var reporters = map[hotline.EventKind]bool{
	hotline.EvFiled: true, hotline.EvTold: true, hotline.EvRemarked: true, hotline.EvEdited: true, hotline.EvDetailed: true, hotline.EvPlaced: true,
	hotline.EvRated: true, hotline.EvReopened: true, hotline.EvWithdrawn: true, hotline.EvUrgent: true, hotline.EvRestricted: true,
}

// unitGroups lists the units that a case may be given to: those of agencies with a desk, and none of the agency complained about.
func unitGroups(r *hotline.Regency, c hotline.Case) []unitGroup {
	var groups []unitGroup
	at := map[string]int{}
	for _, a := range r.Agencies {
		if a.Desk && !r.HiddenFrom(c, a.ID) {
			at[a.ID] = len(groups)
			groups = append(groups, unitGroup{Agency: a.ID})
		}
	}
	for _, u := range r.Units {
		if i, ok := at[u.Agency]; ok {
			groups[i].Units = append(groups[i].Units, u.ID)
		}
	}
	return slices.DeleteFunc(groups, func(g unitGroup) bool { return len(g.Units) == 0 })
}

// medium answers with a photo, a voice note, a film or a document of a case. A voice note, film or document is the original, and that it was opened is kept.
func (q *Request) medium() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	var a hotline.Attachment
	err = q.Do(func(t Tx) error {
		var of hotline.CaseID
		if a, of, err = t.MediumFor(q.Context(), q.Viewer, hotline.MediaID(id)); err != nil {
			return err
		}
		if a.Kind != hotline.Photo {
			q.Audit(t, hotline.Audit{Act: hotline.ActHeard, Case: of, Detail: string(a.Kind) + " " + strconv.FormatInt(id, 10)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	h := q.W.Header()
	kind, _, _ := mime.ParseMediaType(a.Mime)
	how := "inline"
	if !strings.HasPrefix(kind, "image/") && !strings.HasPrefix(kind, "audio/") && !strings.HasPrefix(kind, "video/") || kind == "image/svg+xml" {
		kind, how = "application/octet-stream", "attachment" // what a browser would run is only kept
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(q.W, q.Request, "", time.Time{}, strings.NewReader(string(a.Data)))
	return nil
}

// A BoardActTx is what the coordinator does about a case. Each act makes its events happen with the person who did it, and says its notices.
type BoardActTx interface {
	AssignTo(ctx context.Context, v hotline.Viewer, id hotline.CaseID, unit string, p hotline.Part) (hotline.Case, error)
	ReturnToQueue(ctx context.Context, v hotline.Viewer, id hotline.CaseID, part hotline.AssignmentID) (hotline.Case, error)
	TakeBack(ctx context.Context, v hotline.Viewer, id hotline.CaseID, part hotline.AssignmentID) (hotline.Case, error)
	AnswerReporter(ctx context.Context, v hotline.Viewer, id hotline.CaseID, text string) (hotline.Case, error)
	Note(ctx context.Context, v hotline.Viewer, id hotline.CaseID, text string) (hotline.Case, error)
	Recategorise(ctx context.Context, v hotline.Viewer, id hotline.CaseID, category, about string) (hotline.Case, error)
	Archive(ctx context.Context, v hotline.Viewer, id hotline.CaseID, reason hotline.ArchiveReason) (hotline.Case, error)
	Restore(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (hotline.Case, error)
	Transcribe(ctx context.Context, v hotline.Viewer, id hotline.CaseID, said hotline.ContentID, text string, heard hotline.Reading) (hotline.Case, error)
}

// longest is how much of a text somebody may type.
const longest = 2000

// An act is one of the forms of a case's page: what it reads from the form, and what it does.
type act struct {
	Name string // which form
	Said string // the key of what the next page says first
	Do   func(t Tx, id hotline.CaseID) (hotline.Case, error)
}

// wrongs says of which field an act's answer speaks, and how.
var wrongs = []struct {
	err        error
	field, key string
}{
	{hotline.ErrRefused, "", "wrong.refused"}, {hotline.ErrAccused, "unit", "wrong.accused"}, {hotline.ErrNoDesk, "unit", "wrong.nodesk"},
	{hotline.ErrNoUnit, "unit", "wrong.unit"}, {hotline.ErrNoMatter, "category", "wrong.category"}, {hotline.ErrWhom, "about", "wrong.whom"},
	{hotline.ErrNoReason, "reason", "wrong.reason"}, {hotline.ErrBlockReason, "why", "wrong.why"}, {hotline.ErrBlockWords, "words", "wrong.sentence"},
	{hotline.ErrBlockUntil, "days", "wrong.days"}, {hotline.ErrBlockTwice, "", "wrong.twice"}, {hotline.ErrBlockStaff, "", "wrong.staff"},
	{hotline.ErrBlockNobody, "", "wrong.nobody"},
}

// perform does an act with what was typed in f, and goes back to where it was asked for. What is wrong is said beside its field, in the case's page.
func (q *Request) perform(f *Form, a act) error {
	n, err := q.number()
	if err != nil {
		return err
	}
	id := hotline.CaseID(n)
	if f.OK() {
		err = q.Do(func(t Tx) error {
			after, err := a.Do(t, id)
			if err != nil {
				return err
			}
			q.Flash(t, a.Said, "number", after.Number.String())
			return nil
		})
		for _, w := range wrongs {
			if errors.Is(err, w.err) {
				f.Wrong(w.field, w.key)
				err = nil
				break
			}
		}
		if errors.Is(err, hotline.ErrForbidden) {
			return ErrForbidden
		}
		if err != nil {
			return err
		}
	}
	if !f.OK() {
		page, err := q.readCase(id, false)
		if err != nil {
			return err
		}
		page.Form, page.Open = f, a.Name
		return q.Again("case", page)
	}
	switch f.Get("back") {
	case "triage":
		return q.Redirect("/board/triage?done=" + strconv.FormatInt(n, 10))
	case "inbox":
		return q.Redirect("/board/inbox")
	}
	return q.Redirect("/board/cases/" + strconv.FormatInt(n, 10))
}

func (q *Request) actAssign() error {
	f := q.Form()
	unit, part := f.Text("unit", 60), hotline.Part(f.Text("part", 20))
	if unit == "" {
		f.Wrong("unit", "wrong.empty")
	}
	if part == "" {
		part = hotline.Lead
	}
	if !slices.Contains([]hotline.Part{hotline.Lead, hotline.Supporting, hotline.Responding}, part) {
		return &Wrong{What: "part"}
	}
	return q.perform(f, act{"assign", "did.assign", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.AssignTo(q.Context(), q.Viewer, id, unit, part)
	}})
}

// part reads which part of a case a form is about.
func partOf(f *Form) (hotline.AssignmentID, error) {
	id, err := strconv.ParseInt(f.Get("part"), 10, 64)
	if err != nil {
		return 0, &Wrong{What: "part"}
	}
	return hotline.AssignmentID(id), nil
}

func (q *Request) actReturn() error {
	f := q.Form()
	part, err := partOf(f)
	if err != nil {
		return err
	}
	return q.perform(f, act{"parts", "did.return", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.ReturnToQueue(q.Context(), q.Viewer, id, part)
	}})
}

func (q *Request) actBack() error {
	f := q.Form()
	part, err := partOf(f)
	if err != nil {
		return err
	}
	return q.perform(f, act{"parts", "did.back", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.TakeBack(q.Context(), q.Viewer, id, part)
	}})
}

// words reads a text that must not be empty.
func (f *Form) words(name string) string {
	text := f.Long(name, longest)
	if strings.TrimSpace(text) == "" {
		f.Wrong(name, "wrong.empty")
	}
	return text
}

func (q *Request) actAnswer() error {
	f := q.Form()
	text := f.words("answer")
	return q.perform(f, act{"answer", "did.answer", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.AnswerReporter(q.Context(), q.Viewer, id, text)
	}})
}

func (q *Request) actNote() error {
	f := q.Form()
	text := f.words("note")
	return q.perform(f, act{"note", "did.note", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.Note(q.Context(), q.Viewer, id, text)
	}})
}

func (q *Request) actCategory() error {
	f := q.Form()
	category, about := f.Text("category", 60), f.Text("about", 60)
	if category == "" {
		f.Wrong("category", "wrong.empty")
	}
	return q.perform(f, act{"category", "did.category", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.Recategorise(q.Context(), q.Viewer, id, category, about)
	}})
}

func (q *Request) actArchive() error {
	f := q.Form()
	reason := hotline.ArchiveReason(f.Text("reason", 20))
	return q.perform(f, act{"archive", "did.archive", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.Archive(q.Context(), q.Viewer, id, reason)
	}})
}

func (q *Request) actRestore() error {
	return q.perform(q.Form(), act{"archive", "did.restore", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.Restore(q.Context(), q.Viewer, id)
	}})
}
