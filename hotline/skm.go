package hotline

import "math"

// The survey of satisfaction (survei kepuasan masyarakat, SKM) as PermenPAN-RB 14/2017 has it: nine elements, each rated from 1 to 4, all of one weight. Its
// index runs from 25 to 100, and its class from D to A.

// An SKMElement is one of the nine things that are rated.
type SKMElement string

// SKMElements are the nine, in the official order (U1 … U9).
func SKMElements() [SKMCount]SKMElement {
	return [SKMCount]SKMElement{
		"requirements", // persyaratan
		"procedure",    // sistem, mekanisme dan prosedur
		"time",         // waktu penyelesaian
		"fee",          // biaya/tarif
		"product",      // produk spesifikasi jenis pelayanan
		"competence",   // kompetensi pelaksana
		"manner",       // perilaku pelaksana
		"complaints",   // penanganan pengaduan, saran dan masukan
		"facilities",   // sarana dan prasarana
	}
}

// SKMCount is how many elements there are, SKMBest the best rating of one.
const (
	SKMCount = 9
	SKMBest  = 4
)

// SKMAnswers are one person's ratings, 1 … 4, in the order of SKMElements.
type SKMAnswers [SKMCount]int

// Valid tells whether every element was rated.
func (a SKMAnswers) Valid() bool {
	for _, v := range a {
		if v < 1 || v > SKMBest {
			return false
		}
	}
	return true
}

// SKMSums are the ratings of many people, added up: all that the index needs.
type SKMSums struct {
	People int
	Sums   [SKMCount]int
}

// Add adds one person's ratings; incomplete ones are left out, as the regulation has it.
func (s SKMSums) Add(a SKMAnswers) SKMSums {
	if !a.Valid() {
		return s
	}
	s.People++
	for i, v := range a {
		s.Sums[i] += v
	}
	return s
}

// Plus adds up two groups of people.
func (s SKMSums) Plus(o SKMSums) SKMSums {
	s.People += o.People
	for i, v := range o.Sums {
		s.Sums[i] += v
	}
	return s
}

// Element gives the average of one element, 1 … 4; 0 where nobody answered.
func (s SKMSums) Element(i int) float64 {
	if s.People == 0 {
		return 0
	}
	return float64(s.Sums[i]) / float64(s.People)
}

// Index gives the index, 25 … 100, to two decimals; 0 where nobody answered.
func (s SKMSums) Index() float64 {
	if s.People == 0 {
		return 0
	}
	total := 0
	for _, v := range s.Sums {
		total += v
	}
	const times25 = 25 * 100 // to two decimals, rounded to the nearest
	return math.Round(float64(total)*times25/float64(SKMCount*s.People)) / 100
}

// An SKMClass is the class of an index.
type SKMClass string

// The classes, with the index at which each begins.
const (
	SKMClassA    SKMClass = "A" // sangat baik: from 88.31
	SKMClassB    SKMClass = "B" // baik: from 76.61
	SKMClassC    SKMClass = "C" // kurang baik: from 65.00
	SKMClassD    SKMClass = "D" // tidak baik: from 25.00
	SKMClassNone SKMClass = ""  // nobody answered
)

// ClassOf gives the class of an index.
func ClassOf(index float64) SKMClass {
	switch {
	case index >= 88.31:
		return SKMClassA
	case index >= 76.61:
		return SKMClassB
	case index >= 65:
		return SKMClassC
	case index >= 25:
		return SKMClassD
	}
	return SKMClassNone
}

// Class gives the class of what these people answered.
func (s SKMSums) Class() SKMClass { return ClassOf(s.Index()) }

// Weakest gives the element with the lowest average, the first of several; false where nobody answered.
func (s SKMSums) Weakest() (SKMElement, bool) {
	if s.People == 0 {
		return "", false
	}
	low := 0
	for i, v := range s.Sums {
		if v < s.Sums[low] {
			low = i
		}
	}
	return SKMElements()[low], true
}
