package whatsapp

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"go.mau.fi/whatsmeow/store"
)

// careful keeps the library from taking a database that is away for a message that cannot be decrypted. For such a message it tells the network that
// it arrived and asks its sender to send it again, four times within moments, and then no more: a short failure of Postgres would lose it. An error
// of the database is given to the library as a cancelled context instead, upon which it says nothing to anybody; the message comes again with the
// next connection.
type careful struct {
	store.EventBuffer
	db   *sql.DB
	ring *keyring
	away func(error)
}

var errAway = fmt.Errorf("the database does not answer: %w", context.Canceled)

// GetBufferedEvent looks for a message that was decrypted before and not yet committed.
func (b careful) GetBufferedEvent(ctx context.Context, hash [32]byte) (*store.BufferedEvent, error) {
	e, err := b.EventBuffer.GetBufferedEvent(ctx, hash)
	return e, b.judge(ctx, err)
}

// DoDecryptionTxn decrypts a message and keeps it, in one transaction.
func (b careful) DoDecryptionTxn(ctx context.Context, fn func(context.Context) error) error {
	release, err := b.ring.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	return b.judge(ctx, b.EventBuffer.DoDecryptionTxn(ctx, fn))
}

func (b careful) judge(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	if !ofDatabase(err) && b.answers(ctx) {
		return err
	}
	b.away(err)
	return errAway
}

// answers tells whether the database is there: not every error that it causes can be told from one of the message's.
func (b careful) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return b.db.PingContext(ctx) == nil
}

// ofDatabase tells whether an error is one of the database's that passes. One about the data itself comes again with the same data, and is not.
func ofDatabase(err error) bool {
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil:
		return false
	case errors.As(err, &pg):
		return len(pg.Code) == 5 && pg.Code[:2] != "22" && pg.Code[:2] != "23" && pg.Code[:2] != "42"
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, errStale):
		return true
	}
	for _, e := range []error{sql.ErrConnDone, sql.ErrTxDone, driver.ErrBadConn, io.ErrUnexpectedEOF, context.DeadlineExceeded, net.ErrClosed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
