package bot

import (
	"context"
	"slices"
	"time"

	"tanggap/hotline"
)

// This file is the courier's pace: which of the parcels it holds may go now, as far as lanes, rates and pauses allow.

// A waiter is a parcel that was put away until a time.
type waiter struct {
	at time.Time
	p  *hotline.Parcel
}

// A pause is what is known of an account that was told to wait.
type pause struct {
	until time.Time
	peers []string // who was told to wait since the network last took something
	since time.Time
}

func lane(p *hotline.Parcel) hotline.Lane {
	return min(max(p.Out.Lane, hotline.LaneEmergency), hotline.LaneBroadcast)
}

// admit lets held parcels go, the urgent lanes first, as far as their account's and peer's rates allow.
func (r *rounds) admit(ctx context.Context, now time.Time) {
	for len(r.later) > 0 && !r.later[0].at.After(now) {
		p := r.later[0].p
		r.later = slices.Delete(r.later, 0, 1)
		r.lanes[lane(p)].pushFront(p)
	}
	if r.Limiter == nil {
		for i := range r.lanes {
			for p := r.lanes[i].take(); p != nil; p = r.lanes[i].take() {
				if !r.paused(p, now) {
					r.cleared[i].push(p)
				}
			}
		}
		return
	}
	for {
		list := r.next(now)
		if len(list) == 0 {
			return
		}
		r.ask(ctx, now, list)
	}
}

// next takes the first few held parcels, all of one account, of the lanes that have not enough to do already. While an account is at its limit
// only emergencies ask: there is a reserve for them.
func (r *rounds) next(now time.Time) []*hotline.Parcel {
	urgent := r.cleared[hotline.LaneEmergency].len() + r.cleared[hotline.LaneReply].len()
	other := r.cleared[hotline.LaneNotice].len() + r.cleared[hotline.LaneBroadcast].len()
	var list []*hotline.Parcel
	for i := range r.lanes {
		ahead := urgent
		if i > int(hotline.LaneReply) {
			ahead = other
		}
		for len(list) < admitMost && ahead < admitMost {
			p := r.lanes[i].front()
			if p == nil || len(list) > 0 && accountOf(p) != accountOf(list[0]) {
				break
			}
			r.lanes[i].pop()
			if r.paused(p, now) {
				continue
			}
			if p.Out.Verb == hotline.VerbAnswer { // no message: it counts against no rate
				r.cleared[i].push(p)
				continue
			}
			if until := r.full[accountOf(p)]; i > int(hotline.LaneEmergency) && now.Before(until) {
				r.wait(p, until)
				continue
			}
			list = append(list, p)
		}
	}
	return list
}

// ask asks leave for parcels of one account.
func (r *rounds) ask(ctx context.Context, now time.Time, list []*hotline.Parcel) {
	wishes := make([]Wish, len(list))
	for i, p := range list {
		wishes[i] = Wish{Peer: p.Address.Peer, Emergency: lane(p) == hotline.LaneEmergency}
	}
	account := accountOf(list[0])
	for i, l := range r.Limiter.Take(ctx, account, wishes) {
		p := list[i]
		if l.Wait <= 0 {
			r.cleared[lane(p)].push(p)
			continue
		}
		r.wait(p, now.Add(l.Wait))
		if l.Everyone && lane(p) > hotline.LaneEmergency {
			r.full[account] = now.Add(l.Wait)
		}
	}
}

// wait puts a parcel away until a time. What waits for the same time comes back in the order in which it went.
func (r *rounds) wait(p *hotline.Parcel, until time.Time) {
	i, _ := slices.BinarySearchFunc(r.later, until, func(w waiter, t time.Time) int { return w.at.Compare(t) })
	r.later = slices.Insert(r.later, i, waiter{until, p})
}

// paused puts a parcel away whose account is to wait: aside for a moment, back to the outbox for longer.
func (r *rounds) paused(p *hotline.Parcel, now time.Time) bool {
	if len(r.pauses) == 0 {
		return false
	}
	a := r.pauses[accountOf(p)]
	if a == nil || !now.Before(a.until) {
		return false
	}
	if a.until.Sub(now) <= shortPause {
		r.wait(p, a.until)
		return true
	}
	r.note(nil, &hotline.Failure{ID: p.ID, Reason: hotline.TroubleLater, Detail: "the account waits", Again: a.until})
	return true
}

func accountOf(p *hotline.Parcel) string { return string(p.Address.Channel) + "/" + p.Address.Account }

// slow heeds a network that asks to wait. It does not say whether it means the peer or the account: when several peers are told so in a moment,
// and nobody's message is taken between, it is the account.
func (r *rounds) slow(account string, res result) {
	now := time.Now()
	p := r.pauses[account]
	if p == nil {
		p = &pause{}
		r.pauses[account] = p
	}
	if now.Sub(p.since) > toldApart {
		p.peers, p.since = nil, now
	}
	if peer := res.parcel.Address.Peer; !slices.Contains(p.peers, peer) {
		p.peers = append(p.peers, peer)
	}
	if len(p.peers) >= toldMost {
		p.peers = nil
		r.pauseUntil(account, now.Add(res.after))
	}
}

func (r *rounds) pauseUntil(account string, t time.Time) {
	p := r.pauses[account]
	if p == nil {
		p = &pause{}
		r.pauses[account] = p
	}
	if t.After(p.until) {
		p.until = t
		r.Log.Warn("courier: an account pauses", "account", account, "for", time.Until(t).Round(time.Millisecond))
	}
	// What was allowed to go but has not gone waits too.
	for i := range r.cleared {
		for p := range r.cleared[i].drain() {
			r.lanes[i].push(p)
		}
	}
}
