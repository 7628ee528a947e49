package whatsapp

import (
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// transport sends every request to one server over plain HTTP; the Host header keeps whom it
// was meant for.
type transport struct {
	scheme, host string
	base         *http.Transport
}

func newTransport(baseURL string) *transport {
	t := &transport{base: &http.Transport{IdleConnTimeout: 5 * time.Second, MaxIdleConnsPerHost: 16}} // and no proxy
	if u, err := url.Parse(baseURL); err == nil {
		t.scheme, t.host = u.Scheme, u.Host
	}
	return t
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.host == "" {
		return nil, fmt.Errorf("simulator/whatsapp: no server to send %s to", r.URL.Host)
	}
	out := r.Clone(r.Context())
	if out.Host == "" {
		out.Host = r.URL.Host
	}
	out.URL.Scheme, out.URL.Host = t.scheme, t.host
	return t.base.RoundTrip(out)
}

// CloseIdleConnections is what http.Client.CloseIdleConnections calls.
func (t *transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// Transport sends every request, whatever host it is meant for, to this server: for
// whatsmeow's SetWebsocketHTTPClient, SetPreLoginHTTPClient and SetMediaHTTPClient. The server
// must listen.
func (s *Server) Transport() http.RoundTripper {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.transport == nil {
		panic("simulator/whatsapp: Transport before Listen")
	}
	return s.transport
}

// TransportTo is Transport for a server in another process, by its base URL. That process
// calls [Trust] as well, or sets whatsmeow.WACertPubKey to [Root].
func TransportTo(baseURL string) http.RoundTripper { return newTransport(baseURL) }
