package console

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tanggap/console/words"
	"tanggap/hotline"
)

// venueList is the page on which the visit is chosen.
type venueList struct {
	Visits  []venueChoice
	Offices []hotline.Office
}

type venueChoice struct {
	ID    hotline.VisitID
	Name  string
	Where string
	Hours string
	State hotline.VisitState
}

// venuePage is the page at a visit. It is kept in the browser for when there is no connection: nothing of it is about anybody who comes.
type venuePage struct {
	ID      hotline.VisitID
	Name    string
	Where   string
	Display string // the address of the display
	QR      any    // … as a picture
	Words   string // what the script says, as JSON
	User    hotline.PersonID
	By      string // their name, for a tablet that several use
}

func (q *Request) visitID() (hotline.VisitID, error) {
	id, err := strconv.ParseInt(q.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, hotline.ErrNotFound
	}
	return hotline.VisitID(id), nil
}

// visitName gives what a visit is called: its programme, or the office.
func (q *Request) visitName(v hotline.Visit) string {
	r := q.Regency()
	if o, ok := r.OfficeByID(v.Office); ok {
		return o.Name
	}
	g, _ := r.ProgrammeByID(v.Programme)
	return g.Name
}

// visitWhere gives where a visit is: the venue, and the village or kecamatan.
func (q *Request) visitWhere(v hotline.Visit) string {
	area := q.console.pages.name(q.Lang, hotline.ArgArea, v.Area)
	if v.Venue == "" || v.Office != "" {
		return area
	}
	return v.Venue + ", " + area
}

func windowWords(w hotline.Window) string {
	clock := func(minute int) string { return fmt.Sprintf("%02d.%02d", minute/60, minute%60) }
	return clock(w.From) + "–" + clock(w.Until)
}

func (q *Request) venues() error {
	var page venueList
	var visits []hotline.Visit
	err := q.Do(func(t Tx) (err error) {
		visits, page.Offices, err = t.VenueVisits(q.Context(), q.Viewer)
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range visits {
		page.Visits = append(page.Visits, venueChoice{ID: v.ID, Name: q.visitName(v), Where: q.visitWhere(v), Hours: windowWords(v.Hours), State: v.State})
	}
	return q.Page("venues", page)
}

// openOffice opens today's day of an office, at which nobody has booked.
func (q *Request) openOffice() error {
	office := q.Form().Get("office")
	if office == "" {
		return &Wrong{"no office"}
	}
	var id hotline.VisitID
	err := q.Do(func(t Tx) (err error) { id, err = t.OpenOffice(q.Context(), q.Viewer, office); return err })
	if err != nil {
		return venueWrong(err)
	}
	return q.Redirect("/venue/" + strconv.FormatInt(int64(id), 10))
}

// venueVisit reads the visit of the path, for whoever works there or runs it. It is open to them from the day before until the day after; what they do is decided act by act.
func (q *Request) venueVisit(t Tx) (hotline.Visit, error) {
	id, err := q.visitID()
	if err != nil {
		return hotline.Visit{}, err
	}
	v, err := t.Visit(q.Context(), id)
	if err != nil {
		return v, err
	}
	r := q.Regency()
	if !r.WorksWith(q.Viewer, v, r.Today(q.Now)) && !r.Runs(q.Viewer, v) {
		return v, hotline.ErrNotFound
	}
	return v, nil
}

func (q *Request) venue() error {
	var v hotline.Visit
	err := q.Do(func(t Tx) (err error) { v, err = q.venueVisit(t); return err })
	if err != nil {
		return err
	}
	page := venuePage{ID: v.ID, Name: q.visitName(v), Where: q.visitWhere(v), User: q.User.Person, By: q.User.Name}
	if page.By == "" {
		page.By = q.User.Login
	}
	page.Display = q.outside(fmt.Sprintf("%s/venue/%d/display", Base, v.ID))
	if page.QR, err = drawQR(page.Display); err != nil {
		return err
	}
	said := map[string]string{}
	for key := range words.All() {
		if short, ok := strings.CutPrefix(key, "venue.js."); ok {
			said[short] = q.say(key)
		}
	}
	b, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("write the words of a page: %w", err)
	}
	page.Words = string(b)
	return q.Page("venue", page)
}

// venueWorker answers with the script that keeps the page in the browser. It has to stand above what it keeps.
func (q *Request) venueWorker() error {
	f, ok := q.console.assets.files["venue-worker.js"]
	if !ok {
		return hotline.ErrNotFound
	}
	h := q.W.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("Service-Worker-Allowed", Base+"/venue")
	_, _ = q.W.Write(f.plain) // whoever went away does not hear it
	return nil
}

// venueShown is the display: numbers, for everybody.
type venueShown struct {
	ID       hotline.VisitID
	Name     string
	Where    string
	Counters []venueShownCounter
}

type venueShownCounter struct {
	hotline.VenueShowing
	Name string
}

// readDisplay reads what the display says. Only of today, and nothing that is not called out anyway: nobody need be signed in at a television.
func (q *Request) readDisplay() (venueShown, error) {
	var page venueShown
	id, err := q.visitID()
	if err != nil {
		return page, err
	}
	r := q.Regency()
	err = q.Do(func(t Tx) error {
		v, err := t.Visit(q.Context(), id)
		if err != nil {
			return err
		}
		if v.Date != r.Today(q.Now) {
			return hotline.ErrNotFound
		}
		all, err := t.VenueDisplay(q.Context(), id)
		if err != nil {
			return err
		}
		page = venueShown{ID: v.ID, Name: q.visitName(v), Where: q.visitWhere(v)}
		for _, s := range all {
			if len(s.Now) == 0 && s.Waiting == 0 {
				continue
			}
			service, _ := r.ServiceByID(s.Service)
			s.Now = s.Now[:min(len(s.Now), 4)]
			page.Counters = append(page.Counters, venueShownCounter{s, service.Name.In(q.Lang)})
		}
		return nil
	})
	slices.SortStableFunc(page.Counters, func(a, b venueShownCounter) int { return strings.Compare(a.Letter, b.Letter) })
	return page, err
}

func (q *Request) venueDisplay() error {
	page, err := q.readDisplay()
	if err != nil {
		return err
	}
	return q.Page("venue_display", page)
}

func (q *Request) venueDisplayNow() error {
	page, err := q.readDisplay()
	if err != nil {
		return err
	}
	return q.Fragment("venue_display", "now", page)
}
