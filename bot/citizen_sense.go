package bot

import (
	"slices"
	"strings"

	"tanggap/hotline"
)

// A sense is what a draft amounts to: what the person chose, and for the rest what can be made of their words. It is worked out anew each time
// and never kept.
type sense struct {
	reading  hotline.Reading
	category string   // chosen or understood; empty: not known
	guesses  []string // other categories that fit, best first
	kind     hotline.Kind
	privacy  hotline.Privacy
	area     string   // chosen, pinned or named; empty: not known
	which    []string // areas of one name, to choose from
	differs  bool     // … since a pin contradicts what is written
	near     []string // areas that may have been meant by a misspelt name
	accuses  string   // the category of people in office that the words belong to, where another was chosen
	outside  bool     // the pin lies outside the regency
	words    bool     // something was written
	voice    bool     // something was spoken
	media    int      // how many photos and so on
}

const (
	fairScore  = 40 // a category is taken as understood from this score on …
	weakScore  = 20 // … or from this one, where no other comes near
	alsoPart   = 3  // another is worth a button with a third of the best one's score
	mostAlso   = 2  // so many of them beside the yes
	mostChoice = 3  // so many when asked outright
	mostWhich  = 6
)

// read understands a text. One turn asks for the same text several times.
func (k *talk) read(text string) hotline.Reading {
	for _, r := range k.readings {
		if r.text == text {
			return r.Reading
		}
	}
	rd := k.bot.Reader.Read(text)
	k.readings = append(k.readings, reading{text, rd})
	return rd
}

// A reading is a text that was understood in this turn.
type reading struct {
	text string
	hotline.Reading
}

// sense works out what the draft amounts to.
func (k *talk) sense(d *draft) sense {
	text := d.text(0)
	s := sense{reading: k.read(text), words: text != "", voice: d.has(hotline.Voice)}
	for _, b := range d.Bubbles {
		if b.Media != 0 {
			s.media++
		}
	}
	k.senseMatter(d, &s)
	k.sensePlace(d, &s)
	s.kind, s.privacy = d.Kind, d.Privacy
	if s.kind == "" {
		s.kind = s.reading.Kind
	}
	if s.privacy == "" {
		s.privacy = hotline.Open
		if c, ok := k.reg.Category(s.category); ok && c.Secret {
			s.privacy = hotline.Secret
		}
		s.privacy = stricter(s.privacy, wished(text))
	}
	return s
}

func (k *talk) senseMatter(d *draft, s *sense) {
	rd := s.reading
	if d.MatterIn > 0 {
		rd = k.read(d.text(d.MatterIn))
	}
	best := 0
	if len(rd.Categories) > 0 {
		best = rd.Categories[0].Score
	}
	s.category = d.Category
	if s.category == "" && !d.Unknown && understood(rd) {
		s.category = rd.Top()
	}
	s.accuses = k.accusedElse(d, rd)
	if d.Category != "" {
		return // the person has said which; others would only confuse
	}
	for _, g := range rd.Categories {
		if g.Category != s.category && (s.category == "" || g.Score*alsoPart >= best) {
			s.guesses = append(s.guesses, g.Category)
		}
	}
}

// understood tells whether the best guess may be taken as what was meant. The person confirms it in any case.
func understood(rd hotline.Reading) bool {
	if len(rd.Categories) == 0 {
		return false
	}
	best, second := rd.Categories[0].Score, 0
	if len(rd.Categories) > 1 {
		second = rd.Categories[1].Score
	}
	return best >= fairScore || best >= weakScore && best*2 >= second*3
}

func (k *talk) sensePlace(d *draft, s *sense) {
	if s.area = d.Area; s.area != "" {
		return
	}
	from := d.from(d.PlaceFrom)
	for _, b := range slices.Backward(d.Bubbles[from:]) {
		if b.Point == nil {
			continue
		}
		g := k.bot.Reader.ByPoint(*b.Point)
		if s.outside = g.Outside; !s.outside {
			if s.area = g.Village.Code; s.area == "" {
				s.area = g.Kecamatan.Code
			}
			k.contradicted(d, from, s)
			return
		}
		break
	}
	places := s.reading.Places
	if from > 0 {
		places = k.bot.Reader.ByName(d.text(from))
	}
	if len(places) == 0 && !d.Shown.IsZero() { // asked for the place: then a bare name counts that in a sentence would not
		for _, b := range slices.Backward(d.Bubbles[from:]) {
			if n := len(strings.Fields(b.Text)); n >= 1 && n <= 3 && len(places) == 0 {
				places = k.bot.Reader.ByName("di " + b.Text)
			}
		}
	}
	s.area, s.which, s.near = settle(places)
}

// contradicted makes a question of a pin that lies elsewhere than the village that is written.
func (k *talk) contradicted(d *draft, from int, s *sense) {
	written, _, _ := settle(k.bot.Reader.ByName(d.text(from)))
	if written != "" && k.distinct(written, s.area) {
		s.which, s.area, s.differs = []string{s.area, written}, "", true
	}
}

// settle chooses among the areas a text names: the one meant, or those of one name to choose from, or those that may have been meant.
func settle(places []hotline.AreaGuess) (area string, which, near []string) {
	for _, g := range places {
		switch {
		case g.Score < hotline.PlaceScore:
			near = append(near, g.Area.Code)
		case g.Ambiguous:
			which = append(which, g.Area.Code)
		case area == "":
			area = g.Area.Code
		}
	}
	if len(places) > 0 && !places[0].Ambiguous {
		which = nil
		for _, g := range places[1:] { // "di Tahunan, desa Tegalsambi": the village says more
			if g.Score >= hotline.PlaceScore && !g.Ambiguous && g.Area.Parent == area {
				area = g.Area.Code
				break
			}
		}
	}
	if len(which) == 1 {
		area, which = which[0], nil
	}
	if len(which) > 0 {
		area = ""
	}
	return area, which[:min(len(which), mostWhich)], near[:min(len(near), mostWhich)]
}

// isNew tells whether a text plainly tells of something else than what was filed last: it names a place, and another matter or another place.
func (k *talk) isNew(rd hotline.Reading, last lastCase) bool {
	area, which, _ := settle(rd.Places)
	if !rd.Tells || area == "" && len(which) == 0 {
		return false
	}
	if otherMatter(rd, last) {
		return true
	}
	return understood(rd) && area != "" && last.Area != "" && k.apart(area, last.Area)
}

// otherMatter tells whether a text tells of another matter than the one filed last. Without a place it may still belong to it.
func otherMatter(rd hotline.Reading, last lastCase) bool {
	return rd.Tells && understood(rd) && rd.Categories[0].Score >= fairScore && rd.Top() != last.Category
}

// apart tells whether two areas are apart: neither lies in the other.
func (k *talk) apart(a, b string) bool {
	x, _ := k.reg.Kecamatan(a)
	y, _ := k.reg.Kecamatan(b)
	return x.Code != y.Code || a != x.Code && b != y.Code
}

// distinct tells whether two areas are different places: not the same, and neither lies in the other.
func (k *talk) distinct(a, b string) bool { return a != b && k.apart(a, b) }
