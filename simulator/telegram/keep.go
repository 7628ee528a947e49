package telegram

import "slices"

// A Saved is a private chat as it can be kept in a file while no server runs, and taken up again by another one.
type Saved struct {
	Person   PersonOptions
	Blocked  bool
	Seq      int64
	Messages []Message
	Keyboard *Keyboard
	Files    map[string][]byte // by the file id of a message's medium; those that were not kept are lost
}

// Save gives the chat to be kept. Of its files the newest are in it, at most that many bytes altogether.
func (p *Person) Save(mostBytes int64) Saved {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := Saved{Person: p.opts, Blocked: p.blocked, Seq: p.seq, Keyboard: p.keyboard, Files: map[string][]byte{}}
	for _, m := range slices.Backward(p.messages) {
		if m.Deleted {
			continue
		}
		kept := *m
		kept.Revisions = nil
		if f := kept.Forward; f != nil && f.Person != nil {
			kept.Forward = &Forward{Name: f.Person.Name(), Date: f.Date}
		}
		if kept.Media != nil {
			if data, _, ok := p.s.File(kept.Media.FileID); ok && int64(len(data)) <= mostBytes {
				mostBytes -= int64(len(data))
				c.Files[kept.Media.FileID] = data
			}
		}
		c.Messages = append(c.Messages, kept)
	}
	slices.Reverse(c.Messages)
	return c
}

// Resume takes a chat up again: the person is there, and the messages have the ids that the bot knows. A person who is there already is left alone.
func (s *Server) Resume(c Saved) *Person {
	o := c.Person
	o.Started = true
	p := s.Person(o)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.messages) > 0 {
		return p
	}
	for i := range c.Messages {
		m := c.Messages[i]
		if m.Media != nil {
			if data, ok := c.Files[m.Media.FileID]; ok {
				s.files.resume(*m.Media, data)
			}
		}
		if answered := p.find(m.ReplyTo); answered != nil {
			m.answered = answered.alone()
		}
		p.keep(&m)
		for last := p.bot.messageIDs.Load(); int64(m.ID) > last; last = p.bot.messageIDs.Load() {
			p.bot.messageIDs.CompareAndSwap(last, int64(m.ID))
		}
	}
	p.blocked, p.keyboard, p.seq = c.Blocked, c.Keyboard, c.Seq
	return p
}

// resume stores data under the file ids that it had.
func (f *files) resume(m Media, data []byte) {
	body := f.intern(data)
	ids := []string{m.FileID}
	bodies := []*content{body}
	if m.Kind == KindPhoto {
		body.once.Do(body.scale)
		all := append(slices.Clone(body.small), body)
		for i, size := range m.Sizes[:max(len(m.Sizes)-1, 0)] {
			ids, bodies = append(ids, size.FileID), append(bodies, all[min(i, len(all)-1)])
		}
	}
	for i, id := range ids {
		one := m
		f.register(&one, bodies[i])
		f.rename(one.FileID, id)
	}
}

// rename gives a stored file another id.
func (f *files) rename(from, to string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.byID[from]; s != nil {
		delete(f.byID, from)
		s.media.FileID = to
		f.byID[to] = s
	}
}
