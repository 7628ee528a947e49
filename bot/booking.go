package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// The booking_*.go files are the conversation in which somebody gets a place at a counter: the service found by everyday words (booking_find.go), what to bring
// and where it is fastest (booking_show.go), the place kept and whom it is for (booking_who.go), what they have (booking_mine.go), several services around
// one event of life (booking_package.go), the schedule (booking_schedule.go), a village's staff (booking_staff.go), and what comes by itself
// (booking_notice.go). Like a report it is a list of questions, of which one is open; unlike a report nothing of it is kept but the place itself. Danger is
// looked for before any of it.

// A Booker gives places. A Turn that is none knows of no services. The errors are hotline.ErrFull, ErrNotBookable, ErrTwice, ErrTooMany, ErrBarred, ErrLapsed,
// ErrBookingWho, ErrNotFound and ErrUnseen; nothing has happened then. News are of others than the viewer.
type Booker interface {
	// Chances gives where a service can be had by somebody of an area; empty: not known.
	Chances(ctx context.Context, service, area string) ([]hotline.Chance, error)
	// OfficeSlots gives an office's day with the counter of one service.
	OfficeSlots(ctx context.Context, office, date, service string) (hotline.Visit, error)
	Visit(context.Context, hotline.VisitID) (hotline.Visit, error)
	// Coming lists visits of programmes that are still to be, the soonest first; of one programme, or of all.
	Coming(ctx context.Context, programme string, limit int) ([]hotline.Visit, error)

	// HoldPlace keeps a place while the rest is asked, ConfirmPlace makes it theirs, and so does a yes to an offered one, for which who is not needed again.
	HoldPlace(context.Context, hotline.Viewer, PlaceWish) (hotline.Booking, []hotline.BookingNews, error)
	ConfirmPlace(ctx context.Context, v hotline.Viewer, id hotline.BookingID, whose hotline.Beneficiary, first bool, who hotline.BookedPerson) (hotline.Booking, error)
	// WaitForPlace puts them on the waiting list, and gives their place in it. hotline.ErrRefused: a place is free.
	WaitForPlace(ctx context.Context, v hotline.Viewer, w PlaceWish, first bool, who hotline.BookedPerson) (hotline.Booking, int, error)
	WaitPlace(context.Context, hotline.Viewer, hotline.BookingID) (int, error)
	DeclinePlace(context.Context, hotline.Viewer, hotline.BookingID) (hotline.Booking, []hotline.BookingNews, error)
	CancelBooking(context.Context, hotline.Viewer, hotline.BookingID) (hotline.Booking, []hotline.BookingNews, error)
	ChangeBooking(context.Context, hotline.Viewer, hotline.BookingID, PlaceWish) (hotline.Booking, []hotline.BookingNews, error)

	Booking(context.Context, hotline.Viewer, hotline.BookingID) (hotline.Booking, hotline.BookingSight, error)
	BookingByNumber(context.Context, hotline.Viewer, hotline.BookingNumber) (hotline.Booking, hotline.BookingSight, error)
	BookingsOf(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Booking, error)
}

// A PlaceWish is a place somebody wants: a slot of a visit, or a window of an office's day, of which there may be no slot yet.
type PlaceWish struct {
	Slot    hotline.SlotID // of a visit that is there; else Office, Date, From and Service say which
	Office  string
	Date    string
	From    int // minute at which the window begins
	Service string
	For     hotline.Beneficiary
	Address hotline.AddressID // where news of it go
}

// bookState is what a conversation remembers of a booking. Of whom it is for there is only the name, while it is asked for, and never a NIK.
type bookState struct {
	N     int       `json:"n,omitempty"` // bookings begun; stands in the buttons, so that an older one's is known as such
	Step  string    `json:"s,omitempty"` // the open question; empty: none
	Shown time.Time `json:"h,omitzero"`  // when it is put
	At    time.Time `json:"i,omitzero"`
	Said  string    `json:"t,omitempty"` // the words it began with, until the service is known: they may be a report

	Home    string `json:"a,omitempty"` // where they live: an area, asked once
	Nowhere bool   `json:"w,omitempty"` // and they would not say

	Service string   `json:"v,omitempty"`
	Which   []string `json:"c,omitempty"` // services to choose from
	Page    int      `json:"p,omitempty"`
	Then    string   `json:"e,omitempty"` // what the place where they live is asked for, where not for a service
	Tries   int      `json:"r,omitempty"`

	Spots  []spot              `json:"o,omitempty"` // places to choose from
	Spot   spot                `json:"x,omitzero"`  // and the one chosen
	From   int                 `json:"f,omitempty"` // the window chosen, by its minute
	Slot   hotline.SlotID      `json:"l,omitempty"`
	Wait   bool                `json:"q,omitempty"` // for the waiting list
	Held   hotline.BookingID   `json:"b,omitempty"` // the place that is kept meanwhile
	Until  time.Time           `json:"u,omitzero"`
	Moving hotline.BookingID   `json:"m,omitempty"` // a booking that gets another place
	For    hotline.Beneficiary `json:"y,omitempty"`
	Name   string              `json:"z,omitempty"`

	Package  string            `json:"k,omitempty"`
	Answers  map[string]string `json:"d,omitempty"`
	Occasion string            `json:"g,omitempty"` // its date
	Booked   []string          `json:"j,omitempty"` // services of it that were booked
	Survey   survey            `json:"sk,omitzero"`
}

// A spot is a place to choose: a visit, or an office on a day.
type spot struct {
	Visit  hotline.VisitID `json:"v,omitempty"`
	Office string          `json:"o,omitempty"`
	Date   string          `json:"d,omitempty"`
	Name   string          `json:"n,omitempty"`
	Full   bool            `json:"f,omitempty"`
}

// The questions.
const (
	stepWhich    = "which"    // which service
	stepHome     = "home"     // where they live
	stepPlace    = "place"    // where
	stepDay      = "day"      // of an office: which day
	stepSlot     = "slot"     // when
	stepFor      = "for"      // for whom
	stepName     = "name"     // their name
	stepNIK      = "nik"      // and NIK
	stepOccasion = "occasion" // of a package: the day it is about
	stepAnswer   = "answer"   // and its questions
	stepSteps    = "steps"    // which of its steps to book
	stepCrowd    = "crowd"    // the names of people of a village
	stepMore     = "more"     // no question: some were booked, and a button asks for more
	stepCancel   = "cancel"   // whether a place is really given back
)

// bookFor is how long a question waits for typed words. Its buttons hold longer.
const bookFor = 2 * time.Hour

// booker gives what can give places; false where there is nothing to book.
func (k *talk) booker() (Booker, bool) {
	t, ok := k.Turn.(Booker)
	return t, ok && k.bot.Services != nil && len(k.reg.Services) > 0
}

// bookValue puts the value of a button of the open question together.
func (s *bookState) value(step string, v string) string {
	return value("b", strconv.Itoa(s.N), step, v)
}

// begin forgets what was chosen, and begins anew.
func (s *bookState) begin(now time.Time) {
	*s = bookState{N: s.N + 1, At: now, Home: s.Home, Nowhere: s.Nowhere, Survey: s.Survey}
}

// end ends the questions. Where they live is kept.
func (s *bookState) end() {
	*s = bookState{N: s.N, Home: s.Home, Nowhere: s.Nowhere, Survey: s.Survey}
}

// openStep puts a question: typed words are its answer from then on.
func (k *talk) openStep(step string, gather bool, r hotline.Reply) {
	s := &k.st.Citizen.Book
	s.Step, s.At = step, k.now
	if k.st.Citizen.Keys && r.Ask == hotline.AskNothing && len(r.Choices) == 0 {
		r.Ask, k.st.Citizen.Keys = hotline.AskDone, false
	}
	if gather {
		s.Shown = k.now.Add(k.bot.Gather + k.slow)
		k.later(r)
		return
	}
	s.Shown, s.Said = k.now, ""
	k.say(r)
}

// bookListens tells whether typed words are the answer to the open question: it was put last, and not long ago.
func (k *talk) bookListens() bool {
	s, c := &k.st.Citizen.Book, &k.st.Citizen
	if s.Step == "" || k.now.Sub(s.At) > bookFor || s.Step == stepMore && !k.moreVillagers() {
		return false
	}
	w := c.waiting(k.now)
	if w == waitUrgent || w == waitHuman || c.Draft != nil && (c.Draft.Danger != "" || c.Draft.Shown.After(s.Shown)) {
		return false
	}
	return true
}

// books tells whether somebody who works for the service, and is a citizen too, is busy with a place for themselves.
func (k *talk) books() bool {
	if _, ok := k.booker(); !ok {
		return false
	}
	_, wants := bookWanted(plain(k.msg.Text))
	_, number := hotline.ParseBookingNumber(k.msg.Text)
	return wants || number || k.bookListens() && k.msg.ReplyTo == ""
}

// booked takes a message as what concerns bookings: the answer to the open question, a number, or a wish. It is false where the conversation goes on as ever.
func (k *talk) booked(ctx context.Context) (bool, error) {
	t, ok := k.booker()
	if !ok {
		return false, nil
	}
	done, err := k.bookHears(ctx, t)
	if !done { // a NIK that was not asked for is carried nowhere
		k.msg.Text = hotline.HideNIKs(k.msg.Text)
	}
	return done, err
}

func (k *talk) bookHears(ctx context.Context, t Booker) (bool, error) {
	s := &k.st.Citizen.Book
	if k.msg.Kind == hotline.MsgText {
		if n, ok := hotline.ParseBookingNumber(k.msg.Text); ok {
			return k.bookingByNumber(ctx, t, n)
		}
		if w, ok := bookWanted(plain(k.msg.Text)); ok {
			return true, k.bookWant(ctx, t, w)
		}
	}
	if done, err := k.surveyed(ctx, t); done || err != nil {
		return done, err
	}
	if !k.bookListens() {
		return k.wishes(ctx, t)
	}
	if s.Said != "" && k.now.Before(s.Shown) && k.msg.Kind == hotline.MsgText { // another bubble of the same wish
		k.msg.Text = s.Said + "\n" + k.msg.Text
		done, err := k.wishes(ctx, t)
		if !done { // together they are a report
			s.end()
		}
		return done, err
	}
	if s.Step != stepMore && k.sentBefore(s.Shown) {
		return k.wishes(ctx, t)
	}
	return k.bookAnswer(ctx, t)
}

// bookAnswer takes a message as the answer to the open question.
func (k *talk) bookAnswer(ctx context.Context, t Booker) (bool, error) {
	s := &k.st.Citizen.Book
	typed := plain(k.msg.Text)
	switch {
	case k.msg.Kind == hotline.MsgPin && (s.Step == stepHome || s.Step == stepPlace):
		return true, k.livesAt(ctx, t)
	case k.msg.Kind == hotline.MsgMedia && s.Step == stepNIK && k.cardSent():
		k.say(hotline.Say("book.nik.photo")) // it is not fetched
		return true, nil
	case k.msg.Kind != hotline.MsgText:
		return false, nil
	}
	if _, command := wanted(typed); command {
		return false, nil
	}
	if s.Step == stepHome || s.Step == stepOccasion {
		if done, err := k.anotherWish(ctx, t); done || err != nil {
			return done, err
		}
	}
	if !k.plainAnswer(typed) && k.otherThing() {
		return false, nil
	}
	switch s.Step {
	case stepHome:
		return k.livesIn(ctx, t)
	case stepName:
		return k.named(ctx, t)
	case stepNIK:
		return true, k.numbered(ctx, t)
	case stepCrowd, stepMore:
		return k.crowded(ctx, t)
	case stepOccasion:
		return true, k.occasion(ctx, t)
	}
	v, ok := k.bookRead(typed)
	if ok {
		return true, k.bookPick(ctx, t, s.Step, v)
	}
	if done, err := k.anotherWish(ctx, t); done || err != nil {
		return done, err
	}
	k.note("book.unread")
	return true, k.bookAsk(ctx, t)
}

// otherThing tells whether a message plainly tells of something to be reported: the question of the booking stays, and its buttons hold.
func (k *talk) otherThing() bool {
	rd := k.read(k.msg.Text)
	return rd.Tells && understood(rd) && len(strings.Fields(k.msg.Text)) > 2
}

// cardSent tells whether what was sent may be the picture of a card: it has no words beside it. A voice, a video and what has words tell of something else.
func (k *talk) cardSent() bool {
	m := k.msg.Media
	return m != nil && (m.Kind == hotline.Photo || m.Kind == hotline.Document) && strings.TrimSpace(k.msg.Text) == ""
}

// plainAnswer tells whether typed words are the answer to the open question, whatever else they sound like: a NIK, the name of a place and nothing else, a
// service, the words of an option.
func (k *talk) plainAnswer(typed string) bool {
	s := &k.st.Citizen.Book
	text := k.msg.Text
	switch s.Step {
	case stepNIK:
		_, ok := hotline.ParseNIK(nikIn(text))
		return ok
	case stepCrowd, stepMore:
		return hasNIKs(text)
	case stepName: // "Bayi Ny Siti" sounds like other things too
		_, ok := readName(text)
		rd := k.read(text)
		sure := len(rd.Categories) > 0 && rd.Categories[0].Sure && len(strings.Fields(text)) > 3
		return ok && !sure && !chatter(text) && !slices.ContainsFunc(hotline.Words(text), func(w string) bool { return troubleWords[w] })
	case stepHome:
		return k.onlyPlace(text)
	case stepWhich:
		found := k.foundServices(text)
		lean := leansNowhere
		if len(found) > 0 {
			lean = k.leansFor(text, found[0])
		}
		_, named := k.byName(typed)
		return named || lean == leansBook || len(found) > 0 && lean == leansNowhere && !k.brokenThing(text, found[0])
	case stepPlace:
		return slices.ContainsFunc(s.Spots, func(p spot) bool { return onlyNames(typed, hotline.Words(p.Name)) })
	case stepFor:
		_, ok := readBeneficiary(typed)
		return ok
	case stepOccasion:
		_, dated := k.dayIn(text)
		return dated && slices.Contains(k.foundServices(text), s.Package) && leans(text) != leansReport
	case stepAnswer:
		p, _ := k.reg.PackageByID(s.Package)
		q, _ := p.Next(s.Answers)
		for _, o := range q.Options {
			if bare(o.Text.In(k.lang())) == bare(typed) {
				return true
			}
		}
	}
	return false
}

// bookAsk puts the open question once more.
func (k *talk) bookAsk(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	switch s.Step {
	case stepWhich:
		k.askWhich(atOnce)
	case stepHome:
		k.askHome(atOnce, hotline.Reply{})
	case stepPlace:
		return k.showService(ctx, t, atOnce)
	case stepDay:
		return k.askBookDay(ctx, t)
	case stepSlot:
		return k.askSlot(ctx, t)
	case stepFor:
		k.askFor()
	case stepName:
		k.askName()
	case stepNIK:
		k.askNIK()
	case stepOccasion, stepAnswer, stepSteps:
		return k.askPackage(atOnce)
	case stepCrowd:
		k.askCrowd()
	case stepCancel:
		b, _, err := t.Booking(ctx, k.conv.Viewer, s.Moving)
		if err != nil {
			return fmt.Errorf("read a booking: %w", err)
		}
		return k.askCancel(ctx, t, b)
	default:
		k.say(k.menu())
	}
	return nil
}

// bookPick takes a chosen answer to a question.
func (k *talk) bookPick(ctx context.Context, t Booker, step, v string) error {
	s := &k.st.Citizen.Book
	if v == "report" {
		return k.reportInstead(ctx, t)
	}
	s.At = k.now
	switch step {
	case stepWhich:
		return k.pickWhichService(ctx, t, v)
	case stepHome:
		return k.pickHome(ctx, t, v)
	case stepPlace:
		return k.pickSpot(ctx, t, v)
	case stepDay:
		return k.pickBookDay(ctx, t, v)
	case stepSlot:
		return k.pickSlot(ctx, t, v)
	case stepFor:
		return k.pickFor(ctx, t, v)
	case stepNIK:
		return k.pickNIK(ctx, t, v)
	case stepAnswer:
		return k.pickAnswerOf(v)
	case stepSteps:
		return k.pickStep(ctx, t, v)
	case stepCrowd:
		if s.Step == stepMore && k.villageStaff() {
			k.askCrowd()
			return nil
		}
	case stepCancel:
		b, _, err := t.Booking(ctx, k.conv.Viewer, s.Moving)
		if err != nil {
			return fmt.Errorf("read a booking: %w", err)
		}
		if s.end(); v == "yes" {
			return k.cancelBooking(ctx, t, b)
		}
		return k.showBooking(ctx, t, b)
	}
	return k.bookAsk(ctx, t)
}

// bookPressed answers a button of a booking's questions ("b"), or of a place somebody has ("bb").
func (k *talk) bookPressed(ctx context.Context, p pressed) error {
	t, ok := k.booker()
	if !ok {
		return k.oldButton()
	}
	if p.verb == "bb" {
		return k.placePressed(ctx, t, p)
	}
	if p.arg(0) == "go" {
		return k.bookGo(ctx, t, p)
	}
	s := &k.st.Citizen.Book
	n, err := strconv.Atoi(p.arg(0))
	if err == nil && n == s.N && p.arg(2) == "report" && s.Said != "" { // where the service can be had nowhere, no question is open
		return k.reportInstead(ctx, t)
	}
	if err != nil || n != s.N || s.Step == "" {
		k.note("book.old")
		if s.Step != "" && s.Step != stepMore && k.now.Sub(s.At) <= bookFor {
			return k.bookAsk(ctx, t)
		}
		return k.bookWant(ctx, t, wantServices)
	}
	return k.bookPick(ctx, t, p.arg(1), p.arg(2))
}

// bookGo answers the buttons that begin something: they say all, and never grow old.
func (k *talk) bookGo(ctx context.Context, t Booker, p pressed) error {
	switch p.arg(1) {
	case "services":
		return k.bookWant(ctx, t, wantServices)
	case "mine":
		return k.bookWant(ctx, t, wantBookings)
	case "schedule":
		return k.bookWant(ctx, t, wantSchedule)
	case "visit":
		return k.showVisit(ctx, t, p.arg(2))
	case "all":
		return k.wholeSchedule(ctx, t, p.arg(2))
	case "service":
		if _, ok := k.reg.ServiceByID(p.arg(2)); ok {
			if err := k.giveBack(ctx, t); err != nil {
				return err
			}
			s := &k.st.Citizen.Book
			s.begin(k.now)
			s.Service = p.arg(2)
			return k.showService(ctx, t, atOnce)
		}
	}
	return k.oldButton()
}

// dropBooking leaves the questions, and gives back what was kept meanwhile; false where none are open.
func (k *talk) dropBooking(ctx context.Context) (bool, error) {
	s := &k.st.Citizen.Book
	t, ok := k.booker()
	if !ok || !k.bookListens() {
		return false, nil
	}
	if err := k.giveBack(ctx, t); err != nil {
		return false, err
	}
	moving := s.Moving
	s.end()
	if moving != 0 {
		k.say(hotline.Say("book.stays").With(pickBookings(), pickMenu()))
		return true, nil
	}
	k.say(hotline.Say("book.left").With(pickServices(), pickMenu()))
	return true, nil
}

// giveBack gives back a place that is kept.
func (k *talk) giveBack(ctx context.Context, t Booker) error {
	s := &k.st.Citizen.Book
	if s.Held == 0 {
		return nil
	}
	_, news, err := t.CancelBooking(ctx, k.conv.Viewer, s.Held)
	s.Held, s.Until = 0, time.Time{}
	if errors.Is(err, hotline.ErrNotFound) || errors.Is(err, hotline.ErrRefused) { // it lapsed
		return nil
	}
	if err != nil {
		return fmt.Errorf("give back a place: %w", err)
	}
	k.bookNews(news)
	return nil
}

// backBooking goes back by one question; false where none is open.
func (k *talk) backBooking(ctx context.Context) (bool, error) {
	s := &k.st.Citizen.Book
	t, ok := k.booker()
	if !ok || !k.bookListens() {
		return false, nil
	}
	switch s.Step {
	case stepNIK:
		s.Step = stepName
	case stepName:
		s.Step = stepFor
	case stepFor:
		if err := k.giveBack(ctx, t); err != nil {
			return false, err
		}
		s.Step = stepSlot
		if s.Wait {
			s.Step = stepPlace
		}
	case stepSlot, stepDay, stepCrowd:
		s.Step = stepPlace
	default:
		return k.dropBooking(ctx)
	}
	return true, k.bookAsk(ctx, t)
}

// bookNews tells others what happened to theirs by what was done here.
func (k *talk) bookNews(all []hotline.BookingNews) {
	for _, o := range BookingNotices(k.reg, all) {
		k.Say(o)
	}
}

// pickServices and the others lead to the conversation's beginnings.
func pickServices() hotline.Choice {
	return hotline.Pick(value("b", "go", "services"), "button.services")
}

func pickBookings() hotline.Choice { return hotline.Pick(value("b", "go", "mine"), "button.bookings") }

func pickSchedule() hotline.Choice {
	return hotline.Pick(value("b", "go", "schedule"), "button.schedule")
}

// inRows puts choices in rows.
func inRows(r hotline.Reply, n int, all []hotline.Choice) hotline.Reply {
	for row := range slices.Chunk(all, n) {
		r = r.With(row...)
	}
	return r
}
