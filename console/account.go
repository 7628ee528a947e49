package console

import (
	"context"
	"net/http"
	"strconv"

	"tanggap/hotline"
)

// An AccountTx is what users do with their own account.
type AccountTx interface {
	// Sessions counts where a user is signed in.
	Sessions(context.Context, hotline.PersonID) (int, error)
}

func accountRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/account", Nav: "account.nav", Do: func(q *Request) error { return q.showAccount(http.StatusOK, nil) }},
		{Method: "POST", Path: "/account/password", Do: (*Request).changePassword},
		{Method: "POST", Path: "/account/everywhere", Do: (*Request).signOutEverywhere},
	}
}

type accountPage struct {
	Form     *Form
	User     hotline.User
	Sessions string
	Recovery string
	Must     bool
}

func (q *Request) showAccount(status int, f *Form) error {
	page := accountPage{Form: f, User: q.User, Must: q.Viewer.Has(hotline.RoleCoordinator, hotline.RoleSupervisor), Recovery: strconv.Itoa(q.User.Recovery)}
	err := q.Do(func(t Tx) error {
		n, err := t.Sessions(q.Context(), q.User.Person)
		page.Sessions = strconv.Itoa(n)
		return err
	})
	if err != nil {
		return err
	}
	return q.page(status, "account", page)
}

// changePassword changes the password of whoever knows the present one, and signs out all other devices.
func (q *Request) changePassword() error {
	f := q.Form()
	password := q.newPassword(f, q.User.Login)
	if !f.OK() {
		return q.showAccount(http.StatusUnprocessableEntity, f)
	}
	hash, err := q.console.passwords.hash(q.Context(), password)
	if err != nil {
		return err
	}
	done, err := q.again(func(t Tx) error {
		t.SetPassword(q.User.Person, hash)
		t.EndSessions(q.User.Person, q.token)
		t.Signal(hotline.TopicSession, int64(q.User.Person))
		q.Audit(t, hotline.Audit{Act: hotline.ActPassword, Person: q.User.Person})
		q.Flash(t, "account.changed")
		return nil
	})
	if err != nil || !done {
		return err
	}
	return q.Redirect("/account")
}

// signOutEverywhere ends every session of the user, this one too.
func (q *Request) signOutEverywhere() error {
	err := q.Do(func(t Tx) error {
		t.EndSessions(q.User.Person, nil)
		t.Signal(hotline.TopicSession, int64(q.User.Person))
		q.Audit(t, hotline.Audit{Act: hotline.ActSignedOut, Detail: "everywhere"})
		return nil
	})
	if err != nil {
		return err
	}
	q.setToken("")
	return q.Redirect("/login?said=goodbye")
}
