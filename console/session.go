package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"tanggap/hotline"
)

// A SessionTx keeps who is signed in where. A session is known by the hash of its token; the token itself is the browser's alone.
type SessionTx interface {
	// Session reads a session with its user and the roles that hold now. hotline.ErrNotFound: there is none, or the user may not sign in any more.
	Session(ctx context.Context, token []byte) (hotline.Session, error)
	// NewSession begins one.
	NewSession(token []byte, p hotline.PersonID, stage hotline.Stage)
	// Touch notes that somebody is there.
	Touch(token []byte)
	// EndSession ends one; EndSessions all of a user's but one (nil: all).
	EndSession(token []byte)
	EndSessions(p hotline.PersonID, but []byte)
	// Flash adds a sentence for the session's next page; ClearFlash takes the first n off.
	Flash(token []byte, f hotline.Flash)
	ClearFlash(token []byte, n int)
}

// touchEvery is how stale a session's last request may be kept, so that not every request writes.
const touchEvery = time.Minute

// identify finds out who asks, from the cookie: the user, and the roles that hold at this moment. What has ended is as good as nothing.
func (q *Request) identify() error {
	q.session, q.token, q.User, q.Viewer = nil, nil, hotline.User{}, hotline.Viewer{}
	cookie, err := q.Cookie(q.console.cookieName(q.Request))
	if err != nil || cookie.Value == "" {
		return nil //nolint:nilerr // there is no cookie: nobody
	}
	token := hashToken(cookie.Value)
	var s hotline.Session
	err = q.Do(func(t Tx) (err error) {
		if s, err = t.Session(q.Context(), token); err != nil {
			return err
		}
		switch {
		case s.Over(q.Now):
			t.EndSession(token)
		case !q.route.Quiet && q.Header.Get("X-Live") == "" && q.Now.Sub(s.Seen) >= touchEvery:
			t.Touch(token)
		}
		return nil
	})
	if errors.Is(err, hotline.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.Over(q.Now) || !mayEnter(s.User) {
		return nil
	}
	if s.Stage == hotline.StageIn && mustSetUp(s.User) { // became so while signed in
		s.Stage = hotline.StageSetup
	}
	q.session, q.token, q.User = &s, token, s.User
	if s.Stage == hotline.StageIn {
		q.Viewer = s.User.Viewer()
	}
	return nil
}

// mayEnter tells whether somebody may sign in: who works for the service in some role now.
func mayEnter(u hotline.User) bool { return u.Disabled.IsZero() && u.Viewer().Staff() }

// mustSetUp tells whether somebody must set up the second step before anything else.
func mustSetUp(u hotline.User) bool {
	return !u.TwoStep && u.Viewer().Has(hotline.RoleCoordinator, hotline.RoleSupervisor)
}

// enter signs somebody in as far as stage says, with a new token: what was known before is worth nothing any more.
func (q *Request) enter(t Tx, p hotline.PersonID, stage hotline.Stage, token string) {
	if q.token != nil {
		t.EndSession(q.token)
	}
	t.NewSession(hashToken(token), p, stage)
}

// newToken makes a session's token.
func newToken() string {
	var raw [32]byte
	if _, err := rand.Read(raw[:]); err != nil {
		panic(err) // crypto/rand never fails
	}
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// cookieName is the session cookie's: by https one that no other host or path can set.
func (c *Console) cookieName(r *http.Request) string {
	if c.secure(r) {
		return "__Host-tanggap"
	}
	return "tanggap"
}

// setToken gives the browser its token; an empty one takes it away.
func (q *Request) setToken(token string) {
	//nolint:gosec // G124: secure where the browser came by https
	k := &http.Cookie{Name: q.console.cookieName(q.Request), Value: token, Path: "/", HttpOnly: true, Secure: q.console.secure(q.Request),
		SameSite: http.SameSiteLaxMode}
	if token == "" {
		k.MaxAge = -1
	}
	http.SetCookie(q.W, k) // it ends with the browser, or when the server says so
}
