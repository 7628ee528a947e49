package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tanggap/testbed/keeper"
)

// A Tab is one person's browser. Every step waits for what it names; what does not come within Patience fails the test, with a screenshot.
type Tab struct {
	Ctx  context.Context // for steps of chromedp's own
	t    testing.TB
	site *Site

	mu       sync.Mutex
	problems []string
}

// Tab opens a browser in which a user is signed in; none: nobody.
func (s *Site) Tab(t testing.TB, who ...User) *Tab {
	t.Helper()
	ctx := own(t)
	b := &Tab{Ctx: ctx, t: t, site: s}
	chromedp.ListenTarget(ctx, func(e any) {
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			b.problem(e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError && e.Entry.Source != log.SourceNetwork { // the policy of the pages was hurt, say
				b.problem(e.Entry.Text)
			}
		}
	})
	b.Run(log.Enable(), network.Enable(), chromedp.EmulateViewport(1366, 768))
	for _, u := range who {
		v := s.SignIn(t, u)
		at, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range v.Client.Jar.Cookies(at) {
			b.Run(network.SetCookie(k.Name, k.Value).WithURL(s.URL).WithHTTPOnly(true))
		}
	}
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, p := range b.problems {
			t.Errorf("the page complains: %s", p)
		}
	})
	return b
}

// own makes a tab in a browser context of its own. (chromedp's option for it makes no window, without which today's Chromium opens no tab.)
func own(t testing.TB) context.Context {
	t.Helper()
	all := shared(t)
	ctx, cancel := context.WithTimeout(all, Patience)
	defer cancel()
	do := cdp.WithExecutor(ctx, chromedp.FromContext(all).Browser)
	people, err := target.CreateBrowserContext().Do(do)
	if err != nil {
		t.Fatalf("a browser context: %v", err)
	}
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(people).WithNewWindow(true).Do(do)
	if err != nil {
		t.Fatalf("a tab: %v", err)
	}
	tab, leave := chromedp.NewContext(all, chromedp.WithTargetID(id))
	t.Cleanup(func() {
		leave()
		ctx, cancel := context.WithTimeout(all, Patience)
		defer cancel()
		if err := target.DisposeBrowserContext(people).Do(cdp.WithExecutor(ctx, chromedp.FromContext(all).Browser)); err != nil {
			t.Errorf("close a browser context: %v", err)
		}
	})
	return tab
}

func (b *Tab) problem(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, what)
}

// Telephone makes the window a telephone's.
func (b *Tab) Telephone() {
	b.t.Helper()
	b.Run(emulation.SetDeviceMetricsOverride(390, 844, 1, true))
}

// Run does steps of chromedp's own.
func (b *Tab) Run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := b.try(actions...); err != nil {
		b.fail("%v", err)
	}
}

func (b *Tab) try(actions ...chromedp.Action) error {
	// The first run of a context starts its target, and a deadline must not end that.
	if chromedp.FromContext(b.Ctx).Target == nil {
		if err := chromedp.Run(b.Ctx); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	return chromedp.Run(ctx, actions...)
}

// fail fails the test with a picture of what was there.
func (b *Tab) fail(format string, args ...any) {
	b.t.Helper()
	var text, at string
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	_ = chromedp.Run(ctx, chromedp.Location(&at), chromedp.Evaluate(`document.body ? document.body.innerText : ""`, &text))
	if picture, err := b.picture(); err == nil {
		b.write("failed-"+strings.ReplaceAll(b.t.Name(), "/", "-"), picture)
	}
	b.t.Fatalf(format+"\nat %s:\n%s", append(args, at, text)...)
}

// Go opens a page, as "/calls".
func (b *Tab) Go(path string) {
	b.t.Helper()
	b.Run(chromedp.Navigate(b.site.URL + "/console" + path))
}

// Path tells where the browser is, below /console.
func (b *Tab) Path() string {
	b.t.Helper()
	var at string
	b.Run(chromedp.Location(&at))
	u, err := url.Parse(at)
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/console")
}

// Type puts text into a field in the place of what is there, as somebody who types it.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	b.steady(selector)
	b.Run(chromedp.Focus(selector, chromedp.ByQuery),
		chromedp.Evaluate(`document.activeElement.select && document.activeElement.select()`, nil), chromedp.KeyEvent(text))
}

// Click clicks on what a selector names.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	b.steady(selector)
	b.Run(chromedp.Click(selector, chromedp.ByQuery))
}

// keys are those that have names.
var keys = map[string]string{"Enter": kb.Enter, "Tab": kb.Tab, "Escape": kb.Escape, "Down": kb.ArrowDown, "Up": kb.ArrowUp, "Space": " ", "Backspace": kb.Backspace}

// Press presses keys one after another, wherever the focus is: "n", "Enter", "Tab".
func (b *Tab) Press(pressed ...string) {
	b.t.Helper()
	for _, k := range pressed {
		if named, ok := keys[k]; ok {
			k = named
		}
		b.Run(chromedp.KeyEvent(k))
	}
}

// Until waits until an expression of the page's is true. Pages may come and go meanwhile.
func (b *Tab) Until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	look := time.NewTicker(25 * time.Millisecond)
	defer look.Stop()
	for {
		var is bool
		err := b.try(chromedp.Evaluate("Boolean("+expression+")", &is)) // between two pages there is none to ask
		if err == nil && is {
			return
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			b.fail("it never came true: %s (%v)", expression, err)
		}
	}
}

// steady waits until a page is there, and a selector shows something of it.
func (b *Tab) steady(selector string) {
	b.t.Helper()
	b.Until(fmt.Sprintf(`document.readyState === "complete" && document.querySelector(%[1]s) && document.querySelector(%[1]s).offsetParent !== null`, quote(selector)))
}

// Sees waits until the page shows a text.
func (b *Tab) Sees(text string) {
	b.t.Helper()
	b.Until(fmt.Sprintf(`document.body && document.body.innerText.includes(%s)`, quote(text)))
}

// SeesNot waits until the page shows a text no more.
func (b *Tab) SeesNot(text string) {
	b.t.Helper()
	b.Until(fmt.Sprintf(`document.body && !document.body.innerText.includes(%s)`, quote(text)))
}

// Arrives waits until the browser has loaded a page, as "/login".
func (b *Tab) Arrives(path string) {
	b.t.Helper()
	b.Until(fmt.Sprintf(`location.pathname === %s && document.readyState === "complete"`, quote("/console"+path)))
}

// Text gives what is shown of what a selector names.
func (b *Tab) Text(selector string) (text string) {
	b.t.Helper()
	b.steady(selector)
	b.Run(chromedp.Text(selector, &text, chromedp.ByQuery))
	return text
}

// Value evaluates an expression of the page's into v.
func (b *Tab) Value(expression string, v any) {
	b.t.Helper()
	b.Run(chromedp.Evaluate(expression, v, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
}

// Live waits until the page hears what happens.
func (b *Tab) Live() {
	b.t.Helper()
	b.Until(`document.body && document.body.dataset.connected === "yes"`)
}

// Cut cuts the browser off the network, or lets it back.
func (b *Tab) Cut(off bool) {
	b.t.Helper()
	b.Run(network.OverrideNetworkState(off, 0, -1, -1))
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return string(b)
}

// Shot keeps a picture of the whole page in bin/screens.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	picture, err := b.picture()
	if err != nil {
		b.t.Fatalf("a screenshot: %v", err)
	}
	b.write(name, picture)
}

func (b *Tab) picture() (picture []byte, err error) {
	return picture, b.try(chromedp.FullScreenshot(&picture, 100))
}

func (b *Tab) write(name string, picture []byte) {
	b.t.Helper()
	dir, err := keeper.Folder()
	if err == nil {
		dir = filepath.Join(filepath.Dir(filepath.Dir(dir)), "bin", "screens")
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		b.t.Errorf("keep a screenshot: %v", err)
	}
}

//go:embed axe.min.js
var axe string

// Accessible fails where axe-core has a serious or critical finding on the page.
func (b *Tab) Accessible() {
	b.t.Helper()
	b.Run(chromedp.Evaluate(axe, nil))
	var found []struct {
		ID, Impact, Help string
		Nodes            []struct {
			HTML           string
			FailureSummary string
		}
	}
	b.Value(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`, &found)
	for _, f := range found {
		if f.Impact != "serious" && f.Impact != "critical" {
			continue
		}
		for _, n := range f.Nodes {
			b.t.Errorf("accessibility, %s: %s (%s): %s\n%s", f.Impact, f.Help, f.ID, n.HTML, n.FailureSummary)
		}
	}
}
