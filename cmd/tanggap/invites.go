package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"tanggap/hotline"
	"tanggap/store"
)

// dayAndTime is how moments stand in lists.
const dayAndTime = "2006-01-02 15:04"

// inside opens the database and does something within one transaction.
func (p *program) inside(fn func(ctx context.Context, d *data, tx *store.Tx) error) error {
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	work := func() error {
		s, err := d.store(p.ctx)
		if err != nil {
			return err
		}
		defer s.Close()
		return s.Do(p.ctx, time.Now(), func(tx *store.Tx) error { return fn(p.ctx, d, tx) })
	}
	return errors.Join(work(), d.close())
}

type invitesCmd struct{}

// Run lists the invitations that somebody can still use. The codes themselves are not known any more.
func (c *invitesCmd) Run(p *program) error {
	return p.inside(func(ctx context.Context, d *data, tx *store.Tx) error {
		open, err := tx.Invites(ctx)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			_, err := fmt.Fprintln(p.out, "No invitation is open; see: tanggap officer invite --help")
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tNAME\tROLE\tUNIT\tMADE\tEXPIRES")
		for _, in := range open {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", in.Ref, printable(in.Name), in.Role, in.Unit,
				in.Created.In(d.regency.Zone).Format(dayAndTime), in.Expires.In(d.regency.Zone).Format(dayAndTime))
		}
		return w.Flush()
	})
}

type revokeCmd struct {
	ID string `arg:"" help:"The invitation's (list: tanggap officer invites)."`
}

// Run takes an invitation back.
func (c *revokeCmd) Run(p *program) error {
	return p.inside(func(ctx context.Context, _ *data, tx *store.Tx) error {
		in, err := tx.RevokeInvite(ctx, c.ID)
		switch {
		case errors.Is(err, hotline.ErrNotFound):
			return fmt.Errorf("no open invitation %.20q; see which there are with: tanggap officer invites", c.ID)
		case err != nil:
			return err
		}
		_, err = fmt.Fprintf(p.out, "the invitation of %s as %s of %s can no longer be used\n", printable(in.Name), in.Role, in.Unit)
		return err
	})
}

type erasuresCmd struct {
	Since string `placeholder:"MOMENT" help:"List those that were carried out since then, from the record outside of the database (TANGGAP_ERASURES)."`
	Apply bool   `help:"After a restore: carry out again those that the database does not know of."`
}

// Run lists the requests for erasure that wait for the coordinator, without names: whoever operates the program need not know who asks.
func (c *erasuresCmd) Run(p *program) error {
	if c.Since != "" || c.Apply {
		return c.recorded(p)
	}
	return p.inside(func(ctx context.Context, d *data, tx *store.Tx) error {
		open, err := tx.Erasures(ctx)
		if err != nil {
			return err
		}
		if len(open) == 0 {
			_, err := fmt.Fprintln(p.out, "No request for erasure is open.")
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tPERSON\tASKED\tDUE\t")
		for _, q := range open {
			late := ""
			if q.Due.Before(time.Now()) {
				late = "late"
			}
			fmt.Fprintf(w, "%d\t%d\t%s\t%s\t%s\n", q.ID, q.Person, q.At.In(d.regency.Zone).Format(dayAndTime), q.Due.In(d.regency.Zone).Format(dayAndTime), late)
		}
		return w.Flush()
	})
}
