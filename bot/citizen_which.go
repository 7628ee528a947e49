package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file finds out which of several open cases is being answered. What was said last about a case wins, and an officer's open question before all else,
// also before an unsent report that lies around. Where it is not plain, the person is asked.

// asked takes what is said as the answer to an officer's question that came after the person's last message, or to news that did.
func (k *talk) asked(ctx context.Context, typed string) (bool, error) {
	s := &k.st.Citizen
	w := s.waiting(k.now)
	if len(s.Sent) == 0 && !k.joined() || !slices.Contains([]wait{waitNothing, waitMore, waitDone, waitAdd, waitTold, waitWord, waitReopen}, w) {
		return false, nil
	}
	if k.msg.Kind == hotline.MsgText && isNumber(typed) && s.Draft == nil && s.Quiz == nil && w != waitWord && w != waitReopen {
		return k.asksRating(ctx, typed)
	}
	if k.msg.Kind == hotline.MsgText && (isNumber(typed) || strings.HasPrefix(typed, "/") || s.Draft != nil && among(sends, typed)) ||
		s.Draft != nil && s.Draft.Danger != "" {
		return false, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return false, err
	}
	asking := slices.DeleteFunc(slices.Clone(cases), func(c hotline.Case) bool { return !k.asks(c) })
	fresh := slices.DeleteFunc(slices.Clone(asking), func(c hotline.Case) bool { return c.Changed.Before(s.before) })
	rd := k.read(k.msg.Text)
	switch {
	case len(fresh) == 1:
		c := fresh[0]
		if k.isNew(rd, lastCase{Category: c.Category, Area: c.Area}) {
			return k.whichOf(s.Draft == nil, c.ID)
		}
		s.Quiz = nil // the officer's question matters more
		return true, k.addTo(ctx, c.ID)
	case len(fresh) > 1:
		return k.whichOf(s.Draft == nil, ids(fresh)...)
	case len(asking) > 0 && s.Draft == nil:
		return k.besideAsking(asking, w, typed, rd)
	case s.Draft == nil && w != waitWord && w != waitReopen:
		return k.answersNews(ctx, cases, typed, rd)
	}
	return false, nil
}

// asksRating takes a number as the rating that was asked for since the person's last message, whatever news of another case came with it. Where an officer
// has asked something as well, the person says which is answered.
func (k *talk) asksRating(ctx context.Context, typed string) (bool, error) {
	if !isRating(typed) {
		return false, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return false, err
	}
	asking := slices.DeleteFunc(slices.Clone(cases), func(c hotline.Case) bool { return !k.asks(c) })
	rated := slices.DeleteFunc(cases, func(c hotline.Case) bool {
		return c.Status != hotline.Ended || c.Outcome != hotline.EvResolved || c.Rating != 0 || c.EndedAt.Before(k.st.Citizen.before) || k.sentBefore(c.EndedAt)
	})
	switch {
	case len(rated) == 0 || len(rated) > 1 && len(asking) == 0:
		return false, nil
	case len(asking) > 0:
		return k.whichOf(true, ids(append(asking, rated...))...)
	}
	return true, k.rate(rated[0], int(typed[0]-'0'))
}

// asks tells whether an officer's question waits for this person, who can answer here.
func (k *talk) asks(c hotline.Case) bool {
	return c.Status == hotline.Asking && (c.From == k.conv.Address.ID || k.joined())
}

// besideAsking asks which is meant where an older question waits and something was said since about another case.
func (k *talk) besideAsking(asking []hotline.Case, w wait, typed string, rd hotline.Reading) (bool, error) {
	other := k.spokenOf(w)
	if w == waitMore || w == waitAdd || w == waitTold || other == 0 || slices.Contains(ids(asking), other) || k.smallWords(typed, rd) {
		return false, nil
	}
	if z := k.st.Citizen.Quiz; z != nil && k.msg.Kind == hotline.MsgText {
		_, q, _ := k.quizQuestion(z.Category, z.Question)
		if among(skips, typed) || among(unknowns, typed) || slices.ContainsFunc(q.Options, func(o hotline.Option) bool { return sameOption(o, typed) }) {
			return false, nil
		}
	}
	return k.whichOf(true, append(ids(asking), other)...)
}

// answersNews takes what is said after an officer's news, or after an outcome, as meant for that case. Where there was news of several, the person says which.
func (k *talk) answersNews(ctx context.Context, cases []hotline.Case, typed string, rd hotline.Reading) (bool, error) {
	s := &k.st.Citizen
	var told []hotline.Case
	for _, c := range cases {
		if !c.Status.Live() && c.Status != hotline.Ended || c.Changed.Before(s.before) {
			continue
		}
		events, _, err := k.History(ctx, c.ID)
		if err != nil {
			return false, fmt.Errorf("look for news of a case: %w", err)
		}
		if slices.ContainsFunc(events, func(e hotline.Event) bool { return isNews(e.Kind) && !k.is(e.By) && !e.At.Before(s.before) }) {
			told = append(told, c)
		}
	}
	var about hotline.Case
	if len(told) > 0 {
		about = told[0]
	}
	like := lastCase{Category: about.Category, Area: about.Area}
	switch other := k.spokenOf(s.waiting(k.now)); {
	case about.ID == 0, other == about.ID:
		return false, nil
	case about.Status == hotline.Ended && k.msg.Kind == hotline.MsgText && (slices.Contains(thanks, typed) || thanking(typed)):
		return true, k.thanked(about) // thanks for an outcome lead to its rating
	case rd.Greeting && !rd.Tells, k.isNew(rd, like), otherMatter(rd, like):
		return false, nil
	case k.msg.Kind == hotline.MsgText && (slices.Contains(thanks, typed) || thanking(typed)):
		return true, k.thanked(about)
	case other != 0 && !slices.Contains(ids(told), other):
		return k.whichOf(true, append(ids(told), other)...)
	case len(told) > 1:
		return k.whichOf(true, ids(told)...)
	}
	return true, k.addTo(ctx, about.ID)
}

// isNews tells whether an event is something that a reporter was told and may say something to.
func isNews(kind hotline.EventKind) bool {
	switch kind {
	case hotline.EvAnswered, hotline.EvScheduled, hotline.EvResolved, hotline.EvPassedOn, hotline.EvNotPossible:
		return true
	}
	return false
}

// spokenOf gives the case that what is said next would be added to.
func (k *talk) spokenOf(w wait) hotline.CaseID {
	s := &k.st.Citizen
	switch {
	case w == waitMore, w == waitDone, w == waitAdd, w == waitTold:
		return s.About
	case s.Quiz != nil && k.now.Sub(s.Quiz.At) <= quizWithin:
		return s.Quiz.Case
	}
	return 0
}

// smallWords tells of thanks and greetings, which need no case.
func (k *talk) smallWords(typed string, rd hotline.Reading) bool {
	return k.msg.Kind == hotline.MsgText && (slices.Contains(thanks, typed) || thanking(typed) || rd.Greeting && !rd.Tells)
}

// whichOf keeps what was said and asks which of the cases it is for.
func (k *talk) whichOf(free bool, of ...hotline.CaseID) (bool, error) {
	if !free {
		return false, nil // there is a draft: it belongs there as likely
	}
	d := k.newDraft()
	d.Near = of[:min(len(of), mostChoice)]
	return true, k.onward()
}

// ids gives the cases' ids.
func ids(cases []hotline.Case) []hotline.CaseID {
	all := make([]hotline.CaseID, len(cases))
	for i, c := range cases {
		all[i] = c.ID
	}
	return all
}
