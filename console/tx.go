package console

import (
	"context"
	"time"

	"tanggap/hotline"
)

// A Store runs units of work: all that fn does through t is committed together, or nothing is. fn may be run again from the start.
type Store interface {
	Do(ctx context.Context, now time.Time, fn func(t Tx) error) error
}

// A Tx is a unit of work as the pages see it: what each file calls is declared there.
type Tx interface {
	SessionTx
	LoginTx
	LinkTx
	IdentityTx
	AccountTx
	AuditTx
	LookTx
	LiveTx
	CallTx
	DeskTx
	VenueTx
	VisitTx
	BoardTx
}

// An AuditTx keeps who looked at what.
type AuditTx interface {
	// Audit adds a row. Its time is the unit of work's.
	Audit(hotline.Audit)
	// Audits reads rows, the newest first.
	Audits(context.Context, hotline.AuditQuery) ([]hotline.Audit, error)
}

// A LiveTx tells pages of changes.
type LiveTx interface {
	// Signal tells, once this is committed, that something changed which is no case.
	Signal(topic string, ref int64)
}
