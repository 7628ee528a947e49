package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// What a head asks for in their own chat: a code that registers a group of the unit, and that a group no longer is one. The values of the buttons:
// "g:new:UNIT" makes a code, "g:end:ID" ends the group at that address.

const groupPrefix = "g:"

var (
	groupWords = list("daftarkan grup, daftar grup, /daftargrup, tambah grup, daftaraken grup, register group, add group")
	leaveWords = list("lepas grup, lepaskan grup, /lepasgrup, hapus grup, lepasaken grup, release group, remove group")
)

// groupCodeFor is how long a group's code is good.
const groupCodeFor = 24 * time.Hour

// groupWish answers somebody who works for the service and speaks of groups.
func (k *talk) groupWish(ctx context.Context) (bool, error) {
	if !k.conv.Viewer.Staff() {
		return false, nil
	}
	switch k.msg.Kind {
	case hotline.MsgText:
		switch typed := plain(k.msg.Text); {
		case slices.Contains(groupWords, typed):
			k.newGroup("")
			return true, nil
		case slices.Contains(leaveWords, typed):
			return true, k.askLeave(ctx)
		}
	case hotline.MsgChoice:
		rest, ok := strings.CutPrefix(k.msg.Choice, groupPrefix)
		if !ok {
			return false, nil
		}
		what, arg, _ := strings.Cut(rest, ":")
		switch what {
		case "new":
			k.newGroup(arg)
			return true, nil
		case "end":
			id, err := strconv.ParseInt(arg, 10, 64)
			if err == nil {
				return true, k.leaveGroup(ctx, hotline.AddressID(id))
			}
		}
		k.reply(hotline.Say("staff.stale"))
		return true, nil
	}
	return false, nil
}

// headOf gives the units the person heads.
func (k *talk) headOf() []string {
	var units []string
	for _, r := range k.conv.Viewer.Roles {
		if r.Name == hotline.RoleHead && !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	return units
}

// newGroup makes a code for a group of a unit; with several units and none named it asks which.
func (k *talk) newGroup(unit string) {
	units := k.headOf()
	switch {
	case len(units) == 0, unit != "" && !slices.Contains(units, unit):
		k.reply(hotline.Say("group.headonly"))
		return
	case unit == "" && len(units) > 1:
		r := hotline.Say("group.which")
		for _, u := range units {
			r = r.With(hotline.Pick("g:new:"+u, "staff.button.unit", "unit", hotline.UnitArg(u)))
		}
		k.reply(r)
		return
	case unit == "":
		unit = units[0]
	}
	until := k.now.Add(groupCodeFor)
	code := k.NewInvite(hotline.Invite{Role: hotline.RoleGroup, Unit: unit, By: k.me(), Expires: until})
	r := hotline.Say("group.code", "unit", hotline.UnitArg(unit), "until", until).
		And("group.code.how", "command", k.command()+" "+code).And("group.code.careful")
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: r, Expires: until})
}

// command is what is typed in a group before the code. On Telegram it names us: in a group a bot hears commands that are for it, and no others.
func (k *talk) command() string {
	if k.conv.Address.Channel == hotline.Telegram && k.bot.Links != nil {
		if _, name, ok := strings.Cut(strings.TrimPrefix(k.bot.Links(""), "https://"), "/"); ok && name != "" {
			return "/daftar@" + name
		}
	}
	return "/daftar"
}

// mayLeave tells whether the person decides about a group: the head of its unit or of one above, or a coordinator.
func (k *talk) mayLeave(g hotline.Group) bool {
	return k.conv.Viewer.Has(hotline.RoleCoordinator) || k.ofUnit(g.Unit, hotline.RoleHead)
}

// askLeave shows the groups that the person decides about.
func (k *talk) askLeave(ctx context.Context) error {
	groups, err := k.Groups(ctx)
	if err != nil {
		return fmt.Errorf("list groups: %w", err)
	}
	groups = slices.DeleteFunc(groups, func(g hotline.Group) bool { return !k.mayLeave(g) })
	if len(groups) == 0 {
		key := "group.headonly"
		if k.conv.Viewer.Has(hotline.RoleCoordinator, hotline.RoleHead) {
			key = "group.none"
		}
		k.reply(hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key)}})
		return nil
	}
	r := hotline.Say("group.end.which")
	for _, g := range groups[:min(len(groups), mostGroups)] {
		r = r.And("group.line", "network", g.Address.Channel.Label(), "tail", hotline.Tail(g.Address.Peer), "unit", hotline.UnitArg(g.Unit), "since", g.Since)
		r = r.With(hotline.Pick("g:end:"+strconv.FormatInt(int64(g.Address.ID), 10), "button.group.end", "tail", hotline.Tail(g.Address.Peer)))
	}
	k.reply(r)
	return nil
}

// mostGroups is how many groups are shown at once, the oldest first.
const mostGroups = 20

// leaveGroup ends that a group belongs to its unit. The group is told, as the last word there.
func (k *talk) leaveGroup(ctx context.Context, id hotline.AddressID) error {
	groups, err := k.Groups(ctx)
	if err != nil {
		return fmt.Errorf("list groups: %w", err)
	}
	i := slices.IndexFunc(groups, func(g hotline.Group) bool { return g.Address.ID == id && k.mayLeave(g) })
	if i < 0 {
		k.reply(hotline.Say("staff.stale"))
		return nil
	}
	g := groups[i]
	k.Leave(id)
	k.Say(hotline.Out{To: id, Lane: hotline.LaneReply, Reply: hotline.Say("group.over", "unit", hotline.UnitArg(g.Unit))})
	k.reply(hotline.Say("group.ended", "unit", hotline.UnitArg(g.Unit), "network", g.Address.Channel.Label(), "tail", hotline.Tail(g.Address.Peer)))
	return nil
}
