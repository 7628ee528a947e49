package console

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"tanggap/console/words"
	"tanggap/hotline"
)

// A ticket is written by assets/desk.js, which posts what changed, one save at a time, and keeps what was not answered in the browser. The answers are JSON, as
// deskState; a form's keys are hotline.TicketFields beside "key", "base", "writer", "force".

// deskState is a ticket as the page's script knows it.
type deskState struct {
	ID        hotline.TicketID               `json:"id"`
	Key       string                         `json:"key"`
	Version   int                            `json:"version"`
	Values    map[hotline.TicketField]string `json:"values"`
	Photos    []deskPhoto                    `json:"photos"`
	Guess     deskGuess                      `json:"guess"`
	Missing   []hotline.TicketField          `json:"missing"`
	Invalid   []hotline.TicketField          `json:"invalid,omitempty"`
	Conflicts []deskConflict                 `json:"conflicts,omitempty"`
	Closed    bool                           `json:"closed"`
	Refused   string                         `json:"refused,omitempty"` // one sentence: why a photo was not taken
}

// deskGuess is what the words amount to, as they would in chat.
type deskGuess struct {
	Category string   `json:"category,omitempty"`
	Also     []string `json:"also,omitempty"`
	Area     string   `json:"area,omitempty"`
	Which    []string `json:"which,omitempty"` // of one name, to choose from
	Kind     string   `json:"kind"`            // said
	Privacy  string   `json:"privacy"`         // said
	Urgent   bool     `json:"urgent"`
	About    string   `json:"about,omitempty"` // the agency complained about, which will not see it
}

type deskPhoto struct {
	Name  string `json:"name"`
	URL   string `json:"url,omitempty"` // empty: it is kept, and cannot be shown
	Label string `json:"label"`
	File  string `json:"file,omitempty"` // where a scanned page is downloaded
	Note  string `json:"note,omitempty"` // why it is not shown
}

type deskConflict struct {
	Field  hotline.TicketField `json:"field"`
	Theirs string              `json:"theirs"`
}

func (q *Request) sense(k hotline.Ticket) hotline.TicketSense {
	return q.console.reader(q.Regency()).SenseTicket(k)
}

func (q *Request) deskState(k hotline.Ticket) deskState {
	s := deskState{ID: k.ID, Key: k.Key, Version: k.Version, Values: map[hotline.TicketField]string{}, Photos: []deskPhoto{}, Missing: k.Missing(), Closed: !k.IsOpen()}
	for _, f := range hotline.TicketFields() {
		if v := k.Value(f); v != "" {
			s.Values[f] = v
		}
	}
	for i, p := range k.Photos {
		one := deskPhoto{Name: p.Name, Label: q.say("desk.photo.one", "n", strconv.Itoa(i+1))}
		at := Base + "/desk/" + strconv.FormatInt(int64(k.ID), 10) + "/photos/" + strconv.FormatInt(int64(p.Media), 10)
		switch {
		case p.Shown:
			one.URL = at
		case p.Kind == hotline.Photo: // HEIC, TIFF: no browser shows them, and nobody here can take out what the camera wrote into them
			one.Note = q.say("desk.photo.format")
		default:
			one.File, one.Note = at, q.say("desk.photo.kept")
		}
		s.Photos = append(s.Photos, one)
	}
	if !k.IsOpen() {
		return s
	}
	sense := q.sense(k)
	s.Guess = deskGuess{Category: sense.Category, Also: sense.Also, Area: sense.Area, Which: sense.Which, Urgent: sense.Urgent,
		Kind: q.say("desk.kind." + string(sense.Kind)), Privacy: q.say("desk.privacy." + string(sense.Privacy))}
	category := k.Category
	if category == "" {
		category = sense.Category
	}
	if a, ok := q.Regency().Agency(q.Regency().Accused(sense.Reading, category)); ok {
		s.Guess.About = a.Name
	}
	return s
}

// ticketSave reads what the page's script posts.
func (q *Request) ticketSave() (hotline.TicketSave, error) {
	if err := q.ParseForm(); err != nil {
		return hotline.TicketSave{}, &Wrong{"a form that cannot be read"}
	}
	base, err := strconv.Atoi(q.PostForm.Get("base"))
	if err != nil {
		return hotline.TicketSave{}, &Wrong{"a save without a version"}
	}
	s := hotline.TicketSave{Key: q.PostForm.Get("key"), Base: base, Writer: q.PostForm.Get("writer"), Force: q.PostForm.Get("force") == "1",
		Fields: map[hotline.TicketField]string{}}
	for name, values := range q.PostForm {
		if f := hotline.TicketField(name); slices.Contains(hotline.TicketFields(), f) {
			s.Fields[f] = strings.ReplaceAll(values[0], "\r\n", "\n")
		}
	}
	if s.Key == "" || s.Writer == "" || len(s.Writer) > 64 {
		return s, &Wrong{"a save without a ticket"}
	}
	return s, nil
}

func (q *Request) saveTicket() error {
	s, err := q.ticketSave()
	if err != nil {
		return err
	}
	var saved hotline.TicketSaved
	err = q.Do(func(t Tx) (err error) {
		saved, err = t.SaveTicket(q.Context(), q.Viewer, s)
		return err
	})
	if errors.Is(err, hotline.ErrTicketFiled) { // another page was quicker: this one shows what stands
		return q.ticketStateOf(s.Key)
	}
	if err != nil {
		return deskWrong(err)
	}
	return q.answer(q.savedTicket(saved))
}

func (q *Request) savedTicket(saved hotline.TicketSaved) deskState {
	state := q.deskState(saved.Ticket)
	state.Invalid = saved.Invalid
	for _, k := range saved.Conflicts {
		state.Conflicts = append(state.Conflicts, deskConflict{k.Field, k.Theirs})
	}
	return state
}

// fileTicket saves what is left to save and makes a case of the ticket, in one unit of work. What is missing or disputed keeps it open. Filed twice, as after an
// answer that was lost, it is filed once.
func (q *Request) fileTicket() error {
	s, err := q.ticketSave()
	if err != nil {
		return err
	}
	var saved hotline.TicketSaved
	err = q.Do(func(t Tx) (err error) {
		if saved, err = t.SaveTicket(q.Context(), q.Viewer, s); err != nil {
			return err
		}
		k := saved.Ticket
		if len(saved.Invalid)+len(saved.Conflicts) > 0 || len(k.Missing()) > 0 || !k.IsOpen() {
			return nil
		}
		if saved.Ticket, err = t.FileTicket(q.Context(), q.Viewer, k.ID, q.sense(k), deskStory(k)); err != nil {
			return err
		}
		about := "ticket filed"
		if k.Document.Seen() {
			about += ", identity document seen: " + string(k.Document)
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActChanged, Case: saved.Ticket.Case, Detail: about})
		return nil
	})
	if errors.Is(err, hotline.ErrTicketFiled) {
		return q.ticketStateOf(s.Key)
	}
	if err != nil {
		return deskWrong(err)
	}
	return q.answer(q.savedTicket(saved))
}

// deskStory is a ticket in words, as those who work the case read them: what it is near, and what was said. It is Indonesian, whatever language the page speaks.
func deskStory(k hotline.Ticket) string {
	var parts []string
	if near := strings.TrimSpace(k.Landmark); near != "" {
		parts = append(parts, words.Say(string(hotline.Indonesian), "desk.story.near", "place", near))
	}
	if text := strings.TrimSpace(k.Text); text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// ticketState tells a page how a ticket stands that it or another page writes.
func (q *Request) ticketState() error { return q.ticketStateOf(q.URL.Query().Get("key")) }

func (q *Request) ticketStateOf(key string) error {
	var k hotline.Ticket
	err := q.Do(func(t Tx) (err error) {
		k, _, err = t.TicketByKey(q.Context(), q.Viewer, key)
		return err
	})
	if err != nil {
		return deskWrong(err)
	}
	return q.answer(q.deskState(k))
}

// knownNumber answers with who a telephone number is.
func (q *Request) knownNumber() error {
	number := q.URL.Query().Get("number")
	if len(number) > hotline.MaxTicketNumber {
		number = ""
	}
	var known hotline.KnownPerson
	err := q.Do(func(t Tx) (err error) {
		known, err = t.KnownNumber(q.Context(), q.Viewer, number)
		if err == nil && known.Person.ID != 0 {
			q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Person: known.Person.ID, Detail: "at the desk"})
		}
		return err
	})
	if err != nil {
		return deskWrong(err)
	}
	return q.Fragment("desk", "known", known)
}
