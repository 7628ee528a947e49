package dispatcher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tanggap/hotline"
)

// Why a case went to triage for reasons that hotline.Route knows nothing of. They stand in the event's Word, as Decision.Why does.
const (
	WhyWordless = "wordless" // nothing but media: a human must look or listen first
	WhyFailed   = "failed"   // routing it failed: a mistake of the program, in the log
)

// A filing is a case to be routed with what was said first.
type filing struct {
	hotline.Case
	story hotline.Content
	many  bool         // its reporter has sent many today
	ring  hotline.Ring // at the operators of the line; zero: it never rang
}

// routes is the queue of filed cases.
func (d *Dispatcher) routes() *queue[filing] {
	return &queue[filing]{
		name: "route", d: d, aside: make(map[int64]time.Time), then: []bell{d.listing, d.offering},
		id: func(f filing) int64 { return int64(f.ID) },
		take: func(ctx context.Context, j *job) ([]filing, error) {
			worse, err := j.tx.RungOut(ctx, atOnce)
			if err != nil {
				return nil, err
			}
			cases, err := j.tx.Unrouted(ctx, atOnce-len(worse))
			if err != nil || len(worse)+len(cases) == 0 {
				return nil, err
			}
			cases = append(worse, cases...)
			var stories []hotline.ContentID
			for _, c := range cases {
				if c.Story != 0 {
					stories = append(stories, c.Story)
				}
			}
			said, err := j.tx.Said(ctx, stories...)
			if err != nil {
				return nil, fmt.Errorf("read what was said: %w", err)
			}
			many, err := j.many(ctx, cases)
			if err != nil {
				return nil, err
			}
			rings, err := j.rings(ctx, cases)
			if err != nil {
				return nil, err
			}
			filings := make([]filing, len(cases))
			for i, c := range cases {
				filings[i] = filing{c, said[c.Story], many[c.ID], rings[c.ID]}
			}
			return filings, nil
		},
		each: func(ctx context.Context, j *job, f filing) error { return j.route(ctx, f) },
		instead: func(ctx context.Context, j *job, f filing) error {
			if f.Status != hotline.Filed {
				j.tx.PassRing(f.ID)
				return nil
			}
			_, err := j.triage(ctx, f.Case, hotline.Decision{Triage: true, Why: WhyFailed})
			return err
		},
	}
}

// route gives a case its assignments, or asks the coordinator.
//
// A story without words and without a category is first looked at, or listened to, by the coordinator; an anonymous one also when its category is
// known, since its agency may get the voice in writing only. An emergency doesn't wait for that.
//
// A complaint about the hotline's own agency goes to the inspector, and one that nobody here may judge stays in triage, where Regency.Sees hides
// it from those named: the coordinators who are told are those who may see it, and where that is nobody, nobody is told. The reporter has
// heard of the way outside at filing.
func (j *job) route(ctx context.Context, f filing) error {
	c := f.Case
	if c.Status != hotline.Filed {
		return j.rangOut(c)
	}
	if waits, err := j.ringFirst(ctx, f); waits || err != nil {
		return err
	}
	decision := hotline.Route(j.r, hotline.RoutingOf(c))
	wordless := f.story.Text == "" && len(f.story.Media) > 0 && (c.Category == "" || c.Privacy.IsAnonymous())
	if wordless && !c.Urgent && !decision.Outside {
		decision = hotline.Decision{Triage: true, Why: WhyWordless}
	}
	if f.many && decision.Why == hotline.WhyRouted {
		decision = hotline.Decision{Triage: true, Top: hotline.Proposals(j.r, hotline.RoutingOf(c)), Why: hotline.WhyMany}
	}
	if f.ring.Verdict == hotline.RingNone && !c.Urgent && !decision.Outside && decision.Why != WhyWordless {
		decision = hotline.Decision{Triage: true, Top: hotline.Proposals(j.r, hotline.RoutingOf(c)), Why: hotline.WhyCalmed}
	}
	if wordless {
		to, err := j.coordinators(ctx, c)
		if err != nil {
			return err
		}
		j.tell(j.Cards.Transcribe(j.r, c), to)
	}
	var err error
	if decision.Triage {
		if c, err = j.triage(ctx, c, decision); err != nil {
			return err
		}
	}
	for _, p := range decision.Assign {
		if slices.ContainsFunc(c.Assignments, func(a hotline.Assignment) bool { return a.On() && a.Unit == p.Unit }) {
			continue // an operator of the emergency line has sent them already
		}
		next, err := j.record(c, hotline.Event{Kind: hotline.EvAssigned, Assignment: j.tx.NewAssignment(), Facts: hotline.Facts{
			Unit: p.Unit, Part: p.Part, Level: p.Level, Due: hotline.DueOnAssign(j.r, c, p.Unit, j.now),
		}})
		if err != nil {
			return err
		}
		c = next
	}
	if c.Status == hotline.Filed {
		return fmt.Errorf("case %d: the decision %q assigns nobody", c.ID, decision.Why)
	}
	return nil
}

// many tells of which cases the reporter had sent so many on that day before that somebody looks at them first. Emergencies go on at once, and so does what was
// not written in a chat: there somebody has looked.
func (j *job) many(ctx context.Context, cases []hotline.Case) (map[hotline.CaseID]bool, error) {
	if j.r.Limits.Reports == 0 {
		return nil, nil
	}
	var ids []hotline.CaseID
	var first time.Time
	for _, c := range cases {
		if c.Reporter != 0 && !c.Urgent && c.Source == hotline.SourceChat {
			ids = append(ids, c.ID)
			if first.IsZero() || c.Filed.Before(first) {
				first = c.Filed
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	y, m, d := first.In(j.r.Zone).Date()
	many, err := j.tx.ManyBefore(ctx, ids, time.Date(y, m, d, 0, 0, 0, 0, j.r.Zone), j.r.Limits.Reports)
	if err != nil {
		return nil, fmt.Errorf("count what a person has sent today: %w", err)
	}
	return many, nil
}

// triage asks the coordinators to choose a unit.
func (j *job) triage(ctx context.Context, c hotline.Case, d hotline.Decision) (hotline.Case, error) {
	c, err := j.record(c, hotline.Event{Kind: hotline.EvTriaged, Facts: hotline.Facts{Word: d.Why}})
	if err != nil {
		return c, err
	}
	if d.Why == WhyWordless {
		return c, nil // they have the card that asks to write it down
	}
	to, err := j.coordinators(ctx, c)
	if err != nil {
		return c, err
	}
	j.tell(j.Cards.Triage(j.r, c, d), to)
	return c, nil
}
