package hotline

import "time"

// A Parcel is an Out that is due, with everything needed to put it into words and hand it over.
type Parcel struct {
	ID       OutID
	Out      Out
	Address  Address
	Language Lang
	Attempts int                   // how often it was tried before
	Made     time.Time             // when it was committed (service time)
	Office   bool                  // it goes to somebody who works here, or to a unit's group
	Closed   bool                  // the network gave it back: the time for free words is over
	EditRef  string                // VerbEdit: the network's id of the message to change; empty: it never arrived
	Numbers  map[CaseID]Number     // of the cases named in the reply
	Said     map[ContentID]Content // what was said, while it is kept
	Names    map[PersonID]string   // while they are kept
	Phones   map[CaseID]string     // whom to call about emergencies: only those that the reader goes to (SeesPhone)
}

// A Sent is a parcel the network took.
type Sent struct {
	ID    OutID
	Ref   string   // the network's id
	Later bool     // whether it arrived will be told: until then its meaning is kept
	Menu  []Button // the choices as they were drawn, in the order shown, so that a typed number or label is found among them
}

// A Failure is a parcel the network did not take. Without Again it is set aside with its reason for a human to see.
type Failure struct {
	ID     OutID
	Reason Trouble
	Detail string    // for humans; nothing of a person in it
	Again  time.Time // machine time of the next try; zero: set aside
	Hold   bool      // the person blocked us: everything for this address waits until they return
	Wait   bool      // this one goes by another address of the person's, or waits until they write again
}

// A Delivered is what a network tells later of something it took. ID where the network gives our own id back, else zero; Ref is the network's.
type Delivered struct {
	ID     OutID
	Ref    string
	State  string // "sent", "delivered", "read", "failed"
	At     time.Time
	Reason Trouble // failed
	Detail string  // failed: for humans; nothing of a person in it
}
