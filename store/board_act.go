package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// This file is what the coordinator does about a case from the board. Each act is one call within a unit of work: it asks Regency.Sees, makes its events
// happen with the person who did it, and says what the reporter, officers and groups are to hear of it, so that all is committed together.
//
// The errors are hotline.ErrNotFound (they may not know of the case), hotline.ErrForbidden (they may, and may not do that), hotline.ErrRefused (the case
// does not allow it now), and those that an act names.

// Notices put what happens into messages. Package bot has them; house joins the two.
type Notices struct {
	// Citizen is what the reporter hears of an event that somebody else made happen; false: nothing.
	Citizen func(*hotline.Regency, hotline.Case, hotline.Event) (hotline.Out, bool)
	// Staff is what those hear who have a part of the case.
	Staff func(r *hotline.Regency, before, after hotline.Case, e hotline.Event) []hotline.Out
}

// SetNotices says who puts into messages what the acts of the board make happen. Before it is called, reporters hear nothing of them.
func (s *Store) SetNotices(n Notices) { s.notices.Store(&n) }

// actor is somebody doing something about a case.
type actor struct {
	*Tx
	by hotline.Viewer
}

// acting reads and locks a case for somebody who coordinates it.
func (t *Tx) acting(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (actor, hotline.Case, error) {
	c, err := t.Case(ctx, id)
	if err != nil {
		return actor{}, c, err
	}
	s := t.regency.Sees(v, c)
	if !s.Facts {
		return actor{}, hotline.Case{}, fmt.Errorf("act on a case: %w", hotline.ErrNotFound)
	}
	if !v.Has(hotline.RoleCoordinator) || !(s.Act || s.Content && !c.Status.Live()) || v.Is(c.Reporter) {
		return actor{}, hotline.Case{}, fmt.Errorf("act on a case: %w", hotline.ErrForbidden)
	}
	return actor{t, v}, c, nil
}

// quietly makes an event happen of which the reporter hears nothing.
func (k actor) quietly(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error) {
	e.By = k.by.Person
	return k.Record(c, e, said)
}

// happen makes an event happen, and tells the reporter.
func (k actor) happen(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error) {
	after, err := k.quietly(c, e, said)
	if err != nil {
		return c, err
	}
	k.tellReporter(after, e)
	return after, nil
}

func (k actor) tellReporter(after hotline.Case, e hotline.Event) {
	n := k.store.notices.Load()
	if n == nil || n.Citizen == nil {
		return
	}
	e.Case, e.At, e.By, e.Content = after.ID, k.now, k.by.Person, after.Said
	if out, ok := n.Citizen(k.regency, after, e); ok {
		k.Say(out)
	}
}

// tellStaff tells those who have a part of the case.
func (k actor) tellStaff(before, after hotline.Case, e hotline.Event) {
	n := k.store.notices.Load()
	if n == nil || n.Staff == nil {
		return
	}
	e.Case, e.At, e.By, e.Content = after.ID, k.now, k.by.Person, after.Said
	for _, out := range n.Staff(k.regency, before, after, e) {
		k.Say(out)
	}
}

// AssignTo gives a part of a case to a unit. A unit that is to lead takes the place of whoever led. hotline.ErrNoUnit, ErrAccused, ErrNoDesk.
func (t *Tx) AssignTo(ctx context.Context, v hotline.Viewer, id hotline.CaseID, unit string, p hotline.Part) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	agency, ok := k.regency.Agency(k.regency.AgencyOf(unit))
	switch {
	case !ok:
		return c, hotline.ErrNoUnit
	case k.regency.HiddenFrom(c, agency.ID):
		return c, hotline.ErrAccused
	case !agency.Desk:
		return c, hotline.ErrNoDesk
	}
	if lead, led := c.Lead(); led && lead.Unit == unit {
		return c, fmt.Errorf("assign a case: %w", hotline.ErrRefused) // it leads already
	}
	after, err := k.place(ctx, c, unit, p, 0)
	if err != nil {
		return c, err
	}
	return after, k.settleTriage(ctx, after, unit)
}

// place gives a unit a part, at a step of the ladder.
func (k actor) place(ctx context.Context, c hotline.Case, unit string, p hotline.Part, level int) (hotline.Case, error) {
	c, err := k.withhold(ctx, c, func(a hotline.Assignment) bool {
		return p == hotline.Lead && (a.Part == hotline.Lead || a.Unit == unit)
	})
	if err != nil {
		return c, err
	}
	return k.happen(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: k.NewAssignment(), Facts: hotline.Facts{
		Unit: unit, Part: p, Level: level, Due: hotline.DueOnAssign(k.regency, c, unit, k.now)}}, hotline.Content{})
}

// withhold takes the parts that are on and of which is says so from their units, whose people hear of it.
func (k actor) withhold(ctx context.Context, c hotline.Case, is func(hotline.Assignment) bool) (hotline.Case, error) {
	for _, a := range c.Assignments {
		if !a.On() || !is(a) {
			continue
		}
		after, err := k.quietly(c, hotline.Event{Kind: hotline.EvWithheld, Assignment: a.ID}, hotline.Content{})
		if err != nil {
			return c, err
		}
		k.tellOfficer(c, after, a, hotline.Say("staff.withheld", "case", c.ID))
		if err := k.changeOffers(ctx, after, a); err != nil {
			return c, err
		}
		c = after
	}
	return c, nil
}

// tellOfficer tells whoever has a part why it is not theirs any more, and takes the buttons off their card of it.
func (k actor) tellOfficer(before, after hotline.Case, a hotline.Assignment, r hotline.Reply) {
	if was, _ := before.Assignment(a.ID); was.Officer == 0 || k.by.Is(was.Officer) {
		return
	}
	name := "mine:" + strconv.FormatInt(int64(a.ID), 10)
	k.Say(hotline.Out{Person: a.Officer, Lane: hotline.LaneNotice, Case: after.ID, Assign: a.ID, Reply: r})
	k.Say(hotline.Out{Person: a.Officer, Verb: hotline.VerbEdit, Edits: name, Card: name, Lane: hotline.LaneNotice, Case: after.ID, Assign: a.ID,
		Reply: hotline.Say("staff.card.settled", "case", after.ID, "category", hotline.CategoryArg(after.Category),
			"status", hotline.PhraseArg("status."+string(after.Status)))})
}

// changeOffers changes the cards of those who were offered a part: it is no longer to be had.
func (k actor) changeOffers(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	offers, err := k.Offered(ctx, a.ID)
	if err != nil {
		return err
	}
	name := "offer:" + strconv.FormatInt(int64(a.ID), 10)
	for _, o := range offers {
		k.Say(hotline.Out{Person: o.Person, Verb: hotline.VerbEdit, Edits: name, Card: name, Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID,
			Reply: hotline.Say("staff.offer.withheldby", "case", c.ID, "category", hotline.CategoryArg(c.Category), "who", k.by.Person)})
	}
	return nil
}

// settleTriage takes the buttons off the cards by which coordinators were asked about a case.
func (k actor) settleTriage(ctx context.Context, c hotline.Case, unit string) error {
	name := "triage:" + strconv.FormatInt(int64(c.ID), 10)
	at, err := scalars[hotline.AddressID](ctx, k.Tx, "find the cards about a case", `
		select distinct o.address_id from roles r cross join lateral same_person(r.person_id) p join addresses a on a.person_id = p
		join outbox o on o.address_id = a.id and o.card = @card
		where r.name = 'coordinator' and r.starts <= @now and (r.ends is null or r.ends > @now) order by 1`,
		pgx.StrictNamedArgs{"card": name, "now": k.now})
	if err != nil {
		return err
	}
	for _, to := range at {
		k.Say(hotline.Out{To: to, Verb: hotline.VerbEdit, Edits: name, Card: name, Lane: hotline.LaneNotice, Case: c.ID,
			Reply: hotline.Say("staff.triage.routed", "case", c.ID, "category", hotline.CategoryArg(c.Category), "unit", hotline.UnitArg(unit))})
	}
	return nil
}

// ReturnToQueue puts a part that an officer has back onto the unit's worklist.
func (t *Tx) ReturnToQueue(ctx context.Context, v hotline.Viewer, id hotline.CaseID, part hotline.AssignmentID) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	a, ok := c.Assignment(part)
	if !ok {
		return c, fmt.Errorf("return a case: %w", hotline.ErrNotFound)
	}
	after, err := k.quietly(c, hotline.Event{Kind: hotline.EvReleased, Assignment: part,
		Facts: hotline.Facts{Due: hotline.DueOnAssign(k.regency, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return c, err
	}
	k.tellOfficer(c, after, a, hotline.Say("staff.returned", "case", c.ID))
	return after, nil
}

// TakeBack takes a part from its unit. Where it led, the case waits in triage.
func (t *Tx) TakeBack(ctx context.Context, v hotline.Viewer, id hotline.CaseID, part hotline.AssignmentID) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	if a, ok := c.Assignment(part); !ok || !a.On() || !c.Status.Live() {
		return c, fmt.Errorf("take a case back: %w", hotline.ErrRefused)
	}
	after, err := k.withhold(ctx, c, func(a hotline.Assignment) bool { return a.ID == part })
	if err != nil {
		return c, err
	}
	k.tellReporter(after, hotline.Event{Kind: hotline.EvWithheld, Assignment: part})
	return after, nil
}

// AnswerReporter sends the reporter news of the case, which the coordinator may without having taken it.
func (t *Tx) AnswerReporter(ctx context.Context, v hotline.Viewer, id hotline.CaseID, text string) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	e := hotline.Event{Kind: hotline.EvAnswered}
	for _, a := range c.Assignments {
		if a.State == hotline.Taken && v.Is(a.Officer) {
			e.Assignment = a.ID
		}
	}
	return k.happen(c, e, hotline.Content{Author: v.Person, Text: text})
}

// Note keeps an internal note, which the reporter never sees.
func (t *Tx) Note(ctx context.Context, v hotline.Viewer, id hotline.CaseID, text string) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	return k.quietly(c, hotline.Event{Kind: hotline.EvNoted}, hotline.Content{Author: v.Person, Text: text})
}

// Recategorise files a case under another category. While nobody has taken it, it goes where that category goes. A category that accuses wants to know
// which agency is complained about: its id, or hotline.AboutNobody; it is taken from that agency at once. hotline.ErrNoMatter, ErrWhom.
func (t *Tx) Recategorise(ctx context.Context, v hotline.Viewer, id hotline.CaseID, category, about string) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	chosen, ok := k.regency.Category(category)
	if !ok {
		return c, hotline.ErrNoMatter
	}
	facts := hotline.Facts{Category: category}
	if chosen.Secret && !c.Privacy.IsSecret() {
		facts.Privacy = c.Privacy.Secretly()
	}
	if chosen.Oversight || chosen.Rudeness {
		_, known := k.regency.Agency(about)
		switch {
		case known:
			facts.About = about
		case about == hotline.AboutNobody:
		case about != "" || c.About == "":
			return c, hotline.ErrWhom
		}
	}
	e := hotline.Event{Kind: hotline.EvRecategory, Facts: facts}
	then, err := c.After(hotline.Event{Case: c.ID, Kind: e.Kind, At: k.now, By: v.Person, Facts: facts})
	if err != nil {
		return c, err
	}
	// First it is taken from those accused, whose cards change under the name they know it by: they learn nothing of what it has become.
	known, err := k.withhold(ctx, c, func(a hotline.Assignment) bool { return k.regency.HiddenFrom(then, k.regency.AgencyOf(a.Unit)) })
	if err != nil {
		return c, err
	}
	after, err := k.happen(known, e, hotline.Content{})
	if err != nil {
		return c, err
	}
	return k.reroute(ctx, after)
}

// reroute sends a case where it goes now, unless somebody has taken it. Where that leads nowhere, it stays where it is.
func (k actor) reroute(ctx context.Context, c hotline.Case) (hotline.Case, error) {
	lead, led := c.Lead()
	if led && lead.State == hotline.Taken || !c.Status.Live() {
		return c, nil
	}
	d := hotline.Route(k.regency, hotline.RoutingOf(c))
	if d.Outside && c.From != 0 {
		k.Say(hotline.Out{To: c.From, Lane: hotline.LaneNotice, Case: c.ID,
			Reply: hotline.Say("private.outside", "text", k.regency.Outside.In(hotline.Indonesian))})
	}
	i := slices.IndexFunc(d.Assign, func(p hotline.Placing) bool { return p.Part == hotline.Lead })
	if d.Triage || i < 0 || led && d.Assign[i].Unit == lead.Unit {
		return c, nil
	}
	after, err := k.place(ctx, c, d.Assign[i].Unit, hotline.Lead, d.Assign[i].Level)
	if err != nil {
		return c, err
	}
	return after, k.settleTriage(ctx, after, d.Assign[i].Unit)
}

// Transcribe keeps what a voice note says, as a human wrote it down. said is the content that was the voice. heard is what the words sound like, where
// somebody has read them (hotline.Reader): words that accuse an agency take the case from it at once, and a case that waits for the coordinator and is of no
// category gets the one they plainly say.
func (t *Tx) Transcribe(ctx context.Context, v hotline.Viewer, id hotline.CaseID, said hotline.ContentID, text string, heard hotline.Reading) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	all, err := t.Said(ctx, said)
	if err != nil {
		return c, err
	}
	if s, ok := all[said]; !ok || s.Case != id || len(s.Media) == 0 {
		return c, fmt.Errorf("write a voice note down: %w", hotline.ErrNotFound)
	}
	e := hotline.Event{Kind: hotline.EvTranscribed, Facts: hotline.Facts{Of: said}}
	after, err := k.happen(c, e, hotline.Content{Author: v.Person, Text: text})
	if err != nil {
		return c, err
	}
	k.tellStaff(c, after, e)
	if !heard.Accuses || !after.Status.Live() {
		return after, nil
	}
	category := after.Category
	if !k.accusing(category) && len(heard.Categories) > 0 && (category == "" || k.accusing(heard.Categories[0].Category)) {
		category = heard.Categories[0].Category
	}
	about := k.regency.Accused(heard, category)
	if about == "" || about == after.About {
		return after, nil
	}
	if k.accusing(category) {
		return t.Recategorise(ctx, v, id, category, about)
	}
	return t.Accuse(ctx, v, id, about)
}

// accusing tells whether a category is of people in office.
func (k actor) accusing(category string) bool {
	cat, _ := k.regency.Category(category)
	return cat.Oversight || cat.Rudeness
}

// Accuse says that a case is about an agency, whatever its category. It is taken from it, and goes where such a case goes.
func (t *Tx) Accuse(ctx context.Context, v hotline.Viewer, id hotline.CaseID, about string) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	if _, ok := k.regency.Agency(about); !ok {
		return c, hotline.ErrWhom
	}
	then := c
	then.About = about
	known, err := k.withhold(ctx, c, func(a hotline.Assignment) bool { return k.regency.HiddenFrom(then, k.regency.AgencyOf(a.Unit)) })
	if err != nil {
		return c, err
	}
	after, err := k.quietly(known, hotline.Event{Kind: hotline.EvRecategory, Facts: hotline.Facts{About: about}}, hotline.Content{})
	if err != nil {
		return c, err
	}
	return k.reroute(ctx, after)
}

// Archive puts a case away for one of the official reasons, which the reporter is told in plain words. Restore undoes it. hotline.ErrNoReason.
func (t *Tx) Archive(ctx context.Context, v hotline.Viewer, id hotline.CaseID, reason hotline.ArchiveReason) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	if !reason.Known() {
		return c, hotline.ErrNoReason
	}
	after, err := k.happen(c, hotline.Event{Kind: hotline.EvArchived, Facts: hotline.Facts{Word: string(reason)}}, hotline.Content{})
	if err != nil {
		return c, err
	}
	status := hotline.PhraseArg("status." + string(after.Status))
	for _, a := range c.Assignments {
		switch a.State {
		case hotline.Taken:
			k.tellOfficer(c, after, a, hotline.Say("staff.over", "case", c.ID, "status", status))
		case hotline.Waiting:
			if err := k.changeOffers(ctx, after, a); err != nil {
				return c, err
			}
		}
	}
	return after, nil
}

// Restore takes a case out of the archive: the coordinator decides anew where it goes.
func (t *Tx) Restore(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (hotline.Case, error) {
	k, c, err := t.acting(ctx, v, id)
	if err != nil {
		return c, err
	}
	return k.happen(c, hotline.Event{Kind: hotline.EvRestored}, hotline.Content{})
}
