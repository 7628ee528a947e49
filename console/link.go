package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"tanggap/hotline"
)

// A LinkTx lets in whom the bot gave a link to.
type LinkTx interface {
	// UseConsoleLink uses a link up and gives the user whom it lets in. hotline.ErrCode: there is no such link, it was used, or it has expired.
	UseConsoleLink(ctx context.Context, code string) (hotline.User, error)
}

// linkRoutes let in whoever asked the bot for a link. To look at the page uses nothing up: networks and their previews look at every link before a person
// does. The button does.
func linkRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/link", Open: true, Do: (*Request).linkForm},
		{Method: "POST", Path: "/link", Open: true, Do: (*Request).useLink},
	}
}

type linkPage struct {
	Form  *Form
	Code  string
	Other string // who is signed in in this browser
}

// linkForm shows the button. Whether the link is good it does not tell: that is no question to be asked by the thousand.
func (q *Request) linkForm() error {
	q.W.Header().Set("X-Robots-Tag", "noindex, nofollow")
	page := linkPage{Form: &Form{Errors: map[string]string{}}, Code: q.URL.Query().Get("code")}
	if page.Code == "" {
		page.Form.Wrong("", "link.over")
		return q.Again("link", page)
	}
	if q.session != nil {
		page.Other = cmp.Or(q.User.Name, q.User.Login)
	}
	return q.Page("link", page)
}

// useLink lets in whoever pressed the button, as far as a password would: who has a second step, or must have one, is asked for it.
func (q *Request) useLink() error {
	f := q.Form()
	var user hotline.User
	var stage hotline.Stage
	may, token, code, account := false, newToken(), f.Text("code", 60), "link from chat at "+q.address()
	err := q.Do(func(t Tx) (err error) {
		user, stage = hotline.User{}, ""
		if may, err = q.try(t, account); err != nil || !may {
			return err
		}
		u, err := t.UseConsoleLink(q.Context(), code)
		if errors.Is(err, hotline.ErrCode) || err == nil && !mayEnter(u) { // the role may have ended meanwhile
			return nil
		}
		if err != nil {
			return err
		}
		user, stage = u, stageAfterPassword(u)
		t.Forgive(account, q.address())
		q.enter(t, user.Person, stage, token)
		t.Audit(hotline.Audit{By: user.Person, Act: hotline.ActLink, Person: user.Person, Detail: "used"})
		if stage == hotline.StageIn {
			q.arrived(t, user.Person)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !may:
		f.Wrong("", "login.slow")
		return q.page(http.StatusTooManyRequests, "link", linkPage{Form: f})
	case user.Person == 0:
		f.Wrong("", "link.over")
		return q.Again("link", linkPage{Form: f})
	}
	q.setToken(token)
	to := "/"
	if user.Viewer().Has(watchRoles...) {
		to = "/board"
	}
	if stage != hotline.StageIn {
		return q.Redirect("/" + string(stage) + "?back=" + escape(to))
	}
	return q.Redirect(to)
}
