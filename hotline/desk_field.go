package hotline

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A TicketField is a part of a ticket that is typed by itself.
type TicketField string

// The fields.
const (
	TicketFieldName     TicketField = "name"
	TicketFieldNumber   TicketField = "number"
	TicketFieldBehalf   TicketField = "behalf" // "1" or ""
	TicketFieldBearer   TicketField = "bearer"
	TicketFieldConsent  TicketField = "consent"  // "1" or ""
	TicketFieldDocument TicketField = "document" // an Identity or ""
	TicketFieldAgrees   TicketField = "agrees"   // "1" or ""
	TicketFieldKind     TicketField = "kind"
	TicketFieldCategory TicketField = "category"
	TicketFieldPrivacy  TicketField = "privacy"
	TicketFieldUrgent   TicketField = "urgent" // "1", "0" or ""
	TicketFieldArea     TicketField = "area"
	TicketFieldPoint    TicketField = "point" // "-6.58,110.66"
	TicketFieldLandmark TicketField = "landmark"
	TicketFieldText     TicketField = "text"
)

var ticketFields = []TicketField{TicketFieldName, TicketFieldNumber, TicketFieldBehalf, TicketFieldBearer, TicketFieldConsent, TicketFieldDocument, TicketFieldAgrees,
	TicketFieldKind, TicketFieldCategory, TicketFieldPrivacy, TicketFieldUrgent, TicketFieldArea, TicketFieldPoint, TicketFieldLandmark, TicketFieldText}

// TicketFields lists all fields.
func TicketFields() []TicketField { return slices.Clone(ticketFields) }

// Bounds on what is typed, in bytes.
const (
	MaxTicketName     = 200
	MaxTicketNumber   = 32
	MaxTicketLandmark = 300
	MaxTicketText     = 8000
)

// A TicketSave is what a page asks to be saved: the fields it changed since the version it last heard of. Writer is the page's own name, which it keeps over a
// reload and a crash, so that it never disagrees with itself.
type TicketSave struct {
	Key    string // of the ticket
	Base   int    // the version the page knows
	Writer string
	Force  bool // whoever types saw the other value and wants the own
	Fields map[TicketField]string
}

// A TicketConflict is a field that another page changed meanwhile: it stays as that left it until whoever types has chosen.
type TicketConflict struct {
	Field  TicketField
	Own    string
	Theirs string
}

// TicketSaved is what came of a save.
type TicketSaved struct {
	Ticket    Ticket
	Changed   []TicketField
	Conflicts []TicketConflict
	Invalid   []TicketField // no value of its field; the rest was saved
}

// Save takes over what a page changed, field by field: two tabs that write different fields both have their way, and of one field nobody overwrites in
// silence what another wrote since. Saving the same again changes nothing.
func (t Ticket) Save(r *Regency, s TicketSave) (TicketSaved, error) {
	out := TicketSaved{Ticket: t}
	out.Ticket.Stamps = maps.Clone(t.Stamps)
	for _, f := range slices.Sorted(maps.Keys(s.Fields)) {
		next := out.Ticket
		err := next.set(r, f, s.Fields[f])
		switch stamp := t.Stamps[f]; {
		case errors.Is(err, ErrTicketField):
			return TicketSaved{Ticket: t}, fmt.Errorf("%s: %w", f, err)
		case err != nil:
			out.Invalid = append(out.Invalid, f)
		case next.Value(f) == t.Value(f):
		case !s.Force && stamp.Version > s.Base && stamp.Writer != s.Writer:
			out.Conflicts = append(out.Conflicts, TicketConflict{f, next.Value(f), t.Value(f)})
		default:
			out.Ticket = next
			out.Changed = append(out.Changed, f)
		}
	}
	if len(out.Changed) == 0 {
		return out, nil
	}
	if !t.IsOpen() {
		return TicketSaved{Ticket: t}, ErrTicketFiled
	}
	out.Ticket.Version++
	if out.Ticket.Stamps == nil {
		out.Ticket.Stamps = map[TicketField]CallStamp{}
	}
	for _, f := range out.Changed {
		out.Ticket.Stamps[f] = CallStamp{out.Ticket.Version, s.Writer}
	}
	return out, nil
}

// Value gives a field as it would be typed. A field that does not exist gives "".
func (t Ticket) Value(f TicketField) string {
	switch f {
	case TicketFieldName:
		return t.Name
	case TicketFieldNumber:
		return t.Number
	case TicketFieldBehalf:
		return flag(t.Behalf)
	case TicketFieldBearer:
		return t.Bearer
	case TicketFieldConsent:
		return flag(t.Consent)
	case TicketFieldDocument:
		return string(t.Document)
	case TicketFieldAgrees:
		return flag(t.Agrees)
	case TicketFieldKind:
		return string(t.Kind)
	case TicketFieldCategory:
		return t.Category
	case TicketFieldPrivacy:
		return string(t.Privacy)
	case TicketFieldUrgent:
		return t.Urgent
	case TicketFieldArea:
		return t.Area
	case TicketFieldPoint:
		if t.Point == nil {
			return ""
		}
		return strconv.FormatFloat(t.Point.Lat, 'f', -1, 64) + "," + strconv.FormatFloat(t.Point.Lng, 'f', -1, 64)
	case TicketFieldLandmark:
		return t.Landmark
	case TicketFieldText:
		return t.Text
	}
	return ""
}

// set takes a value as typed: ErrTicketValue where it is none.
func (t *Ticket) set(r *Regency, f TicketField, v string) error {
	v = printable(v)
	var ok bool
	switch f {
	case TicketFieldName:
		t.Name, ok = v, len(v) <= MaxTicketName
	case TicketFieldNumber:
		t.Number, ok = strings.TrimSpace(v), len(v) <= MaxTicketNumber
	case TicketFieldBearer:
		t.Bearer, ok = v, len(v) <= MaxTicketName
	case TicketFieldLandmark:
		t.Landmark, ok = v, len(v) <= MaxTicketLandmark
	case TicketFieldText:
		t.Text, ok = v, len(v) <= MaxTicketText
	case TicketFieldBehalf:
		t.Behalf, ok = v == "1", v == "1" || v == ""
	case TicketFieldConsent:
		t.Consent, ok = v == "1", v == "1" || v == ""
	case TicketFieldAgrees:
		t.Agrees, ok = v == "1", v == "1" || v == ""
	default:
		return t.choose(r, f, v)
	}
	if !ok {
		return ErrTicketValue
	}
	return nil
}

// choose takes a value that is one of few.
func (t *Ticket) choose(r *Regency, f TicketField, v string) error {
	var ok bool
	switch f {
	case TicketFieldDocument:
		t.Document, ok = Identity(v), v == "" || Identity(v).Known()
	case TicketFieldKind:
		t.Kind, ok = Kind(v), slices.Contains([]Kind{"", Complaint, Aspiration, Inquiry}, Kind(v))
	case TicketFieldPrivacy:
		t.Privacy, ok = Privacy(v), slices.Contains([]Privacy{"", Open, Anonymous, Secret, Sealed}, Privacy(v))
	case TicketFieldUrgent:
		t.Urgent, ok = v, v == "" || v == TicketUrgent || v == TicketCalm
	case TicketFieldCategory:
		_, known := r.Category(v)
		t.Category, ok = v, v == "" || known
	case TicketFieldArea:
		_, known := r.Area(v)
		t.Area, ok = v, v == "" || known
	case TicketFieldPoint:
		t.Point, ok = readPoint(v)
	default:
		return ErrTicketField
	}
	if !ok {
		return ErrTicketValue
	}
	return nil
}

// ValidPhotoName tells whether a page may call a photo so: letters, digits, dashes.
func ValidPhotoName(s string) bool {
	return s != "" && len(s) <= MaxTicketPhotoName && utf8.ValidString(s) && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
