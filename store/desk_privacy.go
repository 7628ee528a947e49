package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// ticketsOfPerson are the tickets of people (@same): those of which they are the reporter, and those with a number that a network vouches to be theirs. A
// number at the desk is what somebody said, and a household may share it: what is secret, for somebody else, or not filed yet, is nobody's by a number alone.
const ticketsOfPerson = `(k.reporter = any (@same) or t.filed is not null and not t.behalf and coalesce(k.privacy, t.privacy) not in ('secret', 'sealed') and x.number_hash in (
	select d.phone_hash from person_details d where d.person_id = any (@same) and d.vouched_at is not null and d.phone_hash is not null))`

// ticketsOf lists the tickets of people who are one person, oldest first.
func (t *Tx) ticketsOf(ctx context.Context, same []hotline.PersonID) ([]hotline.Ticket, error) {
	return t.tickets(ctx, "list a person's tickets", `where `+ticketsOfPerson+` order by t.opened, t.id limit 1000`, pgx.StrictNamedArgs{"same": same})
}

// ticketCases lists the cases that tickets of those people became, in which what was said at the desk is still kept.
func (t *Tx) ticketCases(ctx context.Context, same []hotline.PersonID) ([]hotline.CaseID, error) {
	return scalars[hotline.CaseID](ctx, t, "find what a person said at the desk", `
		select k.id from tickets t join ticket_contents x on x.ticket_id = t.id join cases k on k.id = t.case_id join contents s on s.id = k.story
		where `+ticketsOfPerson+` and s.erased_at is null order by k.id`, pgx.StrictNamedArgs{"same": same})
}

// eraseTickets removes who was at the desk and what they said, of people who are erased, while their numbers are still known here: names, number, words,
// place and photos, and whom the desk made of them, if no network knows that person. That somebody was there, when, what it was about and which
// kind of document was seen stays.
func (t *Tx) eraseTickets(ctx context.Context, same []hotline.PersonID) error {
	type row struct {
		ID       hotline.TicketID
		Story    *hotline.ContentID
		Reporter *hotline.PersonID
	}
	rows, err := read[row](ctx, t, "find a person's tickets", `
		select t.id, k.story, case when exists (select 1 from addresses a where a.person_id = k.reporter or a.home = k.reporter) then null else k.reporter end as reporter
		`+ticketTables+`where `+ticketsOfPerson+` and x.erased_at is null order by t.id for update of t, x`, pgx.StrictNamedArgs{"same": same})
	if err != nil {
		return fmt.Errorf("erase tickets: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	var ids []hotline.TicketID
	stories, people := []hotline.ContentID{}, []hotline.PersonID{}
	for _, r := range rows {
		ids = append(ids, r.ID)
		if r.Story != nil {
			stories = append(stories, *r.Story)
		}
		if r.Reporter != nil {
			people = append(people, *r.Reporter)
		}
		t.Signal(topicTicket, int64(r.ID))
	}
	args := pgx.StrictNamedArgs{"ids": ids, "now": t.now}
	t.queue(`update ticket_contents set name = null, bearer = null, number = null, number_hash = null, text = null, landmark = null, lat = null, lng = null,
		erased_at = @now where ticket_id = any (@ids)`, args)
	t.queue(`update media m set state = 'erased', original = null, clean = null, name = null, ref = null
		from ticket_photos p where p.ticket_id = any (@ids) and m.id = p.media_id`, pgx.StrictNamedArgs{"ids": ids})
	t.queue(`update contents set text = null, lat = null, lng = null, erased_at = @now where id = any (@stories) and erased_at is null`,
		pgx.StrictNamedArgs{"stories": stories, "now": t.now})
	t.queue(`delete from person_details where person_id = any (@people)`, pgx.StrictNamedArgs{"people": people})
	t.queue(`update persons set erased_at = @now where id = any (@people)`, pgx.StrictNamedArgs{"people": people, "now": t.now})
	return nil
}

// keepTickets is how long a ticket is kept that was begun and never filed, in machine time.
const keepTickets = "7 days"

// pruneTickets deletes tickets that nobody finished, their photos first.
var pruneTickets = []string{
	`delete from media m using ticket_photos p, tickets t where m.id = p.media_id and t.id = p.ticket_id and t.filed is null and m.content_id is null
		and t.touched < clock_timestamp() - @keep::interval`,
	`delete from tickets where filed is null and touched < clock_timestamp() - @keep::interval`,
}

// rekeyTickets seals anew, and hashes anew, who was at the desk.
func (s *Store) rekeyTickets(ctx context.Context, after int64) (n int, last int64, err error) {
	t, err := s.work(ctx, zeroTime)
	if err != nil {
		return 0, 0, fmt.Errorf("seal tickets anew: %w", err)
	}
	defer t.undo(ctx)
	type row struct {
		TicketID             hotline.TicketID
		Name, Bearer, Number []byte
	}
	rows, err := read[row](ctx, t, "seal tickets anew", `
		select ticket_id, name, bearer, number from ticket_contents where ticket_id > @after and `+ticketsSealedBefore+`
		order by ticket_id limit @limit for update`, pgx.StrictNamedArgs{"after": after, "number": s.number(), "limit": rekeyBatch})
	if err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		bind := bindTicket(r.TicketID)
		_, name, err := s.again(r.Name, bind)
		if err != nil {
			return 0, 0, fmt.Errorf("open a name of ticket %d: %w", r.TicketID, err)
		}
		_, bearer, err := s.again(r.Bearer, bind)
		if err != nil {
			return 0, 0, fmt.Errorf("open a name of ticket %d: %w", r.TicketID, err)
		}
		plain, number, err := s.again(r.Number, bind)
		if err != nil {
			return 0, 0, fmt.Errorf("open the number of ticket %d: %w", r.TicketID, err)
		}
		t.queue(`update ticket_contents set name = @name, bearer = @bearer, number = @sealed, number_hash = @hash where ticket_id = @id`,
			pgx.StrictNamedArgs{"id": r.TicketID, "name": name, "bearer": bearer, "sealed": number, "hash": s.callHash(string(plain))})
		last = int64(r.TicketID)
	}
	return len(rows), last, t.commit(ctx)
}

// ticketsSealedBefore is the condition on ticket_contents that something is sealed with a former key.
const ticketsSealedBefore = `(substring(name from 1 for 1) <> @number or substring(bearer from 1 for 1) <> @number or substring(ticket_contents.number from 1 for 1) <> @number)`
