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

// This file is how a pending is filled in: by the next message, or by one of its buttons.

// fill takes a message as the answer to what was asked.
func (k *talk) fill(ctx context.Context, p *pending) error {
	asked := p.Until.Add(-pendingFor)
	p.Until = k.now.Add(pendingFor)
	text := ""
	if k.msg.Kind == hotline.MsgText {
		text = strings.TrimSpace(k.msg.Text)
	}
	if p.Wants == needYes && (agrees(text) || declines(text)) && k.sentBefore(asked) { // a yes out of a backlog, to something else
		return k.advance(ctx, p)
	}
	if done, err := k.superseded(ctx, p, text); done || err != nil {
		return err
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
		if text != "" && p.Act == actHelp && len(findUnits(k.reg, text)) > 0 { // another one
			return k.fillUnit(ctx, p, text)
		}
		if text != "" || k.msg.Media != nil && k.msg.Media.Kind == hotline.Voice {
			p.Text, p.Media = "", nil // said anew
		}
	}
	p.take(k.msg)
	return k.advance(ctx, p)
}

// superseded follows a text that is no answer to what was asked, but words of danger or an order of its own, so that nothing reaches the wrong
// reporter.
func (k *talk) superseded(ctx context.Context, p *pending, text string) (bool, error) {
	mine, err := k.mine(ctx)
	if err != nil {
		return false, err
	}
	if k.alarming(p, mine) {
		k.st.Staff.Pending = nil
		return true, k.citizen(ctx)
	}
	if !k.orders(p, readOrder(k.reg.Letters, text, namesDay), text, mine) {
		return false, nil
	}
	k.st.Staff.Pending = nil
	done, err := k.staffTold(ctx)
	if !done && err == nil { // a number that is none of theirs
		return true, k.citizen(ctx)
	}
	return done, err
}

// alarming tells whether what was said is of danger that is nobody's case yet. Of a doubtful danger that is so only where no case was named; and who
// works an emergency, or writes down what a reporter said of one, uses the same words.
func (k *talk) alarming(p *pending, mine []hotline.Held) bool {
	if k.msg.Text == "" || p.Case != 0 && p.Assign == 0 {
		return false
	}
	alarm := k.read(k.msg.Text).Danger
	if alarm == nil || !alarm.Sure && !p.Free {
		return false
	}
	return !slices.ContainsFunc(mine, func(h hotline.Held) bool {
		return h.Case.Urgent && (p.Case == 0 || p.Case == h.Case.ID)
	})
}

// orders tells whether a text is an order of its own and not an answer to what the pending wants: it names a case, or it is a command.
func (k *talk) orders(p *pending, o order, text string, mine []hotline.Held) bool {
	bare := o.Text == ""
	switch {
	case text == "" || p.Act == actSchedule && namesDay(text) || p.answersBlock(text):
		return false
	case o.named() && bare && o.Act == "":
		return p.Wants != needCase
	case o.Handle != 0 && !bare: // "7 truk sudah datang" is said by who has no case 7
		return slices.ContainsFunc(mine, func(h hotline.Held) bool { return h.Handle == o.Handle })
	case o.named():
		return true
	case o.Act == "" || o.Act == p.Act || o.Act == actPhoto || coordinatorOnly(o.Act):
		return false
	case bare:
		return p.Wants != needAct || !says(o.Act)
	}
	return p.Wants == needWords && k.plainOrder(o)
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
	if again, rest := cutAct(text); again == actSchedule && rest != "" { // "jadwal selasa": said anew in full
		text = rest
	}
	day, rest, doubt, err := readDayDoubting(k.reg.Calendar(a.Unit), k.now, text)
	if err != nil {
		k.askDay(c, p, dayTrouble(err))
		return nil
	}
	p.Date, p.Doubt, p.Sure = day.Format(time.DateOnly), doubt, false
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
	text = cutPrefixWord(text, "ke", "to", "dhateng")
	units := k.openTo(c, findUnits(k.reg, text))
	agency, named := mentionedAgency(k.reg, text)
	if named = named && len(units) == 0 && !k.reg.HiddenFrom(c, agency); named && p.Act == actHelp { // within a sentence
		units = []string{agency}
	}
	switch {
	case len(units) == 1 && p.Act == actHelp:
		one, which := k.narrow(c, units[0])
		if p.Unit = one; one == "" {
			k.askUnit(c, p, which, "staff.unit.which")
			return nil
		}
		return k.advance(ctx, p)
	case len(units) == 1:
		p.Unit = units[0]
		return k.advance(ctx, p)
	case p.Act == actDecline && len(units) == 0 && (named || len(strings.Fields(text)) > 3): // a sentence is the reason as well
		p.Text, p.Asked = text, true
		if named {
			p.Unit = agency
		}
		return k.advance(ctx, p)
	}
	k.askUnit(c, p, units, "staff.unit.unknown")
	return nil
}

// cutPrefixWord takes the first word off where it is one of these: the "ke" of "ke Dinas Kesehatan". It leaves no text empty.
func cutPrefixWord(s string, words ...string) string {
	first, rest := cutWord(s)
	if rest != "" && slices.Contains(words, strings.ToLower(first)) {
		return rest
	}
	return s
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
		if p.Act != "" || !says(a) && a != actTranscribe {
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
		p.Date, p.Doubt, p.Sure = v, false, false
	case "unit":
		if _, ok := k.reg.Unit(v); ok || v == noUnit && p.Act == actDecline {
			p.Unit = v
		}
	case "why", "days":
		p.blockPressed(field, v)
	case "yes":
		p.Sure = true
	case "redo":
		if p.Act == actSchedule { // another day; the words stay
			p.Date, p.Sure, p.Asked = "", false, true
			break
		}
		p.Text, p.Media, p.Point, p.Date, p.Sure, p.Asked = "", nil, nil, "", false, true
		if p.Act == actHelp {
			p.Unit = ""
		}
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
