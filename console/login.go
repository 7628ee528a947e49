package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"tanggap/hotline"
)

// A UserTx reads and changes who may sign in.
type UserTx interface {
	// UserByLogin reads a user with the roles that hold now, and what proves it is them. hotline.ErrNotFound: there is none.
	UserByLogin(ctx context.Context, login string) (hotline.User, hotline.Secrets, error)
	// Secrets reads what proves that it is a user.
	Secrets(context.Context, hotline.PersonID) (hotline.Secrets, error)
	// SignedIn notes that the user is in.
	SignedIn(hotline.PersonID)
	// SetPassword keeps the hash of a password; a one-time link is used up.
	SetPassword(p hotline.PersonID, hash string)
	// UserByCode reads whom a one-time link was made for. hotline.ErrCode: there is no such link, or it was used or has expired.
	UserByCode(ctx context.Context, code string) (hotline.User, error)
}

func loginRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/login", Open: true, Do: (*Request).loginForm},
		{Method: "POST", Path: "/login", Open: true, Do: (*Request).login},
		{Method: "POST", Path: "/logout", Open: true, Do: (*Request).logout},
		{Method: "POST", Path: "/language", Open: true, Do: (*Request).chooseLanguage},
	}
}

type loginPage struct {
	Form *Form
	Back string
	OIDC bool
	Said string // a key of words
}

func (q *Request) loginForm() error {
	if q.session != nil && q.session.Stage == hotline.StageIn {
		return q.Redirect("/")
	}
	page := loginPage{Back: safePath(q.URL.Query().Get("back")), OIDC: q.console.oidc != nil}
	switch said := q.URL.Query().Get("said"); said {
	case "goodbye", "unknown", "failed":
		page.Said = "login." + said
	case "":
		if page.Back != "/" {
			page.Said = "login.ended"
		}
	}
	return q.Page("login", page)
}

// login lets somebody in who knows a password. Whether there is such a user cannot be told from the answer, nor from how long it takes.
func (q *Request) login() error {
	f := q.Form()
	name, password := strings.ToLower(f.Text("login", 60)), f.Values.Get("password")
	page := loginPage{Form: f, Back: safePath(f.Get("back")), OIDC: q.console.oidc != nil}
	if !f.OK() {
		return q.Again("login", page)
	}
	var user hotline.User
	var secrets hotline.Secrets
	may := false
	err := q.Do(func(t Tx) (err error) {
		if may, err = q.try(t, name); err != nil {
			return err
		}
		user, secrets, err = t.UserByLogin(q.Context(), name)
		if errors.Is(err, hotline.ErrNotFound) {
			err = nil
		}
		if err == nil && !may {
			t.Audit(hotline.Audit{Act: hotline.ActLockedOut, Person: user.Person, Detail: q.address()})
		}
		return err
	})
	if err != nil {
		return err
	}
	if !may {
		f.Wrong("", "login.slow")
		return q.page(http.StatusTooManyRequests, "login", page)
	}
	right, stale, err := q.console.passwords.right(q.Context(), secrets.Password, password)
	if err != nil {
		return err
	}
	if !right || !mayEnter(user) {
		f.Wrong("", "login.wrong")
		return q.Again("login", page)
	}
	anew := ""
	if stale {
		if anew, err = q.console.passwords.hash(q.Context(), password); err != nil {
			return err
		}
	}
	token, stage := newToken(), stageAfterPassword(user)
	err = q.Do(func(t Tx) error {
		t.Forgive(name, q.address())
		if anew != "" {
			t.SetPassword(user.Person, anew)
		}
		q.enter(t, user.Person, stage, token)
		if stage == hotline.StageIn {
			q.arrived(t, user.Person)
		}
		return nil
	})
	if err != nil {
		return err
	}
	q.setToken(token)
	if stage != hotline.StageIn {
		return q.Redirect("/" + string(stage) + "?back=" + escape(page.Back))
	}
	return q.Redirect(page.Back)
}

// stageAfterPassword is how far a password alone leads.
func stageAfterPassword(u hotline.User) hotline.Stage {
	switch {
	case u.TwoStep:
		return hotline.StageSecond
	case mustSetUp(u):
		return hotline.StageSetup
	}
	return hotline.StageIn
}

// arrived notes that somebody is in.
func (q *Request) arrived(t Tx, p hotline.PersonID) {
	t.SignedIn(p)
	t.Audit(hotline.Audit{By: p, Act: hotline.ActSignedIn})
}

func (q *Request) logout() error {
	if q.session != nil {
		err := q.Do(func(t Tx) error {
			t.EndSession(q.token)
			t.Audit(hotline.Audit{By: q.User.Person, Act: hotline.ActSignedOut})
			t.Signal(hotline.TopicSession, int64(q.User.Person))
			return nil
		})
		if err != nil {
			return err
		}
	}
	q.setToken("")
	return q.Redirect("/login?said=goodbye")
}

func (q *Request) chooseLanguage() error {
	f := q.Form()
	for _, l := range Languages {
		if string(l) == f.Get("lang") {
			//nolint:gosec // G124: secure where the browser came by https
			http.SetCookie(q.W, &http.Cookie{Name: languageCookie, Value: string(l), Path: Base, MaxAge: 365 * 24 * 3600, HttpOnly: true,
				Secure: q.console.secure(q.Request), SameSite: http.SameSiteLaxMode})
		}
	}
	return q.Redirect(safePath(f.Get("back")))
}
