package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tanggap/hotline"
)

// enrol redeems a one-time code. Everybody may try; after too many wrong ones nobody at this address for an hour.
func (k *talk) enrol(ctx context.Context, code string) error {
	if !isEnrolCode(code) {
		k.noEnrolCode(code)
		return nil
	}
	person := k.conv.Person.ID
	if person == 0 {
		person = k.conv.Address.Person
	}
	role, err := k.Enrol(ctx, code, person)
	switch {
	case errors.Is(err, hotline.ErrLocked):
		k.reply(hotline.Say("staff.enrol.locked"))
		return nil
	case errors.Is(err, hotline.ErrCodeUsed):
		k.reply(hotline.Say("staff.enrol.used"))
		return nil
	case errors.Is(err, hotline.ErrCodeExpired):
		k.reply(hotline.Say("staff.enrol.expired"))
		return nil
	case errors.Is(err, hotline.ErrCode):
		k.reply(hotline.Say("staff.enrol.wrong"))
		return nil
	case err != nil:
		return fmt.Errorf("redeem a code: %w", err)
	}
	k.vouch()
	k.st.Staff = staffState{Begun: k.st.Staff.Begun, Member: true}
	r := hotline.Say("staff.enrol.done", "role", hotline.PhraseArg("staff.role."+string(role.Name)), "unit", hotline.UnitArg(role.Unit))
	if slices.Contains(workers, role.Name) {
		if role.OnDuty {
			r = r.And("staff.duty.on").With(pickList(wishQueue), pickList(wishGuide))
		} else {
			r = r.And("staff.guide.first").With(pickList(wishDutyOn), pickList(wishGuide))
		}
	}
	k.reply(r)
	return nil
}

// noEnrolCode answers what cannot be a code, and awaits one. It is not looked up: it is no guess.
func (k *talk) noEnrolCode(code string) {
	k.st.Citizen.await(waitEnrol, 0, k.now.Add(joinWithin))
	switch {
	case code == "":
		k.reply(hotline.Say("staff.enrol.nocode"))
	case isJoinCode(code):
		k.reply(hotline.Say("code.networks", "code", bareCode(code)))
	default:
		k.reply(hotline.Say("code.form", "n", enrolCodeSize).And("staff.enrol.nocode"))
	}
}

// onDuty tells whether one of the person's roles is on duty.
func (k *talk) onDuty() bool {
	return slices.ContainsFunc(k.conv.Viewer.Roles, func(r hotline.Role) bool { return r.OnDuty && r.Name != hotline.RoleCitizen })
}

// duty puts the person on or off duty, or says which they are.
func (k *talk) duty(ctx context.Context, what act) error {
	on := k.onDuty()
	mine, err := k.mine(ctx)
	if err != nil {
		return err
	}
	was := on
	if what != wishDuty {
		on = what == wishDutyOn
		if on != was || !on {
			k.SetDuty(k.me(), on)
		}
	}
	key := "staff.duty.off"
	switch {
	case on && (what == wishDuty || was):
		key = "staff.duty.ison"
	case on:
		key = "staff.duty.on"
	case what == wishDuty || !was:
		key = "staff.duty.isoff"
	}
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key)}}
	if len(mine) > 0 {
		r = r.And("staff.duty.open", "n", len(mine))
	}
	if on {
		r = r.With(pickList(wishQueue), pickList(wishMine)).With(pickList(wishDutyOff))
	} else {
		r = r.With(pickList(wishDutyOn), pickList(wishMine))
	}
	k.reply(r)
	return nil
}

// guide is the short help, by what somebody is: who only goes to emergencies reads of these, who works cases of cases, and a head and a coordinator of
// what they can do besides.
func (k *talk) guide() {
	v := k.conv.Viewer
	r := hotline.Say("staff.guide")
	if v.Has(hotline.RoleResponder) {
		r = r.And("staff.guide.responder")
	}
	if v.Has(hotline.RoleOfficer, hotline.RoleHead, hotline.RoleCoordinator) || !v.Has(hotline.RoleResponder) {
		r = r.And("staff.guide.words")
	}
	if v.Has(hotline.RoleHead) {
		r = r.And("staff.guide.head")
	}
	if k.bot.Console != "" {
		r = r.And("link.guide")
	}
	first := []hotline.Choice{pickList(wishQueue), pickList(wishMine)}
	if v.Has(hotline.RoleHead) && !v.Has(hotline.RoleCoordinator) {
		first = append(first, pickList(wishLate))
	}
	if v.Has(hotline.RoleCoordinator) {
		r = r.And("staff.guide.coordinator")
		r = r.With(pickList(wishTriage), pickList(wishLate)).With(pickList(wishErasures), pickList(wishInvites))
	}
	r = r.With(first...)
	if k.onDuty() {
		k.reply(r.With(pickList(wishDutyOff)))
		return
	}
	k.reply(r.With(pickList(wishDutyOn)))
}
