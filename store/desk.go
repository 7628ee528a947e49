package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// topicTicket is the topic of the signals that tell pages of the walk-in desk's tickets.
const topicTicket = "ticket"

func bindTicket(id hotline.TicketID) string { return fmt.Sprintf("ticket %d", id) }

// ticketRow is a ticket as it is read, with its content. What the case says of its privacy, matter and whom it accuses is truer than what was written at the desk:
// it may have been put right since.
type ticketRow struct {
	ID               hotline.TicketID
	Key              string
	Writer           hotline.PersonID
	Behalf           bool
	Consent          bool
	Document         hotline.Identity
	Agrees           bool
	Kind             hotline.Kind
	Category         string
	Privacy          hotline.Privacy
	Urgent           string
	Area             string
	About            string
	CaseID           *hotline.CaseID
	Opened           time.Time
	Filed, Withdrawn *time.Time
	Version          int
	Stamps           map[hotline.TicketField]hotline.CallStamp
	Name, Bearer     []byte
	Number           []byte
	Text, Landmark   *string
	Lat, Lng         *float64
	Erased           bool
}

const ticketColumns = `t.id, t.key, t.writer, t.behalf, t.consent, t.document, t.agrees, coalesce(k.kind, t.kind) as kind, coalesce(k.category, t.category) as category,
	coalesce(k.privacy, t.privacy) as privacy, t.urgent, coalesce(k.area, t.area) as area, coalesce(k.about, '') as about, t.case_id, t.opened, t.filed, t.withdrawn,
	t.version, t.stamps, x.name, x.bearer, x.number, x.text, x.landmark, x.lat, x.lng, x.erased_at is not null as erased`

const ticketTables = ` from tickets t join ticket_contents x on x.ticket_id = t.id left join cases k on k.id = t.case_id `

func (t *Tx) ticketValue(r ticketRow) (hotline.Ticket, error) {
	v := hotline.Ticket{
		ID: r.ID, Key: r.Key, Writer: r.Writer, Behalf: r.Behalf, Consent: r.Consent, Document: r.Document, Agrees: r.Agrees, Kind: r.Kind, Category: r.Category,
		Privacy: r.Privacy, Urgent: r.Urgent, Area: r.Area, About: r.About, Landmark: or0(r.Landmark), Text: or0(r.Text), Case: or0(r.CaseID), Opened: r.Opened,
		Filed: or0(r.Filed), Withdrawn: or0(r.Withdrawn), Version: r.Version, Stamps: r.Stamps, Erased: r.Erased,
	}
	if r.Lat != nil && r.Lng != nil {
		v.Point = &hotline.Point{Lat: *r.Lat, Lng: *r.Lng}
	}
	for _, s := range []struct {
		to   *string
		from []byte
	}{{&v.Name, r.Name}, {&v.Bearer, r.Bearer}, {&v.Number, r.Number}} {
		plain, err := open(t.store.keys.person, s.from, bindTicket(r.ID))
		if err != nil {
			return v, fmt.Errorf("open who a ticket is of: %w", err)
		}
		*s.to = string(plain)
	}
	return v, nil
}

// tickets reads tickets by any condition on t, x and k, without their photos.
func (t *Tx) tickets(ctx context.Context, what, tail string, args pgx.StrictNamedArgs) ([]hotline.Ticket, error) {
	rows, err := read[ticketRow](ctx, t, what, `select `+ticketColumns+ticketTables+tail, args)
	if err != nil {
		return nil, err
	}
	out := make([]hotline.Ticket, len(rows))
	for i, r := range rows {
		if out[i], err = t.ticketValue(r); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
	}
	return out, nil
}

// oneTicket reads a ticket with its photos. hotline.ErrNotFound where there is none.
func (t *Tx) oneTicket(ctx context.Context, tail string, args pgx.StrictNamedArgs) (hotline.Ticket, error) {
	found, err := t.tickets(ctx, "read a ticket", tail, args)
	if err != nil {
		return hotline.Ticket{}, err
	}
	if len(found) == 0 {
		return hotline.Ticket{}, fmt.Errorf("read a ticket: %w", hotline.ErrNotFound)
	}
	found[0].Photos, err = t.ticketPhotos(ctx, found[0].ID)
	return found[0], err
}

// ownTicket reads a ticket that the viewer writes, locked. Whoever may not know of it is told that there is none.
func (t *Tx) ownTicket(ctx context.Context, v hotline.Viewer, id hotline.TicketID) (hotline.Ticket, error) {
	k, err := t.oneTicket(ctx, `where t.id = @id for update of t`, pgx.StrictNamedArgs{"id": id})
	if err != nil {
		return k, err
	}
	switch s := t.regency.SeesTicket(v, k); {
	case !s.Facts:
		return hotline.Ticket{}, fmt.Errorf("read a ticket: %w", hotline.ErrNotFound)
	case !v.Is(k.Writer) || !v.Has(hotline.RoleDesk):
		return hotline.Ticket{}, hotline.ErrTicketUnseen
	}
	return k, nil
}

// maxTicketKey is how long the name a page gives a ticket may be.
const maxTicketKey = 64

// begunTicket gives the ticket of a key, locked; a new one where there is none yet. Two who begin it at once get the same. A key that somebody else began is theirs:
// hotline.ErrTicketUnseen.
func (t *Tx) begunTicket(ctx context.Context, v hotline.Viewer, key string) (k hotline.Ticket, fresh bool, err error) {
	if !v.Has(hotline.RoleDesk) || v.Person == 0 {
		return k, false, hotline.ErrTicketUnseen
	}
	if key == "" || len(key) > maxTicketKey {
		return k, false, fmt.Errorf("a ticket without a name: %w", hotline.ErrTicketField)
	}
	id := hotline.TicketID(t.store.ids.take())
	t.queue(`
		with put as (
			insert into tickets (id, key, writer, behalf, consent, document, agrees, kind, category, privacy, urgent, area, opened, version, stamps)
			values (@id, @key, @writer, false, false, '', false, '', '', '', '', '', @now, 0, '{}')
			on conflict (key) do nothing returning id)
		insert into ticket_contents (ticket_id) select id from put`,
		pgx.StrictNamedArgs{"id": id, "key": key, "writer": v.Person, "now": t.now})
	if k, err = t.oneTicket(ctx, `where t.key = @key for update of t`, pgx.StrictNamedArgs{"key": key}); err != nil {
		return k, false, err
	}
	if !v.Is(k.Writer) {
		return hotline.Ticket{}, false, hotline.ErrTicketUnseen
	}
	return k, k.ID == id, nil
}

// putTicket writes a ticket as it stands.
func (t *Tx) putTicket(k hotline.Ticket) {
	stamps := k.Stamps
	if stamps == nil {
		stamps = map[hotline.TicketField]hotline.CallStamp{}
	}
	t.queue(`
		update tickets set behalf = @behalf, consent = @consent, document = @document, agrees = @agrees, kind = @kind, category = @category, privacy = @privacy,
			urgent = @urgent, area = @area, case_id = @case, filed = @filed, withdrawn = @withdrawn, version = @version, stamps = @stamps, touched = clock_timestamp()
		where id = @id`,
		pgx.StrictNamedArgs{"id": k.ID, "behalf": k.Behalf, "consent": k.Consent, "document": string(k.Document), "agrees": k.Agrees, "kind": string(k.Kind),
			"category": k.Category, "privacy": string(k.Privacy), "urgent": k.Urgent, "area": k.Area, "case": nz(k.Case), "filed": nz(k.Filed),
			"withdrawn": nz(k.Withdrawn), "version": k.Version, "stamps": stamps})
	var lat, lng *float64
	if k.Point != nil {
		lat, lng = &k.Point.Lat, &k.Point.Lng
	}
	sealed := func(s string) []byte { return seal(t.store.keys.person, []byte(s), bindTicket(k.ID)) }
	t.queue(`
		update ticket_contents set name = @name, bearer = @bearer, number = @number, number_hash = @hash, text = @text, landmark = @landmark, lat = @lat, lng = @lng
		where ticket_id = @id and erased_at is null`,
		pgx.StrictNamedArgs{"id": k.ID, "name": sealed(k.Name), "bearer": sealed(k.Bearer), "number": sealed(k.Number), "hash": t.store.callHash(k.Number),
			"text": nz(k.Text), "landmark": nz(k.Landmark), "lat": lat, "lng": lng})
	t.Signal(topicTicket, int64(k.ID))
}

// SaveTicket saves what a page has changed of a ticket since it last heard of it; the first save of a key begins the ticket. The number comes back as numbers are
// kept. Errors are those of hotline.Ticket.Save, and hotline.ErrTicketUnseen.
func (t *Tx) SaveTicket(ctx context.Context, v hotline.Viewer, s hotline.TicketSave) (hotline.TicketSaved, error) {
	k, fresh, err := t.begunTicket(ctx, v, s.Key)
	if err != nil {
		return hotline.TicketSaved{}, err
	}
	if typed, ok := s.Fields[hotline.TicketFieldNumber]; ok {
		s.Fields = maps.Clone(s.Fields)
		s.Fields[hotline.TicketFieldNumber] = callNumber(typed)
	}
	saved, err := k.Save(t.regency, s)
	if err != nil {
		return saved, fmt.Errorf("save a ticket: %w", err)
	}
	if len(saved.Changed) > 0 || fresh {
		t.putTicket(saved.Ticket)
	}
	return saved, nil
}

// Ticket reads a ticket as the viewer may see it, with how much that is. hotline.ErrNotFound where they may not know of it.
func (t *Tx) Ticket(ctx context.Context, v hotline.Viewer, id hotline.TicketID) (hotline.Ticket, hotline.TicketSight, error) {
	return t.seenTicket(ctx, v, `where t.id = @id`, pgx.StrictNamedArgs{"id": id})
}

// TicketByKey reads a ticket by what its page calls it.
func (t *Tx) TicketByKey(ctx context.Context, v hotline.Viewer, key string) (hotline.Ticket, hotline.TicketSight, error) {
	return t.seenTicket(ctx, v, `where t.key = @key`, pgx.StrictNamedArgs{"key": key})
}

// TicketOfCase reads the ticket that became a case.
func (t *Tx) TicketOfCase(ctx context.Context, v hotline.Viewer, id hotline.CaseID) (hotline.Ticket, hotline.TicketSight, error) {
	return t.seenTicket(ctx, v, `where t.case_id = @id`, pgx.StrictNamedArgs{"id": id})
}

func (t *Tx) seenTicket(ctx context.Context, v hotline.Viewer, tail string, args pgx.StrictNamedArgs) (hotline.Ticket, hotline.TicketSight, error) {
	k, err := t.oneTicket(ctx, tail, args)
	if err != nil {
		return k, hotline.TicketSight{}, err
	}
	s := t.regency.SeesTicket(v, k)
	if !s.Facts {
		return hotline.Ticket{}, s, fmt.Errorf("read a ticket: %w", hotline.ErrNotFound)
	}
	return k.Without(s), s, nil
}

// OpenTickets lists the tickets that are still written, oldest first: one's own; all of them for whoever watches the desk, who sees no more than that they are.
func (t *Tx) OpenTickets(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.Ticket, error) {
	return t.seenTickets(ctx, v, `where t.filed is null and (@all or t.writer = any (@me)) order by t.opened, t.id limit @limit`,
		pgx.StrictNamedArgs{"limit": limit})
}

// TicketsBetween lists the tickets that were filed from a time on and before another, newest first, as far as the viewer may know of them.
func (t *Tx) TicketsBetween(ctx context.Context, v hotline.Viewer, from, until time.Time, limit int) ([]hotline.Ticket, error) {
	return t.seenTickets(ctx, v, `where t.filed >= @from and t.filed < @until and (@all or t.writer = any (@me)) order by t.filed desc, t.id desc limit @limit`,
		pgx.StrictNamedArgs{"from": from, "until": until, "limit": limit})
}

func (t *Tx) seenTickets(ctx context.Context, v hotline.Viewer, tail string, args pgx.StrictNamedArgs) ([]hotline.Ticket, error) {
	args["all"] = v.Has(hotline.RoleSupervisor, hotline.RoleCoordinator)
	args["me"] = append([]hotline.PersonID{v.Person}, v.Also...)
	all, err := t.tickets(ctx, "list tickets", tail, args)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(k hotline.Ticket) bool { return !t.regency.SeesTicket(v, k).Facts })
	for i, k := range all {
		all[i] = k.Without(t.regency.SeesTicket(v, k))
	}
	return all, nil
}

// TicketCases reads the cases that tickets became, as they stand, for whoever has read those tickets.
func (t *Tx) TicketCases(ctx context.Context, tickets ...hotline.Ticket) (map[hotline.CaseID]hotline.Case, error) {
	var ids []hotline.CaseID
	for _, k := range tickets {
		if k.Case != 0 {
			ids = append(ids, k.Case)
		}
	}
	out := make(map[hotline.CaseID]hotline.Case, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	cs, err := t.casesWhere(ctx, "read the cases of tickets", `where c.id = any (@ids)`, pgx.StrictNamedArgs{"ids": ids})
	for _, c := range cs {
		out[c.ID] = c
	}
	return out, err
}

// DropTicket throws away a ticket that was never filed, with its photos: whoever was there went away again.
func (t *Tx) DropTicket(ctx context.Context, v hotline.Viewer, id hotline.TicketID) error {
	k, err := t.ownTicket(ctx, v, id)
	switch {
	case err != nil:
		return err
	case !k.IsOpen():
		return hotline.ErrTicketFiled
	}
	args := pgx.StrictNamedArgs{"id": id}
	t.queue(`delete from media m using ticket_photos p where p.ticket_id = @id and m.id = p.media_id and m.content_id is null`, args)
	t.queue(`delete from tickets where id = @id`, args)
	t.Signal(topicTicket, int64(id))
	return nil
}

// KnownNumber tells whoever sits at the desk who a number is, as far as a network vouches for it, and whether they can be told the news in chat. A number that
// nobody can have gives nobody.
func (t *Tx) KnownNumber(ctx context.Context, v hotline.Viewer, number string) (hotline.KnownPerson, error) {
	if !v.Has(hotline.RoleDesk) {
		return hotline.KnownPerson{}, hotline.ErrTicketUnseen
	}
	out := hotline.KnownPerson{Number: callNumber(number)}
	known, err := t.vouched(ctx, out.Number)
	if err != nil || known.person == 0 {
		return out, err
	}
	out.Reach = known.reach
	if out.Person, err = t.Person(ctx, known.person); err != nil {
		return out, err
	}
	n, err := scalars[int](ctx, t, "count a person's open cases", `select count(*)::int from cases c where c.reporter = `+samePerson+`
		and c.privacy = 'open' and c.about = '' and c.status not in ('ended', 'closed', 'withdrawn', 'archived')`, pgx.StrictNamedArgs{"p": known.person})
	if err != nil {
		return out, err
	}
	out.Open = n[0]
	return out, nil
}
