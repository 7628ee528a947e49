package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// callsOfPerson are the calls of people (@same): those of numbers that a network vouches to be theirs, and those they were known by when the record was
// closed.
const callsOfPerson = `(c.caller = any (@same) or x.number_hash in (
	select d.phone_hash from person_details d where d.person_id = any (@same) and d.vouched_at is not null and d.phone_hash is not null))`

// callsOf lists the calls of people who are one person, oldest first.
func (t *Tx) callsOf(ctx context.Context, same []hotline.PersonID) ([]hotline.Call, error) {
	return t.calls(ctx, "list a person's calls", `where `+callsOfPerson+` order by c.at, c.id limit 1000`, pgx.StrictNamedArgs{"same": same})
}

// callCases lists the cases that calls of those people became, in which the content of the call is still kept.
func (t *Tx) callCases(ctx context.Context, same []hotline.PersonID) ([]hotline.CaseID, error) {
	return scalars[hotline.CaseID](ctx, t, "find what a person said on the line", `
		select distinct k.id from calls c join call_contents x on x.call_id = c.id join cases k on k.id = c.case_id join contents s on s.id = k.story
		where `+callsOfPerson+` and s.erased_at is null order by k.id`, pgx.StrictNamedArgs{"same": same})
}

// eraseCalls removes who called and what was said of the calls of people who are erased, while their numbers are still known here. That somebody called, when,
// and what it was, stays; so does a block that is in force, by its number's hash, until it ends.
func (t *Tx) eraseCalls(ctx context.Context, same []hotline.PersonID) error {
	type row struct {
		ID         hotline.CallID
		NumberHash []byte
		Story      *hotline.ContentID
	}
	rows, err := read[row](ctx, t, "find a person's calls", `
		select c.id, x.number_hash, k.story from calls c join call_contents x on x.call_id = c.id left join cases k on k.id = c.case_id
		where `+callsOfPerson+` and x.erased_at is null order by c.id for update of c, x`, pgx.StrictNamedArgs{"same": same})
	if err != nil {
		return fmt.Errorf("erase calls: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	var ids []hotline.CallID
	var stories []hotline.ContentID
	var hashes [][]byte
	for _, r := range rows {
		ids = append(ids, r.ID)
		if r.Story != nil {
			stories = append(stories, *r.Story)
		}
		if r.NumberHash != nil {
			hashes = append(hashes, r.NumberHash)
		}
		t.callStep(r.ID, 0, hotline.CallErased, "")
		t.Signal(topicCall, int64(r.ID))
	}
	args := pgx.StrictNamedArgs{"ids": ids, "now": t.now}
	t.queue(`update call_contents set number = null, number_hash = null, text = null, landmark = null, answers = null, lat = null, lng = null, erased_at = @now
		where call_id = any (@ids)`, args)
	t.queue(`update call_notes set text = null, erased_at = @now where call_id = any (@ids) and erased_at is null`, args)
	t.queue(`update contents set text = null, lat = null, lng = null, erased_at = @now where id = any (@stories) and erased_at is null`,
		pgx.StrictNamedArgs{"stories": stories, "now": t.now})
	t.queue(`delete from call_blocks where number_hash = any (@hashes) and (undone is not null or confirmed is null or until <= @now)`,
		pgx.StrictNamedArgs{"hashes": hashes, "now": t.now})
	return nil
}
