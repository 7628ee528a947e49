package store

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// topicCall is the topic of the signals that tell pages of calls.
const topicCall = "call"

func bindCall(id hotline.CallID) string { return fmt.Sprintf("call %d", id) }

// callRow is a call as it is read, with its content.
type callRow struct {
	ID       hotline.CallID
	Key      string
	Exchange *string
	Line     string
	Operator *hotline.PersonID
	Holder   *hotline.PersonID
	Caller   *hotline.PersonID
	Agrees   bool
	Rang     *time.Time
	Answered *time.Time
	Ended    *time.Time
	Paper    bool
	Blocked  bool
	Class    hotline.CallClass
	Incident string
	Category string
	Privacy  hotline.Privacy
	Area     string
	Victims  *int
	Units    []string
	Chosen   bool
	CaseID   *hotline.CaseID
	Opened   time.Time
	Closed   *time.Time
	Version  int
	Stamps   map[hotline.CallField]hotline.CallStamp
	Number   []byte
	Text     *string
	Landmark *string
	Answers  map[string]string
	Lat, Lng *float64
	Erased   bool
}

const callColumns = `c.id, c.key, c.exchange, c.line, c.operator, c.holder, c.caller, c.agrees, c.rang, c.answered, c.ended, c.paper, c.blocked, c.class,
	c.incident, c.category, c.privacy, c.area, c.victims, c.units, c.chosen, c.case_id, c.opened, c.closed, c.version, c.stamps,
	x.number, x.text, x.landmark, x.answers, x.lat, x.lng, x.erased_at is not null as erased`

const callTables = ` from calls c join call_contents x on x.call_id = c.id `

func (t *Tx) callValue(r callRow) (hotline.Call, error) {
	number, err := open(t.store.keys.person, r.Number, bindCall(r.ID))
	if err != nil {
		return hotline.Call{}, fmt.Errorf("open a caller's number: %w", err)
	}
	c := hotline.Call{
		ID: r.ID, Key: r.Key, Line: r.Line, Exchange: or0(r.Exchange), Operator: or0(r.Operator), Holder: or0(r.Holder),
		Number: string(number), Caller: or0(r.Caller), Agrees: r.Agrees, Rang: or0(r.Rang), Answered: or0(r.Answered), Ended: or0(r.Ended),
		Paper: r.Paper, Blocked: r.Blocked, Class: r.Class, Incident: r.Incident, Answers: r.Answers, Category: r.Category, Privacy: r.Privacy,
		Area: r.Area, Landmark: or0(r.Landmark), Victims: r.Victims, Units: r.Units, Chosen: r.Chosen, Text: or0(r.Text),
		Case: or0(r.CaseID), Opened: r.Opened, Closed: or0(r.Closed), Version: r.Version, Stamps: r.Stamps, Erased: r.Erased,
	}
	if r.Lat != nil && r.Lng != nil {
		c.Point = &hotline.Point{Lat: *r.Lat, Lng: *r.Lng}
	}
	return c, nil
}

// calls reads calls by any condition on c and x.
func (t *Tx) calls(ctx context.Context, what, tail string, args pgx.StrictNamedArgs) ([]hotline.Call, error) {
	rows, err := read[callRow](ctx, t, what, `select `+callColumns+callTables+tail, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Call, len(rows))
	for i, r := range rows {
		if out[i], err = t.callValue(r); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
	}
	return out, nil
}

// lockedCall reads a call and locks it. hotline.ErrNotFound where there is none.
func (t *Tx) lockedCall(ctx context.Context, tail string, args pgx.StrictNamedArgs) (hotline.Call, error) {
	cs, err := t.calls(ctx, "read a call", tail+` for update`, args)
	if err != nil {
		return hotline.Call{}, err
	}
	if len(cs) == 0 {
		return hotline.Call{}, fmt.Errorf("read a call: %w", hotline.ErrNotFound)
	}
	return cs[0], nil
}

// begunCall gives the call of a key, locked; a new one where there is none yet. Two who begin it at once get the same.
func (t *Tx) begunCall(ctx context.Context, key, exchange string, operator hotline.PersonID) (c hotline.Call, fresh bool, err error) {
	byKey, args := `where c.key = @key`, pgx.StrictNamedArgs{"key": key}
	have, err := t.calls(ctx, "look for a call", byKey+` for update`, args)
	if err != nil {
		return c, false, err
	}
	if len(have) > 0 {
		return have[0], false, nil
	}
	id := hotline.CallID(t.store.ids.take())
	t.queue(`
		with put as (
			insert into calls (id, key, exchange, line, operator, holder, agrees, paper, blocked, class, incident, category, privacy, area, chosen, opened, at, version, stamps)
			values (@id, @key, @exchange, @line, @operator, @operator, false, false, false, '', '', '', '', '', false, @now, @now, 0, '{}')
			on conflict (key) do nothing returning id)
		insert into call_contents (call_id) select id from put`,
		pgx.StrictNamedArgs{"id": id, "key": key, "exchange": nz(exchange), "line": t.regency.Emergency, "operator": nz(operator), "now": t.now})
	if c, err = t.lockedCall(ctx, byKey, args); err != nil {
		return c, false, err
	}
	if fresh = c.ID == id; fresh && operator != 0 {
		t.callStep(c.ID, operator, hotline.CallBegun, "")
	}
	return c, fresh, nil
}

func (t *Tx) callStep(id hotline.CallID, by hotline.PersonID, step hotline.CallStep, word string) {
	t.queue(`insert into call_steps (call_id, at, by, step, word) values (@id, @now, @by, @step, @word)`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "by": nz(by), "step": string(step), "word": word})
}

// putCall writes a call as it stands.
func (t *Tx) putCall(c hotline.Call) {
	at := c.Opened
	switch {
	case !c.Rang.IsZero():
		at = c.Rang
	case !c.Answered.IsZero():
		at = c.Answered
	}
	stamps := c.Stamps
	if stamps == nil {
		stamps = map[hotline.CallField]hotline.CallStamp{}
	}
	t.queue(`
		update calls set exchange = @exchange, operator = @operator, holder = @holder, caller = @caller, agrees = @agrees, rang = @rang, answered = @answered,
			ended = @ended, paper = @paper, blocked = @blocked, class = @class, incident = @incident, category = @category, privacy = @privacy, area = @area,
			victims = @victims, units = @units, chosen = @chosen, case_id = @case, closed = @closed, at = @at, version = @version, stamps = @stamps
		where id = @id`,
		pgx.StrictNamedArgs{"id": c.ID, "exchange": nz(c.Exchange), "operator": nz(c.Operator), "holder": nz(c.Holder), "caller": nz(c.Caller), "agrees": c.Agrees,
			"rang": nz(c.Rang), "answered": nz(c.Answered), "ended": nz(c.Ended), "paper": c.Paper, "blocked": c.Blocked, "class": string(c.Class),
			"incident": c.Incident, "category": c.Category, "privacy": string(c.Privacy), "area": c.Area, "victims": c.Victims, "units": c.Units,
			"chosen": c.Chosen, "case": nz(c.Case), "closed": nz(c.Closed), "at": at, "version": c.Version, "stamps": stamps})
	var lat, lng *float64
	if c.Point != nil {
		lat, lng = &c.Point.Lat, &c.Point.Lng
	}
	answers := c.Answers
	if len(answers) == 0 {
		answers = nil
	}
	t.queue(`
		update call_contents set number = @number, number_hash = @hash, text = @text, landmark = @landmark, answers = @answers, lat = @lat, lng = @lng
		where call_id = @id and erased_at is null`,
		pgx.StrictNamedArgs{"id": c.ID, "number": seal(t.store.keys.person, []byte(c.Number), bindCall(c.ID)), "hash": t.store.callHash(c.Number),
			"text": nz(c.Text), "landmark": nz(c.Landmark), "answers": answers, "lat": lat, "lng": lng})
	t.Signal(topicCall, int64(c.ID))
}

// mayCall gives hotline.ErrCallUnseen unless the viewer may do that with calls.
func (t *Tx) mayCall(v hotline.Viewer, may func(hotline.CallSight) bool) error {
	if !may(t.regency.SeesCall(v, hotline.Call{})) {
		return hotline.ErrCallUnseen
	}
	return nil
}

func mayRead(s hotline.CallSight) bool   { return s.Content }
func mayAct(s hotline.CallSight) bool    { return s.Act }
func mayDecide(s hotline.CallSight) bool { return s.Decide }

// maxCallKey is how long the name a page gives a call may be.
const maxCallKey = 64

// SaveCall saves what a page has changed of a call since it last heard of it; the first save of a key begins the call. The number comes back as numbers are
// kept. Whoever writes a call that only rang has answered it. Errors are those of hotline.Call.Save, and hotline.ErrCallUnseen.
func (t *Tx) SaveCall(ctx context.Context, v hotline.Viewer, s hotline.CallSave) (hotline.Saved, error) {
	if err := t.mayCall(v, mayAct); err != nil {
		return hotline.Saved{}, err
	}
	if s.Key == "" || len(s.Key) > maxCallKey {
		return hotline.Saved{}, fmt.Errorf("a call without a name: %w", hotline.ErrCallField)
	}
	c, fresh, err := t.begunCall(ctx, s.Key, "", v.Person)
	if err != nil {
		return hotline.Saved{}, err
	}
	if typed, ok := s.Fields[hotline.CallFieldNumber]; ok {
		s.Fields = maps.Clone(s.Fields)
		s.Fields[hotline.CallFieldNumber] = callNumber(typed)
	}
	saved, err := c.Save(t.regency, s)
	if err != nil {
		return saved, fmt.Errorf("save a call: %w", err)
	}
	taken := c.Operator == 0
	if taken {
		saved.Call.Operator, saved.Call.Holder = v.Person, v.Person
		t.callStep(c.ID, v.Person, hotline.CallBegun, "")
	}
	if len(saved.Changed) == 0 && !fresh && !taken {
		return saved, nil
	}
	for _, f := range saved.Changed {
		switch f {
		case hotline.CallFieldClass:
			t.callStep(c.ID, v.Person, hotline.CallClassed, string(saved.Call.Class))
		case hotline.CallFieldNumber:
			if saved.Call.Blocked, err = t.isBlocked(ctx, saved.Call.Number); err != nil {
				return hotline.Saved{}, err
			}
		}
	}
	t.putCall(saved.Call)
	return saved, nil
}

// Call reads a call.
func (t *Tx) Call(ctx context.Context, v hotline.Viewer, id hotline.CallID) (hotline.Call, error) {
	return t.seenCall(ctx, v, `where c.id = @id`, pgx.StrictNamedArgs{"id": id})
}

// CallByKey reads a call by what its page calls it.
func (t *Tx) CallByKey(ctx context.Context, v hotline.Viewer, key string) (hotline.Call, error) {
	return t.seenCall(ctx, v, `where c.key = @key`, pgx.StrictNamedArgs{"key": key})
}

// CallOfCase reads the call that became a case.
func (t *Tx) CallOfCase(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (hotline.Call, error) {
	return t.seenCall(ctx, v, `where c.case_id = @id`, pgx.StrictNamedArgs{"id": id})
}

func (t *Tx) seenCall(ctx context.Context, v hotline.Viewer, tail string, args pgx.StrictNamedArgs) (hotline.Call, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return hotline.Call{}, err
	}
	cs, err := t.calls(ctx, "read a call", tail, args)
	if err != nil {
		return hotline.Call{}, err
	}
	if len(cs) == 0 {
		return hotline.Call{}, fmt.Errorf("read a call: %w", hotline.ErrNotFound)
	}
	return cs[0], nil
}

// HoldCall gives a call to the viewer, from whoever has it now.
func (t *Tx) HoldCall(ctx context.Context, v hotline.Viewer, id hotline.CallID) (hotline.Call, error) {
	if err := t.mayCall(v, mayAct); err != nil {
		return hotline.Call{}, err
	}
	c, err := t.lockedCall(ctx, `where c.id = @id`, pgx.StrictNamedArgs{"id": id})
	switch {
	case err != nil:
		return c, err
	case !c.IsOpen():
		return c, hotline.ErrCallClosed
	case c.Holder == v.Person:
		return c, nil
	}
	c.Holder = v.Person
	if c.Operator == 0 {
		c.Operator = v.Person
	}
	t.callStep(c.ID, v.Person, hotline.CallHeld, "")
	t.putCall(c)
	return c, nil
}

// ReopenCall takes a record out again, as after a wrong key.
func (t *Tx) ReopenCall(ctx context.Context, v hotline.Viewer, id hotline.CallID) (hotline.Call, error) {
	if err := t.mayCall(v, mayAct); err != nil {
		return hotline.Call{}, err
	}
	c, err := t.lockedCall(ctx, `where c.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return c, err
	}
	if c, err = c.Reopen(); err != nil {
		return c, err
	}
	t.callStep(c.ID, v.Person, hotline.CallReopened, "")
	t.putCall(c)
	return c, nil
}

// NoteCall adds a remark to a call, be it closed.
func (t *Tx) NoteCall(ctx context.Context, v hotline.Viewer, id hotline.CallID, text string) error {
	if err := t.mayCall(v, mayAct); err != nil {
		return err
	}
	c, err := t.lockedCall(ctx, `where c.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return err
	}
	if c.Erased {
		return hotline.ErrCallClosed
	}
	t.queue(`insert into call_notes (call_id, at, by, text) values (@id, @now, @by, @text)`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "by": nz(v.Person), "text": text})
	t.Signal(topicCall, int64(id))
	return nil
}

// CallNotes lists the remarks about a call, oldest first, as far as they are kept.
func (t *Tx) CallNotes(ctx context.Context, v hotline.Viewer, id hotline.CallID) ([]hotline.CallNote, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return nil, err
	}
	type row struct {
		At   time.Time
		By   *hotline.PersonID
		Text *string
	}
	rows, err := read[row](ctx, t, "read the notes of a call", `select at, by, text from call_notes where call_id = @id order by id`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return nil, err
	}
	out := make([]hotline.CallNote, len(rows))
	for i, r := range rows {
		out[i] = hotline.CallNote{At: r.At, By: or0(r.By), Text: or0(r.Text)}
	}
	return out, nil
}

// OpenCalls lists the calls whose record is still written, oldest first.
func (t *Tx) OpenCalls(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Call, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return nil, err
	}
	return t.calls(ctx, "list open calls", `where c.closed is null order by c.opened, c.id limit @limit`, pgx.StrictNamedArgs{"limit": limit})
}

// CallsBetween lists the calls of a time, From inclusive and until exclusive, by when they truly were, newest first; class empty: all of them.
func (t *Tx) CallsBetween(ctx context.Context, v hotline.Viewer, from, until time.Time, class hotline.CallClass, limit int) ([]hotline.Call, error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return nil, err
	}
	return t.calls(ctx, "list calls", `where c.at >= @from and c.at < @until and (@class = '' or c.class = @class) order by c.at desc, c.id desc limit @limit`,
		pgx.StrictNamedArgs{"from": from, "until": until, "class": string(class), "limit": limit})
}

// CallCounts counts the calls of a time by class, in the order of the classes; those not classed yet last, as an empty class.
func (t *Tx) CallCounts(ctx context.Context, v hotline.Viewer, from, until time.Time) ([]hotline.CallCount, error) {
	if !t.regency.SeesCallFigures(v) {
		return nil, hotline.ErrCallUnseen
	}
	type row struct {
		Class hotline.CallClass
		N     int
	}
	rows, err := read[row](ctx, t, "count calls", `select class, count(*)::int as n from calls where at >= @from and at < @until group by class`,
		pgx.StrictNamedArgs{"from": from, "until": until})
	if err != nil {
		return nil, err
	}
	by := make(map[hotline.CallClass]int, len(rows))
	for _, r := range rows {
		by[r.Class] = r.N
	}
	out := make([]hotline.CallCount, 0, len(by)+1)
	for _, class := range append(hotline.CallClasses(), "") {
		out = append(out, hotline.CallCount{Class: class, N: by[class]})
	}
	return out, nil
}
