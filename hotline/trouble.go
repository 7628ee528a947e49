package hotline

import (
	"errors"
	"fmt"
	"time"
)

// A Trouble is what can go wrong when sending: few words, so that the courier knows what to do whatever the network.
type Trouble string

// The troubles.
const (
	TroubleLater       Trouble = "later"       // the network asks to wait (429): After says how long
	TroubleUnavailable Trouble = "unavailable" // no answer or 5xx: it may or may not have arrived; try again
	TroubleBlocked     Trouble = "blocked"     // the person blocked us: keep what is due until they come back
	TroubleGone        Trouble = "gone"        // no such chat
	TroubleExpired     Trouble = "expired"     // too late to answer a button: nothing to do
	TroubleUnchanged   Trouble = "unchanged"   // an edit that changes nothing: as good as done
	TroubleLost        Trouble = "lost"        // the message to edit is gone: say it anew
	TroubleRefused     Trouble = "refused"     // the network will never take it: set aside with the reason
	TroubleWindow      Trouble = "window"      // outside the network's time for free words: only an approved template may go
	TroubleAccount     Trouble = "account"     // our own account is wrong (401): stop and call a human
)

// ErrIgnored says that what a network delivered is whole but nothing to answer: a note of the network's own, something said in a group among people. It
// is taken off the inbox without a word.
var ErrIgnored = errors.New("a message that nobody waits for")

// What makes a medium unfetchable for good. Any other error of a channel's Fetch is worth another try.
var (
	ErrTooBig = errors.New("the medium is larger than is taken")
	ErrNoFile = errors.New("the network has no such medium any more")
)

// A SendError is a failed send, with what it means for the courier.
type SendError struct {
	Trouble Trouble
	After   time.Duration // TroubleLater
	Err     error
}

func (e *SendError) Error() string { return fmt.Sprintf("send: %s: %v", e.Trouble, e.Err) }

// Unwrap gives the network's own error.
func (e *SendError) Unwrap() error { return e.Err }
