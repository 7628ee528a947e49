package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// want does what was asked for as the whole message. What was under way stays, unless it was "batal".
func (k *talk) want(ctx context.Context, w command) error {
	s := &k.st.Citizen
	if s.Wait == waitHuman && w != wantHuman && w != wantHelp && w != wantLanguage && w != wantDrop {
		s.rest() // they want something else first
	}
	switch w {
	case wantStart:
		k.say(k.greeting())
		return nil
	case wantMenu:
		k.say(k.menu())
		return nil
	case wantHelp:
		k.say(hotline.Say("help.how").And("help.words").And("help.private").And("danger.else", "number", k.reg.Emergency).With(menuRow()...))
		return nil
	case wantBack:
		return k.back(ctx)
	case wantDrop:
		return k.cancel(ctx)
	case wantLanguage:
		k.say(k.languages())
		return nil
	case wantHuman:
		return k.human(ctx)
	case wantReport:
		s.rest()
		if s.Draft == nil {
			k.newDraft()
		}
		s.Draft.Near = nil // that is what was asked, where it was
		return k.proceed(atOnce)
	case wantCheck:
		return k.check(ctx)
	case wantWithdraw:
		return k.withdrawWhich(ctx)
	case wantReopen:
		return k.reopenWhich(ctx)
	}
	return nil
}

// greeting says who we are and what to do; to whoever has something under way, what that is.
func (k *talk) greeting() hotline.Reply {
	if k.st.Citizen.Draft != nil {
		return k.standing()
	}
	return hotline.Say("greet.hello", "regency", k.reg.Name).With(menuRow()...)
}

// helloWithin is how long after a greeting the next one is answered with a line.
const helloWithin = 10 * time.Minute

// greetedAgain is the greeting, and only a line of it where it was just said.
func (k *talk) greetedAgain() hotline.Reply {
	s := &k.st.Citizen
	if s.Draft != nil || s.Hello.IsZero() || k.now.Sub(s.Hello) > helloWithin || k.now.Sub(s.Hello) < k.bot.Gather+k.slow {
		s.Hello = k.now
		return k.greeting()
	}
	return hotline.Say("greet.tell")
}

// menu gives everything that can be done.
func (k *talk) menu() hotline.Reply {
	r := hotline.Say("menu.what")
	if d := k.st.Citizen.Draft; d != nil && !d.empty() {
		r = r.And("menu.draft").With(hotline.Pick(value("go"), "button.go"), hotline.Pick(d.answer("drop", "1"), "button.drop"))
	} else {
		r = r.With(hotline.Pick(value("new"), "button.report"), hotline.Pick(value("check"), "button.check"))
		if _, ok := k.booker(); ok {
			r = r.With(pickServices(), pickBookings())
		}
	}
	if k.st.Citizen.Draft != nil && !k.st.Citizen.Draft.empty() {
		r = r.With(hotline.Pick(value("check"), "button.check"), hotline.Pick(value("human"), "button.human"))
		return r.With(hotline.Pick(value("lang"), "button.language"), hotline.Pick(value("help"), "button.help"))
	}
	return r.With(hotline.Pick(value("human"), "button.human"), hotline.Pick(value("lang"), "button.language")).
		With(hotline.Pick(value("help"), "button.help"))
}

// menuRow is the short menu under small answers.
func menuRow() []hotline.Choice {
	return []hotline.Choice{hotline.Pick(value("new"), "button.report"), hotline.Pick(value("check"), "button.check"), pickMenu()}
}

func (k *talk) languages() hotline.Reply {
	r := hotline.Say("language.which")
	for _, l := range k.reg.Languages {
		r = r.With(hotline.Pick(value("lang", string(l)), "button.lang", "language", l))
	}
	return r
}

// speak changes the language.
func (k *talk) speak(l hotline.Lang) error {
	if !slices.Contains(k.reg.Languages, l) {
		k.say(k.languages())
		return nil
	}
	k.SetLanguage(k.me(), l)
	k.conv.Person.Language = l
	k.note("language.set")
	if k.st.Citizen.Draft != nil {
		return k.proceed(atOnce)
	}
	k.say(hotline.Say("greet.tell").With(menuRow()...))
	return nil
}

// back leaves what was being changed or asked, and shows what stands behind it.
func (k *talk) back(ctx context.Context) error {
	s := &k.st.Citizen
	if done, err := k.backBooking(ctx); done || err != nil {
		return err
	}
	s.rest()
	if s.Draft != nil {
		s.Draft.unchanged()
		return k.proceed(atOnce)
	}
	k.say(k.menu())
	return nil
}

// cancel stops what is under way. With nothing under way it asks what is meant.
func (k *talk) cancel(ctx context.Context) error {
	s := &k.st.Citizen
	if done, err := k.dropBooking(ctx); done || err != nil {
		return err
	}
	switch {
	case s.waiting(k.now) == waitHuman:
		s.rest()
		return k.leftOff()
	case s.Draft != nil && s.Draft.unchanged(): // only that: the report stays as it was
		k.note("change.left")
		return k.proceed(atOnce)
	case s.Draft != nil:
		return k.drop()
	case s.waiting(k.now) != waitNothing && s.Wait != waitMore && s.Wait != waitUrgent:
		s.rest()
		s.Quiz = nil
		k.say(hotline.Say("cancel.done").With(menuRow()...))
		return nil
	case s.Quiz != nil: // no more questions; the report itself is not meant, or they are shown how to withdraw it
		c := s.Quiz.Case
		s.rest()
		s.Quiz = nil
		k.tell(c, hotline.Say("quiz.left", "case", c).With(hotline.Pick(value("cut", id(c)), "button.cut"), pickCase(c)))
		return nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return err
	}
	r := hotline.Say("cancel.what")
	n := 0
	for _, c := range cases {
		if c.Status.Live() && n < mostChoice {
			r = r.With(hotline.Pick(value("cut", id(c.ID)), "button.cut.case", "case", c.ID))
			n++
		}
	}
	if n == 0 {
		r = hotline.Say("cancel.nothing")
	}
	k.say(r.With(pickMenu()))
	return nil
}

// leftOff says that what was begun is left off, and shows what stands behind it.
func (k *talk) leftOff() error {
	if d := k.st.Citizen.Draft; d != nil && !d.empty() {
		k.note("cancel.done")
		return k.proceed(atOnce)
	}
	k.say(hotline.Say("cancel.done").With(menuRow()...))
	return nil
}

// courtesy answers small words that tell nothing: thanks, a yes to nothing, a number that is no choice, a command that does not exist.
func (k *talk) courtesy(ctx context.Context, typed string, rd hotline.Reading) (bool, error) {
	switch {
	case slices.Contains(thanks, typed), among(yeses, typed), thanking(typed):
		k.later(hotline.Say("thanks.welcome").With(pickMenu()))
	case among(noes, typed):
		k.later(hotline.Say("greet.tell").With(menuRow()...))
	case isNumber(typed):
		return true, k.bareNumber(ctx, typed)
	case strings.HasPrefix(typed, "/"):
		k.say(hotline.Say("unread.command").With(menuRow()...))
	case isJoinCode(k.msg.Text), isEnrolCode(k.msg.Text), almostCode(k.msg.Text):
		k.say(hotline.Say("code.bare").With(pickMenu()))
	case rd.Number.Seq == 0 && k.looksLikeNumber(typed):
		k.say(hotline.Say("case.nonumber").With(menuRow()...))
	case !rd.Tells && len(rd.Categories) == 0 && len(rd.Places) == 0 && len(strings.Fields(typed)) <= 2 && !k.lately():
		k.later(hotline.Say("greet.tell").With(menuRow()...))
	default:
		return false, nil
	}
	return true, nil
}

// thanking tells of thanks with nothing but polite words after them: "terima kasih pak petugas".
func thanking(typed string) bool {
	return slices.ContainsFunc(thanks, func(t string) bool {
		rest, ok := strings.CutPrefix(typed, t+" ")
		return ok && !strings.HasSuffix(t, "sudah") && !slices.ContainsFunc(strings.Fields(rest), func(w string) bool {
			return !slices.Contains(politeWords, strings.Trim(w, ",.!"))
		})
	})
}

// lately tells whether the person filed something minutes ago: then even a word or two is about that.
func (k *talk) lately() bool {
	last := k.st.Citizen.Last
	return last.Case != 0 && k.now.Sub(last.At) <= nearWithin
}

// looksLikeNumber tells of something that was meant as a case number and is not one.
func (k *talk) looksLikeNumber(typed string) bool {
	rest, ok := strings.CutPrefix(typed, strings.ToLower(k.reg.Letters))
	return ok && len(rest) >= 6 && len(rest) <= 20 && strings.ContainsAny(rest, "0123456789") && !strings.Contains(rest, " ")
}
