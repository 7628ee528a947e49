package console

import (
	"strconv"
	"sync/atomic"

	"tanggap/hotline"
)

// A triagePage is the cases that wait for the coordinator, with the one that is decided now.
type triagePage struct {
	Rows []hotline.BoardCase
	More string
	At   *casePage    // nil: nothing waits
	Done hotline.Case // what was just decided, to be undone; zero: nothing
	Part hotline.AssignmentID
}

func (q *Request) readTriage() (page triagePage, err error) {
	after, err := q.bookmark()
	if err != nil {
		return page, err
	}
	err = q.Do(func(t Tx) (err error) {
		page.Rows, err = t.TriageList(q.Context(), q.Viewer, after, boardRows+1)
		return err
	})
	if len(page.Rows) > boardRows {
		page.Rows = page.Rows[:boardRows]
		last := page.Rows[boardRows-1].Case
		page.More = bookmarkText(hotline.Bookmark{Calm: !last.Urgent, Time: last.Filed, ID: int64(last.ID)})
	}
	return page, err
}

// triage shows what waits, and of it the first, or the one that was asked for, with its decisions.
func (q *Request) triage() error {
	page, err := q.readTriage()
	if err != nil {
		return err
	}
	if id, err := strconv.ParseInt(q.FormValue("done"), 10, 64); err == nil && id > 0 {
		if done, err := q.readCase(hotline.CaseID(id), false); err == nil { // gone meanwhile: there is nothing to undo
			page.Done = done.File.Case
			if lead, ok := page.Done.Lead(); ok && lead.State == hotline.Waiting {
				page.Part = lead.ID
			}
		}
	}
	asked := hotline.CaseID(0)
	if id, err := strconv.ParseInt(q.FormValue("case"), 10, 64); err == nil {
		asked = hotline.CaseID(id)
	} else if len(page.Rows) > 0 {
		asked = page.Rows[0].Case.ID
	}
	if asked != 0 {
		at, err := q.readCase(asked, true)
		if err != nil {
			return err
		}
		page.At = &at
	}
	return q.Page("triage", page)
}

func (q *Request) triageRows() error {
	page, err := q.readTriage()
	if err != nil {
		return err
	}
	return q.Fragment("triage", "rows", page)
}

// An inboxPage is what humans must do since nobody else can: write down what was spoken.
type inboxPage struct {
	Spoken []hotline.Spoken
}

func (q *Request) inbox() error {
	var page inboxPage
	err := q.Do(func(t Tx) (err error) {
		page.Spoken, err = t.SpokenList(q.Context(), q.Viewer, boardVoice)
		return err
	})
	if err != nil {
		return err
	}
	return q.Page("inbox", page)
}

func (q *Request) actTranscribe() error {
	f := q.Form()
	text := f.words("text")
	said, err := strconv.ParseInt(f.Get("content"), 10, 64)
	if err != nil {
		return &Wrong{What: "content"}
	}
	heard := reader(q.Regency()).Read(text)
	return q.perform(f, act{"transcribe", "did.transcribe", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		return t.Transcribe(q.Context(), q.Viewer, id, hotline.ContentID(said), text, heard)
	}})
}

// reader gives a reader of the description in force. Making one takes a moment, so the last is kept.
func reader(r *hotline.Regency) *hotline.Reader {
	if k := lastReader.Load(); k != nil && k.regency == r {
		return k.Reader
	}
	k := &keptReader{hotline.NewReader(r), r}
	lastReader.Store(k)
	return k.Reader
}

type keptReader struct {
	*hotline.Reader
	regency *hotline.Regency
}

var lastReader atomic.Pointer[keptReader] //nolint:gochecknoglobals // a cache by what it is made of
