package hotline

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// clock gives a moment of November and December 2026 in Jepara, as "30 15:30" or "12-28 15:30". 23 November is a Monday; 24 and 25 December are off.
func clock(tb testing.TB, s string) time.Time {
	tb.Helper()
	layout := "2006-01-02 15:04"
	if len(s) == len("30 15:30") {
		s = "11-" + s
	}
	m, err := time.ParseInLocation(layout, "2026-"+s, wib)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestDueTimes(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	now := clock(t, "23 09:00")
	c := Case{Category: "jalan-rusak", Kind: Complaint, Status: Assigned, Filed: now, Due: ResolveDue(r, "jalan-rusak", Complaint, now)}
	for name, d := range map[string]struct {
		got  time.Time
		want string
	}{
		"a complaint: 14 working days":           {c.Due, "12-11 14:30"},
		"an inquiry: 5":                          {ResolveDue(r, "jalan-rusak", Inquiry, now), "30 15:30"},
		"an aspiration: 5":                       {ResolveDue(r, "", Aspiration, now), "30 15:30"},
		"an unknown kind: as a complaint":        {ResolveDue(r, "", "", now), "12-11 14:30"},
		"told on Friday night: counts as Monday": {ResolveDue(r, "", Inquiry, clock(t, "20 21:00")), "30 15:30"},
		"over Christmas":                         {ResolveDue(r, "", Inquiry, clock(t, "12-22 09:00")), "12-31 15:30"},
		"to be taken: 5 working days":            {DueOnAssign(r, c, "pu.jalan", now), "30 15:30"},
		"never later than promised":              {DueOnAssign(r, Case{Due: clock(t, "26 10:00")}, "pu.jalan", now), "26 10:00"},
		"promised for earlier and missed":        {DueOnAssign(r, Case{Due: clock(t, "20 10:00")}, "pu.jalan", now), "30 15:30"},
		"a unit that never closes":               {DueOnAssign(r, c, "damkar", now), "28 23:59"},
		"an emergency: a minute":                 {DueOnAssign(r, Case{Urgent: true}, "pu.jalan", clock(t, "22 03:00")), "22 03:01"},
		"taken: what was promised":               {DueOnTake(r, c, "pu.jalan", clock(t, "25 10:00")), "12-11 14:30"},
		"taken, and nothing was promised":        {DueOnTake(r, Case{Kind: Inquiry, Filed: now}, "pu.jalan", now), "30 15:30"},
		"taken too late: another first response": {DueOnTake(r, Case{Due: clock(t, "20 10:00")}, "pu.jalan", now), "30 15:30"},
		"an emergency taken late: by days":       {DueOnTake(r, Case{Urgent: true, Due: clock(t, "20 10:00")}, "pu.jalan", now), "28 09:00"},
	} {
		got := d.got.Truncate(time.Minute)
		if want := clock(t, d.want); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if days := r.Calendar("").WorkDaysBetween(now, ResolveDue(r, "pungli", Complaint, now)); days != 60 {
		t.Errorf("abuse of office is promised in %d working days, want 60", days)
	}
}

// A late assignment climbs: a day after it was due its head hears of it, three days later the secretary; then nobody is left.
func TestNextClimbsTheLadder(t *testing.T) {
	t.Parallel()
	r := routable(t)
	c := Case{Category: "jalan-rusak", Kind: Complaint, Status: Assigned}
	a := Assignment{ID: 1, Unit: "pu.jalan", Part: Lead, State: Waiting, Due: clock(t, "23 15:30")}
	never := func(when string) {
		t.Helper()
		if s, ok := Next(r, c, a, clock(t, when)); ok {
			t.Errorf("at %s comes %+v", when, s)
		}
	}
	climb := func(when string, want Step) {
		t.Helper()
		s, ok := Next(r, c, a, clock(t, when))
		if !ok || s != want {
			t.Fatalf("at %s comes %+v, %v, want %+v", when, s, ok, want)
		}
		a.Level, a.Due = s.Level, s.Due
	}
	never("23 15:29")
	never("24 15:29")
	climb("24 15:30", Step{Level: 1, Role: RoleHead, Unit: "pu.jalan", Due: clock(t, "27 14:30")})
	never("24 15:31")
	never("27 14:29")
	climb("27 14:30", Step{Level: 2, Role: RoleSetda, Unit: AgencySetda, Due: a.Due})
	never("12-31 12:00")
}

func TestNextWaits(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	late := clock(t, "12-31 12:00")
	a := Assignment{ID: 1, Unit: "pu.jalan", Part: Lead, State: Taken, Officer: 2, Due: clock(t, "23 15:30")}
	if _, ok := Next(r, Case{Status: Working}, a, late); !ok {
		t.Fatal("a late case doesn't climb; what follows would prove nothing")
	}
	for name, c := range map[string]struct {
		of Case
		a  func(*Assignment)
	}{
		"the reporter was asked":      {Case{Status: Asking}, func(*Assignment) {}},
		"a day was named":             {Case{Status: Scheduled}, func(*Assignment) {}},
		"it has ended":                {Case{Status: Ended}, func(*Assignment) {}},
		"it was withdrawn":            {Case{Status: Withdrawn}, func(*Assignment) {}},
		"the part is done":            {Case{Status: Working}, func(a *Assignment) { a.State = Done }},
		"the part was cancelled":      {Case{Status: Working}, func(a *Assignment) { a.State = Cancelled }},
		"nothing is due":              {Case{Status: Working}, func(a *Assignment) { a.Due = time.Time{} }},
		"the top has been reached":    {Case{Status: Working}, func(a *Assignment) { a.Level = 2 }},
		"a level that was taken away": {Case{Status: Working}, func(a *Assignment) { a.Level = 7 }},
		"a level that cannot be":      {Case{Status: Working}, func(a *Assignment) { a.Level = -1 }},
	} {
		b := a
		c.a(&b)
		if s, ok := Next(r, c.of, b, late); ok {
			t.Errorf("%s, and still comes %+v", name, s)
		}
	}
	if _, ok := Next(r, Case{Status: Asking}, Assignment{ID: 2, Unit: "damkar", Part: Supporting, State: Waiting, Due: a.Due}, late); !ok {
		t.Error("a supporting part waits for the answer to a question that is not its own")
	}
}

// An emergency climbs a step a minute, at night too, until somebody acknowledges.
func TestNextInAnEmergency(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	c := Case{Category: "kebakaran", Status: Assigned, Urgent: true}
	night := clock(t, "22 03:00") // a Sunday
	a := Assignment{ID: 1, Unit: "pu.jalan", Part: Lead, State: Waiting, Due: DueOnAssign(r, c, "pu.jalan", night)}
	s, ok := Next(r, c, a, night.Add(time.Minute))
	if !ok || s.Role != RoleHead || !s.Due.Equal(night.Add(2*time.Minute)) {
		t.Fatalf("after a minute comes %+v, %v", s, ok)
	}
	a.Level, a.Due = s.Level, s.Due
	a.Acked = true
	if s, ok := Next(r, c, a, night.Add(90*time.Second)); ok {
		t.Errorf("acknowledged and in time, and still comes %+v", s)
	}
	a.Acked = false
	if s, ok := Next(r, c, a, night.Add(2*time.Minute)); !ok || s.Role != RoleSetda {
		t.Errorf("after two minutes comes %+v, %v", s, ok)
	}
}

// However late the clock looks, a step is taken once, one at a time, and the ladder ends.
func TestNextEnds(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		c := Case{Status: Working, Urgent: rapid.Bool().Draw(t, "urgent")}
		a := Assignment{ID: 1, Unit: "pu", Part: Lead, State: Taken, Officer: 1, Due: noon, Acked: rapid.Bool().Draw(t, "acked")}
		now := noon.Add(-time.Hour)
		for range 50 {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour)
			s, ok := Next(r, c, a, now)
			if !ok {
				continue
			}
			if s.Level != a.Level+1 || s.Role != r.Ladder[s.Level].Role || s.Level+1 < len(r.Ladder) && !s.Due.After(now) || now.Before(a.Due) {
				t.Fatalf("from level %d at %s comes %+v", a.Level, now, s)
			}
			a.Level, a.Due = s.Level, s.Due
			if _, again := Next(r, c, a, now); again {
				t.Fatalf("two steps at once at %s", now)
			}
		}
	})
}
