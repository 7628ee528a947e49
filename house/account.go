package house

import (
	"context"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"tanggap/bot"
	"tanggap/hotline"
	"tanggap/phrase"
	"tanggap/store"
)

// A network is a channel as the house needs it: who we are there, and both ways.
type network interface {
	bot.Sender
	// Account is our own name there, by which addresses know it.
	Account() string
	// Fetch opens a medium by its Media.Ref. hotline.ErrTooBig, hotline.ErrNoFile: never.
	Fetch(ctx context.Context, ref string) (io.ReadCloser, int64, error)
	// Link opens a chat with us and says payload there; empty where it cannot be told.
	Link(payload string) string
}

// An account is one of our own at a network. The instance that holds its lease receives for it (where the network is asked, not told) and
// sends what is due for its addresses.
type account struct {
	h       *House
	channel hotline.Channel
	network network
	receive func(context.Context) error // runs while the lease is held
	ill     func() string               // what is wrong with the receiving side; empty: nothing
	alone   bool                        // only the holder of the lease can fetch media
	behind  func() bool                 // what waited at the network is still coming; nil: never known
	unasked func() int                  // how much a day it may say that nobody asked for; nil: no cap
	rates   *bot.Rates                  // nil: the network's own pace is kept by its channel

	outbox  *outbox
	courier *bot.Courier
	wake    *store.Bell
}

// name tells the account from all others: its lease, and its outbox's.
func (a *account) name() string { return string(a.channel) + "/" + a.network.Account() }

// open makes what the account needs to send.
func (a *account) open() {
	h := a.h
	a.wake = store.NewBell()
	a.outbox = newOutbox(a)
	a.courier = &bot.Courier{
		Outbox: a.outbox, Channels: map[hotline.Channel]bot.Sender{a.channel: fenced{h, a.name(), a.outbox, a.network}},
		Drawer: drawer{h}, Clock: h.Clock, Wake: a.wake.C(), Log: h.log, Watch: h.delivered,
	}
	if !h.NoRates && a.rates != nil {
		a.courier.Limiter = bot.NewLimiter(h.redis, *a.rates, h.log)
	}
}

// run receives and sends for the account, while this instance holds its lease.
func (a *account) run(ctx context.Context) error {
	return a.h.holding(ctx, a.name(), func(held bool) { a.h.note(a.name(), held) }, func(ctx context.Context) error {
		group, ctx := errgroup.WithContext(ctx)
		group.Go(func() error { return a.receive(ctx) })
		group.Go(func() error {
			defer a.outbox.over()
			return a.courier.Run(ctx)
		})
		group.Go(func() error { return a.another(ctx) })
		return group.Wait()
	})
}

// After how long of trouble with an account what came unasked goes by another one, in machine time: emergencies soon, the rest when it lasts.
const (
	divertLook      = 5 * time.Second
	divertEmergency = 20 * time.Second
	divertRest      = 10 * time.Minute
)

// another sends what waits too long at an account in trouble by the persons' other addresses.
func (a *account) another(ctx context.Context) error {
	var since time.Time
	for wait(ctx, divertLook) {
		sending := a.courier.State().Accounts[a.name()]
		switch now := time.Now(); {
		case a.ill() == "" && sending == "":
			since = time.Time{}
		case since.IsZero():
			since = now
		case now.Sub(since) > divertRest:
			a.h.divert(ctx, a.channel, a.network.Account(), hotline.LaneNotice)
		case now.Sub(since) > divertEmergency:
			a.h.divert(ctx, a.channel, a.network.Account(), hotline.LaneEmergency)
		}
	}
	return nil
}

// divert has what came unasked and waits at an account go another way, up to a lane, where the person has one.
func (h *House) divert(ctx context.Context, c hotline.Channel, account string, least hotline.Lane) {
	switch n, err := h.store.Divert(ctx, c, account, h.Clock.Now(), least); {
	case err != nil && ctx.Err() == nil:
		h.log.Warn("what waits at an account in trouble could not go another way", "channel", c, "error", err)
	case n > 0:
		h.log.Info("what waited at an account in trouble goes another way", "channel", c, "messages", n)
	}
}

// keep puts an account among those of the house.
func (h *House) keep(a *account) {
	a.h = h
	a.open()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.accounts[a.name()] = a
}

// forget takes an account away.
func (h *House) forget(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.accounts, name)
}

// each does something with every account.
func (h *House) each(fn func(*account)) {
	h.mu.Lock()
	all := make([]*account, 0, len(h.accounts))
	for _, a := range h.accounts {
		all = append(all, a)
	}
	h.mu.Unlock()
	for _, a := range all {
		fn(a)
	}
}

// of finds the account by channel and name.
func (h *House) of(c hotline.Channel, name string) *account {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.accounts[string(c)+"/"+name]
}

func (h *House) note(lease string, held bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.holds[lease] = held
}

func (h *House) has(lease string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.holds[lease]
}

func (h *House) delivered(d bot.Delivery) {
	h.metrics.delivered(d)
	if h.Watch != nil {
		h.Watch(d)
	}
}

// drawer puts replies into the words of the regency in force.
type drawer struct{ h *House }

// Args draws a line's arguments.
func (d drawer) Args(l hotline.Lang, line hotline.Line, f phrase.Facts) map[string]string {
	return d.h.rooms.Load().book.Args(l, line, f)
}

// Reply draws a reply.
func (d drawer) Reply(l hotline.Lang, r hotline.Reply, f phrase.Facts) (string, [][]hotline.Button, string) {
	return d.h.rooms.Load().book.Reply(l, r, f)
}

// webhooks are the paths at which networks call us.
func (h *House) webhooks() map[string]http.Handler {
	return map[string]http.Handler{"POST " + webhookPath: h.telegramWebhook(), cloudPath: h.cloudWebhook()}
}
