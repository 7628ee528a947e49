package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tanggap/hotline"
)

// citizen answers whoever writes. It has an answer for everything: what is not understood is asked about, what cannot be read is said so, and what
// was told is kept until it stands in a case or is thrown away by the person.
func (k *talk) citizen(ctx context.Context) error {
	s := &k.st.Citizen
	k.slow = s.Pace.count(k.now)
	s.before, s.Heard = s.Heard, k.now
	if d := k.st.Citizen.Draft; d != nil {
		d.seen(k.now)
	}
	if done, err := k.siaga(ctx); done || err != nil {
		return err
	}
	if k.shelve() {
		return nil
	}
	switch k.msg.Kind {
	case hotline.MsgChoice:
		return k.choose(ctx)
	case hotline.MsgEdit:
		return k.changed(ctx)
	case hotline.MsgContact:
		return k.contact(ctx)
	case hotline.MsgText, hotline.MsgMedia, hotline.MsgPin:
		if k.nothingSaid() {
			return k.unreadable("unread.empty")
		}
		return k.hear(ctx)
	case hotline.MsgSticker:
		return k.unreadable("unread.sticker")
	case hotline.MsgPoll:
		return k.unreadable("unread.poll")
	case hotline.MsgGarbled:
		return k.garbled()
	}
	return k.unreadable("unread.other")
}

func (k *talk) nothingSaid() bool {
	return strings.TrimSpace(k.msg.Text) == "" && k.msg.Media == nil && k.msg.Pin == nil
}

// lang is the language this person reads.
func (k *talk) lang() hotline.Lang { return k.conv.Person.Language }

// meet takes the network's guess of the language at first contact.
func (k *talk) meet() {
	if !k.conv.New {
		return
	}
	l := k.msg.Language
	if !slices.Contains(k.reg.Languages, l) {
		l = k.reg.Languages[0]
	}
	if l != k.conv.Person.Language {
		k.SetLanguage(k.me(), l)
		k.conv.Person.Language = l
	}
}

// hear takes in words, media or a pin. The order of what it tries is the order of what matters: danger, then what the person points at, then what
// was asked, then what is under way, and last something new.
func (k *talk) hear(ctx context.Context) error {
	s := &k.st.Citizen
	typed := plain(k.msg.Text)
	bare := k.msg.Kind == hotline.MsgText // words and nothing else
	if bare {
		if l, ok := tongues[leaner(typed)]; ok {
			return k.speak(l)
		}
		if k.msg.ReplyTo == "" && s.waiting(k.now) != waitHuman && inquires(typed) {
			if k.spokenOf(s.waiting(k.now)) != 0 {
				return k.checkOne(ctx, k.spokenOf(s.waiting(k.now)))
			}
			return k.check(ctx)
		}
		if w, ok := wanted(typed); ok {
			return k.want(ctx, w)
		}
		if withdraws(typed) && s.waiting(k.now) != waitHuman {
			if s.Draft != nil && !s.Draft.empty() {
				return k.drop()
			}
			return k.want(ctx, wantWithdraw)
		}
	}
	if k.tooBig() {
		if typed == "" && k.msg.Text == "" {
			return k.unreadable("unread.big")
		}
		k.msg.Kind, k.msg.Media = hotline.MsgText, nil
		k.note("unread.big")
	}
	if done, err := k.danger(ctx); done || err != nil {
		return err
	}
	if done, err := k.pointed(ctx); done || err != nil {
		return err
	}
	if done, err := k.booked(ctx); done || err != nil {
		return err
	}
	if done, err := k.restricting(ctx); done || err != nil {
		return err
	}
	if done, err := k.notSolved(ctx); done || err != nil {
		return err
	}
	if done, err := k.asked(ctx, typed); done || err != nil {
		return err
	}
	if done, err := k.corrected(ctx); done || err != nil {
		return err
	}
	if done, err := k.awaited(ctx, typed); done || err != nil {
		return err
	}
	if done, err := k.quizzed(ctx); done || err != nil {
		return err
	}
	rd := k.read(k.msg.Text)
	polite := slices.Contains(thanks, typed) || thanking(typed) || among(yeses, typed)
	hello := bare && rd.Greeting && !rd.Tells && !polite
	if s.Draft != nil {
		if done, err := k.typedAnswer(ctx, typed); done || err != nil {
			return err
		}
		if hello || bare && (polite || rd.Nothing) { // says nothing that belongs in the story
			k.later(k.standing())
			return nil
		}
		return k.onward()
	}
	if hello {
		k.later(k.greetedAgain())
		return nil
	}
	if done, err := k.answered(ctx); done || err != nil {
		return err
	}
	if bare {
		if done, err := k.courtesy(ctx, typed, rd); done || err != nil {
			return err
		}
	}
	if bare && rd.Nothing {
		k.later(hotline.Say("greet.tell").With(menuRow()...))
		return nil
	}
	return k.beginDraft(ctx, rd)
}

// beginDraft makes a draft of what was said. Soon after filing it may as well belong to that case; where it does not look like a new matter, the
// person is asked.
func (k *talk) beginDraft(ctx context.Context, rd hotline.Reading) error {
	d := k.newDraft()
	if last := k.st.Citizen.Last; k.lately() && !k.isNew(rd, last) {
		c, err := k.ownCase(ctx, last.Case)
		if nilOr(err) != nil {
			return err
		}
		switch {
		case err == nil && k.accuses(c):
			k.note("accuse.apart")
		case err == nil && !c.Status.Over():
			d.Near = []hotline.CaseID{last.Case}
		}
	}
	return k.onward()
}

// onward adds what was said to the draft and says where it stands.
func (k *talk) onward() error {
	d := k.st.Citizen.Draft
	if second, ok := k.second(d); ok {
		k.addMessage(second)
		d.Second = k.third(second)
		return k.proceed(gathered)
	}
	if k.besides(d) {
		return k.other()
	}
	quick := d.Shown.IsZero() || k.now.Before(d.Shown)
	if k.lookedFor(d, "sight") {
		d.Sight = sightIn(k.msg.Text) // asked once, whatever they say to it
	}
	retold, placed, confirmed := k.lookedFor(d, "matter"), (k.lookedFor(d, "place") || k.lookedFor(d, "which")) && k.msg.Text != "", k.lookedFor(d, "send")
	switch {
	case d.Change == changeStory && k.msg.Text != "":
		d.Bubbles = slices.DeleteFunc(d.Bubbles, func(b bubble) bool { return b.Media == 0 && b.Point == nil })
		d.PlaceFrom, d.MatterIn = 0, 0
	case d.Change == "matter":
		d.MatterIn = len(d.Bubbles)
	}
	d.Change = ""
	if len(d.Near) == 1 && d.Near[0] == k.st.Citizen.Last.Case && k.isNew(k.read(k.msg.Text), k.st.Citizen.Last) {
		d.Near = nil
	}
	if k.msg.Kind == hotline.MsgText {
		k.split(d)
	}
	stale := !d.Touched.IsZero() && k.now.Sub(d.Touched) > staleAfter
	if k.addMessage(d) && confirmed {
		d.note("draft.added") // it goes along; else nobody would know
	}
	if quick {
		k.apartBubbles(d)
	}
	k.correctPlace(d)
	if placed {
		k.missed(d)
	}
	if retold {
		if s := k.sense(d); s.category == "" && len(s.guesses) == 0 {
			d.Unknown = true // asked once is enough; a human will find out
		}
	}
	if stale {
		d.note("draft.old")
	}
	return k.proceed(gathered)
}

// addMessage adds the message to the draft as far as there is room, and says what is left out. It tells whether anything was added.
func (k *talk) addMessage(d *draft) bool {
	if k.msg.Media != nil && d.media() >= maxMedia {
		d.note("draft.media")
		k.msg.Media = nil
	}
	b := k.bubble()
	switch {
	case d.size()+len(b.Text) > maxStory:
		d.note("draft.full")
		b.Text = ""
	case k.cut():
		d.note("draft.cut")
	}
	if d.Touched = k.now; b.Text == "" && b.Media == 0 && b.Point == nil {
		return false
	}
	d.add(b, k.now)
	return true
}

// cut tells whether a message was longer than is read: its channel kept the beginning, to within a letter.
func (k *talk) cut() bool { return len(k.msg.Text) > hotline.MaxText-utf8.UTFMax }

// missed counts an answer to "where?" that named no place. The second time the person can choose from lists; after that the report goes on without, and
// whoever reads it finds out.
func (k *talk) missed(d *draft) {
	s := k.sense(d)
	if s.area != "" || len(s.which) > 0 && d.Asked != "which" || d.Nowhere || s.kind == hotline.Inquiry {
		return
	}
	d.Tries++
	most := 2
	if len(s.near) > 0 {
		most = 3 // they were asked apart whether one of these was meant
	}
	if d.Tries < most {
		return
	}
	if d.Area = d.In; d.Area == "" && len(s.which) > 0 {
		d.Area = k.around(s.which)
	}
	if d.Area == "" {
		d.Nowhere = true
		d.note("place.later")
	}
	d.List, d.In, d.Page = false, "", 0
}

// lookedFor tells whether the question was put to the person and is what the draft waits for.
func (k *talk) lookedFor(d *draft, key string) bool {
	if d.Shown.IsZero() || k.now.Before(d.Shown) {
		return false
	}
	q, open := next(d, k.sense(d))
	return open && q.key == key && d.Asked == key
}

// bubble makes a bubble of the message.
func (k *talk) bubble() bubble {
	b := bubble{Ref: k.msg.Ref, Text: clean(k.msg.Text), Point: k.msg.Pin, Forwarded: k.msg.Forwarded, Card: k.msg.Contact != nil}
	if m := k.msg.Media; m != nil {
		b.Media, b.Kind = k.Attach(*m), m.Kind
	}
	return b
}

// content makes content of the message.
func (k *talk) content() hotline.Content {
	b := k.bubble()
	d := draft{Bubbles: []bubble{b}}
	c := d.story()
	c.Author = k.me()
	return c
}

// clean takes out what no database or screen wants, broken letters and zero bytes, and masks every NIK: nobody asked for it.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.ContainsRune(s, 0) {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return hotline.HideNIKs(strings.TrimSpace(s))
}

// tooBig tells of a medium that will not be fetched. Its caption counts all the same.
func (k *talk) tooBig() bool {
	return k.msg.Media != nil && k.msg.Media.Size > hotline.MaxMedia
}

// unreadable answers what says nothing: with a word about it, and what was being asked.
func (k *talk) unreadable(key string) error {
	k.note(key)
	if k.st.Citizen.Draft != nil {
		k.later(k.standing())
		return nil
	}
	if k.bookListens() {
		k.later(hotline.Say("book.unread"))
		return nil
	}
	k.later(hotline.Say("greet.tell").With(menuRow()...))
	return nil
}

// garbled asks for a message once more that did not arrive whole. Nothing else is asked: it may have been the answer.
func (k *talk) garbled() error {
	k.note("unread.garbled")
	if k.st.Citizen.Draft != nil {
		k.later(k.standing())
		return nil
	}
	k.later(hotline.Reply{})
	return nil
}

// contact keeps the person's own number; somebody else's is part of what is told.
func (k *talk) contact(ctx context.Context) error {
	c := k.msg.Contact
	if c == nil || c.Phone == "" {
		return k.unreadable("unread.other")
	}
	phone := e164(c.Phone)
	switch own := c.Own || phone != "" && phone == k.conv.Person.Phone; {
	case own && phone == "":
		return k.unreadable("unread.other")
	case own && c.Own:
		return k.ownPhone(ctx, phone)
	case own:
		k.SetPhone(k.me(), phone)
		k.say(hotline.Say("contact.kept"))
		return nil
	}
	if left, err := k.cardLeft(ctx); left || err != nil {
		return err
	}
	k.msg.Kind, k.msg.Text = hotline.MsgText, strings.TrimSpace(c.Name+" "+c.Phone)
	if done, err := k.awaited(ctx, ""); done || err != nil {
		return err
	}
	if k.st.Citizen.Draft != nil {
		return k.onward()
	}
	k.later(hotline.Say("contact.other").With(menuRow()...))
	return nil
}

// cardLeft answers a card that would go to a case without a name: it may be the person's own number, which the network does not always say.
func (k *talk) cardLeft(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	if s.waiting(k.now) == waitNothing || s.About == 0 {
		return false, nil
	}
	c, err := k.ownCase(ctx, s.About)
	if err != nil || !c.Privacy.IsAnonymous() {
		return false, nilOr(err)
	}
	k.say(hotline.Say("contact.left"))
	return true, nil
}

// e164 writes a telephone number in full: "0812-345" of Indonesia becomes "+62812345". Empty where it is no number.
func e164(s string) string {
	var d strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			d.WriteRune(r)
		}
	}
	n := d.String()
	switch {
	case len(n) < 7 || len(n) > 15:
		return ""
	case strings.HasPrefix(strings.TrimSpace(s), "+"):
	case strings.HasPrefix(n, "62"):
	case strings.HasPrefix(n, "0"):
		n = "62" + n[1:]
	}
	return "+" + n
}

// changed takes in that an earlier message was changed: in the draft it replaces what was said, in a case it is told to whoever works it.
func (k *talk) changed(ctx context.Context) error {
	s := &k.st.Citizen
	if d := s.Draft; d != nil {
		if k.changedAside() {
			d.note("draft.changed")
			return k.proceed(gathered)
		}
		for i := range d.Bubbles {
			if d.Bubbles[i].Ref == k.msg.Ref && k.msg.Ref != "" {
				if done, err := k.danger(ctx); done || err != nil {
					return err
				}
				if k.lookedFor(d, "send") {
					d.note("draft.changed")
				}
				if k.tookFromAside(); d.Split { // its second complaint is told anew too
					k.split(d)
				}
				d.Bubbles[i].Text, d.Touched = clean(k.msg.Text), k.now
				return k.proceed(gathered)
			}
		}
	}
	if strings.TrimSpace(k.msg.Text) == "" {
		return k.unreadable("unread.empty")
	}
	if done, err := k.danger(ctx); done || err != nil {
		return err
	}
	if to, ok := s.caseOfRef(k.msg.Ref); ok {
		return k.recordEdit(ctx, to)
	}
	k.later(hotline.Say("edit.lost").With(menuRow()...))
	return nil
}

func (k *talk) recordEdit(ctx context.Context, to hotline.CaseID) error {
	c, err := k.ownCase(ctx, to)
	if errors.Is(err, hotline.ErrNotFound) {
		k.later(hotline.Say("edit.lost").With(menuRow()...))
		return nil
	}
	if err != nil {
		return err
	}
	if k.accuses(c) {
		return k.accusation()
	}
	err = k.happen(c, hotline.Event{Kind: hotline.EvEdited}, hotline.Content{Text: clean(k.msg.Text)})
	if errors.Is(err, hotline.ErrRefused) {
		return k.afterEnd(c)
	}
	if err != nil {
		return err
	}
	k.laterAbout(c.ID, hotline.Say("edit.kept", "case", c.ID))
	return nil
}

// beforeIt is how much earlier than a question a message must have been sent to be no answer to it: clocks differ.
const beforeIt = 30 * time.Second

// sentBefore tells whether the message was sent before something was asked: it comes out of a backlog, and answers nothing that was asked since.
func (k *talk) sentBefore(asked time.Time) bool {
	return !k.msg.At.IsZero() && k.msg.At.Add(beforeIt).Before(asked)
}

// plain is what was typed, for comparing with words we know as a whole message: lower case, single blanks, no marks around it.
func plain(s string) string {
	if len(s) > 80 {
		return ""
	}
	s = strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(s, ",", " ")), " "))
	return strings.TrimFunc(s, func(r rune) bool {
		return strings.ContainsRune(".,!?…-–_*\"'()[]:;👍🙏😊 ", r) || r == utf8.RuneError
	})
}
