package bot

import (
	"slices"

	"tanggap/hotline"
)

// A fifo is a queue of parcels.
type fifo struct {
	items []*hotline.Parcel
	head  int
}

func (q *fifo) len() int { return len(q.items) - q.head }

func (q *fifo) push(p *hotline.Parcel) { q.items = append(q.items, p) }

func (q *fifo) pushFront(p *hotline.Parcel) {
	if q.head == 0 {
		q.items = slices.Insert(q.items, 0, p)
		return
	}
	q.head--
	q.items[q.head] = p
}

func (q *fifo) front() *hotline.Parcel {
	if q == nil || q.len() == 0 {
		return nil
	}
	return q.items[q.head]
}

func (q *fifo) pop() {
	q.items[q.head] = nil
	if q.head++; q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
}

func (q *fifo) take() *hotline.Parcel {
	p := q.front()
	if p != nil {
		q.pop()
	}
	return p
}

// drain empties the queue and gives what was in it.
func (q *fifo) drain() func(yield func(*hotline.Parcel) bool) {
	items := slices.Clone(q.items[q.head:])
	q.items, q.head = nil, 0
	return slices.Values(items)
}

// offer gives the first queue that has something, and the channel to send it to; nil for both when none has.
func offer(to chan<- *hotline.Parcel, queues ...*fifo) (*fifo, chan<- *hotline.Parcel) {
	for _, q := range queues {
		if q.len() > 0 {
			return q, to
		}
	}
	return nil, nil
}
