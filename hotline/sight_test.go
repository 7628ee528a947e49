package hotline

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func viewer(p PersonID, roles ...Role) Viewer { return Viewer{Person: p, Roles: roles} }

func role(name RoleName, unit string) Role { return Role{Name: name, Unit: unit} }

// Who sees what of one case in one situation, as a table to read.
func TestSeesTable(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	all := Sight{Facts: true, Content: true, Reporter: true, Voice: true, Act: true}
	facts := Sight{Facts: true}
	taken := Case{ID: 1, Reporter: 1, Category: "jalan-rusak", Privacy: Open, Status: Working,
		Assignments: []Assignment{{ID: 1, Unit: "pu.jalan", Part: Lead, State: Taken, Officer: 2}}}
	with := func(change func(*Case)) Case {
		c := copied(taken)
		change(&c)
		return c
	}
	waiting := with(func(c *Case) { c.Status = Assigned; c.Assignments[0].State = Waiting; c.Assignments[0].Officer = 0 })
	for name, c := range map[string]struct {
		who  Viewer
		of   Case
		want Sight
	}{
		"the reporter, everything":                 {viewer(1), taken, Sight{Facts: true, Content: true, Reporter: true, Voice: true}},
		"an officer who is no person here":         {viewer(0, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { *c = copied(waiting); c.Privacy = Secret }), Sight{Facts: true, Act: true}},
		"a stranger, nothing":                      {viewer(9), taken, Sight{}},
		"nobody, nothing of a case by nobody":      {viewer(0), with(func(c *Case) { c.Reporter = 0 }), Sight{}},
		"the officer who took it":                  {viewer(2, role(RoleOfficer, "pu.jalan")), taken, all},
		"a colleague reads":                        {viewer(3, role(RoleOfficer, "pu.jalan")), taken, Sight{Facts: true, Content: true, Reporter: true, Voice: true}},
		"a colleague may take what waits":          {viewer(3, role(RoleOfficer, "pu.jalan")), waiting, all},
		"the agency's head may act":                {viewer(4, role(RoleHead, "pu")), taken, all},
		"a unit below, nothing":                    {viewer(5, role(RoleOfficer, "pu.jalan.utara")), taken, Sight{}},
		"another agency, nothing":                  {viewer(6, role(RoleHead, "damkar")), taken, Sight{}},
		"moved elsewhere, nothing":                 {viewer(2, role(RoleOfficer, "damkar")), taken, Sight{}},
		"the coordinator":                          {viewer(7, role(RoleCoordinator, "kominfo")), taken, all},
		"a secret emergency: where":                {viewer(3, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { *c = copied(waiting); c.Privacy, c.Urgent = Secret, true }), Sight{Facts: true, Place: true, Act: true}},
		"secret: the offer":                        {viewer(3, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { *c = copied(waiting); c.Privacy = Secret }), Sight{Facts: true, Act: true}},
		"secret: a colleague":                      {viewer(3, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { c.Privacy = Secret }), facts},
		"secret: the head":                         {viewer(4, role(RoleHead, "pu")), with(func(c *Case) { c.Privacy = Secret }), facts},
		"secret: who took it":                      {viewer(2, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { c.Privacy = Secret }), all},
		"anonymous: who took it":                   {viewer(2, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { c.Privacy = Anonymous }), Sight{Facts: true, Content: true, Act: true}},
		"anonymous: the coordinator writes it up":  {viewer(7, role(RoleCoordinator, "kominfo")), with(func(c *Case) { c.Privacy = Anonymous }), Sight{Facts: true, Content: true, Voice: true, Act: true}},
		"declined, nothing more":                   {viewer(3, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { c.Assignments[0].State = Cancelled }), Sight{}},
		"done, for who did it":                     {viewer(2, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { c.Status = Ended; c.Assignments[0].State = Done }), Sight{Facts: true, Content: true, Reporter: true, Voice: true}},
		"done, nothing for colleagues":             {viewer(3, role(RoleOfficer, "pu.jalan")), with(func(c *Case) { c.Status = Ended; c.Assignments[0].State = Done }), Sight{}},
		"accused, nothing":                         {viewer(4, role(RoleHead, "pu")), with(func(c *Case) { c.Category, c.About = "pungli", "pu" }), Sight{}},
		"accused, though also coordinator":         {viewer(4, role(RoleCoordinator, "kominfo"), role(RoleOfficer, "pu.jalan")), with(func(c *Case) { c.Category, c.About = "pungli", "pu" }), Sight{}},
		"rude service: the head answers":           {viewer(4, role(RoleHead, "pu")), with(func(c *Case) { c.Category, c.About, c.Assignments[0].Unit = "pelayanan", "pu", "pu" }), all},
		"rude service: not the officers":           {viewer(3, role(RoleOfficer, "pu")), with(func(c *Case) { c.Category, c.About, c.Assignments[0].Unit = "pelayanan", "pu", "pu" }), Sight{}},
		"rude hotline: not its head":               {viewer(4, role(RoleHead, "kominfo")), with(func(c *Case) { c.Category, c.About = "pelayanan", "kominfo" }), Sight{}},
		"rude hotline: not the coordinator":        {viewer(7, role(RoleCoordinator, "kominfo")), with(func(c *Case) { c.Category, c.About = "pelayanan", "kominfo" }), Sight{}},
		"an operator, what came by telephone":      {viewer(9, role(RoleOperator, "kominfo")), with(func(c *Case) { c.Source = SourceCall }), Sight{Facts: true, Content: true, Reporter: true}},
		"an operator, of a secret one the facts":   {viewer(9, role(RoleSupervisor, "kominfo")), with(func(c *Case) { c.Source, c.Privacy = SourceCall, Secret }), facts},
		"an operator, nothing of what was written": {viewer(9, role(RoleOperator, "kominfo")), taken, Sight{}},
		"an operator of the accused":               {viewer(9, role(RoleOperator, "pu")), with(func(c *Case) { c.Source, c.Category, c.About = SourceCall, "pungli", "pu" }), Sight{}},
		"the secretary, what came so far up":       {viewer(8, role(RoleSetda, "kominfo")), with(func(c *Case) { c.Assignments[0].Level = 2 }), Sight{Facts: true, Content: true}},
		"the secretary, nothing before":            {viewer(8, role(RoleSetda, "kominfo")), taken, Sight{}},
	} {
		if got := r.Sees(c.who, c.of); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

// aCase draws a case as it may stand at any moment, states and assignments at random.
func aCase(r *Regency) *rapid.Generator[Case] {
	units := []string{"pu", "pu.jalan", "pu.jalan.utara", "damkar", "itda", "kominfo", "kecamatan.99.01.01", "nowhere"}
	return rapid.Custom(func(t *rapid.T) Case {
		c := Case{
			ID: 1, Reporter: PersonID(rapid.IntRange(0, 3).Draw(t, "reporter")),
			Privacy:  rapid.SampledFrom([]Privacy{Open, Anonymous, Secret, Sealed}).Draw(t, "privacy"),
			Category: rapid.SampledFrom([]string{"", "jalan-rusak", "pungli", "pelayanan"}).Draw(t, "category"),
			About:    rapid.SampledFrom([]string{"", "", "pu", "kominfo", "itda"}).Draw(t, "about"),
			Status:   rapid.SampledFrom([]Status{Filed, Triage, Assigned, Working, Ended, Closed}).Draw(t, "status"),
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "assignments") {
			a := Assignment{ID: AssignmentID(i + 1), Unit: rapid.SampledFrom(units).Draw(t, "unit"), Part: Lead, Level: rapid.IntRange(0, 2).Draw(t, "level")}
			a.State = rapid.SampledFrom([]AssignmentState{Waiting, Taken, Done, Cancelled}).Draw(t, "state")
			if a.State == Taken || a.State == Done {
				a.Officer = PersonID(rapid.IntRange(1, 4).Draw(t, "officer"))
			}
			c.Assignments = append(c.Assignments, a)
		}
		return c
	})
}

func aViewer() *rapid.Generator[Viewer] {
	return rapid.Custom(func(t *rapid.T) Viewer {
		v := Viewer{Person: PersonID(rapid.IntRange(0, 4).Draw(t, "person"))}
		for range rapid.IntRange(0, 3).Draw(t, "roles") {
			v.Roles = append(v.Roles, Role{
				Name: rapid.SampledFrom([]RoleName{RoleCitizen, RoleOfficer, RoleHead, RoleResponder, RoleCoordinator, RoleSetda, RoleBupati, RoleViewer, RoleDesk}).Draw(t, "role"),
				Unit: rapid.SampledFrom([]string{"pu", "pu.jalan", "pu.jalan.utara", "damkar", "itda", "kominfo", "kecamatan.99.01.01", "nowhere"}).Draw(t, "unit"),
			})
		}
		return v
	})
}

// What must hold of every viewer and every case.
func TestSeesNeverTooMuch(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	seen := map[string]int{}
	property := func(t *rapid.T) {
		c, v := aCase(r).Draw(t, "case"), aViewer().Draw(t, "viewer")
		s := r.Sees(v, c)
		own := c.Reporter != 0 && c.Reporter == v.Person
		officer := slices.ContainsFunc(c.Assignments, func(a Assignment) bool { return a.Officer != 0 && a.Officer == v.Person && a.State != Cancelled })
		coordinator := v.Has(RoleCoordinator)
		switch {
		case s.Place && (!c.Urgent || !s.Facts):
			t.Fatal("the place of a secret matter is shown that is no emergency")
		case s.Content && !s.Facts, s.Reporter && !s.Content, s.Voice && !s.Content, s.Act && !s.Facts:
			t.Fatalf("a wider sight without the narrower one: %+v", s)
		case s.Reporter && c.Privacy.IsAnonymous() && !own:
			t.Fatal("an anonymous reporter is shown")
		case s.Voice && c.Privacy.IsAnonymous() && !own && !coordinator:
			t.Fatal("an anonymous voice leaves the hotline")
		case s.Content && c.Privacy.IsSecret() && !own && !coordinator && !officer:
			t.Fatal("a secret is shown")
		case s != Sight{} && !own && !v.Staff():
			t.Fatal("a stranger sees a case")
		case s.Act && own:
			t.Fatal("the reporter works the own case")
		}
		if accused := slices.ContainsFunc(v.Roles, func(o Role) bool { return c.About != "" && r.AgencyOf(o.Unit) == c.About }); accused && !own {
			heads := c.Category == "pelayanan" && c.About == "pu" && slices.ContainsFunc(v.Roles, func(o Role) bool { return o.Name == RoleHead && r.AgencyOf(o.Unit) == c.About })
			if s != (Sight{}) && !heads {
				t.Fatalf("the accused see %+v", s)
			}
			seen["accused"]++
		}
		inUnit := slices.ContainsFunc(v.Roles, func(o Role) bool {
			return slices.ContainsFunc(c.Assignments, func(a Assignment) bool { return a.State != Cancelled && r.Within(a.Unit, o.Unit) })
		})
		if s != (Sight{}) && !own && !coordinator && !v.Has(RoleSetda) && !inUnit {
			t.Fatalf("somebody of another unit sees %+v", s)
		}
		if own && s != (Sight{Facts: true, Content: true, Reporter: true, Voice: true}) {
			t.Fatalf("the reporter sees only %+v", s)
		}
		if s.Content {
			seen["content of "+string(c.Privacy)]++
		}
	}
	kinds := []string{"accused", "content of open", "content of anonymous", "content of secret", "content of sealed"}
	missing := func(what string) bool { return seen[what] == 0 }
	for range 50 { // chance may leave one out at first
		if rapid.Check(t, property); !slices.ContainsFunc(kinds, missing) {
			break
		}
	}
	for _, what := range kinds {
		if missing(what) {
			t.Errorf("no example of %s was tried: the test proves less than it says", what)
		}
	}
}

// More roles never show less, unless one of them is with the accused.
func TestSeesGrowsWithRoles(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		c, v := aCase(r).Draw(t, "case"), aViewer().Draw(t, "viewer")
		c.About = ""
		more := v
		more.Roles = append(slices.Clone(v.Roles), aViewer().Draw(t, "more").Roles...)
		if less := r.Sees(v, c); less.or(r.Sees(more, c)) != r.Sees(more, c) {
			t.Fatalf("%+v with fewer roles, %+v with more", less, r.Sees(more, c))
		}
	})
}
