package bot

import (
	"context"
	"time"

	"tanggap/hotline"
)

// A Turn is one message being handled: what came, where the conversation stands, and what may be done about it. Everything done through it
// commits together with the taking of the message off the inbox, or not at all. Writes are gathered and cost no round trip; what needs an
// answer from the database takes a context. *store.Turn is one.
type Turn interface {
	Speaker
	Filer
	Looker
	Staff
	Private
	Joiner
	Grouper
	Coordinator
	Blocker
}

// A Speaker says things.
type Speaker interface {
	// Say puts something into the outbox.
	Say(hotline.Out)
	// SetLanguage remembers the language a person chose.
	SetLanguage(hotline.PersonID, hotline.Lang)
	// SetPhone and SetName keep what a person told about themselves (encrypted; erasable).
	SetPhone(p hotline.PersonID, e164 string)
	SetName(p hotline.PersonID, name string)
}

// A Filer makes and changes cases.
type Filer interface {
	// File makes a new case and its first event. The case has its id at once and its number when the turn commits: speak of it with Out.Case
	// and a CaseID argument, which are drawn late.
	File(hotline.Filing) hotline.Case
	// Record makes an event happen to a case that was read in this turn: c.After(e), with e.Case, e.At and e.Content filled in. What was said
	// with it, if anything, becomes a content row by said.Author (e.By where zero). ErrRefused is hotline's.
	Record(c hotline.Case, e hotline.Event, said hotline.Content) (hotline.Case, error)
	// NewAssignment gives a fresh id for an EvAssigned.
	NewAssignment() hotline.AssignmentID
	// Attach promises a medium that the network holds; it is fetched after the commit. Its id goes into Content.Media.
	Attach(hotline.Media) hotline.MediaID
}

// A Looker reads cases. Whoever calls it asks Regency.Sees before showing anything.
type Looker interface {
	// Case reads a case. Where the person has business with it, it is locked until the turn ends. hotline.ErrNotFound: there is none.
	Case(context.Context, hotline.CaseID) (hotline.Case, error)
	// CaseByNumber reads it by what people call it, unlocked. What is recorded about it later is undone, and the turn run again, if it changed meanwhile.
	CaseByNumber(context.Context, hotline.Number) (hotline.Case, error)
	// CaseOfMessage finds what an earlier message of ours at this address was about, by the network's id of it.
	CaseOfMessage(ctx context.Context, at hotline.AddressID, ref string) (hotline.CaseID, hotline.AssignmentID, error)
	// CasesOf lists a reporter's own cases, newest first.
	CasesOf(ctx context.Context, p hotline.PersonID, limit int) ([]hotline.Case, error)
	// Unsaid counts what of a case waits for its reporter to write again: they blocked us, or their network takes no free words until then.
	Unsaid(context.Context, hotline.CaseID, hotline.PersonID) (int, error)
	// History reads a case's events, oldest first, and what was said.
	History(context.Context, hotline.CaseID) ([]hotline.Event, map[hotline.ContentID]hotline.Content, error)
}

// Staff is what officers, heads and coordinators need.
type Staff interface {
	// Enrol redeems a one-time code for the person: the role it gave. hotline.ErrCode: no such code, used or expired; hotline.ErrLocked: too
	// many wrong tries, wait an hour.
	Enrol(ctx context.Context, code string, p hotline.PersonID) (hotline.Role, error)
	// OpenInvites lists the invitations that can still be used, the oldest first.
	OpenInvites(context.Context) ([]hotline.Invite, error)
	// CancelInvite makes one that is open, named by its Ref, unusable. hotline.ErrNotFound: it was used, or has expired.
	CancelInvite(ctx context.Context, ref string) (hotline.Invite, error)
	// SetDuty puts a person's staff roles on or off duty.
	SetDuty(p hotline.PersonID, on bool)
	// Mine lists the open assignments an officer has, by their short handles 1…99.
	Mine(context.Context, hotline.PersonID) ([]hotline.Held, error)
	// Waiting lists assignments on the worklists of the units given and of the units below them, urgent first, then by due time.
	Waiting(ctx context.Context, units []string, limit int) ([]hotline.Held, error)
	// Offered lists to whom an assignment's card went, so that the cards can be changed.
	Offered(context.Context, hotline.AssignmentID) ([]hotline.Offer, error)
	// Late lists assignments that are on and whose due time has passed, the latest first.
	Late(ctx context.Context, now time.Time, limit int) ([]hotline.Held, error)
	// Triage lists the cases that wait for the coordinator, oldest first.
	Triage(ctx context.Context, limit int) ([]hotline.Case, error)
	// People lists who holds one of the roles now in one of the units (no units: anywhere), those on duty first.
	People(ctx context.Context, units []string, roles ...hotline.RoleName) ([]hotline.Role, error)
}

// Private is a person's right over what is kept about them (UU 27/2022).
type Private interface {
	// DataOf gathers everything kept about a person.
	DataOf(context.Context, hotline.PersonID) (hotline.Dossier, error)
	// LastData gives when the person was last sent messages of a name, on any network, and whether one of them still waits; zero: never.
	LastData(ctx context.Context, p hotline.PersonID, card string) (at time.Time, waits bool, err error)
	// AskErasure opens a request with its due time; it gives the open one where there is one already.
	AskErasure(context.Context, hotline.ErasureRequest) (hotline.ErasureRequest, error)
	// Erasures lists the requests that nobody has decided yet, the one due first at the head.
	Erasures(context.Context) ([]hotline.ErasureRequest, error)
	// Erasure reads a request.
	Erasure(context.Context, hotline.ErasureID) (hotline.ErasureRequest, error)
	// DecideErasure carries a request out, or refuses it with a reason.
	DecideErasure(ctx context.Context, id hotline.ErasureID, by hotline.PersonID, refused string) error
}

// A Joiner makes one person of those who are known from several networks. Whatever takes a person means all who are joined with them.
type Joiner interface {
	// Vouch keeps a person's telephone number, which the network says is theirs.
	Vouch(p hotline.PersonID, e164 string)
	// NewJoinCode makes a code for the person, to be typed elsewhere.
	NewJoinCode(p hotline.PersonID, at hotline.AddressID, expires time.Time) string
	// JoinCode looks a typed code up; nothing is joined yet. hotline.ErrCode and its kinds, hotline.ErrLocked as with Enrol; hotline.ErrSame: their own;
	// hotline.ErrErasing.
	JoinCode(ctx context.Context, code string, by hotline.PersonID) (hotline.Join, error)
	// OfferJoin makes the code of a question that is put to an address: "" where it stands already. hotline.ErrCodeUsed: it was answered today.
	OfferJoin(ctx context.Context, p hotline.PersonID, at, to hotline.AddressID, expires time.Time) (string, error)
	// JoinOffer looks such a question up, which only that address may answer. hotline.ErrCode and its kinds.
	JoinOffer(ctx context.Context, code string, at hotline.AddressID) (hotline.Join, error)
	// Decline uses a code up and joins nobody.
	Decline(ticket string)
	// Redeem joins by a code that was looked up. hotline.ErrCode and its kinds: somebody was quicker, or it has expired. hotline.ErrErasing.
	Redeem(ctx context.Context, ticket string, by hotline.PersonID) error
	// SamePhone finds the address on another network that has the number vouched for. hotline.ErrNotFound: there is none, or it is joined.
	SamePhone(ctx context.Context, p hotline.PersonID, not hotline.Channel, e164 string) (hotline.Known, error)
	// MayPart tells whether one may part another: not whoever came lately those who were there.
	MayPart(ctx context.Context, by, p hotline.PersonID) (bool, error)
	// CameWith gives who came with a person when they were joined with another, the person among them.
	CameWith(ctx context.Context, p, other hotline.PersonID) ([]hotline.PersonID, error)
	// Part takes some of them, who stay together, out again. hotline.ErrNotFound: they are.
	Part(context.Context, ...hotline.PersonID) error
	// Addresses lists where a person can be reached, on all networks that are joined.
	Addresses(context.Context, hotline.PersonID) ([]hotline.Known, error)
}

// A Grouper keeps which chats of many belong to units.
type Grouper interface {
	// NewInvite makes a one-time code for a group.
	NewInvite(hotline.Invite) string
	// GroupCode looks a typed code up, which stays good. The errors are Enrol's.
	GroupCode(ctx context.Context, code string, by hotline.PersonID) (hotline.Invite, error)
	// AskedForGroups lists the heads whose codes for a group are still open.
	AskedForGroups(context.Context) ([]hotline.PersonID, error)
	// Register uses the code up and binds the group at an address to its unit; Leave ends that; Moved says that its address is another now.
	Register(code string, in hotline.Invite, at hotline.AddressID)
	Leave(hotline.AddressID)
	Moved(ctx context.Context, from hotline.Address, peer string) error
	// Groups lists all that belong to units now; GroupAt gives the one at an address (hotline.ErrNotFound: none); GroupsWith those that got a card.
	Groups(context.Context) ([]hotline.Group, error)
	GroupAt(context.Context, hotline.AddressID) (hotline.Group, error)
	GroupsWith(ctx context.Context, card string) ([]hotline.Group, error)
	// Member gives who writes in a group, by their peer on the same account. hotline.ErrNotFound: they never wrote to us themselves.
	Member(ctx context.Context, group hotline.Address, peer string) (hotline.Viewer, error)
}

// A Coordinator decides about cases, as on the console's board: each act is one call with its events and everybody's notices, the reporter's among them.
// hotline.ErrRefused where the case does not allow it now; nothing has happened then.
type Coordinator interface {
	// AssignTo gives a part of a case to a unit; one that is to lead takes the place of whoever led.
	AssignTo(ctx context.Context, v hotline.Viewer, id hotline.CaseID, unit string, p hotline.Part) (hotline.Case, error)
	// Archive puts a case away for an official reason.
	Archive(ctx context.Context, v hotline.Viewer, id hotline.CaseID, reason hotline.ArchiveReason) (hotline.Case, error)
}
