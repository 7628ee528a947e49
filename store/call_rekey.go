package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// rekeyCalls seals the numbers of callers anew, and hashes them anew.
func (s *Store) rekeyCalls(ctx context.Context, after int64) (n int, last int64, err error) {
	type row struct {
		CallID hotline.CallID
		Number []byte
	}
	return reseal(ctx, s, "callers' numbers", `
		select call_id, number from call_contents where call_id > @after and substring(number from 1 for 1) <> @number order by call_id limit @limit for update`,
		after, rekeyBatch, func(t *Tx, r row) (int64, error) {
			plain, anew, err := s.again(r.Number, bindCall(r.CallID))
			if err != nil {
				return 0, fmt.Errorf("open the number of call %d: %w", r.CallID, err)
			}
			t.queue(`update call_contents set number = @number, number_hash = @hash where call_id = @id`,
				pgx.StrictNamedArgs{"id": r.CallID, "number": anew, "hash": s.callHash(string(plain))})
			return int64(r.CallID), nil
		})
}

// rekeyBlocks does the same for the numbers of blocks, which are bound to their own hashes.
func (s *Store) rekeyBlocks(ctx context.Context, after int64) (n int, last int64, err error) {
	return reseal(ctx, s, "blocked numbers", `
		select `+blockColumns+` from call_blocks b where b.id > @after and substring(b.number from 1 for 1) <> @number order by b.id limit @limit for update`,
		after, rekeyBatch, func(t *Tx, r blockRow) (int64, error) {
			plain, err := open(s.keys.person, r.Number, bindBlock(r.NumberHash))
			if err != nil {
				return 0, fmt.Errorf("open the number of block %d: %w", r.ID, err)
			}
			hash := s.callHash(string(plain))
			t.queue(`update call_blocks set number = @number, number_hash = @hash where id = @id`,
				pgx.StrictNamedArgs{"id": r.ID, "number": seal(s.keys.person, plain, bindBlock(hash)), "hash": hash})
			return int64(r.ID), nil
		})
}
