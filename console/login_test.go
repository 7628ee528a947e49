package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed/browser"
)

// Whoever guesses passwords is stopped, whether the account exists or not, and nothing tells which; the owner elsewhere still gets in.
func TestGuessing(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	for _, name := range []string{"ani", "nobody"} {
		v := site.Visitor(t)
		var first browser.Answer
		for i := range 8 {
			got := v.Post("/login", "login", name, "password", "guess")
			got.Body = strings.ReplaceAll(got.Body, name, "NAME")
			want := http.StatusUnprocessableEntity
			if i >= 5 {
				want = http.StatusTooManyRequests
			}
			if got.Status != want {
				t.Errorf("try %d as %s: %d, want %d", i+1, name, got.Status, want)
			}
			if i == 0 {
				first = got
			}
			if i < 5 && got.Body != first.Body {
				t.Errorf("try %d as %s is answered otherwise than the first", i+1, name)
			}
		}
		if name == "ani" {
			if got := v.Post("/login", "login", ani.Login, "password", ani.Password); got.Status != http.StatusTooManyRequests {
				t.Errorf("the right password after too many tries: %d", got.Status)
			}
		}
	}
	elsewhere := site.Visitor(t)
	req := postForm(t, site, "/login", "login=ani&password="+strings.ReplaceAll(ani.Password, " ", "+"))
	req.Header.Set("X-Forwarded-For", "198.51.100.7")
	if got := elsewhere.Ask(req); got.Path != "/" {
		t.Errorf("from another address: %d at %s", got.Status, got.Path)
	}
	site.Wait(16 * time.Minute)
	site.SignIn(t, ani)
	rows := audits(t, site, hotline.AuditQuery{Act: hotline.ActLockedOut, Limit: 50})
	if len(rows) != 7 {
		t.Errorf("%d rows tell of tries that were too many, want 7", len(rows))
	}
}

// From one address not many accounts can be tried either.
func TestSpraying(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	v := site.Visitor(t)
	for i := range 32 {
		got := v.Post("/login", "login", "user"+strings.Repeat("x", i), "password", "Jepara2026")
		if slow := got.Status == http.StatusTooManyRequests; slow != (i >= 30) {
			t.Errorf("account %d: %d", i+1, got.Status)
		}
	}
}

// Guessing the second step's number leads out.
func TestGuessingTheSecondStep(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rini := site.User(t, "rini", hotline.RoleCoordinator)
	v := site.Visitor(t)
	if got := v.Post("/login", "login", rini.Login, "password", rini.Password); got.Path != "/second" {
		t.Fatalf("after the password: %s", got.Path)
	}
	if got := v.Get("/audit"); got.Path != "/second" {
		t.Errorf("with a password alone one comes to %s", got.Path)
	}
	for range 5 {
		if got := v.Post("/second", "code", "123456"); got.Status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong number: %d", got.Status)
		}
	}
	if got := v.Post("/second", "code", site.Recovery(t, rini)); got.Status != http.StatusTooManyRequests {
		t.Errorf("the sixth: %d", got.Status)
	}
	if got := v.Get("/"); got.Path != "/login" {
		t.Errorf("afterwards one is at %s", got.Path)
	}
}

// A number and a recovery code count once.
func TestOnce(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rini := site.User(t, "rini", hotline.RoleCoordinator)
	site.Wait(time.Minute)
	for _, code := range []string{site.Number(t, rini, false), site.Recovery(t, rini)} {
		for i, want := range []string{"/", "/second"} {
			v := site.Visitor(t)
			v.Post("/login", "login", rini.Login, "password", rini.Password)
			if got := v.Post("/second", "code", code); got.Path != want {
				t.Errorf("use %d of a code: %s, want %s", i+1, got.Path, want)
			}
		}
	}
}

// A session ends when nobody is there for half an hour, and after twelve hours in any case; what a page asks by itself is nobody being there.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	in := func(v *browser.Visitor) bool { return v.Get("/account").Path == "/account" }

	idle := site.SignIn(t, ani)
	site.Wait(29 * time.Minute)
	if !in(idle) {
		t.Error("after 29 minutes it has ended")
	}
	for range 2 {
		site.Wait(15 * time.Minute)
		req := getRequest(t, site, "/account")
		req.Header.Set("X-Live", "1")
		idle.Ask(req)
	}
	if in(idle) {
		t.Error("after half an hour of the page's own requests it has not ended")
	}

	whole := site.SignIn(t, ani)
	for range 12 * 3 {
		if !in(whole) {
			t.Fatal("it ended early")
		}
		site.Wait(20 * time.Minute)
	}
	if in(whole) {
		t.Error("after twelve hours it has not ended")
	}
}

// A role that is taken away ends access at once; one that asks for the second step asks for it at once.
func TestRolesAtEachRequest(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	v := site.SignIn(t, ani)
	site.Do(t, func(tx *store.Tx) error { tx.GiveRole(ani.Person, hotline.RoleCoordinator, site.Unit()); return nil })
	if got := v.Get("/audit"); got.Path != "/setup" {
		t.Errorf("as coordinator without a second step: %s", got.Path)
	}
	site.Do(t, func(tx *store.Tx) error { tx.EndRole(ani.Person, hotline.RoleCoordinator, site.Unit()); return nil })
	if got := v.Get("/audit"); got.Status != http.StatusForbidden {
		t.Errorf("as operator: %d", got.Status)
	}
	site.Do(t, func(tx *store.Tx) error { tx.EndRole(ani.Person, hotline.RoleOperator, site.Unit()); return nil })
	if got := v.Get("/"); got.Path != "/login" {
		t.Errorf("without a role: %s", got.Path)
	}
	if got := v.SignIn(ani); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("signing in without a role: %d", got.Status)
	}
	site.Do(t, func(tx *store.Tx) error { tx.GiveRole(ani.Person, hotline.RoleOperator, site.Unit()); return nil })
	if got := v.Get("/"); got.Path != "/" {
		t.Errorf("with the role again: %s", got.Path)
	}
	site.Do(t, func(tx *store.Tx) error { tx.SetDisabled(ani.Person, true); return nil })
	if got := v.Get("/"); got.Path != "/login" {
		t.Errorf("disabled: %s", got.Path)
	}
	if got := v.SignIn(ani); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("signing in while disabled: %d", got.Status)
	}
}

// A one-time link works once and for its time; a reset ends everything that was.
func TestLinks(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani, code := site.Invited(t, "ani", hotline.RoleOperator)
	v := site.Visitor(t)
	if got := v.Post("/begin", "code", strings.ToLower(code), "password", ani.Password, "again", ani.Password+"!"); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("two that differ: %d", got.Status)
	}
	if got := v.Post("/begin", "code", code, "password", ani.Password, "again", ani.Password); got.Path != "/" {
		t.Errorf("the link leads to %s", got.Path)
	}
	if got := site.Visitor(t).Get("/begin?code=" + code); !strings.Contains(got.Body, "sudah dipakai") {
		t.Errorf("the link works twice: %d", got.Status)
	}
	var again string
	site.Do(t, func(tx *store.Tx) error {
		again = tx.ResetUser(ani.Person, site.Clock.Now().Add(time.Hour))
		return nil
	})
	if got := v.Get("/"); got.Path != "/login" {
		t.Errorf("after the reset: %s", got.Path)
	}
	if got := v.SignIn(ani); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("the old password after a reset: %d", got.Status)
	}
	site.Wait(time.Hour)
	if got := site.Visitor(t).Post("/begin", "code", again, "password", ani.Password, "again", ani.Password); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("a link that has expired: %d", got.Status)
	}
	for range 5 {
		site.Visitor(t).Get("/begin?code=AAAAAAA2222222")
	}
	if got := site.Visitor(t).Get("/begin?code=AAAAAAA2222222"); got.Status != http.StatusTooManyRequests {
		t.Errorf("after many wrong links: %d", got.Status)
	}
}

// A changed password signs out all others, and asks for the present one.
func TestChangePassword(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	here, there := site.SignIn(t, ani), site.SignIn(t, ani)
	const fresh = "kucing tidur di atap"
	if got := here.Post("/account/password", "old", "not it", "password", fresh, "again", fresh); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("without the present password: %d", got.Status)
	}
	if got := here.Post("/account/password", "old", ani.Password, "password", fresh, "again", fresh); !strings.Contains(got.Body, "sudah diganti") {
		t.Errorf("changing it: %d at %s", got.Status, got.Path)
	}
	if got := there.Get("/"); got.Path != "/login" {
		t.Errorf("the other browser is at %s", got.Path)
	}
	if got := site.Visitor(t).SignIn(ani); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("the old password: %d", got.Status)
	}
	ani.Password = fresh
	site.SignIn(t, ani)
}

// Whoever wants may have the second step, and do without it again.
func TestSecondStepByChoice(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	v := site.SignIn(t, ani)
	v.Get("/account/second")
	if got := v.Post("/account/second", "code", site.Number(t, ani, true)); !strings.Contains(got.Body, "Kode cadangan") {
		t.Fatalf("set up: %d at %s", got.Status, got.Path)
	}
	if got := site.Visitor(t).Post("/login", "login", ani.Login, "password", ani.Password); got.Path != "/second" {
		t.Errorf("the password alone leads to %s", got.Path)
	}
	if got := v.Post("/account/recovery", "old", ani.Password); !strings.Contains(got.Body, `class="codes"`) {
		t.Errorf("new recovery codes: %d", got.Status)
	}
	if got := v.Post("/account/second/remove", "old", "not it"); got.Status != http.StatusUnprocessableEntity {
		t.Errorf("taken away without a password: %d", got.Status)
	}
	v.Post("/account/second/remove", "old", ani.Password)
	if got := site.Visitor(t).Post("/login", "login", ani.Login, "password", ani.Password); got.Path != "/" {
		t.Errorf("without the second step: %s", got.Path)
	}
	rini := site.User(t, "rini", hotline.RoleSupervisor)
	if got := site.SignIn(t, rini).Post("/account/second/remove", "old", rini.Password); got.Status != http.StatusForbidden {
		t.Errorf("a supervisor does without: %d", got.Status)
	}
}

func audits(t *testing.T, site *browser.Site, q hotline.AuditQuery) (rows []hotline.Audit) {
	t.Helper()
	site.Do(t, func(tx *store.Tx) (err error) {
		rows, err = tx.Audits(t.Context(), q)
		return err
	})
	return rows
}

func getRequest(t *testing.T, site *browser.Site, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site.URL+"/console"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func postForm(t *testing.T, site *browser.Site, path, form string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+"/console"+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}
