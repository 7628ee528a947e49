package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

func bindPerson(p hotline.PersonID) string { return fmt.Sprintf("person %d", p) }

// SetLanguage remembers the language a person is spoken to in, on every network that is joined.
func (t *Tx) SetLanguage(p hotline.PersonID, l hotline.Lang) {
	t.queue(`update persons set language = @language where id = (select coalesce(joined, id) from persons where id = @id)`,
		pgx.StrictNamedArgs{"id": p, "language": l})
}

// SetName keeps what a person is called, sealed.
func (t *Tx) SetName(p hotline.PersonID, name string) {
	t.queue(`insert into person_details (person_id, name) values (@id, @name) on conflict (person_id) do update set name = @name`,
		pgx.StrictNamedArgs{"id": p, "name": seal(t.store.keys.person, []byte(name), bindPerson(p))})
}

// SetPhone keeps a person's telephone number, sealed, with a keyed hash for look-up. Only they said that it is theirs.
func (t *Tx) SetPhone(p hotline.PersonID, e164 string) { t.setPhone(p, e164, nil) }

// Vouch keeps a person's telephone number as SetPhone does; the network says that it is theirs, now.
func (t *Tx) Vouch(p hotline.PersonID, e164 string) { t.setPhone(p, e164, &t.now) }

func (t *Tx) setPhone(p hotline.PersonID, e164 string, vouched *time.Time) {
	t.queue(`
		insert into person_details as d (person_id, phone, phone_hash, vouched_at) values (@id, @phone, @hash, @vouched)
		on conflict (person_id) do update set phone = @phone, phone_hash = @hash,
			vouched_at = case when @vouched::timestamptz is null and d.phone_hash = @hash then d.vouched_at else @vouched end`,
		pgx.StrictNamedArgs{"id": p, "phone": seal(t.store.keys.person, []byte(e164), bindPerson(p)),
			"hash": mac(t.store.keys.lookup, []byte(e164)), "vouched": vouched})
}

// Person reads who somebody is, as far as it is kept.
func (t *Tx) Person(ctx context.Context, p hotline.PersonID) (hotline.Person, error) {
	type row struct {
		Language    hotline.Lang
		Name, Phone []byte
	}
	r, err := one[row](ctx, t, "read a person",
		`select p.language, d.name, d.phone from persons p left join person_details d on d.person_id = p.id where p.id = @id`,
		pgx.StrictNamedArgs{"id": p})
	if err != nil {
		return hotline.Person{}, err
	}
	name, err := open(t.store.keys.person, r.Name, bindPerson(p))
	if err != nil {
		return hotline.Person{}, fmt.Errorf("open a name: %w", err)
	}
	phone, err := open(t.store.keys.person, r.Phone, bindPerson(p))
	if err != nil {
		return hotline.Person{}, fmt.Errorf("open a telephone number: %w", err)
	}
	return hotline.Person{ID: p, Language: r.Language, Name: string(name), Phone: string(phone)}, nil
}

// codeLetters are those of one-time codes: none that is taken for another when read aloud or from a bad print. 32 of them.
const codeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// NewInvite makes a one-time code that enrols whoever sends it: eight letters and digits (40 bits), good until in.Expires.
func (s *Store) NewInvite(ctx context.Context, now time.Time, in hotline.Invite) (string, error) {
	code := newCode(8)
	sql, args := s.putInvite(code, now.UTC(), in)
	if _, err := s.pool.Exec(ctx, sql, args); err != nil {
		return "", fmt.Errorf("keep an invitation: %w", err)
	}
	return code, nil
}

// NewInvite makes a one-time code within a unit of work.
func (t *Tx) NewInvite(in hotline.Invite) string {
	code := newCode(8)
	sql, args := t.store.putInvite(code, t.now, in)
	t.queue(sql, args)
	return code
}

func (s *Store) putInvite(code string, now time.Time, in hotline.Invite) (string, pgx.StrictNamedArgs) {
	hash := s.codeHash(code)
	return `insert into invites (code_hash, role, unit, name, by, created, expires) values (@hash, @role, @unit, @name, @by, @now, @expires)`,
		pgx.StrictNamedArgs{"hash": hash, "role": in.Role, "unit": in.Unit, "name": seal(s.keys.person, []byte(in.Name), string(hash)),
			"by": nz(in.By), "now": now, "expires": in.Expires.UTC()}
}

// newCode makes a code of n letters and digits, at least one of each: so no word of a language is ever one.
func newCode(n int) string {
	raw := make([]byte, n)
	for {
		if _, err := rand.Read(raw); err != nil {
			panic(err) // crypto/rand never fails
		}
		for i := range raw {
			raw[i] = codeLetters[raw[i]%32]
		}
		if code := string(raw); strings.ContainsAny(code, "23456789") && strings.Trim(code, "23456789") != "" {
			return code
		}
	}
}

// codeHash is what is kept of a code; case, spaces and dashes in it do not matter.
func (s *Store) codeHash(code string) []byte {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	return mac(s.keys.code, []byte(code))
}

// Enrol redeems a one-time code for a person. hotline.ErrCode: no such code, used or expired. hotline.ErrLocked: five wrong ones within an
// hour; the person waits. A wrong try is remembered although nothing else happens.
func (t *Tx) Enrol(ctx context.Context, code string, p hotline.PersonID) (hotline.Role, error) {
	if err := t.mayTry(ctx, p); err != nil {
		return hotline.Role{}, err
	}
	type row struct {
		Role hotline.RoleName
		Unit string
		Name []byte
	}
	hash := t.store.codeHash(code)
	in, err := one[row](ctx, t, "redeem a code", `
		update invites set used_at = @now, used_by = @p
		where code_hash = @hash and role <> 'group' and used_at is null and expires > @now
		returning role, unit, name`, pgx.StrictNamedArgs{"now": t.now, "p": p, "hash": hash})
	if errors.Is(err, hotline.ErrNotFound) {
		return hotline.Role{}, t.wrongCode(ctx, p, `select used_at is not null from invites where code_hash = @hash and role <> 'group'`, hash)
	}
	if err != nil {
		return hotline.Role{}, err
	}
	name, err := open(t.store.keys.person, in.Name, string(hash))
	if err != nil {
		return hotline.Role{}, fmt.Errorf("open a name: %w", err)
	}
	if len(name) > 0 {
		t.SetName(p, string(name))
	}
	// Whoever holds the same role in the unit already keeps that one; on duty from now on in either case.
	id, err := scalars[hotline.RoleID](ctx, t, "give a role", `
		with have as (
			update roles set on_duty = true where person_id = @p and name = @name and unit = @unit and (ends is null or ends > @now) returning id),
		put as (
			insert into roles (person_id, name, unit, starts, on_duty)
			select @p, @name, @unit, @now, true where not exists (select 1 from have) returning id)
		select id from have union all select id from put`,
		pgx.StrictNamedArgs{"p": p, "name": in.Role, "unit": in.Unit, "now": t.now})
	if err != nil {
		return hotline.Role{}, err
	}
	// A volunteer of a siaga is one until it is over; who had the role before keeps it.
	t.queue(`update roles r set ends = s.until from siaga_volunteers w join siagas s on s.id = w.siaga_id
		where w.code_hash = @hash and r.id = @id and r.starts = @now and r.ends is null`, pgx.StrictNamedArgs{"hash": hash, "id": id[0], "now": t.now})
	t.offerAnew(p)
	return hotline.Role{ID: id[0], Person: p, Name: in.Role, Unit: in.Unit, From: t.now, OnDuty: true}, nil
}

// mayTry gives hotline.ErrLocked where a person has tried five wrong codes, of any kind, within an hour.
func (t *Tx) mayTry(ctx context.Context, p hotline.PersonID) error {
	wrong, err := scalars[int](ctx, t, "count wrong codes",
		`select count(*)::int from code_tries where person_id = @p and at > @since`,
		pgx.StrictNamedArgs{"p": p, "since": t.now.Add(-time.Hour)})
	if err != nil {
		return err
	}
	if wrong[0] >= 5 {
		return hotline.ErrLocked
	}
	return nil
}

// wrongCode says why a code is no good. Whoever has the very code may know; it is no guess, and only guesses are counted. sql tells of the code with
// @hash whether it was used.
func (t *Tx) wrongCode(ctx context.Context, p hotline.PersonID, sql string, hash []byte) error {
	used, err := scalars[bool](ctx, t, "look at a code", sql, pgx.StrictNamedArgs{"hash": hash})
	switch {
	case err != nil:
		return err
	case len(used) > 0 && used[0]:
		return hotline.ErrCodeUsed
	case len(used) > 0:
		return hotline.ErrCodeExpired
	}
	t.queue(`insert into code_tries (person_id, at) values (@p, @now)`, pgx.StrictNamedArgs{"p": p, "now": t.now})
	return hotline.ErrCode
}

// EndRole takes a role away, from all who are one person. What the person had taken goes back to the unit's worklist (the caller records that for each of Mine).
func (t *Tx) EndRole(p hotline.PersonID, name hotline.RoleName, unit string) {
	t.queue(`update roles set ends = @now, on_duty = false
		where person_id = `+samePerson+` and name = @name and unit = @unit and (ends is null or ends > @now)`,
		pgx.StrictNamedArgs{"p": p, "name": name, "unit": unit, "now": t.now})
	if name == hotline.RoleHead {
		t.queueEndGroups(`any (array(select s from same_person(@p) s))`, pgx.StrictNamedArgs{"p": p, "gone": []hotline.PersonID{}})
	}
}

// SetDuty puts a person's staff roles on or off duty. Who comes on duty is offered what waits.
func (t *Tx) SetDuty(p hotline.PersonID, on bool) {
	t.queue(`update roles set on_duty = @on where person_id = `+samePerson+` and (ends is null or ends > @now)`,
		pgx.StrictNamedArgs{"p": p, "on": on, "now": t.now})
	if on {
		t.offerAnew(p)
	}
}

// offerAnew has what waits in the units of a person's roles, and in the units below, looked at again by whoever offers: the person gets what
// they have not had yet in this round.
func (t *Tx) offerAnew(p hotline.PersonID) {
	from, to := t.reach()
	t.queue(`
		update offerings o set next = @now from assignments a
		where a.id = o.assignment_id and a.state = 'waiting' and (o.next is null or o.next > @now) and a.unit in (
			select x.below from roles r join unnest(@from::text[], @to::text[]) x (above, below) on x.above = r.unit
			where r.person_id = `+samePerson+` and r.on_duty and r.starts <= @now and (r.ends is null or r.ends > @now))`,
		pgx.StrictNamedArgs{"p": p, "now": t.now, "from": from, "to": to})
	t.rings.dispatch = true
}

// reach gives every unit (to) with itself and each of those above it (from), pair by pair.
func (t *Tx) reach() (from, to []string) {
	for _, u := range t.regency.Units {
		for _, a := range append(t.regency.Ancestors(u.ID), u.ID) {
			from, to = append(from, a), append(to, u.ID)
		}
	}
	return from, to
}

// People lists who holds one of the roles now in one of the units (none given: anywhere), those on duty first. A role of somebody who is joined
// with others is the chief's, once.
func (t *Tx) People(ctx context.Context, units []string, roles ...hotline.RoleName) ([]hotline.Role, error) {
	type row struct {
		ID       hotline.RoleID
		PersonID hotline.PersonID
		Name     hotline.RoleName
		Unit     string
		Starts   time.Time
		Ends     *time.Time
		OnDuty   bool
		Also     []hotline.PersonID
	}
	if units == nil {
		units = []string{}
	}
	rows, err := read[row](ctx, t, "list people", `
		select r.id, coalesce(p.joined, p.id) as person_id, r.name, r.unit, r.starts, r.ends, r.on_duty,
			array(select j.id from persons j where j.joined = coalesce(p.joined, p.id) order by j.id) as also
		from roles r join persons p on p.id = r.person_id
		where r.name = any (@names) and (cardinality(@units::text[]) = 0 or r.unit = any (@units)) and r.starts <= @now and (r.ends is null or r.ends > @now)
		order by r.on_duty desc, r.id`, pgx.StrictNamedArgs{"names": roles, "units": units, "now": t.now})
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Role, 0, len(rows))
	type held struct {
		p    hotline.PersonID
		name hotline.RoleName
		unit string
	}
	joined := map[held]bool{}
	for _, r := range rows {
		if len(units) == 0 && !t.counts(r.Unit) {
			continue
		}
		if k := (held{r.PersonID, r.Name, r.Unit}); len(r.Also) > 0 {
			if joined[k] {
				continue
			}
			joined[k] = true
		}
		out = append(out, hotline.Role{ID: r.ID, Person: r.PersonID, Name: r.Name, Unit: r.Unit, From: r.Starts, Until: or0(r.Ends), OnDuty: r.OnDuty,
			Also: r.Also})
	}
	return out, nil
}
