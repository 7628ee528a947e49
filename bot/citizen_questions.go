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
	case among(yeses, typed):
		return "yes", true
	case among(noes, typed):
		return "no", true
	}
	return "", false
}

// Near: it may be an addition to a case.

func openNear(d *draft, _ sense) bool { return len(d.Near) > 0 }

func askNear(k *talk, d *draft, _ sense) hotline.Reply {
	r := hotline.Say("near.ask")
	add := "button.near.add"
	if d.Unsolved {
		add = "button.near.reopen"
	}
	for _, c := range d.Near {
		if what, ok := k.nearMatter(d, c); ok {
			r = r.And("near.case", "case", c, "category", what)
		}
		r = r.With(hotline.Pick(d.answer("near", id(c)), add, "case", c))
	}
	if k.blocked() {
		return r.With(hotline.Pick(d.answer("drop", "1"), "button.drop"))
	}
	return r.With(hotline.Pick(d.answer("near", "new"), "button.near.new"), hotline.Pick(d.answer("drop", "1"), "button.drop"))
}

// nearMatter gives what a case that was read is called in lists, and remembers it for when the question is asked again.
func (k *talk) nearMatter(d *draft, id hotline.CaseID) (hotline.Arg, bool) {
	if i := slices.IndexFunc(k.met, func(c hotline.Case) bool { return c.ID == id }); i >= 0 {
		if d.Matters == nil {
			d.Matters = map[hotline.CaseID]hotline.Arg{}
		}
		d.Matters[id] = k.nameOf(k.met[i])
	}
	what, ok := d.Matters[id]
	return what, ok
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

func readNear(_ *talk, d *draft, _ sense, typed string) (string, bool) {
	switch {
	case among(anews, typed):
		return "new", true
	case len(d.Near) == 1 && (among(adds, typed) || among(yeses, typed)):
		return id(d.Near[0]), true
	}
	return "", false
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
		d.unchanged()
		return true
	case "what", "matter", "place", changeStory, "kind", "privacy":
		d.changing()
	}
	switch v {
	case "what", changeStory, "kind", "privacy":
		d.Change = v
	case "matter":
		d.Change, d.Category, d.Unknown, d.MatterIn = v, "", false, 0
	case "place":
		d.Change, d.Area, d.Nowhere, d.PlaceFrom = "", "", false, len(d.Bubbles)
		d.Tries, d.List, d.In = 0, false, ""
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
	case d.Change == "what":
		what, ok := changings[leaner(typed)]
		return what, ok
	case d.Change == "privacy" && among(secrets, typed):
		return "privacy-" + string(hotline.Secret), true
	case d.Change == "privacy" && among(anonymouses, typed):
		return "privacy-" + string(hotline.Anonymous), true
	case d.Change == "privacy" && among(opens, typed):
		return "privacy-" + string(hotline.Open), true
	case d.Change == "kind" && among(complaints, typed):
		return "kind-" + string(hotline.Complaint), true
	case d.Change == "kind" && among(aspirations, typed):
		return "kind-" + string(hotline.Aspiration), true
	case d.Change == "kind" && among(inquiries, typed):
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

func readStory(_ *talk, _ *draft, s sense, typed string) (string, bool) {
	return "look", (s.media > 0 || s.area != "") && among(looks, typed)
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
	if len(s.guesses) == 1 && among(yeses, typed) {
		return s.guesses[0], true
	}
	return "other", among(others, typed) || among(unknowns, typed) || among(looks, typed)
}

// Which: several places have the name.

func openWhich(d *draft, s sense) bool { return s.area == "" && len(s.which) > 0 && !d.Nowhere }

func askWhich(k *talk, d *draft, s sense) hotline.Reply {
	r := k.matterFirst(s)
	if s.differs {
		r = r.And("place.differs")
	} else {
		r = r.And("place.which")
	}
	for _, a := range s.which {
		r = r.With(hotline.Pick(d.answer("place", a), "button.area", "area", hotline.AreaArg(a)))
	}
	return withBack(d, r.With(hotline.Pick(d.answer("place", "none"), "button.nowhere")))
}

func pickWhich(k *talk, d *draft, s sense, v string) bool { return pickPlace(k, d, s, v) }

// Place: a pin or a name. Who can't say is not held up; who only asks something isn't asked.

func openPlace(d *draft, s sense) bool {
	if d.Change == "where" {
		return true
	}
	return s.area == "" && !d.Nowhere && s.kind != hotline.Inquiry
}

func askPlace(k *talk, d *draft, s sense) hotline.Reply { return withBack(d, k.placeQuestion(d, s)) }

// withBack adds the way back to a question that is asked since something is being changed.
func withBack(d *draft, r hotline.Reply) hotline.Reply {
	if d.Was == nil {
		return r
	}
	return r.With(hotline.Pick(d.answer("change", "back"), "button.back"))
}

func (k *talk) placeQuestion(d *draft, s sense) hotline.Reply {
	var r hotline.Reply
	switch {
	case d.In != "":
		return k.askVillage(d)
	case s.outside:
		r = hotline.Say("place.outside").And("place.other")
	case len(s.near) > 0 && !d.List:
		r = k.matterFirst(s)
		if len(s.near) == 1 {
			r = r.And("place.meant", "area", hotline.AreaArg(s.near[0]))
		} else {
			r = r.And("place.near")
		}
		for _, a := range s.near {
			r = r.With(hotline.Pick(d.answer("place", a), "button.area", "area", hotline.AreaArg(a)))
		}
		return r.With(hotline.Pick(d.answer("place", placeList), "button.place.list"), hotline.Pick(d.answer("place", "none"), "button.nowhere"))
	case d.List || d.Tries > 0:
		return k.askKecamatan(d)
	case s.category != "":
		r = k.matterFirst(s).And("place.ask")
	case s.voice && !s.words:
		r = hotline.Say("story.voice").And("place.ask")
	default:
		r = hotline.Say("place.ask")
	}
	r.Ask = hotline.AskPlace
	return r.With(hotline.Pick(d.answer("place", "none"), "button.nowhere"))
}

func pickPlace(k *talk, d *draft, _ sense, v string) bool {
	if k.pickFromList(d, v) {
		return true
	}
	if v == "none" {
		d.Nowhere, d.Area, d.Change = true, "", ""
		return true
	}
	if _, ok := k.reg.Area(v); !ok {
		return false
	}
	d.Area, d.Nowhere, d.Change, d.List, d.In = v, false, "", false, ""
	return true
}

func readPlace(_ *talk, d *draft, s sense, typed string) (string, bool) {
	switch {
	case among(unknowns, typed):
		return "none", true
	case len(s.near) == 1 && !d.List && among(yeses, typed):
		return s.near[0], true
	case slices.Contains(placeLists, typed):
		return placeList, true
	}
	return "", false
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
	if quote := d.quote(); quote != "" {
		r = r.And("send.story", "text", quote)
	}
	switch s.media {
	case 0:
	case d.count(hotline.Photo):
		r = r.And("send.photos", "n", s.media)
	case d.count(hotline.Voice):
		r = r.And("send.voices", "n", s.media)
	default:
		r = r.And("send.media", "n", s.media)
	}
	if d.Follows != "" {
		r = r.And("send.follows", "number", d.Follows)
	}
	if s.privacy.IsSecret() {
		r = r.And("send.secret")
	}
	if k.perilous(s) {
		r = r.And("danger.else", "number", k.reg.Emergency)
	}
	if s.privacy.IsAnonymous() {
		r = r.And("send.anonymous")
	}
	if !d.Plain && s.privacy == hotline.Open {
		r = r.And("send.ways")
	}
	return withAlso(d, s, r.And("send.ask").With(sendRow(d, s)...).With(sendOther(d, s)...))
}

// maxQuote is how many letters of the story are shown before it is sent.
const maxQuote = 120

// quote gives the beginning of the story on one line.
func (d *draft) quote() string {
	var said []string
	for _, b := range d.Bubbles {
		if t := strings.Join(strings.Fields(b.Text), " "); t != "" {
			said = append(said, t)
		}
	}
	return shorten(strings.Join(said, " / "), maxQuote)
}

// shorten cuts a text after at most so many letters, between words where there are any, and shows that it was cut.
func shorten(s string, most int) string {
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	cut := strings.TrimRight(string(letters[:most]), " ")
	if i := strings.LastIndexByte(cut, ' '); letters[most] != ' ' && i > most/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,.;:/-") + " …"
}

// count counts the media of a kind.
func (d *draft) count(kind hotline.MediaKind) int {
	n := 0
	for _, b := range d.Bubbles {
		if b.Media != 0 && b.Kind == kind {
			n++
		}
	}
	return n
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
	if v == sendChange {
		d.changing()
		d.Change = "what"
		return true
	}
	p := hotline.Privacy(v)
	if !slices.Contains(privacies, p) {
		return false
	}
	d.Privacy, d.Yes = p, true
	return true
}

// sendChange is the typed answer that the draft is not yet right.
const sendChange = "change"

func readSend(_ *talk, _ *draft, s sense, typed string) (string, bool) {
	switch {
	case among(yeses, typed) || among(sends, typed):
		return string(s.privacy), true
	case among(anonymouses, typed) && s.privacy.IsSecret():
		return string(hotline.Sealed), true // a secret matter stays secret without a name
	case among(anonymouses, typed):
		return string(hotline.Anonymous), true
	case among(secrets, typed):
		return string(hotline.Secret), true
	case among(changes, typed):
		return sendChange, true
	case among(opens, typed) && s.privacy == hotline.Sealed:
		return string(hotline.Secret), true // with the name, and still secret
	case among(opens, typed):
		return string(hotline.Open), true
	}
	return "", false
}
