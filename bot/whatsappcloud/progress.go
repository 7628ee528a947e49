package whatsappcloud

import (
	"sync"

	"tanggap/hotline"
)

// A progress remembers how far things have come that are not done: which of their messages are known to have arrived, so that these are not sent
// again, and of which it is not known. A status may come before the answer does, or instead of it. It lives in memory: what it forgets may be
// said twice, never lost.
type progress struct {
	mu sync.Mutex
	at map[hotline.OutID]*partly
}

type partly struct {
	refs   map[int]string // step -> the network's id of what arrived
	unsure map[int]bool   // steps under way, and those whose answer was lost
}

// maxPartly bounds the memory.
const maxPartly = 10_000

// ref tells of a step that is known to have arrived.
func (p *progress) ref(id hotline.OutID, step int) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.at[id]; d != nil {
		ref, ok := d.refs[step]
		return ref, ok
	}
	return "", false
}

// arrived notes a step that is done.
func (p *progress) arrived(id hotline.OutID, step int, ref string) {
	if d, unlock := p.entry(id); d != nil {
		d.refs[step] = ref
		delete(d.unsure, step)
		unlock()
	}
}

// begin notes a step that may arrive from now on.
func (p *progress) begin(id hotline.OutID, step int) {
	if d, unlock := p.entry(id); d != nil {
		d.unsure[step] = true
		unlock()
	}
}

// refused notes a step that did not arrive and is tried again.
func (p *progress) refused(id hotline.OutID, step int) {
	if d, unlock := p.entry(id); d != nil {
		delete(d.unsure, step)
		unlock()
	}
}

// cleared takes in that the network knows a message: what was in doubt is not sent again.
func (p *progress) cleared(t tag, ref string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.at[t.out]; d != nil && d.unsure[t.step] {
		d.refs[t.step] = ref
		delete(d.unsure, t.step)
	}
}

func (p *progress) entry(id hotline.OutID) (*partly, func()) {
	if id == 0 {
		return nil, nil
	}
	p.mu.Lock()
	if p.at == nil {
		p.at = make(map[hotline.OutID]*partly)
	}
	d := p.at[id]
	if d == nil {
		if len(p.at) >= maxPartly {
			for other := range p.at {
				delete(p.at, other)
				break
			}
		}
		d = &partly{refs: map[int]string{}, unsure: map[int]bool{}}
		p.at[id] = d
	}
	return d, p.mu.Unlock
}

func (p *progress) forget(id hotline.OutID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.at, id)
}
