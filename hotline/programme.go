package hotline

import "time"

// A Programme brings services to the villages: a regent who holds office in a village for a day, with desks of many agencies around. It comes to one
// place after the other; each coming is a Visit.
type Programme struct {
	ID        string    // "ngantor-di-desa"; see ValidID
	Name      string    // its own name, in no language but its own: "Bupati Ngantor di Desa"
	About     Text      // a sentence of what it is, for citizens
	Keywords  []string  // how people call it, beside its name: "ngantor", "bupati ke desa"
	Agency    string    // Agency.ID of the one that runs it
	From      string    // first and last day, YYYY-MM-DD, both inclusive
	Until     string    // empty: from now on
	Level     AreaLevel // what one place is: LevelDesa or LevelKecamatan. A kelurahan is a village too
	Places    []string  // Area.Codes it comes to; empty: all of Level (one village in each kecamatan with OneEach)
	OneEach   bool      // of villages: one in each kecamatan
	First     []string  // Area.Codes that come first whatever a plan would say: "Sumber first"
	Rhythm    Rhythm
	Hours     Window             // of a visit, unless it says otherwise
	Ahead     int                // how many days before a visit its places can be booked. 0: DefaultAhead
	Services  []ProgrammeService // what every visit offers, unless it says otherwise
	Agencies  []string           // Agency.IDs that must take part
	Invited   []string           // Agency.IDs that are asked to: those of the state above all
	Stops     []Text             // what else is looked at on the same day: "Puskesmas", "Polsek"; findings become cases
	Head      string             // what the head of a village is called where it is not "kepala desa": "petinggi"
	Potential bool               // what the village has is written down, to be compared with the next period
	SKM       bool               // whoever was served is asked the nine questions (skm.go)
}

// DefaultAhead is how many days before a visit its places can be booked where the programme does not say.
const DefaultAhead = 14

// A RhythmUnit is what a rhythm counts in.
type RhythmUnit string

// The units of rhythms.
const (
	RhythmWeek  RhythmUnit = "week"
	RhythmMonth RhythmUnit = "month"
)

// A Rhythm says how often a programme comes somewhere: three places a month, one every week, two at once every two months.
type Rhythm struct {
	Every    int            // every so many …
	Unit     RhythmUnit     // … weeks or months
	Places   int            // it comes to so many places
	AtOnce   bool           // all on the same day; else each on a day of its own
	Weekdays []time.Weekday // only on these; empty: on any working day
}

// A ProgrammeService is what a visit offers of one service.
type ProgrammeService struct {
	Service string   // Service.ID
	Quota   int      // places of one visit, those in Reserve among them, shared out evenly among the windows
	Reserve int      // kept for who comes without a booking
	Windows []Window // time windows; empty: one, the visit's hours
}

// BookingLimits are the regency's rules for places. Zero fields become those of DefaultBookingLimits.
type BookingLimits struct {
	Hold    time.Duration // a place is held for whoever is asked for the rest
	Offer   time.Duration // a freed place is offered to the next of the waiting list
	Live    int           // places that one person may have at once, for themself and others, of those not yet over
	Staff   int           // people whom somebody of a village's staff may book for one visit
	NoShows int           // so many no-shows …
	Within  int           // … within so many days …
	Barred  int           // … and for so many days only numbers of the same day are given
	Free    time.Duration // a window can be booked until so long before it ends, or until it begins; twice as long before, what is left of its reserve is free for everybody
	Remind  time.Duration // the second reminder, before the window begins; the first comes the day before
	Evening int           // minute of the day before at which the first reminder goes
	Keep    Span          // how long after the visit it is kept who was there; then only figures remain
}

// DefaultBookingLimits is what holds where the regency says nothing.
func DefaultBookingLimits() BookingLimits {
	return BookingLimits{
		Hold: 10 * time.Minute, Offer: 30 * time.Minute, Live: 6, Staff: 30, NoShows: 2, Within: 60, Barred: 30,
		Free: time.Hour, Remind: 2 * time.Hour, Evening: 16 * 60, Keep: Span{Days: 90},
	}
}
