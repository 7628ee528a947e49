package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options set a server up. The zero value is a server on no address yet, by the machine's clock.
type Options struct {
	// Log gets what happens on the wire, at debug level and without contents; nil discards it.
	Log *slog.Logger
	// Now gives the stanzas' times, the ends of bans and the age of the telephone's absence;
	// nil is the machine's clock.
	Now func() time.Time
	// Listen, if not "", is where New listens at once, such as "127.0.0.1:0"; an error shows
	// at the first Listen.
	Listen string
	// KnownBefore takes a device that logs in to an existing account with keys the server never
	// saw for one that was paired before this server began, so that a program that kept its
	// database goes on with a server that was started again. Without it such a device is logged out.
	KnownBefore bool
	// FirstStanza is how long the server waits between the handshake and its first stanza;
	// default 5 ms. Over a real network that time passes by itself, and clients rely on it.
	FirstStanza time.Duration
	// CloseGrace is how long a socket stays open after the stanza that ends it; default 250 ms.
	CloseGrace time.Duration
	// Window is how many stanzas a socket is given before it acknowledges some; default 512.
	Window int
	// MaxQueue is how many stanzas wait for one device; default 100,000. Beyond it senders are
	// told 503.
	MaxQueue int
	// MaxMediaBytes is how many bytes of uploads are kept; default 256 MiB, the oldest go first.
	MaxMediaBytes int64
}

// Server is WhatsApp's server. It is an http.Handler, and can listen by itself.
type Server struct {
	opts      Options
	log       *slog.Logger
	ctx       context.Context // ends at Close
	cancel    context.CancelFunc
	running   sync.WaitGroup // sockets and what writes to them
	transport *transport
	listenErr error

	// mu guards everything below and everything the accounts hold. Under it only memory is
	// touched: ciphers, sockets and blobs are worked on outside.
	mu       sync.Mutex
	closed   bool
	listener net.Listener
	http     *http.Server
	byPhone  map[string]*account
	byLID    map[string]*account
	order    []*account // as they came
	groups   map[string]*group
	sockets  map[*socket]struct{}
	people   map[*Person]struct{}
	numbers  uint64 // ids given so far: of stanzas, groups and sockets
	phones   phoneMemory

	media      media
	violations violations
}

// New makes a server with nobody on it. It makes whatsmeow in this process trust [Root].
func New(opts Options) *Server {
	Trust()
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.FirstStanza <= 0 {
		opts.FirstStanza = 5 * time.Millisecond
	}
	if opts.CloseGrace <= 0 {
		opts.CloseGrace = 250 * time.Millisecond
	}
	if opts.Window <= 0 {
		opts.Window = 512
	}
	if opts.MaxQueue <= 0 {
		opts.MaxQueue = 100_000
	}
	if opts.MaxMediaBytes <= 0 {
		opts.MaxMediaBytes = 256 << 20
	}
	s := &Server{
		opts: opts, log: opts.Log,
		byPhone: map[string]*account{}, byLID: map[string]*account{}, groups: map[string]*group{},
		sockets: map[*socket]struct{}{}, people: map[*Person]struct{}{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.phones.init()
	s.media.init(opts.MaxMediaBytes)
	if opts.Listen != "" {
		s.listenErr = s.Listen(opts.Listen)
	}
	return s
}

// Listen serves on addr until Close; "" is a free port of 127.0.0.1. Any address that is not
// loopback is refused. After Options.Listen, Listen("") only says whether that went well.
func (s *Server) Listen(addr string) error {
	if addr == "" && s.opts.Listen != "" {
		return s.listenErr
	}
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("simulator/whatsapp: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("simulator/whatsapp: %q is not a loopback address", host)
	}
	l, err := (&net.ListenConfig{}).Listen(s.ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("simulator/whatsapp: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil || s.closed {
		_ = l.Close()
		return errors.New("simulator/whatsapp: listens already or is closed")
	}
	s.listener = l
	s.transport = newTransport("http://" + l.Addr().String())
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // sockets are broken here on purpose
	}
	server := s.http
	s.running.Go(func() { _ = server.Serve(l) })
	return nil
}

// URL is the base URL for clients, "http://127.0.0.1:PORT"; "" before Listen.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return "http://" + s.listener.Addr().String()
}

// Close disconnects the people, ends every socket and stops listening.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	people := make([]*Person, 0, len(s.people))
	for p := range s.people {
		people = append(people, p)
	}
	h, t := s.http, s.transport
	s.mu.Unlock()
	for _, p := range people {
		p.Close()
	}
	s.cancel()
	var err error
	if h != nil {
		err = h.Close()
	}
	s.running.Wait()
	if t != nil {
		t.CloseIdleConnections()
	}
	return err
}

func (s *Server) now() time.Time { return s.opts.Now() }

// number gives a number that was never given before. The caller holds the lock.
func (s *Server) number() uint64 {
	s.numbers++
	return s.numbers
}

// ServeHTTP answers what WhatsApp's hosts answer: the socket and the media.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/ws/chat":
		s.serveSocket(w, r)
	case r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/mms/"):
		s.upload(w, r)
	case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, mediaPath):
		s.download(w, r)
	default:
		s.violation("http", r.Method+" "+clip(r.URL.Path))
		http.NotFound(w, r)
	}
}
