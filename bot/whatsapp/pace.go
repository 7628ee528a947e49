package whatsapp

import (
	"math/rand/v2"
	"sync"
	"time"
)

// A Pace is how fast we speak: never at once to many people, and never like clockwork. Numbers that do are banned.
type Pace struct {
	Gap    time.Duration // the least time between messages to different people
	Same   time.Duration // the least time between messages to the same person
	Jitter time.Duration // up to so much is added to either, by chance
}

// DefaultPace is about one person a second.
var DefaultPace = Pace{Gap: 500 * time.Millisecond, Same: 200 * time.Millisecond, Jitter: time.Second}

// A pacer says when a message may go. What is urgent goes at once, and whatever comes after keeps its distance from it.
type pacer struct {
	pace   Pace
	chance func(time.Duration) time.Duration // less than its argument

	mu   sync.Mutex
	last time.Time // when the last message goes, which may be in the future
	peer string
}

func newPacer(p Pace) *pacer {
	return &pacer{pace: p, chance: func(d time.Duration) time.Duration {
		if d <= 0 {
			return 0
		}
		return rand.N(d)
	}}
}

// next gives how long a message to peer must wait from now on, and keeps its place.
func (p *pacer) next(now time.Time, peer string, urgent bool) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if urgent {
		if now.After(p.last) {
			p.last, p.peer = now, peer
		}
		return 0
	}
	gap := p.pace.Gap
	if peer == p.peer {
		gap = min(p.pace.Same, gap)
	}
	at := p.last.Add(gap + p.chance(p.pace.Jitter))
	if p.last.IsZero() || at.Before(now) {
		at = now
	}
	p.last, p.peer = at, peer
	return at.Sub(now)
}
