package console

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// venueState is a visit as the page's script knows it, and keeps in the browser: numbers, and nobody's name.
type venueState struct {
	Visit    hotline.VisitID    `json:"visit"`
	Date     string             `json:"date"`
	Live     bool               `json:"live"`   // it is today and not over: acts are taken
	Serves   bool               `json:"serves"` // else the viewer only looks
	Now      int64              `json:"now"`    // service time in milliseconds …
	Minute   int                `json:"minute"` // … and as the minute of the visit's day
	Undo     int64              `json:"undo"`   // milliseconds in which an outcome can be taken back
	Services []venueService     `json:"services"`
	List     []venueBooking     `json:"list"`
	Blocks   []venueNumberBlock `json:"blocks"`
}

type venueService struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Agency string   `json:"agency"`
	Letter string   `json:"letter"`
	Online bool     `json:"online"` // cannot be finished without a connection
	Closed bool     `json:"closed"`
	May    bool     `json:"may"` // the viewer serves here
	Who    bool     `json:"who"` // and may see names
	After  []string `json:"after"`
	Rank   int      `json:"rank"` // in the order that works for somebody who has several
	Bring  []string `json:"bring"`
	Note   string   `json:"note"`
	Later  bool     `json:"later"` // the document is fetched later as a rule
	Walk   int      `json:"walk"`  // places left for who comes without a booking
}

// venueBooking is one booking. Its names are short since there are many.
type venueBooking struct {
	ID      hotline.BookingID    `json:"id"`
	Number  string               `json:"n"`
	Ticket  string               `json:"t"`
	Queue   int                  `json:"q"`
	Service string               `json:"s"`
	State   hotline.BookingState `json:"st"`
	First   bool                 `json:"f,omitempty"`
	Begins  int                  `json:"b"`
	Ends    int                  `json:"e"`
	Arrived int64                `json:"a,omitempty"` // milliseconds
	Called  int64                `json:"c,omitempty"`
	Calls   int                  `json:"k,omitempty"`
	Ended   int64                `json:"d,omitempty"`
	Same    string               `json:"m,omitempty"` // the same of two: they are of one person
	WalkIn  bool                 `json:"w,omitempty"`
}

type venueNumberBlock struct {
	ID      int64    `json:"id"`
	Service string   `json:"service"`
	Letter  string   `json:"letter"`
	Begins  int      `json:"begins"`
	Ends    int      `json:"ends"`
	Queue   []int    `json:"queue"`
	Numbers []string `json:"numbers"`
	Used    []int    `json:"used"`
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func numberBlockOf(k hotline.VenueBlock) venueNumberBlock {
	b := venueNumberBlock{ID: k.ID, Service: k.Service, Letter: k.Letter, Begins: k.Window.From, Ends: k.Window.Until, Queue: k.Queue, Used: k.Used, Numbers: []string{}}
	for _, n := range k.Numbers {
		b.Numbers = append(b.Numbers, n.String())
	}
	if b.Used == nil {
		b.Used = []int{}
	}
	return b
}

// readVenue reads a visit as the script knows it. desk is the browser's name for itself.
func (q *Request) readVenue(t Tx, v hotline.Visit, desk string) (venueState, error) {
	r := q.Regency()
	today := r.Today(q.Now)
	s := venueState{Visit: v.ID, Date: v.Date, Live: v.Date == today && v.Live(), Serves: r.WorksWith(q.Viewer, v, today), Now: q.Now.UnixMilli(), Minute: r.Minute(v.Date, q.Now),
		Undo: hotline.UndoFor.Milliseconds(), Services: []venueService{}, List: []venueBooking{}, Blocks: []venueNumberBlock{}}
	ids := make([]string, len(v.Counters))
	for i, c := range v.Counters {
		ids[i] = c.Service
	}
	order := r.OrderServices(ids)
	for _, c := range v.Counters {
		service, _ := r.ServiceByID(c.Service)
		sight := r.SeesBooking(q.Viewer, hotline.Booking{Counter: c.ID}, v, today)
		one := venueService{ID: c.Service, Name: service.Name.In(q.Lang), Agency: q.console.pages.name(q.Lang, hotline.ArgAgency, c.Agency), Letter: c.Letter, Online: service.Online,
			Closed: c.Closed, May: sight.Serve, Who: sight.Who, After: append([]string{}, service.After...), Rank: slices.Index(order, c.Service), Bring: []string{},
			Note: service.Note.In(q.Lang), Later: service.Finish == hotline.FinishLater}
		for _, b := range service.Bring {
			one.Bring = append(one.Bring, b.In(q.Lang))
		}
		for _, slot := range c.Slots {
			if slot.Window.Until > s.Minute {
				one.Walk += slot.Quota - slot.Taken - slot.Blocked
			}
		}
		s.Services = append(s.Services, one)
	}
	all, err := t.VenueList(q.Context(), q.Viewer, v)
	if err != nil {
		return s, err
	}
	for _, b := range all {
		s.List = append(s.List, venueBooking{ID: b.ID, Number: b.Number.String(), Ticket: b.Ticket(), Queue: b.Queue, Service: b.Service, State: b.State, First: b.First, Begins: b.Window.From,
			Ends: b.Window.Until, Arrived: millis(b.Arrived), Called: millis(b.Called), Calls: b.Calls, Ended: millis(b.Ended), Same: b.Same, WalkIn: b.For == hotline.ForWalkIn})
	}
	if desk != "" {
		blocks, err := t.VenueBlocks(q.Context(), q.Viewer, v.ID, desk)
		if err != nil {
			return s, err
		}
		for _, k := range blocks {
			s.Blocks = append(s.Blocks, numberBlockOf(k))
		}
	}
	return s, nil
}

func (q *Request) venueState() error {
	desk := q.URL.Query().Get("desk")
	if desk != "" && !venueKey.MatchString(desk) {
		return &Wrong{"a desk of that name"}
	}
	var s venueState
	err := q.Do(func(t Tx) error {
		v, err := q.venueVisit(t)
		if err == nil {
			s, err = q.readVenue(t, v, desk)
		}
		return err
	})
	if err != nil {
		return venueWrong(err)
	}
	return q.answerPacked(s)
}

// answerPacked answers with JSON, packed where the browser takes that: the list of a large visit goes over a village's connection many times a day.
func (q *Request) answerPacked(v any) error {
	h := q.W.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Vary", "Accept-Encoding")
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	var out io.Writer = q.W
	if strings.Contains(q.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(q.W)
		defer z.Close() //nolint:errcheck // whoever went away does not hear it
		out = z
	}
	_, _ = io.Copy(out, bytes.NewReader(b)) // whoever went away does not hear it
	return nil
}

// venueKey is what a page may call an act, or itself.
var venueKey = regexp.MustCompile(`^[A-Za-z0-9_-]{4,40}$`)

// mostActs is how many acts are sent at once.
const mostActs = 50

// A sentAct is an act as the page sends it. Ago says how long ago it was done, in milliseconds: the browser's clock may be wrong, but goes on.
type sentAct struct {
	Key     string               `json:"key"`
	Kind    hotline.VenueActKind `json:"kind"`
	Ago     int64                `json:"ago"`
	Booking hotline.BookingID    `json:"booking"`
	Of      string               `json:"of"`
	Service string               `json:"service"`
	First   bool                 `json:"first"`
	Outcome hotline.BookingState `json:"outcome"`
	Fetch   string               `json:"fetch"`
	Note    string               `json:"note"`
	Name    string               `json:"name"`
	Block   int64                `json:"block"`
	Queue   int                  `json:"queue"`
	Ticket  string               `json:"ticket"` // as the desk called it, for what is said of it
}

// A venueAnswer is what came of an act: done, or a sentence that says why not.
type venueAnswer struct {
	Key     string            `json:"key"`
	OK      bool              `json:"ok"`
	Booking hotline.BookingID `json:"booking,omitempty"`
	Ticket  string            `json:"ticket,omitempty"`
	Number  string            `json:"number,omitempty"`
	Say     string            `json:"say,omitempty"`
}

// venueAnswers are those of as many acts as were done or refused; the rest is to be sent again.
type venueAnswers struct {
	Answers []venueAnswer `json:"answers"`
	State   venueState    `json:"state"`
}

// venueActs does acts in their order, each as a unit of work of its own, so that one that does not fit any more stops no other.
func (q *Request) venueActs() error {
	var sent struct {
		Desk string    `json:"desk"`
		Acts []sentAct `json:"acts"`
	}
	if err := q.readJSON(&sent); err != nil {
		return err
	}
	if len(sent.Acts) > mostActs || sent.Desk != "" && !venueKey.MatchString(sent.Desk) {
		return &Wrong{"too many acts"}
	}
	for _, a := range sent.Acts {
		if !venueKey.MatchString(a.Key) {
			return &Wrong{"an act without a name"}
		}
	}
	out := venueAnswers{Answers: []venueAnswer{}}
	for _, a := range sent.Acts {
		answer, err := q.venueAct(a)
		if err != nil {
			if len(out.Answers) == 0 {
				return venueWrong(err)
			}
			q.console.Log.Error("console: an act at a venue failed; it will be sent again", "kind", a.Kind, "error", err)
			break
		}
		out.Answers = append(out.Answers, answer)
	}
	err := q.Do(func(t Tx) error {
		v, err := q.venueVisit(t)
		if err == nil {
			out.State, err = q.readVenue(t, v, sent.Desk)
		}
		return err
	})
	if err != nil && (!errors.Is(err, hotline.ErrNotFound) || len(out.Answers) == 0) { // days later the visit is nobody's any more, and what was done then still counts
		return venueWrong(err)
	}
	return q.answerPacked(out)
}

func (q *Request) readJSON(v any) error {
	b, err := io.ReadAll(q.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return &Wrong{"no JSON of ours"}
	}
	return nil
}

// venueAct does one act, and tells whom it concerns in chat in the same unit of work.
func (q *Request) venueAct(a sentAct) (venueAnswer, error) {
	answer := venueAnswer{Key: a.Key}
	id, err := q.visitID()
	if err != nil {
		return answer, err
	}
	act := hotline.VenueAct{Key: a.Key, Kind: a.Kind, Visit: id, Booking: a.Booking, Of: a.Of, Service: a.Service, First: a.First, Outcome: a.Outcome, Fetch: a.Fetch,
		Note: clean(a.Note, true), Name: clean(a.Name, false), Block: a.Block, Queue: a.Queue}
	if a.Ago > 0 {
		act.At = q.Now.Add(-time.Duration(min(a.Ago, maxAgo)) * time.Millisecond)
	}
	var done hotline.VenueDone
	err = q.Do(func(t Tx) (err error) {
		if done, err = t.VenueDo(q.Context(), q.Viewer, act); err != nil {
			return err
		}
		for _, n := range done.News {
			if o, ok := q.venueNotice(n, act.At); ok {
				t.Say(o)
			}
		}
		return nil
	})
	answer.Booking, answer.Ticket, answer.Number = done.Booking.ID, done.Booking.Ticket(), done.Booking.Number.String()
	if done.Also.ID != 0 {
		answer.Say = q.say("venue.also", "ticket", done.Also.Ticket())
	}
	if err == nil {
		answer.OK = true
		if a.Kind == hotline.VenueNext && done.Booking.ID == 0 {
			answer.Say = q.say("venue.nobody")
		}
		return answer, nil
	}
	why := q.venueWhy(err, done.Booking)
	if why == "" {
		return answer, err
	}
	ticket := a.Ticket
	if ticket == "" {
		ticket = answer.Ticket
	}
	answer.Say = q.say("venue.refused", "ticket", ticket, "act", q.say("venue.act."+string(knownAct(a.Kind))), "why", why)
	return answer, nil
}

// maxAgo is the longest ago that is told; the store refuses what is older than a week. In milliseconds.
const maxAgo = 30 * 24 * 3600 * 1000

func knownAct(k hotline.VenueActKind) hotline.VenueActKind {
	switch k {
	case hotline.VenueArrive, hotline.VenueNext, hotline.VenueCall, hotline.VenueAgain, hotline.VenueBack, hotline.VenueServe, hotline.VenueFinish, hotline.VenueUndo, hotline.VenueMiss,
		hotline.VenueWalkIn:
		return k
	}
	return hotline.VenueCall
}

// venueWhy says why an act was refused, in words; empty: it was not refused, it failed.
func (q *Request) venueWhy(err error, b hotline.Booking) string {
	switch {
	case errors.Is(err, hotline.ErrRefused):
		if b.ID == 0 {
			return q.say("venue.why.refused")
		}
		return q.say("venue.now."+string(b.State), "time", b.Changed.In(q.Regency().Zone).Format("15.04"))
	case errors.Is(err, hotline.ErrFull):
		return q.say("venue.why.full")
	case errors.Is(err, hotline.ErrTwice):
		return q.say("venue.why.twice")
	case errors.Is(err, hotline.ErrBookingWho):
		return q.say("venue.why.who")
	case errors.Is(err, hotline.ErrNotBookable):
		return q.say("venue.why.closed")
	case errors.Is(err, hotline.ErrNotFound), errors.Is(err, hotline.ErrUnseen):
		return q.say("venue.why.unknown")
	}
	return ""
}

// venueLateNews is how long after a number was called it is still worth telling.
const venueLateNews = 5 * time.Minute

// venueNotice says something in chat of what happened at a venue. at is when it was done; zero: now.
func (q *Request) venueNotice(n hotline.BookingNews, at time.Time) (hotline.Out, bool) {
	b := n.Booking
	if b.From == 0 {
		return hotline.Out{}, false
	}
	out := hotline.Out{To: b.From, Lane: hotline.LaneReply, Expires: q.Now.Add(2 * venueLateNews), Slot: fmt.Sprintf("venue:%d", b.ID)}
	late := !at.IsZero() && q.Now.Sub(at) > venueLateNews
	switch n.Kind {
	case hotline.NewsCalled:
		out.Reply = hotline.Say("venue.called", "ticket", b.Ticket(), "counter", b.Letter)
		return out, !late
	case hotline.NewsSoon:
		out.Reply = hotline.Say("venue.soon", "ticket", b.Ticket(), "counter", b.Letter)
		return out, !late
	}
	if q.console.BookingNotice == nil {
		return hotline.Out{}, false
	}
	return q.console.BookingNotice(n)
}

// venueBlock sets numbers aside for the desk that asks.
func (q *Request) venueBlock() error {
	f := q.Form()
	id, err := q.visitID()
	if err != nil {
		return err
	}
	key, desk := f.Get("key"), f.Get("desk")
	if !venueKey.MatchString(key) || !venueKey.MatchString(desk) {
		return &Wrong{"a block without a name"}
	}
	var k hotline.VenueBlock
	err = q.Do(func(t Tx) (err error) {
		k, err = t.VenueBlock(q.Context(), q.Viewer, id, f.Get("service"), desk, venueBlockSize, key)
		return err
	})
	if err != nil {
		return venueWrong(err)
	}
	return q.answerPacked(numberBlockOf(k))
}

// venueBlockSize is how many numbers a desk has at hand for each of its services.
const venueBlockSize = 5

// venueReturn gives back what is left of the desk's blocks: it goes home, or does another service.
func (q *Request) venueReturn() error {
	f := q.Form()
	id, err := q.visitID()
	if err != nil {
		return err
	}
	desk := f.Get("desk")
	if !venueKey.MatchString(desk) {
		return &Wrong{"a desk of that name"}
	}
	err = q.Do(func(t Tx) error {
		blocks, err := t.VenueBlocks(q.Context(), q.Viewer, id, desk)
		if err != nil {
			return err
		}
		for _, k := range blocks {
			if s := f.Get("service"); s != "" && s != k.Service {
				continue
			}
			news, err := t.ReturnNumbers(q.Context(), q.Viewer, k.ID)
			if err != nil {
				return err
			}
			for _, n := range news {
				if o, ok := q.venueNotice(n, time.Time{}); ok {
					t.Say(o)
				}
			}
		}
		return nil
	})
	if err != nil {
		return venueWrong(err)
	}
	return q.answerPacked(struct{}{})
}

// venuePerson is who a booking is for, as it is shown while they are served. It is never kept in the browser.
type venuePerson struct {
	ID      hotline.BookingID    `json:"id"`
	Name    string               `json:"name"`
	NIK     string               `json:"nik,omitempty"` // masked
	Note    string               `json:"note,omitempty"`
	Ticket  string               `json:"ticket"`
	Number  string               `json:"number"`
	Service string               `json:"service"`
	State   hotline.BookingState `json:"state"`
}

func venuePersonOf(b hotline.Booking) venuePerson {
	return venuePerson{ID: b.ID, Name: b.Who.Name, NIK: b.Who.NIK, Note: b.Who.Note, Ticket: b.Ticket(), Number: b.Number.String(), Service: b.Service, State: b.State}
}

// mostPeople is how many are asked for, or found, at once.
const mostPeople = 12

// venueWho tells who some bookings are for: those whom this desk has before it.
func (q *Request) venueWho() error {
	id, err := q.visitID()
	if err != nil {
		return err
	}
	f := q.Form()
	if len(f.Values["booking"]) > mostPeople {
		return &Wrong{"too many at once"}
	}
	people := []venuePerson{}
	err = q.Do(func(t Tx) error {
		people = people[:0]
		for _, s := range f.Values["booking"] {
			var n hotline.BookingID
			if _, err := fmt.Sscan(s, &n); err != nil {
				return &Wrong{"no booking"}
			}
			b, sight, err := t.Booking(q.Context(), q.Viewer, n)
			if errors.Is(err, hotline.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if b.Visit == id && sight.Who {
				people = append(people, venuePersonOf(b))
			}
		}
		return nil
	})
	if err != nil {
		return venueWrong(err)
	}
	return q.answerPacked(people)
}

// venueFind finds somebody by name who does not have the number at hand.
func (q *Request) venueFind() error {
	f := q.Form()
	name := f.Text("name", 100)
	people := []venuePerson{}
	err := q.Do(func(t Tx) error {
		people = people[:0]
		v, err := q.venueVisit(t)
		if err != nil {
			return err
		}
		found, err := t.FindAtVenue(q.Context(), q.Viewer, v, name, mostPeople)
		for _, b := range found {
			people = append(people, venuePersonOf(b))
		}
		return err
	})
	if err != nil {
		return venueWrong(err)
	}
	return q.answerPacked(people)
}

// venueWrong makes answers of what is refused.
func venueWrong(err error) error {
	for _, refused := range []error{hotline.ErrFull, hotline.ErrNotBookable, hotline.ErrTwice, hotline.ErrBookingWho} {
		if errors.Is(err, refused) {
			return fmt.Errorf("%w: %w", hotline.ErrRefused, err)
		}
	}
	if errors.Is(err, hotline.ErrUnseen) {
		return hotline.ErrNotFound
	}
	return err
}
