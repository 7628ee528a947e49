package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// news is an event that officers hear of when the turn ends.
type news struct {
	before, after hotline.Case
	event         hotline.Event
}

// tellOfficers says the news of the turn to those who may still see the case: somebody who lost the role since hears nothing.
func (k *talk) tellOfficers(ctx context.Context) error {
	for _, n := range k.news {
		if err := k.haveWritten(ctx, n.after, n.event); err != nil {
			return err
		}
		for _, o := range StaffNews(k.reg, n.before, n.after, n.event) {
			a, _ := n.before.Assignment(o.Assign)
			there, err := k.People(ctx, append([]string{a.Unit}, k.reg.Ancestors(a.Unit)...), workers...)
			if err != nil {
				return fmt.Errorf("find who works the case: %w", err)
			}
			accused, err := k.accused(ctx, n.after)
			if err != nil {
				return err
			}
			v := viewer(o.Person, there, accused)
			if n.event.Kind == hotline.EvReopened && offeredAnew(n.after, o.Assign, v) {
				continue // the offer that comes now tells all of it
			}
			if k.reg.Sees(v, n.before).Content || k.reg.Sees(v, n.after).Content { // what they worked may have been taken back with this very event
				k.Say(o)
			}
		}
	}
	k.news = nil
	return nil
}

// haveWritten asks the coordinators to write a voice note down that came later to a case whose officer is not to hear the reporter.
func (k *talk) haveWritten(ctx context.Context, c hotline.Case, e hotline.Event) error {
	spoken := k.msg.Media != nil && k.msg.Media.Kind == hotline.Voice && k.msg.Text == ""
	if !spoken || e.Content == 0 || !e.Kind.TellsMore() || e.Kind == hotline.EvTranscribed || !c.Privacy.IsAnonymous() || !c.Status.Live() {
		return nil
	}
	return k.toCoordinators(ctx, c, func() hotline.Out { return transcribeCard(k.reg, c, e.Content, "staff.voice.later") })
}

// offeredAnew tells whether a part of a case that waits is about to be offered to this person, who is on duty there.
func offeredAnew(c hotline.Case, id hotline.AssignmentID, v hotline.Viewer) bool {
	a, _ := c.Assignment(id)
	return a.State == hotline.Waiting && a.Level == 0 && c.Status.Live() && slices.ContainsFunc(v.Roles, func(r hotline.Role) bool {
		return r.Unit == a.Unit && r.OnDuty && (r.Name == hotline.RoleOfficer || r.Name == hotline.RoleResponder)
	})
}

// accused lists the roles held in the agency complained about. Whoever holds one is kept from the case, whatever else they are, so Regency.Sees must
// know of them.
func (k *talk) accused(ctx context.Context, c hotline.Case) ([]hotline.Role, error) {
	var units []string
	for _, u := range k.reg.Units {
		if c.About != "" && u.Agency == c.About {
			units = append(units, u.ID)
		}
	}
	if len(units) == 0 {
		return nil, nil
	}
	roles, err := k.People(ctx, units, hotline.StaffRoles...)
	if err != nil {
		return nil, fmt.Errorf("find the people of the agency complained about: %w", err)
	}
	return roles, nil
}

// viewer is a person with those of the roles that are theirs, on whichever network they were given.
func viewer(p hotline.PersonID, roles ...[]hotline.Role) hotline.Viewer {
	v := hotline.Viewer{Person: p, Roles: slices.DeleteFunc(slices.Concat(roles...), func(r hotline.Role) bool { return !r.Is(p) })}
	if len(v.Roles) > 0 {
		v.Also = append(v.Roles[0].Also[:len(v.Roles[0].Also):len(v.Roles[0].Also)], v.Roles[0].Person)
	}
	return v
}

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
		if e.Kind == hotline.EvRated { // a word may follow the number: one card, which the word then changes
			name := fmt.Sprintf("rated:%d:%d", after.ID, after.Reopened)
			if o.Card = name; before.Rating != 0 {
				o.Card, o.Verb, o.Edits = "", hotline.VerbEdit, name
			}
			if before.Rating != 0 && before.Rating != e.Value {
				o.Reply = o.Reply.And("staff.hear.stars.was", "n", before.Rating)
			}
		}
		if now, ok := after.Assignment(a.ID); ok && now.State == hotline.Taken && after.Status.Live() {
			o.Reply = actButtons(o.Reply, after, now)
			if _, elsewhere := correctedUnit(r, after, e); elsewhere && now.Part == hotline.Lead {
				o.Reply = o.Reply.With(pickAct(actDecline, after, now))
			}
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
		return tellCorrection(said("staff.hear.remarked"), r, c, e), true
	case hotline.EvPlaced:
		return said("staff.hear.placed").And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(e.Content)), true
	case hotline.EvEdited:
		return said("staff.hear.edited"), false
	case hotline.EvDetailed:
		line, ok := answerLine(r, c, e)
		if !ok {
			return said("staff.hear.detailed"), false
		}
		reply = said("staff.hear.detailed")
		reply.Lines = append(reply.Lines[:1], line)
		return reply, false
	case hotline.EvUrgent:
		return said("staff.hear.urgent").And("staff.card.place", "place", areaFor(r, c, true), "map", hotline.MapArg(c.Story)), true
	case hotline.EvRestricted:
		if e.Privacy.IsSecret() {
			return said("staff.hear.restricted"), true
		}
		return said("staff.hear.nameless"), true
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

// tellCorrection adds what a reporter puts right of a case that is already being worked: the officer decides whether it goes on to somebody else.
func tellCorrection(reply hotline.Reply, r *hotline.Regency, c hotline.Case, e hotline.Event) hotline.Reply {
	if e.Area != "" {
		reply = reply.And("staff.hear.right.place", "place", hotline.AreaArg(e.Area))
	}
	if e.Category != "" {
		reply = reply.And("staff.hear.right.matter", "category", hotline.CategoryArg(e.Category))
	}
	if unit, elsewhere := correctedUnit(r, c, e); elsewhere {
		reply = reply.And("staff.hear.right.unit", "unit", hotline.UnitArg(unit))
	}
	return reply
}

// correctedUnit gives the unit that a case would go to with what a remark puts right of it; false where that says nothing new.
func correctedUnit(r *hotline.Regency, c hotline.Case, e hotline.Event) (string, bool) {
	if e.Kind != hotline.EvRemarked || e.Area == "" && e.Category == "" {
		return "", false
	}
	right := hotline.RoutingOf(c)
	right.Area, right.Category = cmp.Or(e.Area, c.Area), cmp.Or(e.Category, c.Category)
	lead, _ := c.Lead()
	for _, p := range hotline.Route(r, right).Assign {
		if p.Part == hotline.Lead {
			return p.Unit, p.Unit != lead.Unit
		}
	}
	return "", false
}

// UnansweredCard tells the officer that the reporter left a question unanswered for its time; the officer decides what to make of it.
func UnansweredCard(_ *hotline.Regency, c hotline.Case, a hotline.Assignment) hotline.Out {
	r := hotline.Say("staff.unanswered", "case", c.ID, "category", hotline.CategoryArg(c.Category)).
		With(pickAct(actAsk, c, a), pickAct(actResolve, c, a)).
		With(pickAct(actCannot, c, a), pickAct(actSee, c, a))
	return hotline.Out{Lane: hotline.LaneNotice, Reply: r, Case: c.ID, Assign: a.ID}
}
