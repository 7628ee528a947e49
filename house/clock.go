package house

import (
	"sync"
	"time"
)

// A Clock is service time: what "today", "due" and "open" are reckoned by. Machine matters (leases, back-off) never use it.
type Clock interface {
	Now() time.Time
	// Until gives a channel that is closed when it is worth looking at Now again: at t, or earlier.
	Until(t time.Time) <-chan struct{}
}

// Machine is service time as it is everywhere but in tests: the machine's own.
type Machine struct{}

// longestLook bounds how long Until waits, so that no timer outlives its reason by much.
const longestLook = time.Minute

// Now gives the time.
func (Machine) Now() time.Time { return time.Now() }

// Until waits for t, at most a minute.
func (Machine) Until(t time.Time) <-chan struct{} {
	c := make(chan struct{})
	time.AfterFunc(min(max(time.Until(t), 0), longestLook), func() { close(c) })
	return c
}

// Moved is service time that stands still until it is moved: a transcript's.
type Moved struct {
	mu      sync.Mutex
	now     time.Time
	waiting []waiter
}

type waiter struct {
	at time.Time
	c  chan struct{}
}

// NewMoved begins at a time.
func NewMoved(at time.Time) *Moved { return &Moved{now: at} }

// Now gives the time it was last moved to.
func (m *Moved) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Until gives a channel that is closed once the time has been moved to t or past it.
func (m *Moved) Until(t time.Time) <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := make(chan struct{})
	if !t.After(m.now) {
		close(c)
		return c
	}
	m.waiting = append(m.waiting, waiter{t, c})
	return c
}

// Move moves the time forward; a time that has passed changes nothing.
func (m *Moved) Move(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t.After(m.now) {
		m.now = t
	}
	left := m.waiting[:0]
	for _, w := range m.waiting {
		if w.at.After(m.now) {
			left = append(left, w)
			continue
		}
		close(w.c)
	}
	m.waiting = left
}
