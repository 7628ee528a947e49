package whatsapp

import (
	"time"

	"go.mau.fi/whatsmeow/types/events"
)

// This file is what is known of a backlog: what waited at the network while nobody spoke for the number.

const (
	behindMost = 2 * time.Minute // one whose end was never told is not waited for any longer
	behindLast = time.Second     // until the last of it has been handled, too
)

// backlog hears that what waited begins to come, or has come.
func (c *Channel) backlog(evt any) {
	s := c.current()
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := evt.(*events.OfflineSyncPreview); ok {
		if e.Messages > 0 {
			s.behind = c.now().Add(behindMost)
		}
		return
	}
	if s.behind.IsZero() {
		return
	}
	s.behind = c.now().Add(behindLast)
	if c.o.CaughtUp != nil {
		time.AfterFunc(behindLast+10*time.Millisecond, c.o.CaughtUp)
	}
}

// Behind tells whether what waited at the network is still coming. Whoever answers meanwhile answers somebody of whom more is about to come.
func (c *Channel) Behind() bool {
	s := c.current()
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.over && c.now().Before(s.behind)
}
