// Package browser shows tests the console as people meet it: the whole program on a database of its own (Start), people who may sign in (User), what
// they ask without a browser (Visitor) and in one (Tab). Only tests import it.
//
//	func TestMain(m *testing.M) { browser.Main(m) }
//
//	func TestCall(t *testing.T) {
//		t.Parallel()
//		site := browser.Start(t)
//		ani := site.User(t, "ani", hotline.RoleOperator)
//		tab := site.Tab(t, ani)             // a browser in which Ani is signed in
//		tab.Go("/calls/new")
//		tab.Type("#f-number", "0812 3456 789")
//		tab.Press("Enter")
//		tab.Sees("Panggilan baru")
//		tab.Shot("call-new")                // bin/screens/call-new.png
//		tab.Accessible()
//	}
//
// Service time stands still at Monday morning until a test moves site.Clock. All tabs of a test binary share one Chromium, each in a browser
// context of its own, as if they were different people's. Nothing waits for a time: every step waits for what it names, at most Patience.
package browser
