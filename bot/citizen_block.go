package bot

import (
	"context"
	"slices"
	"time"

	"tanggap/hotline"
)

// This file is whoever may file no ordinary report for a time. The conversation goes on as ever, danger first, and every way to a new report that is none of
// danger ends here: instead of a question comes the answer why, until when and where to object, at most once a day. What they wrote is kept. Their
// cases, commands and rights are not touched, and what is asked in a state of alert is danger too.

// A Blocker keeps people from filing for a time, and ends that.
type Blocker interface {
	// KeepBlocked keeps what a blocked person wrote that becomes no report.
	KeepBlocked(b hotline.Block, by hotline.PersonID, said hotline.Content)
	// BlockReporter blocks the reporter of a case, and tells them. The errors are those of hotline.Block.Check, hotline.ErrBlockNobody, ErrBlockTwice (with the
	// block that holds), ErrBlockStaff, ErrNotFound, ErrForbidden.
	BlockReporter(context.Context, hotline.Viewer, hotline.CaseID, hotline.Block) (hotline.Block, error)
	// LiftBlock ends a block before its time, and tells the person. hotline.ErrBlockOver, ErrNotFound, ErrForbidden.
	LiftBlock(context.Context, hotline.Viewer, hotline.BlockID, hotline.LiftReason) (hotline.Block, error)
	// BlockOn gives the block of a case's reporter that holds, as far as the viewer may know of it. hotline.ErrNotFound.
	BlockOn(context.Context, hotline.Viewer, hotline.CaseID) (hotline.Block, error)
}

// barred is what is remembered of somebody who is blocked.
type barred struct {
	Block hotline.BlockID `json:"b,omitempty"`
	Told  time.Time       `json:"t,omitzero"`
	Said  []bubble        `json:"s,omitempty"` // what was refused in the last minutes: a word of danger may follow it
	At    time.Time       `json:"i,omitzero"`
}

// mostBarred is how much of that is remembered.
const mostBarred = 10

// blocked tells whether the person may file no ordinary report now.
func (k *talk) blocked() bool {
	b := k.conv.Block
	return b != nil && b.Bars(k.conv.Viewer, k.now)
}

// passes tells of a draft that goes on although its writer is blocked: whether it is of danger is still asked, or whether it belongs to a case that is there.
func (d *draft) passes() bool { return openDanger(d, sense{}) || len(d.Near) > 0 }

// shelve takes away reports that were begun and not sent before the block, and says so. It is true where the message was an answer to one of them.
func (k *talk) shelve() bool {
	s := &k.st.Citizen
	if !k.blocked() {
		s.Barred = barred{}
		return false
	}
	if (s.Draft == nil || s.Draft.passes()) && len(s.Aside) == 0 {
		return false
	}
	p, ok := parsePressed(k.msg.Choice)
	theirs := func(d *draft) bool { return d != nil && !d.passes() && d.N == p.draft }
	pressed := k.msg.Kind == hotline.MsgChoice && ok && (theirs(s.Draft) || slices.ContainsFunc(s.Aside, theirs))
	typed := plain(k.msg.Text)
	answer := k.msg.Kind == hotline.MsgText && slices.ContainsFunc([][]string{yeses, noes, sends, secrets, anonymouses, opens}, func(l []string) bool { return among(l, typed) })
	answer = answer && (s.Draft == nil || !s.Draft.passes())
	k.putBy()
	k.tellBlocked()
	return pressed || answer
}

// blockedDraft keeps a draft from being given to a human instead of filed; one that may be of danger is given.
func (k *talk) blockedDraft() bool {
	d := k.st.Citizen.Draft
	if !k.blocked() || d == nil || openDanger(d, sense{}) {
		return false
	}
	d.Near = nil
	k.turnAway()
	return true
}

// turnAway takes the report that was begun away, keeps what it says, and says why.
func (k *talk) turnAway() {
	k.putBy()
	k.tellBlocked()
}

// putBy keeps the words of drafts that become no report, and forgets the drafts.
func (k *talk) putBy() {
	s := &k.st.Citizen
	for _, d := range s.Aside {
		k.keepBarred(d.Bubbles)
	}
	s.Aside = nil
	if s.Draft != nil && !s.Draft.passes() {
		k.keepBarred(s.Draft.Bubbles)
		s.Draft = nil
	}
}

// keepBarred keeps what was said, each message once.
func (k *talk) keepBarred(said []bubble) {
	s := &k.st.Citizen.Barred
	if k.now.Sub(s.At) > moreWithin {
		s.Said = nil
	}
	for _, b := range said {
		if b.Ref != "" && slices.ContainsFunc(s.Said, func(o bubble) bool { return o.Ref == b.Ref && o.Text == b.Text }) {
			continue
		}
		d := draft{Bubbles: []bubble{b}}
		k.KeepBlocked(*k.conv.Block, k.me(), d.story())
		s.Said, s.At = append(s.Said, b), k.now
	}
	s.Said = s.Said[max(0, len(s.Said)-mostBarred):]
}

// recall begins a draft of danger with what was refused just before it, as it would stand there of anybody: it may say where.
func (k *talk) recall() {
	s := &k.st.Citizen
	if !k.blocked() || k.now.Sub(s.Barred.At) > moreWithin {
		return
	}
	for _, b := range s.Barred.Said {
		s.Draft.add(b, k.now)
	}
}

// tellBlocked says why nothing is filed, once a day.
func (k *talk) tellBlocked() {
	k.notes = nil // they speak of a report that there is not
	s := &k.st.Citizen.Barred
	b := *k.conv.Block
	if s.Block == b.ID && k.now.Sub(s.Told) < hotline.BlockAgain {
		return
	}
	o := hotline.Out{Lane: hotline.LaneReply, Reply: k.reg.BlockAnswer(b, k.lang()), Slot: k.slot()}
	s.Block, s.Told = b.ID, k.now
	if wait := k.bot.Gather + k.slow; wait > 0 { // the next bubble may be of danger
		s.Told = k.now.Add(wait)
		o.Due = s.Told
	}
	k.out(o)
}

// keepBlockAnswer lets nothing but danger take the place of that answer while it waits: it is not said again for a day.
func (k *talk) keepBlockAnswer() {
	if s := &k.st.Citizen.Barred; k.now.Before(s.Told) {
		k.seal()
	}
}

// unsayBlockAnswer takes the answer back while it waits: whoever is in danger must not read that nothing is taken from them. It is said another time.
func (k *talk) unsayBlockAnswer() {
	if s := &k.st.Citizen.Barred; k.now.Before(s.Told) {
		s.Told = time.Time{}
	}
}

// inviting are the phrases that ask for a new report.
var inviting = []string{"greet.hello", "greet.tell", "contact.other", "edit.lost", "again.tell"}

// invites tells of an answer that would ask somebody who is blocked for a new report: they hear that instead.
func (k *talk) invites(r hotline.Reply) bool {
	if !k.blocked() || !slices.ContainsFunc(r.Lines, func(l hotline.Line) bool { return slices.Contains(inviting, l.Key) }) {
		return false
	}
	if k.msg.Kind == hotline.MsgText || k.msg.Kind == hotline.MsgEdit {
		k.keepBarred([]bubble{k.bubble()})
	}
	k.tellBlocked()
	return true
}

// blockedFrom answers somebody who is blocked and wants a human: about a case of theirs that goes on one reads them, and else there is none here.
func (k *talk) blockedFrom(ctx context.Context) (bool, error) {
	if !k.blocked() {
		return false, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil || slices.ContainsFunc(cases, func(c hotline.Case) bool { return c.Status.Live() }) {
		return false, err
	}
	k.turnAway()
	return true, nil
}
