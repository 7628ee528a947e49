//go:build soak

package house_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

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
	m := w.made
	m.Database, m.WhatsApp = dsn.String(), "http://"+ws.whatsapp.address()
	return w.startOf(m), ws
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
