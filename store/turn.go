package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// A Turn is one message being handled, as a unit of work together with the taking of the message off the inbox and the conversation's new
// state. Several turns of different people may share one transaction; none of them sees that.
type Turn struct {
	*Tx
	Inbox        hotline.InboxID
	Body         []byte // what came, whole
	Delivery     string
	Attempt      int       // from 1
	Held         bool      // the person had blocked us
	Touched      time.Time // when the message before was handled (service time); zero: this is the first
	Conversation hotline.Conversation

	state  []byte
	hold   *bool
	passed bool
	many   bool // more wait than are heard at once
}

// Keep says what the conversation will remember.
func (t *Turn) Keep(state []byte) { t.state = state }

// Pass says that this message counts as nothing written: what was shown before it is still the last that was shown.
func (t *Turn) Pass() { t.passed = true }

// Hold says that the person blocked us: what is due for them waits.
func (t *Turn) Hold() { yes := true; t.hold = &yes }

// Release says that the person can be reached again.
func (t *Turn) Release() { no := false; t.hold = &no }

// A Handler handles one turn. An error undoes it and everything it did; it is tried again, and set aside at the third failure.
type Handler func(ctx context.Context, t *Turn) error

// ErrMalformed says that what came can never be handled: it is set aside at once.
var ErrMalformed = errors.New("what came cannot be read")

// Somebody of whom more than many messages wait is heard at a measured pace, so that one flood does not take the machine from everybody else.
const (
	many = 20
	pace = 100 * time.Millisecond
)

// maxAttempts is how often a message is tried before it is set aside.
const maxAttempts = 3

// Turns handles the oldest message of up to limit addresses and commits it all at once. It gives how many were taken; zero: nobody waits. When
// one of them fails, all are undone and each is done again alone, so that only the one that fails is left behind, to be tried again
// later; the third time it is set aside, and aside, if not nil, may say something to the person in its stead.
func (s *Store) Turns(ctx context.Context, now func() time.Time, limit int, handle Handler, aside Handler) (int, error) {
	n, err := s.turns(ctx, now(), limit, 0, handle)
	if err == nil || ctx.Err() != nil {
		return n, err
	}
	var failed *turnError
	if !errors.As(err, &failed) && !passing(err) && n == 0 {
		return 0, err // nothing was taken: the database itself
	}
	// Each alone. Those that others took meanwhile are skipped.
	done := 0
	for _, at := range failedAddresses(err) {
		var err error
		for try := 0; try < 4; try++ { // who stands in another's way alone, is soon out of it
			if _, err = s.turns(parentFirst(ctx, err), now(), 1, at, handle); err == nil || !contended(err) || ctx.Err() != nil {
				break
			}
		}
		if err == nil {
			done++
			continue
		}
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		if err := s.stumble(ctx, now(), at, err, aside); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// turnError is a failed batch, with the addresses that were in it.
type turnError struct {
	addresses []hotline.AddressID
	err       error
}

func (e *turnError) Error() string { return e.err.Error() }
func (e *turnError) Unwrap() error { return e.err }

func failedAddresses(err error) []hotline.AddressID {
	var failed *turnError
	if errors.As(err, &failed) {
		return failed.addresses
	}
	return nil
}

type turnRow struct {
	AddressID hotline.AddressID
	State     []byte
	Touched   *time.Time
	Channel   hotline.Channel
	Account   string
	Peer      string
	PersonID  *hotline.PersonID
	Home      *hotline.PersonID
	Also      []hotline.PersonID
	Held      bool
	Language  *hotline.Lang
	Name      []byte
	Phone     []byte
	Roles     []byte
	Block     []byte
	InboxID   *hotline.InboxID
	Body      []byte
	Delivery  *string
	Attempts  *int
	Many      bool
}

// Taking is two steps. The first locks conversations that have something waiting, those that waited longest first, and passes over what another
// instance holds. Only the second, which begins once the locks are had, reads what a turn needs: what it sees can no longer change. In one
// step it would see the moment before the locks, and a message that another instance has just handled.
//
// Turns that share a commit may want what turns of another commit hold, each in their own order. So none of them waits long for a lock, and where
// that was too short, each is run again alone, where it waits for as long as it takes. The limit comes with the locks: it costs no round trip.
const (
	lockAny = `
	select address_id from (select set_config('lock_timeout', '250ms', true)) s, lateral (
		select address_id from conversations where ready_at <= clock_timestamp() order by ready_at limit @limit for update skip locked) c`
	lockOne = `select address_id from conversations where ready_at is not null and address_id = @only for update skip locked`

	turnsOf = `
	select c.address_id, c.state, c.touched, a.channel, a.account, a.peer, a.person_id, coalesce(a.home, a.person_id) as home, j.also,
		a.held_since is not null as held, p.language,
		d.name, d.phone, r.roles, b.block, i.id as inbox_id, i.body, i.delivery, i.attempts,
		exists (select 1 from inbox m where m.address_id = c.address_id and m.set_aside_at is null offset @many limit 1) as many
	from conversations c
	join addresses a on a.id = c.address_id
	left join persons p on p.id = a.person_id
	left join person_details d on d.person_id = coalesce(a.home, a.person_id)
	left join lateral (select array_agg(j.id order by j.id) as also from persons j where j.joined = a.person_id) j on true
	left join lateral (
		select json_agg(json_build_object('id', r.id, 'name', r.name, 'unit', r.unit, 'from', r.starts, 'until', r.ends, 'duty', r.on_duty) order by r.id) as roles
		from roles r where r.person_id = any (array_append(j.also, a.person_id)) and r.starts <= @now and (r.ends is null or r.ends > @now)) r on true
	left join lateral (` + blockOfTurn + `) b on true
	left join lateral (
		select id, body, delivery, attempts from inbox where address_id = c.address_id and set_aside_at is null order by id limit 1) i on true
	where c.address_id = any (@addresses) order by c.ready_at`
)

// lockTurns locks up to limit addresses with something waiting, or one, and gives their ids.
func (t *Tx) lockTurns(ctx context.Context, limit int, only hotline.AddressID) ([]hotline.AddressID, error) {
	sql, args := lockAny, pgx.StrictNamedArgs{"limit": limit}
	if only != 0 {
		sql, args = lockOne, pgx.StrictNamedArgs{"only": only}
	}
	return scalars[hotline.AddressID](ctx, t, "take turns", sql, args)
}

// readTurns reads the turns of addresses that were locked.
func (t *Tx) readTurns(ctx context.Context, addresses []hotline.AddressID) ([]turnRow, error) {
	return read[turnRow](ctx, t, "read turns", turnsOf, pgx.StrictNamedArgs{"addresses": addresses, "now": t.now, "many": many})
}

func (s *Store) turns(ctx context.Context, now time.Time, limit int, only hotline.AddressID, handle Handler) (n int, err error) {
	if err := s.ids.ready(ctx); err != nil {
		return 0, err
	}
	t, err := s.work(ctx, now)
	if err != nil {
		return 0, err
	}
	defer t.undo(ctx)
	addresses, err := t.lockTurns(ctx, limit, only)
	if err != nil || len(addresses) == 0 {
		return 0, err
	}
	rows, err := t.readTurns(ctx, addresses)
	if err == nil {
		err = t.lockParent(ctx)
	}
	if err != nil {
		return 0, err
	}
	failed := &turnError{}
	for _, r := range rows {
		failed.addresses = append(failed.addresses, r.AddressID)
	}
	t.shared = len(rows) > 1
	done := make([]*Turn, 0, len(rows))
	for _, r := range rows {
		turn, err := s.turn(t, r)
		if err != nil {
			failed.err = err
			return 0, failed
		}
		if turn.Inbox == 0 { // nothing waits after all: finishTurns says so
			done = append(done, turn)
			continue
		}
		t.turn++
		t.viewer = &turn.Conversation.Viewer
		if err := guard(ctx, handle, turn); err != nil {
			failed.err = err
			return 0, failed
		}
		done = append(done, turn)
	}
	t.finishTurns(done)
	if err := t.commit(ctx); err != nil {
		failed.err = err
		return 0, failed
	}
	return len(rows), nil
}

// guard turns a panic into an error, so that one broken conversation does not end the program.
func guard(ctx context.Context, handle Handler, t *Turn) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a turn: %v", p)
		}
	}()
	return handle(ctx, t)
}

func (s *Store) turn(t *Tx, r turnRow) (*Turn, error) {
	home := or0(r.Home)
	name, err := open(s.keys.person, r.Name, bindPerson(home))
	if err != nil {
		return nil, fmt.Errorf("open a name: %w", err)
	}
	phone, err := open(s.keys.person, r.Phone, bindPerson(home))
	if err != nil {
		return nil, fmt.Errorf("open a telephone number: %w", err)
	}
	turn := &Turn{
		Tx: t, Inbox: or0(r.InboxID), Body: r.Body, Delivery: or0(r.Delivery), Attempt: or0(r.Attempts) + 1, Held: r.Held, Touched: or0(r.Touched), many: r.Many, state: r.State,
		Conversation: hotline.Conversation{
			Address: hotline.Address{ID: r.AddressID, Channel: r.Channel, Account: r.Account, Peer: r.Peer, Person: or0(r.PersonID), Home: home},
			Person:  hotline.Person{ID: home, Language: or0(r.Language), Name: string(name), Phone: string(phone)},
			Viewer:  hotline.Viewer{Person: home, Also: others(home, append(r.Also, or0(r.PersonID)))},
			New:     r.Touched == nil,
			State:   r.State,
		},
	}
	if turn.Conversation.Block, err = readBlock(r.Block); err != nil {
		return nil, err
	}
	if len(r.Roles) > 0 {
		var roles []struct {
			ID          hotline.RoleID
			Name        hotline.RoleName
			Unit        string
			From, Until time.Time
			Duty        bool
		}
		if err := json.Unmarshal(r.Roles, &roles); err != nil {
			return nil, fmt.Errorf("read roles: %w", err)
		}
		for _, x := range roles {
			if !t.counts(x.Unit) {
				continue
			}
			turn.Conversation.Viewer.Roles = append(turn.Conversation.Viewer.Roles, hotline.Role{ID: x.ID, Person: or0(r.PersonID), Name: x.Name,
				Unit: x.Unit, From: x.From, Until: x.Until, OnDuty: x.Duty})
		}
	}
	return turn, nil
}

// finishTurns gathers what every turn ends with: the message off the inbox, the conversation's state, and whether something more waits. The
// conversation is locked, so what is seen waiting here is all there is.
func (t *Tx) finishTurns(turns []*Turn) {
	n := len(turns)
	inbox, address, state, paced, passed := make([]int64, 0, n), make([]int64, n), make([]*string, n), make([]bool, n), make([]bool, n)
	for i, x := range turns {
		if x.Inbox != 0 {
			inbox = append(inbox, int64(x.Inbox))
		}
		address[i], paced[i], passed[i] = int64(x.Conversation.Address.ID), x.many, x.passed
		t.rings.paced = t.rings.paced || x.many
		if len(x.state) > 0 && !t.erased[x.Conversation.Person.ID] {
			s := string(x.state)
			state[i] = &s
		}
		if x.hold != nil && *x.hold {
			t.queue(`update addresses set held_since = clock_timestamp() where id = @id and held_since is null`,
				pgx.StrictNamedArgs{"id": address[i]})
			t.queue(`update outbox set state = 'held' where address_id = @id and state = 'due'`, pgx.StrictNamedArgs{"id": address[i]})
		} else if x.Held && (x.hold == nil || !*x.hold) || x.hold != nil && !*x.hold {
			t.queue(`update addresses set held_since = null where id = @id`, pgx.StrictNamedArgs{"id": address[i]})
			t.queue(`update outbox set state = 'due', again = null, reason = null where address_id = @id and state = 'held'`, pgx.StrictNamedArgs{"id": address[i]})
			t.rings.outbox = true
		}
	}
	t.queue(`delete from inbox where id = any (@ids)`, pgx.StrictNamedArgs{"ids": inbox})
	t.queue(`
		update conversations c set state = x.state::json, begun = coalesce(c.begun, @now),
			touched = case when x.passed then c.touched else @now end,
			ready_at = (select case when x.paced then clock_timestamp() + @pace::interval else least(i.received, clock_timestamp()) end
				from inbox i where i.address_id = c.address_id and i.set_aside_at is null order by i.id limit 1)
		from unnest(@address::bigint[], @state::text[], @paced::boolean[], @passed::boolean[]) x (address_id, state, paced, passed) where c.address_id = x.address_id
		returning c.ready_at is not null and not x.paced as more`,
		pgx.StrictNamedArgs{"address": address, "state": state, "paced": paced, "passed": passed, "pace": pace, "now": t.now}).Query(func(rows pgx.Rows) error {
		var more bool
		_, err := pgx.ForEachRow(rows, []any{&more}, func() error { t.rings.inbox = t.rings.inbox || more; return nil })
		return err
	})
}

// stumble notes that a message failed alone: it is tried again in a while, or set aside at the last attempt.
func (s *Store) stumble(ctx context.Context, now time.Time, at hotline.AddressID, cause error, aside Handler) error {
	return s.Do(ctx, now, func(t *Tx) error {
		held, err := t.lockTurns(ctx, 1, at)
		if err != nil || len(held) == 0 {
			return err
		}
		rows, err := t.readTurns(ctx, held)
		if err != nil || len(rows) == 0 || rows[0].InboxID == nil {
			return err
		}
		turn, err := s.turn(t, rows[0])
		if err != nil {
			return err
		}
		if contended(cause) || turn.Attempt < maxAttempts && !errors.Is(cause, ErrMalformed) {
			t.queue(`update inbox set attempts = attempts + 1, error = @error where id = @id and not @contended`, // a crowd is nobody's mistake
				pgx.StrictNamedArgs{"id": turn.Inbox, "error": brief(cause), "contended": contended(cause)})
			t.queue(`update conversations set ready_at = clock_timestamp() + @wait::interval where address_id = @at`,
				pgx.StrictNamedArgs{"at": at, "wait": time.Duration(turn.Attempt*turn.Attempt) * time.Second})
			return nil
		}
		if aside != nil {
			if err := guard(ctx, aside, turn); err != nil {
				return err
			}
		}
		t.queue(`update inbox set attempts = attempts + 1, error = @error, set_aside_at = clock_timestamp() where id = @id`,
			pgx.StrictNamedArgs{"id": turn.Inbox, "error": brief(cause)})
		turn.Inbox = 0
		t.finishTurns([]*Turn{turn})
		return nil
	})
}

// brief bounds an error for a row.
func brief(err error) string {
	const most = 500
	msg := err.Error()
	if len(msg) > most {
		msg = msg[:most]
	}
	return msg
}

// WaitingSince tells since when the oldest conversation waits, and how many do; for /metrics.
func (s *Store) WaitingSince(ctx context.Context) (n int, oldest time.Time, err error) {
	var at *time.Time
	if err := s.pool.QueryRow(ctx, `select count(*), min(ready_at) from conversations where ready_at is not null`).Scan(&n, &at); err != nil {
		return 0, time.Time{}, fmt.Errorf("ask who waits: %w", err)
	}
	return n, or0(at), nil
}
