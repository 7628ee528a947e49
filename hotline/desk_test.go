package hotline

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func aTicketSave(r *Regency) *rapid.Generator[TicketSave] {
	return rapid.Custom(func(t *rapid.T) TicketSave {
		s := TicketSave{Key: "k", Base: rapid.IntRange(0, 4).Draw(t, "base"), Writer: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "writer"),
			Force: rapid.Bool().Draw(t, "force"), Fields: map[TicketField]string{}}
		values := []string{"", "1", "0", "ktp", "none", "open", "secret", "complaint", "-6.6,110.7", "-600,1", "lampu mati", "x\x00y", r.Categories[0].ID, r.Areas[0].Code}
		for range rapid.IntRange(0, 5).Draw(t, "fields") {
			s.Fields[rapid.SampledFrom(TicketFields()).Draw(t, "field")] = rapid.SampledFrom(values).Draw(t, "value")
		}
		return s
	})
}

// Whatever two tabs save in whatever order: the version counts what changed, of a field nobody overwrites in silence what the other wrote since, saving the same again
// changes nothing, and what comes out are values of their fields.
func TestTicketsAreSavedFieldByField(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	rapid.Check(t, func(t *rapid.T) {
		var k Ticket
		for range rapid.IntRange(1, 8).Draw(t, "saves") {
			s := aTicketSave(r).Draw(t, "save")
			saved, err := k.Save(r, s)
			if err != nil {
				t.Fatalf("%v: %v", s, err)
			}
			for f := range s.Fields {
				stamp := k.Stamps[f]
				if !s.Force && stamp.Version > s.Base && stamp.Writer != s.Writer && saved.Ticket.Value(f) != k.Value(f) {
					t.Fatalf("%s was overwritten in silence", f)
				}
			}
			if grown := saved.Ticket.Version > k.Version; grown != (len(saved.Changed) > 0) {
				t.Fatalf("version %d after %d, changed %v", saved.Ticket.Version, k.Version, saved.Changed)
			}
			again, err := saved.Ticket.Save(r, TicketSave{Key: "k", Base: saved.Ticket.Version, Writer: s.Writer, Fields: s.Fields})
			if err != nil || len(saved.Conflicts) == 0 && len(again.Changed) != 0 {
				t.Fatalf("saved again: %v, %v", again.Changed, err)
			}
			k = saved.Ticket
			round := map[TicketField]string{}
			for _, f := range TicketFields() {
				round[f] = k.Value(f)
			}
			same, err := Ticket{}.Save(r, TicketSave{Fields: round})
			if err != nil || len(same.Invalid) > 0 {
				t.Fatalf("what was saved cannot be typed: %v, %v", same.Invalid, err)
			}
		}
	})
}

func FuzzTicketValue(f *testing.F) {
	for _, field := range TicketFields() {
		f.Add(string(field), "1")
	}
	f.Add("point", "-6.6,110.7")
	f.Add("nothing", "x")
	r := tiny(f)
	f.Fuzz(func(t *testing.T, field, value string) {
		saved, err := Ticket{}.Save(r, TicketSave{Writer: "w", Fields: map[TicketField]string{TicketField(field): value}})
		known := slices.Contains(TicketFields(), TicketField(field))
		if known == errors.Is(err, ErrTicketField) || err != nil && !errors.Is(err, ErrTicketField) {
			t.Fatalf("%q: %v", field, err)
		}
		for _, other := range TicketFields() {
			if other != TicketField(field) && saved.Ticket.Value(other) != "" {
				t.Fatalf("%q changed %q", field, other)
			}
		}
	})
}

func TestWhatATicketLacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		k    Ticket
		want []TicketField
	}{
		"nothing said":            {Ticket{}, []TicketField{TicketFieldText}},
		"said":                    {Ticket{Text: "x"}, nil},
		"for another":             {Ticket{Text: "x", Behalf: true}, []TicketField{TicketFieldName, TicketFieldBearer, TicketFieldConsent}},
		"for another, whole":      {Ticket{Text: "x", Behalf: true, Name: "Siti", Bearer: "Ani", Consent: true}, nil},
		"for somebody not named":  {Ticket{Text: "x", Behalf: true, Bearer: "Ani", Consent: true, Privacy: Anonymous}, nil},
		"for another, no consent": {Ticket{Text: "x", Behalf: true, Name: "Siti", Bearer: "Ani"}, []TicketField{TicketFieldConsent}},
	} {
		if got := c.k.Missing(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Who sees how much of a ticket.
func TestWhoSeesATicket(t *testing.T) {
	t.Parallel()
	r := tiny(t)
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	writer := viewer(5, role(RoleDesk, "kominfo"))
	all := TicketSight{Facts: true, Content: true, Who: true}
	draft := Ticket{Writer: 5, Opened: now}
	filed := func(p Privacy, about string) Ticket {
		return Ticket{Writer: 5, Filed: now, Case: 1, Privacy: p, About: about}
	}
	for name, c := range map[string]struct {
		v    Viewer
		k    Ticket
		want TicketSight
	}{
		"who writes it":                    {writer, draft, TicketSight{true, true, true, true}},
		"who wrote it":                     {writer, filed(Open, ""), all},
		"who wrote it, anonymous":          {writer, filed(Anonymous, ""), TicketSight{Facts: true, Content: true}},
		"who wrote it, secret":             {writer, filed(Secret, ""), TicketSight{Facts: true}},
		"who wrote it, of the accused":     {viewer(5, role(RoleDesk, "pu")), filed(Open, "pu"), TicketSight{Facts: true}},
		"who wrote it, and is no more":     {viewer(5, role(RoleOperator, "kominfo")), filed(Open, ""), TicketSight{}},
		"another at the desk":              {viewer(6, role(RoleDesk, "kominfo")), filed(Open, ""), TicketSight{}},
		"the supervisor, a draft":          {viewer(7, role(RoleSupervisor, "kominfo")), draft, TicketSight{Facts: true}},
		"the supervisor":                   {viewer(7, role(RoleSupervisor, "kominfo")), filed(Open, ""), all},
		"the supervisor, secret":           {viewer(7, role(RoleSupervisor, "kominfo")), filed(Sealed, ""), TicketSight{Facts: true}},
		"the supervisor, of the accused":   {viewer(7, role(RoleSupervisor, "pu")), filed(Open, "pu"), TicketSight{}},
		"the coordinator, secret":          {viewer(8, role(RoleCoordinator, "kominfo")), filed(Secret, ""), all},
		"the coordinator, sealed":          {viewer(8, role(RoleCoordinator, "kominfo")), filed(Sealed, ""), TicketSight{Facts: true, Content: true}},
		"an operator":                      {viewer(9, role(RoleOperator, "kominfo")), filed(Open, ""), TicketSight{}},
		"a viewer of figures":              {viewer(9, role(RoleViewer, "kominfo")), filed(Open, ""), TicketSight{}},
		"an officer of the unit that does": {viewer(9, role(RoleOfficer, "pu")), filed(Open, ""), TicketSight{}},
	} {
		if got := r.SeesTicket(c.v, c.k); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	whole := Ticket{Writer: 5, Filed: now, Name: "Siti", Number: "+62", Bearer: "Ani", Text: "x", Landmark: "y", Area: "z", Point: &Point{}, Photos: []TicketPhoto{{}}}
	if k := whole.Without(TicketSight{Facts: true}); k.Name+k.Number+k.Bearer+k.Text+k.Landmark+k.Area != "" || k.Point != nil || k.Photos != nil || k.Writer != 5 {
		t.Errorf("with the facts alone: %+v", k)
	}
	if k := whole.Without(TicketSight{}); k.Writer != 0 {
		t.Errorf("without anything: %+v", k)
	}
}

func TestATicketCanBeTakenBackForAWhile(t *testing.T) {
	t.Parallel()
	filed := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	k := Ticket{Writer: 5, Case: 1, Filed: filed}
	for at, want := range map[time.Duration]bool{0: true, TicketUndo - time.Second: true, TicketUndo: false} {
		if _, ok := k.Withdrawable(viewer(5), filed.Add(at)); ok != want {
			t.Errorf("after %s: %t", at, ok)
		}
	}
	if _, ok := k.Withdrawable(viewer(6), filed); ok {
		t.Error("by another")
	}
}
