package hotline

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// This file is what a Reader makes of the phrases it found: categories, danger, language, kind, agencies, and whether the text tells of anything.

// How much it takes to conclude something.
const (
	sureScore  = 60 // of a sure guess, at least …
	sureLead   = 15 // … and this much, in tenths, of the runner-up's
	mostGuess  = 8
	tellsWords = 3 // words that say something, beyond greetings, fillers and places, make a complaint without a known category
	pairWindow = 6 // how far apart the two words of a keyword may stand, in whatever order, to count in part
	tellsScore = 40

	bribeWeight = 20 // above any sum of keywords
	rudeWeight  = 12
	plainly     = 80 // points of a keyword that accuses by itself

	apartLetters = 5 // letters of each of the two words of a danger that may have another word between them: "perahu (nelayan) terbalik"
	apartWindow  = 3 // how far apart these may stand
)

type score struct{ best, rest int32 }

// score weighs the categories.
func (rd *Reader) score(s *scratch) []Guess {
	s.scores = make([]score, len(rd.regency.Categories))
	add := func(say saying, part uint8) {
		sc, points := &s.scores[say.ref], say.weight*int32(part)
		if points > sc.best {
			sc.best, points = points, sc.best
		}
		sc.rest += points
	}
	for i, m := range s.matches {
		if slices.ContainsFunc(s.matches[:i], func(o match) bool { return o.node == m.node }) {
			continue // said twice is said once
		}
		for _, say := range rd.says[m.node] {
			if say.kind == sayKeyword {
				add(say, m.part)
			}
		}
	}
	rd.scorePairs(s, add)
	rd.scorePeople(s, add)
	n := 0
	for _, sc := range s.scores {
		if sc.best > 0 {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	all := make([]Guess, 0, n)
	for i, sc := range s.scores {
		if sc.best > 0 {
			all = append(all, Guess{Category: rd.regency.Categories[i].ID, Score: int(sc.best + min(sc.rest/2, sc.best))})
		}
	}
	slices.SortStableFunc(all, func(a, b Guess) int {
		if c := cmp.Compare(b.Score, a.Score); c != 0 {
			return c
		}
		ca, _ := rd.regency.Category(a.Category)
		cb, _ := rd.regency.Category(b.Category)
		return cmp.Compare(ca.Priority, cb.Priority)
	})
	top := &all[0]
	top.Sure = top.Score >= sureScore && (len(all) == 1 || top.Score*10 >= all[1].Score*sureLead)
	return all[:min(len(all), mostGuess)]
}

// scorePeople: abuse of office and rudeness of people in office are what the text is about, whatever the money was for.
func (rd *Reader) scorePeople(s *scratch, add func(saying, uint8)) {
	var all sense
	for _, t := range s.tokens {
		all |= t.senses
	}
	official := len(s.agency) > 0 || all&senseOfficial != 0
	strikes := all&(senseStrikes|senseStruck) != 0 && officialStrikes(s)
	for i := range rd.regency.Categories {
		switch c := &rd.regency.Categories[i]; {
		case c.Oversight && (strikes || official && all&senseBribe != 0 || s.scores[i].best >= plainly):
			add(saying{ref: int32(i), weight: bribeWeight}, exactly)
			s.accuses = true
		case c.Rudeness && (official && all&senseRude != 0 || s.scores[i].best >= plainly):
			s.accuses = true
			if all&(senseBribe) == 0 {
				add(saying{ref: int32(i), weight: rudeWeight}, exactly)
			}
		}
	}
}

// scorePairs counts two-word keywords whose words stand apart or the other way round.
func (rd *Reader) scorePairs(s *scratch, add func(saying, uint8)) {
	var small [16]uint64
	seen := small[:0]
	for i := range s.tokens {
		a := rd.loose(&s.tokens[i])
		if a == 0 {
			continue
		}
		for j := i + 1; j < min(len(s.tokens), i+1+pairWindow); j++ {
			b := rd.loose(&s.tokens[j])
			if b == 0 || b == a {
				continue
			}
			if d := rd.apart[edge(a, b)]; d != 0 && j-i <= apartWindow && between(s.tokens[i+1:j]) && (s.tokens[i].taken|s.tokens[j].taken)&(1<<inDangers) == 0 {
				s.alarms = append(s.alarms, alarmed{d - 1, int16(i), int16(j + 1), asPair})
			}
			key := pair(a, b)
			says := rd.pairs[key]
			if len(says) == 0 || slices.Contains(seen, key) || s.tokens[i].phrase != 0 && s.tokens[i].phrase == s.tokens[j].phrase {
				continue
			}
			seen = append(seen, key)
			for _, say := range says {
				add(say, asPair)
			}
		}
	}
}

// between tells whether the two words of a danger still mean it with these between them: not with a "not" or an "almost".
func between(tokens []token) bool {
	return !slices.ContainsFunc(tokens, func(t token) bool {
		return t.senses&(senseNegation|senseDenial|senseNot|senseRecent|senseHabit|sensePast|senseOnce) != 0
	})
}

// loose gives the word id of a token that may be half of a pair: in pairs at all, and not part of a longer phrase already.
func (rd *Reader) loose(t *token) int32 {
	if t.place {
		return 0
	}
	if t.id != 0 && rd.paired[t.id] {
		return t.id
	}
	if t.part == asStem && rd.paired[t.alt] {
		return t.alt
	}
	return 0
}

// danger gives the alarm, the surest and first of several. An occurrence counts not where it is plainly no danger now; in doubt it counts.
func (rd *Reader) danger(s *scratch) *Alarm {
	var best *alarmed
	bestSure := false
	now := slices.ContainsFunc(s.tokens, func(t token) bool { return t.senses&senseNow != 0 })
	for i := range s.alarms {
		a := &s.alarms[i]
		counts, sure := weigh(s.tokens, a, now)
		if !counts {
			continue
		}
		if best == nil || sure && !bestSure || sure == bestSure && a.from < best.from {
			best, bestSure = a, sure
		}
	}
	if best == nil {
		return nil
	}
	d := rd.regency.Dangers[best.danger]
	return &Alarm{Danger: d.ID, Category: d.Category, Sure: bestSure}
}

// weigh reads the words around a danger word. Before it: a drill, a fear, a habit, "not". Anywhere after it: that it is long past or over. What stands
// close lowers it to no danger, what stands farther makes it unsure. Anything that says it is happening now outweighs all of that.
func weigh(tokens []token, a *alarmed, now bool) (counts, sure bool) {
	sure = a.part > asPair
	lowered := false
	for i, near := int(a.from)-1, 1; i >= 0 && near <= 4; i-- {
		switch t := tokens[i]; {
		case t.senses&senseHabit != 0 && near <= 3, t.senses&senseNot != 0 && near <= 2, t.senses&senseDenial != 0 && near == 1:
			lowered = true
		case t.senses&(senseNot|senseHabit|senseRecent) != 0, t.senses&senseNegation != 0 && near <= 2:
			sure = false
		}
		if tokens[i].senses&senseLight == 0 {
			near++
		}
	}
	for i := int(a.until); i < min(len(tokens), int(a.until)+12); i++ {
		switch t := tokens[i]; {
		case t.senses&(sensePast|senseOver) != 0, t.senses&(senseNot|senseHabit) != 0 && i < int(a.until)+2:
			lowered = true
		case t.senses&(senseRecent|senseOnce) != 0:
			sure = false
		}
	}
	for i := range a.from { // "tahun lalu di sini kebakaran"
		if tokens[i].senses&(sensePast|senseOnce) != 0 {
			lowered = true
		}
	}
	if lowered {
		return now, false
	}
	return true, sure
}

// language counts words that only one language has.
func language(tokens []token) (Lang, bool) {
	var n [len(tongueOrder)]int
	for _, t := range tokens {
		if bits.OnesCount8(t.tongue) == 1 {
			n[bits.TrailingZeros8(t.tongue)]++
		}
	}
	first, second := 0, 0
	for i := range n {
		if n[i] > n[first] {
			first = i
		}
	}
	for i := range n {
		if i != first {
			second = max(second, n[i])
		}
	}
	if n[first] == 0 || n[first] == second {
		return "", false
	}
	return tongueOrder[first], n[first] >= 2 && n[first] >= 2*second
}

// kindOf: who asks a plain question asks to be told; who wishes more than they complain wishes; everyone else complains. marked: there is a
// question mark, which by itself says little ("kapan diperbaiki?").
func kindOf(tokens []token, marked bool) Kind {
	asks, mayAsk, wishes, suffers := 0, 0, 0, 0
	if marked {
		mayAsk++
	}
	for _, t := range tokens {
		switch {
		case t.senses&senseAsks != 0:
			asks++
		case t.senses&senseMayAsk != 0:
			mayAsk++
		}
		if t.senses&senseWishes != 0 {
			wishes++
		}
		if t.senses&senseSuffers != 0 {
			suffers++
		}
	}
	switch {
	case asks > 0 && wishes == 0 && suffers < 2+asks:
		return Inquiry
	case wishes > 0 && suffers <= 1+wishes:
		return Aspiration
	case mayAsk > 0 && suffers == 0 && wishes == 0:
		return Inquiry
	}
	return Complaint
}

// about gives the agencies named while people in office are spoken of, the nearest to what is said of them first.
func about(r *Regency, s *scratch) []string {
	const speaks = senseAccuses | senseOfficial | senseBribe | senseRude
	if len(s.agency) == 0 || !s.accuses && !slices.ContainsFunc(s.tokens, func(t token) bool { return t.senses&speaks != 0 }) {
		return nil
	}
	distance := func(m mention) int {
		least := len(s.tokens)
		for i, t := range s.tokens {
			if t.senses&speaks == 0 {
				continue
			}
			switch {
			case i < int(m.from):
				least = min(least, int(m.from)-i)
			case i >= int(m.until):
				least = min(least, i-int(m.until)+2) // "petugas disdukcapil" rather than "disdukcapil … petugas"
			default:
				least = 0
			}
		}
		return least
	}
	slices.SortStableFunc(s.agency, func(a, b mention) int {
		return cmp.Or(cmp.Compare(distance(a), distance(b)), cmp.Compare(a.from, b.from))
	})
	var ids []string
	for _, m := range s.agency {
		if id := r.Agencies[m.agency].ID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// greeting tells whether nothing but a greeting is there: at most ten words, all of them greetings, courtesies or numbers ("test 123").
func greeting(tokens []token) bool {
	if len(tokens) == 0 || len(tokens) > 10 || tokens[0].senses&(senseGreeting|senseCourtesy) == 0 {
		return false
	}
	for _, t := range tokens {
		if t.senses&(senseGreeting|senseCourtesy) == 0 && !isNumber(t.text) {
			return false
		}
	}
	return true
}

// tells: danger tells. A category found needs a second word that says something, or a place. Everything else needs three such words, or two
// when one of them complains or somebody in office is named, or one when it is asked for.
func tells(s *scratch, rd *Reading) bool {
	if rd.Danger != nil {
		return true
	}
	says, apartFromAddress := 0, 0
	var all sense
	const nothing = senseGreeting | senseCourtesy | senseFiller | senseLight | senseNegation | senseVillage | senseKecamatan | senseRegion
	for i, t := range s.tokens {
		if t.senses&nothing != 0 && t.part == 0 && t.senses&senseOfficial == 0 || t.place || isNumber(t.text) {
			continue
		}
		all |= t.senses
		if slices.ContainsFunc(s.found, func(f spot) bool { return int(f.from) <= i && i < int(f.until) }) {
			continue
		}
		says++
		if t.senses&senseAddress == 0 {
			apartFromAddress++
		}
	}
	if len(rd.Categories) > 0 && rd.Categories[0].Score >= tellsScore {
		return says >= 2 || says == 1 && len(rd.Places) > 0
	}
	switch {
	case len(rd.About) > 0, all&senseSuffers != 0:
		return apartFromAddress >= 2
	case all&senseAsks != 0:
		return apartFromAddress >= 1
	}
	return apartFromAddress >= tellsWords
}

func isNumber(w string) bool {
	return strings.IndexFunc(w, func(r rune) bool { return !isDigit(r) }) < 0
}
