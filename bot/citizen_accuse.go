package bot

import (
	"slices"

	"tanggap/hotline"
)

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

// accusedElse gives the category of people in office that the words belong to, where the person has chosen an ordinary matter with a button: such a report
// would be read by those it accuses.
func (k *talk) accusedElse(d *draft, rd hotline.Reading) string {
	cat, ok := k.reg.Category(d.Category)
	if !ok || cat.Oversight || cat.Rudeness || !rd.Accuses {
		return ""
	}
	i := slices.IndexFunc(rd.Categories, func(g hotline.Guess) bool { return k.accusing(g.Category) })
	if i < 0 {
		return ""
	}
	return rd.Categories[i].Category
}

// openAccuse: they were not warned yet.
func openAccuse(d *draft, s sense) bool { return s.accuses != "" && !d.Dared }

func askAccuse(k *talk, d *draft, s sense) hotline.Reply {
	r := hotline.Say("accuse.bare")
	if about := k.reg.Accused(s.reading, s.accuses); about != "" {
		r = hotline.Say("accuse.named", "agency", hotline.AgencyArg(about))
	}
	yes, key := "accuse.oversight", "button.accuse.oversight"
	if cat, _ := k.reg.Category(s.accuses); cat.Rudeness {
		yes, key = "accuse.head", "button.accuse.head"
	}
	return r.And(yes).With(hotline.Pick(d.answer("accuse", "yes"), key)).With(hotline.Pick(d.answer("accuse", "no"), "button.accuse.no"))
}

func pickAccuse(_ *talk, d *draft, s sense, v string) bool {
	switch {
	case v == "no":
		d.Dared = true
	case v == "yes" && s.accuses != "":
		d.Category, d.Unknown = s.accuses, false
	default:
		return false
	}
	return true
}
