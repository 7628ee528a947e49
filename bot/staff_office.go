package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file is what a coordinator looks up beside cases: requests for erasure that wait to be decided, and invitations that wait to be used.

// mostRequests is how many requests for erasure are shown, a message each since each has its own buttons.
const mostRequests = 5

// listErasures shows the requests that nobody has decided yet, each as the card that came when it was made. Their own request coordinators don't see:
// a colleague decides it.
func (k *talk) listErasures(ctx context.Context) error {
	all, err := k.Erasures(ctx)
	if err != nil {
		return fmt.Errorf("list requests for erasure: %w", err)
	}
	open := slices.DeleteFunc(all, func(q hotline.ErasureRequest) bool { return k.is(q.Person) })
	if len(open) == 0 {
		k.reply(hotline.Say("staff.list.noerase"))
		return nil
	}
	k.reply(hotline.Say("staff.list.erasures", "n", len(open)))
	for _, q := range open[:min(len(open), mostRequests)] {
		k.reply(k.erasureCard(q))
	}
	return nil
}

// listInvites shows whose codes wait to be used. The codes themselves nobody can see any more.
func (k *talk) listInvites(ctx context.Context) error {
	open, err := k.OpenInvites(ctx)
	if err != nil {
		return fmt.Errorf("list invitations: %w", err)
	}
	if len(open) == 0 {
		k.reply(hotline.Say("staff.list.noinvite"))
		return nil
	}
	r := hotline.Say("staff.list.invites", "n", len(open))
	for _, in := range open[:min(len(open), mostListed)] {
		if in.Role == hotline.RoleGroup {
			r = r.And("staff.list.invite.group", "unit", hotline.UnitArg(in.Unit), "until", in.Expires).
				With(hotline.Pick(invitePrefix+in.Ref, "staff.button.revoke.group", "unit", hotline.UnitArg(in.Unit)))
			continue
		}
		r = r.And("staff.list.invite", "name", in.Name, "role", hotline.PhraseArg("staff.role."+string(in.Role)), "unit", hotline.UnitArg(in.Unit),
			"until", in.Expires)
		r = r.With(hotline.Pick(invitePrefix+in.Ref, "staff.button.revoke", "name", in.Name))
	}
	k.reply(r)
	return nil
}

// invitePrefix begins the value of a button about an invitation: "s:invite:1f2e3d4c", and with ":yes" the yes to taking it back.
const invitePrefix = staffPrefix + "invite:"

// pressInvite takes an invitation back, after a yes; false where the button is none about an invitation.
func (k *talk) pressInvite(ctx context.Context) (bool, error) {
	rest, ok := strings.CutPrefix(k.msg.Choice, invitePrefix)
	if !ok {
		return false, nil
	}
	ref, sure := strings.CutSuffix(rest, ":yes")
	if !k.conv.Viewer.Has(hotline.RoleCoordinator) {
		k.reply(hotline.Say("staff.stale"))
		return true, nil
	}
	open, err := k.OpenInvites(ctx)
	if err != nil {
		return true, fmt.Errorf("list invitations: %w", err)
	}
	i := slices.IndexFunc(open, func(in hotline.Invite) bool { return in.Ref == ref })
	if i < 0 {
		k.reply(hotline.Say("staff.revoke.gone"))
		return true, nil
	}
	in := open[i]
	unit := hotline.UnitArg(in.Unit)
	if !sure {
		r := hotline.Say("staff.revoke.ask.group", "unit", unit)
		if in.Role != hotline.RoleGroup {
			r = hotline.Say("staff.revoke.ask", "name", in.Name, "role", hotline.PhraseArg("staff.role."+string(in.Role)), "unit", unit)
		}
		k.reply(r.With(hotline.Pick(invitePrefix+ref+":yes", "staff.button.revoke.yes"), pickList(wishInvites)))
		return true, nil
	}
	if _, err := k.CancelInvite(ctx, ref); errors.Is(err, hotline.ErrNotFound) {
		k.reply(hotline.Say("staff.revoke.gone"))
		return true, nil
	} else if err != nil {
		return true, fmt.Errorf("take an invitation back: %w", err)
	}
	k.reply(hotline.Say("staff.revoke.done", "unit", unit))
	return true, nil
}
