package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// consoleLinkLength is how many letters and digits a link's code has: 100 bits.
const consoleLinkLength = 20

// NewConsoleLink makes the code of a one-time link with which a person enters the console, good for hotline.LinkFor; what they were given before is void.
// Only the code's hash is kept. hotline.ErrLocked: there were too many within an hour, again says when there is another. hotline.ErrForbidden: the person's
// user is disabled.
func (t *Tx) NewConsoleLink(ctx context.Context, p hotline.PersonID) (code string, again time.Time, err error) {
	u, err := t.userOf(ctx, p)
	if err != nil && !errors.Is(err, hotline.ErrNotFound) {
		return "", again, err
	}
	if !u.Disabled.IsZero() {
		return "", again, hotline.ErrForbidden
	}
	made, err := scalars[time.Time](ctx, t, "count links to the console", `
		select made from console_links where person_id in (select s from same_person(@p) s) and made > @since order by made desc limit @most`,
		pgx.StrictNamedArgs{"p": p, "since": t.now.Add(-hotline.LinksPer), "most": hotline.LinksMost})
	if err != nil {
		return "", again, err
	}
	if len(made) == hotline.LinksMost {
		return "", made[len(made)-1].Add(hotline.LinksPer), hotline.ErrLocked
	}
	code = newCode(consoleLinkLength)
	t.queue(`update console_links set expires = @now where person_id in (select s from same_person(@p) s) and used is null and expires > @now`,
		pgx.StrictNamedArgs{"p": p, "now": t.now})
	t.queue(`insert into console_links (code_hash, person_id, made, expires) values (@code, @p, @now, @until)`,
		pgx.StrictNamedArgs{"code": t.store.codeHash(code), "p": p, "now": t.now, "until": t.now.Add(hotline.LinkFor)})
	t.Audit(hotline.Audit{By: p, Act: hotline.ActLink, Person: p})
	return code, again, nil
}

// UseConsoleLink uses a link up, and gives the user whom it lets in, with the roles that hold now. Who has no user of their own gets one without a password:
// what they see follows from their roles, as for everybody. hotline.ErrCode: there is no such link, it was used, it has expired, or the user is disabled.
func (t *Tx) UseConsoleLink(ctx context.Context, code string) (hotline.User, error) {
	used, err := scalars[hotline.PersonID](ctx, t, "use a link to the console",
		`update console_links set used = @now where code_hash = @code and used is null and expires > @now returning person_id`,
		pgx.StrictNamedArgs{"code": t.store.codeHash(code), "now": t.now})
	if err != nil {
		return hotline.User{}, err
	}
	if len(used) == 0 {
		return hotline.User{}, hotline.ErrCode
	}
	u, err := t.userOf(ctx, used[0])
	if errors.Is(err, hotline.ErrNotFound) {
		t.queue(`insert into users (person_id, login, created) values (@p, @login, @now) on conflict (person_id) do nothing`,
			pgx.StrictNamedArgs{"p": used[0], "login": fmt.Sprintf("%s%d", hotline.LinkLogin, used[0]), "now": t.now})
		t.Audit(hotline.Audit{Act: hotline.ActAddedUser, Person: used[0], Detail: "by a link from chat"})
		u, err = t.userOf(ctx, used[0])
	}
	if err == nil && !u.Disabled.IsZero() {
		return hotline.User{}, hotline.ErrCode
	}
	return u, err
}

// userOf reads and locks the user that somebody is at the console, on whichever network they are known; a disabled one before any other. hotline.ErrNotFound:
// none.
func (t *Tx) userOf(ctx context.Context, p hotline.PersonID) (hotline.User, error) {
	r, err := one[userRow](ctx, t, "read a person's user", `
		select `+userColumns+` from users u where u.person_id in (select s from same_person(@p) s)
		order by u.disabled is null, u.person_id = @p desc, u.created limit 1 for update of u`, pgx.StrictNamedArgs{"p": p, "now": t.now})
	if err != nil {
		return hotline.User{}, err
	}
	return t.user(r)
}
