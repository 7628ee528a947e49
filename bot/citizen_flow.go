package bot

import (
	"context"
	"slices"

	"tanggap/hotline"
)

// This file is the way from what somebody said to a case: a list of questions. The next one is the first that is still open; where none is, the
// draft is filed. A question that is added or goes away does not disturb drafts under way, since whether one is open is worked out each time.

// A question of a draft.
type question struct {
	key  string                                                        // stands in buttons
	open func(d *draft, s sense) bool                                  // still to be asked
	ask  func(k *talk, d *draft, s sense) hotline.Reply                // how it is asked
	pick func(k *talk, d *draft, s sense, v string) bool               // takes a button's answer; false: that is none
	read func(k *talk, d *draft, s sense, typed string) (string, bool) // the button that typed words stand for
}

// questions are all questions of a draft, in the order they are asked. The last is the yes.
var questions []question

func init() { // a function, since some of them come back to the list
	questions = []question{
		{"danger", openDanger, askDanger, pickDanger, readYesNo},
		{"near", openNear, askNear, pickNear, readNear},
		{"other", openOther, askOther, pickOther, readYesNo},
		{"change", openChange, askChange, pickChange, readChange},
		{"story", openStory, askStory, pickStory, readStory},
		{"matter", openMatter, askMatter, pickMatter, readMatter},
		{"accuse", openAccuse, askAccuse, pickAccuse, readYesNo},
		{"which", openWhich, askWhich, pickWhich, readPlace},
		{"place", openPlace, askPlace, pickPlace, readPlace},
		{"sight", openSight, askSight, pickSight, readSight},
		{"send", openSend, askSend, pickSend, readSend},
	}
}

// changeStory is draft.Change while a new story is awaited.
const changeStory = "story"

// next gives the first open question; false when everything is known.
func next(d *draft, s sense) (question, bool) {
	i := slices.IndexFunc(questions, func(q question) bool { return q.open(d, s) })
	if i < 0 {
		return question{}, false
	}
	return questions[i], true
}

func questionOf(key string) (question, bool) {
	i := slices.IndexFunc(questions, func(q question) bool { return q.key == key })
	if i < 0 {
		return question{}, false
	}
	return questions[i], true
}

// How a draft's next question is said.
const (
	gathered = true  // after quiet
	atOnce   = false // the answer to a button or command
)

// newDraft begins a draft.
func (k *talk) newDraft() *draft {
	s := &k.st.Citizen
	s.Count++
	s.Draft = &draft{N: s.Count, Touched: k.now}
	s.rest()
	s.Quiz = nil
	return s.Draft
}

// proceed asks what is still open, or files.
func (k *talk) proceed(gather bool) error {
	d := k.st.Citizen.Draft
	if k.blocked() && !d.passes() {
		k.turnAway()
		return nil
	}
	s := k.sense(d)
	q, open := next(d, s)
	if !open {
		return k.file(d, s)
	}
	if q.key == "send" {
		d.Was = nil // what was to be changed is
	}
	r := noted(d, q.ask(k, d, s))
	d.Asked = q.key
	if gather {
		d.Shown = k.now.Add(k.bot.Gather + k.slow)
		k.later(r)
		return nil
	}
	d.Shown = k.now
	k.say(r)
	return nil
}

// standing gives the open question of the draft once more.
func (k *talk) standing() hotline.Reply {
	d := k.st.Citizen.Draft
	s := k.sense(d)
	if q, open := next(d, s); open {
		return noted(d, q.ask(k, d, s))
	}
	return noted(d, askSend(k, d, s))
}

// standingOr gives the open question of the draft once more, or something else where there is no draft.
func (k *talk) standingOr(r hotline.Reply) hotline.Reply {
	if k.st.Citizen.Draft == nil {
		return r
	}
	return k.standing()
}

// noted puts what must be said first before a question.
func noted(d *draft, r hotline.Reply) hotline.Reply {
	lines := make([]hotline.Line, 0, len(d.Notes)+len(r.Lines))
	for _, key := range d.Notes {
		lines = append(lines, hotline.Phrase(key))
	}
	r.Lines = append(lines, r.Lines...)
	return r
}

// typedAnswer takes words typed instead of a button pressed. Only what was certainly shown can be answered: of bubbles that come together, none
// answers what the others will be asked.
func (k *talk) typedAnswer(ctx context.Context, typed string) (bool, error) {
	d := k.st.Citizen.Draft
	if k.msg.Kind != hotline.MsgText || typed == "" || d.Shown.IsZero() || k.now.Before(d.Shown) || k.sentBefore(d.Shown) {
		return false, nil
	}
	s := k.sense(d)
	q, open := next(d, s)
	if !open {
		return false, nil
	}
	if v, ok := q.read(k, d, s, typed); ok {
		return true, k.pickAnswer(ctx, q, v)
	}
	if isNumber(typed) && len(typed) <= 2 {
		k.note("unread.number")
		k.say(k.standing())
		return true, nil
	}
	return false, nil
}

// pickAnswer takes the answer to a question of the draft and goes on.
func (k *talk) pickAnswer(ctx context.Context, q question, v string) error {
	d := k.st.Citizen.Draft
	d.Touched = k.now
	k.st.Citizen.rest()
	if !q.pick(k, d, k.sense(d), v) {
		k.note("button.old")
	}
	switch {
	case q.key == "other" && k.st.Citizen.Draft != nil:
		return k.proceed(atOnce)
	case k.st.Citizen.Draft == nil || d.N != k.st.Citizen.Draft.N: // it was settled another way
		return nil
	case q.key == "danger" && v == "yes" && d.Danger != "":
		return k.fileUrgent(ctx, d.Danger)
	case len(d.Near) == 1 && d.Change == "near":
		return k.giveAway(ctx, d)
	}
	return k.proceed(atOnce)
}

// pickedDraft answers a draft's button. An old one is answered with what became of it.
func (k *talk) pickedDraft(ctx context.Context, p pressed) error {
	s := &k.st.Citizen
	if s.Draft != nil && s.Draft.N == p.draft {
		if p.verb == "drop" {
			return k.drop()
		}
		q, ok := questionOf(p.verb)
		if !ok {
			k.note("button.old")
			return k.proceed(atOnce)
		}
		return k.pickAnswer(ctx, q, p.arg(0))
	}
	if done, err := k.pickedAside(p); done || err != nil {
		return err
	}
	if c, ok := s.sentAs(p.draft); ok {
		k.tell(c, hotline.Say("file.already", "case", c).With(pickCase(c), pickAdd(c)))
		return nil
	}
	k.note("button.old")
	if s.Draft != nil {
		return k.proceed(atOnce)
	}
	k.say(k.menu())
	return nil
}

// drop throws the draft away.
func (k *talk) drop() error {
	split := k.st.Citizen.Draft.Split
	k.st.Citizen.Draft = nil
	if k.say(hotline.Say("draft.dropped").With(menuRow()...)); split {
		k.offerAside()
	}
	return nil
}
