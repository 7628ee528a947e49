package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// rekeyCalls seals the numbers of callers anew, and hashes them anew.
func (s *Store) rekeyCalls(ctx context.Context, after int64) (n int, last int64, err error) {
	t, err := s.work(ctx, zeroTime)
	if err != nil {
		return 0, 0, fmt.Errorf("seal callers' numbers anew: %w", err)
	}
	defer t.undo(ctx)
	type row struct {
		CallID hotline.CallID
		Number []byte
	}
	rows, err := read[row](ctx, t, "seal callers' numbers anew", `
		select call_id, number from call_contents where call_id > @after and substring(number from 1 for 1) <> @number order by call_id limit @limit for update`,
		pgx.StrictNamedArgs{"after": after, "number": s.number(), "limit": rekeyBatch})
	if err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		plain, anew, err := s.again(r.Number, bindCall(r.CallID))
		if err != nil {
			return 0, 0, fmt.Errorf("open the number of call %d: %w", r.CallID, err)
		}
		t.queue(`update call_contents set number = @number, number_hash = @hash where call_id = @id`,
			pgx.StrictNamedArgs{"id": r.CallID, "number": anew, "hash": s.callHash(string(plain))})
		last = int64(r.CallID)
	}
	return len(rows), last, t.commit(ctx)
}

// rekeyBlocks does the same for the numbers of blocks, which are bound to their own hashes.
func (s *Store) rekeyBlocks(ctx context.Context, after int64) (n int, last int64, err error) {
	t, err := s.work(ctx, zeroTime)
	if err != nil {
		return 0, 0, fmt.Errorf("seal blocked numbers anew: %w", err)
	}
	defer t.undo(ctx)
	rows, err := read[blockRow](ctx, t, "seal blocked numbers anew", `
		select `+blockColumns+` from call_blocks b where b.id > @after and substring(b.number from 1 for 1) <> @number order by b.id limit @limit for update`,
		pgx.StrictNamedArgs{"after": after, "number": s.number(), "limit": rekeyBatch})
	if err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		plain, err := open(s.keys.person, r.Number, bindBlock(r.NumberHash))
		if err != nil {
			return 0, 0, fmt.Errorf("open the number of block %d: %w", r.ID, err)
		}
		hash := s.callHash(string(plain))
		t.queue(`update call_blocks set number = @number, number_hash = @hash where id = @id`,
			pgx.StrictNamedArgs{"id": r.ID, "number": seal(s.keys.person, plain, bindBlock(hash)), "hash": hash})
		last = int64(r.ID)
	}
	return len(rows), last, t.commit(ctx)
}
