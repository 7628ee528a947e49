package whatsapp

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"go.mau.fi/whatsmeow/store"
)

// A ledger stands between the library and its tables, for the library asks and writes them some twenty times for a message and its answer, one
// after the other, and waits for the disk seven times. The ledger answers from memory what it knows, writes what belongs together in one go, and
// writes nothing that stands there already.
//
// What makes that safe:
//
// Waiting for the disk. Postgres writes its log in order: a commit that waits for the disk takes all before it along. What is decrypted is written
// without waiting, for the network hears that a message arrived only after the inbox's commit, which waits; a crash before that loses the message's
// trace in the keys as well, and it comes again. What the inbox has no use for is acknowledged without a commit that waits; a crash may put the keys
// for hearing that person back by it, over which the protocol steps as over a message that was lost on the way. Nothing is sent under keys that are not
// on the disk (ledger_ahead.go): before a send takes its turn, it waits for the disk with what is kept for whoever cannot read it, several sends at once,
// and all that was decrypted before goes along.
//
// Remembering. Only the one who has the connection writes these keys. What is remembered was written, but for which of the keys that were set aside
// are used; it is forgotten with every new connection. Whoever stood still, and was followed by another without noticing, still remembers what the
// other has changed: so a conversation's keys are replaced only where those stand that were turned, and else errStale.
type ledger struct {
	store.AllSessionSpecificStores // the library's own, for all that is rare
	db                             *sql.DB
	ours                           string // the device, as its rows name it
	now                            func() time.Time
	keeping                        chan struct{} // so many sends keep what they send at once

	mu         sync.Mutex
	written    uint64       // counts what was written or forgotten: what was read before is not remembered after
	commits    uint64       // counts what was committed without waiting for the disk
	durable    uint64       // up to which of them all are there by now
	kept       *lru[[]byte] // what is about to be sent and has been kept already
	sessions   *lru[keptSession]
	identities *lru[[32]byte]
	tokens     *lru[knownToken]
	handled    map[[32]byte]bool // whose plain text is to be cleared
	clearing   *time.Timer       // when; nil: nothing is
}

// How much is remembered. A person's keys are one to four kilobytes.
const (
	sessionsMost   = 16 << 20
	identitiesMost = 20_000
	tokensMost     = 10_000
	keptMost       = 4 << 20
	keepingMost    = 4 // connections to Postgres: the others are not ours alone
)

func newLedger(library store.AllSessionSpecificStores, db *sql.DB, ours string) *ledger {
	return &ledger{
		AllSessionSpecificStores: library, db: db, ours: ours, now: time.Now, keeping: make(chan struct{}, keepingMost),
		sessions:   newLRU(sessionsMost, keptSession.cost),
		identities: newLRU(identitiesMost, func([32]byte) int { return 1 }),
		tokens:     newLRU(tokensMost, func(knownToken) int { return 1 }),
		kept:       newLRU(keptMost, func(b []byte) int { return len(b) + 200 }),
		handled:    map[[32]byte]bool{},
	}
}

// errStale: somebody else has turned the keys that were to be replaced. They have to be read anew.
var errStale = errors.New("another connection has turned these keys")

// forget forgets what is remembered, for somebody else may have written meanwhile.
func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written++
	l.sessions.clear()
	l.identities.clear()
	l.tokens.clear()
	l.kept.clear()
}

// remember does something with what is remembered, and keeps it from what was read before.
func (l *ledger) remember(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written++
	fn()
}

// asked gives the count by which learn knows whether something was written since.
func (l *ledger) asked() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written
}

// learn remembers what was read, unless something was written meanwhile: then it says no.
func (l *ledger) learn(asked uint64, fn func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written != asked {
		return false
	}
	fn()
	return true
}

// isDurable tells whether what was counted so is on the disk.
func (l *ledger) isDurable(commit uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return commit <= l.durable
}

// known gives what is remembered under a key.
func known[V any](l *ledger, of *lru[V], key string) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return of.get(key)
}

// A wait says whether a commit waits for the disk.
type wait bool

const (
	forDisk   wait = true
	forNobody wait = false
)

// write commits some statements in one round trip, all or none, and counts the commit: see isDurable. After an error nobody knows whether they were:
// nothing is remembered any more.
func (l *ledger) write(ctx context.Context, w wait, fill func(*pgx.Batch)) (commit uint64, err error) {
	b := &pgx.Batch{}
	if w == forNobody {
		b.Queue(`select set_config('synchronous_commit', 'off', true)`) // of this transaction
	}
	fill(b)
	l.mu.Lock()
	before := l.commits
	l.mu.Unlock()
	if err := l.send(ctx, b); err != nil {
		l.forget()
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == divisionByZero {
			return 0, errStale
		}
		return 0, fmt.Errorf("write WhatsApp's keys: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if w == forDisk { // and so is whatever was committed before it began
		l.durable = max(l.durable, before)
		return 0, nil
	}
	l.commits++
	return l.commits, nil
}

func (l *ledger) send(ctx context.Context, b *pgx.Batch) (err error) {
	conn, err := l.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return conn.Raw(func(c any) error {
		pg, ok := c.(*stdlib.Conn)
		if !ok {
			return errors.New("this is not Postgres")
		}
		return pg.Conn().SendBatch(ctx, b).Close()
	})
}

// divisionByZero is the error by which a turning ends its transaction.
const divisionByZero = "22012"
