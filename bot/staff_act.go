package bot

import (
	"context"
	"errors"
	"fmt"

	"tanggap/hotline"
)

// record makes an event happen and tells the reporter, as far as that concerns them. ErrRefused is hotline's.
func (k *talk) record(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error) {
	after, err := k.recordQuietly(c, e, said)
	if err != nil {
		return c, err
	}
	e.Case, e.At, e.By, e.Content = c.ID, k.now, k.me(), after.Said
	if out, ok := CitizenNotice(after, e); ok {
		if len(said.Media) > 0 && after.Privacy != hotline.Secret {
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
	case c.Reporter != 0 && c.Reporter == k.me():
		return hotline.Say("staff.own")
	case !k.reg.Sees(k.conv.Viewer, c).Facts && !(a.ID != 0 && k.ofUnit(a.Unit, workers...)):
		return hotline.Say("staff.gone")
	case !c.Status.Live():
		return hotline.Say("staff.over", "case", c.ID, "status", status)
	case a.ID == 0 || a.State == hotline.Cancelled:
		return hotline.Say("staff.moved", "case", c.ID)
	case a.State == hotline.Done:
		return hotline.Say("staff.partdone", "case", c.ID)
	case a.State == hotline.Taken && a.Officer != k.me():
		return hotline.Say("staff.takenby", "case", c.ID, "who", a.Officer)
	case a.State == hotline.Waiting && k.mayWork(c, a):
		return hotline.Say("staff.untaken", "case", c.ID).With(pickAct(actTake, c, a))
	}
	return hotline.Say("staff.notnow", "case", c.ID, "status", status)
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
		return k.release(ctx, c, a)
	case actOver:
		return k.takeOver(ctx, c, a)
	case actUndo:
		return k.undo(ctx, c, a)
	}
	p := k.begin(what)
	p.Case, p.Assign, p.Ref = id, assign, ""
	return k.advance(ctx, p)
}

// take gives a waiting part to whoever pressed first. Of an emergency it also tells everybody that somebody is on it.
func (k *talk) take(ctx context.Context, id hotline.CaseID, assign hotline.AssignmentID) error {
	c, err := k.Case(ctx, id)
	if errors.Is(err, hotline.ErrNotFound) {
		k.reply(hotline.Say("staff.gone"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the case to take: %w", err)
	}
	a, ok := c.Assignment(assign)
	switch {
	case ok && k.isMine(c, a):
		held, err := k.held(ctx, c, a)
		if err != nil {
			return err
		}
		k.say1(c, a, k.caseCard(c, a, held.Handle, "staff.card.yours"))
		return nil
	case !ok || a.State != hotline.Waiting || !c.Status.Live():
		return k.lost(c, a)
	case !k.mayWork(c, a):
		if c.Urgent && k.reg.Sees(k.conv.Viewer, c).Act {
			return k.acknowledge(ctx, c, a)
		}
		return k.lost(c, a)
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	a, _ = after.Assignment(assign)
	held, err := k.held(ctx, after, a)
	if err != nil {
		return err
	}
	k.say1(after, a, k.caseCard(after, a, held.Handle, "staff.card.taken"))
	return k.changeCards(ctx, after, a, "staff.offer.takenby")
}

// held finds the person's handle of a part.
func (k *talk) held(ctx context.Context, c hotline.Case, a hotline.Assignment) (hotline.Held, error) {
	mine, err := k.Mine(ctx, k.me())
	if err != nil {
		return hotline.Held{}, fmt.Errorf("list an officer's cases: %w", err)
	}
	for _, h := range mine {
		if h.Assignment.ID == a.ID {
			return h, nil
		}
	}
	return hotline.Held{Assignment: a, Case: c}, nil
}

// say1 answers with an officer's own case card, which can be changed later.
func (k *talk) say1(c hotline.Case, a hotline.Assignment, r hotline.Reply) {
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: r, Case: c.ID, Assign: a.ID, Card: OwnCardName(a.ID)})
}

// acknowledge notes that the coordinator has seen an emergency, and tells all who were called.
func (k *talk) acknowledge(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	if a.Acked {
		k.onCase(c.ID, a.ID, hotline.Say("staff.acked", "case", c.ID).With(pickAct(actSee, c, a)))
		return nil
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvAcknowledged, Assignment: a.ID}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.onCase(after.ID, a.ID, hotline.Say("staff.youacked", "case", c.ID).With(pickAct(actSee, c, a)))
	offers, err := k.Offered(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list who was offered the case: %w", err)
	}
	for _, o := range eachOnce(offers) {
		if o.Person == k.me() {
			continue
		}
		out := UrgentCard(k.reg, after, a, o.Round)
		out.Reply = out.Reply.And("staff.offer.ackedby", "who", k.me())
		k.changeCard(o.Person, out.Reply, after, a)
	}
	return nil
}

// changeCards changes the cards of everybody who was offered a part: it is no longer to be had. The key takes the case and who.
func (k *talk) changeCards(ctx context.Context, c hotline.Case, a hotline.Assignment, key string) error {
	offers, err := k.Offered(ctx, a.ID)
	if err != nil {
		return fmt.Errorf("list who was offered the case: %w", err)
	}
	for _, o := range eachOnce(offers) {
		r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key, "case", c.ID, "category", hotline.CategoryArg(c.Category), "who", k.me())}}
		if o.Person == k.me() {
			r = hotline.Say("staff.offer.yours", "case", c.ID, "category", hotline.CategoryArg(c.Category))
			if key != "staff.offer.takenby" {
				r = hotline.Say("staff.offer.settled", "case", c.ID, "category", hotline.CategoryArg(c.Category))
			}
		}
		k.changeCard(o.Person, r, c, a)
	}
	return nil
}

func (k *talk) changeCard(p hotline.PersonID, r hotline.Reply, c hotline.Case, a hotline.Assignment) {
	k.Say(hotline.Out{Person: p, Verb: hotline.VerbEdit, Edits: OfferName(a.ID), Card: OfferName(a.ID), Lane: hotline.LaneNotice, Reply: r, Case: c.ID, Assign: a.ID})
}

// eachOnce leaves one offer a person: the card of the last round is the one that can be changed.
func eachOnce(offers []hotline.Offer) []hotline.Offer {
	at := map[hotline.PersonID]int{}
	var once []hotline.Offer
	for _, o := range offers {
		if i, seen := at[o.Person]; seen {
			once[i].Round = max(once[i].Round, o.Round)
			continue
		}
		at[o.Person] = len(once)
		once = append(once, o)
	}
	return once
}

// release gives a part back to the unit's worklist.
func (k *talk) release(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	k.st.Staff.Pending = nil
	if !k.isMine(c, a) {
		return k.lost(c, a)
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvReleased, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnAssign(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	a, _ = after.Assignment(a.ID)
	k.onCase(c.ID, a.ID, hotline.Say("staff.released", "case", c.ID, "unit", hotline.UnitArg(a.Unit)).With(pickAct(actTake, c, a)))
	k.settleOwnCard(after, a)
	return nil
}

// settleOwnCard takes the buttons off the person's own card of a part that is no longer theirs.
func (k *talk) settleOwnCard(c hotline.Case, a hotline.Assignment) {
	k.Say(hotline.Out{To: k.conv.Address.ID, Verb: hotline.VerbEdit, Edits: OwnCardName(a.ID), Card: OwnCardName(a.ID), Lane: hotline.LaneNotice,
		Case: c.ID, Assign: a.ID, Reply: hotline.Say("staff.card.settled", "case", c.ID, "category", hotline.CategoryArg(c.Category),
			"status", hotline.PhraseArg("status."+string(c.Status)))})
}

// takeOver gives a part from an officer to the head of the unit, who does it.
func (k *talk) takeOver(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	k.st.Staff.Pending = nil
	if a.State == hotline.Waiting {
		return k.take(ctx, c.ID, a.ID)
	}
	if a.State != hotline.Taken || !c.Status.Live() || a.Officer == k.me() || !k.mayWork(c, a) || !k.ofUnit(a.Unit, hotline.RoleHead) {
		return k.lost(c, a)
	}
	was := a.Officer
	released, err := k.recordQuietly(c, hotline.Event{Kind: hotline.EvReleased, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnAssign(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	k.Say(hotline.Out{Person: was, Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID,
		Reply: hotline.Say("staff.takenover", "case", c.ID, "who", k.me())})
	after, err := k.recordQuietly(released, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, c, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, released, a)
	}
	a, _ = after.Assignment(a.ID)
	held, err := k.held(ctx, after, a)
	if err != nil {
		return err
	}
	k.say1(after, a, k.caseCard(after, a, held.Handle, "staff.card.taken"))
	return nil
}

// wordUndo marks a reopening by the officer who ended the case a moment ago.
const wordUndo = "undo"

// undo takes an outcome back, shortly after it was given: the officer has the case again as before.
func (k *talk) undo(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	k.st.Staff.Pending = nil
	var mine bool
	for _, x := range c.Assignments {
		mine = mine || x.ID == a.ID && x.State == hotline.Done && x.Officer == k.me() && x.Part == hotline.Lead
	}
	if !mine || !k.ofUnit(a.Unit, workers...) {
		return k.lost(c, a)
	}
	if c.Status != hotline.Ended || k.now.Sub(c.EndedAt) > undoFor {
		k.onCase(c.ID, a.ID, hotline.Say("staff.undo.late", "case", c.ID, "status", hotline.PhraseArg("status."+string(c.Status))))
		return nil
	}
	open, err := k.record(c, hotline.Event{Kind: hotline.EvReopened, Assignment: a.ID, Facts: hotline.Facts{Due: c.Due, Word: wordUndo}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, a)
	}
	after, err := k.recordQuietly(open, hotline.Event{Kind: hotline.EvTaken, Assignment: a.ID,
		Facts: hotline.Facts{Due: hotline.DueOnTake(k.reg, open, a.Unit, k.now)}}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, open, a)
	}
	a, _ = after.Assignment(a.ID)
	held, err := k.held(ctx, after, a)
	if err != nil {
		return err
	}
	k.say1(after, a, k.caseCard(after, a, held.Handle, "staff.card.undone"))
	return nil
}

// perform does a pending that lacks nothing.
func (k *talk) perform(ctx context.Context, c hotline.Case, a hotline.Assignment, p *pending) error {
	k.st.Staff.Pending = nil
	switch p.Act {
	case actDecline:
		return k.decline(ctx, c, a, p)
	case actHelp:
		return k.askHelp(c, a, p)
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
	if out := k.stillWorked(c, after); len(out) > 0 { // others were helping: they need not go on
		for _, o := range out {
			k.Say(hotline.Out{Person: o.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: o.ID,
				Reply: hotline.Say("staff.helpover", "case", c.ID, "status", hotline.PhraseArg("status."+string(after.Status)))})
		}
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

// stillWorked lists other officers' parts that were on before and are not any more.
func (k *talk) stillWorked(before, after hotline.Case) []hotline.Assignment {
	var ended []hotline.Assignment
	for _, b := range before.Assignments {
		a, _ := after.Assignment(b.ID)
		if b.State == hotline.Taken && b.Officer != k.me() && b.Officer != 0 && !a.On() {
			ended = append(ended, b)
		}
	}
	return ended
}

// tellLead tells the officer who leads that a supporting unit is done.
func (k *talk) tellLead(c hotline.Case, done hotline.Assignment) {
	if lead, ok := c.Lead(); ok && lead.Officer != 0 && lead.Officer != k.me() {
		k.Say(hotline.Out{Person: lead.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: lead.ID,
			Reply: hotline.Say("staff.helpdone", "case", c.ID, "unit", hotline.UnitArg(done.Unit))})
	}
}

// askHelp gives another unit a supporting part.
func (k *talk) askHelp(c hotline.Case, a hotline.Assignment, p *pending) error {
	agency, _ := k.reg.Agency(k.reg.AgencyOf(p.Unit))
	switch {
	case k.reg.HiddenFrom(c, agency.ID) || agency.ID == "":
		k.onCase(c.ID, a.ID, hotline.Say("staff.unit.accused"))
		return nil
	case !agency.Desk:
		r := hotline.Say("staff.unit.nodesk", "agency", hotline.AgencyArg(agency.ID))
		if agency.Contact != "" {
			r = r.And("staff.unit.contact", "contact", agency.Contact)
		}
		k.onCase(c.ID, a.ID, r)
		return nil
	}
	for _, x := range c.Assignments {
		if x.On() && x.Unit == p.Unit {
			k.onCase(c.ID, a.ID, hotline.Say("staff.help.already", "unit", hotline.UnitArg(p.Unit)))
			return nil
		}
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
	k.onCase(c.ID, a.ID, hotline.Say("staff.did.not", "case", c.ID))
	if a.State == hotline.Taken {
		k.settleOwnCard(after, a)
	}
	if err := k.changeCards(ctx, after, a, "staff.offer.declinedby"); err != nil {
		return err
	}
	if a.Part != hotline.Lead {
		k.tellLeadRefused(after, a)
		return nil
	}
	return k.callCoordinators(ctx, after, triageTop(k.reg, after, unit), hotline.Phrase("staff.triage.declined",
		"unit", hotline.UnitArg(a.Unit), "reason", after.Said))
}

// tellLeadRefused tells the officer who leads that a unit will not help.
func (k *talk) tellLeadRefused(c hotline.Case, a hotline.Assignment) {
	if lead, ok := c.Lead(); ok && lead.Officer != 0 && lead.Officer != k.me() {
		k.Say(hotline.Out{Person: lead.Officer, Lane: hotline.LaneNotice, Case: c.ID, Assign: lead.ID,
			Reply: hotline.Say("staff.helprefused", "case", c.ID, "unit", hotline.UnitArg(a.Unit))})
	}
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
	s := k.reg.Sees(k.conv.Viewer, c)
	if !s.Content || a.ID == 0 || !k.ofUnit(a.Unit, workers...) || e.Kind == hotline.EvAnswered && !k.isMine(c, a) {
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
