package console

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// This file is people who may file no ordinary report in chat for a time: made and lifted on a case's page, listed by themselves. The numbers that play with
// the 112 line are in call_block.go.

// A BlockTx keeps people from filing, and ends that.
type BlockTx interface {
	BlockReporter(context.Context, hotline.Viewer, hotline.CaseID, hotline.Block) (hotline.Block, error)
	LiftBlock(context.Context, hotline.Viewer, hotline.BlockID, hotline.LiftReason) (hotline.Block, error)
	BlockOn(context.Context, hotline.Viewer, hotline.CaseID) (hotline.Block, error)
	BlockedPeople(ctx context.Context, v hotline.Viewer, limit int) ([]hotline.BlockedPerson, error)
	BlockedSaid(ctx context.Context, v hotline.Viewer, id hotline.BlockID, limit int) (hotline.BlockedPerson, []hotline.Content, error)
}

// blockPersonRoutes are the pages about people who are blocked.
func blockPersonRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/board/blocked", May: chiefRoles, Nav: "blocked.nav", Key: "x", Do: (*Request).blockedPage},
		{Method: "GET", Path: "/board/blocked/{id}", May: chiefRoles, Do: (*Request).blockedSaid},
		{Method: "POST", Path: "/board/blocked/{id}/lift", May: chiefRoles, Do: (*Request).actLift},
		{Method: "POST", Path: "/board/cases/{id}/block", May: chiefRoles, Do: (*Request).actBlock},
	}
}

// How much the pages show.
const (
	mostBlocked = 200 // people
	mostSaid    = 200 // messages of one
)

// A blockPart is what a case's page says and asks about blocking its reporter.
type blockPart struct {
	Can     bool          // there is a reporter, who is not the viewer
	On      hotline.Block // zero: none holds, as far as the viewer may know
	Known   bool          // the viewer may know who it is
	Reasons []hotline.BlockReason
	Days    int
	Most    int
	Letters int
}

// A liftForm is the form that ends a block.
type liftForm struct {
	ID    hotline.BlockID
	Back  string // "case": back to its page
	Lifts []hotline.LiftReason
}

// Lift is that form on a case's page.
func (p blockPart) Lift() liftForm { return liftForm{p.On.ID, "case", hotline.LiftReasons()} }

// readBlocking reads it for a coordinator.
func (q *Request) readBlocking(t Tx, f hotline.CaseFile) (blockPart, error) {
	p := blockPart{Known: f.Sight.Reporter, Reasons: hotline.BlockReasons(), Days: hotline.BlockDays, Most: hotline.MostBlockDays,
		Letters: hotline.MaxBlockWords}
	// Without a name the case does not say that there is a reporter; who writes in chat is somebody.
	p.Can = (f.Case.Reporter != 0 || f.Case.Source == hotline.SourceChat) && !q.Viewer.Is(f.Case.Reporter)
	if !q.chief() || !p.Can {
		return blockPart{}, nil
	}
	on, err := t.BlockOn(q.Context(), q.Viewer, f.Case.ID)
	if errors.Is(err, hotline.ErrNotFound) {
		return p, nil
	}
	p.On = on
	return p, err
}

func (q *Request) actBlock() error {
	f := q.Form()
	b := hotline.Block{Reason: hotline.BlockReason(f.Text("why", 20)), Words: strings.TrimSpace(f.Long("words", hotline.MaxBlockWords))}
	days, err := strconv.Atoi(f.Get("days"))
	if err != nil || days < 1 || days > hotline.MostBlockDays {
		f.Wrong("days", "wrong.days")
	}
	b.Until = hotline.BlockUntil(q.Now, days)
	return q.perform(f, act{"block", "did.block", func(t Tx, id hotline.CaseID) (hotline.Case, error) {
		if _, err := t.BlockReporter(q.Context(), q.Viewer, id, b); err != nil {
			return hotline.Case{}, err
		}
		file, err := t.CaseFile(q.Context(), q.Viewer, id)
		return file.Case, err
	}})
}

// A blockedList is who is blocked, and who was until lately.
type blockedList struct{ Holding, Over []blockedRow }

type blockedRow struct {
	hotline.BlockedPerson
	Lift liftForm
}

// blockedPage lists them. Each name that it shows is kept in the record of access.
func (q *Request) blockedPage() error {
	var page blockedList
	err := q.Do(func(t Tx) error {
		page.Holding, page.Over = nil, nil
		all, err := t.BlockedPeople(q.Context(), q.Viewer, mostBlocked)
		for _, p := range all {
			if row := (blockedRow{p, liftForm{ID: p.Block.ID, Lifts: hotline.LiftReasons()}}); p.Block.Holds(q.Now) {
				page.Holding = append(page.Holding, row)
			} else {
				page.Over = append(page.Over, row)
			}
			if p.Name != "" {
				q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Case: p.Block.Case, Person: p.Block.Person})
			}
		}
		return err
	})
	if err != nil {
		return boardWrong(err)
	}
	return q.Page("blocked", page)
}

// boardWrong makes of an error of the store what a page answers.
func boardWrong(err error) error {
	if errors.Is(err, hotline.ErrForbidden) {
		return ErrForbidden
	}
	return err
}

// A saidPage is what somebody wrote who was blocked.
type saidPage struct {
	Who  hotline.BlockedPerson
	Said []hotline.Content
}

func (q *Request) blockedSaid() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	var page saidPage
	err = q.Do(func(t Tx) (err error) {
		if page.Who, page.Said, err = t.BlockedSaid(q.Context(), q.Viewer, hotline.BlockID(id), mostSaid); err != nil {
			return err
		}
		q.Audit(t, hotline.Audit{Act: hotline.ActSawPerson, Case: page.Who.Block.Case, Person: page.Who.Block.Person, Detail: "blocked messages"})
		return nil
	})
	if err != nil {
		return boardWrong(err)
	}
	return q.Page("said", page)
}

// actLift ends a block before its time, and goes back to where that was asked for.
func (q *Request) actLift() error {
	id, err := q.number()
	if err != nil {
		return err
	}
	as, back := hotline.LiftReason(q.Form().Text("as", 20)), "/board/blocked"
	err = q.Do(func(t Tx) error {
		b, err := t.LiftBlock(q.Context(), q.Viewer, hotline.BlockID(id), as)
		switch {
		case errors.Is(err, hotline.ErrBlockOver): // two coordinators, or it has just ended
			q.Flash(t, "wrong.blockover")
			return nil
		case err != nil:
			return err
		}
		if q.Form().Get("back") == "case" {
			back = "/board/cases/" + strconv.FormatInt(int64(b.Case), 10)
		}
		q.Flash(t, "did.lift")
		return nil
	})
	switch {
	case errors.Is(err, hotline.ErrNoReason):
		return &Wrong{What: "as"}
	case err != nil:
		return boardWrong(err)
	}
	return q.Redirect(back)
}
