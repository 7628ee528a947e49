package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// The official reasons for putting a case away, as EvArchived.Word says them.
var archiveReasons = []string{"unclear", "no_evidence", "not_regency", "sara", "wish", "expired"}

// archiveReason is drawn as the reason's words; one that is not known is drawn as "unclear".
func archiveReason(word string) hotline.PhraseArg {
	if !slices.Contains(archiveReasons, word) {
		word = archiveReasons[0]
	}
	return hotline.PhraseArg("staff.archive." + word)
}

// forced ends the argument of a button that overrides what the case is doing.
const forced = "!"

// triage does a coordinator's act about a case; k.coordinates has been asked.
func (k *talk) triage(ctx context.Context, c hotline.Case, what act, arg string) error {
	k.st.Staff.Pending = nil
	if what == actBlock || what == actUnblock {
		return k.decideBlock(ctx, c, what, arg)
	}
	if what != actCase && !c.Status.Live() {
		return k.lost(c, hotline.Assignment{})
	}
	switch what {
	case actCase:
		return k.see(ctx, c)
	case actRoute:
		unit, force := strings.CutSuffix(arg, forced)
		if unit == "" {
			p := k.begin(actRoute)
			p.Case, p.Ref = c.ID, ""
			return k.advanceTriage(ctx, c, p)
		}
		return k.route(ctx, c, unit, force)
	case actOwn:
		return k.own(ctx, c, arg == forced)
	case actHand:
		if agency, sure := strings.CutSuffix(arg, forced); sure {
			return k.hand(c, agency, "")
		}
		p := k.begin(actHand)
		p.Case, p.Unit, p.Ref = c.ID, arg, ""
		return k.advanceTriage(ctx, c, p)
	case actCategory:
		if category, about, _ := strings.Cut(arg, "/"); category != "" {
			return k.recategorise(ctx, c, category, about)
		}
		p := k.begin(actCategory)
		p.Case, p.Ref = c.ID, ""
		return k.advanceTriage(ctx, c, p)
	case actArchive:
		if arg != "" {
			return k.archive(ctx, c, arg)
		}
		r := hotline.Say("staff.archive.why", "case", c.ID)
		for _, word := range archiveReasons {
			r = r.With(hotline.Pick(caseValue(actArchive, c.ID, word), "staff.archive."+word))
		}
		k.onCase(c.ID, 0, r)
		return nil
	case actTranscribe:
		p := k.begin(actTranscribe)
		p.Case, p.Ref = c.ID, ""
		return k.advanceTriage(ctx, c, p)
	}
	return nil
}

// coordinatorReplied answers what a coordinator says to a card of a case, or with its number.
func (k *talk) coordinatorReplied(ctx context.Context, c hotline.Case, o order) error {
	switch o.Act {
	case actBlock, actUnblock:
		if o.Text == "" {
			return k.triage(ctx, c, o.Act, "")
		}
	case actSee, actOwn, actArchive:
		what := o.Act
		if what == actSee {
			what = actCase
		}
		return k.triage(ctx, c, what, "")
	case actRoute, actCategory:
		if o.Act == actRoute && len(findUnits(k.reg, o.Text)) == 0 && len(strings.Fields(o.Text)) > 4 {
			break // "ke lokasi kemarin, ternyata …"
		}
		p := k.begin(o.Act)
		p.Case, p.Text = c.ID, o.Text
		return k.advanceTriage(ctx, c, p)
	}
	p := k.begin("")
	p.Case = c.ID
	p.take(k.msg)
	voice, err := k.voiceAlone(ctx, c)
	if err != nil {
		return err
	}
	switch {
	case voice && p.Text != "":
		p.Act = actTranscribe
	case o.Act == actNote && o.Text != "":
		p.Act, p.Text = actNote, o.Text
	}
	return k.advanceTriage(ctx, c, p)
}

// voiceAlone tells whether a case was told by voice and nobody has written it down yet.
func (k *talk) voiceAlone(ctx context.Context, c hotline.Case) (bool, error) {
	events, said, err := k.History(ctx, c.ID)
	if err != nil {
		return false, fmt.Errorf("read the history: %w", err)
	}
	story := said[c.Story]
	written := slices.ContainsFunc(events, func(e hotline.Event) bool { return e.Kind == hotline.EvTranscribed })
	return !written && !story.Erased && story.Text == "" && len(story.Media) > 0, nil
}

// advanceTriage asks a coordinator for what is missing of an act about a case, or does it.
func (k *talk) advanceTriage(ctx context.Context, c hotline.Case, p *pending) error {
	ask := func(wants need, r hotline.Reply) error {
		p.Wants = wants
		k.onCase(c.ID, 0, r.With(p.drop()))
		return nil
	}
	switch p.Act {
	case "":
		r := hotline.Say("staff.ask.triage", "case", c.ID).
			With(hotline.Pick(p.value("as", string(actNote)), "staff.as.note"), hotline.Pick(p.value("as", string(actTranscribe)), "staff.as.write"))
		return ask(needAct, r)
	case actNote:
		return k.jot(c, hotline.Assignment{}, p)
	case actTranscribe:
		if p.Text == "" {
			return ask(needWords, hotline.Say("staff.ask.words.write", "case", c.ID))
		}
		return k.transcribe(ctx, c, p)
	case actHand:
		if p.Text == "" {
			return k.askHand(c, p, ask)
		}
		return k.hand(c, p.Unit, p.Text)
	case actRoute:
		return k.chooseUnit(ctx, c, p, ask)
	case actCategory:
		return k.chooseCategory(ctx, c, p, ask)
	case actBlock:
		return k.advanceBlock(ctx, c, p, ask)
	}
	k.st.Staff.Pending = nil
	return nil
}

// chooseUnit finds the unit that a coordinator typed; "pressed" ones are in p.Unit.
func (k *talk) chooseUnit(ctx context.Context, c hotline.Case, p *pending, ask func(need, hotline.Reply) error) error {
	name := p.Text
	p.Text = ""
	if p.Unit != "" {
		return k.route(ctx, c, p.Unit, false)
	}
	if name == "" {
		return ask(needWords, hotline.Say("staff.unit.type", "case", c.ID))
	}
	name = cutPrefixWord(name, "ke", "to", "dhateng")
	units := k.openTo(c, findUnits(k.reg, name))
	if agency, ok := mentionedAgency(k.reg, name); ok && len(units) == 0 { // within a sentence
		units = k.openTo(c, []string{agency})
	}
	switch len(units) {
	case 0:
		return ask(needWords, hotline.Say("staff.unit.unknown"))
	case 1:
		one, below := k.narrow(c, units[0])
		if one != "" {
			return k.route(ctx, c, one, false)
		}
		units = below
	}
	r := hotline.Say("staff.unit.which")
	for _, u := range units {
		r = r.With(hotline.Pick(caseValue(actRoute, c.ID, u), "staff.button.unit", "unit", hotline.UnitArg(u)))
	}
	return ask(needWords, r)
}

// chooseCategory finds the category that a coordinator typed, or proposes the ones that the story sounds like.
func (k *talk) chooseCategory(ctx context.Context, c hotline.Case, p *pending, ask func(need, hotline.Reply) error) error {
	name := p.Text
	p.Text = ""
	if p.Cat != "" { // whom it accuses was asked
		if declines(name) {
			return k.recategorise(ctx, c, p.Cat, nobodyNamed)
		}
		units := findUnits(k.reg, cutPrefixWord(name, "di", "pada", "at"))
		if len(units) == 1 {
			return k.recategorise(ctx, c, p.Cat, k.reg.AgencyOf(units[0]))
		}
		return k.askAccused(c, p.Cat, units)
	}
	r := hotline.Say("staff.category.type", "case", c.ID)
	found := findCategories(k.reg, name)
	if name == "" {
		_, said, err := k.History(ctx, c.ID)
		if err != nil {
			return fmt.Errorf("read the history: %w", err)
		}
		found = k.guesses(said[c.Story].Text)
	} else if len(found) == 1 {
		return k.recategorise(ctx, c, found[0], "")
	} else if len(found) == 0 {
		r = hotline.Say("staff.category.unknown")
	}
	for _, id := range found {
		r = r.With(hotline.Pick(caseValue(actCategory, c.ID, id), "staff.button.category", "category", hotline.CategoryArg(id)))
	}
	return ask(needWords, r)
}

// findCategories gives the categories that a typed name may mean, at most six: by name in any language, else by all its words.
func findCategories(r *hotline.Regency, name string) []string {
	asked := hotline.Words(name)
	if len(asked) == 0 {
		return nil
	}
	best, found := fitPart, []string(nil)
	for _, c := range r.Categories {
		fit := fits(asked, hotline.Words(c.ID))
		for _, n := range c.Name {
			fit = max(fit, fits(asked, hotline.Words(n)))
		}
		for _, w := range c.Keywords {
			if fits(asked, hotline.Words(w.Text)) == fitWhole {
				fit = max(fit, fitPart)
			}
		}
		if fit < best {
			continue
		}
		if fit > best {
			best, found = fit, found[:0]
		}
		found = append(found, c.ID)
	}
	return found[:min(len(found), mostUnits)]
}

// route gives a case to a unit. Where another already leads, the coordinator is asked first, unless force.
func (k *talk) route(ctx context.Context, c hotline.Case, unit string, force bool) error {
	k.st.Staff.Pending = nil
	agency, ok := k.reg.Agency(k.reg.AgencyOf(unit))
	switch {
	case !ok:
		k.onCase(c.ID, 0, hotline.Say("staff.unit.unknown"))
		return nil
	case k.reg.HiddenFrom(c, agency.ID):
		k.onCase(c.ID, 0, hotline.Say("staff.unit.accused"))
		return nil
	case !agency.Desk:
		r := hotline.Say("staff.unit.nodesk", "agency", hotline.AgencyArg(agency.ID))
		if agency.Contact != "" {
			r = r.And("staff.unit.contact", "contact", agency.Contact)
		}
		k.onCase(c.ID, 0, r.With(hotline.Pick(caseValue(actHand, c.ID, agency.ID), "staff.button.hand", "agency", hotline.AgencyArg(agency.ID))))
		return nil
	}
	if lead, ok := c.Lead(); ok {
		if lead.Unit == unit {
			k.onCase(c.ID, 0, hotline.Say("staff.route.already", "case", c.ID, "unit", hotline.UnitArg(unit)))
			return nil
		}
		if !force {
			k.onCase(c.ID, 0, hotline.Say("staff.route.taken", "case", c.ID, "unit", hotline.UnitArg(lead.Unit)).
				With(hotline.Pick(caseValue(actRoute, c.ID, unit+forced), "staff.button.move", "unit", hotline.UnitArg(unit))))
			return nil
		}
	}
	if _, err := k.AssignTo(ctx, k.conv.Viewer, c.ID, unit, hotline.Lead); err != nil {
		return k.refusedOr(err, c, hotline.Assignment{})
	}
	k.onCase(c.ID, 0, hotline.Say("staff.route.done", "case", c.ID, "unit", hotline.UnitArg(unit)))
	return nil
}

// recorder is record or recordQuietly.
type recorder func(hotline.Case, hotline.Event, hotline.Content) (hotline.Case, error)

// place makes a unit lead, in place of whoever did.
func (k *talk) place(ctx context.Context, c hotline.Case, unit string, record recorder) (hotline.Case, hotline.Assignment, error) {
	return k.placeAt(ctx, c, unit, 0, record)
}

// placeAt does so at a step of the ladder.
func (k *talk) placeAt(ctx context.Context, c hotline.Case, unit string, level int, record recorder) (hotline.Case, hotline.Assignment, error) {
	c, err := k.withhold(ctx, c, func(a hotline.Assignment) bool { return a.Part == hotline.Lead || a.Unit == unit })
	if err != nil {
		return c, hotline.Assignment{}, err
	}
	id := k.NewAssignment()
	after, err := record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: id, Facts: hotline.Facts{
		Unit: unit, Part: hotline.Lead, Level: level, Due: hotline.DueOnAssign(k.reg, c, unit, k.now)}}, hotline.Content{})
	if err != nil {
		return c, hotline.Assignment{}, err
	}
	a, _ := after.Assignment(id)
	return after, a, nil
}

// withhold takes the parts that are on and of which is says so from their units.
func (k *talk) withhold(ctx context.Context, c hotline.Case, is func(hotline.Assignment) bool) (hotline.Case, error) {
	for _, a := range c.Assignments {
		if !a.On() || !is(a) {
			continue
		}
		after, err := k.recordQuietly(c, hotline.Event{Kind: hotline.EvWithheld, Assignment: a.ID}, hotline.Content{})
		if err != nil {
			return c, err
		}
		if a.Officer != 0 && !k.is(a.Officer) {
			k.Say(hotline.Out{Person: a.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID,
				Reply: hotline.Say("staff.withheld", "case", c.ID)})
			k.settleCardOf(a.Officer, after, a)
		}
		if err := k.changeCards(ctx, after, a, "staff.offer.withheldby"); err != nil {
			return c, err
		}
		c = after
	}
	return c, nil
}

// settleTriage takes the buttons off the coordinator's card of a case.
func (k *talk) settleTriage(c hotline.Case, unit string) {
	k.Say(hotline.Out{To: k.conv.Address.ID, Verb: hotline.VerbEdit, Edits: TriageName(c.ID), Card: TriageName(c.ID), Lane: hotline.LaneNotice, Case: c.ID,
		Reply: hotline.Reply{Lines: []hotline.Line{hotline.Phrase("staff.triage.routed", "case", c.ID, "category", hotline.CategoryArg(c.Category), "unit", hotline.UnitArg(unit))}}})
}

// own gives a case to the hotline's own unit, and to the coordinator who asks.
func (k *talk) own(ctx context.Context, c hotline.Case, force bool) error {
	if a, ok := k.myPart(c); ok && a.Part == hotline.Lead {
		return k.take(ctx, c.ID, a.ID)
	}
	unit, ok := k.ownUnit()
	if !ok || k.reg.HiddenFrom(c, k.reg.AgencyOf(unit)) {
		k.onCase(c.ID, 0, hotline.Say("staff.unit.accused"))
		return nil
	}
	lead, led := c.Lead()
	if led && !force {
		k.onCase(c.ID, 0, hotline.Say("staff.route.taken", "case", c.ID, "unit", hotline.UnitArg(lead.Unit)).
			With(hotline.Pick(caseValue(actOwn, c.ID, forced), "staff.button.over")))
		return nil
	}
	after, a, err := k.placeOwn(ctx, c, unit)
	if err != nil {
		return k.refusedOr(err, c, hotline.Assignment{})
	}
	if err := k.ownCard(ctx, after, a, "staff.card.taken"); err != nil {
		return err
	}
	k.settleTriage(after, unit)
	return nil
}

// placeOwn makes the coordinator's unit lead and gives its part to the coordinator.
func (k *talk) placeOwn(ctx context.Context, c hotline.Case, unit string) (hotline.Case, hotline.Assignment, error) {
	placed, a, err := k.place(ctx, c, unit, k.recordQuietly)
	if err != nil {
		return c, a, err
	}
	after, err := k.record(placed, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, placed, unit, k.now)}}, hotline.Content{})
	if err != nil {
		return c, a, err
	}
	a, _ = after.Assignment(a.ID)
	return after, a, nil
}

// ownUnit gives the unit in which the person coordinates.
func (k *talk) ownUnit() (string, bool) {
	for _, r := range k.conv.Viewer.Roles {
		if r.Name == hotline.RoleCoordinator && k.reg.AgencyOf(r.Unit) != "" {
			return r.Unit, true
		}
	}
	return "", false
}

// askHand shows what passing a case on does before it is done: the reporter is told whom to turn to, and the case ends here. A body whose contact is not
// known wants one, as the coordinator knows it, or the yes that there is none.
func (k *talk) askHand(c hotline.Case, p *pending, ask func(need, hotline.Reply) error) error {
	g, ok := k.reg.Agency(p.Unit)
	if !ok || k.reg.HiddenFrom(c, g.ID) {
		k.st.Staff.Pending = nil
		k.onCase(c.ID, 0, hotline.Say("staff.unit.unknown"))
		return nil
	}
	r := hotline.Say("staff.hand.ask", "case", c.ID, "agency", hotline.AgencyArg(g.ID))
	if g.Contact != "" {
		r = r.And("staff.unit.contact", "contact", g.Contact)
	} else {
		r = r.And("staff.hand.nocontact", "agency", hotline.AgencyArg(g.ID))
	}
	return ask(needWords, r.With(hotline.Pick(caseValue(actHand, c.ID, g.ID+forced), "staff.button.hand.yes")))
}

// hand passes a case on to a body that has no desk here: the coordinator takes it and ends it so. contact is where to find it, where the regency's
// description does not say.
func (k *talk) hand(c hotline.Case, agency, contact string) error {
	k.st.Staff.Pending = nil
	g, ok := k.reg.Agency(agency)
	unit, own := k.ownUnit()
	if !ok || !own || k.reg.HiddenFrom(c, agency) {
		k.onCase(c.ID, 0, hotline.Say("staff.unit.unknown"))
		return nil
	}
	if lead, led := c.Lead(); led && !k.is(lead.Officer) {
		k.onCase(c.ID, 0, hotline.Say("staff.route.taken", "case", c.ID, "unit", hotline.UnitArg(lead.Unit)).
			With(hotline.Pick(caseValue(actOwn, c.ID, forced), "staff.button.over")))
		return nil
	}
	a, mine := k.myPart(c)
	if !mine {
		var err error
		id := k.NewAssignment()
		placed, err := k.recordQuietly(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: id, Facts: hotline.Facts{
			Unit: unit, Part: hotline.Lead, Due: hotline.DueOnAssign(k.reg, c, unit, k.now)}}, hotline.Content{})
		if err == nil {
			placed, err = k.recordQuietly(placed, hotline.Event{Kind: hotline.EvTaken, Assignment: id,
				Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, placed, unit, k.now)}}, hotline.Content{})
		}
		if err != nil {
			return k.refusedOr(err, c, hotline.Assignment{})
		}
		c = placed
		a, _ = c.Assignment(id)
	}
	text := g.Name
	if at := cmp.Or(contact, g.Contact); at != "" {
		text += " (" + at + ")"
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvPassedOn, Assignment: a.ID, Facts: hotline.Facts{Unit: agency}},
		hotline.Content{Author: k.me(), Text: text})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.onCase(c.ID, a.ID, hotline.Say("staff.did.pass", "case", c.ID).With(hotline.Pick(staffValue(actUndo, c, a), "staff.button.undo")))
	k.settleTriage(after, agency)
	return nil
}

// archive puts a case away for one of the official reasons.
func (k *talk) archive(ctx context.Context, c hotline.Case, word string) error {
	if !hotline.ArchiveReason(word).Known() {
		k.reply(hotline.Say("staff.stale"))
		return nil
	}
	if _, err := k.Archive(ctx, k.conv.Viewer, c.ID, hotline.ArchiveReason(word)); err != nil {
		return k.refusedOr(err, c, hotline.Assignment{})
	}
	k.onCase(c.ID, 0, offerBlock(c, hotline.ArchiveReason(word), hotline.Say("staff.archive.done", "case", c.ID, "reason", archiveReason(word))))
	return nil
}

// triageAnswer answers the coordinator about a case with its buttons: it takes the place of the case's card.
func (k *talk) triageAnswer(c hotline.CaseID, r hotline.Reply) {
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: r, Case: c, Card: TriageName(c)})
}

// triageTop proposes up to three units for a case, the one that was named first. Those that had it and sent it back are not among them.
func triageTop(r *hotline.Regency, c hotline.Case, named string) []string {
	top := slices.DeleteFunc(hotline.Proposals(r, hotline.RoutingOf(c)), func(u string) bool {
		return slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.Unit == u && a.Part == hotline.Lead })
	})
	if named != "" && named == r.AgencyOf(named) { // its unit for such a matter, where it has one
		if at, ok := hotline.UnitFor(r, named, hotline.RoutingOf(c)); ok {
			named = at
		}
	}
	if _, ok := r.Unit(named); ok && !r.HiddenFrom(c, r.AgencyOf(named)) {
		top = append([]string{named}, slices.DeleteFunc(slices.Clone(top), func(u string) bool { return u == named })...)
	}
	return top[:min(len(top), 3)]
}

// callCoordinators sends the triage card of a case to the coordinators who may see it: those on duty, and with none on duty all. It tells whether
// there was anybody to call.
func (k *talk) callCoordinators(ctx context.Context, c hotline.Case, top []string, why hotline.Line) (bool, error) {
	called := false
	err := k.toCoordinators(ctx, c, func() hotline.Out {
		called = true
		return triageCard(k.reg, c, top, why)
	})
	return called, err
}

// toCoordinators sends a card about a case to the coordinators who may see it: those on duty, and with none on duty all.
func (k *talk) toCoordinators(ctx context.Context, c hotline.Case, card func() hotline.Out) error {
	people, err := k.People(ctx, nil, hotline.RoleCoordinator)
	if err != nil {
		return fmt.Errorf("find the coordinators: %w", err)
	}
	accused, err := k.accused(ctx, c)
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(slices.Clone(people), func(r hotline.Role) bool {
		return r.Is(c.Reporter) || !k.reg.Sees(viewer(r.Person, people, accused), c).Act
	})
	anyone := slices.ContainsFunc(people, func(r hotline.Role) bool { return r.OnDuty })
	called := map[hotline.PersonID]bool{}
	for _, role := range people {
		if anyone && !role.OnDuty || called[role.Person] {
			continue
		}
		called[role.Person] = true
		out := card()
		out.Person = role.Person
		k.Say(out)
	}
	return nil
}

// guesses gives the categories that a text sounds like, at most three.
func (k *talk) guesses(text string) []string {
	const most = 3
	if text == "" {
		return nil
	}
	var ids []string
	for _, g := range k.read(text).Categories {
		ids = append(ids, g.Category)
	}
	return ids[:min(len(ids), most)]
}
