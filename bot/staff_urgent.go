package bot

import (
	"slices"

	"tanggap/hotline"
)

// This file is the card that calls to an emergency. It comes again, as a new message that is heard, until somebody acknowledges it, and whenever the
// reporter tells more; the copies before it lose their buttons, so that only the newest has any.

// mostTold is how much of what was told later an emergency's card shows: the latest.
const mostTold = 3

// UrgentCard calls to an emergency: responders, and the coordinator. It tells the latest of what is known, out of the whole history. Round counts
// from 1; from the second on the photos of the story, which they have, are not sent again.
func UrgentCard(r *hotline.Regency, c hotline.Case, a hotline.Assignment, round int, events []hotline.Event,
	said map[hotline.ContentID]hotline.Content) hotline.Out {
	reply := hotline.Say("staff.urgent.new", "case", c.ID, "category", hotline.CategoryArg(c.Category))
	told, point := toldSince(c, events, said)
	reply = describeAt(reply, r, c, offered(c), point)
	if round > 1 {
		reply.Shows = nil
	}
	switch {
	case !c.Privacy.IsSecret():
		reply = tellLater(reply, told, said)
		reply = tellAnswers(reply, r, c, events, said)
	case len(told) > 0 || len(answered(events)) > 0:
		reply = reply.And("staff.urgent.more")
	}
	if a.Acked || a.State != hotline.Waiting {
		reply = reply.And("staff.late.nobody").With(pickAct(actTake, c, a), pickAct(actSee, c, a))
	} else {
		reply = reply.And("staff.card.soon").With(pickAct(actAck, c, a)).With(pickAct(actSee, c, a))
	}
	lane := hotline.LaneNotice
	if c.Urgent {
		lane = hotline.LaneEmergency
	}
	return hotline.Out{Lane: lane, Reply: reply, Case: c.ID, Assign: a.ID, Card: OfferName(a.ID)}
}

// toldSince gives the latest of what was told after the story, and what the latest point on the map was sent with. A point alone tells no more than
// the map shows. Answers to extra questions stand with their questions, and are not among it.
func toldSince(c hotline.Case, events []hotline.Event, said map[hotline.ContentID]hotline.Content) (told []hotline.Event, point hotline.ContentID) {
	point = c.Story
	for _, e := range events {
		content := said[e.Content]
		if e.Kind == hotline.EvPlaced && content.Point != nil {
			point = e.Content
		}
		words := content.Text != "" || len(content.Media) > 0
		if e.Kind.TellsMore() && words && !(e.Kind == hotline.EvDetailed && e.Word != "") {
			told = append(told, e)
		}
	}
	return slices.Clone(told[max(0, len(told)-mostTold):]), point
}

// tellLater adds what was told after the story, with its photos.
func tellLater(reply hotline.Reply, told []hotline.Event, said map[hotline.ContentID]hotline.Content) hotline.Reply {
	for _, e := range told {
		if len(said[e.Content].Media) > 0 {
			reply.Shows = append(reply.Shows, e.Content)
		}
		switch {
		case said[e.Content].Text == "":
		case e.Kind == hotline.EvTranscribed:
			reply = reply.And("staff.card.story", "story", e.Content)
		default:
			reply = reply.And("staff.urgent.then", "said", e.Content)
		}
	}
	return reply
}

// OlderCard changes the copy of an emergency's card that somebody has, just before the next one comes.
func OlderCard(c hotline.Case, a hotline.Assignment) hotline.Out {
	return hotline.Out{Verb: hotline.VerbEdit, Edits: OfferName(a.ID), Lane: hotline.LaneEmergency, Case: c.ID, Assign: a.ID,
		Reply: hotline.Say("staff.urgent.older", "case", c.ID, "category", hotline.CategoryArg(c.Category))}
}
