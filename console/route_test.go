package console_test

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tanggap/console"
	"tanggap/hotline"
	"tanggap/testbed/browser"
)

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// outcome is what a request to a route came to, as far as access is concerned.
func outcome(t *testing.T, site *browser.Site, v *browser.Visitor, r console.Route) string {
	t.Helper()
	path := wildcard.ReplaceAllString(strings.TrimSuffix(r.Path, "{$}"), "999999")
	ctx, cancel := context.WithTimeout(t.Context(), browser.Patience)
	defer cancel() // what streams is left
	req, err := http.NewRequestWithContext(ctx, r.Method, site.URL+console.Base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *v.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.Path, err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only looked at
	to, _, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Location"), console.Base), "?")
	switch {
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusSeeOther && to == "/login":
		return "sign in"
	case resp.StatusCode == http.StatusForbidden:
		return "forbidden"
	case resp.StatusCode == http.StatusSeeOther && (to == "/second" || to == "/setup") && to != path:
		return to
	case resp.StatusCode >= http.StatusInternalServerError:
		t.Errorf("%s %s: %d", r.Method, r.Path, resp.StatusCode)
	}
	return "in"
}

// Every route is tried for every role, for nobody, and for whoever has only come half the way.
func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	table := site.House.Console().Routes()
	if len(table) < 20 {
		t.Fatalf("the table has %d routes", len(table))
	}
	for _, role := range []hotline.RoleName{hotline.RoleOperator, hotline.RoleDesk, hotline.RoleSupervisor, hotline.RoleCoordinator, hotline.RoleViewer,
		hotline.RoleOfficer, hotline.RoleHead, hotline.RoleResponder, hotline.RoleVenue} {
		t.Run(string(role), func(t *testing.T) {
			t.Parallel()
			who := site.User(t, "a."+string(role), role)
			v := site.SignIn(t, who)
			for _, r := range table {
				if r.Open || r.Stage != "" {
					continue
				}
				want := "forbidden"
				if r.May == nil || slices.Contains(r.May, role) {
					want = "in"
				}
				if strings.HasPrefix(r.Path, "/account/") { // what one does there may sign one out
					v = site.SignIn(t, who)
				}
				got := outcome(t, site, v, r)
				if r.Path == "/account/everywhere" && got == "sign in" || r.Path == "/account/second/remove" && got == "forbidden" && who.TwoStep {
					continue // it is what was asked for
				}
				if got != want {
					t.Errorf("%s %s as %s: %s, want %s", r.Method, r.Path, role, got, want)
				}
			}
		})
	}
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		for _, r := range table {
			if got := outcome(t, site, site.Visitor(t), r); !r.Open && got != "sign in" {
				t.Errorf("%s %s: %s", r.Method, r.Path, got)
			}
		}
	})
	t.Run("half in", func(t *testing.T) {
		t.Parallel()
		who := site.User(t, "half", hotline.RoleCoordinator)
		v := site.Visitor(t)
		v.Post("/login", "login", who.Login, "password", who.Password)
		for _, r := range table {
			if r.Open || r.Stage == hotline.StageSecond {
				continue
			}
			want := "/second"
			if r.Path == "/live" {
				want = "sign in"
			}
			if got := outcome(t, site, v, r); got != want {
				t.Errorf("%s %s with a password alone: %s, want %s", r.Method, r.Path, got, want)
			}
		}
	})
	t.Run("a stranger's session", func(t *testing.T) {
		t.Parallel()
		v := site.Visitor(t)
		req := getRequest(t, site, "/")
		req.AddCookie(&http.Cookie{Name: "tanggap", Value: "made-up"})
		if got := v.Ask(req); got.Path != "/login" {
			t.Errorf("with a token that was made up: %s", got.Path)
		}
	})
}

// What another site's page has a browser send changes nothing.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	v := site.SignIn(t, ani)
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		req := postForm(t, site, "/account/everywhere", "")
		req.Header.Set(header[0], header[1])
		if got := v.Ask(req); got.Status != http.StatusForbidden {
			t.Errorf("%s: %s: %d", header[0], header[1], got.Status)
		}
	}
	if got := v.Get("/"); got.Path != "/" {
		t.Errorf("signed out by another site: %s", got.Path)
	}
}

// What holds for every answer: nothing runs that is not ours, nobody frames us, nothing is kept; by https the cookie is one that no other host can set.
func TestHeaders(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	got := site.Visitor(t).Get("/login")
	policy := got.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %q", policy)
	}
	if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers: %v", got.Header)
	}
	for _, proto := range []string{"", "https"} {
		v := site.Visitor(t)
		v.Client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		req := postForm(t, site, "/login", "login=ani&password="+strings.ReplaceAll(ani.Password, " ", "+"))
		if proto != "" {
			req.Header.Set("X-Forwarded-Proto", proto)
		}
		resp, err := v.Client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close() //nolint:errcheck // only its head is looked at
		i := slices.IndexFunc(resp.Cookies(), func(k *http.Cookie) bool { return strings.HasSuffix(k.Name, "tanggap") })
		if i < 0 {
			t.Fatalf("no cookie by %q", proto)
		}
		k := resp.Cookies()[i]
		if secure := proto == "https"; k.Secure != secure || (k.Name == "__Host-tanggap") != secure || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" {
			t.Errorf("by %q: %v", proto, k)
		}
	}
	if large := site.Visitor(t).Post("/login", "login", strings.Repeat("x", 100<<10)); large.Status != http.StatusUnprocessableEntity {
		t.Errorf("a body of 100 KB: %d", large.Status)
	}
	if lost := site.Visitor(t).Get("/nowhere"); lost.Status != http.StatusNotFound {
		t.Errorf("a path that is none: %d", lost.Status)
	}
}

// A first load stays small, and what it needs is kept by the browser.
func TestFirstLoadIsSmall(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	v := site.Visitor(t)
	page := v.Get("/login")
	total := len(page.Body)
	for _, m := range regexp.MustCompile(`(?:src|href)="(/console/assets/[^"]+)"`).FindAllStringSubmatch(page.Body, -1) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site.URL+m[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip")
		got := v.Ask(req)
		if got.Status != http.StatusOK || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %s", m[1], got.Status, got.Header.Get("Cache-Control"))
		}
		total += len(got.Body)
	}
	if total > 150<<10 {
		t.Errorf("the first load is %d bytes", total)
	}
}
