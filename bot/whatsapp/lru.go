package whatsapp

import "container/list"

// An lru remembers what was used last, up to a weight. It is not safe for concurrent use. Its zero value remembers nothing: see newLRU.
type lru[V any] struct {
	most  int
	cost  func(V) int
	held  int
	order *list.List // of *remembered[V], the last used in front
	by    map[string]*list.Element
}

type remembered[V any] struct {
	key   string
	value V
}

// newLRU makes one that holds values of at most so much cost together.
func newLRU[V any](most int, cost func(V) int) *lru[V] {
	return &lru[V]{most: most, cost: cost, order: list.New(), by: map[string]*list.Element{}}
}

// get gives what is remembered under a key.
func (l *lru[V]) get(key string) (v V, ok bool) {
	e, ok := l.by[key]
	if !ok {
		return v, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*remembered[V]).value, true
}

// put remembers a value, and forgets what was used longest ago where it is too much.
func (l *lru[V]) put(key string, v V) {
	l.drop(key)
	l.by[key] = l.order.PushFront(&remembered[V]{key, v})
	for l.held += l.cost(v); l.held > l.most; {
		l.drop(l.order.Back().Value.(*remembered[V]).key)
	}
}

// drop forgets one.
func (l *lru[V]) drop(key string) {
	e, ok := l.by[key]
	if !ok {
		return
	}
	l.held -= l.cost(e.Value.(*remembered[V]).value)
	l.order.Remove(e)
	delete(l.by, key)
}

// dropAll forgets those whose key is meant.
func (l *lru[V]) dropAll(meant func(key string) bool) {
	for key := range l.by {
		if meant(key) {
			l.drop(key)
		}
	}
}

// clear forgets all.
func (l *lru[V]) clear() {
	l.held = 0
	l.order.Init()
	clear(l.by)
}
