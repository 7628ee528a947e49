package console

import (
	"context"
	"errors"
	"strconv"

	"tanggap/hotline"
)

// A MergeTx merges cases that are about the same, and takes them apart.
type MergeTx interface {
	Merge(ctx context.Context, v hotline.Viewer, child, parent hotline.CaseID) (hotline.Case, error)
	TakeApart(ctx context.Context, v hotline.Viewer, child hotline.CaseID) (hotline.Case, error)
	Merged(ctx context.Context, v hotline.Viewer, parent hotline.CaseID) ([]hotline.BoardCase, error)
	Duplicates(ctx context.Context, v hotline.Viewer, id hotline.CaseID) ([]hotline.BoardCase, error)
	CaseByNumber(context.Context, hotline.Number) (hotline.Case, error)
	Case(context.Context, hotline.CaseID) (hotline.Case, error)
	CheckWord(hotline.Number) string
}

// mergeRoutes are the pages about what belongs to a case: others about the same, and its check word.
func mergeRoutes() []Route {
	watch := watchRoles
	return []Route{
		{Method: "GET", Path: "/board/cases/{id}/merge", May: chiefRoles, Do: (*Request).mergePage},
		{Method: "POST", Path: "/board/cases/{id}/merge", May: chiefRoles, Do: (*Request).actMerge},
		{Method: "POST", Path: "/board/cases/{id}/apart", May: chiefRoles, Do: (*Request).actApart},
		{Method: "POST", Path: "/board/cases/{id}/word", May: watch, Do: (*Request).checkWord},
	}
}

// A mergePage is a case with those about the same.
type mergePage struct {
	Form     *Form
	Case     hotline.Case
	Gist     string
	Parent   hotline.Case        // zero: it is merged into none
	Children []hotline.BoardCase // merged into it
	Likely   []hotline.BoardCase // proposed
}

// Free tells whether it may be merged into another.
func (p mergePage) Free() bool {
	return p.Case.Status.Live() && p.Case.Status != hotline.Merged && p.Case.Children == 0 && !p.Case.Urgent
}

func (q *Request) readMerge(id hotline.CaseID, look bool) (page mergePage, err error) {
	err = q.Do(func(t Tx) (err error) {
		page = mergePage{Form: &Form{Errors: map[string]string{}}}
		file, err := t.CaseFile(q.Context(), q.Viewer, id)
		if err != nil {
			return err
		}
		page.Case, page.Gist = file.Case, hotline.Gist(file.Said[file.Case.Story].Text)
		if look {
			q.Audit(t, hotline.Audit{Act: hotline.ActSawCase, Case: id})
		}
		if page.Case.Parent != 0 {
			if page.Parent, err = t.Case(q.Context(), page.Case.Parent); err != nil {
				return err
			}
		}
		if page.Children, err = t.Merged(q.Context(), q.Viewer, id); err != nil || !page.Free() {
			return err
		}
		page.Likely, err = t.Duplicates(q.Context(), q.Viewer, id)
		return err
	})
	return page, err
}

func (q *Request) mergePage() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	page, err := q.readMerge(hotline.CaseID(id), true)
	if err != nil {
		return err
	}
	return q.Page("merge", page)
}

// actMerge merges a case into the one whose number was typed or chosen.
func (q *Request) actMerge() error {
	f := q.Form()
	n, ok := hotline.ParseNumber(q.Regency().Letters, f.Text("into", 40))
	if !ok {
		f.Wrong("into", "wrong.number")
	}
	return q.joined(f, "did.merge", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		parent, err := t.CaseByNumber(q.Context(), n)
		if err != nil {
			return hotline.Case{}, err
		}
		return t.Merge(q.Context(), q.Viewer, id, parent.ID)
	})
}

func (q *Request) actApart() error {
	return q.joined(q.Form(), "did.apart", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.TakeApart(q.Context(), q.Viewer, id)
	})
}

// joined does an act and shows the page again. What is wrong is said beside the number.
func (q *Request) joined(f *Form, said string, do func(Tx, hotline.CaseID) (hotline.Case, error)) error {
	n, err := q.number()
	if err != nil {
		return err
	}
	id := hotline.CaseID(n)
	if f.OK() {
		err = q.Do(func(t Tx) error {
			after, err := do(t, id)
			if err == nil {
				q.Flash(t, said, "number", after.Number.String())
			}
			return err
		})
		switch {
		case errors.Is(err, hotline.ErrSight):
			f.Wrong("into", "wrong.sight")
		case errors.Is(err, hotline.ErrRefused):
			f.Wrong("into", "wrong.merge")
		case errors.Is(err, hotline.ErrNotFound):
			f.Wrong("into", "wrong.number")
		case errors.Is(err, hotline.ErrForbidden):
			return ErrForbidden
		case err != nil:
			return err
		}
	}
	if f.OK() {
		return q.Redirect("/board/cases/" + strconv.FormatInt(n, 10) + "/merge")
	}
	page, err := q.readMerge(id, false)
	if err != nil {
		return err
	}
	page.Form = f
	return q.Again("merge", page)
}

// checkWord shows the word with which a case's reporter may look at it without a chat, to whoever may see who reported. It is kept that it was
// shown.
func (q *Request) checkWord() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	var page struct {
		Case hotline.Case
		Word string
	}
	err = q.Do(func(t Tx) error {
		file, err := t.CaseFile(q.Context(), q.Viewer, hotline.CaseID(id))
		if err != nil {
			return err
		}
		if !file.Sight.Reporter {
			return ErrForbidden
		}
		page.Case, page.Word = file.Case, t.CheckWord(file.Case.Number)
		q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Case: page.Case.ID, Person: page.Case.Reporter, Detail: "check word"})
		return nil
	})
	if err != nil {
		return err
	}
	return q.Page("checkword", page)
}
