package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
			return true, k.sendData(ctx)
		case slices.Contains(eraseWords, typed):
			k.askErase()
			return true, nil
		}
		switch {
		case w == waitErase && k.msg.ReplyTo == "" && (s.Draft == nil || s.Draft.Danger == ""):
			switch {
			case slices.Contains(yeses, typed):
				return true, k.requestErasure(ctx)
			case slices.Contains(noes, typed):
				k.say(hotline.Say("private.kept"))
				return true, nil
			}
		case w == waitRefusal && k.isReason(typed):
			s.Reason = clean(k.msg.Text)
			k.echoRefusal()
			return true, nil
		}
	}
	return false, nil
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
	case slices.Contains(yeses, typed), slices.Contains(noes, typed), slices.Contains(thanks, typed), slices.Contains(skips, typed):
	default:
		return true
	}
	return false
}

// How many lines one message of the data holds.
const (
	casesPerMessage = 10
	textsPerMessage = 8
)

// sendData sends the person everything kept about them, in messages that a telephone can show. It goes only to the address that asked.
func (k *talk) sendData(ctx context.Context) error {
	d, err := k.DataOf(ctx, k.me())
	if err != nil {
		return fmt.Errorf("gather a person's data: %w", err)
	}
	k.tell(0, k.dataOverview(d))
	for cases := range slices.Chunk(d.Cases, casesPerMessage) {
		r := hotline.Say("data.cases")
		for _, c := range cases {
			r = r.And("data.case", "case", c.ID, "at", c.Filed, "category", hotline.CategoryArg(c.Category), "area", hotline.AreaArg(c.Area),
				"status", hotline.PhraseArg("status."+string(c.Status)))
		}
		k.tell(0, r)
	}
	said := slices.DeleteFunc(slices.Clone(d.Said), func(c hotline.Content) bool { return c.Erased || c.Empty() })
	for texts := range slices.Chunk(said, textsPerMessage) {
		r := hotline.Say("data.said")
		for _, c := range texts {
			r = r.And("data.text", "at", c.At, "text", c.ID, "map", hotline.MapArg(c.ID))
		}
		k.tell(0, r)
	}
	if draft := k.st.Citizen.Draft; draft != nil && !draft.empty() {
		k.tell(0, hotline.Say("data.draft", "text", draft.text(0)))
	}
	k.tell(0, hotline.Say("data.end").With(hotline.Pick("p:erase", "button.erase")))
	return nil
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
