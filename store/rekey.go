package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// How a database moves from one key to another. Its settings say which key is in force ("key", a fingerprint), that key's number ("key number"), and
// which former ones may still seal something ("key 1", …). Options.Rekey puts a new key into force, in one transaction; from then on everything is
// sealed with it, and read with whichever key its number says. Rekey then seals the rest anew, a little at a time, and may be stopped and
// begun again at any point; other instances with the same keys may run beside it. When nothing is left the former keys are forgotten.

// ErrKey says that the key is not the one of this database.
var ErrKey = errors.New("TANGGAP_KEY is not the key this database was begun with: set the one kept with its backups")

// keyLock is the advisory lock of whoever looks at or changes which keys are in force; rekeyLock of whoever seals anew.
const (
	keyLock   = 0x7461_0007
	rekeyLock = 0x7461_0006
)

const formerKey = "key " // begins the name of a former key's setting

// beginKey remembers the key at the very first start, and later finds out its number and what former keys are still needed.
func (s *Store) beginKey(ctx context.Context, o Options) error {
	former := make(map[string]*keys, len(o.OldKeys))
	for _, secret := range o.OldKeys {
		k, err := newKeys(secret)
		if err != nil {
			return fmt.Errorf("TANGGAP_KEY_OLD: %w", err)
		}
		former[k.fingerprint()] = k
	}
	own := s.keys.fingerprint()
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, keyLock); err != nil {
			return fmt.Errorf("read which key is in force: %w", err)
		}
		have, err := keySettings(ctx, tx)
		if err != nil {
			return err
		}
		number := 1
		if n, ok := have["key number"]; ok {
			if number, err = strconv.Atoi(n); err != nil || number < 1 || number > math.MaxUint8 {
				return fmt.Errorf("the database's key has the number %q, which none can have", n)
			}
		}
		switch inForce, begun := have["key"]; {
		case inForce == own:
		case !begun:
			err = putSettings(ctx, tx, [2]string{"key", own})
		case former[inForce] == nil:
			return ErrKey
		case !o.Rekey:
			return errors.New("this database is sealed with the key in TANGGAP_KEY_OLD: stop every instance and run: tanggap rekey")
		case number == math.MaxUint8:
			return errors.New("the key of this database was changed 254 times, and no more numbers are left")
		default:
			if err := nobodyServes(ctx, tx); err != nil {
				return err
			}
			have[formerKey+strconv.Itoa(number)] = inForce
			number++
			err = errors.Join(endInvites(ctx, tx),
				putSettings(ctx, tx, [2]string{formerKey + strconv.Itoa(number-1), inForce}, [2]string{"key", own}, [2]string{"key number", strconv.Itoa(number)}))
		}
		if err != nil {
			return err
		}
		s.keys.count(byte(number))
		for name, fingerprint := range have {
			n, err := strconv.Atoi(strings.TrimPrefix(name, formerKey))
			if err != nil {
				continue // "key", "key number"
			}
			if former[fingerprint] == nil {
				return errors.New("a former key still seals a part of this database: set TANGGAP_KEY_OLD to it, and run to its end: tanggap rekey")
			}
			s.keys.hold(byte(n), former[fingerprint]) //nolint:gosec // G115: it was a byte when it was written
		}
		return nil
	})
}

func keySettings(ctx context.Context, tx pgx.Tx) (map[string]string, error) {
	rows, err := tx.Query(ctx, `select name, value from settings where name = 'key' or starts_with(name, @former)`, pgx.StrictNamedArgs{"former": formerKey})
	if err != nil {
		return nil, fmt.Errorf("read which key is in force: %w", err)
	}
	have := map[string]string{}
	var name, value string
	_, err = pgx.ForEachRow(rows, []any{&name, &value}, func() error { have[name] = value; return nil })
	if err != nil {
		return nil, fmt.Errorf("read which key is in force: %w", err)
	}
	return have, nil
}

func putSettings(ctx context.Context, tx pgx.Tx, pairs ...[2]string) error {
	for _, pair := range pairs {
		if _, err := tx.Exec(ctx, `insert into settings (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
			pair[0], pair[1]); err != nil {
			return fmt.Errorf("put a key into force: %w", err)
		}
	}
	return nil
}

// nobodyServes refuses a new key while an instance holds an account: it does not know that key, and would go on sealing with its own.
func nobodyServes(ctx context.Context, tx pgx.Tx) error {
	var held bool
	if err := tx.QueryRow(ctx, `select exists (select from leases where until > clock_timestamp())`).Scan(&held); err != nil {
		return fmt.Errorf("see whether an instance runs: %w", err)
	}
	if held {
		return errors.New("an instance runs on this database with the old key: stop every instance first (one that was killed is forgotten in ten seconds)")
	}
	return nil
}

// endInvites ends what was invited with the former key: nobody knows the codes, so they cannot be hashed anew. The name goes with its code.
func endInvites(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `update invites set name = null, expires = case when used_at is null then created else expires end`); err != nil {
		return fmt.Errorf("end former invitations: %w", err)
	}
	if _, err := tx.Exec(ctx, `update users set code_hash = null, code_expires = null, recovery = '{}', email_hash = null`); err != nil {
		return fmt.Errorf("end former links of users: %w", err)
	}
	return nil
}

// Rekeyed counts what Rekey has sealed anew.
type Rekeyed struct {
	People, Media int
}

// rekeyBatch is how many rows are sealed anew in one transaction.
const rekeyBatch = 200

// Rekey seals anew, with the key in force, whatever a former one sealed, and forgets the former keys. It may be stopped at any point and begun again;
// of several only one works. progress, unless nil, is told now and then.
func (s *Store) Rekey(ctx context.Context, progress func(Rekeyed)) (done Rekeyed, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return done, fmt.Errorf("seal anew: %w", err)
	}
	defer conn.Release()
	var alone bool
	if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, rekeyLock).Scan(&alone); err != nil {
		return done, fmt.Errorf("seal anew: %w", err)
	}
	if !alone {
		return done, errors.New("another program seals this database anew just now: wait for it")
	}
	defer func() {
		if _, err := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, rekeyLock); err != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx)) // the lock goes with the session
		}
	}()
	var others int // what else there is of people and media, who are counted once
	for _, step := range []struct {
		count *int
		batch func(ctx context.Context, after int64) (n int, last int64, err error)
	}{{&done.People, s.rekeyPeople}, {&others, s.rekeyUsers}, {&others, s.rekeyMediaNames}, {&done.Media, s.rekeyMedia},
		{&others, s.rekeyCalls}, {&others, s.rekeyBlocks}, {&others, s.rekeyTickets}, {&others, s.rekeyBookings}} {
		for after := int64(0); ; {
			n, last, err := step.batch(ctx, after)
			if err != nil {
				return done, err
			}
			if n == 0 {
				break
			}
			*step.count += n
			after = last
			if progress != nil {
				progress(done)
			}
		}
	}
	// What nothing refers to any more, under the former key.
	if _, err := s.pool.Exec(ctx, `delete from blobs b where exists (
			select 1 from blob_chunks c where c.hash = b.hash and c.n = 0 and substring(c.data from 1 for 1) <> @number)
		and not exists (select 1 from media m where m.original = b.hash or m.clean = b.hash)`,
		pgx.StrictNamedArgs{"number": s.number()}); err != nil {
		return done, fmt.Errorf("drop media sealed with a former key: %w", err)
	}
	return done, s.forgetKeys(ctx)
}

// number is the byte with which all begins that the key in force seals.
func (s *Store) number() []byte { return []byte{s.keys.person.number} }

// again seals a value anew; one that is nil or sealed with the key in force stays.
func (s *Store) again(sealed []byte, bind string) (plain, anew []byte, err error) {
	return s.keys.person.again(sealed, bind)
}

func (r ring) again(sealed []byte, bind string) (plain, anew []byte, err error) {
	if plain, err = open(r, sealed, bind); err != nil {
		return nil, nil, err
	}
	if len(sealed) == 0 || sealed[0] == r.number {
		return plain, sealed, nil
	}
	return plain, seal(r, plain, bind), nil
}

// reseal seals anew one batch of rows, in one transaction. sql reads them, locked: of those that a former key sealed (whose first byte is not @number)
// the first @limit after the id @after. each seals one row anew and gives its id. reseal gives how many rows there were and the last one's id.
func reseal[T any](ctx context.Context, s *Store, what, sql string, after int64, limit int, each func(*Tx, T) (id int64, err error)) (n int, last int64, err error) {
	t, err := s.work(ctx, zeroTime)
	if err != nil {
		return 0, 0, fmt.Errorf("seal %s anew: %w", what, err)
	}
	defer t.undo(ctx)
	rows, err := read[T](ctx, t, "seal "+what+" anew", sql, pgx.StrictNamedArgs{"after": after, "number": s.number(), "limit": limit})
	if err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		if last, err = each(t, r); err != nil {
			return 0, 0, err
		}
	}
	return len(rows), last, t.commit(ctx)
}

func (s *Store) rekeyPeople(ctx context.Context, after int64) (n int, last int64, err error) {
	type row struct {
		PersonID    hotline.PersonID
		Name, Phone []byte
	}
	return reseal(ctx, s, "people", `
		select person_id, name, phone from person_details
		where person_id > @after and (substring(name from 1 for 1) <> @number or substring(phone from 1 for 1) <> @number)
		order by person_id limit @limit for update`, after, rekeyBatch, func(t *Tx, r row) (int64, error) {
		bind := bindPerson(r.PersonID)
		_, name, err := s.again(r.Name, bind)
		if err != nil {
			return 0, fmt.Errorf("open the name of person %d: %w", r.PersonID, err)
		}
		plain, phone, err := s.again(r.Phone, bind)
		if err != nil {
			return 0, fmt.Errorf("open the telephone number of person %d: %w", r.PersonID, err)
		}
		var hash []byte
		if phone != nil {
			hash = mac(s.keys.lookup, plain)
		}
		t.queue(`update person_details set name = @name, phone = @phone, phone_hash = @hash where person_id = @id`,
			pgx.StrictNamedArgs{"id": r.PersonID, "name": name, "phone": phone, "hash": hash})
		return int64(r.PersonID), nil
	})
}

// rekeyUsers seals the second steps of the console's users anew. Their one-time links and recovery codes are hashed and cannot be: endInvites ended them.
func (s *Store) rekeyUsers(ctx context.Context, after int64) (n int, last int64, err error) {
	type row struct {
		PersonID      hotline.PersonID
		Totp, TotpNew []byte
	}
	return reseal(ctx, s, "users", `
		select person_id, totp, totp_new from users
		where person_id > @after and (substring(totp from 1 for 1) <> @number or substring(totp_new from 1 for 1) <> @number)
		order by person_id limit @limit for update`, after, rekeyBatch, func(t *Tx, r row) (int64, error) {
		_, current, err := s.keys.login.again(r.Totp, bindUser(r.PersonID))
		if err != nil {
			return 0, fmt.Errorf("open the second step of person %d: %w", r.PersonID, err)
		}
		_, fresh, err := s.keys.login.again(r.TotpNew, bindUser(r.PersonID))
		if err != nil {
			return 0, fmt.Errorf("open the new second step of person %d: %w", r.PersonID, err)
		}
		t.queue(`update users set totp = @totp, totp_new = @fresh where person_id = @id`,
			pgx.StrictNamedArgs{"id": r.PersonID, "totp": current, "fresh": fresh})
		return int64(r.PersonID), nil
	})
}

func (s *Store) rekeyMediaNames(ctx context.Context, after int64) (n int, last int64, err error) {
	type row struct {
		ID   hotline.MediaID
		Name []byte
	}
	return reseal(ctx, s, "the names of media", `
		select id, name from media where id > @after and substring(name from 1 for 1) <> @number order by id limit @limit for update`,
		after, rekeyBatch, func(t *Tx, r row) (int64, error) {
			_, name, err := s.again(r.Name, bindMedia(r.ID))
			if err != nil {
				return 0, fmt.Errorf("open the name of medium %d: %w", r.ID, err)
			}
			t.queue(`update media set name = @name where id = @id`, pgx.StrictNamedArgs{"id": r.ID, "name": name})
			return int64(r.ID), nil
		})
}

// rekeyMedia moves what one medium shows to where the key in force keeps it: a blob's own name is a keyed hash too.
func (s *Store) rekeyMedia(ctx context.Context, after int64) (n int, last int64, err error) {
	type row struct {
		ID              hotline.MediaID
		Mime            string
		Original, Clean []byte
	}
	return reseal(ctx, s, "media", `
		select id, mime, original, clean from media m where id > @after and exists (
			select 1 from blob_chunks c where c.hash in (m.original, m.clean) and c.n = 0 and substring(c.data from 1 for 1) <> @number)
		order by id limit @limit for update`, after, 1, func(t *Tx, r row) (int64, error) {
		original, err := t.moveBlob(ctx, r.Mime, r.Original)
		if err != nil {
			return 0, fmt.Errorf("medium %d: %w", r.ID, err)
		}
		clean := original
		if string(r.Clean) != string(r.Original) {
			if clean, err = t.moveBlob(ctx, r.Mime, r.Clean); err != nil {
				return 0, fmt.Errorf("medium %d: %w", r.ID, err)
			}
		}
		t.queue(`update media set original = @original, clean = @clean where id = @id`,
			pgx.StrictNamedArgs{"id": r.ID, "original": original, "clean": clean})
		return int64(r.ID), nil
	})
}

// moveBlob gathers a blob once more under the key in force and gives its new name.
func (t *Tx) moveBlob(ctx context.Context, mime string, hash []byte) ([]byte, error) {
	if hash == nil {
		return nil, nil
	}
	type row struct {
		N    int
		Data []byte
	}
	rows, err := read[row](ctx, t, "read a medium", `select n, data from blob_chunks where hash = @hash order by n`, pgx.StrictNamedArgs{"hash": hash})
	if err != nil {
		return nil, err
	}
	var data []byte
	for _, r := range rows {
		if r.Data[0] == t.store.keys.blob.number {
			return hash, nil
		}
		part, err := open(t.store.keys.blob, r.Data, bindChunk(hash, r.N))
		if err != nil {
			return nil, fmt.Errorf("open a medium: %w", err)
		}
		data = append(data, part...)
	}
	return t.putBlob(mime, data), nil
}

// forgetKeys ends a change of keys, once nothing is left that a former one sealed.
func (s *Store) forgetKeys(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, keyLock); err != nil {
			return fmt.Errorf("forget former keys: %w", err)
		}
		var left bool
		err := tx.QueryRow(ctx, `select exists (select from person_details where substring(name from 1 for 1) <> @number or substring(phone from 1 for 1) <> @number)
			or exists (select from users where substring(totp from 1 for 1) <> @number or substring(totp_new from 1 for 1) <> @number)
			or exists (select from invites where substring(name from 1 for 1) <> @number)
			or exists (select from media where substring(name from 1 for 1) <> @number)
			or exists (select from call_contents where substring(number from 1 for 1) <> @number)
			or exists (select from call_blocks where substring(number from 1 for 1) <> @number)
			or exists (select from ticket_contents where `+ticketsSealedBefore+`)
			or exists (select from booking_details where `+bookingsSealedBefore+`)
			or exists (select from blob_chunks where n = 0 and substring(data from 1 for 1) <> @number)`,
			pgx.StrictNamedArgs{"number": s.number()}).Scan(&left)
		if err != nil {
			return fmt.Errorf("forget former keys: %w", err)
		}
		if left {
			return errors.New("something was sealed with a former key meanwhile: is an instance still running with it? Stop it, and run once more: tanggap rekey")
		}
		_, err = tx.Exec(ctx, `delete from settings where name ~ '^key [0-9]+$'`)
		if err != nil {
			return fmt.Errorf("forget former keys: %w", err)
		}
		return nil
	})
}
