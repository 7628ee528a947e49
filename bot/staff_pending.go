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
	Cat    string               `json:"k,omitempty"` // the category chosen, while it is asked whom the case accuses
	Block  *blocking            `json:"l,omitempty"` // how somebody is blocked
	Sure   bool                 `json:"y,omitempty"` // said yes to what may surprise: an outcome, a holiday
	Doubt  bool                 `json:"b,omitempty"` // the day is far off, or its year was guessed: shown in full before it counts
	Asked  bool                 `json:"q,omitempty"` // the words were asked for, so they are meant as this
	Free   bool                 `json:"f,omitempty"` // said without naming a case: it may be a citizen's matter
	Again  bool                 `json:"g,omitempty"` // a changed message that was sent before
	Wants  need                 `json:"w,omitempty"` // what the next message answers
	Ref    string               `json:"r,omitempty"`
	Refs   []string             `json:"o,omitempty"` // the messages that were taken, of which each may be taken back
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
	if m.Ref != "" && len(p.Refs) < mostSaidMedia {
		p.Refs = append(p.Refs, m.Ref)
	}
	if p.Ref == "" {
		p.Ref = m.Ref
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
	case p.Act == actSchedule && !p.Sure && (p.Doubt || k.dayOff(a, p.Date) != ""):
		k.askDayOff(c, a, p)
	case (p.Act == actDecline || p.Act == actHelp) && p.Unit == "":
		if err := k.askWhose(ctx, c, p); err != nil || p.Unit == "" {
			return err
		}
		return k.advance(ctx, p)
	case p.Act == actHelp && !p.Sure:
		k.askHelpYes(c, a, p)
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
