package bot

import (
	"strconv"

	"tanggap/hotline"
)

// GroupCardName names the card of an assignment in a unit's group.
func GroupCardName(a hotline.AssignmentID) string { return "group:" + strconv.FormatInt(int64(a), 10) }

// GroupCard shows an assignment to a unit's group: without the reporter, without any voice, and without what Regency.ForGroup keeps from groups; false
// where the group is to hear nothing. It has no buttons: whoever takes it quotes it. Whoever sends it fills in To.
func GroupCard(r *hotline.Regency, c hotline.Case, a hotline.Assignment, round int) (hotline.Out, bool) {
	s := r.ForGroup(c)
	if !s.Facts {
		return hotline.Out{}, false
	}
	head, lane := "staff.offer.new", hotline.LaneNotice
	switch {
	case c.Urgent:
		head, lane = "staff.urgent.new", hotline.LaneEmergency
	case a.Part == hotline.Supporting:
		head = "staff.offer.support"
	case c.Reopened > 0:
		head = "staff.offer.reopened"
	case round > 1:
		head = "staff.offer.again"
	}
	reply := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(head, "case", c.ID, "category", hotline.CategoryArg(c.Category))}, Silent: true}
	if s.Content {
		reply = reply.And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(c.Story))
		if c.Story != 0 {
			reply = reply.And("staff.card.story", "story", c.Story)
			reply.Shows = append(reply.Shows, c.Story)
		}
	} else {
		reply = reply.And("staff.card.kecamatan", "place", areaFor(r, c, false))
	}
	if !c.Urgent && !a.Due.IsZero() {
		reply = reply.And("staff.card.due", "due", a.Due)
	}
	return hotline.Out{Lane: lane, Reply: reply.And("group.take"), Case: c.ID, Assign: a.ID, Card: GroupCardName(a.ID)}, true
}

// TakenInGroup is the line that tells a unit's group who took an assignment. Of a case that is no longer for groups it tells the number, which the
// group has, and not what became of it.
func TakenInGroup(r *hotline.Regency, c hotline.Case, a hotline.Assignment, by hotline.PersonID) hotline.Out {
	reply := hotline.Say("group.taken.only", "case", c.ID, "who", by)
	if r.ForGroup(c).Facts {
		reply = hotline.Say("group.taken", "case", c.ID, "category", hotline.CategoryArg(c.Category), "who", by)
	}
	return hotline.Out{Lane: hotline.LaneNotice, Case: c.ID, Assign: a.ID, Reply: reply}
}
