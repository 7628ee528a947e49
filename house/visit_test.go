package house_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tanggap/bot"
	"tanggap/hotline"
	"tanggap/store"
)

// visit does an act of a script about the visits of programmes, as the coordinator would on the console: see script.
func (g *stage) visit(line string) error {
	ctx := context.Background()
	return g.house.Store().Do(ctx, g.clock.Now(), func(tx *store.Tx) error {
		roles, err := tx.People(ctx, nil, hotline.RoleCoordinator)
		if err != nil || len(roles) == 0 {
			return errors.Join(errors.New("nobody coordinates"), err)
		}
		who := hotline.Viewer{Person: roles[0].Person, Roles: roles[:1]}
		key, rest, _ := strings.Cut(line, ": ")
		var news []hotline.BookingNews
		switch key {
		case "visit":
			return g.openVisit(ctx, tx, who, rest)
		case "visit moves":
			where, reason, _ := strings.Cut(rest, ": ")
			date, venue, _ := strings.Cut(where, " ")
			news, err = tx.MoveVisit(ctx, who, g.lastVisit, date, venue, reason)
		case "visit cancelled":
			news, err = tx.CancelVisit(ctx, who, g.lastVisit, rest)
		case "visit asks":
			return g.askAgencies(ctx, tx, who)
		case "visit serves":
			news, err = g.serve(ctx, tx, who, rest)
		default:
			err = errors.New("no such act")
		}
		for _, o := range bot.BookingNotices(g.regency, news) {
			tx.Say(o)
		}
		return err
	})
}

// openVisit reads "ngantor-di-desa 2025-05-06 33.20.05.2004 Balai Desa Bawu; kia 2, ktp-rekam 20" and opens that visit for booking, with those services alone where some are
// named.
func (g *stage) openVisit(ctx context.Context, tx *store.Tx, who hotline.Viewer, line string) error {
	line, only, some := strings.Cut(line, "; ")
	f := strings.SplitN(line, " ", 4)
	if len(f) != 4 {
		return errors.New("a programme, a date, an area, a venue")
	}
	p, ok := g.regency.ProgrammeByID(f[0])
	if !ok {
		return fmt.Errorf("there is no programme %s", f[0])
	}
	v := g.regency.NewVisit(p, f[1], f[2])
	if v.Venue = f[3]; some {
		v.Counters = nil
		for i, one := range strings.Split(only, ", ") {
			service, quota, _ := strings.Cut(one, " ")
			n, err := strconv.Atoi(quota)
			if err != nil {
				return err
			}
			v.Counters = append(v.Counters, g.regency.NewCounter(hotline.ProgrammeService{Service: service, Quota: n}, i, p.Hours))
		}
	}
	v, _, err := tx.PutVisit(ctx, who, v)
	if err != nil {
		return err
	}
	g.lastVisit = v.ID
	_, err = tx.SetVisitState(ctx, who, v.ID, hotline.VisitOpen)
	return err
}

// serve checks everybody of a service in, calls the first and serves them: "ktp-rekam".
func (g *stage) serve(ctx context.Context, tx *store.Tx, who hotline.Viewer, service string) ([]hotline.BookingNews, error) {
	s, _ := g.regency.ServiceByID(service)
	who.Roles = append(who.Roles, hotline.Role{Person: who.Person, Name: hotline.RoleVenue, Unit: s.Agency}, hotline.Role{Person: who.Person, Name: hotline.RoleOfficer, Unit: s.Agency})
	all, err := tx.VisitBookings(ctx, who, g.lastVisit, service, 100)
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		if b.State == hotline.BookingBooked {
			if _, err := tx.CheckIn(ctx, who, b.ID, false, store.VenueAct{}); err != nil {
				return nil, fmt.Errorf("check in: %w", err)
			}
		}
	}
	called, err := tx.CallNext(ctx, who, g.lastVisit, service, store.VenueAct{})
	if err != nil || called.Booking.ID == 0 {
		return nil, errors.Join(errors.New("nobody is called"), err)
	}
	if _, err := tx.Serve(ctx, who, called.Booking.ID, store.VenueAct{}); err != nil {
		return nil, err
	}
	_, news, err := tx.Finish(ctx, who, called.Booking.ID, store.Outcome{State: hotline.BookingDone}, store.VenueAct{})
	return append(called.News, news...), err
}

// askAgencies asks the agencies of the last visit that have not answered.
func (g *stage) askAgencies(ctx context.Context, tx *store.Tx, who hotline.Viewer) error {
	visit, people, err := tx.AskAgencies(ctx, who, g.lastVisit)
	for _, a := range visit.Agencies {
		for _, p := range people[a.Agency] {
			tx.Say(hotline.Out{Person: p, Lane: hotline.LaneNotice, Reply: bot.AskVisit(g.regency, visit, a)})
		}
	}
	return err
}
