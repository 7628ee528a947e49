package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// An Invitation is one that nobody has used yet. Its code is known only to whoever was told it: Ref, part of the code's hash, names it for humans.
type Invitation struct {
	hotline.Invite
	Ref     string // eight letters and digits
	Created time.Time
}

// refLength is how much of a hash names an invitation, in hexadecimal digits.
const refLength = 8

// ErrSeveral says that a name fits more than one thing.
var ErrSeveral = errors.New("it fits more than one")

type invitationRow struct {
	CodeHash []byte
	Role     hotline.RoleName
	Unit     string
	Name     []byte
	Created  time.Time
	Expires  time.Time
}

// Invites lists the invitations that can still be used, the oldest first.
func (t *Tx) Invites(ctx context.Context) ([]Invitation, error) {
	return t.invites(ctx, "list invitations", "")
}

func (t *Tx) invites(ctx context.Context, what, ref string) ([]Invitation, error) {
	rows, err := read[invitationRow](ctx, t, what, `
		select code_hash, role, unit, name, created, expires from invites
		where used_at is null and expires > @now and starts_with(encode(code_hash, 'hex'), @ref) order by created, code_hash`,
		pgx.StrictNamedArgs{"now": t.now, "ref": ref})
	if err != nil {
		return nil, err
	}
	out := make([]Invitation, len(rows))
	for i, r := range rows {
		name, err := open(t.store.keys.person, r.Name, string(r.CodeHash))
		if err != nil {
			return nil, fmt.Errorf("%s: open a name: %w", what, err)
		}
		out[i] = Invitation{Invite: hotline.Invite{Role: r.Role, Unit: r.Unit, Name: string(name), Expires: r.Expires},
			Ref: hex.EncodeToString(r.CodeHash)[:refLength], Created: r.Created}
	}
	return out, nil
}

// RevokeInvite makes an invitation, named by its Ref, one that has expired. hotline.ErrNotFound: there is no such open one; ErrSeveral: there is
// more than one, which asks for the whole hash.
func (t *Tx) RevokeInvite(ctx context.Context, ref string) (Invitation, error) {
	ref = strings.ToLower(strings.TrimSpace(ref))
	if len(ref) < refLength {
		return Invitation{}, fmt.Errorf("find an invitation: %w", hotline.ErrNotFound)
	}
	found, err := t.invites(ctx, "find an invitation", ref)
	switch {
	case err != nil:
		return Invitation{}, err
	case len(found) == 0:
		return Invitation{}, fmt.Errorf("find an invitation: %w", hotline.ErrNotFound)
	case len(found) > 1:
		return Invitation{}, fmt.Errorf("find an invitation: %w", ErrSeveral)
	}
	t.queue(`update invites set expires = @now where used_at is null and expires > @now and starts_with(encode(code_hash, 'hex'), @ref)`,
		pgx.StrictNamedArgs{"now": t.now, "ref": ref})
	return found[0], nil
}

// Erasures lists the requests for erasure that wait to be decided, the most urgent first.
func (t *Tx) Erasures(ctx context.Context) ([]hotline.ErasureRequest, error) {
	rows, err := read[erasureRow](ctx, t, "list requests for erasure",
		`select `+erasureColumns+` from erasures where decided is null order by due, id`, pgx.StrictNamedArgs{})
	if err != nil {
		return nil, err
	}
	out := make([]hotline.ErasureRequest, len(rows))
	for i, r := range rows {
		out[i] = r.value()
	}
	return out, nil
}

// OpenInvites lists them as the conversations know them: whom and what for, and until when.
func (t *Tx) OpenInvites(ctx context.Context) ([]hotline.Invite, error) {
	open, err := t.Invites(ctx)
	out := make([]hotline.Invite, len(open))
	for i, in := range open {
		out[i] = in.Invite
		out[i].Ref = in.Ref
	}
	return out, err
}

// CancelInvite is RevokeInvite for the conversations. One that fits more than once is as good as none: it is revoked at the command line.
func (t *Tx) CancelInvite(ctx context.Context, ref string) (hotline.Invite, error) {
	in, err := t.RevokeInvite(ctx, ref)
	if errors.Is(err, ErrSeveral) {
		err = fmt.Errorf("cancel an invitation: %w", hotline.ErrNotFound)
	}
	return in.Invite, err
}
