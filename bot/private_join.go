package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// One person on several networks. "hubungkan" on one shows a code; typed on the other, and confirmed there, it joins the two: the code is the proof.
// Where both networks vouch for the same number, a yes here only has the same asked there, and a yes there joins: numbers pass from hand to hand. For
// whoever works for the service there are only codes. "pisahkan" parts them again, from either side. Whoever is joined is told so at once on all their
// other networks, with a button that undoes it: a code may have been stolen. What is said there is for that chat alone, and goes by no other.
//
// The values of the buttons: "j:yes" and "j:no" answer the question whether to join, "j:ok:CODE" and "j:nok:CODE" the one that was asked from another
// network; "j:part:ID" parts the address with that id, "j:out:ID" with it all who came with it.

const joinPrefix = "j:"

// What whole messages ask to be joined, or parted again.
var (
	joinWords = list("hubungkan, /hubungkan, gabung nomor, gabungkan nomor, hubungkan nomor, sambungkan nomor, sambungkan, sambungkan wa, hubungkan wa, " +
		"sambungkan whatsapp, hubungkan whatsapp, sambungkan telegram, hubungkan telegram, sambungaken, sambungaken wa, gathukaken, connect, link my number, " +
		"connect whatsapp, connect telegram")
	partWords = list("pisahkan, /pisahkan, pisahkan nomor, pisahkan wa, pisahkan whatsapp, pisahkan telegram, putuskan sambungan, lepas sambungan, pisahaken, " +
		"disconnect, unlink, unlink my number")
)

// joinWithin is how long a code is good, and the question whether to join.
const joinWithin = 10 * time.Minute

// joinAskedFor is how long a question to the other side stands.
const joinAskedFor = 24 * time.Hour

// joining is what the question whether to join is about.
type joining struct {
	Ticket string            `json:"t,omitempty"` // of a code; empty: a number that both networks vouch for
	With   hotline.AddressID `json:"w,omitempty"` // the address on the other side
	Until  time.Time         `json:"u,omitzero"`
}

// join answers what concerns being one person on several networks.
func (k *talk) join(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	w := s.waiting(k.now)
	if s.Wait == waitCode || s.Wait == waitJoin || s.Wait == waitEnrol {
		s.rest() // a typed answer is one only right after the question; the buttons stay
	}
	switch k.msg.Kind {
	case hotline.MsgChoice:
		return k.joinChoice(ctx)
	case hotline.MsgText:
	default:
		return false, nil
	}
	typed := plain(k.msg.Text)
	code, asked := joinWish(k.msg.Text)
	bare := k.msg.ReplyTo == "" && !k.msg.Forwarded && (s.Draft == nil || s.Draft.Danger == "")
	if bare && !asked && (w == waitCode || w == waitEnrol) {
		if done, err := k.awaitedCode(ctx, w); done || err != nil {
			return done, err
		}
	}
	switch {
	case asked && code == "":
		k.showCode()
		return true, nil
	case asked:
		return true, k.tryCode(ctx, code)
	case slices.Contains(partWords, typed):
		return true, k.askPart(ctx)
	case w == waitJoin && bare && among(yeses, typed) && !k.sentBefore(s.Until.Add(-joinWithin)):
		return true, k.joinNow(ctx)
	case w == waitJoin && bare && among(noes, typed):
		k.dropJoin()
		return true, nil
	}
	return false, nil
}

func (k *talk) joinChoice(ctx context.Context) (bool, error) {
	rest, ok := strings.CutPrefix(k.msg.Choice, joinPrefix)
	if !ok {
		return false, nil
	}
	what, arg, _ := strings.Cut(rest, ":")
	switch what {
	case "yes":
		return true, k.joinNow(ctx)
	case "no":
		k.dropJoin()
		return true, nil
	case "ok", "nok":
		return true, k.answerJoin(ctx, arg, what == "ok")
	case "part", "out":
		id, err := strconv.ParseInt(arg, 10, 64)
		if err == nil {
			return true, k.part(ctx, hotline.AddressID(id), what == "out")
		}
	}
	k.say(hotline.Say("button.old").With(pickMenu()))
	return true, nil
}

// joinWish reads "hubungkan", and "hubungkan K7QM2X". Other words after it make it somebody's sentence.
func joinWish(s string) (code string, asked bool) {
	typed := plain(s)
	if slices.Contains(joinWords, typed) {
		return "", true
	}
	if typed == "" {
		return "", false
	}
	words := strings.Fields(s)
	for n := min(3, len(words)-1); n > 0; n-- { // the longest of joinWords have so many
		if !slices.Contains(joinWords, strings.ToLower(strings.Join(words[:n], " "))) {
			continue
		}
		if c, meant := readCode(strings.Join(words[n:], " "), joinCodeSize); meant {
			return c.text, true
		}
	}
	return "", false
}

// vouch keeps the number that the network shows of a person.
func (k *talk) vouch() {
	if phone := e164(k.msg.Phone); phone != "" {
		k.Vouch(k.me(), phone)
		k.conv.Person.Phone = phone
	}
}

// showCode shows a code, to be typed on the other network.
func (k *talk) showCode() {
	k.vouch()
	until := k.now.Add(joinWithin)
	code := k.NewJoinCode(k.me(), k.conv.Address.ID, until)
	k.st.Citizen.await(waitCode, 0, until)
	there := hotline.WhatsApp
	if k.conv.Address.Channel != hotline.Telegram {
		there = hotline.Telegram
	}
	r := hotline.Say("join.code", "code", code).And("join.code.how", "network", there.Label(), "code", code).And("join.code.keep").And("join.code.have")
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: k.noted(r), Slot: k.slot(), Expires: until, Here: true})
	k.seal()
}

// awaitedCode takes the code that was asked for; false: something else was said.
func (k *talk) awaitedCode(ctx context.Context, w wait) (bool, error) {
	size := joinCodeSize
	if w == waitEnrol {
		size = enrolCodeSize
	}
	code, meant := readCode(k.msg.Text, size)
	switch {
	case !meant:
		return false, nil
	case w == waitEnrol:
		return true, k.enrol(ctx, code.text)
	}
	return true, k.tryCode(ctx, code.text)
}

// tryCode looks a typed code up and asks whether to join. What cannot be a code is not looked up: it is no guess.
func (k *talk) tryCode(ctx context.Context, code string) error {
	if !isJoinCode(code) {
		k.st.Citizen.await(waitCode, 0, k.now.Add(joinWithin))
		if isEnrolCode(code) {
			k.say(hotline.Say("code.officers", "code", bareCode(code)))
			return nil
		}
		k.say(hotline.Say("code.form", "n", joinCodeSize).And("join.wrong.how"))
		return nil
	}
	j, err := k.JoinCode(ctx, code, k.me())
	switch {
	case errors.Is(err, hotline.ErrLocked):
		k.say(hotline.Say("join.locked"))
	case errors.Is(err, hotline.ErrSame):
		k.say(hotline.Say("join.same"))
	case errors.Is(err, hotline.ErrCodeUsed):
		k.say(hotline.Say("join.used"))
	case errors.Is(err, hotline.ErrCodeExpired):
		k.say(hotline.Say("join.expired"))
	case errors.Is(err, hotline.ErrErasing):
		k.say(hotline.Say("join.erasing"))
	case errors.Is(err, hotline.ErrCode):
		k.st.Citizen.await(waitCode, 0, k.now.Add(joinWithin))
		k.say(hotline.Say("join.wrong"))
	case err != nil:
		return fmt.Errorf("look up a code: %w", err)
	default:
		k.vouch()
		r := k.askJoin(hotline.Reply{}, j)
		staff, err := k.staffAt(ctx, j.With)
		if err != nil {
			return err
		}
		if staff {
			r = r.And("join.sure.staff")
		}
		k.say(r.And("join.sure.code").With(joinButtons()...))
	}
	return nil
}

// askJoin asks whether to join, and says what that means.
func (k *talk) askJoin(r hotline.Reply, j hotline.Join) hotline.Reply {
	k.st.Join = joining{Ticket: j.Ticket, With: j.With.ID, Until: k.now.Add(joinWithin)}
	k.st.Citizen.await(waitJoin, 0, k.st.Join.Until)
	return r.And("join.sure", "network", j.With.Channel.Label(), "tail", j.With.Tail).And("join.sure.what")
}

func joinButtons() []hotline.Choice {
	return []hotline.Choice{hotline.Pick("j:yes", "button.join"), hotline.Pick("j:no", "button.no")}
}

// ownPhone keeps the number that a network says is the person's own; where another network says the same of somebody, they are asked whether that is they.
func (k *talk) ownPhone(ctx context.Context, phone string) error {
	k.Vouch(k.me(), phone)
	k.conv.Person.Phone = phone
	r := hotline.Say("contact.kept")
	with, err := k.SamePhone(ctx, k.me(), k.conv.Address.Channel, phone)
	switch {
	case errors.Is(err, hotline.ErrNotFound):
		k.say(r)
		return nil
	case err != nil:
		return fmt.Errorf("look for a number on another network: %w", err)
	}
	staff, err := k.staffAt(ctx, with)
	if err != nil {
		return err
	}
	if staff {
		k.say(r.And("join.bycode", "network", with.Channel.Label(), "tail", with.Tail))
		return nil
	}
	k.say(k.askJoin(r, hotline.Join{With: with}).With(joinButtons()...))
	return nil
}

// staffAt tells whether the person who writes, or whoever is at an address, works for the service.
func (k *talk) staffAt(ctx context.Context, a hotline.Known) (bool, error) {
	if k.conv.Viewer.Staff() {
		return true, nil
	}
	roles, err := k.People(ctx, nil, hotline.StaffRoles...)
	if err != nil {
		return false, fmt.Errorf("see who works for the service: %w", err)
	}
	return slices.ContainsFunc(roles, func(r hotline.Role) bool { return r.Is(a.Home) }), nil
}

// askThere asks on the other side, whose number is the same. Nothing is joined by a yes here alone: this side may have got a number that was another's,
// or the other.
func (k *talk) askThere(ctx context.Context, id hotline.AddressID) error {
	with, err := k.SamePhone(ctx, k.me(), k.conv.Address.Channel, k.conv.Person.Phone)
	if err == nil && with.ID != id {
		err = hotline.ErrNotFound
	}
	if errors.Is(err, hotline.ErrNotFound) {
		k.say(hotline.Say("join.over"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for a number on another network: %w", err)
	}
	staff, err := k.staffAt(ctx, with)
	if err != nil {
		return err
	}
	if staff {
		k.say(hotline.Say("join.bycode", "network", with.Channel.Label(), "tail", with.Tail))
		return nil
	}
	until := k.now.Add(joinAskedFor)
	code, err := k.OfferJoin(ctx, k.me(), k.conv.Address.ID, with.ID, until)
	switch {
	case errors.Is(err, hotline.ErrErasing):
		k.say(hotline.Say("join.erasing"))
		return nil
	case errors.Is(err, hotline.ErrCodeUsed), err == nil && code == "":
		k.say(hotline.Say("join.again"))
		return nil
	case err != nil:
		return fmt.Errorf("ask on another network: %w", err)
	}
	all, err := k.Addresses(ctx, k.me())
	if err != nil {
		return fmt.Errorf("list a person's addresses: %w", err)
	}
	here := knownAt(all, k.conv.Address.ID)
	k.Say(hotline.Out{To: with.ID, Lane: hotline.LaneReply, Expires: until, Here: true,
		Reply: hotline.Say("join.ask", "network", here.Channel.Label(), "tail", here.Tail).And("join.ask.what").
			With(hotline.Pick("j:ok:"+code, "button.join.me"), hotline.Pick("j:nok:"+code, "button.join.not"))})
	k.say(hotline.Say("join.asked", "network", with.Channel.Label(), "tail", with.Tail, "until", until))
	return nil
}

// answerJoin is the answer to the question that was asked from another network.
func (k *talk) answerJoin(ctx context.Context, code string, yes bool) error {
	j, err := k.JoinOffer(ctx, code, k.conv.Address.ID)
	if errors.Is(err, hotline.ErrCode) {
		k.say(hotline.Say("join.over"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up a question: %w", err)
	}
	all, err := k.Addresses(ctx, k.me())
	if err != nil {
		return fmt.Errorf("list a person's addresses: %w", err)
	}
	if !yes {
		here := knownAt(all, k.conv.Address.ID)
		k.Decline(j.Ticket)
		k.elsewhere(j.With, hotline.Say("join.refused", "network", here.Channel.Label(), "tail", here.Tail))
		k.say(hotline.Say("join.not"))
		return nil
	}
	staff, err := k.staffAt(ctx, j.With)
	if err != nil {
		return err
	}
	if staff { // since it was asked
		k.say(hotline.Say("join.bycode", "network", j.With.Channel.Label(), "tail", j.With.Tail))
		return nil
	}
	return k.redeem(ctx, j.Ticket, j.With.ID, j.With.ID)
}

func (k *talk) dropJoin() {
	k.st.Join = joining{}
	k.st.Citizen.rest()
	k.say(hotline.Say("join.not"))
}

// joinNow joins, after the yes.
func (k *talk) joinNow(ctx context.Context) error {
	j := k.st.Join
	k.st.Join = joining{}
	k.st.Citizen.rest()
	if j.With == 0 || k.now.After(j.Until) {
		k.say(hotline.Say("join.expired"))
		return nil
	}
	if j.Ticket == "" {
		return k.askThere(ctx, j.With)
	}
	return k.redeem(ctx, j.Ticket, j.With, k.conv.Address.ID)
}

// redeem joins this address with another, by a ticket, and tells all. One of the two is the newcomer.
func (k *talk) redeem(ctx context.Context, ticket string, other, newcomer hotline.AddressID) error {
	before := k.conv.Viewer
	err := k.Redeem(ctx, ticket, k.me())
	switch {
	case errors.Is(err, hotline.ErrSame):
		k.say(hotline.Say("join.same"))
		return nil
	case errors.Is(err, hotline.ErrCodeUsed):
		k.say(hotline.Say("join.used"))
		return nil
	case errors.Is(err, hotline.ErrErasing):
		k.say(hotline.Say("join.erasing"))
		return nil
	case errors.Is(err, hotline.ErrCode), errors.Is(err, hotline.ErrNotFound):
		k.say(hotline.Say("join.expired"))
		return nil
	case err != nil:
		return fmt.Errorf("join two networks: %w", err)
	}
	all, err := k.Addresses(ctx, k.me())
	if err != nil {
		return fmt.Errorf("list a person's addresses: %w", err)
	}
	here, there := knownAt(all, k.conv.Address.ID), knownAt(all, other)
	for _, a := range all {
		with, side := here, there
		if before.Is(a.Home) {
			with, side = there, here // they had this side before
		}
		undo := "j:out:" + strconv.FormatInt(int64(newcomer), 10)
		if side.ID == newcomer { // who came may only go again
			undo = "j:part:" + strconv.FormatInt(int64(a.ID), 10)
		}
		k.elsewhere(a, hotline.Say("join.told", "network", with.Channel.Label(), "tail", with.Tail).And("join.notyou").
			With(hotline.Pick(undo, "button.notme")))
	}
	k.say(hotline.Say("join.done", "network", there.Channel.Label(), "tail", there.Tail).And("join.undo"))
	return k.handBack(ctx, k.me())
}

func knownAt(all []hotline.Known, id hotline.AddressID) hotline.Known {
	i := slices.IndexFunc(all, func(a hotline.Known) bool { return a.ID == id })
	if i < 0 {
		return hotline.Known{}
	}
	return all[i]
}

// elsewhere says something at once at another address of the person; here it says nothing. It is asked for: they have done it, or somebody in their name.
func (k *talk) elsewhere(a hotline.Known, r hotline.Reply) {
	if a.ID != k.conv.Address.ID {
		k.Say(hotline.Out{To: a.ID, Lane: hotline.LaneReply, Reply: r, Asked: true, Here: true})
	}
}

// askPart shows which networks are joined, and offers to part each.
func (k *talk) askPart(ctx context.Context) error {
	all, err := k.Addresses(ctx, k.me())
	if err != nil {
		return fmt.Errorf("list a person's addresses: %w", err)
	}
	if len(all) < 2 {
		k.say(hotline.Say("part.alone"))
		return nil
	}
	r := hotline.Say("part.which")
	for _, a := range all {
		if a.ID == k.conv.Address.ID {
			r = r.And("part.here", "network", a.Channel.Label(), "tail", a.Tail)
		} else {
			r = r.And("part.there", "network", a.Channel.Label(), "tail", a.Tail)
		}
	}
	for _, a := range all {
		may, err := k.MayPart(ctx, k.me(), a.Home)
		if err != nil {
			return fmt.Errorf("see whom somebody may part: %w", err)
		}
		if may && (a.ID != k.conv.Address.ID || len(all) > 2) {
			r = r.With(hotline.Pick("j:part:"+strconv.FormatInt(int64(a.ID), 10), "button.part", "network", a.Channel.Label(), "tail", a.Tail))
		}
	}
	k.say(r.With(hotline.Pick("j:no", "button.no")))
	return nil
}

// part parts one address from the others, maybe with all who came with it. Each side has again what was theirs.
func (k *talk) part(ctx context.Context, id hotline.AddressID, came bool) error {
	all, err := k.Addresses(ctx, k.me())
	if err != nil {
		return fmt.Errorf("list a person's addresses: %w", err)
	}
	goes := knownAt(all, id)
	if goes.ID == 0 || len(all) < 2 {
		k.say(hotline.Say("part.gone"))
		return nil
	}
	may, err := k.MayPart(ctx, k.me(), goes.Home)
	if err != nil {
		return fmt.Errorf("see whom somebody may part: %w", err)
	}
	if !may {
		k.say(hotline.Say("part.new"))
		return nil
	}
	leave := []hotline.PersonID{goes.Home}
	if came {
		if leave, err = k.CameWith(ctx, goes.Home, k.me()); err != nil {
			return fmt.Errorf("see who came with whom: %w", err)
		}
	}
	err = k.Part(ctx, leave...)
	if errors.Is(err, hotline.ErrNotFound) {
		k.say(hotline.Say("part.gone"))
		return nil
	}
	if err != nil {
		return fmt.Errorf("part two networks: %w", err)
	}
	k.st.Join = joining{}
	here := knownAt(all, k.conv.Address.ID)
	stays := goes.Home
	for _, a := range all {
		with := goes
		if slices.Contains(leave, a.Home) {
			with = here
		} else {
			stays = a.Home
		}
		k.elsewhere(a, hotline.Say("part.told", "network", with.Channel.Label(), "tail", with.Tail).And("part.after"))
	}
	if goes.ID == here.ID {
		k.say(hotline.Say("part.left").And("part.after"))
	} else {
		k.say(hotline.Say("part.done", "network", goes.Channel.Label(), "tail", goes.Tail).And("part.after"))
	}
	if err := k.handBack(ctx, goes.Home); err != nil {
		return err
	}
	return k.handBack(ctx, stays)
}

// handBack gives back to the worklists what somebody holds and may no longer work, since they are one with others, or no longer: a role may stand on
// the other side, or the reporter of the case be themselves.
func (k *talk) handBack(ctx context.Context, p hotline.PersonID) error {
	held, err := k.Mine(ctx, p)
	if err != nil {
		return fmt.Errorf("list an officer's cases: %w", err)
	}
	if len(held) == 0 {
		return nil
	}
	roles, err := k.People(ctx, nil, hotline.StaffRoles...)
	if err != nil {
		return fmt.Errorf("find the roles of an officer: %w", err)
	}
	v := viewer(p, roles)
	for _, h := range held {
		a := h.Assignment
		theirs := slices.ContainsFunc(v.Roles, func(r hotline.Role) bool {
			return slices.Contains(workers, r.Name) && k.reg.Within(a.Unit, r.Unit)
		})
		if theirs && k.reg.Sees(v, h.Case).Act {
			continue
		}
		after, err := k.recordQuietly(h.Case, hotline.Event{Kind: hotline.EvReleased, Assignment: a.ID,
			Facts: hotline.Facts{Due: hotline.DueOnAssign(k.reg, h.Case, a.Unit, k.now)}}, hotline.Content{})
		if errors.Is(err, hotline.ErrRefused) {
			continue
		}
		if err != nil {
			return fmt.Errorf("give a case back: %w", err)
		}
		k.settleCardOf(a.Officer, after, a)
	}
	return nil
}
