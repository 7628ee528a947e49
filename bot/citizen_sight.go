package bot

import (
	"slices"
	"strings"

	"tanggap/hotline"
	"tanggap/phrase"
)

// What somebody forwards may be news of last year or of another town. So they are asked, once and just before the yes, whether they saw it themselves.
// Whatever they answer, the report goes its way: the answer stands below the story, where the officer reads it.

// What draft.Sight says of what was forwarded.
const (
	sightSeen   = "seen"
	sightPassed = "passed"
	sightUnsaid = "unsaid" // asked, and something else was said
)

// The ways to say so in words; the longer ones count anywhere in a sentence.
var (
	sightSeens = list("lihat sendiri, melihat sendiri, liat sendiri, lihat langsung, mirsani piyambak, ningali piyambak, weruh dewe, saw it myself, seen it myself, i saw it, saya yang lihat, saya lihat, saya sendiri, sendiri, piyambak, dewe, myself")
	sightNots  = list("tidak lihat, tidak melihat, gak lihat, ga lihat, nggak lihat, tidak tahu sendiri, belum lihat, mboten mirsani, mboten ningali, ora weruh, did not see, didn't see")
	sightPass  = list("meneruskan kabar, nerusaken kabar, meneruskan, nerusaken, dari grup, saking grup, dapat dari, kabar terusan, terusan, kata orang, katanya, kata tetangga, passing it on, passing on, forwarded, from a group, kabar, grup")
	sightSkips = slices.Concat(sends, skips, unknowns)
)

// openSight: something was forwarded, and they have not been asked.
func openSight(d *draft, _ sense) bool { return d.Sight == "" && d.forwarded() }

func askSight(_ *talk, d *draft, _ sense) hotline.Reply {
	return hotline.Say("sight.ask").With(hotline.Pick(d.answer("sight", sightSeen), "button.sight.seen"),
		hotline.Pick(d.answer("sight", sightPassed), "button.sight.passed"))
}

func pickSight(_ *talk, d *draft, _ sense, v string) bool {
	if v != sightSeen && v != sightPassed && v != sightUnsaid {
		return false
	}
	d.Sight = v
	return true
}

func readSight(_ *talk, _ *draft, _ sense, typed string) (string, bool) {
	switch {
	case among(sightSeens, typed):
		return sightSeen, true
	case among(sightPass, typed), among(noes, typed):
		return sightPassed, true
	case among(sightSkips, typed):
		return sightUnsaid, true
	}
	return "", false
}

// sightIn reads the answer out of a sentence that says more.
func sightIn(text string) string {
	said := " " + bare(text) + " "
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, " ") && strings.Contains(said, " "+w+" ") })
	}
	switch {
	case has(sightNots), has(sightPass):
		return sightPassed
	case has(sightSeens):
		return sightSeen
	}
	return sightUnsaid
}

// forwarded tells whether something in the draft was forwarded.
func (d *draft) forwarded() bool {
	return slices.ContainsFunc(d.Bubbles, func(b bubble) bool { return b.Forwarded })
}

var sights = phrase.Catalogue()

// sighted is the line below the story that says what they answered. It is written down like the story itself, in the language that all officers read.
func (d *draft) sighted() string {
	switch {
	case !d.forwarded():
	case d.Sight == sightSeen:
		return sights["sight.seen"].In(hotline.Indonesian)
	case d.Sight == sightPassed:
		return sights["sight.passed"].In(hotline.Indonesian)
	}
	return ""
}
