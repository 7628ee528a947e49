package hotline

import (
	"errors"
	"time"
)

// ErrTaken says that a login name is somebody else's already.
var ErrTaken = errors.New("the login name is taken")

// A User is a person who may sign in to the console. What they may see and do follows from the person's roles.
type User struct {
	Person   PersonID
	Login    string // lower case; what they type
	Name     string // what they are called; may be empty
	Roles    []Role // those that hold now
	Since    time.Time
	Seen     time.Time // when they last signed in; zero: never
	Disabled time.Time // zero: not
	Begun    bool      // a password was chosen
	TwoStep  bool      // the second step is set up
	Recovery int       // how many recovery codes are left
	Code     time.Time // until when a one-time link is good; zero: there is none
}

// Viewer gives who the user is to the one predicate of who may see what, as far as the roles were read.
func (u User) Viewer() Viewer { return Viewer{Person: u.Person, Also: also(u.Roles), Roles: u.Roles} }

func also(roles []Role) []PersonID {
	if len(roles) == 0 {
		return nil
	}
	return roles[0].Also
}

// Secrets are what a user proves to be the user with. They stay in the program.
type Secrets struct {
	Password string // argon2id with its parameters; empty: none was chosen
	TOTP     string // the second step's secret in base32; empty: not set up
	NewTOTP  string // one that is being set up
	Step     int64  // the last step used: no number counts twice
}

// A Stage is how far somebody has come in.
type Stage string

// The stages.
const (
	StageSecond Stage = "second" // the password was right; a number is asked for
	StageSetup  Stage = "setup"  // the password was right; the second step must be set up first
	StageIn     Stage = "in"
)

// A Session is a browser that somebody is signed in with.
type Session struct {
	User  User
	Stage Stage
	Begun time.Time
	Seen  time.Time
	Flash []Flash // what the next page is to say first
}

// How long a session lasts, in service time.
const (
	SessionIdle  = 30 * time.Minute // without a request
	SessionWhole = 12 * time.Hour   // altogether
)

// Over tells whether the session has ended at now.
func (s Session) Over(now time.Time) bool {
	return !now.Before(s.Begun.Add(SessionWhole)) || !now.Before(s.Seen.Add(SessionIdle))
}

// A Flash is one sentence for the next page: a key of the console's catalogue, with names and values in turn.
type Flash struct {
	Key  string   `json:"key"`
	Args []string `json:"args,omitempty"`
	Bad  bool     `json:"bad,omitempty"` // something failed
}

// An Act is what an audit row tells of.
type Act string

// The acts.
const (
	ActSignedIn   Act = "signed_in"
	ActSignedOut  Act = "signed_out"
	ActLockedOut  Act = "locked_out" // too many wrong tries
	ActPassword   Act = "password"   // was changed
	ActTwoStep    Act = "two_step"   // was set up or taken away; Detail
	ActSawCase    Act = "saw_case"
	ActSawPerson  Act = "saw_person" // name, number, past calls
	ActSearched   Act = "searched"
	ActExported   Act = "exported"
	ActHeard      Act = "heard" // a voice note or photo in the original
	ActGaveRole   Act = "gave_role"
	ActEndedRole  Act = "ended_role"
	ActAddedUser  Act = "added_user"
	ActDisabled   Act = "disabled_user"
	ActEnabled    Act = "enabled_user"
	ActResetUser  Act = "reset_user"
	ActLink       Act = "console_link" // was given in chat; Detail "used": somebody came in by it
	ActBlocked    Act = "blocked"
	ActUnblocked  Act = "unblocked"
	ActChanged    Act = "changed" // a case, a calendar, a duty: Detail
	ActIdentified Act = "identified"
)

// An Audit is one row of who did what.
type Audit struct {
	ID     int64
	At     time.Time // filled in by the store
	By     PersonID  // zero: nobody who was known, or a command
	Act    Act
	Case   CaseID
	Person PersonID // whose data
	Detail string   // facts, never what people said or who they are
	Login  string   // of By, when read
	Number Number   // of Case, when read
}

// An AuditQuery says which audit rows to read: zero fields say nothing.
type AuditQuery struct {
	By     PersonID
	Case   CaseID
	Person PersonID
	Act    Act
	Before int64 // rows older than this one
	Limit  int
}

// A Signal tells that something changed that a page may show, other than a case.
type Signal struct {
	ID    int64
	Topic string // as "call"
	Ref   int64  // which
	At    time.Time
}

// TopicSession is the topic of signals that somebody's sessions or roles changed: Ref is the person.
const TopicSession = "session"
