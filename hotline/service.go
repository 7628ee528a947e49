package hotline

// Services are what an agency does for a citizen at a counter, apart from any case: recording for a KTP, a SIM made longer, a child's vaccination. They
// are done at an office, which stays where it is, and at the visits of a programme (programme.go), which come to the villages.

// A Service is something an agency does for one citizen at a counter, with what they must know before they come.
type Service struct {
	ID       string    // "ktp-rekam"; see ValidID
	Name     Text      // a few words: "Rekam KTP-el"
	Agency   string    // Agency.ID of the one that does it
	With     []string  // Agency.IDs of others that take part: Posyandu with the puskesmas and the family planners
	Keywords []Keyword // everyday words, in all languages, as a Category's: "bikin ktp", "gawe ktp"
	Bring    []Text    // what to bring, one thing each: "Fotokopi KK"
	Fee      Text      // what it costs, in a sentence; empty: nothing
	Finish   Finish    // when whoever came has it in hand
	Note     Text      // a sentence beside Finish, needed with FinishIf: on what it depends; and where it is fetched with FinishLater. Else may be empty
	Online   bool      // cannot be finished without a connection: in an outage it is registered, and fetched later
	NIK      bool      // the NIK is asked for when a place is booked …
	Why      Text      // … for this reason, in a sentence; needed with NIK
	Newborn  bool      // … unless it is for somebody who has none yet: a birth certificate
	Present  bool      // whoever it is for must come in person: fingerprints, a photo, an examination
	Minutes  int       // one serving takes about so long: for waiting times. 0: DefaultMinutes
	After    []string  // Service.IDs that come before it where somebody has several on a day: recording before printing
	Link     string    // https address where the same is done without coming; empty: there is none
}

// DefaultMinutes is how long one serving takes where a service does not say.
const DefaultMinutes = 15

// Serving gives how many minutes one serving takes.
func (s Service) Serving() int {
	if s.Minutes > 0 {
		return s.Minutes
	}
	return DefaultMinutes
}

// A Finish says when whoever came for a service has what they came for.
type Finish string

// The finishes.
const (
	FinishSameDay Finish = "same_day"
	FinishIf      Finish = "same_day_if" // the same day where something holds, which Service.Note says
	FinishLater   Finish = "later"
)

// Finishes are all of them.
func Finishes() []Finish { return []Finish{FinishSameDay, FinishIf, FinishLater} }

// A Package is several services around one event of life, done in an order that is right for whoever asks: a wedding, a birth, a move.
type Package struct {
	ID        string // as Service.ID; no service has the same
	Name      Text
	Keywords  []Keyword
	Occasion  Text              // asks for the day it is all about: "Kapan akad nikahnya?"; needed where a step has Before. Empty: no day matters
	Questions []PackageQuestion // asked before the steps are shown, in this order
	Steps     []PackageStep
}

// A PackageQuestion is a question whose answer decides which steps of a package are needed. It always has options.
type PackageQuestion struct {
	Question
	When []Condition // it is asked only where all of these hold; they speak of earlier questions
}

// A PackageStep is one thing to do of a package.
type PackageStep struct {
	ID      string      // within the package; see ValidShortID
	Service string      // Service.ID, which can be booked; empty: it is done where nothing is booked, and Say tells where and how
	Say     Text        // a sentence of what to do; may be empty where Service says all
	When    []Condition // it is needed only where all of these hold
	Before  Span        // at least so long before the occasion: 10 working days. Zero: no such limit
	Follows bool        // it comes after the occasion: a new KK after the wedding
	After   []string    // step ids that must be done first, where they are needed
}

// A Condition holds where a question was answered so, or, with Not, was answered otherwise.
type Condition struct {
	Question string // PackageQuestion.ID
	Option   string // Option.ID
	Not      bool
}

// An OfficeKind says what an office is for a citizen.
type OfficeKind string

// The kinds of offices.
const (
	OfficeMPP       OfficeKind = "mpp"       // Mal Pelayanan Publik: many agencies in one house
	OfficeKecamatan OfficeKind = "kecamatan" // of one kecamatan, for those who live there
	OfficeAgency    OfficeKind = "agency"    // an agency's own
)

// OfficeKinds are all of them.
func OfficeKinds() []OfficeKind { return []OfficeKind{OfficeMPP, OfficeKecamatan, OfficeAgency} }

// An Office is a place where services are done all the year. Each of its working days is a visit like any other (see Visit), made when somebody first
// wants a place on it.
type Office struct {
	ID       string    // "mpp"; one that stands for many (Per) becomes "kecamatan.33.20.08" and so on. See ValidUnitID
	Per      AreaLevel // LevelKecamatan: one such office in every kecamatan; Build makes them. Empty: a single one
	Kind     OfficeKind
	Name     string // "Mal Pelayanan Publik Jepara"; with Per "{area}" stands for the area's name: "Kantor Kecamatan {area}"
	Unit     string // Unit.ID whose people run it; with Per the prefix of it, to which "." and the area's code are added
	Area     string // Area.Code of where it is; with Per that of each
	Address  string // how to find it; may be empty
	Point    *Point // where the door is; nil: the centre of Area
	Calendar string // key of Regency.Calendars: when it is open
	Slot     int    // minutes of one time window
	Ahead    int    // how many days ahead a place can be had, today not counted. 0: only today
	Services []OfficeService
}

// An OfficeService is a service at an office.
type OfficeService struct {
	Service string   // Service.ID
	Places  int      // in one time window
	Reserve int      // of those, kept for who comes without a booking
	Hours   []Window // only then, within the calendar; empty: whenever the office is open
}
