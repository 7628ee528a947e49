// Package whatsappcloud is the WhatsApp Business Platform on loopback: a graph API server with numbers of one business, and the people who write to
// them.
//
// A program under test or in a demonstration is pointed at [Server.API] instead of the public API and runs unmodified: it sends, uploads and fetches,
// enters its webhook ([Server.SetWebhook]), and is called there with signed bodies until it answers 200. The server is strict: what is malformed is
// refused in the network's own shape of errors and written down, see [Server.Violations]; so is what the network swallows in silence.
//
// The other side is [Person]: somebody with WhatsApp who writes, sends photos and places, presses buttons and picks from lists, reads or does not,
// hides the telephone number or changes it. Whether a program may write to somebody freely is decided by when that person last wrote, on the server's
// own clock ([Options.Now]).
//
// Between the two, [Server.Fail] makes the API bad on purpose, and the webhook can be held, batched, called again, and called by a forger.
//
// How it is built: each person's chat has its own lock, the queue of calls has another, always taken in that order; a published [Message] never
// changes, a new state is put in its place. Everything is bounded and in memory.
package whatsappcloud

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Options set a server up. The zero value is a server with the network's own ways, without rate limits.
type Options struct {
	// Token is what the API is called with; default "EAAsimulated".
	Token string
	// AppSecret signs the calls of the webhook; default thirty-two letters.
	AppSecret string
	// Now gives the time of messages and counts the 24 hours; default time.Now.
	Now func() time.Time
	// LateRefusals has the 24 hours noticed as the network mostly does: a free message is taken, and a status says later that it failed. Otherwise the
	// API says no at once.
	LateRefusals bool
	// NoStatuses is for crowds: what becomes of messages is not told.
	NoStatuses bool
	// History is how many messages of one chat are kept; default 1000.
	History int
	// Quiet is for crowds: no changes are kept, and Watch is the way to learn what the program did.
	Quiet bool
	// Watch is called after everything the program did towards a person, before it has its answer, from many goroutines at once. It must be quick; it
	// may make people act.
	Watch func(*Person, Change)
	// Limits are the network's rate limits; the zero value has none. [CloudLimits] are the real ones.
	Limits Limits
	// Batch is how many things one call of the webhook may hold; default 1.
	Batch int
	// MaxPending is how many things may wait for the webhook; default a million. Beyond it people's acts fail with [ErrFull].
	MaxPending int
	// MaxFileBytes is how many bytes of files are kept; default 1 GiB, the oldest go first.
	MaxFileBytes int64
	// WebhookRetry is the first pause after a call that was not answered 200, doubled up to a hundred times as long; default 100 ms.
	WebhookRetry time.Duration
}

// Server is a graph API server. It is an http.Handler, and can listen by itself.
type Server struct {
	opts       Options
	hook       queue
	files      files
	faults     faults
	violations violations
	limits     atomic.Pointer[Limits]
	ids        atomic.Int64
	health     atomic.Pointer[string]
	wrote      sync.Map // id of a person's message that is kept -> *Person

	mu        sync.Mutex
	numbers   []*Number
	people    []*Person
	byPhone   map[string]*Person
	byUser    map[string]*Person
	templates map[string]*Template
	listener  net.Listener
	http      *http.Server
	calls     map[string]int

	closed    chan struct{}
	closeOnce sync.Once
}

// New makes a server. It has nobody to write to until a number is added.
func New(opts Options) *Server {
	if opts.Token == "" {
		opts.Token = "EAAsimulated"
	}
	if opts.AppSecret == "" {
		opts.AppSecret = "0123456789abcdef0123456789abcdef"
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.History <= 0 {
		opts.History = 1000
	}
	if opts.Batch <= 0 {
		opts.Batch = 1
	}
	if opts.MaxPending <= 0 {
		opts.MaxPending = 1_000_000
	}
	if opts.MaxFileBytes <= 0 {
		opts.MaxFileBytes = 1 << 30
	}
	if opts.WebhookRetry <= 0 {
		opts.WebhookRetry = 100 * time.Millisecond
	}
	s := &Server{opts: opts, byPhone: map[string]*Person{}, byUser: map[string]*Person{}, templates: map[string]*Template{}, calls: map[string]int{},
		closed: make(chan struct{})}
	s.files.init(opts.MaxFileBytes)
	s.hook.init(s)
	s.SetLimits(opts.Limits)
	s.SetHealth("AVAILABLE")
	s.ids.Store(time.Now().UnixMicro()) // a server that is started again uses no id twice
	return s
}

// Token is what the API is called with.
func (s *Server) Token() string { return s.opts.Token }

// AppSecret signs the calls of the webhook.
func (s *Server) AppSecret() string { return s.opts.AppSecret }

// SetHealth sets what the API says of whether the numbers may send: "AVAILABLE", "LIMITED" or "BLOCKED".
func (s *Server) SetHealth(canSend string) { s.health.Store(&canSend) }

// Number is one telephone number of the business.
type Number struct {
	s            *Server
	id, dial     string
	verifiedName string
	bucket       bucket
}

// AddNumber gives the business a number: its id at the network (digits; "" makes one), the number itself, and the name people see.
func (s *Server) AddNumber(id, dial, name string) *Number {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		id = strconv.FormatInt(100_000_000_000_000+int64(len(s.numbers))*7919, 10)
	}
	for _, n := range s.numbers {
		if n.id == id {
			return n
		}
	}
	n := &Number{s: s, id: id, dial: onlyDigits(dial), verifiedName: name}
	s.numbers = append(s.numbers, n)
	return n
}

// ID is the number's id at the network.
func (n *Number) ID() string { return n.id }

// Dial is the number's digits.
func (n *Number) Dial() string { return n.dial }

func (s *Server) number(id string) *Number {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.numbers {
		if n.id == id || id == "" {
			return n
		}
	}
	return nil
}

// Listen serves on addr until Close; "" is a free port of 127.0.0.1. Any address that is not loopback is refused.
func (s *Server) Listen(addr string) error {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	if !isLoopback(host) {
		return fmt.Errorf("simulator: %q is not a loopback address", host)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener != nil || s.isClosed() {
		_ = l.Close()
		return errors.New("simulator: listens already or is closed")
	}
	s.listener = l
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 30 * time.Second,
		// Connections that this server breaks on purpose are no news.
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	go func() { _ = s.http.Serve(l) }()
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// URL is where the server listens, "http://127.0.0.1:PORT"; "" before Listen.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return "http://" + s.listener.Addr().String()
}

// API is the base URL for programs: URL with the API's version.
func (s *Server) API() string { return s.URL() + "/v25.0" }

// Close ends everything: connections, calls of the webhook, hung requests.
func (s *Server) Close() error {
	s.closeOnce.Do(func() { close(s.closed) })
	s.hook.stop()
	s.mu.Lock()
	h := s.http
	s.mu.Unlock()
	if h == nil {
		return nil
	}
	return h.Close()
}

func (s *Server) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

func (s *Server) now() time.Time { return s.opts.Now() }

// Calls is how often the API was called, by what and with what answer: "messages 200", "media 400".
func (s *Server) Calls() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string]int, len(s.calls))
	for k, n := range s.calls {
		out[k] = n
	}
	return out
}
