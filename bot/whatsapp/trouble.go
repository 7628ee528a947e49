package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"

	"tanggap/hotline"
)

// A TroubleKind is what can be wrong with a number of ours that only a human can mend, or must at least know.
type TroubleKind string

// The kinds of trouble.
const (
	TroubleLoggedOut  TroubleKind = "logged out" // pair again
	TroubleBanned     TroubleKind = "banned"     // wait, and write less
	TroubleOutdated   TroubleKind = "outdated"   // a newer version of this program is needed
	TroubleReplaced   TroubleKind = "replaced"   // somebody else is connected as this device
	TroubleRestricted TroubleKind = "restricted" // it may answer, but not write first
	TroubleTelephone  TroubleKind = "telephone"  // the telephone has been away; without it WhatsApp unlinks us
	TroubleConnection TroubleKind = "connection" // WhatsApp refuses us for a reason unknown to us
)

// A Trouble is something a human must know of one of our numbers.
type Trouble struct {
	Kind   TroubleKind
	Until  time.Time // when it will be over; zero: not by itself, or not known
	Detail string    // WhatsApp's own words or code; may be empty
}

// String says it in words for whoever runs the program.
func (t Trouble) String() string {
	what := map[TroubleKind]string{
		TroubleLoggedOut:  "WhatsApp has unlinked this number: pair it again",
		TroubleBanned:     "WhatsApp has banned this number for a time",
		TroubleOutdated:   "WhatsApp no longer takes this version of the program: update it",
		TroubleReplaced:   "another connection has taken over this number",
		TroubleRestricted: "WhatsApp lets this number answer, but not write to people first",
		TroubleTelephone:  "this number's telephone has not been online for days: after 14 days WhatsApp unlinks us",
		TroubleConnection: "WhatsApp refuses the connection",
	}[t.Kind]
	if t.Detail != "" {
		what += " (" + t.Detail + ")"
	}
	return what
}

// alert tells a human of a trouble, once.
func (c *Channel) alert(t Trouble) {
	c.mu.Lock()
	was, known := c.told[t.Kind]
	c.told[t.Kind] = t
	c.mu.Unlock()
	if known && (was.Until.Equal(t.Until) || t.Until.IsZero()) {
		return
	}
	c.log.Error("whatsapp: a human is needed", "trouble", t.Kind, "until", t.Until, "detail", t.Detail)
	if c.o.Alert != nil {
		c.o.Alert(t)
	}
}

// over notes that troubles have passed: the next of their kind is told again.
func (c *Channel) over(kinds ...TroubleKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range kinds {
		delete(c.told, k)
	}
}

// troubled tells whether there is a trouble with which nothing can be sent.
func (c *Channel) troubled() (Trouble, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range []TroubleKind{TroubleLoggedOut, TroubleBanned, TroubleOutdated, TroubleReplaced} {
		if t, ok := c.told[k]; ok {
			return t, true
		}
	}
	return Trouble{}, false
}

var (
	errOffline = errors.New("not connected to WhatsApp")
	errPeer    = errors.New("the peer is no WhatsApp address")
)

// sendError puts what went wrong with a send into the courier's words. The error it holds is safe to log.
func sendError(err error) *hotline.SendError {
	var done *hotline.SendError
	if errors.As(err, &done) {
		return done
	}
	e := &hotline.SendError{Trouble: sentence(err), Err: harmless(err)}
	if e.Trouble == hotline.TroubleLater {
		e.After = time.Minute
	}
	return e
}

// answered finds the code that the network refused a message with: the library puts it into words.
var answered = regexp.MustCompile(`server returned error ([0-9]{1,4})`)

func codeOf(err error) int {
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		return 0
	}
	m := answered.FindStringSubmatch(err.Error())
	if m == nil {
		return 0
	}
	code, _ := strconv.Atoi(m[1]) // at most four digits
	return code
}

func sentence(err error) hotline.Trouble {
	var iq *whatsmeow.IQError
	var disconnected *whatsmeow.DisconnectedError
	switch {
	case errors.Is(err, whatsmeow.ErrServerReturnedError):
		return verdict(codeOf(err))
	case errors.Is(err, whatsmeow.ErrNotLoggedIn), errors.Is(err, store.ErrDeviceDeleted):
		return hotline.TroubleAccount
	case errors.Is(err, whatsmeow.ErrGroupNotFound), errors.Is(err, whatsmeow.ErrNotInGroup):
		return hotline.TroubleGone
	case errors.Is(err, whatsmeow.ErrNotConnected), errors.As(err, &disconnected), errors.Is(err, whatsmeow.ErrMessageTimedOut),
		errors.Is(err, whatsmeow.ErrIQTimedOut), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errOffline):
		return hotline.TroubleUnavailable
	case errors.Is(err, whatsmeow.ErrRecipientADJID), errors.Is(err, whatsmeow.ErrUnknownServer), errors.Is(err, whatsmeow.ErrBroadcastListUnsupported):
		return hotline.TroubleRefused
	case errors.As(err, &iq):
		return verdict(iq.Code)
	case noSuch.MatchString(err.Error()):
		return hotline.TroubleGone
	}
	return hotline.TroubleUnavailable // of the database, mostly; a send that always fails is seen by its attempts
}

var noSuch = regexp.MustCompile(`^no LID found for `)

// verdict reads a code of the network's.
func verdict(code int) hotline.Trouble {
	switch code {
	case codeReachOut:
		return hotline.TroubleWindow // whoever writes to us first may be answered
	case 401:
		return hotline.TroubleAccount
	case 404, 410:
		return hotline.TroubleGone
	case 408, 419, 429:
		return hotline.TroubleLater
	case 0, 423, 500, 501, 502, 503, 504, 530:
		return hotline.TroubleUnavailable
	}
	return hotline.TroubleRefused // 400, 403, 405, 406, 479: the same thing would be refused again
}

// codeReachOut refuses a message to somebody who never wrote to us.
const codeReachOut = 463

// accountError says that nothing can be sent until a human acts or a ban is over.
func accountError(t Trouble) *hotline.SendError {
	return &hotline.SendError{Trouble: hotline.TroubleAccount, Err: fmt.Errorf("%s", t)}
}
