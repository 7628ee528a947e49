package bot

import (
	"slices"
	"strings"

	"tanggap/hotline"
)

// The questions of a draft, each: is it open, how is it asked, what a button answers, what typed words answer.

// Danger: words of it were there, and yet it is not certain. The number to call stands in the question.

func openDanger(d *draft, _ sense) bool { return d.Danger != "" && !d.Safe }

func askDanger(k *talk, d *draft, _ sense) hotline.Reply {
	return hotline.Say("danger.else", "number", k.reg.Emergency).And("danger.ask").
		With(hotline.Pick(d.answer("danger", "yes"), "button.danger.yes"), hotline.Pick(d.answer("danger", "no"), "button.danger.no"))
}

func pickDanger(_ *talk, d *draft, _ sense, v string) bool {
	switch v {
	case "yes": // the caller files it at once
	case "no":
		d.Denied, d.Danger, d.Safe = append(d.Denied, d.Danger), "", true
	default:
		return false
	}
	return true
}

func readYesNo(_ *talk, _ *draft, _ sense, typed string) (string, bool) {
	switch {
	case slices.Contains(yeses, typed):
		return "yes", true
	case slices.Contains(noes, typed):
		return "no", true
	}
	return "", false
}

// Near: it may be an addition to a case.

func openNear(d *draft, _ sense) bool { return len(d.Near) > 0 }

func askNear(_ *talk, d *draft, _ sense) hotline.Reply {
	r := hotline.Say("near.ask")
	for _, c := range d.Near {
		r = r.With(hotline.Pick(d.answer("near", id(c)), "button.near.add", "case", c))
	}
	return r.With(hotline.Pick(d.answer("near", "new"), "button.near.new"), hotline.Pick(d.answer("drop", "1"), "button.drop"))
}

// pickNear leaves the chosen case as the only one; the caller gives the draft to it.
func pickNear(_ *talk, d *draft, _ sense, v string) bool {
	if v == "new" {
		d.Near = nil
		return true
	}
	for _, c := range d.Near {
		if id(c) == v {
			d.Near, d.Change = []hotline.CaseID{c}, "near"
			return true
		}
	}
	return false
}

// Change: which part is to be changed, and the choices that have no question of their own.

func openChange(d *draft, _ sense) bool {
	return slices.Contains([]string{"what", "matter", "kind", "privacy", changeStory}, d.Change)
}

func askChange(k *talk, d *draft, s sense) hotline.Reply {
	back := hotline.Pick(d.answer("change", "back"), "button.back")
	switch d.Change {
	case changeStory:
		return hotline.Say("change.story").With(back)
	case "matter":
		return matterChoices(d, s, hotline.Say("change.matter")).With(back)
	case "kind":
		var row []hotline.Choice
		for _, kind := range []hotline.Kind{hotline.Complaint, hotline.Aspiration, hotline.Inquiry} {
			row = append(row, hotline.Pick(d.answer("change", "kind-"+string(kind)), "kind."+string(kind)))
		}
		return hotline.Say("change.kind").With(row...).With(back)
	case "privacy":
		r := hotline.Say("change.privacy")
		for _, p := range privacies {
			r = r.With(hotline.Pick(d.answer("change", "privacy-"+string(p)), "button.privacy."+string(p)))
		}
		return r.With(back)
	}
	pick := func(what, key string) hotline.Choice { return hotline.Pick(d.answer("change", what), key) }
	return hotline.Say("change.what").
		With(pick("matter", "button.change.matter"), pick("place", "button.change.place")).
		With(pick(changeStory, "button.change.story"), pick("kind", "button.change.kind")).
		With(pick("privacy", "button.change.privacy"), back).
		With(hotline.Pick(d.answer("drop", "1"), "button.drop"))
}

func pickChange(_ *talk, d *draft, s sense, v string) bool {
	switch v {
	case "back":
		d.Change = ""
	case "what", changeStory, "kind", "privacy":
		d.Change = v
	case "matter":
		d.Change, d.Category, d.Unknown, d.MatterIn = v, "", false, 0
	case "place":
		d.Change, d.Area, d.Nowhere, d.PlaceFrom = "", "", false, len(d.Bubbles)
		if s.kind == hotline.Inquiry {
			d.Change = "where"
		}
	case "kind-" + string(hotline.Complaint), "kind-" + string(hotline.Aspiration), "kind-" + string(hotline.Inquiry):
		d.Change, d.Kind = "", hotline.Kind(v[len("kind-"):])
	default:
		p, is := strings.CutPrefix(v, "privacy-")
		if !is || !slices.Contains(privacies, hotline.Privacy(p)) {
			return false
		}
		d.Change, d.Privacy = "", hotline.Privacy(p)
	}
	return true
}

func readChange(_ *talk, d *draft, _ sense, typed string) (string, bool) {
	switch {
	case d.Change == "privacy" && slices.Contains(secrets, typed):
		return "privacy-" + string(hotline.Secret), true
	case d.Change == "privacy" && slices.Contains(anonymouses, typed):
		return "privacy-" + string(hotline.Anonymous), true
	case d.Change == "privacy" && slices.Contains(opens, typed):
		return "privacy-" + string(hotline.Open), true
	case d.Change == "kind" && slices.Contains(complaints, typed):
		return "kind-" + string(hotline.Complaint), true
	case d.Change == "kind" && slices.Contains(aspirations, typed):
		return "kind-" + string(hotline.Aspiration), true
	case d.Change == "kind" && slices.Contains(inquiries, typed):
		return "kind-" + string(hotline.Inquiry), true
	}
	return "", false
}

// Story: something must be told. A voice note is enough: a human will write it down. A photo alone may be sent as it is.

func openStory(d *draft, s sense) bool { return !s.words && !s.voice && !d.Unknown && d.Category == "" }

func askStory(_ *talk, d *draft, s sense) hotline.Reply {
	look := hotline.Pick(d.answer("story", "look"), "button.look")
	switch {
	case s.media > 0:
		return hotline.Say("story.photo").With(look)
	case s.outside:
		return hotline.Say("place.outside").And("story.ask")
	case s.area != "":
		return hotline.Say("story.pin", "area", hotline.AreaArg(s.area)).With(look)
	}
	return hotline.Say("story.ask")
}

func pickStory(_ *talk, d *draft, _ sense, v string) bool {
	d.Unknown = v == "look"
	return d.Unknown
}

// Matter: what it is about, where the words don't tell.

func openMatter(d *draft, s sense) bool {
	return s.category == "" && !d.Unknown && s.words && (!s.voice || len(s.guesses) > 0)
}

func askMatter(_ *talk, d *draft, s sense) hotline.Reply {
	if len(s.guesses) == 0 {
		return matterChoices(d, s, hotline.Say("matter.tell"))
	}
	return matterChoices(d, s, hotline.Say("matter.ask"))
}

// matterChoices adds a button for each likely category, and one for none of them.
func matterChoices(d *draft, s sense, r hotline.Reply) hotline.Reply {
	guesses := s.guesses
	if d.Change != "" && s.category != "" {
		guesses = append([]string{s.category}, guesses...)
	}
	for _, g := range guesses[:min(len(guesses), mostChoice)] {
		r = r.With(hotline.Pick(d.answer("matter", g), "button.category", "category", hotline.CategoryArg(g)))
	}
	if len(guesses) == 0 {
		return r.With(hotline.Pick(d.answer("matter", "other"), "button.look"))
	}
	return r.With(hotline.Pick(d.answer("matter", "other"), "button.other"))
}

func pickMatter(k *talk, d *draft, _ sense, v string) bool {
	if v == "other" {
		d.Unknown, d.Category, d.Change = true, "", ""
		return true
	}
	if _, ok := k.reg.Category(v); !ok {
		return false
	}
	d.Category, d.Unknown, d.Change = v, false, ""
	return true
}

func readMatter(_ *talk, _ *draft, s sense, typed string) (string, bool) {
	if len(s.guesses) == 1 && slices.Contains(yeses, typed) {
		return s.guesses[0], true
	}
	return "other", slices.Contains(others, typed) || slices.Contains(unknowns, typed)
}

// Which: several places have the name.

func openWhich(d *draft, s sense) bool { return s.area == "" && len(s.which) > 0 && !d.Nowhere }

func askWhich(_ *talk, d *draft, s sense) hotline.Reply {
	r := hotline.Say("place.which")
	for _, a := range s.which {
		r = r.With(hotline.Pick(d.answer("place", a), "button.area", "area", hotline.AreaArg(a)))
	}
	return r.With(hotline.Pick(d.answer("place", "none"), "button.nowhere"))
}

func pickWhich(k *talk, d *draft, s sense, v string) bool { return pickPlace(k, d, s, v) }

// Place: a pin or a name. Who can't say is not held up; who only asks something isn't asked.

func openPlace(d *draft, s sense) bool {
	if d.Change == "where" {
		return true
	}
	return s.area == "" && !d.Nowhere && s.kind != hotline.Inquiry
}

func askPlace(_ *talk, d *draft, s sense) hotline.Reply {
	var r hotline.Reply
	switch {
	case s.outside:
		r = hotline.Say("place.outside").And("place.other")
	case len(s.near) > 0:
		r = hotline.Say("place.near")
		for _, a := range s.near {
			r = r.With(hotline.Pick(d.answer("place", a), "button.area", "area", hotline.AreaArg(a)))
		}
	case s.category != "":
		r = hotline.Say("matter.is", "category", hotline.CategoryArg(s.category)).And("place.ask")
	case s.voice && !s.words:
		r = hotline.Say("story.voice").And("place.ask")
	default:
		r = hotline.Say("place.ask")
	}
	r.Ask = hotline.AskPlace
	return r.With(hotline.Pick(d.answer("place", "none"), "button.nowhere"))
}

func pickPlace(k *talk, d *draft, _ sense, v string) bool {
	if v == "none" {
		d.Nowhere, d.Area, d.Change = true, "", ""
		return true
	}
	if _, ok := k.reg.Area(v); !ok {
		return false
	}
	d.Area, d.Nowhere, d.Change = v, false, ""
	return true
}

func readPlace(_ *talk, _ *draft, _ sense, typed string) (string, bool) {
	return "none", slices.Contains(unknowns, typed)
}

// Send: what was understood, and the yes. Kind and privacy stand on the yes itself.

func openSend(d *draft, _ sense) bool { return !d.Yes }

func askSend(k *talk, d *draft, s sense) hotline.Reply {
	r := hotline.Say("send.head." + string(s.kind))
	switch {
	case s.category != "":
		r = r.And("send.matter", "category", hotline.CategoryArg(s.category))
	case s.voice && !d.Unknown:
		r = r.And("send.voice")
	default:
		r = r.And("send.unknown")
	}
	if s.area != "" {
		r = r.And("send.place", "area", hotline.AreaArg(s.area))
	} else if s.kind != hotline.Inquiry {
		r = r.And("send.nowhere")
	}
	if s.media > 0 {
		r = r.And("send.media", "n", s.media)
	}
	if d.Follows != "" {
		r = r.And("send.follows", "number", d.Follows)
	}
	if s.privacy.IsSecret() {
		r = r.And("send.secret")
	}
	if s.privacy.IsAnonymous() {
		r = r.And("send.anonymous")
	}
	return withAlso(d, s, r.And("send.ask").With(sendRow(d, s)...).With(sendOther(d, s)...))
}

// privacies are what a person may choose, as they are listed.
var privacies = []hotline.Privacy{hotline.Open, hotline.Anonymous, hotline.Secret, hotline.Sealed}

// sendRow gives the yes as it stands, and beside it the way without a name.
func sendRow(d *draft, s sense) []hotline.Choice {
	pick := func(p hotline.Privacy, key string) hotline.Choice {
		return hotline.Pick(d.answer("send", string(p)), key)
	}
	switch s.privacy {
	case hotline.Secret:
		return []hotline.Choice{pick(hotline.Secret, "button.send.secret"), pick(hotline.Sealed, "button.send.anonymous")}
	case hotline.Sealed:
		return []hotline.Choice{pick(hotline.Sealed, "button.send.anonymous"), pick(hotline.Secret, "button.send.named")}
	case hotline.Anonymous:
		return []hotline.Choice{pick(hotline.Anonymous, "button.send.anonymous"), pick(hotline.Open, "button.send.named")}
	}
	return []hotline.Choice{pick(hotline.Open, "button.send"), pick(hotline.Anonymous, "button.send.anonymous")}
}

// sendOther gives the remaining privacy, and the way to change things.
func sendOther(d *draft, s sense) []hotline.Choice {
	change := hotline.Pick(d.answer("change", "what"), "button.change")
	if s.privacy.IsSecret() {
		return []hotline.Choice{hotline.Pick(d.answer("send", string(hotline.Open)), "button.send.open"), change}
	}
	return []hotline.Choice{hotline.Pick(d.answer("send", string(hotline.Secret)), "button.secret"), change}
}

// withAlso adds the next best guesses: one tap mends a wrong one.
func withAlso(d *draft, s sense, r hotline.Reply) hotline.Reply {
	if s.category == "" {
		return r
	}
	for _, g := range s.guesses[:min(len(s.guesses), mostAlso)] {
		r = r.With(hotline.Pick(d.answer("matter", g), "button.also", "category", hotline.CategoryArg(g)))
	}
	return r
}

func pickSend(_ *talk, d *draft, _ sense, v string) bool {
	p := hotline.Privacy(v)
	if !slices.Contains(privacies, p) {
		return false
	}
	d.Privacy, d.Yes = p, true
	return true
}

func readSend(_ *talk, _ *draft, s sense, typed string) (string, bool) {
	switch {
	case slices.Contains(yeses, typed) || slices.Contains(sends, typed):
		return string(s.privacy), true
	case slices.Contains(anonymouses, typed) && s.privacy.IsSecret():
		return string(hotline.Sealed), true // a secret matter stays secret without a name
	case slices.Contains(anonymouses, typed):
		return string(hotline.Anonymous), true
	case slices.Contains(secrets, typed):
		return string(hotline.Secret), true
	}
	return "", false
}
