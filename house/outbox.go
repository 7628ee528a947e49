package house

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"tanggap/bot"
	"tanggap/hotline"
	"tanggap/store"
)

// outbox is the store's outbox for the account that this instance holds, as the courier sees it. It keeps the courier honest about three moments:
//
//   - an instance that stood still for longer than its lease lasts, and does not know it yet, is given nothing and sends nothing (fenced): another
//     has the account by now;
//   - a number may be typed the moment a question is shown, before it is written down that it was: what is just being shown is known here (shown);
//   - when the courier had to end with results that could not be written down, for Postgres was away, they are written down before it is
//     given anything again. What it never came to is given anew.
type outbox struct {
	h       *House
	account *account

	mu    sync.Mutex
	given map[hotline.OutID]given // and not yet settled
	sent  map[hotline.OutID]hotline.Sent
	fail  map[hotline.OutID]hotline.Failure

	said    map[hotline.AddressID]int // how much was said unasked today to each reader, by an account with a cap; due alone changes it
	counted time.Time                 // when that was counted
}

// given is a parcel that the courier has. Its menu is what can be picked of it, from the moment it goes to the network.
type given struct {
	parcel hotline.Parcel
	menu   []hotline.Button
}

func newOutbox(a *account) *outbox {
	return &outbox{h: a.h, account: a, given: map[hotline.OutID]given{}, sent: map[hotline.OutID]hotline.Sent{}, fail: map[hotline.OutID]hotline.Failure{}}
}

// Due gives what is due.
func (o *outbox) Due(ctx context.Context, now time.Time, limit int) ([]hotline.Parcel, error) {
	if !o.h.surely(o.account.name()) {
		return nil, nil
	}
	o.mu.Lock()
	owes := len(o.sent)+len(o.fail) > 0
	o.mu.Unlock()
	if owes {
		if err := o.Settle(ctx, nil, nil); err != nil {
			return nil, err
		}
	}
	parcels, err := o.due(ctx, now, limit)
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range parcels {
		o.given[p.ID] = given{parcel: p}
	}
	return parcels, err
}

// capLook is how often it is counted what an account has said unasked.
const capLook = 20 * time.Second

// due gives what is due, and of what nobody asked for only as much as the account may still say today, in all and to each
// reader. What goes to those who work here is not counted: they agreed to it.
func (o *outbox) due(ctx context.Context, now time.Time, limit int) ([]hotline.Parcel, error) {
	channel, name := o.account.channel, o.account.network.Account()
	if o.account.behind != nil && o.account.behind() {
		return o.urgent(ctx, now, limit)
	}
	if o.account.unasked == nil {
		return o.h.store.Due(ctx, channel, name, now, limit)
	}
	o.mu.Lock()
	said, stale := o.said, time.Since(o.counted) > capLook
	o.mu.Unlock()
	if stale {
		y, m, d := time.Now().In(o.h.Regency.Zone).Date()
		var err error
		if said, err = o.h.store.Unasked(ctx, channel, name, time.Date(y, m, d, 0, 0, 0, 0, o.h.Regency.Zone)); err != nil {
			return nil, err
		}
	}
	left, full := o.account.unasked(), []hotline.AddressID(nil)
	for reader, n := range said {
		left -= n
		if n >= readerShare {
			full = append(full, reader)
		}
	}
	if left <= 0 {
		if stale {
			o.h.log.Warn("an account has said today what it may say unasked; the rest goes tomorrow", "channel", channel, "account", name)
		}
		o.keepCount(said, stale)
		return o.h.store.DueAsked(ctx, channel, name, now, limit)
	}
	parcels, err := o.h.store.DueSparing(ctx, channel, name, now, min(limit, left), full)
	for _, p := range parcels {
		if !p.Out.Asked && !p.Office && p.Out.Lane > hotline.LaneEmergency {
			said[p.Address.ID]++
		}
	}
	o.keepCount(said, stale)
	return parcels, err
}

// readerShare is how much of what an account may say unasked in a day one reader may hear: nobody uses it up for everybody, however many reports
// they send.
const readerShare = 20

// urgent gives the emergencies of what is due. Nothing else is said while what people wrote in our absence is still coming in: what one of them wrote,
// however far apart, is then answered once.
func (o *outbox) urgent(ctx context.Context, now time.Time, limit int) (list []hotline.Parcel, err error) {
	parcels, err := o.h.store.Due(ctx, o.account.channel, o.account.network.Account(), now, limit)
	for _, p := range parcels {
		if p.Out.Lane == hotline.LaneEmergency {
			list = append(list, p)
		} else {
			o.h.store.Abandon(p.ID)
		}
	}
	return list, err
}

func (o *outbox) keepCount(said map[hotline.AddressID]int, fresh bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.said = said
	if fresh {
		o.counted = time.Now()
	}
}

// NextDue tells when the next thing comes due.
func (o *outbox) NextDue(ctx context.Context) (time.Time, bool, error) {
	if o.account.behind != nil && o.account.behind() {
		return time.Time{}, false, nil // it is told when that is over
	}
	return o.h.store.NextDue(ctx, o.account.channel, o.account.network.Account())
}

// Settle writes results down, with those that could not be before.
func (o *outbox) Settle(ctx context.Context, sent []hotline.Sent, failed []hotline.Failure) error {
	o.mu.Lock()
	for _, s := range sent {
		o.sent[s.ID] = s
	}
	for _, f := range failed {
		o.fail[f.ID] = f
	}
	sent, failed = slices.Collect(maps.Values(o.sent)), slices.Collect(maps.Values(o.fail))
	o.mu.Unlock()
	if err := o.h.store.Settle(ctx, sent, failed); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range sent {
		delete(o.sent, s.ID)
		delete(o.given, s.ID)
	}
	for _, f := range failed {
		delete(o.fail, f.ID)
		delete(o.given, f.ID)
	}
	return nil
}

// Attachment reads a medium to send along.
func (o *outbox) Attachment(ctx context.Context, id hotline.MediaID) (hotline.Attachment, error) {
	return o.h.store.Attachment(ctx, id)
}

// sending notes what is shown from now on.
func (o *outbox) sending(out hotline.Outgoing) {
	choices := bot.Picks(out)
	o.mu.Lock()
	defer o.mu.Unlock()
	if g, ok := o.given[out.ID]; ok && len(choices) > 0 {
		g.menu = choices
		o.given[out.ID] = g
	}
}

// shown gives the choices that somebody may see already, while that is not written down yet.
func (o *outbox) shown(at hotline.AddressID) (menus []store.Menu) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, g := range o.given {
		if g.menu != nil && g.parcel.Address.ID == at {
			menus = append(menus, store.Menu{ID: id, Choices: g.menu, Made: g.parcel.Made, Asked: g.parcel.Out.Asked})
		}
	}
	return menus
}

// over says that the courier has ended: what has no result is due again.
func (o *outbox) over() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id := range o.given {
		_, sent := o.sent[id]
		_, failed := o.fail[id]
		if !sent && !failed {
			o.h.store.Abandon(id)
			delete(o.given, id)
		}
	}
}

// fenced sends only while this instance surely holds the account's lease.
type fenced struct {
	h     *House
	lease string
	box   *outbox
	to    bot.Sender
}

var errDeposed = errors.New("this instance may no longer hold the account: another sends it")

// Send hands a thing to the network.
func (f fenced) Send(ctx context.Context, o hotline.Outgoing) (hotline.Receipt, error) {
	if !f.h.surely(f.lease) {
		return hotline.Receipt{}, &hotline.SendError{Trouble: hotline.TroubleUnavailable, Err: errDeposed}
	}
	f.box.sending(o)
	return f.to.Send(ctx, o)
}
