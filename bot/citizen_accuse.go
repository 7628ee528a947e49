package bot

import "tanggap/hotline"

// This file keeps a complaint about people in office from being told to those very people. What a reporter adds to a case is read by whoever works
// it; so an accusation among it becomes a report of its own, which goes where such reports go.

// accuses tells whether the message complains of people in office and must not be added to the case.
func (k *talk) accuses(c hotline.Case) bool { return k.accusesIn(c, k.msg.Text) }

// accusesIn does so for a text. A case that is itself such a complaint takes more of it.
func (k *talk) accusesIn(c hotline.Case, text string) bool {
	rd := k.read(text)
	if !rd.Accuses {
		return false
	}
	cat, _ := k.reg.Category(c.Category)
	if !cat.Oversight && !cat.Rudeness {
		return true
	}
	about := k.reg.Accused(rd, c.Category)
	return about != "" && about != c.About
}

// accusation begins a draft of the message, or adds it to the one under way, and says why.
func (k *talk) accusation() error {
	s := &k.st.Citizen
	if s.Draft == nil {
		k.newDraft()
	}
	s.rest()
	s.Draft.Near = nil
	k.note("accuse.apart")
	return k.onward()
}
