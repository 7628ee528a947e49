package browser

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// One Chromium serves all tests of a binary. It is started by the first that needs it, and ended by Main.
var chromium struct {
	sync.Mutex
	ctx  context.Context
	stop func()
}

// Main runs a binary's tests and ends the Chromium they shared; call it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	chromium.Lock()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

// shared gives the browser that all tests share.
func shared(t testing.TB) context.Context {
	t.Helper()
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.ctx != nil {
		return chromium.ctx
	}
	dir, err := os.MkdirTemp("", "tanggap-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.UserDataDir(dir),
		chromedp.NoSandbox, // root may not have one; what is shown is our own
		chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
		chromedp.Flag("lang", "id"),
		chromedp.WSURLReadTimeout(Patience),
	)
	allocated, freeAllocated := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated)
	err = chromedp.Run(ctx) // starts it
	chromium.ctx = ctx      //nolint:fatcontext // it is the one browser of the process
	chromium.stop = func() {
		if err := chromedp.Cancel(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "end chromium:", err)
		}
		cancel()
		freeAllocated()
		_ = os.RemoveAll(dir) // a copy in the temporary folder does no harm
	}
	if err != nil {
		t.Fatalf("start Chromium: %v; make test installs it (Debian's package chromium)", err)
	}
	return ctx
}
