package store_test

import (
	"testing"
	"time"

	"tanggap/hotline"
	"tanggap/store"
	"tanggap/testbed"
)

func charts(t *testing.T, s *store.Store, now time.Time, v hotline.Viewer) (c hotline.Charts) {
	t.Helper()
	do(t, s, now, func(tx *store.Tx) (err error) {
		c, err = tx.Charts(t.Context(), v)
		return err
	})
	return c
}

// Every figure is of the day it belongs to, in the regency's own time, and only of cases that the viewer may see.
func TestChartsCountWhatTheViewerMaySee(t *testing.T) {
	t.Parallel()
	s := testbed.Store(t)
	d := newDesk(t, s)
	siti, budi := person(t, s, "siti"), staffAt(t, s, "budi", hotline.RoleOfficer, "dpupr.jalan")
	if c := charts(t, s, monday, d.v); !c.Empty() || len(c.Days) != hotline.ChartDays || c.Median != hotline.NoAnswer {
		t.Errorf("of nothing: %+v", c)
	}
	now := monday.AddDate(0, 0, 10)
	fileAs(t, s, siti, now.AddDate(0, 0, -40), nil) // too long ago
	fileAs(t, s, siti, monday, func(f *hotline.Filing) { f.Source = hotline.SourceCall })
	// Half past midnight here is still the day before in Greenwich.
	midnight := time.Date(monday.Year(), monday.Month(), monday.Day()+1, 0, 30, 0, 0, testbed.Jepara().Zone)
	id := fileAs(t, s, siti, midnight, nil)
	a := assign(t, s, id, "dpupr.jalan", hotline.Lead)
	record(t, s, midnight.Add(time.Hour), id, hotline.Event{Kind: hotline.EvTaken, Assignment: a, By: budi.Person, Facts: hotline.Facts{Due: monday.AddDate(0, 0, 3)}}, hotline.Content{})
	record(t, s, midnight.Add(6*time.Hour), id, hotline.Event{Kind: hotline.EvAnswered, Assignment: a, By: budi.Person}, hotline.Content{Author: budi.Person, Text: "besok"})
	record(t, s, midnight.Add(30*time.Hour), id, hotline.Event{Kind: hotline.EvResolved, Assignment: a, By: budi.Person}, hotline.Content{Author: budi.Person, Text: "sudah"})
	record(t, s, midnight.Add(31*time.Hour), id, hotline.Event{Kind: hotline.EvRated, By: siti.Person.ID, Facts: hotline.Facts{Value: 4}}, hotline.Content{})
	other := fileAs(t, s, siti, now, nil)
	assign(t, s, other, "dlh.sampah", hotline.Lead)

	c := charts(t, s, now, d.v)
	if c.Filed() != 3 || c.Ended() != 1 || c.Ratings != [5]int{0, 0, 0, 1, 0} || c.Median != 6 {
		t.Errorf("all: %d filed, %d ended, ratings %v, median %v", c.Filed(), c.Ended(), c.Ratings, c.Median)
	}
	day := midnight.Format(time.DateOnly)
	for _, one := range c.Days {
		is := one.Day.Format(time.DateOnly) == day
		if is && (one.Filed != 1 || one.First != 6 || one.Ended != 0) || !is && one.First >= 0 {
			t.Errorf("on %v: %+v", one.Day, one)
		}
	}
	by := map[hotline.Source]int{}
	for _, x := range c.Sources {
		by[x.Source] = x.N
	}
	if by[hotline.SourceChat] != 2 || by[hotline.SourceCall] != 1 || len(c.Sources) != 3 {
		t.Errorf("by source: %+v", c.Sources)
	}
	if len(c.Agencies) != 1 || c.Agencies[0].Agency != "dlh" || c.Agencies[0].Open != 1 || c.Agencies[0].Late != 1 {
		t.Errorf("by agency: %+v", c.Agencies)
	}
	// The officer had one of them to its end, and sees no other.
	if c := charts(t, s, now, budi); c.Filed() != 1 || c.Ended() != 1 || c.Median != 6 || len(c.Agencies) != 0 {
		t.Errorf("the officer's: %d filed, %d ended, median %v, agencies %v", c.Filed(), c.Ended(), c.Median, c.Agencies)
	}
	if c := charts(t, s, now, staffAt(t, s, "wati", hotline.RoleOfficer, "dinkes")); !c.Empty() {
		t.Errorf("somebody else's officer: %+v", c)
	}
}
