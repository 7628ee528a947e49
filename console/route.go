package console

import (
	"errors"
	"net/http"
	"slices"

	"tanggap/hotline"
)

// A Route is one line of the table of what the console answers.
type Route struct {
	Method string
	Path   string             // below Base, in the pattern language of net/http
	May    []hotline.RoleName // who may; nil: everybody who is signed in
	Stage  hotline.Stage      // how far one must have come; empty: in
	Open   bool               // nobody need be signed in
	Nav    string             // a key of words: stands in the navigation of whoever may
	Key    string             // the key that leads there from anywhere, as "n"; empty: none
	Body   int64              // how many bytes a request may bring; 0: a form's
	Quiet  bool               // asking for it is no sign that somebody is there: it does not keep the session alive
	Do     func(*Request) error
}

// routes joins the tables of all files.
func routes() []Route {
	return slices.Concat(homeRoutes(), callRoutes(), ringRoutes(), deskRoutes(), venueRoutes(), visitRoutes(), planRoutes(), boardRoutes(), mergeRoutes(), blockPersonRoutes(), chartRoutes(), auditRoutes(), accountRoutes(),
		loginRoutes(), secondRoutes(), beginRoutes(), linkRoutes(), oidcRoutes(), liveRoutes())
}

// Roles of those who work at the console, as pages usually let them in.
var (
	lineRoles  = roles(hotline.RoleOperator, hotline.RoleSupervisor, hotline.RoleCoordinator) // the 112 line
	chiefRoles = roles(hotline.RoleCoordinator)                                               // what only the coordinator does
	// watchRoles look at cases, each at what they may see.
	watchRoles = roles(hotline.RoleCoordinator, hotline.RoleHead, hotline.RoleOfficer, hotline.RoleResponder, hotline.RoleSetda)
)

func roles(names ...hotline.RoleName) []hotline.RoleName { return names }

// mayUse tells whether a viewer may use a route.
func (r Route) mayUse(v hotline.Viewer) bool { return r.May == nil || v.Has(r.May...) }

// Routes gives the table, for those who hold it against what it does.
func (c *Console) Routes() []Route { return slices.Clone(c.table) }

// serve makes a handler of a route: finds out who asks, and lets in who may.
func (c *Console) serve(route Route) http.HandlerFunc {
	return func(w http.ResponseWriter, hr *http.Request) {
		limit := route.Body
		if limit == 0 {
			limit = bodyLimit
		}
		hr.Body = http.MaxBytesReader(w, hr.Body, limit)
		q := &Request{Request: hr, W: w, Now: c.Now(), Lang: c.language(hr), console: c, route: route, place: c.hub.place()}
		if err := q.identify(); err != nil {
			q.fail(err)
			return
		}
		switch {
		case route.Open:
		case q.session == nil:
			q.toLogin()
			return
		case q.session.Stage != route.stage():
			q.toStage()
			return
		case !route.mayUse(q.Viewer):
			q.fail(ErrForbidden)
			return
		}
		if err := route.Do(q); err != nil {
			q.fail(err)
		}
	}
}

func (r Route) stage() hotline.Stage {
	if r.Stage == "" {
		return hotline.StageIn
	}
	return r.Stage
}

// lost answers for a path that is none.
func (c *Console) lost(w http.ResponseWriter, hr *http.Request) {
	c.serve(Route{Open: true, Quiet: true, Do: func(*Request) error { return hotline.ErrNotFound }})(w, hr)
}

// ErrForbidden says that the viewer may not.
var ErrForbidden = errors.New("not allowed")

// A Wrong is a request that no page of ours would make.
type Wrong struct{ What string } //nolint:errname // pages say &Wrong{…}

func (w *Wrong) Error() string { return "bad request: " + w.What }
