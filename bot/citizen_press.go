package bot

import (
	"context"
	"errors"
	"strconv"

	"tanggap/hotline"
)

// choose answers a pressed button.
func (k *talk) choose(ctx context.Context) error {
	p, ok := parsePressed(k.msg.Choice)
	if !ok {
		return k.oldButton()
	}
	if p.draft != 0 {
		return k.pickedDraft(ctx, p)
	}
	s := &k.st.Citizen
	switch p.verb {
	case "menu":
		k.say(k.menu())
		return nil
	case "new":
		return k.want(ctx, wantReport)
	case "go":
		if s.Draft == nil {
			return k.want(ctx, wantReport)
		}
		s.rest()
		return k.proceed(atOnce)
	case "check":
		return k.check(ctx)
	case "human":
		return k.human(ctx)
	case "humannow":
		return k.humanNow(ctx)
	case "help":
		return k.want(ctx, wantHelp)
	case "lang":
		if p.arg(0) == "" {
			return k.want(ctx, wantLanguage)
		}
		return k.speak(hotline.Lang(p.arg(0)))
	case "quiz", "skip":
		return k.quizPressed(ctx, p)
	case "b", "bb":
		return k.bookPressed(ctx, p)
	case "sv":
		return k.surveyPressed(ctx, p)
	case "quit":
		s.rest()
		return k.leftOff()
	case "noword":
		s.rest()
		k.say(hotline.Say("rate.done"))
		return nil
	}
	return k.chooseCase(ctx, p)
}

// chooseCase answers a button about a case.
func (k *talk) chooseCase(ctx context.Context, p pressed) error {
	c, err := k.ownCase(ctx, p.caseID())
	if errors.Is(err, hotline.ErrNotFound) {
		return k.oldButton()
	}
	if err != nil {
		return err
	}
	s := &k.st.Citizen
	switch p.verb {
	case "case":
		return k.show(ctx, c)
	case "past":
		return k.showPast(ctx, c)
	case "add":
		if c.Status.Over() {
			return k.afterEnd(c)
		}
		s.await(waitAdd, c.ID, k.now.Add(addWithin))
		k.tell(c.ID, hotline.Say("add.ask", "case", c.ID).With(hotline.Pick(value("quit"), "button.no")))
		return nil
	case "rate":
		if n, err := strconv.Atoi(p.arg(1)); err == nil && n >= 1 && n <= 5 {
			return k.rate(c, n)
		}
	case "reopen":
		return k.reopen(c)
	case "reopened":
		return k.reopenWith(ctx, c.ID, hotline.Content{})
	case "hush":
		if more := hotline.Privacy(p.arg(1)); more == hotline.Secret || more == hotline.Anonymous {
			return k.restrict(ctx, c, more)
		}
	case "again":
		return k.again(ctx, c.ID)
	case "matter":
		return k.matterAgain(ctx, c, p.arg(1))
	case "cut":
		return k.withdraw(ctx, c.ID)
	case "cutyes":
		return k.withdrawNow(ctx, c.ID)
	}
	return k.oldButton()
}

// oldButton answers a button that means nothing any more.
func (k *talk) oldButton() error {
	k.note("button.old")
	if k.st.Citizen.Draft != nil {
		return k.proceed(atOnce)
	}
	k.say(k.menu())
	return nil
}
