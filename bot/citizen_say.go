package bot

import (
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
	r.Lines = append(k.notes[:len(k.notes):len(k.notes)], r.Lines...)
	k.notes = nil
	return r
}

// slot names the waiting answer.
func (k *talk) slot() string { return "gather:" + strconv.Itoa(k.st.Citizen.Slot) }

// seal lets nothing take the place of what was just said.
func (k *talk) seal() { k.st.Citizen.Slot++ }

// later says something when the person has been quiet for a while.
func (k *talk) later(r hotline.Reply) {
	o := hotline.Out{Lane: hotline.LaneReply, Reply: k.noted(r), Slot: k.slot()}
	if wait := k.bot.Gather + k.slow; wait > 0 {
		o.Due = k.now.Add(wait)
	}
	k.out(o)
}

// say answers at once. In a flood it waits like everything else, and so makes way for the next answer.
func (k *talk) say(r hotline.Reply) {
	if k.slow > 0 {
		k.later(r)
		return
	}
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: k.noted(r), Slot: k.slot()})
	k.seal()
}

// tell says something that must arrive, and is not slowed: it follows from something done, which nobody does by the hundred.
func (k *talk) tell(c hotline.CaseID, r hotline.Reply) {
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: k.noted(r), Case: c, Slot: k.slot()})
	k.seal()
}

// alarm says what comes before everything else.
func (k *talk) alarm(c hotline.CaseID, r hotline.Reply) {
	k.out(hotline.Out{Lane: hotline.LaneEmergency, Reply: k.noted(r), Case: c, Slot: k.slot()})
	k.seal()
}

// laterAbout is later, about a case: a reply to the message finds it.
func (k *talk) laterAbout(c hotline.CaseID, r hotline.Reply) {
	o := hotline.Out{Lane: hotline.LaneReply, Reply: k.noted(r), Case: c, Slot: k.slot()}
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
