package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tanggap/hotline"
)

// This file is a case that turns out to accuse people in office only once a coordinator has heard its voice note or read it with care. From then on it
// goes the way that a typed accusation goes at once: hidden from the agency complained about, to the inspector or to that agency's head.

// nobodyNamed says that no agency is named in an accusation.
const nobodyNamed = "-"

// accusing tells whether a category is of people in office.
func (k *talk) accusing(category string) bool {
	cat, _ := k.reg.Category(category)
	return cat.Oversight || cat.Rudeness
}

// transcribe keeps what a voice note says, and where the case waits for a unit proposes those that the words point at. Words that accuse an agency
// move the case at once.
func (k *talk) transcribe(ctx context.Context, c hotline.Case, p *pending) error {
	k.st.Staff.Pending = nil
	after, err := k.record(c, hotline.Event{Kind: hotline.EvTranscribed}, hotline.Content{Author: k.me(), Text: p.Text})
	if err != nil {
		return k.refusedOr(err, c, hotline.Assignment{})
	}
	k.news = append(k.news, news{c, after, hotline.Event{Case: c.ID, Kind: hotline.EvTranscribed, At: k.now, By: k.me(), Content: after.Said}})
	k.keep(actTranscribe, c.ID, 0, p.Ref)
	guesses := k.guesses(p.Text)
	if rd := k.read(p.Text); rd.Accuses && after.Status.Live() {
		category := after.Category
		if !k.accusing(category) && len(guesses) > 0 && (category == "" || k.accusing(guesses[0])) {
			category = guesses[0]
		}
		if about := k.reg.Accused(rd, category); about != "" && about != after.About || k.accusing(category) && category != after.Category {
			return k.accuse(ctx, after, category, about, hotline.Say("staff.did.write", "case", c.ID))
		}
	}
	r := hotline.Say("staff.did.write", "case", c.ID)
	if after.Status == hotline.Triage || after.Status == hotline.Filed {
		routing := hotline.RoutingOf(after)
		routing.Guesses = guesses
		if after.Category == "" {
			for _, g := range guesses[:min(len(guesses), 2)] {
				r = r.With(hotline.Pick(caseValue(actCategory, c.ID, g), "staff.button.category", "category", hotline.CategoryArg(g)))
			}
		}
		r = triageButtons(r, k.reg, after, hotline.Proposals(k.reg, routing))
	}
	k.triageAnswer(c.ID, r)
	return nil
}

// recategorise files a case under another category, and where it waits for a unit proposes those of that one. A category of people in office needs to
// know whose people: about names the agency, nobodyNamed none; empty, it is read from what the reporter said, or asked.
func (k *talk) recategorise(ctx context.Context, c hotline.Case, category, about string) error {
	k.st.Staff.Pending = nil
	chosen, ok := k.reg.Category(category)
	if _, known := k.reg.Agency(about); !ok || about != "" && about != nobodyNamed && !known {
		k.onCase(c.ID, 0, hotline.Say("staff.category.unknown"))
		return nil
	}
	if k.accusing(category) {
		if about == "" && c.About == "" {
			told, err := k.toldBy(ctx, c)
			if err != nil {
				return err
			}
			if about = k.reg.Accused(k.read(told), category); about == "" {
				return k.askAccused(c, category, nil)
			}
		}
		return k.accuse(ctx, c, category, strings.TrimPrefix(about, nobodyNamed), hotline.Reply{})
	}
	facts := hotline.Facts{Category: category}
	if chosen.Secret && !c.Privacy.IsSecret() {
		facts.Privacy = c.Privacy.Secretly() // a matter of violence told by voice is secret once somebody has heard it
	}
	after, err := k.record(c, hotline.Event{Kind: hotline.EvRecategory, Facts: facts}, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, hotline.Assignment{})
	}
	r := hotline.Say("staff.category.done", "case", c.ID, "category", hotline.CategoryArg(category))
	k.triageAnswer(c.ID, triageButtons(r, k.reg, after, triageTop(k.reg, after, "")))
	return nil
}

// toldBy gives all that the reporter said of a case, and what was written down of their voice.
func (k *talk) toldBy(ctx context.Context, c hotline.Case) (string, error) {
	events, said, err := k.History(ctx, c.ID)
	if err != nil {
		return "", fmt.Errorf("read the history: %w", err)
	}
	var all []string
	for _, e := range events {
		if text := said[e.Content].Text; text != "" && (e.Kind == hotline.EvFiled || e.Kind.TellsMore()) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "\n"), nil
}

// askAccused asks which agency a case is about: one of those given, or those that have it now.
func (k *talk) askAccused(c hotline.Case, category string, units []string) error {
	p := k.begin(actCategory)
	p.Case, p.Cat, p.Wants, p.Ref = c.ID, category, needWords, ""
	for _, a := range c.Assignments {
		if a.On() {
			units = append(units, a.Unit)
		}
	}
	r := hotline.Say("staff.about.which", "case", c.ID)
	var agencies []string
	for _, u := range units {
		if g := k.reg.AgencyOf(u); g != "" && !slices.Contains(agencies, g) && len(agencies) < mostUnits {
			agencies = append(agencies, g)
			r = r.With(hotline.Pick(caseValue(actCategory, c.ID, category+"/"+g), "staff.button.unit", "unit", hotline.UnitArg(g)))
		}
	}
	k.onCase(c.ID, 0, r.With(hotline.Pick(caseValue(actCategory, c.ID, category+"/"+nobodyNamed), "staff.button.noagency")).With(p.drop()))
	return nil
}

// accuse makes a case one about an agency (empty: none is named) and sends it where such a case goes. Whoever had a part of it has none any more. What
// could not be routed stays with those coordinators who may see it.
func (k *talk) accuse(ctx context.Context, c hotline.Case, category, about string, r hotline.Reply) error {
	facts := hotline.Facts{Category: category, About: about}
	if cat, _ := k.reg.Category(category); cat.Secret && !c.Privacy.IsSecret() {
		facts.Privacy = c.Privacy.Secretly()
	}
	e := hotline.Event{Kind: hotline.EvRecategory, Facts: facts}
	e.Case, e.At, e.By = c.ID, k.now, k.me()
	accusing, err := c.After(e)
	if err != nil {
		return k.refusedOr(err, c, hotline.Assignment{})
	}
	d := hotline.Route(k.reg, hotline.RoutingOf(accusing))
	var to hotline.Placing
	if i := slices.IndexFunc(d.Assign, func(p hotline.Placing) bool { return p.Part == hotline.Lead }); i >= 0 && !d.Triage {
		to = d.Assign[i]
	}
	there := func(a hotline.Assignment) bool { // where it is to go already, and nobody has it
		return a.Part == hotline.Lead && a.Unit == to.Unit && a.Level == to.Level && a.Officer == 0
	}
	// First it is taken from all who have it, but those on their way to an emergency, and always from those accused: their cards change under the
	// name they know it by, so that nobody learns from a card what it has become.
	known, err := k.withhold(ctx, c, func(a hotline.Assignment) bool {
		return k.reg.HiddenFrom(accusing, k.reg.AgencyOf(a.Unit)) || a.Part != hotline.Responding && !there(a)
	})
	if err != nil {
		return err
	}
	after, err := k.record(known, e, hotline.Content{})
	if err != nil {
		return k.refusedOr(err, c, hotline.Assignment{})
	}
	if d.Outside && after.From != 0 {
		k.Say(hotline.Out{To: after.From, Lane: hotline.LaneNotice, Case: c.ID,
			Reply: hotline.Say("private.outside", "text", k.reg.Outside.In(hotline.Indonesian))})
	}
	if to.Unit != "" {
		if now, ok := after.Lead(); !ok || !there(now) {
			if after, _, err = k.placeAt(ctx, after, to.Unit, to.Level, k.record); err != nil {
				return k.refusedOr(err, c, hotline.Assignment{})
			}
		}
		if k.reg.HiddenFrom(after, after.About) || after.About == "" {
			r = r.And("staff.about.done", "case", c.ID, "category", hotline.CategoryArg(after.Category), "unit", hotline.UnitArg(to.Unit))
		} else { // its own head answers
			r = r.And("staff.route.done", "case", c.ID, "unit", hotline.UnitArg(to.Unit))
		}
		k.onCase(c.ID, 0, r)
		k.settleTriage(after, to.Unit)
		return nil
	}
	r = r.And("staff.category.done", "case", c.ID, "category", hotline.CategoryArg(after.Category))
	if k.coordinates(after) {
		k.triageAnswer(c.ID, triageButtons(r, k.reg, after, triageTop(k.reg, after, "")))
		return nil
	}
	k.onCase(c.ID, 0, hotline.Say("staff.gone"))
	_, err = k.callCoordinators(ctx, after, triageTop(k.reg, after, ""), hotline.Phrase("staff.triage.why."+whyKey(d.Why)))
	return err
}
