package store

// A Bell wakes a loop: ringing never waits, and any number of rings before the loop listens are one.
type Bell struct{ c chan struct{} }

// NewBell makes a bell.
func NewBell() *Bell { return &Bell{make(chan struct{}, 1)} }

// Ring rings it.
func (b *Bell) Ring() {
	select {
	case b.c <- struct{}{}:
	default:
	}
}

// C is where it is heard.
func (b *Bell) C() <-chan struct{} { return b.c }

// Bells ring after a commit that gave the loop of that name something to do. They only spare waiting: whoever misses a ring finds the work
// when it next looks.
type Bells struct {
	Inbox    *Bell // something came in
	Outbox   *Bell // something is to be said
	Dispatch *Bell // a case or an assignment changed
	Media    *Bell // a medium is to be fetched
	Abroad   *Bell // something other instances may want to know
	Live     *Bell // something that pages show changed
	Any      *Bell // whatever was committed: for whoever waits for quiet
}

func newBells() Bells {
	return Bells{NewBell(), NewBell(), NewBell(), NewBell(), NewBell(), NewBell(), NewBell()}
}
