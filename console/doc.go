// Package console is the web pages of those who work at a desk: operators of the 112 line, the walk-in desk, the coordinator. Pages are rendered
// here (html/template), htmx swaps parts of them, and what changes is told to them live. Everything they need is embedded: nothing comes from
// elsewhere.
//
// # How a page is added
//
// A line in a table of routes says method, path, who may, and what answers. Each file that has pages has a table: callRoutes in call.go,
// boardRoutes in board.go, accountRoutes in account.go; route.go joins them.
//
//	{Method: "GET", Path: "/calls/{id}", May: lineRoles, Do: (*Request).call},
//
// Path is below Base ("/console"), in the pattern language of net/http. A route with Nav (a key of words) stands in the navigation of whoever
// may go there, and Key leads there from anywhere. A test tries every route for every role and for nobody.
//
// The method answers. It does all it does with the database in one unit of work, and shows what came of it:
//
//	func (q *Request) call() error {
//		var page struct{ Call hotline.Call }
//		err := q.Do(func(t Tx) (err error) {
//			if page.Call, err = t.Call(q.Context(), id); err != nil {
//				return err
//			}
//			q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Person: page.Call.Caller})
//			return nil
//		})
//		if err != nil {
//			return err
//		}
//		return q.Page("call", page)
//	}
//
// The function given to Do may be run again from the start, when two units of work stand in each other's way: it only sets what it reads.
// What it calls on the store is declared as an interface beside it (CallTx in call.go, BoardTx in board.go); *store.Tx satisfies it without knowing,
// and house/console.go does not compile otherwise. Whatever shows a case asks q.Sees first. An error answers by itself: hotline.ErrNotFound with
// 404, ErrForbidden with 403, hotline.ErrRefused with 409, a *Wrong with 400, any other with 500 and a line in the log.
//
// A template, templates/call.html, defines "title" and "main", and if it needs scripts of its own "head". Their dot is what was given to q.Page.
// Parts that are swapped alone are further definitions in the same file, and are answered with q.Fragment("call", "row", row): their dot is
// the row, as in {{template "row" .}}. What several pages share stands in templates/_NAME.html.
//
// Every sentence is in package words, in both languages: {{t "call.title"}}, {{t "call.since" "time" (clock .Since)}}; q.say in Go. A key that is
// missing or unused fails a test. Further functions of templates are in page.go: url, asset, clock, day, moment, iso, area, unit, agency, category,
// field, tiles.
//
// Styles are classes of assets/console.css; a file assets/call.css is joined to it by itself. Scripts are files, as <script src="{{asset "call.js"}}"
// defer> in "head": the pages' policy (CSP) lets no script or style stand in a page, nor an on… attribute, nor hx-on, nor style="". Put data into
// data-… attributes. Leaflet is asset "vendor/leaflet/leaflet.js" and "vendor/leaflet/leaflet.css"; what else is needed of others goes into
// package.json, and "make assets" copies it.
//
// Keys: a link or button with data-key="n" is followed or pressed by that key while nobody is typing (say so with aria-keyshortcuts and <kbd>).
//
// # Forms
//
// A form posts and is answered with a redirect and a flash (q.Flash, q.Redirect), or where something is wrong with the same page, the errors beside
// their fields:
//
//	f := q.Form()
//	name := f.Text("name", 100)      // trimmed, at most so many letters
//	if name == "" { f.Wrong("name", "wrong.empty") }
//	if !f.OK() { return q.Again("person", page{Form: f}) }   // 422
//
// and in the template {{template "field" (field .Form "name" "person.name" "autocomplete=off" "required")}}. Requests from other sites are refused
// before they come here; no token is needed.
//
// # Live
//
// assets/console.js listens at /console/live while a page is open and says what it hears as events on the document's body: "live" with detail {topic,
// id, number, kind, seq} for each, and also one named after the topic, as "live-case" or "live-call". So an element swaps itself with
//
//	<tbody hx-get="{{url "/calls/rows"}}" hx-trigger="live-call from:body">
//
// After a break the browser goes on where it was; when that is too long ago it hears "live-reset", on which a page loads anew what it shows. A viewer
// hears only of what it may see: of cases by hotline.Regency.Sees; of a signal by the roles that Topics gives its topic. To tell of something
// that is no case, call t.Signal(topic, id) in the unit of work that changes it.
//
// # Who gets in
//
// login.go, second.go and begin.go let people in; session.go finds out at every request who it is and which roles hold now; limit.go counts wrong
// tries. route.go compares the roles with the route's. There is no other place where access is decided, but Regency.Sees for a case.
package console
