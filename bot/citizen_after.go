package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file is what a reporter does at the end of a case: rate it, open it again, withdraw it.

// wordMost is how many words still read as a word after a rating.
const wordMost = 60

// rate takes a rating, and then asks for a word. Another number puts the first one right, as long as the case could be opened again.
func (k *talk) rate(c hotline.Case, n int) error {
	s := &k.st.Citizen
	if c.Rating == n || c.Rating != 0 && !k.mayReopen(c) {
		k.tell(c.ID, hotline.Say("rate.already", "n", c.Rating, "case", c.ID).With(pickCase(c.ID)))
		return nil
	}
	err := k.happen(c, hotline.Event{Kind: hotline.EvRated, Facts: hotline.Facts{Value: n}}, hotline.Content{})
	if errors.Is(err, hotline.ErrRefused) {
		k.tell(c.ID, hotline.Say("rate.early", "case", c.ID).With(pickCase(c.ID)))
		return nil
	}
	if err != nil {
		return err
	}
	s.Quiz = nil
	s.await(waitWord, c.ID, k.now.Add(addWithin))
	r := hotline.Say("rate.thanks", "n", n)
	if c.Rating != 0 {
		r = hotline.Say("rate.changed", "n", n, "was", c.Rating)
	}
	skip := hotline.Pick(value("noword", id(c.ID)), "button.skip")
	if n <= 2 {
		k.tell(c.ID, r.And("rate.low").With(pickReopen(c.ID), skip))
		return nil
	}
	k.tell(c.ID, r.And("rate.word").With(skip))
	return nil
}

// isRating tells whether a number from 1 to 5 was typed.
func isRating(typed string) bool { return len(typed) == 1 && typed >= "1" && typed <= "5" }

// word takes a word after a rating. What plainly tells of something new, or is too long for a word, is not one.
func (k *talk) word(ctx context.Context, typed string) (bool, error) {
	s := &k.st.Citizen
	about := s.About
	if s.Draft != nil && s.Draft.Touched.After(s.Until.Add(-addWithin)) {
		s.rest()
		return false, nil
	}
	if k.sentBefore(s.Until.Add(-addWithin)) {
		return false, nil
	}
	c, err := k.ownCase(ctx, about)
	if err != nil || c.Rating == 0 {
		s.rest()
		return false, nilOr(err)
	}
	rd := k.read(k.msg.Text)
	text := k.msg.Kind == hotline.MsgText
	if k.accuses(c) {
		return true, k.accusation()
	}
	switch {
	case text && isRating(typed): // a slip of the finger is put right; a number is no word
		return true, k.rate(c, int(typed[0]-'0'))
	case text && (among(skips, typed) || among(noes, typed)):
		s.rest()
		k.say(hotline.Say("rate.done"))
		return true, nil
	case text && (len(strings.Fields(k.msg.Text)) > wordMost || k.isNew(rd, lastCase{Category: c.Category, Area: c.Area})), k.msg.Pin != nil:
		s.rest()
		return false, nil
	}
	s.rest()
	if err := k.happen(c, hotline.Event{Kind: hotline.EvRated, Facts: hotline.Facts{Value: c.Rating}}, k.content()); err != nil {
		return false, err
	}
	s.keepRef(k.msg.Ref, c.ID)
	k.tell(c.ID, hotline.Say("rate.done"))
	return true, nil
}

// reopenWhich answers "belum beres": the one case it can mean, or which.
func (k *talk) reopenWhich(ctx context.Context) error {
	cases, err := k.ownCases(ctx)
	if err != nil {
		return err
	}
	var open, ended []hotline.Case
	for _, c := range cases {
		switch {
		case c.Status == hotline.Ended, c.Status == hotline.Closed:
			ended = append(ended, c)
		case c.Status.Live():
			open = append(open, c)
		}
	}
	switch {
	case len(ended) == 1:
		c, err := k.ownCase(ctx, ended[0].ID)
		if err != nil {
			return err
		}
		return k.reopen(c)
	case len(ended) > 1:
		r := hotline.Say("reopen.which")
		for _, c := range ended[:min(len(ended), mostChoice)] {
			r = r.With(hotline.Pick(value("reopen", id(c.ID)), "button.case", "case", c.ID))
		}
		k.say(r)
	case len(open) > 0:
		r := hotline.Say("reopen.open")
		for _, c := range open[:min(len(open), mostChoice)] {
			r = r.With(pickCase(c.ID))
		}
		k.say(r)
	default:
		k.say(hotline.Say("check.none").With(hotline.Pick(value("new"), "button.report"), pickMenu()))
	}
	return nil
}

// reopen asks what is still wrong; once the time for it is over it offers a new report that goes on about the old one.
func (k *talk) reopen(c hotline.Case) error {
	s := &k.st.Citizen
	switch {
	case c.Status.Live():
		k.tell(c.ID, hotline.Say("reopen.open").With(pickAdd(c.ID), pickCase(c.ID)))
		return nil
	case c.Status != hotline.Ended && c.Status != hotline.Closed, !k.mayReopen(c):
		s.rest()
		k.tell(c.ID, hotline.Say("reopen.late", "case", c.ID).With(pickAgain(c.ID), pickMenu()))
		return nil
	}
	s.await(waitReopen, c.ID, k.now.Add(addWithin))
	k.tell(c.ID, hotline.Say("reopen.ask", "case", c.ID).
		With(hotline.Pick(value("reopened", id(c.ID)), "button.reopen.bare"), hotline.Pick(value("quit"), "button.no")))
	return nil
}

// reopenWith opens the case again, with what is still wrong.
func (k *talk) reopenWith(ctx context.Context, about hotline.CaseID, said hotline.Content) error {
	s := &k.st.Citizen
	s.rest()
	c, err := k.ownCase(ctx, about)
	if errors.Is(err, hotline.ErrNotFound) {
		return k.oldButton()
	}
	if err != nil {
		return err
	}
	if k.accuses(c) {
		return k.accusation()
	}
	if !k.mayReopen(c) || c.Status.Live() || c.Status != hotline.Ended && c.Status != hotline.Closed {
		if c.Status.Live() && !said.Empty() {
			return k.addToCase(ctx, c)
		}
		return k.reopen(c)
	}
	due := hotline.ResolveDue(k.reg, c.Category, c.Kind, k.now)
	if c.Urgent {
		due = k.now.Add(k.reg.Limits.UrgentRepeat)
	}
	if err := k.happen(c, hotline.Event{Kind: hotline.EvReopened, Facts: hotline.Facts{Due: due}}, said); err != nil {
		return err
	}
	s.Quiz = nil
	s.keepRef(k.msg.Ref, c.ID)
	if c.Urgent {
		k.urgently(c) // it burns again: the number to call comes first, as it did the first time
		return nil
	}
	s.await(waitMore, c.ID, k.now.Add(moreWithin))
	k.tell(c.ID, hotline.Say("reopen.done", "case", c.ID, "due", due))
	return nil
}

// again begins a new draft about the matter of an older case.
func (k *talk) again(ctx context.Context, about hotline.CaseID) error {
	c, err := k.ownCase(ctx, about)
	if errors.Is(err, hotline.ErrNotFound) {
		return k.oldButton()
	}
	if err != nil {
		return err
	}
	d := k.newDraft()
	d.Follows = c.Number.String()
	k.inherit(d, c)
	k.st.Citizen.Last = lastCase{} // what is said now is this, not an addition
	d.Shown = k.now
	k.say(hotline.Say("again.tell", "case", c.ID))
	return nil
}

// afterEnd answers what a case that is over does not take any more.
func (k *talk) afterEnd(c hotline.Case) error {
	k.tell(c.ID, k.caseButtons(c, hotline.Say("case.over.short", "case", c.ID, "status", hotline.PhraseArg("status."+string(c.Status)))))
	return nil
}

// withdrawWhich answers "cabut": the one live case, or which.
func (k *talk) withdrawWhich(ctx context.Context) error {
	cases, err := k.ownCases(ctx)
	if err != nil {
		return err
	}
	live := slices.DeleteFunc(slices.Clone(cases), func(c hotline.Case) bool { return !c.Status.Live() })
	switch len(live) {
	case 0:
		k.say(hotline.Say("withdraw.none").With(menuRow()...))
		return nil
	case 1:
		return k.withdraw(ctx, live[0].ID)
	}
	r := hotline.Say("withdraw.which")
	for _, c := range live[:min(len(live), mostWhich)] {
		r = r.With(hotline.Pick(value("cut", id(c.ID)), "button.case", "case", c.ID))
	}
	k.say(r.With(hotline.Pick(value("quit"), "button.no")))
	return nil
}

// withdraw asks once more.
func (k *talk) withdraw(ctx context.Context, about hotline.CaseID) error {
	c, err := k.ownCase(ctx, about)
	if errors.Is(err, hotline.ErrNotFound) {
		return k.oldButton()
	}
	if err != nil {
		return err
	}
	if !c.Status.Live() {
		return k.afterEnd(c)
	}
	k.st.Citizen.await(waitWithdraw, c.ID, k.now.Add(quizWithin))
	k.tell(c.ID, hotline.Say("withdraw.ask", "case", c.ID).
		With(hotline.Pick(value("cutyes", id(c.ID)), "button.cut.yes"), hotline.Pick(value("quit"), "button.no")))
	return nil
}

// withdrawNow withdraws the case.
func (k *talk) withdrawNow(ctx context.Context, about hotline.CaseID) error {
	k.st.Citizen.rest()
	c, err := k.ownCase(ctx, about)
	if errors.Is(err, hotline.ErrNotFound) {
		return k.oldButton()
	}
	if err != nil {
		return err
	}
	err = k.happen(c, hotline.Event{Kind: hotline.EvWithdrawn}, hotline.Content{})
	if errors.Is(err, hotline.ErrRefused) {
		return k.afterEnd(c)
	}
	if err != nil {
		return err
	}
	if z := k.st.Citizen.Quiz; z != nil && z.Case == c.ID {
		k.st.Citizen.Quiz = nil
	}
	if k.st.Citizen.Last.Case == c.ID {
		k.st.Citizen.Last = lastCase{}
	}
	k.tell(c.ID, hotline.Say("withdraw.done", "case", c.ID).With(menuRow()...))
	return nil
}
