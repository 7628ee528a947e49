package console

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// How many wrong tries are let pass, within so long, in service time. Somebody far away must not be able to keep an operator out by typing the
// operator's name, so from one address an account is closed soon, and from everywhere late.
const (
	triesWithin    = 15 * time.Minute
	triesHere      = 5   // of one account from one address
	triesOfAccount = 100 // of one account from anywhere
	triesOfAddress = 30  // from one address, of any account
)

// A LoginTx lets people in.
type LoginTx interface {
	UserTx
	SecondTx
	// Try notes a try before it is known to be wrong, and counts those since: of the account from there, of the account, from there. So many
	// at once are counted too. An account need not exist.
	Try(ctx context.Context, account, address string, since time.Time) (here, ofAccount, ofAddress int, err error)
	// Forgive forgets the tries of an account from an address: this one was right.
	Forgive(account, address string)
}

// try notes a try; false: there were too many.
func (q *Request) try(t Tx, account string) (bool, error) {
	here, ofAccount, ofAddress, err := t.Try(q.Context(), account, q.address(), q.Now.Add(-triesWithin))
	return err == nil && here <= triesHere && ofAccount <= triesOfAccount && ofAddress <= triesOfAddress, err
}

// address tells where a request came from: a host of IPv4, a net of IPv6. What stands before us on the same machine or network says it for us.
func (q *Request) address() string { return address(q.Request) }

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	if ip = ip.Unmap(); ip.IsLoopback() || ip.IsPrivate() {
		said := r.Header.Values("X-Forwarded-For")
		last := strings.Join(said, ",")
		last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]) // the one the nearest proxy added; those before it anybody may have written
		if there, err := netip.ParseAddr(last); err == nil {
			ip = there.Unmap()
		}
	}
	if ip.Is6() {
		if net, err := ip.Prefix(64); err == nil {
			return net.String()
		}
	}
	return ip.String()
}
