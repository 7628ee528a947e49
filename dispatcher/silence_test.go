package dispatcher

import (
	"net"
	"testing"
)

// silence gives the address of a server that takes connections and never says a word.
func silence(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}
