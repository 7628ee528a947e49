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

// This file is what a reporter says to a case of their own: an answer to a question, a remark, a photo. citizen_view.go shows it.

// listMost is how many of a person's cases are listed.
const listMost = 8

// ownCases lists the person's cases, newest first.
func (k *talk) ownCases(ctx context.Context) ([]hotline.Case, error) {
	cases, err := k.CasesOf(ctx, k.me(), listMost)
	if err != nil {
		return nil, fmt.Errorf("list a reporter's cases: %w", err)
	}
	k.met = append(cases[:len(cases):len(cases)], k.met...)
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
	if !k.is(got.Reporter) {
		return hotline.Case{}, hotline.ErrNotFound
	}
	k.met = append([]hotline.Case{got}, k.met...)
	return got, nil
}

// happen records what the reporter did, and tells those who work the case. It is done by the one who filed it, from whichever network they write: so the
// case and all its reporter said stay together, also when the networks are parted.
func (k *talk) happen(c hotline.Case, e hotline.Event, said hotline.Content) error {
	e.By, said.Author = c.Reporter, c.Reporter
	after, err := k.Record(c, e, said)
	if err != nil {
		return fmt.Errorf("record what a reporter did: %w", err)
	}
	e.Case, e.Content = c.ID, after.Said
	k.news = append(k.news, news{c, after, e})
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
			if err == nil && k.msg.Kind == hotline.MsgText && inquires(plain(k.msg.Text)) {
				return true, k.show(ctx, c)
			}
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
	_, only := hotline.ParseNumber(k.reg.Letters, k.msg.Text)
	c, err := k.CaseByNumber(ctx, n)
	switch {
	case errors.Is(err, hotline.ErrNotFound) && !only && !k.short():
		return false, nil
	case errors.Is(err, hotline.ErrNotFound):
		k.say(hotline.Say("case.unknown", "number", n.String()).With(menuRow()...))
		return true, nil
	case err != nil:
		return false, fmt.Errorf("read a case by its number: %w", err)
	}
	switch {
	case only || k.short() || inquires(plain(k.msg.Text)):
		return true, k.show(ctx, c)
	case !k.is(c.Reporter):
		return false, nil // a number in a story: the story counts
	}
	return true, k.sayToCase(ctx, c)
}

// short tells of a number with next to nothing around it: "cek JPR-261121-0001K".
func (k *talk) short() bool {
	rd, n := k.read(k.msg.Text), len(strings.Fields(k.msg.Text))
	return k.msg.Media == nil && k.msg.Pin == nil && (n <= 3 || n <= 5 && !rd.Tells && len(rd.Categories)+len(rd.Places) == 0)
}

// sayToCase takes what is said to a case: an answer, a rating, a remark, or what is still wrong.
func (k *talk) sayToCase(ctx context.Context, c hotline.Case) error {
	typed := plain(k.msg.Text)
	if k.msg.Kind == hotline.MsgText {
		switch {
		case isRating(typed) && (c.Status == hotline.Ended || c.Status == hotline.Closed):
			return k.rate(c, int(typed[0]-'0'))
		case among(unsolved, typed):
			return k.reopen(c)
		case wished(k.msg.Text) != hotline.Open && !c.Status.Over() && (among(secrets, typed) || among(anonymouses, typed)):
			return k.restrict(ctx, c, wished(k.msg.Text))
		case c.Status != hotline.Asking && (slices.Contains(thanks, typed) || thanking(typed)):
			return k.thanked(c)
		}
	}
	return k.addToCase(ctx, c)
}

// thanked answers thanks for a case: where it has an outcome, with the rating.
func (k *talk) thanked(c hotline.Case) error {
	r := hotline.Say("thanks.welcome")
	if c.Status == hotline.Ended && c.Rating == 0 && c.Outcome == hotline.EvResolved {
		r = rateRow(c.ID, r.And("notice.rate"))
		k.st.Citizen.await(waitMore, c.ID, k.now.Add(moreWithin)) // "but there is still some left"
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
	if k.accuses(c) {
		return k.accusation()
	}
	if c.Status.Over() {
		return k.carry(c)
	}
	if f, ok := k.correction(c, k.msg.Text); ok && c.Status.Live() && c.Status != hotline.Asking && k.msg.Pin == nil && k.msg.Media == nil {
		return k.correct(ctx, c, f)
	}
	k.countShot(c)
	hushed, err := k.hushed(ctx, c)
	if err != nil {
		return err
	}
	e, r := k.addition(c)
	if k.nothingSaid() {
		k.laterAbout(c.ID, k.quizAgain(c, hotline.Say("added.enough", "case", c.ID)))
		return nil
	}
	if k.cut() {
		k.note("draft.cut")
	}
	if err := k.happen(c, e, k.content()); err != nil {
		return err
	}
	s.keepRef(k.msg.Ref, c.ID)
	if e.Kind == hotline.EvPlaced {
		to, err := k.reroute(ctx, c)
		if err != nil {
			return err
		}
		r.Lines = append(r.Lines, to...)
	}
	if err := k.quizLearns(c); err != nil {
		return err
	}
	r.Lines = append(r.Lines, hushed...)
	r = k.withEnough(c, r)
	if s.waiting(k.now) != waitUrgent {
		s.await(waitMore, c.ID, k.now.Add(moreWithin))
	}
	r = k.quizAgain(c, r)
	if d := s.Draft; d != nil && !d.empty() {
		r = r.And("menu.draft").With(hotline.Pick(value("go"), "button.go"))
	}
	k.laterAbout(c.ID, r)
	return nil
}

// countShot counts a photo that is added to a case, and leaves out one too many: nobody looks at a hundred. An officer's question makes room anew.
func (k *talk) countShot(c hotline.Case) {
	s := &k.st.Citizen.Shots
	if s.Case != c.ID || c.Status == hotline.Asking {
		*s = shots{Case: c.ID}
	}
	if k.msg.Media == nil {
		return
	}
	if s.N++; s.N > maxMedia {
		k.msg.Media = nil
		s.Told = k.now.Add(k.bot.Gather + k.slow)
	}
}

// withEnough says that photos were left out, also where a bubble came before that was said.
func (k *talk) withEnough(c hotline.Case, r hotline.Reply) hotline.Reply {
	if s := k.st.Citizen.Shots; s.Case != c.ID || s.Told.IsZero() || k.now.After(s.Told) {
		return r
	}
	r.Lines = append([]hotline.Line{hotline.Phrase("added.enough", "case", c.ID)}, r.Lines...)
	return r
}

// quizAgain adds the extra question that still waits for an answer.
func (k *talk) quizAgain(c hotline.Case, r hotline.Reply) hotline.Reply {
	z := k.st.Citizen.Quiz
	if z == nil || z.Case != c.ID {
		return r
	}
	cat, q, ok := k.quizQuestion(z.Category, z.Question)
	if !ok {
		return r
	}
	at := slices.IndexFunc(cat.Questions, func(o hotline.Question) bool { return o.ID == q.ID })
	if q, ok = openFrom(cat, at, z.Done); !ok {
		k.st.Citizen.Quiz = nil
		return r
	}
	return k.ask(c.ID, cat, q, r)
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
func (k *talk) carry(c hotline.Case) error {
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
	return k.proceed(gathered)
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
		return k.proceed(atOnce)
	}
	if err != nil {
		return err
	}
	if k.accusesIn(c, d.text(0)) {
		d.Near, d.Change = nil, ""
		k.note("accuse.apart")
		return k.proceed(atOnce)
	}
	if c.Privacy.IsAnonymous() && d.withoutCards() > 0 {
		k.note("contact.left")
	}
	follows := d.Follows
	d.Follows = "" // it is no new case
	e, r := hotline.Event{Kind: hotline.EvRemarked}, hotline.Say("added.remark", "case", c.ID)
	switch {
	case c.Status == hotline.Asking:
		e, r = hotline.Event{Kind: hotline.EvTold}, hotline.Say("added.answer", "case", c.ID)
	case c.Status == hotline.Closed, c.Status == hotline.Ended && d.Unsolved:
		e.Kind, e.Due = hotline.EvReopened, hotline.ResolveDue(k.reg, c.Category, c.Kind, k.now)
		r = hotline.Say("reopen.done", "case", c.ID, "due", e.Due)
	}
	err = k.happen(c, e, d.story())
	if errors.Is(err, hotline.ErrRefused) { // it ended in between
		d.Near, d.Change, d.Follows = nil, "", follows
		k.note("case.over")
		return k.proceed(atOnce)
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
	case waitHuman:
		return k.hearHuman(ctx)
	case waitAdd:
		return k.addAsked(ctx, typed)
	case waitMore, waitDone:
		return k.addMore(ctx, typed)
	case waitTold:
		return k.addTold(ctx, typed)
	case waitWord:
		return k.word(ctx, typed)
	case waitReopen:
		return true, k.reopenWith(ctx, s.About, k.content())
	case waitWithdraw:
		about := s.About
		switch {
		case k.msg.Kind == hotline.MsgText && among(yeses, typed) && k.sentBefore(s.Until.Add(-quizWithin)):
			return true, k.withdraw(ctx, about)
		case k.msg.Kind == hotline.MsgText && among(yeses, typed):
			return true, k.withdrawNow(ctx, about)
		case k.msg.Kind == hotline.MsgText && among(noes, typed):
			s.rest()
			k.say(hotline.Say("cancel.done").With(pickCase(about)))
			return true, nil
		}
		s.rest()
	}
	return false, nil
}

// addMore takes a bubble that follows an addition within minutes. What plainly is about something else is not one; where that is not plain, the person
// is asked.
func (k *talk) addMore(ctx context.Context, typed string) (bool, error) {
	s := &k.st.Citizen
	rd := k.read(k.msg.Text)
	if k.msg.Kind == hotline.MsgText && (slices.Contains(thanks, typed) || thanking(typed)) {
		s.rest()
		return false, nil
	}
	c, err := k.ownCase(ctx, s.About)
	if err != nil {
		s.rest()
		return false, nilOr(err)
	}
	switch like := (lastCase{Category: c.Category, Area: c.Area}); {
	case k.accuses(c):
		return true, k.accusation()
	case k.isNew(rd, like):
		s.rest()
		return false, nil
	case otherMatter(rd, like) && c.Category != "":
		k.newDraft().Near = []hotline.CaseID{c.ID}
		return true, k.onward()
	}
	return true, k.addToCase(ctx, c)
}

// addAsked takes what was asked for with the button. What plainly tells of something else may have been meant otherwise: then the person is asked.
func (k *talk) addAsked(ctx context.Context, _ string) (bool, error) {
	s := &k.st.Citizen
	c, err := k.ownCase(ctx, s.About)
	if err == nil && s.Draft == nil && c.Category != "" && k.isNew(k.read(k.msg.Text), lastCase{Category: c.Category, Area: c.Area}) && !k.accuses(c) {
		return k.whichOf(true, c.ID)
	}
	if nilOr(err) != nil {
		return false, err
	}
	return true, k.addTo(ctx, s.About)
}

// addTold takes what follows after a human was asked for. In the first minutes the story itself may still be coming; after that a plainly new matter is one.
func (k *talk) addTold(ctx context.Context, typed string) (bool, error) {
	s := &k.st.Citizen
	c, err := k.ownCase(ctx, s.About)
	if err != nil {
		s.rest()
		return false, nilOr(err)
	}
	early := k.now.Before(s.Until.Add(moreWithin - quizWithin))
	if c.Category == "" && early {
		return true, k.addTo(ctx, c.ID)
	}
	if c.Category == "" {
		rd := k.read(k.msg.Text)
		if k.isNew(rd, lastCase{Area: c.Area}) {
			s.rest()
			return false, nil
		}
		return true, k.addTo(ctx, c.ID)
	}
	return k.addMore(ctx, typed)
}

// answered takes what is said as the answer to a question an officer asked: with one case asking there is nothing to guess.
func (k *talk) answered(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	if len(s.Sent) == 0 && !k.joined() {
		return false, nil // nothing was ever filed from here
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return false, err
	}
	var asking []hotline.Case
	for _, c := range cases {
		if k.asks(c) {
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
	return true, k.onward()
}

// bareNumber answers digits that answer no question: a rating where one is due, or was just given otherwise, and else a word that it is no choice.
func (k *talk) bareNumber(ctx context.Context, typed string) error {
	if len(k.st.Citizen.Sent) > 0 && isRating(typed) {
		cases, err := k.ownCases(ctx)
		if err != nil {
			return err
		}
		var unrated, rated []hotline.Case
		for _, c := range cases {
			switch {
			case k.sentBefore(c.EndedAt): // written before there was anything to rate
			case c.Status == hotline.Ended && c.Rating == 0 && c.Outcome == hotline.EvResolved:
				unrated = append(unrated, c)
			case c.Status == hotline.Closed && c.Rating != 0 && k.now.Sub(c.Changed) <= addWithin:
				rated = append(rated, c)
			}
		}
		if len(unrated) == 0 {
			unrated = rated
		}
		if len(unrated) == 1 {
			c, err := k.ownCase(ctx, unrated[0].ID)
			if err != nil {
				return err
			}
			return k.rate(c, int(typed[0]-'0'))
		}
	}
	k.later(hotline.Say("unread.number").With(menuRow()...))
	return nil
}

// mayReopen tells whether the time to reopen has not run out.
func (k *talk) mayReopen(c hotline.Case) bool {
	return !c.EndedAt.IsZero() && !k.now.After(k.reopenUntil(c))
}

func (k *talk) reopenUntil(c hotline.Case) time.Time {
	return k.reg.Calendar("").Add(c.EndedAt, k.reg.Limits.ReopenWithin)
}
