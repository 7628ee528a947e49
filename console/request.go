package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"tanggap/hotline"
)

// A Request is one request under way: who asks, and how to answer. It belongs to one goroutine.
type Request struct {
	*http.Request
	W      http.ResponseWriter
	Viewer hotline.Viewer // who asks, with the roles that hold now; nobody where a route is Open
	User   hotline.User
	Lang   hotline.Lang // of the pages: Indonesian or English
	Now    time.Time    // service time

	console *Console
	route   Route
	session *hotline.Session
	token   []byte // hash of the session's
	place   string // where the stream stood when the request came
}

// Do runs fn as one unit of work. fn may be run again from the start, so it only sets what it reads.
func (q *Request) Do(fn func(t Tx) error) error {
	return q.console.Store.Do(q.Context(), q.Now, fn)
}

// Regency is the regency's description in force.
func (q *Request) Regency() *hotline.Regency { return q.console.Regency() }

// Sees tells how much of a case the one who asks may see.
func (q *Request) Sees(c hotline.Case) hotline.Sight { return q.Regency().Sees(q.Viewer, c) }

// Audit keeps, in a unit of work, that the one who asks looked at something or did something. By is filled in.
func (q *Request) Audit(t Tx, a hotline.Audit) {
	a.By = q.User.Person
	t.Audit(a)
}

// HTMX tells whether a part of a page asks, not the browser's address bar.
func (q *Request) HTMX() bool { return q.Header.Get("HX-Request") == "true" }

// Redirect sends the browser to a page of ours, as "/calls".
func (q *Request) Redirect(path string) error {
	if q.HTMX() {
		q.W.Header().Set("HX-Redirect", Base+path)
		q.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(q.W, q.Request, Base+path, http.StatusSeeOther)
	return nil
}

// Flash has the next page say something first. args are names and values in turn.
func (q *Request) Flash(t Tx, key string, args ...string) {
	t.Flash(q.token, hotline.Flash{Key: key, Args: args})
}

// FlashBad has the next page say that something failed.
func (q *Request) FlashBad(t Tx, key string, args ...string) {
	t.Flash(q.token, hotline.Flash{Key: key, Args: args, Bad: true})
}

// safePath gives a path of ours that somebody may be sent back to; anything else gives the first page.
func safePath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}

// toLogin sends whoever is not signed in to sign in, and back afterwards.
func (q *Request) toLogin() {
	if q.route.Path == "/live" || q.Method != http.MethodGet && !q.HTMX() {
		http.Error(q.W, q.say("login.ended"), http.StatusUnauthorized)
		return
	}
	path := "/login"
	if back := strings.TrimPrefix(q.URL.RequestURI(), Base); q.Method == http.MethodGet && !q.HTMX() && back != "/" && back != "" {
		path += "?back=" + escape(back)
	}
	_ = q.Redirect(path) // it cannot fail
}

// toStage sends whoever has not come all the way in, or has already, to where they are.
func (q *Request) toStage() {
	path := "/"
	switch q.session.Stage {
	case hotline.StageSecond:
		path = "/second"
	case hotline.StageSetup:
		path = "/setup"
	}
	if q.route.Path == "/live" {
		http.Error(q.W, q.say("login.ended"), http.StatusUnauthorized)
		return
	}
	_ = q.Redirect(path) // it cannot fail
}

// fail answers for an error. What is nobody's fault but ours is logged, here and once.
func (q *Request) fail(err error) {
	status := http.StatusInternalServerError
	var wrong *Wrong
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, hotline.ErrNotFound):
		status = http.StatusNotFound
	case errors.Is(err, ErrForbidden):
		status = http.StatusForbidden
	case errors.Is(err, hotline.ErrRefused):
		status = http.StatusConflict
	case errors.As(err, &wrong):
		status = http.StatusBadRequest
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, context.Canceled) && q.Context().Err() != nil:
		return // nobody is there any more
	default:
		q.console.Log.Error("console: a page failed", "method", q.Method, "route", q.route.Path, "error", err)
	}
	if err := q.problem(status); err != nil {
		q.console.Log.Error("console: the page that tells of a problem failed", "error", err)
		http.Error(q.W, http.StatusText(status), status)
	}
}
