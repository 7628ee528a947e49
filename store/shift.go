package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// topicShift is the topic of the signals that tell pages of desks and of what one shift hands to the next.
const topicShift = "shift"

// mostHanded is how many calls, notes and emergencies a board of shifts holds.
const mostHanded = 200

type shiftRow struct {
	ID       int64
	PersonID hotline.PersonID
	Desk     string
	Began    time.Time
	Ended    *time.Time
	EndedBy  *hotline.PersonID
}

func (r shiftRow) value() hotline.Shift {
	return hotline.Shift{ID: r.ID, Person: r.PersonID, Desk: r.Desk, From: r.Began, Until: or0(r.Ended), By: or0(r.EndedBy)}
}

const shiftColumns = `s.id, s.person_id, s.desk, s.began, s.ended, s.ended_by`

// Shifts reads who sits or sat at which desk between two times, and all that is handed on: notes, open calls, emergencies that go on.
func (t *Tx) Shifts(ctx context.Context, v hotline.Viewer, from, until time.Time) (b hotline.ShiftBoard, err error) {
	if err := t.mayCall(v, mayRead); err != nil {
		return b, err
	}
	span := pgx.StrictNamedArgs{"from": from, "until": until, "limit": mostHanded}
	shifts, err := read[shiftRow](ctx, t, "list shifts", `select `+shiftColumns+` from shifts s
		where s.ended is null or s.began < @until and s.ended >= @from order by s.began, s.id limit @limit`, span)
	if err != nil {
		return b, err
	}
	type noteRow struct {
		ID      int64
		At      time.Time
		By      hotline.PersonID
		Desk    string
		Text    *string
		Taken   *time.Time
		TakenBy *hotline.PersonID
	}
	notes, err := read[noteRow](ctx, t, "list notes of shifts", `select id, at, by, desk, text, taken, taken_by from shift_notes
		where taken is null or at >= @from and at < @until order by at, id limit @limit`, span)
	if err != nil {
		return b, err
	}
	if b.Open, err = t.OpenCalls(ctx, v, mostHanded); err != nil {
		return b, err
	}
	b.Running, err = t.casesWhere(ctx, "list emergencies of the line", `where c.urgent and c.source = '112'
		and c.status not in ('ended', 'closed', 'withdrawn', 'archived') order by c.filed, c.id limit @limit`, pgx.StrictNamedArgs{"limit": mostHanded})
	if err != nil {
		return b, err
	}
	var people []hotline.PersonID
	for _, r := range shifts {
		b.Shifts = append(b.Shifts, r.value())
		people = append(people, r.PersonID, or0(r.EndedBy))
	}
	for _, r := range notes {
		b.Notes = append(b.Notes, hotline.ShiftNote{ID: r.ID, At: r.At, By: r.By, Desk: r.Desk, Text: or0(r.Text), Taken: or0(r.Taken), TakenBy: or0(r.TakenBy)})
		people = append(people, r.By, or0(r.TakenBy))
	}
	for _, c := range b.Open {
		people = append(people, c.Holder)
	}
	b.Names, err = t.Names(ctx, people...)
	return b, err
}

// TakeDesk seats the viewer at a desk. Whoever sat there is done: their open calls and what they left as notes for the next are the viewer's now. Pressed
// twice is pressed once. Errors: hotline.ErrCallUnseen, hotline.ErrCallValue for no desk.
func (t *Tx) TakeDesk(ctx context.Context, v hotline.Viewer, desk string) (hotline.Shift, error) {
	if err := t.mayCall(v, mayAct); err != nil {
		return hotline.Shift{}, err
	}
	desk, ok := hotline.ShiftDesk(desk)
	if !ok {
		return hotline.Shift{}, fmt.Errorf("take a desk: %w", hotline.ErrCallValue)
	}
	t.queue(`lock table shifts in share row exclusive mode`, pgx.StrictNamedArgs{}) // two who sit down at once do it one after the other
	now, err := read[shiftRow](ctx, t, "see who sits at a desk", `select `+shiftColumns+` from shifts s where s.ended is null and (s.desk = @desk or s.person_id = @p)`,
		pgx.StrictNamedArgs{"desk": desk, "p": v.Person})
	if err != nil {
		return hotline.Shift{}, err
	}
	for _, r := range now {
		if r.PersonID == v.Person && r.Desk == desk {
			return r.value(), nil
		}
	}
	for _, r := range now {
		t.endShift(r.ID, v.Person)
		if r.PersonID == v.Person {
			continue
		}
		open, err := t.calls(ctx, "list the open calls of who goes", `where c.closed is null and c.holder = @p order by c.id for update of c`,
			pgx.StrictNamedArgs{"p": r.PersonID})
		if err != nil {
			return hotline.Shift{}, err
		}
		for _, c := range open {
			c.Holder = v.Person
			t.callStep(c.ID, v.Person, hotline.CallHeld, "")
			t.putCall(c)
		}
	}
	t.queue(`update shift_notes set taken = @now, taken_by = @p where desk = @desk and taken is null`, pgx.StrictNamedArgs{"now": t.now, "p": v.Person, "desk": desk})
	made, err := read[shiftRow](ctx, t, "sit down at a desk", `insert into shifts as s (person_id, desk, began) values (@p, @desk, @now) returning `+shiftColumns,
		pgx.StrictNamedArgs{"p": v.Person, "desk": desk, "now": t.now})
	if err != nil {
		return hotline.Shift{}, err
	}
	t.Signal(topicShift, made[0].ID)
	return made[0].value(), nil
}

func (t *Tx) endShift(id int64, by hotline.PersonID) {
	t.queue(`update shifts set ended = @now, ended_by = @by where id = @id and ended is null`, pgx.StrictNamedArgs{"id": id, "now": t.now, "by": by})
	t.Signal(topicShift, id)
}

// LeaveDesk ends the viewer's shift. Open calls stay theirs, and are shown as nobody's until somebody takes them. hotline.ErrNoShift: there is none.
func (t *Tx) LeaveDesk(ctx context.Context, v hotline.Viewer) error {
	s, err := t.shiftOf(ctx, v)
	if err == nil {
		t.endShift(s.ID, v.Person)
	}
	return err
}

func (t *Tx) shiftOf(ctx context.Context, v hotline.Viewer) (hotline.Shift, error) {
	if err := t.mayCall(v, mayAct); err != nil {
		return hotline.Shift{}, err
	}
	now, err := read[shiftRow](ctx, t, "see where somebody sits", `select `+shiftColumns+` from shifts s where s.ended is null and s.person_id = @p for update`,
		pgx.StrictNamedArgs{"p": v.Person})
	if err != nil {
		return hotline.Shift{}, err
	}
	if len(now) == 0 {
		return hotline.Shift{}, hotline.ErrNoShift
	}
	return now[0].value(), nil
}

// NoteForShift leaves a word for whoever sits at the viewer's desk next. What is too old to be kept goes. hotline.ErrNoShift: the viewer sits at none.
func (t *Tx) NoteForShift(ctx context.Context, v hotline.Viewer, text string) error {
	s, err := t.shiftOf(ctx, v)
	if err != nil {
		return err
	}
	t.queue(`insert into shift_notes (at, by, desk, text) values (@now, @p, @desk, @text)`,
		pgx.StrictNamedArgs{"now": t.now, "p": v.Person, "desk": s.Desk, "text": text})
	t.queue(`update shift_notes set text = null, taken = coalesce(taken, @now) where at < @old and text is not null`,
		pgx.StrictNamedArgs{"now": t.now, "old": t.now.Add(-hotline.ShiftNotesKept)})
	t.Signal(topicShift, s.ID)
	return nil
}

// TakeShiftNote gives a note that nobody has in hand to the viewer; one that somebody has stays theirs.
func (t *Tx) TakeShiftNote(ctx context.Context, v hotline.Viewer, id int64) error {
	if err := t.mayCall(v, mayAct); err != nil {
		return err
	}
	took, err := scalars[int64](ctx, t, "take a note", `update shift_notes set taken = @now, taken_by = @p where id = @id and taken is null returning id`,
		pgx.StrictNamedArgs{"now": t.now, "p": v.Person, "id": id})
	if err != nil {
		return err
	}
	if len(took) == 0 {
		return fmt.Errorf("a note that is taken: %w", hotline.ErrRefused)
	}
	t.Signal(topicShift, id)
	return nil
}
