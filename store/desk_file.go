package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// FileTicket makes a case of a ticket, in the unit of work in which it is put away; sense is what its words amount to, and story the words as whoever works it reads
// them. Somebody whose number a network vouches for, and who agrees, is the reporter and is told the case's number there; anybody else who gave a name or a number
// is a new person whom no network knows. Of who wants to stay unnamed nothing is kept at the desk. From here on it is a case as any other: the dispatcher routes it. hotline.ErrTicketIncomplete where the ticket lacks
// something (hotline.Ticket.Missing), hotline.ErrTicketFiled where it was filed already.
func (t *Tx) FileTicket(ctx context.Context, v hotline.Viewer, id hotline.TicketID, sense hotline.TicketSense, story string) (hotline.Ticket, error) {
	k, err := t.ownTicket(ctx, v, id)
	switch {
	case err != nil:
		return k, err
	case !k.IsOpen():
		return k, hotline.ErrTicketFiled
	case len(k.Missing()) > 0:
		return k, hotline.ErrTicketIncomplete
	}
	f := k.Filing(t.regency, t.now, sense, story)
	if f.Reporter, f.From, err = t.ticketReporter(ctx, k, f.Privacy); err != nil {
		return k, err
	}
	if f.Privacy.IsAnonymous() { // nobody would ever be shown it
		k.Name, k.Bearer, k.Number = "", "", ""
	}
	filed := t.File(f)
	k.Case, k.Filed, k.Kind, k.Category, k.Privacy, k.About = filed.ID, t.now, f.Kind, f.Category, f.Privacy, f.About
	k.Urgent = hotline.TicketCalm
	if f.Urgent {
		k.Urgent = hotline.TicketUrgent
	}
	t.putTicket(k)
	if f.From != 0 {
		t.Say(hotline.Out{To: f.From, Lane: hotline.LaneNotice, Case: filed.ID, Reply: hotline.Say("desk.filed", "case", filed.ID).And("desk.more")})
	}
	return k, nil
}

// ticketReporter gives who reports a ticket, and where news of it go. Without a name it is nobody, unless they want the news in their chat.
func (t *Tx) ticketReporter(ctx context.Context, k hotline.Ticket, p hotline.Privacy) (hotline.PersonID, hotline.AddressID, error) {
	known, err := t.vouched(ctx, k.Number)
	if err != nil {
		return 0, 0, err
	}
	if k.Agrees && known.person != 0 {
		return known.person, known.reach, nil
	}
	name := strings.TrimSpace(k.Name)
	whole := strings.HasPrefix(k.Number, "+") // what is no whole number can be nobody's
	if name == "" && !whole || p.IsAnonymous() {
		return 0, 0, nil
	}
	made, err := scalars[hotline.PersonID](ctx, t, "make a person", `insert into persons (created) values (@now) returning id`, pgx.StrictNamedArgs{"now": t.now})
	if err != nil {
		return 0, 0, err
	}
	if name != "" {
		t.SetName(made[0], name)
	}
	if whole {
		t.SetPhone(made[0], k.Number)
	}
	return made[0], 0, nil
}

// WithdrawTicket withdraws the case of a ticket that was filed by mistake, with a reason. Only whoever wrote it may, and only for hotline.TicketUndo; those who
// were called to the case hear of it, and so does the reporter. hotline.ErrTicketLate when the time is over, hotline.ErrRefused where the case has an outcome already.
func (t *Tx) WithdrawTicket(ctx context.Context, v hotline.Viewer, id hotline.TicketID, reason string) (hotline.Case, error) {
	k, err := t.ownTicket(ctx, v, id)
	if err != nil {
		return hotline.Case{}, err
	}
	switch _, ok := k.Withdrawable(v, t.now); {
	case k.Case == 0 || !k.Withdrawn.IsZero():
		return hotline.Case{}, fmt.Errorf("withdraw a ticket: %w", hotline.ErrRefused)
	case !ok:
		return hotline.Case{}, hotline.ErrTicketLate
	case strings.TrimSpace(reason) == "":
		return hotline.Case{}, hotline.ErrNoReason
	}
	c, err := t.Case(ctx, k.Case)
	if err != nil {
		return c, err
	}
	who := actor{t, v}
	after, err := who.happen(c, hotline.Event{Kind: hotline.EvWithdrawn}, hotline.Content{Text: reason, Author: v.Person})
	if err != nil {
		return c, fmt.Errorf("withdraw a ticket: %w", err)
	}
	status := hotline.PhraseArg("status." + string(after.Status))
	for _, a := range c.Assignments {
		switch a.State {
		case hotline.Taken:
			who.tellOfficer(c, after, a, hotline.Say("staff.over", "case", c.ID, "status", status))
		case hotline.Waiting:
			if err := who.changeOffers(ctx, after, a); err != nil {
				return c, err
			}
		}
	}
	k.Withdrawn = t.now
	t.putTicket(k)
	return after, nil
}
