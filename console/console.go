package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// Base is where the pages stand.
const Base = "/console"

// Options are what a console is made of.
type Options struct {
	Store   Store
	Regency func() *hotline.Regency // the description in force
	Book    func() *phrase.Book     // names of places, units and categories in words
	Now     func() time.Time        // service time
	Stream  Stream                  // what happens, live; nil: pages hear nothing
	URL     string                  // the public address, https://…; empty: whatever the browser asked
	Examine Examiner                // what photos really are
	Tiles   string                  // a map's tiles, https://…/{z}/{x}/{y}.png; empty: none from outside
	OIDC    *OIDCOptions            // nil: no other way to sign in than with a password
	Cheap   bool                    // passwords are hashed cheaply: for tests alone
	Log     *slog.Logger

	// BookingNotice puts news of a booking into words for chat; nil: nobody is told but who is called at a venue.
	BookingNotice func(hotline.BookingNews) (hotline.Out, bool)
	// VisitAsk is the card that asks an agency to take part in a visit; nil: nobody is asked in chat.
	VisitAsk func(hotline.Visit, hotline.Taking) hotline.Reply
}

// A Console answers for all pages. Run keeps them live.
type Console struct {
	Options

	hub       *hub
	passwords *passwords
	pages     *pages
	assets    *assets
	oidc      *oidcDoor
	readings  readings
	table     []Route
	handler   http.Handler
}

// New makes a console. Its errors are mistakes of the program or of the settings.
func New(o Options) (*Console, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Console{Options: o, passwords: newPasswords(o.Cheap)}
	var err error
	if c.assets, err = readAssets(); err != nil {
		return nil, err
	}
	if c.pages, err = readPages(c); err != nil {
		return nil, err
	}
	if o.OIDC != nil {
		c.oidc = newOIDCDoor(*o.OIDC)
	}
	c.hub = newHub(c)
	c.table = routes()
	guard := http.NewCrossOriginProtection()
	if o.URL != "" {
		u, err := url.Parse(o.URL)
		if err != nil || u.Host == "" {
			return nil, errors.New("the console's address is no URL")
		}
		if err := guard.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("the console's address: %w", err)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+Base+"/assets/", c.assets)
	for _, r := range c.table {
		mux.HandleFunc(r.Method+" "+Base+r.Path, c.serve(r))
	}
	mux.HandleFunc("GET "+Base, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, Base+"/", http.StatusSeeOther) })
	mux.HandleFunc(Base+"/", c.lost)
	c.handler = c.outer(guard.Handler(mux))
	return c, nil
}

// Address tells where a request comes from: a host of IPv4, a net of IPv6. Whoever else counts tries counts them by the same.
func Address(r *http.Request) string { return address(r) }

// ServeHTTP answers a request below Base.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// Run keeps the pages live until ctx ends, and then lets go of them.
func (c *Console) Run(ctx context.Context) error { return c.hub.run(ctx) }

// bodyLimit bounds what a request may bring: a form. A route that takes files says more (Route.Body).
const bodyLimit = 64 << 10

// outer says what holds for every answer.
func (c *Console) outer(next http.Handler) http.Handler {
	images := ""
	if u, err := url.Parse(c.Tiles); err == nil && u.Host != "" {
		images = " " + u.Scheme + "://" + strings.ReplaceAll(u.Host, "{s}", "*")
	}
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:" + images + "; media-src 'self' blob:; " +
		"connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(self)")
		h.Set("Cache-Control", "no-store")
		if c.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http compares it
					panic(p)
				}
				c.Log.Error("console: a page broke", "path", r.URL.Path, "panic", p)
				http.Error(w, "500", http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// secure tells whether the browser came by https, to us or to whoever stands before us.
func (c *Console) secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") || strings.HasPrefix(c.URL, "https://")
}
