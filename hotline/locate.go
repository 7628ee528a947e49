package hotline

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// An AreaGuess is a village or kecamatan that a text seems to name.
type AreaGuess struct {
	Area      Area
	Score     int  // 0 … 100
	Exact     bool // spelt right, with or without spaces
	Ambiguous bool // something else of the same name fits as well: ask which one
}

// PlaceScore is the score from which on a guess is taken as what was meant. Weaker ones are worth proposing.
const PlaceScore = 60

// A PointGuess is where a point lies.
type PointGuess struct {
	Kecamatan Area
	Village   Area    // nearest one of the kecamatan; the zero Area where it has none
	Outside   bool    // not in the regency; Kecamatan and Village are then the nearest
	Distance  float64 // kilometres outside every boundary; 0 inside
}

// How sure the words before a name make it one.
type cue uint8

const (
	noCue     cue = iota
	weakCue       // "di", "pasar", "arah"
	strongCue     // "desa", "kec"
)

// A spot is a stretch of tokens that may name areas.
type spot struct {
	from, until int16
	score       int16
	cue         cue
	exact       bool
	rank        AreaLevel // what the cue says it is: LevelDesa, LevelKecamatan, or empty
	name        int32     // index into gazetteer.names
	partial     bool      // only the beginning of the name
}

// A gazetteer finds areas by name and by point. It never changes.
type gazetteer struct {
	areas  []Area // villages and kecamatan
	names  []placeName
	byName map[string]int32 // joined name → names
	starts map[string]int32 // first word of longer names → names
	begins map[string]int32 // other beginnings of names, of five letters and more → names: they count only right after "desa", or as an answer
	whole  int              // so many of names are whole ones; the rest are beginnings
	longst int              // words of the longest name
	shapes []shape
}

// A placeName is a name as it is compared: normalised, without spaces.
type placeName struct {
	joined   string
	words    int
	letters  uint32 // which letters occur, a bit each
	areas    []int32
	careful  bool // an everyday word, very short, or the regency's own name: counts only with a cue
	strictly bool // … with a strong one
}

// A shape is a kecamatan on the map.
type shape struct {
	area     Area
	villages []Area
	rings    [][]Point
	from, to Point // corners of the box around it, south-west and north-east
}

const (
	gapAllowed   = 1.0  // kilometres outside a boundary that still count as inside: boundaries are coarse
	isletRings   = 8    // a kecamatan of that many pieces is an archipelago …
	isletReach   = 15.0 // … whose waters and unmapped islets reach so far
	centerReach  = 10.0 // without boundaries: how far from a centre still counts
	shortestName = 5    // letters of a name that counts without a cue
)

func newGazetteer(r *Regency) gazetteer {
	g := gazetteer{byName: make(map[string]int32), starts: make(map[string]int32), begins: make(map[string]int32)}
	own := joined(strings.TrimPrefix(strings.ToLower(r.Name), "kabupaten "))
	everyday := make(map[string]bool)
	for _, list := range senses {
		if list.is == senseCommon {
			for _, w := range Words(list.words) {
				everyday[w] = true
			}
		}
	}
	keywords := make(map[string]bool)
	for _, c := range r.Categories {
		for _, k := range c.Keywords {
			keywords[joined(k.Text)] = true
		}
	}
	for _, d := range r.Dangers {
		for _, list := range d.Words {
			for _, w := range list {
				keywords[joined(w)] = true
			}
		}
	}
	for _, a := range r.Areas {
		if a.Level == LevelRegency {
			continue
		}
		at := int32(len(g.areas))
		g.areas = append(g.areas, a)
		for _, name := range append([]string{a.Name}, a.Aliases...) {
			words := Words(name)
			key := strings.Join(words, "")
			if key == "" {
				continue
			}
			n := g.name(g.byName, key, len(words))
			if !slices.Contains(g.names[n].areas, at) {
				g.names[n].areas = append(g.names[n].areas, at)
			}
			g.names[n].careful = len(key) < shortestName || everyday[key]
			g.names[n].strictly = key == own || keywords[key]
		}
	}
	g.whole = len(g.names)
	for _, a := range g.areas {
		if words := Words(a.Name); len(words) > 1 && len(words[0]) >= shortestName && !everyday[words[0]] && !keywords[words[0]] {
			if _, whole := g.byName[words[0]]; !whole {
				n := g.name(g.starts, words[0], 1)
				g.names[n].areas = append(g.names[n].areas, int32(slices.IndexFunc(g.areas, func(b Area) bool { return a.Code == b.Code })))
			}
		}
	}
	g.learnBeginnings()
	for _, a := range g.areas {
		if a.Level == LevelKecamatan {
			g.shapes = append(g.shapes, newShape(a, g.areas))
		}
	}
	return g
}

// learnBeginnings notes what names begin with: "teluk" may be Teluk Wetan and Telukawur, "karang" any of five.
func (g *gazetteer) learnBeginnings() {
	for at, a := range g.areas {
		name := joined(a.Name)
		for n := shortestName; n < len(name); n++ {
			letters := name[:n]
			if _, whole := g.byName[letters]; whole {
				continue
			}
			index := g.begins
			if _, word := g.starts[letters]; word {
				index = g.starts
			}
			at32 := int32(at)
			if i := g.name(index, letters, 1); !slices.Contains(g.names[i].areas, at32) {
				g.names[i].areas = append(g.names[i].areas, at32)
			}
		}
	}
}

func joined(name string) string { return strings.Join(Words(name), "") }

func (g *gazetteer) name(index map[string]int32, key string, words int) int32 {
	n, ok := index[key]
	if !ok {
		n = int32(len(g.names))
		g.names = append(g.names, placeName{joined: key, words: words, letters: letterSet(key)})
		index[key] = n
	}
	g.longst = max(g.longst, words)
	return n
}

func letterSet(s string) uint32 {
	var set uint32
	for i := range len(s) {
		if c := s[i]; 'a' <= c && c <= 'z' {
			set |= 1 << (c - 'a')
		}
	}
	return set
}

// ByName finds villages and kecamatan named in a text, best first, at most six. Spaces are no matter ("tegal sambi", "pakisaji"), nor is a letter or
// two in a long name. Words like "desa", "kec", "di" in front make it surer; names that are everyday words too need one. A village named like
// its kecamatan, and villages of one name, come out as several guesses marked Ambiguous, unless the text itself tells them apart.
//
// The text is taken as an answer to "where?": a name that is all of it needs no cue. Read, which looks for places in a whole story, is more careful.
func (rd *Reader) ByName(text string) []AreaGuess {
	var tokens [80]token
	var found [16]spot
	ts := tokens[:0]
	for _, w := range Words(text) {
		ts = append(ts, token{text: w, lexeme: rd.words[w]})
	}
	return rd.guesses(rd.spots(ts, found[:0], true))
}

// spots finds the stretches of tokens that name something, none overlapping another.
func (rd *Reader) spots(tokens []token, found []spot, answer bool) []spot {
	first, last := 0, len(tokens) // what of an answer may be a name
	for answer && first < last && tokens[first].sense&besideNames != 0 {
		first++
	}
	for answer && first < last && tokens[last-1].sense&(besideNames&^sensePlace|senseRegion) != 0 {
		last--
	}
	for i := range tokens {
		cued, rank := cueBefore(tokens, i)
		var small [3 * maxWord]byte
		buf := small[:0]
		unknown := 0
		for n := 1; n <= max(3, rd.longst) && n <= 4 && i+n <= len(tokens); n++ {
			t := &tokens[i+n-1]
			if t.sense&(senseVillage|senseKecamatan|senseRegion) != 0 || len(buf)+len(t.text) > cap(small[:]) {
				break
			}
			if t.sense == 0 && !t.means {
				unknown++
			}
			buf = append(buf, t.text...)
			how := cued
			if answer && (i == first || i == 0) && (i+n == last || i+n == len(tokens)) {
				how = strongCue
			}
			if s, ok := rd.spot(buf, n, unknown, how); ok {
				s.from, s.until, s.rank = int16(i), int16(i+n), rank
				found = append(found, s)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b spot) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.until-b.from, a.until-a.from), cmp.Compare(a.from, b.from))
	})
	kept := found[:0]
	for _, s := range found {
		if !slices.ContainsFunc(kept, func(k spot) bool { return s.from < k.until && k.from < s.until }) {
			kept = append(kept, s)
		}
	}
	return kept
}

// besideNames is what may stand before and after a name in an answer: "di desa bangsri pak".
const besideNames = senseGreeting | senseCourtesy | senseFiller | senseVillage | senseKecamatan | sensePlace | senseLight

// cueBefore reads the word before token i, or the one before that if the first says nothing ("desa saya bangsri", "di desa, bangsri").
func cueBefore(tokens []token, i int) (cue, AreaLevel) {
	if i == 0 {
		return noCue, ""
	}
	switch t := &tokens[i-1]; {
	case t.sense&senseVillage != 0:
		return strongCue, LevelDesa
	case t.sense&senseKecamatan != 0:
		return strongCue, LevelKecamatan
	case t.sense&sensePlace != 0:
		return weakCue, ""
	}
	return noCue, ""
}

// spot tells what name the letters are, if any. words is how many words they were typed as, unknown how many of these mean nothing else.
func (rd *Reader) spot(letters []byte, words, unknown int, how cue) (spot, bool) {
	s := spot{cue: how, exact: true, name: -1}
	if n, ok := rd.byName[string(letters)]; ok {
		name := &rd.names[n]
		split := words > 1 && words != name.words && unknown == 0 // "batu kali" may just be a stone of the river
		if how < strongCue && name.strictly || how == noCue && (name.careful || split) {
			return s, false
		}
		s.name, s.score = n, [...]int16{70, 80, 92}[how]+int16(min(words, 3))
		return s, true
	}
	if n, ok := rd.starts[string(letters)]; ok && words == 1 {
		s.name, s.partial, s.score = n, true, [...]int16{45, 50, 55}[how] // never enough: a beginning is asked about
		return s, true
	}
	if len(letters) < 4 || unknown == 0 && how < strongCue || words > 3 {
		return s, false
	}
	allowed := 0
	switch {
	case how == strongCue && len(letters) >= 8:
		allowed = 2
	case how == strongCue || len(letters) >= 6 && unknown == words:
		allowed = 1
	}
	if allowed == 0 {
		return s, false
	}
	n, d := rd.nearest(letters, allowed, how)
	if b, ok := rd.begins[string(letters)]; ok && words == 1 && how == strongCue && (n < 0 || d > 1) {
		s.name, s.partial, s.score = b, true, 50
		return s, true
	}
	if n < 0 {
		return s, false
	}
	s.name, s.exact, s.score = n, false, [...]int16{62, 70, 84}[how]-int16(8*(d-1))
	return s, true
}

// nearest gives the name within so many edits, the nearest of several; -1 where there is none.
func (rd *Reader) nearest(letters []byte, allowed int, how cue) (int32, int) {
	best, least := int32(-1), allowed+1
	set := letterSet(string(letters))
	for i := range rd.whole {
		n := &rd.names[i]
		if diff := len(n.joined) - len(letters); diff > allowed || diff < -allowed || bits.OnesCount32(n.letters^set) > 2*allowed {
			continue
		}
		if how < strongCue && (n.careful || n.strictly || n.joined[0] != letters[0] || len(n.joined) < shortest) || len(n.areas) == 0 {
			continue
		}
		if d := edits(n.joined, string(letters), least-1); d < least {
			best, least = int32(i), d
		}
	}
	return best, least
}

// guesses turns spots into areas, and lets what the text says of one area tell others apart.
func (rd *Reader) guesses(found []spot) []AreaGuess {
	if len(found) == 0 {
		return nil
	}
	const most = 6
	all := make([]AreaGuess, 0, most)
	for _, s := range found {
		areas := rd.names[s.name].areas
		fits := 0
		for _, a := range areas {
			if fitsRank(rd.areas[a].Level, s.rank) {
				fits++
			}
		}
		for _, a := range areas {
			if fits > 0 && !fitsRank(rd.areas[a].Level, s.rank) {
				continue
			}
			g := AreaGuess{Area: rd.areas[a], Score: int(s.score), Exact: s.exact && !s.partial, Ambiguous: fits > 1 || fits == 0 && len(areas) > 1}
			at := slices.IndexFunc(all, func(o AreaGuess) bool { return o.Area.Code == g.Area.Code })
			switch {
			case at < 0 && len(all) < 4*most:
				all = append(all, g)
			case at >= 0:
				old := &all[at]
				old.Score, old.Exact, old.Ambiguous = max(old.Score, g.Score), old.Exact || g.Exact, old.Ambiguous && g.Ambiguous
			}
		}
	}
	all = tellApart(all)
	slices.SortStableFunc(all, func(a, b AreaGuess) int { return cmp.Compare(b.Score, a.Score) })
	return all[:min(len(all), most)]
}

func fitsRank(have, want AreaLevel) bool {
	return want == "" || (want == LevelKecamatan) == (have == LevelKecamatan)
}

// tellApart uses each area named for the others: a kecamatan decides among villages of one name and makes its own village surer; it is then itself
// no guess any more; and a name that may be village or kecamatan is the kecamatan where another village of it is named.
func tellApart(all []AreaGuess) []AreaGuess {
	named := func(code string, by func(AreaGuess) bool) bool {
		return slices.ContainsFunc(all, func(g AreaGuess) bool { return g.Area.Code == code && by(g) })
	}
	drop := make([]bool, len(all))
	for i := range all {
		v := &all[i]
		if v.Area.Level == LevelKecamatan || !named(v.Area.Parent, func(k AreaGuess) bool { return !k.Ambiguous || k.Area.Name != v.Area.Name }) {
			continue
		}
		v.Score = min(100, v.Score+8)
		for j := range all {
			o := &all[j]
			switch {
			case o.Area.Code == v.Area.Parent:
				drop[j] = true
			case j != i && o.Area.Level != LevelKecamatan && o.Area.Name == v.Area.Name && o.Area.Parent != v.Area.Parent:
				drop[j] = true
			case j != i && o.Ambiguous && !v.Ambiguous && o.Area.Parent == v.Area.Parent:
				if k := slices.IndexFunc(all, func(k AreaGuess) bool { return k.Area.Code == v.Area.Parent }); k >= 0 && all[k].Area.Name == o.Area.Name {
					drop[j] = true
				}
			}
		}
	}
	left := all[:0]
	for i, g := range all {
		if !drop[i] {
			left = append(left, g)
		}
	}
	for i := range left { // whose namesakes are gone is not ambiguous any more
		g := &left[i]
		same := 0
		for _, o := range left {
			if o.Ambiguous && o.Score > 0 && (o.Area.Name == g.Area.Name || !o.Exact && o.Score == g.Score) {
				same++
			}
		}
		g.Ambiguous = g.Ambiguous && same > 1
	}
	return left
}

// ByPoint tells where a point lies: in which kecamatan, and near which of its villages. Where boundaries overlap or leave gaps the nearest centre
// decides, and up to a kilometre outside counts as inside.
func (rd *Reader) ByPoint(p Point) PointGuess {
	best, bestKm := -1, math.Inf(1)
	for i := range rd.shapes { // inside one, or inside several: the one with the nearest centre
		if s := &rd.shapes[i]; s.contains(p) && (best < 0 || Kilometres(p, s.area.Center) < Kilometres(p, rd.shapes[best].area.Center)) {
			best, bestKm = i, 0
		}
	}
	for i := range rd.shapes { // inside none: the nearest
		if best >= 0 && bestKm == 0 {
			break
		}
		if km := rd.shapes[i].distance(p); km < bestKm {
			best, bestKm = i, km
		}
	}
	if best < 0 {
		return PointGuess{Outside: true}
	}
	s := &rd.shapes[best]
	g := PointGuess{Kecamatan: s.area, Village: s.nearestVillage(p), Distance: bestKm}
	g.Outside = !(bestKm <= s.reach())
	return g
}

func newShape(k Area, areas []Area) shape {
	s := shape{area: k, rings: k.Boundary, from: Point{90, 180}, to: Point{-90, -180}}
	for _, a := range areas {
		if a.Parent == k.Code && a.Level != LevelKecamatan {
			s.villages = append(s.villages, a)
		}
	}
	for _, ring := range k.Boundary {
		for _, p := range ring {
			s.from = Point{min(s.from.Lat, p.Lat), min(s.from.Lng, p.Lng)}
			s.to = Point{max(s.to.Lat, p.Lat), max(s.to.Lng, p.Lng)}
		}
	}
	return s
}

func (s *shape) reach() float64 {
	switch {
	case len(s.rings) == 0:
		return centerReach
	case len(s.rings) >= isletRings:
		return isletReach
	}
	return gapAllowed
}

func (s *shape) contains(p Point) bool {
	if p.Lat < s.from.Lat || p.Lat > s.to.Lat || p.Lng < s.from.Lng || p.Lng > s.to.Lng {
		return false
	}
	return slices.ContainsFunc(s.rings, func(ring []Point) bool { return inRing(p, ring) })
}

// distance gives the kilometres from a point outside the area to its boundary. Without boundaries it is that to the nearest centre.
func (s *shape) distance(p Point) float64 {
	if len(s.rings) == 0 {
		km := Kilometres(p, s.area.Center)
		for _, v := range s.villages {
			km = min(km, Kilometres(p, v.Center))
		}
		return km
	}
	km := math.Inf(1)
	for _, ring := range s.rings {
		for i := 1; i < len(ring); i++ {
			km = min(km, toEdge(p, ring[i-1], ring[i]))
		}
	}
	return km
}

func (s *shape) nearestVillage(p Point) Area {
	var best Area
	least := math.Inf(1)
	for _, v := range s.villages {
		if km := Kilometres(p, v.Center); km < least {
			best, least = v, km
		}
	}
	return best
}

// inRing counts how often a ray to the east crosses the ring.
func inRing(p Point, ring []Point) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) && p.Lng < a.Lng+(b.Lng-a.Lng)*(p.Lat-a.Lat)/(b.Lat-a.Lat) {
			in = !in
		}
	}
	return in
}

const earthRadius = 6371.0088 // kilometres, mean

// Kilometres gives the distance between two points along the earth (haversine).
func Kilometres(a, b Point) float64 {
	const degree = math.Pi / 180
	sinLat := math.Sin((b.Lat - a.Lat) * degree / 2)
	sinLng := math.Sin((b.Lng - a.Lng) * degree / 2)
	h := sinLat*sinLat + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*sinLng*sinLng
	return 2 * earthRadius * math.Asin(min(1, math.Sqrt(h)))
}

// toEdge gives the kilometres from p to the nearest point between a and b, on a plane that touches the earth at p: exact enough for a regency.
func toEdge(p, a, b Point) float64 {
	shrink := math.Cos(p.Lat * math.Pi / 180)
	ax, ay := (a.Lng-p.Lng)*shrink, a.Lat-p.Lat
	bx, by := (b.Lng-p.Lng)*shrink, b.Lat-p.Lat
	dx, dy := bx-ax, by-ay
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(1, max(0, -(ax*dx+ay*dy)/l))
	}
	return Kilometres(p, Point{p.Lat + ay + t*dy, p.Lng + (ax+t*dx)/shrink})
}

// edits counts the letters to change, add, leave out, or swap with a neighbour, to make b of a (Damerau-Levenshtein, optimal string alignment). Above
// most it stops counting and gives most+1. Bytes are compared: normalised words are nearly always plain letters.
func edits(a, b string, most int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > most {
		return most + 1
	}
	if len(a) == 0 {
		return len(b)
	}
	if len(b) > 3*maxWord {
		return most + 1
	}
	var rows [3][3*maxWord + 1]uint8
	older, old, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		old[j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = uint8(i)
		least := row[0]
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			v := min(old[j]+1, row[j-1]+1, old[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				v = min(v, older[j-2]+1)
			}
			row[j] = v
			least = min(least, v)
		}
		if int(least) > most+1 {
			return most + 1
		}
		older, old, row = old, row, older
	}
	return min(int(old[len(b)]), most+1)
}
