package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A NumberBlock is numbers set aside for a desk that may lose its connection.
type NumberBlock struct {
	ID      int64
	Visit   hotline.VisitID
	Service string
	Letter  string
	Desk    string
	Window  hotline.Window
	Queue   []int                   // queue numbers, in order …
	Numbers []hotline.BookingNumber // … each with the number of its booking
	Used    []int                   // queue numbers of which is known that they were given out
}

type numberBlockRow struct {
	ID           int64
	VisitID      hotline.VisitID
	SlotID       hotline.SlotID
	Service      string
	Letter       string
	Desk         string
	PersonID     hotline.PersonID
	Begins, Ends int
	Queues       []int
	Seqs         []int64
	Used         []int
	Returned     *time.Time
}

func (r numberBlockRow) value() NumberBlock {
	k := NumberBlock{ID: r.ID, Visit: r.VisitID, Service: r.Service, Letter: r.Letter, Desk: r.Desk, Window: hotline.Window{From: r.Begins, Until: r.Ends}, Queue: r.Queues, Used: r.Used}
	for _, n := range r.Seqs {
		k.Numbers = append(k.Numbers, hotline.BookingNumber(n))
	}
	return k
}

func (t *Tx) numberBlocks(ctx context.Context, tail string, args pgx.StrictNamedArgs) ([]numberBlockRow, error) {
	return read[numberBlockRow](ctx, t, "read a block of numbers", `
		select k.id, c.visit_id, k.slot_id, c.service, c.letter, k.desk, k.person_id, s.begins, s.ends, k.queues, k.seqs, k.used, k.returned
		from booking_blocks k join slots s on s.id = k.slot_id join counters c on c.id = s.counter_id `+tail, args)
}

// TakeNumbers sets up to n numbers of a service aside for a desk, first of the places kept for who comes without a booking, in the window that runs or the next: what the desk gives out
// while it has no connection can be nobody else's. desk is what people call it. Asked with the same key again it gives the same block. hotline.ErrFull where nothing is left.
func (t *Tx) TakeNumbers(ctx context.Context, v hotline.Viewer, visit hotline.VisitID, service, desk string, n int, a VenueAct) (NumberBlock, error) {
	place, err := t.Visit(ctx, visit)
	if err != nil {
		return NumberBlock{}, err
	}
	c, ok := place.Counter(service)
	if !ok || !t.regency.SeesBooking(v, hotline.Booking{Counter: c.ID}, place, t.regency.Today(t.now)).Serve {
		return NumberBlock{}, hotline.ErrNotFound
	}
	if a.Key == "" || len(a.Key) > maxVenueKey || n < 1 || n > 200 {
		return NumberBlock{}, fmt.Errorf("a block of %d numbers: %w", n, hotline.ErrRefused)
	}
	if err := t.lockCounters(ctx, c.ID); err != nil {
		return NumberBlock{}, err
	}
	have, err := t.numberBlocks(ctx, `where k.key = @key`, pgx.StrictNamedArgs{"key": a.Key})
	if err != nil {
		return NumberBlock{}, err
	}
	if len(have) > 0 {
		if !v.Is(have[0].PersonID) {
			return NumberBlock{}, hotline.ErrNotFound
		}
		return have[0].value(), nil
	}
	minute := t.regency.Minute(place.Date, t.now)
	type row struct {
		ID   hotline.SlotID
		Took int
	}
	for _, s := range c.Slots {
		if s.Window.Until <= minute {
			continue
		}
		took, err := read[row](ctx, t, "set numbers aside", `
			update slots set blocked = blocked + least(@n, quota - taken - blocked), reserve = greatest(0, reserve - least(@n, quota - taken - blocked))
			where id = @id and taken + blocked < quota`+stands+`
			returning id, (select least(@n, o.quota - o.taken - o.blocked) from slots o where o.id = slots.id) as took`,
			pgx.StrictNamedArgs{"id": s.ID, "n": n, "date": place.Date})
		if err != nil {
			return NumberBlock{}, err
		}
		if len(took) == 0 {
			continue
		}
		r, err := one[numberBlockRow](ctx, t, "keep a block of numbers", `
			with number as (update counters set last = last + @n where id = @counter returning last),
			put as (
				insert into booking_blocks (key, slot_id, desk, person_id, queues, seqs, at)
				select @key, @slot, @desk, @person, array(select generate_series(last - @n + 1, last)), array(select nextval('booking_numbers') from generate_series(1, @n)), @now
				from number returning *)
			select k.id, c.visit_id, k.slot_id, c.service, c.letter, k.desk, k.person_id, s.begins, s.ends, k.queues, k.seqs, k.used, k.returned
			from put k join slots s on s.id = k.slot_id join counters c on c.id = s.counter_id`,
			pgx.StrictNamedArgs{"n": took[0].Took, "counter": c.ID, "key": a.Key, "slot": s.ID, "desk": desk, "person": v.Person, "now": t.now})
		t.Signal(topicVisit, int64(visit))
		return r.value(), err
	}
	return NumberBlock{}, hotline.ErrFull
}

// usedBlock is a block's number that is being given out.
type usedBlock struct {
	numberBlockRow
	t   *Tx
	seq int64
}

// useBlock gives a number of a block, which is locked with its counter.
func (t *Tx) useBlock(ctx context.Context, c hotline.CounterID, id int64, queue int) (usedBlock, error) {
	found, err := t.numberBlocks(ctx, `where k.id = @id and s.counter_id = @counter`, pgx.StrictNamedArgs{"id": id, "counter": c})
	if err != nil {
		return usedBlock{}, err
	}
	if len(found) == 0 {
		return usedBlock{}, hotline.ErrNotFound
	}
	i := slices.Index(found[0].Queues, queue)
	if i < 0 || slices.Contains(found[0].Used, queue) {
		return usedBlock{}, fmt.Errorf("a number that is not of the block, or was given out: %w", hotline.ErrRefused)
	}
	return usedBlock{found[0], t, found[0].Seqs[i]}, nil
}

// take turns a place that was set aside into one that is taken; of a block that was given back meanwhile it takes one as for anybody who is there.
func (k usedBlock) take(ctx context.Context, slot hotline.SlotID, date string) error {
	i := slices.Index(k.Seqs, k.seq)
	k.t.queue(`update booking_blocks set used = used || @queue::int where id = @id`, pgx.StrictNamedArgs{"id": k.ID, "queue": k.Queues[i]})
	if k.Returned != nil {
		return k.t.takeReserved(ctx, slot, date)
	}
	k.t.queue(`update slots set blocked = blocked - 1, taken = taken + 1 where id = @id`, pgx.StrictNamedArgs{"id": slot})
	return nil
}

// ReturnNumbers gives back what is left of a block: the desk has a connection again and has sent all. The places go to who waits, or to everybody.
func (t *Tx) ReturnNumbers(ctx context.Context, v hotline.Viewer, id int64) ([]hotline.BookingNews, error) {
	found, err := t.numberBlocks(ctx, `where k.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, hotline.ErrNotFound
	}
	place, err := t.Visit(ctx, found[0].VisitID)
	if err != nil {
		return nil, err
	}
	c, _ := place.Counter(found[0].Service)
	if !v.Is(found[0].PersonID) && !t.regency.Runs(v, place) && !t.regency.SeesBooking(v, hotline.Booking{Counter: c.ID}, place, t.regency.Today(t.now)).Serve {
		return nil, hotline.ErrNotFound
	}
	if err := t.lockCounters(ctx, c.ID); err != nil {
		return nil, err
	}
	left, err := scalars[int](ctx, t, "give a block back", `
		update booking_blocks set returned = @now where id = @id and returned is null returning cardinality(queues) - cardinality(used)`,
		pgx.StrictNamedArgs{"id": id, "now": t.now})
	if err != nil || len(left) == 0 {
		return nil, err
	}
	t.queue(`update slots set blocked = blocked - @left where id = @slot`, pgx.StrictNamedArgs{"left": left[0], "slot": found[0].SlotID})
	t.Signal(topicVisit, int64(place.ID))
	return t.offerFree(ctx, c.ID)
}
