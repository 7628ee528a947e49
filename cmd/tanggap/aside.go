package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"tanggap/hotline"
	"tanggap/store"
)

// What the program broke over three times, and what a network refused for good, is set aside. Its id here says which it is: in-12 came in, out-34 was to go
// out. What was said in it is not shown.

// asideMost is how many of either are listed.
const asideMost = 200

type asideListCmd struct{}

// Run lists what was set aside.
func (c *asideListCmd) Run(p *program) error {
	return p.inside(func(ctx context.Context, d *data, tx *store.Tx) error {
		in, err := tx.AsideInbox(ctx, asideMost)
		if err != nil {
			return err
		}
		out, err := tx.AsideOutbox(ctx, asideMost)
		if err != nil {
			return err
		}
		if len(in)+len(out) == 0 {
			_, err := fmt.Fprintln(p.out, "Nothing is set aside.")
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tWHEN\tACCOUNT\tWHAT\tWHY\tRETRY")
		for _, m := range in {
			fmt.Fprintf(w, "in-%d\t%s\t%s/%s\ta message of %d bytes\t%s\t%s\n", m.ID, m.At.In(d.regency.Zone).Format(dayAndTime), m.Channel, m.Account, m.Size,
				brief(m.Error), mayRetry(m.Again))
		}
		for _, m := range out {
			fmt.Fprintf(w, "out-%d\t%s\t%s\t%s\t%s\t%s\n", m.ID, m.Made.In(d.regency.Zone).Format(dayAndTime), m.Account, cmp.Or(m.Phrase, "-"),
				brief(strings.TrimSpace(m.Reason+" "+m.Detail)), mayRetry(m.Again))
		}
		return w.Flush()
	})
}

func mayRetry(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// mostReason is how many letters of a reason are shown: a parser's error may quote what somebody wrote.
const mostReason = 80

func brief(s string) string {
	letters := []rune(printable(oneLine(s)))
	if len(letters) > mostReason {
		return string(letters[:mostReason]) + "…"
	}
	return string(letters)
}

type asideRetryCmd struct {
	IDs []string `arg:"" optional:"" name:"id" help:"What to try again (list: tanggap aside)."`
	All bool     `help:"Everything that can be."`
}

// Run has what was set aside tried again. A running program finds it within seconds.
func (c *asideRetryCmd) Run(p *program) error {
	if c.All == (len(c.IDs) > 0) {
		return wrongUse("name what to try again (list: tanggap aside), or --all")
	}
	return p.inside(func(ctx context.Context, _ *data, tx *store.Tx) error {
		ids := c.IDs
		if c.All {
			var err error
			if ids, err = retriable(ctx, tx); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if err := retry(ctx, tx, id); err != nil {
				return err
			}
		}
		_, err := fmt.Fprintf(p.out, "tried again: %d\n", len(ids))
		return err
	})
}

// retriable lists what can be tried again, the oldest first: what people wrote is handled in its order.
func retriable(ctx context.Context, tx *store.Tx) (ids []string, err error) {
	in, err := tx.AsideInbox(ctx, asideMost)
	if err != nil {
		return nil, err
	}
	out, err := tx.AsideOutbox(ctx, asideMost)
	if err != nil {
		return nil, err
	}
	for i := len(in) - 1; i >= 0; i-- {
		if in[i].Again {
			ids = append(ids, fmt.Sprintf("in-%d", in[i].ID))
		}
	}
	for i := len(out) - 1; i >= 0; i-- {
		if out[i].Again {
			ids = append(ids, fmt.Sprintf("out-%d", out[i].ID))
		}
	}
	return ids, nil
}

func retry(ctx context.Context, tx *store.Tx, id string) error {
	kind, digits, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || kind != "in" && kind != "out" {
		return wrongUse("%.20q is none; write in-12 or out-34 as they are listed by: tanggap aside", id)
	}
	if kind == "in" {
		err = tx.TryMessage(ctx, hotline.InboxID(n))
	} else {
		err = tx.TryReply(ctx, hotline.OutID(n))
	}
	if errors.Is(err, hotline.ErrNotFound) {
		return fmt.Errorf("%s is not set aside, or cannot be tried again; see: tanggap aside", id)
	}
	return err
}
