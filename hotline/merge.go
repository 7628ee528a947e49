package hotline

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"
)

// Several people report the same hole in the road. The coordinator merges their cases into one of them, the parent, which alone is worked. Each
// reporter keeps their own number, hears on it what those of the parent hear (with a copy of the officer's words), adds to it what the parent's
// officer
// then reads, and rates it. Nobody of them learns of the others.
//
// While it is merged a case is Merged and has no part at any unit. It ends with the parent, and then is a case of its own like any other: it can be
// rated,
// closes by itself, and whoever is not content opens it again alone. What makes it another matter takes it out by itself, to triage: an emergency,
// another category, an agency complained about, secrecy asked for. And where the two are no longer seen by the same people, the next news takes
// them apart.

// ErrSight says that two cases cannot be merged: whoever may see the one may not see the other, or one accuses somebody.
var ErrSight = errors.New("not seen by the same people")

// MayMerge tells whether one case may be merged into another, as far as sight is concerned: both secret or neither, and none that accuses anybody.
func (r *Regency) MayMerge(child, parent Case) bool {
	accuses := func(c Case) bool {
		cat, _ := r.Category(c.Category)
		return c.About != "" || cat.Oversight || cat.Rudeness
	}
	return child.Privacy.IsSecret() == parent.Privacy.IsSecret() && !accuses(child) && !accuses(parent)
}

// Shared tells whether an event of a parent happens to those merged into it too.
func (k EventKind) Shared() bool {
	switch k {
	case EvAnswered, EvScheduled, EvResolved, EvPassedOn, EvNotPossible, EvReopened, EvWithdrawn, EvArchived, EvRecategory, EvTranscribed:
		return true
	}
	return false
}

func (c *Case) merge(e Event) bool {
	if !c.Status.Live() || c.Status == Merged || c.Urgent || c.Children > 0 || e.With == 0 || e.With == c.ID {
		return false
	}
	c.cancelAll()
	c.Status, c.Parent = Merged, e.With
	return true
}

func (c *Case) mayAbsorb(e Event) bool {
	return c.Status.Live() && c.Status != Merged && e.With != 0 && e.With != c.ID
}

// follows tells whether the event is news of the case's parent.
func (c *Case) follows(e Event) bool { return c.Status == Merged && e.Assignment == 0 }

// part makes it a case of its own, for which the coordinator chooses a unit.
func (c *Case) part() {
	c.Status, c.Parent, c.Outcome, c.EndedAt, c.Rating, c.Date = Triage, 0, "", time.Time{}, 0, ""
}

// leave parts it from its parent, since it is another matter now.
func (c *Case) leave() {
	if c.Status == Merged {
		c.part()
	}
	c.Parent = 0 // also of one that has ended: it is not opened again with the parent, nor seen by those who work that
}

// A Described is a case with what is compared to find others about the same.
type Described struct {
	Case  Case
	Text  string
	Point *Point
}

// What likeness looks at.
const (
	likeDays   = 21  // filed within so many days of each other
	likeMetres = 750 // near, where both sent a place
	LikeLeast  = 0.3 // from here on it is proposed
)

// Alike tells how likely two cases are about the same, from 0 to 1: of one category, near in place and time, in like words.
func (r *Regency) Alike(a, b Described) float64 {
	apart := a.Case.Filed.Sub(b.Case.Filed).Abs()
	if a.Case.Category == "" || a.Case.Category != b.Case.Category || apart > likeDays*24*time.Hour {
		return 0
	}
	near := 0.0
	switch {
	case a.Point != nil && b.Point != nil:
		if m := metres(*a.Point, *b.Point); m <= likeMetres {
			near = 1 - m/(2*likeMetres)
		}
	case a.Case.Area != "" && a.Case.Area == b.Case.Area:
		near = 0.7
	default:
		ka, ok1 := r.Kecamatan(a.Case.Area)
		kb, ok2 := r.Kecamatan(b.Case.Area)
		if ok1 && ok2 && ka.Code == kb.Code {
			near = 0.3
		}
	}
	if near == 0 {
		return 0
	}
	return near * (0.5 + 0.4*overlap(Words(a.Text), Words(b.Text)) + 0.1*(1-float64(apart)/float64(likeDays*24*time.Hour)))
}

// overlap is which part of the fewer words is among the others.
func overlap(a, b []string) float64 {
	set := func(words []string) map[string]bool {
		out := map[string]bool{}
		for _, w := range words {
			if len(w) > 3 {
				out[w] = true
			}
		}
		return out
	}
	sa, sb := set(a), set(b)
	if len(sa) == 0 || len(sb) == 0 {
		return 0
	}
	both := 0
	for w := range sa {
		if sb[w] {
			both++
		}
	}
	return float64(both) / float64(min(len(sa), len(sb)))
}

// metres is how far apart two places are, near enough for what lies within a regency.
func metres(a, b Point) float64 {
	const degree = 111_320
	x := (a.Lng - b.Lng) * math.Cos((a.Lat+b.Lat)*math.Pi/360)
	return degree * math.Hypot(x, a.Lat-b.Lat)
}

// Duplicates gives those of others that are likely about the same as one, the likeliest first, at most so many.
func (r *Regency) Duplicates(of Described, others []Described, most int) []Described {
	type ranked struct {
		Described
		like float64
	}
	var all []ranked
	for _, o := range others {
		if like := r.Alike(of, o); o.Case.ID != of.Case.ID && like >= LikeLeast && r.MayMerge(of.Case, o.Case) {
			all = append(all, ranked{o, like})
		}
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.Case.ID, b.Case.ID)) })
	var out []Described
	for _, a := range all[:min(len(all), most)] {
		out = append(out, a.Described)
	}
	return out
}
