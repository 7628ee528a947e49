package whatsappcloud

import (
	"errors"
	"net/http"
	"time"

	"tanggap/hotline"
)

// The network's codes that are asked about elsewhere too.
const (
	codeParameter    = 100    // a parameter is wrong, or the thing asked for does not exist
	codeInvalid      = 131009 // a parameter's value is wrong
	codeWindow       = 131047 // more than 24 hours since the person wrote
	codeMediaAway    = 131052 // their medium cannot be had
	codeMediaRefused = 131053 // our medium is not taken
	subcodeNoObject  = 33
)

// A meaning is what a code means for the courier. After is how long to wait with TroubleLater where the network does not say.
type meaning struct {
	trouble hotline.Trouble
	after   time.Duration
}

// meanings are the network's codes in the courier's words. Codes count, not HTTP's status, which differs from one version of the API to the next. What
// is not here is a refusal, which a human gets to see.
var meanings = map[int]meaning{
	// Ours is wrong, until a human acts.
	3:      {trouble: hotline.TroubleAccount}, // capability or permission
	10:     {trouble: hotline.TroubleAccount}, // permission
	33:     {trouble: hotline.TroubleAccount}, // the number has been deleted
	190:    {trouble: hotline.TroubleAccount}, // token expired or withdrawn
	368:    {trouble: hotline.TroubleAccount}, // account blocked for a while, for a violation of policy
	131005: {trouble: hotline.TroubleAccount}, // access denied
	131031: {trouble: hotline.TroubleAccount}, // account locked
	131037: {trouble: hotline.TroubleAccount}, // the number's name is not approved
	131042: {trouble: hotline.TroubleAccount}, // no means of payment
	131045: {trouble: hotline.TroubleAccount}, // the number is not registered right
	133010: {trouble: hotline.TroubleAccount}, // the number is not registered

	// Too much at once.
	4:      {hotline.TroubleLater, time.Minute},      // calls of the app
	80007:  {hotline.TroubleLater, time.Minute},      // calls of the business account
	130429: {hotline.TroubleLater, 2 * time.Second},  // messages of the number a second
	131048: {hotline.TroubleLater, 30 * time.Minute}, // too many found our messages unwanted
	131056: {hotline.TroubleLater, 6 * time.Second},  // to one person: one in six seconds, after a burst
	131064: {hotline.TroubleLater, time.Hour},        // people written to first in a day
	133016: {hotline.TroubleLater, time.Hour},        // registrations

	// Theirs is down.
	1:      {trouble: hotline.TroubleUnavailable},
	2:      {trouble: hotline.TroubleUnavailable},
	131000: {trouble: hotline.TroubleUnavailable}, // something went wrong
	131016: {trouble: hotline.TroubleUnavailable}, // a service is away
	131057: {trouble: hotline.TroubleUnavailable}, // account in maintenance: while it is moved to more throughput
	133004: {trouble: hotline.TroubleUnavailable}, // server away

	// The person.
	codeWindow: {trouble: hotline.TroubleWindow},
	131026:     {trouble: hotline.TroubleGone}, // not on WhatsApp, or a version from long ago
}

// trouble puts what went wrong with a call into the courier's words. The error it holds is safe to log: neither the token nor anything of a person.
func trouble(err error) *hotline.SendError {
	var done *hotline.SendError
	if errors.As(err, &done) {
		return done
	}
	var api *apiError
	if !errors.As(err, &api) {
		return &hotline.SendError{Trouble: hotline.TroubleUnavailable, Err: err}
	}
	m := mean(api)
	e := &hotline.SendError{Trouble: m.trouble, Err: api}
	if m.trouble == hotline.TroubleLater {
		e.After = max(m.after, api.RetryAfter, time.Second)
	}
	return e
}

func mean(e *apiError) meaning {
	if m, ok := meanings[e.Code]; ok {
		return m
	}
	switch {
	case e.Code == codeParameter && e.Subcode == subcodeNoObject:
		return meaning{trouble: hotline.TroubleAccount} // our number does not exist, or not for this token
	case e.Code >= 200 && e.Code < 300:
		return meaning{trouble: hotline.TroubleAccount} // permissions
	case e.Code == 0 && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden):
		return meaning{trouble: hotline.TroubleAccount}
	case e.Status == http.StatusTooManyRequests:
		return meaning{hotline.TroubleLater, 5 * time.Second}
	case e.Transient, e.Status >= 500, e.Status < 400, e.Status == http.StatusRequestTimeout:
		return meaning{trouble: hotline.TroubleUnavailable}
	}
	return meaning{trouble: hotline.TroubleRefused}
}

func isCode(err error, codes ...int) bool {
	var api *apiError
	if !errors.As(err, &api) {
		return false
	}
	for _, c := range codes {
		if api.Code == c {
			return true
		}
	}
	return false
}

func refusal(why string) error {
	return &hotline.SendError{Trouble: hotline.TroubleRefused, Err: errors.New(why)}
}
