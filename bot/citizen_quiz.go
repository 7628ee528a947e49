package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// A quiz is a category's extra questions being asked about a case, one at a time. Each may be skipped, and leaving it does no harm.
type quiz struct {
	Case     hotline.CaseID `json:"c"`
	Category string         `json:"k"`
	Question string         `json:"q"` // the one that waits for an answer
	At       time.Time      `json:"t"`
	Done     []string       `json:"d,omitempty"` // those that were answered before they were asked
}

// quizAfter adds the first extra question that what was told does not answer to what is said after filing.
func (k *talk) quizAfter(c hotline.Case, told string, r hotline.Reply) (hotline.Reply, error) {
	k.st.Citizen.Quiz = nil
	cat, ok := k.reg.Category(c.Category)
	if !ok || len(cat.Questions) == 0 || c.Kind != hotline.Complaint {
		return r.With(pickAdd(c.ID), pickCase(c.ID)), nil
	}
	done, err := k.already(c, told, nil)
	if err != nil {
		return r, err
	}
	q, ok := openFrom(cat, 0, done)
	if !ok {
		return r.With(pickAdd(c.ID), pickCase(c.ID)), nil
	}
	r = k.ask(c.ID, cat, q, r)
	k.st.Citizen.Quiz.Done = done
	return r, nil
}

// openFrom gives the first of a category's extra questions, from the i-th on, that has not been answered.
func openFrom(cat hotline.Category, i int, done []string) (hotline.Question, bool) {
	for _, q := range cat.Questions[min(i, len(cat.Questions)):] {
		if !slices.Contains(done, q.ID) {
			return q, true
		}
	}
	return hotline.Question{}, false
}

// ask adds an extra question to what is said, and remembers it.
func (k *talk) ask(c hotline.CaseID, cat hotline.Category, q hotline.Question, r hotline.Reply) hotline.Reply {
	z := &quiz{Case: c, Category: cat.ID, Question: q.ID, At: k.now}
	if was := k.st.Citizen.Quiz; was != nil && was.Case == c && was.Category == cat.ID {
		z.Done = was.Done
	}
	k.st.Citizen.Quiz = z
	r = r.And("quiz.ask", "question", q.Ask.In(k.lang()))
	var row []hotline.Choice
	for _, o := range q.Options {
		option := hotline.OptionArg(strings.Join([]string{cat.ID, q.ID, o.ID}, "/"))
		row = append(row, hotline.Pick(value("quiz", id(c), q.ID, o.ID), "button.option", "option", option))
		if len(row) == 2 {
			r, row = r.With(row...), nil
		}
	}
	return r.With(append(row, hotline.Pick(value("skip", id(c), q.ID), "button.skip"))...)
}

// quizzed takes words, a voice note or a photo as the answer to the extra question that was asked.
func (k *talk) quizzed(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	z := s.Quiz
	if z == nil {
		return false, nil
	}
	if k.now.Sub(z.At) > quizWithin || s.Draft != nil {
		s.Quiz = nil
		return false, nil
	}
	typed := plain(k.msg.Text)
	cat, q, ok := k.quizQuestion(z.Category, z.Question)
	if !ok {
		s.Quiz = nil
		return false, nil
	}
	if k.msg.Kind == hotline.MsgText && k.sentBefore(z.At) && smallAnswer(typed) { // nobody answers what was not asked yet
		k.laterAbout(z.Case, k.ask(z.Case, cat, q, hotline.Reply{}))
		return true, nil
	}
	switch {
	case k.msg.Kind == hotline.MsgText && among(skips, typed):
		return true, k.quizOn(z.Case, cat, q, "quiz.skipped")
	case k.msg.Kind == hotline.MsgText && (slices.Contains(thanks, typed) || k.read(k.msg.Text).Greeting):
		return false, nil
	case k.isNew(k.read(k.msg.Text), s.Last):
		s.Quiz = nil // plainly another matter, or another place
		return false, nil
	case k.msg.Pin != nil, k.msg.Media != nil && k.msg.Media.Kind != hotline.Voice:
		return true, k.addTo(ctx, z.Case) // no answer, but about the case; the question stays
	}
	c, err := k.ownCase(ctx, z.Case)
	if err != nil || !c.Status.Live() { // it ended, or is gone: what is said now is about something else
		s.Quiz = nil
		return false, nilOr(err)
	}
	if k.accuses(c) {
		return true, k.accusation()
	}
	if rd := k.read(k.msg.Text); otherMatter(rd, lastCase{Category: c.Category}) && len(strings.Fields(typed)) >= 4 {
		return k.whichOf(true, c.ID)
	}
	if k.msg.Kind == hotline.MsgText && k.sentBefore(z.At) { // it is more of the story
		return true, k.addToCase(ctx, c)
	}
	for _, o := range q.Options {
		if sameOption(o, typed) {
			return true, k.quizPressed(ctx, pressed{verb: "quiz", args: []string{id(z.Case), q.ID, o.ID}})
		}
	}
	if k.msg.Kind == hotline.MsgText && asksBack(k.msg.Text) { // a question answers nothing
		return true, k.show(ctx, c)
	}
	if len(q.Options) > 0 && isNumber(typed) && len(typed) <= 2 {
		k.note("unread.number")
		k.laterAbout(c.ID, k.ask(c.ID, cat, q, hotline.Reply{}))
		return true, nil
	}
	return true, k.quizTold(ctx, c, cat, q)
}

// smallAnswer tells of a word or a number that means nothing but the answer to something.
func smallAnswer(typed string) bool {
	return among(yeses, typed) || among(noes, typed) || among(sends, typed) || among(skips, typed) || isNumber(typed)
}

// quizzing tells whether an extra question about the case waits for an answer.
func (k *talk) quizzing(c hotline.Case) bool {
	z := k.st.Citizen.Quiz
	return z != nil && z.Case == c.ID && c.Status.Live() && c.Status != hotline.Asking && k.now.Sub(z.At) <= quizWithin
}

func sameOption(o hotline.Option, typed string) bool {
	for _, text := range o.Text {
		if plain(text) == typed && typed != "" {
			return true
		}
	}
	return false
}

// quizTold records an answer in the person's own words. Where an officer has asked something since, it is the answer to that.
func (k *talk) quizTold(ctx context.Context, c hotline.Case, cat hotline.Category, q hotline.Question) error {
	s := &k.st.Citizen
	if c.Status == hotline.Asking {
		s.Quiz = nil
		return k.addToCase(ctx, c)
	}
	if err := k.happen(c, hotline.Event{Kind: hotline.EvDetailed, Facts: hotline.Facts{Word: q.ID}}, k.content()); err != nil {
		return err
	}
	s.keepRef(k.msg.Ref, c.ID)
	if err := k.quizLearns(c, q.ID); err != nil { // one sentence may answer the next one too
		return err
	}
	return k.quizOn(c.ID, cat, q, "quiz.noted")
}

// quizLearns takes what was said as the answer to those extra questions under way that it plainly answers; the one that is being answered apart.
func (k *talk) quizLearns(c hotline.Case, but ...string) error {
	z := k.st.Citizen.Quiz
	if z == nil || z.Case != c.ID || z.Category != c.Category || c.Status == hotline.Asking {
		return nil
	}
	heard := len(k.news)
	done, err := k.already(c, k.msg.Text, slices.Concat(but, z.Done))
	if err != nil {
		return err
	}
	k.news = k.news[:heard] // those who work the case read the words themselves
	z.Done = done
	return nil
}

// quizPressed takes a button of an extra question, also an old one: it is still worth knowing. "skip" leaves the question unanswered.
func (k *talk) quizPressed(ctx context.Context, p pressed) error {
	c, err := k.ownCase(ctx, p.caseID())
	if errors.Is(err, hotline.ErrNotFound) {
		return k.oldButton()
	}
	if err != nil {
		return err
	}
	cat, q, ok := k.quizQuestion(c.Category, p.arg(1))
	switch {
	case !ok:
		return k.oldButton()
	case p.verb == "skip":
		return k.quizOn(c.ID, cat, q, "quiz.skipped")
	case !slices.ContainsFunc(q.Options, func(o hotline.Option) bool { return o.ID == p.arg(2) }):
		return k.oldButton()
	}
	err = k.happen(c, hotline.Event{Kind: hotline.EvDetailed, Facts: hotline.Facts{Word: q.ID + "/" + p.arg(2)}}, hotline.Content{})
	if errors.Is(err, hotline.ErrRefused) {
		return k.afterEnd(c)
	}
	if err != nil {
		return err
	}
	return k.quizOn(c.ID, cat, q, "quiz.noted")
}

// quizOn asks the question after q, or says that this was all. Answering an old button does not begin the questions anew.
func (k *talk) quizOn(c hotline.CaseID, cat hotline.Category, q hotline.Question, how string) error {
	s := &k.st.Citizen
	if s.Quiz == nil || s.Quiz.Case != c || s.Quiz.Question != q.ID {
		k.tell(c, hotline.Say(how))
		return nil
	}
	at := slices.IndexFunc(cat.Questions, func(o hotline.Question) bool { return o.ID == q.ID })
	if next, ok := openFrom(cat, at+1, s.Quiz.Done); ok {
		k.tell(c, k.ask(c, cat, next, hotline.Say(how)))
		return nil
	}
	s.Quiz = nil
	s.await(waitDone, c, k.now.Add(moreWithin))
	k.tell(c, hotline.Say(how).And("quiz.done", "case", c).With(pickAdd(c), pickCase(c)))
	return nil
}

func (k *talk) quizQuestion(category, question string) (hotline.Category, hotline.Question, bool) {
	cat, ok := k.reg.Category(category)
	if !ok {
		return cat, hotline.Question{}, false
	}
	for _, q := range cat.Questions {
		if q.ID == question {
			return cat, q, true
		}
	}
	return cat, hotline.Question{}, false
}
