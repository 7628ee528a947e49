package browser

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tanggap/hotline"
	"tanggap/store"
)

// A Visitor asks without a browser, and keeps cookies.
type Visitor struct {
	Client *http.Client
	t      testing.TB
	site   *Site
}

// An Answer is what a visitor got.
type Answer struct {
	Status int
	Path   string // where redirects led, below /console
	Body   string
	Header http.Header
}

// Visitor gives somebody who is not signed in.
func (s *Site) Visitor(t testing.TB) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &Visitor{Client: &http.Client{Jar: jar, Timeout: Patience, Transport: transport}, t: t, site: s}
}

// SignIn gives somebody who is signed in, the second step included.
func (s *Site) SignIn(t testing.TB, u User) *Visitor {
	t.Helper()
	v := s.Visitor(t)
	if got := v.SignIn(u); got.Path != "/" {
		t.Fatalf("%s signed in and came to %s (%d)", u.Login, got.Path, got.Status)
	}
	return v
}

// SignIn signs a user in, the second step included.
func (v *Visitor) SignIn(u User) Answer {
	v.t.Helper()
	got := v.Post("/login", "login", u.Login, "password", u.Password)
	if got.Path == "/second" {
		got = v.Post("/second", "code", v.site.Recovery(v.t, u))
	}
	return got
}

// Get asks for a page, and follows redirects.
func (v *Visitor) Get(path string) Answer {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.site.URL+"/console"+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.Ask(req)
}

// Post sends a form of names and values in turn, and follows redirects.
func (v *Visitor) Post(path string, pairs ...string) Answer {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.site.URL+"/console"+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.Ask(req)
}

// Ask sends any request.
func (v *Visitor) Ask(req *http.Request) Answer {
	v.t.Helper()
	resp, err := v.Client.Do(req)
	if err != nil {
		v.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return Answer{resp.StatusCode, strings.TrimPrefix(resp.Request.URL.Path, "/console"), string(body), resp.Header}
}

// Number gives what a user's telephone shows now in the second step; fresh: of the secret that is being set up.
func (s *Site) Number(t testing.TB, u User, fresh bool) string {
	t.Helper()
	var secrets hotline.Secrets
	s.Do(t, func(tx *store.Tx) (err error) {
		secrets, err = tx.Secrets(t.Context(), u.Person)
		return err
	})
	secret := secrets.TOTP
	if fresh {
		secret = secrets.NewTOTP
	}
	code, err := totp.GenerateCode(secret, s.Clock.Now())
	if err != nil {
		t.Fatalf("the second step of %s: %v", u.Login, err)
	}
	return code
}

// Wait moves service time on.
func (s *Site) Wait(d time.Duration) { s.Clock.Move(s.Clock.Now().Add(d)) }
