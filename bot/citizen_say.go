package bot

import (
	"slices"
	"strconv"

	"tanggap/hotline"
)

// This file is how the citizen's side speaks. There are three ways:
//
//   - later: gathered. The answer waits for quiet; the next bubble's answer takes its place.
//   - say: at once. It takes the place of an answer that still waits, for it was made from everything known so far.
//   - tell: at once, about a case, and never replaced: what it says must reach the person.
//
// All three use one slot of the outbox, whose name changes each time something is said at once: so a later answer can take the place of one that
// still gathers, never of one already on its way.

// note puts a line before whatever is said next in this turn.
func (k *talk) note(key string) { k.notes = append(k.notes, hotline.Phrase(key)) }

// noted gives the reply with the notes before it.
func (k *talk) noted(r hotline.Reply) hotline.Reply {
	k.keepBlockAnswer()
	r.Lines = append(k.notes[:len(k.notes):len(k.notes)], r.Lines...)
	k.notes = nil
	k.st.Citizen.Keys = k.st.Citizen.Keys || r.Ask == hotline.AskPlace
	return r
}

// keysAway takes the offer to send a location away with something that has no buttons of its own, or with a report's number, which may well stand in a
// message of its own: a network may have room for one of the two only.
func (k *talk) keysAway(r hotline.Reply) (hotline.Reply, bool) {
	if !k.st.Citizen.Keys || r.Ask != hotline.AskNothing || len(r.Choices) > 0 && (len(r.Lines) == 0 || r.Lines[0].Key != "file.done") {
		return r, false
	}
	r.Ask = hotline.AskDone
	return r, true
}

// slot names the waiting answer.
func (k *talk) slot() string { return "gather:" + strconv.Itoa(k.st.Citizen.Slot) }

// seal lets nothing take the place of what was just said.
func (k *talk) seal() { k.st.Citizen.Slot++ }

// later says something when the person has been quiet for a while.
func (k *talk) later(r hotline.Reply) {
	if k.invites(r) {
		return
	}
	o := hotline.Out{Lane: hotline.LaneReply, Reply: k.offered(k.noted(r)), Slot: k.slot()}
	if wait := k.bot.Gather + k.slow; wait > 0 {
		o.Due = k.now.Add(wait)
	}
	k.out(o)
}

// offered adds, once, a button in Javanese or English to what is said in Indonesian to somebody who writes that: most telephones there are set to Indonesian,
// and some networks say nothing of the language. It asks nothing, since one question stands there already.
func (k *talk) offered(r hotline.Reply) hotline.Reply {
	s := &k.st.Citizen
	if !s.Offered.IsZero() && !k.now.Before(s.Offered) || k.lang() != hotline.Indonesian || !slices.Contains(k.reg.Languages, hotline.Javanese) {
		return r
	}
	said := k.msg.Text
	if s.Draft != nil && !s.Draft.empty() {
		said = s.Draft.text(0)
	}
	rd := k.read(said)
	if !rd.LanguageSure || rd.Language != hotline.Javanese && (rd.Language != hotline.English || !slices.Contains(k.reg.Languages, hotline.English)) {
		return r
	}
	s.Offered = k.now.Add(k.bot.Gather + k.slow) // until then the next bubble's answer takes the place of this one
	if rd.Language == hotline.English {
		return r.With(hotline.Pick(value("lang", string(hotline.English)), "button.english"))
	}
	return r.With(hotline.Pick(value("lang", string(hotline.Javanese)), "button.javanese"))
}

// say answers at once. In a flood it waits like everything else, and so makes way for the next answer.
func (k *talk) say(r hotline.Reply) {
	if k.slow > 0 {
		k.later(r)
		return
	}
	if k.invites(r) {
		return
	}
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: k.noted(r), Slot: k.slot()})
	k.seal()
}

// tell says something that must arrive, and is not slowed: it follows from something done, which nobody does by the hundred.
func (k *talk) tell(c hotline.CaseID, r hotline.Reply) {
	r, away := k.keysAway(k.noted(r))
	k.st.Citizen.Keys = k.st.Citizen.Keys && !away
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: r, Case: c, Slot: k.slot()})
	k.seal()
}

// alarm says what comes before everything else.
func (k *talk) alarm(c hotline.CaseID, r hotline.Reply) {
	k.unsayBlockAnswer()
	k.out(hotline.Out{Lane: hotline.LaneEmergency, Reply: k.noted(r), Case: c, Slot: k.slot()})
	k.seal()
}

// laterAbout is later, about a case: a reply to the message finds it.
func (k *talk) laterAbout(c hotline.CaseID, r hotline.Reply) {
	r, _ = k.keysAway(k.noted(r)) // it may be replaced: so the next one does it too
	o := hotline.Out{Lane: hotline.LaneReply, Reply: r, Case: c, Slot: k.slot()}
	if wait := k.bot.Gather + k.slow; wait > 0 {
		o.Due = k.now.Add(wait)
	}
	k.out(o)
}

// Rows of choices that come up again and again.

func pickMenu() hotline.Choice { return hotline.Pick("c:menu", "button.menu") }

func pickCase(c hotline.CaseID) hotline.Choice {
	return hotline.Pick(value("case", id(c)), "button.case", "case", c)
}

func id(c hotline.CaseID) string { return strconv.FormatInt(int64(c), 10) }
