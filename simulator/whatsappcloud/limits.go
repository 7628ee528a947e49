package whatsappcloud

import (
	"sync"
	"time"
)

// Limits are rates beyond which the API refuses; zero values are none. They count machine time.
type Limits struct {
	Second int           // messages of one number a second (130429)
	Pair   time.Duration // one message to one person in this time (131056)…
	Burst  int           // …after so many at once
}

// CloudLimits are the network's own.
var CloudLimits = Limits{Second: 80, Pair: 6 * time.Second, Burst: 45}

// SetLimits changes the limits from now on.
func (s *Server) SetLimits(l Limits) { s.limits.Store(&l) }

// bucket is a token bucket.
type bucket struct {
	mu   sync.Mutex
	left float64
	at   time.Time
}

// take takes one of burst tokens, of which one grows back in each every.
func (b *bucket) take(now time.Time, every time.Duration, burst int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.at.IsZero() {
		b.left = float64(burst)
	} else {
		b.left = min(float64(burst), b.left+float64(now.Sub(b.at))/float64(every))
	}
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// allowed says whether the limits let a message to a person go.
func (s *Server) allowed(n *Number, p *Person) *graphError {
	l := s.limits.Load()
	if l.Second > 0 && !n.bucket.take(time.Now(), time.Second/time.Duration(l.Second), l.Second) {
		return errThroughput
	}
	if l.Pair > 0 && p != nil && !p.bucket.take(time.Now(), l.Pair, max(l.Burst, 1)) {
		return errPair
	}
	return nil
}
