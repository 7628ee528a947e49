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

// staffState is what is remembered of somebody's work between two messages.
type staffState struct {
	Member  bool     `json:"m,omitempty"` // held a role when they last wrote
	Begun   int      `json:"n,omitempty"` // how many pendings there were; the number of the latest
	Pending *pending `json:"p,omitempty"`
	Just    justDone `json:"j,omitzero"`
	Refs    []refAct `json:"r,omitempty"` // messages that were said about a case, latest last
	Page    int      `json:"-"`           // of the list asked for; within one turn
}

// justDone is the last thing said about a case: photos that follow without a word belong to it.
type justDone struct {
	Act    act                  `json:"a,omitempty"`
	Case   hotline.CaseID       `json:"c,omitempty"`
	Assign hotline.AssignmentID `json:"s,omitempty"`
	Until  time.Time            `json:"u,omitzero"`
}

// A refAct remembers where an officer's message went, so that changing it is understood.
type refAct struct {
	Ref    string               `json:"r"`
	Case   hotline.CaseID       `json:"c"`
	Assign hotline.AssignmentID `json:"a"`
}

// How long things hold, and how much is remembered.
const (
	pendingFor  = 30 * time.Minute // an act that was begun waits for its next answer
	albumFor    = 2 * time.Minute  // photos after a message belong to it
	undoFor     = hotline.UndoFor  // an outcome can be taken back
	keepActRefs = 10
)

// staff answers what is the business of somebody who works for the service: their buttons, commands, replies to cards, and what they say about
// their cases. Everything else (false) is for the citizen's side: an officer is a citizen too.
func (k *talk) staff(ctx context.Context) (bool, error) {
	if k.msg.Kind == hotline.MsgText {
		if code, asked := enrolment(k.msg.Text); asked {
			return true, k.enrol(ctx, code)
		}
	}
	if !k.conv.Viewer.Staff() {
		return k.formerStaff(ctx)
	}
	st := &k.st.Staff
	st.Member = true
	if st.Pending != nil && k.now.After(st.Pending.Until) {
		st.Pending = nil
	}
	switch k.msg.Kind {
	case hotline.MsgChoice:
		if !strings.HasPrefix(k.msg.Choice, staffPrefix) {
			k.leave()
			return false, nil
		}
		return true, k.press(ctx)
	case hotline.MsgText, hotline.MsgMedia, hotline.MsgPin:
		return k.staffSaid(ctx)
	case hotline.MsgEdit:
		return k.staffEdited(ctx)
	}
	return false, nil
}

// leave ends what was under way about a case, because something else is done now: what is said next must not reach the wrong reporter. Words
// whose case is still asked for stay, since looking at a list is how somebody finds it.
func (k *talk) leave() {
	st := &k.st.Staff
	st.Just = justDone{}
	if st.Pending != nil && st.Pending.Wants != needCase {
		st.Pending = nil
	}
}

// formerStaff answers old buttons and cards of somebody who holds no role any more, or never did. They learn nothing.
func (k *talk) formerStaff(ctx context.Context) (bool, error) {
	st := &k.st.Staff
	was := st.Member
	pending := st.Pending != nil
	k.st.Staff = staffState{Begun: st.Begun, Member: was}
	if k.msg.Kind == hotline.MsgChoice {
		if !strings.HasPrefix(k.msg.Choice, staffPrefix) {
			return false, nil
		}
		k.reply(hotline.Say("staff.nomore"))
		return true, nil
	}
	if k.msg.ReplyTo != "" {
		_, assign, err := k.CaseOfMessage(ctx, k.conv.Address.ID, k.msg.ReplyTo)
		if err != nil && !errors.Is(err, hotline.ErrNotFound) {
			return false, fmt.Errorf("find the case of a message: %w", err)
		}
		if assign != 0 {
			k.reply(hotline.Say("staff.nomore"))
			return true, nil
		}
	}
	if !was || k.msg.Kind != hotline.MsgText {
		return false, nil
	}
	switch o := readOrder(k.reg.Letters, k.msg.Text, namesDay); readWish(k.msg.Text) {
	case wishQueue, wishMine, wishTriage, wishLate, wishDutyOn, wishDutyOff:
	case wishCitizen, wishComplain, wishCancel:
		return false, nil
	default:
		if !pending && (o.Handle == 0 || o.Act == "") {
			return false, nil
		}
	}
	k.reply(hotline.Say("staff.nomore"))
	return true, nil
}

// staffSaid answers words, photos, voice notes and pins.
func (k *talk) staffSaid(ctx context.Context) (bool, error) {
	st := &k.st.Staff
	if k.msg.Kind == hotline.MsgText {
		st.Just = justDone{}
		if wish := readWish(k.msg.Text); wish != "" {
			if done, err := k.wish(ctx, wish); done || err != nil || wish == wishCitizen || wish == wishComplain || wish == wishCancel {
				return done, err
			}
		}
	}
	if st.Pending == nil && k.books() {
		return false, nil
	}
	if k.msg.ReplyTo != "" {
		ours, known, err := k.staffReplied(ctx)
		if ours || known || err != nil {
			return ours, err
		}
	}
	if k.st.Citizen.Draft == nil && k.album() {
		return true, k.addPhoto(ctx)
	}
	if p := st.Pending; p != nil {
		return true, k.fill(ctx, p)
	}
	return k.staffTold(ctx)
}

// staffTold answers what was said neither to a card nor to a question of ours: it may be an order ("3 sudah ditambal", "selesai"), free words about
// the one open case, or a citizen's matter.
func (k *talk) staffTold(ctx context.Context) (bool, error) {
	o := order{}
	if k.msg.Kind == hotline.MsgText {
		o = readOrder(k.reg.Letters, k.msg.Text, namesDay)
	}
	if k.msg.Kind == hotline.MsgMedia && k.msg.Text != "" { // a caption may name the case
		if o = readOrder(k.reg.Letters, k.msg.Text, namesDay); !o.named() || o.Number.Seq != 0 && o.Text == "" {
			o = order{}
		}
	}
	if o.Number.Seq != 0 {
		return k.aboutNumber(ctx, o)
	}
	if k.citizenBusy() {
		return false, nil
	}
	if o.Act == "" && o.Handle == 0 && k.smallTalk() {
		return false, nil
	}
	mine, err := k.mine(ctx)
	if err != nil {
		return false, err
	}
	if o.Handle != 0 {
		if i := slices.IndexFunc(mine, func(h hotline.Held) bool { return h.Handle == o.Handle }); i >= 0 {
			return true, k.about(ctx, o, mine[i].Case.ID, mine[i].Assignment.ID)
		}
		if o.Text == "" && (len(mine) > 0 || o.Act != "") || says(o.Act) && o.Act != actHelp && !k.newDanger(mine) {
			k.reply(hotline.Say("staff.nohandle", "handle", o.Handle).With(pickList(wishMine)))
			return true, nil
		}
		o = order{Text: o.Whole, Whole: o.Whole} // "2 orang sudah ke sana"
	}
	if coordinatorOnly(o.Act) {
		o.Act, o.Text = "", o.Whole
	}
	if k.newDanger(mine) {
		return false, nil
	}
	if done, err := k.toEmergency(ctx, &o, mine); done || err != nil {
		return done, err
	}
	switch {
	case len(mine) == 0:
		if o.Act != "" && o.Text == "" {
			k.reply(hotline.Say("staff.nothing").With(pickList(wishQueue)))
			return true, nil
		}
		return false, nil
	case o.Act == actTake && o.Text == "":
		return true, k.list(ctx, wishQueue, 0)
	case o.Act == actSee && o.Text == "" && len(mine) > 1:
		return true, k.list(ctx, wishMine, 0)
	case len(mine) == 1 && o.Act != "" && (o.Text == "" || k.plainOrder(o)):
		return true, k.about(ctx, o, mine[0].Case.ID, mine[0].Assignment.ID)
	}
	p := k.begin("")
	p.Free = true
	if len(mine) == 1 {
		p.Case, p.Assign = mine[0].Case.ID, mine[0].Assignment.ID
	}
	if o.Text == "" && o.Act != "" {
		p.Act = o.Act
	} else {
		p.take(k.msg)
		p.Hint = o.Act
	}
	return true, k.advance(ctx, p)
}

// plainOrder tells whether an order with words can mean nothing else, although it names no case: a note, a day, a unit to help.
func (k *talk) plainOrder(o order) bool {
	switch o.Act {
	case actNote:
		return true
	case actSchedule:
		return namesDay(o.Text)
	case actHelp:
		return len(findUnits(k.reg, o.Text)) > 0
	}
	return false
}

// smallTalk tells whether a text is just a greeting or thanks: the citizen's side answers these.
func (k *talk) smallTalk() bool {
	if k.msg.Kind != hotline.MsgText {
		return false
	}
	words := hotline.Words(k.msg.Text)
	if len(words) == 0 {
		return true
	}
	return courteous(k.msg.Text)
}

// courteous tells whether a text is nothing but a few words of greeting and thanks.
func courteous(text string) bool {
	words := hotline.Words(text)
	return len(words) <= 4 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(courtesies, w) })
}

// newDanger tells whether a text is of danger that is nobody's case yet: then the citizen's side answers, with the number to call. Whoever works an
// emergency speaks of it in the same words.
func (k *talk) newDanger(mine []hotline.Held) bool {
	return k.msg.Text != "" && k.read(k.msg.Text).Danger != nil &&
		!slices.ContainsFunc(mine, func(h hotline.Held) bool { return h.Case.Urgent })
}

// courtesies are the words of greetings and thanks.
var courtesies = strings.Fields(`p ping halo hai hallo hello hi assalamualaikum alaikum wassalam waalaikumsalam salam selamat pagi siang sore malam
	admin pak bu bapak ibu mas mbak kak terimakasih terima kasih matur nuwun suwun sugeng enjing dalu ok oke siap baik nggih inggih ya tes test
	thanks thank you good morning`)

// citizenBusy tells whether the citizen's side has asked this person something and waits for the answer.
func (k *talk) citizenBusy() bool {
	c := &k.st.Citizen
	switch c.waiting(k.now) {
	case waitNothing, waitMore, waitUrgent:
	default:
		return true
	}
	return c.Draft != nil && k.now.Sub(c.Draft.Touched) < staleAfter
}

// wish does what is asked for as a whole message.
func (k *talk) wish(ctx context.Context, wished act) (bool, error) {
	st := &k.st.Staff
	switch wished {
	case wishCancel:
		if st.Pending == nil {
			return false, nil
		}
		k.dropPending()
		return true, nil
	case wishCitizen, wishComplain:
		st.Pending, st.Just = nil, justDone{}
		return false, nil
	}
	k.leave()
	switch wished {
	case wishDutyOn, wishDutyOff, wishDuty:
		return true, k.duty(ctx, wished)
	case wishGuide:
		k.guide()
		return true, nil
	case wishConsole:
		return true, k.console(ctx)
	case wishTriage, wishErasures, wishInvites:
		if !k.conv.Viewer.Has(hotline.RoleCoordinator) {
			return false, nil
		}
		return true, k.list(ctx, wished, st.Page)
	case wishQueue, wishMine, wishLate:
		return true, k.list(ctx, wished, st.Page)
	}
	return false, nil
}

func (k *talk) dropPending() {
	p := k.st.Staff.Pending
	k.st.Staff.Pending = nil
	r := hotline.Say("staff.dropped")
	if p != nil && p.Case != 0 {
		k.onCase(p.Case, p.Assign, r)
		return
	}
	k.reply(r)
}

// staffReplied answers a reply to a message of ours that was about a case (known) and is the staff's business (ours).
func (k *talk) staffReplied(ctx context.Context) (ours, known bool, err error) {
	id, assign, err := k.CaseOfMessage(ctx, k.conv.Address.ID, k.msg.ReplyTo)
	if errors.Is(err, hotline.ErrNotFound) || err == nil && id == 0 {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("find the case of a message: %w", err)
	}
	st := &k.st.Staff
	if p := st.Pending; p != nil && p.Case == id && p.Assign == assign {
		return true, true, k.fill(ctx, p)
	}
	o := order{}
	if k.msg.Kind == hotline.MsgText {
		o = readActs(k.msg.Text)
		if coordinatorOnly(o.Act) && !k.conv.Viewer.Has(hotline.RoleCoordinator) {
			o.Act, o.Text = "", o.Whole
		}
	}
	if assign != 0 {
		st.Pending = nil
		return true, true, k.about(ctx, o, id, assign)
	}
	if !k.conv.Viewer.Has(hotline.RoleCoordinator) {
		return false, true, nil
	}
	c, err := k.Case(ctx, id)
	if err != nil {
		return false, true, fmt.Errorf("read the case replied to: %w", err)
	}
	if !k.reg.Sees(k.conv.Viewer, c).Act {
		return false, true, nil // the coordinator's own complaint, say
	}
	st.Pending = nil
	return true, true, k.coordinatorReplied(ctx, c, o)
}

// aboutNumber answers a line that names a case by its number. Whoever may not work the case is spoken to as a citizen.
func (k *talk) aboutNumber(ctx context.Context, o order) (bool, error) {
	c, err := k.CaseByNumber(ctx, o.Number)
	if errors.Is(err, hotline.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the case by its number: %w", err)
	}
	if k.is(c.Reporter) {
		return false, nil
	}
	if !k.reg.Sees(k.conv.Viewer, c).Facts {
		if o.Act == "" || o.Act == actSee {
			return false, nil // they learn what anybody would
		}
		k.reply(hotline.Say("staff.notyours").With(pickList(wishMine)))
		return true, nil
	}
	if o.Act == "" && o.Text == "" {
		o.Act = actSee
	}
	if a, ok := k.myPart(c); ok {
		return true, k.about(ctx, o, c.ID, a.ID)
	}
	if k.conv.Viewer.Has(hotline.RoleCoordinator) && o.Act != actSee {
		return true, k.coordinatorReplied(ctx, c, o)
	}
	if o.Act == actTake {
		a, ok := k.freePart(c)
		if !ok { // somebody else has it, then
			a, _ = pickPart(c, func(a hotline.Assignment) bool { return a.State == hotline.Taken && k.ofUnit(a.Unit, workers...) })
		}
		return true, k.take(ctx, c.ID, a.ID)
	}
	if o.Act != actSee {
		// What they say of a case that is a colleague's, or nobody's yet, goes nowhere, and they hear so; but a head may note.
		a, ok := pickPart(c, func(a hotline.Assignment) bool { return a.On() && k.ofUnit(a.Unit, workers...) })
		if ok {
			return true, k.about(ctx, o, c.ID, a.ID)
		}
	}
	return true, k.see(ctx, c)
}

// about does what an order says about a definite assignment: the case was named, by a reply, a handle, a number or a button.
func (k *talk) about(ctx context.Context, o order, c hotline.CaseID, a hotline.AssignmentID) error {
	switch o.Act {
	case actTake, actAck, actSee, actMore, actRelease, actOver, actUndo, actDepart, actArrive:
		if o.Text == "" || courteous(o.Text) {
			return k.act(ctx, o.Act, c, a)
		}
		o.Act, o.Text = "", o.Whole // "lepas kabelnya sudah kami ganti"
	}
	if o.Act == "" && o.Text == "" && o.Whole == "" && k.msg.Kind == hotline.MsgText {
		return k.act(ctx, actSee, c, a)
	}
	p := k.begin(o.Act)
	p.Case, p.Assign = c, a
	p.take(k.msg)
	if k.msg.Kind == hotline.MsgText || k.msg.Kind == hotline.MsgMedia && o.named() {
		p.Text = o.words()
		if o.Act == "" && !o.named() {
			p.Text = o.Whole
		}
	}
	if o.Act == "" && p.empty() {
		k.st.Staff.Pending = nil
		return k.act(ctx, actSee, c, a)
	}
	return k.advance(ctx, p)
}

// staffEdited answers a changed message: one that waits to be sent is changed, one that was sent may be sent anew.
func (k *talk) staffEdited(ctx context.Context) (bool, error) {
	st := &k.st.Staff
	if p := st.Pending; p != nil && p.Ref != "" && p.Ref == k.msg.Ref {
		p.Text = k.msg.Text
		return true, k.advance(ctx, p)
	}
	for _, r := range slices.Backward(st.Refs) {
		if r.Ref != k.msg.Ref {
			continue
		}
		p := k.begin("")
		p.Case, p.Assign, p.Text, p.Ref, p.Again = r.Case, r.Assign, k.msg.Text, k.msg.Ref, true
		return true, k.advance(ctx, p)
	}
	return false, nil
}

// album tells whether this is a photo without a word that follows something just said about a case.
func (k *talk) album() bool {
	j := k.st.Staff.Just
	return k.msg.Kind == hotline.MsgMedia && strings.TrimSpace(k.msg.Text) == "" && k.st.Staff.Pending == nil && j.Case != 0 && !k.now.After(j.Until)
}

// keep remembers what was just said about a case.
func (k *talk) keep(a act, c hotline.CaseID, assign hotline.AssignmentID, ref string) {
	st := &k.st.Staff
	st.Just = justDone{a, c, assign, k.now.Add(albumFor)}
	if ref != "" {
		st.Refs = append(st.Refs, refAct{ref, c, assign})
		st.Refs = st.Refs[max(0, len(st.Refs)-keepActRefs):]
	}
}

// me is the person who writes: whatever they do is done by this one.
func (k *talk) me() hotline.PersonID { return k.conv.Viewer.Person }

// is tells whether a person is the one who writes, maybe known from another network. Nobody (zero) never is.
func (k *talk) is(p hotline.PersonID) bool { return k.conv.Viewer.Is(p) }

// joined tells whether the person who writes is known from other networks too.
func (k *talk) joined() bool { return len(k.conv.Viewer.Also) > 0 }

// mine lists what the person has open and may still work: somebody moved to another unit has lost it.
func (k *talk) mine(ctx context.Context) ([]hotline.Held, error) {
	held, err := k.Mine(ctx, k.me())
	if err != nil {
		return nil, fmt.Errorf("list an officer's cases: %w", err)
	}
	return slices.DeleteFunc(held, func(h hotline.Held) bool { return !k.isMine(h.Case, h.Assignment) }), nil
}

// workers are the roles that work cases.
var workers = []hotline.RoleName{hotline.RoleOfficer, hotline.RoleHead, hotline.RoleResponder, hotline.RoleCoordinator}

// mayWork tells whether the person may work this part of the case now.
func (k *talk) mayWork(c hotline.Case, a hotline.Assignment) bool {
	return k.reg.Sees(k.conv.Viewer, c).Act && k.ofUnit(a.Unit, workers...)
}

// ofUnit tells whether the person holds one of the roles in the unit or in one above it.
func (k *talk) ofUnit(unit string, names ...hotline.RoleName) bool {
	return slices.ContainsFunc(k.conv.Viewer.Roles, func(r hotline.Role) bool {
		return slices.Contains(names, r.Name) && k.reg.Within(unit, r.Unit)
	})
}

// isMine tells whether the person has taken this part and may work it.
func (k *talk) isMine(c hotline.Case, a hotline.Assignment) bool {
	return a.State == hotline.Taken && k.is(a.Officer) && c.Status.Live() && k.mayWork(c, a)
}

// myPart gives the part of the case that the person has, the leading one first.
func (k *talk) myPart(c hotline.Case) (hotline.Assignment, bool) {
	return pickPart(c, func(a hotline.Assignment) bool { return k.isMine(c, a) })
}

// freePart gives a part of the case that the person could take, the leading one first.
func (k *talk) freePart(c hotline.Case) (hotline.Assignment, bool) {
	return pickPart(c, func(a hotline.Assignment) bool {
		return a.State == hotline.Waiting && c.Status.Live() && k.mayWork(c, a)
	})
}

func pickPart(c hotline.Case, is func(hotline.Assignment) bool) (hotline.Assignment, bool) {
	var found hotline.Assignment
	for _, a := range c.Assignments {
		if is(a) && (found.ID == 0 || a.Part == hotline.Lead) {
			found = a
		}
	}
	return found, found.ID != 0
}

// onCase answers about a case, so that a reply to the answer finds it.
func (k *talk) onCase(c hotline.CaseID, a hotline.AssignmentID, r hotline.Reply) {
	k.out(hotline.Out{Lane: hotline.LaneReply, Reply: r, Case: c, Assign: a})
}

// onCaseLater does so after a moment: when the next bubble comes first, its answer takes the place of this one.
func (k *talk) onCaseLater(c hotline.CaseID, a hotline.AssignmentID, slot string, r hotline.Reply) {
	o := hotline.Out{Lane: hotline.LaneReply, Reply: r, Case: c, Assign: a, Slot: slot}
	if k.msg.Kind != hotline.MsgChoice && k.bot.Gather > 0 {
		o.Due = k.now.Add(k.bot.Gather)
	}
	k.out(o)
}
