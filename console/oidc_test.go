package console_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tanggap/console"
	"tanggap/hotline"
	"tanggap/house"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// An issuer vouches for whoever it is told to.
type issuer struct {
	*httptest.Server
	key *rsa.PrivateKey

	mu     sync.Mutex
	claims map[string]any
	nonce  string
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		i.nonce = r.FormValue("nonce")
		i.mu.Unlock()
		http.Redirect(w, r, r.FormValue("redirect_uri")+"?"+url.Values{"state": {r.FormValue("state")}, "code": {"the code"}}.Encode(), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("code") != "the code" || r.FormValue("code_verifier") == "" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": i.token(t)})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

// vouch says who comes next.
func (i *issuer) vouch(claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.claims = claims
}

func (i *issuer) token(t *testing.T) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	claims := map[string]any{"iss": i.URL, "aud": "tanggap", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "nonce": i.nonce}
	for k, v := range i.claims {
		claims[k] = v
	}
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	body := part(map[string]string{"alg": "RS256", "kid": "1"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(body))
	sig, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Error(err)
	}
	return body + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// Whoever the issuer vouches for comes in where we know them: by a verified address the first time, by the issuer's own name for them from then on.
func TestOIDC(t *testing.T) {
	t.Parallel()
	issuer := newIssuer(t)
	site := browser.Start(t, func(o *house.Options) {
		o.ConsoleOptions.OIDC = &console.OIDCOptions{Issuer: issuer.URL, ClientID: "tanggap", ClientSecret: "hush"}
	})
	for login, role := range map[string]hotline.RoleName{"ani": hotline.RoleOperator, "rini": hotline.RoleCoordinator} {
		site.Do(t, func(tx *store.Tx) error {
			_, _, err := tx.AddUser(t.Context(), store.NewUser{Login: login, Email: login + "@example.go.id", Role: role, Unit: site.Unit(), Until: site.Clock.Now()})
			return err
		})
	}
	if page := site.Visitor(t).Get("/login"); !strings.Contains(page.Body, "/console/oidc?back=") {
		t.Error("the page does not offer it")
	}
	for _, c := range []struct {
		what   string
		claims map[string]any
		to     string
		says   string
	}{
		{"an address that is not verified", map[string]any{"sub": "1", "email": "ani@example.go.id"}, "/login", "tidak terdaftar"},
		{"a verified address", map[string]any{"sub": "1", "email": "Ani@example.go.id", "email_verified": true}, "/account", ""},
		{"the same subject without an address", map[string]any{"sub": "1"}, "/account", ""},
		{"another subject with the same address", map[string]any{"sub": "2", "email": "ani@example.go.id", "email_verified": true}, "/login", "tidak terdaftar"},
		{"nobody we know", map[string]any{"sub": "3", "email": "eve@example.go.id", "email_verified": true}, "/login", "tidak terdaftar"},
		{"a coordinator", map[string]any{"sub": "4", "email": "rini@example.go.id", "email_verified": true}, "/setup", ""},
		{"a token for somebody else", map[string]any{"sub": "1", "aud": "another"}, "/login", "tidak berhasil"},
		{"a token that is over", map[string]any{"sub": "1", "exp": time.Now().Add(-time.Hour).Unix()}, "/login", "tidak berhasil"},
		{"an answer to another question", map[string]any{"sub": "1", "nonce": "made up"}, "/login", "tidak berhasil"},
	} {
		issuer.vouch(c.claims)
		if got := site.Visitor(t).Get("/oidc?back=/account"); got.Path != c.to || !strings.Contains(got.Body, c.says) {
			t.Errorf("%s leads to %s (%d), want %s with %q", c.what, got.Path, got.Status, c.to, c.says)
		}
	}
	issuer.vouch(map[string]any{"sub": "1"})
	if got := site.Visitor(t).Get("/oidc/back?state=made+up&code=the+code"); got.Path != "/login" {
		t.Errorf("whoever never asked comes to %s", got.Path)
	}
}
