package hotline

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"
)

// SiagaID names a siaga in one regency's database.
type SiagaID int64

// A Siaga is a state of alert that is declared for some kecamatan by decree, as for the night of a flood. While it is in force whoever writes from there is told
// so, whoever tells of it is asked three questions and no more, and the ordinary clocks of the units named stand still. Everything that is done about it is a
// SiagaStep.
type Siaga struct {
	ID        SiagaID
	Decree    string   // its number: "360/112/2026"
	Category  string   // what it is about: Category.ID
	Kecamatan []string // Area.Codes
	Text      string   // what people there are told
	Units     []string // whose clocks stand still
	Unit      string   // that volunteers join
	By        PersonID // who declared it
	From      time.Time
	Until     time.Time // when it is over unless it is prolonged
	Ended     time.Time // when it was ended; zero: nobody has yet
	EndedBy   PersonID
	Summary   string // what was said of it at the end
}

// A SiagaAct is something that was done about a siaga.
type SiagaAct string

// The acts.
const (
	SiagaDeclared  SiagaAct = "declared"
	SiagaProlonged SiagaAct = "prolonged" // Word: until when; an earlier time shortens it
	SiagaAnswered  SiagaAct = "answered"  // Word: how many were told; Text: what
	SiagaInvited   SiagaAct = "invited"   // a volunteer; Word: until when the code is good
	SiagaPaused    SiagaAct = "paused"    // clocks; Word: of how many parts of cases
	SiagaOver      SiagaAct = "ended"     // Text: the summary
)

// A SiagaStep is one line of a siaga's history.
type SiagaStep struct {
	At   time.Time
	By   PersonID
	Act  SiagaAct
	Word string
	Text string
}

// A SiagaNeed is what somebody in a siaga lacks most.
type SiagaNeed string

// The needs, in the order in which they are offered.
const (
	NeedRescue  SiagaNeed = "rescue"  // to be taken out of there: that is an emergency
	NeedFood    SiagaNeed = "food"    // food, drinking water
	NeedHealth  SiagaNeed = "health"  // a doctor, medicine
	NeedShelter SiagaNeed = "shelter" // a dry place, blankets
	NeedOther   SiagaNeed = "other"
)

var siagaNeeds = []SiagaNeed{NeedRescue, NeedFood, NeedHealth, NeedShelter, NeedOther}

// SiagaNeeds lists the needs in the order in which they are offered.
func SiagaNeeds() []SiagaNeed { return slices.Clone(siagaNeeds) }

// Known tells whether it is one of the needs.
func (n SiagaNeed) Known() bool { return slices.Contains(siagaNeeds, n) }

// A SiagaReport is a case of a siaga, with what the three questions brought.
type SiagaReport struct {
	Case   Case
	People int // zero: not said
	Need   SiagaNeed
}

// MaxSiagaPeople bounds the answer to "how many people?".
const MaxSiagaPeople = 9999

// Bounds on what is typed of a siaga, in letters.
const (
	MaxSiagaDecree = 80
	MaxSiagaText   = 500
)

// What is wrong with a siaga.
var (
	ErrSiagaDecree = errors.New("the decree has no number")
	ErrSiagaPlace  = errors.New("no kecamatan is named")
	ErrSiagaText   = errors.New("nothing is said to the people there")
	ErrSiagaUntil  = errors.New("the end is not within ninety days from now")
	ErrSiagaMatter = errors.New("it is about nothing")
	ErrSiagaUnit   = errors.New("there is no such unit")
	ErrSiagaTwice  = errors.New("a siaga is in force there already")
	ErrSiagaOver   = errors.New("the siaga is over")
)

// longestSiaga bounds how long one lasts at once; it can be prolonged.
const longestSiaga = 90 * 24 * time.Hour

// Check tells what is wrong with a siaga that is to be declared at now.
func (s Siaga) Check(r *Regency, now time.Time) error {
	kecamatan := func(code string) bool { a, ok := r.Area(code); return ok && a.Level == LevelKecamatan }
	unit := func(id string) bool { _, ok := r.Unit(id); return ok }
	cat, ok := r.Category(s.Category)
	matter := ok && !cat.Oversight && !cat.Rudeness // nobody is accused of the weather
	switch {
	case strings.TrimSpace(s.Decree) == "":
		return ErrSiagaDecree
	case !matter:
		return ErrSiagaMatter
	case len(s.Kecamatan) == 0 || !all(s.Kecamatan, kecamatan):
		return ErrSiagaPlace
	case strings.TrimSpace(s.Text) == "":
		return ErrSiagaText
	case !s.Until.After(now) || s.Until.Sub(now) > longestSiaga:
		return ErrSiagaUntil
	case !all(s.Units, unit) || s.Unit != "" && !unit(s.Unit):
		return ErrSiagaUnit
	}
	return nil
}

func all[T any](list []T, is func(T) bool) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !is(v) })
}

// Holds tells whether it is in force at now: until its end, or until somebody ends it sooner.
func (s Siaga) Holds(now time.Time) bool {
	return s.ID != 0 && s.Ended.IsZero() && !now.Before(s.From) && now.Before(s.Until)
}

// Over gives when it stopped being in force: when it was ended, but no later than it was to last.
func (s Siaga) Over() time.Time {
	if s.Ended.IsZero() || s.Until.Before(s.Ended) {
		return s.Until
	}
	return s.Ended
}

// Covers tells whether an area, a kecamatan or a village of one, lies in it.
func (s Siaga) Covers(r *Regency, area string) bool {
	a, ok := r.Area(area)
	return ok && (slices.Contains(s.Kecamatan, a.Code) || slices.Contains(s.Kecamatan, a.Parent))
}

// SiagaAt gives the siaga in force at an area; about a category, unless that is empty.
func SiagaAt(r *Regency, list []Siaga, area, category string, now time.Time) (Siaga, bool) {
	return first(list, func(s Siaga) bool {
		return s.Holds(now) && s.Covers(r, area) && (category == "" || s.Category == category)
	})
}

// SiagaOf finds one of a list.
func SiagaOf(list []Siaga, id SiagaID) (Siaga, bool) {
	return first(list, func(s Siaga) bool { return id != 0 && s.ID == id })
}

// SeesSiaga decides what somebody sees of a case of a siaga on its page, beside what Sees lets them see. Who works at the line, and leads such a night, sees
// which cases there are and where, though not what was said in chats and by whom.
func (r *Regency) SeesSiaga(v Viewer, c Case) Sight {
	s := r.Sees(v, c)
	if !v.Has(RoleOperator, RoleSupervisor) || slices.ContainsFunc(v.Roles, func(role Role) bool { return r.HiddenFrom(c, r.AgencyOf(role.Unit)) }) {
		return s
	}
	return s.or(Sight{Facts: true})
}

// Paused gives what a due time becomes when the clock stands still between two times: later by as many working days as passed meanwhile, at the same time
// of day or the close of work. So just as many are left afterwards as before. A time that is no limit (zero) stays none.
func (c Calendar) Paused(due, from, until time.Time) time.Time {
	if due.IsZero() || !until.After(from) {
		return due
	}
	day, ok := c.countsFrom(until) // what ends after work gives back that whole day
	if !ok {
		return due
	}
	return c.later(due, c.WorkDaysBetween(from, day))
}

// later gives the same time of day so many working days later; the close of work stays the close of work.
func (c Calendar) later(due time.Time, n int) time.Time {
	if n <= 0 {
		return due
	}
	local := due.In(c.zone())
	day := local
	for range min(n, maxDays) {
		next, ok := c.nextWorkDay(day)
		if !ok {
			next = day.AddDate(0, 0, 1) // nobody ever works
		}
		day = next
	}
	if c.WorkDay(local) && due.Equal(c.closing(local)) && c.WorkDay(day) {
		return c.closing(day)
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), c.zone())
}

// A SiagaPlace is what a siaga brought from one village.
type SiagaPlace struct {
	Area   string
	Cases  int
	Live   int // of those
	People int
	Rescue int // cases that ask to be taken out and are live
}

// SiagaPlaces groups reports by village, those with the most people that are still waited for first.
func SiagaPlaces(reports []SiagaReport) []SiagaPlace {
	at := map[string]int{}
	var places []SiagaPlace
	for _, r := range reports {
		i, ok := at[r.Case.Area]
		if !ok {
			i = len(places)
			at[r.Case.Area] = i
			places = append(places, SiagaPlace{Area: r.Case.Area})
		}
		p := &places[i]
		p.Cases++
		p.People += r.People
		if r.Case.Status.Live() {
			p.Live++
			if r.Need == NeedRescue {
				p.Rescue++
			}
		}
	}
	slices.SortStableFunc(places, func(a, b SiagaPlace) int {
		return cmp.Or(cmp.Compare(b.Rescue, a.Rescue), cmp.Compare(b.Live, a.Live), cmp.Compare(b.People, a.People), cmp.Compare(a.Area, b.Area))
	})
	return places
}
