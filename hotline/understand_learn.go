package hotline

import "strings"

// This file is what a Reader learns of a regency, once: the words and phrases of its categories, dangers and agencies, and what each of them says.

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
