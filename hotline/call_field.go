package hotline

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A CallField is a part of a call's record that is typed by itself.
type CallField string

// The fields. Beside them each question of a protocol is one: CallAnswer(id).
const (
	CallFieldNumber   CallField = "number"
	CallFieldAgrees   CallField = "agrees" // "1" or ""
	CallFieldRang     CallField = "rang"   // RFC 3339
	CallFieldAnswered CallField = "answered"
	CallFieldEnded    CallField = "ended"
	CallFieldPaper    CallField = "paper" // "1" or ""
	CallFieldClass    CallField = "class"
	CallFieldIncident CallField = "incident"
	CallFieldCategory CallField = "category"
	CallFieldPrivacy  CallField = "privacy"
	CallFieldArea     CallField = "area"
	CallFieldPoint    CallField = "point" // "-6.58,110.66"
	CallFieldLandmark CallField = "landmark"
	CallFieldVictims  CallField = "victims" // a number from 0 to 9999
	CallFieldUnits    CallField = "units"   // unit ids joined by commas; "-" for none; empty: as proposed
	CallFieldText     CallField = "text"
)

const answerPrefix = "answer."

// noUnits is how a chosen empty list of units is written, apart from none chosen.
const noUnits = "-"

// CallAnswer is the field of an answer to a protocol's question.
func CallAnswer(question string) CallField { return CallField(answerPrefix + question) }

// A CallStamp says with which version a field last changed, and who wrote that: a page, by the name it gave itself.
type CallStamp struct {
	Version int    `json:"v"`
	Writer  string `json:"w"`
}

// A CallSave is what a page asks to be saved: the fields it changed since the version it last heard of. Writer is the page's own name, which it keeps
// over a reload and a crash, so that it never disagrees with itself.
type CallSave struct {
	Key    string // of the call
	Base   int    // the version the page knows
	Writer string
	Force  bool // the operator saw the other value and wants the own
	Fields map[CallField]string
}

// A CallConflict is a field that somebody else changed meanwhile: it stays as they left it until the operator has chosen.
type CallConflict struct {
	Field  CallField
	Own    string
	Theirs string
}

// What is wrong with a value.
var (
	ErrCallField = errors.New("no such field of a call")
	ErrCallValue = errors.New("not a value of that field")
)

// Bounds on what is typed.
const (
	MaxCallText     = 8000 // bytes of the story
	MaxCallLandmark = 300
	MaxCallAnswer   = 300
	MaxCallNumber   = 32
	maxVictims      = 9999
	maxCallUnits    = 20
	maxCallAnswers  = 40
)

// Saved is what came of a save.
type Saved struct {
	Call      Call
	Changed   []CallField
	Conflicts []CallConflict
	Invalid   []CallField // half typed, as a time may be; the rest was saved
}

// Save takes over what a page changed, field by field: two pages that write different fields both have their way, and of one field nobody overwrites in
// silence what another wrote since. What is not a value of its field is told and leaves the rest saved. Saving the same again changes nothing.
func (c Call) Save(r *Regency, s CallSave) (Saved, error) {
	out := Saved{Call: c}
	out.Call.Answers, out.Call.Stamps = maps.Clone(c.Answers), maps.Clone(c.Stamps)
	for _, f := range slices.Sorted(maps.Keys(s.Fields)) {
		next := out.Call
		next.Answers = maps.Clone(out.Call.Answers)
		err := next.set(r, f, s.Fields[f])
		switch stamp := c.Stamps[f]; {
		case errors.Is(err, ErrCallField):
			return Saved{Call: c}, fmt.Errorf("%s: %w", f, err)
		case err != nil:
			out.Invalid = append(out.Invalid, f)
		case next.Value(f) == c.Value(f):
		case !s.Force && stamp.Version > s.Base && stamp.Writer != s.Writer:
			out.Conflicts = append(out.Conflicts, CallConflict{f, next.Value(f), c.Value(f)})
		default:
			out.Call = next
			out.Changed = append(out.Changed, f)
		}
	}
	if len(out.Changed) == 0 {
		return out, nil
	}
	if !c.IsOpen() {
		return Saved{Call: c}, ErrCallClosed
	}
	out.Call.Version++
	if out.Call.Stamps == nil {
		out.Call.Stamps = map[CallField]CallStamp{}
	}
	for _, f := range out.Changed {
		out.Call.Stamps[f] = CallStamp{out.Call.Version, s.Writer}
	}
	return out, nil
}

// Value gives a field as it would be typed. A field that does not exist gives "".
func (c Call) Value(f CallField) string {
	switch f {
	case CallFieldNumber:
		return c.Number
	case CallFieldAgrees:
		return flag(c.Agrees)
	case CallFieldRang:
		return typedTime(c.Rang)
	case CallFieldAnswered:
		return typedTime(c.Answered)
	case CallFieldEnded:
		return typedTime(c.Ended)
	case CallFieldPaper:
		return flag(c.Paper)
	case CallFieldClass:
		return string(c.Class)
	case CallFieldIncident:
		return c.Incident
	case CallFieldCategory:
		return c.Category
	case CallFieldPrivacy:
		return string(c.Privacy)
	case CallFieldArea:
		return c.Area
	case CallFieldPoint:
		if c.Point == nil {
			return ""
		}
		return strconv.FormatFloat(c.Point.Lat, 'f', -1, 64) + "," + strconv.FormatFloat(c.Point.Lng, 'f', -1, 64)
	case CallFieldLandmark:
		return c.Landmark
	case CallFieldVictims:
		if c.Victims == nil {
			return ""
		}
		return strconv.Itoa(*c.Victims)
	case CallFieldUnits:
		switch {
		case !c.Chosen:
			return ""
		case len(c.Units) == 0:
			return noUnits
		}
		return strings.Join(c.Units, ",")
	case CallFieldText:
		return c.Text
	}
	if q, ok := strings.CutPrefix(string(f), answerPrefix); ok {
		return c.Answers[q]
	}
	return ""
}

func flag(is bool) string {
	if is {
		return "1"
	}
	return ""
}

func typedTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// set takes a value as typed: ErrCallValue where it is none.
func (c *Call) set(r *Regency, f CallField, v string) error {
	v = printable(v)
	var ok bool
	switch f {
	case CallFieldNumber:
		c.Number, ok = strings.TrimSpace(v), len(v) <= MaxCallNumber
	case CallFieldAgrees:
		c.Agrees, ok = v == "1", v == "1" || v == ""
	case CallFieldPaper:
		c.Paper, ok = v == "1", v == "1" || v == ""
	case CallFieldRang:
		ok = setMoment(&c.Rang, v)
	case CallFieldAnswered:
		ok = setMoment(&c.Answered, v)
	case CallFieldEnded:
		ok = setMoment(&c.Ended, v)
	case CallFieldClass:
		c.Class, ok = CallClass(v), v == "" || CallClass(v).Known()
	case CallFieldIncident:
		_, known := r.Incident(v)
		c.Incident, ok = v, v == "" || known
	case CallFieldCategory:
		_, known := r.Category(v)
		c.Category, ok = v, v == "" || known
	case CallFieldPrivacy:
		c.Privacy, ok = Privacy(v), v == "" || slices.Contains([]Privacy{Open, Anonymous, Secret, Sealed}, Privacy(v))
	case CallFieldArea:
		_, known := r.Area(v)
		c.Area, ok = v, v == "" || known
	case CallFieldPoint:
		c.Point, ok = readPoint(v)
	case CallFieldLandmark:
		c.Landmark, ok = v, len(v) <= MaxCallLandmark
	case CallFieldVictims:
		c.Victims, ok = readVictims(v)
	case CallFieldUnits:
		ok = c.setUnits(r, v)
	case CallFieldText:
		c.Text, ok = v, len(v) <= MaxCallText
	default:
		return c.setAnswer(f, v)
	}
	if !ok {
		return ErrCallValue
	}
	return nil
}

func (c *Call) setUnits(r *Regency, v string) bool {
	c.Units, c.Chosen = nil, v != ""
	if v == "" || v == noUnits {
		return true
	}
	for _, u := range strings.Split(v, ",") {
		if _, known := r.Unit(u); !known || len(c.Units) == maxCallUnits {
			return false
		}
		if !slices.Contains(c.Units, u) {
			c.Units = append(c.Units, u)
		}
	}
	return true
}

// setAnswer keeps an answer whichever incident is chosen just now: a wrong key and back loses nothing.
func (c *Call) setAnswer(f CallField, v string) error {
	q, is := strings.CutPrefix(string(f), answerPrefix)
	switch {
	case !is || !ValidShortID(q):
		return ErrCallField
	case len(v) > MaxCallAnswer:
		return ErrCallValue
	case v == "":
		delete(c.Answers, q)
		return nil
	}
	if _, have := c.Answers[q]; !have && len(c.Answers) >= maxCallAnswers {
		return ErrCallValue
	}
	if c.Answers == nil {
		c.Answers = map[string]string{}
	}
	c.Answers[q] = v
	return nil
}

// setMoment reads a time to the second. Anything between 2000 and 2100: whether it can be true is seen at closing.
func setMoment(to *time.Time, v string) bool {
	if v == "" {
		*to = time.Time{}
		return true
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil || t.UTC().Year() < 2000 || t.UTC().Year() > 2100 {
		return false
	}
	*to = t.UTC().Truncate(time.Second)
	return true
}

func readPoint(v string) (*Point, bool) {
	if v == "" {
		return nil, true
	}
	a, b, _ := strings.Cut(v, ",")
	lat, err1 := strconv.ParseFloat(strings.TrimSpace(a), 64)
	lng, err2 := strconv.ParseFloat(strings.TrimSpace(b), 64)
	if err1 != nil || err2 != nil || !(lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180) {
		return nil, false
	}
	return &Point{Lat: lat, Lng: lng}, true
}

func readVictims(v string) (*int, bool) {
	if v == "" {
		return nil, true
	}
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 0 || n > maxVictims {
		return nil, false
	}
	return &n, true
}

// printable drops what no database and no page takes: bytes that are no text, and control characters but line breaks.
func printable(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func blank(s string) string { return strings.TrimSpace(s) }
