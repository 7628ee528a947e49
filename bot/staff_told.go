package bot

import (
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file is what a card tells beside the story: the answers to a category's extra questions, who asks for help and with which words, and what went
// before where the reporter says that it is not solved.

// answered gives the last answer to each extra question of a case, in the order in which they were first answered.
func answered(events []hotline.Event) []hotline.Event {
	var last []hotline.Event
	for _, e := range events {
		if e.Kind != hotline.EvDetailed || e.Word == "" {
			continue
		}
		same := func(o hotline.Event) bool { return extraOf(o) == extraOf(e) }
		if i := slices.IndexFunc(last, same); i >= 0 {
			last[i] = e
			continue
		}
		last = append(last, e)
	}
	return last
}

// extraOf gives the id of the extra question that an event answers.
func extraOf(e hotline.Event) string {
	question, _, _ := strings.Cut(e.Word, "/")
	return question
}

// answerLine puts a question and its answer together, pressed or in the person's own words; false where the question is no more. A case may have got
// another category since it was asked.
func answerLine(r *hotline.Regency, c hotline.Case, e hotline.Event) (hotline.Line, bool) {
	question, option, pressed := strings.Cut(e.Word, "/")
	asks := func(cat hotline.Category) bool {
		for _, q := range cat.Questions {
			if q.ID == question {
				return !pressed || slices.ContainsFunc(q.Options, func(o hotline.Option) bool { return o.ID == option })
			}
		}
		return false
	}
	cat, _ := r.Category(c.Category)
	if !asks(cat) {
		i := slices.IndexFunc(r.Categories, asks)
		if i < 0 {
			return hotline.Line{}, false
		}
		cat = r.Categories[i]
	}
	asked := hotline.OptionArg(cat.ID + "/" + question)
	if pressed {
		return hotline.Phrase("staff.card.pressed", "question", asked, "option", hotline.OptionArg(cat.ID+"/"+e.Word)), true
	}
	return hotline.Phrase("staff.card.answered", "question", asked, "said", e.Content), true
}

// tellAnswers adds the extra questions that were answered, with their answers.
func tellAnswers(reply hotline.Reply, r *hotline.Regency, c hotline.Case, events []hotline.Event, said map[hotline.ContentID]hotline.Content) hotline.Reply {
	for _, e := range answered(events) {
		line, ok := answerLine(r, c, e)
		if !ok {
			continue
		}
		reply.Lines = append(reply.Lines, line)
		if len(said[e.Content].Media) > 0 {
			reply.Shows = append(reply.Shows, e.Content)
		}
	}
	return reply
}

// tellRequest adds to the card of a supporting part which unit asks, and what it wrote to them.
func tellRequest(reply hotline.Reply, c hotline.Case, a hotline.Assignment, events []hotline.Event, said map[hotline.ContentID]hotline.Content) hotline.Reply {
	at := slices.IndexFunc(events, func(e hotline.Event) bool { return e.Kind == hotline.EvAssigned && e.Assignment == a.ID })
	if a.Part != hotline.Supporting || at <= 0 || events[at].By == 0 {
		return reply
	}
	asked, before := events[at], events[at-1]
	lead, ok := c.Lead()
	noted := before.Kind == hotline.EvNoted && before.By == asked.By && before.At.Equal(asked.At) && before.Content != 0
	if noted { // the message of whoever asked was noted in the same breath
		if from, known := c.Assignment(before.Assignment); known {
			lead, ok = from, true
		}
	}
	if ok {
		reply = reply.And("staff.card.asks", "unit", hotline.UnitArg(lead.Unit))
	}
	if noted {
		reply = reply.And("staff.card.message", "said", before.Content)
		if len(said[before.Content].Media) > 0 {
			reply.Shows = append(reply.Shows, before.Content)
		}
	}
	return reply
}

// tellReopened adds, where the reporter had a case opened again, what its outcome was and what they wrote.
func tellReopened(reply hotline.Reply, c hotline.Case, events []hotline.Event, said map[hotline.ContentID]hotline.Content) hotline.Reply {
	if c.Reopened == 0 {
		return reply
	}
	var outcome, reopened hotline.Event
	for _, e := range events {
		switch e.Kind {
		case hotline.EvResolved, hotline.EvPassedOn, hotline.EvNotPossible:
			if c.Status.Live() {
				outcome = e
			}
		case hotline.EvReopened:
			if e.Word != wordUndo {
				reopened = e
			}
		}
	}
	if reopened.Kind == "" || outcome.At.After(reopened.At) {
		return reply
	}
	what := hotline.PhraseArg("staff.happened." + string(outcome.Kind))
	switch {
	case outcome.Kind == "":
	case outcome.Content == 0:
		reply = reply.And("staff.card.former", "what", what)
	default:
		reply = reply.And("staff.card.former", "what", what).And("staff.event.said", "said", outcome.Content)
	}
	if reopened.Content != 0 {
		reply = reply.And("staff.card.unsolved", "said", reopened.Content)
		if len(said[reopened.Content].Media) > 0 {
			reply.Shows = append(reply.Shows, reopened.Content)
		}
	}
	return reply
}
