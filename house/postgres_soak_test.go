//go:build soak

package house_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"tanggap/testbed"
)

// Postgres goes, in good order and by kill -9, for ten seconds and for longer than the lease lasts. Meanwhile nothing is confirmed to the
// network, which keeps it; afterwards all goes on by itself, and nothing is lost or done twice.
func TestSoakPostgresGone(t *testing.T) {
	own := testbed.PrivatePostgres(t)
	w := newWorld(t, own.URL, testbed.RedisDB(t))
	p := w.start()
	w.held(p, soon)
	w.enrol()
	w.complain(len(complaints))
	w.satisfied(2 * soon)
	for _, gone := range []struct {
		what string
		away func()
		long time.Duration
	}{
		{"stopped", own.Stop, 10 * time.Second},
		{"killed", own.Kill, 10 * time.Second},
		{"stopped", own.Stop, 35 * time.Second}, // longer than a lease lasts, and longer than the courier waits when it is lost
	} {
		w.complain(20)
		pass(4500 * time.Millisecond) // in the middle of answers
		gone.away()
		began := time.Now()
		w.eventually(soon, "/readyz says 503", func(context.Context) (bool, error) {
			status, r, err := p.readiness()
			return status == http.StatusServiceUnavailable && !r.Ready && r.Degraded["postgres"] != "", err
		})
		w.complain(20)
		pass(time.Until(began.Add(gone.long)))
		waiting := w.bot.Pending()
		if waiting < 20 {
			t.Errorf("%d updates wait at the network; what 20 people sent while Postgres was away should", waiting)
		}
		if p.over() {
			t.Fatalf("the program ended: %v\n%s", p.err, p.tail())
		}
		own.Start()
		back := w.healthy(p, soon)
		heard := w.probe("after Postgres came back", soon)
		w.satisfied(2 * soon)
		t.Logf("Postgres %s for %s: %d updates waited at the network; /readyz said 200 after %s, and a new message was answered %s later", gone.what,
			gone.long, waiting, ms(back), ms(heard))
	}
	w.quiet(3 * time.Minute)
	if f := w.verify(); f.twice() > 0 {
		t.Errorf("%s, and the program never died", f)
	}
	p.stop()
}
