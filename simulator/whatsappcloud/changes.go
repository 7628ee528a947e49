package whatsappcloud

import (
	"context"
	"errors"
)

// ChangeKind says what happened in a chat.
type ChangeKind uint8

const (
	// Sent: the program sent a message.
	Sent ChangeKind = iota + 1
	// Marked: the program showed a message of the person's as read; Message is that one.
	Marked
	// Typing: it showed that it is writing.
	Typing
	// Refused: a message of the program's was taken and failed later; the person never saw it.
	Refused
	// Said: the person did something: a message, a reaction, an edit.
	Said
)

// String gives the kind in lower case.
func (k ChangeKind) String() string {
	return [...]string{"", "sent", "marked", "typing", "refused", "said"}[k]
}

// Change is one thing that happened in a chat. Seq counts a chat's changes from 1.
type Change struct {
	Seq     int64
	Kind    ChangeKind
	Message *Message
}

// ErrQuiet is what waiting gives on a quiet server: see [Options.Quiet].
var ErrQuiet = errors.New("simulator: a quiet server keeps no changes; use Options.Watch")

var errClosed = errors.New("simulator: the server is closed")

// How many changes of one chat are kept for those who wait.
const keepChanges = 2048

// changed gives a change its number and wakes whoever waits. The caller holds the lock, and calls watch once it has let go of it.
func (p *Person) changed(c Change) Change {
	p.seq++
	c.Seq = p.seq
	if p.s.opts.Quiet {
		return c
	}
	p.changes = append(p.changes, c)
	if len(p.changes) > 2*keepChanges {
		n := copy(p.changes, p.changes[len(p.changes)-keepChanges:])
		clear(p.changes[n:])
		p.changes = p.changes[:n]
	}
	if p.news != nil {
		close(p.news)
		p.news = nil
	}
	return c
}

// watch tells the server's watcher what the program did.
func (p *Person) watch(c Change) {
	if w := p.s.opts.Watch; w != nil {
		w(p, c)
	}
}

// Seq is the number of the newest change, to wait after.
func (p *Person) Seq() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seq
}

// after gives the kept changes with a higher number; own decides about the person's own.
func (p *Person) after(seq int64, own bool) []Change {
	var out []Change
	start := len(p.changes) - int(min(max(p.seq-seq, 0), int64(len(p.changes))))
	for _, c := range p.changes[start:] {
		if own || c.Kind != Said {
			out = append(out, c)
		}
	}
	return out
}

// Changes gives what the program did after the change with that number, oldest first; 0 is from the beginning. The newest two thousand are kept.
func (p *Person) Changes(after int64) []Change {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.after(after, false)
}

// Wait waits until the program has done something after the change with that number, and gives all of it, oldest first.
func (p *Person) Wait(ctx context.Context, after int64) ([]Change, error) {
	return p.wait(ctx, after, false)
}

// Follow is Wait with the person's own acts among the changes, for somebody who shows the whole chat.
func (p *Person) Follow(ctx context.Context, after int64) ([]Change, error) {
	return p.wait(ctx, after, true)
}

// WaitFor waits for the first change by the program, after the one with that number, of which match says yes.
func (p *Person) WaitFor(ctx context.Context, after int64, match func(Change) bool) (Change, error) {
	for {
		list, err := p.wait(ctx, after, false)
		if err != nil {
			return Change{}, err
		}
		for _, c := range list {
			if match(c) {
				return c, nil
			}
			after = c.Seq
		}
	}
}

func (p *Person) wait(ctx context.Context, after int64, own bool) ([]Change, error) {
	if p.s.opts.Quiet {
		return nil, ErrQuiet
	}
	for {
		p.mu.Lock()
		list := p.after(after, own)
		if len(list) > 0 {
			p.mu.Unlock()
			return list, nil
		}
		if p.news == nil {
			p.news = make(chan struct{})
		}
		news := p.news
		p.mu.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.s.closed:
			return nil, errClosed
		}
	}
}
