package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"tanggap/hotline"
)

// This file is what happens in a chat of many. Two things are heard there: the code that registers the group, and a card quoted with "ambil" by an
// enrolled officer of the unit. (Who asks there for a link to the console is told in their own chat to ask there.) Everything else gets no word, whatever it is: a greeting, a command, a complaint, even a word of danger. Nobody's words in a
// group were meant for the hotline, most networks do not even show them to us, and an alarm that sounds for half of them is worse than none. Whoever
// acts here is answered in their own chat (see talk.out); in the group stand only cards, and who took them.

// group handles a message from a chat of many.
func (k *talk) group(ctx context.Context) error {
	wrote := k.conv.Viewer.Person // the chat itself, which is nobody
	k.conv.Viewer = hotline.Viewer{}
	switch k.msg.Kind {
	case hotline.MsgBlocked:
		return k.groupGone(ctx)
	case hotline.MsgMoved:
		if err := k.Moved(ctx, k.conv.Address, k.msg.Moved); err != nil {
			return fmt.Errorf("follow a group: %w", err)
		}
		return nil
	case hotline.MsgText:
	default:
		return nil
	}
	if k.msg.Forwarded {
		return nil
	}
	if code, asked := enrolment(k.msg.Text); asked && code != "" && strings.HasPrefix(k.msg.Text, "/") {
		return k.registerGroup(ctx, code, wrote)
	}
	if asksConsole(k.msg.Text) {
		return k.consoleInGroup(ctx)
	}
	if k.msg.ReplyTo != "" && takes(k.msg.Text) {
		return k.takeInGroup(ctx)
	}
	return nil
}

// registerGroup binds the group to the unit whose head asked for the code. Whoever types it must work there: cards are not for any group that got hold
// of a code. What goes wrong, only the head hears.
func (k *talk) registerGroup(ctx context.Context, code string, wrote hotline.PersonID) error {
	v, err := k.member(ctx)
	if err != nil {
		return err
	}
	if v.Person != 0 { // a wrong code counts against whoever typed it: a stranger's do not keep the officers out
		wrote = v.Person
	}
	in, err := k.GroupCode(ctx, code, wrote)
	switch {
	case errors.Is(err, hotline.ErrCode):
		return nil
	case errors.Is(err, hotline.ErrLocked):
		return k.tellLocked(ctx)
	}
	if err != nil {
		return fmt.Errorf("look up a group's code: %w", err)
	}
	heads, err := k.People(ctx, append([]string{in.Unit}, k.reg.Ancestors(in.Unit)...), hotline.RoleHead)
	if err != nil {
		return fmt.Errorf("find the head of a unit: %w", err)
	}
	if !slices.ContainsFunc(heads, func(r hotline.Role) bool { return r.Is(in.By) }) {
		return nil // no longer the head
	}
	unit := hotline.UnitArg(in.Unit)
	if !k.worksIn(v, in.Unit) {
		k.Say(hotline.Out{Person: in.By, Lane: hotline.LaneReply, Reply: hotline.Say("group.stranger", "unit", unit)})
		return nil
	}
	k.Register(code, in, k.conv.Address.ID)
	k.Say(hotline.Out{To: k.conv.Address.ID, Lane: hotline.LaneReply, Asked: true, Reply: hotline.Say("group.welcome", "unit", unit).And("group.take")})
	return k.tellHeads(ctx, heads, unit)
}

// tellHeads tells every head of the unit, and of those above it, that a group was registered, wherever they can be reached, and how to end that: a code that
// a thief asked for in a head's name must not bring the unit's cards to a group the head knows nothing of.
func (k *talk) tellHeads(ctx context.Context, heads []hotline.Role, unit hotline.UnitArg) error {
	at := k.conv.Address
	r := hotline.Say("group.registered", "unit", unit, "network", at.Channel.Label(), "tail", hotline.Tail(at.Peer)).
		With(hotline.Pick("g:end:"+strconv.FormatInt(int64(at.ID), 10), "button.group.end", "tail", hotline.Tail(at.Peer)))
	told := map[hotline.AddressID]bool{}
	for _, h := range heads {
		known, err := k.Addresses(ctx, h.Person)
		if err != nil {
			return fmt.Errorf("find where a head can be reached: %w", err)
		}
		for _, a := range known {
			if !told[a.ID] {
				told[a.ID] = true
				k.Say(hotline.Out{To: a.ID, Here: true, Lane: hotline.LaneReply, Reply: r})
			}
		}
	}
	return nil
}

// tellLocked tells whoever asked for a group's code, once an hour, that codes are guessed in this group.
func (k *talk) tellLocked(ctx context.Context) error {
	if k.now.Before(k.st.Join.Until) {
		return nil
	}
	k.st.Join.Until = k.now.Add(time.Hour)
	heads, err := k.AskedForGroups(ctx)
	if err != nil {
		return fmt.Errorf("find who asked for a group's code: %w", err)
	}
	for _, p := range heads {
		k.Say(hotline.Out{Person: p, Lane: hotline.LaneNotice, Reply: hotline.Say("group.locked", "network", k.conv.Address.Channel.Label(),
			"tail", hotline.Tail(k.conv.Address.Peer))})
	}
	return nil
}

// member gives who writes in the group, with the roles they hold; nobody where they never wrote to us themselves.
func (k *talk) member(ctx context.Context) (hotline.Viewer, error) {
	if k.msg.From == "" {
		return hotline.Viewer{}, nil
	}
	v, err := k.Member(ctx, k.conv.Address, k.msg.From)
	if err != nil && !errors.Is(err, hotline.ErrNotFound) {
		return hotline.Viewer{}, fmt.Errorf("see who writes in a group: %w", err)
	}
	return v, nil
}

// worksIn tells whether somebody works cases in the unit.
func (k *talk) worksIn(v hotline.Viewer, unit string) bool {
	return slices.ContainsFunc(v.Roles, func(r hotline.Role) bool {
		return slices.Contains(workers, r.Name) && r.Name != hotline.RoleCoordinator && k.reg.Within(unit, r.Unit)
	})
}

// takes tells whether a text says that its writer takes what it quotes, and nothing else.
func takes(s string) bool {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(courtesies, w) || slices.Contains(takers, w) })
	return len(words) == 1 && actWords[words[0]] == actTake && !strings.Contains(s, "?")
}

// takers are words beside "ambil" that change nothing.
var takers = strings.Fields("saya aku kula kami biar tak ya nggih i will")

// takeInGroup takes the part whose card is quoted. The group is told who took it, as every group that got the card is (see changeCards).
func (k *talk) takeInGroup(ctx context.Context) error {
	g, err := k.GroupAt(ctx, k.conv.Address.ID)
	if errors.Is(err, hotline.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("see whose group it is: %w", err)
	}
	id, assign, err := k.CaseOfMessage(ctx, k.conv.Address.ID, k.msg.ReplyTo)
	if errors.Is(err, hotline.ErrNotFound) || err == nil && assign == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the case of a message: %w", err)
	}
	v, err := k.member(ctx)
	if err != nil {
		return err
	}
	if !k.worksIn(v, g.Unit) {
		return nil
	}
	k.conv.Viewer, k.conv.Person.ID = v, v.Person
	return k.take(ctx, id, assign)
}

// groupGone ends what a group was: we are no longer in it. The head who registered it is told.
func (k *talk) groupGone(ctx context.Context) error {
	g, err := k.GroupAt(ctx, k.conv.Address.ID)
	if errors.Is(err, hotline.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("see whose group it was: %w", err)
	}
	k.Leave(k.conv.Address.ID)
	if g.By != 0 {
		k.Say(hotline.Out{Person: g.By, Lane: hotline.LaneNotice, Reply: hotline.Say("group.gone", "unit", hotline.UnitArg(g.Unit),
			"network", g.Address.Channel.Label(), "tail", hotline.Tail(g.Address.Peer))})
	}
	return nil
}

// tellGroups tells the groups that got a part's card who took it.
func (k *talk) tellGroups(ctx context.Context, c hotline.Case, a hotline.Assignment) error {
	groups, err := k.GroupsWith(ctx, GroupCardName(a.ID))
	if err != nil {
		return fmt.Errorf("list the groups that got a card: %w", err)
	}
	for _, g := range groups {
		out := TakenInGroup(k.reg, c, a, k.me())
		out.To = g.Address.ID
		k.Say(out)
	}
	return nil
}
