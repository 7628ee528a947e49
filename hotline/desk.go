package hotline

import (
	"errors"
	"slices"
	"time"
)

// TicketID names a ticket of the walk-in desk in one regency's database.
type TicketID int64

// An Identity is a kind of identity document. Only that one was seen is kept, and of which kind: never its number.
type Identity string

// The kinds of documents, as they are shown at a desk.
const (
	IdentityNone     Identity = "none" // asked for, and not there
	IdentityKTP      Identity = "ktp"
	IdentityIKD      Identity = "ikd" // the KTP on a telephone
	IdentitySIM      Identity = "sim"
	IdentityKK       Identity = "kk"
	IdentityPassport Identity = "passport"
	IdentityOther    Identity = "other"
)

var identities = []Identity{IdentityKTP, IdentityIKD, IdentitySIM, IdentityKK, IdentityPassport, IdentityOther, IdentityNone}

// Identities lists the kinds in the order in which they are shown.
func Identities() []Identity { return slices.Clone(identities) }

// Known tells whether it is one of the kinds.
func (d Identity) Known() bool { return slices.Contains(identities, d) }

// Seen tells whether a document was seen.
func (d Identity) Seen() bool { return d.Known() && d != IdentityNone }

// A Ticket is what somebody says at the walk-in desk, written down by whoever sits there. It is saved while it is typed (see Save), so it may lack
// anything. Filed, it is a case as any other. Who it was and what was said is content, and erasable; that a ticket was written, when, by whom, and the case it
// became, stay.
type Ticket struct {
	ID     TicketID
	Key    string   // what the page that began it calls it, so that begun twice is begun once
	Writer PersonID // who sits at the desk: nobody else writes it

	Name     string   // whose matter it is; may be empty
	Number   string   // theirs, E.164 where it can be read so, else its digits; empty: none
	Behalf   bool     // somebody else stands at the desk
	Bearer   string   // who, where it is somebody else
	Consent  bool     // whose matter it is wants it told
	Document Identity // that the writer has seen, of who stands there; empty: not asked
	Agrees   bool     // they want the number and the news in chat

	Kind     Kind    // empty: as the words say
	Category string  // Category.ID; empty: the coordinator decides
	Privacy  Privacy // empty: as the category has it
	Urgent   string  // TicketUrgent, TicketCalm; empty: as the words say
	Area     string  // Area.Code
	Point    *Point
	Landmark string
	Text     string

	Photos []TicketPhoto

	Case      CaseID // what it became; zero: it is still written
	About     string // Agency.ID of the agency complained about, once it is filed
	Opened    time.Time
	Filed     time.Time // zero: it is still written
	Withdrawn time.Time // zero: not

	Version int                       // counts what was saved
	Stamps  map[TicketField]CallStamp // who last changed what
	Erased  bool                      // the content is gone, the fact remains
}

// What Ticket.Urgent may be, beside empty.
const (
	TicketUrgent = "1"
	TicketCalm   = "0"
)

// A TicketPhoto is a picture or a scanned page that belongs to a ticket. Name is what the page calls it, so that sent twice is kept once.
type TicketPhoto struct {
	Name  string
	Media MediaID
	Kind  MediaKind
	Shown bool // there is a copy that may be shown
}

// Bounds of photos at the desk.
const (
	MaxTicketPhotos    = 10
	MaxTicketPhotoName = 40
)

// TicketUndo is how long whoever wrote a ticket may withdraw it, as after a mistake.
const TicketUndo = 10 * time.Minute

// Errors of tickets.
var (
	ErrTicketUnseen     = errors.New("no ticket for this viewer")
	ErrTicketFiled      = errors.New("the ticket was filed already")
	ErrTicketIncomplete = errors.New("the ticket lacks something")
	ErrTicketLate       = errors.New("the time to withdraw the ticket is over")
	ErrTicketField      = errors.New("no such field of a ticket")
	ErrTicketValue      = errors.New("not a value of that field")
	ErrTicketPhotos     = errors.New("the ticket has as many photos as it can have")
)

// IsOpen tells whether the ticket is still being written.
func (t Ticket) IsOpen() bool { return t.Filed.IsZero() }

// Missing gives what the ticket lacks before it can be filed: what it is about; and where somebody comes for another, who they are and that the other wants it.
// Whose matter it is may stay unsaid only where it is told without a name.
func (t Ticket) Missing() []TicketField {
	var lacks []TicketField
	need := func(ok bool, f TicketField) {
		if !ok {
			lacks = append(lacks, f)
		}
	}
	if t.Behalf {
		need(blank(t.Name) != "" || t.Privacy.IsAnonymous(), TicketFieldName)
		need(blank(t.Bearer) != "", TicketFieldBearer)
		need(t.Consent, TicketFieldConsent)
	}
	need(blank(t.Text) != "", TicketFieldText)
	return lacks
}

// Withdrawable gives until when the viewer may withdraw the ticket; false: not, or no more.
func (t Ticket) Withdrawable(v Viewer, now time.Time) (until time.Time, ok bool) {
	until = t.Filed.Add(TicketUndo)
	return until, t.Case != 0 && t.Withdrawn.IsZero() && v.Is(t.Writer) && now.Before(until)
}

// Filing gives the case that a ticket becomes; sense is what its words amount to, and story the words as whoever works the case reads them. Reporter and From are
// left to whoever knows who it is.
func (t Ticket) Filing(r *Regency, now time.Time, sense TicketSense, story string) Filing {
	f := Filing{
		Kind: t.Kind, Category: t.Category, Privacy: t.Privacy, Urgent: sense.Urgent, Source: SourceDesk, Area: t.Area,
		About: r.Accused(sense.Reading, t.Category), Story: Content{Text: story, Point: t.Point},
	}
	if f.Category == "" && sense.Urgent && sense.Reading.Danger != nil {
		f.Category = sense.Reading.Danger.Category
	}
	if f.Kind == "" {
		f.Kind = sense.Kind
	}
	if f.Privacy == "" {
		f.Privacy = Open
		if cat, ok := r.Category(f.Category); ok && cat.Secret {
			f.Privacy = Secret
		}
	}
	for _, p := range t.Photos {
		f.Story.Media = append(f.Story.Media, p.Media)
	}
	f.Due = ResolveDue(r, f.Category, f.Kind, now)
	return f
}

// TicketSight is how much of a ticket somebody may see.
type TicketSight struct {
	Facts   bool // when, what about, the case's number and where it stands; enough for the receipt
	Content bool // what was said, the place, the photos
	Who     bool // names and the telephone number
	Act     bool // may write it
}

// SeesTicket decides for (viewer, ticket), as Sees does for cases.
//
//   - Whoever writes it sees it whole as long as it is written. Once it is filed they see what the receipt needs, and the rest as far as the matter is neither
//     secret nor told without a name: what was told in confidence does not stay at the desk.
//   - Supervisors see the tickets of the desk likewise, once they are filed; of those still written only that they are.
//   - The coordinator sees what was filed whole, and of an anonymous matter not whose it is.
//   - Nobody of the agency complained about sees a ticket that another wrote.
func (r *Regency) SeesTicket(v Viewer, t Ticket) TicketSight {
	mine := v.Is(t.Writer) && v.Has(RoleDesk)
	if mine && t.IsOpen() {
		return TicketSight{Facts: true, Content: true, Who: true, Act: true}
	}
	accused := func(role Role) bool { return t.About != "" && r.AgencyOf(role.Unit) == t.About }
	filed := !t.IsOpen()
	switch {
	case mine:
		s := TicketSight{Facts: true, Content: !t.Privacy.IsSecret(), Who: !t.Privacy.IsSecret() && !t.Privacy.IsAnonymous()}
		if slices.ContainsFunc(v.Roles, accused) {
			s.Content, s.Who = false, false
		}
		return s
	case slices.ContainsFunc(v.Roles, accused):
		return TicketSight{}
	case v.Has(RoleCoordinator):
		return TicketSight{Facts: true, Content: filed, Who: filed && !t.Privacy.IsAnonymous()}
	case v.Has(RoleSupervisor):
		return TicketSight{Facts: true, Content: filed && !t.Privacy.IsSecret(), Who: filed && t.Privacy == Open}
	}
	return TicketSight{}
}

// Without gives a ticket without what a viewer may not see.
func (t Ticket) Without(s TicketSight) Ticket {
	if !s.Facts {
		return Ticket{}
	}
	if !s.Who {
		t.Name, t.Number, t.Bearer = "", "", ""
	}
	if !s.Content {
		t.Text, t.Landmark, t.Point, t.Area, t.Photos = "", "", nil, "", nil
	}
	return t
}

// A KnownPerson is who a telephone number is known to be, for whoever has that person before them.
type KnownPerson struct {
	Number string
	Person Person    // whom a network vouches the number to; zero: nobody known
	Reach  AddressID // where that person can be told the news; zero: nowhere
	Open   int       // how many cases of theirs are open
}
