package house

import (
	"context"
	"net/http"
	"time"

	"tanggap/bot"
	"tanggap/console"
	"tanggap/dispatcher"
	"tanggap/hotline"
	"tanggap/media"
	"tanggap/phrase"
	"tanggap/store"
)

// ConsoleOptions are what the console is made of, beside what the house has.
type ConsoleOptions struct {
	URL   string               // the public address, https://…; empty: whatever the browser asked
	Tiles string               // a map's tiles from outside; empty: none
	OIDC  *console.OIDCOptions // nil: passwords alone

	// Exchange is what the telephone exchange of the 112 line signs its reports with; empty: none reports, and POST /exchange is no address.
	Exchange []byte

	Cheap bool // passwords are hashed cheaply: for tests alone
}

// openConsole makes the pages. Without a web door there are none.
func (h *House) openConsole() (err error) {
	if h.door == nil {
		return nil
	}
	if h.liveRedis, err = dispatcher.Connect(h.RedisURL); err != nil {
		return err
	}
	o := h.ConsoleOptions
	made, err := console.New(console.Options{
		Store:         consoleStore{h.store},
		Regency:       func() *hotline.Regency { return h.rooms.Load().regency },
		Book:          func() *phrase.Book { return h.rooms.Load().book },
		Now:           h.Clock.Now,
		Stream:        liveReader{h.liveRedis, h.RedisPrefix + liveStream},
		Examine:       examine,
		BookingNotice: func(n hotline.BookingNews) (hotline.Out, bool) { return bot.BookingNotice(h.rooms.Load().regency, n) },
		VisitAsk: func(v hotline.Visit, a hotline.Taking) hotline.Reply {
			return bot.AskVisit(h.rooms.Load().regency, v, a)
		},
		URL: o.URL, Tiles: o.Tiles, OIDC: o.OIDC, Cheap: o.Cheap, Log: h.log,
	})
	if err != nil {
		return err
	}
	h.console = made
	return nil
}

// examine tells what a photo of the walk-in desk really is, as it is told of what comes by chat.
func examine(kind hotline.MediaKind, data []byte) (mime string, clean []byte, err error) {
	found, err := media.Examine(kind, data)
	return found.Mime, found.Clean, err
}

// keepLive keeps the pages live until ctx ends. Who waits for the stream does not hear of that: the connection is closed instead.
func (h *House) keepLive(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = h.liveRedis.Close() }) // only read from
	defer stop()
	return h.console.Run(ctx)
}

// consoleStore is the store as the console sees it.
type consoleStore struct{ store *store.Store }

// Do runs a unit of work.
func (s consoleStore) Do(ctx context.Context, now time.Time, fn func(console.Tx) error) error {
	return s.store.Do(ctx, now, func(t *store.Tx) error { return fn(t) })
}

// exchange answers what the telephone exchange reports, or is nil where none does.
func (h *House) exchange() http.Handler {
	secret := h.ConsoleOptions.Exchange
	if len(secret) == 0 {
		return nil
	}
	return console.Exchange{Secret: secret, Now: time.Now, Log: h.log, Do: func(ctx context.Context, fn func(console.ExchangeTx) error) error {
		return h.store.Do(ctx, h.Clock.Now(), func(t *store.Tx) error { return fn(t) })
	}}
}

// pages puts the console behind the web door: below its own path, and at the front where nothing else is.
func (h *House) pages(mux *http.ServeMux) {
	if x := h.exchange(); x != nil {
		mux.Handle("POST /exchange", x)
	}
	if h.console != nil {
		mux.Handle(console.Base+"/", h.console)
		mux.Handle("GET "+console.Base, http.RedirectHandler(console.Base+"/", http.StatusSeeOther))
	}
	switch {
	case h.Pages != nil:
		mux.Handle("/", h.Pages)
	case h.console != nil:
		mux.Handle("GET /{$}", http.RedirectHandler(console.Base+"/", http.StatusSeeOther))
	}
}
