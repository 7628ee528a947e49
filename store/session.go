package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Session reads a session, by the hash of its token, with its user and the roles that hold now. hotline.ErrNotFound: there is none, or the user is
// disabled. Whether its time is over the caller asks.
func (t *Tx) Session(ctx context.Context, token []byte) (hotline.Session, error) {
	type row struct {
		userRow
		Stage         hotline.Stage
		Begun, Active time.Time
		Flash         []byte
	}
	r, err := one[row](ctx, t, "read a session", `
		select `+userColumns+`, s.stage, s.begun, s.seen as active, s.flash from sessions s join users u on u.person_id = s.person_id
		where s.token_hash = @token and u.disabled is null`, pgx.StrictNamedArgs{"token": token, "now": t.now})
	if err != nil {
		return hotline.Session{}, err
	}
	s := hotline.Session{Stage: r.Stage, Begun: r.Begun, Seen: r.Active}
	if s.User, err = t.user(r.userRow); err != nil {
		return s, err
	}
	if r.Flash != nil {
		if err := json.Unmarshal(r.Flash, &s.Flash); err != nil {
			return s, fmt.Errorf("read what the next page says: %w", err)
		}
	}
	return s, nil
}

// NewSession begins a session.
func (t *Tx) NewSession(token []byte, p hotline.PersonID, stage hotline.Stage) {
	t.queue(`insert into sessions (token_hash, person_id, stage, begun, seen) values (@token, @p, @stage, @now, @now)`,
		pgx.StrictNamedArgs{"token": token, "p": p, "stage": stage, "now": t.now})
}

// Touch notes that somebody is there.
func (t *Tx) Touch(token []byte) {
	t.queue(`update sessions set seen = greatest(seen, @now) where token_hash = @token`, pgx.StrictNamedArgs{"token": token, "now": t.now})
}

// EndSession ends a session.
func (t *Tx) EndSession(token []byte) {
	t.queue(`delete from sessions where token_hash = @token`, pgx.StrictNamedArgs{"token": token})
}

// EndSessions ends all sessions of a user but one; nil: all of them.
func (t *Tx) EndSessions(p hotline.PersonID, but []byte) {
	t.queue(`delete from sessions where person_id = @p and token_hash is distinct from @but`, pgx.StrictNamedArgs{"p": p, "but": but})
}

// Sessions counts where a user is signed in, all the way.
func (t *Tx) Sessions(ctx context.Context, p hotline.PersonID) (int, error) {
	n, err := scalars[int](ctx, t, "count sessions", `select count(*)::int from sessions where person_id = @p and stage = 'in' and seen > @idle and begun > @whole`,
		pgx.StrictNamedArgs{"p": p, "idle": t.now.Add(-hotline.SessionIdle), "whole": t.now.Add(-hotline.SessionWhole)})
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// Flash adds a sentence for a session's next page.
func (t *Tx) Flash(token []byte, f hotline.Flash) {
	body, err := json.Marshal([]hotline.Flash{f})
	if err != nil {
		panic(err) // strings
	}
	t.queue(`update sessions set flash = (coalesce(flash::jsonb, '[]') || @flash::jsonb)::json where token_hash = @token`,
		pgx.StrictNamedArgs{"token": token, "flash": string(body)})
}

// ClearFlash takes the first n sentences off that a session's next page was to say.
func (t *Tx) ClearFlash(token []byte, n int) {
	t.queue(`
		update sessions set flash = (select json_agg(f order by i) from jsonb_array_elements(flash::jsonb) with ordinality x (f, i) where i > @n)
		where token_hash = @token`, pgx.StrictNamedArgs{"token": token, "n": n})
}

// Try notes that somebody tries to sign in, before it is known to be wrong, and counts such tries since a moment: of the account from the address,
// of the account from anywhere, from the address to any account. Those that come at once are counted one after another. There need be no such account.
func (t *Tx) Try(ctx context.Context, account, address string, since time.Time) (here, ofAccount, ofAddress int, err error) {
	type row struct{ Here, Account, Address int }
	hash := mac(t.store.keys.lookup, []byte("login:"+account))
	// In this order for all: so nobody waits for another in a ring.
	t.queue(`select pg_advisory_xact_lock(@lock, hashtext('address ' || @address))`, pgx.StrictNamedArgs{"lock": tryLock, "address": address})
	t.queue(`select pg_advisory_xact_lock(@lock, hashtext(encode(@account, 'hex')))`, pgx.StrictNamedArgs{"lock": tryLock, "account": hash})
	t.queue(`insert into login_tries (account, address, at) values (@account, @address, @now)`,
		pgx.StrictNamedArgs{"account": hash, "address": address, "now": t.now})
	r, err := one[row](ctx, t, "count tries", `
		select (select count(*)::int from login_tries where account = @account and address = @address and at > @since) as here,
			(select count(*)::int from login_tries where account = @account and at > @since) as account,
			(select count(*)::int from login_tries where address = @address and at > @since) as address`,
		pgx.StrictNamedArgs{"account": hash, "address": address, "since": since.UTC()})
	return r.Here, r.Account, r.Address, err
}

// tryLock is the first half of the advisory locks of whoever tries to sign in.
const tryLock = 0x7461_0008

// Forgive forgets the tries of an account from an address.
func (t *Tx) Forgive(account, address string) {
	t.queue(`delete from login_tries where account = @account and address = @address`,
		pgx.StrictNamedArgs{"account": mac(t.store.keys.lookup, []byte("login:"+account)), "address": address})
}
