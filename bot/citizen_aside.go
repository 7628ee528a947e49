package bot

import (
	"slices"

	"tanggap/hotline"
)

// This file keeps two matters apart that are told in one breath. The report that was not sent yet is put aside while the other is dealt with, and offered
// once after that.

// mostAside is how many unsent reports are kept aside.
const mostAside = 3

// putAside keeps a draft for later. Where there are too many, the oldest is given up, and that is to be said: gone.
func (s *citizenState) putAside(d *draft) (gone bool) {
	if d.empty() {
		return false
	}
	s.Aside = append(s.Aside, d)
	gone = len(s.Aside) > mostAside
	s.Aside = s.Aside[max(0, len(s.Aside)-mostAside):]
	s.gone = s.gone || gone
	return gone
}

// offerAside offers the draft that was put aside last.
func (k *talk) offerAside() {
	s := &k.st.Citizen
	if len(s.Aside) == 0 || s.Draft != nil {
		return
	}
	if k.blocked() {
		k.putBy()
		return
	}
	d := s.Aside[len(s.Aside)-1]
	r := hotline.Say("aside.bare")
	if sn := k.sense(d); sn.category != "" && !sn.privacy.IsSecret() {
		r = hotline.Say("aside.matter", "category", hotline.CategoryArg(sn.category))
	}
	if s.gone {
		r = r.And("aside.gone")
	}
	k.tell(0, r.With(hotline.Pick(d.answer("resume", "1"), "button.go"), hotline.Pick(d.answer("drop", "1"), "button.drop")))
}

// pickedAside answers a button of a draft that was put aside; false where it is none.
func (k *talk) pickedAside(p pressed) (bool, error) {
	s := &k.st.Citizen
	i := slices.IndexFunc(s.Aside, func(d *draft) bool { return d.N == p.draft })
	if i < 0 {
		return false, nil
	}
	d := s.Aside[i]
	s.Aside = slices.Delete(s.Aside, i, i+1)
	if p.verb == "drop" {
		k.say(hotline.Say("draft.dropped").With(menuRow()...))
		return true, nil
	}
	if s.Draft != nil && s.putAside(s.Draft) {
		d.note("aside.gone")
	}
	s.rest()
	s.Quiz, s.Draft = nil, d
	return true, k.proceed(atOnce)
}

// apartFrom puts the draft aside before an emergency of another matter that was told from bubble DangerAt on, so that rubbish is not the first line of a fire.
// What was said of the place holds for both.
func (k *talk) apartFrom(category string) {
	s := &k.st.Citizen
	d := s.Draft
	n := d.from(d.DangerAt)
	if n == 0 {
		return
	}
	before := *d
	before.Bubbles = slices.Clone(d.Bubbles[:n])
	before.Danger, before.Safe, before.DangerAt = "", false, 0
	sn := k.sense(&before)
	if sn.category == "" || sn.category == category {
		return
	}
	rest := d.Bubbles[n:]
	s.putAside(&before)
	s.Count++
	s.Draft = &draft{N: s.Count, Touched: k.now, Bubbles: slices.Clone(rest), Danger: d.Danger}
	if !k.namesPlace() {
		s.Draft.Area = sn.area
	}
}

// besides tells whether a message plainly tells of another matter than the draft. Between two matters of which one is secret or about people in office nothing
// is merged unasked; between others, where the draft was shown and another place is named.
func (k *talk) besides(d *draft) bool {
	if d.empty() || d.Change != "" || d.Other || len(d.Near) > 0 || k.msg.Kind == hotline.MsgEdit {
		return false
	}
	if _, ok := correcting(k.msg.Text); ok {
		return false
	}
	sn, rd := k.sense(d), k.read(k.msg.Text)
	if sn.category == "" || !rd.Tells || rd.Top() == "" || rd.Top() == sn.category {
		return false
	}
	was, _ := k.reg.Category(sn.category)
	is, _ := k.reg.Category(rd.Top())
	last := lastCase{Category: sn.category, Area: sn.area}
	switch {
	case rd.Accuses && !was.Oversight && !was.Rudeness:
		return is.Oversight || is.Rudeness
	case was.Secret || was.Oversight || is.Secret || is.Oversight:
		return otherMatter(rd, last)
	}
	shown := !d.Shown.IsZero() && !k.now.Before(d.Shown)
	return shown && k.namesPlace() && sn.area != "" && k.apart(rd.Places[0].Area.Code, sn.area) && otherMatter(rd, last)
}

// other puts the draft aside and asks whether what was said now is another report.
func (k *talk) other() error {
	s := &k.st.Citizen
	gone := s.putAside(s.Draft)
	d := k.newDraft()
	if d.Other = true; gone {
		d.note("aside.gone")
	}
	return k.onward()
}

func openOther(d *draft, _ sense) bool { return d.Other }

func askOther(_ *talk, d *draft, _ sense) hotline.Reply {
	return hotline.Say("other.ask").
		With(hotline.Pick(d.answer("other", "yes"), "button.other.yes"), hotline.Pick(d.answer("other", "no"), "button.other.no"))
}

func pickOther(k *talk, d *draft, _ sense, v string) bool {
	s := &k.st.Citizen
	d.Other = false
	if v != "no" || len(s.Aside) == 0 {
		return v == "yes"
	}
	first := s.Aside[len(s.Aside)-1]
	s.Aside = s.Aside[:len(s.Aside)-1]
	if was := k.sense(first); first.Category == "" {
		first.Category = was.category // it stays what it was
	}
	for _, b := range d.Bubbles {
		first.add(b, k.now)
	}
	s.Draft = first
	return true
}
