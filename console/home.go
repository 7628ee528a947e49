package console

import "tanggap/hotline"

func homeRoutes() []Route {
	return []Route{{Method: "GET", Path: "/{$}", Nav: "home.title", Do: (*Request).home}}
}

// home shows whoever signed in where they can go.
func (q *Request) home() error {
	page := struct {
		Name  string
		Roles []hotline.Role
		Pages []navItem
	}{Name: q.User.Name, Roles: q.Viewer.Roles}
	if page.Name == "" {
		page.Name = q.User.Login
	}
	for _, n := range q.nav() {
		if !n.Here && n.Path != "/account" {
			page.Pages = append(page.Pages, n)
		}
	}
	return q.Page("home", page)
}
