package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"tanggap/hotline"
)

// How many tries at a case's check word are let pass within so long, in service time. Nobody is kept from their own case by others who guess, unless
// those come from many places; and whoever guesses from many places needs months.
const (
	trackWithin    = time.Hour
	trackHere      = 6  // at one number from one address
	trackOfNumber  = 30 // at one number from anywhere
	trackOfAddress = 60 // from one address: a whole village may share one
)

// Track gives what may be shown of a case to whoever knows its number and check word. address is where they ask from. A wrong try is remembered;
// what is done until a word proves right is the same whether there is such a case or not.
func (t *Tx) Track(ctx context.Context, n hotline.Number, word, address string) (hotline.Tracked, hotline.TrackResult, error) {
	account, from := "track:"+n.String(), "track "+address
	flood, err := scalars[bool](ctx, t, "count tries", `
		select exists (select from login_tries where address = @from and at > @since offset @most limit 1)`,
		pgx.StrictNamedArgs{"from": from, "since": t.now.Add(-trackWithin), "most": 2 * trackOfAddress})
	if err != nil {
		return hotline.Tracked{}, "", err
	}
	if flood[0] { // not even noted any more
		return hotline.Tracked{}, hotline.TrackTooOften, nil
	}
	here, ofNumber, ofAddress, err := t.Try(ctx, account, from, t.now.Add(-trackWithin))
	switch {
	case err != nil:
		return hotline.Tracked{}, "", err
	case here > trackHere || ofNumber > trackOfNumber || ofAddress > trackOfAddress:
		return hotline.Tracked{}, hotline.TrackTooOften, nil
	case !hotline.IsCheckWord(t.store.keys.check, n, word):
		return hotline.Tracked{}, hotline.TrackWrong, nil
	}
	c, err := t.CaseByNumber(ctx, n)
	if errors.Is(err, hotline.ErrNotFound) { // a word was guessed for a number that nobody has
		return hotline.Tracked{}, hotline.TrackWrong, nil
	}
	if err != nil {
		return hotline.Tracked{}, "", err
	}
	events, said, err := t.History(ctx, c.ID)
	if err != nil {
		return hotline.Tracked{}, "", err
	}
	t.Forgive(account, from)
	return t.regency.Track(c, events, said), hotline.TrackFound, nil
}

// MakePublicFigures adds the months to the public figures that may be told by now and are not yet. What was told is never counted anew. It tells whether
// there were any.
func (s *Store) MakePublicFigures(ctx context.Context, now time.Time) (made bool, err error) {
	err = s.Do(ctx, now, func(t *Tx) error {
		made = false
		// Of several instances the first decides: were a month counted by two at different moments, one could be taken from the other.
		t.queue(`select pg_advisory_xact_lock(@lock)`, pgx.StrictNamedArgs{"lock": figuresLock})
		before, err := t.PublicFigures(ctx)
		if err != nil && !errors.Is(err, hotline.ErrNotFound) {
			return err
		}
		if _, due := t.regency.PublicNext(before, now, nil); !due {
			return nil
		}
		cases, err := t.publicCases(ctx, now)
		if err != nil {
			return err
		}
		next, _ := t.regency.PublicNext(before, now, cases)
		body, err := json.Marshal(next)
		if err != nil {
			return fmt.Errorf("keep the public figures: %w", err)
		}
		t.queue(`insert into public_figures (day, made, body) values (@day, @now, @body) on conflict (day) do update set made = excluded.made, body = excluded.body`,
			pgx.StrictNamedArgs{"day": next.Day, "now": t.now, "body": string(body)})
		made = true
		return nil
	})
	return made, err
}

// figuresLock is the advisory lock of whoever makes the public figures.
const figuresLock = 0x7461_0020

// publicCases counts the cases of the whole months that may be told at now.
func (t *Tx) publicCases(ctx context.Context, now time.Time) ([]hotline.PublicCase, error) {
	type row struct {
		Category, Area, About string
		Privacy               hotline.Privacy
		Status                hotline.Status
		Outcome               hotline.EventKind
		Filed                 time.Time
		Answered              *time.Time
	}
	from, until := t.regency.PublicFrom(now)
	rows, err := read[row](ctx, t, "count cases for the public", `
		select c.category, c.area, c.about, c.privacy, c.status, c.outcome, c.filed, e.answered
		from cases c left join lateral (
			select min(e.at) as answered from events e
			where e.case_id = c.id and e.kind in ('answered', 'scheduled', 'resolved', 'passed_on', 'not_possible')) e on true
		where c.filed >= @from and c.filed < @until`, pgx.StrictNamedArgs{"from": from.UTC(), "until": until.UTC()})
	if err != nil {
		return nil, err
	}
	cases := make([]hotline.PublicCase, len(rows))
	for i, r := range rows {
		cases[i] = t.regency.PublicCaseOf(hotline.Case{Category: r.Category, Area: r.Area, About: r.About, Privacy: r.Privacy, Status: r.Status,
			Outcome: r.Outcome, Filed: r.Filed}, or0(r.Answered))
	}
	return cases, nil
}

// PublicFigures gives the figures made last. hotline.ErrNotFound: none were made yet.
func (t *Tx) PublicFigures(ctx context.Context) (hotline.PublicFigures, error) {
	type row struct{ Body []byte }
	var f hotline.PublicFigures
	r, err := one[row](ctx, t, "read the public figures", `select body from public_figures order by day desc limit 1`, pgx.StrictNamedArgs{})
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(r.Body, &f); err != nil {
		return f, fmt.Errorf("read the public figures: %w", err)
	}
	return f, nil
}
