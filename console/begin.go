package console

import (
	"errors"
	"net/http"

	"tanggap/hotline"
)

// beginRoutes let in whoever has a one-time link: they choose a password, and then sign in with it as everybody does.
func beginRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/begin", Open: true, Do: (*Request).beginForm},
		{Method: "POST", Path: "/begin", Open: true, Do: (*Request).begin},
	}
}

type beginPage struct {
	Form  *Form
	Code  string
	Login string // whose link it is; empty: not known yet
}

// beginForm asks for the code, unless the link brought it, and then for a password.
func (q *Request) beginForm() error {
	code := q.URL.Query().Get("code")
	if code == "" {
		return q.Page("begin", beginPage{})
	}
	return q.beginWith(code, &Form{Errors: map[string]string{}})
}

// byCode finds whose link it is. A wrong code is a try like a wrong password.
func (q *Request) byCode(code string) (user hotline.User, may bool, err error) {
	err = q.Do(func(t Tx) (err error) {
		user = hotline.User{}
		if may, err = q.try(t, "one-time link"); err != nil || !may {
			return err
		}
		user, err = t.UserByCode(q.Context(), code)
		if errors.Is(err, hotline.ErrCode) {
			return nil
		}
		if err == nil {
			t.Forgive("one-time link", q.address())
		}
		return err
	})
	return user, may, err
}

func (q *Request) beginWith(code string, f *Form) error {
	user, may, err := q.byCode(code)
	switch {
	case err != nil:
		return err
	case !may:
		f.Wrong("code", "login.slow")
		return q.page(http.StatusTooManyRequests, "begin", beginPage{Form: f})
	case user.Person == 0:
		f.Wrong("code", "begin.expired")
		return q.Again("begin", beginPage{Form: f})
	}
	return q.Page("begin", beginPage{Form: f, Code: code, Login: user.Login})
}

// begin keeps the password that was chosen. Whoever was signed in as this user is not any more.
func (q *Request) begin() error {
	f := q.Form()
	code := f.Get("code")
	if _, chosen := f.Values["password"]; !chosen {
		return q.beginWith(code, f)
	}
	user, may, err := q.byCode(code)
	if err != nil {
		return err
	}
	if !may || user.Person == 0 {
		f.Wrong("code", map[bool]string{true: "begin.expired", false: "login.slow"}[may])
		return q.Again("begin", beginPage{Form: f})
	}
	password := q.newPassword(f, user.Login)
	if !f.OK() {
		return q.Again("begin", beginPage{Form: f, Code: code, Login: user.Login})
	}
	hash, err := q.console.passwords.hash(q.Context(), password)
	if err != nil {
		return err
	}
	token, stage := newToken(), stageAfterPassword(user)
	err = q.Do(func(t Tx) error {
		if _, err := t.UserByCode(q.Context(), code); err != nil { // somebody was quicker with the same link
			return err
		}
		t.SetPassword(user.Person, hash)
		t.EndSessions(user.Person, nil)
		t.Signal(hotline.TopicSession, int64(user.Person))
		t.Audit(hotline.Audit{By: user.Person, Act: hotline.ActPassword, Person: user.Person, Detail: "by a one-time link"})
		t.NewSession(hashToken(token), user.Person, stage)
		t.Flash(hashToken(token), hotline.Flash{Key: "begin.done"})
		if stage == hotline.StageIn {
			q.arrived(t, user.Person)
		}
		return nil
	})
	if errors.Is(err, hotline.ErrCode) {
		f.Wrong("code", "begin.expired")
		return q.Again("begin", beginPage{Form: f})
	}
	if err != nil {
		return err
	}
	q.setToken(token)
	return q.Redirect("/")
}

// newPassword reads a new password, typed twice, and notes in the form what is wrong with it.
func (q *Request) newPassword(f *Form, login string) string {
	password := f.Values.Get("password")
	if key := weak(password, login); key != "" {
		f.Wrong("password", key)
	}
	if password != f.Values.Get("again") {
		f.Wrong("again", "begin.differ")
	}
	return password
}
