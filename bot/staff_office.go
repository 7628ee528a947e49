package bot

import (
	"context"
	"fmt"
	"slices"

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
		r = r.And("staff.list.invite", "name", in.Name, "role", hotline.PhraseArg("staff.role."+string(in.Role)), "unit", hotline.UnitArg(in.Unit),
			"until", in.Expires)
	}
	k.reply(r)
	return nil
}
