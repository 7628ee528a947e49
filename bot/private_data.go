package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tanggap/hotline"
)

// What whole messages ask for the person's own data, and for its erasure.
var (
	dataWords  = list("data saya, /data, /datasaya, data kula, my data")
	eraseWords = list("hapus data saya, hapus data, /hapusdata, busek data kula, delete my data, erase my data")
)

// private answers what concerns a person's right over what is kept about them (UU 27/2022): seeing it, having it erased, and the coordinator's
// decision about that. It is asked first of all, so that nobody's role hides their own rights.
func (k *talk) private(ctx context.Context) (bool, error) {
	s := &k.st.Citizen
	w := s.waiting(k.now)
	asked, late := s.Until.Add(-eraseWithin), s.Wait == waitErase && w != waitErase
	if s.Wait == waitErase || s.Wait == waitRefusal {
		s.rest() // a typed answer is one only right after the question; the buttons stay
	}
	switch k.msg.Kind {
	case hotline.MsgChoice:
		return k.privateChoice(ctx)
	case hotline.MsgText:
		typed := plain(k.msg.Text)
		if len(k.msg.Text) > 0 && k.msg.Text[0] == '/' {
			typed = "/" + plain(k.msg.Text[1:])
		}
		switch {
		case slices.Contains(dataWords, typed):
			return true, k.sendData(ctx, 0)
		case slices.Contains(eraseWords, typed):
			k.askErase()
			return true, nil
		}
		switch {
		case w == waitErase && k.msg.ReplyTo == "" && (s.Draft == nil || s.Draft.Danger == ""):
			switch {
			case among(yeses, typed):
				between, err := k.askedSince(ctx, asked)
				if err != nil {
					return false, err
				}
				if between || k.sentBefore(asked) { // an officer's question came between: which of the two is meant?
					k.askErase()
					return true, nil
				}
				return true, k.requestErasure(ctx)
			case among(noes, typed):
				k.say(hotline.Say("private.kept"))
				return true, nil
			}
		case late && among(yeses, typed) && k.msg.ReplyTo == "": // too late for that, and certainly the answer to nothing else
			k.askErase()
			return true, nil
		case w == waitNothing && among(yeses, typed) && k.msg.ReplyTo == "" && !s.Erased.IsZero() && k.now.Sub(s.Erased) <= eraseWithin && !s.Heard.After(s.Erased):
			return true, k.requestErasure(ctx) // the same yes again: it answers nothing else
		case w == waitRefusal && k.isReason(typed):
			s.Reason = clean(k.msg.Text)
			k.echoRefusal()
			return true, nil
		}
	}
	return false, nil
}

// askedSince tells whether a question about one of the person's cases came after t: an officer's, or how content they are.
func (k *talk) askedSince(ctx context.Context, t time.Time) (bool, error) {
	if len(k.st.Citizen.Sent) == 0 && !k.joined() {
		return false, nil
	}
	cases, err := k.ownCases(ctx)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(cases, func(c hotline.Case) bool {
		return (c.Status == hotline.Asking || c.Status == hotline.Ended && c.Rating == 0) && !c.Changed.Before(t)
	}), nil
}

// isReason tells whether a text can be the reason for a refusal: somebody else will read it, so whatever may be meant for us is none.
func (k *talk) isReason(typed string) bool {
	rd := k.read(k.msg.Text)
	_, command := wanted(typed)
	o := readOrder(k.reg.Letters, k.msg.Text, namesDay)
	switch {
	case k.msg.ReplyTo != "" || k.msg.Forwarded || strings.TrimSpace(k.msg.Text) == "":
	case command, strings.HasPrefix(typed, "/"), readWish(k.msg.Text) != "", o.named(), o.Act != "" && o.words() == "":
	case rd.Danger != nil, rd.Greeting, rd.Number.Seq != 0, isNumber(typed), k.looksLikeNumber(typed):
	case among(yeses, typed), among(noes, typed), slices.Contains(thanks, typed), among(skips, typed):
	default:
		return true
	}
	return false
}

// How much of their data a person is sent at once, and how often.
const (
	dataSize  = 3500             // bytes of one message, about: no network takes much more in one
	dataMost  = 8                // messages; the rest comes when it is asked for
	dataApart = 10 * time.Minute // between two answers
	dataCard  = "data"           // what the messages are called, so that the last answer is found
)

// sendData sends the person everything kept about them, in few messages that a telephone can show, beginning with the one of that number. It goes only to
// the address that asked. Everything is much to say for two words: it is said once in a while, and never while some of it still waits to be sent.
func (k *talk) sendData(ctx context.Context, from int) error {
	last, waits, err := k.LastData(ctx, k.me(), dataCard)
	if err != nil {
		return fmt.Errorf("see when a person was last sent their data: %w", err)
	}
	again := last.Add(dataApart)
	switch {
	case waits:
		k.out(hotline.Out{Lane: hotline.LaneReply, Reply: hotline.Say("data.waits"), Slot: dataCard})
		return nil
	case from == 0 && !last.IsZero() && k.now.Before(again) && !k.now.Before(last): // a clock may have been set back
		k.out(hotline.Out{Lane: hotline.LaneReply, Reply: hotline.Say("data.again", "at", again), Slot: dataCard})
		return nil
	}
	d, err := k.DataOf(ctx, k.me())
	if err != nil {
		return fmt.Errorf("gather a person's data: %w", err)
	}
	end, err := k.dataEnd(ctx)
	if err != nil {
		return err
	}
	all := k.dataMessages(d)
	room := dataMost
	for n := from; n < len(all); n++ {
		if room -= all[n].weight; room < 0 && n > from {
			end = hotline.Say("data.more").With(hotline.Pick("p:data:"+strconv.Itoa(n), "button.data.more"))
			break
		}
		k.tellData(all[n].Reply)
	}
	k.tellData(end)
	return nil
}

// tellData says a part of somebody's data at the address that asked, and nowhere else.
func (k *talk) tellData(r hotline.Reply) {
	r, away := k.keysAway(k.noted(r))
	k.st.Citizen.Keys = k.st.Citizen.Keys && !away
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: r, Slot: k.slot(), Here: true, Card: dataCard})
	k.seal()
}

// dataMessage is a message of somebody's data, and how many the network will make of it.
type dataMessage struct {
	hotline.Reply
	weight int
}

// dataMessages puts a person's data into messages: who they are, their cases, what they said, and what they began to say.
func (k *talk) dataMessages(d hotline.Dossier) []dataMessage {
	all := []dataMessage{{k.dataOverview(d), 1}}
	size := dataSize // nothing more fits the overview
	add := func(bytes int, key string, args ...any) {
		if size += bytes; size > dataSize {
			all, size = append(all, dataMessage{}), bytes
		}
		last := &all[len(all)-1]
		last.Reply, last.weight = last.And(key, args...), 1+size/(dataSize+1)
	}
	const line = 100 // bytes, about, beside what the person said
	for i, c := range d.Cases {
		if i == 0 {
			add(line, "data.cases")
		}
		add(line, "data.case", "case", c.ID, "at", c.Filed, "category", hotline.CategoryArg(c.Category), "area", hotline.AreaArg(c.Area),
			"status", hotline.PhraseArg("status."+string(c.Status)))
	}
	for i, t := range deskOnly(d) {
		if i == 0 {
			size = dataSize // in a message of its own
			add(line, "data.desk")
		}
		add(line/2+len(t.Text), "data.desk.ticket", "at", t.Opened, "category", hotline.CategoryArg(t.Category), "text", t.Text)
	}
	calls := slices.DeleteFunc(slices.Clone(d.Calls), func(c hotline.Call) bool { return c.Erased })
	for i, c := range calls {
		if i == 0 {
			size = dataSize
			add(line, "data.calls")
		}
		add(line/2+len(c.Text), "data.call", "at", c.Opened, "class", hotline.PhraseArg("data.class."+cmp.Or(string(c.Class), "none")), "text", c.Text)
	}
	for i, b := range d.Blocks {
		if i == 0 {
			size = dataSize
			add(line, "data.blocks")
		}
		add(line+len(b.Words), "data.block", "from", b.From, "until", b.Over(), "reason", hotline.PhraseArg("block.reason."+string(b.Reason)))
		if b.Words != "" {
			add(0, "block.words", "text", b.Words)
		}
	}
	barred := slices.DeleteFunc(slices.Clone(d.Barred), func(c hotline.Content) bool { return c.Text == "" }) // photos are counted
	for i, c := range barred {
		if i == 0 {
			size = dataSize
			add(line, "data.blocked")
		}
		add(line/2+len(c.Text), "data.blockedtext", "at", c.At, "text", c.Text)
	}
	said := slices.DeleteFunc(slices.Clone(d.Said), func(c hotline.Content) bool { return c.Erased || c.Empty() })
	for i, c := range said {
		if i == 0 {
			size = dataSize // in a message of its own
			add(line, "data.said")
		}
		add(line/2+len(c.Text), "data.text", "at", c.At, "text", c.ID, "map", hotline.MapArg(c.ID))
	}
	for _, draft := range append([]*draft{k.st.Citizen.Draft}, k.st.Citizen.Aside...) {
		if draft != nil && !draft.empty() {
			size = dataSize
			add(line, "data.draft", "text", draft.text(0))
		}
	}
	return all
}

// deskOnly gives the tickets of the walk-in desk that are not told of as the person's cases: written down with their number, for somebody nobody knew yet.
func deskOnly(d hotline.Dossier) []hotline.Ticket {
	return slices.DeleteFunc(slices.Clone(d.Tickets), func(t hotline.Ticket) bool {
		return t.Erased || slices.ContainsFunc(d.Cases, func(c hotline.Case) bool { return c.ID == t.Case })
	})
}

// dataEnd is the last word: that it was all, and how to have it erased, or when that is decided.
func (k *talk) dataEnd(ctx context.Context) (hotline.Reply, error) {
	end := hotline.Say("data.end")
	if s := &k.st.Citizen; s.Requested != 0 {
		req, err := k.Erasure(ctx, s.Requested)
		if err != nil && !errors.Is(err, hotline.ErrNotFound) {
			return end, fmt.Errorf("read a person's own request: %w", err)
		}
		if err == nil && req.Decided.IsZero() {
			return end.And("data.erasure", "due", req.Due), nil
		}
	}
	return end.With(hotline.Pick("p:erase", "button.erase")), nil
}

func (k *talk) dataOverview(d hotline.Dossier) hotline.Reply {
	r := hotline.Say("data.head")
	if d.Person.Name != "" {
		r = r.And("data.name", "name", d.Person.Name)
	} else {
		r = r.And("data.noname")
	}
	if d.Person.Phone != "" {
		r = r.And("data.phone", "phone", d.Person.Phone)
	} else {
		r = r.And("data.nophone")
	}
	for _, p := range d.Also {
		if p.Name != "" && p.Name != d.Person.Name {
			r = r.And("data.name", "name", p.Name)
		}
		if p.Phone != "" && p.Phone != d.Person.Phone {
			r = r.And("data.phone", "phone", p.Phone)
		}
	}
	r = r.And("data.language", "language", d.Person.Language)
	for _, a := range d.Addresses {
		r = r.And("data.address", "channel", string(a.Channel), "peer", a.Peer)
	}
	for _, role := range d.Roles {
		r = r.And("data.role", "role", string(role.Name), "unit", hotline.UnitArg(role.Unit))
	}
	if !d.Since.IsZero() {
		r = r.And("data.since", "at", d.Since)
	}
	return r.And("data.count", "cases", len(d.Cases), "media", d.Media)
}
