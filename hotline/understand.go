package hotline

import (
	"cmp"
	"slices"
	"strings"
)

// A Reading is what a Reader made of a text. Everything in it is a guess: people confirm it before anything is filed, except danger.
type Reading struct {
	Categories   []Guess     // best first, at most eight
	Kind         Kind        // never empty; Complaint when in doubt
	Privacy      Privacy     // Secret when the best category is secret, else Open
	Danger       *Alarm      // nil: nobody is in danger
	Places       []AreaGuess // areas named, best first (see ByName)
	Greeting     bool        // nothing but a greeting
	Tells        bool        // tells of something: enough to be a complaint itself
	Nothing      bool        // an insult, keys hit at random, or no words at all: nobody could make anything of it
	About        []string    // Agency.IDs of agencies named together with their people or service, the likeliest accused first
	Accuses      bool        // people in office are plainly complained about: money, rudeness, abuse of office
	Number       Number      // a case number in the text; the zero Number: none
	Language     Lang        // empty: no telling
	LanguageSure bool
}

// Top gives the best category's id, or an empty one.
func (rd Reading) Top() string {
	if len(rd.Categories) == 0 {
		return ""
	}
	return rd.Categories[0].Category
}

// A Guess is a category that fits a text.
type Guess struct {
	Category string
	Score    int  // ten times the weights of its keywords found, of which the best counts in full and the others in part
	Sure     bool // fits well, and clearly better than all others. Only the first of several guesses can be.
}

// An Alarm is a danger betrayed by words.
type Alarm struct {
	Danger   string // Danger.ID
	Category string // what the case is filed under
	Sure     bool   // false: misspelt, or maybe over. It is treated as danger all the same, though one may ask.
}

// How much a match counts when it is not the very words, in tenths.
const (
	exactly  = 10
	asStem   = 10 // "dalane" for "dalan"
	asTypo   = 6
	asPair   = 6
	shortest = 6 // letters of a word that may be misspelt by one
)

// A Reader understands free text of one regency: what a message tells of, where, how urgent, in which language. It is made once and never
// changes, so that any number of goroutines may use it.
//
// It is a weighted match of keywords over normalised words (see Words): the longest phrase wins, endings come off ("dalane", "jalannya"), words
// of six letters and more may be misspelt by one, a two-word keyword also counts in part when its words stand apart ("jalan depan rumah rusak").
// What it knows it learns in understand_learn.go; how it finds that in a text stands here; what it concludes, in understand_weigh.go.
type Reader struct {
	regency *Regency
	words   map[string]lexeme
	typos   map[string][]int32  // a word with one letter taken away → the vocabulary's words it may have been
	vocab   []string            // by word id; 0 is none
	next    map[uint64]int32    // phrases as a tree: node<<32 | word id → node
	says    [][]saying          // by node: what the phrase that ends there says
	weight  []int32             // by node: the greatest weight of what it says
	pairs   map[uint64][]saying // the two words of keywords, in whatever order
	apart   map[uint64]int32    // the two words of a danger, in order → danger + 1
	paired  []bool              // by word id: occurs in pairs
	letters string              // of case numbers, lower case
	gazetteer
}

// A token is one word of a text with all it may be.
type token struct {
	text   string
	lexeme       // of the word itself
	alt    int32 // another word id: the word without its ending, or spelt right
	part   uint8 // what alt counts, in tenths; 0: there is none
	taken  uint8 // bits of families: belongs to a longer phrase
	senses sense // of the word and of the phrases it is in
	phrase int16 // where the keyword begins that it belongs to, plus one
	place  bool  // part of a place's name that cannot be anything else
}

// A match is a phrase found: tokens from…until, exclusive.
type match struct {
	from, until int16
	node        int32
	part        uint8 // in tenths
}

// A scratch is the working memory of one reading.
type scratch struct {
	tokens  []token
	matches []match
	scores  []score
	found   []spot
	alarms  []alarmed
	agency  []mention
	accuses bool
}

type alarmed struct {
	danger      int32
	from, until int16
	part        uint8
}

type mention struct {
	agency      int32
	from, until int16
}

// Read understands a text. It takes some ten microseconds and never fails: of nonsense it makes an empty Reading.
func (rd *Reader) Read(text string) Reading {
	var raws [64]string
	raw := split(raws[:0], text)
	var tokens [80]token
	var matches [96]match
	var found [16]spot
	var alarms [8]alarmed
	var agencies [16]mention
	s := scratch{tokens: tokens[:0], matches: matches[:0], found: found[:0], alarms: alarms[:0], agency: agencies[:0]}
	var words [4]string
	for _, w := range raw {
		for _, full := range expand(words[:0], w) {
			if len(s.tokens) < maxWords {
				s.tokens = append(s.tokens, rd.token(full))
			}
		}
	}
	s.found = rd.spots(s.tokens, s.found, false)
	for _, f := range s.found {
		for i := f.from; (f.cue == strongCue || f.exact && f.until-f.from > 1) && i < f.until; i++ {
			s.tokens[i].place = true
		}
	}
	rd.match(&s)
	out := Reading{Kind: Complaint, Privacy: Open, Number: rd.number(raw)}
	out.Places = rd.guesses(s.found)
	out.Categories = rd.score(&s)
	out.Danger = rd.danger(&s)
	out.Language, out.LanguageSure = language(s.tokens)
	if out.Danger == nil {
		out.Kind = kindOf(s.tokens, strings.Contains(text, "?"))
	}
	if c, ok := rd.regency.Category(out.Top()); ok && c.Secret {
		out.Privacy = Secret
	}
	out.About, out.Accuses = about(rd.regency, &s), s.accuses
	out.Greeting = greeting(s.tokens)
	out.Tells = tells(&s, &out)
	if out.Nothing = out.Danger == nil && nothing(&s); out.Nothing {
		out.Categories, out.Privacy, out.About, out.Accuses, out.Tells = nil, Open, nil, false, false
	}
	return out
}

// token looks a word up: as it is, without its ending, and with one letter mended.
func (rd *Reader) token(w string) token {
	t := token{text: w, lexeme: rd.words[w]}
	t.senses = t.sense
	if t.tongue == 0 {
		t.tongue = rd.accent(w)
	}
	if id := rd.stem(w); id != 0 && id != t.id {
		t.alt, t.part = id, asStem
		if t.id == 0 && t.sense == 0 {
			t.senses = rd.words[rd.vocab[id]].sense
		}
	}
	if t.id == 0 && t.alt == 0 && t.sense&senseCommon == 0 && len(w) >= shortest && !hasDigit(w) {
		if id := rd.mend(w); id != 0 {
			t.alt, t.part = id, asTypo
		}
	}
	return t
}

// accent tells the language of a known word by its ending: "rumahnya" is Indonesian, "dalane" Javanese.
func (rd *Reader) accent(w string) uint8 {
	for _, e := range [...]struct {
		text string
		bit  uint8
	}{{"nipun", 0}, {"ipun", 0}, {"nya", 1}, {"ne", 0}, {"e", 0}} {
		if base, ok := strings.CutSuffix(w, e.text); ok && len(base) >= 3 {
			if l, known := rd.words[base]; known && (l.tongue != 0 || l.id != 0) && l.tongue != 1<<2 {
				return 1 << e.bit
			}
		}
	}
	return 0
}

// endings that may come off, each with the least letters that must remain. The longest comes first.
var endings = [...]struct {
	text   string
	remain int
}{
	{"nipun", 3}, {"ipun", 4}, {"nya", 3}, {"kah", 3}, {"lah", 3}, {"pun", 4}, {"ku", 3}, {"mu", 4}, {"ne", 3}, {"e", 4}, {"i", 5}, {"an", 6},
}

// beginnings that may come off, with four letters remaining: "membakar" for "bakar".
var beginnings = [...]string{"mem", "men", "di", "me"}

// stem gives the id of the known word that w is with an ending or a beginning, or 0.
func (rd *Reader) stem(w string) int32 {
	for _, e := range endings {
		if len(w) < len(e.text)+e.remain || !strings.HasSuffix(w, e.text) {
			continue
		}
		if l, ok := rd.words[w[:len(w)-len(e.text)]]; ok && l.id != 0 {
			return l.id
		}
	}
	for _, b := range beginnings {
		if len(w) >= len(b)+4 && strings.HasPrefix(w, b) {
			if l := rd.words[w[len(b):]]; l.id != 0 {
				return l.id
			}
		}
	}
	return rd.spoken(w)
}

// mend gives the id of the known word that w is with one letter wrong, missing, too many, or two swapped; or 0.
func (rd *Reader) mend(w string) int32 {
	if id := rd.near(rd.typos[w], w); id != 0 {
		return id
	}
	var small [maxWord]byte
	for i := range len(w) {
		if i > 0 && w[i] == w[i-1] {
			continue
		}
		less := append(append(small[:0], w[:i]...), w[i+1:]...)
		if id := rd.near(rd.typos[string(less)], w); id != 0 {
			return id
		}
	}
	return 0
}

func (rd *Reader) near(ids []int32, w string) int32 {
	for _, id := range ids {
		if v := rd.vocab[id]; v[0] == w[0] && edits(v, w, 1) <= 1 {
			return id
		}
	}
	return 0
}

func hasDigit(w string) bool { return strings.IndexFunc(w, isDigit) >= 0 }

// match finds all phrases, then gives every word to the longest phrase of each family.
func (rd *Reader) match(s *scratch) {
	for i := range s.tokens {
		rd.walk(s, i, i, 0, exactly, 0)
	}
	slices.SortStableFunc(s.matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.until-b.from, a.until-a.from), cmp.Compare(b.part, a.part), cmp.Compare(rd.weight[b.node], rd.weight[a.node]),
			cmp.Compare(a.from, b.from))
	})
	kept := s.matches[:0]
	for _, m := range s.matches {
		if rd.claim(s, m) {
			kept = append(kept, m)
		}
	}
	s.matches = kept
}

// walk follows the tree of phrases from the node, with the token at i next. Small words may stand between the words of a phrase, three at most.
func (rd *Reader) walk(s *scratch, start, i int, node int32, part uint8, skipped int) {
	if i >= len(s.tokens) {
		return
	}
	t := &s.tokens[i]
	if t.id != 0 {
		rd.step(s, start, i, edge(node, t.id), part, skipped)
	}
	if t.part != 0 {
		rd.step(s, start, i, edge(node, t.alt), min(part, t.part), skipped)
	}
	if node != 0 && skipped < 3 && t.sense&senseLight != 0 {
		rd.walk(s, start, i+1, node, part, skipped+1)
	}
}

func (rd *Reader) step(s *scratch, start, i int, key uint64, part uint8, skipped int) {
	child, ok := rd.next[key]
	if !ok {
		return
	}
	if len(rd.says[child]) > 0 {
		s.matches = append(s.matches, match{int16(start), int16(i + 1), child, part})
	}
	rd.walk(s, start, i+1, child, part, skipped)
}

// claim takes the words of a match for the families it speaks in, unless a longer phrase has them. It tells whether it got any.
func (rd *Reader) claim(s *scratch, m match) bool {
	var mine uint8
	for _, say := range rd.says[m.node] {
		mine |= 1 << say.family()
	}
	for i := m.from; i < m.until; i++ {
		mine &^= s.tokens[i].taken
		if s.tokens[i].place {
			mine &^= 1<<inKeywords | 1<<inDangers
		}
	}
	if mine == 0 {
		return false
	}
	for i := m.from; i < m.until; i++ {
		s.tokens[i].taken |= mine
		if mine&(1<<inKeywords) != 0 {
			s.tokens[i].phrase = m.from + 1
		}
	}
	for _, say := range rd.says[m.node] {
		if mine&(1<<say.family()) == 0 {
			continue
		}
		switch say.kind {
		case sayDanger:
			s.alarms = append(s.alarms, alarmed{say.ref, m.from, m.until, m.part})
		case sayAgency:
			s.agency = append(s.agency, mention{say.ref, m.from, m.until})
		case saySense:
			s.tokens[m.from].senses |= say.sense
			if say.sense&(senseGreeting|senseCourtesy) != 0 {
				for i := m.from; i < m.until; i++ {
					s.tokens[i].senses |= say.sense
				}
			}
		}
	}
	return mine&(1<<inKeywords) != 0
}

// number finds a case number among the words as they were typed: in one piece, or cut apart at its dashes.
func (rd *Reader) number(raw []string) Number {
	if rd.letters == "" {
		return Number{}
	}
	for i, w := range raw {
		if !strings.HasPrefix(w, rd.letters) {
			continue
		}
		for n := 1; n <= 4 && i+n <= len(raw); n++ {
			if num, ok := ParseNumber(rd.regency.Letters, strings.Join(raw[i:i+n], "")); ok {
				return num
			}
		}
	}
	return Number{}
}
