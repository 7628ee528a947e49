package bot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"tanggap/hotline"
	"tanggap/phrase"
)

// The waits before another try, in machine time.
const (
	backoffLeast     = time.Second
	backoffMost      = 5 * time.Minute
	backoffEmergency = 15 * time.Second
	noChannelWait    = 5 * time.Minute // a channel that is switched off
)

// deliver draws a parcel, sends it and says what became of it.
func (c *Courier) deliver(ctx context.Context, p *hotline.Parcel) result {
	start := time.Now()
	res, trouble := c.attempt(ctx, p)
	res.parcel = p
	if c.Watch != nil {
		c.Watch(Delivery{Parcel: *p, Trouble: trouble, Took: time.Since(start)})
	}
	return res
}

func (c *Courier) attempt(ctx context.Context, p *hotline.Parcel) (res result, trouble hotline.Trouble) {
	defer func() {
		// A mistake of the program in one parcel must not end the program, which would begin with the same parcel.
		if r := recover(); r != nil {
			// The value may hold what somebody said; where it happened does not.
			c.Log.Error("courier: panic over a parcel; it is set aside", "parcel", p.ID, "phrase", key(p), "stack", string(debug.Stack()))
			res, trouble = failed(p, hotline.TroubleRefused, fmt.Sprintf("the program broke over it (%T)", r), time.Time{}), hotline.TroubleRefused
		}
	}()
	if !p.Out.Expires.IsZero() && p.Out.Expires.Before(c.Clock.Now()) {
		if p.Out.Verb == hotline.VerbAnswer {
			return took(p, ""), hotline.TroubleExpired // a button that nobody watches turn any more: no news for a human
		}
		return failed(p, hotline.TroubleExpired, "it expired before it could go", time.Time{}), hotline.TroubleExpired
	}
	channel, ok := c.Channels[p.Address.Channel]
	if !ok {
		return failed(p, hotline.TroubleAccount, "the channel is switched off", time.Now().Add(noChannelWait)), hotline.TroubleAccount
	}
	out, err := c.draw(ctx, p, p.EditRef)
	if err != nil {
		return c.undrawn(p, err)
	}
	receipt, err := channel.Send(ctx, out)
	if err != nil && out.Verb == hotline.VerbEdit && troubleOf(err).Trouble == hotline.TroubleLost {
		// What was to be changed is gone: it is said anew.
		if out, err = c.draw(ctx, p, ""); err != nil {
			return c.undrawn(p, err)
		}
		out.Answers = "" // answered just now
		receipt, err = channel.Send(ctx, out)
	}
	if err == nil {
		res = took(p, receipt.Ref)
		res.sent.Menu, res.sent.Later = Picks(out), receipt.Later
		return res, ""
	}
	return c.judge(p, out, troubleOf(err))
}

func (c *Courier) undrawn(p *hotline.Parcel, err error) (result, hotline.Trouble) {
	c.Log.Warn("courier: a parcel's medium cannot be read", "parcel", p.ID, "error", err)
	return failed(p, hotline.TroubleUnavailable, "its medium cannot be read", backoff(p)), hotline.TroubleUnavailable
}

// judge says what a trouble means for a parcel.
func (c *Courier) judge(p *hotline.Parcel, out hotline.Outgoing, e *hotline.SendError) (result, hotline.Trouble) {
	detail := ""
	if e.Err != nil {
		detail = e.Err.Error()
	}
	var res result
	switch e.Trouble {
	case hotline.TroubleExpired:
		res = took(p, "")
	case hotline.TroubleUnchanged:
		res = took(p, out.Edits)
	case hotline.TroubleLater:
		res = failed(p, e.Trouble, detail, time.Now().Add(e.After))
		res.after = e.After
	case hotline.TroubleUnavailable:
		res = failed(p, e.Trouble, detail, backoff(p))
	case hotline.TroubleBlocked:
		res = failed(p, e.Trouble, detail, time.Time{})
		res.failure.Hold = true
	case hotline.TroubleWindow:
		res = failed(p, e.Trouble, detail, time.Time{})
		res.failure.Wait = true
	case hotline.TroubleAccount:
		res = failed(p, e.Trouble, detail, time.Now().Add(accountPause))
	default:
		res = failed(p, e.Trouble, detail, time.Time{})
		c.Log.Warn("courier: a parcel is set aside", "parcel", p.ID, "phrase", key(p), "trouble", e.Trouble, "error", detail)
	}
	return res, e.Trouble
}

func took(p *hotline.Parcel, ref string) result {
	return result{sent: hotline.Sent{ID: p.ID, Ref: ref}}
}

// Picks lists what can be picked of what was said, in the order shown.
func Picks(o hotline.Outgoing) (list []hotline.Button) {
	if o.Verb == hotline.VerbAnswer {
		return nil
	}
	for _, row := range o.Choices {
		for _, b := range row {
			if b.Value != "" {
				list = append(list, b)
			}
		}
	}
	return list
}

func failed(p *hotline.Parcel, why hotline.Trouble, detail string, again time.Time) result {
	return result{failure: &hotline.Failure{ID: p.ID, Reason: why, Detail: detail, Again: again}}
}

// troubleOf reads a sender's error. One of another kind is a mistake of the channel's: it may be tried again.
func troubleOf(err error) *hotline.SendError {
	var e *hotline.SendError
	if errors.As(err, &e) {
		return e
	}
	return &hotline.SendError{Trouble: hotline.TroubleUnavailable, Err: errors.New("the channel gave an unknown error")}
}

// backoff gives the time of the next try: doubled from one to the next, and spread, so that what failed together does not come back together.
func backoff(p *hotline.Parcel) time.Time {
	most := backoffMost
	if lane(p) == hotline.LaneEmergency {
		most = backoffEmergency
	}
	d := min(backoffLeast<<min(max(p.Attempts, 0), 20), most)
	return time.Now().Add(d/2 + rand.N(d/2+1))
}

// key names what a parcel says, for the log: a key of the catalogue, nothing of a person.
func key(p *hotline.Parcel) string {
	if len(p.Out.Reply.Lines) == 0 {
		return ""
	}
	return p.Out.Reply.Lines[0].Key
}

// draw puts a parcel into words and gathers its media. edits is the message that an edit changes; with none it is said anew. A medium that is
// gone is left out: the words still count.
func (c *Courier) draw(ctx context.Context, p *hotline.Parcel, edits string) (hotline.Outgoing, error) {
	text, buttons, ask := c.Drawer.Reply(p.Language, p.Out.Reply, phrase.FactsOf(*p))
	out := hotline.Outgoing{ID: p.ID, Verb: p.Out.Verb, Peer: p.Address.Peer, Text: text, Choices: buttons, Ask: p.Out.Reply.Ask, AskText: ask, Answers: p.Out.Answers}
	switch {
	case out.Verb == "", out.Verb == hotline.VerbEdit && edits == "":
		out.Verb = hotline.VerbSend
	case out.Verb == hotline.VerbEdit:
		out.Edits = edits
	}
	out.Lang, out.Urgent, out.Closed, out.Key = p.Language, lane(p) == hotline.LaneEmergency, p.Closed, key(p)
	if out.Closed && out.Key != "" {
		out.Args = c.Drawer.Args(p.Language, p.Out.Reply.Lines[0], phrase.FactsOf(*p))
	}
	if out.Verb != hotline.VerbSend {
		return out, nil
	}
	for _, id := range p.Out.Reply.Media {
		a, err := c.Outbox.Attachment(ctx, id)
		if errors.Is(err, hotline.ErrNotFound) {
			continue
		}
		if err != nil {
			return out, fmt.Errorf("read medium %d: %w", id, err)
		}
		out.Media = append(out.Media, a)
	}
	if text := p.Out.Reply.QR; text != "" {
		picture, err := drawQR(text)
		if err != nil { // a mistake of the program; the words hold the number too
			c.Log.Error("courier: a QR code cannot be drawn", "parcel", p.ID, "error", err)
			return out, nil
		}
		out.Media = append(out.Media, picture)
	}
	return out, nil
}
