package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mdp/qrterminal/v3"
	"github.com/nyaruka/phonenumbers"
	"go.mau.fi/whatsmeow/types"

	"tanggap/bot/whatsapp"
	"tanggap/config"
	"tanggap/hotline"
	"tanggap/house"
	simulated "tanggap/simulator/whatsapp"
	"tanggap/store"
)

// pairCmd links one of our numbers.
type pairCmd struct {
	Name  string `arg:"" optional:"" default:"utama" help:"What the number is called here (default: utama)."`
	Phone string `help:"Type a code on this telephone instead of scanning a QR: its number, as 0812… or +62812…."`
	Use   string `default:"citizens" help:"Whom the number serves: citizens, officers, or a programme's id."`
}

// Run shows QR codes, or a code to type, until the telephone has linked us.
func (c *pairCmd) Run(p *program) error {
	phone := ""
	if c.Phone != "" {
		n, err := phonenumbers.Parse(c.Phone, "ID")
		if err != nil || !phonenumbers.IsValidNumber(n) {
			return wrongUse("--phone: write the number as 0812… or +62812…")
		}
		phone = strings.TrimPrefix(phonenumbers.Format(n, phonenumbers.E164), "+")
	}
	if !hotline.ValidID(c.Name) {
		return wrongUse("NAME: letters, digits, points and hyphens: utama")
	}
	return p.withNumbers(func(d *data, s *store.Store) error { return c.pair(p, d, s, phone) })
}

func (c *pairCmd) pair(p *program, d *data, s *store.Store, phone string) error {
	if old, err := s.Number(p.ctx, c.Name); err == nil && old.Trouble != string(whatsapp.TroubleLoggedOut) && old.JID != "" {
		return fmt.Errorf("the number %s is linked already; first: tanggap whatsapp unpair %s", c.Name, c.Name)
	}
	transport, root := p.whatsAppServer(d.WhatsApp)
	db := s.SQL()
	defer db.Close() //nolint:errcheck // the pool beneath it is closed with the store
	if phone == "" {
		fmt.Fprintln(p.out, "On the telephone: WhatsApp, ⋮ or Settings, Linked devices, Link a device; then scan:")
	} else {
		fmt.Fprintln(p.out, "On the telephone: WhatsApp, ⋮ or Settings, Linked devices, Link a device, Link with phone number; then type:")
	}
	device, err := whatsapp.Pair(p.ctx, whatsapp.PairOptions{DB: db, Phone: phone, Log: p.log, Transport: transport, Root: root,
		Show: func(code string, until time.Time) {
			if phone != "" {
				fmt.Fprintln(p.out, code)
				return
			}
			if f, ok := p.out.(*os.File); ok && isTerminal(f) {
				qrterminal.GenerateHalfBlock(code, qrterminal.L, p.out)
			} else {
				fmt.Fprintln(p.out, code) // somebody else draws it
			}
			fmt.Fprintf(p.out, "good until %s; the next one follows\n", until.In(d.regency.Zone).Format("15:04:05"))
		}})
	if err != nil {
		return err
	}
	before, err := s.LinkNumber(p.ctx, c.Name, c.Use, device.String())
	if err != nil {
		return err
	}
	if before != "" {
		p.log.Info("the device that had this name before is forgotten", "number", c.Name)
	}
	_, err = fmt.Fprintf(p.out, "Linked: %s is +%s. A running tanggap serve takes it up by itself; it must be started with TANGGAP_WHATSAPP=on.\n", c.Name, device.User)
	return err
}

type numbersCmd struct{}

// Run lists our numbers and how they do.
func (c *numbersCmd) Run(p *program) error {
	return p.withNumbers(func(d *data, s *store.Store) error {
		list, err := s.Numbers(p.ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(p.out, "No number yet; see: tanggap whatsapp pair --help")
			return err
		}
		w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tNUMBER\tUSE\tPAIRED\tTELEPHONE SEEN\tTROUBLE")
		for _, n := range list {
			number := "-"
			if jid, err := types.ParseJID(n.JID); err == nil && n.JID != "" {
				number = "+" + jid.User
			}
			trouble := n.Trouble
			if trouble == "" {
				trouble = "none"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", n.Name, number, n.Use, moment(n.Paired, d.regency.Zone), moment(n.Telephone, d.regency.Zone), trouble)
		}
		return w.Flush()
	})
}

func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

type unpairCmd struct {
	Name  string `arg:"" help:"The number's name (list: tanggap whatsapp status)."`
	Force bool   `help:"Also when WhatsApp cannot be told: then unlink it on the telephone, under Linked devices."`
}

// Run unlinks a number and deletes its keys.
func (c *unpairCmd) Run(p *program) error {
	return p.withNumbers(func(d *data, s *store.Store) error {
		n, err := s.Number(p.ctx, c.Name)
		if errors.Is(err, hotline.ErrNotFound) {
			return fmt.Errorf("there is no number %s; see: tanggap whatsapp status", c.Name)
		}
		if err != nil {
			return err
		}
		device, err := types.ParseJID(n.JID)
		if err == nil && n.JID != "" {
			// A running program lets go first: there may be only one connection as this device.
			if _, err := s.NumberTrouble(p.ctx, c.Name, string(whatsapp.TroubleReplaced)); err != nil {
				return err
			}
			if err := c.free(p.ctx, s, device); err != nil {
				return err
			}
			transport, root := p.whatsAppServer(d.WhatsApp)
			db := s.SQL()
			defer db.Close() //nolint:errcheck // the pool beneath it is closed with the store
			err = whatsapp.Unpair(p.ctx, whatsapp.UnpairOptions{DB: db, Device: device, Forget: c.Force, Log: p.log, Transport: transport, Root: root})
			if err != nil && !errors.Is(err, whatsapp.ErrUnpaired) {
				return err
			}
		}
		if err := s.UnlinkNumber(p.ctx, c.Name); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "Unlinked: %s. Whoever wrote to it is still known; what is to be said to them waits for a number of that account, or goes another way.\n", c.Name)
		return err
	})
}

// free waits until no running program speaks for the device.
func (c *unpairCmd) free(ctx context.Context, s *store.Store, device types.JID) error {
	name, me := string(hotline.WhatsApp)+"/"+device.User, "tanggap whatsapp unpair"
	for range 60 {
		got, err := s.Lease(ctx, name, me, time.Minute, nil)
		if err != nil {
			return err
		}
		if got {
			return s.Unlease(ctx, name, me)
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.New("a running tanggap does not let go of the number; stop it and try again")
}

type resumeCmd struct {
	Name string `arg:"" help:"The number's name (list: tanggap whatsapp status)."`
}

// Run lets a number go on that was let go because something else was connected as it.
func (c *resumeCmd) Run(p *program) error {
	return p.withNumbers(func(_ *data, s *store.Store) error {
		n, err := s.Number(p.ctx, c.Name)
		switch {
		case errors.Is(err, hotline.ErrNotFound):
			return fmt.Errorf("there is no number %s; see: tanggap whatsapp status", c.Name)
		case err != nil:
			return err
		case n.Trouble == string(whatsapp.TroubleLoggedOut):
			return fmt.Errorf("WhatsApp has unlinked %s; link it again with: tanggap whatsapp pair %s", c.Name, c.Name)
		}
		if _, err := s.NumberTrouble(p.ctx, c.Name, ""); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.out, "%s goes on.\n", c.Name)
		return err
	})
}

// withNumbers opens what the commands about numbers need.
func (p *program) withNumbers(fn func(*data, *store.Store) error) error {
	d, err := p.open(needs{})
	if err != nil {
		return err
	}
	s, err := d.store(p.ctx)
	if err != nil {
		return errors.Join(err, d.close())
	}
	err = fn(d, s)
	s.Close()
	return errors.Join(err, d.close())
}

// whatsAppServer says where WhatsApp is: nil and nil for the real one.
func (p *program) whatsAppServer(w config.WhatsAppSettings) (http.RoundTripper, *[32]byte) {
	if w.Simulator == "" {
		return nil, nil
	}
	p.log.Warn("WhatsApp is a simulated one on this machine", "at", w.Simulator)
	root := simulated.Root()
	return simulated.TransportTo(w.Simulator), &root
}

// whatsApp adds the ways to WhatsApp that the settings choose.
func (p *program) whatsApp(o *house.Options, w config.WhatsAppSettings) {
	switch w.Way {
	case config.WhatsAppOn:
		o.WhatsApp = &house.WhatsAppOptions{}
		o.WhatsApp.Transport, o.WhatsApp.Root = p.whatsAppServer(w)
	case config.WhatsAppCloud:
		o.Cloud = &house.CloudOptions{NumberID: w.NumberID, Number: w.Number, Token: w.Token, AppSecret: w.AppSecret, Verify: w.Verify, API: w.API}
	}
}
