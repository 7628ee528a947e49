package telegram

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// query is a press of a button that may be answered.
type query struct {
	id       string
	data     string
	asked    time.Time
	answered bool
}

// How many callback queries of one chat can be open.
const maxQueries = 64

// Press presses a button below a message: the one with that data, else the one with
// that label. It gives the id of the callback query, by which the answer is known. It
// fails with [ErrNoButton] when the message does not have the button now.
func (p *Person) Press(messageID int, button string) (callbackID string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.find(messageID)
	if m == nil || m.Deleted {
		return "", ErrNoMessage
	}
	b := findButton(m.Buttons, button)
	if b == nil {
		return "", ErrNoButton
	}
	if b.Data == "" || b.Other != "" {
		return "", fmt.Errorf("simulator: the button opens or copies something; the bot does not learn of it")
	}
	if p.blocked {
		return "", ErrBlocked
	}
	data := b.Data
	id := strconv.FormatInt(p.s.callbacks.Add(1), 10)
	// Known before the bot can hear of it: a quick one answers at once.
	if len(p.queries) >= maxQueries {
		p.bot.asked.Delete(p.queries[0].id)
		p.queries = append(p.queries[:0], p.queries[1:]...)
	}
	p.queries = append(p.queries, query{id: id, data: data, asked: p.s.now()})
	p.bot.asked.Store(id, p)
	err = p.emit("callback_query", func(out []byte) []byte {
		out = appendString(append(out, `{"id":`...), id)
		out = append(appendKey(out, "from"), p.user...)
		out = m.append(appendKey(out, "message"), p, false)
		out = appendField(out, "chat_instance", strconv.FormatInt(-p.id*7919, 10))
		return append(appendField(out, "data", data), '}')
	})
	if err != nil {
		p.bot.asked.Delete(id)
		p.queries = p.queries[:len(p.queries)-1]
		return "", err
	}
	p.started = true
	return id, nil
}

func findButton(rows [][]Button, what string) *Button {
	for i := range rows {
		for j := range rows[i] {
			if b := &rows[i][j]; b.Data == what && b.Other == "" && what != "" {
				return b
			}
		}
	}
	for i := range rows {
		for j := range rows[i] {
			if rows[i][j].Text == what {
				return &rows[i][j]
			}
		}
	}
	return nil
}

var errQuery = bad("query is too old and response timeout expired or query ID is invalid")

// answer hands the bot's answer to who pressed the button.
func (b *Bot) answer(s *Server, a *Answer) error {
	v, ok := b.asked.Load(a.CallbackID)
	if !ok {
		return errQuery
	}
	p := v.(*Person)
	p.mu.Lock()
	for i := range p.queries {
		q := &p.queries[i]
		if q.id != a.CallbackID {
			continue
		}
		if s.now().Sub(q.asked) > time.Duration(s.ttl.Load()) {
			break
		}
		if q.answered {
			// A second answer is accepted, and nobody sees it.
			p.mu.Unlock()
			return nil
		}
		q.answered = true
		a.Data = q.data
		change := p.changed(Change{Kind: Answered, Answer: a})
		p.mu.Unlock()
		p.watch(change)
		return nil
	}
	p.mu.Unlock()
	return errQuery
}

// ExpireCallbacks makes every press of a button so far too old to be answered.
func (p *Person) ExpireCallbacks() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.queries {
		p.bot.asked.Delete(p.queries[i].id)
	}
	p.queries = p.queries[:0]
}

// Keyboard is the reply keyboard that the person sees now, or nil.
func (p *Person) Keyboard() *Keyboard {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keyboard
}

// Tap presses a key of the reply keyboard: it sends the key's text, or the contact if
// the key asks for it. A key that asks for the place needs [Person.Pin].
func (p *Person) Tap(label string) (messageID int, err error) {
	k := p.Keyboard()
	if k == nil {
		return 0, ErrNoButton
	}
	for _, row := range k.Rows {
		for _, key := range row {
			switch {
			case key.Text != label:
			case key.RequestContact:
				return p.ShareContact()
			case key.RequestLocation:
				return 0, errors.New("simulator: the key asks for the place: use Pin")
			default:
				p.dismissOnce()
				return p.Send(label)
			}
		}
	}
	return 0, ErrNoButton
}

// dismissOnce hides a keyboard that was meant for one press.
func (p *Person) dismissOnce() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keyboard != nil && p.keyboard.OneTime {
		p.keyboard = nil
	}
}
