package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tanggap/hotline"
)

// Users are persons who may sign in to the console. What proves that it is them stands here; who they are stands with all persons.

// recoveryCodes is how many recovery codes a user has, each of recoveryLength letters and digits (50 bits), good once.
const (
	recoveryCodes  = 8
	recoveryLength = 10
	linkLength     = 14 // of a one-time link: 70 bits
)

func bindUser(p hotline.PersonID) string { return fmt.Sprintf("user %d", p) }

// NewUser says who is to be a user.
type NewUser struct {
	Login  string
	Name   string // what they are called; empty: as before
	Email  string // at an issuer of identities; empty: none
	Person hotline.PersonID
	Role   hotline.RoleName // given to them, unless they hold it
	Unit   string
	Until  time.Time // how long the one-time link is good
}

// AddUser makes a person a user, a new person where none is named, gives them the role, and makes a one-time link's code. hotline.ErrTaken: the login
// name is somebody's, or the person is a user already. hotline.ErrNotFound: there is no such person.
func (t *Tx) AddUser(ctx context.Context, u NewUser) (hotline.PersonID, string, error) {
	p := u.Person
	if p == 0 {
		made, err := scalars[hotline.PersonID](ctx, t, "make a person", `insert into persons (created) values (@now) returning id`,
			pgx.StrictNamedArgs{"now": t.now})
		if err != nil {
			return 0, "", err
		}
		p = made[0]
	} else if _, err := t.Person(ctx, p); err != nil {
		return 0, "", err
	}
	code := newCode(linkLength)
	// Who came by a link from chat so far has a user already, without a name of its own: it becomes this one.
	added, err := scalars[hotline.PersonID](ctx, t, "add a user", `
		insert into users (person_id, login, email_hash, code_hash, code_expires, created) values (@p, @login, @email, @code, @until, @now)
		on conflict (person_id) do update set login = @login, email_hash = @email, code_hash = @code, code_expires = @until
			where starts_with(users.login, '`+hotline.LinkLogin+`')
		returning person_id`, pgx.StrictNamedArgs{"p": p, "login": strings.ToLower(u.Login), "email": t.emailHash(u.Email), "code": t.store.codeHash(code),
		"until": u.Until.UTC(), "now": t.now})
	if unique(err) || err == nil && len(added) == 0 {
		return 0, "", hotline.ErrTaken
	}
	if err != nil {
		return 0, "", err
	}
	if u.Name != "" {
		t.SetName(p, u.Name)
	}
	t.Audit(hotline.Audit{Act: hotline.ActAddedUser, Person: p})
	if u.Role != "" {
		t.GiveRole(p, u.Role, u.Unit)
	}
	return p, code, nil
}

// GiveRole gives a person a role in a unit from now on, unless they hold it. It does not put them on duty.
func (t *Tx) GiveRole(p hotline.PersonID, name hotline.RoleName, unit string) {
	t.queue(`
		insert into roles (person_id, name, unit, starts) select @p, @name, @unit, @now where not exists (
			select 1 from roles where person_id = `+samePerson+` and name = @name and unit = @unit and starts <= @now and (ends is null or ends > @now))`,
		pgx.StrictNamedArgs{"p": p, "name": name, "unit": unit, "now": t.now})
	t.Audit(hotline.Audit{Act: hotline.ActGaveRole, Person: p, Detail: string(name) + " " + unit})
	t.Signal(hotline.TopicSession, int64(p))
}

// ResetUser makes a new one-time link, with which the user chooses a new password. The old password, the second step and all sessions are over.
func (t *Tx) ResetUser(p hotline.PersonID, until time.Time) string {
	code := newCode(linkLength)
	t.queue(`update users set password = null, totp = null, totp_new = null, recovery = '{}', code_hash = @code, code_expires = @until where person_id = @p`,
		pgx.StrictNamedArgs{"p": p, "code": t.store.codeHash(code), "until": until.UTC()})
	t.EndSessions(p, nil)
	t.Audit(hotline.Audit{Act: hotline.ActResetUser, Person: p})
	t.Signal(hotline.TopicSession, int64(p))
	return code
}

// SetDisabled keeps a user from signing in, and ends all sessions; or lets them again.
func (t *Tx) SetDisabled(p hotline.PersonID, disabled bool) {
	act, at := hotline.ActEnabled, (*time.Time)(nil)
	if disabled {
		act, at = hotline.ActDisabled, &t.now
		t.EndSessions(p, nil)
	}
	t.queue(`update users set disabled = @at where person_id = @p`, pgx.StrictNamedArgs{"p": p, "at": at})
	t.Audit(hotline.Audit{Act: act, Person: p})
	t.Signal(hotline.TopicSession, int64(p))
}

// userColumns read a user u with the roles that hold at @now.
const userColumns = `u.person_id, u.login, u.password, u.totp, u.totp_new, u.totp_step, cardinality(u.recovery) as recovery, u.created, u.seen, u.disabled,
	case when u.code_expires > @now then u.code_expires end as code,
	(select d.name from person_details d where d.person_id = u.person_id) as name,
	array(select s from same_person(u.person_id) s order by s) as same,
	(select json_agg(json_build_object('id', r.id, 'name', r.name, 'unit', r.unit, 'from', r.starts, 'until', r.ends, 'duty', r.on_duty) order by r.id)
		from roles r where r.person_id in (select s from same_person(u.person_id) s) and r.starts <= @now and (r.ends is null or r.ends > @now)) as roles`

type userRow struct {
	PersonID                   hotline.PersonID
	Login                      string
	Password                   *string
	Totp, TotpNew, Name, Roles []byte
	TotpStep                   int64
	Recovery                   int
	Created                    time.Time
	Seen, Disabled, Code       *time.Time
	Same                       []hotline.PersonID
}

func (t *Tx) user(r userRow) (hotline.User, error) {
	name, err := open(t.store.keys.person, r.Name, bindPerson(r.PersonID))
	if err != nil {
		return hotline.User{}, fmt.Errorf("open a name: %w", err)
	}
	u := hotline.User{Person: r.PersonID, Login: r.Login, Name: string(name), Since: r.Created, Seen: or0(r.Seen), Disabled: or0(r.Disabled),
		Begun: r.Password != nil, TwoStep: r.Totp != nil, Recovery: r.Recovery, Code: or0(r.Code)}
	if r.Roles == nil {
		return u, nil
	}
	var roles []struct {
		ID          hotline.RoleID
		Name        hotline.RoleName
		Unit        string
		From, Until time.Time
		Duty        bool
	}
	if err := json.Unmarshal(r.Roles, &roles); err != nil {
		return u, fmt.Errorf("read a user's roles: %w", err)
	}
	also := others(r.PersonID, r.Same)
	for _, x := range roles {
		if t.counts(x.Unit) {
			u.Roles = append(u.Roles, hotline.Role{ID: x.ID, Person: r.PersonID, Name: x.Name, Unit: x.Unit, From: x.From, Until: x.Until, OnDuty: x.Duty, Also: also})
		}
	}
	return u, nil
}

func (t *Tx) secrets(r userRow) (hotline.Secrets, error) {
	current, err := open(t.store.keys.login, r.Totp, bindUser(r.PersonID))
	if err != nil {
		return hotline.Secrets{}, fmt.Errorf("open a second step: %w", err)
	}
	fresh, err := open(t.store.keys.login, r.TotpNew, bindUser(r.PersonID))
	if err != nil {
		return hotline.Secrets{}, fmt.Errorf("open a second step: %w", err)
	}
	return hotline.Secrets{Password: or0(r.Password), TOTP: string(current), NewTOTP: string(fresh), Step: r.TotpStep}, nil
}

// Users lists everybody who may sign in, by login name.
func (t *Tx) Users(ctx context.Context) ([]hotline.User, error) {
	rows, err := read[userRow](ctx, t, "list users", `select `+userColumns+` from users u order by u.login`, pgx.StrictNamedArgs{"now": t.now})
	if err != nil {
		return nil, err
	}
	out := make([]hotline.User, len(rows))
	for i, r := range rows {
		if out[i], err = t.user(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// UserByLogin reads a user and what proves that it is them. hotline.ErrNotFound: there is none of that name.
func (t *Tx) UserByLogin(ctx context.Context, login string) (hotline.User, hotline.Secrets, error) {
	r, err := one[userRow](ctx, t, "read a user", `select `+userColumns+` from users u where u.login = @login`,
		pgx.StrictNamedArgs{"login": strings.ToLower(login), "now": t.now})
	if err != nil {
		return hotline.User{}, hotline.Secrets{}, err
	}
	u, err := t.user(r)
	if err != nil {
		return u, hotline.Secrets{}, err
	}
	s, err := t.secrets(r)
	return u, s, err
}

// Secrets reads what proves that it is a user, and locks it: of two who type the same number only one is right.
func (t *Tx) Secrets(ctx context.Context, p hotline.PersonID) (hotline.Secrets, error) {
	r, err := one[userRow](ctx, t, "read a user", `select `+userColumns+` from users u where u.person_id = @p for update of u`,
		pgx.StrictNamedArgs{"p": p, "now": t.now})
	if err != nil {
		return hotline.Secrets{}, err
	}
	return t.secrets(r)
}

// UserByCode reads whom a one-time link was made for, and locks it. hotline.ErrCode: there is no such link, it was used, it has expired, or the user is
// disabled.
func (t *Tx) UserByCode(ctx context.Context, code string) (hotline.User, error) {
	r, err := one[userRow](ctx, t, "read a user by a link", `
		select `+userColumns+` from users u where u.code_hash = @code and u.code_expires > @now and u.disabled is null for update of u`,
		pgx.StrictNamedArgs{"code": t.store.codeHash(code), "now": t.now})
	if errors.Is(err, hotline.ErrNotFound) {
		return hotline.User{}, hotline.ErrCode
	}
	if err != nil {
		return hotline.User{}, err
	}
	return t.user(r)
}

// UserByIdentity reads whom an issuer of identities means: by what it calls them, or the first time by an e-mail address that it vouches for, which
// is then remembered. hotline.ErrNotFound: nobody.
func (t *Tx) UserByIdentity(ctx context.Context, subject, email string) (hotline.User, error) {
	r, err := one[userRow](ctx, t, "read a user by an identity", `
		select `+userColumns+` from users u where u.subject = @subject or u.subject is null and u.email_hash = @email
		order by u.subject nulls last limit 1 for update of u`,
		pgx.StrictNamedArgs{"subject": subject, "email": t.emailHash(email), "now": t.now})
	if err != nil {
		return hotline.User{}, err
	}
	u, err := t.user(r)
	if err != nil {
		return u, err
	}
	t.queue(`update users set subject = @subject where person_id = @p`, pgx.StrictNamedArgs{"p": u.Person, "subject": subject})
	return u, nil
}

// emailHash is what is kept of an e-mail address; nil for none.
func (t *Tx) emailHash(email string) []byte {
	if email = strings.ToLower(strings.TrimSpace(email)); email == "" {
		return nil
	}
	return mac(t.store.keys.lookup, []byte("mailto:"+email))
}

// SetPassword keeps the hash of a password. A one-time link is used up.
func (t *Tx) SetPassword(p hotline.PersonID, hash string) {
	t.queue(`update users set password = @hash, code_hash = null, code_expires = null where person_id = @p`, pgx.StrictNamedArgs{"p": p, "hash": hash})
}

// SignedIn notes that a user is in.
func (t *Tx) SignedIn(p hotline.PersonID) {
	t.queue(`update users set seen = @now where person_id = @p`, pgx.StrictNamedArgs{"p": p, "now": t.now})
}

// BeginTOTP keeps a second step's secret that is shown and was not typed yet.
func (t *Tx) BeginTOTP(p hotline.PersonID, secret string) {
	t.queue(`update users set totp_new = @secret where person_id = @p`,
		pgx.StrictNamedArgs{"p": p, "secret": seal(t.store.keys.login, []byte(secret), bindUser(p))})
}

// ConfirmTOTP puts the second step in force, with the step that was typed used up, and gives recovery codes, which are told once.
func (t *Tx) ConfirmTOTP(p hotline.PersonID, step int64) []string {
	t.queue(`update users set totp = totp_new, totp_new = null, totp_step = @step where person_id = @p and totp_new is not null`,
		pgx.StrictNamedArgs{"p": p, "step": step})
	return t.NewRecovery(p)
}

// RemoveTOTP takes the second step away.
func (t *Tx) RemoveTOTP(p hotline.PersonID) {
	t.queue(`update users set totp = null, totp_new = null, recovery = '{}' where person_id = @p`, pgx.StrictNamedArgs{"p": p})
}

// UseStep notes that a step's number was used; false: that one or a later one was already.
func (t *Tx) UseStep(ctx context.Context, p hotline.PersonID, step int64) (bool, error) {
	used, err := scalars[int64](ctx, t, "use a number", `update users set totp_step = @step where person_id = @p and totp_step < @step returning totp_step`,
		pgx.StrictNamedArgs{"p": p, "step": step})
	return len(used) == 1, err
}

// NewRecovery makes recovery codes in the place of those there were.
func (t *Tx) NewRecovery(p hotline.PersonID) []string {
	codes, hashes := make([]string, recoveryCodes), make([][]byte, recoveryCodes)
	for i := range codes {
		code := newCode(recoveryLength)
		codes[i], hashes[i] = code[:recoveryLength/2]+"-"+code[recoveryLength/2:], t.store.codeHash(code)
	}
	t.queue(`update users set recovery = @hashes where person_id = @p`, pgx.StrictNamedArgs{"p": p, "hashes": hashes})
	return codes
}

// UseRecovery uses a recovery code up; false: it is none of the user's.
func (t *Tx) UseRecovery(ctx context.Context, p hotline.PersonID, code string) (bool, error) {
	used, err := scalars[hotline.PersonID](ctx, t, "use a recovery code", `
		update users set recovery = array_remove(recovery, @code) where person_id = @p and @code = any (recovery) returning person_id`,
		pgx.StrictNamedArgs{"p": p, "code": t.store.codeHash(code)})
	return len(used) == 1, err
}

// unique tells whether an error says that something is there already.
func unique(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}
