package telegram

import (
	"math"
	"strconv"
	"sync"
	"time"
)

// Limits are how much a bot may send. Zero rates are no limits. They go by the
// machine's clock, not by Options.Now.
type Limits struct {
	PerChat      float64 // messages a second to one person
	ChatBurst    int     // at once; default 1
	Overall      float64 // messages a second to everybody
	OverallBurst int     // at once; default one second's worth
}

// TelegramLimits are what Telegram's documentation names.
var TelegramLimits = Limits{PerChat: 1, Overall: 30}

// SetLimits changes the rate limits from now on.
func (s *Server) SetLimits(l Limits) {
	if l.ChatBurst < 1 {
		l.ChatBurst = 1
	}
	if l.OverallBurst < 1 {
		l.OverallBurst = max(int(l.Overall), 1)
	}
	s.limits.Store(&l)
}

// bucket is a rate limit: what has been used up, leaking away.
type bucket struct {
	mu   sync.Mutex
	used float64
	at   time.Time
}

// take uses one, or says how long to wait.
func (b *bucket) take(now time.Time, rate float64, burst int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used = max(b.used-now.Sub(b.at).Seconds()*rate, 0)
	b.at = now
	if over := b.used + 1 - float64(burst); over > 0 {
		return time.Duration(over / rate * float64(time.Second))
	}
	b.used++
	return 0
}

func tooMany(seconds int) *apiError {
	return &apiError{code: 429, description: "Too Many Requests: retry after " + strconv.Itoa(seconds), retryAfter: seconds}
}

// limited refuses what goes beyond the rate limits.
func (c *call) limited(p *Person) error {
	l := c.s.limits.Load()
	if l.PerChat <= 0 && l.Overall <= 0 {
		return nil
	}
	now := time.Now()
	wait := time.Duration(0)
	if l.PerChat > 0 {
		wait = p.bucket.take(now, l.PerChat, l.ChatBurst)
	}
	if l.Overall > 0 && wait == 0 {
		wait = c.bot.bucket.take(now, l.Overall, l.OverallBurst)
	}
	if wait > 0 {
		return tooMany(max(int(math.Ceil(wait.Seconds())), 1))
	}
	return nil
}
