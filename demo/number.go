package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/store/sqlstore"
	"go.mau.fi/whatsmeow/types"

	channel "tanggap/bot/whatsapp"
	"tanggap/house"
	"tanggap/simulator/whatsapp"
)

// Our own number at the simulated WhatsApp: 0800 belongs to no telephone that could have WhatsApp. Its telephone lies on a table somewhere; we are
// linked as a device of it, like a browser would be.
const (
	ourNumber  = "628000000112"
	numberName = "demo" // what the number is called in the database
)

// linked are the house's options for our number. It speaks a little faster than it would dare to where people are banned.
func (s *stage) linked() *house.WhatsAppOptions {
	root := whatsapp.Root()
	return &house.WhatsAppOptions{
		Pace:      &channel.Pace{Gap: 100 * time.Millisecond, Same: 100 * time.Millisecond, Jitter: 100 * time.Millisecond},
		Transport: s.wa.Transport(), Root: &root,
	}
}

// link links us to the telephone, as tanggap whatsapp pair does; the telephone scans what is shown at once. The device's keys stay in the database, so
// the next run finds them, and the network takes them for those of a device that was linked before it began.
func (s *stage) link(ctx context.Context) error {
	st := s.house.Store()
	numbers, err := st.Numbers(ctx)
	if err != nil {
		return err
	}
	for _, n := range numbers { // the guard has seen to it that they are ours
		if n.JID == "" || n.Trouble == string(channel.TroubleLoggedOut) {
			continue
		}
		_, err := st.NumberTrouble(ctx, n.Name, "") // of an earlier run
		return err
	}
	db := st.SQL()
	defer db.Close() //nolint:errcheck // the pool beneath it is the house's
	o := s.linked()
	var scanned error
	device, err := channel.Pair(ctx, channel.PairOptions{DB: db, Log: s.Log, Transport: o.Transport, Root: o.Root,
		Show: func(code string, _ time.Time) { scanned = s.wa.ScanQR(ourNumber, code) }})
	if err := errors.Join(err, scanned); err != nil {
		return fmt.Errorf("link our number at the simulated WhatsApp: %w", err)
	}
	if _, err := st.LinkNumber(ctx, numberName, "citizens", device.String()); err != nil {
		return err
	}
	s.screen.note("Linked to a telephone on the simulated WhatsApp: +%s.", ourNumber)
	return nil
}

// reachable waits until our number is on the network, with keys for those who want to write to it.
func (s *stage) reachable(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("our number does not come onto the simulated WhatsApp"))
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for s.wa.Keys(ourNumber) == 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// phones gives the telephone numbers of those who wrote to us on WhatsApp in earlier runs, by LID, as far as they showed them.
func (s *stage) phones(ctx context.Context, lids []string) (map[string]string, error) {
	db := s.house.Store().SQL()
	defer db.Close() //nolint:errcheck // the pool beneath it is the house's
	kept := sqlstore.NewWithDB(db, "postgres", nil).LIDMap
	out := map[string]string{}
	for _, l := range lids {
		lid, err := types.ParseJID(l)
		if err != nil {
			continue
		}
		number, err := kept.GetPNForLID(ctx, lid)
		if err != nil {
			return nil, fmt.Errorf("look up telephone numbers of earlier runs: %w", err)
		}
		if number.User != "" {
			out[l] = number.User
		}
	}
	return out, nil
}
