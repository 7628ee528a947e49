package main

import (
	"cmp"
	"fmt"
	"text/tabwriter"
	"time"

	"tanggap/config"
)

type checkCmd struct {
	Dir string `arg:"" optional:"" help:"A folder, or a regency that ships with the program (default: TANGGAP_REGENCY, or jepara)."`
}

// Run names every problem on a line of its own, with its place and the mend. Warnings alone are no failure.
func (c *checkCmd) Run(p *program) error {
	name := cmp.Or(c.Dir, p.getenv("TANGGAP_REGENCY"), config.DefaultRegency)
	r, report := config.Regency(name, time.Now())
	for _, problem := range report.Problems {
		fmt.Fprintln(p.out, problem)
	}
	if r == nil {
		return fmt.Errorf("%s: %s", name, counted(report.Errors(), "error"))
	}
	warnings := ""
	if n := len(report.Problems); n > 0 {
		warnings = ", " + counted(n, "warning")
	}
	_, err := fmt.Fprintf(p.out, "%s: ok, %d agencies, %d units, %d categories, %d kecamatan, %d villages%s\n", r.ID, len(r.Agencies), len(r.Units),
		len(r.Categories), len(r.Kecamatans()), len(r.Villages()), warnings)
	return err
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

type regencyCmd struct {
	Agency string `arg:"" optional:"" help:"Only this agency."`
	Places bool   `help:"Also the units of kecamatan and villages, hundreds of them."`
}

// Run lists agencies with their units, a line each: what "officer invite" takes.
func (c *regencyCmd) Run(p *program) error {
	r, err := p.regency(cmp.Or(p.getenv("TANGGAP_REGENCY"), config.DefaultRegency))
	if err != nil {
		return err
	}
	only := ""
	if c.Agency != "" {
		if only, err = findAgency(r, c.Agency); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	hidden := 0
	for _, g := range r.Agencies {
		if only != "" && g.ID != only {
			continue
		}
		desk := ""
		if !g.Desk {
			desk = "(no desk: the coordinator passes its cases on)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", g.ID, g.Name, desk)
		for _, u := range r.Units {
			switch {
			case u.Agency != g.ID || u.ID == g.ID:
			case len(u.Territory) > 0 && !c.Places && only == "":
				hidden++
			default:
				fmt.Fprintf(w, "  %s\t%s\t\n", u.ID, u.Name)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if hidden > 0 {
		_, err = fmt.Fprintf(p.out, "and %d units of places: tanggap regency --places\n", hidden)
	}
	return err
}
