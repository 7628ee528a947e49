package bot

import (
	"context"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// mostEvents is how much of a history is shown: the latest.
const mostEvents = 20

// mostShown is how many contents bring their media along.
const mostShown = 8

// see shows one case as far as the person may see it: facts, and with the content its story, history and media.
func (k *talk) see(ctx context.Context, c hotline.Case) error {
	s := k.reg.Sees(k.conv.Viewer, c)
	if !s.Facts {
		return k.lost(c, hotline.Assignment{})
	}
	mine, isMine := k.myPart(c)
	free, isFree := k.freePart(c)
	r, err := k.seen(ctx, c, s)
	if err != nil {
		return err
	}
	a := mine
	switch {
	case isMine:
		if r, err = k.mineButtons(ctx, r, c, mine); err != nil {
			return err
		}
	case isFree:
		a = free
		r = r.With(pickAct(actTake, c, free), pickAct(actDecline, c, free))
	default:
		if taken, ok := pickPart(c, func(a hotline.Assignment) bool {
			return a.State == hotline.Taken && c.Status.Live() && k.ofUnit(a.Unit, hotline.RoleHead)
		}); ok && s.Act {
			a = taken
			r = r.With(pickAct(actOver, c, taken))
		}
	}
	if k.coordinates(c) && !isMine && !isFree && c.Status.Live() {
		k.triageAnswer(c.ID, triageButtons(r, k.reg, c, triageTop(k.reg, c, "")))
		return nil
	}
	k.onCase(c.ID, a.ID, r)
	return nil
}

// seen puts together what somebody with this sight reads of a case.
func (k *talk) seen(ctx context.Context, c hotline.Case, s hotline.Sight) (hotline.Reply, error) {
	r := hotline.Reply{}
	if c.Urgent {
		r = r.And("staff.card.urgent")
	}
	r = r.And("staff.see", "case", c.ID, "category", hotline.CategoryArg(c.Category), "status", hotline.PhraseArg("status."+string(c.Status)))
	r = describe(r, k.reg, c, s)
	r.Silent = !s.Voice
	if c.Status.Live() && !c.Due.IsZero() && !c.Urgent {
		r = r.And("staff.card.due", "due", c.Due)
	}
	if s.Reporter && c.Reporter != 0 {
		r = r.And("staff.card.reporter", "who", c.Reporter)
	}
	for _, a := range c.Assignments {
		switch a.State {
		case hotline.Taken:
			r = r.And("staff.see.taken", "unit", hotline.UnitArg(a.Unit), "who", a.Officer)
		case hotline.Waiting:
			r = r.And("staff.see.waiting", "unit", hotline.UnitArg(a.Unit))
		}
	}
	if !s.Content {
		return r, nil
	}
	unsaid, err := k.Unsaid(ctx, c.ID, c.Reporter)
	if err != nil {
		return r, err
	}
	if unsaid > 0 {
		r = r.And("staff.see.unsaid", "n", unsaid)
	}
	events, said, err := k.History(ctx, c.ID)
	if err != nil {
		return r, fmt.Errorf("read the history: %w", err)
	}
	events = ratedOnce(events)
	first := max(0, len(events)-mostEvents)
	if first > 0 { // the history tells them where it is whole
		r = tellAnswers(r, k.reg, c, events[:first], said)
	}
	r = r.And("staff.see.history")
	for _, e := range events[first:] {
		r.Lines = append(r.Lines, historyLine(k.reg, c, e)...)
		if content := said[e.Content]; len(content.Media) > 0 && e.Content != c.Story && !slices.Contains(r.Shows, e.Content) {
			r.Shows = append(r.Shows, e.Content)
		}
	}
	if len(r.Shows) > mostShown {
		r.Shows = append(r.Shows[:1:1], r.Shows[len(r.Shows)-mostShown+1:]...)
	}
	return r, nil
}

// ratedOnce leaves a rating out whose number comes again with a word.
func ratedOnce(events []hotline.Event) []hotline.Event {
	var once []hotline.Event
	for i, e := range events {
		again := e.Kind == hotline.EvRated && e.Content == 0 && slices.ContainsFunc(events[i+1:], func(l hotline.Event) bool {
			return l.Kind == hotline.EvRated && l.Value == e.Value
		})
		if !again {
			once = append(once, e)
		}
	}
	return once
}

// historyLine says in a line what happened, and in a second one what was said with it. The reporter is never named here.
func historyLine(r *hotline.Regency, c hotline.Case, e hotline.Event) []hotline.Line {
	what := hotline.PhraseArg("staff.happened." + string(e.Kind))
	var line hotline.Line
	switch {
	case e.Kind == hotline.EvAssigned:
		line = hotline.Phrase("staff.event.unit", "at", e.At, "what", what, "unit", hotline.UnitArg(e.Unit))
	case e.Kind == hotline.EvDeclined && e.Unit != "":
		line = hotline.Phrase("staff.event.unit", "at", e.At, "what", what, "unit", hotline.UnitArg(e.Unit))
	case e.Kind == hotline.EvDeclined:
		line = hotline.Phrase("staff.event.by", "at", e.At, "what", hotline.PhraseArg("staff.happened.refused"), "who", e.By)
	case e.Kind == hotline.EvScheduled:
		line = hotline.Phrase("staff.event.day", "at", e.At, "what", what, "date", hotline.DateArg(e.Date))
	case e.Kind == hotline.EvRecategory:
		line = hotline.Phrase("staff.event.category", "at", e.At, "what", what, "category", hotline.CategoryArg(e.Category))
	case e.Kind == hotline.EvRated:
		line = hotline.Phrase("staff.event.stars", "at", e.At, "what", what, "n", e.Value)
	case e.Kind == hotline.EvArchived:
		line = hotline.Phrase("staff.event.reason", "at", e.At, "what", what, "reason", archiveReason(e.Word))
	case e.Kind == hotline.EvNoted && e.By == 0:
		line = hotline.Phrase("staff.event.line", "at", e.At, "what", hotline.PhraseArg("staff.happened.unanswered"))
	case e.Kind == hotline.EvNoted && e.By == c.Reporter:
		line = hotline.Phrase("staff.event.line", "at", e.At, "what", hotline.PhraseArg("staff.happened.human"))
	case e.By == 0 || e.By == c.Reporter:
		line = hotline.Phrase("staff.event.line", "at", e.At, "what", what)
	default:
		line = hotline.Phrase("staff.event.by", "at", e.At, "what", what, "who", e.By)
	}
	lines := []hotline.Line{line}
	if e.Kind == hotline.EvDetailed && e.Word != "" {
		if answer, ok := answerLine(r, c, e); ok {
			return append(lines, answer)
		}
	}
	if e.Content != 0 && e.Content != c.Story {
		lines = append(lines, hotline.Phrase("staff.event.said", "said", e.Content))
	}
	return lines
}
