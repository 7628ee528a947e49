package bot

import (
	"context"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// This file shows where cases stand: "cek", a number, a button.

// check shows where things stand: the one case, or the list to choose from.
func (k *talk) check(ctx context.Context) error {
	cases, err := k.CasesOf(ctx, k.me(), listMost+1)
	if err != nil {
		return fmt.Errorf("list a reporter's cases: %w", err)
	}
	switch len(cases) {
	case 0:
		if k.st.Citizen.Draft != nil { // they believe it was sent
			k.note("check.waiting")
			return k.proceed(atOnce)
		}
		k.say(hotline.Say("check.none").With(hotline.Pick(value("new"), "button.report"), pickMenu()))
		return nil
	case 1:
		return k.show(ctx, cases[0])
	}
	r := hotline.Say("check.list")
	more := len(cases) > listMost
	cases = cases[:min(len(cases), listMost)]
	for _, c := range cases {
		r = r.And("check.line", "case", c.ID, "category", k.nameOf(c), "status", hotline.PhraseArg("status."+string(c.Status)))
	}
	if more {
		r = r.And("check.older")
	}
	for i := 0; i < len(cases); i += 2 {
		var row []hotline.Choice
		for _, c := range cases[i:min(i+2, len(cases))] {
			row = append(row, pickCase(c.ID))
		}
		r = r.With(row...)
	}
	if d := k.st.Citizen.Draft; d != nil && !d.empty() {
		r = r.And("menu.draft").With(hotline.Pick(value("go"), "button.go"))
	}
	k.say(r)
	return nil
}

// checkOne shows the one case that is being spoken of.
func (k *talk) checkOne(ctx context.Context, about hotline.CaseID) error {
	c, err := k.ownCase(ctx, about)
	if err != nil {
		if nilOr(err) == nil {
			return k.check(ctx)
		}
		return err
	}
	return k.show(ctx, c)
}

// nameOf is what a case is called in lists: its category, and nothing of a secret one.
func (k *talk) nameOf(c hotline.Case) hotline.Arg {
	if c.Privacy.IsSecret() {
		return hotline.Arg{Is: hotline.ArgPhrase, V: "privacy.secret"}
	}
	return hotline.Arg{Is: hotline.ArgCategory, V: c.Category}
}

// historyMost is how many steps of a case are shown: the latest.
const historyMost = 6

// show tells where a case stands: everything to its reporter, a status word to anybody else.
func (k *talk) show(ctx context.Context, c hotline.Case) error {
	status := hotline.PhraseArg("status." + string(c.Status))
	if !k.is(c.Reporter) {
		k.say(hotline.Say("case.foreign", "case", c.ID, "status", status).With(menuRow()...))
		return nil
	}
	events, _, err := k.History(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read a case's history: %w", err)
	}
	r := hotline.Say("case.head", "case", c.ID, "status", status).And("case.matter", "category", hotline.CategoryArg(c.Category))
	if c.Area != "" {
		r = r.And("send.place", "area", hotline.AreaArg(c.Area))
	}
	if c.Story != 0 {
		r = r.And("case.story", "text", c.Story)
	}
	steps := past(c, events)
	older := max(0, len(steps)-historyMost)
	if older > 0 {
		r = r.And("past.older", "n", older)
	}
	r.Lines = append(r.Lines, steps[older:]...)
	switch {
	case c.Status == hotline.Asking:
		r = r.And("case.answer", "due", c.AskDue)
	case c.Status == hotline.Scheduled:
		r = r.And("case.day", "day", hotline.DateArg(c.Date))
	case c.Status.Live() && !c.Urgent && !c.Due.IsZero():
		r = r.And("file.due", "due", c.Due)
	}
	if d := k.st.Citizen.Draft; d != nil && !d.empty() {
		r = r.And("menu.draft").With(hotline.Pick(value("go"), "button.go"))
	}
	if k.quizzing(c) && k.asksFreely() { // a question instead of an answer: ours is asked again
		k.saidAbout(c.ID, k.quizAgain(c, r))
		return nil
	}
	r = k.caseButtons(c, r)
	if older > 0 {
		r = r.With(hotline.Pick(value("past", id(c.ID)), "button.past"))
	}
	k.saidAbout(c.ID, r)
	return nil
}

// asksFreely tells whether the message is a question in words, and none of the commands.
func (k *talk) asksFreely() bool {
	_, command := wanted(plain(k.msg.Text))
	return k.msg.Kind == hotline.MsgText && !command && (inquires(plain(k.msg.Text)) || asksBack(k.msg.Text))
}

// stepsPerMessage is how many steps one message of a whole history holds.
const stepsPerMessage = 20

// showPast shows everything that happened to a case.
func (k *talk) showPast(ctx context.Context, c hotline.Case) error {
	events, _, err := k.History(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read a case's whole history: %w", err)
	}
	for lines := range slices.Chunk(past(c, events), stepsPerMessage) {
		r := hotline.Say("past.head", "case", c.ID)
		r.Lines = append(r.Lines, lines...)
		k.tell(c.ID, r)
	}
	return nil
}

// saidAbout answers at once about a case.
func (k *talk) saidAbout(c hotline.CaseID, r hotline.Reply) {
	if k.slow > 0 {
		k.laterAbout(c, r)
		return
	}
	k.tell(c, r)
}

func (k *talk) caseButtons(c hotline.Case, r hotline.Reply) hotline.Reply {
	switch {
	case c.Status == hotline.Ended && c.Rating == 0 && c.Outcome == hotline.EvResolved:
		r = rateRow(c.ID, r.And("notice.rate")).With(pickReopen(c.ID), pickAdd(c.ID))
	case c.Status == hotline.Ended && c.Outcome != hotline.EvResolved: // nothing was solved that could be rated
		r = r.With(pickObject(c.ID), pickAdd(c.ID))
	case c.Status == hotline.Ended, c.Status == hotline.Closed && k.mayReopen(c):
		r = r.With(pickReopen(c.ID))
	case c.Status.Live():
		r = r.With(pickAdd(c.ID), hotline.Pick(value("cut", id(c.ID)), "button.cut"))
	case c.Status.Over():
		r = r.With(pickAgain(c.ID))
	}
	return r
}

// past gives the steps of a case, oldest first, in a citizen's words. Internal notes and what happens between units are not among them.
func past(c hotline.Case, events []hotline.Event) []hotline.Line {
	units := map[hotline.AssignmentID]hotline.Event{}
	var lines []hotline.Line
	for _, e := range events {
		if e.Kind == hotline.EvAssigned {
			units[e.Assignment] = e
		}
		if l, ok := pastLine(c, e, units[e.Assignment]); ok {
			lines = append(lines, l)
		}
	}
	return lines
}

func pastLine(c hotline.Case, e, given hotline.Event) (hotline.Line, bool) {
	at := func(key string, args ...any) (hotline.Line, bool) {
		return hotline.Phrase(key, append([]any{"at", e.At}, args...)...), true
	}
	words := func(key, bare string) (hotline.Line, bool) {
		if e.Content == 0 {
			return at(bare)
		}
		return at(key, "text", e.Content)
	}
	switch e.Kind {
	case hotline.EvFiled:
		return at("past.filed")
	case hotline.EvAssigned:
		if e.Part == hotline.Lead {
			return at("past.assigned", "unit", hotline.UnitArg(e.Unit))
		}
	case hotline.EvTaken:
		return at("past.taken", "unit", hotline.UnitArg(given.Unit))
	case hotline.EvAsked:
		return words("past.asked", "past.asked.bare")
	case hotline.EvTold:
		return words("past.told", "past.told.bare")
	case hotline.EvRemarked, hotline.EvPlaced:
		if e.By == c.Reporter {
			return words("past.remarked", "past.remarked.bare")
		}
		return words("past.answered", "past.answered.bare")
	case hotline.EvEdited:
		return words("past.edited", "past.edited.bare")
	case hotline.EvAnswered:
		return words("past.answered", "past.answered.bare")
	case hotline.EvScheduled:
		return at("past.scheduled", "day", hotline.DateArg(e.Date))
	case hotline.EvResolved:
		return words("past.resolved", "past.resolved.bare")
	case hotline.EvPassedOn:
		return words("past.passed_on", "past.passed_on.bare")
	case hotline.EvNotPossible:
		return words("past.not_possible", "past.not_possible.bare")
	case hotline.EvTranscribed:
		return words("past.transcribed", "past.transcribed.bare")
	case hotline.EvRated:
		return at("past.rated", "n", e.Value)
	case hotline.EvReopened:
		return words("past.reopened", "past.reopened.bare")
	case hotline.EvDeclined, hotline.EvWithheld:
		return at("past.rerouted")
	case hotline.EvEscalated:
		return at("past.escalated")
	case hotline.EvUrgent:
		return at("past.urgent")
	case hotline.EvWithdrawn:
		return at("past.withdrawn")
	case hotline.EvClosed:
		return at("past.closed")
	case hotline.EvArchived:
		return at("past.archived")
	}
	return hotline.Line{}, false
}
