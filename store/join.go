package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// samePerson is, in SQL, all who are one person with @p: "x = " + samePerson.
const samePerson = `any (array(select s from same_person(@p) s))`

// samePerson gives all who are one person with p, p among them, the one known longest first.
func (t *Tx) samePerson(ctx context.Context, p hotline.PersonID) ([]hotline.PersonID, error) {
	return scalars[hotline.PersonID](ctx, t, "see who is joined", `select s from same_person(@p) s order by s`, pgx.StrictNamedArgs{"p": p})
}

// others gives those of ps who are neither p nor nobody, each once.
func others(p hotline.PersonID, ps []hotline.PersonID) []hotline.PersonID {
	var out []hotline.PersonID
	for _, o := range ps {
		if o != p && o != 0 && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// joinLock is the advisory lock of whoever joins or parts people: it is rare, and what one of them sees another must not change meanwhile.
const joinLock = 0x7461_0005

func (t *Tx) lockJoins(ctx context.Context) error {
	_, err := scalars[string](ctx, t, "take the joins", `select pg_advisory_xact_lock(@lock)::text`, pgx.StrictNamedArgs{"lock": joinLock})
	return err
}

// joinCodeLength is short, since it is typed from one telephone to another and good for minutes only: 30 bits.
const joinCodeLength = 6

// NewJoinCode makes a code that joins whoever types it elsewhere with the person, whom it was shown at an address. It is good until it expires, once,
// and takes the place of an earlier one.
func (t *Tx) NewJoinCode(p hotline.PersonID, at hotline.AddressID, expires time.Time) string {
	code := newCode(joinCodeLength)
	t.queue(`delete from join_codes where person_id = @p and used_at is null and for_address is null`, pgx.StrictNamedArgs{"p": p})
	t.queue(`
		insert into join_codes (code_hash, person_id, address_id, expires) values (@hash, @p, @at, @expires)
		on conflict (code_hash) do update set person_id = @p, address_id = @at, expires = @expires, used_at = null, for_address = null
		where join_codes.used_at is not null or join_codes.expires <= @now`,
		pgx.StrictNamedArgs{"hash": t.store.codeHash(code), "p": p, "at": at, "expires": expires.UTC(), "now": t.now})
	return code
}

// JoinCode looks up a code that somebody typed; nothing is joined yet. hotline.ErrCode: there is no such code, with ErrCodeUsed and ErrCodeExpired
// for one that was good once; hotline.ErrLocked: too many wrong ones within an hour; hotline.ErrSame: it is the person's own; hotline.ErrErasing.
func (t *Tx) JoinCode(ctx context.Context, code string, by hotline.PersonID) (hotline.Join, error) {
	if err := t.mayTry(ctx, by); err != nil {
		return hotline.Join{}, err
	}
	type row struct {
		PersonID  hotline.PersonID
		AddressID hotline.AddressID
	}
	hash := t.store.codeHash(code)
	r, err := one[row](ctx, t, "look up a code", `
		select person_id, address_id from join_codes where code_hash = @hash and used_at is null and expires > @now and for_address is null`,
		pgx.StrictNamedArgs{"hash": hash, "now": t.now})
	if errors.Is(err, hotline.ErrNotFound) {
		return hotline.Join{}, t.wrongCode(ctx, by, `select used_at is not null from join_codes where code_hash = @hash`, hash)
	}
	if err != nil {
		return hotline.Join{}, err
	}
	same, err := t.samePerson(ctx, by)
	if err != nil {
		return hotline.Join{}, err
	}
	if slices.Contains(same, r.PersonID) {
		return hotline.Join{}, hotline.ErrSame
	}
	if err := t.erasing(ctx, by, r.PersonID); err != nil {
		return hotline.Join{}, err
	}
	with, err := t.known(ctx, `where a.id = @id`, pgx.StrictNamedArgs{"id": r.AddressID})
	if err != nil {
		return hotline.Join{}, err
	}
	return hotline.Join{Ticket: hex.EncodeToString(hash), With: with[0]}, nil
}

// OfferJoin makes the code of a question to the owner of an address, whether to be joined with a person who wrote at another: see JoinOffer. One such
// question is put within its time, whatever was answered: "" where it stands already, hotline.ErrCodeUsed where it was answered. hotline.ErrErasing.
func (t *Tx) OfferJoin(ctx context.Context, p hotline.PersonID, at, to hotline.AddressID, expires time.Time) (string, error) {
	if err := t.lockJoins(ctx); err != nil {
		return "", err
	}
	before, err := scalars[bool](ctx, t, "see whether it was asked before", `
		select used_at is not null from join_codes where person_id = @p and for_address = @to and expires > @now order by expires desc limit 1`,
		pgx.StrictNamedArgs{"p": p, "to": to, "now": t.now})
	switch {
	case err != nil:
		return "", err
	case len(before) > 0 && before[0]:
		return "", hotline.ErrCodeUsed
	case len(before) > 0:
		return "", nil
	}
	other, err := t.known(ctx, `where a.id = @id`, pgx.StrictNamedArgs{"id": to})
	switch {
	case err != nil:
		return "", err
	case len(other) == 0:
		return "", fmt.Errorf("offer to join: %w", hotline.ErrNotFound)
	}
	if err := t.erasing(ctx, p, other[0].Home); err != nil {
		return "", err
	}
	code := newCode(offerLength)
	t.queue(`insert into join_codes (code_hash, person_id, address_id, expires, for_address) values (@hash, @p, @at, @expires, @to)`,
		pgx.StrictNamedArgs{"hash": t.store.codeHash(code), "p": p, "at": at, "expires": expires.UTC(), "to": to})
	return code, nil
}

// offerLength is long: nobody types it, and it fits a button.
const offerLength = 20

// JoinOffer looks up the code of a question that was put to an address, which alone may answer it: who asks, and the ticket to Redeem or Decline.
// hotline.ErrCode and its kinds: there is no such question, or no longer.
func (t *Tx) JoinOffer(ctx context.Context, code string, at hotline.AddressID) (hotline.Join, error) {
	type row struct {
		AddressID hotline.AddressID
		Used      bool
		Late      bool
	}
	hash := t.store.codeHash(code)
	r, err := one[row](ctx, t, "look up a question", `
		select address_id, used_at is not null as used, expires <= @now as late from join_codes where code_hash = @hash and for_address = @at`,
		pgx.StrictNamedArgs{"hash": hash, "at": at, "now": t.now})
	switch {
	case errors.Is(err, hotline.ErrNotFound):
		return hotline.Join{}, hotline.ErrCode
	case err != nil:
		return hotline.Join{}, err
	case r.Used:
		return hotline.Join{}, hotline.ErrCodeUsed
	case r.Late:
		return hotline.Join{}, hotline.ErrCodeExpired
	}
	with, err := t.known(ctx, `where a.id = @id`, pgx.StrictNamedArgs{"id": r.AddressID})
	if err != nil {
		return hotline.Join{}, err
	}
	return hotline.Join{Ticket: hex.EncodeToString(hash), With: with[0]}, nil
}

// Decline uses a code up without joining anybody, by its ticket.
func (t *Tx) Decline(ticket string) {
	hash, err := hex.DecodeString(ticket)
	if err != nil {
		return // no ticket of ours
	}
	t.queue(`update join_codes set used_at = @now where code_hash = @hash and used_at is null`, pgx.StrictNamedArgs{"hash": hash, "now": t.now})
}

// erasing gives hotline.ErrErasing where a request for erasure of any of those people, or of whoever is joined with them, is undecided.
func (t *Tx) erasing(ctx context.Context, a, b hotline.PersonID) error {
	open, err := scalars[bool](ctx, t, "look for open requests for erasure", `
		select exists (select 1 from erasures where decided is null and (
			person_id = any (array(select s from same_person(@a) s)) or person_id = any (array(select s from same_person(@b) s))))`,
		pgx.StrictNamedArgs{"a": a, "b": b})
	if err != nil {
		return err
	}
	if open[0] {
		return hotline.ErrErasing
	}
	return nil
}

// Redeem joins a person with whom a code belongs to, by the ticket that JoinCode or JoinOffer gave. Whoever typed a code is the newcomer; where a
// question was answered, it is whoever asked. Of two who do so at once with one code, one hears hotline.ErrCodeUsed. Further Join's errors.
func (t *Tx) Redeem(ctx context.Context, ticket string, by hotline.PersonID) error {
	hash, err := hex.DecodeString(ticket)
	if err != nil {
		return hotline.ErrCode
	}
	if err := t.lockJoins(ctx); err != nil {
		return err
	}
	type row struct {
		PersonID hotline.PersonID
		Offer    bool
	}
	with, err := read[row](ctx, t, "redeem a code", `
		update join_codes set used_at = @now where code_hash = @hash and used_at is null and expires > @now
		returning person_id, for_address is not null as offer`,
		pgx.StrictNamedArgs{"hash": hash, "now": t.now})
	if err != nil {
		return err
	}
	if len(with) == 0 {
		used, err := scalars[bool](ctx, t, "look at a code", `select used_at is not null from join_codes where code_hash = @hash`,
			pgx.StrictNamedArgs{"hash": hash})
		switch {
		case err != nil:
			return err
		case len(used) > 0 && used[0]:
			return hotline.ErrCodeUsed
		}
		return hotline.ErrCodeExpired
	}
	if with[0].Offer {
		return t.Join(ctx, with[0].PersonID, by)
	}
	return t.Join(ctx, by, with[0].PersonID)
}

// vouchedFor is how long a network's word about a number is believed. Numbers change hands: the address that had it a year ago may be somebody else's.
const vouchedFor = 90 * 24 * time.Hour

// SamePhone finds the address on another network whose number, vouched for by that network lately, is one that was just vouched for here. Of several it
// is the one vouched for last. hotline.ErrNotFound: there is none, or it is joined already.
func (t *Tx) SamePhone(ctx context.Context, p hotline.PersonID, not hotline.Channel, e164 string) (hotline.Known, error) {
	found, err := t.known(ctx, `
		where a.id = (
			select x.id from person_details v join persons q on q.id = v.person_id
			join addresses x on x.person_id = coalesce(q.joined, q.id) and coalesce(x.home, x.person_id) = v.person_id
			where v.phone_hash = @hash and v.vouched_at > @since and x.channel <> @not order by v.vouched_at desc, x.id desc limit 1)
		and coalesce(a.home, a.person_id) <> all (array(select s from same_person(@p) s))`,
		pgx.StrictNamedArgs{"hash": mac(t.store.keys.lookup, []byte(e164)), "since": t.now.Add(-vouchedFor), "not": not, "p": p})
	if err != nil {
		return hotline.Known{}, err
	}
	if len(found) == 0 {
		return hotline.Known{}, fmt.Errorf("look for a number on another network: %w", hotline.ErrNotFound)
	}
	return found[0], nil
}

// Addresses lists where a person can be reached, on all networks that are joined, as they recognise them.
func (t *Tx) Addresses(ctx context.Context, p hotline.PersonID) ([]hotline.Known, error) {
	return t.known(ctx, `where a.person_id = (select coalesce(joined, id) from persons where id = @p) order by a.id`, pgx.StrictNamedArgs{"p": p})
}

func (t *Tx) known(ctx context.Context, tail string, args pgx.StrictNamedArgs) ([]hotline.Known, error) {
	type row struct {
		ID       hotline.AddressID
		Channel  hotline.Channel
		Account  string
		Peer     string
		PersonID *hotline.PersonID
		Home     *hotline.PersonID
		Phone    []byte
	}
	rows, err := read[row](ctx, t, "read addresses", `
		select a.id, a.channel, a.account, a.peer, a.person_id, coalesce(a.home, a.person_id) as home, d.phone
		from addresses a left join person_details d on d.person_id = coalesce(a.home, a.person_id) `+tail, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Known, len(rows))
	for i, r := range rows {
		home := or0(r.Home)
		phone, err := open(t.store.keys.person, r.Phone, bindPerson(home))
		if err != nil {
			return nil, fmt.Errorf("open a telephone number: %w", err)
		}
		out[i] = hotline.Known{Tail: hotline.Tail(r.Peer), Address: hotline.Address{ID: r.ID, Channel: r.Channel, Account: r.Account, Peer: r.Peer,
			Person: or0(r.PersonID), Home: home}}
		if len(phone) > 0 {
			out[i].Tail = hotline.Tail(string(phone))
		}
	}
	return out, nil
}

// Join makes two people one, and with them all who are joined with either. hotline.ErrSame: they are one already; hotline.ErrErasing.
func (t *Tx) Join(ctx context.Context, newcomer, other hotline.PersonID) error {
	if err := t.lockJoins(ctx); err != nil {
		return err
	}
	chiefs, err := scalars[hotline.PersonID](ctx, t, "see whom to join",
		`select distinct coalesce(joined, id) from persons where id = any (@ids) order by 1`, pgx.StrictNamedArgs{"ids": []hotline.PersonID{newcomer, other}})
	switch {
	case err != nil:
		return err
	case len(chiefs) == 0:
		return fmt.Errorf("join people: %w", hotline.ErrNotFound)
	case len(chiefs) == 1:
		return hotline.ErrSame
	}
	if err := t.erasing(ctx, newcomer, other); err != nil {
		return err
	}
	t.queue(`
		insert into joins (at, newcomers, others)
		select @now, array(select s from same_person(@newcomer) s), array(select s from same_person(@other) s)`,
		pgx.StrictNamedArgs{"now": t.now, "newcomer": newcomer, "other": other})
	ids := pgx.StrictNamedArgs{"chief": chiefs[0], "other": chiefs[1]}
	t.queue(`update persons set joined = @chief where id = @other or joined = @other`, ids)
	t.queue(`update addresses set home = coalesce(home, person_id), person_id = @chief where person_id = @other`, ids)
	return t.untangle(ctx, chiefs[0])
}

// untangle gives another short handle to what is held under the same one on two networks.
func (t *Tx) untangle(ctx context.Context, p hotline.PersonID) error {
	type row struct {
		ID     hotline.AssignmentID
		Handle *int
	}
	rows, err := read[row](ctx, t, "read short handles",
		`select id, handle from assignments where officer = `+samePerson+` and state = 'taken' order by since, id`, pgx.StrictNamedArgs{"p": p})
	if err != nil {
		return err
	}
	used := map[int]bool{}
	var again []hotline.AssignmentID
	for _, r := range rows {
		if h := or0(r.Handle); h == 0 || used[h] {
			again = append(again, r.ID)
		} else {
			used[h] = true
		}
	}
	free := 1
	for _, id := range again {
		for free <= 99 && used[free] {
			free++
		}
		var handle *int
		if free <= 99 {
			used[free] = true
			h := free
			handle = &h
		}
		t.queue(`update assignments set handle = @handle where id = @id`, pgx.StrictNamedArgs{"id": id, "handle": handle})
	}
	return nil
}

// newFor is how long whoever was joined is a newcomer.
const newFor = 7 * 24 * time.Hour

// MayPart tells whether one person may part another from those they are joined with. Themselves everybody may; but whoever came only lately does not
// part those who were there: a thief with a stolen code would take the owner's own networks apart, and stay.
func (t *Tx) MayPart(ctx context.Context, by, p hotline.PersonID) (bool, error) {
	if err := t.lockJoins(ctx); err != nil {
		return false, err
	}
	same, err := t.samePerson(ctx, by)
	if err != nil {
		return false, err
	}
	if by == p || len(same) <= 2 { // of two, either goes
		return true, nil
	}
	came, err := scalars[bool](ctx, t, "see who came last", `
		select @by = any (newcomers) from joins where at > @since
			and (@by = any (newcomers) and @p = any (others) or @by = any (others) and @p = any (newcomers))
		order by id desc limit 1`, pgx.StrictNamedArgs{"by": by, "p": p, "since": t.now.Add(-newFor)})
	return len(came) == 0 || !came[0], err
}

// CameWith gives who came with a person when they were joined with another, and still is joined: those leave together. The person is among them.
func (t *Tx) CameWith(ctx context.Context, p, other hotline.PersonID) ([]hotline.PersonID, error) {
	if err := t.lockJoins(ctx); err != nil {
		return nil, err
	}
	came, err := scalars[hotline.PersonID](ctx, t, "see who came with whom", `
		select s from same_person(@p) s where s = @p or s = any ((
			select newcomers from joins where @p = any (newcomers) and @other = any (others) order by id desc limit 1)::bigint[]) order by s`,
		pgx.StrictNamedArgs{"p": p, "other": other})
	return came, err
}

// Part takes people, who stay together, out of those they are joined with: each side has its own addresses, cases and roles again, and their codes are
// void. What is not yet sent about cases that somebody can no longer see is not sent. hotline.ErrNotFound: nobody else is joined with them.
func (t *Tx) Part(ctx context.Context, ps ...hotline.PersonID) error {
	if err := t.lockJoins(ctx); err != nil {
		return err
	}
	if len(ps) == 0 {
		return fmt.Errorf("part people: %w", hotline.ErrNotFound)
	}
	same, err := t.samePerson(ctx, ps[0])
	if err != nil {
		return err
	}
	var leave, rest []hotline.PersonID
	for _, s := range same { // those known longest stay first
		if slices.Contains(ps, s) {
			leave = append(leave, s)
		} else {
			rest = append(rest, s)
		}
	}
	if len(rest) == 0 || len(leave) == 0 {
		return fmt.Errorf("part people: %w", hotline.ErrNotFound)
	}
	t.regroup(same, leave)
	t.regroup(same, rest)
	t.hush(leave, rest)
	t.hush(rest, leave)
	t.queue(`delete from join_codes where person_id = any (@ids) and used_at is null`, pgx.StrictNamedArgs{"ids": same})
	t.endGroups(same, leave)
	return nil
}

// partAll makes each of several who are joined a person of their own again.
func (t *Tx) partAll(same []hotline.PersonID) {
	for _, p := range same {
		t.regroup(same, []hotline.PersonID{p})
	}
	t.queue(`delete from join_codes where person_id = any (@ids)`, pgx.StrictNamedArgs{"ids": same})
	t.endGroups(same, same)
}

// regroup makes some of those who were joined one person of their own. The first, who is known longest, is the chief.
func (t *Tx) regroup(same, ids []hotline.PersonID) {
	t.queue(`
		update addresses set person_id = @chief, home = nullif(coalesce(home, person_id), @chief)
		where person_id = any (@same) and coalesce(home, person_id) = any (@ids)`, pgx.StrictNamedArgs{"same": same, "ids": ids, "chief": ids[0]})
	t.queue(`update persons set joined = nullif(@chief, id) where id = any (@ids)`, pgx.StrictNamedArgs{"ids": ids, "chief": ids[0]})
}

// hush sets aside what waits at the addresses of some people and speaks of cases that others filed.
func (t *Tx) hush(at, about []hotline.PersonID) {
	t.queue(`
		update outbox o set state = 'aside', body = null, reason = 'parted' from cases k, addresses a
		where k.reporter = any (@about) and o.case_id = k.id and o.address_id = a.id and a.person_id = any (@at) and o.state in ('due', 'held')`,
		pgx.StrictNamedArgs{"at": at, "about": about})
}
