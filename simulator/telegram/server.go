// Package telegram is a Telegram Bot API server on loopback, with the people
// who talk through it.
//
// A program under test or in a demonstration is pointed at [Server.URL] instead
// of the public API and runs unmodified: it polls getUpdates or takes a webhook,
// sends, edits and answers, and is told no in Telegram's own words. The server
// is strict. Where the real one forgives (an unknown field, a number that is
// none, text that is not UTF-8) this one forgives too, and writes it down: see
// [Server.Violations].
//
// The other side is [Person]: somebody with a private chat with the bot, who
// writes, sends photos and pins, presses buttons, blocks the bot, and sees what
// the bot sent as it stands now and as it once stood. [Group] is a chat of many, in
// which people write and the bot hears what Telegram lets a bot hear.
//
// Between the two, [Server.Fail] makes the network bad on purpose: refusals,
// delays, connections that break before or after the act; and a [Bot] can be
// given confirmed updates again or updates that make no sense.
//
// How it is built: each person's chat has its own lock, each bot's queue of
// updates has another, always taken in that order; a message is encoded once, when
// it happens; a published [Message] never changes, an edit puts a new one in its
// place. Everything is bounded and in memory.
package telegram

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options set a server up. The zero value is a server with Telegram's own ways,
// without rate limits.
type Options struct {
	// Now gives the date of messages and the age of callback queries; default time.Now.
	Now func() time.Time
	// CallbackTTL is how long a callback query can be answered; default a minute.
	CallbackTTL time.Duration
	// History is how many messages of one chat are kept; default 1000, when Quiet 16.
	// Older ones are gone for everybody: the bot cannot edit them.
	History int
	// Quiet is for crowds: no changes, no revisions and little history are kept, and
	// Watch is the way to learn what the bot did.
	Quiet bool
	// Watch is called after every act of a bot towards a person, before the bot has its
	// answer, from many goroutines at once. It must be quick; it may make people act.
	Watch func(*Person, Change)
	// Limits are Telegram's rate limits; the zero value has none. [TelegramLimits] are the real ones.
	Limits Limits
	// MaxPending is how many unconfirmed updates a bot may have; default a million.
	// Beyond it people's acts fail with [ErrFull].
	MaxPending int
	// MaxFileBytes is how many bytes of files are kept; default 1 GiB, the oldest go first.
	MaxFileBytes int64
	// WebhookRetry is the first pause after a webhook that did not answer 2xx, doubled up
	// to a hundred times as long; default 100 ms.
	WebhookRetry time.Duration
}

// Server is a Bot API server. It is an http.Handler, and can listen by itself.
type Server struct {
	opts     Options
	started  time.Time
	bots     sync.Map // token -> *Bot
	mu       sync.Mutex
	order    []*Bot
	listener net.Listener
	http     *http.Server

	files      files
	faults     faults
	violations violations
	ttl        atomic.Int64 // of callback queries, nanoseconds
	limits     atomic.Pointer[Limits]
	userIDs    atomic.Int64
	callbacks  atomic.Int64
	albums     atomic.Int64
	closed     chan struct{}
	closeOnce  sync.Once
}

// epoch is what time-based numbers count from.
var epoch = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

// New makes a server. It answers nobody until a bot is added.
func New(opts Options) *Server {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.CallbackTTL <= 0 {
		opts.CallbackTTL = time.Minute
	}
	if opts.History <= 0 {
		opts.History = 1000
		if opts.Quiet {
			opts.History = 16
		}
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
	s := &Server{opts: opts, started: time.Now(), closed: make(chan struct{})}
	s.files.init(opts.MaxFileBytes)
	s.ttl.Store(int64(opts.CallbackTTL))
	s.SetLimits(opts.Limits)
	// Real user ids no longer fit in 32 bits, so these do not either. They go up with
	// time, so that a restarted server does not give one person's id to another.
	seconds := int64(s.started.Sub(epoch) / time.Second)
	s.userIDs.Store(5_000_000_000 + seconds*16)
	s.callbacks.Store(seconds << 30)
	s.albums.Store(13_000_000_000_000_000 + seconds<<20)
	return s
}

// AddBot makes a bot known by its token ("123456:ABC...") and user name. Adding a
// token again gives the bot that has it.
func (s *Server) AddBot(token, username string) *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.bots.Load(token); ok {
		return b.(*Bot)
	}
	b := newBot(s, token, username)
	s.bots.Store(token, b)
	s.order = append(s.order, b)
	return b
}

// Bot gives the bot that was added first. It panics if there is none.
func (s *Server) Bot() *Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.order) == 0 {
		panic("simulator/telegram: a server needs a bot before it has people: call AddBot")
	}
	return s.order[0]
}

// Bots gives every bot in the order they were added.
func (s *Server) Bots() []*Bot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Bot(nil), s.order...)
}

// Listen serves on addr until Close; "" is a free port of 127.0.0.1. Any address
// that is not loopback is refused.
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

// URL is the base URL for clients, "http://127.0.0.1:PORT"; "" before Listen.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return "http://" + s.listener.Addr().String()
}

// Close ends everything: connections, waiting polls, webhooks, hung calls.
func (s *Server) Close() error {
	s.closeOnce.Do(func() { close(s.closed) })
	for _, b := range s.Bots() {
		b.queue.stopWebhook()
	}
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

// SetCallbackTTL sets how long a callback query can be answered from now on, also
// one that was already asked.
func (s *Server) SetCallbackTTL(d time.Duration) { s.ttl.Store(int64(d)) }

// ServeHTTP answers /bot<token>/<method> and /file/bot<token>/<path>.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		s.serveFile(w, r, rest)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, name, found := strings.Cut(rest, "/")
	if !ok || !found {
		writeError(w, errNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		writeError(w, errVerb)
		return
	}
	known, ok := s.bots.Load(token)
	if !ok {
		if id, secret, ok := strings.Cut(token, ":"); !ok || secret == "" || id == "" || strings.Trim(id, "0123456789") != "" || id[0] == '0' || len(token) > 80 {
			writeError(w, errToken)
		} else {
			writeError(w, errUnauthorized)
		}
		return
	}
	c := calls.Get().(*call)
	defer c.release()
	c.ctx, c.s, c.bot = r.Context(), s, known.(*Bot)
	if err := c.read(w, r); err != nil {
		c.finish(w, name, err)
		return
	}
	c.method = lookupMethod(name)
	if c.method == nil {
		c.violation("", "unknown method "+strconv.Quote(clip(name, 40)))
		c.finish(w, name, errNotFound)
		return
	}
	var fault *FaultHandle
	if s.faults.armed.Load() > 0 {
		if fault = s.faults.take(c); fault != nil {
			if err := fault.before(c); err != nil {
				c.finish(w, name, err)
				return
			}
		}
	}
	c.out = append(c.out, okPrefix...)
	err := c.perform()
	if fault != nil && fault.Drop == DropAfter {
		panic(http.ErrAbortHandler)
	}
	c.finish(w, name, err)
}
