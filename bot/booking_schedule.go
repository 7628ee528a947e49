package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tanggap/hotline"
)

// This file is where the programmes come next.

// asksSchedule tells whether somebody asks when a programme comes: "kapan bupati ke desaku". It gives the programme, or nothing where none is named.
func (k *talk) asksSchedule(text string) (programme string, ok bool) {
	said := " " + strings.Join(hotline.Words(text), " ") + " "
	asks := false
	for _, w := range []string{" kapan ", " jadwal ", " jadwalnya ", " jadwale ", " tanggal ", " mbenjing napa ", " benjing napa ", " when ", " schedule "} {
		asks = asks || strings.Contains(said, w)
	}
	if !asks || len(strings.Fields(text)) > 14 || leans(text) == leansReport || leans(text) == leansBoth {
		return "", false
	}
	for _, g := range k.reg.Programmes {
		for _, w := range append([]string{g.Name}, g.Keywords...) {
			if strings.Contains(said, " "+strings.Join(hotline.Words(w), " ")+" ") {
				return g.ID, true
			}
		}
	}
	if len(k.reg.Programmes) == 0 {
		return "", false
	}
	for _, w := range []string{" bupati ", " keliling ", " kunjungan ", " regent "} {
		if strings.Contains(said, w) {
			return "", true
		}
	}
	return "", false
}

// How many visits are shown at once, and read to choose from.
const (
	visitsNear  = 3
	visitsShown = 8
	visitsRead  = 200
)

// schedule shows the next visits near somebody. Where they live is asked first.
func (k *talk) schedule(ctx context.Context, t Booker, programme string, gather bool) error {
	s := &k.st.Citizen.Book
	if a := k.areaSaid(k.read(k.msg.Text)); a != "" && k.msg.Kind == hotline.MsgText && s.Then == "" && s.Step != stepHome {
		s.Home, s.Nowhere = a, false
	}
	if len(k.reg.Programmes) == 0 {
		k.say(hotline.Say("schedule.none").With(pickServices(), pickMenu()))
		return nil
	}
	if s.Home == "" && !s.Nowhere {
		if err := k.giveBack(ctx, t); err != nil {
			return err
		}
		s.begin(k.now)
		s.Then = "schedule:" + programme
		k.askHome(gather, hotline.Reply{})
		return nil
	}
	all, err := t.Coming(ctx, programme, visitsRead)
	if err != nil {
		return fmt.Errorf("list visits: %w", err)
	}
	s.Step = ""
	if len(all) == 0 {
		k.sayWhen(gather, hotline.Say("schedule.none").With(pickServices(), pickMenu()))
		return nil
	}
	near := k.nearest(all)
	r := hotline.Say("schedule.next")
	if s.Home != "" {
		home, _ := k.reg.Area(s.Home)
		here := slices.ContainsFunc(near, func(v hotline.Visit) bool {
			kec, _ := k.reg.Kecamatan(v.Area)
			return v.Area == s.Home || home.Level == hotline.LevelKecamatan && kec.Code == s.Home
		})
		if r = hotline.Say("schedule.near", "area", hotline.AreaArg(s.Home)); !here {
			r = hotline.Say("schedule.nothere", "area", hotline.AreaArg(s.Home)).And("schedule.nearest")
		}
	}
	var rows []hotline.Choice
	for _, v := range near {
		r = r.And("schedule.visit", "day", hotline.DateArg(v.Date), "time", windowText(v.Hours), "place", k.venueName(v), "programme", k.programmeName(v))
		rows = append(rows, hotline.Pick(value("b", "go", "visit", strconv.FormatInt(int64(v.ID), 10)), "button.visit", "place", k.venueName(v)))
	}
	r = inRows(r, 1, rows)
	if len(all) > len(near) {
		r = r.With(hotline.Pick(value("b", "go", "all", programme), "button.schedule.all"), pickMenu())
	}
	k.sayWhen(gather, r)
	return nil
}

func (k *talk) sayWhen(gather bool, r hotline.Reply) {
	if gather {
		k.later(r)
		return
	}
	k.say(r)
}

func (k *talk) programmeName(v hotline.Visit) string {
	g, _ := k.reg.ProgrammeByID(v.Programme)
	return g.Name
}

// nearest chooses the visits nearest to where somebody lives, and gives them in the order of their days: those to the own village, the own kecamatan, and the nearest.
// Where that is not known they are the next.
func (k *talk) nearest(all []hotline.Visit) []hotline.Visit {
	s := &k.st.Citizen.Book
	home, ok := k.reg.Area(s.Home)
	if !ok {
		return all[:min(len(all), visitsNear)]
	}
	own, _ := k.reg.Kecamatan(s.Home)
	far := func(v hotline.Visit) float64 {
		a, _ := k.reg.Area(v.Area)
		kec, _ := k.reg.Kecamatan(v.Area)
		switch {
		case v.Area == s.Home:
			return -2
		case kec.Code == own.Code:
			return -1
		}
		return hotline.Kilometres(home.Center, a.Center)
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b hotline.Visit) int {
		switch x, y := far(a), far(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	sorted = sorted[:min(len(sorted), visitsNear)]
	slices.SortStableFunc(sorted, func(a, b hotline.Visit) int { return strings.Compare(a.Date, b.Date) })
	return sorted
}

// wholeSchedule shows the schedule, a page at a time: "programme" or "programme/2".
func (k *talk) wholeSchedule(ctx context.Context, t Booker, v string) error {
	programme, page, _ := strings.Cut(v, "/")
	all, err := t.Coming(ctx, programme, visitsRead)
	if err != nil {
		return fmt.Errorf("list visits: %w", err)
	}
	n, _ := strconv.Atoi(page)
	from := max(0, min(n*visitsShown, len(all)-1))
	if len(all) == 0 {
		k.say(hotline.Say("schedule.none").With(pickServices(), pickMenu()))
		return nil
	}
	r := hotline.Say("schedule.all", "n", len(all))
	for _, v := range all[from:min(from+visitsShown, len(all))] {
		r = r.And("schedule.line", "day", hotline.DateArg(v.Date), "place", k.venueName(v))
	}
	var turn []hotline.Choice
	if from > 0 {
		turn = append(turn, hotline.Pick(value("b", "go", "all", programme+"/"+strconv.Itoa(n-1)), "button.place.before"))
	}
	if from+visitsShown < len(all) {
		turn = append(turn, hotline.Pick(value("b", "go", "all", programme+"/"+strconv.Itoa(n+1)), "button.place.more"))
	}
	if len(turn) > 0 {
		r = r.With(turn...)
	}
	k.say(r.With(pickServices(), pickMenu()))
	return nil
}

// showVisit shows what is offered at a visit.
func (k *talk) showVisit(ctx context.Context, t Booker, id string) error {
	n, _ := strconv.ParseInt(id, 10, 64)
	v, err := t.Visit(ctx, hotline.VisitID(n))
	if errors.Is(err, hotline.ErrNotFound) {
		return k.oldButton()
	}
	if err != nil {
		return fmt.Errorf("read a visit: %w", err)
	}
	r := hotline.Say("schedule.visit", "day", hotline.DateArg(v.Date), "time", windowText(v.Hours), "place", k.venueName(v), "programme", k.programmeName(v))
	s := &k.st.Citizen.Book
	if !k.reg.Bookable(v, k.now) {
		r = r.And("schedule.later")
	} else {
		r = r.And("schedule.what")
	}
	if err := k.giveBack(ctx, t); err != nil {
		return err
	}
	s.begin(k.now)
	for _, c := range v.Counters {
		if k.reg.Bookable(v, k.now) && !c.Closed {
			r = r.With(hotline.Pick(s.value(stepWhich, c.Service), "button.service", "service", hotline.ServiceArg(c.Service)))
		} else {
			r = r.And("schedule.service", "service", hotline.ServiceArg(c.Service))
		}
		s.Which = append(s.Which, c.Service)
	}
	s.Step, s.Shown = stepWhich, k.now
	if s.Home == "" {
		s.Home = v.Area // they look at this one
	}
	k.say(r.With(pickServices(), pickMenu()))
	return nil
}
