package console

import (
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// visitPage is one visit: where it stands, its counters, who takes part.
type visitPage struct {
	visitRow
	Stops      []string
	Ready      []hotline.VisitState // the states it can be put into now
	Ends       bool                 // it can be ended now
	Today      bool
	Counters   []visitCounter
	Agencies   []visitTaking
	Missing    int // agencies that are not there on the day
	Unanswered int
	Reach      hotline.VisitReach
	Done       []visitCount // bookings by where they stand
	Booked     int
	More       []visitChoice // services that can be added
	Form       *Form
	Live       bool
	Opens      string // as typed
	Closes     string
}

// visitCounter is one service of a visit. Busy: a time window has more given than it has places left for others.
type visitCounter struct {
	hotline.Counter
	Name                        string
	Quota, Kept, Given, Blocked int
}

// visitTaking is an agency's part.
type visitTaking struct {
	hotline.Taking
	Name string // who answered
	Late bool   // it is the day, and nobody is there
}

type visitCount struct {
	State hotline.BookingState
	N     int
}

// visitChoice is something to choose by its id.
type visitChoice struct{ ID, Name string }

func (q *Request) serviceName(id string) string {
	s, ok := q.Regency().ServiceByID(id)
	if !ok {
		return id
	}
	return s.Name.In(q.Lang)
}

func (q *Request) visitPage() (visitPage, error) {
	page := visitPage{Form: &Form{Errors: map[string]string{}}}
	id, err := q.visitID()
	if err != nil {
		return page, err
	}
	var visit hotline.Visit
	var taken map[hotline.BookingState]int
	var names map[hotline.PersonID]string
	err = q.Do(func(t Tx) (err error) {
		if visit, err = t.Visit(q.Context(), id); err != nil {
			return err
		}
		if page.Reach, err = t.VisitReach(q.Context(), id); err != nil {
			return err
		}
		if taken, err = t.VisitTaken(q.Context(), id); err != nil {
			return err
		}
		var people []hotline.PersonID
		for _, a := range visit.Agencies {
			if a.By != 0 && !slices.Contains(people, a.By) {
				people = append(people, a.By)
			}
		}
		names, err = t.Names(q.Context(), people...)
		return err
	})
	if err != nil {
		return page, err
	}
	r := q.Regency()
	page.visitRow = q.visitRow(visit)
	page.Opens, page.Closes, _ = strings.Cut(visit.Hours.String(), "-")
	page.Live, page.Today = visit.Live(), visit.Date == r.Today(q.Now)
	g, _ := r.ProgrammeByID(visit.Programme)
	for _, s := range g.Stops {
		page.Stops = append(page.Stops, s.In(q.Lang))
	}
	for _, s := range []hotline.VisitState{hotline.VisitPlanned, hotline.VisitOpen, hotline.VisitRunning} {
		if page.Live && s != visit.State && (s != hotline.VisitRunning || page.Today) && (s != hotline.VisitPlanned || page.Reach.Bookings == 0) {
			page.Ready = append(page.Ready, s)
		}
	}
	page.Ends = (visit.State == hotline.VisitOpen || visit.State == hotline.VisitRunning) && !q.Now.Before(visit.Begins(r.Zone))
	for _, c := range visit.Counters {
		x := visitCounter{Counter: c, Name: q.serviceName(c.Service)}
		for _, s := range c.Slots {
			x.Quota, x.Kept, x.Given, x.Blocked = x.Quota+s.Quota, x.Kept+s.Reserve, x.Given+s.Taken, x.Blocked+s.Blocked
		}
		page.Counters = append(page.Counters, x)
	}
	for _, a := range visit.Agencies {
		x := visitTaking{Taking: a, Name: names[a.By], Late: page.Today && page.Live && a.Came.IsZero() && !q.Now.Before(visit.Begins(r.Zone))}
		if x.Late {
			page.Missing++
		}
		if a.Answer == hotline.AnswerNone {
			page.Unanswered++
		}
		page.Agencies = append(page.Agencies, x)
	}
	for _, s := range []hotline.BookingState{hotline.BookingWaiting, hotline.BookingOffered, hotline.BookingBooked, hotline.BookingArrived,
		hotline.BookingCalled, hotline.BookingServing,
		hotline.BookingDone, hotline.BookingFollow, hotline.BookingRejected, hotline.BookingReferred, hotline.BookingNoShow} {
		if taken[s] > 0 {
			page.Done = append(page.Done, visitCount{s, taken[s]})
			page.Booked += taken[s]
		}
	}
	if page.Live && page.Mine {
		for _, s := range r.Services {
			if _, have := visit.Counter(s.ID); !have {
				page.More = append(page.More, visitChoice{s.ID, s.Name.In(q.Lang)})
			}
		}
	}
	return page, nil
}

func (q *Request) visit() error {
	page, err := q.visitPage()
	if err != nil {
		return err
	}
	return q.Page("visit", page)
}

func (q *Request) visitNow() error {
	page, err := q.visitPage()
	if err != nil {
		return err
	}
	return q.Fragment("visit", "now", page)
}

// peopleMost is how many bookings one list shows.
const peopleMost = 1000

// visitPeoplePage is who booked, as far as the viewer may see who.
type visitPeoplePage struct {
	visitRow
	Rows     []hotline.Booking
	Names    bool // some are shown
	Service  string
	Services []visitChoice
}

// Of names the service of a booking.
func (p visitPeoplePage) Of(id string) string {
	for _, s := range p.Services {
		if s.ID == id {
			return s.Name
		}
	}
	return id
}

func (q *Request) visitPeople() error {
	page := visitPeoplePage{Service: q.URL.Query().Get("service")}
	id, err := q.visitID()
	if err != nil {
		return err
	}
	var visit hotline.Visit
	err = q.Do(func(t Tx) (err error) {
		if visit, err = t.Visit(q.Context(), id); err != nil {
			return err
		}
		page.Rows, err = t.VisitBookings(q.Context(), q.Viewer, id, page.Service, peopleMost)
		return err
	})
	if err != nil {
		return visitWrong(err)
	}
	page.visitRow = q.visitRow(visit)
	for _, c := range visit.Counters {
		page.Services = append(page.Services, visitChoice{c.Service, q.serviceName(c.Service)})
	}
	page.Names = slices.ContainsFunc(page.Rows, func(b hotline.Booking) bool { return b.Who.Name != "" })
	return q.Page("visit_people", page)
}

// whole reads a whole number that was typed, from 0 to most; false where it is none.
func (f *Form) whole(name string, most int) (int, bool) {
	n, err := strconv.Atoi(f.Get(name))
	if err != nil || n < 0 || n > most {
		return 0, false
	}
	return n, true
}
