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

// A BoardTx is what the coordinator's board does with the database. What a list gives has been through the one predicate of who may see what.
type BoardTx interface {
	BoardListTx
	BoardCaseTx
	BoardActTx
	MergeTx
	BlockTx
	ChartTx
}

// A BoardListTx reads lists and counts.
type BoardListTx interface {
	Loads(context.Context, hotline.Viewer) ([]hotline.UnitLoad, error)
	Statuses(context.Context, hotline.Viewer) (map[hotline.Status]int, error)
	LateCount(context.Context, hotline.Viewer) (int, error)
	SpokenCount(ctx context.Context, v hotline.Viewer, most int) (int, error)
	Worklist(ctx context.Context, v hotline.Viewer, unit string, after hotline.Bookmark, limit int) ([]hotline.WorkItem, error)
	LateItems(ctx context.Context, v hotline.Viewer, after hotline.Bookmark, limit int) ([]hotline.WorkItem, error)
	TriageList(ctx context.Context, v hotline.Viewer, after hotline.Bookmark, limit int) ([]hotline.BoardCase, error)
	SpokenList(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Spoken, error)
	Search(context.Context, hotline.Viewer, hotline.Search) ([]hotline.BoardCase, error)
	Colleagues(context.Context, hotline.Viewer) ([]hotline.Colleague, error)
	OpenPoints(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.CasePoint, error)
}

// A BoardCaseTx reads one case.
type BoardCaseTx interface {
	CaseFile(context.Context, hotline.Viewer, hotline.CaseID) (hotline.CaseFile, error)
	MediumFor(context.Context, hotline.Viewer, hotline.MediaID) (hotline.Attachment, hotline.CaseID, error)
}

// boardTopics says who hears of the signals of the board: it has none but the cases themselves.
var boardTopics = map[string][]hotline.RoleName{}

// boardRoutes are the pages of the coordinator's board.
func boardRoutes() []Route {
	// Whoever works cases may look, each at what they may see; what decides over cases is the coordinator's.
	watch := watchRoles
	heads := roles(hotline.RoleCoordinator, hotline.RoleHead)
	get := func(path string, may []hotline.RoleName, nav, key string, do func(*Request) error) Route {
		return Route{Method: "GET", Path: path, May: may, Nav: nav, Key: key, Do: do}
	}
	act := func(name string, do func(*Request) error) Route {
		return Route{Method: "POST", Path: "/board/cases/{id}/" + name, May: chiefRoles, Do: do}
	}
	return []Route{
		get("/board", watch, "board.nav", "b", (*Request).board),
		get("/board/now", watch, "", "", (*Request).boardNow),
		get("/board/unit/{unit}", watch, "", "", (*Request).worklist),
		get("/board/triage", chiefRoles, "triage.nav", "g", (*Request).triage),
		get("/board/triage/rows", chiefRoles, "", "", (*Request).triageRows),
		get("/board/late", watch, "late.nav", "k", (*Request).late),
		get("/board/inbox", chiefRoles, "inbox.nav", "v", (*Request).inbox),
		get("/board/search", watch, "search.nav", "/", (*Request).search),
		get("/board/search.csv", chiefRoles, "", "", (*Request).export),
		get("/board/map", watch, "map.nav", "m", (*Request).mapPage),
		get("/board/map.json", watch, "", "", (*Request).mapPoints),
		get("/board/boundaries.json", watch, "", "", (*Request).boundaries),
		get("/board/officers", heads, "officers.nav", "o", (*Request).officers),
		get("/board/cases/{id}", watch, "", "", (*Request).caseShow),
		get("/board/cases/{id}/history", watch, "", "", (*Request).caseHistory),
		get("/board/media/{id}", watch, "", "", (*Request).medium),
		act("assign", (*Request).actAssign),
		act("return", (*Request).actReturn),
		act("back", (*Request).actBack),
		act("answer", (*Request).actAnswer),
		act("note", (*Request).actNote),
		act("category", (*Request).actCategory),
		act("archive", (*Request).actArchive),
		act("restore", (*Request).actRestore),
		act("transcribe", (*Request).actTranscribe),
	}
}

// How long lists are.
const (
	boardRows  = 50  // of one page of a list
	boardVoice = 100 // of voice notes that are counted
)

// boardNow is what the board's first page tells of this moment.
type boardNow struct {
	Statuses map[hotline.Status]int
	Late     int
	Spoken   int
	Loads    []hotline.UnitLoad
	Chief    bool
}

func (n boardNow) Open() int {
	sum := 0
	for _, c := range n.Statuses {
		sum += c
	}
	return sum
}

// Count gives how many cases stand so.
func (n boardNow) Count(status string) int { return n.Statuses[hotline.Status(status)] }

func (q *Request) chief() bool { return q.Viewer.Has(hotline.RoleCoordinator) }

func (q *Request) readNow() (now boardNow, err error) {
	err = q.Do(func(t Tx) (err error) {
		now = boardNow{Chief: q.chief()}
		if now.Loads, err = t.Loads(q.Context(), q.Viewer); err != nil {
			return err
		}
		if now.Statuses, err = t.Statuses(q.Context(), q.Viewer); err != nil {
			return err
		}
		if now.Late, err = t.LateCount(q.Context(), q.Viewer); err != nil {
			return err
		}
		now.Spoken, err = t.SpokenCount(q.Context(), q.Viewer, boardVoice)
		return err
	})
	slices.SortStableFunc(now.Loads, func(a, b hotline.UnitLoad) int { return b.Late - a.Late }) // who is late stands first
	return now, err
}

func (q *Request) board() error {
	now, err := q.readNow()
	if err != nil {
		return err
	}
	return q.Page("board", now)
}

func (q *Request) boardNow() error {
	now, err := q.readNow()
	if err != nil {
		return err
	}
	return q.Fragment("board", "now", now)
}

// itemsPage is a list of parts of cases.
type itemsPage struct {
	Unit  string
	Items []hotline.WorkItem
	More  string // how to go on; empty: that is all
}

func (q *Request) worklist() error {
	page := itemsPage{Unit: q.PathValue("unit")}
	if _, ok := q.Regency().Unit(page.Unit); !ok {
		return hotline.ErrNotFound
	}
	after, err := q.bookmark()
	if err != nil {
		return err
	}
	err = q.Do(func(t Tx) (err error) {
		page.Items, err = t.Worklist(q.Context(), q.Viewer, page.Unit, after, boardRows+1)
		return err
	})
	if err != nil {
		return err
	}
	page.cut()
	return q.Page("worklist", page)
}

func (q *Request) late() error {
	var page itemsPage
	after, err := q.bookmark()
	if err != nil {
		return err
	}
	err = q.Do(func(t Tx) (err error) {
		page.Items, err = t.LateItems(q.Context(), q.Viewer, after, boardRows+1)
		return err
	})
	if err != nil {
		return err
	}
	page.cut()
	return q.Page("late", page)
}

// cut leaves a page of rows, and says how to go on where there are more.
func (p *itemsPage) cut() {
	if len(p.Items) <= boardRows {
		return
	}
	p.Items = p.Items[:boardRows]
	p.More = bookmarkText(p.Items[boardRows-1].Bookmark())
}

// bookmark reads where a list is to go on.
func (q *Request) bookmark() (hotline.Bookmark, error) {
	text := q.FormValue("after")
	if text == "" {
		return hotline.Bookmark{}, nil
	}
	parts := strings.Split(text, ".")
	wrong := &Wrong{What: "after"}
	if len(parts) != 3 {
		return hotline.Bookmark{}, wrong
	}
	at, err1 := strconv.ParseInt(parts[1], 10, 64)
	id, err2 := strconv.ParseInt(parts[2], 10, 64)
	if errors.Join(err1, err2) != nil || at > 253402300800_000000 || at < 0 {
		return hotline.Bookmark{}, wrong
	}
	return hotline.Bookmark{Calm: parts[0] == "c", Time: time.UnixMicro(at).UTC(), ID: id}, nil
}

// bookmarkText is a bookmark as an address says it.
func bookmarkText(b hotline.Bookmark) string {
	kind := "u"
	if b.Calm {
		kind = "c"
	}
	return kind + "." + strconv.FormatInt(b.Time.UnixMicro(), 10) + "." + strconv.FormatInt(b.ID, 10)
}

func (q *Request) officers() error {
	var page struct{ Units []officersOf }
	err := q.Do(func(t Tx) error {
		page.Units = nil
		people, err := t.Colleagues(q.Context(), q.Viewer)
		at := map[string]int{}
		for _, p := range people {
			i, ok := at[p.Role.Unit]
			if !ok {
				i = len(page.Units)
				at[p.Role.Unit] = i
				page.Units = append(page.Units, officersOf{Unit: p.Role.Unit})
			}
			u := &page.Units[i]
			u.People = append(u.People, p)
			if p.Role.OnDuty {
				u.Duty++
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(page.Units, func(a, b officersOf) int { return strings.Compare(a.Unit, b.Unit) })
	return q.Page("officers", page)
}

// officersOf is who has roles in a unit.
type officersOf struct {
	Unit   string
	People []hotline.Colleague
	Duty   int // how many are on duty
}

// number reads the id in the path.
func (q *Request) number() (int64, error) {
	id, err := strconv.ParseInt(q.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, hotline.ErrNotFound
	}
	return id, nil
}
