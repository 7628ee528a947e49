package bot

import (
	"tanggap/hotline"
)

// StaffNews gives what officers hear of an event that the reporter, or the service, made happen: whoever has a part of the case, and on a
// reopening whoever had ended it. Whoever records such an event says them in the same transaction. before and after are the case around it.
func StaffNews(r *hotline.Regency, before, after hotline.Case, e hotline.Event) []hotline.Out {
	reply, loud := officerNotice(r, after, e)
	if len(reply.Lines) == 0 {
		return nil
	}
	var outs []hotline.Out
	told := map[hotline.PersonID]bool{e.By: true, 0: true}
	tell := func(a hotline.Assignment) {
		if told[a.Officer] {
			return
		}
		told[a.Officer] = true
		o := hotline.Out{Person: a.Officer, Lane: hotline.LaneNotice, Case: after.ID, Assign: a.ID, Reply: reply}
		if loud {
			o.Lane = hotline.LaneReply
		}
		if now, ok := after.Assignment(a.ID); ok && now.State == hotline.Taken && after.Status.Live() {
			o.Reply = actButtons(o.Reply, after, now)
		}
		outs = append(outs, o)
	}
	for _, a := range before.Assignments {
		switch {
		case a.State == hotline.Taken:
			tell(a)
		case a.State == hotline.Done && a.Part == hotline.Lead && (e.Kind == hotline.EvReopened || e.Kind == hotline.EvRated):
			tell(a)
		}
	}
	return outs
}

// officerNotice gives the words; loud ones are awaited.
func officerNotice(r *hotline.Regency, c hotline.Case, e hotline.Event) (reply hotline.Reply, loud bool) {
	category := hotline.CategoryArg(c.Category)
	said := func(key string) hotline.Reply {
		reply := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key, "case", c.ID, "category", category)}}
		if e.Content != 0 {
			reply = reply.And("staff.event.said", "said", e.Content)
			reply.Shows, reply.Silent = []hotline.ContentID{e.Content}, c.Privacy.IsAnonymous()
		}
		return reply
	}
	switch e.Kind {
	case hotline.EvTold:
		return said("staff.hear.told"), true
	case hotline.EvRemarked:
		return said("staff.hear.remarked"), true
	case hotline.EvPlaced:
		return said("staff.hear.placed").And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(e.Content)), true
	case hotline.EvEdited:
		return said("staff.hear.edited"), false
	case hotline.EvDetailed:
		reply = said("staff.hear.detailed")
		if e.Word != "" {
			reply = reply.And("staff.event.option", "option", hotline.OptionArg(c.Category+"/"+e.Word))
		}
		return reply, false
	case hotline.EvUrgent:
		return said("staff.hear.urgent").And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(c.Story)), true
	case hotline.EvWithdrawn:
		return said("staff.hear.withdrawn"), true
	case hotline.EvReopened:
		return said("staff.hear.reopened"), true
	case hotline.EvRated:
		return said("staff.hear.rated").And("staff.hear.stars", "n", e.Value), false
	case hotline.EvTranscribed:
		return said("staff.hear.transcribed"), false
	}
	return hotline.Reply{}, false
}

// UnansweredCard tells the officer that the reporter left a question unanswered for its time; the officer decides what to make of it.
func UnansweredCard(_ *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
	r := hotline.Say("staff.unanswered", "case", c.ID, "category", hotline.CategoryArg(c.Category)).
		With(pickAct(actAsk, c, a), pickAct(actResolve, c, a)).
		With(pickAct(actCannot, c, a), pickAct(actSee, c, a))
	return hotline.Out{Lane: hotline.LaneNotice, Reply: r, Case: c.ID, Assign: a.ID}
}
