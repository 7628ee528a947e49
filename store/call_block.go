package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

func bindBlock(hash []byte) string { return "call block " + string(hash) }

// topicBlock is the topic of the signals that tell pages of blocks.
const topicBlock = "block"

type blockRow struct {
	ID         hotline.CallBlockID
	Number     []byte
	NumberHash []byte
	Pranks     int
	Proposed   time.Time
	Confirmed  *time.Time
	Until      *time.Time
	By         *hotline.PersonID
	Undone     *time.Time
	UndoneBy   *hotline.PersonID
}

const blockColumns = `b.id, b.number, b.number_hash, b.pranks, b.proposed, b.confirmed, b.until, b.by, b.undone, b.undone_by`

func (t *Tx) blocks(ctx context.Context, what, tail string, args pgx.StrictNamedArgs) ([]hotline.CallBlock, error) {
	rows, err := read[blockRow](ctx, t, what, `select `+blockColumns+` from call_blocks b `+tail, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.CallBlock, len(rows))
	for i, r := range rows {
		number, err := open(t.store.keys.person, r.Number, bindBlock(r.NumberHash))
		if err != nil {
			return nil, fmt.Errorf("open a blocked number: %w", err)
		}
		out[i] = hotline.CallBlock{ID: r.ID, Number: string(number), Pranks: r.Pranks, Proposed: r.Proposed, From: or0(r.Confirmed), Until: or0(r.Until),
			By: or0(r.By), Undone: or0(r.Undone), UndoneBy: or0(r.UndoneBy)}
	}
	return out, nil
}

// blockOf gives the latest block of a number, whatever became of it; nil: there was none.
func (t *Tx) blockOf(ctx context.Context, hash []byte) (*hotline.CallBlock, error) {
	bs, err := t.blocks(ctx, "look for a block", `where b.number_hash = @hash order by b.id desc limit 1`, pgx.StrictNamedArgs{"hash": hash})
	if err != nil || len(bs) == 0 {
		return nil, err
	}
	return &bs[0], nil
}

// isBlocked tells whether a number is blocked now.
func (t *Tx) isBlocked(ctx context.Context, number string) (bool, error) {
	hash := t.store.callHash(number)
	if hash == nil {
		return false, nil
	}
	b, err := t.blockOf(ctx, hash)
	return err == nil && b != nil && b.Holds(t.now), err
}

// pranks counts the pranks of a number since then, of records closed after something was decided about it (zero: nothing was).
func (t *Tx) pranks(ctx context.Context, hash []byte, since, decided time.Time) (int, error) {
	n, err := scalars[int](ctx, t, "count pranks", `
		select count(*)::int from call_contents x join calls c on c.id = x.call_id
		where x.number_hash = @hash and c.class = 'prank' and c.closed > @decided and c.at >= @since`,
		pgx.StrictNamedArgs{"hash": hash, "since": since, "decided": decided})
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// blockLock begins the advisory lock under which the pranks of a number are counted: two operators who close one each propose one block, not two.
const blockLock = 0x7461_0011

// countPrank proposes the block of a number after a prank, if there were enough. Pranks before the last decision about it count no more.
func (t *Tx) countPrank(ctx context.Context, number string) error {
	hash := t.store.callHash(number)
	if hash == nil {
		return nil // nobody to block
	}
	t.queue(`select pg_advisory_xact_lock(@lock, hashtext(encode(@hash, 'hex')))`, pgx.StrictNamedArgs{"lock": int32(blockLock), "hash": hash})
	last, err := t.blockOf(ctx, hash)
	if err != nil {
		return err
	}
	line, waiting, decided := t.regency.Line, false, time.Time{}
	if last != nil {
		waiting = last.Waits() || last.Holds(t.now)
		for _, over := range []time.Time{last.Until, last.Undone} {
			if over.After(decided) && !over.After(t.now) {
				decided = over
			}
		}
	}
	n, err := t.pranks(ctx, hash, line.Since(t.now), decided)
	if err != nil || !line.Proposes(n, waiting) {
		return err
	}
	id, err := scalars[hotline.CallBlockID](ctx, t, "propose a block", `
		insert into call_blocks (number, number_hash, pranks, proposed) values (@number, @hash, @pranks, @now) returning id`,
		pgx.StrictNamedArgs{"number": seal(t.store.keys.person, []byte(number), bindBlock(hash)), "hash": hash, "pranks": n, "now": t.now})
	if err != nil {
		return err
	}
	t.Signal(topicBlock, int64(id[0]))
	return nil
}

// CallBlocks lists the blocks that wait for a decision or are in force, the proposals first; ended ones too where all is true, at most limit.
func (t *Tx) CallBlocks(ctx context.Context, v hotline.Viewer, all bool, limit int) ([]hotline.CallBlock, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return nil, err
	}
	return t.blocks(ctx, "list blocks", `where @all or b.undone is null and (b.until is null or b.until > @now)
		order by (b.confirmed is null and b.undone is null) desc, b.id desc limit @limit`,
		pgx.StrictNamedArgs{"all": all, "now": t.now, "limit": limit})
}

// ConfirmBlock puts a proposed block into force, as a supervisor decides. It is an audit row.
func (t *Tx) ConfirmBlock(ctx context.Context, v hotline.Viewer, id hotline.CallBlockID) (hotline.CallBlock, error) {
	return t.decideBlock(ctx, v, id, hotline.ActBlocked, func(b hotline.CallBlock) (hotline.CallBlock, error) {
		return b.Confirm(t.regency.Line, v.Person, t.now)
	})
}

// UndoBlock takes a block back, or declines a proposal. It is an audit row.
func (t *Tx) UndoBlock(ctx context.Context, v hotline.Viewer, id hotline.CallBlockID) (hotline.CallBlock, error) {
	return t.decideBlock(ctx, v, id, hotline.ActUnblocked, func(b hotline.CallBlock) (hotline.CallBlock, error) { return b.Undo(v.Person, t.now) })
}

func (t *Tx) decideBlock(ctx context.Context, v hotline.Viewer, id hotline.CallBlockID, act hotline.Act,
	decide func(hotline.CallBlock) (hotline.CallBlock, error)) (hotline.CallBlock, error) {
	if err := t.mayCall(v, mayDecide); err != nil {
		return hotline.CallBlock{}, err
	}
	bs, err := t.blocks(ctx, "read a block", `where b.id = @id for update`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return hotline.CallBlock{}, err
	}
	if len(bs) == 0 {
		return hotline.CallBlock{}, fmt.Errorf("read a block: %w", hotline.ErrNotFound)
	}
	b, err := decide(bs[0])
	if err != nil {
		return bs[0], fmt.Errorf("decide a block: %w", err)
	}
	t.queue(`update call_blocks set confirmed = @from, until = @until, by = @by, undone = @undone, undone_by = @undoneBy where id = @id`,
		pgx.StrictNamedArgs{"id": id, "from": nz(b.From), "until": nz(b.Until), "by": nz(b.By), "undone": nz(b.Undone), "undoneBy": nz(b.UndoneBy)})
	t.Audit(hotline.Audit{By: v.Person, Act: act, Detail: fmt.Sprintf("block %d of a caller's number", id)})
	t.Signal(topicBlock, int64(id))
	return b, nil
}
