package console

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"tanggap/hotline"
)

// OIDCOptions are an issuer of identities at which people may sign in instead of with a password. Who they are to us is found by what the issuer calls
// them, the first time by an e-mail address that it vouches for. It makes no users, and the second step is asked for all the same.
type OIDCOptions struct {
	Issuer, ClientID, ClientSecret string
}

// An IdentityTx finds whom an issuer means.
type IdentityTx interface {
	// UserByIdentity gives whom the issuer calls subject, or whom an e-mail address that it vouches for (empty: none) belongs to, and remembers the
	// subject. hotline.ErrNotFound: nobody.
	UserByIdentity(ctx context.Context, subject, email string) (hotline.User, error)
}

// oidcDoor is the issuer as we know it. It is asked for its description when it is first needed: an issuer that is away keeps nobody from starting.
type oidcDoor struct {
	OIDCOptions
	client *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
}

// oidcPatience bounds one request to the issuer.
const oidcPatience = 10 * time.Second

func newOIDCDoor(o OIDCOptions) *oidcDoor {
	return &oidcDoor{OIDCOptions: o, client: &http.Client{Timeout: oidcPatience}}
}

func (d *oidcDoor) known(ctx context.Context) (*oidc.Provider, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.provider == nil {
		// What it learns is used long after this request.
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), d.client), d.Issuer)
		if err != nil {
			return nil, fmt.Errorf("ask the issuer of identities for its description: %w", err)
		}
		d.provider = p
	}
	return d.provider, nil
}

func oidcRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/oidc", Open: true, Do: (*Request).toIssuer},
		{Method: "GET", Path: "/oidc/back", Open: true, Do: (*Request).fromIssuer},
	}
}

// oidcCookie holds, while somebody is at the issuer, what must come back with them.
const oidcCookie = "tanggap_oidc"

func (q *Request) issuer() (*oidc.Provider, oauth2.Config, error) {
	d := q.console.oidc
	if d == nil {
		return nil, oauth2.Config{}, hotline.ErrNotFound
	}
	p, err := d.known(q.Context())
	if err != nil {
		return nil, oauth2.Config{}, err
	}
	us := q.console.URL
	if us == "" { // the settings ask for it with an issuer
		us = "http://" + q.Host
	}
	return p, oauth2.Config{ClientID: d.ClientID, ClientSecret: d.ClientSecret, Endpoint: p.Endpoint(), RedirectURL: us + Base + "/oidc/back",
		Scopes: []string{oidc.ScopeOpenID, "email"}}, nil
}

// toIssuer sends somebody to the issuer.
func (q *Request) toIssuer() error {
	_, config, err := q.issuer()
	if err != nil {
		return q.notByIssuer(err)
	}
	state, nonce, verifier := newToken(), newToken(), oauth2.GenerateVerifier()
	q.setOIDC(strings.Join([]string{state, nonce, verifier, safePath(q.URL.Query().Get("back"))}, " "), 600)
	http.Redirect(q.W, q.Request, config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusSeeOther)
	return nil
}

func (q *Request) setOIDC(value string, age int) {
	//nolint:gosec // G124: secure where the browser came by https
	http.SetCookie(q.W, &http.Cookie{Name: oidcCookie, Value: escape(value), Path: Base + "/oidc", MaxAge: age, HttpOnly: true,
		Secure: q.console.secure(q.Request), SameSite: http.SameSiteLaxMode})
}

// fromIssuer lets in whom the issuer vouches for, and whom we know.
func (q *Request) fromIssuer() error {
	provider, config, err := q.issuer()
	if err != nil {
		return q.notByIssuer(err)
	}
	state, nonce, verifier, back, ok := q.oidcBack()
	q.setOIDC("", -1)
	if !ok || subtle.ConstantTimeCompare([]byte(q.URL.Query().Get("state")), []byte(state)) != 1 || q.URL.Query().Get("code") == "" {
		return q.Redirect("/login?said=failed")
	}
	ctx := oidc.ClientContext(q.Context(), q.console.oidc.client)
	tokens, err := config.Exchange(ctx, q.URL.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return q.notByIssuer(fmt.Errorf("exchange a code: %w", err))
	}
	raw, _ := tokens.Extra("id_token").(string)
	identity, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(identity.Nonce), []byte(nonce)) != 1 {
		return q.notByIssuer(fmt.Errorf("verify an identity: %w", errors.Join(err, errNonce)))
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := identity.Claims(&claims); err != nil {
		return q.notByIssuer(fmt.Errorf("read an identity: %w", err))
	}
	if !claims.Verified {
		claims.Email = ""
	}
	return q.enterByIssuer(identity.Issuer+" "+identity.Subject, claims.Email, back)
}

var errNonce = errors.New("it is not the answer to what was asked")

// oidcBack reads what must have come back with somebody.
func (q *Request) oidcBack() (state, nonce, verifier, back string, ok bool) {
	cookie, err := q.Cookie(oidcCookie)
	if err != nil {
		return "", "", "", "", false
	}
	value, err := unescape(cookie.Value)
	parts := strings.SplitN(value, " ", 4)
	if err != nil || len(parts) != 4 || parts[0] == "" {
		return "", "", "", "", false
	}
	return parts[0], parts[1], parts[2], safePath(parts[3]), true
}

func (q *Request) enterByIssuer(subject, email, back string) error {
	token := newToken()
	var stage hotline.Stage
	err := q.Do(func(t Tx) error {
		stage = ""
		user, err := t.UserByIdentity(q.Context(), subject, email)
		if err != nil {
			return err
		}
		if !mayEnter(user) {
			return hotline.ErrNotFound
		}
		stage = stageAfterPassword(user)
		q.enter(t, user.Person, stage, token)
		t.Audit(hotline.Audit{By: user.Person, Act: hotline.ActIdentified})
		if stage == hotline.StageIn {
			q.arrived(t, user.Person)
		}
		return nil
	})
	if errors.Is(err, hotline.ErrNotFound) {
		return q.Redirect("/login?said=unknown")
	}
	if err != nil {
		return err
	}
	q.setToken(token)
	if stage != hotline.StageIn {
		return q.Redirect("/" + string(stage) + "?back=" + escape(back))
	}
	return q.Redirect(back)
}

// notByIssuer says that it did not work; why is for the log.
func (q *Request) notByIssuer(err error) error {
	if errors.Is(err, hotline.ErrNotFound) {
		return err
	}
	q.console.Log.Warn("console: signing in at the issuer of identities failed", "error", err)
	return q.Redirect("/login?said=failed")
}
