package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// record makes an event happen and tells the reporter, as far as that concerns them. ErrRefused is hotline's.
func (k *talk) record(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error) {
	after, err := k.recordQuietly(c, e, said)
	if err != nil {
		return c, err
	}
	e.Case, e.At, e.By, e.Content = c.ID, k.now, k.me(), after.Said
	if out, ok := CitizenNotice(k.reg, after, e); ok {
		if len(said.Media) > 0 && !after.Privacy.IsSecret() {
			out.Reply.Shows = append(out.Reply.Shows, e.Content)
		}
		k.Say(out)
	}
	return after, nil
}

// recordQuietly does so; the reporter hears nothing of it.
func (k *talk) recordQuietly(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error) {
	e.Case, e.At, e.By = c.ID, k.now, k.me()
	return k.Record(c, e, said)
}

// saidWith gives what a pending says, with its media promised.
func (k *talk) saidWith(p *pending) hotline.Content {
	said := hotline.Content{Author: k.me(), Text: p.Text, Point: p.Point}
	for _, m := range p.Media {
		said.Media = append(said.Media, k.Attach(m))
	}
	return said
}

// refusedOr answers an event that the case did not allow, with what happened in between; any other error undoes the turn.
func (k *talk) refusedOr(err error, c hotline.Case, a hotline.Assignment) error {
	if !errors.Is(err, hotline.ErrRefused) {
		return fmt.Errorf("record: %w", err)
	}
	k.st.Staff.Pending = nil
	k.onCase(c.ID, a.ID, k.standsNow(c, a))
	return nil
}

// standsNow says why somebody cannot do what they wanted: where the case and their part of it stand now.
func (k *talk) standsNow(c hotline.Case, a hotline.Assignment) hotline.Reply {
	status := hotline.PhraseArg("status." + string(c.Status))
	switch {
	case k.is(c.Reporter):
		return hotline.Say("staff.own")
	case k.hidden(c) || !k.reg.Sees(k.conv.Viewer, c).Facts && !(a.ID != 0 && k.ofUnit(a.Unit, workers...)):
		return hotline.Say("staff.gone")
	case !c.Status.Live():
		return hotline.Say("staff.over", "case", c.ID, "status", status)
	case a.ID == 0 || a.State == hotline.Cancelled:
		return hotline.Say("staff.moved", "case", c.ID)
	case a.State == hotline.Done:
		return hotline.Say("staff.partdone", "case", c.ID)
	case a.State == hotline.Taken && !k.is(a.Officer):
		return hotline.Say("staff.takenby", "case", c.ID, "who", a.Officer)
	case a.State == hotline.Waiting && k.mayWork(c, a):
		return hotline.Say("staff.untaken", "case", c.ID).With(pickAct(actTake, c, a))
	}
	return hotline.Say("staff.notnow", "case", c.ID, "status", status)
}

// hidden tells whether the case is about the person's own agency, and they are not the one there who answers it.
func (k *talk) hidden(c hotline.Case) bool {
	theirs := slices.ContainsFunc(k.conv.Viewer.Roles, func(r hotline.Role) bool { return c.About != "" && k.reg.AgencyOf(r.Unit) == c.About })
	return theirs && !slices.ContainsFunc(k.conv.Viewer.Roles, func(r hotline.Role) bool {
		return r.Name == hotline.RoleHead && k.reg.AgencyOf(r.Unit) == c.About && !k.reg.HiddenFrom(c, c.About)
	})
}

// act does what needs no words: a button, or an order like "ambil", "lihat", "lepas".
func (k *talk) act(ctx context.Context, what act, id hotline.CaseID, assign hotline.AssignmentID) error {
	if what == actTake || what == actAck {
		return k.take(ctx, id, assign)
	}
	c, err := k.Case(ctx, id)
	if errors.Is(err, hotline.ErrNotFound) {
		k.reply(hotline.Say("staff.gone"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	a, ok := c.Assignment(assign)
	if !ok {
		return k.lost(c, a)
	}
	switch what {
	case actSee:
		return k.see(ctx, c)
	case actMore:
		return k.more(c, a)
	case actRelease:
		return k.release(c, a)
	case actOver:
		return k.takeOver(ctx, c, a)
	case actUndo:
		return k.undo(ctx, c, a)
	case actDepart, actArrive:
		if c.Urgent || k.msg.Kind != hotline.MsgText {
			return k.onTheWay(ctx, c, a, what)
		}
		p := k.begin("") // of any other case these are words like all
		p.Case, p.Assign = id, assign
		p.take(k.msg)
		return k.advance(ctx, p)
	}
	p := k.begin(what)
	p.Case, p.Assign, p.Ref = id, assign, ""
	return k.advance(ctx, p)
}

// perform does a pending that lacks nothing.
func (k *talk) perform(ctx context.Context, c hotline.Case, a hotline.Assignment, p *pending) error {
	k.st.Staff.Pending = nil
	switch p.Act {
	case actDecline:
		return k.decline(ctx, c, a, p)
	case actHelp:
		return k.askHelp(c, a, p)
	case actDepart, actArrive:
		return k.onTheWay(ctx, c, a, p.Act)
	}
	e := hotline.Event{Assignment: a.ID}
	receipt := "staff.did." + string(p.Act)
	switch p.Act {
	case actAnswer:
		e.Kind = hotline.EvAnswered
	case actAsk:
		e.Kind, e.Due = hotline.EvAsked, k.reg.Calendar("").Add(k.now, k.reg.Limits.Complete)
	case actNote:
		e.Kind = hotline.EvNoted
	case actResolve:
		e.Kind = hotline.EvResolved
	case actSchedule:
		e.Kind, e.Date = hotline.EvScheduled, p.Date
	case actPass:
		e.Kind = hotline.EvPassedOn
		if agency, ok := mentionedAgency(k.reg, p.Text); ok {
			e.Unit = agency
		}
	case actCannot:
		e.Kind = hotline.EvNotPossible
	case actFinish:
		e.Kind = hotline.EvFinished
	default:
		return fmt.Errorf("no way to perform %q", p.Act)
	}
	after, err := k.record(c, e, k.saidWith(p))
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	a, _ = after.Assignment(a.ID)
	k.keep(p.Act, c.ID, a.ID, p.Ref)
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(receipt, "case", c.ID)}}
	switch p.Act {
	case actAsk:
		r = r.And("staff.did.until", "due", e.Due)
	case actSchedule:
		r = r.And("staff.did.date", "date", hotline.DateArg(p.Date))
	}
	if after.Status == hotline.Ended {
		r = r.With(hotline.Pick(staffValue(actUndo, c, a), "staff.button.undo"))
	}
	for _, o := range k.endedFor(c, after) { // others were helping: they need not go on
		k.Say(hotline.Out{Person: o.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: o.ID,
			Reply: hotline.Say("staff.helpover", "case", c.ID, "status", hotline.PhraseArg("status."+string(after.Status)))})
		k.settleCardOf(o.Officer, after, o)
	}
	if p.Act == actFinish {
		k.tellLead(after, a)
	}
	k.onCase(c.ID, a.ID, r)
	if !a.On() {
		k.settleOwnCard(after, a)
	}
	return nil
}

// endedFor lists other officers' parts that were on before and are not any more.
func (k *talk) endedFor(before, after hotline.Case) []hotline.Assignment {
	var ended []hotline.Assignment
	for _, b := range before.Assignments {
		a, _ := after.Assignment(b.ID)
		if b.State == hotline.Taken && !k.is(b.Officer) && b.Officer != 0 && !a.On() {
			ended = append(ended, b)
		}
	}
	return ended
}

// tellLead tells the officer who leads that a supporting unit is done.
func (k *talk) tellLead(c hotline.Case, done hotline.Assignment) {
	if lead, ok := c.Lead(); ok && lead.Officer != 0 && !k.is(lead.Officer) {
		k.Say(hotline.Out{Person: lead.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: lead.ID,
			Reply: withSaid(hotline.Say("staff.helpdone", "case", c.ID, "unit", hotline.UnitArg(done.Unit)), c.Said)})
	}
}

// withSaid adds what was said, where something was.
func withSaid(r hotline.Reply, said hotline.ContentID) hotline.Reply {
	if said == 0 {
		return r
	}
	r = r.And("staff.event.said", "said", said)
	r.Shows = append(r.Shows, said)
	return r
}

// cannotHelp says why a unit cannot be asked to help.
func (k *talk) cannotHelp(c hotline.Case, unit string) (hotline.Reply, bool) {
	agency, _ := k.reg.Agency(k.reg.AgencyOf(unit))
	switch {
	case k.reg.HiddenFrom(c, agency.ID) || agency.ID == "":
		return hotline.Say("staff.unit.accused"), true
	case !agency.Desk:
		r := hotline.Say("staff.unit.nodesk", "agency", hotline.AgencyArg(agency.ID))
		if agency.Contact != "" {
			r = r.And("staff.unit.contact", "contact", agency.Contact)
		}
		return r, true
	}
	for _, x := range c.Assignments {
		if x.On() && x.Unit == unit {
			return hotline.Say("staff.help.already", "unit", hotline.UnitArg(unit)), true
		}
	}
	return hotline.Reply{}, false
}

// askHelp gives another unit a supporting part.
func (k *talk) askHelp(c hotline.Case, a hotline.Assignment, p *pending) error {
	if r, no := k.cannotHelp(c, p.Unit); no {
		k.onCase(c.ID, a.ID, r)
		return nil
	}
	if !p.empty() {
		noted, err := k.record(c, hotline.Event{Kind: hotline.EvNoted, Assignment: a.ID}, k.saidWith(p))
		if err != nil {
			return k.refusedOr(err, c, a)
		}
		c = noted
	}
	_, err := k.record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: k.NewAssignment(), Facts: hotline.Facts{
		Unit: p.Unit, Part: hotline.Supporting, Due: hotline.DueOnAssign(k.reg, c, p.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.onCase(c.ID, a.ID, hotline.Say("staff.did.help", "case", c.ID, "unit", hotline.UnitArg(p.Unit)))
	return nil
}

// decline gives a part back as not ours; of the leading one the coordinator decides where it goes.
func (k *talk) decline(ctx context.Context, c hotline.Case, a hotline.Assignment, p *pending) error {
	unit := p.Unit
	if unit == noUnit {
		unit = ""
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvDeclined, Assignment: a.ID, Facts: hotline.Facts{Unit: unit}}, k.saidWith(p))
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.keep(p.Act, c.ID, a.ID, p.Ref)
	if a.State == hotline.Taken {
		k.settleOwnCard(after, a)
	}
	if err := k.changeCards(ctx, after, a, "staff.offer.declinedby"); err != nil {
		return err
	}
	if a.Part != hotline.Lead {
		k.onCase(c.ID, a.ID, hotline.Say("staff.did.not", "case", c.ID))
		k.tellLeadRefused(after, a)
		return nil
	}
	called, err := k.callCoordinators(ctx, after, triageTop(k.reg, after, unit), hotline.Phrase("staff.triage.declined",
		"unit", hotline.UnitArg(a.Unit), "reason", after.Said))
	if err != nil {
		return err
	}
	if !called && c.About != "" {
		return k.declinedForGood(ctx, after, a)
	}
	k.onCase(c.ID, a.ID, hotline.Say("staff.did.not", "case", c.ID))
	return nil
}

// declinedForGood keeps a case from being lost that a unit declines and no coordinator may see, since it is about their own agency: the head above the
// unit decides. Where there is none, or it was the head who declined, it ends here and the reporter is told the way outside.
func (k *talk) declinedForGood(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	root := a.Unit
	if up := k.reg.Ancestors(a.Unit); len(up) > 0 {
		root = up[len(up)-1]
	}
	level := slices.IndexFunc(k.reg.Ladder, func(s hotline.Level) bool { return s.Role == hotline.RoleHead })
	heads, err := k.People(ctx, []string{root}, hotline.RoleHead)
	if err != nil {
		return fmt.Errorf("find the head of a unit: %w", err)
	}
	heads = slices.DeleteFunc(heads, func(r hotline.Role) bool { return k.is(r.Person) || r.Is(c.Reporter) })
	before := slices.ContainsFunc(c.Assignments, func(x hotline.Assignment) bool {
		return x.Unit == root && x.Level >= level && x.State == hotline.Cancelled
	})
	if level > 0 && len(heads) > 0 && !before {
		_, err := k.recordQuietly(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: k.NewAssignment(), Facts: hotline.Facts{
			Unit: root, Part: hotline.Lead, Level: level, Due: hotline.DueOnAssign(k.reg, c, root, k.now)}}, hotline.Content{})
		if err != nil {
			return k.refusedOr(err, c, a)
		}
		k.onCase(c.ID, a.ID, hotline.Say("staff.did.tohead", "case", c.ID, "unit", hotline.UnitArg(root)))
		return nil
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvArchived, Facts: hotline.Facts{Word: "not_regency"}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	if c.From != 0 {
		out := toReporter(c)
		out.Reply = hotline.Say("private.outside", "text", k.reg.Outside.In(hotline.Indonesian))
		k.Say(out)
	}
	k.onCase(c.ID, a.ID, hotline.Say("staff.over", "case", c.ID, "status", hotline.PhraseArg("status."+string(after.Status))))
	return nil
}

// tellLeadRefused tells the officer who leads that a unit will not help.
func (k *talk) tellLeadRefused(c hotline.Case, a hotline.Assignment) {
	if lead, ok := c.Lead(); ok && lead.Officer != 0 && !k.is(lead.Officer) {
		k.Say(hotline.Out{Person: lead.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: lead.ID,
			Reply: withSaid(hotline.Say("staff.helprefused", "case", c.ID, "unit", hotline.UnitArg(a.Unit)), c.Said)})
	}
}

// jot keeps what somebody says about a case that is not theirs, a head or a coordinator, and tells those who work it.
func (k *talk) jot(c hotline.Case, a hotline.Assignment, p *pending) error {
	k.st.Staff.Pending = nil
	after, err := k.record(c, hotline.Event{Kind: hotline.EvNoted}, k.saidWith(p))
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.keep(actNote, c.ID, a.ID, p.Ref)
	k.onCase(c.ID, a.ID, hotline.Say("staff.did.note", "case", c.ID))
	told := map[hotline.PersonID]bool{0: true, k.me(): true}
	for _, x := range after.Assignments {
		if x.State != hotline.Taken || told[x.Officer] || k.is(x.Officer) {
			continue
		}
		told[x.Officer] = true
		r := hotline.Say("staff.hear.noted", "case", c.ID, "category", hotline.CategoryArg(c.Category), "who", k.me()).And("staff.event.said", "said", after.Said)
		r.Shows = []hotline.ContentID{after.Said}
		k.Say(hotline.Out{Person: x.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: x.ID, Reply: r})
	}
	return nil
}

// addPhoto adds a photo that followed something just said about a case.
func (k *talk) addPhoto(ctx context.Context) error {
	j := &k.st.Staff.Just
	c, err := k.Case(ctx, j.Case)
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	a, _ := c.Assignment(j.Assign)
	e := hotline.Event{Kind: hotline.EvAnswered, Assignment: a.ID}
	switch {
	case j.Act == actNote || j.Act == actFinish || j.Act == actDecline:
		e.Kind = hotline.EvNoted
		if a.State != hotline.Taken {
			e.Assignment = 0
		}
	case !c.Status.Live():
		e = hotline.Event{Kind: hotline.EvRemarked}
	}
	if a.ID == 0 && k.coordinates(c) {
		e = hotline.Event{Kind: hotline.EvNoted}
	} else if !k.reg.Sees(k.conv.Viewer, c).Content || a.ID == 0 || !k.ofUnit(a.Unit, workers...) || e.Kind == hotline.EvAnswered && !k.isMine(c, a) {
		*j = justDone{}
		return k.lost(c, a)
	}
	p := pending{}
	p.take(k.msg)
	if _, err := k.record(c, e, k.saidWith(&p)); err != nil {
		return k.refusedOr(err, c, a)
	}
	j.Until = k.now.Add(albumFor)
	k.onCaseLater(c.ID, a.ID, "staff:photo", hotline.Say("staff.did.photo", "case", c.ID))
	return nil
}
