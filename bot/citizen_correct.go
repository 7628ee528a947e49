package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// This file hears people correct themselves: "eh salah, bukan Bugel tapi Sukosono". Before the yes the place is changed. After it the correction goes to the
// case, never silently into a new report: while nobody has begun, the case is put right and goes where it belongs (citizen_reroute.go); after that it is told
// to whoever works it, who can hand the case over.

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

// corrected gives a correction to the case it is about: the one being spoken of, or the one that was filed within the hour.
func (k *talk) corrected(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	if s.Draft != nil {
		return false, nil
	}
	if _, ok := correcting(k.msg.Text); !ok {
		return false, nil
	}
	about := s.Last.Case
	switch s.waiting(k.now) {
	case waitMore, waitDone, waitAdd:
		about = s.About
	case waitNothing:
		if k.now.Sub(s.Last.At) > correctWithin {
			return false, nil
		}
	default:
		return false, nil
	}
	if about == 0 {
		return false, nil
	}
	c, err := k.ownCase(ctx, about)
	if errors.Is(err, hotline.ErrNotFound) || err == nil && (c.Status.Over() || c.Status == hotline.Asking) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, k.addToCase(ctx, c)
}

// correction gives what a text puts right about a case, as far as it is plain: another category, another place. ok tells whether it corrects at all.
func (k *talk) correction(c hotline.Case, text string) (f hotline.Facts, ok bool) {
	now, ok := correcting(text)
	if !ok {
		return f, false
	}
	area, which, _ := settle(k.bot.Reader.ByName("di " + now))
	if area == "" && len(which) > 0 {
		area = k.around(which) // "Tahunan", be it the village or the kecamatan
	}
	if kec, known := k.reg.Kecamatan(c.Area); area != c.Area && !(known && area == kec.Code) { // the kecamatan alone would say less than is known
		f.Area = area
	}
	rd := k.read(now)
	if !understood(rd) || rd.Top() == c.Category || k.accusing(rd.Top()) {
		return f, true
	}
	best := rd.Categories[0].Score
	if best < fairScore || slices.ContainsFunc(rd.Categories, func(g hotline.Guess) bool { return g.Category == c.Category && g.Score*alsoPart >= best }) {
		return f, true // it may just as well say more about the same matter
	}
	f.Category = rd.Top()
	return f, true
}

// correct takes a correction of a case: it is put right, or those who work it hear of it.
func (k *talk) correct(ctx context.Context, c hotline.Case, f hotline.Facts) error {
	s := &k.st.Citizen
	r := hotline.Say("added.noted", "case", c.ID)
	var err error
	switch {
	case begun(c):
		err = k.happen(c, hotline.Event{Kind: hotline.EvRemarked, Facts: f}, k.content())
		r = hotline.Say("added.correction", "case", c.ID)
	case f.Area == "" && f.Category == "":
		if err = k.happen(c, hotline.Event{Kind: hotline.EvRemarked}, k.content()); err == nil {
			r, err = k.answerAnew(c, r)
		}
	default:
		r, err = k.putRight(ctx, c, f, k.content())
	}
	if err != nil {
		return err
	}
	s.keepRef(k.msg.Ref, c.ID)
	s.await(waitMore, c.ID, k.now.Add(moreWithin))
	k.laterAbout(c.ID, r)
	return nil
}

// answerAnew takes what a correction says as the answer to those extra questions that it plainly answers, also to one that was answered otherwise: "maksud
// saya jalan provinsi". The question that waits is asked again.
func (k *talk) answerAnew(c hotline.Case, r hotline.Reply) (hotline.Reply, error) {
	done, err := k.already(c, k.msg.Text, nil)
	if err != nil {
		return r, err
	}
	if z := k.st.Citizen.Quiz; z != nil && z.Case == c.ID {
		z.Done = append(z.Done, done...)
	}
	return k.quizAgain(c, r), nil
}
