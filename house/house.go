// Package house is where everything is wired and started, in one place. A House is one instance of the program for one regency: the inbox's
// turns, the courier, the dispatcher, the channels, the fetching of media, the web door, all under one errgroup. Where one part must call another
// sideways, the closure that does it stands here.
//
//   - house.go: what a house is made of, how it opens, runs and closes
//   - turns.go: messages are taken from the inbox, answered by the bot, and the conversation is kept
//   - account.go: our own accounts at the networks; who receives for one and who sends
//   - telegram.go, whatsapp.go, whatsappcloud.go: the channels, and how each receives
//   - reach.go: the names under which people reach us there
//   - menu.go: a typed number or label becomes the choice it means
//   - outbox.go: the store's outbox as the courier sees it, which gives nothing to an instance that may have lost the account
//   - dispatch.go: the dispatcher, with the cards and notices that package bot makes
//   - jobs.go: what is done after a commit until it succeeds: media are fetched, who was erased is forgotten; once a day, what has outlived its use goes
//   - lease.go: of several instances one holds an account; when it dies another follows
//   - relay.go: instances wake each other through Redis
//   - web.go: the web door: /healthz, /readyz, /metrics, the webhook, the pages
//   - console.go: the console's pages, and what they are told live (live.go)
//   - public.go: the citizens' pages, and the figures that are made for them once a day
//   - metrics.go: what /metrics shows
//   - clock.go: service time, the machine's or one that a test moves
//   - staff.go: roles end, and what was taken goes back to the worklist
package house

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"tanggap/bot"
	"tanggap/bot/telegram"
	"tanggap/bot/whatsappcloud"
	"tanggap/console"
	"tanggap/dispatcher"
	"tanggap/hotline"
	"tanggap/phrase"
	"tanggap/public"
	"tanggap/store"
)

// Options are what a house is made of.
type Options struct {
	Regency     *hotline.Regency
	DatabaseURL string
	RedisURL    string
	RedisPrefix string   // of every key; empty: the regency's name
	Key         []byte   // 32 bytes
	OldKeys     [][]byte // former keys, while the database is moved to Key (store/rekey.go)

	Telegram *TelegramOptions // nil: no Telegram
	WhatsApp *WhatsAppOptions // nil: no linked telephones at WhatsApp
	Cloud    *CloudOptions    // nil: no business account at WhatsApp
	Listen   string           // host:port of the web door; empty: none
	Door     net.Listener     // the web door, where somebody has taken its port already with Listen; the house closes it
	Pages    http.Handler     // what the web door shows beside the program's own paths; nil: the console at its front

	ConsoleOptions ConsoleOptions

	Clock   Clock         // nil: the machine's
	Gather  time.Duration // how long free text is gathered; 0: 4 s; negative: not at all
	NoRates bool          // no sending limits: for benchmarks against a network of our own
	Watch   func(bot.Delivery)
	Log     *slog.Logger
}

// TelegramOptions are what the Telegram channel is made of.
type TelegramOptions struct {
	Token   string
	API     string // empty: the public one
	Webhook string // public URL of this program; empty: poll
}

// A House is one instance of the program.
type House struct {
	Options

	log    *slog.Logger
	store  *store.Store
	redis  *redis.Client
	rooms  atomic.Pointer[rooms]
	holder string
	jobs   *jobs

	telegram   *telegram.Channel
	cloud      *whatsappcloud.Channel
	numbers    *numbers
	dispatcher *dispatcher.Dispatcher
	door       net.Listener
	web        http.Handler
	console    *console.Console // nil: there is no web door
	public     *public.Pages    // nil: there is no web door
	liveRedis  *redis.Client    // the console's own: it waits for what happens
	metrics    *metrics

	bookingNext atomic.Pointer[time.Time] // when bookings are looked at next

	mu       sync.Mutex
	accounts map[string]*account  // by name
	holds    map[string]bool      // leases this instance has
	fresh    map[string]time.Time // lease → machine time until which it is surely ours
}

// rooms are what is made of the regency's description, and made anew when that is reloaded.
type rooms struct {
	regency *hotline.Regency
	bot     *bot.Bot
	book    *phrase.Book
}

const defaultGather = 4 * time.Second

// Open makes a house ready to run: it reaches Postgres, migrates, asks the networks who we are, and takes the port. Redis may be away. What
// Open began it undoes when it fails. Its errors are one line that says what is wrong and how to mend it.
func Open(ctx context.Context, o Options) (_ *House, err error) {
	if o.Clock == nil {
		o.Clock = Machine{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	switch {
	case o.Gather == 0:
		o.Gather = defaultGather
	case o.Gather < 0:
		o.Gather = 0
	}
	if o.RedisPrefix == "" {
		o.RedisPrefix = "tanggap:" + o.Regency.ID + ":"
	}
	h := &House{Options: o, log: o.Log, door: o.Door, holder: holderName(),
		accounts: map[string]*account{}, holds: map[string]bool{}, fresh: map[string]time.Time{}}
	defer func() {
		if err != nil {
			h.Close()
		}
	}()
	if h.door == nil && o.Listen != "" {
		if h.door, err = Listen(ctx, o.Listen); err != nil {
			return nil, err
		}
	}
	if h.store, err = store.Open(ctx, store.Options{URL: o.DatabaseURL, Key: o.Key, OldKeys: o.OldKeys, Regency: o.Regency}); err != nil {
		return nil, err
	}
	if h.redis, err = dispatcher.Connect(o.RedisURL); err != nil {
		return nil, err
	}
	if err := h.openTelegram(ctx); err != nil {
		return nil, err
	}
	if err := h.openCloud(ctx); err != nil {
		return nil, err
	}
	if err := h.reached(ctx); err != nil {
		return nil, err
	}
	if h.WhatsApp != nil {
		h.numbers = newNumbers(h)
	}
	if h.jobs, err = newJobs(h); err != nil {
		return nil, err
	}
	h.store.SetJobs(h.jobs)
	h.store.SetNotices(store.Notices{Citizen: bot.CitizenNotice, Staff: bot.StaffNews})
	h.metrics = newMetrics(h)
	h.furnish(o.Regency)
	h.dispatcher = h.newDispatcher()
	if err := h.openConsole(); err != nil {
		return nil, err
	}
	if err := h.openPublic(); err != nil {
		return nil, err
	}
	h.web = h.newWeb()
	if err := h.reclaim(ctx); err != nil { // the description may have changed while nothing ran
		return nil, err
	}
	return h, nil
}

// Listen takes the port of the web door. Whoever starts servers of their own for a house does this first: a port in use is found before anything runs.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	door, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w: set TANGGAP_LISTEN to a free host:port", address, errors.Unwrap(err))
	}
	return door, nil
}

// Close lets go of what Open took. After Run has ended it is safe to call; while it runs it is not.
func (h *House) Close() {
	if h.door != nil {
		_ = h.door.Close() // closed by the server already, when it ran
	}
	if h.redis != nil {
		_ = h.redis.Close() // nothing is left unsaid there
	}
	if h.liveRedis != nil {
		_ = h.liveRedis.Close() // only read from
	}
	if h.numbers != nil {
		_ = h.numbers.db.Close() // the pool beneath it is the store's
	}
	if h.store != nil {
		h.store.Close()
	}
}

// Store gives the house's store.
func (h *House) Store() *store.Store { return h.store }

// Dispatcher gives the house's dispatcher.
func (h *House) Dispatcher() *dispatcher.Dispatcher { return h.dispatcher }

// Link gives a link that opens a chat with the bot and says payload to it; empty where no channel can.
func (h *House) Link(payload string) string {
	if h.telegram == nil {
		return ""
	}
	return h.telegram.Link(payload)
}

// Console gives the pages; nil without a web door.
func (h *House) Console() *console.Console { return h.console }

// Address is where the web door listens, once Open has returned.
func (h *House) Address() string {
	if h.door == nil {
		return ""
	}
	return h.door.Addr().String()
}

// furnish puts a description of the regency in force.
func (h *House) furnish(r *hotline.Regency) {
	book := phrase.New(r)
	book.Wrong = func(err error) { h.log.Error("a phrase cannot be drawn", "error", err) }
	h.rooms.Store(&rooms{regency: r, book: book,
		bot: &bot.Bot{Regency: r, Reader: hotline.NewReader(r), Services: servicesOf(r), Gather: h.Gather, Links: h.Link, Console: h.ConsoleOptions.URL}})
	h.store.SetRegency(r)
}

// Reload puts another description of the same regency in force, from the next turn on, and counts the clock of open cases anew.
func (h *House) Reload(ctx context.Context, r *hotline.Regency) error {
	if old := h.rooms.Load().regency; r.ID != old.ID || r.Letters != old.Letters {
		return fmt.Errorf("this is another regency (%s, %s) than the one in force (%s, %s): start the program anew for it",
			r.ID, r.Letters, old.ID, old.Letters)
	}
	h.furnish(r)
	n, err := h.store.Rewake(ctx, h.Clock.Now())
	if err != nil {
		return err
	}
	h.log.Info("regency reloaded", "regency", r.ID, "open cases", n)
	return h.reclaim(ctx)
}

// reclaim gives cases of units that the description does not know any more back to the coordinators.
func (h *House) reclaim(ctx context.Context) error {
	n, err := h.dispatcher.Reclaim(ctx)
	if err != nil {
		return fmt.Errorf("take cases from units that are gone: %w", err)
	}
	if n > 0 {
		h.log.Warn("cases of units that are no more wait for the coordinators", "cases", n)
	}
	return nil
}

// Run runs everything until ctx ends, then finishes what is under way and returns nil; or an error, when a part cannot go on.
func (h *House) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for range turnWorkers {
		group.Go(func() error { return h.turns(ctx) })
	}
	group.Go(func() error { return h.dispatcher.Run(ctx) })
	group.Go(func() error { return h.relay(ctx) })
	group.Go(func() error { return h.ring(ctx) })
	group.Go(func() error { return h.jobs.Run(ctx) })
	group.Go(func() error { return h.bookings(ctx) })
	if h.numbers != nil {
		group.Go(func() error { return h.numbers.run(ctx) })
	}
	h.each(func(a *account) { group.Go(func() error { return a.run(ctx) }) })
	if h.door != nil {
		group.Go(func() error { return h.keepLive(ctx) })
		group.Go(func() error { return h.tellLive(ctx) })
		group.Go(func() error { return serve(ctx, h.door, h.web) })
	}
	err := group.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
