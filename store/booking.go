package store

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A place is given in three steps, in one unit of work. The counter is locked (lockCounters); a place is taken of one of its slots, by one conditional update on
// a row whose constraint refuses more than the quota; and what happened is written as an event of the booking (bookingEvent). Whatever changes a booking, a slot
// or the waiting list of a counter holds the counter's lock. So nothing of a counter can be seen half done, the waiting list has one order, and a freed place goes to
// its first before anybody else can have it.

func bindBooking(id hotline.BookingID) string { return fmt.Sprintf("booking %d", id) }

// lockCounters locks counters until this unit of work ends. Everybody locks them by their ids, the lower first. Who holds one and wants a lower one, as turns that share a
// commit may, does not wait for it: where it is held, the unit of work is undone and run again, alone. So nobody ever waits in a circle.
func (t *Tx) lockCounters(ctx context.Context, ids ...hotline.CounterID) error {
	ids = slices.DeleteFunc(uniqueCounters(ids), func(id hotline.CounterID) bool { return t.counters[id] })
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	wait := ""
	for id := range t.counters {
		if ids[0] < id {
			wait = " nowait"
		}
	}
	got, err := scalars[hotline.CounterID](ctx, t, "lock a counter", `select id from counters where id = any (@ids) order by id for update`+wait, pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return err
	}
	if len(got) != len(ids) {
		return fmt.Errorf("lock a counter: %w", hotline.ErrNotFound)
	}
	if t.counters == nil {
		t.counters = map[hotline.CounterID]bool{}
	}
	for _, id := range ids {
		t.counters[id] = true
	}
	return nil
}

func uniqueCounters(ids []hotline.CounterID) (out []hotline.CounterID) {
	seen := map[hotline.CounterID]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// stands is the condition on slots that places of theirs can be given on a date: the counter and its visit may have changed while its lock was waited for.
const stands = ` and exists (select 1 from counters c join visits v on v.id = c.visit_id
	where c.id = slots.counter_id and not c.closed and v.date = @date and v.state in ('open', 'running'))`

// take takes a place of a slot that anybody can have, of a visit on a date. hotline.ErrFull where none is left, hotline.ErrNotBookable where the visit is not, or not on that day.
func (t *Tx) take(ctx context.Context, slot hotline.SlotID, date string) error {
	return t.takeBy(ctx, slot, date, `update slots set taken = taken + 1 where id = @id and taken + reserve + blocked < quota`)
}

// takeReserved takes a place for somebody who is there: of those kept for them, or else of those that anybody can have.
func (t *Tx) takeReserved(ctx context.Context, slot hotline.SlotID, date string) error {
	return t.takeBy(ctx, slot, date, `update slots set taken = taken + 1, reserve = greatest(0, reserve - 1) where id = @id and taken + blocked < quota`)
}

func (t *Tx) takeBy(ctx context.Context, slot hotline.SlotID, date, sql string) error {
	args := pgx.StrictNamedArgs{"id": slot, "date": date}
	got, err := scalars[hotline.SlotID](ctx, t, "take a place", sql+stands+` returning id`, args)
	if err != nil || len(got) > 0 {
		return err
	}
	open, err := scalars[hotline.SlotID](ctx, t, "take a place", `select id from slots where id = @id`+stands, args)
	switch {
	case err != nil:
		return err
	case len(open) == 0:
		return hotline.ErrNotBookable
	}
	return hotline.ErrFull
}

// give gives a place of a slot back: to the first of the waiting list, where its window is still to begin, or else to everybody. The counter is locked. It tells of
// whoever was offered it.
func (t *Tx) give(ctx context.Context, counter hotline.CounterID, slot hotline.SlotID) ([]hotline.BookingNews, error) {
	news, err := t.offer(ctx, counter, slot)
	if err == nil && len(news) == 0 {
		t.queue(`update slots set taken = taken - 1 where id = @id`, pgx.StrictNamedArgs{"id": slot})
	}
	return news, err
}

// bookingRow is a booking as it is read, with its visit and who it is for.
type bookingRow struct {
	ID           hotline.BookingID
	Seq          int64
	VisitID      hotline.VisitID
	CounterID    hotline.CounterID
	SlotID       *hotline.SlotID
	Service      string
	State        hotline.BookingState
	Beneficiary  hotline.Beneficiary
	Booker       *hotline.PersonID
	FromAddress  *hotline.AddressID
	First        bool
	Queue        int
	Letter       string
	Date         string
	Begins, Ends int
	Until        *time.Time
	Made         time.Time
	Changed      time.Time
	Arrived      *time.Time
	Called       *time.Time
	Calls        int
	Begun        *time.Time
	Ended        *time.Time
	ReadyOn      string
	Block        string
	Events       int
	Name         []byte
	NIK          []byte
	Note         []byte
	Erased       bool

	Programme  string
	Office     string
	Area       string
	Venue      string
	Lat, Lng   *float64
	VisitState hotline.VisitState
	VBegins    int
	VEnds      int
	Reason     string
	MovedFrom  string
	VDate      string
	Agency     string
	Agencies   []string
	Back       *hotline.SlotID
}

const bookingColumns = `b.id, b.seq, b.visit_id, b.counter_id, b.slot_id, b.service, b.state, b.beneficiary, b.booker, b.from_address, b.first, b.queue, b.letter, b.date,
	b.begins, b.ends, b.until, b.made, b.changed, b.arrived, b.called, b.calls, b.begun, b.ended, b.ready_on, b.block, b.events, d.name, d.nik, d.note,
	d.erased_at is not null as erased, v.programme, v.office, v.area, v.venue, v.lat, v.lng, v.state as visit_state, v.begins as v_begins, v.ends as v_ends, v.reason, v.moved_from,
	v.date as v_date, c.agency, array(select a.agency from visit_agencies a where a.visit_id = v.id order by a.n) as agencies,
	case when b.state = 'no_show' then (select s.id from slots s where s.counter_id = b.counter_id and s.begins = b.begins and s.taken + s.blocked < s.quota
		and not exists (select 1 from bookings o where o.counter_id = b.counter_id and o.who = b.who and o.id <> b.id
			and o.state not in ('cancelled', 'expired', 'passed', 'no_show'))) end as back`

const bookingTables = ` from bookings b join booking_details d on d.booking_id = b.id join counters c on c.id = b.counter_id join visits v on v.id = b.visit_id `

func (t *Tx) bookingValue(r bookingRow) (hotline.Booking, error) {
	b := hotline.Booking{
		ID: r.ID, Number: hotline.BookingNumber(r.Seq), Visit: r.VisitID, Counter: r.CounterID, Slot: or0(r.SlotID), Service: r.Service, State: r.State, For: r.Beneficiary,
		Booker: or0(r.Booker), From: or0(r.FromAddress), First: r.First, Queue: r.Queue, Letter: r.Letter, Date: r.Date,
		Window: hotline.Window{From: r.Begins, Until: r.Ends}, Until: or0(r.Until), Made: r.Made, Changed: r.Changed, Arrived: or0(r.Arrived), Called: or0(r.Called),
		Calls: r.Calls, Begun: or0(r.Begun), Ended: or0(r.Ended), Fetch: r.ReadyOn, Block: r.Block, Events: r.Events, Who: hotline.BookedPerson{Erased: r.Erased},
		Visited: hotline.Visit{ID: r.VisitID, Programme: r.Programme, Office: r.Office, Date: r.VDate, Area: r.Area, Venue: r.Venue, State: r.VisitState,
			Hours: hotline.Window{From: r.VBegins, Until: r.VEnds}, Reason: r.Reason, From: r.MovedFrom,
			Counters: []hotline.Counter{{ID: r.CounterID, Visit: r.VisitID, Service: r.Service, Agency: r.Agency, Letter: r.Letter}}},
	}
	if r.Lat != nil && r.Lng != nil {
		b.Visited.Point = &hotline.Point{Lat: *r.Lat, Lng: *r.Lng}
	}
	for _, a := range r.Agencies {
		b.Visited.Agencies = append(b.Visited.Agencies, hotline.Taking{Agency: a})
	}
	if r.Back != nil { // the place that somebody who did not come had, while they can still have it: see cameAfterAll
		b.Visited.Counters[0].Slots = []hotline.Slot{{ID: *r.Back}}
	}
	k := t.store.keys
	for _, s := range []struct {
		to   *string
		from []byte
		with ring
	}{{&b.Who.Name, r.Name, k.person}, {&b.Who.NIK, r.NIK, k.nik}, {&b.Who.Note, r.Note, k.person}} {
		plain, err := open(s.with, s.from, bindBooking(r.ID))
		if err != nil {
			return b, fmt.Errorf("open who booking %d is for: %w", r.ID, err)
		}
		*s.to = string(plain)
	}
	if b.Who.Name != "" {
		b.Same = hex.EncodeToString(t.whoHash(fmt.Sprintf("same %d %d %s", b.Visit, b.Booker, sameName(b.Who.Name)))[:6])
	}
	return b, nil
}

// sameName is a name as names are compared.
func sameName(s string) string { return strings.Join(hotline.Words(s), " ") }

func (t *Tx) whoHash(s string) []byte { return mac(t.store.keys.who, []byte(s)) }

// whoKey is the keyed hash of who a place is for: of the NIK, or, without one, of whoever booked and the name, whoever they say that is to them.
func (t *Tx) whoKey(booker hotline.PersonID, whose hotline.Beneficiary, who hotline.BookedPerson) []byte {
	switch {
	case who.NIK != "":
		return t.whoHash("nik " + who.NIK)
	case sameName(who.Name) == "" || whose == hotline.ForWalkIn: // two who walk in may well have one name
		return nil
	}
	return t.whoHash(fmt.Sprintf("of %d %s", booker, sameName(who.Name)))
}

// twice refuses a second place at a counter, which is locked: for the same person, on whichever of their networks somebody books, and, where no NIK says who is who, for themselves
// under another name. but is the booking that wants it; zero: there is none yet.
func (t *Tx) twice(ctx context.Context, v hotline.Viewer, c hotline.CounterID, but hotline.BookingID, whose hotline.Beneficiary, who hotline.BookedPerson) error {
	me := append([]hotline.PersonID{v.Person}, v.Also...)
	var keys [][]byte
	for _, p := range me {
		if k := t.whoKey(p, whose, who); k != nil {
			keys = append(keys, k)
		}
	}
	found, err := scalars[bool](ctx, t, "look for another place", `
		select exists (select 1 from bookings where counter_id = @counter and id <> @but and state not in ('held', 'cancelled', 'expired', 'passed', 'no_show')
			and (who = any (@keys) or @self and beneficiary = 'self' and booker = any (@me)))`,
		pgx.StrictNamedArgs{"counter": c, "but": but, "keys": keys, "self": whose == hotline.ForSelf && who.NIK == "", "me": me})
	if err == nil && found[0] {
		err = hotline.ErrTwice
	}
	return err
}

// bookings reads bookings by any condition on b, d, c and v, with who they are for: whoever gives them on asks hotline.Regency.SeesBooking first.
func (t *Tx) bookings(ctx context.Context, what, tail string, args pgx.StrictNamedArgs) ([]hotline.Booking, error) {
	rows, err := read[bookingRow](ctx, t, what, `select `+bookingColumns+bookingTables+tail, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Booking, len(rows))
	for i, r := range rows {
		if out[i], err = t.bookingValue(r); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
	}
	return out, nil
}

func (t *Tx) oneBooking(ctx context.Context, tail string, args pgx.StrictNamedArgs) (hotline.Booking, error) {
	found, err := t.bookings(ctx, "read a booking", tail, args)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read a booking: %w", hotline.ErrNotFound)
	}
	if err != nil {
		return hotline.Booking{}, err
	}
	return found[0], nil
}

// errMovedOn says that a booking changed its counter between two looks at it: the unit of work is run again.
var errMovedOn = fmt.Errorf("a booking changed its place: %w", errAlone)

// lockBooking reads a booking and locks its counter, and others with it.
func (t *Tx) lockBooking(ctx context.Context, id hotline.BookingID, also ...hotline.CounterID) (hotline.Booking, error) {
	at, err := scalars[hotline.CounterID](ctx, t, "find a booking", `select counter_id from bookings where id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return hotline.Booking{}, err
	}
	if len(at) == 0 {
		return hotline.Booking{}, fmt.Errorf("find a booking: %w", hotline.ErrNotFound)
	}
	if err := t.lockCounters(ctx, append(also, at[0])...); err != nil {
		return hotline.Booking{}, err
	}
	b, err := t.oneBooking(ctx, `where b.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err == nil && b.Counter != at[0] {
		err = errMovedOn
	}
	return b, err
}

// ownBooking is lockBooking for whoever booked it. Whoever may not know of it is told that there is none.
func (t *Tx) ownBooking(ctx context.Context, v hotline.Viewer, id hotline.BookingID, also ...hotline.CounterID) (hotline.Booking, error) {
	b, err := t.lockBooking(ctx, id, also...)
	if err == nil && !v.Is(b.Booker) {
		err = fmt.Errorf("read a booking: %w", hotline.ErrNotFound)
	}
	return b, err
}

// bookingEvent has an event happen to a booking: its row and the event are written.
func (t *Tx) bookingEvent(b hotline.Booking, e hotline.BookingEvent) (hotline.Booking, error) {
	e.Booking, e.At = b.ID, cmp.Or(e.At, t.now)
	back := e.Kind == hotline.BkArrived && b.State == hotline.BookingNoShow
	if back {
		e.Slot = t.cameAfterAll(b, e.At)
	}
	next, err := b.After(e)
	if err != nil {
		return b, err
	}
	if back {
		t.queue(`update slots set taken = taken + 1, reserve = greatest(0, reserve - 1) where id = @id`, pgx.StrictNamedArgs{"id": next.Slot})
	}
	var day, hours time.Time
	if next.State == hotline.BookingBooked {
		day, hours = hotline.Reminders(next, t.now, t.regency.BookingLimits(), t.regency.Zone)
	}
	t.queue(`
		update bookings set visit_id = @visit, counter_id = @counter, slot_id = @slot, service = @service, state = @state, beneficiary = @for, first = @first, queue = @queue,
			letter = @letter, date = @date, begins = @begins, ends = @ends, until = @until, changed = @changed, arrived = @arrived, called = @called, calls = @calls,
			begun = @begun, ended = @ended, ready_on = @fetch, events = @events,
			remind_day = case when @reminds then @day::timestamptz when @state = 'booked' then remind_day end,
			remind_hours = case when @reminds then @hours::timestamptz when @state = 'booked' then remind_hours end
		where id = @id`,
		pgx.StrictNamedArgs{"id": b.ID, "visit": next.Visit, "counter": next.Counter, "slot": nz(next.Slot), "service": next.Service, "state": string(next.State),
			"for": next.For, "first": next.First, "queue": next.Queue, "letter": next.Letter, "date": next.Date, "begins": next.Window.From, "ends": next.Window.Until,
			"until": nz(next.Until), "changed": next.Changed, "arrived": nz(next.Arrived), "called": nz(next.Called), "calls": next.Calls, "begun": nz(next.Begun),
			"ended": nz(next.Ended), "fetch": next.Fetch, "events": next.Events, "day": nz(day), "hours": nz(hours),
			"reminds": e.Kind == hotline.BkConfirmed || e.Kind == hotline.BkChanged || e.Kind == hotline.BkMoved})
	if b.State == hotline.BookingWaiting && next.State != hotline.BookingWaiting {
		t.queue(`update counters set waiting = waiting - 1 where id = @id`, pgx.StrictNamedArgs{"id": b.Counter})
	}
	t.putBookingEvent(b.Booker, e)
	return next, nil
}

// cameAfterAll gives the place of somebody who is counted as not having come and of whom a venue tells, late, that they did: before their window was over, or before they were counted
// so. Zero where they came later than that, or where the place, or one for the same person, is somebody's by now.
func (t *Tx) cameAfterAll(b hotline.Booking, at time.Time) hotline.SlotID {
	if len(b.Visited.Counters) == 0 || len(b.Visited.Counters[0].Slots) == 0 || !at.Before(b.Ends(t.regency.Zone)) && !at.Before(b.Changed) {
		return 0
	}
	return b.Visited.Counters[0].Slots[0].ID
}

// putBookingEvent writes an event. That whoever booked did it is not written: once a booking is kept no longer, its row must be all that names them.
func (t *Tx) putBookingEvent(booker hotline.PersonID, e hotline.BookingEvent) {
	if e.By == booker {
		e.By = 0
	}
	t.queue(`insert into booking_events (booking_id, kind, at, by, key, facts) values (@booking, @kind, @at, @by, @key, @facts)`,
		pgx.StrictNamedArgs{"booking": e.Booking, "kind": e.Kind, "at": e.At, "by": nz(e.By), "key": nz(e.Key), "facts": e.BookingFacts})
}

// newBooking begins a booking with its first event. The counter is locked. who is its keyed hash; hotline.ErrTwice where they have a place at the counter already. seq is its
// number where that was set aside before; zero: the next.
func (t *Tx) newBooking(ctx context.Context, visit hotline.Visit, from hotline.AddressID, e hotline.BookingEvent, who []byte, seq int64) (hotline.Booking, error) {
	e.Booking, e.At = hotline.BookingID(t.store.ids.take()), cmp.Or(e.At, t.now)
	b, err := hotline.Booking{}.After(e)
	if err != nil {
		return b, err
	}
	b.From, b.Visited = from, visit
	got, err := scalars[int64](ctx, t, "make a booking", `
		insert into bookings (id, seq, visit_id, counter_id, slot_id, service, state, beneficiary, booker, from_address, first, queue, letter, date, begins, ends, until, made, changed,
			calls, ready_on, block, events, who)
		values (@id, coalesce(@seq, nextval('booking_numbers')), @visit, @counter, @slot, @service, @state, @for, @booker, @from, @first, 0, @letter, @date, @begins, @ends, @until,
			@now, @now, 0, '', @block, 1, @who)
		on conflict (counter_id, who) where who is not null and state not in ('cancelled', 'expired', 'passed', 'no_show') do nothing returning seq`,
		pgx.StrictNamedArgs{"id": b.ID, "seq": nz(seq), "visit": b.Visit, "counter": b.Counter, "slot": nz(b.Slot), "service": b.Service, "state": string(b.State), "for": b.For,
			"booker": nz(b.Booker), "from": nz(from), "first": b.First, "letter": b.Letter, "date": b.Date, "begins": b.Window.From, "ends": b.Window.Until,
			"until": nz(b.Until), "now": b.Made, "block": b.Block, "who": who})
	if err != nil {
		return b, err
	}
	if len(got) == 0 {
		return b, hotline.ErrTwice
	}
	b.Number = hotline.BookingNumber(got[0])
	t.queue(`insert into booking_details (booking_id) values (@id)`, pgx.StrictNamedArgs{"id": b.ID})
	t.putBookingEvent(b.Booker, e)
	return b, nil
}

// setWho keeps who a booking is for, sealed, and its keyed hash. hotline.ErrTwice where they have a place at the counter already.
func (t *Tx) setWho(ctx context.Context, b hotline.Booking, who hotline.BookedPerson) (hotline.Booking, error) {
	key := t.whoKey(b.Booker, b.For, who)
	got, err := scalars[hotline.BookingID](ctx, t, "keep who a booking is for", `
		update bookings set who = @who where id = @id and not exists (
			select 1 from bookings o where o.counter_id = @counter and o.who = @who and o.id <> @id and o.state not in ('cancelled', 'expired', 'passed', 'no_show'))
		returning id`, pgx.StrictNamedArgs{"id": b.ID, "who": key, "counter": b.Counter})
	if err != nil {
		return b, err
	}
	if len(got) == 0 {
		return b, hotline.ErrTwice
	}
	t.queue(`update booking_details set name = @name, nik = @nik where booking_id = @id`, pgx.StrictNamedArgs{"id": b.ID,
		"name": seal(t.store.keys.person, []byte(who.Name), bindBooking(b.ID)), "nik": seal(t.store.keys.nik, []byte(who.NIK), bindBooking(b.ID))})
	b.Who = who
	return b, nil
}

// checkWho refuses who a place cannot be for, and gives it as it is kept. A NIK is kept only where the service needs it.
func (t *Tx) checkWho(service string, whose hotline.Beneficiary, who hotline.BookedPerson) (hotline.BookedPerson, error) {
	const longest = 100
	who.Name, who.Note = strings.TrimSpace(who.Name), ""
	if who.Name == "" || len(who.Name) > longest || sameName(who.Name) == "" {
		return who, fmt.Errorf("a name: %w", hotline.ErrBookingWho)
	}
	who.Name = hotline.HideNIKs(who.Name)
	s, _ := t.regency.ServiceByID(service)
	if !s.NIK {
		who.NIK = ""
		return who, nil
	}
	n, ok := hotline.ParseNIK(who.NIK)
	switch {
	case ok:
		who.NIK = string(n)
	case who.NIK == "" && (whose == hotline.ForWalkIn || s.Newborn && whose != hotline.ForSelf): // who is there shows their card at the counter
	default:
		return who, fmt.Errorf("a NIK: %w", hotline.ErrBookingWho)
	}
	return who, nil
}

// nextQueue gives the next queue number of a counter, which is locked.
func (t *Tx) nextQueue(ctx context.Context, c hotline.CounterID) (int, error) {
	n, err := scalars[int](ctx, t, "give a queue number", `update counters set last = last + 1 where id = @id returning last`, pgx.StrictNamedArgs{"id": c})
	if err != nil || len(n) == 0 {
		return 0, cmp.Or(err, hotline.ErrNotFound)
	}
	return n[0], nil
}

// seen gives a booking as the viewer may see it. Whoever sees who somebody else is, is written down.
func (t *Tx) seen(v hotline.Viewer, b hotline.Booking) (hotline.Booking, hotline.BookingSight, error) {
	s := t.regency.SeesBooking(v, b, b.Visited, t.regency.Today(t.now))
	if !s.Facts {
		return hotline.Booking{}, s, fmt.Errorf("read a booking: %w", hotline.ErrNotFound)
	}
	if s.Who && !s.Own {
		t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActSawPerson, Person: b.Booker, Detail: "booking " + b.Number.String()})
	}
	return b.Without(s), s, nil
}

// Booking reads a booking as the viewer may see it, with how much that is. hotline.ErrNotFound where they may not know of it.
func (t *Tx) Booking(ctx context.Context, v hotline.Viewer, id hotline.BookingID) (hotline.Booking, hotline.BookingSight, error) {
	b, err := t.oneBooking(ctx, `where b.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return b, hotline.BookingSight{}, err
	}
	return t.seen(v, b)
}

// BookingByNumber reads a booking by what people call it.
func (t *Tx) BookingByNumber(ctx context.Context, v hotline.Viewer, n hotline.BookingNumber) (hotline.Booking, hotline.BookingSight, error) {
	b, err := t.oneBooking(ctx, `where b.seq = @seq`, pgx.StrictNamedArgs{"seq": int64(n)})
	if err != nil {
		return b, hotline.BookingSight{}, err
	}
	return t.seen(v, b)
}

// BookingsOf lists a person's bookings, on whichever network they were made: those that are still to be first, the soonest first, then the others, the latest first.
func (t *Tx) BookingsOf(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Booking, error) {
	all, err := t.bookings(ctx, "list a person's bookings", `
		where b.booker = any (@me) and b.state <> 'expired'
		order by (b.state in ('held', 'waiting', 'offered', 'booked', 'arrived', 'called', 'serving')) desc,
			case when b.state in ('held', 'waiting', 'offered', 'booked', 'arrived', 'called', 'serving') then b.date end, b.date desc, b.seq limit @limit`,
		pgx.StrictNamedArgs{"me": append([]hotline.PersonID{v.Person}, v.Also...), "limit": limit})
	for i, b := range all {
		all[i] = b.Without(t.regency.SeesBooking(v, b, b.Visited, t.regency.Today(t.now)))
	}
	return all, err
}

// BookingHistory reads a booking's events, oldest first.
func (t *Tx) BookingHistory(ctx context.Context, id hotline.BookingID) ([]hotline.BookingEvent, error) {
	type row struct {
		ID    int64
		Kind  hotline.BookingEventKind
		At    time.Time
		By    *hotline.PersonID
		Key   *string
		Facts hotline.BookingFacts
	}
	rows, err := read[row](ctx, t, "read a booking's events", `select id, kind, at, by, key, facts from booking_events where booking_id = @id order by id`,
		pgx.StrictNamedArgs{"id": id})
	out := make([]hotline.BookingEvent, len(rows))
	for i, r := range rows {
		out[i] = hotline.BookingEvent{ID: r.ID, Booking: id, Kind: r.Kind, At: r.At, By: or0(r.By), Key: or0(r.Key), BookingFacts: r.Facts}
	}
	return out, err
}

// BookingNIK gives the whole NIK of a booking to whoever serves, which is written down. hotline.ErrUnseen for everybody else.
func (t *Tx) BookingNIK(ctx context.Context, v hotline.Viewer, id hotline.BookingID) (hotline.NIK, error) {
	b, err := t.oneBooking(ctx, `where b.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return "", err
	}
	if !t.regency.SeesBooking(v, b, b.Visited, t.regency.Today(t.now)).NIK {
		return "", hotline.ErrUnseen
	}
	t.Audit(hotline.Audit{By: v.Person, Act: hotline.ActIdentified, Person: b.Booker, Detail: "NIK of booking " + b.Number.String()})
	return hotline.NIK(b.Who.NIK), nil
}
