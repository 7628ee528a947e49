package hotline

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestWhatIsJoinedIsSeenAsOnesOwn(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	c := Case{ID: 1, Reporter: 1, Category: "jalan-rusak", Privacy: Sealed, Status: Working,
		Assignments: []Assignment{{ID: 1, Unit: "pu.jalan", Part: Lead, State: Taken, Officer: 2}}}
	own := Sight{Facts: true, Content: true, Reporter: true, Voice: true}
	for name, v := range map[string]struct {
		who  Viewer
		want Sight
	}{
		"the reporter from elsewhere":            {Viewer{Person: 9, Also: []PersonID{1}}, own},
		"a stranger who is several":              {Viewer{Person: 9, Also: []PersonID{8}}, Sight{}},
		"nobody, joined with nobody":             {Viewer{Also: []PersonID{0}}, Sight{}},
		"the officer who took it, elsewhere":     {Viewer{Person: 3, Also: []PersonID{2}, Roles: []Role{role(RoleOfficer, "pu.jalan")}}, Sight{Facts: true, Content: true, Act: true}},
		"the officer turns out to have filed":    {Viewer{Person: 2, Also: []PersonID{1}, Roles: []Role{role(RoleOfficer, "pu.jalan")}}, own},
		"a secret case is a colleague's outside": {Viewer{Person: 3, Also: []PersonID{4}, Roles: []Role{role(RoleOfficer, "pu.jalan")}}, Sight{Facts: true}},
	} {
		if got := r.Sees(v.who, c); got != v.want {
			t.Errorf("%s: %+v, want %+v", name, got, v.want)
		}
	}
}

// Joined people see what each of them sees, and no more; but what hides a case from one of them hides it from all.
func TestJoinedPeopleSeeTogetherWhatTheySawApart(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := anyCase(rt)
		var parts []Viewer
		together := Viewer{Person: 1}
		for p := PersonID(1); p <= 3; p++ {
			v := Viewer{Person: p}
			for range rapid.IntRange(0, 2).Draw(rt, "roles") {
				v.Roles = append(v.Roles, Role{Person: p, Name: rapid.SampledFrom([]RoleName{RoleOfficer, RoleHead, RoleCoordinator, RoleSetda, RoleResponder, RoleViewer}).Draw(rt, "role"),
					Unit: rapid.SampledFrom([]string{"pu", "pu.jalan", "damkar", "kominfo"}).Draw(rt, "unit")})
			}
			parts = append(parts, v)
			together.Roles = append(together.Roles, v.Roles...)
			if p > 1 {
				together.Also = append(together.Also, p)
			}
		}
		got := r.Sees(together, c)
		if together.Is(c.Reporter) {
			if want := (Sight{Facts: true, Content: true, Reporter: true, Voice: true}); got != want {
				rt.Fatalf("the reporter sees %+v", got)
			}
			return
		}
		accused := slices.ContainsFunc(together.Roles, func(x Role) bool { return c.About != "" && r.AgencyOf(x.Unit) == c.About })
		var want Sight
		for _, v := range parts {
			want = want.or(r.Sees(v, c))
		}
		if c.Privacy.IsAnonymous() && !together.Has(RoleCoordinator) {
			want.Voice = false
		}
		if !accused && got != want && !sharedWork(together, c) {
			rt.Fatalf("together %+v, apart %+v", got, want)
		}
		if accused && got.Facts && !slices.ContainsFunc(together.Roles, func(x Role) bool { return x.Name == RoleHead && r.AgencyOf(x.Unit) == c.About }) {
			rt.Fatalf("an accused agency's people see %+v", got)
		}
		// Parted again, each sees what they saw.
		for _, v := range parts {
			if v.Also != nil {
				rt.Fatal("a viewer was changed")
			}
		}
	})
}

// sharedWork tells whether one of them took a part where another holds the role: together they may work what apart neither could.
func sharedWork(v Viewer, c Case) bool {
	return slices.ContainsFunc(c.Assignments, func(a Assignment) bool { return v.Is(a.Officer) })
}

func anyCase(rt *rapid.T) Case {
	c := Case{ID: 1, Reporter: PersonID(rapid.IntRange(0, 5).Draw(rt, "reporter")), Category: "jalan-rusak", Status: Working,
		Privacy: rapid.SampledFrom([]Privacy{Open, Anonymous, Secret, Sealed}).Draw(rt, "privacy"),
		About:   rapid.SampledFrom([]string{"", "", "pu", "kominfo"}).Draw(rt, "about")}
	for i := range rapid.IntRange(0, 2).Draw(rt, "assignments") {
		c.Assignments = append(c.Assignments, Assignment{ID: AssignmentID(i + 1), Part: Lead, Level: rapid.IntRange(0, 3).Draw(rt, "level"),
			Unit:    rapid.SampledFrom([]string{"pu", "pu.jalan", "damkar"}).Draw(rt, "at"),
			State:   rapid.SampledFrom([]AssignmentState{Waiting, Taken, Done, Cancelled}).Draw(rt, "state"),
			Officer: PersonID(rapid.IntRange(0, 5).Draw(rt, "officer"))})
	}
	return c
}

func TestGroupsAreShownNothingThatIsSecretOrAccuses(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(rt *rapid.T) {
		c := anyCase(rt)
		c.Category = rapid.SampledFrom([]string{"jalan-rusak", "pungli", "pelayanan", ""}).Draw(rt, "category")
		s := r.ForGroup(c)
		if s.Reporter || s.Voice || s.Act {
			rt.Fatalf("a group sees %+v", s)
		}
		category, _ := r.Category(c.Category)
		if s.Facts && (c.Privacy.IsSecret() || c.About != "" || category.Oversight || category.Rudeness || category.Secret) {
			rt.Fatalf("a group hears of %+v", c)
		}
		if s.Content && c.Privacy.IsAnonymous() {
			rt.Fatal("a group reads what an anonymous reporter wrote")
		}
	})
}

func TestATailIsRecognisedAndNoMore(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"+6281234567890": "7890", "123456789012345:7@lid": "2345", "99@lid": "99", "-1001234": "1234", "": ""} {
		if got := Tail(in); got != want {
			t.Errorf("%q gives %q", in, got)
		}
	}
}
