package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// Cards are what officers and coordinators get unasked. The makers here are pure; whoever sends one fills in Person. A card carries its case
// and assignment, so that a reply to it finds them, and a name under which it is changed when somebody else was quicker.

// staffPrefix begins the value of every button of this side: "s:ACT:…".
const staffPrefix = "s:"

// OfferName names the card that offers an assignment, for Out.Card and Out.Edits. Each new round takes over the name, so that the newest is changed.
func OfferName(a hotline.AssignmentID) string { return "offer:" + strconv.FormatInt(int64(a), 10) }

// OwnCardName names the card of an assignment that its officer has.
func OwnCardName(a hotline.AssignmentID) string { return "mine:" + strconv.FormatInt(int64(a), 10) }

// TriageName names the card that asks the coordinator about a case.
func TriageName(c hotline.CaseID) string { return "triage:" + strconv.FormatInt(int64(c), 10) }

// staffValue puts the value of a button about an assignment together: "s:take:17:5" is assignment 17 of case 5.
func staffValue(what act, c hotline.Case, a hotline.Assignment) string {
	return staffPrefix + string(what) + ":" + joinIDs(a.ID, c.ID)
}

// caseValue puts the value of a coordinator's button about a case together: "s:route:5:dlh".
func caseValue(what act, c hotline.CaseID, arg string) string {
	v := staffPrefix + string(what) + ":" + strconv.FormatInt(int64(c), 10)
	if arg != "" {
		v += ":" + arg
	}
	return v
}

func joinIDs(a hotline.AssignmentID, c hotline.CaseID) string {
	return strconv.FormatInt(int64(a), 10) + ":" + strconv.FormatInt(int64(c), 10)
}

// cutIDs reads "17:5" as assignment and case. The case may be missing (0).
func cutIDs(s string) (hotline.AssignmentID, hotline.CaseID, bool) {
	first, second, both := strings.Cut(s, ":")
	a, err := strconv.ParseInt(first, 10, 64)
	if err != nil || a <= 0 {
		return 0, 0, false
	}
	if !both {
		return hotline.AssignmentID(a), 0, true
	}
	c, err := strconv.ParseInt(second, 10, 64)
	if err != nil || c <= 0 {
		return 0, 0, false
	}
	return hotline.AssignmentID(a), hotline.CaseID(c), true
}

func pickAct(what act, c hotline.Case, a hotline.Assignment) hotline.Choice {
	return hotline.Pick(staffValue(what, c, a), "staff.button."+string(what))
}

func pickCaseAct(what act, c hotline.CaseID) hotline.Choice {
	return hotline.Pick(caseValue(what, c, ""), "staff.button."+string(what))
}

// pickList is a button that does what a word would.
func pickList(wish act) hotline.Choice {
	return hotline.Pick(staffPrefix+"list:"+string(wish), "staff.button."+string(wish))
}

// areaFor gives where a case is: exactly, or just the kecamatan.
func areaFor(r *hotline.Regency, c hotline.Case, exactly bool) hotline.AreaArg {
	if exactly {
		return hotline.AreaArg(c.Area)
	}
	if k, ok := r.Kecamatan(c.Area); ok {
		return hotline.AreaArg(k.Code)
	}
	return hotline.AreaArg(r.Code)
}

// OfferCard offers an assignment to an officer on duty. Of a secret case it tells number, category and kecamatan only; of an anonymous one it
// shows no voice. Round counts from 1. Out of the history, which may be missing where nothing has happened yet, it tells what the unit should know first.
func OfferCard(r *hotline.Regency, c hotline.Case, a hotline.Assignment, round int, events []hotline.Event,
	said map[hotline.ContentID]hotline.Content) hotline.Out {
	head := "staff.offer.new"
	switch {
	case a.Part == hotline.Supporting:
		head = "staff.offer.support"
	case c.Reopened > 0:
		head = "staff.offer.reopened"
	case round > 1:
		head = "staff.offer.again"
	}
	out := offerOf(r, c, a, head, events, said)
	out.Reply = out.Reply.With(pickAct(actTake, c, a)).With(pickAct(actDecline, c, a), pickAct(actSee, c, a))
	return out
}

func offerOf(r *hotline.Regency, c hotline.Case, a hotline.Assignment, head string, events []hotline.Event,
	said map[hotline.ContentID]hotline.Content) hotline.Out {
	reply := hotline.Reply{}
	lane := hotline.LaneNotice
	if c.Urgent {
		lane = hotline.LaneEmergency
		reply = reply.And("staff.card.urgent")
	}
	reply = reply.And(head, "case", c.ID, "category", hotline.CategoryArg(c.Category))
	told, point := toldSince(c, events, said)
	if !correctedSince(c, events) {
		told, point = nil, c.Story
	}
	reply = describeAt(reply, r, c, offered(c), point)
	if !c.Privacy.IsSecret() {
		reply = tellLater(reply, told, said)
		reply = tellAnswers(reply, r, c, events, said)
		reply = tellReopened(reply, c, events, said)
		reply = tellRequest(reply, c, a, events, said)
	}
	if !c.Urgent && !a.Due.IsZero() {
		reply = reply.And("staff.card.due", "due", a.Due)
	}
	return hotline.Out{Lane: lane, Reply: reply, Case: c.ID, Assign: a.ID, Card: OfferName(a.ID)}
}

// correctedSince tells whether the reporter has put the case right: then what was said first is not the whole truth.
func correctedSince(c hotline.Case, events []hotline.Event) bool {
	return c.Reporter != 0 && slices.ContainsFunc(events, func(e hotline.Event) bool {
		return e.By == c.Reporter && (e.Kind == hotline.EvPlaced || e.Kind == hotline.EvRecategory)
	})
}

// offered is how much of a case a card shows to somebody who has not taken it: of a secret one where it is, if it is an emergency, and never what was said.
func offered(c hotline.Case) hotline.Sight {
	return hotline.Sight{Facts: true, Content: !c.Privacy.IsSecret(), Place: c.Urgent}
}

// describe adds where a case is and what was said first. Without content it tells that it is secret, and without the place only the kecamatan.
func describe(reply hotline.Reply, r *hotline.Regency, c hotline.Case, s hotline.Sight) hotline.Reply {
	return describeAt(reply, r, c, s, c.Story)
}

// describeAt does so with the point on the map that was sent with something else than the story.
func describeAt(reply hotline.Reply, r *hotline.Regency, c hotline.Case, s hotline.Sight, point hotline.ContentID) hotline.Reply {
	switch {
	case s.Where() && !s.Content:
		return reply.And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(point)).And("staff.card.secret")
	case !s.Content:
		return reply.And("staff.card.kecamatan", "place", areaFor(r, c, false)).And("staff.card.secret")
	}
	reply = reply.And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(point))
	if c.Story != 0 {
		reply = reply.And("staff.card.story", "story", c.Story)
		reply.Shows = append(reply.Shows, c.Story)
	}
	if c.Privacy.IsAnonymous() {
		reply = reply.And("staff.card.anonymous")
		reply.Silent = true
	}
	return reply
}

// EscalationCard tells whoever stands on step a.Level of the ladder that an assignment is late. A level past the last step is the coordinator's, who
// hears of it where nobody stands on a step.
func EscalationCard(r *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
	reply := hotline.Say("staff.late.card", "case", c.ID, "category", hotline.CategoryArg(c.Category), "unit", hotline.UnitArg(a.Unit))
	if c.Urgent {
		reply = reply.And("staff.card.urgent")
	}
	step := hotline.RoleName("")
	if a.Level >= 0 && a.Level < len(r.Ladder) {
		step = r.Ladder[a.Level].Role
	}
	if a.Level >= len(r.Ladder) {
		step = hotline.RoleCoordinator
	}
	reply = placeFor(reply, r, c, step, a.Unit)
	if a.Officer != 0 {
		reply = reply.And("staff.late.has", "who", a.Officer)
	} else {
		reply = reply.And("staff.late.nobody")
	}
	if !c.Urgent {
		reply = reply.And("staff.late.promised", "due", c.Due)
	}
	switch {
	case step == hotline.RoleCoordinator:
		reply = reply.With(pickCaseAct(actCase, c.ID), pickCaseAct(actOwn, c.ID)).
			With(hotline.Pick(caseValue(actRoute, c.ID, ""), "staff.button.otherunit"))
	case step == hotline.RoleHead && a.State == hotline.Waiting:
		reply = reply.With(pickAct(actTake, c, a), pickAct(actSee, c, a)).With(pickAct(actDecline, c, a))
	case step == hotline.RoleHead:
		reply = reply.With(pickAct(actSee, c, a), pickAct(actOver, c, a))
	default:
		reply = reply.With(pickAct(actSee, c, a))
	}
	lane := hotline.LaneNotice
	if c.Urgent {
		lane = hotline.LaneEmergency
	}
	out := hotline.Out{Lane: lane, Reply: reply, Case: c.ID, Assign: a.ID}
	if c.Urgent && a.State == hotline.Waiting { // it is changed with all the others when somebody is on it
		out.Card = OfferName(a.ID)
	}
	if step == hotline.RoleCoordinator { // what the coordinator replies is about the case, and not about the officer's part of it
		out.Assign, out.Card = 0, TriageName(c.ID)
	}
	return out
}

// GoneCard changes the card of a part whose unit is no more: the one it was offered with, or the own one of the officer who had it.
func GoneCard(c hotline.Case, a hotline.Assignment, own bool) hotline.Out {
	o := hotline.Out{Verb: hotline.VerbEdit, Edits: OfferName(a.ID), Card: OfferName(a.ID), Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID,
		Reply: hotline.Say("staff.offer.settled", "case", c.ID, "category", hotline.CategoryArg(c.Category))}
	if own {
		o.Edits, o.Card = OwnCardName(a.ID), OwnCardName(a.ID)
	}
	return o
}

// placeFor adds where a case is, as exactly as somebody of that role in that unit may know it. Of a secret one a card that comes unasked tells the
// kecamatan, whoever gets it.
func placeFor(reply hotline.Reply, r *hotline.Regency, c hotline.Case, role hotline.RoleName, unit string) hotline.Reply {
	if role != "" && !c.Privacy.IsSecret() && r.Sees(hotline.Viewer{Roles: []hotline.Role{{Name: role, Unit: unit}}}, c).Content {
		return reply.And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(c.Story))
	}
	return reply.And("staff.card.kecamatan", "place", areaFor(r, c, false))
}

// NobodyCard tells the coordinator that nobody is on duty in a unit that has something to take, nor above it.
func NobodyCard(r *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
	lane := hotline.LaneNotice
	reply := hotline.Say("staff.nobody", "case", c.ID, "category", hotline.CategoryArg(c.Category), "unit", hotline.UnitArg(a.Unit))
	reply = placeFor(reply, r, c, hotline.RoleCoordinator, "")
	if c.Urgent {
		lane = hotline.LaneEmergency
		reply = reply.And("staff.card.urgent").With(pickAct(actAck, c, a))
	}
	reply = reply.With(pickCaseAct(actCase, c.ID), pickCaseAct(actOwn, c.ID))
	return hotline.Out{Lane: lane, Reply: reply, Case: c.ID, Card: TriageName(c.ID)}
}

// ReminderCard asks the officer, on the day that was named, how it went.
func ReminderCard(r *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
	reply := hotline.Say("staff.remind", "case", c.ID, "category", hotline.CategoryArg(c.Category), "place", areaFor(r, c, true)).
		With(pickAct(actResolve, c, a), pickAct(actSchedule, c, a)).
		With(pickAct(actAnswer, c, a), pickAct(actSee, c, a))
	return hotline.Out{Lane: hotline.LaneNotice, Reply: reply, Case: c.ID, Assign: a.ID}
}

// TranscribeCard asks the coordinator to write a voice note down: by replying to it.
func TranscribeCard(r *hotline.Regency, c hotline.Case) hotline.Out {
	return transcribeCard(r, c, c.Story, "staff.voice")
}

// transcribeCard does so with what was said later.
func transcribeCard(r *hotline.Regency, c hotline.Case, spoken hotline.ContentID, key string) hotline.Out {
	reply := hotline.Say(key, "case", c.ID, "place", areaFor(r, c, true))
	reply.Shows = []hotline.ContentID{spoken}
	if c.Urgent {
		reply = reply.And("staff.card.urgent")
	}
	reply = reply.With(pickCaseAct(actTranscribe, c.ID), pickCaseAct(actCase, c.ID))
	return hotline.Out{Lane: hotline.LaneNotice, Reply: reply, Case: c.ID, Card: TriageName(c.ID)}
}

// TriageCard asks the coordinator where a case goes: up to three units with one tap, any other by name.
func TriageCard(r *hotline.Regency, c hotline.Case, d hotline.Decision) hotline.Out {
	return triageCard(r, c, d.Top, hotline.Phrase("staff.triage.why."+whyKey(d.Why)))
}

// whyKey gives the last part of the phrase for a reason; an unknown reason says nothing in particular.
func whyKey(why string) string {
	switch why {
	case hotline.WhyNoCategory, hotline.WhyNoPlace, hotline.WhyNoDesk, hotline.WhyNoAgency, hotline.WhyAccused, hotline.WhyOutside, hotline.WhyMany, hotline.WhyCalmed:
		return why
	}
	return "choose"
}

func triageCard(r *hotline.Regency, c hotline.Case, top []string, why hotline.Line) hotline.Out {
	reply := hotline.Reply{}
	if c.Urgent {
		reply = reply.And("staff.card.urgent")
	}
	reply = reply.And("staff.triage.card", "case", c.ID, "category", hotline.CategoryArg(c.Category))
	reply.Lines = append(reply.Lines, why)
	reply = describe(reply, r, c, hotline.Sight{Facts: true, Content: true})
	reply.Silent = false // the coordinator hears the voice: somebody must write it down
	reply = triageButtons(reply, r, c, top)
	lane := hotline.LaneNotice
	if c.Urgent {
		lane = hotline.LaneEmergency
	}
	return hotline.Out{Lane: lane, Reply: reply, Case: c.ID, Card: TriageName(c.ID)}
}

// triageButtons adds what the coordinator can do with a case. Where the body responsible has no desk here, the first is to pass it on.
func triageButtons(reply hotline.Reply, r *hotline.Regency, c hotline.Case, top []string) hotline.Reply {
	cat, _ := r.Category(c.Category)
	if g, ok := r.Agency(cat.Agency); ok && !g.Desk && !r.HiddenFrom(c, g.ID) {
		reply = reply.With(hotline.Pick(caseValue(actHand, c.ID, g.ID), "staff.button.hand", "agency", hotline.AgencyArg(g.ID)))
	}
	for _, u := range top {
		reply = reply.With(hotline.Pick(caseValue(actRoute, c.ID, u), "staff.button.unit", "unit", hotline.UnitArg(u)))
	}
	return reply.
		With(hotline.Pick(caseValue(actRoute, c.ID, ""), "staff.button.otherunit"), pickCaseAct(actOwn, c.ID)).
		With(pickCaseAct(actCategory, c.ID), pickCaseAct(actArchive, c.ID))
}

// ownCard is an officer's own card of a case they have: what it is and what can be done.
func (k *talk) ownCard(ctx context.Context, c hotline.Case, a hotline.Assignment, head string) error {
	reply, err := k.ownCardOf(ctx, c, a, head)
	if err != nil {
		return err
	}
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: reply, Case: c.ID, Assign: a.ID, Card: OwnCardName(a.ID)})
	return nil
}

// ownCardOf puts such a card together.
func (k *talk) ownCardOf(ctx context.Context, c hotline.Case, a hotline.Assignment, head string) (hotline.Reply, error) {
	held, err := k.held(ctx, c, a)
	if err != nil {
		return hotline.Reply{}, err
	}
	reply := hotline.Reply{}
	if c.Urgent {
		reply = reply.And("staff.card.urgent")
	}
	reply = reply.And(head, "case", c.ID, "category", hotline.CategoryArg(c.Category))
	if held.Handle > 0 {
		reply = reply.And("staff.card.handle", "handle", held.Handle)
	}
	s := k.reg.Sees(k.conv.Viewer, c)
	events, said, err := k.History(ctx, c.ID)
	if err != nil {
		return reply, fmt.Errorf("read the history: %w", err)
	}
	told, point := toldSince(c, events, said)
	if c.Reopened > 0 { // what was still wrong stands by itself
		told = slices.DeleteFunc(told, func(e hotline.Event) bool { return e.Kind == hotline.EvReopened })
	}
	reply = describeAt(reply, k.reg, c, s, point)
	reply.Silent = !s.Voice
	if s.Content {
		reply = tellLater(reply, told, said)
		reply = tellAnswers(reply, k.reg, c, events, said)
		reply = tellReopened(reply, c, events, said)
		reply = tellRequest(reply, c, a, events, said)
	}
	switch call := k.reg.SeesPhone(k.conv.Viewer, c); {
	case call && c.Reporter != 0:
		reply = reply.And("staff.card.call", "who", c.Reporter, "phone", hotline.PhoneArg(c.ID))
	case call && c.Source == hotline.SourceCall:
		reply = reply.And("staff.card.caller", "phone", hotline.PhoneArg(c.ID))
	case s.Reporter && c.Reporter != 0:
		reply = reply.And("staff.card.reporter", "who", c.Reporter)
	}
	due := a.Due
	if due.IsZero() {
		due = c.Due
	}
	if !due.IsZero() && !c.Urgent { // an emergency is for now, whatever the calendar says
		reply = reply.And("staff.card.due", "due", due)
	}
	if c.Urgent {
		reply, stage := tellWay(reply, a, events)
		return wayButtons(reply, c, a, stage), nil
	}
	return actButtons(reply, c, a), nil
}

// actButtons adds the frequent acts of whoever has the part.
func actButtons(reply hotline.Reply, c hotline.Case, a hotline.Assignment) hotline.Reply {
	switch {
	case c.Urgent:
		return wayButtons(reply, c, a, hotline.ResponderTaken)
	case a.Part != hotline.Lead:
		return reply.With(pickAct(actFinish, c, a), pickAct(actAnswer, c, a)).With(pickAct(actNote, c, a), pickAct(actMore, c, a))
	}
	return reply.
		With(pickAct(actAnswer, c, a), pickAct(actAsk, c, a)).
		With(pickAct(actResolve, c, a), pickAct(actSchedule, c, a)).
		With(pickAct(actMore, c, a))
}

// more offers the rarer acts.
func (k *talk) more(c hotline.Case, a hotline.Assignment) error {
	if !k.isMine(c, a) {
		return k.lost(c, a)
	}
	r := hotline.Say("staff.more", "case", c.ID)
	if c.Urgent { // these stand on the card of an ordinary case
		r = moreOnTheWay(r, c, a)
	}
	if a.Part == hotline.Lead {
		r = r.With(pickAct(actNote, c, a), pickAct(actPhoto, c, a)).
			With(pickAct(actPass, c, a), pickAct(actCannot, c, a)).
			With(pickAct(actHelp, c, a), pickAct(actDecline, c, a))
	} else {
		r = r.With(pickAct(actDecline, c, a))
	}
	k.onCase(c.ID, a.ID, r.With(pickAct(actRelease, c, a), pickAct(actSee, c, a)))
	return nil
}
