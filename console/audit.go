package console

import (
	"slices"
	"strconv"

	"tanggap/hotline"
)

func auditRoutes() []Route {
	return []Route{{Method: "GET", Path: "/audit", May: chiefRoles, Nav: "audit.nav", Do: (*Request).audit}}
}

// auditPageSize is how many rows one page of the record shows.
const auditPageSize = 100

// acts are those that can be asked for, in the order of the list.
var acts = []hotline.Act{hotline.ActSawCase, hotline.ActSawPerson, hotline.ActSearched, hotline.ActExported, hotline.ActHeard, hotline.ActSignedIn,
	hotline.ActSignedOut, hotline.ActLockedOut, hotline.ActPassword, hotline.ActTwoStep, hotline.ActAddedUser, hotline.ActDisabled, hotline.ActEnabled,
	hotline.ActResetUser, hotline.ActGaveRole, hotline.ActEndedRole, hotline.ActBlocked, hotline.ActUnblocked, hotline.ActChanged, hotline.ActIdentified}

// audit shows the coordinator who looked at what. It names cases by their number only as far as the coordinator may see them.
func (q *Request) audit() error {
	query := q.URL.Query()
	number := func(name string) int64 { n, _ := strconv.ParseInt(query.Get(name), 10, 64); return n } // what is no number asks for nothing
	ask := hotline.AuditQuery{By: hotline.PersonID(number("by")), Person: hotline.PersonID(number("person")), Before: number("before"), Limit: auditPageSize + 1}
	if act := hotline.Act(query.Get("act")); slices.Contains(acts, act) {
		ask.Act = act
	}
	var page struct {
		Rows  []hotline.Audit
		Acts  []hotline.Act
		Act   hotline.Act
		By    hotline.PersonID
		Older int64
	}
	page.Acts, page.Act, page.By = acts, ask.Act, ask.By
	err := q.Do(func(t Tx) (err error) {
		page.Rows, err = t.Audits(q.Context(), ask)
		return err
	})
	if err != nil {
		return err
	}
	if len(page.Rows) > auditPageSize {
		page.Rows = page.Rows[:auditPageSize]
		page.Older = page.Rows[auditPageSize-1].ID
	}
	return q.Page("audit", page)
}
