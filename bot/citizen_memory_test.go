package bot

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// village is the desk regency with what the citizen's side needs beside: dangers, secret matters, extra questions, a village named as its kecamatan.
func village(tb testing.TB) *hotline.Regency {
	tb.Helper()
	r := deskRegency(tb)
	say := func(s string) hotline.Text {
		return hotline.Text{hotline.Indonesian: s, hotline.Javanese: s, hotline.English: s}
	}
	r.Areas = append(r.Areas,
		hotline.Area{Code: "99.01.02.2002", Name: "Selatan", Level: hotline.LevelDesa, Parent: "99.01.02", Center: hotline.Point{Lat: -6.53, Lng: 110.66}},
		hotline.Area{Code: "99.01.02.2003", Name: "Karangrejo", Level: hotline.LevelDesa, Parent: "99.01.02", Center: hotline.Point{Lat: -6.52, Lng: 110.62}})
	r.Categories = append(r.Categories,
		hotline.Category{ID: "kebakaran", Name: say("Kebakaran"), Agency: "pu", Priority: 1, Keywords: []hotline.Keyword{{Text: "kebakaran", Weight: 9}}},
		hotline.Category{ID: "kekerasan", Name: say("Kekerasan"), Agency: "itda", Priority: 1, Secret: true, Keywords: []hotline.Keyword{{Text: "dipukul", Weight: 9}}})
	r.Categories[0].Questions = []hotline.Question{
		{ID: "milik", Ask: say("Jalan siapa?"), Options: []hotline.Option{{ID: "desa", Text: say("Desa")}, {ID: "kab", Text: say("Kabupaten")}}},
		{ID: "sejak", Ask: say("Sejak kapan?")},
	}
	r.Dangers = []hotline.Danger{{ID: "api", Category: "kebakaran", Words: map[hotline.Lang][]string{hotline.Indonesian: {"kebakaran", "terbakar"}}}}
	if err := r.Build(); err != nil {
		tb.Fatalf("build the village: %v", err)
	}
	return r
}

// A citizen is somebody who writes to a bot that remembers only them: the conversation alone is looked at here, no database is pretended. The
// transcripts in package house play the same with everything real.
type citizen struct {
	Turn // what nobody should call is nil and panics
	bot  *Bot
	book *phrase.Book
	now  time.Time
	conv hotline.Conversation

	ids      int64
	outs     []hotline.Out // of the last turn
	cases    map[hotline.CaseID]hotline.Case
	events   []hotline.Event
	filed    int
	said     map[hotline.ContentID]hotline.Content
	erasures int
	asked    hotline.ErasureRequest // the last of them
	wrong    []error
}

func newCitizen(tb testing.TB) *citizen {
	r := village(tb)
	c := &citizen{
		bot: &Bot{Regency: r, Reader: hotline.NewReader(r), Gather: 4 * time.Second}, book: phrase.New(r), now: deskMonday,
		cases: map[hotline.CaseID]hotline.Case{}, said: map[hotline.ContentID]hotline.Content{},
	}
	c.book.Wrong = func(err error) { c.wrong = append(c.wrong, err) }
	c.conv = hotline.Conversation{
		Address: hotline.Address{ID: 2, Channel: hotline.Telegram, Person: 1}, New: true,
		Person: hotline.Person{ID: 1, Language: hotline.Indonesian}, Viewer: hotline.Viewer{Person: 1},
	}
	return c
}

func (c *citizen) id() int64 { c.ids++; return c.ids + 10 }

// hand gives the bot a message, some time after the one before, and what it answered.
func (c *citizen) hand(tb testing.TB, after time.Duration, m hotline.Message) []hotline.Out {
	tb.Helper()
	c.now = c.now.Add(after)
	c.outs = nil
	m.Address, m.At = c.conv.Address, c.now
	if m.Ref == "" {
		m.Ref = fmt.Sprint("m", c.id())
	}
	state, err := c.bot.Handle(context.Background(), c, c.now, c.conv, m)
	if err != nil {
		tb.Fatalf("handle %+v: %v", m, err)
	}
	c.conv.State, c.conv.New = state, false
	return c.outs
}

func (c *citizen) say(tb testing.TB, text string) []hotline.Out {
	tb.Helper()
	return c.hand(tb, 10*time.Second, hotline.Message{Kind: hotline.MsgText, Text: text})
}

func (c *citizen) press(tb testing.TB, value string) []hotline.Out {
	tb.Helper()
	return c.hand(tb, 10*time.Second, hotline.Message{Kind: hotline.MsgChoice, Choice: value, Callback: "cb"})
}

// keys gives the phrases of what was answered.
func keys(outs []hotline.Out) []string {
	var all []string
	for _, o := range outs {
		for _, l := range o.Reply.Lines {
			all = append(all, l.Key)
		}
	}
	return all
}

// choices gives the values of the buttons of what was answered.
func choices(outs []hotline.Out) []string {
	var all []string
	for _, o := range outs {
		for _, row := range o.Reply.Choices {
			for _, c := range row {
				all = append(all, c.Value)
			}
		}
	}
	return all
}

func (c *citizen) Say(o hotline.Out) { c.outs = append(c.outs, o) }

func (c *citizen) SetLanguage(_ hotline.PersonID, l hotline.Lang) { c.conv.Person.Language = l }
func (c *citizen) SetPhone(_ hotline.PersonID, p string)          { c.conv.Person.Phone = p }
func (c *citizen) Vouch(_ hotline.PersonID, p string)             { c.conv.Person.Phone = p }
func (c *citizen) SamePhone(context.Context, hotline.PersonID, hotline.Channel, string) (hotline.Known, error) {
	return hotline.Known{}, hotline.ErrNotFound
}
func (c *citizen) Addresses(context.Context, hotline.PersonID) ([]hotline.Known, error) {
	return []hotline.Known{{Address: c.conv.Address}}, nil
}
func (c *citizen) SetName(_ hotline.PersonID, n string) { c.conv.Person.Name = n }

func (c *citizen) keep(s hotline.Content, to hotline.CaseID) hotline.ContentID {
	if s.Empty() {
		return 0
	}
	s.ID, s.Case, s.At = hotline.ContentID(c.id()), to, c.now
	c.said[s.ID] = s
	return s.ID
}

func (c *citizen) File(f hotline.Filing) hotline.Case {
	id := hotline.CaseID(c.id())
	e := hotline.Event{Case: id, Kind: hotline.EvFiled, At: c.now, By: f.Reporter, Content: c.keep(f.Story, id), Facts: hotline.Facts{
		CaseKind: f.Kind, Category: f.Category, Privacy: f.Privacy, Urgent: f.Urgent, Source: f.Source, Area: f.Area, About: f.About, Due: f.Due,
		Reporter: f.Reporter}}
	got, err := hotline.Case{}.After(e)
	if err != nil {
		panic(err)
	}
	c.filed++
	got.From = f.From
	kept := got
	kept.Number = hotline.Number{Letters: "KCL", Day: "261123", Seq: c.filed}
	c.cases[id] = kept
	c.events = append(c.events, e)
	return got
}

func (c *citizen) Record(of hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error) {
	have := c.cases[of.ID]
	e.Case, e.At = of.ID, c.now
	if _, err := have.After(e); err != nil {
		return have, err
	}
	e.Content = c.keep(said, of.ID)
	next, err := have.After(e)
	if err != nil {
		return have, err
	}
	c.cases[of.ID] = next
	c.events = append(c.events, e)
	return next, nil
}

func (c *citizen) Attach(hotline.Media) hotline.MediaID { return hotline.MediaID(c.id()) }

func (c *citizen) Case(_ context.Context, id hotline.CaseID) (hotline.Case, error) {
	if got, ok := c.cases[id]; ok {
		return got, nil
	}
	return hotline.Case{}, hotline.ErrNotFound
}

func (c *citizen) CaseByNumber(_ context.Context, n hotline.Number) (hotline.Case, error) {
	for _, got := range c.cases {
		if got.Number == n {
			return got, nil
		}
	}
	return hotline.Case{}, hotline.ErrNotFound
}

func (c *citizen) CaseOfMessage(context.Context, hotline.AddressID, string) (hotline.CaseID, hotline.AssignmentID, error) {
	return 0, 0, hotline.ErrNotFound
}

func (c *citizen) CasesOf(_ context.Context, p hotline.PersonID, limit int) ([]hotline.Case, error) {
	var all []hotline.Case
	for _, got := range c.cases {
		if got.Reporter == p {
			all = append(all, got)
		}
	}
	slices.SortFunc(all, func(a, b hotline.Case) int { return int(b.ID - a.ID) })
	return all[:min(len(all), limit)], nil
}

func (c *citizen) History(_ context.Context, id hotline.CaseID) ([]hotline.Event, map[hotline.ContentID]hotline.Content, error) {
	var of []hotline.Event
	for _, e := range c.events {
		if e.Case == id {
			of = append(of, e)
		}
	}
	return of, c.said, nil
}

func (c *citizen) People(_ context.Context, units []string, names ...hotline.RoleName) ([]hotline.Role, error) {
	all := []hotline.Role{
		{Person: 3, Name: hotline.RoleCoordinator, Unit: "kominfo", OnDuty: true},
		{Person: 9, Name: hotline.RoleOfficer, Unit: "pu.jalan", OnDuty: true},
	}
	return slices.DeleteFunc(all, func(r hotline.Role) bool {
		return !slices.Contains(names, r.Name) || len(units) > 0 && !slices.Contains(units, r.Unit)
	}), nil
}

func (c *citizen) DataOf(context.Context, hotline.PersonID) (hotline.Dossier, error) {
	d := hotline.Dossier{Person: c.conv.Person, Addresses: []hotline.Address{c.conv.Address}, Since: deskMonday}
	for _, got := range c.cases {
		d.Cases = append(d.Cases, got)
	}
	for _, s := range c.said {
		d.Said = append(d.Said, s)
	}
	return d, nil
}

func (c *citizen) LastData(context.Context, hotline.PersonID, string) (time.Time, bool, error) {
	return time.Time{}, false, nil
}

func (c *citizen) AskErasure(_ context.Context, r hotline.ErasureRequest) (hotline.ErasureRequest, error) {
	c.erasures++
	r.ID = 1
	c.asked = r
	return r, nil
}

func (c *citizen) Erasure(_ context.Context, id hotline.ErasureID) (hotline.ErasureRequest, error) {
	if id != c.asked.ID {
		return hotline.ErasureRequest{}, hotline.ErrNotFound
	}
	return c.asked, nil
}

// happens makes something happen to a case that somebody else did, such as an officer taking it.
func (c *citizen) happens(tb testing.TB, id hotline.CaseID, events ...hotline.Event) {
	tb.Helper()
	for _, e := range events {
		if _, err := c.Record(c.cases[id], e, hotline.Content{Text: "kabar"}); err != nil {
			tb.Fatalf("%s: %v", e.Kind, err)
		}
	}
}

// taken are the events of a case that an officer has.
func taken(due time.Time) []hotline.Event {
	return []hotline.Event{
		{Kind: hotline.EvAssigned, Assignment: 5, Facts: hotline.Facts{Unit: "pu.jalan", Part: hotline.Lead, Due: due}},
		{Kind: hotline.EvTaken, Assignment: 5, By: 9, Facts: hotline.Facts{Due: due}},
	}
}

// only gives the one case there is.
func (c *citizen) only(tb testing.TB) hotline.Case {
	tb.Helper()
	if len(c.cases) != 1 {
		tb.Fatalf("%d cases, want one", len(c.cases))
	}
	for _, got := range c.cases {
		return got
	}
	panic("unreachable")
}

// facts are what the phrases need.
func (c *citizen) facts() phrase.Facts {
	f := phrase.Facts{Numbers: map[hotline.CaseID]hotline.Number{}, Said: c.said, Names: map[hotline.PersonID]string{}}
	for id, got := range c.cases {
		f.Numbers[id] = got.Number
	}
	return f
}
