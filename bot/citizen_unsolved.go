package bot

import (
	"context"
	"slices"

	"tanggap/hotline"
)

// This file hears "belum beres, masih bocor": that an outcome is none, with its reason in the same message. It opens the case again at once, within the days
// that there are for it. Where it may be about something else, the person is asked, and the words are kept.

var (
	// unsolvedWords begin such a message, whatever follows.
	unsolvedWords = phrasesOf(slices.Concat(unsolved, list("belum bener, belum benar, belom beres, belom selesai, belum slesai, blm tuntas, tidak beres, gak beres, nggak beres, ora beres, mboten beres, "+
		"dereng rampung, durung bener, dereng leres, dereng tuntas, durung tuntas, ternyata belum, tibake durung, jebul durung, jebule durung, jebulipun dereng, "+
		"masih sama saja, tasih sami mawon, not finished, not done, not resolved, isn't fixed, isnt fixed, isn't solved, isnt solved, not repaired"))...)
	// stillWords begin one only right after the outcome was told, and then the person is asked.
	stillWords = phrasesOf(list("masih, taksih, tasih, isih, belum, belom, dereng, durung, still, not")...)
	// softWords may stand before either.
	softWords = list("pak, bapak, bu, ibu, mas, mbak, kak, min, admin, maaf, mohon, ngapunten, pangapunten, nuwun, sewu, nyuwun, sorry, tapi, tetapi, ning, nanging, but, " +
		"lho, loh, lha, lah, kok, wah, waduh, ternyata, tibake, jebul, jebule, ini, itu, iki, niki, niku, kuwi, yang, sing, it, it's, is, its, the, laporan, " +
		"saya, kula, aku, masalah, masalahe, masalahnya, ya, nggih, inggih, tenyata, kenyataannya, nyatane, mboten, really")
)

// How plainly a text says that something is not solved.
type plainness int

const (
	notAtAll plainness = iota
	perhaps            // only as an answer to an outcome, and worth a question
	amidst             // the plain words stand a little way into the text
	plainly
)

// saysUnsolved tells how plainly a text says that something is not solved yet.
func saysUnsolved(text string) plainness {
	words := hotline.Words(text)
	start := 0
	for start < len(words) && unsolvedWords.at(words, start) == 0 && slices.Contains(softWords, words[start]) {
		start++
	}
	switch {
	case unsolvedWords.at(words, start) > 0:
		return plainly
	case stillWords.at(words, start) > 0:
		return perhaps
	}
	for i := range min(len(words), start+4) {
		if unsolvedWords.at(words, i) > 0 {
			return amidst
		}
	}
	return notAtAll
}

// notSolved takes words that say so as the reason to open the case again that they are about: one of theirs that has an outcome. Words that are asked for
// anyway, or that answer an officer's question, are left to whoever asked.
func (k *talk) notSolved(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	w := s.waiting(k.now)
	if s.Draft != nil || len(s.Sent) == 0 && !k.joined() || k.msg.Kind == hotline.MsgEdit ||
		!slices.Contains([]wait{waitNothing, waitMore, waitDone, waitAdd, waitWord}, w) {
		return false, nil
	}
	how := saysUnsolved(k.msg.Text)
	if how == notAtAll {
		return false, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil || slices.ContainsFunc(cases, k.asks) {
		return false, err
	}
	ended := slices.DeleteFunc(slices.Clone(cases), func(c hotline.Case) bool {
		return c.Status != hotline.Ended && c.Status != hotline.Closed || k.placedApart(c)
	})
	fresh := slices.DeleteFunc(slices.Clone(ended), func(c hotline.Case) bool {
		return !k.mayReopen(c) || c.EndedAt.Before(s.before) && !(w == waitWord && s.About == c.ID)
	})
	open := slices.DeleteFunc(slices.Clone(ended), func(c hotline.Case) bool { return !k.mayReopen(c) })
	spoken := k.spokenOf(w)
	live := slices.ContainsFunc(cases, func(c hotline.Case) bool { return c.ID == spoken && c.Status.Live() })
	switch {
	case live && len(fresh) == 0: // it is said of what they are just speaking of
		return false, nil
	case how == perhaps && (len(fresh) == 0 || w == waitWord):
		return false, nil
	case how == perhaps && len(fresh) == 1 && !k.otherThan(fresh[0]):
		return false, nil // it is added, and the button to open the case again stands below
	case len(fresh) > 0:
		open = fresh
	}
	switch {
	case len(open) == 1 && how == plainly, len(open) == 1 && how == amidst && !k.otherThan(open[0]):
		return true, k.reopenWith(ctx, open[0].ID, k.content())
	case len(open) > 0:
		d := k.newDraft()
		d.Near, d.Unsolved = ids(open[:min(len(open), mostChoice)]), true
		return true, k.onward()
	case len(ended) == 1 && how == plainly && !live: // too late; what they say is not lost
		c, err := k.ownCase(ctx, ended[0].ID)
		if err != nil {
			return false, err
		}
		return true, k.carry(c)
	}
	return false, nil
}

// placedApart tells whether the message plainly names another place than the case's.
func (k *talk) placedApart(c hotline.Case) bool {
	area, which, _ := settle(k.read(k.msg.Text).Places)
	return area != "" && c.Area != "" && k.distinct(area, c.Area) || len(which) > 0 && !slices.Contains(which, c.Area)
}

// otherThan tells whether the message may just as well tell of another matter than the case.
func (k *talk) otherThan(c hotline.Case) bool {
	return otherMatter(k.read(k.msg.Text), lastCase{Category: c.Category, Area: c.Area})
}
