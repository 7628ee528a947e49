package hotline

import (
	"cmp"
	"math/bits"
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

// A lexeme is what the Reader knows of a single word.
type lexeme struct {
	id     int32 // in phrases; 0: in none
	sense  sense
	tongue uint8 // bits of tongueOrder
	means  bool  // occurs in a keyword or danger, so is no unknown word
}

var tongueOrder = [...]Lang{Javanese, Indonesian, English}

type sayingKind uint8

const (
	sayKeyword sayingKind = iota
	sayDanger
	sayNoDanger
	sayAgency
	saySense
)

// A saying is one thing a phrase says.
type saying struct {
	kind   sayingKind
	ref    int32 // index of the category, danger or agency
	weight int32
	sense  sense
}

// families of sayings: within each, words belong to the longest phrase only.
const (
	inKeywords = iota
	inDangers
	inAgencies
	inSenses
	families
)

func (s saying) family() int {
	switch s.kind {
	case sayKeyword:
		return inKeywords
	case sayDanger, sayNoDanger:
		return inDangers
	case sayAgency:
		return inAgencies
	}
	return inSenses
}

// NewReader makes the reader of a built regency.
func NewReader(r *Regency) *Reader {
	rd := &Reader{
		regency: r,
		words:   make(map[string]lexeme),
		typos:   make(map[string][]int32),
		vocab:   []string{""},
		next:    make(map[uint64]int32),
		says:    make([][]saying, 1),
		weight:  make([]int32, 1),
		pairs:   make(map[uint64][]saying),
		apart:   make(map[uint64]int32),
		paired:  []bool{false},
		letters: strings.ToLower(r.Letters),
	}
	for _, list := range senses {
		for _, phrase := range phrasesOf(list.words) {
			rd.learnSense(phrase, list.is)
		}
	}
	for bit, lang := range tongueOrder {
		for _, w := range Words(tongues[lang]) {
			l := rd.words[w]
			l.tongue |= 1 << bit
			rd.words[w] = l
		}
	}
	for i, c := range r.Categories {
		for _, k := range c.Keywords {
			rd.learn(k.Text, saying{kind: sayKeyword, ref: int32(i), weight: int32(k.Weight)})
		}
		for _, name := range c.Name {
			rd.learn(name, saying{kind: sayKeyword, ref: int32(i), weight: 7})
		}
	}
	for i, d := range r.Dangers {
		for _, list := range d.Words {
			for _, w := range list {
				rd.learn(w, saying{kind: sayDanger, ref: int32(i)})
			}
		}
		for _, w := range d.Not {
			rd.learn(w, saying{kind: sayNoDanger, ref: int32(i)})
		}
	}
	rd.learnAgencies()
	rd.learnTypos()
	rd.gazetteer = newGazetteer(r)
	return rd
}

// learnAgencies: an agency is known by id, names and aliases, and by the full names of its units
// (but not of villages' and kecamatan's).
func (rd *Reader) learnAgencies() {
	for i, a := range rd.regency.Agencies {
		says := saying{kind: sayAgency, ref: int32(i)}
		for _, name := range append([]string{a.ID, a.Name, a.Short}, a.Aliases...) {
			rd.learn(name, says)
		}
		for _, name := range usualNames[a.ID] {
			rd.learn(name, says)
		}
		if _, ok := rd.regency.Agency(AgencyBupati); a.ID == AgencySetda && !ok {
			for _, name := range usualNames[AgencyBupati] {
				rd.learn(name, says)
			}
		}
		if rd.regency.perPlace(a.ID) {
			continue // "Desa Bangsri" is a place
		}
		for _, u := range rd.regency.Units {
			if u.Agency == a.ID && len(Words(u.Name)) > 1 {
				rd.learn(u.Name, says)
			}
		}
	}
}

// usualNames are people whose office everyone knows, by the ids of agencies that have no fixed name.
var usualNames = map[string][]string{
	AgencySetda:  {"sekda", "sekretaris daerah", "sekretariat daerah"},
	AgencyBupati: {"wakil bupati", "wabup", "bupati"},
	"kecamatan":  {"camat", "pak camat", "kantor kecamatan", "pegawai kecamatan", "petugas kecamatan"},
	"desa": {"kades", "kepala desa", "petinggi", "lurah", "perangkat desa", "carik", "sekdes", "modin", "kamituwo", "kadus", "ladu", "bayan",
		"balai desa", "balaidesa", "kantor desa", "kantor kelurahan", "pemdes"},
}

// learn takes up a phrase and what it says. Word ids are given on the way.
func (rd *Reader) learn(phrase string, s saying) {
	words := Words(phrase)
	if len(words) == 0 {
		return
	}
	node := int32(0)
	var ids []int32
	for _, w := range words {
		id := rd.wordID(w)
		ids = append(ids, id)
		if l := rd.words[w]; s.kind == sayKeyword || s.kind == sayDanger {
			l.means = true
			rd.words[w] = l
		}
		key := edge(node, id)
		child, ok := rd.next[key]
		if !ok {
			child = int32(len(rd.says))
			rd.says, rd.weight = append(rd.says, nil), append(rd.weight, 0)
			rd.next[key] = child
		}
		node = child
	}
	rd.weight[node] = max(rd.weight[node], s.weight)
	for i, have := range rd.says[node] { // the same phrase again, from a name and a keyword: the stronger counts
		if have.kind == s.kind && have.ref == s.ref && have.sense == s.sense {
			rd.says[node][i].weight = max(have.weight, s.weight)
			return
		}
	}
	rd.says[node] = append(rd.says[node], s)
	if s.kind == sayKeyword && len(ids) == 2 && ids[0] != ids[1] {
		key := pair(ids[0], ids[1])
		rd.pairs[key] = append(rd.pairs[key], s)
		rd.paired[ids[0]], rd.paired[ids[1]] = true, true
	}
	if s.kind == sayDanger && len(ids) == 2 && len(words[0]) >= apartLetters && len(words[1]) >= apartLetters {
		rd.apart[edge(ids[0], ids[1])] = s.ref + 1
		rd.paired[ids[0]], rd.paired[ids[1]] = true, true
	}
}

func (rd *Reader) learnSense(phrase []string, is sense) {
	words := Words(strings.Join(phrase, " "))
	if len(words) == 1 {
		l := rd.words[words[0]]
		l.sense |= is
		rd.words[words[0]] = l
		return
	}
	rd.learn(strings.Join(phrase, " "), saying{kind: saySense, sense: is})
}

func (rd *Reader) wordID(w string) int32 {
	l := rd.words[w]
	if l.id == 0 {
		l.id = int32(len(rd.vocab))
		rd.vocab = append(rd.vocab, w)
		rd.paired = append(rd.paired, false)
		rd.words[w] = l
	}
	return l.id
}

// learnTypos files every longer word of the keywords and danger words under itself with each one letter taken away. Two words one edit apart then
// meet: at the shorter one, or at what both become.
func (rd *Reader) learnTypos() {
	for id, w := range rd.vocab {
		if len(w) < shortest {
			continue
		}
		rd.typos[w] = append(rd.typos[w], int32(id))
		for i := range len(w) {
			less := w[:i] + w[i+1:]
			if i > 0 && w[i] == w[i-1] {
				continue // the same again
			}
			rd.typos[less] = append(rd.typos[less], int32(id))
		}
	}
}

func edge(node, word int32) uint64 { return uint64(uint32(node))<<32 | uint64(uint32(word)) }

func pair(a, b int32) uint64 { return edge(min(a, b), max(a, b)) }

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

type score struct{ best, rest int32 }

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
	return 0
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
	for i := range rd.regency.Categories {
		switch c := &rd.regency.Categories[i]; {
		case c.Oversight && (official && all&senseBribe != 0 || s.scores[i].best >= plainly):
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
