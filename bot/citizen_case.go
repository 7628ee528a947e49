package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// This file is what a reporter does with a case of their own: see it, add to it, answer a question about it.

// listMost is how many of a person's cases are listed.
const listMost = 8

// ownCases lists the person's cases, newest first.
func (k *talk) ownCases(ctx context.Context) ([]hotline.Case, error) {
	cases, err := k.CasesOf(ctx, k.me(), listMost)
	if err != nil {
		return nil, fmt.Errorf("list a reporter's cases: %w", err)
	}
	return cases, nil
}

// ownCase reads a case and locks it. Somebody else's is as good as not there.
func (k *talk) ownCase(ctx context.Context, c hotline.CaseID) (hotline.Case, error) {
	if c == 0 {
		return hotline.Case{}, hotline.ErrNotFound
	}
	got, err := k.Case(ctx, c)
	if err != nil {
		return got, fmt.Errorf("read a reporter's case: %w", err)
	}
	if got.Reporter == 0 || got.Reporter != k.me() {
		return hotline.Case{}, hotline.ErrNotFound
	}
	return got, nil
}

// happen records what the reporter did, and tells those who work the case.
func (k *talk) happen(c hotline.Case, e hotline.Event, said hotline.Content) error {
	e.By = k.me()
	after, err := k.Record(c, e, said)
	if err != nil {
		return fmt.Errorf("record what a reporter did: %w", err)
	}
	e.Case, e.Content = c.ID, after.Said
	for _, o := range StaffNews(k.reg, c, after, e) {
		k.Say(o)
	}
	return nil
}

// nilOr lets an error pass unless it only says that there is no such case.
func nilOr(err error) error {
	if errors.Is(err, hotline.ErrNotFound) {
		return nil
	}
	return err
}

// pointed answers what is said in reply to a message of ours about a case, or with a case's number in it.
func (k *talk) pointed(ctx context.Context) (bool, error) {
	if k.msg.ReplyTo != "" {
		about, _, err := k.CaseOfMessage(ctx, k.conv.Address.ID, k.msg.ReplyTo)
		if err != nil && !errors.Is(err, hotline.ErrNotFound) {
			return false, fmt.Errorf("find the case of a message: %w", err)
		}
		if err == nil && about != 0 {
			c, err := k.ownCase(ctx, about)
			if err == nil {
				return true, k.sayToCase(ctx, c)
			}
			if nilOr(err) != nil {
				return false, err
			}
		}
	}
	n := k.read(k.msg.Text).Number
	if n.Seq == 0 {
		return false, nil
	}
	c, err := k.CaseByNumber(ctx, n)
	switch {
	case errors.Is(err, hotline.ErrNotFound):
		k.say(hotline.Say("case.unknown", "number", n.String()).With(menuRow()...))
		return true, nil
	case err != nil:
		return false, fmt.Errorf("read a case by its number: %w", err)
	}
	if _, only := hotline.ParseNumber(k.reg.Letters, k.msg.Text); only || c.Reporter != k.me() || k.short() {
		return true, k.show(ctx, c)
	}
	return true, k.sayToCase(ctx, c)
}

// short tells of a number with next to nothing around it: "cek JPR-261121-0001K".
func (k *talk) short() bool {
	return k.msg.Media == nil && len(strings.Fields(k.msg.Text)) <= 3
}

// sayToCase takes what is said to a case: an answer, a rating, a remark, or what is still wrong.
func (k *talk) sayToCase(ctx context.Context, c hotline.Case) error {
	typed := plain(k.msg.Text)
	if k.msg.Kind == hotline.MsgText {
		switch {
		case len(typed) == 1 && typed >= "1" && typed <= "5" && (c.Status == hotline.Ended || c.Status == hotline.Closed):
			return k.rate(ctx, c, int(typed[0]-'0'))
		case slices.Contains(unsolved, typed):
			return k.reopen(ctx, c)
		case slices.Contains(thanks, typed) && c.Status != hotline.Asking:
			return k.thanked(c)
		}
	}
	return k.addToCase(ctx, c)
}

// thanked answers thanks for a case: where it has an outcome, with the rating.
func (k *talk) thanked(c hotline.Case) error {
	r := hotline.Say("thanks.welcome")
	if c.Status == hotline.Ended && c.Rating == 0 {
		r = rateRow(c.ID, r.And("notice.rate"))
	}
	k.laterAbout(c.ID, r)
	return nil
}

// addTo adds what was said to a case.
func (k *talk) addTo(ctx context.Context, to hotline.CaseID) error {
	c, err := k.ownCase(ctx, to)
	if errors.Is(err, hotline.ErrNotFound) {
		k.st.Citizen.rest()
		return k.beginDraft(ctx, k.read(k.msg.Text))
	}
	if err != nil {
		return err
	}
	return k.addToCase(ctx, c)
}

func (k *talk) addToCase(ctx context.Context, c hotline.Case) error {
	s := &k.st.Citizen
	if c.Status.Over() {
		return k.carry(ctx, c)
	}
	e, r := k.addition(c)
	if err := k.happen(c, e, k.content()); err != nil {
		return err
	}
	s.keepRef(k.msg.Ref, c.ID)
	if s.waiting(k.now) != waitUrgent {
		s.await(waitMore, c.ID, k.now.Add(moreWithin))
	}
	if s.Quiz != nil && s.Quiz.Case == c.ID {
		if cat, q, ok := k.quizQuestion(s.Quiz.Category, s.Quiz.Question); ok {
			r = k.ask(c.ID, cat, q, r)
		}
	}
	k.laterAbout(c.ID, r)
	return nil
}

// addition gives the event that an addition to the case is, and what is answered.
func (k *talk) addition(c hotline.Case) (hotline.Event, hotline.Reply) {
	area := k.placeSaid(c)
	switch {
	case c.Status == hotline.Asking:
		return hotline.Event{Kind: hotline.EvTold}, hotline.Say("added.answer", "case", c.ID)
	case area != "" && k.msg.Pin != nil:
		return hotline.Event{Kind: hotline.EvPlaced, Facts: hotline.Facts{Area: area}},
			hotline.Say("added.place", "case", c.ID, "area", hotline.AreaArg(area))
	case c.Status == hotline.Ended:
		r := hotline.Say("added.ended", "case", c.ID).With(pickReopen(c.ID))
		return hotline.Event{Kind: hotline.EvRemarked}, r
	}
	return hotline.Event{Kind: hotline.EvRemarked}, hotline.Say("added.remark", "case", c.ID)
}

// carry keeps what was said about a case that is over: it becomes a draft, and the person says whether the case is opened again or it is new.
func (k *talk) carry(ctx context.Context, c hotline.Case) error {
	s := &k.st.Citizen
	if s.Draft == nil {
		k.newDraft()
	}
	d := s.Draft
	d.add(k.bubble(), k.now)
	d.Follows = c.Number.String()
	k.inherit(d, c)
	d.Near = nil
	if c.Status == hotline.Closed && k.mayReopen(c) {
		d.Near = []hotline.CaseID{c.ID}
	}
	k.note("case.over")
	return k.proceed(ctx, gathered)
}

// inherit takes matter and place of an older case, as far as the draft does not say them itself.
func (k *talk) inherit(d *draft, c hotline.Case) {
	if d.Category == "" {
		d.Category = c.Category
	}
	if d.Area == "" && c.Area != "" {
		d.Area = c.Area
	}
	if d.Privacy == "" {
		d.Privacy = c.Privacy
	}
}

// giveAway makes the draft an addition to the case the person chose.
func (k *talk) giveAway(ctx context.Context, d *draft) error {
	s := &k.st.Citizen
	c, err := k.ownCase(ctx, d.Near[0])
	if errors.Is(err, hotline.ErrNotFound) {
		d.Near, d.Change = nil, ""
		return k.proceed(ctx, atOnce)
	}
	if err != nil {
		return err
	}
	follows := d.Follows
	d.Follows = "" // it is no new case
	e, r := hotline.Event{Kind: hotline.EvRemarked}, hotline.Say("added.remark", "case", c.ID)
	switch c.Status {
	case hotline.Asking:
		e, r = hotline.Event{Kind: hotline.EvTold}, hotline.Say("added.answer", "case", c.ID)
	case hotline.Closed:
		e.Kind, e.Due = hotline.EvReopened, hotline.ResolveDue(k.reg, c.Category, c.Kind, k.now)
		r = hotline.Say("reopen.done", "case", c.ID, "due", e.Due)
	}
	err = k.happen(c, e, d.story())
	if errors.Is(err, hotline.ErrRefused) { // it ended in between
		d.Near, d.Change, d.Follows = nil, "", follows
		k.note("case.over")
		return k.proceed(ctx, atOnce)
	}
	if err != nil {
		return err
	}
	for _, b := range d.Bubbles {
		s.keepRef(b.Ref, c.ID)
	}
	s.Sent = append(s.Sent, sent{d.N, c.ID})
	s.Draft = nil
	s.await(waitMore, c.ID, k.now.Add(moreWithin))
	k.tell(c.ID, r)
	return nil
}

// awaited takes words and media as what was asked for outside a draft.
func (k *talk) awaited(ctx context.Context, typed string) (bool, error) {
	s := &k.st.Citizen
	w := s.waiting(k.now)
	switch w {
	case waitUrgent:
		return k.addUrgent(ctx, s.About)
	case waitAdd:
		return true, k.addTo(ctx, s.About)
	case waitMore:
		if s.Draft != nil || k.msg.Kind == hotline.MsgText && (slices.Contains(thanks, typed) || k.isNew(k.read(k.msg.Text), s.Last)) {
			s.rest()
			return false, nil
		}
		return true, k.addTo(ctx, s.About)
	case waitWord:
		return k.word(ctx, typed)
	case waitReopen:
		return true, k.reopenWith(ctx, s.About, k.content())
	case waitWithdraw:
		about := s.About
		switch {
		case k.msg.Kind == hotline.MsgText && slices.Contains(yeses, typed):
			return true, k.withdrawNow(ctx, about)
		case k.msg.Kind == hotline.MsgText && slices.Contains(noes, typed):
			s.rest()
			k.say(hotline.Say("cancel.done").With(pickCase(about)))
			return true, nil
		}
		s.rest()
	}
	return false, nil
}

// answered takes what is said as the answer to a question an officer asked: with one case asking there is nothing to guess.
func (k *talk) answered(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	if len(s.Sent) == 0 {
		return false, nil // nothing was ever filed from here
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return false, err
	}
	var asking []hotline.Case
	for _, c := range cases {
		if c.Status == hotline.Asking && c.From == k.conv.Address.ID {
			asking = append(asking, c)
		}
	}
	switch len(asking) {
	case 0:
		return false, nil
	case 1:
		return true, k.addTo(ctx, asking[0].ID)
	}
	d := k.newDraft()
	for _, c := range asking[:min(len(asking), mostChoice)] {
		d.Near = append(d.Near, c.ID)
	}
	return true, k.onward(ctx)
}

// bareNumber answers digits that answer no question: a rating where one is due, and else a word that it is no choice.
func (k *talk) bareNumber(ctx context.Context, typed string) error {
	if len(k.st.Citizen.Sent) > 0 && len(typed) == 1 && typed >= "1" && typed <= "5" {
		cases, err := k.ownCases(ctx)
		if err != nil {
			return err
		}
		var unrated []hotline.Case
		for _, c := range cases {
			if c.Status == hotline.Ended && c.Rating == 0 {
				unrated = append(unrated, c)
			}
		}
		if len(unrated) == 1 {
			c, err := k.ownCase(ctx, unrated[0].ID)
			if err != nil {
				return err
			}
			return k.rate(ctx, c, int(typed[0]-'0'))
		}
	}
	k.later(hotline.Say("unread.number").With(menuRow()...))
	return nil
}

// check shows where things stand: the one case, or the list to choose from.
func (k *talk) check(ctx context.Context) error {
	cases, err := k.ownCases(ctx)
	if err != nil {
		return err
	}
	switch len(cases) {
	case 0:
		k.say(hotline.Say("check.none").With(hotline.Pick(value("new"), "button.report"), pickMenu()))
		return nil
	case 1:
		return k.show(ctx, cases[0])
	}
	r := hotline.Say("check.list")
	for _, c := range cases {
		r = r.And("check.line", "case", c.ID, "category", k.nameOf(c), "status", hotline.PhraseArg("status."+string(c.Status)))
	}
	for i := 0; i < len(cases); i += 2 {
		var row []hotline.Choice
		for _, c := range cases[i:min(i+2, len(cases))] {
			row = append(row, pickCase(c.ID))
		}
		r = r.With(row...)
	}
	k.say(r)
	return nil
}

// nameOf is what a case is called in lists: its category, and nothing of a secret one.
func (k *talk) nameOf(c hotline.Case) hotline.Arg {
	if c.Privacy == hotline.Secret {
		return hotline.Arg{Is: hotline.ArgPhrase, V: "privacy.secret"}
	}
	return hotline.Arg{Is: hotline.ArgCategory, V: c.Category}
}

// historyMost is how many steps of a case are shown: the latest.
const historyMost = 6

// show tells where a case stands: everything to its reporter, a status word to anybody else.
func (k *talk) show(ctx context.Context, c hotline.Case) error {
	status := hotline.PhraseArg("status." + string(c.Status))
	if c.Reporter == 0 || c.Reporter != k.me() {
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
	r.Lines = append(r.Lines, past(c, events)...)
	switch {
	case c.Status == hotline.Asking:
		r = r.And("case.answer", "due", c.AskDue)
	case c.Status == hotline.Scheduled:
		r = r.And("case.day", "day", hotline.DateArg(c.Date))
	case c.Status.Live() && !c.Urgent && !c.Due.IsZero():
		r = r.And("file.due", "due", c.Due)
	}
	if d := k.st.Citizen.Draft; d != nil && !d.empty() {
		r = r.And("menu.draft")
	}
	k.saidAbout(c.ID, k.caseButtons(c, r))
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
	case c.Status == hotline.Ended && c.Rating == 0:
		r = rateRow(c.ID, r.And("notice.rate")).With(pickReopen(c.ID), pickAdd(c.ID))
	case c.Status == hotline.Ended, c.Status == hotline.Closed && k.mayReopen(c):
		r = r.With(pickReopen(c.ID))
	case c.Status.Live():
		r = r.With(pickAdd(c.ID), hotline.Pick(value("cut", id(c.ID)), "button.cut"))
	case c.Status.Over():
		r = r.With(hotline.Pick(value("again", id(c.ID)), "button.again"))
	}
	return r
}

// past gives the latest steps of a case in a citizen's words. Internal notes and what happens between units are not among them.
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
	return lines[max(0, len(lines)-historyMost):]
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

// mayReopen tells whether the time to reopen has not run out.
func (k *talk) mayReopen(c hotline.Case) bool {
	return !c.EndedAt.IsZero() && !k.now.After(k.reopenUntil(c))
}

func (k *talk) reopenUntil(c hotline.Case) time.Time {
	return k.reg.Calendar("").Add(c.EndedAt, k.reg.Limits.ReopenWithin)
}
