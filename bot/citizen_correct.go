package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// This file hears people correct themselves: "eh salah, bukan Bugel tapi Sukosono". Before the yes the place is changed; after it the correction goes to the
// case as a remark, never silently into a new report.

// correctWithin is how long after filing a correction is one of what was filed last.
const correctWithin = time.Hour

// corrections begin a correction; notThis and butThis stand around it.
var (
	corrections  = list("eh salah, salah, maaf salah, sory salah, sorry salah, ralat, koreksi, keliru, maaf keliru, maksud saya, maksudku, maksudnya, maksute, maksudte, eh maksud saya, eh maksudnya, eh bukan, maaf bukan, salah tulis, salah ketik, salah tempat, salah desa, klentu, eh klentu, kleru, kliru, eh kliru, lepat, nyuwun sewu lepat, maksud kula, maksude, maksudipun, correction, sorry wrong, i mean, i meant, wrong place, wrong village")
	notThis      = list("bukan, sanes, dudu, not")
	noCorrection = list("satu, setunggal, sambung, paham, apa, bagaimana, kapan, siapa, mengapa, kenapa, napa, piye, pripun, what, how") // "salah satu tiang roboh"
	butThis      = list("tapi, tetapi, melainkan, namun, nanging, ning, but")
)

// correcting tells whether a text corrects what was said before, and gives what it puts in its place.
func correcting(text string) (now string, ok bool) {
	words := hotline.Words(text)
	for _, c := range corrections {
		start := hotline.Words(c)
		if len(words) > len(start) && slices.Equal(words[:len(start)], start) && !slices.Contains(noCorrection, words[len(start)]) {
			now, ok = strings.Join(words[len(start):], " "), true
		}
	}
	// "bukan Bugel tapi Sukosono"; a "tapi" far on is a story's
	not := slices.IndexFunc(words, func(w string) bool { return slices.Contains(notThis, w) })
	if not < 0 || not > 4 {
		return now, ok
	}
	but := slices.IndexFunc(words[not:], func(w string) bool { return slices.Contains(butThis, w) })
	if but < 2 || but > 5 || not+but+1 >= len(words) || !ok && not > 0 {
		return now, ok
	}
	return strings.Join(words[not+but+1:], " "), true
}

// correctPlace takes the place that a correction names for the draft's.
func (k *talk) correctPlace(d *draft) {
	now, ok := correcting(k.msg.Text)
	if !ok || len(d.Bubbles) < 2 {
		return
	}
	if area, which, near := settle(k.bot.Reader.ByName("di " + now)); area != "" {
		d.Area, d.Nowhere = area, false
	} else if len(which)+len(near) > 0 {
		d.Area, d.Nowhere, d.PlaceFrom = "", false, len(d.Bubbles)-1
	}
}

// corrected adds a correction to the case that was filed minutes ago.
func (k *talk) corrected(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	w := s.waiting(k.now)
	if s.Draft != nil || s.Last.Case == 0 || k.now.Sub(s.Last.At) > correctWithin || w != waitNothing && w != waitMore && w != waitDone {
		return false, nil
	}
	now, ok := correcting(k.msg.Text)
	if !ok {
		return false, nil
	}
	c, err := k.ownCase(ctx, s.Last.Case)
	if errors.Is(err, hotline.ErrNotFound) || err == nil && (c.Status.Over() || c.Status == hotline.Asking) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if k.accuses(c) {
		return true, k.accusation()
	}
	e, r := hotline.Event{Kind: hotline.EvRemarked}, hotline.Say("added.noted", "case", c.ID)
	switch taken := slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.On() && a.Officer != 0 }); {
	case taken:
		r = hotline.Say("added.correction", "case", c.ID)
	default: // nobody has begun: then the case is simply put right
		if area, _, _ := settle(k.bot.Reader.ByName("di " + now)); area != "" && area != c.Area {
			e = hotline.Event{Kind: hotline.EvPlaced, Facts: hotline.Facts{Area: area}}
			r = r.And("added.place", "case", c.ID, "area", hotline.AreaArg(area))
			s.Last.Area = area
		}
	}
	if err := k.happen(c, e, k.content()); err != nil {
		return false, err
	}
	s.keepRef(k.msg.Ref, c.ID)
	s.await(waitMore, c.ID, k.now.Add(moreWithin))
	k.laterAbout(c.ID, k.quizAgain(c, r))
	return true, nil
}
