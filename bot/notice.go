package bot

import (
	"strconv"

	"tanggap/hotline"
)

// CitizenNotice gives what the reporter hears of an event that somebody else made happen; false where they need not hear of it. c is the case
// after the event. Whoever records such an event says the notice in the same transaction, and nobody else does: officers' acts are said by the
// staff's side of this package, routing and the clock by package dispatcher. What the reporter did was answered in the conversation.
//
// Of a secret case the notice tells only that there is news, with a button to see it: telephones are shared. That nobody answers an emergency is said of it
// all the same, without a word about what it is.
func CitizenNotice(r *hotline.Regency, c hotline.Case, e hotline.Event) (hotline.Out, bool) {
	if c.From == 0 || e.By != 0 && e.By == c.Reporter {
		return hotline.Out{}, false
	}
	if e.Kind == hotline.EvCalmed { // no word about what it is, so that it may be said of a secret one too
		o := toReporter(c)
		o.Lane, o.Reply = hotline.LaneReply, hotline.Say("notice.calmed", "case", c.ID).And("danger.else", "number", r.Emergency)
		return o, true
	}
	reply, ok := noticeOf(c, e)
	if !ok {
		return hotline.Out{}, false
	}
	o := toReporter(c)
	o.Reply = reply
	if c.Urgent && c.Status.Live() {
		o.Lane = hotline.LaneReply
	}
	if unanswered(c, e) {
		o.Lane, o.Reply = hotline.LaneEmergency, hotline.Say("danger.alone", "number", r.Emergency)
		return o, true
	}
	if c.Privacy.IsSecret() {
		if e.Kind == hotline.EvAssigned || e.Kind == hotline.EvEscalated || e.Kind == hotline.EvDeparted {
			return hotline.Out{}, false
		}
		o.Reply = hotline.Say("notice.secret", "case", c.ID).With(pickCase(c.ID))
	}
	return o, true
}

// unanswered tells of an emergency that climbs since nobody has even seen it.
func unanswered(c hotline.Case, e hotline.Event) bool {
	a, _ := c.Assignment(e.Assignment)
	return e.Kind == hotline.EvEscalated && c.Urgent && c.Status.Live() && a.State == hotline.Waiting && !a.Acked
}

// toReporter is something to say to whoever filed a case: on the network they wrote on last, where they are known on several.
func toReporter(c hotline.Case) hotline.Out {
	o := hotline.Out{Person: c.Reporter, Lane: hotline.LaneNotice, Case: c.ID}
	if o.Person == 0 {
		o.To = c.From
	}
	return o
}

func noticeOf(c hotline.Case, e hotline.Event) (hotline.Reply, bool) {
	a, _ := c.Assignment(e.Assignment)
	leads := a.Part == hotline.Lead
	switch e.Kind {
	case hotline.EvAssigned:
		if !leads {
			break
		}
		return hotline.Say("notice.assigned", "case", c.ID, "unit", hotline.UnitArg(e.Unit)), true
	case hotline.EvTaken:
		switch {
		case leads:
			return hotline.Say("notice.taken", "case", c.ID, "unit", hotline.UnitArg(a.Unit)), true
		case a.Part == hotline.Responding:
			return hotline.Say("notice.responding", "case", c.ID, "unit", hotline.UnitArg(a.Unit)), true
		}
	case hotline.EvDeparted:
		return hotline.Say("notice.departed", "case", c.ID, "unit", hotline.UnitArg(a.Unit)), true
	case hotline.EvAcknowledged:
		return hotline.Say("notice.responding", "case", c.ID, "unit", hotline.UnitArg(a.Unit)), true
	case hotline.EvAsked:
		return hotline.Say("notice.asked", "case", c.ID, "text", e.Content).And("notice.asked.how", "due", e.Due), true
	case hotline.EvAnswered:
		return hotline.Say("notice.answered", "case", c.ID, "text", e.Content).With(pickAdd(c.ID), pickCase(c.ID)), true
	case hotline.EvScheduled:
		r := hotline.Say("notice.scheduled", "case", c.ID, "day", hotline.DateArg(e.Date))
		if e.Content != 0 {
			r = r.And("notice.words", "text", e.Content)
		}
		return r, true
	case hotline.EvReminded:
		return hotline.Say("notice.reminded", "case", c.ID), true
	case hotline.EvResolved:
		return rateRow(c.ID, hotline.Say("notice.resolved", "case", c.ID, "text", e.Content).And("notice.rate")).With(pickReopen(c.ID)), true
	case hotline.EvPassedOn:
		return hotline.Say("notice.passed_on", "case", c.ID, "text", e.Content).With(pickObject(c.ID)), true
	case hotline.EvNotPossible:
		return hotline.Say("notice.not_possible", "case", c.ID, "text", e.Content).With(pickObject(c.ID)), true
	case hotline.EvDeclined, hotline.EvWithheld:
		return hotline.Say("notice.rerouted", "case", c.ID), leads
	case hotline.EvReopened:
		return hotline.Say("notice.reopened", "case", c.ID), true
	case hotline.EvClosed:
		return hotline.Say("notice.closed", "case", c.ID).With(pickAgain(c.ID)), true
	case hotline.EvArchived:
		r := hotline.Say("notice.archived", "case", c.ID)
		if hotline.ArchiveReason(e.Word).Known() {
			r = r.And("notice.archived." + e.Word)
		}
		return r.With(pickCase(c.ID)), true
	case hotline.EvRestored:
		return hotline.Say("notice.restored", "case", c.ID).With(pickCase(c.ID)), true
	case hotline.EvWithdrawn:
		return hotline.Say("notice.withdrawn", "case", c.ID), true
	case hotline.EvTranscribed:
		// Never what it says: whether the matter is secret is known only now that somebody has heard it, and telephones are shared.
		return hotline.Say("notice.transcribed", "case", c.ID).With(pickCase(c.ID), pickAdd(c.ID)), true
	case hotline.EvEscalated:
		if e.Level > 1 {
			return hotline.Say("notice.escalated.again", "case", c.ID), leads
		}
		return hotline.Say("notice.escalated", "case", c.ID), leads
	case hotline.EvUrgent:
		return hotline.Say("notice.urgent", "case", c.ID), true
	}
	return hotline.Reply{}, false
}

// rateRow adds the five buttons of a rating.
func rateRow(c hotline.CaseID, r hotline.Reply) hotline.Reply {
	var row []hotline.Choice
	for n := 1; n <= 5; n++ {
		row = append(row, hotline.Pick(value("rate", id(c), strconv.Itoa(n)), "button.rate", "n", n))
	}
	return r.With(row...)
}

func pickAdd(c hotline.CaseID) hotline.Choice { return hotline.Pick(value("add", id(c)), "button.add") }

func pickAgain(c hotline.CaseID) hotline.Choice {
	return hotline.Pick(value("again", id(c)), "button.again")
}

// pickObject is for an outcome that solved nothing, so that "not solved" would be no news: it opens the case again all the same.
func pickObject(c hotline.CaseID) hotline.Choice {
	return hotline.Pick(value("reopen", id(c)), "button.object")
}

func pickReopen(c hotline.CaseID) hotline.Choice {
	return hotline.Pick(value("reopen", id(c)), "button.reopen")
}
