package console_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/house"
	"tanggap/testbed/browser"
)

// knock sends the running program a report as a telephone exchange does, and gives the status it answers. at is the time it is signed with.
func knock(t *testing.T, site *browser.Site, secret, body string, at time.Time) int {
	t.Helper()
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "." + body))
	ctx, cancel := context.WithTimeout(t.Context(), browser.Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, site.URL+"/exchange", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Tanggap-Time", stamp)
	req.Header.Set("X-Tanggap-Signature", hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() //nolint:errcheck,gosec // only its status is looked at
	return resp.StatusCode
}

// A telephone rings at the exchange: the page shows it at once, whoever takes it writes its record, and the true times come from the exchange.
func TestATelephoneRingsOnThePage(t *testing.T) {
	t.Parallel()
	const secret = "a secret that only the exchange has"
	site := browser.Start(t, func(o *house.Options) { o.ConsoleOptions.Exchange = []byte(secret) })
	d := sit(t, site, "ani", hotline.RoleOperator)
	d.Go("/calls")
	d.Live()
	machine := time.Now() // an exchange signs with the clock on the wall
	report := func(state, at string) string {
		return fmt.Sprintf(`{"call":"trunk-7/42","state":%q,"number":"081299998888","at":"2026-11-23T%s+07:00"}`, state, at)
	}
	for what, got := range map[string]int{
		"another's secret": knock(t, site, "a secret that somebody has made up", report("ringing", "09:00:00"), machine),
		"a recorded one":   knock(t, site, secret, report("ringing", "09:00:00"), machine.Add(-time.Hour)),
	} {
		if got != http.StatusUnauthorized {
			t.Errorf("%s: %d", what, got)
		}
	}
	if got := knock(t, site, secret, `"`+strings.Repeat("x", 1<<20)+`"`, machine); got != http.StatusBadRequest {
		t.Errorf("a megabyte: %d", got)
	}
	for range 2 { // an exchange that hears no answer knocks again
		if got := knock(t, site, secret, report("ringing", "09:00:00"), machine); got != http.StatusNoContent {
			t.Fatalf("ringing: %d", got)
		}
	}
	d.Sees("Berdering +6281299998888")
	d.Accessible()
	d.Shot("call-rings")
	if cs := d.today(); len(cs) != 1 || cs[0].Operator != 0 {
		t.Fatalf("after two knocks: %+v", cs)
	}
	d.Click(".call-list .rings a")
	d.Until(`document.getElementById("c-number").value === "+6281299998888"`)
	if got := knock(t, site, secret, report("answered", "09:00:04"), machine); got != http.StatusNoContent {
		t.Fatalf("answered: %d", got)
	}
	d.Click("[data-class=silent]")
	d.Sees("Tercatat: Senyap")
	if got := knock(t, site, secret, report("ended", "09:00:31"), machine); got != http.StatusNoContent { // after its record was put away
		t.Fatalf("ended: %d", got)
	}
	cs := d.today()
	rang := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	if len(cs) != 1 || cs[0].Class != hotline.CallSilent || cs[0].IsOpen() || cs[0].Operator != d.who.Person || !cs[0].Rang.Equal(rang) ||
		!cs[0].Answered.Equal(rang.Add(4*time.Second)) || !cs[0].Ended.Equal(rang.Add(31*time.Second)) {
		t.Errorf("%+v", cs)
	}
}

// Without a secret there is no such address: nobody can make telephones ring.
func TestNobodyReportsWithoutASecret(t *testing.T) {
	t.Parallel()
	site := browser.Start(t)
	if got := knock(t, site, "", `{"call":"1","state":"ringing","at":"2026-11-23T09:00:00+07:00"}`, time.Now()); got != http.StatusNotFound {
		t.Errorf("%d", got)
	}
}
