package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"tanggap/hotline"
	"tanggap/store"
)

type planCmd struct {
	Programme string `help:"The programme's id (default: the one that is under way, or the next)."`
	From      string `help:"Not before this day, as 2026-12-01 (default: tomorrow, or the programme's first day)."`
	CSV       bool   `name:"csv" help:"Write the file that the console's import takes."`
}

// Run proposes where a programme goes and when. Nothing is written.
func (c *planCmd) Run(p *program) error {
	if c.From != "" {
		if _, err := time.Parse(time.DateOnly, c.From); err != nil {
			return wrongUse("--from %q is no date; write it as 2026-12-01", c.From)
		}
	}
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	return errors.Join(c.plan(p, d), d.close())
}

func (c *planCmd) plan(p *program, d *data) error {
	r, now := d.regency, time.Now()
	g, err := c.programme(r, now)
	if err != nil {
		return err
	}
	s, err := d.store(p.ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	ask := hotline.PlanAsk{Programme: g, From: c.From}
	if ask.From == "" {
		ask.From = now.In(r.Zone).AddDate(0, 0, 1).Format(time.DateOnly)
	}
	if g.Until != "" && g.Until < ask.From {
		return fmt.Errorf("%s ended on %s; plan it from an earlier day with --from %s, or give it a new until in programmes.yaml", g.ID, g.Until, g.From)
	}
	err = s.Do(p.ctx, now, func(tx *store.Tx) (err error) {
		if ask.Loads, err = tx.AreaLoads(p.ctx); err != nil {
			return err
		}
		ask.Visits, err = tx.VisitList(p.ctx, hotline.VisitAsk{Programme: g.ID, Limit: maxPlanned})
		return err
	})
	if err != nil {
		return err
	}
	proposal := r.Plan(ask)
	if c.CSV {
		return r.WriteVisitFile(p.out, r.ProposedVisits(g, proposal))
	}
	return c.show(p, r, g, proposal)
}

// maxPlanned is how many visits of a programme are looked at.
const maxPlanned = 10_000

func (c *planCmd) programme(r *hotline.Regency, now time.Time) (hotline.Programme, error) {
	var ids []string
	for _, g := range r.Programmes {
		ids = append(ids, g.ID)
	}
	switch g, ok := r.ProgrammeByID(c.Programme); {
	case ok:
		return g, nil
	case len(ids) == 0:
		return g, fmt.Errorf("%s has no programme; describe one in programmes.yaml", r.ID)
	case c.Programme != "":
		return g, fmt.Errorf("there is no programme %q; there is %s", c.Programme, strings.Join(ids, ", "))
	}
	g, _ := r.ProgrammeOn(r.Today(now))
	return g, nil
}

// show writes the proposal for people: each place with its day and why.
func (c *planCmd) show(p *program, r *hotline.Regency, g hotline.Programme, proposal hotline.Proposal) error {
	fmt.Fprintf(p.out, "%s: %s proposed\n", g.Name, counted(len(proposal.Visits), "visit"))
	fmt.Fprintln(p.out, "The hardest come first: open cases, late ones counted twice; kecamatan by village, "+
		"since the number of inhabitants is not in the data.")
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DATE\tCODE\tPLACE\tWHY")
	for _, x := range proposal.Visits {
		on, _ := time.Parse(time.DateOnly, x.Date)
		fmt.Fprintf(w, "%s %s\t%s\t%s\t%s\n", on.Format("Mon"), x.Date, x.Area, placeName(r, x.Area), planReasons(r, x))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, x := range proposal.Left {
		fmt.Fprintf(p.out, "no day is left for %s %s\n", x.Area, placeName(r, x.Area))
	}
	if len(proposal.Visits)+len(proposal.Left) == 0 {
		_, err := fmt.Fprintln(p.out, "every place has a visit already")
		return err
	}
	if len(proposal.Visits) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(p.out,
		"Take it over: tanggap programme plan --csv > visits.csv, and import that file in the console (/console/visits/import)")
	return err
}

func placeName(r *hotline.Regency, code string) string {
	a, _ := r.Area(code)
	if k, ok := r.Kecamatan(code); ok && k.Code != code {
		return a.Name + " (" + k.Name + ")"
	}
	return a.Name
}

// planReasons says why a place comes there and then.
func planReasons(r *hotline.Regency, x hotline.Proposed) string {
	var why []string
	if x.First {
		why = append(why, "the programme puts it first")
	}
	load := fmt.Sprintf("%d open, %d late: no. %d", x.Load.Open, x.Load.Late, x.Rank)
	if x.Villages > 1 {
		load += fmt.Sprintf(", by %d villages", x.Villages)
	}
	why = append(why, load)
	switch {
	case x.Among > 0 && x.Load == (hotline.AreaLoad{}):
		why = append(why, fmt.Sprintf("nothing is open in any of %d villages of its kecamatan", x.Among))
	case x.Among > 0:
		why = append(why, fmt.Sprintf("the hardest of %d villages of its kecamatan", x.Among))
	}
	if x.Apart != "" {
		why = append(why, "had to wait, since it borders on "+placeName(r, x.Apart))
	}
	if x.Beside != "" {
		why = append(why, "borders on the one before, "+placeName(r, x.Beside))
	}
	if x.Holiday != "" {
		why = append(why, "after "+x.Holiday)
	}
	return strings.Join(why, "; ")
}
