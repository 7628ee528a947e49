package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// Say puts something into the outbox.
func (t *Tx) Say(o hotline.Out) {
	if o.Verb == "" {
		o.Verb = hotline.VerbSend
	}
	if !o.Due.After(t.now) {
		o.Due = time.Time{} // at once, whatever the clock says then: it may be set back
	}
	t.outs = append(t.outs, o)
	t.rings.outbox = true
}

// gatherOuts turns what is to be said into one statement. A thing for a person goes to the address they last wrote from, on whichever network; a
// change of a card to where the card is. A person who never wrote from anywhere hears nothing. A slot holds one unsent thing: the newer takes the older one's place, so that it is said once.
func (t *Tx) gatherOuts() {
	outs := latestOfSlots(t.outs)
	if len(outs) == 0 {
		return
	}
	t.outs = nil
	n := len(outs)
	var (
		to, person      = make([]int64, n), make([]int64, n)
		verb, body      = make([]string, n), make([]string, n)
		lane            = make([]int16, n)
		due, expires    = make([]*time.Time, n), make([]*time.Time, n)
		asked           = make([]bool, n)
		about, assigned = make([]*int64, n), make([]*int64, n)
		slot, card      = make([]*string, n), make([]*string, n)
		edits, answers  = make([]*string, n), make([]*string, n)
		media, shows    = make([]string, n), make([]string, n)
		avoid, here     = make([]string, n), make([]bool, n)
		slotted         bool
	)
	for i, o := range outs {
		b, err := json.Marshal(o.Reply)
		if err != nil {
			panic(err) // plain fields
		}
		to[i], person[i], verb[i], body[i], lane[i] = int64(o.To), int64(o.Person), string(o.Verb), string(b), int16(o.Lane)
		due[i], expires[i], asked[i] = nz(o.Due), nz(o.Expires), o.Asked
		about[i], assigned[i] = nz(int64(o.Case)), nz(int64(o.Assign))
		slot[i], card[i], edits[i], answers[i] = nz(o.Slot), nz(o.Card), nz(o.Edits), nz(o.Answers)
		avoid[i], here[i] = o.Avoid, o.Here
		media[i], shows[i] = idList(o.Reply.Media), idList(o.Reply.Shows)
		slotted = slotted || o.Slot != ""
	}
	if slotted {
		// The newer says what the older would have. One that is just being sent is left to be sent. Rows are locked in the order of their ids, as
		// Settle does, so that the two never wait for each other in a circle. What stands in a slot is looked up by it; asked for what is due, Postgres
		// might look through all that is.
		t.queue(`
			with old as materialized (
				select id from outbox where id = any (array(
					select o.id from unnest(@to::bigint[], @slot::text[]) s (address_id, slot) cross join lateral (
						select o.id from outbox o where o.address_id = s.address_id and o.slot = s.slot and o.slot is not null and o.state = 'due'
						offset 0) o
					where o.id <> all (@busy::bigint[])))
				and state not in ('held', 'sent', 'aside') order by id for update)
			delete from outbox where id = any (array(select id from old))`,
			pgx.StrictNamedArgs{"to": to, "slot": slot, "busy": t.store.busyOuts()})
	}
	t.queue(`
		insert into outbox (address_id, account, state, verb, lane, body, due, expires, asked, case_id, assignment_id, slot, card, edits, answers, media,
			shows, here, made, office)
		select a.id, a.channel || '/' || a.account, case when a.held_since is null then 'due' else 'held' end, o.verb, o.lane, o.body::json, coalesce(o.due, '-infinity'), o.expires, o.asked, o.about, o.assigned, o.slot, o.card, o.edits, o.answers,
			nullif(o.media, '')::bigint[], nullif(o.shows, '')::bigint[], o.here, @now,
			not o.asked and o.lane > 0 and (
				exists (select 1 from roles r where r.person_id = any (array(select s from same_person(a.person_id) s)) and (r.ends is null or r.ends > @now))
				or exists (select 1 from groups g where g.address_id = a.id and g.until is null))
		from unnest(@to::bigint[], @person::bigint[], @verb::text[], @lane::smallint[], @body::text[], @due::timestamptz[],
			@expires::timestamptz[], @asked::boolean[], @about::bigint[], @assigned::bigint[], @slot::text[], @card::text[], @edits::text[],
			@answers::text[], @media::text[], @shows::text[], @avoid::text[], @here::boolean[])
			with ordinality o (address_id, person_id, verb, lane, body, due, expires, asked, about, assigned, slot, card, edits, answers, media, shows, avoid, here, n)
		join addresses a on a.id = case when o.person_id = 0 then o.address_id else (
			select p.id from addresses p left join conversations c on c.address_id = p.id
			where p.person_id = coalesce((select w.joined from persons w where w.id = o.person_id), o.person_id)
			order by o.edits is not null and exists (select 1 from outbox e where e.address_id = p.id and e.card = o.edits) desc,
				p.channel || '/' || p.account = o.avoid, p.held_since is not null, c.touched desc nulls last, p.id desc limit 1) end
		order by o.n`,
		pgx.StrictNamedArgs{"to": to, "person": person, "verb": verb, "lane": lane, "body": body, "due": due, "expires": expires,
			"asked": asked, "about": about, "assigned": assigned, "slot": slot, "card": card, "edits": edits, "answers": answers,
			"media": media, "shows": shows, "avoid": avoid, "here": here, "now": t.now})
}

// latestOfSlots leaves of several things for one slot the last.
func latestOfSlots(outs []hotline.Out) []hotline.Out {
	type place struct {
		to   hotline.AddressID
		slot string
	}
	last := map[place]int{}
	for i, o := range outs {
		if o.Slot != "" {
			last[place{o.To, o.Slot}] = i
		}
	}
	if len(last) == 0 {
		return outs
	}
	kept := outs[:0:0]
	for i, o := range outs {
		if o.Slot == "" || last[place{o.To, o.Slot}] == i {
			kept = append(kept, o)
		}
	}
	return kept
}

// idList writes ids as Postgres reads an array.
func idList[T ~int64](ids []T) string {
	if len(ids) == 0 {
		return ""
	}
	b := []byte{'{'}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(id), 10)
	}
	return string(append(b, '}'))
}

// CaseOfMessage finds what an earlier message of ours at this address was about, by the network's id of it.
func (t *Tx) CaseOfMessage(ctx context.Context, at hotline.AddressID, ref string) (hotline.CaseID, hotline.AssignmentID, error) {
	type row struct {
		CaseID       hotline.CaseID
		AssignmentID *hotline.AssignmentID
	}
	rows, err := peek[row](ctx, t, "find what a message was about",
		`select case_id, assignment_id from outbox where address_id = @at and ref = @ref and case_id is not null order by id desc limit 1`,
		pgx.StrictNamedArgs{"at": at, "ref": ref})
	if err != nil || len(rows) == 0 {
		return 0, 0, cmp.Or(err, hotline.ErrNotFound)
	}
	return rows[0].CaseID, or0(rows[0].AssignmentID), nil
}

// mediaPatience is how long a thing to say waits for its photo to be fetched before it goes out without.
const mediaPatience = 20 * time.Second

// Due takes what is due at the service time now for one of our accounts: of each address the first, emergencies before the rest. What it gives
// is under way in this process until it is settled; a process that dies leaves it due. One process sends for an account (see Lease).
func (s *Store) Due(ctx context.Context, channel hotline.Channel, account string, now time.Time, limit int) ([]hotline.Parcel, error) {
	return s.due(ctx, channel, account, now, limit, sparing{})
}

// DueAsked is Due without what nobody asked for, emergencies and what goes to those who work here excepted: for an account that has said enough of it for
// today.
func (s *Store) DueAsked(ctx context.Context, channel hotline.Channel, account string, now time.Time, limit int) ([]hotline.Parcel, error) {
	return s.due(ctx, channel, account, now, limit, sparing{all: true})
}

// DueSparing is DueAsked for some readers, who have heard enough unasked for today, and Due for everybody else.
func (s *Store) DueSparing(ctx context.Context, channel hotline.Channel, account string, now time.Time, limit int, spared []hotline.AddressID) ([]hotline.Parcel, error) {
	return s.due(ctx, channel, account, now, limit, sparing{readers: spared})
}

// sparing says who is told nothing now that nobody asked for.
type sparing struct {
	all     bool
	readers []hotline.AddressID
}

// Unasked counts what an account at WhatsApp has said to each reader since a moment (machine time) without being asked: emergencies, and what went to those
// who work here, excepted.
func (s *Store) Unasked(ctx context.Context, channel hotline.Channel, account string, since time.Time) (map[hotline.AddressID]int, error) {
	said := map[hotline.AddressID]int{}
	rows, err := s.pool.Query(ctx, `select address_id, count(*)::int from outbox
		where account = @account and state = 'sent' and not asked and lane > 0 and left(account, 8) = 'whatsapp' and sent_at >= @since and not office
		group by address_id`,
		pgx.StrictNamedArgs{"account": string(channel) + "/" + account, "since": since})
	if err != nil {
		return nil, fmt.Errorf("count what was said unasked: %w", err)
	}
	var to hotline.AddressID
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&to, &n}, func() error { said[to] = n; return nil }); err != nil {
		return nil, fmt.Errorf("count what was said unasked: %w", err)
	}
	return said, nil
}

func (s *Store) due(ctx context.Context, channel hotline.Channel, account string, now time.Time, limit int, spare sparing) ([]hotline.Parcel, error) {
	for {
		out, withheld, err := s.take(ctx, channel, account, now, limit, spare)
		if err != nil || len(out) > 0 || withheld == 0 {
			return out, err
		}
		// Nothing of what was first at its address may be said: what stood behind it is due now.
	}
}

// take is due once. It tells too how many things were set aside, since their readers may not see any more what they show.
func (s *Store) take(ctx context.Context, channel hotline.Channel, account string, now time.Time, limit int, spare sparing) (
	out []hotline.Parcel, withheld int, err error) {
	ids, err := s.heads(ctx, string(channel)+"/"+account, now, limit, spare)
	if err != nil || len(ids) == 0 {
		return nil, 0, err
	}
	type row struct {
		ID           hotline.OutID
		AddressID    hotline.AddressID
		Channel      hotline.Channel
		Account      string
		Peer         string
		PersonID     *hotline.PersonID
		Language     *hotline.Lang
		Verb         hotline.Verb
		Lane         int
		Body         []byte
		Expires      *time.Time
		Asked        bool
		CaseID       *hotline.CaseID
		AssignmentID *hotline.AssignmentID
		Slot         *string
		Card         *string
		Edits        *string
		Answers      *string
		Made         time.Time
		Office       bool
		Attempts     int
		EditRef      *string
		Closed       bool
		Own          bool
	}
	rows, err := s.pool.Query(ctx, `
		with o as materialized (select * from outbox where id = any (@ids))
		select o.id, o.address_id, a.channel, a.account, a.peer, a.person_id, p.language, o.verb, o.lane, o.body, o.expires, o.asked, o.case_id,
			o.assignment_id, o.slot, o.card, o.edits, o.answers, o.made, o.office, o.attempts,
			coalesce(o.reason = 'window', false) as closed,
			case when o.edits is not null then (
				select e.ref from outbox e where e.address_id = o.address_id and e.card = o.edits and e.ref is not null
				order by e.id desc limit 1) end as edit_ref,
			o.case_id is not null and exists (
				select 1 from cases k join persons r on r.id = k.reporter where k.id = o.case_id and a.person_id in (r.id, r.joined)) as own
		from o
		join addresses a on a.id = o.address_id
		left join persons p on p.id = a.person_id
		where o.state = 'due' order by o.lane, o.id`, pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return nil, 0, fmt.Errorf("take what is due: %w", err)
	}
	due, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, 0, fmt.Errorf("take what is due: %w", err)
	}
	out = make([]hotline.Parcel, 0, len(due))
	own := make(map[hotline.OutID]bool, len(due)) // about a case of the reader's
	var bad []hotline.Failure
	for _, r := range due {
		p := hotline.Parcel{
			ID: r.ID, Language: or0(r.Language), Attempts: r.Attempts, Made: r.Made, Office: r.Office, EditRef: or0(r.EditRef), Closed: r.Closed,
			Address: hotline.Address{ID: r.AddressID, Channel: r.Channel, Account: r.Account, Peer: r.Peer, Person: or0(r.PersonID)},
			Out: hotline.Out{To: r.AddressID, Verb: r.Verb, Lane: hotline.Lane(r.Lane), Expires: or0(r.Expires), Asked: r.Asked,
				Case: or0(r.CaseID), Assign: or0(r.AssignmentID), Slot: or0(r.Slot), Card: or0(r.Card), Edits: or0(r.Edits), Answers: or0(r.Answers)},
		}
		if err := json.Unmarshal(r.Body, &p.Out.Reply); err != nil {
			bad = append(bad, hotline.Failure{ID: r.ID, Reason: hotline.TroubleRefused, Detail: "its meaning cannot be read"})
			continue
		}
		out = append(out, p)
		own[p.ID] = r.Own
	}
	if len(bad) > 0 {
		if err := s.Settle(ctx, nil, bad); err != nil {
			return nil, 0, err
		}
	}
	held, err := s.facts(ctx, out, own, now)
	if err != nil {
		return nil, 0, err
	}
	if len(held) > 0 {
		if err := s.withhold(ctx, held); err != nil {
			return nil, 0, err
		}
		out = slices.DeleteFunc(out, func(p hotline.Parcel) bool { return slices.Contains(held, p.ID) })
	}
	s.mu.Lock()
	for _, p := range out {
		s.inflight[p.ID] = p.Address.ID
	}
	s.mu.Unlock()
	return out, len(held), nil
}

// window is how much of what is due is looked at to find the first of each address.
const window = 400

// heads gives the ids of what is due, the first of each address that is not just being spoken to, emergencies before the rest. What stands behind
// something that is tried again later, or whose photo is still being fetched, waits with it.
//
// Whoever stands first at an address among the first that are due at all, is the first there. So a window of these is enough, however much is due; unless
// it is full of what waits for a few addresses only. Then the others are looked up by their addresses, so many at a time.
func (s *Store) heads(ctx context.Context, account string, now time.Time, limit int, spare sparing) ([]hotline.OutID, error) {
	s.mu.Lock()
	busy := make([]hotline.AddressID, 0, len(s.inflight))
	for _, a := range s.inflight {
		busy = append(busy, a)
	}
	s.mu.Unlock()
	args := pgx.StrictNamedArgs{"account": account, "now": now, "busy": busy, "limit": limit, "patience": mediaPatience, "unasked": !spare.all,
		"spared": spare.readers, "window": max(window, 4*limit)}
	if spare.readers == nil {
		args["spared"] = []hotline.AddressID{}
	}
	ids, full, err := s.headsBy(ctx, inWindow, args)
	if err == nil && full && len(ids) < max(1, limit/4) { // fewer would leave the courier with nothing to do
		ids, _, err = s.headsBy(ctx, byAddress, args)
	}
	if err != nil {
		return nil, fmt.Errorf("look for what is due: %w", err)
	}
	return ids, nil
}

// headsBy runs one of the two statements below. It tells too whether the window was full.
func (s *Store) headsBy(ctx context.Context, sql string, args pgx.StrictNamedArgs) (ids []hotline.OutID, full bool, err error) {
	rows, err := s.pool.Query(ctx, sql, args)
	if err != nil {
		return nil, false, err
	}
	var id *hotline.OutID
	_, err = pgx.ForEachRow(rows, []any{&id, &full}, func() error {
		if id != nil {
			ids = append(ids, *id)
		}
		return nil
	})
	return ids, full, err
}

const (
	// isDue is the condition on a row o that it may be said now.
	isDue = `o.state = 'due' and o.due <= @now
		and (o.asked or o.lane = 0 or o.office or @unasked and o.address_id <> all (@spared::bigint[]))
		and o.address_id <> all (@busy::bigint[])`

	dueWindow = `
	with recursive due as materialized (
		select o.id, o.address_id, o.lane, o.again, o.media, o.shows, o.written from outbox o where o.account = @account and ` + isDue + `
		order by o.lane, o.id limit @window),
	size as materialized (
		select count(*) >= @window as full from due)`

	// mayGo leaves of the heads those that wait for nothing.
	mayGo = `
		(select h.id, h.lane from heads h
		where (h.again is null or h.again <= clock_timestamp())
			and (h.media is null and h.shows is null or h.written < clock_timestamp() - @patience::interval
				or not exists (select 1 from media m where (m.id = any (h.media) or m.content_id = any (h.shows)) and m.state = 'pending'))
		order by h.lane, h.id limit @limit)`

	inWindow = dueWindow + `,
	heads as materialized (
		select distinct on (address_id) * from due order by address_id, lane, id)
	select g.id, size.full from size left join lateral ` + mayGo + ` g on true order by g.lane, g.id`

	// byAddress goes from address to address, those in the window left out: what is first of these is known. The account is asked for in such a way that it is
	// no reason to look through all that is due at it.
	byAddress = dueWindow + `,
	known as materialized (
		select distinct on (address_id) * from due order by address_id, lane, id),
	to_whom (address_id, n) as (
		(select o.address_id, 1 from outbox o where o.account || '' = @account and o.state = 'due' and o.address_id > 0
			order by o.address_id, o.lane, o.id limit 1)
		union all
		select (select o.address_id from outbox o where o.account || '' = @account and o.state = 'due' and o.address_id > w.address_id
			order by o.address_id, o.lane, o.id limit 1), w.n + 1
		from to_whom w where w.address_id is not null and w.n < 1000),
	heads as materialized (
		select * from known
		union all
		select f.* from to_whom w cross join lateral (
			select o.id, o.address_id, o.lane, o.again, o.media, o.shows, o.written from outbox o where o.address_id = w.address_id and ` + isDue + `
			order by o.address_id, o.lane, o.id limit 1) f
		where w.address_id is not null and not exists (select 1 from known k where k.address_id = w.address_id))
	select g.id, size.full from size left join lateral ` + mayGo + ` g on true order by g.lane, g.id`
)

func (s *Store) busyOuts() []hotline.OutID {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]hotline.OutID, 0, len(s.inflight))
	for id := range s.inflight {
		out = append(out, id)
	}
	return out
}

// facts reads what the replies speak of: the numbers of cases, what was said, names. Most replies speak of none and cost nothing. It gives the ids of those
// that must not be said, since they show more of a case than their reader may see at the service time now; of one's own case everything may be said.
func (s *Store) facts(ctx context.Context, parcels []hotline.Parcel, own map[hotline.OutID]bool, now time.Time) (held []hotline.OutID, err error) {
	g := sights{regency: s.regency.Load()}
	var doubts []hotline.Parcel
	for _, p := range parcels {
		if !own[p.ID] && doubtful(g.regency, p) {
			doubts = append(doubts, p)
		}
	}
	need := map[string]map[int64]bool{hotline.ArgCase: {}, hotline.ArgContent: {}, hotline.ArgMap: {}, hotline.ArgPerson: {}}
	for _, p := range parcels {
		p.Out.Reply.Each(func(a hotline.Arg) {
			if ids, ok := need[a.Is]; ok {
				if id, err := strconv.ParseInt(a.V, 10, 64); err == nil {
					ids[id] = true
				}
			}
		})
	}
	list := func(kinds ...string) (out []int64) {
		for _, k := range kinds {
			for id := range need[k] {
				out = append(out, id)
			}
		}
		return out
	}
	for _, p := range parcels {
		for _, id := range p.Out.Reply.Shows {
			need[hotline.ArgContent][int64(id)] = true
		}
	}
	cases, said, people := list(hotline.ArgCase), list(hotline.ArgContent, hotline.ArgMap), list(hotline.ArgPerson)
	if len(cases)+len(said)+len(people)+len(doubts) == 0 {
		return nil, nil
	}
	numbers, contents, names := map[hotline.CaseID]hotline.Number{}, map[hotline.ContentID]hotline.Content{}, map[hotline.PersonID]string{}
	letters := g.regency.Letters
	b := &pgx.Batch{}
	b.Queue(`select id, day, seq from cases where id = any (@ids)`, pgx.StrictNamedArgs{"ids": cases}).Query(func(rows pgx.Rows) error {
		var id hotline.CaseID
		n := hotline.Number{Letters: letters}
		_, err := pgx.ForEachRow(rows, []any{&id, &n.Day, &n.Seq}, func() error { numbers[id] = n; return nil })
		return err
	})
	b.Queue(`select `+contentColumns+` from contents c where c.id = any (@ids)`, pgx.StrictNamedArgs{"ids": said}).Query(func(rows pgx.Rows) error {
		cs, err := pgx.CollectRows(rows, pgx.RowToStructByName[contentRow])
		for _, c := range cs {
			contents[c.ID] = c.value()
		}
		return err
	})
	// Whoever is joined with others has the name of one of them, where none is kept of their own.
	b.Queue(`
		select i.id, d.person_id as whose, d.name from unnest(@ids::bigint[]) i (id) cross join lateral (
			select d.person_id, d.name from person_details d
			where d.person_id = any (array(select s from same_person(i.id) s)) and d.name is not null
			order by d.person_id <> i.id, d.person_id limit 1) d`, pgx.StrictNamedArgs{"ids": people}).Query(func(rows pgx.Rows) error {
		var id, whose hotline.PersonID
		var name []byte
		_, err := pgx.ForEachRow(rows, []any{&id, &whose, &name}, func() error {
			plain, err := open(s.keys.person, name, bindPerson(whose))
			names[id] = string(plain)
			return err
		})
		return err
	})
	mute := map[hotline.MediaID]bool{} // kept, and whether nothing in it can tell who made it
	b.Queue(`select id, kind in ('photo', 'document') and mime like 'image/%' from media where content_id = any (@ids) and state = 'stored' and clean is not null`, pgx.StrictNamedArgs{"ids": said}).Query(func(rows pgx.Rows) error {
		var id hotline.MediaID
		var is bool
		_, err := pgx.ForEachRow(rows, []any{&id, &is}, func() error { mute[id] = is; return nil })
		return err
	})
	if len(doubts) > 0 {
		g.queue(b, doubts, now)
	}
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return nil, fmt.Errorf("read what is spoken of: %w", err)
	}
	for _, p := range doubts {
		if !g.allow(p, contents) {
			held = append(held, p.ID)
		}
	}
	if err := s.callable(ctx, g, doubts, parcels, held, now); err != nil {
		return nil, err
	}
	for i := range parcels {
		parcels[i].Numbers, parcels[i].Said, parcels[i].Names = numbers, contents, names
		r := &parcels[i].Out.Reply
		for _, id := range r.Shows {
			for _, m := range contents[id].Media {
				if is, kept := mute[m]; kept && (is || !r.Silent) {
					r.Media = append(r.Media, m)
				}
			}
		}
	}
	return held, nil
}

// Settle notes what became of parcels. What was said loses its meaning (body), so that no copy of a story stays behind in the outbox. Where another
// instance has settled a parcel meanwhile, since this one stood still, that stands.
func (s *Store) Settle(ctx context.Context, sent []hotline.Sent, failed []hotline.Failure) error {
	b := &pgx.Batch{}
	if len(sent) > 0 {
		ids, refs, menus, later := make([]int64, len(sent)), make([]string, len(sent)), make([]*string, len(sent)), make([]bool, len(sent))
		for i, x := range sent {
			ids[i], refs[i], menus[i], later[i] = int64(x.ID), x.Ref, menuJSON(x.Menu), x.Later
		}
		b.Queue(`
			with x as materialized (
				select o.id, x.ref, x.menu, x.later
				from outbox o join unnest(@ids::bigint[], @refs::text[], @menus::text[], @later::boolean[]) x (id, ref, menu, later) on o.id = x.id
				order by o.id for update of o)
			update outbox o set ref = nullif(x.ref, ''), sent_at = clock_timestamp(), menu = x.menu::json,
				body = case when x.later and o.delivered_at is null then o.body end,
				state = case when x.later and (o.state = 'aside' or o.detail = @early) then o.state else 'sent' end,
				detail = case when o.detail = @early then null else o.detail end
			from x where o.id = x.id`,
			pgx.StrictNamedArgs{"ids": ids, "refs": refs, "menus": menus, "later": later, "early": givenBack})
	}
	for _, f := range failed {
		switch {
		case f.Hold:
			b.Queue(`
				with a as (
					update addresses set held_since = coalesce(held_since, clock_timestamp())
					where id = (select address_id from outbox where id = @id) returning id)
				update outbox set state = 'held', attempts = attempts + case when id = @id then 1 else 0 end,
					reason = case when id = @id then @reason else reason end, detail = case when id = @id then @detail else detail end
				where address_id = (select id from a) and state = 'due'`,
				pgx.StrictNamedArgs{"id": f.ID, "reason": f.Reason, "detail": f.Detail})
		case f.Wait:
			queueWait(b, []hotline.OutID{f.ID}, f.Reason, f.Detail)
		case f.Again.IsZero():
			b.Queue(`update outbox set state = 'aside', attempts = attempts + 1, reason = @reason, detail = @detail where id = @id and state = 'due'`,
				pgx.StrictNamedArgs{"id": f.ID, "reason": f.Reason, "detail": f.Detail})
		default:
			b.Queue(`update outbox set attempts = attempts + 1, again = @again, reason = @reason, detail = @detail where id = @id and state = 'due'`,
				pgx.StrictNamedArgs{"id": f.ID, "again": f.Again, "reason": f.Reason, "detail": f.Detail})
		}
	}
	if b.Len() == 0 {
		return nil
	}
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("settle what was sent: %w", err)
	}
	s.mu.Lock()
	for _, x := range sent {
		delete(s.inflight, x.ID)
	}
	for _, f := range failed {
		delete(s.inflight, f.ID)
	}
	s.mu.Unlock()
	s.Bells.Any.Ring()
	return nil
}

// Abandon says that parcels given by Due will not be settled by this process: they are due again.
func (s *Store) Abandon(ids ...hotline.OutID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.inflight, id)
	}
}

// NextDue tells the service time at which something that waits for its time is due; false: nothing does.
func (s *Store) NextDue(ctx context.Context, channel hotline.Channel, account string) (time.Time, bool, error) {
	var at *time.Time
	err := s.pool.QueryRow(ctx, `select min(due) from outbox where account = @account and state = 'due' and due > made and again is null`,
		pgx.StrictNamedArgs{"account": string(channel) + "/" + account}).Scan(&at)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("ask when the next thing is due: %w", err)
	}
	return or0(at), at != nil, nil
}
