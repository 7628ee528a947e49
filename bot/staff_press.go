package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// A press is the value of one of this side's buttons taken apart.
type staffPressed struct {
	what   act
	rest   string // all after the act
	assign hotline.AssignmentID
	id     hotline.CaseID
	arg    string // of a coordinator's button: what follows the case
}

// aboutCase are the acts whose buttons name a case and not an assignment.
func aboutCase(a act) bool {
	switch a {
	case actRoute, actOwn, actHand, actCategory, actArchive, actTranscribe, actCase, actBlock, actUnblock:
		return true
	}
	return false
}

// coordinatorOnly are the acts that only the coordinator does.
func coordinatorOnly(a act) bool { return aboutCase(a) }

// readPress takes "s:take:17:5", "s:route:5:dlh", "s:list:queue" or "s:p:3:as:answer" apart; false where it is none of these.
func readPress(v string) (staffPressed, bool) {
	rest, ok := strings.CutPrefix(v, staffPrefix)
	if !ok || len(v) > 128 {
		return staffPressed{}, false
	}
	what, rest, _ := strings.Cut(rest, ":")
	p := staffPressed{what: act(what), rest: rest}
	switch {
	case p.what == "p" || p.what == "list":
		return p, rest != ""
	case aboutCase(p.what):
		id, arg, _ := strings.Cut(rest, ":")
		n, err := strconv.ParseInt(id, 10, 64)
		p.id, p.arg = hotline.CaseID(n), arg
		return p, err == nil && n > 0
	}
	p.assign, p.id, ok = cutIDs(rest)
	_, known := buttonActs[p.what]
	return p, ok && known
}

// buttonActs are the acts that a button under a card can start.
var buttonActs = map[act]bool{
	actTake: true, actAck: true, actSee: true, actMore: true, actAnswer: true, actAsk: true, actNote: true, actPhoto: true, actResolve: true,
	actSchedule: true, actPass: true, actCannot: true, actDecline: true, actRelease: true, actHelp: true, actFinish: true, actOver: true, actUndo: true,
	actDepart: true, actArrive: true,
}

// press answers a button.
func (k *talk) press(ctx context.Context) error {
	if done, err := k.pressInvite(ctx); done || err != nil {
		return err
	}
	if done, err := k.pressVisit(ctx); done || err != nil {
		return err
	}
	p, ok := readPress(k.msg.Choice)
	if !ok {
		k.reply(hotline.Say("staff.stale"))
		return nil
	}
	if p.what != "p" {
		k.leave()
	}
	switch {
	case p.what == "p":
		return k.pressPending(ctx, p.rest)
	case p.what == "list":
		what, page, _ := strings.Cut(p.rest, ":")
		if n, err := strconv.Atoi(page); err == nil && n >= 0 && n <= mostCounted {
			k.st.Staff.Page = n
		}
		done, err := k.wish(ctx, act(what))
		k.st.Staff.Page = 0
		if !done && err == nil {
			k.reply(hotline.Say("staff.stale"))
		}
		return err
	case aboutCase(p.what):
		return k.pressCase(ctx, p)
	}
	k.st.Staff.Pending = nil
	if p.id == 0 { // a button that names the assignment only: the message it hangs on knows the case
		id, assign, err := k.CaseOfMessage(ctx, k.conv.Address.ID, k.msg.On)
		switch {
		case errors.Is(err, hotline.ErrNotFound), err == nil && assign != p.assign:
			k.reply(hotline.Say("staff.stale"))
			return nil
		case err != nil:
			return fmt.Errorf("find the case of a message: %w", err)
		}
		p.id = id
	}
	if p.what == actPhoto {
		p.what = ""
	}
	return k.act(ctx, p.what, p.id, p.assign)
}

// pressCase answers a coordinator's button about a case.
func (k *talk) pressCase(ctx context.Context, p staffPressed) error {
	c, err := k.Case(ctx, p.id)
	if errors.Is(err, hotline.ErrNotFound) {
		k.reply(hotline.Say("staff.gone"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	if !k.coordinates(c) {
		return k.lost(c, hotline.Assignment{})
	}
	return k.triage(ctx, c, p.what, p.arg)
}

// coordinates tells whether the person is a coordinator who may decide about the case.
func (k *talk) coordinates(c hotline.Case) bool {
	return k.conv.Viewer.Has(hotline.RoleCoordinator) && k.reg.Sees(k.conv.Viewer, c).Act
}
