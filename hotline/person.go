package hotline

import (
	"slices"
	"time"
)

// PersonID names a person in one regency's database. Zero means nobody: a 112 caller or a walk-in may have no person.
type PersonID int64

// AddressID names an address in one regency's database.
type AddressID int64

// A Person is somebody Tanggap knows. Name and telephone number are content: they live in rows of their own and can be erased, after which
// the person is still the one who filed a case, and no more is known.
type Person struct {
	ID       PersonID
	Language Lang   // the language chosen or guessed, never empty
	Name     string // as the person or the network calls them; may be empty
	Phone    string // E.164 ("+6281…"); empty where unknown
}

// A Channel is a network people write on.
type Channel string

// The channels.
const (
	Telegram Channel = "telegram"
	WhatsApp Channel = "whatsapp" // a telephone's account, as one of its linked devices
	// WhatsAppCloud is WhatsApp through the Cloud API of a business account: other accounts, other names for people.
	WhatsAppCloud Channel = "whatsappcloud"
)

// An Address is where a person can be reached: one peer as seen by one of our accounts on one channel. It points at a person, and the
// pointer can be moved and undone; a reply goes to the address that wrote.
type Address struct {
	ID      AddressID
	Channel Channel
	Account string // which of our accounts, by its public name: the bot's numeric id, a telephone number
	Peer    string // a Telegram chat id, a WhatsApp LID
	Person  PersonID
	Home    PersonID // whom it came with: another than Person while that one is joined into Person; see Join
}

// Lang is a language people are spoken to in, as a BCP 47 tag.
type Lang string

// The languages the catalogue knows.
const (
	Indonesian Lang = "id"
	Javanese   Lang = "jv"
	English    Lang = "en"
)

// A RoleName is what a person may be to the service. Everyone is a citizen without being told so.
type RoleName string

// The roles.
const (
	RoleCitizen     RoleName = "citizen"
	RoleOfficer     RoleName = "officer"
	RoleHead        RoleName = "head"        // heads an agency or a unit
	RoleCoordinator RoleName = "coordinator" // Diskominfo: triage, time limits, privacy requests
	RoleSupervisor  RoleName = "supervisor"  // of the 112 operators
	RoleResponder   RoleName = "responder"   // sent to emergencies
	RoleOperator    RoleName = "operator"    // logs 112 calls
	RoleDesk        RoleName = "desk"        // logs people who come in person
	RoleVenue       RoleName = "venue"       // serves at a visit's venue
	RoleAide        RoleName = "aide"        // notes aspirations
	RoleViewer      RoleName = "viewer"      // sees figures only
	RoleVillageHead RoleName = "village_head"
	RoleSetda       RoleName = "setda" // the regency's secretary: last step of the ladder
	RoleBupati      RoleName = "bupati"
)

// StaffRoles are all roles of people who work for the service: every one but the citizen's. Nobody may change the list.
var StaffRoles = []RoleName{
	RoleOfficer, RoleHead, RoleCoordinator, RoleSupervisor, RoleResponder, RoleOperator, RoleDesk, RoleVenue, RoleAide, RoleViewer, RoleVillageHead,
	RoleSetda, RoleBupati,
}

// RoleID names a role row.
type RoleID int64

// A Role belongs to a person in a unit for a time. The unit is a Unit's ID; an agency's root unit carries the agency's own id.
type Role struct {
	ID     RoleID
	Person PersonID
	Name   RoleName
	Unit   string
	From   time.Time
	Until  time.Time // zero: without end
	OnDuty bool
	Also   []PersonID // who else turned out to be this person; the role is theirs as much, while they are joined
}

// Is tells whether the role's holder is, or is joined with, a person.
func (r Role) Is(p PersonID) bool { return p != 0 && (p == r.Person || slices.Contains(r.Also, p)) }

// Active tells whether the role holds at now: From inclusive, Until exclusive.
func (r Role) Active(now time.Time) bool {
	return !now.Before(r.From) && (r.Until.IsZero() || now.Before(r.Until))
}

// A Viewer is who asks to see something: a person with the roles that hold at the moment of asking.
type Viewer struct {
	Person PersonID
	Also   []PersonID // who else turned out to be the same person, on other networks: see Join
	Roles  []Role     // active ones only, of all of them
}

// Is tells whether the viewer is that person, on whichever network. Nobody (zero) is never the viewer.
func (v Viewer) Is(p PersonID) bool { return p != 0 && (p == v.Person || slices.Contains(v.Also, p)) }

// Has tells whether the viewer holds one of the roles, in whatever unit.
func (v Viewer) Has(names ...RoleName) bool {
	for _, r := range v.Roles {
		for _, n := range names {
			if r.Name == n {
				return true
			}
		}
	}
	return false
}

// Staff tells whether the viewer works for the service in any role.
func (v Viewer) Staff() bool {
	for _, r := range v.Roles {
		if r.Name != RoleCitizen {
			return true
		}
	}
	return false
}
