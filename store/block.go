package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// This file is blocks of people; those of numbers that play with the 112 line are in call_block.go. A coordinator blocks the reporter of a case and need
// not know who that is: where the reporter wants no name, nothing here tells it, nor that two cases without a name are one person's.

type personBlockRow struct {
	ID       hotline.BlockID
	PersonID hotline.PersonID
	CaseID   hotline.CaseID
	Reason   hotline.BlockReason
	Words    *string
	Began    time.Time
	Until    time.Time
	By       hotline.PersonID
	Lifted   *time.Time
	LiftedBy *hotline.PersonID
	LiftedAs hotline.LiftReason
}

const personBlockColumns = `b.id, b.person_id, b.case_id, b.reason, b.words, b.began, b.until, b.by, b.lifted, b.lifted_by, b.lifted_as`

func (r personBlockRow) value() hotline.Block {
	return hotline.Block{ID: r.ID, Person: r.PersonID, Case: r.CaseID, Reason: r.Reason, Words: or0(r.Words), From: r.Began, Until: r.Until, By: r.By,
		Lifted: or0(r.Lifted), LiftedBy: or0(r.LiftedBy), LiftedAs: r.LiftedAs}
}

// blockOfTurn gives the longest of the blocks that hold of who writes at an address a, with whom j.also are joined, as JSON: see turnsOf.
const blockOfTurn = `
	select row_to_json(x) as block from (
		select ` + personBlockColumns + ` from person_blocks b
		where b.person_id = any (array_append(j.also, a.person_id)) and b.lifted is null and b.began <= @now and b.until > @now
		order by b.until desc, b.id desc limit 1) x`

// readBlock reads what blockOfTurn gave; nil: none holds.
func readBlock(body []byte) (*hotline.Block, error) {
	if len(body) == 0 {
		return nil, nil //nolint:nilnil // most people are not blocked
	}
	var r struct {
		ID     hotline.BlockID
		Person hotline.PersonID    `json:"person_id"`
		Case   hotline.CaseID      `json:"case_id"`
		Reason hotline.BlockReason `json:"reason"`
		Words  string
		Began  time.Time
		Until  time.Time
		By     hotline.PersonID
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("read a block: %w", err)
	}
	return &hotline.Block{ID: r.ID, Person: r.Person, Case: r.Case, Reason: r.Reason, Words: r.Words, From: r.Began, Until: r.Until, By: r.By}, nil
}

func (t *Tx) personBlocks(ctx context.Context, what, tail string, args pgx.StrictNamedArgs) ([]hotline.Block, error) {
	rows, err := read[personBlockRow](ctx, t, what, `select `+personBlockColumns+` from person_blocks b `+tail, args)
	out := make([]hotline.Block, len(rows))
	for i, r := range rows {
		out[i] = r.value()
	}
	return out, err
}

// personBlockLock begins the advisory lock under which somebody is blocked: two coordinators at once make one block.
const personBlockLock = 0x7461_0013

// BlockReporter keeps the reporter of a case, and all who are joined with them, from filing ordinary reports in chat, from now until b.Until, and tells them.
// b says Reason, Words and Until. The errors are those of an act about a case (see acting), of hotline.Block.Check, hotline.ErrBlockNobody, ErrBlockTwice, ErrBlockStaff.
//
// Where the viewer may not know who reported, ErrBlockTwice speaks of blocks made through this very case alone, and nobody hears that the reporter works for
// the service: the block is kept and has no effect while they do.
func (t *Tx) BlockReporter(ctx context.Context, v hotline.Viewer, id hotline.CaseID, b hotline.Block) (hotline.Block, error) {
	_, c, err := t.acting(ctx, v, id)
	if err != nil {
		return b, err
	}
	if c.Reporter == 0 {
		return b, hotline.ErrBlockNobody
	}
	if err := b.Check(t.now); err != nil {
		return b, err
	}
	t.queue(`select pg_advisory_xact_lock(@lock, @person::int)`, pgx.StrictNamedArgs{"lock": int32(personBlockLock), "person": int32(c.Reporter)}) //nolint:gosec // a lock's name may wrap
	switch on, err := t.BlockOn(ctx, v, id); {
	case err == nil:
		return on, hotline.ErrBlockTwice
	case !errors.Is(err, hotline.ErrNotFound):
		return b, err
	}
	staff, err := t.works(ctx, c.Reporter)
	if err != nil {
		return b, err
	}
	known := t.regency.Sees(v, c).Reporter
	if staff && known {
		return b, hotline.ErrBlockStaff
	}
	b.Person, b.Case, b.From, b.By, b.Lifted = c.Reporter, c.ID, t.now, v.Person, time.Time{}
	ids, err := scalars[hotline.BlockID](ctx, t, "block a person", `
		insert into person_blocks (person_id, case_id, reason, words, began, until, by) values (@person, @case, @reason, @words, @now, @until, @by) returning id`,
		pgx.StrictNamedArgs{"person": b.Person, "case": b.Case, "reason": b.Reason, "words": nz(b.Words), "now": t.now, "until": b.Until.UTC(), "by": b.By})
	if err != nil {
		return b, err
	}
	b.ID = ids[0]
	t.auditBlock(v, hotline.ActBlocked, b, known, fmt.Sprintf("%s until %s", b.Reason, b.Until.UTC().Format(time.DateOnly)))
	if staff {
		return b, nil
	}
	return b, t.tellBlocked(ctx, b, func(l hotline.Lang) hotline.Reply { return t.regency.BlockAnswer(b, l) })
}

// LiftBlock ends a block before its time, and tells the person. hotline.ErrNotFound, ErrForbidden, ErrNoReason, ErrBlockOver.
func (t *Tx) LiftBlock(ctx context.Context, v hotline.Viewer, id hotline.BlockID, as hotline.LiftReason) (hotline.Block, error) {
	found, err := t.personBlocks(ctx, "read a block", `where b.id = @id for update`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return hotline.Block{}, err
	}
	if len(found) == 0 {
		return hotline.Block{}, fmt.Errorf("lift a block: %w", hotline.ErrNotFound)
	}
	_, c, err := t.acting(ctx, v, found[0].Case)
	if err != nil {
		return hotline.Block{}, err
	}
	b, err := found[0].Lift(v.Person, as, t.now)
	if err != nil {
		return b, err
	}
	t.queue(`update person_blocks set lifted = @now, lifted_by = @by, lifted_as = @as where id = @id`,
		pgx.StrictNamedArgs{"id": id, "now": t.now, "by": v.Person, "as": as})
	t.auditBlock(v, hotline.ActUnblocked, b, t.regency.Sees(v, c).Reporter, string(as))
	still, err := t.personBlocks(ctx, "look for another block", `
		where b.person_id in (select same_person(@p)) and b.id <> @id and b.lifted is null and b.until > @now limit 1`,
		pgx.StrictNamedArgs{"p": b.Person, "id": id, "now": t.now})
	if err != nil {
		return b, err
	}
	if works, err := t.works(ctx, b.Person); err != nil || works || len(still) > 0 { // they never heard of it, or still may not file
		return b, err
	}
	return b, t.tellBlocked(ctx, b, func(hotline.Lang) hotline.Reply { return t.regency.BlockLifted(b) })
}

// auditBlock keeps who did what and why. Of somebody who wants no name it says the case alone.
func (t *Tx) auditBlock(v hotline.Viewer, act hotline.Act, b hotline.Block, known bool, detail string) {
	a := hotline.Audit{By: v.Person, Act: act, Case: b.Case, Detail: detail}
	if known {
		a.Person = b.Person
	}
	t.Audit(a)
}

// tellBlocked says something to the person of a block, where they wrote last.
func (t *Tx) tellBlocked(ctx context.Context, b hotline.Block, say func(hotline.Lang) hotline.Reply) error {
	p, err := t.Person(ctx, b.Person)
	if err != nil {
		return err
	}
	t.Say(hotline.Out{Person: b.Person, Lane: hotline.LaneNotice, Reply: say(p.Language)})
	return nil
}

// works tells whether somebody, or anybody joined with them, works for the service now.
func (t *Tx) works(ctx context.Context, p hotline.PersonID) (bool, error) {
	units, err := scalars[string](ctx, t, "see whether somebody works for the service", `
		select unit from roles where person_id in (select same_person(@p)) and name <> 'citizen' and starts <= @now and (ends is null or ends > @now)`,
		pgx.StrictNamedArgs{"p": p, "now": t.now})
	return slices.ContainsFunc(units, t.counts), err
}

// BlockOn gives the block of a case's reporter that holds, as far as the viewer may know of it: the one made through this case, or where the viewer knows the
// reporter, through any case of which they know that too. hotline.ErrNotFound: there is none, or the viewer may not know of the case.
func (t *Tx) BlockOn(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (hotline.Block, error) {
	none := fmt.Errorf("look for a block: %w", hotline.ErrNotFound)
	if !v.Has(hotline.RoleCoordinator) {
		return hotline.Block{}, none
	}
	found, err := t.personBlocks(ctx, "look for a block", `
		join cases c on c.id = @case and b.person_id in (select same_person(c.reporter))
		where b.lifted is null and b.until > @now order by (b.case_id = c.id) desc, b.until desc, b.id`, pgx.StrictNamedArgs{"case": id, "now": t.now})
	if err != nil || len(found) == 0 {
		return hotline.Block{}, errors.Join(err, none)
	}
	ids := []hotline.CaseID{id}
	for _, b := range found {
		ids = append(ids, b.Case)
	}
	cases, err := t.look(ctx, v, ids)
	if err != nil {
		return hotline.Block{}, err
	}
	here, ok := cases[id]
	if !ok {
		return hotline.Block{}, none
	}
	for _, b := range found {
		if b.Case == id || here.Sight.Reporter && cases[b.Case].Sight.Reporter {
			return b, nil
		}
	}
	return hotline.Block{}, none
}

// blockedFor is how long the list shows a block after it is over.
const blockedFor = 30 * 24 * time.Hour

// BlockedPeople lists the blocks that hold, the one that ends first at the head, and then those that were over within a month, of which the viewer may see the
// case.
func (t *Tx) BlockedPeople(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.BlockedPerson, error) {
	if !v.Has(hotline.RoleCoordinator) {
		return nil, hotline.ErrForbidden
	}
	type row struct {
		personBlockRow
		Kept int
	}
	rows, err := read[row](ctx, t, "list blocks", `
		select `+personBlockColumns+`, (select count(*)::int from person_block_said s where s.block_id = b.id) as kept from person_blocks b
		where coalesce(b.lifted, b.until) > @since
		order by b.lifted is null and b.until > @now desc, case when b.lifted is null and b.until > @now then b.until end, coalesce(b.lifted, b.until) desc, b.id desc
		limit @limit`, pgx.StrictNamedArgs{"now": t.now, "since": t.now.Add(-blockedFor), "limit": limit})
	if err != nil {
		return nil, err
	}
	list, err := lookAt(ctx, t, v, rows, func(r row) hotline.CaseID { return r.CaseID }, func(r row, b hotline.BoardCase) (hotline.BlockedPerson, bool) {
		return hotline.BlockedPerson{BoardCase: b, Block: r.value(), Kept: r.Kept}, true
	})
	if err != nil {
		return nil, err
	}
	var people []hotline.PersonID
	for _, p := range list {
		people = append(people, p.Block.By, p.Block.LiftedBy)
		if p.Sight.Reporter {
			people = append(people, p.Block.Person)
		}
	}
	names, err := t.Names(ctx, people...)
	for i := range list {
		p := &list[i]
		p.By, p.LiftedBy = names[p.Block.By], names[p.Block.LiftedBy]
		if p.Sight.Reporter {
			p.Name = names[p.Block.Person]
		} else {
			p.Block.Person = 0
		}
	}
	return list, err
}

// KeepBlocked keeps what a blocked person wrote that becomes no report.
func (t *Tx) KeepBlocked(b hotline.Block, by hotline.PersonID, said hotline.Content) {
	var lat, lng *float64
	if said.Point != nil {
		lat, lng = &said.Point.Lat, &said.Point.Lng
	}
	media := said.Media
	if media == nil {
		media = []hotline.MediaID{}
	}
	t.queue(`insert into person_block_said (block_id, person_id, at, text, lat, lng, media) values (@block, @by, @now, @text, @lat, @lng, @media)`,
		pgx.StrictNamedArgs{"block": b.ID, "by": by, "now": t.now, "text": said.Text, "lat": lat, "lng": lng, "media": media})
}

type blockSaidRow struct {
	At    time.Time
	Text  string
	Lat   *float64
	Lng   *float64
	Media []hotline.MediaID
}

func (r blockSaidRow) value() hotline.Content {
	c := hotline.Content{At: r.At, Text: r.Text, Media: r.Media}
	if r.Lat != nil && r.Lng != nil {
		c.Point = &hotline.Point{Lat: *r.Lat, Lng: *r.Lng}
	}
	return c
}

func (t *Tx) blockSaid(ctx context.Context, tail string, args pgx.StrictNamedArgs) ([]hotline.Content, error) {
	rows, err := read[blockSaidRow](ctx, t, "read what blocked people wrote", `select s.at, s.text, s.lat, s.lng, s.media from person_block_said s `+tail, args)
	out := make([]hotline.Content, len(rows))
	for i, r := range rows {
		out[i] = r.value()
	}
	return out, err
}

// BlockedSaid gives a block with what the person wrote meanwhile, the latest first. hotline.ErrNotFound also where the viewer may not know who it is: what
// they wrote was not written without a name.
func (t *Tx) BlockedSaid(ctx context.Context, v hotline.Viewer, id hotline.BlockID, limit int) (hotline.BlockedPerson, []hotline.Content, error) {
	none := fmt.Errorf("read a block: %w", hotline.ErrNotFound)
	if !v.Has(hotline.RoleCoordinator) {
		return hotline.BlockedPerson{}, nil, hotline.ErrForbidden
	}
	found, err := t.personBlocks(ctx, "read a block", `where b.id = @id`, pgx.StrictNamedArgs{"id": id})
	if err != nil || len(found) == 0 {
		return hotline.BlockedPerson{}, nil, errors.Join(err, none)
	}
	b := found[0]
	cases, err := t.look(ctx, v, []hotline.CaseID{b.Case})
	if err != nil {
		return hotline.BlockedPerson{}, nil, err
	}
	c := cases[b.Case]
	if !c.Sight.Reporter || v.Is(b.Person) {
		return hotline.BlockedPerson{}, nil, none
	}
	names, err := t.Names(ctx, b.Person, b.By)
	if err != nil {
		return hotline.BlockedPerson{}, nil, err
	}
	said, err := t.blockSaid(ctx, `where s.block_id = @id order by s.id desc limit @limit`, pgx.StrictNamedArgs{"id": id, "limit": limit})
	return hotline.BlockedPerson{BoardCase: c, Block: b, Name: names[b.Person], By: names[b.By], Kept: len(said)}, said, err
}

// blocksOf gives people's blocks, the oldest first, and what they wrote meanwhile: it is part of their data.
func (t *Tx) blocksOf(ctx context.Context, same []hotline.PersonID) ([]hotline.Block, []hotline.Content, error) {
	args := pgx.StrictNamedArgs{"same": same}
	blocks, err := t.personBlocks(ctx, "list a person's blocks", `where b.person_id = any (@same) order by b.id`, args)
	if err != nil {
		return nil, nil, err
	}
	said, err := t.blockSaid(ctx, `where s.person_id = any (@same) order by s.id limit 1000`, args)
	return blocks, said, err
}

// eraseBlocks removes what people who are erased wrote while they were blocked, and what was written to them. A block that holds stays until its end, as the
// fact that it is: nobody gets rid of one by asking for erasure. One that is over goes.
func (t *Tx) eraseBlocks(same []hotline.PersonID) {
	args := pgx.StrictNamedArgs{"same": same, "now": t.now}
	t.queue(`delete from person_block_said where person_id = any (@same) or block_id in (select id from person_blocks where person_id = any (@same))`,
		pgx.StrictNamedArgs{"same": same})
	t.queue(`delete from person_blocks where person_id = any (@same) and (lifted is not null or until <= @now)`, args)
	t.queue(`update person_blocks set words = null where person_id = any (@same)`, pgx.StrictNamedArgs{"same": same})
}

// pruneBlocked deletes what blocked people wrote, a month after the block was over, and then the blocks of people who were erased: see Prune.
var pruneBlocked = [2]string{
	`delete from person_block_said s using person_blocks b where b.id = s.block_id and coalesce(b.lifted, b.until) < clock_timestamp() - @keep::interval`,
	`delete from person_blocks b using persons p where p.id = b.person_id and p.erased_at is not null and coalesce(b.lifted, b.until) < clock_timestamp() - @keep::interval`,
}
