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

// A pending is an act that somebody has begun: what it is, about which case, and what goes with it, as far as they are known. Whatever is missing
// first is asked for (advance); the answer is filled in (fill, or a button); when nothing is missing the act is done (perform).
type pending struct {
	N      int                  `json:"n"` // a button of an older one is recognised by it
	Act    act                  `json:"a,omitempty"`
	Hint   act                  `json:"h,omitempty"` // the act its words seem to name, when the case was not named
	Case   hotline.CaseID       `json:"c,omitempty"`
	Assign hotline.AssignmentID `json:"s,omitempty"`
	Text   string               `json:"t,omitempty"`
	Point  *hotline.Point       `json:"p,omitempty"`
	Media  []hotline.Media      `json:"m,omitempty"`
	Unit   string               `json:"u,omitempty"` // chosen unit or agency; noUnit: said not to know
	Date   string               `json:"d,omitempty"`
	Sure   bool                 `json:"y,omitempty"` // said yes to what may surprise: an outcome, a holiday
	Asked  bool                 `json:"q,omitempty"` // the words were asked for, so they are meant as this
	Free   bool                 `json:"f,omitempty"` // said without naming a case: it may be a citizen's matter
	Again  bool                 `json:"g,omitempty"` // a changed message that was sent before
	Wants  need                 `json:"w,omitempty"` // what the next message answers
	Ref    string               `json:"r,omitempty"`
	Until  time.Time            `json:"e,omitzero"`
}

// A need is what a pending waits for.
type need string

const (
	needCase  need = "case"
	needAct   need = "act"
	needWords need = "words"
	needPhoto need = "photo"
	needDay   need = "day"
	needUnit  need = "unit"
	needYes   need = "yes"
)

// noUnit stands for "I don't know whose it is".
const noUnit = "-"

// mostSaid is how much a pending holds of what was said.
const (
	mostSaidBytes = 4000
	mostSaidMedia = 10
)

// begin starts a pending; an older one is forgotten.
func (k *talk) begin(a act) *pending {
	st := &k.st.Staff
	st.Begun++
	st.Just = justDone{}
	st.Pending = &pending{N: st.Begun, Act: a, Ref: k.msg.Ref, Until: k.now.Add(pendingFor)}
	return st.Pending
}

// take adds what a message says.
func (p *pending) take(m hotline.Message) {
	if t := strings.TrimSpace(m.Text); t != "" {
		if p.Text != "" {
			p.Text += "\n"
		}
		p.Text += t
		if len(p.Text) > mostSaidBytes {
			p.Text = strings.ToValidUTF8(p.Text[:mostSaidBytes], "")
		}
	}
	if m.Media != nil && len(p.Media) < mostSaidMedia {
		p.Media = append(p.Media, *m.Media)
	}
	if m.Pin != nil {
		p.Point = m.Pin
	}
}

// empty tells whether nothing was said yet.
func (p *pending) empty() bool { return p.Text == "" && p.Point == nil && len(p.Media) == 0 }

// spoken tells whether something was said in words, typed or recorded.
func (p *pending) spoken() bool {
	return p.Text != "" || slices.ContainsFunc(p.Media, func(m hotline.Media) bool { return m.Kind == hotline.Voice })
}

// shown tells whether there is a picture.
func (p *pending) shown() bool {
	return slices.ContainsFunc(p.Media, func(m hotline.Media) bool { return m.Kind != hotline.Voice })
}

// value puts the value of one of its buttons together.
func (p *pending) value(field, v string) string {
	return staffPrefix + "p:" + strconv.Itoa(p.N) + ":" + field + ":" + v
}

func (p *pending) drop() hotline.Choice {
	return hotline.Pick(p.value("drop", ""), "staff.button.drop")
}

func (p *pending) slot() string { return "staff:" + strconv.Itoa(p.N) }

// fill takes a message as the answer to what was asked.
func (k *talk) fill(ctx context.Context, p *pending) error {
	p.Until = k.now.Add(pendingFor)
	text := ""
	if k.msg.Kind == hotline.MsgText {
		text = strings.TrimSpace(k.msg.Text)
	}
	if p.Wants == needAct || p.Wants == needCase {
		if done, err := k.superseded(ctx, p, text); done || err != nil {
			return err
		}
	}
	switch p.Wants {
	case needCase:
		o := readOrder(k.reg.Letters, text, namesDay)
		if o.named() && o.Text == "" && o.Act == "" {
			return k.fillCase(ctx, p, o)
		}
	case needAct:
		if a, rest := cutAct(text); rest == "" && !coordinatorOnly(a) && says(a) {
			p.Act = a
			return k.advance(ctx, p)
		}
	case needDay:
		if text != "" {
			return k.fillDay(ctx, p, text)
		}
	case needUnit:
		if text != "" {
			return k.fillUnit(ctx, p, text)
		}
	case needPhoto:
		if text != "" && p.spoken() && declines(text) {
			p.Sure = true
			return k.advance(ctx, p)
		}
	case needYes:
		if text != "" && agrees(text) {
			p.Sure = true
			return k.advance(ctx, p)
		}
		if text != "" && declines(text) {
			k.dropPending()
			return nil
		}
		if text != "" && p.Act == actSchedule {
			p.Date = ""
			return k.fillDay(ctx, p, text)
		}
		if text != "" || k.msg.Media != nil && k.msg.Media.Kind == hotline.Voice {
			p.Text, p.Media = "", nil // said anew
		}
	}
	p.take(k.msg)
	return k.advance(ctx, p)
}

// superseded tells whether a text is an order of its own about a case that it names, and not more of what was being said: then it is followed, so
// that nothing reaches the wrong reporter.
func (k *talk) superseded(ctx context.Context, p *pending, text string) (bool, error) {
	if p.Free && text != "" && k.read(text).Danger != nil {
		mine, err := k.mine(ctx)
		if err != nil {
			return false, err
		}
		if k.newDanger(mine) {
			k.st.Staff.Pending = nil
			return true, k.citizen(ctx)
		}
	}
	o := readOrder(k.reg.Letters, text, namesDay)
	if !o.named() || p.Wants == needCase && o.Text == "" && o.Act == "" {
		return false, nil
	}
	if o.Handle != 0 && o.Text != "" {
		mine, err := k.mine(ctx)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(mine, func(h hotline.Held) bool { return h.Handle == o.Handle }) {
			return false, nil // "7 truk sudah datang"
		}
	}
	k.st.Staff.Pending = nil
	done, err := k.staffTold(ctx)
	if !done && err == nil { // a number that is none of theirs
		return true, k.citizen(ctx)
	}
	return done, err
}

// says tells whether an act carries what somebody says, so that a text can be meant as it.
func says(a act) bool {
	switch a {
	case actAnswer, actAsk, actNote, actResolve, actPass, actCannot, actDecline, actFinish, actSchedule, actHelp:
		return true
	}
	return false
}

var (
	yesWords = strings.Fields("ya y iya yes ok oke nggih inggih betul benar lanjut setuju")
	noWords  = strings.Fields("tidak no tanpa mboten ora")
)

func agrees(s string) bool {
	w := hotline.Words(s)
	return len(w) > 0 && len(w) <= 2 && slices.Contains(yesWords, w[0])
}

func declines(s string) bool {
	w := hotline.Words(s)
	return len(w) > 0 && len(w) <= 3 && slices.Contains(noWords, w[0])
}

func (k *talk) fillCase(ctx context.Context, p *pending, o order) error {
	mine, err := k.mine(ctx)
	if err != nil {
		return err
	}
	for _, h := range mine {
		if o.Handle != 0 && h.Handle == o.Handle || o.Number.Seq != 0 && h.Case.Number == o.Number {
			p.Case, p.Assign, p.Free = h.Case.ID, h.Assignment.ID, false
			return k.advance(ctx, p)
		}
	}
	if o.Handle == 0 {
		k.reply(hotline.Say("staff.notyours").With(pickList(wishMine)))
		return nil
	}
	k.reply(hotline.Say("staff.nohandle", "handle", o.Handle).With(pickList(wishMine)))
	return nil
}

func (k *talk) fillDay(ctx context.Context, p *pending, text string) error {
	c, err := k.Case(ctx, p.Case)
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	a, _ := c.Assignment(p.Assign)
	day, rest, err := readDay(k.reg.Calendar(a.Unit), k.now, text)
	if err != nil {
		k.askDay(c, p, dayTrouble(err))
		return nil
	}
	p.Date, p.Sure = day.Format(time.DateOnly), false
	if rest != "" {
		p.Text = strings.TrimSpace(p.Text + "\n" + rest)
	}
	return k.advance(ctx, p)
}

func (k *talk) fillUnit(ctx context.Context, p *pending, text string) error {
	if p.Act == actDecline && declines(text) {
		p.Unit = noUnit
		return k.advance(ctx, p)
	}
	c, err := k.Case(ctx, p.Case)
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	_, text = cutPrefixWord(text, "ke", "to", "dhateng")
	units := k.openTo(c, findUnits(k.reg, text))
	switch {
	case len(units) == 1:
		p.Unit = units[0]
		return k.advance(ctx, p)
	case p.Act == actDecline && len(units) == 0 && len(strings.Fields(text)) > 3: // the reason came first
		p.Text, p.Asked = text, true
		if agency, ok := mentionedAgency(k.reg, text); ok && !k.reg.HiddenFrom(c, agency) {
			p.Unit = agency
		}
		return k.advance(ctx, p)
	}
	k.askUnit(c, p, units, "staff.unit.unknown")
	return nil
}

func cutPrefixWord(s string, words ...string) (bool, string) {
	first, rest := cutWord(s)
	if rest != "" && slices.Contains(words, strings.ToLower(first)) {
		return true, rest
	}
	return false, s
}

// openTo leaves out the units that must not see the case.
func (k *talk) openTo(c hotline.Case, units []string) []string {
	return slices.DeleteFunc(slices.Clone(units), func(u string) bool { return k.reg.HiddenFrom(c, k.reg.AgencyOf(u)) })
}

// pressPending answers a button of a pending: "N:FIELD:VALUE".
func (k *talk) pressPending(ctx context.Context, rest string) error {
	n, rest, _ := strings.Cut(rest, ":")
	field, v, _ := strings.Cut(rest, ":")
	p := k.st.Staff.Pending
	if p == nil || strconv.Itoa(p.N) != n {
		k.reply(hotline.Say("staff.stale"))
		return nil
	}
	p.Until = k.now.Add(pendingFor)
	switch field {
	case "drop":
		k.dropPending()
		return nil
	case "citizen":
		return k.asCitizen(ctx, p)
	case "of":
		assign, caseID, ok := cutIDs(v)
		if !ok {
			return nil
		}
		p.Case, p.Assign, p.Free = caseID, assign, false
	case "as":
		a := act(v)
		if p.Act != "" || !says(a) {
			return nil
		}
		if a == p.Hint {
			p.Text = readActs(p.Text).words()
		}
		p.Act, p.Asked, p.Free = a, true, false
		p.Sure = a == actResolve && p.shown()
	case "day":
		if _, err := time.Parse(time.DateOnly, v); err != nil || v < k.reg.Today(k.now) {
			p.Date = ""
			break
		}
		p.Date, p.Sure = v, false
	case "unit":
		if _, ok := k.reg.Unit(v); ok || v == noUnit && p.Act == actDecline {
			p.Unit = v
		}
	case "yes":
		p.Sure = true
	case "redo":
		p.Text, p.Media, p.Point, p.Date, p.Sure, p.Asked = "", nil, nil, "", false, true
	}
	return k.advance(ctx, p)
}

// asCitizen hands what was said to the citizen's side: it was a complaint of the officer's own.
func (k *talk) asCitizen(ctx context.Context, p *pending) error {
	k.st.Staff.Pending = nil
	press := k.msg
	for i := range p.Media {
		k.msg = hotline.Message{ID: press.ID, Address: press.Address, Kind: hotline.MsgMedia, At: press.At, Ref: p.Ref, Media: &p.Media[i]}
		if i == 0 {
			k.msg.Text, p.Text = p.Text, ""
		}
		if err := k.citizen(ctx); err != nil {
			return err
		}
	}
	if p.Point != nil {
		k.msg = hotline.Message{ID: press.ID, Address: press.Address, Kind: hotline.MsgPin, At: press.At, Ref: p.Ref, Pin: p.Point}
		if err := k.citizen(ctx); err != nil {
			return err
		}
	}
	if p.Text != "" {
		k.msg = hotline.Message{ID: press.ID, Address: press.Address, Kind: hotline.MsgText, At: press.At, Ref: p.Ref, Text: p.Text}
		if err := k.citizen(ctx); err != nil {
			return err
		}
	}
	k.msg = press
	return nil
}

// advance asks for what is missing first, or does the act.
func (k *talk) advance(ctx context.Context, p *pending) error {
	if p.Case == 0 {
		return k.askCase(ctx, p)
	}
	c, err := k.Case(ctx, p.Case)
	if err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	if p.Assign == 0 {
		if !k.coordinates(c) {
			return k.lost(c, hotline.Assignment{})
		}
		return k.advanceTriage(ctx, c, p)
	}
	a, ok := c.Assignment(p.Assign)
	early := p.Act == actDecline && a.State == hotline.Waiting && k.mayWork(c, a) && c.Status.Live()
	if !ok || !early && !k.isMine(c, a) {
		if (p.Act == "" || p.Act == actNote) && !p.empty() && k.heads(c, a) {
			return k.jot(c, a, p)
		}
		return k.lost(c, a)
	}
	switch {
	case p.Act == actPhoto: // what for is asked once it is there
		p.Act = ""
	case p.Act == actResolve && a.Part != hotline.Lead:
		p.Act = actFinish
	}
	switch {
	case p.Act == "":
		k.askAct(c, a, p)
	case p.Act == actSchedule && p.Date == "" && p.Text != "" && !p.Asked:
		k.scheduleFromText(c, a, p)
		if p.Date == "" {
			return nil
		}
		return k.advance(ctx, p)
	case p.Act == actSchedule && p.Date == "":
		k.askDay(c, p, "staff.ask.day")
	case p.Act == actSchedule && !p.Sure && k.dayOff(a, p.Date) != "":
		k.askDayOff(c, a, p)
	case (p.Act == actDecline || p.Act == actHelp) && p.Unit == "":
		k.askWhose(ctx, c, p)
		if p.Unit == "" {
			return nil
		}
		return k.advance(ctx, p)
	case k.lacksWords(p):
		k.askWords(c, a, p)
	case p.Act == actResolve && !p.shown() && !p.Sure:
		k.askPhoto(c, a, p)
	case (p.Act == actPass || p.Act == actCannot || p.Act == actDecline) && !p.Asked && !p.Sure:
		k.askYes(c, a, p)
	default:
		return k.perform(ctx, c, a, p)
	}
	return nil
}

// heads tells whether the person heads the unit whose officer has this part.
func (k *talk) heads(c hotline.Case, a hotline.Assignment) bool {
	return a.State == hotline.Taken && c.Status.Live() && k.ofUnit(a.Unit, hotline.RoleHead) && k.reg.Sees(k.conv.Viewer, c).Content
}

// lacksWords tells whether an act still needs somebody to say something.
func (k *talk) lacksWords(p *pending) bool {
	switch p.Act {
	case actAsk, actResolve, actPass, actCannot, actDecline:
		return !p.spoken()
	case actAnswer, actNote:
		return p.empty()
	case actFinish:
		return p.empty() && !p.Sure
	}
	return false
}

// lost says why the act that was begun cannot be done any more, and forgets it.
func (k *talk) lost(c hotline.Case, a hotline.Assignment) error {
	k.st.Staff.Pending = nil
	k.onCase(c.ID, a.ID, k.standsNow(c, a))
	return nil
}
