package whatsapp

import (
	"context"
	"strings"
	"sync"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types/events"
)

// A keyring lets one at a time read, turn and write back the keys of conversations. The library does not: what it decrypts, what it sends and what it
// sends again to somebody who could not read it may each take the same keys, and whoever writes back last undoes the others. Two messages then go out
// under one key, and the receiver's app drops the second without a word: an answer is lost whenever somebody writes on while being answered.
//
// Decrypting holds the ring for its transaction (buffer.go). A send holds it until the library has written the turned keys back, which it does before
// anything goes out, so that nobody waits for the network. Sending again tells us only when it begins; it is over shortly after the keys of its
// receiver were written.
type keyring struct {
	one chan struct{}

	mu      sync.Mutex
	written func(addresses ...string) // told while somebody holds the ring
}

func newKeyring() *keyring { return &keyring{one: make(chan struct{}, 1)} }

// hold takes the ring. Release may be called more than once.
func (k *keyring) hold(ctx context.Context) (release func(), err error) {
	select {
	case k.one <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return sync.OnceFunc(func() {
		k.watch(nil)
		<-k.one
	}), nil
}

// watch has f told what is written, until the ring is released.
func (k *keyring) watch(f func(addresses ...string)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.written = f
}

func (k *keyring) wrote(addresses ...string) {
	k.mu.Lock()
	f := k.written
	k.mu.Unlock()
	if f != nil {
		f(addresses...)
	}
}

// sessions are the library's, watched.
type sessions struct {
	store.SessionStore
	ring *keyring
}

// PutSession writes one conversation's keys.
func (s sessions) PutSession(ctx context.Context, address string, session []byte) error {
	err := s.SessionStore.PutSession(ctx, address, session)
	s.ring.wrote(address)
	return err
}

// PutManySessions writes the keys that a send has turned.
func (s sessions) PutManySessions(ctx context.Context, list map[string][]byte) error {
	err := s.SessionStore.PutManySessions(ctx, list)
	s.ring.wrote()
	return err
}

// How long sending again may hold the ring after its keys were written, and at most.
const (
	againSettles = 50 * time.Millisecond
	againMost    = 5 * time.Second
)

// again holds the ring for the library while it sends something once more. It is called before that begins.
func (c *Channel) again(e *events.Receipt, _ string, _ int, _ *waE2E.Message) bool {
	s := c.current()
	if s == nil {
		return false
	}
	release, err := c.keys.hold(s.ctx)
	if err != nil {
		return false
	}
	users := []string{e.Sender.User}
	if lid, phone, err := c.names(s.ctx, e.Sender, e.SenderAlt); err == nil {
		users = append(users, lid.User, phone.User)
	}
	over := time.AfterFunc(againMost, release)
	c.keys.watch(func(addresses ...string) {
		for _, a := range addresses {
			for _, u := range users {
				if u != "" && strings.HasPrefix(a, u) {
					over.Reset(againSettles)
				}
			}
		}
	})
	return true
}
