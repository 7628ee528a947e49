//go:build soak

package house_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Two instances share a database and a WhatsApp number. One of them is connected; it dies here and elsewhere, stands still, is cut off from Postgres and
// from the network. Never are two connections spoken on at once, nothing is lost, nothing is done twice, and no human is called.
func TestSoakWhatsAppTwoInstances(t *testing.T) {
	const followed = 15 * time.Second // the longest that nobody may hold the number
	w := newWhatsappWorld(t, durablePostgres(t), nil)
	a := w.start()
	w.held(a, soon)
	w.enrol()
	w.complain(2 * len(complaints))
	w.satisfied(2 * soon)

	b := w.start()
	w.complain(6)
	w.probe("with two instances", soon)
	w.holds(a)

	// The holder dies. The other, on the same host, sees that it is no more.
	w.complain(6)
	a.kill()
	took := w.held(b, followed)
	heard := w.probe("after a kill -9", followed)
	t.Logf("kill -9 of the holder: the other held the number after %s, and had answered a message %s later", ms(took), ms(heard))
	if took > 5*time.Second {
		t.Errorf("it should have taken over at once from one that is dead on its own host")
	}

	// The holder dies on another host, of which nothing can be seen.
	c := w.start()
	w.complain(6)
	died := w.killElsewhere(b)
	w.held(c, followed)
	took = time.Since(died)
	heard = w.probe("after a kill -9 on another host", followed)
	t.Logf("kill -9 of a holder on another host: the other held the number after %s, and had answered a message %s later", ms(took), ms(heard))
	if took > followed {
		t.Errorf("it took over after %s", took)
	}

	// The holder stands still for 40 s, as a machine does that is moved, and wakes up deposed.
	d, wires := w.startCuttable()
	w.complain(6)
	c.freeze()
	frozen := time.Now()
	w.complain(6)
	took = w.held(d, followed)
	heard = w.probe("while the holder stands still", followed)
	t.Logf("SIGSTOP of the holder: the other held the number after %s, and had answered a message %s later", ms(took), ms(heard))
	pass(time.Until(frozen.Add(40 * time.Second)))
	c.thaw()
	pass(5 * time.Second) // long enough to do harm
	w.holds(d)
	w.untroubled("after one that stood still for 40 s woke up")
	w.probe("after SIGCONT", soon)

	// The holder is cut off from Postgres. It lets go before the other may take over.
	w.complain(6)
	pass(time.Second)
	wires.postgres.cut()
	cut := time.Now()
	w.held(c, followed)
	took = time.Since(cut)
	heard = w.probe("while the holder is without Postgres", followed)
	t.Logf("Postgres cut off from the holder: the other held the number after %s, and had answered a message %s later", ms(took), ms(heard))
	wires.postgres.mend()
	w.complain(6)
	w.eventually(soon, "the one without Postgres has it again", func(context.Context) (bool, error) {
		status, _, err := d.readiness()
		return status == http.StatusOK, err
	})
	w.holds(c)

	// The holder dies; who was deposed holds the number again, and is cut off from WhatsApp for a while. Nobody else could do better.
	c.kill()
	w.held(d, followed)
	e := w.start()
	w.complain(6)
	pass(time.Second)
	wires.whatsapp.cut()
	w.eventually(soon, "/readyz says that WhatsApp cannot be reached", func(context.Context) (bool, error) {
		status, r, err := d.readiness()
		return status == http.StatusOK && r.State == "degraded" && strings.Contains(r.Degraded["whatsapp"], "cannot be reached"), err
	})
	pass(30 * time.Second)
	w.holds(d)
	wires.whatsapp.mend()
	heard = w.probe("after WhatsApp could be reached again", soon)
	t.Logf("WhatsApp cut off from the holder for 30 s: a message was answered %s after that", ms(heard))
	w.eventually(soon, "/readyz says that WhatsApp is well again", func(context.Context) (bool, error) {
		_, r, err := d.readiness()
		return r.Degraded["whatsapp"] == "", err
	})

	// The network breaks the connection off, again and again.
	w.complain(6)
	for range 5 {
		pass(1500 * time.Millisecond)
		w.net.Cut(ourNumber)
	}
	heard = w.probe("after the network broke off the connection", soon)
	t.Logf("five connections broken off by the network: a message was answered %s after that", ms(heard))

	// The network no longer answers, and does not say so.
	before := len(w.net.SocketLog(ourNumber))
	w.net.Deaf(ourNumber, true)
	deaf := time.Now()
	w.complain(6)
	w.eventually(4*time.Minute, "the holder notices that nobody answers", func(context.Context) (bool, error) {
		return len(w.net.SocketLog(ourNumber)) > before, nil
	})
	t.Logf("keep-alives without an answer: another connection after %s", time.Since(deaf).Round(time.Second))
	w.net.Deaf(ourNumber, false)
	w.holds(d)
	w.untroubled("after all this")

	w.satisfied(3 * time.Minute)
	w.quiet(2 * time.Minute)
	f := w.verify()
	t.Logf("%s; %d connections", f, len(w.net.SocketLog(ourNumber)))
	w.neverTwo(1)
	d.stop()
	e.stop()
}

// killElsewhere kills the holder of the number and leaves things as one leaves them that dies on another host: the lease is in the name of a process
// that nobody here can look for. Its row is held meanwhile, so that nobody looks at it between the two.
func (w *whatsappWorld) killElsewhere(p *running) time.Time {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	w.holds(p)
	tx, err := w.pool.Begin(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	defer tx.Rollback(ctx) //nolint:errcheck // committed by then
	var holder string
	if err := tx.QueryRow(ctx, `select holder from leases where name = $1 for update`, "whatsapp/"+ourNumber).Scan(&holder); err != nil {
		w.t.Fatal(err)
	}
	died := time.Now()
	p.kill()
	if _, err := tx.Exec(ctx, `update leases set holder = $2 where name = $1`, "whatsapp/"+ourNumber, "host-lain/"+strings.SplitN(holder, "/", 2)[1]); err != nil {
		w.t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		w.t.Fatal(err)
	}
	return died
}

// untroubled holds that nothing is noted to be wrong with the number, and that no /readyz says so.
func (w *whatsappWorld) untroubled(when string) {
	w.t.Helper()
	if trouble, err := w.trouble(context.Background()); err != nil || trouble != "" {
		w.t.Errorf("%s the number is said to be %q: %v", when, trouble, err)
	}
	for _, p := range w.running {
		if p.frozen || p.over() {
			continue
		}
		if _, r, err := p.readiness(); err != nil || strings.Contains(r.Degraded["whatsapp"], numberName+": ") {
			w.t.Errorf("%s /readyz of %s says %+v: %v", when, p.name, r, err)
		}
	}
}

// wires are how a program reaches Postgres and WhatsApp.
type wires struct{ postgres, whatsapp *wire }

// startCuttable starts a program whose wires can be cut.
func (w *whatsappWorld) startCuttable() (*running, wires) {
	w.t.Helper()
	of, err := pgx.ParseConfig(w.made.Database)
	if err != nil {
		w.t.Fatal(err)
	}
	network, address := "tcp", net.JoinHostPort(of.Host, fmt.Sprint(of.Port))
	if strings.HasPrefix(of.Host, "/") {
		network, address = "unix", filepath.Join(of.Host, fmt.Sprint(".s.PGSQL.", of.Port))
	}
	ws := wires{newWire(w.t, network, address), newWire(w.t, "tcp", strings.TrimPrefix(w.net.URL(), "http://"))}
	dsn := url.URL{Scheme: "postgres", User: url.UserPassword(of.User, of.Password), Host: ws.postgres.address(), Path: "/" + of.Database,
		RawQuery: "sslmode=disable"}
	m := whatsappMade{w.made, "http://" + ws.whatsapp.address()}
	m.Database = dsn.String()
	return w.awaited(w.launchOf(m)), ws
}

// A wire leads to a server, until it is cut.
type wire struct {
	t        testing.TB
	listener net.Listener
	network  string
	to       string

	mu    sync.Mutex
	isCut bool
	ends  map[net.Conn]bool
}

func newWire(t testing.TB, network, to string) *wire {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, listener: l, network: network, to: to, ends: map[net.Conn]bool{}}
	t.Cleanup(func() {
		_ = l.Close()
		w.cut()
	})
	go func() {
		for {
			from, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				go w.carry(from)
			}
		}
	}()
	return w
}

func (w *wire) address() string { return w.listener.Addr().String() }

// carry carries one connection, unless the wire is cut: then whoever calls is broken off.
func (w *wire) carry(from net.Conn) {
	if !w.keep(from) {
		return
	}
	defer w.drop(from)
	to, err := (&net.Dialer{}).DialContext(context.Background(), w.network, w.to)
	if err != nil || !w.keep(to) {
		return
	}
	defer w.drop(to)
	go func() {
		_, _ = io.Copy(to, from) // it ends with either
		w.drop(to)
		w.drop(from)
	}()
	_, _ = io.Copy(from, to) // the same
}

func (w *wire) keep(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.isCut {
		_ = c.Close()
		return false
	}
	w.ends[c] = true
	return true
}

func (w *wire) drop(c net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.ends, c)
	_ = c.Close() // perhaps already
}

// cut breaks off every connection and lets none be made, until it is mended.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = true
	for c := range w.ends {
		_ = c.Close()
	}
	clear(w.ends)
}

func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.isCut = false
}
