package bot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// An erasure: the person asks and confirms, a request is opened with its due time, the coordinators are told, one of them carries it out or refuses
// with a reason, and the person hears which.
//
// The values of the buttons: "p:erase" asks, "p:yes" and "p:no" confirm; for the coordinator "p:do:ID" asks once more, "p:sure:ID" carries out and
// "p:leave:ID" leaves it, "p:why:ID" asks for a reason, "p:not:ID:REASON" refuses, "p:send:ID" refuses with the reason that was written.

const privatePrefix = "p:"

// Reasons to refuse that the law knows; anything else is written out.
const (
	refusalLegal   = "legal"   // an open legal matter
	refusalArchive = "archive" // the archive schedule
)

func (k *talk) privateChoice(ctx context.Context) (bool, error) {
	rest, ok := strings.CutPrefix(k.msg.Choice, privatePrefix)
	if !ok {
		return false, nil
	}
	s := &k.st.Citizen
	parts := strings.Split(rest, ":")
	switch parts[0] {
	case "data":
		from := 0
		if len(parts) == 2 {
			from, _ = strconv.Atoi(parts[1]) // a button of ours; what is no number begins anew
		}
		return true, k.sendData(ctx, max(0, from))
	case "erase":
		k.askErase()
		return true, nil
	case "yes":
		return true, k.requestErasure(ctx)
	case "no":
		s.rest()
		if s.Erasure != 0 { // a coordinator who leaves off refusing
			s.Erasure, s.Reason = 0, ""
			k.say(hotline.Say("cancel.done"))
			return true, nil
		}
		k.say(hotline.Say("private.kept"))
		return true, nil
	}
	if !k.conv.Viewer.Has(hotline.RoleCoordinator) {
		k.say(hotline.Say("button.old").With(pickMenu()))
		return true, nil
	}
	req, ok := erasureID(parts)
	if !ok {
		k.say(hotline.Say("button.old").With(pickMenu()))
		return true, nil
	}
	switch {
	case parts[0] == "do", parts[0] == "sure" && s.Erasure == req: // a refusal was begun in between
		return true, k.askErasing(ctx, req)
	case parts[0] == "sure":
		return true, k.erase(ctx, req)
	case parts[0] == "leave":
		k.say(hotline.Say("cancel.done"))
		return true, nil
	case parts[0] == "why":
		return true, k.askRefusal(ctx, req)
	case parts[0] == "send" && s.Erasure == req && s.Reason != "":
		return true, k.refuse(ctx, req, s.Reason)
	case parts[0] == "not" && len(parts) == 3:
		return true, k.refuse(ctx, req, parts[2])
	}
	k.say(hotline.Say("button.old").With(pickMenu()))
	return true, nil
}

func erasureID(parts []string) (hotline.ErasureID, bool) {
	if len(parts) < 2 {
		return 0, false
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	return hotline.ErasureID(n), err == nil && n > 0
}

// askErase asks once more.
func (k *talk) askErase() {
	k.st.Citizen.await(waitErase, 0, k.now.Add(eraseWithin))
	k.say(hotline.Say("private.sure").And("private.what").
		With(hotline.Pick("p:yes", "button.erase.yes"), hotline.Pick("p:no", "button.no")))
}

// requestErasure opens the request and tells the coordinators. Asking twice opens one.
func (k *talk) requestErasure(ctx context.Context) error {
	k.st.Citizen.rest()
	k.st.Citizen.Erased = k.now
	due := k.reg.Calendar("").Add(k.now, k.reg.Limits.Erasure)
	req, err := k.AskErasure(ctx, hotline.ErasureRequest{Person: k.me(), From: k.conv.Address.ID, At: k.now, Due: due})
	if err != nil {
		return fmt.Errorf("ask for erasure: %w", err)
	}
	if s := &k.st.Citizen; s.Requested == req.ID || !req.At.Equal(k.now) { // it stood open already
		k.tell(0, hotline.Say("private.open", "due", req.Due))
		return nil
	}
	k.st.Citizen.Requested = req.ID
	people, err := k.People(ctx, nil, hotline.RoleCoordinator)
	if err != nil {
		return fmt.Errorf("find the coordinators: %w", err)
	}
	for _, p := range people {
		k.Say(hotline.Out{Person: p.Person, Lane: hotline.LaneNotice, Reply: k.erasureCard(req)})
	}
	if k.joined() { // it covers them all
		all, err := k.Addresses(ctx, k.me())
		if err != nil {
			return fmt.Errorf("list a person's addresses: %w", err)
		}
		here := knownAt(all, k.conv.Address.ID)
		for _, a := range all {
			k.elsewhere(a, hotline.Say("join.erasure", "network", here.Channel.Label(), "tail", here.Tail, "due", req.Due).And("join.notyou"))
		}
	}
	k.tell(0, hotline.Say("private.asked", "due", req.Due))
	return nil
}

// erasureCard is what a coordinator gets: the request by its number, and who asks.
func (k *talk) erasureCard(req hotline.ErasureRequest) hotline.Reply {
	return hotline.Say("private.card", "n", int(req.ID), "who", req.Person, "due", req.Due).
		With(hotline.Pick("p:do:"+strconv.FormatInt(int64(req.ID), 10), "button.private.do"),
			hotline.Pick("p:why:"+strconv.FormatInt(int64(req.ID), 10), "button.private.refuse"))
}

// openErasure reads a request that can still be decided by this coordinator; it answers itself where it cannot.
func (k *talk) openErasure(ctx context.Context, id hotline.ErasureID) (hotline.ErasureRequest, bool, error) {
	req, err := k.Erasure(ctx, id)
	switch {
	case errors.Is(err, hotline.ErrNotFound):
		k.say(hotline.Say("button.old").With(pickMenu()))
		return req, false, nil
	case err != nil:
		return req, false, fmt.Errorf("read a request for erasure: %w", err)
	case !req.Decided.IsZero():
		k.say(hotline.Say("private.decided", "n", int(req.ID)))
		return req, false, nil
	case k.is(req.Person):
		k.say(hotline.Say("private.own"))
		return req, false, nil
	}
	return req, true, nil
}

// askErasing asks a coordinator once more, since nothing brings back what is erased. A refusal that was under way is left.
func (k *talk) askErasing(ctx context.Context, id hotline.ErasureID) error {
	_, ok, err := k.openErasure(ctx, id)
	if !ok || err != nil {
		return err
	}
	s := &k.st.Citizen
	if s.Erasure != 0 {
		s.rest()
		s.Erasure, s.Reason = 0, ""
	}
	n := strconv.FormatInt(int64(id), 10)
	k.say(hotline.Say("private.erase.sure", "n", int(id)).
		With(hotline.Pick("p:sure:"+n, "button.private.sure"), hotline.Pick("p:leave:"+n, "staff.button.drop")))
	return nil
}

// erase carries a request out. The person is told before anything else is forgotten: the address stays.
func (k *talk) erase(ctx context.Context, id hotline.ErasureID) error {
	req, ok, err := k.openErasure(ctx, id)
	if !ok || err != nil {
		return err
	}
	all, err := k.Addresses(ctx, req.Person)
	if err != nil {
		return fmt.Errorf("list a person's addresses: %w", err)
	}
	if err := k.DecideErasure(ctx, id, k.me(), ""); err != nil {
		return fmt.Errorf("carry out an erasure: %w", err)
	}
	for _, a := range all {
		k.Say(hotline.Out{To: a.ID, Lane: hotline.LaneNotice, Reply: hotline.Say("private.done")})
	}
	k.say(hotline.Say("private.did", "n", int(id)))
	return nil
}

// askRefusal asks why.
func (k *talk) askRefusal(ctx context.Context, id hotline.ErasureID) error {
	_, ok, err := k.openErasure(ctx, id)
	if !ok || err != nil {
		return err
	}
	s := &k.st.Citizen
	s.Erasure, s.Reason = id, ""
	s.await(waitRefusal, 0, k.now.Add(quizWithin))
	reason := func(word, key string) hotline.Choice {
		return hotline.Pick("p:not:"+strconv.FormatInt(int64(id), 10)+":"+word, key)
	}
	k.say(hotline.Say("private.why", "n", int(id)).
		With(reason(refusalLegal, "button.refuse.legal")).
		With(reason(refusalArchive, "button.refuse.archive")).
		With(hotline.Pick("p:no", "button.no")))
	return nil
}

// echoRefusal shows the reason that was written, before anybody else reads it.
func (k *talk) echoRefusal() {
	s := &k.st.Citizen
	k.say(hotline.Say("private.why.sure", "n", int(s.Erasure)).And("private.why.text", "text", s.Reason).
		With(hotline.Pick("p:send:"+strconv.FormatInt(int64(s.Erasure), 10), "button.refuse.send"), hotline.Pick("p:no", "button.refuse.drop")))
}

// refuse refuses a request with a reason, which the person is told.
func (k *talk) refuse(ctx context.Context, id hotline.ErasureID, reason string) error {
	k.st.Citizen.rest()
	k.st.Citizen.Erasure, k.st.Citizen.Reason = 0, ""
	if !k.conv.Viewer.Has(hotline.RoleCoordinator) { // no longer
		k.say(hotline.Say("button.old").With(pickMenu()))
		return nil
	}
	req, ok, err := k.openErasure(ctx, id)
	if !ok || err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return k.askRefusal(ctx, id)
	}
	if err := k.DecideErasure(ctx, id, k.me(), reason); err != nil {
		return fmt.Errorf("refuse an erasure: %w", err)
	}
	var why hotline.Reply
	switch reason {
	case refusalLegal:
		why = hotline.Say("private.refused").And("private.refused.legal")
	case refusalArchive:
		why = hotline.Say("private.refused").And("private.refused.archive")
	default:
		why = hotline.Say("private.refused").And("private.refused.why", "text", reason)
	}
	k.Say(hotline.Out{To: req.From, Lane: hotline.LaneNotice, Reply: why.And("private.outside", "text", k.reg.Outside.In(k.lang()))})
	k.say(hotline.Say("private.refused.done", "n", int(id)))
	return nil
}
