package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tanggap/hotline"
)

// This file is what a pending asks: for the case, for what a text is meant as, for words, a photo, a day, a unit, a yes.

// mostCases is how many cases are offered as buttons at once.
const mostCases = 8

// askCase asks which case is meant; with just one open there is nothing to ask.
func (k *talk) askCase(ctx context.Context, p *pending) error {
	mine, err := k.mine(ctx)
	if err != nil {
		return err
	}
	switch len(mine) {
	case 0:
		k.st.Staff.Pending = nil
		k.reply(hotline.Say("staff.nothing").With(pickList(wishQueue)))
		return nil
	case 1:
		p.Case, p.Assign = mine[0].Case.ID, mine[0].Assignment.ID
		return k.advance(ctx, p)
	}
	p.Wants = needCase
	r := hotline.Say("staff.ask.case")
	for _, h := range mine[:min(len(mine), mostCases)] {
		r = r.With(k.pickHeld(p.value("of", joinIDs(h.Assignment.ID, h.Case.ID)), h))
	}
	if len(mine) > mostCases {
		r = r.And("staff.ask.case.more")
	}
	k.askLater(p, p.ways(r))
	return nil
}

// pickHeld is a button for a case that somebody has.
func (k *talk) pickHeld(value string, h hotline.Held) hotline.Choice {
	if h.Handle == 0 { // they have more than 99
		return k.pickSeen(value, h.Case)
	}
	return hotline.Pick(value, "staff.button.held", "handle", h.Handle, "category", hotline.CategoryArg(h.Case.Category), "place", k.placeOf(h.Case))
}

// ways adds how to get out of a question: as a citizen's matter, where the case was not named, or not at all.
func (p *pending) ways(r hotline.Reply) hotline.Reply {
	if p.Free && !p.empty() {
		return r.With(hotline.Pick(p.value("citizen", ""), "staff.button.citizen"), p.drop())
	}
	return r.With(p.drop())
}

func (k *talk) askLater(p *pending, r hotline.Reply) { k.onCaseLater(p.Case, p.Assign, p.slot(), r) }

// placeOf gives where a case is, as the person may know it: of a secret one that is not theirs, the kecamatan.
func (k *talk) placeOf(c hotline.Case) hotline.AreaArg {
	return areaFor(k.reg, c, k.reg.Sees(k.conv.Viewer, c).Content)
}

// askAct asks what a text or photo is meant as.
func (k *talk) askAct(c hotline.Case, a hotline.Assignment, p *pending) {
	if p.empty() {
		p.Wants = needWords
		k.onCase(c.ID, a.ID, hotline.Say("staff.ask.words.any").With(p.drop()))
		return
	}
	p.Wants = needAct
	key := "staff.ask.act"
	if p.Again {
		key = "staff.ask.act.again"
	}
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key, "case", c.ID, "category", hotline.CategoryArg(c.Category))}}
	as := func(a act) hotline.Choice { return hotline.Pick(p.value("as", string(a)), "staff.as."+string(a)) }
	first := []act{actAnswer, actAsk, actNote, actResolve}
	if a.Part != hotline.Lead {
		first = []act{actAnswer, actNote, actFinish}
	} else if strings.HasSuffix(p.Text, "?") {
		first = []act{actAsk, actAnswer, actNote, actResolve}
	}
	if p.Hint != "" && says(p.Hint) && (a.Part == hotline.Lead || slices.Contains(first, p.Hint)) {
		first = append([]act{p.Hint}, slices.DeleteFunc(first, func(x act) bool { return x == p.Hint })...)
	}
	for pair := range slices.Chunk(first, 2) {
		row := make([]hotline.Choice, len(pair))
		for i, x := range pair {
			row[i] = as(x)
		}
		r = r.With(row...)
	}
	k.askLater(p, p.ways(r))
}

// askWords asks for what goes with an act.
func (k *talk) askWords(c hotline.Case, a hotline.Assignment, p *pending) {
	p.Wants, p.Asked = needWords, true
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase("staff.ask.words."+wordsFor(p.Act, a), "case", c.ID)}}
	if p.Act == actFinish {
		r = r.With(hotline.Pick(p.value("yes", ""), "staff.button.nowords"), p.drop())
	} else {
		r = r.With(p.drop())
	}
	k.onCase(c.ID, a.ID, r)
}

// wordsFor ends the key of a question about an act: who only helps says no to the unit that leads, and not to the coordinator.
func wordsFor(what act, a hotline.Assignment) string {
	if what == actDecline && a.Part != hotline.Lead {
		return "nothelp"
	}
	return string(what)
}

// askPhoto asks for a picture of what was done; it may be left out.
func (k *talk) askPhoto(c hotline.Case, a hotline.Assignment, p *pending) {
	p.Wants = needPhoto
	k.onCaseLater(c.ID, a.ID, p.slot(), hotline.Say("staff.ask.photo", "case", c.ID).
		With(hotline.Pick(p.value("yes", ""), "staff.button.nophoto")).
		With(hotline.Pick(p.value("redo", ""), "staff.button.redo"), p.drop()))
}

// askYes asks whether an outcome is meant, when its words were typed in one go.
func (k *talk) askYes(c hotline.Case, a hotline.Assignment, p *pending) {
	p.Wants = needYes
	question := hotline.Phrase("staff.ask.yes."+wordsFor(p.Act, a), "case", c.ID, "text", p.Text)
	k.onCaseLater(c.ID, a.ID, p.slot(), hotline.Reply{Lines: []hotline.Line{question}}.
		With(hotline.Pick(p.value("yes", ""), "staff.button.yes"), hotline.Pick(p.value("redo", ""), "staff.button.redo"), p.drop()))
}

// askHelpYes shows what asking a unit for help does, before it is done. What cannot be is said at once.
func (k *talk) askHelpYes(c hotline.Case, a hotline.Assignment, p *pending) {
	if r, no := k.cannotHelp(c, p.Unit); no {
		k.st.Staff.Pending = nil
		k.onCase(c.ID, a.ID, r)
		return
	}
	p.Wants = needYes
	r := hotline.Say("staff.ask.yes.help", "case", c.ID, "unit", hotline.UnitArg(p.Unit))
	if p.Text != "" {
		r = r.And("staff.ask.help.note", "text", p.Text)
	}
	k.onCaseLater(c.ID, a.ID, p.slot(), r.
		With(hotline.Pick(p.value("yes", ""), "staff.button.yes"), hotline.Pick(p.value("redo", ""), "staff.button.otherunit"), p.drop()))
}

func dayTrouble(err error) string {
	switch {
	case errors.Is(err, errPast):
		return "staff.day.past"
	case errors.Is(err, errFar):
		return "staff.day.far"
	}
	return "staff.day.unknown"
}

// scheduleFromText reads the day that the words of an order begin with: "jadwal besok, tambal aspal".
func (k *talk) scheduleFromText(c hotline.Case, a hotline.Assignment, p *pending) {
	day, rest, doubt, err := readDayDoubting(k.reg.Calendar(a.Unit), k.now, p.Text)
	if err != nil {
		k.askDay(c, p, dayTrouble(err))
		return
	}
	p.Date, p.Doubt, p.Text = day.Format(time.DateOnly), doubt, rest
}

// askDay asks for a day, with the next working days as buttons: the office's, for a unit that is there day and night.
func (k *talk) askDay(c hotline.Case, p *pending, key string) {
	p.Wants, p.Asked = needDay, true
	a, _ := c.Assignment(p.Assign)
	cal := k.reg.Calendar(a.Unit)
	if cal.Always {
		cal = k.reg.Calendar("")
	}
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key)}}
	var row []hotline.Choice
	for day := k.now; len(row) < 3; {
		next := cal.Add(day, hotline.Span{WorkDays: 1}).Add(-time.Minute) // midnight, the end of a day without end, is of that day
		if !next.After(day) {
			break
		}
		day = next
		date := k.reg.Today(day)
		if alwaysHoliday(date) {
			continue
		}
		row = append(row, hotline.Pick(p.value("day", date), "staff.button.day", "date", hotline.DateArg(date)))
	}
	for _, choice := range row {
		r = r.With(choice)
	}
	k.onCase(c.ID, p.Assign, r.With(p.drop()))
}

// dayOff names the holiday, or the free day of the week, that a date is for a unit; empty for a working day.
func (k *talk) dayOff(a hotline.Assignment, date string) string {
	cal := k.reg.Calendar(a.Unit)
	day, err := time.ParseInLocation(time.DateOnly, date, k.reg.Zone)
	switch {
	case err != nil:
		return ""
	case cal.WorkDay(day.Add(12*time.Hour)) && (cal.Always || !alwaysHoliday(date)):
		return ""
	}
	if h, ok := cal.Holidays[date]; ok {
		return h.Name
	}
	return noUnit
}

// askDayOff asks whether a day is meant that is no working day, or so far off that it may be a slip.
func (k *talk) askDayOff(c hotline.Case, a hotline.Assignment, p *pending) {
	p.Wants = needYes
	r := hotline.Reply{}
	switch name := k.dayOff(a, p.Date); name {
	case "":
	case noUnit:
		r = r.And("staff.day.free", "date", hotline.DateArg(p.Date))
	default:
		r = r.And("staff.day.holiday", "date", hotline.DateArg(p.Date), "name", name)
	}
	if p.Doubt {
		r = r.And("staff.day.sure", "date", hotline.DateArg(p.Date), "n", k.daysAhead(p.Date))
	}
	k.onCase(c.ID, a.ID, r.
		With(hotline.Pick(p.value("yes", ""), "staff.button.keepday"), hotline.Pick(p.value("redo", ""), "staff.button.otherday")).
		With(p.drop()))
}

// daysAhead counts the days until a date.
func (k *talk) daysAhead(date string) int {
	day, err := time.Parse(time.DateOnly, date)
	today, err2 := time.Parse(time.DateOnly, k.reg.Today(k.now))
	if err != nil || err2 != nil {
		return 0
	}
	return int(day.Sub(today).Hours() / 24)
}

// askWhose asks whose a case is ("not ours"), or whose help is wanted.
func (k *talk) askWhose(ctx context.Context, c hotline.Case, p *pending) error {
	if p.Text != "" {
		name := p.Text
		if p.Act == actHelp {
			name = cutPrefixWord(name, "ke", "dari", "to", "from")
		}
		if units := k.openTo(c, findUnits(k.reg, name)); p.Act == actHelp && len(units) == 1 {
			one, which := k.narrow(c, units[0])
			if p.Unit, p.Text = one, ""; one == "" {
				k.askUnit(c, p, which, "staff.unit.which")
			}
			return nil
		} else if p.Act == actHelp && len(units) > 1 {
			k.askUnit(c, p, units, "staff.unit.which")
			return nil
		}
		if agency, ok := mentionedAgency(k.reg, p.Text); ok && !k.reg.HiddenFrom(c, agency) {
			p.Unit = agency
			return nil
		}
	}
	if p.Act == actHelp {
		k.askUnit(c, p, nil, "staff.unit.help")
		return nil
	}
	units := k.likelyUnits(c, p)
	events, _, err := k.History(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read what was put right: %w", err)
	}
	for _, e := range slices.Backward(events) { // what the reporter put right comes first
		if u, elsewhere := correctedUnit(k.reg, c, e); elsewhere && !k.reg.HiddenFrom(c, k.reg.AgencyOf(u)) {
			units = append([]string{u}, slices.DeleteFunc(units, func(other string) bool { return other == u })...)
			break
		}
	}
	k.askUnit(c, p, units, "staff.unit.whose")
	return nil
}

// askUnit asks for a unit: one of those given, or likely ones.
func (k *talk) askUnit(c hotline.Case, p *pending, units []string, key string) {
	p.Wants = needUnit
	r := hotline.Reply{Lines: []hotline.Line{hotline.Phrase(key)}}
	if len(units) == 0 {
		units = k.likelyUnits(c, p)
	}
	for _, u := range units {
		r = r.With(hotline.Pick(p.value("unit", u), "staff.button.unit", "unit", hotline.UnitArg(u)))
	}
	if p.Act == actDecline {
		r = r.With(hotline.Pick(p.value("unit", noUnit), "staff.button.nounit"))
	}
	k.onCase(c.ID, p.Assign, r.With(p.drop()))
}

// likelyUnits proposes units: the category's alternates and helpers, without the unit that asks.
func (k *talk) likelyUnits(c hotline.Case, p *pending) []string {
	cat, _ := k.reg.Category(c.Category)
	agencies := slices.Concat(cat.Supporting, cat.Alternates)
	if p.Act != actHelp {
		agencies = slices.Concat(cat.Alternates, []string{cat.Agency})
	}
	own := ""
	if a, ok := c.Assignment(p.Assign); ok {
		own = k.reg.AgencyOf(a.Unit)
	}
	proposals := hotline.Proposals(k.reg, hotline.RoutingOf(c))
	var units []string
	for _, g := range agencies {
		u := g
		for _, at := range proposals { // its unit for that place, where it has one
			if k.reg.AgencyOf(at) == g {
				u = at
			}
		}
		if g != "" && g != own && !slices.Contains(units, u) && !k.reg.HiddenFrom(c, g) && len(units) < 4 {
			units = append(units, u)
		}
	}
	return units
}
