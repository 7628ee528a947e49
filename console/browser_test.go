package console_test

import (
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/testbed/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

// Somebody gets a link, chooses a password, sets up the second step with the number their telephone shows, and is in; out again, and in once more.
func TestFirstLogin(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	rini, code := site.Invited(t, "rini", hotline.RoleCoordinator)
	tab := site.Tab(t)
	tab.Go("/begin?code=" + code)
	tab.Sees("rini")
	tab.Accessible()
	tab.Type("#f-password", "12345")
	tab.Type("#f-again", "12345")
	tab.Press("Enter")
	tab.Until(`document.querySelector("#f-password-wrong")`)
	tab.Type("#f-password", browser.Password)
	tab.Type("#f-again", browser.Password)
	tab.Shot("begin")
	tab.Press("Enter")

	tab.Arrives("/setup")
	tab.Sees("Kata sandi tersimpan.")
	tab.Accessible()
	tab.Shot("setup")
	tab.Type("#f-code", "000000")
	tab.Press("Enter")
	tab.Sees("Kode itu salah")
	tab.Type("#f-code", site.Number(t, rini, true))
	tab.Press("Enter")
	tab.Sees("Kode cadangan")
	tab.Shot("recovery")
	tab.Click("main a.button")
	tab.Arrives("/")
	tab.Sees("Halo, Nama rini.")
	tab.Sees("Catatan akses")
	tab.Live()
	tab.Accessible()
	tab.Shot("home")

	tab.Click(".out button")
	tab.Arrives("/login")
	tab.Sees("Anda sudah keluar.")
	tab.Go("/")
	tab.Arrives("/login")
	tab.Type("#f-login", "rini")
	tab.Type("#f-password", browser.Password)
	tab.Press("Enter")
	tab.Arrives("/second")
	tab.Shot("second")
	site.Wait(time.Minute) // a number counts once
	tab.Type("#f-code", site.Number(t, rini, false))
	tab.Press("Enter")
	tab.Sees("Halo, Nama rini.")
}

// A wrong password says no more than that; the form can be done with keys alone, and the language can be changed.
func TestLoginByKeys(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	site.User(t, "ani", hotline.RoleOperator)
	tab := site.Tab(t)
	tab.Go("/audit?act=exported")
	tab.Arrives("/login")
	tab.Sees("Sesi Anda sudah berakhir.")
	tab.Accessible()
	tab.Shot("login")
	tab.Press("a", "n", "i", "Tab") // the first field has the focus
	tab.Press("salah sekali", "Enter")
	tab.Sees("Nama pengguna atau kata sandi salah.")
	var focus string
	tab.Value(`document.activeElement.id`, &focus)
	if focus != "f-login" {
		t.Errorf("after a wrong password the focus is on %q", focus)
	}
	tab.Press("Tab", browser.Password, "Enter")
	tab.Sees("Anda tidak boleh membuka ini.") // the page that was asked for is the coordinator's
	tab.Accessible()
	tab.Shot("forbidden")
	tab.Go("/")
	tab.Press("Tab")
	tab.Value(`document.activeElement.className`, &focus)
	if focus != "skip" {
		t.Errorf("the first that Tab reaches is %q", focus)
	}
	tab.Press("Enter")
	tab.Value(`document.activeElement.id`, &focus)
	if focus != "main" {
		t.Errorf("the skip link leads to %q", focus)
	}
	tab.Click(".language button")
	tab.Sees("Hello, Nama ani.")
	tab.Telephone()
	tab.Shot("home-telephone")
	var wide bool
	tab.Value(`document.documentElement.scrollWidth > document.documentElement.clientWidth`, &wide)
	if wide {
		t.Error("on a telephone the page is wider than the screen")
	}
	tab.Accessible()
}

// Signing out everywhere ends the other browser too, which notices by itself.
func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	here, there := site.Tab(t, ani), site.Tab(t, ani)
	there.Go("/")
	there.Live()
	here.Go("/account")
	here.Sees("Anda masuk di")
	here.Accessible()
	here.Shot("account")
	here.Click("section:last-of-type button")
	here.Arrives("/login")
	there.Arrives("/login")
}

// A page whose server is gone says so, and is right again by itself.
func TestNotConnected(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	ani := site.User(t, "ani", hotline.RoleOperator)
	tab := site.Tab(t, ani)
	tab.Go("/")
	tab.Live()
	site.Stop()
	tab.Sees("Tidak terhubung.")
	tab.Shot("not-connected")
	site.Again()
	tab.Live()
	tab.SeesNot("Tidak terhubung.")
}
