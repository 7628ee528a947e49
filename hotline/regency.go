package hotline

import "time"

// A Regency is everything a kabupaten says about itself: its places, agencies, units, categories, calendar and time limits. It is read from
// YAML by package config, checked once by Build, and never changed afterwards: a reload makes a new one.
type Regency struct {
	ID        string // short name, as in TANGGAP_REGENCY: "jepara"
	Code      string // the Home Ministry's code: "33.20"
	Name      string // "Kabupaten Jepara"
	Letters   string // begins every case number: "JPR"
	Zone      *time.Location
	Languages []Lang // the first is the one used when nothing is known
	Emergency string // number to call in danger: "112"
	Outside   Text   // how to complain outside the regency (Ombudsman), said when the hotline itself is the accused

	Calendars  map[string]Calendar // "" is the regency's own; units may name another
	Limits     Limits
	Ladder     []Level // who hears of a late assignment, from the officers upwards
	Agencies   []Agency
	Units      []Unit
	Areas      []Area
	Categories []Category
	Dangers    []Danger
	WhatsApp   WhatsAppUse
	Line       CallLine
	Incidents  []Incident
	Services   []Service
	Packages   []Package
	Offices    []Office
	Programmes []Programme
	Booking    BookingLimits

	index index // made by Build (index.go)
}

// Text is one sentence or name in the languages of the regency.
type Text map[Lang]string

// In gives the text in the language, or in Indonesian, or in whatever language there is (the alphabetically first).
func (t Text) In(l Lang) string {
	if s, ok := t[l]; ok {
		return s
	}
	if s, ok := t[Indonesian]; ok {
		return s
	}
	var first Lang
	for k := range t {
		if first == "" || k < first {
			first = k
		}
	}
	return t[first]
}

// An AgencyKind says whose an agency is.
type AgencyKind string

// The kinds of agencies.
const (
	AgencyOPD       AgencyKind = "opd"       // of the regency
	AgencyEmergency AgencyKind = "emergency" // of the regency, at work around the clock
	AgencyOwned     AgencyKind = "owned"     // a company of the regency (BUMD)
	AgencyVertical  AgencyKind = "vertical"  // of the state, in the regency: Polres, BPN, PLN
	AgencyProvince  AgencyKind = "province"
	AgencyNational  AgencyKind = "national"
)

// An Agency (OPD and the like) is responsible for categories through its units. Its root unit has the agency's own id.
type Agency struct {
	ID        string // "dpupr"
	Name      string // "Dinas Pekerjaan Umum dan Penataan Ruang"
	Short     string // "DPUPR"
	Kind      AgencyKind
	Aliases   []string // how people call it: "PU", "bina marga"
	Inspector bool     // receives complaints about abuse of office (Inspektorat)
	Hotline   bool     // runs the hotline (Diskominfo): its coordinators triage
	Desk      bool     // has people of its own on Tanggap; without a desk its cases go to the coordinator, who passes them on
	Contact   string   // for a body without a desk: what the citizen may call
}

// A Unit is where officers sit: a bidang, an UPTD, a puskesmas, a kecamatan, a desa. Its worklist is the unit's.
type Unit struct {
	ID         string   // "dpupr", "dpupr.jalan", "kecamatan.33.20.08", "desa.33.20.08.2005"
	Agency     string   // Agency.ID
	Parent     string   // the unit one level up; empty for an agency's root
	Name       string   // "Bidang Bina Marga"
	Categories []string // Category.IDs it works; empty: whatever reaches it
	Territory  []string // Area.Codes it covers; empty: the whole regency
	Calendar   string   // key of Regency.Calendars
}

// A Level is one step of the escalation ladder.
type Level struct {
	ID    string   // "officers", "head", "setda"
	Role  RoleName // who hears of it and may act
	After Span     // how long after the assignment fell due (or after the step before) this step is taken; zero on the first step
}

// Limits are the service's promises in time. The shipped figures come from UU 25/2009 and PermenPANRB 62/2018 (replaced by 5/2025).
type Limits struct {
	Verify        Span          // verify and forward
	FirstResponse Span          // a unit takes the case and first answers
	Resolve       map[Kind]Span // until an outcome, by kind
	Oversight     Span          // until an outcome for berkadar pengawasan
	CloseAfter    Span          // an ended case closes by itself
	ReopenWithin  Span          // "belum beres" reopens
	Complete      Span          // the reporter answers a question back
	Erasure       Span          // a request under UU 27/2022 is decided
	UrgentRepeat  time.Duration // an emergency is offered again until acknowledged
	Reports       int           // of one person in a day go straight to the units; 0: all of them. Emergencies always do
}

// DefaultReports is Limits.Reports where the regency says nothing.
const DefaultReports = 10

// A Category is a kind of matter, with the agency responsible and what helps to work it.
type Category struct {
	ID         string // "jalan-rusak"
	Name       Text   // a few words: "Jalan rusak"
	Agency     string
	Alternates []string // agencies that are sometimes responsible instead, proposed at "not ours" and at triage
	Supporting []string // agencies that get a supporting assignment at once
	Priority   int      // 1 (first) … 4
	Keywords   []Keyword
	Questions  []Question // asked after the number was told; each may be skipped
	Secret     bool       // secret unless the person says otherwise: violence, children, health
	Oversight  bool       // berkadar pengawasan: abuse of office; goes to the inspector, hidden from the agency accused
	Rudeness   bool       // slow or rude service: goes to the head of the agency complained about
	Responders []string   // unit ids that get a responder assignment when urgent
}

// A Keyword points at a category with a weight. Text is one or more normalised words (see Words).
type Keyword struct {
	Text   string
	Weight int // 1 … 10
}

// A Question is one extra question of a category.
type Question struct {
	ID      string
	Ask     Text
	Options []Option // empty: free text
}

// An Option is one choice of a question.
type Option struct {
	ID   string
	Text Text
	Said []string // what a story says where this is the answer: "motor jatuh"; then the question is not asked
}

// A Danger is a kind of emergency with the words that betray it.
type Danger struct {
	ID       string // "fire"
	Category string // filed under, urgent; its Responders are called
	Words    map[Lang][]string
	Not      []string // phrases that only look like danger: "lampu padam", "darurat sampah"
}

// WhatsAppUse is how the regency speaks on WhatsApp: with care, since numbers that write much unasked are banned.
type WhatsAppUse struct {
	Apart    time.Duration       // a linked telephone waits at least so long between messages to different people
	Jitter   time.Duration       // and up to so much longer, by chance
	Polls    bool                // a linked telephone draws short menus as polls
	Unasked  int                 // messages a day that nobody asked for, from one linked telephone; emergencies are never held back
	Template map[string]Template // by phrase key
}

// The pace of a regency that says nothing of it.
const (
	DefaultApart   = 500 * time.Millisecond
	DefaultJitter  = time.Second
	DefaultUnasked = 1000
)

// A Template is a message approved by the network, with gaps: all that a business account may say once 24 hours have passed since the person wrote.
// It says what the reply that begins with the phrase of its key says; the one for every other phrase has the key "*".
type Template struct {
	Name       string   // as it was approved: "kabar_laporan"
	Language   string   // the code it was approved in: "id"
	Parameters []string // what fills the gaps {{1}}, {{2}}…: arguments of the phrase, or "text" for the whole reply
	Buttons    int      // how many quick replies it has
}
