package whatsappcloud

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tanggap/hotline"
)

// answerTime is how long showing a message as read may hold up what is said.
const answerTime = 5 * time.Second

// templateStep is the tag's step of a template, which stands for all of a thing's steps.
const templateStep = 200

// Send hands one thing to the network. Every error is a *hotline.SendError. What takes several messages goes on where it stopped when it is sent
// again after a trouble, as long as the program runs. TroubleWindow: the person's 24 hours are over and no template fits. The network mostly
// notices that only later, and tells it with a status: see Options.Statuses and Outgoing.Closed.
//
// A message cannot be changed: an edit is said anew, quoting what it changes. An answer to what somebody sent shows it as read; a toast with words is
// said as a message.
func (c *Channel) Send(ctx context.Context, out hotline.Outgoing) (hotline.Receipt, error) {
	to, err := recipientOf(out.Peer)
	if err != nil {
		return outcome("", refusal("the peer is neither a telephone number nor a user id"))
	}
	if out.Verb == hotline.VerbAnswer {
		err := c.answer(ctx, out.Answers, false)
		if clean(out.Text) == "" {
			if err != nil && trouble(err).Trouble == hotline.TroubleRefused {
				err = &hotline.SendError{Trouble: hotline.TroubleExpired, Err: trouble(err).Err}
			}
			return outcome("", err)
		}
		out.ReplyTo = out.Answers
	} else if out.Answers != "" {
		defer c.answerBeside(ctx, out)()
	}
	quote := out.ReplyTo
	if out.Verb == hotline.VerbEdit {
		quote = out.Edits
	}
	if out.Closed {
		return outcome(c.sayApproved(ctx, to, out, errNoTemplate))
	}
	ref, err := c.say(ctx, to, out, quote)
	if err != nil && trouble(err).Trouble == hotline.TroubleWindow {
		return outcome(c.sayApproved(ctx, to, out, trouble(err).Err))
	}
	return outcome(ref, err)
}

// outcome makes the one shape of results.
func outcome(ref string, err error) (hotline.Receipt, error) {
	if err != nil {
		return hotline.Receipt{}, trouble(err)
	}
	return hotline.Receipt{Ref: ref}, nil
}

// answerBeside shows a message as read while its answer is under way: one that comes late, or not at all, holds up nothing. Before media, which take a
// while to hand over, the person sees that something is being written, which ends with what comes.
func (c *Channel) answerBeside(ctx context.Context, out hotline.Outgoing) (wait func()) {
	show := func(typing bool) {
		ctx, cancel := context.WithTimeout(ctx, answerTime)
		defer cancel()
		if err := c.answer(ctx, out.Answers, typing); err != nil {
			c.log.Debug("whatsapp cloud: a message is not shown as read", "error", trouble(err).Err)
		}
	}
	if len(out.Media) > 0 {
		show(true)
		return func() {}
	}
	var done sync.WaitGroup
	done.Go(func() { show(false) })
	return done.Wait
}

func (c *Channel) answer(ctx context.Context, id string, typing bool) error {
	if id == "" {
		return refusal("no message to answer")
	}
	read := struct {
		Product string     `json:"messaging_product"`
		Status  string     `json:"status"`
		ID      string     `json:"message_id"`
		Typing  *indicator `json:"typing_indicator,omitempty"`
	}{Product: "whatsapp", Status: "read", ID: id}
	if typing {
		read.Typing = &indicator{Type: "text"}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var done struct {
		Success bool `json:"success"`
	}
	return c.wire.post(ctx, c.base+"/"+c.account+"/messages", read, &done)
}

type indicator struct {
	Type string `json:"type"`
}

// say sends a new thing, step by step, and gives the id of the message that stands for it. quote is the message it is an answer to.
func (c *Channel) say(ctx context.Context, to recipient, out hotline.Outgoing, quote string) (main string, err error) {
	pick := ""
	if c.pick != nil {
		pick = c.pick(out.Lang)
	}
	list := steps(out, pick)
	if len(list) == 0 {
		return "", refusal("nothing to say")
	}
	for i, s := range list {
		ref, done := c.parts.ref(out.ID, i)
		if !done {
			m := s.message
			m.recipient = to
			if i == 0 && quote != "" {
				m.Context = &context_{ID: quote}
			}
			ref, err = c.settled(out.ID, i, func() (string, error) {
				return c.perform(ctx, m, s, tag{out: out.ID, step: i, main: s.main})
			})
			if err != nil {
				return "", err
			}
		}
		if s.main {
			main = ref
		}
	}
	c.parts.forget(out.ID)
	return main, nil
}

// settled does one step, and remembers what became of it. One whose answer was lost, and which a status told meanwhile to have arrived, is done.
func (c *Channel) settled(id hotline.OutID, step int, do func() (string, error)) (string, error) {
	c.parts.begin(id, step)
	ref, err := do()
	if err == nil {
		c.parts.arrived(id, step, ref)
		return ref, nil
	}
	switch trouble(err).Trouble {
	case hotline.TroubleUnavailable:
		if ref, done := c.parts.ref(id, step); done {
			return ref, nil
		}
	case hotline.TroubleLater, hotline.TroubleAccount:
		c.parts.refused(id, step)
	default:
		c.parts.forget(id)
	}
	return "", err
}

// sayApproved says a thing with the template for it. why is what stands in the way of free words.
func (c *Channel) sayApproved(ctx context.Context, to recipient, out hotline.Outgoing, why error) (string, error) {
	if ref, done := c.parts.ref(out.ID, templateStep); done {
		c.parts.forget(out.ID)
		return ref, nil
	}
	m, ok := approved(c.templates, out)
	if !ok {
		return "", &hotline.SendError{Trouble: hotline.TroubleWindow, Err: why}
	}
	m.recipient = to
	ref, err := c.settled(out.ID, templateStep, func() (string, error) {
		return c.hand(ctx, m, tag{out: out.ID, step: templateStep, main: true})
	})
	if err == nil {
		c.parts.forget(out.ID)
		return ref, nil
	}
	if se := trouble(err); se.Trouble == hotline.TroubleRefused {
		// Not approved any more, paused, or with other gaps than we think: for the person it is as if there were none.
		c.log.Warn("whatsapp cloud: a template is refused", "template", m.Template.Name, "phrase", out.Key, "error", se.Err)
		return "", &hotline.SendError{Trouble: hotline.TroubleWindow, Err: fmt.Errorf("template %s: %w", m.Template.Name, se.Err)}
	}
	return "", err
}

// perform sends one message and gives its id.
func (c *Channel) perform(ctx context.Context, m outgoing, s step, t tag) (string, error) {
	if s.medium == nil {
		return c.quoting(ctx, m, t)
	}
	a := *s.medium
	how := shapeOf(a)
	ref, err := c.show(ctx, m, a, how, t)
	if badMedium(err) && how.kind != "document" {
		how = shape{kind: "document", mime: how.mime}
		ref, err = c.show(ctx, m, a, how, t)
	}
	if badMedium(err) {
		c.log.Warn("whatsapp cloud: a medium was refused and is left out", "kind", a.Kind, "bytes", len(a.Data), "error", trouble(err).Err)
		if m.Text.Body == "" {
			m.Text = &textBody{Body: "📎 ✗"}
		}
		m.Type = "text"
		return c.quoting(ctx, m, t)
	}
	return ref, err
}

// show uploads a medium and sends it.
func (c *Channel) show(ctx context.Context, m outgoing, a hotline.Attachment, how shape, t tag) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 4*c.timeout)
	defer cancel()
	id, err := c.upload(ctx, a, how)
	if err != nil {
		var api *apiError
		if errors.As(err, &api) && mean(api).trouble == hotline.TroubleRefused {
			return "", &apiError{Status: api.Status, Code: codeMediaRefused, Said: api.Said, Trace: api.Trace}
		}
		return "", err
	}
	return c.quoting(ctx, mediaMessage(m, a, how, id), t)
}

// badMedium tells whether a refusal is about the medium.
func badMedium(err error) bool { return isCode(err, codeMediaRefused, codeMediaAway) }

// quoting sends a message, and once more without what it quotes when the network does not know that any more.
func (c *Channel) quoting(ctx context.Context, m outgoing, t tag) (string, error) {
	ref, err := c.hand(ctx, m, t)
	if m.Context != nil && isCode(err, codeInvalid, codeParameter) {
		m.Context = nil
		ref, err = c.hand(ctx, m, t)
	}
	return ref, err
}

// hand hands one message over.
func (c *Channel) hand(ctx context.Context, m outgoing, t tag) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	m.Product, m.Kind, m.Tag = "whatsapp", "individual", t.String()
	var done struct {
		Messages []struct {
			ID string `json:"id"`
		} `json:"messages"`
	}
	if err := c.wire.post(ctx, c.base+"/"+c.account+"/messages", m, &done); err != nil {
		return "", err
	}
	if len(done.Messages) == 0 || done.Messages[0].ID == "" {
		return "", errAnswer
	}
	return done.Messages[0].ID, nil
}
